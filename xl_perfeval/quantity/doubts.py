"""Why a cell with figures may not say what it seems to say: damage by scanning, pasting, splitting."""

from __future__ import annotations

from xl_perfeval.expressions import expression
from xl_perfeval.quantity.column import Cell
from xl_perfeval.quantity.measure import Measure, Sign, skip_blanks
from xl_perfeval.quantity.numerals import plain
from xl_perfeval.quantity.units import KNOWN, unit_at
from xl_perfeval.quantity.vocabulary import words
from xl_perfeval.quantity.wording import Growth, is_of_time, is_scoring_rule, is_unfilled

_ODD = expression(r"[\^ˆ?？#@&$|\\{}_`!！+±\ufffd\ue000-\uf8ffⅠ-Ⅻ≥≤<>/。·OoQlISBZ囗□■》]")
_ODD_BEGINNINGS = frozenset("%‰一二三")
_ODD_BY_NUMBER = expression(
    r"[\^ˆ?？#@&$|\\{}_`!！\ufffd\ue000-\uf8ffⅠ-Ⅻ囗□■》](?=\s*[0-9])|[0-9][^\S\n]*\+[^\S\n]*[0-9]|[0-9]\|[0-9%]|[0-9%] ?±"
    r"|[^\W\d_]/[0-9.]+$|[0-9]。[0-9]+(?![0-9.、])"
    "|[0-9][?\ufffd\ue000-\uf8ff]|%%|^[≥≤<>=]*(?:[%‰]|[一二三])[≥≤<>=]?[0-9]|(?:^|[^≥≤<>=0-9. A-Za-z])[0-9.]+ ?[≥≤<>]=? ?[0-9]"
    "|[≥≤<>]$|%[A-Za-z]|[0-9][A-Za-z]%|^#[A-Z]|^[A-Za-z][≥≤<>=]|[0-9]·[0-9]+(?:[%‰]|$)"
)
_SPLIT_BY_BLANKS = expression("[0-9] +[0-9]")
_SPLIT_BY_COMMA = expression(r"[1-9](?<![0-9.,].)[0-9]{0,2}，[0-9]{3}(?![0-9])")
_ONLY_NUMBERS = expression(r"[≥≤<>=]? ?[0-9.]+(?:，[0-9.]+)+(?:%|[^\W\d_]{0,3})")
_PRODUCT = expression(r"[0-9][^\W\d_]{0,2} ?[*×] ?[0-9]+[^\W\d_]{0,2}$")
_UNIT_FIRST = expression(r"(%|‰|[百千万亿]?[^\W\d_]{1,3})([≥≤<>=]{0,2}[0-9.]+)")
_WORDS_AND_POINTS = expression(
    "(?:达成(?:预期|年度)[指目]标|提升|改善|增强|良好|明显|显著|有效|及时|合格|优良|达标|较好|规范|满意|合理)[0-9.]*[0-9]$"
)
_LONG = 4
_NO_NOUNS = words("% ‰ 人 人次 场次 次 个 元 万元 亿元 家 户 台 套 件 份 亩 万亩 公里 平方米 吨 天 篇 项 场")


def doubt_about(folded: str) -> str | None:
    """Why the whole text is doubtful; `None` when it is not."""
    if "，" in folded:
        if _SPLIT_BY_COMMA.search(folded):
            return "“，”两边可能是同一个数"
        if _ONLY_NUMBERS.fullmatch(folded):
            return "写了几个数，不知道用哪一个"
    if "万万" in folded:
        return "写了两个“万”"
    if folded[0] == "~":
        return "“~”前面可能少了一个数"
    if folded[-1] in "-~/":
        return f"“{folded[-1]}”旁边可能少了一个数或符号"
    if not folded.isalpha():
        if _PRODUCT.search(folded):
            return "写的是相乘，没有写出得数"
        if " " in folded and _SPLIT_BY_BLANKS.search(folded):
            return "数字中间有空格，可能是一个数，也可能是两个数"
        if _ODD.search(folded) or folded[0] in _ODD_BEGINNINGS or "%%" in folded:
            if _ODD_BY_NUMBER.search(folded):
                return "数字旁边有看不懂的符号"
            if letter_for_digit(folded):
                return "数字里夹着字母，可能识别错了"
        if is_unfilled(folded):
            return "还有没填的地方"
    if folded[-1].isdecimal():
        unit_first = _UNIT_FIRST.fullmatch(folded)
        if unit_first and _is_misplaced(*unit_first.groups()):
            return "单位在前，几格的内容可能连在了一起"
        if _WORDS_AND_POINTS.search(folded):
            return "文字后面的数可能是旁边几格的分值和得分"
    if "分" in folded and is_scoring_rule(folded):
        return "写的像是评分办法，不是目标值"
    return None


def _is_misplaced(unit: str, number: str) -> bool:
    """Whether a unit in front of a number was not meant as its noun: %901010010, 个18; not 村3, 课题≥5."""
    return unit in _NO_NOUNS or (
        len(number) >= _LONG and number[0] <= "9" and unit.lstrip("百千万亿") in KNOWN
    )


_LIKE_DIGITS = expression("[OoQlISBZ]")
_LETTER_BY_DIGIT = expression("[0-9][OoQlISBZ]|[OolI][0-9]|[年月][OolI]{1,2}[月日]")
_LETTER_IN_DATE = expression("[年月][OolI]{1,2}[月日]")
_RUN = expression(r"(?<![A-Za-z0-9.])[0-9OolI][0-9.OoQlISBZ]+")
_AFTER_NUMBERS = frozenset("%‰年月日号")


def letter_for_digit(folded: str) -> bool:
    """Whether a number has letters that look like digits (9O%, l0次, 3l日); not 5S管理, 4S店."""
    if not _LIKE_DIGITS.search(folded) or not _LETTER_BY_DIGIT.search(folded):
        return False
    if _LETTER_IN_DATE.search(folded):
        return True
    for run in _RUN.finditer(folded):
        at, end = run.span()
        if not _LETTER_BY_DIGIT.search(folded, at, end):
            continue
        after = folded[end : end + 1]
        if after in _AFTER_NUMBERS or (at and folded[at - 1] in "≥≤<>=¥"):
            return True
        unit = unit_at(folded, skip_blanks(folded, end + 1 if after in ("余", "多") else end))
        if unit.text or unit.factor:
            return True
    return False


def glued_cells(measures: list[Measure], folded: str) -> str | None:
    """Why a text ends in the contents of further cells: 100%10, ≥3个3个10; not 1小时30分钟, 6期312人次."""
    former, last = measures[-2:]
    if last.end != len(folded) or not former.unit or folded[former.end : last.start].strip():
        return None
    if last.unit != former.unit and (last.unit or last.at != former.end):
        return None
    return f"“{folded[former.at : last.end][:16]}”可能是几格的内容连在了一起"


_LONGEST_BARE = 10_000  # No bare number of days or hours is longer.
_FIRST_SERIAL, _LAST_SERIAL = 40_000, 52_000  # 2009-07-06, 2042-05-13


def doubtful_day(cell: Cell, measure: Measure, unit: str) -> str | None:
    """Why a bare number in a column of dates may be a date that lost its format: 43983."""
    if unit or measure.low < _LONGEST_BARE or not is_of_time(cell.name):
        return None
    serial = _FIRST_SERIAL <= measure.low <= _LAST_SERIAL
    about = "可能是日期变成的数字" if serial else "看不出是哪一天"
    return f"“{plain(measure.low)}”{about}"


_TOO_MANY, _SIX_DIGITS = 1_000_000_000, 100_000
_TWICE = expression(r"([0-9]{3,9})\1$")
_LARGEST_TOLERANCE = 50
_SHARE = expression("率|满意度|比例|占比|覆盖面|比重|知晓度|百分比")


def doubtful_share(cell: Cell, measure: Measure, unit: str, growth: Growth | None) -> str | None:
    """Why a share above 100 % is doubtful: 290% is probably ≥90%, 88100 probably 88 and 100."""
    if unit == "%" and measure.start < measure.at and growth is None:
        if measure.low < 0 and measure.sign is not Sign.implicit:
            return f"“{plain(measure.low)}%”前面又有比较符号，可能识别错了"
        if measure.low >= _LARGEST_TOLERANCE and cell.folded[measure.at - 1] == "±":
            return "“±”可能是“≥”"
    if measure.low <= 100:
        return None
    if measure.low >= _TOO_MANY and not unit:
        return f"“{plain(measure.low)[:16]}”太长，几格的内容可能连在了一起"
    if unit and measure.low >= _SIX_DIGITS and _TWICE.match(cell.folded, measure.at, measure.number_end):
        return "同一个数连写了两次，几格的内容可能连在了一起"
    if not (unit == "%" or (not unit and cell.name and _SHARE.search(cell.name))):
        return None
    digits = cell.folded[measure.at : measure.number_end]
    if measure.low >= (1000 if growth is None else 10_000):
        return f"“{digits}”太大，几格的内容可能连在了一起"
    rest = digits[1:]
    lost_sign = digits[0] == "2" and rest[0] != "." and 10 <= measure.low - 200 <= 100
    if lost_sign and measure.sign is Sign.implicit and growth is None:
        return f"“{digits}”可能是“≥{rest}”"
    return None
