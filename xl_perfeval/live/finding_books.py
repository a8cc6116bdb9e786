"""Which open workbook a button was pressed in, without the traps of `xlwings.Book.caller`.

That splits the path at “=”, garbles Chinese names off Windows, and knows a workbook by its name only.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from xlwings import App
    from xlwings import Book as OpenBook


class NotFound(Exception):
    """No open workbook, or more than one, is meant; the text is one plain Chinese sentence with what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """What the launcher was told. Options that it does not know are passed over: xlwings adds some."""

    command: str = ""
    workbook: str = ""
    """Full path, or name; the first one given counts, xlwings appends a second."""
    window: int = 0
    """Number of the window of the Excel that has it open; 0: not told."""
    pipe: str = ""
    """Where a running LibreOffice listens; empty: Excel."""
    yes: bool = False
    """What would be asked is answered already."""

    @classmethod
    def of(cls, given: Sequence[str]) -> Arguments:
        """The arguments of a command line without the program's name."""
        options: dict[str, str] = {}
        for each in given:
            name, mark, value = each.partition("=")
            if each.startswith("--"):
                options.setdefault(name, value.strip().strip('"') if mark else "1")
        commands = [each for each in given if not each.startswith("-")]
        window = options.get("--hwnd", "")
        return cls(
            command=commands[0] if commands else "",
            workbook=options.get("--wb", ""),
            window=int(window) if window.isdecimal() else 0,
            pipe=options.get("--pipe", ""),
            yes="--yes" in options,
        )


def find(arguments: Arguments) -> OpenBook:
    """The workbook that is meant. Raises `NotFound`."""
    apps = list(_apps(arguments))
    books = [book for app in apps for book in _books(app)]
    if not arguments.workbook:
        if not books:
            raise NotFound("没有打开的工作簿。请先打开绩效自评工作簿，再按一次。")
        return apps[0].books.active
    wanted = _full(arguments.workbook)
    same = [book for book in books if _full(str(book.fullname)) == wanted]
    if same:
        return same[0]
    name = _name(arguments.workbook)
    return _only([book for book in books if _name(str(book.name)) == name], arguments)


def _only(books: Sequence[OpenBook], arguments: Arguments) -> OpenBook:
    name = arguments.workbook
    if not books:
        raise NotFound(f"“{name}”没有打开，或者已经关闭，没有改动。请打开它，再按一次。")
    if len(books) > 1:
        raise NotFound(
            f"打开了 {len(books)} 个同名的“{_name(name)}”，分不清是哪一个，没有改动。请关掉不用的，再按一次。"
        )
    return books[0]


def _apps(arguments: Arguments) -> Iterator[App]:
    """The applications to look in, the one that is told first."""
    import xlwings

    if arguments.pipe:
        from xl_perfeval.books import libreoffice

        yield libreoffice.connect(arguments.pipe)
        return
    if sys.platform not in ("win32", "darwin"):
        raise NotFound("没有说明 LibreOffice 在哪里等待连接，没有改动。请加上 --pipe=管道名，再试一次。")
    running = list(cast("Iterable[App]", xlwings.apps))
    yield from sorted(running, key=lambda app: not _is_window(app, arguments.window))


def _is_window(app: App, window: int) -> bool:
    return bool(window) and int(cast("Any", app).hwnd) == window


def _books(app: App) -> list[OpenBook]:
    return list(cast("Iterable[OpenBook]", app.books))


def _full(path: str) -> str:
    """A path as two of them are compared."""
    return os.path.normcase(str(Path(path).resolve())) if Path(path).is_absolute() else path


def _name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2].casefold()
