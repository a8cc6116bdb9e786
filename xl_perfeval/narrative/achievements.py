"""What a project achieved, in words: results as typed, each beside the target it answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xl_perfeval import fulfilment, scoring
from xl_perfeval.fulfilment import Outcome
from xl_perfeval.model import Edition, Indicator, WorkItem
from xl_perfeval.narrative import scores
from xl_perfeval.narrative.accounts import Account, Accounts, Judged, briefly, judged
from xl_perfeval.narrative.prose import (
    NOTHING,
    Cell,
    How,
    Prose,
    count,
    gap,
    in_quotes,
    joined,
    quoted,
    sentence,
    traced,
)
from xl_perfeval.wording import typed

Named = Sequence[tuple[Prose, Indicator]]


def compared(accounts: Accounts) -> Prose:
    """How many of the targets that could be compared were reached."""
    rows = [row for account in accounts for row in judged(account)]
    missed = [row for row in rows if row.found.outcome is Outcome.MISSED]
    exceeded = [row for row in rows if row.found.outcome is Outcome.EXCEEDED]
    reached = [row for row in rows if row.found.outcome is not Outcome.MISSED]
    if not rows:
        return NOTHING
    opening = "可以与实际完成情况直接对照的量化目标有" + _number(rows)
    not_reached = _verdict(Outcome.MISSED, accounts.running)
    if missed and reached:
        return sentence(opening, "其中达到或超过的" + _number(reached), f"{not_reached}的" + _number(missed))
    every = "均" if len(rows) > 1 else ""
    if missed:
        return sentence(opening, f"{every}{not_reached}")
    if len(exceeded) == len(rows):
        return sentence(opening, f"{every}已超过目标值")
    return sentence(
        opening, f"{every}已达到", "其中超过目标值的" + _number(exceeded) if exceeded else NOTHING
    )


def opening(account: Account, accounts: Accounts) -> Prose:
    """Plan and money of the project; nothing about money that is not filled in.

    The only project's money is already that of the whole.
    """
    money = list(_money(account, accounts)) if len(accounts) > 1 else []
    planned = [Cell(item, "name") for _, item in account.items]
    if planned:
        altogether = "共" if len(planned) > 1 else ""
        return sentence(account.name + f"{altogether}安排" + count(planned, "项工作"), *money)
    return sentence(account.name + money[0], *money[1:]) if money else NOTHING


def _money(account: Account, accounts: Accounts) -> Iterator[Prose]:
    if account.spent == 0:
        yield joined(["尚未支出" if accounts.running else "没有支出"])
        return
    if account.spent is not None:
        yield "支出" + account.money("spent")
    if account.rate:
        yield "执行率" + account.rate


def goal(account: Account) -> Prose:
    """What became of the yearly goal, as typed."""
    achieved = quoted(account.project.goal, "achieved")
    return sentence("年度总体目标完成情况：" + achieved) if achieved else NOTHING


def from_items(account: Account, *, running: bool) -> Prose:
    """Results of the matrix, row by row, and a mark for the rows without any."""
    done = [(name, item) for name, item in account.items if typed(item.actual)]
    if not done:
        return gap(account.name, "的实际完成情况")
    found = judged(account) if not _has_scored_results(account) else []
    said = (sentence(name + "：" + _woven(item, found, running)) for name, item in done)
    waiting = [name for name, item in account.items if not typed(item.actual)]
    return joined(said) + (gap(briefly(waiting, "项工作"), "的实际完成情况") if waiting else NOTHING)


def from_indicators(rows: Named, edition: Edition, *, running: bool, with_scores: bool = False) -> Prose:
    """Scored rows, each with target, result and what it means, and a mark for the rows without a result."""
    said = [
        _indicator(name, row, running)
        + ("，" + score if (score := _score(row, edition, with_scores)) else NOTHING)
        for name, row in rows
        if typed(row.actual)
    ]
    waiting = [name for name, row in rows if not typed(row.actual)]
    mark = "。" if any("。" in str(each) for each in said) else "；"
    return (joined(said, mark) + "。" if said else NOTHING) + (
        gap(briefly(waiting, "个指标"), "的实际完成值") if waiting else NOTHING
    )


def _has_scored_results(account: Account) -> bool:
    return any(typed(row.actual) for _, row in account.indicators)


def _number(rows: Sequence[Judged]) -> Prose:
    return count((row.target_cells[0] for row in rows), "个")


def _score(row: Indicator, edition: Edition, wanted: bool) -> Prose:
    return scores.of_row(row, edition) if wanted else NOTHING


def _verdict(outcome: Outcome, running: bool) -> str:
    if outcome is Outcome.MISSED:
        return "尚未达到" if running else "未达到"
    return "已达到" if outcome is Outcome.REACHED else "已超过"


def _woven(item: WorkItem, found: Sequence[Judged], running: bool) -> Prose:
    """What was done as typed, each comparable figure followed by its target."""
    said, cell = typed(item.actual), [Cell(item, "actual")]
    rows = sorted((row for row in found if row.record is item), key=lambda row: row.found.place)
    pieces: list[Prose] = []
    start = 0
    for row in rows:
        pieces.append(traced(said[start : row.found.place], How.TYPED, cell))
        pieces.append("（目标" + row.target + f"，{_verdict(row.found.outcome, running)}）")
        start = row.found.place
    return joined([*pieces, traced(said[start:], How.TYPED, cell)])


def _indicator(name: Prose, row: Indicator, running: bool) -> Prose:
    if scoring.is_qualitative(row):
        standard = quoted(row, "target")
        asked = "要求" + in_quotes(standard) if standard else NOTHING
        return joined([name + asked, "自评" + in_quotes(quoted(row, "actual"))], "，")
    target, actual = fulfilment.worded(row)
    found = fulfilment.of_indicator(row)
    planned = traced(target, How.TYPED, [Cell(row, column) for column in ("target", "sign", "unit")])
    done = traced(actual, How.TYPED, [Cell(row, column) for column in ("actual", "unit")])
    verdict = f"{_verdict(found.outcome, running)}目标" if found else ""
    return joined([name + ("目标" + planned if planned else NOTHING), "实际" + done, verdict], "，")


def by_group(account: Account) -> Iterator[tuple[str, Named]]:
    """The project's named rows by 一级指标, in the order of the form."""
    groups: dict[str, list[tuple[Prose, Indicator]]] = {}
    for row in scoring.with_groups(account.project):
        if name := quoted(row, "level3"):
            groups.setdefault(typed(row.level1), []).append((name, row))
    yield from groups.items()
