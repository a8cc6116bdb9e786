"""The macro workbook: what is packed in, by which commands, and that the checks of its inside really bite."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import sys
import time
import zipfile
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pyopenvba import ExcelFile
from pyopenvba.cfb import CFB
from pyopenvba.vba import compress, decompress

from tests import package_checks as checks
from tests.commands import perfeval
from tests.office import assert_cached_values_right, cached_values, without_cached_values
from tests.package_checks import RIBBON, VBA, Package
from xl_perfeval import __version__, actions, forms, sample, saving, template
from xl_perfeval.books.file import FileBook
from xl_perfeval.forms import names
from xl_perfeval.template import macros, tabs, vba
from xl_perfeval.template.vba import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.office import Office

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 11, 23, 9, 30)  # noqa: DTZ001
COMMITTED = ROOT / "workbook" / "PerfEval.xlsm"


def built(path: Path, projects: int = 1, edition: str = forms.DEFAULT) -> Path:
    """A blank macro workbook with so many projects."""
    template.build(
        template.blank(forms.load(edition), "示例局", 2020, projects=projects), path, macros=macros.load()
    )
    return path


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A macro workbook with one project."""
    return built(tmp_path_factory.mktemp("macros") / "一个.xlsm")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample as a macro workbook."""
    path = tmp_path_factory.mktemp("macros") / "样例.xlsm"
    assert actions.new(sample.submission(), path) == []
    return path


# --- what is inside -----------------------------------------------------------------------------------


@pytest.mark.parametrize("projects", [1, 4, 40])
def test_nothing_is_wrong_inside(projects: int, tmp_path: Path) -> None:
    path = built(tmp_path / "表.xlsm", projects)
    assert checks.problems(path) == {}
    assert len(Package.read(path).code_names()) == len(FileBook.open(path).sheets())


def test_nothing_is_wrong_inside_with_200_projects(tmp_path: Path) -> None:
    path = built(tmp_path / "表.xlsm", 200)
    assert checks.problems(path, slow=False) == {}
    assert len(Package.read(path).code_names()) == 200 + 12


@pytest.mark.parametrize("edition", sorted(set(forms.editions()) - {forms.DEFAULT}))
def test_nothing_is_wrong_inside_in_other_editions(edition: str, tmp_path: Path) -> None:
    assert checks.problems(built(tmp_path / "表.xlsm", 4, edition), slow=False) == {}


def test_excel_takes_every_formula_of_200_scored_projects_with_long_names(tmp_path: Path) -> None:
    blank = template.blank(forms.load("ministry-2020"), "示例局", 2020, projects=200)
    named = [
        replace(project, name=f"第{project.number}个项目'长长长长长长长长长") for project in blank.projects
    ]
    path = tmp_path / "表.xlsm"
    template.build(replace(blank, projects=tuple(named)), path, macros=macros.load())
    assert checks.problems(path, slow=False) == {}


def test_functions_that_excel_does_not_know_may_change_their_names(tmp_path: Path) -> None:
    plain, saved = tmp_path / "样例.xlsx", tmp_path / "存过.xlsx"
    actions.new(sample.submission(), plain)
    parts = Package.read(plain).parts
    for name in [name for name in parts if name.startswith("xl/worksheets/sheet")]:
        parts[name] = re.sub(rb"(?<!\w)(PE_TOTAL|PE_CHECK)\(", rb"_xludf.\1(", parts[name])
    assert sum(content.count(b"_xludf.") for content in parts.values()) > 20
    write(saved, parts)
    written = [actions.validate_and_write(path, NOW, write=True) for path in (plain, saved)]
    assert [each.failure for each in written] == [None, None]
    assert actions.read(plain) == actions.read(saved)
    assert_cached_values_right(saved)


def test_builds_are_equal_to_the_byte(tmp_path: Path) -> None:
    assert built(tmp_path / "a.xlsm", 4).read_bytes() == built(tmp_path / "b.xlsm", 4).read_bytes()


def test_macros_change_no_cell_but_those_that_speak_of_buttons(filled: Path, tmp_path: Path) -> None:
    plain = tmp_path / "样例.xlsx"
    actions.new(sample.submission(), plain)
    with zipfile.ZipFile(plain) as package:
        assert not any("vba" in name or "custom" in name or "vml" in name for name in package.namelist())
    assert cached_values(plain).keys() == cached_values(filled).keys()
    ours, theirs = actions.read(filled), actions.read(plain)
    assert (ours.projects, ours.paragraphs) == (theirs.projects, theirs.paragraphs)


def test_texts_for_vba_are_on_the_very_hidden_sheet(one: Path) -> None:
    book = FileBook.open(one)
    rows = book.read(book.names()[names.TEXTS])
    told = {key: text for key, text in rows if key != "key"}
    assert told == dict(macros.load().texts)
    assert told["version"] == __version__
    assert book.names()[names.TEXTS].sheet == tabs.TEXTS


def test_every_text_that_vba_asks_for_is_there() -> None:
    loaded = macros.load()
    own = "\n".join(m.source for m in loaded.modules if m.name.startswith(("PerfEval", "ThisWorkbook")))
    asked = set(re.findall(r'\bT\("([^"]+)"\)', own)) | set(re.findall(r'"(PE-\d\d)"', own))
    asked |= {f"action-{action}" for action in re.findall(r'\bRun "([^"]+)"', own)}
    assert asked <= loaded.texts.keys()
    assert len(asked) > 10


def test_every_name_that_vba_uses_is_there(one: Path) -> None:
    own = "\n".join(
        m.source for m in macros.load().modules if m.name.startswith(("PerfEval", "ThisWorkbook"))
    )
    used = set(re.findall(r'\bNamed\("(\w+)"\)', own))
    assert used <= FileBook.open(one).names().keys()
    assert {names.STATUS, names.TEXTS, names.LIVE} <= used


def test_cells_that_vba_writes_are_unlocked(one: Path) -> None:
    from openpyxl import load_workbook

    refs = FileBook.open(one).names()
    book = load_workbook(one)
    assert book[tabs.HOME].protection.sheet
    for name in (names.STATUS, names.LIVE):
        cell = book[refs[name].sheet][refs[name].cell]
        assert not cell.protection.locked, name
    assert book[refs[names.STATUS].sheet][refs[names.STATUS].cell].value is None


def test_texts_name_buttons_only_where_there_are_some(filled: Path, tmp_path: Path) -> None:
    plain = tmp_path / "样例.xlsx"
    actions.new(sample.submission(), plain)
    with_buttons, without = (strings(path) for path in (filled, plain))
    assert "点“绩效自评”选项卡的“校验”，把“必须改”改完" in with_buttons
    assert "新增项目请点“增加项目”" in with_buttons
    assert "保存后用 perfeval 校验" not in with_buttons
    assert "保存后用 perfeval 校验，把“必须改”改完" in without
    for button in re.findall('label="([^"]+)" (?:size|imageMso)', macros.load().ribbon.decode()):
        assert f"点“{button}”" not in without


def strings(path: Path) -> str:
    """All texts of a workbook."""
    with zipfile.ZipFile(path) as package:
        return package.read("xl/sharedStrings.xml").decode()


# --- sources ------------------------------------------------------------------------------------------


def test_xlwings_vba_is_of_the_installed_version_with_its_licences() -> None:
    modules = {module.name: module for module in macros.load().modules}
    assert f'XLWINGS_VERSION As String = "{version("xlwings")}"' in modules["xlwings"].source
    assert "BSD 3-clause" in modules["xlwings"].source
    assert "Tim Hall" in modules["Dictionary"].source
    assert "License: MIT" in modules["Dictionary"].source


def test_another_version_of_xlwings_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.metadata.version", lambda _: "0.37.9")
    with pytest.raises(macros.NoMacros, match=r"^xlwings 的宏是 0\.37\.\d+ 版，安装的却是 0\.37\.9 版"):
        macros.load()


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ('Attribute VB_Name = "Mine"\n\' 中文\n', "“Mine.bas”第 30 个字节不是英文字符"),
        ('Attribute VB_Name = "Other"\n', "“Mine.bas”里的模块名应当只有一个“Mine”"),
        ("Sub A()\nEnd Sub\n", "“Mine.bas”里的模块名应当只有一个“Mine”"),
        (
            'Attribute VB_Name = "Mine"\nAttribute VB_Name = "Mine"\n',
            "“Mine.bas”里的模块名应当只有一个“Mine”",
        ),
    ],
)
def test_unfit_sources_are_refused(source: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "Mine.bas"
    path.write_text(source, encoding="utf-8")
    with pytest.raises(macros.NoMacros, match=told):
        macros.module(path)


def test_line_ends_of_a_checkout_do_not_matter(tmp_path: Path) -> None:
    for folder, end in (("lf", b"\n"), ("crlf", b"\r\n")):
        (tmp_path / folder).mkdir()
        for source in (ROOT / "macros").iterdir():
            content = source.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", end)
            (tmp_path / folder / source.name).write_bytes(content)
    one, other = (macros.load(tmp_path / folder) for folder in ("lf", "crlf"))
    assert (one.ribbon, one.texts) == (other.ribbon, other.texts)
    assert one.project(3) == other.project(3)


def test_macros_can_be_read_in_two_minutes() -> None:
    """Our own VBA stays small; anything longer belongs into Python."""
    lines = [
        line
        for path in (ROOT / "macros").iterdir()
        if path.suffix in {".bas", ".cls"}
        for line in path.read_text(encoding="ascii").splitlines()
        if line.strip() and not line.lstrip().startswith("'")
    ]
    assert len(lines) < 300


# --- whose macros -------------------------------------------------------------------------------------


def test_own_macros_are_no_finding(filled: Path) -> None:
    assert not FileBook.open(filled).facts().macros
    assert not [f for f in actions.validate_file(filled).findings if "宏" in f.problem]


@pytest.mark.parametrize("name", ["Module1", "模块1", "Perf", "UserForm1"])
def test_a_module_that_somebody_added_is_a_finding(name: str, one: Path, tmp_path: Path) -> None:
    path = shutil.copy(one, tmp_path / "加了.xlsm")
    with ExcelFile(path) as book:
        book.vba_project().code_page = 936
        book.vba_project().add_module(name, "Sub A()\r\nEnd Sub\r\n")
        book.save()
    assert FileBook.open(path).facts().macros
    assert [f for f in actions.validate_file(path).findings if "宏" in f.problem]


def test_macros_without_ours_are_foreign(one: Path, tmp_path: Path) -> None:
    path = tmp_path / "别人的.xlsm"
    foreign = vba.project(3, [vba.Module("xlwings", Kind.STANDARD, 'Attribute VB_Name = "xlwings"\r\n')])
    repacked(one, path, {VBA: foreign})
    assert FileBook.open(path).facts().macros


# --- commands -----------------------------------------------------------------------------------------


def test_new_makes_a_macro_workbook_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsm"
    run = perfeval("new", path, "--unit", "示例局", "--year", "2020", "--project", "科普经费")
    assert (run.returncode, run.stdout, run.stderr) == (0, f"已新建“{path}”。\n", "")
    assert checks.problems(path) == {}
    assert perfeval("validate", path).returncode == 1


def test_macro_free_makes_xlsx_only(tmp_path: Path) -> None:
    run = perfeval("new", tmp_path / "表.xlsm", "--macro-free")
    assert (run.returncode, run.stderr) == (
        2,
        "不带宏的工作簿要以 .xlsx 结尾，请把“表.xlsm”改成“表.xlsx”。\n",
    )
    assert list(tmp_path.iterdir()) == []
    assert perfeval("new", tmp_path / "表.xlsx", "--macro-free").returncode == 0


def test_next_year_from_a_macro_workbook(filled: Path, tmp_path: Path) -> None:
    path = tmp_path / "明年.xlsm"
    run = perfeval("new", path, "--from", filled, "--next-year")
    assert (run.returncode, run.stderr) == (0, "")
    assert actions.read(path).year == actions.read(filled).year + 1
    assert checks.problems(path, slow=False) == {}


def test_findings_written_into_a_macro_workbook_leave_its_macros(filled: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(filled, tmp_path / "表.xlsm"))
    before = Package.read(path).parts
    assert perfeval("validate", path, "--write").returncode == 1
    after = Package.read(path).parts
    assert list(before) == list(after)
    for part in (VBA, RIBBON, "xl/drawings/vmlDrawing1.vml", "_rels/.rels", "[Content_Types].xml"):
        assert before[part] == after[part], part


def test_forty_projects_take_less_than_a_second(tmp_path: Path) -> None:
    submission = actions.blank(forms.load(forms.DEFAULT), projects=[f"项目{n}" for n in range(40)])
    start = time.process_time()
    actions.new(submission, tmp_path / "表.xlsm")
    assert time.process_time() - start < 1.0


def test_the_committed_template_is_up_to_date() -> None:
    assert actions.template_differences(COMMITTED) == []


def test_check_says_what_differs(tmp_path: Path) -> None:
    path = tmp_path / "PerfEval.xlsm"
    actions.build_template(path)
    assert actions.template_differences(path) == []
    repacked(path, path, {RIBBON: b"<customUI/>", "xl/new.xml": b""}, without=["xl/theme/theme1.xml"])
    assert actions.template_differences(path) == [
        "多了 xl/new.xml",
        "少了 xl/theme/theme1.xml",
        f"内容不同 {RIBBON}",
    ]
    actions.build_template(path)
    parts = Package.read(path).parts
    with zipfile.ZipFile(path, "w") as package:
        for name in reversed(parts):
            package.writestr(name, parts[name])
    assert actions.template_differences(path) == ["各部分的顺序不同"]
    path.write_bytes(b"PK")
    with pytest.raises(saving.NotSaved, match="读不出来"):
        actions.template_differences(path)


def test_template_outside_a_checkout(tmp_path: Path) -> None:
    """As installed: the package and, inside it, the macros; no pyproject.toml around."""
    installed = shutil.copytree(ROOT / "xl_perfeval", tmp_path / "site" / "xl_perfeval")
    shutil.copytree(ROOT / "macros", installed / "macros", dirs_exist_ok=True)
    code = f"import sys; sys.path.insert(0, {str(tmp_path / 'site')!r}); from xl_perfeval.cli import main; main(sys.argv[1:])"

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", code, *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)

    refused = run("template")
    assert refused.returncode == 2
    assert refused.stderr.startswith("这里不是 xl_perfeval 的源代码目录")
    assert run("new", "表.xlsm").returncode == 0
    assert checks.problems(tmp_path / "表.xlsm", slow=False) == {}
    shutil.rmtree(installed / "macros")
    refused = run("new", "另一.xlsm")
    assert (refused.returncode, refused.stderr[:9]) == (2, "没有找到宏的源文件")
    assert not (tmp_path / "另一.xlsm").exists()


# --- LibreOffice --------------------------------------------------------------------------------------


def test_every_computed_cell_is_right_with_macros_off(filled: Path, one: Path) -> None:
    for path in (filled, one):
        assert assert_cached_values_right(path) > 400


@pytest.mark.parametrize("live", ["FALSE()", "TRUE()"])
def test_every_computed_cell_is_right_with_macros_on(
    live: str, filled: Path, office: Office, tmp_path: Path
) -> None:
    """Also where the worksheet functions are asked for and have no Python."""
    bare = tmp_path / filled.name
    without_cached_values(filled, bare)
    switch = FileBook.open(filled).names()[names.LIVE]
    with office.open(bare, macros=True) as book:
        book.set_formula(switch.sheet, switch.cell, live)
        book.calculate()
        computed = book.formula_values()
    stored = cached_values(filled)
    wrong = {
        cell: (value, computed.get(cell))
        for cell, value in stored.items()
        if computed.get(cell) != value and computed.get(cell) != pytest.approx(value)
    }
    # The one cell that says whether the functions are there.
    assert {str(value)[:6] for value, _ in wrong.values()} == (
        {"加载项未启用"} if live == "TRUE()" else set()
    )
    assert len(wrong) <= 1
    assert len(stored) > 500


def test_both_buttons_are_on_the_first_sheet(one: Path, office: Office) -> None:
    with office.open(one) as book:
        page = book.document.Sheets.getByName(tabs.HOME).DrawPage
        shapes = [page.getByIndex(place) for place in range(page.Count)]
        captions = [shape.Control.Label for shape in shapes if hasattr(shape, "Control")]
    assert captions == ["校验", "生成报告"]


# --- deliberate corruptions ---------------------------------------------------------------------------


Parts = dict[str, bytes]
OF_THE_PROJECT = (
    "code_names", "modules", "no_compiled_code", "project_settings", "ribbon", "buttons", "pyopenvba", "olevba"
)  # fmt: skip
"""The checks that read the VBA project."""


@dataclass(frozen=True)
class Corruption:
    """A damage, and the checks that notice it."""

    name: str
    damage: Callable[[Parts], None]
    caught_by: frozenset[str]
    slow: bool = False
    """Whether the slow checks are asked, too."""


CORRUPTIONS: list[Corruption] = []


def corruption(
    *caught_by: str, slow: bool = False
) -> Callable[[Callable[[Parts], None]], Callable[[Parts], None]]:
    def add(damage: Callable[[Parts], None]) -> Callable[[Parts], None]:
        CORRUPTIONS.append(Corruption(damage.__name__, damage, frozenset(caught_by), slow))
        return damage

    return add


def repacked(source: Path, target: Path, changed: Parts, without: tuple[str, ...] | list[str] = ()) -> None:
    """A copy of a package with parts changed, added and left out."""
    parts = {**Package.read(source).parts, **changed}
    write(target, {name: content for name, content in parts.items() if name not in without})


def write(target: Path, parts: Parts) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(zipfile.ZipInfo(name), content)


def swap(parts: Parts, part: str, old: str, new: str) -> None:
    assert old.encode() in parts[part]
    parts[part] = parts[part].replace(old.encode(), new.encode(), 1)


def streams(parts: Parts, change: Callable[[CFB], None]) -> None:
    container = CFB.from_bytes(parts[VBA])
    change(container)
    parts[VBA] = vba.as_specified(container.to_bytes())


def source(parts: Parts, module: str, old: str, new: str, encoding: str = "cp1252") -> None:
    """Change a module's source, and nothing else."""

    def change(container: CFB) -> None:
        text = decompress(container.get_stream_in_storage("VBA", module)).decode("cp1252")
        assert old in text
        container.write_stream_in_storage("VBA", module, compress(text.replace(old, new).encode(encoding)))

    streams(parts, change)


def directory(parts: Parts, change: Callable[[bytes], bytes]) -> None:
    """Change the dir stream, unpacked."""

    def packed(container: CFB) -> None:
        old = decompress(container.get_stream_in_storage("VBA", "dir"))
        new = change(old)
        assert new != old
        container.write_stream_in_storage("VBA", "dir", compress(new))

    streams(parts, packed)


def project_text(parts: Parts, old: str, new: str) -> None:
    """Change the PROJECT stream."""

    def change(container: CFB) -> None:
        text = container.get_stream("PROJECT")
        assert old.encode() in text
        container.write_stream("PROJECT", text.replace(old.encode(), new.encode()))

    streams(parts, change)


def module_record(text: bytes, module: str) -> tuple[int, int]:
    """Where the records of a module begin and end in the dir stream."""
    start = text.index(struct.pack("<HI", 0x19, len(module)) + module.encode())
    return start, text.index(struct.pack("<HI", 0x2B, 0), start) + 6


@cache
def rebuilt(sheets: int, without: str = "", edit: tuple[str, str, str] | None = None) -> bytes:
    """A project for so many sheets, without one of the modules or with one edited in its source."""
    kept = [module for module in macros.load().modules if module.name != without]
    if edit:
        name, old, new = edit
        kept = [vba.Module(m.name, m.kind, m.source.replace(old, new)) if m.name == name else m for m in kept]
    return vba.project(sheets, kept)


def sheets_of(parts: Parts) -> int:
    return sum(part.startswith("xl/worksheets/sheet") for part in parts)


@corruption("code_names", "olevba")
def fewer_document_modules_than_sheets(parts: Parts) -> None:
    parts[VBA] = rebuilt(6)


@corruption("code_names", "olevba")
def more_document_modules_than_sheets(parts: Parts) -> None:
    parts[VBA] = rebuilt(sheets_of(parts) + 1)


@corruption("code_names", "olevba")
def sheet_without_code_name(parts: Parts) -> None:
    swap(parts, "xl/worksheets/sheet5.xml", ' codeName="Sheet5"', "")


@corruption("code_names", "olevba")
def code_name_twice(parts: Parts) -> None:
    swap(parts, "xl/worksheets/sheet5.xml", 'codeName="Sheet5"', 'codeName="Sheet4"')


@corruption("code_names")
def workbook_without_code_name(parts: Parts) -> None:
    swap(parts, "xl/workbook.xml", ' codeName="ThisWorkbook"', "")


@corruption("code_names")
def workbook_and_sheet_swapped(parts: Parts) -> None:
    source(parts, "Sheet2", "00020820", "00020819")


@corruption("code_names", "modules")
def document_module_declared_as_class(parts: Parts) -> None:
    project_text(parts, "Document=Sheet3/&H00000000", "Class=Sheet3")


@corruption("modules", "olevba")
def class_declared_as_standard_module(parts: Parts) -> None:
    project_text(parts, "Class=Dictionary", "Module=Dictionary")


@corruption("modules", "ribbon", "buttons")
def standard_module_of_type_class_in_dir(parts: Parts) -> None:
    def change(text: bytes) -> bytes:
        start, end = module_record(text, "PerfEval")
        return text[:start] + text[start:end].replace(b"\x21\0\0\0\0\0", b"\x22\0\0\0\0\0") + text[end:]

    directory(parts, change)


@corruption("dir_records", "modules", "pyopenvba", "olevba", "ribbon", "buttons")
def module_twice_in_dir(parts: Parts) -> None:
    def change(text: bytes) -> bytes:
        start, end = module_record(text, "PerfEval")
        return text[:end] + text[start:end] + text[end:]

    directory(parts, change)


@corruption("modules", "olevba")
def xlwings_missing(parts: Parts) -> None:
    parts[VBA] = rebuilt(sheets_of(parts), "xlwings")


@corruption("modules")
def xlwings_of_another_version(parts: Parts) -> None:
    source(parts, "xlwings", f'"{version("xlwings")}"', '"0.30.0"')


@corruption("modules")
def xlwings_without_licence(parts: Parts) -> None:
    source(parts, "xlwings", "BSD 3-clause", "")


@corruption("modules", "olevba")
def foreign_module(parts: Parts) -> None:
    extra = vba.Module("Module1", Kind.STANDARD, 'Attribute VB_Name = "Module1"\r\n')
    parts[VBA] = vba.project(sheets_of(parts), [*macros.load().modules, extra])


@corruption("modules")
def source_not_ascii(parts: Parts) -> None:
    source(parts, "PerfEval", "Option Explicit", "Option Explicit\r\n' 校验", "gbk")


@corruption("modules")
def unix_line_ends(parts: Parts) -> None:
    source(parts, "PerfEval", "\r\n", "\n")


@corruption("modules")
def module_named_otherwise_inside(parts: Parts) -> None:
    source(parts, "PerfEval", 'VB_Name = "PerfEval"', 'VB_Name = "Other"')


@corruption("modules")
def class_in_the_form_of_a_file(parts: Parts) -> None:
    source(parts, "Dictionary", "Attribute VB_Name", "VERSION 1.0 CLASS\r\nBEGIN\r\nEND\r\nAttribute VB_Name")


@corruption("modules")
def code_behind_a_sheet(parts: Parts) -> None:
    source(parts, "Sheet2", "VB_Customizable = True\r\n", "VB_Customizable = True\r\nSub A()\r\nEnd Sub\r\n")


@corruption("no_compiled_code")
def compiled_code_of_another_version(parts: Parts) -> None:
    cache_of_2016 = bytes.fromhex("CC61B500000000") + bytes(64)
    streams(parts, lambda c: c.write_stream_in_storage("VBA", "_VBA_PROJECT", cache_of_2016))


@corruption("no_compiled_code")
def compiled_code_in_a_stream(parts: Parts) -> None:
    streams(parts, lambda c: c.add_stream_to_storage("VBA", "__SRP_0", b"\0" * 32))


@corruption("dir_records", *OF_THE_PROJECT)
def dir_stream_broken(parts: Parts) -> None:
    def change(container: CFB) -> None:
        packed = container.get_stream_in_storage("VBA", "dir")
        container.write_stream_in_storage("VBA", "dir", packed[: len(packed) // 2])

    streams(parts, change)


@corruption(*OF_THE_PROJECT)
def source_stream_broken(parts: Parts) -> None:
    def change(container: CFB) -> None:
        packed = bytearray(container.get_stream_in_storage("VBA", "PerfEvalText"))
        packed[1:3] = b"\x03\x00"
        container.write_stream_in_storage("VBA", "PerfEvalText", bytes(packed))

    streams(parts, change)


@corruption("modules", "olevba")
def source_stream_missing(parts: Parts) -> None:
    streams(parts, lambda c: c.remove_stream_in_storage("VBA", "PerfEvalText"))


@corruption("container", "dir_records", *OF_THE_PROJECT)
def container_broken(parts: Parts) -> None:
    parts[VBA] = b"\0" * 8 + parts[VBA][8:]


def entry(parts: Parts, name: str, at: int, new: bytes) -> None:
    """Change bytes of a directory entry of the container."""
    old = parts[VBA]
    first = 512 * (struct.unpack_from("<I", old, 48)[0] + 1)
    called = name.encode("utf-16-le") + b"\0\0"
    start = next(start for start in range(first, len(old), 128) if old.startswith(called, start))
    assert old[start + at : start + at + len(new)] != new
    parts[VBA] = old[: start + at] + new + old[start + at + len(new) :]


@corruption("container")
def storage_with_a_first_sector(parts: Parts) -> None:
    entry(parts, "VBA", 116, b"\xfe\xff\xff\xff")


@corruption("container")
def directory_all_red(parts: Parts) -> None:
    for name in ("PROJECT", "PROJECTwm", "VBA"):
        entry(parts, name, 67, b"\0")


@corruption("container", "modules", "buttons", "pyopenvba", "olevba", "ribbon")
def stream_in_the_sectors_of_another(parts: Parts) -> None:
    entry(parts, "xlwings", 116, bytes(4))


@corruption("container")
def sector_that_belongs_to_nothing(parts: Parts) -> None:
    old = parts[VBA]
    fat = 512 * (struct.unpack_from("<I", old, 76)[0] + 1)
    free = old.index(b"\xff" * 4, fat)
    parts[VBA] = old[:free] + b"\xfe\xff\xff\xff" + old[free + 4 :]


@corruption("dir_records")
def bytes_behind_the_end_of_dir(parts: Parts) -> None:
    directory(parts, lambda text: text + bytes(4))


@corruption("dir_records")
def code_page_before_language(parts: Parts) -> None:
    language, page = struct.pack("<HII", 2, 4, 0x409), struct.pack("<HIH", 3, 2, 1252)
    invoked = struct.pack("<HII", 0x14, 4, 0x409)
    directory(parts, lambda text: text.replace(language + invoked + page, page + language + invoked))


@corruption("dir_records")
def one_module_more_than_listed(parts: Parts) -> None:
    def more(text: bytes) -> bytes:
        at = text.index(struct.pack("<HI", 0x0F, 2)) + 6
        return text[:at] + struct.pack("<H", struct.unpack_from("<H", text, at)[0] + 1) + text[at + 2 :]

    directory(parts, more)


@corruption("limits")
def formula_of_9000_characters(parts: Parts) -> None:
    swap(parts, "xl/worksheets/sheet1.xml", "<f>SUMPRODUCT(", "<f>" + "0+" * 4500 + "SUMPRODUCT(")


@corruption("limits")
def formula_with_300_arguments(parts: Parts) -> None:
    swap(parts, "xl/worksheets/sheet1.xml", "<f>SUMPRODUCT(", "<f>SUM(1" + ",1" * 299 + ")+SUMPRODUCT(")


@corruption("limits")
def message_too_long(parts: Parts) -> None:
    swap(parts, "xl/worksheets/sheet1.xml", ' error="', ' error="' + "长" * 256)


@corruption("calculates_nothing_on_opening")
def calculated_by_excel_2007(parts: Parts) -> None:
    swap(parts, "xl/workbook.xml", 'calcId="191029"', 'calcId="124519"')


@corruption("defined_names")
def name_like_a_cell(parts: Parts) -> None:
    swap(parts, "xl/workbook.xml", 'name="PE_UNIT_CODE"', 'name="PE2020"')


@corruption("defined_names")
def name_of_a_function(parts: Parts) -> None:
    swap(parts, "xl/workbook.xml", 'name="PE_UNIT_CODE"', 'name="PE_Total"')


@corruption("project_settings")
def project_id_changed(parts: Parts) -> None:
    project_text(parts, "E73B243E", "E73B243F")


@corruption("project_settings")
def protection_record_of_another_project(parts: Parts) -> None:
    project_text(parts, 'GC="9D9F', 'GC="9D9E')


@corruption("project_settings")
def another_code_page(parts: Parts) -> None:
    directory(
        parts,
        lambda text: text.replace(struct.pack("<HIH", 3, 2, 1252), struct.pack("<HIH", 3, 2, 936), 1),
    )


@corruption("ribbon")
def ribbon_callback_renamed(parts: Parts) -> None:
    swap(parts, RIBBON, 'onAction="PE_OnFix"', 'onAction="PE_OnMend"')


@corruption("modules", "ribbon")
def callback_without_argument(parts: Parts) -> None:
    source(parts, "PerfEval", "PE_OnFix(control As Object)", "PE_OnFix()")


@corruption("modules", "ribbon")
def callback_private(parts: Parts) -> None:
    source(parts, "PerfEval", "Public Sub PE_OnFix", "Private Sub PE_OnFix")


@corruption("modules", "ribbon")
def callback_defined_twice(parts: Parts) -> None:
    copy = "Public Sub PE_OnFix(control As Object)\r\nEnd Sub\r\n"
    source(parts, "PerfEvalText", "Option Explicit\r\n", f"Option Explicit\r\n{copy}")


@corruption("ribbon")
def ribbon_relationship_missing(parts: Parts) -> None:
    parts["_rels/.rels"] = re.sub(rb"<Relationship [^>]*extensibility[^>]*/>", b"", parts["_rels/.rels"])


@corruption("ribbon", "openpyxl_round_trip", "open_xml_sdk", slow=True)
def ribbon_relationship_of_2010(parts: Parts) -> None:
    swap(parts, "_rels/.rels", "office/2006/relationships/ui", "office/2007/relationships/ui")


@corruption("content_types", "pyopenvba", "ribbon")
def ribbon_missing(parts: Parts) -> None:
    del parts[RIBBON]


@corruption("pyopenvba", "ribbon")
def ribbon_not_well_formed(parts: Parts) -> None:
    swap(parts, RIBBON, "</customUI>", "")


@corruption("ribbon")
def ribbon_of_2010(parts: Parts) -> None:
    swap(parts, RIBBON, "office/2006/01/customui", "office/2009/07/customui")


@corruption("ribbon")
def ribbon_id_twice(parts: Parts) -> None:
    swap(parts, RIBBON, 'id="btnNext"', 'id="btnFix"')


@corruption("open_xml_sdk", slow=True)
def ribbon_with_an_unknown_attribute(parts: Parts) -> None:
    swap(parts, RIBBON, 'size="large"', 'size="huge"')


@corruption("buttons")
def button_calls_nothing_known(parts: Parts) -> None:
    swap(parts, "xl/drawings/vmlDrawing1.vml", "PE_Validate", "PE_Check")


@corruption("content_types")
def workbook_of_a_macro_free_type(parts: Parts) -> None:
    macro_free = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    swap(parts, "[Content_Types].xml", "application/vnd.ms-excel.sheet.macroEnabled.main+xml", macro_free)


@corruption("content_types", "pyopenvba")
def project_without_type(parts: Parts) -> None:
    swap(parts, "[Content_Types].xml", 'Extension="bin"', 'Extension="dat"')


@corruption("content_types")
def project_relationship_missing(parts: Parts) -> None:
    links = "xl/_rels/workbook.xml.rels"
    parts[links] = re.sub(rb"<Relationship [^>]*vbaProject[^>]*/>", b"", parts[links])


@corruption("content_types", "container", "dir_records", *OF_THE_PROJECT)
def project_missing(parts: Parts) -> None:
    del parts[VBA]


@corruption("reproducible")
def stamped_with_the_day(parts: Parts) -> None:
    swap(parts, "docProps/core.xml", "2026-01-01", "2026-11-23")


@pytest.mark.parametrize("case", CORRUPTIONS, ids=lambda case: case.name)
def test_corruption_is_caught(case: Corruption, one: Path, tmp_path: Path) -> None:
    parts = dict(Package.read(one).parts)
    case.damage(parts)
    path = tmp_path / "坏的.xlsm"
    write(path, parts)
    assert set(checks.problems(path, slow=case.slow)) == case.caught_by
    assert case.caught_by


def test_there_are_enough_corruptions_and_every_check_bites() -> None:
    assert len(CORRUPTIONS) >= 25
    assert checks.CHECKS.keys() == set().union(*(case.caught_by for case in CORRUPTIONS))
