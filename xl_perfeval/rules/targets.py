"""T: are the targets measurable and plausible, each by itself?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from xl_perfeval import fulfilment, quantity
from xl_perfeval.expressions import expression
from xl_perfeval.findings import Severity
from xl_perfeval.model import CellError, CellValue, Edition, Indicator, Project, Stage, Submission, WorkItem
from xl_perfeval.rules.engine import Problem, is_blank, named, rule
from xl_perfeval.rules.examples import indicator, indicators, item, project, submission
from xl_perfeval.rules.readings import (
    TARGETS,
    actual,
    actual_of,
    figured,
    is_number,
    parts,
    qualitative,
    target,
    target_of,
    targets_of,
    words,
)
from xl_perfeval.rules.sentences import SHARE_NAME, figures, short

_VAGUE = expression(
    r"(?:根据|按照?|视)实际(?:工作)?(?:情况|安排|需要)|根据工作(?:需要|安排)|若干|多(?:篇|次|场|项|家|个|批)"
)
_MEASURED = {
    quantity.FigureKind.count,
    quantity.FigureKind.rate,
    quantity.FigureKind.money,
    quantity.FigureKind.duration,
}


def _scored(**cells: object) -> Submission:
    """A scored form whose first indicator is changed."""
    return submission(project(indicators=[indicator(**cells), *indicators()[1:]]), edition="ministry-2020")


@rule(
    "T201",
    "no-measurable-target",
    Severity.WARNING,
    basis="财预〔2015〕88号：目标要细化量化",
    passes=[
        lambda: submission(
            project(items=[item(quantity="举办3场以上科技、科普培训，培训人数达到500人以上。")])
        ),
        lambda: submission(project(items=[item(quality="科技计划项目评审公平、公正")])),
        lambda: submission(project(items=[item(quantity="订阅杂志100份，多篇调研报告")])),
        lambda: _scored(target="2021年12月完成", sign=None, unit=None, level3="完成时间"),
        lambda: _scored(target="18—54周岁", sign=None, unit=None, level3="服务对象"),
    ],
    fails=[
        lambda: submission(project(items=[item(quantity="根据实际工作安排")])),
        lambda: submission(project(items=[item(quality="根据实际工作安排")])),
        lambda: submission(project(items=[item(quantity="开展学习、交流等业务工作")])),
        lambda: submission(
            project(indicators=[indicator(target="适量"), *indicators()[1:]]), edition="ministry-2020"
        ),
    ],
)
def no_measurable_target(submission: Submission) -> Iterator[Problem]:
    """目标里没有可以考核的数字。

    数量目标要写清做多少；“根据实际工作安排”“多篇”“若干”到年底无法对照。质量目标和效益可以是定性的，但不能是这类空话。
    """
    for project in submission.projects:
        for item in project.items:
            yield from _of_item(item)
        for each in project.indicators:
            if (
                each.sign != "定性"
                and each.method != "定性"
                and not is_blank(each.target)
                and not isinstance(each.target, CellError)
                and not _measured(each.target)
                and not _of_time_or_age(each)
            ):
                yield Problem(
                    at=each.at("target"),
                    value=each.target,
                    problem=f"{named(each)}的指标值“{each.target}”里没有数字，无法考核。",
                    remedy="请填数字，例如“95”；确属定性的，请把符号改为“定性”。",
                )


def _of_item(item: WorkItem) -> Iterator[Problem]:
    for key in TARGETS:
        value = getattr(item, key)
        if is_blank(value) or isinstance(value, CellError) or _measured(value):
            continue
        if key == "quantity" or (isinstance(value, str) and _VAGUE.search(value)):
            yield Problem(
                at=item.at(key),
                value=value,
                problem=f"{named(item)}的{item.label(key)}“{short(str(value))}”里没有数字，无法考核。",
                remedy="请写成能数的内容，例如“组织学习交流4次”。",
            )


def _of_time_or_age(row: Indicator) -> bool:
    """Whether a target is a date (2021年12月完成), an age, or “无” for a row that does not apply."""
    reading = target_of(row)
    if reading.kind in {quantity.Kind.date, quantity.Kind.none}:
        return reading.certain
    return any(figure.kind is quantity.FigureKind.age for figure in figures(words(row.target)))


def _measured(value: object) -> bool:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return True
    return any(figure.kind in _MEASURED for figure in figures(str(value)))


@rule(
    "T202",
    "looks-damaged",
    Severity.WARNING,
    basis="真实报表中的识别错误、粘连和被改成日期的范围",
    hides=["T201", "T203", "T204", "T205", "T206", "T207", "A305", "A306", "A307"],
    passes=[
        lambda: submission(project(items=[item(quantity="委托1-2家服务机构开展研发经费统计")])),
        lambda: submission(project(items=[item(quality="18—54周岁妇女检查率80%以上")])),
        lambda: submission(project(items=[item(schedule="2021.1.1-12.31")], name="科普经费"), year=2021),
        lambda: submission(
            project(items=[item(quantity="采购1250KVA变压器3台，敷设电缆1300m(规格:0.6*0.6)")])
        ),
        lambda: submission(project(items=[item(schedule="按月安排")])),
        lambda: _scored(level3="农田灌溉面积", target="13,379,247", unit="平方米", actual="13,379,247平方米"),
        lambda: _scored(level3="主体责任落实率", target="≥100", unit="%", actual="100"),
        lambda: _scored(level3="火灾发生率", sign="≤", target="0.064", unit="次/10万公顷", actual="0.05"),
    ],
    fails=[
        lambda: submission(project(items=[item(quantity=date(2020, 6, 9))])),
        lambda: submission(project(items=[item(schedule=date(2021, 6, 9))])),
        lambda: submission(project(items=[item(quantity=43991)])),
        lambda: submission(project(items=[item(quantity="M.8万元")])),
        lambda: _scored(level3="合格率", target="250%", unit="%", sign=None),
        lambda: _scored(target="万亩2110110", unit="万亩"),
        lambda: _scored(level3="合格率", unit="%", target=0.95),
        lambda: _scored(level3="合格率", unit="%", target="95", actual="^80%"),
    ],
)
def looks_damaged(submission: Submission) -> Iterator[Problem]:
    """内容像是录错了，或者有两种读法。

    常见的有：“≥90%”识别成“290%”，几格数字粘在一起，“6-9”被表格软件改成6月9日，95%存成0.95。程序不替您改，请对照原件。
    """
    at_end = submission.stage is not Stage.TARGETS
    for project in submission.projects:
        for item in project.items:
            for key in (*TARGETS, "actual") if at_end else TARGETS:
                yield from _damage(item, key, _doubt(_dated(getattr(item, key), submission.year), key))
            time = _dated(item.schedule, submission.year)
            yield from _damage(item, "schedule", _doubtful_time(time, submission.year))
        for row in project.indicators:
            yield from _damage(row, "target", doubt_of(row, "target"))
            if at_end:
                yield from _damage(row, "actual", doubt_of(row, "actual"))


def _damage(record: WorkItem | Indicator, key: str, reason: str | None) -> Iterator[Problem]:
    if reason is None:
        return
    value = getattr(record, key)
    meant = _MEANT.search(reason)
    example = f"，例如“{meant[1]}”" if meant else ""
    written = "" if isinstance(value, date) or reason.startswith("是日期") else f"写“{short(str(value))}”，"
    yield Problem(
        at=record.at(key),
        value=value,
        problem=f"{named(record)}的“{record.label(key)}”{written}{reason}。",
        remedy=f"请对照原件核对后重填{example}；原样没有错的，可以保留。",
    )


_MEANT = expression(r"可能(?:原来)?(?:写的)?是“([^”]+)”")
_TOLD_ELSEWHERE = ("还有没填", "文字太长", "单元格显示错误")
"""Beginnings of doubts that R105 and F010 speak of."""


def _dated(value: CellValue, year: int) -> CellValue:
    """A number in a text column that is the serial number of a day around the report year, as that day."""
    if not isinstance(value, int) or isinstance(value, bool) or not 36526 <= value <= 54788:
        return value
    day = date(1899, 12, 30) + timedelta(days=value)
    return day if abs(day.year - year) <= 1 else value


def _doubt(value: CellValue, key: str) -> str | None:
    if isinstance(value, date):
        return f"是日期{value.month}月{value.day}日，可能原来写的是“{value.month}-{value.day}”"
    if not isinstance(value, str):
        return None
    reading = actual(value) if key == "actual" else target(value)
    return _damaged(reading)


def _damaged(reading: quantity.Target) -> str | None:
    reason = None if reading.certain else reading.reason
    return None if reason is None or reason.startswith(_TOLD_ELSEWHERE) else reason


def _doubtful_time(value: CellValue, year: int) -> str | None:
    if isinstance(value, date):
        if value.month < value.day <= 12:
            return f"是日期{value.month}月{value.day}日，可能原来写的是“{value.month}-{value.day}月”"
        return None
    reading = quantity.period(value, year or None)
    reason = None if reading.certain else reading.reason
    return reason if reason and ("可能" in reason or "不像" in reason) else None


def doubt_of(row: Indicator, key: str) -> str | None:
    """Why the target or result of a scored row looks damaged; `None` when it does not."""
    value = getattr(row, key)
    if is_blank(value) or isinstance(value, CellError):
        return None
    if isinstance(value, date):
        return None if "时" in words(row.level2) + words(row.level3) else _doubt(value, key)
    if is_number(value) and value == 1 and words(row.unit) == "%" and SHARE_NAME.search(words(row.level3)):
        return None if words(row.sign) in {"≤", "＜"} else "数值是1，单位是%，可能是“100”"
    if isinstance(value, str) and _FRACTION.fullmatch(value.strip()) and _is_good_share(row):
        typed = value.strip()
        return f"数值是{typed}，单位是%，可能是{quantity.plain(Decimal(typed) * 100)}%"
    return _damaged(target_of(row) if key == "target" else actual_of(row))


_FRACTION = expression(r"0\.[0-9]{1,6}")


def _is_good_share(row: Indicator) -> bool:
    """Whether the row measures a share of which more is better, so that less than 1 % is hardly meant."""
    name = words(row.level3)
    if words(row.unit) != "%" or words(row.sign) in {"≤", "＜"} or not SHARE_NAME.search(name):
        return False
    return not quantity.smaller_is_better(name, rate=True, duration=False)


@rule(
    "T203",
    "several-targets-in-one-cell",
    Severity.WARNING,
    basis="平台按“一行一个指标值”计分",
    passes=[
        lambda: _scored(target="18-54", unit="周岁", level3="服务对象年龄"),
        lambda: _scored(target="2021年12月完成", level2="时效指标", level3="完成时间"),
        lambda: submission(project(items=[item(quantity="一座,占地300平方米")])),
    ],
    fails=[
        lambda: _scored(target="一座,占地300平方米", unit=None, sign=None, actual="1座"),
        lambda: _scored(
            target="举办3场以上科技、科普培训，培训人数达到500人以上", unit=None, sign=None, actual="3场"
        ),
    ],
)
def several_targets(indicator: Indicator) -> Iterator[Problem]:
    """自评表一格里写了几个指标值。

    一个指标值对一个完成值，才能计算得分。
    """
    reading = target_of(indicator)
    if len(reading.parts) < 2 or qualitative(indicator) or not reading.certain:
        return
    texts = [str(indicator.target)[part.start : part.end].strip() for part in reading.parts]
    yield Problem(
        at=indicator.at("target"),
        value=indicator.target,
        problem=f"{named(indicator)}的指标值里有{len(texts)}个目标：{'、'.join(texts[:4])}。",
        remedy=f"请拆成{len(texts)}行，一行一个，例如这一行只写“{texts[0]}”。",
    )


@rule(
    "T204",
    "direction-looks-wrong",
    Severity.WARNING,
    basis="预算管理平台目标审核：成本、投诉用≤，产出、效益用≥，比例不超过100%",
    passes=[
        lambda: _scored(target="100", unit="%", level3="资金使用合规率", actual="100"),
        lambda: _scored(target="570", unit="元/人*月", level3="护林员补助标准", actual="570"),
        lambda: _scored(sign="≤", target="10", unit="次", level3="科目调整次数", actual="8"),
        lambda: _scored(target="130", unit="%", level3="研发投入增长率", actual="130"),
        lambda: _scored(target="110", unit="%", level3="年度任务完成率", actual="110"),
        lambda: _scored(target="5", unit="%", level3="成本节约率", actual="6"),
        lambda: _scored(target="95", unit="%", level3="投诉处理率", actual="96"),
        lambda: _scored(target="90", unit="分", level3="学员满意度", actual="92"),
        lambda: submission(project(items=[item(quality="同比增长150%以上")])),
    ],
    fails=[
        lambda: _scored(level2="成本指标", level3="项目总成本", target="60", unit="万元", actual="60"),
        lambda: _scored(level3="群众投诉次数", target="2", unit="次", actual="2"),
        lambda: _scored(level3="培训合格率", target="120", unit="%", actual="120"),
        lambda: _scored(level3="培训出勤率", target="95", unit="人", actual="95"),
        lambda: _scored(sign="≤", actual="2"),
        lambda: _scored(level3="学员满意度", sign="≤", target="90", unit="%", actual="89"),
        lambda: submission(project(items=[item(quality="培训合格率120%以上")])),
    ],
)
def direction_looks_wrong(submission: Submission) -> Iterator[Problem]:
    """目标的方向或范围像是写反了。

    成本、投诉、事故越少越好；新增、举办、建设越多越好；合格率、满意度不会超过100%。“≥100%”按“=100%”理解，不算错。
    """
    for project in submission.projects:
        for row in project.indicators:
            if not qualitative(row):
                yield from _odd_direction(row)
        for item in project.items:
            for key, text, reading in targets_of(item):
                for part in parts(reading):
                    if reading.certain and _impossible_share(part.noun, part):
                        said = text[part.start : part.end].strip() if reading.parts else short(text)
                        yield _over_hundred(item, key, said, part)


def _odd_direction(row: Indicator) -> Iterator[Problem]:
    reading = target_of(row)
    if not reading.certain or not figured(reading) or reading.parts:
        return
    name, unit = words(row.level3), words(row.unit)
    upward = reading.sign in {quantity.Sign.at_least, quantity.Sign.more_than}
    downward = reading.sign in {quantity.Sign.at_most, quantity.Sign.less_than}
    said = f"{words(row.sign)}{words(row.target)}{unit}"
    if _impossible_share(name, reading):
        yield _over_hundred(row, "target", said, reading)
    elif SHARE_NAME.search(name) and _counts(unit):
        yield Problem(
            at=row.at("unit"),
            value=row.unit,
            problem=f"{named(row)}是比例，单位却写“{unit}”。",
            remedy="请核对，例如把单位改为“%”；确是数量的，请改指标名称。",
        )
    elif upward and _should_be_small(row, name, unit):
        yield _turned(row, said, "这类指标一般越少越好", "≤")
    elif downward and _should_be_large(row, name, unit):
        yield _turned(row, said, "这类指标一般越多越好", "≥")


def _turned(row: Indicator, said: str, why: str, sign: str) -> Problem:
    return Problem(
        at=row.at("sign"),
        value=row.sign,
        expected=sign,
        problem=f"{named(row)}写“{said}”，{why}，方向可能反了。",
        remedy=f"请核对符号，例如改为“{sign}{words(row.target).lstrip('≥≤＜＞<>=＝')}{words(row.unit)}”。",
    )


def _over_hundred(record: WorkItem | Indicator, key: str, said: str, part: quantity.Target) -> Problem:
    return Problem(
        at=record.at(key),
        value=part.low,
        expected=100,
        problem=f"{named(record)}写“{said}”，这类比例不会超过100%。",
        remedy="请核对，例如改为“≥95%”；确是增长幅度的，请在名称里写“增长”。",
    )


def _impossible_share(name: str, part: quantity.Target) -> bool:
    return (
        part.unit == "%"
        and part.growth is None
        and part.low is not None
        and part.low > 100
        and SHARE_NAME.search(name) is not None
    )


_COST_NAME = expression(r"成本|费用|支出|造价|单价")
_NOT_SMALL = expression(r"标准|节约|节支|降低|减少|核算|控制率|收入|回收|补偿|分摊率|覆盖|占比")
_GROWS = expression(r"新增|带动|增加|增收|创造|提供|税收|产值|收入|利润|受益|就业|惠及")
_BUILT = expression(r"举办|开展|组织|召开|培训|建设|新建|新增|改造|采购|购置|印制|发放资料|推荐|培育|创建")
_GOOD_SHARE = expression(r"满意[度率]|(?:合格|达标|知晓|及时|准确|优良|完好|覆盖)率")
_LIMITED = expression(
    r"控制|不超|上限|限额|限制|压减|减少|下降|降低|投诉|事故|违|误|超|成本|费用|调整|天数|时间|时限"
)


def _should_be_small(row: Indicator, name: str, unit: str) -> bool:
    if _NOT_SMALL.search(name):
        return False
    if target("5", name, unit).assumed is quantity.Sign.at_most:
        return True
    of_cost = "成本" in words(row.level1) + words(row.level2)
    return of_cost and unit in {"元", "万元", "亿元"} and _COST_NAME.search(name) is not None


def _should_be_large(row: Indicator, name: str, unit: str) -> bool:
    if _LIMITED.search(name):
        return False
    if unit == "%" and _GOOD_SHARE.search(name):
        return True
    if "效益" in words(row.level1) and _GROWS.search(name):
        return True
    return words(row.level2) == "数量指标" and _BUILT.search(name) is not None and _counts(unit)


def _counts(unit: str) -> bool:
    """Whether a unit counts things: 场, 人, 家; not 分, %, 元 or anything per something."""
    found = figures(f"1{unit}") if unit and "/" not in unit and unit not in {"分", "例", "起", "倍"} else ()
    return len(found) == 1 and found[0].kind is quantity.FigureKind.count and found[0].unit == unit


@rule(
    "T205",
    "unit-contradicts-column",
    Severity.ERROR,
    basis="指标值的单位以单位一列为准",
    passes=[
        lambda: _scored(target="3场次", unit="场"),
        lambda: _scored(target="≥100百分比", unit="%", level3="发放准确率", actual="100"),
        lambda: _scored(target="5期", unit="场", actual="5"),
        lambda: _scored(target="1.2万", unit="人次", actual="12000"),
        lambda: _scored(target="20万", unit="元", level2="成本指标", sign="≤", actual="20万"),
    ],
    fails=[
        lambda: _scored(target="28.8萬元", unit="%", level3="经费使用情况", actual="28.8"),
        lambda: _scored(target="50人", unit="场", actual="50"),
        lambda: _scored(target="20万元", unit="元", level2="成本指标", sign="≤", actual="20"),
    ],
)
def unit_contradicts_column(indicator: Indicator) -> Iterator[Problem]:
    """指标值里写的单位与单位一列不同。

    两处单位不同，就不知道指标值是多少。场与期、人与人次这类可以对照的单位不算。
    """
    unit, column = unit_beside(indicator.target), words(indicator.unit)
    if unit and column and contradict(unit, column):
        yield Problem(
            at=indicator.at("unit"),
            value=column,
            expected=unit,
            problem=f"{named(indicator)}的指标值写“{short(words(indicator.target))}”，单位一列写“{column}”，两处不同。",
            remedy=f"请改成一致，例如单位改为“{unit}”，指标值只填数字。",
            related=(indicator.at("target"),),
        )


_MONEY = expression(r"[万萬亿億]?元")


def unit_beside(value: CellValue) -> str:
    """The unit typed behind the only number of a cell; empty when there is none, or several numbers."""
    text = words(value) if isinstance(value, str) else ""
    found = figures(text)
    if len(found) != 1 or found[0].end != len(text):
        return ""
    if found[0].kind is quantity.FigureKind.money:
        money = _MONEY.search(text)
        return money.group().replace("萬", "万").replace("億", "亿") if money else ""
    return found[0].unit if found[0].kind in _MEASURED else ""


def contradict(unit: str, column: str) -> bool:
    """Whether a unit typed beside a value cannot be that of the column."""
    if _MONEY.fullmatch(unit) and _MONEY.fullmatch(column):
        return unit != column
    known = figures(f"1{column}")
    if len(known) != 1 or not known[0].unit or known[0].end != len(column) + 1:
        return False
    if unit != column and unit.removeprefix("万") == column.removeprefix("万"):
        return known[0].unit == column  # 8000亩 under 万亩; 万人次 is read as 人次, and no contradiction
    if unit in column or column in unit:
        return False
    return quantity.comparable(unit, column) is quantity.Comparison.different


@rule(
    "T206",
    "kind-contradicts-target",
    Severity.ERROR,
    basis="预算管理平台：定性指标不填数字，定量指标只填数字",
    passes=[
        lambda: _scored(sign="定性", target="效果明显", unit=None, actual="达成", method="定性"),
        lambda: _scored(sign="定性", target="符合2020年工作要求", unit=None, actual="达成", method="定性"),
        lambda: _scored(sign="定性", target="通过ISO9001认证", unit=None, actual="达成", method="定性"),
        lambda: _scored(sign="定性", target=None, unit=None, actual="达成", method="定性"),
    ],
    fails=[
        lambda: _scored(sign="定性", target="≥95%", unit=None, actual="达成", method="定性"),
        lambda: _scored(sign="定性", target=3, unit=None, actual="达成", method=None),
        lambda: _scored(sign="≥", target="显著提升", unit=None, actual="达成", method="定性"),
        lambda: _scored(sign="定性", target="效果明显", unit=None, actual="达成", method="定量"),
    ],
)
def kind_contradicts_target(indicator: Indicator) -> Iterator[Problem]:
    """定性指标填了数字，或定量、定性两处写得不一样。

    定性指标按档次评分，数字不起作用；有数字的应当按定量计算。文字里顺带提到数字的只作核对提示。
    """
    sign, method = words(indicator.sign), words(indicator.method)
    if not qualitative(indicator) or isinstance(indicator.target, CellError | date):
        return
    text = words(indicator.target)
    found = [figure for figure in figures(text) if figure.kind in _MEASURED]
    if found:
        whole = len(found) == 1 and found[0].end - found[0].start == len(text)
        yield Problem(
            at=indicator.at("target"),
            value=indicator.target,
            severity=None if whole else Severity.WARNING,
            problem=f"{named(indicator)}是定性指标，指标值却写“{short(text)}”，里面有数字。",
            remedy="请把符号改为“≥”等并选“定量”；确属定性的，请写标准，例如“制度健全”。",
        )
    elif sign and method and (sign == "定性") != (method == "定性"):
        yield Problem(
            at=indicator.at("sign"),
            value=sign,
            expected=method,
            problem=f"{named(indicator)}的符号是“{sign}”，评价方式是“{method}”，两处不一致。",
            remedy="请改成一致：没有数字的，两处都选“定性”。",
            related=(indicator.at("method"),),
        )


@rule(
    "T207",
    "zero-target-always-passes",
    Severity.WARNING,
    basis="指标值为0又用≥，什么结果都算完成",
    passes=[
        lambda: _scored(sign="＝", target="0", unit="起", level3="安全事件数", actual="0"),
        lambda: _scored(sign="≤", target=0, unit="%", level3="变质比例", actual="0"),
        lambda: submission(project(items=[item(quality="安全事故0起")])),
    ],
    fails=[
        lambda: _scored(target="0"),
        lambda: _scored(target="≥0", sign=None, unit="起", level3="安全事件数", actual="0"),
        lambda: submission(project(items=[item(quantity="举办培训0场以上")])),
    ],
    hides=["T204"],
)
def zero_target(submission: Submission) -> Iterator[Problem]:
    """指标值是0，符号是“≥”，任何结果都算完成。"""
    for project in submission.projects:
        for row in project.indicators:
            reading = target_of(row)
            if reading.certain and _always_passes(reading):
                yield Problem(
                    at=row.at("target"),
                    value=row.target,
                    problem=f"{named(row)}的目标是“≥0{words(row.unit)}”，任何结果都算完成。",
                    remedy=f"请核对：不允许发生的，请改为“＝0{words(row.unit)}”。",
                )
        for item in project.items:
            for key, text, reading in targets_of(item):
                if any(map(_always_passes, parts(reading))):
                    yield Problem(
                        at=item.at(key),
                        value=text,
                        problem=f"{named(item)}的“{item.label(key)}”写“{short(text)}”，任何结果都算完成。",
                        remedy="请核对数字，例如改为“3场以上”；不允许发生的，请写“0起”。",
                    )


def _always_passes(part: quantity.Target) -> bool:
    return part.sign is quantity.Sign.at_least and part.low == 0


def _without_required_sign() -> Edition:
    """The ministry's form where the sign may be left out."""
    form = submission(edition="ministry-2020").edition
    table = form.table("scoring")
    fields = tuple(replace(field, required=field.required and field.key != "sign") for field in table.fields)
    return replace(form, tables={**form.tables, "scoring": replace(table, fields=fields)})


@rule(
    "T215",
    "sign-assumed",
    Severity.NOTICE,
    basis="没有写“以上”“以内”的，按一般理解补方向",
    passes=[
        lambda: submission(project(items=[item(quantity="举办培训3场", actual="举办培训3场，满意度92%")])),
        lambda: submission(
            project(items=[item(quantity="举办培训3场以上", actual="举办培训5场，满意度92%")])
        ),
        lambda: submission(project(items=[item(quantity="采购设备4台，安全事故0起")])),
        lambda: submission(project(items=[item(quantity="采购设备，单价2.5万元，4台，共10万元")])),
        lambda: _scored(target="≥3", sign=None),
    ],
    fails=[
        lambda: submission(project(items=[item(quantity="举办培训3场", actual="举办培训5场，满意度92%")])),
        lambda: submission(project(items=[item(quality="群众投诉2起")])),
        lambda: submission(
            project(indicators=[indicator(sign=None), *indicators()[1:]]), edition=_without_required_sign()
        ),
    ],
)
def sign_assumed(project: Project, submission: Submission) -> Iterator[Problem]:
    """目标没有写“以上”“以内”，程序按一般理解补了方向。

    产出和效益按“不少于”，成本、时间和投诉按“不超过”。只在会影响判断的地方说明：实际多于目标，或补的是“不超过”。
    """
    for item in project.items:
        exceeded = {
            found.target for found in fulfilment.of_item(item) if found.outcome is fulfilment.Outcome.EXCEEDED
        }
        for key, text, reading in targets_of(item):
            said = _assumed_in(text, reading, exceeded)
            if said is not None:
                part, figure = said
                yield Problem(
                    at=item.at(key),
                    value=figure,
                    problem=f"{named(item)}的“{figure}”没有写“以上”或“以内”，按“{_meant(part)}{figure}”对照。",
                    remedy=f"理解不对的请写明，例如“{_other(part, figure)}”；不改也可以。",
                )
    if not submission.edition.has("scoring") or submission.edition.table("scoring").field("sign").required:
        return
    for row in project.indicators:
        reading = target_of(row)
        if (
            is_blank(row.sign)
            and figured(reading)
            and reading.certain
            and reading.sign is quantity.Sign.implicit
        ):
            figure = f"{words(row.target)}{words(row.unit)}"
            yield Problem(
                at=row.at("sign"),
                value=row.target,
                problem=f"{named(row)}没有写符号，按“{_meant(reading)}{figure}”计算。",
                remedy=f"理解不对的请写明，例如“{_other(reading, figure)}”；不改也可以。",
            )


def _assumed_in(
    text: str, reading: quantity.Target, exceeded: set[str]
) -> tuple[quantity.Target, str] | None:
    if not reading.certain:
        return None
    for part in parts(reading):
        if part.assumed is None or not figured(part) or part.approximate or part.growth or not part.low:
            continue
        if reading.parts:
            figure = text[part.start : part.end].strip()
        else:
            figure = next((found.text for found in figures(text) if found.value == part.low), "")
        smaller = part.assumed is quantity.Sign.at_most and part.kind is not quantity.Kind.money
        if figure and (smaller or figure in exceeded):
            return part, figure
    return None


def _meant(part: quantity.Target) -> str:
    return "不超过" if part.assumed is quantity.Sign.at_most else "不少于"


def _other(part: quantity.Target, figure: str) -> str:
    return f"{figure}以上" if part.assumed is quantity.Sign.at_most else f"不超过{figure}"
