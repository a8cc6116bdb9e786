"""Findings, rules and editions as plain text for a terminal, and the rules as Markdown.

Lines fit the width asked for, a Chinese character counting two columns. Colour is the caller's choice.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from xl_perfeval.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from xl_perfeval.checked import Checked
    from xl_perfeval.findings import Finding
    from xl_perfeval.model import Edition
    from xl_perfeval.rules import Rule

TOPICS = {
    "F": "文件和表样",
    "R": "填写完整",
    "M": "金额",
    "T": "目标",
    "A": "完成情况与目标",
    "S": "评分",
    "C": "各表之间",
    "N": "文字与表格",
}
"""Groups of rules, by the first letter of their code."""

COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.NOTICE: "34"}
_BOLD = "1"


def coloured(text: str, code: str) -> str:
    """Text in a terminal colour."""
    return f"\x1b[{code}m{text}\x1b[0m"


def plain(text: str, code: str) -> str:  # noqa: ARG001 - the shape of `coloured`
    """Text as it is."""
    return text


# --- widths -------------------------------------------------------------------------------------------


def width(text: str) -> int:
    """Columns that a text takes on a terminal; characters of doubtful width count as two."""
    return sum(_columns(character) for character in text)


def wrapped(text: str, columns: int, first: str = "", rest: str | None = None) -> list[str]:
    """Text in lines of at most so many columns, after `first` and then `rest` (blanks of the same width)."""
    rest = " " * width(first) if rest is None else rest
    lines: list[str] = []
    for part in text.split("\n"):
        line = rest if lines else first
        used = width(line)
        start = used
        for piece in _PIECES.findall(part):
            wide = width(piece)
            if used + wide > columns and used > start:
                lines.append(line.rstrip())
                line, used = rest, width(rest)
                start, piece = used, piece.lstrip(" ")
                wide = width(piece)
            line += piece
            used += wide
        lines.append(line.rstrip())
    return lines


# Where a line may break: after a run of Latin text, or between Chinese characters, but never before
# closing or after opening punctuation.
_PIECES = re.compile(
    r"[“‘（《【「(]*(?:[!-'*-~À-ɏ]{1,40}(?:[亿万]?[元年月日项条个场次]|[亿万])?|[^“‘（《【「(]|$)[，。；：、！？”’）》】」)…%]*|[“‘（《【「(]+"
)


def _columns(character: str) -> int:
    if character < "\x7f":
        return 1
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F", "A"} else 1


# --- findings -----------------------------------------------------------------------------------------


def findings(checked: Checked, *, columns: int = 80, paint: Callable[[str, str], str] = plain) -> str:
    """One file's findings: a headline, groups by severity, and the counts."""
    lines = [paint("　".join((checked.file, *checked.about)), _BOLD)]
    number = 0
    for severity in Severity:
        found = checked.of(severity)
        if not found:
            continue
        lines += ["", paint(f"{severity.sign} {severity.label}（{len(found)} 条）", COLOURS[severity])]
        for finding in found:
            number += 1
            lines += _finding(finding, number, columns, paint)
    lines += ["", paint(checked.counts if checked.findings else f"没有发现问题。{checked.counts}", _BOLD)]
    return "\n".join(lines) + "\n"


def one_line(finding: Finding) -> str:
    """A finding in one line: sign, place, problem."""
    place = f"{finding.at.sheet}!{finding.at.cell}　" if finding.at else ""
    return f"{finding.severity.sign} {place}{finding.problem}"


def _finding(finding: Finding, number: int, columns: int, paint: Callable[[str, str], str]) -> Iterator[str]:
    margin = " " * 5
    place = f"{finding.at.sheet}!{finding.at.cell}" if finding.at else "整个文件"
    beside = [place, *(part for part in (finding.label, finding.row_name) if part), finding.rule]
    colour = COLOURS[finding.severity]
    head = wrapped("  ".join(beside), columns, f"{number:>3}  ", margin)
    yield from (paint(line, colour) for line in head)
    yield from wrapped(finding.problem, columns, margin)
    yield from wrapped(finding.remedy, columns, f"{margin}→ ", f"{margin}  ")
    if finding.waived:
        yield from wrapped(f"情况说明：{finding.waived}", columns, margin)


# --- rules --------------------------------------------------------------------------------------------


def catalogue(rules: Mapping[str, Rule], *, columns: int = 80) -> str:
    """All rules by topic, one line each."""
    lines: list[str] = []
    for topic, group in _by_topic(rules):
        lines += ["", f"{topic}  {TOPICS.get(topic, topic)}"]
        for rule in group:
            lines += wrapped(rule.title, columns, f"  {rule.code}  {rule.severity.sign} ")
    signs = "，".join(f"{severity.sign} {severity.label}" for severity in Severity)
    return "\n".join([*lines[1:], "", f"{signs}。看一条的说明：perfeval rules 规则号", ""])


def rule_page(rule: Rule, example: Finding | None, *, columns: int = 80) -> str:
    """One rule explained."""
    severity = rule.severity
    lines = [
        *wrapped(rule.title, columns, f"{rule.code}  "),
        f"      {severity.sign} {severity.label}　{TOPICS.get(rule.topic, '')}",
        "",
        *(line for part in _paragraphs(rule.explanation) for line in (*wrapped(part, columns), "")),
    ]
    if example:
        lines += wrapped(example.problem, columns, "例    ")
        lines += [*wrapped(example.remedy, columns, "    → "), ""]
    if rule.basis:
        lines += wrapped(rule.basis, columns, "依据  ")
    return "\n".join(lines) + "\n"


def catalogue_markdown(rules: Mapping[str, Rule], examples: Mapping[str, Finding]) -> str:
    """All rules as one Markdown document: how to read it, a table of all, then a page each."""
    lines = ["# 校验规则", "", *_introduction(rules), "", "| 规则 | 级别 | 查出什么 |", "|---|---|---|"]
    for rule in rules.values():
        level = f"{rule.severity.sign} {rule.severity.label}"
        lines.append(f"| [{rule.code}](#{rule.code.lower()}) | {level} | {_markdown(rule.title)} |")
    for topic, group in _by_topic(rules):
        lines += ["", f"## {topic} {TOPICS.get(topic, '')}"]
        for rule in group:
            anchor = f'<a id="{rule.code.lower()}"></a>'
            lines += ["", anchor, "", rule_markdown(rule, examples.get(rule.code), level=3).rstrip()]
    return "\n".join(lines) + "\n"


def rule_markdown(rule: Rule, example: Finding | None, *, level: int = 1) -> str:
    """One rule as Markdown: title, severity, explanation, when it is asked, basis, what it says."""
    lines = [
        f"{'#' * level} {rule.code} {_markdown(rule.title)}",
        "",
        f"**{rule.severity.sign} {rule.severity.label}** · `{rule.slug}`"
        + (f" · 依据：{_markdown(rule.basis)}" if rule.basis else ""),
    ]
    for part in (*_paragraphs(rule.explanation), _asked(rule)):
        lines += ["", _markdown(part)] if part else []
    if example:
        lines += ["", f"> {_markdown(example.problem)}  ", f"> → {_markdown(example.remedy)}"]
    return "\n".join(lines) + "\n"


def _introduction(rules: Mapping[str, Rule]) -> Iterator[str]:
    counts = Counter(rule.severity for rule in rules.values())
    numbers = "，".join(f"{severity.label} {counts[severity]} 条" for severity in Severity)
    yield f"共 {len(rules)} 条：{numbers}。每条写明查出什么、为什么查、依据，并附一个实例：问题怎么说，怎么改。"
    yield ""
    for severity in Severity:
        yield f"- {severity.sign} {severity.label}：{_MEANINGS[severity]}"
    yield ""
    yield "个别情形的级别可以与所列的不同，表样也可以另定。本页由 `perfeval rules --markdown` 生成，请勿手改。"


_MEANINGS = {
    Severity.ERROR: "确定有错或漏填，改好才能报送。",
    Severity.WARNING: "多半有问题，请改正，或写明情况说明后保留。",
    Severity.NOTICE: "不影响报送，看过即可。",
}


def _asked(rule: Rule) -> str:
    """When a rule is not asked, and what it makes superfluous."""
    parts = [
        "目标申报阶段不查。" if rule.after_year else "",
        "只在报送前检查。" if rule.sending else "",
        f"查出这一条时，同一格不再报 {'、'.join(rule.hides)}。" if rule.hides else "",
    ]
    return "".join(parts)


def _by_topic(rules: Mapping[str, Rule]) -> Iterator[tuple[str, Iterator[Rule]]]:
    return groupby(rules.values(), key=lambda rule: rule.topic)


def _paragraphs(text: str) -> list[str]:
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip()]


def _markdown(text: str) -> str:
    return re.sub(r"([\\`*_<>|\[\]])", r"\\\1", text)


# --- editions -----------------------------------------------------------------------------------------


def editions(forms: Sequence[Edition], default: str, *, columns: int = 80) -> str:
    """The editions that ship: weights, grades, thresholds, and where they come from."""
    blocks = ["\n".join(_edition(edition, edition.id == default, columns)) for edition in forms]
    return "\n\n".join(blocks) + "\n"


def _edition(edition: Edition, is_default: bool, columns: int) -> Iterable[str]:
    yield f"{edition.id}（默认）" if is_default else edition.id
    about = [("名称", edition.title), ("依据", edition.basis), *_weights(edition), *_thresholds(edition)]
    for label, text in about:
        yield from wrapped(text, columns, f"  {label}  ")


def _weights(edition: Edition) -> list[tuple[str, str]]:
    scoring = edition.scoring
    if scoring is None:
        return [("分值", "不评分")]
    groups = [
        f"{group.name} {_number(group.weight)}{'' if group.required else '（可以没有）'}"
        for group in scoring.groups
    ]
    grades = [f"{word} {_number(bound)} 分以上" for word, bound in scoring.grades if bound]
    return [
        ("分值", "，".join([f"预算执行率 {_number(scoring.execution_weight)}", *groups])),
        ("等级", "，".join(grades + [f"以下为{word}" for word, bound in scoring.grades if not bound])),
    ]


def _thresholds(edition: Edition) -> list[tuple[str, str]]:
    limits = edition.thresholds
    text = (
        f"执行率低于 {_percent(limits.execution_floor)} 要写原因，"
        f"结余超过 {_percent(limits.unspent_share)} 请核对，"
        f"完成数超过目标的 {_percent(limits.over_fulfilment)} 请说明"
    )
    return [("界限", text)]


def _percent(share: object) -> str:
    return f"{float(str(share)):.0%}"


def _number(value: object) -> str:
    return f"{float(str(value)):g}"
