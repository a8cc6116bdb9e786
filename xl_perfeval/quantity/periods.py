"""Periods and deadlines as typed in a time cell (时效目标)."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from xl_perfeval.model import CellError, CellValue
from xl_perfeval.quantity.amounts import NOTHING, json_cell
from xl_perfeval.quantity.numerals import chinese_number, fold


@dataclass(frozen=True, slots=True)
class Period:
    """A period; `start` is `None` for a deadline, `end` is `None` when it only begins."""

    raw: CellValue
    start: date | None
    end: date | None
    certain: bool = True
    reason: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Keys `raw, start, end, certain, reason` (design/values.md); dates in ISO form."""
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
    if isinstance(raw, datetime):
        raw = raw.date()
    if raw is None:
        return Period(raw, None, None)
    if isinstance(raw, date):
        return Period(raw, raw, raw)
    if isinstance(raw, CellError):
        return Period(raw, None, None, False, f"单元格显示错误 {raw.code}")
    if isinstance(raw, bool):
        return Period(raw, None, None, False, "写的是真假值，不是时间")
    text = raw if isinstance(raw, str) else _whole_number(raw)
    if text is None:
        return Period(raw, None, None, False, "不是一个日期")
    span = span_of(text, year or 0)
    if span.reason is not None or (span.start is None and span.end is None):
        return Period(raw, None, None, span.reason is None, span.reason)
    if (span.start or span.end or _NO_DAY).year < 1 or (span.end or span.start or _NO_DAY).year < 1:
        return Period(raw, None, None, False, "没有写年份")
    return Period(raw, _as_date(span.start), _as_date(span.end))


def _whole_number(raw: float) -> str | None:
    if not 0 < raw < 1e9:
        return None
    return str(int(raw)) if raw == int(raw) else repr(raw)


class Day(NamedTuple):
    """A calendar day; year 0 when no year is known."""

    year: int
    month: int
    day: int


class Span(NamedTuple):
    """First and last day of a period, or the reason why they are not known."""

    start: Day | None
    end: Day | None
    reason: str | None = None


def _as_date(day: Day | None) -> date | None:
    return date(day.year, day.month, day.day) if day else None


_NO_DAY = Day(0, 1, 1)


# --- reading --------------------------------------------------------------------------------------------------

_POINT = re.compile(
    r"""
      (?P<compact>(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-3][0-9])?)(?![0-9年月日.])
    | (?P<y1>(?:19|20)[0-9]{2})(?P<mark>[-/.])(?P<m1>0?[1-9]|1[0-2])(?:(?P=mark)(?P<d1>3[01]|[12][0-9]|0?[1-9]))?(?![0-9])[月日]?
    | (?P<y2>[0-9]{2,4}|[今本当次翌明上去])年?度?(?<=[年度])(?:(?P<m2>[0-9]{1,2})(?:月份?|(?=[-~至到]{1,2}[0-9]{1,2}月))(?:(?P<d2>[0-9]{1,2})[日号]?)?|(?P<d3>[0-9]{1,2})日)?
    | (?P<m4>[0-9]{1,2})月份?(?:(?P<d4>[0-9]{1,2})[日号]?)?
    | (?P<m5>[0-9]{1,2})[./](?P<d5>[0-9]{1,2})(?![0-9./])
    | (?P<bare>[0-9]+)[日号]?
    """,
    re.VERBOSE,
)
_SEPARATOR = re.compile(r"(?:份|初|底|末)?(?:-{1,3}|~{1,2}|至|到|/|起至|起到|开始至|开始到)")
_QUARTER = re.compile(
    "(?:第?([一二三四1-4])(?:(?:季度)?[-~至到、,]第?([一二三四1-4]))?季度?|[Qq]([1-4])(?![0-9]))"
)
_HALF = re.compile("([上下])半年")
_YEAR = re.compile("((?:19|20)[0-9]{2})(?:年度?)?|([今本当次翌明上去])年度?")
_WHOLE_YEAR = re.compile("全年度?|整年|年度内|全年度内|年内|本年度?|当年度?|今年|本年内|全周期|1年内")
_YEAR_END = re.compile("年(?:底|末|终)|年度(?:底|末)|岁末")
_BEFORE = re.compile("(?:底|末|份)?[日]?(?:之前|以前|前|止|截止|为止)")
_PART = re.compile("(上旬|中旬|下旬|初|底|末|月底|月末)")
_OPEN = re.compile("(?:起|开始|以后|之后|后)(?!至|到)")
_DEADLINE = re.compile("截止|截至|不晚于|不迟于|≤|<=|最迟|最晚")
_DONE = re.compile(
    "(?:内|底)?(?:全部|基本|按时|如期)?(?:完成|完工|竣工|到位|结束|验收|交付|建成|发放|投入使用|支付|办结)"
)
_YEARS = {"今": 0, "本": 0, "当": 0, "次": 1, "翌": 1, "明": 1, "上": -1, "去": -1}
_SEASONS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_UNSAID = "没有写明起止时间"
_ODD_DATE = "“{}”不像一个日期"
_MONTH_IN_WORDS = re.compile(
    "([十一二三四五六七八九]{1,3})(月)|([〇零一二三四五六七八九]{4})(年)|([十一二三四五六七八九]{1,3})(日)"
)
LONGEST_TEXT = 200


def span_of(text: str, year: int) -> Span:
    """First and last day that a text names; `year` (0: not known) is that of months without one."""
    if len(text) > LONGEST_TEXT:
        return Span(None, None, "文字太长，看不出起止时间")
    text = "".join(fold(text).split())
    if not text or text in NOTHING:
        return Span(None, None)
    if (
        "年" not in text
        and "月" not in text
        and not any(glyph.isdecimal() for glyph in text)
        and "季" not in text
        and "Q" not in text
    ):
        return Span(None, None, _UNSAID)
    text = _MONTH_IN_WORDS.sub(_in_digits, text)
    return _by_words(text, year) or _by_points(text, year)


def _in_digits(match: re.Match[str]) -> str:
    value = chinese_number(match[1] or match[3] or match[5])
    return match[0] if value is None else f"{value}{match[2] or match[4] or match[6]}"


def _by_words(text: str, year: int) -> Span | None:
    """全年, 上半年, 第三季度, 年底前: periods named by a word, with or without a year in front."""
    for pattern, months in ((_QUARTER, _quarters), (_HALF, _halves)):
        match = pattern.search(text)
        if match:
            named = _YEAR.match(text)
            of_year = _named_year(named, year) if named else year
            first, last = months(match)
            if first > last:
                return Span(None, None, _ODD_DATE.format(text[:12]))
            behind = text[match.end() :]
            if any(glyph.isdecimal() for glyph in behind) or pattern.search(behind):
                return Span(None, None, "写了几个时间，不知道用哪一个")
            end = _last_day(of_year, last)
            if behind.startswith(("前", "之前", "以前")):
                return Span(None, _first_day_before(Day(of_year, first, 1)))
            if behind.startswith(("底", "末")) or (_DONE.match(behind) and not behind.startswith("内")):
                return Span(None, end)
            return Span(Day(of_year, first, 1), end)
    match = _YEAR_END.search(text)
    if match:
        named = _YEAR.match(text)
        rest = text[match.end() :]
        if named is None and any(glyph.isdecimal() for glyph in text):
            return (
                None
                if re.search("[0-9]年(?:底|末|终)", text) is None
                else Span(None, None, _ODD_DATE.format(text[:12]))
            )
        if not any(glyph.isdecimal() for glyph in rest) and match.start() <= 6:
            return Span(None, Day(_named_year(named, year) if named else year, 12, 31))
    match = _WHOLE_YEAR.search(text)
    if match:
        named = _YEAR.match(text)
        digits = [glyph for glyph in text if glyph.isdecimal()]
        if not digits or (named and len(digits) == 4 and not _BEFORE.match(text, match.end())):
            of_year = _named_year(named, year) if named else year
            return Span(Day(of_year, 1, 1), Day(of_year, 12, 31))
        if text in ("全年/1-12月", "全年(1-12月)", "1-12月全年", "1-12月(全年)"):
            return Span(Day(year, 1, 1), Day(year, 12, 31))
    return None


def _quarters(match: re.Match[str]) -> tuple[int, int]:
    first = _SEASONS[match[1] or match[3]]
    last = _SEASONS[match[2]] if match[2] else first
    return first * 3 - 2, last * 3


def _halves(match: re.Match[str]) -> tuple[int, int]:
    return (1, 6) if match[1] == "上" else (7, 12)


def _named_year(match: re.Match[str], year: int) -> int:
    if match[1]:
        return int(match[1])
    return year + _YEARS[match[2]] if year else 0


class _Point(NamedTuple):
    """A date as written: any part may be missing (0)."""

    year: int
    month: int
    day: int
    begin: int
    end: int


def _by_points(text: str, year: int) -> Span:
    """One or two dates with what stands around them."""
    points: list[_Point] = []
    place = 0
    while match := _POINT.search(text, place):
        point = _point(match, year)
        if point is None:
            return Span(None, None, _ODD_DATE.format(match[0][:12]))
        points.append(point)
        place = match.end()
    if len(points) == 1:
        return _one_date(text, points[0], year)
    if len(points) == 2:
        return _two_dates(text, points[0], points[1], year)
    return Span(None, None, "写了几个时间，不知道用哪一个" if points else _UNSAID)


def _point(match: re.Match[str], year: int) -> _Point | None:
    begin, end = match.span()
    group = match.group
    if compact := group("compact"):
        parts = int(compact[:4]), int(compact[4:6]), int(compact[6:] or 0)
    elif group("y1"):
        parts = int(group("y1")), int(group("m1")), int(group("d1") or 0)
    elif group("y2"):
        written = group("y2")
        if written in _YEARS:
            of_year = year + _YEARS[written] if year else 0
        elif len(written) == 3:
            return None
        else:
            of_year = int(written) + (2000 if len(written) == 2 else 0)
        if written.isdecimal() and not 1900 <= of_year < 2200:
            return None
        if group("d3") or (len(written) == 2 and not group("m2")):
            return None
        parts = of_year, int(group("m2") or 0), int(group("d2") or 0)
        if group("m2") == "0" or group("m2") == "00":
            return None
    elif group("m4"):
        parts = 0, int(group("m4")), int(group("d4") or 0)
        if not parts[1]:
            return None
    elif group("m5"):
        parts = 0, int(group("m5")), int(group("d5"))
    else:
        bare = group("bare")
        if len(bare) == 4 and 1900 <= int(bare) < 2200:
            parts = int(bare), 0, 0
        elif len(bare) <= 2 and not match[0].endswith(("日", "号")) and 1 <= int(bare) <= 12:
            parts = 0, int(bare), 0
        elif len(bare) <= 2 and 1 <= int(bare) <= 31:
            parts = 0, 0, int(bare)
        else:
            return None
    point = _Point(*parts, begin, end)
    if point.month > 12 or point.day > (
        monthrange(point.year or 2024, point.month)[1] if point.month else 31
    ):
        return None
    return point


def _one_date(text: str, point: _Point, year: int) -> Span:
    written = text[point.begin : point.end]
    ahead, behind = text[: point.begin], text[point.end :]
    if written.isdecimal() and len(written) < 6 and not (point.year and len(written) == 4):
        return Span(None, None, _UNSAID)
    if (
        point.day
        and not point.year
        and not written.endswith(("日", "号"))
        and ("月" not in written)
        and not _BEFORE.match(behind)
    ):
        return Span(None, None, f"“{written}”可能是日期，也可能是别的数")
    if not point.month and not point.year:
        return Span(None, None, _UNSAID)
    if written.isdecimal() and point.year and not point.month and not behind and not ahead:
        return Span(Day(point.year, 1, 1), Day(point.year, 12, 31))
    of_year = point.year or year
    first, last = _bounds(of_year, point, behind)
    part = _PART.match(behind)
    if part:
        behind = behind[part.end() :]
        if behind.startswith(("前", "之前", "以前")) or text[point.end] in "底末":
            return Span(None, last)
    before = _BEFORE.match(behind)
    if before:
        if before[0].startswith(("底", "末")) or "止" in before[0] or point.day:
            return Span(None, last)
        return Span(None, _first_day_before(first))
    if _OPEN.match(behind):
        return Span(first, None)
    if _DEADLINE.search(ahead) or ((_DONE.match(behind) and not point.day) or behind.startswith("底")):
        return Span(None, last)
    return Span(first, last)


def _two_dates(text: str, first: _Point, second: _Point, year: int) -> Span:
    between, behind = text[first.end : second.begin], text[second.end :]
    if not _SEPARATOR.fullmatch(between):
        return Span(None, None, "写了几个时间，不知道用哪一个")
    ambiguous = all(
        len(text[p.begin : p.end]) <= 2 and text[p.begin : p.end].isdecimal() for p in (first, second)
    )
    if ambiguous:
        return Span(None, None, f"“{text[:12]}”可能是年月，也可能是两个月份或两个数")
    first_year, second_year = first.year, second.year
    if first_year and not second_year:
        second_year = first_year
    elif second_year and not first_year:
        first_year = second_year if not year or first.month <= second.month else min(year, second_year)
    elif not first_year:
        first_year = second_year = year
    if not first.month and not second.month and first.day and second.day:
        return Span(None, None, _UNSAID)
    if not second.month and second.day:
        second = second._replace(month=first.month)
    if (not second.month and not second.year) or (not first.month and not first.year):
        return Span(None, None, _ODD_DATE.format(text[:12]))
    if bool(first.month) != bool(second.month) and not (first.year and second.year):
        return Span(None, None, _ODD_DATE.format(text[:12]))
    if second.day > (monthrange(second_year or 2024, second.month)[1] if second.month else 31):
        return Span(None, None, _ODD_DATE.format(text[second.begin : second.end][:12]))
    if between[0] in "底末" and first.month:
        start = _last_day(first_year, first.month)
    else:
        start = _bounds(first_year, first, "")[0]
    return Span(start, _bounds(second_year, second, behind)[1])


def _bounds(year: int, point: _Point, behind: str) -> tuple[Day, Day]:
    """First and last day that a written date covers: a year, a month, a third of a month, a day."""
    if not point.month:
        return Day(year, 1, 1), Day(year, 12, 31)
    if point.day:
        day = Day(year, point.month, point.day)
        return day, day
    first, last = Day(year, point.month, 1), _last_day(year, point.month)
    if behind.startswith("上旬") or behind.startswith("初"):
        return first, Day(year, point.month, 10)
    if behind.startswith("中旬"):
        return Day(year, point.month, 11), Day(year, point.month, 20)
    if behind.startswith("下旬"):
        return Day(year, point.month, 21), last
    return first, last


def _last_day(year: int, month: int) -> Day:
    return Day(year, month, monthrange(year or 2023, month)[1])


def _first_day_before(day: Day) -> Day:
    """The day before the first of a month or year."""
    if day.month == 1:
        return Day(max(day.year - 1, 0), 12, 31)
    return _last_day(day.year, day.month - 1)
