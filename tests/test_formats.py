"""Workbook and report are what the file formats want: Microsoft's validator and other readers have no objection.

`tests/template` holds the sample to this; here are the sizes, editions and findings of the main job, and the
reports of the same files.
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import docx
import openpyxl
import pytest

from tests import clean
from tests.validator import ALLOWED, problems
from xl_perfeval import actions, forms, sample, template
from xl_perfeval.model import Project

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from xl_perfeval.model import Submission

COUNTY, MINISTRY = (forms.load(edition) for edition in ("county-matrix", "ministry-2020"))


def forty() -> Submission:
    """The sample's projects ten times over."""
    base = sample.submission()
    projects = [replace(each, id="") for each in base.projects * 10]
    numbered = tuple(replace(each, id=f"P{n}", number=n) for n, each in enumerate(projects, start=1))
    return replace(base, projects=numbered)


def scored() -> Submission:
    """Generated projects with indicators, two cells of them missing, and one project with nothing but a name."""
    base = clean.submission(11, MINISTRY.id)
    first, *others = base.projects
    rows = first.indicators
    damaged = (replace(rows[0], sign=None), replace(rows[1], actual=None), *rows[2:])
    bare = Project(id="P99", name="档案整理经费")
    return replace(base, projects=(replace(first, indicators=damaged), *others, bare))


KINDS: dict[str, Callable[[], Submission]] = {
    "sample": sample.submission,
    "empty": lambda: template.blank(COUNTY, "示例局", 2026),
    "ministry": scored,
    "ministry empty": lambda: template.blank(MINISTRY),
    "40 projects": forty,
}


@pytest.fixture(scope="module", params=KINDS)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one kind of workbook, its findings in it, and its report."""
    folder = tmp_path_factory.mktemp("格式")
    submission = KINDS[request.param]()
    draft = folder / "草稿.xlsx"
    actions.new(submission, draft)
    checked = actions.validate_file(draft)
    assert checked.submission is not None
    actions.new(submission, folder / "自评.xlsx", checked.findings)
    actions.write_report(checked.submission, folder / "报告.docx", _never())
    return folder


def _never() -> datetime:
    """The time is only looked at when the report exists already."""
    moment: Any = None
    return moment


def test_no_objection_is_allowed() -> None:
    assert frozenset() == ALLOWED


@pytest.mark.parametrize("version", ["Office2016", "Microsoft365"])
def test_the_validator_accepts_the_workbook(folder: Path, version: str) -> None:
    assert problems(folder / "自评.xlsx", version) == []


@pytest.mark.parametrize("version", ["Office2016", "Microsoft365"])
def test_the_validator_accepts_the_report(folder: Path, version: str) -> None:
    assert problems(folder / "报告.docx", version) == []


def test_other_readers_open_both_without_a_warning(folder: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        book = openpyxl.load_workbook(folder / "自评.xlsx")
        values = openpyxl.load_workbook(folder / "自评.xlsx", data_only=True)
        document = docx.Document(str(folder / "报告.docx"))
    assert book.sheetnames == values.sheetnames
    assert book.sheetnames[:3] == ["首页", "填报说明", "资金概况"]
    assert document.paragraphs


def test_what_openpyxl_saves_still_opens(folder: Path, tmp_path: Path) -> None:
    """People run such scripts on workbooks; ours survives, though without results until it is calculated."""
    copy = tmp_path / "另存.xlsx"
    book = openpyxl.load_workbook(folder / "自评.xlsx")
    book.save(copy)
    assert actions.read(copy).projects == actions.read(folder / "自评.xlsx").projects
