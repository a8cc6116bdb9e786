"""Numbers in running text with what belongs to them: sign, unit, range, and what sort of number it is.

`scan` walks once from number to number. Around each it looks only at a few characters, so the time is
linear in the length of the text. All texts here are folded (`numerals.fold`).
"""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum

from xl_perfeval.quantity.numerals import CHINESE_DIGITS, LONGEST, chinese_number, number
from xl_perfeval.quantity.units import AGES, DURATIONS, KNOWN, MULTIPLIERS, RATES, WAN, Unit, unit_at


class Sign(StrEnum):
    """Comparison that a figure carries; `implicit` when none is written."""

    at_least = "≥"
    more_than = ">"
    equal = "="
    less_than = "<"
    at_most = "≤"
    range = "range"
    implicit = "implicit"


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
    """One number (or range) with sign and unit; money is in 万元. `at`…`number_end` is the number itself."""

    __slots__ = ("approximate", "at", "bare_wan", "damage", "end", "high", "kind", "low", "number_end", "sign", "start", "unit", "unit_end")

    def __init__(self, kind: FigureKind, low: Decimal, at: int, end: int, unit: str = "", damage: str = "") -> None:
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


def scan(text: str) -> list[Measure]:
    """Every number of folded `text`, in order, none overlapping another."""
    plain = _PLAIN.fullmatch(text)
    if plain is not None and plain[3] in _PLAIN_UNITS:
        return [_plain_measure(plain)]
    found: list[Measure] = []
    position = 0
    for match in _NUMBER.finditer(text):
        at = match.start()
        if at < position:
            continue
        if text[at] <= "9":
            measure = _written_in_digits(text, at, match.end(), found)
        else:
            measure = _written_in_words(text, at, match.end())
        if measure is not None:
            found.append(measure)
            position = measure.end
    return found


# Most cells are one sign, one number and one unit; they need no look around.
_PLAIN = re.compile(r"([≥≤<>=]?) ?((?!(?:19|20)[0-9]{2}\.)[0-9]{1,6}(?:\.[0-9]{1,8})?) ?(%|[^\W\d_]{0,3})")
_PLAIN_SIGNS = {sign.value: sign for sign in Sign if len(sign.value) == 1} | {"": Sign.implicit}
_PLAIN_UNITS = {
    **{word: (FigureKind.count, None) for word in KNOWN if word.isalpha() and not MULTIPLIERS.keys() & {word[0], word[:2]}},
    **{word: (FigureKind.duration, None) for word in DURATIONS - {"年", "日", "年度"}},
    "": (FigureKind.count, None),
    "%": (FigureKind.rate, None),
    "万元": (FigureKind.money, None),
    "元": (FigureKind.money, 1 / WAN),
    "亿元": (FigureKind.money, WAN),
}
for _special in (*AGES, *RATES - {"%"}, "周年", "年", "日", "年度", "圆", "个小时"):
    _PLAIN_UNITS.pop(_special, None)


def _plain_measure(match: re.Match[str]) -> Measure:
    sign, digits, unit = match.groups()
    kind, factor = _PLAIN_UNITS[unit]
    value = Decimal(digits)
    measure = Measure(kind, value if factor is None else value * factor, match.start(2), match.end(2), unit)
    if kind is FigureKind.money:
        measure.unit = "万元"
    measure.sign = _PLAIN_SIGNS[sign]
    measure.start, measure.end = 0, match.end()
    measure.unit_end = match.end()
    return measure


HAS_NUMBER = re.compile(f"[0-9{CHINESE_DIGITS}]")
_NUMBER = re.compile(f"[0-9][0-9,.]*|[{CHINESE_DIGITS}]+(?:点[{CHINESE_DIGITS}]+)?")
_FIRST_NUMBER = re.compile(r"[0-9]{1,24}(?:\.[0-9]{1,24})?")


def _written_in_digits(text: str, at: int, end: int, found: list[Measure]) -> Measure | None:
    while text[end - 1] in ",.":
        end -= 1
    digits = text[at:end]
    before = text[at - 1] if at else ""
    mark = _skip(text, end)
    after = text[mark] if mark < len(text) else ""
    special = None
    if after in _DATE_MARKS or end - at > 5:
        special = _date(text, at, end, mark, found)
    if special is None and (before in _NAME_MARKS or after in _LIST_MARKS or before.isascii() and before.isalpha()):
        special = _name_of_something(text, at, end)
    if special is None and (end - at >= 3 and (end - at >= 7 or before not in "" and before in _PHONE_MARKS or after in _PHONE_MARKS)):
        special = _phone(text, at, end)
    if special is not None:
        return special
    value = number(digits)
    if value is None:
        first = _FIRST_NUMBER.match(digits)
        long = end - at > LONGEST
        value = Decimal(first[0]) if first else Decimal(0)
        damaged = Measure(FigureKind.account_number if long else FigureKind.count, value, at, end, "", _ODD_NUMBER.format(digits[:12]))
        unit = unit_at(text, end)
        damaged.unit, damaged.end, damaged.unit_end = unit.text, unit.end, unit.end
        return damaged
    return _quantity(text, at, end, value)


_ODD_NUMBER = "“{}”不像一个完整的数"
_DATE_MARKS = frozenset("年月日号时季/-~至到.:")
_NAME_MARKS = frozenset("第前表图件标号序务〔[(#&.-_·")
_LIST_MARKS = frozenset(".、)*×xX#号")
_PHONE_MARKS = frozenset("热专-话机:：线真拨打询报 平系")


# --- quantities -------------------------------------------------------------------------------------------


def _quantity(text: str, at: int, end: int, value: Decimal) -> Measure | None:
    """A number that counts or measures, with its range, unit and sign."""
    place = _skip(text, end)
    more = text[place : place + 1] in _MORE
    unit = unit_at(text, _skip(text, place + 1) if more else place)
    number_end, high, damage = end, None, ""
    separator = _RANGE.match(text, unit.end if unit.text or unit.factor else end)
    if separator is not None:
        high = _second_number(separator[1])
        second_end = separator.start(1) + len(separator[1].rstrip(",."))
        second = unit_at(text, _skip(text, second_end))
        if high is None or (unit.text and second.text and unit.text != second.text):
            high = None
        else:
            if unit.factor is not None and second.factor is not None:
                value, high, second = value * unit.factor, high * second.factor, Unit(second.text, None, second.end)
                value, high, second = _unscaled(value, high, second)
            if not second.text and not second.factor and unit.text:
                second = Unit(unit.text, unit.factor, second_end)
            number_end, unit = second_end, second
            if high < value:
                damage = "范围的前一个数比后一个数大"
    letters = text[unit.end : unit.end + 1]
    if not unit.text and letters.isascii() and letters.isalpha():
        run = _LETTERS_AND_DIGITS.match(text, unit.end)
        return Measure(FigureKind.model, value, at, run.end() if run else unit.end)
    measure = Measure(FigureKind.count, value, at, unit.end if unit.text or unit.factor else number_end, unit.text, damage)
    measure.high, measure.number_end, measure.unit_end = high, number_end, measure.end
    if at and text[at - 1] == "-" and (at == 1 or text[at - 2] in _BEFORE_MINUS):
        measure.low, measure.start = -value, at - 1
    if unit.factor is not None and not unit.text and text[unit.end - 1] == "亿":
        _add_wan(measure, text)
    measure.approximate = more or (unit.end > number_end + 1 and _has_more(text, number_end, unit.end))
    if measure.approximate:
        measure.sign = Sign.at_least
    _set_kind(measure, unit, text)
    _set_sign(measure, text)
    return measure


_MORE = frozenset("余多")
_BEFORE_MINUS = frozenset(" 长为率达降≥≤<>=:")
_RANGE = re.compile(f" ?(?:-{{1,2}}|~|至|到) ?([0-9][0-9,.]*|[{CHINESE_DIGITS}]{{1,3}})")
_LETTERS_AND_DIGITS = re.compile(r"[A-Za-z0-9]+")


_AND_WAN = re.compile(r"([0-9]{1,4}(?:\.[0-9]+)?)万(?:元|(?![^\W\d_]))")


def _add_wan(measure: Measure, text: str) -> None:
    """Completes 2亿3000万元, whose second half follows the 亿."""
    match = _AND_WAN.match(text, measure.end)
    if match:
        measure.low += Decimal(match[1]) / WAN
        measure.unit_end = measure.end = match.end()


def _second_number(text: str) -> Decimal | None:
    if text[0] <= "9":
        return number(text.rstrip(",."))
    value = chinese_number(text)
    return None if value is None else Decimal(value)


def _unscaled(value: Decimal, high: Decimal, unit: Unit) -> tuple[Decimal, Decimal, Unit]:
    return value, high, Unit(unit.text, Decimal(1), unit.end)


def _has_more(text: str, start: int, end: int) -> bool:
    return "余" in text[start:end] or "多" in text[start:end]


def _skip(text: str, place: int) -> int:
    while text[place : place + 1] == " ":
        place += 1
    return place


def _set_kind(measure: Measure, unit: Unit, text: str) -> None:
    word, factor = unit.text, unit.factor
    if word == "元":
        factor = (factor or Decimal(1)) / WAN
        measure.kind, measure.unit = FigureKind.money, "万元"
    elif word in RATES:
        measure.kind = FigureKind.rate
    elif word in DURATIONS:
        measure.kind = FigureKind.duration
    elif word in AGES:
        measure.kind = FigureKind.age
    elif word == "周年":
        measure.kind = FigureKind.anniversary
    elif not word and text[max(0, measure.at - 4) : measure.at].rstrip().endswith("百分之"):
        measure.kind, measure.unit = FigureKind.rate, "%"
        measure.start = text.rindex("百分之", 0, measure.at)
    elif not word and factor is not None:
        measure.bare_wan = True
        if _reads_as_money(text, measure):
            factor /= WAN
            measure.kind, measure.unit = FigureKind.money, "万元"
    if factor is not None:
        measure.low *= factor
        if measure.high is not None:
            measure.high *= factor


_MONEY_AFTER = re.compile(r" ?(?:[^\w ]|$|以[上下内]|左右|之内|的?(?:资金|经费|补[贴助偿]|奖[励补金]|投[入资]|贷款|成本|费|款))")
_MONEY_BEFORE = re.compile(r"资金|经费|投[入资]|支出|预算|收入|产值|金额|补[贴助]|税|贷款|奖励|成本|总额|[¥￥]")


def _reads_as_money(text: str, measure: Measure) -> bool:
    """Whether 20万 without 元 is money: it stands alone, or words of money stand beside it."""
    if _PEOPLE_AFTER.match(text, measure.end):
        return False
    if _MONEY_AFTER.match(text, measure.end):
        return _PEOPLE.search(text, max(0, measure.at - 6), measure.at) is None
    return _MONEY_BEFORE.search(text, max(0, measure.at - 8), measure.at) is not None


_PEOPLE_AFTER = re.compile(" ?(?:名|多|余)?(?:群众|农户|居民|学生|职工|老人|村民|市民|用户|人口|粉丝|游客|农民|儿童|妇女|企业|家庭)")
_PEOPLE = re.compile("人数|人次|户数|[次件册份]数|数量|面积")


# --- signs ------------------------------------------------------------------------------------------------


def _words(**signs: str) -> dict[str, Sign | None]:
    return {word: Sign[name] if name != "none" else None for name, words in signs.items() for word in words.split()}


_SIGN_BEFORE = _words(
    at_least="≥ >= => =≥ ≥= >=  ≥≥ 不低于 不少于 不小于 至少 最少 不得低于 不得少于 不应低于 不能少于 不能低于 大于等于 大于或等于 高于等于 "
    "高于或等于 多于或等于 未低于 不低 力争达到 最低 起码 不得小于",
    more_than="> 大于 超过 超 高于 多于 超出 突破 逾 高达到",
    less_than="< 小于 低于 少于 不足 不满 不到 未满 未达 未达到",
    at_most="≤ <= =< ≤= ≤≤ 不超过 不超 不高于 不大于 不多于 至多 最多 不得超过 不得高于 不得大于 不应超过 不能超过 小于等于 小于或等于 "
    "低于或等于 少于或等于 未超过 未超 没有超过 控制在 不超出 最高 限额 压缩到 压减到 不晚于 不迟于",
    equal="= == 等于",
    none="达到 达 为 共 共计 合计 总计 累计 约 大约 近 接近 约为 大概 预计 每年 计 完成 于 人民币 ¥ 到 至 了 在 稳定在 保持在 维持在 "
    "是 : 各 ± ≈ 将近 基本达到",
)
_APPROXIMATE_BEFORE = frozenset("约 大约 近 接近 约为 大概 ± ≈ 将近".split())
_SIGN_ENDS = frozenset(word[-1] for word in _SIGN_BEFORE)
_SIGN_LENGTHS = (5, 4, 3, 2, 1)
_NOT_APPROXIMATE = frozenset("节合预制公签契履违附最邻邻条誓")
_SIGN_AFTER = _words(
    at_least="以上 及以上 或以上 (含)以上 含以上 以上(含) 之上 及其以上 及以 起",
    more_than="以外",
    at_most="以下 以内 之内 及以下 或以下 (含)以下 以下(含) 之下 (含)以内 以内(含) 及以内 范围内 范围以内",
    none="左右 上下",
)
_AFTER_STARTS = frozenset(word[0] for word in _SIGN_AFTER)
UPPER_BOUNDS = frozenset((Sign.less_than, Sign.at_most))
_EARLIER_SIGN = re.compile(
    "(至少|最少|不少于|不低于|不得少于|不得低于)|(不超过|控制在|至多|最多|不高于|不得超过)"
)
_CLAUSE_BREAK = re.compile(r"[，。；;、,:：!？?()\n0-9]")


def _set_sign(measure: Measure, text: str) -> None:
    """Reads the sign words on both sides and widens the measure over them."""
    sign = measure.sign
    if measure.start:
        sign = _sign_before(measure, text)
    place = _skip(text, measure.unit_end)
    ahead = text[place : place + 1]
    if ahead in _AFTER_STARTS and ahead:
        sign = _sign_after(measure, text, place, sign)
    elif ahead == "内" and (measure.kind is FigureKind.duration or (place + 1 == len(text) and measure.kind is not FigureKind.count)):
        measure.end = place + 1
        sign = _agreeing(measure, sign, Sign.at_most)
    if sign is Sign.implicit and measure.start > 4:
        clause = text[max(0, measure.start - 14) : measure.start]
        earlier = None
        for earlier in _EARLIER_SIGN.finditer(clause):  # noqa: B007 - the last one counts
            pass
        if earlier and not _CLAUSE_BREAK.search(clause, earlier.end()):
            sign = Sign.at_least if earlier[1] else Sign.at_most
    if measure.high is not None and sign in (Sign.implicit, Sign.equal, Sign.at_most):
        sign = Sign.range
    measure.sign = sign


def _sign_before(measure: Measure, text: str) -> Sign:
    sign, place = measure.sign, measure.start
    while place > 0:
        while place and text[place - 1] == " ":
            place -= 1
        if not place or text[place - 1] not in _SIGN_ENDS:
            break
        for length in _SIGN_LENGTHS:
            word = text[place - length : place] if length <= place else ""
            if word in _SIGN_BEFORE:
                break
        else:
            break
        if word in _APPROXIMATE_BEFORE:
            if text[place - 2 : place - 1] in _NOT_APPROXIMATE and len(word) == 1 and place > 1:
                break
            measure.approximate = True
        meant = _SIGN_BEFORE[word]
        if meant is not None:
            sign = meant if measure.approximate and sign is Sign.at_least and meant not in UPPER_BOUNDS else _agreeing(measure, sign, meant)
        place -= len(word)
        if meant is not None or word in _APPROXIMATE_BEFORE or word == "¥":
            measure.start = place
    return sign


def _sign_after(measure: Measure, text: str, place: int, sign: Sign) -> Sign:
    for length in (6, 5, 4, 3, 2, 1):
        word = text[place : place + length]
        if word in _SIGN_AFTER and len(word) == length:
            break
    else:
        return sign
    if word == "起" and measure.unit not in ("天", "年"):
        return sign
    if word == "起":
        return sign
    measure.end = place + len(word)
    meant = _SIGN_AFTER[word]
    if meant is None:
        measure.approximate = True
        return sign
    return _agreeing(measure, sign, meant)


def _agreeing(measure: Measure, first: Sign, second: Sign) -> Sign:
    """The sign that two words give together: the stricter wording wins, opposite directions are damage."""
    if first is Sign.implicit or first is Sign.equal:
        return second
    if (first in UPPER_BOUNDS) != (second in UPPER_BOUNDS):
        measure.damage = measure.damage or "数字前后的限定互相矛盾"
    return first


# --- numbers that count nothing ---------------------------------------------------------------------------


_NUMERIC_DATE = re.compile(
    r"((?:19|20)[0-9]{2})(?:([-/.])(?:0?[1-9]|1[0-2])(?:\2(?:3[01]|[12][0-9]|0?[1-9]))?(?![0-9])"
    r"|(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?![0-9,.]))"
    r"(?:(?:-{1,2}|~|至|到)[0-9]{1,2}[./][0-9]{1,2}(?![0-9./]))?"
)
_SECOND_OF_DATES = re.compile(r"(?:-{1,2}|~|至|到) ?([0-9]{1,4})(月|年|日)?")
_YEAR_AND_MONTH = re.compile(r"年 ?[0-9]{1,2} ?月")
_CLOCK = re.compile(r":[0-5][0-9](?![0-9])")
_RATIO = re.compile(r"[:/][0-9][0-9.]*")


def _date(text: str, at: int, end: int, mark: int, found: list[Measure]) -> Measure | None:
    """A number that belongs to a date or a clock time; its value is the year, month or day itself."""
    digits = text[at:end]
    after = text[mark] if mark < len(text) else ""
    length = end - at
    if digits.startswith(("19", "20")) and length >= 4:
        match = _NUMERIC_DATE.match(text, at)
        if match and (match.end() > end or length == 8 or digits.count(".") == 2 or (length > 5 and "." in digits)):
            unit = unit_at(text, _skip(text, match.end()))
            if match.end() >= end and not unit.text and not unit.factor and text[match.end() : match.end() + 1] != "月":
                return Measure(FigureKind.date, Decimal(match[1]), at, match.end())
    if not digits.isdecimal() or (length > 4 and after != "月") or length > LONGEST:
        return None
    value = int(digits)
    if after == "年":
        if length == 4 and 1900 <= value < 2200:
            return Measure(FigureKind.date, Decimal(value), at, mark + 1, "年")
        if _YEAR_AND_MONTH.match(text, mark):
            return Measure(FigureKind.date, Decimal(value), at, mark + 1, "年", "" if length == 2 else f"“{digits}年”不像一个年份")
    elif after == "月":
        return Measure(FigureKind.date, Decimal(value), at, mark + 1, "月", "" if 1 <= value <= 12 else f"“{digits}月”不像一个月份")
    elif after in ("日", "号", "时"):
        follows = bool(found) and found[-1].kind is FigureKind.date and not text[found[-1].end : at].strip()
        if follows or after == "时":
            return Measure(FigureKind.date, Decimal(value), at, mark + 1, after)
    elif after == "季":
        if text.startswith("季度", mark) and at and text[at - 1] == "第":
            return Measure(FigureKind.date, Decimal(value), at, mark + 2, "季度")
    elif after == ":":
        match = _CLOCK.match(text, mark)
        if match and value < 25:
            return Measure(FigureKind.date, Decimal(value), at, match.end())
        match = _RATIO.match(text, mark)
        if match:
            return Measure(FigureKind.model, Decimal(value), at, match.end())
    elif after == "/":
        match = _RATIO.match(text, mark)
        if match:
            return Measure(FigureKind.model, Decimal(value), at, match.end(), "", f"“{text[at : match.end()][:12]}”可能是日期，也可能是分数")
    elif after in _RANGE_MARKS:
        match = _SECOND_OF_DATES.match(text, mark)
        years = match is not None and length == 4 == len(match[1]) and 1900 <= value <= int(match[1]) < 2200
        if match and ((match[2] == "月" and value <= 12) or (match[2] in ("年", None) and years)):
            measure = Measure(FigureKind.date, Decimal(value), at, match.end(), match[2] or "年")
            measure.high = Decimal(match[1])
            measure.sign = Sign.range
            measure.number_end = match.end(1)
            unit = unit_at(text, match.end())
            return None if match[2] is None and (unit.text or unit.factor) else measure
    return None


_RANGE_MARKS = frozenset("-~至到")
_DIMENSIONS = re.compile(r"[0-9.]+ ?(?:[cmk]?m|米)? ?[*×xX] ?[0-9][0-9.*×xX]*(?:[cmk]?m)?")
_DOCUMENT = re.compile(r"[〕\])】] ?第?[0-9]{1,5} ?号")
_COMMON_BEFORE = ("目前", "此前", "之前", "以前", "提前", "日前", "年前", "月前", "当前", "前前")
_ORDINAL_BEFORE = ("附件", "指标", "附表", "编号", "序号", "任务", "目标", "项目")
_BEGINNING = frozenset(" 。；;，,:：\n\t\r>》”、()")


def _name_of_something(text: str, at: int, end: int) -> Measure | None:
    """List numbers, ordinals, document numbers, models and dimensions."""
    digits = text[at:end]
    before = text[at - 1] if at else ""
    after = text[end] if end < len(text) else ""
    short = end - at <= 2 and digits.isdecimal()
    value = number(digits)
    if value is None:
        return None
    if before.isascii() and before.isalpha() or (before and before in "-_.·&" and at > 1 and _is_letter(text[at - 2])):
        run = _LETTERS_AND_DIGITS.match(text, end)
        return Measure(FigureKind.model, value, at, run.end() if run else end)
    if after in "*×xX" and after:
        match = _DIMENSIONS.match(text, at)
        if match:
            return Measure(FigureKind.model, value, at, match.end())
    if short and _starts_item(text, at, end, before, after):
        return Measure(FigureKind.list_number, value, at, end + 1)
    if before == "第":
        unit = unit_at(text, end)
        ordinal = Measure(FigureKind.ordinal, value, at, unit.end, unit.text)
        ordinal.start = at - 1
        return ordinal
    if before in "〔[(【" and before and _DOCUMENT.match(text, end):
        match = _DOCUMENT.match(text, end)
        return Measure(FigureKind.document_number, value, at, match.end() if match else end)
    if after == "号" and after:
        return Measure(FigureKind.document_number if before in ("〕", "]") else FigureKind.ordinal, value, at, end + 1, "号")
    if after == "#" or before == "#":
        return Measure(FigureKind.ordinal, value, at, end)
    if before == "前" and text[max(0, at - 2) : at] not in _COMMON_BEFORE and digits.isdecimal():
        unit = unit_at(text, end)
        if unit.text not in DURATIONS:
            return Measure(FigureKind.ordinal, value, at, unit.end, unit.text)
    if short and (text[max(0, at - 2) : at] in _ORDINAL_BEFORE or before in ("表", "图")):
        unit = unit_at(text, _skip(text, end))
        if not unit.text and not unit.factor:
            return Measure(FigureKind.ordinal, value, at, end)
    return None


def _is_letter(glyph: str) -> bool:
    return glyph.isascii() and glyph.isalpha()


def _starts_item(text: str, at: int, end: int, before: str, after: str) -> bool:
    """Whether 1. 1、 1) (1) stands where an item of a list begins."""
    if before == "(":
        return after == ")"
    if after in (".", "、", ")") and end + 1 < len(text) and not text[end + 1].isdecimal():
        return at == 0 or before in _BEGINNING
    return False


_HOTLINES = frozenset("110 119 120 122 12345 12315 12333 12366 12369 12319 12388 96518 114 10086".split())
_PHONE_AFTER = ("热线", "专线", "平台", "举报", "客服", "服务热线", "政务")
_PHONE_BEFORE = re.compile(r"(?:电话|手机|热线|传真|拨打|QQ|微信|联系方式|咨询)(?:号码?)?[: 为是]{0,3}$")
_ACCOUNT_BEFORE = re.compile(r"(?:账号|帐号|卡号|账户|身份证|证号)(?:号码?)?[: 为是]{0,3}$")
_AREA_AND_NUMBER = re.compile(r"(?:0[0-9]{2,3}|400)-[0-9]{3,8}(?:-[0-9]{3,6})?")


def _phone(text: str, at: int, end: int) -> Measure | None:
    """Telephone, identity-card and bank account numbers."""
    digits = text[at:end]
    if not digits.isdecimal():
        return None
    value, length = Decimal(digits[:LONGEST]), end - at
    context = text[max(0, at - 9) : at]
    match = _AREA_AND_NUMBER.match(text, at)
    if match:
        return Measure(FigureKind.phone, value, at, match.end())
    if _PHONE_BEFORE.search(context) or (digits in _HOTLINES and text.startswith(_PHONE_AFTER, end)):
        return Measure(FigureKind.phone, value, at, end)
    if _ACCOUNT_BEFORE.search(context):
        return Measure(FigureKind.identity_number if "证" in context else FigureKind.account_number, value, at, end)
    if length >= 7:
        unit = unit_at(text, _skip(text, end))
        if unit.text or unit.factor:
            return None
    if length == 11 and digits[0] == "1" and digits[1] in "3456789":
        return Measure(FigureKind.phone, value, at, end)
    if length == 18 or (length == 17 and text[end : end + 1] in ("X", "x")):
        return Measure(FigureKind.identity_number, value, at, end + (length == 17))
    if 16 <= length <= 19:
        return Measure(FigureKind.account_number, value, at, end)
    return None


# --- Chinese numerals ---------------------------------------------------------------------------------------

_VERBS = frozenset(
    """
    举办 组织 开展 召开 举行 完成 新建 建设 建成 改造 采购 购置 购买 印制 编印 发放 引进 培育 认定 培训 实施 新增 创建 指导 编制
    出版 发表 制定 制作 开设 设立 维修 安装 补助 扶持 资助 救助 检查 达到 承办 委托 申报 修建 增加 建立 保障 服务 举行 推荐
    """.split()
)
_NOT_COUNTED_IN_WORDS = frozenset(("分", "届", "级", "点", "方", "度", "体", "岁", "里", "口", "段", "面", "下"))
_NONE_OF = ("投诉", "事故", "伤亡", "死亡", "违规", "违纪", "差错", "失误", "缺陷", "上访", "舆情", "感染", "火灾", "案件")
_AT_CLAUSE_START = frozenset("，。；;、,:： (\n")


def _written_in_words(text: str, at: int, end: int) -> Measure | None:
    """A Chinese numeral, only where it surely counts: 三十万元, 举办两场, 不少于三次, 一座 alone; not 一体化, 四个意识."""
    percent = text.startswith("百分之", at)
    if percent:
        match = _NUMBER.match(text, at + 3)
        if not match or text[at + 3] <= "9":
            return None
        start, end = at + 3, match.end()
    else:
        start = at
    ahead = text[end : end + 1]
    if not percent and (not ahead or ahead in _NOT_COUNTED_IN_WORDS):
        return None
    whole, _, fraction = text[start:end].partition("点")
    value = chinese_number(whole)
    decimals = "".join(str(chinese_number(glyph)) for glyph in fraction[:9]) if fraction else ""
    if value is None or (decimals and not decimals.isdecimal()):
        return None
    amount = Decimal(f"{value}.{decimals}") if decimals else Decimal(value)
    if percent:
        measure = Measure(FigureKind.rate, amount, start, end, "%")
        measure.start = at
        _set_sign(measure, text)
        return measure
    if ahead == "年" and end - at == 4 and 1900 <= value < 2200:
        return Measure(FigureKind.date, amount, at, end + 1, "年")
    if text.startswith(_NONE_OF, end) and text[at:end] == "零":
        return Measure(FigureKind.count, amount, at, end)
    unit = unit_at(text, end + 1 if ahead in _MORE else end)
    if not unit.text and unit.factor is None and not _RANGE.match(text, end):
        return None
    measure = _quantity(text, at, end, amount)
    if measure is None or measure.kind is FigureKind.anniversary or (not measure.unit and not measure.bare_wan):
        return None
    return measure if _surely_counts(text, measure, value) else None


def _surely_counts(text: str, measure: Measure, value: int) -> bool:
    if measure.sign is not Sign.implicit:
        return True
    if measure.kind is FigureKind.money or (value > 10 and measure.number_end - measure.at > 1):
        return True
    before = text[max(0, measure.at - 3) : measure.at].rstrip("了").rstrip()
    if before[-2:] in _VERBS:
        return True
    starts = measure.at == 0 or text[measure.at - 1] in _AT_CLAUSE_START
    return starts and (measure.end == len(text) or text[measure.end] in _AT_CLAUSE_START)
