"""Amounts of money as typed in an amount cell, in 万元."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from xl_perfeval.model import CellError, CellValue
from xl_perfeval.quantity.numerals import CHINESE_DIGITS, LONGEST, chinese_number, fold, number
from xl_perfeval.quantity.units import WAN


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
        """Keys `raw, amount, note, certain, reason` (design/values.md)."""
        return {
            "raw": json_cell(self.raw),
            "amount": json_number(self.amount),
            "note": self.note,
            "certain": self.certain,
            "reason": self.reason,
        }


NOTHING = frozenset(
    (
        "无",
        "—",
        "-",
        "/",
        "\\",
        "--",
        "空",
        "暂无",
        "不适用",
        "N/A",
        "n/a",
        "NA",
        "_",
        "…",
        "*",
        "---",
        "无。",
        "~",
        ".",
    )
)
"""Folded texts that say there is nothing here."""


def amount(raw: CellValue) -> Amount:
    """Reads an amount cell. A bare number is in 万元; never raises."""
    if isinstance(raw, str):
        return _typed(raw)
    if raw is None:
        return Amount(raw, None)
    if isinstance(raw, bool):
        return _unread(raw, "写的是真假值，不是金额")
    if isinstance(raw, int | float):
        value = Decimal(repr(raw)) if raw == raw and abs(raw) < 1e300 else None
        return _unread(raw, "不是一个数") if value is None else Amount(raw, value, summable=True)
    if isinstance(raw, date):
        return _unread(raw, "写的是日期，不是金额")
    if isinstance(raw, CellError):
        return _unread(raw, f"单元格显示错误 {raw.code}")
    return _unread(raw, "看不出金额")


def _unread(raw: CellValue, reason: str) -> Amount:
    return Amount(raw, None, None, False, reason)


# --- what the workbook's formula reads -----------------------------------------------------------------------

_STOPS = re.compile("[-/:%Ee~—]")
_PREFIX = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_REMAINDER = re.compile("(?:(?:([万萬])|(亿))元?)?(?:[(（]|$)|(元$)")
_WIDTHS = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}


def native_amount(text: str) -> Decimal | None:
    """What the workbook's helper formula makes of a text: 万元, or `None` when it leaves the cell out."""
    narrow = text.translate(_WIDTHS).replace(",", "").replace(" ", "")
    if _STOPS.search(narrow, 1) or narrow.count(".", 1) > 1:
        return None
    prefix = _PREFIX.match(narrow[:15])
    if prefix is None:
        return None
    rest = _REMAINDER.match(narrow, prefix.end())
    if rest is None:
        return None
    value = Decimal(prefix[0])
    if rest[2]:
        return value * WAN
    return value / WAN if rest[3] else value


# --- what a person reads --------------------------------------------------------------------------------------

_BLANKS = re.compile(r"\s+")
_BROKEN = re.compile(r"[0-9]\s+[0-9]")
_SPACED = re.compile(r"[-+]?[0-9]{1,3}(?: [0-9]{3})+(?:\.[0-9]+)?\s?[万亿]?元?")
_BRACKETS = re.compile(r"[(（]")
_CLOSING = ")）"
_LEAD = re.compile("(?:¥|人民币|RMB|共计|合计|总计|共|计|金额|:|=)+")
_ROUGH = re.compile("大?约|左右|上下|将?近|[余多](?=[万亿千百元]|$)|(?<=[万亿千百元])[余多]")
_BOUND = re.compile(
    "(?:及|或)?以[上下内]|之内|内$|不[超高大多低少小]于?过?|最[高低多少]|至[多少]|超过?|低于|高于|控制在|[≤≥<>]=?|=(?=<|>)"
)
_STEP = re.compile(
    f"([0-9][0-9,，.]*|[{CHINESE_DIGITS}]+(?:点[{CHINESE_DIGITS}]+)?)(万亿|百亿|千万|百万|十万|亿|万|千|百)?"
)
_DIGIT = re.compile(f"[0-9]|[{CHINESE_DIGITS}]+[万亿]?[元万]")
_STEP_VALUES = {
    "万亿": WAN * WAN * WAN,
    "百亿": WAN * WAN * 100,
    "亿": WAN * WAN,
    "千万": WAN * 1000,
    "百万": WAN * 100,
    "十万": WAN * 10,
    "万": WAN,
    "千": Decimal(1000),
    "百": Decimal(100),
}


def _typed(raw: str) -> Amount:
    if len(raw) > 4000:
        return _unread(raw, "文字太长，不是金额")
    native = native_amount(raw)
    main, note = _split_note(raw)
    main = fold(main).strip()
    text = _BLANKS.sub("", main).replace("，", ",").rstrip("。；;,")
    if not text or text in NOTHING:
        return Amount(raw, None) if note is None else _unread(raw, "看不出金额")
    value, reason = _read(text)
    if reason is None and _BROKEN.search(main) and not _SPACED.fullmatch(main):
        value, reason = None, "数字中间有空格，可能是两个数"
    if native is not None and (value is None or value != native):
        return Amount(raw, native, note, False, reason or "写法可以有两种理解", True)
    if reason is None and note in ("元", "亿元", "亿", "千元"):
        reason = f"括号里写的是“{note}”，不是万元"
    return Amount(raw, value, note, reason is None, reason, native is not None)


def _split_note(raw: str) -> tuple[str, str | None]:
    """The text without its bracketed remark, and the remark."""
    opening = _BRACKETS.search(raw)
    if opening is None:
        return raw, None
    closing = max(raw.rfind(glyph) for glyph in _CLOSING)
    if closing < opening.end():
        return raw[: opening.start()], raw[opening.end() :].strip() or None
    return raw[: opening.start()] + raw[closing + 1 :], raw[opening.end() : closing].strip() or None


def _read(text: str) -> tuple[Decimal | None, str | None]:
    """The amount in 万元 of a text without blanks and remark, and why it is not certain."""
    reason = None
    lead = _LEAD.match(text)
    if lead and lead.end() < len(text):
        text = text[lead.end() :]
    rough = _ROUGH.sub("", text)
    if rough != text:
        text, reason = rough, "写的是约数"
    bound = _BOUND.sub("", text)
    if bound != text:
        text, reason = bound, "写的是限额，不是确定的金额"
    negative = text.startswith("-")
    value, rest, problem = _steps(text[1:] if text[:1] in ("-", "+") else text)
    if problem is not None or value is None:
        return None, problem
    if rest in ("整", "正", "人民币"):
        rest = ""
    if rest:
        return None, _about_rest(rest)
    return (-value if negative else value), reason


def _steps(text: str) -> tuple[Decimal | None, str, str | None]:
    """Reads 1亿2000万元 step by step: amount in 万元, the text behind it, or a problem."""
    total, place, last, steps = Decimal(0), 0, WAN**4, 0
    yuan = False
    while match := _STEP.match(text, place):
        value = _numeral(match[1])
        if value is None:
            return None, "", f"“{match[1][:12]}”不像一个完整的数"
        step = _STEP_VALUES.get(match[2] or "", Decimal(1))
        if step >= last:
            break
        total, last, place, steps = total + value * step, step, match.end(), steps + 1
        if text.startswith(("元", "圆"), place):
            place, yuan = place + 1, True
            break
        if match[2] is None:
            break
    rest = text[place:]
    if not steps:
        return (
            None,
            "",
            "有几个数，不知道用哪一个" if len(_DIGIT.findall(text)) > 1 and "%" not in text else "看不出金额",
        )
    if _DIGIT.search(rest) or (steps > 1 and not yuan and last == 1):
        return None, rest, "有几个数，不知道用哪一个"
    if yuan or last >= WAN:
        return total / WAN, rest, None
    if last > 1:
        return None, rest, "没有写明是元还是万元"
    return total, rest, None


def _numeral(digits: str) -> Decimal | None:
    if digits[0] <= "9":
        stripped = digits.replace("，", ",")
        return number(stripped) if len(stripped) <= LONGEST else None
    whole, _, fraction = digits.partition("点")
    value = chinese_number(whole)
    if value is None or not fraction:
        return None if value is None else Decimal(value)
    decimals = [chinese_number(glyph) for glyph in fraction[:9]]
    return (
        None
        if any(d is None or d > 9 for d in decimals)
        else Decimal(f"{value}.{''.join(map(str, decimals))}")
    )


def _about_rest(rest: str) -> str:
    if rest.startswith("%"):
        return "是百分比，不是金额"
    return f"数字后面的“{rest[:8]}”看不出是金额"


# --- shared by the JSON forms ---------------------------------------------------------------------------------


def json_cell(raw: object) -> Any:
    """A cell value as JSON can hold it."""
    if raw is None or isinstance(raw, bool | str | int):
        return raw
    if isinstance(raw, float):
        return raw if abs(raw) < 1e300 else str(raw)
    return raw.isoformat() if isinstance(raw, date) else str(raw)


def json_number(value: Decimal | None) -> int | float | None:
    """A figure as JSON number: whole when it is whole."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
