"""The checks: `check` runs them all, `catalogue` lists them. One module per topic; see `engine.rule`."""

from __future__ import annotations

from collections.abc import Mapping

from xl_perfeval.findings import Finding
from xl_perfeval.model import Submission
from xl_perfeval.rules import (
    achievement,
    consistency,
    engine,
    file_,
    money,
    narrative_claims,
    narrative_sums,
    narrative_wording,
    required,
    scored,
    targets,
    targets_agree,
    text,
)
from xl_perfeval.rules.engine import Rule

_TOPICS = (
    file_,
    required,
    money,
    targets,
    targets_agree,
    achievement,
    scored,
    consistency,
    text,
    narrative_claims,
    narrative_sums,
    narrative_wording,
)


def check(submission: Submission, *, sending: bool = False) -> list[Finding]:
    """All findings at once, by severity and place. `sending` adds what matters only before sending."""
    return engine.run(submission, sending=sending)


def catalogue() -> Mapping[str, Rule]:
    """Every rule by code, in the order of the catalogue."""
    return engine.registered()
