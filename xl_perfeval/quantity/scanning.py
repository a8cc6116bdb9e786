"""Every number of a text, with its unit, range and sign.

`scan` walks once from number to number and looks only a few characters around each, so its time is linear in
the length of the text. All texts here are folded (`numerals.fold`).
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from xl_perfeval.expressions import expression
from xl_perfeval.quantity.measure import FigureKind, Measure, Sign, skip_blanks
from xl_perfeval.quantity.naming import end_of_letters, is_letter, naming_number
from xl_perfeval.quantity.numerals import CHINESE_DIGITS, LONGEST, chinese_decimal, number
from xl_perfeval.quantity.signs import set_sign
from xl_perfeval.quantity.units import AGES, DURATIONS, LETTERED_UNITS, PLAIN_UNITS, RATES, WAN, Unit, unit_at
from xl_perfeval.quantity.vocabulary import words

_DIGIT = expression(f"[0-9{CHINESE_DIGITS}]")
_ROUND = expression("[上近超过逾约破]万|万余")


def has_number(text: str) -> bool:
    """Whether a folded text may hold a number."""
    return _DIGIT.search(text) is not None or ("万" in text and _ROUND.search(text) is not None)


def scan(text: str) -> list[Measure]:
    """The numbers of folded `text` in order, none overlapping another."""
    plain = _PLAIN.fullmatch(text)
    if plain is not None and plain[3] in PLAIN_UNITS:
        return [_plain_measure(plain)]
    found: list[Measure] = []
    position = 0
    previous = None
    for match in _NUMBER.finditer(text):
        at = match.start()
        if at < position:
            continue
        if text[at] <= "9":
            measure = _in_digits(text, at, match.end(), previous)
        else:
            measure = _in_words(text, at, match.end())
        if measure is not None:
            found.append(measure)
            previous, position = measure, measure.end
    return found


_NUMBER = expression(
    f"[0-9][0-9,.]*|[{CHINESE_DIGITS}]+(?:点[{CHINESE_DIGITS}]+)?|万(?:(?<=[上近超过逾约破]万)|(?<![0-9{CHINESE_DIGITS}]万)(?=余))"
)

# Most cells are one sign, one number and one unit; there is nothing around them to look at.
_PLAIN = expression(
    r"([≥≤<>=]?) ?((?!(?:19|20)[0-9]{2}\.|0[0-9])[0-9]{1,6}(?:\.[0-9]{1,8})?) ?(%|[^\W\d_]{0,3})"
)
_PLAIN_SIGNS = {sign.value: sign for sign in Sign if len(sign.value) == 1} | {"": Sign.implicit}


def _plain_measure(match: re.Match[str]) -> Measure:
    sign, digits, word = match.groups()
    measure = Measure(FigureKind.count, Decimal(digits), match.start(2), match.end(2), word)
    measure.start, measure.unit_end, measure.end = 0, match.end(), match.end()
    measure.sign = _PLAIN_SIGNS[sign]
    if word:
        factor = PLAIN_UNITS[word]
        _set_kind(measure, Unit(word.lstrip("万亿") or word, factor, match.end()), "")
    return measure


# --- numbers in digits --------------------------------------------------------------------------------------

_LEADING_ZERO = expression("0[0-9]")
_RATE_GLYPHS = ("%", "‰")
_FIRST_NUMBER = expression(r"[0-9]{1,24}(?:\.[0-9]{1,24})?")


def _in_digits(text: str, at: int, end: int, previous: Measure | None) -> Measure | None:
    run_end = end
    while text[end - 1] in ",.":
        end -= 1
    named = naming_number(text, at, end, previous)
    if named is not None:
        return named
    if (run_end > end and _cut_off(text, at, end, run_end)) or (at == 1 and text[0] in ",."):
        return _malformed(text, at, run_end)
    value = None if _LEADING_ZERO.match(text, at) else number(text[at:end])
    return _malformed(text, at, end) if value is None else _quantity(text, at, end, value)


def _cut_off(text: str, at: int, end: int, run_end: int) -> bool:
    """Whether the point behind a number is one too many: 86.4.万元, 98.%."""
    return text[run_end : run_end + 1] in _RATE_GLYPHS if "." not in text[at:end] else True


def _malformed(text: str, at: int, end: int) -> Measure:
    """A run of digits, dots and commas that is no number: 7,00.0,77, 1.561.56120, 007, or far too long."""
    first = _FIRST_NUMBER.match(text, at, end)
    kind = FigureKind.account_number if end - at > LONGEST else FigureKind.count
    damage = f"“{text[at : min(end, at + 12)]}”不像一个完整的数"
    measure = Measure(kind, Decimal(first[0] if first else 0), at, end, damage=damage)
    unit = unit_at(text, end)
    if unit.text:
        measure.unit, measure.unit_end, measure.end = unit.text, unit.end, unit.end
    return measure


# --- quantities ---------------------------------------------------------------------------------------------

_MORE = frozenset("余多几")
_ONES = frozenset("一二两三四五六七八九")
_BEFORE_MINUS = frozenset(" 长为率达降比≥≤<>=:")


def _quantity(text: str, at: int, end: int, value: Decimal) -> Measure:
    """A number that counts or measures, with its range, unit and sign."""
    place = skip_blanks(text, end)
    more = text[place : place + 1] in _MORE
    unit = unit_at(text, skip_blanks(text, place + 1) if more else place)
    if text[unit.end : unit.end + 1] == "(":
        unit = _with_brackets(unit, text)
    elif unit.factor is WAN and not unit.text:
        value, unit = _with_thousands(value, unit, text)
    second = _second_of_range(text, end, value, unit)
    if second is not None:
        value, unit = second.low, second.unit
    if not unit.text and is_letter(text[unit.end : unit.end + 1]):
        letters_end = end_of_letters(text, unit.end)
        if letters_end < len(text) or text[unit.end :] not in LETTERED_UNITS:
            return Measure(FigureKind.model, value, at, letters_end)
        unit = Unit(text[unit.end :], unit.factor, letters_end)
    number_end = end if second is None else second.number_end
    has_unit = unit.text or unit.factor
    if not has_unit and text[number_end : number_end + 1] in _ONES and text[at] <= "9":
        damage = f"“{text[at : number_end + 1]}”是两种数字连在了一起"
        return Measure(FigureKind.count, value, at, number_end, damage=damage)
    measure = Measure(FigureKind.count, value, at, unit.end if has_unit else number_end, unit.text)
    measure.number_end = number_end
    if second is not None:
        measure.high = second.high
        measure.damage = "范围的前一个数比后一个数大" if second.high < value else ""
    if at and text[at - 1] == "-" and (at == 1 or text[at - 2] in _BEFORE_MINUS):
        measure.low, measure.start = -value, at - 1
    if more or (unit.end > number_end + 1 and not _MORE.isdisjoint(text[number_end : unit.end])):
        measure.approximate, measure.sign = True, Sign.at_least
    _set_kind(measure, unit, text)
    set_sign(measure, text)
    return measure


_THOUSANDS = expression("([1-9一二两三四五六七八九])千")


def _with_thousands(value: Decimal, unit: Unit, text: str) -> tuple[Decimal, Unit]:
    """The whole of 3万5千元, 三万五千人."""
    thousands = _THOUSANDS.match(text, unit.end)
    if thousands is None:
        return value, unit
    more = number(thousands[1]) or chinese_decimal(thousands[1]) or Decimal(0)
    further = unit_at("万" + text[thousands.end() : thousands.end() + 12], 0)
    return value + more / 10, further._replace(end=thousands.end() - 1 + further.end)


_UNIT_IN_BRACKETS = expression(r"\(([^\d()]{1,4})\)")


def _with_brackets(unit: Unit, text: str) -> Unit:
    """The unit of 3(家), and where that of 100件(套) ends."""
    brackets = _UNIT_IN_BRACKETS.match(text, unit.end)
    if brackets is None:
        return unit
    inner = unit_at(brackets[1], 0)
    if not inner.text or inner.end != len(brackets[1]):
        return unit
    if unit.text:
        return unit._replace(end=brackets.end())
    return unit if unit.factor is not None else Unit(inner.text, inner.factor, brackets.end())


class _Range(NamedTuple):
    low: Decimal
    high: Decimal
    unit: Unit
    number_end: int


_RANGE = expression(f"(?:\\(含\\))? ?(?:-{{1,2}}|~|至|到|(、)) ?([0-9][0-9,.]*|[{CHINESE_DIGITS}]{{1,3}})")


def _second_of_range(text: str, end: int, low: Decimal, unit: Unit) -> _Range | None:
    """The second number of 1-2家, 80%-90%, 10万-20万元; both get the unit that stands behind either."""
    separator = _RANGE.match(text, unit.end if unit.text or unit.factor else end)
    if separator is None:
        return None
    digits = separator[2].rstrip(",.")
    high = number(digits) if digits[0] <= "9" else chinese_decimal(digits)
    number_end = separator.start(2) + len(digits)
    second = unit_at(text, skip_blanks(text, number_end))
    if high is None or (unit.text and second.text and unit.text != second.text):
        return None
    if separator[1] and (unit.text or not second.text or high - low != 1 or high > 10):
        # 5、6次 is five or six; 5、60次 are two numbers.
        return None
    if not second.text and not second.factor:
        second = Unit(unit.text, unit.factor, number_end)
    elif unit.factor is not None and not unit.text and second.text[:1] not in ("万", "亿"):
        low = low * unit.factor / (second.factor or 1)
    return _Range(low, high, second, number_end)


# --- kinds --------------------------------------------------------------------------------------------------


def _set_kind(measure: Measure, unit: Unit, text: str) -> None:
    """Finds out what is counted and puts money into 万元."""
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
    elif not word and factor is None and text.endswith("¥", 0, measure.at):
        factor, measure.kind, measure.unit = 1 / WAN, FigureKind.money, "万元"
    elif not word and factor is not None:
        measure.bare_wan = True
        if _reads_as_money(measure, text):
            factor /= WAN
            measure.kind, measure.unit = FigureKind.money, "万元"
    elif not word and text.endswith("百分之", max(0, measure.at - 4), measure.at):
        measure.kind, measure.unit, measure.start = FigureKind.rate, "%", measure.at - 3
    if factor is not None:
        measure.low *= factor
        if measure.high is not None:
            measure.high *= factor
    if measure.bare_wan and measure.kind is FigureKind.money:
        _add_second_half(measure, text)


_PEOPLE_AFTER = expression(
    " ?(?:名|多|余)?(?:群众|农户|居民|学生|职工|老人|村民|市民|用户|人口|粉丝|游客|农民|儿童|妇女|企业|家庭)"
)
_PEOPLE_BEFORE = expression("人数|人次|户数|[次件册份]数|数量|面积")
_MONEY_AFTER = expression(
    r" ?(?:[^\w ]|$|以[上下内]|左右|之内|[0-9]|的?(?:资金|经费|补[贴助偿]|奖[励补金]|投[入资]|贷款|成本|费|款))"
)
_MONEY_BEFORE = expression("资金|经费|投[入资]|支出|预算|收入|产值|金额|补[贴助]|税|贷款|奖励|成本|总额|¥")


def _reads_as_money(measure: Measure, text: str) -> bool:
    """Whether 20万 without 元 is money: it stands alone, or words of money stand beside it."""
    if _PEOPLE_AFTER.match(text, measure.end):
        return False
    if _MONEY_AFTER.match(text, measure.end):
        return _PEOPLE_BEFORE.search(text, max(0, measure.at - 6), measure.at) is None
    return _MONEY_BEFORE.search(text, max(0, measure.at - 8), measure.at) is not None


_SECOND_HALF = expression(r"([0-9]{1,4}(?:\.[0-9]+)?)万(?:元|(?![^\W\d_]))")


def _add_second_half(measure: Measure, text: str) -> None:
    """Completes 2亿3000万元."""
    match = _SECOND_HALF.match(text, measure.end) if text[measure.end - 1 : measure.end] == "亿" else None
    if match:
        measure.low += Decimal(match[1])
        measure.unit_end = measure.end = match.end()


# --- numbers in words ---------------------------------------------------------------------------------------

_VERBS = words(
    "举办 组织 开展 召开 举行 完成 新建 建设 建成 改造 采购 购置 购买 印制 编印 发放 引进 培育 认定 培训 实施 新增 创建 指导 编制 "
    "出版 发表 制定 制作 开设 设立 维修 安装 补助 扶持 资助 救助 检查 达到 承办 委托 申报 修建 增加 建立 保障 服务 推荐"
)
_NOT_AFTER_WORDS = frozenset("分届级点方度体岁里口段面下")
_CLASSES = expression("[一二三四五六]类")
"""三类 is the name of a class, 两类 are two of them."""
_THINGS = words("乡 镇 村 乡镇 社区 街道 县 区 单位 平台 课题 标段 项目 学校 小区")
_BUILT_ONE_BY_ONE = words("座 处 所 台 辆 套 项 份 场 间 艘 架 眼 公里 千米 亩")
"""Units of which 一 behind a noun is one: 建成殡仪馆一座; not 打成一片, 亲如一家."""
_MAY_BE_NAMES = words(
    "期 批 班 组 队 层 段 站 点 门 面 道 卷 册 集 区 村 镇 乡 县 街道 社区 栋 幢 节 课 条 张 片 线 口"
)
"""Units that a numeral behind a noun may name instead of count: 工程二期, 家属楼三栋."""
_NONE_OF = expression(
    "(?:安全|责任|生产|质量|消防|交通|食品|医疗|重大|较大|一般|有效|群众|服务|人员|工程|信访|网络|资金)*"
    "(?:投诉|事故|伤亡|死亡|违规|违纪|违法|差错|失误|缺陷|上访|舆情|感染|火灾|逾期|案件|溺亡)"
)
_IS_NONE = expression("(?<![整归清化降])[为是]零 *(?:[，。；;、,()\n]|$)")
"""事故为零, 投诉是零; not 化整为零, 归零."""
_NOT_BEFORE_ONE = frozenset("第同统之唯逐为成")
_CLAUSE_EDGES = frozenset("，。；;、,:： (\n")


def _in_words(text: str, at: int, end: int) -> Measure | None:
    """A Chinese numeral, only where it surely counts: 三十万元, 举办两场, 不少于三次; not 一体化, 四个意识."""
    if text.startswith("百分之", at):
        return _percent_in_words(text, at)
    ahead = text[end : end + 1]
    if text[at] == "零" and end == at + 1 and _says_none(text, at):
        return Measure(FigureKind.count, Decimal(0), at, end)
    if not ahead or ahead in _NOT_AFTER_WORDS or (ahead == "类" and _CLASSES.fullmatch(text, at, end + 1)):
        return None
    if text[at] == "〇" and at + 1 == end:
        return None  # a circle to be filled in
    value = WAN if text[at] == "万" else chinese_decimal(text[at:end])
    if at > 1 and text[at - 1] == "." and text[at - 2] in CHINESE_DIGITS:
        damage = f"“{text[at - 2 : end]}”不像一个完整的数"
        return Measure(FigureKind.count, Decimal(0), at, end, damage=damage)
    if value is None:
        return None
    if ahead == "年" and end - at == 4 and 1900 <= value < 2200:
        return Measure(FigureKind.date, value, at, end + 1, "年")
    unit = unit_at(text, end + 1 if ahead in _MORE else end)
    if not unit.text and unit.factor is None and not _RANGE.match(text, end):
        return None
    measure = _quantity(text, at, end, value)
    if not measure.unit and not measure.bare_wan:
        return None
    if (
        value in (100, 1000, WAN)
        and text.endswith("上", 0, at)
        and not text.endswith(("以上", "线上", "网上"), 0, at)
        and measure.sign is Sign.implicit
    ):
        measure.sign, measure.approximate, measure.start = Sign.at_least, True, at - 1
    if measure.kind is FigureKind.anniversary or _surely_counts(measure, text, value):
        return measure
    return None


def _says_none(text: str, at: int) -> bool:
    """Whether 零 says that there is none of something: 零事故, 事故为零, or nothing else in the cell."""
    if at and text[at - 1] in "为是":
        return _IS_NONE.match(text, at - 1) is not None
    return _NONE_OF.match(text, at + 1) is not None or text.strip(" ≤=") == "零"


def _percent_in_words(text: str, at: int) -> Measure | None:
    """百分之九十五."""
    start = at + 3
    match = _NUMBER.match(text, start)
    value = chinese_decimal(match[0]) if match and text[start] > "9" else None
    if match is None or value is None:
        return None
    measure = Measure(FigureKind.rate, value, start, match.end(), "%")
    measure.start = at
    set_sign(measure, text)
    return measure


def _surely_counts(measure: Measure, text: str, value: Decimal) -> bool:
    if measure.sign is not Sign.implicit or measure.kind is FigureKind.money:
        return True
    if measure.approximate and measure.kind is not FigureKind.duration:
        return True
    if value > 10 and measure.number_end - measure.at > 1:
        return True
    if text[max(0, measure.at - 3) : measure.at].rstrip("了 ")[-2:] in _VERBS:
        return True
    if "每" in text[max(0, measure.at - 4) : measure.at]:
        return True
    last = measure.end
    if measure.unit == "个":  # 九个村
        last = next((last + n for n in (2, 1) if text[last : last + n] in _THINGS), last)
    if last < len(text) and text[last] not in _CLAUSE_EDGES:
        return False
    if measure.at == 0 or text[measure.at - 1] in _CLAUSE_EDGES:
        return True
    if measure.kind is not FigureKind.count or not measure.unit:
        return False
    if value == 1:
        return measure.unit in _BUILT_ONE_BY_ONE and text[measure.at - 1] not in _NOT_BEFORE_ONE
    return text[measure.at] == "两" or (measure.unit not in _MAY_BE_NAMES and text[measure.at - 1] != "第")
