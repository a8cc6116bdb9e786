"""校验: all findings at once, written into the workbook; the first one is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xl_perfeval import actions, writing
from xl_perfeval.forms import names
from xl_perfeval.live import walking

if TYPE_CHECKING:
    from datetime import datetime

    from xl_perfeval.live.workbook import Workbook


def validate(workbook: Workbook, now: datetime) -> str:
    """Check the workbook and write marks and 校验结果; “必须改 3 条，请核对 5 条，提示 2 条；上次 8 条，…”.

    A check that finds what the last one found writes nothing. Raises `NotReadable`, `NotSaved`.
    """
    workbook.progress("校验：正在读取……")
    workbook.heal()
    if str(workbook.app.calculation) != "automatic":
        workbook.app.calculate()
    book = workbook.cells
    book.names()
    workbook.progress("校验：正在检查……")
    checked = actions.validate(book, workbook.path.name)
    written = writing.write(book, checked.findings, now)
    if written.same:
        book.drop()
        told = f"{checked.counts}；和 {written.time} 的校验结果一样"
    else:
        workbook.progress("校验：正在写入……")
        workbook.back_up(now)
        with workbook.calm():
            # The time first: when the program is killed, the next check sees that something else is not as it says.
            book.flush(
                first=[
                    ref for name in (names.FINDINGS_TIME, names.FINDINGS_STATUS) if (ref := book.named(name))
                ]
            )
        told = f"{checked.counts}；{written.status}"
    walking.show_first(workbook, written)
    return f"{told}。"
