"""Cells of targets and results as `quantity` reads them, read once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from xl_perfeval import quantity, scoring
from xl_perfeval.expressions import expression
from xl_perfeval.model import CellValue, Indicator, WorkItem
from xl_perfeval.rules.engine import is_blank

TARGETS = ("quantity", "quality", "benefit")
"""Columns of the matrix that hold targets other than cost and time."""
_NUMBER = expression(r"\s*[-+]?[0-9０-９][0-9０-９,]*(?:[.．][0-9０-９]+)?\s*")
_SIGNS = frozenset(("≥", "＞", "＝", "＜", "≤", ">", "<", "="))
_NO_REASON = frozenset(
    ("", "无", "—", "——", "-", "/", "－", "／", "暂无", "没有", "无。", "无偏差", "未偏离")
)


@lru_cache(maxsize=8192, typed=True)
def target(value: CellValue, name: str = "", unit: str = "", year: int = 0) -> quantity.Target:
    """A target cell."""
    return quantity.target(value, name=name, unit=unit, year=year or None)


@lru_cache(maxsize=8192, typed=True)
def actual(value: CellValue, name: str = "", unit: str = "", year: int = 0) -> quantity.Target:
    """A cell of actual results."""
    return quantity.actual(value, name=name, unit=unit, year=year or None)


def parts(reading: quantity.Target) -> tuple[quantity.Target, ...]:
    """The figures of a cell one by one; a cell with one figure or none is its own only part."""
    return reading.parts or (reading,)


def figured(reading: quantity.Target) -> bool:
    """Whether a part holds a figure that can be compared."""
    return reading.kind in {quantity.Kind.quantity, quantity.Kind.money} and (
        reading.low is not None or reading.high is not None
    )


def targets_of(item: WorkItem) -> Iterator[tuple[str, str, quantity.Target]]:
    """Column, text and reading of each target cell of a work item that holds anything."""
    for key in TARGETS:
        value = getattr(item, key)
        if not is_blank(value):
            yield key, str(value), target(value)


def target_of(row: Indicator, year: int = 0) -> quantity.Target:
    """The target of a scored row: sign, value and unit read together."""
    value = row.target
    sign = str(row.sign or "").strip()
    if sign in _SIGNS and (is_number(value) or (isinstance(value, str) and _NUMBER.fullmatch(value))):
        value = value if isinstance(value, float) and 0 < value < 1 else f"{sign}{value}"
    return target(value, words(row.level3), words(row.unit), year)


def actual_of(row: Indicator, year: int = 0) -> quantity.Target:
    """The result of a scored row."""
    return actual(row.actual, words(row.level3), words(row.unit), year)


def is_number(value: CellValue) -> bool:
    """Whether a cell holds a number, not a text."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def words(value: CellValue) -> str:
    """A cell's text; empty for a blank cell."""
    return "" if value is None else str(value).strip()


def has_reason(*cells: CellValue) -> bool:
    """Whether any of the cells gives a reason; “无”, “—” and “/” are none."""
    return any(words(cell) not in _NO_REASON for cell in cells)


def qualitative(row: Indicator) -> bool:
    """Whether the row is judged in words."""
    return scoring.is_qualitative(row)
