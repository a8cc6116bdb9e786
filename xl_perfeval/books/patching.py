"""Writing into a saved workbook: a few cells of a few sheets replaced, every other byte as it was.

No workbook that people filled is ever saved by a library: each loses parts of it. Here only the XML of the
sheets concerned is changed, all other members of the zip are copied as stored bytes. The file appears whole or
not at all, and the state before it is kept in the folder 备份 beside it.
"""

from __future__ import annotations

import io
import os
import re
import stat
import zipfile
from contextlib import suppress
from typing import TYPE_CHECKING

from xl_perfeval import saving
from xl_perfeval.books.guard import open_elsewhere
from xl_perfeval.books.sheetxml import Changes, NotPatched, SheetXml
from xl_perfeval.books.zipping import NotCopied, rewritten
from xl_perfeval.model import CellValue, Ref, column_letters, row_and_column

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from xl_perfeval.books import Formula
    from xl_perfeval.books.package import Package
    from xl_perfeval.books.sheetxml import Place

BACKUPS = "备份"
"""Folder beside the workbook with its former states."""
KEPT = 10
"""Former states that are kept of one workbook."""


class InUse(saving.NotSaved):
    """The workbook is open elsewhere or was changed since it was read; nothing was written."""

    exit_status = 3


def check_free(path: Path) -> None:
    """Raise `InUse` when another program has the workbook open."""
    if open_elsewhere(path):
        raise InUse(f"“{path}”正在别的程序里打开，请先保存并关闭，再试一次。文件没有改动。")


class Patch:
    """Changes to the sheets of a package, collected block by block, then made at once."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._parts = {sheet.name: sheet.part for sheet in package.sheets}
        self._sheets: dict[str, Changes] = {}
        self._xml: dict[str, tuple[bytes, SheetXml]] = {}

    def write(self, ref: Ref, rows: Sequence[Sequence[CellValue | Formula]]) -> None:
        """A block of values; a new cell takes the look of its column, or of the block's first row."""
        changes = self._changes(ref.sheet)
        top, left = row_and_column(ref.cell)
        width = 0
        for row, values in enumerate(rows, start=top):
            changes.cells.setdefault(row, {}).update(enumerate(values, start=left))
            width = max(width, len(values))
        for column in range(left, left + width):
            changes.tops.setdefault(column, []).append(top)

    def show(self, ref: Ref, value: CellValue) -> None:
        """Another stored result for a formula that stays."""
        self._changes(ref.sheet).show(row_and_column(ref.cell), value)

    def fit(self, sheet: str, heights: Mapping[int, float]) -> None:
        """Estimated heights, in points, for rows whose content changes; 0 is the usual height."""
        self._changes(sheet).heights.update(heights)

    def formulas(self, sheet: str) -> dict[str, str]:
        """The formulas of a sheet by address, with their “=”. Raises `saving.NotSaved`."""
        found = self._opened(sheet)[1].formulas() if self._parts[sheet] else {}
        return {f"{column_letters(column)}{row}": text for (row, column), text in found.items()}

    def formula(self, ref: Ref) -> str:
        """The formula of one cell with its “=”, empty where there is none. Raises `saving.NotSaved`."""
        if not self._parts[ref.sheet]:
            return ""
        return self._opened(ref.sheet)[1].formula_at(row_and_column(ref.cell))

    def applied(self, data: bytes, read: Callable[[Ref], list[list[CellValue]]]) -> bytes:
        """The file with the changes made; the same bytes when there is nothing to change.

        `data` is the file of the package, `read` gives its values. Raises `saving.NotSaved`.
        """
        package = self._package
        parts: dict[str, bytes] = {}
        formulas_changed = False
        for sheet, changes in self._sheets.items():
            part, xml = self._opened(sheet)
            try:
                new = xml.patched(changes, _reader(sheet, changes, read))
            except NotPatched as why:
                raise _not_usual(package.name, sheet) from why
            if new != part:
                parts[self._parts[sheet]] = _as_utf_8(new)
                formulas_changed |= xml.formulas_changed
        if not parts:
            return data
        if package.has("_xmlsignatures/"):
            raise saving.NotSaved(
                f"“{package.name}”带有数字签名，写入会使签名失效，没有写入。请先用 Excel 去掉签名，再试一次。"
            )
        without_chain, removed = _without_chain(package, data) if formulas_changed else ({}, ())
        try:
            return rewritten(data, {**parts, **without_chain}, removed)
        except NotCopied as why:
            raise _not_usual(package.name) from why

    def _opened(self, sheet: str) -> tuple[bytes, SheetXml]:
        if sheet not in self._xml:
            part = self._package.part(self._parts[sheet])
            try:
                self._xml[sheet] = part, SheetXml(part)
            except NotPatched as why:
                raise _not_usual(self._package.name, sheet) from why
        return self._xml[sheet]

    def _changes(self, sheet: str) -> Changes:
        return self._sheets.setdefault(sheet, Changes())


def replace_file(path: Path, before: bytes, after: bytes, now: datetime) -> Path:
    """Replace the workbook at `path`, which was read as `before`; returns where that is kept as a backup.

    Raises `InUse` when the workbook is open elsewhere or no longer as it was read, `saving.NotSaved` when it cannot
    be written. In both cases the file is as before.
    """
    path = path.resolve()
    check_free(path)
    state = _unchanged(path, before)
    backup = _free_backup(path, now)
    try:
        with saving.whole(path, content=after, overwrite=True):
            _keep(path, before, backup)
            if _state(path.stat()) != _state(state):
                raise _changed(path)
    except BaseException:
        _withdraw(backup)
        raise
    with suppress(OSError):
        path.chmod(stat.S_IMODE(state.st_mode))
        _prune(path)
    return backup


def keep_copy(path: Path, now: datetime, copy: Callable[[Path], object]) -> Path:
    """Keep an open workbook as it is now beside its file; returns where that is.

    `copy` writes it to the path that it is given. Raises `saving.NotSaved`.
    """
    path = path.resolve()
    backup = _free_backup(path, now)
    _make_folder(path, backup.parent)
    with saving.whole(backup) as temporary:
        copy(temporary)
    with suppress(OSError):
        _prune(path)
    return backup


# --- is it still the file that was read? --------------------------------------------------------------


def _unchanged(path: Path, data: bytes) -> os.stat_result:
    """The state of the file, which holds just what was read."""
    try:
        before = path.stat()
        if not before.st_mode & stat.S_IWUSR:
            raise saving.NotSaved(f"“{path}”是只读的，没有写入。请在文件属性里取消“只读”，再试一次。")
        if before.st_size != len(data) or path.read_bytes() != data:
            raise _changed(path)
    except OSError as error:
        raise _changed(path) from error
    return before


def _state(found: os.stat_result) -> tuple[int, int, int]:
    return found.st_ino, found.st_size, found.st_mtime_ns


def _changed(path: Path) -> InUse:
    return InUse(f"“{path}”刚才被别的程序改动了，没有写入。请等它保存完，再试一次。")


def _not_usual(name: str, sheet: str = "") -> saving.NotSaved:
    where = f"“{name}”的工作表“{sheet}”" if sheet else f"“{name}”"
    return saving.NotSaved(f"{where}的内部写法少见，没有写入。请用 Excel 或 WPS 打开后保存，再试一次。")


# --- backups ------------------------------------------------------------------------------------------


def _free_backup(path: Path, now: datetime) -> Path:
    """A name in the folder 备份 beside the file that no file has yet."""
    stem = f"{path.stem}_{now:%Y%m%d-%H%M%S}"
    backup, number = path.parent / BACKUPS / f"{stem}{path.suffix}", 1
    while backup.exists():
        number += 1
        backup = backup.with_name(f"{stem}-{number}{path.suffix}")
    return backup


def _keep(path: Path, data: bytes, backup: Path) -> None:
    """Keep the file as it was: under a second name, since the file itself is replaced; or else as a copy."""
    _make_folder(path, backup.parent)
    try:
        os.link(path, backup)
    except OSError:  # file systems without hard links
        with saving.whole(backup, content=data):
            pass


def _make_folder(path: Path, folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise saving.NotSaved(
            f"文件夹“{folder}”没有建成（{error.strerror or error}），“{path}”没有写入。请换一个有权限、有空间的文件夹。"
        ) from error


def _withdraw(backup: Path) -> None:
    """Take back a backup of a file that was not changed after all, and the folder when nothing else is in it."""
    backup.unlink(missing_ok=True)
    with suppress(OSError):
        backup.parent.rmdir()


def _prune(path: Path) -> None:
    """Keep the newest backups of this workbook; those of others stay, and whatever else lies there."""
    start, end = f"{path.stem}_", path.suffix
    found: list[tuple[str, int, Path]] = []
    for each in (path.parent / BACKUPS).iterdir():
        name = each.name
        stamp = _STAMP.fullmatch(name, len(start), len(name) - len(end))
        if stamp and name.startswith(start) and name.endswith(end):
            found.append((stamp[1], int(stamp[2] or 1), each))
    for _, _, old in sorted(found)[:-KEPT]:
        with suppress(OSError):
            old.unlink()


_STAMP = re.compile("([0-9]{8}-[0-9]{6})(?:-([0-9]+))?")


# --- small pieces -------------------------------------------------------------------------------------


def _without_chain(package: Package, data: bytes) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """The parts that speak of the calculation chain without it, and the chain itself, to be left out.

    It lists all formula cells, and one that is none any more would make Excel repair the file. Excel writes a new one.
    """
    chain = next((name for name in package.members if name.rpartition("/")[2] == "calcchain.xml"), None)
    if chain is None:
        return {}, ()
    parts: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name, member in package.members.items():
            if name == "[content_types].xml" or name.endswith("workbook.xml.rels"):
                if member.file_size > _LARGEST_LIST:
                    raise _not_usual(package.name)
                content = archive.read(member)
                shorter = _CHAIN.sub(b"", content)
                if shorter != content:
                    parts[member.filename.replace("\\", "/")] = shorter
    return parts, (package.members[chain].filename.replace("\\", "/"),)


_LARGEST_LIST = 4 * 2**20
_CHAIN = re.compile(
    rb"""<(?:[\w.-]+:)?(?:Override|Relationship)\s[^<>]*?["'][^"'<>]*calcChain\.xml["'][^<>]*?/>"""
)
_ENCODING = re.compile(rb"""^(<\?xml[^>]*?\sencoding\s*=\s*["'])[\w.:-]+""")


def _as_utf_8(part: bytes) -> bytes:
    """The part, which was made UTF-8 when it was read, saying so."""
    return _ENCODING.sub(rb"\1UTF-8", part) if b"UTF-16" in part[:100].upper() else part


def _reader(
    sheet: str, changes: Changes, read: Callable[[Ref], list[list[CellValue]]]
) -> Callable[[Place], CellValue]:
    """Values of cells; those concerned are read as one block."""
    rows = changes.cells.keys() | changes.shown.keys() or {1}
    columns = {1}.union(*changes.cells.values(), *changes.shown.values())
    top, left, bottom, right = min(rows), 1, max(rows), max(columns)
    block = read(Ref(sheet, f"{column_letters(left)}{top}:{column_letters(right)}{bottom}"))

    def value(place: Place) -> CellValue:
        row, column = place
        if top <= row <= bottom and left <= column <= right:
            return block[row - top][column - left]
        return read(Ref(sheet, f"{column_letters(column)}{row}"))[0][0]

    return value
