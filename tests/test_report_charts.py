"""Charts of the report: the figures of the workbook, legible with forty projects, drawn by other programs."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from tests.docx_reading import Document, find
from tests.test_report import SAMPLE, SCORED, alike, written
from tests.validator import problems
from xl_perfeval import forms, report, rollup, scoring, template
from xl_perfeval.model import Funding, Indicator, Stage, WorkItem

if TYPE_CHECKING:
    from pathlib import Path

    from tests.office import Office
    from xl_perfeval.model import Submission

ITEMS = (
    WorkItem(name="培训", quantity="举办培训6场，印发资料10000份", actual="举办培训10场，印发资料8600份"),
    WorkItem(name="宣传", quantity="开展宣传活动5场", actual="已按计划开展"),
    WorkItem(name="设施", quantity="购置显示屏4块"),
)


def two(**changes: Any) -> Submission:
    """Two projects, the first one changed."""
    first, second = SAMPLE.projects[:2]
    return replace(SAMPLE, projects=(replace(first, **changes), second))


@pytest.fixture(scope="module")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The scored sample as a workbook, with the results that are stored in it."""
    path = tmp_path_factory.mktemp("charts") / "自评.xlsx"
    template.build(SCORED, path)
    return openpyxl.load_workbook(path, data_only=True)


def table_of(sheet: Any) -> dict[str, list[Any]]:
    """The columns of the sheet 图表, by heading, without the row of all projects."""
    header = next(row for row in sheet.iter_rows() if [cell.value for cell in row[:2]] == ["项目", "预算"])
    count = len(SCORED.projects)
    return {
        cell.value: [sheet.cell(cell.row + 2 + place, cell.column).value for place in range(count)]
        for cell in header
        if cell.value
    }


def test_figures_are_those_of_the_workbook(tmp_path: Path, sheets: Any) -> None:
    money, rates, parts, targets = written(tmp_path, SCORED).charts
    columns = table_of(sheets["图表"])
    assert money.series == {"预算": columns["预算"], "支出": columns["支出"]}
    assert rates.series["预算执行率"] == [pytest.approx(rate, abs=0.00005) for rate in columns["执行率"]]
    assert set(parts.series) == {"预算执行", "产出", "效益", "满意度"}
    for name, values in parts.series.items():
        assert [value or 0 for value in values] == columns[name], name
    assert targets.series == {"已达到": columns["已达标"], "未达到": columns["未达标"]}
    assert [sum(value or 0 for value in row) for row in zip(*parts.series.values(), strict=True)] == [
        pytest.approx(total) for total in columns["总分"]
    ]


def test_scores_in_the_tables_are_those_of_the_workbook(tmp_path: Path, sheets: Any) -> None:
    found = written(tmp_path, SCORED)
    summary = next(table for table in found.tables if table[0][-1] == "等级")
    columns = table_of(sheets["图表"])
    assert [float(row[-2]) for row in summary[1:]] == [pytest.approx(total) for total in columns["总分"]]
    totals = [float(table[-1][6]) for table in found.tables if table[-1][0] == "总分"]
    assert totals == [pytest.approx(total) for total in columns["总分"]]
    funds = next(table for table in found.tables if table[-1][0] == "合计")
    stored = sheets["资金概况"]
    for name, shown in zip(("BUDGET", "BUDGET_LOCAL", "SPENT", "SPENT_LOCAL"), funds[-1][3:], strict=True):
        ((tab, cell),) = sheets.defined_names[f"FUND_TOTAL_{name}"].destinations
        assert tab == stored.title
        assert float(shown) == pytest.approx(stored[cell.replace("$", "")].value)


def test_figures_are_those_of_the_rollup_for_forty_projects(tmp_path: Path) -> None:
    submission = alike(SAMPLE, 40)
    charts = written(tmp_path, submission).charts
    money = [chart for chart in charts if "预算" in chart.series]
    for key, name in (("budget", "预算"), ("spent", "支出")):
        drawn = [value for chart in money for value in chart.series[name]]
        assert drawn == [float(rollup.read(getattr(p.funding, key)) or 0) for p in submission.projects]


@pytest.mark.parametrize("submission", [SAMPLE, SCORED], ids=["matrix", "scored"])
def test_the_workbook_behind_a_chart_has_its_figures(tmp_path: Path, submission: Submission) -> None:
    charts = written(tmp_path, submission).charts
    assert len(charts) >= 3
    for chart in charts:
        head, *rows = chart.workbook
        assert head == [None, *chart.series]
        assert [row[0] for row in rows] == chart.names
        for place, values in enumerate(chart.series.values(), start=1):
            assert [row[place] for row in rows] == values


def test_targets_are_counted_by_what_became_of_them(tmp_path: Path) -> None:
    chart = written(tmp_path, two(items=ITEMS)).charts[-1]
    assert chart.stacked
    assert {name: values[0] for name, values in chart.series.items()} == {
        "已达到": 1, "未达到": 1, "未能对照": 1, "未填完成数": 1,
    }  # fmt: skip


def test_indicators_without_marks_are_compared_one_by_one(tmp_path: Path) -> None:
    rows = (
        Indicator(level3="培训", sign="≥", target="6", unit="场", actual="10"),
        Indicator(level3="资料", sign="≥", target="100", unit="份", actual="86"),
        Indicator(level3="意识", target="明显提升", actual="达成"),
        Indicator(level3="网站", sign="≥", target="1", unit="个"),
    )
    submission = replace(two(indicators=rows, items=()), edition=forms.load("hunan-county"))
    chart = written(tmp_path, submission).charts[-1]
    assert [values[0] for values in chart.series.values()] == [1, 1, 1, 1]


def test_there_is_no_chart_of_nothing(tmp_path: Path) -> None:
    assert written(tmp_path, replace(SAMPLE, projects=SAMPLE.projects[:1])).charts == []
    assert written(tmp_path, replace(SAMPLE, projects=())).charts == []
    blank = tuple(replace(p, funding=Funding(), items=()) for p in SAMPLE.projects)
    assert written(tmp_path, replace(SAMPLE, projects=blank)).charts == []


def test_before_the_year_has_ended_only_the_budget_is_drawn(tmp_path: Path) -> None:
    bare = tuple(replace(p, funding=replace(p.funding, spent=None)) for p in SAMPLE.projects)
    (chart,) = written(tmp_path, replace(SAMPLE, stage=Stage.TARGETS, projects=bare)).charts
    assert list(chart.series) == ["预算"]


def test_what_cannot_be_read_leaves_a_gap(tmp_path: Path) -> None:
    found = written(tmp_path, two(funding=Funding(budget="待定", spent=1e300)))
    assert found.charts[0].series == {"预算": [None, 60], "支出": [None, 59.99]}
    assert "没有数" in found.charts[0].spoken
    assert problems(tmp_path / "report.docx") == []


def test_names_are_numbered_like_the_headings_and_cut(tmp_path: Path) -> None:
    found = written(tmp_path, two(name="2020年度" + "很长的项目名称" * 5))
    assert found.charts[0].names == ["1.很长的项目名称很长的项目名称…", "2.科普经费"]


def test_a_chart_says_what_it_shows(tmp_path: Path) -> None:
    spoken = [chart.spoken for chart in written(tmp_path, SAMPLE).charts]
    assert spoken[0].startswith(
        "条形图：各项目预算与支出（万元）。1.科技工作经费：预算73.00万元，支出73.00万元；"
    )
    assert "4.区级科技计划项目立项扶持资金：预算执行率96.43%" in spoken[1]
    many = written(tmp_path, alike(SAMPLE, 40)).charts
    assert all(chart.spoken.endswith(f"共{len(chart.names)}个项目。") for chart in many)


@pytest.mark.parametrize("count", [2, 14, 40, 41, 90])
def test_every_chart_is_legible_and_fits_a_page(tmp_path: Path, count: int) -> None:
    found = written(tmp_path, alike(SAMPLE, count))
    room = (16838 - 2098 - 1984) * 635
    for chart in found.charts:
        bars = 1 if chart.stacked else len(chart.series)
        pitch = (chart.size[1] / 12700 - 35) / len(chart.names)
        assert pitch >= 13 * bars if bars == 1 else pitch >= 10 * bars, "labels of 9 pt would overlap"
        assert chart.size[1] <= room
    shown = min(count, 40)
    assert [sum(len(c.names) for c in found.charts if key in c.series) for key in ("预算", "预算执行率")] == [
        shown
    ] * 2
    captions = found.texts("PECaption")
    assert captions[0].startswith("图1　" + ("预算最大的40个项目" if count > 40 else "各项目"))
    assert [text for text in captions if "（续）" in text] == (
        [] if count < 27 else ["图1（续）" + captions[0][2:]]
    )


def test_the_largest_are_drawn_of_too_many(tmp_path: Path) -> None:
    names = written(tmp_path, alike(SAMPLE, 160)).charts[0].names
    assert all("区级科技计划" in name for name in names)


def test_charts_follow_the_text_they_belong_to(tmp_path: Path) -> None:
    found = written(tmp_path, SAMPLE)
    headings = [each.text for each in found.paragraphs if each.style.startswith(("Heading", "PECaption"))]
    assert headings.index("图2　各项目预算执行率") == headings.index("（一）项目支出资金概况") + 2
    assert headings.index("图3　各项目可量化目标完成情况（个）") == headings.index("三、项目支出主要绩效") + 1


def test_drawings_and_parts_are_unique(tmp_path: Path) -> None:
    found = written(tmp_path, alike(SAMPLE, 40))
    drawings = find(found.body, ".//wp:docPr/@id")
    assert len(set(drawings)) == len(drawings) == 4
    names = [member.filename for member in found.members]
    assert len(set(names)) == len(names)
    assert len([name for name in names if name.startswith("word/embeddings/")]) == 4


def test_a_total_typed_by_hand_counts_in_the_table(tmp_path: Path) -> None:
    projects = (replace(SCORED.projects[0], total_score="88"), *SCORED.projects[1:])
    found = written(tmp_path, replace(SCORED, projects=projects))
    summary = next(table for table in found.tables if table[0][-1] == "等级")
    assert summary[1][-2:] == ["88", scoring.grade(Decimal(88), SCORED.edition)]


@pytest.mark.parametrize("submission", [SAMPLE, SCORED, alike(SAMPLE, 40)], ids=["matrix", "scored", "forty"])
def test_libreoffice_draws_them(tmp_path: Path, office: Office, submission: Submission) -> None:
    found = written(tmp_path, submission)
    pdf = tmp_path / "report.pdf"
    office.to_pdf(tmp_path / "report.docx", pdf)
    said = subprocess.run(["pdftotext", "-raw", pdf, "-"], check=True, capture_output=True).stdout.decode()
    said = "".join(said.split())
    for chart in found.charts:
        for name in (*chart.names, *(chart.series if len(chart.series) > 1 else ())):
            assert name.rstrip("…") in said
    assert "405.00" in said
    assert said.count("96.43%") >= len([p for p in submission.projects if "科技计划" in str(p.name)])


def test_no_figure_of_a_chart_needs_todays_date_or_this_machine(tmp_path: Path) -> None:
    report.write(SAMPLE, (), tmp_path / "one.docx")
    report.write(SAMPLE, (), tmp_path / "two.docx")
    one, two = (Document(tmp_path / name) for name in ("one.docx", "two.docx"))
    assert [member.CRC for member in one.members] == [member.CRC for member in two.members]
