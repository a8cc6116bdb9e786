"""What a section is: a function from a Submission to drafts, found by the id of its heading."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from xl_perfeval.model import Edition, Submission
from xl_perfeval.narrative.prose import Prose


@dataclass(frozen=True, slots=True)
class Draft:
    """One paragraph as the program words it. `key` stays the same whatever the data say: a topic's number or a project."""

    key: str
    text: Prose


Section = Callable[[Submission], Iterator[Draft]]


class _Entry(NamedTuple):
    function: Section
    topics: int
    by_project: bool


_SECTIONS: dict[str, _Entry] = {}


def section(section_id: str, *, topics: int, by_project: bool = False) -> Callable[[Section], Section]:
    """Enter a function as the one that drafts this section; heading and order come from the edition's outline.

    It gives at most so many paragraphs about `topics`, and one for each project when it goes `by_project`.
    """

    def enter(function: Section) -> Section:
        if section_id in _SECTIONS:
            raise ValueError(f"section {section_id} is drafted twice")
        _SECTIONS[section_id] = _Entry(function, topics, by_project)
        return function

    return enter


def drafts(section_id: str, submission: Submission) -> Iterator[Draft]:
    """The drafts of one section that have any text; none for a section that nobody drafts."""
    entry = _SECTIONS.get(section_id)
    if entry is not None:
        yield from (draft for draft in entry.function(submission) if draft.text)


def most(edition: Edition, projects: int) -> int:
    """How many drafts a submission with so many projects can have at most, long paragraphs counted once."""
    entries = (_SECTIONS[heading.id] for heading in edition.outline if heading.id in _SECTIONS)
    return sum(entry.topics + (projects if entry.by_project else 0) for entry in entries)


def analysed(submission: Submission) -> bool:
    """Whether the outline is that of the ministry's evaluation report, with a chapter of indicator analysis."""
    return any(heading.id == "outputs" for heading in submission.edition.outline)
