"""The two outlines of the report, and how paragraphs find their section in the other one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests import clean
from xl_perfeval import exchange, forms, narrative, reading, template
from xl_perfeval.books.file import FileBook
from xl_perfeval.model import Paragraph

if TYPE_CHECKING:
    from pathlib import Path

COUNTY, MINISTRY = forms.load("county-matrix"), forms.load("ministry-2020")
SCORED = [each for each in forms.editions() if forms.load(each).scoring]
CHAPTERS = [
    "一、基本情况",
    "二、绩效评价工作开展情况",
    "三、综合评价情况及评价结论",
    "四、绩效评价指标分析",
    "五、主要经验及做法、存在的问题及原因分析",
    "六、有关建议",
    "七、其他需要说明的问题",
]


@pytest.mark.parametrize("edition", SCORED)
def test_scored_editions_have_the_seven_chapters_of_the_ministry(edition: str) -> None:
    chapters = [heading.parent or heading.heading for heading in forms.load(edition).outline]
    assert list(dict.fromkeys(chapters)) == CHAPTERS
    analysis = [each.heading for each in forms.load(edition).outline if each.parent == CHAPTERS[3]]
    assert analysis == [
        "（一）项目决策情况",
        "（二）项目过程情况",
        "（三）项目产出情况",
        "（四）项目效益情况",
    ]


def test_editions_without_marks_keep_the_six_sections() -> None:
    for edition in set(forms.editions()) - set(SCORED):
        found = [(each.id, each.parent, each.heading, each.short) for each in forms.load(edition).outline]
        assert found == [(each.id, each.parent, each.heading, each.short) for each in COUNTY.outline]


@pytest.mark.parametrize("edition", forms.editions())
def test_every_section_of_either_outline_has_a_place_in_both(edition: str) -> None:
    form = forms.load(edition)
    own = {heading.id for heading in form.outline}
    for other in (COUNTY, MINISTRY):
        assert {form.section_for(heading.id) for heading in other.outline} <= own
    assert {heading.short for heading in form.outline} <= form.sections.keys()
    if form.scoring:
        assert {heading.short for heading in COUNTY.outline} <= form.sections.keys()


@pytest.mark.parametrize("edition", SCORED)
def test_a_workbook_from_before_the_seven_chapters_keeps_every_paragraph(
    edition: str, tmp_path: Path
) -> None:
    own = tuple(
        Paragraph(section=each.id, id=f"{each.id}/1", text=f"{each.short}。") for each in COUNTY.outline
    )
    before = replace(forms.load(edition), outline=COUNTY.outline)
    path = tmp_path / "自评.xlsx"
    template.build(replace(clean.submission(1, edition), edition=before, paragraphs=own), path)
    read = reading.read(FileBook.open(path))
    assert read.edition is forms.load(edition)
    assert [(p.section, p.text) for p in read.paragraphs] == [(p.section, p.text) for p in own]
    assert {p.text for p in own} <= {p.text for p in narrative.compose(read)}


def test_moving_to_another_edition_moves_the_paragraphs(tmp_path: Path) -> None:
    given = clean.submission(1, "ministry-2020")
    texts = tuple(Paragraph(section=each.id, text=f"{each.heading}。") for each in MINISTRY.outline)
    moved = exchange.fitted(replace(given, paragraphs=texts), COUNTY)
    assert {p.section for p in moved.paragraphs} == {heading.id for heading in COUNTY.outline}
    path = tmp_path / "自评.xlsx"
    template.build(moved, path)
    read = reading.read(FileBook.open(path))
    assert [(p.section, p.text) for p in read.paragraphs] == [(p.section, p.text) for p in moved.paragraphs]
    assert [p.section for p in moved.paragraphs if p.text == "（三）项目产出情况。"] == ["results"]


@pytest.mark.parametrize("edition", forms.editions())
def test_drafts_go_through_the_workbook_under_their_sections(edition: str, tmp_path: Path) -> None:
    drafts = narrative.draft(replace(clean.submission(2, edition), paragraphs=()))
    path = tmp_path / "自评.xlsx"
    template.build(replace(clean.submission(2, edition), paragraphs=drafts), path)
    read = reading.read(FileBook.open(path))
    assert [(p.section, p.id, p.text) for p in read.paragraphs] == [(p.section, p.id, p.text) for p in drafts]
