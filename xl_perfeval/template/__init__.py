"""Edition and submission → workbook: every sheet, name, drop-down, formula and cached value; macros if wanted.

`build` creates the sheets in workbook order, then calls one `write` per sheet. Sheets that others refer to
are written first, 首页 last, so that every formula is written together with the value it shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from xl_perfeval.findings import Finding
from xl_perfeval.forms.ownsheets import marked_cells
from xl_perfeval.model import Edition, Project, Stage, Submission, Unit
from xl_perfeval.template import (
    charts,
    funds,
    guide,
    hidden,
    home,
    lists,
    maps,
    marks,
    matrix,
    narrative,
    scoring_form,
    styles,
    tabs,
    unplaced,
)
from xl_perfeval.template import findings as findings_sheet
from xl_perfeval.template.context import Context
from xl_perfeval.template.macros import Macros
from xl_perfeval.template.sheet import Book, cleaned, strict

__all__ = ["BLANK_PROJECTS", "blank", "build"]

BLANK_PROJECTS = 8
"""Rows and sheets for projects in an empty workbook; also the least number of rows in 资金概况."""


def blank(
    edition: Edition, unit: str | None = None, year: int = 0, *, projects: int = BLANK_PROJECTS
) -> Submission:
    """A submission with nothing in it but blank projects, for an empty workbook."""
    return Submission(
        edition=edition,
        unit=Unit(name=unit),
        year=year,
        stage=Stage.YEAR_END,
        projects=tuple(Project(id=f"P{number}", number=number) for number in range(1, projects + 1)),
    )


def build(
    submission: Submission,
    path: Path,
    *,
    findings: Sequence[Finding] = (),
    spare: int | None = None,
    macros: Macros | None = None,
) -> list[str]:
    """Write the workbook of a submission to `path` and return what could not be written, one sentence each.

    A submission without projects gives the empty workbook. `spare` sets the number of blank rows below the
    projects in 资金概况; by default the edition's number, and as many as make eight rows. With `macros` it is
    a macro workbook (.xlsm).
    """
    if not submission.projects:
        submission = replace(submission, projects=blank(submission.edition).projects)
    submission = cleaned(submission)
    with strict():
        book = Book(path)
        planned = tabs.plan(submission)
        texts = macros.texts if macros else None
        context = Context(book, submission, planned, findings, spare, marked_cells(findings), texts)
        if macros:
            book.carry(macros.project(len(planned)), macros.ribbon)
        for tab in planned:
            sheet = book.add_sheet(tab.text)
            if tab.kind != "hidden":
                book.define(tab.go, sheet.ref("A1"))
            if tab.kind in styles.TAB:
                sheet.set_tab_color(styles.TAB[tab.kind])
        _write_sheets(context)
        book.close()
    return unplaced.warnings(submission)


def _write_sheets(context: Context) -> None:
    lists.write(context)
    funds.write(context)
    for tab in tabs.of_kind(context.tabs, "matrix"):
        matrix.write(context, tab)
    for tab in tabs.of_kind(context.tabs, "scoring"):
        scoring_form.write(context, tab)
    narrative.write(context)
    findings_sheet.write(context)
    charts.write(context)
    guide.write(context)
    home.write(context)
    hidden.write(context)
    marks.write(context)
    maps.write(context.book)
