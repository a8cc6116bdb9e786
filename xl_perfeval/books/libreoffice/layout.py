"""Sizes of rows and columns, and where a block lies on its sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .contents import Contents
from .errors import at_the_border

if TYPE_CHECKING:
    from collections.abc import Iterator

_PIXEL = 2540 / 96
"""A pixel of Excel's in hundredths of a millimetre, LibreOffice's unit of length."""

_EDGE = 1
"""By this much LibreOffice draws a block larger than its rows and columns are."""

_DIGIT, _PADDING = 7, 5
"""Pixels of a digit in the standard font, and of what a column adds to its digits."""


def points(length: int) -> float:
    """Hundredths of a millimetre in points, to the twentieth that LibreOffice keeps."""
    return round(length * 72 / 2540 * 20) / 20


def hundredths(length: float) -> int:
    """Points in hundredths of a millimetre."""
    return round(length * 2540 / 72)


@at_the_border
class Layout(Contents):
    """Sizes of a block. An empty block has size 0."""

    @property
    def width(self) -> float:
        """Points."""
        return 0 if self._api is None else points(self._api.Size.Width - _EDGE)

    @property
    def height(self) -> float:
        """Points."""
        return 0 if self._api is None else points(self._api.Size.Height - _EDGE)

    @property
    def left(self) -> float:
        """Points from the left edge of the sheet."""
        return 0 if self._api is None else points(self._api.Position.X)

    @property
    def top(self) -> float:
        """Points from the upper edge of the sheet."""
        return 0 if self._api is None else points(self._api.Position.Y)

    @property
    def column_width(self) -> float | None:
        """Width of each column in digits of the standard font; `None` when they differ."""
        if self._api is None:
            return 0
        width = _same(column.Width for column in self._used(self._api.Columns, axis=1))
        return None if width is None else _digits(width)

    @column_width.setter
    def column_width(self, value: float) -> None:
        if self._api is not None:
            pixels = value * _DIGIT + _PADDING if value >= 1 else value * (_DIGIT + _PADDING)
            self._api.Columns.Width = round(pixels * _PIXEL)

    @property
    def row_height(self) -> float | None:
        """Height of each row in points; `None` when they differ."""
        if self._api is None:
            return 0
        height = _same(row.Height for row in self._used(self._api.Rows, axis=0))
        return None if height is None else points(height)

    @row_height.setter
    def row_height(self, value: float) -> None:
        if self._api is not None:
            self._api.Rows.Height = hundredths(value)

    @property
    def row_hidden(self) -> bool | None:
        """Whether its rows are hidden; `None` when some are."""
        shown = _same(row.IsVisible for row in self._used(self._api.Rows, axis=0))
        return None if shown is None else not shown

    @row_hidden.setter
    def row_hidden(self, value: bool) -> None:
        self._api.Rows.IsVisible = not value

    @property
    def column_hidden(self) -> bool | None:
        """Whether its columns are hidden; `None` when some are."""
        shown = _same(column.IsVisible for column in self._used(self._api.Columns, axis=1))
        return None if shown is None else not shown

    @column_hidden.setter
    def column_hidden(self, value: bool) -> None:
        self._api.Columns.IsVisible = not value

    def autofit(self, axis: str | None = None) -> None:
        """Fit columns (`columns`, `c`), rows (`rows`, `r`) or both to what they show."""
        if self._api is None:
            return
        if axis in {None, "columns", "c"}:
            self._api.Columns.OptimalWidth = True
        if axis in {None, "rows", "r"}:
            self._api.Rows.OptimalHeight = True

    def _used(self, lines: Any, *, axis: int) -> Iterator[Any]:
        """The rows or columns of the block, no more than one beyond those in use: further ones are all alike."""
        reach = self._sheet.used_range.box[2 + axis] + 2
        count = min(self.shape[axis], max(reach - self.box[axis], 1))
        return (lines.getByIndex(number) for number in range(count))


def _same(values: Iterator[Any]) -> Any:
    first = next(values)
    return first if all(value == first for value in values) else None


def _digits(width: int) -> float:
    pixels = width / _PIXEL
    whole = _DIGIT + _PADDING
    return round((pixels - _PADDING) / _DIGIT if pixels >= whole else pixels / whole, 2)
