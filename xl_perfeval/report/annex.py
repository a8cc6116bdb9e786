"""The annex: 项目支出绩效自评表 of each project as the edition's form prints it.

Two tables stand on each other: money and yearly goal, whose columns differ from form to form, and the
indicators, whose headings are repeated on every page.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from xl_perfeval import rollup, scoring
from xl_perfeval.model import Funding, Source
from xl_perfeval.report import figures, layout
from xl_perfeval.report.cells import (
    amount_cell,
    amount_text,
    fitted_table,
    heading_row,
    possible,
    score_cell,
    text_cell,
)
from xl_perfeval.report.markup import Cell, Row, as_typed, chinese_date, lines, one_line, paragraph, w

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xl_perfeval.model import CellValue, Edition, Frame, Indicator, MoneyCell, Project, Submission
    from xl_perfeval.report.layout import Page

_SCORED = {"level1": (3.2, 0), "level2": (4.2, 0), "level3": (5, 5), "target": (4.2, 1), "actual": (5.2, 0),
           "weight": (2.4, 0), "score": (3, 0), "reason": (5, 4)}  # fmt: skip
"""Least characters and share of the rest of each column."""
_UNSCORED = {"level1": (3.2, 0), "level2": (4.2, 0), "level3": (5, 5), "target": (4.2, 1), "actual": (6.2, 1),
             "reason": (5, 5)}  # fmt: skip


def form(submission: Submission, project: Project, page: Page) -> Iterator[str]:
    """The form of one project: year, both tables, and who signs."""
    yield paragraph(f"（{submission.year}年度）", layout.TABLE_CENTRED, w("spacing", after=60), keep=True)
    if submission.edition.frame is not None:
        yield _upper(submission, project, submission.edition.frame, page)
        yield paragraph("", layout.BREAK, keep=True)
    yield _indicators(project, submission.edition, page)
    if submission.edition.frame is not None:
        for line in _signatures(submission, submission.edition.frame):
            yield paragraph(line, layout.TABLE_TEXT, _SIGNED)


# --- money, goal, texts above the indicators ------------------------------------------------------------


def _upper(submission: Submission, project: Project, frame: Frame, page: Page) -> str:
    money = len(frame.money)
    left = 1 + (money - 1) // 2  # columns of the left half, beside the label
    unit = submission.unit
    rows = [
        Row([_label("项目名称"), text_cell(project.name, centred=True, span=1 + money)]),
        Row([
            _label("主管部门"),
            text_cell(unit.department, centred=True, span=left),
            _label("实施单位"),
            text_cell(unit.name, centred=True, span=money - left),
        ]),
        *_money(project, submission.edition, frame, page),
        *_goal(project, frame, left),
        *_texts(project, frame, above=True, label=1, span=1 + money),
    ]  # fmt: skip
    rows = [replace(row, keep=True) for row in rows]  # together with the indicators' headings
    return fitted_table(page, _columns(frame, page), [], rows, one_line(project.name) + "资金和总体目标")


_MONEY_COLUMNS = {"rate": 4.2, "weight": 2.6, "score": 3.2, "reason": 5.0}
"""Least characters of the columns without amounts."""


def _columns(frame: Frame, page: Page) -> list[int]:
    """Widths: label, name of a source, which takes what the others leave, and the columns of money."""
    money = [
        (_MONEY_COLUMNS.get(each.key, 4.2), 1.0 if each.key == "reason" else 0.1) for each in frame.money
    ]
    return page.columns([(4.2, 0), (5, 6), *money])


def _money(project: Project, edition: Edition, frame: Frame, page: Page) -> Iterator[Row]:
    label = Cell(_lines(frame.money_label), layout.TABLE_HEAD, merge="restart")
    below = Cell((), layout.TABLE_HEAD, merge="continue")
    heads = [Cell(_broken(each.label), layout.TABLE_HEAD) for each in frame.money]
    yield Row([label, Cell((), layout.TABLE_HEAD), *heads])
    totals = [_total(each, project, edition) for each in frame.money]
    yield Row([below, text_cell(frame.fund_total), *totals])
    given = {source.name for source in project.funding.sources}
    blank = [Source(name=name) for name in frame.sources if name not in given]
    sources = [*project.funding.sources, *blank]
    room = max(len(source.name) for source in sources) + 3 if sources else 0
    indent = "　　　" if page.fits("　" * room, _columns(frame, page)[1]) else ""
    for number, source in enumerate(sources):
        name = Cell((("其中：" if number == 0 else indent) + one_line(source.name),), layout.TABLE_TEXT)
        yield Row([below, name, *(_of_source(each, source, edition, frame) for each in frame.money)])


def _total(each: MoneyCell, project: Project, edition: Edition) -> Cell:
    """A cell of 年度资金总额; what was typed over a formula counts."""
    typed = project.execution
    match each.key:
        case "rate":
            return text_cell(rate(project.funding) if typed.rate is None else typed.rate, centred=True)
        case "weight":
            return score_cell(lambda: scoring.execution_weight(project, edition), typed.weight)
        case "score":
            return score_cell(lambda: scoring.execution_of(project, edition), typed.score)
        case "reason":
            return text_cell(typed.reason)
        case _:
            return amount_cell(amount_text(getattr(project.funding, each.key)))


def _of_source(each: MoneyCell, source: Source, edition: Edition, frame: Frame) -> Cell:
    if each.key == "rate":
        return text_cell(rate(source), centred=True)
    if each.key in ("initial_budget", "budget", "spent"):
        return amount_cell(amount_text(getattr(source, each.key)))
    # The execution rate is scored once, for the whole.
    dash = edition.scoring is not None and each.key in ("weight", "score") and frame.prints("score")
    return text_cell("—" if dash else None, centred=True)


def rate(funding: Funding | Source) -> str:
    """The execution rate as printed; `""` without one."""
    share = rollup.rate(rollup.read(funding.spent), rollup.read(funding.budget))
    return "" if share is None else possible(lambda: rollup.percent(share)) or ""


def _goal(project: Project, frame: Frame, left: int) -> Iterator[Row]:
    money = len(frame.money)
    yield Row([
        Cell(_lines(frame.goal), layout.TABLE_HEAD, merge="restart"),
        Cell((frame.expected,), layout.TABLE_HEAD, span=left),
        Cell((frame.achieved,), layout.TABLE_HEAD, span=1 + money - left),
    ])  # fmt: skip
    yield Row([
        Cell((), layout.TABLE_HEAD, merge="continue"),
        text_cell(project.goal.expected, span=left),
        text_cell(project.goal.achieved, span=1 + money - left),
    ])  # fmt: skip


def _texts(project: Project, frame: Frame, *, above: bool, label: int, span: int) -> Iterator[Row]:
    """The free texts of the form, in its order."""
    given = {statement.key: statement.text for statement in project.statements}
    for each in frame.texts:
        if each.above is above and (above or each.key in given):
            heading = Cell((each.label.replace("\n", ""),), layout.TABLE_HEAD, span=label)
            yield Row([heading, text_cell(given.get(each.key), span=span)])


def _signatures(submission: Submission, frame: Frame) -> tuple[str, str]:
    """Who filled and signs the form, and when; signed on paper, so most of it stays open."""
    by = one_line(submission.prepared_by)
    day = chinese_date(submission.report_date) if submission.report_date else ""
    first, second = frame.signs
    return (
        f"填报人：{by or '　　'}".ljust(_HALF_LINE, "　") + f"{first}：",
        f"{second}：".ljust(_HALF_LINE, "　") + f"填报日期：{day}",
    )


_HALF_LINE = 22
_SIGNED = w("spacing", before=120)


# --- indicators -----------------------------------------------------------------------------------------


def _indicators(project: Project, edition: Edition, page: Page) -> str:
    form = edition.table("scoring")
    columns = _UNSCORED if edition.scoring is None else _SCORED
    fields = [form.field(key) for key in columns]
    widths = page.columns(list(columns.values()))
    before = len(columns) - 3  # of the label of a free text
    body = [
        *([] if _execution_is_above(project, edition) else [_execution(project, edition)]),
        *_rows(project.indicators, edition),
        *([] if edition.scoring is None else [_summary(project, edition)]),
        *(_texts(project, edition.frame, above=False, label=3, span=before) if edition.frame else ()),
    ]
    heads = [heading_row(fields, page, widths)]
    return fitted_table(page, widths, heads, body, one_line(project.name) + form.title)


def _execution_is_above(project: Project, edition: Edition) -> bool:
    """Whether the rows of money already say all about the execution rate."""
    frame = edition.frame
    return (
        frame is not None
        and frame.prints("rate" if edition.scoring is None else "score")
        and (frame.prints("reason") or not lines(project.execution.reason))
    )


def _execution(project: Project, edition: Edition) -> Row:
    typed = project.execution
    scored = [
        score_cell(lambda: scoring.execution_weight(project, edition), typed.weight),
        score_cell(lambda: scoring.execution_of(project, edition), typed.score),
    ]
    return Row([
        Cell(("预算执行率",), layout.TABLE_CENTRED, span=3),
        text_cell("100%", centred=True),
        text_cell(rate(project.funding) if typed.rate is None else typed.rate, centred=True),
        *(scored if edition.scoring is not None else ()),
        text_cell(typed.reason),
    ])  # fmt: skip


def _rows(indicators: Sequence[Indicator], edition: Edition) -> Iterator[Row]:
    above: Indicator | None = None
    for number, row in enumerate(indicators):
        below = indicators[number + 1] if number + 1 < len(indicators) else None
        scored = [
            score_cell(lambda row=row: scoring.number(row.weight), row.weight),
            score_cell(lambda row=row: scoring.score_of(row, edition), row.score),
        ]
        yield Row([
            _merged(row, above, below, ("level1",)),
            _merged(row, above, below, ("level1", "level2")),
            text_cell(row.level3),
            text_cell(_target(row), centred=True),
            text_cell(row.actual, centred=True),
            *(scored if edition.scoring is not None else ()),
            text_cell(row.reason),
        ])  # fmt: skip
        above = row


def _summary(project: Project, edition: Edition) -> Row:
    return Row([
        Cell((edition.frame.total if edition.frame else "总分",), layout.TABLE_CENTRED, span=5),
        score_cell(lambda: scoring.total_weight(project, edition)),
        score_cell(lambda: figures.total_score(project, edition), project.total_score),
        text_cell(possible(lambda: scoring.grade_of(project, edition)), centred=True),
    ])  # fmt: skip


def _merged(row: Indicator, above: Indicator | None, below: Indicator | None, keys: tuple[str, ...]) -> Cell:
    """A level's cell, merged with neighbours that carry the same words on this level and those before it."""

    def same(other: Indicator | None) -> bool:
        return other is not None and all(
            lines(getattr(row, key)) == lines(getattr(other, key)) for key in keys
        )

    value: CellValue = getattr(row, keys[-1])
    cell = text_cell(value, centred=True)
    if not cell.lines:
        return cell
    word = cell.lines[0]
    if word.endswith(_INDICATOR) and len(cell.lines) == 1 and len(word) > (3 if len(keys) == 1 else 4):
        cell = replace(cell, lines=(word.removesuffix(_INDICATOR), _INDICATOR))
    if same(above):
        return Cell((), layout.TABLE_CENTRED, merge="continue")
    return replace(cell, merge="restart") if same(below) else cell


_INDICATOR = "指标"


def _target(row: Indicator) -> str:
    """指标值 in one cell: “≥95%”; of a qualitative indicator the standard alone."""
    parts = (None if scoring.is_qualitative(row) else row.sign, row.target, row.unit)
    return "".join(as_typed(part) for part in parts)


# --- labels ---------------------------------------------------------------------------------------------


def _label(text: str) -> Cell:
    return Cell((text,), layout.TABLE_HEAD)


def _lines(label: str) -> list[str]:
    """A label of the workbook's narrow first column, for one of four characters."""
    heading, bracket, note = label.replace("\n", "").partition("（")
    notes = (bracket + note).replace("，", "，\n").split("\n")
    return [*(heading[start : start + 4] for start in range(0, len(heading), 4)), *filter(None, notes)]


def _broken(label: str) -> list[str]:
    """A label over a narrow column, broken where its words end: 年初│预算数│（A）."""
    heading, bracket, note = label.partition("（")
    end = len(heading) // 2 if len(heading) in (5, 6) else 0
    return [part for part in (heading[:end], heading[end:], bracket + note) if part]
