"""Warnings that people keep with a 情况说明, as 校验结果 of a workbook holds them."""

from __future__ import annotations

from collections.abc import Iterable

from xl_perfeval.books import BROKEN, NotReadable, ReadableBook
from xl_perfeval.findings import Finding, Severity, waived
from xl_perfeval.forms import names
from xl_perfeval.model import Ref, row_and_column

_COLUMNS = ("key", "handling", "explanation")


def expect(book: ReadableBook) -> None:
    """Tell the book, before it is read, that 校验结果 will be asked for too."""
    ref = book.names().get(names.FINDINGS["key"])
    if ref is not None and ref.sheet in book.sheets():
        book.expect({ref.sheet})


def waive(book: ReadableBook, findings: Iterable[Finding]) -> list[Finding]:
    """The findings, the warnings that people keep carrying their 情况说明. Nothing is written."""
    findings = list(findings)
    if not any(finding.severity is Severity.WARNING for finding in findings):
        return findings
    try:
        typed = _typed(book)
    except NotReadable:  # nothing that people fill stands there
        return findings
    return [waived(finding, *typed.get(finding.key, ("", ""))) for finding in findings]


def _typed(book: ReadableBook) -> dict[str, tuple[str, str]]:
    """处理 and 情况说明 by key of the finding."""
    known = book.names()
    blocks = [known.get(names.FINDINGS[column]) for column in _COLUMNS]
    there = [ref for ref in blocks if ref is not None and ref.cell != BROKEN and ref.sheet in book.sheets()]
    if len(there) < len(_COLUMNS):
        return {}
    last = row_and_column(book.used(there[0].sheet).cell.rpartition(":")[2])[0]
    columns = [_column(book, ref, last) for ref in there]
    return {key: (handling, explanation) for key, handling, explanation in zip(*columns, strict=False) if key}


def _column(book: ReadableBook, ref: Ref, last: int) -> list[str]:
    """The texts of a block of one column, as far as row `last`."""
    first, _, end = ref.cell.partition(":")
    bottom = min(row_and_column(end or first)[0], max(last, row_and_column(first)[0]))
    letters = first.rstrip("0123456789")
    rows = book.read(Ref(ref.sheet, f"{first}:{letters}{bottom}"))
    return ["" if cells[0] is None else str(cells[0]).strip() for cells in rows]
