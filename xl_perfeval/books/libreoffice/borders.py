"""Border lines of a block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from .errors import at_the_border
from .formats import color_number, rgb

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .blocks import Block

_GRID = {
    "edge_top": "TopLine",
    "edge_bottom": "BottomLine",
    "edge_left": "LeftLine",
    "edge_right": "RightLine",
    "inside_vertical": "VerticalLine",
    "inside_horizontal": "HorizontalLine",
}
"""Side → the member of `com.sun.star.table.TableBorder2` that keeps it."""

_DIAGONALS = {"diagonal_down": "DiagonalTLBR2", "diagonal_up": "DiagonalBLTR2"}
"""Diagonal → the property of the cells that keeps it."""

_NONE = 0x7FFF
_STYLES = {"continuous": 0, "dot": 1, "dash": 2, "double": 3, "dash_dot": 16, "dash_dot_dot": 17, None: _NONE}
"""Line style of xlwings → `com.sun.star.table.BorderLineStyle`."""

_WIDTHS = {"hairline": 2, "thin": 26, "medium": 62, "thick": 88}
"""Weight → hundredths of a millimetre, as LibreOffice reads them from Excel's files."""

_UNSET = base_classes._UNSET  # pyright: ignore[reportPrivateUsage] - xlwings has engines compare with it


@at_the_border
class Border(base_classes.Border):
    """One side of a block."""

    def __init__(self, block: Block, side: str) -> None:
        self._block = block
        self._side = side

    @property
    def api(self) -> Any:
        """`com.sun.star.table.BorderLine2`, a copy."""
        if self._side in _DIAGONALS:
            return getattr(self._block.api, _DIAGONALS[self._side])
        return getattr(self._block.api.TableBorder2, _GRID[self._side])

    @property
    def line_style(self) -> str:
        """A word of xlwings; `none` without a line, or for a line that Excel does not know."""
        line = self.api
        if not line.LineWidth and not line.OuterLineWidth:
            return "none"
        return next((word for word, own in _STYLES.items() if own == line.LineStyle and word), "none")

    @line_style.setter
    def line_style(self, value: str | None) -> None:
        if value not in _STYLES:
            raise NotImplementedError(f"LibreOffice 没有边框线型 {value}。")
        line = self.api
        line.LineStyle = _STYLES[value]
        line.LineWidth = 0 if value is None else line.LineWidth or _WIDTHS["thin"]
        line.OuterLineWidth = line.LineWidth
        line.InnerLineWidth = line.LineDistance = 0
        self._draw(line)

    @property
    def weight(self) -> str:
        """`hairline`, `thin`, `medium` or `thick`; of no line, `thin`."""
        width = self.api.LineWidth or _WIDTHS["thin"]
        return min(_WIDTHS, key=lambda weight: abs(_WIDTHS[weight] - width))

    @weight.setter
    def weight(self, value: str) -> None:
        line = self.api
        self._make_visible(line)
        line.LineWidth = line.OuterLineWidth = _WIDTHS[value]
        self._draw(line)

    @property
    def color(self) -> tuple[int, int, int] | None:
        """Red, green, blue; `None` without a line."""
        return None if self.line_style == "none" else rgb(self.api.Color)

    @color.setter
    def color(self, color_or_rgb: tuple[int, int, int] | int | str) -> None:
        line = self.api
        self._make_visible(line)
        line.Color = color_number(color_or_rgb)
        self._draw(line)

    def _make_visible(self, line: Any) -> None:
        if line.LineStyle == _NONE or not line.LineWidth:
            line.LineStyle = _STYLES["continuous"]
            line.LineWidth = line.OuterLineWidth = line.LineWidth or _WIDTHS["thin"]

    def _draw(self, line: Any) -> None:
        if self._side in _DIAGONALS:
            setattr(self._block.api, _DIAGONALS[self._side], line)
            return
        border = self._block.api.TableBorder2
        for name in _GRID.values():
            setattr(border, f"Is{name}Valid", name == _GRID[self._side])
        border.IsDistanceValid = False
        setattr(border, _GRID[self._side], line)
        self._block.api.TableBorder2 = border


@at_the_border
class Borders(base_classes.Borders):
    """All sides of a block."""

    def __init__(self, block: Block) -> None:
        self.parent = block

    @property
    def api(self) -> Any:
        """`com.sun.star.table.TableBorder2`, a copy."""
        return self.parent.api.TableBorder2

    def __getitem__(self, key: str) -> Border:
        return Border(self.parent, key)

    @property
    def line_style(self) -> str | None:
        """Of all sides that exist, without diagonals; `None` when they differ."""
        return self._common("line_style")

    @line_style.setter
    def line_style(self, value: str | None) -> None:
        self.set(line_style=value)

    @property
    def weight(self) -> str | None:
        """Of all sides that exist, without diagonals; `None` when they differ."""
        return self._common("weight")

    @weight.setter
    def weight(self, value: str) -> None:
        self.set(weight=value)

    @property
    def color(self) -> tuple[int, int, int] | None:
        """Of all sides that exist, without diagonals; `None` when they differ."""
        return self._common("color")

    @color.setter
    def color(self, color_or_rgb: tuple[int, int, int] | int | str) -> None:
        self.set(color=color_or_rgb)

    def set(
        self,
        which: Iterable[str] = base_classes.BORDER_GRID_SIDES,
        *,
        line_style: Any = _UNSET,
        weight: Any = _UNSET,
        color: Any = _UNSET,
    ) -> None:
        """Draw sides; what is not given stays."""
        for side in which:
            border = self[side]
            if color is not _UNSET:
                border.color = color
            if weight is not _UNSET:
                border.weight = weight
            if line_style is not _UNSET:
                border.line_style = line_style

    def clear(self, which: Iterable[str] = base_classes.BORDER_SIDES) -> None:
        """Remove sides."""
        self.set(which, line_style=None)

    def _common(self, what: str) -> Any:
        found = {getattr(self[side], what) for side in self._grid_sides()}
        return found.pop() if len(found) == 1 else None
