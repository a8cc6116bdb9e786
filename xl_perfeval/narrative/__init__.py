"""The report's text: drafted from the figures, section by section; causes, rules and promises are left to people.

A section is one function in a module here, marked `@section(id)`; heading and order come from the edition.
Where people must write there is a 【待补充：…】, which blocks sending until it is gone.
"""

from __future__ import annotations

from collections.abc import Iterable

from xl_perfeval.model import Paragraph, ParagraphState, Submission
from xl_perfeval.narrative import passages

__all__ = ["as_paragraphs", "compose", "draft"]


def draft(submission: Submission) -> tuple[Paragraph, ...]:
    """The paragraphs the program would write, in outline order; the same data gives the same text.

    An id is the section's with a topic number or a project (`overview/1`, `results/P3`) and never moves to
    another topic; a paragraph of more than 2,000 characters goes on as `results/P3#2`.
    """
    return as_paragraphs(passages.of(submission))


def as_paragraphs(drafted: Iterable[passages.Passage]) -> tuple[Paragraph, ...]:
    """Passages as the paragraphs they make."""
    return tuple(
        Paragraph(section=each.section, id=each.id, text=str(each.text), state=ParagraphState.DRAFTED)
        for each in drafted
    )


def compose(submission: Submission) -> tuple[Paragraph, ...]:
    """The paragraphs the report prints: for each section what people wrote, otherwise its drafts.

    Paragraphs of sections that the outline does not have follow at the end, so that nothing gets lost.
    """
    drafted = draft(submission)
    known = [heading.id for heading in submission.edition.outline]
    written = [paragraph for paragraph in submission.paragraphs if paragraph.text.strip()]
    composed: list[Paragraph] = []
    for section in known:
        own = [paragraph for paragraph in written if paragraph.section == section]
        composed += own or [paragraph for paragraph in drafted if paragraph.section == section]
    return (*composed, *(paragraph for paragraph in written if paragraph.section not in known))
