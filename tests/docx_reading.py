"""What a Word document says and how it is set, read back from its XML without the code that wrote it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

from lxml import etree

if TYPE_CHECKING:
    from pathlib import Path

    from lxml.etree import _Element

NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "p": "urn:xl-perfeval:report-paragraphs:1",
}
_W = f"{{{NAMESPACES['w']}}}"


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph outside tables: the id of its style and its text; a line break reads `\\n`."""

    style: str
    text: str


Table = list[list[str]]
"""Rows of texts: a cell that spans columns or rows stands in each of them, lines of a cell are joined."""


class Document:
    """A .docx, parsed part by part."""

    def __init__(self, path: Path) -> None:
        with ZipFile(path) as package:
            self.members = package.infolist()
            self._parts = {name: package.read(name) for name in package.namelist()}

    def part(self, name: str) -> _Element:
        """The root of one part, e.g. `word/styles.xml`."""
        return etree.fromstring(self._parts[name])

    @cached_property
    def body(self) -> _Element:
        """The body of the document."""
        return self.part("word/document.xml")[0]

    @cached_property
    def blocks(self) -> list[Block | Table]:
        """Paragraphs and tables from top to bottom, those without any text left out."""
        found: list[Block | Table] = []
        for element in self.body:
            if element.tag == f"{_W}p" and _text(element):
                found.append(Block(style_of(element), _text(element)))
            elif element.tag == f"{_W}tbl":
                found.append(_table(element))
        return found

    @property
    def tables(self) -> list[Table]:
        """All tables, in order."""
        return [block for block in self.blocks if isinstance(block, list)]

    @property
    def paragraphs(self) -> list[Block]:
        """All paragraphs outside tables, in order."""
        return [block for block in self.blocks if isinstance(block, Block)]

    def texts(self, *styles: str) -> list[str]:
        """Texts of the paragraphs in these styles."""
        return [block.text for block in self.paragraphs if block.style in styles]

    @cached_property
    def bookmarks(self) -> dict[str, str]:
        """Bookmark → the text it encloses, one line per paragraph."""
        found: dict[str, list[str]] = {}
        open_now: dict[str, str] = {}
        for element in self.body.iter(f"{_W}bookmarkStart", f"{_W}bookmarkEnd", f"{_W}t", f"{_W}p"):
            match element.tag.removeprefix(_W):
                case "bookmarkStart":
                    name = attribute(element, "name")
                    assert name not in found, f"bookmark {name} twice"
                    open_now[attribute(element, "id")] = name
                    found[name] = [""]
                case "bookmarkEnd":
                    del open_now[attribute(element, "id")]
                case "p":
                    for name in open_now.values():
                        found[name].append("")
                case _:
                    for name in open_now.values():
                        found[name][-1] += element.text or ""
        assert not open_now
        return {name: "\n".join(lines) for name, lines in found.items()}

    @cached_property
    def record(self) -> dict[str, dict[str, str]]:
        """The document's own memory of its paragraphs: bookmark → id, section, hash."""
        rows: list[dict[str, str]] = [
            {str(key): str(value) for key, value in row.items()} for row in self.part("customXml/item1.xml")
        ]
        return {row["bookmark"]: row for row in rows}

    def style(self, style: str) -> _Element:
        """A style by its id."""
        (found,) = find(self.part("word/styles.xml"), f"w:style[@w:styleId='{style}']")
        return found

    def plain(self) -> str:
        """Everything the document says, as text that is easy to compare: headings marked, cells between bars."""
        lines: list[str] = []
        for block in self.blocks:
            if isinstance(block, Block):
                marks = "#" * int(block.style[-1]) + " " if block.style.startswith("Heading") else ""
                lines.append(marks + block.text.replace("\n", " / "))
            else:
                lines += [" | ".join(row) for row in block]
        return "\n".join(lines) + "\n"


def find(element: _Element, path: str) -> list[Any]:
    """Elements or attribute values by XPath with the usual prefixes."""
    found: Any = element.xpath(path, namespaces=NAMESPACES)
    return found


def attribute(element: _Element, name: str) -> str:
    """An attribute of the `w` namespace; `""` when missing."""
    return element.get(f"{_W}{name}", "")


def style_of(paragraph: _Element) -> str:
    """The id of a paragraph's style."""
    return "".join(attribute(style, "val") for style in find(paragraph, "w:pPr/w:pStyle"))


def _text(element: _Element) -> str:
    parts = find(element, ".//w:r/w:t | .//w:r/w:br")
    return "".join("\n" if part.tag == f"{_W}br" else part.text or "" for part in parts)


def _table(table: _Element) -> Table:
    rows: Table = []
    for row in find(table, "w:tr"):
        texts: list[str] = []
        for cell in find(row, "w:tc"):
            span = int((find(cell, "w:tcPr/w:gridSpan/@w:val") or ["1"])[0])
            merged = find(cell, "w:tcPr/w:vMerge[not(@w:val) or @w:val='continue']")
            text = rows[-1][len(texts)] if merged else "".join(map(_text, find(cell, "w:p")))
            texts += [text] * span
        rows.append(texts)
    return rows
