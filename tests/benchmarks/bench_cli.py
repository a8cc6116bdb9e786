"""What the command line costs: CPU of whole processes, above an empty Typer program with the same commands.

python tests/benchmarks/bench_cli.py
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from xl_perfeval import actions, exchange, sample

if TYPE_CHECKING:
    from collections.abc import Sequence

EMPTY = """
from pathlib import Path
from typing import Annotated
import typer

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
Argument, Option = typer.Argument, typer.Option

@app.command()
def demo(folder: Annotated[Path, Argument()] = Path("demo")) -> None: ...
@app.command()
def new(
    out: Annotated[Path, Argument()],
    unit: Annotated[str | None, Option("--unit")] = None,
    year: Annotated[str | None, Option("--year")] = None,
    edition: Annotated[str | None, Option("--edition")] = None,
    project: Annotated[list[str] | None, Option("--project")] = None,
    source: Annotated[Path | None, Option("--from")] = None,
    macro_free: Annotated[bool, Option("--macro-free")] = False,
) -> None: ...
@app.command()
def validate(
    files: Annotated[list[Path], Argument()],
    format: Annotated[str, Option("--format")] = "text",
    output: Annotated[Path | None, Option("--output")] = None,
) -> None: ...
@app.command()
def report(file: Annotated[Path, Argument()], docx: Annotated[Path | None, Option("--docx")] = None) -> None: ...
@app.command()
def export(file: Annotated[Path, Argument()], to: Annotated[Path | None, Option("--to")] = None) -> None: ...
@app.command()
def parse(
    kind: Annotated[str, Option("--kind")] = "target", year: Annotated[str | None, Option("--year")] = None
) -> None: ...
@app.command()
def rules(
    code: Annotated[str | None, Argument()] = None, markdown: Annotated[bool, Option("--markdown")] = False
) -> None: ...
@app.command()
def forms() -> None: ...
app()
"""
RUNS = 7


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        book, submission, empty = folder / "样例.xlsx", folder / "40.json", folder / "empty.py"
        actions.new(sample.submission(), book)
        submission.write_text(json.dumps(_forty_projects(), ensure_ascii=False), encoding="utf-8")
        empty.write_text(EMPTY, encoding="utf-8")
        ours, fresh, report = [sys.executable, "-m", "xl_perfeval"], folder / "新.xlsx", folder / "报告.docx"
        commands: dict[str, list[str]] = {
            "bare Python": [sys.executable, "-c", ""],
            "empty Typer program with the same commands": [sys.executable, str(empty), "validate", str(book)],
            "perfeval validate": [*ours, "validate", str(book)],
            "perfeval new, 40 projects": [*ours, "new", str(fresh), "--from", str(submission)],
            "perfeval report": [*ours, "report", str(book), "--docx", str(report)],
        }
        times: dict[str, list[float]] = {label: [] for label in commands}
        for run in range(RUNS + 1):  # interleaved; the first is not counted
            for label, command in commands.items():
                fresh.unlink(missing_ok=True)
                report.unlink(missing_ok=True)
                spent = _cpu(command)
                if run:
                    times[label].append(spent)
        empty_cpu = median(times["empty Typer program with the same commands"])
        for label, spent in times.items():
            above = median(spent) - empty_cpu
            print(
                f"{label}: {median(spent):.3f} s CPU, {above:+.3f} s to the empty program (median of {RUNS})"
            )


def _forty_projects() -> dict[str, object]:
    data = exchange.to_json(sample.submission())
    projects = [{**project, "id": f"P{n}"} for n, project in enumerate(data["projects"] * 10, start=1)]
    return {**data, "projects": projects}


def _cpu(command: Sequence[str]) -> float:
    start = _children()
    run = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if run.returncode not in {0, 1} or run.stderr:
        raise RuntimeError(run.stderr)
    return _children() - start


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
