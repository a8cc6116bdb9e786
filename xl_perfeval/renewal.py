"""Next year's submission from last year's: what stays the same is kept, what belongs to the year is cleared."""

from __future__ import annotations

from dataclasses import replace

from xl_perfeval.model import Execution, Funding, Goal, Indicator, Project, Submission, WorkItem


def next_year(submission: Submission) -> Submission:
    """The submission for the year after: unit, projects, items, indicators and texts without last year's results.

    Amounts, actuals, reasons, scores, notes, the report date and whatever was typed over a formula are
    cleared. Targets stay as typed; the checks point out years in them that are no longer right.
    """
    return replace(
        submission,
        year=submission.year + 1 if submission.year else 0,
        report_date=None,
        projects=tuple(_renewed(project) for project in submission.projects),
        totals=Funding(),
        remark=None,
    )


def _renewed(project: Project) -> Project:
    return replace(
        project,
        note=None,
        funding=Funding(project=project.id, project_name=project.called),
        goal=Goal(expected=project.goal.expected),
        items=tuple(_item(item) for item in project.items),
        indicators=tuple(_indicator(indicator) for indicator in project.indicators),
        execution=Execution(),
        total_score=None,
        grade=None,
    )


def _item(item: WorkItem) -> WorkItem:
    return replace(item, cost=None, actual=None, spent=None, reason=None)


def _indicator(indicator: Indicator) -> Indicator:
    return replace(indicator, actual=None, score=None, reason=None, description=None, evidence=None)
