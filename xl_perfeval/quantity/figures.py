"""Every number of a running Chinese text: what it is, its unit, and what it counts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from xl_perfeval.quantity.measure import FigureKind, Measure, Sign
from xl_perfeval.quantity.numerals import fold
from xl_perfeval.quantity.plainform import json_number
from xl_perfeval.quantity.scanning import scan
from xl_perfeval.quantity.units import group_of


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a text. `text` is the text from `start` to `end`, sign words and unit included.

    Money is in 万元. Of a date the value is the year, month or day; of a list number, its number. A range
    (1-2家) gives two figures with the sign `range`.
    """

    text: str
    start: int
    end: int
    value: Decimal
    unit: str
    unit_group: str
    kind: FigureKind
    noun_before: str
    noun_after: str
    approximate: bool
    sign: Sign

    def to_json(self) -> dict[str, Any]:
        """The fields by name, the value as a number."""
        return {
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "value": json_number(self.value),
            "unit": self.unit,
            "unit_group": self.unit_group,
            "kind": self.kind.value,
            "noun_before": self.noun_before,
            "noun_after": self.noun_after,
            "approximate": self.approximate,
            "sign": self.sign.value,
        }


def figures(text: str) -> tuple[Figure, ...]:
    """All numbers of a text in order. Linear in its length; never raises."""
    folded = fold(text)
    found: list[Figure] = []
    previous_end = 0
    for measure in scan(folded):
        before = noun_before(text, folded, measure, previous_end)
        after = noun_after(text, folded, measure)
        for value in (measure.low,) if measure.high is None else (measure.low, measure.high):
            found.append(
                Figure(
                    text[measure.start : measure.end],
                    measure.start,
                    measure.end,
                    value,
                    measure.unit,
                    group_of(measure.unit),
                    measure.kind,
                    before,
                    after,
                    measure.approximate,
                    measure.sign,
                )
            )
        previous_end = measure.end
    return tuple(found)


_NOUN_LENGTH = 20
_EDGES = " \u3000\u00a0.．-—–~～_|│/\\+*^≥≤<>=＝·'\"“”‘’[]〔〕#@&$%"
_AFTER_END = re.compile(r"[，。；;：:,!！?？()\n\r\t0-9《》【】]|对(?!象)|并(?!购|网)|进行|以及|同时|用于|，")
_AND_SO_ON = re.compile("、.*等(?=.)")
_LEADING = re.compile("(?:以上|以下|左右|的|等|相关|各类|次(?=[^品元])| )+")
_BEFORE_START = re.compile(r"[①-⑳，。；;：:,、!！?？()\n\r\t0-9《》【】]")
_ACTION = re.compile(
    "(?:(?:每(?:个?月|季度?|[年周天日人村户次场家亩])|[年月日]?[底末]?之?前|以来|期间|至今|同比|环比|[比较](?:上年|去年|上一年)|年?度|全年|全区|全市|全县|每年|年度|本年度?|共|计划|已|将|拟|预计|实际|累计|合计|共计|成功|继续|积极|按时|按要求|组织|举办|开展|召开|"
    "举行|完成|印制|编印|印刷|发放|订阅|采购|购买|购置|委托|指导|实现|进行|兑现|拨付|支付|达到|达|为|约|争取|力争|确保|保证|保持|"
    "稳定在?|控制在?|不少于|不低于|不超过|至少|相关|各类|的|了|是|在) *)+"
)
_TRAILING = re.compile(
    "(?:(?:(?:增长|增加|提高|提升|上升|下降|降低|减少)(?:率(?=$))?[了至到为达]*|达到|达|为|共计|共|合计|累计|不少于|不低于|不超过|完成|控制在|保持在|稳定在|以及|在|是|数量|了|等|各) *)+$"
)


def noun_after(text: str, folded: str, measure: Measure) -> str:
    """What a number counts when the word follows it: 举办2场科普活动 → 科普活动."""
    if measure.end >= len(text):
        return ""
    ahead = folded[measure.end : measure.end + 2 * _NOUN_LENGTH]
    stop = _AFTER_END.search(ahead)
    length = stop.start() if stop else len(ahead)
    begin = measure.end
    end = begin + length
    series = _AND_SO_ON.search(folded, begin, end)
    if series:
        begin = series.end()
    elif "、" in folded[begin:end]:
        end = folded.index("、", begin, end)
    lead = _LEADING.match(folded, begin, end)
    if lead:
        begin = lead.end()
    return _TRAILING.sub("", text[begin : min(end, begin + _NOUN_LENGTH)].strip(_EDGES)).strip(_EDGES)


def noun_before(text: str, folded: str, measure: Measure, previous_end: int) -> str:
    """What a number counts when the word stands before it: 订阅杂志100份 → 杂志."""
    if not measure.start:
        return ""
    begin = max(previous_end, measure.start - _NOUN_LENGTH)
    for stop in _BEFORE_START.finditer(folded, begin, measure.start):
        begin = stop.end()
    action = _ACTION.match(folded, begin, measure.start)
    if action:
        begin = action.end()
    return _TRAILING.sub("", text[begin : measure.start].strip(_EDGES)).strip(_EDGES)


# --- counted lists --------------------------------------------------------------------------------------------

_MARK = re.compile(
    r"([0-9]{1,2})[.、)](?![0-9])|([①-⑳])|\(([一二三四五六七八九十]{1,2})\)|([一二三四五六七八九十])是"
)
_CHINESE_ORDER = "一二三四五六七八九十"


def stated_list(text: str) -> tuple[int, int] | None:
    """The count in front of a numbered list and the list's length: 举办4次活动：1.…2.… → (4, 2)."""
    folded = fold(text)
    length, first = 0, -1
    for mark in _MARK.finditer(folded):
        if mark[1]:
            place = int(mark[1])
        elif mark[2]:
            place = ord(mark[2]) - ord("①") + 1
        else:
            word = mark[3] or mark[4]
            place = _CHINESE_ORDER.find(word) + 1 if len(word) == 1 else 0
        if place == length + 1:
            length += 1
            first = mark.start() if first < 0 else first
    if length < 2:
        return None
    headline = [m for m in scan(folded[:first]) if m.kind is FigureKind.count and m.high is None and m.unit]
    if not headline or headline[-1].low != headline[-1].low.to_integral_value():
        return None
    if "。" in folded[headline[-1].end : first]:
        return None
    return int(headline[-1].low), length
