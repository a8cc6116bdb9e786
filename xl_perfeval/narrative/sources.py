"""Where the figures of the report come from: which cells, and how they follow from them.

A figure that people wrote or moved is still found when its draft states the same figure; any other has the
person who wrote it as its only source.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from xl_perfeval import quantity
from xl_perfeval.model import Paragraph, Place, Submission
from xl_perfeval.narrative import passages
from xl_perfeval.narrative.passages import Passage
from xl_perfeval.narrative.prose import Cell, How, Piece

__all__ = ["How", "Source", "by_paragraph", "by_passage", "in_text", "of", "summary"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where some text of a paragraph comes from.

    `start` is its place in the paragraph; `terms` are groups of cells, one, or two for a rate and a balance, without
    addresses that are not known (a submission that was not read from a workbook has none). `how` is `None` for a
    figure that only people wrote.
    """

    text: str
    start: int
    how: How | None
    terms: tuple[tuple[Place, ...], ...] = ()

    @property
    def end(self) -> int:
        """The place behind the text."""
        return self.start + len(self.text)

    @property
    def cells(self) -> tuple[Place, ...]:
        """All cells, each once."""
        return tuple(dict.fromkeys(place for term in self.terms for place in term))

    @property
    def explained(self) -> str:
        """One line for staff: 资金概况!G6:G9 合计, 科技工作经费!I8 照录."""
        if self.how is None:
            return "人工填写"
        if self.how is How.FORM:
            return self.how.value
        where = [_cells(term) for term in self.terms]
        if self.how is How.RATE:
            return " ÷ ".join(where)
        if self.how is How.BALANCE:
            return " － ".join(where)
        single = self.how is How.SUM and len(self.cells) == 1
        return where[0] if single else f"{where[0]} {self.how.value}"


def of(submission: Submission) -> dict[str, tuple[Source, ...]]:
    """The sources of everything that the drafts state, by paragraph id, in reading order."""
    return _of(passages.of(submission))


def _of(drafted: Iterable[Passage]) -> dict[str, tuple[Source, ...]]:
    return {passage.id: tuple(_sources(passage.text.pieces)) for passage in drafted}


def in_text(text: str, drafted: Sequence[Source]) -> tuple[Source, ...]:
    """The sources of the figures in a paragraph as it stands, given those of its draft.

    An untouched draft gives its own sources. In a text that people changed each figure takes the source of the same
    figure in the draft, the first that is not taken yet.
    """
    if drafted and all(text.startswith(source.text, source.start) for source in drafted):
        covered = [(source.start, source.end) for source in drafted]
        added = [figure for figure in _figures(text) if not any(a <= figure.start < b for a, b in covered)]
        return tuple(sorted((*drafted, *added), key=lambda source: source.start))
    left = list(drafted)
    found: list[Source] = []
    for figure in _figures(text):
        same = next((source for source in left if _states(source, figure.text)), None)
        if same is None:
            found.append(figure)
            continue
        if same.text == figure.text:
            left.remove(same)
        found.append(Source(figure.text, figure.start, same.how, same.terms))
    return tuple(found)


def summary(sources: Iterable[Source], most: int = 2) -> str:
    """The cells of a paragraph's figures in one short line, amounts first: 资金概况!E6:E9、G6:G9 等12处.

    “人工填写” when only people wrote them; `""` without any figure.
    """
    ordered = sorted(filter(_has_figure, sources), key=lambda source: _RANK.get(source.how, len(_RANK)))
    places = list(dict.fromkeys(place for source in ordered for place in source.cells))
    if ordered and all(source.how is None for source in ordered):
        return "人工填写"
    ranges = list(_ranges(places))
    shown = _joined(ranges[:most])
    return f"{shown} 等{len(places)}处" if len(ranges) > most else shown


_RANK: dict[How | None, int] = {
    how: rank for rank, how in enumerate((How.SUM, How.RATE, How.BALANCE, How.TYPED, How.COUNT))
}


def _has_figure(source: Source) -> bool:
    return any(character.isdecimal() for character in source.text)


def by_paragraph(submission: Submission, paragraphs: Sequence[Paragraph]) -> Mapping[str, tuple[Source, ...]]:
    """The sources of these paragraphs as they stand, by paragraph id."""
    return by_passage(passages.of(submission), paragraphs)


def by_passage(
    drafted: Iterable[Passage], paragraphs: Sequence[Paragraph]
) -> Mapping[str, tuple[Source, ...]]:
    """The same, given what was drafted."""
    known = _of(drafted)
    return {each.id: in_text(each.text, known.get(each.id, ())) for each in paragraphs}


def _sources(pieces: Iterable[Piece]) -> Iterator[Source]:
    start = 0
    for piece in pieces:
        if piece.origin is not None:
            yield Source(piece.text, start, piece.origin.how, tuple(map(_places, piece.origin.terms)))
        start += len(piece.text)


def _places(cells: Iterable[Cell]) -> tuple[Place, ...]:
    return tuple(place for place in (cell.place() for cell in cells) if place is not None)


def _figures(text: str) -> Iterator[Source]:
    """The figures of a text, each as its own words, without a source yet."""
    for figure in quantity.figures(text):
        said = text[figure.start : figure.end]
        kept = said.lstrip()
        yield Source(kept.rstrip(), figure.start + len(said) - len(kept), None)


def _states(source: Source, figure: str) -> bool:
    return source.text == figure or (source.how is How.TYPED and figure in source.text)


def _cells(places: Sequence[Place]) -> str:
    ranges = list(_ranges(list(dict.fromkeys(places))))
    return _joined(ranges[:3]) + (f" 等{len(places)}处" if len(ranges) > 3 else "")


def _ranges(places: Sequence[Place]) -> Iterator[tuple[str, str]]:
    """Cells below each other as one block, in the order of their first cell: sheet and address."""
    columns: dict[tuple[str, str], list[int]] = {}
    for place in places:
        letters = place.cell.rstrip("0123456789")
        columns.setdefault((place.sheet, letters), []).append(int(place.cell[len(letters) :] or 0))
    for (sheet, letters), rows in columns.items():
        rows.sort()
        first = last = rows[0]
        for row in [*rows[1:], 0]:
            if row == last + 1:
                last = row
                continue
            yield sheet, f"{letters}{first}" if first == last else f"{letters}{first}:{letters}{last}"
            first = last = row


def _joined(ranges: Sequence[tuple[str, str]]) -> str:
    """Addresses in a row, the sheet only where it changes."""
    shown: list[str] = []
    before = ""
    for sheet, cells in ranges:
        shown.append(cells if sheet == before else f"{sheet}!{cells}")
        before = sheet
    return "、".join(shown)
