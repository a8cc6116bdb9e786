"""Changes to the structure of a sheet: insert, delete, copy, move, sort, merge, fill, group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .bridge import constant, properties, struct, typed
from .errors import Refused, at_the_border
from .layout import Layout
from .values import ErrorValue

if TYPE_CHECKING:
    from .contents import Contents


@at_the_border
class Editing(Layout):
    """What moves cells about."""

    def insert(self, shift: str | None = None, copy_origin: str | None = None) -> None:
        """Insert blank cells here, moving these `down` or to the `right`; whole rows or columns as such.

        They look like their neighbours above or on the left: LibreOffice offers nothing else.
        """
        if copy_origin == "format_from_right_or_below":
            raise NotImplementedError("LibreOffice 插入单元格时只能沿用上方或左侧的格式。")
        rows, columns = self.shape
        mode = self._whole() or {"down": "DOWN", "right": "RIGHT"}.get(
            shift or ("right" if rows > columns else "down")
        )
        self._sheet.api.insertCells(
            self._api.RangeAddress, constant(f"com.sun.star.sheet.CellInsertMode.{mode}")
        )

    def delete(self, shift: str | None = None) -> None:
        """Delete the cells, moving others `up` or to the `left`; whole rows or columns as such."""
        rows, columns = self.shape
        mode = self._whole() or {"up": "UP", "left": "LEFT"}.get(
            shift or ("left" if rows >= columns else "up")
        )
        self._sheet.api.removeRange(
            self._api.RangeAddress, constant(f"com.sun.star.sheet.CellDeleteMode.{mode}")
        )

    def copy(self, destination: Any = None) -> None:
        """Copy everything to a place, or, without one, remember it for `paste`."""
        if destination is None:
            self._sheet.book.app.copied = self
        else:
            destination.impl.copy_from_block(self, "all")

    def copy_from(
        self, source_range: Any, copy_type: str = "all", skip_blanks: bool = False, transpose: bool = False
    ) -> None:
        """Copy from another range: `all`, `formulas`, `values` or `formats`."""
        if skip_blanks:
            raise NotImplementedError("LibreOffice 引擎不能跳过空单元格。")
        self.copy_from_block(source_range.impl, copy_type, transpose=transpose)

    def paste(
        self,
        paste: str | None = None,
        operation: str | None = None,
        skip_blanks: bool = False,
        transpose: bool = False,
    ) -> None:
        """Put what `copy` remembered here: `all`, `formulas`, `values` or `formats`."""
        if operation or skip_blanks:
            raise NotImplementedError("LibreOffice 引擎粘贴时不能运算，也不能跳过空单元格。")
        source = self._sheet.book.app.copied
        if source is None:
            raise Refused("还没有复制任何单元格。请先调用 copy()。")
        self.copy_from_block(source, paste or "all", transpose=transpose)

    def copy_from_block(self, source: Editing, kind: str, *, transpose: bool = False) -> None:
        """Copy one kind of content of a block to the block of its size at this corner."""
        if source.sheet.book.identity != self._sheet.book.identity and kind != "values":
            raise NotImplementedError("LibreOffice 引擎在两个工作簿之间只能复制值。")
        if transpose and kind != "values":
            raise NotImplementedError("LibreOffice 引擎转置时只能复制值。")
        rows, columns = reversed(source.shape) if transpose else source.shape
        target = self._sized(rows, columns)
        if kind == "all":
            self._sheet.api.copyRange(target.first_cell.CellAddress, source.api.RangeAddress)
        elif kind == "values":
            data = [[_as_text(value) for value in line] for line in source.grid()]
            target.raw_value = [list(line) for line in zip(*data, strict=True)] if transpose else data
        elif kind == "formulas":
            target.api.setFormulaArray(source.formulas_seen_from(target))
        elif kind == "formats":
            content = target.content()
            if any(text.startswith("{=") for line in content for text in line):
                raise NotImplementedError("LibreOffice 引擎不能只把格式粘贴到数组公式上。")
            self._sheet.api.copyRange(target.first_cell.CellAddress, source.api.RangeAddress)
            target.api.setFormulaArray(content)
        else:
            raise NotImplementedError(f"LibreOffice 引擎不能只粘贴 {kind}。")

    def move(self, destination: Any) -> None:
        """Move everything, adapting the formulas that refer to it."""
        self._sheet.api.moveRange(destination.impl.first_cell.CellAddress, self._api.RangeAddress)

    def sort(self, keys: Sequence[int], ascending: Sequence[bool], has_headers: bool) -> None:
        """Sort the rows by columns, numbered from 1 inside the block."""
        fields = tuple(_sort_field(column - 1, up) for column, up in zip(keys, ascending, strict=True))
        wanted = properties(
            SortFields=typed("[]com.sun.star.table.TableSortField", fields),
            ContainsHeader=has_headers,
            IsSortColumns=False,
            BindFormatsToContent=True,
        )
        self._api.sort(wanted)

    def autofill(self, destination: Any, type_: str) -> None:
        """Continue the series of these cells over a range that contains them."""
        if type_ not in {"fill_default", "fill_series", "fill_copy"}:
            raise NotImplementedError(f"LibreOffice 引擎没有填充方式 {type_}。")
        whole = destination.impl
        top, left, bottom, right = self.box
        above, before = top - whole.box[0], left - whole.box[1]
        below, after = whole.box[2] - bottom, whole.box[3] - right
        direction = (
            "TO_TOP" if above else "TO_LEFT" if before else "TO_RIGHT" if after and not below else "TO_BOTTOM"
        )
        count = self.shape[1] if direction in {"TO_LEFT", "TO_RIGHT"} else self.shape[0]
        fill = constant(f"com.sun.star.sheet.FillDirection.{direction}")
        if type_ == "fill_copy":
            mode, date_mode = (
                constant(f"com.sun.star.sheet.{name}")
                for name in ("FillMode.SIMPLE", "FillDateMode.FILL_DATE_DAY")
            )
            whole.api.fillSeries(fill, mode, date_mode, 0.0, 1e300)
        else:
            whole.api.fillAuto(fill, count)

    @property
    def merge_cells(self) -> bool | None:
        """Whether its cells are merged."""
        return bool(self._api.IsMerged) or self.merge_area.box != self._cell(*self.box[:2]).box

    @property
    def merge_area(self) -> Editing:
        """The merged cells its first cell belongs to, else that cell."""
        first = self._cell(*self.box[:2])
        cursor = self._sheet.api.createCursorByRange(first.api)
        cursor.collapseToMergedArea()
        return self._at(cursor.RangeAddress)

    def merge(self, across: bool = False) -> None:
        """Make one cell of it; `across`, one of each row."""
        self.unmerge()  # cells already merged would stop it in silence
        top, left, bottom, right = self.box
        for row in range(top, bottom + 1) if across else ():
            self._sheet.api.getCellRangeByPosition(left, row, right, row).merge(True)
        if not across:
            self._api.merge(True)

    def unmerge(self) -> None:
        """Make single cells again."""
        self._api.merge(False)

    def group(self, by: str) -> None:
        """Group its rows or columns in the outline."""
        self._sheet.api.group(self._api.RangeAddress, _orientation(by))

    def ungroup(self, by: str) -> None:
        """Take its rows or columns out of the outline."""
        self._sheet.api.ungroup(self._api.RangeAddress, _orientation(by))

    def adjust_indent(self, amount: int) -> None:
        """Indent by some steps of a digit's width."""
        for _ in range(abs(amount)):
            (self._api.incrementIndent if amount > 0 else self._api.decrementIndent)()

    def formulas_seen_from(self, target: Contents) -> tuple[tuple[str, ...], ...]:
        """Its formulas as they read when copied to another block of the same size."""
        known = self._sheet.book.formulas

        def moved(text: str, row: int, column: int) -> str:
            if not text.startswith("="):
                return text
            return known.moved(text, self.position(row, column), target.position(row, column))

        return tuple(
            tuple(moved(text, row, column) for column, text in enumerate(line))
            for row, line in enumerate(self.content())
        )

    def _whole(self) -> str | None:
        """`ROWS` or `COLUMNS` for a block of whole ones."""
        rows, columns = self._sheet.size
        return "ROWS" if self.shape[1] == columns else "COLUMNS" if self.shape[0] == rows else None


def _as_text(value: Any) -> Any:
    """A value that is written as the text it is, also where it looks like a formula."""
    looks_otherwise = (
        isinstance(value, str) and not isinstance(value, ErrorValue) and value.startswith(("=", "'"))
    )
    return f"'{value}" if looks_otherwise else value


def _orientation(by: str) -> Any:
    kind = "COLUMNS" if by.startswith("c") else "ROWS"
    return constant(f"com.sun.star.table.TableOrientation.{kind}")


def _sort_field(column: int, ascending: bool) -> Any:
    field = struct("com.sun.star.table.TableSortField")
    field.Field, field.IsAscending, field.IsCaseSensitive = column, ascending, False
    return field
