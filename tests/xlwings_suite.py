"""Run xlwings' own tests against the LibreOffice engine: `python tests/xlwings_suite.py [CHECKOUT] [--verbose]`.

CHECKOUT is a folder of xlwings' sources at the release that is installed; without it, that release's source
archive is fetched from the package index and checked against the index's digest. Its tests are run from a temporary copy
and are no part of this project. Ends with 0 when at least nine of ten tests pass; docs/libreoffice-engine.md explains the others.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

FILES = ("range", "conversion", "ndim", "names", "sheet", "book", "font")
"""The test files that ordinary xlwings code is measured by."""

NEEDED = ("pytz",)

ENOUGH = 0.9

KINDS = ("passed", "failed", "not implemented", "skipped")


@dataclass(slots=True)
class Tally:
    """What became of the tests of one file."""

    name: str
    counts: Counter[str] = field(default_factory=Counter[str])
    reasons: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    """Kind, test, last line of its message."""

    @property
    def share(self) -> float:
        """Passed of all that could have passed; tests that skip themselves do not count."""
        counted = self.counts.total() - self.counts["skipped"]
        return self.counts["passed"] / counted if counted else 0.0


def main() -> int:
    """Run and print; the exit status says whether enough passed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkout", nargs="?", type=Path, help="folder with xlwings' tests/")
    parser.add_argument("--files", nargs="+", default=FILES, help="e.g. range names; default: %(default)s")
    parser.add_argument("--verbose", action="store_true", help="print tracebacks")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="xlwings-suite-") as folder:
        where = Path(folder)
        copied(options.checkout or fetched(where / "source"), where / "run")
        install(where / "packages")
        tallies = run(where / "run", options.files, verbose=options.verbose)
    sys.stdout.writelines(f"{line}\n" for line in report(tallies))
    everything = together(tallies)
    return 0 if everything.share >= ENOUGH else 1


def fetched(target: Path) -> Path:
    """The sources of the installed release, from the package index."""
    release = version("xlwings")
    name = f"xlwings-{release}.tar.gz"
    question = Request(
        "https://pypi.org/simple/xlwings/", headers={"Accept": "application/vnd.pypi.simple.v1+json"}
    )
    with urlopen(question, timeout=60) as answer:
        index = json.load(answer)
    entry = next((one for one in index["files"] if one["filename"] == name), None)
    if entry is None:
        raise SystemExit(f"The package index has no {name}; give a checkout of xlwings {release} instead.")
    with urlopen(entry["url"], timeout=120) as answer:
        archive = answer.read()
    if hashlib.sha256(archive).hexdigest() != entry["hashes"]["sha256"]:
        raise SystemExit(f"{name} is not what the package index says it is.")
    top = f"xlwings-{release}"
    with tarfile.open(fileobj=io.BytesIO(archive)) as sources:
        for member in sources:
            content = sources.extractfile(member) if member.isfile() else None
            if content is not None and member.name.startswith(f"{top}/tests/") and ".." not in member.name:
                place = target / member.name
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(content.read())
    return target / top


def copied(checkout: Path, target: Path) -> None:
    """Only the tests: beside the sources, Python would import those instead of the installed xlwings."""
    if not (checkout / "tests" / "common.py").is_file():
        raise SystemExit(f"{checkout} is no checkout of xlwings: it has no tests/common.py.")
    shutil.copytree(checkout / "tests", target / "tests")


def install(target: Path) -> None:
    """What xlwings' tests import beside xlwings and this project's own test packages, for this run only."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(target), *NEEDED]
    subprocess.run(command, check=True)
    sys.path.append(str(target))


def run(folder: Path, files: Sequence[str], *, verbose: bool) -> list[Tally]:
    """Run test files with the engine active."""
    from xl_perfeval.books import libreoffice

    libreoffice.activate(macros=True)
    sys.path.insert(0, str(folder))
    tallies: list[Tally] = []
    for name in files:
        tally = Tally(f"test_{name}")
        file = folder / "tests" / f"{tally.name}.py"
        settings = ["--rootdir", str(folder), "-c", os.devnull, "-p", "no:cacheprovider", "-W", "ignore"]
        quiet = ["--tb=short"] if verbose else ["-p", "no:terminal"]
        pytest.main([*settings, *quiet, str(file)], [_Sorter(tally)])
        tallies.append(tally)
        for app in list(libreoffice.register().apps):
            app.quit()
    return tallies


def report(tallies: list[Tally]) -> Iterator[str]:
    """A table, then each test that did not pass."""
    yield f"{'':20}{''.join(f'{kind:>17}' for kind in KINDS)}{'share':>9}"
    for tally in [*tallies, together(tallies)]:
        yield f"{tally.name:20}{''.join(f'{tally.counts[kind]:>17}' for kind in KINDS)}{tally.share:>9.1%}"
    for tally in tallies:
        for kind, test, reason in tally.reasons:
            yield f"{kind}: {tally.name}.{test}: {reason}"


def together(tallies: list[Tally]) -> Tally:
    """The sum of all files."""
    return Tally("all", sum((tally.counts for tally in tallies), Counter[str]()))


class _Sorter:
    """Sorts what becomes of tests into the kinds of a tally; xlwings has tests of unittest and of pytest."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Count the call of each test, and what went wrong before or after it."""
        report = yield
        error = call.excinfo.value if call.excinfo else None
        if report.when == "call" or not report.passed:
            self._count(
                item.name if item.parent is None else f"{item.parent.name}.{item.name}", report, error
            )
        return report

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file that cannot be imported has failed."""
        if report.failed:
            self._note("failed", report.nodeid, str(report.longrepr).strip().splitlines()[-1])

    def _count(self, test: str, report: pytest.TestReport, error: BaseException | None) -> None:
        said = " ".join(f"{type(error).__name__}: {error}".split())
        if report.passed:
            self._tally.counts["passed"] += 1
        # xlwings' tests of unittest turn NotImplementedError into a skip that names it.
        elif isinstance(error, NotImplementedError) or (report.skipped and "NotImplementedError" in said):
            self._note("not implemented", test, said)
        else:
            self._note("skipped" if report.skipped else "failed", test, said)

    def _note(self, kind: str, test: str, reason: str) -> None:
        self._tally.counts[kind] += 1
        self._tally.reasons.append((kind, test, reason[:300]))


if __name__ == "__main__":
    raise SystemExit(main())
