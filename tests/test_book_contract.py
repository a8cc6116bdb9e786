"""One contract for every door to a workbook: the same cells, names and answers wherever it lives."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from tests.live import open_live
from xl_perfeval.books import BookFacts, ReadableBook
from xl_perfeval.books.file import FileBook
from xl_perfeval.books.memory import MemoryBook
from xl_perfeval.model import CellValue, Ref

ROWS: list[list[CellValue]] = [
    ["名称", "金额", None, "日期"],
    ["科普 经费", 59.99, True, date(2021, 3, 8)],
    [None, None, None, None],
    ["=1+1", 420, None, "6-9月"],
]


def in_memory(_: Path) -> ReadableBook:
    names = {
        "FUND_NAME": Ref("资金 概况", "A1:A4"),
        "资金 概况!MX_COST": Ref("资金 概况", "B2"),
        "PE_GONE": Ref("", "#REF!"),
    }
    return MemoryBook({"资金 概况": ROWS, "空表": []}, names)


def a_file(folder: Path) -> Path:
    path = folder / "合同 测试.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("资金 概况")
        workbook.add_worksheet("空表")
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for r, row in enumerate(ROWS):
            for c, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(r, c, value)
                elif isinstance(value, date):
                    sheet.write_datetime(r, c, value, day)
                else:
                    sheet.write(r, c, value)
        workbook.define_name("FUND_NAME", "='资金 概况'!$A$1:$A$4")
        workbook.define_name("'资金 概况'!MX_COST", "='资金 概况'!$B$2")
        workbook.define_name("PE_GONE", "=#REF!$A$1")
    return path


@pytest.fixture(params=["memory", "file", "live"])
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ReadableBook]:
    if request.param == "memory":
        yield in_memory(tmp_path)
    elif request.param == "file":
        yield FileBook.open(a_file(tmp_path))
    else:
        with open_live(a_file(tmp_path)) as live:
            yield live


def test_sheets_in_order(book: ReadableBook) -> None:
    assert list(book.sheets()) == ["资金 概况", "空表"]


def test_names_of_workbook_and_sheet_and_broken_ones(book: ReadableBook) -> None:
    assert book.names()["FUND_NAME"] == Ref("资金 概况", "A1:A4")
    assert book.names()["资金 概况!MX_COST"] == Ref("资金 概况", "B2")
    assert book.names()["PE_GONE"].cell == "#REF!"


def test_a_block_is_read_as_asked_for(book: ReadableBook) -> None:
    assert book.read(Ref("资金 概况", "A1:D4")) == ROWS
    assert book.read(Ref("资金 概况", "B2")) == [[59.99]]


def test_beyond_the_content_cells_are_blank(book: ReadableBook) -> None:
    assert book.read(Ref("资金 概况", "D4:E6")) == [["6-9月", None], [None, None], [None, None]]
    assert book.read(Ref("空表", "A1:B2")) == [[None, None], [None, None]]


def test_used_block(book: ReadableBook) -> None:
    assert book.used("资金 概况") == Ref("资金 概况", "A1:D4")


def test_nothing_special_about_an_ordinary_book(book: ReadableBook) -> None:
    assert book.facts() == BookFacts()
