"""What reading and checking a saved workbook costs, as ratios of one run; whole commands are in `bench_cli`.

python tests/benchmarks/bench_main_job.py

The bar is a plain read of all sheets by calamine.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from python_calamine import CalamineWorkbook

from tests.benchmarks.ratio import call_cpu, ratio
from xl_perfeval import actions, sample, template
from xl_perfeval.books.file import FileBook

if TYPE_CHECKING:
    from xl_perfeval.model import Submission

NOW = datetime(2021, 3, 8, tzinfo=UTC)
SIZES = {4: 15, 40: 5, 200: 3}
"""Projects in the workbook and runs of each comparison."""
PER_CELL_RUNS = 5
PER_CELL = 1.2
"""Time per cell at 200 projects ÷ that at 40, at most."""


def main() -> None:
    """Print one line per comparison."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for size, runs in SIZES.items():
            path = folder / f"{size}.xlsx"
            template.build(submission(size), path)
            _in_process(path, size, runs)
        _per_cell(folder / "40.xlsx", folder / "200.xlsx")


def submission(size: int) -> Submission:
    """The sample's projects, as often as it takes."""
    base = sample.submission()
    projects = tuple(
        replace(base.projects[n % len(base.projects)], id=f"P{n + 1}", number=n + 1) for n in range(size)
    )
    return replace(base, projects=projects)


def _in_process(path: Path, size: int, runs: int) -> None:
    def plain() -> None:
        _all_sheets(path)

    read = ratio(
        f"{size} projects: read to a Submission ÷ calamine (bound 1.6)",
        lambda: actions.read(path),
        plain,
        n=runs,
    )
    checked = ratio(
        f"{size} projects: validate ÷ calamine (goal 8, bound 10)",
        lambda: actions.validate(FileBook.open(path)),
        plain,
        n=runs,
    )
    ratio(
        f"{size} projects: validate and write ÷ validate",
        lambda: _write(path),
        lambda: actions.validate(FileBook.open(path)),
        n=runs,
    )
    if not 0 < read <= checked * 1.5:
        raise RuntimeError("reading takes longer than reading and checking")


def _write(path: Path) -> None:
    """The findings put into a fresh copy."""
    copy = Path(shutil.copy(path, path.with_stem("copy")))
    if actions.validate_and_write(copy, NOW, write=True).backup is None:
        raise RuntimeError("nothing was written")


def _per_cell(small: Path, large: Path) -> None:
    """What a check of one filled cell costs in a large workbook, against a small one."""
    counts = {path: _filled_cells(path) for path in (small, large)}
    costs: list[tuple[float, float]] = []
    for _ in range(PER_CELL_RUNS + 1):  # interleaved; the first is not counted
        in_large = call_cpu(lambda: actions.validate(FileBook.open(large))) / counts[large]
        in_small = [
            call_cpu(lambda: actions.validate(FileBook.open(small))) / counts[small] for _ in range(3)
        ]
        costs.append((in_large, median(in_small)))
    result = median(a for a, _ in costs[1:]) / median(b for _, b in costs[1:])
    print(
        f"validate, time per cell at 200 projects ÷ at 40: {result:.2f} (bound {PER_CELL}, median of {PER_CELL_RUNS})"
    )


def _filled_cells(path: Path) -> int:
    book = CalamineWorkbook.from_path(str(path))
    sheets = (book.get_sheet_by_name(name).to_python() for name in book.sheet_names)
    return sum(value != "" for sheet in sheets for row in sheet for value in row)


def _all_sheets(path: Path) -> int:
    """Rows of all sheets, hidden ones too, as calamine gives them."""
    book = CalamineWorkbook.from_path(str(path))
    sheets = (book.get_sheet_by_name(name) for name in book.sheet_names)
    return sum(len(sheet.to_python(skip_empty_area=False)) for sheet in sheets)


if __name__ == "__main__":
    main()
