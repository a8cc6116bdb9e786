"""A map on every sheet: one hidden formula that tells where the defined names are.

An open workbook answers slowly when asked for names: one call each, thousands of them. A formula that reads
`ROW` and `COLUMN` of every name follows inserted rows as the names do, and comes with the block that is read
anyway (`books.maps` reads it).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from xl_perfeval.forms import names
from xl_perfeval.forms.ownsheets import literal
from xl_perfeval.model import row_and_column
from xl_perfeval.template.sheet import Book, Sheet

ROWS = range(2, 8)
"""Where the maps may stand in the last hidden column of a sheet."""
_LONGEST = 7000
"""Characters of one formula; Excel takes 8,192."""


class _Named(NamedTuple):
    """A defined name: how the map calls it, and its corners."""

    name: str
    scope: str
    tab: str
    first: tuple[int, int]
    last: tuple[int, int]


def write(book: Book) -> None:
    """Write the maps of all sheets. To be called when all names are defined."""
    sheets = {tab: book.sheet(tab) for tab in book.tabs()}
    home = next(tab for tab in sheets if not tab.startswith("_"))
    known: dict[str, list[_Named]] = {tab: [] for tab in sheets}
    for name, refers_to in book.named:
        named = _named(name, names.MAP_WORKBOOK, refers_to)
        known[home if named.tab.startswith("_") else named.tab].append(named)
    for tab, sheet in sheets.items():
        known[tab] += [_named(name, "", refers_to) for name, refers_to in sheet.local_names]
    for tab, found in known.items():
        if found:
            _write(book, sheets[tab], tab, found)


def _named(name: str, scope: str, refers_to: str) -> _Named:
    tab, _, cells = refers_to.rpartition("!")
    first, _, last = cells.replace("$", "").partition(":")
    tab = tab[1:-1].replace("''", "'") if tab.startswith("'") else tab
    return _Named(name, scope, tab, row_and_column(first), row_and_column(last or first))


def _write(book: Book, sheet: Sheet, tab: str, found: list[_Named]) -> None:
    column, hidden = _column(sheet)
    rows = iter(row for row in ROWS if sheet.content(row, column) is None)
    for formula, shown in _formulas(tab, found):
        sheet.formula(next(rows), column, formula, shown, book.style("hidden"))
    if not hidden:
        sheet.hide_columns([column])


def _column(sheet: Sheet) -> tuple[int, bool]:
    """The column for the maps of a sheet, and whether it is hidden already: the last helper, or one of its own."""
    for name, refers_to in sheet.local_names:
        if name == names.HELPERS:
            return row_and_column(refers_to.rpartition(":")[2].replace("$", ""))[1], True
    return sheet.columns + 1, False


def _formulas(tab: str, found: list[_Named]) -> Iterator[tuple[str, str]]:
    formula, shown = f"={literal(names.MAP)}", names.MAP
    for named in found:
        piece, text = _piece(tab, named)
        if len(formula) + len(piece) > _LONGEST:
            yield formula, shown
            formula, shown = f"={literal(names.MAP)}", names.MAP
        formula, shown = formula + piece, shown + text
    yield formula, shown


def _piece(tab: str, named: _Named) -> tuple[str, str]:
    """What a name adds: `&"|MX_COST,"&ROW(INDEX(MX_COST,1,1))&…`. INDEX, since ROW of a block is many rows."""
    where = "" if named.tab == tab else f"@{named.tab}"
    title = f"|{named.scope}{named.name}{where},"
    (top, left), (bottom, right) = named.first, named.last
    if named.first == named.last:
        piece = f'&{literal(title)}&ROW({named.name})&","&COLUMN({named.name})'
        return piece, f"{title}{top},{left}"
    corner = f"INDEX({named.name},1,1)"
    piece = (
        f'&{literal(title)}&ROW({corner})&","&COLUMN({corner})'
        f'&","&ROWS({named.name})&","&COLUMNS({named.name})'
    )
    return piece, f"{title}{top},{left},{bottom - top + 1},{right - left + 1}"
