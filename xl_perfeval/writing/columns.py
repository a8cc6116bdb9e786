"""Columns that stand side by side are written as one block."""

from __future__ import annotations

from collections.abc import Mapping

from xl_perfeval.model import row_and_column


def side_by_side(cells: Mapping[str, str]) -> list[list[str]]:
    """Columns, by the address of their first cell, in runs of neighbours that begin in the same row."""
    places = sorted((row_and_column(cell), key) for key, cell in cells.items())
    runs: list[list[str]] = []
    last = (0, 0)
    for (row, column), key in places:
        if (row, column - 1) == last:
            runs[-1].append(key)
        else:
            runs.append([key])
        last = (row, column)
    return runs
