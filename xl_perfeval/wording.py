"""How drafts are worded: figures in prose, names, what staff typed."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal
from functools import lru_cache

from xl_perfeval import quantity, rollup
from xl_perfeval.model import CellError, CellValue, Project, WorkItem, without_numbering

LONGEST = 2000
"""Characters of one drafted paragraph; longer ones go on in a second paragraph."""

_NOTHING = frozenset({"", "无", "—", "-", "－", "――", "——", "--", "/", "／", "\\", "暂无", "没有"})
_LONGEST_NAME = 100
_IMPLAUSIBLE = Decimal(10) ** 15  # a spreadsheet keeps 15 significant digits


def typed(value: CellValue) -> str:
    """What stands in a cell, fit for one line of prose; `""` for a blank, an error value, “无” or “—”.

    Line breaks become semicolons; a mark at the end and characters nobody sees are left out, since the
    sentence around it brings its own.
    """
    if value is None or isinstance(value, CellError | bool):
        return ""
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, int | float):
        return figure(Decimal(repr(value)))
    text = value if value.isprintable() and " " not in value else _one_line(value)
    text = text.rstrip("。．；，、;, ")
    return "" if text in _NOTHING else text


def project_name(project: Project, place: int) -> str:
    """The project's name, or “第2个项目（未填名称）”, by its place from 1."""
    return _short(typed(project.name)) or f"第{place}个项目（未填名称）"


def item_name(item: WorkItem, place: int) -> str:
    """A work item's name without its numbering, or “第3项”."""
    name = without_numbering(item.name) if isinstance(item.name, str) else item.name
    return _short(typed(name)) or f"第{place}项"


def figure(value: Decimal) -> str:
    """A number in prose, without trailing zeros."""
    if not value.is_finite() or abs(value) >= _IMPLAUSIBLE:
        return f"{value:.15g}"
    return quantity.plain(rollup.excel_round(value, 6))


def money(value: Decimal) -> str:
    """An amount in prose: 563万元, 59.99万元."""
    return f"{figure(value)}万元"


def percent(share: Decimal | None) -> str | None:
    """A rate in prose, such as 97.33%; `None` when there is none that makes sense."""
    if share is None or abs(share) >= _IMPLAUSIBLE:
        return None
    return rollup.percent(share)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 2]}……"


@lru_cache(maxsize=1024)  # several sections ask for the same cells
def _one_line(text: str) -> str:
    lines = (_visible(line) for line in re.split(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+", text))
    whole = ""
    for line in filter(None, lines):
        joint = "；" if whole and whole[-1] not in "。；，、：！？;,:" else ""
        whole += joint + line
    return whole


def _visible(line: str) -> str:
    kept = "".join(" " if character.isspace() else character for character in line if not _hidden(character))
    return re.sub(r"(?<![!-~]) +| +(?![!-~])", "", kept).strip()


def _hidden(character: str) -> bool:
    return (not character.isspace() and unicodedata.category(character) in {"Cc", "Cf", "Cs"}) or ord(
        character
    ) & 0xFFFE == 0xFFFE
