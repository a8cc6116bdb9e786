"""Generating again never loses what people wrote: row by row, in files, over random years, and in one scripted year."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import office as headless
from tests import validator
from tests.commands import call
from tests.live import open_live
from xl_perfeval import actions, exchange, forms, narrative, reading, renewal, sample
from xl_perfeval.books import Formula
from xl_perfeval.books.file import FileBook
from xl_perfeval.books.memory import MemoryBook
from xl_perfeval.forms import names, ownsheets
from xl_perfeval.model import (
    Base,
    CellValue,
    Paragraph,
    ParagraphState,
    Ref,
    Take,
    column_letters,
    row_and_column,
)
from xl_perfeval.narrative.redrafting import Narrative, Redrafted, redraft, with_text
from xl_perfeval.saving import NotSaved
from xl_perfeval.writing import paragraphs as writing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xl_perfeval.findings import Finding

DRAFTED, EDITED, WRITTEN, LOCKED = ParagraphState
NOW = datetime(2021, 3, 8, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
OUTLINE = ("overview", "results", "problems", "other")


# --- the rules, one by one ------------------------------------------------------------------------------


def draft(key: str, text: str) -> Paragraph:
    return Paragraph(section=key.partition("/")[0], id=key, text=text, state=DRAFTED)


def drafts(**texts: str) -> list[Paragraph]:
    """Drafts by id with `_` for `/`, in the order of the outline."""
    found = [draft(key.replace("_", "/"), text) for key, text in texts.items()]
    return sorted(found, key=lambda each: OUTLINE.index(each.section))


def again(made: Redrafted, new: Sequence[Paragraph], **changes: Paragraph | None) -> Redrafted:
    """Generate again after people changed rows, named as in `drafts`; `None` deletes a row."""
    changed = {key.replace("_", "/"): row for key, row in changes.items()}
    rows = (changed.get(row.id, row) for row in made.narrative.rows)
    return generated(replace(made.narrative, rows=tuple(row for row in rows if row is not None)), new)


def generated(before: Narrative, new: Sequence[Paragraph]) -> Redrafted:
    """Generate, as the sheet gives rows back: edited ones told by their text; and once more, which changes nothing."""
    made = redraft(reread(before), new, OUTLINE)
    once_more = redraft(reread(made.narrative), new, OUTLINE).narrative
    assert once_more == made.narrative
    assert [row.base for row in once_more.rows] == [row.base for row in made.narrative.rows]
    return made


def reread(before: Narrative) -> Narrative:
    rows = [replace(row, base=before.bases.get(row.id)) for row in before.rows]
    return replace(
        before,
        rows=tuple(
            replace(row, state=EDITED)
            if row.state is DRAFTED and row.base and row.base.text != row.text
            else row
            for row in rows
        ),
    )


def first(new: Sequence[Paragraph]) -> Redrafted:
    return generated(Narrative(), new)


def row(made: Redrafted, key: str) -> Paragraph:
    [found] = [each for each in made.narrative.rows if each.id == key]
    return found


OLD = "支出总额547.99万元，预算执行率97.33%，结余15.01万元。"
NEW = "支出总额550万元，预算执行率97.69%，结余13万元。"
MINE = "在区委领导下，支出总额547.99万元，预算执行率97.33%，结余15.01万元。"
MERGED = "在区委领导下，支出总额550万元，预算执行率97.69%，结余13万元。"
REWORDED = "钱基本都花出去了，详见附表。"


def test_what_people_left_alone_is_replaced() -> None:
    made = again(first(drafts(overview_1=OLD)), drafts(overview_1=NEW))
    assert made.narrative.rows == (draft("overview/1", NEW),)
    assert made.refreshed == ("overview/1",)
    assert made.counts == "按新数据更新 1 段"


def test_what_people_edited_stays_while_the_data_are_the_same() -> None:
    made = first(drafts(overview_1=OLD))
    made = again(made, drafts(overview_1=OLD), overview_1=replace(row(made, "overview/1"), text=MINE))
    assert (row(made, "overview/1").text, row(made, "overview/1").state) == (MINE, EDITED)
    assert made.kept == ("overview/1",)
    assert made.counts == "没有变化"


def merged() -> Redrafted:
    made = first(drafts(overview_1=OLD))
    return again(made, drafts(overview_1=NEW), overview_1=replace(row(made, "overview/1"), text=MINE))


def test_both_changed_is_merged_and_to_be_checked() -> None:
    made = merged()
    found = row(made, "overview/1")
    assert (found.text, found.state, found.take, found.draft) == (MERGED, EDITED, Take.CHECK, NEW)
    assert made.merged == ("overview/1",)
    assert ("overview/1", "547.99万元", "550万元") in made.followed
    assert len(made.followed) == 3


@pytest.mark.parametrize("take", ["", Take.MINE])
def test_a_merged_paragraph_that_was_checked_loses_its_mark(take: str) -> None:
    made = merged()
    made = again(made, drafts(overview_1=NEW), overview_1=replace(row(made, "overview/1"), take=take))
    found = row(made, "overview/1")
    assert (found.text, found.state, found.take, found.draft) == (MERGED, EDITED, "", "")


def test_a_merged_paragraph_may_be_given_up_for_the_new_text() -> None:
    made = merged()
    made = again(made, drafts(overview_1=NEW), overview_1=replace(row(made, "overview/1"), take=Take.NEW))
    assert made.narrative.rows == (draft("overview/1", NEW),)
    assert made.adopted == ("overview/1",)


def test_a_merged_paragraph_that_nobody_looked_at_goes_on_with_the_data() -> None:
    newer = NEW.replace("13", "12").replace("97.69", "97.86").replace("550", "551")
    made = again(merged(), drafts(overview_1=newer))
    found = row(made, "overview/1")
    assert found.text == MERGED.replace("13", "12").replace("97.69", "97.86").replace("550", "551")
    assert (found.take, found.draft) == (Take.CHECK, newer)


def conflict(new: str = NEW) -> Redrafted:
    made = first(drafts(overview_1=OLD))
    return again(made, drafts(overview_1=new), overview_1=replace(row(made, "overview/1"), text=REWORDED))


def test_a_conflict_keeps_the_persons_text_and_offers_the_new_one() -> None:
    made = conflict()
    found = row(made, "overview/1")
    assert (found.text, found.state, found.draft, found.take) == (REWORDED, EDITED, NEW, Take.CHOOSE)
    assert made.conflicts == ("overview/1",)
    assert made.narrative.bases["overview/1"] == Base(section="overview", text=OLD, offered=NEW)


def test_an_offer_follows_the_data_until_somebody_chooses() -> None:
    newer = NEW.replace("13", "12")
    found = row(again(conflict(), drafts(overview_1=newer)), "overview/1")
    assert (found.text, found.draft, found.take) == (REWORDED, newer, Take.CHOOSE)
    found = row(again(conflict(), drafts(overview_1=OLD)), "overview/1")
    assert (found.text, found.draft, found.take) == (REWORDED, "", "")


def test_the_new_text_is_taken() -> None:
    made = conflict()
    made = again(made, drafts(overview_1=NEW), overview_1=replace(row(made, "overview/1"), take=Take.NEW))
    assert made.narrative.rows == (draft("overview/1", NEW),)
    assert made.adopted == ("overview/1",)


def test_the_new_text_is_taken_as_a_person_changed_it() -> None:
    made = conflict()
    mine = replace(row(made, "overview/1"), draft=MERGED, take=Take.NEW)
    found = row(again(made, drafts(overview_1=NEW), overview_1=mine), "overview/1")
    assert (found.text, found.state, found.draft, found.take) == (MERGED, EDITED, "", "")


def test_the_new_text_is_taken_although_the_data_went_on() -> None:
    made, newer = conflict(), NEW.replace("13", "12")
    made = again(made, drafts(overview_1=newer), overview_1=replace(row(made, "overview/1"), take=Take.NEW))
    assert made.narrative.rows == (draft("overview/1", newer),)


def test_the_persons_text_is_kept_and_not_asked_about_again() -> None:
    made = conflict()
    made = again(made, drafts(overview_1=NEW), overview_1=replace(row(made, "overview/1"), take=Take.MINE))
    found = row(made, "overview/1")
    assert (found.text, found.state, found.draft, found.take) == (REWORDED, EDITED, "", "")
    assert made.declined == ("overview/1",)
    newer = NEW.replace("13", "12")
    found = row(again(made, drafts(overview_1=newer)), "overview/1")
    assert (found.text, found.draft, found.take) == (REWORDED, newer, Take.CHOOSE)


def test_keeping_ones_own_without_an_offer_means_nothing() -> None:
    made = first(drafts(overview_1=OLD))
    mine = replace(row(made, "overview/1"), text=REWORDED, take=Take.MINE)
    found = row(again(made, drafts(overview_1=OLD), overview_1=mine), "overview/1")
    assert (found.text, found.take) == (REWORDED, "")


def test_who_wants_the_draft_back_is_shown_it_first() -> None:
    made = first(drafts(overview_1=OLD))
    mine = replace(row(made, "overview/1"), text=REWORDED, take=Take.NEW)
    made = again(made, drafts(overview_1=OLD), overview_1=mine)
    found = row(made, "overview/1")
    assert (found.text, found.draft, found.take) == (REWORDED, OLD, Take.CHOOSE)
    assert made.conflicts == ("overview/1",)
    taken = again(made, drafts(overview_1=OLD), overview_1=replace(found, take=Take.NEW))
    assert taken.narrative.rows == (draft("overview/1", OLD),)
    kept = again(made, drafts(overview_1=OLD), overview_1=replace(found, take=Take.MINE))
    assert (row(kept, "overview/1").text, row(kept, "overview/1").draft) == (REWORDED, "")
    newer = row(again(made, drafts(overview_1=NEW)), "overview/1")
    assert (newer.text, newer.draft, newer.take) == (REWORDED, NEW, Take.CHOOSE)


def test_an_emptied_row_may_ask_for_its_draft() -> None:
    made = first(drafts(overview_1=OLD, results_1="甲。"))
    emptied = replace(row(made, "overview/1"), text="", take=Take.NEW)
    made = again(made, drafts(overview_1=OLD, results_1="甲。"), overview_1=emptied)
    assert row(made, "overview/1") == draft("overview/1", OLD)
    assert made.adopted == ("overview/1",)


def test_a_blank_row_may_ask_for_the_deleted_drafts_of_its_section() -> None:
    new = drafts(overview_1=OLD, results_1="甲。", results_2="乙。")
    made = again(first(new), new, overview_1=None, results_1=None)
    assert [each.id for each in made.narrative.rows] == ["results/2"]
    asking = Paragraph(section="results", text="", take=Take.NEW)
    made = generated(replace(made.narrative, rows=(*made.narrative.rows, asking)), new)
    assert [each.id for each in made.narrative.rows] == ["results/1", "results/2"]
    assert (row(made, "results/1"), made.adopted) == (draft("results/1", "甲。"), ("results/1",))
    # Where nothing was deleted, it stays a row that somebody prepared.
    made = generated(replace(made.narrative, rows=(*made.narrative.rows, asking)), new)
    assert made.narrative.rows[-1] == asking


@pytest.mark.parametrize(("word", "text"), [("采用", NEW), ("保留", REWORDED)])
def test_what_is_meant_in_short_words_is_done(word: str, text: str) -> None:
    made = conflict()
    made = again(made, drafts(overview_1=NEW), overview_1=replace(row(made, "overview/1"), take=word))
    found = row(made, "overview/1")
    assert (found.text, found.draft, found.take, made.unclear) == (text, "", "", ())


def test_words_that_are_no_choice_change_nothing_and_are_told() -> None:
    made = conflict()
    made = again(made, drafts(overview_1=NEW), overview_1=replace(row(made, "overview/1"), take="随便"))
    found = row(made, "overview/1")
    assert (found.text, found.draft, found.take) == (REWORDED, NEW, Take.CHOOSE)
    assert made.unclear == (("overview/1", "随便"),)


def test_what_a_person_typed_into_an_offer_stays_there() -> None:
    made = conflict()
    mine = replace(row(made, "overview/1"), draft=MERGED)
    found = row(again(made, drafts(overview_1=NEW), overview_1=mine), "overview/1")
    assert (found.draft, found.take) == (MERGED, Take.CHOOSE)
    newer = NEW.replace("13", "12")
    found = row(again(made, drafts(overview_1=newer), overview_1=mine), "overview/1")
    assert found.draft == MERGED.replace("13", "12")


@pytest.mark.parametrize("state", [WRITTEN, LOCKED])
@pytest.mark.parametrize("text", [OLD, MINE])
def test_what_people_took_over_is_never_touched(state: ParagraphState, text: str) -> None:
    made = first(drafts(overview_1=OLD))
    mine = replace(row(made, "overview/1"), text=text, state=state)
    for new in (drafts(overview_1=NEW), drafts(results_1="别的。")):
        made = again(made, new, overview_1=mine)
        found = row(made, "overview/1")
        assert (found.text, found.state, found.draft, found.take) == (text, state, "", "")
        assert made.protected == ("overview/1",)
    # Unlocked again, it catches up from where it was.
    made = again(made, drafts(overview_1=NEW), overview_1=replace(mine, state=EDITED))
    assert row(made, "overview/1").text == (NEW if text == OLD else MERGED)


def test_a_locked_paragraph_keeps_even_an_open_offer() -> None:
    made = conflict()
    locked = replace(row(made, "overview/1"), state=LOCKED)
    made = again(made, drafts(overview_1=NEW.replace("13", "12")), overview_1=locked)
    assert row(made, "overview/1") == locked


def test_what_is_no_longer_drafted_goes_only_if_nobody_touched_it() -> None:
    made = first(drafts(problems_1="本年度无结余。", problems_P1="甲项目结余3万元。"))
    mine = replace(row(made, "problems/P1"), text="甲项目结余3万元，已说明。")
    made = again(made, drafts(results_1="别的。"), problems_P1=mine)
    assert made.removed == ("problems/1",)
    assert made.ended == ("problems/P1",)
    assert [each.id for each in made.narrative.rows] == ["results/1", "problems/P1"]
    found = row(made, "problems/P1")
    assert (found.text, found.take, found.state) == (mine.text, Take.ENDED, EDITED)
    # It comes back with the data, and takes part again.
    back = again(made, drafts(results_1="别的。", problems_P1="甲项目结余2万元。"))
    found = row(back, "problems/P1")
    assert (found.text, found.take) == ("甲项目结余2万元，已说明。", Take.CHECK)
    # Or a person takes it over.
    for own in (
        replace(row(made, "problems/P1"), take=Take.MINE),
        replace(row(made, "problems/P1"), state=WRITTEN),
    ):
        found = row(again(made, drafts(results_1="别的。"), problems_P1=own), "problems/P1")
        assert (found.text, found.take, found.state) == (mine.text, "", WRITTEN)


def test_what_was_moved_to_another_section_was_touched() -> None:
    made = first(drafts(problems_1="本年度无结余。"))
    moved = replace(row(made, "problems/1"), section="other")
    made = again(made, [], problems_1=moved)
    assert row(made, "problems/1") == replace(moved, take=Take.ENDED, state=EDITED)


def test_a_deleted_paragraph_stays_deleted_while_the_data_are_the_same() -> None:
    made = first(drafts(overview_1=OLD, results_1="甲。", results_2="乙。"))
    emptied = replace(row(made, "results/1"), text="")
    made = again(
        made, drafts(overview_1=OLD, results_1="甲。", results_2="乙。"), overview_1=None, results_1=emptied
    )
    assert [each.id for each in made.narrative.rows] == ["results/2"]
    assert made.counts == "没有变化"
    # New data: offered beside an empty text, at its place, never inserted.
    made = again(made, drafts(overview_1=NEW, results_1="甲。", results_2="乙。"))
    assert [each.id for each in made.narrative.rows] == ["overview/1", "results/2"]
    found = row(made, "overview/1")
    assert (found.text, found.draft, found.take) == ("", NEW, Take.CHOOSE)
    assert made.conflicts == ("overview/1",)
    new = drafts(overview_1=NEW, results_1="甲。", results_2="乙。")
    for away in (None, replace(found, take=Take.MINE)):
        assert [each.id for each in again(made, new, overview_1=away).narrative.rows] == ["results/2"]
    taken = again(made, new, overview_1=replace(found, take=Take.NEW))
    assert row(taken, "overview/1") == draft("overview/1", NEW)


def test_a_section_that_people_wrote_stays_theirs() -> None:
    own = Paragraph(section="results", id="results/#1", text="全靠大家努力。", state=WRITTEN)
    made = generated(Narrative(rows=(own,)), drafts(overview_1=OLD, results_1="甲。"))
    assert [each.id for each in made.narrative.rows] == ["overview/1", "results/#1"]
    assert "results/1" not in made.narrative.bases
    # Without their text the program drafts it.
    made = generated(
        replace(made.narrative, rows=made.narrative.rows[:1]), drafts(overview_1=OLD, results_1="甲。")
    )
    assert [each.id for each in made.narrative.rows] == ["overview/1", "results/1"]


def test_a_section_that_people_took_over_gets_offers_only() -> None:
    made = first(drafts(results_1="甲。"))
    own = Paragraph(section="results", id="results/#1", text="全靠大家努力。", state=WRITTEN)
    made = generated(
        replace(made.narrative, rows=(own,)), drafts(results_1="甲。", results_P2="乙支出5万元。")
    )
    assert [(each.id, each.text, each.draft) for each in made.narrative.rows] == [
        ("results/#1", "全靠大家努力。", ""),
        ("results/P2", "", "乙支出5万元。"),
    ]


def test_new_drafts_come_at_their_place_and_moved_rows_stay_moved() -> None:
    made = first(drafts(overview_1="甲。", results_1="乙。", results_P1="丙。", other_1="无。"))
    one, two, three, four = made.narrative.rows
    own = Paragraph(section="results", id="results/#1", text="我写的。", state=WRITTEN)
    moved = replace(made.narrative, rows=(four, three, own, two, one))
    new = drafts(
        overview_1="甲。", overview_2="甲二。", results_1="乙。", results_P1="丙。", results_P2="丁。",
        problems_1="难。", other_1="无。",
    )  # fmt: skip
    made = generated(moved, new)
    assert [each.id for each in made.narrative.rows] == [
        "other/1", "results/P1", "results/P2", "results/#1", "results/1", "problems/1", "overview/1", "overview/2",
    ]  # fmt: skip


def test_a_copied_row_becomes_a_paragraph_of_the_person() -> None:
    made = conflict()
    original = row(made, "overview/1")
    copied = replace(original, text="抄过来再改的一段。")
    made = generated(
        replace(made.narrative, rows=(original, copied, replace(original, text=""))), drafts(overview_1=NEW)
    )
    assert made.narrative.rows[0] == original
    assert made.narrative.rows[1:] == (
        Paragraph(section="overview", id="overview/#1", text="抄过来再改的一段。", state=WRITTEN),
    )


def test_an_untouched_text_is_found_again_where_it_was_pasted() -> None:
    made = first(drafts(results_1="甲支出5万元。", results_P1="乙支出3万元。"))
    old = replace(row(made, "results/1"), text="")
    pasted = replace(row(made, "results/1"), id="results/#1", base=None)
    new = drafts(results_1="甲支出6万元。", results_P1="乙支出3万元。")
    made = generated(replace(made.narrative, rows=(old, row(made, "results/P1"), pasted)), new)
    assert [(each.id, each.text) for each in made.narrative.rows] == [
        ("results/P1", "乙支出3万元。"),
        ("results/1", "甲支出6万元。"),
    ]


def test_rows_that_people_prepare_stay_where_they_are() -> None:
    made = first(drafts(results_1="甲。", results_P1="乙。"))
    one, two = made.narrative.rows
    prepared = Paragraph(section="results", text="")
    made = generated(
        replace(made.narrative, rows=(one, prepared, two)), drafts(results_1="甲。", results_P1="丙。")
    )
    assert [each.text for each in made.narrative.rows] == ["甲。", "", "丙。"]


def test_a_paragraph_whose_last_draft_is_unknown_is_never_replaced() -> None:
    mine = Paragraph(section="results", id="results/1", text="甲支出5万元。", state=DRAFTED)
    for text, take in (("甲支出5万元。", ""), ("甲支出6万元。", Take.CHOOSE)):
        made = generated(Narrative(rows=(mine,)), drafts(results_1=text))
        assert (row(made, "results/1").text, row(made, "results/1").take) == (mine.text, take)
    gone = generated(Narrative(rows=(mine,)), drafts(other_1="无。"))
    assert (row(gone, "results/1").text, row(gone, "results/1").take) == (mine.text, Take.ENDED)


def test_a_text_brought_from_elsewhere_counts_as_edited() -> None:
    made = first(drafts(overview_1=OLD))
    brought = with_text(row(made, "overview/1"), MINE)
    assert (brought.text, brought.state) == (MINE, EDITED)
    assert row(again(made, drafts(overview_1=NEW), overview_1=brought), "overview/1").text == MERGED
    assert with_text(replace(brought, state=LOCKED), OLD).state is LOCKED


def test_what_people_wrote_for_a_gap_is_not_asked_for_again() -> None:
    made = first(drafts(other_1="【待补充：其他问题】"))
    mine = replace(row(made, "other/1"), text="无。")
    made = again(made, drafts(other_1="【待补充：其他需要说明的问题，没有的写“无”】"), other_1=mine)
    assert (row(made, "other/1").text, row(made, "other/1").take) == ("无。", "")
    assert made.kept == ("other/1",)


def test_the_report_prints_what_has_a_text_section_by_section() -> None:
    rows = [
        Paragraph(section="other", id="other/1", text="无。"),
        Paragraph(section="annex", id="annex/1", text="附。"),
        Paragraph(section="results", id="results/1", text=""),
        Paragraph(section="results", id="results/2", text="乙。"),
    ]
    assert [each.id for each in Narrative(rows=tuple(rows)).printed(OUTLINE)] == [
        "results/2",
        "other/1",
        "annex/1",
    ]


# --- on a sheet -----------------------------------------------------------------------------------------

SHEET = """
## 首页
| 单位名称 | 年度 | 阶段 |
|---|---|---|
| 示例区科学技术局 | 2020 | 年度自评 |

## 资金概况
| 项目名称 | 资金用途、使用方向 | 指标总额 | 支出总额 |
|---|---|---|---|
| 科普经费 | 科普宣传、培训 | 60 | 45 |
| 老科协经费 | 会员活动 | 30 | 30 |

## 报告文字
| 章节 | 正文 | 来源 | 系统新稿 | 采用 | key |
|---|---|---|---|---|---|
"""
SPENT = Ref("资金概况", "D3")
"""支出总额 of 科普经费."""


def memory(rows: str = "", last: Sequence[tuple[str, str]] = (), spare: int = 40) -> MemoryBook:
    """A workbook with these rows of 报告文字, what was last generated by id, and spare rows."""
    made = MemoryBook.from_markdown(SHEET + rows.strip() + "\n")
    last_row = 3 + len(rows.strip().splitlines()) + spare
    known = {
        name: Ref(
            ref.sheet,
            f"{ref.cell.partition(':')[0]}:{ref.cell.partition(':')[0].rstrip('0123456789')}{last_row}",
        )
        if name.startswith("NARR_")
        else ref
        for name, ref in made.names().items()
    }
    known[names.NARRATIVE_KEY] = Ref("报告文字", f"F2:F{last_row}")
    sheets = {tab: made.read(made.used(tab)) for tab in made.sheets()}
    sheets["_底稿"] = [
        ["key", "section", "text", "offered"],
        *([k, k.partition("/")[0], t, None] for k, t in last),
    ]
    sheets["_日志"] = [["时间", "操作", "结果"]]
    return MemoryBook(sheets, known | {names.NARRATIVE_BASE: Ref("_底稿", "A2:D101")})


def generate(book: MemoryBook) -> Redrafted:
    made = writing.write(book, reading.read(book), NOW).redrafted
    before = {tab: book.read(book.used(tab)) for tab in book.sheets()}
    again = writing.write(book, reading.read(book), NOW)
    assert again.same
    assert {tab: book.read(book.used(tab)) for tab in book.sheets()} == before
    return made


def lines(book: MemoryBook) -> dict[str, tuple[CellValue, ...]]:
    """章节, 正文, 来源, 系统新稿, 采用 by id; rows without one by their sheet row."""
    last = row_and_column(book.used("报告文字").cell.rpartition(":")[2])[0]
    rows = book.read(Ref("报告文字", f"A3:F{max(3, last)}"))
    return {
        str(cells[5] or place): tuple(cells[:5]) for place, cells in enumerate(rows, start=3) if any(cells)
    }


def now_drafted(book: MemoryBook) -> dict[str, str]:
    return {each.id: each.text for each in narrative.draft(reading.read(book))}


def test_an_empty_sheet_is_drafted_and_remembered() -> None:
    book = memory()
    made = generate(book)
    texts = now_drafted(book)
    assert {key: cells[1] for key, cells in lines(book).items()} == texts
    assert list(lines(book)) == list(made.drafted) == list(texts)
    assert lines(book)["results/P1"][::2] == ("三、主要绩效", "系统起草", None)
    assert {key: base.text for key, base in reading.narrative.bases_of(book).items()} == texts
    assert book.read(Ref("_日志", "A2:C2")) == [["2021-03-08 09:30", "生成报告", f"起草 {len(texts)} 段"]]


def test_the_sheet_says_what_became_of_each_row() -> None:
    last = [(each.id, each.text) for each in narrative.draft(reading.read(memory()))]
    old = dict(last)
    overview, conclusion, problem = (old[key] for key in ("overview/1", "results/1", "problems/P1"))
    book = memory(
        f"""
| 一、（一）资金概况 | 据统计，{overview} | 系统起草 | | | overview/1 |
| 三、主要绩效 | {conclusion} | 系统起草 | | | results/1 |
| 三、主要绩效 | 科普工作成效明显，详见附件。 | 已人工修改 | | | results/P1 |
| 三、主要绩效 | 我们自己写的一段。 | 人工撰写 | | | |
| 四、存在的问题 | {problem} | 锁定 | | | problems/P1 |
| 五、有关建议 | 无 | 系统起草 | | | suggestions/1 |
| 六、其他说明 | 老项目还有3万元。 | 已人工修改 | | | other/P9 |
| 六、其他说明 | 再说一句。 | | | | |
""",
        [*last, ("other/P9", "老项目结余3万元。")],
    )
    book.write(SPENT, [[50]])
    made = generate(book)
    new, found = now_drafted(book), lines(book)
    assert found["overview/1"] == (
        "一、（一）资金概况", f"据统计，{new['overview/1']}", "已人工修改", new["overview/1"], "请核对",
    )  # fmt: skip
    assert found["results/1"] == ("三、主要绩效", new["results/1"], "系统起草", None, None)
    assert found["results/P1"] == (
        "三、主要绩效", "科普工作成效明显，详见附件。", "已人工修改", new["results/P1"], "请选择",
    )  # fmt: skip
    assert found["results/#1"] == ("三、主要绩效", "我们自己写的一段。", "人工撰写", None, None)
    assert found["problems/P1"] == ("四、存在的问题", problem, "锁定", None, None)
    assert found["suggestions/1"] == ("五、有关建议", "无", "已人工修改", None, None)
    assert found["other/P9"] == ("六、其他说明", "老项目还有3万元。", "已人工修改", None, "不再起草")
    assert found["other/#1"] == ("六、其他说明", "再说一句。", "人工撰写", None, None)
    assert "results/P2" not in found  # its row was deleted, and nothing about it is new
    assert made.merged == ("overview/1",)
    assert made.conflicts[0] == "results/P1"


def test_cells_that_the_program_has_nothing_to_say_about_stay_as_typed() -> None:
    book = memory(
        """
| 第七章 | 自己加的一章。 | 张三写的 | 便条 | 以后再说 | |
| 三、主要绩效 | 2020 | | | | |
| 三、主要绩效 | | | | | |
"""
    )
    generate(book)
    found = lines(book)
    assert found["other/#1"] == ("第七章", "自己加的一章。", "张三写的", "便条", "以后再说")
    assert found["results/#1"] == ("三、主要绩效", 2020, "人工撰写", None, None)
    assert ("三、主要绩效", None, None, None, None) in found.values()


def test_rows_between_are_used_up_before_anything_is_said_to_be_too_small() -> None:
    needed = len(now_drafted(memory()))
    rows = "| 三、主要绩效 | 我们自己写的一段。 | 人工撰写 | | | |"
    mine = needed - len([key for key in now_drafted(memory()) if key.startswith("results/")]) + 1
    assert len(generate(memory(rows, spare=mine - 1)).narrative.rows) == mine
    book = memory("\n".join(["| | | | | | |", rows]), spare=mine - 2)
    generate(book)
    assert len(lines(book)) == mine
    book = memory(rows, spare=mine - 4)
    before = {tab: book.read(book.used(tab)) for tab in book.sheets()}
    with pytest.raises(NotSaved, match="插入 3 行") as failure:
        generate(book)
    assert f"报告要 {mine} 行" in str(failure.value)
    assert {tab: book.read(book.used(tab)) for tab in book.sheets()} == before


def test_a_sheet_that_lost_a_column_is_not_written() -> None:
    book = memory()
    for gone, part in (
        ([names.NARRATIVE_KEY], "有列被删除了"),
        ([n for n in book.names() if n.startswith("NARR_")], "没有“报告文字”表"),
    ):
        left = {name: ref for name, ref in book.names().items() if name not in gone}
        broken = MemoryBook({tab: book.read(book.used(tab)) for tab in book.sheets()}, left)
        with pytest.raises(NotSaved, match=part):
            generate(broken)
    sheets = {tab: book.read(book.used(tab)) for tab in book.sheets() if tab != "_底稿"}
    with pytest.raises(NotSaved, match="_底稿"):
        generate(MemoryBook(sheets, book.names()))


def test_a_workbook_from_before_has_no_name_for_the_last_drafts() -> None:
    last = [(each.id, each.text) for each in narrative.draft(reading.read(memory()))]
    book = memory(f"| 三、主要绩效 | {dict(last)['results/P1']}好。 | 系统起草 | | | results/P1 |", last)
    old = {name: ref for name, ref in book.names().items() if name != names.NARRATIVE_BASE}
    book = MemoryBook({tab: book.read(book.used(tab)) for tab in book.sheets()}, old)
    [only] = reading.read(book).paragraphs
    assert only.state is EDITED
    book.write(SPENT, [[50]])
    generate(book)
    assert lines(book)["results/P1"][1] == f"{now_drafted(book)['results/P1']}好。"


# --- in a file ------------------------------------------------------------------------------------------

LATER = NOW + timedelta(days=1)
SHEET_OF = {"text": "C", "state": "D", "draft": "E", "take": "F"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample without any text."""
    path = tmp_path_factory.mktemp("made") / "自评.xlsx"
    actions.new(replace(sample.submission(), paragraphs=()), path)
    return path


@pytest.fixture(scope="module")
def drafted(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample with its report drafted."""
    path = Path(shutil.copy(made, tmp_path_factory.mktemp("drafted")))
    report(path)
    return path


@pytest.fixture
def book(drafted: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(drafted, tmp_path))


def report(path: Path, now: datetime = NOW) -> Redrafted:
    """Draft the report into a file; whatever that leaves is right in every spreadsheet program."""
    made = actions.draft_report(path, path.with_suffix(".docx"), now)
    before = path.read_bytes()
    again = actions.draft_report(path, path.with_suffix(".docx"), now)
    assert again.backup is None
    assert path.read_bytes() == before
    assert validator.problems(path) == []
    headless.assert_cached_values_right(path)
    return made.redrafted


def put(path: Path, cells: dict[tuple[str, str], CellValue | Formula]) -> None:
    """Type into cells, as people do."""
    typing = FileBook.open(path, writable=True)
    for (sheet, cell), value in cells.items():
        typing.write(Ref(sheet, cell), [[value]])
    typing.save(NOW)


def type_in(path: Path, cells: dict[tuple[str, str], float | str | None]) -> None:
    """Type into cells in a spreadsheet program, which recalculates and saves in its own way."""
    with headless.office().open(path) as opened:
        for (sheet, cell), value in cells.items():
            opened.set(sheet, cell, value)
        opened.calculate()
        opened.save_as_xlsx(path)


def rows_of(path: Path) -> dict[str, Paragraph]:
    """The rows of 报告文字 by id."""
    saved = FileBook.open(path)
    return {each.id: each for each in reading.narrative.rows_of(saved, reading.read(saved).edition)}


def place(path: Path, key: str, column: str = "text") -> tuple[str, str]:
    return "报告文字", f"{SHEET_OF[column]}{rows_of(path)[key].row}"


def test_a_file_gets_what_a_book_in_memory_gets(drafted: Path) -> None:
    saved = FileBook.open(drafted)
    submission = reading.read(saved)
    assert {each.id: each.text for each in submission.paragraphs} == {
        each.id: each.text for each in narrative.draft(submission)
    }
    assert all(each.state is DRAFTED for each in submission.paragraphs)
    assert {key: base.text for key, base in reading.narrative.bases_of(saved).items()} == {
        each.id: each.text for each in submission.paragraphs
    }


def test_only_the_programs_own_sheets_change(made: Path, drafted: Path) -> None:
    before, after = FileBook.open(made), FileBook.open(drafted)
    changed = {tab for tab in before.sheets() if before.read(before.used(tab)) != after.read(after.used(tab))}
    assert changed == {"报告文字", "_底稿", "_日志", "首页"}
    home = before.used("首页")
    cells = zip(*(each.read(home) for each in (before, after)), strict=True)
    shown = [(old, new) for rows in cells for old, new in zip(*rows, strict=True) if old != new]
    assert shown == [("□□□□□□□□□□ 0%", "■■■■■■■■■■ 100%"), ("填写中", "已完成"), (0, 1)]


def test_the_state_before_is_kept_as_a_backup(made: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(made, tmp_path))
    backup = actions.draft_report(path, tmp_path / "报告.docx", NOW).backup
    assert backup is not None
    assert backup.read_bytes() == made.read_bytes()


def test_rows_move_with_all_that_stands_in_them(book: Path, office: headless.Office) -> None:
    rows = list(rows_of(book))
    put(
        book,
        {
            place(book, "results/P2"): "=1+1",
            place(book, "results/P2", "state"): "锁定",
        },
    )
    with office.open(book) as opened:
        opened.set_formula(*place(book, "results/P3"), '="支出"&资金概况!G8')
        for cell, value in (("B10", "新项目经费"), ("E10", 10), ("G10", 9)):
            opened.set("资金概况", cell, value)
        opened.calculate()
        opened.save_as_xlsx(book)
    report(book)
    found = rows_of(book)
    assert [key for key in found if key in rows] == rows
    assert len(found) > len(rows)
    assert found["results/P2"].text == "=1+1"
    assert found["results/P2"].state is LOCKED
    assert found["results/P3"].state is WRITTEN
    where = place(book, "results/P3")
    assert FileBook.open(book, writable=True).formulas("报告文字")[where[1]] == '="支出"&资金概况!G8'


def test_rows_that_people_inserted_get_their_formulas(book: Path, office: headless.Office) -> None:
    with office.open(book) as opened:
        row = rows_of(book)["results/P2"].row
        opened.insert_rows("报告文字", row, 2)
        opened.set("报告文字", f"B{row}", "三、主要绩效")
        opened.set("报告文字", f"C{row}", "我们自己加的一段。")
        opened.save_as_xlsx(book)
    report(book)
    saved = FileBook.open(book, writable=True)
    row = rows_of(book)["results/#1"].row
    assert saved.read(Ref("报告文字", f"A{row}:G{row}")) == [
        [
            f"3.{row - rows_of(book)['results/1'].row + 1}",
            "三、主要绩效",
            "我们自己加的一段。",
            "人工撰写",
            None,
            None,
            9,
        ]
    ]
    assert {f"A{row}", f"G{row}"} <= saved.formulas("报告文字").keys()


def test_marks_go_out_where_the_text_is_another(book: Path) -> None:
    touched = actions.validate_and_write(book, NOW, write=True)
    marked = [each.at for each in touched.checked.findings if each.at and each.at.sheet == "报告文字"]
    assert marked
    type_in(book, {("资金概况", "G6"): 60})
    report(book, LATER)


def test_links_of_findings_follow_the_paragraphs(book: Path) -> None:
    actions.validate_and_write(book, NOW, write=True)
    before = linked(book)
    assert len(before) > 8
    deleted = {"management/3", "suggestions/1"}
    old = rows_of(book)
    type_in(
        book,
        {
            ("资金概况", "G6"): 60,  # P1 has a balance now
            ("项目3_老科协", "H8"): "组织活动12次",  # and P3 a problem: one paragraph more
            **{place(book, key): None for key in deleted},
        },
    )
    report(book, LATER)
    moved = [key for key, each in rows_of(book).items() if key in old and each.row != old[key].row]
    assert set(moved) & set(before.values())
    after = linked(book)
    assert after == {problem: ownsheets.GONE if key in deleted else key for problem, key in before.items()}


def linked(path: Path) -> dict[str, str]:
    """The findings about 报告文字 in 校验结果: what each says, and the id of the paragraph its link shows and leads to."""
    saved = FileBook.open(path, writable=True)
    ids = {f"报告文字！C{each.row}": key for key, each in rows_of(path).items()}
    formulas = saved.formulas("校验结果")
    columns = (saved.names()[names.FINDINGS[key]] for key in ("place", "problem", "sheet"))
    places, problems, sheets = (saved.read(ref) for ref in columns)
    top, column = row_and_column(saved.names()[names.FINDINGS["place"]].cell)
    found: dict[str, str] = {}
    for row, ([shown], [problem], [sheet]) in enumerate(
        zip(places, problems, sheets, strict=True), start=top
    ):
        if sheet == "NARRATIVE":
            formula = formulas.get(f"{column_letters(column)}{row}", "")
            cell = str(shown).rpartition("！")[2]
            assert (f"!{cell})" in formula) is (shown != ownsheets.GONE)
            found[str(problem)] = ids.get(str(shown), str(shown))
    return found


def test_a_sheet_of_another_edition_is_drafted_too(tmp_path: Path) -> None:
    for edition in forms.editions():
        path = tmp_path / f"{edition}.xlsx"
        unit = actions.blank(forms.load(edition), unit="示例区科学技术局", year=2020, projects=["科普经费"])
        actions.new(unit, path)
        made = report(path)
        assert made.drafted


@pytest.mark.parametrize("edition", forms.editions())
def test_a_blank_sheet_prints_on_one_page(edition: str, tmp_path: Path) -> None:
    path = tmp_path / "空白.xlsx"
    actions.new(actions.blank(forms.load(edition)), path)
    sheet = openpyxl.load_workbook(path)["报告文字"]
    last = int(str(sheet.print_area).rpartition("$")[2])
    heights = [sheet.row_dimensions[row].height or 15 for row in range(1, last + 1)]
    shown = [column for column in sheet.column_dimensions.values() if not column.hidden][:7]
    width = sum(column.width * 7 + 5 for column in shown) * 0.75
    margins = sheet.page_margins
    scale = (842 - 72 * (margins.left + margins.right)) / width
    assert sum(heights) * scale <= 595 - 72 * (margins.top + margins.bottom)
    assert sum(height > 20 for height in heights[4:]) == 2


def test_a_workbook_that_is_open_elsewhere_is_not_written(book: Path) -> None:
    before = book.read_bytes()
    lock = book.with_name(f"~${book.name}")
    lock.write_bytes(b"\0" * 165)
    put_off = book.with_name("新报告.docx")
    with pytest.raises(NotSaved, match="正在别的程序里打开") as failure:
        actions.draft_report(book, put_off, NOW)
    assert getattr(failure.value, "exit_status", 0) == 3
    assert call("report", book, "--docx", put_off) == 3
    assert (book.read_bytes(), put_off.exists()) == (before, False)


def test_nothing_is_written_when_the_document_cannot_be(book: Path) -> None:
    put(book, {("资金概况", "G6"): 60})
    before = book.read_bytes()
    with pytest.raises(NotSaved, match="不存在"):
        actions.draft_report(book, book.parent / "没有" / "报告.docx", NOW)
    assert book.read_bytes() == before


def test_the_command_counts_what_it_did(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = rows_of(book)
    put(
        book,
        {
            place(book, "overview/1"): f"据统计，{rows['overview/1'].text}",
            place(book, "results/P1"): "科技工作成效明显，详见附件。",
            ("资金概况", "G6"): 60,
        },
    )
    assert call("report", book) == 0
    said = capsys.readouterr().out.replace("\n", "")
    assert re.search(r"按新数据更新 \d+ 段，合并 1 段请核对，1 段有新稿待选。", said)
    assert "采用新稿" in said
    assert "改动以前的文件" in said
    put(book, {place(book, "problems/P1", "take"): "先放着", place(book, "suggestions/1"): "无"})
    assert call("report", book) == 0
    said = capsys.readouterr().out.replace("\n", "")
    assert "1 段有新稿待选" in said
    assert "“采用”列里的“先放着”看不懂，没有照办" in said
    assert call("report", book) == 0
    assert "“报告文字”和上次一样，工作簿没有改动。" in capsys.readouterr().out


def test_the_command_says_when_only_marks_are_new(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(book, {place(book, "suggestions/1"): "无"})
    assert call("report", book) == 0
    said = capsys.readouterr().out.replace("\n", "")
    assert "正文没有变化，只更新了“来源”等栏。" in said
    assert rows_of(book)["suggestions/1"].state is EDITED


def test_an_open_workbook_gets_what_a_file_gets(book: Path) -> None:
    type_in(
        book,
        {
            place(book, "overview/1"): f"据统计，{rows_of(book)['overview/1'].text}",
            place(book, "results/P1"): "科技工作成效明显，详见附件。",
            ("资金概况", "G6"): 60,
        },
    )
    with open_live(book) as live:
        writing.write(live, reading.read(live), LATER)
        assert live.flush() < 10
        found = reading.narrative.rows_of(live, reading.read(live).edition)
        bases = reading.narrative.bases_of(live)
        live.forget()
        assert writing.write(live, reading.read(live), LATER).same
    report(book, LATER)
    assert found == tuple(rows_of(book).values())
    assert bases == reading.narrative.bases_of(FileBook.open(book))


def test_a_workbook_made_from_another_remembers_its_drafts(book: Path, tmp_path: Path) -> None:
    mine = f"据统计，{rows_of(book)['overview/1'].text}"
    type_in(
        book,
        {
            place(book, "overview/1"): mine,
            place(book, "results/P1"): "科技工作成效明显，详见附件。",
            ("资金概况", "G6"): 60,
        },
    )
    report(book)
    written = exchange.to_text(actions.read(book))
    for source in (actions.read(book), exchange.from_text(written)):
        made = tmp_path / f"{len(list(tmp_path.iterdir()))}.xlsx"
        actions.new(source, made)
        assert rows_of(made) == rows_of(book)
        bases = [reading.narrative.bases_of(FileBook.open(path)) for path in (book, made)]
        assert bases[0] == bases[1]
        assert exchange.to_text(actions.read(made)) == written
        assert report(made).counts == "1 段有新稿待选"


def test_next_year_starts_with_what_people_wrote(book: Path, tmp_path: Path) -> None:
    rows = rows_of(book)
    mine = f"据统计，{rows['overview/1'].text}"
    type_in(
        book,
        {
            place(book, "overview/1"): mine,
            place(book, "results/P1"): "科技工作成效明显，详见附件。",
            place(book, "evaluation/1", "state"): "锁定",
            place(book, "suggestions/1"): "建议尽早下达指标。",
            ("资金概况", "G6"): 60,
        },
    )
    report(book)
    offered = rows_of(book)["results/P1"]
    assert (offered.take, bool(offered.draft)) == (Take.CHOOSE, True)
    as_json = tmp_path / "自评.json"
    as_json.write_text(exchange.to_text(actions.read(book)), encoding="utf-8")
    for source in (actions.read(book), exchange.from_text(as_json.read_bytes())):
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.xlsx"
        actions.new(renewal.next_year(source), path)
        kept = rows_of(path)
        people = {"overview/1", "evaluation/1", "results/P1", "suggestions/1"}
        # What stands beside a locked paragraph stays to be drafted again.
        assert kept.keys() == people | {"evaluation/2", "evaluation/3"}
        assert {(each.draft, each.take) for each in kept.values()} == {("", "")}
        type_in(path, {("资金概况", f"{column}{row}"): 50 for column in "EG" for row in range(6, 10)})
        made = report(path)
        found = rows_of(path)
        assert "2020年度" in mine
        assert found["overview/1"].text.startswith("据统计，我单位2021年度")
        assert "支出总额200万元" in found["overview/1"].text
        assert (found["results/P1"].text, found["results/P1"].take) == (
            "科技工作成效明显，详见附件。",
            Take.CHOOSE,
        )
        assert (found["evaluation/1"].text, found["evaluation/1"].state) == (
            rows["evaluation/1"].text,
            LOCKED,
        )
        assert found["suggestions/1"].text == "建议尽早下达指标。"
        fresh = {each.id: each.text for each in narrative.draft(actions.read(path))}
        assert len(made.drafted) > 10
        assert {key: each.text for key, each in found.items() if key not in people} == {
            key: text for key, text in fresh.items() if key not in people
        }


def test_a_file_from_before_is_drafted_too(made: Path, tmp_path: Path) -> None:
    old = tmp_path / "旧的.xlsx"
    with zipfile.ZipFile(made) as package, zipfile.ZipFile(old, "w") as without:
        for name in package.namelist():
            content = package.read(name)
            if name == "xl/workbook.xml":
                content, count = re.subn(
                    rb"<definedName name=\"NARR_BASE\">[^<]*</definedName>", b"", content
                )
                assert count == 1
            without.writestr(name, content)
    drafted = actions.draft_report(old, tmp_path / "报告.docx", NOW).redrafted.drafted
    assert list(reading.narrative.bases_of(FileBook.open(old))) == list(rows_of(old)) == list(drafted)
    assert actions.draft_report(old, tmp_path / "报告.docx", NOW).backup is None


def test_texts_edited_in_word_can_be_put_back(book: Path) -> None:
    """The way back: the rows as they stand, with the texts a person changed in the document, put again."""
    saved = FileBook.open(book, writable=True)
    edition = reading.read(saved).edition
    before = writing.current(saved, edition)
    edited = tuple(
        with_text(each, f"{each.text}另见附件。") if each.id == "overview/1" else each for each in before.rows
    )
    made = Redrafted(narrative=replace(before, rows=edited))
    written = writing.put(saved, edition, made, LATER, action="取回Word修改", outcome="取回 1 段")
    writing.recount(saved, written, edition)
    saved.save(LATER)
    found = rows_of(book)["overview/1"]
    assert (found.text[-5:], found.state) == ("另见附件。", EDITED)
    assert FileBook.open(book).read(Ref("_日志", "B3:C3")) == [["取回Word修改", "取回 1 段"]]
    headless.assert_cached_values_right(book)
    assert report(book).kept == ("overview/1",)


def test_reasons_beside_findings_stay_with_peoples_paragraphs(tmp_path: Path) -> None:
    path = tmp_path / "自评.xlsx"
    actions.new(sample.submission(), path)
    about = [
        {each.key for each in found if each.at and each.at.sheet == "报告文字"} for found in _findings(path)
    ]
    assert len(about[0]) > 5
    assert about[0] == about[1]


def _findings(path: Path) -> Iterator[tuple[Finding, ...]]:
    """Those of a workbook before and after its report is drafted."""
    yield actions.validate_file(path).findings
    report(path)
    yield actions.validate_file(path).findings


# --- random years ---------------------------------------------------------------------------------------

_PROJECTS = ("P1", "P2", "P3")
_TEMPLATES = {
    "overview/1": "我单位纳入绩效自评的项目共{0}个，指标总额{1}万元，支出总额{2}万元，预算执行率{3}%。",
    "overview/2": "分项目看，预算执行率为：甲项目{0}%，乙项目{1}%，丙项目{2}%。",
    "results/1": "全年共支出{0}万元。可以对照的量化目标有{1}个，其中达到或超过的{2}个。",
    **{f"results/{key}": key + "支出{0}万元，执行率{1}%。培训{2}期，参训{3}人次。" for key in _PROJECTS},
    **{
        f"problems/{key}": key + "预算{0}万元，支出{1}万元，结余{2}万元。【待补充：原因】"
        for key in _PROJECTS
    },
    "other/1": "【待补充：其他需要说明的问题】",
}


@dataclass
class Year:
    """A sheet that people and the program work on in turn; every run of characters people type is told apart."""

    data: Random
    narrative: Narrative = field(default_factory=Narrative)
    figures: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    typed: int = 0

    def __post_init__(self) -> None:
        self.new_data(99)

    @property
    def rows(self) -> list[Paragraph]:
        return list(self.narrative.rows)

    @rows.setter
    def rows(self, rows: list[Paragraph]) -> None:
        self.narrative = replace(self.narrative, rows=tuple(rows))

    def new_data(self, changes: int) -> None:
        for _ in range(changes):
            key = self.data.choice(list(_TEMPLATES))
            self.figures[key] = [self.data.randint(1, 999) for _ in range(4)]
            if self.data.random() < 0.2:
                del self.figures[key]

    def drafts(self) -> list[Paragraph]:
        return [
            draft(key, text.format(*self.figures[key]))
            for key, text in _TEMPLATES.items()
            if key in self.figures
        ]

    def run_of_characters(self) -> str:
        """Something nobody else types: three characters of its own."""
        self.typed += 1
        return "".join(chr(0x3400 + 3 * self.typed + n) for n in range(3))

    def do(self, what: str, a: int, b: int) -> None:
        """One thing a person does in the sheet."""
        rows = self.rows
        place = a % len(rows) if rows else 0
        if what == "data":
            self.new_data(a % 4)
        elif what == "add":
            section = OUTLINE[b % len(OUTLINE)]
            rows.insert(place, Paragraph(section=section, text=self.run_of_characters(), state=WRITTEN))
        elif not rows:
            return
        elif what == "delete":
            rows.pop(place)
        elif what == "move":
            rows.insert(b % len(rows), rows.pop(place))
        elif what == "copy":
            rows.insert(b % (len(rows) + 1), rows[place])
        elif what == "paste":  # over the visible cells of another row: the hidden id stays
            other = b % len(rows)
            rows[other] = replace(rows[place], id=rows[other].id, base=rows[other].base)
        else:
            rows[place] = self.changed(rows[place], what, b)
        self.rows = rows

    def changed(self, old: Paragraph, what: str, b: int) -> Paragraph:
        text, at = old.text, b % (len(old.text) + 1)
        if what == "insert":
            return replace(old, text=text[:at] + self.run_of_characters() + text[at:])
        if what == "cut":
            return replace(old, text=text[:at] + text[at + 1 + b % 17 :])
        if what == "turn":
            return replace(old, text=text[at:] + text[:at])
        if what == "empty":
            return replace(old, text="")
        if what == "type over":
            return replace(old, text=self.run_of_characters())
        if what == "state":
            return replace(old, state=list(ParagraphState)[b % 4])
        if what == "section":
            return replace(old, section=OUTLINE[b % len(OUTLINE)])
        if what == "offer":
            return replace(old, draft=old.draft[:at] + self.run_of_characters() + old.draft[at:])
        if what == "forget":
            return replace(old, id="", base=None)
        return replace(old, take=("", Take.NEW.value, Take.MINE.value, "请选择")[b % 4])

    def generate(self) -> None:
        """Generate, and hold what must not get lost against what is there."""
        own = iter(range(10**6))
        before = [
            each if each.id or not each.text else replace(each, id=f"{each.section}/#{9000 + next(own)}")
            for each in self.rows
        ]
        made = generated(replace(self.narrative, rows=tuple(before)), self.drafts())
        after = list(made.narrative.rows)
        safe: Counter[str] = Counter()
        for each in before:
            locked = each.state is LOCKED
            if locked or each.take != Take.NEW or not each.draft:
                safe.update(_RUN.findall(each.text))
            if locked or each.take != Take.MINE:
                safe.update(_RUN.findall(each.draft))
        there = Counter(run for each in after for run in _RUN.findall(f"{each.text}|{each.draft}"))
        assert not safe - there
        assert all(each.text in {other.text for other in after} for each in before if _is_out_of_reach(each))
        ids = [each.id for each in after if each.id]
        assert len(ids) == len(set(ids))
        self.narrative = made.narrative

    def all_figures_are_current(self) -> None:
        """What nobody touched says what the data say; what could not be brought up to date is offered."""
        now = {each.id: each.text for each in self.drafts()}
        for each in self.rows:
            if each.state is DRAFTED and each.text:
                assert each.text == now[each.id]
            if each.take == Take.CHOOSE and each.id and not (each.is_own or each.state is LOCKED):
                assert each.draft


_RUN = re.compile("[\u3400-\u4db5]{3}")
_DEEDS = (
    "data", "data", "add", "delete", "move", "copy", "paste", "insert", "insert", "insert", "cut", "turn", "empty",
    "type over", "state", "section", "offer", "forget", "take", "take", "generate", "generate",
)  # fmt: skip


def _is_out_of_reach(paragraph: Paragraph) -> bool:
    """Whether the program may not change a paragraph whatever the data say."""
    protected = paragraph.state is LOCKED or (paragraph.state is WRITTEN and paragraph.take != Take.NEW)
    return protected and bool(paragraph.text)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.integers(0, 10**6),
    st.lists(
        st.tuples(st.sampled_from(_DEEDS), st.integers(0, 10**4), st.integers(0, 10**4)),
        min_size=5,
        max_size=60,
    ),
)
def test_nothing_typed_is_lost_whatever_people_do(seed: int, deeds: list[tuple[str, int, int]]) -> None:
    year = Year(Random(seed))
    year.generate()
    for what, a, b in deeds:
        if what == "generate":
            year.generate()
            year.all_figures_are_current()
        else:
            year.do(what, a, b)
    year.generate()


# --- one scripted year ----------------------------------------------------------------------------------

TYPED_IN_SHEET: dict[str, tuple[str, str, str]] = {
    # paragraph: what a person replaces in it, by what, and the run of characters that must survive
    "overview/1": ("我单位", "经财务核对，我单位", "经财务核对"),
    "overview/2": ("分项目看，", "分项目看，各科室执行情况总体均衡，", "各科室执行情况总体均衡"),
    "results/1": ("。可以与", "。对照年初目标逐条核实，可以与", "对照年初目标逐条核实"),
    "results/P1": ("开办业务培训", "分四个季度开办业务培训", "分四个季度"),
    "results/P2": ("", "科普工作办得扎实，群众欢迎，这里不一一列举。", "群众欢迎"),
    "results/P3": (
        "【待补充：老科协经费的实际完成情况】",
        "会员活动每月一次，反映良好。",
        "会员活动每月一次",
    ),
    "problems/P4": ("【待补充：结余原因及改进措施】", "部分立项项目年底尚未验收。", "年底尚未验收"),
    "problems/P2": ("科普经费预算", "科普工作方面，科普经费预算", "科普工作方面"),
    "evaluation/2": ("", "成立自评小组，逐项查阅凭证。", "逐项查阅凭证"),
    "suggestions/1": ("", "建议尽早下达经费指标。", "尽早下达"),
}
NEW_FIGURES: dict[tuple[str, str], float | str] = {
    ("资金概况", "G6"): 70,
    ("资金概况", "G7"): 58,
    ("资金概况", "E8"): 12,
    ("资金概况", "G9"): 410,
    ("项目1_科技工作", "H8"): "开办业务培训12期，参训2000人次；印发政策宣传资料1000余册",
}


@dataclass(frozen=True)
class ScriptedYear:
    """A workbook after its first half of a year: drafted, ten paragraphs edited in the sheet, five figures changed,
    drafted again. The second half goes on from `path`: edits in Word, taken back, drafted again."""

    path: Path
    old: dict[str, str]
    """The drafts before the figures changed, by id."""
    new: dict[str, str]
    typed: dict[str, str]
    """What people made of the paragraphs, by id."""
    made: Redrafted


def first_half(path: Path) -> ScriptedYear:
    """Play it in a spreadsheet program on a workbook at `path` that holds a fresh draft."""
    old = {key: each.text for key, each in rows_of(path).items()}
    typed = {
        key: old[key].replace(before, after) if before else after
        for key, (before, after, _) in TYPED_IN_SHEET.items()
    }
    assert all(typed[key] != old[key] for key in typed)
    type_in(path, {place(path, key): text for key, text in typed.items()})
    assert {key: rows_of(path)[key].state for key in typed} == dict.fromkeys(typed, EDITED)
    type_in(path, NEW_FIGURES)
    made = report(path)
    new = {each.id: each.text for each in narrative.draft(reading.read(FileBook.open(path)))}
    return ScriptedYear(path, old, new, typed, made)


@pytest.fixture(scope="module")
def scripted(drafted: Path, tmp_path_factory: pytest.TempPathFactory) -> ScriptedYear:
    return first_half(Path(shutil.copy(drafted, tmp_path_factory.mktemp("year"))))


def test_no_edit_of_the_scripted_year_is_lost(scripted: ScriptedYear) -> None:
    found = rows_of(scripted.path)
    kept = [key for key, (_, _, run) in TYPED_IN_SHEET.items() if run in found[key].text]
    assert len(kept) == len(TYPED_IN_SHEET) == 10
    outcomes = [scripted.made.merged, scripted.made.conflicts, scripted.made.kept]
    assert sorted(key for ids in outcomes for key in ids) == sorted(TYPED_IN_SHEET)


def test_all_figures_of_the_scripted_year_are_current(scripted: ScriptedYear) -> None:
    found = rows_of(scripted.path)
    assert sum(scripted.old.get(key) != text for key, text in scripted.new.items()) >= 8
    current = 0
    for key, text in scripted.new.items():
        if key not in scripted.typed:
            assert (found[key].text, found[key].state) == (text, DRAFTED)
        elif key not in scripted.made.conflicts:
            gone = _figures(scripted.old[key]) - _figures(text)
            assert not gone & _figures(found[key].text)
            came = _figures(text) - _figures(scripted.old[key])
            assert came <= _figures(found[key].text)
            current += bool(came)
    assert current >= 5
    assert len(scripted.made.followed) >= 12


def test_every_conflict_of_the_scripted_year_is_listed(scripted: ScriptedYear) -> None:
    found = rows_of(scripted.path)
    listed = {key for key, each in found.items() if each.take == Take.CHOOSE}
    stale = {
        key
        for key, text in scripted.typed.items()
        if scripted.old[key] != scripted.new[key] and found[key].text == text
    }
    assert listed == set(scripted.made.conflicts) == stale
    assert {key: found[key].draft for key in listed} == {key: scripted.new[key] for key in listed}
    assert listed


def test_a_conflict_of_the_scripted_year_is_settled_in_the_sheet(
    scripted: ScriptedYear, tmp_path: Path
) -> None:
    path = Path(shutil.copy(scripted.path, tmp_path))
    [key, *_] = scripted.made.conflicts
    for take, text in ((Take.MINE, scripted.typed[key]), (Take.NEW, scripted.new[key])):
        shutil.copy(scripted.path, path)
        type_in(path, {place(path, key, "take"): take.value})
        report(path)
        found = rows_of(path)[key]
        assert (found.text, found.draft, found.take) == (text, "", "")


def _figures(text: str) -> set[str]:
    return set(re.findall(r"[0-9]+(?:\.[0-9]+)?", text))
