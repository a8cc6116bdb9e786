"""Text that knows where its figures come from: pieces, each with the cells it was read or computed from.

A section builds its sentences from `Prose` and plain strings. Everything that follows from data (amounts, rates,
counts, names, what staff typed) is a piece with an `Origin`; what is left over is the program's own wording and holds
no figure. Addresses are looked up when somebody asks (`narrative.sources`), not while drafting.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from xl_perfeval.model import Locator, NoSuchCell, Place, Project, Record
from xl_perfeval.wording import typed


class How(StrEnum):
    """How a piece of text follows from its cells; the values are what staff read."""

    TYPED = "照录"
    """What the cells say, worded for prose."""
    SUM = "合计"
    """Sum of the amounts or scores in the cells."""
    RATE = "第一组合计÷第二组合计"
    BALANCE = "第一组合计－第二组合计"
    """Without its sign: the words around it say 结余 or 超支."""
    COUNT = "计数"
    """So many cells; one that holds two targets is listed twice."""
    PLACE = "第几行"
    """The place of a row that has no name."""
    FORM = "表样规定"
    """A number of the form edition; no cell holds it."""


class Cell(NamedTuple):
    """A cell before its address is known: a field of a record, or of a project's own sheet."""

    record: Record
    field: str
    sheet: Locator | None = None

    def place(self) -> Place | None:
        """Its address; `None` when the submission was not read from a workbook, or the form lacks the cell."""
        try:
            if self.sheet is not None and isinstance(self.record, Project):
                return self.record.on_sheet(self.sheet, self.field)
            return self.record.at(self.field)
        except NoSuchCell:
            return None


@dataclass(frozen=True, slots=True, eq=False)
class Origin:
    """How a piece follows from its cells. `terms` are groups of cells: one, or two for a rate and a balance."""

    how: How
    terms: tuple[tuple[Cell, ...], ...]


class Piece(NamedTuple):
    """Some text of a sentence; `origin` is `None` for the program's own words."""

    text: str
    origin: Origin | None


@dataclass(frozen=True, slots=True, eq=False)
class Prose:
    """Text in pieces. True when there is any text; `+` joins it with text before or behind."""

    pieces: tuple[Piece, ...] = ()

    def __str__(self) -> str:
        return "".join(piece.text for piece in self.pieces)

    def __bool__(self) -> bool:
        return bool(self.pieces)

    def __add__(self, other: Part) -> Prose:
        return Prose(self.pieces + _pieces(other))

    def __radd__(self, other: Part) -> Prose:
        return Prose(_pieces(other) + self.pieces)

    @property
    def length(self) -> int:
        """Characters."""
        return sum(len(piece.text) for piece in self.pieces)

    def between(self, start: int, end: int) -> Prose:
        """The text from one place to another; a piece that is cut keeps its origin on both sides."""
        cut: list[Piece] = []
        at = 0
        for piece in self.pieces:
            kept = piece.text[max(start - at, 0) : max(end - at, 0)]
            at += len(piece.text)
            if kept:
                cut.append(Piece(kept, piece.origin))
        return Prose(tuple(cut))


Part: TypeAlias = str | Prose


def _pieces(part: Part) -> tuple[Piece, ...]:
    if isinstance(part, Prose):
        return part.pieces
    return (Piece(part, None),) if part else ()


def traced(text: str, how: How, *terms: Iterable[Cell]) -> Prose:
    """Text that follows from these groups of cells."""
    return Prose((Piece(text, Origin(how, tuple(map(tuple, terms)))),)) if text else Prose()


def quoted(record: Record, field: str, sheet: Locator | None = None) -> Prose:
    """What staff typed in a cell, fit for one line of prose; nothing for a blank, “无” or “—”."""
    return traced(typed(getattr(record, field)), How.TYPED, [Cell(record, field, sheet)])


def count(cells: Iterable[Cell], unit: str) -> Prose:
    """How many there are, with its unit."""
    found = tuple(cells)
    return traced(f"{len(found)}{unit}", How.COUNT, found)


def joined(parts: Iterable[Part], mark: str = "") -> Prose:
    """Parts one after another with a mark between them; empty ones are left out."""
    pieces: list[Piece] = []
    for part in filter(None, parts):
        if pieces and mark:
            pieces.append(Piece(mark, None))
        pieces += _pieces(part)
    return Prose(tuple(pieces))


def beside(name: Part, figure: Part) -> Prose:
    """A name with its figure: 科普经费5项, but 经费2为5项, so that two numbers do not run together."""
    return joined([name, "为" if str(name)[-1:].isdigit() else "", figure])


def listed(parts: Iterable[Part]) -> Prose:
    """Names in a row: 甲、乙、丙."""
    return joined(parts, "、")


def sentence(*clauses: Part) -> Prose:
    """Clauses as one sentence; empty ones are left out, and nothing comes of nothing."""
    said = joined(clauses, "，")
    return said + "。" if said else said


def in_quotes(part: Part) -> Prose:
    """A text in quotation marks; those within become single ones."""
    within = {ord("“"): "‘", ord("”"): "’"}
    pieces = (Piece(piece.text.translate(within), piece.origin) for piece in _pieces(part))
    return "“" + Prose(tuple(pieces)) + "”"


def gap(*parts: Part) -> Prose:
    """The mark of something that only people can write; sending waits until it is gone."""
    within = {ord("【"): "（", ord("】"): "）"}
    pieces = (Piece(piece.text.translate(within), piece.origin) for piece in joined(parts).pieces)
    return "【待补充：" + Prose(tuple(pieces)) + "】"


NOTHING = Prose()
