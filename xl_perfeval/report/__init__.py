"""The report as a Word document: 项目支出绩效自评报告 in the layout of GB/T 9704-2012.

The edition's outline gives the sections, `Paragraph`s their text, `tables` the figures, `layout` the looks.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from xl_perfeval.report import layout, tables
from xl_perfeval.report.markup import NAMESPACES, RELATIONS, chinese_date, clean, lines, one_line, paragraph

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from docx.document import Document

    from xl_perfeval.model import Heading, Paragraph, Project, Submission

TITLE = "项目支出绩效自评报告"
UNIT_OF_AMOUNTS = "金额单位：万元"

_TITLE_LENGTH = 20
"""Characters of 22 pt on a line."""

RECORD = "urn:xl-perfeval:report-paragraphs:1"
"""Namespace of the part that keeps id and hash of every paragraph."""
RECORD_ID = "{6E8A1C52-40F3-4B7E-9A55-52C4D0B1E0A7}"
_RECORD_TYPE = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"


def write(submission: Submission, paragraphs: Sequence[Paragraph], path: Path) -> None:
    """Write the report to `path`. The same data gives the same bytes; today's date appears nowhere."""
    import docx  # 0.13 s: only when a report is really written

    document = docx.Document(BytesIO(layout.plain()))
    _fill(document, "".join(_blocks(submission, paragraphs)))
    _describe(document, submission)
    _remember(document, paragraphs)
    written = BytesIO()
    document.save(written)
    path.write_bytes(_undated(written.getvalue()))


def bookmarks(paragraphs: Sequence[Paragraph]) -> list[str]:
    """The bookmark of each paragraph, unique: `PE_` and its id in letters, digits and underscores, up to 40.

    An id with other characters or too many of them keeps its beginning and gains its hash, so that the name
    depends on the id alone.
    """
    taken: set[str] = set()
    names: list[str] = []
    for item in paragraphs:
        name = unique = _bookmark(item.id or item.section)
        count = 1
        while unique.casefold() in taken:  # Word does not tell a from A
            count += 1
            unique = f"{name[: 39 - len(str(count))]}_{count}"
        taken.add(unique.casefold())
        names.append(unique)
    return names


def fingerprint(text: str) -> str:
    """Hash of a paragraph as the document shows it; the document keeps it, to tell what was edited there."""
    return hashlib.sha256("\n".join(lines(text)).encode()).hexdigest()[:16]


def _bookmark(paragraph_id: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9_]", "_", paragraph_id)
    if plain == paragraph_id and len(plain) <= 37:
        return f"PE_{plain}"
    digest = hashlib.sha256(paragraph_id.encode(errors="replace")).hexdigest()[:8]
    return f"PE_{plain[:28]}_{digest}"


# --- from top to bottom -----------------------------------------------------------------------------------


def _blocks(submission: Submission, paragraphs: Sequence[Paragraph]) -> Iterator[str]:
    outline = submission.edition.outline
    texts = _by_section(submission, paragraphs)
    scored = submission.edition.has("scoring")
    yield paragraph("\n".join(_title(submission)), layout.TITLE)
    parent, gap = "", ""
    for heading in outline:
        shown, wide = _tables(submission, heading)
        if wide:
            yield layout.section_end()
            gap = ""
        if heading.parent and heading.parent != parent:
            yield paragraph(heading.parent, layout.HEADINGS[0], gap)
            gap = ""
        parent = heading.parent
        yield paragraph(heading.heading, layout.HEADINGS[1 if parent else 0], gap)
        if heading.required or not shown:
            texts[heading.id] = texts[heading.id] or [_Line(f"【待补充：请填写“{heading.heading}”】")]
        for line in texts[heading.id]:
            # The signature never stands on a page without text (GB/T 9704 7.3.5.5).
            last = heading is outline[-1] and line is texts[heading.id][-1]
            yield paragraph(line.text, layout.BODY, before=line.before, after=line.after, keep=last)
        yield from shown
        gap = layout.BELOW_TABLE if shown and not wide else ""
        if wide:
            yield layout.section_end(sideways=True)
    if scored:
        annex = submission.edition.table("scoring").title
        yield paragraph(f"附件：1.{annex}", layout.ATTACHMENTS)
    yield from _closing(submission)
    if scored:
        yield from _annex(submission)


def _title(submission: Submission) -> tuple[str, str]:
    unit = _unit(submission)
    if len(unit) > _TITLE_LENGTH:  # too long for a line: break it where a word ends
        unit = unit.replace("（", "\n（", 1)
    return unit, f"{submission.year}年度{TITLE}"


def _unit(submission: Submission) -> str:
    return one_line(submission.unit.name) or "【待补充：单位名称】"


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    before: str = ""
    after: str = ""


def _by_section(submission: Submission, paragraphs: Sequence[Paragraph]) -> dict[str, list[_Line]]:
    """The lines of each section, bookmarked; those of a section that the edition lacks go to the last one."""
    outline = submission.edition.outline
    texts: dict[str, list[_Line]] = {heading.id: [] for heading in outline}
    for number, (item, name) in enumerate(zip(paragraphs, bookmarks(paragraphs), strict=True)):
        shown = [_Line(line) for line in lines(item.text)]
        if shown:
            shown[0] = replace(shown[0], before=f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>')
            shown[-1] = replace(shown[-1], after=f'<w:bookmarkEnd w:id="{number}"/>')
        texts[item.section if item.section in texts else outline[-1].id] += shown
    return texts


def _tables(submission: Submission, heading: Heading) -> tuple[list[str], bool]:
    """The tables of a section with their headings, and whether they need pages turned sideways."""
    edition, projects = submission.edition, submission.projects
    if heading.id == "overview" and edition.has("funds") and projects:
        return [paragraph(UNIT_OF_AMOUNTS, layout.TABLE_UNIT), tables.funds(submission)], False
    if heading.id == "targets" and edition.has("matrix"):
        return _matrices(submission)
    return [], False


def _matrices(submission: Submission) -> tuple[list[str], bool]:
    matrices = tables.matrices(submission)
    blocks: list[str] = []
    gap = ""
    for project in submission.projects:
        if not project.items and submission.edition.has("scoring"):
            continue  # its targets are in the annex
        blocks.append(_project_heading(project, len(blocks) // 2 + 1, gap))
        if project.items:
            blocks.append(matrices.of(project))
            gap = layout.BELOW_TABLE
        else:
            blocks.append(paragraph(f"【待补充：请填写“{one_line(project.name)}”的绩效目标】", layout.BODY))
            gap = ""
    return blocks, matrices.sideways and bool(blocks)


def _project_heading(project: Project, number: int, *properties: str) -> str:
    name = one_line(project.name) or "【待补充：项目名称】"
    return paragraph(f"{number}.{name}", layout.HEADINGS[2], *properties)


def _closing(submission: Submission) -> Iterator[str]:
    """Unit and date: the date four characters from the margin, the name centred over it (7.3.5.1)."""
    unit = _unit(submission)
    day = chinese_date(submission.report_date) if submission.report_date else "【待补充：报告日期】"
    half_unit, half_day = (layout.width(unit) + layout.EM) // 2, layout.width(day) // 2
    # From the right margin to the common centre; a long name moves the date inwards.
    centre = min(max(4 * layout.EM + half_day, half_unit), layout.TYPE_AREA // 2)
    yield paragraph(unit, layout.SIGNATURE, layout.indented(left=layout.TYPE_AREA - 2 * centre))
    yield paragraph(day, layout.DATE, layout.indented(right=centre - half_day))


def _annex(submission: Submission) -> Iterator[str]:
    """The scoring forms on pages of their own; mark and title as GB/T 9704 7.3.7 places them."""
    yield paragraph("附件1", layout.ANNEX_MARK)
    yield paragraph(submission.edition.table("scoring").title, layout.ANNEX_TITLE)
    for number, project in enumerate(submission.projects, start=1):
        yield _project_heading(project, number, "" if number == 1 else layout.NEW_PAGE)
        yield tables.scores(project, submission.edition)


# --- the package ------------------------------------------------------------------------------------------


def _fill(document: Document, blocks: str) -> None:
    from docx.oxml.parser import parse_xml

    section = document.element[0][-1]
    for block in list(parse_xml(f"<w:body {NAMESPACES}>{blocks}</w:body>")):
        section.addprevious(block)


def _describe(document: Document, submission: Submission) -> None:
    about = document.core_properties
    day = submission.report_date or date(2000, 1, 1)
    about.title = "".join(_title(submission)).replace("\n", "")[:255]
    about.author = about.last_modified_by = _unit(submission)[:255]
    about.language = "zh-CN"
    about.created = about.modified = datetime(day.year, day.month, day.day, tzinfo=UTC)
    about.revision = 1


def _remember(document: Document, paragraphs: Sequence[Paragraph]) -> None:
    """Keep id and hash of every paragraph in a part of the document, by bookmark."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    rows = "".join(
        f'<paragraph bookmark="{name}" id="{escape(clean(item.id))}" section="{escape(clean(item.section))}" '
        f'hash="{fingerprint(item.text)}"/>'
        for item, name in zip(paragraphs, bookmarks(paragraphs), strict=True)
    )
    package = document.part.package
    record = f'<paragraphs xmlns="{RECORD}">{rows}</paragraphs>'
    properties = (
        f'<ds:datastoreItem ds:itemID="{RECORD_ID}" xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml">'
        f'<ds:schemaRefs><ds:schemaRef ds:uri="{RECORD}"/></ds:schemaRefs></ds:datastoreItem>'
    )
    part = Part(PackURI("/customXml/item1.xml"), "application/xml", record.encode(), package)
    about = Part(PackURI("/customXml/itemProps1.xml"), _RECORD_TYPE, properties.encode(), package)
    part.relate_to(about, f"{RELATIONS}/customXmlProps")
    document.part.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_XML)


def _undated(package: bytes) -> bytes:
    """The same package with the members' times set to the zip epoch: python-docx stamps today's."""
    result = BytesIO()
    with ZipFile(BytesIO(package)) as written, ZipFile(result, "w", ZIP_DEFLATED) as undated:
        for name in written.namelist():
            member = ZipInfo(name)
            member.compress_type = ZIP_DEFLATED
            member.create_system = 0
            undated.writestr(member, written.read(name))
    return result.getvalue()
