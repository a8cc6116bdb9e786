"""Units that staff write: which words are units, which mean the same, which may be compared."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from xl_perfeval.expressions import expression
from xl_perfeval.quantity.vocabulary import words

# --- the vocabulary -----------------------------------------------------------------------------------------

_COUNTED = words(
    "场 场次 期 次 班次 班 批次 批 轮 轮次 趟 回 人 名 位 员 人次 家 户 个 份 册 本 项 件 台 套 辆 部 台套 台次 宗 起 例 只 头 条 篇 "
    "张 块 座 处 所 间 栋 幢 支 枚 根 把 面 盏 棵 株 颗 粒 匹 羽 尾 艘 架 组 队 单 笔 门 节 课 课时 学时 款 种 类 页 幅 片 盒 箱 "
    "袋 瓶 桶 包 卷 段 口 眼 对 双 副 层 字 窝 丛 盆 孔 樘 扇 顶 件套 分 倍 剂 剂次 针 针次 针剂 头份 人份 枝 样 样品 批样 批件 "
    "人·天 人·月 人·次 人天 人日 人月 车次 件次 户次 家次 例次 项次 篇次 组次 套次 架次 标段 站 点 村 镇 乡 县 区 街道 社区 村庄 "
    "床 床位 张床位 车位 机位 岗位 学位 座位 单位 平台 课题 册次 份次 站次 餐 餐次 床日 学分 集 首 道"
)
_MEASURED = words(
    "平方米 平方 平米 ㎡ m² m2 M² M2 立方米 立方 方 m³ m3 M³ M3 公里 千米 km KM Km 米 m M 厘米 cm 毫米 mm 海里 里 延米 延长米 公顷 hm² hm2 hm "
    "ha 顷 亩 亩次 平方公里 平方千米 km² km2 吨 t T 公斤 千克 kg KG Kg 克 g 毫克 mg 微克 μg ug 斤 升 L 毫升 ml mL 吨公里 吨标准煤 标准煤 标煤 "
    "千瓦 兆瓦 千瓦时 度 kWh kwh KWH 标箱 TEU 分贝 dB 兆 ℃"
)
_LIVING = words("粒 株 棵 头 只 羽 尾 枝 枚")
_FOREIGN = words("美元 美金 港元 港币 欧元 英镑 日元 韩元 澳元 新台币")
RATES = words("% ‰ 百分比 百分率 个百分点 百分点")
AGES = words("岁 周岁 月龄")
DURATIONS = words(
    "年 年度 个年度 学年 个学年 学期 个学期 个季度 个月 周 星期 个星期 天 日 个日 工作日 个工作日 工作天 个工作天 自然日 个自然日 日历天 日历日 个日历天 昼夜 "
    "小时 个小时 钟头 h H 分钟 min 秒 秒钟"
)
KNOWN = _COUNTED | _MEASURED | _FOREIGN | RATES | AGES | DURATIONS | words("元 圆 周年")
"""All words that are read as a unit."""

LETTERED_UNITS = words("s ms GB TB MB Mbps Gbps V kV KV W kW KW MW A Hz Pa kPa MPa dpi ppm ppb")
"""Read as units only at the end of a text; elsewhere they are part of a model (10kV线路)."""

# A glyph that is a unit only when the word does not go on: 3部门 has no unit 部.
_LONGER_WORDS = words(
    "项目 方面 方案 部门 部分 处理 处置 人才 人工 人均 班子 对外 对应 位于 期间 组织 点击 点位 本科 本级 场所 场地 件事 单元 分之 条件 "
    "口径 门类 面向 支出 支持 组成 队伍 双方 周边 天然 年轻 家庭 家长 户外 个人 次年 次日 次月 亩均 批复 批准 "
    "集体 集中 集团 集成 集镇 首次 首批 首届 首要 道路 道德 餐饮 餐厅"
)
_SPELLINGS = {
    "百分比": "%",
    "百分率": "%",
    "百分点": "个百分点",
    "个工作日": "工作日",
    "个小时": "小时",
    "圆": "元",
}

WAN = Decimal(10_000)
_YI = WAN * WAN
MULTIPLIERS = {
    "百": Decimal(100),
    "千": Decimal(1000),
    "万": WAN,
    "十万": WAN * 10,
    "百万": WAN * 100,
    "千万": WAN * 1000,
    "亿": _YI,
    "百亿": _YI * 100,
    "万亿": _YI * WAN,
}

_MULTIPLIER_GLYPHS = frozenset("十百千万亿")

PLAIN_UNITS: dict[str, Decimal | None] = {
    word: None
    for word in KNOWN - words("年 年度 日") - _SPELLINGS.keys()
    if len(word) <= 3 and word[0] not in MULTIPLIERS
} | {"": None, "万元": WAN, "亿元": _YI}
"""Units (with their factor) that nothing but the number in front of them decides on."""


# --- reading ------------------------------------------------------------------------------------------------


class Unit(NamedTuple):
    """A unit as read: its text, the factor that belongs to the number, where it ends."""

    text: str
    factor: Decimal | None
    end: int


_LENGTHS = {
    glyph: tuple(sorted({len(word) for word in KNOWN if word[0] == glyph}, reverse=True))
    for glyph in {word[0] for word in KNOWN}
}
_LETTERS = expression(r"[A-Za-z]+[²³23]?")
_BELOW = expression(
    r" ?/ ?([0-9]*(?:㎡|[^\W\d_]{1,4}[²³23]?)(?:[·*×./][^\W\d_]{1,4})?)"
    "|每个?((?:平方米|立方米|公里|公斤|人次|[人户亩村生次月天日吨台件份株头床班期场套座处个])(?:每[年月日天次期])?)(?![^\\W\\d_])"
)
PER_MANY = expression("/ ?1?0{0,3}[十百千万]人?")
"""What a rate without unit is counted by: 10/10万."""

_TENTHS = expression("成(?=以[上下内]|左右|[，。；;、,) ]|$)")
"""A rate in tenths: 九成以上; not 三成员."""

_BREAKS = frozenset(" \n")
_BROKEN_WORD = expression(
    r"([^\W\d_a-zA-Z])[ \n]([^\W\d_a-zA-Z])$"
)  # 300 公 里: a cell wrapped within its unit
_RULE_BEHIND = expression("(?<=[^\\W\\d_])(?:标准|补[助贴])$")
_LIMIT_BEHIND = expression("(?<=[^\\W\\d_])(?:以|之|及|左|内$)[^\\W\\d_]*$")


def unit_at(text: str, at: int) -> Unit:
    """The unit that begins at `at` of folded text: 万元, 万人次, km, 元/人·月; with empty text when there is none.

    万 and 亿 belong to the number before what is counted one by one (1.2万人次 is 12000 人次) and to the unit
    before what is measured (200万粒 stays 200 万粒), as statistics and unit columns have it.
    """
    factor, start = _multiplier_at(text, at)
    word, end = _word_at(text, start)
    if not word and factor is not None and text[start : start + 1] == "/":
        word, end = "元", start  # 620万/月
    if not word and _TENTHS.match(text, start):
        return Unit("%", Decimal(10), start + 1)
    if not word:
        per_many = PER_MANY.match(text, start) if text[start : start + 1] == "/" else None
        return Unit(per_many[0], None, per_many.end()) if per_many else Unit("", factor, start)
    if text[end : end + 1] in ("/", " ", "每"):
        below = _BELOW.match(text, end)
        if below:
            under, end = _shortened(text, below)
            # A form is about one year, so an amount a year is an amount.
            word = word if word == "元" and under == "年" else f"{word}/{under}"
    if factor is not None and (word in _MEASURED or word in _LIVING or word in _FOREIGN):
        return Unit(text[at:start].strip(" 余多") + word, None, end)
    return Unit(_SPELLINGS.get(word, word), factor, end)


def _shortened(text: str, below: re.Match[str]) -> tuple[str, int]:
    """What stands below the stroke and where it ends: 每人 → 人, 户以内 → 户, 人给补助对象… → 人."""
    under, end = below[1], below.end()
    if under is None:
        return below[2].replace("每", "·"), end
    if end == len(text):
        under = _RULE_BEHIND.sub("", under)
    limit = _LIMIT_BEHIND.search(under)
    if limit:
        under, end = under[: limit.start()], end - (len(under) - limit.start())
    elif end < len(text) and text[end].isalpha() and under not in KNOWN:
        word, word_end = _word_at(text, below.start(1))
        if word:
            under, end = word, word_end
    return under.replace("每", "") or under, end


def _multiplier_at(text: str, at: int) -> tuple[Decimal | None, int]:
    if text[at : at + 1] not in _MULTIPLIER_GLYPHS:
        return None, at
    ahead = text[at : at + 2]
    if ahead in MULTIPLIERS:
        factor, place = MULTIPLIERS[ahead], at + len(ahead)
    elif ahead[:1] in MULTIPLIERS and ahead not in KNOWN and ahead != "百分":
        factor, place = MULTIPLIERS[ahead[0]], at + 1
    else:
        return None, at
    while text[place : place + 1] in (" ", "余", "多"):
        place += 1
    return factor, place


def _word_at(text: str, start: int) -> tuple[str, int]:
    """The unit word that begins at `start`, and where it ends."""
    glyph = text[start : start + 1]
    lengths = _LENGTHS.get(glyph)
    if lengths is None:
        return "", start
    if text[start + 1 : start + 2] in _BREAKS:
        broken = _BROKEN_WORD.match(text, start)
        if broken and broken[1] + broken[2] in KNOWN:
            return broken[1] + broken[2], broken.end()
    for length in lengths:
        word = text[start : start + length]
        if word in KNOWN:
            break
    else:
        return "", start
    if len(word) == 1 and text[start : start + 2] in _LONGER_WORDS:
        return "", start
    end = start + len(word)
    if word[0].isascii() and word[0].isalpha():
        letters = _LETTERS.match(text, start)
        if letters and letters.end() > end:
            return "", start
    return word, end


# --- comparing ----------------------------------------------------------------------------------------------


class Comparison(StrEnum):
    """How two units relate; `starred` may be compared only with a notice (人 with 人次, 份 with 册)."""

    same = "same"
    group = "group"
    starred = "starred"
    different = "different"


# Words of a line say exactly the same; the first is the spelling that stands for all.
_SYNONYMS = """
% 百分比 百分率
个百分点 百分点
平方米 ㎡ m² m2 M2 M² 平米 平方
立方米 m³ m3 M3 M³ 立方 方
平方公里 km² km2 平方千米
公里 km KM Km 千米
米 m M
公顷 hm² hm2 hm ha
吨 t T
公斤 千克 kg KG Kg
小时 h H 个小时 钟头
分钟 min
天 日 个日
日历天 日历日 个日历天 自然日 个自然日
微克 μg ug
工作日 个工作日 工作天 个工作天
月 个月
周 星期 个星期
人·天 人天 人日 人·日
人·月 人月
人次 人·次
千瓦时 度 kWh kwh KWH
标箱 TEU
元 圆
"""

# Words of a line may be compared; those of a line with * only with a notice.
_GROUPS = """
次 场 场次 期 班次 班 批次 批 轮 轮次 趟 回
人 名 位 员
家 户 个
项 个 件
台 套 辆 部 台套
起 宗 件 例
*份 册 本
*天 工作日
*人 人次
*名 人次
*位 人次
*% 个百分点
"""

_CANONICAL = {word: line.split()[0] for line in _SYNONYMS.split("\n") for word in line.split()}


def _read_groups() -> tuple[dict[str, str], dict[str, frozenset[str]], frozenset[frozenset[str]]]:
    """Name of each unit's first group; the partners of each unit; the pairs that need a notice."""
    names: dict[str, str] = {}
    partners: dict[str, frozenset[str]] = {}
    starred: set[frozenset[str]] = set()
    for line in _GROUPS.split("\n"):
        members = line.lstrip("*").split()
        for unit in members:
            names.setdefault(unit, members[0])
            if line.startswith("*"):
                starred.update(frozenset((unit, other)) for other in members if other != unit)
            else:
                partners[unit] = partners.get(unit, frozenset()) | frozenset(members)
    return names | {"个百分点": "个百分点"}, partners, frozenset(starred)


_GROUP_NAMES, _PARTNERS, _STARRED = _read_groups()
_JOINED = expression("[·*×./]")


def canonical_unit(unit: str) -> str:
    """The one spelling of a unit: ㎡ → 平方米, 百分比 → %, 元/人*月 → 元/人·月."""
    spelling = _CANONICAL.get(unit)
    if spelling is not None:
        return spelling
    above, slash, below = unit.partition("/")
    if not slash:
        return unit
    return f"{_CANONICAL.get(above, above)}/{'·'.join(_CANONICAL.get(u, u) for u in _JOINED.split(below))}"


def group_of(unit: str) -> str:
    """Name of the group in which a unit may be compared: 场次 → 次, 名 → 人, 次/年 → 次."""
    name = _GROUP_NAMES.get(unit)
    if name is not None:
        return name
    spelling = canonical_unit(unit)
    if spelling.endswith("/年"):
        spelling = spelling[:-2]
    return _GROUP_NAMES.get(spelling, spelling)


def comparable(unit_a: str, unit_b: str) -> Comparison:
    """Whether figures in these units may be compared; a unit left out counts as that of the other."""
    first, second = canonical_unit(unit_a.strip()), canonical_unit(unit_b.strip())
    if first == second or not first or not second:
        return Comparison.same
    if frozenset((first, second)) in _STARRED:
        return Comparison.starred
    yearly = first.endswith("/年") or second.endswith("/年")
    if second in _PARTNERS.get(first, ()) or (yearly and group_of(first) == group_of(second)):
        return Comparison.group
    return Comparison.different
