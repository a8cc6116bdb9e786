"""A saved workbook (.xlsx, .xlsm) as a `ReadableBook`: guarded first, then read by calamine.

calamine never gets the file itself. It gets a workbook made here of the sheets' cells, the shared strings
and the styles, all bounded and checked (`guard`, `package`, `cells`); that is also quicker, because it
neither inflates nor looks at the rest. Nothing in the file is executed or evaluated.
"""

from __future__ import annotations

import io
import re
from datetime import time, timedelta
from typing import TYPE_CHECKING, Any, cast

from xl_perfeval.books import BookFacts, NotReadable
from xl_perfeval.books.cells import BrokenSheet, Cells, scan
from xl_perfeval.books.guard import file_bytes, open_elsewhere
from xl_perfeval.books.package import Package, Sheet, stored
from xl_perfeval.model import CellError, CellValue, Ref, column_letters, row_and_column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from python_calamine import CalamineWorkbook

__all__ = ["FileBook", "open_elsewhere"]

BATCH = 12 * 2**20
"""Bytes of sheets that calamine gets at a time; a usual workbook is one batch."""
MAX_TEXT = 32 * 2**20
"""Bytes of text in all cells that show shared strings: one long string can stand in a million cells."""
MAX_CELLS = 3_000_000
"""Cells kept, blank ones between filled ones included; ten times the largest real workbook."""
MAX_AREA = 20_000_000
"""Cells of the blocks from A1 to the last filled cell, before blank ends of rows are dropped."""
SHORTEST = len('<c r="A1" t="s"><v>0</v></c>')
"""Bytes of the shortest cell that shows a shared string."""
LARGE = 50_000
"""Cells of a block from which on blank ends of rows are dropped."""


class FileBook:
    """A workbook file, opened once: its bytes are read at `open`, each sheet when it is first asked for."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._sheets = {sheet.name: sheet for sheet in package.sheets}
        self._names: dict[str, Ref] | None = None
        self._reading = _Reading(package)

    @classmethod
    def open(cls, path: Path) -> FileBook:
        """Open a file; raises `NotReadable` (F001) with one plain sentence for whatever cannot be read."""
        return cls(Package(path.name, file_bytes(path)))

    def sheets(self) -> Sequence[str]:
        """Tab texts in workbook order, hidden sheets included."""
        return tuple(self._sheets)

    def hidden_sheets(self) -> frozenset[str]:
        """Tabs that are hidden or very hidden."""
        return frozenset(name for name, sheet in self._sheets.items() if sheet.state != "visible")

    def names(self) -> Mapping[str, Ref]:
        """Defined names of cells and blocks; a sheet-scoped one as `tab!NAME`, a broken one with `#REF!`."""
        if self._names is None:
            self._names = self._package.defined_names()
        return self._names

    def used(self, sheet: str) -> Ref:
        """The block from A1 to the last filled cell of a sheet; raises `KeyError` for an unknown tab."""
        rows = self._reading.rows(self._sheets[sheet])
        if (
            rows
            and any(value != "" for value in rows[-1])
            and any(len(row) and row[-1] != "" for row in rows)
        ):
            return Ref(sheet, f"A1:{column_letters(max(map(len, rows)))}{len(rows)}")
        last_row = last_column = 1
        for number, row in enumerate(rows, start=1):
            filled = next((column for column in range(len(row), 0, -1) if row[column - 1] != ""), 0)
            if filled:
                last_row, last_column = number, max(last_column, filled)
        return Ref(sheet, f"A1:{column_letters(last_column)}{last_row}")

    def read(self, ref: Ref) -> list[list[CellValue]]:
        """Values of a block; blank cells are `None`. Raises `KeyError` for an unknown tab."""
        rows = self._reading.rows(self._sheets[ref.sheet])
        top, left = row_and_column(ref.cell)
        bottom, right = row_and_column(ref.cell.rpartition(":")[2])
        width = right - left + 1
        block: list[list[CellValue]] = []
        blank: list[CellValue] = [None]
        for row in rows[top - 1 : bottom]:
            cells: list[CellValue] = [
                (value or None)
                if value.__class__ is str
                else value
                if value.__class__ is float
                else _plain(value)
                for value in row[left - 1 : right]
            ]
            if len(cells) < width:
                cells += blank * (width - len(cells))
            block.append(cells)
        block += [blank * width for _ in range(bottom - top + 1 - len(block))]
        return block

    def facts(self) -> BookFacts:
        """What there is besides cells; far, merged and hidden cells of the sheets that were read."""
        read = self._reading.scanned
        package = self._package
        results = {cells.results for cells in read.values()}
        return BookFacts(
            macros=bool(package.vba) and not _ours(package.macros()),
            external_links=package.has("xl/externallinks/"),
            embedded=package.has("xl/embeddings/", "xl/activex/"),
            no_results=False in results and True not in results,
            far=tuple(Ref(sheet, cell) for sheet, cells in read.items() for cell in cells.far),
            merged={
                sheet: tuple(Ref(sheet, cell) for cell in cells.merged)
                for sheet, cells in read.items()
                if cells.merged
            },
            hidden_rows={sheet: cells.hidden for sheet, cells in read.items() if cells.hidden},
        )


class _Reading:
    """Reads sheets with calamine: checked a batch of sheets at a time, each parsed at most once."""

    def __init__(self, package: Package) -> None:
        self.scanned: dict[str, Cells] = {}
        """What is known of the sheets that were read, besides their values."""
        self._package = package
        self._rows: dict[str, list[list[Any]]] = {}
        self._workbook: CalamineWorkbook | None = None
        self._batch: dict[str, Cells] = {}
        """The sheets that `_workbook` holds, in its order."""
        self._text = 0
        self._cells = 0
        self._area = 0

    def rows(self, sheet: Sheet) -> list[list[Any]]:
        """Rows from A1 on, as calamine gives them (`''` is blank); rows may be of different length."""
        rows = self._rows.get(sheet.name)
        if rows is None:
            rows = self._rows[sheet.name] = self._read(sheet) if sheet.part else []
        return rows

    def _read(self, sheet: Sheet) -> list[list[Any]]:
        if sheet.name not in self._batch:
            self._open_batch(sheet)
        cells = self._batch[sheet.name]
        rows = self._parsed(sheet)
        width = len(rows[0]) if rows else 0
        self._area += len(rows) * width
        if len(rows) * width > LARGE:
            _cut_blank_ends(rows)
            self._cells += sum(map(len, rows))
        else:
            self._cells += len(rows) * width
        if self._area > MAX_AREA or self._cells > MAX_CELLS:
            raise self._package.too_large()
        for (row, column), code in cells.errors.items():
            if row <= len(rows) and column <= len(rows[row - 1]):
                rows[row - 1][column - 1] = CellError(code)
        self.scanned[sheet.name] = cells
        return rows

    def _parsed(self, sheet: Sheet) -> list[list[Any]]:
        assert self._workbook is not None
        index = list(self._batch).index(sheet.name)
        try:
            return self._workbook.get_sheet_by_index(index).to_python(skip_empty_area=False)
        except BaseException as error:
            raise _known(error, self._package) from error

    def _open_batch(self, first: Sheet) -> None:
        """Make the workbook that calamine gets, of `first` and the sheets after it that are not yet read."""
        from python_calamine import CalamineWorkbook

        package = self._package
        self._workbook = None
        self._batch = {}
        parts: list[tuple[str, bytes]] = []
        size = 0
        unread = (sheet for sheet in package.sheets if sheet.part and sheet.name not in self._rows)
        for sheet in dict.fromkeys((first, *unread)):
            size += package.size(sheet.part)
            if parts and size > BATCH:
                break
            try:
                xml, cells = scan(package.part(sheet.part))
            except (BrokenSheet, NotReadable) as error:
                if sheet is first:
                    raise package.damaged() if isinstance(error, BrokenSheet) else error from error
                continue  # told when it is asked for
            parts.append((f"xl/{len(parts)}.xml", xml))
            self._batch[sheet.name] = cells
        strings = _strings(package)
        self._check_text([xml for _, xml in parts], strings, whole=size <= BATCH)
        files = [*_frame(len(parts), date1904=package.date1904), *parts, ("xl/sharedStrings.xml", strings)]
        if package.styles:
            files.append(("xl/styles.xml", package.part(package.styles)))
        try:
            self._workbook = CalamineWorkbook.from_filelike(io.BytesIO(stored(files)))
        except BaseException as error:
            raise _known(error, package) from error

    def _check_text(self, sheets: list[bytes], strings: bytes, *, whole: bool) -> None:
        """Refuse a workbook whose cells repeat long shared strings until memory is full."""
        self._text += _text_of(sheets, strings, exactly=not whole)
        if self._text > MAX_TEXT:
            raise self._package.too_large()


def _text_of(sheets: list[bytes], strings: bytes, *, exactly: bool) -> int:
    """Bytes of all shared strings that cells show, or more: exact only when a rougher bound does not do."""
    cells = sum(map(len, sheets)) // SHORTEST
    if cells * len(strings) <= MAX_TEXT:
        return cells * len(strings)
    lengths = [len(item) for item in strings.split(b"<si")][1:] or [0]
    longest = max(lengths)
    if not exactly and cells * longest <= MAX_TEXT:
        return cells * longest
    cells = sum(xml.count(b' t="s"') for xml in sheets)
    if not exactly and cells * longest <= MAX_TEXT:
        return cells * longest
    uses = [int(index) for xml in sheets for index in _SHARED.findall(xml)]
    known = [lengths[index] for index in uses if index < len(lengths)]
    return sum(known) + longest * (cells - len(uses))  # a cell written in another way may show the longest


_SHARED = re.compile(rb' t="s"><v>(\d{1,9})<')
_STRINGS_START = re.compile(rb"<(?:[\w.-]+:)?sst(?:\s[^<>]*)?(/?)>")


def _strings(package: Package) -> bytes:
    """The shared strings without their declared number, for which calamine would make room whatever it is."""
    if not package.strings:
        return b"<sst></sst>"
    content = package.part(package.strings)
    start = _STRINGS_START.search(content)
    if start is None:
        raise package.damaged()
    return b"<sst></sst>" if start[1] else b"<sst>" + content[start.end() :]


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


def _plain(value: Any) -> CellValue:
    """A time of day or a duration as the number behind it; everything else as it is."""
    if isinstance(value, time):
        value = timedelta(
            hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond
        )
    if isinstance(value, timedelta):
        return value / timedelta(days=1)
    return cast("CellValue", value)


def _known(error: BaseException, package: Package) -> BaseException:
    """What to raise for a failure inside calamine; a Rust panic is no `Exception`."""
    if isinstance(error, Exception) or type(error).__name__ == "PanicException":
        return package.damaged()
    return error


def _ours(vba: bytes) -> bool:
    """Whether a VBA project is the program's own.

    The project's directory is compressed, but module names also stand uncompressed as names of its OLE
    streams (UTF-16). Ours has a module `PerfEval`; a project that copies the name passes, which costs a
    notice and nothing else, since nothing is ever executed here.
    """
    return "PerfEval\0".encode("utf-16-le") in vba
