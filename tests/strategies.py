"""Hypothesis strategies: submissions with the clean and the odd content that staff really type.

`documents(edition)` gives parsed JSON of `submission.schema.json`, `submissions(edition)` the records. With
`only_cells` (the default) they use nothing for which the edition's workbook has no cell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from xl_perfeval import exchange, forms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xl_perfeval.model import Edition, Submission

Json = dict[str, Any]

_ODD = (
    "=1+1",
    "=SUM(A1:A9)",
    "+1",
    "-",
    "@SUM(1)",
    "'带撇号",
    "“引号”",
    '"直引号"',
    "a<b&c>d",
    "]]>",
    "<![CDATA[x]]>",
    "&amp;",
    "_x0041_",
    " 前后有空格 ",
    "　全角空格",
    "第一行\n第二行",
    "制表\t符",
    "𠮷野家😀",
    "e\u0301",
    "\u202e倒写",
    "TRUE",
    "#N/A",
    "1E5",
    "007",
    "2020-01-01",
    "6-9",
    "无",
    "—",
    "/",
    "XX次",
    "{0}%s%d",
    "学习、交流及其他" * 60,
)

_CHARACTERS = st.characters(exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"])

odd_texts = st.sampled_from(_ODD)
any_text = st.text(_CHARACTERS, min_size=1, max_size=40).filter(lambda text: bool(text.strip()))


def texts(*usual: str) -> st.SearchStrategy[str]:
    """Mostly what is usual in that column, sometimes anything a cell can hold."""
    return st.one_of(st.sampled_from(usual), st.sampled_from(usual), odd_texts, any_text)


names = texts(
    "科技工作经费",
    "科普经费",
    "2020年区级科技计划项目立项扶持资金",
    "1.科技培训宣传经费",
    "5、学习、交流及其他",
)
amounts = st.one_of(
    st.integers(0, 1000),
    st.integers(0, 10**8).map(lambda yuan: yuan / 10_000),
    st.sampled_from(["30万元", "20万", "420（列入财政公共预算）", "１２００", "1亿元", "三十万元", "约5万"]),
    st.integers(-50, 10**9),
    odd_texts,
)
numbers = st.one_of(st.integers(-(10**6), 10**9), st.integers(-(10**9), 10**9).map(lambda n: n / 1000))
cells = st.one_of(texts("举办培训3场以上，培训500人以上", "95%以上", "全年", "6-9月"), numbers)
paragraphs = texts(
    "全年举办培训3场，培训520人。", "无", "结余15万元，执行率96.43%。【待补充：结余原因】", "　　首行空两格。"
)


def _some(keys: Mapping[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Json]:
    """Objects with any of these keys, some of them `None`."""
    return st.fixed_dictionaries({}, optional={key: st.none() | value for key, value in keys.items()})


def _funding(edition: Edition, only_cells: bool) -> st.SearchStrategy[Json]:
    keys: dict[str, st.SearchStrategy[Any]] = {
        "budget": amounts,
        "budget_local": amounts,
        "spent": amounts,
        "spent_local": amounts,
        "reason": texts("2个课题尚未验收，尾款未拨"),
    }
    if edition.has("scoring") or not only_cells:
        row = {"initial_budget": amounts, "budget": amounts, "spent": amounts}
        if not only_cells or (edition.frame and edition.frame.prints("initial_budget")):
            keys["initial_budget"] = amounts
        else:
            del row["initial_budget"]
        keys["sources"] = st.lists(
            st.builds(
                lambda name, rest: {"name": name, **rest}, texts("当年财政拨款", "上年结转资金"), _some(row)
            ),
            max_size=3,
        )
    return _some(keys).map(lambda found: {**found, "sources": found.get("sources") or []})


def _named(name: str, rest: Json) -> Json:
    return {"name": name, **rest}


def _columns(edition: Edition, table: str, only_cells: bool, every: tuple[str, ...]) -> tuple[str, ...]:
    if not only_cells:
        return every
    printed = {field.key for field in edition.table(table).fields} if edition.has(table) else set[str]()
    return tuple(key for key in every if key in printed)


_ITEM = ("name", "cost", "schedule", "quantity", "quality", "benefit", "actual", "spent", "reason")
_INDICATOR = (
    "level1",
    "level2",
    "level3",
    "sign",
    "target",
    "unit",
    "actual",
    "method",
    "weight",
    "score",
    "reason",
    "description",
    "evidence",
)
_USUAL: dict[str, st.SearchStrategy[Any]] = {
    "name": names,
    "cost": amounts,
    "spent": amounts,
    "schedule": texts("全年", "6-9月", "11月底前"),
    "level1": texts("产出指标", "效益指标", "满意度指标", "成本指标"),
    "level2": texts("数量指标", "质量指标", "服务对象满意度指标"),
    "level3": names,
    "sign": texts("≥", "＝", "≤", "定性"),
    "target": texts("95", "≥95%", "10") | numbers,
    "unit": texts("场", "%", "家"),
    "actual": texts("10", "96%", "达成预期指标", "举办培训4场，培训520人") | numbers,
    "method": texts("定量", "定性"),
    "weight": st.integers(0, 50) | texts("10"),
    "score": st.integers(0, 50) | texts("9.5"),
}


def _rows(columns: tuple[str, ...], largest: int) -> st.SearchStrategy[list[Json]]:
    if not columns:
        return st.just([])
    return st.lists(_some({key: _USUAL.get(key, cells) for key in columns}), max_size=largest)


def projects(edition: Edition, only_cells: bool = True) -> st.SearchStrategy[Json]:
    """One project as JSON, without an id."""
    keys: dict[str, st.SearchStrategy[Any]] = {
        "kind": texts("经常性", "一次性"),
        "purpose": texts("科普宣传、培训、设施采购"),
        "section": texts("产业发展科"),
        "note": texts("其中2项由镇街实施"),
        "funding": _funding(edition, only_cells),
        "items": _rows(_columns(edition, "matrix", only_cells, _ITEM), 5),
        "indicators": _rows(_columns(edition, "scoring", only_cells, _INDICATOR), 5),
    }
    if edition.frame is not None or not only_cells:
        row = {
            "weight": _USUAL["weight"],
            "rate": texts("97.33%") | numbers,
            "score": _USUAL["score"],
            "reason": texts("尾款未拨"),
        }
        if only_cells and edition.frame:
            row = {key: value for key, value in row.items() if edition.frame.prints(key)}
        keys["goal"] = _some({"expected": texts("完成科普培训3场。"), "achieved": texts("已完成。")})
        keys["execution"] = _some(row)
    if edition.scoring is not None or not only_cells:
        keys["total_score"] = _USUAL["score"]
        keys["grade"] = texts("优", "良")
    return st.fixed_dictionaries({"name": names}, optional=keys)


@st.composite
def documents(draw: st.DrawFn, edition: str = forms.DEFAULT, *, only_cells: bool = True) -> Json:
    """A whole submission as parsed JSON, valid by the schema; ids are unique or absent."""
    form = forms.load(edition)
    found = draw(st.lists(projects(form, only_cells), max_size=4))
    ids = draw(
        st.lists(
            st.none() | st.sampled_from(["P1", "P2", "P3", "P9", "KJ-01", "项目甲"]), min_size=4, max_size=4
        )
    )
    for place, project in enumerate(found):
        if ids[place] not in ids[:place]:
            project["id"] = ids[place]
    total = dict.fromkeys(("budget", "budget_local", "spent", "spent_local"), amounts)
    section = st.lists(paragraphs, min_size=1, max_size=3)
    rest = draw(
        st.fixed_dictionaries(
            {
                "unit": st.builds(
                    _named,
                    texts("示例区科学技术局"),
                    _some({"code": texts("001234"), "department": texts("示例区人民政府")}),
                ),
                "year": st.integers(2000, 2100),
            },
            optional={
                "edition": st.just(edition) | st.none() if edition == forms.DEFAULT else st.just(edition),
                "stage": st.sampled_from(["目标申报", "绩效监控", "年度自评", None]),
                "report_date": st.none() | st.dates().filter(lambda day: day.year >= 1900).map(str),
                "prepared_by": st.none() | texts("办公室"),
                "totals": _some(total),
                "sections": st.dictionaries(st.sampled_from(exchange.SECTIONS), section, max_size=8).map(
                    lambda by_id: [{"id": id_, "paragraphs": written} for id_, written in by_id.items()]
                ),
            },
        )
    )
    if edition != forms.DEFAULT:
        rest["edition"] = edition
    return {"schema": exchange.SCHEMA, "projects": found, **rest}


def submissions(edition: str = forms.DEFAULT, *, only_cells: bool = True) -> st.SearchStrategy[Submission]:
    """A whole submission as `exchange.from_json` reads it."""
    return documents(edition, only_cells=only_cells).map(exchange.from_json)
