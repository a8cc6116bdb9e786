"""Units that staff write: which words are units, which mean the same, which may be compared."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple


class Comparison(StrEnum):
    """How two units relate; `starred` may be compared only with a notice (人 with 人次, 份 with 册)."""

    same = "same"
    group = "group"
    starred = "starred"
    different = "different"


# First word: the name of the meaning; the words after it say exactly the same.
_SYNONYMS = """
% 百分比 百分率
平方米 ㎡ m² m2 M2 M² 平米 平方
立方米 m³ m3 M3 M³ 立方 方
公里 km KM Km 千米
米 m M
公顷 hm² hm2 hm ha 公顷²
平方公里 km² km2 平方千米
吨 t T
公斤 千克 kg KG Kg
小时 h H 个小时 钟头
分钟 min 分钟时
天 日 个日 d
工作日 个工作日 个工作天 工作天
月 个月
周 星期 个星期
年 周年度
人次 人·次
人·天 人天 人日 人·日
千瓦时 度 kWh kwh KWH
标箱 TEU
元 圆 块钱
例 病例
场次 场·次
百分点 个百分点 pct
户 户数
"""

# One group a line; a line that begins with * may be compared only with a notice.
_GROUPS = """
次 场 场次 期 班次 班 批次 批 轮 趟 回
人 名 位 员
家 户 个
*份 册 本
项 个 件
台 套 辆 部 台套
起 宗 件 例
*天 工作日
"""

_STARRED_PAIRS = (("人", "人次"), ("名", "人次"), ("位", "人次"), ("%", "百分点"))

_COUNTED = """
场 场次 期 次 班次 班 批次 批 轮 趟 回 人 名 位 员 人次 家 户 个 份 册 本 项 件 台 套 辆 部 台套 台次 宗 起 例 只 头 条 篇
张 块 座 处 所 间 栋 幢 支 枚 根 把 面 盏 棵 株 颗 粒 匹 羽 尾 艘 架 组 队 单 笔 门 节 课 课时 学时 款 种 类 页 幅 片 盒 箱
袋 瓶 桶 包 卷 段 口 眼 对 双 副 层 字 人·天 人·月 人天 人日 人月 车次 件次 户次 家次 例次 项次 篇次 标段 标箱
站 点 村 镇 乡 县 区 街道 社区 村庄 床位 张床位 床 车位 机位 岗位 学位 座位 组次 套次 架次 单位 批件 平台 课题 样 样品 批样
窝 丛 盆 孔 樘 扇 顶 件套 分 倍 头份 剂次 剂 针次 针 针剂 枝 人份
"""

_MEASURED = """
平方米 ㎡ m² m2 M2 M² 平米 平方 立方米 m³ m3 M3 M³ 立方 公里 km KM Km 千米 米 m M 公顷 hm² hm2 hm ha 平方公里 km² km2
平方千米 吨 t T 公斤 千克 kg KG Kg 克 g 斤 两 升 L 毫升 ml mL 亩 里 延米 延长米 厘米 cm 毫米 mm 海里 顷 千瓦 兆瓦 千瓦时 kWh kwh
KWH 度 标箱 TEU 方 毫克 mg 分贝 dB 兆 吨公里 吨标准煤 标准煤 标煤 ℃
""".replace(" 两 ", " ")

_RATES = "% ‰ 百分比 百分率 个百分点 百分点"

_DURATIONS = """
年 个月 天 日 个日 周 星期 个星期 小时 个小时 钟头 分钟 秒 秒钟 工作日 个工作日 工作天 个工作天 个季度 学年 个学期 学期 年度
min h H 个年度 个学年 昼夜 自然日 个自然日
"""

# Large numbers of these are stated in 万 or 亿 by statistics and by the unit column of the platform.
_STATED_IN_WAN = frozenset("粒株棵头只羽尾枝枚") | frozenset(_MEASURED.split())

# A unit that is only the beginning of a word: 3部门 has no unit 部.
_WORDS = frozenset(
    """
    项目 方面 方案 部门 部分 处理 处置 人才 人工 人均 班子 对外 对应 位于 期间 组织 点击 点位 本科 本级 场所 场地 件事 单元 分之
    条件 口径 门类 面向 支出 支持 组成 队伍 双方 周边 天然 年轻 家庭 家长 户外 个人 次年 次日 次月 亩均 批复 批准
    """.split()
)

_FOREIGN = frozenset(("美元", "港元", "港币", "欧元", "英镑", "日元", "澳元", "美金", "韩元", "新台币"))
_MONEY = ("元", "圆")

DURATIONS = frozenset(_DURATIONS.split())
RATES = frozenset(_RATES.split())
AGES = frozenset(("岁", "周岁", "月龄"))
MEASURED = frozenset(_MEASURED.split())
KNOWN = (
    frozenset(_COUNTED.split())
    | MEASURED
    | RATES
    | DURATIONS
    | AGES
    | _FOREIGN
    | frozenset(_MONEY)
    | frozenset(("周年",))
)
_LENGTHS = range(max(map(len, KNOWN)), 0, -1)

WAN = Decimal(10_000)
MULTIPLIERS = {
    "万": WAN,
    "亿": WAN * WAN,
    "千": Decimal(1000),
    "百": Decimal(100),
    "百万": WAN * 100,
    "千万": WAN * 1000,
    "十万": WAN * 10,
    "百亿": WAN * WAN * 100,
    "万亿": WAN * WAN * WAN,
}

_CANONICAL = {word: line.split()[0] for line in _SYNONYMS.split("\n") if line for word in line.split()}


def _grouped() -> tuple[dict[str, str], dict[str, frozenset[str]], set[frozenset[str]]]:
    """Name of each unit's first group; the partners of each unit; the pairs that need a notice."""
    names: dict[str, str] = {}
    partners: dict[str, frozenset[str]] = {}
    starred = {frozenset(pair) for pair in _STARRED_PAIRS}
    for line in filter(None, _GROUPS.split("\n")):
        words = line.lstrip("*").split()
        for word in words:
            names.setdefault(word, words[0])
            if line[0] == "*":
                starred.update(frozenset((word, other)) for other in words if other != word)
            else:
                partners[word] = partners.get(word, frozenset()) | frozenset(words)
    names["人次"] = "人"
    return names, partners, starred


_GROUP_NAMES, _PARTNERS, _STARRED = _grouped()


def canonical_unit(unit: str) -> str:
    """The one spelling of a unit: ㎡ → 平方米, 百分比 → %, 元/人*月 → 元/人·月."""
    known = _CANONICAL.get(unit)
    if known is not None:
        return known
    if "/" not in unit:
        return unit
    above, _, below = unit.partition("/")
    return f"{canonical_unit(above)}/{'·'.join(map(canonical_unit, _IN_ORDER.split(below)))}"


def group_of(unit: str) -> str:
    """Name of the group in which a unit may be compared: 场次 → 次, 名 → 人, 次/年 → 次."""
    group = _GROUP_NAMES.get(unit)
    if group is not None:
        return group
    spelling = canonical_unit(unit)
    if spelling.endswith("/年") and not spelling.startswith("元"):
        spelling = spelling[:-2]
    return _GROUP_NAMES.get(spelling, spelling)


def comparable(unit_a: str, unit_b: str) -> Comparison:
    """Whether figures in these units may be compared; a unit left out counts as that of the other."""
    first, second = canonical_unit(unit_a.strip()), canonical_unit(unit_b.strip())
    if first == second or not first or not second:
        return Comparison.same
    if frozenset((first, second)) in _STARRED:
        return Comparison.starred
    if second in _PARTNERS.get(first, ()):
        return Comparison.group
    if (first.endswith("/年") or second.endswith("/年")) and group_of(first) == group_of(second):
        return Comparison.group
    return Comparison.different


_SPELLINGS = {
    "百分比": "%",
    "百分率": "%",
    "百分点": "个百分点",
    "个工作日": "工作日",
    "个小时": "小时",
    "圆": "元",
}
_IN_ORDER = re.compile("[·*×./]")


class Unit(NamedTuple):
    """A unit as read: its text, the factor that belongs to the number, where it ends."""

    text: str
    factor: Decimal | None
    end: int


_BELOW = re.compile(r" ?/ ?([0-9]*[^\W\d_]{1,4}[²³23]?(?:[·*×./][^\W\d_]{1,4})?)")
_LETTERS = re.compile(r"[A-Za-z]+[²³23]?")


def unit_at(text: str, at: int) -> Unit:
    """The unit that begins at `at` of folded text: 万元, 万人次, km, 元/人·月; with empty text when there is none.

    万 and 亿 belong to the number before people and things that are counted (1.2万人次 is 12000 人次) and to
    the unit before goods that are measured (200万粒 stays 200 万粒), as statistics and unit columns have it.
    """
    factor: Decimal | None = None
    start = at
    ahead = text[at : at + 2]
    if ahead in MULTIPLIERS:
        factor, start = MULTIPLIERS[ahead], at + len(ahead)
    elif ahead[:1] in MULTIPLIERS and ahead not in KNOWN and ahead != "百分":
        factor, start = MULTIPLIERS[ahead[0]], at + 1
    if factor is not None:
        while text[start : start + 1] in (" ", "余", "多"):
            start += 1
    for length in _LENGTHS:
        word = text[start : start + length]
        if word in KNOWN:
            if len(word) == 1 and text[start : start + 2] in _WORDS:
                return Unit("", factor, start)
            break
    else:
        return Unit("", factor, start)
    end = start + len(word)
    if word[0].isascii() and word[0].isalpha():
        match = _LETTERS.match(text, start)
        if match and match.end() > end:
            return Unit("", factor, start)
    if text[end : end + 1] in ("/", " "):
        below = _BELOW.match(text, end)
        if below:
            word, end = f"{word}/{below[1]}", below.end()
    if factor is not None and (word in _STATED_IN_WAN or word in _FOREIGN):
        return Unit(text[at:start].strip(" 余多") + word, None, end)
    return Unit(_SPELLINGS.get(word, word), factor, end)
