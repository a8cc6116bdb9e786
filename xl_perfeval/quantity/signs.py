"""Words and signs of comparison on both sides of a number: 不低于, ≥, 以上, 以内, 余, 左右, 约.

以上, 以下 and 以内 include the number, 超过 and 不满 exclude it (民法典 art. 1259).
"""

from __future__ import annotations

from xl_perfeval.expressions import expression
from xl_perfeval.quantity.measure import UPPER_BOUNDS, FigureKind, Measure, Sign, skip_blanks
from xl_perfeval.quantity.vocabulary import words


def set_sign(measure: Measure, text: str) -> None:
    """Gives a measure its sign and widens it over the words that say so."""
    if measure.start:
        _look_before(measure, text)
    place = skip_blanks(text, measure.unit_end)
    ahead = text[place : place + 1]
    if ahead in _AFTER_BEGINNINGS:
        _look_after(measure, text, place)
    elif ahead == "内" and _is_limit(measure, text, place + 1):
        measure.end = place + 1
        _agree(measure, Sign.at_most)
    elif ahead == "+" and not text[place + 1 : place + 2].isdecimal():
        measure.end = place + 1
        _agree(measure, Sign.at_least)
    elif ahead in _MIRRORED and measure.sign is Sign.implicit and text[place + 1 : place + 2].isalpha():
        measure.sign = _MIRRORED[ahead]
    if measure.sign is Sign.implicit and measure.start > 2:
        _look_at_clause(measure, text)
    if measure.high is not None and measure.sign in _GIVE_WAY_TO_RANGE:
        measure.sign = Sign.range


_MIRRORED = {"≥": Sign.at_most, ">": Sign.less_than, "≤": Sign.at_least, "<": Sign.more_than}
"""What a sign behind the number says of it: 95%≥满意度 is at most 95%."""


def _meanings(**lists: str) -> dict[str, Sign | None]:
    return {word: Sign.__members__.get(name) for name, text in lists.items() for word in words(text)}


_BEFORE = _meanings(
    at_least="≥ >= => =≥ ≥= ≥≥ 不低于 不少于 不小于 不低 至少 最少 最低 起码 不得低于 不得少于 不得小于 不应低于 不能少于 不能低于 "
    "达到或超过 达到或高于 等于或大于 等于或高于 大于等于 大于或等于 高于等于 高于或等于 多于或等于 未低于 力争达到",
    more_than="> 大于 超过 超 高于 多于 超出 突破 逾",
    less_than="< 小于 低于 少于 不足 不满 不到 未满 未达 未达到",
    at_most="≤ <= =< ≤= ≤≤ 不超过 不超 不超出 不高于 不大于 不多于 至多 最多 最高 不得超过 不得高于 不得大于 不应超过 不能超过 未超过 "
    "未超 没有超过 小于等于 小于或等于 低于等于 低于或等于 少于等于 少于或等于 不高出 控制在 压缩到 压减到 不晚于 不迟于",
    equal="= == 等于",
    neutral="达 达到 基本达到 为 是 : 共 共计 合计 总计 累计 计 各 约 大约 约为 大概 近 将近 接近 ± ≈ 预计 每年 完成 于 到 至 了 在 "
    "稳定在 保持在 维持在 人民币 ¥ (含)",
)
_APPROXIMATE = words("约 大约 约为 大概 近 将近 接近 ± ≈")
_BEFORE_ENDS = frozenset(word[-1] for word in _BEFORE)
_BEFORE_LENGTHS = (5, 4, 3, 2, 1)
_OTHER_WORDS_WITH_YUE = frozenset("节合预制公签契履违附最邻条")
_AFTER = _meanings(
    at_least="以上 及以上 或以上 及其以上 (含)以上 含以上 以上(含) 之上",
    more_than="以外",
    at_most="以下 及以下 或以下 (含)以下 以下(含) 之下 以内 之内 及以内 (含)以内 以内(含) 范围内 范围以内",
    neutral="左右 上下",
)
_AFTER_BEGINNINGS = frozenset(word[0] for word in _AFTER)
_AFTER_LENGTHS = (5, 4, 3, 2)
_GIVE_WAY_TO_RANGE = frozenset((Sign.implicit, Sign.equal, Sign.at_most))


def _look_before(measure: Measure, text: str) -> None:
    """Walks back word by word (不低于 / 约 / 达到) as long as the words belong to the number."""
    place = measure.start
    while place > 0:
        while place and text[place - 1] == " ":
            place -= 1
        if not place or text[place - 1] not in _BEFORE_ENDS:
            return
        for length in _BEFORE_LENGTHS:
            word = text[place - length : place] if length <= place else ""
            if word in _BEFORE:
                break
        else:
            return
        place -= len(word)
        rough = word in _APPROXIMATE
        if rough and len(word) == 1 and text[max(0, place - 1) : place] in _OTHER_WORDS_WITH_YUE and place:
            return
        meant = _BEFORE[word]
        if meant is not None:
            _agree(measure, meant)
        measure.approximate = measure.approximate or rough
        if rough or meant is not None or word == "¥":
            measure.start = place


def _look_after(measure: Measure, text: str, place: int) -> None:
    for length in _AFTER_LENGTHS:
        word = text[place : place + length]
        if word in _AFTER:
            break
    else:
        return
    measure.end = place + len(word)
    meant = _AFTER[word]
    if meant is None:
        measure.approximate = True
    else:
        _agree(measure, meant)


def _is_limit(measure: Measure, text: str, behind: int) -> bool:
    """Whether a bare 内 means “at most”: 30分钟内, 5%内; not 3家内资企业."""
    if measure.kind is FigureKind.duration:
        return True
    return behind == len(text) and measure.kind in (FigureKind.money, FigureKind.rate)


def _agree(measure: Measure, further: Sign) -> None:
    """Adds a further sign: the first word wins unless it left the sign open; opposite directions are damage."""
    sign = measure.sign
    if sign is Sign.implicit or sign is Sign.equal:
        measure.sign = further
    elif further is Sign.equal:
        return
    elif (sign in UPPER_BOUNDS) != (further in UPPER_BOUNDS):
        measure.damage = measure.damage or "数字前后的限定互相矛盾"
    elif measure.approximate and further is Sign.more_than:
        measure.sign = further


_EARLIER = expression(
    "(至少|最少|不少于|不低于|不得少于|不得低于)|(?:不超过|控制在|至多|最多|不高于|不得超过)"
)
_CLAUSE_BREAK = expression(r"[，。；;、,:：!？?()\n0-9]")
_CLAUSE = 14


def _look_at_clause(measure: Measure, text: str) -> None:
    """A sign word may stand earlier in the clause: 至少全年完成2次."""
    clause = text[max(0, measure.start - _CLAUSE) : measure.start]
    earlier = None
    for match in _EARLIER.finditer(clause):
        earlier = match
    if earlier is not None and not _CLAUSE_BREAK.search(clause, earlier.end()):
        measure.sign = Sign.at_least if earlier[1] else Sign.at_most
