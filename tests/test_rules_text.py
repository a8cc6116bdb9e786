"""The report's text against the tables: the program's own drafts, the sample, and wording that must not alarm."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests import clean
from xl_perfeval import forms, narrative, reading, rules, sample, template
from xl_perfeval.books.file import FileBook
from xl_perfeval.rules.examples import item, project, submission

if TYPE_CHECKING:
    from pathlib import Path

    from xl_perfeval.findings import Finding
    from xl_perfeval.model import Submission


def filled(given: Submission, folder: Path) -> Submission:
    path = folder / "自评.xlsx"
    path.unlink(missing_ok=True)
    template.build(given, path)
    return reading.read(FileBook.open(path))


def of_text(findings: list[Finding]) -> list[str]:
    return [f"{f.rule} {f.problem}" for f in findings if f.rule[0] == "N"]


@pytest.mark.parametrize("edition", forms.editions())
@pytest.mark.parametrize("seed", range(5))
def test_the_programs_own_drafts_contradict_nothing(seed: int, edition: str, tmp_path: Path) -> None:
    bare = replace(clean.submission(seed, edition), paragraphs=())
    drafted = replace(bare, paragraphs=narrative.compose(bare))
    assert of_text(rules.check(filled(drafted, tmp_path))) == []


def test_drafts_of_the_sample_contradict_nothing(tmp_path: Path) -> None:
    bare = replace(sample.submission(), paragraphs=())
    drafted = replace(bare, paragraphs=narrative.compose(bare))
    assert of_text(rules.check(filled(drafted, tmp_path))) == []


def test_what_is_wrong_with_the_sample(tmp_path: Path) -> None:
    told = {(f.rule, f.severity.value) for f in rules.check(filled(sample.submission(), tmp_path))}
    assert {code for code in told if code[0][0] in "TASN"} == {
        ("T201", "warning"), ("T208", "warning"), ("T210", "warning"), ("T212", "warning"), ("T213", "warning"),
        ("A301", "warning"), ("A302", "warning"), ("A303", "notice"),
        ("N601", "error"), ("N604", "warning"), ("N606", "warning"), ("N607", "warning"), ("N614", "warning"),
        ("N615", "notice"),
    }  # fmt: skip


PLAIN = (
    "科普经费预算60万元，实际支出60万元，执行率100%，全年举办培训3场，学员满意度92%。",
    "培训学员120人，其中女性50人、党员80人；发放资料1000余册，走访企业超过200家。",
    "较2019年同比增长50%，自2018年起每年举办科技活动周，2019年结转课题3个已验收。",
    "98家企业获得省级研发经费奖补达1700万元，争取市级高新技术企业研发补贴资金1002万元。",
    "参加培训的学员合格率96%，比上年提高3个百分点，12345热线工单办结率100%。",
    "下一步将完成平台二期建设，力争下年6月前通过验收。",
    "举办培训3场，其中科普培训2场；完成课题5个，其中重点课题2个、一般课题3个。",
    "根据《中华人民共和国科技进步法》和《科普法》第二十三条的规定，科普经费列入同级财政预算。",
    "执行率低于90%的项目已逐项说明原因，资金支付率达到100%，共完成3项工作，涉及12个乡镇、45个村。",
    "发放补贴400户40万元，户均0.1万元；共培训4期380人次，平均每期95人次。",
    "按照“三重一大”要求，局党组先后召开2次会议研究，2020年12月底前全部支付到位。",
)


@pytest.mark.parametrize("text", PLAIN)
def test_plain_sentences_alarm_nobody(text: str) -> None:
    given = submission(project(items=[item()]), texts={"results": f"科普经费按计划实施。{text}"})
    assert of_text(rules.check(given)) == []


def test_a_sum_is_told_in_the_unit_of_its_parts() -> None:
    text = "全年受理来电6.8万件，其中咨询类4.2万件、投诉类1.5万件、求助类1.2万件。"
    found = rules.check(submission(texts={"management": text}))
    assert of_text(found) == ["N612 “4.2万件、1.5万件、1.2万件”相加是6.9万件，合计写“6.8万件”，相差0.1万件。"]
