"""Seeded submissions without a single finding, for tests that damage one cell at a time."""

from __future__ import annotations

import random
from datetime import date

from xl_perfeval import forms
from xl_perfeval.model import (
    Funding,
    Goal,
    Indicator,
    Paragraph,
    Project,
    Source,
    Submission,
    Unit,
    WorkItem,
)

_PROJECTS = (
    "科普经费",
    "科技工作经费",
    "老科协经费",
    "人才引进资金",
    "信息化建设资金",
    "职工培训经费",
    "档案整理经费",
)
_PURPOSES = ("宣传、培训、竞赛", "设备更新和维护", "课题评审和验收", "人员培训和资料印制")
_SECTIONS = ("创新发展科", "产业发展科", "办公室", "财务科")
_NAMES = ("业务培训", "宣传活动", "设备采购", "资料印制", "课题评审", "咨询服务")
_SCHEDULES = ("全年", "6-9月", "11月底前", "上半年", "第三季度")
_QUANTITIES = (
    "举办培训{n}场以上",
    "印制资料{n}00份以上",
    "采购设备{n}台",
    "评审课题{n}项",
    "服务企业{n}0家以上",
)
_ACTUALS = ("举办培训{n}场，满意度93%", "印制资料{n}00份", "采购设备{n}台", "评审课题{n}项", "服务企业{n}0家")
_QUALITIES = ("合格率95%以上", "验收合格率100%", "参训率不低于90%")
_BENEFITS = ("参加人员满意度90%以上", "提升全民科学素质，满意度92%以上", "群众满意度90%以上（收回问卷100份）")


def submission(seed: int, edition: str = forms.DEFAULT) -> Submission:
    """A complete, consistent submission; the same seed gives the same one."""
    rng = random.Random(seed)
    form = forms.load(edition)
    names = rng.sample(_PROJECTS, rng.randint(2, 5))
    projects = tuple(_project(rng, place, name, edition) for place, name in enumerate(names, start=1))
    return Submission(
        edition=form,
        unit=Unit(name="示例区科学技术局"),
        year=2020,
        report_date=date(2021, 3, rng.randint(1, 28)),
        prepared_by="办公室",
        projects=projects,
        paragraphs=_paragraphs(projects),
    )


def _project(rng: random.Random, place: int, name: str, edition: str) -> Project:
    items = tuple(_item(rng) for _ in range(rng.randint(1, 5)))
    budget = sum(int(item.cost) for item in items if isinstance(item.cost, int))
    spent = round(budget * rng.choice((1.0, 0.99, 0.955)), 2)
    frame = forms.load(edition).frame
    initial = budget if frame and frame.prints("initial_budget") else None
    return Project(
        id=f"P{place}",
        name=name,
        kind=rng.choice(("经常性", "一次性")),
        purpose=rng.choice(_PURPOSES),
        section=rng.choice(_SECTIONS),
        funding=Funding(
            initial_budget=initial,
            budget=budget,
            budget_local=budget,
            spent=spent,
            spent_local=spent,
            reason="尾款待验收后支付" if spent < budget else None,
            sources=(Source(name=frame.sources[0], initial_budget=initial, budget=budget, spent=spent),)
            if frame
            else (),
        ),
        goal=Goal(expected="完成年度任务", achieved="已完成年度任务") if frame else Goal(),
        items=items,
        indicators=_indicators(rng, edition) if frame else (),
    )


def _item(rng: random.Random) -> WorkItem:
    kind, n = rng.randrange(len(_QUANTITIES)), rng.randint(3, 9)
    return WorkItem(
        name=rng.choice(_NAMES),
        cost=rng.randint(10, 60),
        schedule=rng.choice(_SCHEDULES),
        quantity=_QUANTITIES[kind].format(n=n),
        quality=rng.choice(_QUALITIES),
        benefit=rng.choice(_BENEFITS),
        actual=_ACTUALS[kind].format(n=n),
    )


def _indicators(rng: random.Random, edition: str) -> tuple[Indicator, ...]:
    form = forms.load(edition)
    columns = {field.key for field in form.table("scoring").fields}
    weights = iter(_WEIGHTS.get(edition, ()))
    n = rng.randint(3, 9)

    def row(
        level1: str, level2: str, level3: str, target: str, unit: str, actual: str, sign: str = "≥"
    ) -> Indicator:
        return Indicator(
            level1=level1, level2=level2, level3=level3, sign=sign, target=target, unit=unit, actual=actual,
            method="定量" if "method" in columns else None, weight=next(weights, None),
        )  # fmt: skip

    cost: tuple[Indicator, ...] = ()
    if any(group.name == "成本指标" and group.weight for group in form.groups):
        cost = (row("成本指标", "经济成本指标", "人均培训成本", "300", "元", "290", "≤"),)
    return (
        *cost,
        row("产出指标", "数量指标", "举办业务培训", str(n), "场", str(n)),
        row("产出指标", "质量指标", "培训合格率", "95", "%", "96"),
        row("效益指标", "社会效益指标", "政策知晓率", "80", "%", "84"),
        row("满意度指标", "服务对象满意度指标", "学员满意度", "90", "%", "93"),
    )


_WEIGHTS = {
    "ministry-2020": (30, 20, 30, 10),
    "ministry-2021-cost": (20, 25, 15, 20, 10),
    "sichuan": (22.5, 22.5, 25, 20),
    "hubei-20-80": (30, 20, 20, 10),
}


def _paragraphs(projects: tuple[Project, ...]) -> tuple[Paragraph, ...]:
    every = "、".join(str(project.name) for project in projects)
    texts = {
        "management": "资金实行专账核算，支出逐笔审批。",
        "evaluation": "自评由财务科牵头，对照年初目标逐项核对。",
        "results": f"{every}按计划实施，年度任务已经完成。",
        "problems": "部分培训安排在年末，时间偏紧。",
        "suggestions": "无",
        "other": "无",
    }
    return tuple(Paragraph(section=section, text=text, id=f"{section}/1") for section, text in texts.items())
