"""Back from Word: what people changed in a printed report is brought into 报告文字 by the three-way merge.

For each paragraph there are three texts: as it was printed, as it stands in the sheet now, as it reads in Word. What is
not certain is not decided here: the sheet's text stays and Word's is offered beside it. Taking the same document twice
changes nothing the second time, and nothing that people typed in either place is dropped without being named.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from xl_perfeval.model import Base, OwnIds, Paragraph, ParagraphState, Take
from xl_perfeval.narrative.merge import Outcome, merge
from xl_perfeval.narrative.redrafting import Narrative, Redrafted, with_text
from xl_perfeval.report.blocks import title
from xl_perfeval.report.edited import Printed, refusal
from xl_perfeval.report.marks import bookmarks, shown
from xl_perfeval.report.matching import Found, Unplaced, match

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from xl_perfeval.model import Heading, Submission
    from xl_perfeval.report.edited import Edited, Record

__all__ = ["TakenBack", "Unplaced", "check", "take_back"]

FROM_WORD = "Word"
"""Stands in `_底稿` in the place of a section, beside what a paragraph of people reads like in a document taken back."""
LONGEST = 32_000
"""Characters of a paragraph; a cell holds 32,767."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack(Redrafted):
    """The narrative after taking a document back. Ids by what became of the paragraphs; of the inherited ones only
    `merged` (the sheet had changed too) and `conflicts` (to be chosen) are used."""

    edited: tuple[str, ...] = ()
    """Those with a new text, merged ones too."""
    added: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    """Those that stand elsewhere, joined ones not."""
    unplaced: tuple[Unplaced, ...] = ()
    """What could not be taken back."""

    @property
    def changes(self) -> int:
        """How many edits were brought into the sheet."""
        return len(self.edited) + len(self.added) + len(self.deleted) + len(self.moved)

    @property
    def counts(self) -> str:
        """What was done, in one line: 取回 5 处修改（改 3 段，加 1 段，删 1 段），1 处要您选择，1 段放不回去."""
        parts = ((self.edited, "改"), (self.added, "加"), (self.deleted, "删"), (self.moved, "移动"))
        kinds = "，".join(f"{word} {len(ids)} 段" for ids, word in parts if ids)
        said = f"取回 {self.changes} 处修改（{kinds}）" if kinds else "没有新的修改可取回"
        said += f"，{len(self.conflicts)} 处要您选择" if self.conflicts else ""
        return said + (f"，{len(self.unplaced)} 段放不回去" if self.unplaced else "")


def check(edited: Edited, submission: Submission, before: Narrative) -> None:
    """Raise `NotTaken` when a document is no report of this workbook, whose narrative is `before`."""
    record = edited.record
    marks = {name for block in edited.flow.blocks for name in (*block.owners, *block.touched)}
    if record is None and not marks | edited.flow.in_tables:
        raise refusal(
            edited.name,
            "里没有自评报告的段落标记，没有取回。请用 perfeval report 写出的报告，在它上面修改；"
            "内容复制到了新文档里的，请自行粘贴到“报告文字”。",
        )
    named, ours = record.title if record else edited.title, title(submission)
    ids = dict.fromkeys([*(row.id for row in before.rows if row.id), *before.bases])
    known = set(bookmarks([Paragraph(section="", text="", id=each) for each in ids]))
    if record is None and not marks & known:
        raise refusal(edited.name, "里的段落标记不是这个工作簿的，没有取回。请核对选的文件。")
    if named not in ("", ours) and not (record and _is_of(before, record)):
        raise refusal(
            edited.name, f"是“{named}”，不是这个工作簿的报告（“{ours}”），没有取回。请核对选的文件。"
        )


def _is_of(before: Narrative, record: Record) -> bool:
    """Whether most of a report was printed from this narrative, although its title is another."""
    known = {shown(row.text) for row in before.rows} | {shown(base.text) for base in before.bases.values()}
    return sum(each.text in known for each in record.paragraphs) * 2 > len(record.paragraphs)


def take_back(
    before: Narrative,
    edited: Edited,
    printed: Record,
    outline: Sequence[Heading],
    computed: Collection[str] = (),
) -> TakenBack:
    """Bring the edits of a document into the narrative.

    `printed` is how the report read before people edited it: the document's own record, or, where that is gone, what
    the workbook would print now; then only what cannot be misread is taken. `computed` are ids of paragraphs that a
    formula of people gives: their text is never replaced.
    """
    if edited.record is None:
        printed = _with_others(printed, before, edited, outline)
    found = match(edited, printed, outline)
    run = _Run(before, printed, outline, frozenset(computed), certain=edited.record is not None)
    run.unplaced += found.unplaced
    for number, each in enumerate(found.found):
        if each.ids:
            run.paragraph(each, found.found[:number], found.found[number + 1 :])
    run.delete(found.missing)
    run.unplaced += (Unplaced(each.text, _IN_TABLE) for each in found.in_tables)
    run.arrange(found.found)
    return run.result()


def _with_others(printed: Record, before: Narrative, edited: Edited, outline: Sequence[Heading]) -> Record:
    """What would be printed now, and what may have been printed earlier: paragraphs without a row or a text now."""
    marks = {name for block in edited.flow.blocks for name in (*block.owners, *block.touched)}
    texts = {key: shown(base.text) for key, base in before.bases.items()}
    own = (f"{heading.id}/#{number}" for heading in outline for number in range(1, _MOST_OWN))
    gone = dict.fromkeys([*texts, *own])
    for each in printed.paragraphs:
        gone.pop(each.id, None)
    more: list[Printed] = []
    for key in gone:
        section = key.partition("/")[0]
        [name] = bookmarks([Paragraph(section=section, text="", id=key)])
        if name in marks or key in texts:
            more.append(Printed(name, key, section, texts.get(key, "")))
    return replace(printed, paragraphs=(*printed.paragraphs, *more))


_MOST_OWN = 100
"""Paragraphs of people in a section, from which on their bookmarks are not looked for without a record."""
_IN_TABLE = "在 Word 里移到了表格里，表格不取回；“报告文字”里没有动。"
_KEPT = "在 Word 里删去了，但“报告文字”里后来改过，没有删；不要的，请在“报告文字”里清空。"
_LOCKED = "在 Word 里删去了，但在“报告文字”里是锁定的，没有删；不要的，请在“报告文字”里清空。"
_FORMULA = "在 Word 里改了，但“报告文字”里这一段是公式，没有换；新的文字放在“系统新稿”里。"
_MANY = "在 Word 里没有了。没有的段落太多，可能只是报告的一部分，都没有删；不要的，请在“报告文字”里清空。"
_DOUBT = "在 Word 里没有了，但文档里的记录丢失了，分不清是删去的还是后来加的，没有删；不要的，请在“报告文字”里清空。"
_NOWHERE = "不在任何一章的文字里（例如在标题前面、落款后面或附件里），没有取回；要用的，请粘贴到“报告文字”。"
_LONG = f"超过 {LONGEST} 字，一个单元格放不下，没有取回；请在 Word 里分成几段。"
_ORDER = "在 Word 里换了位置，但“报告文字”里的顺序也改过，没有移动；要移动，请在“报告文字”里剪切、插入。"
_ORDER_DOUBT = (
    "在 Word 里的位置和“报告文字”里不同，但文档里的记录丢失了，分不清是哪边移动的，没有移动；"
    "要移动，请在“报告文字”里剪切、插入。"
)
_FEW_DELETED = 3


# --- one paragraph ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Texts:
    """A paragraph as it was printed, as it stands in the sheet, and as it reads in Word."""

    printed: str
    mine: str
    theirs: str


def _joined(texts: _Texts, *, drafted: bool) -> str | None:
    """One text with both edits in it; `None` where that is not certain.

    `drafted` says that only the program changed the sheet's text. Joining once more changes nothing.
    """
    first = _once(texts, drafted=drafted)
    if first is None:
        return None
    again = replace(texts, mine=first)
    return first if first == texts.theirs or _once(again, drafted=False) == first else None


def _once(texts: _Texts, *, drafted: bool) -> str | None:
    base, mine, theirs = texts.printed, texts.mine, texts.theirs
    if theirs in (base, mine):
        return mine
    if mine == base:
        return theirs
    if not mine:
        return mine if _keeps(mine, base, theirs) else None
    ways = [(mine, theirs), (theirs, mine)]
    for person, new in ways[::-1] if drafted else ways:
        merged = merge(base, person, new)
        if merged.outcome is Outcome.CONFLICT or not _keeps(merged.text, base, theirs):
            continue
        if drafted or _keeps(merged.text, base, mine):
            return merged.text
    return None


def _keeps(merged: str, base: str, edited: str) -> bool:
    """Whether everything that somebody inserted is there after a merge."""
    old, new = _TOKEN.findall(base), _TOKEN.findall(edited)
    changes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    inserted = {"".join(new[n0:n1]) for kind, _, _, n0, n1 in changes if kind in {"insert", "replace"}}
    return all(merged.count(run) >= edited.count(run) for run in inserted)


_TOKEN = re.compile(r"[0-9]+(?:[.,][0-9]+)*|[A-Za-z]+|.", re.DOTALL)
_FIGURE = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
_LONGEST_MERGED = 6_000
"""Characters beyond which two edits of one paragraph are offered side by side."""


def _guessed(row: Paragraph, base: Base | None, theirs: str) -> str | None:
    """The text where nobody knows how it was printed: Word's, when it brings no figure that the sheet has not."""
    mine = shown(row.text)
    if theirs == mine or (base is not None and theirs == shown(base.text)):
        return row.text
    if not set(_FIGURE.findall(theirs)) <= set(_FIGURE.findall(mine)):
        return None
    if row.state is ParagraphState.DRAFTED:
        return theirs
    if row.state is ParagraphState.EDITED and base is not None and mine:
        return _joined(_Texts(shown(base.text), mine, theirs), drafted=False)
    return None


# --- all of them --------------------------------------------------------------------------------------


class _Run:
    """One document on its way into the narrative."""

    def __init__(
        self,
        before: Narrative,
        printed: Record,
        outline: Sequence[Heading],
        computed: frozenset[str],
        *,
        certain: bool,
    ) -> None:
        self._printed = {each.id: each for each in printed.paragraphs}
        self._outline = [heading.id for heading in outline]
        self._computed = computed
        self._certain = certain
        self._bases = dict(before.bases)
        self._own = OwnIds([*(row.id for row in before.rows), *before.bases, *self._printed])
        self.rows = list(before.rows)
        self._became: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._places: dict[int, str] = {}
        """Ids of added paragraphs, by identity of what was found."""
        self.unplaced: list[Unplaced] = []

    def result(self) -> TakenBack:
        """What all came to."""
        rows = tuple(replace(row, base=self._bases.get(row.id)) for row in self.rows)
        return TakenBack(
            narrative=Narrative(rows=rows, bases=self._bases),
            edited=tuple(self._became["edited"]),
            merged=tuple(self._became["merged"]),
            conflicts=tuple(self._became["conflicts"]),
            added=tuple(self._became["added"]),
            deleted=tuple(self._became["deleted"]),
            moved=tuple(self._became["moved"]),
            unplaced=tuple(self.unplaced),
        )

    # --- texts --------------------------------------------------------------------------------------------

    def paragraph(self, found: Found, above: Sequence[Found], below: Sequence[Found]) -> None:
        """Bring the text of a paragraph in, or of several that people joined."""
        there = [key for key in found.ids if self._at(key) is not None]
        if len(found.text) > LONGEST:
            self.unplaced.append(Unplaced(found.text, _LONG))
        elif len(there) > 1:
            self._join(there, found)
        else:
            place = self._at(there[0]) if there else None
            self._text(place, found, above, below)

    def _text(self, place: int | None, found: Found, above: Sequence[Found], below: Sequence[Found]) -> None:
        printed = "".join(self._printed[each].text for each in found.ids)
        row = self.rows[place] if place is not None else self._absent(found.ids[0])
        text = self._brought(row, _Texts(printed, shown(row.text), found.text))
        if text is not None:
            if place is not None:
                self._put(place, text, changed=shown(row.text) not in (printed, text))
        elif place is not None:
            self.rows[place] = self._offered(row, found.text)
        else:  # deleted in the sheet, changed in Word
            self.rows.insert(self._beside(row.section, above, below), self._offered(row, found.text))

    def _brought(self, row: Paragraph, texts: _Texts) -> str | None:
        """What the sheet is to say; `None` when people have to choose."""
        if texts.theirs == texts.mine:
            return row.text
        if not self._certain:
            return None if row.id in self._computed else _guessed(row, self._bases.get(row.id), texts.theirs)
        if texts.theirs == texts.printed:
            return row.text
        if row.id in self._computed:
            self.unplaced.append(Unplaced(texts.theirs, _FORMULA))
            return None
        if texts.mine != texts.printed and max(map(len, (texts.mine, texts.theirs))) > _LONGEST_MERGED:
            return None
        return _joined(texts, drafted=row.state is ParagraphState.DRAFTED)

    def _put(self, place: int, text: str, *, changed: bool) -> None:
        """Give a row its new text; where the sheet had `changed` too, it is to be checked."""
        row = self.rows[place]
        if text in (row.text, shown(row.text)):
            return
        self._note("edited", row.id)
        self.rows[place] = with_text(row, text)
        base = self._bases.get(row.id)
        if not changed:
            return
        self._note("merged", row.id)
        if base is not None and base.text and not row.take and row.draft in {"", base.offered}:
            self._bases[row.id] = replace(base, offered=base.text)
            self.rows[place] = replace(self.rows[place], draft=base.text, take=Take.CHECK.value)

    def _join(self, keys: Sequence[str], found: Found) -> None:
        """Several paragraphs that people joined in Word become the first of them."""
        places = [place for key in keys if (place := self._at(key)) is not None]
        rows = [self.rows[place] for place in places]
        head = rows[0]
        texts = _Texts(
            "".join(self._printed[key].text for key in found.ids),
            "".join(shown(row.text) for row in rows),
            found.text,
        )
        drafted = all(row.state is ParagraphState.DRAFTED for row in rows)
        text = None
        if self._certain and not self._computed & {*keys} and len(texts.mine) <= _LONGEST_MERGED:
            text = _joined(texts, drafted=drafted)
        if text is None or any(row.draft for row in rows[1:]):
            self.rows[places[0]] = self._offered(head, found.text)
            return
        self._put(places[0], text, changed=texts.mine != texts.printed)
        for row in rows[1:]:
            self._remove(row)

    def _offered(self, row: Paragraph, text: str) -> Paragraph:
        """The row with Word's text beside it, to be chosen; what people typed there stays too."""
        self._note("conflicts", row.id)
        base = self._bases.get(row.id)
        if base is None:
            base = Base(section=FROM_WORD if row.is_own else row.section, text="")
        if not row.draft or (row.draft == base.offered and not row.is_own):
            draft = text  # in the place of the program's own
        else:
            draft = row.draft if text in row.draft else f"{row.draft}\n{text}"
        if row.is_own:
            self._bases[row.id] = replace(base, offered=text)
        else:
            self._bases[row.id] = replace(base, offered=base.offered or base.text)
        return replace(row, draft=draft, take=Take.CHOOSE.value)

    def _absent(self, key: str) -> Paragraph:
        """The row of a paragraph that has none any more."""
        own = "/#" in key
        state = ParagraphState.WRITTEN if own else ParagraphState.EDITED
        return Paragraph(section=self._printed[key].section, id=key, text="", state=state)

    # --- what was deleted ---------------------------------------------------------------------------------

    def delete(self, missing: Sequence[Printed]) -> None:
        """Take out paragraphs that people deleted in Word, unless they were changed in the sheet meanwhile."""
        gone = [
            each for each in missing if (place := self._at(each.id)) is not None and self.rows[place].text
        ]
        too_many = len(gone) > max(_FEW_DELETED, len(self._printed) // 2)
        for each in gone:
            place = self._at(each.id)
            assert place is not None
            row = self.rows[place]
            changed = shown(row.text) != each.text and row.state is not ParagraphState.DRAFTED
            if not self._certain:
                why = _DOUBT
            elif too_many:
                why = _MANY
            elif row.state is ParagraphState.LOCKED:
                why = _LOCKED
            elif changed or row.id in self._computed:
                why = _KEPT
            else:
                self._note("deleted", row.id)
                self._remove(row)
                continue
            self.unplaced.append(Unplaced(row.text, why))

    def _remove(self, row: Paragraph) -> None:
        """Take a row out, as people do; what they typed beside its text keeps it there, without a text."""
        place = self.rows.index(row)
        base = self._bases.get(row.id)
        if row.draft and not (base and row.draft == base.offered):
            self.rows[place] = with_text(row, "")
        else:
            del self.rows[place]

    # --- order and what was added -------------------------------------------------------------------------

    def arrange(self, found: Sequence[Found]) -> None:
        """Put the rows in Word's order, and what people added there in its place."""
        for each in found:
            if each.moved:
                self._move(each, found)
        for section in dict.fromkeys(each.section for each in found if each.ids):
            self._order([key for each in found if each.section == section for key in each.ids[:1]], section)
        known = {*self._printed} if self._certain else {key for each in found for key in each.ids}
        taken = self._taken_before(known)
        for number, each in enumerate(found):
            if not each.ids:
                self._add(each, found[:number], found[number + 1 :], taken)

    def _move(self, each: Found, found: Sequence[Found]) -> None:
        """To another section: only when the row still stands in the one that it was printed in."""
        place = self._at(each.ids[0])
        if place is None or self.rows[place].section != self._printed[each.ids[0]].section:
            return
        if not self._certain:
            self.unplaced.append(Unplaced(each.text, _ORDER_DOUBT))
            return
        row = self.rows.pop(place)
        above = found[: found.index(each)]
        below = found[found.index(each) + 1 :]
        self.rows.insert(self._beside(each.section, above, below), replace(row, section=each.section))
        self._note("moved", row.id)

    def _order(self, wanted: Sequence[str], section: str) -> None:
        """The rows of a section in the order of `wanted`, if the sheet still has the order that was printed."""
        here = {row.id for row in self.rows if row.section == section}
        before = [key for key in self._printed if key in wanted and key in here]
        wanted = [key for key in wanted if key in before and self._printed[key].section == section]
        before = [key for key in before if key in wanted]
        now = [row.id for row in self.rows if row.id in wanted and row.section == section]
        if wanted in (before, now) or len(now) != len(wanted):
            return
        stays = SequenceMatcher(None, before, wanted, autojunk=False).get_matching_blocks()
        stay = {key for block in stays for key in wanted[block.b : block.b + block.size]}
        moved = [key for key in wanted if key not in stay]
        if now != before or not self._certain:
            why = _ORDER if self._certain else _ORDER_DOUBT
            self.unplaced += (Unplaced(self._printed[key].text, why) for key in moved)
            return
        places = [n for n, row in enumerate(self.rows) if row.id in wanted and row.section == section]
        rows = {row.id: row for row in (self.rows[place] for place in places)}
        for place, key in zip(places, wanted, strict=True):
            self.rows[place] = rows[key]
        for key in moved:
            self._note("moved", key)

    def _taken_before(self, known: Collection[str]) -> list[tuple[str, str]]:
        """Texts of paragraphs that are there already or came from Word earlier, each with its id; not those that the
        document knows itself."""
        earlier = [
            (shown(base.text), key)
            for key, base in self._bases.items()
            if base.section == FROM_WORD and base.text and key not in known
        ]
        there = [(shown(row.text), row.id) for row in self.rows if row.text and row.id not in known]
        return earlier + [each for each in there if each not in earlier]

    def _add(
        self, each: Found, above: Sequence[Found], below: Sequence[Found], taken: list[tuple[str, str]]
    ) -> None:
        known = next((pair for pair in taken if pair[0] == each.text), None)
        if known is not None:
            taken[:] = [pair for pair in taken if pair[1] != known[1]]
            self._places[id(each)] = known[1]
            return
        if not each.section or len(each.text) > LONGEST:
            self.unplaced.append(Unplaced(each.text, _LONG if each.section else _NOWHERE))
            return
        key = self._own.new(each.section)
        row = Paragraph(section=each.section, id=key, text=each.text, state=ParagraphState.WRITTEN)
        self.rows.insert(self._beside(each.section, above, below), row)
        self._places[id(each)] = key
        self._bases[key] = Base(section=FROM_WORD, text=each.text)
        self._note("added", key)

    def _beside(self, section: str, above: Sequence[Found], below: Sequence[Found]) -> int:
        """The place for a row after the nearest paragraph above it in the document, before the nearest below it."""
        for others, step in ((above[::-1], 1), (below, 0)):
            for other in others:
                key = other.ids[0] if other.ids else self._places.get(id(other), "")
                place = self._at(key)
                if place is not None and self.rows[place].section == section:
                    return place + step
        return self._slot(section)

    def _slot(self, section: str) -> int:
        """The place behind the rows of a section, and of those before it."""
        ranks = {each: rank for rank, each in enumerate(self._outline)}
        rank = ranks.get(section, len(ranks))
        before = [
            n for n, row in enumerate(self.rows) if row.id and ranks.get(row.section, len(ranks)) <= rank
        ]
        return max(before, default=-1) + 1

    # --- small pieces -------------------------------------------------------------------------------------

    def _at(self, key: str) -> int | None:
        """The place of a paragraph's row: of copies the one with a text, the first."""
        found = [(not row.text, place) for place, row in enumerate(self.rows) if key and row.id == key]
        return min(found)[1] if found else None

    def _note(self, became: str, key: str) -> None:
        self._became[became][key] = None
