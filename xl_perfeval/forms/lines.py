"""How many lines a text takes in a cell, estimated alike by the template and by whatever writes into it later."""

from __future__ import annotations

from math import ceil


def count(text: str, width: float) -> int:
    """Lines of a text that wraps in a column of `width` characters."""
    room = (width - 1.7) * 1.03  # indent and padding; a Chinese character is a little under 2 digits
    if "\n" not in text:
        return max(1, ceil(_width(text) / room))
    return sum(max(1, ceil(_width(line) / room)) for line in text.split("\n"))


def _width(text: str) -> int:
    """Width in characters; Chinese ones, of three bytes, count 2."""
    return (len(text) + len(text.encode("utf-8", "replace")) + 1) // 2
