"""Single cells of a sheet's XML replaced in place, whoever saved it: Excel, WPS, LibreOffice or a library.

Only rows with a changed cell are written again, and in them only the changed cells; the rest of the part is
copied as it stands. A cell that already holds what is wanted keeps its bytes, so writing the same twice
changes nothing.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from math import isfinite

from xl_perfeval.books import Formula
from xl_perfeval.model import CellError, CellValue, column_letters, row_and_column

Place = tuple[int, int]
"""Row and column from 1."""
Wanted = CellValue | Formula

LONGEST_TEXT = 32_767
"""UTF-16 units that a cell can hold."""


class NotPatched(Exception):
    """The part is written in a way that is not patched: comments or sections inside the cells, rows in disorder."""


@dataclass(slots=True)
class Changes:
    """What is wanted of one sheet."""

    cells: dict[Place, Wanted] = field(default_factory=dict[Place, Wanted])
    patterns: dict[Place, Place] = field(default_factory=dict[Place, Place])
    """For a cell the sheet does not have yet: the cell whose look it gets, when its column has none."""
    shown: dict[Place, CellValue] = field(default_factory=dict[Place, CellValue])
    """Stored results of formulas that stay."""
    heights: dict[int, float] = field(default_factory=dict[int, float])
    """Estimated heights of rows, in points; a row whose height somebody fixed keeps it."""


class SheetXml:
    """The XML of one sheet, in UTF-8. Raises `NotPatched`."""

    def __init__(self, part: bytes) -> None:
        try:
            self._text = part.decode("utf-8")
        except UnicodeDecodeError as error:
            raise NotPatched("not UTF-8") from error
        start = _SHEET_DATA.search(self._text)
        if start is None or "<!--" in self._text[: start.start()]:
            raise NotPatched("no cells")
        self._prefix = start[1] or ""
        self._empty = bool(start[3])
        self._head, self._start = self._text[: start.start()], start
        closing = f"</{self._prefix}sheetData>"
        end = len(self._text) if self._empty else self._text.rfind(closing)
        if end < start.end() and not self._empty:
            raise NotPatched("no end of cells")
        self._body = "" if self._empty else self._text[start.end() : end]
        self._tail = self._text[start.end() :] if self._empty else self._text[end + len(closing) :]
        if "<!" in self._body:
            raise NotPatched("comments between cells")
        name = re.escape(self._prefix)
        self._row = re.compile(rf"<{name}row(?=[\s/>]){_ATTRIBUTES}(?:/>|>(.*?)</{name}row\s*>)", re.DOTALL)
        self._cell = re.compile(rf"<{name}c(?=[\s/>]){_ATTRIBUTES}(?:/>|>(.*?)</{name}c\s*>)", re.DOTALL)
        self._formula = re.compile(
            rf"<{name}f(?=[\s/>]){_ATTRIBUTES}(?:/>|>([^<]*)</{name}f\s*>)", re.DOTALL
        )
        self._value = re.compile(rf"<{name}v(?=[\s/>]){_ATTRIBUTES}(?:/>|>[^<]*</{name}v\s*>)")
        self.formulas_changed = False
        """Whether `patched` gave or took a cell its formula."""

    def formulas(self) -> dict[Place, str]:
        """All formulas with their “=”; those that share a text get it in the words of their own cell."""
        found: dict[Place, str] = {}
        shared: dict[str, tuple[Place, str]] = {}
        for place, _, inner in self._cells():
            match = self._formula.search(inner) if inner else None
            if match is None:
                continue
            attributes = _attributes(match[1])
            text = html.unescape(match[2] or "")
            if attributes.get("t") == "shared":
                group = attributes.get("si", "")
                if text:
                    shared[group] = (place, text)
                elif group in shared:
                    text = _moved(shared[group][1], shared[group][0], place)
            if text:
                found[place] = f"={text}"
        return found

    def patched(self, changes: Changes, current: Callable[[Place], CellValue]) -> bytes:
        """The part with the changes made; the same bytes when everything was there. `current` tells values."""
        patching = _Patching(self, changes, current)
        rows: dict[int, list[int]] = {}
        for row, column in {*changes.cells, *changes.shown}:
            rows.setdefault(row, []).append(column)
        pieces: list[str] = []
        waiting = sorted(rows)
        at = last = 0
        for match in self._row.finditer(self._body):
            number = _number(match[1], last)
            if number <= last:
                raise NotPatched("rows in disorder")
            last = number
            while waiting and waiting[0] < number:
                pieces += (self._body[at : match.start()], patching.new_row(waiting[0], rows[waiting[0]]))
                at = match.start()
                waiting.pop(0)
            if waiting and waiting[0] == number:
                waiting.pop(0)
                pieces.append(self._body[at : match.start()])
                pieces.append(patching.row(number, rows[number], match))
                at = match.end()
        pieces.append(self._body[at:])
        pieces += [patching.new_row(number, rows[number]) for number in waiting]
        body = "".join(pieces)
        if body == self._body:
            return self._text.encode()
        return "".join((self._head_with(patching.reached), self._opening(), body, self._closing())).encode()

    def column_styles(self) -> dict[int, str]:
        """The style of each column that has one."""
        found: dict[int, str] = {}
        for start in re.findall(rf"<{re.escape(self._prefix)}col(?=\s){_ATTRIBUTES}/?>", self._head):
            attributes = _attributes(start)
            style, low, high = (attributes.get(key, "0") for key in ("style", "min", "max"))
            if style != "0" and low.isdecimal() and high.isdecimal():
                found |= dict.fromkeys(range(int(low), min(int(high), 1000) + 1), style)
        return found

    @property
    def prefix(self) -> str:
        """Namespace prefix of the element names, with its colon."""
        return self._prefix

    def cells_of(self, inner: str, row: int) -> Iterator[tuple[int, str, str, str]]:
        """Column, attributes, content and the whole text of the cells of a row."""
        column = 0
        for match in self._cell.finditer(inner):
            address = _ADDRESS.search(match[1])
            column = row_and_column(address[2].upper())[1] if address else column + 1
            start = f"<{self._prefix}c"
            text = match[0] if address else f'{start} r="{column_letters(column)}{row}"{match[0][len(start) :]}'
            yield column, match[1], match[2] or "", text

    def formula_of(self, inner: str) -> re.Match[str] | None:
        """The formula element inside a cell."""
        return self._formula.search(inner)

    def style_at(self, place: Place) -> str | None:
        """The style of a cell; `None` when there is none."""
        for found, attributes, _ in self._cells():
            if found >= place:
                return _attributes(attributes).get("s") if found == place else None
        return None

    def with_result(self, text: str, attributes: str, inner: str, value: CellValue, *, same: bool) -> str:
        """A formula cell that shows another result, or the `same` as before; other cells as they are."""
        old = self._value.search(inner)
        if self._formula.search(inner) is None or (old and same):
            return text
        kind, shown = _stored(value)
        element = f"<{self._prefix}v>{shown}</{self._prefix}v>"
        new = inner[: old.start()] + element + inner[old.end() :] if old else inner + element
        if _attributes(attributes).get("t", "n") != (kind or "n"):
            attributes = _TYPE.sub("", attributes) + (f' t="{kind}"' if kind else "")
        return f"<{self._prefix}c{attributes}>{new}</{self._prefix}c>"

    def _cells(self) -> Iterator[tuple[Place, str, str]]:
        last = 0
        for match in self._row.finditer(self._body):
            last = _number(match[1], last)
            for column, attributes, inner, _ in self.cells_of(match[2] or "", last):
                yield (last, column), attributes, inner

    def _opening(self) -> str:
        return f"<{self._prefix}sheetData>" if self._empty else self._start[0]

    def _closing(self) -> str:
        return f"</{self._prefix}sheetData>{self._tail}"

    def _head_with(self, reached: Place) -> str:
        """What stands before the cells, with the sheet's dimension reaching as far as the cells now do."""

        def grown(match: re.Match[str]) -> str:
            first, _, last = match[2].partition(":")
            (top, left), (bottom, right) = row_and_column(first), row_and_column(last or first)
            bottom, right = max(bottom, reached[0]), max(right, reached[1])
            area = f"{column_letters(left)}{top}:{column_letters(right)}{bottom}"
            return match[1] + (match[2] if area in (match[2], f"{first}:{first}") else area) + match[3]

        return _DIMENSION.sub(grown, self._head, count=1)


@dataclass(slots=True)
class _Patching:
    """One pass over a sheet."""

    xml: SheetXml
    changes: Changes
    current: Callable[[Place], CellValue]
    reached: Place = (1, 1)
    _styles: dict[int, str] | None = None
    _formulas: dict[Place, str] | None = None

    def row(self, number: int, columns: list[int], match: re.Match[str]) -> str:
        """An existing row with its changes."""
        here = {column: (attributes, inner, text) for column, attributes, inner, text in self.xml.cells_of(match[2] or "", number)}
        written = {column: text for column, (_, _, text) in here.items()}
        changed = False
        for column in columns:
            old = here.get(column)
            new = self._cell((number, column), old)
            if new != (old[2] if old else ""):
                changed = True
                written[column] = new
        if not changed:
            return match[0]
        attributes = self._row_attributes(match[1], number, written)
        cells = "".join(written[column] for column in sorted(written))
        return f"<{self.xml.prefix}row{attributes}>{cells}</{self.xml.prefix}row>"

    def new_row(self, number: int, columns: list[int]) -> str:
        """A row the sheet does not have yet; nothing when all its cells are blank."""
        cells = "".join(self._cell((number, column), None) for column in sorted(columns))
        if not cells:
            return ""
        height = self.changes.heights.get(number)
        high = f' ht="{height:g}"' if height else ""
        return f'<{self.xml.prefix}row r="{number}"{high}>{cells}</{self.xml.prefix}row>'

    def _row_attributes(self, attributes: str, number: int, written: Mapping[int, str]) -> str:
        if not _ROW_NUMBER.search(attributes):
            attributes = f' r="{number}"{attributes}'
        spans = _SPANS.search(attributes)
        filled = [column for column, text in written.items() if text]
        if spans and filled and (min(filled) < int(spans[1]) or max(filled) > int(spans[2])):
            attributes = attributes.replace(spans[0], "")
        height = self.changes.heights.get(number)
        if height and not _FIXED.search(attributes):
            attributes = _HEIGHT.sub("", attributes).rstrip() + f' ht="{height:g}"'
        return attributes

    def _cell(self, place: Place, old: tuple[str, str, str] | None) -> str:
        """The text of a cell as wanted; as it was when it holds that already."""
        if place in self.changes.shown:
            value = self.changes.shown[place]
            return self.xml.with_result(old[2], old[0], old[1], value, same=_same(self.current(place), value)) if old else ""
        wanted = self.changes.cells[place]
        formula = self.xml.formula_of(old[1]) if old else None
        if old and self._holds(place, wanted, formula):
            return old[2]
        if isinstance(wanted, Formula) or formula:
            self.xml.formulas_changed = True
        style = self._style(place, old)
        if wanted is None or wanted == "":
            return f'<{self.xml.prefix}c r="{_address(place)}"{style}/>' if old and style else ""
        self.reached = (max(self.reached[0], place[0]), max(self.reached[1], place[1]))
        return _written(place, style, wanted, self.xml.prefix)

    def _holds(self, place: Place, wanted: Wanted, formula: re.Match[str] | None) -> bool:
        value = wanted.cached if isinstance(wanted, Formula) else wanted
        if not _same(self.current(place), value) or isinstance(wanted, Formula) != (formula is not None):
            return False
        if not isinstance(wanted, Formula):
            return True
        if self._formulas is None:
            self._formulas = self.xml.formulas()
        return _comparable(self._formulas.get(place, "")) == _comparable(wanted.text)

    def _style(self, place: Place, old: tuple[str, str, str] | None) -> str:
        """The look of a cell: its own, or that of its column, or that of the first cell of its block."""
        style = _attributes(old[0]).get("s") if old else None
        if style is None:
            if self._styles is None:
                self._styles = self.xml.column_styles()
            style = self._styles.get(place[1])
        if style is None and place in self.changes.patterns:
            style = self.xml.style_at(self.changes.patterns[place])
        return f' s="{style}"' if style else ""


# No way back, so that time grows with the text only.
_ATTRIBUTES = r"""((?:[^<>"'/]|"[^"<]*"|'[^'<]*'|/(?!>))*+)"""
_SHEET_DATA = re.compile(rf"<([\w.-]+:)?sheetData(?=[\s/>]){_ATTRIBUTES}(/?)>")
_ATTRIBUTE = re.compile(r"""([^\s=<>"']+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_ADDRESS = re.compile(r"""(?:^|\s)r\s*=\s*(["'])([A-Za-z]{1,3}[0-9]{1,7})\1""")
_ROW_NUMBER = re.compile(r"""(?:^|\s)r\s*=\s*["']([0-9]{1,7})["']""")
_SPANS = re.compile(r"""\sspans\s*=\s*["']([0-9]+):([0-9]+)["']""")
_HEIGHT = re.compile(r"""\sht\s*=\s*["'][^"']*["']""")
_FIXED = re.compile(r"""\scustomHeight\s*=\s*["'](?:1|true)["']""")
_TYPE = re.compile(r"""\st\s*=\s*["'][^"']*["']""")
_DIMENSION = re.compile(r"""(<(?:[\w.-]+:)?dimension\s[^<>]*?\bref\s*=\s*["'])([A-Z]{1,3}[0-9]+(?::[A-Z]{1,3}[0-9]+)?)(["'])""")
_REFERENCE = re.compile(r"""("[^"]*"|'[^']*')|(\$?)\b([A-Z]{1,3})(\$?)([0-9]{1,7})\b(?![(.!])""")
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_DROPPED = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def _attributes(start: str) -> dict[str, str]:
    return {name: html.unescape(one or other) for name, one, other in _ATTRIBUTE.findall(start)}


def _number(attributes: str, last: int) -> int:
    found = _ROW_NUMBER.search(attributes)
    return int(found[1]) if found else last + 1


def _address(place: Place) -> str:
    return f"{column_letters(place[1])}{place[0]}"


def _moved(formula: str, first: Place, place: Place) -> str:
    """A formula as it reads some rows and columns away."""
    down, right = place[0] - first[0], place[1] - first[1]

    def shifted(match: re.Match[str]) -> str:
        literal, fixed_column, letters, fixed_row, row = match.groups()
        if literal:
            return literal
        column = row_and_column(f"{letters}1")[1] + (0 if fixed_column else right)
        return f"{fixed_column}{column_letters(column)}{fixed_row}{int(row) + (0 if fixed_row else down)}"

    return _REFERENCE.sub(shifted, formula)


def _comparable(formula: str) -> str:
    """A formula without what programs write one way or another: quotes around tabs."""
    return formula.replace("'", "")


def _same(current: CellValue, wanted: CellValue) -> bool:
    if current in (None, "") or wanted in (None, ""):
        return current in (None, "") and wanted in (None, "")
    if isinstance(current, bool) or isinstance(wanted, bool):
        return current is wanted
    if isinstance(current, int | float) and isinstance(wanted, int | float):
        return float(current) == float(wanted)
    if isinstance(current, str) and isinstance(wanted, str):
        return current == clean(wanted)
    return type(current) is type(wanted) and current == wanted


def clean(text: str) -> str:
    """Text as a cell can hold it: no control characters, line feeds only, at most 32,767 UTF-16 units."""
    text = _DROPPED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) * 2 > LONGEST_TEXT:
        text = text.encode("utf-16-le")[: LONGEST_TEXT * 2].decode("utf-16-le", "ignore")
    return text


def _written(place: Place, style: str, wanted: Wanted, p: str) -> str:
    start = f'<{p}c r="{_address(place)}"{style}'
    if isinstance(wanted, Formula):
        kind, shown = _stored("" if wanted.cached is None else wanted.cached)
        typed = f' t="{kind}"' if kind else ""
        formula = html.escape(clean(wanted.text).removeprefix("="), quote=False)
        return f"{start}{typed}><{p}f>{formula}</{p}f><{p}v>{shown}</{p}v></{p}c>"
    kind, shown = _stored(wanted)
    if kind == "str":
        return f'{start} t="inlineStr"><{p}is><{p}t xml:space="preserve">{shown}</{p}t></{p}is></{p}c>'
    typed = f' t="{kind}"' if kind else ""
    return f"{start}{typed}><{p}v>{shown}</{p}v></{p}c>"


def _stored(value: CellValue) -> tuple[str, str]:
    """Type and text of a value as `<v>` holds it; a date becomes its ISO text."""
    if isinstance(value, bool):
        return "b", str(int(value))
    if isinstance(value, int | float):
        if not isfinite(value):
            raise ValueError(f"no cell can hold {value}")
        return "", repr(value)
    if isinstance(value, CellError):
        return "e", html.escape(value.code, quote=False)
    text = value.isoformat() if isinstance(value, date) else value or ""
    return "str", html.escape(_ESCAPE.sub("_x005F_", clean(text)), quote=False)
