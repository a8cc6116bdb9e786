"""Where a table of a form stands on its sheet.

    first - 1   thin locked line below the header
    first …     records, then spare rows
    bottom      thin locked line “▲ 在此行以上插入”
    bottom + 1  合计

Every block, and with it every name and every sum, spans from line to line, both included. So a row inserted
anywhere above 合计 counts: above the first record and directly above the lower line too. The lines hold no
data; the columns follow the order of the edition's fields, hidden helpers stand to their right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from xl_perfeval.forms import names
from xl_perfeval.model import FieldKind, FormField, FormTable, column_letters
from xl_perfeval.template.context import Context
from xl_perfeval.template.sheet import Sheet

HELPERS_PER_AMOUNT = 4
INSERT_HERE = "▲ 在此行以上插入"


@dataclass(frozen=True, slots=True)
class Grid:
    """The place of one table: its fields, its first record's row, its number of records and spare rows."""

    table: FormTable
    first: int
    records: int
    spare: int

    @property
    def top(self) -> int:
        """Row of the thin line below the header."""
        return self.first - 1

    @property
    def bottom(self) -> int:
        """Row of the thin line “▲ 在此行以上插入”."""
        return self.first + self.records + self.spare

    @property
    def total(self) -> int:
        """Row of 合计."""
        return self.bottom + 1

    @property
    def rows(self) -> range:
        """Rows of records and spare rows."""
        return range(self.first, self.bottom)

    @property
    def width(self) -> int:
        """Number of the last visible column."""
        return len(self.table.fields)

    @property
    def amounts(self) -> list[FormField]:
        """The amount fields, in order."""
        return [field for field in self.table.fields if field.kind is FieldKind.AMOUNT]

    @property
    def extra(self) -> int:
        """First hidden column that no amount helper takes."""
        return self.width + 2 + HELPERS_PER_AMOUNT * len(self.amounts)

    def column(self, key: str) -> int:
        """Number of a field's column."""
        for number, field in enumerate(self.table.fields, start=1):
            if field.key == key:
                return number
        raise KeyError(key)

    def letter(self, key: str) -> str:
        """Letters of a field's column."""
        return column_letters(self.column(key))

    def has(self, key: str) -> bool:
        """Whether the table has this field."""
        return any(field.key == key for field in self.table.fields)

    def helpers(self, key: str) -> tuple[int, int, int, int]:
        """Hidden columns of an amount: cleaned text, digits, unit, amount read."""
        place = [field.key for field in self.amounts].index(key)
        start = self.width + 2 + HELPERS_PER_AMOUNT * place
        return (start, start + 1, start + 2, start + 3)

    def read(self, key: str) -> str:
        """Letters of the hidden column with an amount as read."""
        return column_letters(self.helpers(key)[3])

    def block(self, column: int | str) -> str:
        """The cells of a column from line to line, e.g. `C7:C14`."""
        letters = column if isinstance(column, str) else column_letters(column)
        return f"{letters}{self.top}:{letters}{self.bottom}"

    def names(self) -> Iterator[tuple[str, str]]:
        """Names and blocks of all columns and amount helpers."""
        for field in self.table.fields:
            yield names.column(self.table, field), self.block(self.letter(field.key))
        for field in self.amounts:
            yield names.helper(self.table, field), self.block(self.read(field.key))


def draw_lines(context: Context, sheet: Sheet, grid: Grid) -> None:
    """The two thin locked lines that hold a block together."""
    style = context.book.style("line")
    sheet.height(grid.top, 3)
    sheet.fill(grid.top, range(1, grid.width + 1), style)
    sheet.height(grid.bottom, 10)
    sheet.text(grid.bottom, 1, INSERT_HERE, context.book.style("line", font_size=7, font_color="#9AA5B8"))
    sheet.fill(grid.bottom, range(2, grid.width + 1), style)


def heading(field: FormField) -> str:
    """The heading of a column: the label, * when it must be filled, ▾ when it has a drop-down."""
    return field.label + (" *" if field.required else "") + (" ▾" if field.choices else "")
