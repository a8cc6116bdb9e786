"""The open workbook as a `Book`, through the xlwings API only: Excel, or LibreOffice with the engine of this package.

Every call into a spreadsheet application costs about a millisecond, whatever its size, so a sheet is read as one
block when it is first asked for, and what is written is collected and put there in few blocks by `flush`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, cast

from xl_perfeval.books import BROKEN, BookFacts, Formula, maps
from xl_perfeval.forms import names
from xl_perfeval.model import CellError, CellValue, Ref, column_letters, row_and_column

if TYPE_CHECKING:
    from xlwings import Book as OpenBook
    from xlwings import Sheet

_ERRORS = frozenset(("#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#N/A", "#NUM!", "#NULL!"))
_MARKS = "_标记"
"""Tab of the marks: nobody sees it, so nobody renames it."""
_HIDDEN = "_"
"""Tabs of sheets without a map of their own begin with it."""


class LiveBook:
    """An open workbook. What is read is as it was when its sheet was first asked for, until `forget`."""

    def __init__(self, book: OpenBook) -> None:
        self._book = book
        self._cells: dict[str, list[list[CellValue]]] = {}
        self._tabs: dict[str, Sheet] | None = None
        self._names: dict[str, Ref] | None = None
        self._writing: list[_Block] = []

    def sheets(self) -> Sequence[str]:
        """Tab texts in workbook order, hidden sheets included."""
        return tuple(self._sheets())

    def names(self) -> Mapping[str, Ref]:
        """Defined names; a sheet-scoped one as `tab!NAME`, a broken one with `#REF!`.

        The maps of the sheets tell them; where one is missing or damaged, the application is asked name by name.
        """
        if self._names is None:
            self._names = self._mapped() or self._asked()
        return self._names

    def named(self, title: str) -> Ref | None:
        """One name of the workbook, asked of the application: quicker than `names` for a few."""
        if self._names is not None:
            return self._names.get(title)
        known = self._book.names
        return _refers_to(str(known[title].refers_to)) if title in known else None

    def expect(self, sheets: Collection[str]) -> None:
        """Nothing to prepare: each sheet is one call."""

    def used(self, sheet: str) -> Ref:
        """The block from A1 to the last filled cell of a sheet; raises `KeyError` for an unknown tab."""
        rows = self._rows(sheet)
        last_row = last_column = 1
        for number, row in enumerate(rows, start=1):
            filled = next((n for n in range(len(row), 0, -1) if row[n - 1] is not None), 0)
            if filled:
                last_row, last_column = number, max(last_column, filled)
        return Ref(sheet, f"A1:{column_letters(last_column)}{last_row}")

    def read(self, ref: Ref) -> list[list[CellValue]]:
        """Values of a block; blank cells are `None`. Raises `KeyError` for an unknown tab."""
        rows = self._rows(ref.sheet)
        (top, left), (bottom, right) = _corners(ref)
        blank: list[CellValue] = [None]
        block: list[list[CellValue]] = []
        for row in rows[top - 1 : bottom]:
            cells = row[left - 1 : right]
            block.append(cells + blank * (right - left + 1 - len(cells)))
        return block + [blank * (right - left + 1) for _ in range(bottom - top + 1 - len(block))]

    def formulas(self, sheet: str) -> Mapping[str, str]:
        """The formulas of a sheet by address, with their “=”."""
        used = self.used(sheet)
        rows = self.formulas_in(used)
        return {
            f"{column_letters(column)}{row}": text
            for row, texts in enumerate(rows, start=1)
            for column, text in enumerate(texts, start=1)
            if text
        }

    def formulas_in(self, ref: Ref) -> list[list[str]]:
        """The formulas of a block, “” where there is none. A text that begins with “=” is none."""
        place = cast("Any", self._sheets()[ref.sheet].range(ref.cell))
        told: Any = place.formula
        rows: list[list[Any]] = [[told]] if isinstance(told, str) else [list(row) for row in told]
        values = self.read(ref)
        return [
            [
                str(text) if isinstance(text, str) and text.startswith("=") and text != value else ""
                for text, value in zip(*pair, strict=True)
            ]
            for pair in zip(rows, values, strict=True)
        ]

    def facts(self) -> BookFacts:
        """Nothing: what is hidden, merged or foreign is looked for when the file is checked."""
        return BookFacts()

    # --- writing --------------------------------------------------------------------------------------

    def write(self, ref: Ref, rows: Sequence[Sequence[CellValue | Formula]]) -> None:
        """Write a block; a `str` is always text, “=1+1” too. Nothing happens before `flush`."""
        if rows and rows[0]:
            top, left = row_and_column(ref.cell)
            self._writing.append(_Block(ref.sheet, top, left, [list(row) for row in rows]))

    def _put(self, block: _Block) -> None:
        place = self._sheets()[block.sheet].range(
            (block.top, block.left), (block.bottom - 1, block.right - 1)
        )
        cast("Any", place).value = [[_stored(value) for value in row] for row in block.rows]

    def drop(self) -> None:
        """Forget what was to be written."""
        self._writing.clear()

    def flush(self, first: Collection[Ref] = ()) -> int:
        """Put what was written into the workbook and forget what was read there; the number of blocks.

        Blocks that begin in one of the cells `first` are written before the others.
        """
        blocks = _in_bands(_joined(self._writing))
        corners = {(ref.sheet, *row_and_column(ref.cell)) for ref in first}
        blocks.sort(key=lambda block: (block.sheet, block.top, block.left) not in corners)
        for block in blocks:
            self._put(block)
            self._cells.pop(block.sheet, None)
        self._writing.clear()
        return len(blocks)

    def forget(self, sheet: str | None = None) -> None:
        """Read everything anew, since sheets or rows were added or removed; or only the cells of one sheet."""
        if sheet is not None:
            self._cells.pop(sheet, None)
            if self._tabs is not None and sheet not in self._tabs:  # a new one
                self._tabs = None
            return
        self._cells.clear()
        self._tabs = self._names = None

    # --- reading --------------------------------------------------------------------------------------

    def _sheets(self) -> dict[str, Sheet]:
        if self._tabs is None:
            self._tabs = {str(sheet.name): sheet for sheet in self._book.sheets}
        return self._tabs

    def _rows(self, tab: str) -> list[list[CellValue]]:
        rows: list[list[CellValue]] | None = self._cells.get(tab)
        if rows is None:
            used = cast("Any", self._sheets()[tab].used_range)
            values: list[list[Any]] = used.options(ndim=2, err_to_str=True, empty="").value
            top, left = int(used.row), int(used.column)
            beside: list[CellValue] = [None] * (left - 1)
            rows = [beside + [_value(value) for value in row] for row in values]
            rows[:0] = [[] for _ in range(top - 1)]
            self._cells[tab] = rows
        return rows

    def _mapped(self) -> dict[str, Ref] | None:
        """The names as the maps tell them; `None` when a sheet of the form has lost its map."""
        found: dict[str, Ref] = {}
        for tab, sheet in self._sheets().items():
            if tab.startswith(_HIDDEN) or tab == _SETTINGS:
                continue
            told = maps.names_of(tab, self._rows(tab))
            if told is None and any(True for _ in cast("Iterable[Any]", sheet.names)):
                return None
            found |= told or {}
        return found if found.keys() >= _ALWAYS else None

    def _asked(self) -> dict[str, Ref]:
        """The names as the application tells them: slow, a few calls each."""
        found: dict[str, Ref] = {}
        for name in cast("Iterable[Any]", self._book.names):
            title = str(name.name)
            tab, mark, own = title.rpartition("!")
            title = f"{_unquoted(tab)}!{own}" if mark else own
            ref = _refers_to(str(name.refers_to))
            if ref is not None and not own.startswith("_xlnm."):
                found[title] = ref
        return found


_SETTINGS = "xlwings.conf"
_ALWAYS = {names.EDITION, names.SCHEMA, names.FUND_ID, names.NARRATIVE_KEY, names.FINDINGS["key"]}
"""Names on the sheets that people fill and that have no names of their own scope."""


_CELLS = re.compile("[A-Z]{1,3}[0-9]+(?::[A-Z]{1,3}[0-9]+)?")


def _unquoted(tab: str) -> str:
    return tab[1:-1].replace("''", "'") if tab.startswith("'") else tab


def _refers_to(formula: str) -> Ref | None:
    """The block a name stands for; `None` when it stands for something else, such as a number."""
    if BROKEN in formula.upper():
        return Ref("", BROKEN)
    tab, mark, cells = formula.removeprefix("=").rpartition("!")
    cells = cells.replace("$", "")
    return Ref(_unquoted(tab), cells) if mark and _CELLS.fullmatch(cells) else None


def _value(value: Any) -> CellValue:
    """A value as xlwings reads it, in the types of `CellValue`: a date at midnight is a `date`."""
    if value.__class__ is float or value.__class__ is bool:
        return cast("CellValue", value)
    if value.__class__ is str:
        return CellError(value) if value in _ERRORS else value or None
    if isinstance(value, datetime):
        plain = value.replace(tzinfo=None)
        at_midnight = not (plain.hour or plain.minute or plain.second or plain.microsecond)
        return date(plain.year, plain.month, plain.day) if at_midnight else plain
    return cast("CellValue", value)


def _stored(value: CellValue | Formula) -> Any:
    """A value for xlwings; an apostrophe in front keeps a text a text, as it does when one types it."""
    if isinstance(value, Formula):
        return value.text
    if isinstance(value, str):
        return f"'{value}" if value else None
    return str(value) if isinstance(value, CellError) else value


def _corners(ref: Ref) -> tuple[tuple[int, int], tuple[int, int]]:
    first, _, last = ref.cell.partition(":")
    return row_and_column(first), row_and_column(last or first)


# --- few blocks out of many ------------------------------------------------------------------------------


@dataclass(slots=True)
class _Block:
    """Cells to write, from row and column `top`, `left` on."""

    sheet: str
    top: int
    left: int
    rows: list[list[CellValue | Formula]]

    @property
    def bottom(self) -> int:
        """The row below it."""
        return self.top + len(self.rows)

    @property
    def right(self) -> int:
        """The column to its right."""
        return self.left + len(self.rows[0])


def _joined(blocks: Sequence[_Block]) -> list[_Block]:
    """The same cells in fewer blocks: neighbours of the same height side by side become one."""
    ordered = sorted(blocks, key=lambda block: (block.sheet, block.top, block.bottom, block.left))
    joined: list[_Block] = []
    for block in ordered:
        last = joined[-1] if joined else None
        if (
            last
            and (last.sheet, last.top, last.bottom) == (block.sheet, block.top, block.bottom)
            and last.right == block.left
        ):
            last.rows = [[*a, *b] for a, b in zip(last.rows, block.rows, strict=True)]
        else:
            joined.append(block)
    return joined


def _in_bands(blocks: Sequence[_Block]) -> list[_Block]:
    """The same cells in fewer blocks still: on `_标记`, blocks that begin in the same row become one.

    Between and below them is nothing that anybody else wrote, so that blanks may be written there.
    """
    found: list[_Block] = []
    bands: dict[int, list[_Block]] = {}
    for block in blocks:
        if block.sheet == _MARKS:
            bands.setdefault(block.top, []).append(block)
        else:
            found.append(block)
    return found + [_band(each) for each in bands.values()]


def _band(blocks: Sequence[_Block]) -> _Block:
    left, right = min(block.left for block in blocks), max(block.right for block in blocks)
    height = max(len(block.rows) for block in blocks)
    rows: list[list[CellValue | Formula]] = [[None] * (right - left) for _ in range(height)]
    for block in blocks:
        at = block.left - left
        for row, values in zip(rows, block.rows, strict=False):
            row[at : at + len(values)] = values
    return _Block(blocks[0].sheet, blocks[0].top, left, rows)
