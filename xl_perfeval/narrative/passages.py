"""All drafts of a submission in outline order, cut to the length of a paragraph, each with its id."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from xl_perfeval.model import Edition, Submission
from xl_perfeval.narrative import analysis, drafting, funds, goals, problems, remarks, results
from xl_perfeval.narrative.prose import Prose
from xl_perfeval.wording import LONGEST

# Importing them enters their sections.
SECTION_MODULES = (funds, goals, results, analysis, problems, remarks)


class Passage(NamedTuple):
    """One paragraph to be: `id` is the section's with a topic number or a project (`overview/1`, `results/P3`)."""

    section: str
    id: str
    text: Prose


def of(submission: Submission) -> Iterator[Passage]:
    """The passages the program would write; one of more than 2,000 characters goes on as `results/P3#2`."""
    for heading in submission.edition.outline:
        for draft in drafting.drafts(heading.id, submission):
            for key, text in _parts(draft):
                yield Passage(heading.id, f"{heading.id}/{key}", text)


def most(edition: Edition, projects: int) -> int:
    """How many passages a submission with so many projects can have at most, long ones counted once."""
    return drafting.most(edition, projects)


def _parts(draft: drafting.Draft) -> Iterator[tuple[str, Prose]]:
    """A draft in pieces of at most `LONGEST` characters, cut after a sentence where there is one."""
    whole = str(draft.text)
    if len(whole) <= LONGEST:
        yield draft.key, draft.text
        return
    start, number = 0, 1
    while start < len(whole):
        rest = whole[start:]
        end = start + (len(rest) if len(rest) <= LONGEST else _end_of_piece(rest))
        yield (draft.key if number == 1 else f"{draft.key}#{number}"), draft.text.between(start, end)
        start, number = end, number + 1


def _end_of_piece(text: str) -> int:
    opened = text.rfind("【", 0, LONGEST)
    whole = opened if opened > LONGEST // 2 and "】" not in text[opened:LONGEST] else LONGEST
    for mark in "。；，、":
        if end := text.rfind(mark, LONGEST // 2, whole) + 1:
            return end
    return whole
