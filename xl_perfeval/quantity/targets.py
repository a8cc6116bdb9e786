"""What a target or an actual result says: the record."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from xl_perfeval.model import CellValue
from xl_perfeval.quantity.dates import Day
from xl_perfeval.quantity.measure import Sign
from xl_perfeval.quantity.plainform import json_cell, json_number
from xl_perfeval.quantity.wording import Growth


class Kind(StrEnum):
    """What sort of target a cell holds."""

    quantity = "quantity"
    money = "money"
    date = "date"
    qualitative = "qualitative"
    reference = "reference"
    none = "none"


@dataclass(frozen=True, slots=True)
class Target:
    """A target or an actual result.

    Money is in 万元. The bounds of a date are the numbers yyyymmdd, without a year mmdd. A figure without
    sign has the sign `implicit` and both bounds; `assumed` is the sign it is taken to have (≥, or ≤ for
    cost, time, complaints …), `None` for an actual. 余 and 多 give ≥. 万 and 亿 are multiplied out for what
    is counted one by one (1.2万人次 → 12000 人次) and stay in the unit of what is measured (200万粒).

    A figure that is damaged itself (7,00.0,77) has no bounds; one that is only doubtful (290%) has them as typed.

    `parts` is empty when the cell holds at most one figure; otherwise it holds all of them and the record
    itself repeats the first. `start` and `end` are the span of a part in `raw`; of a single one, the whole.
    """

    raw: CellValue
    kind: Kind
    sign: Sign = Sign.implicit
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""
    unit_group: str = ""
    noun: str = ""
    approximate: bool = False
    growth: Growth | None = None
    forecast: bool = False
    band: str | None = None
    note: str | None = None
    parts: tuple[Target, ...] = ()
    certain: bool = True
    reason: str | None = None
    start: int = 0
    end: int = 0
    assumed: Sign | None = None

    @property
    def direction(self) -> Sign:
        """The sign to compare by: the one written, otherwise the one assumed."""
        return self.assumed or self.sign

    def to_json(self) -> dict[str, Any]:
        """The keys of design/values.md, then `noun`, `forecast`, `band`, `assumed`."""
        bound = _json_day if self.kind is Kind.date else json_number
        return {
            "raw": json_cell(self.raw),
            "kind": self.kind.value,
            "sign": self.sign.value,
            "low": bound(self.low),
            "high": bound(self.high),
            "unit": self.unit,
            "unit group": self.unit_group,
            "approximate": self.approximate,
            "growth": self.growth.value if self.growth else None,
            "note": self.note,
            "parts": [part.to_json() for part in self.parts],
            "certain": self.certain,
            "reason": self.reason,
            "noun": self.noun,
            "forecast": self.forecast,
            "band": self.band,
            "assumed": self.assumed.value if self.assumed else None,
        }


def unread(raw: CellValue, reason: str, kind: Kind = Kind.none) -> Target:
    """A cell that cannot be read, and why."""
    return Target(raw, kind, certain=False, reason=reason, end=len(raw) if isinstance(raw, str) else 0)


def bound_of(day: Day | None) -> Decimal | None:
    """A day as the bound of a date: yyyymmdd."""
    return None if day is None else Decimal(day.year * 10_000 + day.month * 100 + day.day)


def day_of(bound: Decimal) -> Day:
    """The day that the bound of a date stands for; year 0 when none is known."""
    number = int(bound)
    return Day(number // 10_000, number // 100 % 100, number % 100)


def _json_day(bound: Decimal | None) -> str | None:
    if bound is None:
        return None
    day = day_of(bound)
    ending = f"{day.month:02}-{day.day:02}"
    return f"{day.year:04}-{ending}" if day.year else ending
