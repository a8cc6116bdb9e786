"""The sources of the macros: what can be told without running them."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from tests.vba import HOST, MACROS, procedures
from xl_perfeval.template import macros

if TYPE_CHECKING:
    from pathlib import Path

SOURCES = {
    path.stem: path.read_text(encoding="ascii")
    for path in MACROS.iterdir()
    if path.suffix in {".bas", ".cls"}
}
TEXTS: dict[str, str] = tomllib.loads((MACROS / "strings.toml").read_text(encoding="utf-8"))
CODES = [f"PE-0{number}" for number in range(1, 7)]
ADDED = {"version"}
"""Texts that the template adds."""
NAMESPACE = "{http://schemas.microsoft.com/office/2006/01/customui}"
BUTTONS = [
    {str(name): str(value) for name, value in button.attrib.items()}
    for button in etree.parse(MACROS / "customUI.xml").getroot().iter(f"{NAMESPACE}button")
]


def code(source: str) -> str:
    """VBA without comments and without what stands in quotes."""
    return re.sub(r'"(?:[^"\n]|"")*"|\'[^\n]*', '""', source)


def actions() -> set[str]:
    """What the buttons have the program do."""
    return set(re.findall(r'\bRun "([\w-]+)"', SOURCES["PerfEval"]))


@pytest.mark.parametrize("path", sorted(MACROS.iterdir()), ids=lambda path: path.name)
def test_vba_is_ascii_and_named_after_its_file(path: Path) -> None:
    # The project's other files are read as UTF-8; VBA is read in whatever code page the machine has.
    if path.suffix in {".bas", ".cls"}:
        source = path.read_bytes()
        assert source.isascii()
        assert source.splitlines()[0].decode() == f'Attribute VB_Name = "{path.stem}"'
        assert source.count(b"Attribute VB_Name") == 1
        assert b"Option Explicit" in source
    else:
        assert path.suffix in {".xml", ".toml", ".md"}


def test_the_program_knows_its_own_macros_by_the_module_perfeval() -> None:
    assert "PerfEval" in SOURCES


def test_the_vba_stays_readable_in_two_minutes() -> None:
    assert sum(len(source.splitlines()) for source in SOURCES.values()) < 400


def test_each_button_calls_one_macro_that_exists_once_with_the_right_arguments() -> None:
    everywhere = [
        (name, kind, parameters)
        for source in SOURCES.values()
        for kind, name, parameters in procedures(source)
        if name.startswith("PE_On")
    ]
    called = [button["onAction"] for button in BUTTONS]
    assert sorted(called) == sorted(name for name, _, _ in everywhere)
    assert len(set(called)) == len(called) == 12
    for name, kind, parameters in everywhere:
        assert (kind, parameters) == ("Sub", ["control As Object"]), name
        assert f"Public Sub {name}(" in SOURCES["PerfEval"]


def test_the_form_buttons_call_macros_without_arguments() -> None:
    found = {name: (kind, parameters) for kind, name, parameters in procedures(SOURCES["PerfEval"])}
    assert found["PE_Validate"] == found["PE_GenerateReport"] == ("Sub", [])


def test_every_button_says_in_chinese_what_it_does() -> None:
    assert len({button["id"] for button in BUTTONS}) == len(BUTTONS)
    for button in BUTTONS:
        assert button["imageMso"]
        for said in ("label", "screentip", "supertip"):
            assert re.search(r"[一-鿿]", button[said]), button["id"]
        assert button["screentip"].startswith(button["label"])
        assert len(button["supertip"]) <= 1024  # longer ones make Excel drop the ribbon


def test_the_ribbon_promises_nothing_that_does_not_exist() -> None:
    written = (MACROS / "customUI.xml").read_text(encoding="utf-8")
    assert "取回" not in written
    assert "准备发送" not in written


def test_messages_call_the_buttons_as_the_ribbon_does() -> None:
    run = dict(
        re.findall(r'Public Sub (PE_On\w+)\(control As Object\)\n    Run "([\w-]+)"', SOURCES["PerfEval"])
    )
    labels = {run[button["onAction"]]: button["label"] for button in BUTTONS if button["onAction"] in run}
    assert {action: TEXTS[f"action-{action}"] for action in actions()} == labels


def test_every_text_is_used_and_every_text_used_exists() -> None:
    together = "\n".join(SOURCES.values())
    literal = set(re.findall(r'\bT\("([\w-]+)"\)', together)) - ADDED
    codes = set(re.findall(r'"(PE-\d\d)"', together))
    assert codes == set(CODES)
    assert set(TEXTS) == literal | codes | {f"action-{action}" for action in actions()}


def test_the_texts_go_into_the_workbook_with_the_version() -> None:
    carried = macros.load().texts
    assert {key: carried[key] for key in TEXTS} == TEXTS
    assert set(carried) - set(TEXTS) == ADDED


@pytest.mark.parametrize("key", CODES)
def test_a_message_says_what_happened_what_was_done_one_next_step_and_the_code(key: str) -> None:
    what, instead, step, end = TEXTS[key].splitlines()
    assert what.startswith("“{action}”没有")
    assert what.endswith("。")
    assert instead == "{instead}" or key == "PE-03"  # the program broke down: nobody knows how far it came
    assert step.startswith("下一步：请")
    assert step.count("。") == 1
    assert "或" not in step
    assert end == f"（{key}）"


def test_counting_never_says_that_all_is_well() -> None:
    assert "没有检查" in TEXTS["counted"]
    for key, text in TEXTS.items():
        for word in ("通过", "合格", "无误", "没有问题", "正确", "✓"):
            assert word not in text, key


def test_placeholders_are_filled() -> None:
    together = "\n".join(SOURCES.values())
    used = {word for text in TEXTS.values() for word in re.findall(r"\{(\w+)\}", text)}
    assert used == set(re.findall(r'"\{(\w+)\}"', together))


def test_only_the_host_module_reaches_out_of_the_workbook() -> None:
    for name, source in SOURCES.items():
        written = code(source)
        assert not re.search(
            r"\b(Declare|Shell|CreateObject|GetObject|WScript|AppleScriptTask|ExecuteExcel4Macro)\b", written
        )
        if name != "PerfEvalHost":
            assert not re.search(
                r"\b(Dir|Environ\$?|Open|Kill|MsgBox|Application|GetConfig|FileExists|RunFrozenPython|RunPython)\b",
                written,
            ), name


def test_nothing_recalculates_or_unprotects() -> None:
    for source in SOURCES.values():
        assert not re.search(
            r"\b(Calculate\w*|CalculateFull|Unprotect|EnableEvents|SendKeys)\b", code(source)
        )


def test_conditional_compilation_is_not_used() -> None:
    # LibreOffice passes over the lines with # and runs both branches.
    for source in SOURCES.values():
        assert not re.search(r"^\s*#", source, re.MULTILINE)


def test_the_stand_in_has_the_same_procedures_as_the_module_it_stands_for() -> None:
    def public(source: str) -> set[tuple[str, str, int]]:
        return {
            (kind, name, len(given)) for kind, name, given in procedures(source) if name.startswith("Host")
        }

    assert public(HOST) == public(SOURCES["PerfEvalHost"])


def test_xlwings_is_of_the_installed_version_and_licensed_bsd() -> None:
    carried = {module.name: module.source for module in macros.load().modules}
    assert re.findall(r'XLWINGS_VERSION As String = "(.*)"', carried["xlwings"]) == [version("xlwings")]
    assert "BSD 3-clause" in carried["xlwings"]


def test_no_name_of_ours_means_something_else_in_xlwings() -> None:
    # xlwings' module has no Option Explicit: a public function of ours would take the place of such a variable.
    carried = {module.name: module.source for module in macros.load().modules}
    foreign = {
        word.lower()
        for name in ("xlwings", "Dictionary")
        for word in re.findall(r"(?<![.\w])[A-Za-z]\w*", code(carried[name]))
    }
    ours = {
        name.lower()
        for source in SOURCES.values()
        for kind, name in re.findall(r"Public (Sub|Function) (\w+)", source)
    }
    assert ours & foreign == set()
    assert {"getconfig", "fileexists", "parentfolder", "runfrozenpython", "runpython"} <= foreign


def test_xlwings_takes_the_arguments_we_give() -> None:
    carried = {module.name: module.source for module in macros.load().modules}
    signatures = {name: given for _, name, given in procedures(carried["xlwings"].replace("Public ", ""))}
    assert len(signatures["RunFrozenPython"]) == 2
    assert len(signatures["RunPython"]) == 1
    assert [given.split(" ")[1] for given in signatures["GetConfig"][1:]] == ["default", "source"]
