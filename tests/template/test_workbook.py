"""The workbook as a whole: every name, every formula's value, inserted rows, marks, protection, hostile text."""

from __future__ import annotations

import re
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from lxml import etree

from tests import validator
from tests.office import Office, assert_cached_values_right
from xl_perfeval import exchange, forms, reading, rules, sample, template
from xl_perfeval.books.file import FileBook
from xl_perfeval.findings import Finding, Severity
from xl_perfeval.forms import names
from xl_perfeval.model import (
    CellError,
    Execution,
    FieldKind,
    Funding,
    Goal,
    Paragraph,
    Project,
    Ref,
    Stage,
    Submission,
    Unit,
    WorkItem,
)
from xl_perfeval.template import findings as findings_sheet
from xl_perfeval.template import marks, tabs

COUNTY = forms.load("county-matrix")
FUNDS = "资金概况"


def built(folder: Path, submission: Submission, findings: tuple[Finding, ...] = ()) -> Path:
    path = folder / "自评.xlsx"
    template.build(submission, path, findings=findings)
    return path


def with_projects(count: int) -> Submission:
    base = sample.submission()
    return replace(
        base,
        projects=tuple(
            replace(base.projects[n % len(base.projects)], id=f"P{n + 1}", number=n + 1) for n in range(count)
        ),
    )


def submission(*projects: Project, **changes: Any) -> Submission:
    numbered = tuple(replace(project, id=f"P{n}") for n, project in enumerate(projects, start=1))
    return Submission(edition=COUNTY, unit=Unit(name="示例局"), year=2020, projects=numbered, **changes)


def finding(sheet: str, cell: str, severity: Severity = Severity.ERROR, rule: str = "R101") -> Finding:
    key = f"{rule}|{sheet}|{cell}"
    return Finding(
        rule=rule,
        severity=severity,
        at=Ref(sheet, cell),
        label="x",
        problem="没有填。",
        remedy="请填。",
        key=key,
    )


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("sample"), sample.submission())


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory, path: Path) -> Path:
    found = tuple(rules.check(reading.read(FileBook.open(path))))
    assert found
    return built(tmp_path_factory.mktemp("checked"), sample.submission(), found)


def parts(path: Path, prefix: str = "xl/worksheets/sheet") -> dict[str, bytes]:
    with ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist() if name.startswith(prefix)}


def formulas(path: Path) -> list[str]:
    return [
        formula.text or "" for part in parts(path).values() for formula in etree.fromstring(part).iter("{*}f")
    ]


# --- what others rely on ------------------------------------------------------------------------------


def test_every_name_of_the_vocabulary_is_there(path: Path) -> None:
    found = FileBook.open(path).names()
    workbook = {
        names.UNIT, names.UNIT_CODE, names.DEPARTMENT, names.YEAR, names.STAGE, names.EDITION, names.SCHEMA,
        names.REPORT_DATE, names.PREPARED_BY, names.LIVE, names.FUND_ID, names.FUND_REMARK, names.NARRATIVE_KEY,
        names.FINDINGS_TIME, names.FINDINGS_STATUS, *names.FINDINGS.values(),
    }  # fmt: skip
    scoped = {
        names.PROJECT_ID, names.MATRIX_NOTE, names.MATRIX_NAME, names.MATRIX_BUDGET, names.MATRIX_PROJECT_SPENT,
        names.MATRIX_RATE, names.MATRIX_GAP, names.HELPERS, *marks.NAMES.values(),
    }  # fmt: skip
    for key, into in (("funds", workbook), ("narrative", workbook), ("matrix", scoped)):
        table = COUNTY.table(key)
        for field in table.fields:
            into.add(names.column(table, field))
            if field.kind is FieldKind.AMOUNT:
                into |= {names.helper(table, field), names.total(table, field)}
    # A narrative has no 合计; amounts stand only in the other two tables.
    assert workbook - set(found) == set()
    for tab in tabs.of_kind(tabs.plan(sample.submission()), "matrix"):
        assert {f"{tab.text}!{name}" for name in scoped} - set(found) == set()


def test_first_records_stand_where_messages_say(path: Path) -> None:
    read = reading.read(FileBook.open(path))
    assert read.projects[3].funding.at("spent").cell == "G9"
    assert read.projects[1].items[4].at("benefit").cell == "G12"
    assert read.paragraphs[0].at("text").cell == "C5"


def test_blocks_run_from_line_to_line(path: Path) -> None:
    book = FileBook.open(path)
    found = book.names()
    block = found["FUND_BUDGET"]
    assert block == Ref(FUNDS, "E5:E14")
    cells = [row[0] for row in book.read(block)]
    assert cells[0] is None
    assert cells[-1] is None
    assert book.read(Ref(FUNDS, "A14"))[0][0] == "▲ 在此行以上插入"
    assert found["FUND_TOTAL_BUDGET"] == Ref(FUNDS, "E15")


def test_what_was_written_is_read_back(path: Path) -> None:
    read = reading.read(FileBook.open(path))
    assert exchange.to_json(read) == exchange.to_json(sample.submission())
    assert [found.rule for found in rules.check(read) if found.rule in {"F003", "F005", "F012"}] == []


def test_every_link_leads_somewhere(path: Path) -> None:
    defined = set(FileBook.open(path).names())
    targets = {target for formula in formulas(path) for target in re.findall(r'"#(PE_GO_\w+)"', formula)}
    assert targets
    assert targets - defined == set()


# --- formulas -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("edition", forms.editions())
def test_results_are_what_a_spreadsheet_computes(tmp_path: Path, edition: str) -> None:
    written = built(tmp_path, replace(sample.submission(), edition=forms.load(edition)))
    assert assert_cached_values_right(written) > 500


def test_results_after_a_check(checked: Path) -> None:
    assert assert_cached_values_right(checked) > 500


@pytest.mark.parametrize("stage", list(Stage))
def test_results_at_every_stage(tmp_path: Path, stage: Stage) -> None:
    assert_cached_values_right(built(tmp_path, replace(sample.submission(), stage=stage)))


@pytest.mark.parametrize("count", [1, 40])
def test_results_with_few_and_many_projects(tmp_path: Path, count: int) -> None:
    assert_cached_values_right(built(tmp_path, with_projects(count)))


def test_results_of_the_empty_workbook(tmp_path: Path) -> None:
    written = built(tmp_path, template.blank(COUNTY, year=2026))
    assert_cached_values_right(written)
    sheets = FileBook.open(written).sheets()
    assert [sheet for sheet in sheets if sheet.startswith("项目")] == [f"项目{n}" for n in range(1, 9)]


def test_two_hundred_projects(tmp_path: Path) -> None:
    written = built(tmp_path, with_projects(200))
    assert len(reading.read(FileBook.open(written)).projects) == 200


def test_only_functions_that_every_spreadsheet_has(checked: Path) -> None:
    used = {name for formula in formulas(checked) for name in re.findall(r"([A-Z][A-Z0-9._]*)\(", formula)}
    assert {"PE_TOTAL", "PE_CHECK"} <= used, "asked only while PE_LIVE is on"
    known = {
        "ADDRESS", "AND", "AVERAGE", "COLUMN", "COLUMNS", "COUNT", "COUNTA", "COUNTIF", "COUNTIFS", "EXACT", "FIND", "HYPERLINK",
        "IF", "IFERROR", "INDEX", "INT", "ISBLANK", "ISERROR", "ISNUMBER", "ISTEXT", "LEFT", "LEN", "MATCH", "MAX",
        "MID", "MIN", "N", "NOT", "OR", "RANK", "REPT", "ROUND", "ROW", "ROWS", "SUBSTITUTE", "SUBTOTAL", "SUM", "SUMIF", "SUMPRODUCT",
        "TEXT", "TRIM", "VALUE",
    }  # fmt: skip
    assert used - known - {"PE_TOTAL", "PE_CHECK"} == set()
    assert not any(b't="array"' in part for part in parts(checked).values())


def test_opening_calculates_nothing(path: Path) -> None:
    with ZipFile(path) as package:
        assert b"fullCalcOnLoad" not in package.read("xl/workbook.xml")


def test_a_total_typed_over_stays_typed(tmp_path: Path) -> None:
    written = built(
        tmp_path, submission(Project(name="甲", funding=Funding(budget=5)), totals=Funding(budget=7))
    )
    cells = openpyxl.load_workbook(written)[FUNDS]
    assert cells["E15"].value == 7
    assert str(cells["F15"].value).startswith("=IF(PE_LIVE,IFERROR(1*PE_TOTAL(F5:F14),ROUND(")
    assert_cached_values_right(written)


def test_unread_amounts_are_counted_beside_the_total(tmp_path: Path, office: Office) -> None:
    item = WorkItem(name="培训", cost="约五万", schedule="全年", quantity="3场", quality="好", benefit="好")
    project = Project(name="甲", funding=Funding(budget="二十万", spent="5月6日"), items=(item,))
    written = built(tmp_path, submission(project))
    with office.open(written) as book:
        assert book.value(FUNDS, "B15") == "合计（2 格未计入）"
        assert book.value("项目1_甲", "B12") == "合计（1 格未计入）"
        assert book.value("项目1_甲", "K8") == "✗ 不是金额"
        assert [mark.fill for mark in book.conditional_marks(FUNDS, "E6")] == ["#FBE3E1"]


# --- inserted rows ------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", [6, 8, 14], ids=["above the first", "in the middle", "above the line"])
def test_a_row_inserted_anywhere_counts(path: Path, office: Office, row: int) -> None:
    with office.open(path) as book:
        before = book.value(FUNDS, "E15")
        assert isinstance(before, float)
        book.insert_rows(FUNDS, row)
        book.set(FUNDS, f"E{row}", 100)
        book.calculate()
        assert book.value(FUNDS, "E16") == before + 100
        assert book.value(FUNDS, "B16") == "合计"
        book.set(FUNDS, f"E{row}", "二十万")
        book.calculate()
        assert book.value(FUNDS, "E16") == before
        assert book.value(FUNDS, "B16") == "合计（1 格未计入）"


@pytest.mark.parametrize("row", [8, 10, 15], ids=["above the first", "in the middle", "above the line"])
def test_an_item_inserted_anywhere_counts(path: Path, office: Office, row: int) -> None:
    sheet = "项目2_科普"
    with office.open(path) as book:
        before = book.value(sheet, "C16")
        assert isinstance(before, float)
        book.insert_rows(sheet, row)
        book.set(sheet, f"C{row}", 1.5)
        book.calculate()
        assert book.value(sheet, "C17") == before + 1.5
        gap = book.value(sheet, "K3")
        assert gap == 1.5
        assert book.text(sheet, "K3") == "✗ 多1.5万元"


def test_project_sheets_follow_their_project_when_rows_move(path: Path, office: Office) -> None:
    with office.open(path) as book:
        book.insert_rows(FUNDS, 6, 2)
        book.set(FUNDS, "G9", 12)  # the second project, two rows further down
        book.calculate()
        assert book.value("项目2_科普", "F3") == 12
        assert book.value("项目2_科普", "H3") == 0.2


# --- marks --------------------------------------------------------------------------------------------


def marked(folder: Path) -> Path:
    sheet = "项目2_科普"
    found = (
        finding(sheet, "G12"),
        finding(sheet, "E9", Severity.WARNING, "T208"),
        finding(FUNDS, "E6", Severity.NOTICE, "F011"),
    )
    return built(folder, sample.submission(), found)


def colours(book: Any, sheet: str, cell: str) -> list[str | None]:
    return [mark.color for mark in book.conditional_marks(sheet, cell)]


def test_a_mark_goes_out_when_its_cell_is_mended(tmp_path: Path, office: Office) -> None:
    sheet = "项目2_科普"
    with office.open(marked(tmp_path)) as book:
        assert colours(book, sheet, "G12") == ["#B3261E"]
        assert colours(book, sheet, "G11") == []
        assert book.value(sheet, "K12") == "✗ 漏填"
        assert book.value(sheet, "K9") == "！请核对"
        book.set(sheet, "G12", "参加人员满意度90%以上")
        book.set(sheet, "E9", "开设培训班2场")
        book.calculate()
        assert colours(book, sheet, "G12") == []
        assert book.value(sheet, "K12") == "○ 待填"
        assert book.value(sheet, "K9") == "○ 待填"


def test_a_mark_and_its_link_follow_rows_and_tabs(tmp_path: Path, office: Office) -> None:
    sheet = "项目2_科普"
    with office.open(marked(tmp_path)) as book:
        assert book.value("校验结果", "C5") == "项目2_科普！G12"
        book.insert_rows(sheet, 10)
        book.rename(sheet, "科普的表")
        book.calculate()
        assert colours(book, "科普的表", "G13") == ["#B3261E"]
        assert colours(book, "科普的表", "G12") == []
        assert str(book.value("校验结果", "C5")).endswith("！G13")
        book.delete_rows("科普的表", 13)
        book.calculate()
        assert book.value("校验结果", "C5") == "（该行已删除）"


def test_a_number_is_marked_while_it_stays(tmp_path: Path, office: Office) -> None:
    with office.open(marked(tmp_path)) as book:
        assert colours(book, FUNDS, "E6") == ["#1F4E96"]
        book.set(FUNDS, "E6", 73.000001)
        book.calculate()
        assert colours(book, FUNDS, "E6") == []


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (73, "73"),
        (59.99, "59.99"),
        (0.1 + 0.2, "0.3"),
        (1e-7, "0.0000001"),
        (1e15, "1000000000000000"),
        (None, ""),
    ],
)
def test_a_number_as_text_is_what_the_spreadsheet_makes_of_it(value: float | None, shown: str) -> None:
    assert marks.shown_text(value) == shown


def test_findings_are_counted_on_the_first_sheet(tmp_path: Path, office: Office) -> None:
    with office.open(marked(tmp_path)) as book:
        assert book.value("首页", "F5") == "1 条"
        assert book.value("首页", "G5") == "1 条"
        assert book.value("首页", "F17") == "✗ 1　！ 1"
        assert book.value("首页", "G17") == "需修改"
        book.set("校验结果", "G6", "情况属实")
        book.calculate()
        assert book.value("首页", "F17") == "✗ 1　！ 0"


def test_more_findings_than_rows(tmp_path: Path) -> None:
    many = tuple(finding(FUNDS, f"B{6 + n % 4}", Severity.WARNING, "T202") for n in range(600))
    cells = openpyxl.load_workbook(built(tmp_path, sample.submission(), many))["校验结果"]
    assert cells.cell(findings_sheet.LAST, 4).value == "还有 101 条，见网页版。"
    assert cells.cell(findings_sheet.LAST - 1, 1).value == 499
    assert_cached_values_right(tmp_path / "自评.xlsx")


def test_findings_about_the_file_or_an_unknown_sheet(tmp_path: Path) -> None:
    found = (replace(finding("", ""), at=None), finding("别处", "A1"))
    cells = openpyxl.load_workbook(built(tmp_path, sample.submission(), found))["校验结果"]
    assert [cells["C5"].value, cells["C6"].value] == ["整个文件", "别处！A1"]


# --- the package --------------------------------------------------------------------------------------


@pytest.mark.parametrize("edition", forms.editions())
def test_the_package_is_valid(tmp_path: Path, edition: str) -> None:
    written = built(tmp_path, replace(sample.submission(), edition=forms.load(edition)))
    assert validator.problems(written) == []
    assert validator.problems(written, "Office2016") == []


def test_the_package_with_findings_is_valid(checked: Path) -> None:
    assert validator.problems(checked) == []


def test_openpyxl_opens_it_without_a_word(checked: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert FUNDS in openpyxl.load_workbook(checked).sheetnames


def test_equal_input_gives_equal_bytes(tmp_path: Path) -> None:
    first = built(tmp_path, sample.submission()).read_bytes()
    assert built(tmp_path, sample.submission()).read_bytes() == first


def test_entry_sheets_have_no_merged_cells(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets:
        if sheet.title != "填报说明":
            assert not sheet.merged_cells.ranges, sheet.title


def test_rows_of_text_may_grow(path: Path) -> None:
    for name, rows in ((FUNDS, range(6, 14)), ("项目1_科技工作", range(8, 15)), ("报告文字", range(5, 20))):
        number = FileBook.open(path).sheets().index(name) + 1
        root = etree.fromstring(parts(path)[f"xl/worksheets/sheet{number}.xml"])
        found = {int(row.get("r", "0")): row for row in root.iter("{*}row")}
        for row in rows:
            assert found[row].get("ht")
            assert found[row].get("customHeight") is None


def test_sheets_are_protected_without_a_password(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets:
        protection = sheet.protection
        hidden = sheet.sheet_state != "visible"
        assert protection.sheet is not hidden, sheet.title
        if hidden:
            continue
        assert protection.password is None
        assert not protection.formatRows
        assert not protection.formatColumns
        assert not protection.insertRows
        assert not protection.autoFilter
        assert protection.deleteRows


def test_only_cells_to_fill_are_unlocked(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    funds, matrix = book[FUNDS], book["项目1_科技工作"]
    for cell in ("B6", "E6", "L9", "B13", "B17"):
        assert not funds[cell].protection.locked, cell
    for cell in ("A6", "I6", "J6", "M6", "B5", "B14", "E15", "O6"):
        assert funds[cell].protection.locked, cell
    for cell in ("B8", "C14", "J14"):
        assert not matrix[cell].protection.locked, cell
    for cell in ("A8", "K8", "C7", "C15", "C16", "C3"):
        assert matrix[cell].protection.locked, cell


def test_text_columns_keep_what_is_typed(path: Path) -> None:
    matrix = openpyxl.load_workbook(path)["项目1_科技工作"]
    assert {matrix[f"{column}8"].number_format for column in "BDEFGHJ"} == {"@"}
    assert matrix["C8"].number_format == 'General"万元"'


def test_drop_downs_bind_only_where_the_list_is_closed(path: Path) -> None:
    book = openpyxl.load_workbook(path)

    def check(sheet: str, cell: str) -> Any:
        found = [v for v in book[sheet].data_validations.dataValidation if cell in v.sqref]
        assert len(found) == 1
        return found[0]

    amount = check(FUNDS, "E6")
    assert (amount.type, amount.errorStyle) == ("decimal", "warning")
    kind = check(FUNDS, "C6")
    assert (kind.type, kind.errorStyle) == ("list", "warning")
    period = check("项目1_科技工作", "D8")
    assert (period.type, period.showErrorMessage) == ("list", False)
    handling = check("校验结果", "G5")
    assert (handling.type, handling.errorStyle) in {("list", None), ("list", "stop")}
    for sheet in book.worksheets:
        for validation in sheet.data_validations.dataValidation:
            assert len(validation.prompt or "") <= 255
            assert len(validation.promptTitle or "") <= 32
            assert len((validation.prompt or "").splitlines()) <= 2


def test_page_set_up(path: Path) -> None:
    for sheet in openpyxl.load_workbook(path).worksheets:
        if sheet.sheet_state == "visible":
            assert sheet.page_setup.paperSize == 9
            assert sheet.sheet_properties.pageSetUpPr.fitToPage
            assert "&P" in str(sheet.oddFooter.center.text)
            assert "&A" in str(sheet.oddFooter.right.text)


# --- what staff may type ------------------------------------------------------------------------------

HOSTILE = ("=1+1", "=HYPERLINK(\"http://x\")", "+1", "-1", "@SUM(1)", "{=1}", "http://example.com", "'x", "\x0b控制符", "#REF!")  # fmt: skip


def test_text_never_becomes_a_formula(tmp_path: Path) -> None:
    def dressed(text: str) -> Submission:
        item = WorkItem(
            name=text, cost=text, schedule=text, quantity=text, quality=text, benefit=text, actual=text, spent=text,
            reason=text,
        )  # fmt: skip
        funding = Funding(budget=text, budget_local=text, spent=text, spent_local=text, reason=text)
        project = Project(
            name=text, kind=text, purpose=text, section=text, note=text, funding=funding, items=(item,)
        )
        paragraphs = (Paragraph(section="results", text=text),)
        unit = Unit(name=text, code=text, department=text)
        return replace(submission(project, paragraphs=paragraphs, remark=text, prepared_by=text), unit=unit)

    usual = len(formulas(built(tmp_path, dressed("文字"))))
    for text in HOSTILE:
        written = built(tmp_path, dressed(text))
        assert len(formulas(written)) == usual, text
        assert not any(b"<hyperlink" in part for part in parts(written).values())
        assert_cached_values_right(written)
        read = reading.read(FileBook.open(written))
        assert read.projects[0].items[0].quantity == text.replace("\x0b", "")


def test_long_text_is_cut_where_a_cell_ends(tmp_path: Path) -> None:
    written = built(tmp_path, submission(Project(name="甲", purpose="字" * 40_000)))
    assert len(str(openpyxl.load_workbook(written)[FUNDS]["D6"].value)) == 32_767


def test_error_values_and_dates_stay_text_or_dates(tmp_path: Path) -> None:
    from datetime import date

    project = Project(name="甲", purpose=CellError("#REF!"), funding=Funding(budget=date(2020, 6, 9)))
    written = built(tmp_path, submission(project, report_date=date(2021, 3, 8)))
    assert_cached_values_right(written)
    cells = openpyxl.load_workbook(written)
    assert cells[FUNDS]["D6"].value == "#REF!"
    assert cells[FUNDS]["D6"].data_type == "s"
    assert cells[FUNDS]["E6"].value == "2020-06-09"
    assert cells["首页"]["F9"].value.date() == date(2021, 3, 8)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("2020年区级科技计划项目立项扶持资金", "科技计划"),
        ("科技工作经费", "科技工作"),
        ("科普经费", "科普"),
        ("老科协经费", "老科协"),
        ("2021-2022年度市级农业产业化专项补助资金", "农业产业化"),
        ("专项资金", "专项资金"),
        ("a/b:c*[d]?'e\\", "abcde"),
        ("'", ""),
        (None, ""),
        (2020, ""),
        ("\x00\x1f", ""),
        ("一二三四五六七八九十", "一二三四五六七八"),
    ],
)
def test_short_names(name: object, short: str) -> None:
    assert tabs.short_name(name) == short


def test_tabs_are_unique_and_legal(tmp_path: Path) -> None:
    odd = [
        "科普经费",
        "科普专项资金",
        "'引号'",
        "A" * 40,
        "a" * 40,
        "[x]:*?/\\",
        "首页",
        "",
        "😀" * 20,
        "History",
    ]
    written = built(tmp_path, submission(*(Project(name=name) for name in odd)))
    sheets = FileBook.open(written).sheets()
    assert len({sheet.casefold() for sheet in sheets}) == len(sheets)
    assert all(0 < len(sheet.encode("utf-16-le")) // 2 <= 31 for sheet in sheets)
    assert validator.problems(written) == []
    assert_cached_values_right(written)


def test_fields_without_a_cell_are_named(tmp_path: Path) -> None:
    funding = Funding(initial_budget=50, budget=60)
    project = Project(
        name="科普经费", funding=funding, goal=Goal(expected="做好"), execution=Execution(score=9), grade="优"
    )
    said = template.build(submission(project, Project(name="其他")), tmp_path / "x.xlsx")
    assert said[0] == "county-matrix 没有“年初预算数”的单元格，“科普经费”的这一项没有写入。"
    assert len(said) == 4


def test_spare_rows(tmp_path: Path) -> None:
    def rows(**changes: Any) -> int:
        template.build(sample.submission(), tmp_path / "x.xlsx", **changes)
        block = FileBook.open(tmp_path / "x.xlsx").names()["FUND_NAME"].cell
        first, last = (int(cell[1:]) for cell in block.split(":"))
        return last - first - 1

    assert rows() == 8
    assert rows(spare=0) == 4
    assert rows(spare=20) == 24
