"""A submission as JSON (`schemas/submission.schema.json`): read strictly, written in one normal form.

Reading refuses what the schema refuses, in one Chinese sentence that names the place. Writing leaves out
what is blank and what the form computes, so that `export` of a new workbook equals what `new` was given,
once that is brought into the same form (`normalised`).
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, NoReturn

from xl_perfeval import forms
from xl_perfeval.exchange import shapes
from xl_perfeval.exchange.shapes import SCHEMA, SECTIONS, NotASubmission
from xl_perfeval.exchange.writing import filled, to_json
from xl_perfeval.model import Edition, Funding, Project, Stage, Submission

__all__ = [
    "SCHEMA",
    "SECTIONS",
    "NotASubmission",
    "fitted",
    "from_json",
    "from_text",
    "normalised",
    "to_json",
    "to_text",
]


def from_text(raw: bytes | str) -> Submission:
    """The submission in a JSON text (UTF-8, with or without BOM). Raises `NotASubmission`."""
    return from_json(_parsed(_decoded(raw)))


def to_text(submission: Submission) -> str:
    """The submission as JSON text, readable and with a final newline."""
    return json.dumps(to_json(submission), ensure_ascii=False, indent=1) + "\n"


def from_json(data: object) -> Submission:
    """The submission that parsed JSON describes. Raises `NotASubmission`.

    Missing project ids are given (P1, P2, … by place) and rows without any content are left out. Texts and
    numbers become what a cell can hold: line feeds only, no control characters, 15 significant digits.
    """
    shapes.check_version(data)
    values = shapes.values(data, "", shapes.SUBMISSION)
    edition = values.get("edition") or forms.load(forms.DEFAULT)
    submission = Submission(
        edition=edition,
        unit=values["unit"],
        year=values["year"],
        stage=values.get("stage") or Stage.YEAR_END,
        report_date=values.get("report_date"),
        prepared_by=values.get("prepared_by"),
        projects=_numbered(filled(_identified(values["projects"]))),
        totals=values.get("totals", Funding()),
        paragraphs=tuple(each for section in values.get("sections", ()) for each in section),
    )
    return fitted(submission, edition)


def fitted(submission: Submission, edition: Edition) -> Submission:
    """The submission under an edition: paragraphs of sections that its outline lacks go where they belong there."""
    moved = tuple(replace(each, section=edition.section_for(each.section)) for each in submission.paragraphs)
    return replace(submission, edition=edition, paragraphs=moved)


def normalised(data: object) -> dict[str, Any]:
    """Parsed JSON in the form in which `export` writes it. Raises `NotASubmission`."""
    return to_json(from_json(data))


# --- JSON text ----------------------------------------------------------------------------------------


def _decoded(raw: bytes | str) -> str:
    if isinstance(raw, str):
        return raw.removeprefix("\ufeff")
    encoding = "utf-16" if raw[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise NotASubmission(f"第{line}行有不是 UTF-8 编码的文字，请把文件另存为 UTF-8 编码。") from error


def _parsed(text: str) -> object:
    if not text.strip():
        raise NotASubmission("文件是空的，请换成按 perfeval-submission/1 格式写的 JSON 文件。")
    try:
        return json.loads(text, object_pairs_hook=_without_doubles, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise NotASubmission(
            f"第{error.lineno}行第{error.colno}个字符处不合 JSON 写法，请检查这里的引号、逗号和括号。"
        ) from error
    except RecursionError as error:
        raise NotASubmission("括号套得太深，请按 perfeval-submission/1 格式写。") from error
    except ValueError as error:  # more digits than Python turns into a number
        raise NotASubmission("里面有位数太多的数字，请写成不超过15位的数字，编号请加引号。") from error


def _without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise NotASubmission(f"同一个大括号里“{key}”写了两次，请只留一个。")
            seen.add(key)
    return found


def _no_constant(name: str) -> NoReturn:
    raise NotASubmission(f"里面有“{name}”，它不是数字，请写成数字、文字，或删去。")


# --- ids and blank rows -------------------------------------------------------------------------------


def _identified(projects: tuple[Project, ...]) -> tuple[Project, ...]:
    """Projects with ids: those given, otherwise P and the place, or the next number that is free."""
    taken: dict[str, int] = {}
    for place, project in enumerate(projects):
        known = project.id.casefold()
        if known and known in taken:
            first = taken[known]
            raise NotASubmission(
                f"projects[{first}] 和 projects[{place}] 的 id 都是“{project.id}”，请改掉一个或都删去。"
            )
        taken[known] = place
    ids = {project.id.casefold() for project in projects if project.id}
    spare = len(projects)
    named: list[Project] = []
    for place, project in enumerate(projects, start=1):
        if project.id:
            named.append(project)
            continue
        number = place
        while f"p{number}" in ids:
            spare = number = spare + 1
        ids.add(f"p{number}")
        named.append(replace(project, id=f"P{number}"))
    return tuple(named)


def _numbered(projects: tuple[Project, ...]) -> tuple[Project, ...]:
    return tuple(
        replace(
            project,
            number=place,
            funding=replace(project.funding, project=project.id, project_name=project.called),
            items=tuple(replace(item, number=n) for n, item in enumerate(project.items, start=1)),
            indicators=tuple(replace(row, number=n) for n, row in enumerate(project.indicators, start=1)),
        )
        for place, project in enumerate(projects, start=1)
    )
