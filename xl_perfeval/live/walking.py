"""上一条, 下一条: from finding to finding, in the order of 校验结果."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xl_perfeval.books import BROKEN
from xl_perfeval.forms import names
from xl_perfeval.model import Ref, column_letters, row_and_column
from xl_perfeval.saving import NotSaved

if TYPE_CHECKING:
    from xl_perfeval.live.workbook import Workbook
    from xl_perfeval.writing import Written

_READ = ("level", "place", "problem", "remedy", "sheet")


@dataclass(frozen=True, slots=True)
class _Stop:
    """A cell that findings are about, and what they say; `rows` are their rows on 校验结果."""

    at: Ref
    rows: list[int]
    texts: list[str]


def show_first(workbook: Workbook, written: Written) -> None:
    """Select the cell of the first finding that has one; without any, leave everything as it is."""
    places = (finding.at for finding in written.listed)
    at = next((at for at in places if at is not None and at.cell), None)
    if at is not None:
        workbook.go(Ref(at.sheet, at.cell.partition(":")[0]))


def next_finding(workbook: Workbook) -> str:
    """Select the cell of the finding after the selected one; from 校验结果, that of the row selected there."""
    return _step(workbook, 1)


def previous_finding(workbook: Workbook) -> str:
    """Select the cell of the finding before the selected one."""
    return _step(workbook, -1)


def show_guide(workbook: Workbook) -> str:
    """帮助: show 填报说明."""
    tab = _tab(workbook, "GUIDE")
    if tab is None:
        raise NotSaved("这个工作簿里没有“填报说明”表。")
    workbook.go(Ref(tab, "A1"))
    return "怎样填、怎样改，见“填报说明”。"


def _step(workbook: Workbook, step: int) -> str:
    table, stops = _stops(workbook)
    if not stops:
        return "“校验结果”里没有可以跳转的问题。改过内容以后，请先按“校验”。"
    place = _next(table, stops, workbook.selected(), step)
    if not 0 <= place < len(stops):
        end, way = ("最后", "上一条") if step > 0 else ("第", "下一条")
        return f"已经是{end}一处了（共 {len(stops)} 处）。往回看请按“{way}”；都改好以后请再按“校验”。"
    stop = stops[place]
    workbook.go(stop.at)
    return f"第 {place + 1} 处，共 {len(stops)} 处：{'；'.join(stop.texts)}"


def _next(table: str, stops: Sequence[_Stop], at: tuple[str, int, int], step: int) -> int:
    """Place of the stop to go to from a cell; outside of the list at its ends."""
    tab, row, _ = at
    if tab == table:
        ahead = (place for place, stop in enumerate(stops) if max(stop.rows) >= row)
        here = next((place for place, stop in enumerate(stops) if row in stop.rows), next(ahead, len(stops)))
        return here if step > 0 else here - 1
    cells = [(stop.at.sheet, *row_and_column(stop.at.cell)) for stop in stops]
    if at in cells:
        return cells.index(at) + step
    on_sheet = [place for place, cell in enumerate(cells) if cell[0] == tab]
    if step > 0:
        after = (place for place in on_sheet if cells[place] > at)
        return next(after, on_sheet[-1] + 1 if on_sheet else 0)
    before = (place for place in reversed(on_sheet) if cells[place] < at)
    return next(before, on_sheet[0] - 1 if on_sheet else -1)


def _stops(workbook: Workbook) -> tuple[str, list[_Stop]]:
    """Tab of the table of findings, and the cells that they lead to, in its order, each once.

    Raises `NotSaved` without such a table.
    """
    book = workbook.cells
    columns = {key: book.named(names.FINDINGS[key]) for key in _READ}
    found = {key: ref for key, ref in columns.items() if ref is not None and ref.cell != BROKEN}
    if len(found) < len(_READ):
        raise NotSaved(
            "这个工作簿里没有完整的“校验结果”表，没有可以跳转的问题。请从备份里找回这张表，再按“校验”。"
        )
    read = [_column(workbook, found[key]) for key in _READ]
    top = row_and_column(found["place"].cell)[0]
    tabs = {identity: _tab(workbook, identity) for identity in set(read[-1]) if identity}
    stops: dict[Ref, _Stop] = {}
    for row, (level, place, problem, remedy, sheet) in enumerate(zip(*read, strict=True), start=top):
        at = _place(place, tabs.get(sheet))
        if at is not None:
            stop = stops.setdefault(at, _Stop(at, [], []))
            stop.rows.append(row)
            stop.texts.append(f"{level}　{problem}{remedy}")
    return found["place"].sheet, list(stops.values())


def _column(workbook: Workbook, ref: Ref) -> list[str]:
    """The texts of a column of the table, as far as its sheet is filled."""
    book = workbook.cells
    top, column = row_and_column(ref.cell)
    used, end = (row_and_column(cell.rpartition(":")[2])[0] for cell in (book.used(ref.sheet).cell, ref.cell))
    if min(used, end) < top:
        return []
    letters = column_letters(column)
    rows = book.read(Ref(ref.sheet, f"{letters}{top}:{letters}{min(used, end)}"))
    return ["" if value is None else str(value) for (value,) in rows]


def _tab(workbook: Workbook, identity: str) -> str | None:
    """Tab text of a sheet, whatever it is called now."""
    ref = workbook.cells.named(names.go(identity))
    return ref.sheet if ref is not None and ref.cell != BROKEN else None


def _place(shown: str, tab: str | None) -> Ref | None:
    """The cell of “项目1_科技工作！G12”, which is where it is now, on a sheet that may be called otherwise now."""
    match = _SHOWN.search(shown)
    return Ref(tab, match[1]) if match and tab else None


_SHOWN = re.compile(r"！([A-Z]{1,3}[0-9]{1,7})$")
