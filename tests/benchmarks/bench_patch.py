"""Putting the findings of a check into a small workbook, against openpyxl loading and saving the same workbook.

Run `python -m tests.benchmarks.bench_patch`. “Writing” is what `--write` does beyond a plain check: the rows, the
marks, the counts, the new file beside the old one, the backup; “saving” is the file alone. The last figure takes in
reading and checking too.
"""

from __future__ import annotations

import gc
import shutil
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[2]))

import openpyxl

from tests.benchmarks.ratio import call_cpu
from xl_perfeval import actions, sample, writing
from xl_perfeval.books.file import FileBook
from xl_perfeval.checked import Checked

NOW = datetime(2021, 3, 8, tzinfo=UTC)
GOAL = 40
RUNS = 15


def opened(path: Path) -> tuple[FileBook, Checked]:
    """The workbook read and checked, ready to be written."""
    book = FileBook.open(path, writable=True)
    writing.expect(book)
    return book, actions.validate(book)


def collect(book: FileBook, checked: Checked) -> None:
    """The rows, marks and counts of a check, not saved yet."""
    writing.recount(book, writing.write(book, checked.findings, NOW))


def write(book: FileBook, checked: Checked) -> None:
    """What `--write` adds to a check."""
    collect(book, checked)
    assert book.save(NOW)


def whole(path: Path) -> None:
    """`--write` from the file to the file."""
    assert actions.validate_and_write(path, NOW, write=True).backup


def by_openpyxl(path: Path) -> None:
    """The same file loaded and saved."""
    openpyxl.load_workbook(path).save(path)


def compare(name: str, source: Path, folder: Path) -> None:
    """Print how many times faster writing is, runs of both in turn."""
    path = folder / "表.xlsx"

    def restored() -> None:
        shutil.copy(source, path)
        shutil.rmtree(folder / "备份", ignore_errors=True)

    def fresh(run: Callable[[], object]) -> float:
        restored()
        return _clean_cpu(run)

    def writing_only() -> float:
        restored()
        book, checked = opened(path)
        return _clean_cpu(lambda: write(book, checked))

    def saving_only() -> float:
        restored()
        book, checked = opened(path)
        collect(book, checked)
        return _clean_cpu(lambda: book.save(NOW))

    slow: list[float] = []
    quick: list[float] = []
    saved: list[float] = []
    all_of_it: list[float] = []
    for _ in range(RUNS):
        quick.append(writing_only())
        saved.append(saving_only())
        all_of_it.append(fresh(lambda: whole(path)))
        if len(slow) < RUNS // 3:
            slow.append(fresh(lambda: by_openpyxl(path)))
    of = median(slow)
    print(
        f"{name}: openpyxl {of * 1000:.0f} ms; writing {median(quick) * 1000:.2f} ms, {of / median(quick):.0f} times"
        f" faster (goal {GOAL}), of which saving {median(saved) * 1000:.2f} ms, {of / median(saved):.0f} times"
        f" faster; with reading and checking {median(all_of_it) * 1000:.1f} ms,"
        f" {of / median(all_of_it):.0f} times faster"
    )


def _clean_cpu(run: Callable[[], object]) -> float:
    """CPU of a run that does not have to clear away what the run before left in memory."""
    gc.collect()
    return call_cpu(run)


def main() -> None:
    """The sample: checked for the first time, and checked again after one cell was mended."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first = folder / "first.xlsx"
        actions.new(sample.submission(), first)
        compare("first check", first, folder)
        again = Path(shutil.copy(first, folder / "again.xlsx"))
        actions.validate_and_write(again, NOW, write=True)
        actions.validate_and_write(again, NOW, fix=True)
        compare("check after repairs", again, folder)


if __name__ == "__main__":
    main()
