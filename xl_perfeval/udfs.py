"""The worksheet functions as xlwings serves them to Excel: the module that the VBA wrappers name.

Imported only by the process that xlwings starts beside Excel. Error values arrive as text (`#DIV/0!`), an argument
that was left out as nothing, a range as its rows.
"""

# xlwings' decorators carry no types.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import xlwings

from xl_perfeval import functions


def _served(function: functions.WorksheetFunction) -> Callable[..., functions.Result]:
    """A function that xlwings finds by the name it has in formulas."""

    def serve(*arguments: Any) -> functions.Result:
        return function.call(*arguments)

    serve.__name__ = serve.__qualname__ = function.name
    serve.__doc__ = function.help
    serve.__annotations__ = {}  # xlwings would convert what it is passed to the types it finds here
    known = cast("Callable[..., functions.Result]", xlwings.func(serve))
    return xlwings.arg("arguments", err_to_str=True)(known)


globals().update((each.name, _served(each)) for each in functions.FUNCTIONS)
