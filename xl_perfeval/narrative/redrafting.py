"""Generating again: fresh drafts meet what people did to the paragraphs since the last time.

The rows of 报告文字 are the truth; `_底稿` remembers what was last generated for each paragraph. Paragraphs that
people left alone are replaced, those they edited are merged (`merge`), and where that is not certain the new text is
offered beside theirs. What a person wrote leaves the sheet only by that person's hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from xl_perfeval.model import Base, OwnIds, Paragraph, ParagraphState, Take
from xl_perfeval.narrative.merge import Outcome, merge

_PROTECTED = frozenset({ParagraphState.WRITTEN, ParagraphState.LOCKED})
_TAKES = frozenset(take.value for take in Take)
_MEANT = {"采用": Take.NEW, "新稿": Take.NEW, "用新稿": Take.NEW, "保留": Take.MINE, "保留原文": Take.MINE}
"""What people type in 采用 who do not choose from the list."""
UNCHANGED = "没有变化"


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrative:
    """报告文字 with its memory: all rows in order, also those without text, and by id what was last generated."""

    rows: tuple[Paragraph, ...] = ()
    bases: Mapping[str, Base] = field(default_factory=dict[str, Base])

    def printed(self, outline: Iterable[str]) -> tuple[Paragraph, ...]:
        """The paragraphs of the report: those with text, section by section; unknown sections at the end."""
        known = list(outline)
        written = [row for row in self.rows if row.text.strip()]
        ordered = [row for section in known for row in written if row.section == section]
        return (*ordered, *(row for row in written if row.section not in known))


@dataclass(frozen=True, slots=True, kw_only=True)
class Redrafted:
    """The narrative after generating again, and the ids of the paragraphs by what became of them."""

    narrative: Narrative
    drafted: tuple[str, ...] = ()
    """New paragraphs."""
    refreshed: tuple[str, ...] = ()
    """Untouched ones with a new text."""
    merged: tuple[str, ...] = ()
    """Edited ones with new figures in them, to be looked at (请核对)."""
    conflicts: tuple[str, ...] = ()
    """All that have an offer to choose from (请选择), those of earlier runs too."""
    adopted: tuple[str, ...] = ()
    """采用新稿 was chosen."""
    declined: tuple[str, ...] = ()
    """保留我的 was chosen."""
    ended: tuple[str, ...] = ()
    """No longer generated but touched by people: they stay, grey."""
    removed: tuple[str, ...] = ()
    """No longer generated and touched by nobody."""
    kept: tuple[str, ...] = ()
    """Drafts of the program in people's wording that nothing new concerns."""
    protected: tuple[str, ...] = ()
    """锁定 and 人工撰写: never touched."""
    followed: tuple[tuple[str, str, str], ...] = ()
    """Figures replaced in people's wording: id, old, new."""
    unclear: tuple[tuple[str, str], ...] = ()
    """What stood in 采用 of a draft and is no choice: id, words."""

    @property
    def counts(self) -> str:
        """What was done, in one line: 起草 3 段，按新数据更新 5 段，合并 2 段请核对，1 段有新稿待选."""
        parts = (
            (self.drafted, "起草 {} 段"),
            (self.refreshed, "按新数据更新 {} 段"),
            (self.adopted, "采用新稿 {} 段"),
            (self.declined, "保留原文 {} 段"),
            (self.merged, "合并 {} 段请核对"),
            (self.conflicts, "{} 段有新稿待选"),
            (self.ended, "{} 段不再起草"),
            (self.removed, "删去 {} 段"),
        )
        said = [words.format(len(ids)) for ids, words in parts if ids]
        return "，".join(said) or UNCHANGED


def redraft(narrative: Narrative, drafts: Sequence[Paragraph], outline: Sequence[str]) -> Redrafted:
    """The narrative with fresh `drafts` (of `narrative.draft`, in outline order) brought into it.

    `outline` are the ids of the sections in order. Doing it twice changes nothing.
    """
    new = {draft.id: draft.text for draft in drafts}
    run = _Run(bases=dict(narrative.bases), drafts=new)
    identified = _identified(narrative.rows, narrative.bases, new)
    rows = [renewed for row in identified if (renewed := run.row(_read(row))) is not None]
    absent = [draft for draft in drafts if draft.id not in {row.id for row in rows}]
    asked = {row.section for row in rows if _asks(row)} & {draft.section for draft in absent}
    rows = [row for row in rows if not (_asks(row) and row.section in asked)]
    theirs = _peoples(rows)
    for draft in absent:
        made = run.anew(draft) if draft.section in asked else run.absent(draft, theirs)
        if made is not None:
            rows.insert(_place(made, rows, drafts, outline), made)
    return run.result(rows)


def with_text(row: Paragraph, text: str) -> Paragraph:
    """A row whose text a person changed elsewhere, such as in Word; its base stays, so the next merge sees it.

    A locked row is not spared: the person who sent the text decides.
    """
    if text == row.text:
        return row
    drafted = row.state is ParagraphState.DRAFTED
    return replace(row, text=text, state=ParagraphState.EDITED if drafted else row.state)


# --- which row is which paragraph ---------------------------------------------------------------------


def _identified(
    rows: Sequence[Paragraph], bases: Mapping[str, Base], drafts: Mapping[str, str]
) -> Iterator[Paragraph]:
    """The rows, no two with the same id: a copy becomes a person's paragraph, a lost id is found by its text.

    A copied row brings its hidden id along, and text that is pasted elsewhere leaves it behind.
    """
    owners = _owners(rows)
    lost = _lost(rows, owners, bases, drafts)
    elsewhere = set(lost.values())
    own = OwnIds(row.id for row in rows)
    for place, row in enumerate(rows):
        if place in lost:
            yield replace(row, id=lost[place])
        elif row.id and (owners[row.id] != place or row.id in elsewhere):
            copied = _copy(row, own)
            if copied.text or copied.draft or copied.take:
                yield copied
        elif row.is_own and row.state not in _PROTECTED:
            yield replace(row, state=ParagraphState.WRITTEN)
        else:
            yield row


def _owners(rows: Sequence[Paragraph]) -> dict[str, int]:
    """By id, the row that keeps it of those that have it: one with text, not protected, the first."""
    ranked: dict[str, tuple[bool, bool, int]] = {}
    for place, row in enumerate(rows):
        rank = (not row.text, row.state in _PROTECTED, place)
        if row.id and (row.id not in ranked or rank < ranked[row.id]):
            ranked[row.id] = rank
    return {key: place for key, (_, _, place) in ranked.items()}


def _lost(
    rows: Sequence[Paragraph],
    owners: Mapping[str, int],
    bases: Mapping[str, Base],
    drafts: Mapping[str, str],
) -> dict[int, str]:
    """Ids by place of rows that lost theirs: to the letter the text of a paragraph that has no other row.

    A row that says it is a person's own is believed.
    """
    held = {key for key, place in owners.items() if rows[place].text}
    wanted: dict[str, str] = {}
    for key, text in [*((key, base.text) for key, base in bases.items()), *drafts.items()]:
        if key not in held and text:
            wanted.setdefault(text, key)
    found: dict[int, str] = {}
    for place, row in enumerate(rows):
        without = row.is_own or (row.id and owners[row.id] != place)
        if without and row.state not in _PROTECTED and row.text in wanted:
            key = wanted.pop(row.text)
            if key not in found.values():
                found[place] = key
    return found


def _copy(row: Paragraph, own: OwnIds) -> Paragraph:
    """A row that was copied, without what the program had put beside the text."""
    offered = row.base.offered if row.base else ""
    return replace(
        row,
        id=own.new(row.section) if row.text else "",
        state=row.state if row.state is ParagraphState.LOCKED else ParagraphState.WRITTEN,
        draft="" if row.draft == offered else row.draft,
        take="" if row.take in _TAKES else row.take,
        base=None,
    )


def _read(row: Paragraph) -> Paragraph:
    """The row with what is meant in 采用."""
    return replace(row, take=_MEANT.get(row.take, row.take)) if row.take in _MEANT else row


def _asks(row: Paragraph) -> bool:
    """Whether a blank row asks for the drafts of its section that people deleted."""
    return row.take == Take.NEW and not (row.id or row.text or row.draft)


def _peoples(rows: Iterable[Paragraph]) -> frozenset[str]:
    """Sections in which people wrote everything that stands there."""
    written = {row.section for row in rows if row.text}
    return frozenset(written - {row.section for row in rows if row.text and not _is_peoples(row)})


def _is_peoples(row: Paragraph) -> bool:
    return row.is_own or row.state in _PROTECTED


# --- one paragraph ------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Run:
    """One generation: what the program would write now, what it wrote last, and what has become of the rows."""

    bases: dict[str, Base]
    drafts: Mapping[str, str]
    became: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    followed: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    unclear: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    drafted_before: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.drafted_before = frozenset(base.section for base in self.bases.values())

    def row(self, row: Paragraph) -> Paragraph | None:
        """A row of the sheet as it is to be; `None` for one that goes."""
        if not row.id:
            return row
        if row.is_own or row.state is ParagraphState.LOCKED:
            self._note("protected", row)
            return self._own(row)
        base = self.bases.get(row.id, Base(section=row.section, text=""))
        if row.take and row.take not in _TAKES:
            self.unclear.append((row.id, row.take))
        if row.take == Take.NEW and not row.draft and row.id in self.drafts and not row.text:
            self._note("adopted", row)
            return self._fresh(replace(row, text=self.drafts[row.id], take=""))
        row, base = self._chosen(row, base)
        if row.state is ParagraphState.WRITTEN:
            self._note("protected", row)
            if self._is_asked(row, base):
                return row
            row, base = self._without_offer(row, base), replace(base, offered="")
            return self._kept(row, base) if row.id in self.bases else row
        if not row.text:
            return self._emptied(row, base)
        return self._generated(row, base) if row.id in self.drafts else self._ended(row, base)

    def _own(self, row: Paragraph) -> Paragraph:
        """A paragraph of a person, after the choice between it and a text from Word that was put beside it."""
        base = self.bases.get(row.id)
        if row.state is ParagraphState.LOCKED or base is None or not base.offered:
            return row
        if row.take == Take.CHOOSE and row.draft:
            self._note("conflicts", row)
            return row
        if row.take == Take.NEW and row.draft:
            self._note("adopted", row)
            row = replace(row, text=row.draft, draft="", take="")
        elif row.take == Take.MINE:
            self._note("declined", row)
            row = replace(row, draft="", take="")
        self.bases[row.id] = replace(base, offered="")
        return row

    def absent(self, draft: Paragraph, theirs: frozenset[str]) -> Paragraph | None:
        """A row for a draft that has none; `None` for one that people do without. `theirs` are people's sections."""
        row = replace(draft, state=ParagraphState.DRAFTED, base=None)
        base = self.bases.get(draft.id)
        if base is None and draft.section not in theirs:
            self._note("drafted", row)
            return self._fresh(row)
        if base is None and draft.section not in self.drafted_before:
            return None
        base = base or Base(section=draft.section, text="")
        if base.offered:  # the row with the offer was deleted
            base = replace(base, text=base.offered, offered="")
        return self._emptied(replace(row, text=""), base)

    def anew(self, draft: Paragraph) -> Paragraph:
        """A row for a draft that people deleted and want back."""
        self._note("adopted", draft)
        return self._fresh(draft)

    def result(self, rows: Sequence[Paragraph]) -> Redrafted:
        """What all came to."""
        noted = {key: tuple(ids) for key, ids in self.became.items()}
        with_bases = tuple(replace(row, base=self.bases.get(row.id)) for row in rows)
        narrative = Narrative(rows=with_bases, bases=self.bases)
        return Redrafted(
            narrative=narrative, followed=tuple(self.followed), unclear=tuple(self.unclear), **noted
        )

    def _chosen(self, row: Paragraph, base: Base) -> tuple[Paragraph, Base]:
        """A row and its base after what was chosen in 采用."""
        if row.take == Take.NEW and row.draft:
            self._note("adopted", row)
            row = replace(row, text=row.draft, draft="", take="", state=ParagraphState.DRAFTED)
            return row, replace(base, text=base.offered or base.text, offered="")
        if row.take == Take.MINE:
            if base.offered:
                self._note("declined", row)
            own = row.text and row.id not in self.drafts
            row = replace(row, state=ParagraphState.WRITTEN if own else row.state)
            return self._without_offer(row, base, clear=True), replace(
                base, text=base.offered or base.text, offered=""
            )
        checked = not row.take and base.offered and base.offered == base.text
        if checked:
            return self._without_offer(row, base), replace(base, offered="")
        return row, base

    def _generated(self, row: Paragraph, base: Base) -> Paragraph:
        """A paragraph that has a text and is still generated."""
        new = self.drafts[row.id]
        wanted = row.take == Take.NEW or (
            row.take == Take.CHOOSE and base.offered and base.offered == base.text
        )
        if _is_gap(base.text) and _is_gap(new) and row.text != base.text:  # people wrote what was asked for
            base = replace(base, text=new)
        found = merge(base.text, row.text, new)
        if found.outcome is Outcome.CONFLICT or (wanted and found.text == row.text != new):
            self._note("conflicts", row)
            base = base if found.outcome is Outcome.CONFLICT else replace(base, text=new)
            return self._offered(row, base, new, Take.CHOOSE)
        self.followed += ((row.id, old, figure) for old, figure in found.followed)
        if found.text != new and found.outcome is Outcome.MERGED:
            self._note("merged", row)
        elif found.text != row.text:
            self._note("refreshed", row)
        elif found.text != new:
            self._note("kept", row)
        if self._is_asked(row, base):
            draft = merge(base.offered, row.draft, new).text
            if draft not in {new, found.text}:
                row = replace(row, text=found.text, draft=draft)
                return self._kept(row, replace(base, text=new, offered=new))
            row = replace(row, draft="", take="")  # it would read the same
        waits = found.text != new and (found.outcome is Outcome.MERGED or row.take == Take.CHECK)
        row, base = replace(row, text=found.text), replace(base, text=new)
        if waits:
            return self._offered(row, base, new, Take.CHECK)
        return self._kept(self._without_offer(row, base), replace(base, offered=""))

    def _emptied(self, row: Paragraph, base: Base) -> Paragraph | None:
        """A paragraph that people emptied or deleted: offered again only when it would read differently."""
        new = self.drafts.get(row.id, base.text)
        if new != base.text:
            self._note("conflicts", row)
            return self._offered(row, base, new, Take.CHOOSE)
        if self._is_asked(row, base):
            return self._kept(row, base)
        row = self._without_offer(row, base)
        self.bases[row.id] = replace(base, offered="")
        return row if row.draft else None

    def _ended(self, row: Paragraph, base: Base) -> Paragraph | None:
        """A paragraph that is no longer generated: it goes only when nobody touched it."""
        if self._is_asked(row, base):
            return self._kept(row, base)
        row_without = self._without_offer(row, base)
        if row.text == base.text and row.section == base.section and not row_without.draft:
            self._note("removed", row)
            self.bases.pop(row.id, None)
            return None
        self._note("ended", row)
        self.bases[row.id] = replace(base, offered="")
        return replace(row_without, take=Take.ENDED.value, state=ParagraphState.EDITED)

    def _is_asked(self, row: Paragraph, base: Base) -> bool:
        """Whether a text that is not the program's, such as Word's, waits in 系统新稿 to be chosen; noted if so."""
        asked = row.take == Take.CHOOSE and row.draft not in {"", base.offered}
        if asked and row.id not in self.became.get("conflicts", ()):
            self._note("conflicts", row)
        return asked

    def _offered(self, row: Paragraph, base: Base, new: str, take: Take) -> Paragraph:
        """The row with the new text beside it; what a person changed in an earlier offer stays there."""
        changed = row.draft not in {"", base.offered}
        draft = merge(base.offered, row.draft, new).text if changed else new
        return self._kept(replace(row, draft=draft, take=take.value), replace(base, offered=new))

    def _without_offer(self, row: Paragraph, base: Base, *, clear: bool = False) -> Paragraph:
        """The row with nothing beside it, but for what a person typed there; `clear` takes that of an offer too."""
        gone = row.draft == base.offered or (clear and base.offered)
        return replace(row, draft="" if gone else row.draft, take="" if row.take in _TAKES else row.take)

    def _fresh(self, row: Paragraph) -> Paragraph:
        """A row that holds its draft as it is, remembered."""
        row = replace(row, state=ParagraphState.DRAFTED, base=None)
        return self._kept(row, Base(section=row.section, text=row.text))

    def _kept(self, row: Paragraph, base: Base) -> Paragraph:
        """The row, its base remembered, its state as the two texts tell."""
        self.bases[row.id] = base
        if row.state in _PROTECTED:
            return row
        untouched = row.text == base.text
        return replace(row, state=ParagraphState.DRAFTED if untouched else ParagraphState.EDITED)

    def _note(self, became: str, row: Paragraph) -> None:
        self.became.setdefault(became, []).append(row.id)


def _is_gap(text: str) -> bool:
    """Whether a draft only says what people must write."""
    return _GAPS.fullmatch(text) is not None


_GAPS = re.compile("(?:【待补充[^】]*】)+")


# --- order --------------------------------------------------------------------------------------------


def _place(
    row: Paragraph, rows: Sequence[Paragraph], drafts: Sequence[Paragraph], outline: Sequence[str]
) -> int:
    """Where a new row goes: beside its neighbours among the drafts, or else at its section's place."""
    here = {each.id: place for place, each in enumerate(rows) if each.id and each.section == row.section}
    siblings = [draft.id for draft in drafts if draft.section == row.section]
    at = siblings.index(row.id)
    for key in reversed(siblings[:at]):
        if key in here:
            return here[key] + 1
    for key in siblings[at + 1 :]:
        if key in here:
            return here[key]
    if here:
        return max(here.values()) + 1
    ranks = {section: rank for rank, section in enumerate(outline)}
    rank = ranks.get(row.section, len(ranks))
    others = [(ranks.get(each.section, len(ranks)), place) for place, each in enumerate(rows) if each.id]
    before = [each for each in others if each[0] < rank]
    if before:
        return max(before)[1] + 1
    return min((place for other, place in others if other > rank), default=len(rows))
