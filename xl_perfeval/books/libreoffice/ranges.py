"""Ranges: a block with its contents, looks, sizes, names and notes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from . import addresses
from .borders import Borders
from .bridge import constant
from .characters import Characters
from .editing import Editing
from .errors import at_the_border
from .formats import HORIZONTAL, VERTICAL, Font, color_number, common, rgb
from .notes import Note

if TYPE_CHECKING:
    from .names import Name
    from .sheets import Sheet
    from .tables import Table


def block_of(sheet: Sheet, arg1: Any, arg2: Any = None) -> Range:
    """The block xlwings asks a sheet for; see `Sheet.range`."""
    if isinstance(arg1, tuple) and len(cast("tuple[Any, ...]", arg1)) == 4:
        row, column, rows, columns = cast("tuple[int, int, int, int]", arg1)
        return Range(sheet, row - 1, column - 1, row + rows - 2, column + columns - 2)
    if isinstance(arg1, int) and isinstance(arg2, int):
        arg1, arg2 = (arg1, arg2), None
    first = _block(sheet, arg1)
    if arg2 is None:
        return first
    second = _block(sheet, arg2)
    corners = zip(first.box, second.box, strict=True)
    top, left, bottom, right = (
        choose(pair) for choose, pair in zip((min, min, max, max), corners, strict=True)
    )
    return Range(sheet, top, left, bottom, right)


def _block(sheet: Sheet, arg: Any) -> Range:
    if isinstance(arg, Range):
        return arg
    if isinstance(arg, tuple):
        row, column = cast("tuple[int, int]", arg)
        if row < 1 or column < 1:
            raise IndexError("行号和列号从 1 开始，不能是 0。")
        return Range(sheet, row - 1, column - 1, row - 1, column - 1)
    text = str(arg)
    box = addresses.box(text, *sheet.size)
    if box is None:
        return _named(sheet, text)
    found = Range(sheet, *box)
    found.arg1_input = text
    return found


def _named(sheet: Sheet, text: str) -> Range:
    title, _, rest = text.rpartition("!")
    if title and title.strip("'").replace("''", "'").lower() == sheet.name.lower():
        return _block(sheet, rest)
    name = sheet.names.find(text) or sheet.book.names.find(text)
    found = name.block() if name else None
    if found is None:
        raise KeyError(f"“{text}” 既不是单元格地址，也不是工作表 {sheet.name} 可用的名称。")
    if found.sheet.index != sheet.index:
        raise KeyError(f"名称 {text} 在工作表 {found.sheet.name} 上，不在 {sheet.name} 上。")
    return found


@at_the_border
class Range(Editing):
    """A block of cells."""

    @property
    def font(self) -> Font:
        """Its font."""
        return Font(self._api)

    @property
    def color(self) -> tuple[int, int, int] | None:
        """Fill as red, green, blue; `None` for none and for several."""
        return None if self._api is None else rgb(common(self._api, "CellBackColor"))

    @color.setter
    def color(self, color_or_rgb: tuple[int, int, int] | int | str | None) -> None:
        if self._api is not None:
            self._api.CellBackColor = color_number(color_or_rgb)

    @property
    def characters(self) -> Characters:
        """The characters of its first cell."""
        return Characters.all_of(self.first_cell)

    @property
    def borders(self) -> Borders:
        """Its border lines."""
        return Borders(self)

    @property
    def number_format(self) -> str | None:
        """Its code in Excel's spelling; `None` for several."""
        if self._api is None:
            return ""
        key = common(self._api, "NumberFormat")
        return None if key is None else self._sheet.book.formats.code(key)

    @number_format.setter
    def number_format(self, value: str) -> None:
        if self._api is not None:
            self._api.NumberFormat = self._sheet.book.formats.key(value)

    @property
    def wrap_text(self) -> bool | None:
        """Whether long texts wrap."""
        return common(self._api, "IsTextWrapped")

    @wrap_text.setter
    def wrap_text(self, value: bool) -> None:
        self._api.IsTextWrapped = bool(value)

    @property
    def horizontal_alignment(self) -> str | None:
        """A word of `HORIZONTAL`."""
        found = common(self._api, "HoriJustify")
        return None if found is None else _word(HORIZONTAL, found.value)

    @horizontal_alignment.setter
    def horizontal_alignment(self, value: str) -> None:
        if value not in HORIZONTAL:
            raise NotImplementedError(f"LibreOffice 没有水平对齐方式 {value}。")
        self._api.HoriJustify = constant(f"com.sun.star.table.CellHoriJustify.{HORIZONTAL[value]}")

    @property
    def vertical_alignment(self) -> str | None:
        """A word of `VERTICAL`."""
        found = common(self._api, "VertJustify")
        return None if found is None else _word(VERTICAL, found or 3)

    @vertical_alignment.setter
    def vertical_alignment(self, value: str) -> None:
        if value not in VERTICAL:
            raise NotImplementedError(f"LibreOffice 没有垂直对齐方式 {value}。")
        self._api.VertJustify = VERTICAL[value]

    @property
    def name(self) -> Name | None:
        """The name that stands for exactly this block, if there is one."""
        for name in self._sheet.book.names:
            found = name.block()
            if found is not None and found.coords == self.coords:
                return name
        return None

    @name.setter
    def name(self, value: str) -> None:
        self._sheet.book.names.add(value, f"={self._sheet.quoted_name}!{self.address}")

    @property
    def note(self) -> Note | None:
        """The note at its first cell, if there is one."""
        return Note(self._cell(*self.box[:2])) if self.first_cell.Annotation.String else None

    def add_note(self, text: str) -> Note:
        """Put a note at its first cell."""
        self._sheet.api.Annotations.insertNew(self.position(), text)
        return Note(self._cell(*self.box[:2]))

    @property
    def table(self) -> Table | None:
        """The table it touches, if there is one."""
        top, left, bottom, right = self.box
        for table in self._sheet.tables:
            above, before, below, after = table.range.box
            if top <= below and above <= bottom and left <= after and before <= right:
                return table
        return None

    @property
    def hyperlink(self) -> str:
        """Where the link in its first cell leads; raises `ValueError` when there is none."""
        fields = self.first_cell.getTextFields()
        if fields.Count == 0:
            raise ValueError(f"单元格 {self.address} 里没有超链接。")
        return str(fields.getByIndex(0).URL)

    def add_hyperlink(
        self, address: str, text_to_display: str | None = None, screen_tip: str | None = None
    ) -> None:
        """Replace what its first cell says by a link; LibreOffice keeps no tip."""
        _ = screen_tip
        cell = self.first_cell
        cell.setString("")
        link = self._sheet.book.api.createInstance("com.sun.star.text.TextField.URL")
        link.Representation, link.URL = text_to_display or address, address
        cell.insertTextContent(cell.createTextCursor(), link, False)

    def to_pdf(self, path: str, quality: str | None = None) -> None:
        """Print these cells into a PDF."""
        options: dict[str, object] = {"Selection": self._api, "ReduceImageResolution": quality == "minimum"}
        self._sheet.book.print_to(Path(path).resolve(), options)


def _word(words: dict[str, Any], value: Any) -> str | None:
    return next((word for word, own in words.items() if own == value), None)
