"""The maps that the workbook carries: where the defined names of a sheet are, told by a formula on it.

`template.maps` writes them. Text of a map: `PE_MAP|MX_COST,7,3,9,1|*PE_UNIT,6,4|PE_MARK_E@_标记,5,1,500,1`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from xl_perfeval.forms import names
from xl_perfeval.model import CellValue, Ref, column_letters

_ROWS = 10
"""Maps stand near the top of a sheet; rows inserted above the header may push them down a little."""


def names_of(tab: str, rows: Sequence[Sequence[CellValue]]) -> dict[str, Ref] | None:
    """The names that the maps on a sheet tell, sheet-scoped ones as `tab!NAME`.

    `None` when there is no map or one of them is damaged: a name is gone, or somebody typed over it.
    """
    found: dict[str, Ref] = {}
    texts = list(_texts(rows))
    for text in texts:
        try:
            found |= dict(_read(tab, text))
        except ValueError:
            return None
    return found if texts else None


def _texts(rows: Sequence[Sequence[CellValue]]) -> Iterator[str]:
    for row in rows[:_ROWS]:
        for value in reversed(row):
            if isinstance(value, str) and value.startswith(f"{names.MAP}|"):
                yield value


def _read(tab: str, text: str) -> Iterator[tuple[str, Ref]]:
    for piece in text.split("|")[1:]:
        title, *numbers = piece.split(",")
        name, _, other = title.partition("@")
        scope = "" if name.startswith(names.MAP_WORKBOOK) else f"{tab}!"
        yield scope + name.removeprefix(names.MAP_WORKBOOK), Ref(other or tab, _cells(numbers))


def _cells(numbers: Iterable[str]) -> str:
    """The block of row, column, and its numbers of rows and columns where it is larger than a cell."""
    top, left, *size = [int(number) for number in numbers]
    first = f"{column_letters(left)}{top}"
    if not size:
        return first
    rows, columns = size
    return f"{first}:{column_letters(left + columns - 1)}{top + rows - 1}"
