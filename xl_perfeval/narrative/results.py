"""Section 三: the conclusion, then one paragraph per project that weaves its targets and what was done."""

from __future__ import annotations

from collections.abc import Iterator

from xl_perfeval import fulfilment
from xl_perfeval.fulfilment import Comparison, Outcome
from xl_perfeval.model import Stage, Submission
from xl_perfeval.narrative import accounts as accounting
from xl_perfeval.narrative.accounts import Account, Accounts
from xl_perfeval.narrative.drafting import Draft, section
from xl_perfeval.wording import gap, money, sentence, typed

_VERDICTS = {
    Outcome.MISSED: "未达到",
    Outcome.REACHED: "已达到",
    Outcome.EXCEEDED: "已超过",
}


@section("results")
def results(submission: Submission) -> Iterator[Draft]:
    """三: figures as typed; reached or missed only where noun and unit of a target fit uniquely."""
    accounts = accounting.of(submission)
    if not accounts.spending_asked:
        return
    yield Draft("1", _conclusion(submission, accounts))
    for account in accounts:
        yield Draft(account.key, _project(account))


def _conclusion(submission: Submission, accounts: Accounts) -> str:
    spent = ""
    if accounts.complete:
        rate = f"预算执行率{accounts.rate}" if accounts.rate else ""
        whose = f"{len(accounts)}个项目" if len(accounts) > 1 else ""
        so_far = "" if submission.stage is Stage.YEAR_END else "已"
        spent = sentence(f"{submission.year}年度{whose}{so_far}共支出{money(accounts.total('spent'))}", rate)
    said = spent + _compared(accounts) + _scores(accounts)
    return said or gap("自评结论")


def _compared(accounts: Accounts) -> str:
    """How many of the targets that could be compared were reached."""
    outcomes = [found.outcome for account in accounts for found in accounting.compared(account)]
    if not outcomes:
        return ""
    missed = outcomes.count(Outcome.MISSED)
    reached = len(outcomes) - missed
    return sentence(
        f"可以与实际完成情况直接对照的量化目标有{len(outcomes)}个",
        f"其中达到或超过的{reached}个" if reached else "",
        f"未达到的{missed}个" if missed else "",
    )


def _scores(accounts: Accounts) -> str:
    """Scores and grades that were typed; those the form computes stand in its table."""
    scored = [_score(account) for account in accounts]
    return sentence("自评得分为：" + "，".join(filter(None, scored))) if any(scored) else ""


def _score(account: Account) -> str:
    total, grade = account.project.total_score, typed(account.project.grade)
    if not isinstance(total, int | float) or isinstance(total, bool):
        return ""
    return f"{account.name}{typed(total)}分" + (f"（{grade}）" if grade else "")


def _project(account: Account) -> str:
    opening = _opening(account)
    achieved = typed(account.project.goal.achieved)
    goal = sentence(f"年度总体目标完成情况：{achieved}") if achieved else ""
    if any(typed(row.actual) for _, row in account.indicators):
        return opening + goal + _from_indicators(account)
    return opening + goal + _from_items(account)


def _opening(account: Account) -> str:
    """Plan and money of the project; nothing about money that is not filled in."""
    planned = len(account.items)
    spent = f"支出{money(account.spent)}" if account.spent is not None else ""
    rate = f"执行率{account.rate}" if account.rate else ""
    if planned:
        return sentence(f"{account.name}{'共' if planned > 1 else ''}安排{planned}项工作", spent, rate)
    return sentence(f"{account.name}{spent}", rate) if spent else ""


def _from_items(account: Account) -> str:
    done = [(name, item) for name, item in account.items if typed(item.actual)]
    if not done:
        return gap(f"{account.name}的实际完成情况")
    said = "".join(f"{name}：{_woven(typed(item.actual), fulfilment.of_item(item))}。" for name, item in done)
    waiting = [name for name, item in account.items if not typed(item.actual)]
    return said + (gap(f"{accounting.briefly(tuple(waiting), '项工作')}的实际完成情况") if waiting else "")


def _woven(actual: str, comparisons: tuple[Comparison, ...]) -> str:
    """What was done as typed, each comparable figure followed by its target."""
    for found in sorted(comparisons, key=lambda each: each.place, reverse=True):
        beside = f"（目标{found.target}，{_VERDICTS[found.outcome]}）"
        actual = actual[: found.place] + beside + actual[found.place :]
    return actual


def _from_indicators(account: Account) -> str:
    said: list[str] = []
    waiting: list[str] = []
    for name, row in account.indicators:
        if not typed(row.actual):
            waiting.append(name)
            continue
        target, actual = fulfilment.worded(row)
        found = fulfilment.of_indicator(row)
        verdict = f"{_VERDICTS[found.outcome]}目标" if found else ""
        said.append(sentence(name + (f"目标{target}" if target else ""), f"实际{actual}", verdict))
    return "".join(said) + (
        gap(f"{accounting.briefly(tuple(waiting), '个指标')}的实际完成值") if waiting else ""
    )
