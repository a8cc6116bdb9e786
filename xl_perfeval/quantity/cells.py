"""Reads target and result cells: which numbers are targets, their signs, bounds and units."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise, zip_longest

from xl_perfeval.expressions import expression
from xl_perfeval.model import CellValue
from xl_perfeval.quantity.column import Cell, Size, limit_behind_rare_unit, size_of, with_rare_unit
from xl_perfeval.quantity.dates import Day
from xl_perfeval.quantity.doubts import doubt_about, doubtful_day, doubtful_share, glued_cells
from xl_perfeval.quantity.measure import UPPER_BOUNDS, FigureKind, Measure, Sign
from xl_perfeval.quantity.nouns import noun_after, noun_before
from xl_perfeval.quantity.numerals import fold, plain
from xl_perfeval.quantity.scanning import has_number, scan
from xl_perfeval.quantity.targets import Kind, Target, bound_of, unread
from xl_perfeval.quantity.units import group_of
from xl_perfeval.quantity.worded import read_words
from xl_perfeval.quantity.wording import growth_before, growth_in_name, is_forecast, smaller_is_better

LONGEST_CELL = 32_767
"""Characters that a spreadsheet cell can hold."""


_NARROW = 16  # A break in so short a text comes from a narrow column: 5000⏎人次.


def target(raw: CellValue, *, name: str = "", unit: str = "", year: int | None = None) -> Target:
    """Reads a target cell. `name` and `unit` are those of the indicator or column. Never raises."""
    return _read(raw, name, unit, year or 0, True)


def actual(raw: CellValue, *, name: str = "", unit: str = "", year: int | None = None) -> Target:
    """Reads a cell of actual results; no sign is assumed where none is written. Never raises."""
    return _read(raw, name, unit, year or 0, False)


def _read(raw: CellValue, name: str, unit: str, year: int, planned: bool) -> Target:
    if isinstance(raw, str):
        if len(raw) > LONGEST_CELL:
            return unread(raw, "文字太长，不是一个目标值")
        folded = fold(raw).rstrip()
        if "\n" in folded and len(folded) <= _NARROW:
            folded = folded.replace("\n", " ")
        return _read_text(Cell(raw, raw, folded, name, unit, year, planned))
    if raw is None:
        return Target(raw, Kind.none)
    if isinstance(raw, bool):
        return unread(raw, "写的是真假值")
    if isinstance(raw, int | float):
        return _read_number(raw, name, unit, year, planned)
    if isinstance(raw, date):
        return _read_date(raw, unit)
    return unread(raw, f"单元格显示错误 {raw}")


def _read_number(raw: float, name: str, unit: str, year: int, planned: bool) -> Target:
    if raw != raw or abs(raw) > 1e15:
        return unread(raw, "不是一个可用的数")
    value = Decimal(repr(raw))
    text = plain(value)
    cell = Cell(raw, text, text, name, unit, year, planned)
    if isinstance(raw, float) and 0 < raw <= 1 and fold(unit).strip() in ("%", "百分比"):
        # A cell formatted as a percentage holds 0.95 for 95%; the value alone does not tell.
        return _read_text(cell, f"数值是{text}，单位是%，可能是{plain(value * 100)}%")
    return _read_text(cell)


def _read_date(raw: date, unit: str) -> Target:
    day = raw.date() if isinstance(raw, datetime) else raw
    bound = bound_of(Day(day.year, day.month, day.day))
    reason = "单元格里是日期，原来可能写的是“1-2”这样的范围" if unit else None
    return Target(raw, Kind.date, Sign.equal, bound, bound, certain=reason is None, reason=reason)


def _read_text(cell: Cell, doubt: str | None = None) -> Target:
    if not has_number(cell.folded):
        return read_words(cell, [])
    measures = scan(cell.folded)
    chosen = _targets_among(measures, cell.folded)
    if not chosen:
        return read_words(cell, measures)
    first = chosen[0]
    if doubt is None and (first.start > 0 or first.end < len(cell.folded)):
        doubt = doubt_about(cell.folded.strip())
    if len(measures) == 1:
        return _part(cell, first, 0, True, doubt)
    doubt = doubt or glued_cells(measures, cell.folded)
    ends = {later.at: measure.end for measure, later in pairwise(measures)}
    if len(chosen) == 1:
        return _part(cell, first, ends.get(first.at, 0), True, doubt)
    parts = tuple(_part(cell, measure, ends.get(measure.at, 0), False, doubt) for measure in chosen)
    return _both_bounds(cell, parts) or _several(cell.raw, parts)


_LOWER_BOUNDS = frozenset((Sign.at_least, Sign.more_than))


def _both_bounds(cell: Cell, parts: tuple[Target, ...]) -> Target | None:
    """Two bounds of one thing as its range: 不少于2家，不超过5家, 95%≥满意度≥90%."""
    if len(parts) != 2 or not all(part.certain for part in parts):
        return None
    lower, upper = parts if parts[0].low is not None else (parts[1], parts[0])
    if lower.sign not in _LOWER_BOUNDS or upper.sign not in UPPER_BOUNDS or lower.unit != upper.unit:
        return None
    if (lower.noun and upper.noun and lower.noun != upper.noun) or _below(upper, lower):
        return None
    noun = lower.noun or upper.noun
    return replace(lower, sign=Sign.range, high=upper.high, noun=noun, note=None, start=0, end=len(cell.text))


def _below(upper: Target, lower: Target) -> bool:
    return upper.high is None or lower.low is None or upper.high < lower.low


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


# --- which numbers are targets ------------------------------------------------------------------------------

_FIGURES = frozenset((FigureKind.money, FigureKind.count, FigureKind.rate, FigureKind.duration))


def _targets_among(measures: list[Measure], folded: str) -> list[Measure]:
    """The measures that can be targets; numbers of a remark and rates of a policy are none."""
    if len(measures) == 1:
        only = measures[0]
        if only.kind is FigureKind.age:
            return measures if only.start == 0 and only.end == len(folded) else []
        return measures if only.kind in _FIGURES and not _is_policy(only, folded) else []
    chosen = [
        m for m in measures if m.kind in _FIGURES and not (_is_policy(m, folded) or _is_base(m, folded))
    ]
    if len(chosen) > 1 and "(" in folded:
        chosen = [measure for measure in chosen if not _in_brackets(measure, folded, chosen[0].at)]
    if len(chosen) > 1:
        chosen = [measure for measure in chosen if not _is_of_a_model(measure, folded)] or chosen
        firm = [
            measure
            for measure, later in zip_longest(chosen, chosen[1:])
            if measure.kind is not FigureKind.duration
            or (measure.sign is not Sign.implicit and not _is_condition(measure, later, folded))
        ]
        return firm or chosen
    return chosen


_CLAUSE_BREAK = expression("[，。；;、,:：()\n]")


def _is_condition(duration: Measure, later: Measure | None, folded: str) -> bool:
    """Whether a limit of time belongs to what is counted behind it: 7天内访视产妇214人."""
    return later is not None and _CLAUSE_BREAK.search(folded, duration.end, later.start) is None


_LONGEST_REMARK = 60


def _in_brackets(measure: Measure, folded: str, first: int) -> bool:
    opening = folded.rfind("(", max(first, measure.at - _LONGEST_REMARK), measure.at)
    return opening > 0 and folded.find(")", opening, measure.at) < 0


_POLICY_BEFORE = expression("(?:减按|按照?|依据|依照|税率)[^，。；,;]{0,4}$")
_POLICY_AFTER = expression(
    " ?(?:的?(?:税率|比例|标准|费率))?(?:征收|计征|征税|收取|扣除|加计|减免|计提|计算|返还|优惠)"
)


def _is_policy(measure: Measure, folded: str) -> bool:
    """A rate of a rule (减按15%征收) is nobody's target."""
    if measure.kind is not FigureKind.rate or not measure.start:
        return False
    before = folded[max(0, measure.start - 8) : measure.start]
    if not _POLICY_BEFORE.search(before):
        return False
    return before.endswith("减按") or _POLICY_AFTER.match(folded, measure.end) is not None


_MODEL_AFTER = expression(
    " ?(?:英?寸|吋|匹|[千兆]?[瓦伏安]|(?:厘|毫)?米[宽高厚深长](?!度)|[吨座升](?=[^\\W\\d_]{0,4}[车机艇])|(?:立方米?|[吨升方])(?=[^\\W\\d_]{0,4}[池窖罐塔仓箱])|层(?=[^\\W\\d_]{0,4}[楼房]))(?=[^\\W\\d_])"
)


def _is_of_a_model(measure: Measure, folded: str) -> bool:
    """The size of a thing that is counted behind it: 1.5匹空调3台, 3米宽道路2公里."""
    return measure.sign is Sign.implicit and _MODEL_AFTER.match(folded, measure.number_end) is not None


_BASE_AFTER = expression(" ?(?:提高|提升|增加|增长|上升|下降|降低|减少|压缩|降|升)?(?:至|到|为)")


def _is_base(measure: Measure, folded: str) -> bool:
    """The 80% of 由80%提高至90% is where things stood before."""
    start = measure.start
    return start > 0 and folded[start - 1] in "由从" and _BASE_AFTER.match(folded, measure.end) is not None


# --- one figure ---------------------------------------------------------------------------------------------

_CLAUSE = 24


def _part(cell: Cell, measure: Measure, previous_end: int, alone: bool, doubt: str | None) -> Target:
    """One figure of a cell. `previous_end`: where the number in front of it ends; `alone`: it is the only one."""
    text, folded = cell.text, cell.folded
    before = clause = after = ""
    note = None
    if measure.start:
        clause = folded[max(previous_end, measure.start - _CLAUSE) : measure.start].lstrip()
        before = noun_before(text, folded, measure, previous_end)
    if measure.end < len(folded):
        after = noun_after(text, folded, measure)
        note = _remark(text, folded, measure.end)
    size = size_of(cell, measure, clause)
    if alone and not size.unit and after and not cell.unit and (not clause or _is_signed(measure)):
        rest, limit = limit_behind_rare_unit(folded[measure.end :].strip())
        size, after = with_rare_unit(size, rest, after)
        if limit and size.unit and measure.sign is Sign.implicit:  # 2级以上
            measure.sign = Sign.at_least if limit == "以上" else Sign.at_most
    growth, falling = growth_before(clause) if clause else (None, False)
    if growth is None and cell.name and size.unit in ("%", "‰"):
        growth = growth_in_name(cell.name)
    doubt = doubt or measure.damage or doubtful_share(cell, measure, size.unit, growth)
    if doubt is None and cell.name and not size.unit:
        doubt = doubtful_day(cell, measure, size.unit)
    assumed = None
    if measure.sign is Sign.implicit and cell.planned:
        assumed = _assumed(cell.name, after or before, measure, size)
    low, high = _bounds(measure.sign, size) if not measure.damage else (None, None)
    return Target(
        cell.raw,
        Kind.money if size.unit == "万元" else Kind.quantity,
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
        "下降" if falling and note is None else note,
        (),
        doubt is None,
        doubt,
        0 if alone else measure.start,
        len(text) if alone else measure.end,
        assumed,
    )


def _is_signed(measure: Measure) -> bool:
    return measure.start < measure.at and measure.sign is not Sign.implicit


_REMARK = expression(r"[^\S\n]*\(([^()]*)\)?")


def _remark(text: str, folded: str, end: int) -> str | None:
    """The bracketed remark right behind a figure."""
    match = _REMARK.match(folded, end)
    return text[match.start(1) : match.end(1)].strip() or None if match else None


def _bounds(sign: Sign, size: Size) -> tuple[Decimal | None, Decimal | None]:
    if sign is Sign.at_least or sign is Sign.more_than:
        return size.low, None
    upper = size.low if size.high is None else size.high
    return (None, upper) if sign in UPPER_BOUNDS else (size.low, upper)


def _assumed(name: str, noun: str, measure: Measure, size: Size) -> Sign:
    """The sign that a figure without one is taken to have; nobody plans “at least 0”."""
    rate, duration = size.unit in ("%", "‰"), measure.kind is FigureKind.duration
    named = (text for text in (name, noun) if text)
    smaller = any(smaller_is_better(text, rate=rate, duration=duration) for text in named)
    return Sign.at_most if smaller or not size.low else Sign.at_least
