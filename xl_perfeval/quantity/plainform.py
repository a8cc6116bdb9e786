"""Cell values and figures as JSON holds them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any


def json_cell(raw: object) -> Any:
    """A cell value: dates in ISO form, errors and infinite numbers as text."""
    if isinstance(raw, float):
        return raw if abs(raw) < 1e300 else str(raw)
    if raw is None or isinstance(raw, bool | str | int):
        return raw
    return raw.isoformat() if isinstance(raw, date) else str(raw)


def json_number(value: Decimal | None) -> int | float | None:
    """A figure: whole when it is whole."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
