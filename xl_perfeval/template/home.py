"""首页: who reports, where things stand, what to do next. Everything but the fill-in block is formulas."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import floor

from xl_perfeval import forms, rollup
from xl_perfeval.findings import Severity
from xl_perfeval.forms import names
from xl_perfeval.forms.ownsheets import literal
from xl_perfeval.model import column_letters
from xl_perfeval.template import findings as findings_sheet
from xl_perfeval.template import funds, lists, marks, styles
from xl_perfeval.template.context import Context
from xl_perfeval.template.funds import has_text
from xl_perfeval.template.sheet import Cached, Sheet, cell
from xl_perfeval.template.tabs import Tab

WIDTHS = {1: 2, 2: 6, 3: 24, 4: 44, 5: 26, 6: 15, 7: 15, 8: 19}
LAST = 8
CARDS, ENTRIES, STEPS, TABLE = 4, 7, 12, 14
"""First rows of the cards, the fill-in block, the five steps and the table of sheets."""
ONE_PAGE = 34
"""Last row up to which the sheet still reads well on one page."""
HELPER = 10
"""First hidden column: filled share, 必须改 and 请核对 of the sheet in that row; of a scoring form also its score and,
once more, its filled share."""

_STEPS = (
    "① 填“资金概况”",
    "② 填各“项目”表",
    "③ 保存后用 perfeval 校验，把“必须改”改完",
    "④ 用 perfeval 生成报告",
    "⑤ 将工作簿和报告报送财政局",
)
_STEPS_WITH_BUTTONS = (
    *_STEPS[:2],
    "③ 点“绩效自评”选项卡的“校验”，把“必须改”改完",
    "④ 点“生成报告”",
    _STEPS[4],
)
_BUTTONS = (("校验", "PE_Validate"), ("生成报告", "PE_GenerateReport"))
"""For programs without the ribbon: what stands on a button and the macro it calls."""
_BUTTON_SIZE = (80, 26)
"""Pixels."""
_WHAT = {
    "funds": "每个项目的预算、支出、用途",
    "narrative": "报告一至六部分的文字",
    "findings": "所有需要改的地方，点击跳转",
    "charts": "执行率、预算支出对比、目标完成",
}
_WITHOUT_ADDIN = (
    "合计、执行率由公式计算；校验和生成报告请在装有 perfeval 程序的电脑上操作，做法见“填报说明”。"
)
_WITHOUT_ADDIN_BUTTONS = "加载项未启用：合计、执行率照常计算；校验和生成报告请在已安装加载项的电脑上操作。"
_WITH_ADDIN = "加载项已启用：可以用“绩效自评”选项卡的按钮。"


def write(context: Context) -> None:
    """The whole sheet. Write it after all sheets it speaks of."""
    tab = context.tab("home")
    sheet = context.sheet(tab)
    sheet.widths(WIDTHS)
    _banner(context, sheet)
    _cards(context, sheet)
    _entries(context, sheet)
    _steps(context, sheet)
    end = _table(context, sheet)
    _legend(context, sheet, end + 1)
    _settings(context, sheet, end)
    marks.show(context, sheet, tab, f"{cell(ENTRIES, 4)}:{cell(ENTRIES + 3, 6)}")
    _formats(context, sheet, end)
    sheet.lock()
    sheet.page(last_row=end + 4, last_column=LAST, repeat=(TABLE, TABLE) if end > ONE_PAGE else None)
    if end <= ONE_PAGE:
        sheet.fit_to_pages(1, 1)
    sheet.freeze_panes(2, 0)
    sheet.activate()
    sheet.set_selection(ENTRIES - 1, 3, ENTRIES - 1, 3)


def _banner(context: Context, sheet: Sheet) -> None:
    style = context.book.style
    submission = context.submission
    for row, height, look in ((1, 38, "banner"), (2, 22, "banner.small")):
        sheet.height(row, height)
        sheet.fill(row, range(1, LAST + 1), style(look))
    sheet.text(1, 2, "部门项目支出绩效自评", style("banner", font_size=18, indent=0))
    sheet.formula(1, LAST, '=HYPERLINK("#PE_GO_GUIDE","填报说明 →")', "填报说明 →", style("banner.link"))
    unit = str(submission.unit.name or "") or "（单位名称）"
    year = f"{submission.year}年度" if submission.year else "（年度）"
    shown = f"{year}　·　{unit}　·　{submission.stage.value}　·　金额单位：万元"
    formula = (
        f'=IF({names.YEAR}="","（年度）",{names.YEAR}&"年度")&"　·　"&IF({names.UNIT}="","（单位名称）",{names.UNIT})'
        f'&"　·　"&{names.STAGE}&"　·　金额单位：万元"'
    )
    sheet.formula(2, 2, formula, shown, style("banner.small", indent=0, font_size=10))
    sheet.height(3, 9)


# --- cards --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Card:
    label: str
    formula: str
    cached: Cached
    color: str
    number: str = "General"


def _cards(context: Context, sheet: Sheet) -> None:
    style = context.book.style
    sheet.height(CARDS, 20)
    sheet.height(CARDS + 1, 32)
    sheet.height(CARDS + 2, 10)
    for column, card in enumerate(_card_list(context), start=3):
        edge = {
            "left": 1,
            "right": 1,
            "left_color": styles.LINE,
            "right_color": styles.LINE,
            "bg_color": "#F7F9FD",
        }
        sheet.text(
            CARDS, column, card.label, style("note", align="center", top=1, top_color=styles.LINE, **edge)
        )
        look = style(
            "plain", align="center", bold=True, font_size=15, font_color=card.color, num_format=card.number,
            bottom=5, bottom_color=card.color, **edge,
        )  # fmt: skip
        sheet.formula(CARDS + 1, column, card.formula, card.cached, look)


def _card_list(context: Context) -> list[_Card]:
    table = context.edition.table("funds")
    name = names.column(table, table.field("name"))
    budget, spent, rate = (names.total(table, table.field(key)) for key in ("budget", "spent", "rate"))
    projects = sum(has_text(project.name) for project in context.submission.projects)
    return [
        _Card("项目数", f'=SUMPRODUCT((LEN({name})>0)*1)&" 个"', f"{projects} 个", styles.NAVY),
        _Card(
            "预算 → 支出",
            f'=IF(ISNUMBER({budget}),TEXT({budget},"0.00"),{budget}&"")&" → "'
            f'&IF(ISNUMBER({spent}),TEXT({spent},"0.00"),{spent}&"")',
            f"{_two(funds.totals_of(context, 'budget'))} → {_two(funds.totals_of(context, 'spent'))}",
            styles.NAVY,
        ),
        _Card(
            "预算执行率",
            f'=IF({rate}="","—",{rate})',
            _or_dash(funds.total_rate(context)),
            styles.NAVY,
            styles.PERCENT.rstrip("_ "),
        ),
        _count_card(context, Severity.ERROR, styles.RED),
        _count_card(context, Severity.WARNING, styles.AMBER),
        _score_card(context) if context.scores else _balance_card(context),
    ]


def _count_card(context: Context, severity: Severity, color: str) -> _Card:
    found = sum(finding.severity is severity for finding in findings_sheet.listed(context.findings))
    formula = f'=COUNTIF({names.FINDINGS["level"]},"{severity.sign}*")&" 条"'
    return _Card(severity.label, formula, f"{found} 条", color)


def _score_card(context: Context) -> _Card:
    """The mean score of the projects, 暂 (for now) while a form is not complete.

    From hidden columns beside the table of sheets: 200 forms named one by one are more than Excel takes as a formula.
    """
    end = _end(context)
    scores, complete = (f"{cell(TABLE, column)}:{cell(end, column)}" for column in (HELPER + 3, HELPER + 4))
    shares = [context.progress[tab] for tab in context.scores]
    cells = (context.content(score.ref) for score in context.scores.values())
    known = [score for score in cells if isinstance(score, int | float)]  # a score typed as text is no number
    shown = "—"
    if known:
        mean = sum((Decimal(repr(score)) for score in known), Decimal(0)) / len(known)
        unfinished = any(isinstance(share.cached, int | float) and share.cached < 1 for share in shares)
        shown = f"{rollup.excel_round(mean, 2)}{' 暂' if unfinished else ''}"
    label = "自评得分" if len(context.scores) == 1 else "自评得分（平均）"
    formula = f'=IFERROR(TEXT(AVERAGE({scores}),"0.00")&IF(MIN(1,{complete})<1," 暂",""),"—")'
    return _Card(label, formula, shown, styles.GREEN)


def _balance_card(context: Context) -> _Card:
    table = context.edition.table("funds")
    balance = names.total(table, table.field("balance"))
    shown = _or_dash(funds.total_balance(context))
    return _Card("结余（万元）", f'=IF({balance}="","—",{balance})', shown, styles.GREEN, "0.00")


def _or_dash(value: Cached) -> Cached:
    return "—" if value == "" else value


def _two(value: Cached) -> str:
    if not isinstance(value, int | float):
        return str(value)
    return f"{rollup.excel_round(Decimal(repr(value)), 2)}"


# --- fill-in block ------------------------------------------------------------------------------------


def _entries(context: Context, sheet: Sheet) -> None:
    """Who reports: the only cells of this sheet that are filled by hand."""
    style = context.book.style
    submission = context.submission
    label, text, note = style("label"), style("input"), style("note", indent=1)
    center = style("input.center")
    left = (
        ("单位名称 *", names.UNIT, submission.unit.name),
        ("单位编码", names.UNIT_CODE, submission.unit.code),
        ("主管部门", names.DEPARTMENT, submission.unit.department),
    )
    for row, (name, defined, value) in enumerate(left, start=ENTRIES):
        sheet.text(row, 3, name, label)
        sheet.value(row, 4, value, text)
        context.book.define(defined, sheet.ref(cell(row, 4)))
    sheet.text(ENTRIES + 3, 3, "表样", label)
    sheet.text(ENTRIES + 3, 4, context.edition.title, style("computed", font_size=9))
    right = (
        ("年度 *", names.YEAR, submission.year or None, style("input.number"), "四位数字，例如 2020"),
        ("阶段 ▾ *", names.STAGE, submission.stage.value, center, "目标申报时不用填实际完成情况"),
        ("报告日期", names.REPORT_DATE, submission.report_date, style("input.date"), "报出这份材料的日期"),
        ("填报人", names.PREPARED_BY, submission.prepared_by, center, "签名用，可以写多人"),
    )
    for row, (name, defined, value, look, hint) in enumerate(right, start=ENTRIES):
        sheet.height(row, 24)
        sheet.text(row, 5, name, label)
        sheet.value(row, 6, value, look)
        sheet.text(row, 7, hint, note)
        context.book.define(defined, sheet.ref(cell(row, 6)))
    sheet.validate(
        cell(ENTRIES, 6),
        {
            "validate": "integer", "criteria": "between", "minimum": 2000, "maximum": 2100,
            "error_type": "stop", "error_title": "年度", "error_message": "请填四位数字的年度，例如 2020。",
        },
    )  # fmt: skip
    sheet.validate(
        cell(ENTRIES + 1, 6),
        {
            "validate": "list", "source": f"={lists.name('stages')}",
            "error_type": "stop", "error_title": "请从下拉中选", "error_message": "阶段只能从下拉中选。",
        },
    )  # fmt: skip
    sheet.height(ENTRIES + 4, 10)


def _steps(context: Context, sheet: Sheet) -> None:
    look = context.book.style("hint.strong", font_size=10)
    sheet.height(STEPS, 26)
    sheet.fill(STEPS, range(2, LAST + 1), look)
    sheet.text(STEPS, 2, "　→　".join(_STEPS_WITH_BUTTONS if context.has_macros else _STEPS), look)
    if context.has_macros:
        _buttons(context, sheet, STEPS + 1)
    else:
        sheet.height(STEPS + 1, 10)


def _buttons(context: Context, sheet: Sheet, row: int) -> None:
    """The two main commands, and beside them what became of the last one."""
    sheet.height(row, 38)  # three lines of a message
    width = _BUTTON_SIZE[0]
    for place, (caption, macro) in enumerate(_BUTTONS):
        sheet.button(row, 3, caption, macro, _BUTTON_SIZE, (place * (width + 8), 12))
    sheet.merged(
        row,
        4,
        row,
        LAST,
        "",
        context.book.style("plain", font_size=9, text_wrap=True, indent=1, locked=False),
    )
    context.book.define(names.STATUS, sheet.ref(cell(row, 4)))


# --- table of sheets ----------------------------------------------------------------------------------


def _table(context: Context, sheet: Sheet) -> int:
    """One line per sheet; returns the row below the last one."""
    style = context.book.style
    sheet.height(TABLE, 24)
    for column, title in enumerate(
        ("序", "工作表", "填什么", "填写进度", "校验", "状态", "负责科室"), start=2
    ):
        sheet.text(TABLE, column, title, style("header"))
    for number, tab in enumerate(_listed(context), start=1):
        _line(context, sheet, TABLE + number, number, tab)
    end = _end(context)
    sheet.height(end, 10)
    return end


def _listed(context: Context) -> list[Tab]:
    """The sheets of the table, in its order."""
    kinds = ("funds", "matrix", "scoring", "narrative", "findings", "charts")
    return [tab for kind in kinds for tab in context.tabs if tab.kind == kind]


def _end(context: Context) -> int:
    """The row below the table."""
    return TABLE + len(_listed(context)) + 1


def _line(context: Context, sheet: Sheet, row: int, number: int, tab: Tab) -> None:
    style = context.book.style
    sheet.height(row, 24)
    sheet.number(row, 2, number, style("cell.center", font_color=styles.MUTED))
    sheet.formula(row, 3, f'=HYPERLINK("#{tab.go}",{literal(tab.text)})', tab.text, style("cell.link"))
    what, section = style("cell", text_wrap=False), style("cell.center", font_color=styles.MUTED)
    project = tab.project
    if project is None:
        sheet.text(row, 4, _WHAT[tab.kind], what)
        sheet.blank(row, 8, section)
    else:
        place = f"MATCH({literal(project.id)},{names.FUND_ID},0)"
        blank = "（空白，不用时留空即可）"
        name = marks.shown_text(project.name) if has_text(project.name) else blank
        word = "　评分" if context.edition.scoring else "　自评"
        extra = "" if tab.kind == "matrix" else word
        formula = (
            f'=IFERROR(IF(LEN(INDEX(FUND_NAME,{place}))=0,"{blank}",INDEX(FUND_NAME,{place})&"{extra}"),"—")'
        )
        sheet.formula(row, 4, formula, name if name == blank else name + extra, what)
        lead = marks.shown_text(project.section) if has_text(project.section) else ""
        sheet.formula(row, 8, f'=IFERROR(INDEX(FUND_SECTION,{place})&"","")', lead, section)
    if tab.id in context.progress:
        _state(context, sheet, row, tab)
    else:
        for column in (5, 6):
            sheet.blank(row, column, style("cell"))
        sheet.text(row, 7, "—", style("cell.center", font_color=styles.MUTED))


def _state(context: Context, sheet: Sheet, row: int, tab: Tab) -> None:
    """Progress bar, findings and state of a sheet that is filled in."""
    style = context.book.style
    hidden = style("hidden")
    shown = context.progress[tab.id]
    share, errors, warnings = (f"${column_letters(column)}{row}" for column in range(HELPER, HELPER + 3))
    found = [
        f for f in findings_sheet.listed(context.findings) if f.at is not None and f.at.sheet == tab.text
    ]
    error_count = sum(f.severity is Severity.ERROR for f in found)
    warning_count = sum(f.severity is Severity.WARNING and not f.waived for f in found)
    columns = names.FINDINGS
    on_sheet = f'{columns["sheet"]},"{tab.id}",{columns["level"]}'
    sheet.formula(row, HELPER, f"={shown.ref}", shown.cached, hidden)
    sheet.formula(row, HELPER + 1, f'=COUNTIFS({on_sheet},"✗*")', error_count, hidden)
    formula = f'=COUNTIFS({on_sheet},"！*",{columns["handling"]},"<>情况属实")'
    sheet.formula(row, HELPER + 2, formula, warning_count, hidden)
    if tab.id in context.scores:
        score = context.scores[tab.id].ref
        known = context.content(score)  # a score typed as text is no number
        cached = known if isinstance(known, int | float) else ""
        sheet.formula(row, HELPER + 3, f'=IF(ISNUMBER({score}),{score},"")', cached, hidden)
        sheet.formula(row, HELPER + 4, f"={shown.ref}", shown.cached, hidden)

    bar = f'=IF({share}="","",REPT("■",INT({share}*10+0.000001))&REPT("□",10-INT({share}*10+0.000001))'
    bar += f'&" "&INT({share}*100+0.000001)&"%")'
    sheet.formula(row, 5, bar, _bar(shown.cached), style("cell", font_color=styles.BLUE, text_wrap=False))
    checked = f'OR({names.FINDINGS_TIME}<>"",COUNTA({columns["key"]})>0)'
    formula = f'=IF({share}="","",IF({errors}+{warnings}>0,"✗ "&{errors}&"　！ "&{warnings},IF({checked},"✓ 无","—")))'
    text = "" if shown.cached == "" else _found(error_count, warning_count, bool(context.findings))
    sheet.formula(row, 6, formula, text, style("cell.center"))
    formula = f'=IF({share}="","—",IF({errors}>0,"需修改",IF({share}<1,"填写中",IF({warnings}>0,"请核对","已完成"))))'
    sheet.formula(row, 7, formula, _word(shown.cached, error_count, warning_count), style("cell.center"))


def _bar(share: Cached) -> str:
    if not isinstance(share, int | float):
        return ""
    tenths = floor(share * 10 + 0.000001)
    return "■" * tenths + "□" * (10 - tenths) + f" {floor(share * 100 + 0.000001)}%"


def _found(errors: int, warnings: int, checked: bool) -> str:
    if errors + warnings:
        return f"✗ {errors}　！ {warnings}"
    return "✓ 无" if checked else "—"


def _word(share: Cached, errors: int, warnings: int) -> str:
    if not isinstance(share, int | float):
        return "—"
    if errors:
        return "需修改"
    if share < 1:
        return "填写中"
    return "请核对" if warnings else "已完成"


# --- foot and settings --------------------------------------------------------------------------------


def _legend(context: Context, sheet: Sheet, row: int) -> None:
    style = context.book.style
    sheet.height(row, 24)
    legend = (
        ("淡黄：请填写", style("cell.center", bg_color=styles.YELLOW)),
        ("灰：自动计算，不用填（已锁定，无密码）", style("computed.center")),
        ("✗ 红：必须改", style("error", bold=True)),
        ("！ 黄：请核对", style("warning", bold=True)),
        ("✓ 绿：已通过", style("passed", bold=True)),
        ("▾ 有下拉　○ 待填", style("cell.center")),
    )
    for column, (text, look) in enumerate(legend, start=3):
        sheet.text(row, column, text, look)
    sheet.height(row + 1, 8)
    sheet.height(row + 2, 20)
    without = _WITHOUT_ADDIN_BUTTONS if context.has_macros else _WITHOUT_ADDIN
    formula = f'=IF({names.LIVE},"{_WITH_ADDIN}","{without}")'
    sheet.formula(row + 2, 3, formula, without, style("note", indent=1))


def _settings(context: Context, sheet: Sheet, end: int) -> None:
    """Hidden cells: which form this is, and whether Python is there."""
    style = context.book.style("hidden")
    sheet.text(1, HELPER, context.edition.id, style)
    sheet.text(2, HELPER, forms.SCHEMA, style)
    sheet.value(3, HELPER, False, context.book.style("hidden", locked=False))  # VBA sets it when opened
    for row, name in enumerate((names.EDITION, names.SCHEMA, names.LIVE), start=1):
        context.book.define(name, sheet.ref(cell(row, HELPER)))
    last = HELPER + (4 if context.scores else 2)
    sheet.define(names.HELPERS, f"{cell(1, HELPER)}:{cell(end, last)}")
    sheet.hide_columns(range(HELPER, last + 1))


def _formats(context: Context, sheet: Sheet, end: int) -> None:
    mark = context.book.mark
    state = f"{cell(TABLE + 1, 7)}:{cell(end - 1, 7)}"
    for word, look in (
        ("需修改", "error.word"), ("请核对", "warning.word"), ("填写中", "notice.word"), ("已完成", "passed.word"),
    ):  # fmt: skip
        sheet.when(state, f'={cell(TABLE + 1, 7)}="{word}"', mark(look))
    rows = f"{cell(TABLE + 1, 3)}:{cell(end - 1, 8)}"
    blank = f'=LEFT(${cell(TABLE + 1, 4)},3)="（空白"'
    sheet.when(rows, blank, mark("muted"))
