"""One headless LibreOffice for the whole test session: it recalculates, edits and prints workbooks.

Started lazily by `office()`, over a pipe, with a profile and fonts of its own; gone when Python is, however
Python ends. Every file is opened as a private copy. UNO stays inside this module.
"""

from __future__ import annotations

import atexit
import math
import os
import posixpath
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, wraps
from hashlib import md5
from importlib import import_module
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, Self, TypeAlias, TypeVar
from zipfile import ZIP_DEFLATED, ZipFile

from lxml import etree
from xlsxwriter.utility import xl_cell_to_rowcol, xl_rowcol_to_cell

from xl_perfeval.books.libreoffice.connection import path_without_environment
from xl_perfeval.model import CellError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

Cell: TypeAlias = tuple[str, str]
"""Tab text and A1 address, e.g. `("资金概况", "E6")`."""

Value: TypeAlias = float | str | CellError
"""What a cell shows: LibreOffice counts TRUE as 1 and a date as its serial number."""

FONTS = Path(__file__).with_name("fonts.conf")
DEADLINE = 180.0
"""Seconds after which a call that hangs costs the office its life."""


class OfficeError(RuntimeError):
    """LibreOffice could not start, refused a file or a change, or died."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A conditional format that applies to a cell; colours as `#RRGGBB`, `None` where it sets none.

    The condition is written for the first cell of its range.
    """

    condition: str
    fill: str | None
    color: str | None


@cache
def office() -> Office:
    """The office of this process. Starting costs one to two seconds, at the first file."""
    return Office()


def recalculated(path: Path) -> dict[Cell, Value]:
    """All formula cells of a saved workbook as LibreOffice computes them from the inputs alone."""
    with tempfile.TemporaryDirectory(prefix="perfeval-") as folder:
        bare = Path(folder) / path.name
        without_cached_values(path, bare)
        with office().open(bare) as book:
            book.calculate()
            return book.formula_values()


def cached_values(path: Path) -> dict[Cell, bool | Value | None]:
    """All formula cells of a saved workbook as stored in it; `None` where no result is stored."""
    with ZipFile(path) as package:
        return {
            (sheet, cell.get("r", "")): _stored(cell)
            for sheet, part in _sheet_parts(package).items()
            for cell in etree.fromstring(package.read(part)).iter("{*}c")
            if cell.find("{*}f") is not None
        }


def assert_cached_values_right(path: Path) -> int:
    """Fail unless every stored result is what LibreOffice computes and none is an error; return how many."""
    # LibreOffice turns a constant TRUE into a formula, so only the file says which cells are formulas.
    stored, computed = cached_values(path), recalculated(path)
    wrong = [cell for cell in stored if not _agree(stored[cell], computed.get(cell))]
    if wrong:
        lines = [
            f"{s}!{a}: stored {stored[s, a]!r}, computed {computed.get((s, a))!r}" for s, a in wrong[:30]
        ]
        raise AssertionError(
            "\n".join([f"{path.name}: {len(wrong)} of {len(stored)} results are wrong", *lines])
        )
    return len(stored)


def without_cached_values(source: Path, target: Path) -> None:
    """Copy a workbook, leaving out the stored result of every formula cell."""
    with ZipFile(source) as package, ZipFile(target, "w", ZIP_DEFLATED) as bare:
        sheets = set(_sheet_parts(package).values())
        for name in package.namelist():
            content = package.read(name)
            bare.writestr(name, _STORED_RESULT.sub(rb"\1", content) if name in sheets else content)


Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class _Owned(Protocol):
    @property
    def office(self) -> Office: ...


Owner = TypeVar("Owner", bound=_Owned)


def _at_the_border(
    method: Callable[Concatenate[Owner, Parameters], Result],
) -> Callable[Concatenate[Owner, Parameters], Result]:
    """Let no UNO exception out (they refuse a traceback, which breaks `with`) and no call hang for ever."""

    @wraps(method)
    def call(self: Owner, /, *args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        watch = Timer(DEADLINE, self.office.kill)
        watch.daemon = True
        watch.start()
        try:
            return method(self, *args, **kwargs)
        except _uno().getClass("com.sun.star.uno.Exception") as error:
            message = f"{method.__name__}: {type(error).__name__.rpartition('.')[2]}: {error.Message}"
        finally:
            watch.cancel()
        raise OfficeError(message)

    return call


class Office:
    """A LibreOffice process of our own. `open` starts it when it is not running."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._folder = Path()
        self._desktop: Any = None
        self._opened = 0

    @property
    def office(self) -> Office:
        """Itself, as seen by `_at_the_border`."""
        return self

    @property
    def folder(self) -> Path:
        """Profile, log and private copies; exists while the office runs."""
        return self._folder

    @property
    def pipe(self) -> str:
        """Name of the pipe at which it listens; starts it when it is not running."""
        self._ensure_running()
        return self._folder.name

    @_at_the_border
    def open(self, path: Path, *, macros: bool = False, untitled: bool = False) -> OfficeBook:
        """Open a private copy of a workbook; use as a context manager. VBA runs only with `macros`.

        `untitled` opens it like a template: a new workbook that was never saved.
        """
        document = self._load(path, macros=macros, untitled=untitled)
        if not document.supportsService("com.sun.star.sheet.SpreadsheetDocument"):
            document.close(True)
            raise OfficeError(f"{path.name} is not a workbook")
        return OfficeBook(self, document)

    @_at_the_border
    def open_text(self, path: Path) -> OfficeText:
        """Open a private copy of a text document; use as a context manager."""
        document = self._load(path)
        if not document.supportsService("com.sun.star.text.TextDocument"):
            document.close(True)
            raise OfficeError(f"{path.name} is not a text document")
        return OfficeText(self, document)

    @_at_the_border
    def to_pdf(self, path: Path, pdf: Path) -> None:
        """Print a workbook or text document to PDF, every visible sheet by its own page set-up."""
        document = self._load(path)
        try:
            _print(document, pdf)
        finally:
            document.close(True)

    def render(self, path: Path, folder: Path, dpi: int = 110) -> list[Path]:
        """One PNG per printed page: `NAME-01-TAB.png` for a workbook, `NAME-01.png` for a text document."""
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="perfeval-") as scratch:
            pdf = Path(scratch) / "pages.pdf"
            self.to_pdf(path, pdf)
            subprocess.run(["pdftoppm", "-png", "-r", str(dpi), pdf, pdf.with_suffix("")], check=True)
            pages = sorted(Path(scratch).glob("pages-*.png"))
            tabs = _tab_of_each_page(pdf, len(pages))
            return [
                Path(shutil.move(page, folder / f"{path.stem}-{number:02}{tab}.png"))
                for number, (page, tab) in enumerate(zip(pages, tabs, strict=True), start=1)
            ]

    def stop(self) -> None:
        """End the process and remove what it left behind. Safe to call at any time."""
        if self._process is None:
            return
        watch = Timer(10, self.kill)
        watch.start()
        # Whatever it answers, the process has to go: a clean end only also removes its sockets.
        with suppress(_uno().getClass("com.sun.star.uno.Exception")):
            self._desktop.terminate()
        self._process.wait()
        watch.cancel()
        self.kill()
        self._forget()

    def kill(self) -> None:
        """End the whole process group at once; the next `open` starts a new office."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _forget(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        for socket in _sockets(self._folder):
            socket.unlink(missing_ok=True)
        self._process, self._desktop = None, None

    def _load(self, path: Path, *, macros: bool = False, untitled: bool = False) -> Any:
        self._ensure_running()
        self._opened += 1
        # A lock file beside the original, or one of an earlier crash, would make the load return nothing.
        copy = self._folder / str(self._opened) / path.name
        copy.parent.mkdir()
        shutil.copyfile(path, copy)
        # Hidden documents have no view and lose freeze panes when saved; nothing shows in a headless office.
        mode = 4 if macros else 0
        arguments = _properties(Hidden=False, MacroExecutionMode=mode, AsTemplate=untitled)
        document = self._desktop.loadComponentFromURL(copy.as_uri(), "_blank", 0, arguments)
        if document is None:
            raise OfficeError(f"LibreOffice does not open {path.name}")
        return document

    def _ensure_running(self) -> None:
        if self._process is not None and self._process.poll() is not None:
            self._forget()
        if self._process is None:
            self._start()

    def _start(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="perfeval-office-"))
        pipe = self._folder.name
        command = [
            "soffice", "--headless", "--norestore", "--nologo", "--nodefault",
            f"-env:UserInstallation={_profile(self._folder)}", f"--accept=pipe,name={pipe};urp;",
        ]  # fmt: skip
        # Separators and error texts are those of English; the plain plug-in needs no display.
        settings = {"LC_ALL": "C.UTF-8", "SAL_USE_VCLPLUGIN": "svp"}
        settings |= {"FONTCONFIG_FILE": str(FONTS), "TMPDIR": str(self._folder)}
        settings["PATH"] = path_without_environment()
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                ["sh", "-c", _KEEPER, self._folder, *_sockets(self._folder), *command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=os.environ | settings,
            )
        atexit.register(self.stop)
        self._desktop = self._connect(pipe)

    def _connect(self, pipe: str) -> Any:
        assert self._process is not None
        local = _uno().getComponentContext()
        resolver = local.ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
        end = time.monotonic() + 60
        while self._process.poll() is None and time.monotonic() < end:
            with suppress(_uno().getClass("com.sun.star.connection.NoConnectException")):
                remote = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
                return remote.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", remote)
            time.sleep(0.05)
        log = (self._folder / "log").read_text(errors="replace")
        self.kill()
        self._forget()
        raise OfficeError(f"LibreOffice does not start: {log}")


class OfficeBook:
    """An open private copy of a workbook. Leaving the `with` block closes it; nothing is saved.

    Changes lift the protection of the sheet concerned (it has no password).
    """

    def __init__(self, office: Office, document: Any) -> None:
        self.office = office
        self.document = document

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @_at_the_border
    def close(self) -> None:
        """Close without saving."""
        self.document.close(True)

    @_at_the_border
    def sheets(self) -> list[str]:
        """Tab texts in order, hidden ones too."""
        return list(self.document.Sheets.ElementNames)

    @_at_the_border
    def values(self, sheet: str | None = None) -> dict[Cell, Value]:
        """All cells that are not blank, of one sheet or of all; a formula that shows nothing has `""`."""
        return {
            (name, address): value
            for name in ([sheet] if sheet is not None else self.sheets())
            for address, value, content in self._used(name)
            if content != ""
        }

    @_at_the_border
    def formula_values(self) -> dict[Cell, Value]:
        """The results of all formula cells."""
        found: dict[Cell, Value] = {}
        for name in self.sheets():
            cells = self._formula_cells(name)
            if cells:
                found |= {(name, a): value for a, value, _ in self._used(name) if a in cells}
        return found

    @_at_the_border
    def formulas(self, sheet: str | None = None) -> dict[Cell, str]:
        """All formulas in Excel's grammar, of one sheet or of all (0.4 ms each, so name the sheet)."""
        return {
            (name, address): self._in_excel_grammar(name, address, content)
            for name in ([sheet] if sheet is not None else self.sheets())
            for cells in [self._formula_cells(name)]
            for address, _, content in (self._used(name) if cells else ())
            if address in cells
        }

    @_at_the_border
    def value(self, sheet: str, cell: str) -> Value | None:
        """One cell; `None` when blank."""
        found = self._cell(sheet, cell)
        if found.getError():
            return _error(found)
        return found.getDataArray()[0][0] if found.getFormula() != "" else None

    @_at_the_border
    def text(self, sheet: str, cell: str) -> str:
        """One cell as displayed, e.g. `65.74%`."""
        return self._cell(sheet, cell).getString()

    @_at_the_border
    def set(self, sheet: str, cell: str, value: float | str | None) -> None:
        """Write a cell, locked or not; a `str` is always text (`"=1+1"` too), `None` clears."""
        self._unprotect(sheet)
        found = self._cell(sheet, cell)
        if value is None:
            found.setFormula("")
        elif isinstance(value, str):
            found.setString(value)
        else:
            found.setValue(float(value))

    @_at_the_border
    def set_formula(self, sheet: str, cell: str, formula: str) -> None:
        """Write a formula in Excel's grammar, with or without its `=`."""
        self._unprotect(sheet)
        parser = self._parser(_EXCEL)
        found = self._cell(sheet, cell)
        found.setTokens(parser.parseFormula(formula.removeprefix("="), found.CellAddress))

    @_at_the_border
    def insert_rows(self, sheet: str, first_row: int, count: int = 1) -> None:
        """Insert blank rows above `first_row` (from 1)."""
        self._unprotect(sheet)
        self._sheet(sheet).Rows.insertByIndex(first_row - 1, count)

    @_at_the_border
    def delete_rows(self, sheet: str, first_row: int, count: int = 1) -> None:
        """Delete rows from `first_row` (from 1)."""
        self._unprotect(sheet)
        self._sheet(sheet).Rows.removeByIndex(first_row - 1, count)

    @_at_the_border
    def rename(self, sheet: str, new: str) -> None:
        """Change the text of a tab."""
        if self.document.isProtected():
            self.document.unprotect("")
        self._sheet(sheet).setName(new)
        if sheet != new and (sheet in self.sheets() or new not in self.sheets()):
            raise OfficeError(f"{new} is not accepted as the text of a tab")

    @_at_the_border
    def calculate(self) -> None:
        """Recalculate every formula, whether or not something changed."""
        self.document.calculateAll()

    @_at_the_border
    def conditional_marks(self, sheet: str, cell: str) -> tuple[Mark, ...]:
        """The conditional formats that apply to a cell now; colour scales, bars and icons left out.

        UNO does not tell which formats apply, so each condition is computed in a scratch cell of the sheet.
        """
        self._unprotect(sheet)
        found = self._cell(sheet, cell)
        return tuple(
            self._mark(entry)
            for base, entry in _conditions_at(self._sheet(sheet), found.CellAddress)
            if self._holds(entry, base, found)
        )

    @_at_the_border
    def add_basic(self, module: str, source: str) -> None:
        """Put a Basic module into the document's library `Standard`; needs `open(…, macros=True)`."""
        libraries = self.document.BasicLibraries
        if not libraries.hasByName("Standard"):
            libraries.createLibrary("Standard")
        libraries.getByName("Standard").insertByName(module, source)

    @_at_the_border
    def call_basic(self, procedure: str, *arguments: object) -> Any:
        """Call `Module.Function` of the library `Standard`.

        A call straight into the library of a VBA project is accepted and does nothing.
        """
        url = f"vnd.sun.star.script:Standard.{procedure}?language=Basic&location=document"
        return self.document.getScriptProvider().getScript(url).invoke(arguments, (), ())[0]

    @_at_the_border
    def save(self, path: Path) -> Path:
        """Save the private copy, as a user does, and copy it to `path`. Never for files that leave the tests."""
        self.document.store()
        return Path(shutil.copyfile(_uno().fileUrlToSystemPath(self.document.URL), path))

    @_at_the_border
    def save_as_xlsx(self, path: Path) -> None:
        """What LibreOffice makes of the workbook, as .xlsx or .xlsm. Never for files that leave the tests."""
        kind = "Calc MS Excel 2007 VBA XML" if path.suffix == ".xlsm" else "Calc MS Excel 2007 XML"
        self.document.storeToURL(path.absolute().as_uri(), _properties(FilterName=kind))

    @_at_the_border
    def to_pdf(self, path: Path) -> None:
        """Print all visible sheets, each by its own page set-up."""
        _print(self.document, path)

    def _sheet(self, name: str) -> Any:
        sheets = self.document.Sheets
        if not sheets.hasByName(name):
            raise KeyError(name)
        return sheets.getByName(name)

    def _cell(self, sheet: str, cell: str) -> Any:
        row, column = xl_cell_to_rowcol(cell)
        return self._sheet(sheet).getCellByPosition(column, row)

    def _unprotect(self, name: str) -> None:
        # UNO refuses some changes of a protected sheet aloud and some, such as clearing a cell, in silence.
        sheet = self._sheet(name)
        if sheet.isProtected():
            sheet.unprotect("")

    def _used(self, name: str) -> Iterator[tuple[str, Value, str]]:
        """Address, value and content of each cell of a sheet's used area, fetched as two blocks."""
        sheet = self._sheet(name)
        filled = sheet.queryContentCells(_CONTENT).RangeAddresses  # the “used area” counts emptied cells too
        if not filled:
            return
        end_column, end_row = max(a.EndColumn for a in filled), max(a.EndRow for a in filled)
        if (end_column + 1) * (end_row + 1) > _LARGEST:
            raise OfficeError(f"{name} reaches as far as {xl_rowcol_to_cell(end_row, end_column)}")
        area = sheet.getCellRangeByPosition(0, 0, end_column, end_row)
        for row, line in enumerate(zip(area.getDataArray(), area.getFormulaArray(), strict=True)):
            for column, (value, content) in enumerate(zip(*line, strict=True)):
                # Error values arrive as nothing.
                known = _error(sheet.getCellByPosition(column, row)) if value is None else value
                yield xl_rowcol_to_cell(row, column), known, content

    def _formula_cells(self, name: str) -> frozenset[str]:
        return frozenset(
            xl_rowcol_to_cell(row, column)
            for area in self._sheet(name).queryContentCells(_FORMULA).RangeAddresses
            for row in range(area.StartRow, area.EndRow + 1)
            for column in range(area.StartColumn, area.EndColumn + 1)
        )

    def _parser(self, grammar: Mapping[str, object]) -> Any:
        parser = self.document.createInstance("com.sun.star.sheet.FormulaParser")
        for name, value in grammar.items():
            parser.setPropertyValue(name, value)
        return parser

    def _in_excel_grammar(self, sheet: str, address: str, content: str) -> str:
        if not hasattr(self, "_translators"):
            self._translators = self._parser(_CALC), self._parser(_EXCEL)
        calc, excel = self._translators
        where = self._cell(sheet, address).CellAddress
        braced = content.startswith("{")
        tokens = calc.parseFormula(content.strip("{}").removeprefix("="), where)
        return ("{=%s}" if braced else "=%s") % excel.printFormula(tokens, where)

    def _mark(self, entry: Any) -> Mark:
        style = self.document.StyleFamilies.getByName("CellStyles").getByName(entry.StyleName)
        template = _CONDITIONS[entry.Operator]
        condition = template.format(cell="cell", first=entry.Formula1, second=entry.Formula2)
        return Mark(condition, _hex(style.CellBackColor), _hex(style.CharColor))

    def _holds(self, entry: Any, base: Any, cell: Any) -> bool:
        at = cell.CellAddress
        address = xl_rowcol_to_cell(at.Row, at.Column)
        operands = (entry.Formula1, entry.Formula2)
        first, second = (self._seen_from(at, base, text, address) for text in operands)
        condition = _CONDITIONS.get(entry.Operator)
        if condition is None:
            raise OfficeError(f"conditional format with operator {entry.Operator} is not known here")
        scratch = self.document.Sheets.getByIndex(at.Sheet).getCellByPosition(*_SCRATCH)
        scratch.setFormula("=" + condition.format(cell=address, first=first, second=second))
        try:
            return not scratch.getError() and scratch.getValue() != 0
        finally:
            scratch.setFormula("")

    def _seen_from(self, at: Any, base: Any, text: str, address: str) -> str:
        """A condition, written for the first cell of its range, as it reads at another cell."""
        tokens = self._parser(_SHOWN).parseFormula(text, base)
        moved = self._parser(_CALC).printFormula(tokens, at)
        return re.sub(r"\b(ROW|COLUMN)\(\)", rf"\1({address})", moved)


class OfficeText:
    """An open private copy of a text document, edited as at the keyboard: with a cursor, selections and Enter.

    A paragraph is named by a bookmark on it. Leaving the `with` block closes the document; nothing is saved.
    """

    def __init__(self, office: Office, document: Any) -> None:
        self.office = office
        self.document = document

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @_at_the_border
    def close(self) -> None:
        """Close without saving."""
        self.document.close(True)

    @_at_the_border
    def bookmarks(self) -> list[str]:
        """Names of all bookmarks, in no order."""
        return list(self.document.Bookmarks.ElementNames)

    @_at_the_border
    def texts(self) -> list[str]:
        """The paragraphs outside tables, from top to bottom, blank ones too."""
        content = self.document.Text.createEnumeration()
        found: list[str] = []
        while content.hasMoreElements():
            element = content.nextElement()
            if element.supportsService("com.sun.star.text.Paragraph"):
                found.append(element.getString())
        return found

    @_at_the_border
    def text(self, bookmark: str) -> str:
        """The first paragraph with a bookmark."""
        return self._selected(bookmark).getString()

    @_at_the_border
    def type_over(self, bookmark: str, old: str, new: str) -> None:
        """Select `old` in the paragraph and type `new`; a blank `old` types before the paragraph."""
        cursor = self._cursor(bookmark, self._selected(bookmark).getString().index(old))
        cursor.goRight(len(old), True)
        cursor.setString(new)

    @_at_the_border
    def type_at_end(self, bookmark: str, text: str) -> None:
        """Type behind the paragraph; `\n` is Enter."""
        cursor = self._cursor(bookmark, len(self._selected(bookmark).getString()))
        for number, line in enumerate(text.split("\n")):
            if number:
                self.document.Text.insertControlCharacter(cursor, _PARAGRAPH_BREAK, False)
            self.document.Text.insertString(cursor, line, False)

    @_at_the_border
    def type_under(self, heading: str, text: str, style: str = "Normal Indent") -> None:
        """Put a new paragraph in this style below the first one that has these words."""
        search = self.document.createSearchDescriptor()
        search.SearchString = heading
        found = self.document.findFirst(search)
        cursor = found.Text.createTextCursorByRange(found.End)
        cursor.gotoEndOfParagraph(False)
        found.Text.insertControlCharacter(cursor, _PARAGRAPH_BREAK, False)
        cursor.ParaStyleName = style
        found.Text.insertString(cursor, text, False)

    @_at_the_border
    def split(self, bookmark: str, before: str) -> None:
        """Press Enter before these words of the paragraph."""
        cursor = self._cursor(bookmark, self._selected(bookmark).getString().index(before))
        self.document.Text.insertControlCharacter(cursor, _PARAGRAPH_BREAK, False)

    @_at_the_border
    def join(self, bookmark: str) -> None:
        """Delete the end of the paragraph, so that the next one goes on in it."""
        cursor = self._cursor(bookmark, len(self._selected(bookmark).getString()))
        cursor.goRight(1, True)
        cursor.setString("")

    @_at_the_border
    def delete(self, bookmark: str) -> None:
        """Select the whole paragraph with its end, and delete it."""
        self._select(bookmark)
        self._dispatch(".uno:Delete")

    @_at_the_border
    def move(self, bookmark: str, before: str) -> None:
        """Cut the whole paragraph and paste it before that of another bookmark."""
        self._select(bookmark)
        self._dispatch(".uno:Cut")
        view = self.document.CurrentController.ViewCursor
        view.gotoRange(self._cursor(before, 0), False)
        self._dispatch(".uno:Paste")

    @_at_the_border
    def track_changes(self) -> None:
        """Record changes from now on."""
        self.document.RecordChanges = True

    @_at_the_border
    def save_as_docx(self, path: Path) -> None:
        """What LibreOffice makes of the document."""
        self.document.storeToURL(path.absolute().as_uri(), _properties(FilterName="MS Word 2007 XML"))

    @_at_the_border
    def save_as_odt(self, path: Path) -> None:
        """The document in LibreOffice's own format."""
        self.document.storeToURL(path.absolute().as_uri(), _properties(FilterName="writer8"))

    def _selected(self, bookmark: str) -> Any:
        cursor = self.document.Text.createTextCursorByRange(
            self.document.Bookmarks.getByName(bookmark).Anchor.Start
        )
        cursor.gotoStartOfParagraph(False)
        cursor.gotoEndOfParagraph(True)
        return cursor

    def _cursor(self, bookmark: str, offset: int) -> Any:
        cursor = self._selected(bookmark)
        cursor.gotoStartOfParagraph(False)
        cursor.goRight(offset, False)
        return cursor

    def _select(self, bookmark: str) -> None:
        """Select the paragraph with its end, in the view."""
        cursor = self._selected(bookmark)
        cursor.goRight(1, True)
        view = self.document.CurrentController.ViewCursor
        view.gotoRange(cursor.Start, False)
        view.gotoRange(cursor.End, True)

    def _dispatch(self, command: str) -> None:
        url = _uno().createUnoStruct("com.sun.star.util.URL")
        url.Complete, url.Protocol, url.Path = command, ".uno:", command.removeprefix(".uno:")
        dispatch = self.document.CurrentController.Frame.queryDispatch(url, "", 0)
        if dispatch is None:
            raise OfficeError(f"{command} is not available")
        dispatch.dispatch(url, ())


_PARAGRAPH_BREAK = 0  # com.sun.star.text.ControlCharacter

_KEEPER = """
folder=$0 pipe=$1 single=$2
shift 2
("$@"; kill -TERM 0) <&- &
cat >/dev/null
rm -rf "$folder" "$pipe" "$single"
kill -KILL 0
"""
"""Runs the office until it ends or until the pipe from Python breaks: so none outlives a killed test run."""

_DIST_PACKAGES = "/usr/lib/python3/dist-packages"  # of Debian's python3-uno

_CONTENT = 1 | 2 | 4 | 16  # com.sun.star.sheet.CellFlags: number, date, text, formula
_FORMULA = 16
_LARGEST = 2_000_000  # cells of one block; a stray cell in the last corner would take all memory
_SCRATCH = 16000, 1_000_000  # a cell once used in the last row forbids inserting rows, even when cleared

_CALC = {"CompileEnglish": True, "FormulaConvention": 0}
_EXCEL = {"CompileEnglish": True, "FormulaConvention": 3}
_SHOWN = {"CompileEnglish": False, "FormulaConvention": 0}

_ERRORS = {
    503: "#NUM!",
    519: "#VALUE!",
    521: "#NULL!",
    524: "#REF!",
    525: "#NAME?",
    532: "#DIV/0!",
    32767: "#N/A",
}

_CONDITIONS = {  # com.sun.star.sheet.ConditionFormatOperator
    0: "{cell}={first}",
    1: "{cell}<{first}",
    2: "{cell}>{first}",
    3: "{cell}<={first}",
    4: "{cell}>={first}",
    5: "{cell}<>{first}",
    6: "AND({cell}>={first};{cell}<={second})",
    7: "OR({cell}<{first};{cell}>{second})",
    20: "LEFT({cell};LEN({first}))={first}",
    21: "RIGHT({cell};LEN({first}))={first}",
    22: "ISNUMBER(SEARCH({first};{cell}))",
    23: "ISERROR(SEARCH({first};{cell}))",
    24: "{first}",
}

_STORED_RESULT = re.compile(
    rb"(<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>))\s*<(?:\w+:)?v\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?v>)"
)


@cache
def _uno() -> Any:
    """The UNO bridge of the distribution's Python, which is of the same minor version as ours."""
    sys.path.append(_DIST_PACKAGES)
    try:
        return import_module("uno")
    finally:
        sys.path.remove(_DIST_PACKAGES)


def _profile(folder: Path) -> str:
    return (folder / "profile").as_uri()


def _sockets(folder: Path) -> tuple[Path, Path]:
    """Ours and the one by which LibreOffice knows a running profile; both in /tmp, whatever TMPDIR says."""
    digest = md5(_profile(folder).encode("utf-16-le"), usedforsecurity=False).digest()
    single = "SingleOfficeIPC_" + "".join(f"{byte:x}" for byte in digest)
    pipe, running = (Path("/tmp") / f"OSL_PIPE_{os.getuid()}_{name}" for name in (folder.name, single))
    return pipe, running


def _properties(**values: object) -> tuple[Any, ...]:
    make = _uno().getClass("com.sun.star.beans.PropertyValue")
    return tuple(make(name, 0, value, 0) for name, value in values.items())


def _print(document: Any, pdf: Path) -> None:
    workbook = document.supportsService("com.sun.star.sheet.SpreadsheetDocument")
    options = _uno().Any("[]com.sun.star.beans.PropertyValue", _properties(ExportBookmarks=True))
    kind = "calc_pdf_Export" if workbook else "writer_pdf_Export"
    document.storeToURL(pdf.absolute().as_uri(), _properties(FilterName=kind, FilterData=options))


def _tab_of_each_page(pdf: Path, pages: int) -> list[str]:
    """`-TAB` for each page of a printed workbook, after the bookmarks that LibreOffice writes; else `""`."""
    command = ["pdftohtml", "-xml", "-i", "-stdout", pdf]
    listing = subprocess.run(command, check=True, capture_output=True).stdout
    outline = etree.fromstring(listing, etree.XMLParser(recover=True, load_dtd=False)).find("outline")
    if outline is None or listing.find(b"<outline>") < 0:
        return [""] * pages
    starts = {int(item.get("page", "0")): "-" + re.sub(r"[/\s]", "_", item.text or "") for item in outline}
    tabs = [""]
    for number in range(1, pages + 1):
        tabs.append(starts.get(number, tabs[-1]))
    return tabs[1:]


def _error(cell: Any) -> CellError:
    code = cell.getError()
    return CellError(_ERRORS.get(code, f"Err:{code}"))


def _hex(color: int) -> str | None:
    return None if color == -1 else f"#{color:06X}"


def _conditions_at(sheet: Any, at: Any) -> Iterator[tuple[Any, Any]]:
    """First cell of the range and entry, for each condition whose range covers a cell."""
    for conditional in sheet.ConditionalFormats.getConditionalFormats():
        areas = conditional.Range.RangeAddresses
        if not any(_covers(area, at) for area in areas):
            continue
        first_column, first_row = min(a.StartColumn for a in areas), min(a.StartRow for a in areas)
        base = sheet.getCellByPosition(first_column, first_row).CellAddress
        for number in range(conditional.getCount()):
            entry = conditional.getByIndex(number)
            if entry.getType() == 0:
                yield base, entry


def _covers(area: Any, at: Any) -> bool:
    return area.StartColumn <= at.Column <= area.EndColumn and area.StartRow <= at.Row <= area.EndRow


def _sheet_parts(package: ZipFile) -> dict[str, str]:
    """Tab text → name of the part in the package."""
    workbook = etree.fromstring(package.read("xl/workbook.xml"))
    relations = etree.fromstring(package.read("xl/_rels/workbook.xml.rels"))
    targets = {one.get("Id"): posixpath.join("/xl", one.get("Target", ""))[1:] for one in relations}
    link = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    return {tab.get("name", ""): targets[tab.get(link)] for tab in workbook.iterfind("{*}sheets/{*}sheet")}


def _stored(cell: Any) -> bool | Value | None:
    value = cell.find("{*}v")
    if value is None:
        return None
    text = value.text or ""
    kind = cell.get("t", "n")
    if text == "":
        return ""  # XlsxWriter stores an empty text without its type
    if kind == "n":
        return float(text)
    if kind == "b":
        return text == "1"
    return CellError(text) if kind == "e" else text


def _agree(stored: bool | Value | None, computed: Value | None) -> bool:
    if isinstance(stored, (bool, int, float)) and isinstance(computed, float):
        return math.isclose(stored, computed, rel_tol=1e-9, abs_tol=1e-12)
    return isinstance(stored, str) and stored == computed
