"""Sections 一（二） and 二: how many work items and measurable targets there are; what the evaluation covers."""

from __future__ import annotations

from collections.abc import Iterator

from xl_perfeval import fulfilment
from xl_perfeval.model import Stage, Submission
from xl_perfeval.narrative import accounts as accounting
from xl_perfeval.narrative.drafting import Draft, section
from xl_perfeval.wording import gap, listed, money, sentence


@section("targets")
def targets(submission: Submission) -> Iterator[Draft]:
    """一（二）: the counts; the tables themselves follow in the report."""
    accounts = accounting.of(submission)
    without = accounts.names(lambda a: not a.items and not a.indicators)
    shares = [f"{a.name}{len(a.items)}项" for a in accounts if a.items]
    measurable = sum(fulfilment.measurable(item) for a in accounts for _, item in a.items)
    scope = f"{len(accounts)}个项目" if len(accounts) > 1 else "".join(account.name for account in accounts)
    items = [
        f"共细化为{accounts.item_count}项工作" if shares else "",
        f"其中{listed(shares)}" if len(shares) > 1 else "",
    ]
    measured = f"数量、质量和效益目标中可以量化的共{measurable}个" if measurable else ""
    scored = f"设绩效指标{accounts.indicator_count}个" if accounts.indicator_count else ""
    counted = "；".join(part for part in ("，".join(filter(None, items)), measured, scored) if part)
    tables = "具体目标见下表。" if counted else ""
    lacking = gap(f"{accounting.briefly(without) or '各项目'}的绩效目标") if without or not accounts else ""
    yield Draft("1", (sentence(scope + counted) if counted else "") + tables + lacking)


@section("evaluation")
def evaluation(submission: Submission) -> Iterator[Draft]:
    """二: what was evaluated; who did it and how is for people to write. Nothing at 目标申报."""
    accounts = accounting.of(submission)
    if not accounts.spending_asked:
        return
    if accounts:
        work = "绩效自评" if submission.stage is Stage.YEAR_END else "绩效监控"
        covered = [f"{len(accounts)}个项目"]
        covered += [f"{accounts.item_count}项工作"] if accounts.item_count else []
        covered += [f"{accounts.indicator_count}个绩效指标"] if accounts.indicator_count else []
        budget = f"指标总额{money(accounts.total('budget'))}" if accounts.filled("budget") else ""
        yield Draft("1", sentence(f"本次{work}涉及{listed(covered)}", budget))
    yield Draft("2", gap("评价组织和方法"))
