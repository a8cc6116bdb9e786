"""N: do the figures of one sentence agree with each other?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from xl_perfeval import quantity, rollup
from xl_perfeval.expressions import expression
from xl_perfeval.findings import Severity
from xl_perfeval.model import Paragraph, Submission
from xl_perfeval.rules.engine import Problem, rule
from xl_perfeval.rules.examples import submission
from xl_perfeval.rules.sentences import figures, sentences

Figure = quantity.Figure
_COUNTED = {quantity.FigureKind.count, quantity.FigureKind.money}
_OF_WHICH = expression(r"其中[：:]?")
_ALTOGETHER = expression(
    r"(?:共计?|合计|总计|总共|累计)(?:投入|支出|完成|安排|发放|举办|开展|培训|资金|为|达)*$"
)
_OTHER_MEASURE = expression(r"支出|结余|执行|预算|到位|下达|指标|拨付|完成率")
_OVERLAPPING = expression(r"[女男]|党员|干部|青年|老年|民族|脱贫|残疾|学历|以上|省级|市级|国家级")


def _text(text: str) -> Submission:
    return submission(texts={"management": text})


@rule(
    "N612",
    "parts-do-not-add-up",
    Severity.WARNING,
    basis="一句话里的分项与合计应相等",
    passes=[
        lambda: _text("支付讲课费30万元、资料费30万元、场租29.99万元，合计89.99万元。"),
        lambda: _text("全年培训10期，其中高企申报3期、研发统计2期。"),
        lambda: _text("指标总额563万元，其中区级指标563万元，支出547.99万元。"),
        lambda: _text("举办培训3场120人、讲座5场200人，共8场320人。"),
        lambda: _text("培训60人，其中女性40人、党员30人。"),
        lambda: _text("完成课题3个、获奖2个，共印发5万份资料。"),
        lambda: _text("预算60万元、支出59万元，共结余1万元。"),
    ],
    fails=[
        lambda: _text("支付讲课费30万元、资料费30万元、场租29.99万元，合计89.97万元。"),
        lambda: _text("全年培训10期，其中高企申报7期、研发统计5期。"),
        lambda: _text("举办培训3场、讲座5场，共9场。"),
    ],
)
def parts_do_not_add_up(paragraph: Paragraph) -> Iterator[Problem]:
    """一句话里的分项加起来不等于合计。

    “其中”只列一部分的，只在分项多于总数时提示；“共”“合计”前面逐项列出的应当相等。
    """
    if not _TOTALS.search(paragraph.text):
        return
    for sentence in sentences(paragraph.text):
        if not _TOTALS.search(sentence.text):
            continue
        found = [f for f in figures(sentence.text) if f.kind in _COUNTED and f.unit and not f.approximate]
        wrong = _more_than_whole(sentence.text, found) or _unlike_total(sentence.text, found)
        if wrong:
            parts, total = wrong
            added = sum((part.value for part in parts), Decimal(0))
            listed = "、".join(part.text.strip() for part in parts[:5])
            yield Problem(
                at=paragraph.at("text"),
                value=added,
                expected=total.value,
                difference=added - total.value,
                problem=f"“{listed}”相加是{_said(added, total)}，合计写“{total.text.strip()}”，相差{_said(abs(added - total.value), total)}。",
                remedy="请核对各项和合计；各项有重叠或只列了主要几项的，请写明“其中主要有”。",
            )
            return


_TOTALS = expression(r"其中|共|合计|总计|累计")


def _said(value: Decimal, like: Figure) -> str:
    if "万" in like.text and like.kind is quantity.FigureKind.count:
        return f"{quantity.plain(rollup.excel_round(value / 10000, 6))}万{like.unit}"
    return f"{quantity.plain(rollup.excel_round(value, 6))}{like.unit}"


def _more_than_whole(text: str, found: Sequence[Figure]) -> tuple[list[Figure], Figure] | None:
    """Parts listed after 其中 that come to more than the figure before it."""
    mark = _OF_WHICH.search(text)
    before = [f for f in found if mark and f.end <= mark.start()]
    if mark is None or not before or _OVERLAPPING.search(text[mark.end() :]):
        return None
    whole, parts, end = before[-1], list[Figure](), mark.end()
    for figure in found:
        if figure.start < mark.end():
            continue
        between = text[end : figure.start]
        if figure.unit != whole.unit or (parts and _OTHER_MEASURE.search(between)):
            break
        parts.append(figure)
        end = figure.end
    if len(parts) < 2 or whole.unit_group == "人" or _is_rough(parts):
        return None
    added = sum((part.value for part in parts), Decimal(0))
    return (parts, whole) if added > whole.value + _rounding([*parts, whole]) else None


def _unlike_total(text: str, found: Sequence[Figure]) -> tuple[list[Figure], Figure] | None:
    """Parts listed one by one before 共 or 合计, with 、 between them, that do not come to it."""
    for place, total in enumerate(found):
        if not _ALTOGETHER.search(text[: total.start]) or _goes_on(text, total):
            continue
        if _OTHER_MEASURE.search(_clause_before(text, total)):
            continue
        parts: list[Figure] = []
        end = total.start
        for figure in reversed(found[:place]):
            between = text[figure.end : end]
            if figure.unit == total.unit:
                broken = "其中" in between or ("、" not in between and parts)
                if broken or (_OTHER_MEASURE.search(_clause_before(text, figure))):
                    break
                parts.insert(0, figure)
                end = figure.start
        if len(parts) < 2 or _is_rough([*parts, total]):
            continue
        added = sum((part.value for part in parts), Decimal(0))
        if abs(added - total.value) > _rounding([*parts, total]):
            return parts, total
    return None


def _goes_on(text: str, total: Figure) -> bool:
    """Whether a total is followed by a noun of its own (共印发5个文件)."""
    return re.match(r"[一-龥]", text[total.end : total.end + 1]) is not None and not figures(
        text[total.end : total.end + 8]
    )


def _clause_before(text: str, figure: Figure) -> str:
    return re.split(r"[，、；]", text[: figure.start])[-1]


def _is_rough(found: Sequence[Figure]) -> bool:
    return any(figure.sign is not quantity.Sign.implicit for figure in found)


def _rounding(found: Sequence[Figure]) -> Decimal:
    """Half a unit of the last printed digit for every figure that has decimals."""
    return sum((_half_unit(figure) for figure in found), Decimal(0))


def _half_unit(figure: Figure) -> Decimal:
    digits = re.search(r"\.(\d+)", figure.text)
    if not digits:
        return Decimal(0)
    scale = Decimal(10000) if "亿" in figure.text else Decimal(1)
    return Decimal(1).scaleb(-len(digits[1])) / 2 * scale


_PLANNED = expression(r"(?:预算|指标总额|安排|目标|计划|应收|应到|发放问卷|发出)[^，；]{0,8}$")
_ACHIEVED = expression(r"(?:支出|执行|完成|实际|到位|实到|收回|回收)[^，；预算计划目标]{0,8}$")
_RATIO = expression(r"(?:执行率|支出率|完成率|到位率|回收率|收回率)(?:为|达到?|[:：])?$")
_GROWTH = expression(
    r"(?:从|由)(?:20\d\d年|上年|去年)?[^，；]{0,6}?的?(?P<a>[0-9.]+)(?P<ua>[万亿]?[一-龥]{1,2}?)(?:增加|增长|提高|上升)(?:到|至)"
    r"[^，；0-9]{0,6}(?P<b>[0-9.]+)(?P<ub>[万亿]?[一-龥]{1,2})，?(?:同比)?(?:增长|增幅)(?:了|达|为)?(?P<p>[0-9]+(?:\.[0-9]+)?)[%％]"
)


@rule(
    "N613",
    "percentage-does-not-follow",
    Severity.WARNING,
    basis="百分比按旁边的数字计算",
    passes=[
        lambda: _text("科普经费预算60万元，支出60万元，执行率100%。"),
        lambda: _text("发出问卷150份，收回120份，回收率80%。"),
        lambda: _text("计划培训6场，实际完成10场，完成率166.7%。"),
        lambda: _text("高企从188家增加到320家，增长70.2%。"),
        lambda: _text("预算60万元，其中科普30万元，支出29万元，执行率96.7%。"),
        lambda: _text("全年预算563万元，支出547.99万元，执行率97.3%。"),
    ],
    fails=[
        lambda: _text("科普经费预算60万元，支出45万元，执行率90%。"),
        lambda: _text("发出问卷150份，收回120份，回收率92%。"),
        lambda: _text("高企从188家增加到320家，增长50%。"),
    ],
)
def percentage_does_not_follow(paragraph: Paragraph) -> Iterator[Problem]:
    """百分比与旁边的两个数对不上。

    只看一句话里计划、实际和比率都写明的；截尾和四舍五入都算对。
    """
    if "率" not in paragraph.text and "增" not in paragraph.text:
        return
    if "%" not in paragraph.text and "％" not in paragraph.text:
        return
    for sentence in sentences(paragraph.text):
        wrong = _wrong_ratio(sentence.text) or _wrong_growth(sentence.text)
        if wrong:
            stated, expected, basis = wrong
            yield Problem(
                at=paragraph.at("text"),
                value=stated,
                expected=rollup.excel_round(expected, 4),
                difference=rollup.excel_round(stated - expected, 4),
                problem=f"文字写{rollup.percent(stated)}，按“{basis}”计算是{rollup.percent(expected)}。",
                remedy=f"请核对，例如改为“{rollup.percent(expected)}”；按别的数计算的，请写明。",
            )
            return


def _wrong_ratio(text: str) -> tuple[Decimal, Decimal, str] | None:
    if not _RATE_WORD.search(text) or "其中" in text:
        return None
    found = figures(text)
    for place, rate in enumerate(found):
        if rate.kind is not quantity.FigureKind.rate or rate.approximate:
            continue
        if not _RATIO.search(text[: rate.start]):
            continue
        counted = [f for f in found[:place] if f.kind in _COUNTED and not f.approximate]
        if len(counted) != 2 or any(f.kind is quantity.FigureKind.rate for f in found[:place]):
            return None
        first, second = counted
        if first.unit != second.unit or not first.value:
            return None
        if _PLANNED.search(text[: first.start]) and _ACHIEVED.search(text[first.end : second.start]):
            stated, expected = rate.value / 100, second.value / first.value
            if abs(stated - expected) >= _last_digit(rate):
                return stated, expected, f"{first.text.strip()}、{second.text.strip()}"
    return None


_RATE_WORD = expression(r"率[^，。]{0,3}[0-9]")


def _last_digit(rate: Figure) -> Decimal:
    digits = re.search(r"\.(\d+)", rate.text)
    return Decimal(1).scaleb(-2 - len(digits[1] if digits else ""))


def _wrong_growth(text: str) -> tuple[Decimal, Decimal, str] | None:
    match = _GROWTH.search(text) if "增" in text else None
    if match is None or match["ua"].lstrip("万亿") != match["ub"].lstrip("万亿") or "百分" in match["ua"]:
        return None
    if match["ua"][:1] != match["ub"][:1]:
        return None
    try:
        before, after = Decimal(match["a"]), Decimal(match["b"])
    except ArithmeticError:
        return None
    if not before:
        return None
    stated, expected = Decimal(match["p"]) / 100, (after - before) / before
    unit = Decimal(1).scaleb(-2 - len(match["p"].partition(".")[2]))
    if abs(stated - expected) < unit:
        return None
    return stated, expected, f"{match['a']}{match['ua']}、{match['b']}{match['ub']}"
