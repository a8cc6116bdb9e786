"""Sections 一（一） and 一（三）: how much money, from where, how much of it spent; who leads, what for.

In the ministry's outline uses stand with the projects (一（一）项目概况) and money with the process (四（二）).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from xl_perfeval import rollup, wording
from xl_perfeval.model import Source, Stage, Submission
from xl_perfeval.narrative import accounts as accounting
from xl_perfeval.narrative import statements
from xl_perfeval.narrative.accounts import Account, Accounts, briefly
from xl_perfeval.narrative.drafting import Draft, analysed, section
from xl_perfeval.narrative.prose import (
    NOTHING,
    Cell,
    How,
    Prose,
    beside,
    gap,
    joined,
    listed,
    quoted,
    sentence,
    traced,
)
from xl_perfeval.wording import typed

_TAKES_PART = {
    Stage.TARGETS: "申报绩效目标",
    Stage.MONITORING: "纳入绩效监控",
    Stage.YEAR_END: "纳入绩效自评",
}
_MONEY = ("经费", "资金", "费用")
"""A purpose that ends so says what the money is, not what it is for."""
_PURPOSE_OPENING = re.compile(r"^(?:主要)?用于")


@section("overview", topics=6)
def overview(submission: Submission) -> Iterator[Draft]:
    """一（一）: number of projects, totals, local part, rate, balance; rate of each project; sources of the money."""
    accounts = accounting.of(submission)
    if not accounts:
        yield Draft("1", gap("纳入绩效自评的项目和资金"))
        return
    local = _local(accounts, submission.edition.local_label)
    yield Draft(
        "1", sentence(_taking_part(submission, accounts), *_totals(accounts)) + local + _lacking(accounts)
    )
    yield Draft("2", _rates(accounts, submission.edition.thresholds.execution_floor))
    yield Draft("3", _sources(accounts))
    if analysed(submission):
        yield Draft("4", _leading(accounts) + _uses(accounts))
        yield Draft("6", joined(statements.said(account, "process") for account in accounts))
        yield Draft("5", gap("项目背景"))


@section("management", topics=4)
def management(submission: Submission) -> Iterator[Draft]:
    """一（三）, or 四（二）: leading sections, uses, what was paid; rules and approval are for people to write."""
    accounts = accounting.of(submission)
    if analysed(submission):
        yield Draft("5", sentence(*_totals(accounts)) if accounts.spending_asked else NOTHING)
        yield Draft("4", _paid(accounts))
        yield Draft("3", gap("资金管理制度、审批程序和组织实施情况"))
        return
    yield Draft("1", _leading(accounts))
    yield Draft("2", _uses(accounts))
    yield Draft("4", _paid(accounts))
    yield Draft("3", gap("资金管理制度和审批程序"))


# --- totals -------------------------------------------------------------------------------------------


def _taking_part(submission: Submission, accounts: Accounts) -> Prose:
    year = traced(str(submission.year), How.TYPED, [Cell(submission, "year")])
    alone = "，为" + accounts.each[0].name if len(accounts) == 1 else NOTHING
    opening = "我单位" + year + f"年度{_TAKES_PART[submission.stage]}的项目共"
    return opening + accounting.number_of(accounts) + alone


def _totals(accounts: Accounts) -> Iterator[Prose]:
    adjusted = accounting.adjusted(accounts)
    if adjusted:
        yield "年初预算" + accounts.money("initial_budget")
    if budget := accounts.money("budget"):
        yield ("调整后" if adjusted else "") + "指标总额" + budget
    spent = accounts.money("spent")
    if not accounts.spending_asked or not spent:
        return
    yield "支出总额" + spent
    if rate := accounts.rate:
        yield "预算执行率" + rate
    if accounts.settled:
        yield joined(["资金已全部支出"])
    elif accounts.complete and (accounts.total("budget") or accounts.total("spent")):
        yield accounting.left_over(accounts.each, accounts.stage)


def _local(accounts: Accounts, label: str) -> Prose:
    """The part that is local money, in a sentence of its own: “其中区级资金指标563万元，支出547.99万元。”"""
    whose = label.removeprefix("其中").lstrip("：:")
    whose += "" if whose.endswith(("资金", "拨款")) else "资金"
    columns = {"budget_local": "指标"} | ({"spent_local": "支出"} if accounts.spending_asked else {})
    parts = [word + money for key, word in columns.items() if (money := accounts.money(key))]
    return sentence(f"其中{whose}" + parts[0], *parts[1:]) if parts else NOTHING


def _lacking(accounts: Accounts) -> Prose:
    """Marks for the amounts that are not there yet."""
    marks = _lacking_amount(accounts, accounts.names(lambda a: a.budget is None), "指标总额")
    if accounts.spending_asked:
        marks += _lacking_amount(accounts, accounts.names(lambda a: a.spent is None), "支出总额")
    return marks


def _lacking_amount(accounts: Accounts, names: tuple[Prose, ...], amount: str) -> Prose:
    return gap(accounting.whose(names, accounts), f"的{amount}") if names else NOTHING


# --- project by project -------------------------------------------------------------------------------


def _rates(accounts: Accounts, floor: Decimal) -> Prose:
    """Rates one by one, of many projects by bands; the only project's rate is already that of the whole."""
    rated = [account for account in accounts if account.rate]
    if len(accounts) < 2 or not rated or not accounts.spending_asked:
        return NOTHING
    if len(rated) <= accounting.MOST_NAMED:
        return sentence("分项目看，预算执行率为：" + joined((beside(a.name, a.rate) for a in rated), "，"))
    return joined(_by_band(rated, floor))


def _by_band(rated: Sequence[Account], floor: Decimal) -> Iterator[Prose]:
    """Sentences for the projects at 100 %, from the floor on, below it and over 100 %; those out of line one by one."""
    full = [account for account in rated if account.settled]
    rest = [account for account in rated if not account.settled]
    fair = [account for account in rest if floor <= _share(account) < 1]
    low = [account for account in rest if _share(account) < floor]
    above = [account for account in rest if _share(account) > 1]
    least = traced(wording.percent(floor) or "", How.FORM)
    if full:
        yield sentence("预算执行率" + accounting.rate_of(full) + "的有" + _names(full))
    if fair:
        yield sentence("预算未用完、执行率不低于" + least + "的有" + _names(fair))
    if low:
        yield sentence("执行率低于" + least + "的有" + _one_by_one(low))
    if above:
        yield sentence("支出超过预算的有" + _one_by_one(above))


def _share(account: Account) -> Decimal:
    return rollup.rate(account.spent, account.budget) or Decimal(0)


def _names(found: Sequence[Account]) -> Prose:
    return briefly([account.name for account in found])


def _one_by_one(found: Sequence[Account]) -> Prose:
    """Each with its rate, of very many the lowest or highest."""
    if len(found) <= 2 * accounting.MOST_NAMED:
        return listed(account.name + "（" + account.rate + "）" for account in found)
    return _names(found)


def _leading(accounts: Accounts) -> Prose:
    led: dict[str, list[Account]] = {}
    for account in accounts:
        if section_name := typed(account.project.section):
            led.setdefault(section_name, []).append(account)
    everything = next(iter(led.values()), list[Account]())
    if len(everything) == len(accounts) > 1:
        return sentence("各项目均由" + quoted(everything[0].project, "section") + "牵头")
    return sentence(
        *(_names(found) + "由" + quoted(found[0].project, "section") + "牵头" for found in led.values())
    )


def _uses(accounts: Accounts) -> Prose:
    uses = [_use(account) for account in accounts]
    lacking = accounts.names(lambda a: not typed(a.project.purpose))
    return joined(uses) + (gap(accounting.whose(lacking, accounts), "的资金用途") if lacking else NOTHING)


def _use(account: Account) -> Prose:
    purpose = _PURPOSE_OPENING.sub("", typed(account.project.purpose))
    if not purpose:
        return NOTHING
    said = traced(purpose, How.TYPED, [Cell(account.project, "purpose")])
    verb = "为" if purpose.endswith(_MONEY) else "主要用于"
    return sentence(account.name + verb + said)


def _paid(accounts: Accounts) -> Prose:
    """What was paid for each work item, where that is typed."""
    if not accounts.spending_asked:
        return NOTHING
    return joined(
        sentence(account.name + "的支出按工作内容分：" + joined(paid, "，"))
        for account in accounts
        if (paid := list(_payments(account)))
    )


def _payments(account: Account) -> Iterator[Prose]:
    for name, item in account.items:
        if (amount := rollup.read(item.spent)) is not None:
            yield beside(name, traced(wording.money(amount), How.SUM, [Cell(item, "spent")]))


# --- sources of money ---------------------------------------------------------------------------------


def _sources(accounts: Accounts) -> Prose:
    """The fund rows of the scoring forms added up by name."""
    found: dict[str, list[Source]] = {}
    for account in accounts:
        for source in account.project.funding.sources:
            if typed(source.name) and any(
                rollup.read(getattr(source, column)) is not None for column in ("budget", "spent")
            ):
                found.setdefault(typed(source.name), []).append(source)
    if not found:
        return NOTHING
    named = [
        (
            traced(name, How.TYPED, [Cell(row, "name") for row in rows]),
            _of_source(rows, accounts.spending_asked),
        )
        for name, rows in found.items()
    ]
    if len(named) == 1:
        return sentence("资金来源为" + named[0][0], *named[0][1])
    return sentence("按资金来源分，" + joined((name + listed(amounts) for name, amounts in named), "；"))


def _of_source(rows: Sequence[Source], spending_asked: bool) -> list[Prose]:
    """What one source was budgeted for and spent on all projects together."""
    columns: dict[str, str] = {"budget": "预算"} | ({"spent": "支出"} if spending_asked else {})
    amounts: list[Prose] = []
    for column, word in columns.items():
        cells = [Cell(row, column) for row in rows if rollup.read(getattr(row, column)) is not None]
        total = rollup.total(getattr(row, column) for row in rows)
        if cells and column == "spent" and total == 0:
            amounts.append(joined(["没有支出"]))
        elif cells:
            amounts.append(word + traced(wording.money(total), How.SUM, cells))
    return amounts
