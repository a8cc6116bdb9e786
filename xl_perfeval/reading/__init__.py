"""Book → Submission, and what reading itself notices (`model.Intake`).

The reader finds everything by defined names (`forms.names`), never by tab text or fixed addresses, so that
renamed tabs, inserted rows and moved columns do not matter. The first and the last row of a block are the thin
locked lines of the form; data stands between them. Computed cells are never trusted: they are compared with what the
inputs give.
"""

from __future__ import annotations

from xl_perfeval import forms
from xl_perfeval.books import BROKEN, NotReadable, ReadableBook
from xl_perfeval.forms import names
from xl_perfeval.model import Edition, Locator, Ref, Submission, Unit
from xl_perfeval.reading.cells import date_of, plain, stage, year
from xl_perfeval.reading.narrative import paragraphs_of
from xl_perfeval.reading.projects import projects_of
from xl_perfeval.reading.sheets import Sheets

HOME_LABELS = {
    "name": "单位名称",
    "code": "单位编码",
    "department": "主管部门",
    "year": "年度",
    "stage": "阶段",
    "report_date": "报告日期",
    "prepared_by": "填报人",
}
_HOME = {
    "name": names.UNIT,
    "code": names.UNIT_CODE,
    "department": names.DEPARTMENT,
    "year": names.YEAR,
    "stage": names.STAGE,
    "report_date": names.REPORT_DATE,
    "prepared_by": names.PREPARED_BY,
}


def read(book: ReadableBook) -> Submission:
    """The submission in a workbook. Raises `NotReadable` (F002, F003) when it is no workbook of this form."""
    sheets = Sheets(book)
    edition = _edition(sheets)
    home = _home(sheets)
    header = {key: sheets.one(ref) for key, ref in home.items()}
    sheet = next(iter(home.values()), Ref("", "")).sheet
    locator = Locator(sheet, "HOME", cells={key: ref.cell for key, ref in home.items()}, labels=HOME_LABELS)
    projects, totals, gone = projects_of(sheets, edition)
    paragraphs, narrative = paragraphs_of(sheets, edition)
    remark = sheets.workbook.get(names.FUND_REMARK)
    return Submission(
        edition=edition,
        unit=Unit(
            name=header.get("name"),
            code=header.get("code"),
            department=header.get("department"),
            locator=locator,
        ),
        year=year(header.get("year")),
        stage=stage(header.get("stage")),
        report_date=date_of(header.get("report_date")),
        prepared_by=header.get("prepared_by"),
        projects=projects,
        totals=totals,
        remark=sheets.one(remark) if remark else None,
        paragraphs=paragraphs,
        narrative=narrative,
        shown=gone,
        intake=sheets.intake(),
        locator=locator,
    )


def _edition(sheets: Sheets) -> Edition:
    where = sheets.workbook.get(names.EDITION)
    schema = sheets.workbook.get(names.SCHEMA)
    if where is None or schema is None:
        raise NotReadable(
            "F002",
            "这不是绩效自评工作簿，里面没有本表的标记。",
            "请用 perfeval new 生成的工作簿填报后再试。",
        )
    if where.cell == BROKEN or schema.cell == BROKEN:
        raise NotReadable(
            "F003", "首页的表样标记被删除了，读不出这是哪种表。", "请撤消删除，或从备份里找回首页。"
        )
    version, edition = str(plain(sheets.one(schema))), sheets.one(where)
    if version not in forms.READABLE:
        raise NotReadable(
            "F002",
            f"这个工作簿的格式版本是“{version}”，本程序只认识{'、'.join(f'“{known}”' for known in forms.READABLE)}。",
            "请升级 perfeval 后再试。",
        )
    try:
        return forms.load(str(edition))
    except forms.UnknownEdition:
        known = "、".join(forms.editions())
        raise NotReadable(
            "F002",
            f"不认识表样“{edition or ''}”，本程序带有：{known}。",
            "请在首页恢复原来的表样代号，或升级 perfeval。",
        ) from None


def _home(sheets: Sheets) -> dict[str, Ref]:
    found: dict[str, Ref] = {}
    for key, name in _HOME.items():
        ref = sheets.workbook.get(name)
        if ref is None or ref.cell == BROKEN:
            sheets.noticed.missing.append(f"首页的“{HOME_LABELS[key]}”")
        else:
            found[key] = ref
    return found
