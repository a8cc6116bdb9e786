"""Targets and results in real wording: what must not alarm, and the cases that a rule tells apart."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from xl_perfeval import rules
from xl_perfeval.findings import Finding, Severity
from xl_perfeval.model import Stage, Submission
from xl_perfeval.rules.examples import indicator, indicators, item, platform_edition, project, submission


def found(checked: Submission, code: str) -> list[Finding]:
    return [finding for finding in rules.check(checked) if finding.rule == code]


def row(**cells: Any) -> Submission:
    return submission(project(items=[item(**cells)]))


def scored(edition: Any = "ministry-2020", **cells: Any) -> Submission:
    return submission(project(indicators=[indicator(**cells), *indicators()[1:]]), edition=edition)


@pytest.mark.parametrize(
    "quantity",
    [
        "组织4场次科技宣传、讲座、青少年科普等活动，印制宣传材料5000份以上",
        "委托1-2家服务机构开展研发经费统计、技术合同登记等服务工作",
        "采购4块以上科普屏媒，指导1个单位开展科普e站建设",
        "订阅自我保健类杂志100份，多篇建言献策调研报告和论文等。",
        "举办6次科普活动：1.开展全国科技周活动。2.开展全国科普日活动。3.创“百岁健康村”活动。4.基层老科协组织建设。"
        "5.科技精英活动。6.农村致富能人活动。",
        "一座,占地300平方米",
        "不低于250个工作日",
        "采购1250KVA变压器3台",
        "铺设管道1300m(规格:0.6*0.6)",
        "0-6岁儿童健康管理120人",
        "企业所得税减按15%征收，惠及企业30家",
        "办理12345热线工单300件",
        "完成2019-2021年三年行动年度任务3项",
    ],
)
def test_real_quantity_targets_alarm_nobody(quantity: str) -> None:
    assert [f for f in rules.check(row(quantity=quantity, actual="已按计划举办")) if f.rule[0] == "T"] == []


@pytest.mark.parametrize(
    ("sign", "target", "unit", "name", "actual"),
    [
        ("≥", "735", "人次", "培训人次", "735"),
        ("≥", "59", "人次", "培训人次", "70人次"),
        ("≥", "570", "元/人*月", "护林员补助标准", "570"),
        ("≤", "5300", "元/户", "户均改造成本", "5300元/户"),
        ("＝", "320", "万亩", "播种面积", "320"),
        ("≥", "1346.0088", "万平方米", "保洁面积", "1346.0088"),
        ("≥", "100", "%", "发放准确率", "100.00%"),
        ("＝", "0", "起", "安全事件数", "0"),
        ("≤", "0.064", "次/10万公顷", "火灾发生率", "0.064次/10万公顷"),
        ("≥", "15", "年", "设施使用年限", "15年"),
        ("≤", "30", "分钟", "响应时间", "25分钟"),
        ("≥", "14.7", "km", "道路长度", "14.7km"),
    ],
)
def test_real_scored_rows_alarm_nobody(sign: str, target: str, unit: str, name: str, actual: str) -> None:
    alarms = [f for f in rules.check(scored(sign=sign, target=target, unit=unit, level3=name, actual=actual))
              if f.rule[0] in "TA"]  # fmt: skip
    assert alarms == []


def test_severity_of_a_missed_target_depends_on_the_form() -> None:
    assert found(scored(actual="2"), "A301")[0].severity is Severity.ERROR
    (soft,) = found(row(quantity="编印资料10000份以上", actual="编印资料1000余册"), "A301")
    assert soft.severity is Severity.WARNING
    assert "可能" in soft.problem


def test_what_the_year_did_not_bring_is_not_asked_before_its_end() -> None:
    missed = scored(actual="2")
    from dataclasses import replace

    assert found(replace(missed, stage=Stage.MONITORING), "A301") == []


def test_duplicate_names_are_errors_only_for_the_platform() -> None:
    rows = [*indicators(), indicator(weight=None)]
    assert (
        found(submission(project(indicators=rows), edition="ministry-2020"), "T214")[0].severity
        is Severity.WARNING
    )
    assert (
        found(submission(project(indicators=rows), edition=platform_edition()), "T214")[0].severity
        is Severity.ERROR
    )


@pytest.mark.parametrize(
    ("schedule", "severity"),
    [
        ("9-6月", Severity.ERROR),
        ("2019年1月-2019年12月", Severity.WARNING),
        ("2020年7月-2021年1月", Severity.WARNING),
        ("2020年7月-2021年1月（跨年）", Severity.NOTICE),
    ],
)
def test_periods(schedule: str, severity: Severity) -> None:
    assert [f.severity for f in found(row(schedule=schedule), "T211")] == [severity]


def test_a_damaged_cell_is_told_once() -> None:
    codes = [f.rule for f in rules.check(scored(level3="合格率", target="290%", unit="%", sign=None))]
    assert codes.count("T202") == 1
    assert not {"T201", "T204", "T205", "T206"} & set(codes)


def test_scores_are_compared_with_the_formula_to_half_a_printed_digit() -> None:
    def typed(score: object) -> list[Finding]:
        return found(scored(actual="2", score=score, reason="少办1场"), "S403")

    assert typed("33.3") == typed(33) == typed("33.33") == []
    assert typed("33.2")[0].expected == Decimal("33.33")
    assert typed(34)[0].difference == Decimal("0.67")


def test_a_shortfall_of_money_is_told_in_the_unit_of_the_row() -> None:
    dear = scored(level2="成本指标", level3="亩均投资", sign="≤", target="1500", unit="元", actual="1600")
    (missed,) = found(dear, "A301")
    assert "实际1600元，多100元，没有写原因" in missed.problem


@pytest.mark.parametrize("actual", [0.985, "0.985"])
@pytest.mark.parametrize("score", [None, 50])
def test_a_share_stored_as_a_fraction_is_doubted_not_missed(actual: Any, score: Any) -> None:
    cells = {"level2": "质量指标", "level3": "培训合格率", "target": "95", "unit": "%"}
    stored = scored(**cells, actual=actual, score=score)
    assert [f.rule for f in rules.check(stored)] == ["T202"]
