"""Formulas between Excel's grammar and the one in which LibreOffice takes blocks of formulas.

LibreOffice translates them itself (`com.sun.star.sheet.FormulaParser`). The text of a translation does not depend
on the cell it stands in, so each formula is translated once per workbook. Error values inside a formula are
taken through under a cover name, because the parser prints them as nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .bridge import struct
from .errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_EXCEL = 3  # com.sun.star.sheet.AddressConvention.XL_OOX
_OWN = 0


class Formulas:
    """The two grammars of one workbook."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._parsers: dict[int, Any] = {}
        self._translated: dict[tuple[int, int, str], str] = {}

    def to_office(self, formula: str, sheet: int) -> str:
        """`=SUM(Sheet1!A1,2)` → `=SUM($Sheet1.A1;2)`, as a formula on the sheet with this index from 0.

        Raises `Refused` for a reference to another workbook, which would become `#NAME?`.
        """
        translated = self._translation(formula, _EXCEL, _OWN, sheet)
        if _errors(translated) > _errors(formula):
            raise Refused(
                f"公式 {formula} 引用了另一个工作簿，或引用写得不对。请先把数据放进同一个工作簿再引用。"
            )
        return translated

    def to_excel(self, formula: str, sheet: int) -> str:
        """The way back; matrix formulas lose their braces, a reference to something deleted is `#REF!`.

        What cannot be translated comes back as it is: a reference to another workbook.
        """
        bare = formula[1:-1] if formula.startswith("{=") else formula
        whole = _DELETED_OR_QUOTED.sub(lambda found: "#REF!" if found["deleted"] else found[0], bare)
        translated = self._translation(whole, _OWN, _EXCEL, sheet)
        if _errors(translated) != _errors(whole):
            return formula
        return _NAME_OR_QUOTED.sub(_as_in_excel, translated)

    def tokens(self, formula: str, at: Any) -> Any:
        """A formula in Excel's grammar, with or without `=`, as LibreOffice keeps it, seen from a cell.

        Raises `Refused` for an empty one.
        """
        tokens = self._parser(_EXCEL).parseFormula(formula.removeprefix("="), at)
        if not tokens:
            raise Refused("公式或引用是空的。请写成例如 =Sheet1!$A$1 的样子。")
        return tokens

    def repeated(self, formula: str, origin: Any, places: Iterable[Any]) -> Iterator[str]:
        """A formula of one cell, in Excel's grammar, as it reads in LibreOffice's when copied to others."""
        tokens = self._parser(_EXCEL).parseFormula(_covered(formula), origin)
        printer = self._parser(_OWN)
        return (_uncovered("=" + printer.printFormula(tokens, place)) for place in places)

    def moved(self, formula: str, source: Any, target: Any) -> str:
        """A formula in LibreOffice's grammar as it reads when copied from one cell to another."""
        parser = self._parser(_OWN)
        return _uncovered("=" + parser.printFormula(parser.parseFormula(_covered(formula), source), target))

    def _translation(self, formula: str, source: int, target: int, sheet: int) -> str:
        key = (target, sheet, formula)
        if key not in self._translated:
            at = struct("com.sun.star.table.CellAddress", sheet, 0, 0)
            tokens = self._parser(source).parseFormula(_covered(formula), at)
            printed = self._parser(target).printFormula(tokens, at)
            self._translated[key] = _uncovered(f"={printed}") if printed else formula
        return self._translated[key]

    def _parser(self, convention: int) -> Any:
        if convention not in self._parsers:
            parser = self._document.createInstance("com.sun.star.sheet.FormulaParser")
            parser.CompileEnglish = True
            parser.FormulaConvention = convention
            self._parsers[convention] = parser
        return self._parsers[convention]


_QUOTED = r""""(?:[^"]|"")*"|'(?:[^']|'')*\'"""
_ERRORS = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")
_ERROR_OR_QUOTED = re.compile(rf"{_QUOTED}|(?P<error>{'|'.join(map(re.escape, _ERRORS))})")
_COVER_OR_QUOTED = re.compile(rf"{_QUOTED}|\berror_value_(?P<number>[0-9])_\b")
_DELETED_OR_QUOTED = re.compile(rf"{_QUOTED}|(?P<deleted>[\w$.]*#REF![\w$.]*(?::[\w$.]*#REF![\w$.]*)?)")
"""LibreOffice keeps what is left of a reference: `A#REF!`, `$#REF!.A1`."""
_NAME_OR_QUOTED = re.compile(rf"{_QUOTED}|\b(?P<logical>TRUE|FALSE)\(\)|\b(?P<function>[a-z_][\w.]*)\(")


def _as_in_excel(found: re.Match[str]) -> str:
    """Truth values without brackets; functions that LibreOffice does not know, which it writes small, in capitals."""
    if found["logical"]:
        return found["logical"]
    return found[0].upper() if found["function"] else found[0]


def _errors(formula: str) -> int:
    """Number of error values in a formula."""
    return sum(bool(found["error"]) for found in _ERROR_OR_QUOTED.finditer(formula))


def _covered(formula: str) -> str:
    """A formula without `=`, in which names stand for error values."""

    def name(found: re.Match[str]) -> str:
        return f"error_value_{_ERRORS.index(found['error'])}_" if found["error"] else found[0]

    return _ERROR_OR_QUOTED.sub(name, formula.removeprefix("="))


def _uncovered(formula: str) -> str:
    return _COVER_OR_QUOTED.sub(
        lambda found: _ERRORS[int(found["number"])] if found["number"] else found[0], formula
    )
