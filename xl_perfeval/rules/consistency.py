"""C: do the sheets agree with each other?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from xl_perfeval import quantity, rollup
from xl_perfeval.expressions import expression
from xl_perfeval.findings import Severity
from xl_perfeval.model import Indicator, Intake, OwnSheet, Place, Project, Stage, Submission, WorkItem
from xl_perfeval.rules.engine import Problem, Unknown, is_blank, named, project_named, rule, wan
from xl_perfeval.rules.examples import indicator, item, project, submission


@rule(
    "C501",
    "project-without-sheet",
    Severity.ERROR,
    basis="资金概况与项目表一一对应",
    hides=["R102", "C502"],
    passes=[
        lambda: submission(project()),
        lambda: submission(
            project(with_sheet=False, items=[]), intake=Intake(missing=("工作表“项目1”的项目标记",))
        ),
    ],
    fails=[
        lambda: submission(project(with_sheet=False, items=[])),
        lambda: submission(
            project(),
            intake=Intake(orphans=(OwnSheet(sheet="项目9", project_id="P9", kind="matrix", name=None),)),
        ),
    ],
)
def project_without_sheet(submission: Submission) -> Iterator[Problem]:
    """资金概况里的项目没有对应的项目表，或项目表在资金概况里没有对应的行。

    每个项目在资金概况占一行，并有一张自己的表。表的身份记在隐藏的名称里，改标签名没有关系。
    """
    gone = " ".join(submission.intake.missing)
    unmarked = "的项目标记" in gone  # F003 speaks; whose sheet it is cannot be told
    for each in submission.projects:
        if unmarked:
            break
        if each.matrix is None and each.scoring is None and (not each.id or f"“{each.id}”" not in gone):
            yield Problem(
                at=each.at("name"),
                value=each.name,
                problem=f"资金概况里的{project_named(each)}没有对应的项目表。",
                remedy="请恢复被删除的项目表，或删去资金概况的这一行。",
            )
    for sheet in submission.intake.orphans:
        yield Problem(
            at=Place(sheet.sheet, "A1", "项目表", sheet.project_id, f"sheet|{sheet.kind}", None),
            value=sheet.name,
            problem=f"工作表“{sheet.sheet}”填了内容，资金概况里却没有对应的项目。",
            remedy="请在资金概况补上这个项目，或删去这张工作表。",
        )


@rule(
    "C502",
    "name-differs",
    Severity.WARNING,
    basis="同一项目各表名称一致",
    passes=lambda: submission(project(name="科普经费")),
    fails=lambda: submission(
        project(name="科普经费"),
        intake=Intake(
            renamed=(OwnSheet(sheet="项目1", project_id="P1", kind="matrix", name="科普工作经费"),)
        ),
    ),
)
def name_differs(submission: Submission) -> Iterator[Problem]:
    """项目名称在各表之间不一致。"""
    for sheet in submission.intake.renamed:
        each = next((p for p in submission.projects if p.id == sheet.project_id), None)
        where = None if each is None else (each.matrix if sheet.kind == "matrix" else each.scoring)
        if each is None or where is None or is_blank(each.name):
            continue
        yield Problem(
            at=each.on_sheet(where, "name"),
            value=sheet.name,
            expected=each.name,
            problem=f"资金概况写“{each.name}”，工作表“{sheet.sheet}”写“{sheet.name}”，两处不一致。",
            remedy="请以批复的名称为准，在资金概况里改；项目表里的名称会自动跟着变。",
            related=(each.at("name"),),
        )


@rule(
    "C503",
    "same-fact-differs",
    Severity.WARNING,
    basis="同一数字在各表中应一致",
    after_year=True,
    passes=[
        lambda: submission(project(indicators=[_total_cost(actual="60")]), edition="ministry-2020"),
        lambda: submission(
            project(
                items=[item(name="科普培训", actual="培训3场")],
                indicators=[indicator(level3="科普培训", actual="3")],
            ),
            edition="ministry-2020",
        ),
    ],
    fails=[
        lambda: submission(
            project(spent=59.5, indicators=[_total_cost(actual="60")]), edition="ministry-2020"
        ),
        lambda: submission(
            project(
                items=[item(name="科普培训", actual="培训3场")],
                indicators=[indicator(level3="科普培训", actual="5")],
            ),
            edition="ministry-2020",
        ),
    ],
)
def same_fact_differs(project: Project) -> Iterator[Problem]:
    """同一件事在两张表里的数字不一致。

    总成本指标的完成值应等于项目支出；矩阵里一项的完成数应等于自评表中同名指标的完成值。
    """
    for each in project.indicators:
        if _is_total_cost(each, project):
            yield from _cost_against_spending(each, project)
        else:
            yield from _actual_against_item(each, project)


def _total_cost(actual: str) -> Indicator:
    return indicator(
        level2="成本指标", level3="项目总成本", sign="≤", target="60", unit="万元", actual=actual
    )


def _is_total_cost(each: Indicator, project: Project) -> bool:
    named_total = "总成本" in str(each.level3 or "") or (
        not is_blank(project.name) and each.level3 == project.name
    )
    return named_total and str(each.unit or "").strip() == "万元"


def _cost_against_spending(each: Indicator, project: Project) -> Iterator[Problem]:
    actual, spent = rollup.read(each.actual), rollup.read(project.funding.spent)
    if actual is not None and spent is not None and abs(actual - spent) > Decimal("0.01"):
        yield Problem(
            at=each.at("actual"),
            value=actual,
            expected=spent,
            difference=actual - spent,
            problem=f"{named(each)}完成值{wan(actual)}，资金概况支出{wan(spent)}，相差{wan(abs(actual - spent))}。",
            remedy=f"请核对；如指全年支出，请改为{quantity.plain(spent)}。",
            related=(project.funding.at("spent"),),
        )


def _actual_against_item(each: Indicator, project: Project) -> Iterator[Problem]:
    twin = next((item for item in project.items if item.called and item.called == each.called), None)
    if twin is None or is_blank(twin.actual) or is_blank(each.actual):
        return
    stated = quantity.actual(each.actual, unit=str(each.unit or ""))
    counts = [
        f for f in quantity.figures(str(twin.actual)) if f.kind == "count" and _same_unit(f.unit, stated.unit)
    ]
    if stated.low is not None and stated.certain and len(counts) == 1 and counts[0].value != stated.low:
        yield Problem(
            at=each.at("actual"),
            value=stated.low,
            expected=counts[0].value,
            problem=f"{named(each)}自评表写{each.actual}{each.unit or ''}，矩阵写“{counts[0].text}”，两处不一致。",
            remedy="请核对后改成一致。",
            related=(twin.at("actual"),),
        )


def _same_unit(a: str, b: str) -> bool:
    return quantity.comparable(a, b) in {quantity.Comparison.same, quantity.Comparison.group}


_BRACKETED = expression(
    r"(?P<a>\d[\d,，]*(?:\.\d+)?)\s*(?P<au>亿元|万元|元)\s*[（(]\s*(?:即|折合|合|约)?\s*(?P<b>\d[\d,，]*(?:\.\d+)?)\s*(?P<bu>亿元|万元|元)\s*[）)]"
)


@rule(
    "C504",
    "yuan-and-wan-disagree",
    Severity.ERROR,
    basis="同一金额换算后应相等",
    passes=lambda: submission(texts={"results": "支出226145100.00元（22,614.51万元）。"}),
    fails=lambda: submission(texts={"results": "支出226145100元（2,261.45万元）。"}),
)
def yuan_and_wan_disagree(submission: Submission) -> Iterator[Problem]:
    """同一金额用元和万元写了两遍，换算后不相等。"""
    for place, value in _texts(submission):
        for match in _BRACKETED.finditer(value):
            first, second = _wan(match["a"], match["au"]), _wan(match["b"], match["bu"])
            unit = max(_last_digit(match["a"], match["au"]), _last_digit(match["b"], match["bu"]))
            if match["au"] != match["bu"] and abs(first - second) > unit / 2:
                yield Problem(
                    at=place,
                    value=first,
                    expected=second,
                    difference=first - second,
                    problem=f"“{match.group()}”两个金额换算后不相等：{wan(first)}和{wan(second)}。",
                    remedy="请核对后改成一致。",
                )


def _texts(submission: Submission) -> Iterator[tuple[Place, str]]:
    for project in submission.projects:
        for key in ("purpose",):
            value = getattr(project, key)
            if isinstance(value, str):
                yield project.at(key), value
        for each in project.items:
            for key in ("quantity", "quality", "benefit", "actual", "reason"):
                value = getattr(each, key)
                if isinstance(value, str):
                    yield each.at(key), value
    for paragraph in submission.paragraphs:
        yield paragraph.at("text"), paragraph.text


_UNIT_IN_WAN = {"元": Decimal("0.0001"), "万元": Decimal(1), "亿元": Decimal(10000)}


def _wan(number: str, unit: str) -> Decimal:
    return Decimal(re.sub("[,，]", "", number)) * _UNIT_IN_WAN[unit]


def _last_digit(number: str, unit: str) -> Decimal:
    return Decimal(1).scaleb(-len(number.partition(".")[2])) * _UNIT_IN_WAN[unit]


def _with_approved(target: str) -> Submission:
    approved = submission(project(indicators=[indicator(target="5")]), edition="ministry-2020")
    return replace(
        submission(project(indicators=[indicator(target=target)]), edition="ministry-2020"), approved=approved
    )


@rule(
    "C505",
    "differs-from-approved",
    Severity.WARNING,
    basis="财预〔2020〕10号：自评指标以批复的绩效目标为准",
    passes=[lambda: _with_approved("5"), lambda: submission(project())],
    fails=lambda: _with_approved("3"),
)
def differs_from_approved(submission: Submission) -> Iterator[Problem]:
    """目标与批复的不一样。

    给出批复时的材料才核对：同名项目、同名指标（或同名细化内容）的目标应当一字不差。
    """
    if submission.approved is None:
        return
    approved = {each.called: each for each in submission.approved.projects}
    for each in submission.projects:
        before = approved.get(each.called)
        if before is None:
            continue
        wanted: dict[str | None, WorkItem | Indicator] = {
            one.called: one for one in (*before.items, *before.indicators)
        }
        for record in (*each.items, *each.indicators):
            yield from _changes(record, wanted.get(record.called))


def _changes(record: WorkItem | Indicator, approved: WorkItem | Indicator | None) -> Iterator[Problem]:
    if approved is None or type(approved) is not type(record):
        return
    keys = (
        ("cost", "schedule", "quantity", "quality", "benefit")
        if isinstance(record, WorkItem)
        else ("sign", "target", "unit")
    )
    for key in keys:
        now, then = getattr(record, key), getattr(approved, key)
        if not is_blank(then) and str(now or "").strip() != str(then).strip():
            yield Problem(
                at=record.at(key),
                value=now,
                expected=then,
                problem=f"{named(record)}的“{record.label(key)}”写“{now or '空白'}”，批复的是“{then}”。",
                remedy="请按批复填写；目标经批准调整过的，在情况说明里写明文号。",
            )


_YEAR = expression(r"(?<![0-9〔\[（(-])(20[0-9]{2})(?=\s*年)(?!\s*年?\s*[-—~～至])")


@rule(
    "C506",
    "year-differs",
    Severity.ERROR,
    basis="材料年度以首页为准",
    passes=[
        lambda: submission(project(name="2020年区级科技计划项目立项扶持资金")),
        lambda: submission(project(name="2019年结转科技专项资金")),
        lambda: submission(project(name="2019-2021年科普示范创建资金")),
    ],
    fails=lambda: submission(project(name="2019年区级科技计划项目立项扶持资金")),
)
def year_differs(project: Project, submission: Submission) -> Iterator[Problem]:
    """项目名称里的年份与首页年度不一致。

    结转项目和跨年度项目不算。
    """
    if is_blank(project.name):
        raise Unknown
    name = str(project.name)
    years = {int(year) for year in _YEAR.findall(name)}
    if (
        not years
        or submission.year in years
        or re.search(r"结转|跨年|往年|以前年度|20\d\d\s*年?\s*[-—~～至]", name)
    ):
        return
    yield Problem(
        at=project.at("name"),
        value=min(years),
        expected=submission.year,
        problem=f"项目名称写{min(years)}年，首页年度是{submission.year}年。",
        remedy="请核对年度；属于上年结转的，请在名称里写明“结转”。",
        related=(submission.at("year"),),
    )


@rule(
    "C507",
    "whole-year-too-early",
    Severity.WARNING,
    basis="年度自评在年度终了后进行",
    after_year=True,
    passes=lambda: submission(),
    fails=lambda: submission(report_date=date(2020, 10, 15)),
)
def whole_year_too_early(submission: Submission) -> Iterator[Problem]:
    """年度还没有结束，就填了全年的完成情况。

    以首页的报告日期为准，不看今天的日期。
    """
    reported = submission.report_date
    if reported is None or submission.stage is not Stage.YEAR_END:
        return
    filled = any(not is_blank(item.actual) for project in submission.projects for item in project.items)
    if filled and (reported.year, reported.month) < (submission.year, 12):
        yield Problem(
            at=submission.at("report_date"),
            value=reported,
            problem=f"报告日期是{reported.year}年{reported.month}月{reported.day}日，{submission.year}年度还没有结束。",
            remedy="请核对报告日期；年中填报的，请把阶段改为“绩效监控”。",
        )
