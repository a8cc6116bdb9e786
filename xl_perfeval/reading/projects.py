"""资金概况 and the matrices → projects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from xl_perfeval import rollup
from xl_perfeval.books import BROKEN, NotReadable
from xl_perfeval.forms import names
from xl_perfeval.model import (
    CellValue,
    Edition,
    FieldKind,
    FormTable,
    Funding,
    Locator,
    OwnSheet,
    Project,
    Ref,
    Shown,
    WorkItem,
    row_name,
)
from xl_perfeval.reading import scored
from xl_perfeval.reading.sheets import Block, Row, Sheets, cells_of, check_name, own_sheet, picked

_OF_PROJECT = ("name", "kind", "purpose", "section")
_FUNDING = ("initial_budget", "budget", "budget_local", "spent", "spent_local", "reason")
_Cells = tuple[tuple[str, str, str], ...]
_SHOWN_IN_FUNDS = ("rate", "balance")


def projects_of(sheets: Sheets, edition: Edition) -> tuple[tuple[Project, ...], Funding, tuple[Shown, ...]]:
    """The projects, the 合计 row as typed over, and sums that are gone. Raises `NotReadable` (F003)."""
    table = edition.table("funds")
    block = sheets.block(table, sheets.workbook, "资金概况", also={"id": names.FUND_ID})
    if block is None or "name" not in block.columns or "id" not in block.columns:
        raise NotReadable(
            "F003", "表样缺少资金概况的项目名称列或项目标记列。", "请撤消删除，或从备份里找回“资金概况”。"
        )
    locator = block.locator("FUNDS")
    matrices, forms_ = (
        _tabs_by_project(sheets, edition, "matrix", "MX_ITEM"),
        _tabs_by_project(sheets, edition, "scoring", "SE_LEVEL3"),
    )
    matrix = edition.table("matrix")
    computed = _computed_on_matrix(matrix)
    projects: list[Project] = []
    for row in sheets.rows(block, computed=_SHOWN_IN_FUNDS):
        identity = str(row.values.pop("id") or "").strip()
        called = row_name(row.values["name"])
        funding = Funding(
            project=identity, project_name=called, locator=locator, row=row.row, **picked(row, _FUNDING)
        )
        own = _Own()
        if identity in matrices:
            tab = matrices.pop(identity)
            own = _with_matrix(sheets, matrix, computed, tab, identity, row.values["name"])
        project = Project(
            id=identity,
            number=len(projects) + 1,
            locator=locator,
            row=row.row,
            funding=funding,
            note=own.note,
            items=own.items,
            matrix=own.matrix,
            shown=_shown_in_funds(block, row) + own.shown,
            **picked(row, _OF_PROJECT),
        )
        if identity in forms_:
            project = scored.with_scoring(sheets, edition, project, forms_.pop(identity))
        projects.append(project)
    _orphans(sheets, edition, matrices, forms_)
    totals, gone = _totals(sheets, table, projects, locator, block.first)
    sheets.surroundings(block, "FUNDS")
    return tuple(projects), totals, gone


def _shown_in_funds(block: Block, row: Row) -> tuple[Shown, ...]:
    return tuple(
        Shown(key, Ref(block.sheet, f"{block.columns[key]}{row.row}"), block.labels[key], row.values[key])
        for key in _SHOWN_IN_FUNDS
        if row.values.get(key) is not None
    )


def _totals(
    sheets: Sheets, table: FormTable, projects: Sequence[Project], locator: Locator, first: int
) -> tuple[Funding, tuple[Shown, ...]]:
    """The 合计 row: what was typed over its sums, and which sums are gone. `first` is the first project's row."""
    typed: dict[str, Any] = {}
    cells: dict[str, str] = {}
    gone: list[Shown] = []
    for each in table.fields:
        if each.kind is not FieldKind.AMOUNT:
            continue
        ref = sheets.workbook.get(names.total(table, each))
        if ref is None or ref.cell == BROKEN:
            sheets.noticed.missing.append(f"资金概况“{each.label}”的合计")
            continue
        cells[each.key] = ref.cell
        stored, total = sheets.one(ref), rollup.total_of(projects, each.key)
        if stored is None:
            gone.append(Shown(f"funds {each.key}", ref, f"{each.label}合计", None))
        elif rollup.differs(stored, rollup.excel_round(total, 6)):
            typed[each.key] = stored
    return Funding(locator=replace(locator, cells=cells), row=first, **typed), tuple(gone)


def _tabs_by_project(sheets: Sheets, edition: Edition, kind: str, mark: str) -> dict[str, str]:
    """Tabs of one kind by project id; a second sheet with the same id is a copy made by hand."""
    found: dict[str, str] = {}
    if not edition.has(kind):
        return found
    for tab, scoped in sheets.by_sheet.items():
        ref = scoped.get(names.PROJECT_ID)
        if ref is None or mark not in scoped:
            continue
        identity = "" if ref.cell == BROKEN else str(sheets.one(ref) or "").strip()
        if not identity:
            sheets.noticed.missing.append(f"工作表“{tab}”的项目标记")
        elif identity in found:
            sheets.noticed.copied.append(OwnSheet(sheet=tab, project_id=identity, kind=kind))
        else:
            found[identity] = tab
    return found


def _orphans(sheets: Sheets, edition: Edition, *left: Mapping[str, str]) -> None:
    for (kind, printed), tabs in zip((("matrix", ()), ("scoring", scored.PRINTED)), left, strict=True):
        table = edition.table(kind) if tabs else None
        for identity, tab in tabs.items():
            block = sheets.block(table, sheets.by_sheet[tab], tab) if table else None
            if block and any(True for _ in sheets.rows(block, printed)):
                sheets.noticed.orphans.append(OwnSheet(sheet=tab, project_id=identity, kind=kind))


@dataclass(frozen=True, slots=True)
class _Own:
    """What a project's matrix sheet adds to its row in 资金概况."""

    note: CellValue = None
    items: tuple[WorkItem, ...] = ()
    matrix: Locator | None = None
    shown: tuple[Shown, ...] = ()


def _with_matrix(
    sheets: Sheets, table: FormTable, computed: _Cells, tab: str, identity: str, name: CellValue
) -> _Own:
    scoped = sheets.by_sheet[tab]
    block = sheets.block(table, scoped, f"工作表“{tab}”")
    cells = cells_of(scoped, {"name": names.MATRIX_NAME, "note": names.MATRIX_NOTE})
    sheet = own_sheet(tab, identity, cells, block, "name", {"note": "备注"})
    if block is None:
        return _Own(matrix=sheet)
    locator = block.locator(identity)
    items = tuple(
        WorkItem(number=number, locator=locator, row=row.row, **row.values)
        for number, row in enumerate(sheets.rows(block), start=1)
    )
    check_name(sheets, identity, name, tab, "matrix", cells)
    sheets.surroundings(block, identity)
    return _Own(
        note=sheets.cell(tab, cells, "note"),
        items=items,
        matrix=sheet,
        shown=_shown_on_matrix(sheets, scoped, computed),
    )


def _shown_on_matrix(sheets: Sheets, scoped: Mapping[str, Ref], cells: _Cells) -> tuple[Shown, ...]:
    found: list[Shown] = []
    for key, label, name in cells:
        ref = scoped.get(name)
        value = sheets.one(ref) if ref is not None else None
        if ref is not None and value is not None:
            found.append(Shown(key, ref, label, value))
    return tuple(found)


def _computed_on_matrix(table: FormTable) -> _Cells:
    """Key, label and name of each computed cell of the matrix, by `Shown.key`."""
    totals = (
        (f"total {each.key}", f"{each.label}合计", names.total(table, each))
        for each in table.fields
        if each.kind is FieldKind.AMOUNT
    )
    return (
        ("budget", "预算", names.MATRIX_BUDGET),
        ("spent", "支出", names.MATRIX_PROJECT_SPENT),
        ("matrix rate", "执行率", names.MATRIX_RATE),
        *totals,
    )
