"""A saved workbook (.xlsx, .xlsm) as a `Book`: guarded first (`guard`, `package`), then read (`values`).

Nothing in the file is executed or evaluated. What is written is collected and made at once by `save` (`patching`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from typing import TYPE_CHECKING, Any, cast

from xl_perfeval.books import BookFacts, macros
from xl_perfeval.books.guard import file_bytes, open_elsewhere
from xl_perfeval.books.package import Package
from xl_perfeval.books.values import Values
from xl_perfeval.model import CellValue, Ref, column_letters, row_and_column

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from xl_perfeval.books import Formula
    from xl_perfeval.books.patching import Patch

__all__ = ["FileBook", "open_elsewhere"]

MAX_ASKED = 20_000_000
"""Cells handed out in all: a name may stand for a large blank block, and there may be many such names."""


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a writable book comes from: the file as it was read, and the book's own bytes."""

    path: Path
    on_disk: bytes
    data: bytes


class FileBook:
    """A workbook file, opened once: its bytes are read at `open`, each sheet when it is first asked for."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._sheets = {sheet.name: sheet for sheet in package.sheets}
        self._names: dict[str, Ref] | None = None
        self._values = Values(package)
        self._asked = 0
        self._expected: set[str] = set()
        self._source: _Source | None = None
        self._patch: Patch | None = None

    @classmethod
    def open(cls, path: Path, *, writable: bool = False) -> FileBook:
        """Open a file; raises `NotReadable` (F001) with one plain sentence for whatever cannot be read.

        One that is `writable` keeps its bytes, to know at `save` whether the file is still the same.
        """
        data = file_bytes(path)
        book = cls(Package(path.name, data, keeps=writable))
        if writable:
            book._source = _Source(path, on_disk=data, data=data)
        return book

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
        rows = self._values.rows(self._sheets[sheet])
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
        rows = self._values.rows(self._sheets[ref.sheet])
        top, left = row_and_column(ref.cell)
        if ":" not in ref.cell:
            row = rows[top - 1] if top <= len(rows) else ()
            value = row[left - 1] if left <= len(row) else ""
            return [[None if value == "" else _plain(value)]]
        bottom, right = row_and_column(ref.cell.rpartition(":")[2])
        width = right - left + 1
        self._asked += width * (bottom - top + 1)
        if self._asked > MAX_ASKED:
            raise self._package.too_large()
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

    def expect(self, sheets: Collection[str]) -> None:
        """A hint, before the first `read` or `used`: only these sheets will be asked for, and those named before.

        Any sheet can be read nevertheless; it then costs a second unpacking of the shared strings.
        """
        self._expected |= set(sheets)
        self._values.expect(self._expected)

    def facts(self) -> BookFacts:
        """What there is besides cells; far, merged and hidden cells of the sheets that were read."""
        read = self._values.read
        package = self._package
        results = {cells.results for cells in read.values()}
        return BookFacts(
            macros=bool(package.vba) and not macros.ours(package.macros()),
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

    # --- writing: collected here, made by `save` ------------------------------------------------------

    def write(self, ref: Ref, rows: Sequence[Sequence[CellValue | Formula]]) -> None:
        """Write a block; a `str` is always text, “=1+1” too. Nothing is on disk before `save`."""
        self._collected().write(ref, rows)

    def show(self, ref: Ref, value: CellValue) -> None:
        """Replace the stored result of a formula, which stays."""
        self._collected().show(ref, value)

    def fit(self, sheet: str, heights: Mapping[int, float]) -> None:
        """Estimated heights, in points, of rows that change; a height that somebody fixed stays."""
        self._collected().fit(sheet, heights)

    def formulas(self, sheet: str) -> Mapping[str, str]:
        """The formulas of a sheet by address, with their “=”. Raises `saving.NotSaved` for an unusual sheet."""
        return self._collected().formulas(sheet)

    def formula(self, ref: Ref) -> str:
        """The formula of one cell, with its “=”, empty where there is none. Raises `saving.NotSaved`."""
        return self._collected().formula(ref)

    def patched(self) -> FileBook:
        """The workbook as it is with what was written, still in memory only; itself when that changes nothing.

        Raises `saving.NotSaved` for sheets that are written in an unusual way.
        """
        source = self._source
        if source is None:
            raise ValueError("not opened for writing")
        new = self._collected().applied(source.data, self.read)
        if new == source.data:
            return self
        book = FileBook(Package(self._package.name, new))
        book._source = _Source(source.path, source.on_disk, new)
        return book

    def save(self, now: datetime) -> Path | None:
        """Put what was written into the file; returns its backup, `None` when everything was there already.

        Raises `patching.InUse` when the file is open elsewhere or was changed, `saving.NotSaved` when it cannot be
        written; it is then as before.
        """
        from xl_perfeval.books.patching import replace_file

        source = self._source
        if source is None:
            raise ValueError("not opened for writing")
        new = self._collected().applied(source.data, self.read)
        return None if new == source.on_disk else replace_file(source.path, source.on_disk, new, now)

    def _collected(self) -> Patch:
        if self._patch is None:
            from xl_perfeval.books.patching import Patch

            self._patch = Patch(self._package)
        return self._patch


def _plain(value: Any) -> CellValue:
    """A time of day or a duration as the number behind it; everything else as it is."""
    if isinstance(value, time):
        value = timedelta(
            hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond
        )
    if isinstance(value, timedelta):
        return value / timedelta(days=1)
    return cast("CellValue", value)
