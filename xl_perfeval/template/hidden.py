"""The sheets nobody needs to see: drafts, texts, log, xlwings' settings."""

from __future__ import annotations

from xl_perfeval.model import ParagraphState
from xl_perfeval.template import tabs
from xl_perfeval.template.context import Context


def write(context: Context) -> None:
    """Fill and hide the hidden sheets; `_标记` and `_清单` are filled by modules of their own."""
    book = context.book
    _drafts(context)
    texts = book.sheet(tabs.TEXTS)
    texts.text(1, 1, "key")
    texts.text(1, 2, "text")
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
    """The text that was last drafted for each paragraph: what a new draft is compared with."""
    sheet = context.book.sheet(tabs.DRAFTS)
    for column, title in enumerate(("key", "section", "text"), start=1):
        sheet.text(1, column, title)
    drafted = (p for p in context.submission.paragraphs if p.state is ParagraphState.DRAFTED)
    for row, paragraph in enumerate(drafted, start=2):
        sheet.text(row, 1, paragraph.id)
        sheet.text(row, 2, paragraph.section)
        sheet.text(row, 3, paragraph.text)
