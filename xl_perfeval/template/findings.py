"""校验结果: what a check found, 500 prepared rows; lines and colours follow the 级别 column."""

from __future__ import annotations

from collections.abc import Sequence

from xl_perfeval.findings import Finding, Severity
from xl_perfeval.forms import names
from xl_perfeval.model import CellError
from xl_perfeval.template import lists, marks, styles
from xl_perfeval.template.context import Context
from xl_perfeval.template.sheet import Book, Sheet, Style, cell, height_for, literal, quoted

FIRST, LAST = 5, 504
"""Rows for findings."""

COLUMNS = (
    ("number", "序号", 6.0, "cell.center"),
    ("level", "级别", 12.0, "cell.center"),
    ("place", "位置（点击跳转）", 25.0, "cell.link"),
    ("problem", "问题", 42.0, "cell"),
    ("remedy", "怎么改", 46.0, "cell"),
    ("value", "现在的内容", 19.0, "cell.muted"),
    ("handling", "处理 ▾", 13.0, "input.center"),
    ("explanation", "情况说明（保留时必填）", 24.0, "input"),
    ("rule", "规则号", 9.0, "cell.muted"),
)
"""Key, heading, width and style of the visible columns; key and sheet stand hidden to their right."""

_KEYS = (*(column[0] for column in COLUMNS), "key", "sheet")
_SHOWN_VALUE = 36


def column_of(key: str) -> int:
    """Number of a column of 校验结果."""
    return _KEYS.index(key) + 1 + (key in {"key", "sheet"})


def place_formula(tab: str, marked: str) -> str:
    """A link to a cell that follows inserted rows; when the row is gone it says so."""
    target = f"{quoted(tab)}!{marked}"
    address = f"ADDRESS(ROW({target}),COLUMN({target}),4)"
    return (
        f"=IFERROR(HYPERLINK({literal('#' + quoted(tab) + '!')}&{address},{literal(tab + '！')}&{address}),"
        f'"（该行已删除）")'
    )


def write(context: Context) -> None:
    """The whole sheet."""
    sheet = context.sheet(context.tab("findings"))
    _frame(context, sheet)
    _prepare(context, sheet)
    found, kept = context.findings, listed(context.findings)
    sheets, looks = {tab.text: tab.id for tab in context.tabs}, _looks(context)
    for number, finding in enumerate(kept, start=1):
        _write_finding(sheet, FIRST + number - 1, number, finding, sheets, looks)
    if len(found) > len(kept):
        text = f"还有 {len(found) - len(kept)} 条，见网页版。"
        sheet.text(LAST, column_of("level"), "…", looks["level"])
        sheet.text(LAST, column_of("problem"), text, looks["problem"])
    _names(context, sheet)
    _formats(context.book, sheet)
    sheet.lock()
    width = len(COLUMNS)
    sheet.page(last_row=LAST, last_column=width, repeat=(4, 4))
    sheet.print_area_range = ""  # as far as there is something to print
    sheet.autofilter(FIRST - 2, 0, LAST - 1, width - 1)
    sheet.freeze_panes(FIRST - 1, 0)


def _frame(context: Context, sheet: Sheet) -> None:
    style = context.book.style
    width = len(COLUMNS)
    sheet.height(1, 30)
    sheet.fill(1, range(1, width + 1), style("banner"))
    sheet.text(1, 1, "校验结果", style("banner"))
    sheet.formula(1, width, '=HYPERLINK("#PE_GO_HOME","← 首页")', "← 首页", style("banner.link"))
    sheet.height(2, 22)
    sheet.fill(2, range(1, width + 1), style("hint.strong"))
    sheet.formula(2, 1, _summary_formula(), summary(context.findings), style("hint.strong"))
    sheet.height(3, 16)
    sheet.blank(3, 1, style("note", locked=False, num_format="@", indent=1))
    sheet.height(4, 24)
    for column, (_, label, _, _) in enumerate(COLUMNS, start=1):
        sheet.text(4, column, label, style("header"))


def _looks(context: Context) -> dict[str, Style]:
    """Styles of the columns. Lines and colours come with the row's 级别, so the cells themselves have none."""
    style = context.book.style
    plain = {"border": 0, "bg_color": "#FFFFFF", "pattern": 0, "locked": False}
    looks = {
        key: style(name, **plain, **({} if key in {"number", "place"} else {"num_format": styles.TEXT}))
        for key, _, _, name in COLUMNS
    }
    looks["whole"] = style("cell", **plain)
    looks["key"] = looks["sheet"] = style("hidden", locked=False, num_format=styles.TEXT)
    return looks


def _prepare(context: Context, sheet: Sheet) -> None:
    """Column formats stand for 500 prepared rows; the first row also has cells, as a pattern for writers."""
    looks = _looks(context)
    for column, (key, _, width, _) in enumerate(COLUMNS, start=1):
        sheet.column(column, width, looks[key])
        sheet.blank(FIRST, column, looks[key])
    sheet.column(len(COLUMNS) + 1, 2)
    for column in range(len(COLUMNS) + 2, column_of("sheet") + 2):
        sheet.column(column, 9, looks["key"], hidden=True)
    sheet.blank(FIRST, column_of("key"), looks["key"])
    sheet.blank(FIRST, column_of("sheet"), looks["sheet"])
    sheet.blank(1, column_of("sheet") + 1, looks["key"])


def _write_finding(
    sheet: Sheet, row: int, number: int, finding: Finding, sheets: dict[str, str], looks: dict[str, Style]
) -> None:
    value = shown_value(finding)
    handled = "未处理" if finding.severity is not Severity.NOTICE else None
    sheet.number(row, column_of("number"), number, looks["number"])
    sheet.text(row, column_of("level"), level_text(finding.severity), looks["level"])
    if finding.at is None or finding.at.sheet not in sheets:
        where = "整个文件" if finding.at is None else f"{finding.at.sheet}！{finding.at.cell}"
        sheet.text(row, column_of("place"), where, looks["whole"])
    else:
        first = finding.at.cell.partition(":")[0]
        formula, shown = place_formula(finding.at.sheet, first), f"{finding.at.sheet}！{first}"
        sheet.formula(row, column_of("place"), formula, shown, looks["place"])
        sheet.text(row, column_of("sheet"), sheets[finding.at.sheet], looks["sheet"])
    for key, text in (
        ("problem", finding.problem),
        ("remedy", finding.remedy),
        ("value", value),
        ("handling", "情况属实" if finding.waived else handled),
        ("explanation", finding.waived),
        ("rule", finding.rule),
        ("key", finding.key),
    ):
        sheet.value(row, column_of(key), text, looks[key])
    widths = {key: width for key, _, width, _ in COLUMNS}
    texts = (
        (finding.problem, widths["problem"]), (finding.remedy, widths["remedy"]),
        (value, widths["value"] * 1.1), (finding.waived, widths["explanation"]),
    )  # fmt: skip
    sheet.height(row, height_for(texts, least=32), grows=True)


def level_text(severity: Severity) -> str:
    """Sign and word of the 级别 column: ✗ 必须改, ！请核对, i 提示."""
    return severity.sign + ("" if severity is Severity.WARNING else " ") + severity.label


def listed(findings: Sequence[Finding]) -> Sequence[Finding]:
    """The findings there is room for; when there are more, the last row says how many."""
    rows = LAST - FIRST + 1
    return findings if len(findings) <= rows else findings[: rows - 1]


def shown_value(finding: Finding) -> str:
    """The content that was checked, cut to what a glance takes in."""
    value = finding.value
    if value is None or value == "":
        return "（空）"
    text = value.code if isinstance(value, CellError) else marks.shown_text(value)
    return text if len(text) <= _SHOWN_VALUE else text[: _SHOWN_VALUE - 1] + "…"


def _count(severity: Severity) -> str:
    return f'COUNTIF({names.FINDINGS["level"]},"{severity.sign}*")'


def _summary_formula() -> str:
    parts = '&"　"&'.join(f'"{severity.label} "&{_count(severity)}&" 条"' for severity in Severity)
    time = names.FINDINGS_TIME
    return (
        f'=IF(AND({time}="",COUNTA({names.FINDINGS["key"]})=0),"{_NOT_YET}",{parts}'
        f'&IF({time}="","","　｜　校验时间 "&{time})&"{_ADVICE}")'
    )


_NOT_YET = "还没有校验。填好以后保存，用 perfeval 校验，发现的问题会列在这里。"
_ADVICE = "　｜　点“位置”跳到单元格；改好以后，格子上的颜色会自动消失。"


def summary(findings: Sequence[Finding]) -> str:
    """What the summary line shows when the time of the check is not known."""
    if not findings:
        return _NOT_YET
    counts = dict.fromkeys(Severity, 0)
    for finding in listed(findings):
        counts[finding.severity] += 1
    return "　".join(f"{severity.label} {count} 条" for severity, count in counts.items()) + _ADVICE


def _names(context: Context, sheet: Sheet) -> None:
    for key, name in names.FINDINGS.items():
        column = column_of(key)
        context.book.define(name, sheet.ref(f"{cell(FIRST, column)}:{cell(LAST, column)}"))
    context.book.define(names.FINDINGS_TIME, sheet.ref(cell(1, column_of("sheet") + 1)))
    context.book.define(names.FINDINGS_STATUS, sheet.ref("A3"))


def _formats(book: Book, sheet: Sheet) -> None:
    rows = f"A{FIRST}:I{LAST}"
    level = f"B{FIRST}:B{LAST}"
    for severity in Severity:
        sheet.when(level, f'=LEFT($B{FIRST},1)="{severity.sign}"', book.mark(f"{severity.value}.word.line"))
    sheet.when(f"G{FIRST}:H{LAST}", f"=LEN($B{FIRST})>0", book.mark("row.input"))
    sheet.when(f"A{FIRST}:A{LAST}", f"=LEN($B{FIRST})>0", book.mark("row.computed"))
    sheet.when(rows, f"=LEN($B{FIRST})>0", book.mark("row"))
    handling = f"G{FIRST}:G{LAST}"
    sheet.validate(
        handling,
        {
            "validate": "list",
            "source": f"={lists.name('handling')}",
            "error_type": "stop",
            "error_title": "请从下拉中选",
            "error_message": "“处理”只能从下拉中选。",
            "input_title": "处理",
            "input_message": "选“情况属实”的，请在右边写明情况。",
        },
    )
