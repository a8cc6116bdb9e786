"""What a check found: severity, place, values, remedy; order, identity and JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from xl_perfeval.model import CellError, CellValue, Ref, row_and_column

SCHEMA = "perfeval-findings/1"


class Severity(StrEnum):
    """The three severities of finance systems. `ERROR` blocks sending, `WARNING` wants a 情况说明."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"

    @property
    def label(self) -> str:
        """The word staff read: 必须改, 请核对, 提示."""
        return _LABELS[self]

    @property
    def sign(self) -> str:
        """The sign beside the word, readable without colour."""
        return _SIGNS[self]


_LABELS = {Severity.ERROR: "必须改", Severity.WARNING: "请核对", Severity.NOTICE: "提示"}
_SIGNS = {Severity.ERROR: "✗", Severity.WARNING: "！", Severity.NOTICE: "i"}
_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTICE: 2}

Value = CellValue | Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to correct, look at or know.

    `at` is `None` only for a finding about the whole file. `key` is the identity: rule, sheet id and the
    meaning of the cell, so that it survives inserted rows, renamed tabs and the next check.
    """

    rule: str
    severity: Severity
    at: Ref | None
    label: str | None
    problem: str
    remedy: str
    key: str
    row_name: str | None = None
    value: Value = None
    expected: Value = None
    difference: Value = None
    related: tuple[Ref, ...] = ()
    waived: str | None = None

    def to_json(self) -> dict[str, Any]:
        """This finding as `findings.schema.json` wants it."""
        return {
            "rule": self.rule,
            "severity": self.severity.value,
            "sheet": self.at.sheet if self.at else None,
            "cell": self.at.cell if self.at else None,
            "label": self.label,
            "row_name": self.row_name,
            "value": to_plain(self.value),
            "expected": to_plain(self.expected),
            "difference": to_plain(self.difference),
            "problem": self.problem,
            "remedy": self.remedy,
            "related": [{"sheet": ref.sheet, "cell": ref.cell} for ref in self.related],
            "waived": self.waived,
            "key": self.key,
        }


TRUE_AS_IS = "情况属实"
"""Word of the 处理 column of 校验结果 for what people keep with a 情况说明."""


def waived(finding: Finding, handling: str, explanation: str) -> Finding:
    """The finding with the reason people gave; only a warning handled as `TRUE_AS_IS` can be waived."""
    keeps = handling == TRUE_AS_IS and explanation and finding.severity is Severity.WARNING
    return replace(finding, waived=explanation) if keeps else finding


def ordered(findings: Iterable[Finding], sheets: Iterable[str]) -> list[Finding]:
    """Findings by severity, then by sheet in workbook order, then by row and column; keys made unique."""
    rank = {name: place for place, name in enumerate(sheets)}

    def place(finding: Finding) -> tuple[int, int, int, int, str]:
        if finding.at is None:
            return (_ORDER[finding.severity], -1, 0, 0, finding.rule)
        row, column = row_and_column(finding.at.cell)
        return (_ORDER[finding.severity], rank.get(finding.at.sheet, len(rank)), row, column, finding.rule)

    return _with_unique_keys(sorted(findings, key=place))


def summary(findings: Iterable[Finding]) -> dict[str, int]:
    """Number of findings by severity; waived ones are counted too."""
    counts = {severity.value: 0 for severity in Severity}
    for finding in findings:
        counts[finding.severity.value] += 1
    return counts


def document(
    file: str, edition: str | None, version: str | None, findings: Iterable[Finding], program: str
) -> dict[str, Any]:
    """All findings of one file as one object of `findings.schema.json`."""
    found = list(findings)
    return {
        "schema": SCHEMA,
        "file": file,
        "edition": edition,
        "edition_version": version,
        "program": program,
        "summary": summary(found),
        "findings": [finding.to_json() for finding in found],
    }


def to_plain(value: object) -> Any:
    """A cell value or amount as JSON can hold it: whole numbers without “.0”, dates in ISO form."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, CellError):
        return value.code
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(k): to_plain(v) for k, v in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return value


def _with_unique_keys(findings: list[Finding]) -> list[Finding]:
    seen: dict[str, int] = {}
    unique: list[Finding] = []
    for finding in findings:
        count = seen[finding.key] = seen.get(finding.key, 0) + 1
        unique.append(finding if count == 1 else replace(finding, key=f"{finding.key}#{count}"))
    return unique
