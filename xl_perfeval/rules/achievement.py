"""A: does what was achieved answer to the targets, and is what differs explained?

Target and result of a scored row stand face to face. One result cell of the matrix answers several targets: there
a figure is compared only where noun and unit fit one target and no other (`fulfilment`, so that report
and findings say the same), and the finding says 可能.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from xl_perfeval import fulfilment, quantity, rollup, scoring
from xl_perfeval.expressions import expression
from xl_perfeval.findings import Severity
from xl_perfeval.fulfilment import Comparison, Outcome
from xl_perfeval.model import (
    Execution,
    Funding,
    Indicator,
    Place,
    Project,
    Stage,
    Submission,
    WorkItem,
)
from xl_perfeval.rules.engine import Problem, Unknown, amount, is_blank, named, project_named, rule
from xl_perfeval.rules.examples import indicator, indicators, item, project, submission
from xl_perfeval.rules.readings import (
    actual,
    actual_of,
    figured,
    has_reason,
    qualitative,
    target,
    target_of,
    words,
)
from xl_perfeval.rules.sentences import SHARE_NAME, figures, forecast, short, without_quotes
from xl_perfeval.rules.targets import contradict, doubt_of, unit_beside

_MEASURED = {quantity.FigureKind.count, quantity.FigureKind.rate, quantity.FigureKind.money}


def _scored(**cells: object) -> Submission:
    """A scored form whose first indicator is changed."""
    return submission(project(indicators=[indicator(**cells), *indicators()[1:]]), edition="ministry-2020")


def _row(**cells: object) -> Submission:
    """A matrix with one work item."""
    return submission(project(items=[item(**cells)]))


def _year_end(submission: Submission) -> None:
    """What the whole year gave is not known before its end."""
    if submission.stage is not Stage.YEAR_END:
        raise Unknown


def compared(row: Indicator) -> Comparison | None:
    """Target and result of a scored row; `None` where they cannot be compared."""
    if qualitative(row) or _other_unit(row) or is_doubtful(row):
        return None
    return fulfilment.of_indicator(row)


def is_doubtful(row: Indicator) -> bool:
    """Whether a figure is probably another one, such as 0.985 where 98.5% is meant; T202 speaks."""
    return any(doubt_of(row, key) for key in ("target", "actual"))


def _other_unit(row: Indicator) -> str:
    """The unit typed with the result when it cannot be that of the target."""
    unit, column = unit_beside(row.actual), words(row.unit) or unit_beside(row.target)
    return unit if unit and column and contradict(unit, column) else ""


def missed_in_words(row: Indicator, submission: Submission) -> bool:
    """Whether a qualitative row says that it was not, or only partly, achieved."""
    band = scoring.band_of(row.actual, submission.edition) if qualitative(row) else None
    return band is not None and band[1] < 1


def missed(project: Project, submission: Submission) -> Iterator[tuple[WorkItem | Indicator, bool]]:
    """Rows of a project whose target was missed, and whether that is certain.

    In the matrix it is certain only when a reason for the shortfall is typed beside it.
    """
    for row in project.indicators:
        found = compared(row)
        if missed_in_words(row, submission) or (found is not None and found.outcome is Outcome.MISSED):
            yield row, True
    for item in project.items:
        if any(_surely_missed(found, item) for found in fulfilment.of_item(item)):
            yield item, has_reason(item.reason)


def _reason_cell(record: WorkItem | Indicator) -> Place:
    return record.at("reason") if record.has("reason") else record.at("actual")


@rule(
    "A301",
    "missed-without-reason",
    Severity.ERROR,
    basis="财预〔2020〕10号：未完成的指标要分析偏差原因",
    after_year=True,
    hides=["A309"],
    passes=[
        lambda: _scored(actual="2", reason="一场因疫情改为线上，下年补办"),
        lambda: _scored(actual="3"),
        lambda: _scored(target="2370人", unit=None, sign=None, actual="2370"),
        lambda: _scored(target="5300元/户", sign="≤", unit=None, actual="5300元/户", level2="成本指标"),
        lambda: _row(
            quantity="举办5场次科普宣传、讲座、科技竞赛等活动", actual="举办科普讲座2场、宣传活动3场"
        ),
        lambda: _row(quantity="资料10000份以上", actual="印发资料1000余册", reason="改为电子版发放"),
        lambda: _row(schedule="6月30日前", actual="举办培训3场，满意度92%，8月18日完成招标"),
        lambda: _row(schedule="12月底前", actual="12月31日完成"),
        lambda: _row(schedule="6-9月", actual="10月18日完成"),
        lambda: _row(schedule="6月30日前", actual="5月20日开班，8月18日完成"),
        lambda: _row(quality="零投诉", actual="处理群众投诉5件，群众满意度92%"),
    ],
    fails=[
        lambda: _scored(actual="2"),
        lambda: _scored(actual="2", reason="无"),
        lambda: _scored(sign="定性", target="制度健全", unit=None, actual="部分达成", method="定性"),
        lambda: _scored(target="5300", sign="≤", unit="元/户", actual="5830元/户", level2="成本指标"),
        lambda: _row(quantity="编印宣传资料10000份以上", actual="编印宣传资料1000余册"),
        lambda: _row(quantity="培训1000人次以上", actual="培训943人次，带动就业562人"),
        lambda: _row(quantity="培训1000人次以上", actual="培训943人次，走访562人次"),
        lambda: _row(benefit="群众满意度90%以上", actual="举办培训3场，验收合格率100%，群众满意度83%"),
        lambda: _row(schedule="6月30日前", actual="8月18日完成"),
        lambda: _scored(
            target="2025年11月30日前",
            sign=None,
            unit=None,
            level2="时效指标",
            level3="完成时间",
            actual="2025年12月20日(完成)",
        ),
        lambda: _row(quality="安全责任事故为零", actual="举办培训3场，发生安全责任事故1起"),
    ],
)
def missed_without_reason(project: Project, submission: Submission) -> Iterator[Problem]:
    """目标没有完成，没有写原因。

    没完成的要写原因和措施，“无”“—”“/”等于没有写。矩阵里一格实际对着几个目标，只有名称和单位都对得上的才比较，作核对提示。
    """
    _year_end(submission)
    for row in project.indicators:
        if has_reason(row.reason):
            continue
        found = compared(row)
        if found is not None and found.outcome is Outcome.MISSED:
            yield Problem(
                at=_reason_cell(row),
                value=row.actual,
                expected=row.target,
                problem=f"{named(row)}目标{found.target}，实际{found.actual}，{_shortfall(row)}，没有写原因。",
                remedy="请写原因和改进措施，例如“一场因疫情改为线上，下年补办”。",
                related=(row.at("actual"),),
            )
        elif day := fulfilment.finished_late(row.target, row.actual, submission.year):
            yield _late(row, words(row.target), day, "晚于目标", None)
        elif missed_in_words(row, submission):
            yield Problem(
                at=_reason_cell(row),
                value=row.actual,
                problem=f"{named(row)}写“{short(words(row.actual))}”，没有写原因。",
                remedy="请写没有达成的部分、原因和改进措施，例如“平台接口未开通，下年6月前完成”。",
                related=(row.at("actual"),),
            )
    for item in project.items:
        if has_reason(item.reason):
            continue
        short_of = [found for found in fulfilment.of_item(item) if _surely_missed(found, item)]
        if short_of:
            yield _about_item(
                item,
                short_of,
                "可能没有完成",
                "请核对；确未完成的，请写原因，例如“改用电子资料，纸质少印”。",
            )
        elif day := fulfilment.finished_late(item.schedule, item.actual, submission.year):
            yield _late(item, words(item.schedule), day, "可能晚于目标", Severity.WARNING)


def _late(
    record: WorkItem | Indicator, deadline: str, day: str, verdict: str, severity: Severity | None
) -> Problem:
    return Problem(
        at=_reason_cell(record),
        value=record.actual,
        expected=deadline,
        severity=severity,
        problem=f"{named(record)}时间目标{short(deadline)}，实际{day}完成，{verdict}，没有写原因。",
        remedy="请核对；确已推迟的，请写原因，例如“汛期停工，工期顺延”。",
        related=(record.at("actual"),),
    )


def _surely_missed(found: Comparison, item: WorkItem) -> bool:
    """Missed, and not reached by adding up what the result lists one by one (讲座2场、宣传活动3场)."""
    if found.outcome is not Outcome.MISSED:
        return False
    done = figures(found.actual)
    if done and done[0].kind is quantity.FigureKind.rate:  # 兑付率100% makes up for no other share
        return True
    same = [each.value for each in figures(words(item.actual)) if done and _adds_to(found, done[0], each)]
    return found.planned is None or len(same) < 2 or sum(same, Decimal(0)) < found.planned


def _adds_to(found: Comparison, done: quantity.Figure, other: quantity.Figure) -> bool:
    """Whether another figure of the result may count with it: the same thing, or nothing said, in the same unit."""
    if quantity.comparable(done.unit, other.unit) not in {
        quantity.Comparison.same,
        quantity.Comparison.group,
    }:
        return False
    noun = other.noun_before or other.noun_after
    return not found.noun or not noun or noun.endswith(found.noun) or found.noun.endswith(noun)


def _shortfall(row: Indicator) -> str:
    wanted, done = target_of(row), actual_of(row)
    bound = wanted.low if wanted.low is not None else wanted.high
    if bound is None or done.low is None:
        return "没有完成"
    unit = "个百分点" if wanted.unit == done.unit == "%" else done.unit or words(row.unit)
    gap = abs(done.low - bound)
    if unit == "万元" and words(row.unit) == "元":  # amounts are read in 万元
        unit, gap = "元", gap * 10000
    rough = "约" if done.approximate else ""
    return f"{'少' if done.low < bound else '多'}{rough}{quantity.plain(gap)}{unit}"


def _about_item(item: WorkItem, found: list[Comparison], verdict: str, remedy: str) -> Problem:
    first = found[0]
    more = f"（另有{len(found) - 1}处）" if len(found) > 1 else ""
    difference = None if first.planned is None or first.done is None else first.done - first.planned
    gap = ""
    if difference:
        rough = "约" if re.search("余|多|约|左右|超过", first.actual) else ""
        gap = f"，相差{rough}{quantity.plain(abs(difference))}"
    return Problem(
        at=_reason_cell(item),
        value=first.actual,
        expected=first.target,
        difference=difference,
        severity=Severity.WARNING,
        problem=f"{named(item)}{first.noun}目标{first.target}，实际{first.actual}{gap}，{verdict}{more}，没有写原因。",
        remedy=remedy,
        related=(item.at("actual"),),
    )


@rule(
    "A302",
    "exceeded-without-reason",
    Severity.WARNING,
    basis="广西系统：实际达到目标的130%必须说明原因（界限以表样为准）",
    after_year=True,
    passes=[
        lambda: _row(quantity="举办培训6场以上", actual="举办培训10期", reason="按上级部署增加4期"),
        lambda: _row(quantity="举办培训2场以上", actual="举办培训4场"),
        lambda: _row(quantity="申报高企40家以上", actual="申报高企51家"),
        lambda: _scored(target="10", unit="%", level3="研发投入增长率", actual="28"),
        lambda: _scored(target="10", sign="≤", unit="次", level3="科目调整次数", actual="2"),
        lambda: _scored(actual="5"),
    ],
    fails=[
        lambda: _row(quantity="组织6场以上高企申报、科技项目申报等培训", actual="牵头组织培训10期"),
        lambda: _row(quantity="申报高企40家以上", actual="申报高企158家", reason="—"),
        lambda: _scored(target="116", unit="次", actual="153"),
    ],
)
def exceeded_without_reason(project: Project, submission: Submission) -> Iterator[Problem]:
    """超出目标较多，没有写原因。

    超出表样规定的界限（一般是130%），财政会问当初目标是不是定低了。增长率不算；目标在10以下的，要多出3个以上才提。
    """
    _year_end(submission)
    threshold = submission.edition.thresholds.over_fulfilment
    for row in project.indicators:
        found = None if has_reason(row.reason) else compared(row)
        if found is not None and found.far_exceeded(threshold):
            yield Problem(
                at=_reason_cell(row),
                value=row.actual,
                expected=row.target,
                problem=f"{named(row)}目标{found.target}，实际{found.actual}，{_share_of(found)}，没有写原因。",
                remedy="请写超出较多的原因，例如“按上级部署增加4期”；原目标偏低的，也请写明。",
                related=(row.at("actual"),),
            )
    for item in project.items:
        if has_reason(item.reason):
            continue
        far = [found for found in fulfilment.of_item(item) if found.far_exceeded(threshold)]
        if far:
            yield _about_item(
                item,
                far,
                f"可能{_share_of(far[0])}",
                "请核对；确实超出的，请写原因，例如“按上级部署增加4期”。",
            )


def _share_of(found: Comparison) -> str:
    assert found.planned
    assert found.done is not None
    return f"完成{rollup.percent(rollup.excel_round(found.done / found.planned, 2))}"


@rule(
    "A303",
    "unit-of-actual-differs",
    Severity.WARNING,
    basis="实际与目标用同一单位才能对照",
    after_year=True,
    passes=[
        lambda: _scored(unit="场", actual="3期"),
        lambda: _scored(target="≥100百分比", unit=None, sign=None, actual="100%", level3="发放准确率"),
        lambda: _scored(target="14.7km", unit=None, sign=None, actual="14.7公里", level3="道路长度"),
        lambda: _scored(target="412.83hm", unit=None, sign=None, actual="412.83hm²", level3="造林面积"),
        lambda: _row(quantity="举办培训3场以上", actual="举办培训3场，培训120人"),
        lambda: _row(quantity="编印资料100份", actual="编印资料100册"),
        lambda: _scored(target="2", unit="万人次", actual="21000人次", level3="培训人次"),
        lambda: _scored(target="0.8", unit="万亩", actual="0.8万亩", level3="新建高标准农田面积"),
    ],
    fails=[
        lambda: _scored(unit="场", actual="120人"),
        lambda: _scored(target="0.8", unit="万亩", actual="8000亩", level3="新建高标准农田面积"),
        lambda: _scored(target="100", unit="人", actual="100人次", level3="培训人数"),
        lambda: _row(quantity="编印宣传资料10000份以上", actual="编印宣传资料1000余册", reason="改用电子版"),
    ],
)
def unit_of_actual_differs(project: Project) -> Iterator[Problem]:
    """实际完成的单位与目标不同。

    单位完全不同的不能计算；人与人次、份与册可以对照，但口径可能不同，作提示。
    """
    for row in project.indicators:
        unit, column = unit_beside(row.actual), words(row.unit) or unit_beside(row.target)
        if qualitative(row) or not unit or not column:
            continue
        starred = quantity.comparable(unit, column) is quantity.Comparison.starred
        if starred or contradict(unit, column):
            yield _unit_problem(row, column, unit, starred)
    for item in project.items:
        for found in fulfilment.of_item(item):
            wanted, done = _unit_in(found.target), _unit_in(found.actual)
            if wanted and done and quantity.comparable(wanted, done) is quantity.Comparison.starred:
                yield _unit_problem(item, wanted, done, True)


def _unit_in(text: str) -> str:
    found = figures(text)
    return found[0].unit if found else ""


def _unit_problem(record: WorkItem | Indicator, wanted: str, done: str, starred: bool) -> Problem:
    return Problem(
        at=record.at("actual"),
        value=done,
        expected=wanted,
        severity=Severity.NOTICE if starred else None,
        problem=f"{named(record)}的目标按“{wanted}”计，实际按“{done}”计，{'口径可能不同' if starred else '不能对照'}。",
        remedy=f"请核对，例如改按“{wanted}”填写{'；口径相同的，可以保留' if starred else ''}。",
    )


def _results(project: Project) -> Iterator[tuple[WorkItem | Indicator, str]]:
    """The rows of a project whose result is a text."""
    for record in (*project.items, *project.indicators):
        if isinstance(record.actual, str) and record.actual.strip():
            yield record, record.actual


@rule(
    "A304",
    "forecast-as-actual",
    Severity.WARNING,
    basis="实际完成情况应是已经发生的结果",
    after_year=True,
    passes=[
        lambda: _row(actual="认定高企132家，满意度92%"),
        lambda: _row(quantity="预计认定130家以上", actual="认定132家，超出预计，满意度92%"),
        lambda: submission(project(items=[item(actual="预计12月认定130家")]), stage=Stage.MONITORING),
        lambda: _scored(sign="定性", target="效果明显", unit=None, actual="达成预期指标", method="定性"),
    ],
    fails=[
        lambda: _row(actual="预计认定130家以上，满意度92%"),
        lambda: _row(actual="技术合同成交额将达到12亿元，满意度92%"),
        lambda: _scored(actual="预计3", reason="年末公布"),
    ],
)
def forecast_as_actual(project: Project, submission: Submission) -> Iterator[Problem]:
    """实际完成情况里写的是预计数。

    年度自评只认已经实现的结果；还没有定下来的，写到填报时为止的数。
    """
    _year_end(submission)
    for record, text in _results(project):
        word = forecast(text)
        if word:
            yield Problem(
                at=record.at("actual"),
                value=text,
                problem=f"{named(record)}的实际完成里写“{word}”，像是还没有实现。",
                remedy="请改为已经实现的数，例如“截至12月底已认定132家”；数字未公布的，在情况说明里写一句。",
            )


_COPIED = expression(r"[≥≤≧≦＞＜><]|以上|以下|以内|不低于|不少于|不高于|不超过|不多于")


@rule(
    "A305",
    "target-copied-as-actual",
    Severity.WARNING,
    basis="实际完成值应是具体的数",
    after_year=True,
    passes=[
        lambda: _scored(target="≥15年", unit=None, sign=None, actual="15年", level3="使用年限"),
        lambda: _row(actual="辅导规上企业200余家，走访企业超过200家，满意度92%"),
        lambda: _row(actual="慰问60岁以上老人120人，满意度92%"),
        lambda: _row(actual="支持500万元以上项目3个，满意度92%"),
        lambda: _row(actual="培训县级以上骨干120人，满意度92%"),
    ],
    fails=[
        lambda: _scored(target="1000", unit="人", actual="≥1000人"),
        lambda: _row(actual="举办培训3场以上，满意度92%"),
        lambda: _row(actual="举办培训3场，满意度不低于90%"),
    ],
)
def target_copied_as_actual(project: Project) -> Iterator[Problem]:
    """实际完成带着“≥”“以上”“不低于”，像是从目标抄来的。

    实际完成要写具体的数。数字与目标正好相等不算。
    """
    for record, text in _results(project):
        copied = next((said for said in map(_bound_in, _clauses_with_places(text)) if said), None)
        if copied:
            value, said = copied
            yield Problem(
                at=record.at("actual"),
                value=said,
                problem=f"{named(record)}的实际完成写“{said}”，像是目标的写法，不是实际的数。",
                remedy=f"请填实际的数，例如“{quantity.plain(value)}{_unit_in(said)}”。",
            )


_CLAUSES = expression(r"[^，,。；;、\n]+")


def _clauses_with_places(text: str) -> Iterator[str]:
    if _COPIED.search(text):
        for clause in _CLAUSES.finditer(without_quotes(text)):
            if _COPIED.search(clause.group()):
                yield clause.group()


def _bound_in(clause: str) -> tuple[Decimal, str] | None:
    """The figure of a clause that carries a bound, unless it only describes what another figure counts."""
    found = figures(clause)
    for place, figure in enumerate(found):
        bounded = _COPIED.search(figure.text) is not None and figure.kind in _MEASURED
        if bounded and not figure.approximate and place == len(found) - 1:
            return figure.value, figure.text.strip()
    return None


_ALL = expression(r"[全均都皆]")
_UNFINISHED = expression(
    r"(?:暂未|尚未|未能|还未|没能|未按期|未按时|没有按时)(?!发生|发现|出现|接到|收到)|"
    r"(?<!从)未(?:完工|完成|开工|实施|开展|启动|竣工|到位|验收|达到|达标|实现|建成|交付)|"
    r"没有(?:完成|开展|实施|达到)|推迟(?:到|至)|延期(?:到|至)"
)


@rule(
    "A306",
    "word-for-number",
    Severity.WARNING,
    basis="定量指标的完成值填数字",
    after_year=True,
    passes=[
        lambda: _scored(target="100", unit="%", level3="验收合格率", actual="全部合格"),
        lambda: _scored(target="80", unit="%", level3="验收率", actual="全市7个县区婚前保健门诊均通过验收"),
        lambda: _scored(
            target="2021年12月完成",
            sign=None,
            unit=None,
            level3="完成时间",
            level2="时效指标",
            actual="按时完成",
        ),
        lambda: _scored(target="0", sign="＝", unit="起", level3="安全事件数", actual="无"),
        lambda: _scored(
            target="安全事故为零", sign=None, unit=None, level3="安全生产情况", actual="未发生安全事故"
        ),
        lambda: _scored(sign="定性", target="良好", unit=None, actual="良好", method="定性"),
        lambda: _row(quantity="举办培训3场", actual="举办培训三场，满意度92%"),
    ],
    fails=[
        lambda: _scored(actual="完成"),
        lambda: _scored(target="260元/辆", unit=None, sign=None, level3="补助金额", actual="按该标准发放"),
        lambda: _row(actual="按计划举办了培训，学员满意"),
    ],
)
def word_for_number(project: Project, submission: Submission) -> Iterator[Problem]:
    """目标有数字，实际只写了“完成”之类的话。

    没有数字就不能计算完成率和得分。目标是100%而实际写“全部”的不算。
    """
    _year_end(submission)
    for record, text in _results(project):
        wanted = _wanted(record)
        if wanted is None or _UNFINISHED.search(text) or "【" in text or _has_figure(text):
            continue
        if actual(text).kind is quantity.Kind.none or (wanted.endswith("100%") and _ALL.search(text)):
            continue
        if _NONE_WANTED.search(wanted) and _NONE_HAPPENED.search(text):
            continue
        yield Problem(
            at=record.at("actual"),
            value=text,
            expected=wanted,
            problem=f"{named(record)}目标是“{wanted}”，实际只写“{short(text)}”，没有数字。",
            remedy=f"请填实际的数，例如“{_example(wanted)}”。",
        )


_NONE_WANTED = expression(r"零|(?<![0-9.])0(?![0-9.])")
_NONE_HAPPENED = expression("未|无|没有|杜绝|不存在")


def _has_figure(text: str) -> bool:
    return any(figure.kind in _MEASURED or figure.kind == "duration" for figure in figures(text))


def _wanted(record: WorkItem | Indicator) -> str | None:
    """The numeric target that a result should answer, as typed."""
    if isinstance(record, WorkItem):
        reading = target(record.quantity) if isinstance(record.quantity, str) else None
        if reading is None or not reading.certain or not figured(reading):
            return None
        found = figures(str(record.quantity))
        return next((f.text.strip() for f in found if f.value in (reading.low, reading.high)), None)
    reading = target_of(record)
    if qualitative(record) or not reading.certain or reading.parts or not figured(reading):
        return None
    typed = words(record.target)
    return f"{typed}{words(record.unit)}" if not unit_beside(record.target) and "%" not in typed else typed


def _example(wanted: str) -> str:
    found = figures(wanted)
    return f"{quantity.plain(found[0].value)}{found[0].unit}" if found else wanted


@rule(
    "A307",
    "share-above-hundred",
    Severity.WARNING,
    basis="合格率、满意度等比例不超过100%",
    after_year=True,
    passes=[
        lambda: _scored(target="10", unit="%", level3="参训人数增长率", actual="128", reason="新增线上班"),
        lambda: _scored(target="100", unit="%", level3="任务完成率", actual="120"),
        lambda: _row(actual="举办培训3场，参训人数同比增长167%，满意度92%"),
        lambda: _scored(target="≥100", unit="%", level3="发放准确率", actual="100.00%"),
    ],
    fails=[
        lambda: _scored(target="95", unit="%", level3="培训合格率", actual="105", reason="有旁听人员"),
        lambda: _row(actual="举办培训3场，学员满意度102%"),
    ],
)
def share_above_hundred(project: Project) -> Iterator[Problem]:
    """合格率、满意度这类比例超过了100%。

    多半是分子多算了，或者写的是完成率。增长率、完成率不算。
    """
    for row in project.indicators:
        reading = actual_of(row)
        over = reading.unit == "%" and reading.low is not None and reading.low > 100
        if over and reading.growth is None and SHARE_NAME.search(words(row.level3)):
            yield _over(row, f"{words(row.actual).rstrip('%％')}%", reading.low)
    for record, text in _results(project):
        if isinstance(record, Indicator) or ("%" not in text and "％" not in text):
            continue
        for figure in figures(text):
            named_share = figure.kind is quantity.FigureKind.rate and SHARE_NAME.search(figure.noun_before)
            if named_share and figure.value > 100:
                yield _over(record, f"{figure.noun_before}{figure.text}", figure.value)


def _over(record: WorkItem | Indicator, said: str, value: Decimal | None) -> Problem:
    return Problem(
        at=record.at("actual"),
        value=value,
        expected=100,
        problem=f"{named(record)}的实际写“{said}”，这类比例不会超过100%。",
        remedy="请核对计算方法，例如改为“98%”；写的是完成率或增长率的，请写明。",
    )


def _form(results: str, spent: int = 60, reason: str | None = None) -> Submission:
    """A scored form with one counted row per result, each with the target 5."""
    rows = [
        indicator(level3=f"{name}场次", target="5", actual=done, weight=10)
        for name, done in zip(("培训", "宣传", "讲座", "展览", "咨询"), results, strict=True)
    ]
    filled = project(indicators=[*rows, *indicators()[1:]], budget=60, spent=spent, reason=reason)
    return submission(filled, edition="ministry-2020")


@rule(
    "A308",
    "all-equal-to-targets",
    Severity.NOTICE,
    basis="评审意见：全部指标正好等于目标，常是照抄目标",
    after_year=True,
    passes=[
        lambda: _form("55556"),
        lambda: submission(project(indicators=indicators()), edition="ministry-2020"),
    ],
    fails=[
        lambda: _form("55555"),
        lambda: _form("55555", spent=50, reason="2个课题尚未验收，尾款未拨"),
    ],
)
def all_equal_to_targets(project: Project, submission: Submission) -> Iterator[Problem]:
    """五个以上定量指标全部正好等于目标。

    可能是照抄目标。100%的比例和成本指标不算在内；执行率又低于下限的，请认真核对。
    """
    equal: list[Indicator] = []
    for row in project.indicators:
        wanted, done = scoring.target_of(row), scoring.actual_of(row)
        cost = "成本" in words(row.level1) + words(row.level2)
        if qualitative(row) or wanted is None or done is None or cost:
            continue
        if wanted == 100 and words(row.unit) in {"%", "百分比"}:
            continue
        if wanted != done:
            satisfaction = "满意" in words(row.level3)
            if satisfaction or words(row.unit) == "%":
                continue
            return
        equal.append(row)
    if len(equal) < 5:
        return
    rate = rollup.rate(amount(project.funding.spent), amount(project.funding.budget))
    low = rate is not None and rate < submission.edition.thresholds.execution_floor
    yield Problem(
        at=equal[0].at("actual"),
        value=len(equal),
        severity=Severity.WARNING if low else None,
        problem=f"{project_named(project)}有{len(equal)}个定量指标的完成值都正好等于目标"
        + (f"，执行率却只有{rollup.percent(rate)}。" if low and rate is not None else "。"),
        remedy="请核对是不是照抄了目标；数字属实的，可以保留。",
        related=tuple(row.at("actual") for row in equal[1:]),
    )


@rule(
    "A309",
    "unfinished-without-reason",
    Severity.WARNING,
    basis="未完成的要写原因",
    after_year=True,
    passes=[
        lambda: _row(actual="举办培训3场，满意度92%，未发生安全事故"),
        lambda: _row(actual="项目暂未完工，已支付首款，满意度92%", reason="设备到货推迟，下年3月安装"),
        lambda: _scored(actual="3", level3="从未参训人员培训场次"),
    ],
    fails=[
        lambda: _row(quantity="建设科普馆", actual="项目暂未完工，满意度92%"),
        lambda: _scored(actual="该项目暂未完工"),
        lambda: _row(actual="因场地原因未能开展，满意度92%", reason="/"),
    ],
)
def unfinished_without_reason(project: Project, submission: Submission) -> Iterator[Problem]:
    """实际完成里写着没有完成，却没有写原因。"""
    _year_end(submission)
    for record, text in _results(project):
        found = _UNFINISHED.search(text)
        if found and not has_reason(record.reason):
            said = text[found.start() : found.end() + 4].split("，")[0].rstrip("。，；")
            yield Problem(
                at=_reason_cell(record),
                value=text,
                problem=f"{named(record)}的实际完成写“{said}”，没有写原因。",
                remedy="请写原因和下一步安排，例如“设备到货推迟，下年3月安装”。",
                related=(record.at("actual"),),
            )


_SAYS_NOTHING = expression(
    r"(?:是?(?:因为?|由于|根据|按照?|鉴于|属于?|系))?(?:本单位|我单位|项目|该项目)?的?"
    r"(?:工作需要|实际(?:工作)?(?:情况|需要)|工作(?:实际|安排|原因|情况|计划)|客观(?:原因|因素)|特殊(?:原因|情况)|"
    r"其他(?:原因)?|各种原因|历史原因|正常(?:情况|偏差)?|客观情况|相关原因|有关原因|种种原因|原因|情况属实|见附件|略|同上)"
    r"(?:等(?:原因|情况)?)?(?:造成|所致|导致)?(?:未完成|未支出|结余|偏差)?"
)


@rule(
    "A310",
    "reason-says-nothing",
    Severity.WARNING,
    basis="偏差原因要具体，能看出谁来改、改什么",
    after_year=True,
    passes=[
        lambda: _row(reason="因疫情改为线上，少办1场，下年补办"),
        lambda: _row(reason="无"),
        lambda: submission(project(budget=60, spent=59, reason="采购结余")),
        lambda: _row(reason="实际参训人数受场地限制"),
    ],
    fails=[
        lambda: _row(reason="工作需要"),
        lambda: _row(reason="根据实际情况。"),
        lambda: submission(project(budget=60, spent=50, reason="客观原因")),
        lambda: _scored(actual="2", reason="由于特殊原因"),
    ],
)
def reason_says_nothing(project: Project) -> Iterator[Problem]:
    """原因写得太空，看不出为什么。

    “工作需要”“实际情况”放在哪里都可以，等于没有说明。
    """
    records: list[WorkItem | Indicator | Funding | Execution] = [
        *project.items,
        *project.indicators,
        project.funding,
        project.execution,
    ]
    for record in records:
        text = record.reason
        if not isinstance(text, str) or is_blank(text) or not record.has("reason"):
            continue
        if _SAYS_NOTHING.fullmatch(text.strip(" 。；，.")):
            row = named(record) if isinstance(record, WorkItem | Indicator) else project_named(project)
            yield Problem(
                at=record.at("reason"),
                value=text,
                problem=f"{row}的原因写“{short(text.strip())}”，看不出为什么。",
                remedy="请写具体的事，例如“2个课题尚未验收，尾款未拨”。",
            )
