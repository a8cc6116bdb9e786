"""Which paragraph of an edited report is which paragraph of the report that was printed, and where added ones stand.

Bookmarks tell, wherever the paragraph stands now. A paragraph that lost its bookmark is known by its text. What is not
of the report is what the template says (headings, captions, signature) or was added by people.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

from xl_perfeval.report.marks import ASKS, fingerprint

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from xl_perfeval.model import Heading
    from xl_perfeval.report.edited import Edited, Printed, Record
    from xl_perfeval.report.flow import Block


class Unplaced(NamedTuple):
    """Something in the document that cannot be taken back: its text, and one sentence that says why and what to do."""

    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Found:
    """One paragraph of the document."""

    text: str
    ids: tuple[str, ...] = ()
    """The paragraphs of the report it is made of, more than one when people joined them; none: people added it."""
    section: str = ""
    """Where it stands now; empty for an added one that stands in no section."""
    moved: bool = False
    """It stands in another section than it was printed in."""


@dataclass(frozen=True, slots=True)
class Match:
    """An edited report beside the printed one; `found` in the order of the document."""

    found: tuple[Found, ...]
    missing: tuple[Printed, ...]
    """Paragraphs that are nowhere in the document."""
    in_tables: tuple[Printed, ...]
    """Paragraphs that somebody moved into a table."""
    unplaced: tuple[Unplaced, ...]
    """Headings and other fixed text that people changed or added."""


def match(edited: Edited, printed: Record, outline: Sequence[Heading]) -> Match:
    """Tell the paragraphs of a document apart; `outline` are the sections in order."""
    return _Matching(edited, printed, outline).done()


_ALIKE = 0.6
"""Share of common characters from which on a text without a bookmark is taken for one that is missing."""
_MOST_COMPARED = 20_000_000
"""Products of lengths of texts that are compared in one document; beyond it they are not the same paragraphs."""


@dataclass(slots=True)
class _Part:
    """A paragraph of the document on its way to be known."""

    block: Block
    ids: tuple[str, ...] = ()
    mark: int | None = None
    """The place in the layout of the fixed text that it is."""
    is_changed: bool = False
    """It is fixed text that people changed."""

    @property
    def is_unknown(self) -> bool:
        return not self.ids and self.mark is None


@dataclass(slots=True)
class _Layout:
    """What the printed document consisted of, in order."""

    words: list[str]
    left: set[int]
    """Places of fixed text that is not found in the document (yet)."""
    sections: dict[int, str]
    """By the place of a heading its section; headings inside a section have none."""
    places: dict[str, int] = field(default_factory=dict[str, int])
    """Where each paragraph was printed, by id."""

    @classmethod
    def of(cls, printed: Record, outline: Sequence[Heading]) -> _Layout:
        by_mark = {each.bookmark: each for each in printed.paragraphs}
        words = [word for n, word in enumerate(printed.layout) if not n or printed.layout[n - 1] != word]
        headings = {fingerprint(each.heading): each.id for each in outline}
        parents = {fingerprint(each.parent): each.id for each in reversed(outline) if each.parent}
        sections: dict[int, str] = {}
        heading = -1
        for place, word in enumerate(words):
            kind, key = word[0], word[1:]
            if kind == "=":
                heading = place
                if key in headings or key in parents:
                    sections[place] = headings.get(key) or parents[key]
            elif heading >= 0 and heading not in sections:
                under = headings.get(key) if kind == "?" else None
                if word in by_mark:
                    under = by_mark[word].section
                if under:
                    sections[heading] = under
        left = {place for place, word in enumerate(words) if word[0] in "=?#"}
        places = {by_mark[word].id: place for place, word in enumerate(words) if word in by_mark}
        return cls(words, left, sections, places)

    def take(self, text: str) -> int | None:
        """The place of this fixed text, which is then used up; `None` when it is none."""
        asked = ASKS.fullmatch(text)
        wanted = f"?{fingerprint(asked[1])}" if asked else ""
        key = fingerprint(text)
        found = [place for place in self.left if self.words[place] in {f"={key}", f"#{key}", wanted}]
        if not found:
            return None
        self.left.discard(min(found))
        return min(found)

    def heading_of(self, place: int) -> int:
        """The place of the heading of a section above another place; −1 without one."""
        return max((each for each in self.sections if each < place), default=-1)


class _Matching:
    def __init__(self, edited: Edited, printed: Record, outline: Sequence[Heading]) -> None:
        self._printed = {each.id: each for each in printed.paragraphs}
        self._ids = {each.bookmark: each.id for each in printed.paragraphs}
        self._in_tables = {self._ids[name] for name in edited.flow.in_tables if name in self._ids}
        self._layout = _Layout.of(printed, outline)
        self._headings = {fingerprint(each.heading) for each in outline}
        self._parts = [_Part(block) for block in edited.flow.blocks if block.text]

    def done(self) -> Match:
        self._by_bookmark()
        self._by_text()
        self._fixed_text_changed()
        found = tuple(self._placed(self._gathered()))
        known = {key for each in found for key in each.ids}
        gone = [each for key, each in self._printed.items() if key not in known]
        return Match(
            found=found,
            missing=tuple(each for each in gone if each.id not in self._in_tables),
            in_tables=tuple(each for each in gone if each.id in self._in_tables),
            unplaced=tuple(_changed(part.block.text) for part in self._parts if part.is_changed),
        )

    # --- which is which -----------------------------------------------------------------------------------

    def _by_bookmark(self) -> None:
        printed = {line for each in self._printed.values() for line in each.text.split("\n")}
        owning: set[str] = set()
        for part in self._parts:
            if part.block.text not in printed:  # even inside a bookmark, as when the end of that was lost
                part.mark = self._layout.take(part.block.text)
        # A mark that asks for a text is nobody's text, wherever it stands.
        self._parts = [
            part for part in self._parts if part.mark is not None or not self._asks(part.block.text, printed)
        ]
        for part in self._parts:
            part.ids = self._known(part.block.owners) if part.mark is None else ()
            owning.update(part.ids)
        for part in self._parts:
            if part.is_unknown:
                part.mark = self._layout.take(part.block.text)
            if part.is_unknown:  # somebody typed over the whole paragraph
                part.ids = tuple(key for key in self._known(part.block.touched) if key not in owning)[:1]
                owning.update(part.ids)

    def _asks(self, text: str, printed: Collection[str]) -> bool:
        asked = ASKS.fullmatch(text)
        return asked is not None and text not in printed and fingerprint(asked[1]) in self._headings

    def _known(self, names: Iterable[str]) -> tuple[str, ...]:
        return tuple(self._ids[name] for name in names if name in self._ids)

    def _by_text(self) -> None:
        """Find paragraphs that lost their bookmark, first by the same text, then by a similar one."""
        known = {key for part in self._parts for key in part.ids} | self._in_tables
        missing = [each for key, each in self._printed.items() if key not in known]
        unknown = [part for part in self._parts if part.is_unknown]
        for each in list(missing):
            if same := self._same(each, unknown):
                for part in same:
                    part.ids = (each.id,)
                    unknown.remove(part)
                missing.remove(each)
        room = _MOST_COMPARED
        pairs: list[tuple[float, int, int]] = []
        for n, each in enumerate(missing):
            for m, part in enumerate(unknown):
                room -= len(each.text) * len(part.block.text)
                if room > 0 and (ratio := _alike(each.text, part.block.text)) >= _ALIKE:
                    pairs.append((-ratio, n, m))
        taken: set[int] = set()
        for _, n, m in sorted(pairs):
            if missing[n].id not in known and m not in taken:
                unknown[m].ids = (missing[n].id,)
                known.add(missing[n].id)
                taken.add(m)

    def _same(self, printed: Printed, unknown: Sequence[_Part]) -> Sequence[_Part]:
        """Paragraphs of the document, one per line, that read as one was printed."""
        wanted = printed.text.split("\n")
        for start in range(len(unknown) - len(wanted) + 1):
            run = unknown[start : start + len(wanted)]
            if [part.block.text for part in run] == wanted:
                return run
        return ()

    def _fixed_text_changed(self) -> None:
        """Tell headings, captions and the like that people changed from paragraphs that they added."""
        headings = {part.block.style for part in self._parts if self._word(part)[:1] == "="}
        texts = {part.block.style for part in self._parts if part.ids}
        before = -1
        for number, part in enumerate(self._parts):
            if not part.is_unknown:
                before = self._place(part)
                continue
            after = next((self._place(each) for each in self._parts[number:] if not each.is_unknown), None)
            after = len(self._layout.words) if after is None else after
            if part.block.style in headings - texts:
                part.is_changed = True
                part.mark = self._left_between(before, after, "=")
            elif part.block.style not in texts and part.block.style:
                place = self._left_between(before, after, "#")
                part.is_changed, part.mark = place is not None, place

    def _left_between(self, before: int, after: int, kind: str) -> int | None:
        found = [n for n in self._layout.left if before < n < after and self._layout.words[n][0] == kind]
        if not found:
            return None
        self._layout.left.discard(min(found))
        return min(found)

    def _place(self, part: _Part) -> int:
        if part.mark is not None:
            return part.mark
        return self._layout.places.get(part.ids[0], -1)

    def _word(self, part: _Part) -> str:
        return "" if part.mark is None else self._layout.words[part.mark]

    # --- paragraphs of several lines, or of several paragraphs --------------------------------------------

    def _gathered(self) -> list[tuple[_Part, list[str]]]:
        """The parts, those with a common paragraph as one, with their lines; added lines of a paragraph apart."""
        leader = _leaders(part.ids for part in self._parts)
        ids: defaultdict[str, dict[str, None]] = defaultdict(dict)
        lines: defaultdict[str, list[str]] = defaultdict(list)
        for part in self._parts:
            if part.ids:
                ids[leader[part.ids[0]]] |= dict.fromkeys(part.ids)
                lines[leader[part.ids[0]]] += part.block.text.split("\n")
        found: list[tuple[_Part, list[str]]] = []
        for part in self._parts:
            if not part.ids:
                found.append((part, [part.block.text]))
            elif (head := leader[part.ids[0]]) in lines:
                part.ids = tuple(ids[head])
                before, own, after = self._own_lines(part.ids, lines.pop(head))
                found += [(_added(part, line), [line]) for line in before]
                found.append((part, own))
                found += [(_added(part, line), [line]) for line in after]
        return found

    def _own_lines(self, ids: Sequence[str], lines: list[str]) -> tuple[list[str], list[str], list[str]]:
        """Lines that people put before a paragraph that reads as it was printed, it itself, and those put after it."""
        wanted = self._printed[ids[0]].text.split("\n")
        if len(ids) == 1 and len(lines) > len(wanted):
            if lines[: len(wanted)] == wanted:
                return [], wanted, lines[len(wanted) :]
            if lines[-len(wanted) :] == wanted:
                return lines[: -len(wanted)], wanted, []
        return [], lines, []

    # --- where they stand ---------------------------------------------------------------------------------

    def _placed(self, parts: Sequence[tuple[_Part, list[str]]]) -> Iterator[Found]:
        marks = {part.mark for part, _ in parts if part.mark is not None}
        last = max((n for n, (part, _) in enumerate(parts) if part.ids or self._bears(part)), default=-1)
        zone = near = ""
        is_over = False
        for number, (part, lines) in enumerate(parts):
            if part.mark is not None or part.is_changed:
                is_over |= number > last
                if part.mark is not None and self._word(part)[0] == "=":
                    zone, near = self._layout.sections.get(part.mark, zone), ""
                continue
            text = "\n".join(lines)
            if not part.ids:
                section = "" if is_over else near or zone or self._next_section(parts[number:])
                yield Found(text, section=section)
                continue
            own = self._printed[part.ids[0]].section
            heading = self._layout.heading_of(self._layout.places.get(part.ids[0], -1))
            printed_zone = self._layout.sections.get(heading, "")
            moved = bool(zone) and heading in marks and zone != printed_zone
            near = zone if moved else own
            yield Found(text, part.ids, near, moved)

    def _bears(self, part: _Part) -> bool:
        """Whether a part is the heading of a section, or stands for its text."""
        return part.mark is not None and (part.mark in self._layout.sections or self._word(part)[0] == "?")

    def _next_section(self, parts: Sequence[tuple[_Part, list[str]]]) -> str:
        for part, _ in parts:
            if part.ids:
                return self._printed[part.ids[0]].section
            if self._word(part)[:1] == "=":
                break
        return ""


def _added(part: _Part, line: str) -> _Part:
    return _Part(replace(part.block, text=line, owners=(), touched=()))


def _leaders(groups: Iterable[Sequence[str]]) -> dict[str, str]:
    """By id one id of all those that are joined with it."""
    leader: dict[str, str] = {}

    def top(key: str) -> str:
        while leader.setdefault(key, key) != key:
            key = leader[key]
        return key

    for group in groups:
        for key in group:
            leader[top(key)] = top(group[0])
    return {key: top(key) for key in leader}


def _alike(one: str, other: str) -> float:
    """Share of characters that two texts have in common, in order; 0 when it is certainly too little."""
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.real_quick_ratio() < _ALIKE or matcher.quick_ratio() < _ALIKE:
        return 0
    return matcher.ratio()


def _changed(text: str) -> Unplaced:
    return Unplaced(text, "是标题、落款一类的固定文字，不在“报告文字”里；要改，请改报告模板或“首页”。")
