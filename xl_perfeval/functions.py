"""Worksheet functions PE_*: one table, from which the VBA wrappers, LibreOffice's functions and the help follow.

They take what a spreadsheet passes (nothing, text, numbers, days, error values; a range is rows of cells) and give
what a cell holds. What makes no sense raises `ValueError`, which the caller shows as an error value, never as
text. Each leads to the core in a few lines, so that a cell, a check and a report cannot differ.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias, cast

from xl_perfeval import forms, quantity, rollup, rules, scoring
from xl_perfeval.findings import Finding, Severity
from xl_perfeval.model import (
    CellError,
    CellValue,
    Edition,
    FieldKind,
    Indicator,
    Locator,
    Project,
    Stage,
    Submission,
    Unit,
    WorkItem,
    column_letters,
    row_and_column,
)
from xl_perfeval.rules import engine

Passed: TypeAlias = Any
"""One cell, or the rows of a range, as a spreadsheet hands them over."""
Result: TypeAlias = float | str | list[list[str]]
"""What a function gives back: a number, a text, or a column of texts."""

SCORED = "ministry-2020"
"""The edition by whose formulas is scored when none is named."""


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument: its name in formulas (ASCII, for VBA), what staff read about it."""

    name: str
    help: str
    optional: bool = False
    several: bool = False
    """Any number of them; only the last argument may be so."""


@dataclass(frozen=True, slots=True)
class WorksheetFunction:
    """A function as the sheet knows it. `call` raises `ValueError` for what makes no sense."""

    name: str
    help: str
    arguments: tuple[Argument, ...]
    call: Callable[..., Result]

    def signature(self) -> str:
        """How it is written in a formula: `PE_GRADE(score, [edition])`."""
        arguments = (
            f"[{each.name}]" if each.optional else f"{each.name}…" if each.several else each.name
            for each in self.arguments
        )
        return f"{self.name}({', '.join(arguments)})"


# --- the functions ------------------------------------------------------------------------------------


def total(*ranges: Passed) -> float:
    """Sum in 万元 of all cells that can be read as an amount, as `rollup.total`, to six decimals."""
    if not ranges:
        raise ValueError("nothing to add")
    values = [value for each in ranges for value in _cells(each)]
    for value in values:
        if isinstance(value, CellError):
            raise ValueError(f"{value}: a cell to add shows an error")
    return _number(rollup.excel_round(rollup.total(values), 6))


def rate(spent: Passed, budget: Passed) -> float | str:
    """Execution rate as a share of 1, or "" without a budget or spending."""
    paid, planned = _amount(spent), _amount(budget)
    found = rollup.rate(paid, planned)
    return "" if found is None else _number(found)


def score(
    sign: Passed,
    target: Passed,
    actual: Passed,
    weight: Passed,
    edition: Passed = None,
    unit: Passed = None,
    group: Passed = None,
) -> float:
    """Score of an indicator by the edition's formula, 0 to the weight."""
    row = Indicator(
        level1=_cell(group),
        sign=_cell(sign),
        target=_cell(target),
        unit=_cell(unit),
        actual=_cell(actual),
        weight=_cell(weight),
    )
    found = scoring.indicator_score(row, _edition(edition))
    if found is None:
        raise ValueError(
            "there is no such score: a cell is blank, unreadable, or the indicator is qualitative"
        )
    return _number(found)


def grade(points: Passed, edition: Passed = None) -> str:
    """Grade of a total score, 优 良 中 差, or "" for a blank cell."""
    value = _cell(points)
    if value is None:
        return ""
    found = scoring.grade(scoring.number(value), _edition(edition))
    if found is None:
        raise ValueError(f"no grade for {value!r}")
    return found


def check(table: Passed, stage: Passed = None) -> str | list[list[str]]:
    """One short message per row of a target matrix, as one column; of a single row the message itself.

    A row holds the cells from 项目细化内容 to 偏差原因及改进措施, with or without 序号 in front. The message is "" for a
    blank row, otherwise ✗ and what is missing, ！ and what to look at, ○ 待填 without a result, or ✓.
    """
    items = [_item(row, number) for number, row in enumerate(_rows(table), start=1)]
    messages = _messages(items, _stage(stage))
    return messages[0] if len(messages) == 1 else [[message] for message in messages]


def read(text: Passed) -> str:
    """What a target is understood as, in one spelling; where it is not certain, why not."""
    value = _cell(text)
    if isinstance(value, CellError):
        raise ValueError(f"{value} is nothing to read")
    if value is None:
        return ""
    reading = quantity.target(value)
    return quantity.canonical(reading) if reading.certain else f"不确定：{reading.reason}"


def amount(text: Passed) -> float | str:
    """Amount in 万元, or "" for a blank cell or one that says there is none (无, —)."""
    value = _cell(text)
    found = quantity.amount(value)
    if found.amount is None and found.certain:
        return ""
    if found.amount is None or not (found.certain or found.summable):
        raise ValueError(f"{value!r} is no certain amount")
    return _number(found.amount)


_EDITION = Argument("edition", f"表样版本，可以不填；不填按 {SCORED} 计算", optional=True)

FUNCTIONS = (
    WorksheetFunction(
        "PE_TOTAL",
        "合计金额，单位万元。写成“20万元”“420（…）”的也计入；认不出的不计入。",
        (Argument("ranges", "要合计的格或区域，可以有几个", several=True),),
        total,
    ),
    WorksheetFunction(
        "PE_RATE",
        "执行率：支出除以预算。没有预算或没有支出时显示空白。",
        (Argument("spent", "支出金额，万元"), Argument("budget", "预算金额，万元")),
        rate,
    ),
    WorksheetFunction(
        "PE_SCORE",
        "按表样的公式计算一个定量指标的得分。",
        (
            Argument("sign", "计算符号：≥、＞、＝、＜、≤"),
            Argument("target", "指标值"),
            Argument("actual", "实际完成值"),
            Argument("weight", "分值"),
            _EDITION,
            Argument("unit", "计量单位，可以不填", optional=True),
            Argument("group", "一级指标，可以不填；满意度按区间给分的表样需要", optional=True),
        ),
        score,
    ),
    WorksheetFunction(
        "PE_GRADE",
        "总分的等级：优、良、中、差。",
        (Argument("score", "总分"), _EDITION),
        grade,
    ),
    WorksheetFunction(
        "PE_CHECK",
        "检查绩效目标表，每行给出一句话：缺什么、哪里要核对。",
        (
            Argument("table", "从“项目细化内容”到“偏差原因及改进措施”的各列，一行或多行，不含表头"),
            Argument("stage", "阶段：目标申报、绩效监控、年度自评；可以不填，不填按年度自评", optional=True),
        ),
        check,
    ),
    WorksheetFunction(
        "PE_READ",
        "程序把一个目标理解成什么，例如“6场以上”是“≥6场”。",
        (Argument("text", "目标的文字"),),
        read,
    ),
    WorksheetFunction(
        "PE_AMOUNT",
        "一格文字里的金额，单位万元，例如“1亿元”是 10000。",
        (Argument("text", "金额的文字或数字"),),
        amount,
    ),
)


# --- what a spreadsheet passes --------------------------------------------------------------------------

_COM_ERRORS = {
    -2146826288: "#NULL!",
    -2146826281: "#DIV/0!",
    -2146826273: "#VALUE!",
    -2146826265: "#REF!",
    -2146826259: "#NAME?",
    -2146826252: "#NUM!",
    -2146826246: "#N/A",
}
"""Error values as Excel passes them to a program."""
_ERRORS = frozenset(_COM_ERRORS.values())


def _rows(passed: Passed) -> list[list[CellValue]]:
    """The rows of a range; a single row may come as a plain list."""
    if not isinstance(passed, (list, tuple)):
        return [[_value(passed)]]
    outer = cast("Sequence[Any]", passed)
    if not any(isinstance(each, (list, tuple)) for each in outer):
        outer = [outer]
    rows = [[_value(value) for value in cast("Sequence[Any]", row)] for row in outer]
    if not rows or len({len(row) for row in rows}) != 1:
        raise ValueError("not a range: its rows differ in length")
    return rows


def _cells(passed: Passed) -> Iterator[CellValue]:
    return (value for row in _rows(passed) for value in row)


def _cell(passed: Passed) -> CellValue:
    """The only cell of an argument."""
    values = list(_cells(passed))
    if len(values) != 1:
        raise ValueError("one cell is asked for, not a range")
    return values[0]


def _value(value: Any) -> CellValue:
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, Decimal):  # Excel passes cells in a currency format so
        return float(value)
    if isinstance(value, (bool, date, CellError)):
        return value
    if isinstance(value, int):
        return CellError(_COM_ERRORS[value]) if value in _COM_ERRORS else value
    if isinstance(value, float):
        return value if math.isfinite(value) else CellError("#NUM!")
    if isinstance(value, str):
        return CellError(value) if value in _ERRORS else value
    raise ValueError(f"a cell cannot hold {type(value).__name__}")


def _amount(passed: Passed) -> Decimal | None:
    """A single amount in 万元; `None` for a blank cell."""
    value = _cell(passed)
    found = quantity.amount(value)
    if found.amount is None and found.certain:
        return None
    if not found.summable:
        raise ValueError(f"{value!r} is no amount that sums count")
    return rollup.read(value)


def _edition(passed: Passed) -> Edition:
    value = _cell(passed)
    try:
        edition = forms.load(SCORED if value is None else str(value))
    except forms.UnknownEdition as error:
        raise ValueError(f"no edition {value!r}") from error
    if edition.scoring is None:
        raise ValueError(f"the edition {edition.id} has no scores")
    return edition


def _stage(passed: Passed) -> Stage:
    value = _cell(passed)
    return Stage.YEAR_END if value is None else Stage(value)


def _number(value: Decimal) -> float:
    """A number as a cell holds it."""
    found = float(value)
    if not math.isfinite(found):
        raise ValueError("too large a number for a cell")
    return found


# --- messages of a matrix -------------------------------------------------------------------------------

_SAID = {
    "F007": "{label}不是金额",
    "R105": "{label}留着占位符",
    "T201": "{label}没有数字",
    "T202": "{label}像是录错",
    "T204": "{label}像是写反",
    "T207": "{label}是0",
    "T208": "内容与目标数字不一致",
    "T209": "{label}与列出的项数不一致",
    "T212": "{label}可能填错列",
    "A301": "目标{expected}，实际{value}",
    "A302": "目标{expected}，实际{value}",
    "A304": "实际写的是预计数",
    "A305": "实际像是从目标抄的",
    "A306": "实际没有数字",
    "A307": "{label}超过100%",
    "A309": "没有完成，要写原因",
    "A310": "原因太空",
}
"""What the checks of a single row are called in a narrow column. Others need more than the row to judge."""


def _fields() -> tuple[tuple[str, str, bool], ...]:
    """Key, heading and whether it must be filled from the start, of the columns that are filled by hand."""
    fields = forms.load(forms.DEFAULT).table("matrix").fields
    return tuple(
        (field.key, field.label, field.required and not field.actual)
        for field in fields
        if field.kind is not FieldKind.COMPUTED
    )


def _item(row: Sequence[CellValue], number: int) -> WorkItem:
    fields = _fields()
    if len(row) - len(fields) not in (0, 1):
        raise ValueError(f"a row of the matrix has {len(fields)} cells, or one more with 序号")
    keys = [key for key, _, _ in fields]
    place = Locator(
        "",
        "",
        columns={key: column_letters(column) for column, key in enumerate(keys, start=1)},
        labels={key: label for key, label, _ in fields},
    )
    cells: dict[str, Any] = dict(zip(keys, row[-len(keys) :], strict=True))
    return WorkItem(number=number, locator=place, row=number, **cells)


def _messages(items: Sequence[WorkItem], stage: Stage) -> list[str]:
    found: dict[int, list[Finding]] = {}
    for finding in _findings(items, stage):
        if finding.at is not None and finding.severity is not Severity.NOTICE:
            found.setdefault(row_and_column(finding.at.cell)[0], []).append(finding)
    return [_message(item, found.get(item.row, ()), stage) for item in items]


def _findings(items: Sequence[WorkItem], stage: Stage) -> list[Finding]:
    """What the checks of single rows find, most pressing first, as if the matrix were all there is."""
    asked = [each for code, each in rules.catalogue().items() if code in _SAID]
    edition = forms.load(forms.DEFAULT)
    project = Project(items=tuple(items))
    submission = Submission(edition=edition, unit=Unit(), year=0, stage=stage, projects=(project,))
    return engine.run(submission, rules=asked)


def _message(item: WorkItem, findings: Sequence[Finding], stage: Stage) -> str:
    """What is most pressing in a row."""
    fields = _fields()
    if all(getattr(item, key) is None for key, _, _ in fields):
        return ""
    errors = [label for key, label, _ in fields if isinstance(getattr(item, key), CellError)]
    if errors:
        return f"✗ {'、'.join(errors)}是错误值"
    missing = [label for key, label, needed in fields if needed and engine.is_blank(getattr(item, key))]
    if missing:
        more = f"等{len(missing)}项" if len(missing) > 2 else ""
        return f"✗ 缺{'、'.join(missing[:2])}{more}"
    for finding in findings:
        words = _SAID[finding.rule].format(
            label=finding.label, expected=finding.expected, value=finding.value
        )
        return finding.severity.sign + ("" if finding.severity is Severity.WARNING else " ") + words
    return "○ 待填" if stage is Stage.YEAR_END and engine.is_blank(item.actual) else "✓"
