"""Shapes that lie on a sheet, as far as their place, text and font; drawing new ones is left to LibreOffice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from .bridge import struct
from .characters import Characters
from .errors import at_the_border
from .formats import Font
from .layout import hundredths, points

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .sheets import Sheet

_TYPES = {
    "com.sun.star.drawing.CustomShape": "auto_shape",
    "com.sun.star.drawing.GraphicObjectShape": "picture",
    "com.sun.star.drawing.OLE2Shape": "chart",
    "com.sun.star.drawing.GroupShape": "group",
    "com.sun.star.drawing.LineShape": "line",
    "com.sun.star.drawing.TextShape": "text_box",
    "com.sun.star.drawing.ControlShape": "form_control",
}


@at_the_border
class Shapes(base_classes.Collection):
    """The shapes of one sheet, those of notes left out."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    @property
    def api(self) -> Any:
        """`com.sun.star.drawing.DrawPage`."""
        return self._sheet.api.DrawPage

    @property
    def parent(self) -> Sheet:
        """Their sheet."""
        return self._sheet

    def __call__(self, key: str | int) -> Shape:
        for number, shape in enumerate(self, start=1):
            if key in (number, shape.name):
                return shape
        raise KeyError(key)

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __iter__(self) -> Iterator[Shape]:
        page = self.api
        found = [page.getByIndex(number) for number in range(page.Count)]
        return iter([Shape(self._sheet, one) for one in found if one.ShapeType != _NOTE])

    def __contains__(self, key: str | int) -> bool:
        return any(key in (number, shape.name) for number, shape in enumerate(self, start=1))


_NOTE = "com.sun.star.drawing.CaptionShape"


@at_the_border
class Shape(base_classes.Shape):
    """One shape. Lengths are points."""

    def __init__(self, sheet: Sheet, api: Any) -> None:
        self._sheet = sheet
        self._api = api

    @property
    def api(self) -> Any:
        """`com.sun.star.drawing.Shape`."""
        return self._api

    @property
    def parent(self) -> Sheet:
        """Its sheet."""
        return self._sheet

    @property
    def name(self) -> str:
        """Its name."""
        return str(self._api.Name)

    @name.setter
    def name(self, value: str) -> None:
        self._api.Name = value

    @property
    def type(self) -> str:
        """xlwings' word for its kind."""
        return _TYPES.get(self._api.ShapeType, "auto_shape")

    @property
    def text(self) -> str:
        """Text inside."""
        return str(self._api.String)

    @text.setter
    def text(self, value: str) -> None:
        self._api.String = value

    @property
    def characters(self) -> Characters:
        """All characters of its text."""
        return Characters.all_of(self._api)

    @property
    def font(self) -> Font:
        """Font of all its text."""
        return self.characters.font

    @property
    def left(self) -> float:
        """From the left edge of the sheet."""
        return points(self._api.Position.X)

    @left.setter
    def left(self, value: float) -> None:
        self._api.Position = struct("com.sun.star.awt.Point", hundredths(value), self._api.Position.Y)

    @property
    def top(self) -> float:
        """From the upper edge of the sheet."""
        return points(self._api.Position.Y)

    @top.setter
    def top(self, value: float) -> None:
        self._api.Position = struct("com.sun.star.awt.Point", self._api.Position.X, hundredths(value))

    @property
    def width(self) -> float:
        """Width."""
        return points(self._api.Size.Width)

    @width.setter
    def width(self, value: float) -> None:
        self._api.Size = struct("com.sun.star.awt.Size", hundredths(value), self._api.Size.Height)

    @property
    def height(self) -> float:
        """Height."""
        return points(self._api.Size.Height)

    @height.setter
    def height(self, value: float) -> None:
        self._api.Size = struct("com.sun.star.awt.Size", self._api.Size.Width, hundredths(value))

    def delete(self) -> None:
        """Remove it."""
        self._sheet.api.DrawPage.remove(self._api)
