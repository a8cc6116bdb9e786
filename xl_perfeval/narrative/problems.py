"""Section 四: money left over, targets missed or far exceeded, by name and figure; causes only as people typed them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from xl_perfeval import rollup, scoring
from xl_perfeval.fulfilment import Outcome
from xl_perfeval.model import Edition, Indicator, Stage, Submission
from xl_perfeval.narrative import accounts as accounting
from xl_perfeval.narrative import statements
from xl_perfeval.narrative.accounts import Account, Accounts, Judged
from xl_perfeval.narrative.drafting import Draft, analysed, section
from xl_perfeval.narrative.prose import NOTHING, Prose, gap, in_quotes, joined, quoted, sentence
from xl_perfeval.wording import typed

if TYPE_CHECKING:
    from collections.abc import Iterator

_SMALL_SHARE = Decimal("0.01")
_SMALL_AMOUNT = Decimal("0.1")
"""A balance up to 1 % or 0.1万元 is stated without asking for its cause (as N605 counts)."""


@section("problems", topics=2, by_project=True)
def problems(submission: Submission) -> Iterator[Draft]:
    """四: one paragraph per project that has anything to answer for."""
    accounts = accounting.of(submission)
    if not accounts.spending_asked:
        return
    if analysed(submission):
        yield Draft("2", gap("主要经验及做法"))
    found = [(account.key, _of_project(account, submission)) for account in accounts]
    for key, text in found:
        yield Draft(key, text)
    if not any(text for _, text in found):
        yield Draft("1", _nothing_left(accounts) + gap("存在的问题，没有的写“无”"))


def _of_project(account: Account, submission: Submission) -> Prose:
    found = _money(account, submission)
    found += _targets(account, submission, named=bool(found))
    return found + statements.said(account, "problems", "deviations", "measures", "application")


def _nothing_left(accounts: Accounts) -> Prose:
    if not accounts.settled:
        return NOTHING
    if len(accounts) > 1:
        return joined(["本年度各项目资金均已支出。"])
    return sentence(accounts.each[0].name + "已全部支出")


def _money(account: Account, submission: Submission) -> Prose:
    """Balance or overrun with its figures and the reason typed beside it."""
    left = account.balance
    if left is None or account.settled:
        return NOTHING
    running = submission.stage is Stage.MONITORING
    nothing_spent = "尚未支出" if running else "没有支出"
    stated = sentence(
        account.name + ("预算" + account.money("budget") if account.budget else "没有安排预算"),
        "支出" + account.money("spent") if account.spent else nothing_spent,
        "执行率" + account.rate if account.rate and account.spent else NOTHING,
        accounting.left_over([account], submission.stage) if account.spent or not running else NOTHING,
    )
    if reason := _reason(account):
        return stated + sentence("原因：" + reason)
    if left < 0:
        return stated + gap("超支原因及改进措施")
    if _small(account, submission.edition.thresholds.execution_floor):
        return stated
    return stated + gap("未支出原因及下一步措施" if running else "结余原因及改进措施")


def _reason(account: Account) -> Prose:
    """The reason typed beside the money, in 资金概况 or on the scoring form."""
    return quoted(account.project.funding, "reason") or quoted(account.project.execution, "reason")


def _small(account: Account, floor: Decimal) -> bool:
    rate = rollup.rate(account.spent, account.budget)
    if rate is None or rate < floor or account.balance is None:
        return False
    return account.balance <= _SMALL_AMOUNT or 1 - rate <= _SMALL_SHARE


def _targets(account: Account, submission: Submission, *, named: bool) -> Prose:
    """Targets missed, and those exceeded beyond the edition's threshold; the project is named once.

    While the year runs a target may still be reached: what is short is stated only where a reason is typed.
    """
    rows, edition = accounting.judged(account), submission.edition
    running = submission.stage is Stage.MONITORING
    threshold = edition.thresholds.over_fulfilment
    missed = [row for row in rows if row.found.outcome is Outcome.MISSED and (row.reason or not running)]
    exceeded = [row for row in rows if row.found.far_exceeded(threshold)]
    said = NOTHING
    for found, verdict, unexplained in (
        (missed, "尚未达到目标" if running else "未达到目标", "未达到目标的原因及改进措施"),
        (exceeded, "超出目标较多", "超出目标较多的原因"),
    ):
        said += _stated([_row(row, verdict) for row in found], unexplained, account, bool(said) or named)
        if found is missed:
            in_words = list(_in_words(account, edition, running))
            said += _stated(in_words, "未全部达成的原因及改进措施", account, bool(said) or named)
    return said


_Stated = tuple[Prose, Prose]
"""What a row says, and the reason typed in it."""


def _stated(rows: Sequence[_Stated], unexplained: str, account: Account, named: bool) -> Prose:
    """Rows with their figures, each followed by its reason; one mark for those without any."""
    said: list[Prose] = []
    for text, reason in rows:
        said.append(text if named or said else account.name + "的" + text)
        said.append(sentence("原因：" + reason) if reason else NOTHING)
    return joined(said) + (gap(unexplained) if any(not reason for _, reason in rows) else NOTHING)


def _row(row: Judged, verdict: str) -> _Stated:
    called = ("绩效指标" if isinstance(row.record, Indicator) else "") + in_quotes(row.called)
    text = sentence(
        called + ("中" if row.found.noun else ""),
        f"{row.found.noun}目标" + row.target,
        "实际" + row.actual,
        row.deviation,
        verdict,
    )
    return text, row.reason


def _in_words(account: Account, edition: Edition, running: bool) -> Iterator[_Stated]:
    """Qualitative rows that were not, or only partly, achieved."""
    for name, row in account.indicators:
        band = scoring.band_of(row.actual, edition) if scoring.is_qualitative(row) else None
        reason = quoted(row, "reason")
        if band is None or band[1] >= 1 or not typed(row.actual) or (running and not reason):
            continue
        yield sentence("绩效指标" + in_quotes(name), "自评" + in_quotes(quoted(row, "actual"))), reason
