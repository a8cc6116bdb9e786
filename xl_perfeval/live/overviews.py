"""Where all projects are listed: the table of sheets and the cards of 首页, the hidden results behind 图表."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

from xl_perfeval.books import Formula
from xl_perfeval.forms.ownsheets import literal, quoted
from xl_perfeval.live import formulas, project_sheets
from xl_perfeval.model import CellValue, Ref, column_letters, row_and_column

if TYPE_CHECKING:
    from xl_perfeval.live.project_sheets import ProjectSheet
    from xl_perfeval.live.workbook import Workbook

_TABLE_OF_SHEETS = 14
"""Row of 首页 above which its cards stand."""


def add_line(workbook: Workbook, home: str, model: ProjectSheet, new: ProjectSheet) -> None:
    """A line of the table of sheets below that of the model, and the new scores in the mean."""
    row = _home_row(workbook, home, model)
    if row is None:
        return
    _include_scores(workbook, home, model, new, above=row)
    line: Any = workbook.sheet(home)
    line.range(f"{row + 1}:{row + 1}").insert("down", "format_from_left_or_above")
    workbook.cells.forget(home)
    last = re.sub("[0-9]", "", workbook.cells.used(home).cell.rpartition(":")[2])
    texts = workbook.cells.formulas_in(Ref(home, f"A{row}:{last}{row}"))[0]
    ids = {
        model.go: new.go,
        f'"{project_sheets.identity_of(model)}"': f'"{project_sheets.identity_of(new)}"',
        literal(model.project): literal(new.project),
    }
    cells: list[CellValue | Formula] = [
        Formula(
            formulas.retargeted(formulas.renamed(formulas.shifted(text, 1), ids), model.tab, new.tab), None
        )
        if text
        else None
        for text in texts
    ]
    link = next(place for place, text in enumerate(texts) if f'"#{model.go}"' in text)
    cells[link] = Formula(f"=HYPERLINK({literal('#' + new.go)},{literal(new.tab)})", None)
    workbook.cells.write(Ref(home, f"A{row + 1}"), [cells])
    workbook.cells.flush()
    _renumber(workbook, home, link)


def remove_line(workbook: Workbook, home: str, sheet: ProjectSheet) -> None:
    """Take away the lines of 首页 that lead to a sheet."""
    found = [
        (at, text)
        for at, text in _all_formulas(workbook, home)
        if text.startswith(f'=HYPERLINK("#{sheet.go}"')
    ]
    for (row, column), _ in found:
        cast("Any", workbook.sheet(home)).range(f"{row}:{row}").delete("up")
        workbook.cells.forget(home)
        _renumber(workbook, home, column - 1)


def _renumber(workbook: Workbook, home: str, link: int) -> None:
    """序 of the table of sheets, in the column before the links."""
    letters, linked = column_letters(link), column_letters(link + 1)
    bottom = row_and_column(workbook.cells.used(home).cell.rpartition(":")[2])[0]
    texts = workbook.cells.formulas_in(Ref(home, f"{linked}1:{linked}{bottom}"))
    lines = [row for row, (text,) in enumerate(texts, start=1) if text.startswith('=HYPERLINK("#PE_GO_')]
    if lines:
        numbers = [[float(number)] for number in range(1, len(lines) + 1)]
        workbook.cells.write(Ref(home, f"{letters}{lines[0]}"), numbers)
        workbook.cells.flush()


def _home_row(workbook: Workbook, home: str, sheet: ProjectSheet) -> int | None:
    """The line of 首页 that leads to a sheet."""
    for (row, _), text in _all_formulas(workbook, home):
        if text.startswith(f'=HYPERLINK("#{sheet.go}"'):
            return row
    return None


def _include_scores(
    workbook: Workbook, home: str, model: ProjectSheet, new: ProjectSheet, above: int
) -> None:
    """Where the cards of 首页 list cells of all forms, add those of the new one."""
    cells = re.compile(rf"{formulas.reference(model.tab)}(\$?[A-Z]{{1,3}}\$?[0-9]+)")
    for (row, column), text in _all_formulas(workbook, home):
        if row < min(above, _TABLE_OF_SHEETS) and cells.search(text):
            more = cells.sub(lambda match: f"{match[0]},{quoted(new.tab)}!{match[1]}", text)
            workbook.put_formula(Ref(home, f"{column_letters(column)}{row}"), more)


def exclude_scores(workbook: Workbook, home: str, sheet: ProjectSheet) -> None:
    """Take the cells of a sheet out of what the cards of 首页 list."""
    cell = rf"{formulas.reference(sheet.tab)}\$?[A-Z]{{1,3}}\$?[0-9]+"
    listed = re.compile(rf",{cell}|(?<=\(){cell},")
    for (row, column), text in list(_all_formulas(workbook, home)):
        if row < _TABLE_OF_SHEETS and listed.search(text):
            workbook.put_formula(Ref(home, f"{column_letters(column)}{row}"), listed.sub("", text))


def add_results(workbook: Workbook, charts: str, model: ProjectSheet, new: ProjectSheet) -> None:
    """The row of hidden results behind 图表: identity, names as built, what the project's own sheet says."""
    place = _chart_place(workbook, charts, model)
    if place is None:
        return
    row, column = place
    while workbook.cells.read(Ref(charts, f"{column_letters(column)}{row + 1}"))[0][0] is not None:
        row += 1
    source = workbook.cells.used(charts).cell.rpartition(":")[2]
    last = re.sub("[0-9]", "", source)
    head = workbook.cells.formulas_in(Ref(charts, f"A{row}:{last}{row + 1}"))
    if not head[1][0]:  # the list is full: one more row inside of it, above its last one
        sheet: Any = workbook.sheet(charts)
        sheet.range(f"{row}:{row}").insert("down", "format_from_left_or_above")
        workbook.cells.forget(charts)
        below = workbook.cells.formulas_in(Ref(charts, f"A{row + 1}:{last}{row + 1}"))[0]
        values = workbook.cells.read(Ref(charts, f"A{row + 1}:{last}{row + 1}"))[0]
        kept: list[CellValue | Formula] = [
            Formula(formulas.shifted(text, -1), None)
            if text and at < column
            else Formula(text, None)
            if text
            else value
            for at, (text, value) in enumerate(zip(below, values, strict=True), start=1)
        ]
        workbook.cells.write(Ref(charts, f"A{row}"), [kept])
        workbook.cells.flush()
    model_row, _ = cast("tuple[int, int]", _chart_place(workbook, charts, model))
    texts = workbook.cells.formulas_in(Ref(charts, f"{column_letters(column)}{model_row}:{last}{model_row}"))[
        0
    ]
    results: list[CellValue | Formula] = [
        Formula(formulas.retargeted(text, model.tab, new.tab), None) if text else None for text in texts
    ]
    results[0] = new.project
    workbook.cells.write(Ref(charts, f"{column_letters(column)}{row + 1}"), [results])
    workbook.cells.flush()


def remove_results(workbook: Workbook, charts: str, sheet: ProjectSheet) -> None:
    """Blank the row of results of a sheet behind 图表."""
    place = _chart_place(workbook, charts, sheet)
    if place is not None:
        row, column = place
        width = row_and_column(workbook.cells.used(charts).cell.rpartition(":")[2])[1] - column + 1
        workbook.cells.write(Ref(charts, f"{column_letters(column)}{row}"), [[None] * width])
        workbook.cells.flush()


def _chart_place(workbook: Workbook, charts: str, sheet: ProjectSheet) -> tuple[int, int] | None:
    """Row and column of the identity of a project among the results behind 图表."""
    cells = workbook.cells.read(workbook.cells.used(charts))
    for row, line in enumerate(cells, start=1):
        for column, value in enumerate(line, start=1):
            if value == sheet.project:
                beside = f"{column_letters(column)}{row}:{column_letters(column + 3)}{row}"
                texts = workbook.cells.formulas_in(Ref(charts, beside))[0]
                if not texts[0] and re.search(formulas.reference(sheet.tab), texts[3]):
                    return row, column
    return None


def _all_formulas(workbook: Workbook, tab: str) -> Iterator[tuple[tuple[int, int], str]]:
    """All formulas of a sheet by row and column."""
    for row, line in enumerate(workbook.cells.formulas_in(workbook.cells.used(tab)), start=1):
        for column, text in enumerate(line, start=1):
            if text:
                yield (row, column), text
