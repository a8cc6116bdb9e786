"""Chapter 四 of the ministry's evaluation report: decision, outputs and effects (附件 of 财预〔2020〕10号).

The process (四（二）) is `management`. Evidence for decision and process is for people to write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from xl_perfeval.model import Submission
from xl_perfeval.narrative import accounts as accounting
from xl_perfeval.narrative import achievements, goals, scores
from xl_perfeval.narrative.accounts import Account, Accounts
from xl_perfeval.narrative.drafting import Draft, section
from xl_perfeval.narrative.prose import (
    NOTHING,
    Cell,
    Part,
    Prose,
    beside,
    count,
    gap,
    joined,
    quoted,
    sentence,
)

_EFFECTS = ("效益", "满意度", "社会公众")
"""How the 一级指标 of section 四（四） begin; all others are outputs, 成本指标 too."""


@section("decision", topics=3)
def decision(submission: Submission) -> Iterator[Draft]:
    """四（一）: how the targets were set; why the project was set up is for people to write."""
    accounts = accounting.of(submission)
    yield Draft("1", sentence(goals.measured(accounts)))
    yield Draft("3", sentence(*_planned(accounts)))
    yield Draft("2", gap("立项依据、立项程序和预算编制依据"))


def _planned(accounts: Accounts) -> Iterator[Prose]:
    """The money that was planned, at the start of the year and after changes."""
    if initial := accounts.money("initial_budget"):
        yield "资金投入方面，年初预算" + initial
        if accounting.adjusted(accounts):
            yield "调整后指标总额" + accounts.money("budget")


@section("outputs", topics=0, by_project=True)
def outputs(submission: Submission) -> Iterator[Draft]:
    """四（三）: one paragraph per project about its 产出 and 成本."""
    yield from _paragraphs(submission, lambda level1: not level1.startswith(_EFFECTS), "产出")


@section("effects", topics=0, by_project=True)
def effects(submission: Submission) -> Iterator[Draft]:
    """四（四）: one paragraph per project about its 效益 and 满意度."""
    yield from _paragraphs(submission, lambda level1: level1.startswith(_EFFECTS), "效益")


def _paragraphs(submission: Submission, belongs: Callable[[str], bool], what: str) -> Iterator[Draft]:
    accounts = accounting.of(submission)
    if not accounts.spending_asked:
        return
    for account in accounts:
        groups = [(level1, rows) for level1, rows in achievements.by_group(account) if belongs(level1)]
        opening = NOTHING
        if what == "产出":
            opening = achievements.opening(account, accounts) + achievements.goal(account)
        if groups:
            yield Draft(account.key, opening + _groups(account, accounts, submission, groups, bool(opening)))
        elif what == "产出" and not accounting.has_scored_results(account):
            yield Draft(account.key, opening + achievements.from_items(account, running=accounts.running))
        else:
            yield Draft(account.key, opening + gap(account.name, f"的{what}情况"))


def _groups(
    account: Account,
    accounts: Accounts,
    submission: Submission,
    groups: Sequence[tuple[str, achievements.Named]],
    named: bool,
) -> Prose:
    """Each 一级指标 with its number of rows and its score, then its rows; the project is named once."""
    said: list[Part] = []
    for _, rows in groups:
        number = count((Cell(row, "level3") for _, row in rows), "个")
        marks = scores.of_group([row for _, row in rows], submission.edition)
        group = quoted(rows[0][1], "level1") or "绩效指标"
        whose = NOTHING if named or said else account.name
        altogether = "共" if len(rows) > 1 else ""
        said.append(sentence(beside(whose + group + altogether, number), marks))
        said.append(
            achievements.from_indicators(
                rows, submission.edition, running=accounts.running, with_scores=len(rows) > 1
            )
        )
    return joined(said)
