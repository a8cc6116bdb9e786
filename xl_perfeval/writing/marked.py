"""What entry sheets say of their marks: the word of 检查 in each row, the sign before the links of 转到.

Both are formulas that read the blocks of `_标记`. In a saved file nothing recalculates, so what they show is worked
out here from what the sheet holds, as the formulas do it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from xl_perfeval import forms, quantity
from xl_perfeval.books import BROKEN, ReadableBook
from xl_perfeval.findings import Severity
from xl_perfeval.forms import names
from xl_perfeval.forms.ownsheets import CHECK_WORDS, LINK_SIGNS
from xl_perfeval.model import (
    CellError,
    CellValue,
    FieldKind,
    FormTable,
    Ref,
    Stage,
    column_letters,
    row_and_column,
)

Marks: TypeAlias = Mapping[str, Mapping[Severity, Sequence[str]]]
"""Addresses that the blocks of marks show, by tab text and severity."""


def results(book: ReadableBook, marks: Marks) -> Iterator[tuple[Ref, CellValue]]:
    """The cells of 检查 and 转到 that show something else with these marks than the workbook says now.

    Rows that people inserted, where there is no formula, come too. A sheet that lost a column is left out: its
    formulas have no result.
    """
    known = book.names()
    tables = forms.load(str(book.read(known[names.EDITION])[0][0])).tables
    if "matrix" in tables:
        yield from _checks(book, tables["matrix"], marks)
    link = _column(tables["funds"], "go") if "funds" in tables else None
    ref = known.get(link) if link else None
    if ref is not None and ref.cell != BROKEN:
        yield from _links(book, ref, _ByRow.of(marks.get(ref.sheet, {})))


def reads_marks(formula: str) -> bool:
    """Whether a formula is one of those; people may have written another one into the cell."""
    return "PE_MARK_E" in formula and "PE_MARK_W" in formula


# --- 检查 ---------------------------------------------------------------------------------------------


def _checks(book: ReadableBook, table: FormTable, marks: Marks) -> Iterator[tuple[Ref, CellValue]]:
    known = book.names()
    check, stage = _column(table, "check"), known.get(names.STAGE)
    if check is None or stage is None or stage.cell == BROKEN:
        return
    year_end = book.read(stage)[0][0] == Stage.YEAR_END
    filled = _Filled.of(table)
    for tab in book.sheets():
        ref = known.get(f"{tab}!{check}")
        if ref is not None and ref.cell != BROKEN and (sheet := _Matrix.of(known, tab, filled)):
            yield from sheet.different(book, ref, _ByRow.of(marks.get(tab, {})), year_end=year_end)


@dataclass(frozen=True, slots=True)
class _Filled:
    """The columns of a project sheet that are filled by hand: their names, and the places of some among them."""

    names: tuple[str, ...]
    required: tuple[int, ...]
    amounts: tuple[int, ...]
    actual: int

    @classmethod
    def of(cls, table: FormTable) -> _Filled:
        """Those of a form."""
        fields = [field for field in table.fields if field.kind is not FieldKind.COMPUTED]
        return cls(
            tuple(names.column(table, field) for field in fields),
            required=tuple(at for at, field in enumerate(fields) if field.required and not field.actual),
            amounts=tuple(at for at, field in enumerate(fields) if field.kind is FieldKind.AMOUNT),
            actual=fields.index(table.field("actual")),
        )


@dataclass(frozen=True, slots=True)
class _Matrix:
    """Those columns on one sheet, by number."""

    sheet: str
    first: int
    last: int
    required: tuple[int, ...]
    """Offsets from the first column."""
    amounts: tuple[int, ...]
    actual: int

    @classmethod
    def of(cls, known: Mapping[str, Ref], tab: str, filled: _Filled) -> _Matrix | None:
        """The columns by their names; `None` when one is gone."""
        refs = [known.get(f"{tab}!{name}") for name in filled.names]
        places = [row_and_column(ref.cell)[1] for ref in refs if ref is not None and ref.cell != BROKEN]
        if len(places) < len(refs):
            return None
        first = places[0]
        return cls(
            tab,
            first,
            places[-1],
            required=tuple(places[at] - first for at in filled.required),
            amounts=tuple(places[at] - first for at in filled.amounts),
            actual=places[filled.actual] - first,
        )

    def different(
        self, book: ReadableBook, check: Ref, marks: _ByRow, *, year_end: bool
    ) -> Iterator[tuple[Ref, CellValue]]:
        """The rows whose word is another now; the thin lines around the block have none."""
        top, column = row_and_column(check.cell)
        bottom = row_and_column(check.cell.rpartition(":")[2])[0]
        typed = f"{column_letters(self.first)}{top}:{column_letters(self.last)}{bottom}"
        now = book.read(check)
        for place, row in enumerate(book.read(Ref(self.sheet, typed))[1:-1], start=1):
            word = self._word(row, marks, top + place, year_end=year_end)
            if (now[place][0] or "") != word:
                yield Ref(self.sheet, f"{column_letters(column)}{top + place}"), word

    def _word(self, row: Sequence[CellValue], marks: _ByRow, number: int, *, year_end: bool) -> CellValue:
        """What is most pressing in a row."""
        if row.count(None) + row.count("") == len(row):
            return ""
        error = next((value for value in row if isinstance(value, CellError)), None)
        if error is not None:
            return error
        if any(_blank(row[at]) for at in self.required):
            return CHECK_WORDS["missing"]
        if any(not _blank(row[at]) and not _counts(row[at]) for at in self.amounts):
            return CHECK_WORDS["unread"]
        pending = year_end and _blank(row[self.actual])
        errors = marks.errors[number]
        if errors and pending:
            errors -= marks.marked_errors.count(f"{column_letters(self.first + self.actual)}{number}")
        if errors:
            return CHECK_WORDS[Severity.ERROR]
        if marks.warnings[number]:
            return CHECK_WORDS[Severity.WARNING]
        return CHECK_WORDS["pending" if pending else "passed"]


def _blank(value: CellValue) -> bool:
    return value is None or value == ""


def _counts(value: CellValue) -> bool:
    """Whether the hidden column beside an amount shows a number."""
    if isinstance(value, str):
        return quantity.summable(value)
    return isinstance(value, int | float | date) and not isinstance(value, bool)


# --- 转到 ---------------------------------------------------------------------------------------------


def _links(book: ReadableBook, column: Ref, marks: _ByRow) -> Iterator[tuple[Ref, CellValue]]:
    """The links of 资金概况 with another sign than now. One that shows nothing at all is none."""
    top, letters = row_and_column(column.cell)[0], column.cell.rstrip("0123456789").rpartition(":")[2]
    for row, (now,) in enumerate(book.read(column), start=top):
        if isinstance(now, str) and now:
            text = now[len(match[0]) :] if (match := _SIGN.match(now)) else now
            severity = (
                Severity.ERROR if marks.errors[row] else Severity.WARNING if marks.warnings[row] else None
            )
            signed = LINK_SIGNS[severity] + text if severity else text
            if signed != now:
                yield Ref(column.sheet, f"{letters}{row}"), signed


_SIGN = re.compile("|".join(LINK_SIGNS.values()))


# --- small pieces -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _ByRow:
    """How many cells of a row are marked, as `COUNTIF(PE_MARK_E,"?"&ROW())` counts: one letter, then the row."""

    errors: Counter[int]
    warnings: Counter[int]
    marked_errors: Sequence[str]

    @classmethod
    def of(cls, marks: Mapping[Severity, Sequence[str]]) -> _ByRow:
        errors, warnings = (marks.get(severity, ()) for severity in (Severity.ERROR, Severity.WARNING))
        return cls(_rows(errors), _rows(warnings), errors)


def _rows(cells: Iterable[str]) -> Counter[int]:
    return Counter(int(cell[1:]) for cell in cells if cell[1:].isdecimal())


def _column(table: FormTable, key: str) -> str | None:
    """The name of a computed column; `None` where the form has no such column."""
    field = next((field for field in table.fields if field.key == key), None)
    return names.column(table, field) if field else None
