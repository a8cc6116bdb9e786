"""Section 三: the conclusion, then one paragraph per project that weaves its targets and what was done.

In the ministry's outline the paragraphs of the projects stand in its chapter 四 (`analysis`).
"""

from __future__ import annotations

from collections.abc import Iterator

from xl_perfeval.model import Stage, Submission
from xl_perfeval.narrative import accounts as accounting
from xl_perfeval.narrative import achievements, scores, statements
from xl_perfeval.narrative.accounts import Account, Accounts
from xl_perfeval.narrative.drafting import Draft, analysed, section
from xl_perfeval.narrative.prose import NOTHING, Cell, How, Prose, gap, sentence, traced


@section("results", topics=1, by_project=True)
def results(submission: Submission) -> Iterator[Draft]:
    """三: figures as typed; reached or missed only where noun and unit of a target fit uniquely."""
    accounts = accounting.of(submission)
    if not accounts.spending_asked:
        return
    yield Draft("1", _conclusion(submission, accounts))
    for account in accounts:
        achieved = NOTHING if analysed(submission) else _project(account, accounts, submission)
        yield Draft(account.key, achieved + statements.said(account, "conclusion"))


def _conclusion(submission: Submission, accounts: Accounts) -> Prose:
    said = _spent(submission, accounts) + achievements.compared(accounts)
    scored = scores.concluded(accounts, submission.edition)
    return said + scored or gap("自评结论")


def _spent(submission: Submission, accounts: Accounts) -> Prose:
    if not accounts.complete:
        return NOTHING
    year = traced(str(submission.year), How.TYPED, [Cell(submission, "year")])
    whose = accounts.counted() if len(accounts) > 1 else accounts.each[0].name
    so_far = "共支出" if len(accounts) > 1 else "支出"
    so_far = so_far if submission.stage is Stage.YEAR_END else f"已{so_far}"
    rate = "预算执行率" + accounts.rate if accounts.rate else NOTHING
    return sentence(year + "年度" + whose + so_far + accounts.money("spent"), rate)


def _project(account: Account, accounts: Accounts, submission: Submission) -> Prose:
    said = achievements.opening(account, accounts) + achievements.goal(account)
    if accounting.has_scored_results(account):
        return said + achievements.from_indicators(
            account.indicators, submission.edition, running=accounts.running
        )
    return said + achievements.from_items(account, running=accounts.running)
