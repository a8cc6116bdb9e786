"""Findings → the workbook's own sheets: the rows of 校验结果, the marks of _标记, a line of _日志.

One way for every door: blocks of values through the port `Book`. What people typed beside a finding (处理, 情况说明)
is found again by the finding's key, so it survives a new check, inserted rows and renamed tabs. `recount` adds what
only a saved file needs, since nothing recalculates there: row heights and the stored results of formulas.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Protocol

from xl_perfeval.books import BROKEN, Book, Formula, ReadableBook
from xl_perfeval.findings import TRUE_AS_IS, Finding, Severity, waived
from xl_perfeval.forms import names, ownsheets
from xl_perfeval.model import CellError, CellValue, Ref, column_letters, row_and_column
from xl_perfeval.saving import NotSaved
from xl_perfeval.writing import log, marked
from xl_perfeval.writing.columns import side_by_side
from xl_perfeval.writing.marked import Marks

_GO = names.go("")

Row = dict[str, CellValue | Formula]
"""A row of 校验结果 by column."""


class SavedBook(Book, Protocol):
    """A book in a file, where nothing recalculates: `books.file.FileBook`."""

    def formulas(self, sheet: str) -> Mapping[str, str]:
        """The formulas of a sheet by address."""
        ...

    def formula(self, ref: Ref) -> str:
        """The formula of one cell; empty where there is none."""
        ...

    def show(self, ref: Ref, value: CellValue) -> None:
        """Replace the stored result of a formula."""
        ...

    def fit(self, sheet: str, heights: Mapping[int, float]) -> None:
        """Estimated heights of rows, in points."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a check left in the workbook. `findings` are all, those waived with their reason."""

    findings: tuple[Finding, ...]
    listed: tuple[Finding, ...]
    status: str
    """“上次 8 条，已改好 3 条，新增 1 条”."""
    time: str
    same: bool
    """Nothing is different from the last check."""
    rows: Mapping[int, Row]
    """The rows of 校验结果 by sheet row; empty where a row of the last check is blank now."""
    settled: frozenset[str]
    marks: Marks
    """The cells marked, by tab text and severity."""
    sheets: Mapping[str, str]
    """Identity of each sheet of the form by tab text."""


def expect(book: ReadableBook) -> None:
    """Tell the book, before it is read, that its own sheets will be asked for too."""
    own = {ref.sheet for name, ref in book.names().items() if name.startswith("FIND_")}
    own |= {ref.sheet for name, ref in book.names().items() if "!PE_MARK_" in name} | {log.TAB}
    book.expect(own & set(book.sheets()))


def write(book: Book, findings: Sequence[Finding], now: datetime) -> Written:
    """Write the findings of a check into the workbook's own sheets; all blocks, old rows blanked.

    A check that finds what the last one found leaves everything as it is, its time included. Raises `NotSaved`
    when 校验结果 has lost a column.
    """
    results = _Results.of(book)
    typed = results.typed()
    findings = [waived(finding, *typed.get(finding.key, ("", ""))) for finding in findings]
    sheets = identities(book)
    listed = ownsheets.listed(findings, results.capacity)
    rows = [_row(number, each, sheets, typed.get(each.key)) for number, each in enumerate(listed, start=1)]
    if len(findings) > len(listed):
        rows.append(dict(ownsheets.more(len(findings) - len(listed))))
    marks, marked_before = _write_marks(book, findings)
    same = marked_before and results.hold(rows)
    time = results.time() if same and results.time() else f"{now:%Y-%m-%d %H:%M}"
    same = same and time == results.time()
    status = results.status() if same else _compared(results, listed, len(findings))
    results.write(book, rows, time, status)
    if not same:
        log.add(book, time, "校验", _counts(findings))
    return Written(
        findings=tuple(findings),
        listed=tuple(listed),
        status=status,
        time=time,
        same=same,
        rows={results.top + place: row for place, row in enumerate(results.over(rows))},
        settled=frozenset(key for key, (handling, _) in typed.items() if handling == TRUE_AS_IS),
        marks=marks,
        sheets=sheets,
    )


def recount(book: SavedBook, written: Written) -> None:
    """In a saved file, also let the formulas that count findings or read marks show what a recalculation gives.

    Counts stand on 首页 and 校验结果, marks are read by 检查 of the project sheets and 转到 of 资金概况.
    """
    known = book.names()
    table, home = known[names.FINDINGS["key"]], known[names.EDITION].sheet
    heights = ((row, ownsheets.row_height(cells) if cells else 0) for row, cells in written.rows.items())
    book.fit(table.sheet, dict(heights))
    shown = ownsheets.Shown(written.listed, written.settled, written.sheets, written.time)
    above = _formulas_above(book, table) if table.sheet != home else {}
    for sheet, formulas in ((table.sheet, above), (home, book.formulas(home))):

        def now(address: str, sheet: str = sheet) -> CellValue:
            return book.read(Ref(sheet, address))[0][0]

        for address, value in shown.results(formulas, now).items():
            book.show(Ref(sheet, address), value)
    for ref, value in marked.results(book, written.marks):
        if marked.reads_marks(book.formula(ref)):
            book.show(ref, value)


def _formulas_above(book: SavedBook, table: Ref) -> dict[str, str]:
    """The formulas above the table of findings."""
    bottom = max(1, row_and_column(table.cell)[0] - 1)
    right = column_letters(row_and_column(table.cell)[1])
    found: dict[str, str] = {}
    for row, cells in enumerate(book.read(Ref(table.sheet, f"A1:{right}{bottom}")), start=1):
        for column, value in enumerate(cells, start=1):
            if value is not None:
                address = f"{column_letters(column)}{row}"
                found[address] = book.formula(Ref(table.sheet, address))
    return found


def follow(book: Book, tab: str, rows: Mapping[int, int | None]) -> None:
    """Let the links of 校验结果 follow the rows of a sheet: from old sheet row to the new one, `None` for one that is gone.

    The findings stay those of the last check. Without the table, or links in it, nothing is written.
    """
    known = book.names()
    columns = {
        key: known[names.FINDINGS[key]] for key in ("key", "place", "sheet") if names.FINDINGS[key] in known
    }
    if len(columns) < 3 or not all(_there(ref) and ref.sheet in book.sheets() for ref in columns.values()):
        return
    top, column = row_and_column(columns["place"].cell)
    identity = identities(book).get(tab)
    for row, listed in enumerate(_rows(book, columns), start=top):
        cell = _LED.fullmatch(str(listed["place"] or ""))
        if cell is None or listed["sheet"] != identity or identity is None:
            continue
        old = int(cell[2])
        new = rows.get(old, old)
        if new != old:
            formula = ownsheets.place_formula(tab, f"{cell[1]}{new}")
            link = Formula(formula, f"{tab}！{cell[1]}{new}") if new else ownsheets.GONE
            book.write(Ref(columns["place"].sheet, f"{column_letters(column)}{row}"), [[link]])


_LED = re.compile(r".*！\$?([A-Z]{1,3})\$?([0-9]{1,7})")


def identities(book: ReadableBook) -> dict[str, str]:
    """Identity of each sheet of the form by tab text, from the names that links lead to."""
    return {
        ref.sheet: name.removeprefix(_GO)
        for name, ref in book.names().items()
        if name.startswith(_GO) and ref.cell != BROKEN
    }


# --- 校验结果 -------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Results:
    """The table of 校验结果 as it stands in a workbook."""

    book: ReadableBook
    columns: Mapping[str, Ref]
    old: list[dict[str, CellValue]]
    """Its rows, from the first to the last that holds anything."""

    @classmethod
    def of(cls, book: ReadableBook) -> _Results:
        """The table. Raises `NotSaved` when a column is gone."""
        known = book.names()
        columns = {key: known[name] for key, name in names.FINDINGS.items() if _there(known.get(name))}
        if len(columns) < len(names.FINDINGS) or not _there(known.get(names.EDITION)):
            raise NotSaved("“校验结果”表里有列被删除了，校验结果没有写入。请撤消删除，或从备份里找回这张表。")
        return cls(book, columns, _rows(book, columns))

    @property
    def top(self) -> int:
        """Sheet row of the first finding."""
        return row_and_column(self.columns["key"].cell)[0]

    @property
    def capacity(self) -> int:
        """How many rows are prepared."""
        return min(_bottom(ref) - row_and_column(ref.cell)[0] + 1 for ref in self.columns.values())

    def typed(self) -> dict[str, tuple[str, str]]:
        """处理 and 情况说明 by key."""
        return {
            str(row["key"]): (str(row["handling"] or "").strip(), str(row["explanation"] or "").strip())
            for row in self.old
            if row["key"]
        }

    def keys(self) -> set[str]:
        """Keys of the findings of the last check."""
        return {str(row["key"]) for row in self.old if row["key"]}

    def cut(self) -> bool:
        """Whether the last check found more than there is room for."""
        return any(row["level"] == "…" for row in self.old)

    def hold(self, rows: Sequence[Row]) -> bool:
        """Whether the table shows just these rows."""
        if len(rows) != len(self.old):
            return False
        wanted = [[_value(row.get(key)) for key in names.FINDINGS] for row in rows]
        return wanted == [[row[key] for key in names.FINDINGS] for row in self.old]

    def time(self) -> str:
        """When the last check was made; empty before the first."""
        return str(self._one(names.FINDINGS_TIME) or "")

    def status(self) -> str:
        """What became of the check before the last."""
        return str(self._one(names.FINDINGS_STATUS) or "")

    def over(self, rows: Sequence[Row]) -> list[Row]:
        """The rows, and blank ones as far as the old ones reach."""
        return [*rows, *[Row() for _ in range(len(self.old) - len(rows))]]

    def write(self, book: Book, rows: Sequence[Row], time: str, status: str) -> None:
        """Put the rows into the same book, and blanks over what is left of the old ones."""
        over = self.over(rows)
        for keys in side_by_side({key: ref.cell for key, ref in self.columns.items()}):
            book.write(self.columns[keys[0]], [[row.get(key) for key in keys] for row in over])
        for name, text in ((names.FINDINGS_TIME, time), (names.FINDINGS_STATUS, status)):
            ref = book.names().get(name)
            if ref is not None and _there(ref):
                book.write(ref, [[text]])

    def _one(self, name: str) -> CellValue:
        ref = self.book.names().get(name)
        return self.book.read(ref)[0][0] if ref is not None and _there(ref) else None


def _rows(book: ReadableBook, columns: Mapping[str, Ref]) -> list[dict[str, CellValue]]:
    sheet = columns["key"].sheet
    places = {key: row_and_column(ref.cell) for key, ref in columns.items()}
    top, left = min(row for row, _ in places.values()), min(column for _, column in places.values())
    right = max(column for _, column in places.values())
    bottom = min(_last_row(book, sheet), min(_bottom(ref) for ref in columns.values()))
    if bottom < top:
        return []
    read = book.read(Ref(sheet, f"{column_letters(left)}{top}:{column_letters(right)}{bottom}"))
    offsets = [(key, column - left) for key, (_, column) in places.items()]
    rows = [{key: _plain(row[offset]) for key, offset in offsets} for row in read]
    while rows and not any(value is not None for value in rows[-1].values()):
        rows.pop()
    return rows


def _row(number: int, finding: Finding, sheets: Mapping[str, str], typed: tuple[str, str] | None) -> Row:
    row: Row = dict(ownsheets.row_of(number, finding, sheets))
    formula, shown = ownsheets.place(finding, sheets)
    handling, explanation = typed or ("", "")
    row["place"] = Formula(formula, shown) if formula else shown
    row["handling"] = handling or ownsheets.unhandled(finding)
    row["explanation"] = explanation or None
    return row


def _compared(results: _Results, listed: Sequence[Finding], count: int) -> str:
    """“上次 8 条，已改好 3 条，新增 1 条”; no such comparison where not all findings are listed."""
    if count > len(listed) or results.cut():
        return f"共 {count} 条" + (f"，这里列出前 {len(listed)} 条" if count > len(listed) else "")
    old, new = results.keys(), {finding.key for finding in listed}
    if not old and not results.time():
        return f"第一次校验，共 {count} 条"
    return f"上次 {len(old)} 条，已改好 {len(old - new)} 条，新增 {len(new - old)} 条"


# --- _标记 --------------------------------------------------------------------------------------------


def _write_marks(book: Book, findings: Sequence[Finding]) -> tuple[Marks, bool]:
    """Write the marks of all sheets; what is marked then, and whether all of it was marked already.

    A sheet copied by hand shares the blocks of the one it was copied from: its marks come behind the others.
    """
    known = book.names()
    wanted = ownsheets.marked_cells(findings)
    shared: dict[Ref, tuple[Severity, list[str]]] = {}
    for tab in book.sheets():
        for severity in Severity:
            block = known.get(f"{tab}!{names.MARKS[severity.value]}")
            if block is not None and _there(block):
                shared.setdefault(block, (severity, []))[1].append(tab)
    columns: dict[str, list[tuple[CellValue, ...]]] = {}
    marks: dict[str, dict[Severity, Sequence[str]]] = {}
    same = True
    for block, (severity, tabs) in shared.items():
        if block.sheet not in columns:
            columns[block.sheet] = list(zip(*book.read(book.used(block.sheet)), strict=True))
        cells = [(tab, cell) for tab in tabs for cell in wanted.get(tab, {}).get(severity, ())]
        old = _marked(block, columns[block.sheet])
        lit, unchanged = _write_block(book, block, cells, old) if cells or old else ([], True)
        same &= unchanged
        for tab in tabs:
            marks.setdefault(tab, {})[severity] = lit
    return marks, same


def _write_block(
    book: Book, block: Ref, cells: Sequence[tuple[str, str]], old: Sequence[Sequence[CellValue]]
) -> tuple[list[str], bool]:
    """Write a block of marks, with blanks over the `old` ones.

    `cells` are tabs and addresses. Returns the addresses that the block shows, and whether it did so before.
    """
    top, column = row_and_column(block.cell)
    bottom = _bottom(block)
    mark, text = column_letters(column), column_letters(column + 1)
    lit: list[str] = []
    rows: list[list[CellValue | Formula]] = []
    for tab, cell in cells:
        value = book.read(Ref(tab, cell))[0][0]
        if isinstance(value, CellError) or len(rows) > bottom - top:
            continue  # an error shows by itself, and no formula can mark it
        formula = ownsheets.mark_formula(tab, cell, f"{text}{top + len(rows)}")
        rows.append([Formula(formula, cell), ownsheets.shown_text(value)])
        lit.append(cell)
    same = len(rows) == len(old) and [[_value(value) for value in row] for row in rows] == old
    rows += [_blank(2) for _ in range(len(old) - len(rows))]
    if rows:
        book.write(Ref(block.sheet, f"{mark}{top}:{text}{top + len(rows) - 1}"), rows)
    return lit, same


def _marked(block: Ref, columns: Sequence[Sequence[CellValue]]) -> list[list[CellValue]]:
    """Marks and texts of a block, down to its last one; `columns` are those of the whole sheet.

    A workbook of 200 projects has 600 blocks, most of them blank: looking at each row of each took half of a check.
    """
    top, column = row_and_column(block.cell)
    if len(columns) < column or len(columns[0]) < top:
        return []
    bottom = _bottom(block)
    both = [
        _without_blank_end(columns[at][top - 1 : bottom]) if at < len(columns) else ()
        for at in (column - 1, column)
    ]
    rows = [[_plain(value) for value in row] for row in zip_longest(*both)]
    while rows and rows[-1] == [None, None]:
        rows.pop()
    return rows


def _without_blank_end(values: Sequence[CellValue]) -> Sequence[CellValue]:
    """The values without the blanks behind them, where that is quick to see: no blanks are between them."""
    filled = len(values) - values.count(None)
    return values[:filled] if values[filled:].count(None) == len(values) - filled else values


# --- small pieces -------------------------------------------------------------------------------------


def _counts(findings: Sequence[Finding]) -> str:
    """What the log says of a check."""
    return "，".join(
        f"{severity.label} {sum(each.severity is severity for each in findings)} 条" for severity in Severity
    )


def _blank(width: int) -> list[CellValue | Formula]:
    return [None for _ in range(width)]


def _there(ref: Ref | None) -> bool:
    return ref is not None and ref.cell != BROKEN


def _bottom(ref: Ref) -> int:
    return row_and_column(ref.cell.rpartition(":")[2])[0]


def _last_row(book: ReadableBook, sheet: str) -> int:
    """The last row of a sheet that holds anything."""
    return row_and_column(book.used(sheet).cell.rpartition(":")[2])[0]


def _value(value: CellValue | Formula) -> CellValue:
    return _plain(value.cached if isinstance(value, Formula) else value)


def _plain(value: CellValue) -> CellValue:
    """A value as two of them are compared: whole numbers as `int`, blank text as nothing."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return None if value == "" else value
