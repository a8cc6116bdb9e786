"""Macros of a workbook, VBA and Basic.

They run only in workbooks opened by an app whose `macros` is true.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .errors import MacroFailed, is_uno, message_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .workbooks import Book, Books


def run(books: Books, macro: str, args: Sequence[Any]) -> Any:
    """Call `'Book.xlsm'!Module1.Name`, `Book.xlsm!Name` or `Name` (of the active workbook); give what it returns.

    Raises `MacroFailed` when there is none of that name, it may not run, or it ends with an error.
    """
    title, _, name = macro.rpartition("!")
    book = books(title.strip("'")) if title else books.active
    if not book.macros:
        raise MacroFailed(
            f"工作簿 {book.name} 打开时没有允许宏运行。请确认宏可信，再以 activate(macros=True) 或 start(macros=True) 打开它。"
        )
    library, path = _place(book, name)
    address = f"vnd.sun.star.script:{library}.{path}?language=Basic&location=document"
    try:
        result, _, _ = book.api.getScriptProvider().getScript(address).invoke(tuple(args), (), ())
    except Exception as error:
        if not is_uno(error):
            raise
        message = message_of(error)
    else:
        return result
    raise MacroFailed(f"宏 {name} 没有运行成功：{message}")


def _place(book: Book, name: str) -> tuple[str, str]:
    """Library, and module with macro."""
    libraries = book.api.BasicLibraries
    library = "VBAProject" if libraries.hasByName("VBAProject") else "Standard"
    if not libraries.hasByName(library):
        raise MacroFailed(f"工作簿 {book.name} 里没有宏。")
    libraries.loadLibrary(library)
    modules = libraries.getByName(library)
    wanted, _, plain = name.rpartition(".")
    heading = re.compile(
        rf"^\s*(?:(?:public|private|static)\s+)*(?:sub|function)\s+({re.escape(plain)})\b", re.I | re.M
    )
    for module in modules.ElementNames:
        if wanted and module.lower() != wanted.lower():
            continue
        found = heading.search(modules.getByName(module))
        if found:
            return library, f"{module}.{found[1]}"
    raise MacroFailed(f"工作簿 {book.name} 里没有名为 {name} 的宏。")
