"""How a sheet is shown and printed: frozen panes, grid lines, print area."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from . import addresses
from .errors import at_the_border

if TYPE_CHECKING:
    from collections.abc import Generator

    from .sheets import Sheet


@contextmanager
def shown(sheet: Sheet) -> Generator[Any]:
    """The window with a sheet in front; what was in front comes back.

    Raises `ValueError` for a hidden sheet.
    """
    controller = sheet.book.api.CurrentController
    before = controller.ActiveSheet
    if before.Name == sheet.name:
        yield controller
        return
    if not sheet.visible:
        raise ValueError(f"工作表 {sheet.name} 是隐藏的，不能改变它的显示方式。请先设 visible = True。")
    controller.setActiveSheet(sheet.api)
    try:
        yield controller
    finally:
        controller.setActiveSheet(before)


@at_the_border
class FreezePanes(base_classes.FreezePanes):
    """Frozen rows and columns of a sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    def freeze_at(self, frozen_range: str) -> None:
        """Freeze the rows and columns of this block: `A1:B2` two of each, `1:1` a row, `A:A` a column."""
        _, _, bottom, right = self._sheet.range(frozen_range).box
        rows, columns = self._sheet.size
        with shown(self._sheet) as window:
            window.freezeAtPosition(
                0 if right == columns - 1 else right + 1, 0 if bottom == rows - 1 else bottom + 1
            )

    def unfreeze(self) -> None:
        """Let everything scroll."""
        with shown(self._sheet) as window:
            window.freezeAtPosition(0, 0)


@at_the_border
class PageSetup(base_classes.PageSetup):
    """What of a sheet is printed."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    @property
    def api(self) -> Any:
        """The sheet, which keeps its print areas itself."""
        return self._sheet.api

    @property
    def print_area(self) -> str | None:
        """Addresses of the printed blocks, with commas; `None` for all that is used."""
        size = self._sheet.size
        blocks = [
            addresses.a1((area.StartRow, area.StartColumn, area.EndRow, area.EndColumn), *size)
            for area in self._sheet.api.getPrintAreas()
        ]
        return ",".join(blocks) or None

    @print_area.setter
    def print_area(self, value: str | None) -> None:
        blocks = value.split(",") if value else []
        self._sheet.api.setPrintAreas(tuple(self._sheet.range(block).api.RangeAddress for block in blocks))
