"""Native Word charts: bars over the projects, with the figures they show in a workbook of their own.

Word, WPS and LibreOffice draw them with their own fonts; “编辑数据” in Word opens the workbook. Figures are those
of the tables. docs/decisions/0010 says why they are neither pictures nor the workbook's own charts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from html import escape
from math import ceil
from typing import TYPE_CHECKING, Any

from xl_perfeval import rollup
from xl_perfeval.model import Stage
from xl_perfeval.report import figures, layout
from xl_perfeval.report.cells import possible
from xl_perfeval.report.chartdata import SHEET, workbook
from xl_perfeval.report.markup import RELATIONS, one_line, paragraph, w

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docx.parts.document import DocumentPart

    from xl_perfeval.model import Project, Submission
    from xl_perfeval.report.layout import Page

LARGEST = 40
"""Projects in the charts; of more, those with the largest budgets."""
_LONGEST_NAME = 15
_YEAR = re.compile(r"^(?:19|20)[0-9]{2}年度?(?=.)")
_IN_WORDS = 10
"""Projects whose figures the alternative text names."""


@dataclass(frozen=True, slots=True)
class Series:
    """Bars of one colour: a figure per project, `None` where there is none; `dark` bars carry white labels."""

    name: str
    values: Sequence[Decimal | None]
    colour: str
    dark: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart. `stacked` series stand in one bar, others beside each other; `number` is the labels' format."""

    title: str
    names: Sequence[str]
    series: Sequence[Series]
    number: str
    stacked: bool = False

    @property
    def per_page(self) -> int:
        """Projects that can be read on one page."""
        return 40 if self.stacked or len(self.series) == 1 else 26

    def parts(self) -> Iterator[Chart]:
        """The chart, or several of about the same length when it has more projects than a page."""
        count = ceil(len(self.names) / self.per_page)
        for number in range(count):
            rows = slice(number * len(self.names) // count, (number + 1) * len(self.names) // count)
            series = [Series(each.name, each.values[rows], each.colour, each.dark) for each in self.series]
            yield Chart(self.title, self.names[rows], series, self.number, self.stacked)

    def height(self, page: Page) -> int:
        """Its height in twentieths of a point: roomy while there are few projects, never more than the page."""
        count = len(self.names)
        bars = 1 if self.stacked else len(self.series)
        row = max(_LEAST_ROW[bars > 1], min(_ROOMY_ROW[bars > 1], 5200 // max(1, count)))
        return min(_AROUND_BARS + count * row, page.height - _CAPTION)

    def in_words(self) -> str:
        """What a screen reader says."""
        kind = "堆积条形图" if self.stacked else "条形图"
        said = f"{kind}：{self.title}。"
        if len(self.names) > _IN_WORDS:
            return said + f"共{len(self.names)}个项目。"
        return said + "；".join(self._project_in_words(row) for row in range(len(self.names))) + "。"

    def _project_in_words(self, row: int) -> str:
        shown = ((each.name, each.values[row]) for each in self.series)
        said = "，".join(f"{name}{_worded(value, self.number)}" for name, value in shown if value is not None)
        return f"{self.names[row]}：{said or '没有数'}"


# --- which charts there are -----------------------------------------------------------------------------


def spending(submission: Submission) -> Chart | None:
    """各项目预算与支出, in 万元; `None` without amounts, or with a single project, where there is nothing to compare."""
    projects = _shown(submission)
    series = [Series("预算", [_amount(project, "budget") for project in projects], _LIGHT)]
    if submission.stage is not Stage.TARGETS:
        series.append(Series("支出", [_amount(project, "spent") for project in projects], _DARK, dark=True))
    return _chart(submission, "各项目预算与支出（万元）", projects, series, _MONEY)


def rates(submission: Submission) -> Chart | None:
    """各项目预算执行率, as shares of 1."""
    projects = _shown(submission)
    series = [Series("预算执行率", [_rate(project) for project in projects], _DARK, dark=True)]
    return _chart(submission, "各项目预算执行率", projects, series, _PERCENT)


def targets(submission: Submission) -> Chart | None:
    """各项目目标完成情况: numbers of targets by state; `None` while none is reached or missed."""
    edition = submission.edition
    projects = _shown(submission)
    counted = [figures.targets(project, edition) for project in projects]
    done = (each[figures.REACHED] + each[figures.MISSED] for each in counted)
    if submission.stage is Stage.TARGETS or not any(done):
        return None
    looks = {figures.REACHED: (_DARK, True), figures.MISSED: (_RED, True), figures.OPEN: (_GREY, False)}
    series = [
        Series(state, [Decimal(each[state]) for each in counted], *looks.get(state, (_GOLD, False)))
        for state in figures.states(edition)
        if any(each[state] for each in counted)
    ]
    title = "各项目绩效指标完成情况（个）" if edition.scoring else "各项目可量化目标完成情况（个）"
    return _chart(submission, title, projects, series, _COUNT, stacked=True)


def scores(submission: Submission) -> Chart | None:
    """各项目自评得分构成; `None` in an edition without scores."""
    projects = _shown(submission)
    colours = ((_TEAL, False), (_DARK, True), (_LIGHT, False), (_GOLD, False), (_GREY, False))
    series = [
        Series(part.name, [possible(lambda p=p, part=part: part.score(p)) for p in projects], colour, dark)
        for part, (colour, dark) in zip(figures.parts(submission.edition), colours, strict=False)
    ]
    return _chart(submission, "各项目自评得分构成（分）", projects, series, _COUNT, stacked=True)


def _chart(
    submission: Submission,
    title: str,
    projects: Sequence[Project],
    series: Sequence[Series],
    number: str,
    *,
    stacked: bool = False,
) -> Chart | None:
    series = [replace(each, values=[_plausible(value) for value in each.values]) for each in series]
    if len(projects) < 2 or not any(value for each in series for value in each.values):
        return None
    if len(projects) < len(submission.projects):
        title = f"预算最大的{len(projects)}个项目：{title.removeprefix('各项目')}"
    places = {id(project): place for place, project in enumerate(submission.projects, start=1)}
    names = [_name(project, places[id(project)]) for project in projects]
    return Chart(title, names, series, number, stacked)


def _shown(submission: Submission) -> tuple[Project, ...]:
    """The projects that charts show, in the order of the report."""
    projects = submission.projects
    if len(projects) <= LARGEST:
        return projects
    budgets = [_amount(project, "budget") or Decimal(0) for project in projects]
    largest = sorted(range(len(projects)), key=lambda place: (-budgets[place], place))[:LARGEST]
    return tuple(projects[place] for place in sorted(largest))


def _name(project: Project, place: int) -> str:
    """The project as its heading numbers it, without a leading year; a long name loses its end."""
    name = _YEAR.sub("", one_line(project.name)) or "（未填名称）"
    return f"{place}.{name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + '…'}"


def _amount(project: Project, key: str) -> Decimal | None:
    return _plausible(rollup.read(getattr(project.funding, key)))


def _rate(project: Project) -> Decimal | None:
    rate = rollup.rate(_amount(project, "spent"), _amount(project, "budget"))
    return None if rate is None or abs(rate) > _LARGEST_RATE else rollup.excel_round(rate, 4)


def _plausible(value: Decimal | None) -> Decimal | None:
    """A figure, unless it is a slip of the pen beyond any budget, which would make all other bars vanish."""
    return value if value is not None and value.is_finite() and abs(value) < _LARGEST_FIGURE else None


_LARGEST_FIGURE, _LARGEST_RATE = Decimal(10) ** 9, Decimal(100)


# --- how they are set -----------------------------------------------------------------------------------

_LIGHT, _DARK, _TEAL, _GOLD, _GREY, _RED = "9DC3E6", "1F4E79", "7FB7BE", "F4C56A", "D9D9D9", "C55A4B"
_MONEY, _PERCENT, _COUNT = "0.00", "0.00%", "General;-General;"
_AROUND_BARS = 700
"""Above the bars and, with the legend, below them, in twentieths of a point."""
_CAPTION = 1200
"""What its caption and the room around it take from a page."""
_ROOMY_ROW, _LEAST_ROW = (420, 640), (270, 430)
"""Height of a project with one bar, with several."""
_EMU = 635
"""English metric units in a twentieth of a point."""
_CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_PLACED = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"


class Gallery:
    """The charts of one document: their parts, and their numbers from top to bottom."""

    def __init__(self, document: DocumentPart) -> None:
        self._document = document
        self._drawings = max(
            (int(each) for each in document.element.xpath("//wp:docPr/@id") if str(each).isdigit()), default=0
        )
        self._count = 0

    def hang(self, chart: Chart | None, page: Page) -> Iterator[str]:
        """The chart with its caption, in as many parts as it needs; nothing for `None`."""
        if chart is None:
            return
        self._count += 1
        for number, part in enumerate(chart.parts()):
            yield paragraph("", layout.CHART, after=self._drawing(part, page))
            continued = "（续）" if number else ""
            yield paragraph(f"图{self._count}{continued}　{chart.title}", layout.CAPTION)

    def _drawing(self, chart: Chart, page: Page) -> str:
        self._drawings += 1
        width, height = page.width * _EMU, chart.height(page) * _EMU
        name = f'id="{self._drawings}" name="图表 {self._drawings}" descr="{escape(chart.in_words())}"'
        placed = (
            f'<wp:inline xmlns:wp="{_PLACED}" distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{width}" cy="{height}"/>'
            f'<wp:docPr {name}/><wp:cNvGraphicFramePr/><a:graphic xmlns:a="{_DRAWING}"><a:graphicData uri="{_CHART}">'
            f'<c:chart xmlns:c="{_CHART}" r:id="{self._part(chart)}"/></a:graphicData></a:graphic></wp:inline>'
        )
        return w("r", w("drawing", placed))

    def _part(self, chart: Chart) -> str:
        """Put the chart and its workbook into the package; returns the relation to it."""
        from docx.opc.part import Part

        package: Any = self._document.package
        spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        drawing = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
        place = package.next_partname("/word/charts/chart%d.xml")
        name = package.next_partname("/word/embeddings/Microsoft_Excel_Sheet%d.xlsx")
        part = Part(place, drawing, _drawn(chart, _WORKBOOK).encode(), package)
        columns = [(each.name, each.values) for each in chart.series]
        data = Part(name, spreadsheet, workbook(chart.names, columns, chart.number), package)
        part.load_rel(f"{RELATIONS}/package", data, _WORKBOOK)
        return self._document.relate_to(part, f"{RELATIONS}/chart")


_WORKBOOK = "rId1"
"""The relation of a chart to its workbook."""


def _drawn(chart: Chart, relation: str) -> str:
    """The chart as DrawingML, all figures in it; `relation` leads to its workbook."""
    values = [value for each in chart.series for value in each.values if value is not None]
    least = "" if min(values, default=Decimal(0)) < 0 else '<c:min val="0"/>'
    legend = (
        "" if len(chart.series) == 1 else '<c:legend><c:legendPos val="b"/><c:overlay val="0"/></c:legend>'
    )
    grouping, overlap = ("stacked", 100) if chart.stacked else ("clustered", 0)
    series = "".join(_series(chart, number, each) for number, each in enumerate(chart.series))
    gap = 45 if chart.stacked or len(chart.series) == 1 else 30
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<c:chartSpace xmlns:c="{_CHART}" xmlns:a="{_DRAWING}" xmlns:r="{RELATIONS}">'
        '<c:date1904 val="0"/><c:lang val="zh-CN"/><c:roundedCorners val="0"/>'
        '<c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/>'
        f'<c:barChart><c:barDir val="bar"/><c:grouping val="{grouping}"/><c:varyColors val="0"/>{series}'
        f'<c:gapWidth val="{gap}"/><c:overlap val="{overlap}"/><c:axId val="1001"/><c:axId val="1002"/></c:barChart>'
        '<c:catAx><c:axId val="1001"/><c:scaling><c:orientation val="maxMin"/></c:scaling><c:delete val="0"/>'
        '<c:axPos val="l"/><c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/>'
        f'<c:minorTickMark val="none"/><c:tickLblPos val="low"/>{_LINE}<c:crossAx val="1002"/><c:crosses val="autoZero"/>'
        '<c:auto val="0"/><c:lblAlgn val="ctr"/><c:lblOffset val="100"/><c:noMultiLvlLbl val="1"/></c:catAx>'
        f'<c:valAx><c:axId val="1002"/><c:scaling><c:orientation val="minMax"/>{least}</c:scaling><c:delete val="1"/>'
        '<c:axPos val="t"/><c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/>'
        '<c:minorTickMark val="none"/><c:tickLblPos val="none"/><c:crossAx val="1001"/><c:crosses val="autoZero"/>'
        '<c:crossBetween val="between"/></c:valAx>'
        f'</c:plotArea>{legend}<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        f'<c:spPr><a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill><a:ln><a:noFill/></a:ln></c:spPr>{_text("000000")}'
        f'<c:externalData r:id="{relation}"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>'
    )


def _series(chart: Chart, number: int, series: Series) -> str:
    column, last = chr(ord("B") + number), len(chart.names) + 1
    inside = chart.stacked
    label = _text("FFFFFF" if inside and series.dark else "000000")
    names = "".join(
        f'<c:pt idx="{row}"><c:v>{_xml(name)}</c:v></c:pt>' for row, name in enumerate(chart.names)
    )
    values = "".join(
        f'<c:pt idx="{row}"><c:v>{float(value)!r}</c:v></c:pt>'
        for row, value in enumerate(series.values)
        if value is not None
    )
    count = f'<c:ptCount val="{len(chart.names)}"/>'
    return (
        f'<c:ser><c:idx val="{number}"/><c:order val="{number}"/><c:tx><c:strRef><c:f>{SHEET}!${column}$1</c:f>'
        f'<c:strCache><c:ptCount val="1"/><c:pt idx="0"><c:v>{_xml(series.name)}</c:v></c:pt></c:strCache></c:strRef></c:tx>'
        f'<c:spPr><a:solidFill><a:srgbClr val="{series.colour}"/></a:solidFill></c:spPr><c:invertIfNegative val="0"/>'
        f'<c:dLbls><c:numFmt formatCode="{escape(chart.number)}" sourceLinked="0"/><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>'
        f'{label}<c:dLblPos val="{"ctr" if inside else "outEnd"}"/><c:showLegendKey val="0"/><c:showVal val="1"/>'
        '<c:showCatName val="0"/><c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>'
        f"<c:cat><c:strRef><c:f>{SHEET}!$A$2:$A${last}</c:f><c:strCache>{count}{names}</c:strCache></c:strRef></c:cat>"
        f"<c:val><c:numRef><c:f>{SHEET}!${column}$2:${column}${last}</c:f><c:numCache>"
        f"<c:formatCode>{escape(chart.number)}</c:formatCode>{count}{values}</c:numCache></c:numRef></c:val></c:ser>"
    )


_LINE = '<c:spPr><a:ln w="6350"><a:solidFill><a:srgbClr val="7F7F7F"/></a:solidFill></a:ln></c:spPr>'


def _text(colour: str) -> str:
    """Text properties: 9 pt 宋体, as legible beside 10.5 pt tables and no wider."""
    return (
        '<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="900" b="0">'
        f'<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill><a:latin typeface="Times New Roman"/><a:ea typeface="宋体"/>'
        '</a:defRPr></a:pPr><a:endParaRPr lang="zh-CN"/></a:p></c:txPr>'
    )


def _xml(text: str) -> str:
    return escape(text, quote=False)


def _worded(value: Decimal, number: str) -> str:
    if number == _PERCENT:
        return rollup.percent(value)
    return f"{rollup.money(value)}万元" if number == _MONEY else f"{value.normalize():f}"
