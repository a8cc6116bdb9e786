"""The sheets of a workbook."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from .errors import at_the_border
from .names import Names, quoted
from .notes import Note
from .ranges import Range, block_of
from .shapes import Shapes
from .tables import Tables
from .views import FreezePanes, PageSetup, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .workbooks import Book


@at_the_border
class Sheets(base_classes.Sheets):
    """The sheets of one workbook in order, hidden ones too."""

    def __init__(self, book: Book) -> None:
        self._book = book

    @property
    def api(self) -> Any:
        """`com.sun.star.sheet.Spreadsheets`."""
        return self._book.api.Sheets

    @property
    def active(self) -> Sheet:
        """The sheet in front."""
        return Sheet(self._book, self._book.api.CurrentController.ActiveSheet)

    def __call__(self, name_or_index: str | int) -> Sheet:
        """By tab text, whatever its case, or by number from 1; raises `KeyError`."""
        sheets = self.api
        if isinstance(name_or_index, str):
            if sheets.hasByName(name_or_index):
                return Sheet(self._book, sheets.getByName(name_or_index))
        elif 1 <= name_or_index <= sheets.Count:
            return Sheet(self._book, sheets.getByIndex(name_or_index - 1))
        raise KeyError(f"工作簿 {self._book.name} 里没有工作表 {name_or_index}。")

    def __len__(self) -> int:
        return int(self.api.Count)

    def __iter__(self) -> Iterator[Sheet]:
        sheets = self.api
        return iter([Sheet(self._book, sheets.getByIndex(number)) for number in range(sheets.Count)])

    def add(self, before: Sheet | None = None, after: Sheet | None = None, name: str | None = None) -> Sheet:
        """A new sheet, else before the active one; it becomes active."""
        place = before.index - 1 if before else after.index if after else self.active.index - 1
        taken = {text.lower() for text in self.api.ElementNames}
        title = name or next(
            text for text in map("Sheet{}".format, range(1, 10_000)) if text.lower() not in taken
        )
        self.api.insertNewByName(title, place)
        added = self(title)
        added.activate()
        return added


@at_the_border
class Sheet(base_classes.Sheet):
    """One sheet."""

    def __init__(self, book: Book, api: Any) -> None:
        self._book = book
        self._api = api

    @property
    def api(self) -> Any:
        """`com.sun.star.sheet.Spreadsheet`."""
        return self._api

    @property
    def book(self) -> Book:
        """Its workbook."""
        return self._book

    @property
    def name(self) -> str:
        """Tab text."""
        return str(self._api.Name)

    @name.setter
    def name(self, value: str) -> None:
        self._api.Name = value
        if self._api.Name != value:
            raise ValueError(f"工作表不能改名为 {value}：名称已被使用，或含有不允许的字符。")

    @property
    def quoted_name(self) -> str:
        """Tab text as it stands in a formula."""
        return quoted(self.name)

    @property
    def size(self) -> tuple[int, int]:
        """Number of all rows and columns."""
        return self._book.sheet_size

    @property
    def index(self) -> int:
        """Its place, from 1."""
        return int(self._api.RangeAddress.Sheet) + 1

    @property
    def names(self) -> Names:
        """Names that only this sheet knows."""
        return Names(self._book, self)

    @property
    def visible(self) -> bool:
        """Whether its tab is shown."""
        return bool(self._api.IsVisible)

    @visible.setter
    def visible(self, value: bool) -> None:
        self._api.IsVisible = bool(value)

    @property
    def cells(self) -> Range:
        """All cells."""
        return self.block(self._api.RangeAddress)

    @property
    def used_range(self) -> Range:
        """From the first to the last cell that has something, or had."""
        cursor = self._api.createCursor()
        cursor.gotoStartOfUsedArea(False)
        cursor.gotoEndOfUsedArea(True)
        return self.block(cursor.RangeAddress)

    @property
    def notes(self) -> list[Note]:
        """Its notes, row by row."""
        found = self._api.Annotations
        places = [found.getByIndex(number).Position for number in range(found.Count)]
        places.sort(key=lambda place: (place.Row, place.Column))
        return [Note(Range(self, place.Row, place.Column, place.Row, place.Column)) for place in places]

    @property
    def tables(self) -> Tables:
        """Its tables."""
        return Tables(self)

    @property
    def shapes(self) -> Shapes:
        """Its shapes."""
        return Shapes(self)

    @property
    def pivot_tables(self) -> Any:
        """Not there."""
        raise NotImplementedError

    @property
    def page_setup(self) -> PageSetup:
        """How it is printed."""
        return PageSetup(self)

    @property
    def freeze_panes(self) -> FreezePanes:
        """Its frozen rows and columns."""
        return FreezePanes(self)

    @property
    def show_gridlines(self) -> bool:
        """Whether the window shows grid lines, on this sheet and all others; raises `ValueError` for a hidden sheet."""
        with shown(self) as window:
            return bool(window.ShowGrid)

    @show_gridlines.setter
    def show_gridlines(self, value: bool) -> None:
        with shown(self) as window:
            window.ShowGrid = bool(value)

    def range(self, arg1: Any, arg2: Any = None) -> Range:
        """A block: by address, name, `(row, column)` from 1, `(row, column, rows, columns)`, or two corners.

        Raises `KeyError` for what is neither an address nor a name of this sheet, `IndexError` for row or column 0.
        """
        return block_of(self, arg1, arg2)

    def block(self, address: Any) -> Range:
        """A block by its UNO address."""
        return Range(self, address.StartRow, address.StartColumn, address.EndRow, address.EndColumn)

    def activate(self) -> None:
        """Put it in front."""
        self._book.api.CurrentController.setActiveSheet(self._api)

    def select(self) -> None:
        """Put it in front."""
        self.activate()

    def clear_contents(self) -> None:
        """Remove values and formulas."""
        self.cells.clear_contents()

    def clear_formats(self) -> None:
        """Remove formats."""
        self.cells.clear_formats()

    def clear(self) -> None:
        """Remove values, formulas, formats and notes."""
        self.cells.clear()

    def autofit(self, axis: str | None = None) -> None:
        """Fit widths (`columns`), heights (`rows`) or both."""
        self.used_range.autofit(axis)

    def delete(self) -> None:
        """Remove it; raises `ValueError` for the last one."""
        sheets = self._book.api.Sheets
        if sheets.Count == 1:
            raise ValueError("工作簿里至少要有一张工作表，最后一张不能删除。")
        sheets.removeByName(self.name)

    def copy(self, before: Sheet | None, after: Sheet | None) -> None:
        """Copy it to a place in this or another workbook of the same office; the copy becomes active."""
        beside = before or after or self
        place = beside.index - 1 if before else beside.index
        target = beside.book.sheets
        taken = {text.lower() for text in target.api.ElementNames}
        if beside.book.identity == self._book.identity:
            title = _copy_of(self.name, taken)
            target.api.copyByName(self.name, title, place)
            target(place + 1)._use_own_names(self.name)
        else:
            target.api.importSheet(self._book.api, self.name, place)
        target(place + 1).activate()

    def _use_own_names(self, source: str) -> None:
        """In a copy, let conditional formats use its own names: LibreOffice leaves them with those of the source."""
        own = "|".join(map(re.escape, self._api.NamedRanges.ElementNames))
        if not own:
            return
        tab = re.escape(source.replace("'", "''"))
        foreign = re.compile(rf"\$?(?:'{tab}'|(?<![\w.']){tab})\.(?=(?:{own})(?!\w))")
        for conditional in self._api.ConditionalFormats.getConditionalFormats():
            for number in range(conditional.getCount()):
                entry = conditional.getByIndex(number)
                for side in ("Formula1", "Formula2") if entry.getType() == _CONDITION else ():
                    formula = str(getattr(entry, side))
                    if foreign.search(formula):
                        setattr(entry, side, foreign.sub("", formula))

    def move(self, before: Sheet | None, after: Sheet | None) -> None:
        """Move it to another place in its workbook."""
        beside = before or after or self
        self._book.api.Sheets.moveByName(self.name, beside.index - 1 if before else beside.index)


_CONDITION = 0  # com.sun.star.sheet.ConditionEntryType


def _copy_of(title: str, taken: set[str]) -> str:
    """`Sheet1` → `Sheet1 (2)`, as Excel numbers copies."""
    stem = re.sub(r" \(\d+\)$", "", title)
    for number in range(2, 10_000):
        ending = f" ({number})"
        wanted = stem[: 31 - len(ending)] + ending
        if wanted.lower() not in taken:
            return wanted
    raise ValueError(f"工作表 {title} 的副本太多。")
