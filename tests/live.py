"""Workbooks open in the session's LibreOffice, through xlwings and the engine of this package."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import xlwings as xw

from tests.office import office
from xl_perfeval.books import libreoffice
from xl_perfeval.books.live import LiveBook


@contextmanager
def opened(path: Path) -> Iterator[xw.Book]:
    """The file itself, not a copy, open as a user has it; closed without saving."""
    app = libreoffice.connect(office().pipe)
    book = xw.Book(impl=app.books.impl.open(str(path)))  # xlwings opens no second one of the same name
    try:
        yield book
    finally:
        book.close()


@contextmanager
def open_live(path: Path) -> Iterator[LiveBook]:
    """The same as a `LiveBook`."""
    with opened(path) as book:
        yield LiveBook(book)
