"""The sheets of one workbook as the form sees them: names, blocks, rows, and what is odd about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from xl_perfeval.books import BROKEN, BookFacts, ReadableBook
from xl_perfeval.forms import names
from xl_perfeval.model import (
    CellError,
    CellValue,
    FieldKind,
    FormField,
    FormTable,
    Intake,
    Locator,
    OwnSheet,
    Ref,
    Stray,
    column_letters,
    row_and_column,
)
from xl_perfeval.reading.cells import clean, corner, is_blank, rows_of

_OURS = ("PE_", "FUND_", "MX_", "SE_", "NARR_", "FIND_")
LONGEST_TEXT = 32767
"""Characters that one cell can hold."""


@dataclass(slots=True)
class Noticed:
    missing: list[str] = field(default_factory=list[str])
    errors: list[Stray] = field(default_factory=list[Stray])
    outside: list[Stray] = field(default_factory=list[Stray])
    merged: list[Ref] = field(default_factory=list[Ref])
    hidden: list[Ref] = field(default_factory=list[Ref])
    copied: list[OwnSheet] = field(default_factory=list[OwnSheet])
    orphans: list[OwnSheet] = field(default_factory=list[OwnSheet])
    renamed: list[OwnSheet] = field(default_factory=list[OwnSheet])
    truncated: list[Stray] = field(default_factory=list[Stray])

    def intake(self, facts: BookFacts) -> Intake:
        foreign = (
            ("宏", facts.macros),
            ("外部链接", facts.external_links),
            ("嵌入对象", facts.embedded),
        )
        return Intake(
            no_results=facts.no_results,
            foreign=tuple(word for word, there in foreign if there),
            far=tuple(facts.far),
            **{slot: tuple(getattr(self, slot)) for slot in self.__slots__},
        )


@dataclass(frozen=True, slots=True)
class Row:
    """One filled row of a table: its sheet row and the values of its fields."""

    row: int
    values: dict[str, Any]
    """`CellValue` by field; `Any` because they are handed on as keywords."""


@dataclass(frozen=True, slots=True)
class Block:
    """A table on a sheet: its data rows `first` to `last` and the column letters of its fields."""

    table: FormTable
    sheet: str
    first: int
    last: int
    columns: Mapping[str, str]
    labels: Mapping[str, str]

    def locator(self, sheet_id: str, cells: Mapping[str, str] | None = None) -> Locator:
        return Locator(self.sheet, sheet_id, columns=self.columns, cells=cells or {}, labels=self.labels)


class Sheets:
    """A workbook with its names sorted, and what was noticed while reading it."""

    def __init__(self, book: ReadableBook) -> None:
        self.book = book
        tabs = set(book.sheets())
        self.by_sheet, self.workbook, self.extent = _sorted(book.names(), tabs)
        book.expect(self._wanted())
        self.noticed = Noticed()
        self._blocks: list[Block] = []
        self._labels: dict[str, dict[str, str]] = {}

    def _wanted(self) -> set[str]:
        """The sheets that people fill: those of the form's tables and header, and those of projects."""
        found = {tab for tab, scoped in self.by_sheet.items() if names.PROJECT_ID in scoped}
        for name, ref in self.workbook.items():
            if not name.startswith(("PE_GO_", "FIND_")):
                found.add(ref.sheet)
        return found

    def one(self, ref: Ref) -> CellValue:
        """The value of one cell; of a name that points nowhere, nothing."""
        if ref.cell == BROKEN:
            return None
        return clean(self.book.read(ref)[0][0])

    def cell(self, tab: str, cells: Mapping[str, str], key: str) -> CellValue:
        return self.one(Ref(tab, cells[key])) if key in cells else None

    def block(
        self, table: FormTable, scope: Mapping[str, Ref], where: str, also: Mapping[str, str] | None = None
    ) -> Block | None:
        """Where the columns of a table stand; what is gone is noticed."""
        found: dict[str, Ref] = {}
        gone: list[str] = []
        for each in table.fields:
            ref = scope.get(names.column(table, each))
            if ref is not None and ref.cell != BROKEN:
                found[each.key] = ref
            elif each.kind is not FieldKind.COMPUTED:
                gone.append(f"{where}的“{each.label}”列")
        self.noticed.missing += gone if found else [where]
        found |= {
            key: scope[name]
            for key, name in (also or {}).items()
            if name in scope and scope[name].cell != BROKEN
        }
        if not found:
            return None
        anchor = next(iter(found.values()))
        top, bottom = rows_of(anchor)
        bottom = min(bottom, max(corner(self.book.used(anchor.sheet))[0], top) + 1)
        return Block(
            table=table,
            sheet=anchor.sheet,
            first=top + 1,
            last=bottom - 1,
            columns={key: column_letters(row_and_column(ref.cell)[1]) for key, ref in found.items()},
            labels=self._labels_of(table),
        )

    def _labels_of(self, table: FormTable) -> dict[str, str]:
        if table.key not in self._labels:
            self._labels[table.key] = {each.key: each.label for each in table.fields}
        return self._labels[table.key]

    def rows(
        self,
        block: Block,
        blank_without: Sequence[str] = (),
        *,
        computed: Sequence[str] = (),
        every: bool = False,
    ) -> Iterator[Row]:
        """Filled rows of a block: what was typed, and the computed columns asked for.

        A row counts as blank when only computed cells or `blank_without` are filled.
        """
        if block.last < block.first:
            return
        numbers = {key: row_and_column(f"{letters}1")[1] for key, letters in block.columns.items()}
        low, high = min(numbers.values()), max(numbers.values())
        ref = Ref(block.sheet, f"{column_letters(low)}{block.first}:{column_letters(high)}{block.last}")
        fields = {each.key: each for each in block.table.fields}
        asked = [
            (key, number - low, fields.get(key))
            for key, number in numbers.items()
            if key not in fields or fields[key].kind is not FieldKind.COMPUTED or key in computed
        ]
        deciding = [
            place
            for _, place, each in asked
            if each is not None and each.kind is not FieldKind.COMPUTED and each.key not in blank_without
        ]
        for row, cells in enumerate(self.book.read(ref), start=block.first):
            if not every and all(is_blank(cells[place]) for place in deciding):
                continue
            values: dict[str, Any] = {}
            for key, place, each in asked:
                value = cells[place]
                if value is None:
                    values[key] = None
                    continue
                value = values[key] = clean(value)
                if each is not None and (
                    isinstance(value, CellError) or (isinstance(value, str) and len(value) >= LONGEST_TEXT)
                ):
                    self._odd_cell(block, each, row, value)
            yield Row(row, values)

    def _odd_cell(self, block: Block, each: FormField, row: int, value: CellValue) -> None:
        stray = Stray(
            at=Ref(block.sheet, f"{block.columns[each.key]}{row}"),
            value=value if isinstance(value, CellError) else None,
            sheet_id=block.sheet,
            label=each.label,
        )
        (self.noticed.errors if isinstance(value, CellError) else self.noticed.truncated).append(stray)

    def surroundings(self, block: Block, sheet_id: str) -> None:
        """Notice content below or beside the form; merged and hidden rows are looked at in `intake`."""
        self._blocks.append(block)
        self._outside(block, sheet_id)

    def intake(self) -> Intake:
        """All that was noticed, when everything has been read."""
        facts = self.book.facts()
        for block in self._blocks:
            for ref in facts.merged.get(block.sheet, ()):
                top, bottom = rows_of(ref)
                if top <= block.last and bottom >= block.first:
                    self.noticed.merged.append(ref)
            hidden = facts.hidden_rows.get(block.sheet)
            if hidden:
                first = min(block.columns.values())
                filled = (row.row for row in self.rows(block) if row.row in hidden)
                self.noticed.hidden += [Ref(block.sheet, f"{first}{row}") for row in filled]
        return self.noticed.intake(facts)

    def _outside(self, block: Block, sheet_id: str) -> None:
        used_rows, used_columns = corner(self.book.used(block.sheet))
        rows, columns = self.extent[block.sheet]
        beyond: list[tuple[int, int, CellValue]] = []
        if used_rows > rows:
            below = self.book.read(Ref(block.sheet, f"A{rows + 1}:{column_letters(used_columns)}{used_rows}"))
            beyond += [(r, c, v) for r, cells in enumerate(below, rows + 1) for c, v in enumerate(cells, 1)]
        if used_columns > columns:
            letters = column_letters(columns + 1)
            beside = self.book.read(Ref(block.sheet, f"{letters}1:{column_letters(used_columns)}{rows}"))
            beyond += [
                (r, c, v) for r, cells in enumerate(beside, 1) for c, v in enumerate(cells, columns + 1)
            ]
        for row, column, value in beyond:
            if not is_blank(value):
                at = Ref(block.sheet, f"{column_letters(column)}{row}")
                self.noticed.outside.append(Stray(at=at, value=value, sheet_id=sheet_id))


def check_name(
    sheets: Sheets, identity: str, name: CellValue, tab: str, kind: str, cells: Mapping[str, str]
) -> None:
    """Notice a project sheet that shows another name than 资金概况."""
    shown = sheets.cell(tab, cells, "name")
    if shown is not None and not is_blank(name) and str(shown).strip() != str(name).strip():
        sheets.noticed.renamed.append(OwnSheet(sheet=tab, project_id=identity, kind=kind, name=shown))


def own_sheet(
    tab: str,
    identity: str,
    cells: Mapping[str, str],
    block: Block | None,
    first: str,
    labels: Mapping[str, str],
) -> Locator:
    """Where the single cells of a project's own sheet stand; `first` is the column of its first data cell."""
    corner_ = f"{block.columns.get(first, 'A')}{block.first}" if block else "A1"
    headed = {"name": "项目名称", **labels, "first": block.labels[first] if block else "整张表"}
    return Locator(tab, identity, cells={**cells, "first": corner_}, labels=headed)


def cells_of(scoped: Mapping[str, Ref], wanted: Mapping[str, str]) -> dict[str, str]:
    return {
        key: scoped[name].cell
        for key, name in wanted.items()
        if name in scoped and scoped[name].cell != BROKEN
    }


def picked(row: Row, keys: Iterable[str]) -> dict[str, Any]:
    return {key: row.values.get(key) for key in keys}


def _sorted(
    all_names: Mapping[str, Ref], tabs: set[str]
) -> tuple[dict[str, dict[str, Ref]], dict[str, Ref], dict[str, tuple[int, int]]]:
    """Our names by tab, those of the whole workbook, and the last row and column they reach on each sheet.

    A name on a sheet that is gone is broken.
    """
    by_sheet: dict[str, dict[str, Ref]] = {}
    workbook: dict[str, Ref] = {}
    extent: dict[str, tuple[int, int]] = {}
    gone = Ref("", BROKEN)
    for name, ref in all_names.items():
        tab, mark, own = name.rpartition("!")
        if not own.startswith(_OURS) or (mark and tab not in tabs):
            continue
        scope = by_sheet.setdefault(tab, {}) if mark else workbook
        if ref.sheet not in tabs:
            scope[own] = gone
            continue
        scope[own] = ref
        row, column = row_and_column(ref.cell.rpartition(":")[2])
        rows, columns = extent.get(ref.sheet, (0, 0))
        if row > rows or column > columns:
            extent[ref.sheet] = (max(row, rows), max(column, columns))
    return by_sheet, workbook, extent
