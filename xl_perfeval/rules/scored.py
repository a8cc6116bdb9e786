"""S: do weights, scores, total and grade of the scoring form follow from what was filled in?

Everything is compared with `scoring`, which computes what the form's own formulas compute. Reading keeps only what
was typed over a formula, so that a score the form computed itself is never looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from xl_perfeval import quantity, rollup, scoring
from xl_perfeval.expressions import expression
from xl_perfeval.findings import Severity
from xl_perfeval.model import (
    CellValue,
    Edition,
    Execution,
    FormField,
    Indicator,
    Place,
    Project,
    Scoring,
    Stage,
    Submission,
    WorkItem,
)
from xl_perfeval.rules.achievement import compared, is_doubtful
from xl_perfeval.rules.engine import Problem, Unknown, amount, is_blank, named, project_named, rule
from xl_perfeval.rules.examples import indicator, indicators, item, project, submission
from xl_perfeval.rules.readings import has_reason, qualitative, words
from xl_perfeval.rules.sentences import figures

_CENT = Decimal("0.01")


def _form(*rows: Indicator, edition: str | Edition = "ministry-2020", **filled: object) -> Submission:
    """A scored form with these rows, the usual three when none are given."""
    one = project(indicators=rows or indicators())
    typed = {key: value for key, value in filled.items() if key in {"total_score", "grade", "execution"}}
    funding = {key: value for key, value in filled.items() if key in {"spent", "budget", "reason"}}
    stage = filled.get("stage", Stage.YEAR_END)
    assert isinstance(stage, Stage)
    one = replace(one, funding=replace(one.funding, **funding), **typed)  # pyright: ignore[reportArgumentType]
    return submission(one, edition=edition, stage=stage)


def _first(**cells: object) -> Submission:
    """A scored form whose first indicator is changed."""
    return _form(indicator(**cells), *indicators()[1:])


def _scoring(submission: Submission) -> Scoring:
    """How the edition scores; raises `Unknown` when it does not."""
    if submission.edition.scoring is None:
        raise Unknown
    return submission.edition.scoring


def _cell(project: Project, key: str, label: str, otherwise: Place) -> Place:
    """A single cell of the scoring form, or another place where the form has no such cell."""
    if project.scoring is None or not project.scoring.has(key):
        return otherwise
    return replace(project.on_sheet(project.scoring, key), label=label)


def _in_execution(project: Project, key: str, label: str) -> Place:
    """A cell of the execution row."""
    return replace(project.execution.at(key), label=label, row_name=project.called)


def _part(row: Indicator) -> bool:
    """Whether a row only details the one above it, or repeats a sum."""
    return words(row.level3).startswith("其中") or _is_subtotal(row)


_SUBTOTAL = expression(r".{0,4}(?:小计|合计|总计|总分)")


def _is_subtotal(row: Indicator) -> bool:
    return any(_SUBTOTAL.fullmatch(words(cell)) for cell in (row.level1, row.level2, row.level3))


def _said(value: Decimal) -> str:
    if abs(value) >= 10**9:  # 1E+300 was not meant as a score
        return f"{value:.3g}分"
    return f"{quantity.plain(rollup.excel_round(value, 4))}分"


def _tolerance(typed: Decimal) -> Decimal:
    """Half a unit of the printed digit, at least 0.01."""
    exponent = typed.normalize().as_tuple().exponent
    digits = max(0, -exponent) if isinstance(exponent, int) else 0
    return max(_CENT, Decimal(1).scaleb(-digits) / 2)


@rule(
    "S401",
    "weights-do-not-add-up",
    Severity.ERROR,
    basis="财预〔2020〕10号：指标分值与预算执行率合计100分",
    passes=[
        lambda: _form(),
        lambda: _form(stage=Stage.TARGETS),
        lambda: _form(*indicators(), indicator(level3="其中：线上培训", weight=20)),
        lambda: _form(
            indicator(weight="22.5"), indicator(level3="按时发放率", weight=27.5), *indicators()[1:]
        ),
        lambda: _form(*indicators()[:2]),
    ],
    fails=[
        lambda: _form(*indicators(), indicator(level3="采购数量", weight=20)),
        lambda: _first(weight=45),
    ],
)
def weights_do_not_add_up(project: Project, submission: Submission) -> Iterator[Problem]:
    """分值合计不是100分。

    各指标分值加上预算执行率的分值应为100分；目标申报时不填执行率，指标合计90分也对。缺一整类指标时，只提示补那一类。
    """
    groups = _scoring(submission).groups
    rows = [row for row in project.indicators if not _part(row)]
    weights = [scoring.number(row.weight) for row in rows]
    execution = scoring.execution_weight(project, submission.edition)
    if not rows or execution is None or any(weight is None for weight in weights):
        raise Unknown
    own = sum((weight for weight in weights if weight is not None), Decimal(0))
    short = 100 - own - execution
    missing = [group.weight for group in groups if all(words(row.level1) != group.name for row in rows)]
    if short == 0 or (missing and short == sum(filter(None, missing), Decimal(0))):
        return
    if submission.stage is Stage.TARGETS and own == 100:
        return
    yield Problem(
        at=_cell(project, "total_weight", "分值合计", rows[-1].at("weight")),
        value=own + execution,
        expected=100,
        difference=-short,
        problem=f"{project_named(project)}指标分值{_said(own)}，加执行率{_said(execution)}共{_said(own + execution)}，{'少' if short > 0 else '多'}{_said(abs(short))}。",
        remedy=f"请调整分值，使指标合计为{_said(100 - execution)}{_for_example(submission)}。",
        related=tuple(row.at("weight") for row in rows),
    )


def _for_example(submission: Submission) -> str:
    splits = _scoring(submission).splits
    return f"，例如{_split(splits[0])}" if splits else ""


@rule(
    "S402",
    "score-out-of-range",
    Severity.ERROR,
    basis="得分不超过分值，不低于0",
    after_year=True,
    hides=["S403", "S404", "S407", "S408", "S410"],
    passes=[lambda: _first(score=50), lambda: _form(execution=Execution(score=10))],
    fails=[
        lambda: _first(score=51),
        lambda: _first(score=-1),
        lambda: _form(execution=Execution(score=10.5), spent=60),
    ],
)
def score_out_of_range(project: Project, submission: Submission) -> Iterator[Problem]:
    """得分大于分值，或小于0。"""
    _scoring(submission)
    for row in project.indicators:
        score, weight = scoring.number(row.score), scoring.number(row.weight)
        if score is not None and weight is not None and not 0 <= score <= weight:
            yield _out_of_range(row.at("score"), named(row), score, weight)
    score, weight = (
        scoring.number(project.execution.score),
        scoring.execution_weight(project, submission.edition),
    )
    if score is not None and weight is not None and not 0 <= score <= weight:
        yield _out_of_range(_in_execution(project, "score", "得分"), "预算执行率", score, weight)


def _out_of_range(at: Place, what: str, score: Decimal, weight: Decimal) -> Problem:
    return Problem(
        at=at,
        value=score,
        expected=weight,
        difference=score - weight,
        problem=f"{what}得分{_said(score)}，分值{_said(weight)}，"
        + ("得分不能小于0。" if score < 0 else f"多{_said(score - weight)}。"),
        remedy=f"请改为0到{_said(weight)}之间的数；删去手填的数，会自动计算。",
    )


@rule(
    "S403",
    "score-differs-from-formula",
    Severity.ERROR,
    basis="财预〔2020〕10号：定量指标按完成比例计分",
    after_year=True,
    passes=[
        lambda: _first(actual="2", score="33.33", reason="少办1场"),
        lambda: _first(actual="2", score=33, reason="少办1场"),
        lambda: _first(actual="2", score="33.3", reason="少办1场"),
        lambda: _first(target="10", actual="40", score=45, reason="目标偏低，扣5分"),
        lambda: _form(indicator(weight="22.5", score="22.5"), *indicators()[1:]),
    ],
    fails=[
        lambda: _first(actual="2", score=40, reason="少办1场"),
        lambda: _first(actual="2", score=20, reason="少办1场"),
    ],
)
def score_differs_from_formula(indicator: Indicator, submission: Submission) -> Iterator[Problem]:
    """得分与按公式计算的不同。

    完成的得满分，没完成的按完成比例；表样另有规定的按表样。允许差半个末位，至少0.01分。
    """
    _scoring(submission)
    score = scoring.number(indicator.score)
    computed = scoring.indicator_score(indicator, submission.edition)
    weight = scoring.number(indicator.weight)
    if score is None or computed is None or weight is None or abs(score - computed) <= _tolerance(score):
        return
    if is_doubtful(indicator):  # T202 speaks
        return
    if computed == weight or score >= weight:  # S408 and S407 speak
        return
    yield Problem(
        at=indicator.at("score"),
        value=score,
        expected=computed,
        difference=score - computed,
        problem=f"{named(indicator)}得分{_said(score)}，按完成比例应为{_said(computed)}，{'多' if score > computed else '少'}{_said(abs(score - computed))}。",
        remedy=f"请改为{quantity.plain(computed)}，或删去手填的数，会自动计算。",
        related=(indicator.at("actual"), indicator.at("target")),
    )


@rule(
    "S404",
    "score-outside-band",
    Severity.ERROR,
    basis="财预〔2020〕10号：定性指标按达成、部分达成、未达成分档计分",
    after_year=True,
    passes=[
        lambda: _words("达成", 45, reason="个别制度待修订"),
        lambda: _words("达成", 40, reason="个别制度待修订"),
        lambda: _words("部分达成并具有一定效果", 35, reason="平台未开通"),
        lambda: _words("达成预期指标", 50),
    ],
    fails=[
        lambda: _words("部分达成", 48, reason="平台未开通"),
        lambda: _words("达成", 30, reason="平台未开通"),
        lambda: _words("未达成", 31, reason="平台未开通"),
    ],
)
def score_outside_band(indicator: Indicator, submission: Submission) -> Iterator[Problem]:
    """定性指标的得分不在所选档次之内。

    达成得分值的80%到100%，部分达成60%到80%，未达成60%以下；各表样的界限见表样说明。
    """
    _scoring(submission)
    score, weight = scoring.number(indicator.score), scoring.number(indicator.weight)
    band = scoring.band_of(indicator.actual, submission.edition)
    if not qualitative(indicator) or score is None or weight is None or band is None:
        return
    low, high = (weight * share for share in band)
    if low <= score <= high or score > weight or score < 0:
        return
    yield Problem(
        at=indicator.at("score"),
        value=score,
        expected=high if score > high else low,
        problem=f"{named(indicator)}写“{words(indicator.actual)[:10]}”，得分应在{_said(low)}到{_said(high)}之间，填的是{_said(score)}。",
        remedy=f"请改得分，例如{quantity.plain(high if score > high else low)}；结果不止这一档的，请改完成情况。",
        related=(indicator.at("actual"),),
    )


def _words(result: str, score: CellValue, **cells: object) -> Submission:
    """A scored form whose first indicator is qualitative."""
    return _first(
        sign="定性", target="制度健全", unit=None, method="定性", actual=result, score=score, **cells
    )


@rule(
    "S405",
    "total-differs-from-sum",
    Severity.ERROR,
    basis="总分等于执行率得分与各指标得分之和",
    after_year=True,
    hides=["F005"],
    passes=[
        lambda: _form(total_score=100),
        lambda: _form(indicator(actual="2", reason="少办1场"), *indicators()[1:], total_score="83.33"),
        lambda: _form(
            *indicators(), indicator(level3="小计", weight=90, score=90, actual=None), total_score=100
        ),
    ],
    fails=[lambda: _form(total_score=98), lambda: _form(total_score="100.5")],
)
def total_differs_from_sum(project: Project, submission: Submission) -> Iterator[Problem]:
    """总分与各行得分之和不同。

    总分自动相加；手工改写后不再跟着变。小计行不重复计算。
    """
    _scoring(submission)
    typed = scoring.number(project.total_score)
    counted = replace(project, indicators=tuple(r for r in project.indicators if not _is_subtotal(r)))
    total = scoring.total(counted, submission.edition)
    if typed is None or total is None or scoring.unscored(counted, submission.edition):
        raise Unknown
    allowed = _CENT / 2 * (len(counted.indicators) + 2)
    if abs(typed - total) > allowed:
        yield Problem(
            at=_total(project),
            value=typed,
            expected=total,
            difference=typed - total,
            problem=f"{project_named(project)}总分写{_said(typed)}，各行得分相加是{_said(total)}，{'多' if typed > total else '少'}{_said(abs(typed - total))}。",
            remedy="请恢复总分的自动公式；某一行得分要调整的，在那一行改。",
        )


def _total(project: Project) -> Place:
    otherwise = project.indicators[-1].at("score") if project.indicators else project.at("name")
    return _cell(project, "total_score", "总分", otherwise)


def _total_that_counts(project: Project, edition: Edition) -> Decimal:
    typed = scoring.number(project.total_score)
    total = scoring.total(project, edition) if typed is None else typed
    if total is None or scoring.unscored(project, edition):
        raise Unknown
    return total


@rule(
    "S406",
    "grade-does-not-fit",
    Severity.ERROR,
    basis="财预〔2020〕10号：90分以上为优，80至90分为良，60至80分为中，60分以下为差",
    after_year=True,
    passes=[
        lambda: _form(grade="优"),
        lambda: _form(grade="优秀"),
        lambda: _form(grade="待填"),
        lambda: _form(total_score=90, grade="优"),
    ],
    fails=[
        lambda: _form(grade="良"),
        lambda: _form(indicator(actual="1", reason="少办2场"), *indicators()[1:], grade="优"),
    ],
)
def grade_does_not_fit(project: Project, submission: Submission) -> Iterator[Problem]:
    """等级与总分不符。"""
    grades = _scoring(submission).grades
    typed = words(project.grade)
    stated = next((word for word, _ in grades if typed.startswith(word)), None)
    if stated is None or not project.indicators:
        raise Unknown
    total = _total_that_counts(project, submission.edition)
    expected = scoring.grade(total, submission.edition)
    if expected is not None and stated != expected:
        yield Problem(
            at=_cell(project, "grade", "自评等级", _total(project)),
            value=typed,
            expected=expected,
            problem=f"{project_named(project)}总分{_said(total)}，等级写“{typed}”，按总分应为“{expected}”。",
            remedy=f"请改为“{expected}”，或核对各行得分。",
        )


@rule(
    "S407",
    "full-marks-for-missed",
    Severity.ERROR,
    basis="财预〔2020〕10号：没有完成的指标不得满分",
    after_year=True,
    passes=[lambda: _first(score=50), lambda: _first(actual="2", score="33.33", reason="少办1场")],
    fails=lambda: _first(actual="2", score=50, reason="少办1场"),
)
def full_marks_for_missed(indicator: Indicator, submission: Submission) -> Iterator[Problem]:
    """目标没有完成，却得了满分。"""
    _scoring(submission)
    score, weight = scoring.number(indicator.score), scoring.number(indicator.weight)
    computed = scoring.indicator_score(indicator, submission.edition)
    if score is None or weight is None or computed is None:
        raise Unknown
    if score >= weight and weight - computed > _tolerance(score) and not is_doubtful(indicator):
        yield Problem(
            at=indicator.at("score"),
            value=score,
            expected=computed,
            difference=score - computed,
            problem=f"{named(indicator)}目标{words(indicator.sign)}{words(indicator.target)}，实际{words(indicator.actual)}，没有完成却得了满分{_said(score)}。",
            remedy=f"请改为{quantity.plain(computed)}，或核对实际完成值。",
            related=(indicator.at("actual"),),
        )


@rule(
    "S408",
    "marks-off-without-reason",
    Severity.WARNING,
    basis="得分低于分值要写偏差原因",
    after_year=True,
    passes=[
        lambda: _first(score=45, reason="签到表不全，扣5分"),
        lambda: _first(score=50),
        lambda: _first(target="10", actual="40", score=45),
        lambda: _words("达成", 45, reason="个别制度待修订"),
    ],
    fails=[
        lambda: _first(target="72890", sign="＝", unit="元", actual="72890", score=45),
        lambda: _words("达成", 45),
    ],
)
def marks_off_without_reason(indicator: Indicator, submission: Submission) -> Iterator[Problem]:
    """目标完成了，得分却低于分值，没有写原因。

    定性指标选了“达成”而没有给满分的也算。
    """
    _scoring(submission)
    score, weight = scoring.number(indicator.score), scoring.number(indicator.weight)
    if score is None or weight is None or weight - score <= _tolerance(score) or score < 0:
        return
    if has_reason(indicator.reason, indicator.description):
        return
    if qualitative(indicator):
        band = scoring.band_of(indicator.actual, submission.edition)
        met = band is not None and band[1] == 1 and score >= weight * band[0]
    else:
        met = scoring.indicator_score(indicator, submission.edition) == weight
        found = compared(indicator)
        if found is not None and found.far_exceeded(submission.edition.thresholds.over_fulfilment):
            return  # A302 asks for the reason
    if met:
        yield Problem(
            at=indicator.at("score"),
            value=score,
            expected=weight,
            difference=score - weight,
            problem=f"{named(indicator)}已完成，得分{_said(score)}，比分值少{_said(weight - score)}，没有写原因。",
            remedy=f"请写扣分的原因，例如“签到表不全”；不应扣分的，请改为{quantity.plain(weight)}。",
            related=(indicator.at("reason"),) if indicator.has("reason") else (),
        )


@rule(
    "S409",
    "score-far-above-execution",
    Severity.NOTICE,
    basis="预算管理平台预警：（指标得分率－执行率）÷指标得分率超过5%",
    after_year=True,
    passes=[
        lambda: _form(spent=57.3, reason="采购结余"),
        lambda: _form(
            indicator(actual="2", reason="少办1场"), *indicators()[1:], spent=50, reason="尾款未拨"
        ),
    ],
    fails=lambda: _form(spent=50, reason="2个课题尚未验收，尾款未拨"),
)
def score_far_above_execution(project: Project, submission: Submission) -> Iterator[Problem]:
    """指标得分率明显高于预算执行率，财政部门的平台会亮红灯。

    钱花得少而分数很高时，财政会问目标是不是定低了。
    """
    _scoring(submission)
    rows = [row for row in project.indicators if not _part(row)]
    scores = [scoring.score_of(row, submission.edition) for row in rows]
    weights = [scoring.number(row.weight) for row in rows]
    if not rows or None in scores or None in weights:
        raise Unknown
    own = sum((score for score in scores if score is not None), Decimal(0))
    full = sum((weight for weight in weights if weight is not None), Decimal(0))
    rate = rollup.rate(amount(project.funding.spent), amount(project.funding.budget))
    if rate is None or not 0 < own <= full:
        raise Unknown
    share = own / full
    if (share - rate) / share > Decimal("0.05"):
        yield Problem(
            at=_total(project),
            value=rollup.excel_round(share, 4),
            expected=rollup.excel_round(rate, 4),
            problem=f"{project_named(project)}指标得分率{rollup.percent(share)}，执行率{rollup.percent(rate)}，平台会预警。",
            remedy="请核对得分和支出；属实的可以保留，并在偏差原因里写明，例如“采购结余”。",
            related=(project.funding.at("spent"),),
        )


@rule(
    "S410",
    "execution-score-differs",
    Severity.ERROR,
    basis="执行率得分＝分值×执行率，不超过分值",
    after_year=True,
    hides=["F005"],
    passes=[
        lambda: _form(execution=Execution(score="9.55"), spent=57.3, reason="采购结余"),
        lambda: _form(execution=Execution(score=10)),
    ],
    fails=[
        lambda: _form(execution=Execution(score=10), spent=55, reason="采购结余"),
        lambda: _form(execution=Execution(score="9.2"), spent=57.3, reason="采购结余"),
    ],
)
def execution_score_differs(project: Project, submission: Submission) -> Iterator[Problem]:
    """预算执行率的得分与按执行率计算的不同。"""
    _scoring(submission)
    score = scoring.number(project.execution.score)
    weight = scoring.execution_weight(project, submission.edition)
    spent, budget = amount(project.funding.spent), amount(project.funding.budget)
    expected = scoring.execution_score(spent, budget, submission.edition, weight)
    if score is None or expected is None or abs(score - expected) <= _tolerance(score):
        return
    yield Problem(
        at=_in_execution(project, "score", "得分"),
        value=score,
        expected=expected,
        difference=score - expected,
        problem=f"执行率得分写{_said(score)}，按执行率{rollup.percent(rollup.rate(spent, budget) or Decimal(0))}应为{_said(expected)}，{'多' if score > expected else '少'}{_said(abs(score - expected))}。",
        remedy=f"请恢复公式，或改为{quantity.plain(expected)}。",
        related=(project.funding.at("spent"), project.funding.at("budget")),
    )


_HEAVIEST = Decimal(60)


@rule(
    "S411",
    "one-indicator-too-heavy",
    Severity.WARNING,
    basis="真实报表中有一个指标占60至90分的，评审时会被要求细分",
    passes=[lambda: _form(), lambda: _first(weight=60)],
    fails=lambda: _form(indicator(weight=90, level1="产出指标")),
)
def one_indicator_too_heavy(indicator: Indicator) -> Iterator[Problem]:
    """一个指标的分值超过60分。"""
    weight = scoring.number(indicator.weight)
    if weight is not None and weight > _HEAVIEST and not _part(indicator):
        yield Problem(
            at=indicator.at("weight"),
            value=weight,
            expected=_HEAVIEST,
            problem=f"{named(indicator)}一个指标就占{_said(weight)}，超过{_said(_HEAVIEST)}。",
            remedy="请拆成几个指标，例如数量、质量、时效各一个；只有一件事的，在情况说明里写一句。",
        )


_SAMPLE = expression(r"问卷|样本|收回|回收|抽样|抽查|调查|回访|测评|访谈|评议|[0-9０-９]\s*份")


@rule(
    "S412",
    "satisfaction-without-sample",
    Severity.WARNING,
    basis="评审意见：满意度100%而没有样本，不予采信",
    after_year=True,
    passes=[
        lambda: _form(*indicators()[:2], replace(indicators()[2], actual="100%（收回问卷120份）")),
        lambda: _form(*indicators()[:2], replace(indicators()[2], actual="100", reason="回收问卷120份")),
        lambda: submission(project(items=[item(actual="举办培训3场，学员满意度99%")])),
        lambda: submission(project(items=[item(actual="举办培训3场，收回问卷120份，学员满意度100%")])),
    ],
    fails=[
        lambda: _form(*indicators()[:2], replace(indicators()[2], actual="100")),
        lambda: submission(project(items=[item(actual="举办培训3场，学员满意度100%")])),
    ],
)
def satisfaction_without_sample(project: Project) -> Iterator[Problem]:
    """满意度写100%，没有写调查样本。"""
    for row in project.indicators:
        full = "满意" in words(row.level3) and scoring.actual_of(row) == 100
        noted = f"{words(row.actual)}{words(row.reason)}{words(row.description)}{words(row.evidence)}"
        if full and words(row.unit) in {"%", "百分比", ""} and not _SAMPLE.search(noted):
            yield _no_sample(row, "100%")
    for work in project.items:
        text = work.actual
        if not isinstance(text, str) or "满意" not in text or "100" not in text or _SAMPLE.search(text):
            continue
        full = any(
            figure.kind is quantity.FigureKind.rate and figure.value == 100 and "满意" in figure.noun_before
            for figure in figures(text)
        )
        if full and not _SAMPLE.search(words(work.reason)):
            yield _no_sample(work, "100%")


def _no_sample(record: WorkItem | Indicator, said: str) -> Problem:
    return Problem(
        at=record.at("actual"),
        value=said,
        problem=f"{named(record)}的满意度写{said}，没有写调查了多少人。",
        remedy="请注明样本，例如“100%（收回问卷120份）”；未开展调查的，请在偏差原因中说明。",
    )


@rule(
    "S413",
    "unusual-split-of-weights",
    Severity.WARNING,
    basis="财预〔2020〕10号：产出50、效益30、满意度10，预算执行率10",
    passes=[
        lambda: _form(),
        lambda: _first(weight=45),
        lambda: _form(indicator(weight=40), replace(indicators()[1], weight=50), edition="hubei-20-80"),
        lambda: submission(),
    ],
    fails=[
        lambda: _form(indicator(weight=40), replace(indicators()[1], weight=40), indicators()[2]),
    ],
)
def unusual_split(project: Project, submission: Submission) -> Iterator[Problem]:
    """一级指标的分值与表样规定的不同。

    表样没有规定一级指标分值的不检查。有特殊情况的可以保留，请写一句说明。
    """
    splits = [dict(split) for split in _scoring(submission).splits]
    rows = [row for row in project.indicators if not _part(row)]
    if not splits or not rows or any(is_blank(row.level1) for row in rows):
        raise Unknown
    found: dict[str, Decimal] = {}
    for row in rows:
        weight = scoring.number(row.weight)
        if weight is None:
            raise Unknown
        found[words(row.level1)] = found.get(words(row.level1), Decimal(0)) + weight
    if found in splits or sum(found.values()) != sum(splits[0].values()):  # S401 speaks of the sum
        return
    if any(group.required and group.name not in found for group in _scoring(submission).groups):
        return  # R106 speaks
    nearest = min(splits, key=lambda split: (set(split) != set(found), len(split)))
    name = next(name for name in found if found[name] != nearest.get(name))
    first = next(row for row in rows if words(row.level1) == name)
    yield Problem(
        at=first.at("weight"),
        value=found[name],
        expected=nearest.get(name),
        problem=f"{project_named(project)}的分值是{_split(found)}，表样规定{_split(nearest)}。",
        remedy=f"请核对，例如{name}合计改为{_said(nearest.get(name, Decimal(0)))}；情况特殊的，在情况说明里写一句。",
    )


def _split(weights: Mapping[str, Decimal]) -> str:
    return "、".join(
        f"{name.removesuffix('指标')}{quantity.plain(weight)}" for name, weight in weights.items()
    )


def _with_description() -> Edition:
    """The ministry's form with a column for what was done, as the budget platform's import has it."""
    form = submission(edition="ministry-2020").edition
    table = form.table("scoring")
    column = FormField(key="description", name="DESCRIPTION", label="完成情况简要描述")
    return replace(form, tables={**form.tables, "scoring": replace(table, fields=(*table.fields, column))})


def _described(description: str | None) -> Submission:
    row = indicator(
        sign="定性", target="制度健全", unit=None, actual="达成", method="定性", description=description
    )
    return _form(row, *indicators()[1:], edition=_with_description())


@rule(
    "S414",
    "no-description",
    Severity.WARNING,
    basis="预算管理平台：定性指标必须填完成情况描述",
    after_year=True,
    passes=[lambda: _described("修订资金管理办法1项，已印发"), lambda: _words("达成", 50)],
    fails=[lambda: _described(None), lambda: _described("无")],
)
def no_description(indicator: Indicator) -> Iterator[Problem]:
    """定性指标没有写做了什么。

    只在印有“完成情况简要描述”一列的表样里检查。
    """
    asked = qualitative(indicator) and indicator.has("description") and not is_blank(indicator.actual)
    if asked and not has_reason(indicator.description):
        yield Problem(
            at=indicator.at("description"),
            problem=f"{named(indicator)}是定性指标，写“{words(indicator.actual)[:10]}”，没有写做了什么。",
            remedy="请写一两句具体的事，例如“修订资金管理办法1项，已印发”。",
        )
