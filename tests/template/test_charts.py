"""图表: the data follow the other sheets, the charts show what they should, in Excel's XML and in LibreOffice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from zipfile import ZipFile

import openpyxl
import pytest
from lxml import etree

from tests.office import assert_cached_values_right
from tests.validator import problems
from xl_perfeval import forms, sample, template
from xl_perfeval.model import (
    Funding,
    Indicator,
    Project,
    Submission,
    Unit,
    WorkItem,
    column_letters,
    row_and_column,
)
from xl_perfeval.template import charts

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

    from tests.office import Office

COUNTY, MINISTRY = forms.load("county-matrix"), forms.load("ministry-2020")
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"


def projects(count: int) -> tuple[Project, ...]:
    return tuple(
        Project(
            id=f"P{number}",
            number=number,
            name=f"第{number}号扶持项目经费",
            funding=Funding(budget=number, spent=number / 2),
            items=(WorkItem(name="培训", actual="3场"), WorkItem(name="采购")),
        )
        for number in range(1, count + 1)
    )


def scored() -> Submission:
    row = Indicator(level1="产出指标", level3="培训", sign="≥", target="6", actual="10", weight=50)
    rows = (
        row,
        replace(row, level1=None, actual="3", weight=20),
        replace(row, level1="效益指标", actual=None, weight=20),
    )
    first, second = projects(2)
    return Submission(
        edition=MINISTRY,
        unit=Unit(name="示例"),
        year=2020,
        projects=(replace(first, indicators=rows), second),
    )


def many(count: int) -> Submission:
    return Submission(edition=COUNTY, unit=Unit(name="示例"), year=2020, projects=projects(count))


def built(folder: Path, submission: Submission) -> Path:
    path = folder / "charts.xlsx"
    template.build(submission, path)
    return path


def block(path: Path) -> list[list[object]]:
    """Visible rows of the block, 全部项目 included."""
    sheet = openpyxl.load_workbook(path, data_only=True)["图表"]
    return [
        [cell.value for cell in sheet[row]][: charts.PAGE]
        for row in range(charts.TOTAL, charts.LAST + 1)
        if not sheet.row_dimensions[row].hidden
    ]


def corner(refers_to: str) -> tuple[str, int]:
    """Column letters and row of a block's first cell: the thin line above the data."""
    row, column = row_and_column(refers_to.rpartition("!")[2].replace("$", ""))
    return column_letters(column), row


def parts(path: Path, folder: str) -> list[etree._Element]:
    with ZipFile(path) as package:
        found = sorted(
            name for name in package.namelist() if name.startswith(f"xl/{folder}/") and name.endswith(".xml")
        )
        return [etree.fromstring(package.read(name)) for name in found]


@pytest.mark.parametrize(
    "submission", [sample.submission(), scored(), many(3), many(40)], ids=["sample", "scored", "3", "40"]
)
def test_every_result_is_what_libreoffice_computes(tmp_path: Path, submission: Submission) -> None:
    assert assert_cached_values_right(built(tmp_path, submission)) > 100


@pytest.mark.parametrize("submission", [scored(), many(40)], ids=["scored", "40"])
def test_the_validator_of_the_format_accepts_it(tmp_path: Path, submission: Submission) -> None:
    assert problems(built(tmp_path, submission), "Office2016") == []


def test_the_block_of_the_sample(tmp_path: Path) -> None:
    rows = block(built(tmp_path, sample.submission()))
    assert rows[0][:5] == ["全部项目", 563, 547.99, pytest.approx(0.973339), 15.01]
    assert [row[0] for row in rows[1:]] == ["科技工作", "科普", "老科协", "科技计划"]


def test_the_block_of_a_scored_form(tmp_path: Path) -> None:
    total, first, second = block(built(tmp_path, scored()))
    assert total[5:8] == [1, 1, 1]
    assert first[5:] == [1, 1, 1, 5, 60, 0, 0, 65]
    assert second[5:] == [0, 0, 0, 5, 0, 0, 0, 5]


def test_more_than_fifteen_projects_show_the_largest(tmp_path: Path) -> None:
    path = built(tmp_path, many(40))
    rows = block(path)
    assert [row[1] for row in rows[1:]] == list(range(40, 25, -1))
    sheet = openpyxl.load_workbook(path, data_only=True)["图表"]
    assert "项目共 40 个" in sheet.cell(charts.HINT, 1).value
    listed = [
        cell.value for cell in sheet["B"] if cell.row > charts.LAST and isinstance(cell.value, int | float)
    ]
    assert listed == list(range(1, 41))


def test_four_charts_with_alternative_text_and_chinese_font(tmp_path: Path) -> None:
    path = built(tmp_path, sample.submission())
    frames = [
        frame for drawing in parts(path, "drawings") for frame in drawing.iter(f"{DRAWING}graphicFrame")
    ]
    assert len(frames) == 4
    for frame in frames:
        assert "数据见本表上方" in frame.find(f".//{DRAWING}cNvPr").get("descr", "")
    for chart in parts(path, "charts"):
        fonts = {latin.get("typeface") for latin in chart.iter("{*}latin")}
        assert fonts == {"微软雅黑"}
        assert [low.get("val") for low in chart.iterfind(".//{*}valAx/{*}scaling/{*}min")] == ["0"]


def test_the_score_chart_belongs_to_scored_editions(tmp_path: Path) -> None:
    titles = ["".join(chart.itertext("{*}t")) for chart in parts(built(tmp_path, scored()), "charts")]
    assert titles[3] == "各项目自评得分构成（分）"
    titles = ["".join(chart.itertext("{*}t")) for chart in parts(built(tmp_path, many(2)), "charts")]
    assert titles[3] == "各项目结余（万元）"


def test_charts_keep_the_figures_for_previews(tmp_path: Path) -> None:
    first = parts(built(tmp_path, sample.submission()), "charts")[0]
    cached = [value.text for value in first.iterfind(".//{*}ser[1]/{*}val/{*}numRef/{*}numCache//{*}v")]
    assert [float(value) for value in cached if value][:4] == [73, 60, 10, 420]


def test_the_data_follow_changed_and_new_projects(office: Office, tmp_path: Path) -> None:
    path = built(tmp_path, many(3))
    funds = openpyxl.load_workbook(path).defined_names
    (name, first), (budget, _) = (corner(funds[key].attr_text) for key in ("FUND_NAME", "FUND_BUDGET"))
    with office.open(path) as book:
        book.set("资金概况", f"{budget}{first + 1}", 77)
        book.insert_rows("资金概况", first + 2)
        book.set("资金概况", f"{name}{first + 2}", "新增的项目经费")
        book.set("资金概况", f"{budget}{first + 2}", 8)
        book.calculate()
        rows = [book.value("图表", f"A{row}") for row in range(charts.FIRST, charts.FIRST + 4)]
        assert rows == ["第1号扶持", "新增的项目", "第2号扶持", "第3号扶持"]
        assert [book.value("图表", f"B{charts.FIRST + place}") for place in range(4)] == [77, 8, 2, 3]
        assert "有 1 个项目没有画出来" in str(book.value("图表", f"A{charts.HINT}"))


def test_a_blank_workbook_shows_empty_rows_and_no_error(tmp_path: Path) -> None:
    path = built(tmp_path, template.blank(MINISTRY))
    assert len(block(path)) == 1 + charts.BLANK_ROWS
    assert_cached_values_right(path)


def test_the_sheet_is_locked_without_a_password(tmp_path: Path) -> None:
    sheet: Worksheet = openpyxl.load_workbook(built(tmp_path, many(1)))["图表"]
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    assert sheet.protection.formatRows is False  # False: allowed
    assert sheet.page_setup.orientation == "landscape"


def test_two_hundred_projects(tmp_path: Path) -> None:
    rows = block(built(tmp_path, many(200)))
    assert len(rows) == 1 + charts.MOST
    assert rows[0][1] == 200 * 201 / 2
