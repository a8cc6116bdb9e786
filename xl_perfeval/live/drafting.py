"""生成报告: 报告文字 drafted anew, what people wrote kept, and the Word document beside the workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xl_perfeval import actions
from xl_perfeval.forms import names

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from xl_perfeval.live.workbook import Workbook


def generate_report(workbook: Workbook, now: datetime) -> str:
    """Draft the report and write the document; where it is. Raises `NotReadable`, `NotSaved`."""
    workbook.progress("生成报告：正在读取……")
    workbook.heal()
    if str(workbook.app.calculation) != "automatic":
        workbook.app.calculate()
    book = workbook.cells
    book.names()
    workbook.progress("生成报告：正在起草……")

    def save() -> Path:
        backup = workbook.back_up(now)
        with workbook.opened(book.names()[names.NARRATIVE_KEY].sheet), workbook.calm():
            book.flush()
        return backup

    path = workbook.path
    document = path.with_name(f"{path.stem}_报告.docx")
    drafted = actions.draft_open_report(book, document, now, save, actions.report_template(path))
    report = drafted.report
    waiting = f"还有 {report.waiting} 处要补充，请在报告里查找“【待补充”；" if report.waiting else ""
    notes = "".join(report.notes)
    return f"报告写好了：{report.path}。报告文字{drafted.redrafted.counts}。{waiting}{notes}重新生成不会改掉你写的文字。"
