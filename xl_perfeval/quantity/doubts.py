"""Why a cell with figures may not say what it seems to say: damage by scanning, pasting, splitting."""

from __future__ import annotations

from xl_perfeval.expressions import expression
from xl_perfeval.quantity.column import Cell
from xl_perfeval.quantity.measure import Measure, Sign
from xl_perfeval.quantity.units import KNOWN
from xl_perfeval.quantity.wording import Growth, is_scoring_rule, is_unfilled

_ODD = expression(r"[\^ˆ?？#@&$|\\{}_`!！+±lIO]")
_ODD_BY_NUMBER = expression(
    r"[\^ˆ?？#@&$|\\{}_`!！](?=\s*[0-9])|[0-9][^\S\n]*\+[^\S\n]*[0-9]|[0-9][lIO|][0-9%]|[0-9%] ?±"
)
_SPLIT_BY_COMMA = expression(r"(?:^|[^0-9.,])[1-9][0-9]{0,2}，[0-9]{3}(?![0-9])")
_PRODUCT = expression(r"[0-9][^\W\d_]{0,2} ?[*×] ?[0-9]+[^\W\d_]{0,2}$")
_UNIT_FIRST = expression(r"(%|‰|[万亿]?[^\W\d_]{1,3})[0-9][0-9.]{3,}")


def doubt_about(folded: str) -> str | None:
    """Why the whole text is doubtful; `None` when it is not."""
    if "，" in folded and _SPLIT_BY_COMMA.search(folded):
        return "“，”两边可能是同一个数"
    if folded[-1] in "-~":
        return "“-”旁边可能少了一个数或符号"
    if not folded.isalpha():
        if _PRODUCT.search(folded):
            return "写的是相乘，没有写出得数"
        if _ODD.search(folded) and _ODD_BY_NUMBER.search(folded):
            return "数字旁边有看不懂的符号"
        if is_unfilled(folded):
            return "还有没填的地方"
    if folded[-1].isdecimal():
        unit_first = _UNIT_FIRST.fullmatch(folded)
        if unit_first and unit_first[1].lstrip("万亿") in KNOWN:
            return "单位在前，几格的内容可能连在了一起"
    if "分" in folded and is_scoring_rule(folded):
        return "写的像是评分办法，不是目标值"
    return None


_SHARE = expression("率|满意度|比例|占比|覆盖面|比重|知晓度|百分比")


def doubtful_share(cell: Cell, measure: Measure, unit: str, growth: Growth | None) -> str | None:
    """Why a share above 100 % is doubtful: 290% is probably ≥90%, 88100 probably 88 and 100."""
    if measure.low <= 100 or not (unit == "%" or (not unit and cell.name and _SHARE.search(cell.name))):
        return None
    digits = cell.folded[measure.at : measure.number_end]
    if measure.low >= (1000 if growth is None else 10_000):
        return f"“{digits}”太大，几格的内容可能连在了一起"
    rest = digits[1:]
    lost_sign = digits[0] == "2" and rest.isdecimal() and 10 <= int(rest) <= 100
    if lost_sign and measure.sign is Sign.implicit and growth is None:
        return f"“{digits}”可能是“≥{rest}”"
    return None
