"""自评1_科技工作 …: the official 项目支出绩效自评表 of one project, scored by native formulas.

An output form, so cells are merged as officials require. Four hidden columns read what a formula needs:
target and actual as numbers, weights and scores that were pasted as text; a fifth repeats the 一级指标 of the
row for the charts.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from xl_perfeval import quantity, rollup, scoring
from xl_perfeval.forms import names
from xl_perfeval.forms.ownsheets import literal
from xl_perfeval.model import (
    CellValue,
    Edition,
    FormField,
    Frame,
    Indicator,
    MoneyCell,
    Project,
    Source,
    Stage,
)
from xl_perfeval.template import amounts, lists, marks, styles
from xl_perfeval.template.funds import has_text
from xl_perfeval.template.grid import INSERT_HERE
from xl_perfeval.template.scoring_layout import (
    FILLED,
    MISSED,
    REACHED,
    Layout,
    band_formula,
    columns,
    execution_formula,
    grade_formula,
    group_formula,
    live_score_formula,
    missing_formula,
    note_formula,
    number_formula,
    qualitative_formula,
    rate_formula,
    state_formula,
    text_formula,
    total_formula,
    total_weight_formula,
)
from xl_perfeval.template.sheet import (
    BuildError,
    Cached,
    Sheet,
    Shown,
    cell,
    clean,
    height_for,
    number,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xl_perfeval.template.context import Context
    from xl_perfeval.template.tabs import Tab

GROUP = "SE_GROUP"
"""Sheet-scoped hidden block: the 一级指标 of each row, repeated where the printed cell is merged."""
SCORE_TEXT = "SE_SCORE_TEXT"
"""Sheet-scoped hidden block: scores pasted as text, as numbers."""

FONT = "宋体"


class _Form:
    """One sheet being written: where things stand and what stands there."""

    def __init__(self, context: Context, tab: Tab) -> None:
        assert tab.project is not None
        self.context = context
        self.tab = tab
        self.sheet: Sheet = context.sheet(tab)
        self.edition: Edition = context.edition
        self.project: Project = printed(tab.project, self.edition)
        self.table = self.edition.table("scoring")
        self.frame = _frame(self.edition)
        self.sources = _source_rows(self.project, self.frame)
        self.groups = _groups(self.project, self.edition, self.table.spare_rows)
        self.layout = layout_of(context, self.project)
        self.at = self.layout.columns

    @property
    def scored(self) -> bool:
        """Whether the edition gives marks."""
        return self.layout.scored

    def style(self, name: str, **changes: Any) -> Any:
        """A style in the form's typeface."""
        return self.context.book.style(name, font_name=FONT, **changes)

    def merged(self, cells: tuple[int, int, int, int], style: Any) -> None:
        """Merge (first row, first column, last row, last column); the first cell is written afterwards."""
        top, left, bottom, right = cells
        if self.sheet.merge_range(top - 1, left - 1, bottom - 1, right - 1, "", style) < 0:
            raise BuildError(f"cannot merge {cells} on {self.tab.text}")

    def over(self, cells: tuple[int, int, int, int], style: Any) -> None:
        """Merge unless it is one cell."""
        if cells[:2] != cells[2:]:
            self.merged(cells, style)

    def label(self, cells: tuple[int, int, int, int], text: str, **changes: Any) -> None:
        """A bold label over merged cells."""
        style = self.style("label", **{**_LABEL, **changes})
        self.over(cells, style)
        self.sheet.text(cells[0], cells[1], text, style)


def layout_of(context: Context, project: Project) -> Layout:
    """Where things stand on a project's form."""
    edition = context.edition
    frame, at = _frame(edition), columns(edition)
    return Layout(
        columns=at,
        money={each.key: at[each.first] for each in frame.money},
        sources=len(_source_rows(project, frame)),
        rows=sum(map(len, _groups(project, edition, edition.table("scoring").spare_rows))),
        above=sum(text.above for text in frame.texts),
        below=sum(not text.above for text in frame.texts),
        scored=edition.scoring is not None,
    )


def printed(project: Project, edition: Edition) -> Project:
    """The project as the form's formulas see it: every row with its 一级指标, no 评价方式 without a column for it."""
    rows = scoring.with_groups(project)
    if "method" not in columns(edition):
        rows = tuple(replace(row, method=None) if row.method is not None else row for row in rows)
    return replace(project, indicators=rows)


def state(indicator: Indicator, edition: Edition) -> str:
    """What the hidden column `state` shows for a row of a `printed` project: 达标, 未达标, 待填, without scores 已填,
    or "" without a 三级指标."""
    if not has_text(indicator.level3):
        return ""
    if edition.scoring is None:
        return FILLED if has_text(indicator.actual) else scoring.PENDING
    score = scoring.score_of(indicator, edition)
    if score is None:
        return scoring.PENDING
    return REACHED if score >= (scoring.number(indicator.weight) or 0) else MISSED


def write(context: Context, tab: Tab) -> None:
    """Write the scoring form of the tab's project."""
    form = _Form(context, tab)
    _columns(form)
    _heading(form)
    _funds(form)
    _goal(form)
    _texts(form, above=True)
    _table(form)
    if form.scored:
        _totals(form)
    _texts(form, above=False)
    _foot(form)
    _names(form)
    _progress(form)
    _colours(form)
    _print_setup(form)


def _frame(edition: Edition) -> Frame:
    assert edition.frame is not None
    return edition.frame


_LABEL: dict[str, Any] = {"align": "center", "text_wrap": True, "font_size": styles.SIZE, "indent": 0}
_CENTER: dict[str, Any] = {"align": "center", "indent": 0}
_DASH = "—"
_PALE = "#9AA5B8"
_ONE_PAGE = 14
"""A form with so many rows still reads well when it is printed on one page."""


# --- head of the form ---------------------------------------------------------------------------------


def _columns(form: _Form) -> None:
    widths = {column: field.width for column, field in enumerate(form.table.fields, start=1)}
    # 服务对象满意度指标 and 全年执行数（C） stand in these columns too.
    widths[form.at["level2"]] = max(widths[form.at["level2"]], 20.5)
    if "method" in form.at:
        widths[form.at["method"]] = max(widths[form.at["method"]], 15.5)
    form.sheet.widths(widths)
    form.sheet.hide_columns(range(form.at.last + 1, form.at.identity + 1))


def _heading(form: _Form) -> None:
    sheet, submission, last = form.sheet, form.context.submission, form.at.last
    title = form.style("plain", bold=True, font_size=20, align="center")
    form.merged((1, 1, 1, last), title)
    sheet.text(1, 1, form.table.title, title)
    sheet.height(1, 32)
    year = form.style("plain", align="center", font_size=11)
    form.merged((2, 1, 2, last), year)
    shown = f"（{submission.year}年度）" if submission.year else "（　　　　年度）"
    sheet.formula(2, 1, '=IF(PE_YEAR="","（　　　　年度）","（"&PE_YEAR&"年度）")', shown, year)
    sheet.height(2, 18)
    _links(form)
    sheet.text(3, last, "金额单位：万元", form.style("plain", align="right"))
    _identity(form)
    _who(form)


def _links(form: _Form) -> None:
    link = form.context.book.style("plain", font_size=9, underline=1, font_color=styles.SKY)
    form.sheet.formula(3, 1, '=HYPERLINK("#PE_GO_HOME","← 首页")', "← 首页", link)
    for tab in form.context.tabs:
        if tab.kind == "matrix" and tab.number == form.tab.number:
            back = f"◀ 项目{tab.number}"
            form.sheet.formula(3, 2, f'=HYPERLINK("#{tab.go}",{literal(back)})', back, link)
    form.sheet.height(3, 16)


def _identity(form: _Form) -> None:
    form.sheet.text(1, form.at.identity, form.project.id, form.context.book.style("hidden"))
    form.sheet.define(names.PROJECT_ID, cell(1, form.at.identity))


def _who(form: _Form) -> None:
    """项目名称, 项目负责人及电话, 主管部门, 实施单位."""
    unit, at = form.context.submission.unit, form.at
    rows = (
        (4, "项目名称", _of_fund("NAME", '&""'), form.project.name, "项目负责人及电话", None, None),
        (5, "主管部门", '=PE_DEPARTMENT&""', unit.department, "实施单位", '=PE_UNIT&""', unit.name),
    )
    computed, fill = form.style("computed.center"), form.style("input.center")
    after = at.label_end + 1
    for row, left, formula, shown, right, formula_right, shown_right in rows:
        form.label((row, at["level1"], row, at["level2"]), left)
        form.merged((row, at["level3"], row, at.left_end), computed)
        form.sheet.formula(row, at["level3"], formula, _as_text(shown), computed)
        form.label((row, at["actual"], row, at.label_end), right)
        style = computed if formula_right else fill
        form.over((row, after, row, at.last), style)
        if formula_right:
            form.sheet.formula(row, after, formula_right, _as_text(shown_right), style)
        elif after == at.last:
            form.sheet.blank(row, after, style)
        form.sheet.height(row, 20)
    form.sheet.define(names.SCORING_CELLS["name"], cell(4, at["level3"]))
    form.sheet.define(names.SCORING_CELLS["contact"], cell(4, after))


def _of_fund(column: str, behind: str = "") -> str:
    """This project's cell of a block of 资金概况, whatever its row."""
    return f'=IFERROR(INDEX(FUND_{column},MATCH({names.PROJECT_ID},{names.FUND_ID},0)){behind},"")'


def _as_text(value: CellValue) -> str:
    """What `&""` makes of a cell."""
    return clean(marks.shown_text(value))


# --- money --------------------------------------------------------------------------------------------


def _source_rows(project: Project, frame: Frame) -> list[Source]:
    """The submission's sources in its order, then those that the form prints."""
    given = {source.name for source in project.funding.sources}
    return [*project.funding.sources, *(Source(name=name) for name in frame.sources if name not in given)]


def _funds(form: _Form) -> None:
    layout, at = form.layout, form.at
    form.label((layout.fund_header, at["level1"], layout.source_end, at["level2"]), form.frame.money_label)
    _fund_header(form)
    _fund_total(form)
    _lines(form, (layout.source_top, layout.source_end), range(at["level3"], at.last + 1))
    for row, source in enumerate(form.sources, start=layout.source_top + 1):
        _fund_source(form, row, source)


def _span(form: _Form, each: MoneyCell) -> tuple[int, int]:
    """First and last column of a money cell."""
    return form.at[each.first], form.at[each.last or each.first]


def _fund_header(form: _Form) -> None:
    row = form.layout.fund_header
    form.label((row, form.at["level3"], row, form.at["level3"]), "")
    for each in form.frame.money:
        first, last = _span(form, each)
        form.label((row, first, row, last), each.label)
    form.sheet.height(row, 20)


def _fund_total(form: _Form) -> None:
    """年度资金总额, on a form with scores with the execution row's weight, rate and score."""
    row, sheet, project = form.layout.fund_total, form.sheet, form.project
    level3 = form.at["level3"]
    form.label(
        (row, level3, row, level3),
        form.frame.fund_total,
        align="left",
        indent=1,
        bold=False,
        font_color=styles.INK,
    )
    money = form.style("computed.amount", **_CENTER)
    for each in form.frame.money:
        first, last = _span(form, each)
        if each.key == "initial_budget":
            _amount(form, row, (first, last), project.funding.initial_budget)
        elif each.key in ("budget", "spent"):
            form.over((row, first, row, last), money)
            shown = amounts.shown(getattr(project.funding, each.key))
            sheet.formula(row, first, _of_fund(f"{each.key.upper()}_READ"), shown, money)
        else:
            _EXECUTION[each.key](form, row, (first, last))
        sheet.define(names.SCORING_CELLS[_EXECUTION_NAMES.get(each.key, each.key)], cell(row, first))
    reason = project.execution.reason if form.frame.prints("reason") else None
    sheet.height(row, max(20.0, height_for([(reason, form.table.fields[-1].width)], line=15) - 4))


def _execution_weight(form: _Form, row: int, span: tuple[int, int]) -> None:
    typed = form.project.execution.weight
    assert form.edition.scoring is not None
    weight = float(form.edition.scoring.execution_weight) if typed is None else typed
    style = form.style("computed.center")
    form.over((row, span[0], row, span[1]), style)
    form.sheet.value(row, span[0], weight, style)
    _read_text(form, row, form.at.weight_text, span[0], typed)


def _execution_rate(form: _Form, row: int, span: tuple[int, int]) -> None:
    project, typed = form.project, form.project.execution.rate
    style = form.style("computed.percent", **_CENTER)
    form.over((row, span[0], row, span[1]), style)
    if typed is None:
        shown = rollup.rate(rollup.read(project.funding.spent), rollup.read(project.funding.budget))
        form.sheet.formula(row, span[0], rate_formula(form.layout), number(shown), style)
    else:
        form.sheet.value(row, span[0], typed, style)


def _execution_score(form: _Form, row: int, span: tuple[int, int]) -> None:
    typed = form.project.execution.score
    style = form.style("computed.center", num_format=styles.MONEY)
    form.over((row, span[0], row, span[1]), style)
    if typed is None:
        form.sheet.formula(row, span[0], execution_formula(form.layout), _shown_execution(form), style)
    else:
        form.sheet.value(row, span[0], typed, style)
    _read_text(form, row, form.at.score_read, span[0], typed)


def _execution_reason(form: _Form, row: int, span: tuple[int, int]) -> None:
    style = form.style("input")
    form.over((row, span[0], row, span[1]), style)
    form.sheet.value(row, span[0], form.project.execution.reason, style)


_EXECUTION = {
    "weight": _execution_weight,
    "rate": _execution_rate,
    "score": _execution_score,
    "reason": _execution_reason,
}
_EXECUTION_NAMES = {key: f"execution_{key}" for key in _EXECUTION}


def _shown_execution(form: _Form) -> Cached:
    if scoring.execution_weight(form.project, form.edition) is None:
        return ""
    score = scoring.execution_of(form.project, form.edition)
    return scoring.PENDING if score is None else float(score)


def _fund_source(form: _Form, row: int, source: Source) -> None:
    first_row = row == form.layout.source_top + 1
    prefix = '"其中："@' if first_row else '"　　　"@'
    name = form.style("input", bg_color=styles.MIST, num_format=prefix, text_wrap=False)
    form.sheet.value(row, form.at["level3"], source.name, name)
    none = form.style("computed.center", font_color=styles.MUTED)
    for each in form.frame.money:
        first, last = _span(form, each)
        if each.key in ("initial_budget", "budget", "spent"):
            _amount(form, row, (first, last), getattr(source, each.key))
        else:
            form.over((row, first, row, last), none)
            form.sheet.text(row, first, _DASH, none)
    form.sheet.height(row, 18)


def _amount(form: _Form, row: int, span: tuple[int, int], value: CellValue) -> None:
    style = form.style("input.amount", **_CENTER)
    first, last = span
    form.over((row, first, row, last), style)
    form.sheet.value(row, first, amounts.as_cell(value), style)
    form.sheet.validate(cell(row, first), _AMOUNT)


_AMOUNT: dict[str, Any] = {
    "validate": "decimal",
    "criteria": ">=",
    "value": 0,
    "error_type": "warning",
    "error_title": "请核对",
    "error_message": "这里只填数字，单位万元，例如 59.99。确实要这样写吗？",
    "input_title": "金额",
    "input_message": "只填数字，单位万元。\n例：59.99",
}


def _lines(form: _Form, rows: tuple[int, int], columns: Sequence[int]) -> None:
    """The two thin locked lines of a block: rows inserted beside them belong to it."""
    top, end = rows
    sides = {"left": 1, "right": 1, "left_color": styles.LINE, "right_color": styles.LINE}
    style = form.context.book.style("line", **sides)
    form.sheet.fill(top, columns, style)
    form.sheet.height(top, 3)
    hint = form.context.book.style("line", font_size=7, font_color=_PALE, left=1, left_color=styles.LINE)
    form.sheet.text(end, columns[0], INSERT_HERE, hint)
    form.sheet.fill(end, columns[1:-1], form.context.book.style("line"))
    form.sheet.fill(end, columns[-1:], form.context.book.style("line", right=1, right_color=styles.LINE))
    form.sheet.height(end, 10)


# --- goal ---------------------------------------------------------------------------------------------


def _goal(form: _Form) -> None:
    row, goal, at, frame = form.layout.goal_header, form.project.goal, form.at, form.frame
    form.label((row, at["level1"], row + 1, at["level1"]), frame.goal)
    form.label((row, at["level2"], row, at.left_end), frame.expected)
    form.label((row, at["actual"], row, at.last), frame.achieved)
    fill = form.style("input")
    left, right = (at["level2"], at.left_end), (at["actual"], at.last)
    for (first, last), value in ((left, goal.expected), (right, goal.achieved)):
        form.over((row + 1, first, row + 1, last), fill)
        form.sheet.value(row + 1, first, value, fill)
    form.sheet.height(row, 18)
    # Excel never fits rows of merged cells: the height has to be right as written.
    texts = [(goal.expected, _width(form, *left)), (goal.achieved, _width(form, *right))]
    form.sheet.height(row + 1, height_for(texts, least=40))
    form.sheet.define(names.SCORING_CELLS["expected"], cell(row + 1, at["level2"]))
    form.sheet.define(names.SCORING_CELLS["achieved"], cell(row + 1, at["actual"]))


def _width(form: _Form, first: int, last: int) -> float:
    """Width of so many columns, a little less where they are merged."""
    return sum(field.width for field in form.table.fields[first - 1 : last]) - 3


def _texts(form: _Form, *, above: bool) -> None:
    """The rows of free text: their label over the first two columns, the text over the others."""
    given = {statement.key: statement.text for statement in form.project.statements}
    at, fill = form.at, form.style("input")
    row = form.layout.texts_above if above else form.layout.texts_below
    for each in form.frame.texts:
        if each.above is not above:
            continue
        form.label((row, at["level1"], row, at["level2"]), each.label)
        form.merged((row, at["level3"], row, at.last), fill)
        text = given.get(each.key)
        form.sheet.value(row, at["level3"], text, fill)
        form.sheet.height(row, height_for([(text, _width(form, at["level3"], at.last))], least=34))
        if each.prompt:
            prompt = {
                "validate": "any",
                "input_title": each.label[:32].replace("\n", ""),
                "input_message": each.prompt,
            }
            form.sheet.validate(cell(row, at["level3"]), prompt)
        form.sheet.define(names.statement(each.key), cell(row, at["level3"]))
        row += 1


# --- table of indicators ------------------------------------------------------------------------------


def _groups(project: Project, edition: Edition, spare: int) -> list[list[Indicator]]:
    """Rows of the table by consecutive 一级指标; a blank one continues the group above, as a merged cell does."""
    rows = project.indicators or _blank_rows(edition)
    groups: list[list[Indicator]] = []
    for row in rows:
        if groups and (row.level1 in (None, "") or row.level1 == groups[-1][0].level1):
            groups[-1].append(row)
        else:
            groups.append([row])
    return [*groups, *([Indicator()] for _ in range(spare))]


def _blank_rows(edition: Edition) -> list[Indicator]:
    return [
        Indicator(level1=group.name, level2=second) for group in edition.groups for second in group.second
    ]


def _table(form: _Form) -> None:
    layout = form.layout
    for column, field in enumerate(form.table.fields, start=1):
        arrow = " ▾" if field.choices and field.closed else ""
        form.label((layout.header, column, layout.header, column), field.label + arrow)
    form.sheet.height(layout.header, 24)
    _lines(form, (layout.top, layout.end), range(1, form.at.last + 1))
    row, shown = layout.top + 1, ""
    for group in form.groups:
        label = scoring.group_label(group[0].level1, form.edition)
        shown = _as_text(label) or shown
        _group(form, row, group, label)
        for place in range(row, row + len(group)):
            form.sheet.formula(
                place, form.at.group, group_formula(form.layout, place), shown, form.style("hidden")
            )
        row += len(group)
    for column, field in enumerate(form.table.fields, start=1):
        _drop_down(form, column, field)


def _group(form: _Form, first: int, group: Sequence[Indicator], label: CellValue) -> None:
    style = form.style("label", **_LABEL, locked=False)
    last = first + len(group) - 1
    if last > first:
        form.merged((first, form.at["level1"], last, form.at["level1"]), style)
    form.sheet.value(first, form.at["level1"], label, style)
    for row, indicator in enumerate(group, start=first):
        _indicator(form, row, indicator, 33.0 if len(group) == 1 and label else 24.0)


def _indicator(form: _Form, row: int, indicator: Indicator, least: float) -> None:
    tall: list[tuple[CellValue, float]] = []
    for column, field in enumerate(form.table.fields, start=1):
        if field.key in ("level1", "score"):
            continue
        value = getattr(indicator, field.key)
        form.sheet.value(row, column, value, form.style(_LOOK.get(field.key, "input")))
        if field.key in _WRAPPED:
            tall.append((value, max(field.width, 20.5 if field.key == "level2" else 0)))
    if form.scored:
        _score(form, row, indicator)
    _reading(form, row, indicator)
    form.sheet.height(row, height_for(tall, least=least), grows=True)


_LOOK = {
    **dict.fromkeys(("level2", "sign", "target", "unit", "actual", "method"), "input.center"),
    "weight": "input.number",
}
_WRAPPED = ("level2", "level3", "target", "actual", "reason", "description", "evidence")


def _score(form: _Form, row: int, indicator: Indicator) -> None:
    """得分: typed where it was typed, else by formula; unlocked, because 定性 may be chosen at any time."""
    style = form.style("computed.center", num_format=styles.MONEY, locked=False)
    column = form.at["score"]
    if indicator.score is not None:
        form.sheet.value(row, column, indicator.score, style)
        return
    shown = scoring.shown_score(indicator, form.edition)
    formula = live_score_formula(form.edition, form.at, row)
    form.sheet.formula(row, column, formula, shown if isinstance(shown, str) else float(shown), style)


def _reading(form: _Form, row: int, indicator: Indicator) -> None:
    """Hidden columns: target, actual, and text in 分值 or 得分, as numbers."""
    hidden, at = form.style("hidden"), form.at
    unit, sign = cell(row, at["unit"]), cell(row, at["sign"])
    target = number_formula(cell(row, at["target"]), unit, sign)
    form.sheet.formula(row, at.target_read, target, number(scoring.target_of(indicator)), hidden)
    actual = number_formula(cell(row, at["actual"]), unit)
    form.sheet.formula(row, at.actual_read, actual, number(scoring.actual_of(indicator)), hidden)
    if form.scored:
        _read_text(form, row, at.weight_text, at["weight"], indicator.weight)
        _read_text(form, row, at.score_read, at["score"], indicator.score)
    form.sheet.formula(
        row, at.state, state_formula(form.edition, at, row), state(indicator, form.edition), hidden
    )


def _read_text(form: _Form, row: int, column: int, source: int, value: CellValue) -> None:
    shown = number(scoring.number(value)) if isinstance(value, str) else ""
    form.sheet.formula(row, column, text_formula(cell(row, source)), shown, form.style("hidden"))


def _drop_down(form: _Form, column: int, field: FormField) -> None:
    """Drop-down or limit of one column, with its input message."""
    cells = f"{cell(form.layout.top + 1, column)}:{cell(form.layout.end - 1, column)}"
    prompt: dict[str, Any] = (
        {"input_title": field.label[:32], "input_message": field.prompt} if field.prompt else {}
    )
    if field.key == "score":
        form.sheet.validate(cells, {**_band_limit(form), **prompt})
    elif field.key == "weight":
        form.sheet.validate(cells, {**_WEIGHT, **prompt})
    elif field.choices:
        form.sheet.validate(cells, {**_choices(field), **prompt})
    elif prompt:
        form.sheet.validate(cells, {"validate": "any", **prompt})


def _choices(field: FormField) -> dict[str, Any]:
    source = {"validate": "list", "source": f"={lists.name(field.choices)}"}
    if not field.closed:
        return {**source, "show_error": False}
    message = f"“{field.label}”只能从下拉中选。"
    return {**source, "error_type": "stop", "error_title": "请从下拉中选", "error_message": message}


_WEIGHT: dict[str, Any] = {
    "validate": "decimal",
    "criteria": "between",
    "minimum": 0,
    "maximum": 100,
    "error_type": "warning",
    "error_title": "请核对",
    "error_message": "分值请填 0 到 100 的数字，各行合计 100 分。确实要这样写吗？",
}


def _band_limit(form: _Form) -> dict[str, Any]:
    """A qualitative score stays inside its band; another score is computed, typing over it asks first."""
    formula = band_formula(form.edition, form.at, form.layout.top + 1)
    return {
        "validate": "custom",
        "value": formula,
        "error_type": "warning",
        "error_title": "请核对得分",
        "error_message": f"定量指标的得分自动计算，不用填。定性指标按档次给分：{_bands(form)}。确实要这样写吗？",
    }


def _bands(form: _Form) -> str:
    assert form.edition.scoring is not None
    return "，".join(
        f"{word}为分值的{rollup.percent(low)}～{rollup.percent(high)}"
        for word, low, high in form.edition.scoring.bands
    )


# --- totals and foot ----------------------------------------------------------------------------------


def _totals(form: _Form) -> None:
    layout, sheet, at = form.layout, form.sheet, form.at
    row = layout.total
    form.label((row, at["level1"], row, at.summary_end), "　　".join(form.frame.total), font_size=11)
    bold = form.style("computed.center", bold=True, num_format="General")
    sheet.formula(row, at["weight"], total_weight_formula(layout), _shown_weight(form), bold)
    _total_score(form, form.style("computed.center", bold=True, num_format=styles.MONEY))
    sheet.formula(row, at.group, missing_formula(layout), scoring.unscored(form.project, form.edition))
    note, shown = _note(form)
    sheet.formula(row, at["reason"], note, shown, form.style("computed.center", bold=True))
    sheet.height(row, 22)
    _grade(form)
    for key, column in (("total_weight", "weight"), ("total_score", "score")):
        sheet.define(names.SCORING_CELLS[key], cell(row, at[column]))


def _shown_weight(form: _Form) -> float:
    return float(scoring.total_weight(form.project, form.edition))


def _total_score(form: _Form, style: Any) -> None:
    row, column, typed = form.layout.total, form.at["score"], form.project.total_score
    if typed is None:
        shown = number(scoring.total(form.project, form.edition))
        form.sheet.formula(row, column, total_formula(form.layout), shown, style)
    else:
        form.sheet.value(row, column, typed, style)
    _read_text(form, row, form.at.score_read, column, typed)


def _note(form: _Form) -> tuple[str, str]:
    """What is still to do, and how the cell shows it now."""
    return note_formula(form.layout), _shown_note(form)


def _shown_note(form: _Form) -> str:
    if all(scoring.number(row.weight) is None for row in form.project.indicators):
        return "○ 待填"
    if form.context.submission.stage is Stage.TARGETS:
        return ""
    missing = scoring.unscored(form.project, form.edition)
    if missing:
        return f"○ 还有 {missing} 项未评分"
    return "✓ 已全部评分" if _shown_weight(form) == 100 else "✗ 分值合计应为 100"


def _grade(form: _Form) -> None:
    row, sheet, at = form.layout.grade, form.sheet, form.at
    form.label((row, at["level1"], row, at.summary_end), "自评等级", font_size=11)
    style = form.style("computed.center", bold=True)
    form.merged((row, at["weight"], row, at["score"]), style)
    typed = form.project.grade
    if typed is None:
        shown = scoring.grade_of(form.project, form.edition) or ""
        sheet.formula(row, at["weight"], grade_formula(form.edition, form.layout), shown, style)
    else:
        sheet.value(row, at["weight"], typed, style)
    sheet.text(row, at["reason"], _bounds(form.edition), form.style("cell.muted"))
    sheet.height(row, 20)
    sheet.define(names.SCORING_CELLS["grade"], cell(row, at["weight"]))


def _bounds(edition: Edition) -> str:
    """“优≥90，良≥80，中≥60，差＜60”."""
    assert edition.scoring is not None
    grades = edition.scoring.grades
    words = [f"{word}≥{quantity.plain(bound)}" for word, bound in grades[:-1]]
    return "，".join([*words, f"{grades[-1][0]}＜{quantity.plain(grades[-2][1])}"])


def _foot(form: _Form) -> None:
    row, submission = form.layout.foot, form.context.submission
    style = form.style("plain", align="left")
    prepared = _as_text(submission.prepared_by)
    day = submission.report_date
    date = f"{day.year}年{day.month}月{day.day}日" if day else "　　年　月　日"
    at, signs = form.at, form.frame.signs
    parts = (
        (at["level1"], at["level2"], '="填报人："&PE_PREPARED_BY', f"填报人：{prepared}"),
        (at["level3"], at.left_end, None, f"{signs[0]}："),
        (at["actual"], at.last - 1, None, f"{signs[1]}："),
        (at.last, at.last, _DATE, f"填报日期：{date}"),
    )
    for first, last, formula, text in parts:
        if last > first:
            form.merged((row, first, row, last), style)
        if formula:
            form.sheet.formula(row, first, formula, text, style)
        else:
            form.sheet.text(row, first, text, style)
    form.sheet.height(row, 24)


_DATE = (
    '="填报日期："&IF(ISNUMBER(PE_REPORT_DATE),YEAR(PE_REPORT_DATE)&"年"&MONTH(PE_REPORT_DATE)&"月"'
    '&DAY(PE_REPORT_DATE)&"日","　　年　月　日")'
)


# --- names, colours, page -----------------------------------------------------------------------------


def _names(form: _Form) -> None:
    layout, at = form.layout, form.at
    for column, field in enumerate(form.table.fields, start=1):
        form.sheet.define(names.column(form.table, field), layout.block(column))
    form.sheet.define(GROUP, layout.block(at.group))
    form.sheet.define(names.HELPERS, f"{cell(1, at.last + 1)}:{cell(layout.foot, at.identity)}")
    if form.scored:
        form.sheet.define(SCORE_TEXT, layout.block(at.score_read))
    form.sheet.define(names.SOURCE_COLUMNS["name"], layout.source_block(at["level3"]))
    for key, column in layout.money.items():
        if key in names.SOURCE_COLUMNS:
            form.sheet.define(names.SOURCE_COLUMNS[key], layout.source_block(column))


def _progress(form: _Form) -> None:
    """Hidden: the share of required cells that are filled, "" on a sheet left blank; 首页 shows it."""
    at, block = form.at, form.layout.block
    level3, sign, target, actual = (
        f"(LEN({block(at[key])})>0)" for key in ("level3", "sign", "target", "actual")
    )
    weight = f"+(LEN({block(at['weight'])})>0)" if form.scored else ""
    asked = '(PE_STAGE<>"目标申报")'
    rows = f"SUMPRODUCT({level3}*1)"
    qualitative = f'({block(at["sign"])}="定性")'
    filled = f"SUMPRODUCT({level3}*({sign}+({target}+{qualitative}>0){weight}+{asked}*{actual}))"
    row = form.layout.header
    shown = _filled_share(form)
    name = cell(form.layout.project, at["level3"])
    each = 3 if form.scored else 2
    form.sheet.formula(
        row, at.group, f'=IF({rows}=0,IF({name}="","",0),{filled}/({rows}*({each}+{asked})))', shown
    )
    form.sheet.define(names.PROGRESS, cell(row, at.group))
    form.context.progress[form.tab.id] = Shown(form.sheet.ref(cell(row, at.group)), shown)
    if form.scored:
        typed = form.project.total_score
        score = scoring.total(form.project, form.edition) if typed is None else scoring.number(typed)
        total = cell(form.layout.total, at["score"])
        form.context.scores[form.tab.id] = Shown(form.sheet.ref(total), number(score))


def _filled_share(form: _Form) -> Cached:
    asked = form.context.submission.stage is not Stage.TARGETS
    rows = [row for row in form.project.indicators if has_text(row.level3)]
    cells = [
        has_text(value)
        for row in rows
        for value in (row.sign, row.sign if row.sign == scoring.QUALITATIVE else row.target)
        + ((row.weight,) if form.scored else ())
        + ((row.actual,) if asked else ())
    ]
    if not cells:
        return 0 if has_text(form.project.name) else ""
    return sum(cells) / len(cells)


def _colours(form: _Form) -> None:
    """待填, ✗ and the yellow of a qualitative score, by condition: they follow what is typed."""
    book, layout, at = form.context.book, form.layout, form.at
    marks.show(form.context, form.sheet, form.tab, f"A4:{cell(layout.foot - 1, at.last)}")
    if not form.scored:
        return
    first = cell(layout.top + 1, at["score"])
    scores = f"{first}:{cell(layout.end - 1, at['score'])}"
    form.sheet.when(scores, f'=LEFT({first},1)="✗"', book.mark("error.word"), stop=True)
    form.sheet.when(scores, f"={first}={literal(scoring.PENDING)}", book.mark("warning.word"), stop=True)
    form.sheet.when(scores, qualitative_formula(at, layout.top + 1), book.mark("row.input"))
    execution = cell(layout.fund_total, layout.money["score"])
    form.sheet.when(execution, f"={execution}={literal(scoring.PENDING)}", book.mark("warning.word"))
    note = cell(layout.total, at["reason"])
    for sign_of, mark in (("○", "warning.word"), ("✗", "error.word"), ("✓", "passed.word")):
        form.sheet.when(note, f'=LEFT({note},1)="{sign_of}"', book.mark(mark))


def _print_setup(form: _Form) -> None:
    layout = form.layout
    form.sheet.page(last_row=layout.foot, last_column=form.at.last, repeat=(layout.header, layout.header))
    if layout.rows <= _ONE_PAGE:
        form.sheet.fit_to_pages(1, 1)
    form.sheet.lock()
