"""The table under the selection: where its rows stand, which of its columns people fill, what its formulas are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xl_perfeval import forms
from xl_perfeval.books import BROKEN, Formula
from xl_perfeval.forms import names
from xl_perfeval.live.formulas import shifted
from xl_perfeval.model import CellValue, FieldKind, FormTable, Ref, column_letters, row_and_column
from xl_perfeval.saving import NotSaved

if TYPE_CHECKING:
    from xl_perfeval.live.workbook import Workbook
    from xl_perfeval.model import Edition

_KEYS = {"funds": names.FUND_ID, "narrative": names.NARRATIVE_KEY}
"""Hidden columns that belong to what people typed in a row, by table."""
_LINKS = {"go"}
"""Computed columns that are different in each row."""
_PARTS = ("matrix", "scoring", "narrative", "funds")


@dataclass(frozen=True, slots=True)
class Table:
    """A table on a sheet. `top` and `bottom` are its thin locked lines; its rows stand between."""

    form: FormTable
    sheet: str
    top: int
    bottom: int
    columns: Mapping[str, int]
    """Numbers of the columns by key of the field."""
    key: int | None
    """Number of the hidden column of identities."""
    last: int
    """The last column, hidden ones included."""

    @property
    def rows(self) -> range:
        """Its rows."""
        return range(self.top + 1, self.bottom)

    def row(self, number: int) -> Ref:
        """All cells of a row."""
        return Ref(self.sheet, f"A{number}:{column_letters(self.last)}{number}")

    @property
    def typed(self) -> list[int]:
        """Columns whose content goes with a row: filled by hand, or its identity."""
        fields = {each.key: each for each in self.form.fields}
        found = [
            column
            for key, column in self.columns.items()
            if fields[key].kind is not FieldKind.COMPUTED or key in _LINKS
        ]
        return sorted([*found, *([self.key] if self.key else [])])

    @property
    def first(self) -> int:
        """The first column that is filled by hand."""
        return min(column for column in self.typed if column != self.key)

    def label(self, number: int) -> str:
        """“第 3 行” of the sheet, as the application numbers it."""
        return f"“{self.sheet}”第 {number} 行"


def edition_of(workbook: Workbook) -> Edition:
    """The form edition. Raises `NotSaved` for a workbook that is not one of ours."""
    ref = workbook.cells.named(names.EDITION)
    if ref is None or ref.cell == BROKEN:
        raise NotSaved(
            "这不是绩效自评工作簿，或者首页的表样标记被删除了，没有改动。请打开 perfeval 生成的工作簿，再按一次。"
        )
    value = workbook.cells.read(ref)[0][0]
    try:
        return forms.load(str(value))
    except forms.UnknownEdition:
        raise NotSaved(
            f"不认识表样“{value or ''}”，没有改动。请在首页恢复原来的表样代号，或升级 perfeval。"
        ) from None


def under(workbook: Workbook, at: tuple[str, int, int]) -> Table:
    """The table that a cell is in or directly below. Raises `NotSaved` when there is none."""
    tab, row, _ = at
    for table in _on_sheet(workbook, tab):
        if table.top - 1 <= row <= table.bottom + 1:
            return table
    raise NotSaved(
        "选中的单元格不在可以增减行的表里，没有改动。请先在资金概况、项目表、自评表或报告文字里选中一行，再按一次。"
    )


def of_sheet(workbook: Workbook, tab: str) -> Table:
    """The table of a project's sheet. Raises `NotSaved` when there is none."""
    found = next(_on_sheet(workbook, tab), None)
    if found is None:
        raise NotSaved(f"“{tab}”里没有完整的表，没有改动。请撤消删除，或从备份里找回这张表。")
    return found


def of_copy(workbook: Workbook, tab: str, own: Mapping[str, Ref]) -> Table:
    """The table of a sheet that was just copied, by the names that it has."""
    return next(_on_sheet(workbook, tab, {f"{tab}!{name}": ref for name, ref in own.items()}))


def _on_sheet(workbook: Workbook, tab: str, given: Mapping[str, Ref] | None = None) -> Iterator[Table]:
    known = workbook.cells.names() if given is None else given
    tables = edition_of(workbook).tables
    for kind in _PARTS:
        if kind not in tables:
            continue
        form = tables[kind]
        found: dict[str, Ref] = {}
        for field in form.fields:
            name = names.column(form, field)
            ref = known.get(f"{tab}!{name}") or known.get(name)
            if ref is not None and ref.sheet == tab:
                found[field.key] = ref
        if found:
            yield _table(form, tab, found, known)


def _table(form: FormTable, tab: str, found: Mapping[str, Ref], known: Mapping[str, Ref]) -> Table:
    first, _, last = next(iter(found.values())).cell.partition(":")
    helpers, key = known.get(f"{tab}!{names.HELPERS}"), known.get(_KEYS.get(form.key, ""))
    ends = [ref for ref in (*found.values(), helpers, key) if ref is not None and ref.sheet == tab]
    return Table(
        form=form,
        sheet=tab,
        top=row_and_column(first)[0],
        bottom=row_and_column(last or first)[0],
        columns={key: row_and_column(ref.cell)[1] for key, ref in found.items()},
        key=row_and_column(key.cell)[1] if key is not None and key.sheet == tab else None,
        last=max(row_and_column(ref.cell.rpartition(":")[2])[1] for ref in ends),
    )


# --- formulas -----------------------------------------------------------------------------------------


def formulas(workbook: Workbook, table: Table) -> list[list[str]]:
    """The formulas of all rows of a table, "" where there is none."""
    if not table.rows:
        return []
    ref = Ref(table.sheet, f"A{table.rows[0]}:{column_letters(table.last)}{table.rows[-1]}")
    return workbook.cells.formulas_in(ref)


def blank_row(table: Table, known: Sequence[Sequence[str]], number: int) -> list[CellValue | Formula]:
    """What a new row is given: the formulas of the nearest row that has them, seen from there."""
    typed = set(table.typed)
    cells: list[CellValue | Formula] = [None] * table.last
    nearest = sorted(table.rows, key=lambda row: (abs(row - number), row))
    for column in range(1, table.last + 1):
        if column in typed and not _computed(table, known, column):
            continue
        for row in nearest:
            text = known[row - table.rows[0]][column - 1] if row - table.rows[0] < len(known) else ""
            if text and not text.startswith(f'="{names.MAP}"'):
                cells[column - 1] = Formula(shifted(text, number - row), None)
                break
    return cells


def _computed(table: Table, known: Sequence[Sequence[str]], column: int) -> bool:
    """A column filled by hand whose blank rows hold a formula: the score of a form that computes it."""
    key = next((key for key, number in table.columns.items() if number == column), "")
    return key == "score" and any(row[column - 1] for row in known)


# --- columns and rows ---------------------------------------------------------------------------------


def runs(columns: Iterable[int]) -> list[tuple[int, int]]:
    """First and last of each run of neighbours."""
    found: list[tuple[int, int]] = []
    for column in sorted(columns):
        if found and found[-1][1] == column - 1:
            found[-1] = (found[-1][0], column)
        else:
            found.append((column, column))
    return found


def bottom_of(ref: Ref) -> int:
    """Number of the last row of a block."""
    return row_and_column(ref.cell.rpartition(":")[2])[0]
