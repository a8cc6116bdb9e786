"""One file after a check: what was read, what was found, and how a program is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xl_perfeval import __version__, findings
from xl_perfeval.findings import Finding, Severity

if TYPE_CHECKING:
    from xl_perfeval.model import Submission

CLEAN, TO_CORRECT, NOT_READ = 0, 1, 2
"""Exit statuses: nothing to correct, at least one 必须改, the file could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The findings of one file. `submission` is `None` when the file could not be read."""

    file: str
    submission: Submission | None
    findings: tuple[Finding, ...]
    sheets: tuple[str, ...] = ()
    """Tab texts in workbook order."""
    unread_status: int = NOT_READ
    """Exit status when the file could not be read: 3 when it is open elsewhere."""

    @property
    def status(self) -> int:
        """Exit status of this file."""
        if self.submission is None:
            return self.unread_status
        return TO_CORRECT if self.count(Severity.ERROR) else CLEAN

    def of(self, severity: Severity) -> list[Finding]:
        """The findings of one severity, in order."""
        return [finding for finding in self.findings if finding.severity is severity]

    def count(self, severity: Severity) -> int:
        """How many findings have this severity."""
        return len(self.of(severity))

    @property
    def counts(self) -> str:
        """“必须改 3 条，请核对 5 条，提示 2 条”."""
        return counted({severity: self.count(severity) for severity in Severity})

    @property
    def about(self) -> tuple[str, ...]:
        """Unit, year and stage, as far as they are filled in."""
        if self.submission is None:
            return ()
        name, year = self.submission.unit.name, self.submission.year
        return (
            *((str(name),) if name else ()),
            *((f"{year}年",) if year else ()),
            self.submission.stage.value,
        )

    def document(self) -> dict[str, Any]:
        """This file's object of `findings.schema.json`."""
        edition = self.submission.edition if self.submission else None
        return findings.document(
            self.file,
            edition.id if edition else None,
            edition.version if edition else None,
            self.findings,
            __version__,
        )


def counted(counts: dict[Severity, int]) -> str:
    """Counts by severity in the one way they are always written."""
    return "，".join(f"{severity.label} {counts.get(severity, 0)} 条" for severity in Severity)
