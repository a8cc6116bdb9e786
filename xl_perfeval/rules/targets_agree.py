"""T: do the targets agree with each other, with their column and with the year?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from xl_perfeval import quantity
from xl_perfeval.findings import Severity
from xl_perfeval.model import CellValue, Indicator, Place, Project, Submission, WorkItem
from xl_perfeval.rules.engine import Problem, Unknown, is_blank, named, project_named, rule
from xl_perfeval.rules.examples import indicator, indicators, item, platform_edition, project, submission
from xl_perfeval.rules.readings import TARGETS, parts, target_of, targets_of, words
from xl_perfeval.rules.sentences import figures, short


@rule(
    "T208",
    "name-and-target-differ",
    Severity.WARNING,
    basis="项目内容与数量目标应一致",
    passes=[
        lambda: submission(
            project(items=[item(name="举办2场科普活动", quantity="举办2场次科普活动，覆盖500人以上")])
        ),
        lambda: submission(project(items=[item(name="指标1", quantity="举办培训3场")])),
        lambda: submission(project(items=[item(name="0-6岁儿童健康管理", quantity="管理6次")])),
        lambda: submission(project(items=[item(name="采购2台显示屏", quantity="举办展览6场")])),
    ],
    fails=[
        lambda: submission(project(items=[item(name="举办2场科普活动", quantity="举办6次科普活动")])),
        lambda: submission(project(items=[item(name="建设3个示范点", quantity="建设示范点5个")])),
    ],
)
def name_and_target_differ(item: WorkItem) -> Iterator[Problem]:
    """项目内容里的数字与数量目标里的数字不一致。

    只比较同一件事、同一类单位的数字；编号、日期、年龄、型号不算。
    """
    if is_blank(item.name) or is_blank(item.quantity):
        raise Unknown
    targets = [f for f in figures(str(item.quantity)) if f.kind is quantity.FigureKind.count]
    for said in figures(item.called or ""):
        if said.kind is not quantity.FigureKind.count:
            continue
        same = [f for f in targets if _same_thing(said, f)]
        if same and all(f.value != said.value for f in same):
            other = same[0]
            yield Problem(
                at=item.at("quantity"),
                value=f"{quantity.plain(other.value)}{other.unit}",
                expected=f"{quantity.plain(said.value)}{said.unit}",
                difference=other.value - said.value,
                problem=f"项目内容写“{quantity.plain(said.value)}{said.unit}”，{item.label('quantity')}写“{quantity.plain(other.value)}{other.unit}”，两处不一致。",
                remedy="请改成一致；口径不同的，在情况说明里写一句。",
                related=(item.at("name"),),
            )


def _same_thing(a: quantity.Figure, b: quantity.Figure) -> bool:
    if quantity.comparable(a.unit, b.unit) not in {quantity.Comparison.same, quantity.Comparison.group}:
        return False
    nouns_a = [noun for noun in (a.noun_after, a.noun_before) if len(noun) >= 2]
    nouns_b = [noun for noun in (b.noun_after, b.noun_before) if len(noun) >= 2]
    return any(x in y or y in x for x in nouns_a for y in nouns_b)


_FOUNDED = (
    (re.compile(r"新中国|中华人民共和国|建国|国庆"), 1949),
    (re.compile(r"建党|中国共产党|党的?生日"), 1921),
    (re.compile(r"建军|解放军"), 1927),
    (re.compile(r"改革开放"), 1978),
    (re.compile(r"抗(?:日战争|战)(?:暨世界反法西斯战争)?胜利"), 1945),
    (re.compile(r"五四运动"), 1919),
    (re.compile(r"长征胜利"), 1936),
    (re.compile(r"抗美援朝"), 1950),
)
_ANNIVERSARY = re.compile(r"(\d{1,3})\s*周年")
_STALE_YEAR = re.compile(
    r"(?<![\d〔\[（(—~～至-])(20\d\d)\s*年(?!\s*[-—~～至]|度?结转|以来|[起始]|开始|立项|启动|签订|批准|印发)"
)
_REFERENCE = re.compile(r"(?:较|比|同比|上年|结转|自|从|始于|对比|与)[^，。；]{0,4}$")


@rule(
    "T213",
    "stale-year",
    Severity.WARNING,
    basis="目标应是本年度的",
    passes=[
        lambda: submission(project(items=[item(quantity="组织新中国成立71周年征文1次")])),
        lambda: submission(project(items=[item(quality="较2019年增长10%")])),
        lambda: submission(project(items=[item(quality="落实《2019年科普工作要点》")])),
        lambda: submission(project(items=[item(quantity="完成2019-2021年三年行动年度任务3项")])),
    ],
    fails=[
        lambda: submission(project(items=[item(quantity="组织新中国成立70周年征文1次")])),
        lambda: submission(project(items=[item(quantity="完成2019年课题3项")])),
        lambda: submission(
            project(indicators=[indicator(level3="建党100周年活动场次"), *indicators()[1:]]),
            edition="ministry-2020",
        ),
    ],
)
def stale_year(submission: Submission) -> Iterator[Problem]:
    """目标里的年份或周年不是本年度的。

    多半是沿用了上年的文字。项目名称、文件名称和文号里的年份，以及“较、比、同比、上年、结转”后面的年份不算。
    """
    if not submission.year:
        raise Unknown
    for project in submission.projects:
        records: list[tuple[WorkItem | Indicator, tuple[str, ...]]] = [
            (item, ("name", *TARGETS)) for item in project.items
        ]
        records += [(each, ("level3", "target")) for each in project.indicators]
        for record, keys in records:
            for key in keys:
                value = getattr(record, key)
                found = _stale(value, submission.year) if isinstance(value, str) else None
                if found:
                    said, meant = found
                    yield Problem(
                        at=record.at(key),
                        value=said,
                        expected=submission.year,
                        problem=f"{named(record)}写“{said}”，{meant}，不是{submission.year}年。",
                        remedy="请核对是不是沿用了上年的文字；确属本年任务的，在情况说明里写一句。",
                    )


def _stale(text: str, year: int) -> tuple[str, str] | None:
    for match in _ANNIVERSARY.finditer(text):
        before = text[max(0, match.start() - 12) : match.start()]
        events = [
            (found.end(), founded)
            for pattern, founded in _FOUNDED
            for found in [pattern.search(before)]
            if found
        ]
        if events:
            marked = max(events)[1] + int(match[1])
            if marked != year:
                return match.group(), f"是{marked}年的纪念年份"
    bare = re.sub(r"《[^》]*》|〔[^〕]*〕", lambda found: "□" * len(found.group()), text)
    for match in _STALE_YEAR.finditer(bare):
        if int(match[1]) < year and not _REFERENCE.search(bare[: match.start()]):
            return match.group(), "是往年"
    return None
