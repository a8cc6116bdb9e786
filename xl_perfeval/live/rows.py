"""增加行, 删除行, 上移, 下移: the rows of the table under the selection, formulas included."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from xl_perfeval.books import Formula
from xl_perfeval.live import formulas, tables
from xl_perfeval.model import CellValue, Ref, column_letters
from xl_perfeval.saving import NotSaved

if TYPE_CHECKING:
    from datetime import datetime

    from xl_perfeval.live.tables import Table
    from xl_perfeval.live.workbook import Workbook


def add_row(workbook: Workbook, now: datetime) -> str:
    """Insert a blank row below the selected one, with formulas, formats and drop-downs. Raises `NotSaved`."""
    workbook.heal()
    at = workbook.selected()
    table = tables.under(workbook, at)
    # A new row looks like the one above it, so none comes directly below the thin line.
    above = max(table.top + 1, min(at[1], table.bottom - 1))
    new = above if above - 1 in table.rows and _ends_group(workbook, table, above) else above + 1
    workbook.back_up(now)
    with workbook.opened(table.sheet), workbook.calm():
        insert(workbook, table, new)
    workbook.go(Ref(table.sheet, f"{column_letters(table.first)}{new}"))
    return f"加了一行：{table.label(new)}。"


def delete_row(workbook: Workbook, now: datetime) -> str:
    """Delete the selected row. Raises `NotSaved` where that would take more than a row."""
    workbook.heal()
    at = workbook.selected()
    table = tables.under(workbook, at)
    number = _own_row(table, at[1])
    if len(table.rows) == 1:
        raise NotSaved("表里只剩这一行，没有删除。不用时请清空它的内容。")
    if table.form.key == "funds" and table.key and workbook.cells.read(_cell(table, number, table.key))[0][0]:
        raise NotSaved(
            f"{table.label(number)}是一个项目，它还有自己的表，没有删除。要去掉这个项目，请按“删除项目”。"
        )
    if _begins_group(workbook, table, number):
        raise NotSaved(
            f"{table.label(number)}是一组指标的第一行，删掉会带走组名，没有删除。请改用“上移”换到别的行，或清空它的内容。"
        )
    workbook.back_up(now)
    with workbook.opened(table.sheet), workbook.calm():
        _whole(workbook, table.sheet, number).delete("up")
        workbook.cells.forget(table.sheet)
    workbook.go(_cell(table, min(number, table.bottom - 2), table.first))
    return f"删除了{table.label(number)}。删错了，可以从“{workbook.backup}”找回。"


def move_up(workbook: Workbook, now: datetime) -> str:
    """Swap the selected row with the one above. Raises `NotSaved`."""
    return _move(workbook, now, -1)


def move_down(workbook: Workbook, now: datetime) -> str:
    """Swap the selected row with the one below. Raises `NotSaved`."""
    return _move(workbook, now, 1)


def insert(workbook: Workbook, table: Table, number: int) -> None:
    """Insert a blank row that looks like the one above it, with the formulas of the table."""
    _whole(workbook, table.sheet, number).insert("down", "format_from_left_or_above")
    workbook.cells.forget(table.sheet)
    longer = replace(table, bottom=table.bottom + 1)
    row = tables.blank_row(longer, tables.formulas(workbook, longer), number)
    workbook.cells.write(Ref(table.sheet, f"A{number}"), [row])
    workbook.cells.flush()


def _move(workbook: Workbook, now: datetime, step: int) -> str:
    workbook.heal()
    at = workbook.selected()
    table = tables.under(workbook, at)
    number = _own_row(table, at[1])
    other = number + step
    if other not in table.rows:
        raise NotSaved(f"{table.label(number)}已经在表的{'最上面' if step < 0 else '最下面'}，没有移动。")
    upper = min(number, other)
    if _ends_group(workbook, table, upper) or _begins_group(workbook, table, upper + 1):
        raise NotSaved(
            f"{table.label(upper)}和下一行不在同一组指标里，没有移动。要换组，请剪切内容粘贴到那一组里。"
        )
    rows = _swapped(workbook, table, upper)
    workbook.back_up(now)
    with workbook.opened(table.sheet), workbook.calm():
        workbook.cells.write(Ref(table.sheet, f"A{upper}"), rows)
        workbook.cells.flush()
        _swap_looks(workbook, table, upper)
    workbook.go(_cell(table, other, table.first))
    return f"第 {number} 行移到了第 {other} 行（“{table.sheet}”）。"


def _swapped(workbook: Workbook, table: Table, upper: int) -> list[list[CellValue | Formula]]:
    """Two rows with what was typed in them exchanged; computed cells keep their formulas."""
    block = Ref(table.sheet, f"A{upper}:{column_letters(table.last)}{upper + 1}")
    values, texts = workbook.cells.read(block), workbook.cells.formulas_in(block)
    rows: list[list[CellValue | Formula]] = [
        [Formula(text, value) if text else value for value, text in zip(*pair, strict=True)]
        for pair in zip(values, texts, strict=True)
    ]
    merged = _group_columns(table)
    for column in table.typed:
        both = [row[column - 1] for row in rows]
        score = table.columns.get("score") == column
        if column in merged or (score and all(isinstance(each, Formula) for each in both)):
            continue
        if score:  # a typed score moves, and leaves the formula of its row behind
            both = [
                Formula(formulas.shifted(each.text, step), None) if isinstance(each, Formula) else each
                for each, step in zip(both, (1, -1), strict=True)
            ]
        rows[0][column - 1], rows[1][column - 1] = both[1], both[0]
    return rows


def _swap_looks(workbook: Workbook, table: Table, upper: int) -> None:
    """Exchange what people painted and noted on the cells that they fill."""
    sheet = workbook.sheet(table.sheet)
    for column in table.typed:
        first: Any = sheet.range((upper, column))
        second: Any = sheet.range((upper + 1, column))
        colors = first.color, second.color
        if colors[0] != colors[1]:
            first.color, second.color = colors[1], colors[0]
        notes = first.note, second.note
        texts = [note.text if note is not None else "" for note in notes]
        if texts[0] != texts[1]:
            for cell, note, text in zip((first, second), notes, reversed(texts), strict=True):
                _note(cell, note, text)


def _note(cell: Any, old: Any, text: str) -> None:
    if old is not None and text:
        old.text = text
    elif old is not None:
        old.delete()
    else:
        cell.add_note(text)


# --- groups of the scoring form -----------------------------------------------------------------------


def _group_columns(table: Table) -> list[int]:
    """Columns whose cells may be merged over the rows of a group."""
    return [table.columns["level1"]] if table.form.key == "scoring" else []


def _begins_group(workbook: Workbook, table: Table, number: int) -> bool:
    return any(
        _group(workbook, table, number, column)[0] == number for column in _groups(workbook, table, number)
    )


def _ends_group(workbook: Workbook, table: Table, number: int) -> bool:
    return any(
        _group(workbook, table, number, column)[1] == number for column in _groups(workbook, table, number)
    )


def _groups(workbook: Workbook, table: Table, number: int) -> list[int]:
    """Columns where a row's cell is merged with cells of other rows."""
    spans = {column: _group(workbook, table, number, column) for column in _group_columns(table)}
    return [column for column, (first, last) in spans.items() if last > first]


def _group(workbook: Workbook, table: Table, number: int, column: int) -> tuple[int, int]:
    """First and last row of the merged cell that a cell belongs to."""
    cell: Any = workbook.sheet(table.sheet).range((number, column))
    area = cell.merge_area
    return int(area.row), int(area.row) + int(area.shape[0]) - 1


# --- small pieces -------------------------------------------------------------------------------------


def _own_row(table: Table, row: int) -> int:
    if row not in table.rows:
        raise NotSaved("请先选中表里的一行（不是表头、合计或细线），再按一次。没有改动。")
    return row


def _cell(table: Table, row: int, column: int) -> Ref:
    return Ref(table.sheet, f"{column_letters(column)}{row}")


def _whole(workbook: Workbook, tab: str, number: int) -> Any:
    return workbook.sheet(tab).range(f"{number}:{number}")
