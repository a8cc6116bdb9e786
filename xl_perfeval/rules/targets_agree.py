"""T: do the targets agree with each other, with their column and with the year?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from xl_perfeval import quantity
from xl_perfeval.expressions import expression
from xl_perfeval.findings import Severity
from xl_perfeval.model import Indicator, Place, Project, Submission, WorkItem
from xl_perfeval.rules.engine import Problem, Unknown, is_blank, named, rule
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
    (expression(r"新中国|中华人民共和国|建国|国庆"), 1949),
    (expression(r"建党|中国共产党|党的?生日"), 1921),
    (expression(r"建军|解放军"), 1927),
    (expression(r"改革开放"), 1978),
    (expression(r"抗(?:日战争|战)(?:暨世界反法西斯战争)?胜利"), 1945),
    (expression(r"五四运动"), 1919),
    (expression(r"长征胜利"), 1936),
    (expression(r"抗美援朝"), 1950),
)
_ANNIVERSARY = expression(r"(\d{1,3})\s*周年")
_STALE_YEAR = expression(
    r"(?<![\d〔\[（(—~～至-])(20\d\d)\s*年(?!\s*[-—~～至]|度?结转|以来|[起始]|开始|立项|启动|签订|批准|印发)"
)
_REFERENCE = expression(r"(?:较|比|同比|上年|结转|自|从|始于|对比|与)[^，。；]{0,4}$")


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


@rule(
    "T209",
    "count-differs-from-list",
    Severity.WARNING,
    basis="写明的次数与所列各项一致",
    passes=[
        lambda: submission(
            project(
                items=[
                    item(
                        quantity="举办4次活动：1.贯彻市联席会议精神。2.学习全国两会精神。3.推荐市科学技术年优秀论文。4.主题征文等活动。"
                    )
                ]
            )
        ),
        lambda: submission(
            project(items=[item(quantity="举办培训3场，参训500人：1.种植。2.养殖。3.电商。")])
        ),
        lambda: submission(
            project(items=[item(quantity="举办3次以上活动：1.咨询。2.展览。3.讲座。4.征文。")])
        ),
        lambda: submission(project(items=[item(quantity="举办6次活动：1.咨询2次。2.展览4次。")])),
        lambda: submission(project(items=[item(quantity="举办6次活动：1.咨询。2.展览等。")])),
    ],
    fails=[
        lambda: submission(project(items=[item(quantity="举办4次活动：1.咨询。2.展览。3.讲座。")])),
        lambda: submission(project(items=[item(quantity="开展2项工作：①走访。②座谈。③回访。")])),
    ],
)
def count_differs_from_list(item: WorkItem) -> Iterator[Problem]:
    """写明的次数与后面列出的项数不一致。

    列出的各项里另有次数、列到“等”为止，或写“以上”而列得更多的，不算。
    """
    for key in ("quantity", "quality", "benefit"):
        value = getattr(item, key)
        first = _LIST.search(value) if isinstance(value, str) else None
        listed = quantity.stated_list(value) if first else None
        if first is None or listed is None or listed[0] == listed[1] or listed[0] > 20:
            continue
        counts = [f for f in figures(value) if f.kind is quantity.FigureKind.count and f.unit]
        stated = next((f for f in reversed(counts) if f.end <= first.start() and f.value == listed[0]), None)
        if stated is None or _list_is_open(value, first.start(), stated, listed[1], counts):
            continue
        yield Problem(
            at=item.at(key),
            value=listed[0],
            expected=listed[1],
            difference=listed[0] - listed[1],
            problem=f"{named(item)}写“{stated.text}”，后面列了{listed[1]}项，相差{abs(listed[0] - listed[1])}。",
            remedy=f"请补列或改正数字，例如改为“{listed[1]}{stated.unit}”；只列了主要几项的，请在末尾加“等”。",
        )


_LIST = expression(r"(?<![0-9.])1\s*[.．、)）](?![0-9])|①|[（(]一[)）]|一是")
_ENDS_OPEN = expression(r"等[^，。；]{0,8}[。；]?\s*$")


def _list_is_open(
    text: str, begins: int, stated: quantity.Figure, length: int, counts: list[quantity.Figure]
) -> bool:
    """Whether the list need not have as many entries as were announced."""
    if any(f.end <= begins and f.value == length for f in counts):
        return True
    if stated.sign is quantity.Sign.at_least and length > stated.value:
        return True
    if length < stated.value and _ENDS_OPEN.search(text):
        return True
    return any(f.start > begins and f.unit_group == stated.unit_group for f in counts)


@rule(
    "T210",
    "part-exceeds-whole",
    Severity.WARNING,
    basis="新增（认定）数不会多于申报数，部分不会多于总数",
    passes=[
        lambda: submission(project(items=[item(quantity="申报高企60家以上，新增高企50家以上")])),
        lambda: submission(
            project(
                items=[item(quantity="申报高企40家以上", cost=30), item(quantity="申报高企20家", cost=30)]
            ),
            project(name="科技工作经费", items=[item(quantity="新增高企50家以上")]),
        ),
        lambda: submission(project(items=[item(quantity="推荐科技项目20项，新增就业岗位40个以上")])),
        lambda: submission(project(items=[item(quantity="培训500人，其中农村实用人才200人")])),
        lambda: submission(project(items=[item(quantity="开展活动20次，其中宣传3次、发放资料5000份")])),
    ],
    fails=[
        lambda: submission(
            project(items=[item(quality="申报高企40家以上，推荐市级科技计划项目20项以上")]),
            project(name="科技工作经费", items=[item(quantity="新增高企50家以上，带动研发投入")]),
        ),
        lambda: submission(project(items=[item(quantity="培训500人，其中农村实用人才600人")])),
    ],
)
def part_exceeds_whole(submission: Submission) -> Iterator[Problem]:
    """部分的目标大于总数的目标。

    同一种对象的新增（认定、获批）数一般不会多于申报（推荐）数；“其中”后面的数不会多于前面的总数。多处申报的先相加。
    """
    asked: dict[str, list[tuple[Decimal, str, Place]]] = {}
    gained: list[tuple[str, Decimal, str, Place, WorkItem]] = []
    for project in submission.projects:
        for item in project.items:
            for key, text, reading in targets_of(item):
                yield from _part_in_cell(item, key, text)
                for part in parts(reading):
                    if not reading.certain or part.low is None or part.kind is not quantity.Kind.quantity:
                        continue
                    noun = _FULL_NAME.sub("高企", part.noun)
                    said = f"{quantity.plain(part.low)}{part.unit}"
                    if applied := _APPLIED.search(noun):
                        key_of = f"{applied[1]}|{part.unit_group}"
                        asked.setdefault(key_of, []).append((part.low, said, item.at(key)))
                    elif granted := _GRANTED.search(noun):
                        key_of = f"{granted[1]}|{part.unit_group}"
                        gained.append((key_of, part.low, said, item.at(key), item))
    for key_of, value, said, place, item in gained:
        whole = asked.get(key_of, [])
        total = sum((low for low, _, _ in whole), Decimal(0))
        if whole and value > total:
            what = key_of.partition("|")[0]
            yield Problem(
                at=place,
                value=value,
                expected=total,
                difference=value - total,
                problem=f"{named(item)}新增（认定）{what}{said}，多于申报的{quantity.plain(total)}{said.lstrip('0123456789.')}，可能口径不同。",
                remedy="请核对两处目标；往年申报、本年认定的，在情况说明里写一句。",
                related=tuple(at for _, _, at in whole),
            )


_FULL_NAME = expression(r"高新技术企业|国家级?高企")
_APPLIED = expression(r"(?:申报|推荐|上报)(?:申报|认定)?([^申报推荐]{2,10})$")
_GRANTED = expression(r"^(?:新增|新认定|认定|获批|获评|获得认定)(?:认定)?([^，]{2,10})$")
_OF_WHICH = expression(r"其中[：:]?")


def _part_in_cell(item: WorkItem, key: str, text: str) -> Iterator[Problem]:
    found = _OF_WHICH.search(text)
    if found is None:
        return
    stop = text.find("。", found.end())
    counts = [f for f in figures(text) if f.kind is quantity.FigureKind.count and f.unit]
    before = [f for f in counts if f.end <= found.start()]
    if not before:
        return
    whole = before[-1]
    for part in counts:
        inside = found.end() <= part.start and (stop < 0 or part.end <= stop)
        if inside and part.unit == whole.unit and part.value > whole.value:
            yield Problem(
                at=item.at(key),
                value=part.value,
                expected=whole.value,
                difference=part.value - whole.value,
                problem=f"{named(item)}写“{whole.text}”，其中“{part.text}”，部分多于总数。",
                remedy="请核对两个数；不是其中一部分的，请另写一句。",
            )
            return


@rule(
    "T211",
    "period-out-of-place",
    Severity.WARNING,
    basis="时效目标应在本年度之内",
    passes=[
        lambda: submission(project(items=[item(schedule="6-9月")])),
        lambda: submission(project(items=[item(schedule="11月前")])),
        lambda: submission(project(items=[item(schedule="2020年1月--2020年11月")])),
        lambda: submission(project(items=[item(schedule="2021.1-2021.12")]), year=2021),
        lambda: submission(project(items=[item(schedule="按月安排")])),
        lambda: submission(project(items=[item(schedule="30分钟内响应")])),
    ],
    fails=[
        lambda: submission(project(items=[item(schedule="9-6月")])),
        lambda: submission(project(items=[item(schedule="2025年1月1日-2025年12月31日")]), year=2023),
        lambda: submission(project(items=[item(schedule="2023.07-2024.01")]), year=2023),
        lambda: submission(project(items=[item(schedule="2023.07-2024.01（跨年项目）")]), year=2023),
        lambda: submission(
            project(
                indicators=[
                    indicator(
                        level2="时效指标", level3="完成时间", sign=None, target="2021年12月底前", unit=None
                    ),
                    *indicators()[1:],
                ]
            ),
            edition="ministry-2020",
        ),
    ],
)
def period_out_of_place(project: Project, submission: Submission) -> Iterator[Problem]:
    """时间目标前后颠倒，或不在本年度之内。

    结束早于开始的必须改；年份不是本年度的请核对；跨年度的写明“跨年”后只作提示。
    """
    year = submission.year
    if not year:
        raise Unknown
    noted = words(project.name) + words(project.note) + words(project.kind)
    for item in project.items:
        span = quantity.period(item.schedule, year)
        if span.certain:
            said = noted + words(item.schedule) + words(item.name) + words(item.reason)
            yield from _misplaced(item, "schedule", span.start, span.end, year, said)
    for row in project.indicators:
        reading = target_of(row, year) if isinstance(row.target, str) else None
        if reading is not None and reading.certain and reading.kind is quantity.Kind.date:
            said = noted + words(row.target) + words(row.level3) + words(row.reason)
            yield from _misplaced(row, "target", _day(reading.low), _day(reading.high), year, said)


_CROSSING = expression(r"跨年|跨年度|延续|结转|[两三二多]年|分年")


def _misplaced(
    record: WorkItem | Indicator, key: str, start: date | None, end: date | None, year: int, noted: str
) -> Iterator[Problem]:
    said = f"{named(record)}的“{record.label(key)}”写“{short(words(getattr(record, key)))}”"
    if start is None and end is None:
        return
    first, last = start or end, end or start
    assert first is not None
    assert last is not None
    if last < first:
        yield Problem(
            at=record.at(key),
            value=str(last),
            expected=str(first),
            severity=Severity.ERROR,
            problem=f"{said}，结束早于开始。",
            remedy="请改正先后，例如“6-9月”；跨到下一年的，请写明年份。",
        )
    elif last.year < year or first.year > year:
        yield Problem(
            at=record.at(key),
            value=str(last),
            expected=year,
            problem=f"{said}，不在{year}年度之内。",
            remedy=f"请核对年份，例如改为“{year}年{last.month}月”；本年度以外的任务请在情况说明里写一句。",
        )
    elif first.year < year or last.year > year:
        crossing = _CROSSING.search(noted) is not None
        yield Problem(
            at=record.at(key),
            value=str(last),
            expected=year,
            severity=Severity.NOTICE if crossing else None,
            problem=f"{said}，跨出了{year}年度。",
            remedy="已注明跨年，可以保留；请只按本年度的部分考核。"
            if crossing
            else f"请核对，例如只写{year}年的部分；确是跨年项目的，请注明“跨年”。",
        )


def _day(bound: Decimal | None) -> date | None:
    """A bound of a date target (yyyymmdd) as a day; `None` without a year."""
    number = int(bound) if bound is not None else 0
    if number < 19000101:
        return None
    try:
        return date(number // 10000, number // 100 % 100, number % 100)
    except ValueError:
        return None


_BENEFIT = expression(
    r"效益|税收|财政收入|产值|增收|销售|利润|营业收入|研发投入|成交额|(?:带动|撬动).{0,12}投[入资]"
)
_JOBS = expression(r"就业|岗位")
_MONEY_ITEM = expression(r"补[助贴]|奖|单价|价|成本|标准|采购|扶持|资助|救助|发放|兑现|人均|每")


@rule(
    "T212",
    "wrong-column",
    Severity.WARNING,
    basis="数量、质量、效益各填各的列",
    passes=[
        lambda: submission(project(items=[item(quality="每村每年补助 4400 元")])),
        lambda: submission(project(items=[item(quality="单价2.5万元，4台，共10万元")])),
        lambda: submission(project(items=[item(quality="申报高企40家以上，推荐市级科技计划项目20项以上")])),
        lambda: submission(project(items=[item(quantity="举办就业技能培训3场，开发公益性岗位50个")])),
        lambda: submission(project(items=[item(quantity="发放研发奖补500万元，惠及企业98家")])),
        lambda: submission(
            project(indicators=[indicator(level3="发放补贴金额", target="50", unit="万元", actual="50")]),
            edition="ministry-2020",
        ),
    ],
    fails=[
        lambda: submission(
            project(items=[item(quantity="新增高企50家以上，带动企业增加研发投入5000万元以上。")])
        ),
        lambda: submission(
            project(items=[item(quality="为企业带来间接经济效益1亿元，增加财政税收500万元以上。")])
        ),
        lambda: submission(project(items=[item(quality="新增就业岗位40个以上")])),
        lambda: submission(project(items=[item(quantity="安排资金30万元")])),
        lambda: submission(project(items=[item(quantity="参加人员满意度90%以上")])),
        lambda: submission(
            project(indicators=[indicator(level3="带动税收", target="500", unit="万元", actual="500")]),
            edition="ministry-2020",
        ),
    ],
)
def wrong_column(submission: Submission) -> Iterator[Problem]:
    """目标填错了列。

    数量目标写做了多少，质量目标写做到什么标准；带动的投入、税收、就业和满意度属于效益。补助、奖励、单价这类金额不算。
    """
    for project in submission.projects:
        for item in project.items:
            for key in ("quantity", "quality"):
                value = getattr(item, key)
                found = _misplaced_figure(value, key) if isinstance(value, str) else None
                if found:
                    said, what, column = found
                    yield Problem(
                        at=item.at(key),
                        value=said,
                        problem=f"{named(item)}的“{item.label(key)}”里写“{said}”，这是{what}。",
                        remedy=f"请移到“{item.label(column)}”一列；确属这一列的，在情况说明里写一句。",
                    )
        for row in project.indicators:
            name, level2, unit = words(row.level3), words(row.level2), words(row.unit)
            benefit = _BENEFIT.search(name) and unit in {"万元", "亿元", "元"}
            if level2 in {"数量指标", "质量指标"} and (benefit or "满意" in name):
                yield Problem(
                    at=row.at("level2"),
                    value=level2,
                    problem=f"{named(row)}列在“{level2}”下，内容像是效益或满意度。",
                    remedy=f"请核对，例如改列“{'服务对象满意度指标' if '满意' in name else '经济效益指标'}”。",
                )


def _misplaced_figure(text: str, key: str) -> tuple[str, str, str] | None:
    """The first figure that belongs elsewhere, what it is, and the column where it belongs."""
    found = figures(text)
    for figure in found:
        clause = text[max(0, figure.start - 16) : figure.start]
        clause = re.split(r"[，。；;,]", clause)[-1]
        noun = clause + figure.noun_after
        said = short(f"{clause}{figure.text}".strip(), 24)
        if figure.kind is quantity.FigureKind.money and not _MONEY_ITEM.search(noun):
            if _BENEFIT.search(noun):
                return said, "效益", "benefit"
            if key == "quantity" and all(other.kind is quantity.FigureKind.money for other in found):
                return said, "金额，不是数量", "cost"
        counted = figure.kind is quantity.FigureKind.count and figure.unit in {"个", "人", "名"}
        if key == "quality" and counted and _JOBS.search(noun) and "培训" not in noun:
            return said, "就业效益", "benefit"
        if key == "quantity" and figure.kind is quantity.FigureKind.rate and "满意" in noun:
            return said, "满意度", "benefit"
    return None


@rule(
    "T214",
    "indicator-named-twice",
    Severity.WARNING,
    basis="预算管理平台按三级指标名称导入，重名的会互相覆盖",
    passes=[
        lambda: submission(project(indicators=indicators()), edition="ministry-2020"),
        lambda: submission(
            project(indicators=indicators()),
            project(name="科技工作经费", indicators=indicators()),
            edition="ministry-2020",
        ),
    ],
    fails=[
        lambda: submission(
            project(indicators=[*indicators(), indicator(weight=None)]), edition="ministry-2020"
        ),
        lambda: submission(
            project(indicators=[*indicators(), indicator(level3="1.举办培训场次")]),
            edition=platform_edition(),
        ),
    ],
)
def indicator_named_twice(project: Project, submission: Submission) -> Iterator[Problem]:
    """同一个项目里有两个同名的三级指标。

    平台按名称对应，后一行会盖掉前一行；要导入平台的必须改。
    """
    seen: dict[str, Indicator] = {}
    for row in project.indicators:
        name = re.sub(r"\s", "", row.called or "")
        first = seen.setdefault(name, row) if name else row
        if first is not row:
            yield Problem(
                at=row.at("level3"),
                value=row.level3,
                severity=Severity.ERROR if submission.edition.platform else None,
                problem=f"第{first.number}项和第{row.number}项三级指标都叫“{short(name)}”，导入平台时会互相覆盖。",
                remedy=f"请改成不同的名称，例如“{short(name)}（二）”，或并成一行。",
                related=(first.at("level3"),),
            )
