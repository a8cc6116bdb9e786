"""A workbook in memory, written as Markdown tables: what tests and examples read instead of files."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from xl_perfeval import forms, rollup
from xl_perfeval.books import BookFacts, Formula
from xl_perfeval.forms import names
from xl_perfeval.model import (
    CellError,
    CellValue,
    Edition,
    FieldKind,
    FormTable,
    Ref,
    column_letters,
    row_and_column,
)

_HOME = {
    "单位名称": names.UNIT,
    "单位编码": names.UNIT_CODE,
    "主管部门": names.DEPARTMENT,
    "年度": names.YEAR,
    "阶段": names.STAGE,
    "报告日期": names.REPORT_DATE,
    "填报人": names.PREPARED_BY,
}
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_RULER = re.compile(r"\|(?:\s*:?-+:?\s*\|)+")
_ERRORS = {"#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#N/A", "#NUM!", "#NULL!"}


class MemoryBook:
    """Sheets as lists of rows, with defined names; implements `Book`."""

    def __init__(
        self,
        sheets: Mapping[str, Sequence[Sequence[CellValue]]],
        names: Mapping[str, Ref] | None = None,
        facts: BookFacts | None = None,
    ) -> None:
        self._sheets = {tab: [list(row) for row in rows] for tab, rows in sheets.items()}
        self._names = dict(names or {})
        self._facts = facts or BookFacts()

    @classmethod
    def from_markdown(cls, text: str, edition: str = forms.DEFAULT) -> MemoryBook:
        """A workbook from `## tab` headings, each with one Markdown table.

        `首页` has the labels of the header cells; other tables are recognised by their column headings
        (`资金概况`, `报告文字`, and project sheets in the order of 资金概况). Numbers become numbers, `#DIV/0!` an
        error, “\\n” a line break, an empty cell a blank.
        """
        return _MarkdownReader(forms.load(edition)).book(text)

    def sheets(self) -> Sequence[str]:
        return list(self._sheets)

    def names(self) -> Mapping[str, Ref]:
        return self._names

    def expect(self, sheets: Collection[str]) -> None:
        """Nothing to prepare: all cells are here."""

    def used(self, sheet: str) -> Ref:
        rows = self._sheets[sheet]
        last_row = max((n for n, row in enumerate(rows, 1) if any(v is not None for v in row)), default=1)
        last_column = max((n for row in rows for n, v in enumerate(row, 1) if v is not None), default=1)
        return Ref(sheet, f"A1:{column_letters(last_column)}{last_row}")

    def read(self, ref: Ref) -> list[list[CellValue]]:
        (top, left), (bottom, right) = _corners(ref)
        rows = self._sheets[ref.sheet]
        return [
            [rows[r][c] if r < len(rows) and c < len(rows[r]) else None for c in range(left - 1, right)]
            for r in range(top - 1, bottom)
        ]

    def write(self, ref: Ref, rows: Sequence[Sequence[CellValue | Formula]]) -> None:
        top, left = row_and_column(ref.cell)
        cells = self._sheets.setdefault(ref.sheet, [])
        for r, row in enumerate(rows, start=top - 1):
            while len(cells) <= r:
                cells.append([])
            for c, value in enumerate(row, start=left - 1):
                while len(cells[r]) <= c:
                    cells[r].append(None)
                cells[r][c] = value.cached if isinstance(value, Formula) else value

    def facts(self) -> BookFacts:
        return self._facts


class _MarkdownReader:
    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.sheets: dict[str, list[list[CellValue]]] = {}
        self.names: dict[str, Ref] = {}
        self.project = {"matrix": 0, "scoring": 0}

    def book(self, text: str) -> MemoryBook:
        for tab, table in _tables(text):
            self._sheet(tab, table)
        home = self.sheets.setdefault("首页", [])
        home += [[self.edition.id], [forms.SCHEMA], []]
        self.names |= {
            names.EDITION: Ref("首页", f"A{len(home) - 2}"),
            names.SCHEMA: Ref("首页", f"A{len(home) - 1}"),
        }
        blank = (name for name in _HOME.values() if name not in self.names)
        self.names |= {
            name: Ref("首页", f"{column_letters(n)}{len(home)}") for n, name in enumerate(blank, start=1)
        }
        return MemoryBook(self.sheets, self.names)

    def _sheet(self, tab: str, table: list[list[str]]) -> None:
        heads, rows = table[0], [[_cell(text) for text in row] for row in table[1:]]
        if set(heads) <= set(_HOME):
            self.sheets[tab] = [list(heads), *rows]
            self.names |= {_HOME[head]: Ref(tab, f"{column_letters(n)}2") for n, head in enumerate(heads, 1)}
            return
        key, form = self._form(heads)
        blank: list[CellValue] = []
        self.sheets[tab] = [list(heads), blank, *rows, blank]
        columns: dict[str, str] = {head: column_letters(n) for n, head in enumerate(heads, 1)}
        prefix = "" if key in {"funds", "narrative"} else f"{tab}!"
        last, spare = len(rows) + 3, len(heads) + 1
        for field in form.fields:
            letters = columns.get(field.label) or columns.get(f"{field.group}{field.label}")
            if letters is None:
                spare += 1
                letters = column_letters(spare)
            self.names[prefix + names.column(form, field)] = Ref(tab, f"{letters}2:{letters}{last}")
            if key == "funds" and field.kind is FieldKind.AMOUNT:
                self._total(tab, names.total(form, field), letters, last)
        hidden = column_letters(len(heads) + 1)
        if key == "funds":
            self._identities(tab, hidden, rows)
        elif key != "narrative":
            self.project[key] += 1
            self.sheets[tab][0] = [*heads, f"P{self.project[key]}"]
            self.names[f"{tab}!{names.PROJECT_ID}"] = Ref(tab, f"{hidden}1")

    def _total(self, tab: str, name: str, letters: str, last: int) -> None:
        column = row_and_column(f"{letters}1")[1]
        cells = [row[column - 1] if column <= len(row) else None for row in self.sheets[tab][2 : last - 1]]
        sheet = self.sheets[tab]
        if len(sheet) == last:
            sheet.append([])
        sheet[last] += [None] * (column - len(sheet[last]))
        sheet[last][column - 1] = float(rollup.total(cells))
        self.names[name] = Ref(tab, f"{letters}{last + 1}")

    def _identities(self, tab: str, hidden: str, rows: list[list[CellValue]]) -> None:
        for number, row in enumerate(rows, start=1):
            row.append(f"P{number}")
        self.names[names.FUND_ID] = Ref(tab, f"{hidden}2:{hidden}{len(rows) + 3}")

    def _form(self, heads: Sequence[str]) -> tuple[str, FormTable]:
        def fit(table: FormTable) -> int:
            return sum(
                1 for field in table.fields if field.label in heads or f"{field.group}{field.label}" in heads
            )

        key = max(self.edition.tables, key=lambda name: fit(self.edition.tables[name]))
        return key, self.edition.tables[key]


def _tables(text: str) -> list[tuple[str, list[list[str]]]]:
    found: list[tuple[str, list[list[str]]]] = []
    for line in text.splitlines():
        stripped = line.strip()
        if stripped.startswith("## "):
            found.append((stripped[3:].strip(), []))
        elif stripped.startswith("|") and not _RULER.fullmatch(stripped):
            found[-1][1].append([cell.strip() for cell in stripped[1:-1].split("|")])
    return found


def _cell(text: str) -> CellValue:
    if not text:
        return None
    if text in _ERRORS:
        return CellError(text)
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return text.replace("\\n", "\n")


def _corners(ref: Ref) -> tuple[tuple[int, int], tuple[int, int]]:
    first, _, last = ref.cell.partition(":")
    return row_and_column(first), row_and_column(last or first)
