"""What a Word document says and how it is set, read back from its XML without the code that wrote it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from posixpath import join, normpath
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import openpyxl
from lxml import etree

if TYPE_CHECKING:
    from pathlib import Path

    from lxml.etree import _Element

NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
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
        return [block for block in self._all if block is not None]

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

    @cached_property
    def style_names(self) -> dict[str, str]:
        """Style id → the name that people see."""
        styles = find(self.part("word/styles.xml"), "w:style")
        return {attribute(each, "styleId"): find(each, "w:name/@w:val")[0] for each in styles}

    def links(self, part: str) -> dict[str, str]:
        """The relations of a part: id → the part it leads to."""
        folder, _, name = part.rpartition("/")
        relations = self.part(f"{folder}/_rels/{name}.rels")
        return {
            each.get("Id", ""): normpath(join(folder, each.get("Target", ""))).lstrip("/")
            for each in relations
        }

    @cached_property
    def charts(self) -> list[Chart]:
        """All charts, in order."""
        return [self._chart(drawing) for drawing in find(self.body, ".//w:drawing[.//c:chart]")]

    def _chart(self, drawing: _Element) -> Chart:
        (key,) = find(drawing, ".//c:chart/@r:id")
        part = self.links("word/document.xml")[key]
        root = self.part(part)
        (workbook,) = find(root, "c:externalData/@r:id")
        book = openpyxl.load_workbook(BytesIO(self._parts[self.links(part)[workbook]]))
        count = int(find(root, ".//c:cat//c:ptCount/@val")[0])
        series = find(root, ".//c:ser")
        return Chart(
            names=find(series[0], "c:cat//c:v/text()"),
            series={find(each, "c:tx//c:v/text()")[0]: _points(each, count) for each in series},
            stacked=find(root, ".//c:grouping/@val") == ["stacked"],
            spoken=find(drawing, ".//wp:docPr/@descr")[0],
            size=tuple(int(find(drawing, f".//wp:extent/@{side}")[0]) for side in ("cx", "cy")),
            workbook=[list(row) for row in book.worksheets[0].iter_rows(values_only=True)],
        )

    def plain(self) -> str:
        """Everything the document says, a line per paragraph, row and series: style or kind, then the text."""
        lines: list[str] = []
        charts = iter(self.charts)
        for block in self._all:
            if isinstance(block, list):
                lines += [" | ".join(["表", *row]) for row in block]
            elif isinstance(block, Block):
                name = self.style_names.get(block.style, "")
                lines.append(f"{name} | " + block.text.replace("\n", " / "))
            else:
                lines += next(charts).plain()
        return "\n".join(lines) + "\n"

    @cached_property
    def _all(self) -> list[Block | Table | None]:
        """`blocks`, and `None` where a chart stands."""
        found: list[Block | Table | None] = []
        for element in self.body:
            if element.tag == f"{_W}tbl":
                found.append(_table(element))
            elif element.tag == f"{_W}p":
                found += [None for _ in find(element, ".//c:chart")]
                found += [Block(style_of(element), text) for text in [_text(element)] if text]
        return found


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart as it is stored: categories, series by name, what a screen reader says, size in EMU, its workbook."""

    names: list[str]
    series: dict[str, list[float | None]]
    stacked: bool
    spoken: str
    size: tuple[int, ...]
    workbook: list[list[Any]]

    def plain(self) -> list[str]:
        """A line with the categories and one per series."""
        rows = [
            [name, *("" if value is None else f"{value:g}" for value in values)]
            for name, values in self.series.items()
        ]
        return [" | ".join(["图", *row]) for row in [["", *self.names], *rows]]


def _points(series: _Element, count: int) -> list[float | None]:
    values: list[float | None] = [None] * count
    for point in find(series, "c:val//c:pt"):
        values[int(point.get("idx"))] = float(find(point, "c:v/text()")[0])
    return values


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
