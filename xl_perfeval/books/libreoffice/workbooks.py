"""Open workbooks: opening, saving, closing."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from .bridge import constant, properties, struct, typed
from .errors import NotOpened, NotSaved, at_the_border, ended, is_uno, message_of
from .formats import NumberFormats
from .formulas import Formulas
from .names import Names
from .sheets import Sheets
from .values import path_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .engine import App

_FILTERS = {
    ".xlsx": "Calc MS Excel 2007 XML",
    ".xlsm": "Calc MS Excel 2007 VBA XML",
    ".xltx": "Calc MS Excel 2007 XML Template",
    ".xls": "MS Excel 97",
    ".xlt": "MS Excel 97 Vorlage/Template",
    ".ods": "calc8",
    ".ots": "calc8_template",
    ".fods": "OpenDocument Spreadsheet Flat XML",
    ".csv": "Text - txt - csv (StarCalc)",
    ".txt": "Text - txt - csv (StarCalc)",
    ".html": "HTML (StarCalc)",
}

_TEXT = "44,34,76,1"
"""Comma, quotation mark, UTF-8, from the first line."""


@at_the_border
class Books(base_classes.Books):
    """The open workbooks of an app, oldest first; text documents that are open in the same office are left out."""

    def __init__(self, app: App) -> None:
        self._app = app

    @property
    def app(self) -> App:
        """Their app."""
        return self._app

    @property
    def api(self) -> Any:
        """All open documents."""
        return self._app.api.Components

    @property
    def active(self) -> Book:
        """The workbook in front; raises `KeyError` when none is open."""
        current = self._app.api.CurrentComponent
        if current is not None and _is_workbook(current):
            return Book(self._app, current)
        for book in self:
            return book
        raise KeyError("没有打开的工作簿。")

    def __call__(self, name_or_index: str | int) -> Book:
        books = list(self)
        if isinstance(name_or_index, str):
            for book in books:
                if name_or_index.lower() in (book.name.lower(), book.fullname.lower()):
                    return book
        elif 1 <= name_or_index <= len(books):
            return books[name_or_index - 1]
        raise KeyError(name_or_index)

    def __iter__(self) -> Iterator[Book]:
        found: list[Book] = []
        documents = self.api.createEnumeration()
        while documents.hasMoreElements():
            document = documents.nextElement()
            if _is_workbook(document):
                found.append(Book(self._app, document))
        # The office lists the newest first in some versions and the oldest in others.
        return iter(sorted(found, key=lambda book: int(book.identity)))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def add(self) -> Book:
        """A new workbook, which becomes the active one."""
        return self._loaded("private:factory/scalc", {})

    def open(
        self,
        fullname: str,
        update_links: bool | None = None,
        read_only: bool | None = None,
        format: int | None = None,  # noqa: A002 - the name is xlwings'
        password: str | None = None,
        write_res_password: str | None = None,
        ignore_read_only_recommended: bool | None = None,
        origin: int | None = None,
        delimiter: str | None = None,
        editable: bool | None = None,
        notify: bool | None = None,
        converter: int | None = None,
        add_to_mru: bool | None = None,
        local: bool | None = None,
        corrupt_load: int | None = None,
    ) -> Book:
        """Open a file, which becomes the active workbook. What LibreOffice has no notion of is ignored.

        Raises `NotOpened` when it is no workbook, is damaged, or the password is missing or wrong.
        """
        _ = (format, write_res_password, ignore_read_only_recommended, origin, editable, notify)
        _ = (converter, add_to_mru, local, corrupt_load)
        path = Path(fullname).resolve()
        wanted: dict[str, object] = {"UpdateDocMode": 3 if update_links else 0}
        if read_only:
            wanted["ReadOnly"] = True
        if password:
            wanted["Password"] = password
        if path.suffix.lower() in {".csv", ".txt", ".tsv"}:
            separator = ord(delimiter or ("\t" if path.suffix.lower() == ".tsv" else ","))
            wanted |= {"FilterName": _FILTERS[".csv"], "FilterOptions": f"{separator},34,76,1,,0,false,true"}
        return self._loaded(path.as_uri(), wanted)

    def _loaded(self, url: str, wanted: dict[str, object]) -> Book:
        # A hidden document has no view, so that saving would lose its frozen panes.
        wanted |= {"Hidden": False, "MacroExecutionMode": 4 if self._app.macros else 0}
        try:
            document = self._app.api.loadComponentFromURL(url, "_blank", 0, properties(**wanted))
        except Exception as error:
            if not is_uno(error) or ended(error):
                raise
            document = None
        if document is None or not _is_workbook(document):
            if document is not None:
                document.close(True)
            raise NotOpened(
                f"LibreOffice 打不开 {path_of(url)}：它不是表格文件，或已损坏，或需要（另一个）密码。请先用办公软件打开它看看。"
            )
        book = Book(self._app, document)
        self._app.opened.add(book.identity)
        book.activate()
        return book


@at_the_border
class Book(base_classes.Book):
    """One open workbook."""

    def __init__(self, app: App, document: Any) -> None:
        self._app = app
        self._document = document

    @property
    def api(self) -> Any:
        """The document, `com.sun.star.sheet.SpreadsheetDocument`."""
        return self._document

    @property
    def app(self) -> App:
        """Its app."""
        return self._app

    @cached_property
    def identity(self) -> str:
        """What tells it from other documents of its office, whatever its name becomes."""
        return str(self._document.RuntimeUID)

    @property
    def name(self) -> str:
        """File name; of a workbook never saved, its title."""
        return Path(self.fullname).name

    @property
    def fullname(self) -> str:
        """Path; of a workbook never saved, its title."""
        return path_of(self._document.URL) or str(self._document.Title)

    @property
    def sheets(self) -> Sheets:
        """Its sheets."""
        return Sheets(self)

    @property
    def names(self) -> Names:
        """All names, those of single sheets too."""
        return Names(self, None)

    @property
    def opened_here(self) -> bool:
        """Whether this program opened or added it."""
        return self.identity in self._app.opened

    @property
    def macros(self) -> bool:
        """Whether its macros may run."""
        arguments = {one.Name: one.Value for one in self._document.getArgs()}
        return arguments.get("MacroExecutionMode") == 4 or not self.opened_here

    @property
    def formats(self) -> NumberFormats:
        """Its number formats."""
        return self._kept("formats", NumberFormats)

    @property
    def formulas(self) -> Formulas:
        """Its formulas in both grammars."""
        return self._kept("formulas", Formulas)

    @property
    def epoch(self) -> datetime:
        """The day its dates count from."""
        return self._kept("epoch", _day_zero)

    @property
    def sheet_size(self) -> tuple[int, int]:
        """Number of rows and columns of every sheet."""
        return self._kept("sheet_size", _size)

    def activate(self) -> None:
        """Make it the active workbook."""
        self._document.CurrentController.Frame.activate()

    def close(self) -> None:
        """Close without saving."""
        self._app.forget(self.identity)
        self._document.close(True)

    def save(self, path: str | None = None, password: str | None = None) -> None:
        """Save in place, or under another name, whose ending says the kind of file.

        What LibreOffice writes is not what was opened: styles, drop-downs and ribbons of Excel may change. Never hand a
        workbook that somebody else made back after saving it like this.

        Raises `NotSaved`; `ValueError` for an ending that LibreOffice cannot write.
        """
        if path is None and self._document.hasLocation() and not password:
            self._stored(lambda: self._document.store(), path_of(self._document.URL))
            return
        target = Path(path or self.fullname).expanduser()
        if path is None and not self._document.hasLocation():
            target = target.with_name(target.name + ".xlsx")
        target = target.resolve()
        kind = target.suffix.lower()
        if kind not in _FILTERS:
            raise ValueError(
                f"LibreOffice 不能保存为 {kind or '没有扩展名的文件'}。可用的有：{'、'.join(sorted(_FILTERS))}。"
            )
        wanted: dict[str, object] = {"FilterName": _FILTERS[kind], "Overwrite": True}
        if kind in {".csv", ".txt"}:
            wanted["FilterOptions"] = _TEXT
        if password:
            wanted |= _locked(kind, password)
        if not target.parent.is_dir():  # LibreOffice would make the folder
            raise NotSaved(f"没有保存成 {target}：文件夹 {target.parent} 不存在。请先建立它，或换一个位置。")
        self._stored(lambda: self._document.storeAsURL(target.as_uri(), properties(**wanted)), str(target))

    def to_pdf(self, path: str, quality: str | None = None) -> None:
        """Print all visible sheets into a PDF; `minimum` quality halves the resolution of pictures."""
        options: dict[str, object] = {
            "ReduceImageResolution": quality == "minimum",
            "MaxImageResolution": 150,
        }
        self.print_to(Path(path).resolve(), options)

    def print_to(self, target: Path, options: dict[str, object]) -> None:
        """Write a PDF with options of the filter `calc_pdf_Export`."""
        data = typed("[]com.sun.star.beans.PropertyValue", properties(**options))
        arguments = properties(FilterName="calc_pdf_Export", FilterData=data)
        self._stored(lambda: self._document.storeToURL(target.as_uri(), arguments), str(target))

    def show(self, visible: bool) -> None:
        """Show or hide its window."""
        self._window().setVisible(visible)

    def to_front(self) -> None:
        """Bring its window to the front."""
        self._window().toFront()

    def tell(self, text: str | None) -> None:
        """Put a text into the status bar; `None` gives it back."""
        indicator = self._kept("indicator", _indicator)
        if text is None:
            indicator.end()
        else:
            indicator.start(text, 0)

    def ask(self, prompt: str, title: str, buttons: str, mode: str | None) -> str | None:
        """Show a message box and wait for the answer: `ok`, `cancel`, `yes` or `no`."""
        window = self._window()
        kind = constant(f"com.sun.star.awt.MessageBoxType.{'ERRORBOX' if mode == 'critical' else 'INFOBOX'}")
        choices = {"ok": 1, "ok_cancel": 2, "yes_no": 3, "yes_no_cancel": 4}
        if buttons != "ok":
            kind = constant("com.sun.star.awt.MessageBoxType.QUERYBOX")
        box = window.getToolkit().createMessageBox(window, kind, choices[buttons], title, prompt)
        return {0: "cancel", 1: "ok", 2: "yes", 3: "no"}.get(box.execute())

    def address(self, sheet: int, row: int, column: int) -> Any:
        """A cell as UNO names it; everything counts from 0."""
        return struct("com.sun.star.table.CellAddress", sheet, column, row)

    def _window(self) -> Any:
        return self._document.CurrentController.Frame.ContainerWindow

    def _stored(self, store: Any, target: str) -> None:
        try:
            store()
        except Exception as error:
            if not is_uno(error) or ended(error):
                raise
            said = message_of(error)
        else:
            return
        raise NotSaved(
            f"没有保存成 {target}：{said}。请检查文件夹是否存在、是否可写，文件是否被别的程序打开。"
        )

    def _kept(self, what: str, make: Any) -> Any:
        """Something about the document that is made once; a `Book` itself is made anew for every question."""
        store = self._app.kept.setdefault(self.identity, {})
        if what not in store:
            store[what] = make(self._document)
        return store[what]


def _is_workbook(document: Any) -> bool:
    return hasattr(document, "supportsService") and document.supportsService(
        "com.sun.star.sheet.SpreadsheetDocument"
    )


def _locked(kind: str, password: str) -> dict[str, object]:
    """Arguments that encrypt a file; raises `ValueError` for kinds that LibreOffice would leave open in silence."""
    if kind in {".xlsx", ".xlsm"}:
        secret = {"OOXPassword": password, "CryptoType": "Standard"}
        pairs = tuple(struct("com.sun.star.beans.NamedValue", name, value) for name, value in secret.items())
        return {"EncryptionData": typed("[]com.sun.star.beans.NamedValue", pairs)}
    raise ValueError(f"LibreOffice 不能给 {kind} 文件加密码。请改用 .xlsx 或 .xlsm。")


def _day_zero(document: Any) -> datetime:
    day = document.NullDate
    return datetime(day.Year, day.Month, day.Day)  # noqa: DTZ001 - cells know no time zones


def _size(document: Any) -> tuple[int, int]:
    last = document.Sheets.getByIndex(0).RangeAddress
    return last.EndRow + 1, last.EndColumn + 1


def _indicator(document: Any) -> Any:
    return document.CurrentController.Frame.createStatusIndicator()
