"""Seeded submissions of every shape that staff hand in: one project or forty, nothing filled, everything missed, overspent.

What stands in the cells is what people rightly write; whether the whole is complete or good is another matter.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from xl_perfeval import forms
from xl_perfeval.model import (
    NOWHERE,
    Execution,
    Funding,
    Goal,
    Indicator,
    Project,
    Source,
    Stage,
    Statement,
    WorkItem,
)
from xl_perfeval.rules.examples import submission as placed

if TYPE_CHECKING:
    from xl_perfeval.model import CellValue, Edition, Submission

_NAMES = (
    "科普经费", "科技工作经费", "老科协经费", "2020年区级科技计划项目立项扶持资金", "人才引进资金", "信息化建设资金（二期）",
    "“健康村”创建补助", "5G基站建设补贴", "第三次普查经费", "职工培训经费", "12345热线运行经费", "党建工作经费",
)  # fmt: skip
_PURPOSES = (
    "宣传、培训、竞赛", "主要用于设备更新和维护。", "课题评审和验收，奖励10万元以上项目", "用于人员培训和资料印制；其中印刷费另行招标",
    "区级科技计划项目补贴资金", None,
)  # fmt: skip
_ITEMS = (
    "1.业务培训",
    "2、宣传活动",
    "（3）设备采购",
    "资料印制",
    "课题评审",
    "举办2场讲座",
    "学习、交流及其他",
    None,
)
_TARGETS = (
    ("举办培训{n}场以上", ("举办培训{m}场", "开办业务培训{m}期，参训2000人次", "共举办培训{m}场，满意度93%")),
    ("印制资料{n}00份以上", ("印制资料{m}00份", "印发资料{m}00余册")),
    ("举办{n}场次宣传、讲座、竞赛等活动", ("举办讲座{m}场、宣传活动{k}场", "举办竞赛{m}场")),
    ("委托1-2家服务机构，服务企业{n}0家以上", ("委托1家机构，服务企业{m}0家", "服务企业{m}0余家")),
    ("采购设备{n}台，验收合格率100%", ("采购设备{m}台，全部验收合格", "采购设备{m}台，验收合格率100%")),
    ("根据实际工作安排", ("按安排完成", "完成")),
    ("新增高新技术企业{n}家，带动投入{n}000万元", ("新增高新技术企业{m}家，带动投入{m}000万元",)),
    ("控制在预算成本内", ("未超预算",)),
)  # fmt: skip
_QUALITIES = ("合格率95%以上", "按要求完成", "验收合格率100%", None)
_BENEFITS = ("参加人员满意度90%以上", "提升全民科学素质", "群众满意度90%以上（收回问卷100份）", None)
_REASONS = (
    "尾款待验收后支付",
    "2个课题尚未验收，结余5万元下年支付。",
    "无",
    "场地紧张，少办1场；下年补办",
    None,
    None,
)
_SECTIONS = ("创新发展科", "产业发展科", "办公室", None)
_INDICATORS = (
    ("产出指标", "数量指标", "举办业务培训", "≥", "{n}", "场"),
    ("产出指标", "数量指标", "2020年新增高新技术企业数", "≥", "{n}0", "家"),
    ("产出指标", "质量指标", "培训合格率", "≥", "95", "%"),
    ("产出指标", "时效指标", "按时完成率", "＝", "100", "%"),
    ("产出指标", "成本指标", "人均培训成本", "≤", "{n}00", "元"),
    ("效益指标", "社会效益指标", "政策知晓率", "≥", "80", "%"),
    ("效益指标", "可持续影响指标", "长效机制健全性", "定性", "健全“一站式”机制", None),
    ("满意度指标", "服务对象满意度指标", "学员满意度", "≥", "90", "%"),
)
_GOALS = ("完成培训3场、讲座2场。", "保障工作正常开展", None)
_ACHIEVED = ("已完成培训3场、讲座2场", "各项工作按计划完成。", None)


def submission(seed: int, edition: str = forms.DEFAULT) -> Submission:
    """A submission of some shape, its cells with places; the same seed gives the same one."""
    rng = random.Random(f"{edition} {seed}")
    form = forms.load(edition)
    number = rng.choice((1, 1, 2, 3, 4, 6, 11, 12, 40))
    shape = _Shape(rng, form)
    names = [f"{rng.choice(_NAMES)}{place if number > 4 else ''}" for place in range(1, number + 1)]
    if number <= len(_NAMES) and rng.random() < 0.7:
        names = rng.sample(_NAMES, number)
    return placed(
        *(shape.project(None if rng.random() < 0.04 else name) for name in names),
        edition=form,
        stage=rng.choice((Stage.YEAR_END, Stage.YEAR_END, Stage.YEAR_END, Stage.MONITORING, Stage.TARGETS)),
        remark=rng.choice(("本表不含公用经费", None, None)),
    )


class _Shape:
    """How well one unit does, the same for all its projects."""

    def __init__(self, rng: random.Random, form: Edition) -> None:
        self.rng, self.form = rng, form
        self.money = rng.choice(("all", "all", "none", "some", "over", "zero", "mixed", "mixed"))
        self.results = rng.choice(("reached", "missed", "mixed", "mixed", "none", "some"))
        self.texts = {row.key for row in form.frame.texts} if form.frame else set[str]()

    def project(self, name: CellValue) -> Project:
        rng, framed = self.rng, self.form.frame
        items = tuple(
            self._item() for _ in range(rng.choice((0, 1, 3, 5, 12) if framed else (0, 1, 2, 5, 12)))
        )
        rows = self._indicators() if self.form.has("scoring") and rng.random() < 0.85 else ()
        statements = tuple(
            Statement(
                key=key, text=rng.choice(("工作按计划推进，群众反映良好。", "尾款支付较慢，因验收推迟", "无"))
            )
            for key in sorted(self.texts)
            if rng.random() < 0.5
        )
        return Project(
            name=name,
            kind="经常性",
            purpose=rng.choice(_PURPOSES),
            section=rng.choice(_SECTIONS),
            note=rng.choice((None, None, "与上年结转合并使用")),
            funding=self._funding(),
            goal=Goal(expected=rng.choice(_GOALS), achieved=rng.choice(_ACHIEVED)) if framed else Goal(),
            items=items,
            indicators=rows,
            statements=statements,
            execution=Execution(reason=rng.choice((None, "年中追加预算，11月到位")) if framed else None),
            matrix=NOWHERE,  # the examples give the project its sheets
        )

    def _funding(self) -> Funding:
        rng = self.rng
        budget: CellValue = rng.choice((60, 73, 10, "20万", "420（列入公共预算）", 5.5, 0.37, 1200, 20000))
        amount = {"20万": 20, "420（列入公共预算）": 420}.get(str(budget), budget)
        assert isinstance(amount, int | float)
        spent: CellValue = {
            "all": amount,
            "none": 0,
            "some": round(amount * rng.choice((0.5, 0.8, 0.955, 0.9997)), 4),
            "over": round(amount * 1.08, 2),
            "zero": rng.choice((0, 3)),
        }.get(self.money, rng.choice((amount, round(amount * 0.9, 2), None)))
        budget = 0 if self.money == "zero" else rng.choice((budget, budget, budget, budget, None))
        framed = self.form.frame
        initial = (
            rng.choice((amount, amount, round(amount * 1.2, 2)))
            if framed and framed.prints("initial_budget")
            else None
        )
        local = rng.random() < 0.5
        sources: tuple[Source, ...] = ()
        if framed and rng.random() < 0.6:
            part = round(amount / 4, 4)
            sources = (
                Source(name=framed.sources[0], budget=round(amount - part, 4), spent=spent),
                Source(name=framed.sources[1], budget=part, spent=0),
            )[: rng.choice((1, 2))]
        return Funding(
            initial_budget=initial,
            budget=budget,
            budget_local=amount if local else None,
            spent=spent,
            spent_local=spent if local else None,
            reason=rng.choice(_REASONS),
            sources=sources,
        )

    def _numbers(self) -> dict[str, int]:
        rng, planned = self.rng, self.rng.randint(2, 9)
        done = {"reached": planned, "missed": 1}.get(
            self.results, rng.choice((planned, planned + 1, 1, 3 * planned))
        )
        return {"n": planned, "m": done, "k": rng.randint(1, 4)}

    def _is_done(self) -> bool:
        return self.results != "none" and (self.results != "some" or self.rng.random() < 0.5)

    def _item(self) -> WorkItem:
        rng, numbers = self.rng, self._numbers()
        target, results = rng.choice(_TARGETS)
        done = self._is_done()
        return WorkItem(
            name=rng.choice(_ITEMS),
            cost=rng.choice((10, "3万元", 20, None)),
            schedule=rng.choice(("全年", "6-9月")),
            quantity=target.format(**numbers),
            quality=rng.choice(_QUALITIES),
            benefit=rng.choice(_BENEFITS),
            actual=rng.choice(results).format(**numbers) if done else None,
            reason=rng.choice(_REASONS) if done else None,
        )

    def _indicators(self) -> tuple[Indicator, ...]:
        found = [self._indicator(row) for row in _INDICATORS if self.rng.random() < 0.8]
        if any(group.name == "成本指标" for group in self.form.groups):
            found.append(self._indicator(("成本指标", "经济成本指标", "人均培训成本", "≤", "{n}00", "元")))
        return tuple(found)

    def _indicator(self, row: tuple[Any, ...]) -> Indicator:
        level1, level2, level3, sign, target, unit = row
        rng, numbers = self.rng, self._numbers()
        columns = {field.key for field in self.form.table("scoring").fields}
        worded = sign == "定性"
        planned = str(target).format(**numbers)
        if worded:
            actual: CellValue = rng.choice(self.form.lists["outcomes"])
        elif unit == "%":
            actual = (
                rng.choice((planned, "96", 100, "88.5"))
                if level3 != "按时完成率"
                else rng.choice(("100", "90"))
            )
        else:
            actual = planned.replace(str(numbers["n"]), str(numbers["m"]), 1)
        scored = self.form.scoring is not None
        return Indicator(
            level1=level1,
            level2=level2,
            level3=level3,
            sign=sign,
            target=planned,
            unit=unit,
            actual=actual if self._is_done() else None,
            method=("定性" if worded else "定量") if "method" in columns else None,
            weight=rng.choice((10, 12.5, 20)) if scored else None,
            score=rng.choice((8, None)) if worded and scored else None,
            reason=rng.choice(_REASONS),
        )
