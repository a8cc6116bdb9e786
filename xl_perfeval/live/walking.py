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
class _Listed:
    """A row of 校验结果. `at` is `None` when the finding has no cell, or its row was deleted."""

    row: int
    at: Ref | None
    level: str
    problem: str
    remedy: str


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
    table, listed = _table(workbook)
    if not listed:
        return "“校验结果”里没有可以跳转的问题。改过内容以后，请先按“校验”。"
    tab, row, column = workbook.selected()
    place = _next(table, listed, (tab, row, column), step)
    if not 0 <= place < len(listed):
        end, way = ("最后", "上一条") if step > 0 else ("第", "下一条")
        return f"已经是{end}一条了（共 {len(listed)} 条）。往回看请按“{way}”；都改好以后请再按“校验”。"
    chosen = listed[place]
    assert chosen.at is not None
    workbook.go(chosen.at)
    return f"第 {place + 1} 条，共 {len(listed)} 条：{chosen.level}　{chosen.problem}{chosen.remedy}"


def _next(table: Ref, listed: Sequence[_Listed], at: tuple[str, int, int], step: int) -> int:
    """Place in the list of the finding to go to from a cell; outside of the list at its ends."""
    tab, row, column = at
    if tab == table.sheet:
        ahead = [place for place, each in enumerate(listed) if each.row >= row]
        here = ahead[0] if ahead else len(listed)
        return here if step > 0 else here - 1
    cells = [(each.at.sheet, *row_and_column(each.at.cell)) for each in listed if each.at]
    if at in cells:
        # Several findings may be about one cell: then on to the next cell.
        place = cells.index(at)
        while 0 <= place < len(cells) and cells[place] == at:
            place += step
        return place
    here = [place for place, cell in enumerate(cells) if cell[0] == tab]
    if step > 0:
        return next(
            (place for place in here if cells[place][1:] > (row, column)), here[-1] + 1 if here else 0
        )
    return next(
        (place for place in reversed(here) if cells[place][1:] < (row, column)), here[0] - 1 if here else -1
    )


def _table(workbook: Workbook) -> tuple[Ref, list[_Listed]]:
    """Where the table of findings is, and its rows that lead somewhere. Raises `NotSaved` without such a table."""
    book = workbook.cells
    columns = {key: book.named(names.FINDINGS[key]) for key in _READ}
    found = {key: ref for key, ref in columns.items() if ref is not None and ref.cell != BROKEN}
    if len(found) < len(_READ):
        raise NotSaved(
            "这个工作簿里没有完整的“校验结果”表，没有可以跳转的问题。请从备份里找回这张表，再按“校验”。"
        )
    table = found["place"]
    bottom = row_and_column(book.used(table.sheet).cell.rpartition(":")[2])[0]
    read: dict[str, list[str]] = {}
    for key, ref in found.items():
        top, column = row_and_column(ref.cell)
        last = min(bottom, row_and_column(ref.cell.rpartition(":")[2])[0])
        letters = column_letters(column)
        rows = book.read(Ref(ref.sheet, f"{letters}{top}:{letters}{last}")) if last >= top else []
        read[key] = ["" if value is None else str(value) for (value,) in rows]
    top = row_and_column(table.cell)[0]
    tabs = {identity: _tab(workbook, identity) for identity in set(read["sheet"]) if identity}
    rows = [
        _Listed(row, _place(place, tabs.get(sheet)), level, problem, remedy)
        for row, (level, place, problem, remedy, sheet) in enumerate(
            zip(*(read[key] for key in _READ), strict=True), top
        )
    ]
    return table, [each for each in rows if each.at is not None]


def _tab(workbook: Workbook, identity: str) -> str | None:
    """Tab text of a sheet, whatever it is called now."""
    ref = workbook.cells.named(names.go(identity))
    return ref.sheet if ref is not None and ref.cell != BROKEN else None


def _place(shown: str, tab: str | None) -> Ref | None:
    """The cell of “项目1_科技工作！G12”, which is where it is now, on a sheet that may be called otherwise now."""
    match = _SHOWN.search(shown)
    return Ref(tab, match[1]) if match and tab else None


_SHOWN = re.compile(r"！([A-Z]{1,3}[0-9]{1,7})$")
