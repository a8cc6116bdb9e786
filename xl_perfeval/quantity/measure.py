"""One number of a text with what belongs to it."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum


class Sign(StrEnum):
    """Comparison that a figure carries; `implicit` when none is written."""

    at_least = "≥"
    more_than = ">"
    equal = "="
    less_than = "<"
    at_most = "≤"
    range = "range"
    implicit = "implicit"


UPPER_BOUNDS = frozenset((Sign.less_than, Sign.at_most))


class FigureKind(StrEnum):
    """What sort of number stands in a text."""

    money = "money"
    count = "count"  # pyright: ignore[reportAssignmentType] - hides str.count, which no kind needs
    rate = "rate"
    date = "date"
    ordinal = "ordinal"
    model = "model"
    anniversary = "anniversary"
    age = "age"
    duration = "duration"
    list_number = "list-number"
    phone = "phone"
    document_number = "document-number"
    identity_number = "identity-number"
    account_number = "account-number"


class Measure:
    """A number or range in folded text, with its unit, sign and kind. Money is in 万元.

    The number itself stands at `at`…`number_end`, its unit ends at `unit_end`; `start`…`end` includes the
    sign words. `bare_wan`: 万 or 亿 without a unit behind it. `damage`: why it may not be what was meant.
    """

    __slots__ = (
        "approximate",
        "at",
        "bare_wan",
        "damage",
        "end",
        "high",
        "kind",
        "low",
        "number_end",
        "sign",
        "start",
        "unit",
        "unit_end",
    )

    def __init__(
        self, kind: FigureKind, low: Decimal, at: int, end: int, unit: str = "", damage: str = ""
    ) -> None:
        self.kind = kind
        self.low = low
        self.high: Decimal | None = None
        self.unit = unit
        self.sign = Sign.implicit
        self.approximate = False
        self.bare_wan = False
        self.damage = damage
        self.start = self.at = at
        self.number_end = self.unit_end = self.end = end


def skip_blanks(text: str, place: int) -> int:
    """The first place at or behind `place` that is no blank."""
    while text[place : place + 1] == " ":
        place += 1
    return place
