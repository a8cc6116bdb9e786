"""One definition per check: `@rule` turns a function into check, test, page and command-line text.

A rule looks at one kind of record (the annotation of its first parameter says which) and yields a
`Problem` for each thing wrong. The runner adds code, severity, sheet, printed label and identity. An operand
that is blank or cannot be read raises `Unknown`, which ends that rule for that record: one blank cell is one finding.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from xl_perfeval import quantity, rollup
from xl_perfeval.findings import Finding, Severity, Value, ordered
from xl_perfeval.model import (
    CellValue,
    Indicator,
    NoSuchCell,
    Paragraph,
    Place,
    Project,
    Record,
    Ref,
    Stage,
    Submission,
    WorkItem,
)


class Unknown(Exception):
    """An operand is blank or cannot be read; another rule speaks of that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What a rule found: where, both values, what is wrong and how to mend it."""

    at: Place
    problem: str
    remedy: str
    value: Value = None
    expected: Value = None
    difference: Value = None
    related: tuple[Ref, ...] = ()
    severity: Severity | None = None
    """When this case weighs otherwise than the rule's default."""


Check = Callable[..., Iterator[Problem]]
Example = Callable[[], Submission]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A check of the catalogue. `title` and `explanation` are what staff read about it."""

    code: str
    slug: str
    severity: Severity
    basis: str
    title: str
    explanation: str
    subject: type[Record] | None
    check: Check | None
    needs_submission: bool
    after_year: bool
    sending: bool
    hides: tuple[str, ...]
    passes: tuple[Example, ...] = field(repr=False)
    fails: tuple[Example, ...] = field(repr=False)

    @property
    def topic(self) -> str:
        """Letter of the group: F, R, M, T, A, S, C or N."""
        return self.code[0]


_RULES: dict[str, Rule] = {}
# By name: evaluating the annotations of all rules would take longer than checking a workbook.
_SUBJECTS: dict[str, type[Record]] = {
    kind.__name__: kind for kind in (Submission, Project, WorkItem, Indicator, Paragraph)
}


def registered() -> dict[str, Rule]:
    """All rules defined so far, by code."""
    return dict(sorted(_RULES.items(), key=lambda entry: ("FRMTASCN".index(entry[0][0]), entry[0])))


def rule(
    code: str,
    slug: str,
    severity: Severity,
    *,
    basis: str,
    passes: Example | Sequence[Example],
    fails: Example | Sequence[Example],
    after_year: bool = False,
    sending: bool = False,
    hides: Sequence[str] = (),
) -> Callable[[Check], Check]:
    """Define a check.

    `after_year` rules are not asked at stage 目标申报; `sending` rules only before sending. `hides` names
    the codes whose findings at the same cell are consequences of this one. The docstring's first line is
    the title, the rest the explanation, both in Chinese.
    """

    def define(check: Check) -> Check:
        parameters = check.__code__.co_varnames[: check.__code__.co_argcount]
        subject = _SUBJECTS[check.__annotations__[parameters[0]]]
        _register(
            code,
            slug,
            severity,
            basis,
            check,
            subject,
            len(parameters) > 1,
            after_year,
            sending,
            hides,
            passes,
            fails,
        )
        return check

    return define


def described(code: str, slug: str, severity: Severity, *, basis: str, text: str) -> None:
    """Enter a check that a door makes while opening a file (F001, F002): it has a page but no function."""
    _register(code, slug, severity, basis, None, None, False, False, False, (), (), (), text)


def _register(
    code: str,
    slug: str,
    severity: Severity,
    basis: str,
    check: Check | None,
    subject: type[Record] | None,
    needs_submission: bool,
    after_year: bool,
    sending: bool,
    hides: Sequence[str],
    passes: Example | Sequence[Example],
    fails: Example | Sequence[Example],
    text: str = "",
) -> None:
    if code in _RULES:
        raise ValueError(f"{code} is defined twice")
    title, _, explanation = inspect.cleandoc(text or (check.__doc__ if check else "") or "").partition("\n")
    _RULES[code] = Rule(
        code=code,
        slug=slug,
        severity=severity,
        basis=basis,
        title=title.rstrip("。"),
        explanation=explanation.strip(),
        subject=subject,
        check=check,
        needs_submission=needs_submission,
        after_year=after_year,
        sending=sending,
        hides=tuple(hides),
        passes=(passes,) if callable(passes) else tuple(passes),
        fails=(fails,) if callable(fails) else tuple(fails),
    )


# --- operands -----------------------------------------------------------------------------------------


def amount(value: CellValue) -> Decimal:
    """The amount of a cell in 万元; raises `Unknown` when it is blank or unread."""
    read = rollup.read(value)
    if read is None:
        raise Unknown
    return read


def is_blank(value: CellValue) -> bool:
    """Whether a cell holds nothing, or only blanks."""
    return value is None or (isinstance(value, str) and not value.strip())


def text(value: CellValue) -> str:
    """The text of a cell; raises `Unknown` when it is blank."""
    if is_blank(value):
        raise Unknown
    return str(value)


def all_known(values: Iterable[CellValue]) -> list[Decimal]:
    """The amounts of cells that must all be readable; raises `Unknown` otherwise, or when there are none."""
    amounts = [amount(value) for value in values]
    if not amounts:
        raise Unknown
    return amounts


def tolerance(*figures: Decimal) -> Decimal:
    """What rounding may make of a sum: half a unit of the last printed digit (0.01万元), once for each
    figure that has decimals and once for the total."""
    rounded = sum(1 for figure in figures if figure != figure.to_integral_value())
    return Decimal("0.005") * (rounded + 1)


def gap(found: Decimal, wanted: Decimal, *, more: str = "多", less: str = "少") -> str:
    """“少2万元” or “多15万元”: how far one amount is from another."""
    word = more if found > wanted else less
    return f"{word}{wan(abs(found - wanted))}"


def wan(value: Decimal) -> str:
    """An amount in prose: 58万元, 15.01万元."""
    return f"{quantity.plain(rollup.excel_round(value, 6))}万元"


def named(record: WorkItem | Indicator) -> str:
    """The row as staff know it: 第5项“学习、交流及其他”."""
    called = _in_a_line(record.called)
    return f"第{record.number}项“{called}”" if called else f"第{record.number}项"


def project_named(project: Project) -> str:
    """The project as staff know it: “科普经费”, or 第3个项目 while it has no name."""
    called = _in_a_line(project.called)
    return f"“{called}”" if called else f"第{project.number}个项目"


def _in_a_line(name: str | None) -> str | None:
    """A name as messages quote it: the whole of it, but not a page that was pasted into the cell."""
    name = " ".join(name.split()) if name else None
    return f"{name[:_LONGEST_NAME]}……" if name and len(name) > _LONGEST_NAME else name


_LONGEST_NAME = 60


# --- running ------------------------------------------------------------------------------------------


def run(
    submission: Submission, *, sending: bool = False, rules: Iterable[Rule] | None = None
) -> list[Finding]:
    """Every finding of a submission, ordered, causes without their consequences."""
    found: list[tuple[Rule, Problem]] = []
    for each in registered().values() if rules is None else rules:
        if each.check is None or (each.sending and not sending):
            continue
        if each.after_year and submission.stage is Stage.TARGETS:
            continue
        found.extend((each, problem) for problem in _problems(each, submission))
    severities = submission.edition.severities
    findings = [
        _finding(each, problem, severities.get(each.code)) for each, problem in _without_consequences(found)
    ]
    return ordered(findings, _sheets(submission))


def _problems(each: Rule, submission: Submission) -> Iterator[Problem]:
    assert each.check is not None
    for subject in _subjects(each.subject, submission):
        arguments = (subject, submission) if each.needs_submission else (subject,)
        try:
            yield from each.check(*arguments)
        except (Unknown, NoSuchCell):
            continue


def _subjects(kind: type[Record] | None, submission: Submission) -> Iterable[Record]:
    if kind is Submission:
        return (submission,)
    if kind is Project:
        return submission.projects
    if kind is WorkItem:
        return (item for project in submission.projects for item in project.items)
    if kind is Indicator:
        return (indicator for project in submission.projects for indicator in project.indicators)
    if kind is Paragraph:
        return submission.paragraphs
    raise TypeError(f"no rule can look at {kind}")


def _without_consequences(found: list[tuple[Rule, Problem]]) -> list[tuple[Rule, Problem]]:
    hidden = {(code, problem.at.sheet, problem.at.cell) for each, problem in found for code in each.hides}
    return [
        (each, problem)
        for each, problem in found
        if (each.code, problem.at.sheet, problem.at.cell) not in hidden
    ]


def _finding(each: Rule, problem: Problem, changed: str | None) -> Finding:
    at = problem.at
    severity = problem.severity or (Severity(changed) if changed else each.severity)
    return Finding(
        rule=each.code,
        severity=severity,
        at=Ref(at.sheet, at.cell) if at.cell else None,
        label=at.label or None,
        row_name=_in_a_line(at.row_name),
        value=problem.value,
        expected=problem.expected,
        difference=problem.difference,
        problem=problem.problem,
        remedy=problem.remedy,
        related=tuple(Ref(ref.sheet, ref.cell) for ref in problem.related),
        key=f"{each.code}|{at.sheet_id}|{at.meaning}",
    )


def _sheets(submission: Submission) -> list[str]:
    order = [submission.locator.sheet]
    if submission.projects:
        order.append(submission.projects[0].locator.sheet)
    order += [project.matrix.sheet for project in submission.projects if project.matrix]
    order += [project.scoring.sheet for project in submission.projects if project.scoring]
    if submission.narrative:
        order.append(submission.narrative.sheet)
    return order


__all__ = [
    "Problem",
    "Rule",
    "Unknown",
    "all_known",
    "amount",
    "described",
    "gap",
    "is_blank",
    "named",
    "project_named",
    "registered",
    "rule",
    "run",
    "text",
    "tolerance",
    "wan",
]
