"""A submission in the one form in which `export` writes it: nothing blank, nothing that the form computes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Context, Decimal
from typing import TYPE_CHECKING, Any, cast

from xl_perfeval import rollup, scoring
from xl_perfeval.exchange import shapes
from xl_perfeval.findings import to_plain
from xl_perfeval.model import (
    CellError,
    CellValue,
    Edition,
    Execution,
    Indicator,
    Paragraph,
    ParagraphState,
    Project,
    Source,
    Submission,
    WorkItem,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


def to_json(submission: Submission) -> dict[str, Any]:
    """The submission in normal form: nothing blank, nothing that the form computes anyway."""
    document: dict[str, Any] = {
        "schema": shapes.SCHEMA,
        "edition": submission.edition.id,
        "unit": {"name": "", **_written(submission.unit, shapes.UNIT)},
        "year": submission.year,
        "stage": submission.stage.value,
        "report_date": to_plain(submission.report_date),
        "prepared_by": _text(submission.prepared_by),
        "projects": [_project(project) for project in filled(_typed_only(submission))],
        "totals": _typed_totals(submission),
        "sections": _sections(submission.paragraphs),
    }
    return {key: value for key, value in document.items() if key == "projects" or not _blank(value)}


def filled(projects: Iterable[Project]) -> tuple[Project, ...]:
    """Projects and rows that hold anything of their own, as the form's reader sees them.

    Names of groups and sources are printed beforehand, so a row with nothing else is blank; a blank 一级指标 is
    the one above.
    """
    trimmed = (
        replace(
            project,
            items=tuple(item for item in project.items if item != WorkItem()),
            indicators=tuple(_grouped(project.indicators)),
            funding=replace(
                project.funding,
                sources=tuple(each for each in project.funding.sources if each != Source(name=each.name)),
            ),
        )
        for project in projects
    )
    return tuple(project for project in trimmed if not _is_blank(project))


def _grouped(indicators: Iterable[Indicator]) -> Iterator[Indicator]:
    level1: CellValue = None
    for row in indicators:
        level1 = level1 if row.level1 is None else row.level1
        if row != Indicator(level1=row.level1, level2=row.level2, method=row.method):
            yield replace(row, level1=level1)


def _is_blank(project: Project) -> bool:
    return replace(project, id="", funding=replace(project.funding, project="")) == Project()


def _project(project: Project) -> dict[str, Any]:
    return {"id": project.id, "name": None, **_written(project, shapes.PROJECT)}


def _written(record: object, shape: shapes.Shape) -> dict[str, Any]:
    """The keys of a record that hold something, in the order of its table."""
    written = {
        key: _plain(getattr(record, key), key, read is not shapes.cell) for key, read in shape.keys.items()
    }
    return {key: value for key, value in written.items() if not _blank(value)}


_NESTED = {
    "funding": shapes.FUNDING,
    "sources": shapes.SOURCE,
    "goal": shapes.GOAL,
    "items": shapes.ITEM,
    "indicators": shapes.INDICATOR,
    "execution": shapes.EXECUTION,
}


def _plain(value: object, key: str, as_text: bool) -> Any:
    if key in _NESTED:
        shape = _NESTED[key]
        if isinstance(value, tuple):
            return [_written(item, shape) for item in cast("tuple[object, ...]", value)]
        return _written(value, shape)
    cell = cast("CellValue", value)
    return _text(cell) if as_text else _scalar(cell)


def _scalar(value: CellValue) -> str | float | None:
    """What a cell may be in JSON: a number or text; dates in ISO form, TRUE and errors as they look."""
    match value:
        case bool():
            return str(value).upper()
        case int() | float():
            return to_plain(float(f"{value:.15g}")) if isinstance(value, float) else value
        case date():
            return date(value.year, value.month, value.day).isoformat()
        case CellError():
            return value.code
        case _:
            return value or None


def _text(value: CellValue) -> str | None:
    plain = _scalar(value)
    return plain if plain is None or isinstance(plain, str) else str(plain)


def _blank(value: object) -> bool:
    return value is None or value == "" or value == [] or value == {}


def _sections(paragraphs: Iterable[Paragraph]) -> list[dict[str, Any]]:
    found: dict[str, list[Paragraph]] = {section: [] for section in shapes.SECTIONS}
    for paragraph in paragraphs:
        if paragraph.text:
            found.setdefault(paragraph.section, []).append(paragraph)
    return [_section(section, inside) for section, inside in found.items() if inside]


def _section(section: str, paragraphs: Sequence[Paragraph]) -> dict[str, Any]:
    written: dict[str, Any] = {"id": section, "paragraphs": [each.text for each in paragraphs]}
    origins = [_origin(each) or None for each in paragraphs]
    return written | {"origins": origins} if any(origins) else written


def _origin(paragraph: Paragraph) -> dict[str, str]:
    """What `new` needs to go on drafting where this workbook is; nothing for a paragraph of people's own."""
    base = None if paragraph.is_own else paragraph.base
    drafted = paragraph.state is ParagraphState.DRAFTED
    told = {
        "id": "" if paragraph.is_own else paragraph.id,
        "state": "" if paragraph.state is ParagraphState.WRITTEN else paragraph.state.value,
        "generated": base.text if base and not (drafted and base.text == paragraph.text) else "",
        "generated_in": base.section if base and base.section != paragraph.section else "",
        "offered": base.offered if base else "",
        "draft": paragraph.draft,
        "take": paragraph.take,
    }
    return {key: value for key, value in told.items() if value}


_SUMMED = ("initial_budget", "budget", "budget_local", "spent", "spent_local")


def _typed_totals(submission: Submission) -> dict[str, Any]:
    """The 合计 row where it says something else than the projects' rows add up to."""
    typed = submission.totals
    same = {
        column: None
        for column in _SUMMED
        if rollup.read(getattr(typed, column)) == rollup.total_of(submission.projects, column)
    }
    return _written(replace(typed, **same), shapes.FUNDING)


def _typed_only(submission: Submission) -> tuple[Project, ...]:
    """The projects without scores, execution, total and grade that the edition's formulas give anyway."""
    edition = submission.edition
    if not edition.has("scoring"):
        return submission.projects
    return tuple(_without_computed(project, edition) for project in submission.projects)


def _without_computed(project: Project, edition: Edition) -> Project:
    total = scoring.total(project, edition)
    return replace(
        project,
        indicators=tuple(_typed_score(row, edition) for row in project.indicators),
        execution=_typed_execution(project, edition),
        total_score=None if _shows(project.total_score, total) else project.total_score,
        grade=None if _text(project.grade) == scoring.grade_of(project, edition) else project.grade,
    )


def _typed_score(indicator: Indicator, edition: Edition) -> Indicator:
    shown = _shows(indicator.score, scoring.indicator_score(indicator, edition))
    return replace(indicator, score=None) if shown else indicator


def _typed_execution(project: Project, edition: Edition) -> Execution:
    typed = project.execution
    spent, budget = rollup.read(project.funding.spent), rollup.read(project.funding.budget)
    weight = scoring.execution_weight(project, edition)
    computed = {
        "weight": edition.scoring.execution_weight if edition.scoring else None,
        "rate": rollup.rate(spent, budget),
        "score": scoring.execution_score(spent, budget, edition, weight),
    }
    return replace(
        typed, **{key: None for key, value in computed.items() if _shows(getattr(typed, key), value)}
    )


def _shows(typed: CellValue, computed: Decimal | None) -> bool:
    """Whether a cell shows what is computed, to the digits that a spreadsheet keeps, or a formula's word for
    nothing yet."""
    if typed in _WORDS:
        return True
    return computed is not None and scoring.number(typed) == _SIGNIFICANT.plus(computed)


_WORDS = (scoring.PENDING, scoring.UNREADABLE, "—")
_SIGNIFICANT = Context(prec=15)
