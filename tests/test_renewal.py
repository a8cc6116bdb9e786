"""Next year's workbook from last year's."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from tests import clean
from xl_perfeval import reading, renewal, sample, template
from xl_perfeval.books.file import FileBook
from xl_perfeval.model import Funding


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


def test_nothing_of_last_year_is_left_in_the_money() -> None:
    for project in renewal.next_year(sample.submission()).projects:
        kept = {f.name for f in fields(Funding) if getattr(project.funding, f.name) not in (None, ())}
        assert kept <= {"locator", "row", "project", "project_name"}
