"""Excel's tables, which LibreOffice keeps as database ranges: to be read, not made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from .errors import at_the_border

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .ranges import Range
    from .sheets import Sheet


@at_the_border
class Tables(base_classes.Collection):
    """The tables of one sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    @property
    def api(self) -> Any:
        """`com.sun.star.sheet.DatabaseRanges`, of the whole workbook."""
        return self._sheet.book.api.DatabaseRanges

    @property
    def parent(self) -> Sheet:
        """Their sheet."""
        return self._sheet

    def __call__(self, key: str | int) -> Table:
        for number, table in enumerate(self, start=1):
            if key == number or (isinstance(key, str) and key.lower() == table.name.lower()):
                return table
        raise KeyError(key)

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __iter__(self) -> Iterator[Table]:
        ranges = self.api
        if not ranges.Count:
            return iter([])
        here = self._sheet.index - 1
        found = [ranges.getByName(name) for name in ranges.ElementNames]
        return iter([Table(self._sheet, one) for one in found if one.DataArea.Sheet == here])

    def __contains__(self, key: str | int) -> bool:
        return any(key in (number, table.name) for number, table in enumerate(self, start=1))

    def add(self, *args: Any, **kwargs: Any) -> Any:
        """Not there."""
        _ = args, kwargs
        raise NotImplementedError("LibreOffice 引擎不能新建“表格”（ListObject）。请直接使用单元格区域。")


@at_the_border
class Table(base_classes.Table):
    """One table."""

    def __init__(self, sheet: Sheet, api: Any) -> None:
        self._sheet = sheet
        self._api = api

    @property
    def api(self) -> Any:
        """`com.sun.star.sheet.DatabaseRange`."""
        return self._api

    @property
    def parent(self) -> Sheet:
        """Its sheet."""
        return self._sheet

    @property
    def name(self) -> str:
        """Its name."""
        return str(self._api.Name)

    @name.setter
    def name(self, value: str) -> None:
        self._api.Name = value

    @property
    def display_name(self) -> str:
        """Its name."""
        return self.name

    @display_name.setter
    def display_name(self, value: str) -> None:
        self.name = value

    @property
    def range(self) -> Range:
        """All of it."""
        return self._sheet.block(self._api.DataArea)

    @property
    def show_headers(self) -> bool:
        """Whether its first row are headings."""
        return bool(self._api.ContainsHeader)

    @show_headers.setter
    def show_headers(self, value: bool) -> None:
        self._api.ContainsHeader = value

    @property
    def header_row_range(self) -> Range | None:
        """Its headings, if it has any."""
        top, left, _, right = self.range.box
        return self._sheet.range((top + 1, left + 1), (top + 1, right + 1)) if self.show_headers else None

    @property
    def data_body_range(self) -> Range | None:
        """Its rows without headings and totals."""
        top, left, bottom, right = self.range.box
        first, last = top + self.show_headers, bottom - bool(self._api.TotalsRow)
        return self._sheet.range((first + 1, left + 1), (last + 1, right + 1)) if first <= last else None
