"""A1 addresses as text. Rows and columns count from 0 here, as they do in UNO."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TypeAlias

Box: TypeAlias = tuple[int, int, int, int]
"""First row, first column, last row, last column."""


def box(text: str, rows: int, columns: int) -> Box | None:
    """The block an address such as `$B$2:D5`, `A:D` or `1:10` stands for on a sheet of this size.

    `None` when the text is not an address, or lies outside the sheet.
    """
    match = _ADDRESS.fullmatch(text.strip())
    if match is None:
        return None
    first, last = _corner(match[1]), _corner(match[2] or match[1])
    if (first[0] is None, first[1] is None) != (last[0] is None, last[1] is None):
        return None
    if match[2] is None and None in first:
        return None
    top, bottom = sorted((first[0] or 0, rows - 1 if last[0] is None else last[0]))
    left, right = sorted((first[1] or 0, columns - 1 if last[1] is None else last[1]))
    inside = top >= 0 and bottom < rows and left >= 0 and right < columns
    return (top, left, bottom, right) if inside else None


def a1(
    area: Box, rows: int, columns: int, *, absolute_rows: bool = True, absolute_columns: bool = True
) -> str:
    """The address of a block: `$A$1:$B$2`, of whole columns `$A:$D`, of whole rows `$1:$10`."""
    top, left, bottom, right = area
    across, down = "$" if absolute_columns else "", "$" if absolute_rows else ""
    if (top, bottom) == (0, rows - 1):
        return f"{across}{letters(left)}:{across}{letters(right)}"
    if (left, right) == (0, columns - 1):
        return f"{down}{top + 1}:{down}{bottom + 1}"
    first = f"{across}{letters(left)}{down}{top + 1}"
    return first if (top, left) == (bottom, right) else f"{first}:{across}{letters(right)}{down}{bottom + 1}"


@lru_cache(maxsize=4096)
def letters(column: int) -> str:
    """0 → A, 26 → AA."""
    text, rest = "", column + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        text = chr(ord("A") + letter) + text
    return text


_ADDRESS = re.compile(
    r"(\$?[A-Z]{1,3}\$?[0-9]+|\$?[A-Z]{1,3}|\$?[0-9]+)(?::(\$?[A-Z]{1,3}\$?[0-9]+|\$?[A-Z]{1,3}|\$?[0-9]+))?",
    re.I,
)


def _corner(text: str) -> tuple[int | None, int | None]:
    """Row and column of one side; `None` for the one that is not named."""
    bare = text.replace("$", "").upper()
    name = bare.rstrip("0123456789")
    number = bare[len(name) :]
    column = 0
    for letter in name:
        column = column * 26 + ord(letter) - ord("A") + 1
    return (int(number) - 1 if number else None), (column - 1 if name else None)
