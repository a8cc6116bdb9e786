"""The scoring form of a project: indicators, sources, goal, and what was typed over its formulas."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from xl_perfeval import rollup, scoring
from xl_perfeval.books import BROKEN
from xl_perfeval.forms import names
from xl_perfeval.model import (
    CellValue,
    Edition,
    Execution,
    Goal,
    Indicator,
    Locator,
    Project,
    Ref,
    Source,
    Statement,
    column_letters,
    row_and_column,
)
from xl_perfeval.reading.cells import group, is_computed
from xl_perfeval.reading.sheets import Block, Sheets, cells_of, check_name, own_sheet, picked

_INDICATOR = (
    "level1", "level2", "level3", "sign", "target", "unit", "actual", "method", "weight", "score", "reason",
    "description", "evidence",
)  # fmt: skip
PRINTED = ("level1", "level2", "method")
"""Columns that the form fills beforehand: a row with nothing else is blank."""
_EXECUTION = ("weight", "rate", "score")
"""Cells of the 预算执行率 row; the weight first, because the score follows from it."""


def with_scoring(sheets: Sheets, edition: Edition, project: Project, tab: str) -> Project:
    table, scoped = edition.table("scoring"), sheets.by_sheet[tab]
    block = sheets.block(table, scoped, f"工作表“{tab}”")
    cells = cells_of(scoped, names.SCORING_CELLS)
    sheet = own_sheet(tab, project.id, cells, block, "level3", _headings(edition))
    if block is None:
        return replace(project, scoring=sheet)
    funding = replace(
        project.funding,
        initial_budget=sheets.cell(tab, cells, "initial_budget"),
        sources=tuple(_sources(sheets, edition, tab, scoped)),
    )
    statements = tuple(_statements(sheets, edition, tab, project.id, scoped))
    goal = Goal(
        expected=sheets.cell(tab, cells, "expected"),
        achieved=sheets.cell(tab, cells, "achieved"),
        locator=sheet,
    )
    indicators = _indicators(sheets, edition, block, block.locator(project.id))
    project = replace(
        project, funding=funding, goal=goal, scoring=sheet, indicators=indicators, statements=statements
    )
    check_name(sheets, project.id, project.name, tab, "scoring", cells)
    return _with_typed_results(sheets, edition, project, tab, cells)


def _indicators(sheets: Sheets, edition: Edition, block: Block, locator: Locator) -> tuple[Indicator, ...]:
    groups = [group.name for group in edition.groups]
    level1: CellValue = None
    found: list[Indicator] = []
    for row in sheets.rows(block, PRINTED, every=True):
        level1 = group(row.values.get("level1"), groups) or level1
        if all(row.values.get(key) is None for key in _INDICATOR if key not in PRINTED):
            continue
        indicator = Indicator(
            number=len(found) + 1,
            locator=locator,
            row=row.row,
            **{**picked(row, _INDICATOR), "level1": level1},
        )
        if is_computed(indicator.score, scoring.indicator_score(indicator, edition)):
            indicator = replace(indicator, score=None)
        found.append(indicator)
    return tuple(found)


def _statements(
    sheets: Sheets, edition: Edition, tab: str, identity: str, scoped: Mapping[str, Ref]
) -> Iterator[Statement]:
    """The rows of free text that are filled; one that is gone is noticed."""
    for each in edition.frame.texts if edition.frame else ():
        ref = scoped.get(names.statement(each.key))
        label = each.label.replace("\n", "")
        if ref is None or ref.cell == BROKEN:
            sheets.noticed.missing.append(f"工作表“{tab}”的“{label}”")
            continue
        text = sheets.one(ref)
        if text is not None:
            place = Locator(tab, identity, cells={"text": ref.cell}, labels={"text": label})
            yield Statement(key=each.key, text=text, locator=place)


def _headings(edition: Edition) -> dict[str, str]:
    """What the form prints over its single cells."""
    frame = edition.frame
    if frame is None:
        return {}
    return {cell.key: _bare(cell.label) for cell in frame.money} | {
        "expected": frame.expected,
        "achieved": frame.achieved,
    }


def _bare(label: str) -> str:
    """A heading without the letter behind it: “全年预算数（A）”."""
    return re.sub(r"（[A-C]）$", "", label)


def _sources(sheets: Sheets, edition: Edition, tab: str, scoped: Mapping[str, Ref]) -> Iterator[Source]:
    columns = {key: scoped[name] for key, name in names.SOURCE_COLUMNS.items() if name in scoped}
    if "name" not in columns or any(ref.cell == BROKEN for ref in columns.values()):
        return
    read = {key: [cells[0] for cells in sheets.book.read(ref)] for key, ref in columns.items()}
    top, _ = row_and_column(columns["name"].cell)
    locator = Locator(
        tab,
        "",
        columns={key: column_letters(row_and_column(ref.cell)[1]) for key, ref in columns.items()},
        labels={"initial_budget": "年初预算数", "budget": "全年预算数", "spent": "全年执行数"}
        | _headings(edition),
    )
    for place, name in enumerate(read["name"]):
        values: dict[str, Any] = {
            key: read[key][place] for key in ("initial_budget", "budget", "spent") if key in read
        }
        if name is not None and any(value is not None for value in values.values()):
            cleaned = re.sub(r"^\s*其中\s*[：:]\s*", "", str(name)).strip()
            yield Source(name=cleaned, locator=locator, row=top + place, **values)


def _with_typed_results(
    sheets: Sheets, edition: Edition, project: Project, tab: str, cells: Mapping[str, str]
) -> Project:
    """Keep what was typed over the formulas of the scoring form; what they compute is not kept."""
    budget, spent = rollup.read(project.funding.budget), rollup.read(project.funding.spent)
    typed: dict[str, Any] = {}
    row = Locator(
        tab,
        project.id,
        cells={
            key: cells[f"execution_{key}"] for key in (*_EXECUTION, "reason") if f"execution_{key}" in cells
        },
        labels=_headings(edition),
    )
    full = edition.scoring.execution_weight if edition.scoring else None
    for key in _EXECUTION:
        stored = sheets.cell(tab, cells, f"execution_{key}")
        weight = scoring.number(typed["weight"]) if "weight" in typed else full
        expected = {
            "weight": full,
            "rate": rollup.rate(spent, budget),
            "score": scoring.execution_score(spent, budget, edition, weight),
        }[key]
        if not is_computed(stored, expected):
            typed[key] = stored
    reason = sheets.cell(tab, cells, "execution_reason")
    project = replace(project, execution=Execution(locator=row, reason=reason, **typed))
    stated = sheets.cell(tab, cells, "total_score")
    if not is_computed(stated, scoring.total(project, edition)):
        project = replace(project, total_score=stated)
    grade = sheets.cell(tab, cells, "grade")
    if grade is not None and grade != scoring.grade_of(project, edition):
        project = replace(project, grade=str(grade))
    return project
