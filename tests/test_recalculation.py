"""LibreOffice really recalculates, edits and saves our workbooks, and the checks still see the truth.

Results and single edits of the sample are held in `tests/template`; here are generated workbooks, and the whole
way round: insert rows as people do, save, read, check.
"""

from __future__ import annotations

import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests import clean
from tests.office import assert_cached_values_right
from tests.strategies import submissions
from xl_perfeval import actions, forms, rollup, sample, template
from xl_perfeval.books.file import FileBook
from xl_perfeval.model import row_and_column

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.office import Office, OfficeBook
    from xl_perfeval.checked import Checked
    from xl_perfeval.findings import Finding
    from xl_perfeval.model import Submission

COUNTY, MINISTRY = "county-matrix", "ministry-2020"
FUNDS, ITEMS = "资金概况", "项目2_科普"
ADDED = "设备更新经费"
COLUMNS = {"budget": "E", "budget_local": "F", "spent": "G", "spent_local": "H"}


def built(folder: Path, submission: Submission, name: str = "自评.xlsx", *, marked: bool = False) -> Path:
    """The workbook of a submission; `marked`: with what the check finds in it."""
    path = folder / name
    template.build(submission, path)
    if marked:
        found = actions.validate_file(path).findings
        path.unlink()
        template.build(submission, path, findings=found)
    return path


def many(edition: str, count: int) -> Submission:
    """As many generated projects as asked for, those of different seeds in turn."""
    projects = [project for seed in range(count) for project in clean.submission(seed, edition).projects]
    numbered = tuple(replace(each, id=f"P{n}", number=n) for n, each in enumerate(projects[:count], start=1))
    return replace(clean.submission(1, edition), projects=numbered)


def test_large_amounts_are_shown_in_full(office: Office, tmp_path: Path) -> None:
    start = clean.submission(1, COUNTY)
    items = tuple(replace(start.projects[0].items[0], cost=cost) for cost in (98765.43, 12345.6))
    funding = replace(start.projects[0].funding, budget=123456.78, spent=98765.432109)
    large = replace(start, projects=(replace(start.projects[0], funding=funding, items=items),))
    pdf = tmp_path / "自评.pdf"
    office.to_pdf(built(tmp_path, large), pdf)
    shown = subprocess.run(
        ["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True
    ).stdout.decode()
    assert "111111.03万元" in shown
    assert "✗ 少12345.75万元" in shown
    assert "##" not in shown


# --- every formula ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("submission", "least"),
    [
        pytest.param(many(MINISTRY, 12), 3000, id="ministry, 12 projects with indicators"),
        pytest.param(template.blank(forms.load(MINISTRY), year=2026), 2000, id="ministry, empty"),
        pytest.param(many(COUNTY, 40), 5000, id="county, 40 generated projects"),
    ],
)
def test_every_result_is_what_libreoffice_computes(
    submission: Submission, least: int, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    count = assert_cached_values_right(built(tmp_path, submission, marked=True))
    record_property("formula cells", count)
    print(f"{count} formula cells")  # noqa: T201 - shown by pytest -s
    assert count > least


@pytest.mark.parametrize("edition", [COUNTY, MINISTRY])
def test_results_hold_whatever_people_type(edition: str, tmp_path: Path) -> None:
    @settings(
        max_examples=8,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(submissions(edition))
    def holds(submission: Submission) -> None:
        (tmp_path / "自评.xlsx").unlink(missing_ok=True)
        assert_cached_values_right(built(tmp_path, submission))

    holds()


# --- rows inserted, saved, checked --------------------------------------------------------------------


def edited(office: Office, path: Path, edit: Callable[[OfficeBook], None]) -> Checked:
    """What a check says after someone edited the workbook in LibreOffice and saved it."""
    saved = path.with_name("另存.xlsx")
    with office.open(path) as book:
        edit(book)
        book.calculate()
        book.save_as_xlsx(saved)
    return actions.validate_file(saved, path.name)


def spots(checked: Checked) -> list[tuple[str, str, str]]:
    return [(each.rule, *at(each)) for each in checked.findings]


def at(finding: Finding) -> tuple[str, str]:
    return (finding.at.sheet, finding.at.cell) if finding.at else ("", "")


def named(path: Path, name: str) -> list[Any]:
    """The values of the cells that a name refers to."""
    book = FileBook.open(path)
    return [value for row in book.read(book.names()[name]) for value in row]


def block_rows(path: Path, name: str) -> dict[str, int]:
    """Where a row can be inserted into a block: above its first record, in the middle, above its last line."""
    top, bottom = (row_and_column(each)[0] for each in FileBook.open(path).names()[name].cell.split(":"))
    return {"top": top + 1, "middle": top + 2, "above the total": bottom}


PLACES = ["top", "middle", "above the total"]


def with_known_names(submission: Submission) -> Submission:
    """A clean submission whose second project is 科普经费, so that its tabs have known texts, without sources."""
    projects = list(submission.projects)
    funding = replace(projects[1].funding, sources=())
    projects[1] = replace(projects[1], name="科普经费", funding=funding)
    projects[0] = replace(projects[0], name="科技工作经费")
    every = "、".join([*(str(each.name) for each in projects), ADDED])
    paragraphs = tuple(
        replace(each, text=f"{every}按计划实施。") if each.section == "results" else each
        for each in submission.paragraphs
    )
    return replace(submission, projects=tuple(projects), paragraphs=paragraphs)


@pytest.fixture(scope="module", params=[COUNTY, MINISTRY])
def path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A complete, consistent workbook without a single finding."""
    submission = with_known_names(clean.submission(4, request.param))
    return built(tmp_path_factory.mktemp("clean"), submission)


def test_saving_alone_changes_no_finding(office: Office, path: Path) -> None:
    assert spots(edited(office, path, lambda _: None)) == []


@pytest.mark.parametrize("place", PLACES)
def test_an_item_inserted_anywhere_is_read_and_checked(office: Office, path: Path, place: str) -> None:
    row = block_rows(path, f"{ITEMS}!MX_COST")[place]
    before = actions.read(path)
    item = {
        "B": "补充的一项", "C": "1.5万元", "D": "全年", "E": "印制资料300份以上", "F": "合格率95%以上",
        "G": "满意度90%以上", "H": "印制资料320份，满意度93%",
    }  # fmt: skip

    def insert(book: OfficeBook) -> None:
        book.insert_rows(ITEMS, row)
        for letter, text in item.items():
            book.set(ITEMS, f"{letter}{row}", text)
        book.set(ITEMS, f"C{row}", 1.5)

    checked = edited(office, path, insert)
    assert checked.submission is not None
    items = checked.submission.projects[1].items
    assert [each.row for each in items if each.name == "补充的一项"] == [row]
    assert len(items) == len(before.projects[1].items) + 1
    costs = rollup.total(each.cost for each in items)
    assert named(path.with_name("另存.xlsx"), f"{ITEMS}!MX_TOTAL_COST") == [pytest.approx(float(costs))]
    assert spots(checked) == [("M104", *at_budget(before))]

    def insert_and_pay(book: OfficeBook) -> None:
        insert(book)
        for key, letter in COLUMNS.items():
            typed = getattr(before.projects[1].funding, key)
            book.set(FUNDS, f"{letter}7", typed + 1.5)

    assert spots(edited(office, path, insert_and_pay)) == []


def at_budget(submission: Submission) -> tuple[str, str]:
    place = submission.projects[1].funding.at("budget")
    return place.sheet, place.cell


@pytest.mark.parametrize("place", PLACES)
def test_a_gap_in_an_inserted_item_is_found_in_its_row(office: Office, path: Path, place: str) -> None:
    row = block_rows(path, f"{ITEMS}!MX_COST")[place]

    def insert(book: OfficeBook) -> None:
        book.insert_rows(ITEMS, row)
        for letter, text in {"B": "补充的一项", "D": "全年", "E": "适量", "F": "合格率95%以上"}.items():
            book.set(ITEMS, f"{letter}{row}", text)
        book.set(ITEMS, f"H{row}", "按要求完成")

    found = [spot for spot in spots(edited(office, path, insert)) if spot[2][1:] == str(row)]
    assert {("R101", ITEMS, f"C{row}"), ("R101", ITEMS, f"G{row}"), ("T201", ITEMS, f"E{row}")} <= set(found)


@pytest.mark.parametrize("place", PLACES)
def test_a_project_inserted_anywhere_counts_in_the_sums(office: Office, path: Path, place: str) -> None:
    row = block_rows(path, "FUND_BUDGET")[place]
    before = actions.read(path)

    def insert(book: OfficeBook) -> None:
        book.insert_rows(FUNDS, row)
        book.set(FUNDS, f"B{row}", ADDED)
        book.set(FUNDS, f"D{row}", "设备更新")
        for letter, amount in {"E": 30, "F": 30, "G": 29.5, "H": 29.5}.items():
            book.set(FUNDS, f"{letter}{row}", amount)
        book.set(FUNDS, f"K{row}", "尾款待验收后支付")
        book.set(FUNDS, f"L{row}", "办公室")

    checked = edited(office, path, insert)
    saved = path.with_name("另存.xlsx")
    for key, extra in {"budget": 30, "budget_local": 30, "spent": 29.5, "spent_local": 29.5}.items():
        total = float(rollup.total_of(before.projects, key)) + extra
        assert named(saved, f"FUND_TOTAL_{key.upper()}") == [pytest.approx(total)]
    assert checked.submission is not None
    added = [each for each in checked.submission.projects if each.name == ADDED]
    assert [(each.row, each.funding.spent) for each in added] == [(row, 29.5)]
    others = [each for each in checked.submission.projects if each.name != ADDED]
    assert [(each.id, each.name, each.items) for each in others] == [
        (each.id, each.name, each.items) for each in before.projects
    ]
    assert {(rule, cell) for rule, _, cell in spots(checked)} == {("C501", f"B{row}")}


@pytest.mark.parametrize("place", PLACES)
def test_findings_keep_their_identity_when_rows_are_inserted(
    office: Office, tmp_path: Path, place: str
) -> None:
    path = built(tmp_path, sample.submission(), marked=True)
    row = block_rows(path, f"{ITEMS}!MX_COST")[place]
    before = actions.validate_file(path)
    after = edited(office, path, lambda book: book.insert_rows(ITEMS, row, 2))
    assert [each.key for each in after.findings] == [each.key for each in before.findings]
    assert [each.problem for each in after.findings] == [each.problem for each in before.findings]
    assert [at(each) for each in after.findings] == [moved(each, row, 2) for each in before.findings]


def moved(finding: Finding, row: int, count: int) -> tuple[str, str]:
    """Where a finding stands after rows were inserted into its sheet."""
    sheet, cell = at(finding)
    number = row_and_column(cell)[0]
    if sheet != ITEMS or number < row:
        return sheet, cell
    return sheet, f"{cell.removesuffix(str(number))}{number + count}"


# --- marks of a real check ----------------------------------------------------------------------------


def signs(book: OfficeBook, sheet: str, cell: str) -> list[str]:
    """Severities that a cell is marked with now: E, W, N."""
    conditions = [mark.condition for mark in book.conditional_marks(sheet, cell)]
    return [name for name in "EWN" for each in conditions if each.startswith(f"COUNTIF(PE_MARK_{name},")]


def test_every_mark_follows_its_row_and_goes_out_when_mended(office: Office, tmp_path: Path) -> None:
    path = built(tmp_path, sample.submission(), marked=True)
    found = actions.validate_file(path).findings
    wanted = {at(each): each.severity.value[0].upper() for each in reversed(found)}
    sheets = {sheet for sheet, _ in wanted}
    first = {
        sheet: min(row_and_column(cell)[0] for other, cell in wanted if other == sheet) for sheet in sheets
    }
    with office.open(path) as book:
        for sheet, row in first.items():
            book.insert_rows(sheet, row)
        book.calculate()
        for (sheet, cell), sign in wanted.items():
            letter, row = cell.rstrip("0123456789"), row_and_column(cell)[0]
            assert sign in signs(book, sheet, f"{letter}{row + 1}"), (sheet, cell)
        assert not any(
            signs(book, sheet, cell) for sheet, cell in wanted if (sheet, before(cell)) not in wanted
        )
        for sheet, cell in wanted:
            book.set(sheet, f"{cell.rstrip('0123456789')}{row_and_column(cell)[0] + 1}", "已经改好")
        book.calculate()
        for sheet, cell in wanted:
            assert signs(book, sheet, f"{cell.rstrip('0123456789')}{row_and_column(cell)[0] + 1}") == []


def before(cell: str) -> str:
    row = row_and_column(cell)[0]
    return f"{cell.rstrip('0123456789')}{row - 1}"


def test_marks_of_the_scoring_form(office: Office, tmp_path: Path) -> None:
    submission = clean.submission(4, MINISTRY)
    rows = submission.projects[0].indicators
    damaged = replace(
        submission.projects[0],
        indicators=(replace(rows[0], sign=None), replace(rows[1], actual=None), *rows[2:]),
    )
    path = built(tmp_path, replace(submission, projects=(damaged, *submission.projects[1:])), marked=True)
    found = actions.validate_file(path).findings
    assert {each.rule for each in found} == {"R103", "R104"}
    (sheet, sign), (_, actual) = (at(each) for each in sorted(found, key=lambda each: each.rule))
    with office.open(path) as book:
        assert signs(book, sheet, sign) == ["W"]
        assert signs(book, sheet, actual) == ["E"]
        book.set(sheet, sign, "≥")
        book.set(sheet, actual, "97")
        book.calculate()
        assert signs(book, sheet, sign) == []
        assert signs(book, sheet, actual) == []
    assert_cached_values_right(path)
