"""What staff type, and what it means: real cells, glyph variants, damage, properties and speed."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from time import process_time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import target_strings
from tests.amount_strings import AMOUNT_STRINGS
from xl_perfeval import quantity
from xl_perfeval.model import CellError, CellValue
from xl_perfeval.quantity.scanning import scan

if TYPE_CHECKING:
    from collections.abc import Callable

# Cells of public forms: text, sign, low, high, unit, number of parts when there are several.
FIGURES: list[tuple[str, str, str | None, str | None, str, int]] = [
    ("30万元", "implicit", "30", "30", "万元", 0),
    (
        "组织6场以上高企申报、研发经费统计、技术合同认定、科技项目申报等培训，编印相关科技政策宣传资料10000份以上",
        "≥",
        "6",
        None,
        "场",
        2,
    ),
    (
        "做好研发经费统计、技术合同登记等绩效考核目标任务，申报高企40家以上，推荐市级科技计划项目20项以上",
        "≥",
        "40",
        None,
        "家",
        2,
    ),
    ("10万元", "implicit", "10", "10", "万元", 0),
    ("委托专业机构组织15名以上专家教授对全区申报的区级科技计划项目进行评审", "≥", "15", None, "名", 0),
    ("20万元", "implicit", "20", "20", "万元", 0),
    ("组织4场次科技宣传、讲座、青少年科普等活动，印制宣传材料5000份以上", "implicit", "4", "4", "场次", 2),
    ("委托1-2家服务机构开展研发经费统计、技术合同登记等服务工作", "range", "1", "2", "家", 0),
    ("举办5场次科普宣传、讲座、科技竞赛等活动，印制相关宣传资料5000份以上", "implicit", "5", "5", "场次", 2),
    ("举办3场以上科技、科普培训，培训人数达到500人以上。", "≥", "3", None, "场", 2),
    ("指导2家以上单位开展科普示范创建", "≥", "2", None, "家", 0),
    ("采购4块以上科普屏媒，指导1个单位开展科普e站建设", "≥", "4", None, "块", 2),
    (
        "举办4次活动：1.贯彻市联席会议精神。2.学习全国两会精神。3.推荐市科学技术年优秀论文。4.新中国成立70周年征文等活动。",
        "implicit",
        "4",
        "4",
        "次",
        0,
    ),
    (
        "举办6次科普活动：1.开展全国科技周活动。2.开展全国科普日活动。3.创“百岁健康村”活动。4.基层老科协组织建设。5.科技精英活动。6.农村致富能人活动。",
        "implicit",
        "6",
        "6",
        "次",
        0,
    ),
    ("订阅自我保健类杂志100份，多篇建言献策调研报告和论文等。", "implicit", "100", "100", "份", 0),
    ("420（列入财政公共预算，不体现在部门专项中）", "implicit", "420", "420", "", 0),
    ("新增高企50家以上，带动企业增加研发投入5000万元以上。", "≥", "50", None, "家", 2),
    ("为企业带来间接经济效益1亿元，增加财政税收500万元以上。", "implicit", "10000", "10000", "万元", 2),
    ("新增就业岗位40个以上，引进和培育科技人才50名以上。", "≥", "40", None, "个", 2),
    ("100", "implicit", "100", "100", "", 0),
    ("90", "implicit", "90", "90", "", 0),
    ("=8个", "=", "8", "8", "个", 0),
    ("8", "implicit", "8", "8", "", 0),
    ("2370人", "implicit", "2370", "2370", "人", 0),
    ("21980人", "implicit", "21980", "21980", "人", 0),
    (">=59人次", "≥", "59", None, "人次", 0),
    ("87人次", "implicit", "87", "87", "人次", 0),
    (">=4754人", "≥", "4754", None, "人", 0),
    ("7人", "implicit", "7", "7", "人", 0),
    (">=570元/人*月", "≥", "570", None, "元/人*月", 0),
    ("<=5300元/户", "≤", None, "5300", "元/户", 0),
    ("5830元/户", "implicit", "5830", "5830", "元/户", 0),
    ("29.5亩", "implicit", "29.5", "29.5", "亩", 0),
    ("1.5亩", "implicit", "1.5", "1.5", "亩", 0),
    ("5亩", "implicit", "5", "5", "亩", 0),
    ("192只", "implicit", "192", "192", "只", 0),
    ("180只", "implicit", "180", "180", "只", 0),
    ("12头", "implicit", "12", "12", "头", 0),
    ("95%", "implicit", "95", "95", "%", 0),
    ("≥11.376万元", "≥", "11.376", None, "万元", 0),
    ("≥90%", "≥", "90", None, "%", 0),
    ("≥1000人", "≥", "1000", None, "人", 0),
    (">=20平方米", "≥", "20", None, "平方米", 0),
    (">=4个", "≥", "4", None, "个", 0),
    (">=98%", "≥", "98", None, "%", 0),
    ("<=3000元/平方米", "≤", None, "3000", "元/平方米", 0),
    ("3.75km", "implicit", "3.75", "3.75", "km", 0),
    ("28种", "implicit", "28", "28", "种", 0),
    ("116次", "implicit", "116", "116", "次", 0),
    ("150次", "implicit", "150", "150", "次", 0),
    ("100.00%", "implicit", "100", "100", "%", 0),
    ("8例", "implicit", "8", "8", "例", 0),
    ("14例", "implicit", "14", "14", "例", 0),
    ("≥100公里", "≥", "100", None, "公里", 0),
    ("≥20座", "≥", "20", None, "座", 0),
    ("≥100%", "≥", "100", None, "%", 0),
    ("1600元/亩", "implicit", "1600", "1600", "元/亩", 0),
    ("14.7km", "implicit", "14.7", "14.7", "km", 0),
    ("958.81hm", "implicit", "958.81", "958.81", "hm", 0),
    ("412.83hm", "implicit", "412.83", "412.83", "hm", 0),
    ("59.79%", "implicit", "59.79", "59.79", "%", 0),
    ("≤4", "≤", None, "4", "", 0),
    ("≥10", "≥", "10", None, "", 0),
    ("121.5米", "implicit", "121.5", "121.5", "米", 0),
    ("≥5个", "≥", "5", None, "个", 0),
    ("≥15年", "≥", "15", None, "年", 0),
    ("15年", "implicit", "15", "15", "年", 0),
    ("≧ 735 人次", "≥", "735", None, "人次", 0),
    ("50000册", "implicit", "50000", "50000", "册", 0),
    ("不低于105人", "≥", "105", None, "人", 0),
    ("≤65万元", "≤", None, "65", "万元", 0),
    ("一座,占地300平方米", "implicit", "1", "1", "座", 2),
    ("420平方米", "implicit", "420", "420", "平方米", 0),
    ("4.5立方米", "implicit", "4.5", "4.5", "立方米", 0),
    ("12500名", "implicit", "12500", "12500", "名", 0),
    ("18—54周岁", "range", "18", "54", "周岁", 0),
    ("10辆", "implicit", "10", "10", "辆", 0),
    ("≥80M", "≥", "80", None, "M", 0),
    ("200万粒", "implicit", "200", "200", "万粒", 0),
    ("≧15组", "≥", "15", None, "组", 0),
    ("15组", "implicit", "15", "15", "组", 0),
    ("≧5组", "≥", "5", None, "组", 0),
    ("≧2组", "≥", "2", None, "组", 0),
    ("≧60个", "≥", "60", None, "个", 0),
    ("1次", "implicit", "1", "1", "次", 0),
    ("= 116 人", "=", "116", "116", "人", 0),
    ("= 13 人", "=", "13", "13", "人", 0),
    ("= 320 万亩", "=", "320", "320", "万亩", 0),
    ("= 0.5 万亩", "=", "0.5", "0.5", "万亩", 0),
    ("= 1 单", "=", "1", "1", "单", 0),
    ("= 30 篇", "=", "30", "30", "篇", 0),
    ("= 1 年", "=", "1", "1", "年", 0),
    ("≥5次", "≥", "5", None, "次", 0),
    ("全市7个县区婚前保健门诊规范化建设均通过省级验收", "implicit", "7", "7", "个", 0),
    ("每村每年补助 4400 元", "implicit", "4400", "4400", "元/村·年", 0),
    ("13,379,247平方米", "implicit", "13379247", "13379247", "平方米", 0),
    ("6架", "implicit", "6", "6", "架", 0),
    ("0.064次/10万公顷", "implicit", "0.064", "0.064", "次/10万公顷", 0),
    ("1346.0088万平方米", "implicit", "1346.0088", "1346.0088", "万平方米", 0),
    ("283辆", "implicit", "283", "283", "辆", 0),
    ("20场次", "implicit", "20", "20", "场次", 0),
    ("4场次", "implicit", "4", "4", "场次", 0),
]

# Cells of public forms that hold words.
WORDS = [
    "引导区内企业加大研发投入，提升全区高新技术产业基础",
    "科技计划项目评审公平、公正",
    "提升区级科技计划项目评审质量",
    "按上级要求围绕活动主题开展相关科技活动。",
    "提高全区科技创新意识",
    "按要求完成研发经费统计、技术合同登记额等目标任务。",
    "引导区内科技企业做好相关科技统计工作",
    "开展相关学习、交流等科技业务工作",
    "结合工作实际，完成相关业务工作",
    "增强全区科技工作基础",
    "围绕科技工作者日、全国科普日等主题开展相关活动",
    "提升全民科学素质",
    "围绕科普惠农等开展技术培训",
    "落实乡村振兴战略，推进全区新农村建设",
    "对获得上级认定的基层科普创建单位进行补助",
    "增强全区科普阵地建设",
    "推动基层落实科普中国建设相关要求",
    "切实推进科普信息化建设",
    "根据实际工作安排",
    "了解会议精神，提升认识，建言献策文章比上年增长，参与时事活动，抒发爱国情怀。",
    "提高社会水平，弘扬爱国主义精神",
    "参与科普活动提升科普水平，在全区村，社区普遍开展并试点，协会成立到街道、村、社区，争取一个典型，树立一个典型",
    "提高民众健康水平及科普水平，夯实基层老科协组织，带动群众，树立典型。",
    "争取市区政府领导批示，部门采纳。",
    "意见建议被职能部门采纳",
    "达成预期指标",
    "效果明显",
    "及时",
    "持续有效",
    "严格执行相关管理制度",
    "显著提升",
    "降低村民出行和农产品运输成本",
    "项目暂未完工",
    "该项目暂未完工",
    "有效",
    "高",
    "有效提高",
    "逐年提升",
    "按该标准发放",
    "有所提高",
    "经济效益良好",
    "无",
    "影响可持续",
    "有效减轻",
    "基本提高",
    "良好",
    "是",
    "改善条件",
    "有所提升",
    "显著改善",
]

# Cells of public forms that are damaged; nobody can say what they mean.
DAMAGED = [
    "M.8万元",
    "7,00.0,77",
    "^80%",
    "250%",
    "%901010010",
    "万亩2110110",
    "万亩250105010",
    "%0.910010",
    "44489月8#凭证",
    "7609月8#凭证",
    "1319月8#凭证",
    "16300011月8#凭证",
    "117211月8#凭证",
    "20000Il月10#凭证",
]


def bound(value: Decimal | None) -> str | None:
    return None if value is None else quantity.plain(value)


def shown(reading: quantity.Target) -> tuple[str, str | None, str | None, str]:
    return reading.sign.value, bound(reading.low), bound(reading.high), reading.unit


# --- targets ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "sign", "low", "high", "unit", "parts"), FIGURES)
def test_real_cells_with_figures(
    text: str, sign: str, low: str | None, high: str | None, unit: str, parts: int
) -> None:
    reading = quantity.target(text)
    assert (*shown(reading), len(reading.parts)) == (sign, low, high, unit, parts)
    assert reading.certain
    assert reading.kind == ("money" if unit == "万元" else "quantity")


@pytest.mark.parametrize("text", WORDS)
def test_real_cells_with_words(text: str) -> None:
    for reading in (quantity.target(text), quantity.actual(text)):
        assert reading.kind in {"qualitative", "none"}
        assert (reading.low, reading.high, reading.certain) == (None, None, True)


@pytest.mark.parametrize(("text", "name", "sign", "low", "high", "unit"), target_strings.FIGURES)
def test_figures_of_other_departments(
    text: str, name: str, sign: str, low: str | None, high: str | None, unit: str
) -> None:
    reading = quantity.target(text, name=name)
    assert shown(reading) == (sign, low, high, unit)
    assert reading.certain


@pytest.mark.parametrize(("text", "sign", "low", "high"), target_strings.DATES)
def test_dates_of_other_departments(text: str, sign: str, low: str | None, high: str | None) -> None:
    reading = quantity.target(text, name="time")
    form = quantity.to_json(reading)
    assert (form["kind"], form["sign"], form["low"], form["high"]) == ("date", sign, low, high)
    assert reading.certain


@pytest.mark.parametrize("text", target_strings.WORDS)
def test_words_of_other_departments(text: str) -> None:
    reading = quantity.target(text)
    assert reading.kind in {"qualitative", "reference", "none"}
    assert (reading.low, reading.high, reading.certain) == (None, None, True)


@pytest.mark.parametrize(("text", "name"), target_strings.DAMAGED)
def test_damage_in_cells_of_other_departments(text: str, name: str) -> None:
    reading = quantity.target(text, name=name)
    assert not reading.certain
    assert reading.reason


@pytest.mark.parametrize(
    "text",
    [
        *DAMAGED,
        "80%-",
        "1，200人",
        "300人*3天",
        "300×3",
        "1比1",
        "290%",
        "292%",
        "88100%",
        "2X",
        "WX",
        "≥",
        "12.51 + 2.5",
        "1.561.56120",
        "≥9O%",
        "≥l0次",
        "5O余人",
        "12月3l日",
        "2024年l月",
        "95%%",
        "%=99百分比",
        "二100百分比",
        "\ufffd90%",
        "\uf0b390%",
        "±95%",
        "10?人",
        "9 5%",
        "2 95%",
        "10\n0%",
        "100%10",
        "≥3个3个10",
        "≥100个100个",
        "30万元10",
        "个18",
        "18个/18",
        "45。6万元",
        "2≥5个",
        "≥（ ）次",
    ],
)
def test_damage_is_never_certain(text: str) -> None:
    for reading in (quantity.target(text), quantity.actual(text), quantity.amount(text)):
        assert not reading.certain
        assert reading.reason


@pytest.mark.parametrize(
    "text",
    ["5S管理培训3次", "4S店3家", "B1层车位1个", "1小时30分钟", "6期312人次", "课题≥5", "95%≥满意度≥90%"],
)
def test_what_only_looks_like_damage(text: str) -> None:
    assert quantity.target(text).certain


def test_a_date_that_became_a_number() -> None:
    assert quantity.target("43983", name="完成时间").reason == "“43983”可能是日期变成的数字"
    assert quantity.target(43983, name="time").certain is False
    assert quantity.target("43983", name="受益人数").certain
    assert not quantity.period("43983", 2021).certain


def test_damage_says_what_it_may_be() -> None:
    assert quantity.target("290%").reason == "“290”可能是“≥90”"
    assert quantity.target("88100", name="完成率").reason == "“88100”太大，几格的内容可能连在了一起"
    assert quantity.target("88100", unit="%").certain is False
    assert quantity.target("88100").certain, "a count may be large"
    assert quantity.target("2280次").certain, "a count is never mended"
    assert quantity.target("250%", name="产值增长率").certain, "growth may be large"


@pytest.mark.parametrize(
    ("texts", "sign", "unit"),
    [
        (
            "≥95% ≧95% ⩾95% >=95% ＞=95% ＞＝95% =>95% 不低于95% 不少于95% 至少95% 大于等于95% 95%以上 95%及以上",
            "≥",
            "%",
        ),
        (
            "≤95% ≦95% ⩽95% <=95% ＜＝95% =<95% 不高于95% 不超过95% 至多95% 最多95% 95%以下 95%以内 控制在95%以内",
            "≤",
            "%",
        ),
        ("=95% ＝95% ﹦95% ═95% 等于95%", "=", "%"),
        (">95% ＞95% ﹥95% 超过95% 大于95% 高于95%", ">", "%"),
        ("<95% ＜95% ﹤95% 低于95% 小于95% 不足95% 不满95%", "<", "%"),
        ("95% ９５% 95％ 95百分比 达到95% 达95% 百分之九十五", "implicit", "%"),
        ("95场以上 ≥９５场 不少于九十五场 达到95场以上", "≥", "场"),
    ],
)
def test_glyphs_and_words_of_signs(texts: str, sign: str, unit: str) -> None:
    for text in texts.split():
        reading = quantity.target(text)
        values = {value for value in (reading.low, reading.high) if value is not None}
        assert (reading.sign.value, reading.unit, values) == (sign, unit, {Decimal(95)}), text


@pytest.mark.parametrize(
    ("text", "sign", "low", "high", "unit"),
    [
        ("≥ 95 %", "≥", "95", None, "%"),
        ("≥│95│%", "≥", "95", None, "%"),
        ("≥100百分比", "≥", "100", None, "%"),
        ("不低于250个工作日", "≥", "250", None, "工作日"),
        ("达到或超过90%", "≥", "90", None, "%"),
        ("500元/平方米以内", "≤", None, "500", "元/平方米"),
        ("每平方米200元", "implicit", "200", "200", "元/平方米"),
        ("￥500", "implicit", "0.05", "0.05", "万元"),
        ("10+", "≥", "10", None, ""),
        ("惠及上千人", "≥", "1000", None, "人"),
        ("95%≥满意度≥90%", "range", "90", "95", "%"),
        ("≥90%且≤100%", "range", "90", "100", "%"),
        ("不少于2家，不超过5家", "range", "2", "5", "家"),
        ("同比-2%", "implicit", "-2", "-2", "%"),
        ("30分钟内响应", "≤", None, "30", "分钟"),
        ("2小时以内", "≤", None, "2", "小时"),
        ("至少全年完成2次宣传", "≥", "2", None, "次"),
        ("3次（含）以上", "≥", "3", None, "次"),
        ("1-2家", "range", "1", "2", "家"),
        ("3至5家", "range", "3", "5", "家"),
        ("三至五家", "range", "3", "5", "家"),
        ("80%-90%", "range", "80", "90", "%"),
        ("80~90%", "range", "80", "90", "%"),
        ("10万-20万元", "range", "10", "20", "万元"),
        ("5千-1万份", "range", "5000", "10000", "份"),
        ("5、6次", "range", "5", "6", "次"),
        ("1.2万人次", "implicit", "12000", "12000", "人次"),
        ("5千份", "implicit", "5000", "5000", "份"),
        ("200万粒", "implicit", "200", "200", "万粒"),
        ("两家", "implicit", "2", "2", "家"),
        ("二十场", "implicit", "20", "20", "场"),
        ("三十万元", "implicit", "30", "30", "万元"),
        ("１２００", "implicit", "1200", "1200", ""),
        ("2亿3000万元", "implicit", "23000", "23000", "万元"),
        ("50万元/年", "implicit", "50", "50", "万元"),
        ("1次/年", "implicit", "1", "1", "次/年"),
        ("每年2次", "implicit", "2", "2", "次"),
        ("每月2次", "implicit", "2", "2", "次/月"),
        ("每人每月570元", "implicit", "570", "570", "元/人·月"),
        ("由80%提高至90%", "implicit", "90", "90", "%"),
        ("-5%", "implicit", "-5", "-5", "%"),
        ("0起", "implicit", "0", "0", "起"),
        ("100Mbps", "implicit", "100", "100", "Mbps"),
        ("1250KVA变压器3台", "implicit", "3", "3", "台"),
        ("1300m(规格:0.6*0.6)", "implicit", "1300", "1300", "m"),
        ("5G基站3个", "implicit", "3", "3", "个"),
        ("0-6岁儿童健康管理率90%以上", "≥", "90", None, "%"),
        ("2020年12月底前完成培训3场", "implicit", "3", "3", "场"),
        ("100件（套）以上", "≥", "100", None, "件"),
        ("≥2000（人次）", "≥", "2000", None, "人次"),
        ("3（家）", "implicit", "3", "3", "家"),
        ("90%（含）-100%", "range", "90", "100", "%"),
        ("85%≤覆盖率<95%", "range", "85", "95", "%"),
        ("不低于（含）10家", "≥", "10", None, "家"),
        ("≤10/10万", "≤", None, "10", "/10万"),
        ("≤620万/月", "≤", None, "6200000", "元/月"),
        ("17元/人.每天", "implicit", "17", "17", "元/人.天"),
        ("350元每平方米", "implicit", "350", "350", "元/平方米"),
        ("50元每人每天", "implicit", "50", "50", "元/人·天"),
        ("严格按照标准1000元/人给补助对象兑付", "implicit", "1000", "1000", "元/人"),
        ("生均1000元", "implicit", "1000", "1000", "元/生"),
        ("每个村不少于2个", "≥", "2", None, "个/村"),
        ("每村一名", "implicit", "1", "1", "名/村"),
        ("人均不少于2次", "≥", "2", None, "次/人"),
        ("每半年1次", "implicit", "1", "1", "次/半年"),
        ("每逢节假日演出2场", "implicit", "2", "2", "场"),
        ("116559册次", "implicit", "116559", "116559", "册次"),
        ("≥1.8万亩次", "≥", "1.8", None, "万亩次"),
        ("PM2.5年均浓度≤35微克/立方米", "≤", None, "35", "微克/立方米"),
        ("路灯≥30杆", "≥", "30", None, "杆"),
        ("60日历天", "implicit", "60", "60", "日历天"),
        ("采购1.5匹空调3台", "implicit", "3", "3", "台"),
        ("新建3米宽道路2公里", "implicit", "2", "2", "公里"),
        ("8吨洒水车2辆", "implicit", "2", "2", "辆"),
        ("300 公 里", "implicit", "300", "300", "公里"),
        ("5000\n人次", "implicit", "5000", "5000", "人次"),
        ("≥95\n%", "≥", "95", None, "%"),
        ("误差不超过±5%", "≤", None, "5", "%"),
    ],
)
def test_patterns(text: str, sign: str, low: str | None, high: str | None, unit: str) -> None:
    reading = quantity.target(text)
    assert shown(reading) == (sign, low, high, unit)
    assert reading.certain


@pytest.mark.parametrize(
    ("text", "sign", "value"),
    [
        ("200余家", "≥", 200),
        ("1万多人", "≥", 10_000),
        ("十余次", "≥", 10),
        ("约200人", "implicit", 200),
        ("近200人", "implicit", 200),
        ("近万人次", "implicit", 10_000),
        ("上万人次", "≥", 10_000),
        ("万余份", "≥", 10_000),
        ("85%左右", "implicit", 85),
    ],
)
def test_rough_figures(text: str, sign: str, value: int) -> None:
    reading = quantity.target(text)
    assert reading.approximate
    assert (reading.sign.value, reading.low) == (sign, value)


def test_saving_is_not_roughly() -> None:
    assert not quantity.target("节约30万元").approximate


@pytest.mark.parametrize(
    ("text", "name", "assumed"),
    [
        ("6场", "", "≥"),
        ("6场", "培训场次", "≥"),
        ("30万元", "cost", "≤"),
        ("30万元", "项目成本", "≤"),
        ("5次", "群众投诉", "≤"),
        ("95%", "投诉处理率", "≥"),
        ("0", "安全事故数", "≤"),
        ("1%", "结余率", "≤"),
        ("2%", "粮食变质率", "≤"),
        ("5天", "办理时限", "≤"),
        ("100%", "完成及时率", "≥"),
        ("投诉5次", "", "≤"),
    ],
)
def test_assumed_direction(text: str, name: str, assumed: str) -> None:
    reading = quantity.target(text, name=name)
    assert (reading.sign, reading.assumed, reading.direction) == ("implicit", assumed, assumed)
    assert quantity.actual(text, name=name).assumed is None


@pytest.mark.parametrize(
    ("text", "noun"),
    [
        ("安全责任事故为零", "安全责任事故"),
        ("安全事故是零", "安全事故"),
        ("重大事故发生率为零，群众满意", "重大事故发生率"),
        ("零事故", "事故"),
        ("零投诉", "投诉"),
        ("零安全责任事故", "安全责任事故"),
        ("安全事故为零起", "安全事故"),
        ("零", ""),
        ("≤零", ""),
    ],
)
def test_a_target_of_none_is_an_upper_bound(text: str, noun: str) -> None:
    reading = quantity.target(text)
    assert (reading.kind, reading.certain, reading.direction) == ("quantity", True, "≤")
    assert (reading.high, reading.noun) == (0, noun)


@pytest.mark.parametrize(
    "text", ["归零", "债务清零", "化整为零", "零星采购", "零距离服务", "为零散户服务", "零碳园区"]
)
def test_words_with_zero_are_no_targets(text: str) -> None:
    assert quantity.target(text).kind == "qualitative"


@pytest.mark.parametrize(
    ("raw", "name", "unit", "kind", "low", "read_unit"),
    [
        (95, "", "%", "quantity", "95", "%"),
        ("95", "", "百分比", "quantity", "95", "%"),
        ("30", "", "万元", "money", "30", "万元"),
        ("300000", "", "元", "money", "30", "万元"),
        ("1.2", "", "万人次", "quantity", "12000", "人次"),
        ("1.2万", "", "人次", "quantity", "12000", "人次"),
        ("20000", "服务外包在岸（万美元）", "", "quantity", "20000", "万美元"),
        ("420（列入财政公共预算）", "cost", "", "money", "420", "万元"),
        ("8个", "", "家", "quantity", "8", "个"),
    ],
)
def test_units_of_the_column(
    raw: CellValue, name: str, unit: str, kind: str, low: str, read_unit: str
) -> None:
    reading = quantity.target(raw, name=name, unit=unit)
    assert (reading.kind, bound(reading.low), reading.unit) == (kind, low, read_unit)


def test_a_share_stored_as_a_fraction_is_doubtful() -> None:
    reading = quantity.target(0.95, unit="%")
    assert reading.reason == "数值是0.95，单位是%，可能是95%"
    assert quantity.target("0.95", unit="%").certain


def test_several_targets() -> None:
    text = "组织6场以上高企申报、研发统计等培训，编印资料10000份以上，带动投入5000万元"
    reading = quantity.target(text)
    assert [(text[p.start : p.end], p.noun, p.unit) for p in reading.parts] == [
        ("6场以上", "培训", "场"),
        ("10000份以上", "资料", "份"),
        ("5000万元", "带动投入", "万元"),
    ]
    assert shown(reading) == shown(reading.parts[0])
    assert not quantity.target("6场以上").parts


def test_remarks_and_list_numbers_are_no_targets() -> None:
    surveyed = quantity.target("95%（收回问卷120份）")
    assert (surveyed.note, surveyed.parts) == ("收回问卷120份", ())
    listed = quantity.target("举办4次活动：1.甲。2.乙。3.丙。4.新中国成立70周年征文等活动。")
    assert (shown(listed)[1], listed.noun, listed.parts) == ("4", "活动", ())


def test_growth_and_forecasts() -> None:
    yearly = quantity.target("研发投入同比增长50%")
    assert (yearly.growth, yearly.low) == ("year on year", 50)
    assert quantity.target("提高5个百分点").growth == "absolute"
    assert quantity.target("提高到85%").growth is None
    assert quantity.target("新增高企50家").growth is None
    assert quantity.target("比上年增长").growth == "year on year"
    assert quantity.target("同比下降5%").note == "下降"
    assert quantity.actual("预计认定130家以上").forecast
    assert quantity.actual("将达到12亿元").forecast
    assert not quantity.actual("达成预期指标").forecast


@pytest.mark.parametrize(
    ("text", "band"),
    [
        ("达成预期指标", "达成"),
        ("达成年度指标", "达成"),
        ("部分达成年度指标并具有一定效果", "部分达成"),
        ("未达成年度指标且效果较差", "未达成"),
        ("未达成", "未达成"),
        ("基本达成目标", "达成"),
        ("部分实现目标", "部分达成"),
        ("实现目标程度较低", "未达成"),
        ("完成", None),
        ("效果明显", None),
    ],
)
def test_bands(text: str, band: str | None) -> None:
    reading = quantity.actual(text)
    assert (reading.kind, reading.band) == ("qualitative", band)


@pytest.mark.parametrize("text", ["无", "—", "/", "-", "", "  ", "\u3000", "暂无", "口", "□"])
def test_nothing(text: str) -> None:
    assert quantity.target(text).kind == "none"
    assert quantity.target(text).certain


@pytest.mark.parametrize("text", ["不超预算", "控制在预算成本内", "不超过批复概算", "≤预算", "预算内"])
def test_references(text: str) -> None:
    assert (quantity.target(text).kind, quantity.target(text).sign) == ("reference", "≤")
    assert quantity.target("不低于上年").sign == "≥"


@pytest.mark.parametrize("text", ["**月**日前", "≥**人次", "**元/人·月", "XX次", "____", "≥XX%"])
def test_placeholders(text: str) -> None:
    assert quantity.target(text).reason == "还有没填的地方"


@pytest.mark.parametrize("text", ["根据实际工作安排", "多篇", "若干", "比上年增长"])
def test_no_measurable_figure(text: str) -> None:
    assert quantity.target(text).note == "没有可以衡量的数"


@pytest.mark.parametrize(
    "text",
    [
        "企业所得税减按15%征收",
        "四个意识",
        "一般",
        "十分满意",
        "争取一个典型，树立一个典型",
        "“百岁健康村”",
        "三级医院",
        "千家万户",
        "C25混凝土",
        "前10名",
        "每月25日前",
        "每季度首月10日前",
    ],
)
def test_numbers_that_are_no_targets(text: str) -> None:
    assert (quantity.target(text).kind, quantity.target(text).certain) == ("qualitative", True)


def test_scoring_rules_and_prices() -> None:
    assert not quantity.target("到位率100%得5分，每少10个百分点以内扣1分").certain
    assert quantity.target("≤5300元/户").kind == "quantity"


@pytest.mark.parametrize(
    ("text", "sign", "low", "high"),
    [
        ("2021年12月完成", "≤", None, "2021-12-31"),
        ("9月前", "≤", None, "08-31"),
        ("全年", "range", "01-01", "12-31"),
        ("6-9月", "range", "06-01", "09-30"),
        ("2021.1.1-12.31", "range", "2021-01-01", "2021-12-31"),
        ("2025年1月1日起", "≥", "2025-01-01", None),
        ("≤2021年12月", "≤", None, "2021-12-31"),
        ("不晚于12月31日", "≤", None, "12-31"),
        ("202101-202112", "range", "2021-01-01", "2021-12-31"),
        ("开工时间2021年3月", "range", "2021-03-01", "2021-03-31"),
        ("2021年3月开工，11月完工", "range", "2021-03-01", "2021-11-30"),
        ("二〇二一年十二月", "range", "2021-12-01", "2021-12-31"),
        ("2021年12月31", "=", "2021-12-31", "2021-12-31"),
        ("2022年11月18日完成验收", "≤", None, "2022-11-18"),
        ("9月1日开学前", "≤", None, "09-01"),
        ("2022全年", "range", "2022-01-01", "2022-12-31"),
        ("2022年1季度", "range", "2022-01-01", "2022-03-31"),
        ("4-10月份", "range", "04-01", "10-31"),
    ],
)
def test_dates_as_targets(text: str, sign: str, low: str | None, high: str | None) -> None:
    reading = quantity.target(text)
    form = quantity.to_json(reading)
    assert (form["kind"], form["sign"], form["low"], form["high"]) == ("date", sign, low, high)


def test_cells_that_are_not_text() -> None:
    assert quantity.target(None).kind == "none"
    assert quantity.target(12).low == 12
    assert quantity.target(59.99).low == Decimal("59.99")
    assert quantity.target(date(2026, 1, 2)).kind == "date"
    assert quantity.target(date(2026, 1, 2), unit="家").certain is False
    for raw in (True, CellError("#DIV/0!"), float("nan"), float("inf"), 10**400):
        for reader in (quantity.target, quantity.actual, quantity.amount, quantity.period):
            assert reader(raw).certain is False
    assert quantity.amount(CellError("#DIV/0!")).reason == "单元格显示错误 #DIV/0!"


# --- amounts ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "expected", "summable"), AMOUNT_STRINGS)
def test_amounts(text: str, expected: Decimal | None, summable: bool) -> None:
    reading = quantity.amount(text)
    assert (reading.amount, reading.summable) == (expected, summable)
    if summable:
        assert quantity.native_amount(text) == expected


def test_amount_details() -> None:
    remarked = quantity.amount("420（列入财政公共预算，不体现在部门专项中）")
    assert (remarked.note, remarked.certain) == ("列入财政公共预算，不体现在部门专项中", True)
    assert quantity.amount(59.99).amount == Decimal("59.99")
    assert quantity.amount(None) == quantity.Amount(None, None)
    assert quantity.amount("  ").certain
    assert quantity.amount("50%").reason == "是百分比，不是金额"
    assert quantity.amount("10-20万元").reason == "有几个数，不知道用哪一个"
    for text in ("约30万", "7,00.0,77", "300000（元）", "30 20", "不超过30万元"):
        assert not quantity.amount(text).certain


# --- periods ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("全年", "2021-01-01", "2021-12-31"),
        ("2020年全年", "2020-01-01", "2020-12-31"),
        ("全年/1-12月", "2021-01-01", "2021-12-31"),
        ("11月前", None, "2021-10-31"),
        ("1月前", None, "2020-12-31"),
        ("6-9月", "2021-06-01", "2021-09-30"),
        ("６－９月", "2021-06-01", "2021-09-30"),
        ("1-12月", "2021-01-01", "2021-12-31"),
        ("4月-6月", "2021-04-01", "2021-06-30"),
        ("12月底前", None, "2021-12-31"),
        ("12月底之前完成", None, "2021-12-31"),
        ("十二月底前", None, "2021-12-31"),
        ("预计2025年12月底前", None, "2025-12-31"),
        ("2021年12月完成", None, "2021-12-31"),
        ("2021.1-2021.12", "2021-01-01", "2021-12-31"),
        ("2023.07-2024.01", "2023-07-01", "2024-01-31"),
        ("2022年6月--2023年6月", "2022-06-01", "2023-06-30"),
        ("2017 年 1 月 / 2017 年 12 月", "2017-01-01", "2017-12-31"),
        ("2026/1/1", "2026-01-01", "2026-01-01"),
        ("20190101", "2019-01-01", "2019-01-01"),
        ("20200101-20201231", "2020-01-01", "2020-12-31"),
        ("2021.1.1-12.31", "2021-01-01", "2021-12-31"),
        ("2025年1月1日-2025年12月31日", "2025-01-01", "2025-12-31"),
        ("2020年1-6月", "2020-01-01", "2020-06-30"),
        ("11月至次年3月", "2021-11-01", "2022-03-31"),
        ("12月10日-15日", "2021-12-10", "2021-12-15"),
        ("2010-2011", "2010-01-01", "2011-12-31"),
        ("2019-2021年", "2019-01-01", "2021-12-31"),
        ("2020年度", "2020-01-01", "2020-12-31"),
        ("上半年", "2021-01-01", "2021-06-30"),
        ("下半年", "2021-07-01", "2021-12-31"),
        ("前三季度", "2021-01-01", "2021-09-30"),
        ("1-2季度", "2021-01-01", "2021-06-30"),
        ("第三季度", "2021-07-01", "2021-09-30"),
        ("一、二季度", "2021-01-01", "2021-06-30"),
        ("2020年第一季度至第三季度", "2020-01-01", "2020-09-30"),
        ("年底前", None, "2021-12-31"),
        ("2020年底", None, "2020-12-31"),
        ("6月30日前", None, "2021-06-30"),
        ("截止2020年12月31日", None, "2020-12-31"),
        ("2020.12.31前", None, "2020-12-31"),
        ("3月起", "2021-03-01", None),
        ("3月中旬", "2021-03-11", "2021-03-20"),
        ("2024年2月", "2024-02-01", "2024-02-29"),
        ("2021年1月-2020年12月", "2021-01-01", "2020-12-31"),
        ("截止2022年底", None, "2022-12-31"),
        ("2021年11月、12月", "2021-11-01", "2021-12-31"),
    ],
)
def test_periods(text: str, start: str | None, end: str | None) -> None:
    reading = quantity.period(text, 2021)
    form = quantity.to_json(reading)
    assert (form["start"], form["end"], form["certain"]) == (start, end, True)


@pytest.mark.parametrize(
    "text",
    [
        "26-05",
        "202年1月11日",
        "13月",
        "2月30日",
        "2020年13月",
        "1-6月，9-12月",
        "6.9",
        "及时",
        "每月",
        "3年",
        "合同签订后30日内",
        "44489月",
        "12月3l日",
        "2024年l月",
        "2022年6月-",
        "2022年春季学期",
        "5月、10月",
    ],
)
def test_uncertain_periods(text: str) -> None:
    reading = quantity.period(text, 2021)
    assert (reading.start, reading.end, reading.certain) == (None, None, False)
    assert reading.reason


def test_periods_that_are_not_text() -> None:
    assert quantity.period(date(2026, 1, 1), 2021).start == date(2026, 1, 1)
    assert quantity.period(datetime(2026, 1, 1, 9), 2021).end == date(2026, 1, 1)  # noqa: DTZ001
    assert quantity.period(20190101.0, 2021).start == date(2019, 1, 1)
    assert quantity.period(None, 2021).certain
    assert quantity.period("6-9月").reason == "没有写年份"


# --- figures in running text --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("兑现补贴资金420万元", [("money", "420", "万元")]),
        ("举办2场科普活动", [("count", "2", "场")]),
        ("新中国成立70周年", [("anniversary", "70", "周年")]),
        ("2019年", [("date", "2019", "年")]),
        ("预算执行率97.33%，结余15.01万元", [("rate", "97.33", "%"), ("money", "15.01", "万元")]),
        ("惠及群众1.2万人次，投入2亿元", [("count", "12000", "人次"), ("money", "20000", "万元")]),
        ("3000元", [("money", "0.3", "万元")]),
        ("联系电话：0731-84558888", [("phone", "731", "")]),
        ("手机13812345678", [("phone", "13812345678", "")]),
        ("12345热线", [("phone", "12345", "")]),
        ("湘财绩〔2020〕10号", [("document-number", "2020", "")]),
        ("1250KVA变压器3台", [("model", "1250", ""), ("count", "3", "台")]),
        ("C25混凝土、5G基站", [("model", "25", ""), ("model", "5", "")]),
        ("0-6岁儿童", [("age", "0", "岁"), ("age", "6", "岁")]),
        ("7天", [("duration", "7", "天")]),
        ("R&D经费", []),
        ("1.科技培训 2、科普", [("list-number", "1", ""), ("list-number", "2", "")]),
        ("第3届、前10名", [("ordinal", "3", ""), ("ordinal", "10", "名")]),
        ("2020年12月31日", [("date", "2020", "年"), ("date", "12", "月"), ("date", "31", "日")]),
        ("委托1-2家机构", [("count", "1", "家"), ("count", "2", "家")]),
        ("全体会议统一部署，进一步提升", []),
        ("身份证号430102199001011234", [("identity-number", "430102199001011234", "")]),
        ("规格0.6*0.6", [("model", "0.6", "")]),
        ("20万补助给5万群众", [("money", "20", "万元"), ("count", "50000", "")]),
    ],
)
def test_figures(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert [(f.kind.value, quantity.plain(f.value), f.unit) for f in quantity.figures(text)] == expected


def test_nouns_of_figures() -> None:
    event, booklet = quantity.figures("举办2场科普活动，订阅杂志100份")
    assert (event.noun_after, event.unit_group) == ("科普活动", "次")
    assert (booklet.noun_before, booklet.unit_group) == ("杂志", "份")
    (money,) = quantity.figures("兑现补贴资金420万元")
    assert money.noun_before == "补贴资金"
    (screened,) = quantity.figures("“两癌”筛查5000人")
    assert screened.noun_before == "“两癌”筛查"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("举办4次活动：1.甲。2.乙。3.丙。4.新中国成立70周年征文等活动。", (4, 4)),
        ("举办6次科普活动：1、甲2、乙3、丙", (6, 3)),
        ("完成3项工作：一是甲；二是乙；三是丙。", (3, 3)),
        ("开展2场培训：①甲②乙③丙", (2, 3)),
        ("1.举办4次活动 2.印制资料", None),
        ("组织培训3次。其他：1.甲2.乙", None),
        ("预算1.5万元", None),
        ("", None),
    ],
)
def test_stated_list(text: str, expected: tuple[int, int] | None) -> None:
    assert quantity.stated_list(text) == expected


# --- units, plain, JSON, canonical --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("场", "场", "same"),
        ("㎡", "平方米", "same"),
        ("%", "百分比", "same"),
        ("元/人*月", "元/人·月", "same"),
        ("个工作日", "工作日", "same"),
        ("", "个", "same"),
        ("场", "期", "group"),
        ("班次", "场次", "group"),
        ("人", "名", "group"),
        ("家", "个", "group"),
        ("次/年", "次", "group"),
        ("人", "人次", "starred"),
        ("份", "册", "starred"),
        ("%", "个百分点", "starred"),
        ("人", "家", "different"),
        ("万粒", "粒", "different"),
        ("次/月", "次", "different"),
    ],
)
def test_comparable(first: str, second: str, expected: str) -> None:
    assert quantity.comparable(first, second) == expected
    assert quantity.comparable(second, first) == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("563", "563"),
        ("97.33", "97.33"),
        ("1E+2", "100"),
        ("0.00", "0"),
        ("-0", "0"),
        ("100.00", "100"),
        ("1E-7", "0.0000001"),
    ],
)
def test_plain(value: str, text: str) -> None:
    assert quantity.plain(Decimal(value)) == text


def test_json_keys() -> None:
    assert list(quantity.to_json(quantity.amount("30万元"))) == ["raw", "amount", "note", "certain", "reason"]
    assert list(quantity.to_json(quantity.period("全年", 2021))) == [
        "raw",
        "start",
        "end",
        "certain",
        "reason",
    ]
    keys = [
        "raw",
        "kind",
        "sign",
        "low",
        "high",
        "unit",
        "unit group",
        "approximate",
        "growth",
        "note",
        "parts",
        "certain",
        "reason",
    ]
    assert list(quantity.to_json(quantity.target("6场以上")))[: len(keys)] == keys
    assert quantity.to_json(quantity.target("6场以上"))["low"] == 6
    assert quantity.to_json(quantity.target("99.5%"))["low"] == 99.5


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("达到500人以上", "≥500人"),
        ("≧ 735 人次", "≥735人次"),
        ("不超过10次", "≤10次"),
        ("30分钟内", "≤30分钟"),
        ("1—2次", "1-2次"),
        ("约二十场", "约20场"),
        ("1000余册", "1000余册"),
        ("1亿元", "10000万元"),
        ("较上年增长5%以上", "同比增长≥5%"),
        ("12月底之前完成", "12月31日前"),
        ("显著提升", "显著提升"),
        ("举办2场科普活动，资料100份以上", "2场 科普活动；≥100份 资料"),
    ],
)
def test_canonical(text: str, spelling: str) -> None:
    assert quantity.canonical(quantity.target(text)) == spelling


# --- properties ---------------------------------------------------------------------------------------------

_GLYPHS = (
    "0123456789.,，-~—至到≥≤<>=约余多以上下内前后年月日号第()（）[]〔〕 \n\t%‰万亿千百十一二两零点元人次个家份"
    "*×xX/:：；。、+^#@&$ABlIO全季度半底末旬起止同比增长不超过少于低控制在每无由提高□①²㎡　"
)
_STAFF = st.one_of(
    st.text(st.sampled_from(_GLYPHS), max_size=14),
    st.text(max_size=20),
    st.builds(
        lambda text, place, insert: (
            text[: place % (len(text) + 1)] + insert + text[place % (len(text) + 1) :]
        ),
        st.sampled_from([row[0] for row in FIGURES] + WORDS + DAMAGED),
        st.integers(0, 60),
        st.text(st.sampled_from(_GLYPHS), max_size=3),
    ),
)
quickly = settings(max_examples=400, deadline=None, database=None)
_CELLS = st.one_of(_STAFF, st.none(), st.booleans(), st.integers(), st.floats(), st.dates(), st.datetimes())


@quickly
@given(
    _CELLS,
    st.sampled_from(["", "cost", "满意度", "培训场次（场）"]),
    st.sampled_from(["", "%", "万元", "人次", "个（台）"]),
)
def test_never_raises_and_keeps_the_cell(raw: CellValue, name: str, unit: str) -> None:
    for reading in (
        quantity.target(raw, name=name, unit=unit, year=2021),
        quantity.actual(raw, name=name, unit=unit),
        quantity.amount(raw),
        quantity.period(raw, 2021),
    ):
        assert reading.raw is raw
        assert reading.certain is (reading.reason is None)
        json.dumps(quantity.to_json(reading), allow_nan=False, default=None)


@quickly
@given(_STAFF)
def test_canonical_is_idempotent(text: str) -> None:
    reading = quantity.target(text)
    spelling = quantity.canonical(reading)
    again = quantity.target(spelling)
    assert quantity.canonical(again) == spelling
    assert (*shown(again), again.kind, len(again.parts)) == (
        *shown(reading),
        reading.kind,
        len(reading.parts),
    )


@quickly
@given(_STAFF)
def test_figures_stand_where_they_say(text: str) -> None:
    figures = quantity.figures(text)
    for figure in figures:
        assert text[figure.start : figure.end] == figure.text != ""
    starts = [figure.start for figure in figures]
    assert starts == sorted(starts)
    quantity.stated_list(text)


@quickly
@given(_STAFF)
def test_what_the_formula_reads_is_what_is_summed(text: str) -> None:
    reading = quantity.amount(text)
    native = quantity.native_amount(text)
    assert reading.summable is (native is not None) is quantity.summable(text)
    assert native is None or reading.amount == native


@quickly
@given(
    st.sampled_from(["", "≥", "≤ ", "=", "<", ">"]),
    st.decimals(0, 999_999, places=2),
    st.sampled_from(
        ["", " ", "场", "人次", "%", " %", "万元", "元", "亿元", "平方米", "工作日", "岁", "周年", "榀"]
    ),
)
def test_the_quick_reading_is_the_thorough_one(sign: str, value: Decimal, unit: str) -> None:
    text = f"{sign}{quantity.plain(value)}{unit}"
    (quick,), (thorough,) = scan(text), scan(f"{text}。")[:1]
    for name in ("kind", "low", "high", "unit", "sign", "approximate", "damage", "at", "number_end"):
        assert getattr(quick, name) == getattr(thorough, name), name


@quickly
@given(st.decimals(-(10**9), 10**9, places=4))
def test_plain_gives_the_value_back(value: Decimal) -> None:
    text = quantity.plain(value)
    assert Decimal(text) == value
    assert "E" not in text


# --- speed --------------------------------------------------------------------------------------------------

_SHAPES = (
    "1 1, 1. 1- 1人 1万 1亿 1、 1) （1 1* 0.6* 1: 1/ 第1 按1% 2021年 1月 举办2场 0 00 ≥ 不低于 约 控制在 达到 一 百 十一 "
    "( （ A A1 X * _ 中 每 、等 增长 同比 预算 达成 实现 ① 元/ 由1% +1 ±1 . , - "
    "9O 年l月 每人1 人均1 1(含)- 上万 1(个 1个/ 1。1 1≥1 1元每 1个1个 1/1万"
)


@pytest.mark.parametrize("shape", [*_SHAPES.split(), " ", "\n", "1 ", "1  - ", "\u3000"])
def test_time_is_linear(shape: str) -> None:
    text = shape * (100_000 // len(shape))
    readers: list[Callable[[str], object]] = [
        quantity.target,
        quantity.actual,
        quantity.amount,
        quantity.period,
        quantity.figures,
        quantity.stated_list,
        lambda text: quantity.canonical(quantity.target(text[:32_000])),
        lambda text: quantity.target(text[:32_000] + "1人", name="满意度", unit="%"),
    ]
    for reader in readers:
        begin = process_time()
        reader(text)
        assert process_time() - begin < 2, "well under a second on a quiet machine"
