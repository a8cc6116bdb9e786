"""Periods and deadlines as typed in a time cell (时效目标)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from xl_perfeval.model import CellValue
from xl_perfeval.quantity.dates import Day, span_of
from xl_perfeval.quantity.plainform import json_cell


@dataclass(frozen=True, slots=True)
class Period:
    """A period; `start` is `None` for a deadline, `end` is `None` when it only begins."""

    raw: CellValue
    start: date | None
    end: date | None
    certain: bool = True
    reason: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The keys of design/values.md; dates in ISO form."""
        return {
            "raw": json_cell(self.raw),
            "start": self.start.isoformat() if self.start else None,
            "end": self.end.isoformat() if self.end else None,
            "certain": self.certain,
            "reason": self.reason,
        }


def period(raw: CellValue, year: int | None = None) -> Period:
    """Reads a time cell; months without a year belong to `year`. Never raises.

    Without `year`, a cell that names none is not certain.
    """
    if isinstance(raw, str):
        return _typed(raw, raw, year or 0)
    if raw is None:
        return Period(raw, None, None)
    if isinstance(raw, date):
        day = raw.date() if isinstance(raw, datetime) else raw
        return Period(raw, day, day)
    if isinstance(raw, bool):
        return _unread(raw, "写的是真假值，不是时间")
    if isinstance(raw, int | float):
        if not 0 < raw < 1e9:
            return _unread(raw, "不是一个日期")
        return _typed(raw, str(int(raw) if raw == int(raw) else raw), year or 0)
    return _unread(raw, f"单元格显示错误 {raw}")


def _typed(raw: CellValue, text: str, year: int) -> Period:
    start, end, reason = span_of(text, year)
    if reason is not None:
        return _unread(raw, reason)
    if any(day is not None and not 1 <= day.year <= 9999 for day in (start, end)):
        return _unread(raw, "没有写年份")
    return Period(raw, _date(start), _date(end))


def _unread(raw: CellValue, reason: str) -> Period:
    return Period(raw, None, None, False, reason)


def _date(day: Day | None) -> date | None:
    return None if day is None else date(day.year, day.month, day.day)
