"""Writing into a saved workbook: a few cells of a few sheets replaced, every other byte as it was.

No workbook that people filled is ever saved by a library: each loses parts of it. Here only the XML of the
sheets concerned is changed, all other members of the zip are copied as stored bytes. The file appears whole or
not at all, and the state before it is kept in the folder 备份 beside it.
"""

from __future__ import annotations

import os
import re
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from xl_perfeval import saving
from xl_perfeval.books import Formula, NotReadable
from xl_perfeval.books.guard import file_bytes, open_elsewhere
from xl_perfeval.books.sheetxml import Changes, NotPatched, SheetXml
from xl_perfeval.books.zipping import NotCopied, rewritten
from xl_perfeval.model import CellValue, Ref, row_and_column

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from xl_perfeval.books.package import Package
    from xl_perfeval.books.sheetxml import Place

BACKUPS = "备份"
"""Folder beside the workbook with its former states."""
KEPT = 10
"""Former states that are kept of one workbook."""

Reader = "Callable[[Ref], list[list[CellValue]]]"


class InUse(saving.NotSaved):
    """The workbook is open elsewhere or was changed since it was read; nothing was written. Exit status 3."""


def check_free(path: Path) -> None:
    """Raise `InUse` when another program has the workbook open."""
    if open_elsewhere(path):
        raise InUse(f"“{path}”正在别的程序里打开，请先保存并关闭，再试一次。文件没有改动。")


class Patch:
    """Changes to sheets, collected block by block, then made at once."""

    def __init__(self) -> None:
        self._sheets: dict[str, Changes] = {}

    def write(self, ref: Ref, rows: Sequence[Sequence[CellValue | Formula]]) -> None:
        """A block of values; a new cell takes the look of its column, or of the block's first row."""
        changes = self._changes(ref.sheet)
        top, left = row_and_column(ref.cell)
        for row, values in enumerate(rows, start=top):
            for column, value in enumerate(values, start=left):
                changes.cells[row, column] = value
                changes.patterns[row, column] = (top, column)

    def show(self, ref: Ref, value: CellValue) -> None:
        """Another stored result for a formula that stays."""
        self._changes(ref.sheet).shown[row_and_column(ref.cell)] = value

    def fit(self, sheet: str, heights: Mapping[int, float]) -> None:
        """Estimated heights, in points, for rows whose content changes."""
        self._changes(sheet).heights.update(heights)

    def parts(self, package: Package, read: Callable[[Ref], list[list[CellValue]]]) -> tuple[dict[str, bytes], bool]:
        """The new XML of the parts that change, and whether cells won or lost a formula.

        Raises `saving.NotSaved`.
        """
        found: dict[str, bytes] = {}
        formulas_changed = False
        by_name = {sheet.name: sheet.part for sheet in package.sheets}
        for sheet, changes in self._sheets.items():
            part = package.part(by_name[sheet])
            try:
                xml = SheetXml(part)
                new = xml.patched(changes, _reader(sheet, changes, read))
            except NotPatched as why:
                raise _not_usual(package.name, sheet) from why
            if new != part:
                found[by_name[sheet]] = _as_utf_8(new)
                formulas_changed |= xml.formulas_changed
        return found, formulas_changed

    def _changes(self, sheet: str) -> Changes:
        return self._sheets.setdefault(sheet, Changes())


def save(
    path: Path, data: bytes, package: Package, parts: Mapping[str, bytes], now: datetime, *, formulas_changed: bool
) -> Path:
    """Replace parts of the workbook at `path`, known to be `data`; returns the backup.

    Raises `InUse` when it is open elsewhere or no longer `data`, `saving.NotSaved` when it cannot be written; the file
    is then as before.
    """
    path = path.resolve()
    check_free(path)
    _check_signed(package)
    before = _unchanged(path, data)
    removed: list[str] = []
    parts = dict(parts)
    if formulas_changed and (chain := package.calculation_chain()):
        removed, edited = [chain.part], chain.without
        parts |= edited
    try:
        new = rewritten(data, parts, removed)
    except NotCopied as why:
        raise _not_usual(package.name, "") from why
    backup = _backed_up(path, data, now)
    try:
        with saving.whole(path, overwrite=True) as temporary:
            temporary.write_bytes(new)
            if _state(path) != before:
                raise _changed(path)
    except BaseException:
        _withdrawn(backup)
        raise
    path.chmod(stat.S_IMODE(before.st_mode))
    _pruned(path)
    return backup


def _reader(
    sheet: str, changes: Changes, read: Callable[[Ref], list[list[CellValue]]]
) -> Callable[[Place], CellValue]:
    """Values of the cells concerned, read as one block."""
    places = {*changes.cells, *changes.shown}
    if not places:
        return lambda _: None
    top, bottom = min(row for row, _ in places), max(row for row, _ in places)
    left, right = min(column for _, column in places), max(column for _, column in places)
    block = read(Ref(sheet, f"{_cell(top, left)}:{_cell(bottom, right)}"))
    return lambda place: block[place[0] - top][place[1] - left]
