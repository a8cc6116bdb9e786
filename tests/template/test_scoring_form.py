"""自评N_…: the form as people see it, its names, and its formulas as LibreOffice computes them."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.office import assert_cached_values_right
from tests.validator import problems
from xl_perfeval import forms, scoring, template
from xl_perfeval.forms import names
from xl_perfeval.model import (
    Execution,
    Funding,
    Goal,
    Indicator,
    Project,
    Source,
    Stage,
    Submission,
    Unit,
    row_and_column,
)

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

    from tests.office import Office, OfficeBook

EDITION = forms.load("ministry-2020")
TAB = "自评1_科技工作"
CELLS = {key: name for key, name in names.SCORING_CELLS.items() if key != "execution_reason"}
"""The single cells that this edition prints."""

TRAINING = Indicator(
    level1="产出指标",
    level2="数量指标",
    level3="举办业务培训",
    sign="≥",
    target="6",
    unit="场",
    actual="10",
    weight=30,
)
LEAFLETS = replace(TRAINING, level3="编印宣传资料", target="10000", unit="份", actual="1000", weight=20)
IN_TIME = replace(
    TRAINING,
    level2="时效指标",
    level3="年内完成",
    sign="定性",
    target=None,
    unit=None,
    actual="达成",
    weight=0,
)
GROWTH = Indicator(
    level1="效益指标", level3="企业投入增长", sign="≥", target="10", unit="%", actual="67.8%", weight=30
)
HAPPY = Indicator(level1="满意度指标", level3="企业满意度", sign="≥", target="90", unit="%", weight=10)

PROJECT = Project(
    id="P1",
    number=1,
    name="科技工作经费",
    funding=Funding(
        budget=73,
        spent=70,
        initial_budget=80,
        sources=(
            Source(name="当年财政拨款", budget=70, spent="67万元"),
            Source(name="社会捐赠", budget=3, spent=3),
        ),
    ),
    goal=Goal(expected="办好培训。", achieved="办了10期。"),
    indicators=(TRAINING, LEAFLETS, IN_TIME, GROWTH, HAPPY),
)


def submission(*projects: Project, stage: Stage = Stage.YEAR_END) -> Submission:
    unit = Unit(name="示例区科学技术局", department="示例区人民政府")
    return Submission(
        edition=EDITION, unit=unit, year=2020, stage=stage, report_date=date(2021, 3, 8), projects=projects
    )


def built(folder: Path, *projects: Project, stage: Stage = Stage.YEAR_END) -> Path:
    path = folder / "form.xlsx"
    assert template.build(submission(*projects, stage=stage), path) == []
    return path


def named(sheet: Worksheet, name: str) -> str:
    """Address that a sheet-scoped name stands for, without tab and dollar signs."""
    return sheet.defined_names[name].attr_text.rpartition("!")[2].replace("$", "")


def column(sheet: Worksheet, name: str) -> list[object]:
    """What stands between the two thin lines of a block."""
    return [row[0].value for row in sheet[named(sheet, name)]][1:-1]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("form"), PROJECT)


@pytest.fixture(scope="module")
def sheet(path: Path) -> Worksheet:
    return openpyxl.load_workbook(path)[TAB]


def test_every_result_is_what_libreoffice_computes(path: Path) -> None:
    assert assert_cached_values_right(path) > 100


def test_the_validator_of_the_format_accepts_it(path: Path) -> None:
    assert problems(path) == []
    assert problems(path, "Office2016") == []


def test_all_names_are_there_and_scoped_to_the_sheet(sheet: Worksheet) -> None:
    table = EDITION.table("scoring")
    wanted = {
        names.PROJECT_ID,
        names.HELPERS,
        *CELLS.values(),
        *names.SOURCE_COLUMNS.values(),
        *(names.column(table, field) for field in table.fields),
    }
    assert wanted <= set(sheet.defined_names)
    assert sheet[named(sheet, names.PROJECT_ID)].value == "P1"


def test_blocks_span_the_thin_lines(sheet: Worksheet) -> None:
    first, last = (row_and_column(end)[0] for end in named(sheet, "SE_LEVEL3").split(":"))
    assert last - first - 1 == len(PROJECT.indicators) + EDITION.table("scoring").spare_rows
    assert (sheet.row_dimensions[first].height or 99) < 5
    assert sheet.cell(last, 1).value == "▲ 在此行以上插入"
    assert sheet.cell(last, 1).protection.locked


def test_first_level_is_merged_over_its_rows(sheet: Worksheet) -> None:
    first = row_and_column(named(sheet, "SE_LEVEL1"))[0] + 1
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert f"A{first}:A{first + 2}" in merged
    assert [value for value in column(sheet, "SE_LEVEL1") if value] == [
        "产出指标\n（50分）",
        "效益指标\n（30分）",
        "满意度指标\n（10分）",
    ]


def test_sources_keep_their_order_and_the_printed_ones_follow(sheet: Worksheet) -> None:
    assert column(sheet, "SE_SOURCE_NAME") == ["当年财政拨款", "社会捐赠", "上年结转资金", "其他资金"]
    assert column(sheet, "SE_SOURCE_SPENT") == ["67万元", 3, None, None]


def test_typed_values_stay_as_typed(sheet: Worksheet) -> None:
    assert column(sheet, "SE_ACTUAL")[:4] == ["10", "1000", "达成", "67.8%"]
    actual = sheet[named(sheet, "SE_ACTUAL")][1][0]
    assert actual.number_format == "@"
    assert not actual.protection.locked


def test_what_the_form_shows(path: Path) -> None:
    shown = openpyxl.load_workbook(path, data_only=True)[TAB]
    values = {key: shown[named(shown, name)].value for key, name in CELLS.items()}
    assert values["name"] == "科技工作经费"
    assert (values["initial_budget"], values["budget"], values["spent"]) == (80, 73, 70)
    assert values["execution_score"] == 9.59
    assert (values["total_weight"], values["total_score"], values["grade"]) == (100, 71.59, None)
    assert column(shown, "SE_SCORE")[:5] == [30, 2, "待填", 30, "待填"]


def test_the_printed_page(sheet: Worksheet) -> None:
    header = row_and_column(named(sheet, "SE_LEVEL1"))[0] - 1
    assert sheet.print_title_rows == f"${header}:${header}"
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.fitToWidth in (None, 1)  # 1 where nothing is said
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    foot = sheet[row_and_column(named(sheet, "SE_GRADE"))[0] + 1]
    texts = [str(cell.value).lstrip('="').partition("：")[0] for cell in foot if cell.value]
    assert texts == ["填报人", "项目负责人", "单位负责人（盖章）", "填报日期"]


def test_a_blank_form_has_the_second_level_rows(tmp_path: Path) -> None:
    path = tmp_path / "blank.xlsx"
    template.build(template.blank(EDITION, projects=1), path)
    sheet = openpyxl.load_workbook(path)["自评1"]
    assert EDITION.scoring is not None
    printed = [second for group in EDITION.scoring.groups for second in group.second]
    assert column(sheet, "SE_LEVEL2") == [*printed, None, None]
    assert not any(column(sheet, "SE_LEVEL3"))
    assert_cached_values_right(path)


def test_an_unknown_first_level_is_kept_and_a_blank_one_continues(tmp_path: Path) -> None:
    odd = replace(TRAINING, level1="成本控制")
    path = built(tmp_path, replace(PROJECT, indicators=(odd, replace(odd, level1=None), TRAINING)))
    sheet = openpyxl.load_workbook(path)[TAB]
    assert column(sheet, "SE_LEVEL1")[:3] == ["成本控制", None, "产出指标\n（50分）"]
    assert_cached_values_right(path)


def test_what_was_typed_over_formulas_is_a_constant(tmp_path: Path) -> None:
    typed = replace(
        PROJECT,
        execution=Execution(weight="20", rate="95%", score=8.5),
        indicators=(replace(TRAINING, score="29"), replace(IN_TIME, score=0), replace(HAPPY, score="满分")),
        total_score=88,
        grade="良",
    )
    path = built(tmp_path, typed)
    sheet = openpyxl.load_workbook(path)[TAB]
    cells = {key: sheet[named(sheet, name)].value for key, name in CELLS.items()}
    assert [cells[key] for key in ("execution_weight", "execution_rate", "execution_score")] == [
        "20",
        "95%",
        8.5,
    ]
    assert (cells["total_score"], cells["grade"]) == (88, "良")
    assert column(sheet, "SE_SCORE")[:3] == ["29", 0, "满分"]
    assert_cached_values_right(path)


@pytest.mark.parametrize("stage", list(Stage))
def test_every_stage(tmp_path: Path, stage: Stage) -> None:
    assert_cached_values_right(built(tmp_path, PROJECT, Project(id="P2", number=2), stage=stage))


def test_formula_and_program_give_the_same_scores(tmp_path: Path) -> None:
    """Random rows, nearly all odd: half cents, ties, zeros, units repeated, text for numbers."""
    choose = random.Random(2020)
    cells = [
        "0",
        "1",
        "3",
        "7",
        "67",
        "100",
        "95%",
        "≥95%",
        "12.5",
        ".5",
        "10场",
        "1-2",
        "6/9",
        "5,6",
        "-3",
        "完成",
        8,
        0.1 + 0.2,
    ]
    rows = tuple(
        Indicator(
            level1="产出指标",
            level3=f"指标{place}",
            sign=choose.choice(["≥", "＞", "＝", "＜", "≤", "定性", ">=", None]),
            target=choose.choice([*cells, str(choose.randrange(1, 999) / 100)]),
            unit=choose.choice(["场", "%", None]),
            actual=choose.choice([*cells, None, str(choose.randrange(1, 999) / 100)]),
            weight=choose.choice([1.5, 2.5, 10, "10", 22.5, None, "满分"]),
        )
        for place in range(400)
    )
    path = built(tmp_path, replace(PROJECT, indicators=rows))
    assert_cached_values_right(path)
    counts = [row for row in rows if scoring.indicator_score(row, EDITION) is not None]
    assert len(counts) > 50


def test_the_ratio_formula(tmp_path: Path) -> None:
    assert EDITION.scoring is not None
    ratio = replace(EDITION, scoring=replace(EDITION.scoring, reverse="ratio"))
    cost = replace(TRAINING, sign="≤", target="100", actual="125", weight=10)
    path = tmp_path / "ratio.xlsx"
    template.build(replace(submission(replace(PROJECT, indicators=(cost,))), edition=ratio), path)
    assert column(openpyxl.load_workbook(path, data_only=True)[TAB], "SE_SCORE")[0] == 8
    assert_cached_values_right(path)


def total(book: OfficeBook, sheet: Worksheet, inserted: int) -> object:
    row, place = row_and_column(named(sheet, "SE_TOTAL_WEIGHT"))
    book.calculate()
    return book.value(TAB, f"{'ABCDEFGHIJK'[place - 1]}{row + inserted}")


def test_rows_inserted_anywhere_count(office: Office, path: Path, sheet: Worksheet) -> None:
    top, end = (row_and_column(corner)[0] for corner in named(sheet, "SE_LEVEL1").split(":"))
    with office.open(path) as book:
        for inserted, row in enumerate((end, top + 3, top + 1), start=1):
            book.insert_rows(TAB, row)
            book.set(TAB, f"I{row}", 1)
            assert total(book, sheet, inserted) == 100 + inserted


def test_filling_the_last_actual_completes_the_form(office: Office, path: Path, sheet: Worksheet) -> None:
    first = row_and_column(named(sheet, "SE_LEVEL1"))[0] + 1
    with office.open(path) as book:
        assert book.value(TAB, named(sheet, "SE_GRADE")) == ""
        assert [mark.fill for mark in book.conditional_marks(TAB, f"J{first + 4}")] != []
        book.set(TAB, f"G{first + 4}", "92%")
        book.set(TAB, f"J{first + 2}", 0)
        book.calculate()
        assert book.value(TAB, named(sheet, "SE_TOTAL_SCORE")) == pytest.approx(81.59)
        assert book.value(TAB, named(sheet, "SE_GRADE")) == "良"
        assert book.conditional_marks(TAB, f"J{first + 4}") == ()


def test_a_renamed_and_moved_project_is_still_found(office: Office, tmp_path: Path) -> None:
    path = built(
        tmp_path, replace(PROJECT, id="P2", number=1), replace(PROJECT, id="P1", number=2, name="科普经费")
    )
    with office.open(path) as book:
        book.rename(TAB, "我的表")
        book.insert_rows("资金概况", 6)
        book.calculate()
        assert book.value("我的表", "C4") == "科技工作经费"
        assert book.value("自评2_科普", "C4") == "科普经费"
