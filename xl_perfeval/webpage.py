"""Findings as one self-contained web page: no script, no network, prints on A4.

Opens by double click in any browser; the filter is plain anchor links (`:target`), so it needs no script.
"""

from __future__ import annotations

from html import escape
from importlib import resources
from itertools import groupby
from typing import TYPE_CHECKING

from xl_perfeval import __version__
from xl_perfeval.checked import counted
from xl_perfeval.findings import Severity, to_plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from xl_perfeval.checked import Checked
    from xl_perfeval.findings import Finding, Value

MARK = '<meta name="generator" content="xl_perfeval'
"""Stands in every page, so that the program knows its own pages again."""

_LONGEST_VALUE = 120


def page(files: Sequence[Checked]) -> str:
    """The whole page for one or several checked files, as HTML text."""
    total = {severity: sum(each.count(severity) for each in files) for severity in Severity}
    title = f"校验结果 {files[0].file}" if len(files) == 1 else f"校验结果（{len(files)} 个文件）"
    parts = [
        _HEAD.format(mark=MARK, version=_text(__version__), title=_text(title), style=_style()),
        *(f'<span class="filter" id="only-{severity.value}"></span>' for severity in Severity),
        _banner(files, total),
        "<main>",
        *([_contents(files)] if len(files) > 1 else []),
        *(_file(each, place, alone=len(files) == 1) for place, each in enumerate(files, start=1)),
        "</main>",
        f"<footer>{_text(f'xl_perfeval {__version__}')}　本页不含程序，可以直接打印或随邮件发送。</footer>",
        "</body></html>\n",
    ]
    return "\n".join(parts)


# --- parts --------------------------------------------------------------------------------------------


def _banner(files: Sequence[Checked], total: dict[Severity, int]) -> str:
    about = [*files[0].about, files[0].file] if len(files) == 1 else [f"{len(files)} 个文件"]
    links = "".join(
        f'<a class="chip {severity.value}" href="#only-{severity.value}">'
        f"<b>{_sign(severity)}</b>{severity.label} {total[severity]} 条</a>"
        for severity in Severity
    )
    return (
        f"<header><h1>校验结果</h1><p>{'<i></i>'.join(map(_text, about))}</p></header>\n"
        f'<nav><a class="chip all" href="#all">全部 {sum(total.values())} 条</a>{links}'
        "<span>点上面的级别，只看这一级；改完后请再校验一次。</span></nav>"
    )


def _contents(files: Sequence[Checked]) -> str:
    rows = "".join(
        f'<tr><td class="number">{place}</td><td><a href="#file-{place}">{_text(each.file)}</a></td>'
        f"<td>{_text('　'.join(each.about)) or '没有读出'}</td>"
        + "".join(
            f'<td class="number">{_amount(each.count(severity), severity)}</td>' for severity in Severity
        )
        + "</tr>"
        for place, each in enumerate(files, start=1)
    )
    heads = "".join(f'<th class="number">{severity.label}</th>' for severity in Severity)
    return (
        '<table class="contents"><thead><tr><th class="number">序号</th><th>文件</th><th>单位</th>'
        f"{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _amount(count: int, severity: Severity) -> str:
    return f'<b class="{severity.value}">{count}</b>' if count else "0"


def _file(checked: Checked, place: int, *, alone: bool) -> str:
    about = _text("　".join(checked.about))
    heading = "" if alone else f'<h2 id="file-{place}">{_text(checked.file)}<small>{about}</small></h2>'
    if not checked.findings:
        return f'{heading}<p class="clean"><b>✓</b>没有发现问题。{_text(counted({}))}。</p>'
    number = iter(range(1, len(checked.findings) + 1))
    groups = (_group(severity, checked.of(severity), number, place) for severity in Severity)
    clear = "" if checked.count(Severity.ERROR) else '<p class="clean"><b>✓</b>没有必须改的问题。</p>'
    return f"{heading}{clear}{''.join(groups)}"


def _group(severity: Severity, findings: Sequence[Finding], number: Iterator[int], place: int) -> str:
    if not findings:
        return ""
    bodies = "".join(
        f"<tbody>{_sheet_row(sheet)}{''.join(_row(each, next(number), place) for each in rows)}</tbody>"
        for sheet, rows in _by_sheet(findings)
    )
    return (
        f'<section class="{severity.value}"><h3 class="{severity.value}"><b>{_sign(severity)}</b>'
        f"{severity.label}<small>{len(findings)} 条，{_MEANING[severity]}</small></h3>"
        f'<table>{_COLUMNS}<thead><tr><th class="number">序号</th><th>位置</th><th>问题</th><th>怎么改</th>'
        f'<th>现在的内容</th><th class="number">规则号</th></tr></thead>{bodies}</table></section>'
    )


_MEANING = {
    Severity.ERROR: "改好后才能报送",
    Severity.WARNING: "请逐条核对，情况属实的写明情况说明",
    Severity.NOTICE: "供参考，不影响报送",
}


def _by_sheet(findings: Iterable[Finding]) -> Iterator[tuple[str, Iterator[Finding]]]:
    return groupby(findings, key=lambda finding: finding.at.sheet if finding.at else "")


def _sheet_row(sheet: str) -> str:
    return f'<tr class="sheet"><th colspan="6" scope="rowgroup">{_text(sheet) or "整个文件"}</th></tr>'


def _row(finding: Finding, number: int, place: int) -> str:
    severity = finding.severity
    return (
        f'<tr id="f-{place}-{number}"><td class="number">{number}</td>'
        f'<td class="{severity.value}"><b>{_sign(severity)} {severity.label}</b>{_place(finding)}</td>'
        f"<td>{_text(finding.problem)}</td><td>{_text(finding.remedy)}{_waived(finding)}</td>"
        f'<td class="value">{_value(finding)}</td><td class="number rule">{_text(finding.rule)}</td></tr>'
    )


def _place(finding: Finding) -> str:
    if finding.at is None:
        return ""
    beside = "　".join(_text(part) for part in (finding.label, finding.row_name) if part)
    return f"<code>{_text(finding.at.cell)}</code>" + (f"<small>{beside}</small>" if beside else "")


def _waived(finding: Finding) -> str:
    return f"<small>情况说明：{_text(finding.waived)}</small>" if finding.waived else ""


def _value(finding: Finding) -> str:
    shown = _shown(finding.value) or ("（空）" if finding.at and finding.rule.startswith("R1") else "")
    expected = (
        f"<small>应为 {_text(_shown(finding.expected))}</small>" if finding.expected is not None else ""
    )
    return f"{_text(shown)}{expected}"


def _shown(value: Value) -> str:
    text = "" if value is None else str(to_plain(value))
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"


def _sign(severity: Severity) -> str:
    return _text(severity.sign)


def _text(value: str | None) -> str:
    """Text as HTML, line breaks kept, control characters shown as a box."""
    plain = "".join(c if c >= " " or c in "\n\t" else "\ufffd" for c in value or "")
    return escape(plain).replace("\n", "<br>")


def _style() -> str:
    return resources.files("xl_perfeval").joinpath("webpage.css").read_text(encoding="utf-8")


_COLUMNS = (
    '<colgroup><col style="width:4%"><col style="width:19%"><col style="width:27%">'
    '<col style="width:29%"><col style="width:15%"><col style="width:6%"></colgroup>'
)

_HEAD = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
{mark} {version}">
<title>{title}</title>
<style>{style}</style></head>
<body id="all">"""
