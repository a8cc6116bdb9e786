"""The report's text: drafted from the figures, section by section; causes, rules and promises are left to people.

A section is one function in a module here, marked `@section(id)`; heading and order come from the edition.
Where people must write there is a 【待补充：…】, which blocks sending until it is gone.
"""

from __future__ import annotations

from collections.abc import Iterator

from xl_perfeval.model import Paragraph, ParagraphState, Submission
from xl_perfeval.narrative import drafting, funds, goals, problems, remarks, results
from xl_perfeval.wording import LONGEST

__all__ = ["compose", "draft"]

_SECTION_MODULES = (funds, goals, results, problems, remarks)  # importing them enters their sections


def draft(submission: Submission) -> tuple[Paragraph, ...]:
    """The paragraphs the program would write, in outline order; the same data gives the same text.

    An id is the section's with a topic number or a project (`overview/1`, `results/P3`) and never moves to
    another topic; a paragraph of more than 2,000 characters goes on as `results/P3#2`.
    """
    return tuple(
        Paragraph(section=heading.id, id=f"{heading.id}/{key}", text=text, state=ParagraphState.DRAFTED)
        for heading in submission.edition.outline
        for each in drafting.drafts(heading.id, submission)
        for key, text in _parts(each)
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


def _parts(each: drafting.Draft) -> Iterator[tuple[str, str]]:
    """A draft in pieces of at most `LONGEST` characters, cut after a sentence where there is one."""
    rest, number = each.text, 1
    while rest:
        end = len(rest) if len(rest) <= LONGEST else _end_of_piece(rest)
        yield (each.key if number == 1 else f"{each.key}#{number}"), rest[:end]
        rest, number = rest[end:], number + 1


def _end_of_piece(text: str) -> int:
    opened = text.rfind("【", 0, LONGEST)
    whole = opened if opened > LONGEST // 2 and "】" not in text[opened:LONGEST] else LONGEST
    for mark in "。；，、":
        if end := text.rfind(mark, LONGEST // 2, whole) + 1:
            return end
    return whole
