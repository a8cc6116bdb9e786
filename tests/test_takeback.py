"""Back from Word: edits in a printed report come into 报告文字, none is lost, and twice is as good as once."""

from __future__ import annotations

import io
import re
import shutil
import tempfile
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from tests import office as headless
from tests import validator
from tests.commands import call
from xl_perfeval import actions, reading, report, sample
from xl_perfeval.books import Formula
from xl_perfeval.books.file import FileBook
from xl_perfeval.forms import load
from xl_perfeval.model import Paragraph, ParagraphState, Ref, Take
from xl_perfeval.narrative.redrafting import Narrative, redraft
from xl_perfeval.report import edited as reports
from xl_perfeval.report import flow
from xl_perfeval.report.takeback import TakenBack, take_back

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from xl_perfeval.model import CellValue
    from xl_perfeval.report.edited import Edited, Record

DRAFTED, EDITED, WRITTEN, LOCKED = ParagraphState
NOW = datetime(2021, 3, 8, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
LATER = NOW + timedelta(days=1)
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
EDITION = load("county-matrix")
OUTLINE = [heading.id for heading in EDITION.outline]


# --- a document as a word processor holds it ------------------------------------------------------------


class Word:
    """A report open in a word processor: paragraphs of characters, with bookmarks between them."""

    def __init__(self, narrative: Narrative) -> None:
        text, self.record = _printed(narrative.printed(OUTLINE))
        self.paragraphs: list[list[str]] = []
        self.styles: list[str] = []
        body = etree.fromstring(text)[0]
        names: dict[str, str] = {}
        for element in body.iterchildren(f"{{{W}}}p"):
            self.paragraphs.append(_atoms(element, names))
            style = element.find(f"{{{W}}}pPr/{{{W}}}pStyle")
            self.styles.append("" if style is None else style.get(f"{{{W}}}val", ""))

    def where(self, key: str) -> int:
        """The paragraph in which the text of an id begins."""
        [name] = [each.bookmark for each in self.record.paragraphs if each.id == key]
        return next(n for n, atoms in enumerate(self.paragraphs) if f"<{name}" in atoms)

    def text(self, key: str) -> str:
        return _said(self.paragraphs[self.where(key)])

    def type_over(self, key: str, old: str, new: str) -> None:
        self.replace(self.where(key), self.text(key).index(old), len(old), new)

    def replace(self, place: int, start: int, length: int, new: str) -> None:
        """Characters give way to others; bookmarks stay."""
        atoms = self.paragraphs[place]
        chars = [n for n, atom in enumerate(atoms) if len(atom) == 1]
        gone = set(chars[start : start + length])
        at = chars[start] if start < len(chars) else (chars[-1] + 1 if chars else len(atoms))
        kept = [(n, atom) for n, atom in enumerate(atoms) if n not in gone]
        cut = next((k for k, (n, _) in enumerate(kept) if n >= at), len(kept))
        self.paragraphs[place] = [
            *(atom for _, atom in kept[:cut]), *new, *(atom for _, atom in kept[cut:])
        ]  # fmt: skip

    def add(self, place: int, text: str, style: str = "NormalIndent") -> None:
        """A new paragraph below another."""
        self.paragraphs.insert(place + 1, list(text))
        self.styles.insert(place + 1, style)

    def split(self, place: int, at: int) -> None:
        atoms = self.paragraphs[place]
        chars = [n for n, atom in enumerate(atoms) if len(atom) == 1]
        cut = chars[at] if at < len(chars) else len(atoms)
        self.paragraphs[place : place + 1] = [atoms[:cut], atoms[cut:]]
        self.styles.insert(place, self.styles[place])

    def join(self, place: int) -> None:
        """Delete the end of a paragraph."""
        self.paragraphs[place] += self.paragraphs.pop(place + 1)
        del self.styles[place + 1]

    def delete(self, place: int) -> None:
        """Bookmarks that begin or end elsewhere too collapse into the next paragraph."""
        atoms = self.paragraphs.pop(place)
        del self.styles[place]
        inside = Counter(atom[1:] for atom in atoms if len(atom) > 1)
        rest = [atom for atom in atoms if len(atom) > 1 and inside[atom[1:]] == 1]
        if place < len(self.paragraphs):
            self.paragraphs[place][:0] = rest

    def move(self, place: int, to: int) -> None:
        self.paragraphs.insert(to, self.paragraphs.pop(place))
        self.styles.insert(to, self.styles.pop(place))

    def all_text(self) -> str:
        return "\n".join(map(_said, self.paragraphs))

    def edited(self, *, with_record: bool = True) -> Edited:
        """The document as it would be read from a file."""
        body = etree.fromstring(f'<w:body xmlns:w="{W}">{"".join(self._xml())}</w:body>')
        return reports.Edited(
            "报告.docx", flow.of(body), self.record.title, self.record if with_record else None
        )

    def _xml(self) -> Iterator[str]:
        numbers: dict[str, int] = {}
        for atoms, style in zip(self.paragraphs, self.styles, strict=True):
            inside = "".join(
                f"<w:r>{'<w:br/>' if atom == chr(10) else f'<w:t>{escape(atom)}</w:t>'}</w:r>"
                if len(atom) == 1
                else f'<w:bookmarkStart w:id="{numbers.setdefault(atom[1:], len(numbers))}" w:name="{atom[1:]}"/>'
                if atom[0] == "<"
                else f'<w:bookmarkEnd w:id="{numbers.setdefault(atom[1:], len(numbers))}"/>'
                for atom in atoms
            )
            yield f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{inside}</w:p>'


@cache
def _printed(rows: tuple[Paragraph, ...]) -> tuple[bytes, Record]:
    """The text of a report on these paragraphs, and what it remembers of itself."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "报告.docx"
        report.write(replace(sample.submission(), paragraphs=rows), rows, path)
        record = reports.read(path).record
        assert record is not None
        with zipfile.ZipFile(path) as package:
            return package.read("word/document.xml"), record


def _atoms(element: etree._Element, names: dict[str, str]) -> list[str]:
    """Characters, `<NAME` and `>NAME` for the ends of bookmarks; `names` grows by their numbers."""
    atoms: list[str] = []
    for each in element.iter(*(f"{{{W}}}{tag}" for tag in ("bookmarkStart", "bookmarkEnd", "t", "br"))):
        number = each.get(f"{{{W}}}id", "")
        match each.tag.rpartition("}")[2]:
            case "t":
                atoms += each.text or ""
            case "br":
                atoms.append("\n")
            case "bookmarkStart":
                names[number] = each.get(f"{{{W}}}name", "")
                atoms.append(f"<{names[number]}")
            case _:
                atoms.append(f">{names[number]}")
    return atoms


def _said(atoms: Sequence[str]) -> str:
    return "".join(atom for atom in atoms if len(atom) == 1)


# --- the rules, one by one ------------------------------------------------------------------------------

OLD = "支出总额547.99万元，预算执行率97.33%，结余15.01万元。"
NEW = "支出总额550万元，预算执行率97.69%，结余13万元。"
TEXTS = {
    "overview/1": OLD,
    "overview/2": "分项目看，甲项目100%，乙项目99.98%。",
    "results/1": "全年共支出547.99万元，其中达到或超过目标的2个。",
    "results/P1": "甲项目支出73万元，执行率100%。培训10期，参训1893人次。",
    "results/P2": "乙项目支出59.99万元，执行率99.98%。放映35场次。",
    "results/P3": "丙项目支出10万元。\n一是开展活动6次。\n二是慰问12人。",
    "problems/P2": "乙项目结余0.01万元，执行率99.98%。【待补充：结余原因及改进措施】",
    "other/1": "【待补充：其他需要说明的问题】",
}
OWN = Paragraph(section="results", id="results/#1", text="我们自己写的一段，共3句。", state=WRITTEN)


def drafts(**texts: str) -> list[Paragraph]:
    changed = TEXTS | {key.replace("_", "/"): text for key, text in texts.items()}
    return [Paragraph(section=key.partition("/")[0], id=key, text=text) for key, text in changed.items()]


def sheet(*own: Paragraph, **mine: str) -> Narrative:
    """A narrative that was drafted, with people's own paragraphs at the end and people's wording by id."""
    made = typed(redraft(Narrative(), drafts(), OUTLINE).narrative, **mine)
    return reread(replace(made, rows=(*made.rows, *own)))


def typed(before: Narrative, **mine: str | None) -> Narrative:
    """The narrative after people typed into the sheet; `None` deletes a row."""
    wanted = {key.replace("_", "/"): text for key, text in mine.items()}
    rows = [
        row if row.id not in wanted else replace(row, text=wanted[row.id] or "")
        for row in before.rows
        if wanted.get(row.id, "") is not None
    ]
    return reread(replace(before, rows=tuple(rows)))


def reread(before: Narrative) -> Narrative:
    """As the sheet gives rows back: edited ones told by their text."""
    rows = (replace(row, base=before.bases.get(row.id)) for row in before.rows)
    return replace(
        before,
        rows=tuple(
            replace(row, state=EDITED)
            if row.state is DRAFTED and row.base and row.base.text != row.text
            else row
            for row in rows
        ),
    )


def taken(before: Narrative, word: Word) -> TakenBack:
    """Take the document back, twice: the second time nothing changes."""
    made = take_back(before, word.edited(), word.record, EDITION.outline)
    again = take_back(reread(made.narrative), word.edited(), word.record, EDITION.outline)
    assert again.narrative == made.narrative
    assert [row.base for row in again.narrative.rows] == [row.base for row in made.narrative.rows]
    assert not again.changes
    assert again.conflicts == made.conflicts
    return made


def row(made: Narrative | TakenBack, key: str) -> Paragraph:
    rows = made.rows if isinstance(made, Narrative) else made.narrative.rows
    [found] = [each for each in rows if each.id == key]
    return found


def ids(made: TakenBack, section: str = "") -> list[str]:
    return [each.id for each in made.narrative.rows if each.section.startswith(section)]


def test_a_document_that_nobody_touched_changes_nothing() -> None:
    before = sheet(OWN, results_P1="甲项目干得好。")
    made = taken(before, Word(before))
    assert made.narrative == before
    assert (made.counts, made.unplaced) == ("没有新的修改可取回", ())


def test_an_edit_comes_in_and_counts_as_edited() -> None:
    before = sheet()
    word = Word(before)
    word.type_over("overview/1", "支出总额", "全年支出总额")
    made = taken(before, word)
    found = row(made, "overview/1")
    assert (found.text, found.state, found.take) == (OLD.replace("支出总额", "全年支出总额"), EDITED, "")
    assert (made.edited, made.merged) == (("overview/1",), ())
    assert made.counts == "取回 1 处修改（改 1 段）"


def test_new_figures_of_the_sheet_stay_in_the_wording_of_word() -> None:
    before = sheet()
    word = Word(before)
    word.type_over("overview/1", "支出总额", "全年支出总额")
    later = reread(redraft(before, drafts(overview_1=NEW), OUTLINE).narrative)
    made = taken(later, word)
    found = row(made, "overview/1")
    assert found.text == NEW.replace("支出总额", "全年支出总额")
    assert (found.state, found.take, found.draft) == (EDITED, Take.CHECK, NEW)
    assert made.merged == ("overview/1",)
    # Whoever checked it clears the mark, and the next draft goes on from there.
    checked = replace(found, take="")
    rows = tuple(checked if each.id == checked.id else each for each in made.narrative.rows)
    after = redraft(reread(replace(made.narrative, rows=rows)), drafts(overview_1=NEW), OUTLINE)
    assert (row(after, "overview/1").text, row(after, "overview/1").draft) == (found.text, "")  # type: ignore[arg-type]


def test_edits_of_both_sides_are_joined() -> None:
    before = sheet()
    word = Word(before)
    word.type_over("results/P1", "执行率100%。", "执行率100%，进度正常。")
    made = taken(typed(before, results_P1="据统计，" + TEXTS["results/P1"]), word)
    assert row(made, "results/P1").text == "据统计，" + TEXTS["results/P1"].replace(
        "100%。", "100%，进度正常。"
    )
    assert made.merged == ("results/P1",)


def conflict() -> TakenBack:
    before = sheet()
    word = Word(before)
    word.type_over("results/P1", TEXTS["results/P1"], "科技工作见附表。")
    return taken(typed(before, results_P1="科技工作成效显著，不再列举。"), word)


def test_a_conflict_keeps_the_sheet_and_offers_words_text() -> None:
    made = conflict()
    found = row(made, "results/P1")
    assert (found.text, found.draft) == ("科技工作成效显著，不再列举。", "科技工作见附表。")
    assert (found.state, found.take) == (EDITED, Take.CHOOSE)
    assert made.conflicts == ("results/P1",)
    assert made.counts == "没有新的修改可取回，1 处要您选择"


@pytest.mark.parametrize(
    ("take", "text"), [(Take.MINE, "科技工作成效显著，不再列举。"), (Take.NEW, "科技工作见附表。")]
)
def test_the_choice_is_carried_out_by_the_next_draft_and_waits_until_then(take: Take, text: str) -> None:
    made: Narrative = conflict().narrative
    for new in (drafts(), drafts(), drafts(results_1="全年共支出1万元。")):
        waiting = redraft(reread(made), new, OUTLINE)
        assert waiting.conflicts == ("results/P1",)
        found = row(waiting.narrative, "results/P1")
        assert (found.draft, found.take) == ("科技工作见附表。", Take.CHOOSE)
        made = waiting.narrative
    rows = (replace(each, take=take.value) if each.id == "results/P1" else each for each in made.rows)
    after = redraft(reread(replace(made, rows=tuple(rows))), drafts(), OUTLINE).narrative
    found = row(after, "results/P1")
    assert (found.text, found.draft, found.take, found.state) == (text, "", "", EDITED)


@pytest.mark.parametrize(("take", "text"), [(Take.MINE, "表里的说法。"), (Take.NEW, "Word的说法。")])
def test_a_choice_about_a_paragraph_of_people_is_carried_out_too(take: Take, text: str) -> None:
    before = sheet(OWN)
    word = Word(before)
    word.type_over(OWN.id, OWN.text, "Word的说法。")
    made = taken(typed(before, **{"results_#1": "表里的说法。"}), word)
    assert made.conflicts == (OWN.id,)
    waiting = redraft(reread(made.narrative), drafts(), OUTLINE)
    assert waiting.conflicts == (OWN.id,)
    assert waiting.narrative == made.narrative
    rows = (replace(each, take=take.value) if each.id == OWN.id else each for each in made.narrative.rows)
    after = redraft(reread(replace(made.narrative, rows=tuple(rows))), drafts(), OUTLINE).narrative
    assert row(after, OWN.id) == replace(OWN, text=text)


def test_an_offer_is_put_behind_what_a_person_typed_there() -> None:
    before = sheet()
    word = Word(before)
    word.type_over("results/P1", TEXTS["results/P1"], "科技工作见附表。")
    later = typed(before, results_P1="科技工作成效显著，不再列举。")
    rows = (replace(each, draft="便条") if each.id == "results/P1" else each for each in later.rows)
    made = taken(replace(later, rows=tuple(rows)), word)
    assert row(made, "results/P1").draft == "便条\n科技工作见附表。"


def test_what_was_deleted_in_word_goes_unless_the_sheet_was_changed() -> None:
    before = sheet(OWN)
    word = Word(before)
    for key in ("overview/2", "results/P2", OWN.id):
        word.delete(word.where(key))
    made = taken(typed(before, results_P2=TEXTS["results/P2"] + "群众欢迎。"), word)
    assert made.deleted == ("overview/2", OWN.id)
    assert not {"overview/2", OWN.id} & set(ids(made))
    assert row(made, "results/P2").text.endswith("群众欢迎。")
    [listed] = made.unplaced
    assert listed.text.endswith("群众欢迎。")
    assert "后来改过，没有删" in listed.why
    # Deleted stays deleted while the data are the same.
    assert "overview/2" not in [
        each.id for each in redraft(reread(made.narrative), drafts(), OUTLINE).narrative.rows
    ]


def test_a_locked_paragraph_may_be_edited_but_not_deleted_in_word() -> None:
    for action in ("edit", "delete"):
        before = sheet()
        rows = (replace(each, state=LOCKED) if each.id == "overview/2" else each for each in before.rows)
        before = replace(before, rows=tuple(rows))
        word = Word(before)
        if action == "edit":
            word.type_over("overview/2", "分项目看", "逐项看")
        else:
            word.delete(word.where("overview/2"))
        found = row(made := taken(before, word), "overview/2")
        assert found.state is LOCKED
        assert found.text.startswith("逐项看" if action == "edit" else "分项目看")
        assert len(made.unplaced) == (action == "delete")


def test_when_most_is_missing_nothing_is_deleted() -> None:
    before = sheet()
    word = Word(before)
    gone = [key for key in TEXTS if key not in {"results/P3", "other/1"}]
    for key in gone:
        word.delete(word.where(key))
    made = taken(before, word)
    assert made.narrative == before
    assert [each.text for each in made.unplaced] == [TEXTS[key] for key in gone]
    assert "可能只是报告的一部分" in made.unplaced[0].why


def test_what_the_sheet_deleted_and_word_changed_is_offered_again() -> None:
    before = sheet()
    word = Word(before)
    word.type_over("overview/2", "分项目看", "逐项看")
    word.type_over("results/P2", "放映", "下乡放映")
    made = taken(typed(before, overview_2=None, results_P2=""), word)
    for key in ("overview/2", "results/P2"):
        found = row(made, key)
        assert (found.text, found.take) == ("", Take.CHOOSE)
        assert found.draft == word.text(key)
    assert ids(made)[:2] == ["overview/1", "overview/2"]
    assert redraft(reread(made.narrative), drafts(), OUTLINE).conflicts == ("overview/2", "results/P2")


def test_added_paragraphs_come_where_they_were_put() -> None:
    before = sheet()
    word = Word(before)
    word.add(word.where("results/P1"), "新写的甲段。")
    word.add(word.where("results/P1") + 1, "新写的乙段。")
    word.add(
        next(n for n, text in enumerate(word.paragraphs) if _said(text).startswith("六、")), "另外说明一点。"
    )
    made = taken(before, word)
    assert ids(made, "results") == [
        "results/1",
        "results/P1",
        "results/#1",
        "results/#2",
        "results/P2",
        "results/P3",
    ]
    assert ids(made, "other") == ["other/#1", "other/1"]
    assert row(made, "results/#2") == Paragraph(
        section="results", id="results/#2", text="新写的乙段。", state=WRITTEN
    )
    assert made.added == ("results/#1", "results/#2", "other/#1")
    # Once taken, they are the sheet's: changed or deleted there, they do not come again.
    later = typed(made.narrative, **{"results_#1": None, "results_#2": "改过的乙段。"})
    again = taken(later, word)
    assert again.narrative == later


def test_a_section_that_was_blank_is_written_in_word() -> None:
    before = sheet()
    word = Word(before)
    place = next(n for n, text in enumerate(word.paragraphs) if "请填写“五、有关建议”" in _said(text))
    word.replace(place, 0, 1000, "建议尽早下达经费。")
    made = taken(before, word)
    [found] = [each for each in made.narrative.rows if each.section == "suggestions"]
    assert (found.text, found.state) == ("建议尽早下达经费。", WRITTEN)
    assert ids(made).index("suggestions/#1") == ids(made).index("other/1") - 1


def test_paragraphs_take_the_order_of_word() -> None:
    before = sheet()
    word = Word(before)
    word.move(word.where("results/P2"), word.where("results/1"))
    made = taken(before, word)
    assert ids(made, "results") == ["results/P2", "results/1", "results/P1", "results/P3"]
    assert made.moved == ("results/P2",)
    assert made.counts == "取回 1 处修改（移动 1 段）"


def test_an_order_that_both_sides_changed_is_that_of_the_sheet() -> None:
    before = sheet()
    word = Word(before)
    word.move(word.where("results/P2"), word.where("results/1"))
    rows = {each.id: each for each in before.rows}
    order = [*[*rows][:2], "results/P1", "results/1", "results/P2", "results/P3", *[*rows][6:]]
    later = replace(before, rows=tuple(rows[key] for key in order))
    made = taken(later, word)
    assert made.narrative == later
    assert [each.text for each in made.unplaced] == [TEXTS["results/P2"]]


def test_a_paragraph_is_moved_to_another_section() -> None:
    before = sheet()
    word = Word(before)
    word.move(word.where("results/P2"), word.where("problems/P2"))  # which moves up by one
    made = taken(before, word)
    assert ids(made, "problems") == ["problems/P2", "results/P2"]
    assert made.moved == ("results/P2",)
    found = row(made, "results/P2")
    assert (found.section, found.text) == ("problems", TEXTS["results/P2"])
    assert [each.id for each in made.narrative.rows][-3:] == ["problems/P2", "results/P2", "other/1"]


def test_enter_inside_a_paragraph_makes_lines_of_it() -> None:
    before = sheet()
    word = Word(before)
    word.split(word.where("results/P1"), TEXTS["results/P1"].index("培训"))
    made = taken(before, word)
    assert row(made, "results/P1").text == TEXTS["results/P1"].replace("培训", "\n培训")
    # New figures find their place in it.
    newer = TEXTS["results/P1"].replace("1893", "2000").replace("73", "75")
    after = redraft(reread(made.narrative), drafts(results_P1=newer), OUTLINE).narrative
    assert row(after, "results/P1").text == newer.replace("培训", "\n培训")


def test_enter_behind_a_paragraph_makes_a_new_one() -> None:
    before = sheet()
    word = Word(before)
    place = word.where("results/P1")
    word.replace(
        place, len(TEXTS["results/P1"]), 0, "后加的一句。"
    )  # inside the bookmark, as some programs do
    word.split(place, len(TEXTS["results/P1"]))
    made = taken(before, word)
    assert row(made, "results/P1") == row(before, "results/P1")
    assert row(made, "results/#1").text == "后加的一句。"


def test_joined_paragraphs_become_one() -> None:
    before = sheet()
    word = Word(before)
    word.join(word.where("results/P1"))
    word.type_over("results/P1", "人次。乙", "人次；乙")
    made = taken(before, word)
    both = TEXTS["results/P1"].replace("人次。", "人次；") + TEXTS["results/P2"]
    assert (row(made, "results/P1").text, row(made, "results/P1").take) == (both, "")
    assert ids(made, "results") == ["results/1", "results/P1", "results/P3"]
    assert (made.edited, made.merged, made.deleted) == (("results/P1",), (), ())
    # One of them was changed in the sheet meanwhile.
    made = taken(typed(before, results_P2=TEXTS["results/P2"].replace("放映", "下乡放映")), word)
    assert row(made, "results/P1").text == both.replace("放映", "下乡放映")
    assert made.merged == ("results/P1",)
    # Not to be joined with certainty: both stay, the joined text is offered.
    made = taken(typed(before, results_P2="见附件。", results_P1="也见附件。"), word)
    assert ids(made, "results") == ["results/1", "results/P1", "results/P2", "results/P3"]
    assert (row(made, "results/P1").text, row(made, "results/P1").draft) == ("也见附件。", both)


def test_lines_of_one_paragraph_stay_together() -> None:
    before = sheet()
    word = Word(before)
    place = word.where("results/P3")
    assert _said(word.paragraphs[place + 1]) == "一是开展活动6次。"
    word.replace(place + 1, 0, 0, "【新】")
    assert row(taken(before, word), "results/P3").text == TEXTS["results/P3"].replace("一是", "【新】一是")
    word.delete(place)
    assert row(taken(before, word), "results/P3").text == "【新】一是开展活动6次。\n二是慰问12人。"


def test_a_paragraph_that_was_typed_over_is_known_by_its_collapsed_bookmark() -> None:
    before = sheet()
    word = Word(before)
    place = word.where("results/P1")
    marks = [atom for atom in word.paragraphs[place] if len(atom) > 1]
    word.paragraphs[place] = [*marks, *"全部重写过了。"]
    assert row(taken(before, word), "results/P1").text == "全部重写过了。"


def test_paragraphs_without_bookmarks_are_known_by_their_text() -> None:
    before = sheet()
    word = Word(before)
    word.type_over("results/P1", "培训", "举办培训")
    word.paragraphs = [[atom for atom in atoms if len(atom) == 1] for atoms in word.paragraphs]
    made = taken(before, word)
    assert (made.edited, made.added, made.deleted, made.moved) == (("results/P1",), (), (), ())


def test_fixed_text_and_what_stands_outside_is_listed() -> None:
    before = sheet()
    word = Word(before)
    heading = next(n for n, text in enumerate(word.paragraphs) if _said(text).startswith("四、"))
    word.replace(heading, 0, 100, "四、困难和问题")
    last = len(word.paragraphs) - 1
    word.replace(last, 0, 100, "2021年3月9日")
    word.add(last, "盖章以后补的话。")
    word.add(word.where("other/1"), "最后一段的后面。")
    made = taken(before, word)
    assert [each.text for each in made.unplaced] == ["四、困难和问题", "2021年3月9日", "盖章以后补的话。"]
    assert row(made, "other/#1").text == "最后一段的后面。"
    assert made.moved == ()


def test_a_formula_of_people_is_not_replaced() -> None:
    before = sheet(OWN)
    word = Word(before)
    word.type_over(OWN.id, "3句", "4句")
    made = take_back(before, word.edited(), word.record, EDITION.outline, computed=[OWN.id])
    found = row(made, OWN.id)
    assert (found.text, found.draft) == (OWN.text, OWN.text.replace("3句", "4句"))
    assert "公式" in made.unplaced[0].why


def test_without_its_record_only_what_cannot_be_misread_is_taken() -> None:
    before = sheet(OWN)
    word = Word(before)
    word.type_over("results/P1", "培训", "举办培训")
    word.type_over("results/P2", "35场次", "36场次")
    word.type_over(OWN.id, "自己写的", "亲手写的")
    word.delete(word.where("overview/2"))
    word.add(word.where("overview/1"), "加的一段。")
    made = take_back(before, word.edited(with_record=False), word.record, EDITION.outline)
    assert row(made, "results/P1").text == word.text("results/P1")
    assert made.conflicts == ("results/P2", OWN.id)
    assert row(made, "results/P2").text == TEXTS["results/P2"]
    assert row(made, "results/P2").draft == word.text("results/P2")
    assert row(made, "overview/2").text == TEXTS["overview/2"]
    assert (made.deleted, made.added) == ((), ("overview/#1",))
    assert [each.text for each in made.unplaced] == [TEXTS["overview/2"]]
    now = Word(reread(made.narrative)).record
    again = take_back(reread(made.narrative), word.edited(with_record=False), now, EDITION.outline)
    assert again.narrative == made.narrative


# --- random edits on both sides -------------------------------------------------------------------------

_RUN = re.compile("[\u3400-\u4db5]{3}")
_IN_WORD = (
    "insert", "insert", "insert", "cut", "type over", "add", "add", "split", "join", "delete", "move", "copy", "heading",
)  # fmt: skip
_IN_SHEET = ("insert", "insert", "cut", "type over", "empty", "delete", "move", "add", "data", "lock", "note")


class Typing:
    """Runs of characters, each typed only once."""

    def __init__(self) -> None:
        self.typed = 0

    def run(self) -> str:
        self.typed += 1
        return "".join(chr(0x3400 + 3 * self.typed + n) for n in range(3))


def in_word(word: Word, typing: Typing, what: str, a: int, b: int) -> None:
    """One thing people do in Word, anywhere in the text of the report."""
    last = len(word.paragraphs) - 1
    place = a % (last + 1)
    length = len(_said(word.paragraphs[place]))
    at = b % (length + 1)
    if what != "heading" and word.styles[place] != "NormalIndent":
        return
    match what:
        case "insert" | "heading":
            word.replace(place, at, 0, typing.run())
        case "cut":
            word.replace(place, at, 1 + b % 17, "")
        case "type over":
            word.replace(place, 0, length, typing.run())
        case "add":
            word.add(place, typing.run())
        case "split":
            word.split(place, at)
        case "join" if place < last and word.styles[place + 1] == "NormalIndent":
            word.join(place)
        case "delete":
            word.delete(place)
        case "move":
            word.move(place, b % (last + 1))
        case "copy":
            word.add(b % (last + 1), _said(word.paragraphs[place]))
        case _:
            pass


def in_sheet(before: Narrative, typing: Typing, what: str, a: int, b: int) -> Narrative:
    """One thing people, or the program with new data, do in the sheet."""
    if what == "data":
        figures = iter(range(b, b + 1000))
        texts = {key: re.sub("[0-9]+", lambda _: str(next(figures)), text) for key, text in TEXTS.items()}
        fresh = [
            replace(each, text=texts[each.id]) if (a >> n) & 1 else each for n, each in enumerate(drafts())
        ]
        return reread(redraft(before, fresh, OUTLINE).narrative)
    rows = list(before.rows)
    if what == "add" or not rows:
        number = typing.typed + 100
        own = Paragraph(section="results", id=f"results/#{number}", text=typing.run(), state=WRITTEN)
        rows.insert(a % (len(rows) + 1), own)
        return replace(before, rows=tuple(rows))
    place = a % len(rows)
    old = rows[place]
    at = b % (len(old.text) + 1)
    match what:
        case "insert":
            rows[place] = replace(old, text=old.text[:at] + typing.run() + old.text[at:])
        case "cut":
            rows[place] = replace(old, text=old.text[:at] + old.text[at + 1 + b % 17 :])
        case "type over":
            rows[place] = replace(old, text=typing.run())
        case "empty":
            rows[place] = replace(old, text="")
        case "delete":
            del rows[place]
        case "move":
            rows.insert(b % len(rows), rows.pop(place))
        case "lock":
            rows[place] = replace(old, state=LOCKED)
        case _:
            rows[place] = replace(old, draft=typing.run())
    return reread(replace(before, rows=tuple(rows)))


def runs(*texts: str) -> Counter[str]:
    return Counter(run for text in texts for run in _RUN.findall(text))


def kept(made: Narrative) -> set[str]:
    return {*runs(*(f"{row.text}|{row.draft}" for row in made.rows))}


_DEEDS = st.lists(
    st.tuples(st.booleans(), st.integers(0, 12), st.integers(0, 10**4), st.integers(0, 10**4)), max_size=14
)


@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
@given(_DEEDS, st.booleans())
def test_nothing_typed_on_either_side_is_lost(
    deeds: list[tuple[bool, int, int, int]], with_record: bool
) -> None:
    before, typing = sheet(OWN), Typing()
    word = Word(before)
    for is_word, what, a, b in deeds:
        if is_word:
            in_word(word, typing, _IN_WORD[what % len(_IN_WORD)], a, b)
        else:
            before = in_sheet(before, typing, _IN_SHEET[what % len(_IN_SHEET)], a, b)
    document = word.edited(with_record=with_record)

    def back(mine: Narrative) -> TakenBack:
        printed = word.record if with_record else Word(mine).record
        return take_back(mine, document, printed, EDITION.outline)

    made = back(before)
    listed = {*runs(*(each.text for each in made.unplaced))}
    assert kept(before) <= kept(made.narrative)
    assert {*runs(*(block.text for block in document.flow.blocks))} <= kept(made.narrative) | listed
    ids = [each.id for each in made.narrative.rows if each.id]
    assert len(ids) == len(set(ids))
    again = back(reread(made.narrative))
    assert again.narrative == made.narrative
    assert again.narrative.bases == made.narrative.bases
    drafted = redraft(reread(made.narrative), drafts(), OUTLINE)
    assert kept(made.narrative) <= kept(drafted.narrative)
    open_now = {key for key in made.conflicts if row(made, key).draft != TEXTS.get(key)}
    assert open_now <= set(drafted.conflicts) | set(drafted.protected)
    once_more = redraft(reread(drafted.narrative), drafts(), OUTLINE).narrative
    assert once_more == drafted.narrative


# --- in files -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample with its report drafted; the document lies beside it."""
    path = tmp_path_factory.mktemp("drafted") / "自评.xlsx"
    actions.new(replace(sample.submission(), paragraphs=()), path)
    actions.draft_report(path, path.with_suffix(".docx"), NOW)
    return path


@pytest.fixture
def book(drafted: Path, tmp_path: Path) -> Path:
    shutil.copy(drafted.with_suffix(".docx"), tmp_path)
    return Path(shutil.copy(drafted, tmp_path))


def rows_of(path: Path) -> dict[str, Paragraph]:
    """The rows of 报告文字 by id."""
    saved = FileBook.open(path)
    return {each.id: each for each in reading.narrative.rows_of(saved, reading.read(saved).edition)}


def put(path: Path, cells: dict[tuple[str, str], CellValue | Formula]) -> None:
    """Type into cells, as people do."""
    typing = FileBook.open(path, writable=True)
    for (sheet_name, cell), value in cells.items():
        typing.write(Ref(sheet_name, cell), [[value]])
    typing.save(NOW)


def take(path: Path, document: Path, now: datetime = LATER) -> actions.TakenReport:
    """Take a document back; whatever that leaves is right in every spreadsheet program, and once is enough."""
    unread = document.read_bytes()
    made = actions.take_back(path, document, now)
    before = path.read_bytes()
    again = actions.take_back(path, document, now)
    assert (again.backup, path.read_bytes()) == (None, before)
    assert again.taken.changes == 0
    assert document.read_bytes() == unread
    assert validator.problems(path) == []
    headless.assert_cached_values_right(path)
    return made


def marks(document: Path) -> dict[str, str]:
    """Bookmarks by the id of their paragraph."""
    record = reports.read(document).record
    assert record is not None
    return {each.id: each.bookmark for each in record.paragraphs}


def in_libreoffice(
    document: Path, *edits: Callable[[headless.OfficeText, dict[str, str]], None], by_way_of_odt: bool = False
) -> Path:
    """The document after edits in LibreOffice, which stands in for Word and WPS."""
    names, edited = marks(document), document.with_stem(f"{document.stem}-改")
    with headless.office().open_text(document) as text:
        for edit in edits:
            edit(text, names)
        if by_way_of_odt:
            text.save_as_odt(edited.with_suffix(".odt"))
        else:
            text.save_as_docx(edited)
    if by_way_of_odt:
        with headless.office().open_text(edited.with_suffix(".odt")) as text:
            text.save_as_docx(edited)
    return edited


def test_libreoffice_keeps_what_the_document_remembers(book: Path) -> None:
    document = book.with_suffix(".docx")
    before = reports.read(document)
    saved = reports.read(in_libreoffice(document))
    assert (saved.record, saved.title) == (before.record, before.title)

    def known(found: Edited) -> list[tuple[str, tuple[str, ...]]]:
        return [(block.text, block.owners) for block in found.flow.blocks if block.text]

    assert known(saved) == known(before)
    by_odt = reports.read(in_libreoffice(document, by_way_of_odt=True))
    assert (by_odt.record, by_odt.title) == (None, before.title)
    assert known(by_odt) == known(before)
    for each in (in_libreoffice(document), in_libreoffice(document, by_way_of_odt=True)):
        made = take(book, each)
        assert (made.backup, made.taken.counts) == (None, "没有新的修改可取回")


def test_edits_made_in_libreoffice_come_in(book: Path) -> None:
    before = rows_of(book)
    edited = in_libreoffice(
        book.with_suffix(".docx"),
        lambda text, names: text.type_over(names["overview/1"], "我单位", "经核对，我单位"),
        lambda text, names: text.type_at_end(names["results/P1"], "群众反映良好。"),
        lambda text, names: text.type_at_end(names["results/P2"], "\n科普进了十所学校。"),
        lambda text, _: text.type_under("五、有关建议", "建议提前下达指标。"),
        lambda text, names: text.split(names["results/P4"], "支出"),
        lambda text, names: text.join(names["management/1"]),
        lambda text, names: text.move(names["problems/P2"], names["problems/P1"]),
        lambda text, names: text.delete(names["evaluation/3"]),
    )
    made = take(book, edited)
    found = rows_of(book)
    assert found["overview/1"].text == before["overview/1"].text.replace("我单位", "经核对，我单位", 1)
    assert found["results/P1"].text == f"{before['results/P1'].text}群众反映良好。"
    assert found["results/P2"].text == before["results/P2"].text
    assert found["results/#1"].text == "科普进了十所学校。"
    assert found["suggestions/#1"].text == "建议提前下达指标。"
    assert found["results/P4"].text == before["results/P4"].text.replace("支出", "\n支出", 1)
    assert found["management/1"].text == before["management/1"].text + before["management/2"].text
    assert "evaluation/3" not in found
    order = [key for key in found if key.startswith(("problems", "results"))]
    assert order.index("problems/P2") < order.index("problems/P1")
    assert order.index("results/#1") == order.index("results/P2") + 1
    assert {found[key].state for key in ("overview/1", "results/P1", "results/P4", "management/1")} == {
        EDITED
    }
    assert made.taken.unplaced == ()
    assert made.taken.counts == "取回 8 处修改（改 4 段，加 2 段，删 1 段，移动 1 段）"
    [*_, last] = [row for row in FileBook.open(book).read(Ref("_日志", "A2:C9")) if row[0]]
    assert last == ["2021-03-09 09:30", "取回Word修改", made.taken.counts]
    # Printed again, the report reads as the edited one did.
    again = actions.draft_report(book, book.with_name("再.docx"), LATER).report.path
    texts = [
        [block.text for block in reports.read(each).flow.blocks if block.text] for each in (edited, again)
    ]
    joined = [text for text in texts[1] if text not in texts[0]]
    assert joined == []


def test_tracked_changes_count_as_made(book: Path) -> None:
    before = rows_of(book)
    edited = in_libreoffice(
        book.with_suffix(".docx"),
        lambda text, _: text.track_changes(),
        lambda text, names: text.type_over(names["overview/1"], "我单位", "本局"),
        lambda text, names: text.delete(names["evaluation/3"]),
        lambda text, names: text.type_at_end(names["results/P2"], "\n科普进了十所学校。"),
    )
    with zipfile.ZipFile(edited) as package:
        text = package.read("word/document.xml")
    assert b"<w:ins " in text
    assert b"<w:del " in text
    made = take(book, edited).taken
    found = rows_of(book)
    assert found["overview/1"].text == before["overview/1"].text.replace("我单位", "本局", 1)
    assert found["results/#1"].text == "科普进了十所学校。"
    assert (made.edited, made.deleted, made.added) == (("overview/1",), ("evaluation/3",), ("results/#1",))


def test_edits_made_with_python_docx_come_in(book: Path) -> None:
    document = docx.Document(str(book.with_suffix(".docx")))
    for paragraph in document.paragraphs:
        if paragraph.text.startswith("科普经费共安排"):
            paragraph.add_run("群众很欢迎。").bold = True
            document.add_comment(paragraph.runs, "再核对一下", "某人")
            paragraph.insert_paragraph_before("=1+1 写在前面的一段。", style=paragraph.style)
    edited = book.with_name("改.docx")
    document.save(str(edited))
    made = take(book, edited)
    assert made.has_notes
    assert rows_of(book)["results/P2"].text.endswith("群众很欢迎。")
    assert rows_of(book)["results/#1"].text == "=1+1 写在前面的一段。"
    assert made.taken.counts == "取回 2 处修改（改 1 段，加 1 段）"


def test_by_way_of_odt_edits_without_figures_come_in(book: Path) -> None:
    edited = in_libreoffice(
        book.with_suffix(".docx"),
        lambda text, names: text.type_over(names["overview/1"], "我单位", "本局"),
        lambda text, names: text.type_over(names["results/P1"], "73万元", "74万元"),
        lambda text, _: text.type_under("五、有关建议", "建议提前下达指标。"),
        by_way_of_odt=True,
    )
    made = take(book, edited).taken
    assert (made.edited, made.conflicts) == (("overview/1",), ("results/P1",))
    assert rows_of(book)["suggestions/#1"].text == "建议提前下达指标。"
    assert "74万元" in rows_of(book)["results/P1"].draft


def test_a_formula_in_the_sheet_stays(book: Path) -> None:
    put(book, {("报告文字", f"C{rows_of(book)['results/P3'].row}"): Formula('="支出"&资金概况!G8', "支出10")})
    document = book.with_name("新.docx")
    actions.draft_report(book, document, NOW)
    edited = in_libreoffice(document, lambda text, names: text.type_over(names["results/P3"], "支出", "花了"))
    made = take(book, edited).taken
    assert made.conflicts == ("results/P3",)
    found = rows_of(book)["results/P3"]
    assert (found.text, found.draft) == ("支出10", "花了10")
    assert FileBook.open(book, writable=True).formulas("报告文字")[f"C{found.row}"] == '="支出"&资金概况!G8'


def test_the_state_before_is_kept_as_a_backup(book: Path) -> None:
    before = book.read_bytes()
    edited = in_libreoffice(
        book.with_suffix(".docx"), lambda text, names: text.type_over(names["overview/1"], "我单位", "本局")
    )
    backup = take(book, edited).backup
    assert backup is not None
    assert backup.read_bytes() == before


# --- the command ----------------------------------------------------------------------------------------


def test_the_command_says_what_it_did(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = book.with_suffix(".docx")
    edited = in_libreoffice(
        document,
        lambda text, names: text.type_over(names["overview/1"], "我单位", "本局"),
        lambda text, names: text.type_over(names["results/P1"], text.text(names["results/P1"]), "见附表。"),
        lambda text, names: text.delete(names["overview/2"]),
        lambda text, _: text.type_under("2021年3月8日", "盖章后补的话。"),
    )
    rows = rows_of(book)
    put(
        book,
        {
            ("报告文字", f"C{rows['results/P1'].row}"): "成效明显。",
            ("报告文字", f"C{rows['overview/2'].row}"): f"{rows['overview/2'].text}另有说明。",
        },
    )
    files = sorted(book.parent.iterdir())
    assert call("report", book, "--take-back", edited) == 0
    said = "".join(capsys.readouterr().out.split())  # lines may break at any space
    assert "取回1处修改（改1段），1处要您选择，2段放不回去。" in said
    assert "“采用新稿”或“保留我的”" in said
    assert "盖章后补的话。" in said
    assert "没有删" in said
    assert "改动以前的文件" in said
    assert [
        each for each in sorted(book.parent.iterdir()) if each not in files and each.suffix == ".docx"
    ] == []
    assert call("report", book, "--take-back", edited) == 0
    said = "".join(capsys.readouterr().out.split())
    assert "没有新的修改可取回，1处要您选择，2段放不回去。工作簿没有改动。" in said


def test_the_command_refuses_in_one_sentence(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = book.with_suffix(".docx")
    before = book.read_bytes()
    lock = book.with_name(f"~${book.name}")
    lock.write_bytes(b"\0" * 165)
    assert call("report", book, "--take-back", document) == 3
    assert "正在别的程序里打开" in capsys.readouterr().err
    lock.unlink()
    assert call("report", book, "--take-back", document, "--pdf", book.with_suffix(".pdf")) == 2
    assert "不能和 --docx、--pdf 一起用" in capsys.readouterr().err
    assert call("report", "--take-back", document) == 2
    capsys.readouterr()
    assert call("report", book.with_name("没有.xlsx"), "--take-back", document) == 2
    assert "没有.xlsx" in capsys.readouterr().err
    assert book.read_bytes() == before


# --- documents that are something else ------------------------------------------------------------------


def repacked(path: Path, changes: dict[str, bytes | None], target: Path) -> Path:
    """A document with parts replaced, added, or (`None`) left out."""
    with zipfile.ZipFile(path) as package, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as changed:
        parts = {name: package.read(name) for name in package.namelist()} | changes
        for name, content in parts.items():
            if content is not None:
                changed.writestr(name, content)
    return target


def hostile(document: Path, folder: Path) -> Iterator[tuple[str, Path, str]]:
    """Documents that are not taken, with what is said of them."""
    with zipfile.ZipFile(document) as package:
        text = package.read("word/document.xml")
    head = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    declared = text.replace(b"?>", b"?>" + head, 1)
    entity = declared.replace(b"</w:t>", b"&b;</w:t>", 1)
    for name, content in (("宣告", declared), ("实体", entity)):
        yield (
            name,
            repacked(document, {"word/document.xml": content}, folder / f"{name}.docx"),
            "做过手脚|损坏",
        )
    outside = declared.replace(b'"aaaaaaaaaa"', b'SYSTEM "file:///etc/hostname"')
    yield (
        "外部实体",
        repacked(document, {"word/document.xml": outside}, folder / "外部.docx"),
        "做过手脚|损坏",
    )
    yield "残缺的文字", repacked(document, {"word/document.xml": text[:3000]}, folder / "残.docx"), "已经损坏"
    yield "没有文字", repacked(document, {"word/document.xml": None}, folder / "无.docx"), "不是 Word 文档"
    yield (
        "太大",
        repacked(document, {"word/document.xml": b" " * (65 * 2**20)}, folder / "大.docx"),
        "内容太多",
    )
    deep = b"<w:sdt><w:sdtContent>" * 3000 + b"</w:sdtContent></w:sdt>" * 3000
    nested = text.replace(b"<w:sectPr", deep + b"<w:sectPr", 1)
    yield "太深", repacked(document, {"word/document.xml": nested}, folder / "深.docx"), "损坏"
    data = document.read_bytes()
    for name, content, said in (
        ("空", b"", "是空文件"),
        ("半截", data[: len(data) // 2], "损坏"),
        ("乱码", b"\x93\x01" * 4000, "不是 Word 文档"),
        (
            "加密",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
            "打开密码",
        ),
        ("旧的", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧格式"),
    ):
        path = folder / f"{name}.docx"
        path.write_bytes(content)
        yield name, path, said
    flipped = bytearray(data)
    at = data.index(b"word/document.xml") + 400
    flipped[at : at + 50] = bytes(50)
    path = folder / "坏字节.docx"
    path.write_bytes(flipped)
    yield "坏字节", path, "损坏"
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as package:
        for number in range(reports.MOST_MEMBERS + 1):
            package.writestr(str(number), b"")
    path = folder / "多.docx"
    path.write_bytes(many.getvalue())
    yield "太多", path, "内容太多"
    plain = docx.Document()
    plain.add_paragraph("会议纪要")
    plain.save(str(folder / "纪要.docx"))
    yield "别的文档", folder / "纪要.docx", "没有自评报告的段落标记"
    for suffix, said in ((".doc", "旧格式"), (".odt", "LibreOffice"), (".xlsx", "是表格"), (".pdf", "PDF")):
        path = folder / f"文件{suffix}"
        path.write_bytes(data)
        yield suffix, path, said
    yield "没有", folder / "没有.docx", "没有找到"
    yield "文件夹", folder, "没有打开"


def test_what_is_no_report_of_this_workbook_is_refused(
    book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = book.read_bytes()
    folder = tmp_path / "别的"
    folder.mkdir()
    for name, document, said in hostile(book.with_suffix(".docx"), folder):
        assert call("report", book, "--take-back", document) == 2, name
        printed = capsys.readouterr()
        assert re.search(said, printed.err), (name, printed.err)
        assert printed.err.count("\n") == 1, (name, printed.err)
        assert printed.out == "", name
    assert book.read_bytes() == before


def test_a_report_of_another_unit_is_refused(book: Path, tmp_path: Path) -> None:
    other = sample.submission()
    other = replace(other, unit=replace(other.unit, name="示例区教育局"), paragraphs=())
    path = tmp_path / "教育局.xlsx"
    actions.new(other, path)
    put(path, {("资金概况", "G6"): 11, ("资金概况", "G7"): 12, ("资金概况", "G8"): 3, ("资金概况", "G9"): 14})
    actions.draft_report(path, tmp_path / "教育局.docx", NOW)
    with pytest.raises(reports.NotTaken, match="示例区教育局2020年度"):
        actions.take_back(book, tmp_path / "教育局.docx", NOW)
    without = repacked(tmp_path / "教育局.docx", {"customXml/item1.xml": b"<x/>"}, tmp_path / "无记录.docx")
    with pytest.raises(reports.NotTaken, match="示例区教育局2020年度"):
        actions.take_back(book, without, NOW)


def test_a_unit_that_was_renamed_meanwhile_takes_its_report_back(book: Path) -> None:
    document = book.with_suffix(".docx")
    place = FileBook.open(book).names()["PE_UNIT"]
    put(book, {(place.sheet, place.cell.partition(":")[0]): "示例区科技和工业信息化局"})
    edited = in_libreoffice(
        document, lambda text, names: text.type_over(names["overview/1"], "我单位", "本局")
    )
    assert actions.take_back(book, edited, NOW).taken.counts == "取回 1 处修改（改 1 段）"


def test_a_document_with_macros_is_only_read(book: Path) -> None:
    document = book.with_suffix(".docx")
    with zipfile.ZipFile(document) as package:
        types = package.read("[Content_Types].xml")
        text = package.read("word/document.xml").replace("我单位".encode(), "本局".encode(), 1)
    types = types.replace(
        b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        b"application/vnd.ms-word.document.macroEnabled.main+xml",
    )
    changes = {"[Content_Types].xml": types, "word/document.xml": text, "word/vbaProject.bin": b"\0" * 99}
    path = repacked(document, changes, book.with_suffix(".docm"))
    assert take(book, path).taken.edited == ("overview/1",)
