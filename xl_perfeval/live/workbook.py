"""The workbook that a button was pressed in: its cells, its backup, its status, and the peace that writing needs."""

from __future__ import annotations

import shutil
import sys
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from xl_perfeval.books import patching
from xl_perfeval.books.live import LiveBook
from xl_perfeval.forms import names
from xl_perfeval.live import protection
from xl_perfeval.model import Ref
from xl_perfeval.saving import NotSaved

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from xlwings import App, Range, Sheet
    from xlwings import Book as OpenBook

    from xl_perfeval.model import CellValue

_LOG = "_日志"
_UNDONE = "E1"
"""Cell of `_日志` that says what has to be put back: it outlives a program that is killed."""
_CALCULATION, _PROTECTION, _ASKED = "calculation", "protection ", "asked "
_PATIENCE = 300
"""Seconds for pressing a button again as an answer."""


class Workbook:
    """One open workbook. Everything that a button changes goes through here or through `cells`."""

    def __init__(self, book: OpenBook) -> None:
        self.book = book
        self.cells = LiveBook(book)
        self.backup: Path | None = None
        """The state before this button, once something is about to be written."""
        self._undone: list[str] | None = None

    @property
    def app(self) -> App:
        """The application that has it open."""
        return self.book.app

    @property
    def path(self) -> Path:
        """Its file."""
        return Path(str(self.book.fullname))

    def sheet(self, tab: str) -> Sheet:
        """The sheet with this tab text."""
        return self.book.sheets[tab]

    def range(self, ref: Ref) -> Range:
        """The cells of a block."""
        return self.sheet(ref.sheet).range(ref.cell)

    def put(self, ref: Ref, value: CellValue) -> None:
        """Write one value at once."""
        self.cells.write(ref, [[value]])
        self.cells.flush()

    def put_formula(self, ref: Ref, text: str) -> None:
        """Write one formula at once; in a larger block as each of its cells sees it."""
        place: Any = self.range(ref)
        place.formula = text
        self.cells.forget(ref.sheet)

    def go(self, ref: Ref) -> None:
        """Show a cell and select it."""
        sheet = self.sheet(ref.sheet)
        sheet.activate()
        sheet.range(ref.cell).select()

    def selected(self) -> tuple[str, int, int]:
        """Tab text of the sheet in front, and row and column of the first selected cell."""
        if str(self.app.books.active.fullname) != str(self.book.fullname):
            self.book.activate()
        tab = str(self.book.sheets.active.name)
        chosen: Any = self.app.selection
        return (tab, int(chosen.row), int(chosen.column)) if chosen is not None else (tab, 1, 1)

    # --- what the user sees ---------------------------------------------------------------------------

    def progress(self, text: str) -> None:
        """What is being done, in the status bar."""
        self._bar(text)

    def tell(self, text: str) -> None:
        """What became of it: in the status cell of a macro workbook and in the status bar."""
        if names.STATUS in self.book.names:
            cell: Any = self.book.names[names.STATUS].refers_to_range
            cell[0, 0].value = f"'{text}"
        self._bar(text)

    def _bar(self, text: str) -> None:
        with suppress(NotImplementedError):
            cast("Any", self.app).status_bar = text

    # --- before and while writing ----------------------------------------------------------------------

    def back_up(self, now: datetime) -> Path:
        """Keep the workbook as it is now beside its file, once per button. Raises `NotSaved`."""
        if self.backup is None:
            self.backup = patching.keep_copy(self.path, now, self._copy)
        return self.backup

    def _copy(self, target: Path) -> None:
        api: Any = self.book.api
        if sys.platform == "win32" and not api.Saved:
            api.SaveCopyAs(str(target))
        else:
            shutil.copyfile(self.path, target)

    @contextmanager
    def calm(self) -> Generator[None]:
        """Write without a recalculation after every block; the way of calculating is put back."""
        automatic = str(self.app.calculation) == "automatic"
        if automatic:
            self._owe(_CALCULATION)
            self.app.calculation = "manual"
        try:
            yield
        finally:
            if automatic:
                self.app.calculation = "automatic"
                self._settle(_CALCULATION)

    @contextmanager
    def opened(self, *tabs: str) -> Generator[None]:
        """Lift the protection of sheets while their rows and formulas are changed. Raises `NotSaved` for a password."""
        opened: list[tuple[Sheet, dict[str, bool]]] = []
        sheets = [self.sheet(tab) for tab in dict.fromkeys(tabs)]
        try:
            for sheet in sheets:
                how = protection.of(sheet)
                if how.closed(sheet):
                    self._owe(_PROTECTION + str(sheet.name))
                    opened.append((sheet, {}))
                    opened[-1] = (sheet, dict(how.open(sheet)))
            yield
        finally:
            for sheet, allowed in opened:
                how = protection.of(sheet)
                if not how.closed(sheet):
                    how.close(sheet, allowed or protection.form())
                self._settle(_PROTECTION + str(sheet.name))

    # --- a question that is answered by pressing again ----------------------------------------------------

    def ask(self, about: str, now: datetime) -> None:
        """Remember that the user was asked, until the next button is pressed."""
        self._note([*self._left(), f"{_ASKED}{about} {now:%Y-%m-%dT%H:%M:%S}"])

    def asked(self, about: str, now: datetime) -> bool:
        """Whether the user was asked a moment ago and pressed the same button again."""
        for each in self._left():
            what, _, when = each.removeprefix(_ASKED).rpartition(" ")
            if each.startswith(_ASKED) and what == about:
                return 0 <= (now - datetime.fromisoformat(when)).total_seconds() <= _PATIENCE
        return False

    # --- what a killed program left behind ---------------------------------------------------------------

    def heal(self) -> None:
        """Put back what a run that was killed could not: protection, and the way of calculating."""
        left = self._left()
        if not left:
            return
        for each in left:
            if each == _CALCULATION:
                self.app.calculation = "automatic"
            elif each.startswith(_PROTECTION):
                with suppress(KeyError):
                    sheet = self.sheet(each.removeprefix(_PROTECTION))
                    how = protection.of(sheet)
                    if not how.closed(sheet):
                        how.close(sheet, protection.form())
        self._note([])

    def _owe(self, what: str) -> None:
        self._note([*self._left(), what])

    def _settle(self, what: str) -> None:
        self._note([each for each in self._left() if each != what])

    def _left(self) -> list[str]:
        if self._undone is None:
            has_log = _LOG in self.cells.sheets()
            noted = self.cells.read(Ref(_LOG, _UNDONE))[0][0] if has_log else None
            self._undone = str(noted).split("\n") if noted else []
        return self._undone

    def _note(self, left: Sequence[str]) -> None:
        if _LOG in self.cells.sheets():
            cell: Any = self.sheet(_LOG).range(_UNDONE)
            cell.value = "'" + "\n".join(left) if left else None
        self._undone = list(left)


def saved(book: OpenBook) -> bool:
    """Whether the workbook has a file on this computer."""
    path = Path(str(book.fullname))
    return path.is_absolute() and path.is_file()


def need_file(book: OpenBook) -> None:
    """Raise `NotSaved` for a workbook without a file: there would be no place for its backup."""
    if not saved(book):
        raise NotSaved(
            f"“{book.name}”还没有保存，或者在网络位置、网盘上，没有改动。请另存到这台电脑自己的文件夹里，再按一次。（PE-05）"
        )
