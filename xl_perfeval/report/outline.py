"""What a template may say: the placeholders of an edition, and the template that the program brings along."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING

from xl_perfeval.report import layout
from xl_perfeval.report.markup import paragraph

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xl_perfeval.model import Edition, Heading

TITLE = "项目支出绩效自评报告"


class Kind(Enum):
    """How a placeholder is replaced."""

    FIELD = "field"
    """By a few words, wherever it stands and as often as it stands."""
    TEXT = "text"
    """By the paragraphs of a section, in the looks of the paragraph it stands in alone."""
    BLOCK = "block"
    """By a table, a chart or pages, in the place of the paragraph it stands in alone."""


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One placeholder, written {{name}} in a template. `section` is the id of the section whose text or table it is."""

    name: str
    kind: Kind
    meaning: str
    section: str = ""

    @property
    def required(self) -> bool:
        """Whether a template must have it: nothing that people wrote may get lost."""
        return self.kind is Kind.TEXT

    def __str__(self) -> str:
        return f"{{{{{self.name}}}}}"


UNIT, DEPARTMENT, YEAR, DATE, PREPARED_BY, COUNT = (
    "单位名称", "主管部门", "年度", "报告日期", "填报人", "项目个数"
)  # fmt: skip
FUNDS, SPENDING, RATES, MATRICES = "资金概况表", "预算支出图", "执行率图", "绩效目标表"
SCORES, SCORE_PARTS, TARGETS = "得分汇总表", "得分构成图", "目标完成图"
ATTACHMENTS, ANNEX = "附件说明", "附件"

_FIELDS = (
    Placeholder(UNIT, Kind.FIELD, "首页的单位名称"),
    Placeholder(DEPARTMENT, Kind.FIELD, "首页的主管部门"),
    Placeholder(YEAR, Kind.FIELD, "首页的年度，例如 2020"),
    Placeholder(DATE, Kind.FIELD, "首页的报告日期，例如 2021年3月8日"),
    Placeholder(PREPARED_BY, Kind.FIELD, "首页的填报人"),
    Placeholder(COUNT, Kind.FIELD, "项目个数"),
)
_BLOCKS = (
    Placeholder(FUNDS, Kind.BLOCK, "资金概况表，上面带“金额单位：万元”", "overview"),
    Placeholder(SPENDING, Kind.BLOCK, "各项目预算与支出的图"),
    Placeholder(RATES, Kind.BLOCK, "各项目预算执行率的图"),
    Placeholder(MATRICES, Kind.BLOCK, "每个项目一个小标题和一张绩效目标表", "targets"),
    Placeholder(SCORES, Kind.BLOCK, "各项目自评得分表（评分的表样才有）"),
    Placeholder(SCORE_PARTS, Kind.BLOCK, "各项目得分构成的图（评分的表样才有）"),
    Placeholder(TARGETS, Kind.BLOCK, "各项目目标完成情况的图"),
    Placeholder(ATTACHMENTS, Kind.BLOCK, "“附件：1.……”一行（有自评表的表样才有）"),
    Placeholder(ANNEX, Kind.BLOCK, "另起一页的自评表（有自评表的表样才有）"),
)
_AFTER = {
    FUNDS: ("overview",), SPENDING: ("overview",), RATES: ("overview",), MATRICES: ("targets",),
    SCORES: ("results",), SCORE_PARTS: ("results",), TARGETS: ("effects", "results"),
}  # fmt: skip
"""Where the program's own template has tables and charts: after the text of the first of these sections there is."""

_NUMBER = re.compile(r"^(?:[（(]?[一二三四五六七八九十]+[）)、.]*|[0-9]+[.、])\s*")


def placeholders(edition: Edition) -> dict[str, Placeholder]:
    """All placeholders of an edition by name, fields first."""
    texts = (
        Placeholder(name, Kind.TEXT, f"“{heading.heading}”的文字", heading.id)
        for heading, name in _named(edition.outline)
    )
    return {each.name: each for each in (*_FIELDS, *texts, *_BLOCKS)}


@lru_cache(maxsize=8)
def builtin(outline: tuple[Heading, ...]) -> bytes:
    """The program's own template: a document in the layout of GB/T 9704-2012; always the same bytes."""
    return layout.package("".join(_body(outline)))


def _body(outline: tuple[Heading, ...]) -> Iterator[str]:
    yield paragraph(f"{{{{{UNIT}}}}}\n{{{{{YEAR}}}}}年度{TITLE}", layout.TITLE)
    ids = [heading.id for heading in outline]
    places = {
        name: next((each for each in wanted if each in ids), ids[-1]) for name, wanted in _AFTER.items()
    }
    parent = ""
    for heading, name in _named(outline):
        if heading.parent and heading.parent != parent:
            yield paragraph(heading.parent, layout.HEADINGS[0])
        parent = heading.parent
        yield paragraph(heading.heading, layout.HEADINGS[1 if parent else 0])
        for each in (name, *(name for name, section in places.items() if section == heading.id)):
            yield paragraph(f"{{{{{each}}}}}", layout.BODY)
    yield paragraph(f"{{{{{ATTACHMENTS}}}}}", layout.ATTACHMENTS)
    yield paragraph(f"{{{{{UNIT}}}}}", layout.SIGNATURE)
    yield paragraph(f"{{{{{DATE}}}}}", layout.DATE)
    yield paragraph(f"{{{{{ANNEX}}}}}", layout.BODY)


def _named(outline: tuple[Heading, ...]) -> Iterator[tuple[Heading, str]]:
    """Each heading with the name of its text: the heading without its number."""
    taken = {each.name for each in (*_FIELDS, *_BLOCKS)}
    for heading in outline:
        name = _NUMBER.sub("", heading.heading)
        name = heading.heading if name in taken or not name else name
        taken.add(name)
        yield heading, name
