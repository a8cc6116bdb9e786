"""What goes into a workbook comes out of it: `new` and `export` are inverse, whatever people type.

Both doors to the same cells, the file and the memory, lead to the same findings.
"""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests import clean
from tests.strategies import documents
from xl_perfeval import actions, exchange, forms, template
from xl_perfeval.books.file import FileBook
from xl_perfeval.books.memory import MemoryBook

if TYPE_CHECKING:
    from collections.abc import Iterator

PERFEVAL = Path(sys.executable).with_name("perfeval")
EDITIONS = tuple(forms.editions())
OFFICIAL = ("county-matrix", "ministry-2020")
"""The editions the others are written as changes of."""

ODD = (
    "=1+1",
    "'带撇号",
    "a<b&c>d",
    "_x0041_",
    " 前后有空格 ",
    "第一行\n第二行",
    "𠮷野家😀",
    "TRUE",
    "007",
    "6-9",
)
"""Texts that a spreadsheet likes to take for something else."""


def bounded(examples: int) -> settings:
    """So many examples, the same ones every time, without looking for smaller ones: that may take minutes."""
    return settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


@contextmanager
def written(document: dict[str, Any]) -> Iterator[tuple[Path, list[str]]]:
    """The workbook of a submission, and what it could not hold."""
    with TemporaryDirectory(prefix="perfeval-") as folder:
        path = Path(folder) / "往返 工作簿.xlsx"
        yield path, template.build(exchange.from_json(document), path)


def in_memory(book: FileBook) -> MemoryBook:
    """The same cells, names and facts without a file."""
    cells = {tab: book.read(book.used(tab)) for tab in book.sheets()}
    return MemoryBook(cells, book.names(), book.facts())


def assert_comes_back(document: dict[str, Any]) -> None:
    with written(document) as (path, lost):
        assert lost == []
        book = FileBook.open(path)
        through_file = actions.validate(book, "甲.xlsx")
        assert through_file.submission is not None
        assert exchange.to_json(through_file.submission) == exchange.normalised(document)
        through_memory = actions.validate(in_memory(book), "甲.xlsx")
        assert through_memory.document() == through_file.document()


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_submission_comes_back(edition: str) -> None:
    @bounded(60 if edition in OFFICIAL else 12)
    @given(documents(edition))
    def comes_back(document: dict[str, Any]) -> None:
        assert_comes_back(document)

    comes_back()


@pytest.mark.parametrize("edition", EDITIONS)
def test_an_empty_workbook_holds_no_project_and_lacks_only_header_and_projects(
    edition: str, tmp_path: Path
) -> None:
    path = tmp_path / "空白.xlsx"
    template.build(template.blank(forms.load(edition)), path)
    checked = actions.validate_file(path)
    assert checked.submission is not None
    assert checked.submission.projects == ()
    assert {(each.rule, each.at.sheet) for each in checked.findings if each.at} == {
        ("R101", "首页"),
        ("R101", "资金概况"),
    }


# --- as a user does it --------------------------------------------------------------------------------


def odd_document(edition: str) -> dict[str, Any]:
    """A whole submission in which every column of the projects once holds an odd text."""
    document = exchange.to_json(clean.submission(7, edition))
    place = 0
    for project in document["projects"]:
        for record in (project, *project["items"], *project.get("indicators", ())):
            for key, value in record.items():
                if isinstance(value, str) and key not in {"id", "level1", "level2", "method"}:
                    record[key] = ODD[place % len(ODD)]
                    place += 1
    assert place > 3 * len(ODD)
    return document


def perfeval(*arguments: str | Path) -> str:
    """What one run of the installed command prints; fails unless it succeeds."""
    run = subprocess.run(
        [PERFEVAL, *arguments], capture_output=True, encoding="utf-8", check=False, timeout=120
    )
    assert run.returncode in {0, 1}, run.stderr
    assert run.stderr == ""
    return run.stdout


@pytest.mark.parametrize("edition", OFFICIAL)
def test_new_validate_and_export_through_the_command_line(edition: str, tmp_path: Path) -> None:
    document = odd_document(edition)
    source, book, again = (tmp_path / name for name in ("材料.json", "自评 表.xlsx", "再来.xlsx"))
    source.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    perfeval("new", book, "--from", source)
    exported = json.loads(perfeval("export", book))
    assert exported == exchange.normalised(document)
    found = json.loads(perfeval("validate", book, "--format", "json"))
    submission = actions.read(book)
    direct = actions.validate(in_memory(FileBook.open(book)), str(book)).document()
    assert found == json.loads(json.dumps(direct))
    assert submission.edition.id == edition == found["edition"]
    source.write_text(json.dumps(exported, ensure_ascii=False), encoding="utf-8")
    perfeval("new", again, "--from", source)
    assert again.read_bytes() == book.read_bytes()


@pytest.mark.parametrize("edition", EDITIONS)
def test_an_export_keeps_the_schema_of_submissions(edition: str, tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    template.build(exchange.from_json(odd_document(edition)), path)
    schema = resources.files("xl_perfeval").joinpath("schemas/submission.schema.json").read_bytes()
    jsonschema.validate(json.loads(exchange.to_text(actions.read(path))), json.loads(schema))
