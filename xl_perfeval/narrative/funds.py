"""Sections 一（一） and 一（三）: how much money, how much of it spent, who leads, what for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from xl_perfeval import rollup
from xl_perfeval.model import Stage, Submission
from xl_perfeval.narrative import accounts as accounting
from xl_perfeval.narrative.accounts import Accounts
from xl_perfeval.narrative.drafting import Draft, section
from xl_perfeval.wording import gap, listed, money, sentence, typed

_TAKES_PART = {
    Stage.TARGETS: "申报绩效目标",
    Stage.MONITORING: "纳入绩效监控",
    Stage.YEAR_END: "纳入绩效自评",
}
_PURPOSE_OPENING = re.compile(r"^(?:主要)?用于")


@section("overview")
def overview(submission: Submission) -> Iterator[Draft]:
    """一（一）: number of projects, totals, local part, rate, balance; then the rate of each project."""
    accounts = accounting.of(submission)
    if not accounts:
        yield Draft("1", gap("纳入绩效自评的项目和资金"))
        return
    taking_part = f"我单位{submission.year}年度{_TAKES_PART[submission.stage]}的项目共{len(accounts)}个"
    local = _local(accounts, submission.edition.local_label)
    yield Draft("1", sentence(taking_part, *_totals(accounts)) + local + _lacking(accounts))
    yield Draft("2", _rates(accounts))


@section("management")
def management(submission: Submission) -> Iterator[Draft]:
    """一（三）: leading sections and what the money is for; rules and approval are for people to write."""
    accounts = accounting.of(submission)
    yield Draft("1", _leading(accounts))
    yield Draft("2", _uses(accounts))
    yield Draft("3", gap("资金管理制度和审批程序"))


def _totals(accounts: Accounts) -> Iterator[str]:
    budget, spent = accounts.total("budget"), accounts.total("spent")
    if accounts.filled("budget"):
        adjusted = _adjusted(accounts)
        if adjusted:
            yield f"年初预算{money(accounts.total('initial_budget'))}"
        yield f"{'调整后' if adjusted else ''}指标总额{money(budget)}"
    if not accounts.spending_asked or not accounts.filled("spent"):
        return
    yield f"支出总额{money(spent)}"
    if accounts.rate:
        yield f"预算执行率{accounts.rate}"
    if accounts.complete:
        yield accounting.left_over(budget - spent, accounts.stage)


def _adjusted(accounts: Accounts) -> bool:
    """Whether every project states a year-start budget and the year changed their sum."""
    stated = all(rollup.read(a.project.funding.initial_budget) is not None for a in accounts)
    return stated and accounts.total("initial_budget") != accounts.total("budget")


def _local(accounts: Accounts, label: str) -> str:
    """The part that is local money, in a sentence of its own: “其中区级资金指标563万元，支出547.99万元。”"""
    whose = label.removeprefix("其中").lstrip("：:")
    whose += "" if whose.endswith(("资金", "拨款")) else "资金"
    columns = (
        {"budget_local": "指标", "spent_local": "支出"}
        if accounts.spending_asked
        else {"budget_local": "指标"}
    )
    parts = [f"{word}{money(accounts.total(key))}" for key, word in columns.items() if accounts.filled(key)]
    return sentence(f"其中{whose}{parts[0]}", *parts[1:]) if parts else ""


def _lacking(accounts: Accounts) -> str:
    """Marks for the amounts that are not there yet."""
    marks = [_lacking_amount(accounts, accounts.names(lambda a: a.budget is None), "指标总额")]
    if accounts.spending_asked:
        marks.append(_lacking_amount(accounts, accounts.names(lambda a: a.spent is None), "支出总额"))
    return "".join(marks)


def _lacking_amount(accounts: Accounts, names: tuple[str, ...], amount: str) -> str:
    if not names:
        return ""
    whose = "各项目" if len(names) == len(accounts) > 1 else accounting.briefly(names)
    return gap(f"{whose}的{amount}")


def _rates(accounts: Accounts) -> str:
    """Rates one by one; the only project's rate is already that of the whole."""
    if len(accounts) < 2 or not accounts.spending_asked:
        return ""
    rates = [f"{account.name}{account.rate}" for account in accounts if account.rate]
    return sentence("分项目看，预算执行率为：" + "，".join(rates)) if rates else ""


def _leading(accounts: Accounts) -> str:
    led: dict[str, list[str]] = {}
    for account in accounts:
        if section_name := typed(account.project.section):
            led.setdefault(section_name, []).append(account.name)
    if len(led) == 1 and len(accounts) > 1 and len(next(iter(led.values()))) == len(accounts):
        return f"各项目均由{next(iter(led))}牵头。"
    return sentence(*(f"{listed(names)}由{section_name}牵头" for section_name, names in led.items()))


def _uses(accounts: Accounts) -> str:
    uses = [
        sentence(f"{account.name}主要用于{purpose}")
        for account in accounts
        if (purpose := _PURPOSE_OPENING.sub("", typed(account.project.purpose)))
    ]
    lacking = accounts.names(lambda a: not typed(a.project.purpose))
    return "".join(uses) + (gap(f"{accounting.briefly(lacking)}的资金用途") if lacking else "")
