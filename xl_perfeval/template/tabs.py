"""The sheets of a workbook in order: their identity, tab text and the project they belong to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from xl_perfeval.forms import names
from xl_perfeval.model import Project, Submission

HOME = "首页"
GUIDE = "填报说明"
FUNDS = "资金概况"
NARRATIVE = "报告文字"
FINDINGS = "校验结果"
CHARTS = "图表"
MARKS = "_标记"
LISTS = "_清单"
DRAFTS = "_底稿"
TEXTS = "_文字"
LOG = "_日志"
XLWINGS = "xlwings.conf"

LONGEST_TAB = 31
LONGEST_SHORT_NAME = 8

_REFUSED = re.compile(r"[\x00-\x1f\x7f'’\[\]:*?/\\：？！!“”\"《》（）()]|[\ud800-\udfff\ufffe\uffff]")
_YEAR = re.compile(r"^(?:19|20)\d{2}(?:[-—至](?:19|20)?\d{2})?年?度?")
_REGION = re.compile(r"^(?:省级|市级|区级|县级|镇级|乡级|中央|本级)")
_ENDING = re.compile(r"(?:专项|扶持|补助|补贴|奖励|奖补|引导|立项)*(?:资金|经费)$")
_LEFTOVER = re.compile(r"(?:项目立项|专项|立项|项目)$")


@dataclass(frozen=True, slots=True)
class Tab:
    """One sheet. `id` is its identity in `PE_GO_<id>` and in `FIND_SHEET`; renaming the tab does not change it."""

    id: str
    text: str
    kind: str
    """`home`, `guide`, `funds`, `matrix`, `scoring`, `narrative`, `findings`, `charts`, or `hidden`."""
    project: Project | None = None
    number: int = 0
    """Place of the project in 资金概况, from 1."""

    @property
    def go(self) -> str:
        """The workbook name that links to this sheet lead to, so that they follow a renamed tab."""
        return names.go(self.id)


def plan(submission: Submission) -> list[Tab]:
    """All sheets of a submission's workbook, hidden ones last, with unique legal tab texts."""
    taken: set[str] = set()
    tabs = [
        Tab("HOME", _unique(HOME, taken), "home"),
        Tab("GUIDE", _unique(GUIDE, taken), "guide"),
        Tab("FUNDS", _unique(FUNDS, taken), "funds"),
    ]
    fixed = (NARRATIVE, FINDINGS, CHARTS, MARKS, LISTS, DRAFTS, TEXTS, LOG, XLWINGS)
    taken.update(text.casefold() for text in fixed)
    kinds = [("matrix", "项目", "P"), ("scoring", "自评", "SE")]
    for kind, word, prefix in kinds:
        if not submission.edition.has(kind):
            continue
        for number, project in enumerate(submission.projects, start=1):
            short = short_name(project.name)
            text = f"{word}{number}_{short}" if short else f"{word}{number}"
            tabs.append(Tab(f"{prefix}_{number}", _unique(text, taken), kind, project, number))
    return [
        *tabs,
        Tab("NARRATIVE", NARRATIVE, "narrative"),
        Tab("FINDINGS", FINDINGS, "findings"),
        Tab("CHARTS", CHARTS, "charts"),
        *(Tab(f"HIDDEN_{place}", text, "hidden") for place, text in enumerate(fixed[3:], start=1)),
    ]


def of_kind(tabs: Iterable[Tab], kind: str) -> list[Tab]:
    """The sheets of one kind, in order."""
    return [tab for tab in tabs if tab.kind == kind]


def short_name(name: object) -> str:
    """A project's name as its tab and the charts show it, at most eight characters.

    Without leading year and region, without the endings 经费, 专项资金, 扶持资金 and the like:
    “2020年区级科技计划项目立项扶持资金” → “科技计划”. May be empty.
    """
    text = _REFUSED.sub("", name if isinstance(name, str) else "").strip()
    short = text
    for pattern in (_YEAR, _REGION, _ENDING, _LEFTOVER):
        short = pattern.sub("", short).strip()
    return (short or text)[:LONGEST_SHORT_NAME].strip(" -_")


def _unique(text: str, taken: set[str]) -> str:
    """The text, or with a number behind it; tabs differ in more than letter case."""
    text = text[:LONGEST_TAB]
    number = 1
    while text.casefold() in taken:
        number += 1
        mark = f"_{number}"
        text = text.removesuffix(f"_{number - 1}" if number > 2 else "")[: LONGEST_TAB - len(mark)] + mark
    taken.add(text.casefold())
    return text
