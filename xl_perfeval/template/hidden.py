"""The sheets nobody needs to see: drafts, texts, log, xlwings' settings."""

from __future__ import annotations

from xl_perfeval.forms import names
from xl_perfeval.model import Base, Paragraph, ParagraphState
from xl_perfeval.template import tabs
from xl_perfeval.template.context import Context

DRAFTS = 1000
"""Paragraphs that `_底稿` has room for."""


def write(context: Context) -> None:
    """Fill and hide the hidden sheets; `_标记` and `_清单` are filled by modules of their own."""
    book = context.book
    _drafts(context)
    texts = book.sheet(tabs.TEXTS)
    texts.text(1, 1, "key")
    texts.text(1, 2, "text")
    if context.macro_texts is not None:
        for row, (key, text) in enumerate(context.macro_texts.items(), start=2):
            texts.text(row, 1, key)
            texts.text(row, 2, text)
        book.define(names.TEXTS, texts.ref(f"A1:B{len(context.macro_texts) + 1}"))
    log = book.sheet(tabs.LOG)
    for column, title in enumerate(("时间", "操作", "结果"), start=1):
        log.text(1, column, title)
    settings = book.sheet(tabs.XLWINGS)
    settings.text(1, 1, "ADD_WORKBOOK_TO_PYTHONPATH")
    settings.text(1, 2, "False")
    for tab in (tabs.MARKS, tabs.LISTS, tabs.LOG, tabs.XLWINGS):
        book.sheet(tab).hide()
    for tab in (tabs.DRAFTS, tabs.TEXTS):
        book.sheet(tab).very_hidden()


def _drafts(context: Context) -> None:
    """What was last drafted for each paragraph, and offered beside it: what a new draft is compared with."""
    sheet = context.book.sheet(tabs.DRAFTS)
    for column, title in enumerate(("key", "section", "text", "offered"), start=1):
        sheet.text(1, column, title)
    for row, paragraph in enumerate(filter(_was_drafted, context.submission.paragraphs), start=2):
        base = paragraph.base or Base(section=paragraph.section, text=paragraph.text)
        for column, text in enumerate((paragraph.id, base.section, base.text, base.offered), start=1):
            if text:
                sheet.text(row, column, text)
    context.book.define(names.NARRATIVE_BASE, sheet.ref(f"A2:D{1 + DRAFTS}"))


def _was_drafted(paragraph: Paragraph) -> bool:
    return bool(paragraph.id) and (paragraph.base is not None or paragraph.state is ParagraphState.DRAFTED)
