"""Numbers as they are typed: glyph variants, thousands separators, Chinese numerals; and back to plain text."""

from __future__ import annotations

from decimal import Decimal

from xl_perfeval.expressions import expression

LONGEST = 24
"""Digits a figure may have; a longer run is an account number or damage, not a quantity."""


def _folding() -> dict[int, str]:
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    # The full-width comma separates clauses; it is a thousands separator only in amount cells.
    del table[ord("，")]
    pairs = (
        ("≧⩾≥≮﹥〉>", "≥≥≥≥>>>"),
        ("≦⩽≤≯﹤〈<", "≤≤≤≤<<<"),
        ("﹦═﹪∶﹕", "==%::"),
        ("—–―‒−﹣‐‑─", "---------"),
        ("〜∼", "~~"),
        ("\u3000\u00a0\u2002\u2003\u2009\u202f\t│┃", "         "),
        ("萬億個場﹒", "万亿个场."),
        ("﹙﹚", "()"),
        ("•・‧∙⋅", "·····"),
        ("￥", "¥"),
    )
    for variants, plain_glyphs in pairs:
        table.update(zip(map(ord, variants), plain_glyphs, strict=True))
    return table


_FOLDING = _folding()
_ODD = expression("[^ -~\u4e00-\u9fff、。，]|[萬億個場]")


def fold(text: str) -> str:
    """`text` with one glyph per meaning (full width, ≧ ⩾, dashes, blanks); every position stays the same."""
    return text.translate(_FOLDING) if _ODD.search(text) else text


_GROUPED = expression(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_UNGROUPED = expression(r"[0-9]+(?:\.[0-9]+)?")


def number(digits: str) -> Decimal | None:
    """The value of a run of digits, dots and commas; `None` when it is no well-formed number."""
    if len(digits) > LONGEST:
        return None
    form = _GROUPED if "," in digits else _UNGROUPED
    return Decimal(digits.replace(",", "")) if form.fullmatch(digits) else None


CHINESE_DIGITS = "零〇一二两三四五六七八九十百千壹贰叁肆伍陆柒捌玖拾佰仟"
_DIGITS = dict(
    zip(
        "零〇一二两三四五六七八九壹贰叁肆伍陆柒捌玖",
        (0, 0, 1, 2, 2, *range(3, 10), *range(1, 10)),
        strict=True,
    )
)
_STEPS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}


def chinese_number(numeral: str) -> int | None:
    """The value of a Chinese numeral below 万 (三十, 两百零五, 二〇二〇); `None` when it is not well formed."""
    if len(numeral) > 9:
        return None
    if not any(glyph in _STEPS for glyph in numeral):
        return int("".join(str(_DIGITS[glyph]) for glyph in numeral))
    value, digit, last_step = 0, -1, 10_000
    for glyph in numeral:
        step = _STEPS.get(glyph)
        if step is None:
            if digit > 0:
                return None
            digit = _DIGITS[glyph]
        elif step >= last_step or (digit < 1 and value) or digit == 0:
            return None
        else:
            value += max(digit, 1) * step
            last_step, digit = step, -1
    return value + max(digit, 0)


def chinese_decimal(numeral: str) -> Decimal | None:
    """The value of a Chinese numeral that may have a fraction (三点五); `None` when it is not well formed."""
    whole, point, fraction = numeral.partition("点")
    value = chinese_number(whole)
    if value is None or not point:
        return None if value is None else Decimal(value)
    if len(fraction) > 9 or any(glyph not in _DIGITS for glyph in fraction):
        return None
    return Decimal(f"{value}.{''.join(str(_DIGITS[glyph]) for glyph in fraction)}")


def plain(value: Decimal) -> str:
    """A figure without exponent and without zeros at the end of its fraction: 563, 97.33, 100, 0."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text
