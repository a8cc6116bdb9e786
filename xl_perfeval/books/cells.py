"""The XML of one sheet, made safe and quick to read: what calamine gets to see, and what calamine leaves out.

calamine spreads a sheet over a dense block, so one stray cell at XFD1048576 in a file of 5 KB takes all
memory. Hence every cell is looked at first: one regular expression over the part, in C, finds whatever is
not a plain cell inside the frame. Only then is there more to do.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from itertools import islice

from xl_perfeval.model import column_letters, row_and_column

MAX_ROW = 9_999
"""Last row that is read; the longest sheets of the form have 5,000 rows. (Four digits, see `_ODD`.)"""
MAX_COLUMN = 200
"""Last column that is read, GR; no sheet of the form has more than 60. (Its letters stand in `_ODD`.)"""
MAX_FAR = 20
"""Stray cells that are listed per sheet."""
MAX_MERGED = 1_000
"""Merged blocks that are listed per sheet."""
MAX_PREFIX = 20
"""Characters of a namespace prefix."""
MAX_SLOW = 6 * 2**20
"""Bytes of a sheet that is written in no usual way and has to go through a full XML parser."""


class BrokenSheet(Exception):
    """The part is not the XML of a sheet."""


@dataclass(frozen=True, slots=True)
class Cells:
    """What a sheet's part tells besides the values that calamine gives.

    `errors` holds error values by row and column from 1; `far` are addresses of filled cells outside the
    frame; `hidden` are row numbers; `results` says whether formulas have results (`None`: no formula).
    """

    errors: dict[tuple[int, int], str] = field(default_factory=dict[tuple[int, int], str])
    far: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    hidden: frozenset[int] = frozenset()
    results: bool | None = None


def scan(part: bytes) -> tuple[bytes, Cells]:
    """The XML of a sheet with nothing but the cells inside the frame, error values as text; and the rest.

    `part` is a worksheet in UTF-8 without document type. Raises `BrokenSheet`.
    """
    body, tail = _split(part)
    body = _FORMULA_TEXT.sub(b"<f></f>", body)  # half of a sheet, and nobody reads it
    far: list[str] = []
    if _PREFIXED.search(body):
        body, tail = _split(_rewritten(part, far))
    elif _ODD.search(body):
        near = _without_far(body, far)
        if near is None:
            far.clear()
            body, tail = _split(_rewritten(part, far))
        else:
            body = near
    errors: dict[tuple[int, int], str] = {}
    if b"#" in body and b' t="e"' in body:
        body = _ERROR.sub(lambda match: _as_text(match, errors), body)
    # The empty <mergeCells> in front spares calamine its second pass, which looks for them.
    xml = b"".join((b"<worksheet><mergeCells/><sheetData>", body, b"</sheetData></worksheet>"))
    return xml, Cells(
        errors=errors,
        far=tuple(far),
        merged=_merged(tail) if b"mergeCell" in tail else (),
        hidden=_hidden(body) if b" hidden=" in body else frozenset(),
        results=_results(body),
    )


# A cell as every usual program writes it, inside the frame: letters up to GR, at most four digits, and no
# attribute but style and type. It finds the others, and only they cost more than one pass in C.
_ODD = re.compile(
    rb'<c(?! r="(?:[A-Z]|[A-F][A-Z]|G[A-R])[1-9]\d{0,3}+"(?: s="\d++")?+(?: t="[A-Za-z]++")?+/?>|[a-z])'
)
_PREFIXED = re.compile(rb":(?:c|row)(?=[\s/>])")
_SHEET_DATA = re.compile(rb"<([\w.-]+:)?sheetData(?:\s[^<>]*)?(/?)>")
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_FAR = re.compile(
    rb'<c r="([A-Z]{1,3})([1-9]\d{0,6})"(?: s="\d++")?+(?: t="[A-Za-z]++")?+(?:/>|>(.*?)</c>)', re.DOTALL
)
_FILLED = re.compile(rb"<v>[^<]|<(?:is|f)[ >]")
_ERROR = re.compile(
    rb'(<c r="([A-Z]+)(\d+)"(?: s="\d+")? t=")e(">(?:<f\b[^<>]*/>|<f\b[^<>]*>[^<]*</f>)?<v>)([^<]*)(?=</v>)'
)
_HIDDEN_ROW = re.compile(rb"""<row(\s[^<>]*?\bhidden=["'](?:1|true)["'][^<>]*)>""")
_ROW_NUMBER = re.compile(rb"""\sr=["'](\d{1,4})["']""")
_MERGED = re.compile(rb"""<mergeCell\s[^<>]*?\bref=["']([A-Z]{1,3}\d{1,7}(?::[A-Z]{1,3}\d{1,7})?)["']""")
_FORMULA_TEXT = re.compile(rb"<f>[^<]*+</f>")
_FORMULA = re.compile(rb"<f[ >/]")
_RESULT = re.compile(rb"""(?:</f>|<f\b[^<>]*/>)\s*<v>[^<]| t="str"><f\b[^<>]*(?:/>|>[^<]*</f>)\s*<v""")


def _split(part: bytes) -> tuple[bytes, bytes]:
    """The cells, and what stands after them; element names come without prefix."""
    start = _SHEET_DATA.search(part, max(0, part.find(b"sheetData") - MAX_PREFIX))
    if start and b"<!" in part[: start.start()]:  # a comment may pretend that the cells begin
        part = _COMMENT.sub(b"", part)
        start = _SHEET_DATA.search(part)
    if start and start[1]:
        part = part.replace(b"<" + start[1], b"<").replace(b"</" + start[1], b"</")
        start = _SHEET_DATA.search(part)
    if start is None:
        raise BrokenSheet
    if start[2]:
        return b"", part[start.end() :]
    end = part.rfind(b"</sheetData>")
    if end < start.end():
        raise BrokenSheet
    return part[start.end() : end], part[end + 12 :]


def _without_far(body: bytes, far: list[str]) -> bytes | None:
    """The cells without those outside the frame, which go to `far`; `None` when some are written oddly."""
    kept: list[bytes] = []
    at = 0
    for odd in _ODD.finditer(body):
        if odd.start() < at:
            continue
        cell = _FAR.match(body, odd.start())
        if cell is None:
            return None
        letters, row, content = cell.groups()
        if content and _FILLED.search(content) and len(far) < MAX_FAR:
            far.append((letters + row).decode())
        kept.append(body[at : odd.start()])
        at = cell.end()
    kept.append(body[at:])
    return b"".join(kept)


def _as_text(match: re.Match[bytes], errors: dict[tuple[int, int], str]) -> bytes:
    """An error cell as text, since calamine gives '' for the errors it knows and refuses others."""
    start, letters, row, middle, code = match.groups()
    address = row_and_column((letters + row).decode())
    errors[address] = code.decode("utf-8", "replace")
    return b"".join((start, b"str", middle, code))


def _merged(tail: bytes) -> tuple[str, ...]:
    return tuple(match[1].decode() for match in islice(_MERGED.finditer(tail), MAX_MERGED))


def _hidden(body: bytes) -> frozenset[int]:
    rows = (_ROW_NUMBER.search(start) for start in _HIDDEN_ROW.findall(body))
    return frozenset(int(row[1]) for row in rows if row)


def _results(body: bytes) -> bool | None:
    at = body.find(b"</f><v>")
    if at >= 0 and body[at + 7 : at + 8] != b"<":
        return True
    if _FORMULA.search(body) is None:
        return None
    return _RESULT.search(body) is not None


def _rewritten(part: bytes, far: list[str]) -> bytes:
    """The part as usual programs write it, without cells outside the frame, which are added to `far`."""
    from pyexpat import ExpatError, ParserCreate

    if len(part) > MAX_SLOW:
        raise BrokenSheet
    rewriting = _Rewriting(far)
    parser = ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = rewriting.start
    parser.EndElementHandler = rewriting.end
    parser.CharacterDataHandler = rewriting.text
    try:
        parser.Parse(part, True)
    except (ExpatError, ValueError) as error:
        raise BrokenSheet from error
    return "".join(rewriting.out).encode()


_ADDRESS = re.compile("[A-Za-z]{1,3}[0-9]{1,7}")
_KEPT = frozenset(("v", "f", "is", "t", "r", "rPh"))


class _Rewriting:
    """Follows the part from element to element and writes it again.

    A cell without an address follows the one before it, a row without a number the row before it.
    Attributes keep the order that `_ODD` expects.
    """

    def __init__(self, far: list[str]) -> None:
        self.out: list[str] = []
        self._far = far
        self._row = 0
        self._column = 0
        self._in_cells = False
        self._cell: list[str] | None = None
        self._address = (0, 0)
        self._filled = False
        self._element = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        self._element = name
        if self._cell is not None:
            if name in _KEPT:
                self._cell.append(f"<{name}{_written(attributes)}>")
                self._filled |= name in ("f", "is")
        elif not self._in_cells:
            self._in_cells = name == "sheetData"
            self.out.append(f"<{name}{_written(attributes)}>")
        elif name == "row":
            self._row = int(attributes["r"]) if "r" in attributes else self._row + 1
            self._column = 0
            self.out.append(f"<row{_written({**attributes, 'r': str(self._row)})}>")
        elif name == "c":
            if "r" in attributes:
                if not _ADDRESS.fullmatch(attributes["r"]):
                    raise ValueError(attributes["r"])
                self._address = row_and_column(attributes["r"].upper())
            else:
                self._address = (self._row, self._column + 1)
            self._column = self._address[1]
            address = f"{column_letters(self._column)}{self._address[0]}"
            kept = {key: attributes[key] for key in ("s", "t") if key in attributes}
            self._cell = [f'<c r="{address}"{_written(kept)}>']
            self._filled = False

    def text(self, text: str) -> None:
        if self._cell is not None and self._element in ("v", "t", "f"):
            self._cell.append(html.escape(text, quote=False))
            self._filled |= bool(text.strip())

    def end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        self._element = ""
        if self._cell is None:
            if name == "sheetData":
                self._in_cells = False
            if name in ("row", "sheetData") or not self._in_cells:
                self.out.append(f"</{name}>")
        elif name == "c":
            row, column = self._address
            if 1 <= row <= MAX_ROW and 1 <= column <= MAX_COLUMN:
                self.out += (*self._cell, "</c>")
            elif self._filled and len(self._far) < MAX_FAR:
                self._far.append(f"{column_letters(column)}{row}")
            self._cell = None
        elif name in _KEPT:
            self._cell.append(f"</{name}>")


def _written(attributes: dict[str, str]) -> str:
    return "".join(
        f' {name}="{html.escape(value)}"'
        for name, value in attributes.items()
        if ":" not in name or name == "xml:space"
    )
