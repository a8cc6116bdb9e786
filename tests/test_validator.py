"""The Open XML validator accepts a good workbook and names what is wrong with a bad one."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest
import xlsxwriter

from tests.validator import problems

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "良好.xlsx"
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("资金概况").write("A1", 143)
    book.close()
    return path


@pytest.mark.parametrize("version", ["Office2016", "Microsoft365"])
def test_good_workbook(good: Path, version: str) -> None:
    assert problems(good, version) == []


def test_bad_workbook(good: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.xlsx"
    with ZipFile(good) as package, ZipFile(bad, "w") as target:
        for name in package.namelist():
            target.writestr(name, package.read(name).replace(b"<sheetData>", b"<bogus/><sheetData>"))
    assert [problem.partition(":")[0] for problem in problems(bad)] == ["/xl/worksheets/sheet1.xml /x"]


def test_no_package_at_all(tmp_path: Path) -> None:
    (tmp_path / "junk.xlsx").write_text("junk")
    assert problems(tmp_path / "junk.xlsx") == ["junk.xlsx : File contains corrupted data."]
