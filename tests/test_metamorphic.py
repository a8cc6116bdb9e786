"""A clean submission has no finding; one damaged cell gives exactly one code at exactly that cell.

Submissions are generated from seeds, written as workbooks and read back from the file, so that template,
file door, reader and rules are tested together.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests import clean
from xl_perfeval import forms, reading, rules, template
from xl_perfeval.books import BookFacts
from xl_perfeval.books.file import FileBook
from xl_perfeval.books.memory import MemoryBook
from xl_perfeval.findings import Finding
from xl_perfeval.forms import names
from xl_perfeval.model import (
    CellError,
    CellValue,
    Edition,
    Funding,
    Paragraph,
    Project,
    Record,
    Ref,
    Submission,
    WorkItem,
)

COUNTY, MINISTRY = "county-matrix", "ministry-2020"
Place = Callable[[Submission], Ref]
Damaged = tuple[Submission, Place]


def written(submission: Submission, folder: Path) -> Path:
    path = folder / "自评 工作簿.xlsx"
    path.unlink(missing_ok=True)
    template.build(submission, path)
    return path


def found(submission: Submission, folder: Path) -> tuple[Submission, list[Finding]]:
    read = reading.read(FileBook.open(written(submission, folder)))
    return read, rules.check(read)


def spots(findings: list[Finding]) -> list[tuple[str, str, str]]:
    return [(f.rule, f.at.sheet if f.at else "", f.at.cell if f.at else "") for f in findings]


# --- recipes: how to break one rule in one cell --------------------------------------------------------------


def of_project(n: int, key: str) -> Place:
    return lambda read: at(read.projects[n], key)


def at(project: Project, key: str) -> Ref:
    record: Record = project.funding if hasattr(project.funding, key) else project
    return record.at(key)


def of_item(n: int, m: int, key: str) -> Place:
    return lambda read: read.projects[n].items[m].at(key)


def funding(submission: Submission, n: int, **cells: CellValue) -> Submission:
    changed = replace(submission.projects[n], funding=replace(submission.projects[n].funding, **cells))
    return with_project(submission, n, changed)


def with_project(submission: Submission, n: int, project: Project) -> Submission:
    projects = list(submission.projects)
    projects[n] = project
    return replace(submission, projects=tuple(projects))


def with_item(submission: Submission, n: int, m: int, **cells: Any) -> Submission:
    items = list(submission.projects[n].items)
    items[m] = replace(items[m], **cells)
    return with_project(submission, n, replace(submission.projects[n], items=tuple(items)))


def with_indicator(submission: Submission, n: int, m: int, **cells: Any) -> Submission:
    rows = list(submission.projects[n].indicators)
    rows[m] = replace(rows[m], **cells)
    return with_project(submission, n, replace(submission.projects[n], indicators=tuple(rows)))


def with_text(submission: Submission, section: str, text: str | None) -> Submission:
    kept = [p for p in submission.paragraphs if p.section != section]
    place = [p.section for p in submission.paragraphs].index(section)
    if text is not None:
        kept.insert(place, replace(submission.paragraphs[place], text=text))
    return replace(submission, paragraphs=tuple(kept))


def of_text(section: str) -> Place:
    return lambda read: read.text_of(section)[0].at("text")


def some(submission: Submission, rng: random.Random) -> tuple[int, int]:
    n = rng.randrange(len(submission.projects))
    return n, rng.randrange(len(submission.projects[n].items))


def money(submission: Submission, n: int) -> tuple[float, float]:
    cells = submission.projects[n].funding
    assert isinstance(cells.budget, int | float)
    assert isinstance(cells.spent, int | float)
    return cells.budget, cells.spent


def r101(s: Submission, rng: random.Random) -> Damaged:
    n, m = some(s, rng)
    key = rng.choice(["name", "cost", "schedule", "quantity", "quality", "benefit"])
    return with_item(s, n, m, **{key: None}), of_item(n, m, key)


def r102(s: Submission, rng: random.Random) -> Damaged:
    n, _ = some(s, rng)
    changed = with_project(s, n, replace(s.projects[n], items=()))

    def place(read: Submission) -> Ref:
        sheet = read.projects[n].matrix
        assert sheet is not None
        return sheet.at("first", 0)

    return changed, place


def r104(s: Submission, rng: random.Random) -> Damaged:
    n, m = some(s, rng)
    return with_item(s, n, m, actual=None), of_item(n, m, "actual")


def r105(s: Submission, rng: random.Random) -> Damaged:
    n, m = some(s, rng)
    key = rng.choice(["quality", "benefit"])
    return with_item(s, n, m, **{key: "满意度达到**%以上"}), of_item(n, m, key)


def r105_text(s: Submission, _: random.Random) -> Damaged:
    return with_text(s, "problems", "部分工作进度偏慢。【待补充：原因】"), of_text("problems")


def r107(s: Submission, rng: random.Random) -> Damaged:
    section = rng.choice(["evaluation", "problems", "suggestions"])

    def place(read: Submission) -> Ref:
        assert read.narrative is not None
        return read.narrative.at("next", 0)

    return with_text(s, section, None), place


def r108(s: Submission, rng: random.Random) -> Damaged:
    n, _ = some(s, rng)
    return with_project(s, n, replace(s.projects[n], section=None)), of_project(n, "section")


def m101(s: Submission, rng: random.Random) -> Damaged:
    key = rng.choice(["budget", "budget_local", "spent", "spent_local"])
    return replace(s, totals=Funding(**{key: 9999.5})), lambda read: read.totals.at(key)


def m102(s: Submission, rng: random.Random) -> Damaged:
    n, _ = some(s, rng)
    return funding(s, n, budget_local=money(s, n)[0] + 1), of_project(n, "budget_local")


def m103(s: Submission, rng: random.Random) -> Damaged:
    n, _ = some(s, rng)
    return funding(s, n, spent=money(s, n)[0] + 0.5), of_project(n, "spent")


def m104(s: Submission, rng: random.Random) -> Damaged:
    n, m = some(s, rng)
    cost = s.projects[n].items[m].cost
    assert isinstance(cost, int)
    return with_item(s, n, m, cost=cost - 2), of_project(n, "budget")


def m105(s: Submission, rng: random.Random) -> Damaged:
    n, _ = some(s, rng)
    items = tuple(replace(item, spent=1) for item in s.projects[n].items)
    return with_project(s, n, replace(s.projects[n], items=items)), of_project(n, "spent")


def m107(s: Submission, rng: random.Random) -> Damaged:
    n, _ = some(s, rng)
    return funding(s, n, budget=0, budget_local=0, spent=0, spent_local=0), of_project(n, "budget")


def m108(s: Submission, rng: random.Random) -> Damaged:
    n, _ = some(s, rng)
    spent = round(money(s, n)[0] * 0.85, 2)
    return funding(s, n, spent=spent, spent_local=spent, reason=None), of_project(n, "reason")


def m109(s: Submission, rng: random.Random) -> Damaged:
    n, _ = some(s, rng)
    spent = round(money(s, n)[0] * 0.5, 2)
    return funding(s, n, spent=spent, spent_local=spent, reason="2个课题尚未验收"), of_project(n, "reason")


def m110(s: Submission, rng: random.Random) -> Damaged:
    n, _ = some(s, rng)
    return funding(s, n, spent_local=-3), of_project(n, "spent_local")


def m111(s: Submission, rng: random.Random) -> Damaged:
    n, _ = some(s, rng)
    return funding(s, n, spent=money(s, n)[1] * 10000), of_project(n, "spent")


def m112(s: Submission, rng: random.Random) -> Damaged:
    n, _ = some(s, rng)
    return funding(s, n, spent_local=1.23456789), of_project(n, "spent_local")


def m115(s: Submission, rng: random.Random) -> Damaged:
    n, m = some(s, rng)
    return with_item(s, n, m, quality="单价2.5万元，4台，共12万元"), of_item(n, m, "quality")


def f007_remark(s: Submission, rng: random.Random) -> Damaged:
    n, _ = some(s, rng)
    return funding(s, n, budget=f"{money(s, n)[0]}（列入公共预算）"), of_project(n, "budget")


def f007_unit(s: Submission, rng: random.Random) -> Damaged:
    n, m = some(s, rng)
    return with_item(s, n, m, cost=f"{s.projects[n].items[m].cost}万元"), of_item(n, m, "cost")


def f007_unread(s: Submission, rng: random.Random) -> Damaged:
    n, m = some(s, rng)
    return with_item(s, n, m, cost="若干"), of_item(n, m, "cost")


def f011(s: Submission, rng: random.Random) -> Damaged:
    n, m = some(s, rng)
    return with_item(s, n, m, name=f"{m + 1}、{s.projects[n].items[m].name}"), of_item(n, m, "name")


def c504(s: Submission, rng: random.Random) -> Damaged:
    n, m = some(s, rng)
    return with_item(s, n, m, benefit="带动投入226000元（2.26万元），满意度90%以上"), of_item(n, m, "benefit")


def c506(s: Submission, rng: random.Random) -> Damaged:
    n, _ = some(s, rng)
    renamed = replace(s.projects[n], name=f"2019年{s.projects[n].name}")
    return with_project(s, n, renamed), of_project(n, "name")


def c507(s: Submission, rng: random.Random) -> Damaged:
    assert s.report_date is not None
    return replace(
        s, report_date=s.report_date.replace(year=2020, month=rng.randint(1, 11))
    ), lambda read: read.at("report_date")


def t201(s: Submission, rng: random.Random) -> Damaged:
    n, m = some(s, rng)
    key = rng.choice(["quantity", "quality"])
    return with_item(s, n, m, **{key: "根据实际工作安排"}), of_item(n, m, key)


def t208(s: Submission, rng: random.Random) -> Damaged:
    n, m = some(s, rng)
    return with_item(s, n, m, name="举办2场科普活动", quantity="举办6次科普活动"), of_item(n, m, "quantity")


def t213(s: Submission, rng: random.Random) -> Damaged:
    n, m = some(s, rng)
    return with_item(s, n, m, quality="庆祝新中国成立70周年，合格率95%"), of_item(n, m, "quality")


def n601(s: Submission, rng: random.Random) -> Damaged:
    n, _ = some(s, rng)
    text = f"{s.paragraphs[2].text}{s.projects[n].name}实际支出{money(s, n)[1] + 7:.2f}万元。"
    return with_text(s, "results", text), of_text("results")


def n602(s: Submission, _: random.Random) -> Damaged:
    total = sum(money(s, n)[0] for n in range(len(s.projects))) + 10
    text = f"全部项目指标总额{total}万元。{s.paragraphs[2].text}"
    return with_text(s, "results", text), of_text("results")


def t202(s: Submission, rng: random.Random) -> Damaged:
    n, m = some(s, rng)
    key = rng.choice(["quantity", "quality"])
    return with_item(s, n, m, **{key: date(2020, 6, 9)}), of_item(n, m, key)


def t204(s: Submission, rng: random.Random) -> Damaged:
    n, m = some(s, rng)
    return with_item(s, n, m, quality="培训合格率120%以上"), of_item(n, m, "quality")


def t207(s: Submission, rng: random.Random) -> Damaged:
    n, m = some(s, rng)
    return with_item(s, n, m, quality="举办讲座0场以上"), of_item(n, m, "quality")


def t209(s: Submission, rng: random.Random) -> Damaged:
    n, m = some(s, rng)
    return with_item(s, n, m, quality="开展3项工作：1.咨询。2.展览。"), of_item(n, m, "quality")


def t210(s: Submission, rng: random.Random) -> Damaged:
    n, m = some(s, rng)
    return with_item(s, n, m, quality="培训500人，其中农村实用人才600人"), of_item(n, m, "quality")


def t211(s: Submission, rng: random.Random) -> Damaged:
    n, m = some(s, rng)
    schedule = rng.choice(["9-6月", "2019年1月-2019年12月", "2020年7月-2021年1月"])
    return with_item(s, n, m, schedule=schedule), of_item(n, m, "schedule")


def t212(s: Submission, rng: random.Random) -> Damaged:
    n, m = some(s, rng)
    return with_item(s, n, m, quality="新增就业岗位40个以上"), of_item(n, m, "quality")


def t215(s: Submission, rng: random.Random) -> Damaged:
    n, m = some(s, rng)
    return with_item(s, n, m, quality="群众投诉2起"), of_item(n, m, "quality")


def achieved(
    s: Submission, rng: random.Random, target: str, actual: str, key: str, reason: str | None = None
) -> Damaged:
    n, m = some(s, rng)
    return with_item(s, n, m, quantity=target, actual=actual, reason=reason), of_item(n, m, key)


def a301(s: Submission, rng: random.Random) -> Damaged:
    return achieved(s, rng, "举办业务培训20场以上", "举办业务培训3场，满意度93%", "reason")


def a302(s: Submission, rng: random.Random) -> Damaged:
    return achieved(s, rng, "举办业务培训10场以上", "举办业务培训20场，满意度93%", "reason", "—")


def a303(s: Submission, rng: random.Random) -> Damaged:
    return achieved(s, rng, "印制资料10000份以上", "印制资料1000余册", "actual", "改用电子版，少印纸质")


def a304(s: Submission, rng: random.Random) -> Damaged:
    return achieved(s, rng, "举办业务培训5场以上", "预计举办业务培训5场", "actual")


def a305(s: Submission, rng: random.Random) -> Damaged:
    return achieved(s, rng, "举办业务培训5场以上", "举办业务培训5场以上", "actual")


def a306(s: Submission, rng: random.Random) -> Damaged:
    return achieved(s, rng, "举办业务培训5场以上", "按计划完成了培训", "actual")


def a307(s: Submission, rng: random.Random) -> Damaged:
    return achieved(s, rng, "举办业务培训5场以上", "举办业务培训5场，参训率102%", "actual")


def a309(s: Submission, rng: random.Random) -> Damaged:
    return achieved(s, rng, "举办业务培训5场以上", "举办业务培训5场，场馆暂未完工", "reason", "无")


def a310(s: Submission, rng: random.Random) -> Damaged:
    n, m = some(s, rng)
    return with_item(s, n, m, reason=rng.choice(["工作需要", "根据实际情况", "客观原因"])), of_item(
        n, m, "reason"
    )


def s412(s: Submission, rng: random.Random) -> Damaged:
    return achieved(s, rng, "举办业务培训5场以上", "举办业务培训5场，学员满意度100%", "actual")


def with_results(s: Submission, sentence: str) -> Submission:
    return with_text(s, "results", f"{s.text_of('results')[0].text}{sentence}")


def n603(s: Submission, rng: random.Random) -> Damaged:
    changed, _ = achieved(s, rng, "举办业务技能培训5场以上", "举办业务技能培训5场", "actual")
    return with_results(changed, "全年举办业务技能培训6期。"), of_text("results")


def n604(s: Submission, rng: random.Random) -> Damaged:
    n, _ = some(s, rng)
    others = "、".join(str(p.name) for place, p in enumerate(s.projects) if place != n)
    return with_text(s, "results", f"{others}安排的事情都已办完。"), of_text("results")


def n605(s: Submission, rng: random.Random) -> Damaged:
    changed, _ = achieved(s, rng, "举办业务培训20场以上", "举办业务培训3场", "actual", "因疫情少办，下年补办")
    return with_text(changed, "problems", rng.choice(["无", "暂无。", "目前没有问题。"])), of_text("problems")


def n606(s: Submission, _: random.Random) -> Damaged:
    return with_results(s, "2019年举办培训12场。"), of_text("results")


def n607(s: Submission, _: random.Random) -> Damaged:
    return with_results(s, "预计认定高企130家以上。"), of_text("results")


def n608(s: Submission, rng: random.Random) -> Damaged:
    section = rng.choice(["management", "evaluation", "problems"])
    return with_text(s, section, "经办人某某，电话13800001234。"), of_text(section)


def n609(s: Submission, rng: random.Random) -> Damaged:
    section = rng.choice(["problems", "suggestions"])
    return with_text(s, section, "进一步加强管理，不断提升水平。"), of_text(section)


def n611(s: Submission, rng: random.Random) -> Damaged:
    changed, _ = achieved(s, rng, "举办业务培训20场以上", "举办业务培训3场", "actual", "因疫情少办，下年补办")
    return with_results(changed, "各项绩效目标均已完成。"), of_text("results")


def n612(s: Submission, _: random.Random) -> Damaged:
    text = "支付讲课费30万元、资料费30万元、场租29.99万元，合计89.97万元。"
    return with_text(s, "management", text), of_text("management")


def n613(s: Submission, _: random.Random) -> Damaged:
    return with_text(s, "management", "发出问卷150份，收回120份，回收率92%。"), of_text("management")


def n614(s: Submission, _: random.Random) -> Damaged:
    return with_results(s, "兑现区级奖励资金9000万元。"), of_text("results")


def n615(s: Submission, _: random.Random) -> Damaged:
    text = "成立绩效自评工作领导小组。绩效考核工作领导小组下设办公室。"
    return with_text(s, "evaluation", text), of_text("evaluation")


def n616(s: Submission, _: random.Random) -> Damaged:
    later = replace(s, year=2025, report_date=date(2026, 3, 9))
    text = "《科普法》第二十三条要求把科普经费列入本级预算。"
    return with_text(later, "management", text), of_text("management")


RECIPES: dict[str, Callable[[Submission, random.Random], Damaged]] = {
    "R101": r101, "R102": r102, "R104": r104, "R105": r105, "R105 text": r105_text, "R107": r107, "R108": r108,
    "M101": m101, "M102": m102, "M103": m103, "M104": m104, "M105": m105, "M107": m107, "M108": m108, "M109": m109,
    "M110": m110, "M111": m111, "M112": m112, "M115": m115, "F007 remark": f007_remark, "F007 unit": f007_unit,
    "F007 unread": f007_unread, "F011": f011, "C504": c504, "C506": c506, "C507": c507, "T201": t201, "T208": t208,
    "T213": t213, "N601": n601, "N602": n602,
    "T202": t202, "T204": t204, "T207": t207, "T209": t209, "T210": t210, "T211": t211, "T212": t212, "T215": t215,
    "A301": a301, "A302": a302, "A303": a303, "A304": a304, "A305": a305, "A306": a306, "A307": a307, "A309": a309,
    "A310": a310, "S412": s412, "N603": n603, "N604": n604, "N605": n605, "N606": n606, "N607": n607, "N608": n608,
    "N609": n609, "N611": n611, "N612": n612, "N613": n613, "N614": n614, "N615": n615, "N616": n616,
}  # fmt: skip
SEEDS = range(12)


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("edition", [COUNTY, MINISTRY])
def test_a_clean_submission_has_no_finding(seed: int, edition: str, tmp_path: Path) -> None:
    _, findings = found(clean.submission(seed, edition), tmp_path)
    assert findings == []


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("recipe", RECIPES)
def test_one_damage_is_one_code_at_one_cell(recipe: str, seed: int, tmp_path: Path) -> None:
    rng = random.Random(f"{recipe}{seed}")
    damaged, place = RECIPES[recipe](clean.submission(seed), rng)
    read, findings = found(damaged, tmp_path)
    where = place(read)
    assert spots(findings) == [(recipe[:4], where.sheet, where.cell)]


def scored(key: str, row: int = 0) -> Place:
    return lambda read: read.projects[0].indicators[row].at(key)


IN_WORDS: dict[str, Any] = {"sign": "定性", "method": "定性", "unit": None}


def of_form(key: str) -> Place:
    def place(read: Submission) -> Ref:
        sheet = read.projects[0].scoring
        assert sheet is not None
        return sheet.at(key, 0)

    return place


def sichuan(s: Submission) -> Submission:
    return replace(s, edition=forms.load("sichuan"))


def weighted(s: Submission, *weights: int) -> Submission:
    for row, weight in enumerate(weights):
        s = with_indicator(s, 0, row, weight=weight)
    return s


def copied(s: Submission) -> Submission:
    first = s.projects[0].indicators[0]
    names = ("业务培训", "宣传活动", "专题讲座", "科普展览", "现场咨询")
    rows = tuple(replace(first, level3=f"{name}场次", target="5", actual="5", weight=6) for name in names)
    return with_project(s, 0, replace(s.projects[0], indicators=(*rows, *s.projects[0].indicators[1:])))


def underspent(s: Submission) -> Submission:
    spent = round(money(s, 0)[0] * 0.93, 2)
    sources = tuple(replace(source, spent=spent) for source in s.projects[0].funding.sources)
    return funding(s, 0, spent=spent, spent_local=spent, reason="尾款待验收后支付", sources=sources)


def own_cell(read: Submission, key: str) -> Ref:
    sheet = read.projects[0].scoring
    assert sheet is not None
    return sheet.at(key, 0)


def total_cost(s: Submission, target: float, actual: float) -> Submission:
    """The second indicator turned into the project's cost."""
    cells = {"level2": "成本指标", "level3": "项目总成本", "sign": "≤", "unit": "万元"}
    return with_indicator(s, 0, 1, target=f"{target:g}", actual=f"{actual:g}", **cells)


SCORED: dict[str, Callable[[Submission], Damaged]] = {
    "R103": lambda s: (with_indicator(s, 0, 0, sign=None), scored("sign")),
    "R104": lambda s: (with_indicator(s, 0, 1, actual=None), scored("actual", 1)),
    "R106": lambda s: (
        with_project(
            s,
            0,
            replace(s.projects[0], indicators=s.projects[0].indicators[:2] + s.projects[0].indicators[3:]),
        ),
        scored("level1"),
    ),
    "M113": lambda s: (
        funding(s, 0, initial_budget=money(s, 0)[0] - 5, sources=(), reason=None),
        lambda read: own_cell(read, "initial_budget"),
    ),
    "M114": lambda s: (total_cost(s, target=money(s, 0)[0] + 50, actual=money(s, 0)[1]), scored("target", 1)),
    "C503": lambda s: (total_cost(s, target=money(s, 0)[0], actual=money(s, 0)[1] - 3), scored("actual", 1)),
    "M106": lambda s: (
        funding(s, 0, sources=(replace(s.projects[0].funding.sources[0], budget=1),)),
        lambda read: read.projects[0].funding.sources[0].at("budget"),
    ),
    "M107": lambda s: (
        with_project(s, 0, replace(s.projects[0], execution=replace(s.projects[0].execution, rate=0.5))),
        lambda read: read.projects[0].execution.at("rate"),
    ),
    "T201": lambda s: (with_indicator(s, 0, 1, target="适量"), scored("target", 1)),
    "T203": lambda s: (with_indicator(s, 0, 0, target="一座，占地300平方米", unit=None), scored("target")),
    "T204": lambda s: (with_indicator(s, 0, 1, unit="人"), scored("unit", 1)),
    "T205": lambda s: (with_indicator(s, 0, 0, target="5场", unit="人", actual="5"), scored("unit")),
    "T206": lambda s: (with_indicator(s, 0, 0, **IN_WORDS, target="≥95%", actual="达成"), scored("target")),
    "T214": lambda s: (with_indicator(s, 0, 1, level3="举办业务培训"), scored("level3", 1)),
    "A301": lambda s: (with_indicator(s, 0, 0, actual="1"), scored("reason")),
    "A302": lambda s: (with_indicator(s, 0, 0, actual="99"), scored("reason")),
    "A303": lambda s: (with_indicator(s, 0, 0, actual="99人"), scored("actual")),
    "A308": lambda s: (copied(s), scored("actual")),
    "S401": lambda s: (with_indicator(s, 0, 0, weight=25), of_form("total_weight")),
    "S402": lambda s: (with_indicator(s, 0, 0, score=31), scored("score")),
    "S403": lambda s: (with_indicator(s, 0, 0, actual="1", reason="因疫情少办", score=25), scored("score")),
    "S404": lambda s: (
        with_indicator(
            s, 0, 0, **IN_WORDS, target="制度健全", actual="部分达成", reason="平台未通", score=29.5
        ),
        scored("score"),
    ),
    "S405": lambda s: (
        with_project(s, 0, replace(s.projects[0], total_score=85)),
        of_form("total_score"),
    ),
    "S406": lambda s: (with_project(s, 0, replace(s.projects[0], grade="差")), of_form("grade")),
    "S407": lambda s: (with_indicator(s, 0, 0, actual="1", reason="因疫情少办", score=30), scored("score")),
    "S408": lambda s: (with_indicator(s, 0, 0, score=20), scored("score")),
    "S409": lambda s: (underspent(s), of_form("total_score")),
    "S410": lambda s: (
        with_project(s, 0, replace(s.projects[0], execution=replace(s.projects[0].execution, score=3))),
        lambda read: read.projects[0].execution.at("score"),
    ),
    "S411": lambda s: (weighted(sichuan(s), 61, 9, 10, 10), scored("weight")),
    "S412": lambda s: (with_indicator(s, 0, 3, actual="100"), scored("actual", 3)),
    "S413": lambda s: (weighted(s, 20, 20, 40, 10), scored("weight")),
    "N610": lambda s: (with_indicator(sichuan(s), 0, 0, reason="场地紧张，" * 30), scored("reason")),
}


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("recipe", SCORED)
def test_one_damage_in_the_scored_form(recipe: str, seed: int, tmp_path: Path) -> None:
    damaged, place = SCORED[recipe](clean.submission(seed, MINISTRY))
    read, findings = found(damaged, tmp_path)
    where = place(read)
    assert spots(findings) == [(recipe, where.sheet, where.cell)]


# --- rules for columns that no edition which ships has -------------------------------------------------------

PLATFORM = """
id = "platform"
extends = "ministry-2020"
title = "项目支出绩效自评表（预算管理平台导入）"
platform = true
[tables.scoring]
columns = [
  "level1", "level2", "level3", "sign", "target", "unit", "actual", "method", "weight", "score",
  "description", "evidence", "reason",
]
fields = [
  { key = "description", name = "DESCRIPTION", label = "完成情况简要描述", width = 24 },
  { key = "evidence", name = "EVIDENCE", label = "佐证材料", width = 20 },
]
"""


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[Edition]:
    """A provincial variant, added as anyone would add one: a file beside the others that extends its parent."""
    shipped = forms._text
    monkeypatch.setattr(forms, "_text", lambda name: PLATFORM if name == "platform" else shipped(name))
    monkeypatch.setattr(forms, "editions", lambda: ("ministry-2020", "platform"))
    forms.load.cache_clear()
    yield forms.load("platform")
    monkeypatch.undo()
    forms.load.cache_clear()


def evidenced(s: Submission, edition: Edition) -> Submission:
    rows = [
        replace(row, evidence="签到表、验收单", description="修订办法1项，已印发")
        for row in s.projects[0].indicators
    ]
    projects = [replace(s.projects[0], indicators=tuple(rows))]
    return replace(s, edition=edition, projects=tuple(projects), paragraphs=for_project(s, s.projects[0]))


def for_project(s: Submission, project: Project) -> tuple[Paragraph, ...]:
    """The paragraphs of a submission that has only this project."""
    results = f"{project.name}按计划实施，年度任务已经完成。"
    return tuple(replace(p, text=results) if p.section == "results" else p for p in s.paragraphs)


OF_THE_PLATFORM: dict[str, Callable[[Submission], Damaged]] = {
    "F008": lambda s: (with_indicator(s, 0, 1, target="*95"), scored("target", 1)),
    "R110": lambda s: (with_indicator(s, 0, 2, evidence=None), scored("evidence", 2)),
    "S414": lambda s: (
        with_indicator(s, 0, 1, **IN_WORDS, target="制度健全", actual="达成", score=20, description="无"),
        scored("description", 1),
    ),
}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("recipe", OF_THE_PLATFORM)
def test_one_damage_in_a_form_of_the_platform(
    recipe: str, seed: int, platform: Edition, tmp_path: Path
) -> None:
    whole = evidenced(clean.submission(seed, MINISTRY), platform)
    assert found(whole, tmp_path)[1] == []
    damaged, place = OF_THE_PLATFORM[recipe](whole)
    read, findings = found(damaged, tmp_path)
    where = place(read)
    assert spots(findings) == [(recipe, where.sheet, where.cell)]


@pytest.mark.parametrize("seed", SEEDS)
def test_satisfaction_nowhere_is_found_once(seed: int, tmp_path: Path) -> None:
    def silent(item: WorkItem) -> WorkItem:
        return replace(item, benefit="提升全民科学素质", actual=str(item.actual).replace("，满意度93%", ""))

    s = clean.submission(seed)
    projects = [replace(p, items=tuple(silent(item) for item in p.items)) for p in s.projects]
    read, findings = found(replace(s, projects=tuple(projects)), tmp_path)
    where = read.projects[0].items[0].at("benefit")
    assert spots(findings) == [("R109", where.sheet, where.cell)]


# --- damage to cells that no submission describes ------------------------------------------------------------


def in_memory(path: Path, facts: BookFacts | None = None) -> MemoryBook:
    book = FileBook.open(path)
    return MemoryBook({tab: book.read(book.used(tab)) for tab in book.sheets()}, book.names(), facts)


@pytest.mark.parametrize("seed", range(6))
def test_an_overwritten_formula_is_found(seed: int, tmp_path: Path) -> None:
    read, _ = found(clean.submission(seed), tmp_path)
    book = in_memory(tmp_path / "自评 工作簿.xlsx")
    place = read.projects[0].at("rate")
    book.write(place, [[0.123]])
    assert spots(rules.check(reading.read(book))) == [("F005", place.sheet, place.cell)]


@pytest.mark.parametrize("seed", range(6))
def test_an_error_value_is_found_once(seed: int, tmp_path: Path) -> None:
    read, _ = found(clean.submission(seed), tmp_path)
    book = in_memory(tmp_path / "自评 工作簿.xlsx")
    place = read.projects[0].items[0].at("benefit")
    book.write(place, [[CellError("#REF!")]])
    assert spots(rules.check(reading.read(book))) == [("F010", place.sheet, place.cell)]


def test_another_name_on_the_project_sheet_is_found(tmp_path: Path) -> None:
    read, _ = found(clean.submission(4), tmp_path)
    book = in_memory(tmp_path / "自评 工作簿.xlsx")
    sheet = read.projects[0].matrix
    assert sheet is not None
    place = sheet.at("name", 0)
    book.write(place, [["另一个名称"]])
    assert spots(rules.check(reading.read(book))) == [("C502", place.sheet, place.cell)]


def test_a_full_cell_is_found(tmp_path: Path) -> None:
    read, _ = found(clean.submission(5), tmp_path)
    book = in_memory(tmp_path / "自评 工作簿.xlsx")
    place = read.projects[0].items[0].at("quality")
    book.write(place, [["严" * 32767]])
    assert spots(rules.check(reading.read(book))) == [("F009", place.sheet, place.cell)]


@pytest.mark.parametrize(
    ("facts", "spot"),
    [
        (BookFacts(external_links=True), ("F006", "", "")),
        (BookFacts(no_results=True), ("F005", "", "")),
        (BookFacts(far=(Ref("资金概况", "XFD1048576"),)), ("F013", "资金概况", "XFD1048576")),
    ],
)
def test_what_a_door_tells_of_the_file(facts: BookFacts, spot: tuple[str, str, str], tmp_path: Path) -> None:
    path = written(clean.submission(6), tmp_path)
    assert spots(rules.check(reading.read(in_memory(path, facts)))) == [spot]


def test_before_sending_a_signature_is_asked_for(tmp_path: Path) -> None:
    unsigned = replace(clean.submission(7), report_date=None)
    read, findings = found(unsigned, tmp_path)
    assert findings == []
    place = read.at("report_date")
    assert spots(rules.check(read, sending=True)) == [("R111", place.sheet, place.cell)]


def test_a_change_of_an_approved_target_is_found(tmp_path: Path) -> None:
    approved = clean.submission(8)
    changed = with_item(approved, 0, 0, quality="验收合格率98%")
    read = replace(found(changed, tmp_path)[0], approved=approved)
    place = read.projects[0].items[0].at("quality")
    assert ("C505", place.sheet, place.cell) in spots(rules.check(read))


def test_content_below_the_form_is_found(tmp_path: Path) -> None:
    read, _ = found(clean.submission(1), tmp_path)
    book = in_memory(tmp_path / "自评 工作簿.xlsx")
    sheet = read.projects[0].matrix
    assert sheet is not None
    book.write(Ref(sheet.sheet, "B90"), [["漏写的一项"]])
    assert spots(rules.check(reading.read(book))) == [("F012", sheet.sheet, "B90")]


def test_a_lost_sheet_and_a_lost_column(tmp_path: Path) -> None:
    read, _ = found(clean.submission(2), tmp_path)
    path = tmp_path / "自评 工作簿.xlsx"
    book = in_memory(path)
    sheet = read.projects[0].matrix
    assert sheet is not None
    for name in [name for name in book.names() if name.startswith(f"{sheet.sheet}!")]:
        del book._names[name]
    place = read.projects[0].at("name")
    assert spots(rules.check(reading.read(book))) == [("C501", place.sheet, place.cell)]
    book = in_memory(path)
    book._names[f"{sheet.sheet}!MX_BENEFIT"] = Ref("", "#REF!")
    assert spots(rules.check(reading.read(book))) == [("F003", "", "")]


def test_a_copied_sheet_is_found(tmp_path: Path) -> None:
    read, _ = found(clean.submission(3), tmp_path)
    book = in_memory(tmp_path / "自评 工作簿.xlsx")
    sheet = read.projects[0].matrix
    assert sheet is not None
    copy = f"{sheet.sheet} (2)"
    book._sheets[copy] = [list(row) for row in book._sheets[sheet.sheet]]
    for name, ref in list(book.names().items()):
        if name.startswith(f"{sheet.sheet}!"):
            book._names[f"{copy}!{name.partition('!')[2]}"] = Ref(copy, ref.cell)
    assert spots(rules.check(reading.read(book))) == [("F004", copy, "A1")]


# --- what must not matter ------------------------------------------------------------------------------------


def told(findings: list[Finding]) -> list[tuple[str, str, str | None]]:
    return sorted((f.rule, f.problem, f.row_name) for f in findings)


@pytest.mark.parametrize("seed", range(10))
def test_the_order_of_projects_changes_nothing_but_addresses(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    recipes = [name for name in RECIPES if name not in {"N601", "N602", "C507", "R107", "R105 text", "M101"}]
    damaged, _ = RECIPES[rng.choice(recipes)](clean.submission(seed), rng)
    shuffled = replace(damaged, projects=tuple(rng.sample(damaged.projects, len(damaged.projects))))
    _, before = found(damaged, tmp_path)
    _, after = found(shuffled, tmp_path)
    assert before
    assert told(before) == told(after)
    assert sorted(f.key for f in before) == sorted(f.key for f in after)


@pytest.mark.parametrize("seed", range(10))
def test_renamed_tabs_change_nothing_but_addresses(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    damaged, _ = RECIPES[rng.choice(list(RECIPES))](clean.submission(seed), rng)
    _, before = found(damaged, tmp_path)
    book = in_memory(tmp_path / "自评 工作簿.xlsx")
    new = {tab: f"改名{n}" for n, tab in enumerate(book.sheets())}
    renamed = MemoryBook(
        {new[tab]: book._sheets[tab] for tab in book.sheets()},
        {
            "!".join([*([new[tab]] if tab else []), own]): Ref(new.get(ref.sheet, ""), ref.cell)
            for name, ref in book.names().items()
            for tab, _, own in [name.rpartition("!")]
        },
    )
    after = rules.check(reading.read(renamed))
    assert [(f.rule, f.key) for f in after] == [(f.rule, f.key) for f in before]
    assert [f.at.cell for f in after if f.at] == [f.at.cell for f in before if f.at]


def test_named_cells_are_the_vocabulary_of_the_reader(tmp_path: Path) -> None:
    book = FileBook.open(written(clean.submission(1), tmp_path))
    assert {names.UNIT, names.YEAR, names.STAGE, names.EDITION, names.SCHEMA, names.FUND_ID} <= set(
        book.names()
    )
