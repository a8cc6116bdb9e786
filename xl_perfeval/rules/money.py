"""M: do the amounts add up and agree?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from xl_perfeval import quantity, rollup
from xl_perfeval.expressions import expression
from xl_perfeval.findings import Severity
from xl_perfeval.model import CellValue, Execution, Funding, Place, Project, Source, Submission
from xl_perfeval.rules.engine import (
    Problem,
    Unknown,
    all_known,
    amount,
    gap,
    is_blank,
    named,
    project_named,
    rule,
    tolerance,
    wan,
)
from xl_perfeval.rules.examples import indicator, item, project, submission

_SUMMED = ("budget", "budget_local", "spent", "spent_local")
_IN_YUAN = (Decimal(5000), Decimal(20000))
"""An amount this many times its peers was most likely typed in 元 instead of 万元."""


@rule(
    "M101",
    "total-differs-from-sum",
    Severity.ERROR,
    basis="资金概况合计行",
    hides=["F005"],
    passes=lambda: submission(
        project(budget=73), project(budget=60, name="科技工作经费"), totals=Funding(budget=133)
    ),
    fails=lambda: submission(
        project(budget=73), project(budget=60, name="科技工作经费"), totals=Funding(budget=143)
    ),
)
def total_differs_from_sum(submission: Submission) -> Iterator[Problem]:
    """合计与各项目之和不一致。

    合计行自动相加；被手工改写后，数字就不再跟着变。每个金额列分别核对。
    """
    for column in _SUMMED:
        stated = getattr(submission.totals, column)
        if stated is None:
            continue
        counted = [
            value
            for value in (rollup.read(getattr(p.funding, column)) for p in submission.projects)
            if value is not None
        ]
        total, shown = sum(counted, Decimal(0)), rollup.read(stated)
        if shown is None or abs(shown - total) > tolerance(*counted):
            place = submission.totals.at(column)
            yield Problem(
                at=place,
                value=stated,
                expected=total,
                difference=None if shown is None else shown - total,
                problem=f"“{place.label}”合计写{_shown(stated, shown)}，各项目相加是{wan(total)}{'' if shown is None else f'，{gap(shown, total)}'}。",
                remedy="请恢复合计公式，或改正有误的项目金额。",
            )


def _shown(value: CellValue, read: Decimal | None) -> str:
    return f"“{value}”" if read is None else wan(read)


@rule(
    "M102",
    "local-exceeds-total",
    Severity.ERROR,
    basis="“其中”不能大于总额",
    passes=lambda: submission(project(budget=60, budget_local=60)),
    fails=[
        lambda: submission(project(budget=60, budget_local=66)),
        lambda: submission(project(spent=59.99, spent_local=60)),
    ],
)
def local_exceeds_total(project: Project) -> Iterator[Problem]:
    """其中：区级大于总额。"""
    funding = project.funding
    for whole, part in (("budget", "budget_local"), ("spent", "spent_local")):
        total, local = rollup.read(getattr(funding, whole)), rollup.read(getattr(funding, part))
        if total is not None and local is not None and local > total:
            yield Problem(
                at=funding.at(part),
                value=local,
                expected=total,
                difference=local - total,
                problem=f"{project_named(project)}“{funding.label(part)}”{wan(local)}，超过“{funding.label(whole)}”{wan(total)}。",
                remedy=f"请核对两格，“{funding.label(part)}”最多填{quantity.plain(total)}。",
                related=(funding.at(whole),),
            )


@rule(
    "M103",
    "spent-exceeds-budget",
    Severity.WARNING,
    basis="执行率一般不超过100%",
    after_year=True,
    passes=lambda: submission(project(budget=60, spent=59.99)),
    fails=lambda: submission(project(budget=60, spent=65)),
)
def spent_exceeds_budget(project: Project) -> Iterator[Problem]:
    """支出大于预算。

    支出超过全年预算（指标）总额，多半是金额填错，或预算调整没有写进来。
    """
    funding = project.funding
    budget, spent = amount(funding.budget), amount(funding.spent)
    if spent > budget:
        yield Problem(
            at=funding.at("spent"),
            value=spent,
            expected=budget,
            difference=spent - budget,
            problem=f"{project_named(project)}支出{wan(spent)}，预算{wan(budget)}，{gap(spent, budget)}。",
            remedy="请核对金额；年中追加了预算的，请把指标总额改为调整后的数。",
            related=(funding.at("budget"),),
        )


@rule(
    "M104",
    "item-costs-differ-from-budget",
    Severity.ERROR,
    basis="目标矩阵要说明预算怎么花",
    passes=[
        lambda: submission(project(budget=60, items=[item(cost="20万"), item(cost="40万元")])),
        lambda: submission(project(budget=60, items=[item(cost="20万"), item(cost="若干")])),
    ],
    fails=lambda: submission(project(budget=60, items=[item(cost="20万"), item(cost="38万元")])),
)
def item_costs_differ_from_budget(project: Project) -> Iterator[Problem]:
    """各项成本目标合计与预算不一致。

    矩阵说明预算怎么花；有差额，说明漏列了一项，或有一个金额不对。有一项成本没有填或不能识别时，先请补填。
    """
    costs = all_known(item.cost for item in project.items)
    planned, budget = sum(costs, Decimal(0)), amount(project.funding.budget)
    if abs(planned - budget) > tolerance(*costs):
        yield Problem(
            at=project.funding.at("budget"),
            value=budget,
            expected=planned,
            difference=planned - budget,
            problem=f"{project_named(project)}各项成本目标合计{wan(planned)}，预算{wan(budget)}，{gap(planned, budget)}。",
            remedy="请补足漏列的一项，或改正金额；确有预留的，请加一行“其他”。",
            related=tuple(item.at("cost") for item in project.items),
        )


@rule(
    "M105",
    "item-spending-differs",
    Severity.ERROR,
    basis="矩阵“实际支出”与资金概况“支出总额”同口径",
    after_year=True,
    passes=[
        lambda: submission(project(spent=59.99, items=[item(cost=60, spent=59.99)])),
        lambda: submission(project(spent=60, items=[item(cost=20, spent=20), item(cost=40)])),
    ],
    fails=lambda: submission(project(spent=60, items=[item(cost=20, spent=20), item(cost=40, spent=38)])),
)
def item_spending_differs(project: Project) -> Iterator[Problem]:
    """各项实际支出合计与项目支出不一致。

    每一项都填了实际支出才核对。
    """
    amounts = all_known(item.spent for item in project.items)
    total, spent = sum(amounts, Decimal(0)), amount(project.funding.spent)
    if abs(total - spent) > tolerance(*amounts):
        yield Problem(
            at=project.funding.at("spent"),
            value=spent,
            expected=total,
            difference=total - spent,
            problem=f"{project_named(project)}各项实际支出合计{wan(total)}，支出总额{wan(spent)}，{gap(total, spent)}。",
            remedy="请核对各项实际支出，或改正支出总额。",
            related=tuple(item.at("spent") for item in project.items),
        )


def _source(name: str, **amounts: Any) -> Source:
    return Source(name=name, **amounts)


@rule(
    "M106",
    "sources-differ",
    Severity.ERROR,
    basis="自评表：年度资金总额等于各来源之和",
    passes=lambda: submission(
        project(
            sources=[
                _source("当年财政拨款", budget=50, spent=50),
                _source("上年结转资金", budget=10, spent=10),
            ]
        ),
        edition="ministry-2020",
    ),
    fails=[
        lambda: submission(project(sources=[_source("当年财政拨款", budget=50)]), edition="ministry-2020"),
        lambda: submission(
            project(budget=90, spent=0, sources=[_source("当年财政拨款", spent=89.974)]),
            edition="ministry-2020",
        ),
    ],
)
def sources_differ(project: Project) -> Iterator[Problem]:
    """各资金来源之和与年度资金总额不一致。

    常见的是总额一行写0或空着，下面的来源行却有数。
    """
    sources = project.funding.sources
    for column in ("initial_budget", "budget", "spent"):
        parts = [
            value
            for value in (rollup.read(getattr(source, column)) for source in sources)
            if value is not None
        ]
        total = rollup.read(getattr(project.funding, column)) or Decimal(0)
        if not parts or any(_unread(getattr(source, column)) for source in sources):
            continue
        added = sum(parts, Decimal(0))
        if abs(added - total) > tolerance(*parts):
            first = next(source for source in sources if rollup.read(getattr(source, column)) is not None)
            yield Problem(
                at=first.at(column),
                value=added,
                expected=total,
                difference=added - total,
                problem=f"各来源的“{first.label(column)}”相加是{wan(added)}，年度资金总额是{wan(total)}，{gap(added, total)}。",
                remedy="请核对各来源的金额；总额在资金概况里改。",
            )


def _unread(value: CellValue) -> bool:
    return not is_blank(value) and rollup.read(value) is None


@rule(
    "M107",
    "rate-wrong",
    Severity.ERROR,
    basis="执行率 = 全年执行数 ÷ 全年预算数",
    after_year=True,
    hides=["F005", "M104"],
    passes=[
        lambda: submission(project(budget=90, spent=89.97, items=[item(cost=90)])),
        lambda: submission(
            project(execution=Execution(rate="99.96%"), budget=90, spent=89.97), edition="ministry-2020"
        ),
    ],
    fails=[
        lambda: submission(project(budget=0, spent=0, items=[item(cost=0)])),
        lambda: submission(
            project(execution=Execution(rate="98%"), budget=60, spent=60), edition="ministry-2020"
        ),
    ],
)
def rate_wrong(project: Project) -> Iterator[Problem]:
    """执行率算得不对，或预算为0算不出来。

    执行率按全年预算数算，不按年初数。手工填写的执行率允许差一个末位（截尾也算对）。
    """
    funding = project.funding
    budget = amount(funding.budget)
    if budget == 0:
        yield Problem(
            at=funding.at("budget"),
            value=budget,
            problem=f"{project_named(project)}的“{funding.label('budget')}”是0，执行率算不出来。",
            remedy="请填调整后的预算（指标）金额；项目已取消的，请删去这一行。",
        )
        return
    stated = _share(project.execution.rate)
    rate = rollup.rate(amount(funding.spent), budget)
    if stated is None or rate is None:
        return
    share, unit = stated
    if abs(share - rate) > unit:
        yield Problem(
            at=project.execution.at("rate"),
            value=share,
            expected=rollup.excel_round(rate, 6),
            difference=share - rate,
            severity=Severity.WARNING if abs(share - rate) <= 2 * unit else None,
            problem=f"执行率写{rollup.percent(share)}，按支出÷预算是{rollup.percent(rate)}。",
            remedy="请恢复公式，或改为按全年预算数计算的执行率。",
            related=(funding.at("spent"), funding.at("budget")),
        )


def _share(value: CellValue) -> tuple[Decimal, Decimal] | None:
    """A typed rate as a share of 1, with one unit of its last printed digit."""
    if isinstance(value, bool) or is_blank(value):
        return None
    if isinstance(value, int | float):
        return Decimal(repr(value)), Decimal("0.0001")
    match = re.fullmatch(r"\s*(\d+(?:\.(\d+))?)\s*[%％]\s*", str(value))
    if not match:
        return None
    return Decimal(match[1]) / 100, Decimal(1).scaleb(-2 - len(match[2] or ""))


def _rate(project: Project) -> Decimal:
    rate = rollup.rate(amount(project.funding.spent), amount(project.funding.budget))
    if rate is None or rate * _IN_YUAN[0] <= 1:  # a budget typed in 元: M111 speaks
        raise Unknown
    return rate


@rule(
    "M108",
    "low-rate-without-reason",
    Severity.ERROR,
    basis="四川自评表填报说明：执行率低于90%须说明原因",
    after_year=True,
    hides=["M109"],
    passes=lambda: submission(
        project(budget=60, spent=50, items=[item(cost=60)], reason="2个课题尚未验收，尾款未拨")
    ),
    fails=[
        lambda: submission(project(budget=60, spent=50, items=[item(cost=60)])),
        lambda: submission(project(budget=60, spent=50, items=[item(cost=60)], reason="无")),
    ],
)
def low_rate_without_reason(project: Project, submission: Submission) -> Iterator[Problem]:
    """执行率偏低，没有写原因。

    低于表样规定的下限（一般是90%）要写未支出原因。写“无”“/”等于没有写。
    """
    rate, floor = _rate(project), submission.edition.thresholds.execution_floor
    if rate < floor and not _stated(project.funding.reason) and not _stated(project.execution.reason):
        funding = project.funding
        left = amount(funding.budget) - amount(funding.spent)
        yield Problem(
            at=funding.at("reason") if funding.has("reason") else funding.at("spent"),
            value=rollup.excel_round(rate, 6),
            expected=floor,
            problem=f"{project_named(project)}执行率{rollup.percent(rate)}，低于{rollup.percent(floor)}，没有写未支出原因。",
            remedy=f"请写明结余{wan(left)}的原因，例如“2个课题尚未验收，尾款未拨”。",
            related=(funding.at("spent"),),
        )


def _stated(value: CellValue) -> bool:
    return not is_blank(value) and str(value).strip() not in {"无", "—", "-", "/", "－"}


@rule(
    "M109",
    "much-unspent",
    Severity.WARNING,
    basis="预算管理平台预警：结余超过20%",
    after_year=True,
    passes=lambda: submission(project(budget=60, spent=55, items=[item(cost=60)])),
    fails=lambda: submission(
        project(budget=60, spent=40, items=[item(cost=60)], reason="2个课题尚未验收，尾款未拨")
    ),
)
def much_unspent(project: Project, submission: Submission) -> Iterator[Problem]:
    """结余超过20%。

    财政部门的平台会亮黄灯。写明原因后可以保留。
    """
    rate, share = _rate(project), submission.edition.thresholds.unspent_share
    if 1 - rate > share:
        funding = project.funding
        yield Problem(
            at=funding.at("reason") if funding.has("reason") else funding.at("spent"),
            value=rollup.excel_round(1 - rate, 6),
            expected=share,
            problem=f"{project_named(project)}结余{rollup.percent(1 - rate)}，超过{rollup.percent(share)}，财政平台会预警。",
            remedy="请核对支出；确实未支出的，请在情况说明里写明后续安排。",
            related=(funding.at("spent"),),
        )


@rule(
    "M110",
    "negative-amount",
    Severity.ERROR,
    basis="金额不能为负",
    passes=lambda: submission(project(budget=60)),
    fails=[
        lambda: submission(project(budget=-60, items=[item(cost=60)])),
        lambda: submission(project(items=[item(cost="-5万元"), item(cost=65)])),
    ],
    hides=["M102", "M103", "M104", "M105", "M106", "M108", "M109"],
)
def negative_amount(project: Project) -> Iterator[Problem]:
    """金额是负数。"""
    for place, value in _amounts(project):
        read = rollup.read(value)
        if read is not None and read < 0:
            yield Problem(
                at=place,
                value=read,
                problem=f"这里的金额是{wan(read)}，金额不能是负数。",
                remedy="请改为正数；退回的资金请写在备注里。",
            )


def _amounts(project: Project) -> Iterator[tuple[Place, CellValue]]:
    funding = project.funding
    for column in ("initial_budget", *_SUMMED):
        if funding.has(column):
            yield funding.at(column), getattr(funding, column)
    for item in project.items:
        yield item.at("cost"), item.cost
        yield item.at("spent"), item.spent
    for source in funding.sources:
        for column in ("initial_budget", "budget", "spent"):
            if source.has(column):
                yield source.at(column), getattr(source, column)


@rule(
    "M111",
    "looks-like-yuan",
    Severity.WARNING,
    basis="表头金额单位：万元",
    hides=["M102", "M103", "M104", "M105"],
    passes=lambda: submission(project(budget=60, spent=59.99)),
    fails=[
        lambda: submission(project(budget=60, spent=599900)),
        lambda: submission(project(budget=600000, spent=60, items=[item(cost=60)], reason="尚未支付")),
    ],
)
def looks_like_yuan(project: Project) -> Iterator[Problem]:
    """金额像是按“元”填的。

    本表单位是万元。一个数约为同组金额的一万倍时，多半忘了换算。
    """
    funding = project.funding
    budget, spent = rollup.read(funding.budget), rollup.read(funding.spent)
    planned = rollup.total(item.cost for item in project.items)
    for column, value, peers in (
        ("budget", budget, (spent, planned)),
        ("spent", spent, (budget,)),
        ("budget_local", rollup.read(funding.budget_local), (budget,)),
        ("spent_local", rollup.read(funding.spent_local), (spent,)),
    ):
        peer = next(
            (peer for peer in peers if peer and value and _IN_YUAN[0] <= value / peer <= _IN_YUAN[1]), None
        )
        if value and peer:
            yield Problem(
                at=funding.at(column),
                value=value,
                expected=value / 10000,
                problem=f"{project_named(project)}的“{funding.label(column)}”写{quantity.plain(value)}，像是按元填的，本表单位是万元。",
                remedy=f"如是元，请改为{quantity.plain(value / 10000)}。",
            )


@rule(
    "M112",
    "too-many-decimals",
    Severity.WARNING,
    basis="万元保留六位小数已精确到分以下",
    passes=[lambda: submission(project(budget=10606.7522, items=[item(cost=10606.7522)]))],
    fails=lambda: submission(project(budget=60, spent=59.98765432, items=[item(cost=60)])),
)
def too_many_decimals(project: Project) -> Iterator[Problem]:
    """金额的小数位太多。

    万元最多六位小数；再多的位数多半来自除法结果。
    """
    for place, value in _amounts(project):
        read = rollup.read(value)
        if read is not None and read != rollup.excel_round(read, 6) and not _is_dust(read):
            yield Problem(
                at=place,
                value=read,
                expected=rollup.excel_round(read, 6),
                problem=f"这里写{quantity.plain(read)}万元，小数超过六位。",
                remedy=f"请核对，例如改为{quantity.plain(rollup.excel_round(read, 2))}。",
            )


def _is_dust(value: Decimal) -> bool:
    """What binary floating point leaves behind (59.989999999999995) is no typed decimal."""
    return abs(value - rollup.excel_round(value, 6)) < Decimal("1e-9")


@rule(
    "M113",
    "adjusted-without-explanation",
    Severity.WARNING,
    basis="四川自评表填报说明：年中调整须单独说明",
    passes=[
        lambda: submission(project(initial_budget=60), edition="ministry-2020"),
        lambda: submission(project(initial_budget=50, note="年中追加10万元"), edition="ministry-2020"),
    ],
    fails=lambda: submission(project(initial_budget=50), edition="ministry-2020"),
)
def adjusted_without_explanation(project: Project) -> Iterator[Problem]:
    """年初预算与全年预算不同，没有说明。"""
    if project.scoring is None or not project.scoring.has("initial_budget"):
        return
    funding = project.funding
    initial, budget = amount(funding.initial_budget), amount(funding.budget)
    explained = (project.note, funding.reason, project.execution.reason)
    if initial != budget and not any(_stated(value) for value in explained):
        yield Problem(
            at=project.on_sheet(project.scoring, "initial_budget"),
            value=initial,
            expected=budget,
            difference=budget - initial,
            problem=f"{project_named(project)}年初预算{wan(initial)}，全年预算{wan(budget)}，没有说明调整原因。",
            remedy=f"请在备注里写明，例如“年中{'追加' if budget > initial else '调减'}{wan(abs(budget - initial))}”。",
            related=(funding.at("budget"),),
        )


@rule(
    "M114",
    "cost-indicator-exceeds-budget",
    Severity.WARNING,
    basis="成本指标不得超过预算",
    passes=[
        lambda: _costing("60"),
        lambda: _costing("60", budget=0),
        lambda: _costing("3000", level3="亩均投资", unit="元", budget=0.2),
        lambda: _costing("90", level3="每人培训成本"),
    ],
    fails=lambda: _costing("90"),
)
def cost_indicator_exceeds_budget(project: Project) -> Iterator[Problem]:
    """成本指标大于预算。

    亩均、每人等单位成本不与预算相比。
    """
    budget = amount(project.funding.budget)
    if not budget:  # M107 speaks
        return
    for each in project.indicators:
        if _UNIT_COST.search(f"{each.level3 or ''}{each.target or ''}"):
            continue
        target = _cost_target(each.level1, each.level2, each.target, each.unit)
        if target is not None and target > budget:
            yield Problem(
                at=each.at("target"),
                value=target,
                expected=budget,
                difference=target - budget,
                problem=f"{named(each)}的指标值{wan(target)}，超过项目预算{wan(budget)}。",
                remedy="请改为不超过预算的数，或核对预算金额。",
                related=(project.funding.at("budget"),),
            )


_UNIT_COST = expression(r"均|每|单价|单位(?:面积|造价|成本|投资)|/")


def _costing(
    target: str, *, level3: str = "项目总成本", unit: str = "万元", budget: float = 60
) -> Submission:
    """A scored form with one cost row; the project's budget is 60万元."""
    row = indicator(level2="成本指标", level3=level3, sign="≤", target=target, unit=unit, actual=target)
    return submission(project(indicators=[row], budget=budget), edition="ministry-2020")


def _cost_target(level1: CellValue, level2: CellValue, target: CellValue, unit: CellValue) -> Decimal | None:
    if "成本" not in f"{level1 or ''}{level2 or ''}" or str(unit or "").strip() not in {"万元", "元", "亿元"}:
        return None
    read = quantity.amount(f"{target}{unit}")
    return read.amount if read.certain else None


_UNIT_PRICE = expression(
    r"单价\s*(?P<price>\d+(?:\.\d+)?)\s*(?P<price_unit>万?元)[^。；;]{0,10}?"
    r"(?P<count>\d+(?:\.\d+)?)\s*[台套个件块辆份册本条张人场次][^。；;]{0,6}?(?:共计?|合计|总价|计)\s*(?P<total>\d+(?:\.\d+)?)\s*(?P<total_unit>万?元)"
)


@rule(
    "M115",
    "price-times-count",
    Severity.NOTICE,
    basis="单价×数量应等于金额",
    passes=lambda: submission(project(items=[item(quantity="采购屏媒，单价2.5万元，4块，共10万元")])),
    fails=lambda: submission(project(items=[item(quantity="采购屏媒，单价2.5万元，4块，共12万元")])),
)
def price_times_count(project: Project) -> Iterator[Problem]:
    """单价乘数量不等于写在旁边的金额。"""
    for item in project.items:
        for key in ("quantity", "quality", "actual"):
            value = getattr(item, key)
            match = _UNIT_PRICE.search(value) if isinstance(value, str) else None
            if not match:
                continue
            price = _in_wan(match["price"], match["price_unit"])
            total = _in_wan(match["total"], match["total_unit"])
            product = price * Decimal(match["count"])
            if abs(product - total) > Decimal("0.005"):
                yield Problem(
                    at=item.at(key),
                    value=total,
                    expected=product,
                    difference=total - product,
                    problem=f"单价乘数量是{wan(product)}，旁边写{wan(total)}，{gap(total, product)}。",
                    remedy="请核对单价、数量和金额。",
                )


def _in_wan(number: str, unit: str) -> Decimal:
    return Decimal(number) / (1 if unit.startswith("万") else 10000)
