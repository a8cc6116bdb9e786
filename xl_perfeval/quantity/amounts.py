"""Amounts of money as typed in an amount cell, in 万元."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from xl_perfeval.expressions import expression
from xl_perfeval.model import CellValue
from xl_perfeval.quantity.native import native_amount
from xl_perfeval.quantity.numerals import CHINESE_DIGITS, chinese_decimal, fold, number
from xl_perfeval.quantity.plainform import json_cell, json_number
from xl_perfeval.quantity.units import MULTIPLIERS, WAN
from xl_perfeval.quantity.vocabulary import words


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount cell: `amount` in 万元, `note` the remark typed behind it.

    `summable` when the workbook's own helper formula reads the cell too; the amount is then the one the
    formula gives, even where it is not `certain`.
    """

    raw: CellValue
    amount: Decimal | None
    note: str | None = None
    certain: bool = True
    reason: str | None = None
    summable: bool = False

    def to_json(self) -> dict[str, Any]:
        """The keys of design/values.md."""
        return {
            "raw": json_cell(self.raw),
            "amount": json_number(self.amount),
            "note": self.note,
            "certain": self.certain,
            "reason": self.reason,
        }


def amount(raw: CellValue) -> Amount:
    """Reads an amount cell. A bare number is in 万元. Never raises."""
    if isinstance(raw, str):
        return _typed(raw)
    if raw is None:
        return Amount(raw, None)
    if isinstance(raw, bool):
        return _unread(raw, "写的是真假值，不是金额")
    if isinstance(raw, int | float):
        usable = raw == raw and abs(raw) < 1e300
        return Amount(raw, Decimal(repr(raw)), summable=True) if usable else _unread(raw, "不是一个可用的数")
    if isinstance(raw, date):
        return _unread(raw, "写的是日期，不是金额")
    return _unread(raw, f"单元格显示错误 {raw}")


def summable(raw: str) -> bool:
    """Whether the workbook's own helper formula reads this text, as `Amount.summable` says, without the amount."""
    return len(raw) <= _LONGEST and native_amount(raw) is not None


NOTHING = words("无 无。 暂无 空 不适用 N/A n/a NA - -- --- — / \\ _ * ~ . …")
"""Folded texts that say there is nothing here."""


def _unread(raw: CellValue, reason: str) -> Amount:
    return Amount(raw, None, None, False, reason)


_LONGEST = 4000
_BROKEN = expression(r"[0-9]\s+[0-9]")
_SPACED = expression(r"[-+]?[0-9]{1,3}(?: [0-9]{3})+(?:\.[0-9]+)?\s?[万亿]?元?")


def _typed(raw: str) -> Amount:
    if len(raw) > _LONGEST:
        return _unread(raw, "文字太长，不是金额")
    main, note = _without_remark(raw)
    main = fold(main).strip()
    text = "".join(main.split()).replace("，", ",").rstrip("。；;,")
    native = native_amount(raw)
    if not text or text in NOTHING:
        return Amount(raw, None) if note is None else _unread(raw, "看不出金额")
    value, reason = _read(text)
    if reason is None and _BROKEN.search(main) and not _SPACED.fullmatch(main):
        value, reason = None, "数字中间有空格，可能是两个数"
    if native is not None and native != value:
        return Amount(raw, native, note, False, reason or "写法可以有两种理解", True)
    if reason is None and note in ("元", "千元", "亿", "亿元"):
        reason = f"括号里写的是“{note}”，不是万元"
    return Amount(raw, value, note, reason is None, reason, native is not None)


_OPENING = expression("[(（]")


def _without_remark(raw: str) -> tuple[str, str | None]:
    """The text without its bracketed remark, and the remark."""
    opening = _OPENING.search(raw)
    if opening is None:
        return raw, None
    closing = max(raw.rfind(")"), raw.rfind("）"))
    if closing < opening.end():
        return raw[: opening.start()], raw[opening.end() :].strip() or None
    return raw[: opening.start()] + raw[closing + 1 :], raw[opening.end() : closing].strip() or None


# --- reading ------------------------------------------------------------------------------------------------

_LEAD = expression("(?:¥|人民币|RMB|共计|合计|总计|共|计|金额|:|=)+")
_ROUGH = expression("大?约|左右|上下|将?近|[余多](?=[万亿千百元]|$)|(?<=[万亿千百元])[余多]")
_BOUND = expression(
    "(?:及|或)?以[上下内]|之内|内$|不[超高大多低少小]于?过?|最[高低多少]|至[多少]|超过?|低于|高于|控制在|[≤≥<>]=?|=(?=<|>)"
)


def _read(text: str) -> tuple[Decimal | None, str | None]:
    """The amount in 万元 of a text without blanks and remark, and why it is not certain."""
    reason = None
    lead = _LEAD.match(text)
    if lead and lead.end() < len(text):
        text = text[lead.end() :]
    for pattern, about in ((_ROUGH, "写的是约数"), (_BOUND, "写的是限额，不是确定的金额")):
        bare = pattern.sub("", text)
        if bare != text:
            text, reason = bare, about
    steps = _steps(text[1:] if text[0] in "-+" else text) if text else None
    if steps is None or steps.problem is not None:
        return None, steps.problem if steps else "看不出金额"
    if steps.rest not in ("", "整", "正", "人民币"):
        about_rest = (
            "是百分比，不是金额" if steps.rest[0] == "%" else f"数字后面的“{steps.rest[:8]}”看不出是金额"
        )
        return None, about_rest
    return (-steps.amount if text[0] == "-" else steps.amount), reason


class _Steps(NamedTuple):
    """What 1亿2000万元 adds up to in 万元, the text behind it, or why it is not an amount."""

    amount: Decimal
    rest: str
    problem: str | None = None


_ONE = Decimal(1)
_STEP = expression(
    f"([0-9][0-9,]*(?:[.][0-9,.]*)?|[{CHINESE_DIGITS}]+(?:点[{CHINESE_DIGITS}]+)?)"
    "(万亿|百亿|千万|百万|十万|亿|万|千|百)?(元|圆)?"
)
_FURTHER_NUMBER = expression(f"[0-9]|[{CHINESE_DIGITS}]+[万亿]?[元万]")
_SEVERAL = "有几个数，不知道用哪一个"


def _steps(text: str) -> _Steps:
    yuan, place, last, in_yuan = Decimal(0), 0, None, False
    while not in_yuan and (match := _STEP.match(text, place)):
        value = number(match[1]) if match[1][0] <= "9" else chinese_decimal(match[1])
        if value is None:
            return _Steps(yuan, "", f"“{match[1][:12]}”不像一个完整的数")
        step = MULTIPLIERS.get(match[2] or "", _ONE)
        if last is not None and (step >= last or (step == _ONE and not match[3])):
            return _Steps(yuan, "", _SEVERAL)
        yuan, last, place, in_yuan = yuan + value * step, step, match.end(), bool(match[3])
        if step == _ONE:
            break
    if last is None:
        several = "%" not in text and len(_FURTHER_NUMBER.findall(text)) > 1
        return _Steps(yuan, "", _SEVERAL if several else "看不出金额")
    rest = text[place:]
    if _FURTHER_NUMBER.search(rest):
        return _Steps(yuan, rest, _SEVERAL)
    if in_yuan or last >= WAN:
        return _Steps(yuan / WAN, rest)
    # A bare number is in 万元, the unit of the column; 5千 may mean either.
    return _Steps(yuan, rest, None if last == _ONE else "没有写明是元还是万元")
