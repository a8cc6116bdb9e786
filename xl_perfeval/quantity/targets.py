"""Targets and actual results as typed: sign, bounds, unit; several in one cell; or words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Any, NamedTuple

from xl_perfeval.model import CellError, CellValue
from xl_perfeval.quantity.amounts import NOTHING, json_cell, json_number
from xl_perfeval.quantity.figures import noun_after, noun_before
from xl_perfeval.quantity.measure import UPPER_BOUNDS, FigureKind, Measure, Sign
from xl_perfeval.quantity.scanning import HAS_NUMBER, scan
from xl_perfeval.quantity.numerals import fold, plain
from xl_perfeval.quantity.periods import Day, span_of
from xl_perfeval.quantity.units import KNOWN, WAN, group_of, unit_at
from xl_perfeval.quantity.wording import (
    Growth,
    band_of,
    growth_before,
    growth_in_name,
    is_forecast,
    is_scoring_rule,
    is_unfilled,
    is_vague,
    refers_elsewhere,
    relative_growth,
    smaller_is_better,
)


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


def target(raw: CellValue, *, name: str = "", unit: str = "", year: int | None = None) -> Target:
    """Reads a target cell. `name` and `unit` are those of the indicator or column. Never raises."""
    return _read(raw, name, unit, year or 0, planned=True)


def actual(raw: CellValue, *, name: str = "", unit: str = "", year: int | None = None) -> Target:
    """Reads a cell of actual results; no sign is assumed where none is written. Never raises."""
    return _read(raw, name, unit, year or 0, planned=False)


# --- one cell -------------------------------------------------------------------------------------------------


LONGEST_CELL = 32_767
"""Characters that a spreadsheet cell can hold."""


class _Cell(NamedTuple):
    """A text cell with its column: `text` as typed, `folded` position by position the same but for blanks at the end."""

    raw: CellValue
    text: str
    folded: str
    name: str
    unit: str
    year: int
    planned: bool


def _read(raw: CellValue, name: str, unit: str, year: int, *, planned: bool) -> Target:
    if isinstance(raw, str):
        if len(raw) > LONGEST_CELL:
            return _unread(raw, "文字太长，不是一个目标值")
        return _read_text(_Cell(raw, raw, fold(raw).rstrip(), name, unit, year, planned))
    if raw is None:
        return Target(raw, Kind.none)
    if isinstance(raw, bool):
        return _unread(raw, "写的是真假值")
    if isinstance(raw, int | float):
        return _read_number(raw, name, unit, year, planned)
    if isinstance(raw, date):
        return _read_date(raw, unit)
    if isinstance(raw, CellError):
        return _unread(raw, f"单元格显示错误 {raw.code}")
    return _unread(raw, "看不懂单元格的内容")


def _unread(raw: CellValue, reason: str, kind: Kind = Kind.none) -> Target:
    end = len(raw) if isinstance(raw, str) else 0
    return Target(raw, kind, certain=False, reason=reason, end=end)


def _read_number(raw: float, name: str, unit: str, year: int, planned: bool) -> Target:
    if raw != raw or abs(raw) > 1e15:
        return _unread(raw, "不是一个可用的数")
    value = Decimal(repr(raw))
    text = plain(value)
    cell = _Cell(raw, text, text, name, unit, year, planned)
    if isinstance(raw, float) and 0 < raw <= 1 and fold(unit).strip() in ("%", "百分比"):
        # A cell formatted as a percentage holds 0.95 for 95%; the value alone does not tell.
        return _read_text(cell, f"数值是{text}，单位是%，可能是{plain(value * 100)}%")
    return _read_text(cell)


def _read_date(raw: date, unit: str) -> Target:
    day = raw.date() if isinstance(raw, datetime) else raw
    value = _as_number(Day(day.year, day.month, day.day))
    reason = "单元格里是日期，原来可能写的是“1-2”这样的范围" if unit else None
    return Target(raw, Kind.date, Sign.equal, value, value, certain=reason is None, reason=reason)


def _read_text(cell: _Cell, doubt: str | None = None) -> Target:
    if HAS_NUMBER.search(cell.folded) is None:
        return _read_words(cell, ())
    measures = scan(cell.folded)
    chosen = _targets_among(measures, cell.folded)
    if not chosen:
        return _read_words(cell, measures)
    only = chosen[0]
    if doubt is None and (only.start > 0 or only.end < len(cell.folded)):
        doubt = _doubt_about(cell)
    if len(chosen) == 1:
        earlier = (
            0
            if len(measures) == 1
            else max((measure.end for measure in measures if measure.at < only.at), default=0)
        )
        return _part(cell, only, earlier, True, doubt)
    ends = {later.at: measure.end for measure, later in pairwise(measures)}
    parts = (_part(cell, measure, ends.get(measure.at, 0), False, doubt) for measure in chosen)
    return _several(cell.raw, tuple(parts))


def _several(raw: CellValue, parts: tuple[Target, ...]) -> Target:
    first = parts[0]
    return Target(
        raw,
        first.kind,
        first.sign,
        first.low,
        first.high,
        first.unit,
        first.unit_group,
        first.noun,
        first.approximate,
        first.growth,
        any(part.forecast for part in parts),
        None,
        first.note,
        parts,
        all(part.certain for part in parts),
        next((part.reason for part in parts if part.reason), None),
        first.start,
        first.end,
        first.assumed,
    )


# --- which numbers are targets ----------------------------------------------------------------------------------

_FIGURES = frozenset((FigureKind.money, FigureKind.count, FigureKind.rate, FigureKind.duration))
_NEAR = 60
_NEAR_BEFORE = 24


def _targets_among(measures: list[Measure], folded: str) -> list[Measure]:
    """The measures that can be targets; numbers of a remark and rates of a policy are none."""
    if len(measures) == 1:
        only = measures[0]
        if only.kind is FigureKind.age:
            return measures if only.start == 0 and only.end == len(folded) else []
        return measures if only.kind in _FIGURES and not _is_policy(only, folded) else []
    chosen = [measure for measure in measures if measure.kind in _FIGURES and not _is_policy(measure, folded)]
    if len(chosen) > 1 and "(" in folded:
        chosen = [measure for measure in chosen if not _in_brackets(measure, folded, chosen[0].at)]
    if len(chosen) > 1:
        firm = [m for m in chosen if m.kind is not FigureKind.duration or m.sign is not Sign.implicit]
        return firm or chosen
    return chosen


def _in_brackets(measure: Measure, folded: str, first: int) -> bool:
    opening = folded.rfind("(", max(first, measure.at - _NEAR), measure.at)
    return opening > 0 and folded.find(")", opening, measure.at) < 0


_POLICY_AFTER = re.compile(
    " ?(?:的?(?:税率|比例|标准|费率))?(?:征收|计征|征税|收取|扣除|加计|减免|计提|计算|返还|优惠)"
)
_POLICY_BEFORE = re.compile("(?:减按|按照?|依据|依照|税率)[^，。；,;]{0,4}$")


def _is_policy(measure: Measure, folded: str) -> bool:
    """A rate of a rule (减按15%征收) is nobody's target."""
    if measure.kind is not FigureKind.rate or not measure.start:
        return False
    before = folded[max(0, measure.start - 8) : measure.start]
    if not _POLICY_BEFORE.search(before):
        return False
    return before.endswith("减按") or _POLICY_AFTER.match(folded, measure.end) is not None


# --- one figure -------------------------------------------------------------------------------------------------


class _Size(NamedTuple):
    """Bounds as written, with their unit."""

    low: Decimal
    high: Decimal | None
    unit: str


def _part(cell: _Cell, measure: Measure, previous_end: int, alone: bool, doubt: str | None) -> Target:
    text, folded = cell.text, cell.folded
    before = clause = after = ""
    note = None
    if measure.start:
        clause = folded[max(previous_end, measure.start - _NEAR_BEFORE) : measure.start].lstrip()
        before = noun_before(text, folded, measure, previous_end)
    if measure.end < len(folded):
        after = noun_after(text, folded, measure)
        note = _remark(text, folded, measure.end)
    size = _size(cell, measure, clause)
    if alone and not size.unit and after and not clause and not cell.unit:
        size, after = _with_rare_unit(size, cell, measure, after)
    kind = Kind.money if size.unit == "万元" else Kind.quantity
    growth, falling = growth_before(clause) if clause else (None, False)
    if falling and note is None:
        note = "下降"
    if growth is None and cell.name and size.unit in ("%", "‰"):
        growth = growth_in_name(cell.name)
    doubt = doubt or measure.damage or _doubtful_share(cell, measure, size.unit, growth)
    assumed = None
    if measure.sign is Sign.implicit and cell.planned:
        assumed = _assumed(cell.name, f"{before}{after}", measure, size.unit)
    low, high = _bounds(measure.sign, size)
    return Target(
        cell.raw,
        kind,
        measure.sign,
        low,
        high,
        size.unit,
        group_of(size.unit) if size.unit else "",
        after or before,
        measure.approximate,
        growth,
        is_forecast(clause) if clause else False,
        None,
        note,
        (),
        doubt is None,
        doubt,
        0 if alone else measure.start,
        len(text) if alone else measure.end,
        assumed,
    )


def _bounds(sign: Sign, size: _Size) -> tuple[Decimal | None, Decimal | None]:
    if sign is Sign.at_least or sign is Sign.more_than:
        return size.low, None
    if sign in UPPER_BOUNDS:
        return None, size.low if size.high is None else size.high
    return size.low, size.low if size.high is None else size.high


def _assumed(name: str, noun: str, measure: Measure, unit: str) -> Sign:
    if not measure.low:
        return Sign.at_most
    rate = measure.kind is FigureKind.rate or unit == "%"
    duration = measure.kind is FigureKind.duration
    smaller = (name and smaller_is_better(name, rate=rate, duration=duration)) or (
        noun and smaller_is_better(noun, rate=rate, duration=duration)
    )
    return Sign.at_most if smaller else Sign.at_least


_REMARK = re.compile(r"[^\S\n]*\(([^()]*)\)?")


def _remark(text: str, folded: str, end: int) -> str | None:
    """The bracketed remark right behind a figure."""
    match = _REMARK.match(folded, end)
    return text[match.start(1) : match.end(1)].strip() or None if match else None


# --- units ------------------------------------------------------------------------------------------------------

_UNIT_IN_NAME = re.compile(r"\(([^()]{1,8})\)\s*$")
_COST_COLUMNS = ("cost", "成本目标")
_EACH = re.compile("每([^\\W\\d_])(?:每?([年月日天季周])|均)?[^\\W\\d_]{0,6}$")
_EACH_TIME = re.compile("每(?:个)?(月|季度|周|天|日)")
_RARE_UNIT = re.compile("[^\\W\\d_]{1,4}(?:/[^\\W\\d_]{1,3})?")
_NO_UNIT = re.compile(
    "投诉|事故|伤亡|违[规纪]|差错|完成|达标|合格|实现|达到|通过|优|良|好|未|已|全部|以[上下内]|左右|为|是|的|内$|前$"
)


def _size(cell: _Cell, measure: Measure, clause: str) -> _Size:
    size = _Size(measure.low, measure.high, measure.unit)
    if measure.bare_wan and cell.unit:
        column = unit_at(fold(cell.unit).strip(), 0)
        if column.text and column.text != "元":
            scale = WAN if measure.kind is FigureKind.money and column.factor is None else Decimal(1)
            return _Size(size.low * scale, None if size.high is None else size.high * scale, column.text)
        return size
    if not size.unit:
        size = _in_column_unit(size, cell)
    if clause and "每" in clause and (size.unit == "万元" or measure.kind is FigureKind.count):
        return _for_each(size, clause)
    return size


def _in_column_unit(size: _Size, cell: _Cell) -> _Size:
    """A bare number takes the unit of its column, or the one in brackets behind the indicator's name."""
    column = fold(cell.unit).strip() if cell.unit else ""
    if not column and cell.name:
        if cell.name in _COST_COLUMNS:
            return size._replace(unit="万元")
        in_name = _UNIT_IN_NAME.search(fold(cell.name))
        if in_name and unit_at(in_name[1], 0).end == len(in_name[1]):
            column = in_name[1]
    if not column:
        return size
    unit = unit_at(column, 0)
    if unit.end != len(column) or not unit.text:
        return size._replace(unit=column)
    factor = unit.factor or Decimal(1)
    word = unit.text
    if word == "元":
        factor, word = factor / WAN, "万元"
    return _Size(size.low * factor, None if size.high is None else size.high * factor, word)


def _for_each(size: _Size, clause: str) -> _Size:
    """A price or frequency whose 每… stands in front: 每村每年补助4400元 → 4400 元/村·年, 每月2次 → 2 次/月."""
    if size.unit == "万元":
        each = _EACH.search(clause.rstrip())
        if each is None or each[1] in "年月日天季周":
            return size
        below = f"{each[1]}·{each[2]}" if each[2] else each[1]
        return _Size(size.low * WAN, None if size.high is None else size.high * WAN, f"元/{below}")
    often = _EACH_TIME.search(clause)
    return size._replace(unit=f"{size.unit}/{often[1]}") if often and size.unit else size


def _with_rare_unit(size: _Size, cell: _Cell, measure: Measure, after: str) -> tuple[_Size, str]:
    """A whole cell that is a number and one short word has that word as its unit: 6榀."""
    rest = cell.folded[measure.end :].strip()
    if _RARE_UNIT.fullmatch(rest) and not _NO_UNIT.search(rest):
        return size._replace(unit=rest), ""
    return size, after


# --- doubts -----------------------------------------------------------------------------------------------------

_GLUED = re.compile(r"(%|‰|[万亿]?[^\W\d_]{1,3})[0-9][0-9.]{3,}")
_ODD_GLYPH = re.compile(
    r"[\^ˆ?？#@&$|\\{}_`!！](?=\s*[0-9])|[0-9][^\S\n]*[+＋][^\S\n]*[0-9]|[0-9][lIO|][0-9%]"
)
_SHARE_NAME = re.compile("率|满意度|比例|占比|覆盖面|比重|知晓度|百分比")


def _doubt_about(cell: _Cell) -> str | None:
    """Why a cell with figures may not say what it seems to say."""
    stripped = cell.folded.strip()
    if not stripped.isalnum():
        if _ODD_GLYPH.search(stripped):
            return "数字旁边有看不懂的符号，可能识别错了"
        if is_unfilled(stripped):
            return "还有没填的地方"
    if stripped[0] > "9" or stripped[0] == "%":
        glued = _GLUED.fullmatch(stripped)
        if glued and (glued[1][0] in "%‰" or glued[1].lstrip("万亿") in KNOWN):
            return "单位在前，几格的内容可能连在了一起"
    if "分" in stripped and is_scoring_rule(stripped):
        return "写的像是评分办法，不是目标值"
    return None


def _doubtful_share(cell: _Cell, measure: Measure, unit: str, growth: Growth | None) -> str | None:
    """290% is probably ≥90%, 88100 in a share is probably 88 and 100."""
    if measure.low <= 100 or not (unit == "%" or (not unit and cell.name and _SHARE_NAME.search(cell.name))):
        return None
    digits = cell.folded[measure.at : measure.number_end]
    if measure.low >= 1000 and (growth is None or measure.low >= 10_000):
        return f"“{digits}”太大，几格的内容可能连在了一起"
    if digits.startswith("2") and measure.sign is Sign.implicit and growth is None:
        rest = digits[1:]
        if rest.isdecimal() and 10 <= int(rest) <= 100:
            return f"“{digits}”可能是“≥{rest}”"
    return None


# --- no figure --------------------------------------------------------------------------------------------------

_DATE_WORDS = re.compile("年|月|季度|[0-9]日")
_DEADLINE = re.compile("前|底|末|止|完成|期间|起|至|全年|内|-|~")
_DATE_NAME = re.compile("时效|时间|^time$|^schedule$|日期|期限|进度")
_GLYPHS_OF_DATES = re.compile(
    "[0-9年月日号.\\-/~至到前底末之以内上下半初中旬第季度全完成止起本当次 一二三四,，:()预计于在由从截]+"
)
_DAMAGED_START = re.compile(
    r"[≥≤<>=]?[A-Za-z][.,]?[0-9]|[≥≤<>=]?[0-9]{3,}[A-Za-z]|[≥≤<>=]+ ?[0-9.]*[A-Za-z]?$|[≥≤<>=]?[0-9.]+[A-Za-z]+$"
)
_TICKS = frozenset("□口☐")


def _read_words(cell: _Cell, measures: list[Measure] | tuple[()]) -> Target:
    """A cell in which no number is a target: nothing, a date, a reference, a band, or plain words."""
    raw, text = cell.raw, cell.folded.strip()
    if not text or text in NOTHING or text in _TICKS:
        return Target(raw, Kind.none, end=len(cell.text))
    band = band_of(text) if "达成" in text or "实现" in text else None
    if band is not None:
        return _in_words(cell, Kind.qualitative, band=band)
    if is_unfilled(text):
        return _unread(raw, "还有没填的地方")
    dated = _DATE_WORDS.search(text) or (measures and measures[0].kind is FigureKind.date)
    if dated:
        reading = _dated(cell, text, measures)
        if reading is not None:
            return reading
    damage = next((measure.damage for measure in measures if measure.damage), None)
    if (
        (damage is None
        and text.isascii())
        or (measures and _DAMAGED_START.match(text) and _looks_damaged(text, measures))
    ):
        damage = damage or "看不懂，可能识别错了"
    if damage:
        return _unread(raw, damage)
    if refers_elsewhere(text):
        sign = Sign.equal if "等于" in text or "=" in text else Sign.at_most
        return _in_words(cell, Kind.reference, sign=sign)
    growth = Growth.year_on_year if relative_growth(text) else None
    note = "没有可以衡量的数" if growth or is_vague(text) else None
    return _in_words(cell, Kind.qualitative, growth=growth, note=note)


def _looks_damaged(text: str, measures: list[Measure] | tuple[()]) -> bool:
    """A letter glued to a figure with a unit (M.8万元) or to a long number; not 5G基站, C25混凝土."""
    first = measures[0]
    if text[0].isalpha() and text[0].isascii():
        unit = unit_at(text, len(text) - len(text[1:].lstrip(".,0123456789")))
        return bool(unit.text or unit.factor)
    return first.kind is FigureKind.model


def _in_words(
    cell: _Cell,
    kind: Kind,
    *,
    sign: Sign = Sign.implicit,
    band: str | None = None,
    growth: Growth | None = None,
    note: str | None = None,
) -> Target:
    return Target(
        cell.raw,
        kind,
        sign,
        growth=growth,
        forecast=is_forecast(cell.folded),
        band=band,
        note=note,
        end=len(cell.text),
    )


def _dated(cell: _Cell, text: str, measures: list[Measure] | tuple[()]) -> Target | None:
    """The cell as a date or period, or `None` when the date is only mentioned in passing."""
    of_time = bool(cell.name) and _DATE_NAME.search(cell.name) is not None
    odd = next((measure.damage for measure in measures if measure.damage), None)
    if odd is not None:
        return _unread(cell.raw, odd, Kind.date)
    only_date = _GLYPHS_OF_DATES.fullmatch(text) is not None
    if not only_date and not of_time and not (measures and _DEADLINE.match(cell.folded, measures[-1].end)):
        return None
    span = span_of(text, cell.year)
    if span.reason is not None:
        dates = any(measure.kind is FigureKind.date for measure in measures)
        return _unread(cell.raw, span.reason, Kind.date) if dates and only_date else None
    start, end = span.start, span.end
    if start is None and end is None:
        return None
    sign = Sign.range
    if start is None:
        sign = Sign.at_most
    elif end is None:
        sign = Sign.at_least
    elif start == end:
        sign = Sign.equal
    return Target(
        cell.raw,
        Kind.date,
        sign,
        _as_number(start),
        _as_number(end),
        forecast=is_forecast(cell.folded),
        end=len(cell.text),
    )


def _as_number(day: Day | None) -> Decimal | None:
    return None if day is None else Decimal(day.year * 10_000 + day.month * 100 + day.day)


def day_of(value: Decimal) -> Day:
    """The day that a bound of a date stands for; year 0 when none is known."""
    number = int(value)
    return Day(number // 10_000, number // 100 % 100, number % 100)


def _json_day(value: Decimal | None) -> str | None:
    if value is None:
        return None
    day = day_of(value)
    ending = f"{day.month:02}-{day.day:02}"
    return f"{day.year:04}-{ending}" if day.year else ending
