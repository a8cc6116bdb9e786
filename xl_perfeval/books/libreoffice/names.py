"""Defined names of a workbook and of single sheets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from .errors import Refused, at_the_border

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .ranges import Range
    from .sheets import Sheet
    from .workbooks import Book


@at_the_border
class Names(base_classes.Names):
    """The names of one sheet, or, without a sheet, all names of a workbook. Case does not matter."""

    def __init__(self, book: Book, sheet: Sheet | None) -> None:
        self._book = book
        self._sheet = sheet

    @property
    def api(self) -> Any:
        """`com.sun.star.sheet.NamedRanges` of the sheet or workbook."""
        return (self._sheet or self._book).api.NamedRanges

    def __call__(self, name_or_index: str | int) -> Name:
        if isinstance(name_or_index, str):
            found = self.find(name_or_index)
            if found is None:
                raise KeyError(f"没有名称 {name_or_index}。")
            return found
        return self.snapshot()[name_or_index - 1][1]

    def __len__(self) -> int:
        return len(self.snapshot())

    def __iter__(self) -> Iterator[Name]:
        return iter([name for _, name in self.snapshot()])

    def contains(self, name_or_index: str | int) -> bool:
        """Whether there is such a name."""
        if isinstance(name_or_index, str):
            return self.find(name_or_index) is not None
        return 1 <= name_or_index <= len(self)

    def snapshot(self) -> list[tuple[str, Name]]:
        """Every name as shown (`Sheet1!Total` for one of a sheet) and itself."""
        scopes = [self._sheet] if self._sheet else [None, *self._book.sheets]
        found = [
            Name(self._book, scope, name)
            for scope in scopes
            for name in _container(self._book, scope).ElementNames
        ]
        return [(name.name, name) for name in found]

    def add(self, name: str, refers_to: str) -> Name:
        """Define a name, or define it anew: `Total` or `Sheet1!Total`; `refers_to` in Excel's grammar.

        Raises `Refused` for a name no workbook may have, or a reference that cannot be read.
        """
        scope, plain = self._placed(name)
        names = _container(self._book, scope)
        at = self._book.address(scope.index - 1 if scope else 0, 0, 0)
        tokens = self._book.formulas.tokens(refers_to, at)
        if names.hasByName(plain):
            names.removeByName(plain)
        names.addNewByName(plain, "", at, 0)
        if not names.hasByName(plain):
            raise Refused(f"{plain} 不能用作名称：名称不能像单元格地址，也不能含空格。")
        names.getByName(plain).setTokens(tokens)
        return Name(self._book, scope, plain)

    def find(self, name: str) -> Name | None:
        """The name, of the workbook before one of a sheet."""
        scope, plain = self._placed(name)
        if _container(self._book, scope).hasByName(plain):
            return Name(self._book, scope, plain)
        return None

    def _placed(self, name: str) -> tuple[Sheet | None, str]:
        sheet, _, plain = name.rpartition("!")
        return (self._book.sheets(sheet.strip("'")) if sheet else self._sheet), plain


@at_the_border
class Name(base_classes.Name):
    """One name: of a sheet, or, without a sheet, of the workbook."""

    def __init__(self, book: Book, sheet: Sheet | None, plain: str) -> None:
        self._book = book
        self._sheet = sheet
        self._plain = plain

    @property
    def api(self) -> Any:
        """`com.sun.star.sheet.NamedRange`."""
        return _container(self._book, self._sheet).getByName(self._plain)

    @property
    def name(self) -> str:
        """As shown: `Total`, or `Sheet1!Total` for a name of a sheet."""
        return f"{quoted(self._sheet.name)}!{self._plain}" if self._sheet else self._plain

    @name.setter
    def name(self, value: str) -> None:
        plain = value.rpartition("!")[2]
        self.api.setName(plain)
        if not _container(self._book, self._sheet).hasByName(plain):
            raise Refused(f"{plain} 不能用作名称：名称不能像单元格地址，也不能含空格。")
        self._plain = plain

    @property
    def refers_to(self) -> str:
        """In Excel's grammar, e.g. `=Sheet1!$A$1:$B$3`."""
        content = str(self.api.Content) or "#REF!"
        plain = _BLOCK.fullmatch(content)
        if plain:
            sheet = plain["quoted"].replace("''", "'") if plain["quoted"] is not None else plain["sheet"]
            return f"={quoted(sheet)}!{plain['cells']}"
        return self._book.formulas.to_excel(f"={content}", self._sheet.index - 1 if self._sheet else 0)

    @refers_to.setter
    def refers_to(self, value: str) -> None:
        at = self._book.address(self._sheet.index - 1 if self._sheet else 0, 0, 0)
        self.api.setTokens(self._book.formulas.tokens(value, at))

    @property
    def refers_to_range(self) -> Range:
        """The block it stands for; raises `ValueError` when it stands for something else."""
        found = self.block()
        if found is None:
            raise ValueError(f"名称 {self.name} 指向的不是一个区域：{self.refers_to}")
        return found

    def block(self) -> Range | None:
        """The block it stands for, if it is one."""
        cells = self.api.getReferredCells()
        if cells is None:
            return None
        address = cells.RangeAddress
        return self._book.sheets(address.Sheet + 1).block(address)

    def delete(self) -> None:
        """Remove it; formulas that use it show `#NAME?`."""
        _container(self._book, self._sheet).removeByName(self._plain)


def quoted(sheet: str) -> str:
    """Tab text as it stands before the exclamation mark in a formula."""
    return sheet if _PLAIN.fullmatch(sheet) else "'" + sheet.replace("'", "''") + "'"


_PLAIN = re.compile(r"(?![A-Za-z]{1,3}\d+$)[^\W\d][\w.]*")
_BLOCK = re.compile(
    r"\$(?:'(?P<quoted>(?:[^']|'')+)'|(?P<sheet>[^.'$]+))\.(?P<cells>\$[A-Z]+\$\d+(?::\$[A-Z]+\$\d+)?)"
)
"""A reference to one block as LibreOffice writes it: `$Sheet1.$A$1:$B$3`."""


def _container(book: Book, sheet: Sheet | None) -> Any:
    return (sheet or book).api.NamedRanges
