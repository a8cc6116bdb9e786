"""图表: native charts over a block of data that follows 资金概况 and the project sheets by formulas.

The block on top lists what the charts show: at most fifteen projects, the largest ones when there are more.
It is filled from a list of all projects, which prints below the charts when it is longer. Both follow
资金概况 by position and the project sheets by id, so that order, inserted rows and renamed tabs do not matter.
Charts leave out hidden rows: that is how unused rows of the block take no room in them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING, Any

from xl_perfeval import rollup, scoring
from xl_perfeval.forms import names
from xl_perfeval.forms.ownsheets import literal
from xl_perfeval.model import CellValue, Edition, LevelOne, Project, column_letters
from xl_perfeval.template import amounts, funds, matrix, scoring_form, scoring_layout, styles
from xl_perfeval.template.funds import has_text
from xl_perfeval.template.sheet import BuildError, Cached, Sheet, cell, clean, number
from xl_perfeval.template.tabs import Tab, of_kind, short_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xl_perfeval.template.context import Context

MOST = 15
"""Projects in one chart; more cannot be read on a page."""
BLANK_ROWS = 8
"""Rows of the block that an empty workbook shows."""
SPARE = 8
"""Rows of the list for projects added by hand."""

PAGE = 13
"""Visible columns; the charts share their width."""
NAME_WIDTH, WIDTH = 22.0, 9.8

TITLE, HINT, HEADER, TOTAL = 1, 2, 4, 5
FIRST = TOTAL + 1
LAST = TOTAL + MOST


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the data: `key` names it, `parts` are its words in a project sheet's row of results."""

    key: str
    label: str
    style: str
    total: str = ""
    """Formula of the 全部项目 row; blank: nothing is shown there."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A project as the list shows it."""

    place: int
    """Position in the blocks of 资金概况, whose first row is a thin line."""
    project: Project
    values: dict[str, Cached]


@dataclass(slots=True)
class Plan:
    """What stands where on the sheet."""

    context: Context
    sheet: Sheet
    columns: list[Column]
    entries: list[Entry]
    capacity: int
    shown: list[Entry] = field(default_factory=list[Entry])

    @property
    def visible(self) -> int:
        """Rows of the block that are not hidden."""
        return min(MOST, len(self.entries)) or BLANK_ROWS

    @property
    def list_header(self) -> int:
        """Header row of the list of all projects; the charts stand above it."""
        return _CHARTS_FROM + 2 * _rows_of(_height(self)) + 3

    @property
    def list_first(self) -> int:
        """First project of the list."""
        return self.list_header + 1

    @property
    def list_last(self) -> int:
        """Last row of the list."""
        return self.list_header + self.capacity

    def column(self, key: str) -> int:
        """Number of a column, the same in the block and in the list."""
        return [column.key for column in self.columns].index(key) + 1

    def listed(self, column: int) -> str:
        """A column of the list, absolute."""
        letters = column_letters(column)
        return f"${letters}${self.list_first}:${letters}${self.list_last}"

    def block(self, key: str, *, total: bool = False) -> str:
        """A column of the block as charts want it, with the tab."""
        letters = column_letters(self.column(key))
        return "=" + self.sheet.ref(f"{letters}{TOTAL if total else FIRST}:{letters}{LAST}")


# Hidden columns: of the list, the block, and the results of the project sheets.
PLACE, IDENTITY, KEY, RANK, FOUND, RESULT_ID, RESULT_NAME, RESULT_SHORT = range(PAGE + 2, PAGE + 10)
RESULTS = RESULT_SHORT + 1
_CHARTS_FROM = LAST + 2


def write(context: Context) -> None:
    """Write the sheet; the project sheets must have been written."""
    tab = context.tab("charts")
    plan = _plan(context, context.sheet(tab))
    _frame(plan)
    _results(plan)
    _list(plan)
    _block(plan)
    _charts(plan)
    _page(plan)


# --- what there is to show ----------------------------------------------------------------------------


def _plan(context: Context, sheet: Sheet) -> Plan:
    columns = _columns(context.edition)
    named = [
        (place, project)
        for place, project in enumerate(context.submission.projects, start=2)
        if isinstance(project.name, str) and has_text(project.name)
    ]
    entries = [Entry(place, project, _values(context.edition, project)) for place, project in named]
    grid = funds.grid_of(context)
    plan = Plan(context, sheet, columns, entries, max(MOST, grid.records + grid.spare + SPARE))
    ranked = sorted(zip(_ranks(entries), entries, strict=True), key=lambda pair: pair[0])
    plan.shown = [entry for _, entry in ranked[:MOST]]
    return plan


def _columns(edition: Edition) -> list[Column]:
    return [
        Column("name", "项目", "computed"),
        Column("budget", "预算", "computed.amount", '=IF(ISNUMBER(FUND_TOTAL_BUDGET),FUND_TOTAL_BUDGET,"")'),
        Column("spent", "支出", "computed.amount", '=IF(ISNUMBER(FUND_TOTAL_SPENT),FUND_TOTAL_SPENT,"")'),
        Column("rate", "执行率", "computed.percent", "rate"),
        Column("balance", "结余", "computed.amount", "balance"),
        *(Column(key, label, "computed.center", "sum") for key, label in _states(edition)),
        *(Column(key, label, "computed.center") for key, label in _with_score(edition)),
    ]


def _states(edition: Edition) -> list[tuple[str, str]]:
    """How far the targets are, as counted on a project's sheet."""
    if edition.has("scoring") and edition.scoring is None:
        return [(scoring_layout.FILLED, "已填"), (scoring.PENDING, "待填")]
    if edition.has("scoring"):
        return [
            (scoring_layout.REACHED, "已达标"),
            (scoring_layout.MISSED, "未达标"),
            (scoring.PENDING, "待填"),
        ]
    return [("filled", "已填"), ("pending", "待填")]


def _parts(edition: Edition) -> list[tuple[str, str]]:
    """The parts of a score: execution, then the edition's groups."""
    if not edition.has("scoring") or edition.scoring is None:
        return []
    groups = [(group.name, group.name.removesuffix("指标")) for group in edition.scoring.groups]
    return [("execution", "预算执行"), *groups]


def _with_score(edition: Edition) -> list[tuple[str, str]]:
    parts = _parts(edition)
    return [*parts, ("score", "总分")] if parts else []


def _values(edition: Edition, project: Project) -> dict[str, Cached]:
    budget, spent = amounts.shown(project.funding.budget), amounts.shown(project.funding.spent)
    both = rollup.read(project.funding.spent), rollup.read(project.funding.budget)
    balance = rollup.balance(*both)
    return {
        "name": clean(str(project.name)),
        "budget": budget,
        "spent": spent,
        "rate": number(rollup.rate(*both)),
        "balance": "" if balance is None else float(rollup.excel_round(balance, 6)),
        **_result_values(edition, project),
    }


def _result_values(edition: Edition, project: Project) -> dict[str, Cached]:
    """What the project's own sheets say, by column."""
    if not edition.has("scoring"):
        items = [item for item in project.items if has_text(item.name)]
        filled = sum(has_text(item.actual) for item in items)
        return {"filled": filled, "pending": len(items) - filled}
    project = scoring_form.printed(project, edition)
    states = [scoring_form.state(row, edition) for row in project.indicators]
    counted: dict[str, Cached] = {key: states.count(key) for key, _ in _states(edition)}
    if edition.scoring is None:
        return counted
    execution = scoring.execution_of(project, edition)
    groups = {group.name: _group_score(group, edition, project) for group in edition.scoring.groups}
    typed = project.total_score
    score = scoring.total(project, edition) if typed is None else scoring.number(typed)
    return {**counted, "execution": number(execution), **groups, "score": number(score)}


def _group_score(group: LevelOne, edition: Edition, project: Project) -> float:
    level1: CellValue = None
    total = Decimal(0)
    for row in project.indicators:
        level1 = row.level1 if has_text(row.level1) else level1
        if isinstance(level1, str) and level1.startswith(group.name):
            total += scoring.score_of(row, edition) or 0
    return float(rollup.excel_round(total, 2))


def _ranks(entries: Sequence[Entry]) -> list[int]:
    """Order in the charts: as in 资金概况, or by budget when there are too many for a chart."""
    if len(entries) <= MOST:
        return list(range(1, len(entries) + 1))
    keys = [_key(entry) for entry in entries]
    order = sorted(range(len(keys)), key=lambda place: (-keys[place], place))
    return [order.index(place) + 1 for place in range(len(keys))]


def _key(entry: Entry) -> float:
    budget = entry.values["budget"]
    return _NO_BUDGET if isinstance(budget, str) else float(budget)


_NO_BUDGET = -1e15


# --- frame --------------------------------------------------------------------------------------------


def _frame(plan: Plan) -> None:
    sheet, style = plan.sheet, plan.context.book.style
    sheet.widths({1: NAME_WIDTH, **dict.fromkeys(range(2, PAGE + 1), WIDTH), PAGE + 1: 2})
    sheet.height(TITLE, 30)
    sheet.fill(TITLE, range(1, PAGE + 1), style("banner"))
    sheet.text(TITLE, 1, "图表（数据变了会自动更新；可右键复制到 Word）", style("banner"))
    sheet.formula(TITLE, PAGE, '=HYPERLINK("#PE_GO_HOME","← 首页")', "← 首页", style("banner.link"))
    sheet.height(HINT, 20)
    sheet.fill(HINT, range(1, PAGE + 1), style("hint"))
    sheet.formula(HINT, 1, _hint_formula(plan), _hint(plan), style("hint"))
    sheet.height(HINT + 1, 8)


_PLAIN_HINT = "金额单位：万元。图只用下面表里的数；复制到 Word 时选“图片”，数字不会跟着变。空着的行可以隐藏，图会自动收拢。"


def _hint_formula(plan: Plan) -> str:
    count = f"COUNT({plan.listed(PLACE)})"
    drawn = f"SUBTOTAL(102,{column_letters(FOUND)}{FIRST}:{column_letters(FOUND)}{LAST})"
    return (
        f'=IF({drawn}<MIN({MOST},{count}),"！有 "&(MIN({MOST},{count})-{drawn})&" 个项目没有画出来：'
        f'请选中第{TOTAL}～{LAST + 1}行，点右键“取消隐藏”。",IF({count}>{MOST},"项目共 "&{count}&" 个，'
        f'图中只画预算最大的{MOST}个；全部项目见图下面的清单。",{literal(_PLAIN_HINT)}))'
    )


def _hint(plan: Plan) -> str:
    count = len(plan.entries)
    if count > MOST:
        return f"项目共 {count} 个，图中只画预算最大的{MOST}个；全部项目见图下面的清单。"
    return _PLAIN_HINT


def _headings(plan: Plan, row: int) -> None:
    for place, column in enumerate(plan.columns, start=1):
        plan.sheet.text(row, place, column.label, plan.context.book.style("header", font_size=9))
    plan.sheet.height(row, 20)


# --- results of the project sheets (hidden) -----------------------------------------------------------


def _results(plan: Plan) -> None:
    """One hidden row per project: its id, name, short name and what its own sheets say."""
    context = plan.context
    kind = "scoring" if context.edition.has("scoring") else "matrix"
    keys = _result_keys(context.edition)
    hidden = context.book.style("hidden")
    for row, tab in enumerate(of_kind(context.tabs, kind), start=plan.list_first):
        project = tab.project
        assert project is not None
        plan.sheet.text(row, RESULT_ID, project.id, hidden)
        plan.sheet.text(row, RESULT_NAME, str(project.name or ""), hidden)
        plan.sheet.text(row, RESULT_SHORT, short_name(project.name), hidden)
        formulas = _result_formulas(context, tab)
        values = _result_values(context.edition, project)
        for column, key in enumerate(keys, start=RESULTS):
            plan.sheet.formula(row, column, formulas[key], values[key], hidden)
    plan.sheet.hide_columns(range(PAGE + 2, RESULTS + len(keys)))


def _result_keys(edition: Edition) -> list[str]:
    return [key for key, _ in (*_states(edition), *_with_score(edition))]


def _result_formulas(context: Context, tab: Tab) -> dict[str, str]:
    sheet, project = context.sheet(tab), tab.project
    assert project is not None
    if tab.kind == "matrix":
        grid = matrix.grid_of(context, project)
        name, actual = (f"(LEN({sheet.ref(grid.block(grid.letter(key)))})>0)" for key in ("name", "actual"))
        return {
            "filled": f"=SUMPRODUCT({name}*{actual})",
            "pending": f"=SUMPRODUCT({name}*1)-SUMPRODUCT({name}*{actual})",
        }
    layout = scoring_form.layout_of(context, project)
    at = layout.columns
    states, labels = sheet.ref(layout.block(at.state)), sheet.ref(layout.block(at.group))
    formulas = {key: f"=COUNTIF({states},{literal(key)})" for key, _ in _states(context.edition)}
    if not layout.scored:
        return formulas
    scores = [sheet.ref(layout.block(column)) for column in (at["score"], at.score_read)]
    execution = _cells(sheet, layout.fund_total, layout.money["score"], at.score_read)
    formulas["execution"] = f'=IF(COUNT({execution})=0,"",SUM({execution}))'
    total = _cells(sheet, layout.total, at["score"], at.score_read)
    formulas["score"] = f'=IF(COUNT({total})=0,"",SUM({total}))'
    for key, _ in _parts(context.edition)[1:]:
        sums = "+".join(f"SUMIF({labels},{literal(key + '*')},{block})" for block in scores)
        formulas[key] = f"=ROUND({sums},2)"
    return formulas


def _cells(sheet: Sheet, row: int, *columns: int) -> str:
    return ",".join(sheet.ref(cell(row, column)) for column in columns)


# --- list of all projects -----------------------------------------------------------------------------


def _list(plan: Plan) -> None:
    sheet, context = plan.sheet, plan.context
    if len(plan.entries) > MOST:
        style = context.book.style("heading")
        sheet.fill(plan.list_header - 1, range(1, PAGE + 1), style)
        sheet.text(plan.list_header - 1, 1, "全部项目", style)
        sheet.height(plan.list_header - 1, 24)
    _headings(plan, plan.list_header)
    ranks = _ranks(plan.entries)
    for place in range(plan.capacity):
        entry = plan.entries[place] if place < len(plan.entries) else None
        row = plan.list_first + place
        _list_helpers(plan, row, entry, ranks[place] if entry else "")
        _list_row(plan, row, entry)
        if len(plan.entries) <= MOST or not entry:
            sheet.set_row(row - 1, None, None, {"hidden": True})
    if len(plan.entries) <= MOST:
        sheet.set_row(plan.list_header - 1, None, None, {"hidden": True})


def _list_helpers(plan: Plan, row: int, entry: Entry | None, rank: Cached) -> None:
    """Hidden: position in 资金概况 of the next named row, its id, the budget to rank by, the rank."""
    sheet, hidden = plan.sheet, plan.context.book.style("hidden")
    above, place = ("1" if row == plan.list_first else cell(row - 1, PLACE)), cell(row, PLACE)
    rest = f"INDEX(FUND_NAME,{above}+1):INDEX(FUND_NAME,ROWS(FUND_NAME))"
    formula = f'=IFERROR({above}+MATCH("?*",{rest},0),"")'
    sheet.formula(row, PLACE, formula, entry.place if entry else "", hidden)
    identity = f'=IF({place}="","",INDEX({names.FUND_ID},{place})&"")'
    sheet.formula(row, IDENTITY, identity, entry.project.id if entry else "", hidden)
    budget = cell(row, plan.column("budget"))
    key = f'=IF({place}="","",IF(ISNUMBER({budget}),{budget},{_NO_BUDGET:.0f}))'
    sheet.formula(row, KEY, key, _key(entry) if entry else "", hidden)
    keys = plan.listed(KEY)
    before = f"${column_letters(KEY)}${plan.list_header}:{cell(row - 1, KEY)}"
    by_budget = f"RANK({cell(row, KEY)},{keys})+COUNTIF({before},{cell(row, KEY)})"
    formula = f'=IF({place}="","",IF(COUNT({keys})<={MOST},ROWS({before}),{by_budget}))'
    sheet.formula(row, RANK, formula, rank, hidden)


def _list_row(plan: Plan, row: int, entry: Entry | None) -> None:
    place = cell(row, PLACE)
    budget, spent = cell(row, plan.column("budget")), cell(row, plan.column("spent"))
    formulas = {
        "name": f'=IF({place}="","",INDEX(FUND_NAME,{place})&"")',
        "budget": _amount_formula("BUDGET", place),
        "spent": _amount_formula("SPENT", place),
        "rate": f'=IF(AND(N({budget})<>0,ISNUMBER({spent})),{spent}/{budget},"")',
        "balance": f'=IF(AND(ISNUMBER({budget}),ISNUMBER({spent})),ROUND({budget}-{spent},6),"")',
        **_looked_up(plan, row),
    }
    for column, spec in enumerate(plan.columns, start=1):
        shown = entry.values[spec.key] if entry else ""
        plan.sheet.formula(row, column, formulas[spec.key], shown, _look(plan, spec))


def _amount_formula(column: str, place: str) -> str:
    """An amount as read; in a row inserted by hand, which has no helper yet, the number typed."""
    read, typed = f"INDEX(FUND_{column}_READ,{place})", f"INDEX(FUND_{column},{place})"
    return f'=IF({place}="","",IF(ISBLANK({read}),IF(ISNUMBER({typed}),{typed},""),{read}))'


def _looked_up(plan: Plan, row: int) -> dict[str, str]:
    found: dict[str, str] = {}
    ids = plan.listed(RESULT_ID)
    for column, key in enumerate(_result_keys(plan.context.edition), start=RESULTS):
        value = f"INDEX({plan.listed(column)},MATCH({cell(row, IDENTITY)},{ids},0))"
        found[key] = f'=IF({cell(row, PLACE)}="","",IFERROR({value},""))'
    return found


def _look(plan: Plan, column: Column, **changes: Any) -> Any:
    return plan.context.book.style(column.style, font_size=9, **changes)


# --- block the charts show ----------------------------------------------------------------------------


def _block(plan: Plan) -> None:
    sheet = plan.sheet
    _headings(plan, HEADER)
    _total_row(plan)
    for place in range(MOST):
        row = FIRST + place
        entry = plan.shown[place] if place < len(plan.shown) else None
        _block_row(plan, row, place, entry)
        if place < plan.visible:
            sheet.height(row, 18)
        else:
            sheet.set_row(row - 1, 18, None, {"hidden": True})


def _block_row(plan: Plan, row: int, place: int, entry: Entry | None) -> None:
    sheet, found = plan.sheet, cell(row, FOUND)
    formula = f'=IFERROR(MATCH({place + 1},{plan.listed(RANK)},0),"")'
    shown = plan.entries.index(entry) + 1 if entry else ""
    sheet.formula(row, FOUND, formula, shown, plan.context.book.style("hidden"))
    for column, spec in enumerate(plan.columns, start=1):
        value = f"INDEX({plan.listed(column)},{found})"
        if spec.key == "name":
            sheet.formula(row, column, _label_formula(plan, found), _label(entry), _look(plan, spec))
        else:
            cached = entry.values[spec.key] if entry else ""
            sheet.formula(row, column, f'=IF({found}="","",{value})', cached, _look(plan, spec))


def _label_formula(plan: Plan, found: str) -> str:
    """The short name given when the sheet was built; of a name changed since then, its first eight characters."""
    name = f"INDEX({plan.listed(1)},{found})"
    same = f"MATCH(INDEX({plan.listed(IDENTITY)},{found}),{plan.listed(RESULT_ID)},0)"
    built, short = f"INDEX({plan.listed(RESULT_NAME)},{same})", f"INDEX({plan.listed(RESULT_SHORT)},{same})"
    bare = name
    for ending in ("扶持资金", "专项资金", "经费"):
        bare = f'SUBSTITUTE({bare},{literal(ending)},"")'
    unchanged = f"IFERROR(EXACT({built},{name})*LEN({short}),0)>0"
    return f'=IF({found}="","",IF({unchanged},{short},LEFT(IF(LEN({bare})=0,{name},{bare}),8)))'


def _label(entry: Entry | None) -> str:
    return "" if entry is None else short_name(entry.project.name) or str(entry.values["name"])[:8]


def _total_row(plan: Plan) -> None:
    sheet, style = plan.sheet, plan.context.book.style
    shown = _total_values(plan)
    budget, spent = cell(TOTAL, plan.column("budget")), cell(TOTAL, plan.column("spent"))
    formulas = {
        "rate": f'=IF(AND(N({budget})<>0,ISNUMBER({spent})),{spent}/{budget},"")',
        "balance": f'=IF(AND(ISNUMBER({budget}),ISNUMBER({spent})),ROUND({budget}-{spent},6),"")',
    }
    for column, spec in enumerate(plan.columns, start=1):
        look = _look(plan, spec, bold=True)
        formula = formulas.get(spec.total, spec.total)
        if spec.total == "sum":
            formula = f"=SUM({plan.listed(column)})"
        if formula:
            sheet.formula(TOTAL, column, formula, shown[spec.key], look)
        else:
            sheet.blank(TOTAL, column, look)
    sheet.text(TOTAL, 1, "全部项目", style("computed", font_size=9, bold=True))
    sheet.height(TOTAL, 18)


def _total_values(plan: Plan) -> dict[str, Cached]:
    shown: dict[str, Cached] = {}
    for key in ("budget", "spent"):
        total = funds.totals_of(plan.context, key)
        shown[key] = total if isinstance(total, (int, float)) else ""
    budget, spent = shown["budget"], shown["spent"]
    both = isinstance(budget, (int, float)) and isinstance(spent, (int, float))
    shown["rate"] = spent / budget if both and budget else ""  # type: ignore[operator]
    balance = Decimal(repr(budget)) - Decimal(repr(spent)) if both else None
    shown["balance"] = "" if balance is None else float(rollup.excel_round(balance, 6))
    for key, _ in _states(plan.context.edition):
        shown[key] = sum(int(entry.values[key] or 0) for entry in plan.entries)
    return shown


# --- charts -------------------------------------------------------------------------------------------

_FONT: dict[str, Any] = {"name": styles.FONT, "size": 9, "color": "#404040"}
_TITLE_FONT: dict[str, Any] = {"name": styles.FONT, "size": 11, "bold": True, "color": "#404040"}
_LIGHT, _DARK, _GREEN, _GOLD, _GREY, _TEAL = (
    "#B4C7E7",
    styles.BLUE,
    "#5B8C5A",
    "#F4C56A",
    "#D9D9D9",
    "#7FB7BE",
)
_NO_ZERO = "General;-General;"
_MONEY_LABEL = "0.00;-0.00;"


def _charts(plan: Plan) -> None:
    height, row = _height(plan), _CHARTS_FROM
    left, right = _money(plan), _rate(plan)
    below = [_progress(plan), _scores(plan) if _parts(plan.context.edition) else _balance(plan)]
    for place, (chart, description) in enumerate([left, right, *below]):
        at = row + (place // 2) * _rows_of(height)
        chart.set_size({"width": _half() - 8, "height": height})
        second = place % 2 == 1
        options = {
            "x_offset": _half() + 8 if second else 0,
            "y_offset": 6,
            "object_position": 2,
            "description": description,
        }
        if plan.sheet.insert_chart(at - 1, 0, chart, options) < 0:
            raise BuildError("a chart does not fit")


def _half() -> int:
    """Half the width of the page in pixels."""
    return (_pixels(NAME_WIDTH) + (PAGE - 1) * _pixels(WIDTH)) // 2


def _pixels(width: float) -> int:
    return int(width * 7 + 5)


def _height(plan: Plan) -> int:
    """Pixels of a chart: two bars and a gap for each project."""
    return max(_LEAST_HEIGHT, _ABOVE_BARS + _BELOW_BARS + 30 * plan.visible)


_LEAST_HEIGHT = 222
_ABOVE_BARS, _BELOW_BARS = 44, 38
"""Pixels for the title and the legend."""
_ROW = 20


def _rows_of(height: int) -> int:
    return ceil((height + 12) / _ROW)


def _bar(plan: Plan, title: str, *, stacked: bool = False) -> Any:
    """A horizontal bar chart with the first project on top and room for labels on the right."""
    chart = plan.context.book.add_chart({"type": "bar", **({"subtype": "stacked"} if stacked else {})})
    if chart is None:
        raise BuildError("no bar charts")
    chart.set_title({"name": title, "name_font": _TITLE_FONT, "overlay": False})
    # XlsxWriter calls the axis at the foot of a bar chart x, also when it carries the values.
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
    chart.set_y_axis(
        {
            "major_gridlines": {"visible": False},
            "reverse": True,
            "num_font": _FONT,
            "line": {"color": styles.LINE},
            "major_tick_mark": "none",
            "minor_tick_mark": "none",
            "label_position": "low",
        }
    )
    chart.set_legend({"position": "bottom", "font": _FONT})
    chart.set_chartarea({"border": {"color": styles.LINE}, "fill": {"color": "#FFFFFF"}})
    height = _height(plan)
    room = height - _ABOVE_BARS - _BELOW_BARS
    chart.set_plotarea(
        {"layout": {"x": 0.21, "y": _ABOVE_BARS / height, "width": 0.64, "height": room / height}}
    )
    return chart


def _series(
    plan: Plan, chart: Any, key: str, color: str, label_format: str, *, inside: str = "", total: bool = False
) -> None:
    label: dict[str, Any] = {"value": True, "num_format": label_format, "font": _FONT}
    if inside:
        label |= {"position": "center", "font": {**_FONT, "color": inside}}
    else:
        label |= {"position": "outside_end"}
    chart.add_series(
        {
            "name": "=" + plan.sheet.ref(cell(HEADER, plan.column(key))),
            "categories": plan.block("name", total=total),
            "values": plan.block(key, total=total),
            "fill": {"color": color},
            "border": {"none": True},
            "data_labels": label,
            **({"gap": 45, "overlap": 100} if inside else {"gap": 55, "overlap": 0}),
        }
    )


def _money(plan: Plan) -> tuple[Any, str]:
    chart = _bar(plan, "各项目预算与支出（万元）")
    _series(plan, chart, "budget", _LIGHT, _MONEY_LABEL)
    _series(plan, chart, "spent", _DARK, _MONEY_LABEL)
    return chart, "条形图：各项目的预算和支出，单位万元，数据见本表上方。"


def _rate(plan: Plan) -> tuple[Any, str]:
    chart = _bar(plan, "预算执行率")
    _series(plan, chart, "rate", _GREEN, "0.00%;-0.00%;", total=True)
    chart.set_legend({"none": True})
    return chart, "条形图：全部项目和各项目的预算执行率，坐标从 0 开始，数据见本表上方。"


def _progress(plan: Plan) -> tuple[Any, str]:
    states = _states(plan.context.edition)
    scored = len(states) > 2
    chart = _bar(plan, "各项目指标完成情况（项）" if scored else "各项目目标填报情况（项）", stacked=True)
    colors = [(_DARK, "#FFFFFF"), *([("#C9705F", "#FFFFFF")] if scored else []), (_GOLD, "#404040")]
    for (key, _), (color, text) in zip(states, colors, strict=True):
        _series(plan, chart, key, color, _NO_ZERO, inside=text)
    words = "、".join(label for _, label in states)
    return chart, f"堆积条形图：各项目{words}的项数，数据见本表上方。"


def _scores(plan: Plan) -> tuple[Any, str]:
    chart = _bar(plan, "各项目自评得分构成（分）", stacked=True)
    colors = (_TEAL, _DARK, _GREEN, _GOLD, _GREY)
    for place, (key, _) in enumerate(_parts(plan.context.edition)):
        color = colors[place % len(colors)]
        _series(
            plan,
            chart,
            key,
            color,
            _NO_ZERO,
            inside="#404040" if color in (_TEAL, _GOLD, _GREY) else "#FFFFFF",
        )
    return chart, "堆积条形图：各项目自评得分由预算执行和各类指标得分组成，满分 100 分，数据见本表上方。"


def _balance(plan: Plan) -> tuple[Any, str]:
    chart = _bar(plan, "各项目结余（万元）")
    _series(plan, chart, "balance", "#C9705F", _MONEY_LABEL)
    chart.set_legend({"none": True})
    return chart, "条形图：各项目预算减去支出后的结余，单位万元，数据见本表上方。"


# --- page ---------------------------------------------------------------------------------------------


def _page(plan: Plan) -> None:
    sheet = plan.sheet
    longer = len(plan.entries) > MOST
    sheet.page(last_row=plan.list_last if longer else plan.list_header - 2, last_column=PAGE)
    if plan.visible <= _ONE_PAGE:
        sheet.fit_to_pages(1, 1)
    else:
        sheet.set_h_pagebreaks(_breaks(plan, longer))
    sheet.freeze_panes(HINT, 0)
    sheet.lock()


def _breaks(plan: Plan, longer: bool) -> list[int]:
    """Rows after which a page ends, so that none runs through a chart."""
    charts = _rows_of(_height(plan))
    above = 150 + 24 * plan.visible
    breaks = [] if above + charts * _ROW <= _PAGE_HEIGHT else [_CHARTS_FROM - 1]
    if not breaks or 2 * charts * _ROW > _PAGE_HEIGHT:
        breaks.append(_CHARTS_FROM + charts - 1)
    return [*breaks, plan.list_header - 2] if longer else breaks


_ONE_PAGE = 5
"""With so many projects the block and all four charts fit on one page."""
_PAGE_HEIGHT = 660
"""Pixels that a page of this width holds."""
