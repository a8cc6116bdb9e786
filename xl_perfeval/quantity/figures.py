"""Every number of a running Chinese text: what it is, its unit, and what it counts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from xl_perfeval.expressions import expression
from xl_perfeval.quantity.measure import FigureKind, Sign
from xl_perfeval.quantity.nouns import noun_after, noun_before
from xl_perfeval.quantity.numerals import fold
from xl_perfeval.quantity.plainform import json_number
from xl_perfeval.quantity.scanning import scan
from xl_perfeval.quantity.units import group_of


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a text. `text` is the text from `start` to `end`, sign words and unit included.

    Money is in 万元. Of a date the value is the year, month or day; of a list number, its number. A range
    (1-2家) gives two figures with the sign `range`.
    """

    text: str
    start: int
    end: int
    value: Decimal
    unit: str
    unit_group: str
    kind: FigureKind
    noun_before: str
    noun_after: str
    approximate: bool
    sign: Sign

    def to_json(self) -> dict[str, Any]:
        """The fields by name, the value as a number."""
        return {
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "value": json_number(self.value),
            "unit": self.unit,
            "unit_group": self.unit_group,
            "kind": self.kind.value,
            "noun_before": self.noun_before,
            "noun_after": self.noun_after,
            "approximate": self.approximate,
            "sign": self.sign.value,
        }


def figures(text: str) -> tuple[Figure, ...]:
    """All numbers of a text in order. Linear in its length; never raises."""
    folded = fold(text)
    found: list[Figure] = []
    previous_end = 0
    for measure in scan(folded):
        before = noun_before(text, folded, measure, previous_end)
        after = noun_after(text, folded, measure)
        for value in (measure.low,) if measure.high is None else (measure.low, measure.high):
            found.append(
                Figure(
                    text[measure.start : measure.end],
                    measure.start,
                    measure.end,
                    value,
                    measure.unit,
                    group_of(measure.unit),
                    measure.kind,
                    before,
                    after,
                    measure.approximate,
                    measure.sign,
                )
            )
        previous_end = measure.end
    return tuple(found)


# --- counted lists --------------------------------------------------------------------------------------------

_MARK = expression(
    r"([0-9]{1,2})[.、)](?![0-9])|([①-⑳])|\(([一二三四五六七八九十]{1,2})\)|([一二三四五六七八九十])是"
)
_CHINESE_ORDER = "一二三四五六七八九十"


def stated_list(text: str) -> tuple[int, int] | None:
    """The count in front of a numbered list and the list's length: 举办4次活动：1.…2.… → (4, 2)."""
    folded = fold(text)
    length, first = 0, -1
    for mark in _MARK.finditer(folded):
        if mark[1]:
            place = int(mark[1])
        elif mark[2]:
            place = ord(mark[2]) - ord("①") + 1
        else:
            word = mark[3] or mark[4]
            place = _CHINESE_ORDER.find(word) + 1 if len(word) == 1 else 0
        if place == length + 1:
            length += 1
            first = mark.start() if first < 0 else first
    if length < 2:
        return None
    headline = [m for m in scan(folded[:first]) if m.kind is FigureKind.count and m.high is None and m.unit]
    if not headline or headline[-1].low != headline[-1].low.to_integral_value():
        return None
    if "。" in folded[headline[-1].end : first]:
        return None
    return int(headline[-1].low), length
