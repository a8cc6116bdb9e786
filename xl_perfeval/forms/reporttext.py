"""What the computed cells of 报告文字 say: the template builds them, a generation fills them again.

A formula stands here once, together with the value it shows, so that a new workbook and one that was generated into
agree to the letter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from math import ceil, floor

from xl_perfeval.model import Edition, FormTable

CHAPTERS = "一二三四五六七八九十"
BLANK_HEIGHT = 22.0
"""Height of a row that holds nothing, in points."""
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
    lines = max(_lines(text, table.field("text").width), _lines(draft, table.field("draft").width))
    return min(_MOST, max(_LEAST, lines * _LINE + 9))


def filled_share(edition: Edition, written: Collection[str]) -> float | str:
    """Share of the required sections that are among those `written` (ids); "" when none is required."""
    required = [heading.id for heading in edition.outline if heading.required]
    return sum(section in written for section in required) / len(required) if required else ""


def bar(share: float) -> str:
    """The progress of a sheet as 首页 draws it: ■■■□□□□□□□ 30%."""
    tenths = floor(share * 10 + 0.000001)
    return "■" * tenths + "□" * (10 - tenths) + f" {floor(share * 100 + 0.000001)}%"


def _lines(text: str, width: float) -> int:
    room = (width - 1.7) * 1.03  # indent and padding; a Chinese character is a little under 2 digits
    return sum(max(1, ceil(_width(line) / room)) for line in text.split("\n"))


def _width(text: str) -> int:
    """Width in characters; Chinese ones, of three bytes, count 2."""
    return (len(text) + len(text.encode("utf-8", "replace")) + 1) // 2
