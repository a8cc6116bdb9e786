"""What the computed cells of 报告文字 say: the template builds them, a generation fills them again.

A formula stands here once, together with the value it shows, so that a new workbook and one that was generated into
agree to the letter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from math import floor

from xl_perfeval.forms import lines
from xl_perfeval.model import Edition, FormTable

CHAPTERS = "一二三四五六七八九十"
VISIBLE_SPARE = 2
"""Blank rows that always look like rows; the others only appear when the rows above them are filled."""
_SPARE, _WAITING = 22.0, 6.0
_LEAST, _MOST, _LINE = 26.0, 409.0, 15.5


def number_formula(section: str, row: int, top: int) -> str:
    """段号: chapter and place in it; the chapter is the numeral with which the section begins.

    `section` are the letters of the column 章节, `top` the row of the thin line above the first paragraph.
    """
    cell, above = f"{section}{row}", f"{section}${top}:{section}{row}"
    chapters = "{" + ",".join(f'"{numeral}"' for numeral in CHAPTERS) + "}"
    return (
        f'=IF(LEN({cell})=0,"",IFERROR(MATCH(LEFT({cell},1),{chapters},0)'
        f'&"."&COUNTIF({above},LEFT({cell},1)&"*"),""))'
    )


def numbers(sections: Iterable[str]) -> Iterator[str]:
    """What 段号 shows row by row, for the words in 章节."""
    counted: dict[str, int] = {}
    for shown in sections:
        first = shown[:1]
        if first and first in CHAPTERS:
            counted[first] = counted.get(first, 0) + 1
            yield f"{CHAPTERS.index(first) + 1}.{counted[first]}"
        else:
            yield ""


def length_formula(text: str, row: int) -> str:
    """字数 of a paragraph; `text` are the letters of the column 正文."""
    return f'=IF(LEN({text}{row})=0,"",LEN({text}{row}))'


def length(text: str) -> int | str:
    """What 字数 shows: characters as a spreadsheet counts them."""
    return len(text) or ""


def row_height(text: str, draft: str, table: FormTable) -> float:
    """Estimated height of a row in points for a paragraph and the text offered beside it."""
    most = max(lines.count(text, table.field("text").width), lines.count(draft, table.field("draft").width))
    return min(_MOST, max(_LEAST, most * _LINE + 9))


def blank_height(place: int) -> float:
    """Height in points of the blank row so many places (1, 2, …) below the last paragraph.

    Rows that wait are low, so that they fill no page of their own in print; one that is typed into grows.
    """
    return _SPARE if place <= VISIBLE_SPARE else _WAITING


def filled_share(edition: Edition, written: Collection[str]) -> float | str:
    """Share of the required sections that are among those `written` (ids); "" when none is required."""
    required = [heading.id for heading in edition.outline if heading.required]
    return sum(section in written for section in required) / len(required) if required else ""


def bar(share: float) -> str:
    """The progress of a sheet as 首页 draws it: ■■■□□□□□□□ 30%."""
    tenths = floor(share * 10 + 0.000001)
    return "■" * tenths + "□" * (10 - tenths) + f" {floor(share * 100 + 0.000001)}%"
