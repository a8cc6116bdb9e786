"""项目N_…: the target matrix of one project, with its money above and a check of every row."""

from __future__ import annotations

from decimal import Decimal

from xl_perfeval import rollup
from xl_perfeval.findings import Severity
from xl_perfeval.forms import names
from xl_perfeval.forms.ownsheets import CHECK_WORDS
from xl_perfeval.model import CellValue, FieldKind, FormField, Project, Stage, WorkItem, column_letters
from xl_perfeval.template import amounts, funds, lists, live, marks
from xl_perfeval.template.context import Context
from xl_perfeval.template.funds import has_text
from xl_perfeval.template.grid import Grid, draw_lines, heading
from xl_perfeval.template.sheet import Cached, Sheet, Shown, cell, height_for, number
from xl_perfeval.template.tabs import Tab, of_kind

FIRST = 8
STRIP = 3
UNIT_OF_COST = 'General"万元"'
GAP = '"✗ 多"General"万元";"✗ 少"General"万元";"✓ 相符"'


def grid_of(context: Context, project: Project) -> Grid:
    """Where a project's table stands. A blank sheet has room for five items."""
    table = context.edition.table("matrix")
    return Grid(table, FIRST, len(project.items), table.spare_rows if project.items else 5)


def write(context: Context, tab: Tab) -> None:
    """The whole sheet of one project."""
    project = tab.project
    assert project is not None
    sheet = context.sheet(tab)
    grid = grid_of(context, project)
    _frame(context, sheet, grid, tab)
    _strip(context, sheet, grid, project)
    _header(context, sheet, grid)
    draw_lines(context, sheet, grid)
    _rows(context, sheet, grid, tab)
    _totals(context, sheet, grid, project)
    _note(context, sheet, grid, project)
    _helpers(context, sheet, grid, tab)
    _names(sheet, grid)
    _formats(context, sheet, grid, tab)
    sheet.lock()
    sheet.page(last_row=grid.total + 2, last_column=grid.width, repeat=(5, 6))
    sheet.freeze_panes(grid.top, grid.column("name"))


# --- above the table ----------------------------------------------------------------------------------


def _frame(context: Context, sheet: Sheet, grid: Grid, tab: Tab) -> None:
    style = context.book.style
    sheet.widths({place: field.width for place, field in enumerate(grid.table.fields, start=1)})
    sheet.widths({grid.width + 1: 2})
    sheet.height(1, 30)
    sheet.fill(1, range(1, grid.width + 1), style("banner"))
    name = str(tab.project.name or "") if tab.project else ""
    title = (
        f"项目{tab.number}　{name}　{grid.table.title}" if name else f"项目{tab.number}　（还没有填项目名称）"
    )
    shown_name = _project_cell(grid)
    formula = f'="项目"&{_place(grid)}&"　"&IF({shown_name}="","（还没有填项目名称）",{shown_name}&"　{grid.table.title}")'
    sheet.formula(1, 1, formula, title, style("banner"))
    sheet.height(2, 20)
    sheet.fill(2, range(1, grid.width + 1), style("hint"))
    link = style("hint.link")
    neighbours = of_kind(context.tabs, "matrix")
    for column, text, target in (
        ("name", "← 首页", context.tab("home")),
        ("cost", "资金概况", context.tab("funds")),
        ("schedule", "◀ 上一个", _neighbour(neighbours, tab, -1)),
        ("quantity", "下一个项目 ▶", _neighbour(neighbours, tab, 1)),
    ):
        if target is not None:
            sheet.formula(2, grid.column(column), f'=HYPERLINK("#{target.go}","{text}")', text, link)
    sheet.text(2, grid.column("quality"), grid.table.hint, style("hint"))


def _neighbour(tabs: list[Tab], tab: Tab, step: int) -> Tab | None:
    place = tabs.index(tab) + step
    return tabs[place] if 0 <= place < len(tabs) else None


def _strip(context: Context, sheet: Sheet, grid: Grid, project: Project) -> None:
    """Budget, spent, rate and gap: looked up by the project's id, so that order and inserted rows do not matter."""
    style = context.book.style
    sheet.height(STRIP, 24)
    sheet.height(STRIP + 1, 8)
    spent, budget = rollup.read(project.funding.spent), rollup.read(project.funding.budget)
    label, money = style("label"), style("computed.amount", bold=True)
    place = f"MATCH({_id_cell(grid)},{names.FUND_ID},0)"
    at = _strip_columns(grid)
    b, s = cell(STRIP, at[names.MATRIX_BUDGET]), cell(STRIP, at[names.MATRIX_PROJECT_SPENT])
    sheet.text(STRIP, grid.column("name"), "预算（万元）", label)
    sheet.formula(
        STRIP, at[names.MATRIX_BUDGET], f'=IFERROR(INDEX(FUND_BUDGET_READ,{place}),"")', number(budget), money
    )
    sheet.text(STRIP, grid.column("quantity"), "支出（万元）", label)
    left = {"align": "left", "indent": 1}
    formula = f'=IFERROR(INDEX(FUND_SPENT_READ,{place}),"")'
    sheet.formula(
        STRIP,
        at[names.MATRIX_PROJECT_SPENT],
        formula,
        number(spent),
        style("computed.amount", bold=True, **left),
    )
    sheet.text(STRIP, grid.column("benefit"), "执行率", label)
    formula = f'=IF(AND(N({b})<>0,ISNUMBER({s})),{s}/{b},"")'
    rate = number(rollup.rate(spent, budget))
    sheet.formula(STRIP, at[names.MATRIX_RATE], formula, rate, style("computed.percent", bold=True, **left))
    sheet.text(
        STRIP,
        grid.column("spent"),
        "成本合计与预算之差",
        style("label", align="center_across", right=0, num_format="@"),
    )
    sheet.blank(STRIP, grid.column("reason"), style("label", align="center_across", left=0, num_format="@"))
    cost = cell(grid.total, grid.column("cost"))
    formula = f'=IF(OR(NOT(ISNUMBER({b})),{_need_total(grid)}=0),"",ROUND({cost}-{b},6))'
    total = rollup.total(item.cost for item in project.items)
    compared = budget is not None and any(_is_filled(grid, item) for item in project.items)
    gap = float(rollup.excel_round(total - (budget or Decimal(0)), 6)) if compared else ""
    one_line = {"text_wrap": False, "shrink": True}
    look = style("computed.center", bold=True, num_format=GAP, **one_line)
    sheet.formula(STRIP, at[names.MATRIX_GAP], formula, gap, look)


def _strip_columns(grid: Grid) -> dict[str, int]:
    """Columns of the computed cells above the table."""
    return {
        names.MATRIX_BUDGET: grid.column("cost"),
        names.MATRIX_PROJECT_SPENT: grid.column("quality"),
        names.MATRIX_RATE: grid.column("actual"),
        names.MATRIX_GAP: grid.column("check"),
    }


def _header(context: Context, sheet: Sheet, grid: Grid) -> None:
    style = context.book.style
    sheet.height(5, 22)
    sheet.height(6, 24 if any(len(f.hint) * 2 > f.width for f in grid.table.fields) else 16)
    for column, field in enumerate(grid.table.fields, start=1):
        sheet.text(5, column, heading(field), style("header.top"))
        sheet.text(6, column, field.hint, style("header.hint"))


# --- the table ----------------------------------------------------------------------------------------


def _rows(context: Context, sheet: Sheet, grid: Grid, tab: Tab) -> None:
    style = context.book.style
    project = tab.project
    assert project is not None
    look = {
        FieldKind.TEXT: style("input"),
        FieldKind.PERIOD: style("input.center"),
        FieldKind.CHOICE: style("input.center"),
    }
    cost, spent = style("input.amount", num_format=UNIT_OF_COST, indent=1), style("input.amount")
    center = style("computed.center")
    name = grid.letter("name")
    inputs = [(grid.column(f.key), f) for f in grid.table.fields if f.kind is not FieldKind.COMPUTED]
    named = 0
    for place, row in enumerate(grid.rows):
        item = project.items[place] if place < len(project.items) else WorkItem()
        named += has_text(item.name)
        formula = f'=IF(LEN({name}{row})=0,"",COUNTIF({name}${grid.top}:{name}{row},"?*"))'
        sheet.formula(row, grid.column("number"), formula, named if has_text(item.name) else "", center)
        texts: list[tuple[CellValue, float]] = []
        for column, field in inputs:
            value = getattr(item, field.key)
            if field.kind is FieldKind.AMOUNT:
                sheet.value(row, column, amounts.as_cell(value), cost if field.key == "cost" else spent)
            else:
                sheet.value(row, column, value, look[field.kind])
            texts.append((value, field.width))
        filled = _is_filled(grid, item)
        sheet.formula(
            row,
            grid.column("check"),
            _check_formula(grid, row),
            _check(context, grid, tab, item, row),
            center,
        )
        sheet.height(row, height_for(texts, least=30 if filled else 20), grows=True)


def _check_formula(grid: Grid, row: int) -> str:
    """What is most pressing in a row; reads marks, so that it changes with the marked cells.

    A blank 实际完成情况 is ○ 待填 and not an error, marked or not. What PE_CHECK says in the hidden column names the
    fault, so it comes before a word as pressing as it is.
    """
    actual = f"{grid.letter('actual')}{row}"
    place = f"ADDRESS(ROW(),COLUMN({actual}),4)"
    pending = f'AND({names.STAGE}="{Stage.YEAR_END}",LEN({actual})=0)'
    unread = "+".join(
        f"(LEN({grid.letter(f.key)}{row})>0)*NOT(ISNUMBER({grid.read(f.key)}{row}))" for f in grid.amounts
    )
    any_filled, missing = (f"{column_letters(column)}{row}" for column in _row_helpers(grid)[:2])
    said = f"{column_letters(_live(grid))}{row}"
    words = {key: f'"{word}"' for key, word in CHECK_WORDS.items()}
    return (
        f'=IF({any_filled}=0,"",IF(LEFT({said})="✗",{said},'
        f"IF({missing}>0,{words['missing']},IF({unread}>0,{words['unread']},"
        f'IF(COUNTIF(PE_MARK_E,"?"&ROW())-IF({pending},COUNTIF(PE_MARK_E,{place}),0)>0,{words[Severity.ERROR]},'
        f'IF(LEFT({said})="！",{said},IF(COUNTIF(PE_MARK_W,"?"&ROW())>0,{words[Severity.WARNING]},'
        f"IF({pending},{words['pending']},{words['passed']}))))))))"
    )


def _live_check_formula(grid: Grid, row: int) -> str:
    """What PE_CHECK says of a filled row while Python is there; one call, for the cell that shows it reads it often."""
    inputs = _inputs(grid)
    cells = f"{grid.letter(inputs[0].key)}{row}:{grid.letter(inputs[-1].key)}{row}"
    any_filled = f"{column_letters(_row_helpers(grid)[0])}{row}"
    called = live.text(f"PE_CHECK({cells},{names.STAGE})", '""').removeprefix("=")
    return f'=IF({any_filled}=0,"",{called})'


def _check(context: Context, grid: Grid, tab: Tab, item: WorkItem, row: int) -> str:
    """What the formula shows."""
    if not _is_filled(grid, item):
        return ""
    if any(not has_text(getattr(item, field.key)) for field in _required(grid)):
        return CHECK_WORDS["missing"]
    if amounts.unread([getattr(item, field.key) for field in grid.amounts]):
        return CHECK_WORDS["unread"]
    pending = context.submission.stage is Stage.YEAR_END and not has_text(item.actual)
    expected = context.is_marked(tab, Severity.ERROR, f"{grid.letter('actual')}{row}") if pending else 0
    if context.marked(tab, Severity.ERROR, row) > expected:
        return CHECK_WORDS[Severity.ERROR]
    if context.marked(tab, Severity.WARNING, row):
        return CHECK_WORDS[Severity.WARNING]
    return CHECK_WORDS["pending"] if pending else CHECK_WORDS["passed"]


def _required(grid: Grid) -> list[FormField]:
    return [field for field in grid.table.fields if field.required and not field.actual]


def _inputs(grid: Grid) -> list[FormField]:
    return [field for field in grid.table.fields if field.kind is not FieldKind.COMPUTED]


def _is_filled(grid: Grid, item: WorkItem) -> bool:
    return any(has_text(getattr(item, field.key)) for field in _inputs(grid))


def _totals(context: Context, sheet: Sheet, grid: Grid, project: Project) -> None:
    style = context.book.style
    row = grid.total
    sheet.height(row, 24)
    sheet.fill(row, range(1, grid.width + 1), style("total"))
    count = sum(
        amounts.unread([getattr(item, field.key) for item in project.items]) for field in grid.amounts
    )
    unread = amounts.unread_formula(grid)
    formula = f'="合计"&IF({unread}>0,"（"&({unread})&" 格未计入）","")'
    sheet.formula(row, 2, formula, f"合计（{count} 格未计入）" if count else "合计", style("total"))
    for field in grid.amounts:
        shown = float(rollup.excel_round(rollup.total(getattr(item, field.key) for item in project.items), 6))
        look = (
            style("total.amount", num_format=UNIT_OF_COST, indent=1)
            if field.key == "cost"
            else style("total.amount")
        )
        sheet.formula(row, grid.column(field.key), amounts.total_formula(grid, field.key), shown, look)


def _note(context: Context, sheet: Sheet, grid: Grid, project: Project) -> None:
    style = context.book.style
    row = grid.total + 2
    sheet.height(grid.total + 1, 8)
    sheet.text(row, 1, "备注", style("label.plain"))
    funds.write_note(context, sheet, grid, row, project.note)


# --- hidden columns -----------------------------------------------------------------------------------


def _row_helpers(grid: Grid) -> tuple[int, int, int, int]:
    """Hidden columns: filled cells of a row, required cells missing, cells asked for, cells filled of those."""
    start = grid.extra
    return (start, start + 1, start + 2, start + 3)


def _single(grid: Grid) -> int:
    """Hidden column of the sheet's single helper cells."""
    return grid.extra + 4


def _live(grid: Grid) -> int:
    """Hidden column of what PE_CHECK says of each row."""
    return grid.extra + 5


def _id_cell(grid: Grid) -> str:
    return f"${column_letters(_single(grid))}$1"


def _project_cell(grid: Grid) -> str:
    return f"${column_letters(_single(grid))}$2"


def _place(grid: Grid) -> str:
    """The project's place in 资金概况; the first row of the block is the thin line."""
    return f"IFERROR(MATCH({_id_cell(grid)},{names.FUND_ID},0)-1,0)"


def _need_total(grid: Grid) -> str:
    return f"SUM({grid.block(_row_helpers(grid)[2])})"


def _helpers(context: Context, sheet: Sheet, grid: Grid, tab: Tab) -> None:
    project = tab.project
    assert project is not None
    style = context.book.style("hidden")
    for field in grid.amounts:
        amounts.write_helpers(
            context, sheet, grid, field.key, [getattr(item, field.key) for item in project.items]
        )
    have_all, need_all = _row_progress(context, sheet, grid, project)
    for row in grid.rows:
        sheet.formula(row, _live(grid), _live_check_formula(grid, row), "", style)
    single = _single(grid)
    sheet.text(1, single, project.id, style)
    place = f"MATCH({_id_cell(grid)},{names.FUND_ID},0)"
    name = _shown_name(project)
    sheet.formula(2, single, f'=IFERROR(INDEX(FUND_NAME,{place})&"","")', name, style)
    column = _row_helpers(grid)
    have, need = (f"SUM({grid.block(number_)})" for number_ in (column[3], column[2]))
    share: Cached = have_all / need_all if need_all else (0 if name else "")
    formula = f'=IF({need}=0,IF({_project_cell(grid)}="","",0),{have}/{need})'
    sheet.formula(3, single, formula, share, style)
    sheet.hide_columns(range(grid.width + 2, _live(grid) + 1))
    context.progress[tab.id] = Shown(sheet.ref(cell(3, single)), share)


def _shown_name(project: Project) -> str:
    return marks.shown_text(project.name) if has_text(project.name) else ""


def _row_progress(context: Context, sheet: Sheet, grid: Grid, project: Project) -> tuple[int, int]:
    """Per row how much is filled; returns the sums of cells filled and cells asked for."""
    style = context.book.style("hidden")
    required, inputs = _required(grid), _inputs(grid)
    first, last = grid.letter(inputs[0].key), grid.letter(inputs[-1].key)
    early = context.submission.stage is Stage.TARGETS
    any_column, missing_column, need_column, have_column = _row_helpers(grid)
    have_all = need_all = 0
    for place, row in enumerate(grid.rows):
        item = project.items[place] if place < len(project.items) else WorkItem()
        filled = sum(has_text(getattr(item, field.key)) for field in inputs)
        missing = sum(not has_text(getattr(item, field.key)) for field in required)
        need = 0 if not filled else len(required) + (not early)
        have = 0 if not filled else len(required) - missing + (not early and has_text(item.actual))
        anything, lacking, asked = (
            f"{column_letters(c)}{row}" for c in (any_column, missing_column, need_column)
        )
        later = f'({names.STAGE}<>"{Stage.TARGETS}")'
        actual = f"{grid.letter('actual')}{row}"
        absent = "+".join(f"(LEN({grid.letter(field.key)}{row})=0)" for field in required)
        sheet.formula(row, any_column, f"=SUMPRODUCT((LEN({first}{row}:{last}{row})>0)*1)", filled, style)
        sheet.formula(row, missing_column, f"={absent}", missing, style)
        sheet.formula(row, need_column, f"=IF({anything}=0,0,{len(required)}+{later})", need, style)
        formula = f"=IF({asked}=0,0,{len(required)}-{lacking}+{later}*(LEN({actual})>0))"
        sheet.formula(row, have_column, formula, have, style)
        have_all += have
        need_all += need
    return have_all, need_all


# --- names, marks, drop-downs -------------------------------------------------------------------------


def _names(sheet: Sheet, grid: Grid) -> None:
    for name, cells in grid.names():
        sheet.define(name, cells)
    for field in grid.amounts:
        sheet.define(names.total(grid.table, field), cell(grid.total, grid.column(field.key)))
    single = _single(grid)
    for name, place in (
        (names.PROJECT_ID, cell(1, single)),
        (names.MATRIX_NAME, cell(2, single)),
        (names.PROGRESS, cell(3, single)),
        *((name, cell(STRIP, column)) for name, column in _strip_columns(grid).items()),
        (names.MATRIX_NOTE, cell(grid.total + 2, 2)),
        (names.HELPERS, f"{cell(1, grid.width + 2)}:{cell(grid.total + 2, _live(grid))}"),
    ):
        sheet.define(name, place)


def _formats(context: Context, sheet: Sheet, grid: Grid, tab: Tab) -> None:
    """Colours and drop-downs of whole blocks, lines included, so that rows inserted anywhere have them too."""
    mark = context.book.mark
    name, actual, check = (f"{grid.letter(key)}{grid.top}" for key in ("name", "actual", "check"))
    pending = f'=AND({names.STAGE}="{Stage.YEAR_END}",LEN({actual})=0,LEN({name})>0)'
    sheet.when(grid.block(grid.letter("actual")), pending, mark("pending"), stop=True)
    marks.show(context, sheet, tab, f"A{grid.top}:{column_letters(grid.width)}{grid.bottom}")
    for sign, look in (
        ("✗", "error.word"),
        ("！", "warning.word"),
        ("○", "pending.word"),
        ("✓", "passed.word"),
    ):
        sheet.when(grid.block(grid.letter("check")), f'=LEFT({check},1)="{sign}"', mark(look))
    funds.show_unread(context, sheet, grid)
    gap = cell(STRIP, _strip_columns(grid)[names.MATRIX_GAP])
    sheet.when(gap, f"=AND(ISNUMBER({gap}),{gap}<>0)", mark("error.word"))
    sheet.when(gap, f"=AND(ISNUMBER({gap}),{gap}=0)", mark("passed.word"))
    lists.validate_all(sheet, grid)
