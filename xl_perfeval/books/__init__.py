"""The port `Book`: a workbook, wherever it lives. Values in, values out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from xl_perfeval.model import CellValue, Ref

BROKEN = "#REF!"
"""Cell text of the `Ref` of a defined name that points nowhere any more."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula in Excel grammar (with the leading “=”) and the value it shows until recalculated."""

    text: str
    cached: CellValue


@dataclass(frozen=True, slots=True, kw_only=True)
class BookFacts:
    """What a door can tell about a workbook besides its cells."""

    macros: bool = False
    """Macros that are not the program's own."""
    external_links: bool = False
    embedded: bool = False
    no_results: bool = False
    """Formulas without any stored result: the file was written by a program that does not calculate."""
    far: tuple[Ref, ...] = ()
    """Stray cells far outside the form, which `read` leaves out."""
    merged: Mapping[str, tuple[Ref, ...]] = field(default_factory=dict[str, tuple[Ref, ...]])
    hidden_rows: Mapping[str, frozenset[int]] = field(default_factory=dict[str, frozenset[int]])


class ReadableBook(Protocol):
    """A workbook one can read: block out; never the formatting or formulas of the user's cells."""

    def sheets(self) -> Sequence[str]:
        """Tab texts in workbook order, hidden sheets included."""
        ...

    def names(self) -> Mapping[str, Ref]:
        """Defined names; a sheet-scoped one as `tab!NAME`. A broken one has the cell `#REF!`."""
        ...

    def expect(self, sheets: Collection[str]) -> None:
        """A hint before the first block is read: only these sheets will be asked for."""
        ...

    def used(self, sheet: str) -> Ref:
        """The block from A1 to the last filled cell of a sheet."""
        ...

    def read(self, ref: Ref) -> list[list[CellValue]]:
        """Values of a block, as many rows and columns as asked for; blank cells are `None`."""
        ...

    def facts(self) -> BookFacts:
        """What there is besides cells."""
        ...


class Book(ReadableBook, Protocol):
    """A workbook one can also write: block in, block out."""

    def write(self, ref: Ref, rows: Sequence[Sequence[CellValue | Formula]]) -> None:
        """Write a block into one of the program's own sheets; a `str` is always text, “=1+1” too."""
        ...


class NotReadable(Exception):
    """A workbook that cannot be read; carries the finding F001, F002 or F003 in plain Chinese.

    `exit_status` is that of the command line: 2 for a file that cannot be read, 3 for one that is open
    elsewhere.
    """

    def __init__(self, code: str, problem: str, remedy: str, *, exit_status: int = 2) -> None:
        super().__init__(f"{problem}{remedy}")
        self.code = code
        self.problem = problem
        self.remedy = remedy
        self.exit_status = exit_status
