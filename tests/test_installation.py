"""Setting up LibreOffice: what is put into a profile, what LibreOffice then computes, and that nothing stays behind."""

from __future__ import annotations

import ast
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import xlsxwriter

from tests import office as headless
from tests.commands import call
from tests.office import Office, cached_values
from tests.test_recalculation import many
from xl_perfeval import functions, installation, sample, template
from xl_perfeval.books.file import FileBook
from xl_perfeval.forms import names
from xl_perfeval.installation import NotInstalled, basic, bridge
from xl_perfeval.model import CellError

if TYPE_CHECKING:
    from collections.abc import Iterator

LISTED = """\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false" library:passwordprotected="false">
 <library:element library:name="Module1"/>
 <library:element library:name="我的宏"/>
</library:library>
"""
EMPTY = LISTED.partition(">\n <")[0] + "/>"
OURS = f'<library:element library:name="{basic.MODULE}"/>'


def profile_with(folder: Path, listed: str = LISTED) -> Path:
    """A profile as LibreOffice leaves it, with macros of the user's."""
    standard = folder / "user" / "basic" / "Standard"
    standard.mkdir(parents=True)
    (standard / "script.xlb").write_bytes(listed.encode())
    (standard / "Module1.xba").write_text("REM mine", encoding="utf-8")
    (standard.parent / "script.xlc").write_text("<libraries/>", encoding="utf-8")
    return folder


def everything(profile: Path) -> dict[str, bytes | None]:
    """All folders and files of a profile."""
    return {
        path.relative_to(profile).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(profile.rglob("*"))
    }


def listed_in(profile: Path) -> str:
    return (profile / "user/basic/Standard/script.xlb").read_bytes().decode()


# --- files --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "listed",
    [LISTED, LISTED.replace("\n", "\r\n"), LISTED.rstrip(), EMPTY, EMPTY + "\n", LISTED.replace(" <", "<")],
    ids=["usual", "Windows", "no end of line", "empty", "empty with end of line", "not indented"],
)
def test_uninstalling_leaves_everything_as_it_was(tmp_path: Path, listed: str) -> None:
    profile = profile_with(tmp_path, listed)
    before = everything(profile)
    assert installation.install(profile).changed
    after = everything(profile)
    assert set(after) - set(before) == {
        "user/Scripts", "user/Scripts/python", f"user/Scripts/python/{basic.SCRIPT}",
        f"user/basic/Standard/{basic.MODULE}.xba", "user/perfeval-installed.json",
    }  # fmt: skip
    assert {name for name in before if before[name] != after[name]} == {"user/basic/Standard/script.xlb"}
    assert listed_in(profile).count(OURS) == 1
    assert "Module1" in listed_in(profile) or listed.startswith(EMPTY)
    assert installation.uninstall(profile).changed
    assert everything(profile) == before
    assert not installation.uninstall(profile).changed
    assert everything(profile) == before


def test_installing_twice_changes_nothing(tmp_path: Path) -> None:
    profile = profile_with(tmp_path)
    assert installation.install(profile).changed
    first = everything(profile)
    assert not installation.install(profile / "user").changed
    assert everything(profile) == first


def test_installing_again_mends_what_is_old_or_gone(tmp_path: Path) -> None:
    profile = profile_with(tmp_path)
    before = everything(profile)
    installation.install(profile)
    good = everything(profile)
    (profile / f"user/Scripts/python/{basic.SCRIPT}").write_text(f"# {basic.MARK}\n", encoding="utf-8")
    (profile / f"user/basic/Standard/{basic.MODULE}.xba").unlink()
    assert installation.install(profile).changed
    assert everything(profile) == good
    installation.uninstall(profile)
    assert everything(profile) == before


def test_folders_that_were_there_stay(tmp_path: Path) -> None:
    profile = profile_with(tmp_path)
    (profile / "user/Scripts").mkdir()
    before = everything(profile)
    installation.install(profile)
    installation.uninstall(profile)
    assert everything(profile) == before


def test_macros_written_in_between_stay(tmp_path: Path) -> None:
    """LibreOffice writes its list anew; a second installation and the removal keep what was added."""
    profile = profile_with(tmp_path)
    installation.install(profile)
    standard = profile / "user/basic/Standard"
    added = listed_in(profile).replace(OURS, f'{OURS}\n <library:element library:name="Later"/>')
    (standard / "script.xlb").write_bytes(added.encode())
    (standard / "Later.xba").write_text("REM later", encoding="utf-8")
    (profile / "user/Scripts/python/mine.py").write_text("x = 1\n", encoding="utf-8")
    (standard / f"{basic.MODULE}.xba").unlink()
    assert installation.install(profile).changed
    installation.uninstall(profile)
    later = ' <library:element library:name="Later"/>\n</library:library>'
    assert listed_in(profile) == LISTED.replace("</library:library>", later)
    assert (standard / "Later.xba").exists()
    assert (profile / "user/Scripts/python/mine.py").exists()
    assert not list(profile.rglob("*erfeval*"))
    assert not list(profile.rglob("*erfEval*"))


def test_a_lost_record_loses_nothing_else(tmp_path: Path) -> None:
    profile = profile_with(tmp_path)
    installation.install(profile)
    (profile / "user/perfeval-installed.json").write_text("{", encoding="utf-8")
    installation.uninstall(profile)
    assert listed_in(profile) == LISTED
    assert not list(profile.rglob("*erfEval*"))


@pytest.mark.parametrize("name", [f"basic/Standard/{basic.MODULE}.xba", f"Scripts/python/{basic.SCRIPT}"])
def test_a_file_of_somebody_else_is_never_replaced_or_removed(tmp_path: Path, name: str) -> None:
    profile = profile_with(tmp_path)
    theirs = profile / "user" / name
    theirs.parent.mkdir(parents=True, exist_ok=True)
    theirs.write_text("REM not ours", encoding="utf-8")
    before = everything(profile)
    with pytest.raises(NotInstalled, match="不是本程序装的，没有覆盖"):
        installation.install(profile)
    assert not installation.uninstall(profile).changed
    assert everything(profile) == before


def test_nothing_is_touched_while_libreoffice_is_open(tmp_path: Path) -> None:
    profile = profile_with(tmp_path)
    installation.install(profile)
    (profile / ".lock").write_text("[Lockdata]\n", encoding="utf-8")
    before = everything(profile)
    for change in (installation.install, installation.uninstall):
        with pytest.raises(NotInstalled, match="LibreOffice 正开着，没有改动。请关闭它的全部窗口"):
            change(profile)
    assert everything(profile) == before


@pytest.mark.parametrize("listed", ["", "<html/>", LISTED.replace("</library:library>", ""), "\udcff"])
def test_a_list_that_is_none_is_left_alone(tmp_path: Path, listed: str) -> None:
    profile = profile_with(tmp_path)
    (profile / "user/basic/Standard/script.xlb").write_bytes(listed.encode("utf-8", "surrogateescape"))
    before = everything(profile)
    with pytest.raises(NotInstalled, match=r"没有改动|读写不了"):
        installation.install(profile)
    assert everything(profile) == before


def test_libreoffice_that_is_not_there_or_was_never_opened(tmp_path: Path) -> None:
    with pytest.raises(NotInstalled, match=r"没有找到 LibreOffice 的用户配置.*请打开一次 LibreOffice 再关闭"):
        installation.install(tmp_path)
    (tmp_path / "user/basic").mkdir(parents=True)
    with pytest.raises(NotInstalled, match="还没有 LibreOffice 的宏库。请打开一次"):
        installation.install(tmp_path)
    assert everything(tmp_path) == {"user": None, "user/basic": None}


@pytest.mark.parametrize(
    ("platform", "place"),
    [
        ("linux", "config/libreoffice/4"),
        ("win32", "roaming/LibreOffice/4"),
        ("darwin", "home/Library/Application Support/LibreOffice/4"),
    ],
)
def test_the_profile_is_found_where_libreoffice_keeps_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, platform: str, place: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("APPDATA", str(tmp_path / "roaming"))
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    profile_with(tmp_path / place)
    assert installation.install().profile == tmp_path / place / "user"


def test_a_folder_that_refuses_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    profile = profile_with(tmp_path)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(NotInstalled, match=r"读写不了.*请核对文件夹的权限"):
        installation.install(profile)


# --- the command line ---------------------------------------------------------------------------------


def test_the_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    profile = profile_with(tmp_path)
    to = ("--libreoffice", "--profile", str(profile))
    assert call("install", *to) == 0
    said = capsys.readouterr().out
    assert said.startswith("已装进 LibreOffice 的用户配置")
    assert all(each.signature() in said and each.help in said for each in functions.FUNCTIONS)
    assert call("install", *to) == 0
    assert "早已装好，没有改动" in capsys.readouterr().out
    assert call("uninstall", *to) == 0
    assert capsys.readouterr().out.startswith("已从 LibreOffice 的用户配置")
    assert call("uninstall", *to) == 0
    assert "没有装过，没有改动" in capsys.readouterr().out


def test_calls_that_cannot_be_carried_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("install", "uninstall"):
        assert call(command) == 2
        assert capsys.readouterr().err == "请写明装到哪里；现在能装到 LibreOffice，请加上 --libreoffice。\n"
        assert call(command, "--libreoffice", "--profile", str(tmp_path / "none")) == 2
        assert capsys.readouterr().err.startswith("没有找到 LibreOffice 的用户配置")
    profile = profile_with(tmp_path)
    (profile / ".lock").touch()
    assert call("install", "--libreoffice", "--profile", str(profile)) == 2
    assert "正开着" in capsys.readouterr().err


# --- the bridge, without LibreOffice --------------------------------------------------------------------


def installed_script(folder: Path) -> Path:
    """The Python file as it stands in a profile."""
    installation.install(profile_with(folder))
    return folder / f"user/Scripts/python/{basic.SCRIPT}"


def test_the_bridge_can_be_read_by_an_old_python(tmp_path: Path) -> None:
    source = installed_script(tmp_path).read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 8))
    assert ast.get_docstring(tree)
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
    }
    assert imported - set(sys.stdlib_module_names) == {"xl_perfeval", "unohelper", "com"}


ASKED = """
import importlib.util, sys
where = importlib.util.spec_from_file_location("script", sys.argv[1])
script = importlib.util.module_from_spec(where)
where.loader.exec_module(script)
print(script.call("PE_TOTAL", (((1.0, "2万元"), ("", 3.0)),)))
print(script.call("PE_CHECK", ((("甲",) * 9, ("",) * 9), "")))
print(script.call("PE_AMOUNT", ("若干",)))
print(script.call("PE_GONE", ()))
known = {name.partition(".")[0] for name in sys.modules} - set(sys.stdlib_module_names)
print(sorted(name for name in known if not name.startswith(("__", "_distutils", "sitecustomize", "script"))))
"""


def test_a_python_without_any_package_runs_the_functions(tmp_path: Path) -> None:
    """As LibreOffice's: nothing of the environment of this package is in its path."""
    script = installed_script(tmp_path)
    command = ["/usr/bin/python3", "-I", "-S", "-c", ASKED, str(script)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    assert answer == [
        "(True, 6.0)",
        "(True, [['✗ 成本目标不是金额'], ['']])",
        "(False, \"ValueError: '若干' is no certain amount\")",
        "(False, \"KeyError: 'PE_GONE'\")",
        "['xl_perfeval']",
    ]


def test_a_python_too_old_asks_the_one_of_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "OLDEST", (99,))
    monkeypatch.setattr(bridge, "PYTHON", sys.executable)
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    for _ in range(2):
        assert bridge.call("PE_TOTAL", (((1.0, "2万元"), (None, "")), 3.0)) == (True, 6.0)
        assert bridge.call("PE_READ", ("6场以上",)) == (True, "≥6场")
        assert bridge.call("PE_CHECK", ((("甲",) * 9, ("",) * 9),)) == (True, [["✗ 成本目标不是金额"], [""]])
        assert bridge.call("PE_AMOUNT", ("若干",))[0] is False
        process = bridge._process[0]  # pyright: ignore[reportPrivateUsage]
        process.stdin.close()  # as when LibreOffice ends
        assert process.wait(10) == 0
    monkeypatch.setattr(bridge, "PYTHON", "/nowhere/python")
    assert bridge.call("PE_TOTAL", (1.0,))[0] is False


def test_a_python_that_gives_no_answer_is_not_started_for_every_cell(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started = tmp_path / "started"
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\nread question\necho >> {started}\n", encoding="utf-8")
    python.chmod(0o755)
    for name, value in {"OLDEST": (99,), "PYTHON": str(python), "_process": [], "_failed": []}.items():
        monkeypatch.setattr(bridge, name, value)
    for _ in range(20):
        assert bridge.call("PE_TOTAL", (1.0,)) == (False, f"OSError: {python} ended without an answer")
    assert len(started.read_text(encoding="utf-8")) == 3


# --- in LibreOffice -------------------------------------------------------------------------------------

SHEET = "表"
FORMULAS = {
    "M1": "=PE_TOTAL(A1:B2)",
    "M2": '=PE_TOTAL(A1:B2,3,"2万元")',
    "M3": '=PE_SCORE("≥",A4,"4",10)',
    "M4": '=PE_SCORE("≤","10","12",10,"hubei-20-80")',
    "M5": "=PE_CHECK(A10:I10)",
    "M6": "=INDEX(PE_CHECK(A10:I12),2,1)",
    "M7": '=PE_AMOUNT("1亿元")',
    "M8": "=PE_AMOUNT(A8)",
    "M9": '=PE_READ("6场以上")',
    "M10": "=PE_GRADE(91)",
    "M11": "=PE_RATE(58.4,60)",
    "M12": "=IFERROR(1*PE_TOTAL(A1:B2),SUM(A1:B2))",
    "M20": '=PE_SCORE("≥","6","x",10)',
    "M21": '=PE_AMOUNT("若干")',
    "M22": "=PE_TOTAL()",
    "M23": "=PE_CHECK(A1:B2)",
    "M24": "=PE_TOTAL(A1:A5)",
    "M25": "=PE_GRADE(A1:A2)",
    "M26": '=IFERROR(1*PE_AMOUNT("若干"),-1)',
}
RESULTS = {
    "M1": 27.5,
    "M2": 32.5,
    "M3": 6.67,
    "M4": 8.33,
    "M5": "！目标3场以上，实际2场",
    "M6": "✗ 缺时效目标、数量目标等4项",
    "M7": 10000,
    "M8": "",
    "M9": "≥6场",
    "M10": "优",
    "M11": 58.4 / 60,
    "M12": 27.5,
    **dict.fromkeys(("M20", "M21", "M22", "M23"), CellError("#VALUE!")),
    "M24": CellError("#DIV/0!"),
    "M25": CellError("#VALUE!"),
    "M26": -1,
}


@contextmanager
def office_of(profile: Path) -> Iterator[Office]:
    """A LibreOffice that runs in a given profile."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(headless, "_profile", lambda _: profile.as_uri())
        own = Office()
        try:
            yield own
        finally:
            own.stop()


def plain(folder: Path) -> Path:
    """A workbook without macros that calls the functions, with wrong results stored."""
    path = folder / "plain.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet(SHEET)
    sheet.write_row("A1", [3, "20万元"])
    sheet.write("B2", 4.5)
    sheet.write("A4", "6")
    sheet.write_formula("A5", "=1/0")
    sheet.write_row("A10", ["甲", 5, "全年", "培训3场以上", "合格率90%以上", "满意度90%以上", "培训2场"])
    sheet.write_row("A11", ["乙", 5])
    for cell, formula in FORMULAS.items():
        sheet.write_formula(cell, formula, None, -99)
    book.close()
    return path


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A profile that LibreOffice made itself, with the functions installed."""
    folder = tmp_path_factory.mktemp("office") / "profile"
    with office_of(folder) as own:
        own.open(plain(folder.parent)).close()
        with pytest.raises(NotInstalled, match="正开着"):
            installation.install(folder)
    assert installation.install(folder).changed
    return folder


def shown(book: Any) -> dict[str, Any]:
    return {cell: book.value(SHEET, cell) for cell in FORMULAS}


def test_functions_compute_in_a_plain_workbook_and_follow_changes(profile: Path, tmp_path: Path) -> None:
    saved = tmp_path / "saved.xlsx"
    with office_of(profile) as own, own.open(plain(tmp_path)) as book:
        assert set(shown(book).values()) == {-99}, "results as stored, until something changes"
        book.calculate()
        assert shown(book) == {cell: pytest.approx(value) for cell, value in RESULTS.items()}
        book.set(SHEET, "A1", 100)
        book.set(SHEET, "A4", "8场")
        book.set(SHEET, "G10", "培训3场")
        assert (book.value(SHEET, "M1"), book.value(SHEET, "M2")) == (124.5, 129.5)
        assert book.value(SHEET, "M3") == CellError("#VALUE!")
        assert book.value(SHEET, "M5") == "✓"
        book.save_as_xlsx(saved)
    kept = FileBook.open(saved).formulas(SHEET)
    assert (kept["M1"], kept["M4"]) == (FORMULAS["M1"], FORMULAS["M4"])


@pytest.mark.parametrize(
    ("make", "function"),
    [(sample.submission, "PE_CHECK"), (lambda: many("ministry-2020", 3), "PE_SCORE")],
    ids=["sample", "scored"],
)
def test_the_workbook_computes_live_what_its_own_formulas_compute(
    profile: Path, tmp_path: Path, make: Any, function: str
) -> None:
    """Totals and scores are the same; 检查 names the fault where the formula has only a word."""
    path = tmp_path / "book.xlsx"
    template.build(make(), path)
    stored, book = cached_values(path), FileBook.open(path)
    switch = book.names()[names.LIVE]
    checks = {
        (ref.sheet, column)
        for name, ref in book.names().items()
        if name.endswith("!MX_CHECK")
        for column in [ref.cell.partition(":")[0].rstrip("0123456789")]
    }
    with office_of(profile) as own, own.open(path) as opened:
        opened.set(switch.sheet, switch.cell, 1)
        opened.calculate()
        now = opened.formula_values()
    formulas = {(sheet, cell): text for sheet in book.sheets() for cell, text in book.formulas(sheet).items()}
    asked = [cell for cell, text in formulas.items() if f"{function}(" in text]
    assert len(asked) > 5
    said = {now[cell] for cell in asked}
    assert not any(isinstance(value, CellError) for value in now.values())
    different = {
        cell: (value, now[cell])
        for cell, value in stored.items()
        if now[cell] != pytest.approx(value)
        and "加载项" not in str(now[cell])
        and "PE_CHECK(" not in formulas[cell]
    }
    assert all((sheet, cell.rstrip("0123456789")) in checks for sheet, cell in different)
    if function == "PE_CHECK":
        assert {"！目标10000份以上，实际1000余册", "✗ 缺社会效益及满意度"} <= said
        texts = {after for _, after in different.values()}
        assert {"！目标10000份以上，实际1000余册", "✗ 缺社会效益及满意度"} <= texts


def test_an_older_python_of_libreoffice_asks_ours(profile: Path, tmp_path: Path) -> None:
    script = profile / f"user/Scripts/python/{basic.SCRIPT}"
    good = script.read_text(encoding="utf-8")
    script.write_text(good.replace("OLDEST = (3, 11)", "OLDEST = (99,)"), encoding="utf-8")
    try:
        with office_of(profile) as own, own.open(plain(tmp_path)) as book:
            book.calculate()
            assert shown(book) == {cell: pytest.approx(value) for cell, value in RESULTS.items()}
    finally:
        script.write_text(good, encoding="utf-8")


def test_a_package_that_has_gone_is_an_error_value(profile: Path, tmp_path: Path) -> None:
    script = profile / f"user/Scripts/python/{basic.SCRIPT}"
    good = script.read_text(encoding="utf-8")
    package = Path(functions.__file__).parent.as_posix()
    for broken in (good.replace(package, "/nowhere"), "this is no Python", None):
        if broken is None:
            script.unlink()
        else:
            script.write_text(broken, encoding="utf-8")
        try:
            with office_of(profile) as own, own.open(plain(tmp_path)) as book:
                book.calculate()
                values = shown(book)
        finally:
            script.write_text(good, encoding="utf-8")
        assert (values.pop("M12"), values.pop("M26")) == (7.5, -1)
        assert values.pop("M24") == CellError("#DIV/0!")
        assert set(values.values()) == {CellError("#VALUE!")}


def test_without_the_functions_native_results_show(profile: Path, tmp_path: Path) -> None:
    """After the removal the profile is as LibreOffice left it, and formulas fall back."""
    kept = {"user/basic", "user/Scripts"}
    with office_of(profile) as own:
        own.open(plain(tmp_path)).close()
    assert installation.uninstall(profile).changed
    left = [name for name in everything(profile) if name.startswith(tuple(kept)) or "erfeval" in name.lower()]
    assert sorted(left) == [
        "user/basic", "user/basic/Standard", "user/basic/Standard/Module1.xba", "user/basic/Standard/dialog.xlb",
        "user/basic/Standard/script.xlb", "user/basic/dialog.xlc", "user/basic/script.xlc",
    ]  # fmt: skip
    assert basic.MODULE not in listed_in(profile)
    try:
        with office_of(profile) as own, own.open(plain(tmp_path)) as book:
            book.calculate()
            assert book.value(SHEET, "M1") == CellError("#NAME?")
            assert book.value(SHEET, "M12") == 7.5
    finally:
        installation.install(profile)
