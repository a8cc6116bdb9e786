"""Formulas between Excel's grammar and the one in which LibreOffice takes blocks of formulas.

LibreOffice translates them itself (`com.sun.star.sheet.FormulaParser`). The text of a translation does not depend
on the cell it stands in, so each formula is translated once per workbook.
"""

from __future__ import annotations

import re
from typing import Any

from .bridge import struct
from .errors import Refused

_EXCEL = 3  # com.sun.star.sheet.AddressConvention.XL_OOX
_OWN = 0


class Formulas:
    """The two grammars of one workbook."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._parsers: dict[int, Any] = {}
        self._translated: dict[tuple[int, int, str], str] = {}

    def to_office(self, formula: str, sheet: int) -> str:
        """`=SUM(Sheet1!A1,2)` → `=SUM($Sheet1.A1;2)`, as a formula on the sheet with this index from 0."""
        return self._translation(formula, _EXCEL, _OWN, sheet)

    def to_excel(self, formula: str, sheet: int) -> str:
        """The way back; matrix formulas lose their braces.

        A text that only starts like a formula comes back as it is: blocks do not tell the two apart.
        """
        bare = formula[1:-1] if formula.startswith("{=") else formula
        try:
            translated = self._translation(bare, _OWN, _EXCEL, sheet)
        except Refused:
            return formula
        # A lone error value is printed as nothing.
        return _LOGICAL.sub(r"\1", translated) if translated != "=" else bare

    def tokens(self, formula: str, at: Any) -> Any:
        """A formula in Excel's grammar, with or without `=`, as LibreOffice keeps it, seen from a cell.

        Raises `Refused` when it cannot be read.
        """
        bare = formula.removeprefix("=").strip()
        tokens = self._parser(_EXCEL).parseFormula(bare, at)
        if bare and not tokens:
            raise Refused(f"LibreOffice 读不懂公式 {formula}。请按 Excel 的写法检查括号、逗号和引号。")
        return tokens

    def shown(self, tokens: Any, at: Any) -> str:
        """Tokens in Excel's grammar with `=`, as they read at a cell."""
        return "=" + _LOGICAL.sub(r"\1", self._parser(_EXCEL).printFormula(tokens, at))

    def seen_from(self, tokens: Any, at: Any) -> str:
        """Tokens in LibreOffice's grammar with `=`, as they read at a cell."""
        return "=" + self._parser(_OWN).printFormula(tokens, at)

    def moved(self, formula: str, source: Any, target: Any) -> str:
        """A formula in LibreOffice's grammar as it reads when copied from one cell to another."""
        parser = self._parser(_OWN)
        return "=" + parser.printFormula(parser.parseFormula(formula.removeprefix("="), source), target)

    def _translation(self, formula: str, source: int, target: int, sheet: int) -> str:
        key = (target, sheet, formula)
        if key not in self._translated:
            at = struct("com.sun.star.table.CellAddress", sheet, 0, 0)
            tokens = self._parser(source).parseFormula(formula.removeprefix("="), at)
            if not tokens:
                raise Refused(f"LibreOffice 读不懂公式 {formula}。请按 Excel 的写法检查括号、逗号和引号。")
            self._translated[key] = "=" + self._parser(target).printFormula(tokens, at)
        return self._translated[key]

    def _parser(self, convention: int) -> Any:
        if convention not in self._parsers:
            parser = self._document.createInstance("com.sun.star.sheet.FormulaParser")
            parser.CompileEnglish = True
            parser.FormulaConvention = convention
            self._parsers[convention] = parser
        return self._parsers[convention]


_LOGICAL = re.compile(r'\b(TRUE|FALSE)\(\)(?=(?:[^"]*"[^"]*")*[^"]*$)')
"""Excel shows truth values without brackets; the look-ahead leaves texts in quotes alone."""
