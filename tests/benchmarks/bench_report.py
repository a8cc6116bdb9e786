"""What writing the Word report costs, against bare python-docx writing the same paragraphs and tables.

python tests/benchmarks/bench_report.py

The bar writes no charts, no page numbers, no styles of its own and no bookmarks; it fills tables row by row, which is
python-docx's faster way (`table.cell(i, j)` walks the whole table each time).
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import docx

from tests.benchmarks.bench_main_job import submission
from tests.benchmarks.ratio import ratio
from tests.docx_reading import Block, Document
from xl_perfeval import forms, narrative, report
from xl_perfeval.model import Goal, Indicator, Submission

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.docx_reading import Table

SIZES = {4: 7, 40: 3}
"""Projects and runs of each comparison."""


def main() -> None:
    """Print one line per comparison."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for size, runs in SIZES.items():
            _compare(f"report of {size} projects", submission(size), folder, runs)
        _compare("report of 40 scored projects", scored(40), folder, SIZES[40])


def scored(size: int) -> Submission:
    """Projects with indicators of the ministry's form."""
    rows = tuple(
        Indicator(level1="产出指标", level2="数量指标", level3=f"指标{number}", sign="≥", target="10",
                  unit="场", actual=str(8 + number), weight="9")
        for number in range(10)
    )  # fmt: skip
    base = submission(size)
    goal = Goal(expected="完成各项任务。", achieved="已完成。")
    projects = tuple(replace(project, indicators=rows, goal=goal) for project in base.projects)
    return replace(base, edition=forms.load("ministry-2020"), projects=projects, paragraphs=())


def _compare(name: str, what: Submission, folder: Path, runs: int) -> None:
    paragraphs = narrative.compose(what)
    ours, theirs = folder / "ours.docx", folder / "theirs.docx"
    report.write(what, paragraphs, ours)
    blocks = Document(ours).blocks
    ratio(
        f"{name} ÷ bare python-docx",
        lambda: report.write(what, paragraphs, ours),
        lambda: _plainly(blocks, theirs),
        n=runs,
    )
    tables = [block for block in Document(theirs).blocks if isinstance(block, list)]
    if tables != [block for block in blocks if isinstance(block, list)]:
        raise RuntimeError("the bar wrote other tables")


def _plainly(blocks: Sequence[Block | Table], path: Path) -> None:
    """The same text and tables by python-docx alone."""
    document = docx.Document()
    for block in blocks:
        if isinstance(block, Block):
            document.add_paragraph(block.text)
            continue
        table = document.add_table(len(block), len(block[0]))
        for row, texts in zip(table.rows, block, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    document.save(str(path))


if __name__ == "__main__":
    main()
