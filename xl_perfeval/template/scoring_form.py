"""自评1_科技工作 …: the official 项目支出绩效自评表 of one project, scored by native formulas.

An output form, so cells are merged as officials require. Four hidden columns read what a formula needs:
target and actual as numbers, weights and scores that were pasted as text; a fifth repeats the 一级指标 of the
row for the charts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xl_perfeval import quantity, rollup, scoring
from xl_perfeval.forms import names
from xl_perfeval.model import CellValue, Edition, FormField, Indicator, Project, Source, Stage
from xl_perfeval.template import amounts, lists, marks, styles
from xl_perfeval.template.funds import has_text
from xl_perfeval.template.grid import INSERT_HERE
from xl_perfeval.template.scoring_layout import (
    ACTUAL,
    ACTUAL_READ,
    GROUP_COLUMN,
    IDENTITY,
    LAST,
    LEVEL1,
    LEVEL2,
    LEVEL3,
    METHOD,
    MISSED,
    REACHED,
    REASON,
    SCORE,
    SCORE_READ,
    SIGN,
    STATE,
    TARGET,
    TARGET_READ,
    UNIT,
    WEIGHT,
    WEIGHT_TEXT,
    Layout,
    band_formula,
    execution_formula,
    grade_formula,
    group_formula,
    missing_formula,
    note_formula,
    number_formula,
    score_formula,
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
    literal,
    number,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xl_perfeval.template.context import Context
    from xl_perfeval.template.tabs import Tab

SOURCES = ("当年财政拨款", "上年结转资金", "其他资金")
"""The fund rows every form prints."""

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
        self.project: Project = tab.project
        self.edition: Edition = context.edition
        self.table = self.edition.table("scoring")
        self.sources = _source_rows(self.project)
        self.groups = _groups(self.project, self.edition, self.table.spare_rows)
        self.layout = Layout(len(self.sources), sum(len(group) for group in self.groups))

    def style(self, name: str, **changes: Any) -> Any:
        """A style in the form's typeface."""
        return self.context.book.style(name, font_name=FONT, **changes)

    def merged(self, cells: tuple[int, int, int, int], style: Any) -> None:
        """Merge (first row, first column, last row, last column); the first cell is written afterwards."""
        top, left, bottom, right = cells
        if self.sheet.merge_range(top - 1, left - 1, bottom - 1, right - 1, "", style) < 0:
            raise BuildError(f"cannot merge {cells} on {self.tab.text}")

    def label(self, cells: tuple[int, int, int, int], text: str, **changes: Any) -> None:
        """A bold label over merged cells."""
        style = self.style("label", **{**_LABEL, **changes})
        if cells[:2] != cells[2:]:
            self.merged(cells, style)
        self.sheet.text(cells[0], cells[1], text, style)


def layout_of(context: Context, project: Project) -> Layout:
    """Where things stand on a project's form."""
    groups = _groups(project, context.edition, context.edition.table("scoring").spare_rows)
    return Layout(len(_source_rows(project)), sum(len(group) for group in groups))


def state(indicator: Indicator, edition: Edition) -> str:
    """What the hidden column STATE shows for a row: 达标, 未达标, 待填, or "" without a 三级指标."""
    if not has_text(indicator.level3):
        return ""
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
    _table(form)
    _totals(form)
    _foot(form)
    _names(form)
    _progress(form)
    _colours(form)
    _print_setup(form)


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
    form.sheet.widths(widths | {LEVEL2: max(widths[LEVEL2], 20.5), METHOD: max(widths[METHOD], 15.5)})
    form.sheet.hide_columns(range(LAST + 1, IDENTITY + 1))


def _heading(form: _Form) -> None:
    sheet, submission = form.sheet, form.context.submission
    title = form.style("plain", bold=True, font_size=20, align="center")
    form.merged((1, 1, 1, LAST), title)
    sheet.text(1, 1, form.table.title, title)
    sheet.height(1, 32)
    year = form.style("plain", align="center", font_size=11)
    form.merged((2, 1, 2, LAST), year)
    shown = f"（{submission.year}年度）" if submission.year else "（　　　　年度）"
    sheet.formula(2, 1, '=IF(PE_YEAR="","（　　　　年度）","（"&PE_YEAR&"年度）")', shown, year)
    sheet.height(2, 18)
    _links(form)
    sheet.text(3, LAST, "金额单位：万元", form.style("plain", align="right"))
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
    form.sheet.text(1, IDENTITY, form.project.id, form.context.book.style("hidden"))
    form.sheet.define(names.PROJECT_ID, cell(1, IDENTITY))


def _who(form: _Form) -> None:
    """项目名称, 项目负责人及电话, 主管部门, 实施单位."""
    unit = form.context.submission.unit
    rows = (
        (4, "项目名称", _of_fund("NAME", '&""'), form.project.name, "项目负责人及电话", None, None),
        (5, "主管部门", '=PE_DEPARTMENT&""', unit.department, "实施单位", '=PE_UNIT&""', unit.name),
    )
    computed, fill = form.style("computed.center"), form.style("input.center")
    for row, left, formula, shown, right, formula_right, shown_right in rows:
        form.label((row, LEVEL1, row, LEVEL2), left)
        form.merged((row, LEVEL3, row, UNIT), computed)
        form.sheet.formula(row, LEVEL3, formula, _as_text(shown), computed)
        form.label((row, ACTUAL, row, METHOD), right)
        style = computed if formula_right else fill
        form.merged((row, WEIGHT, row, LAST), style)
        if formula_right:
            form.sheet.formula(row, WEIGHT, formula_right, _as_text(shown_right), style)
        form.sheet.height(row, 20)
    form.sheet.define(names.SCORING_CELLS["name"], cell(4, LEVEL3))
    form.sheet.define(names.SCORING_CELLS["contact"], cell(4, WEIGHT))


def _of_fund(column: str, behind: str = "") -> str:
    """This project's cell of a block of 资金概况, whatever its row."""
    return f'=IFERROR(INDEX(FUND_{column},MATCH({names.PROJECT_ID},{names.FUND_ID},0)){behind},"")'


def _as_text(value: CellValue) -> str:
    """What `&""` makes of a cell."""
    return clean(marks.shown_text(value))


# --- money --------------------------------------------------------------------------------------------


def _source_rows(project: Project) -> list[Source]:
    """The submission's sources in its order, then those that every form prints."""
    given = {source.name for source in project.funding.sources}
    return [*project.funding.sources, *(Source(name=name) for name in SOURCES if name not in given)]


def _funds(form: _Form) -> None:
    layout = form.layout
    form.label((layout.fund_header, LEVEL1, layout.source_end, LEVEL2), "项目资金\n（万元）")
    _fund_header(form)
    _fund_total(form)
    _lines(form, (layout.source_top, layout.source_end), range(LEVEL3, LAST + 1))
    for row, source in enumerate(form.sources, start=layout.source_top + 1):
        _fund_source(form, row, source)


def _fund_header(form: _Form) -> None:
    row = form.layout.fund_header
    form.label((row, LEVEL3, row, LEVEL3), "")
    form.label((row, SIGN, row, TARGET), "年初预算数（A）")
    form.label((row, UNIT, row, ACTUAL), "全年预算数（B）")
    form.label((row, METHOD, row, METHOD), "全年执行数（C）")
    for column, text in ((WEIGHT, "分值"), (SCORE, "执行率"), (REASON, "得分")):
        form.label((row, column, row, column), text)
    form.sheet.height(row, 20)


def _fund_total(form: _Form) -> None:
    """年度资金总额 with the execution row's weight, rate and score."""
    row, sheet, project = form.layout.fund_total, form.sheet, form.project
    form.label((row, LEVEL3, row, LEVEL3), "年度资金总额", align="left", indent=1, bold=False, font_color=styles.INK)
    _amount(form, row, (SIGN, TARGET), project.funding.initial_budget)
    money = form.style("computed.amount", **_CENTER)
    form.merged((row, UNIT, row, ACTUAL), money)
    sheet.formula(row, UNIT, _of_fund("BUDGET_READ"), amounts.shown(project.funding.budget), money)
    sheet.formula(row, METHOD, _of_fund("SPENT_READ"), amounts.shown(project.funding.spent), money)
    _execution(form, row)
    sheet.height(row, 20)
    for key, column in (
        ("initial_budget", SIGN),
        ("budget", UNIT),
        ("spent", METHOD),
        ("execution_weight", WEIGHT),
        ("execution_rate", SCORE),
        ("execution_score", REASON),
    ):
        sheet.define(names.SCORING_CELLS[key], cell(row, column))


def _execution(form: _Form, row: int) -> None:
    project, edition, sheet = form.project, form.edition, form.sheet
    typed = project.execution
    assert edition.scoring is not None
    weight = float(edition.scoring.execution_weight) if typed.weight is None else typed.weight
    sheet.value(row, WEIGHT, weight, form.style("computed.center"))
    rate_style = form.style("computed.percent", **_CENTER)
    budget, spent = cell(row, UNIT), cell(row, METHOD)
    if typed.rate is None:
        shown = rollup.rate(rollup.read(project.funding.spent), rollup.read(project.funding.budget))
        formula = f'=IF(COUNT({budget},{spent})<2,"",IF({budget}=0,"",{spent}/{budget}))'
        sheet.formula(row, SCORE, formula, number(shown), rate_style)
    else:
        sheet.value(row, SCORE, typed.rate, rate_style)
    score_style = form.style("computed.center", num_format=styles.MONEY)
    if typed.score is None:
        sheet.formula(row, REASON, execution_formula(row), _shown_execution(form), score_style)
    else:
        sheet.value(row, REASON, typed.score, score_style)
    _read_text(form, row, WEIGHT_TEXT, WEIGHT, typed.weight)
    _read_text(form, row, SCORE_READ, REASON, typed.score)


def _shown_execution(form: _Form) -> Cached:
    if scoring.execution_weight(form.project, form.edition) is None:
        return ""
    score = scoring.execution_of(form.project, form.edition)
    return scoring.PENDING if score is None else float(score)


def _fund_source(form: _Form, row: int, source: Source) -> None:
    first = row == form.layout.source_top + 1
    prefix = '"其中："@' if first else '"　　　"@'
    name = form.style("input", bg_color=styles.MIST, num_format=prefix, text_wrap=False)
    form.sheet.value(row, LEVEL3, source.name, name)
    _amount(form, row, (SIGN, TARGET), source.initial_budget)
    _amount(form, row, (UNIT, ACTUAL), source.budget)
    _amount(form, row, (METHOD, METHOD), source.spent)
    for column in (WEIGHT, SCORE, REASON):
        form.sheet.text(row, column, _DASH, form.style("computed.center", font_color=styles.MUTED))
    form.sheet.height(row, 18)


def _amount(form: _Form, row: int, columns: tuple[int, int], value: CellValue) -> None:
    style = form.style("input.amount", **_CENTER)
    first, last = columns
    if first != last:
        form.merged((row, first, row, last), style)
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
    row, goal = form.layout.goal_header, form.project.goal
    form.label((row, LEVEL1, row + 1, LEVEL1), "年度总\n体目标")
    form.label((row, LEVEL2, row, UNIT), "预期目标")
    form.label((row, ACTUAL, row, LAST), "实际完成情况")
    fill = form.style("input")
    for first, last, value in ((LEVEL2, UNIT, goal.expected), (ACTUAL, LAST, goal.achieved)):
        form.merged((row + 1, first, row + 1, last), fill)
        form.sheet.value(row + 1, first, value, fill)
    form.sheet.height(row, 18)
    # Excel never fits rows of merged cells: the height has to be right as written.
    form.sheet.height(row + 1, height_for([(goal.expected, 62), (goal.achieved, 74)], least=40))
    form.sheet.define(names.SCORING_CELLS["expected"], cell(row + 1, LEVEL2))
    form.sheet.define(names.SCORING_CELLS["achieved"], cell(row + 1, ACTUAL))


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
    assert edition.scoring is not None
    return [
        Indicator(level1=group.name, level2=second) for group in edition.scoring.groups for second in group.second
    ]


def _table(form: _Form) -> None:
    layout = form.layout
    for column, field in enumerate(form.table.fields, start=1):
        arrow = " ▾" if field.choices and field.closed else ""
        form.label((layout.header, column, layout.header, column), field.label + arrow)
    form.sheet.height(layout.header, 24)
    _lines(form, (layout.top, layout.end), range(1, LAST + 1))
    row, shown = layout.top + 1, ""
    for group in form.groups:
        label = scoring.group_label(group[0].level1, form.edition)
        shown = _as_text(label) or shown
        _group(form, row, group, label)
        for place in range(row, row + len(group)):
            form.sheet.formula(place, GROUP_COLUMN, group_formula(form.layout, place), shown, form.style("hidden"))
        row += len(group)
    for column, field in enumerate(form.table.fields, start=1):
        _drop_down(form, column, field)


def _group(form: _Form, first: int, group: Sequence[Indicator], label: CellValue) -> None:
    style = form.style("label", **_LABEL, locked=False)
    last = first + len(group) - 1
    if last > first:
        form.merged((first, LEVEL1, last, LEVEL1), style)
    form.sheet.value(first, LEVEL1, label, style)
    for row, indicator in enumerate(group, start=first):
        _indicator(form, row, indicator, 33.0 if len(group) == 1 and label else 24.0)


def _indicator(form: _Form, row: int, indicator: Indicator, least: float) -> None:
    for column, field in enumerate(form.table.fields, start=1):
        if column not in (LEVEL1, SCORE):
            value = getattr(indicator, field.key)
            form.sheet.value(row, column, value, form.style(*_LOOK[column]))
    _score(form, row, indicator)
    _reading(form, row, indicator)
    tall = [(indicator.level3, 27.0), (indicator.reason, 30.0), (indicator.level2, 20.5), (indicator.target, 10.0)]
    form.sheet.height(row, height_for([*tall, (indicator.actual, 13.0)], least=least), grows=True)


_LOOK: dict[int, tuple[str]] = {
    **dict.fromkeys((LEVEL2, SIGN, TARGET, UNIT, ACTUAL, METHOD), ("input.center",)),
    **dict.fromkeys((LEVEL3, REASON), ("input",)),
    WEIGHT: ("input.number",),
}


def _score(form: _Form, row: int, indicator: Indicator) -> None:
    """得分: typed where it was typed, else by formula; unlocked, because 定性 may be chosen at any time."""
    style = form.style("computed.center", num_format=styles.MONEY, locked=False)
    if indicator.score is not None:
        form.sheet.value(row, SCORE, indicator.score, style)
        return
    shown = scoring.shown_score(indicator, form.edition)
    form.sheet.formula(
        row, SCORE, score_formula(form.edition, row), shown if isinstance(shown, str) else float(shown), style
    )


def _reading(form: _Form, row: int, indicator: Indicator) -> None:
    """Hidden columns: target, actual, and text in 分值 or 得分, as numbers."""
    hidden, unit, sign = form.style("hidden"), cell(row, UNIT), cell(row, SIGN)
    target = number_formula(cell(row, TARGET), unit, sign)
    form.sheet.formula(row, TARGET_READ, target, number(scoring.target_of(indicator)), hidden)
    actual = number_formula(cell(row, ACTUAL), unit)
    form.sheet.formula(row, ACTUAL_READ, actual, number(scoring.actual_of(indicator)), hidden)
    _read_text(form, row, WEIGHT_TEXT, WEIGHT, indicator.weight)
    _read_text(form, row, SCORE_READ, SCORE, indicator.score)
    form.sheet.formula(row, STATE, state_formula(row), state(indicator, form.edition), hidden)


def _read_text(form: _Form, row: int, column: int, source: int, value: CellValue) -> None:
    shown = number(scoring.number(value)) if isinstance(value, str) else ""
    form.sheet.formula(row, column, text_formula(cell(row, source)), shown, form.style("hidden"))


def _drop_down(form: _Form, column: int, field: FormField) -> None:
    """Drop-down or limit of one column, with its input message."""
    cells = f"{cell(form.layout.top + 1, column)}:{cell(form.layout.end - 1, column)}"
    prompt: dict[str, Any] = {"input_title": field.label[:32], "input_message": field.prompt} if field.prompt else {}
    if column == SCORE:
        form.sheet.validate(cells, {**_band_limit(form), **prompt})
    elif column == WEIGHT:
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
    formula = band_formula(form.edition, form.layout.top + 1)
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
        f"{word}为分值的{rollup.percent(low)}～{rollup.percent(high)}" for word, low, high in form.edition.scoring.bands
    )


# --- totals and foot ----------------------------------------------------------------------------------


def _totals(form: _Form) -> None:
    layout, sheet = form.layout, form.sheet
    row = layout.total
    form.label((row, LEVEL1, row, METHOD), "总　　分", font_size=11)
    bold = form.style("computed.center", bold=True, num_format="General")
    sheet.formula(row, WEIGHT, total_weight_formula(form.layout), _shown_weight(form), bold)
    _total_score(form, form.style("computed.center", bold=True, num_format=styles.MONEY))
    sheet.formula(row, GROUP_COLUMN, missing_formula(form.layout), scoring.unscored(form.project, form.edition))
    note, shown = _note(form)
    sheet.formula(row, REASON, note, shown, form.style("computed.center", bold=True))
    sheet.height(row, 22)
    _grade(form)
    for key, column in (("total_weight", WEIGHT), ("total_score", SCORE)):
        sheet.define(names.SCORING_CELLS[key], cell(row, column))


def _shown_weight(form: _Form) -> float:
    return float(scoring.total_weight(form.project, form.edition))


def _total_score(form: _Form, style: Any) -> None:
    row, typed = form.layout.total, form.project.total_score
    if typed is None:
        form.sheet.formula(row, SCORE, total_formula(form.layout), number(scoring.total(form.project, form.edition)), style)
    else:
        form.sheet.value(row, SCORE, typed, style)
    _read_text(form, row, SCORE_READ, SCORE, typed)


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
    row, sheet = form.layout.grade, form.sheet
    form.label((row, LEVEL1, row, METHOD), "自评等级", font_size=11)
    style = form.style("computed.center", bold=True)
    form.merged((row, WEIGHT, row, SCORE), style)
    typed = form.project.grade
    if typed is None:
        shown = scoring.grade_of(form.project, form.edition) or ""
        sheet.formula(row, WEIGHT, grade_formula(form.edition, form.layout), shown, style)
    else:
        sheet.value(row, WEIGHT, typed, style)
    sheet.text(row, REASON, _bounds(form.edition), form.style("cell.muted"))
    sheet.height(row, 20)
    sheet.define(names.SCORING_CELLS["grade"], cell(row, WEIGHT))


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
    parts = (
        (LEVEL1, LEVEL2, '="填报人："&PE_PREPARED_BY', f"填报人：{prepared}"),
        (LEVEL3, UNIT, None, "项目负责人："),
        (ACTUAL, SCORE, None, "单位负责人（盖章）："),
        (REASON, REASON, _DATE, f"填报日期：{date}"),
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
    for column, field in enumerate(form.table.fields, start=1):
        form.sheet.define(names.column(form.table, field), form.layout.block(column))
    form.sheet.define(GROUP, form.layout.block(GROUP_COLUMN))
    form.sheet.define(names.HELPERS, f"{cell(1, LAST + 1)}:{cell(form.layout.foot, IDENTITY)}")
    form.sheet.define(SCORE_TEXT, form.layout.block(SCORE_READ))
    columns = {"name": LEVEL3, "initial_budget": SIGN, "budget": UNIT, "spent": METHOD}
    for key, column in columns.items():
        form.sheet.define(names.SOURCE_COLUMNS[key], form.layout.source_block(column))


def _progress(form: _Form) -> None:
    """Hidden: the share of required cells that are filled, "" on a sheet left blank; 首页 shows it."""
    level3, sign, target, actual, weight = (
        f"(LEN({form.layout.block(column)})>0)" for column in (LEVEL3, SIGN, TARGET, ACTUAL, WEIGHT)
    )
    asked = '(PE_STAGE<>"目标申报")'
    rows = f"SUMPRODUCT({level3}*1)"
    qualitative = f'({form.layout.block(SIGN)}="定性")'
    filled = f"SUMPRODUCT({level3}*({sign}+({target}+{qualitative}>0)+{weight}+{asked}*{actual}))"
    row = form.layout.grade
    shown = _filled_share(form)
    name = cell(form.layout.project, LEVEL3)
    form.sheet.formula(
        row, GROUP_COLUMN, f'=IF({rows}=0,IF({name}="","",0),{filled}/({rows}*(3+{asked})))', shown
    )
    form.sheet.define("PE_PROGRESS", cell(row, GROUP_COLUMN))
    form.context.progress[form.tab.id] = Shown(form.sheet.ref(cell(row, GROUP_COLUMN)), shown)
    total, typed = form.layout.total, form.project.total_score
    score = scoring.total(form.project, form.edition) if typed is None else scoring.number(typed)
    form.context.scores[form.tab.id] = Shown(form.sheet.ref(cell(total, SCORE)), number(score))


def _filled_share(form: _Form) -> Cached:
    asked = form.context.submission.stage is not Stage.TARGETS
    rows = [row for row in form.project.indicators if has_text(row.level3)]
    cells = [
        has_text(value)
        for row in rows
        for value in (row.sign, row.sign if row.sign == scoring.QUALITATIVE else row.target, row.weight)
        + ((row.actual,) if asked else ())
    ]
    if not cells:
        return 0 if has_text(form.project.name) else ""
    return sum(cells) / len(cells)


def _colours(form: _Form) -> None:
    """待填, ✗ and the yellow of a qualitative score, by condition: they follow what is typed."""
    book, layout = form.context.book, form.layout
    marks.show(form.context, form.sheet, form.tab, f"A4:{cell(layout.grade, LAST)}")
    scores = f"{cell(layout.top + 1, SCORE)}:{cell(layout.end - 1, SCORE)}"
    first = cell(layout.top + 1, SCORE)
    sign, method = (f"${cell(layout.top + 1, column)}" for column in (SIGN, METHOD))
    form.sheet.when(scores, f'=LEFT({first},1)="✗"', book.mark("error.word"), stop=True)
    form.sheet.when(scores, f"={first}={literal(scoring.PENDING)}", book.mark("warning.word"), stop=True)
    form.sheet.when(scores, f'=OR({sign}="定性",{method}="定性")', book.mark("row.input"))
    execution = cell(layout.fund_total, REASON)
    form.sheet.when(execution, f"={execution}={literal(scoring.PENDING)}", book.mark("warning.word"))
    note = cell(layout.total, REASON)
    for sign_of, mark in (("○", "warning.word"), ("✗", "error.word"), ("✓", "passed.word")):
        form.sheet.when(note, f'=LEFT({note},1)="{sign_of}"', book.mark(mark))


def _print_setup(form: _Form) -> None:
    layout = form.layout
    form.sheet.page(last_row=layout.foot, last_column=LAST, repeat=(layout.header, layout.header))
    if layout.rows <= _ONE_PAGE:
        form.sheet.fit_to_pages(1, 1)
    form.sheet.lock()
