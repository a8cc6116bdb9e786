"""Figures that tables and charts of the report share: parts of a score, and how far the targets are reached."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from xl_perfeval import fulfilment, quantity, rollup, scoring
from xl_perfeval.fulfilment import Comparison, Outcome
from xl_perfeval.report.markup import lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xl_perfeval.model import Edition, LevelOne, Project

REACHED, MISSED, OPEN, PENDING = "已达到", "未达到", "未能对照", "未填完成数"
"""States of a target; one whose actual has no figure, or none that fits, cannot be compared."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a total score: the execution row, or a group of indicators."""

    edition: Edition
    name: str
    weight: Decimal | None
    group: LevelOne | None = None

    @property
    def label(self) -> str:
        """Its name and, on a second line, its weight where the edition has one."""
        return self.name if self.weight is None else f"{self.name}\n（{quantity.plain(self.weight)}分）"

    def score(self, project: Project) -> Decimal | None:
        """What a project earns in it, two decimals; `None` while no row of it has a score."""
        if self.group is None:
            return scoring.execution_of(project, self.edition)
        rows = scoring.with_groups(project)
        own = (row for row in rows if str(row.level1 or "").startswith(self.group.name))
        found = [score for row in own if (score := scoring.score_of(row, self.edition)) is not None]
        return rollup.excel_round(sum(found, Decimal(0)), 2) if found else None


def parts(edition: Edition) -> tuple[Part, ...]:
    """预算执行, then the edition's 一级指标; nothing in an edition without scores."""
    if edition.scoring is None:
        return ()
    several = len(edition.scoring.splits) > 1
    groups = (
        Part(edition, group.name.removesuffix("指标"), None if several else group.weight, group)
        for group in edition.scoring.groups
    )
    return (Part(edition, "预算执行", edition.scoring.execution_weight), *groups)


def total_score(project: Project, edition: Edition) -> Decimal | None:
    """The total that counts, as for the grade: the one typed, otherwise the one computed."""
    typed = project.total_score
    return scoring.total(project, edition) if typed is None else scoring.number(typed)


def states(edition: Edition) -> tuple[str, ...]:
    """The states that `targets` counts in this edition."""
    return (REACHED, MISSED, PENDING) if edition.scoring is not None else (REACHED, MISSED, OPEN, PENDING)


def targets(project: Project, edition: Edition) -> Counter[str]:
    """How many targets of a project are in which state.

    In an edition that scores, indicators: one with its full marks is reached. In others every target with a
    figure, as `fulfilment` compares it.
    """
    if edition.scoring is not None:
        return Counter(_scored(project, edition))
    counted: Counter[str] = Counter()
    if project.indicators:
        for row in project.indicators:
            if lines(row.level3):
                one = fulfilment.of_indicator(row)
                _count(counted, 1, () if one is None else (one,), filled=bool(lines(row.actual)))
    else:
        for item in project.items:
            compared = fulfilment.of_item(item)
            _count(counted, len(fulfilment.measurable(item)), compared, filled=bool(lines(item.actual)))
    return counted


def _count(counted: Counter[str], planned: int, compared: Sequence[Comparison], *, filled: bool) -> None:
    missed = sum(each.outcome is Outcome.MISSED for each in compared)
    counted[REACHED] += len(compared) - missed
    counted[MISSED] += missed
    counted[OPEN if filled else PENDING] += max(0, planned - len(compared))


def _scored(project: Project, edition: Edition) -> list[str]:
    found: list[str] = []
    for row in scoring.with_groups(project):
        if not lines(row.level3):
            continue
        score, full = scoring.score_of(row, edition), scoring.number(row.weight) or Decimal(0)
        if score is None or not (score.is_finite() and full.is_finite()):
            found.append(PENDING)
        else:
            found.append(REACHED if score >= full else MISSED)
    return found
