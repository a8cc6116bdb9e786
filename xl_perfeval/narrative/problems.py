"""Section 四: money left over, targets missed or far exceeded, by name and figure; causes only as people typed them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from xl_perfeval import rollup
from xl_perfeval.fulfilment import Comparison, Outcome
from xl_perfeval.model import Edition, Stage, Submission
from xl_perfeval.narrative import accounts as accounting
from xl_perfeval.narrative.accounts import Account, Accounts
from xl_perfeval.narrative.drafting import Draft, section
from xl_perfeval.wording import gap, money, sentence, typed

_SMALL_SHARE = Decimal("0.01")
_SMALL_AMOUNT = Decimal("0.1")
"""A balance up to 1 % or 0.1万元 is stated without asking for its cause (as N605 counts)."""


@section("problems")
def problems(submission: Submission) -> Iterator[Draft]:
    """四: one paragraph per project that has anything to answer for."""
    accounts = accounting.of(submission)
    if not accounts.spending_asked:
        return
    found = [
        (account.key, _money(account, submission) + _targets(account, submission.edition))
        for account in accounts
    ]
    for key, text in found:
        yield Draft(key, text)
    if not any(text for _, text in found):
        yield Draft("1", _nothing_left(accounts) + gap("存在的问题，没有的写“无”"))


def _nothing_left(accounts: Accounts) -> str:
    all_spent = accounts.complete and all(account.settled for account in accounts)
    if not all_spent or accounts.total("spent") == 0:
        return ""
    return "本年度各项目资金均已支出。" if len(accounts) > 1 else f"{accounts.each[0].name}已全部支出。"


def _money(account: Account, submission: Submission) -> str:
    """Balance or overrun with its figures and the reason typed beside it."""
    left = account.balance
    if account.budget is None or account.spent is None or left is None or account.settled:
        return ""
    stated = sentence(
        f"{account.name}预算{money(account.budget)}",
        f"支出{money(account.spent)}",
        f"执行率{account.rate}" if account.rate else "",
        accounting.left_over(left, submission.stage),
    )
    if reason := typed(account.project.funding.reason):
        return stated + sentence(f"原因：{reason}")
    if left < 0:
        return stated + gap("超支原因及改进措施")
    if _small(account, submission.edition.thresholds.execution_floor):
        return stated
    running = submission.stage is Stage.MONITORING
    return stated + gap("未支出原因及下一步措施" if running else "结余原因及改进措施")


def _small(account: Account, floor: Decimal) -> bool:
    rate = rollup.rate(account.spent, account.budget)
    if rate is None or rate < floor or account.balance is None:
        return False
    return account.balance <= _SMALL_AMOUNT or 1 - rate <= _SMALL_SHARE


_Row = tuple[str, Comparison, str]


def _targets(account: Account, edition: Edition) -> str:
    """Targets missed, and those exceeded beyond the edition's threshold."""
    rows = accounting.with_reasons(account)
    threshold = edition.thresholds.over_fulfilment
    missed = [row for row in rows if row[1].outcome is Outcome.MISSED]
    exceeded = [row for row in rows if row[1].far_exceeded(threshold)]
    return _listed(account, missed, "未达到目标", "未达到目标的原因及改进措施") + _listed(
        account, exceeded, "超出目标较多", "超出目标较多的原因"
    )


def _listed(account: Account, rows: list[_Row], verdict: str, unexplained: str) -> str:
    """Rows with both figures, each followed by the reason typed beside it; one mark for those without any."""
    said = "".join(
        sentence(
            f"{account.name}的{called}{'中' if found.noun else ''}",
            f"{found.noun}目标{found.target}",
            f"实际{found.actual}",
            verdict,
        )
        + (sentence(f"原因：{reason}") if reason else "")
        for called, found, reason in rows
    )
    return said + (gap(unexplained) if any(not reason for _, _, reason in rows) else "")
