"""Dates, periods and deadlines in a text: first and last day, with the year or (0) without."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from typing import NamedTuple

from xl_perfeval.expressions import expression
from xl_perfeval.quantity.amounts import NOTHING
from xl_perfeval.quantity.numerals import chinese_number, fold


class Day(NamedTuple):
    """A calendar day; year 0 when no year is known."""

    year: int
    month: int
    day: int


class Span(NamedTuple):
    """First and last day; `None` where it is open. Both are when there is no period, for a `reason` or none."""

    start: Day | None
    end: Day | None
    reason: str | None = None


_LONGEST = 200
_SIGNS_OF_TIME = expression("[0-9年月季Q]")
_LETTER_IN_DATE = expression("[0-9][A-PR-Za-z]|[A-PR-Za-z][0-9]|[年月][A-Za-z]{1,2}[月日]")
_UNSAID = "没有写明起止时间"
_SEVERAL = "写了几个时间，不知道用哪一个"


def span_of(text: str, year: int) -> Span:
    """The period that a text names; `year` (0: not known) is that of months without one."""
    if len(text) > _LONGEST:
        return _unknown("文字太长，看不出起止时间")
    text = "".join(fold(text).split())
    if not text or text in NOTHING:
        return Span(None, None)
    if not _SIGNS_OF_TIME.search(text):
        return _unknown(_UNSAID)
    if _LETTER_IN_DATE.search(text):
        return _odd(text)
    text = _IN_WORDS.sub(_in_digits, text)
    for reader in (_part_of_year, _end_of_year, _whole_year):
        span = reader(text, year)
        if span is not None:
            return span
    return _by_dates(text, year)


def _unknown(reason: str) -> Span:
    return Span(None, None, reason)


def _odd(text: str) -> Span:
    return _unknown(f"“{text[:12]}”不像一个日期")


_IN_WORDS = expression(
    "([〇零一二三四五六七八九]{4})(?=年)|([十一二三四五六七八九]{1,3})(?=[月日])|(?<![0-9])元(?=月)"
)


def _in_digits(match: re.Match[str]) -> str:
    value = 1 if match[0] == "元" else chinese_number(match[0])
    return match[0] if value is None else str(value)


def last_of_month(year: int, month: int) -> Day:
    """The last day of a month; February has 28 days when no year is known."""
    return Day(year, month, monthrange(year or 2023, month)[1])


def _day_before(first: Day) -> Day:
    """The day before the first of a month."""
    return (
        last_of_month(first.year, first.month - 1) if first.month > 1 else Day(max(first.year - 1, 0), 12, 31)
    )


# --- periods with a name ------------------------------------------------------------------------------------

_RELATIVE_YEARS = {"今": 0, "本": 0, "当": 0, "次": 1, "翌": 1, "明": 1, "上": -1, "去": -1}
_LEAD = "(?:截[止至]|预计|计划|力争|确保|不[晚迟]于|最[晚迟]|[于在到至≤<=])*"
_YEAR = expression(f"{_LEAD}(?:((?:19|20)[0-9]{{2}})(?:年度?)?|([今本当次翌明上去])年度?)")
_PARTS = expression(
    "第?([一二三四1-4])(?:(?:季度)?[-~至到、,]第?([一二三四1-4]))?季度?|Q([1-4])(?![0-9])|([上下])半年"
)
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_MONTHS_OF_HALF = {"上": (1, 6), "下": (7, 12)}
_DIGIT = expression("[0-9]")
_BEFORE_PART = ("前", "之前", "以前")
_END_OF_YEAR = expression("年(?:底|末|终)|年度(?:底|末)|岁末")
_WHOLE_YEAR = expression("全年度?|整年|年度内|年内|本年度?|当年度?|今年|全周期")
_WHOLE_YEAR_TWICE = ("全年/1-12月", "全年(1-12月)", "1-12月全年", "1-12月(全年)")
_DONE = expression(
    "(?:内|底)?(?:已|均|全部|全面|基本|按时|如期|足额|资金|工程|项目|主体|建设|改造|任务)*"
    "(?:完成|完工|竣工|到位|结束|验收|交付|建成|发放|投入使用|支付|办结|拨付|兑[付现]|完毕|通车|投产|入住|达标)"
)


def _year_of(text: str, year: int) -> int:
    """The year that a text begins with, otherwise `year`."""
    named = _YEAR.match(text)
    if named is None:
        return year
    if named[1]:
        return int(named[1])
    return year + _RELATIVE_YEARS[named[2]] if year else 0


def _part_of_year(text: str, year: int) -> Span | None:
    """上半年, 第三季度, 前三季度, 一、二季度, 2020年第四季度前."""
    match = _PARTS.search(text)
    if match is None:
        return None
    year = _year_of(text, year)
    if match[1] and not match[2] and text.endswith("前", 0, match.start()):
        return Span(Day(year, 1, 1), last_of_month(year, _QUARTERS[match[1]] * 3))
    if match[4]:
        first, last = _MONTHS_OF_HALF[match[4]]
    else:
        quarter = _QUARTERS[match[1] or match[3]]
        first, last = quarter * 3 - 2, (_QUARTERS[match[2]] if match[2] else quarter) * 3
    behind = text[match.end() :]
    if first > last:
        return _odd(text)
    if _DIGIT.search(behind) or _PARTS.search(behind):
        return _unknown(_SEVERAL)
    if behind.startswith(_BEFORE_PART):
        return Span(None, _day_before(Day(year, first, 1)))
    end = last_of_month(year, last)
    if behind.startswith(("底", "末")) or (_DONE.match(behind) and not behind.startswith("内")):
        return Span(None, end)
    return Span(Day(year, first, 1), end)


def _end_of_year(text: str, year: int) -> Span | None:
    """年底, 2020年底前."""
    match = _END_OF_YEAR.search(text)
    if match is None or _DIGIT.search(text, match.end()):
        return None
    if _DIGIT.search(text, 0, match.start()) and not _YEAR.match(text):
        return _odd(text)
    return Span(None, Day(_year_of(text, year), 12, 31)) if match.start() <= 6 else None


def _whole_year(text: str, year: int) -> Span | None:
    """全年, 2021年全年实施, 年内."""
    match = _WHOLE_YEAR.search(text)
    if match is None:
        return None
    digits = len(_DIGIT.findall(text))
    if digits == 0 or (digits == 4 and _YEAR.match(text)) or text in _WHOLE_YEAR_TWICE:
        year = _year_of(text, year) if digits in (0, 4) else year
        return Span(Day(year, 1, 1), Day(year, 12, 31))
    return None


# --- written dates ------------------------------------------------------------------------------------------


class _Date(NamedTuple):
    """A date as written at `begin`…`end`: a part left out is 0. `bare` when it is only a number."""

    year: int
    month: int
    day: int
    begin: int
    end: int
    bare: bool = False

    def first(self, year: int) -> Day:
        """The first day it covers, in `year` when it names none."""
        return Day(self.year or year, self.month or 1, self.day or 1)

    def last(self, year: int) -> Day:
        """The last day it covers, in `year` when it names none."""
        if self.day:
            return self.first(year)
        return last_of_month(self.year or year, self.month or 12)


_Parts = tuple[int, int, int]


def _with_year(match: re.Match[str], year: int) -> _Parts | None:
    """2021年, 21年3月, 次年3月5日."""
    written = match[1]
    if written in _RELATIVE_YEARS:
        named = year + _RELATIVE_YEARS[written] if year else 0
        return named, int(match[2] or 0), int(match[3] or 0)
    named = int(written) + (2000 if len(written) == 2 and match[2] else 0)
    return (named, int(match[2] or 0), int(match[3] or 0)) if 1900 <= named < 2200 else None


def _with_month(match: re.Match[str], _: int) -> _Parts | None:
    """6月, 6月30日."""
    return 0, int(match[1]), int(match[2] or 0)


def _in_figures(match: re.Match[str], _: int) -> _Parts | None:
    """2021.1, 2026/1/1, 2021-01-05."""
    return int(match[1]), int(match[3]), int(match[4] or 0)


def _compact(match: re.Match[str], _: int) -> _Parts | None:
    """20190101, 201901."""
    return int(match[1]), int(match[2]), int(match[3] or 0)


def _month_and_day(match: re.Match[str], _: int) -> _Parts | None:
    """12.31 at the end of 2021.1.1-12.31."""
    return 0, int(match[1]), int(match[2])


def _number(match: re.Match[str], _: int) -> _Parts | None:
    """The 6 of 6-9月, the 2010 of 2010-2011, the 15日 of 12月10日-15日."""
    value = int(match[1]) if len(match[1]) <= 4 else 0
    if len(match[1]) == 4 and 1900 <= value < 2200:
        return value, 0, 0
    if match[2]:
        return (0, 0, value) if 1 <= value <= 31 else None
    return (0, value, 0) if 1 <= value <= 12 else (0, 0, value) if 1 <= value <= 31 else None


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], int], _Parts | None]], ...] = (
    (expression("((?:19|20)[0-9]{2})(0[1-9]|1[0-2])([0-3][0-9])?(?![0-9年月日.])"), _compact),
    (
        expression(
            r"((?:19|20)[0-9]{2})([-/.])(0?[1-9]|1[0-2])(?:\2(3[01]|[12][0-9]|0?[1-9]))?(?![0-9])[月日]?"
        ),
        _in_figures,
    ),
    (
        expression(
            "([0-9]{2,4}|[今本当次翌明上去])年度?(?:([0-9]{1,2})(?:月份?|(?=[-~至到]{1,2}[0-9]{1,2}月))(?:([0-9]{1,2})[日号]?)?)?"
        ),
        _with_year,
    ),
    (expression("([0-9]{1,2})月份?(?:([0-9]{1,2})[日号]?)?"), _with_month),
    (expression("([0-9]{1,2})[./]([0-9]{1,2})(?![0-9./])"), _month_and_day),
    (expression("([0-9]+)([日号])?"), _number),
)
_BEGINNING = expression("[0-9]|[今本当次翌明上去]年")


def _by_dates(text: str, year: int) -> Span:
    dates: list[_Date] = []
    place = 0
    while match := _BEGINNING.search(text, place):
        written = _date_at(text, match.start(), year)
        if isinstance(written, Span):
            return written
        dates.append(written)
        place = written.end
    if len(dates) == 1:
        return _one_date(text, dates[0], year)
    if len(dates) == 2:
        return _two_dates(text, dates[0], dates[1], year)
    return _unknown(_SEVERAL if dates else _UNSAID)


def _date_at(text: str, begin: int, year: int) -> _Date | Span:
    """The date that begins here, or why there is none."""
    for form, reader in _FORMS:
        match = form.match(text, begin)
        if match is None:
            continue
        parts = reader(match, year)
        if parts is None or not _exists(*parts) or _month_is_zero(match[0]):
            return _odd(match[0])
        bare = match[0].isdecimal() and len(match[0]) <= 4
        return _Date(*parts, match.start(), match.end(), bare)
    return _odd(text[begin:])


def _exists(year: int, month: int, day: int) -> bool:
    return month <= 12 and day <= (monthrange(year or 2024, month)[1] if month else 31)


def _month_is_zero(written: str) -> bool:
    return re.search("(?:^|[^0-9])00?月", written) is not None


_BEFORE = expression("([底末])?份?日?(?:之前|以前|前|(?:为|截)?(止))|(?=[^\\W\\d_]{1,6}前$)")
_PART_WITHOUT_DAYS = expression("[春夏秋冬]|第?.?学期|[寒暑]假|汛期")
_DANGLING = ("-", "~", "至", "到", "/")
_THIRDS = {"上旬": (1, 10), "初": (1, 10), "中旬": (11, 20), "下旬": (21, 31)}
_THIRD = expression("上旬|中旬|下旬|初")
_FROM = expression("(?:起|开始|以后|之后|后)(?!至|到)")
_BY = expression("截止|截至|不晚于|不迟于|[≤<]|最迟|最晚")


def _one_date(text: str, written: _Date, year: int) -> Span:
    ahead, behind = text[: written.begin], text[written.end :]
    if behind.endswith(_DANGLING):
        return _unknown(f"“{behind[-1]}”后面可能少了一个时间")
    if (written.bare and not written.year) or not (written.year or written.month):
        return _unknown(_UNSAID)
    if not written.month and _PART_WITHOUT_DAYS.match(behind):
        return _unknown(_UNSAID)
    before = _BEFORE.match(behind)
    shown = text[written.begin : written.end]
    if written.day and not written.year and "月" not in shown and not before:
        return _unknown(f"“{shown}”可能是日期，也可能是别的数")
    first, last = _covered(written, year, behind)
    third = _THIRD.match(behind)
    if third:
        behind = behind[third.end() :]
        return Span(None, last) if behind.startswith(_BEFORE_PART) else Span(first, last)
    if before:
        included = before[1] or before[2] or written.day
        return Span(None, last if included else _day_before(first))
    if _FROM.match(behind):
        return Span(first, None)
    if _DONE.match(behind) or behind.startswith(("底", "末", "月底", "月末")) or _BY.search(ahead):
        return Span(None, last)
    return Span(first, last)


def _covered(written: _Date, year: int, behind: str) -> tuple[Day, Day]:
    """First and last day of a date, of a third of a month (中旬) when that follows."""
    first, last = written.first(year), written.last(year)
    third = _THIRD.match(behind)
    if third is None or written.day or not written.month:
        return first, last
    begin, end = _THIRDS[third[0]]
    return first._replace(day=begin), last._replace(day=min(end, last.day))


_SEPARATOR = expression(
    "(?:份|初|底|末)?(?:-{1,3}|~{1,2}|至|到|/|起至|起到|开始至|开始到|(?:开工|启动|开始)(?:建设|实施)?[,，、;；])"
)


def _two_dates(text: str, first: _Date, second: _Date, year: int) -> Span:
    between, behind = text[first.end : second.begin], text[second.end :]
    following = between == "、" and second.month == first.month + 1 and not second.year
    if not following and not _SEPARATOR.fullmatch(between):
        return _unknown(_SEVERAL)
    if first.bare and second.bare and not (first.year and second.year):
        return _unknown(f"“{text[:12]}”可能是年月，也可能是两个月份或两个数")
    if second.day and not second.month:
        second = second._replace(month=first.month)
    if not _same_precision(first, second) or _is_cut_off(behind, text):
        return _odd(text)
    first_year, second_year = _years(first, second, year)
    if not _exists(second_year, second.month, second.day) or not _exists(first_year, first.month, first.day):
        return _odd(text)
    start = first.last(first_year) if between[0] in "底末" else first.first(first_year)
    return Span(start, _covered(second, second_year, behind)[1])


def _is_cut_off(behind: str, text: str) -> bool:
    """Whether the last date stops at the point behind its year or month: 2022.1.1-2022."""
    return behind == "." and text[-2].isdecimal()


def _same_precision(first: _Date, second: _Date) -> bool:
    """Both name a month, or both only a year."""
    if first.month and second.month:
        return True
    return bool(first.year and second.year)


def _years(first: _Date, second: _Date, year: int) -> tuple[int, int]:
    """A year written once counts for both: 2021.1.1-12.31."""
    if first.year:
        return first.year, second.year or first.year
    if not second.year:
        return year, year
    return (second.year if not year or first.month <= second.month else min(year, second.year)), second.year
