"""Sections 五 and 六: suggestions are for people to write; notes typed beside the figures are passed on."""

from __future__ import annotations

from collections.abc import Iterator

from xl_perfeval import quantity, rollup
from xl_perfeval.model import Submission
from xl_perfeval.narrative import accounts as accounting
from xl_perfeval.narrative import statements
from xl_perfeval.narrative.accounts import Account
from xl_perfeval.narrative.drafting import Draft, section
from xl_perfeval.narrative.prose import NOTHING, Cell, How, Prose, gap, joined, sentence, traced
from xl_perfeval.wording import money, typed

_AMOUNTS = {
    "initial_budget": "年初预算",
    "budget": "指标总额",
    "budget_local": "指标总额中的区级资金",
    "spent": "支出总额",
    "spent_local": "支出总额中的区级资金",
}


@section("suggestions", topics=1)
def suggestions(submission: Submission) -> Iterator[Draft]:
    """五: nothing here follows from data."""
    del submission
    yield Draft("1", gap("有关建议，没有的写“无”"))


@section("other", topics=2, by_project=True)
def other(submission: Submission) -> Iterator[Draft]:
    """六: budgets changed in the year, notes beside amounts and of projects, the remark below 资金概况.

    “无” is for people to say.
    """
    accounts = accounting.of(submission)
    remark = typed(submission.remark)
    noted = [(account, _adjusted(account) + _notes(account)) for account in accounts]
    for account, notes in noted:
        yield Draft(account.key, notes)
    yield Draft("remark", sentence(traced(remark, How.TYPED, [Cell(submission, "remark")])))
    if not remark and not any(notes for _, notes in noted):
        yield Draft("1", gap("其他需要说明的问题，没有的写“无”"))


def _adjusted(account: Account) -> Prose:
    """A budget that was changed in the year; why is for people to write."""
    initial = rollup.read(account.project.funding.initial_budget)
    if initial is None or account.budget is None or initial == account.budget:
        return NOTHING
    word = "调增" if account.budget > initial else "调减"
    change = traced(
        money(abs(account.budget - initial)),
        How.BALANCE,
        [accounting.money_cell(account, "budget")],
        [accounting.money_cell(account, "initial_budget")],
    )
    stated = account.name + "年初预算" + account.money("initial_budget")
    return sentence(stated, f"年中{word}" + change, "调整后指标总额" + account.money("budget")) + gap(
        "预算调整的原因和依据"
    )


def _notes(account: Account) -> Prose:
    """What was written beside a project's amounts, its 备注, and the 说明 of its form."""
    note = typed(account.project.note)
    said = traced(note, How.TYPED, [Cell(account.project, "note", account.project.matrix)])
    return (
        joined(_beside(account, column) for column in _AMOUNTS)
        + (sentence(account.name + "：" + said) if said else NOTHING)
        + statements.said(account, "remark")
    )


def _beside(account: Account, column: str) -> Prose:
    """An amount with the note that was typed into its cell."""
    read = quantity.amount(getattr(account.project.funding, column))
    note = traced(typed(read.note), How.TYPED, [accounting.money_cell(account, column)])
    if not note or not read.summable or read.amount is None:
        return NOTHING
    return sentence(account.name + _AMOUNTS[column] + account.money(column) + "（" + note + "）")
