"""What stands in a block: values and formulas, always read and written as a block.

Each object that crosses the bridge costs about a millisecond, a whole block of values little more than one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, cast

from . import formats, values
from .blocks import Block
from .errors import Refused, at_the_border
from .values import DATE, LOGICAL, Position, Rectangle

_CONTENT = 1 | 2 | 4 | 16  # com.sun.star.sheet.CellFlags: numbers, dates, texts, formulas
_NOTES = 8
_LOOKS = 32 | 64 | 256 | 512  # set on the cell, by styles, inside the text
_CLOSED = "工作表 {} 受保护，这些单元格不能修改。请先撤销工作表保护。"


@at_the_border
class Contents(Block):
    """Values and formulas of a block."""

    @property
    def raw_value(self) -> Any:
        """Rows of numbers, texts, dates, truth values and `ErrorValue`s, `""` for blank; of one cell, its value."""
        if self._api is None:
            return None
        rows = self._values()
        return rows[0][0] if len(self) == 1 else rows

    @raw_value.setter
    def raw_value(self, value: Any) -> None:
        if self._api is None:
            return
        if isinstance(value, str) and value.startswith("="):
            self.formula = value
            return
        rows = self._as_rows(value)
        if rows[0]:
            self._sized(len(rows), len(rows[0]))._write(rows)

    @property
    def formula(self) -> Any:
        """Rows of formulas in Excel's grammar, numbers and texts as typed; of one cell, its text.

        As in Excel, a text that begins with `=` looks like a formula here; `content` tells the two apart.
        """
        if self._api is None:
            return None
        translate, sheet = self._sheet.book.formulas.to_excel, self._sheet.index - 1
        rows = tuple(
            tuple(translate(text, sheet) if text.startswith(_FORMULA) else _bare(text) for text in line)
            for line in self.content()
        )
        return rows[0][0] if len(self) == 1 else rows

    @formula.setter
    def formula(self, value: Any) -> None:
        if self._api is None:
            return
        if isinstance(value, str) and value.startswith("=") and len(self) > 1:
            self._put(self._repeated(value))
            return
        rows = self._as_rows(value)
        target = self._sized(len(rows), len(rows[0]))
        translate, sheet = self._sheet.book.formulas.to_office, self._sheet.index - 1
        target._put(tuple(tuple(_typed(item, translate, sheet) for item in row) for row in rows))

    @property
    def formula2(self) -> Any:
        """The same as `formula`: LibreOffice has no dynamic arrays."""
        return self.formula

    @formula2.setter
    def formula2(self, value: Any) -> None:
        self.formula = value

    @property
    def formula_array(self) -> str | None:
        """The matrix formula the block is filled with, in Excel's grammar."""
        if self._api is None:
            return None
        own = self._api.getArrayFormula()
        return self._sheet.book.formulas.to_excel(own, self._sheet.index - 1) if own else None

    @formula_array.setter
    def formula_array(self, value: str) -> None:
        if self._api is not None:
            self._api.setArrayTokens(self._sheet.book.formulas.tokens(value, self.position()))

    @property
    def has_array(self) -> bool:
        """Whether its first cell belongs to a matrix formula."""
        return self._api is not None and bool(self.first_cell.getArrayFormula())

    def clear_contents(self) -> None:
        """Remove values and formulas."""
        self._clear(_CONTENT)

    def clear_formats(self) -> None:
        """Remove formats."""
        self._clear(_LOOKS)

    def clear(self) -> None:
        """Remove values, formulas, formats and notes."""
        self._clear(_CONTENT | _NOTES | _LOOKS)

    def position(self, row: int = 0, column: int = 0) -> Any:
        """A cell of the block as UNO names it."""
        return self._sheet.book.address(self._sheet.index - 1, self.box[0] + row, self.box[1] + column)

    def grid(self) -> Sequence[Sequence[Any]]:
        """`raw_value` in rows, of one cell too."""
        return self._values()

    def content(self) -> tuple[tuple[str, ...], ...]:
        """What one would type to get this block, formulas in LibreOffice's grammar; texts that look like one have an apostrophe."""
        lines = self._api.getFormulaArray()
        if not any(text.startswith(_FORMULA) for line in lines for text in line):
            return lines
        # LibreOffice leaves out this one apostrophe; a formula never shows its own text.
        shown = self._api.getDataArray()
        return tuple(
            tuple(
                f"'{text}" if text.startswith(_FORMULA) and text == value else text
                for text, value in zip(line, values_, strict=True)
            )
            for line, values_ in zip(lines, shown, strict=True)
        )

    def _clear(self, flags: int) -> None:
        if self._api is None:
            return
        self._must_be_open()
        self._api.clearContents(flags)

    def _must_be_open(self) -> None:
        """Raise `Refused` for locked cells on a protected sheet, which LibreOffice would leave alone in silence."""
        sheet = self._sheet.api
        if sheet.isProtected():
            protection = formats.common(self._api, "CellProtection")
            if protection is None or protection.IsLocked:
                raise Refused(_CLOSED.format(self._sheet.name))

    def _values(self) -> list[list[Any]] | tuple[tuple[Any, ...], ...]:
        data = self._api.getDataArray()
        kinds = list(self._kinds(_numbers(data)))
        faulty = any(value is None for row in data for value in row)
        if not kinds and not faulty:
            return data
        rows = [list(row) for row in data]
        for area, kind in kinds:
            self._interpret(rows, area, kind)
        for row, line in enumerate(rows if faulty else ()):
            for column, value in enumerate(line):
                if value is None:
                    line[column] = values.error(self._api.getCellByPosition(column, row).getError())
        return rows

    def _interpret(self, rows: list[list[Any]], area: Rectangle, kind: int) -> None:
        epoch = self._sheet.book.epoch
        top, left, bottom, right = area
        for line in rows[top : bottom + 1]:
            for column in range(left, right + 1):
                value = line[column]
                if not isinstance(value, float):
                    continue
                if kind & LOGICAL:
                    line[column] = bool(value) if value in {0.0, 1.0} else value
                else:
                    line[column] = values.from_serial(value, epoch)

    def _kinds(self, cells: Iterable[Position]) -> Iterator[tuple[Rectangle, int]]:
        """Rectangles, from 0, where numbers stand for dates or truth values, among cells with numbers.

        LibreOffice tells only whether the cells of a range have the same format, and that of the first. So ranges whose
        formats differ are divided; where that goes on for long, it is asked for all formats, which it takes a while to sort.
        """
        known = self._sheet.book.formats
        whole = (0, 0, self.shape[0] - 1, self.shape[1] - 1)
        parts = deque([whole] if _uniform(self._api) else values.rectangles(cells))
        for _ in range(_MOST_PROBES):
            if not parts:
                return
            top, left, bottom, right = area = parts.popleft()
            part = self._api if area == whole else self._api.getCellRangeByPosition(left, top, right, bottom)
            if not _uniform(part):
                parts.extend(_divided(area))
                continue
            kind = known.kind(part.NumberFormat)
            if kind & (DATE | LOGICAL):
                yield area, kind
        if parts:
            yield from self._kinds_by_look()

    def _kinds_by_look(self) -> Iterator[tuple[Rectangle, int]]:
        """The same for all cells, by their groups of equal looks."""
        known = self._sheet.book.formats
        top, left = self.box[:2]
        groups = self._api.getUniqueCellFormatRanges()
        for number in range(groups.Count):
            group = groups.getByIndex(number)
            kind = known.kind(group.NumberFormat)
            if kind & (DATE | LOGICAL):
                for area in group.RangeAddresses:
                    first, last = (
                        (area.StartRow - top, area.StartColumn - left),
                        (area.EndRow - top, area.EndColumn - left),
                    )
                    yield (*first, *last), kind

    def _write(self, rows: Sequence[Sequence[Any]]) -> None:
        """Put values, and formulas among them, into exactly this block."""
        written = values.to_write(rows, self._sheet.book.epoch)
        translate, sheet = self._sheet.book.formulas.to_office, self._sheet.index - 1
        for at, formula in written.formulas.items():
            written.formulas[at] = translate(formula, sheet)  # before anything is written: it may be refused
        self._must_be_open()
        truth = set(written.formats.get("BOOLEAN", ()))
        self._forget_truth(
            [*written.formulas, *(cell for cell in _numbers(written.rows) if cell not in truth)]
        )
        formulas = list(values.rectangles(written.formulas))
        if len(formulas) > _MOST_PARTS:
            texts = [[_as_typed(value) for value in line] for line in written.rows]
            for (row, column), formula in written.formulas.items():
                texts[row][column] = formula
            self._fill(texts, typed=True)
        else:
            self._fill(written.rows)
            for top, left, bottom, right in formulas:
                self._at_offset(top, left, bottom, right)._fill(
                    [
                        [written.formulas[row, column] for column in range(left, right + 1)]
                        for row in range(top, bottom + 1)
                    ],
                    typed=True,
                )
        known = self._sheet.book.formats
        for code, cells in written.formats.items():
            key = known.key(code)
            wanted = LOGICAL if known.kind(key) & LOGICAL else DATE | values.TIME
            for top, left, bottom, right in values.rectangles(cells):
                part = self._api.getCellRangeByPosition(left, top, right, bottom)
                if formats.ambiguous(part, "NumberFormat") or not known.kind(part.NumberFormat) & wanted:
                    part.NumberFormat = key

    def _forget_truth(self, cells: list[Position]) -> None:
        """Take the format of truth values from cells that get a number or formula: 1 would read as True."""
        general = self._sheet.book.formats.key("General")
        for (top, left, bottom, right), kind in list(self._kinds(cells)):
            if kind & LOGICAL:
                inside = [
                    (row, column) for row, column in cells if top <= row <= bottom and left <= column <= right
                ]
                for top_, left_, bottom_, right_ in values.rectangles(inside):
                    self._api.getCellRangeByPosition(left_, top_, right_, bottom_).NumberFormat = general

    def _put(self, texts: tuple[tuple[str, ...], ...]) -> None:
        """Put what is typed, formulas in LibreOffice's grammar, into exactly this block."""
        self._must_be_open()
        self._forget_truth([(row, column) for row, line in enumerate(texts) for column in range(len(line))])
        self._fill(texts, typed=True)

    def _fill(self, rows: Sequence[Sequence[Any]], *, typed: bool = False) -> None:
        """Put data, or with `typed` what is typed, into exactly this block.

        LibreOffice takes notes away with what stood there before, so that cells with a note are filled one by one.
        """
        noted = self._noted()
        whole = (0, 0, self.shape[0] - 1, self.shape[1] - 1)
        others = (
            (row, column)
            for row in range(self.shape[0])
            for column in range(self.shape[1])
            if (row, column) not in noted
        )
        for top, left, bottom, right in values.rectangles(others) if noted else [whole]:
            lines = tuple(tuple(line[left : right + 1]) for line in rows[top : bottom + 1])
            part = self._api
            if noted:
                part = self._api.getCellRangeByPosition(left, top, right, bottom)
            if typed:
                part.setFormulaArray(lines)
            else:
                part.setDataArray(lines)
        for row, column in noted:
            cell, value = self._api.getCellByPosition(column, row), rows[row][column]
            if typed or value == "":
                cell.setFormula(value)
            elif isinstance(value, str):
                cell.setString(value)
            else:
                cell.setValue(value)

    def _noted(self) -> set[Position]:
        """The cells with a note, from 0."""
        notes = self._sheet.api.Annotations
        places = (notes.getByIndex(number).Position for number in range(notes.Count))
        top, left, bottom, right = self.box
        return {
            (place.Row - top, place.Column - left)
            for place in places
            if top <= place.Row <= bottom and left <= place.Column <= right
        }

    def _at_offset(self, top: int, left: int, bottom: int, right: int) -> Contents:
        """A part of the block, from 0."""
        row, column = self.box[:2]
        return type(self)(self._sheet, row + top, column + left, row + bottom, column + right)

    def _repeated(self, formula: str) -> tuple[tuple[str, ...], ...]:
        """One formula for all cells, its relative references seen from each, as Excel fills a block."""
        rows, columns = self.shape
        places = (self.position(row, column) for row in range(rows) for column in range(columns))
        texts = self._sheet.book.formulas.repeated(formula, self.position(), places)
        return tuple(tuple(next(texts) for _ in range(columns)) for _ in range(rows))

    def _as_rows(self, data: Any) -> Sequence[Sequence[Any]]:
        """Data in rows: one value for all cells, one row, or rows."""
        if not isinstance(data, (list, tuple)):
            return [[data] * self.shape[1]] * self.shape[0]
        items = cast("Sequence[Any]", data)
        if items and isinstance(items[0], (list, tuple)):
            return cast("Sequence[Sequence[Any]]", items)
        return [items]

    def _sized(self, rows: int, columns: int) -> Contents:
        """The block of this size at the same corner."""
        if (rows, columns) == self.shape:
            return self
        top, left = self.box[:2]
        return type(self)(self._sheet, top, left, top + rows - 1, left + columns - 1)


_MOST_PARTS = 2
"""Rectangles of formulas that are set beside values; with more, everything is typed in one call."""

_MOST_PROBES = 40
"""Ranges to ask for their format, at two milliseconds each, before asking for all."""


def _uniform(cells: Any) -> bool:
    return not formats.ambiguous(cells, "NumberFormat")


def _divided(area: Rectangle) -> Iterator[Rectangle]:
    """Single columns, for a column mostly has one format; a single column in halves."""
    top, left, bottom, right = area
    if left < right:
        yield from ((top, column, bottom, column) for column in range(left, right + 1))
    else:
        middle = (top + bottom) // 2
        yield from ((top, left, middle, right), (middle + 1, left, bottom, right))


def _numbers(rows: Sequence[Sequence[Any]]) -> Iterator[Position]:
    for row, line in enumerate(rows):
        for column, value in enumerate(line):
            if isinstance(value, float):
                yield row, column


_FORMULA = ("=", "{=")


def _typed(value: Any, translate: Callable[[str, int], str], sheet: int) -> str:
    """A prepared value as one would type it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return translate(value, sheet) if value.startswith("=") and len(value) > 1 else value
    if isinstance(value, bool):
        return str(value).upper()
    return repr(float(value)) if isinstance(value, (int, float)) else str(value)


def _as_typed(value: float | str) -> str:
    """A stored value as one would type it: an apostrophe keeps a text a text."""
    if isinstance(value, str):
        return f"'{value}" if value else ""
    return repr(value)


def _bare(text: str) -> str:
    """LibreOffice marks texts that look like something else by an apostrophe; Excel shows them bare."""
    return text[1:] if text.startswith("'") else text
