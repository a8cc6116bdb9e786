"""Where the figures of the report come from, as JSON (`schemas/sources.schema.json`)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xl_perfeval.model import Paragraph, Place, Submission
    from xl_perfeval.narrative.sources import Source

SCHEMA = "perfeval-sources/1"


def to_text(submission: Submission, paragraphs: Sequence[Paragraph]) -> str:
    """The sources of these paragraphs as JSON text, readable and with a final newline."""
    return json.dumps(to_json(submission, paragraphs), ensure_ascii=False, indent=1) + "\n"


def to_json(submission: Submission, paragraphs: Sequence[Paragraph]) -> dict[str, Any]:
    """Each paragraph with its text and, in reading order, what in it comes from which cells."""
    from xl_perfeval.narrative import sources

    found = sources.by_paragraph(submission, paragraphs)
    return {
        "schema": SCHEMA,
        "edition": submission.edition.id,
        "year": submission.year,
        "paragraphs": [
            {
                "id": paragraph.id,
                "section": paragraph.section,
                "text": paragraph.text,
                "summary": sources.summary(found[paragraph.id]),
                "sources": [_source(source) for source in found[paragraph.id]],
            }
            for paragraph in paragraphs
        ],
    }


def _source(source: Source) -> dict[str, Any]:
    return {
        "text": source.text,
        "start": source.start,
        "how": source.how.name.lower() if source.how else "written",
        "cells": [[_cell(place) for place in term] for term in source.terms],
        "explained": source.explained,
    }


def _cell(place: Place) -> dict[str, str]:
    return {"sheet": place.sheet, "cell": place.cell, "label": place.label}
