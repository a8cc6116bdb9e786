"""Every rule through its own examples, and what all messages have in common."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from xl_perfeval import rules
from xl_perfeval.findings import Severity
from xl_perfeval.model import CellError, Intake, Ref, Shown, Stray
from xl_perfeval.rules import engine
from xl_perfeval.rules.engine import Rule
from xl_perfeval.rules.examples import item, project, submission

CATALOGUE = rules.catalogue()
CHECKED = [rule for rule in CATALOGUE.values() if rule.check]
FORBIDDEN = re.compile(r"非法|无效|错误代码|null|字段|None|Decimal|nan")


def cases(kind: str) -> list[object]:
    return [
        pytest.param(rule, example, id=f"{rule.code}-{place}")
        for rule in CHECKED
        for place, example in enumerate(getattr(rule, kind), start=1)
    ]


@pytest.mark.parametrize(("rule", "example"), cases("passes"))
def test_passing_example(rule: Rule, example: engine.Example) -> None:
    assert [f.problem for f in rules.check(example(), sending=True) if f.rule == rule.code] == []


@pytest.mark.parametrize(("rule", "example"), cases("fails"))
def test_failing_example(rule: Rule, example: engine.Example) -> None:
    found = [f for f in rules.check(example(), sending=True) if f.rule == rule.code]
    assert found
    for finding in found:
        assert finding.problem.endswith("。")
        assert finding.remedy.endswith("。")
        assert not FORBIDDEN.search(finding.problem + finding.remedy), finding
        assert finding.key.startswith(f"{rule.code}|")
        assert finding.at is None or re.fullmatch(r"[A-Z]+[0-9]+", finding.at.cell)


@pytest.mark.parametrize("rule", CHECKED, ids=lambda rule: rule.code)
def test_every_rule_has_both_examples_a_title_and_a_basis(rule: Rule) -> None:
    assert rule.passes
    assert rule.fails
    assert rule.title
    assert rule.basis
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.slug)


def test_the_example_submission_is_clean() -> None:
    assert rules.check(submission(), sending=True) == []


@pytest.mark.parametrize(
    "cells", [{"quantity": "举办培训XX场"}, {"actual": "XX"}, {"quality": "根据实际工作安排，合格率XX"}]
)
def test_a_placeholder_is_reported_once(cells: dict[str, str]) -> None:
    (placeholder,) = (f for f in rules.check(submission(project(items=[item(**cells)]))) if f.rule != "R109")
    assert placeholder.rule == "R105"


def test_a_rate_that_was_typed_over_is_set_beside_a_percentage() -> None:
    shown = Shown("rate", Ref("资金概况", "I6"), "执行率", 0.5)
    clean = submission(project(budget=80, spent=60, items=[item(cost=80)], reason="质保金未到期"))
    wrong = replace(clean, projects=(replace(clean.projects[0], shown=(shown,)),))
    assert [f.problem for f in rules.check(wrong) if f.rule == "F005"] == [
        "“执行率”显示50%，按填报内容应为75%。"
    ]


def test_sums_that_read_an_error_value_are_no_second_finding() -> None:
    broken = CellError("#REF!")
    clean = submission(
        project(items=[item(cost=broken)]),
        intake=Intake(errors=(Stray(at=Ref("项目1", "C8"), value=broken, sheet_id="P1", label="成本目标"),)),
    )
    shown = (Shown("total cost", Ref("项目1", "C12"), "成本目标合计", broken),)
    found = rules.check(replace(clean, projects=(replace(clean.projects[0], shown=shown),)))
    assert [f.rule for f in found if f.severity is Severity.ERROR] == ["F010"]


def test_a_number_outside_the_table_is_quoted_as_it_was_typed() -> None:
    stray = Stray(at=Ref("资金概况", "E20"), value=100.0, sheet_id="FUNDS")
    (found,) = rules.check(submission(intake=Intake(outside=(stray,))))
    assert found.problem == "100写在表格外面，没有计入。"


def test_a_dash_for_no_amount_is_to_be_cleared_not_filled() -> None:
    (found,) = (f for f in rules.check(submission(project(spent_local="—"))) if f.rule == "F007")
    assert found.remedy == "没有金额的，请清空这一格；有的，请只填数字，单位万元。"


def test_a_page_pasted_into_a_name_does_not_fill_the_messages() -> None:
    found = rules.check(
        submission(project(name="科普\n" * 9000, items=[item(name="培训" * 9000, cost=None)]))
    )
    assert found
    for finding in found:
        assert len(finding.problem) < 200
        assert len(finding.row_name or "") < 80
        assert "\n" not in finding.problem + (finding.row_name or "")


def test_issue_catalogue_is_complete() -> None:
    expected = {f"F{n:03}" for n in range(1, 14)}
    expected |= {f"R{n}" for n in range(101, 112)} | {f"M{n}" for n in range(101, 116)}
    expected |= {"C501", "C502", "C503", "C504", "C506", "C507", "T201", "T208", "T213", "N601", "N602"}
    assert expected <= set(CATALOGUE)


def test_one_blank_cell_is_one_finding() -> None:
    found = rules.check(submission(project(items=[item(cost=None), item(cost=20)])))
    assert [(f.rule, f.at.cell if f.at else None) for f in found] == [("R101", "C8")]


def test_keys_survive_inserted_rows() -> None:
    before = rules.check(
        submission(project(items=[item(cost=20), item(name="科普创建", cost=40, benefit=None)]))
    )
    after = rules.check(
        submission(
            project(
                items=[
                    item(cost=20),
                    item(name="科普宣传", cost=0),
                    item(name="科普创建", cost=40, benefit=None),
                ]
            )
        )
    )
    assert [f.key for f in before] == [f.key for f in after]
    assert [f.at for f in before] != [f.at for f in after]


def test_an_edition_may_change_a_severity() -> None:
    from dataclasses import replace

    broken = submission(project(section=None))
    softer = replace(broken, edition=replace(broken.edition, severities={"R108": "notice"}))
    assert [f.severity for f in rules.check(softer)] == [Severity.NOTICE]
