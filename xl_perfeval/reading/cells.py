"""Single cells: what a stored value is taken for, and whether a computed one is right."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from xl_perfeval import rollup, scoring
from xl_perfeval.model import CellValue, ParagraphState, Ref, Stage, row_and_column


@lru_cache(maxsize=16384)
def rows_of(ref: Ref) -> tuple[int, int]:
    first, _, last = ref.cell.partition(":")
    return row_and_column(first)[0], row_and_column(last or first)[0]


@lru_cache(maxsize=16384)
def corner(ref: Ref) -> tuple[int, int]:
    first, _, last = ref.cell.partition(":")
    return row_and_column(last or first)


def is_blank(value: CellValue) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def clean(value: CellValue) -> CellValue:
    """Whole numbers as `int`, midnight as a date, blank text as nothing."""
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    if isinstance(value, str):
        return value if value.strip() else None
    return value.date() if isinstance(value, datetime) else value


def plain(value: CellValue) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def text(value: CellValue) -> str:
    return value if isinstance(value, str) else str(plain(value))


def is_computed(stored: CellValue, expected: Decimal | None) -> bool:
    """Whether a cell of the scoring form shows just what its formula gives (or the word for “not yet”)."""
    if is_blank(stored) or stored in (scoring.PENDING, scoring.UNREADABLE, "—"):
        return True
    return expected is not None and isinstance(stored, int | float) and not rollup.differs(stored, expected)


def group(value: CellValue, groups: Sequence[str]) -> CellValue:
    """“产出指标（50分）” as the group it names; other text as typed."""
    if not isinstance(value, str) or not value.strip():
        return None
    bare = re.sub(r"\s*[（(]\s*\d+(?:\.\d+)?\s*分\s*[）)]\s*$", "", value).strip()
    return bare if bare in groups else value


def year(value: CellValue) -> int:
    match = re.search(r"(?<!\d)2[01]\d\d(?!\d)", str(value)) if value is not None else None
    return int(match.group()) if match else 0


def stage(value: CellValue) -> Stage:
    try:
        return Stage(str(value).strip())
    except ValueError:
        return Stage.YEAR_END


def state(value: CellValue) -> ParagraphState:
    try:
        return ParagraphState(str(value).strip())
    except ValueError:
        return ParagraphState.WRITTEN


def date_of(value: CellValue) -> date | None:
    if isinstance(value, date):
        return value
    match = re.fullmatch(r"\s*(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?\s*", str(value or ""))
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None
