"""An xlwings engine for LibreOffice: ordinary xlwings code, on Linux.

    import xlwings as xw
    from xl_perfeval.books import libreoffice

    libreoffice.activate()
    with xw.App(visible=False) as app:            # a private office; it ends with the block
        book = app.books.open("预算.xlsx")
        print(book.sheets[0]["A1"].expand().value)

    app = libreoffice.connect("xlwings")          # an office that runs: soffice --accept="pipe,name=xlwings;urp;"

It needs LibreOffice and `python3-uno` of the distribution, in a Python of the same minor version; both are looked for
at first use, so that importing this package needs neither. Everything that goes wrong is a `LibreOfficeError`.

A workbook that somebody made in Excel must not be handed back after `save`: what LibreOffice writes loses
parts of Excel that it does not know. See docs/libreoffice-engine.md for what is not implemented.
"""

from __future__ import annotations

from functools import cache
from typing import cast

import xlwings as xw

from .engine import App, Engine
from .errors import (
    Gone,
    LibreOfficeError,
    MacroFailed,
    NotInstalled,
    NotOpened,
    NotReachable,
    NotSaved,
    Refused,
)

__all__ = [
    "App",
    "Engine",
    "Gone",
    "LibreOfficeError",
    "MacroFailed",
    "NotInstalled",
    "NotOpened",
    "NotReachable",
    "NotSaved",
    "Refused",
    "activate",
    "connect",
    "register",
    "start",
]


@cache
def register() -> xw.Engine:
    """Make the engine known to xlwings as `libreoffice`, beside Excel's; give it.

    Where xlwings has no active engine, as on Linux, it becomes that: `Book.activate` needs one.
    """
    engine = xw.Engine(impl=Engine())
    xw.engines.add(engine)
    if cast("xw.Engine | None", xw.engines.active) is None:
        engine.activate()
    return engine


def activate(*, macros: bool = False) -> xw.Engine:
    """Make it the engine of `xw.App()`, `xw.Book()` and `xw.apps`.

    With `macros`, workbooks opened by apps started from now on may run their macros: only for files one trusts.
    """
    engine = register()
    engine.impl.macros = macros
    engine.activate()
    return engine


def connect(pipe: str, *, macros: bool = False) -> xw.App:
    """The app of an office that runs and listens at a pipe; quitting it leaves the office running.

    Raises `NotReachable` when none listens there, `NotInstalled` without `python3-uno`.
    """
    app = register().impl.apps.connect(pipe)
    app.macros = macros
    return xw.App(impl=app)


def start(*, visible: bool = False, macros: bool = False, program: str | None = None) -> xw.App:
    """The app of a new private office; use it in a `with` block, or `quit` it.

    Raises `NotInstalled` or `NotReachable`.
    """
    app = register().impl.apps.add(spec=program, visible=visible)
    app.macros = macros
    return xw.App(impl=app)
