"""Scores: the formulas of the edition, bounded, monotone, and nothing where nothing can be computed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from xl_perfeval import forms, scoring
from xl_perfeval.model import CellError, CellValue, Edition, Execution, Funding, Indicator, Project

EXCESS = forms.load("ministry-2020")
assert EXCESS.scoring is not None
RATIO = forms.load("hubei-20-80")
COST = forms.load("ministry-2021-cost")
SCORED = [form for form in map(forms.load, forms.editions()) if form.scoring]
assert EXCESS.scoring.ladder is not None
LADDER = replace(EXCESS, scoring=replace(EXCESS.scoring, ladder=replace(EXCESS.scoring.ladder, applies=True)))

numbers = st.decimals(0, 100_000, places=2)
weights = st.decimals(Decimal("0.5"), 60, places=1)
signs = st.sampled_from(["≥", "＞", "＝", "＜", "≤"])
editions = st.sampled_from(SCORED)
cells = st.one_of(st.none(), st.sampled_from(["%", "满意度指标", "产出指标", "场"]))


def indicator(
    sign: str, target: CellValue, actual: CellValue, weight: CellValue = 10, unit: str = ""
) -> Indicator:
    return Indicator(sign=sign, target=target, actual=actual, weight=weight, unit=unit)


def score(
    sign: str, target: CellValue, actual: CellValue, weight: CellValue = 10, edition: Edition = EXCESS
) -> object:
    found = scoring.indicator_score(indicator(sign, target, actual, weight), edition)
    return None if found is None else str(found)


@pytest.mark.parametrize(
    ("sign", "target", "actual", "expected"),
    [
        ("≥", "6", "10", "10.00"),
        ("≥", "6", "6", "10.00"),
        ("≥", "10000", "1000", "1.00"),
        ("≥", "3", "2", "6.67"),
        ("＞", "92", "92", "10.00"),
        ("≥", "0", "0", "10.00"),
        ("＝", "100", "95", "9.50"),
        ("＝", "100", "105", "10.00"),
        ("＝", "0", "0", "10.00"),
        ("＝", "0", "1", "0.00"),
        ("≤", "73", "73", "10.00"),
        ("≤", "73", "70", "10.00"),
        ("≤", "100", "125", "7.50"),
        ("≤", "100", "200", "0.00"),
        ("≤", "100", "250", "0.00"),
        ("＜", "0", "0", "10.00"),
        ("≤", "0", "1", "0.00"),
        ("≥", "5", "-1", "0.00"),
        ("≤", "5", "-1", "0.00"),
    ],
)
def test_formulas_of_the_edition(sign: str, target: str, actual: str, expected: str) -> None:
    assert score(sign, target, actual) == expected


def test_reverse_formula_is_a_choice_of_the_edition() -> None:
    assert score("≤", "100", "125", edition=RATIO) == "8.00"
    assert score("≤", "100", "400", edition=RATIO) == "2.50"
    assert score("≤", "0", "1", edition=RATIO) == "0.00"


def satisfaction(actual: str, edition: Edition = COST, **cells: CellValue) -> Decimal | None:
    """Score of a satisfaction row that aims at 90 % and weighs 10."""
    row = replace(indicator("≥", "90", actual, unit="%"), level1="满意度指标")
    return scoring.indicator_score(replace(row, **cells), edition)


@pytest.mark.parametrize(
    ("actual", "points"),
    [("100", 10), ("90", 10), ("89.99", 8), ("80%", 8), ("79.9", 5), ("60", 5), ("59.9", 0), ("-1", 0)],
)
def test_satisfaction_is_scored_by_interval_where_the_edition_says_so(actual: str, points: int) -> None:
    assert satisfaction(actual) == points


def test_only_percentages_of_the_group_are_scored_by_interval() -> None:
    assert satisfaction("81", EXCESS) == 9
    assert satisfaction("81", level1="产出指标") == 9
    assert satisfaction("45", unit="人") == 5
    assert satisfaction("45", unit="人", target="90%") == 0
    assert satisfaction("45", unit="百分比") == 0
    assert satisfaction("99", sign="≤") == 9
    assert satisfaction("85", level1="满意度指标（10分）") == 8


def test_a_blank_first_level_is_that_of_the_row_above() -> None:
    above = replace(indicator("≥", "90", "92", unit="%"), level1="满意度指标")
    project = Project(indicators=(above, replace(above, level1=None, actual="70")))
    assert scoring.total(project, COST) == 15
    assert scoring.total(project, EXCESS) == Decimal("17.78")


@pytest.mark.parametrize(
    ("sign", "target", "actual", "points"),
    [
        ("≥", "10", "12.9", "10.00"),
        ("≥", "10", "13", "9.00"),
        ("＞", "3", "3.9", "9.00"),
        ("≥", "10", "20", "8.00"),
        ("≥", "10", "300", "7.00"),
        ("≥", "0", "300", "10.00"),
        ("＝", "10", "20", "10.00"),
        ("≤", "10", "5", "10.00"),
    ],
)
def test_the_ladder_takes_off_only_where_it_applies(sign: str, target: str, actual: str, points: str) -> None:
    assert score(sign, target, actual, edition=LADDER) == points
    assert score(sign, target, actual) == "10.00"


def test_no_edition_takes_off_for_over_fulfilment() -> None:
    assert not any(form.scoring.ladder.applies for form in SCORED if form.scoring and form.scoring.ladder)


def test_score_rounds_as_spreadsheets_do() -> None:
    assert score("≥", "100", "67", Decimal("1.5").__float__()) == "1.01"
    assert score("≥", "8", "1", 0.2) == "0.03"


@pytest.mark.parametrize(
    ("sign", "target", "actual", "weight"),
    [
        ("≥", "6", None, 10),
        ("≥", "6", "", 10),
        ("≥", "6", "完成", 10),
        ("≥", "6", "1-2", 10),
        ("≥", "6", "5,6", 10),
        ("≥", "6", True, 10),
        ("≥", "6", CellError("#DIV/0!"), 10),
        ("≥", None, "6", 10),
        ("≥", "6", "6", None),
        ("≥", "6", "6", "满分"),
        (">=", "6", "6", 10),
        ("", "6", "6", 10),
        ("定性", "6", "6", 10),
    ],
)
def test_no_score_where_none_can_be_computed(
    sign: str, target: CellValue, actual: CellValue, weight: CellValue
) -> None:
    assert score(sign, target, actual, weight) is None


def test_no_score_in_an_edition_without_scores() -> None:
    county = forms.load("county-matrix")
    project = Project(funding=Funding(budget=10, spent=9), indicators=(indicator("≥", "6", "6"),))
    assert score("≥", "6", "6", edition=county) is None
    assert scoring.execution_score(Decimal(9), Decimal(10), county) is None
    assert scoring.band_of("达成", county) is None
    assert scoring.total(project, county) is None
    assert scoring.grade(Decimal(95), county) is None


@pytest.mark.parametrize(
    ("cell", "repeated", "expected"),
    [
        ("95%", (), "95"),
        ("９５", (), None),
        (" 10 000 ", (), "10000"),
        ("10场", ("场",), "10"),
        ("10场次", ("场",), None),
        ("≥95%", ("%", "≥"), "95"),
        ("+.5", (), "0.5"),
        ("5.", (), "5"),
        ("1E3", (), None),
        (0.95, (), "0.95"),
        (0.1 + 0.2, (), "0.3"),
        ("10", (None, 3), "10"),
    ],
)
def test_a_cell_is_read_as_the_form_reads_it(
    cell: CellValue, repeated: tuple[CellValue, ...], expected: str | None
) -> None:
    assert scoring.number(cell, *repeated) == (None if expected is None else Decimal(expected))


@pytest.mark.parametrize(
    ("result", "band"),
    [
        ("达成", ("0.8", "1")),
        ("达成预期指标", ("0.8", "1")),
        (" 部分达成 ", ("0.6", "0.8")),
        ("部分达成年度指标并具有一定效果", ("0.6", "0.8")),
        ("未达成年度指标且效果较差", ("0", "0.6")),
    ],
)
def test_bands_of_qualitative_results(result: str, band: tuple[str, str]) -> None:
    assert scoring.band_of(result, EXCESS) == tuple(map(Decimal, band))


def test_bands_are_those_of_the_edition() -> None:
    assert scoring.band_of("部分达成", RATIO) == (Decimal("0.5"), Decimal("0.8"))
    assert scoring.band_of("实现目标程度较低", COST) == (Decimal(0), Decimal("0.6"))
    assert scoring.band_of("部分实现目标", COST) == scoring.band_of("部分达成", COST)
    assert scoring.band_of("部分实现目标", EXCESS) is None


@pytest.mark.parametrize("result", [None, "", "完成", 5, "基本达成"])
def test_unknown_qualitative_results_have_no_band(result: CellValue) -> None:
    assert scoring.band_of(result, EXCESS) is None


@pytest.mark.parametrize(
    ("spent", "budget", "expected"),
    [
        ("405", "420", "9.64"),
        ("60", "50", "10.00"),
        ("-1", "10", "0.00"),
        ("0", "10", "0.00"),
        ("5", "0", None),
    ],
)
def test_execution_score(spent: str, budget: str, expected: str | None) -> None:
    found = scoring.execution_score(Decimal(spent), Decimal(budget), EXCESS)
    assert found == (None if expected is None else Decimal(expected))


def test_execution_score_without_spending_and_with_another_weight() -> None:
    assert scoring.execution_score(None, Decimal(10), EXCESS) is None
    assert scoring.execution_score(Decimal(9), Decimal(10), EXCESS, Decimal(20)) == 18
    assert scoring.execution_score(Decimal(9), Decimal(10), RATIO) == 18


PROJECT = Project(
    funding=Funding(budget="420", spent=405),
    indicators=(
        indicator("≥", "6", "10", 50),
        replace(indicator("定性", None, "达成", 30), score=27),
        indicator("≥", "90", None, "10"),
    ),
)


def test_total_counts_typed_scores_and_computes_the_others() -> None:
    assert scoring.total(PROJECT, EXCESS) == Decimal("86.64")
    assert scoring.total_weight(PROJECT, EXCESS) == 100
    assert scoring.unscored(PROJECT, EXCESS) == 1


def test_total_with_an_execution_row_typed_over() -> None:
    typed = replace(PROJECT, execution=Execution(weight=20, score="15.5"))
    assert scoring.total(typed, EXCESS) == Decimal("92.5")
    assert scoring.total_weight(typed, EXCESS) == 110
    unreadable = replace(PROJECT, execution=Execution(weight="满分"))
    assert scoring.execution_of(unreadable, EXCESS) is None
    assert scoring.unscored(unreadable, EXCESS) == 2


def test_total_of_a_blank_form_is_nothing() -> None:
    assert scoring.total(Project(), EXCESS) is None
    assert scoring.grade(None, EXCESS) is None


@pytest.mark.parametrize(
    ("points", "word"),
    [
        ("100", "优"),
        ("90", "优"),
        ("89.99", "良"),
        ("80", "良"),
        ("79.99", "中"),
        ("60", "中"),
        ("59.99", "差"),
        ("0", "差"),
    ],
)
def test_grades(points: str, word: str) -> None:
    assert scoring.grade(Decimal(points), EXCESS) == word


small = st.decimals(0, 120, places=1)
"""Where percentages and intervals are."""


@pytest.mark.parametrize("edition", [*SCORED, LADDER], ids=lambda form: form.id)
@given(
    sign=signs,
    target=numbers | small,
    actual=st.decimals(-100, 100_000, places=2) | small,
    weight=weights,
    level1=cells,
    unit=cells,
)
def test_scores_stay_between_nothing_and_the_weight(
    edition: Edition,
    sign: str,
    target: Decimal,
    actual: Decimal,
    weight: Decimal,
    level1: CellValue,
    unit: CellValue,
) -> None:
    row = replace(indicator(sign, str(target), str(actual), str(weight)), level1=level1, unit=unit)
    found = scoring.indicator_score(row, edition)
    assert found is not None
    assert 0 <= found <= weight


@pytest.mark.parametrize("edition", SCORED, ids=lambda form: form.id)
@given(
    sign=signs,
    target=numbers | small,
    results=st.tuples(numbers | small, numbers | small),
    weight=weights,
    level1=cells,
    unit=cells,
)
def test_a_better_result_never_scores_less(
    edition: Edition,
    sign: str,
    target: Decimal,
    results: tuple[Decimal, Decimal],
    weight: Decimal,
    level1: CellValue,
    unit: CellValue,
) -> None:
    assume(target or sign != "＝")  # “＝0” has one right result and no order
    row = replace(indicator(sign, str(target), None, str(weight)), level1=level1, unit=unit)
    low, high = (
        scoring.indicator_score(replace(row, actual=str(actual)), edition)
        for actual in sorted(results, reverse=sign in scoring.AT_MOST)
    )
    assert low is not None
    assert high is not None
    assert low <= high


@given(sign=signs, target=numbers, weight=weights, edition=editions)
def test_meeting_the_target_exactly_earns_everything(
    sign: str, target: Decimal, weight: Decimal, edition: Edition
) -> None:
    met = indicator(sign, str(target), str(target), str(weight))
    assert scoring.indicator_score(met, edition) == weight


@given(spent=numbers, more=numbers, budget=st.decimals(1, 100_000, places=2), edition=editions)
def test_execution_score_is_bounded_and_monotone(
    spent: Decimal, more: Decimal, budget: Decimal, edition: Edition
) -> None:
    low = scoring.execution_score(spent, budget, edition)
    high = scoring.execution_score(spent + more, budget, edition)
    assert low is not None
    assert high is not None
    assert edition.scoring is not None
    assert 0 <= low <= high <= edition.scoring.execution_weight


@given(points=st.tuples(st.decimals(0, 100, places=2), st.decimals(0, 100, places=2)))
def test_a_higher_total_never_has_a_lower_grade(points: tuple[Decimal, Decimal]) -> None:
    order = ["差", "中", "良", "优"]
    low, high = (order.index(scoring.grade(value, EXCESS) or "") for value in sorted(points))
    assert low <= high


@pytest.mark.parametrize("column", ["target", "actual", "weight"])
def test_a_number_that_no_cell_can_hold_has_no_score(column: str) -> None:
    cells: dict[str, CellValue] = {"target": "6", "actual": "6", "weight": "10", column: "9" * 400}
    assert score("≥", cells["target"], cells["actual"], cells["weight"]) is None
