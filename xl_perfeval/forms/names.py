"""Defined names of the template workbook: the one vocabulary that template and reader share.

A column of a table is `<prefix>_<name>` (`MX_COST`), its hidden amount helper `<prefix>_<name>_READ`, its
cell in the 合计 row `<prefix>_TOTAL_<name>`. All blocks of one table span the same rows: from the thin locked
line below the header to the thin locked line “▲ 在此行以上插入”, both included, so that a row inserted anywhere
between header and 合计 is inside. The two lines hold no data. Names of project sheets are scoped to the sheet.
"""

from __future__ import annotations

from xl_perfeval.model import FormField, FormTable

UNIT = "PE_UNIT"
UNIT_CODE = "PE_UNIT_CODE"
DEPARTMENT = "PE_DEPARTMENT"
YEAR = "PE_YEAR"
STAGE = "PE_STAGE"
EDITION = "PE_EDITION"
SCHEMA = "PE_SCHEMA"
REPORT_DATE = "PE_REPORT_DATE"
PREPARED_BY = "PE_PREPARED_BY"
LIVE = "PE_LIVE"
STATUS = "PE_STATUS"
"""In a macro workbook: the cell of 首页 with what became of the last button; blank at first."""
TEXTS = "PE_TEXTS"
"""In a macro workbook: the texts that VBA shows, two columns, key and text."""
PROJECT_ID = "PE_PROJECT_ID"
"""Sheet-scoped: the identity of a project sheet, equal to a cell of `FUND_ID`."""

FUND_ID = "FUND_ID"
FUND_REMARK = "FUND_REMARK"
MATRIX_NOTE = "MX_NOTE"
MATRIX_NAME = "MX_PROJECT"
"""Sheet-scoped: the project's name as the sheet shows it (computed)."""
MATRIX_BUDGET = "MX_BUDGET"
MATRIX_PROJECT_SPENT = "MX_PROJECT_SPENT"
MATRIX_RATE = "MX_RATE"
MATRIX_GAP = "MX_GAP"

SCORING_CELLS = {
    "name": "SE_PROJECT",
    "contact": "SE_CONTACT",
    "initial_budget": "SE_INITIAL",
    "budget": "SE_BUDGET",
    "spent": "SE_SPENT",
    "execution_weight": "SE_EXEC_WEIGHT",
    "execution_rate": "SE_EXEC_RATE",
    "execution_score": "SE_EXEC_SCORE",
    "execution_reason": "SE_EXEC_REASON",
    "expected": "SE_GOAL_EXPECTED",
    "achieved": "SE_GOAL_ACHIEVED",
    "total_weight": "SE_TOTAL_WEIGHT",
    "total_score": "SE_TOTAL_SCORE",
    "grade": "SE_GRADE",
}
"""Sheet-scoped single cells of the scoring form; an edition need not print all of them."""

SOURCE_COLUMNS = {
    "name": "SE_SOURCE_NAME",
    "initial_budget": "SE_SOURCE_INITIAL",
    "budget": "SE_SOURCE_BUDGET",
    "spent": "SE_SOURCE_SPENT",
}
"""Sheet-scoped blocks of the fund rows 其中：… of the scoring form."""

HELPERS = "PE_HELPERS"
"""Sheet-scoped: the hidden columns of a sheet; what stands there was not typed by anybody."""

MAP = "PE_MAP"
"""Begins the text of a hidden cell that tells where the names of its sheet are: `PE_MAP|MX_COST,7,3,9,1|…`, that
is row, column, and for blocks their numbers of rows and columns; `@tab` behind a name on another sheet."""
MAP_WORKBOOK = "*"
"""In a map, stands before names of the whole workbook."""

PROGRESS = "PE_PROGRESS"
"""Sheet-scoped: filled share of a sheet, 0 to 1, or "" for a project sheet left blank."""

MARKS = {"error": "PE_MARK_E", "warning": "PE_MARK_W", "notice": "PE_MARK_N"}
"""Sheet-scoped, by severity: blocks of `_标记` with the marks of the sheet; the text that was checked stands in
the column to the right of each."""

NARRATIVE_KEY = "NARR_KEY"
"""Hidden column of 报告文字: stable paragraph ids."""
NARRATIVE_BASE = "NARR_BASE"
"""Block of `_底稿`, no lines around it: id, section, text last generated, text offered in 系统新稿."""

FINDINGS = {
    "number": "FIND_NO",
    "level": "FIND_LEVEL",
    "place": "FIND_PLACE",
    "problem": "FIND_PROBLEM",
    "remedy": "FIND_REMEDY",
    "value": "FIND_VALUE",
    "handling": "FIND_HANDLING",
    "explanation": "FIND_EXPLANATION",
    "rule": "FIND_RULE",
    "key": "FIND_KEY",
    "sheet": "FIND_SHEET",
}
"""Columns of 校验结果, 500 prepared rows each and no lines around them. `sheet` holds the sheet's identity as in
`PE_GO_<identity>`; `level` begins with the sign of the severity."""

FINDINGS_TIME = "FIND_TIME"
"""When the check was made, as text; blank before the first check."""
FINDINGS_STATUS = "FIND_STATUS"
"""What became of the last check: “上次 8 条，已改好 3 条，新增 1 条”."""


def column(table: FormTable, field: FormField) -> str:
    """Name of a column's block, e.g. `MX_COST`."""
    return f"{table.prefix}_{field.name}"


def helper(table: FormTable, field: FormField) -> str:
    """Name of an amount column's hidden helper block, e.g. `MX_COST_READ`."""
    return f"{table.prefix}_{field.name}_READ"


def total(table: FormTable, field: FormField) -> str:
    """Name of a column's cell in the 合计 row, e.g. `FUND_TOTAL_BUDGET`."""
    return f"{table.prefix}_TOTAL_{field.name}"


def go(sheet_id: str) -> str:
    """Name that links to a sheet lead to: `PE_GO_FUNDS`, `PE_GO_P_1`; `FIND_SHEET` holds the same identities."""
    return f"PE_GO_{sheet_id}"


def statement(key: str) -> str:
    """Sheet-scoped name of a row of free text on the scoring form: `SE_TEXT_CONCLUSION`."""
    return f"SE_TEXT_{key.upper()}"
