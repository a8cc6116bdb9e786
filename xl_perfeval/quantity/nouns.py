"""What a number counts: the word behind it (举办2场科普活动) or in front of it (订阅杂志100份)."""

from __future__ import annotations

from xl_perfeval.expressions import expression
from xl_perfeval.quantity.measure import Measure
from xl_perfeval.quantity.vocabulary import words

_LONGEST = 20
_EDGES = " \u3000\u00a0.．-—–~～_|│/\\+*^≥≤<>=＝·×±'\"“”‘’[]〔〕#@&$%"
_BEHIND_ENDS = expression(r"[，。；;：:,!！?？()\n\r\t0-9《》【】]|对(?!象)|并(?!购|网)|进行|以及|同时|用于")
_SERIES = expression("、.*(?<![一二三四五特优])等(?=.)")
_BEHIND_FILLERS = expression("(?:以上|以下|左右|的|等|相关|各类| )+")


def noun_after(text: str, folded: str, measure: Measure) -> str:
    """The word behind a number, of a series (高企申报、科技统计等培训) the one that sums it up."""
    begin = measure.end
    if begin >= len(folded):
        return ""
    ahead = folded[begin : begin + 2 * _LONGEST]
    stop = _BEHIND_ENDS.search(ahead)
    end = begin + (stop.start() if stop else len(ahead))
    series = _SERIES.search(folded, begin, end)
    if series:
        begin = series.end()
    else:
        comma = folded.find("、", begin, end)
        end = end if comma < 0 else comma
    fillers = _BEHIND_FILLERS.match(folded, begin, end)
    if fillers:
        begin = fillers.end()
    return _trimmed(text[begin : min(end, begin + _LONGEST)])


_FRONT_BEGINS = expression(r"[①-⑳，。；;：:,、!！?？()\n\r\t0-9《》【】]")
_ACTIONS = words(
    "组织 举办 开展 召开 举行 完成 印制 编印 印刷 发放 订阅 采购 购买 购置 委托 指导 实现 进行 兑现 拨付 支付 争取 力争 确保 保证 保持 "
    "达到 达 为 约 计划 拟 预计 将 已 实际 累计 合计 共计 共 成功 继续 积极 按时 按要求 不少于 不低于 不超过 至少 稳定在 稳定 控制在 控制 "
    "全年 全区 全市 全县 每年 年度 本年度 本年 年 度 期间 以来 至今 同比 环比 比上年 较上年 比去年 较去年 比上一年 较上一年 "
    "相关 各类 且 并且 但 的 了 是 在"
)
_EACH = "每(?:个?月|季度?|[年周天日人村户次场家亩])"
_DEADLINE = "[年月日]?[底末]?之?前"
_FRONT_FILLERS = expression(
    f"(?:(?:{_EACH}|{_DEADLINE}|{'|'.join(sorted(_ACTIONS, key=len, reverse=True))})(?![率度数]) *)+"
)


def noun_before(text: str, folded: str, measure: Measure, previous_end: int) -> str:
    """The word in front of a number, without the verb; `previous_end`: where the number before it ends."""
    if not measure.start:
        return ""
    begin = max(previous_end, measure.start - _LONGEST)
    for stop in _FRONT_BEGINS.finditer(folded, begin, measure.start):
        begin = stop.end()
    fillers = _FRONT_FILLERS.match(folded, begin, measure.start)
    if fillers:
        begin = fillers.end()
    return _trimmed(text[begin : measure.start])


_LAST_WORDS = expression(
    "(?:(?:(?:增长|增加|提高|提升|上升|下降|降低|减少)[了至到为达]*|达到|达|为|共计|共|合计|累计|不少于|不低于|不超过|完成|控制在|保持在|"
    "稳定在|以及|在|是|数量|并且|且|但|了|等|各) *)+$"
)


_PLAIN_EDGES = "".join(glyph for glyph in _EDGES if glyph not in "“”")
_WITHOUT_QUOTES = str.maketrans("", "", "“”")


def _trimmed(noun: str) -> str:
    bare = _LAST_WORDS.sub("", noun.strip(_EDGES)).strip(_EDGES)
    if "“" not in bare and "”" not in bare:
        return bare
    quoted = _LAST_WORDS.sub("", noun.strip(_PLAIN_EDGES)).strip(_PLAIN_EDGES)
    return quoted if quoted.count("“") == quoted.count("”") else bare.translate(_WITHOUT_QUOTES)
