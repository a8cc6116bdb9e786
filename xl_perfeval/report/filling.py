"""A template becomes a report: sections, tables, charts and annexes take the place of their placeholders."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from xl_perfeval.report import blocks, charts, layout, outline, sections, spots
from xl_perfeval.report.markup import NAMESPACES, WORD
from xl_perfeval.report.opening import BrokenTemplate
from xl_perfeval.report.outline import Kind, Placeholder
from xl_perfeval.report.styles import Styles

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from docx.document import Document

    from xl_perfeval.model import Paragraph, Submission
    from xl_perfeval.report.spots import Spot

_W = f"{{{WORD}}}"


def fill(document: Document, submission: Submission, paragraphs: Sequence[Paragraph], name: str) -> list[str]:
    """Fill the placeholders of a document; returns what it lacks, one sentence each.

    Raises `BrokenTemplate`, naming the template and everything that is wrong with its placeholders.
    """
    known = outline.placeholders(submission.edition)
    found = spots.find(document)
    wrong = spots.faults(found, known)
    if wrong:
        listed = "\n".join(f"  {number}. {sentence}" for number, sentence in enumerate(wrong, start=1))
        raise BrokenTemplate(f"模板“{name}”有 {len(wrong)} 处要改，报告没有写出：\n{listed}")
    return _Filling(document, submission, paragraphs, known).done(found)


class _Filling:
    """One document on its way from template to report."""

    def __init__(
        self,
        document: Document,
        submission: Submission,
        paragraphs: Sequence[Paragraph],
        known: Mapping[str, Placeholder],
    ) -> None:
        self.body: Any = sections.body(document)
        self.submission = submission
        self.known = known
        self.styles = Styles(document)
        self.gallery = charts.Gallery(document.part)
        self.texts = blocks.texts(submission, paragraphs, _next_bookmark(self.body))
        self.fields = blocks.fields(submission)

    def done(self, found: Sequence[Spot]) -> list[str]:
        """Fill everything; returns what the template lacks."""
        short = [
            spot
            for spot in found
            if spot.names and all(self.known[name].kind is Kind.FIELD for name in spot.names)
        ]
        whole = [spot for spot in found if spot.names and spot not in short]
        there = {name for spot in whole for name in spot.names}
        for spot in whole:
            self._replace(spot.paragraph, self.known[spot.names[0]], there)
        for spot in short:
            spot.fill(self._fields_in(spot.paragraph))
        self._space_below_tables()
        self._close()
        return [*self._lacking(there), *self._remarks()]

    def _replace(self, spot: Any, placeholder: Placeholder, there: set[str]) -> None:
        """Put a section's text or a block in the place of a paragraph."""
        section = sections.of(self.body, spot)
        page = needed = sections.page(section, self.styles.size(layout.TABLE_TEXT))
        if placeholder.kind is Kind.TEXT:
            text = self.texts[placeholder.section]
            new = self._parsed(blocks.section(self.submission, placeholder.section, text, there))
            _take_after(spot, new)
        else:
            content, needed = blocks.block(self.submission, placeholder.name, page, self.gallery)
            new = self._parsed(content)
        for element in new:
            spot.addprevious(element)
        own_end = spot.find(f"{_W}pPr/{_W}sectPr")
        if own_end is not None:
            spot.addprevious(sections.end(own_end, self.styles.id(layout.BREAK)))
        self.body.remove(spot)
        if new and needed != page:
            first = self._heading_above(new[0])
            sections.turn(self.body, section, first, new[-1], self.styles.id(layout.BREAK))

    def _parsed(self, content: Iterator[str]) -> list[Any]:
        from docx.oxml.parser import parse_xml

        text = self.styles.localised("".join(content))
        return list(parse_xml(f"<w:body {NAMESPACES}>{text}</w:body>"))

    def _heading_above(self, first: Any) -> Any:
        """The heading that a block belongs to, with the text between them; the block itself without one."""
        above = start = first
        while (above := above.getprevious()) is not None and above.tag == f"{_W}p":
            if above.find(f"{_W}pPr/{_W}sectPr") is not None:
                break
            if self.styles.is_any(above, *layout.HEADINGS):
                start = above
            elif start is not first:
                break
        return start

    def _fields_in(self, paragraph: Any) -> Mapping[str, str]:
        """The fields; in a title, a unit too long for a line is broken where a word ends."""
        unit = self.fields[outline.UNIT]
        if len(unit) > blocks.TITLE_LENGTH and self.styles.is_any(paragraph, layout.TITLE):
            return {**self.fields, outline.UNIT: unit.replace("（", "\n（", 1)}
        return self.fields

    # --- finish -------------------------------------------------------------------------------------------

    def _space_below_tables(self) -> None:
        for table in self.body.findall(f"{_W}tbl"):
            below = table.getnext()
            if below is self.body.sectPr:  # a document never ends with a table
                below.addprevious(sections.end(None, self.styles.id(layout.BREAK)))
            elif self._wants_space(below):
                below.pPr.get_or_add_spacing().set(f"{_W}before", str(layout.BELOW_TABLE))

    def _wants_space(self, below: Any) -> bool:
        """Whether what stands below a table is text that has no room above it of its own."""
        own = (f"{_W}pPr/{_W}{tag}" for tag in ("spacing", "pageBreakBefore"))
        return self.styles.is_any(below, layout.BODY, layout.CHART, *layout.HEADINGS) and not any(
            below.find(each) is not None for each in own
        )

    def _close(self) -> None:
        """Unit and date: the date four characters from the margin, the name centred over it (7.3.5.1).

        They never stand on a page without text (7.3.5.5).
        """
        unit, day = self.fields[outline.UNIT], self.fields[outline.DATE]
        half_unit, half_day = (layout.width(unit) + layout.EM) // 2, layout.width(day) // 2
        for each in self.body.findall(f"{_W}p"):
            signs, dates = (self.styles.is_any(each, style) for style in (layout.SIGNATURE, layout.DATE))
            if not (signs or dates):
                continue
            if signs:
                self._keep_with_text(each)
            if each.pPr.ind is None:
                width = sections.page(sections.of(self.body, each), None).width
                # From the right margin to the common centre; a long name moves the date inwards.
                centre = min(max(4 * layout.EM + half_day, half_unit), width // 2)
                edge, indent = ("left", width - 2 * centre) if signs else ("right", centre - half_day)
                each.pPr.get_or_add_ind().set(f"{_W}{edge}", str(indent))

    def _keep_with_text(self, signature: Any) -> None:
        above = signature.getprevious()
        while above is not None and above.tag == f"{_W}p" and above.find(f"{_W}pPr/{_W}sectPr") is None:
            above.get_or_add_pPr().get_or_add_keepNext()
            if not self.styles.is_any(above, layout.ATTACHMENTS, layout.SIGNATURE):
                break
            above = above.getprevious()

    def _lacking(self, there: set[str]) -> Iterator[str]:
        for name in (outline.FUNDS, outline.MATRICES, outline.SCORES, outline.ANNEX):
            if name not in there and blocks.prints(self.submission, name):
                yield f"模板里没有“{self.known[name]}”，报告里就没有{self.known[name].meaning.partition('（')[0]}。"

    def _remarks(self) -> Iterator[str]:
        if any("TOC" in (field.text or "") for field in self.body.iter(f"{_W}instrText")):
            yield "模板里有目录；请在 Word 里点右键“更新域”，目录里的页码才是对的。"
        if self.styles.supplied:
            names = "”“".join(self.styles.supplied)
            yield f"模板里没有样式“{names}”，用了自带的样式。"


def _next_bookmark(body: Any) -> int:
    """The first free number of a bookmark; bookmarks left from an earlier report are removed."""
    marks = list(body.iter(f"{_W}bookmarkStart", f"{_W}bookmarkEnd"))
    old = {each.get(f"{_W}id") for each in marks if each.get(f"{_W}name", "").startswith("PE_")}
    numbers: list[int] = []
    for each in marks:
        number = each.get(f"{_W}id", "")
        if number in old:
            each.getparent().remove(each)
        elif number.isdigit():
            numbers.append(int(number) + 1)
    return max(numbers, default=0)


def _take_after(spot: Any, new: Sequence[Any]) -> None:
    """Give paragraphs the looks of the one that they replace, also those set without a style."""
    own: Any = deepcopy(spot.pPr)
    if own is not None:
        for element in [*own.findall(f"{_W}sectPr"), *own.findall(f"{_W}rPr")]:
            own.remove(element)
    look = next((run.rPr for run in spot.iter(f"{_W}r") if run.rPr is not None), None)
    for number, each in enumerate(new):
        each.remove(each.pPr)
        if own is not None:
            each.insert(0, deepcopy(own))
            for element in each.pPr.findall(f"{_W}pageBreakBefore") if number else ():
                each.pPr.remove(element)
        if look is not None:
            for run in each.iter(f"{_W}r"):
                _dress(run, look)


def _dress(run: Any, look: Any) -> None:
    """Give a run these looks; the hint which font draws “ ” stays."""
    hint = run.rPr.rFonts.get(f"{_W}hint") if run.rPr is not None else None
    if run.rPr is not None:
        run.remove(run.rPr)
    dressed: Any = deepcopy(look)
    run.insert(0, dressed)
    if hint is not None:
        dressed.get_or_add_rFonts().set(f"{_W}hint", hint)
