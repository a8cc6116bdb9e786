"""What staff type, and what it means: cells → `Amount`, `Target`, `Period`; running text → `Figure`.

Nothing here changes a cell or raises on one: every reading carries the text as typed and says whether it is
certain. Evidence for each pattern: design notes “values”.
"""

from __future__ import annotations

from typing import Any

from xl_perfeval.quantity.amounts import Amount, amount, summable
from xl_perfeval.quantity.canonical import canonical
from xl_perfeval.quantity.cells import actual, target
from xl_perfeval.quantity.figures import Figure, figures, stated_list
from xl_perfeval.quantity.measure import FigureKind, Sign
from xl_perfeval.quantity.native import native_amount
from xl_perfeval.quantity.numerals import plain
from xl_perfeval.quantity.periods import Period, period
from xl_perfeval.quantity.targets import Kind, Target
from xl_perfeval.quantity.units import Comparison, comparable
from xl_perfeval.quantity.wording import Growth, smaller_is_better

__all__ = [
    "Amount",
    "Comparison",
    "Figure",
    "FigureKind",
    "Growth",
    "Kind",
    "Period",
    "Sign",
    "Target",
    "actual",
    "amount",
    "canonical",
    "comparable",
    "figures",
    "native_amount",
    "period",
    "plain",
    "smaller_is_better",
    "stated_list",
    "summable",
    "target",
    "to_json",
]


def to_json(value: Amount | Period | Target | Figure) -> dict[str, Any]:
    """A reading as JSON holds it."""
    return value.to_json()
