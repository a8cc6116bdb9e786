"""Sections 五 and 六: suggestions are for people to write; notes typed beside the figures are passed on."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from xl_perfeval import quantity
from xl_perfeval.model import Submission
from xl_perfeval.narrative import accounts as accounting
from xl_perfeval.narrative.accounts import Account
from xl_perfeval.narrative.drafting import Draft, section
from xl_perfeval.wording import gap, money, sentence, typed

_AMOUNTS = {
    "initial_budget": "年初预算",
    "budget": "指标总额",
    "budget_local": "指标总额中的区级资金",
    "spent": "支出总额",
    "spent_local": "支出总额中的区级资金",
}


@section("suggestions")
def suggestions(submission: Submission) -> Iterator[Draft]:
    """五: nothing here follows from data."""
    del submission
    yield Draft("1", gap("有关建议，没有的写“无”"))


@section("other")
def other(submission: Submission) -> Iterator[Draft]:
    """六: notes beside amounts, notes of projects, the remark below 资金概况; “无” is for people to say."""
    accounts = accounting.of(submission)
    remark = typed(submission.remark)
    noted = [(account, _notes(account)) for account in accounts]
    for account, notes in noted:
        yield Draft(account.key, notes)
    yield Draft("remark", sentence(remark))
    if not remark and not any(notes for _, notes in noted):
        yield Draft("1", gap("其他需要说明的问题，没有的写“无”"))


def _notes(account: Account) -> str:
    """What was written beside a project's amounts, and its 备注."""
    beside = (
        sentence(f"{account.name}{label}{money(amount)}（{note}）")
        for key, label in _AMOUNTS.items()
        for amount, note in [_amount_and_note(account, key)]
        if note and amount is not None
    )
    note = typed(account.project.note)
    return "".join(beside) + (sentence(f"{account.name}：{note}") if note else "")


def _amount_and_note(account: Account, key: str) -> tuple[Decimal | None, str]:
    read = quantity.amount(getattr(account.project.funding, key))
    return (read.amount if read.summable else None), typed(read.note)
