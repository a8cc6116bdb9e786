"""Totals, execution rates and balances, in Decimal, rounded as spreadsheets round.

Python's `round` is not the spreadsheet's ROUND; everything that is shown or compared goes through
`excel_round`, so that a figure computed here equals the figure a native formula computes.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal

from xl_perfeval import quantity
from xl_perfeval.model import CellValue, Project

_SIGNIFICANT = Context(prec=15, rounding=ROUND_HALF_UP)
_PLAIN = 10**15
"""Numbers below it are read as they are; beyond, `quantity` decides."""
_WIDE = Context(prec=400, rounding=ROUND_HALF_UP)
"""Wide enough for whatever a cell can hold, 1E+307 included."""


def excel_round(value: Decimal, digits: int) -> Decimal:
    """ROUND of Excel: first to 15 significant digits, then half away from zero to `digits` decimals."""
    return _SIGNIFICANT.plus(value).quantize(Decimal(1).scaleb(-digits), context=_WIDE)


def read(value: CellValue) -> Decimal | None:
    """The amount in 万元 that a sum counts for this cell; `None` when blank or unread.

    A cell counts when the workbook's own formulas can read it, so that the figures here and the figures
    on the sheet are one and the same.
    """
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _PLAIN:
        return Decimal(repr(value))
    amount = quantity.amount(value)
    return amount.amount if amount.summable else None


def total(values: Iterable[CellValue]) -> Decimal:
    """Sum of the cells that can be read, in 万元."""
    return sum((amount for amount in map(read, values) if amount is not None), Decimal(0))


def rate(spent: Decimal | None, budget: Decimal | None) -> Decimal | None:
    """Execution rate (执行率) as a share of 1, unrounded; `None` without a budget or spending."""
    if spent is None or not budget:
        return None
    return spent / budget


def balance(spent: Decimal | None, budget: Decimal | None) -> Decimal | None:
    """Balance (结余) in 万元: budget less spending; `None` when either is missing."""
    if spent is None or budget is None:
        return None
    return budget - spent


def total_of(projects: Iterable[Project], column: str) -> Decimal:
    """Sum of one amount column of 资金概况 (`budget`, `budget_local`, `spent`, `spent_local`), in 万元."""
    return total(getattr(project.funding, column) for project in projects)


def money(value: Decimal) -> str:
    """An amount for tables and messages: two decimals, or as many as it has, up to six (万元 kept to 元/100)."""
    digits = max(2, min(6, -int(value.normalize().as_tuple().exponent)))  # type: ignore[arg-type]
    return f"{excel_round(value, digits):.{digits}f}"


def percent(share: Decimal) -> str:
    """A share of 1 as a percentage in prose: 97.33%, 100%."""
    return f"{quantity.plain(excel_round(share * 100, 2))}%"


def differs(stored: CellValue, expected: Decimal | None) -> bool:
    """Whether a computed cell shows another figure than the inputs give, beyond floating-point dust."""
    if isinstance(stored, bool) or not isinstance(stored, int | float):
        return expected is not None or not (stored is None or str(stored).strip() == "")
    return expected is None or abs(Decimal(repr(stored)) - expected) > Decimal("0.000001")
