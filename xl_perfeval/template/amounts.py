"""Amounts typed as text count in sums: hidden columns read them with plain formulas, as `quantity.amount` does.

Four columns per amount, so that each formula can be read: the text without separators, how many characters
of it are the number, the word behind the number up to a bracket, the amount in 万元. A cell that holds a
number is the amount itself; what cannot be read with certainty stays "" and is counted beside the total.
The digits are found character by character and not by VALUE, which would take “5月6日” for a date.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from xl_perfeval import rollup
from xl_perfeval.model import CellError, CellValue, column_letters
from xl_perfeval.template.context import Context
from xl_perfeval.template.grid import Grid
from xl_perfeval.template.sheet import Sheet, number

DIGITS = 15
"""A spreadsheet keeps this many significant digits."""

_PLACES = "{" + ",".join(str(place) for place in range(1, DIGITS + 2)) + "}"
_DOUBTFUL = "-/:%Ee~—／：％Ｅｅ～"
"""After the first character these make a range, date, time, share or power of what looks like an amount."""
_OF_ONE = ("", "万", "萬", "万元", "萬元")
_OF_TEN_THOUSAND = ("亿", "亿元")
_WIDE = dict(zip("０１２３４５６７８９．－＋（", "0123456789.-+(", strict=True))
_SEPARATORS = (",", "，", " ", "\u3000")


def write_helpers(context: Context, sheet: Sheet, grid: Grid, key: str, values: Sequence[CellValue]) -> None:
    """The hidden columns of one amount field for all rows of a block; `values` are those of the records."""
    style = context.book.style("hidden")
    text, digits, word, read = grid.helpers(key)
    amount_letter = grid.letter(key)
    letters = [column_letters(column) for column in (text, digits, word)]
    sheet.text(grid.top - 1, text, "文字", style)
    sheet.text(grid.top - 1, digits, "位数", style)
    sheet.text(grid.top - 1, word, "单位", style)
    sheet.text(grid.top - 1, read, "读出", style)
    for place, row in enumerate(grid.rows):
        value = values[place] if place < len(values) else None
        cell = f"{amount_letter}{row}"
        x, n, w = (f"{letter}{row}" for letter in letters)
        shown_text = _bare(value)
        shown_digits = _digits(shown_text)
        sheet.formula(row, text, _text_formula(cell), shown_text, style)
        sheet.formula(row, digits, _digits_formula(x), shown_digits, style)
        sheet.formula(row, word, _word_formula(x, n), _word(shown_text, shown_digits), style)
        sheet.formula(row, read, _read_formula(cell, x, n, w), shown(value), style)


def as_cell(value: CellValue) -> CellValue:
    """What an amount cell is given: a date stays text, for a sum would take its day number for money."""
    return value.isoformat() if isinstance(value, date) else value


def shown(value: CellValue) -> float | str:
    """What the last hidden column shows for a cell: the amount in 万元, or "" when blank or unread."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    return number(rollup.read(value)) if isinstance(value, str) else ""


def total_formula(grid: Grid, key: str) -> str:
    """Sum of an amount column. Numbers in rows inserted by hand, which have no helper yet, count too."""
    read, typed = grid.block(grid.read(key)), grid.block(grid.letter(key))
    return f"=ROUND(SUM({read})+SUMPRODUCT(ISBLANK({read})*ISNUMBER({typed}),{typed}),6)"


def unread_formula(grid: Grid) -> str:
    """How many filled amount cells of a table no sum counts (without “=”)."""
    parts: list[str] = []
    for field in grid.amounts:
        read, typed = grid.block(grid.read(field.key)), grid.block(grid.letter(field.key))
        parts.append(
            f"SUMPRODUCT((LEN({typed})>0)*NOT(ISNUMBER({read}))*NOT(ISBLANK({read})*ISNUMBER({typed})))"
        )
    return "+".join(parts)


def unread(values: Sequence[CellValue]) -> int:
    """What `unread_formula` counts."""
    return sum(value is not None and value != "" and shown(value) == "" for value in values)


def _text_formula(cell: str) -> str:
    """Spelled out instead of ASC(), which depends on the language of the computer and on the program."""
    bare = cell
    for separator in _SEPARATORS:
        bare = f'SUBSTITUTE({bare},"{separator}","")'
    for wide, narrow in _WIDE.items():
        bare = f'SUBSTITUTE({bare},"{wide}","{narrow}")'
    return f'=IF(ISTEXT({cell}),{bare},"")'


def _digits_formula(x: str) -> str:
    doubtful = "{" + ",".join(f'"{character}"' for character in _DOUBTFUL) + "}"
    sign = f'IF(ISNUMBER(FIND(LEFT({x}),"+-")),"0",LEFT({x}))'
    characters = f'MID({sign}&MID({x},2,{DIGITS})&"#",{_PLACES},1)'
    return (
        f'=IF({x}="",0,IF(SUMPRODUCT(ISNUMBER(FIND({doubtful},{x},2))+0)'
        f'+(LEN({x})-LEN(SUBSTITUTE({x},".",""))>1)>0,0,'
        f'IFERROR(MATCH(1,ISERROR(FIND({characters},"0123456789."))+0,0)-1,0)))'
    )


def _word_formula(x: str, n: str) -> str:
    rest = f"MID({x},{n}+1,99)"
    return f'=IF({n}=0,"",LEFT({rest},FIND("(",{rest}&"(")-1))'


def _read_formula(cell: str, x: str, n: str, w: str) -> str:
    of_one = ",".join(f'{w}="{word}"' for word in _OF_ONE)
    of_ten_thousand = ",".join(f'{w}="{word}"' for word in _OF_TEN_THOUSAND)
    amount = f"LEFT({x},{n})"
    return (
        f'=IF(ISNUMBER({cell}),{cell},IF({n}=0,"",IFERROR(IF(OR({of_one}),{amount}*1,'
        f'IF(OR({of_ten_thousand}),{amount}*10000,IF(MID({x},{n}+1,99)="元",{amount}/10000,""))),"")))'
    )


# --- the same in Python, for the values shown ----------------------------------------------------------


_BARE = str.maketrans({**_WIDE, **dict.fromkeys(_SEPARATORS, "")})


def _bare(value: CellValue) -> str:
    value = as_cell(value)
    if not isinstance(value, str | CellError):
        return ""
    return str(value).translate(_BARE)


def _digits(text: str) -> int:
    if not text or any(character in text[1:] for character in _DOUBTFUL) or text.count(".") > 1:
        return 0
    characters = ("0" if text[0] in "+-" else text[0]) + text[1 : DIGITS + 1] + "#"
    for place, character in enumerate(characters[: DIGITS + 1]):
        if character not in "0123456789.":
            return place
    return 0


def _word(text: str, digits: int) -> str:
    if not digits:
        return ""
    return text[digits : digits + 99].partition("(")[0]
