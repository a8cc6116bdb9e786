"""One spelling for one reading."""

from __future__ import annotations

from decimal import Decimal

from xl_perfeval.model import CellValue
from xl_perfeval.quantity.cells import actual, target
from xl_perfeval.quantity.measure import Sign
from xl_perfeval.quantity.numerals import plain
from xl_perfeval.quantity.targets import Kind, Target, day_of
from xl_perfeval.quantity.wording import Growth


def canonical(reading: Target) -> str:
    """The reading in one spelling; read again, it gives the same reading.

    What has no such spelling (words, damage) is given as typed.
    """
    typed = _as_typed(reading.raw)
    if not reading.certain or reading.kind in (Kind.qualitative, Kind.reference, Kind.none):
        return typed
    text = "；".join(map(_spelled, reading.parts or (reading,)))
    read = target if reading.assumed else actual
    if _same(read(text), reading):
        return text
    return typed if typed == reading.raw else canonical(read(typed))


def _as_typed(raw: CellValue) -> str:
    if isinstance(raw, str):
        return raw.strip()
    return "" if raw is None else str(raw)


_DATE_FORMS = {
    Sign.at_most: "{1}前",
    Sign.at_least: "{0}起",
    Sign.range: "{0}至{1}",
}


def _spelled(part: Target) -> str:
    if part.kind is Kind.date:
        low, high = (None if bound is None else _day(bound) for bound in (part.low, part.high))
        return _DATE_FORMS.get(part.sign, "{0}").format(low, high)
    number = _number(part)
    sign = (
        ""
        if part.sign in (Sign.implicit, Sign.range) or (part.approximate and part.sign is Sign.at_least)
        else part.sign.value
    )
    rough = "约" if part.approximate and part.sign is not Sign.at_least else ""
    falling = part.growth is not None and part.note == "下降"
    growth = {None: "", Growth.absolute: "增长", Growth.year_on_year: "同比增长"}[part.growth]
    if falling:
        growth = growth.replace("增长", "下降")
    forecast = "预计" if part.forecast else ""
    note = f"（{part.note}）" if part.note and not falling else ""
    noun = f" {part.noun}" if part.noun and not growth else ""
    return f"{forecast}{growth}{sign}{rough}{number}{part.unit}{note}{noun}"


def _number(part: Target) -> str:
    low, high = part.low, part.high
    if part.sign is Sign.range and low is not None and high is not None:
        return f"{plain(low)}-{plain(high)}"
    value = low if low is not None else high
    text = "" if value is None else plain(value)
    return f"{text}余" if part.approximate and part.sign is Sign.at_least else text


def _day(bound: Decimal) -> str:
    day = day_of(bound)
    year = f"{day.year}年" if day.year else ""
    return f"{year}{day.month}月{day.day}日"


def _reading(part: Target) -> tuple[object, ...]:
    growth_noun = part.noun if part.growth is None else ""
    return (
        part.kind,
        part.sign,
        part.low,
        part.high,
        part.unit,
        growth_noun,
        part.approximate,
        part.growth,
        part.forecast,
        part.note,
        part.certain,
    )


def _same(one: Target, other: Target) -> bool:
    return (
        _reading(one) == _reading(other)
        and len(one.parts) == len(other.parts)
        and all(map(lambda a, b: _reading(a) == _reading(b), one.parts, other.parts))
    )
