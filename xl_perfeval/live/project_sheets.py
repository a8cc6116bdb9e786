"""The sheets of a project: a new one is a copy of the last of its kind, and one that goes leaves no trace.

A copy has every formula, drop-down and colour; what was typed goes, and everything that names the old project names the
new one: the workbook name that links lead to, the blocks of `_标记`, the map of names, the links to the neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from xl_perfeval.books import BROKEN, Formula
from xl_perfeval.findings import Severity
from xl_perfeval.forms import names
from xl_perfeval.forms.ownsheets import literal, quoted
from xl_perfeval.live import formulas, rows, tables
from xl_perfeval.model import CellValue, Ref, column_letters, row_and_column

if TYPE_CHECKING:
    from xl_perfeval.live.workbook import Workbook

KINDS = {"matrix": ("P", "项目", "MX_ITEM"), "scoring": ("SE", "自评", "SE_LEVEL3")}
"""Kinds of sheets of a project: prefix of the identity, word of the tab, a name that only such sheets have."""
PRINTED = ("level1", "level2")
"""Columns of the scoring form that a blank form has filled."""
_ROWS = 5
"""Rows of a new matrix; more can be added."""
_KEPT_CELLS = ("_WEIGHT", "_NAME")
"""Ends of names of cells that the form itself fills."""
_BESIDE, _BAND_HEAD, _MARK_COLUMNS = 33, 4, 6
"""`_标记`: sheets in a band, rows above its blocks, columns of a sheet."""
_LINK = re.compile(r'"#PE_GO_\w+"')


@dataclass(frozen=True, slots=True)
class ProjectSheet:
    """A project's own sheet. `go` is the name that links to it lead to."""

    kind: str
    tab: str
    project: str
    go: str


def new_tab(workbook: Workbook, kind: str, number: int, name: CellValue) -> str:
    """`项目9` or `项目9_科普`, different from every other tab."""
    from xl_perfeval.template.tabs import short_name

    short = short_name(name)
    text = f"{KINDS[kind][1]}{number}" + (f"_{short}" if short else "")
    taken = {tab.casefold() for tab in workbook.cells.sheets()}
    candidates = (text, *(f"{text}_{n}" for n in range(2, 1000)))
    return next(each for each in candidates if each.casefold() not in taken)


def copy(workbook: Workbook, model: ProjectSheet, new: ProjectSheet, blocks: list[Ref]) -> None:
    """A blank sheet of the project behind the last one of its kind; its marks join the `blocks` that are taken."""
    source = workbook.sheet(model.tab)
    sheet: Any = source.copy(after=source, name=new.tab)
    workbook.cells.forget(new.tab)
    with workbook.opened(model.tab, new.tab):
        for name in list(sheet.names):  # those of the workbook that led to the model come along as its own
            if str(name.name).rpartition("!")[2].startswith(names.go("")):
                name.delete()
        workbook.book.names.add(new.go, f"={quoted(new.tab)}!$A$1")
        _own_marks(workbook, sheet, new, blocks)
        _retarget_maps(workbook, model, new)
        _clear(workbook, new)
        _link_neighbours(workbook, model, new)


def mark_blocks(workbook: Workbook) -> list[Ref]:
    """The blocks of `_标记` that sheets have."""
    known = workbook.cells.names()
    return [
        ref
        for name, ref in known.items()
        if name.rpartition("!")[2] in names.MARKS.values() and ref.cell != BROKEN
    ]


# --- a copy of its own --------------------------------------------------------------------------------


def _own_marks(workbook: Workbook, sheet: Any, new: ProjectSheet, blocks: list[Ref]) -> None:
    """A block of `_标记` of its own for each severity."""
    tab = blocks[0].sheet
    heights = {tables.bottom_of(ref) - row_and_column(ref.cell)[0] + 1 for ref in blocks}
    height = max(heights)
    taken = {row_and_column(ref.cell) for ref in blocks}
    tops = sorted({top for top, _ in taken})
    tops.append(tops[-1] + height + _BAND_HEAD)
    top, left = next(
        (top, 1 + _MARK_COLUMNS * place)
        for top in tops
        for place in range(_BESIDE)
        if not any(
            top == row and 0 <= column - (1 + _MARK_COLUMNS * place) < _MARK_COLUMNS for row, column in taken
        )
    )
    for place, (severity, name) in enumerate(names.MARKS.items()):
        column = column_letters(left + 2 * place)
        last = top + height - 1
        sheet.names[name].refers_to = f"={quoted(tab)}!${column}${top}:${column}${last}"
        blocks.append(Ref(tab, f"{column}{top}:{column}{last}"))
        labels = (new.go.removeprefix(names.go("")), new.tab, Severity(severity).label)
        for row, label in enumerate(labels, start=top - _BAND_HEAD):
            workbook.put(Ref(tab, f"{column}{row}"), label)


def _retarget_maps(workbook: Workbook, model: ProjectSheet, new: ProjectSheet) -> None:
    """Let the map of the new sheet tell of the new names."""
    for ref, text in _formulas_above(workbook, new.tab):
        if text.startswith(f'="{names.MAP}"'):
            workbook.put_formula(ref, formulas.renamed(text, {model.go: new.go}))


def _clear(workbook: Workbook, new: ProjectSheet) -> None:
    """Take away what was typed on the model, and its spare rows."""
    sheet: Any = workbook.sheet(new.tab)
    table = tables.of_copy(workbook, new.tab, _own_names(sheet))
    for note in list(sheet.notes):
        note.delete()
    if table.form.key == "matrix" and len(table.rows) > _ROWS:
        sheet.range(f"{table.top + 1 + _ROWS}:{table.bottom - 1}").delete("up")
        table = replace(table, bottom=table.top + 1 + _ROWS)
        workbook.cells.forget(new.tab)
    while table.form.key == "matrix" and len(table.rows) < _ROWS:
        rows.insert(workbook, table, table.bottom)
        table = replace(table, bottom=table.bottom + 1)
    known = tables.formulas(workbook, table)
    kept = {table.columns[key] for key in PRINTED if key in table.columns}
    for row in table.rows:
        blank = tables.blank_row(table, known, row)
        for first, last in tables.runs([column for column in table.typed if column not in kept]):
            workbook.cells.write(Ref(new.tab, f"{column_letters(first)}{row}"), [blank[first - 1 : last]])
    for title, ref in _own_names(sheet).items():
        if title == names.PROJECT_ID:
            workbook.cells.write(ref, [[new.project]])
        elif title.startswith(("SE_", "MX_")) and not title.endswith(_KEPT_CELLS):
            inside = row_and_column(ref.cell)[0] in range(table.top, table.bottom + 1)
            if not inside:
                texts = workbook.cells.formulas_in(ref)
                cells: list[list[CellValue | Formula]] = [
                    [Formula(text, None) if text else None for text in line] for line in texts
                ]
                if not any(text for line in texts for text in line) and not _is_line(workbook, ref):
                    workbook.cells.write(ref, cells)
    workbook.cells.flush()


def _own_names(sheet: Any) -> dict[str, Ref]:
    """The blocks of a sheet's own names, asked of the application: of a new sheet, no map tells them yet."""
    found: dict[str, Ref] = {}
    for name in sheet.names:
        title, cells = (
            str(name.name).rpartition("!")[2],
            str(name.refers_to).rpartition("!")[2].replace("$", ""),
        )
        if title not in names.MARKS.values() and not title.startswith("_xlnm."):
            found[title] = Ref(str(sheet.name), cells)
    return found


def _is_line(workbook: Workbook, ref: Ref) -> bool:
    """Whether a block holds the words of a thin line."""
    return any("▲" in str(value) for line in workbook.cells.read(ref) for value in line)


def _link_neighbours(workbook: Workbook, model: ProjectSheet, new: ProjectSheet) -> None:
    """◀ and ▶ above the table: from the model to the new sheet and back."""
    back, on = _turns(workbook, new.tab), _turns(workbook, model.tab)
    if "◀" in back:
        ref, text = back["◀"]
        workbook.put_formula(ref, _LINK.sub(f'"#{model.go}"', text, count=1))
    elif new.kind == "matrix":
        workbook.put_formula(
            Ref(new.tab, f"{_column(workbook, new.tab, 'MX_SCHEDULE')}2"),
            _turn(model.go, "◀ 上一个"),
        )
    if "▶" in on:
        ref, text = on["▶"]
        workbook.put_formula(ref, _LINK.sub(f'"#{new.go}"', text, count=1))
    elif new.kind == "matrix":
        workbook.put_formula(
            Ref(model.tab, f"{_column(workbook, new.tab, 'MX_QUANTITY')}2"),
            _turn(new.go, "下一个项目 ▶"),
        )
    if "▶" in back:
        workbook.put(back["▶"][0], None)


def join_neighbours(workbook: Workbook, sheet: ProjectSheet, of_kind: Sequence[ProjectSheet]) -> None:
    """Let the sheets before and behind lead to each other."""
    place = of_kind.index(sheet)
    before = of_kind[place - 1] if place else None
    behind = of_kind[place + 1] if place + 1 < len(of_kind) else None
    for each, sign, target in ((before, "▶", behind), (behind, "◀", before)):
        turn = _turns(workbook, each.tab).get(sign) if each else None
        if turn is not None:
            ref, text = turn
            if target is not None:
                workbook.put_formula(ref, _LINK.sub(f'"#{target.go}"', text, count=1))
            else:
                workbook.put(ref, None)


def clear_marks(workbook: Workbook, sheet: ProjectSheet) -> None:
    """Blank the blocks of `_标记` of a sheet."""
    for name in names.MARKS.values():
        ref = workbook.cells.names().get(f"{sheet.tab}!{name}")
        if ref is not None and ref.cell != BROKEN:
            top, column = row_and_column(ref.cell)
            first = max(1, top - _BAND_HEAD)
            block = f"{column_letters(column)}{first}:{column_letters(column + 1)}{tables.bottom_of(ref)}"
            cast("Any", workbook.sheet(ref.sheet)).range(block).clear_contents()
            workbook.cells.forget(ref.sheet)


# --- small pieces -------------------------------------------------------------------------------------


def _turns(workbook: Workbook, tab: str) -> dict[str, tuple[Ref, str]]:
    """The links to the neighbours above a table, by their arrow."""
    return {
        sign: (ref, text)
        for ref, text in _formulas_above(workbook, tab)
        for sign in "◀▶"
        if text.startswith("=HYPERLINK(") and sign in text
    }


def _turn(go: str, text: str) -> str:
    """A link to a neighbour."""
    return f"=HYPERLINK({literal(f'#{go}')},{literal(text)})"


def _formulas_above(workbook: Workbook, tab: str) -> list[tuple[Ref, str]]:
    """The formulas of the first rows of a sheet."""
    last = re.sub("[0-9]", "", workbook.cells.used(tab).cell.rpartition(":")[2])
    texts = workbook.cells.formulas_in(Ref(tab, f"A1:{last}10"))
    return [
        (Ref(tab, f"{column_letters(column)}{row}"), text)
        for row, line in enumerate(texts, start=1)
        for column, text in enumerate(line, start=1)
        if text
    ]


def _column(workbook: Workbook, tab: str, name: str) -> str:
    """Letters of the column of a sheet's own name."""
    sheet: Any = workbook.sheet(tab)
    cells = str(sheet.names[name].refers_to).rpartition("!")[2].replace("$", "")
    return re.sub("[0-9:].*", "", cells)


def number_of(go: str) -> int:
    """The number in the name of a link: 3 of `PE_GO_P_3`."""
    found = re.search(r"_([0-9]+)$", go)
    return int(found[1]) if found else 0


def identity_of(sheet: ProjectSheet) -> str:
    """The identity of a sheet: `P_3`."""
    return sheet.go.removeprefix(names.go(""))
