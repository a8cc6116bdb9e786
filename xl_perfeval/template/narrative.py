"""报告文字: one row is one paragraph of the report."""

from __future__ import annotations

from typing import Any

from xl_perfeval.forms import names
from xl_perfeval.forms.ownsheets import literal
from xl_perfeval.model import FieldKind, Paragraph, ParagraphState, column_letters
from xl_perfeval.template import lists, marks, styles
from xl_perfeval.template.context import Context
from xl_perfeval.template.grid import Grid, heading
from xl_perfeval.template.sheet import Sheet, Shown, Style, cell, clean, height_for
from xl_perfeval.template.tabs import Tab

FIRST = 5
VISIBLE_SPARE = 2
"""Blank rows that always look like rows; the others only appear when the rows above them are filled."""
CHAPTERS = "一二三四五六七八九十"


def grid_of(context: Context) -> Grid:
    """Where the paragraphs stand."""
    table = context.edition.table("narrative")
    return Grid(table, FIRST, len(context.submission.paragraphs), table.spare_rows)


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
    sheet.page(last_row=grid.bottom - 1, last_column=grid.width, repeat=(3, 3))
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
    width = grid.table.field("text").width
    counted: dict[str, int] = {}
    for place, row in enumerate(grid.rows):
        paragraph = paragraphs[place] if place < len(paragraphs) else None
        look = looks if place < len(paragraphs) + VISIBLE_SPARE else waiting
        shown = short.get(paragraph.section, paragraph.section) if paragraph else ""
        number = _number(shown, counted)
        sheet.formula(
            row, grid.column("number"), _number_formula(section, row, grid.top), number, look["computed"]
        )
        sheet.value(row, grid.column("section"), shown or None, look["text"])
        sheet.value(row, grid.column("text"), paragraph.text if paragraph else None, look["text"])
        sheet.value(row, grid.column("state"), paragraph.state.value if paragraph else None, look["choice"])
        sheet.blank(row, grid.column("draft"), look["draft"])
        sheet.blank(row, grid.column("take"), look["choice"])
        formula = f'=IF(LEN({text}{row})=0,"",LEN({text}{row}))'
        sheet.formula(row, grid.column("length"), formula, _length(paragraph), look["computed"])
        if paragraph and paragraph.id:
            sheet.text(row, grid.extra, paragraph.id, context.book.style("hidden"))
        height = height_for([(paragraph.text, width)], line=15.5, least=26) if paragraph else 22
        sheet.height(row, height, grows=True)
    sheet.hide_columns(range(grid.width + 2, grid.extra + 2))


def _looks(context: Context, changes: dict[str, Any]) -> dict[str, Style]:
    style = context.book.style
    return {
        "text": style("input", **changes),
        "choice": style("input.center", **changes),
        "computed": style("computed.center", **changes),
        "draft": style("computed", locked=False, num_format=styles.TEXT, **changes),
    }


def _length(paragraph: Paragraph | None) -> int | str:
    """Characters as a spreadsheet counts them."""
    return (len(clean(paragraph.text)) if paragraph else 0) or ""


def _number_formula(section: str, row: int, top: int) -> str:
    """Chapter and place in it: the chapter is the numeral with which the section begins."""
    cell_, above = f"{section}{row}", f"{section}${top}:{section}{row}"
    chapters = "{" + ",".join(f'"{numeral}"' for numeral in CHAPTERS) + "}"
    return (
        f'=IF(LEN({cell_})=0,"",IFERROR(MATCH(LEFT({cell_},1),{chapters},0)'
        f'&"."&COUNTIF({above},LEFT({cell_},1)&"*"),""))'
    )


def _number(shown: str, counted: dict[str, int]) -> str:
    first = shown[:1]
    if not first or first not in CHAPTERS:
        return ""
    counted[first] = counted.get(first, 0) + 1
    return f"{CHAPTERS.index(first) + 1}.{counted[first]}"


def _names(context: Context, sheet: Sheet, grid: Grid) -> None:
    define = context.book.define
    for name, cells in grid.names():
        define(name, sheet.ref(cells))
    define(names.NARRATIVE_KEY, sheet.ref(grid.block(grid.extra)))
    sheet.define(names.HELPERS, f"{cell(1, grid.width + 2)}:{cell(grid.bottom, grid.extra + 1)}")


def _formats(context: Context, sheet: Sheet, grid: Grid, tab: Tab) -> None:
    mark = context.book.mark
    marks.show(context, sheet, tab, f"A{grid.top}:{column_letters(grid.width)}{grid.bottom}")
    state = f"{grid.letter('state')}{grid.first}"
    cells = f"{state}:{grid.letter('state')}{grid.bottom - 1}"
    for word, look in (
        (ParagraphState.DRAFTED, "notice.word"),
        (ParagraphState.EDITED, "warning.word"),
        (ParagraphState.LOCKED, "passed.word"),
    ):
        sheet.when(cells, f'={state}="{word.value}"', mark(look))
    waiting = grid.first + grid.records + VISIBLE_SPARE
    if waiting < grid.bottom:
        text = grid.letter("text")
        above = f"=SUMPRODUCT(LEN(${text}{waiting - VISIBLE_SPARE}:${text}{waiting}))>0"
        for field in grid.table.fields:
            cells = f"{grid.letter(field.key)}{waiting}:{grid.letter(field.key)}{grid.bottom - 1}"
            look = "row.computed" if field.kind is FieldKind.COMPUTED else "row.input"
            sheet.when(cells, above, mark(look))
    lists.validate_all(sheet, grid)


def _progress(context: Context, sheet: Sheet, grid: Grid, tab: Tab) -> None:
    """Share of the required sections that have a paragraph."""
    required = [heading_ for heading_ in context.edition.outline if heading_.required]
    section, text = grid.block(grid.letter("section")), grid.block(grid.letter("text"))
    written = {p.section for p in context.submission.paragraphs if p.text}
    terms = "+".join(f"(SUMPRODUCT(({section}={literal(h.short)})*(LEN({text})>0))>0)" for h in required)
    share = sum(h.id in written for h in required) / len(required) if required else ""
    place = cell(1, grid.extra + 1)
    formula = f"=({terms})/{len(required)}" if required else '=""'
    sheet.formula(1, grid.extra + 1, formula, share, context.book.style("hidden"))
    sheet.define(names.PROGRESS, place)
    context.progress[tab.id] = Shown(sheet.ref(place), share)
