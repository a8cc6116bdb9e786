"""Small submissions for the passing and failing examples of the rules.

They are complete and free of findings as they come: an example changes only what its rule looks at. Places are
those of a workbook with the first project in row 6 and the first work item in row 8.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from xl_perfeval import forms
from xl_perfeval.model import (
    CellValue,
    Edition,
    Execution,
    FormField,
    FormTable,
    Funding,
    Goal,
    Indicator,
    Intake,
    Locator,
    Paragraph,
    Project,
    Source,
    Stage,
    Submission,
    Unit,
    WorkItem,
    column_letters,
)

_TEXTS = {
    "overview": "本年度项目按计划实施。",
    "management": "资金实行专账核算，支出逐笔审批。",
    "evaluation": "自评由财务科牵头，对照年初目标逐项核对。",
    "results": "科普经费支持举办培训3场，学员满意度92%。",
    "problems": "部分培训安排在年末，时间偏紧。",
    "suggestions": "无",
    "other": "无",
}


def item(**cells: Any) -> WorkItem:
    """A complete work item; keywords replace single cells."""
    complete: dict[str, Any] = {
        "name": "科普培训",
        "cost": 60,
        "schedule": "全年",
        "quantity": "举办培训3场以上",
        "quality": "培训合格率95%以上",
        "benefit": "学员满意度90%以上",
        "actual": "举办培训3场，合格率96%，学员满意度92%（收回问卷120份）",
    }
    return WorkItem(**{**complete, **cells})


def indicator(**cells: Any) -> Indicator:
    """A complete scored row; keywords replace single cells."""
    complete: dict[str, Any] = {
        "level1": "产出指标",
        "level2": "数量指标",
        "level3": "举办培训场次",
        "sign": "≥",
        "target": "3",
        "unit": "场",
        "actual": "3",
        "method": "定量",
        "weight": 50,
    }
    return Indicator(**{**complete, **cells})


def indicators() -> tuple[Indicator, ...]:
    """Three indicators that make up the weights 50, 30 and 10."""
    return (
        indicator(),
        indicator(
            level1="效益指标",
            level2="社会效益指标",
            level3="知晓率",
            target="80",
            unit="%",
            actual="82",
            weight=30,
        ),
        indicator(
            level1="满意度指标",
            level2="服务对象满意度指标",
            level3="学员满意度",
            target="90",
            unit="%",
            actual="92",
            weight=10,
        ),
    )


def project(
    *,
    items: Sequence[WorkItem] | None = None,
    indicators: Sequence[Indicator] = (),
    sources: Sequence[Source] = (),
    execution: Execution | None = None,
    goal: Goal | None = None,
    name: CellValue = "科普经费",
    kind: CellValue = "经常性",
    purpose: CellValue = "科普宣传、培训",
    section: CellValue = "创新发展科",
    note: CellValue = None,
    with_sheet: bool = True,
    **funding: CellValue,
) -> Project:
    """A complete project with a budget of 60万元, all spent on one item; keywords replace single cells."""
    budget = funding.get("budget", 60)
    money: dict[str, Any] = {"budget": 60, "spent": budget if rollable(budget) else 60} | funding
    return Project(
        name=name,
        kind=kind,
        purpose=purpose,
        section=section,
        note=note,
        funding=Funding(sources=tuple(sources), **money),
        items=tuple(items) if items is not None else (item(cost=budget if rollable(budget) else 60),),
        indicators=tuple(indicators),
        execution=execution or Execution(),
        goal=goal or Goal(),
        matrix=Locator("", "") if with_sheet else None,
    )


def platform_edition() -> Edition:
    """The ministry's form for units that import into the budget platform."""
    return replace(forms.load("ministry-2020"), platform=True)


def evidence_edition() -> Edition:
    """The ministry's form with a further column 佐证材料."""
    form = forms.load("ministry-2020")
    table = form.table("scoring")
    column = FormField(key="evidence", name="EVIDENCE", label="佐证材料")
    return replace(form, tables={**form.tables, "scoring": replace(table, fields=(*table.fields, column))})


def rollable(value: CellValue) -> bool:
    """Whether an example's amount is a plain number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def submission(
    *projects: Project,
    edition: str | Edition = forms.DEFAULT,
    year: int = 2020,
    stage: Stage = Stage.YEAR_END,
    unit: CellValue = "示例区科学技术局",
    report_date: date | None = date(2021, 3, 8),
    prepared_by: CellValue = "办公室",
    totals: Funding | None = None,
    intake: Intake | None = None,
    texts: dict[str, str | None] | None = None,
    remark: CellValue = None,
) -> Submission:
    """A complete submission; without projects it has one. `texts` replaces sections, `None` removes one."""
    form = forms.load(edition) if isinstance(edition, str) else edition
    placed = tuple(_placed(each, place, form) for place, each in enumerate(projects or (project(),), start=1))
    narrative = _locator(form.table("narrative"), "报告文字", "NARRATIVE")
    wanted = {key: value for key, value in (_TEXTS | (texts or {})).items() if value is not None}
    paragraphs = tuple(
        Paragraph(section=section, text=value, id=f"{section}/1", locator=narrative, row=row)
        for row, (section, value) in enumerate(wanted.items(), start=5)
    )
    home = Locator(
        "首页",
        "HOME",
        cells={
            "unit": "C6",
            "year": "F6",
            "report_date": "C8",
            "prepared_by": "F8",
            "stage": "C7",
            "name": "C6",
        },
        labels={
            "unit": "单位名称",
            "year": "年度",
            "report_date": "报告日期",
            "prepared_by": "填报人",
            "name": "单位名称",
        },
    )
    return Submission(
        edition=form,
        unit=Unit(name=unit, locator=home),
        year=year,
        stage=stage,
        report_date=report_date,
        prepared_by=prepared_by,
        projects=placed,
        totals=replace(totals or Funding(), locator=_funds(form), row=6 + len(placed) + 1),
        remark=remark,
        paragraphs=paragraphs,
        narrative=replace(narrative, cells={"next": f"C{5 + len(paragraphs)}"}),
        intake=intake or Intake(),
        locator=home,
    )


def _placed(each: Project, number: int, form: Edition) -> Project:
    funds = _funds(form)
    row = 5 + number
    identity = each.id or f"P{number}"
    matrix = _locator(form.table("matrix"), f"项目{number}", identity)
    matrix_sheet = Locator(matrix.sheet, identity, cells={"name": "B1", "note": "B20", "first": "B8"})
    scoring = _locator(form.table("scoring"), f"自评{number}", identity) if form.has("scoring") else None
    scoring_sheet = Locator(f"自评{number}", identity, cells=_SCORING_CELLS) if scoring else None
    return replace(
        each,
        id=identity,
        number=number,
        locator=funds,
        row=row,
        matrix=matrix_sheet if each.matrix else None,
        scoring=scoring_sheet if each.matrix else None,
        funding=replace(
            each.funding,
            locator=funds,
            row=row,
            project=identity,
            project_name=each.called,
            sources=tuple(
                replace(source, locator=_SOURCES, row=7 + place)
                for place, source in enumerate(each.funding.sources)
            ),
        ),
        items=tuple(
            replace(one, locator=matrix, row=8 + place, number=place + 1)
            for place, one in enumerate(each.items)
        ),
        indicators=tuple(
            replace(one, locator=scoring or matrix, row=13 + place, number=place + 1)
            for place, one in enumerate(each.indicators)
        ),
        execution=replace(each.execution, locator=Locator(f"自评{number}", identity, cells=_EXECUTION_CELLS)),
        goal=replace(each.goal, locator=scoring_sheet or funds, row=10),
    )


_SCORING_CELLS = {"name": "B3", "first": "C14", "initial_budget": "C6", "expected": "B11", "achieved": "F11"}
_EXECUTION_CELLS = {"weight": "F6", "rate": "G6", "score": "H6"}
_SOURCES = Locator(
    "自评1",
    "P1",
    columns={"initial_budget": "C", "budget": "D", "spent": "E"},
    labels={"initial_budget": "年初预算数", "budget": "全年预算数", "spent": "全年执行数"},
)


def _funds(form: Edition) -> Locator:
    return _locator(form.table("funds"), "资金概况", "FUNDS")


def _locator(table: FormTable, sheet: str, identity: str, cells: dict[str, str] | None = None) -> Locator:
    columns = {field.key: column_letters(place) for place, field in enumerate(table.fields, start=1)}
    return Locator(
        sheet, identity, columns=columns, cells=cells or {}, labels={f.key: f.label for f in table.fields}
    )
