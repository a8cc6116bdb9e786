"""Scores and grades in words, as the scoring form counts them: typed where something was typed, else computed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from xl_perfeval import rollup, scoring, wording
from xl_perfeval.model import Edition, Indicator
from xl_perfeval.narrative.accounts import MOST_NAMED, Account, Accounts, whose
from xl_perfeval.narrative.prose import (
    NOTHING,
    Cell,
    How,
    Part,
    Prose,
    beside,
    count,
    gap,
    joined,
    listed,
    quoted,
    sentence,
    traced,
)
from xl_perfeval.wording import typed


def concluded(accounts: Accounts, edition: Edition) -> Prose:
    """Total score and grade of every project; of many the range and how many have which grade."""
    scored = [account for account in accounts if total(account, edition)]
    waiting = accounts.names(lambda a: _is_scored(a, edition) and not total(a, edition))
    missing = gap(whose(waiting, accounts), "的自评得分") if waiting and not accounts.running else NOTHING
    if not scored:
        return missing
    if len(scored) > MOST_NAMED:
        return _range(scored, edition) + missing
    return sentence("自评得分为：" + joined((_one(account, edition) for account in scored), "，")) + missing


def total(account: Account, edition: Edition) -> Prose:
    """Total score in words: 96.5分; nothing while a row waits for its score."""
    value = _total(account, edition)
    if value is None:
        return NOTHING
    text = f"{wording.figure(value)}分"
    if account.project.total_score is not None:
        return traced(text, How.TYPED, [_cell(account, "total_score")])
    return traced(
        text, How.SUM, [_cell(account, "execution_score"), *_score_cells(account.project.indicators)]
    )


def execution(account: Account, edition: Edition) -> Prose:
    """Score of the execution row: 预算执行率得9.64分."""
    value = scoring.execution_of(account.project, edition)
    if value is None:
        return NOTHING
    return "预算执行率得" + traced(f"{wording.figure(value)}分", How.SUM, [_cell(account, "execution_score")])


def of_group(rows: Sequence[Indicator], edition: Edition) -> Prose:
    """Scores of some rows added up: 得48分，满分50分; nothing while one of them has none."""
    scores = [scoring.score_of(row, edition) for row in rows]
    weights = [scoring.number(row.weight) for row in rows]
    known = [score for score in scores if score is not None]
    full = [weight for weight in weights if weight is not None]
    if edition.scoring is None or not rows or len(known) < len(rows) or len(full) < len(rows):
        return NOTHING
    out_of = traced(_marks(full), How.SUM, [Cell(row, "weight") for row in rows])
    return "得" + traced(_marks(known), How.SUM, _score_cells(rows)) + "（满分" + out_of + "）"


def of_row(row: Indicator, edition: Edition) -> Prose:
    """Score of one row: 得20分."""
    score = scoring.score_of(row, edition)
    if edition.scoring is None or score is None:
        return NOTHING
    return "得" + traced(_marks([score]), How.SUM, _score_cells([row]))


def distribution(accounts: Accounts, edition: Edition) -> Prose:
    """How the 100 marks are distributed, where all projects distribute them alike and completely."""
    scored = [account for account in accounts if _is_scored(account, edition)]
    shares = [_shares(account, edition) for account in scored]
    if not shares or any(share != shares[0] for share in shares) or sum(shares[0].values()) != 100:
        return NOTHING
    parts = [_share(*found) for found in _weighted(scored[0]).values()]
    execution_weight = scoring.execution_weight(scored[0].project, edition)
    if execution_weight is not None:
        marks = traced(_marks([execution_weight]), How.SUM, [_cell(scored[0], "execution_weight")])
        parts.insert(0, "预算执行率" + marks)
    return sentence("评分满分" + traced("100分", How.FORM), "其中" + listed(parts))


def _share(*rows: Indicator) -> Prose:
    """A 一级指标 with what its rows weigh together."""
    weights = [weight for row in rows if (weight := scoring.number(row.weight)) is not None]
    marks = traced(_marks(weights), How.SUM, [Cell(row, "weight") for row in rows])
    return beside(quoted(rows[0], "level1") or "其他指标", marks)


def _weighted(account: Account) -> dict[str, list[Indicator]]:
    """The rows that carry marks, by 一级指标."""
    groups: dict[str, list[Indicator]] = {}
    for row in scoring.with_groups(account.project):
        if scoring.number(row.weight) is not None:
            groups.setdefault(typed(row.level1), []).append(row)
    return groups


def _one(account: Account, edition: Edition) -> Prose:
    grade = _grade(account, edition)
    noted: list[Part] = [grade, execution(account, edition)]
    said = joined(noted, "，")
    return beside(account.name, total(account, edition)) + ("（" + said + "）" if said else NOTHING)


def _range(scored: Sequence[Account], edition: Edition) -> Prose:
    """Lowest and highest score of many projects, and how many have which grade."""
    ordered = sorted(scored, key=lambda account: _total(account, edition) or Decimal(0))
    grades: dict[str, list[Cell]] = {}
    for account in scored:
        if word := str(_grade(account, edition)):
            grades.setdefault(word, []).append(_cell(account, "grade"))
    words = [word for word, _ in edition.scoring.grades] if edition.scoring else []
    known = sorted(grades, key=lambda word: words.index(word) if word in words else len(words))
    number = count((Cell(account.project, "name") for account in scored), "个项目")
    counted = [word + "的" + count(grades[word], "个") for word in known]
    return sentence(
        number + "自评得分最低" + total(ordered[0], edition) + "（" + ordered[0].name + "）",
        "最高" + total(ordered[-1], edition) + "（" + ordered[-1].name + "）",
        "等级为" + joined(counted, "、") if counted else NOTHING,
    )


def _total(account: Account, edition: Edition) -> Decimal | None:
    typed_total = account.project.total_score
    if typed_total is not None:
        return scoring.number(typed_total)
    if not _is_scored(account, edition) or scoring.unscored(account.project, edition):
        return None
    return scoring.total(account.project, edition)


def _grade(account: Account, edition: Edition) -> Prose:
    word = typed(account.project.grade)
    if not word and _total(account, edition) is not None:
        word = scoring.grade_of(account.project, edition) or ""
    return traced(word, How.TYPED, [_cell(account, "grade")])


def _is_scored(account: Account, edition: Edition) -> bool:
    """Whether the project has rows that earn marks."""
    return edition.scoring is not None and any(
        scoring.number(row.weight) is not None for row in account.project.indicators
    )


def _shares(account: Account, edition: Edition) -> dict[str | None, Decimal]:
    """Weights of a project's form by 一级指标; the execution row's has no name."""
    weights: dict[str | None, Decimal] = {
        name: sum((scoring.number(row.weight) or Decimal(0) for row in rows), Decimal(0))
        for name, rows in _weighted(account).items()
    }
    execution_weight = scoring.execution_weight(account.project, edition)
    return weights if execution_weight is None else {None: execution_weight, **weights}


def _score_cells(rows: Sequence[Indicator]) -> list[Cell]:
    return [Cell(row, "score") for row in rows if scoring.number(row.weight) is not None]


def _cell(account: Account, field: str) -> Cell:
    return Cell(account.project, field, account.project.scoring)


def _marks(scores: Sequence[Decimal]) -> str:
    return f"{wording.figure(rollup.excel_round(sum(scores, Decimal(0)), 2))}分"
