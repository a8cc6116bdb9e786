"""The sections of a document: how large their pages are, and turning the pages of a wide table sideways."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from xl_perfeval.report.layout import Page
from xl_perfeval.report.markup import WORD

if TYPE_CHECKING:
    from docx.document import Document

_W = f"{{{WORD}}}"
_LEAST_WIDTH, _LEAST_HEIGHT = 4_000, 5_000
"""A page that leaves less room is not believed."""


def body(document: Document) -> Any:
    """The body of a document; it ends with the properties of the last section, whatever the file says."""
    element: Any = document.element
    element.body.get_or_add_sectPr()
    return element.body


def of(body: Any, paragraph: Any) -> Any:
    """The properties (`w:sectPr`) of the section that a paragraph of the body stands in."""
    for element in (paragraph, *paragraph.itersiblings()):
        found = element.find(f"{_W}pPr/{_W}sectPr")
        if found is not None:
            return found
    return body.sectPr


def page(section: Any, em: int | None) -> Page:
    """The room on the pages of a section; `em` is the size of text in tables, `None` for the usual one."""
    usual = Page()
    size, margins = section.find(f"{_W}pgSz"), section.find(f"{_W}pgMar")
    if size is None or margins is None:
        return usual
    width = (
        _length(size, "w") - _length(margins, "left") - _length(margins, "right") - _length(margins, "gutter")
    )
    height = _length(size, "h") - abs(_length(margins, "top")) - abs(_length(margins, "bottom"))
    if em is None:
        em = usual.em
    line = usual.line * max(em, usual.em) // usual.em
    return Page(max(width, _LEAST_WIDTH), max(height, _LEAST_HEIGHT), em, line)


def turn(body: Any, section: Any, first: Any, last: Any, style: str) -> None:
    """Put the elements of the body from `first` to `last` on pages turned sideways, in a section of their own.

    `style` is that of the paragraphs that end sections.
    """
    sideways = _turned(section)
    before = first.getprevious()
    if before is not None and before.find(f"{_W}pPr/{_W}sectPr") is None:
        first.addprevious(end(deepcopy(section), style))
        _go_on(section)
        _go_on(sideways)
    if last.getnext() is body.sectPr:  # nothing follows: the last section itself lies sideways
        body.replace(section, sideways)
    else:
        last.addnext(end(sideways, style))
        _go_on(section)


def end(section: Any, style: str) -> Any:
    """A paragraph, too low to be seen in its style, that ends a section with these properties, if any."""
    from docx.oxml import OxmlElement

    paragraph: Any = OxmlElement("w:p")
    paragraph.style = style
    if section is not None:
        paragraph.pPr.append(section)
    return paragraph


def _turned(section: Any) -> Any:
    sideways = deepcopy(section)
    size, margins = sideways.find(f"{_W}pgSz"), sideways.find(f"{_W}pgMar")
    if size is None or margins is None:
        return sideways
    width, height = size.get(f"{_W}w"), size.get(f"{_W}h")
    size.set(f"{_W}w", height)
    size.set(f"{_W}h", width)
    size.set(f"{_W}orient", "landscape")
    edges = {edge: margins.get(f"{_W}{edge}") for edge in ("top", "right", "bottom", "left")}
    # The binding edge becomes the upper edge.
    for edge, other in {"top": "left", "right": "top", "bottom": "right", "left": "bottom"}.items():
        if edges[other] is not None:
            margins.set(f"{_W}{edge}", edges[other])
    lift = _length(margins, "bottom") - int(edges["bottom"] or 0)
    if margins.get(f"{_W}footer"):
        margins.set(f"{_W}footer", str(max(0, _length(margins, "footer") + lift)))
    return sideways


def _go_on(section: Any) -> None:
    """A section that follows another of the same text: no first page, no new page numbers, on a new page."""
    for tag in ("titlePg", "type"):
        for element in section.findall(f"{_W}{tag}"):
            section.remove(element)
    for numbers in section.findall(f"{_W}pgNumType"):
        numbers.attrib.pop(f"{_W}start", None)


def _length(element: Any, name: str) -> int:
    text = element.get(f"{_W}{name}", "0")
    return int(float(text)) if text.lstrip("-").replace(".", "", 1).isdigit() else 0
