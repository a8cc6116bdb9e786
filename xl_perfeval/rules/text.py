"""N: do the sentences of the report agree with the tables?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property

from xl_perfeval import quantity, rollup
from xl_perfeval.expressions import expression
from xl_perfeval.findings import Severity
from xl_perfeval.model import Paragraph, Place, Project, Submission
from xl_perfeval.rules.engine import Problem, Unknown, rule, wan
from xl_perfeval.rules.examples import item, project, submission
from xl_perfeval.rules.readings import actual as read_actual
from xl_perfeval.rules.readings import figured, parts
from xl_perfeval.rules.sentences import RESULTS, Clause, clauses, figures, mention, results, sentences

_SPENT = expression(r"兑现|支出|拨付|使用|发放|支付|列支|下拨|花费|支取")
_BUDGET = expression(r"预算|安排|下达|指标|批复|核定|计划")
_BALANCE = expression(r"结余|结转|剩余|未支出|未使用|尚余")
_PART = expression(r"其中|用于|包括|分别")
_OTHERS = expression(
    r"省级|市级|上级|中央|国家|争取|企业|带动|撬动|社会|往年|上年|去年|20\d\d年(?:预算|支出)?较"
)


class _Money:
    """The amounts of one project, or of all of them, in 万元."""

    def __init__(self, submission: Submission, project: Project | None) -> None:
        self.projects = submission.projects if project is None else (project,)

    @cached_property
    def budget(self) -> Decimal | None:
        return self._known("budget")

    @cached_property
    def spent(self) -> Decimal | None:
        return self._known("spent")

    @cached_property
    def balance(self) -> Decimal | None:
        return rollup.balance(self.spent, self.budget)

    @cached_property
    def rate(self) -> Decimal | None:
        return rollup.rate(self.spent, self.budget)

    @cached_property
    def others(self) -> list[Decimal]:
        """Further amounts that a sentence about this project may rightly name."""
        project = self.projects[0]
        funding = project.funding
        cells = [funding.budget_local, funding.spent_local, funding.initial_budget]
        cells += [value for item in project.items for value in (item.cost, item.spent)]
        cells += [
            value
            for source in funding.sources
            for value in (source.budget, source.spent, source.initial_budget)
        ]
        return [value for value in map(rollup.read, cells) if value is not None]

    def _known(self, column: str) -> Decimal | None:
        values = [rollup.read(getattr(project.funding, column)) for project in self.projects]
        known = [value for value in values if value is not None]
        return sum(known, Decimal(0)) if known and len(known) == len(values) else None


@rule(
    "N601",
    "amount-contradicts-project",
    Severity.ERROR,
    basis="报告文字与资金概况一致",
    after_year=True,
    passes=[
        lambda: _with_results("兑现区级科技计划补助405万元。"),
        lambda: _with_results("预算安排区级科技计划补助420万元，实际支出405万元。"),
        lambda: _with_results("兑现院士工作站、双创平台等创新平台奖励420万元。"),
        lambda: _with_results("科技计划项目立项资金支出405万元，结余15万元。"),
        lambda: _alike("科普经费", "科普经费二期", "科普经费支出60万元，科普经费二期支出30万元。"),
        lambda: _alike("科普经费", "科普经费", "科普经费支出60万元，科普经费支出30万元。"),
    ],
    fails=[
        lambda: _with_results("兑现区级科技计划补助420万元。"),
        lambda: _with_results("兑现企业奖励790万元、区级科技计划补助420万元。"),
        lambda: _with_results("科技计划项目立项资金共安排400万元。"),
        lambda: _alike("科普经费", "科普经费二期", "科普经费二期支出60万元。"),
    ],
)
def amount_contradicts_project(paragraph: Paragraph, submission: Submission) -> Iterator[Problem]:
    """文字里写的项目金额与资金概况不一致。

    一句话点到项目全称或资金用途，又写了金额，这个金额应当是它的预算或支出；说“兑现、支出、拨付、使用”的，应当是支出。
    """
    said: set[tuple[str, Decimal]] = set()
    for clause in clauses(paragraph.text):
        if "元" not in clause.text and "万" not in clause.text:
            continue
        found = [f for f in figures(clause.text) if f.kind is quantity.FigureKind.money]
        if len(found) != 1 or found[0].approximate:
            continue
        for name, projects in _meant(submission, clause.text[: found[0].start]).items():
            if (name, found[0].value) in said:
                continue
            problems = [
                _against(each, submission, clause, found[0], name, paragraph.at("text")) for each in projects
            ]
            wrong = [problem for problem in problems if problem is not None]
            if len(wrong) == len(projects):  # of two with one name it may mean the other
                said.add((name, found[0].value))
                yield wrong[0]


def _meant(submission: Submission, text: str) -> dict[str, list[Project]]:
    """The projects that a text names, by how; a name within a longer one (科普经费 in 科普经费二期) does not count."""
    named: dict[str, list[Project]] = {}
    for project in submission.projects:
        if name := mention(project, text):
            named.setdefault(name, []).append(project)
    return {name: found for name, found in named.items() if not any(name in o and name != o for o in named)}


def _with_results(text: str) -> Submission:
    return submission(
        project(
            name="科技计划项目立项资金",
            purpose="区级科技计划补助",
            budget=420,
            spent=405,
            items=[item(name="区级科技计划", cost=420)],
        ),
        texts={"results": text},
    )


def _alike(first: str, second: str, text: str) -> Submission:
    """Two projects of 60万元 and 30万元 whose names are much the same."""
    return submission(
        project(name=first, purpose="科普宣传"),
        project(name=second, purpose="科普培训", budget=30),
        texts={"results": text},
    )


def _against(
    project: Project, submission: Submission, clause: Clause, figure: quantity.Figure, name: str, at: Place
) -> Problem | None:
    money = _Money(submission, project)
    before = clause.text[: figure.start].replace(name, "")
    column = _column(before) or _column(clause.before)
    if column is None and _PART.search(before):
        return None
    expected = {"spent": money.spent, "budget": money.budget, "balance": money.balance}.get(column or "")
    if column is None:
        allowed = [
            value for value in (money.budget, money.spent, money.balance, *money.others) if value is not None
        ]
        if money.budget is None or money.spent is None or any(_agrees(figure, value) for value in allowed):
            return None
        expected, column = money.spent, "spent"
    if (
        expected is None
        or _agrees(figure, expected)
        or (column != "spent" and any(_agrees(figure, v) for v in money.others))
    ):
        return None
    word = {"spent": "支出", "budget": "指标总额", "balance": "结余"}[column]
    difference = figure.value - expected
    return Problem(
        at=at,
        value=figure.value,
        expected=expected,
        difference=difference,
        problem=f"文字写{name}“{_printed(figure)}”，资金概况{word}为{wan(expected)}，相差{wan(abs(difference))}。",
        remedy=_remedy(figure, column, expected, money),
        related=(project.funding.at("budget" if column == "budget" else "spent"),),
    )


def _column(text: str) -> str | None:
    """Which amount the words before a figure speak of; the last such word decides."""
    found = [
        (match.end(), column)
        for column, pattern in (("spent", _SPENT), ("budget", _BUDGET), ("balance", _BALANCE))
        for match in pattern.finditer(text)
    ]
    return max(found)[1] if found else None


def _agrees(figure: quantity.Figure, value: Decimal) -> bool:
    """Equal within the rounding of the text: half a unit of its last printed digit."""
    return abs(figure.value - value) <= _unit(figure) / 2


def _unit(figure: quantity.Figure) -> Decimal:
    digits = re.search(r"\d[\d,，]*(?:\.(\d+))?", figure.text)
    scale = {"亿": Decimal(10000), "元": Decimal("0.0001")}.get(figure.text.rstrip("元")[-1:], Decimal(1))
    if re.search(r"(?<![万亿])元$", figure.text):
        scale = Decimal("0.0001")
    return Decimal(1).scaleb(-len(digits[1] or "")) * scale if digits else Decimal(1)


def _printed(figure: quantity.Figure) -> str:
    return figure.text.strip()


def _remedy(figure: quantity.Figure, column: str, expected: Decimal, money: _Money) -> str:
    if column == "spent" and money.budget is not None and _agrees(figure, money.budget):
        return f"如指实际支出，请改为“{wan(expected)}”；如指预算安排，请写明“预算安排{wan(money.budget)}”；含上年结转的，请在情况说明中写明。"
    return f"请核对，例如改为“{wan(expected)}”；资金概况有误的，请改资金概况。"


_TOTALS = (
    (
        "budget",
        "指标总额",
        expression(
            r"(?:指标|预算)(?:总额|合计|总计|共计)|总预算|(?:合计|共计?|总共)(?:安排|下达)?(?:预算|指标)"
        ),
    ),
    (
        "spent",
        "支出总额",
        expression(r"支出(?:总额|合计|总计|共计)|总支出|(?:合计|共计?|累计|总共)(?:实际)?支出|实际支出总额"),
    ),
    ("balance", "结余", expression(r"(?:总|合计|共|累计)?结余(?:总额|合计|共计?)?")),
)
_RATE = expression(r"执行率")
_WHOLE = expression(r"总额|总预算|总支出|合计|共计|全部项目|各项目|项目共|个项目|总体|综合|总的")


@rule(
    "N602",
    "total-contradicts-tables",
    Severity.ERROR,
    basis="报告文字与资金概况合计一致",
    after_year=True,
    passes=[
        lambda: _two("项目共2个，指标总额133万元，支出总额132.99万元，预算执行率99.99%，结余0.01万元。"),
        lambda: _two("科普经费执行率99.98%，结余0.01万元。"),
        lambda: _two("全年争取上级资金总额1700万元。"),
        lambda: _two("第2个项目（未填名称）支出59.99万元，执行率99.98%。"),
        lambda: _two("指标总额133万元（其中区级指标总额120万元），支出总额132.99万元。"),
        lambda: _two("与2019年相比，预算总额增加21万元。"),
        lambda: _two("2个项目中，1个项目执行率为100%，1个项目执行率为99.98%。"),
        lambda: _two("2个项目预算执行率超过95%。"),
        lambda: _two("2020年，本单位2个项目预算安排133万元，实际支出132.99万元，资金全部支付完毕。"),
        lambda: _two("我局2个项目预算安排133万元，其中区级资金120万元，实际支出119.99万元。"),
        lambda: _two("2019年，我局2个项目预算安排120万元，实际支出118万元。"),
        lambda: _two("本单位1个项目预算安排73万元，实际支出73万元。"),
        lambda: _two("全年预算安排1500万元，实际支出1480万元。"),
        lambda: _two("科普经费按计划实施，资金全部支付完毕，无结余。"),
    ],
    fails=[
        lambda: _two("项目共2个，指标总额143万元。"),
        lambda: _two("项目共2个，指标总额133万元，支出总额130万元。"),
        lambda: _two("全部项目预算执行率97%。"),
        lambda: _two("项目共2个，支出总额132.99万元，结余1.5万元。"),
        lambda: _two("2个项目预算执行率均为97%。"),
        lambda: _two("2个项目预算执行率低于95%。"),
        lambda: _two("2020年，本单位2个项目预算安排133万元，实际支出123.99万元。"),
        lambda: _two("我局全年项目预算安排133万元，实际支出123.99万元。"),
        lambda: _two("本单位3个项目预算安排133万元，实际支出132.99万元。"),
        lambda: submission(project(spent=50), texts={"management": "资金全部支付完毕，无结余。"}),
    ],
)
def total_contradicts_tables(paragraph: Paragraph, submission: Submission) -> Iterator[Problem]:
    """文字里的总额、执行率或结余与资金概况的合计不一致。

    “本单位6个项目预算安排……，实际支出……”也是总额；“全部支付完毕”“无结余”应当确实没有结余。
    """
    totals = _Money(submission, None)
    yield from _said_of_the_unit(paragraph, submission, totals)
    for clause in clauses(paragraph.text):
        if not _SPEAKS_OF_MONEY.search(clause.text):
            continue
        for figure in figures(clause.text):
            before = clause.text[: figure.start]
            if figure.approximate or "其中" in before or _OTHERS.search(before) or _CHANGE.search(before):
                continue
            if _speaks_of_one(submission, clause) or _speaks_of_some(submission, clause.before + before):
                continue
            stated = _total_meant(figure, before, clause, totals)
            if stated is None:
                continue
            word, expected = stated
            if expected is None:
                raise Unknown
            yield from _total_problem(figure, word, expected, paragraph.at("text"))


_CHANGE = expression(
    r"(?:增加|增长|增幅|减少|下降|压减|节约|节省|调增|调减|追加|上升|提高|降低|多|少)(?:支出|安排)?(?:了|额|为)?$"
)
"""Before a difference from another year or from the first plan: 预算总额增加210万元."""
_SPEAKS_OF_MONEY = expression(r"[元万%％]")


def _two(text: str) -> Submission:
    return submission(
        project(name="科技工作经费", budget=73, spent=73, items=[item(cost=73)]),
        project(budget=60, spent=59.99, items=[item(cost=60)]),
        texts={"overview": text},
    )


def _speaks_of_one(submission: Submission, clause: Clause) -> bool:
    if len(submission.projects) == 1:
        return False
    since = clause.before[
        max((clause.before.rfind(word) for word in ("总额", "合计", "共计")), default=-1) + 1 :
    ]
    said = since + clause.text
    return bool(_UNNAMED.search(said)) or any(mention(project, said) for project in submission.projects)


_UNNAMED = expression(r"第\d+个项目")


def _speaks_of_some(submission: Submission, said: str) -> bool:
    """Whether the projects counted last are not all of them (5个项目执行率超过95%)."""
    counted = _projects_counted(said) if "个项目" in said else []
    return bool(counted) and counted[-1].value < len(submission.projects)


def _projects_counted(said: str) -> list[quantity.Figure]:
    """The numbers of projects that a text states: 5个项目."""
    return [each for each in figures(said) if each.unit == "个" and said[each.end :].startswith("项目")]


def _total_meant(
    figure: quantity.Figure, before: str, clause: Clause, totals: _Money
) -> tuple[str, Decimal | None] | None:
    if (
        figure.kind is quantity.FigureKind.rate
        and _RATE.search(before)
        and _WHOLE.search(clause.before + clause.text)
    ):
        return "执行率", totals.rate
    if figure.kind is not quantity.FigureKind.money:
        return None
    for column, word, pattern in _TOTALS:
        if pattern.search(before) and (column != "balance" or _WHOLE.search(clause.before + before)):
            return word, getattr(totals, column)
    return None


def _total_problem(figure: quantity.Figure, word: str, expected: Decimal, at: Place) -> Iterator[Problem]:
    if word == "执行率":
        stated, unit = figure.value / 100, _unit(figure) / 100
        if _is_bound_kept(figure, stated, expected):
            return
        if abs(stated - expected) < unit:  # rounding and truncation are both common
            return
        shown = rollup.percent(expected)
    else:
        stated, shown = figure.value, wan(expected)
        if _agrees(figure, expected) or _is_bound_kept(figure, stated, expected):
            return
    yield Problem(
        at=at,
        value=stated,
        expected=rollup.excel_round(expected, 6),
        difference=rollup.excel_round(stated - expected, 6),
        problem=f"文字写{word}“{_printed(figure)}”，按资金概况合计应为{shown}。",
        remedy=f"请改为“{shown}”；资金概况有误的，请改资金概况。",
    )


def _is_bound_kept(figure: quantity.Figure, stated: Decimal, expected: Decimal) -> bool:
    """Whether a figure that only says more or less than (超过95%) is borne out."""
    if figure.sign in {quantity.Sign.at_least, quantity.Sign.more_than}:
        return expected >= stated
    return figure.sign in {quantity.Sign.at_most, quantity.Sign.less_than} and expected <= stated


_OWN_UNIT = "[本我](?:单位|部门|局|委|办|院|校|馆|站|所|队|中心|镇|乡|街道)"
_UNIT_AS_SUBJECT = expression(f"{_OWN_UNIT}|全年|(?:全部|所有)项目|各项目合计")
_WORDS_OF_SUBJECT = expression(
    rf"(?:{_OWN_UNIT}|20\d\d年度?|今年|本年度?|年度|全年|全部|所有|各"
    r"|合计|共有|共|实施|纳入|自评|绩效|财政|支出|资金|经费|安排|[0-9一二两三四五六七八九十]+个|项目|的|[，, ])*"
)
_BUDGETED = expression(r"预算(?:安排|批复|下达|资金|数|为|了)*$")
_THEN_SPENT = expression(
    r"[，, ]*(?:截至(?:20\d\d年)?(?:年底|年末|12月底|12月31日)[，, ]*)?(?:全年|年度|当年|已)*实际(?:完成)?(?:支出|支付|执行|使用)(?:资金|金额|数|为|了)*"
)


def _said_of_the_unit(paragraph: Paragraph, submission: Submission, totals: _Money) -> Iterator[Problem]:
    """Sentences about the money of all projects together: 本单位6个项目预算安排3102.55万元，实际支出3046.54万元."""
    if paragraph.section in RESULTS:
        return
    for sentence in sentences(paragraph.text):
        if _of_another_year(sentence.text, submission.year):
            continue
        yield from _stated_together(sentence.text, submission, totals, paragraph.at("text"))
    yield from _nothing_left(paragraph, submission, totals)


def _of_another_year(text: str, year: int) -> bool:
    return any(int(said) != year for said in _YEARS.findall(text))


_YEARS = expression(r"(20\d\d)(?=年)")


def _stated_together(text: str, submission: Submission, totals: _Money, at: Place) -> Iterator[Problem]:
    """What is wrong in a sentence that states budget and spending of all.

    A sentence that does not count the projects, or counts more or fewer, speaks of these only when one of its
    amounts is theirs.
    """
    money = [figure for figure in figures(text) if figure.kind is quantity.FigureKind.money]
    head = text[: money[0].start] if money else ""
    budgeted = _BUDGETED.search(head)
    if budgeted is None or not _WORDS_OF_SUBJECT.fullmatch(head[: budgeted.start()]):
        return
    stated = [(money[0], "预算总额", totals.budget)]
    if len(money) > 1 and _THEN_SPENT.fullmatch(text[money[0].end : money[1].start]):
        stated.append((money[1], "支出总额", totals.spent))
    if any(figure.approximate or expected is None for figure, _, expected in stated):
        return
    counted = _projects_counted(head)
    borne_out = any(_agrees(figure, expected) for figure, _, expected in stated if expected is not None)
    number = len(submission.projects)
    if len(counted) == 1 and counted[0].value != number:
        if not borne_out or (counted[0].value < number and not all(map(_has_budget, submission.projects))):
            return
        yield Problem(
            at=at,
            value=counted[0].value,
            expected=number,
            difference=counted[0].value - number,
            problem=f"文字写“{_printed(counted[0])}项目”，资金概况里有{number}个。",
            remedy=f"请改为“{number}个项目”；资金概况少填了项目的，请补填。",
        )
    elif not counted and not (borne_out and _UNIT_AS_SUBJECT.search(head)):
        return
    for figure, word, expected in stated:
        assert expected is not None
        yield from _total_problem(figure, word, expected, at)


def _has_budget(project: Project) -> bool:
    return bool(rollup.read(project.funding.budget))


_NOTHING_LEFT = expression(
    r"(?:项目)?资金(?:已|均|都)*全部(?:支付|支出|使用|兑付|执行)(?:完毕|完成|完)|(?:项目)?(?:资金)?(?:无|没有)(?:任何)?(?:资金)?结余"
)
_OF_SOME = expression(
    r"其中|级|中央|上年|去年|往年|结转|部分|方面|专项|课题|工程|[该本此]项目|除|未|季度|半年|月|如|若|原则|要求|确保|应当?"
)


def _nothing_left(paragraph: Paragraph, submission: Submission, totals: _Money) -> Iterator[Problem]:
    """“资金全部支付完毕，无结余” beside a balance, where the paragraph has not turned to one project."""
    left = totals.balance
    if left is None or left <= _NOTEWORTHY:
        return
    for clause in clauses(paragraph.text):
        said = _NOTHING_LEFT.fullmatch(clause.text.strip())
        if said is None or _of_another_year(clause.sentence, submission.year):
            continue
        before = paragraph.text[: clause.start]
        one_of_many = len(submission.projects) > 1 and any(mention(p, before) for p in submission.projects)
        if one_of_many or _OF_SOME.search(before) or _speaks_of_some(submission, before):
            return
        yield Problem(
            at=paragraph.at("text"),
            value=said.group(),
            expected=left,
            severity=Severity.WARNING,
            problem=f"文字写“{said.group()}”，按资金概况合计，结余{wan(left)}。",
            remedy=f"请核对，例如改为“结余{wan(left)}”；资金概况有误的，请改资金概况。",
        )
        return


_NOTEWORTHY = Decimal("0.1")
"""A balance up to here, in 万元, may be called none."""


def _planned(text: str, actual: str = "举办业务培训10期，培训2000人次，满意度92%") -> Submission:
    return submission(
        project(items=[item(quantity="举办业务培训6场以上", actual=actual)]), texts={"results": text}
    )


def _roads(text: str) -> Submission:
    """Two projects, one of which looked after 186.5公里 of roads."""
    return submission(
        project(items=[item(quantity="养护县道180公里以上", actual="养护县道186.5公里，群众满意度92%")]),
        project(name="老科协经费", purpose="会员活动", items=[item(name="会员学习活动")]),
        texts={"results": text},
    )


@rule(
    "N603",
    "count-contradicts-actual",
    Severity.WARNING,
    basis="报告文字与实际完成情况一致",
    after_year=True,
    passes=[
        lambda: _planned("开办业务培训10期，参训2000人次。"),
        lambda: _planned("开办现代农业培训5期，业务培训10期。"),
        lambda: _planned("业务培训10期（目标6场以上，已超过）。"),
        lambda: _planned("上半年举办业务培训4期，下半年举办业务培训6期。"),
        lambda: _planned("举办业务培训10余期。"),
        lambda: _planned("上年举办业务培训8期，本年10期。"),
        lambda: _planned("2019年举办业务培训8期。"),
        lambda: _planned("计划举办业务培训12期。"),
        lambda: _roads("科普经费养护县道186.5公里，老科协经费养护县道80公里。"),
        lambda: _roads("老科协经费养护县道80公里。"),
    ],
    fails=[
        lambda: _planned("2020年举办业务培训12期。"),
        lambda: _planned("较好完成年度目标任务，举办业务培训12期。"),
        lambda: _planned("较上年增加2万元。举办业务培训12期。"),
        lambda: _roads("科普经费全年养护县道168.5公里，路况良好。"),
        lambda: _planned("全年举办业务培训12期，学员满意度92%。"),
        lambda: _planned("举办业务培训8场。"),
    ],
)
def count_contradicts_actual(submission: Submission) -> Iterator[Problem]:
    """文字里的次数、人数与表里的实际完成不一致。

    只在名称相同、单位可以对照、全部材料里只有一处这样写时比较；文字分几处写的、约数、目标数和往年数不算。
    """
    stated = _stated_counts(submission)
    if not stated:
        return
    said: dict[tuple[str, str], list[tuple[Decimal, str, Place]]] = {}
    for paragraph in (*results(submission), *submission.text_of("overview")):
        text = _without_names(paragraph.text, submission, stated)
        for figure in figures(text):
            key = (_bare(figure.noun_before) or _bare(figure.noun_after), figure.unit_group)
            if key in stated and figure.kind is quantity.FigureKind.count:
                plain = not figure.approximate and figure.sign is quantity.Sign.implicit
                of_others = _is_of_others(text[: figure.start], submission.year)
                if plain and not of_others and _may_be_of(stated[key], paragraph.text, figure, submission):
                    said.setdefault(key, []).append((figure.value, figure.text, paragraph.at("text")))
    for key, found in said.items():
        values = stated[key]
        if len(found) != 1 or len(values) != 1 or found[0][0] == values[0][0]:
            continue
        value, text, place = found[0]
        expected, typed, at = values[0]
        yield Problem(
            at=place,
            value=value,
            expected=expected,
            difference=value - expected,
            problem=f"文字写{key[0]}“{text}”，“{at.row_name}”的实际完成写“{typed}”，可能不一致，相差{quantity.plain(abs(value - expected))}。",
            remedy=f"请核对，例如文字改为“{typed}”；口径不同的，在文字里写明。",
            related=(at,),
        )


def _without_names(
    text: str, submission: Submission, stated: dict[tuple[str, str], list[tuple[Decimal, str, Place]]]
) -> str:
    """The text with project names blanked, every position kept, so that 科普经费养护县道 speaks of 养护县道."""
    nouns = [noun for noun, _ in stated]
    for project in submission.projects:
        name = mention(project, text)
        if name and not any(name in noun for noun in nouns):
            text = text.replace(name, "，" * len(name))
    return text


def _may_be_of(
    stated: list[tuple[Decimal, str, Place]], text: str, figure: quantity.Figure, submission: Submission
) -> bool:
    """Whether no project but the one with the result is named in the figure's sentence."""
    before = _SENTENCE_END.split(text[: figure.start])[-1]
    named = {project.id for project in submission.projects if mention(project, before)}
    return not named or any(at.sheet_id in named for _, _, at in stated)


def _is_of_others(before: str, year: int) -> bool:
    """Whether a figure after these words is a plan, another period's or a part."""
    said = _SENTENCE_END.split(before)[-1].replace(f"{year}年", "")
    return bool(_OF_OTHERS.search(_TARGETS_MET.sub("", said)[-14:]))


_SENTENCE_END = expression(r"[。！？；;\n]")
_TARGETS_MET = expression(r"(?:完成|达到|实现)[^，。0-9]{0,6}(?:目标|计划)(?:任务)?(?=，)")
_OF_OTHERS = expression(r"目标|计划|上年|去年|上半年|下半年|季度|20\d\d年|其中|累计|较(?!好)|比|同期|原定")
_DOING = expression(
    r"^(?:(?:全年|本年|共|印发|派发|发放|分发|编发|编印|开办|开设|承办|主办|安排|牵头|开展|组织|举办|新建|完成))+"
)


def _bare(noun: str) -> str:
    """A noun without the verbs in front of it; empty when too little is left to tell things apart."""
    bare = _DOING.sub("", noun)
    return bare if len(bare) >= 3 else ""


def _stated_counts(submission: Submission) -> dict[tuple[str, str], list[tuple[Decimal, str, Place]]]:
    """Counts typed as actual results, by noun and unit group."""
    stated: dict[tuple[str, str], list[tuple[Decimal, str, Place]]] = {}
    for project in submission.projects:
        for work in project.items:
            if not isinstance(work.actual, str):
                continue
            for part in parts(read_actual(work.actual)):
                noun = _bare(part.noun)
                if noun and figured(part) and part.kind is quantity.Kind.quantity and not part.approximate:
                    if part.low is None or part.sign is not quantity.Sign.implicit or part.growth:
                        continue
                    text = f"{quantity.plain(part.low)}{part.unit}"
                    key = (noun, part.unit_group)
                    stated.setdefault(key, []).append((part.low, text, work.at("actual")))
    return stated


_PAID = expression(r"兑现|拨付|发放|支付|拨款")
_NOT_OURS = expression(
    r"省级|市级|上级|中央|国家|省财政|市财政|争取|获得|拿到|贷款|融资|信贷|担保|税|社会资本|企业自筹|累计|预算|安排|下达|指标"
)


@rule(
    "N614",
    "local-money-exceeds-spending",
    Severity.WARNING,
    basis="文字所列支出不超过资金概况的支出总额",
    after_year=True,
    passes=[
        lambda: _with_results("兑现区级科技计划补助405万元。"),
        lambda: _with_results("98家企业获得省级研发经费奖补达1700万元，争取市级补贴资金1002万元。"),
        lambda: _with_results("带动银行发放科技贷款5000万元。"),
        lambda: _with_results("拨付资金405万元，其中发放补助300万元、奖励105万元。"),
    ],
    fails=[
        lambda: _with_results("兑现区级高企奖励资金790万元、区级平台奖励420万元。"),
        lambda: _with_results("拨付区级补助资金300万元，兑现区级奖励资金200万元。"),
    ],
)
def local_money_exceeds_spending(paragraph: Paragraph, submission: Submission) -> Iterator[Problem]:
    """文字里说兑现、拨付的本级资金，加起来超过了全部项目的支出。

    多半是把没有列入本表的资金也写成了本项目的成绩。上级资金、贷款和“其中”的部分不算。
    """
    if paragraph.section != "results" or not _PAID.search(paragraph.text):
        return
    total = _Money(submission, None).spent
    if not total:
        raise Unknown
    for sentence in sentences(paragraph.text):
        listed = _paid_in(sentence.text)
        claimed = sum((figure.value for figure in listed), Decimal(0))
        if listed and claimed > total:
            texts = "、".join(_printed(figure) for figure in listed[:4])
            texts += f"，合计{wan(claimed)}" if len(listed) > 1 else ""
            yield Problem(
                at=paragraph.at("text"),
                value=claimed,
                expected=total,
                difference=claimed - total,
                problem=f"文字写兑现、拨付{texts}，资金概况支出总额{wan(total)}，可能有不属于本表的资金。",
                remedy="请核对：不属于本表项目的，请删去，或写明资金来源，例如“另由公共预算安排”。",
            )
            return


def _paid_in(sentence: str) -> list[quantity.Figure]:
    """The amounts of a sentence that were paid out; a list goes on after its verb until another verb."""
    listed: list[quantity.Figure] = []
    verb, end = False, 0
    for figure in figures(sentence):
        if figure.kind is not quantity.FigureKind.money:
            continue
        before = sentence[end : figure.start]
        end = figure.end
        if "其中" in before:
            break
        opening = _PAID.search(before) is not None
        verb = opening or (verb and _GOES_ON.match(before) is not None)
        if verb and not _NOT_OURS.search(before):
            listed.append(figure)
    return listed


_GOES_ON = expression(r"[、和及]|，(?:另外?|并|同时|以及)")
