"""N: does the report claim what the tables do not bear out, or leave out what they show?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from xl_perfeval import quantity, rollup
from xl_perfeval.expressions import expression
from xl_perfeval.findings import Severity
from xl_perfeval.model import Indicator, Paragraph, Place, Project, Stage, Submission, WorkItem
from xl_perfeval.rules.achievement import missed
from xl_perfeval.rules.engine import Problem, Unknown, named, project_named, rule, wan
from xl_perfeval.rules.examples import indicator, indicators, item, project, submission
from xl_perfeval.rules.readings import words
from xl_perfeval.rules.sentences import (
    RESULTS,
    figures,
    forecast,
    mention,
    results,
    sentences,
    short,
    without_quotes,
)

_MEASURED = {quantity.FigureKind.count, quantity.FigureKind.rate, quantity.FigureKind.money}


def _results(text: str, *, section: str = "results", **cells: object) -> Submission:
    """Two projects and a text about their results."""
    return submission(
        project(items=[item(**cells)]),
        project(
            name="老科协经费",
            purpose="老科技工作者协会活动经费",
            items=[item(name="会员学习活动", quantity="组织主题征文1次", actual="组织征文1次")],
        ),
        texts={section: text},
    )


@rule(
    "N604",
    "project-not-mentioned",
    Severity.WARNING,
    basis="每个项目都要写主要绩效",
    after_year=True,
    passes=[
        lambda: _results("科普经费和老科协经费按计划实施。"),
        lambda: _results("科普方面：科普宣传、培训扎实开展。老科协方面：组织会员学习活动4次。"),
        lambda: submission(texts={"results": "举办培训3场，学员满意度92%。"}),
        lambda: _results("科普经费和老科协经费按计划实施。", section="outputs"),
    ],
    fails=[
        lambda: _results("科普经费支持举办培训3场，学员满意度92%。"),
        lambda: _results("全年各项工作顺利推进。"),
    ],
)
def project_not_mentioned(submission: Submission) -> Iterator[Problem]:
    """主要绩效里没有提到某个项目。

    按项目名称、资金用途、细化内容和目标里的说法查找，都找不到的才提示。只有一个项目的不检查。
    """
    written = results(submission)
    if len(submission.projects) < 2 or not written:
        return
    text = "\n".join(paragraph.text for paragraph in written)
    absent = [each for each in submission.projects if each.called and not mention(each, text)]
    if absent:
        pieces = _pieces(text)
        absent = [each for each in absent if not _spoken_of(each, text, pieces)]
    if absent:
        called = "".join(project_named(each) for each in absent[:3])
        more = f"等{len(absent)}个项目" if len(absent) > 3 else ""
        heading = next((h.short for h in submission.edition.outline if h.id == "results"), "主要绩效")
        yield Problem(
            at=written[0].at("text"),
            value=len(absent),
            problem=f"“{heading}”里没有提到{called}{more}。",
            remedy="请为每个项目写一两句，例如“科普经费支持举办培训3场，培训120人”；已换了说法的，请写上项目名称。",
            related=tuple(each.at("name") for each in absent),
        )


_SHARED = 5
"""So many characters in a row in both texts: the report speaks of the project's work in its own words."""
_MARKS = expression(r"[^一-龥]+")
_COMMON_END = expression(r"(?:工作|活动|专项|项目|立项|扶持|补助)*(?:经费|资金|专项|项目)?$")


def _pieces(text: str) -> set[str]:
    return {
        run[place : place + _SHARED] for run in _MARKS.split(text) for place in range(len(run) - _SHARED + 1)
    }


def _spoken_of(project: Project, text: str, pieces: set[str]) -> bool:
    core = _COMMON_END.sub("", re.sub(r"^20\d\d年度?", "", project.called or ""))
    if len(core) >= 2 and core in text:
        return True
    own: Iterable[object] = (
        project.purpose,
        *(work.name for work in project.items),
        *(value for work in project.items for value in (work.quantity, work.actual)),
        *(row.level3 for row in project.indicators),
    )
    return any(
        run[place : place + _SHARED] in pieces
        for value in own
        if isinstance(value, str)
        for run in _MARKS.split(value)
        if "满意" not in run
        for place in range(len(run) - _SHARED + 1)
    )


_NO_PROBLEMS = expression(
    r"(?:经(?:自查|自评)|目前|本年度|本单位|我单位|本项目|各项目|项目实施中|执行中|[，、 ])*"
    r"(?:无|暂无|没有|未发现|不存在|未出现|暂未发现)(?:明显|突出|重大|较大|什么|任何)?的?(?:存在)?(?:问题|困难)?"
)


@rule(
    "N605",
    "problems-none",
    Severity.WARNING,
    basis="有未完成的目标或结余的，要分析问题",
    after_year=True,
    passes=[
        lambda: submission(texts={"problems": "无"}),
        lambda: submission(
            project(budget=60, spent=59.99, items=[item(cost=60)]), texts={"problems": "无。"}
        ),
        lambda: submission(
            project(budget=60, spent=55, items=[item(cost=60)]),
            texts={"problems": "1个课题尚未验收，结余5万元。"},
        ),
    ],
    fails=[
        lambda: submission(project(budget=60, spent=55, items=[item(cost=60)]), texts={"problems": "无"}),
        lambda: submission(
            project(budget=60, spent=55, items=[item(cost=60)]), texts={"problems": "目前没有明显问题。"}
        ),
        lambda: submission(
            project(indicators=[indicator(actual="2", reason="少办1场"), *indicators()[1:]]),
            edition="ministry-2020",
            texts={"problems": "暂无"},
        ),
    ],
)
def problems_none(submission: Submission) -> Iterator[Problem]:
    """存在的问题写“无”，表里却有没完成的目标或结余。

    结余不到预算的1%或不到0.1万元的不算。
    """
    written = submission.text_of("problems")
    if submission.stage is not Stage.YEAR_END or not written:
        raise Unknown
    if not all(_NO_PROBLEMS.fullmatch(paragraph.text.strip(" 。；")) for paragraph in written):
        return
    fact, related = _fact(submission)
    if fact:
        yield Problem(
            at=written[0].at("text"),
            value=written[0].text,
            problem=f"存在的问题写“{short(written[0].text.strip(), 10)}”，但{fact}。",
            remedy="请写明原因和改进措施，例如“1个课题尚未验收，结余5万元，下年6月前支付”。",
            related=related,
        )


def _fact(submission: Submission) -> tuple[str, tuple[Place, ...]]:
    """What in the tables a section about problems should speak of: the largest balance, or a missed target."""
    left_over: list[tuple[Decimal, str, Place]] = []
    for project in submission.projects:
        funding = project.funding
        budget, spent = rollup.read(funding.budget), rollup.read(funding.spent)
        left = rollup.balance(spent, budget)
        if budget and left is not None and left > budget / 100 and left > Decimal("0.1"):
            left_over.append((left, project_named(project), funding.at("spent")))
    if left_over:
        left, called, place = max(left_over, key=lambda each: each[:2])
        return f"{called}结余{wan(left)}", (place,)
    for project in submission.projects:
        for record, certain in missed(project, submission):
            return f"{named(record)}{'' if certain else '可能'}没有完成目标", (record.at("actual"),)
    return "", ()


@rule(
    "N606",
    "another-years-figures",
    Severity.WARNING,
    basis="主要绩效写本年度的数",
    after_year=True,
    passes=[
        lambda: submission(texts={"results": "推荐158家企业申报高企，较2019年同比增长50%。"}),
        lambda: submission(texts={"results": "2019年结转课题3个已全部验收。"}),
        lambda: submission(texts={"results": "研发投入2019年5.57亿元，2020年6.2亿元。"}),
        lambda: submission(texts={"results": "自2019年起每年举办科普讲座12场。"}),
        lambda: submission(texts={"results": "申报“科技助力2019”专项14个，落实《2019年工作要点》3项。"}),
        lambda: submission(texts={"results": "2019年，我局启动农田建设0.8万亩。"}),
        lambda: submission(texts={"results": "2019年，高企188家，2020年320家。"}),
    ],
    fails=[
        lambda: submission(texts={"results": "2019年全区规上企业R&D经费投入5.57亿元，同比增长67.8%。"}),
        lambda: submission(texts={"results": "科普方面：2018年举办培训12场。"}),
        lambda: submission(texts={"results": "2019年，我局新建高标准农田0.8万亩。"}),
    ],
)
def another_years_figures(paragraph: Paragraph, submission: Submission) -> Iterator[Problem]:
    """把往年的数写成了本年的绩效。

    用来对比的（较、比、同比、自某年起）和上年结转的不算。
    """
    year = submission.year
    if paragraph.section not in RESULTS or not year or "20" not in paragraph.text:
        return
    for sentence in sentences(without_quotes(paragraph.text)):
        if f"{year}年" in sentence.text or _THIS_YEAR.search(sentence.text):
            continue
        for clause in _COMMA.split(_YEAR_ALONE.sub("\\1\n", sentence.text)):
            said = _PAST.match(clause.strip())
            if said is None or int(said[1]) >= year or _COMPARED.search(clause):
                continue
            figure = next((f for f in figures(clause) if f.kind in _MEASURED), None)
            if figure is not None:
                quoted = clause.strip().replace("\n", "，")
                yield Problem(
                    at=paragraph.at("text"),
                    value=int(said[1]),
                    expected=year,
                    problem=f"“{short(quoted, 24)}”是{said[1]}年的数，报告年度是{year}年。",
                    remedy=f"请改为{year}年的数；只为对比的，请写成“较{said[1]}年增长……”。",
                )
                return


_COMMA = expression(r"[，,：:]")
_THIS_YEAR = expression(r"今年|本年(?!度?预算)|当年")
_PAST = expression(r"(?:其中|截至|截止|仅)?(20\d\d)年(?:度|底|末|全年)?(?![-—~～至到])")
_YEAR_ALONE = expression(r"((?:^|[，,：:])\s*20\d\d年(?:度|全年)?)[，,]")
"""A year with nothing but a comma behind it (2019年，新建农田0.8万亩) speaks for the clause that follows."""
_COMPARED = expression(r"较|比|与|从|自20|以来|起|开始|结转|立项|启动|批准|印发|修订|出台|成立|签订|下达")


@rule(
    "N607",
    "forecast-among-results",
    Severity.WARNING,
    basis="主要绩效写已经实现的结果",
    after_year=True,
    passes=[
        lambda: submission(texts={"results": "认定高企132家，好于预计，科普经费按计划实施。"}),
        lambda: submission(texts={"results": "下一步将完成平台建设，力争通过验收。"}),
        lambda: submission(texts={"results": "达到预期效果，较好完成预计目标。"}),
        lambda: submission(texts={"problems": "预计下年6月前完成支付。"}),
    ],
    fails=[
        lambda: submission(texts={"results": "培育推荐158家企业申报，预计认定130家以上。"}),
        lambda: submission(texts={"results": "技术合同登记成交额将达到12亿元，同比增长28%。"}),
    ],
)
def forecast_among_results(paragraph: Paragraph, submission: Submission) -> Iterator[Problem]:
    """主要绩效里写了还没有实现的预计数。

    “下一步”“下年”后面的打算不算。
    """
    if paragraph.section not in RESULTS or submission.stage is not Stage.YEAR_END:
        return
    for sentence in sentences(paragraph.text):
        word = forecast(sentence.text)
        if word:
            place = without_quotes(sentence.text).index(word)
            yield Problem(
                at=paragraph.at("text"),
                value=word,
                problem=f"主要绩效里写“{short(sentence.text[place:].split('，')[0], 20)}”，像是还没有实现。",
                remedy="请改为已经实现的数，例如“截至12月底已认定132家”；数字未公布的，请写明。",
            )
            return


_GOALS = expression(r"目标|任务|指标")
_DONE = expression(r"完成|达成|实现|达到|达标")
_EVERY = expression(
    r"各项|全部|所有|均|都|全面|圆满|超额|百分之百|100%(?=完|达|实)|(?<=率)(?:达到?|为|均)*100%"
)
_OUTRIGHT = expression(r"(?:各项|全部|所有).{0,8}绩效(?:目标|指标)|绩效(?:目标|指标)[^，]{0,4}(?:全部|均|都)")
_QUALIFIED = expression(
    r"未|没|除|基本|部分|力争|确保|争取|将|下一?年|下一步|市对区|上级|市里|省里|市下达|考核|其中|个"
)


@rule(
    "N611",
    "claim-contradicts-missed-target",
    Severity.WARNING,
    basis="报告结论与实际完成情况一致",
    after_year=True,
    passes=[
        lambda: submission(texts={"results": "各项绩效目标均已完成。"}),
        lambda: _short_of("除1项外，各项绩效目标均已完成。"),
        lambda: _short_of("基本完成全部绩效目标。"),
        lambda: _short_of("超额完成市对区绩效考核任务。"),
        lambda: _short_of("按时完成率目标100%，实际100%，已达到目标。"),
        lambda: _short_of("年度任务已经完成。"),
    ],
    fails=[
        lambda: _short_of("各项绩效目标均已完成。"),
        lambda: _short_of("圆满完成年度任务。"),
        lambda: _short_of("年度任务目标完成率达100%。"),
        lambda: submission(
            project(items=[item(quantity="编印资料10000份以上", actual="编印资料1000余册，满意度92%")]),
            texts={"results": "各项绩效目标全部完成。"},
        ),
    ],
)
def claim_contradicts_missed(paragraph: Paragraph, submission: Submission) -> Iterator[Problem]:
    """文字说目标都完成了，表里却有没完成的。

    说“各项、全部绩效目标都已完成”而自评表确有未完成的，必须改；其他说法和矩阵里的对照作核对提示。
    """
    if submission.stage is not Stage.YEAR_END or not _GOALS.search(paragraph.text):
        return
    for sentence in sentences(paragraph.text):
        if _QUALIFIED.search(sentence.text) or not _GOALS.search(sentence.text):
            continue
        for clause in _COMMA.split(sentence.text):
            if not (_GOALS.search(clause) and _DONE.search(clause) and _EVERY.search(clause)):
                continue
            rows = [found for each in submission.projects for found in missed(each, submission)]
            if rows:
                record, certain = max(rows, key=lambda row: row[1])
                yield _claim(paragraph, clause, record, certain, len(rows))
                return


def _claim(
    paragraph: Paragraph, clause: str, record: WorkItem | Indicator, certain: bool, count: int
) -> Problem:
    return Problem(
        at=paragraph.at("text"),
        value=clause,
        severity=Severity.ERROR if certain and _OUTRIGHT.search(clause) else None,
        problem=f"文字写“{short(clause.strip(), 20)}”，{named(record)}{'' if certain else '可能'}没有完成目标"
        + (f"（共{count}项）。" if count > 1 else "。"),
        remedy=f"请改写，例如“除{words(record.called) or '1项'}外，其余目标均已完成”；或核对实际完成情况。",
        related=(record.at("actual"),),
    )


def _short_of(text: str) -> Submission:
    """A scored form with one missed target."""
    return submission(
        project(indicators=[indicator(actual="2", reason="一场改为线上"), *indicators()[1:]]),
        edition="ministry-2020",
        texts={"results": text},
    )
