"""The tables of the report: funds, one target matrix per project, one scoring form per project.

Figures are those of `rollup` and `scoring`, the same that the workbook shows; text is printed as typed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, TypeVar

from xl_perfeval import quantity, rollup, scoring
from xl_perfeval.model import FieldKind
from xl_perfeval.report import layout
from xl_perfeval.report.markup import Cell, Row, as_typed, lines, one_line, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from xl_perfeval.model import CellValue, Edition, FormField, Indicator, Project, Submission, WorkItem

_AMOUNTS = ("budget", "budget_local", "spent", "spent_local")
Value = TypeVar("Value")

_READABLE = 5.0
"""Characters a line that columns of sentences need on average; with fewer the page is turned sideways."""
_LEAST = 4.2
"""Characters a line that each of them gets, however little stands in it."""
_WIDEST_AMOUNT = 6.0
"""Characters an amount column may take from the others."""
_SCORE_COLUMNS = ((2.6, 0), (4.2, 0), (5.0, 5), (4.2, 1), (5.2, 0), (2.4, 0), (3.0, 0), (5.0, 4))
_ACTUAL_COLUMNS = ((2.6, 0), (4.2, 0), (5.0, 5), (4.2, 1), (6.2, 1), (5.0, 5))
"""The same for a form without scores."""
_LONG = 300
"""Longer cells do not make their column wider still."""


def funds(submission: Submission) -> str:
    """项目支出资金概况: two header rows, a row per project, 合计; amounts in 万元, two decimals."""
    form = submission.edition.table("funds")
    name, kind, purpose = (form.field(key) for key in ("name", "kind", "purpose"))
    amounts = [form.field(key) for key in _AMOUNTS]
    rows = [[_amount(getattr(project.funding, key)) for key in _AMOUNTS] for project in submission.projects]
    totals = [_money(rollup.total_of(submission.projects, key)) for key in _AMOUNTS]
    body = [
        Row(
            (
                _text(project.name, centred=True),
                _text(project.kind, centred=True),
                _text(project.purpose),
                *map(_right, row),
            )
        )
        for project, row in zip(submission.projects, rows, strict=True)
    ]
    longest = max(len(text) for row in (*rows, totals) for text in row)
    width = min(max(4.2, longest / 2 + 0.2), _WIDEST_AMOUNT)
    return _table(
        layout.columns(layout.TYPE_AREA, [(4.2, 2), (4.2, 0), (5, 5), *((width, 0) for _ in _AMOUNTS)]),
        [
            Row(
                (*(_head(field, merge="restart") for field in (name, kind, purpose)), *_groups(amounts)),
                header=True,
            ),
            Row(
                (*(Cell((), layout.TABLE_HEAD, merge="continue") for _ in range(3)), *map(_head, amounts)),
                header=True,
            ),
        ],
        [*body, Row((Cell(("合计",), layout.TABLE_CENTRED, span=3), *map(_right, totals)))],
        form.title,
    )


def matrices(submission: Submission) -> Matrices:
    """The matrices of a submission: which columns they have, and how wide, the same for all projects."""
    items = [item for project in submission.projects for item in project.items]
    reported = any(lines(item.actual) for item in items)
    fields = [
        field
        for field in submission.edition.table("matrix").fields
        if field.printed and field.kind is not FieldKind.COMPUTED
        if not field.actual or (field.key == "actual" and reported)
    ]
    sideways = not layout.fit_upright([_least(field, _READABLE) for field in fields])
    # Columns grow with what stands in them, so that rows become as low as they can.
    shares = [0.0 if _is_short(field) else 1.0 + _mean_length(items, field) for field in fields]
    wanted = [(_least(field, _LEAST), share) for field, share in zip(fields, shares, strict=True)]
    width = layout.WIDE_TYPE_AREA if sideways else layout.TYPE_AREA
    return Matrices(tuple(fields), tuple(layout.columns(width, wanted)), sideways)


@dataclass(frozen=True, slots=True)
class Matrices:
    """Columns of the matrices and their widths; `sideways` when an upright page is too narrow for them."""

    fields: tuple[FormField, ...]
    widths: tuple[int, ...]
    sideways: bool

    def of(self, project: Project) -> str:
        """项目绩效目标 of one project exactly as filled; a number among the costs reads “30万元”."""
        return _table(
            self.widths,
            [_heads(self.fields, self.widths)],
            [
                Row([_typed(getattr(item, field.key, None), field) for field in self.fields])
                for item in project.items
            ],
            one_line(project.name) + "绩效目标",
        )


def _mean_length(items: Sequence[WorkItem], field: FormField) -> float:
    lengths = [min(_LONG, len(as_typed(getattr(item, field.key, None)))) for item in items]
    return sum(lengths) / max(1, len(lengths))


def scores(project: Project, edition: Edition) -> str:
    """项目支出绩效自评表 of one project: the execution row, its indicators, 总分 with the grade.

    Of an edition without scores: the execution row and the indicators.
    """
    if edition.scoring is None:
        return _actuals(project, edition)
    form = edition.table("scoring")
    heads = [
        form.field(key)
        for key in ("level1", "level2", "level3", "target", "actual", "weight", "score", "reason")
    ]
    widths = layout.columns(layout.TYPE_AREA, _SCORE_COLUMNS)
    typed, rate = project.execution, _rate(project)
    execution = Row((
        Cell(("预算执行率",), layout.TABLE_CENTRED, span=3),
        _text("100%", centred=True),
        _text(rate if typed.rate is None else typed.rate, centred=True),
        _score(lambda: scoring.execution_weight(project, edition), typed.weight),
        _score(lambda: scoring.execution_of(project, edition), typed.score),
        _text(typed.reason),
    ))  # fmt: skip
    summary = Row((
        Cell((edition.frame.total if edition.frame else "总分",), layout.TABLE_CENTRED, span=5),
        _score(lambda: scoring.total_weight(project, edition)),
        _score(lambda: _total(project, edition), project.total_score),
        _text(_possible(lambda: scoring.grade_of(project, edition)), centred=True),
    ))  # fmt: skip
    return _table(
        widths,
        [_heads(heads, widths)],
        [
            execution,
            *_indicators(project.indicators, edition),
            summary,
            *_statements(project, edition, 5),
        ],
        one_line(project.name) + form.title,
    )


def _actuals(project: Project, edition: Edition) -> str:
    """The scoring form without scores."""
    form = edition.table("scoring")
    heads = [form.field(key) for key in ("level1", "level2", "level3", "target", "actual", "reason")]
    widths = layout.columns(layout.TYPE_AREA, _ACTUAL_COLUMNS)
    typed, rate = project.execution, _rate(project)
    execution = Row((
        Cell(("预算执行率",), layout.TABLE_CENTRED, span=3),
        _text("100%", centred=True),
        _text(rate if typed.rate is None else typed.rate, centred=True),
        _text(typed.reason),
    ))  # fmt: skip
    rows = [
        Row([cell for place, cell in enumerate(row.cells) if place not in (5, 6)])
        for row in _indicators(project.indicators, edition)
    ]
    body = [execution, *rows, *_statements(project, edition, 3)]
    return _table(widths, [_heads(heads, widths)], body, one_line(project.name) + form.title)


def _statements(project: Project, edition: Edition, span: int) -> Iterator[Row]:
    """The free texts of the form, in its order: the label over three columns, the text over the others."""
    given = {statement.key: statement.text for statement in project.statements}
    for each in edition.frame.texts if edition.frame else ():
        if each.key in given:
            label = Cell((each.label.replace("\n", ""),), layout.TABLE_CENTRED, span=3)
            yield Row((label, replace(_text(given[each.key]), span=span)))


def _rate(project: Project) -> str:
    rate = rollup.rate(rollup.read(project.funding.spent), rollup.read(project.funding.budget))
    return "" if rate is None else _possible(lambda: rollup.percent(rate)) or ""


def _total(project: Project, edition: Edition) -> Decimal | None:
    """The total that counts, as for the grade: the one typed, otherwise the one computed."""
    typed = project.total_score
    return scoring.total(project, edition) if typed is None else scoring.number(typed)


def _indicators(indicators: Sequence[Indicator], edition: Edition) -> Iterator[Row]:
    above: Indicator | None = None
    for number, row in enumerate(indicators):
        below = indicators[number + 1] if number + 1 < len(indicators) else None
        yield Row((
            _merged(row, above, below, ("level1",)),
            _merged(row, above, below, ("level1", "level2")),
            _text(row.level3),
            _text(_joined(row), centred=True),
            _text(row.actual, centred=True),
            _score(lambda row=row: scoring.number(row.weight), row.weight),
            _score(lambda row=row: scoring.score_of(row, edition), row.score),
            _text(row.reason),
        ))  # fmt: skip
        above = row


def _merged(row: Indicator, above: Indicator | None, below: Indicator | None, keys: tuple[str, ...]) -> Cell:
    """A level's cell, merged with neighbours that carry the same words on this level and those before it."""

    def same(other: Indicator | None) -> bool:
        return other is not None and all(
            lines(getattr(row, key)) == lines(getattr(other, key)) for key in keys
        )

    value: CellValue = getattr(row, keys[-1])
    cell = _text(value, centred=True)
    if not cell.lines:
        return cell
    if same(above):
        return Cell((), layout.TABLE_CENTRED, merge="continue")
    return replace(cell, merge="restart") if same(below) else cell


def _joined(row: Indicator) -> str:
    """指标值 in one cell: “≥95%”; of a qualitative indicator the standard alone."""
    parts = (None if scoring.is_qualitative(row) else row.sign, row.target, row.unit)
    return "".join(as_typed(part) for part in parts)


# --- cells ----------------------------------------------------------------------------------------------


def _table(widths: Sequence[int], heads: Sequence[Row], body: Sequence[Row], title: str) -> str:
    rows = [replace(row, splits=_taller_than_a_page(row, widths)) for row in body]
    if len(rows) > 1:
        rows[-2] = replace(rows[-2], keep=not rows[-2].splits)  # 合计 never stands alone on a page
    return table(layout.TABLE, widths, [*heads, *rows], title)


def _taller_than_a_page(row: Row, widths: Sequence[int]) -> bool:
    """Such a row must go over a page end: some programs would cut it off."""
    sideways = sum(widths) > layout.TYPE_AREA
    column = 0
    for cell in row.cells:
        if layout.taller_than_a_page(cell.lines, sum(widths[column : column + cell.span]), sideways=sideways):
            return True
        column += cell.span
    return False


def _heads(fields: Sequence[FormField], widths: Sequence[int]) -> Row:
    return Row([_head(field, width) for field, width in zip(fields, widths, strict=True)], header=True)


def _head(field: FormField, width: int | None = None, *, merge: str | None = None) -> Cell:
    """A heading as the official form words it, broken where it may be; brackets stand on a smaller line."""
    heading, bracket, note = (field.official or field.label).partition("（")
    if bracket:
        return Cell(
            (heading, bracket + note), layout.TABLE_HEAD, merge=merge, note_style=layout.TABLE_HEAD_NOTE
        )
    end = heading.find("：") + 1
    if not end and width is not None and not layout.fits(heading, width):
        end = (len(heading) + 3) // 4 * 2  # most words have two characters: 项目细化│内容
    return Cell([line for line in (heading[:end], heading[end:]) if line], layout.TABLE_HEAD, merge=merge)


def _groups(fields: Iterable[FormField]) -> Iterator[Cell]:
    """The upper headings, each over its fields."""
    spans: dict[str, int] = {}
    for field in fields:
        spans[field.group] = spans.get(field.group, 0) + 1
    for group, span in spans.items():
        yield Cell((group,), layout.TABLE_HEAD, span=span)


def _is_short(field: FormField) -> bool:
    return field.kind in (FieldKind.AMOUNT, FieldKind.NUMBER, FieldKind.PERIOD)


def _least(field: FormField, text: float) -> float:
    """Least characters of a column on a line, `text` in one that holds sentences."""
    if _is_short(field):
        return 5.2 if field.official else 4.2  # a bracketed note has six small characters
    return text


def _typed(value: CellValue, field: FormField) -> Cell:
    if field.kind is FieldKind.AMOUNT and isinstance(value, (int, float)) and not isinstance(value, bool):
        return _text(f"{as_typed(value)}万元", centred=True)
    return _text(value, centred=_is_short(field))


def _text(value: CellValue, *, centred: bool = False) -> Cell:
    return Cell(lines(value), layout.TABLE_CENTRED if centred else layout.TABLE_TEXT)


def _right(text: str) -> Cell:
    return Cell(lines(text), layout.TABLE_AMOUNT)


def _amount(value: CellValue) -> str:
    """An amount with two decimals; what cannot be read is printed as typed."""
    amount = rollup.read(value)
    return as_typed(value) if amount is None else _money(amount)


def _money(amount: Decimal) -> str:
    return _possible(lambda: rollup.money(amount)) or f"{amount:.15G}"


def _score(compute: Callable[[], Decimal | None], typed: CellValue = None) -> Cell:
    """A score or weight; what cannot be read is printed as typed."""
    value = _possible(compute)
    return _text(as_typed(typed) if value is None else quantity.plain(value), centred=True)


def _possible(compute: Callable[[], Value | None]) -> Value | None:
    """A figure, or `None` for one beyond any budget (1E+300), which Decimal refuses to round."""
    try:
        return compute()
    except InvalidOperation:
        return None
