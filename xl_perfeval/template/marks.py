"""_标记: one formula per mark, so that a mark follows its cell and goes out as soon as the cell changes.

Every entry sheet has three blocks there, one per severity, named PE_MARK_E, PE_MARK_W and PE_MARK_N on that
sheet: side by side, as many as the file door reads, then in the next band below. A row of a block holds the formula and, in the column to its right, the text that
was checked. The formula shows the marked cell's address while the cell still holds that text.
"""

from __future__ import annotations

from collections.abc import Sequence

from xl_perfeval.findings import Severity
from xl_perfeval.forms import names
from xl_perfeval.forms.ownsheets import mark_formula, shown_text
from xl_perfeval.model import column_letters, row_and_column
from xl_perfeval.template import tabs
from xl_perfeval.template.context import Context
from xl_perfeval.template.sheet import Sheet, cell
from xl_perfeval.template.tabs import Tab

__all__ = ["ENTRY_KINDS", "FIRST", "NAMES", "show", "shown_text", "write"]

FIRST = 5
"""First row of the blocks of the first band."""
BESIDE = 33
"""Sheets in a band: 198 columns, of the 200 that are read from a file."""
ROWS, ROWS_OF_MANY = 500, 120
"""Rows of a block where one band is enough, and where there are several."""
NAMES = {severity: names.MARKS[severity.value] for severity in Severity}
"""Sheet-scoped names of the blocks."""
ENTRY_KINDS = ("home", "funds", "matrix", "scoring", "narrative")


def show(context: Context, sheet: Sheet, tab: Tab, cells: str) -> None:
    """Name the sheet's blocks and give its cells the fixed conditional formats that read them.

    Call it before the sheet's other conditional formats: a mark comes first.
    """
    entries = _entry_tabs(context)
    first, rows = _rows(entries.index(tab), len(entries))
    marks_sheet = context.book.sheet(tabs.MARKS)
    for number, (severity, name) in enumerate(NAMES.items()):
        column = column_letters(_column(entries.index(tab), number))
        sheet.local_names.append((name, marks_sheet.ref(f"{column}{first}:{column}{first + rows - 1}")))
        condition = f"=COUNTIF({name},ADDRESS(ROW(),COLUMN(),4))>0"
        sheet.when(cells, condition, context.book.mark(severity.value), stop=True)


def write(context: Context) -> None:
    """The blocks of all entry sheets. Write it last: it looks at what the other sheets hold."""
    sheet = context.book.sheet(tabs.MARKS)
    entries = _entry_tabs(context)
    for place, tab in enumerate(entries):
        first, rows = _rows(place, len(entries))
        for number, severity in enumerate(NAMES):
            column = _column(place, number)
            sheet.text(first - 4, column, tab.id)
            sheet.text(first - 3, column, tab.text)
            sheet.text(first - 2, column, severity.label)
            cells = context.marks.get(tab.text, {}).get(severity, ())
            _write_block(sheet, first, column, context.sheet(tab), tab.text, cells[:rows])


def _write_block(
    sheet: Sheet, first: int, column: int, marked: Sheet, tab: str, cells: Sequence[str]
) -> None:
    for row, address in enumerate(cells, start=first):
        sheet.formula(row, column, mark_formula(tab, address, cell(row, column + 1)), address)
        sheet.text(row, column + 1, shown_text(marked.content(*row_and_column(address))))


def _entry_tabs(context: Context) -> list[Tab]:
    return [tab for tab in context.tabs if tab.kind in ENTRY_KINDS]


def _rows(place: int, sheets: int) -> tuple[int, int]:
    """First row of a sheet's blocks, and their number of rows."""
    rows = ROWS if sheets <= BESIDE else ROWS_OF_MANY
    return FIRST + place // BESIDE * (FIRST - 1 + rows), rows


def _column(place: int, number: int) -> int:
    return 1 + place % BESIDE * 2 * len(NAMES) + 2 * number
