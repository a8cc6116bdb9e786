"""增加项目, 删除项目: a project is a row of 资金概况, its own sheets, lines of 首页, a row of results behind 图表.

A new sheet is a copy of the last one of its kind, so that it has every formula, drop-down and colour; what was typed
goes, and everything that names the old project names the new one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from xl_perfeval.books import BROKEN, Formula
from xl_perfeval.findings import Severity
from xl_perfeval.forms import names
from xl_perfeval.forms.ownsheets import literal, quoted
from xl_perfeval.live import rows, tables
from xl_perfeval.live.tables import Table
from xl_perfeval.model import CellValue, Ref, column_letters, row_and_column
from xl_perfeval.saving import NotSaved

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from xl_perfeval.live.workbook import Workbook

_KINDS = {"matrix": ("P", "项目", "MX_ITEM"), "scoring": ("SE", "自评", "SE_LEVEL3")}
"""Kinds of sheets of a project: prefix of the identity, word of the tab, a name that only such sheets have."""
_KEPT_ROWS = 5
"""Rows of a new matrix; more can be added."""
_PRINTED = ("level1", "level2")
"""Columns of the scoring form that a blank form has filled."""
_KEPT_CELLS = ("_WEIGHT", "_NAME")
"""Ends of names of cells that the form itself fills."""
_BESIDE, _BAND_HEAD, _MARK_COLUMNS = 33, 4, 6
"""`_标记`: sheets in a band, rows above its blocks, columns of a sheet."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A project's own sheet. `go` is the name that links to it lead to."""

    kind: str
    tab: str
    project: str
    go: str


def add_project(workbook: Workbook, now: datetime) -> str:
    """Show the next blank project; without any, add one. Raises `NotSaved`."""
    workbook.progress("增加项目：正在准备……")
    workbook.heal()
    funds = _funds(workbook)
    sheets = list(_sheets(workbook))
    row = _row_without_sheet(workbook, funds, sheets)
    if row is None:
        blank = _blank_project(workbook, funds, sheets)
        if blank is not None:
            workbook.go(Ref(funds.sheet, f"{_letters(funds, 'name')}{blank[0]}"))
            return f"{'、'.join(f'“{each.tab}”' for each in blank[1])}还空着：请从{funds.label(blank[0])}的项目名称填起。"
        row = _spare_row(workbook, funds)
    home, charts = _tab(workbook, "HOME"), _tab(workbook, "CHARTS")
    workbook.progress("增加项目：正在复制表……")
    workbook.back_up(now)
    with workbook.opened(funds.sheet, home, charts), workbook.calm():
        if row is None:
            row = funds.bottom
            rows.insert(workbook, funds, row)
            workbook.cells.forget()
            funds = _funds(workbook)
        added = _added(workbook, funds, row, sheets)
    tabs = "、".join(f"“{each.tab}”" for each in added)
    workbook.go(Ref(funds.sheet, f"{_letters(funds, 'name')}{row}"))
    return f"加好了{tabs}，资金概况第 {row} 行就是它。请填项目名称和金额。"


def delete_project(workbook: Workbook, now: datetime, *, yes: bool = False) -> str:
    """Remove the selected project after asking: its row, sheets, lines and results. Raises `NotSaved`."""
    funds = _funds(workbook)
    sheets = list(_sheets(workbook))
    identity, row = _selected_project(workbook, funds, sheets)
    own = [each for each in sheets if each.project == identity]
    if len({each.project for each in sheets}) == 1:
        raise NotSaved("工作簿里只剩这一个项目，没有删除。不用时请清空它的内容。")
    name = workbook.cells.read(Ref(funds.sheet, f"{_letters(funds, 'name')}{row}"))[0][0] if row else None
    tabs = "、".join(f"“{each.tab}”" for each in own)
    called = f"项目“{name}”" if name else "这个空白项目"
    if not yes:
        question = f"要删除{called}吗？会删掉资金概况的这一行和表{tabs}。删除前会在“备份”文件夹留一份。"
        answer = _asked(workbook, question, f"delete {identity}", now)
        if answer is None:
            return f"{question}确定要删，请再按一次“删除项目”；不删，请按别的按钮或不管它。"
        if not answer:
            return "没有删除。"
    workbook.progress("删除项目：正在删除……")
    workbook.heal()
    workbook.back_up(now)
    home, charts = _tab(workbook, "HOME"), _tab(workbook, "CHARTS")
    others = [each.tab for each in sheets if each not in own]
    with workbook.opened(funds.sheet, home, charts, *others), workbook.calm():
        _removed(workbook, funds, row, own, sheets)
    workbook.cells.forget()
    workbook.go(
        Ref(funds.sheet, f"{_letters(funds, 'name')}{max(funds.top + 1, min(row or 0, funds.bottom - 2))}")
    )
    return f"删除了{called}和它的表{tabs}。删错了，可以从“{workbook.backup}”找回。请再按一次“校验”。"


# --- what there is ------------------------------------------------------------------------------------


def _funds(workbook: Workbook) -> Table:
    ref = workbook.cells.names().get(names.FUND_ID)
    if ref is None or ref.cell == BROKEN:
        tables.edition_of(workbook)
        raise NotSaved("资金概况的项目标记列被删除了，没有改动。请撤消删除，或从备份里找回“资金概况”。")
    return tables.under(workbook, (ref.sheet, row_and_column(ref.cell)[0], 1))


def _sheets(workbook: Workbook) -> Iterator[_Sheet]:
    """The sheets of the projects, in workbook order."""
    known = workbook.cells.names()
    by_tab = {
        ref.sheet: name for name, ref in known.items() if name.startswith(names.go("")) and ref.cell != BROKEN
    }
    for tab in workbook.cells.sheets():
        ref = known.get(f"{tab}!{names.PROJECT_ID}")
        if ref is None or ref.cell == BROKEN or tab not in by_tab:
            continue
        kind = next((kind for kind, (_, _, mark) in _KINDS.items() if f"{tab}!{mark}" in known), None)
        if kind:
            yield _Sheet(kind, tab, str(workbook.cells.read(ref)[0][0] or "").strip(), by_tab[tab])


def _tab(workbook: Workbook, identity: str) -> str:
    """Tab text of 首页 or 图表. Raises `NotSaved` when it is gone."""
    ref = workbook.cells.names().get(names.go(identity))
    if ref is None or ref.cell == BROKEN:
        word = "首页" if identity == "HOME" else "图表"
        raise NotSaved(f"“{word}”表被删除了，没有改动。请撤消删除，或从备份里找回这张表。")
    return ref.sheet


def _ids(workbook: Workbook, funds: Table) -> dict[int, str]:
    """Identity of each row of 资金概况, blank ones included."""
    letters = column_letters(cast("int", funds.key))
    values = workbook.cells.read(Ref(funds.sheet, f"{letters}{funds.rows[0]}:{letters}{funds.rows[-1]}"))
    return {row: str(value or "").strip() for row, (value,) in zip(funds.rows, values, strict=True)}


def _typed(workbook: Workbook, table: Table, row: int, leave: Sequence[str] = ()) -> bool:
    """Whether anything is filled by hand in a row."""
    columns = {table.columns[key] for key in leave if key in table.columns} | {table.key or 0}
    values, texts = workbook.cells.read(table.row(row))[0], workbook.cells.formulas_in(table.row(row))[0]
    return any(
        values[column - 1] not in (None, "") and not texts[column - 1]
        for column in table.typed
        if column not in columns
    )


def _row_without_sheet(workbook: Workbook, funds: Table, sheets: Iterable[_Sheet]) -> int | None:
    """The first row that somebody filled without its having sheets."""
    known = {each.project for each in sheets}
    for row, identity in _ids(workbook, funds).items():
        if identity not in known and _typed(workbook, funds, row):
            return row
    return None


def _blank_project(
    workbook: Workbook, funds: Table, sheets: Sequence[_Sheet]
) -> tuple[int, list[_Sheet]] | None:
    """The first row that has sheets and where nothing is filled, on them neither."""
    for row, identity in _ids(workbook, funds).items():
        own = [each for each in sheets if each.project == identity]
        if identity and own and not _typed(workbook, funds, row):
            own_tables = [tables.of_sheet(workbook, each.tab) for each in own]
            if not any(_typed(workbook, table, r, _PRINTED) for table in own_tables for r in table.rows):
                return row, own
    return None


def _spare_row(workbook: Workbook, funds: Table) -> int | None:
    """The first blank row without identity; `None` when there is none."""
    for row, identity in _ids(workbook, funds).items():
        if not identity and not _typed(workbook, funds, row):
            return row
    return None


def _selected_project(workbook: Workbook, funds: Table, sheets: Iterable[_Sheet]) -> tuple[str, int | None]:
    """Identity of the project selected in 资金概况, or whose sheet is in front, and its row."""
    tab, row, _ = workbook.selected()
    ids = _ids(workbook, funds)
    found = next((each.project for each in sheets if each.tab == tab), "")
    if tab == funds.sheet:
        found = ids.get(row, "")
    if not found:
        raise NotSaved("请先打开要删除的项目表，或在资金概况里选中它那一行，再按“删除项目”。没有改动。")
    return found, next((number for number, identity in ids.items() if identity == found), None)


def _asked(workbook: Workbook, question: str, about: str, now: datetime) -> bool | None:
    """The answer of a box; `None` where no box can be shown and the button was not pressed before for this."""
    if workbook.asked(about, now):
        return True
    app: Any = workbook.app
    if app.visible and str(app.engine.name) == "excel":
        return app.alert(question, "删除项目", "yes_no") == "yes"
    workbook.ask(about, now)
    return None


# --- adding -------------------------------------------------------------------------------------------


def _added(workbook: Workbook, funds: Table, row: int, sheets: Sequence[_Sheet]) -> list[_Sheet]:
    number = 1 + max((_number(each.go) for each in sheets), default=0)
    taken = {*_ids(workbook, funds).values(), *(each.project for each in sheets)}
    identity = _ids(workbook, funds)[row] or next(
        f"P{n}" for n in range(number, number + 10_000) if f"P{n}" not in taken
    )
    name = workbook.cells.read(Ref(funds.sheet, f"{_letters(funds, 'name')}{row}"))[0][0]
    added: list[tuple[_Sheet, _Sheet]] = []
    blocks = _mark_blocks(workbook)
    for kind in _KINDS:
        of_kind = [each for each in sheets if each.kind == kind]
        if of_kind:
            model = of_kind[-1]
            new = _Sheet(
                kind,
                _new_tab(workbook, kind, number, name),
                identity,
                names.go(f"{_KINDS[kind][0]}_{number}"),
            )
            _copy_sheet(workbook, model, new, blocks)
            _home_line(workbook, model, new)
            added.append((model, new))
    _chart_row(workbook, *added[-1])
    _write(workbook, Ref(funds.sheet, f"{column_letters(cast('int', funds.key))}{row}"), identity)
    if "go" in funds.columns:
        signs = 'IF(COUNTIF(PE_MARK_E,"?"&ROW())>0,"✗ ",IF(COUNTIF(PE_MARK_W,"?"&ROW())>0,"！",""))'
        first = added[0][1]
        word = _KINDS[first.kind][1]
        link = f'=HYPERLINK("#{first.go}",{signs}&"{word}{number} →")'
        _formula(workbook, Ref(funds.sheet, f"{_letters(funds, 'go')}{row}"), link)
    workbook.cells.forget()
    return [new for _, new in added]


def _copy_sheet(workbook: Workbook, model: _Sheet, new: _Sheet, blocks: list[Ref]) -> None:
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


def _own_marks(workbook: Workbook, sheet: Any, new: _Sheet, blocks: list[Ref]) -> None:
    """A block of `_标记` of its own for each severity."""
    tab = blocks[0].sheet
    heights = {_bottom(ref) - row_and_column(ref.cell)[0] + 1 for ref in blocks}
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
            _write(workbook, Ref(tab, f"{column}{row}"), label)


def _mark_blocks(workbook: Workbook) -> list[Ref]:
    """The blocks of `_标记` that sheets have."""
    known = workbook.cells.names()
    return [
        ref
        for name, ref in known.items()
        if name.rpartition("!")[2] in names.MARKS.values() and ref.cell != BROKEN
    ]


def _retarget_maps(workbook: Workbook, model: _Sheet, new: _Sheet) -> None:
    """Let the map of the new sheet tell of the new names."""
    for ref, text in _formulas_above(workbook, new.tab):
        if text.startswith(f'="{names.MAP}"'):
            _formula(workbook, ref, _renamed(text, {model.go: new.go}))


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


def _clear(workbook: Workbook, new: _Sheet) -> None:
    """Take away what was typed on the model, and its spare rows."""
    sheet: Any = workbook.sheet(new.tab)
    table = tables.of_copy(workbook, new.tab, _own_names(sheet))
    for note in list(sheet.notes):
        note.delete()
    if table.form.key == "matrix" and len(table.rows) > _KEPT_ROWS:
        sheet.range(f"{table.top + 1 + _KEPT_ROWS}:{table.bottom - 1}").delete("up")
        table = replace(table, bottom=table.top + 1 + _KEPT_ROWS)
        workbook.cells.forget(new.tab)
    known = tables.formulas(workbook, table)
    kept = {table.columns[key] for key in _PRINTED if key in table.columns}
    for row in table.rows:
        blank = tables.blank_row(table, known, row)
        for first, last in _runs([column for column in table.typed if column not in kept]):
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


def _link_neighbours(workbook: Workbook, model: _Sheet, new: _Sheet) -> None:
    """◀ and ▶ above the table: from the model to the new sheet and back."""
    back, on = _turns(workbook, new.tab), _turns(workbook, model.tab)
    if "◀" in back:
        ref, text = back["◀"]
        _formula(workbook, ref, _LINK.sub(f'"#{model.go}"', text, count=1))
    elif new.kind == "matrix":
        _formula(
            workbook,
            Ref(new.tab, f"{_column(workbook, new.tab, 'MX_SCHEDULE')}2"),
            _turn(model.go, "◀ 上一个"),
        )
    if "▶" in on:
        ref, text = on["▶"]
        _formula(workbook, ref, _LINK.sub(f'"#{new.go}"', text, count=1))
    elif new.kind == "matrix":
        _formula(
            workbook,
            Ref(model.tab, f"{_column(workbook, new.tab, 'MX_QUANTITY')}2"),
            _turn(new.go, "下一个项目 ▶"),
        )
    if "▶" in back:
        _write(workbook, back["▶"][0], None)


def _turns(workbook: Workbook, tab: str) -> dict[str, tuple[Ref, str]]:
    return {
        sign: (ref, text)
        for ref, text in _formulas_above(workbook, tab)
        for sign in "◀▶"
        if text.startswith("=HYPERLINK(") and sign in text
    }


def _turn(go: str, text: str) -> str:
    return f"=HYPERLINK({literal(f'#{go}')},{literal(text)})"


_LINK = re.compile(r'"#PE_GO_\w+"')


def _home_line(workbook: Workbook, model: _Sheet, new: _Sheet) -> None:
    """A line of the table of sheets below that of the model, and the new scores in the mean."""
    home = _tab(workbook, "HOME")
    row = _home_row(workbook, home, model)
    if row is None:
        return
    _include_scores(workbook, home, model, new, above=row)
    line: Any = workbook.sheet(home)
    line.range(f"{row + 1}:{row + 1}").insert("down", "format_from_left_or_above")
    workbook.cells.forget(home)
    last = re.sub("[0-9]", "", workbook.cells.used(home).cell.rpartition(":")[2])
    texts = workbook.cells.formulas_in(Ref(home, f"A{row}:{last}{row}"))[0]
    ids = {
        model.go: new.go,
        f'"{_identity(model)}"': f'"{_identity(new)}"',
        literal(model.project): literal(new.project),
    }
    cells: list[CellValue | Formula] = [
        Formula(_retargeted(_renamed(tables.shifted(text, 1), ids), model.tab, new.tab), None)
        if text
        else None
        for text in texts
    ]
    link = next(place for place, text in enumerate(texts) if f'"#{model.go}"' in text)
    cells[link] = Formula(f"=HYPERLINK({literal('#' + new.go)},{literal(new.tab)})", None)
    workbook.cells.write(Ref(home, f"A{row + 1}"), [cells])
    workbook.cells.flush()
    _renumber(workbook, home, link)


def _renumber(workbook: Workbook, home: str, link: int) -> None:
    """序 of the table of sheets, in the column before the links."""
    letters, linked = column_letters(link), column_letters(link + 1)
    bottom = row_and_column(workbook.cells.used(home).cell.rpartition(":")[2])[0]
    texts = workbook.cells.formulas_in(Ref(home, f"{linked}1:{linked}{bottom}"))
    lines = [row for row, (text,) in enumerate(texts, start=1) if text.startswith('=HYPERLINK("#PE_GO_')]
    if lines:
        numbers = [[float(number)] for number in range(1, len(lines) + 1)]
        workbook.cells.write(Ref(home, f"{letters}{lines[0]}"), numbers)
        workbook.cells.flush()


def _home_row(workbook: Workbook, home: str, sheet: _Sheet) -> int | None:
    """The line of 首页 that leads to a sheet."""
    for (row, _), text in _all_formulas(workbook, home):
        if text.startswith(f'=HYPERLINK("#{sheet.go}"'):
            return row
    return None


def _all_formulas(workbook: Workbook, tab: str) -> Iterator[tuple[tuple[int, int], str]]:
    for row, line in enumerate(workbook.cells.formulas_in(workbook.cells.used(tab)), start=1):
        for column, text in enumerate(line, start=1):
            if text:
                yield (row, column), text


def _include_scores(workbook: Workbook, home: str, model: _Sheet, new: _Sheet, above: int) -> None:
    """Where the cards of 首页 list cells of all forms, add those of the new one."""
    cells = re.compile(rf"{_reference(model.tab)}(\$?[A-Z]{{1,3}}\$?[0-9]+)")
    for (row, column), text in _all_formulas(workbook, home):
        if row < min(above, _TABLE_OF_SHEETS) and cells.search(text):
            more = cells.sub(lambda match: f"{match[0]},{quoted(new.tab)}!{match[1]}", text)
            _formula(workbook, Ref(home, f"{column_letters(column)}{row}"), more)


_TABLE_OF_SHEETS = 14


def _chart_row(workbook: Workbook, model: _Sheet, new: _Sheet) -> None:
    """The row of hidden results behind 图表: identity, names as built, what the project's own sheet says."""
    charts = _tab(workbook, "CHARTS")
    place = _chart_place(workbook, charts, model)
    if place is None:
        return
    row, column = place
    while workbook.cells.read(Ref(charts, f"{column_letters(column)}{row + 1}"))[0][0] is not None:
        row += 1
    source = workbook.cells.used(charts).cell.rpartition(":")[2]
    last = re.sub("[0-9]", "", source)
    head = workbook.cells.formulas_in(Ref(charts, f"A{row}:{last}{row + 1}"))
    if not head[1][0]:  # the list is full: one more row inside of it, above its last one
        sheet: Any = workbook.sheet(charts)
        sheet.range(f"{row}:{row}").insert("down", "format_from_left_or_above")
        workbook.cells.forget(charts)
        below = workbook.cells.formulas_in(Ref(charts, f"A{row + 1}:{last}{row + 1}"))[0]
        values = workbook.cells.read(Ref(charts, f"A{row + 1}:{last}{row + 1}"))[0]
        kept: list[CellValue | Formula] = [
            Formula(tables.shifted(text, -1), None)
            if text and at < column
            else Formula(text, None)
            if text
            else value
            for at, (text, value) in enumerate(zip(below, values, strict=True), start=1)
        ]
        workbook.cells.write(Ref(charts, f"A{row}"), [kept])
        workbook.cells.flush()
    model_row, _ = cast("tuple[int, int]", _chart_place(workbook, charts, model))
    texts = workbook.cells.formulas_in(Ref(charts, f"{column_letters(column)}{model_row}:{last}{model_row}"))[
        0
    ]
    results: list[CellValue | Formula] = [
        Formula(_retargeted(text, model.tab, new.tab), None) if text else None for text in texts
    ]
    results[0] = new.project
    workbook.cells.write(Ref(charts, f"{column_letters(column)}{row + 1}"), [results])
    workbook.cells.flush()


def _chart_place(workbook: Workbook, charts: str, sheet: _Sheet) -> tuple[int, int] | None:
    """Row and column of the identity of a project among the results behind 图表."""
    cells = workbook.cells.read(workbook.cells.used(charts))
    for row, line in enumerate(cells, start=1):
        for column, value in enumerate(line, start=1):
            if value == sheet.project:
                beside = f"{column_letters(column)}{row}:{column_letters(column + 3)}{row}"
                texts = workbook.cells.formulas_in(Ref(charts, beside))[0]
                if not texts[0] and re.search(_reference(sheet.tab), texts[3]):
                    return row, column
    return None


# --- removing -----------------------------------------------------------------------------------------


def _removed(
    workbook: Workbook, funds: Table, row: int | None, own: Sequence[_Sheet], sheets: Sequence[_Sheet]
) -> None:
    book = workbook.cells
    home, charts = _tab(workbook, "HOME"), _tab(workbook, "CHARTS")
    for each in own:
        _exclude_scores(workbook, home, each)
        _remove_home_line(workbook, home, each)
        _remove_results(workbook, charts, each)
        _join_neighbours(workbook, each, [other for other in sheets if other.kind == each.kind])
        _clear_marks(workbook, each)
    if row is not None:
        if len(funds.rows) > 1:
            cast("Any", workbook.sheet(funds.sheet)).range(f"{row}:{row}").delete("up")
        else:
            for first, last in _runs(funds.typed):
                book.write(Ref(funds.sheet, f"{column_letters(first)}{row}"), [[None] * (last - first + 1)])
            book.flush()
    for each in own:
        workbook.book.names[each.go].delete()
        workbook.sheet(each.tab).delete()
    book.forget()


def _exclude_scores(workbook: Workbook, home: str, sheet: _Sheet) -> None:
    cell = rf"{_reference(sheet.tab)}\$?[A-Z]{{1,3}}\$?[0-9]+"
    listed = re.compile(rf",{cell}|(?<=\(){cell},")
    for (row, column), text in list(_all_formulas(workbook, home)):
        if row < _TABLE_OF_SHEETS and listed.search(text):
            _formula(workbook, Ref(home, f"{column_letters(column)}{row}"), listed.sub("", text))


def _remove_home_line(workbook: Workbook, home: str, sheet: _Sheet) -> None:
    found = [
        (at, text)
        for at, text in _all_formulas(workbook, home)
        if text.startswith(f'=HYPERLINK("#{sheet.go}"')
    ]
    for (row, column), _ in found:
        cast("Any", workbook.sheet(home)).range(f"{row}:{row}").delete("up")
        workbook.cells.forget(home)
        _renumber(workbook, home, column - 1)


def _remove_results(workbook: Workbook, charts: str, sheet: _Sheet) -> None:
    place = _chart_place(workbook, charts, sheet)
    if place is not None:
        row, column = place
        width = row_and_column(workbook.cells.used(charts).cell.rpartition(":")[2])[1] - column + 1
        workbook.cells.write(Ref(charts, f"{column_letters(column)}{row}"), [[None] * width])
        workbook.cells.flush()


def _join_neighbours(workbook: Workbook, sheet: _Sheet, of_kind: Sequence[_Sheet]) -> None:
    """Let the sheets before and behind lead to each other."""
    place = of_kind.index(sheet)
    before = of_kind[place - 1] if place else None
    behind = of_kind[place + 1] if place + 1 < len(of_kind) else None
    for each, sign, target in ((before, "▶", behind), (behind, "◀", before)):
        turn = _turns(workbook, each.tab).get(sign) if each else None
        if turn is not None:
            ref, text = turn
            if target is not None:
                _formula(workbook, ref, _LINK.sub(f'"#{target.go}"', text, count=1))
            else:
                _write(workbook, ref, None)


def _clear_marks(workbook: Workbook, sheet: _Sheet) -> None:
    for name in names.MARKS.values():
        ref = workbook.cells.names().get(f"{sheet.tab}!{name}")
        if ref is not None and ref.cell != BROKEN:
            top, column = row_and_column(ref.cell)
            first = max(1, top - _BAND_HEAD)
            block = f"{column_letters(column)}{first}:{column_letters(column + 1)}{_bottom(ref)}"
            cast("Any", workbook.sheet(ref.sheet)).range(block).clear_contents()
            workbook.cells.forget(ref.sheet)


# --- small pieces -------------------------------------------------------------------------------------


def _number(go: str) -> int:
    found = re.search(r"_([0-9]+)$", go)
    return int(found[1]) if found else 0


def _identity(sheet: _Sheet) -> str:
    return sheet.go.removeprefix(names.go(""))


def _new_tab(workbook: Workbook, kind: str, number: int, name: CellValue) -> str:
    """`项目9` or `项目9_科普`, different from every other tab."""
    from xl_perfeval.template.tabs import short_name

    short = short_name(name)
    text = f"{_KINDS[kind][1]}{number}" + (f"_{short}" if short else "")
    taken = {tab.casefold() for tab in workbook.cells.sheets()}
    candidates = (text, *(f"{text}_{n}" for n in range(2, 1000)))
    return next(each for each in candidates if each.casefold() not in taken)


def _letters(table: Table, key: str) -> str:
    return column_letters(table.columns[key])


def _column(workbook: Workbook, tab: str, name: str) -> str:
    """Letters of the column of a sheet's own name."""
    sheet: Any = workbook.sheet(tab)
    cells = str(sheet.names[name].refers_to).rpartition("!")[2].replace("$", "")
    return re.sub("[0-9:].*", "", cells)


def _bottom(ref: Ref) -> int:
    return row_and_column(ref.cell.rpartition(":")[2])[0]


def _reference(tab: str) -> str:
    """Pattern of a tab before the cells of a formula, with quotes or without."""
    return rf"(?:{re.escape(quoted(tab))}|(?<![\w'.]){re.escape(tab)})!"


def _retargeted(formula: str, tab: str, new: str) -> str:
    return re.sub(_reference(tab), lambda _: f"{quoted(new)}!", formula)


def _renamed(formula: str, changes: Mapping[str, str]) -> str:
    """A formula with some words replaced, whole words only and all at once."""
    words = "|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in changes)
    return re.sub(words, lambda match: changes[match[0]], formula)


def _runs(columns: Iterable[int]) -> list[tuple[int, int]]:
    """First and last of each run of neighbours."""
    runs: list[tuple[int, int]] = []
    for column in sorted(columns):
        if runs and runs[-1][1] == column - 1:
            runs[-1] = (runs[-1][0], column)
        else:
            runs.append((column, column))
    return runs


def _write(workbook: Workbook, ref: Ref, value: CellValue) -> None:
    workbook.cells.write(ref, [[value]])
    workbook.cells.flush()


def _formula(workbook: Workbook, ref: Ref, text: str) -> None:
    cast("Any", workbook.range(ref)).formula = text
    workbook.cells.forget(ref.sheet)
