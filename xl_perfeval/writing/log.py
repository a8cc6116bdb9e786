"""`_日志`: one line per run that changed the workbook."""

from __future__ import annotations

from collections.abc import Sequence

from xl_perfeval.books import Book
from xl_perfeval.model import CellValue, Ref, row_and_column

TAB = "_日志"
"""Nobody sees it, so nobody renames it."""
KEPT = 200
"""Runs that are kept."""


def add(book: Book, time: str, action: str, outcome: str) -> None:
    """Add a run, and drop the oldest ones beyond `KEPT`. A workbook without the sheet goes without."""
    if TAB not in book.sheets():
        return
    last = row_and_column(book.used(TAB).cell.rpartition(":")[2])[0]
    old = book.read(Ref(TAB, f"A2:C{last}")) if last > 1 else []
    kept: list[Sequence[CellValue]] = [*old[-KEPT + 1 :], [time, action, outcome]]
    kept += [[None] * 3 for _ in range(len(old) - len(kept))]
    book.write(Ref(TAB, f"A2:C{1 + len(kept)}"), kept)
