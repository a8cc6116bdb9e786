"""N: do the sentences of the report agree with the tables?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from xl_perfeval import quantity, rollup
from xl_perfeval.findings import Severity
from xl_perfeval.model import Paragraph, Place, Project, Submission
from xl_perfeval.rules.engine import Problem, Unknown, rule, wan
from xl_perfeval.rules.examples import item, project, submission

_SENTENCE = re.compile(r"[^。！？；;\n]+")
_CLAUSE = re.compile(r"[^，,、：:]+")
_SPENT = re.compile(r"兑现|支出|拨付|使用|发放|支付|列支|下拨|花费|支取")
_BUDGET = re.compile(r"预算|安排|下达|指标|批复|核定|计划")
_BALANCE = re.compile(r"结余|结转|剩余|未支出|未使用|尚余")
_PART = re.compile(r"其中|用于|包括|分别")
_OTHERS = re.compile(
    r"省级|市级|上级|中央|国家|争取|企业|带动|撬动|社会|往年|上年|去年|20\d\d年(?:预算|支出)?较"
)


@dataclass(frozen=True)
class _Clause:
    """A stretch of a sentence between commas, with what stands before it in the sentence."""

    text: str
    before: str
    sentence: str
    start: int


def _clauses(text: str) -> Iterator[_Clause]:
    for sentence in _SENTENCE.finditer(text):
        body = sentence.group()
        for clause in _CLAUSE.finditer(body):
            yield _Clause(clause.group(), body[: clause.start()], body, sentence.start() + clause.start())


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
    ],
    fails=[
        lambda: _with_results("兑现区级科技计划补助420万元。"),
        lambda: _with_results("兑现企业奖励790万元、区级科技计划补助420万元。"),
        lambda: _with_results("科技计划项目立项资金共安排400万元。"),
    ],
)
def amount_contradicts_project(paragraph: Paragraph, submission: Submission) -> Iterator[Problem]:
    """文字里写的项目金额与资金概况不一致。

    一句话点到项目全称或资金用途，又写了金额，这个金额应当是它的预算或支出；说“兑现、支出、拨付、使用”的，应当是支出。
    """
    said: set[tuple[str, Decimal]] = set()
    for clause in _clauses(paragraph.text):
        figures = [f for f in quantity.figures(clause.text) if f.kind is quantity.FigureKind.money]
        if len(figures) != 1 or figures[0].approximate:
            continue
        for project in submission.projects:
            name = _mention(project, clause.text[: figures[0].start])
            if name is None or (project.id, figures[0].value) in said:
                continue
            problem = _against(project, submission, clause, figures[0], name, paragraph.at("text"))
            if problem is not None:
                said.add((project.id, figures[0].value))
                yield problem


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


def _mention(project: Project, text: str) -> str | None:
    """How the text names the project: its full name, its name without the year, or its purpose."""
    if not project.called:
        return None
    forms = [project.called, re.sub(r"^20\d\d年度?", "", project.called)]
    purpose = str(project.purpose or "").strip("。；， ")
    if 6 <= len(purpose) <= 30 and not re.search(r"[、，；]", purpose):
        forms.append(purpose)
    return next((form for form in forms if len(form) >= 3 and form in text), None)


def _against(
    project: Project, submission: Submission, clause: _Clause, figure: quantity.Figure, name: str, at: Place
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
        re.compile(
            r"(?:指标|预算)(?:总额|合计|总计|共计)|总预算|(?:合计|共计?|总共)(?:安排|下达)?(?:预算|指标)"
        ),
    ),
    (
        "spent",
        "支出总额",
        re.compile(r"支出(?:总额|合计|总计|共计)|总支出|(?:合计|共计?|累计|总共)(?:实际)?支出|实际支出总额"),
    ),
    ("balance", "结余", re.compile(r"(?:总|合计|共|累计)?结余(?:总额|合计|共计?)?")),
)
_RATE = re.compile(r"执行率")
_WHOLE = re.compile(r"总额|总预算|总支出|合计|共计|全部项目|各项目|项目共|个项目|总体|综合|总的")


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
        lambda: _two("指标总额133万元（其中区级指标总额120万元），支出总额132.99万元。"),
    ],
    fails=[
        lambda: _two("项目共2个，指标总额143万元。"),
        lambda: _two("项目共2个，指标总额133万元，支出总额130万元。"),
        lambda: _two("全部项目预算执行率97%。"),
        lambda: _two("项目共2个，支出总额132.99万元，结余1.5万元。"),
    ],
)
def total_contradicts_tables(paragraph: Paragraph, submission: Submission) -> Iterator[Problem]:
    """文字里的总额、执行率或结余与资金概况的合计不一致。"""
    totals = _Money(submission, None)
    for clause in _clauses(paragraph.text):
        for figure in quantity.figures(clause.text):
            before = clause.text[: figure.start]
            if figure.approximate or "其中" in before or _OTHERS.search(before):
                continue
            if _speaks_of_one(submission, clause):
                continue
            stated = _total_meant(figure, before, clause, totals)
            if stated is None:
                continue
            word, expected = stated
            if expected is None:
                raise Unknown
            yield from _total_problem(figure, word, expected, paragraph.at("text"))


def _two(text: str) -> Submission:
    return submission(
        project(name="科技工作经费", budget=73, spent=73, items=[item(cost=73)]),
        project(budget=60, spent=59.99, items=[item(cost=60)]),
        texts={"overview": text},
    )


def _speaks_of_one(submission: Submission, clause: _Clause) -> bool:
    if len(submission.projects) == 1:
        return False
    since = clause.before[
        max((clause.before.rfind(word) for word in ("总额", "合计", "共计")), default=-1) + 1 :
    ]
    return any(_mention(project, since + clause.text) for project in submission.projects)


def _total_meant(
    figure: quantity.Figure, before: str, clause: _Clause, totals: _Money
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
        if abs(stated - expected) < unit:  # rounding and truncation are both common
            return
        shown = rollup.percent(expected)
    else:
        stated, shown = figure.value, wan(expected)
        if _agrees(figure, expected):
            return
    yield Problem(
        at=at,
        value=stated,
        expected=rollup.excel_round(expected, 6),
        difference=rollup.excel_round(stated - expected, 6),
        problem=f"文字写{word}“{_printed(figure)}”，按资金概况合计应为{shown}。",
        remedy=f"请改为“{shown}”；资金概况有误的，请改资金概况。",
    )
