"""Single cells of a sheet's XML replaced in place, whoever saved it: Excel, WPS, LibreOffice or a library.

Only rows with a changed cell are written again, and in them only the changed cells; the rest of the part is
copied as it stands. A cell that already holds what is wanted keeps its bytes, so writing the same twice
changes nothing.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import isfinite
from typing import NamedTuple

from xl_perfeval.books import Formula
from xl_perfeval.model import CellError, CellValue, column_letters, row_and_column

Place = tuple[int, int]
"""Row and column from 1."""
Wanted = CellValue | Formula
OldCell = tuple[str, str, str]
"""Attributes, content and whole text of a cell as it is."""

LONGEST_TEXT = 32_767
"""UTF-16 units that a cell can hold."""


class NotPatched(Exception):
    """The part is written in a way that is not patched: comments or sections inside the cells, rows in disorder."""


@dataclass(slots=True)
class Changes:
    """What is wanted of one sheet."""

    cells: dict[int, dict[int, Wanted]] = field(default_factory=dict[int, dict[int, Wanted]])
    """By row and column."""
    tops: dict[int, list[int]] = field(default_factory=dict[int, list[int]])
    """First rows of the blocks written, by column: a cell the sheet does not have yet gets the look of that row's
    cell, when its column has none."""
    shown: dict[int, dict[int, CellValue]] = field(default_factory=dict[int, dict[int, CellValue]])
    """Stored results of formulas that stay, by row and column."""
    heights: dict[int, float] = field(default_factory=dict[int, float])
    """Estimated heights of rows, in points, 0 for the usual one; a row whose height somebody fixed keeps it. Such a
    row is shown when it changes: a filter that hid it was set for other content."""

    def put(self, place: Place, wanted: Wanted) -> None:
        """What a cell is to hold."""
        self.cells.setdefault(place[0], {})[place[1]] = wanted

    def show(self, place: Place, value: CellValue) -> None:
        """What a formula is to show."""
        self.shown.setdefault(place[0], {})[place[1]] = value


class SheetXml:
    """The XML of one sheet, in UTF-8. Raises `NotPatched`."""

    def __init__(self, part: bytes) -> None:
        # A character per byte: quick to make, and places in the text are places in the part. Markup is ASCII; what else
        # is there is decoded where it is needed (`_real`).
        text = part.decode("latin-1")
        start = _SHEET_DATA.search(text)
        if start is None or "<!--" in text[: start.start()]:
            raise NotPatched("no cells")
        self._part = part
        self.prefix = start[1] or ""
        """Namespace prefix of the element names, with its colon."""
        self._empty = bool(start[3])
        self._head, self._start = text[: start.start()], start
        self._from = start.end()
        self._to = len(text) if self._empty else text.rfind(f"</{self.prefix}sheetData>")
        if self._to < self._from:
            raise NotPatched("no end of cells")
        self._body = "" if self._empty else text[self._from : self._to]
        if "<!" in self._body:
            raise NotPatched("comments between cells")
        patterns = _patterns(self.prefix)
        self._row, self._cell, self._value = patterns.row, patterns.cell, patterns.value
        self._formula, self._formula_cell = patterns.formula, patterns.formula_cell
        self._formula_start = patterns.formula_start
        self._result = patterns.result
        self._formula_tag = f"<{self.prefix}f"
        self._not_formulas = (f"<{self.prefix}v>", f"<{self.prefix}is>")
        self._known: dict[Place, str] | None = None
        self._starts: dict[Place, int] = {}
        self._near = 0
        self._looks: dict[int, dict[int, str | None]] = {}
        self._columns: list[tuple[int, int, str]] | None = None
        self.formulas_changed = False
        """Whether `patched` gave or took a cell its formula."""

    def formulas(self) -> dict[Place, str]:
        """All formulas with their “=”; those that share a text get it in the words of their own cell."""
        if self._known is not None:
            return self._known
        found: dict[Place, str] = {}
        shared: dict[str, tuple[Place, str]] = {}
        for place, attributes, text in self._formula_cells():
            text = _unescaped(_real(text))
            if "shared" in attributes and (group := _attributes(attributes).get("si")):
                if text:
                    shared[group] = (place, text)
                elif group in shared:
                    text = _moved(shared[group][1], shared[group][0], place)
            if text:
                found[place] = f"={text}"
        self._known = found
        return found

    def formula_at(self, place: Place) -> str:
        """The formula of one cell with its “=”; empty where there is none. Quicker than all of them."""
        if self._known is None:
            begins = f'<{self.prefix}c r="{_address(place)}"'
            start = self._body.find(begins, self._near)  # who asks for many goes down the sheet
            start = start if start >= 0 else self._body.find(begins, 0, self._near + len(begins))
            self._near = max(start, 0)
            if start >= 0 and self._body.startswith(self._not_formulas, self._body.find(">", start) + 1):
                return ""
            match = self._cell.match(self._body, start) if start >= 0 else None
            formula = self.formula_of(match[4] or "") if match else None
            if match and formula is None:
                return ""
            if formula and not formula[1] and formula[2]:
                self._starts[place] = start
                return f"={_unescaped(_real(formula[2]))}"
        return self.formulas().get(place, "")

    def _formula_cells(self) -> Iterator[tuple[Place, str, str]]:
        """Place, attributes and text of the formulas; by one pass where every cell says its address."""
        if self._body.count(f"<{self.prefix}c ") == self._body.count(f'<{self.prefix}c r="'):
            found = list(self._formula_cell.finditer(self._body))
            if len(found) == len(self._formula_start.findall(self._body)):
                for match in found:
                    place = row_and_column(match[1])
                    self._starts[place] = match.start()
                    yield place, match[2], match[3] or ""
                return
        for place, _, inner in self._cells():
            match = self._formula.search(inner) if inner else None
            if match:
                yield place, match[1], match[2] or ""

    def patched(self, changes: Changes, current: Callable[[Place], CellValue]) -> bytes:
        """The part with the changes made; the same bytes when everything was there. `current` tells values."""
        if not changes.cells:
            places = [(row, column) for row, columns in changes.shown.items() for column in columns]
            if all(place in self._starts for place in places):
                return self._with_results(places, changes.shown, current)
        self._unshare(changes, current)
        patching = _Patching(self, changes, current)
        pieces: list[bytes] = []
        waiting = sorted(changes.cells.keys() | changes.shown.keys())
        at = last = 0
        for match in self._row.finditer(self._body):
            number = _number(match[1], last)
            if number <= last:
                raise NotPatched("rows in disorder")
            last = number
            while waiting and waiting[0] < number:
                pieces += (self._bytes(at, match.start()), patching.new_row(waiting[0]).encode())
                at = match.start()
                waiting.pop(0)
            if waiting and waiting[0] == number:
                waiting.pop(0)
                row = patching.row(number, match)
                if row is not None:
                    pieces += (self._bytes(at, match.start()), row.encode())
                    at = match.end()
        pieces.append(self._bytes(at))
        pieces.append("".join([patching.new_row(number) for number in waiting]).encode())
        body = b"".join(pieces)
        if body == self._bytes(0):
            return self._part
        return self._whole(self._head_with(patching.reached), body)

    def _with_results(
        self,
        places: Sequence[Place],
        shown: Mapping[int, Mapping[int, CellValue]],
        current: Callable[[Place], CellValue],
    ) -> bytes:
        """The part with other results of formulas and nothing else, the cells known to begin where they do."""
        pieces: list[bytes] = []
        at = 0
        for start, place in sorted((self._starts[place], place) for place in places):
            value = shown[place[0]][place[1]]
            same = _same(current(place), value)
            usual = self._result.match(self._body, start)
            match = None if usual else self._cell.match(self._body, start)
            if usual and not same:
                kind, result = _stored(value)
                typed = f' t="{kind}"' if kind else ""
                pieces += (
                    self._bytes(at, usual.end(1)),
                    typed.encode(),
                    self._bytes(usual.end(2), usual.end(3)),
                )
                pieces.append(result.encode())
                at = usual.end(4)
            elif match:
                text, attributes, _, inner = (_real(piece) for piece in match.groups(""))
                pieces += (
                    self._bytes(at, start),
                    self.with_result(attributes, inner, text, value, same=same).encode(),
                )
                at = match.end()
        pieces.append(self._bytes(at))
        return self._whole(self._head, b"".join(pieces))

    def _bytes(self, start: int, end: int | None = None) -> bytes:
        """A piece of the part between two places of the body."""
        last = self._from + len(self._body) if end is None else self._from + end
        return self._part[self._from + start : last]

    def _whole(self, head: str, body: bytes) -> bytes:
        """The part with this head and these cells."""
        if self._empty:
            opening, closing = f"<{self.prefix}sheetData>", f"</{self.prefix}sheetData>"
            start = f"{head}{opening}".encode("latin-1")
            return b"".join((start, body, closing.encode(), self._part[self._from :]))
        return b"".join((f"{head}{self._start[0]}".encode("latin-1"), body, self._part[self._to :]))

    def column_style(self, column: int) -> str | None:
        """The style of a whole column; `None` when it has none."""
        if self._columns is None:
            starts = re.findall(rf"<{re.escape(self.prefix)}col(?=\s){_ATTRIBUTES}/?>", self._head)
            found = [_attributes(start) for start in starts]
            self._columns = [
                (_count(each, "min"), _count(each, "max"), each.get("style", "0")) for each in found
            ]
        style = next((style for first, last, style in self._columns if first <= column <= last), "0")
        return style if style != "0" else None

    def cells_of(self, inner: str, row: int) -> dict[int, OldCell]:
        """The cells of a row by column."""
        column = 0
        found: dict[int, OldCell] = {}
        for text, attributes, letters, content in self._cell.findall(inner):
            if letters:
                column = row_and_column(letters)[1]
            elif address := _ADDRESS.search(attributes):
                column = row_and_column(address[2].upper())[1]
            else:
                column += 1
                start = f"<{self.prefix}c"
                addressed = f'{start} r="{column_letters(column)}{row}"{text[len(start) :]}'
                found[column] = attributes, content, addressed
                continue
            found[column] = attributes, content, text
        return found

    def formula_of(self, inner: str) -> re.Match[str] | None:
        """The formula element inside a cell."""
        return self._formula.search(inner) if self._formula_tag in inner else None

    def _unshare(self, changes: Changes, current: Callable[[Place], CellValue]) -> None:
        """Give formulas that share the text of a cell which changes a text of their own."""
        if "shared" not in self._body:
            return
        groups: dict[str, list[Place]] = {}
        for place, attributes, _ in self._formula_cells():
            found = _attributes(attributes)
            if found.get("t") == "shared":
                groups.setdefault(found.get("si", ""), []).append(place)
        formulas = self.formulas()
        for places in groups.values():
            if any(column in changes.cells.get(row, ()) for row, column in places):
                for row, column in places:
                    shown = changes.shown.get(row, {})
                    value = shown.pop(column) if column in shown else current((row, column))
                    formula = Formula(formulas[row, column], value)
                    changes.cells.setdefault(row, {}).setdefault(column, formula)

    def style_at(self, place: Place) -> str | None:
        """The style of a cell; `None` when there is none."""
        row, column = place
        if row not in self._looks:
            self._looks[row] = self._looks_of(row)
        return self._looks[row].get(column)

    def _looks_of(self, row: int) -> dict[int, str | None]:
        last = 0
        for match in self._row.finditer(self._body):
            last = _number(match[1], last)
            if last == row:
                cells = self.cells_of(match[2] or "", row)
                return {column: _look(attributes) for column, (attributes, _, _) in cells.items()}
        return {}

    def with_result(self, attributes: str, inner: str, text: str, value: CellValue, *, same: bool) -> str:
        """A formula cell that shows another result, or the `same` as before; other cells as they are."""
        old = self._value.search(inner)
        if self._formula.search(inner) is None or (old and same):
            return text
        kind, shown = _stored(value)
        element = f"<{self.prefix}v>{shown}</{self.prefix}v>"
        new = inner[: old.start()] + element + inner[old.end() :] if old else inner + element
        if _attributes(attributes).get("t", "n") != (kind or "n"):
            attributes = _TYPE.sub("", attributes) + (f' t="{kind}"' if kind else "")
        return f"<{self.prefix}c{attributes}>{new}</{self.prefix}c>"

    def _cells(self) -> Iterator[tuple[Place, str, str]]:
        last = 0
        for match in self._row.finditer(self._body):
            last = _number(match[1], last)
            for column, (attributes, inner, _) in self.cells_of(match[2] or "", last).items():
                yield (last, column), attributes, inner

    def _head_with(self, reached: Place) -> str:
        """What stands before the cells, with the sheet's dimension reaching as far as the cells now do."""

        def grown(match: re.Match[str]) -> str:
            first, _, last = match[2].partition(":")
            (top, left), (bottom, right) = row_and_column(first), row_and_column(last or first)
            bottom, right = max(bottom, reached[0]), max(right, reached[1])
            area = f"{column_letters(left)}{top}:{column_letters(right)}{bottom}"
            return match[1] + (match[2] if area in (match[2], f"{first}:{first}") else area) + match[3]

        return _DIMENSION.sub(grown, self._head, count=1)


class _Block(NamedTuple):
    """The new cells of a column from row `top` on: what stands before and after the row number of each."""

    top: int
    before: str
    after: str


@dataclass(slots=True)
class _Patching:
    """One pass over a sheet."""

    xml: SheetXml
    changes: Changes
    current: Callable[[Place], CellValue]
    reached: Place = (1, 1)
    _styles: dict[Place, str] = field(default_factory=dict[Place, str])
    _lowest: dict[int, _Block] = field(default_factory=dict[int, "_Block"])
    """By column."""

    def row(self, number: int, match: re.Match[str]) -> str | None:
        """An existing row with its changes; `None` when it stays as it is."""
        here = self.xml.cells_of(_real(match[2]), number)
        changed: dict[int, str] = {}
        for column, value in self.changes.shown.get(number, {}).items():
            if column in here:
                same = _same(self.current((number, column)), value)
                changed[column] = self.xml.with_result(*here[column], value, same=same)
        for column, wanted in self.changes.cells.get(number, {}).items():
            changed[column] = self._cell((number, column), wanted, here.get(column))
        old = {column: text for column, (_, _, text) in here.items()}
        if all(text == old.get(column, "") for column, text in changed.items()):
            return None
        written = old | changed
        attributes = self._row_attributes(_real(match[1]), number, written)
        cells = "".join([written[column] for column in sorted(written)])
        return f"<{self.xml.prefix}row{attributes}>{cells}</{self.xml.prefix}row>"

    def new_row(self, number: int) -> str:
        """A row the sheet does not have yet; nothing when all its cells are blank."""
        wanted = self.changes.cells.get(number, {})
        ordinary = _ordinary("".join([value for value in wanted.values() if isinstance(value, str)]))
        p, row = self.xml.prefix, str(number)
        text_start, text_end = f' t="inlineStr"><{p}is><{p}t xml:space="preserve">', f"</{p}t></{p}is></{p}c>"
        pieces: list[str] = []
        last = 0
        for column in sorted(wanted):
            value = wanted[column]
            if value is None or value == "":
                continue
            last = column
            top, before, after = self._lowest.get(column) or self._lowest_block(column)
            look = after if number >= top else f'"{self._new_look(number, column)}'
            if isinstance(value, str):
                pieces += (before, row, look, text_start, value if ordinary else _xml(value), text_end)
            else:
                pieces.append(self._written(f"{before}{row}{look}", value))
        if not pieces:
            return ""
        self._reach(number, last)
        height = self.changes.heights.get(number)
        high = f' ht="{height:g}"' if height else ""
        return f'<{p}row r="{row}"{high}>{"".join(pieces)}</{p}row>'

    def _row_attributes(self, attributes: str, number: int, written: Mapping[int, str]) -> str:
        if not _ROW_NUMBER.search(attributes):
            attributes = f' r="{number}"{attributes}'
        spans = _SPANS.search(attributes)
        filled = [column for column, text in written.items() if text]
        if spans and filled and (min(filled) < int(spans[1]) or max(filled) > int(spans[2])):
            attributes = attributes.replace(spans[0], "")
        height = self.changes.heights.get(number)
        if height is None:
            return attributes
        attributes = _HIDDEN.sub("", attributes)
        if _FIXED.search(attributes):
            return attributes
        return _HEIGHT.sub("", attributes).rstrip() + (f' ht="{height:g}"' if height else "")

    def _cell(self, place: Place, wanted: Wanted, old: OldCell | None) -> str:
        """The text of a cell as wanted; as it was when it holds that already."""
        if old is None:
            return self._new_cell(place, wanted)
        attributes, content, text = old
        if not content and wanted is None:
            return text
        formula = self.xml.formula_of(content)
        if formula is None and isinstance(wanted, str) and self.current(place) == wanted:
            return text
        if self._holds(place, wanted, formula):
            return text
        if formula:
            self.xml.formulas_changed = True
        look = _look(attributes)
        style = f' s="{look}"' if look is not None else self._new_look(*place)
        start = f'<{self.xml.prefix}c r="{_address(place)}"{style}'
        if wanted is None or wanted == "":
            return f"{start}/>" if style else ""
        self._reach(*place)
        return self._written(start, wanted)

    def _new_cell(self, place: Place, wanted: Wanted) -> str:
        """A cell written from scratch; nothing for nothing."""
        if wanted is None or wanted == "":
            return ""
        self._reach(*place)
        return self._written(self._start(*place), wanted)

    def _written(self, start: str, wanted: Wanted) -> str:
        """A cell that begins like that and holds something."""
        if isinstance(wanted, Formula):
            self.xml.formulas_changed = True
        return _written(start, wanted, self.xml.prefix)

    def _reach(self, row: int, column: int) -> None:
        if row > self.reached[0] or column > self.reached[1]:
            self.reached = (max(row, self.reached[0]), max(column, self.reached[1]))

    def _holds(self, place: Place, wanted: Wanted, formula: re.Match[str] | None) -> bool:
        value = wanted.cached if isinstance(wanted, Formula) else wanted
        if not _same(self.current(place), value) or isinstance(wanted, Formula) != (formula is not None):
            return False
        if formula is None or not isinstance(wanted, Formula):
            return True
        if _attributes(formula[1]).get("t") == "shared":
            return False
        return _comparable(f"={_unescaped(formula[2] or '')}") == _comparable(wanted.text)

    def _start(self, row: int, column: int) -> str:
        """A new cell up to its look."""
        top, before, after = self._lowest.get(column) or self._lowest_block(column)
        return f"{before}{row}{after}" if row >= top else f'{before}{row}"{self._new_look(row, column)}'

    def _lowest_block(self, column: int) -> _Block:
        tops = self.changes.tops.get(column, [0])
        before = f'<{self.xml.prefix}c r="{column_letters(column)}'
        block = _Block(max(tops), before, f'"{self._new_look(max(tops), column)}')
        self._lowest[column] = block
        return block

    def _new_look(self, row: int, column: int) -> str:
        """The look of a new cell: that of its column, or that of the first cell of its block."""
        tops = self.changes.tops.get(column, [row])
        top = tops[0] if len(tops) == 1 else max((each for each in tops if each <= row), default=row)
        if (top, column) not in self._styles:
            found = self.xml.column_style(column) or self.xml.style_at((top, column))
            self._styles[top, column] = f' s="{found}"' if found else ""
        return self._styles[top, column]


# No way back inside a piece, so that time grows with the text only. (Not for the whole either, but Python 3.11.2, which
# Debian 12 has, loses its place in `*+` around a look-ahead.)
_ATTRIBUTES = r"""((?:[^<>"'/]++|"[^"<]*+"|'[^'<]*+'|/(?!>))*)"""
_SHEET_DATA = re.compile(rf"<([\w.-]+:)?sheetData(?=[\s/>]){_ATTRIBUTES}(/?)>", re.ASCII)
_ATTRIBUTE = re.compile(r"""([^\s=<>"']+)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Patterns:
    """The elements of a sheet whose names have a certain prefix."""

    row: re.Pattern[str]
    cell: re.Pattern[str]
    formula: re.Pattern[str]
    formula_cell: re.Pattern[str]
    formula_start: re.Pattern[str]
    value: re.Pattern[str]
    result: re.Pattern[str]
    """A formula cell as usual programs write it: up to its style, type, up to its result, result."""


@lru_cache(maxsize=16)
def _patterns(prefix: str) -> _Patterns:
    name = re.escape(prefix)
    return _Patterns(
        row=re.compile(rf"<{name}row(?=[\s/>]){_ATTRIBUTES}(?:/>|>{_up_to(f'{name}row')})", re.ASCII),
        cell=re.compile(
            rf'(<{name}c(?=[\s/>])((?: r="([A-Z]{{1,3}})[0-9]+")?{_ATTRIBUTES[1:-1]})(?:/>|>{_up_to(f"{name}c")}))',
            re.ASCII,
        ),
        formula=re.compile(rf"<{name}f(?=[\s/>]){_ATTRIBUTES}(?:/>|>([^<]*)</{name}f\s*>)", re.ASCII),
        formula_cell=re.compile(
            rf'<{name}c r="([A-Z]{{1,3}}[0-9]{{1,7}})"[^<>]*><{name}f(?=[\s/>]){_ATTRIBUTES}(?:/>|>([^<]*)</{name}f>)',
            re.ASCII,
        ),
        formula_start=re.compile(rf"<{name}f[\s/>]", re.ASCII),
        value=re.compile(rf"<{name}v(?=[\s/>]){_ATTRIBUTES}(?:/>|>[^<]*</{name}v\s*>)", re.ASCII),
        result=re.compile(
            rf'(<{name}c r="[A-Z]{{1,3}}[0-9]{{1,7}}"(?: s="[0-9]+")?)((?: t="[a-zA-Z]+")?)'
            rf"(><{name}f>[^<]*</{name}f><{name}v>)([^<]*)(?=</{name}v></{name}c>)",
            re.ASCII,
        ),
    )


def _up_to(element: str) -> str:
    """Everything up to the end tag of an element, in steps of whole tags: three times as quick as `.*?`."""
    return rf"([^<]*(?:<(?!/{element}[\s>])[^<]*)*)</{element}\s*>"


_ADDRESS = re.compile(r"""(?:^|\s)r\s*=\s*(["'])([A-Za-z]{1,3}[0-9]{1,7})\1""", re.ASCII)
_ROW_NUMBER = re.compile(r"""(?:^|\s)r\s*=\s*["']([0-9]{1,7})["']""", re.ASCII)
_STYLE = re.compile(r"""(?:^|\s)s\s*=\s*["']([0-9]+)["']""", re.ASCII)
_SPANS = re.compile(r"""\sspans\s*=\s*["']([0-9]+):([0-9]+)["']""", re.ASCII)
_HEIGHT = re.compile(r"""\sht\s*=\s*["'][^"']*["']""", re.ASCII)
_HIDDEN = re.compile(r"""\shidden\s*=\s*["'](?:1|true)["']""", re.ASCII)
_FIXED = re.compile(r"""\scustomHeight\s*=\s*["'](?:1|true)["']""", re.ASCII)
_TYPE = re.compile(r"""\st\s*=\s*["'][^"']*["']""", re.ASCII)
_DIMENSION = re.compile(
    r"""(<(?:[\w.-]+:)?dimension\s[^<>]*?\bref\s*=\s*["'])([A-Z]{1,3}[0-9]+(?::[A-Z]{1,3}[0-9]+)?)(["'])""",
    re.ASCII,
)
_REFERENCE = re.compile(r"""("[^"]*"|'[^']*')|(\$?)\b([A-Z]{1,3})(\$?)([0-9]{1,7})\b(?![(.!])""")
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_DROPPED = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def _real(text: str | None) -> str:
    """What a piece of the text of a part says; empty for none. Raises `NotPatched`."""
    if not text or text.isascii():
        return text or ""
    try:
        return text.encode("latin-1").decode()
    except UnicodeDecodeError as error:
        raise NotPatched("not UTF-8") from error


def _unescaped(text: str) -> str:
    """Text as XML means it; ten times as quick as `html.unescape` where no character is given by number."""
    if "&" not in text:
        return text
    if "&#" in text:
        return html.unescape(text)
    for name, character in _ENTITIES:
        text = text.replace(name, character)
    return text


_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))
"""The ampersand last, for it begins the others."""


def _attributes(start: str) -> dict[str, str]:
    return {name: html.unescape(one or other) for name, one, other in _ATTRIBUTE.findall(start)}


def _count(attributes: Mapping[str, str], name: str) -> int:
    text = attributes.get(name, "")
    return int(text) if text.isdecimal() else 0


def _look(attributes: str) -> str | None:
    """The style that the attributes of a cell name."""
    found = _STYLE.search(attributes)
    return found[1] if found else None


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
    if isinstance(current, str) and isinstance(wanted, str):
        return current == wanted or (not _ordinary(wanted) and current == clean(wanted))
    if current in (None, "") or wanted in (None, ""):
        return current in (None, "") and wanted in (None, "")
    if isinstance(current, bool) or isinstance(wanted, bool):
        return current is wanted
    if isinstance(current, int | float) and isinstance(wanted, int | float):
        return float(current) == float(wanted)
    return type(current) is type(wanted) and current == wanted


def clean(text: str) -> str:
    """Text as a cell can hold it: no control characters, line feeds only, at most 32,767 UTF-16 units."""
    if text.isprintable() and len(text) * 2 <= LONGEST_TEXT:
        return text
    text = _DROPPED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) * 2 > LONGEST_TEXT:
        text = text.encode("utf-16-le")[: LONGEST_TEXT * 2].decode("utf-16-le", "ignore")
    return text


def _written(start: str, wanted: Wanted, p: str) -> str:
    """A cell that begins with `start`, its address and look; `p` is the prefix."""
    if isinstance(wanted, str):
        return f'{start} t="inlineStr"><{p}is><{p}t xml:space="preserve">{_xml(wanted)}</{p}t></{p}is></{p}c>'
    if isinstance(wanted, Formula):
        kind, shown = _stored(wanted.cached)
        typed = f' t="{kind}"' if kind else ""
        formula = _xml(wanted.text.removeprefix("="), escapes=False)
        return f"{start}{typed}><{p}f>{formula}</{p}f><{p}v>{shown}</{p}v></{p}c>"
    kind, shown = _stored(wanted)
    if kind == "str":
        return _written(start, shown, p)
    typed = f' t="{kind}"' if kind else ""
    return f"{start}{typed}><{p}v>{shown}</{p}v></{p}c>"


def _stored(value: CellValue) -> tuple[str, str]:
    """Type and text of a value as `<v>` holds it; a date becomes its ISO text, nothing an empty one."""
    if isinstance(value, str):
        return "str", _xml(value)
    if isinstance(value, bool):
        return "b", str(int(value))
    if isinstance(value, int | float):
        if not isfinite(value):
            raise ValueError(f"no cell can hold {value}")
        return "", repr(value)
    if isinstance(value, CellError):
        return "e", _xml(value.code)
    return "str", value.isoformat() if value else ""


def _xml(text: str, *, escapes: bool = True) -> str:
    """Text as XML holds it; what would be taken for an escaped character (`_x0041_`) is marked as none."""
    if _ordinary(text):
        return text
    text = clean(text)
    return html.escape(_ESCAPE.sub("_x005F_", text) if escapes else text, quote=False)


def _ordinary(text: str) -> bool:
    """Whether XML holds a text as it is, and each part of it too; no for a few others, which are then looked at."""
    marked = "&" in text or "<" in text or ">" in text or "_x" in text
    return not marked and len(text) * 2 <= LONGEST_TEXT and text.isprintable()
