"""One year of a report, played in LibreOffice from the first draft to the last: nobody's words and no figure get lost.

Generate, edit 10 paragraphs in the sheet, change 5 figures, generate again (`test_redrafting.first_half`), edit 6
paragraphs in the document, take back, generate again.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.test_redrafting import NEW_FIGURES, NOW, TYPED_IN_SHEET, first_half, place, rows_of, type_in
from tests.test_takeback import in_libreoffice, take
from xl_perfeval import actions, narrative, reading, sample
from xl_perfeval.books.file import FileBook
from xl_perfeval.model import Paragraph, ParagraphState, Take
from xl_perfeval.report import edited as reports

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.office import OfficeText
    from xl_perfeval.narrative.redrafting import Redrafted
    from xl_perfeval.report.takeback import TakenBack

DRAFTED, EDITED = ParagraphState.DRAFTED, ParagraphState.EDITED
LATER = NOW + timedelta(days=30)

TYPED_IN_WORD: dict[str, tuple[str, str, str]] = {
    # paragraph: what somebody replaces in it (nothing: types behind it), by what, and the run that must survive
    "overview/1": ("我单位", "经主任办公会审定，我单位", "经主任办公会审定"),  # edited in the sheet before
    "results/P1": ("", "全部按期办结。", "全部按期办结"),  # edited in the sheet before
    "results/P2": ("群众欢迎", "学校和群众都欢迎", "学校和群众都"),  # waits for a choice
    "results/P4": ("，支出", "，科技股按合同支付", "科技股按合同支付"),
    "targets/1": ("", "各项目标已分解到股室。", "分解到股室"),
    "management/1": ("", "实行专账管理。", "实行专账管理"),
}


@dataclass(frozen=True)
class Year:
    """A workbook at the end of its year."""

    path: Path
    old: Mapping[str, str]
    """The first drafts by id."""
    new: Mapping[str, str]
    """The last drafts by id."""
    taken: TakenBack
    last: Redrafted
    """The last generation."""
    document: Path

    @property
    def rows(self) -> dict[str, Paragraph]:
        return rows_of(self.path)


def drafts(path: Path) -> dict[str, str]:
    return {each.id: each.text for each in narrative.draft(reading.read(FileBook.open(path)))}


def played(folder: Path, meanwhile: Mapping[tuple[str, str], float | str] | None = None) -> Year:
    """Play the year; `meanwhile` is typed in the workbook, and a draft made, while the document is with others."""
    path = folder / "自评.xlsx"
    actions.new(replace(sample.submission(), paragraphs=()), path)
    actions.draft_report(path, folder / "初稿.docx", NOW)
    half = first_half(path)
    sent = actions.draft_report(path, folder / "送审稿.docx", NOW).report.path
    if meanwhile:
        type_in(path, dict(meanwhile))
        actions.draft_report(path, folder / "期间.docx", NOW)

    def type_all(text: OfficeText, names: dict[str, str]) -> None:
        for key, (before, after, _) in TYPED_IN_WORD.items():
            if before:
                text.type_over(names[key], before, after)
            else:
                text.type_at_end(names[key], after)

    taken = take(path, in_libreoffice(sent, type_all), LATER).taken
    last = actions.draft_report(path, folder / "终稿.docx", LATER)
    before = path.read_bytes()
    assert actions.draft_report(path, folder / "再.docx", LATER).backup is None
    assert path.read_bytes() == before
    return Year(path, half.old, drafts(path), taken, last.redrafted, last.report.path)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    return played(tmp_path_factory.mktemp("year"))


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Year:
    """The same, but the workbook goes on while the document is with others: two figures, two paragraphs."""
    folder = tmp_path_factory.mktemp("busy")
    probe = Path(shutil.copy(played_once(folder), folder / "位置.xlsx"))
    texts = {key: row.text for key, row in rows_of(probe).items()}
    return played(
        folder / "year",
        {
            ("资金概况", "G6"): 69,
            ("资金概况", "G9"): 411,
            place(probe, "results/P4"): "立项扶持工作见附件，由各企业自行填报。",
            place(probe, "management/1"): "按照制度，" + texts["management/1"],
        },
    )


def played_once(folder: Path) -> Path:
    """The workbook as it is when the document goes out, for the places of its rows."""
    (folder / "year").mkdir()
    path = folder / "先行.xlsx"
    actions.new(replace(sample.submission(), paragraphs=()), path)
    actions.draft_report(path, folder / "先行.docx", NOW)
    first_half(path)
    return path


def everything(year: Year) -> str:
    return "\n".join(f"{row.text}\n{row.draft}" for row in year.rows.values())


def figures(text: str) -> set[str]:
    return set(re.findall(r"[0-9]+(?:\.[0-9]+)?", text))


def listed(year: Year) -> set[str]:
    return {key for key, row in year.rows.items() if row.take == Take.CHOOSE}


def is_current(year: Year, key: str) -> bool:
    """Whether the figures that changed over the year are followed in a paragraph, and the old ones gone."""
    text, old, new = year.rows[key].text, year.old.get(key, ""), year.new[key]
    if year.rows[key].state is DRAFTED:
        return text == new
    return figures(new) - figures(old) <= figures(text) and not (figures(old) - figures(new)) & figures(text)


def test_no_edit_is_lost(year: Year) -> None:
    assert (len(TYPED_IN_SHEET), len(NEW_FIGURES), len(TYPED_IN_WORD)) == (10, 5, 6)
    rows = year.rows
    in_sheet = [
        key for key, (_, _, run) in TYPED_IN_SHEET.items() if key != "results/P2" and run in rows[key].text
    ]
    in_word = [key for key, (_, _, run) in TYPED_IN_WORD.items() if run in rows[key].text]
    assert (len(in_sheet), len(in_word)) == (9, 6)
    assert "学校和群众都欢迎，这里不一一列举" in rows["results/P2"].text  # both, one after the other
    printed = "\n".join(block.text for block in reports.read(year.document).flow.blocks)
    assert all(run in printed for _, _, run in TYPED_IN_WORD.values())


def test_what_came_from_word_is_counted(year: Year) -> None:
    assert set(year.taken.edited) == set(TYPED_IN_WORD)
    assert (year.taken.merged, year.taken.conflicts, year.taken.unplaced) == ((), (), ())
    assert year.taken.counts == "取回 6 处修改（改 6 段）"
    assert {year.rows[key].state for key in TYPED_IN_WORD} == {EDITED}


def test_all_figures_are_current(year: Year) -> None:
    stale = {key for key in year.new if key in year.rows and not is_current(year, key)}
    assert stale == listed(year) == {"results/P2"}
    changed = {key for key in year.new if figures(year.new[key]) != figures(year.old.get(key, ""))}
    assert len(changed - stale) >= 8


def test_every_conflict_is_listed(year: Year) -> None:
    assert listed(year) == set(year.last.conflicts)
    assert len(year.last.conflicts) == 1
    assert year.rows["results/P2"].draft == year.new["results/P2"]


def test_nothing_is_lost_when_the_workbook_goes_on_meanwhile(busy: Year) -> None:
    rows, there = busy.rows, everything(busy)
    runs = [run for key, (_, _, run) in TYPED_IN_SHEET.items() if key != "results/P2"]
    runs += [run for _, _, run in TYPED_IN_WORD.values()]
    runs += ["由各企业自行填报", "按照制度，"]
    assert [run for run in runs if run in there] == runs
    assert len(runs) == 17
    assert rows["management/1"].text.startswith("按照制度，")
    assert rows["management/1"].text.endswith("实行专账管理。")
    # What Word put into a text that was rewritten meanwhile is offered beside it.
    assert busy.taken.conflicts == ("results/P4",)
    assert rows["results/P4"].text == "立项扶持工作见附件，由各企业自行填报。"
    assert "科技股按合同支付" in rows["results/P4"].draft
    assert listed(busy) == set(busy.last.conflicts) == {"results/P2", "results/P4"}
    stale = {key for key in busy.new if key in rows and not is_current(busy, key)}
    assert stale <= listed(busy)
    assert {"69", "411"} <= figures(busy.new["overview/2"] + busy.new["results/P1"] + busy.new["results/P4"])
