"""The editions that ship hang together, inherit what they do not state, and name their mistakes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from xl_perfeval import forms
from xl_perfeval.forms import loading
from xl_perfeval.model import Confirmation, Edition, FieldKind

EDITIONS = [forms.load(edition) for edition in forms.editions()]
SCORED = [edition for edition in EDITIONS if edition.scoring]
PRINTED = [edition for edition in EDITIONS if edition.has("scoring")]
PAGE = Path(__file__).parents[1] / "docs" / "editions.md"


def named(edition: Edition) -> str:
    return edition.id


def test_the_editions_that_ship() -> None:
    assert forms.editions() == (
        "county-matrix",
        "hubei-20-80",
        "hunan-county",
        "ministry-2020",
        "ministry-2021-cost",
        "sichuan",
    )
    with pytest.raises(forms.UnknownEdition):
        forms.load("beijing")


def test_the_page_of_editions_is_what_the_command_prints() -> None:
    command = [sys.executable, "-m", "xl_perfeval", "forms", "--markdown"]
    run = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    if os.environ.get("PERFEVAL_WRITE_GOLDEN"):
        PAGE.write_text(run.stdout, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == run.stdout


# --- what ships ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("edition", SCORED, ids=named)
def test_weights_add_up_to_100(edition: Edition) -> None:
    scoring = edition.scoring
    assert scoring is not None
    assert scoring.execution_weight + scoring.indicators_weight == 100
    weights = [group.weight for group in scoring.groups]
    names = {group.name for group in scoring.groups}
    if None not in weights:
        assert {group.name: group.weight for group in scoring.groups} in scoring.splits
    for split in scoring.splits:
        assert sum(split.values()) == scoring.indicators_weight
        assert set(split) <= names
        assert {group.name for group in scoring.groups if group.required} <= set(split)


@pytest.mark.parametrize("edition", SCORED, ids=named)
def test_bands_grades_and_intervals_leave_no_gap(edition: Edition) -> None:
    scoring = edition.scoring
    assert scoring is not None
    tops = [high for _, _, high in scoring.bands]
    assert tops == [1, *(low for _, low, _ in scoring.bands[:-1])]
    assert scoring.bands[-1][1] == 0
    words = [word for word, _, _ in scoring.bands]
    assert set(scoring.synonyms.values()) <= set(words)
    assert edition.lists["outcomes"] == tuple(words)
    bounds = [bound for _, bound in scoring.grades]
    assert bounds == sorted(bounds, reverse=True)
    assert bounds[-1] == 0
    if scoring.satisfaction:
        assert scoring.satisfaction.group in {group.name for group in scoring.groups}
        assert list(scoring.satisfaction.intervals) == sorted(scoring.satisfaction.intervals, reverse=True)
        assert scoring.satisfaction.intervals[-1][0] == 0
    if scoring.ladder:
        assert list(scoring.ladder.steps) == sorted(scoring.ladder.steps)
        assert all(lowest > 1 and 0 < off < 1 for lowest, off in scoring.ladder.steps)


@pytest.mark.parametrize("edition", PRINTED, ids=named)
def test_lists_groups_and_fund_rows_fit_the_form(edition: Edition) -> None:
    assert edition.frame is not None
    assert set(edition.lists["level1"]) == {group.name for group in edition.groups}
    assert set(edition.lists["level2"]) == {second for group in edition.groups for second in group.second}
    keys = [field.key for field in edition.table("scoring").fields]
    spans = [(keys.index(cell.first), keys.index(cell.last or cell.first)) for cell in edition.frame.money]
    covered = [place for first, last in sorted(spans) for place in range(first, last + 1)]
    assert covered == list(range(3, len(keys)))
    assert {"budget", "spent", "rate"} <= {cell.key for cell in edition.frame.money}
    assert edition.frame.prints("score") is edition.frame.prints("weight") is (edition.scoring is not None)
    texts = {each.key for each in edition.frame.texts}
    assert set(edition.limits) <= {*keys, *texts, "execution_reason"}


@pytest.mark.parametrize("edition", EDITIONS, ids=named)
def test_every_list_that_a_column_names_is_there(edition: Edition) -> None:
    for table in edition.tables.values():
        for field in table.fields:
            assert not field.choices or field.choices in edition.lists, field.key
            assert field.kind is not FieldKind.CHOICE or field.choices


@pytest.mark.parametrize("edition", EDITIONS, ids=named)
def test_every_number_says_how_sure_it_is(edition: Edition) -> None:
    wanted = {"layout", "execution_floor", "unspent_share", "over_fulfilment"}
    if edition.scoring:
        wanted |= {"weights", "splits", "groups", "bands", "reverse", "grades", "ladder"}
    if edition.scoring and edition.scoring.satisfaction:
        wanted.add("satisfaction")
    if edition.limits:
        wanted.add("limits")
    if edition.severities:
        wanted.add("severities")
    found = {row.about: row for row in edition.evidence}
    assert wanted <= set(found)
    assert all(len(row.by) > 5 for row in found.values())
    page = PAGE.read_text(encoding="utf-8").partition(f"\n## {edition.id}\n")[2].partition("\n## ")[0]
    assert "| — | — |" not in page


def test_the_ladder_is_hearsay_and_off() -> None:
    for edition in SCORED:
        assert edition.scoring is not None
        assert edition.scoring.ladder is not None
        assert not edition.scoring.ladder.applies
        [row] = [row for row in edition.evidence if row.about == "ladder"]
        assert row.status is Confirmation.UNCONFIRMED


# --- inheritance --------------------------------------------------------------------------------------

PARENT = """
id = "parent"
title = "表"
version = "1"
basis = "依据"
platform = false
[thresholds]
execution_floor = "0.9"
unspent_share = "0.2"
over_fulfilment = "1.3"
[lists]
words = ["甲", "乙"]
[[outline]]
id = "results"
heading = "三、主要绩效"
short = "三、主要绩效"
[scoring]
execution_weight = "10"
reverse = "excess"
grades = [["优", "90"], ["差", "0"]]
bands = [["达成", "0.8", "1"], ["未达成", "0", "0.8"]]
groups = [{ name = "产出指标", weight = "60", second = ["数量指标"] }, { name = "效益指标", weight = "30" }]
[tables.matrix]
prefix = "MX"
title = "目标"
fields = [
  { key = "name", name = "ITEM", label = "项目细化内容", width = 20, required = true },
  { key = "cost", name = "COST", label = "成本目标", kind = "amount" },
]
"""


def loaded(change: str) -> Edition:
    files = {"child": f'id = "child"\nextends = "parent"\n{change}', "parent": PARENT}
    return loading.edition("child", files.__getitem__)


def test_a_child_changes_single_columns() -> None:
    table = loaded(
        '[tables.matrix]\nfields = [{ key = "cost", label = "资金" }, { key = "note", name = "NOTE", label = "备注" }]'
    ).table("matrix")
    assert [field.label for field in table.fields] == ["项目细化内容", "资金", "备注"]
    assert table.field("cost").kind is FieldKind.AMOUNT
    assert (table.field("name").width, table.field("name").required) == (20, True)


def test_a_child_leaves_columns_out_and_orders_them() -> None:
    assert [field.key for field in loaded('[tables.matrix]\ncolumns = ["cost"]').table("matrix").fields] == [
        "cost"
    ]
    ordered = loaded('[tables.matrix]\ncolumns = ["cost", "name"]').table("matrix")
    assert [field.key for field in ordered.fields] == ["cost", "name"]


def test_groups_are_merged_by_name_and_ordered() -> None:
    scoring = loaded(
        '[scoring]\norder = ["成本指标", "产出指标", "效益指标"]\n'
        'groups = [{ name = "产出指标", weight = "40" }, { name = "成本指标", weight = "20" }]'
    ).scoring
    assert scoring is not None
    assert [(group.name, group.weight) for group in scoring.groups] == [
        ("成本指标", 20),
        ("产出指标", 40),
        ("效益指标", 30),
    ]
    assert scoring.groups[1].second == ("数量指标",)


def test_other_lists_are_replaced_and_tables_left_out() -> None:
    child = loaded('scoring = false\n[lists]\nwords = ["丙"]\n[tables]\nmatrix = false')
    assert child.lists["words"] == ("丙",)
    assert child.scoring is None
    assert not child.has("matrix")
    assert child.thresholds == loading.edition("parent", {"parent": PARENT}.__getitem__).thresholds


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ('titel = "x"', "edition child: titel: unknown key, perhaps “title”"),
        (
            '[tables.matrix]\nfields = [{ key = "cost", lable = "x" }]',
            "edition child: tables.matrix.fields.cost.lable: unknown key, perhaps “label”",
        ),
        (
            '[tables.matrix]\nfields = [{ key = "note", label = "x" }]',
            "edition child: tables.matrix.fields.note.name: missing",
        ),
        (
            '[tables.matrix]\nfields = [{ key = "cost", width = "wide" }]',
            "edition child: tables.matrix.fields.cost.width: should be a number, is 'wide'",
        ),
        (
            '[tables.matrix]\nfields = [{ key = "cost", kind = "money" }]',
            "edition child: tables.matrix.fields.cost.kind: “money” is none of text, amount, period, choice, "
            "number, computed",
        ),
        (
            '[tables.matrix]\nfields = [{ label = "x" }]',
            "edition child: tables.matrix.fields: an entry without “key”",
        ),
        (
            '[tables.matrix]\nfields = [{ key = "cost" }, { key = "cost" }]',
            "edition child: tables.matrix.fields: “cost” is there twice",
        ),
        (
            '[tables.matrix]\ncolumns = ["costs"]',
            "edition child: tables.matrix.columns: names “costs”, which “fields” does not have, perhaps “cost”",
        ),
        ('[tables.matrx]\ntitle = "x"', "edition child: tables.matrx: unknown table, perhaps “matrix”"),
        ('[scoring]\nreverse = "half"', "edition child: scoring.reverse: should be “excess” or “ratio”"),
        (
            "[scoring]\nexecution_weight = 10.5",
            "edition child: scoring.execution_weight: write the number in quotes, so that it stays exact: 10.5",
        ),
        ('[scoring]\ngrades = [["优", "九十"]]', "edition child: scoring.grades: “九十” is not a number"),
        (
            '[scoring]\nbands = [["达成", "0.8"]]',
            "edition child: scoring.bands: a word and 2 number(s) are wanted, not ['达成', '0.8']",
        ),
        (
            '[scoring]\nladder = { applies = "no", steps = [] }',
            "edition child: scoring.ladder.applies: should be true or false, is 'no'",
        ),
        ('[thresholds]\nfloor = "0.9"', "edition child: thresholds.floor: unknown key"),
        ('lists = "x"', "edition child: lists: should be a table"),
        (
            '[[evidence]]\nabout = "bands"\nlabel = "x"\nstatus = "sure"\nby = "y"',
            "edition child: evidence.bands.status: “sure” is none of confirmed, corroborated, unconfirmed",
        ),
        (
            '[tables.scoring]\nprefix = "SE"\ntitle = "x"\nfields = []',
            "edition child: tables.scoring: a scoring form needs the column “level1”",
        ),
    ],
)
def test_mistakes_are_named_with_their_place(change: str, said: str) -> None:
    with pytest.raises(ValueError, match=r"^edition child: ") as error:
        loaded(change)
    assert str(error.value) == said


def test_a_circle_and_a_missing_parent_are_named() -> None:
    files = {"a": 'extends = "b"', "b": 'extends = "a"'}
    with pytest.raises(ValueError, match="extends itself by way of a"):
        loading.edition("a", files.__getitem__)
    with pytest.raises(ValueError, match="extends 'c', which is not there"):
        loading.edition("a", {"a": 'extends = "c"'}.__getitem__)
    with pytest.raises(ValueError, match="edition a: "):
        loading.edition("a", {"a": "id = "}.__getitem__)
