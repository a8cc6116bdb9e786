"""The styles of a template, found by name: every program gives them ids of its own."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from xl_perfeval.report import layout
from xl_perfeval.report.markup import WORD

if TYPE_CHECKING:
    from docx.document import Document

_W = f"{{{WORD}}}"
_USED = re.compile(r'(<w:(?:pStyle|tblStyle) w:val=")(\w+)(?=")')


class Styles:
    """The styles of one document. What it lacks is taken from the program's own; `supplied` names it."""

    def __init__(self, document: Document) -> None:
        from docx.oxml.parser import parse_xml

        self._part: Any = document.styles.element
        self._own: Any = parse_xml(layout.styles().encode())
        # Names given by the programs before those that people gave besides.
        styles = [(style, _names(style)) for style in _styles(self._part)]
        other = {(_kind(style), name): _id(style) for style, names in styles for name in names[1:]}
        self._ids = other | {(_kind(style), names[0]): _id(style) for style, names in styles if names}
        self._names = {_id(style): (_kind(style), _names(style)[0]) for style in _styles(self._own)}
        self._there: dict[str, str] = {}
        self.supplied: list[str] = []

    def localised(self, blocks: str) -> str:
        """Paragraphs and tables with the ids that this document gives to their styles."""
        return _USED.sub(lambda found: found[1] + self.id(found[2]), blocks)

    def id(self, own: str) -> str:
        """The document's id of one of the program's styles."""
        if own not in self._there:
            found = self._ids.get(self._names[own])
            self._there[own] = self._supply(own) if found is None else found
        return self._there[own]

    def is_any(self, paragraph: Any, *own: str) -> bool:
        """Whether a paragraph has one of these styles."""
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        return style is not None and any(style.val == self._ids.get(self._names[each]) for each in own)

    def size(self, own: str) -> int | None:
        """The font size a style sets, in twentieths of a point; `None` where it sets none."""
        size = self._find(self._part, self.id(own)).find(f"{_W}rPr/{_W}sz")
        half_points = "" if size is None else size.get(f"{_W}val", "")
        return int(half_points) * 10 if half_points.isdecimal() else None

    def _supply(self, own: str) -> str:
        style = deepcopy(self._find(self._own, own))
        taken = {_id(each) for each in _styles(self._part)}
        name = own
        while name in taken:
            name += "0"
        style.set(f"{_W}styleId", name)
        style.attrib.pop(f"{_W}default", None)
        self._part.append(style)
        self._ids[self._names[own]] = name
        for tag in ("basedOn", "next"):
            for reference in style.findall(f"{_W}{tag}"):
                to = reference.get(f"{_W}val")
                known = self._ids.get(self._names[to])
                reference.set(f"{_W}val", known or (name if to == own else self._supply(to)))
        self.supplied.append(_shown(style.find(f"{_W}name").get(f"{_W}val")))
        return name

    @staticmethod
    def _find(part: Any, style_id: str) -> Any:
        return next((style for style in _styles(part) if _id(style) == style_id), None)


def _shown(name: str) -> str:
    """A style's name as Word and WPS show it in Chinese."""
    return _CHINESE.get(name, name.replace("heading", "标题"))


_CHINESE = {
    "Normal": "正文",
    "Normal Indent": "正文缩进",
    "Title": "标题",
    "footer": "页脚",
    "Normal Table": "普通表格",
}


def _styles(part: Any) -> list[Any]:
    return part.findall(f"{_W}style")


def _id(style: Any) -> str:
    return style.get(f"{_W}styleId", "")


def _kind(style: Any) -> str:
    return style.get(f"{_W}type", "paragraph")


def _names(style: Any) -> list[str]:
    """Its name and, after a comma or apart from it, its other names; programs differ in letter case."""
    found = [each.get(f"{_W}val", "") for tag in ("name", "aliases") for each in style.findall(f"{_W}{tag}")]
    return [name.strip().casefold() for names in found for name in names.split(",")]
