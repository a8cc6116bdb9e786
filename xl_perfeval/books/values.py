"""Values of the sheets of a package, read by calamine.

calamine never gets the file itself. It gets a workbook made here of the sheets' cells, the shared strings
and the styles, all bounded and checked (`package`, `cells`). That is also quicker: it neither inflates nor
looks at the rest. Limits of all readers together keep a hostile workbook under 300 MB.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

from xl_perfeval.books import NotReadable
from xl_perfeval.books.cells import BrokenSheet, Cells, scan
from xl_perfeval.books.package import Storing
from xl_perfeval.model import CellError

if TYPE_CHECKING:
    from collections.abc import Collection

    from python_calamine import CalamineWorkbook

    from xl_perfeval.books.package import Package, Sheet

MAX_TEXT = 32 * 2**20
"""Bytes of text in all cells that show shared strings: one long string can stand in a million cells."""
MAX_STRINGS = 600_000
"""Shared strings, each of which takes calamine 24 bytes even when it is empty."""
MAX_CELLS = 3_000_000
"""Cells kept, blank ones between filled ones included; ten times the largest real workbook."""
MAX_AREA = 6_000_000
"""Cells of the blocks from A1 to the last filled cell, before blank ends of rows are dropped."""
MAX_ERRORS = 200_000
"""Error values in a workbook."""
SHORTEST = len('<c r="A1" t="s"><v>0</v></c>')
"""Bytes of the shortest cell that shows a shared string."""
LARGE = 50_000
"""Cells of a block from which on blank ends of rows are dropped."""


class Values:
    """Reads sheets when they are asked for, each at most once. Raises `NotReadable` (F001)."""

    def __init__(self, package: Package) -> None:
        self.read: dict[str, Cells] = {}
        """What is known of the sheets that were read, besides their values."""
        self._package = package
        self._rows: dict[str, list[list[Any]]] = {}
        self._expected: Collection[str] | None = None
        self._cells: dict[str, Cells] = {}
        self._where: dict[str, tuple[CalamineWorkbook, int]] = {}
        """The workbook that holds a sheet, and the sheet's place in it: one workbook, or two after `expect`."""
        self._broken: dict[str, NotReadable] = {}
        self._text = 0
        self._kept = 0
        self._area = 0

    def expect(self, sheets: Collection[str]) -> None:
        """Prepare only these sheets at first, the others when one of them is asked for."""
        self._expected = sheets

    def rows(self, sheet: Sheet) -> list[list[Any]]:
        """Rows from A1 on, as calamine gives them (`''` is blank); rows may be of different length."""
        rows = self._rows.get(sheet.name)
        if rows is None:
            rows = self._rows[sheet.name] = self._read(sheet) if sheet.part else []
        return rows

    def _read(self, sheet: Sheet) -> list[list[Any]]:
        if sheet.name not in self._cells and sheet.name not in self._broken:
            self._prepare(sheet)
        if sheet.name in self._broken:
            raise self._broken[sheet.name]
        workbook, index = self._where[sheet.name]
        try:
            rows: list[list[Any]] = workbook.get_sheet_by_index(index).to_python(skip_empty_area=False)
        except BaseException as error:
            raise _known(error, self._package) from error
        cells = self._cells[sheet.name]
        self._count(rows)
        for (row, column), code in cells.errors.items():
            if row <= len(rows) and column <= len(rows[row - 1]):
                rows[row - 1][column - 1] = CellError(code)
        self.read[sheet.name] = cells
        return rows

    def _count(self, rows: list[list[Any]]) -> None:
        area = len(rows) * len(rows[0]) if rows else 0
        if area > LARGE:
            _cut_blank_ends(rows)
        self._area += area
        self._kept += sum(map(len, rows)) if area > LARGE else area
        if self._area > MAX_AREA or self._kept > MAX_CELLS:
            raise self._package.too_large()

    def _prepare(self, asked: Sheet) -> None:
        """Make the workbook that calamine gets: of the sheets that are expected, or else of all the others."""
        from python_calamine import CalamineWorkbook

        package = self._package
        expected, self._expected = self._expected, None
        if expected is not None and asked.name not in expected:
            expected = None
        buffer = io.BytesIO()
        storing = Storing(buffer)
        names: list[str] = []
        for sheet in package.sheets:
            left_out = expected is not None and sheet.name not in expected
            if not sheet.part or sheet.name in self._cells or sheet.name in self._broken or left_out:
                continue
            try:
                xml, self._cells[sheet.name] = scan(package.part(sheet.part))
            except (BrokenSheet, NotReadable) as error:  # told when the sheet is asked for
                self._broken[sheet.name] = error if isinstance(error, NotReadable) else package.damaged()
                continue
            storing.add(f"xl/{len(names)}.xml", xml)
            names.append(sheet.name)
        strings = _strings(package)
        with buffer.getbuffer() as sheets:
            self._text += _text_of(sheets, strings)
        if self._text > MAX_TEXT or sum(len(cells.errors) for cells in self._cells.values()) > MAX_ERRORS:
            raise package.too_large()
        storing.add("xl/sharedStrings.xml", strings)
        if package.styles:
            storing.add("xl/styles.xml", _number_formats(package.part(package.styles)))
        for name, xml in _frame(len(names), date1904=package.date1904):
            storing.add(name, xml)
        storing.close()
        buffer.seek(0)
        try:
            workbook = CalamineWorkbook.from_filelike(buffer)
        except BaseException as error:
            raise _known(error, package) from error
        self._where.update((name, (workbook, index)) for index, name in enumerate(names))


def _text_of(sheets: memoryview, strings: bytes) -> int:
    """Bytes of all shared strings that cells show, or more: exact only when a rougher bound does not do."""
    plenty = MAX_TEXT // 8  # bounds are added up over several reads, so a rough one must be far off the limit
    cells = len(sheets) // SHORTEST
    if cells * len(strings) <= plenty:
        return cells * len(strings)
    lengths = [len(item) for item in strings.split(b"<si")][1:] or [0]
    longest = max(lengths)
    if cells * longest <= plenty:
        return cells * longest
    cells = len(_TEXT_CELL.findall(sheets))
    if cells * longest <= plenty:
        return cells * longest
    uses = [int(index) for index in _SHOWN.findall(sheets)]
    known = [lengths[index] for index in uses if index < len(lengths)]
    return sum(known) + longest * (cells - len(uses))  # a cell written in another way may show the longest


_TEXT_CELL = re.compile(rb' t="s"')
_SHOWN = re.compile(rb' t="s"><v>(\d{1,9})<')
_STRINGS_START = re.compile(rb"<sst(?:\s[^<>]*)?(/?)>")
_PREFIX = re.compile(rb"<(/?)[\w.-]+:")


def _strings(package: Package) -> bytes:
    """The shared strings without their declared number, for which calamine would make room whatever it is."""
    if not package.strings:
        return b"<sst></sst>"
    content = package.part(package.strings)
    if b":si" in content or b":sst" in content:
        content = _PREFIX.sub(rb"<\1", content)
    if content.count(b"<si") > MAX_STRINGS:
        raise package.too_large()
    start = _STRINGS_START.search(content)
    if start is None:
        raise package.damaged()
    return b"<sst></sst>" if start[1] else b"<sst>" + content[start.end() :]


def _number_formats(styles: bytes) -> bytes:
    """What of the styles tells a date from a number; all of them when they are written in an unusual way."""
    kept: list[bytes] = []
    for start, end in ((b"<numFmts", b"</numFmts>"), (b"<cellXfs", b"</cellXfs>")):
        at = styles.find(start)
        if at >= 0:
            kept.append(styles[at : styles.find(end, at) + len(end)])
    usual = kept and kept[-1].startswith(b"<cellXfs") and b"<!--" not in styles
    return b"".join((b"<styleSheet>", *kept, b"</styleSheet>")) if usual else styles


def _frame(sheets: int, *, date1904: bool) -> list[tuple[str, bytes]]:
    """The parts that tie a workbook together."""
    numbers = range(sheets)
    tabs = "".join(f'<sheet name="{number}" r:id="{number}"/>' for number in numbers)
    links = "".join(f'<Relationship Id="{n}" Type="/worksheet" Target="{n}.xml"/>' for n in numbers)
    dates = '<workbookPr date1904="1"/>' if date1904 else ""
    root = '<Relationship Id="1" Type="/relationships/officeDocument" Target="xl/workbook.xml"/>'
    return [
        ("_rels/.rels", f"<Relationships>{root}</Relationships>".encode()),
        ("xl/_rels/workbook.xml.rels", f"<Relationships>{links}</Relationships>".encode()),
        ("xl/workbook.xml", f"<workbook>{dates}<sheets>{tabs}</sheets></workbook>".encode()),
    ]


def _cut_blank_ends(rows: list[list[Any]]) -> None:
    """Drop blank cells at the end of each row, in place."""
    for row in rows:
        width = len(row)
        if row.count("") == width:
            row.clear()
            continue
        while row[width - 1] == "":
            width -= 1
        del row[width:]


def _known(error: BaseException, package: Package) -> BaseException:
    """What to raise for a failure inside calamine; a Rust panic is no `Exception`."""
    if isinstance(error, Exception) or type(error).__name__ == "PanicException":
        return package.damaged()
    return error
