"""A block of cells as a place: address, corners, neighbours."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from xlwings import base_classes

from . import addresses
from .errors import at_the_border
from .names import quoted

if TYPE_CHECKING:
    from .addresses import Box
    from .sheets import Sheet


@at_the_border
class Block(base_classes.Range):
    """A rectangle on a sheet, rows and columns from 0. A slice may leave nothing of it: then `api` is `None`."""

    def __init__(self, sheet: Sheet, top: int, left: int, bottom: int, right: int) -> None:
        self._sheet = sheet
        self.box: Box = (top, left, bottom, right)
        self.options: dict[str, Any] = {}
        self.arg1_input = ""
        """The address as the caller wrote it, by which xlwings tells rows from columns."""

    @cached_property
    def _api(self) -> Any:
        top, left, bottom, right = self.box
        if bottom < top or right < left:
            return None
        return self._sheet.api.getCellRangeByPosition(left, top, right, bottom)

    @property
    def api(self) -> Any:
        """`com.sun.star.sheet.SheetCellRange`."""
        return self._api

    @property
    def sheet(self) -> Sheet:
        """Its sheet."""
        return self._sheet

    @property
    def first_cell(self) -> Any:
        """The cell in its first corner, `com.sun.star.sheet.SheetCell`."""
        return self._api.getCellByPosition(0, 0)

    @property
    def row(self) -> int:
        """First row, from 1."""
        return self.box[0] + 1

    @property
    def column(self) -> int:
        """First column, from 1."""
        return self.box[1] + 1

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and columns."""
        top, left, bottom, right = self.box
        return bottom - top + 1, right - left + 1

    @property
    def coords(self) -> tuple[str, int, int, int, int]:
        """Tab text, first row and column from 1, number of rows and columns."""
        return (self._sheet.name, self.row, self.column, *self.shape)

    def __len__(self) -> int:
        rows, columns = self.shape
        return rows * columns

    def __call__(self, arg1: int, arg2: int | None = None) -> Self:
        """A cell by its number, row by row from 1, or by its row and column from 1; it may lie outside."""
        if arg2 is None:
            row, column = divmod(arg1 - 1, self.shape[1])
        else:
            row, column = arg1 - 1, arg2 - 1
        return self._cell(self.box[0] + row, self.box[1] + column)

    @property
    def address(self) -> str:
        """`$A$1:$B$2`."""
        return self.get_address(True, True, False)

    def get_address(
        self, row_absolute: bool = True, col_absolute: bool = True, external: bool = False
    ) -> str:
        """The address, with dollar signs as wanted; `external` adds workbook and sheet."""
        rows, columns = self._sheet.size
        if self._api is None:
            _, row, column, height, width = self.coords
            return f"${addresses.letters(column - 1)}${row}{{{height}x{width}}}"
        text = addresses.a1(
            self.box, rows, columns, absolute_rows=row_absolute, absolute_columns=col_absolute
        )
        if not external:
            return text
        book, sheet = self._sheet.book.name, self._sheet.name
        if quoted(sheet) == sheet and quoted(book.replace(".", "")) == book.replace(".", ""):
            return f"[{book}]{sheet}!{text}"
        escaped = f"[{book}]{sheet}".replace("'", "''")
        return f"'{escaped}'!{text}"

    def end(self, direction: str) -> Self:
        """Where Ctrl and an arrow key lead from the first cell: `up`, `down`, `left` or `right`."""
        step_down, step_right = _STEPS[direction[0]]
        row, column = self.box[:2]
        content = self._line(row, column, vertical=bool(step_down))
        rows, columns = self._sheet.size
        at, step, edge = (row, step_down, rows - 1) if step_down else (column, step_right, columns - 1)
        found = _end(content, at, step, edge)
        return self._cell(found, column) if step_down else self._cell(row, found)

    @property
    def current_region(self) -> Self:
        """The filled block around it, up to blank rows and columns."""
        cursor = self._sheet.api.createCursorByRange(self._api)
        cursor.collapseToCurrentRegion()
        return self._at(cursor.RangeAddress)

    def select(self) -> None:
        """Select it, and put its sheet in front."""
        controller = self._sheet.book.api.CurrentController
        controller.setActiveSheet(self._sheet.api)
        controller.select(self._api)

    def _line(self, row: int, column: int, *, vertical: bool) -> list[bool]:
        """Which cells of the whole row or column have something, as far as any cell of the sheet has."""
        _, _, bottom, right = self._sheet.used_range.box
        if vertical:
            cells = self._sheet.api.getCellRangeByPosition(column, 0, column, max(bottom, row))
            return [line[0] != "" for line in cells.getFormulaArray()]
        cells = self._sheet.api.getCellRangeByPosition(0, row, max(right, column), row)
        return [text != "" for text in cells.getFormulaArray()[0]]

    def _cell(self, row: int, column: int) -> Self:
        return type(self)(self._sheet, row, column, row, column)

    def _at(self, address: Any) -> Self:
        return type(self)(
            self._sheet, address.StartRow, address.StartColumn, address.EndRow, address.EndColumn
        )


_STEPS = {"u": (-1, 0), "d": (1, 0), "l": (0, -1), "r": (0, 1)}


def _end(content: list[bool], at: int, step: int, edge: int) -> int:
    def filled(place: int) -> bool:
        return 0 <= place < len(content) and content[place]

    if filled(at) and filled(at + step):
        while filled(at + step):
            at += step
        return at
    at += step
    while 0 <= at < len(content) and not content[at]:
        at += step
    if filled(at):
        return at
    return edge if step > 0 else 0
