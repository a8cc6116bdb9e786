"""The report as a Word document: 项目支出绩效自评报告 in the layout of GB/T 9704-2012, or of a template.

A template says what stands where: fixed text, and placeholders (`outline`) in whose place sections, tables,
charts and annexes go (`filling`). The program's own template and those that staff edit go the same way.
"""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZipFile

from xl_perfeval.report import blocks, layout, opening, outline
from xl_perfeval.report.marks import RECORD, RECORD_ID, bookmarks, fingerprint, remember
from xl_perfeval.report.opening import BrokenTemplate
from xl_perfeval.report.outline import TITLE, Placeholder, placeholders

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from docx.document import Document

    from xl_perfeval.model import Edition, Paragraph, Submission

__all__ = [
    "RECORD",
    "RECORD_ID",
    "TEMPLATE_NAME",
    "TITLE",
    "BrokenTemplate",
    "Placeholder",
    "bookmarks",
    "fingerprint",
    "own_template",
    "placeholders",
    "write",
]

TEMPLATE_NAME = "报告模板.docx"
"""A template with this name beside the workbook is used without being asked for."""


def write(
    submission: Submission, paragraphs: Sequence[Paragraph], path: Path, template: Path | None = None
) -> list[str]:
    """Write the report to `path`, in the layout of `template` or of the program's own.

    Returns what the template lacks, one sentence each. The same data and template give the same bytes; today's
    date appears nowhere. Raises `BrokenTemplate`; then nothing was written.
    """
    from xl_perfeval.report.filling import fill

    if template is None:
        name, data = "自带的模板", own_template(submission.edition)
    else:
        name, data = template.name, opening.read(template)
    document = opening.opened(data, name)
    lacking = fill(document, submission, paragraphs, name)
    _describe(document, submission)
    remember(document, paragraphs)
    written = BytesIO()
    document.save(written)
    path.write_bytes(_undated(written.getvalue()))
    return lacking


def own_template(edition: Edition) -> bytes:
    """The program's own template, to be edited in Word or WPS; `placeholders` says what stands in it."""
    return outline.builtin(edition.outline)


def _describe(document: Document, submission: Submission) -> None:
    unit = blocks.fields(submission)[outline.UNIT]
    about = document.core_properties
    about.title = blocks.title(submission)
    about.author = about.last_modified_by = unit[:255]
    about.language = "zh-CN"
    day = submission.report_date
    made = datetime(day.year, day.month, day.day, tzinfo=UTC) if day else datetime(2000, 1, 1, tzinfo=UTC)
    about.created = about.modified = made
    about.revision = 1


def _undated(package: bytes) -> bytes:
    """The same package with the members' times set to the zip epoch: python-docx stamps today's."""
    with ZipFile(BytesIO(package)) as written:
        return layout.undated({name: written.read(name) for name in written.namelist()})
