"""The built-in sample: the figures of the original report, nothing of its wording, its slips kept."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from importlib import resources

import jsonschema
import pytest

from xl_perfeval import quantity, rollup, sample
from xl_perfeval.model import Stage

DATA = json.loads(resources.files("xl_perfeval").joinpath("sample.json").read_text(encoding="utf-8"))
SCHEMA = json.loads(
    resources.files("xl_perfeval").joinpath("schemas/submission.schema.json").read_text(encoding="utf-8")
)


def test_it_is_a_valid_submission() -> None:
    jsonschema.validate(DATA, SCHEMA)


def test_it_says_who_and_when() -> None:
    submission = sample.submission()
    assert submission.edition.id == "county-matrix"
    assert submission.unit.name == "示例区科学技术局"
    assert (submission.year, submission.stage) == (2020, Stage.YEAR_END)
    assert submission.report_date == date(2021, 3, 8)
    assert submission.prepared_by == "办公室"


def test_it_has_four_projects_with_fourteen_items() -> None:
    assert [len(project.items) for project in sample.submission().projects] == [5, 5, 3, 1]
    assert [project.id for project in sample.submission().projects] == ["P1", "P2", "P3", "P4"]


@pytest.mark.parametrize(
    ("column", "total"),
    [("budget", "563"), ("budget_local", "563"), ("spent", "547.99"), ("spent_local", "547.99")],
)
def test_its_amounts_add_up_as_in_the_original(column: str, total: str) -> None:
    assert rollup.total_of(sample.submission().projects, column) == Decimal(total)


def test_its_rate_is_that_of_the_original() -> None:
    assert rollup.percent(Decimal("547.99") / 563) == "97.33%"


def test_its_item_costs_add_up_to_the_budgets() -> None:
    for project in sample.submission().projects:
        assert rollup.total(item.cost for item in project.items) == rollup.read(project.funding.budget)


def test_one_budget_is_text_with_a_remark() -> None:
    budget = sample.submission().projects[3].funding.budget
    assert isinstance(budget, str)
    assert quantity.amount(budget).amount == 420
    assert quantity.amount(budget).note


def test_the_slips_of_the_original_are_kept() -> None:
    first, second, third, fourth = sample.submission().projects
    assert [item.cost for item in second.items] == ["20万", "10万", "10万", "10万", "10万"]
    assert (second.items[4].quantity, second.items[4].quality, second.items[4].benefit) == (
        "根据实际工作安排",
        "根据实际工作安排",
        None,
    )
    assert first.items[0].name == "1.业务培训和政策宣传"
    assert first.items[4].name == "5、其他"
    assert "70周年" in str(third.items[0].quantity)
    assert str(third.items[1].name).startswith("2.举办2场")
    assert str(third.items[1].quantity).startswith("举办6次")
    assert "兑现" in _results()
    assert f"{fourth.purpose}420万元" in _results()
    assert [item.actual is not None for item in first.items] == [True, False, False, True, False]


def test_overview_and_targets_are_left_to_drafting() -> None:
    written = {paragraph.section for paragraph in sample.submission().paragraphs}
    assert written == {"management", "evaluation", "results", "problems", "suggestions", "other"}
    assert [p.text for p in sample.submission().text_of("other")] == ["无"]


def _results() -> str:
    return "".join(paragraph.text for paragraph in sample.submission().text_of("results"))
