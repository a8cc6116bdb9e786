"""The test infrastructure itself: LibreOffice sees what it should see, and goes when it should go."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import xlsxwriter
from docx import Document

from tests.office import (
    FONTS,
    Mark,
    OfficeError,
    assert_cached_values_right,
    cached_values,
    recalculated,
    without_cached_values,
)
from xl_perfeval.model import CellError

if TYPE_CHECKING:
    from tests.office import Office

FUNDS = "资金概况"
RED, YELLOW = "#FF0000", "#FFFF00"


@pytest.fixture
def funds(tmp_path: Path) -> Path:
    """Amounts, results that are stored right, marks; the sheet is protected."""
    path = tmp_path / "funds.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet, marks = book.add_worksheet(FUNDS), book.add_worksheet("_标记")
    sheet.write_column("A1", [143, 420, 60.5])
    sheet.write_formula("A4", "=SUM(A1:A3)", None, 623.5)
    sheet.write_formula("B4", "=A1/A4", None, 143 / 623.5)
    sheet.write_formula("C4", '=A4&"万元"', None, "623.5万元")
    sheet.write_formula("D4", '=IF(A4>0,"","空")', None, "")
    sheet.write_formula("E4", "=A4>0", None, True)
    sheet.write_formula("F4", "=IFERROR(PE_TOTAL(A1:A3),SUM(A1:A3))", None, 623.5)
    marks.write_column("A1", ["A2", "B9"])
    marks.write("B1", True)
    book.define_name(f"'{FUNDS}'!PE_MARK_E", "=_标记!$A$1:$A$9")
    red, yellow = book.add_format({"bg_color": RED}), book.add_format({"bg_color": YELLOW})
    marked = {"type": "formula", "criteria": "=COUNTIF(PE_MARK_E,ADDRESS(ROW(),COLUMN(),4))>0", "format": red}
    sheet.conditional_format("A1:F9", marked)
    sheet.conditional_format("A1:A3", {"type": "cell", "criteria": ">", "value": 400, "format": yellow})
    sheet.conditional_format("B1:B4", {"type": "formula", "criteria": "=$A1<100", "format": yellow})
    sheet.protect()
    marks.hide()
    book.close()
    return path


def workbook(path: Path, formula: str, stored: object) -> Path:
    """A workbook of one formula with a stored result."""
    book = xlsxwriter.Workbook(path)
    book.add_worksheet(FUNDS).write_formula("A1", formula, None, stored)
    book.close()
    return path


def test_right_results_pass_and_are_counted(funds: Path) -> None:
    assert assert_cached_values_right(funds) == 6


@pytest.mark.parametrize(
    ("formula", "stored"),
    [
        ("=1+1", 3),
        ("=1+1", "2"),
        ('="a"', "b"),
        ('="a"', 0),
        ("=1/3", 0.333333),
        ("=1/0", "#DIV/0!"),
        ("=1=1", False),
    ],
)
def test_wrong_results_and_errors_are_found(tmp_path: Path, formula: str, stored: object) -> None:
    path = workbook(tmp_path / "wrong.xlsx", formula, stored)
    with pytest.raises(AssertionError, match=r"1 of 1 results are wrong\n资金概况!A1: stored"):
        assert_cached_values_right(path)


def test_missing_results_are_found_and_recalculated(tmp_path: Path, funds: Path) -> None:
    bare = tmp_path / "bare.xlsx"
    without_cached_values(funds, bare)
    assert set(cached_values(bare).values()) == {None}
    assert recalculated(bare)[FUNDS, "A4"] == 623.5
    with pytest.raises(AssertionError, match="6 of 6"):
        assert_cached_values_right(bare)


def test_stored_results_show_until_recalculation(office: Office, tmp_path: Path) -> None:
    with office.open(workbook(tmp_path / "old.xlsx", "=1+1", 99)) as book:
        assert book.value(FUNDS, "A1") == 99
        book.calculate()
        assert book.value(FUNDS, "A1") == 2


def test_errors_are_not_text(office: Office, tmp_path: Path) -> None:
    with office.open(workbook(tmp_path / "error.xlsx", "=1/0", 0)) as book:
        book.set(FUNDS, "B1", "#DIV/0!")
        book.set_formula(FUNDS, "C1", "=NOSUCHFUNCTION(1)")
        book.calculate()
        assert book.values() == {
            (FUNDS, "A1"): CellError("#DIV/0!"),
            (FUNDS, "B1"): "#DIV/0!",
            (FUNDS, "C1"): CellError("#NAME?"),
        }
        assert book.value(FUNDS, "A1") == CellError("#DIV/0!")


def test_inserted_row_counts_in_the_sum(office: Office, funds: Path) -> None:
    with office.open(funds) as book:
        book.insert_rows(FUNDS, 3, 2)
        book.set(FUNDS, "A3", 100)
        assert book.formulas(FUNDS)[FUNDS, "A6"] == "=SUM(A1:A5)"
        assert book.value(FUNDS, "A6") == 723.5
        book.delete_rows(FUNDS, 3, 2)
        assert book.value(FUNDS, "A4") == 623.5


def test_typed_values(office: Office, funds: Path) -> None:
    with office.open(funds) as book:
        book.set(FUNDS, "A1", "=1+1")
        book.set(FUNDS, "A2", None)
        assert book.value(FUNDS, "A1") == "=1+1"
        assert book.value(FUNDS, "A2") is None
        assert book.value(FUNDS, "A4") == 60.5
        assert (FUNDS, "A1") not in book.formulas(FUNDS)
        assert book.text(FUNDS, "E4") == "TRUE"


def test_formulas_follow_a_renamed_tab(office: Office, funds: Path) -> None:
    with office.open(funds) as book:
        book.set_formula("_标记", "C1", f"=SUM({FUNDS}!A1:A3,1)")
        book.rename(FUNDS, "项目1 科技")
        assert book.sheets() == ["项目1 科技", "_标记"]
        assert book.formulas("_标记")["_标记", "C1"] == "=SUM('项目1 科技'!A1:A3,1)"
        with pytest.raises(OfficeError, match="not accepted"):
            book.rename("_标记", "项目1 科技")
        with pytest.raises(KeyError):
            book.value(FUNDS, "A1")


def test_conditional_marks(office: Office, funds: Path) -> None:
    with office.open(funds) as book:
        before = book.values()
        assert [mark.fill for mark in book.conditional_marks(FUNDS, "A2")] == [RED, YELLOW]
        assert book.conditional_marks(FUNDS, "A1") == ()
        assert book.conditional_marks(FUNDS, "B3") == (Mark("$A1<100", YELLOW, None),)
        assert book.conditional_marks(FUNDS, "H1") == ()
        book.set("_标记", "A1", "A1")
        assert [mark.fill for mark in book.conditional_marks(FUNDS, "A1")] == [RED]
        book.set("_标记", "A1", "A2")
        assert book.values() == before
        book.insert_rows(FUNDS, 2)
        assert [mark.fill for mark in book.conditional_marks(FUNDS, "B4")] == [YELLOW]


CELL_RULES = [
    ({"type": "cell", "criteria": "==", "value": 5}, "B"),
    ({"type": "cell", "criteria": "!=", "value": 5}, "AC"),
    ({"type": "cell", "criteria": "<", "value": 5}, "A"),
    ({"type": "cell", "criteria": "<=", "value": 5}, "AB"),
    ({"type": "cell", "criteria": ">=", "value": 5}, "BC"),
    ({"type": "cell", "criteria": "between", "minimum": 5, "maximum": 9}, "BC"),
    ({"type": "cell", "criteria": "not between", "minimum": 5, "maximum": 9}, "A"),
    ({"type": "text", "criteria": "begins with", "value": "✗"}, "D"),
    ({"type": "text", "criteria": "ends with", "value": "填"}, "E"),
    ({"type": "text", "criteria": "containing", "value": "填"}, "DE"),
    ({"type": "text", "criteria": "not containing", "value": "填"}, "ABCF"),
    ({"type": "blanks"}, "F"),
    ({"type": "no_blanks"}, "ABCDE"),
]


@pytest.mark.parametrize(("rule", "marked"), CELL_RULES, ids=[str(rule) for rule, _ in CELL_RULES])
def test_kinds_of_condition(office: Office, tmp_path: Path, rule: dict[str, object], marked: str) -> None:
    path = tmp_path / "rules.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet(FUNDS)
    columns = "ABC" if rule["type"] == "cell" else "ABCDEF"
    sheet.write_row("A1", [4, 5, 6, "✗ 未填写", "待填"])
    sheet.conditional_format(f"A1:{columns[-1]}1", rule | {"format": book.add_format({"bg_color": RED})})
    book.close()
    with office.open(path) as opened:
        assert "".join(c for c in columns if opened.conditional_marks(FUNDS, f"{c}1")) == marked


def test_pages_are_rendered(office: Office, funds: Path, tmp_path: Path) -> None:
    pages = office.render(funds, tmp_path / "pages")
    assert [page.name for page in pages] == [f"funds-01-{FUNDS}.png"]
    assert pages[0].read_bytes().startswith(b"\x89PNG")


def test_text_documents_are_rendered(office: Office, tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph("自评报告").paragraph_format.page_break_before = True
    document.save(str(tmp_path / "report.docx"))
    assert [page.name for page in office.render(tmp_path / "report.docx", tmp_path)] == ["report-01.png"]


@pytest.mark.parametrize("family", ["宋体", "仿宋_GB2312", "方正小标宋_GBK", "黑体", "SimSun", "微软雅黑"])
def test_office_fonts_have_a_face(family: str) -> None:
    command = ["fc-match", "--format", "%{family}", family]
    environment = os.environ | {"FONTCONFIG_FILE": str(FONTS)}
    found = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout
    assert found.startswith("Noto ")
    assert "CJK SC" in found


def test_refused_files(office: Office, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("text")
    with pytest.raises(OfficeError, match="not a workbook"):
        office.open(tmp_path / "letter.txt")
    with pytest.raises(FileNotFoundError):
        office.open(tmp_path / "missing.xlsx")


def test_a_lock_file_beside_the_original_does_not_matter(office: Office, funds: Path) -> None:
    (funds.parent / f".~lock.{funds.name}#").write_text("someone,host,,;")
    with office.open(funds) as book, office.open(funds) as again:
        assert book.values() == again.values()


def test_saved_copy_keeps_values(office: Office, funds: Path, tmp_path: Path) -> None:
    with office.open(funds) as book:
        book.set(FUNDS, "A1", 1)
        book.save_as_xlsx(tmp_path / "saved.xlsx")
    assert cached_values(tmp_path / "saved.xlsx")[FUNDS, "A4"] == 481.5


ENDINGS = {
    "stop": "office().stop()",
    "end of Python": "",
    "kill": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "death of the office": "office().kill(); office().open(path).close()",
}


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
def test_nothing_is_left_behind(funds: Path, ending: str) -> None:
    script = f"""
from pathlib import Path
from tests.office import office
path = Path({str(funds)!r})
office().open(path)
print(office().folder, flush=True)
{ending}
"""
    command = [sys.executable, "-c", script]
    child = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    assert child.returncode == (-signal.SIGKILL if "SIGKILL" in ending else 0), child.stderr
    folder = Path(child.stdout.strip())
    end = time.monotonic() + 10  # a killed Python leaves the cleaning to the shell that keeps the office
    while (remains := left_behind(folder)) and time.monotonic() < end:
        time.sleep(0.05)
    assert remains == []


def left_behind(folder: Path) -> list[str]:
    """Folder, socket and processes of an office that are still there."""
    places = {folder.parent, Path("/tmp")}
    found = [str(path) for place in places for path in place.glob(f"*{folder.name}")]
    for command_line in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # processes come and go
            text = command_line.read_text(errors="replace")
            found += [text] if folder.name in text else []
    return found
