"""What the program's own sheets say: the texts and formulas that the template builds and a check writes again.

校验结果 lists the findings, _标记 holds one formula per marked cell, 首页 counts them. A formula stands here once,
together with the value it shows, so that a new workbook and a checked one agree to the letter.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from xl_perfeval.findings import TRUE_AS_IS, Finding, Severity
from xl_perfeval.forms import lines, names
from xl_perfeval.model import CellError, CellValue

UNHANDLED = "未处理"
"""Word of the 处理 column at first."""
WIDTHS = {"problem": 42.0, "remedy": 46.0, "value": 19.0, "explanation": 24.0}
"""Widths, in characters, of the columns of 校验结果 that decide how high a row is."""
WHOLE_FILE = "整个文件"
GONE = "（该行已删除）"
"""What 位置 says when there is no such row any more."""
_SHOWN_VALUE = 36


def quoted(tab: str) -> str:
    """A tab as formulas write it: always in quotes, quotes inside doubled."""
    return "'" + tab.replace("'", "''") + "'"


def literal(text: str) -> str:
    """A text inside a formula: in double quotes, those inside doubled."""
    return '"' + text.replace('"', '""') + '"'


# --- marks --------------------------------------------------------------------------------------------


def mark_formula(tab: str, marked: str, text_cell: str) -> str:
    """The formula of one mark: the address of a cell while it holds the text in `text_cell`."""
    target = f"{quoted(tab)}!{marked}"
    return f'=IF(EXACT({target}&"",{text_cell}),ADDRESS(ROW({target}),COLUMN({target}),4),"")'


def marked_cells(findings: Iterable[Finding]) -> dict[str, dict[Severity, list[str]]]:
    """Cells to mark, by tab text and severity, each once. A finding about a block marks its first cell."""
    cells: dict[str, dict[Severity, dict[str, None]]] = {}
    for finding in findings:
        if finding.at is not None and finding.at.cell:
            first = finding.at.cell.partition(":")[0].replace("$", "")
            cells.setdefault(finding.at.sheet, {}).setdefault(finding.severity, {})[first] = None
    return {tab: {severity: list(found) for severity, found in by.items()} for tab, by in cells.items()}


CHECK_WORDS = {
    "missing": "✗ 漏填",
    "unread": "✗ 不是金额",
    Severity.ERROR: "✗ 必须改",
    Severity.WARNING: "！请核对",
    "pending": "○ 待填",
    "passed": "✓",
}
"""What 检查 says of a row, the most pressing first."""
LINK_SIGNS = {Severity.ERROR: "✗ ", Severity.WARNING: "！"}
"""Before the link of a row with a mark, so that it is seen in black and white too."""


def shown_text(value: object) -> str:
    """A cell's content as `cell&""` gives it: numbers with up to 15 digits, dates as their day number."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return format(Decimal(f"{value:.15g}"), "f")
    if isinstance(value, date):
        start = date(1899, 12, 30)
        return str(((value.date() if isinstance(value, datetime) else value) - start).days)
    return str(value)


# --- rows of 校验结果 -----------------------------------------------------------------------------------


def place_formula(tab: str, marked: str) -> str:
    """A link to a cell that follows inserted rows; when the row is gone it says so."""
    sheet = quoted(tab)
    target = f"{sheet}!{marked}"
    address = f"ADDRESS(ROW({target}),COLUMN({target}),4)"
    return (
        f"=IFERROR(HYPERLINK({literal('#' + sheet + '!')}&{address},{literal(tab + '！')}&{address}),"
        f"{literal(GONE)})"
    )


def place(finding: Finding, sheets: Mapping[str, str]) -> tuple[str | None, str]:
    """Formula of the 位置 column and what it shows; no formula where there is no cell to go to.

    `sheets` are the identities of the sheets that a finding may be about, by tab text.
    """
    if finding.at is None:
        return None, WHOLE_FILE
    if finding.at.sheet not in sheets:
        return None, f"{finding.at.sheet}！{finding.at.cell}"
    first = finding.at.cell.partition(":")[0]
    return place_formula(finding.at.sheet, first), f"{finding.at.sheet}！{first}"


def row_of(number: int, finding: Finding, sheets: Mapping[str, str]) -> dict[str, CellValue]:
    """What a row of 校验结果 holds, by column, but for 位置, 处理 and 情况说明."""
    return {
        "number": number,
        "level": level_text(finding.severity),
        "problem": finding.problem,
        "remedy": finding.remedy,
        "value": shown_value(finding),
        "rule": finding.rule,
        "key": finding.key,
        "sheet": sheets.get(finding.at.sheet) if finding.at else None,
    }


def unhandled(finding: Finding) -> str | None:
    """What the 处理 column says before anybody chose."""
    return UNHANDLED if finding.severity is not Severity.NOTICE else None


def level_text(severity: Severity) -> str:
    """Sign and word of the 级别 column: ✗ 必须改, ！请核对, i 提示."""
    return severity.sign + ("" if severity is Severity.WARNING else " ") + severity.label


def listed(findings: Sequence[Finding], rows: int) -> Sequence[Finding]:
    """The findings there is room for; when there are more, the last row says how many."""
    return findings if len(findings) <= rows else findings[: rows - 1]


def more(count: int) -> dict[str, CellValue]:
    """The last row when `count` findings have no room."""
    return {"level": "…", "problem": f"还有 {count} 条，见网页版。"}


def shown_value(finding: Finding) -> str:
    """The content that was checked, cut to what a glance takes in."""
    value = finding.value
    if value is None or value == "":
        return "（空）"
    text = value.code if isinstance(value, CellError) else shown_text(value)
    return text if len(text) <= _SHOWN_VALUE else text[: _SHOWN_VALUE - 1] + "…"


def row_height(row: Mapping[str, object]) -> float:
    """Estimated height of a row in points; Excel allows at most 409."""
    most = 1
    for key, width in WIDTHS.items():
        text = row.get(key)
        if isinstance(text, str):
            most = max(most, lines.count(text, width))
    return min(409.0, max(32.0, most * 15.0 + 9))


# --- summary line -------------------------------------------------------------------------------------

NOT_YET = "还没有校验。填好、保存以后校验，发现的问题会列在这里；怎样校验，见“填报说明”。"
ADVICE = "　｜　点“位置”跳到单元格；改好以后，格子上的颜色会自动消失。"


@cache
def summary_formula() -> str:
    """The summary line of 校验结果."""
    parts = '&"　"&'.join(f'"{severity.label} "&{_count(severity)}&" 条"' for severity in Severity)
    time = names.FINDINGS_TIME
    return (
        f'=IF(AND({time}="",COUNTA({names.FINDINGS["key"]})=0),"{NOT_YET}",{parts}'
        f'&IF({time}="","","　｜　校验时间 "&{time})&"{ADVICE}")'
    )


def summary(findings: Iterable[Finding], time: str = "") -> str:
    """What the summary line shows for the findings that are listed."""
    counts = dict.fromkeys(Severity, 0)
    for finding in findings:
        counts[finding.severity] += 1
    if not time and not any(counts.values()):
        return NOT_YET
    when = f"　｜　校验时间 {time}" if time else ""
    return "　".join(f"{severity.label} {count} 条" for severity, count in counts.items()) + when + ADVICE


def _count(severity: Severity) -> str:
    return f'COUNTIF({names.FINDINGS["level"]},"{severity.sign}*")'


# --- what other formulas show once findings are written ---------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """The formulas of 首页 and of the summary line that read 校验结果, and what they show for its findings."""

    findings: Sequence[Finding]
    """Those that are listed; `waived` is set on those kept with a 情况说明."""
    settled: frozenset[str]
    """Keys of those whose 处理 is 情况属实."""
    sheets: Mapping[str, str]
    """Identity of a sheet by tab text."""
    time: str
    _counts: Counter[Any] = field(default_factory=Counter[Any])
    """By sign; by sheet and sign; by sheet, sign and `True` for those that are settled."""

    def __post_init__(self) -> None:
        for finding in self.findings:
            sign = finding.severity.sign
            sheet = self.sheets.get(finding.at.sheet) if finding.at else None
            self._counts.update((sign, (sheet, sign)))
            if finding.key in self.settled:
                self._counts[sheet, sign, True] += 1

    def results(self, formulas: Mapping[str, str], now: Callable[[str], CellValue]) -> dict[str, CellValue]:
        """New results of those formulas of a sheet that read 校验结果, by address.

        `formulas` are all formulas of the sheet; `now` tells what another cell of it shows.
        """
        found: dict[str, CellValue] = {}
        for address, formula in formulas.items():
            if "FIND_" in formula and (result := self._counted(formula)) is not None:
                found[address] = result
        for address, formula in formulas.items():
            if formula.startswith("=IF($") and (result := self._worded(formula, found, now)) is not None:
                found[address] = result
        return found

    def _counted(self, formula: str) -> CellValue:
        if _SUMMARY.fullmatch(formula):
            return summary(self.findings, self.time)
        if match := _CARD.fullmatch(formula):
            return f"{self._counts[match[1]]} 条"
        if match := _ON_SHEET.fullmatch(formula):
            sheet, sign, unsettled = match.groups()
            return self._counts[sheet, sign] - (self._counts[sheet, sign, True] if unsettled else 0)
        return None

    def _worded(
        self, formula: str, found: Mapping[str, CellValue], now: Callable[[str], CellValue]
    ) -> CellValue:
        match = _FOUND.fullmatch(formula) or _STATE.fullmatch(formula)
        if match is None:
            return None
        errors, warnings = (found.get(match[key].replace("$", "")) for key in ("k", "l"))
        share = now(match["j"].replace("$", ""))
        if not isinstance(errors, int) or not isinstance(warnings, int):
            return None
        blank = not isinstance(share, int | float)
        if match.re is _FOUND:
            if blank:
                return ""
            return f"✗ {errors}　！ {warnings}" if errors + warnings else "✓ 无"
        if blank:
            return "—"
        if errors:
            return "需修改"
        return "填写中" if share < 1 else "请核对" if warnings else "已完成"


_LEVEL, _SHEET, _HANDLING = (names.FINDINGS[key] for key in ("level", "sheet", "handling"))
_SUMMARY = re.compile(re.escape(summary_formula()).replace(re.escape(NOT_YET), '[^"]*'))
"""With any words for “not yet”: earlier versions had others."""
_CARD = re.compile(rf'=COUNTIF\({_LEVEL},"([✗！i])\*"\)&" 条"')
_ON_SHEET = re.compile(rf'=COUNTIFS\({_SHEET},"(\w+)",{_LEVEL},"([✗！])\*"(,{_HANDLING},"<>{TRUE_AS_IS}")?\)')
_CELL = r"\$?[A-Z]{1,3}[0-9]{1,7}"
_J, _K, _L = (rf"(?P<{name}>{_CELL})" for name in "jkl")
_FOUND = re.compile(
    rf'=IF\({_J}="","",IF\({_K}\+{_L}>0,"✗ "&(?P=k)&"　！ "&(?P=l),'
    rf'IF\(OR\({names.FINDINGS_TIME}<>"",COUNTA\({names.FINDINGS["key"]}\)>0\),"✓ 无","—"\)\)\)'
)
_STATE = re.compile(
    rf'=IF\({_J}="","—",IF\({_K}>0,"需修改",IF\((?P=j)<1,"填写中",IF\({_L}>0,"请核对","已完成"\)\)\)\)'
)
