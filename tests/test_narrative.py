"""What the program drafts: figures from the tables, verdicts only where they are certain, causes never.

The golden text of the sample is renewed with `PERFEVAL_WRITE_GOLDEN=1 pytest tests/test_narrative.py`.
"""

from __future__ import annotations

import os
import re
import time
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import clean, varied
from xl_perfeval import forms, narrative, quantity, rollup, sample
from xl_perfeval.model import (
    CellError,
    Funding,
    Goal,
    Indicator,
    Paragraph,
    ParagraphState,
    Project,
    Source,
    Stage,
    Statement,
    Submission,
    Unit,
    WorkItem,
)
from xl_perfeval.narrative import passages

if TYPE_CHECKING:
    from xl_perfeval.model import CellValue

GOLDEN = Path(__file__).parent / "golden" / "narrative-sample.txt"


# --- builders -----------------------------------------------------------------------------------------


def item(actual: CellValue = None, **cells: CellValue) -> WorkItem:
    usual: dict[str, Any] = {
        "name": "科普培训",
        "quantity": "举办培训3场以上",
        "quality": "课程合理",
        "benefit": "反映良好",
    }
    return WorkItem(**(usual | cells), actual=actual)


def project(name: CellValue = "科普经费", *items: WorkItem, **given: Any) -> Project:
    money = {key: given.pop(key) for key in tuple(given) if key in Funding.__dataclass_fields__}
    funding: dict[str, Any] = {"budget": 60, "spent": 60} | money
    usual: dict[str, Any] = {"id": "P1", "purpose": "科普宣传、培训"}
    return Project(name=name, items=items, funding=Funding(**funding), **(usual | given))


def submission(*projects: Project, **given: Any) -> Submission:
    usual: dict[str, Any] = {
        "edition": forms.load("county-matrix"),
        "unit": Unit(name="示例区科学技术局"),
        "year": 2020,
    }
    placed = tuple(replace(each, id=f"P{n}", number=n) for n, each in enumerate(projects, start=1))
    return Submission(projects=placed, **(usual | given))


def drafted(what: Submission, section: str) -> dict[str, str]:
    return {p.id: p.text for p in narrative.draft(what) if p.section == section}


def text(what: Submission, section: str) -> str:
    return "\n".join(drafted(what, section).values())


# --- the sample ---------------------------------------------------------------------------------------


def test_the_sample_reads_as_in_the_golden_text() -> None:
    found = "".join(f"[{p.id}]\n{p.text}\n\n" for p in narrative.draft(sample.submission()))
    if os.environ.get("PERFEVAL_WRITE_GOLDEN"):
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(found, encoding="utf-8")
    assert found == GOLDEN.read_text(encoding="utf-8")


def test_drafting_twice_gives_the_same() -> None:
    assert narrative.draft(sample.submission()) == narrative.draft(sample.submission())


def test_sections_follow_the_outline_and_are_marked_as_drafts() -> None:
    drafts = narrative.draft(sample.submission())
    outline = [heading.id for heading in sample.submission().edition.outline]
    assert list(dict.fromkeys(p.section for p in drafts)) == outline
    assert {p.state for p in drafts} == {ParagraphState.DRAFTED}
    assert all(p.id.startswith(f"{p.section}/") for p in drafts)
    assert len({p.id for p in drafts}) == len(drafts)


# --- overview -----------------------------------------------------------------------------------------


def test_overview_states_totals_local_part_rate_and_balance() -> None:
    assert drafted(sample.submission(), "overview")["overview/1"] == (
        "我单位2020年度纳入绩效自评的项目共4个，指标总额563万元，支出总额547.99万元，预算执行率97.33%，结余15.01万元。"
        "其中区级资金指标563万元，支出547.99万元。"
    )


def test_overview_of_one_project_does_not_repeat_its_rate() -> None:
    assert drafted(submission(project(budget=60, spent=45)), "overview") == {
        "overview/1": "我单位2020年度纳入绩效自评的项目共1个，为科普经费，指标总额60万元，支出总额45万元，"
        "预算执行率75%，结余15万元。"
    }


def test_a_missing_spending_gives_no_rate() -> None:
    said = text(submission(project(), project("老科协经费", budget=10, spent=None)), "overview")
    assert "支出总额60万元。【待补充：老科协经费的支出总额】" in said
    assert "85.71%" not in said
    assert "结余" not in said


def test_no_spending_at_all_is_one_gap() -> None:
    said = text(submission(project(spent=None), project("老科协经费", spent=None)), "overview")
    assert said == "我单位2020年度纳入绩效自评的项目共2个，指标总额120万元。【待补充：各项目的支出总额】"


def test_a_budget_of_zero_has_no_rate() -> None:
    said = text(submission(project(budget=0, spent=0)), "overview")
    assert said.endswith("指标总额0万元，支出总额0万元。")
    assert "%" not in said


def test_an_overrun_is_called_one() -> None:
    said = text(submission(project(budget=60, spent=62)), "overview")
    assert "预算执行率103.33%，超支2万元" in said


def test_a_changed_budget_states_both() -> None:
    changed = submission(project(initial_budget=50))
    assert "年初预算50万元，调整后指标总额60万元" in text(changed, "overview")
    assert text(changed, "other") == (
        "科普经费年初预算50万元，年中调增10万元，调整后指标总额60万元。【待补充：预算调整的原因和依据】"
    )


def test_a_budget_is_called_changed_only_when_all_are_known() -> None:
    unknown = submission(project(initial_budget=50), project("老科协经费", initial_budget=10, budget=None))
    assert "年初预算" not in text(unknown, "overview")


def test_when_everything_is_spent_no_balance_is_stated() -> None:
    said = text(submission(project(), project("老科协经费", budget=10, spent=10)), "overview")
    assert "预算执行率100%，资金已全部支出。" in said


def test_sources_of_money_are_added_up_by_name() -> None:
    rows = [
        (Source(name="当年财政拨款", budget=50, spent=45), Source(name="上年结转资金", budget=10, spent=0)),
        (Source(name="当年财政拨款", budget="20万", spent=20.5), Source(name="其他资金")),
    ]
    several = submission(*(project(f"项目{n}", sources=each) for n, each in zip("甲乙", rows, strict=True)))
    assert drafted(several, "overview")["overview/3"] == (
        "按资金来源分，当年财政拨款预算70万元、支出65.5万元；上年结转资金预算10万元、没有支出。"
    )
    single = submission(project(sources=rows[1]))
    assert drafted(single, "overview")["overview/3"] == "资金来源为当年财政拨款，预算20万元，支出20.5万元。"


def test_rates_of_many_projects_are_told_by_bands() -> None:
    spent = [60] * 12 + [59, 57] + [30] + [63]
    many = submission(*(project(f"第{n}号经费", spent=each) for n, each in enumerate(spent, start=1)))
    assert drafted(many, "overview")["overview/2"] == (
        "预算执行率100%的有第1号经费、第2号经费、第3号经费、第4号经费、第5号经费、第6号经费、第7号经费、第8号经费等12个项目。"
        "预算未用完、执行率不低于90%的有第13号经费、第14号经费。"
        "执行率低于90%的有第15号经费（50%）。支出超过预算的有第16号经费（105%）。"
    )


def test_declaring_targets_says_nothing_of_spending() -> None:
    declared = submission(project("科普经费", item()), stage=Stage.TARGETS)
    assert text(declared, "overview") == "我单位2020年度申报绩效目标的项目共1个，为科普经费，指标总额60万元。"
    assert {p.section for p in narrative.draft(declared)} == {
        "overview",
        "targets",
        "management",
        "suggestions",
        "other",
    }


def test_a_running_year_has_money_unspent_and_no_balance() -> None:
    running = submission(project(spent=30), stage=Stage.MONITORING)
    assert "未支出30万元" in text(running, "overview")
    assert "结余" not in "".join(p.text for p in narrative.draft(running))


def test_blank_rows_do_not_count_and_unnamed_ones_are_told_by_place() -> None:
    rows = submission(Project(funding=Funding()), project(None), project("老科协经费"))
    assert "项目共2个" in text(rows, "overview")
    assert "第2个项目（未填名称）" in text(rows, "results")


def test_no_projects_leave_a_gap() -> None:
    assert text(submission(), "overview").startswith("【待补充：")
    assert narrative.draft(submission())


# --- targets, management, evaluation ------------------------------------------------------------------


def test_targets_are_counted() -> None:
    said = text(sample.submission(), "targets")
    assert "4个项目共细化为14项工作" in said
    assert "科技工作经费5项、科普经费5项、老科协经费3项、2020年区级科技计划项目立项扶持资金1项" in said


def test_a_project_without_targets_leaves_a_gap() -> None:
    assert text(submission(project()), "targets") == "【待补充：科普经费的绩效目标】"


def test_management_says_who_leads_and_what_for() -> None:
    said = drafted(sample.submission(), "management")
    assert said["management/1"] == (
        "科技工作经费、2020年区级科技计划项目立项扶持资金由产业发展科牵头，科普经费、老科协经费由科普工作科牵头。"
    )
    assert "2020年区级科技计划项目立项扶持资金主要用于区级立项项目补助。" in said["management/2"]
    assert said["management/3"] == "【待补充：资金管理制度和审批程序】"


def test_what_was_paid_for_each_item_is_listed() -> None:
    paid = [item(spent="20万"), item(name="2020年科普讲座2", spent=9.5), item(name="其他")]
    assert drafted(submission(project("科普经费", *paid)), "management")["management/4"] == (
        "科普经费的支出按工作内容分：科普培训20万元，2020年科普讲座2为9.5万元。"
    )


def test_without_section_names_nobody_is_said_to_lead() -> None:
    said = drafted(submission(project()), "management")
    assert "management/1" not in said
    assert said["management/2"] == "科普经费主要用于科普宣传、培训。"


def test_a_purpose_that_already_says_what_for_is_not_doubled() -> None:
    said = text(submission(project(purpose="主要用于科普宣传。")), "management")
    assert "科普经费主要用于科普宣传。" in said


def test_a_purpose_that_names_money_is_what_the_money_is() -> None:
    assert "科普经费为协会活动经费。" in text(submission(project(purpose="协会活动经费")), "management")


def test_evaluation_states_what_was_covered() -> None:
    said = drafted(sample.submission(), "evaluation")
    assert said["evaluation/1"] == "本次绩效自评涉及4个项目、14项工作，指标总额563万元。"
    assert said["evaluation/3"] == "对照年初目标逐项核对，14项工作中已填报实际完成情况的有2项。"
    assert said["evaluation/2"] == "【待补充：评价组织和方法】"


# --- results ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "actual", "said"),
    [
        ("举办培训3场以上", "举办培训4期", "举办培训4期（目标3场以上，已超过）"),
        ("举办培训3场以上", "举办培训3场", "举办培训3场（目标3场以上，已达到）"),
        ("举办培训3场以上", "举办培训2场", "举办培训2场（目标3场以上，未达到）"),
        (
            "发放宣传资料10000份以上",
            "发放宣传资料1000余册",
            "发放宣传资料1000余册（目标10000份以上，未达到）",
        ),
        (
            "发放宣传资料1000份以上",
            "发放宣传资料1000余份",
            "发放宣传资料1000余份（目标1000份以上，已达到）",
        ),
    ],
)
def test_an_actual_is_set_beside_the_target_it_fits(target: str, actual: str, said: str) -> None:
    assert f"科普培训：{said}。" in text(
        submission(project("科普经费", item(actual, quantity=target))), "results"
    )


@pytest.mark.parametrize(
    ("target", "actual"),
    [
        ("举办培训3场以上", "完成"),
        ("举办培训3场以上", "参训200人次"),
        ("举办培训3场以上", "预计举办培训4场"),
        ("举办讲座3场以上，举办竞赛2场以上", "共举办4场"),
        ("举办培训3场以上", "举办讲座2场，举办竞赛1场"),
        ("根据实际工作安排", "举办培训4场"),
        ("发放宣传资料1000份以上", "发放宣传资料900余份"),
    ],
)
def test_an_actual_that_fits_no_target_for_certain_is_only_stated(target: str, actual: str) -> None:
    said = text(submission(project("科普经费", item(actual, quantity=target))), "results")
    assert f"科普培训：{actual}。" in said
    assert "（目标" not in said


def test_a_project_without_results_leaves_one_gap() -> None:
    said = drafted(sample.submission(), "results")
    assert said["results/P2"] == (
        "科普经费共安排5项工作，支出59.99万元，执行率99.98%。【待补充：科普经费的实际完成情况】"
    )


def test_rows_without_results_are_named() -> None:
    said = drafted(sample.submission(), "results")["results/P1"]
    assert said.endswith("【待补充：计划项目评审、科技主题活动、其他的实际完成情况】")


def test_the_conclusion_counts_what_could_be_compared() -> None:
    rows = [item("举办培训4场"), item("举办培训2场", name="科普讲座")]
    said = drafted(submission(project("科普经费", *rows)), "results")["results/1"]
    assert said == (
        "2020年度科普经费支出60万元，预算执行率100%。可以与实际完成情况直接对照的量化目标有2个，"
        "其中达到或超过的1个，未达到的1个。"
    )


@pytest.mark.parametrize(
    ("actuals", "said"),
    [
        (["举办培训3场"], "有1个，已达到。"),
        (["举办培训4场"], "有1个，已超过目标值。"),
        (["举办培训2场"], "有1个，未达到。"),
        (["举办培训3场", "举办培训3场"], "有2个，均已达到。"),
        (["举办培训3场", "举办培训4场"], "有2个，均已达到，其中超过目标值的1个。"),
        (["举办培训2场", "举办培训1场"], "有2个，均未达到。"),
    ],
)
def test_the_conclusion_fits_when_all_or_none_are_reached(actuals: list[str], said: str) -> None:
    found = drafted(submission(project("科普经费", *map(item, actuals))), "results")["results/1"]
    assert found.endswith(f"可以与实际完成情况直接对照的量化目标{said}")


@pytest.mark.parametrize(
    ("actual", "said"),
    [
        ("举办讲座2场、宣传活动3场", "举办讲座2场、宣传活动3场（目标5场次，已达到）"),
        ("举办讲座2场，科普宣传4场", "举办讲座2场，科普宣传4场（目标5场次，已超过）"),
        ("举办讲座1场、竞赛1场", "举办讲座1场、竞赛1场（目标5场次，未达到）"),
        ("举办讲座2场、慰问3场", "举办讲座2场、慰问3场"),
    ],
)
def test_a_target_that_counts_several_things_together_is_compared_with_their_sum(
    actual: str, said: str
) -> None:
    listed = item(actual, quantity="举办5场次科普宣传、讲座、科技竞赛等活动")
    assert f"科普培训：{said}。" in text(submission(project("科普经费", listed)), "results")


def test_what_other_results_may_make_up_is_not_called_missed() -> None:
    general = item("开展文艺活动3场，座谈2场", quantity="组织活动5场")
    said = submission(project("科普经费", general))
    assert "（目标" not in text(said, "results")
    assert "未达到" not in text(said, "problems")


def test_a_running_year_has_targets_not_reached_yet() -> None:
    running = submission(project("科普经费", item("举办培训2场"), spent=0), stage=Stage.MONITORING)
    assert "（目标3场以上，尚未达到）" in text(running, "results")
    assert text(running, "problems") == "科普经费预算60万元，尚未支出。【待补充：未支出原因及下一步措施】"
    told = submission(project("科普经费", item("举办培训2场", reason="场馆检修")), stage=Stage.MONITORING)
    assert "完成率66.67%，尚未达到目标。原因：场馆检修。" in text(told, "problems")


SCORED = (
    Indicator(level1="产出指标", level3="举办培训场次", sign="≥", target="3", unit="场", actual="4", weight=20),
    Indicator(
        level1="产出指标", level3="投诉件数", sign="≤", target="2", unit="件", actual="3", weight=30, reason="两件为重复投诉"
    ),
    Indicator(
        level1="效益指标", level3="机制健全性", sign="定性", target="健全“一站式”机制", actual="部分达成", weight=30, score=20
    ),
    Indicator(level1="满意度指标", level3="学员满意度", sign="≥", target="90", unit="%", actual="88.5", weight=10),
)  # fmt: skip


def scored(*rows: Indicator, edition: str = "ministry-2020", **given: Any) -> Submission:
    one = project(indicators=rows, goal=Goal(expected="培训4场", achieved="全部培训如期完成"), **given)
    return submission(one, edition=forms.load(edition))


def test_scored_rows_are_compared_one_by_one() -> None:
    unscored = [replace(row, weight=None, score=None) for row in SCORED]
    said = drafted(scored(*unscored, edition="hunan-county"), "results")
    assert said["results/1"] == (
        "2020年度科普经费支出60万元，预算执行率100%。可以与实际完成情况直接对照的量化目标有3个，"
        "其中达到或超过的1个，未达到的2个。"
    )
    assert said["results/P1"] == (
        "年度总体目标完成情况：全部培训如期完成。"
        "举办培训场次目标不少于3场，实际4场，已超过目标；投诉件数目标不超过2件，实际3件，未达到目标；"
        "机制健全性要求“健全‘一站式’机制”，自评“部分达成”；学员满意度目标不低于90%，实际88.5%，未达到目标。"
    )


def test_the_unit_stands_behind_a_figure_that_carries_a_note() -> None:
    noted = replace(SCORED[3], actual="94.6（抽样120户）", weight=None)
    said = drafted(scored(noted, edition="hunan-county"), "results")
    assert "学员满意度目标不低于90%，实际94.6%（抽样120户），已超过目标。" in said["results/P1"]


def test_the_ministry_s_report_analyses_outputs_and_effects() -> None:
    what = scored(*SCORED)
    assert drafted(what, "results") == {
        "results/1": "2020年度科普经费支出60万元，预算执行率100%。可以与实际完成情况直接对照的量化目标有3个，"
        "其中达到或超过的1个，未达到的2个。自评得分为：科普经费74.83分（中，预算执行率得10分）。"
    }
    assert drafted(what, "decision") == {
        "decision/1": "绩效目标方面，设定量指标3个、定性指标1个。",
        "decision/2": "【待补充：立项依据、立项程序和预算编制依据】",
    }
    assert drafted(what, "outputs") == {
        "outputs/P1": "年度总体目标完成情况：全部培训如期完成。产出指标共2个，得35分（满分50分）。"
        "举办培训场次目标不少于3场，实际4场，已超过目标，得20分；投诉件数目标不超过2件，实际3件，未达到目标，得15分。"
    }
    assert drafted(what, "effects") == {
        "effects/P1": "科普经费效益指标1个，得20分（满分30分）。机制健全性要求“健全‘一站式’机制”，自评“部分达成”。"
        "满意度指标1个，得9.83分（满分10分）。学员满意度目标不低于90%，实际88.5%，未达到目标。"
    }
    assert drafted(what, "problems") == {
        "problems/2": "【待补充：主要经验及做法】",
        "problems/P1": "科普经费的绩效指标“投诉件数”，目标不超过2件，实际3件，未达到目标。原因：两件为重复投诉。"
        "绩效指标“学员满意度”，目标不低于90%，实际88.5%，低1.5个百分点，未达到目标。【待补充：未达到目标的原因及改进措施】"
        "绩效指标“机制健全性”，自评“部分达成”。【待补充：未全部达成的原因及改进措施】",
    }
    assert drafted(what, "evaluation")["evaluation/4"] == (
        "评分满分100分，其中预算执行率10分、产出指标50分、效益指标30分、满意度指标10分。"
    )


def test_scores_that_were_typed_come_before_computed_ones() -> None:
    typed = scored(*SCORED, total_score=95, grade="优")
    assert "自评得分为：科普经费95分（优，" in drafted(typed, "results")["results/1"]


def test_a_row_without_its_score_leaves_a_gap_instead_of_a_total() -> None:
    waiting = scored(*(replace(row, score=None) for row in SCORED))
    assert drafted(waiting, "results")["results/1"].endswith("未达到的2个。【待补充：科普经费的自评得分】")


def test_scores_of_many_projects_are_told_by_range_and_grade() -> None:
    projects = [
        project(f"第{n}号经费", indicators=SCORED, total_score=score, grade=grade)
        for n, (score, grade) in enumerate([(95, "优")] * 9 + [(88.5, "良"), (59, "差")], start=1)
    ]
    said = drafted(submission(*projects, edition=forms.load("ministry-2020")), "results")["results/1"]
    assert said.endswith(
        "11个项目自评得分最低59分（第11号经费），最高95分（第9号经费），等级为优的9个、良的1个、差的1个。"
    )


def test_texts_typed_on_the_form_go_into_their_sections() -> None:
    texts = {"process": "分三批实施。", "conclusion": "达到预期", "problems": "无", "measures": "提前招标"}
    what = scored(
        *SCORED,
        edition="sichuan",
        statements=tuple(Statement(key=key, text=text) for key, text in texts.items()),
    )
    assert drafted(what, "overview")["overview/6"] == "科普经费的实施内容及过程：分三批实施。"
    assert drafted(what, "results")["results/P1"] == "科普经费的评价结论：达到预期。"
    assert drafted(what, "problems")["problems/P1"].endswith("】科普经费的改进措施：提前招标。")


@pytest.mark.parametrize("edition", forms.editions())
def test_there_are_never_more_drafts_than_the_sheet_has_rows_for(edition: str) -> None:
    for seed in range(20):
        what = varied.submission(seed, edition)
        drafts = [p for p in narrative.draft(what) if "#" not in p.id]
        assert len(drafts) <= passages.most(what.edition, len(what.projects))


@pytest.mark.parametrize("edition", forms.editions())
def test_every_section_of_every_outline_is_drafted(edition: str) -> None:
    sections = [p.section for p in narrative.draft(clean.submission(1, edition))]
    assert list(dict.fromkeys(sections)) == [heading.id for heading in forms.load(edition).outline]


# --- problems, suggestions, other ---------------------------------------------------------------------


def test_problems_name_project_balance_and_rate() -> None:
    said = drafted(sample.submission(), "problems")
    assert said["problems/P4"] == (
        "2020年区级科技计划项目立项扶持资金预算420万元，支出405万元，执行率96.43%，结余15万元。"
        "【待补充：结余原因及改进措施】"
    )
    assert said["problems/P2"] == "科普经费预算60万元，支出59.99万元，执行率99.98%，结余0.01万元。"
    assert "problems/P3" not in said


def test_a_reason_typed_in_the_row_is_passed_on() -> None:
    said = text(submission(project(spent=50, reason="2个课题尚未验收，尾款未拨。")), "problems")
    assert said.endswith("执行率83.33%，结余10万元。原因：2个课题尚未验收，尾款未拨。")


@pytest.mark.parametrize("reason", ["无", "—", "/", "  "])
def test_a_reason_that_says_nothing_counts_as_none(reason: str) -> None:
    assert text(submission(project(spent=50, reason=reason)), "problems").endswith(
        "【待补充：结余原因及改进措施】"
    )


def test_missed_and_far_exceeded_targets_are_problems() -> None:
    said = drafted(sample.submission(), "problems")["problems/P1"]
    assert "“业务培训和政策宣传”中，政策宣传资料目标10000份以上，实际1000余册，未达到目标。" in said
    assert "“业务培训和政策宣传”中，业务培训目标6场以上，实际10期，完成率166.67%，超出目标较多。" in said


def test_a_small_excess_is_no_problem() -> None:
    said = text(submission(project("科普经费", item("举办培训4场"))), "problems")
    assert said == "科普经费已全部支出。【待补充：存在的问题，没有的写“无”】"


def test_when_everything_is_spent_only_that_is_said() -> None:
    said = text(submission(project(), project("老科协经费", budget=10, spent=10)), "problems")
    assert said == "本年度各项目资金均已支出。【待补充：存在的问题，没有的写“无”】"


def test_ids_of_projects_never_meet_those_of_topics() -> None:
    twins = submission(project("甲"), project("乙"), project("丙"))
    odd = replace(twins, projects=tuple(replace(p, id=i) for p, i in zip(twins.projects, "1/1", strict=True)))
    ids = [p.id for p in narrative.draft(odd)]
    assert len(set(ids)) == len(ids)
    assert "results/1" in ids


def test_a_long_paragraph_goes_on_in_the_next() -> None:
    wordy = item("举办培训4场。" + "讲解科学种植知识，" * 400)
    parts = drafted(submission(project("科普经费", wordy)), "results")
    assert [key for key in parts if key.startswith("results/P1")] == ["results/P1", "results/P1#2"]
    assert "".join(parts.values()).count("讲解科学种植知识") == 400


def test_money_that_is_not_filled_in_is_not_called_spent() -> None:
    assert text(submission(project(spent=None)), "problems") == "【待补充：存在的问题，没有的写“无”】"


def test_notes_beside_amounts_are_passed_on() -> None:
    assert text(sample.submission(), "other") == (
        "2020年区级科技计划项目立项扶持资金指标总额420万元（在公共预算中安排，未计入部门专项）。"
    )
    noted = submission(project(note="与上年结转合并使用"), remark="本表不含公用经费。")
    assert text(noted, "other") == "科普经费：与上年结转合并使用。\n本表不含公用经费。"
    assert text(submission(project()), "other") == "【待补充：其他需要说明的问题，没有的写“无”】"


# --- what the report prints ---------------------------------------------------------------------------


def test_what_people_wrote_replaces_the_drafts_of_its_section() -> None:
    own = Paragraph(section="problems", text="部分培训排在年末。", state=ParagraphState.LOCKED)
    stray = Paragraph(section="appendix", text="附表另送。")
    what = submission(project(), paragraphs=(stray, own, Paragraph(section="other", text=" ")))
    composed = narrative.compose(what)
    assert [p for p in composed if p.section == "problems"] == [own]
    assert composed[-1] == stray
    assert [p.text for p in composed if p.section == "other"] == [
        "【待补充：其他需要说明的问题，没有的写“无”】"
    ]
    assert [p.section for p in composed[:-1]] == sorted(
        (p.section for p in composed[:-1]), key=[heading.id for heading in what.edition.outline].index
    )


# --- whatever stands in the cells ---------------------------------------------------------------------

CELLS = st.one_of(
    st.none(),
    st.text(max_size=30),
    st.text("0123456789.万元亿场次份以上≥-（）1、。，\n\t ", max_size=20),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.just(CellError("#DIV/0!")),
    st.sampled_from(
        ["20万", "420（说明）", "6场以上", "举办培训10期", "1000余册", "【待补充：】", "无", "字" * 3000]
    ),
)
ITEMS = st.builds(
    WorkItem, name=CELLS, cost=CELLS, quantity=CELLS, quality=CELLS, benefit=CELLS, actual=CELLS, reason=CELLS
)
ROWS = st.builds(Indicator, level3=CELLS, sign=CELLS, target=CELLS, unit=CELLS, actual=CELLS, reason=CELLS)
PROJECTS = st.builds(
    Project,
    id=st.text(max_size=3),
    name=CELLS,
    purpose=CELLS,
    section=CELLS,
    note=CELLS,
    funding=st.builds(
        Funding,
        initial_budget=CELLS,
        budget=CELLS,
        budget_local=CELLS,
        spent=CELLS,
        spent_local=CELLS,
        reason=CELLS,
    ),
    goal=st.builds(Goal, achieved=CELLS),
    items=st.lists(ITEMS, max_size=3).map(tuple),
    indicators=st.lists(ROWS, max_size=3).map(tuple),
    total_score=CELLS,
    grade=CELLS,
)
SUBMISSIONS = st.builds(
    Submission,
    edition=st.sampled_from(forms.editions()).map(forms.load),
    unit=st.builds(Unit, name=CELLS),
    year=st.just(2020),
    stage=st.sampled_from(Stage),
    projects=st.lists(PROJECTS, max_size=4).map(tuple),
    remark=CELLS,
)


@given(SUBMISSIONS)
def test_drafting_never_fails_and_gives_clean_paragraphs(what: Submission) -> None:
    drafts = narrative.draft(what)
    assert drafts
    assert len({p.id for p in drafts}) == len(drafts)
    for paragraph in drafts:
        assert 0 < len(paragraph.text) <= 2000
        assert not [
            c for c in paragraph.text + paragraph.id if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"}
        ]
    assert narrative.compose(what) == drafts


@given(
    st.lists(
        st.tuples(
            st.integers(0, 10**9).map(lambda yuan: yuan / 10_000),
            st.integers(0, 10**9).map(lambda yuan: yuan / 10_000),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_figures_of_the_overview_are_those_of_rollup(amounts: list[tuple[float, float]]) -> None:
    what = submission(
        *(project(f"项目{'甲乙丙丁戊己'[n]}", budget=b, spent=s) for n, (b, s) in enumerate(amounts))
    )
    budget, spent = rollup.total_of(what.projects, "budget"), rollup.total_of(what.projects, "spent")
    said = drafted(what, "overview")["overview/1"]
    left = budget - spent
    expected = [quantity.plain(budget), quantity.plain(spent)]
    if any(b != s for b, s in amounts):
        expected.append(quantity.plain(abs(left)))
    assert re.findall(r"([0-9.]+)万元", said) == expected
    rate = rollup.rate(spent, budget)
    assert re.findall(r"[0-9.]+%", said) == ([rollup.percent(rate)] if rate is not None else [])


def test_forty_projects_take_milliseconds() -> None:
    rows = [replace(each, name=f"工作{n}", actual="举办培训10期") for n, each in enumerate([item()] * 10)]
    many = submission(*(project(f"第{n}号项目经费", *rows, spent=50) for n in range(40)))
    narrative.draft(many)
    started = time.process_time()
    narrative.draft(many)
    assert time.process_time() - started < 0.5
