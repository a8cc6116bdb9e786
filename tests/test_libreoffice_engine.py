"""The LibreOffice engine, through ordinary xlwings code."""

# ruff: noqa: DTZ001 - cells know no time zones
from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import date, datetime, timedelta
from datetime import time as clock
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import xlwings as xw

from xl_perfeval.books import libreoffice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.office import Office

# What is written → what is read back.
ROUND_TRIPS: dict[str, tuple[Any, Any]] = {
    "whole number": (7, 7.0),
    "beyond 32 bits": (10**12, 1e12),
    "decimal": (Decimal("12.50"), 12.5),
    "text": ("科普经费", "科普经费"),
    "text like a number": ("2026", "2026"),
    "text like a date": ("1/2", "1/2"),
    "text like a formula": ("'=1+1", "=1+1"),
    "blank": (None, None),
    "blank text": ("", None),
    "not a number": (float("nan"), None),
    "true": (True, True),
    "false": (False, False),
    "numpy number": (np.int64(3), 3.0),
    "numpy truth": (np.bool_(True), True),
    "numpy date": (np.datetime64("2024-05-06T07:08:09"), datetime(2024, 5, 6, 7, 8, 9)),
    "pandas date": (pd.Timestamp(2024, 5, 6), datetime(2024, 5, 6)),
    "missing": (pd.NA, None),
    "missing date": (pd.NaT, None),
    "day": (date(2024, 2, 29), datetime(2024, 2, 29)),
    "moment": (datetime(2024, 2, 29, 13, 14, 15), datetime(2024, 2, 29, 13, 14, 15)),
    "time of day": (clock(6), 0.25),
    "duration": (timedelta(hours=36), 1.5),
    "formula": ("=1+1", 2.0),
}


@pytest.fixture
def app(office: Office) -> Iterator[xw.App]:
    """The session's office, as an app."""
    found = libreoffice.connect(office.pipe)
    yield found
    found.quit()


@pytest.fixture
def book(app: xw.App) -> Iterator[xw.Book]:
    """A new workbook."""
    added = app.books.add()
    yield added
    added.close()


@pytest.fixture
def sheet(book: xw.Book) -> xw.Sheet:
    """Its only sheet."""
    return book.sheets[0]


class TestValues:
    @pytest.mark.parametrize(("written", "read"), ROUND_TRIPS.values(), ids=ROUND_TRIPS)
    def test_one_cell(self, sheet: xw.Sheet, written: Any, read: Any) -> None:
        sheet["B2"].value = written
        found = sheet["B2"].value
        assert (found, type(found)) == (read, type(read))

    def test_all_at_once(self, sheet: xw.Sheet) -> None:
        sheet["A1"].value = [[written for written, _ in ROUND_TRIPS.values()]] * 3
        assert (
            sheet["A1"].resize(3, len(ROUND_TRIPS)).value == [[read for _, read in ROUND_TRIPS.values()]] * 3
        )

    def test_none_blanks_a_cell_inside_a_block(self, sheet: xw.Sheet) -> None:
        sheet["A1"].value = [[1, 2], [3, 4]]
        sheet["A1"].value = [[1, None], ["", 4]]
        assert sheet["A1:B2"].value == [[1.0, None], [None, 4.0]]
        assert sheet["A1:B2"].formula == (("1", ""), ("", "4"))

    def test_number_after_truth_value_is_a_number(self, sheet: xw.Sheet) -> None:
        sheet["A1"].value = [True, False, "x", True]
        sheet["A1"].value = [1, 0, True, None]
        assert [type(one) for one in sheet["A1:D1"].value] == [float, float, bool, type(None)]

    def test_number_after_date_keeps_the_format_as_in_excel(self, sheet: xw.Sheet) -> None:
        sheet["A1"].value = date(2024, 1, 1)
        sheet["A1"].value = 45293
        assert sheet["A1"].value == datetime(2024, 1, 2)

    def test_dates_in_the_chosen_type(self, sheet: xw.Sheet) -> None:
        sheet["A1"].value = [datetime(2024, 5, 6, 7), 3]
        assert sheet["A1:B1"].options(dates=date, numbers=int).value == [date(2024, 5, 6), 3]

    def test_many_formats_in_one_block(self, sheet: xw.Sheet) -> None:
        rows = [
            [date(2024, 1, 1 + row) if (row + column) % 3 else row + column for column in range(6)]
            for row in range(20)
        ]
        for row, values in enumerate(rows):
            sheet[row, 0].value = values
            sheet[row, row % 6].color = (row, 0, 0)
        expected = [
            [datetime(v.year, v.month, v.day) if isinstance(v, date) else float(v) for v in row]
            for row in rows
        ]
        assert sheet["A1:F20"].value == expected

    def test_dates_of_formulas(self, sheet: xw.Sheet) -> None:
        sheet["A1"].value = [["=DATE(2024,5,6)", "=A1+1", "=A1*1", "=2>1"]]
        sheet["C1"].number_format = "0"
        assert sheet["A1:D1"].value == [datetime(2024, 5, 6), datetime(2024, 5, 7), 45418.0, True]

    def test_what_no_cell_can_hold(self, sheet: xw.Sheet) -> None:
        with pytest.raises(TypeError, match="不能写入 object"):
            sheet["A1"].value = object()

    def test_infinity(self, sheet: xw.Sheet) -> None:
        with pytest.raises(ValueError, match="无穷大"):
            sheet["A1"].value = float("inf")

    def test_rows_of_unequal_length(self, sheet: xw.Sheet) -> None:
        with pytest.raises(ValueError, match="列数不一样"):
            sheet["A1"].raw_value = [[1, 2], [3]]
        assert sheet["A1"].value is None

    def test_errors(self, sheet: xw.Sheet) -> None:
        sheet["A1"].value = ["=1/0", "=NA()", "=NOSUCH()", '="x"+1', "=99^999", "=#REF!", 5]
        cells = sheet["A1:G1"]
        assert cells.value == [None] * 6 + [5.0]
        texts = ["#DIV/0!", "#N/A", "#NAME?", "#VALUE!", "#NUM!", "#REF!", 5.0]
        assert cells.options(err_to_str=True).value == texts

    def test_ten_thousand_numbers_at_once(self, sheet: xw.Sheet) -> None:
        rows = [[float(row * 100 + column) for column in range(100)] for row in range(100)]
        began = time.perf_counter()
        sheet["A1"].value = rows
        assert sheet["A1:CV100"].value == rows
        assert time.perf_counter() - began < 5  # cell by cell it takes more than fifteen seconds


class TestConverters:
    def test_data_frame(self, sheet: xw.Sheet) -> None:
        frame = pd.DataFrame(
            {
                "项目": ["科普", None],
                "预算": [60.5, np.nan],
                "日期": pd.to_datetime(["2024-01-02", "2024-03-04"]),
            }
        )
        sheet["B2"].value = frame
        found = sheet["B2"].options(pd.DataFrame, expand="table").value
        pd.testing.assert_frame_equal(found, frame, check_dtype=False, check_index_type=False)

    def test_numpy_array(self, sheet: xw.Sheet) -> None:
        sheet["A1"].value = np.arange(6).reshape(2, 3)
        np.testing.assert_array_equal(sheet["A1:C2"].options(np.array).value, [[0, 1, 2], [3, 4, 5]])

    def test_dictionary(self, sheet: xw.Sheet) -> None:
        sheet["A1"].value = {"预算": 60.0, "支出": 58.5}
        assert sheet["A1:B2"].options(dict).value == {"预算": 60.0, "支出": 58.5}

    def test_chunks(self, sheet: xw.Sheet) -> None:
        rows = [[float(row), f"行{row}"] for row in range(25)]
        sheet["A1"].options(chunksize=10).value = rows
        assert sheet["A1:B25"].options(chunksize=7).value == rows


class TestFormulas:
    @pytest.mark.parametrize(
        "formula",
        [
            "=SUM(A2:A10)",
            '=IF(AND(B1>2,C1<>"a;b"),TRUE,FALSE)',
            "='资金 概况'!B3*2",
            '=SUMPRODUCT((A1:A3="甲")*B1:B3)',
            "=$A$1+A$1+$A1",
            '=LEFT(A1,2)&"TRUE()"',
            "=VLOOKUP(1,A1:B3,2,FALSE)",
            "=#REF!",
            '=IF(ISERROR(#N/A),"#N/A",#DIV/0!)',
        ],
    )
    def test_grammar_of_excel(self, book: xw.Book, formula: str) -> None:
        book.sheets.add("资金 概况", after=book.sheets[0])
        cell = book.sheets[0]["E5"]
        cell.formula = formula
        assert cell.formula == formula

    def test_one_formula_for_a_block_is_seen_from_each_cell(self, sheet: xw.Sheet) -> None:
        sheet["A1"].value = [[1, 10], [2, 20]]
        sheet["C1:D2"].number_format = "0.0"
        sheet["C1:D2"].formula = "=A1*$A$1"
        assert sheet["C1:D2"].formula == (("=A1*$A$1", "=B1*$A$1"), ("=A2*$A$1", "=B2*$A$1"))
        assert sheet["C1:D2"].value == [[1.0, 10.0], [2.0, 20.0]]
        assert sheet["C1:D2"].number_format == "0.0"

    def test_formulas_among_values(self, sheet: xw.Sheet) -> None:
        sheet["A1"].value = [["预算", 60], ["支出", 58.5], ["结余", "=B1-B2"], ["说明", "'=B1"]]
        assert sheet["A1:B4"].value == [["预算", 60.0], ["支出", 58.5], ["结余", 1.5], ["说明", "=B1"]]
        assert [row[1] for row in sheet["A1:B4"].formula] == ["60", "58.5", "=B1-B2", "=B1"]
        sheet["B2"].value = 60
        assert sheet["B3"].value == 0.0
        sheet["B1"].value = 61
        assert sheet["B4"].value == "=B1"

    def test_matrix_formula(self, sheet: xw.Sheet) -> None:
        sheet["A1"].value = [[1, 4], [2, 5], [3, 6]]
        sheet["D1"].formula_array = "=SUM(A1:A3*B1:B3)"
        assert (sheet["D1"].value, sheet["D1"].formula_array, sheet["D1"].has_array) == (
            32.0,
            "=SUM(A1:A3*B1:B3)",
            True,
        )
        assert not sheet["A1"].has_array

    def test_functions_libreoffice_does_not_know_keep_their_capitals(self, sheet: xw.Sheet) -> None:
        sheet["A1"].formula = '=PE_TOTAL(B1:B3)&"pe_total()"'
        assert sheet["A1"].formula == '=PE_TOTAL(B1:B3)&"pe_total()"'
        assert sheet["A1"].options(err_to_str=True).value == "#NAME?"

    def test_deleted_cells_are_errors(self, book: xw.Book) -> None:
        first, second = book.sheets[0], book.sheets.add("乙", after=book.sheets[0])
        first["A1"].value = ["=乙!A1+1", "=SUM(A10:A11)"]
        first["10:11"].delete()
        second.delete()
        assert first["A1:B1"].formula == (("=#REF!+1", "=SUM(#REF!)"),)

    def test_other_workbooks_are_refused(self, sheet: xw.Sheet) -> None:
        with pytest.raises(libreoffice.Refused, match="另一个工作簿"):
            sheet["A1"].formula = "=[其他.xlsx]Sheet1!A1"
        assert sheet["A1"].formula == ""

    def test_number_after_formula_with_truth_value(self, sheet: xw.Sheet) -> None:
        sheet["A1"].value = "=2>1"
        sheet["A1"].formula = "=1*1"
        assert type(sheet["A1"].value) is float

    def test_empty_reference(self, book: xw.Book) -> None:
        with pytest.raises(libreoffice.Refused, match="引用是空的"):
            book.names.add("空名称", "=")

    def test_manual_calculation(self, app: xw.App, sheet: xw.Sheet) -> None:
        sheet["A1"].value = [1, "=A1*2"]
        app.calculation = "manual"
        sheet["A1"].value = 5
        app.calculate()
        assert sheet["B1"].value == 10.0
        assert app.calculation == "manual"
        app.calculation = "automatic"


class TestPlaces:
    @pytest.mark.parametrize(
        ("asked", "address"),
        [
            ("B2:D5", "$B$2:$D$5"),
            ("D5:B2", "$B$2:$D$5"),
            ("$a$1", "$A$1"),
            ("A:D", "$A:$D"),
            ("3:10", "$3:$10"),
            ((2, 3), "$C$2"),
            ("Sheet1!B2", "$B$2"),
        ],
    )
    def test_address(self, sheet: xw.Sheet, asked: Any, address: str) -> None:
        sheet.name = "Sheet1"
        assert sheet.range(asked).address == address

    def test_neither_address_nor_name(self, sheet: xw.Sheet) -> None:
        with pytest.raises(KeyError, match="既不是单元格地址"):
            sheet["没有这个名称"]

    def test_expand_and_end(self, sheet: xw.Sheet) -> None:
        sheet["B2"].value = [["a", "b", "c"], [1, 2, 3], [4, 5, 6]]
        assert sheet["B2"].expand().address == "$B$2:$D$4"
        assert sheet["B2"].expand("down").address == "$B$2:$B$4"
        assert sheet["C3"].current_region.address == "$B$2:$D$4"
        assert sheet["B2"].end("right").end("down").address == "$D$4"
        assert sheet["B4"].end("down").row == sheet.cells.shape[0]
        assert sheet.used_range.address == "$B$2:$D$4"

    def test_slices(self, sheet: xw.Sheet) -> None:
        block = sheet["A1:C3"]
        block.value = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
        assert block[1:, 0].value == [4.0, 7.0]
        assert block[3:, :].value is None
        assert len(block[3:, :]) == 0

    def test_insert_and_delete_rows(self, sheet: xw.Sheet) -> None:
        sheet["A1"].value = [[1], [2], ["=SUM(A1:A2)"]]
        sheet["2:2"].insert("down")
        sheet["A2"].value = 5
        assert sheet["A4"].formula == "=SUM(A1:A3)"
        assert sheet["A4"].value == 8.0
        sheet["1:1"].delete()
        assert sheet["A1:A3"].value == [5.0, 2.0, 7.0]

    def test_copy_and_sort(self, sheet: xw.Sheet) -> None:
        sheet["A1"].value = [[2, "=A1*10"], [1, "=A2*10"]]
        sheet["A1:B2"].copy(sheet["D1"])
        assert sheet["E1"].formula == "=D1*10"
        sheet["G1"].copy_from(sheet["A1:B2"], copy_type="values")
        assert sheet["G1:H2"].formula == (("2", "20"), ("1", "10"))
        sheet["G1:H2"].sort(1)
        assert sheet["G1:H2"].value == [[1.0, 10.0], [2.0, 20.0]]

    @pytest.mark.parametrize("kind", ["all", "values", "formulas", "formats"])
    def test_text_never_becomes_a_formula(self, sheet: xw.Sheet, kind: str) -> None:
        texts = [["'=1+1", "''x", "'2026", "'{=1}"]]
        sheet["A1:D1"].value = sheet["A3:D3"].value = texts
        expected = ["=1+1", "'x", "2026", "{=1}"]
        sheet["A3"].copy_from(sheet["A1:D1"], copy_type=kind)
        assert sheet["A3:D3"].value == expected

    def test_copied_errors_stay_errors(self, sheet: xw.Sheet) -> None:
        sheet["A1"].value = ["=1/0", "=NA()"]
        sheet["A2"].copy_from(sheet["A1:B1"], copy_type="values")
        assert sheet["A2:B2"].options(err_to_str=True).value == ["#DIV/0!", "#N/A"]

    def test_merged_cells(self, sheet: xw.Sheet) -> None:
        sheet["B2:C3"].merge()
        assert sheet["B2"].merge_area.address == "$B$2:$C$3"
        assert sheet["B2"].merge_cells
        sheet["B2:C3"].unmerge()
        assert not sheet["B2"].merge_cells


class TestLooks:
    def test_number_format(self, sheet: xw.Sheet) -> None:
        sheet["A1:B2"].number_format = "#,##0.00"
        assert sheet["A1:B2"].number_format == "#,##0.00"
        sheet["A1"].number_format = "0%"
        assert sheet["A1:B2"].number_format is None

    def test_fill(self, sheet: xw.Sheet) -> None:
        sheet["A1"].color = "#FFC000"
        assert sheet["A1"].color == (255, 192, 0)
        sheet["A2"].color = (1, 2, 3)
        assert sheet["A1:A2"].color is None
        sheet["A1"].color = None
        assert sheet["A1"].color is None

    def test_font(self, sheet: xw.Sheet) -> None:
        font = sheet["A1"].font
        font.set(bold=True, italic=True, size=14, color=(255, 0, 0), name="Noto Sans CJK SC")
        assert (font.bold, font.italic, font.size, font.color, font.name) == (
            True, True, 14.0, (255, 0, 0), "Noto Sans CJK SC",
        )  # fmt: skip
        assert sheet["A1:A2"].font.bold is None
        assert sheet["A1"].api.CharFontNameAsian == "Noto Sans CJK SC"

    def test_alignment_and_wrapping(self, sheet: xw.Sheet) -> None:
        cell = sheet["A1"]
        cell.horizontal_alignment, cell.vertical_alignment, cell.wrap_text = "center", "top", True
        assert (cell.horizontal_alignment, cell.vertical_alignment, cell.wrap_text) == ("center", "top", True)
        with pytest.raises(NotImplementedError, match="没有水平对齐方式"):
            cell.horizontal_alignment = "distributed"

    def test_borders(self, sheet: xw.Sheet) -> None:
        block = sheet["B2:C3"]
        block.borders.set("outside", line_style="continuous", weight="medium", color=(255, 0, 0))
        block.borders["inside_vertical"].line_style = "dash"
        assert [block.borders["edge_top"].line_style, block.borders["edge_top"].weight] == [
            "continuous",
            "medium",
        ]
        assert block.borders["edge_left"].color == (255, 0, 0)
        assert sheet["B3"].borders["edge_right"].line_style == "dash"
        assert block.borders["inside_horizontal"].line_style == "none"
        block.borders.clear()
        assert block.borders.line_style == "none"

    def test_characters(self, sheet: xw.Sheet) -> None:
        sheet["A1"].value = "预算60万元"
        sheet["A1"].characters[2:4].font.bold = True
        assert [sheet["A1"].characters[at].font.bold for at in range(4)] == [False, False, True, True]
        assert sheet["A1"].characters[2:4].text == "60"
        assert sheet["A1"].value == "预算60万元"

    def test_sizes(self, sheet: xw.Sheet) -> None:
        sheet["A1:B2"].column_width, sheet["A1:B2"].row_height = 20, 30
        assert (sheet["A1:B2"].column_width, sheet["A1:B2"].row_height) == (20.0, 30.0)
        assert sheet["A1:B2"].height == 60.0
        sheet["B1"].column_width = 10
        assert sheet["A1:B1"].column_width is None
        sheet["A1"].rows.hidden = True
        assert sheet["A1"].rows.hidden is True
        sheet["A:B"].autofit()
        assert sheet["A1"].column_width < 20

    def test_clear(self, sheet: xw.Sheet) -> None:
        sheet["A1"].value, sheet["A1"].color = 5, (1, 2, 3)
        sheet["A1"].clear_contents()
        assert (sheet["A1"].value, sheet["A1"].color) == (None, (1, 2, 3))
        sheet["A1"].clear()
        assert sheet["A1"].color is None

    def test_freeze_panes_survive_saving(self, book: xw.Book, tmp_path: Path) -> None:
        book.sheets[0].freeze_panes.freeze_at("A1:B3")
        book.save(tmp_path / "冻结.xlsx")
        assert b'xSplit="2" ySplit="3"' in _part(tmp_path / "冻结.xlsx", "xl/worksheets/sheet1.xml")

    def test_print_area(self, sheet: xw.Sheet) -> None:
        sheet.page_setup.print_area = "A1:D20"
        assert sheet.page_setup.print_area == "$A$1:$D$20"


class TestNamesAndNotes:
    def test_name_of_the_workbook(self, book: xw.Book) -> None:
        sheet = book.sheets[0]
        sheet.name = "资金概况"
        sheet["B2:C3"].name = "FUND_BUDGET"
        assert book.names["fund_budget"].refers_to == "=资金概况!$B$2:$C$3"
        assert sheet["FUND_BUDGET"].address == "$B$2:$C$3"
        assert sheet["B2:C3"].name.name == "FUND_BUDGET"
        assert "FUND_BUDGET" in book.names
        del book.names["FUND_BUDGET"]
        assert len(book.names) == 0

    def test_name_of_a_sheet_with_blanks(self, book: xw.Book) -> None:
        sheet = book.sheets.add("项目 1")
        sheet.names.add("TOTAL", "='项目 1'!$A$1")
        assert [name.name for name in book.names] == ["'项目 1'!TOTAL"]
        assert sheet.names["TOTAL"].refers_to == "='项目 1'!$A$1"
        assert book.names["'项目 1'!TOTAL"].refers_to_range == sheet["A1"]
        with pytest.raises(KeyError):
            book.sheets[1]["TOTAL"]

    def test_name_for_a_formula(self, book: xw.Book) -> None:
        name = book.names.add("RATE", "=0.5*SUM(Sheet1!$A$1:$A$2)")
        assert name.refers_to == "=0.5*SUM(Sheet1!$A$1:$A$2)"
        with pytest.raises(ValueError, match="不是一个区域"):
            _ = name.refers_to_range

    def test_name_no_workbook_may_have(self, book: xw.Book) -> None:
        with pytest.raises(libreoffice.Refused):
            book.names.add("A1", "=Sheet1!$A$1")

    def test_notes(self, book: xw.Book) -> None:
        sheet = book.sheets[0]
        sheet["C3"].add_note("第一行\n第二行")
        sheet["A1"].add_note("说明")
        assert sheet["C3"].note.text == "第一行\n第二行"
        assert next((note.location.address, note.text) for note in sheet.notes) == ("$A$1", "说明")
        sheet["C3"].note.text = "改过"
        assert book.notes.count == 2
        sheet["A1"].note.delete()
        assert sheet["A1"].note is None
        assert sheet["C3"].note.text == "改过"

    def test_hyperlink(self, sheet: xw.Sheet) -> None:
        sheet["A1"].add_hyperlink("https://example.org/a", "网页")
        assert (sheet["A1"].value, sheet["A1"].hyperlink) == ("网页", "https://example.org/a")


class TestSheetsAndBooks:
    def test_sheets(self, book: xw.Book) -> None:
        book.sheets.add("甲", after=book.sheets[0])
        book.sheets["甲"]["A1"].value = 1
        copied = book.sheets["甲"].copy(name="乙")
        assert book.sheet_names == ["Sheet1", "甲", "乙"]
        assert copied["A1"].value == 1.0
        copied.move(before=book.sheets[0])
        copied.visible = False
        book.sheets["甲"].delete()
        assert [(one.name, one.visible) for one in book.sheets] == [("乙", False), ("Sheet1", True)]
        with pytest.raises(KeyError, match="没有工作表 丙"):
            book.sheets["丙"]

    def test_what_is_not_there_says_so(self, sheet: xw.Sheet) -> None:
        with pytest.raises(NotImplementedError, match=r"LibreOffice 引擎没有 Sheet\.charts"):
            _ = sheet.charts
        with pytest.raises(NotImplementedError, match="不能新建“表格”"):
            sheet.tables.add(sheet["A1:B2"])

    def test_last_sheet_stays(self, sheet: xw.Sheet) -> None:
        with pytest.raises(ValueError, match="最后一张不能删除"):
            sheet.delete()

    def test_taken_title(self, book: xw.Book) -> None:
        added = book.sheets.add("甲")
        with pytest.raises((ValueError, libreoffice.Refused)):
            added.name = "Sheet1"

    def test_protected_cells(self, sheet: xw.Sheet) -> None:
        sheet["A1"].value = 1
        sheet.api.protect("")
        with pytest.raises(libreoffice.Refused):
            sheet["A1"].value = 2
        with pytest.raises(libreoffice.Refused, match="受保护"):
            sheet["A1"].clear_contents()
        assert sheet["A1"].value == 1.0

    def test_save_and_open_again(self, app: xw.App, tmp_path: Path) -> None:
        path = tmp_path / "预算 2026.xlsx"
        with app.books.add() as book:
            book.sheets[0]["A1"].value = [["合计", "=1+1", True, date(2024, 5, 6)]]
            book.save(path)
            assert (book.name, book.fullname) == (path.name, str(path))
            book.sheets[0]["A2"].value = "第二次"
            book.save()
        with app.books.open(path) as book:
            assert book.sheets[0]["A1:D1"].value == ["合计", 2.0, True, datetime(2024, 5, 6)]
            assert book.sheets[0]["B1"].formula == "=1+1"
            assert book.sheets[0]["A2"].value == "第二次"
            assert app.books[path.name] == book
        assert path.name not in [book.name for book in app.books]

    def test_password(self, app: xw.App, tmp_path: Path) -> None:
        path = tmp_path / "密.xlsx"
        with app.books.add() as book:
            book.sheets[0]["A1"].value = 42
            book.save(path, password="abc")
            book.save()
            with pytest.raises(ValueError, match=r"不能给 \.ods 文件加密码"):
                book.save(tmp_path / "密.ods", password="abc")
        assert path.read_bytes().startswith(b"\xd0\xcf\x11\xe0")  # a package would start with PK
        with pytest.raises(libreoffice.NotOpened, match="密码"):
            app.books.open(path)
        with app.books.open(path, password="abc") as book:
            assert book.sheets[0]["A1"].value == 42.0

    def test_comma_separated(self, app: xw.App, tmp_path: Path) -> None:
        path = tmp_path / "表.csv"
        path.write_text("名称,金额\n科普,60.5\n", encoding="utf-8")
        with app.books.open(path) as book:
            assert book.sheets[0]["A1"].expand().value == [["名称", "金额"], ["科普", 60.5]]

    def test_not_a_workbook(self, app: xw.App, tmp_path: Path) -> None:
        path = tmp_path / "坏.xlsx"
        path.write_bytes(b"PK\x03\x04 not a package")
        with pytest.raises(libreoffice.NotOpened, match=r"打不开 .*坏\.xlsx") as caught:
            app.books.open(path)
        assert isinstance(caught.value, OSError)

    def test_unknown_kind_of_file(self, book: xw.Book, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match=r"不能保存为 \.docx"):
            book.save(tmp_path / "x.docx")

    def test_no_such_folder(self, book: xw.Book, tmp_path: Path) -> None:
        with pytest.raises(libreoffice.NotSaved, match="没有保存成"):
            book.save(tmp_path / "没有" / "x.xlsx")
        assert not (tmp_path / "没有").exists()

    def test_pdf(self, book: xw.Book, tmp_path: Path) -> None:
        book.sheets[0]["A1"].value = "x"
        book.to_pdf(tmp_path / "a.pdf")
        book.sheets[0]["A1"].to_pdf(tmp_path / "b.pdf")
        assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
        assert (tmp_path / "b.pdf").read_bytes().startswith(b"%PDF")

    def test_closed_workbook(self, app: xw.App) -> None:
        book = app.books.add()
        sheet = book.sheets[0]
        book.close()
        with pytest.raises(libreoffice.Gone, match="已被关闭"):
            _ = sheet["A1"].value

    def test_active_book_follows(self, app: xw.App, book: xw.Book) -> None:
        with app.books.add() as second:
            assert app.books.active == second
            book.activate()
            assert app.books.active == book
        book.sheets[0]["B3"].select()
        assert app.selection == book.sheets[0]["B3"]


class TestMacros:
    BASIC = 'Function Twice(x)\n  Twice = 2 * x\nEnd Function\nSub Mark()\n  ThisComponent.Sheets(0).getCellByPosition(0, 0).String = "好"\nEnd Sub\n'

    def with_macro(self, app: xw.App, path: Path) -> None:
        """A workbook with a Basic module."""
        with app.books.add() as book:
            libraries = book.api.BasicLibraries
            if not libraries.hasByName("Standard"):
                libraries.createLibrary("Standard")
            libraries.getByName("Standard").insertByName("Module1", self.BASIC)
            book.save(path)

    def test_allowed(self, office: Office, tmp_path: Path) -> None:
        app = libreoffice.connect(office.pipe, macros=True)
        self.with_macro(app, tmp_path / "宏.ods")
        with app.books.open(tmp_path / "宏.ods") as book:
            assert book.macro("Twice")(21) == 42
            assert book.macro("Module1.Mark")() is None
            assert book.sheets[0]["A1"].value == "好"
            with pytest.raises(libreoffice.MacroFailed, match="没有名为 Nothing 的宏"):
                book.macro("Nothing")()

    def test_not_allowed_unless_asked(self, office: Office, tmp_path: Path) -> None:
        app = libreoffice.connect(office.pipe)
        self.with_macro(app, tmp_path / "宏.ods")
        book = app.books.open(tmp_path / "宏.ods")
        with pytest.raises(libreoffice.MacroFailed, match="没有允许宏运行"):
            book.macro("Twice")(21)
        book.close()


class TestOffices:
    def test_registers_beside_other_engines(self) -> None:
        assert libreoffice.register() is libreoffice.register()
        assert xw.engines["libreoffice"].type == "desktop"

    def test_connecting_twice_is_one_app(self, office: Office, app: xw.App) -> None:
        assert libreoffice.connect(office.pipe) == app
        assert app.version.major >= 16

    def test_nobody_at_the_pipe(self) -> None:
        with pytest.raises(libreoffice.NotReachable, match="没有 LibreOffice 在管道 nobody-here"):
            libreoffice.connect("nobody-here")

    def test_quitting_leaves_what_others_opened(self, office: Office) -> None:
        other = libreoffice.connect(office.pipe)
        theirs = other.api.loadComponentFromURL("private:factory/scalc", "_blank", 0, ())
        ours = other.books.add()
        other.quit()
        again = libreoffice.connect(office.pipe)
        titles = [book.name for book in again.books]
        assert theirs.Title in titles
        assert len(titles) == len(set(titles))
        with pytest.raises(libreoffice.Gone):
            _ = ours.name
        theirs.close(True)

    def test_private_office_leaves_nothing_behind(self) -> None:
        libreoffice.activate()
        with xw.App(visible=False) as app:
            line = app.impl.connection
            assert (app.books.count, app in list(xw.apps)) == (1, True)
            app.books[0].sheets[0]["A1"].value = 1
        assert line.process.poll() is not None
        assert _left_of(line.pipe) == []
        assert app not in list(xw.apps)

    def test_killed_office_is_one_clear_error(self) -> None:
        app = libreoffice.start()
        line = app.impl.connection
        book = app.books.add()
        cell = book.sheets[0]["A1"]
        cell.value = 1
        os.killpg(line.process.pid, signal.SIGKILL)
        line.process.wait()
        steps = [
            lambda: cell.value,
            lambda: cell.formula,
            lambda: cell.color,
            lambda: setattr(cell, "value", 2),
            lambda: cell.clear(),
            lambda: book.sheets.add(),
            lambda: book.sheets["Sheet1"],
            lambda: book.names.add("N", "=Sheet1!$A$1"),
            lambda: book.save(),
            lambda: book.close(),
            lambda: app.books.add(),
            lambda: app.books.active,
            lambda: app.calculate(),
        ]
        for step in steps:
            with pytest.raises(libreoffice.Gone, match="已经退出"):
                step()
        app.quit()
        assert _left_of(line.pipe) == []

    def test_office_ends_with_a_killed_program(self) -> None:
        code = (
            "import time\nfrom xl_perfeval.books import libreoffice\n"
            "app = libreoffice.start()\nprint(app.impl.connection.pipe, flush=True)\ntime.sleep(600)\n"
        )
        program = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        assert program.stdout is not None
        pipe = program.stdout.readline().strip()
        assert _left_of(pipe)
        program.kill()
        program.wait()
        program.stdout.close()
        deadline = time.monotonic() + 20
        while _left_of(pipe) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert _left_of(pipe) == []

    def test_missing_program(self) -> None:
        with pytest.raises(libreoffice.NotInstalled, match="没有找到 LibreOffice 的程序 no-such-office"):
            libreoffice.start(program="no-such-office")

    def test_without_uno(self, tmp_path: Path) -> None:
        """Importing needs no UNO; using it says what is missing."""
        (tmp_path / "uno.py").write_text("raise ImportError('not here')\n")
        code = (
            "import sys\nfrom pathlib import Path\nfrom xl_perfeval.books import libreoffice\n"
            "assert 'uno' not in sys.modules\n"
            "from xl_perfeval.books.libreoffice import bridge\n"
            "bridge._homes_of_uno = lambda: iter([])\n"
            "try:\n    libreoffice.start()\nexcept libreoffice.NotInstalled as error:\n    print(error)\n"
        )
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path]),
            "PYTHONUTF8": "1",
        }
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False
        )
        assert "sudo apt install libreoffice-calc python3-uno" in done.stdout, done.stderr

    def test_imports_nothing_of_the_project(self) -> None:
        """So that it can be published by itself."""
        folder = Path(libreoffice.__file__).parent
        for module in folder.glob("*.py"):
            source = "\n".join(
                line for line in module.read_text().splitlines() if line.startswith(("import ", "from "))
            )
            assert "xl_perfeval" not in source, module.name
            assert "numpy" not in source, module.name
            assert "pandas" not in source, module.name


def _part(path: Path, name: str) -> bytes:
    from zipfile import ZipFile

    with ZipFile(path) as package:
        return package.read(name)


def _left_of(pipe: str) -> list[str]:
    """Processes, folders and sockets of a private office."""
    left = [str(path) for path in Path("/tmp").glob(f"*{pipe}*")]
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            arguments = entry.read_bytes()
        except OSError:
            continue
        if pipe.encode() in arguments:
            left.append(arguments.replace(b"\0", b" ").decode(errors="replace"))
    return left
