"""Findings in the workbook itself: what is written, what people typed and keep, what nobody may lose; and repairs."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from tests import clean, decorated, validator
from tests import office as headless
from tests.commands import call, perfeval
from tests.test_patching import members
from xl_perfeval import actions, forms, reading, rollup, rules, sample, writing
from xl_perfeval.books import Formula
from xl_perfeval.books.file import FileBook
from xl_perfeval.books.memory import MemoryBook
from xl_perfeval.books.patching import BACKUPS
from xl_perfeval.findings import Finding, Severity
from xl_perfeval.forms import names, ownsheets
from xl_perfeval.model import CellError, CellValue, Ref
from xl_perfeval.template import tabs
from xl_perfeval.writing import marked

if TYPE_CHECKING:
    from xl_perfeval.actions import Touched

NOW = datetime(2021, 3, 8, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
LATER = NOW + timedelta(days=1)
RESULTS = tabs.FINDINGS


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, filled in and never checked."""
    path = tmp_path_factory.mktemp("made") / "绩效自评.xlsx"
    actions.new(sample.submission(), path)
    return path


@pytest.fixture
def book(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made, tmp_path))


def check(path: Path, now: datetime = NOW, *, fix: bool = False, write: bool = True) -> Touched:
    touched = actions.validate_and_write(path, now, fix=fix, write=write)
    assert touched.failure is None
    return touched


def put(path: Path, cells: dict[tuple[str, str], CellValue | Formula]) -> None:
    """Type into cells, as people do."""
    typing = FileBook.open(path, writable=True)
    for (sheet, cell), value in cells.items():
        typing.write(Ref(sheet, cell), [[value]])
    typing.save(NOW)


def column(path: Path, key: str) -> list[CellValue]:
    """A column of 校验结果, as far as it is filled."""
    saved = FileBook.open(path)
    values = [row[0] for row in saved.read(saved.names()[names.FINDINGS[key]])]
    while values and values[-1] is None:
        values.pop()
    return values


def row_with(path: Path, rule: str) -> int:
    """Sheet row of the first finding of a rule."""
    return 5 + [str(key).partition("|")[0] for key in column(path, "key")].index(rule)


def one(path: Path, name: str) -> CellValue:
    saved = FileBook.open(path)
    return saved.read(saved.names()[name])[0][0]


def part_of(path: Path, tab: str) -> str:
    """The member that holds a sheet of a workbook made by XlsxWriter."""
    return f"xl/worksheets/sheet{list(FileBook.open(path).sheets()).index(tab) + 1}.xml"


def wrong_results(path: Path) -> set[headless.Cell]:
    """Formula cells whose stored result is not what LibreOffice computes."""
    stored, computed = headless.cached_values(path), headless.recalculated(path)
    return {
        cell
        for cell, value in stored.items()
        if not (value == computed[cell] or _close(value, computed[cell]))
    }


def _close(a: object, b: object) -> bool:
    numbers = isinstance(a, int | float) and isinstance(b, int | float)
    return numbers and abs(float(str(a)) - float(str(b))) < 1e-9


# --- what is written ----------------------------------------------------------------------------------


def test_every_finding_has_its_row(book: Path) -> None:
    found = check(book).checked.findings
    assert len(found) > 20
    assert column(book, "number") == [float(number) for number in range(1, len(found) + 1)]
    assert column(book, "key") == [finding.key for finding in found]
    assert column(book, "problem") == [finding.problem for finding in found]
    assert column(book, "level") == [ownsheets.level_text(finding.severity) for finding in found]
    assert column(book, "place")[0] == f"{found[0].at.sheet}！{found[0].at.cell}"  # type: ignore[union-attr]
    assert one(book, names.FINDINGS_TIME) == "2021-03-08 09:30"
    assert one(book, names.FINDINGS_STATUS) == f"第一次校验，共 {len(found)} 条"


def test_it_agrees_with_a_workbook_built_with_the_findings(book: Path, tmp_path: Path) -> None:
    found = check(book).checked.findings
    built = tmp_path / "建.xlsx"
    actions.new(sample.submission(), built, found)
    for sheet in (RESULTS, tabs.MARKS, tabs.HOME):
        one_way, other = FileBook.open(book), FileBook.open(built)
        used = one_way.used(sheet)
        rows = other.read(used)
        if sheet == RESULTS:  # the time and what is said of it
            for place in ((0, 12), (1, 0), (2, 0)):
                rows[place[0]][place[1]] = one_way.read(used)[place[0]][place[1]]
        assert one_way.read(used) == rows
    wanted = FileBook.open(built, writable=True)
    assert FileBook.open(book, writable=True).formulas(tabs.MARKS) == wanted.formulas(tabs.MARKS)


def test_the_first_sheet_counts_the_findings(book: Path) -> None:
    found = check(book).checked.findings
    home = FileBook.open(book, writable=True)
    shown = {
        formula: home.read(Ref(tabs.HOME, cell))[0][0] for cell, formula in home.formulas(tabs.HOME).items()
    }
    for severity in (Severity.ERROR, Severity.WARNING):
        count = sum(finding.severity is severity for finding in found)
        assert shown[f'=COUNTIF(FIND_LEVEL,"{severity.sign}*")&" 条"'] == f"{count} 条"
    ids = writing.identities(home)
    for tab, sheet_id in ids.items():
        errors = sum(f.severity is Severity.ERROR and f.at is not None and f.at.sheet == tab for f in found)
        assert shown.get(f'=COUNTIFS(FIND_SHEET,"{sheet_id}",FIND_LEVEL,"✗*")', errors) == errors


@pytest.mark.parametrize("edition", forms.editions())
def test_no_formula_that_counts_findings_is_forgotten(edition: str, tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    actions.new(actions.blank(forms.load(edition), projects=["科普经费"]), path)
    saved = FileBook.open(path, writable=True)
    shown = ownsheets.Shown((), frozenset(), writing.identities(saved), "2021-03-08 09:30")
    for sheet in saved.sheets():
        # a map of the names says where they are, not what is there
        formulas = {cell: f for cell, f in saved.formulas(sheet).items() if not f.startswith('="PE_MAP"')}
        known = shown.results(formulas, lambda _: 0.5)
        counting = {cell for cell, formula in formulas.items() if "FIND_" in formula}
        assert counting <= known.keys()
        assert not counting or sheet in (tabs.HOME, RESULTS)
        columns = {"K"} if sheet.startswith("项目") else {"M"} if sheet == tabs.FUNDS else set()
        assert {re.sub("[0-9]", "", cell) for cell, f in formulas.items() if "PE_MARK" in f} <= columns
        assert all(marked.reads_marks(f) for f in formulas.values() if "PE_MARK" in f)
        states = {cell for cell, formula in formulas.items() if '"需修改"' in formula}
        assert states <= known.keys()


def test_stored_results_are_those_of_a_spreadsheet(book: Path) -> None:
    check(book)
    assert wrong_results(book) == set()
    put(book, {(RESULTS, "G20"): "情况属实", (RESULTS, "H20"): "口径不同"})
    check(book, LATER)
    assert wrong_results(book) == set()


def words(path: Path, tab: str) -> list[CellValue]:
    """What 检查 of a project sheet says, row by row, thin lines left out."""
    saved = FileBook.open(path)
    return [row[0] or "" for row in saved.read(saved.names()[f"{tab}!MX_CHECK"])[1:-1]]


def signs(path: Path) -> list[CellValue]:
    """What 转到 of 资金概况 says, as far as there are links."""
    saved = FileBook.open(path)
    return [row[0] for row in saved.read(saved.names()["FUND_GO"]) if row[0]]


def test_entry_sheets_say_what_was_found(book: Path, tmp_path: Path) -> None:
    assert {str(link)[:2] for link in signs(book)} == {"项目"}
    found = check(book).checked.findings
    built = tmp_path / "建.xlsx"
    actions.new(sample.submission(), built, found)
    tabs_of_projects = [tab for tab in FileBook.open(book).sheets() if tab.startswith("项目")]
    assert [words(book, tab) for tab in tabs_of_projects] == [words(built, tab) for tab in tabs_of_projects]
    said = {word for tab in tabs_of_projects for word in words(book, tab)}
    assert said == {"✗ 漏填", "！请核对", "○ 待填", "✓", ""}
    assert signs(book) == signs(built)
    assert {str(link).partition("项目")[0] for link in signs(book)} == {"✗ ", ""}
    assert validator.problems(book) == []


def test_stored_results_stay_right_through_a_working_day(
    book: Path, tmp_path: Path, office: headless.Office
) -> None:
    check(book)
    assert wrong_results(book) == set()
    mended, moved = tmp_path / "改过.xlsx", tmp_path / "插行.xlsx"
    with office.open(book) as opened:
        opened.set("项目2_科普", "G12", "参加人员满意度90%以上")
        opened.set("资金概况", "F7", None)
        opened.set("项目3_老科协", "B12", "另一件事")
        opened.calculate()
        opened.save_as_xlsx(mended)
    check(mended, LATER)
    assert wrong_results(mended) == set()
    with office.open(mended) as opened:
        opened.insert_rows("项目2_科普", 9, 2)
        opened.set("项目2_科普", "B10", "新的一行")
        opened.insert_rows("资金概况", 7)
        opened.rename("项目2_科普", "科普（新）")
        opened.calculate()
        opened.save_as_xlsx(moved)
    check(moved, LATER)
    assert wrong_results(moved) == set()
    before = moved.read_bytes()
    check(moved, LATER)
    assert moved.read_bytes() == before


STATES: dict[str, dict[str, CellValue]] = {
    "missing": {"C": None},
    "blank": dict.fromkeys("BCDEFGHIJ"),
    "unread amount": {"C": "若干"},
    "unread spending": {"I": "三十万元"},
    "text amount": {"C": "30万元（含场地费）"},
    "a truth value is no amount": {"C": True},
    "pending": {"H": None},
    "pending with a mark of its own": {"H": None, "E": "1000册以上"},
    "nothing but a blank": dict.fromkeys("CDEFGHIJ") | {"B": " "},
    "an error": {"E": CellError("#N/A")},
}


@pytest.mark.parametrize("stage", ["年度自评", "绩效监控", "目标申报"])
def test_the_word_of_a_row_is_that_of_its_formula(book: Path, stage: str) -> None:
    """One row per state on two sheets, with marks on every row of the second; LibreOffice is the judge."""
    place = FileBook.open(book).names()[names.STAGE]
    cells: dict[tuple[str, str], CellValue | Formula] = {(place.sheet, place.cell): stage}
    for tab in ("项目1_科技工作", "项目2_科普"):
        for row, state in enumerate(STATES.values(), start=8):
            cells |= {(tab, f"{letter}{row}"): value for letter, value in state.items()}
    put(book, cells)
    marks = many(1, "x")[0]
    rows = range(8, 8 + len(STATES))
    found = [
        replace(marks, at=Ref("项目2_科普", f"{letter}{row}"), severity=severity, key=f"R101|{letter}|{row}")
        for row in rows
        for letter, severity in (("H", Severity.ERROR), ("D", Severity.WARNING))
        if (row + (letter == "H")) % 3
    ]
    write(book, found)
    computed = headless.recalculated(book)
    for tab in ("项目1_科技工作", "项目2_科普"):
        said = words(book, tab)
        assert said == [computed[tab, f"K{row}"] for row in range(8, 8 + len(said))]


def test_own_formulas_of_people_are_left_alone(book: Path) -> None:
    own = {("项目2_科普", "K8"): Formula('="好"', "好"), ("资金概况", "M7"): Formula('="去"', "去")}
    put(book, dict(own))
    check(book)
    assert words(book, "项目2_科普")[0] == "好"
    assert signs(book)[1] == "去"


@pytest.mark.parametrize("edition", forms.editions())
def test_stored_results_are_right_in_every_edition(edition: str, tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    actions.new(replace(sample.submission(), edition=forms.load(edition)), path)
    check(path)
    assert wrong_results(path) == set()


def test_a_sheet_copied_by_hand_shares_its_marks() -> None:
    """Excel copies a sheet's own names too, so both read the same block."""
    at = {
        name: Ref(RESULTS, f"{'ABCDEFGHIKL'[n]}5:{'ABCDEFGHIKL'[n]}20")
        for n, name in enumerate(names.FINDINGS.values())
    }
    block = Ref(tabs.MARKS, "A5:A20")
    memory = MemoryBook(
        {RESULTS: [[None] * 13 for _ in range(20)], "表": [["甲", "乙"]], "表 (2)": [["丙", "丁"]], tabs.MARKS: []},
        {
            **at,
            names.EDITION: Ref(RESULTS, "M2"),
            names.FINDINGS_TIME: Ref(RESULTS, "M1"),
            f"表!{names.MARKS['warning']}": block,
            f"表 (2)!{names.MARKS['warning']}": block,
        },
    )  # fmt: skip
    found = [
        replace(many(1, "x")[0], at=Ref(tab, cell), key=f"R101|{tab}|{cell}")
        for tab, cell in (("表", "A1"), ("表 (2)", "B1"))
    ]
    written = writing.write(memory, found, NOW)
    assert memory.read(Ref(tabs.MARKS, "A5:B7")) == [["A1", "甲"], ["B1", "丁"], [None, None]]
    assert written.marks["表"] == written.marks["表 (2)"] == {Severity.WARNING: ["A1", "B1"]}
    assert writing.write(memory, found, LATER).same


def test_marks_apply_and_go_out_when_a_cell_is_mended(book: Path, office: headless.Office) -> None:
    found = check(book).checked.findings
    error = next(f for f in found if f.severity is Severity.ERROR and f.rule == "R101")
    assert error.at is not None
    with office.open(book) as opened:
        opened.calculate()
        assert "PE_MARK_E" in opened.conditional_marks(error.at.sheet, error.at.cell)[0].condition
        opened.set(error.at.sheet, error.at.cell, "参加人员满意度90%以上")
        opened.calculate()
        conditions = [m.condition for m in opened.conditional_marks(error.at.sheet, error.at.cell)]
        assert not any("PE_MARK" in condition for condition in conditions)


def test_the_log_has_a_line_per_run_that_found_something_else(book: Path) -> None:
    check(book)
    check(book, LATER)
    saved = FileBook.open(book)
    assert [row[:2] for row in saved.read(Ref(tabs.LOG, "A1:C3"))] == [
        ["时间", "操作"],
        ["2021-03-08 09:30", "校验"],
        [None, None],
    ]


def many(count: int, sheet: str) -> list[Finding]:
    return [
        Finding(
            rule="R101",
            severity=Severity.WARNING,
            at=Ref(sheet, "B9"),
            label="x",
            problem=f"=问题{number}",
            remedy="改",
            key=f"R101|P1|{number}",
        )
        for number in range(count)
    ]


def write(path: Path, found: list[Finding], now: datetime = NOW) -> str:
    saved = FileBook.open(path, writable=True)
    written = writing.write(saved, found, now)
    writing.recount(saved, written)
    saved.save(now)
    return written.status


def test_more_findings_than_rows(book: Path) -> None:
    assert write(book, many(600, "资金概况")) == "共 600 条，这里列出前 499 条"
    assert column(book, "problem")[-1] == "还有 101 条，见网页版。"
    assert len(column(book, "level")) == 500
    assert column(book, "key")[-1] == "R101|P1|498"
    assert write(book, many(3, "资金概况"), LATER) == "共 3 条"
    assert column(book, "problem") == ["=问题0", "=问题1", "=问题2"]
    assert len(column(book, "level")) == len(column(book, "number")) == 3
    assert write(book, [], LATER) == "上次 3 条，已改好 3 条，新增 0 条"
    assert column(book, "level") == []
    assert validator.problems(book) == []


def test_a_finding_is_text_whatever_it_says(book: Path, office: headless.Office) -> None:
    write(book, many(2, "资金概况"))
    with office.open(book) as opened:
        assert (RESULTS, "D5") not in opened.formulas(RESULTS)
        assert opened.value(RESULTS, "D5") == "=问题0"


def test_findings_about_the_file_or_a_foreign_sheet(book: Path) -> None:
    whole = replace(many(1, "x")[0], at=None, key="F003|FILE|x")
    foreign = replace(many(1, "没有的表")[0], key="F004|没有的表|")
    write(book, [whole, foreign])
    assert column(book, "place") == ["整个文件", "没有的表！B9"]
    assert column(book, "sheet") == []


def test_a_table_that_lost_a_column_is_not_written(book: Path) -> None:
    with zipfile.ZipFile(book) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    workbook = parts["xl/workbook.xml"].decode()
    broken = re.sub(r"(<definedName name=\"FIND_RULE\">)[^<]*", r"\1#REF!", workbook)
    parts["xl/workbook.xml"] = broken.encode()
    with zipfile.ZipFile(book, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    before = book.read_bytes()
    touched = actions.validate_and_write(book, NOW, write=True)
    assert "“校验结果”表里有列被删除了" in str(touched.failure)
    assert touched.checked.submission is not None
    assert book.read_bytes() == before


def test_another_door_is_written_the_same_way() -> None:
    """One code path: a book in memory gets the very values that a file gets."""
    rows: list[list[CellValue]] = [[None] * 13 for _ in range(20)]
    at = {
        name: Ref(RESULTS, f"{'ABCDEFGHIKL'[n]}5:{'ABCDEFGHIKL'[n]}20")
        for n, name in enumerate(names.FINDINGS.values())
    }
    memory = MemoryBook(
        {RESULTS: rows, "资金概况": [["x", "4.2"]], tabs.MARKS: []},
        {
            **at,
            names.FINDINGS_TIME: Ref(RESULTS, "M1"),
            names.FINDINGS_STATUS: Ref(RESULTS, "A3"),
            names.EDITION: Ref(RESULTS, "M2"),
            names.go("FUNDS"): Ref("资金概况", "A1"),
            f"资金概况!{names.MARKS['warning']}": Ref(tabs.MARKS, "A5:A20"),
        },
    )  # fmt: skip
    found = [replace(each, at=Ref("资金概况", "B1")) for each in many(2, "资金概况")]
    assert not writing.write(memory, found, NOW).same
    assert memory.read(Ref(RESULTS, "A5:C6"))[1] == [2, "！请核对", "资金概况！B1"]
    assert memory.read(Ref(tabs.MARKS, "A5:B6")) == [["B1", "4.2"], [None, None]]
    assert writing.write(memory, found, LATER).same
    memory.write(Ref(RESULTS, "G5"), [["情况属实", "属实"]])
    written = writing.write(memory, found, LATER)
    assert [each.waived for each in written.findings] == ["属实", None]


# --- what people typed --------------------------------------------------------------------------------


def test_what_was_typed_beside_a_finding_stays_with_it(book: Path) -> None:
    check(book)
    warning, error = row_with(book, "T201"), row_with(book, "R101")
    keys = column(book, "key")
    put(
        book,
        {
            (RESULTS, f"G{warning}"): "情况属实",
            (RESULTS, f"H{warning}"): "=按实际安排，无法量化",
            (RESULTS, f"G{error}"): "已修改",
            ("项目2_科普", "G12"): "参加人员满意度90%以上",  # mends R101, so all rows below move up
        },
    )
    touched = check(book, LATER)
    after = column(book, "key")
    mended = set(keys) - set(after)
    assert keys[error - 5] in mended
    place = after.index(keys[warning - 5])
    assert column(book, "handling")[place] == "情况属实"
    assert column(book, "explanation")[place] == "=按实际安排，无法量化"
    assert column(book, "handling").count("情况属实") == 1
    assert "已修改" not in column(book, "handling")
    waived = [finding for finding in touched.checked.findings if finding.waived]
    assert [(finding.key, finding.waived) for finding in waived] == [
        (keys[warning - 5], "=按实际安排，无法量化")
    ]
    assert one(book, names.FINDINGS_STATUS) == f"上次 {len(keys)} 条，已改好 {len(mended)} 条，新增 0 条"
    assert len(after) == len(keys) - len(mended)
    assert one(book, names.FINDINGS_TIME) == "2021-03-09 09:30"


def test_only_a_warning_with_a_reason_is_waived(book: Path) -> None:
    check(book)
    bare, error = row_with(book, "T201"), row_with(book, "R101")
    put(
        book,
        {
            (RESULTS, f"G{bare}"): "情况属实",
            (RESULTS, f"G{error}"): "情况属实",
            (RESULTS, f"H{error}"): "就这样",
        },
    )
    touched = check(book, LATER)
    assert not any(finding.waived for finding in touched.checked.findings)
    assert column(book, "handling")[bare - 5] == column(book, "handling")[error - 5] == "情况属实"
    assert column(book, "explanation")[error - 5] == "就这样"
    assert wrong_results(book) == set()


def test_a_plain_check_shows_the_reason_too(book: Path) -> None:
    check(book)
    warning = row_with(book, "T201")
    put(book, {(RESULTS, f"G{warning}"): "情况属实", (RESULTS, f"H{warning}"): "无法量化"})
    before = book.read_bytes()
    assert [f.waived for f in actions.validate_file(book).findings if f.waived] == ["无法量化"]
    assert "情况说明：无法量化" in perfeval("validate", book).stdout
    assert book.read_bytes() == before


def test_reasons_survive_inserted_rows_renamed_tabs_and_other_programs(
    book: Path, tmp_path: Path, office: headless.Office
) -> None:
    check(book)
    keys = column(book, "key")
    row = row_with(book, "T208")
    moved = tmp_path / "改过.xlsx"
    with office.open(book) as opened:
        opened.set(RESULTS, f"G{row}", "情况属实")
        opened.set(RESULTS, f"H{row}", "两处口径不同")
        opened.insert_rows("项目3_老科协", 8, 2)
        opened.insert_rows("资金概况", 7)
        opened.insert_rows(RESULTS, 6, 3)
        opened.rename("项目3_老科协", "老科协的表")
        opened.rename(RESULTS, "结果")
        opened.calculate()
        opened.save_as_xlsx(moved)
    touched = check(moved, LATER)
    assert touched.written is not None
    assert touched.written.status == f"上次 {len(keys)} 条，已改好 0 条，新增 0 条"
    [waived] = [finding for finding in touched.checked.findings if finding.waived]
    assert waived.waived == "两处口径不同"
    assert waived.at is not None
    assert (waived.at.sheet, waived.at.cell) == ("老科协的表", "E11")
    assert column(moved, "key") == keys
    assert wrong_results(moved) == set()
    before = moved.read_bytes()
    assert check(moved, LATER).backup is None
    assert moved.read_bytes() == before


# --- nothing else changes -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The decorated workbook, before and after `--write`."""
    folder = tmp_path_factory.mktemp("rich")
    before = decorated.workbook(folder / "before.xlsx")
    after = Path(shutil.copy(before, folder / "after.xlsx"))
    assert call("validate", after, "--write") == 1
    return before, after


def test_the_decorated_workbook_is_valid(rich: tuple[Path, Path]) -> None:
    assert validator.problems(rich[0]) == []


def test_of_a_decorated_workbook_only_our_sheets_change(rich: tuple[Path, Path]) -> None:
    before, after = (path.read_bytes() for path in rich)
    old, new = members(before), members(after)
    ours = {part_of(rich[0], tab) for tab in (RESULTS, tabs.MARKS, tabs.LOG)}
    chain = {"xl/calcChain.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels"}
    entry = {part_of(rich[0], tab) for tab in entry_sheets(rich[0])}
    changed = {name for name in old if new.get(name) != old[name]}
    assert changed - entry == ours | chain
    assert list(new) == [name for name in old if name != "xl/calcChain.xml"]
    kept = [name for name in old if name not in changed]
    for kind in (
        "slicers",
        "slicerCaches",
        "comments",
        "vmlDrawing",
        "media",
        "charts",
        "customXml",
        "tables",
        "styles",
    ):
        assert any(kind in name for name in kept), kind
    with zipfile.ZipFile(rich[0]) as a, zipfile.ZipFile(rich[1]) as b:
        for one_way, other in zip(
            (m for m in a.infolist() if m.filename != "xl/calcChain.xml"), b.infolist(), strict=True
        ):
            assert (one_way.date_time, one_way.external_attr, one_way.compress_type, one_way.extra) == (
                other.date_time,
                other.external_attr,
                other.compress_type,
                other.extra,
            )


def entry_sheets(path: Path) -> list[str]:
    """首页, 资金概况 and the project sheets, where formulas show something else after a check."""
    return [tab for tab in FileBook.open(path).sheets() if tab.startswith(("首页", "资金概况", "项目"))]


def test_of_entry_sheets_only_stored_results_change(rich: tuple[Path, Path]) -> None:
    changed: list[str] = []
    for tab in entry_sheets(rich[0]):
        texts: list[str] = []
        for path in rich:
            with zipfile.ZipFile(path) as package:
                texts.append(package.read(part_of(path, tab)).decode())
        if texts[0] != texts[1]:
            changed.append(tab)
        bare = [re.sub(r"(</f>)<v>[^<]*</v>", r"\1", text) for text in texts]
        assert bare[0] == bare[1], tab
    assert changed[:2] == ["首页", "资金概况"]
    assert len(changed) > 3


def test_around_the_cells_of_our_sheets_nothing_changes(rich: tuple[Path, Path]) -> None:
    for tab in (RESULTS, tabs.MARKS, tabs.LOG):
        tails: list[str] = []
        for path in rich:
            with zipfile.ZipFile(path) as package:
                tails.append(package.read(part_of(path, tab)).decode().partition("</sheetData>")[2])
        assert tails[0] == tails[1]


def test_a_decorated_workbook_stays_valid_and_opens(rich: tuple[Path, Path], office: headless.Office) -> None:
    assert validator.problems(rich[1]) == []
    found = actions.validate_file(rich[1]).findings
    with office.open(rich[1]) as opened:
        opened.calculate()
        assert opened.text(tabs.HOME, "F5") == f"{sum(f.severity is Severity.ERROR for f in found)} 条"
        marked = next(f.at for f in found if f.at and f.at.sheet.startswith("项目2"))
        marks = opened.conditional_marks(marked.sheet, marked.cell)
        assert any("PE_MARK" in mark.condition for mark in marks)
        assert "我的分析" in opened.sheets()


def test_a_second_run_changes_nothing(rich: tuple[Path, Path], tmp_path: Path) -> None:
    path = Path(shutil.copy(rich[1], tmp_path / "again.xlsx"))
    before = path.read_bytes()
    run = perfeval("validate", path, "--write")
    assert "和上次校验的结果一样，文件没有改动。" in run.stdout
    assert path.read_bytes() == before
    assert not (tmp_path / BACKUPS).exists()


def test_a_workbook_without_findings(tmp_path: Path) -> None:
    path = tmp_path / "清.xlsx"
    actions.new(clean.submission(3), path)
    touched = check(path)
    assert touched.checked.findings == ()
    assert touched.backup is not None
    assert one(path, names.FINDINGS_STATUS) == "第一次校验，共 0 条"
    assert wrong_results(path) == set()
    assert check(path, LATER).backup is None


# --- repairs ------------------------------------------------------------------------------------------


def test_amounts_and_names_are_repaired(book: Path) -> None:
    before = reading.read(FileBook.open(book))
    touched = check(book, fix=True, write=False)
    made = {(repair.at.sheet, repair.at.cell): (repair.before, repair.after) for repair in touched.repairs}
    assert made["项目1_科技工作", "C8"] == ("30万元", 30)
    assert made["项目1_科技工作", "B8"] == ("1.业务培训和政策宣传", "业务培训和政策宣传")
    assert made["资金概况", "E9"] == ("420（在公共预算中安排，未计入部门专项）", 420)
    remark = "2020年区级科技计划项目立项扶持资金的指标总额：在公共预算中安排，未计入部门专项"
    assert made["资金概况", "B17"] == (None, remark)
    assert not {finding.rule for finding in touched.checked.findings} & {"F007", "F011"}
    after = reading.read(FileBook.open(book))
    assert after.remark == remark
    for key in ("budget", "budget_local", "spent", "spent_local"):
        assert rollup.total_of(after.projects, key) == rollup.total_of(before.projects, key)
    assert touched.backup is not None
    assert [f.key for f in actions.validate_file(touched.backup).findings] == [
        f.key for f in rules.check(before)
    ]
    assert wrong_results(book) == set()
    assert validator.problems(book) == []
    again = check(book, LATER, fix=True, write=False)
    assert (again.repairs, again.backup) == ((), None)


def test_only_the_repaired_cells_change(book: Path) -> None:
    before = book.read_bytes()
    touched = check(book, fix=True, write=False)
    saved = {repair.at.sheet for repair in touched.repairs}
    changed = {part_of(book, tab) for tab in saved}
    old, new = members(before), members(book.read_bytes())
    assert {name for name in old if old[name] != new[name]} == changed
    sheets = FileBook.open(book), FileBook.open(touched.backup or book)
    cells = {(repair.at.sheet, repair.at.cell) for repair in touched.repairs}
    for tab in saved:
        for row, (now, then) in enumerate(
            zip(*(sheet.read(sheet.used(tab)) for sheet in sheets), strict=True), start=1
        ):
            for number, (a, b) in enumerate(zip(now, then, strict=True)):
                if number < 12 and a != b:
                    assert (tab, f"{'ABCDEFGHIJKL'[number]}{row}") in cells


def test_repairs_keep_the_look(book: Path) -> None:
    def looks() -> list[str]:
        with zipfile.ZipFile(book) as package:
            text = package.read(part_of(book, "项目1_科技工作")).decode()
        return re.findall(r'<c (r="[BC](?:8|9|10|11|12)" s="\d+")', text)

    before = looks()
    check(book, fix=True, write=False)
    assert looks() == before
    assert len(before) == 10


@pytest.mark.parametrize(
    ("typed", "after"),
    [
        ("３０", 30),
        (" 1 200 ", 1200),
        ("22,614.51万元", 22614.51),
        ("１．５万", 1.5),
        ("约30万元", None),
        ("5千", None),
        ("30-40万元", None),
        ("三十万元", None),  # the sheet's own formulas do not count it
        ("30（亿元）", None),
        ("若干", None),
    ],
)
def test_what_can_be_read_in_one_way_only(book: Path, typed: str, after: float | None) -> None:
    put(book, {("项目1_科技工作", "C8"): typed})
    made = {(each.at.sheet, each.at.cell): each.after for each in check(book, fix=True, write=False).repairs}
    assert made.get(("项目1_科技工作", "C8")) == after
    if after is None:
        assert FileBook.open(book).read(Ref("项目1_科技工作", "C8")) == [[typed]]


def test_a_remark_is_added_to_what_is_there(book: Path) -> None:
    put(book, {("资金概况", "B17"): "已核对", ("项目1_科技工作", "C8"): "30万元（含场地费）"})
    check(book, fix=True, write=False)
    saved = FileBook.open(book)
    [[remark]] = saved.read(Ref("资金概况", "B17"))
    assert remark == "已核对；2020年区级科技计划项目立项扶持资金的指标总额：在公共预算中安排，未计入部门专项"
    [[note]] = saved.read(saved.names()[f"项目1_科技工作!{names.MATRIX_NOTE}"])
    assert note == "业务培训和政策宣传的成本目标：含场地费"


def test_a_remark_without_a_place_leaves_its_amount_alone(book: Path) -> None:
    put(book, {("资金概况", "B17"): Formula('="算出来的"', "算出来的")})
    made = [each.at for each in check(book, fix=True, write=False).repairs]
    assert Ref("资金概况", "E9") not in made
    assert Ref("资金概况", "B17") not in made


def test_formulas_are_never_replaced(book: Path) -> None:
    put(book, {("项目1_科技工作", "C8"): Formula('="30"&"万元"', "30万元")})
    check(book, fix=True, write=False)
    assert FileBook.open(book, writable=True).formulas("项目1_科技工作")["C8"] == '="30"&"万元"'


def test_counts_are_never_repaired(book: Path) -> None:
    before = FileBook.open(book).read(Ref("项目1_科技工作", "D8:H12"))
    check(book, fix=True)
    assert FileBook.open(book).read(Ref("项目1_科技工作", "D8:H12")) == before


def test_a_project_whose_number_goes_is_shown_by_its_new_name(
    book: Path, tmp_path: Path, office: headless.Office
) -> None:
    path = tmp_path / "编号.xlsx"
    with office.open(book) as opened:
        opened.set("资金概况", "B7", "2、科普经费")
        opened.calculate()
        opened.save_as_xlsx(path)
    assert "2、科普经费" in [value for row in _values(path, tabs.HOME) for value in row]
    made = check(path, fix=True, write=False)
    assert ("资金概况", "B7") in {(each.at.sheet, each.at.cell) for each in made.repairs}
    assert reading.read(FileBook.open(path)).projects[1].name == "科普经费"
    for tab in FileBook.open(path).sheets():
        assert not any("2、科普经费" in str(value) for row in _values(path, tab) for value in row), tab
    assert {tab for tab, _ in wrong_results(path)} <= {tabs.CHARTS}  # its labels are cut: they wait


def _values(path: Path, tab: str) -> list[list[CellValue]]:
    saved = FileBook.open(path)
    return saved.read(saved.used(tab))


def test_repairs_and_findings_are_saved_at_once(book: Path) -> None:
    original = book.read_bytes()
    touched = check(book, fix=True)
    assert touched.repairs
    assert touched.backup is not None
    assert touched.backup.read_bytes() == original
    assert len(list(touched.backup.parent.iterdir())) == 1
    assert not {str(key).partition("|")[0] for key in column(book, "key")} & {"F007", "F011"}
    before = book.read_bytes()
    assert check(book, LATER, fix=True).backup is None
    assert book.read_bytes() == before


def test_sums_that_would_differ_stop_the_repair(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from xl_perfeval import repairs

    monkeypatch.setattr(repairs, "_sums", lambda submission: [Decimal(id(submission))])
    before = book.read_bytes()
    touched = actions.validate_and_write(book, NOW, fix=True)
    assert "核对不上" in str(touched.failure)
    assert book.read_bytes() == before


# --- the command line ---------------------------------------------------------------------------------


def test_the_command_says_what_it_did(book: Path) -> None:
    count = len(actions.validate_file(book).findings)
    run = perfeval("validate", book, "--write")
    assert run.returncode == 1
    assert f"：第一次校验，共 {count} 条。" in run.stdout.replace("\n", "")
    [backup] = (book.parent / BACKUPS).iterdir()
    assert f"改动以前的文件：{backup}" in run.stdout.replace("\n", "")
    run = perfeval("validate", book, "--fix")
    assert "项目1_科技工作!C8  “30万元” → 30" in run.stdout
    run = perfeval("validate", book, "--fix")
    assert run.stdout.endswith("没有可以自动修正的，文件没有改动。\n")


def test_json_stays_json(book: Path) -> None:
    run = perfeval("validate", book, "--write", "--fix", "--format", "json")
    assert json.loads(run.stdout)["summary"]["error"] == 6
    assert "自动修正了" in run.stderr


def test_one_file_that_is_open_does_not_stop_the_others(book: Path, made: Path) -> None:
    other = Path(shutil.copy(made, book.with_name("另一个.xlsx")))
    (book.parent / f"~${book.name}").touch()
    before = book.read_bytes()
    run = perfeval("validate", book, other, "--write")
    assert run.returncode == 3
    assert f"“{book}”正在别的程序里打开，请先保存并关闭" in run.stderr
    assert run.stdout.count("校验结果已写入") == 1
    assert book.read_bytes() == before
    assert column(other, "key")


def test_what_cannot_be_read_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "坏.xlsx"
    path.write_bytes(b"PK\x03\x04")
    run = perfeval("validate", path, "--write", "--fix")
    assert run.returncode == 2
    assert [each.name for each in tmp_path.iterdir()] == ["坏.xlsx"]


def test_backups_are_no_workbooks_to_check(book: Path) -> None:
    perfeval("validate", book.parent, "--write")
    assert list((book.parent / BACKUPS).iterdir())
    assert actions.workbooks([book.parent]) == [book]
