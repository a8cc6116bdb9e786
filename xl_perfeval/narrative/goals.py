"""Sections 一（二） and 二: how many work items and measurable targets there are; what the evaluation covers."""

from __future__ import annotations

from collections.abc import Iterator

from xl_perfeval import fulfilment, scoring
from xl_perfeval.model import Indicator, Stage, Submission, WorkItem
from xl_perfeval.narrative import accounts as accounting
from xl_perfeval.narrative import scores
from xl_perfeval.narrative.accounts import MOST_NAMED, Account, Accounts
from xl_perfeval.narrative.drafting import Draft, analysed, section
from xl_perfeval.narrative.prose import (
    NOTHING,
    Cell,
    Prose,
    beside,
    count,
    gap,
    joined,
    listed,
    quoted,
    sentence,
)
from xl_perfeval.wording import typed


@section("targets", topics=2)
def targets(submission: Submission) -> Iterator[Draft]:
    """一（二）: the counts, and each project's yearly goal; the tables themselves follow in the report."""
    accounts = accounting.of(submission)
    without = accounts.names(lambda a: not a.items and not a.indicators)
    counted = described(accounts)
    where = _where(accounts) if counted else NOTHING
    lacking = gap(accounting.whose(without, accounts) or "各项目", "的绩效目标")
    yield Draft("1", counted + where + (lacking if without or not accounts else NOTHING))
    yield Draft("2", joined(_goal(account) for account in accounts))


@section("evaluation", topics=4)
def evaluation(submission: Submission) -> Iterator[Draft]:
    """二: what was evaluated and by which marks; who did it and how is for people to write. Nothing at 目标申报."""
    accounts = accounting.of(submission)
    if not accounts.spending_asked:
        return
    if accounts:
        yield Draft("1", _covered(accounts))
        yield Draft("3", _checked(accounts))
        yield Draft("4", scores.distribution(accounts, submission.edition))
    if analysed(submission):
        yield Draft("2", gap("评价目的、原则、方法和工作过程"))
    else:
        yield Draft("2", gap("评价组织和方法"))


def _goal(account: Account) -> Prose:
    goal = quoted(account.project.goal, "expected")
    return sentence(account.name + "的年度总体目标：" + goal) if goal else NOTHING


def described(accounts: Accounts) -> Prose:
    """How many work items, measurable targets and indicators there are."""
    scope = accounts.counted() if len(accounts) > 1 else joined(account.name for account in accounts)
    parts = [part for part in (_items(accounts), _measurable(accounts), _indicators(accounts)) if part]
    return sentence(scope + joined(parts, "；")) if parts else NOTHING


def _items(accounts: Accounts) -> Prose:
    shares = [_share(account) for account in accounts if account.items]
    if not shares:
        return NOTHING
    named = 1 < len(shares) <= MOST_NAMED
    return joined(["共细化为" + _number(accounts.items), "其中" + listed(shares) if named else NOTHING], "，")


def _share(account: Account) -> Prose:
    return beside(account.name, count((Cell(item, "name") for _, item in account.items), "项"))


def _number(items: list[WorkItem]) -> Prose:
    return count((Cell(item, "name") for item in items), "项工作")


def _measurable(accounts: Accounts) -> Prose:
    cells = [Cell(item, column) for item in accounts.items for column in fulfilment.measurable(item)]
    return "数量、质量和效益目标中可以量化的共" + count(cells, "个") if cells else NOTHING


def _indicators(accounts: Accounts) -> Prose:
    """How many indicators, by 一级指标."""
    rows = [row for account in accounts for row in scoring.with_groups(account.project) if typed(row.level3)]
    if not rows:
        return NOTHING
    groups: dict[str, list[Indicator]] = {}
    for row in rows:
        groups.setdefault(typed(row.level1), []).append(row)
    shares = [
        beside(quoted(found[0], "level1"), count((Cell(row, "level3") for row in found), "个"))
        for found in groups.values()
    ]
    of_which = "其中" + listed(shares) if len(shares) > 1 and all(groups) else NOTHING
    number = "设绩效指标" + count((Cell(row, "level3") for row in rows), "个")
    return joined([number, of_which], "，")


def measured(accounts: Accounts) -> Prose:
    """How many targets are measured and how many are judged by words."""
    rows = accounts.indicators
    if not rows:
        measurable = _measurable(accounts)
        return "绩效目标方面，" + measurable if measurable else NOTHING
    worded = [Cell(row, "level3") for row in rows if scoring.is_qualitative(row)]
    counted = [Cell(row, "level3") for row in rows if not scoring.is_qualitative(row)]
    kinds = [
        word + count(cells, "个") for word, cells in (("定量指标", counted), ("定性指标", worded)) if cells
    ]
    return "绩效目标方面，设" + listed(kinds)


def _where(accounts: Accounts) -> Prose:
    """Where the targets stand: the matrices in the text, the scoring forms behind it."""
    return joined(["具体目标见下表。" if accounts.items else "具体指标见所附自评表。"])


def _covered(accounts: Accounts) -> Prose:
    work = "绩效自评" if accounts.stage is Stage.YEAR_END else "绩效监控"
    covered = [accounts.counted()]
    covered += [_number(accounts.items)] if accounts.items else []
    rows = accounts.indicators
    covered += [count((Cell(row, "level3") for row in rows), "个绩效指标")] if rows else []
    budget = "指标总额" + accounts.money("budget") if accounts.money("budget") else NOTHING
    return sentence(f"本次{work}涉及" + listed(covered), budget)


def _checked(accounts: Accounts) -> Prose:
    """How far the results are filled in, row by row."""
    if rows := accounts.indicators:
        done = [Cell(row, "actual") for row in rows if typed(row.actual)]
        return _filled([Cell(row, "level3") for row in rows], done, "个", "绩效指标", "实际完成值")
    items = accounts.items
    done = [Cell(item, "actual") for item in items if typed(item.actual)]
    return _filled([Cell(item, "name") for item in items], done, "项", "工作", "实际完成情况")


def _filled(every: list[Cell], done: list[Cell], unit: str, row: str, result: str) -> Prose:
    if not done:
        return NOTHING
    checked = "对照年初目标逐项核对"
    if len(done) < len(every):
        return sentence(checked, count(every, unit + row) + f"中已填报{result}的有" + count(done, unit))
    return sentence(checked, count(every, unit + row) + f"的{result}{'均' if len(every) > 1 else ''}已填报")
