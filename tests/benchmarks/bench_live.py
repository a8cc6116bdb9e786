"""校验 of an open workbook as a button does it, against the bare floor on the same office in the same run.

python tests/benchmarks/bench_live.py [--check]

The floor is a program that starts Python, connects, reads the same blocks and writes the same blocks through xlwings,
nothing else. Both are whole processes, timed on the wall, interleaved. With `--check` it ends with status 1 when a bound is broken.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import xlwings as xw

from tests.benchmarks.bench_main_job import submission
from tests.live import opened
from tests.office import office
from xl_perfeval import template
from xl_perfeval.books.live import LiveBook
from xl_perfeval.forms import names

SIZES = (4, 40)
LARGEST = 200
"""Only with `--large`: opening it again and again takes minutes."""
RUNS = 5
BOUND = 1.5
"""Time of 校验 ÷ the floor, at most."""
START = 0.3
"""Seconds of CPU from the start of the process to the first block read, at most."""

_TRACED = """
import json, sys, time
from xl_perfeval.books.live import LiveBook, _stored
from xl_perfeval import ribbon
traced = {"read": [], "write": [], "cpu": 0}
rows, put = LiveBook._rows, LiveBook._put
def read(self, tab):
    if tab not in self._cells:
        traced["read"].append(tab)
    found = rows(self, tab)
    traced["cpu"] = traced["cpu"] or time.process_time()
    return found
def write(self, block):
    values = [[_stored(value) for value in row] for row in block.rows]
    traced["write"].append([block.sheet, block.top, block.left, values])
    put(self, block)
LiveBook._rows, LiveBook._put = read, write
ribbon.main(sys.argv[2:])
open(sys.argv[1], "w").write(json.dumps(traced))
"""
_FLOOR = """
import json, os, sys
sys.modules["pandas"] = sys.modules["numpy"] = None
from xl_perfeval.books import libreoffice
import xlwings
path, pipe, traced = sys.argv[1:]
traced = json.loads(open(traced).read())
app = libreoffice.connect(pipe)
book = next(each for each in app.books if each.fullname == path)
for tab in traced["read"]:
    book.sheets[tab].used_range.options(ndim=2, err_to_str=True).value
for tab, top, left, rows in traced["write"]:
    place = book.sheets[tab].range((top, left), (top + len(rows) - 1, left + len(rows[0]) - 1))
    place.value = rows
os._exit(0)
"""


def main() -> int:
    """Print one line per size."""
    broken = False
    with tempfile.TemporaryDirectory() as name:
        for size in (*SIZES, *([LARGEST] if "--large" in sys.argv else [])):
            path = Path(name) / f"{size}.xlsx"
            template.build(submission(size), path)
            with opened(path) as book:
                broken |= _compare(size, path, book, Path(name) / "traced.json")
    return int(broken and "--check" in sys.argv)


def _compare(size: int, path: Path, book: xw.Book, traced: Path) -> bool:
    ours = [f"--wb={path}", f"--pipe={office().pipe}"]
    check = [sys.executable, "-m", "xl_perfeval.ribbon", "validate", *ours]
    floor = [sys.executable, "-c", _FLOOR, str(path), office().pipe, str(traced)]
    cpu: list[float] = []
    for _ in range(3):
        _unsettle(book)
        _seconds([sys.executable, "-c", _TRACED, str(traced), "validate", *ours])
        told = json.loads(traced.read_text())
        cpu.append(told["cpu"])
    times: list[tuple[float, float]] = []
    for _ in range(RUNS):
        _unsettle(book)
        first = _seconds(check)
        _unsettle(book)
        times.append((first, _seconds(floor)))
    ratio = median(a for a, _ in times) / median(b for _, b in times)
    print(
        f"{size} projects: 校验 {median(a for a, _ in times):.2f} s ÷ floor {median(b for _, b in times):.2f} s = {ratio:.2f} "
        f"(bound {BOUND}, median of {RUNS}); {len(told['read'])} blocks read, {len(told['write'])} written; "
        f"CPU to the first block read {median(cpu):.3f} s (bound {START})"
    )
    return ratio > BOUND or median(cpu) > START


def _unsettle(book: xw.Book) -> None:
    """Make the last check look different from the next one, so that everything is written again."""
    known = LiveBook(book)
    ref = known.named(names.FINDINGS["key"])
    assert ref is not None
    book.sheets[ref.sheet].range(ref.cell.partition(":")[0]).value = "'something else"


def _seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
