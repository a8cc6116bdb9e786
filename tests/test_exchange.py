"""Submission JSON: what is accepted, what is refused and how it is said, and the round trip."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from dataclasses import replace
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import strategies
from xl_perfeval import exchange, forms, reading, sample, template
from xl_perfeval.books.file import FileBook
from xl_perfeval.exchange import NotASubmission
from xl_perfeval.model import CellError, Execution, Funding, Indicator, Project, Source, Stage, WorkItem

SCHEMA = json.loads(resources.files("xl_perfeval").joinpath("schemas/submission.schema.json").read_bytes())
EDITIONS = forms.editions()


def small(**changes: Any) -> dict[str, Any]:
    """A submission with one project; keywords replace keys of the outermost object."""
    data = {
        "schema": "perfeval-submission/1",
        "unit": {"name": "示例区科学技术局"},
        "year": 2020,
        "projects": [{"name": "科普经费", "funding": {"budget": 60, "spent": "59.99"}}],
    }
    return data | changes


def with_project(**keys: Any) -> dict[str, Any]:
    return small(projects=[{"name": "科技工作经费"}, {"name": "科普经费", **keys}])


def refusal(data: object) -> str:
    with pytest.raises(NotASubmission) as refused:
        exchange.from_json(data)
    sentence = str(refused.value)
    assert "\n" not in sentence
    for word in ("None", "null", "非法", "无效", "字段"):
        assert word not in sentence
    return sentence


# --- accepted -----------------------------------------------------------------------------------------


def test_keeps_cells_as_typed() -> None:
    submission = exchange.from_json(small())
    [project] = submission.projects
    assert (project.id, project.number, project.name) == ("P1", 1, "科普经费")
    assert project.funding == Funding(budget=60, spent="59.99", project="P1")
    assert (submission.edition.id, submission.stage) == (forms.DEFAULT, Stage.YEAR_END)


def test_null_blank_text_and_absent_are_the_same() -> None:
    blank = small(stage=None, edition=None, report_date=None, prepared_by="", sections=[], totals={})
    blank["unit"] |= {"code": None, "department": ""}
    blank["projects"][0] |= {"kind": None, "items": [], "note": "", "grade": None}
    assert exchange.from_json(blank) == exchange.from_json(small())
    assert exchange.normalised(blank) == exchange.normalised(small())


def test_rows_without_content_are_left_out() -> None:
    submission = exchange.from_json(
        small(
            projects=[
                {"name": None},
                {"name": None, "items": [{}, {"cost": 3}, {"name": None, "cost": ""}, {"name": "培训"}]},
            ]
        )
    )
    [project] = submission.projects
    assert (project.id, project.number) == ("P2", 1)
    assert [(item.number, item.cost, item.name) for item in project.items] == [
        (1, 3, None),
        (2, None, "培训"),
    ]


@pytest.mark.parametrize(
    ("given_ids", "expected"),
    [
        ([None, None], ["P1", "P2"]),
        (["P2", None, None], ["P2", "P4", "P3"]),
        ([None, "P1"], ["P3", "P1"]),
        (["", "A-01"], ["P1", "A-01"]),
        (["p2", None], ["p2", "P3"]),
    ],
)
def test_ids_are_given_where_absent(given_ids: list[str | None], expected: list[str]) -> None:
    projects = [{"name": "x", "id": identity} for identity in given_ids]
    assert [p.id for p in exchange.from_json(small(projects=projects)).projects] == expected


def test_numbers_as_a_spreadsheet_keeps_them() -> None:
    def kept(number: float) -> Any:
        return (
            exchange.from_json(small(projects=[{"name": "x", "total_score": number}])).projects[0].total_score
        )

    assert repr(kept(73.0)) == "73"
    assert repr(kept(-0.0)) == "0"
    assert kept(0.1 + 0.2) == 0.3
    assert kept(59.99) == 59.99


def test_texts_as_a_cell_keeps_them() -> None:
    submission = exchange.from_json(with_project(purpose="一\r\n二\r三\x0b四\x00"))
    assert submission.projects[1].purpose == "一\n二\n三四"


ORIGINS: list[Any] = [
    None,
    {"id": "results/1", "state": "系统起草"},
    {
        "id": "results/P1",
        "state": "已人工修改",
        "generated": "旧稿。",
        "generated_in": "other",
        "offered": "新稿。",
        "draft": "新稿，改过。",
        "take": "请选择",
    },
    {"state": "锁定"},
    {"id": "results/P2", "generated": "旧稿。"},
]


def test_what_is_known_of_paragraphs_comes_back(tmp_path: Path) -> None:
    data = small(
        sections=[
            {"id": "results", "paragraphs": ["一。", "二。", "三。", "四。", "五。"], "origins": ORIGINS}
        ]
    )
    jsonschema.validate(data, SCHEMA)
    submission = exchange.from_json(data)
    states = [(each.id, each.state.value, each.base and each.base.text) for each in submission.paragraphs]
    assert states == [
        ("", "人工撰写", None),
        ("results/1", "系统起草", "二。"),
        ("results/P1", "已人工修改", "旧稿。"),
        ("", "锁定", None),
        ("results/P2", "人工撰写", "旧稿。"),
    ]
    assert exchange.to_json(submission)["sections"] == data["sections"]
    path = tmp_path / "自评.xlsx"
    template.build(submission, path)
    assert exchange.to_json(reading.read(FileBook.open(path)))["sections"] == data["sections"]


def test_origins_go_by_the_places_of_their_paragraphs() -> None:
    origins = [{"id": "results/1", "state": "系统起草"}, {"id": "results/2", "state": "系统起草"}, None, None]
    sections = [{"id": "results", "paragraphs": ["", "二。", "三。"], "origins": origins}]
    [section] = exchange.normalised(small(sections=sections))["sections"]
    assert section == {
        "id": "results",
        "paragraphs": ["二。", "三。"],
        "origins": [{"id": "results/2", "state": "系统起草"}, None],
    }
    # A text that is not the one last drafted was edited, whatever it says.
    edited = {"id": "results/1", "state": "系统起草", "generated": "一。"}
    [section] = exchange.normalised(
        small(sections=[{"id": "results", "paragraphs": ["二。"], "origins": [edited]}])
    )["sections"]
    assert section["origins"] == [{**edited, "state": "已人工修改"}]


def test_sections_become_paragraphs_in_the_outline_s_order() -> None:
    data = small(
        sections=[
            {"id": "problems", "paragraphs": ["无"]},
            {"id": "results", "paragraphs": ["一段。", "", "二段。"]},
            {"id": "problems", "paragraphs": ["还有。"]},
        ]
    )
    submission = exchange.from_json(data)
    assert [p.text for p in submission.text_of("problems")] == ["无", "还有。"]
    assert exchange.to_json(submission)["sections"] == [
        {"id": "results", "paragraphs": ["一段。", "二段。"]},
        {"id": "problems", "paragraphs": ["无", "还有。"]},
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_reads_what_editors_save(encoding: str) -> None:
    assert exchange.from_text(json.dumps(small(), ensure_ascii=False).encode(encoding)) == exchange.from_json(
        small()
    )


# --- refused ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ([], "最外层应当是大括号里的一组内容，现在是方括号里的列表。"),
        ({}, '最外层里缺少“schema”，请写上 "schema": "perfeval-submission/1"。'),
        (
            small(schema="perfeval-submission/2"),
            "schema 写的是“perfeval-submission/2”，本程序只认识“perfeval-submission/1”，请改用这种格式。",
        ),
        (
            small(schema="perfeval-findings/1"),
            "这是校验结果，不是自评材料，请换成 perfeval export 写出的文件。",
        ),
        (small(extra=1), "最外层里有不认识的键“extra”，请删去。"),
        (
            with_project(items=[{"costs": 1}]),
            "projects[1].items[0] 里有不认识的键“costs”，请改成 cost 或删去。",
        ),
        (with_project(fundign={}), "projects[1] 里有不认识的键“fundign”，请改成 funding 或删去。"),
        (with_project(Purpose="x"), "projects[1] 里有不认识的键“Purpose”，请改成 purpose 或删去。"),
        ({k: v for k, v in small().items() if k != "year"}, "最外层里缺少“year”，请补上。"),
        (small(unit={}), "unit 里缺少“name”，请补上。"),
        (small(unit={"name": None}), "unit.name 没有填，请写成加引号的文字。"),
        (small(unit={"name": 5}), "unit.name 应当是加引号的文字，现在是数字。"),
        (small(projects={}), "projects 应当是方括号里的列表，现在是大括号里的一组内容。"),
        (small(projects=None), "projects 应当是方括号里的列表，现在是空的。"),
        (small(projects=["x"]), "projects[0] 应当是大括号里的一组内容，现在是文字“x”。"),
        (with_project(items=[{"cost": True}]), "projects[1].items[0].cost 应当是数字或文字，现在是true。"),
        (
            with_project(items=[{"cost": [1]}]),
            "projects[1].items[0].cost 应当是数字或文字，现在是方括号里的列表。",
        ),
        (with_project(kind=5), "projects[1].kind 应当是加引号的文字，现在是数字。"),
        (
            with_project(total_score=10**400),
            "projects[1].total_score 的数字太大，请写成不超过15位的数字，编号请加引号。",
        ),
        (
            with_project(total_score=float("nan")),
            "projects[1].total_score 的数字太大，请写成不超过15位的数字，编号请加引号。",
        ),
        (with_project(purpose="\ud800"), "projects[1].purpose 里有损坏的字符，请改正后再试。"),
        (
            with_project(funding={"sources": [{"budget": 1}]}),
            "projects[1].funding.sources[0] 里缺少“name”，请补上。",
        ),
        (small(year=1999), "year 写的是 1999，应当是 2000 到 2100 之间的年份。"),
        (small(year="2020"), "year 应当是不加引号的四位年份，例如 2020，现在是文字“2020”。"),
        (small(year=True), "year 应当是不加引号的四位年份，例如 2020，现在是true。"),
        (small(year=2020.5), "year 应当是不加引号的四位年份，例如 2020，现在是数字。"),
        (
            small(report_date="2021-02-29"),
            "report_date 写的是“2021-02-29”，应当写成真实的日期，例如 2021-03-08。",
        ),
        (
            small(report_date="20210308"),
            "report_date 写的是“20210308”，应当写成真实的日期，例如 2021-03-08。",
        ),
        (small(stage="自评"), "stage 现在是“自评”，请从这些里选一个：目标申报、绩效监控、年度自评。"),
        (
            small(edition="county-matrx"),
            "edition 写的“county-matrx”不是现有的表样，是不是 county-matrix？"
            f"现有表样：{'、'.join(EDITIONS)}。",
        ),
        (small(edition=3), "edition 应当是加引号的文字，现在是数字。"),
        (
            small(projects=[{"name": "甲", "id": "P1"}, {"name": "乙", "id": "p1"}]),
            "projects[0] 和 projects[1] 的 id 都是“p1”，请改掉一个或都删去。",
        ),
        (
            small(sections=[{"id": "results", "paragraphs": [None]}]),
            "sections[0].paragraphs[0] 没有填，请写成加引号的文字。",
        ),
        (small(sections=[{"id": "results"}]), "sections[0] 里缺少“paragraphs”，请补上。"),
        (
            small(sections=[{"id": "results", "paragraphs": ["一。"], "origins": [{"state": "草稿"}]}]),
            "sections[0].origins[0].state 现在是“草稿”，请从这些里选一个：系统起草、已人工修改、人工撰写、锁定。",
        ),
        (
            small(sections=[{"id": "results", "paragraphs": ["一。"], "origins": {}}]),
            "sections[0].origins 应当是方括号里的列表，现在是大括号里的一组内容。",
        ),
    ],
)
def test_refuses_in_one_sentence(data: object, sentence: str) -> None:
    assert refusal(data) == sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "文件是空的，请换成按 perfeval-submission/1 格式写的 JSON 文件。"),
        ('{\n"year": 2020,\n}', "第3行第1个字符处不合 JSON 写法，请检查这里的引号、逗号和括号。"),
        ('{"year": 1, "year": 2}', "同一个大括号里“year”写了两次，请只留一个。"),
        ('{"year": NaN}', "里面有“NaN”，它不是数字，请写成数字、文字，或删去。"),
        ("[" * 100_000, "括号套得太深，请按 perfeval-submission/1 格式写。"),
        ('{"year": ' + "9" * 5000 + "}", "里面有位数太多的数字，请写成不超过15位的数字，编号请加引号。"),
        ("项目".encode("gbk"), "第1行有不是 UTF-8 编码的文字，请把文件另存为 UTF-8 编码。"),
        (b"PK\x03\x04\x00\xff", "第1行有不是 UTF-8 编码的文字，请把文件另存为 UTF-8 编码。"),
    ],
)
def test_refuses_what_is_no_json(text: str | bytes, sentence: str) -> None:
    with pytest.raises(NotASubmission) as refused:
        exchange.from_text(text)
    assert str(refused.value) == sentence


# --- written ------------------------------------------------------------------------------------------


def test_writes_what_other_doors_may_have_read() -> None:
    project = Project(
        id="P1", name=7, note=date(2020, 6, 9), items=(WorkItem(name=True, cost=CellError("#DIV/0!")),)
    )
    submission = replace(exchange.from_json(small()), projects=(project,))
    [written] = exchange.to_json(submission)["projects"]
    assert written == {
        "id": "P1",
        "name": "7",
        "note": "2020-06-09",
        "items": [{"name": "TRUE", "cost": "#DIV/0!"}],
    }


def test_totals_only_where_they_differ() -> None:
    same = exchange.normalised(small(totals={"budget": 60.0, "spent": 59.99}))
    assert "totals" not in same
    other = exchange.normalised(small(totals={"budget": 61, "spent": 59.99}))
    assert other["totals"] == {"budget": 61}


def test_leaves_out_what_the_form_computes() -> None:
    def row(**cells: Any) -> Indicator:
        typed: dict[str, Any] = {"level3": "场次", "sign": "≥", "target": "10", "actual": "8", "weight": 50}
        return Indicator(**(typed | cells))

    project = Project(
        id="P1",
        name="科普经费",
        funding=Funding(budget=60, spent=45, sources=(Source(name="当年财政拨款", budget=60),)),
        indicators=(row(score=40), row(score=41), row(sign="定性", actual="达成", score=45)),
        execution=Execution(weight=10, rate=0.75, score=7.5),
        total_score=133.5,
        grade="优",
    )
    submission = replace(exchange.from_json(small(edition="ministry-2020")), projects=(project,))
    [written] = exchange.to_json(submission)["projects"]
    assert [each.get("score") for each in written["indicators"]] == [None, 41, 45]
    assert not {"execution", "total_score", "grade"} & written.keys()
    typed = replace(project, execution=Execution(rate="75%"), total_score=90, grade="良")
    [written] = exchange.to_json(replace(submission, projects=(typed,)))["projects"]
    assert (written["execution"], written["total_score"], written["grade"]) == ({"rate": "75%"}, 90, "良")


def test_text_has_chinese_and_ends_with_a_line_feed() -> None:
    text = exchange.to_text(exchange.from_json(small()))
    assert "示例区科学技术局" in text
    assert text.endswith("}\n")
    assert exchange.from_text(text) == exchange.from_json(small())


def test_the_sample_is_valid() -> None:
    jsonschema.validate(exchange.to_json(sample.submission()), SCHEMA)


# --- round trip ---------------------------------------------------------------------------------------

documents = st.sampled_from(EDITIONS).flatmap(lambda edition: strategies.documents(edition, only_cells=False))


@given(documents)
def test_normal_form_is_valid_stable_and_says_the_same(data: dict[str, Any]) -> None:
    jsonschema.validate(data, SCHEMA)
    before = copy.deepcopy(data)
    written = exchange.normalised(data)
    assert data == before
    jsonschema.validate(written, SCHEMA)
    assert exchange.normalised(written) == written
    again = exchange.from_text(json.dumps(written))
    assert exchange.to_json(again) == written
    assert [p.id for p in again.projects] == [p.id for p in exchange.from_json(data).projects]


@given(documents)
def test_what_people_typed_is_kept(data: dict[str, Any]) -> None:
    submission = exchange.from_json(data)
    written = exchange.to_json(submission)
    texts = json.dumps(written, ensure_ascii=False)
    for project in submission.projects:
        for text in (
            project.name,
            project.purpose,
            project.funding.reason,
            *(i.quantity for i in project.items),
        ):
            assert text is None or json.dumps(text, ensure_ascii=False) in texts


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(documents, st.data())
def test_anything_else_is_refused_or_read_but_never_a_crash(
    data: dict[str, Any], choice: st.DataObject
) -> None:
    places: list[tuple[Any, Any]] = []

    def visit(value: Any) -> None:
        inside = (
            value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        )
        for key, below in list(inside):
            places.append((value, key))
            visit(below)

    visit(data)
    holder, key = choice.draw(st.sampled_from(places))
    holder[key] = choice.draw(json_values)
    with suppress(NotASubmission):
        submission = exchange.from_json(data)
        assert exchange.from_json(exchange.to_json(submission)) is not None
