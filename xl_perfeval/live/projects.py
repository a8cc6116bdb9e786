"""增加项目, 删除项目: a project is a row of 资金概况, its own sheets, lines of 首页, a row of results behind 图表."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

from xl_perfeval.books import BROKEN
from xl_perfeval.forms import names
from xl_perfeval.live import overviews, project_sheets, rows, tables
from xl_perfeval.live.project_sheets import KINDS, PRINTED, ProjectSheet
from xl_perfeval.live.tables import Table
from xl_perfeval.model import Ref, column_letters, row_and_column
from xl_perfeval.saving import NotSaved

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from xl_perfeval.live.workbook import Workbook


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
        added = _added(workbook, funds, row, sheets, home, charts)
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
    """The table of projects. Raises `NotSaved` when its identities are gone."""
    ref = workbook.cells.names().get(names.FUND_ID)
    if ref is None or ref.cell == BROKEN:
        tables.edition_of(workbook)
        raise NotSaved("资金概况的项目标记列被删除了，没有改动。请撤消删除，或从备份里找回“资金概况”。")
    return tables.under(workbook, (ref.sheet, row_and_column(ref.cell)[0], 1))


def _sheets(workbook: Workbook) -> Iterator[ProjectSheet]:
    """The sheets of the projects, in workbook order."""
    known = workbook.cells.names()
    by_tab = {
        ref.sheet: name for name, ref in known.items() if name.startswith(names.go("")) and ref.cell != BROKEN
    }
    for tab in workbook.cells.sheets():
        ref = known.get(f"{tab}!{names.PROJECT_ID}")
        if ref is None or ref.cell == BROKEN or tab not in by_tab:
            continue
        kind = next((kind for kind, (_, _, mark) in KINDS.items() if f"{tab}!{mark}" in known), None)
        if kind:
            yield ProjectSheet(kind, tab, str(workbook.cells.read(ref)[0][0] or "").strip(), by_tab[tab])


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


def _row_without_sheet(workbook: Workbook, funds: Table, sheets: Iterable[ProjectSheet]) -> int | None:
    """The first row that somebody filled without its having sheets."""
    known = {each.project for each in sheets}
    for row, identity in _ids(workbook, funds).items():
        if identity not in known and _typed(workbook, funds, row):
            return row
    return None


def _blank_project(
    workbook: Workbook, funds: Table, sheets: Sequence[ProjectSheet]
) -> tuple[int, list[ProjectSheet]] | None:
    """The first row that has sheets and where nothing is filled, on them neither."""
    for row, identity in _ids(workbook, funds).items():
        own = [each for each in sheets if each.project == identity]
        if identity and own and not _typed(workbook, funds, row):
            own_tables = [tables.of_sheet(workbook, each.tab) for each in own]
            if not any(_typed(workbook, table, r, PRINTED) for table in own_tables for r in table.rows):
                return row, own
    return None


def _spare_row(workbook: Workbook, funds: Table) -> int | None:
    """The first blank row without identity; `None` when there is none."""
    for row, identity in _ids(workbook, funds).items():
        if not identity and not _typed(workbook, funds, row):
            return row
    return None


def _selected_project(
    workbook: Workbook, funds: Table, sheets: Iterable[ProjectSheet]
) -> tuple[str, int | None]:
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


# --- adding and removing ------------------------------------------------------------------------------


def _added(
    workbook: Workbook, funds: Table, row: int, sheets: Sequence[ProjectSheet], home: str, charts: str
) -> list[ProjectSheet]:
    """Make the sheets of the project in a row, and what leads to them."""
    number = 1 + max((project_sheets.number_of(each.go) for each in sheets), default=0)
    taken = {*_ids(workbook, funds).values(), *(each.project for each in sheets)}
    identity = _ids(workbook, funds)[row] or next(
        f"P{n}" for n in range(number, number + 10_000) if f"P{n}" not in taken
    )
    name = workbook.cells.read(Ref(funds.sheet, f"{_letters(funds, 'name')}{row}"))[0][0]
    added: list[tuple[ProjectSheet, ProjectSheet]] = []
    blocks = project_sheets.mark_blocks(workbook)
    for kind in KINDS:
        of_kind = [each for each in sheets if each.kind == kind]
        if of_kind:
            model = of_kind[-1]
            new = ProjectSheet(
                kind,
                project_sheets.new_tab(workbook, kind, number, name),
                identity,
                names.go(f"{KINDS[kind][0]}_{number}"),
            )
            project_sheets.copy(workbook, model, new, blocks)
            overviews.add_line(workbook, home, model, new)
            added.append((model, new))
    overviews.add_results(workbook, charts, *added[-1])
    workbook.put(Ref(funds.sheet, f"{column_letters(cast('int', funds.key))}{row}"), identity)
    if "go" in funds.columns:
        signs = 'IF(COUNTIF(PE_MARK_E,"?"&ROW())>0,"✗ ",IF(COUNTIF(PE_MARK_W,"?"&ROW())>0,"！",""))'
        first = added[0][1]
        word = KINDS[first.kind][1]
        link = f'=HYPERLINK("#{first.go}",{signs}&"{word}{number} →")'
        workbook.put_formula(Ref(funds.sheet, f"{_letters(funds, 'go')}{row}"), link)
    workbook.cells.forget()
    return [new for _, new in added]


def _removed(
    workbook: Workbook,
    funds: Table,
    row: int | None,
    own: Sequence[ProjectSheet],
    sheets: Sequence[ProjectSheet],
) -> None:
    """Take away everything of a project."""
    book = workbook.cells
    home, charts = _tab(workbook, "HOME"), _tab(workbook, "CHARTS")
    for each in own:
        overviews.exclude_scores(workbook, home, each)
        overviews.remove_line(workbook, home, each)
        overviews.remove_results(workbook, charts, each)
        project_sheets.join_neighbours(workbook, each, [other for other in sheets if other.kind == each.kind])
        project_sheets.clear_marks(workbook, each)
    if row is not None:
        if len(funds.rows) > 1:
            cast("Any", workbook.sheet(funds.sheet)).range(f"{row}:{row}").delete("up")
        else:
            for first, last in tables.runs(funds.typed):
                book.write(Ref(funds.sheet, f"{column_letters(first)}{row}"), [[None] * (last - first + 1)])
            book.flush()
    for each in own:
        workbook.book.names[each.go].delete()
        workbook.sheet(each.tab).delete()
    book.forget()


def _letters(table: Table, key: str) -> str:
    """Letters of a column."""
    return column_letters(table.columns[key])
