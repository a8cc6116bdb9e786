"""What the document remembers of each paragraph: a bookmark with its id, its text and the hash of that.

Bookmarks survive Word, WPS and LibreOffice; content controls do not.
"""

from __future__ import annotations

import hashlib
import re
from html import escape
from typing import TYPE_CHECKING, Any

from xl_perfeval.report import flow
from xl_perfeval.report.markup import RELATIONS, WORD, clean, lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docx.document import Document

    from xl_perfeval.model import Paragraph

RECORD = "urn:xl-perfeval:report-paragraphs:1"
"""Namespace of the part that keeps id, text and hash of every paragraph."""
RECORD_ID = "{6E8A1C52-40F3-4B7E-9A55-52C4D0B1E0A7}"
_RECORD_TYPE = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"


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
    return hashlib.sha256(shown(text).encode()).hexdigest()[:16]


def shown(text: str) -> str:
    """A paragraph as the document shows it: its lines, each without blanks around it."""
    return "\n".join(lines(text))


def remember(document: Document, paragraphs: Sequence[Paragraph]) -> None:
    """Keep every paragraph in a part of the document, by bookmark: id, text as printed and its hash.

    Also kept are the title of the document and its `layout`. Replaces what an earlier report kept.
    """
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    rows = "".join(
        f'<paragraph bookmark="{name}" id="{escape(clean(item.id))}" section="{escape(clean(item.section))}" '
        f'hash="{fingerprint(item.text)}">{escape(shown(item.text))}</paragraph>'
        for item, name in zip(paragraphs, bookmarks(paragraphs), strict=True)
    )
    title, layout = escape(clean(document.core_properties.title)), " ".join(_layout(document))
    record = f'<paragraphs xmlns="{RECORD}" title="{title}" layout="{layout}">{rows}</paragraphs>'
    properties = (
        f'<ds:datastoreItem ds:itemID="{RECORD_ID}" xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml">'
        f'<ds:schemaRefs><ds:schemaRef ds:uri="{RECORD}"/></ds:schemaRefs></ds:datastoreItem>'
    )
    _forget(document)
    package: Any = document.part.package
    name = package.next_partname("/customXml/item%d.xml")
    about_name = PackURI(f"/customXml/itemProps{re.sub(r'[^0-9]', '', name.filename)}.xml")
    part = Part(name, "application/xml", record.encode(), package)
    about = Part(about_name, _RECORD_TYPE, properties.encode(), package)
    part.relate_to(about, f"{RELATIONS}/customXmlProps")
    document.part.relate_to(part, RELATIONSHIP_TYPE.CUSTOM_XML)


def _layout(document: Document) -> Iterator[str]:
    """What stands in the document outside tables, in order, one word each.

    A paragraph of the report is named by its bookmark. Of anything else there is the hash: after `=` for a heading,
    after `?` for the mark that asks for a section (the hash of its heading), after `#` for all other text.
    """
    headings = _heading_styles(document)
    body: Any = document.element
    for block in flow.of(body.body).blocks:
        if block.owners:
            yield block.owners[0]
        elif asked := ASKS.fullmatch(block.text):
            yield f"?{fingerprint(asked[1])}"
        elif block.text:
            yield f"{'=' if block.style in headings else '#'}{fingerprint(block.text)}"


ASKS = re.compile("【待补充：请填写“(.+)”】")


def _heading_styles(document: Document) -> set[str]:
    """Ids of the styles of headings, whatever the program that made the template calls them."""
    styles: Any = document.styles.element
    return {
        style.get(f"{{{WORD}}}styleId", "")
        for style in styles.iterfind(f"{{{WORD}}}style")
        for name in style.iterfind(f"{{{WORD}}}name")
        if name.get(f"{{{WORD}}}val", "").lower().startswith("heading")
    }


def _forget(document: Document) -> None:
    """Drop the record of an earlier report that became a template."""
    from docx.opc.constants import RELATIONSHIP_TYPE

    relations = document.part.rels
    for key, relation in list(relations.items()):
        if relation.reltype == RELATIONSHIP_TYPE.CUSTOM_XML and RECORD.encode() in relation.target_part.blob:
            del relations[key]


def _bookmark(paragraph_id: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9_]", "_", paragraph_id)
    if plain == paragraph_id and len(plain) <= 37:
        return f"PE_{plain}"
    digest = hashlib.sha256(paragraph_id.encode(errors="replace")).hexdigest()[:8]
    return f"PE_{plain[:28]}_{digest}"
