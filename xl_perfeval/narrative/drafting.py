"""What a section is: a function from a Submission to drafts, found by the id of its heading."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from xl_perfeval.model import Submission
from xl_perfeval.narrative.prose import Prose


@dataclass(frozen=True, slots=True)
class Draft:
    """One paragraph as the program words it. `key` stays the same whatever the data say: a topic's number or a project."""

    key: str
    text: Prose


Section = Callable[[Submission], Iterator[Draft]]
_SECTIONS: dict[str, Section] = {}


def section(section_id: str) -> Callable[[Section], Section]:
    """Enter a function as the one that drafts this section; heading and order come from the edition's outline."""

    def enter(function: Section) -> Section:
        if section_id in _SECTIONS:
            raise ValueError(f"section {section_id} is drafted twice")
        _SECTIONS[section_id] = function
        return function

    return enter


def drafts(section_id: str, submission: Submission) -> Iterator[Draft]:
    """The drafts of one section that have any text; none for a section that nobody drafts."""
    function = _SECTIONS.get(section_id)
    if function is not None:
        yield from (draft for draft in function(submission) if draft.text)


def analysed(submission: Submission) -> bool:
    """Whether the outline is that of the ministry's evaluation report, with a chapter of indicator analysis."""
    return any(heading.id == "outputs" for heading in submission.edition.outline)
