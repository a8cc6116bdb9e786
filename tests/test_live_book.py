"""The open workbook: the same submission and findings as from the file, names that follow, few calls."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
import xlwings as xw

from tests import clean
from tests.live import open_live, opened
from xl_perfeval import actions, forms, reading, sample, template, writing
from xl_perfeval.books import BROKEN, Formula, maps
from xl_perfeval.books.file import FileBook
from xl_perfeval.books.live import LiveBook
from xl_perfeval.books.memory import MemoryBook
from xl_perfeval.forms import names
from xl_perfeval.model import Ref

NOW = datetime(2021, 3, 8, 9, 30)  # noqa: DTZ001


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    path = tmp_path / "自评 工作簿.xlsx"
    template.build(sample.submission(), path)
    return path


@pytest.mark.parametrize("edition", forms.editions())
def test_three_doors_tell_the_same(edition: str, tmp_path: Path) -> None:
    path = tmp_path / "自评.xlsx"
    template.build(clean.submission(7, edition), path)
    saved = FileBook.open(path)
    memory = MemoryBook({tab: saved.read(saved.used(tab)) for tab in saved.sheets()}, saved.names())
    with open_live(path) as live:
        assert live.names() == saved.names()
        assert reading.read(live) == reading.read(saved) == reading.read(memory)


def test_the_same_findings_through_three_doors(filled: Path) -> None:
    saved = FileBook.open(filled)
    memory = MemoryBook({tab: saved.read(saved.used(tab)) for tab in saved.sheets()}, saved.names())
    with open_live(filled) as live:
        found = actions.validate(live).findings
        assert len(found) > 20
        assert found == actions.validate(saved).findings == actions.validate(memory).findings


def spoiled(book: xw.Book) -> None:
    """Rows inserted by hand in several places, and a renamed tab."""
    for tab, row in (
        ("资金概况", "7:8"),
        ("项目1_科技工作", "9:9"),
        ("报告文字", "5:5"),
        ("校验结果", "2:2"),
    ):
        book.sheets[tab].api.unprotect("")  # LibreOffice inserts no rows otherwise, Excel does
        book.sheets[tab].range(row).insert("down")
    book.sheets["项目2_科普"].name = "科普｜新'名"


def test_maps_follow_inserted_rows_and_renamed_tabs(filled: Path) -> None:
    with opened(filled) as book:
        live = LiveBook(book)
        assert live.names()["FUND_NAME"].cell.startswith("B5:")
        spoiled(book)
        live.forget()
        told = live.names()
        assert told == LiveBook(book)._asked()
        assert told["科普｜新'名!MX_COST"].sheet == "科普｜新'名"


def test_a_sheet_without_its_map_is_asked_by_name(filled: Path) -> None:
    with opened(filled) as book:
        whole = dict(LiveBook(book).names())
        sheet = book.sheets["项目1_科技工作"]
        sheet.api.unprotect("")
        corner = sheet.used_range.last_cell
        for row in range(1, 8):
            if str(sheet[row, corner.column - 1].value).startswith(names.MAP):
                sheet[row, corner.column - 1].clear_contents()
        assert maps.names_of(sheet.name, sheet.used_range.value) is None
        assert LiveBook(book).names() == whole


def test_a_deleted_column_is_a_broken_name(filled: Path) -> None:
    with opened(filled) as book:
        gone = LiveBook(book).names()["项目1_科技工作!MX_BENEFIT"]
        letters = gone.cell.rstrip("0123456789").split(":")[0].rstrip("0123456789")
        book.sheets["项目1_科技工作"].api.unprotect("")
        book.sheets["项目1_科技工作"].range(f"{letters}:{letters}").delete("left")
        assert LiveBook(book).names()["项目1_科技工作!MX_BENEFIT"].cell == BROKEN


def test_what_is_written_is_text_number_or_formula(filled: Path) -> None:
    texts = ["=1+1", "2026", "1/2", "95%", "'引号", "6-9月", "第一行\n第二行", "TRUE", "1e5"]
    with opened(filled) as book:
        live = LiveBook(book)
        live.write(Ref("_日志", "A2"), [[text, 3, Formula("=B2*2", 6)] for text in texts])
        live.write(Ref("_日志", "D2"), [[None, 1.5] for _ in texts])
        assert live.flush() == 1
        read = live.read(Ref("_日志", f"A2:E{len(texts) + 1}"))
        assert [row[0] for row in read] == texts
        assert [row[1:] for row in read] == [[3, 6, None, 1.5]] + [[3, 6, None, 1.5]] * (len(texts) - 1)
        assert book.sheets["_日志"]["A2"].formula == "=1+1"
        assert book.sheets["_日志"]["C2"].formula == "=B2*2"


def test_findings_are_written_in_few_blocks_and_found_again(filled: Path) -> None:
    with opened(filled) as book:
        live = LiveBook(book)
        written = writing.write(live, actions.validate(live).findings, NOW)
        assert live.flush() <= 20
        assert not written.same
        again = writing.write(live, actions.validate(live).findings, NOW)
        assert again.same
        key = live.names()[names.FINDINGS["key"]]
        assert live.read(key)[0][0] == written.listed[0].key


@pytest.mark.parametrize(
    "text", ["PE_MAP|MX_COST,7,3,9", "PE_MAP|MX_COST", "PE_MAP|MX_COST,#REF!,3", "PE_MAP|MX_COST,x,3"]
)
def test_a_damaged_map_is_none(text: str) -> None:
    assert maps.names_of("表", [["PE_MAP|PE_UNIT,1,1"], [text]]) is None


def test_a_map_tells_cells_blocks_and_other_sheets() -> None:
    text = "PE_MAP|MX_COST,7,3,9,1|*PE_UNIT,6,4|PE_MARK_E@_标记,5,1,500,1"
    assert maps.names_of("表", [[None, text]]) == {
        "表!MX_COST": Ref("表", "C7:C15"),
        "PE_UNIT": Ref("表", "D6"),
        "表!PE_MARK_E": Ref("_标记", "A5:A504"),
    }
    assert maps.names_of("表", [["MAP"]]) is None
