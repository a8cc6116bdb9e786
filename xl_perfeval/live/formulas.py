"""Formulas as texts: as they read elsewhere, about another sheet, under other names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from xl_perfeval.forms.ownsheets import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping


def shifted(formula: str, rows: int) -> str:
    """A formula as it reads so many rows further down: relative rows move, absolute ones, texts and names stay."""
    pieces = _QUOTED.split(formula)
    return "".join(
        piece if place % 2 else _RELATIVE.sub(lambda match: f"{match[1]}{int(match[2]) + rows}", piece)
        for place, piece in enumerate(pieces)
    )


_QUOTED = re.compile(r"""("(?:[^"]|"")*"|'(?:[^']|'')*')""")
_RELATIVE = re.compile(r"(?<![\w.$])(\$?[A-Z]{1,3})([1-9][0-9]{0,6})(?![\w(.])")


def retargeted(formula: str, tab: str, new: str) -> str:
    """A formula that speaks of another sheet."""
    return re.sub(reference(tab), lambda _: f"{quoted(new)}!", formula)


def renamed(formula: str, changes: Mapping[str, str]) -> str:
    """A formula with some words replaced, whole words only and all at once."""
    words = "|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in changes)
    return re.sub(words, lambda match: changes[match[0]], formula)


def reference(tab: str) -> str:
    """Pattern of a tab before the cells of a formula, with quotes or without."""
    return rf"(?:{re.escape(quoted(tab))}|(?<![\w'.]){re.escape(tab)})!"
