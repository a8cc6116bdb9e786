"""The workbook's own helper formula for amounts, in Python.

Cells that the formula leaves out are left out of the sums here too, so that a figure of the program and the
figure on the sheet are one and the same.
"""

from __future__ import annotations

from decimal import Decimal

from xl_perfeval.expressions import expression
from xl_perfeval.quantity.units import WAN

_HALF_WIDTH = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}
_STOPS = expression("[-/:%Ee~—]")
_LONGEST_PREFIX = 15
_PREFIX = expression(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_REST = expression("(?:(?:[万萬]|(亿))元?)?(?:[(（]|$)|(元$)")


def native_amount(text: str) -> Decimal | None:
    """What the helper formula makes of a text: 万元, or `None` when it leaves the cell out.

    The text without blanks and thousands separators must begin with a number of at most 15 characters, then
    end, or go on with 万, 亿 (each with or without 元) and at most a bracketed remark; or with 元 alone.
    """
    narrow = text.translate(_HALF_WIDTH).replace(",", "").replace(" ", "")
    if _STOPS.search(narrow, 1) or narrow.count(".", 1) > 1:
        return None
    prefix = _PREFIX.match(narrow[:_LONGEST_PREFIX])
    rest = _REST.match(narrow, prefix.end()) if prefix else None
    if prefix is None or rest is None:
        return None
    value = Decimal(prefix[0])
    if rest[1]:
        return value * WAN
    return value / WAN if rest[2] else value
