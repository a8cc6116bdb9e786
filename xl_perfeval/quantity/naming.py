"""Numbers that count nothing: dates, list numbers, ordinals, document numbers, models, telephones.

Each function looks at the number at `at`…`end` of folded text and answers `None` when it is not of its sort.
"""

from __future__ import annotations

from decimal import Decimal

from xl_perfeval.expressions import expression
from xl_perfeval.quantity.measure import FigureKind, Measure, Sign, skip_blanks
from xl_perfeval.quantity.numerals import LONGEST, number
from xl_perfeval.quantity.units import DURATIONS, PER_MANY, unit_at
from xl_perfeval.quantity.vocabulary import words


def naming_number(text: str, at: int, end: int, previous: Measure | None) -> Measure | None:
    """The number as one that names something; `previous` is the measure in front of it."""
    before = text[at - 1] if at else ""
    mark = skip_blanks(text, end)
    after = text[mark] if mark < len(text) else ""
    length = end - at
    measure = None
    if after in _DATE_MARKS or length > 5 or before == "月":
        measure = date_number(text, at, end, mark, previous)
    if before == " " and at > 1 and is_letter(text[at - 2]):
        standard = _STANDARD.match(text, at)
        if standard:  # GB 3838-2002
            return Measure(FigureKind.document_number, Decimal(0), at, standard.end())
    if measure is None and (before in _NAME_MARKS or after in _LIST_MARKS or is_letter(before)):
        measure = _label(text, at, end, before, after)
    if measure is None and (
        length >= 7 or (length >= 3 and (before in _PHONE_MARKS or after in _PHONE_MARKS))
    ):
        measure = _phone_or_account(text, at, end)
    return measure


_DATE_MARKS = frozenset("年月日号时季全/-~至到.:比·")
_NAME_MARKS = frozenset("Φφ∅第前表图件标号序务目〔[(#&.-_·")
_LIST_MARKS = frozenset(".、)*×xX#号后")
_PHONE_MARKS = frozenset("热专-话机:线真拨打询报平系是为码号警接")


def is_letter(glyph: str) -> bool:
    """Whether a glyph is one of A to z."""
    return glyph.isascii() and glyph.isalpha()


# --- dates ------------------------------------------------------------------------------------------------

_NUMERIC_DATE = expression(
    r"((?:19|20)[0-9]{2})(?:([-/.])(?:0?[1-9]|1[0-2])(?:\2(?:3[01]|[12][0-9]|0?[1-9]))?(?![0-9])"
    r"|(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?![0-9,.])"
    r"|(?:0[1-9]|1[0-2])(?:-{1,2}|~|至|到)(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?![0-9,.]))"
    r"(?:(?:-{1,2}|~|至|到)[0-9]{1,2}[./][0-9]{1,2}(?![0-9./]))?"
)
_SECOND_OF_DATES = expression(r"(?:-{1,2}|~|至|到) ?([0-9]{1,4})(月|年|日|季度)?")
_YEAR_AND_MONTH = expression(r"年 ?[0-9]{1,2} ?月")
_CLOCK = expression(r":[0-5][0-9](?![0-9])")
_RATIO = expression(r"[:/比][0-9][0-9.]*")
_DAY_TO_REMEMBER = expression(r"(?:[1-9]|1[0-2])·[0-9]{1,2}(?=[^\W\d_]|[”’\"])")  # 12·4宪法宣传
_BETWEEN = frozenset("-~至到")
_NAME_OF_MONTH = expression("-(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?![a-z])")
"""What a spreadsheet makes of 24-5."""


def date_number(text: str, at: int, end: int, mark: int, previous: Measure | None) -> Measure | None:
    """A number of a date or clock time; its value is the year, month or day. `mark`: the next glyph's place."""
    digits, after = text[at:end], text[mark : mark + 1]
    if end - at >= 4 and digits.startswith(("19", "20")):
        measure = _whole_date(text, at, end)
        if measure is not None:
            return measure
    cut_off = end - at == 4 and "1900" <= digits < "2200" and after in (".", "") and previous is not None
    if cut_off and previous is not None and previous.kind is FigureKind.date and previous.end == at - 1:
        return Measure(FigureKind.date, Decimal(digits), at, end, damage=f"“{digits}”后面可能少了月份")
    if not digits.isdecimal() or (end - at > 4 and after not in ("年", "月")) or end - at > LONGEST:
        return None
    value = int(digits)
    if after == "全" and text.startswith("全年", mark) and end - at == 4 and 1900 <= value < 2200:
        return Measure(FigureKind.date, Decimal(value), at, mark)
    if after == "年":
        return _year(text, at, end, mark)
    if after == "·":
        day = _DAY_TO_REMEMBER.match(text, at)
        return Measure(FigureKind.date, Decimal(value), at, day.end()) if day else None
    if after == "月":
        damage = "" if 1 <= value <= 12 else f"“{digits[:8]}月”不像一个月份"
        return Measure(FigureKind.date, Decimal(value), at, mark + 1, "月", damage)
    if after in ("日", "号", "时"):
        follows = previous is not None and previous.kind is FigureKind.date
        of_month = value <= 31 and text.endswith(("每月", "当月", "次月"), 0, at)
        of_date = follows and previous is not None and not text[previous.end : at].strip()
        deadline = after == "日" and value <= 31 and text.startswith(("前", "之前", "以前"), mark + 1)
        if after == "时" or of_month or of_date or deadline:
            return Measure(FigureKind.date, Decimal(value), at, mark + 1, after)
        return None
    if end == len(text) and value <= 31 and previous is not None and previous.unit == "月":
        return Measure(FigureKind.date, Decimal(value), at, end)  # 2021年12月31
    if after == "季":
        quarter = text.startswith("季度", mark) and value <= 4 and (at == 0 or text[at - 1] in "第年")
        return Measure(FigureKind.date, Decimal(value), at, mark + 2, "季度") if quarter else None
    if after in (":", "/", "比"):
        return _clock_or_ratio(text, at, mark, value)
    return _range_of_dates(text, at, mark, value) if after in _BETWEEN else None


def _whole_date(text: str, at: int, end: int) -> Measure | None:
    """2021.1.1-12.31, 2026/1/1, 20190101, 2021-12; not 2021.5万元."""
    match = _NUMERIC_DATE.match(text, at)
    if match is None or match.end() < end or text.startswith("月", match.end()):
        return None
    unit = unit_at(text, skip_blanks(text, match.end()))
    if unit.text or unit.factor:
        return None
    return Measure(FigureKind.date, Decimal(match[1]), at, match.end())


def _year(text: str, at: int, end: int, mark: int) -> Measure | None:
    digits = text[at:end]
    if len(digits) == 4 and 1900 <= int(digits) < 2200:
        return Measure(FigureKind.date, Decimal(digits), at, mark + 1, "年")
    if _YEAR_AND_MONTH.match(text, mark):
        damage = "" if len(digits) == 2 else f"“{digits}年”不像一个年份"
        return Measure(FigureKind.date, Decimal(digits), at, mark + 1, "年", damage)
    return None


def _clock_or_ratio(text: str, at: int, mark: int, value: int) -> Measure | None:
    clock = _CLOCK.match(text, mark) if value < 25 else None
    if clock:
        return Measure(FigureKind.date, Decimal(value), at, clock.end())
    if text[mark] == ":" and text[max(0, at - 2) : at] in _LABELLED:
        return None  # 指标1:450人
    ratio = _RATIO.match(text, mark)
    if ratio is None or PER_MANY.match(text, mark):
        return None
    about = "可能是日期，也可能是分数" if text[mark] == "/" else "是比例，不能直接比较"
    damage = f"“{text[at : ratio.end()][:12]}”{about}"
    return Measure(FigureKind.model, Decimal(value), at, ratio.end(), "", damage)


def _range_of_dates(text: str, at: int, mark: int, value: int) -> Measure | None:
    """6-9月, 2019-2021年, 2010-2011."""
    match = _SECOND_OF_DATES.match(text, mark)
    if match is None:
        name = _NAME_OF_MONTH.match(text, mark)
        if name is None:
            return None
        damage = f"“{text[at : name.end()]}”可能是“{value}-…”变成的日期"
        return Measure(FigureKind.date, Decimal(value), at, name.end(), "", damage)
    months = (match[2] == "月" and value <= 12) or (match[2] == "季度" and value <= 4)
    years = match[2] in ("年", None) and len(match[1]) == 4 and 1900 <= value <= int(match[1]) < 2200
    if not months and not years:
        return None
    if match[2] is None:
        unit = unit_at(text, match.end())
        if unit.text or unit.factor:
            return None
    measure = Measure(FigureKind.date, Decimal(value), at, match.end(), match[2] or "年")
    measure.high, measure.sign, measure.number_end = Decimal(match[1]), Sign.range, match.end(1)
    return measure


# --- labels -----------------------------------------------------------------------------------------------

_LETTERS_AND_DIGITS = expression(r"[A-Za-z0-9]*")
_DIMENSIONS = expression(r"[0-9.]+ ?(?:[cmk]?m|米)? ?[*×xX] ?[0-9][0-9.*×xX]*(?:[cmk]?m)?")
_DOCUMENT = expression(r"[〕\])】] ?第?[0-9]{1,5} ?号")
_OPENING = frozenset("〔[(【")
_DIAMETERS = frozenset("Φφ∅")
_JOINING = frozenset("-_.·&")
_OTHER_WORDS_WITH_QIAN = words("目前 此前 之前 以前 提前 日前 年前 月前 当前")
_LABELLED = words("附件 指标 附表 编号 序号 任务 目标 项目")
_YEAR_OF_STANDARD = expression("[0-9.]*-(?:19|20)[0-9]{2}(?![0-9])")
_STANDARD = expression("[0-9.]+-(?:19|20)?[0-9]{2}(?![0-9])")
_ITEM_ENDS = frozenset(".、)")
_BEFORE_ITEM = frozenset(" 。；;，,:：\n\t\r》”、()")


def _label(text: str, at: int, end: int, before: str, after: str) -> Measure | None:
    """Models, dimensions, list numbers, ordinals, document numbers."""
    value = number(text[at:end])
    if value is None:
        return None
    if (
        is_letter(before)
        or before in _DIAMETERS
        or (before in _JOINING and at > 1 and is_letter(text[at - 2]))
    ):
        year = _YEAR_OF_STANDARD.match(text, end)
        return Measure(FigureKind.model, value, at, year.end() if year else end_of_letters(text, end))
    dimensions = _DIMENSIONS.match(text, at) if after in "*×xX" and after else None
    if dimensions:
        return Measure(FigureKind.model, value, at, dimensions.end())
    short = end - at <= 2
    if after == "后" and end - at == 2 and text[end - 1] in "05" and text[end + 1 : end + 2].isalpha():
        return Measure(FigureKind.ordinal, value, at, end + 1)  # 90后干部
    if short and _begins_item(text, at, end, before):
        return Measure(FigureKind.list_number, value, at, end + 1)
    document = _DOCUMENT.match(text, end) if before in _OPENING else None
    if document:
        return Measure(FigureKind.document_number, value, at, document.end())
    if after == "号":
        kind = FigureKind.document_number if before in ("〕", "]") else FigureKind.ordinal
        return Measure(kind, value, at, end + 1, "号")
    if after == "#" or before == "#":
        return Measure(FigureKind.ordinal, value, at, end)
    unit = unit_at(text, skip_blanks(text, end))
    first = before == "前" and text[max(0, at - 2) : at] not in _OTHER_WORDS_WITH_QIAN
    if before == "第" or (first and unit.text not in DURATIONS):
        ordinal = Measure(FigureKind.ordinal, value, at, unit.end if unit.text else end, unit.text)
        ordinal.start = at - 1
        return ordinal
    labelled = text[max(0, at - 2) : at] in _LABELLED or before in ("表", "图")
    if short and labelled and not unit.text and not unit.factor:
        return Measure(FigureKind.ordinal, value, at, end)
    return None


def end_of_letters(text: str, place: int) -> int:
    """Where the letters and digits that begin at `place` end."""
    run = _LETTERS_AND_DIGITS.match(text, place)
    return run.end() if run else place


def _begins_item(text: str, at: int, end: int, before: str) -> bool:
    """Whether 1. 1、 1) (1) stands where an item of a list begins."""
    after = text[end : end + 1]
    if before == "(":
        return after == ")"
    if after not in _ITEM_ENDS or not after or text[end + 1 : end + 2].isdecimal() or end + 1 == len(text):
        return False
    return at == 0 or before in _BEFORE_ITEM


# --- telephones and accounts --------------------------------------------------------------------------------

_HOTLINES = words("110 119 120 122 114 12345 12315 12333 12366 12369 12319 12388 10086")
_HOTLINE_AFTER = (
    "警情",
    "接警",
    "接处警",
    "报警",
    "热线",
    "专线",
    "平台",
    "举报",
    "客服",
    "服务热线",
    "政务",
)
_PHONE_BEFORE = expression("(?:电话|手机|热线|传真|拨打|QQ|微信|联系方式|咨询)(?:号码?)?[: 为是]{0,3}$")
_ACCOUNT_BEFORE = expression("(?:账号|帐号|卡号|账户|身份证|证号)(?:号码?)?[: 为是]{0,3}$")
_AREA_AND_NUMBER = expression("(?:0[0-9]{2,3}|400)-[0-9]{3,8}(?:-[0-9]{3,6})?")


def _phone_or_account(text: str, at: int, end: int) -> Measure | None:
    digits = text[at:end]
    if not digits.isdecimal():
        return None
    value, context = Decimal(digits[:LONGEST]), text[max(0, at - 9) : at]
    area = _AREA_AND_NUMBER.match(text, at)
    if area:
        return Measure(FigureKind.phone, value, at, area.end())
    if _PHONE_BEFORE.search(context) or (digits in _HOTLINES and text.startswith(_HOTLINE_AFTER, end)):
        return Measure(FigureKind.phone, value, at, end)
    if _ACCOUNT_BEFORE.search(context):
        kind = FigureKind.identity_number if "证" in context else FigureKind.account_number
        return Measure(kind, value, at, end)
    unit = unit_at(text, skip_blanks(text, end))
    return None if unit.text or unit.factor else _by_length(text, at, end, value)


def _by_length(text: str, at: int, end: int, value: Decimal) -> Measure | None:
    """Mobile numbers have 11 digits, identity cards 18 (the last may be X), bank cards 16 to 19."""
    length = end - at
    if length == 11 and text[at] == "1" and text[at + 1] in "3456789":
        return Measure(FigureKind.phone, value, at, end)
    if length == 18:
        return Measure(FigureKind.identity_number, value, at, end)
    if length == 17 and text[end : end + 1] in ("X", "x"):
        return Measure(FigureKind.identity_number, value, at, end + 1)
    return Measure(FigureKind.account_number, value, at, end) if 16 <= length <= 19 else None
