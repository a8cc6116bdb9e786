"""Cells that hold words instead of a figure, and words around a figure that change its meaning."""

from __future__ import annotations

from enum import StrEnum

from xl_perfeval.expressions import expression
from xl_perfeval.quantity.measure import Sign


class Growth(StrEnum):
    """How a figure of growth is meant: as it stands, or against the year before."""

    absolute = "absolute"
    year_on_year = "year on year"


_YEAR_ON_YEAR = expression("[同环]比|[比较](?:上年|去年|上一年|前年|同期|往年)|(?:上年|去年|上一年)同期")
_GROWING = expression(
    "(?:增长|增加|提高|提升|上升|增幅|增速|上涨|下降|降低|减少|下浮)(?:率|幅度?|速度?)?(?:了|达到?|为|约|近|超过?|不低于|不少于|至少|不超过|[≥≤<>=]| )*$"
)
_FALLING = frozenset("下降减")
_GROWTH_NAME = expression("增长率|增幅|增速|增长比例|下降率|降低率|提高率|提升率|增长")


def growth_before(clause: str) -> tuple[Growth | None, bool]:
    """Whether the words in front of a figure make it one of growth (同比增长50%), and whether downwards."""
    growing = _GROWING.search(clause)
    if growing is None:
        return None, False
    growth = Growth.year_on_year if _YEAR_ON_YEAR.search(clause) else Growth.absolute
    return growth, growing[0][0] in _FALLING


def growth_in_name(name: str) -> Growth | None:
    """Whether an indicator's name says that its rate is one of growth."""
    if not _GROWTH_NAME.search(name):
        return None
    return Growth.year_on_year if _YEAR_ON_YEAR.search(name) else Growth.absolute


def relative_growth(text: str) -> bool:
    """Whether a text without figure speaks of growth against the year before (比上年增长)."""
    return _YEAR_ON_YEAR.search(text) is not None


_FORECAST = expression(
    "预计|预估|有望|力争|将(?:会)?(?:达|实现|完成|新增|超|突破|增)|拟(?:认定|新增|于|完成|实现|建|引进|申报|达)"
)


def is_forecast(text: str) -> bool:
    """Whether a text speaks of the future (预计, 将达到, 拟认定); 预期指标 is no forecast."""
    return _FORECAST.search(text) is not None


_SMALLER = expression(
    "成本|费用|单价|造价|投诉|事故|结余率|变质|时限|时长|耗时|用时|违规|违纪|违法|差错|错误率|误差|损耗|损失率|流失率|死亡率|发病率|逾期|"
    "超标|缺陷|退货|能耗|用电量|漏报|故障|缺勤|空置率|欠费|安全事件|负面|舆情|上访|重复率|辍学率|失业率|倒塌|伤亡|标准$|"
    "补助标准|发放标准|负债率|三公"
)
_LARGER = expression(
    "处理|办结|回复|答复|整改|满意|达标|完成|及时|下降|降低|减少|节约|节支|覆盖|合格|化解|调解|挽回|处置|响应率|结案|成本核算|受理|回访|排除|修复|查处"
)
_TIME = expression("时效|时间|时限|期限|工期|周期|天数|时长")
_COLUMNS_OF_COST, _COLUMNS_OF_TIME = ("cost",), ("time", "schedule")


def smaller_is_better(name: str, *, rate: bool, duration: bool) -> bool:
    """Whether less is better for what is named: cost, time, complaints, accidents, 结余率, 变质率."""
    if name in _COLUMNS_OF_COST:
        return True
    if _SMALLER.search(name):
        return not _LARGER.search(name)
    return duration and not rate and (name in _COLUMNS_OF_TIME or _TIME.search(name) is not None)


_NAME_OF_TIME = expression("时效|时间|^time$|^schedule$|日期|期限|进度")


def is_of_time(name: str) -> bool:
    """Whether what is named is a time: the column of time targets, 完成时间, 期限."""
    return bool(name) and _NAME_OF_TIME.search(name) is not None


_BANDS = expression(
    "(?:已|全部|全面|完全)?(达成|部分达成|未达成|没有达成|基本达成|未能达成|部分实现|实现)(?:了)?(?:年度|预期|既定|绩效|全部|的)*(?:指标|目标)"
    "(?:程度较低)?(?:(?:并|且|，|,).{0,14})?。?"
)
_BAND_WORDS = {"达成": "达成", "基本达成": "达成", "部分达成": "部分达成", "部分实现": "部分达成"}


def band_of(text: str) -> str | None:
    """The qualitative band that a result names: 达成, 部分达成 or 未达成."""
    if "达成" not in text and "实现" not in text:
        return None
    if text in ("达成", "部分达成", "未达成"):
        return text
    match = _BANDS.fullmatch(text)
    if match is None:
        return None
    if match[1] == "实现":
        return "未达成" if "程度较低" in text else None
    return _BAND_WORDS.get(match[1], "未达成")


_LOWER_REFERENCE = expression(
    "(?:不低于|不少于|不小于|高于|优于|超过|≥|>).{0,6}?(?:上年|去年|往年|平均|标准|计划数)"
)
_REFERENCE = expression(
    "(?:不超|未超|不得超|不突破|不高于|不大于|控制在|[≤<]|低于|限于|小于|少于|等于|=).{0,8}?(?:预算|概算|控制数|控制价|限额|批复|计划数|上年|标准|合同价)"
    "|(?:预算|概算|批复|限额|控制数|标准)(?:金额|总额|成本|资金|范围|数)?(?:以|之)?内"
)


def reference_sign(text: str) -> Sign | None:
    """The sign of a bound that is another figure of the material: 不超预算, 控制在预算成本内, 不低于上年."""
    if _LOWER_REFERENCE.search(text):
        return Sign.at_least
    if not _REFERENCE.search(text):
        return None
    return Sign.equal if "等于" in text else Sign.at_most


_VAGUE = expression(
    "若干|多[篇次场个份家项批名人种期](?!民)|实际(?:工作|情况|需要|发生)(?:安排|而定|为准|确定)?|数[十百千]|视情况|按需|据实|根据实际|按实际"
)


def is_vague(text: str) -> bool:
    """Whether a text avoids a figure: 多篇, 若干, 根据实际工作安排."""
    return _VAGUE.search(text) is not None


_MARKS = expression("[XxNn*_?？【待某○〇×(]")
_PLACEHOLDER = expression("X{2,}|(?:^|[≥≤<>=年月])\\*|\\*{2,}|_{2,}|【待|待补充|待填|○{2,}|某某|×{2,}")
_ONLY_PLACEHOLDER = expression("[≥≤<>=2WwV]?(?:[XxNn*?？○〇]|\\( *\\))(?:%|[^\\W\\d_]{1,3})?")


def is_unfilled(text: str) -> bool:
    """Whether a placeholder of the template is left: **月**日前, ≥XX个, ____."""
    if not _MARKS.search(text):
        return False
    return _PLACEHOLDER.search(text) is not None or _ONLY_PLACEHOLDER.fullmatch(text) is not None


_SCORING_RULE = expression("[得扣加减]\\s?[0-9]+(?:\\.[0-9]+)?\\s?分(?!钟)|不得分|扣完为止")


def is_scoring_rule(text: str) -> bool:
    """Whether the cell holds a rule for scoring (100%得5分，每少10个百分点扣1分)."""
    return _SCORING_RULE.search(text) is not None
