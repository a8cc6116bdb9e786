"""报告文字 and `_底稿` → paragraphs, and what the program last generated for each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from xl_perfeval.books import BROKEN, ReadableBook
from xl_perfeval.forms import names
from xl_perfeval.model import (
    Base,
    CellValue,
    Edition,
    Locator,
    OwnIds,
    Paragraph,
    ParagraphState,
    Ref,
    row_and_column,
)
from xl_perfeval.reading.cells import clean, corner, state, text
from xl_perfeval.reading.sheets import Block, Row, Sheets

BASES = "_底稿"
"""Tab of the last generated texts: nobody sees it, so nobody renames it. Workbooks from before the name
`NARR_BASE` have it too."""
_BASE_ROWS = 1000


def paragraphs_of(sheets: Sheets, edition: Edition) -> tuple[tuple[Paragraph, ...], Locator | None]:
    """The paragraphs that hold any text, and where the columns of 报告文字 stand."""
    block = _block(sheets, edition)
    if block is None:
        return (), None
    filled = list(sheets.rows(block, blank_without=("section", "state", "take", "key"), computed=("draft",)))
    after = max((row.row for row in filled), default=block.first - 1) + 1
    locator = block.locator("NARRATIVE", {"next": f"{block.columns['text']}{after}"})
    sheets.surroundings(block, "NARRATIVE")
    return tuple(_paragraphs(sheets.book, edition, locator, filled)), locator


def rows_of(book: ReadableBook, edition: Edition) -> tuple[Paragraph, ...]:
    """All rows of 报告文字 down to the last that holds anything, also those whose text is blank.

    Rows without any id, section or text come as paragraphs without an id.
    """
    sheets = Sheets(book)
    block = _block(sheets, edition)
    if block is None:
        return ()
    rows = list(sheets.rows(block, every=True, computed=("draft",)))
    while rows and all(value is None for value in rows[-1].values.values()):
        rows.pop()
    return tuple(_paragraphs(book, edition, block.locator("NARRATIVE"), rows))


def bases_of(book: ReadableBook) -> dict[str, Base]:
    """What the program last generated, by paragraph id; nothing in a workbook without `_底稿`."""
    block = base_block(book)
    if block is None:
        return {}
    first, last = row_and_column(block.cell)[0], corner(book.used(block.sheet))[0]
    if last < first:
        return {}
    last = min(last, corner(block)[0])
    found: dict[str, Base] = {}
    for key, section, generated, offered in book.read(Ref(block.sheet, f"A{first}:D{last}")):
        if key is not None:
            found[text(key)] = Base(
                section=_string(section), text=_string(generated), offered=_string(offered)
            )
    return found


def base_block(book: ReadableBook) -> Ref | None:
    """Where the last generated texts stand: columns A to D of `_底稿`; `None` without such a sheet."""
    named = book.names().get(names.NARRATIVE_BASE)
    if named is not None and named.cell != BROKEN and named.sheet in book.sheets():
        return named
    return Ref(BASES, f"A2:D{1 + _BASE_ROWS}") if BASES in book.sheets() else None


def _block(sheets: Sheets, edition: Edition) -> Block | None:
    table = edition.table("narrative")
    block = sheets.block(table, sheets.workbook, "工作表“报告文字”", also={"key": names.NARRATIVE_KEY})
    return block if block is not None and "text" in block.columns else None


def _paragraphs(
    book: ReadableBook, edition: Edition, locator: Locator, rows: list[Row]
) -> Iterator[Paragraph]:
    sections = edition.sections
    keys = [_string(row.values.get("key")) for row in rows]
    bases = bases_of(book) if any(keys) else {}
    own = OwnIds(keys)
    for row, key in zip(rows, keys, strict=True):
        values = row.values
        section = sections.get(_string(values.get("section")).strip(), "other")
        written = "" if values["text"] is None else text(values["text"])
        yield _judged(
            Paragraph(
                section=section,
                text=written,
                id=key or (own.new(section) if written else ""),
                state=state(values.get("state")),
                draft=_string(values.get("draft")),
                take=_string(values.get("take")).strip(),
                base=bases.get(key),
                locator=locator,
                row=row.row,
            )
        )


def _judged(paragraph: Paragraph) -> Paragraph:
    """A drafted paragraph whose text is no longer the one generated was edited, whatever 来源 says."""
    base = paragraph.base
    if paragraph.state is not ParagraphState.DRAFTED or base is None or base.text == paragraph.text:
        return paragraph
    return replace(paragraph, state=ParagraphState.EDITED)


def _string(value: CellValue) -> str:
    value = clean(value)
    return "" if value is None else text(value)
