"""A thin, strict layer over XlsxWriter: what every sheet module builds on.

Rows and columns are numbered from 1, as in the workbook and as in `model.column_letters`. A formula is
never written without the value it shows. Text is always text, “=1+1” too. Whatever XlsxWriter would only
warn about, or answer with a negative code, stops the build with `BuildError`.

A sheet module has one function `write(book, tab)` that reads from top to bottom:

    sheet = book.sheet(tab)                              # created beforehand, in workbook order
    sheet.widths({1: 5, 2: 30})
    sheet.text(4, 1, "序号", book.style("header"))
    sheet.value(6, 5, project.funding.budget, book.style("input.amount"))   # as typed
    sheet.formula(6, 9, "=IF(E6>0,ROUND(G6/E6,6),"")", 1.0, book.style("computed.percent"))
    sheet.define("MX_COST", "C7:C14")                    # sheet-scoped; book.define for the whole workbook
"""

# XlsxWriter's inner parts carry no types, and this is the only module that touches them.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false

from __future__ import annotations

import unicodedata
import warnings
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from itertools import islice
from math import ceil
from pathlib import Path
from typing import Any, TypeAlias, cast

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import (
    CellBlankTuple,
    CellFormulaTuple,
    CellNumberTuple,
    Worksheet,
)

from xl_perfeval.forms.ownsheets import quoted
from xl_perfeval.model import CellError, CellValue, Record, column_letters, row_and_column
from xl_perfeval.template import packing, styles

Style: TypeAlias = Format
"""A look of cells, as `Book.style` gives it."""

Cached = str | float | int | bool
"""The value a formula shows until it is recalculated."""
_CALCULATED_BY = 191029
"""What Excel 2019 and later call their way of calculating."""

LONGEST_TEXT = 32_767
CREATED = datetime(2026, 1, 1)  # noqa: DTZ001 - a fixed day, so that equal input gives equal bytes
_CONTROL = {code: None for code in range(32) if code not in (9, 10)} | {
    0x7F: None,
    0xFFFE: None,
    0xFFFF: None,
}


class BuildError(Exception):
    """The template asks XlsxWriter for something it refuses: a mistake in this program, never of a user."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A formula cell of another sheet, for formulas that refer to it: `'tab'!$T$2` and what it shows."""

    ref: str
    cached: Cached


class Book(Workbook):
    """The workbook being written: sheets by tab text, styles by name."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            str(path),
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "default_format_properties": {"font_name": styles.FONT, "font_size": styles.SIZE},
            },
        )
        # Cached values are right: opening the file must calculate nothing, or Excel asks on closing whether to save.
        # It calculates what an older Excel is said to have calculated; XlsxWriter's own number is that of 2007.
        self.set_calc_mode("auto", _CALCULATED_BY)
        self.calc_on_load = False
        self.set_properties({"created": CREATED, "title": "项目支出绩效自评", "author": "xl_perfeval"})
        self._cell_styles: dict[tuple[str, tuple[tuple[str, Any], ...]], Style] = {}
        self._mark_styles: dict[str, Style] = {}
        self._ribbon: bytes | None = None
        self.named: list[tuple[str, str]] = []
        """Names of the whole workbook and what they refer to."""

    def add_sheet(self, tab: str) -> Sheet:
        """Append a sheet; its place in the workbook is that of this call."""
        return cast("Sheet", self.add_worksheet(tab, Sheet))

    def tabs(self) -> list[str]:
        """Tab texts in workbook order."""
        return [str(tab) for tab in self.sheetnames]

    def sheet(self, tab: str) -> Sheet:
        """The sheet with this tab text."""
        return cast("Sheet", self.sheetnames[tab])

    def style(self, name: str, **changes: Any) -> Style:
        """A cell style of `styles.STYLES`, varied by XlsxWriter properties, e.g. `style("input", align="center")`."""
        key = (name, tuple(sorted(changes.items())))
        found = self._cell_styles.get(key)
        if found is None:
            found = self._cell_styles[key] = self.add_format(styles.properties(name, changes))
        return found

    def mark(self, name: str) -> Style:
        """A format of `styles.MARKS` for conditional formats."""
        found = self._mark_styles.get(name)
        if found is None:
            found = self._mark_styles[name] = self.add_format(dict(styles.MARKS[name]))
        return found

    def carry(self, project: bytes, ribbon: bytes) -> None:
        """Make this a macro workbook, with a VBA project and a ribbon."""
        _checked(self.add_vba_project(cast("Any", BytesIO(project)), is_stream=True), "VBA project")
        self._ribbon = ribbon

    def _get_packager(self) -> Any:
        return packing.MacroPackager(self._ribbon) if self._ribbon else super()._get_packager()

    def close(self) -> None:
        """Write the file; sheet-scoped names go in first."""
        for sheet in self.worksheets():
            for name, refers_to in cast("Sheet", sheet).local_names:
                # define_name would stumble over tabs with “!” in them
                self.defined_names.append([name, sheet.index, refers_to, False])
        super().close()

    def define(self, name: str, refers_to: str) -> None:
        """A name of the whole workbook, e.g. `define("PE_UNIT", "'首页'!$C$6")`."""
        _checked(self.define_name(name, f"={refers_to}"), name)
        self.named.append((name, refers_to))


class Sheet(Worksheet):
    """One sheet. Cells are addressed by row and column number from 1."""

    def text(self, row: int, column: int, text: str, style: Style | None = None) -> None:
        """Text, kept as text whatever it looks like; control characters are dropped, 32,767 characters kept."""
        _checked(self._write_string(row - 1, column - 1, clean(text), style), (self.name, row, column))

    def number(self, row: int, column: int, value: float, style: Style | None = None) -> None:
        """A number."""
        self._check(row, column)
        self.table[row - 1][column - 1] = CellNumberTuple(value, style)

    def blank(self, row: int, column: int, style: Style) -> None:
        """An empty cell with a look."""
        self._check(row, column)
        self.table[row - 1][column - 1] = CellBlankTuple(style)

    def fill(self, row: int, columns: Iterable[int], style: Style) -> None:
        """Empty cells of one row with the same look."""
        for column in columns:
            self.blank(row, column, style)

    def value(self, row: int, column: int, value: CellValue, style: Style) -> None:
        """What staff typed: numbers stay numbers, text stays text, `None` leaves the cell blank."""
        if value is None or value == "":
            self.blank(row, column, style)
        elif isinstance(value, bool):
            _checked(self._write_boolean(row - 1, column - 1, value, style), (self.name, row, column))
        elif isinstance(value, int | float):
            self.number(row, column, value, style)
        elif isinstance(value, date):
            _checked(self._write_datetime(row - 1, column - 1, value, style), (self.name, row, column))
        else:
            self.text(row, column, value.code if isinstance(value, CellError) else value, style)

    def formula(
        self, row: int, column: int, formula: str, cached: Cached, style: Style | None = None
    ) -> None:
        """A formula (with its “=”) together with the value it shows until it is recalculated."""
        self._check(row, column)
        self.table[row - 1][column - 1] = CellFormulaTuple(formula[1:], style, cached)

    def across(self, row: int, columns: Sequence[int], text: str, style: Style) -> None:
        """A heading over several columns without merging: `style` needs `align="center_across"`."""
        self.text(row, columns[0], text, style)
        self.fill(row, columns[1:], style)

    def merged(self, row: int, column: int, last_row: int, last_column: int, text: str, style: Style) -> None:
        """A merged text: only on sheets and forms that are not tables to fill."""
        code = self.merge_range(row - 1, column - 1, last_row - 1, last_column - 1, "", style)
        _checked(code, (self.name, row, column))
        if text:
            self.text(row, column, text, style)

    def height(self, row: int, points: float, *, grows: bool = False, level: int = 0) -> None:
        """Height of a row in points. A row that `grows` is only estimated: Excel fits it when its text changes."""
        options = {"level": level} if level else None
        _checked(self.set_row(row - 1, points, None, options), (self.name, row))
        if grows:
            self._growing.add(row)

    def widths(self, widths: Mapping[int, float]) -> None:
        """Widths of columns in characters."""
        for column, width in widths.items():
            self.column(column, width)

    def column(self, column: int, width: float, style: Style | None = None, *, hidden: bool = False) -> None:
        """Width and look of a whole column, cells that were never written included."""
        options = {"hidden": True} if hidden else None
        _checked(self.set_column(column - 1, column - 1, width, style, options), (self.name, column))

    def hide_columns(self, columns: Iterable[int]) -> None:
        """Hidden helper columns."""
        for column in columns:
            self.column(column, 9, hidden=True)

    def button(
        self, row: int, column: int, caption: str, macro: str, size: tuple[int, int], offset: tuple[int, int]
    ) -> None:
        """A form button that calls a macro; its size, and its offset from the corner of the cell, in pixels."""
        options = {"macro": macro, "caption": caption, "width": size[0], "height": size[1]}
        options |= {"x_offset": offset[0], "y_offset": offset[1]}
        _checked(self.insert_button(row - 1, column - 1, options), (self.name, row, column))

    def define(self, name: str, cells: str) -> None:
        """A name scoped to this sheet for one of its own blocks, e.g. `define("MX_COST", "C7:C14")`."""
        self.local_names.append((name, self.ref(cells)))

    def ref(self, cells: str) -> str:
        """Absolute reference with the tab, for formulas and names: `'资金概况'!$E$5:$E$14`."""
        return f"{quoted(str(self.name))}!{absolute(cells)}"

    def when(self, cells: str, formula: str, mark: Style, *, stop: bool = False) -> None:
        """Conditional format of a block; `formula` is relative to its first cell."""
        options = {"type": "formula", "criteria": formula, "format": mark, "stop_if_true": stop}
        _checked(self.conditional_format(cells, options), (self.name, cells))

    def validate(self, cells: str, options: Mapping[str, Any]) -> None:
        """Data validation of a block, XlsxWriter's options."""
        _checked(self.data_validation(cells, dict(options)), (self.name, cells))

    def lock(self) -> None:
        """Protection without a password: filtering, formats of rows and columns and new rows stay allowed."""
        self.protect(
            "",
            {
                "format_columns": True,
                "format_rows": True,
                "insert_rows": True,
                "autofilter": True,
                "objects": False,
            },
        )

    def page(
        self,
        *,
        last_row: int,
        last_column: int,
        repeat: tuple[int, int] | None = None,
        portrait: bool = False,
    ) -> None:
        """A4, one page wide, footer with page numbers and tab; `repeat` are the header rows on every page."""
        self.set_paper(9)
        if not portrait:
            self.set_landscape()
        self.set_margins(left=0.45, right=0.45, top=0.55, bottom=0.65)
        self.center_horizontally()
        self.fit_to_pages(1, 0)
        self.set_footer("&C&9第 &P 页　共 &N 页&R&9&A")
        if repeat:
            _checked(self.repeat_rows(repeat[0] - 1, repeat[1] - 1), self.name)
        _checked(self.print_area(0, 0, last_row - 1, last_column - 1), self.name)
        self.hide_gridlines(2)

    def content(self, row: int, column: int) -> str | float | bool | None:
        """What a cell written before holds or, when it is a formula, shows."""
        found: Any = self.table.get(row - 1, {}).get(column - 1)
        match type(found).__name__:
            case "String":
                table: Any = self.str_table
                return next(islice(table.string_table, found.string, None))
            case "Number" | "Datetime":
                return found.number
            case "Boolean":
                return bool(found.boolean)
            case "Formula":
                return found.value
            case _:
                return None

    @property
    def columns(self) -> int:
        """Number of the last column that holds anything."""
        return (self.dim_colmax or 0) + 1

    # --- how XlsxWriter is held back -----------------------------------------------------------------

    def __init__(self) -> None:
        super().__init__()
        self.local_names: list[tuple[str, str]] = []
        self._growing: set[int] = set()

    def _check(self, row: int, column: int) -> None:
        if self._check_dimensions(row - 1, column - 1):
            raise BuildError(f"no such cell: {self.name} {row} {column}")

    def _xml_start_tag_unencoded(self, tag: str, attributes: Any = ()) -> None:
        super()._xml_start_tag_unencoded(tag, self._row_attributes(attributes))

    def _xml_empty_tag_unencoded(self, tag: str, attributes: Any = ()) -> None:
        super()._xml_empty_tag_unencoded(tag, self._row_attributes(attributes))

    def _row_attributes(self, attributes: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
        """Attributes of `<row>`: without `customHeight` a row still grows when its text does."""
        if attributes and attributes[0][1] in self._growing:
            return [pair for pair in attributes if pair[0] != "customHeight"]
        return attributes

    def _xml_formula_element(self, formula: str, result: Any, attributes: Any = ()) -> None:
        """Text is text: XlsxWriter leaves "" without a type, as a number, and takes the word #N/A for an error."""
        if isinstance(result, str):
            attributes = [pair for pair in attributes if pair[0] != "t"] + [("t", "str")]
        super()._xml_formula_element(formula, result, attributes)

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        """XlsxWriter looks for 150 functions in each formula of a format, and all sheets have the same formats."""
        found = _PREPARED.get((formula, expand_future_functions))
        if found is None:
            found = super()._prepare_formula(formula, expand_future_functions)
            if len(_PREPARED) < _MOST_PREPARED:
                _PREPARED[formula, expand_future_functions] = found
        return found


_PREPARED: dict[tuple[str, bool], str] = {}
_MOST_PREPARED = 2_000


@contextmanager
def strict() -> Generator[None]:
    """Turn XlsxWriter's warnings into `BuildError`."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        try:
            yield
        except UserWarning as warning:
            raise BuildError(str(warning)) from warning


def _checked(code: object, what: object) -> None:
    if isinstance(code, int) and code < 0:
        raise BuildError(f"XlsxWriter refused {what} ({code})")


def clean(text: str) -> str:
    """Text as a cell can hold it: no control characters, line feeds only, at most 32,767 UTF-16 units."""
    if not text.isprintable():
        text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROL)
        text = "".join(character for character in text if not "\ud800" <= character <= "\udfff")
    if len(text) * 2 > LONGEST_TEXT:
        units = text.encode("utf-16-le")[: LONGEST_TEXT * 2]
        text = units.decode("utf-16-le", "ignore")
    return text


def cleaned(record: Any) -> Any:
    """A record, or a tuple of records, with all its texts as cells can hold them.

    Done once beforehand, so that what formulas show agrees with what the cells hold.
    """
    if isinstance(record, str):
        return record if record.isprintable() and len(record) * 2 <= LONGEST_TEXT else clean(record)
    if isinstance(record, tuple):
        found = tuple(cleaned(each) for each in cast("tuple[Any, ...]", record))
        same = all(new is old for new, old in zip(found, cast("tuple[Any, ...]", record), strict=True))
        return cast("Any", record) if same else found
    if not isinstance(record, Record):
        return record
    changes: dict[str, Any] = {}
    for field in fields(record):
        old = getattr(record, field.name)
        if field.compare and old is not None and (new := cleaned(old)) is not old:
            changes[field.name] = new
    return replace(record, **changes) if changes else record


def number(value: Decimal | float | None) -> float | str:
    """A cached number for a formula cell; nothing is shown as ""."""
    return "" if value is None else float(value)


def cell(row: int, column: int) -> str:
    """A1 address: `cell(9, 7)` → G9."""
    return f"{column_letters(column)}{row}"


def absolute(cells: str) -> str:
    """With dollar signs: `E5:E14` → `$E$5:$E$14`."""
    parts = [row_and_column(part) for part in cells.split(":")]
    return ":".join(f"${column_letters(column)}${row}" for row, column in parts)


def width_of(text: str) -> int:
    """Width of a line in characters; Chinese ones count 2."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)


def lines_of(value: CellValue, width: float) -> int:
    """How many lines a wrapped text takes in a column of this width (in characters)."""
    if not isinstance(value, str):
        return 1
    room = max(
        2.0, (width - 1.7) * 1.03
    )  # indent and padding; a Chinese character is a little under 2 digits
    return sum(max(1, ceil(width_of(line) / room)) for line in value.split("\n"))


def height_for(cells: Iterable[tuple[CellValue, float]], *, line: float = 15.0, least: float = 24.0) -> float:
    """Row height in points for texts in columns of given widths; Excel allows at most 409."""
    most = max((lines_of(value, width) for value, width in cells), default=1)
    return min(409.0, max(least, most * line + 9))
