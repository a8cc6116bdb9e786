"""校验结果: what a check found, 500 prepared rows; lines and colours follow the 级别 column."""

from __future__ import annotations

from collections.abc import Sequence

from xl_perfeval.findings import TRUE_AS_IS, Finding, Severity
from xl_perfeval.forms import names, ownsheets
from xl_perfeval.forms.ownsheets import (
    WIDTHS,
    level_text,
    more,
    place,
    row_height,
    row_of,
    summary,
    summary_formula,
    unhandled,
)
from xl_perfeval.template import lists, styles
from xl_perfeval.template.context import Context
from xl_perfeval.template.sheet import Book, Sheet, Style, cell

__all__ = ["FIRST", "LAST", "column_of", "level_text", "listed", "summary", "write"]

FIRST, LAST = 5, 504
"""Rows for findings."""

COLUMNS = (
    ("number", "序号", 6.0, "cell.center"),
    ("level", "级别", 12.0, "cell.center"),
    ("place", "位置（点击跳转）", 25.0, "cell.link"),
    ("problem", "问题", WIDTHS["problem"], "cell"),
    ("remedy", "怎么改", WIDTHS["remedy"], "cell"),
    ("value", "现在的内容", WIDTHS["value"], "cell.muted"),
    ("handling", "处理 ▾", 13.0, "input.center"),
    ("explanation", "情况说明（保留时必填）", WIDTHS["explanation"], "input"),
    ("rule", "规则号", 9.0, "cell.muted"),
)
"""Key, heading, width and style of the visible columns; key and sheet stand hidden to their right."""

_KEYS = (*(column[0] for column in COLUMNS), "key", "sheet")


def column_of(key: str) -> int:
    """Number of a column of 校验结果."""
    return _KEYS.index(key) + 1 + (key in {"key", "sheet"})


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
        for key, value in more(len(found) - len(kept)).items():
            sheet.value(LAST, column_of(key), value, looks[key])
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
    sheet.formula(2, 1, summary_formula(), summary(listed(context.findings)), style("hint.strong"))
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
    values = row_of(number, finding, sheets)
    values |= {
        "handling": TRUE_AS_IS if finding.waived else unhandled(finding),
        "explanation": finding.waived,
    }
    for key, value in values.items():
        if key != "sheet" or value is not None:
            sheet.value(row, column_of(key), value, looks[key])
    formula, shown = place(finding, sheets)
    if formula is None:
        sheet.text(row, column_of("place"), shown, looks["whole"])
    else:
        sheet.formula(row, column_of("place"), formula, shown, looks["place"])
    sheet.height(row, row_height(values), grows=True)


def listed(findings: Sequence[Finding]) -> Sequence[Finding]:
    """The findings there is room for; when there are more, the last row says how many."""
    return ownsheets.listed(findings, LAST - FIRST + 1)


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
