"""资金概况: one row per project, two-tier header, 合计 and 备注."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from xl_perfeval import rollup
from xl_perfeval.forms import names
from xl_perfeval.forms.ownsheets import LINK_SIGNS
from xl_perfeval.model import CellValue, FieldKind, FormField, Project, Stage, column_letters
from xl_perfeval.template import amounts, lists, live, marks
from xl_perfeval.template.context import Context
from xl_perfeval.template.grid import Grid, draw_lines, heading
from xl_perfeval.template.sheet import Cached, Sheet, Shown, cell, height_for, lines_of, number
from xl_perfeval.template.tabs import Tab, of_kind

FIRST = 6
LEAST_ROWS = 8


def grid_of(context: Context) -> Grid:
    """Where the table stands. Blank projects need no spare rows; others get enough to make eight rows."""
    table = context.edition.table("funds")
    projects = context.submission.projects
    spare = context.spare
    if spare is None:
        blank = all(is_blank(project) for project in projects)
        spare = 0 if blank else max(table.spare_rows, LEAST_ROWS - len(projects))
    return Grid(table, FIRST, len(projects), spare)


def is_blank(project: Project) -> bool:
    """Whether nothing was entered for a project, on no sheet."""
    return Project(id=project.id, funding=type(project.funding)(project=project.funding.project)) == project


def value_of(project: Project, key: str) -> CellValue:
    """What a project's row holds in the column of a field."""
    return (
        getattr(project, key)
        if key in {"name", "kind", "purpose", "section"}
        else getattr(project.funding, key, None)
    )


def write(context: Context) -> None:
    """The whole sheet."""
    tab = context.tab("funds")
    sheet = context.sheet(tab)
    grid = grid_of(context)
    _frame(context, sheet, grid)
    _header(context, sheet, grid)
    draw_lines(context, sheet, grid)
    _rows(context, sheet, grid)
    _totals(context, sheet, grid)
    _remark(context, sheet, grid)
    _helpers(context, sheet, grid)
    _names(context, sheet, grid)
    _formats(context, sheet, grid, tab)
    _progress(context, sheet, grid, tab)
    sheet.lock()
    sheet.page(last_row=grid.total + 2, last_column=grid.width, repeat=(3, 4))
    sheet.freeze_panes(grid.top, grid.column("name"))


def _frame(context: Context, sheet: Sheet, grid: Grid) -> None:
    style = context.book.style
    sheet.widths({place: field.width for place, field in enumerate(grid.table.fields, start=1)})
    sheet.widths({grid.width + 1: 2})
    sheet.height(1, 30)
    sheet.fill(1, range(1, grid.width + 1), style("banner"))
    sheet.text(1, 1, grid.table.title, style("banner"))
    sheet.formula(1, grid.width, '=HYPERLINK("#PE_GO_HOME","← 首页")', "← 首页", style("banner.link"))
    sheet.height(2, 20)
    sheet.fill(2, range(1, grid.width + 1), style("hint"))
    sheet.text(2, 1, grid.table.hint + context.projects_hint, style("hint"))


def _header(context: Context, sheet: Sheet, grid: Grid) -> None:
    """Labels stand in the lower row; a group's heading is centred over its columns without merging."""
    style = context.book.style
    sheet.height(3, 20)
    sheet.height(4, 22)
    before = ""
    for column, field in enumerate(grid.table.fields, start=1):
        if field.group and field.group == before:
            sheet.blank(3, column, style("header", align="center_across", left=0))
        elif field.group:
            sheet.text(3, column, field.group, style("header", align="center_across", right=0))
        else:
            sheet.blank(3, column, style("header.top"))
        sheet.text(4, column, heading(field), style("header" if field.group else "header.bottom"))
        before = field.group


def _rows(context: Context, sheet: Sheet, grid: Grid) -> None:
    style = context.book.style
    look = {
        FieldKind.TEXT: style("input"),
        FieldKind.CHOICE: style("input.center"),
        FieldKind.AMOUNT: style("input.amount"),
    }
    projects = context.submission.projects
    typed = [field for field in grid.table.fields if field.kind is not FieldKind.COMPUTED]
    computed = _computed(context, grid)
    for place, row in enumerate(grid.rows):
        project = projects[place] if place < len(projects) else None
        texts: list[tuple[CellValue, float]] = []
        for field in typed:
            value = value_of(project, field.key) if project else None
            if field.kind is FieldKind.AMOUNT:
                value = amounts.as_cell(value)
            center = field.key == "section"
            sheet.value(
                row, grid.column(field.key), value, style("input.center") if center else look[field.kind]
            )
            texts.append((value, field.width))
        for field in grid.table.fields:
            if field.kind is FieldKind.COMPUTED:
                computed[field.key](sheet, row, project)
        sheet.height(row, height_for(texts, least=26 if project else 20), grows=True)


Writer = Callable[[Sheet, int, Project | None], None]


def _computed(context: Context, grid: Grid) -> dict[str, Writer]:
    """How each computed column of a row is written."""
    style = context.book.style
    tab = context.tab("funds")
    center, percent, money, link_look = (
        style("computed.center"), style("computed.percent"), style("computed.amount"), style("computed.link")
    )  # fmt: skip
    name, budget, spent = grid.letter("name"), grid.read("budget"), grid.read("spent")
    columns = {key: grid.column(key) for key in ("number", "rate", "balance", "go") if grid.has(key)}
    tabs = {each.number: each for each in of_kind(context.tabs, "matrix") or of_kind(context.tabs, "scoring")}
    named = 0

    def write_number(sheet: Sheet, row: int, project: Project | None) -> None:
        nonlocal named
        shows = bool(project and has_text(project.name))
        named += shows
        formula = f'=IF(LEN({name}{row})=0,"",COUNTIF({name}${grid.top}:{name}{row},"?*"))'
        sheet.formula(row, columns["number"], formula, named if shows else "", center)

    def write_rate(sheet: Sheet, row: int, project: Project | None) -> None:
        b, s = f"{budget}{row}", f"{spent}{row}"
        shown = rollup.rate(*_read(project)) if project else None
        sheet.formula(
            row, columns["rate"], f'=IF(AND(N({b})<>0,ISNUMBER({s})),{s}/{b},"")', number(shown), percent
        )

    def write_balance(sheet: Sheet, row: int, project: Project | None) -> None:
        b, s = f"{budget}{row}", f"{spent}{row}"
        shown = rollup.balance(*_read(project)) if project else None
        rounded = None if shown is None else rollup.excel_round(shown, 6)
        formula = f'=IF(AND(ISNUMBER({b}),ISNUMBER({s})),ROUND({b}-{s},6),"")'
        sheet.formula(row, columns["balance"], formula, number(rounded), money)

    def write_link(sheet: Sheet, row: int, project: Project | None) -> None:
        link = tabs.get(row - grid.first + 1)
        if project is None or link is None:
            sheet.blank(row, columns["go"], center)
            return
        sign = next((sign for severity, sign in LINK_SIGNS.items() if context.marked(tab, severity, row)), "")
        text = f"{'项目' if link.kind == 'matrix' else '自评'}{link.number} →"
        signs = 'IF(COUNTIF(PE_MARK_E,"?"&ROW())>0,"✗ ",IF(COUNTIF(PE_MARK_W,"?"&ROW())>0,"！",""))'
        formula = f'=HYPERLINK("#{link.go}",{signs}&"{text}")'
        sheet.formula(row, columns["go"], formula, sign + text, link_look)

    return {"number": write_number, "rate": write_rate, "balance": write_balance, "go": write_link}


def _read(project: Project) -> tuple[Decimal | None, Decimal | None]:
    """Spent and budget, as `rollup.rate` and `rollup.balance` take them."""
    return rollup.read(project.funding.spent), rollup.read(project.funding.budget)


def totals_of(context: Context, key: str) -> Cached:
    """What the 合计 row shows in an amount column: the sum, or what was typed over it."""
    typed = amounts.as_cell(getattr(context.submission.totals, key))
    if typed is None:
        return float(rollup.excel_round(rollup.total_of(context.submission.projects, key), 6))
    return typed if isinstance(typed, int | float | str) else str(typed)


def total_rate(context: Context) -> Cached:
    """The execution rate of the 合计 row."""
    return number(rollup.rate(*_totals_read(context)))


def total_balance(context: Context) -> Cached:
    """The balance of the 合计 row."""
    balance = rollup.balance(*_totals_read(context))
    return number(None if balance is None else rollup.excel_round(balance, 6))


def _totals_read(context: Context) -> tuple[Decimal | None, Decimal | None]:
    """Spent and budget of the 合计 row; text typed over a total is no amount there."""
    shown = (totals_of(context, key) for key in ("spent", "budget"))
    spent, budget = (Decimal(repr(each)) if isinstance(each, int | float) else None for each in shown)
    return spent, budget


def _totals(context: Context, sheet: Sheet, grid: Grid) -> None:
    style = context.book.style
    row = grid.total
    sheet.height(row, 24)
    sheet.fill(row, range(1, grid.width + 1), style("total"))
    count = sum(
        amounts.unread([value_of(project, field.key) for project in context.submission.projects])
        for field in grid.amounts
    )
    label = f"合计（{count} 格未计入）" if count else "合计"
    unread = amounts.unread_formula(grid)
    formula = f'="合计"&IF({unread}>0,"（"&({unread})&" 格未计入）","")'
    sheet.formula(row, grid.column("name"), formula, label, style("total"))
    for field in grid.amounts:
        column, shown = grid.column(field.key), totals_of(context, field.key)
        if getattr(context.submission.totals, field.key) is None:
            call = f"PE_TOTAL({grid.block(grid.letter(field.key))})"
            formula = live.number(call, amounts.total_formula(grid, field.key))
            sheet.formula(row, column, formula, shown, style("total.amount"))
        else:
            sheet.value(row, column, shown, style("total.amount"))
    b, s = cell(row, grid.column("budget")), cell(row, grid.column("spent"))
    rate, balance = total_rate(context), total_balance(context)
    formula = f'=IF(AND(N({b})<>0,ISNUMBER({s})),{s}/{b},"")'
    sheet.formula(row, grid.column("rate"), formula, rate, style("total.percent"))
    formula = f'=IF(AND(ISNUMBER({b}),ISNUMBER({s})),ROUND({b}-{s},6),"")'
    sheet.formula(row, grid.column("balance"), formula, balance, style("total.amount"))


def _remark(context: Context, sheet: Sheet, grid: Grid) -> None:
    style = context.book.style
    row = grid.total + 2
    sheet.height(grid.total + 1, 8)
    remark = context.submission.remark
    sheet.text(row, 1, "备注", style("label.plain"))
    write_note(context, sheet, grid, row, remark)


def write_note(context: Context, sheet: Sheet, grid: Grid, row: int, note: CellValue) -> None:
    """One unlocked cell whose text runs over the cells to its right; too long a text wraps in its column."""
    style = context.book.style
    widths = [field.width for field in grid.table.fields[1:]]
    wraps = lines_of(note, sum(widths)) > 1
    sheet.fill(row, range(3, grid.width + 1), style("input", border=0, locked=True))
    sheet.value(row, 2, note, style("input", text_wrap=wraps, border=0))
    sheet.height(row, height_for([(note, widths[0])] if wraps else []))


def _helpers(context: Context, sheet: Sheet, grid: Grid) -> None:
    """Hidden columns: amounts as read, the project's id, how many required cells are filled."""
    style = context.book.style("hidden")
    projects = context.submission.projects
    for field in grid.amounts:
        amounts.write_helpers(context, sheet, grid, field.key, [value_of(p, field.key) for p in projects])
    id_column = grid.extra
    sheet.text(grid.top - 1, id_column, "标识", style)
    for row, project in zip(grid.rows, projects, strict=False):
        sheet.text(row, id_column, project.id, style)
    sheet.hide_columns(range(grid.width + 2, grid.extra + 4))


def _required(context: Context, grid: Grid) -> list[FormField]:
    early = context.submission.stage is Stage.TARGETS
    return [field for field in grid.table.fields if field.required and not (early and field.actual)]


def _progress(context: Context, sheet: Sheet, grid: Grid, tab: Tab) -> None:
    """Filled share of the required cells: blocks of required columns against the number of named rows."""
    now, later = _split(grid)
    projects = [p for p in context.submission.projects if has_text(p.name)]
    name = grid.block(grid.letter("name"))
    terms = [f"SUMPRODUCT((LEN({name})>0)*(LEN({grid.block(grid.letter(field.key))})>0))" for field in now]
    late = "+".join(
        f"SUMPRODUCT((LEN({name})>0)*(LEN({grid.block(grid.letter(field.key))})>0))" for field in later
    )
    asked = f'({names.STAGE}<>"{Stage.TARGETS}")'
    count = f"SUMPRODUCT((LEN({name})>0)*1)"
    have = "+".join(terms) + (f"+{asked}*({late})" if later else "")
    need = f"{count}*({len(now)}+{asked}*{len(later)})"
    row, column = 1, grid.extra + 1
    required = _required(context, grid)
    filled = sum(has_text(value_of(p, field.key)) for p in projects for field in required)
    share = filled / (len(projects) * len(required)) if projects else 0
    style = context.book.style("hidden")
    sheet.formula(row, column, f"=IF({count}=0,0,({have})/({need}))", share, style)
    sheet.define(names.PROGRESS, cell(row, column))
    context.progress[tab.id] = Shown(sheet.ref(cell(row, column)), share)


def _split(grid: Grid) -> tuple[list[FormField], list[FormField]]:
    required = [field for field in grid.table.fields if field.required]
    return [f for f in required if not f.actual], [f for f in required if f.actual]


def has_text(value: CellValue) -> bool:
    """Whether a cell counts as filled, as LEN(cell)>0 does."""
    return value is not None and value != ""


def _names(context: Context, sheet: Sheet, grid: Grid) -> None:
    define = context.book.define
    for name, cells in grid.names():
        define(name, sheet.ref(cells))
    for field in grid.amounts:
        define(names.total(grid.table, field), sheet.ref(cell(grid.total, grid.column(field.key))))
    for key in ("rate", "balance"):
        define(names.total(grid.table, grid.table.field(key)), sheet.ref(cell(grid.total, grid.column(key))))
    define(names.FUND_ID, sheet.ref(grid.block(grid.extra)))
    define(names.FUND_REMARK, sheet.ref(cell(grid.total + 2, 2)))
    last = f"{column_letters(grid.width + 2)}1:{column_letters(grid.extra + 3)}{grid.total + 2}"
    sheet.define(names.HELPERS, last)


def _formats(context: Context, sheet: Sheet, grid: Grid, tab: Tab) -> None:
    marks.show(context, sheet, tab, f"A{grid.top}:{column_letters(grid.width)}{grid.bottom}")
    show_unread(context, sheet, grid)
    lists.validate_all(sheet, grid)


def show_unread(context: Context, sheet: Sheet, grid: Grid) -> None:
    """A filled amount cell that no sum counts is red and says so."""
    for field in grid.amounts:
        typed, read = f"{grid.letter(field.key)}{grid.top}", f"{grid.read(field.key)}{grid.top}"
        condition = f"=AND(LEN({typed})>0,NOT(ISNUMBER({typed})),NOT(ISNUMBER({read})))"
        sheet.when(grid.block(grid.letter(field.key)), condition, context.book.mark("unread"))
