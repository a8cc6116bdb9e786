"""报告文字: one row is one paragraph of the report."""

from __future__ import annotations

from typing import Any

from xl_perfeval.forms import names, reporttext
from xl_perfeval.forms.ownsheets import literal
from xl_perfeval.model import FieldKind, ParagraphState, Take, column_letters
from xl_perfeval.narrative import passages
from xl_perfeval.template import lists, marks, styles
from xl_perfeval.template.context import Context
from xl_perfeval.template.grid import Grid, heading
from xl_perfeval.template.sheet import Sheet, Shown, Style, cell
from xl_perfeval.template.tabs import Tab

FIRST = 5


def grid_of(context: Context) -> Grid:
    """Where the paragraphs stand."""
    table = context.edition.table("narrative")
    written = len(context.submission.paragraphs)
    drafted = passages.most(context.edition, len(context.submission.projects))
    return Grid(table, FIRST, written, max(table.spare_rows, drafted - written))


def write(context: Context) -> None:
    """The whole sheet."""
    tab = context.tab("narrative")
    sheet = context.sheet(tab)
    grid = grid_of(context)
    _frame(context, sheet, grid)
    _rows(context, sheet, grid)
    _names(context, sheet, grid)
    _formats(context, sheet, grid, tab)
    _progress(context, sheet, grid, tab)
    sheet.lock()
    sheet.page(last_row=grid.bottom - 1, last_column=grid.column("length"), repeat=(3, 3))
    sheet.freeze_panes(grid.top, 0)


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
    sheet.text(2, 1, grid.table.hint, style("hint"))
    sheet.height(3, 26)
    for column, field in enumerate(grid.table.fields, start=1):
        hint = f"（{field.hint}）" if field.hint else ""
        sheet.text(3, column, heading(field) + hint, style("header"))
    sheet.height(grid.top, 3)
    sheet.fill(grid.top, range(1, grid.width + 1), style("line"))
    sheet.height(grid.bottom, 10)
    sheet.text(grid.bottom, 1, "▲ 在此行以上插入", style("line", font_size=7, font_color="#9AA5B8"))
    sheet.fill(grid.bottom, range(2, grid.width + 1), style("line"))


def _rows(context: Context, sheet: Sheet, grid: Grid) -> None:
    looks, waiting = _looks(context, {}), _looks(context, {"border": 0, "pattern": 0, "bg_color": "#FFFFFF"})
    short = {heading_.id: heading_.short for heading_ in context.edition.outline}
    paragraphs = context.submission.paragraphs
    section, text = grid.letter("section"), grid.letter("text")
    shown = [short.get(paragraph.section, paragraph.section) for paragraph in paragraphs]
    numbers = list(reporttext.numbers(shown))
    for place, row in enumerate(grid.rows):
        paragraph = paragraphs[place] if place < len(paragraphs) else None
        look = looks if place < len(paragraphs) + reporttext.VISIBLE_SPARE else waiting
        formula = reporttext.number_formula(section, row, grid.top)
        sheet.formula(
            row, grid.column("number"), formula, numbers[place] if paragraph else "", look["computed"]
        )
        sheet.value(row, grid.column("section"), shown[place] if paragraph else None, look["text"])
        sheet.value(row, grid.column("text"), paragraph.text if paragraph else None, look["text"])
        sheet.value(row, grid.column("state"), paragraph.state.value if paragraph else None, look["choice"])
        sheet.value(row, grid.column("draft"), paragraph.draft if paragraph else None, look["draft"])
        sheet.value(row, grid.column("take"), paragraph.take if paragraph else None, look["choice"])
        length = reporttext.length(paragraph.text) if paragraph else ""
        formula = reporttext.length_formula(text, row)
        sheet.formula(row, grid.column("length"), formula, length, look["computed"])
        sheet.blank(row, grid.column("origin"), look["origin"])
        if paragraph and paragraph.id:
            sheet.text(row, grid.extra, paragraph.id, context.book.style("hidden"))
        height = (
            reporttext.row_height(paragraph.text, paragraph.draft, grid.table)
            if paragraph
            else reporttext.blank_height(place - len(paragraphs) + 1)
        )
        sheet.height(row, height, grows=True)
    sheet.hide_columns(range(grid.width + 2, grid.extra + 2))


def _looks(context: Context, changes: dict[str, Any]) -> dict[str, Style]:
    style = context.book.style
    return {
        "text": style("input", **changes),
        "choice": style("input.center", **changes),
        "computed": style("computed.center", **changes),
        "draft": style("computed", locked=False, num_format=styles.TEXT, **changes),
        "origin": style("computed", locked=False, num_format=styles.TEXT, font_size=9, **changes),
    }


def _names(context: Context, sheet: Sheet, grid: Grid) -> None:
    define = context.book.define
    for name, cells in grid.names():
        define(name, sheet.ref(cells))
    define(names.NARRATIVE_KEY, sheet.ref(grid.block(grid.extra)))
    sheet.define(names.HELPERS, f"{cell(1, grid.width + 2)}:{cell(grid.bottom, grid.extra + 1)}")


def _formats(context: Context, sheet: Sheet, grid: Grid, tab: Tab) -> None:
    mark = context.book.mark
    marks.show(context, sheet, tab, f"A{grid.top}:{column_letters(grid.width)}{grid.bottom}")
    _words(context, sheet, grid)
    waiting = grid.first + grid.records + reporttext.VISIBLE_SPARE
    if waiting < grid.bottom:
        text = grid.letter("text")
        above = f"=SUMPRODUCT(LEN(${text}{waiting - reporttext.VISIBLE_SPARE}:${text}{waiting}))>0"
        for field in grid.table.fields:
            cells = f"{grid.letter(field.key)}{waiting}:{grid.letter(field.key)}{grid.bottom - 1}"
            look = "row.computed" if field.kind is FieldKind.COMPUTED else "row.input"
            sheet.when(cells, above, mark(look))
    lists.validate_all(sheet, grid)


def _words(context: Context, sheet: Sheet, grid: Grid) -> None:
    """Colours of the words in 来源 and 采用; a paragraph that is not drafted any more is grey altogether."""
    last, book = grid.bottom - 1, context.book
    ended = f'=${grid.letter("take")}{grid.first}="{Take.ENDED.value}"'
    sheet.when(f"A{grid.first}:{column_letters(grid.width)}{last}", ended, book.mark("row.ended"))
    for key, word, look in (
        ("state", ParagraphState.DRAFTED, "notice.word.line"),
        ("state", ParagraphState.EDITED, "warning.word.line"),
        ("state", ParagraphState.LOCKED, "passed.word"),
        ("take", Take.CHOOSE, "error.word.line"),
        ("take", Take.CHECK, "warning.word.line"),
    ):
        first = f"{grid.letter(key)}{grid.first}"
        sheet.when(f"{first}:{grid.letter(key)}{last}", f'={first}="{word.value}"', book.mark(look))


def _progress(context: Context, sheet: Sheet, grid: Grid, tab: Tab) -> None:
    """Share of the required sections that have a paragraph."""
    required = [heading_ for heading_ in context.edition.outline if heading_.required]
    section, text = grid.block(grid.letter("section")), grid.block(grid.letter("text"))
    terms = "+".join(f"(SUMPRODUCT(({section}={literal(h.short)})*(LEN({text})>0))>0)" for h in required)
    written = {paragraph.section for paragraph in context.submission.paragraphs if paragraph.text}
    share = reporttext.filled_share(context.edition, written)
    place = cell(1, grid.extra + 1)
    formula = f"=({terms})/{len(required)}" if required else '=""'
    sheet.formula(1, grid.extra + 1, formula, share, context.book.style("hidden"))
    sheet.define(names.PROGRESS, place)
    context.progress[tab.id] = Shown(sheet.ref(place), share)
