"""Cells in which no number is a target: nothing, a date, a reference, a band, or plain words."""

from __future__ import annotations

from xl_perfeval.expressions import expression
from xl_perfeval.quantity.amounts import NOTHING
from xl_perfeval.quantity.column import Cell
from xl_perfeval.quantity.dates import span_of
from xl_perfeval.quantity.doubts import letter_for_digit
from xl_perfeval.quantity.measure import FigureKind, Measure, Sign
from xl_perfeval.quantity.naming import is_letter
from xl_perfeval.quantity.targets import Kind, Target, bound_of, unread
from xl_perfeval.quantity.units import KNOWN, unit_at
from xl_perfeval.quantity.vocabulary import words
from xl_perfeval.quantity.wording import (
    Growth,
    band_of,
    is_forecast,
    is_of_time,
    is_unfilled,
    is_vague,
    reference_sign,
    relative_growth,
)

_EMPTY_BOXES = frozenset("□口☐")
_NO_FIGURE = "没有可以衡量的数"


def read_words(cell: Cell, measures: list[Measure]) -> Target:
    """Reads a cell that holds no figure of its own; `measures` are the numbers that are no targets."""
    raw, text = cell.raw, cell.folded.strip()
    if not text or text in NOTHING or text in _EMPTY_BOXES:
        return Target(raw, Kind.none, end=len(cell.text))
    band = band_of(text)
    if band is not None:
        return _worded(cell, Kind.qualitative, band=band)
    if is_unfilled(text):
        return unread(raw, "还有没填的地方")
    dated = _read_date(cell, text, measures)
    if dated is not None:
        return dated
    damage = next((measure.damage for measure in measures if measure.damage), None)
    if damage or _looks_damaged(text, measures):
        return unread(raw, damage or "看不懂，可能识别错了")
    reference = reference_sign(text)
    if reference is not None:
        return _worded(cell, Kind.reference, sign=reference)
    growth = Growth.year_on_year if relative_growth(text) else None
    return _worded(
        cell, Kind.qualitative, growth=growth, note=_NO_FIGURE if growth or is_vague(text) else None
    )


def _worded(
    cell: Cell,
    kind: Kind,
    *,
    sign: Sign = Sign.implicit,
    band: str | None = None,
    growth: Growth | None = None,
    note: str | None = None,
) -> Target:
    forecast = is_forecast(cell.folded)
    end = len(cell.text)
    return Target(cell.raw, kind, sign, growth=growth, forecast=forecast, band=band, note=note, end=end)


_LETTERS_IN_NUMBER = expression(
    "[≥≤<>=]?[0-9]{3,}[A-Za-z]|[≥≤<>=]+ ?[0-9.]*[A-Za-z]?$|[≥≤<>=]?[0-9.]+[A-Za-z]+$"
)


_ONLY_UNIT = words("元 万元 亿元 万 亿 ‰ 百分比")
_LETTERS = "<>= ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_NO_NUMBER = KNOWN | {""}
_PRODUCT = expression(r"[0-9.]+ ?[*×] ?[0-9.]+")


def _looks_damaged(text: str, measures: list[Measure]) -> bool:
    """Signs or letters without sense, a letter glued to an amount (M.8万元); not 5G基站, C25混凝土."""
    if letter_for_digit(text):
        return True
    if text.isascii() or not text.strip("≥≤ ") or text in _ONLY_UNIT:
        return True
    if text[0] <= "9" and _PRODUCT.fullmatch(text):
        return True
    bare = text.lstrip("≥≤<>= ")
    if bare != text and not bare[:1].isalnum():
        return True
    if "≥" in text or "≤" in text:
        compared = text.replace("≤", "≥").rpartition("≥")[2]
        if compared.lstrip(_LETTERS) in _NO_NUMBER:
            return True
    if bare[0] in "OolI" and bare.lstrip("OolI") in KNOWN and bare[-1] != "类":  # O起; not I类
        return True
    if not measures:
        return False
    if bare and is_letter(bare[0]):
        figure = bare[1:].lstrip(".,0123456789")
        unit = unit_at(figure, 0)
        return len(figure) + 1 < len(bare) and bool(unit.text or unit.factor)
    return _LETTERS_IN_NUMBER.match(text) is not None and measures[0].kind is FigureKind.model


# --- dates --------------------------------------------------------------------------------------------------

_DATE_WORDS = expression("年|月|季度|[0-9]日")
_DEADLINE = expression(
    "[^\\W\\d_]{0,6}前|底|末|止|完成|期间|起|至|全年|内|-|~|完工|竣工|建成|验收|交付|开工|到位|发放|支付|办结"
)
_ONLY_DATE = expression(
    "(?:[^\\W\\d_]{0,6}(?:时间|日期|期限|时限|周期)[为: ]?)?(?:[≤<=]{1,2}|不[晚迟]于|最[晚迟])?"
    "(?:元(?=月)|[0-9年月份日号.\\-/~至到前底末之以内上下半初中旬第季度全完成止起本当次 〇一二三四五六七八九十、,，:()预计于在由从截])+"
)


def _read_date(cell: Cell, text: str, measures: list[Measure]) -> Target | None:
    """The cell as a date or period; `None` when there is none or it is only mentioned in passing."""
    dates = any(measure.kind is FigureKind.date for measure in measures)
    if not dates and not _DATE_WORDS.search(text):
        return None
    damage = next((measure.damage for measure in measures if measure.damage), None)
    if damage is not None:
        return unread(cell.raw, damage, Kind.date)
    only_date = _ONLY_DATE.fullmatch(text) is not None
    if (
        not only_date
        and not is_of_time(cell.name)
        and not (measures and _DEADLINE.match(cell.folded, measures[-1].end))
    ):
        return None
    start, end, reason = span_of(text, cell.year)
    if reason is not None:
        return unread(cell.raw, reason, Kind.date) if dates and only_date else None
    if start is None and end is None:
        return None
    sign = Sign.range if start != end else Sign.equal
    if start is None or end is None:
        sign = Sign.at_most if start is None else Sign.at_least
    forecast = is_forecast(cell.folded)
    return Target(
        cell.raw,
        Kind.date,
        sign,
        bound_of(start),
        bound_of(end),
        forecast=forecast,
        end=len(cell.text),
    )
