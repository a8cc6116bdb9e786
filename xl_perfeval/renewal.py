"""Next year's submission from last year's: what stays the same is kept, what belongs to the year is cleared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from xl_perfeval.model import (
    Execution,
    Funding,
    Goal,
    Indicator,
    Paragraph,
    ParagraphState,
    Project,
    Submission,
    Take,
    WorkItem,
)


def next_year(submission: Submission) -> Submission:
    """The submission for the year after: unit, projects, items, indicators and texts without last year's results.

    Amounts, actuals, reasons, scores, notes, the report date and whatever was typed over a formula are
    cleared. Targets stay as typed; the checks point out years in them that are no longer right. Of the report the
    paragraphs stay that people wrote or changed; the others are drafted anew from the new figures.
    """
    return replace(
        submission,
        year=submission.year + 1 if submission.year else 0,
        report_date=None,
        projects=tuple(_renewed(project) for project in submission.projects),
        totals=Funding(),
        remark=None,
        paragraphs=tuple(_peoples(submission.paragraphs)),
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


def _peoples(paragraphs: Sequence[Paragraph]) -> Iterator[Paragraph]:
    """What people wrote or changed; their changes still know the draft they were made in, so new figures follow.

    An untouched draft stays only where all else in its section is people's own: a section that people wrote by
    themselves is not drafted, and this one was.
    """
    shared = {each.section for each in paragraphs if each.state is ParagraphState.EDITED}
    people = {each.section for each in paragraphs if not _is_untouched(each)} - shared
    for paragraph in paragraphs:
        if not _is_untouched(paragraph) or paragraph.section in people:
            yield _without_question(paragraph)


def _is_untouched(paragraph: Paragraph) -> bool:
    base = paragraph.base
    drafted = paragraph.state is ParagraphState.DRAFTED
    return drafted and base is not None and base.text == paragraph.text


def _without_question(paragraph: Paragraph) -> Paragraph:
    """A paragraph without last year's offer and what was asked about it; a choice not yet carried out stays."""
    base = paragraph.base
    if base is None or paragraph.take in (Take.NEW, Take.MINE):
        return paragraph
    asked = paragraph.take in (Take.CHOOSE, Take.CHECK, Take.ENDED)
    return replace(
        paragraph,
        draft="" if paragraph.draft == base.offered else paragraph.draft,
        take="" if asked else paragraph.take,
        base=replace(base, offered=""),
    )
