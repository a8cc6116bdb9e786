"""Random work on an open workbook: filling, inserting, renaming, checking, mending, generating, for some time.

python tests/stress.py [--seconds 1800] [--seed 1]

Prints one line of figures, and a line for every workbook. Ends with status 1 at the first exception, when a step leaves
something undone, when the maps of names are not those of the application, when an office process is left, or when memory
grows. The same seed does the same steps.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import xlwings as xw

from tests import clean, varied
from xl_perfeval import forms, reading, sample, template
from xl_perfeval.books import NotReadable, libreoffice
from xl_perfeval.books.live import LiveBook
from xl_perfeval.live import Workbook, checking, drafting, mending, projects, rows, walking
from xl_perfeval.saving import NotSaved

STEPS = 40
"""Steps in one workbook, then comes a new one."""
GROWTH = 1.35
"""Memory of the office in the last third, at most, as a multiple of that in the second."""
MORE_OBJECTS = 1.05
"""The same for the objects of this process."""
TIDY = {"MALLOC_ARENA_MAX": "1", "MALLOC_TRIM_THRESHOLD_": "65536", "MALLOC_MMAP_THRESHOLD_": "65536"}
"""What the office frees goes back to the system: else its memory shows the most it ever held, in pieces."""
TEXTS = (
    "举办培训6场以上", "6-9月", "95%", "30万元", "420（列入预算）", "=1+1", "'引号'", "", "2026", "1/2", "√", "无",
    "完成\n两行", "约三千人次", "🙂", "ＡＢＣ１２", "12.5", "-3", "1,000", "长" * 300,
)  # fmt: skip
TABS = ("表", "A B", "｜科普", "甲(乙)", "它'的", "5月")
NUMBERS = (0, 1, 12.5, 30, 420, -7, 1e9, 0.1, True, None)


@dataclass
class Figures:
    """What happened."""

    steps: Counter[str] = field(default_factory=Counter[str])
    refused: Counter[str] = field(default_factory=Counter[str])
    seconds: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    workbooks: int = 0
    memory: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])
    """MB of this process and of the office, after each workbook."""
    objects: list[float] = field(default_factory=list[float])
    """What Python's collector knows in this process, after each workbook."""

    def line(self) -> str:
        """One line for people."""
        most = ", ".join(f"{name} {count}" for name, count in self.steps.most_common())
        slow = ", ".join(f"{name} {median(times):.2f}" for name, times in sorted(self.seconds.items()))
        first, last = ("{:.0f} MB, office {:.0f} MB".format(*self.memory[at]) for at in (0, -1))
        return (
            f"{sum(self.steps.values())} steps in {self.workbooks} workbooks ({most}); refused {sum(self.refused.values())}; "
            f"median seconds: {slow}; memory first {first}, last {last}; "
            f"objects first {self.objects[0]:.0f}, last {self.objects[-1]:.0f}"
        )


def run(seconds: float, seed: int, tell: Callable[[str], object] = print) -> Figures:
    """Work for so long. Raises whatever goes wrong."""
    figures, end, before = Figures(), time.monotonic() + seconds, offices()
    random_ = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="perfeval-stress-") as folder, _tidy_office() as app:
        pid = app.impl.connection.pid
        while time.monotonic() < end:
            path = Path(folder) / f"自评{figures.workbooks}.xlsx"
            kind = _build(random_, path)
            book = app.books.open(str(path))
            try:
                _work(random_, book, figures, end)
            finally:
                book.close()
            figures.workbooks += 1
            figures.memory.append((resident(os.getpid()), resident(*children(pid))))
            gc.collect()
            figures.objects.append(len(gc.get_objects()))
            own, office = figures.memory[-1]
            tell(
                f"{figures.workbooks}: {kind}, {own:.0f} MB, {figures.objects[-1]} objects, office {office:.0f} MB"
            )
    tell(figures.line())
    left = offices() - before
    assert not left, f"office processes left: {left}"
    _levels_off([office for _, office in figures.memory], GROWTH, "memory of the office")
    _levels_off(figures.objects, MORE_OBJECTS, "objects of this process")
    return figures


def _tidy_office() -> xw.App:
    os.environ.update(TIDY)
    try:
        return libreoffice.start()
    finally:
        for name in TIDY:
            del os.environ[name]


def _build(random_: random.Random, path: Path) -> str:
    edition, seed = (
        random_.choice((forms.DEFAULT, forms.DEFAULT, *forms.editions())),
        random_.randrange(10_000),
    )
    kind = random_.choice(("clean", "varied", "blank", "sample"))
    submission = {
        "clean": lambda: clean.submission(seed, edition),
        "varied": lambda: varied.submission(seed, edition),
        "blank": lambda: template.blank(forms.load(edition), "示例区科学技术局", 2020),
        "sample": sample.submission,
    }[kind]()
    template.build(submission, path)
    return f"{kind} {seed} {edition}"


def _work(random_: random.Random, book: xw.Book, figures: Figures, end: float) -> None:
    user = _User(random_, book)
    for _ in range(STEPS):
        if time.monotonic() > end:
            break
        name, step = user.choose()
        start = time.monotonic()
        try:
            step()
        except (NotSaved, NotReadable) as refused:
            figures.refused[str(refused)[:20]] += 1
        figures.steps[name] += 1
        figures.seconds.setdefault(name, []).append(time.monotonic() - start)
        assert book.app.calculation == "automatic", name
        assert book.sheets["_日志"]["E1"].value is None or "asked" in book.sheets["_日志"]["E1"].value, name
    told = LiveBook(book)._mapped()
    assert told is None or told == LiveBook(book)._asked()
    with contextlib.suppress(NotReadable):
        reading.read(LiveBook(book))
    assert all(sheet.api.isProtected() for sheet in book.sheets if sheet.name in user.protected), "left open"


class _User:
    """Somebody who does anything."""

    def __init__(self, random_: random.Random, book: xw.Book) -> None:
        self.random = random_
        self.book = book
        self.now = datetime(2021, 3, 8, 9, 30)  # noqa: DTZ001
        self.protected = {sheet.name for sheet in book.sheets if sheet.api.isProtected()}
        self._number = 0

    def choose(self) -> tuple[str, Callable[[], object]]:
        """A step and its name."""
        self.now += timedelta(minutes=1)
        steps: dict[str, tuple[int, Callable[[], object]]] = {
            "fill": (30, self.fill),
            "select": (6, self.select),
            "insert by hand": (4, self.insert),
            "rename": (3, self.rename),
            "paint": (3, self.paint),
            "check": (10, lambda: checking.validate(self.fresh(), self.now)),
            "next": (4, lambda: walking.next_finding(self.fresh())),
            "previous": (2, lambda: walking.previous_finding(self.fresh())),
            "mend": (3, lambda: mending.fix(self.fresh(), self.now)),
            "report": (3, lambda: drafting.generate_report(self.fresh(), self.now)),
            "add row": (6, lambda: rows.add_row(self.fresh(), self.now)),
            "delete row": (4, lambda: rows.delete_row(self.fresh(), self.now)),
            "move up": (3, lambda: rows.move_up(self.fresh(), self.now)),
            "move down": (3, lambda: rows.move_down(self.fresh(), self.now)),
            "add project": (3, lambda: projects.add_project(self.fresh(), self.now)),
            "delete project": (
                2,
                lambda: projects.delete_project(self.fresh(), self.now, yes=self.random.random() < 0.7),
            ),
        }
        names = list(steps)
        name = self.random.choices(names, [steps[each][0] for each in names])[0]
        if name == "rename":
            self._number += 1
        return name, steps[name][1]

    def fresh(self) -> Workbook:
        """The workbook as a newly started launcher has it."""
        return Workbook(self.book)

    def fill(self) -> None:
        """Type into some cells that are open."""
        tab, cells = self._open_cells()
        for row, column in self.random.sample(cells, min(len(cells), self.random.randrange(1, 8))):
            value = self.random.choice(TEXTS if self.random.random() < 0.7 else NUMBERS)
            if isinstance(value, str):
                value = f"'{value}"
            self.book.sheets[tab].range((row, column)).value = value

    def select(self) -> None:
        """Click somewhere."""
        tab, cells = self._open_cells()
        row, column = self.random.choice(cells) if cells else (1, 1)
        self.book.sheets[tab].activate()
        self.book.sheets[tab].range((row, column)).select()

    def insert(self) -> None:
        """Insert rows as one does in the application, which here needs the protection lifted."""
        tab, cells = self._open_cells()
        sheet = self.book.sheets[tab]
        if cells and tab != "首页":
            row = self.random.choice(cells)[0]
            sheet.api.unprotect("")
            sheet.range(f"{row}:{row + self.random.randrange(2)}").insert("down")
            sheet.api.protect("")

    def rename(self) -> None:
        """Rename a tab."""
        tabs = [sheet for sheet in self.book.sheets if not sheet.name.startswith(("_", "xlwings"))]
        sheet = self.random.choice(tabs)
        new = f"{self.random.choice(TABS)}{self._number}"
        self.protected = {new if each == sheet.name else each for each in self.protected}
        sheet.name = new

    def paint(self) -> None:
        """Colour and note on a cell."""
        tab, cells = self._open_cells()
        if cells:
            cell: Any = self.book.sheets[tab].range(self.random.choice(cells))
            cell.color = (255, 230, self.random.randrange(256))
            if cell.note is None:
                cell.add_note("记一下")

    def _open_cells(self) -> tuple[str, list[tuple[int, int]]]:
        """A sheet, and its cells inside of tables that people may fill, blank ones too."""
        known = LiveBook(self.book).names()
        columns = [
            ref
            for name, ref in known.items()
            if name.rpartition("!")[2].startswith(("FUND_", "MX_", "SE_", "NARR_"))
            and ":" in ref.cell
            and not name.endswith(("_READ", "_ID", "_KEY", "_BASE", "SE_GROUP", "_SCORE_TEXT"))
        ]
        tab = self.random.choice(sorted({ref.sheet for ref in columns}))
        found: list[tuple[int, int]] = []
        sheet = self.book.sheets[tab]
        for ref in columns:
            if ref.sheet == tab and not sheet.range(ref.cell)[1, 0].api.CellProtection.IsLocked:
                block = sheet.range(ref.cell)
                found += [(row, block.column) for row in range(block.row + 1, block.row + block.shape[0] - 1)]
        return tab, sorted(found)


# --- what is left behind ------------------------------------------------------------------------------


def offices() -> set[int]:
    """Processes of LibreOffice on this computer that this process started, directly or not."""
    return {pid for pid in _tree(os.getpid()) if "soffice" in _command(pid)}


def children(pid: int) -> list[int]:
    """A process and all that it started."""
    return [pid, *_tree(pid)]


def resident(*pids: int) -> float:
    """MB of memory that processes hold."""
    total = 0.0
    for pid in pids:
        with contextlib.suppress(OSError):
            total += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 2**20
    return total


def _tree(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in map(int, task.read_text().split()):
                yield child
                yield from _tree(child)


def _command(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    return ""


def _levels_off(held: list[float], growth: float, what: str) -> None:
    """What is held in the last third is about what was held in the second.

    Of this process the objects are counted, since the bridge of LibreOffice keeps some bytes of every call for good.
    """
    third = len(held) // 3
    if third >= 3:
        middle, last = median(held[third : 2 * third]), median(held[2 * third :])
        assert last <= growth * middle, f"{what} grew from {middle:.0f} to {last:.0f}"


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=1800)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    run(given.seconds, given.seed, lambda line: print(line, flush=True))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
