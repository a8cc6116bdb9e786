"""报告文字 → paragraphs."""

from __future__ import annotations

from xl_perfeval.forms import names
from xl_perfeval.model import Edition, Locator, Paragraph
from xl_perfeval.reading.cells import state, text
from xl_perfeval.reading.sheets import Sheets


def paragraphs_of(sheets: Sheets, edition: Edition) -> tuple[tuple[Paragraph, ...], Locator | None]:
    table = edition.table("narrative")
    block = sheets.block(table, sheets.workbook, "报告文字", also={"key": names.NARRATIVE_KEY})
    if block is None or "text" not in block.columns:
        return (), None
    sections = {heading.short: heading.id for heading in edition.outline}
    rows = list(sheets.rows(block, blank_without=("section", "state", "take", "key")))
    after = max((row.row for row in rows), default=block.first - 1) + 1
    locator = block.locator("NARRATIVE", {"next": f"{block.columns['text']}{after}"})
    counted: dict[str, int] = {}
    paragraphs: list[Paragraph] = []
    for row in rows:
        section = sections.get(str(row.values.get("section") or "").strip(), "other")
        counted[section] = counted.get(section, 0) + 1
        key = row.values.get("key")
        paragraphs.append(
            Paragraph(
                section=section,
                text=text(row.values["text"]),
                id=str(key) if key else f"{section}/{counted[section]}",
                state=state(row.values.get("state")),
                locator=locator,
                row=row.row,
            )
        )
    sheets.surroundings(block, "NARRATIVE")
    return tuple(paragraphs), locator
