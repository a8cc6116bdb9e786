"""The text of a document as it runs: paragraph by paragraph, with the bookmarks that tell which is which.

Tracked insertions count as text, tracked deletions do not; tables, text boxes, comments, footnotes and the codes of
fields are passed over. Whatever program wrote the document, only these elements of WordprocessingML are asked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from xl_perfeval.report.markup import lines

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX = "PE_"
"""Begins the names of the bookmarks that paragraphs of the report carry."""


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph outside tables: its lines joined by `\\n`, the id of its style, and the bookmarks on it."""

    text: str
    style: str = ""
    owners: tuple[str, ...] = ()
    """Bookmarks that enclose any of its text, in order."""
    touched: tuple[str, ...] = ()
    """Bookmarks that begin or end in it and enclose none of its text."""


@dataclass(frozen=True, slots=True)
class Flow:
    """The paragraphs of a document from top to bottom, blank ones too."""

    blocks: tuple[Block, ...]
    in_tables: frozenset[str] = frozenset()
    """Bookmarks that somebody moved into a table."""
    has_notes: bool = False
    """Whether there are comments, footnotes or endnotes in the text."""


def of(body: Any) -> Flow:
    """The text of a `w:body` element."""
    walk = _Walk(body.tag.removesuffix("body"))
    walk.through(body)
    walk.finish()
    return Flow(tuple(walk.blocks), frozenset(walk.in_tables), walk.has_notes)


_MOST_OPEN = 20
"""Bookmarks of ours that enclose one place; a document with more of them was not made by people."""
_UNSEEN = frozenset(
    {"pPr", "rPr", "sdtPr", "sdtEndPr", "rt", "rubyPr", "drawing", "pict", "object", "txbxContent"}
)
_NOTES = frozenset({"commentReference", "footnoteReference", "endnoteReference"})
_MARKS = {"br": "\n", "cr": "\n", "tab": " ", "ptab": " ", "noBreakHyphen": "-"}


@dataclass(slots=True)
class _Span:
    """What a bookmark encloses of the paragraph at hand."""

    inherited: bool
    """It began in an earlier paragraph."""
    first: int = 0
    length: int = 0


@dataclass(slots=True)
class _Open:
    """The paragraph at hand."""

    pieces: list[str] = field(default_factory=list[str])
    style: str = ""
    length: int = 0
    """Characters so far, without blanks."""
    spans: dict[str, _Span] = field(default_factory=dict[str, _Span])

    def block(self) -> Block:
        text = "\n".join(lines("".join(self.pieces)))
        around = sorted((span.first, name) for name, span in self.spans.items() if span.length)
        own = [name for first, name in around if first == 0 and not self.spans[name].inherited]
        if own:  # a paragraph that was put between the lines of another
            around = [(first, name) for first, name in around if not self.spans[name].inherited]
        owners = tuple(name for _, name in around)
        return Block(text, self.style, owners, tuple(name for name in self.spans if name not in owners))


class _Walk:
    """One pass over a body."""

    def __init__(self, namespace: str) -> None:
        self._namespace = namespace
        self._skip = len(namespace)
        self._open: dict[str, str] = {}
        self._seen: set[str] = set()
        self._now: _Open | None = None
        self._pending: dict[str, _Span] = {}
        self.blocks: list[Block] = []
        self.in_tables: set[str] = set()
        self.has_notes = False

    def through(self, element: Any) -> None:
        """What stands beside paragraphs: they themselves, and whatever may enclose them."""
        for child, name in self._children(element):
            match name:
                case "p":
                    self._paragraph(child)
                case "tbl":
                    self._table(child)
                case "bookmarkStart" | "bookmarkEnd":
                    self._mark(child, name)
                case "sdt" | "sdtContent" | "customXml" | "ins" | "moveTo":
                    self.through(child)
                case _:
                    pass

    def finish(self) -> None:
        """End a last paragraph whose end somebody deleted."""
        if self._now is not None:
            self.blocks.append(self._now.block())
            self._now = None

    def _children(self, element: Any) -> Iterator[tuple[Any, str]]:
        for child in element:
            tag = child.tag
            if isinstance(tag, str) and tag.startswith(self._namespace):
                yield child, tag[self._skip :]

    def _paragraph(self, element: Any) -> None:
        if self._now is None:
            self._now = _Open(style=self._style(element))
            self._now.spans = {name: _Span(inherited=True) for name in self._open.values()}
            for name, span in self._pending.items():
                self._now.spans[name] = span
            self._pending = {}
        self._inline(element, self._now, deleted=False)
        if not self._has_deleted_end(element):
            self.finish()

    def _inline(self, element: Any, now: _Open, *, deleted: bool) -> None:
        for child, name in self._children(element):
            match name:
                case "r":
                    self._run(child, now, deleted=deleted)
                case "bookmarkStart" | "bookmarkEnd":
                    self._mark(child, name)
                case "del" | "moveFrom":
                    self._inline(child, now, deleted=True)
                case _ if name not in _UNSEEN:
                    self._inline(child, now, deleted=deleted)
                case _:
                    pass

    def _run(self, element: Any, now: _Open, *, deleted: bool) -> None:
        for child, name in self._children(element):
            if name == "t" and not deleted:
                self._say(child.text or "", now)
            elif name in _MARKS and not deleted:
                self._say(_MARKS[name], now)
            elif name in _NOTES:
                self.has_notes = True
            elif name == "ruby":
                self._inline(child, now, deleted=deleted)

    def _say(self, text: str, now: _Open) -> None:
        now.pieces.append(text)
        length = len("".join(text.split()))
        if not length:
            return
        for name in self._open.values():
            span = now.spans.setdefault(name, _Span(inherited=False))
            if not span.length:
                span.first = now.length
            span.length += length
        now.length += length

    def _mark(self, element: Any, kind: str) -> None:
        number = element.get(f"{self._namespace}id", "")
        if kind == "bookmarkEnd":
            self._open.pop(number, None)
            return
        name = element.get(f"{self._namespace}name", "")
        if not name.startswith(PREFIX) or name in self._seen or len(self._open) >= _MOST_OPEN:
            return
        self._seen.add(name)
        self._open[number] = name
        spans = self._pending if self._now is None else self._now.spans
        spans[name] = _Span(inherited=False)

    def _table(self, element: Any) -> None:
        self.finish()
        for mark in element.iter(f"{self._namespace}bookmarkStart"):
            name = mark.get(f"{self._namespace}name", "")
            if name.startswith(PREFIX):
                self.in_tables.add(name)

    def _style(self, element: Any) -> str:
        style = element.find(f"{self._namespace}pPr/{self._namespace}pStyle")
        return "" if style is None else style.get(f"{self._namespace}val", "")

    def _has_deleted_end(self, element: Any) -> bool:
        """Whether the end of a paragraph was deleted with changes tracked, so that it goes on in the next."""
        mark = element.find(f"{self._namespace}pPr/{self._namespace}rPr")
        return mark is not None and any(name in {"del", "moveFrom"} for _, name in self._children(mark))
