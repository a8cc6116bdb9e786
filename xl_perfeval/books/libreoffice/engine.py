"""The engine, its apps and one app: where `xlwings` enters.

An app is one office. `xw.App()` starts a private one; `Apps.connect` attaches to one that runs.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

from xlwings import base_classes

from . import connection, macros, values
from .bridge import properties
from .errors import Gone, at_the_border
from .sheets import Sheet
from .workbooks import Books

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .connection import Connection
    from .editing import Editing
    from .ranges import Range
    from .workbooks import Book


class Engine:
    """What `xw.Engine(impl=…)` wraps."""

    name: ClassVar = "libreoffice"
    type: ClassVar = "desktop"

    def __init__(self) -> None:
        self.apps = Apps(self)
        self.macros = False
        """Whether workbooks opened by apps started from now on may run their macros."""

    prepare_xl_data_element = staticmethod(values.prepared)
    clean_value_data = staticmethod(values.cleaned)


@at_the_border
class Apps(base_classes.Apps):
    """The offices in use by this program, the active one first."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._apps: list[App] = []

    def add(
        self,
        spec: str | None = None,
        add_book: bool | None = None,
        xl: Any = None,
        visible: bool | None = None,
    ) -> App:
        """Start a private office; `spec` is the path of `soffice`. It shows windows unless `visible` is False."""
        _ = xl
        return self._enter(connection.start(spec, window=visible is not False), add_book=bool(add_book))

    def connect(self, pipe: str) -> App:
        """The app of a running office, at the pipe of its `--accept`. Asked twice, the same app answers."""
        for app in self:
            if app.connection.pipe == pipe:
                if app.connection.answers():
                    return app
                self.leave(app)  # another office may have taken its place
        return self._enter(connection.connect(pipe), add_book=False)

    def keys(self) -> list[int]:
        """Process numbers."""
        return [app.pid for app in self]

    def __iter__(self) -> Iterator[App]:
        for app in [one for one in self._apps if not one.connection.alive]:
            self.leave(app)
        return iter(list(self._apps))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __getitem__(self, pid: int) -> App:
        for app in self:
            if app.pid == pid:
                return app
        raise KeyError(f"没有进程号为 {pid} 的 LibreOffice。")

    @staticmethod
    def cleanup() -> None:
        """Nothing: offices that ended leave nothing behind."""

    def put_first(self, app: App) -> None:
        """Make an app the active one."""
        self._apps.remove(app)
        self._apps.insert(0, app)

    def leave(self, app: App) -> None:
        """Forget an app, and kill its office if it is ours."""
        if app in self._apps:
            self._apps.remove(app)
        app.connection.kill()

    def _enter(self, line: Connection, *, add_book: bool) -> App:
        app = App(self._engine, self, line)
        self._apps.insert(0, app)
        if add_book:
            app.books.add()
        return app


@at_the_border
class App(base_classes.App):
    """One office."""

    def __init__(self, engine: Engine, apps: Apps, line: Connection) -> None:
        self._engine = engine
        self._apps = apps
        self.connection = line
        self.macros = engine.macros
        """Whether workbooks opened from now on may run their macros."""
        self.settings: dict[str, object] = {}
        self.copied: Editing | None = None
        """What `Range.copy` remembered for `Range.paste`."""
        self.opened: set[str] = set()
        """Identities of the workbooks this program opened."""
        self.kept: dict[str, dict[str, Any]] = {}
        """What workbooks keep between two questions, by identity."""

    @property
    def engine(self) -> Engine:
        """The engine this app belongs to."""
        return self._engine

    @property
    def api(self) -> Any:
        """The desktop of the office, `com.sun.star.frame.Desktop`."""
        return self.connection.desktop

    @property
    def pid(self) -> int:
        """Process number."""
        return self.connection.pid

    @property
    def hwnd(self) -> int:
        """0: windows have no number here."""
        return 0

    @property
    def version(self) -> str:
        """Version of LibreOffice, e.g. `24.8.4.2`; an older one is put behind 16, e.g. `16.7.4.7.2`.

        xlwings takes it for that of Excel and asks it what can be done.
        """
        found = str(self._settings_of("/org.openoffice.Setup/Product").ooSetupVersionAboutBox)
        return found if int(found.split(".")[0]) >= 16 else f"16.{found}"

    @property
    def path(self) -> str:
        """Folder of the program."""
        places = self.connection.service("com.sun.star.util.PathSubstitution")
        return values.path_of(places.getSubstituteVariableValue("$(prog)"))

    @property
    def startup_path(self) -> str:
        """Folder of the user's templates, the nearest thing to Excel's."""
        return values.path_of(self.connection.service("com.sun.star.util.PathSettings").Template_writable)

    @property
    def books(self) -> Books:
        """Open workbooks."""
        return Books(self)

    @property
    def selection(self) -> Range | None:
        """Selected cells of the active sheet; `None` when something else, or several ranges, are selected."""
        book = self.books.active
        chosen = book.api.CurrentController.Selection
        if not hasattr(chosen, "getRangeAddress"):
            return None
        address = chosen.RangeAddress
        return Sheet(book, book.api.Sheets.getByIndex(address.Sheet)).block(address)

    @property
    def visible(self) -> bool:
        """Whether windows are shown. Without effect on an office that was started without any."""
        return bool(self.settings.get("visible", False))

    @visible.setter
    def visible(self, visible: bool) -> None:
        self.settings["visible"] = bool(visible)
        for book in self.books:
            book.show(bool(visible))

    @property
    def calculation(self) -> str:
        """`automatic` or `manual`, for all open workbooks."""
        return (
            "automatic" if all(book.api.isAutomaticCalculationEnabled() for book in self.books) else "manual"
        )

    @calculation.setter
    def calculation(self, value: str) -> None:
        for book in self.books:
            book.api.enableAutomaticCalculation(value != "manual")

    def calculate(self) -> None:
        """Recalculate every formula of every open workbook."""
        for book in self.books:
            book.api.calculateAll()

    @property
    def status_bar(self) -> str | bool:
        """Text in the status bar, `False` when it is LibreOffice's own."""
        found = self.settings.get("status_bar", False)
        return found if isinstance(found, str) else False

    @status_bar.setter
    def status_bar(self, value: str | bool) -> None:
        self.settings["status_bar"] = value
        for book in self.books:
            book.tell(value if isinstance(value, str) else None)

    @property
    def screen_updating(self) -> bool:
        """Remembered only."""
        return self._remembered("screen_updating", True)

    @screen_updating.setter
    def screen_updating(self, value: bool) -> None:
        self.settings["screen_updating"] = value

    @property
    def display_alerts(self) -> bool:
        """Remembered only: nothing here asks."""
        return self._remembered("display_alerts", True)

    @display_alerts.setter
    def display_alerts(self, value: bool) -> None:
        self.settings["display_alerts"] = value

    @property
    def enable_events(self) -> bool:
        """Remembered only."""
        return self._remembered("enable_events", True)

    @enable_events.setter
    def enable_events(self, value: bool) -> None:
        self.settings["enable_events"] = value

    @property
    def interactive(self) -> bool:
        """Remembered only."""
        return self._remembered("interactive", True)

    @interactive.setter
    def interactive(self, value: bool) -> None:
        self.settings["interactive"] = value

    @property
    def cut_copy_mode(self) -> str | None:
        """`copy` while `Range.copy` remembers something for `Range.paste`."""
        return "copy" if self.copied else None

    @cut_copy_mode.setter
    def cut_copy_mode(self, value: bool) -> None:
        if not value:
            self.copied = None

    def run(self, macro: str, args: Sequence[Any]) -> Any:
        """Run a macro of a workbook: `'Book.xlsm'!Module1.Name`, or `Name` in the active workbook."""
        return macros.run(self.books, macro, args)

    def activate(self, steal_focus: bool = False) -> None:
        """Make this the active app; with `steal_focus`, bring its window to the front."""
        self._apps.put_first(self)
        if steal_focus and len(self.books):
            self.books.active.to_front()

    def alert(
        self, prompt: str | None, title: str | None, buttons: str | None, mode: str | None, callback: Any
    ) -> str | None:
        """Show a message box over the window of the active workbook; without any window, print it."""
        _ = callback
        book: Book | None = self.books.active if len(self.books) else None
        if book is None or not self.visible:
            sys.stderr.write(": ".join(text for text in (title, prompt) if text) + "\n")
            return "ok"
        return book.ask(prompt or "", title or "", buttons or "ok", mode)

    def forget(self, identity: str) -> None:
        """Drop what is kept about a workbook that is being closed."""
        self.opened.discard(identity)
        self.kept.pop(identity, None)

    def quit(self) -> None:
        """End a private office without saving; of somebody else's, close only the workbooks opened here."""
        if not self.connection.private:
            with suppress(Gone):
                for book in self.books:
                    if book.opened_here:
                        book.close()
        self.connection.close()
        self._apps.leave(self)

    def kill(self) -> None:
        """End a private office at once; let go of somebody else's."""
        self._apps.leave(self)

    def _remembered(self, name: str, default: bool) -> bool:
        """A setting of Excel's without effect here, for code that sets it and puts it back."""
        return bool(self.settings.get(name, default))

    def _settings_of(self, node: str) -> Any:
        provider = self.connection.service("com.sun.star.configuration.ConfigurationProvider")
        arguments = properties(nodepath=node)
        return provider.createInstanceWithArguments(
            "com.sun.star.configuration.ConfigurationAccess", arguments
        )
