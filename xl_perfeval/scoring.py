"""Scores of 项目支出绩效自评表: indicators, execution, total and grade, as the edition prescribes.

A cell is read exactly as the form's own formulas read it, so that a score computed here equals the score on
the sheet. Which formula applies is data of the edition (`model.Scoring`). Positive and reverse indicators:
财预〔2020〕10号, in the form the budget platform computes them; A ÷ B: the form of Hubei; satisfaction by interval:
财预〔2021〕101号 (docs/editions.md says how sure each number is).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Context, Decimal

from xl_perfeval import quantity, rollup
from xl_perfeval.model import CellValue, Edition, Indicator, Ladder, Project, Scoring

QUALITATIVE = "定性"
"""Both the sign and the 评价方式 of an indicator that has no number."""
AT_LEAST = ("≥", "＞")
EQUAL = "＝"
AT_MOST = ("＜", "≤")
PERCENT = ("%", "％", "百分")
"""One of these stands in a row whose values are percentages."""
PENDING = "待填"
"""What the form shows as score of a row that still waits for a result."""
UNREADABLE = "✗ 不能计算"
"""What the form shows as score of a row whose target, actual or sign is not what a formula can use."""


def indicator_score(indicator: Indicator, edition: Edition) -> Decimal | None:
    """Score the edition's formula gives, 0 to the weight, two decimals; the score that was typed is not looked at.

    `None` when there is no such score: a qualitative indicator, a blank or unreadable target, actual, sign
    or weight, or an edition that does not score.
    """
    weight, target, actual = number(indicator.weight), target_of(indicator), actual_of(indicator)
    if (
        edition.scoring is None
        or is_qualitative(indicator)
        or weight is None
        or target is None
        or actual is None
    ):
        return None
    share = _share(indicator, target, actual, edition.scoring)
    return None if share is None else rollup.excel_round(weight * share, 2)


def band_of(actual: CellValue, edition: Edition) -> tuple[Decimal, Decimal] | None:
    """Lowest and highest share of the weight for a qualitative result such as “部分达成”; `None` when unknown.

    Longer wordings count by how they begin: “达成预期指标” is 达成.
    """
    result = text(actual)
    for beginning, low, high in beginnings(edition):
        if result.startswith(beginning):
            return low, high
    return None


def beginnings(edition: Edition) -> tuple[tuple[str, Decimal, Decimal], ...]:
    """How qualitative results begin, the synonyms included, each with its band as shares of the weight."""
    if edition.scoring is None:
        return ()
    shares = {word: (low, high) for word, low, high in edition.scoring.bands}
    also = ((other, *shares[word]) for other, word in edition.scoring.synonyms.items())
    return (*edition.scoring.bands, *also)


def execution_score(
    spent: Decimal | None, budget: Decimal | None, edition: Edition, weight: Decimal | None = None
) -> Decimal | None:
    """Score of the execution row: weight × rate, the rate counting 0 to 1; `None` without a rate.

    `weight` replaces the edition's where another one was typed.
    """
    rate = rollup.rate(spent, budget)
    if edition.scoring is None or rate is None:
        return None
    full = edition.scoring.execution_weight if weight is None else weight
    return rollup.excel_round(full * min(max(rate, Decimal(0)), Decimal(1)), 2)


def total(project: Project, edition: Edition) -> Decimal | None:
    """Total score (总分) from the rows: what was typed where something was typed, otherwise what is computed.

    `None` when no row has a score yet.
    """
    scores = [
        score for score in (execution_of(project, edition), *_scores(project, edition)) if score is not None
    ]
    return rollup.excel_round(sum(scores, Decimal(0)), 2) if scores else None


def total_weight(project: Project, edition: Edition) -> Decimal:
    """Sum of all 分值, the execution row included: 100 in a complete form."""
    weights = (execution_weight(project, edition), *(number(row.weight) for row in project.indicators))
    return rollup.excel_round(sum((weight for weight in weights if weight is not None), Decimal(0)), 2)


def unscored(project: Project, edition: Edition) -> int:
    """How many rows carry a weight but no score yet, the execution row included."""
    waiting = sum(
        1
        for row, score in zip(project.indicators, _scores(project, edition), strict=True)
        if number(row.weight) is not None and score is None
    )
    return waiting + (execution_of(project, edition) is None)


def grade(score: Decimal | None, edition: Edition) -> str | None:
    """Grade (等级) of a total score, e.g. 优 from 90; `None` without a score or in an edition without grades."""
    for word, bound in edition.scoring.grades if edition.scoring and score is not None else ():
        if score is not None and score >= bound:
            return word
    return None


def score_of(indicator: Indicator, edition: Edition) -> Decimal | None:
    """The score that counts: the one typed, otherwise the one computed."""
    return indicator_score(indicator, edition) if indicator.score is None else number(indicator.score)


def execution_of(project: Project, edition: Edition) -> Decimal | None:
    """The execution score that counts: the one typed, otherwise the one computed."""
    if project.execution.score is not None:
        return number(project.execution.score)
    funding = project.funding
    weight = execution_weight(project, edition)
    if weight is None:
        return None
    return execution_score(rollup.read(funding.spent), rollup.read(funding.budget), edition, weight)


def execution_weight(project: Project, edition: Edition) -> Decimal | None:
    """Weight of the execution row: the one typed, otherwise the edition's."""
    if edition.scoring is None:
        return None
    typed = project.execution.weight
    return edition.scoring.execution_weight if typed is None else number(typed)


def shown_score(indicator: Indicator, edition: Edition) -> Decimal | str:
    """What the form's formula shows in 得分: a score, “待填”, “✗ 不能计算”, or `""` in a row without 分值."""
    if number(indicator.weight) is None:
        return ""
    if is_qualitative(indicator) or any(
        cell in (None, "") for cell in (indicator.sign, indicator.target, indicator.actual)
    ):
        return PENDING
    score = indicator_score(indicator, edition)
    return UNREADABLE if score is None else score


def grade_of(project: Project, edition: Edition) -> str | None:
    """The grade the form's formula shows: of the total that counts, and only when no row waits for a score."""
    if unscored(project, edition):
        return None
    typed = project.total_score
    return grade(total(project, edition) if typed is None else number(typed), edition)


def group_label(name: CellValue, edition: Edition) -> CellValue:
    """A 一级指标 as the form prints it, with its weight where the edition has just one: “产出指标\\n（50分）”."""
    several = edition.scoring is None or len(edition.scoring.splits) > 1
    for group in edition.groups:
        if name == group.name and group.weight is not None and not several:
            return f"{name}\n（{quantity.plain(group.weight)}分）"
    return name


def with_groups(project: Project) -> tuple[Indicator, ...]:
    """The indicators, each with its 一级指标: a blank one is that of the row above, as in a merged cell."""
    level1: CellValue = None
    found: list[Indicator] = []
    for row in project.indicators:
        if row.level1 not in (None, ""):
            level1 = row.level1
        found.append(row if row.level1 == level1 else replace(row, level1=level1))
    return tuple(found)


def is_satisfaction(indicator: Indicator, scoring: Scoring) -> bool:
    """Whether the row is scored by the edition's satisfaction intervals: its 一级指标, and a percentage."""
    intervals = scoring.satisfaction
    if intervals is None or not isinstance(indicator.level1, str):
        return False
    cells = (indicator.unit, indicator.target, indicator.actual)
    return (
        indicator.level1.startswith(intervals.group)
        and indicator.sign in (*AT_LEAST, EQUAL)
        and any(mark in cell for cell in cells if isinstance(cell, str) for mark in PERCENT)
    )


def is_qualitative(indicator: Indicator) -> bool:
    """Whether the indicator is judged by bands instead of a formula."""
    return QUALITATIVE in (indicator.sign, indicator.method)


def target_of(indicator: Indicator) -> Decimal | None:
    """The number in 指标值; its sign and unit may be repeated beside it (“≥95%”)."""
    return number(indicator.target, indicator.unit, indicator.sign)


def actual_of(indicator: Indicator) -> Decimal | None:
    """The number in 实际完成值; its unit may be repeated beside it (“10场” with the unit 场)."""
    return number(indicator.actual, indicator.unit)


def number(value: CellValue, *repeated: CellValue) -> Decimal | None:
    """The number a cell holds; `None` when it holds anything more, such as a range, a date or two numbers.

    Blanks, per cent signs and the texts in `repeated` are left out first: 95% reads as 95, never as 0.95.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _SIGNIFICANT.plus(Decimal(repr(value)))
    if not isinstance(value, str):
        return None
    bare = _without(value, (" ", "　", "%", "％", *map(text, repeated)))
    if not _NUMBER.fullmatch(bare):
        return None
    read = _SIGNIFICANT.plus(Decimal(bare))
    return read if read.adjusted() < _LARGEST else None


def text(value: CellValue) -> str:
    """A cell's text without blanks around it; `""` for anything that is not text."""
    return value.strip(" 　\r\n\t") if isinstance(value, str) else ""


_SIGNIFICANT = Context(prec=15)  # of a spreadsheet's numbers
_LARGEST = 308
"""Power of ten from which on a spreadsheet has no numbers."""
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")


def _without(value: str, parts: Iterable[str]) -> str:
    for part in parts:
        value = value.replace(part, "") if part else value
    return value


def _scores(project: Project, edition: Edition) -> list[Decimal | None]:
    return [score_of(row, edition) for row in with_groups(project)]


def _share(indicator: Indicator, target: Decimal, actual: Decimal, scoring: Scoring) -> Decimal | None:
    """Share of the weight that a result earns, 0 to 1; `None` for a sign that is not on the list."""
    sign = indicator.sign
    if sign not in (*AT_LEAST, EQUAL, *AT_MOST):
        return None
    if actual < 0:
        return Decimal(0)
    if sign in AT_MOST:
        share = _reverse(target, actual, scoring.reverse)
    elif is_satisfaction(indicator, scoring):
        share = _of_interval(actual, scoring)
    else:
        share = _reached(sign, target, actual)
        if sign in AT_LEAST and target > 0:
            share -= _taken_off(actual / target, scoring.ladder)
    return min(max(share, Decimal(0)), Decimal(1))


def _reached(sign: CellValue, target: Decimal, actual: Decimal) -> Decimal:
    if target == 0 and sign == EQUAL:
        return Decimal(actual == 0)
    return Decimal(1) if actual >= target else actual / target


def _reverse(target: Decimal, actual: Decimal, formula: str) -> Decimal:
    if actual <= target:
        return Decimal(1)
    if target <= 0:
        return Decimal(0)
    return target / actual if formula == "ratio" else 1 - (actual - target) / target


def _of_interval(actual: Decimal, scoring: Scoring) -> Decimal:
    for lowest, share in scoring.satisfaction.intervals if scoring.satisfaction else ():
        if actual >= lowest:
            return share
    return Decimal(0)


def _taken_off(ratio: Decimal, ladder: Ladder | None) -> Decimal:
    """What the over-fulfilment ladder takes off; the ratio counts nine decimals, as on the sheet."""
    if ladder is None or not ladder.applies:
        return Decimal(0)
    rounded = rollup.excel_round(ratio, 9)
    return max((off for lowest, off in ladder.steps if rounded >= lowest), default=Decimal(0))
