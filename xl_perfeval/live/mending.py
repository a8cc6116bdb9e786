"""自动修正: the repairs that cannot be misread, made in the open workbook, each told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xl_perfeval import reading, repairs
from xl_perfeval.forms.ownsheets import shown_text
from xl_perfeval.saving import NotSaved

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from xl_perfeval.live.workbook import Workbook
    from xl_perfeval.repairs import Repair

_TOLD = 20
"""Repairs that are told one by one."""


def fix(workbook: Workbook, now: datetime) -> str:
    """Make the safe repairs. Raises `NotReadable`; `NotSaved`, and then all is as it was."""
    workbook.progress("自动修正：正在读取……")
    workbook.heal()
    book = workbook.cells
    before = reading.read(book)
    planned = repairs.planned(book, before)
    if not planned:
        return "没有可以放心自动改的地方。其余问题请按“校验结果”里的“怎么改”逐条改。"
    workbook.progress("自动修正：正在修改……")
    backup = workbook.back_up(now)
    _write(workbook, planned)
    try:
        repairs.confirm(before, reading.read(book), book, planned)
    except NotSaved:
        for each in planned:
            book.write(each.at, [[each.before]])
        book.flush()
        raise
    told = "；".join(_told(each) for each in planned[:_TOLD])
    more = f"；等共 {len(planned)} 处" if len(planned) > _TOLD else ""
    workbook.go(planned[0].at)
    return f"改好了 {len(planned)} 处：{told}{more}。修改前的工作簿在“{backup}”。请再按一次“校验”。"


def _write(workbook: Workbook, planned: Sequence[Repair]) -> None:
    book = workbook.cells
    for each in planned:
        book.write(each.at, [[each.after]])
    with workbook.calm():
        book.flush()


def _told(repair: Repair) -> str:
    before = shown_text(repair.before) or "（空）"
    return f"{repair.at.sheet}！{repair.at.cell}“{before}”→“{shown_text(repair.after)}”"
