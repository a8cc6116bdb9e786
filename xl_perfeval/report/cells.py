"""Cells, heading rows and whole tables as all tables of the report have them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, TypeVar

from xl_perfeval import quantity, rollup
from xl_perfeval.report import layout
from xl_perfeval.report.markup import Cell, Row, as_typed, lines, table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from xl_perfeval.model import CellValue, FormField
    from xl_perfeval.report.layout import Page

Value = TypeVar("Value")


def fitted_table(
    page: Page, widths: Sequence[int], heads: Sequence[Row], body: Sequence[Row], title: str
) -> str:
    """A table for this page; rows stay whole unless they are higher than it, and 合计 is never alone on one."""
    rows = [replace(row, splits=_is_higher(row, page, widths)) for row in body]
    if len(rows) > 1:
        rows[-2] = replace(rows[-2], keep=not rows[-2].splits)
    return table(layout.TABLE, widths, [*heads, *rows], title)


def heading_row(fields: Sequence[FormField], page: Page, widths: Sequence[int]) -> Row:
    """The header row of these columns."""
    cells = [
        heading_cell(field, lambda heading, width=width: page.fits(heading, width))
        for field, width in zip(fields, widths, strict=True)
    ]
    return Row(cells, header=True)


def heading_cell(
    field: FormField, fits: Callable[[str], bool] = lambda _: True, *, merge: str | None = None
) -> Cell:
    """A heading as the official form words it, broken where it may be; brackets stand on a smaller line."""
    heading, bracket, note = (field.official or field.label).partition("（")
    end = heading.find("：") + 1
    if not end and not fits(heading):
        # Most words have two characters, 项目细化│内容; an odd one has three: 未完成│原因分析, 年初│目标值.
        end = {5: 2, 7: 3}.get(len(heading), (len(heading) + 3) // 4 * 2)
    words = [line for line in (heading[:end], heading[end:]) if line]
    if bracket and len(words) == 1:
        return Cell(
            (heading, bracket + note), layout.TABLE_HEAD, merge=merge, note_style=layout.TABLE_HEAD_NOTE
        )
    return Cell([*words, bracket + note] if bracket else words, layout.TABLE_HEAD, merge=merge)


def text_cell(value: CellValue, *, centred: bool = False, span: int = 1) -> Cell:
    """A cell as typed."""
    return Cell(lines(value), layout.TABLE_CENTRED if centred else layout.TABLE_TEXT, span=span)


def amount_cell(text: str, *, span: int = 1) -> Cell:
    """An amount, at the right."""
    return Cell(lines(text), layout.TABLE_AMOUNT, span=span)


def score_cell(compute: Callable[[], Decimal | None], typed: CellValue = None, *, span: int = 1) -> Cell:
    """A score or weight; what cannot be read is printed as typed."""
    value = possible(compute)
    return text_cell(as_typed(typed) if value is None else quantity.plain(value), centred=True, span=span)


def amount_text(value: CellValue) -> str:
    """An amount with two decimals; what cannot be read is printed as typed."""
    amount = rollup.read(value)
    return as_typed(value) if amount is None else money_text(amount)


def money_text(amount: Decimal) -> str:
    """An amount with two decimals; one beyond any budget as it is."""
    return possible(lambda: rollup.money(amount)) or f"{amount:.15G}"


def possible(compute: Callable[[], Value | None]) -> Value | None:
    """A figure, or `None` for one beyond any budget (1E+300), which Decimal refuses to round."""
    try:
        return compute()
    except InvalidOperation:
        return None


def _is_higher(row: Row, page: Page, widths: Sequence[int]) -> bool:
    """Such a row must go over a page end: some programs would cut it off."""
    column = 0
    for cell in row.cells:
        if page.is_lower_than(cell.lines, sum(widths[column : column + cell.span])):
            return True
        column += cell.span
    return False
