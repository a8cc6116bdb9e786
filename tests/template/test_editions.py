"""The scoring form of every edition: its layout, what it keeps, and its formulas against `scoring`.

`PERFEVAL_ROWS=1000` scores so many generated rows per edition in LibreOffice; 200 otherwise.
"""

from __future__ import annotations

import os
import random
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import openpyxl
import pytest
from docx import Document

from tests import clean
from tests.office import assert_cached_values_right, recalculated
from tests.validator import problems
from xl_perfeval import actions, forms, rollup, rules, scoring, template
from xl_perfeval.forms import names
from xl_perfeval.model import (
    Edition,
    Execution,
    Funding,
    Indicator,
    Project,
    Statement,
    Submission,
    Unit,
    row_and_column,
)

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

    from xl_perfeval.model import CellValue

ROWS = int(os.environ.get("PERFEVAL_ROWS", "200"))
A_SHEET = 50
"""Rows of one project."""

PRINTED = [form for form in map(forms.load, forms.editions()) if form.has("scoring")]
SCORED = [form for form in PRINTED if form.scoring]


def named_like(edition: Edition) -> str:
    return edition.id


def with_ladder(edition: Edition) -> Edition:
    assert edition.scoring is not None
    assert edition.scoring.ladder is not None
    ladder = replace(edition.scoring.ladder, applies=True)
    return replace(edition, scoring=replace(edition.scoring, ladder=ladder))


def named(sheet: Worksheet, name: str) -> str:
    """Address that a sheet-scoped name stands for, without tab and dollar signs."""
    return sheet.defined_names[name].attr_text.rpartition("!")[2].replace("$", "")


def filled(edition: Edition) -> Submission:
    """A clean submission whose free texts and reasons are filled as well."""
    submission = clean.submission(3, edition.id)
    assert edition.frame is not None
    first = submission.projects[0]
    first = replace(
        first,
        statements=tuple(Statement(key=each.key, text=f"{each.key} 已写") for each in edition.frame.texts),
        execution=Execution(reason="尾款未拨") if edition.frame.prints("reason") else Execution(),
    )
    return replace(submission, projects=(first, *submission.projects[1:]))


# --- layout -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("edition", PRINTED, ids=named_like)
def test_a_filled_form_is_accepted_right_and_comes_back(edition: Edition, tmp_path: Path) -> None:
    path, submission = tmp_path / "表.xlsx", filled(edition)
    assert template.build(submission, path) == []
    assert problems(path) == []
    assert problems(path, "Office2016") == []
    assert assert_cached_values_right(path) > 100
    read = actions.read(path)
    assert read.edition == edition
    for before, after in zip(submission.projects, read.projects, strict=True):
        assert after.indicators == before.indicators
        assert after.execution == before.execution
        assert after.statements == before.statements
        assert after.funding.sources == before.funding.sources
    assert not actions.validate_file(path).findings


@pytest.mark.parametrize("edition", PRINTED, ids=named_like)
def test_texts_outside_the_exchange_format_are_named(edition: Edition, tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    template.build(filled(edition), path)
    assert edition.frame is not None
    said = actions.left_out(actions.read(path))
    assert len(said) == bool(edition.frame.texts)
    for each in edition.frame.texts:
        assert each.label.replace("\n", "") in said[0]


@pytest.mark.parametrize("edition", PRINTED, ids=named_like)
def test_a_blank_form_prints_what_the_edition_says(edition: Edition, tmp_path: Path) -> None:
    path = tmp_path / "blank.xlsx"
    template.build(template.blank(edition, projects=1), path)
    sheet = openpyxl.load_workbook(path)["自评1"]
    header = row_and_column(named(sheet, "SE_LEVEL1"))[0] - 1
    labels = [sheet.cell(header, place).value for place in range(1, 12)]
    fields = edition.table("scoring").fields
    assert [str(label).removesuffix(" ▾") for label in labels if label] == [field.label for field in fields]
    second = [row[0].value for row in sheet[named(sheet, "SE_LEVEL2")] if row[0].value]
    assert second == [name for group in edition.groups for name in group.second]
    assert edition.frame is not None
    texts = {str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value}
    assert {cell.label for cell in edition.frame.money} <= texts
    assert {edition.frame.fund_total, edition.frame.expected, edition.frame.achieved} <= texts
    assert {text.label for text in edition.frame.texts} <= texts
    sources = [row[0].value for row in sheet[named(sheet, names.SOURCE_COLUMNS["name"])]][1:-1]
    assert sources == list(edition.frame.sources)
    assert ("SE_TOTAL_SCORE" in sheet.defined_names) is (edition.scoring is not None)
    assert_cached_values_right(path)


def test_a_form_without_scores_has_no_points_anywhere(tmp_path: Path) -> None:
    edition = forms.load("hunan-county")
    path = tmp_path / "表.xlsx"
    template.build(filled(edition), path)
    sheet = openpyxl.load_workbook(path)[
        "自评1_" + template.tabs.short_name(filled(edition).projects[0].name)
    ]
    texts = {str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value}
    assert not any(word in text for text in texts for word in ("分值", "得分", "总分", "等级"))
    assert not {"SE_WEIGHT", "SE_SCORE", "SE_EXEC_SCORE", "SE_GRADE"} & set(sheet.defined_names)


def test_what_has_no_cell_is_named(tmp_path: Path) -> None:
    project = Project(
        id="P1",
        name="科普经费",
        funding=Funding(initial_budget=60, budget=60, spent=60),
        execution=Execution(score=9, reason="尾款未拨"),
        indicators=(Indicator(level1="产出指标", level3="场次", method="定量", weight=50, score=50),),
        total_score=99,
        statements=(Statement(key="conclusion", text="好"),),
    )
    submission = Submission(
        edition=forms.load("hunan-county"), unit=Unit(name="示例局"), year=2020, projects=(project,)
    )
    said = template.build(submission, tmp_path / "表.xlsx")
    lost = (
        "年初预算数",
        "评价方式",
        "分值",
        "得分",
        "预算执行率得分",
        "预算执行率的原因",
        "总分",
        "自评表的文字说明",
    )
    assert {sentence.partition("“")[2].partition("”")[0] for sentence in said} == set(lost)
    assert_cached_values_right(tmp_path / "表.xlsx")


# --- formulas -----------------------------------------------------------------------------------------

_CELLS = [
    "0",
    "1",
    "3",
    "7",
    "9.1",
    "60",
    "67",
    "79.99",
    "80",
    "89.99",
    "90",
    "95%",
    "≥95%",
    "92％",
    "100",
    "12.5",
    ".5",
]
_ODD: list[CellValue] = ["10场", "1-2", "6/9", "5,6", "-3", "完成", "1E3", 8, 0.1 + 0.2, 90, 0.9, None]


def rows(choose: random.Random, edition: Edition, count: int) -> tuple[Indicator, ...]:
    """Mostly what a form holds, every tenth cell something odd; results near and far from the target."""

    def cell() -> CellValue:
        plain = choose.choice([*_CELLS, str(choose.randrange(1, 12_000) / 100)])
        return choose.choice(_ODD) if choose.random() < 0.1 else plain

    def row(place: int) -> Indicator:
        target = cell()
        near = [target, cell(), cell()]
        if isinstance(target, str) and (bare := scoring.number(target, "≥")) is not None:
            near += [str(bare * factor) for factor in map(Decimal, ("0.9", "1.3", "2", "2.5", "3"))]
        return Indicator(
            level1=choose.choice([*(group.name for group in edition.groups), None, None, "其他"]),
            level3=f"指标{place}",
            sign=choose.choice(
                ["≥", "≥", "＞", "＝", "＜", "≤", "≤", "定性"] if choose.random() < 0.95 else [">=", None]
            ),
            target=target,
            unit=choose.choice(["场", "%", "百分比", "％", None]),
            actual=choose.choice(near),
            weight=choose.choice([1.5, 2.5, 10, "10", 22.5, 7, 0.5, None, "满分"]),
        )

    return tuple(row(place) for place in range(count))


def scored_projects(edition: Edition, count: int) -> tuple[Project, ...]:
    choose = random.Random(f"{edition.id} 2020")
    return tuple(
        Project(
            id=f"P{place}",
            number=place,
            name=f"项目{place}",
            funding=Funding(
                budget=choose.choice([60, 73.5, "30万元", 0]), spent=choose.choice([55, 73.5, 1.005])
            ),
            indicators=rows(choose, edition, A_SHEET),
        )
        for place in range(1, count // A_SHEET + 1)
    )


@pytest.mark.parametrize(
    "edition", [*SCORED, with_ladder(SCORED[0]), with_ladder(SCORED[-2])], ids=named_like
)
def test_every_score_is_what_libreoffice_computes(edition: Edition, tmp_path: Path) -> None:
    path = tmp_path / "rows.xlsx"
    projects = scored_projects(edition, ROWS)
    submission = Submission(edition=edition, unit=Unit(name="示例局"), year=2020, projects=projects)
    template.build(submission, path)
    computed, book = recalculated(path), openpyxl.load_workbook(path)
    numbers = shares = 0
    for project in projects:
        tab = f"自评{project.number}_{project.name}"
        letter, first = named(book[tab], "SE_SCORE")[0], row_and_column(named(book[tab], "SE_SCORE"))[0] + 1
        for row, indicator in enumerate(scoring.with_groups(project), start=first):
            seen, wanted = computed[tab, f"{letter}{row}"], scoring.shown_score(indicator, edition)
            assert seen == (wanted if isinstance(wanted, str) else pytest.approx(float(wanted), abs=1e-9)), (
                indicator
            )
            numbers += not isinstance(wanted, str)
            shares += not isinstance(wanted, str) and 0 < wanted < (scoring.number(indicator.weight) or 0)
        for name, value in (
            ("SE_EXEC_SCORE", scoring.execution_of(project, edition)),
            ("SE_TOTAL_WEIGHT", scoring.total_weight(project, edition)),
            ("SE_TOTAL_SCORE", scoring.total(project, edition)),
        ):
            shown = computed[tab, named(book[tab], name).partition(":")[0]]
            assert shown == (scoring.PENDING if value is None else pytest.approx(float(value), abs=1e-9)), (
                name
            )
    assert numbers > ROWS / 3
    assert shares > ROWS / 16
    assert_cached_values_right(path)


@pytest.mark.parametrize("edition", SCORED, ids=named_like)
def test_grade_and_total_of_a_complete_form(edition: Edition, tmp_path: Path) -> None:
    submission = clean.submission(5, edition.id)
    path = tmp_path / "表.xlsx"
    template.build(submission, path)
    shown = openpyxl.load_workbook(path, data_only=True)
    for number, project in enumerate(submission.projects, start=1):
        sheet = shown[f"自评{number}_{template.tabs.short_name(project.name)}"]
        total = scoring.total(project, edition)
        assert total is not None
        assert sheet[named(sheet, "SE_TOTAL_WEIGHT")].value == 100
        assert sheet[named(sheet, "SE_TOTAL_SCORE")].value == pytest.approx(
            float(rollup.excel_round(total, 2))
        )
        assert sheet[named(sheet, "SE_GRADE").partition(":")[0]].value == "优"


# --- rules and report ---------------------------------------------------------------------------------


def codes(submission: Submission) -> dict[str, str]:
    return {finding.rule: finding.severity.value for finding in rules.check(submission)}


def with_first(submission: Submission, **changes: object) -> Submission:
    first = replace(submission.projects[0], **changes)  # pyright: ignore[reportArgumentType]
    return replace(submission, projects=(first, *submission.projects[1:]))


@pytest.mark.parametrize("edition", PRINTED, ids=named_like)
def test_required_groups_are_those_of_the_edition(edition: Edition, tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    template.build(clean.submission(3, edition.id), path)
    read = actions.read(path)
    for group in edition.groups:
        rest = tuple(row for row in read.projects[0].indicators if row.level1 != group.name)
        severity = codes(with_first(read, indicators=rest)).get("R106")
        assert severity == ("error" if group.required else "warning" if group.expected else None), group.name


def test_a_change_in_the_year_must_be_explained_in_sichuan(tmp_path: Path) -> None:
    found: dict[str, str] = {}
    for edition in ("sichuan", "ministry-2020"):
        path = tmp_path / f"{edition}.xlsx"
        template.build(clean.submission(3, edition), path)
        read = actions.read(path)
        funding = replace(read.projects[0].funding, initial_budget=9000)
        found[edition] = codes(with_first(read, funding=funding))["M113"]
    assert found == {"sichuan": "error", "ministry-2020": "warning"}


@pytest.mark.parametrize("edition", PRINTED, ids=named_like)
def test_the_report_prints_the_form_as_the_edition_has_it(edition: Edition, tmp_path: Path) -> None:
    report = actions.write_report(filled(edition), tmp_path / "报告.docx", datetime(2021, 3, 8, tzinfo=UTC))
    document = Document(str(report.path))
    heads = [cell.text.replace("\n", "") for cell in document.tables[-1].rows[0].cells]
    fields = {field.key: field.label for field in edition.table("scoring").fields}
    assert fields["actual"] in heads
    assert (fields.get("score") in heads) is (edition.scoring is not None)
    texts = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    assert edition.frame is not None
    assert {each.label.replace("\n", "") for each in edition.frame.texts} <= texts
    assert edition.table("scoring").title in {paragraph.text for paragraph in document.paragraphs}
