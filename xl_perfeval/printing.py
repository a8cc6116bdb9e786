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
from xl_perfeval.model import Confirmation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from xl_perfeval.actions import DraftedReport, TakenReport, Touched
    from xl_perfeval.checked import Checked
    from xl_perfeval.findings import Finding
    from xl_perfeval.model import Edition, Evidence, Scoring
    from xl_perfeval.rules import Rule
    from xl_perfeval.writing import Written

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


# --- changes ------------------------------------------------------------------------------------------


def changes(touched: Touched, *, columns: int = 80) -> str:
    """What a check changed in the file, each repair with its cell, before and after, and where the old file is."""
    lines: list[str] = []
    if touched.repairs:
        lines.append(f"自动修正了 {len(touched.repairs)} 处：")
    for repair in touched.repairs:
        text = f"{_content(repair.before)} → {_content(repair.after)}"
        lines += wrapped(text, columns, f"  {repair.at.sheet}!{repair.at.cell}  ", "      ")
    if touched.written is not None:
        lines += wrapped(_written(touched.checked.file, touched.written, bool(touched.backup)), columns)
    elif not touched.repairs:
        lines.append("没有可以自动修正的，文件没有改动。")
    if touched.backup is not None:
        lines += wrapped(f"改动以前的文件：{touched.backup}", columns)
    return "\n".join(lines) + "\n"


def drafted(file: str, drafted: DraftedReport, *, columns: int = 80) -> str:
    """What generating the report changed in the workbook, what is left to decide there, and where the old file is."""
    from xl_perfeval.narrative.redrafting import UNCHANGED

    made = drafted.redrafted
    if drafted.backup is None:
        lines = wrapped("“报告文字”和上次一样，工作簿没有改动。", columns)
    else:
        done = "正文没有变化，只更新了“来源”等栏" if made.counts == UNCHANGED else made.counts
        lines = wrapped(f"“报告文字”已写入“{file}”：{done}。", columns)
    unclear = "”“".join(dict.fromkeys(words for _, words in made.unclear))
    todo = (
        (made.conflicts, "有新稿待选的段，请在“采用”列选“采用新稿”或“保留我的”，再运行一次。"),
        (made.unclear, f"“采用”列里的“{unclear}”看不懂，没有照办；请从下拉中选，不用的清空。"),
        (made.merged, "合并的段，新数字已换进您的文字，请核对；核对后清空“采用”列的“请核对”。"),
        (made.ended, "变灰的段，系统不再起草；还要用的，请在“采用”列选“保留我的”，不用的请清空。"),
    )
    for ids, sentence in todo:
        if ids:
            lines += wrapped(sentence, columns, "  ")
    if drafted.backup is not None:
        lines += wrapped(f"改动以前的文件：{drafted.backup}", columns)
    return "\n".join(lines) + "\n"


def taken_back(file: str, document: str, taken: TakenReport, *, columns: int = 80) -> str:
    """What came back from Word into the workbook, what is left to decide there, and what could not be placed."""
    made = taken.taken
    if taken.backup is None:
        lines = wrapped(f"“{document}”：{made.counts}。工作簿没有改动。", columns)
    else:
        lines = wrapped(f"“{document}”的修改已写入“{file}”的“报告文字”：{made.counts}。", columns)
    todo = (
        (made.conflicts, "要您选择的段，两边都改了：正文没有动，Word 里的放在“系统新稿”，请在“采用”列选“采用新稿”或“保留我的”，再运行 perfeval report。"),
        (made.merged, "其中有的段“报告文字”里后来也改过，两边的修改已合在一起，请核对；核对后清空“采用”列的“请核对”。"),
        (taken.has_notes, "文档里的批注和脚注没有取回。"),
    )  # fmt: skip
    for there, sentence in todo:
        if there:
            lines += wrapped(sentence, columns, "  ")
    if made.unplaced:
        lines.append("放不回去的：")
    for number, each in enumerate(made.unplaced, start=1):
        lines += wrapped(f"“{_beginning(each.text)}”", columns, f"{number:>3}  ", "     ")
        lines += wrapped(each.why, columns, "     → ", "       ")
    if taken.backup is not None:
        lines += wrapped(f"改动以前的文件：{taken.backup}", columns)
    return "\n".join(lines) + "\n"


def _beginning(text: str) -> str:
    """A text, or enough of it to find it again."""
    one_line = text.replace("\n", " ")
    return one_line if len(one_line) <= _QUOTED else f"{one_line[:_QUOTED]}……"


_QUOTED = 120


def _written(file: str, written: Written, changed: bool) -> str:
    if not changed:
        return "和上次校验的结果一样，文件没有改动。"
    return f"校验结果已写入“{file}”：{written.status}。"


def _content(value: object) -> str:
    """What a cell holds, text in quotes."""
    if value is None:
        return "（空）"
    return f"“{value}”" if isinstance(value, str) else str(value)


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
    return [("分值", _weights_said(edition)), ("等级", _grades_said(scoring))]


def _weights_said(edition: Edition) -> str:
    scoring = edition.scoring
    if scoring is None:
        return "不评分"
    groups = [
        f"{group.name} {_number(group.weight)}{'' if group.required else '（可以没有）'}"
        for group in scoring.groups
        if group.weight is not None
    ]
    return "，".join(
        [
            f"预算执行率 {_number(scoring.execution_weight)}",
            *(groups or [f"各项指标合计 {_number(scoring.indicators_weight)}"]),
        ]
    )


def _grades_said(scoring: Scoring) -> str:
    grades = [f"{word} {_number(bound)} 分以上" for word, bound in scoring.grades if bound]
    return "，".join(grades + [f"以下为{word}" for word, bound in scoring.grades if not bound])


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


def editions_markdown(forms: Sequence[Edition], default: str) -> str:
    """The editions as one Markdown document: every number, how sure it is, and by what."""
    head = [
        "# 表样",
        "",
        f"共 {len(forms)} 种，默认 `{default}`。新建时用 `perfeval new 表.xlsx --edition 表样` 选择。",
    ]
    about = [f"{each.label}（{_STATUS[each.value]}）" for each in Confirmation]
    head += ["", f"数字的依据分三等：{'、'.join(about)}。", ""]
    head += ["| 表样 | 分值 | 反向指标 | 定性档次 | 没有证实的 |", "| --- | --- | --- | --- | --- |"]
    head += [_in_overview(edition) for edition in forms]
    return "\n".join(head) + "\n" + "".join(map(_edition_markdown, forms))


_STATUS = {
    "confirmed": "印在公开的表上或文件里",
    "corroborated": "没有印出来，但真实的表或预算管理系统这样做",
    "unconfirmed": "借自别处或只有转述，用前请与当地财政核对",
}


def _in_overview(edition: Edition) -> str:
    said = dict(_numbers(edition))
    open_ = [row.label or row.about for row in _evidence(edition) if row.status == "unconfirmed"]
    cells = (
        said["weights"],
        said.get("reverse", "—"),
        said.get("bands", "—"),
        "、".join(open_) or "—",
    )
    return f"| [{edition.id}](#{edition.id}) | {' | '.join(map(_cell, cells))} |"


def _edition_markdown(edition: Edition) -> str:
    evidence = {row.about: row for row in _evidence(edition)}
    evidence |= {about: evidence["layout"] for about in _OF_LAYOUT if "layout" in evidence}
    if edition.scoring is None:
        evidence["weights"] = evidence["layout"]
    lines = [
        "",
        f"## {edition.id}",
        "",
        _markdown(edition.title) + "。",
        "",
        f"依据：{_markdown(edition.basis)}。",
        "",
        "| 内容 | 规定 | 状态 | 依据 |",
        "| --- | --- | --- | --- |",
    ]
    for about, text in _numbers(edition):
        row = evidence.get(about)
        sure, by = (row.status.label, _cell(row.by)) if row else ("—", "—")
        lines.append(f"| {_LABELS[about]} | {_cell(text)} | {sure} | {by} |")
    return "\n".join(lines) + "\n"


_LABELS = {
    "layout": "指标各栏",
    "money": "资金各栏",
    "texts": "文字各行",
    "weights": "分值",
    "splits": "一级指标的分值分配",
    "groups": "必须有的一级指标",
    "bands": "定性指标档次",
    "reverse": "反向指标",
    "satisfaction": "满意度赋分",
    "ladder": "超额完成扣分",
    "grades": "等级",
    "execution_floor": "执行率",
    "unspent_share": "结余",
    "over_fulfilment": "超额完成",
    "limits": "字数限制",
    "severities": "改变轻重的规则",
}
_OF_LAYOUT = ("money", "texts")
"""Printed on the form like its columns."""
_SCORED = ("weights", "splits", "bands", "reverse", "satisfaction", "ladder", "grades")
"""Of no concern to an edition without scores, even when its parent has them."""


def _evidence(edition: Edition) -> list[Evidence]:
    """What is said about the numbers that the edition really uses."""
    used = {about for about, _ in _numbers(edition)}
    found = [row for row in edition.evidence if row.about in used]
    return [row for row in found if edition.scoring or row.about not in _SCORED]


def _numbers(edition: Edition) -> Iterator[tuple[str, str]]:
    """Every group of numbers in words, by the key that evidence names it with."""
    table = edition.table("scoring" if edition.has("scoring") else "matrix")
    yield "layout", "│".join(field.label for field in table.fields)
    if edition.frame:
        rows = "、".join((edition.frame.fund_total, *edition.frame.sources))
        yield "money", "│".join(each.label for each in edition.frame.money) + f"；各行：{rows}"
        if edition.frame.texts:
            yield "texts", "、".join(each.label.replace("\n", "") for each in edition.frame.texts)
    yield "weights", _weights_said(edition)
    if edition.groups:
        yield "groups", "、".join(group.name for group in edition.groups if group.required)
    if edition.scoring:
        yield from _scored(edition.scoring)
    limits = edition.thresholds
    yield "execution_floor", f"低于 {_percent(limits.execution_floor)} 要写原因"
    yield "unspent_share", f"超过 {_percent(limits.unspent_share)} 请核对"
    yield "over_fulfilment", f"达到目标的 {_percent(limits.over_fulfilment)} 请说明"
    if edition.limits:
        yield "limits", "，".join(f"{_place(edition, key)} {most} 字" for key, most in edition.limits.items())
    if edition.severities:
        words = {severity.value: severity.label for severity in Severity}
        yield "severities", "，".join(f"{code} {words[new]}" for code, new in edition.severities.items())


def _scored(scoring: Scoring) -> Iterator[tuple[str, str]]:
    splits = [
        "、".join(f"{name.removesuffix('指标')} {_number(weight)}" for name, weight in split.items())
        for split in scoring.splits
    ]
    yield "splits", "；".join(splits) or "不规定"
    bands = (f"{word} {_percent(high)}～{_percent(low)}" for word, low, high in scoring.bands)
    also = "、".join(f"“{word}”同“{band}”" for word, band in scoring.synonyms.items())
    yield "bands", "，".join(bands) + (f"；{also}" if also else "")
    yield "reverse", _REVERSE[scoring.reverse]
    if scoring.satisfaction:
        rows = scoring.satisfaction.intervals
        steps = [f"{_number(lowest)}% 以上得 {_percent(share)}" for lowest, share in rows if share]
        yield "satisfaction", "，".join([*steps, "再低不得分"])
    if scoring.ladder:
        steps = [f"达到 {_percent(lowest)} 扣 {_percent(off)}" for lowest, off in scoring.ladder.steps]
        yield "ladder", "，".join(steps) + ("" if scoring.ladder.applies else "（没有启用）")
    yield "grades", _grades_said(scoring)


_REVERSE = {
    "excess": "分值 ×（1 −（实际 − 目标）÷ 目标），超出一倍不得分",
    "ratio": "分值 × 目标 ÷ 实际（A÷B）",
}


def _place(edition: Edition, key: str) -> str:
    """Where a limit of length applies."""
    texts = {each.key: each.label for each in edition.frame.texts} if edition.frame else {}
    if key == "execution_reason":
        return "执行率原因"
    return texts[key] if key in texts else edition.table("scoring").field(key).label


def _cell(text: str) -> str:
    return _markdown(text).replace("\n", "")
