"""Values of Python and values of cells.

LibreOffice knows numbers and texts only: dates and truth values are numbers with a number format, an error is
a formula without value. Nothing here talks to LibreOffice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from math import isinf, isnan
from numbers import Number
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import unquote, urlparse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

DATE, TIME, LOGICAL = 2, 4, 1024
"""Kinds of number formats (`com.sun.star.util.NumberFormat`) that change what a number is."""


class ErrorValue(str):
    """What a cell with an error holds, e.g. `#DIV/0!`; xlwings makes it `None` unless asked for `err_to_str`."""

    __slots__ = ()


_ERRORS = {
    502: "#VALUE!",
    503: "#NUM!",
    504: "#REF!",
    519: "#VALUE!",
    521: "#NULL!",
    524: "#REF!",
    525: "#NAME?",
    532: "#DIV/0!",
    32767: "#N/A",
}


def error(code: int) -> ErrorValue:
    """The error that LibreOffice counts as `code`; those Excel does not know as LibreOffice shows them."""
    return ErrorValue(_ERRORS.get(code, f"Err:{code}"))


Position: TypeAlias = tuple[int, int]
"""Row and column inside a block, from 0."""

Rectangle: TypeAlias = tuple[int, int, int, int]
"""First row, first column, last row, last column, from 0."""


@dataclass(slots=True)
class Written:
    """A block ready for `setDataArray`, and what has to follow: formulas and the formats that make dates."""

    rows: list[tuple[float | str, ...]]
    formulas: dict[Position, str] = field(default_factory=dict[Position, str])
    formats: dict[str, list[Position]] = field(default_factory=dict[str, list[Position]])
    """Number format → cells that need it, if theirs is not of the same kind."""


def prepared(value: Any, options: object) -> Any:
    """A value of Python, numpy or pandas as a cell takes it; `""` for everything that means “nothing”.

    Raises `TypeError` for what no cell can hold, `ValueError` for infinity.
    """
    _ = options
    if value is None:
        return ""
    if isinstance(value, (str, bool)):
        return value
    if type(value).__name__ in {"NAType", "NaTType"}:
        return ""
    if isinstance(value, (date, time, timedelta)):
        return value
    if type(value).__name__ in {"datetime64", "timedelta64"}:
        # numpy hands out a plain integer for nanoseconds, and a datetime for microseconds.
        return prepared(value.astype(f"{type(value).__name__}[us]").item(), options)
    if type(value).__name__ in {"bool_", "bool"}:
        return bool(value)
    if isinstance(value, Number):
        number = float(value)  # pyright: ignore[reportArgumentType] - complex numbers raise TypeError, as they should
        if isinf(number):
            raise ValueError("单元格里不能写入无穷大。请先换成空白或说明文字。")
        return "" if isnan(number) else number
    raise TypeError(
        f"单元格里不能写入 {type(value).__name__} 类型的值：{value!r}。请先换成数字、文字或日期。"
    )


def cleaned(
    data: Sequence[Sequence[Any]],
    datetime_builder: Callable[..., Any],
    empty_as: Any,
    number_builder: Callable[[float], Any] | None,
    err_to_str: bool,
) -> list[list[Any]]:
    """What was read, in the types the caller asked xlwings for."""

    def other(value: Any) -> Any:
        if value is None or value == "":
            return empty_as
        if isinstance(value, ErrorValue):
            return str(value) if err_to_str else None
        if isinstance(value, datetime):
            return _rebuilt(value, datetime_builder)
        if number_builder is not None and isinstance(value, float):
            return number_builder(value)
        return value

    plain = float if number_builder is None else type(None)
    return [
        [value if type(value) is plain and value is not None else other(value) for value in row]
        for row in data
    ]


def to_write(rows: Sequence[Sequence[Any]], epoch: datetime) -> Written:
    """A rectangular block of prepared values.

    A text that starts with `=` is a formula, unless an apostrophe stands before it, which is never shown; all
    other texts stay as they are, `2026` and `1/2` too.

    Raises `ValueError` when the rows differ in length.
    """
    if len({len(row) for row in rows}) > 1:
        raise ValueError("各行的列数不一样，无法写成一个区域。")
    written = Written([])
    for row, values in enumerate(rows):
        written.rows.append(
            tuple(_as_stored(value, (row, column), written, epoch) for column, value in enumerate(values))
        )
    return written


def from_serial(number: float, epoch: datetime) -> datetime | float:
    """A number in a cell with a date format; numbers beyond the calendar stay numbers."""
    try:
        return epoch + timedelta(milliseconds=round(number * 86_400_000))
    except OverflowError:
        return number


def path_of(url: str) -> str:
    """The path behind a `file:` address; other addresses as they are."""
    return unquote(urlparse(url).path) if url.startswith("file:") else url


def rectangles(cells: Iterable[Position]) -> Iterator[Rectangle]:
    """Few rectangles that cover exactly these cells: runs down the columns, equal neighbours joined."""
    open_: dict[tuple[int, int], tuple[int, int]] = {}  # rows of a run → its first and last column
    for column, runs in _runs(cells):
        for rows, (first, last) in list(open_.items()):
            if last != column - 1 or rows not in runs:
                yield rows[0], first, rows[1], last
                del open_[rows]
        for rows in runs:
            open_[rows] = (open_[rows][0] if rows in open_ else column, column)
    for rows, (first, last) in open_.items():
        yield rows[0], first, rows[1], last


def _runs(cells: Iterable[Position]) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    columns: dict[int, list[int]] = {}
    for row, column in cells:
        columns.setdefault(column, []).append(row)
    for column in sorted(columns):
        runs: list[tuple[int, int]] = []
        for row in sorted(columns[column]):
            if runs and runs[-1][1] == row - 1:
                runs[-1] = (runs[-1][0], row)
            else:
                runs.append((row, row))
        yield column, runs


def _as_stored(value: Any, at: Position, written: Written, epoch: datetime) -> float | str:
    if isinstance(value, ErrorValue) and value.startswith("#"):
        written.formulas[at] = f"={value}"
        return ""
    if isinstance(value, str):
        if value.startswith("'"):
            return value[1:]
        if value.startswith("=") and len(value) > 1:
            written.formulas[at] = value
            return ""
        return value
    if value is None:
        return ""  # LibreOffice would write #N/A
    if isinstance(value, bool):
        written.formats.setdefault("BOOLEAN", []).append(at)
        return float(value)
    if isinstance(value, (date, time, timedelta)):
        number, code = _serial(value, epoch)
        written.formats.setdefault(code, []).append(at)
        return number
    return float(value)  # LibreOffice refuses whole numbers from 2³¹


def _serial(value: date | time | timedelta, epoch: datetime) -> tuple[float, str]:
    """Days since the epoch, and the number format that makes them readable."""
    day = timedelta(days=1)
    if isinstance(value, timedelta):
        return value / day, "[HH]:MM:SS"
    if isinstance(value, time):
        return (datetime.combine(epoch, value.replace(tzinfo=None)) - epoch) / day, "HH:MM:SS"
    if not isinstance(value, datetime):
        return (datetime.combine(value, time()) - epoch) / day, "YYYY-MM-DD"
    number = (value.replace(tzinfo=None) - epoch) / day
    return number, "YYYY-MM-DD" if number.is_integer() else "YYYY-MM-DD HH:MM:SS"


def _rebuilt(value: datetime, builder: Callable[..., Any]) -> Any:
    if builder is datetime:
        return value
    return builder(
        year=value.year,
        month=value.month,
        day=value.day,
        hour=value.hour,
        minute=value.minute,
        second=value.second,
        microsecond=value.microsecond,
        tzinfo=None,
    )
