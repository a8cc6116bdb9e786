"""Opening and reading a whole saved workbook, against calamine alone reading all of its sheets.

Run `python -m tests.benchmarks.bench_file_book [WORKBOOK…]`. `FileBook` guards the file, reads the names and
hands out every sheet; calamine alone does none of this. The last line of each file reads only the sheets
that hold a submission, announced by `expect`.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from python_calamine import load_workbook

from tests import hostile
from tests.benchmarks.ratio import ratio
from xl_perfeval.books.file import FileBook

SIZES = {"4 projects": (4, 10), "40 projects": (40, 28), "200 projects": (200, 45)}
ASIDE = ("填报说明", "校验结果", "图表", "_", "xlwings")
"""Beginnings of tabs that hold no part of a submission."""


def calamine(path: Path) -> list[object]:
    """Values of all sheets, by calamine alone."""
    book = load_workbook(path)
    return [book.get_sheet_by_name(tab).to_python(skip_empty_area=False) for tab in book.sheet_names]


def everything(path: Path) -> list[object]:
    """Guards, names, facts and values of all sheets."""
    book = FileBook.open(path)
    return [book.names(), *(book.read(book.used(tab)) for tab in book.sheets()), book.facts()]


def submission(path: Path) -> list[object]:
    """Guards, names, facts and values of the sheets that hold a submission."""
    book = FileBook.open(path)
    tabs = [tab for tab in book.sheets() if not tab.startswith(ASIDE)]
    book.expect(tabs)
    return [book.names(), *(book.read(book.used(tab)) for tab in tabs), book.facts()]


def compare(name: str, path: Path, n: int) -> None:
    """Print the ratios for one workbook."""
    ratio(
        f"{name}, FileBook with all sheets against calamine",
        lambda: everything(path),
        lambda: calamine(path),
        n=n,
    )
    ratio(
        f"{name}, sheets of a submission against calamine",
        lambda: submission(path),
        lambda: calamine(path),
        n=n,
    )


def main() -> None:
    """Compare for made workbooks of three sizes, or for those named."""
    for path in sys.argv[1:]:
        compare(path, Path(path), 51)
    if len(sys.argv) == 1:
        with tempfile.TemporaryDirectory() as folder:
            for name, (projects, items) in SIZES.items():
                path = Path(folder) / f"{name}.xlsx"
                hostile.ordinary(path, projects, items)
                compare(name, path, 31 if projects < 10 else 7)


if __name__ == "__main__":
    main()
