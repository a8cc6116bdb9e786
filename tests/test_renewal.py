"""Next year's workbook from last year's."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from tests import clean
from xl_perfeval import reading, renewal, sample, template
from xl_perfeval.books.file import FileBook
from xl_perfeval.model import Base, Funding, Paragraph, ParagraphState, Take


@pytest.mark.parametrize("edition", ["county-matrix", "ministry-2020"])
def test_projects_and_targets_stay_and_results_go(edition: str, tmp_path: Path) -> None:
    last = clean.submission(5, edition)
    path = tmp_path / "明年.xlsx"
    template.build(renewal.next_year(last), path)
    new = reading.read(FileBook.open(path))
    assert (new.unit.name, new.year, new.report_date) == (last.unit.name, 2021, None)
    assert [p.name for p in new.projects] == [p.name for p in last.projects]
    assert [p.section for p in new.projects] == [p.section for p in last.projects]
    assert [p.text for p in new.paragraphs] == [p.text for p in last.paragraphs]
    for now, then in zip(new.projects, last.projects, strict=True):
        assert [(i.name, i.quantity, i.schedule) for i in now.items] == [
            (i.name, i.quantity, i.schedule) for i in then.items
        ]
        assert [(i.cost, i.actual, i.spent, i.reason) for i in now.items] == [(None,) * 4] * len(then.items)
        assert [(i.level3, i.target, i.weight) for i in now.indicators] == [
            (i.level3, i.target, i.weight) for i in then.indicators
        ]
        assert [(i.actual, i.score) for i in now.indicators] == [(None, None)] * len(then.indicators)


def paragraph(key: str, text: str = "甲。", **given: Any) -> Paragraph:
    base = Base(section=key.partition("/")[0], text="甲。", offered=given.pop("offered", ""))
    return Paragraph(section=base.section, id=key, text=text, base=None if "#" in key else base, **given)


DRAFTED, EDITED, WRITTEN, LOCKED = ParagraphState


def test_drafts_that_nobody_touched_go() -> None:
    rows = [
        paragraph("overview/1", state=DRAFTED),
        paragraph("results/1", state=DRAFTED),
        paragraph("results/2", "我改过。", state=EDITED),
        paragraph("results/#1", "我写的。", state=WRITTEN),
        paragraph("other/1", state=LOCKED),
        # Nobody but people would have written here, and such a section is not drafted: the draft stays to be renewed.
        paragraph("problems/1", state=DRAFTED),
        paragraph("problems/#1", "我写的。", state=WRITTEN),
    ]
    new = renewal.next_year(replace(sample.submission(), paragraphs=tuple(rows))).paragraphs
    assert [each.id for each in new] == ["results/2", "results/#1", "other/1", "problems/1", "problems/#1"]
    assert [each.base for each in new] == [row.base for row in rows if row in new]


@pytest.mark.parametrize("take", [Take.CHOOSE, Take.CHECK, Take.ENDED, "以后再说"])
def test_last_years_questions_go_with_it(take: str) -> None:
    mine = paragraph("results/1", "我改过。", state=EDITED, draft="乙。", take=take, offered="乙。")
    typed = replace(mine, draft="我在新稿里写的。")
    new = renewal.next_year(replace(sample.submission(), paragraphs=(mine, typed))).paragraphs
    asked = "" if take in list(Take) else take
    assert [(each.text, each.draft, each.take) for each in new] == [
        ("我改过。", "", asked),
        ("我改过。", "我在新稿里写的。", asked),
    ]
    assert [each.base and each.base.offered for each in new] == ["", ""]
    chosen = replace(mine, take=Take.NEW)
    assert renewal.next_year(replace(sample.submission(), paragraphs=(chosen,))).paragraphs == (chosen,)


def test_nothing_of_last_year_is_left_in_the_money() -> None:
    for project in renewal.next_year(sample.submission()).projects:
        kept = {f.name for f in fields(Funding) if getattr(project.funding, f.name) not in (None, ())}
        assert kept <= {"locator", "row", "project", "project_name"}
