"""Looks: number formats, colours, fonts, alignment."""

from __future__ import annotations

from typing import Any

from xlwings import base_classes

from .bridge import constant, struct
from .errors import at_the_border

NONE = -1
"""A colour that was not chosen: transparent, or automatic."""


class NumberFormats:
    """The number formats of one workbook, by their code in Excel's English spelling."""

    def __init__(self, document: Any) -> None:
        self._formats = document.NumberFormats
        self._english = struct("com.sun.star.lang.Locale", "en", "US", "")
        self._keys: dict[str, int] = {}
        self._kinds: dict[int, int] = {}
        self._codes: dict[int, str] = {}

    def key(self, code: str) -> int:
        """LibreOffice's number of a code such as `0.00%`; an unknown code is added."""
        if code not in self._keys:
            found = self._formats.queryKey(code, self._english, False)
            self._keys[code] = self._formats.addNew(code, self._english) if found == -1 else found
            # LibreOffice respells some codes; who wrote one wants to read the same.
            self._codes.setdefault(self._keys[code], code)
        return self._keys[code]

    def kind(self, key: int) -> int:
        """Sum of the `com.sun.star.util.NumberFormat` constants of a format."""
        if key not in self._kinds:
            self._kinds[key] = int(self._formats.getByKey(key).Type)
        return self._kinds[key]

    def code(self, key: int) -> str:
        """The code of a format."""
        if key not in self._codes:
            english = self._formats.getFormatForLocale(key, self._english)
            self._codes[key] = str(self._formats.getByKey(english).FormatString)
        return self._codes[key]


def ambiguous(cells: Any, name: str) -> bool:
    """Whether a property differs between cells; its value would be that of the first."""
    return cells.getPropertyState(name).value == "AMBIGUOUS_VALUE"


def common(cells: Any, name: str) -> Any:
    """A property that is the same for all cells, else `None`."""
    return None if ambiguous(cells, name) else getattr(cells, name)


def rgb(color: int | None) -> tuple[int, int, int] | None:
    """LibreOffice's number of a colour as red, green, blue; `None` for none and for several."""
    if color is None or color == NONE:
        return None
    return color >> 16 & 255, color >> 8 & 255, color & 255


def color_number(color: tuple[int, int, int] | list[int] | int | str | None) -> int:
    """A colour as xlwings takes it: `(r, g, b)`, `#RRGGBB`, Excel's number (blue first), or `None` for none."""
    if color is None:
        return NONE
    if isinstance(color, str):
        return int(color.removeprefix("#"), 16)
    if isinstance(color, int):
        return (color & 255) << 16 | color & 0xFF00 | color >> 16 & 255
    red, green, blue = color
    return red << 16 | green << 8 | blue


@at_the_border
class Font(base_classes.Font):
    """The font of a range or of some characters: of Chinese characters and of all others at once."""

    def __init__(self, owner: Any) -> None:
        self._owner = owner

    @property
    def api(self) -> Any:
        """The object that has the character properties."""
        return self._owner

    @property
    def bold(self) -> bool | None:
        """Whether all is bold."""
        weight = common(self._owner, "CharWeight")
        return None if weight is None else weight > 100

    @bold.setter
    def bold(self, value: bool) -> None:
        self._set("CharWeight", 150.0 if value else 100.0)

    @property
    def italic(self) -> bool | None:
        """Whether all is slanted."""
        posture = common(self._owner, "CharPosture")
        return None if posture is None else posture.value != "NONE"

    @italic.setter
    def italic(self, value: bool) -> None:
        self._set("CharPosture", constant(f"com.sun.star.awt.FontSlant.{'ITALIC' if value else 'NONE'}"))

    @property
    def size(self) -> float | None:
        """Height in points."""
        return common(self._owner, "CharHeight")

    @size.setter
    def size(self, value: float) -> None:
        self._set("CharHeight", float(value))

    @property
    def name(self) -> str | None:
        """Name of the Latin font."""
        return common(self._owner, "CharFontName")

    @name.setter
    def name(self, value: str) -> None:
        self._set("CharFontName", value)

    @property
    def color(self) -> tuple[int, int, int] | None:
        """Red, green, blue; automatic counts as black."""
        found = common(self._owner, "CharColor")
        return (0, 0, 0) if found == NONE else rgb(found)

    @color.setter
    def color(self, color_or_rgb: tuple[int, int, int] | int | str) -> None:
        self._owner.CharColor = color_number(color_or_rgb)

    def _set(self, name: str, value: Any) -> None:
        setattr(self._owner, name, value)
        setattr(self._owner, name + "Asian", value)


HORIZONTAL = {
    "general": "STANDARD",
    "left": "LEFT",
    "center": "CENTER",
    "right": "RIGHT",
    "fill": "REPEAT",
    "justify": "BLOCK",
}
"""Horizontal alignment: the word of xlwings → `com.sun.star.table.CellHoriJustify`."""

VERTICAL = {"top": 1, "center": 2, "bottom": 3, "justify": 4}
"""Vertical alignment: the word of xlwings → `com.sun.star.table.CellVertJustify2`; 0 is the bottom too."""
