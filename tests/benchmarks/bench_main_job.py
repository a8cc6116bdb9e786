"""What the main job costs, as ratios of one run: reading, checking, writing a workbook and a report.

python tests/benchmarks/bench_main_job.py

The bar is a plain read of all sheets by calamine; the bar of whole processes is bare Python.
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from python_calamine import CalamineWorkbook

from tests.benchmarks.ratio import call_cpu, command_cpu, ratio
from xl_perfeval import actions, exchange, sample, template
from xl_perfeval.books.file import FileBook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xl_perfeval.model import Submission

SIZES = {4: 15, 40: 7, 200: 3}
"""Projects in the workbook and runs of each comparison."""
RUNS = 7
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
        _processes(folder)


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
        f"{size} projects: read to a Submission ÷ calamine", lambda: actions.read(path), plain, n=runs
    )
    checked = ratio(
        f"{size} projects: validate ÷ calamine", lambda: actions.validate(FileBook.open(path)), plain, n=runs
    )
    if not 0 < read <= checked * 1.5:
        raise RuntimeError("reading takes longer than reading and checking")


def _per_cell(small: Path, large: Path) -> None:
    """What a check of one filled cell costs in a large workbook, against a small one."""
    counts = {path: _filled_cells(path) for path in (small, large)}
    costs: list[tuple[float, float]] = []
    for _ in range(PER_CELL_RUNS + 1):  # interleaved; the first is not counted
        in_large = call_cpu(lambda: actions.validate(FileBook.open(large))) / counts[large]
        in_small = [
            call_cpu(lambda: actions.validate(FileBook.open(small))) / counts[small] for _ in range(4)
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


def _processes(folder: Path) -> None:
    """CPU of whole commands, start and end included, and how many times bare Python that is."""
    book, source, fresh, report = (folder / name for name in ("样例.xlsx", "40.json", "新.xlsx", "报告.docx"))
    template.build(sample.submission(), book)
    source.write_text(json.dumps(exchange.to_json(submission(40)), ensure_ascii=False), encoding="utf-8")
    ours = [sys.executable, "-m", "xl_perfeval"]
    commands: dict[str, list[str]] = {
        "bare Python": [sys.executable, "-c", ""],
        "new, 40 projects": [*ours, "new", str(fresh), "--from", str(source)],
        "report of the sample": [*ours, "report", str(book), "--docx", str(report)],
        "report of 40 projects": [*ours, "report", str(folder / "40.xlsx"), "--docx", str(report)],
    }
    spent: dict[str, list[float]] = {label: [] for label in commands}
    for run in range(RUNS + 1):  # interleaved; the first is not counted
        for label, command in commands.items():
            cpu = _fresh(command, fresh, report)
            if run:
                spent[label].append(cpu)
    bare = median(spent["bare Python"])
    for label, seconds in spent.items():
        print(
            f"{label}: {median(seconds):.3f} s CPU, {median(seconds) / bare:.1f} × bare Python (median of {RUNS})"
        )


def _fresh(command: Sequence[str], *outputs: Path) -> float:
    for path in outputs:
        path.unlink(missing_ok=True)
    return command_cpu(command)


if __name__ == "__main__":
    main()
