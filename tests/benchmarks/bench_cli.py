"""What the command line costs: CPU of whole processes, above an empty Typer program with the same commands.

python tests/benchmarks/bench_cli.py
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path
from statistics import median

from tests.benchmarks.bench_main_job import submission
from tests.benchmarks.ratio import command_cpu
from xl_perfeval import actions, exchange, sample

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
    next_year: Annotated[bool, Option("--next-year")] = False,
    macro_free: Annotated[bool, Option("--macro-free")] = False,
) -> None: ...
@app.command()
def template(check: Annotated[bool, Option("--check")] = False) -> None: ...
@app.command()
def validate(
    files: Annotated[list[Path], Argument()],
    format: Annotated[str, Option("--format")] = "text",
    output: Annotated[Path | None, Option("--output")] = None,
    write: Annotated[bool, Option("--write")] = False,
    fix: Annotated[bool, Option("--fix")] = False,
) -> None: ...
@app.command()
def report(
    file: Annotated[Path | None, Argument()] = None,
    docx: Annotated[Path | None, Option("--docx")] = None,
    pdf: Annotated[Path | None, Option("--pdf")] = None,
    template: Annotated[Path | None, Option("--template")] = None,
    save_template: Annotated[Path | None, Option("--save-template")] = None,
    take_back: Annotated[Path | None, Option("--take-back")] = None,
) -> None: ...
@app.command()
def export(
    file: Annotated[Path, Argument()],
    to: Annotated[Path | None, Option("--to")] = None,
    sources: Annotated[bool, Option("--sources")] = False,
) -> None: ...
@app.command()
def parse(
    kind: Annotated[str, Option("--kind")] = "target", year: Annotated[str | None, Option("--year")] = None
) -> None: ...
@app.command()
def rules(
    code: Annotated[str | None, Argument()] = None, markdown: Annotated[bool, Option("--markdown")] = False
) -> None: ...
@app.command()
def forms(markdown: Annotated[bool, Option("--markdown")] = False) -> None: ...
@app.command()
def install(
    libreoffice: Annotated[bool, Option("--libreoffice")] = False,
    profile: Annotated[Path | None, Option("--profile")] = None,
) -> None: ...
@app.command()
def uninstall(
    libreoffice: Annotated[bool, Option("--libreoffice")] = False,
    profile: Annotated[Path | None, Option("--profile")] = None,
) -> None: ...
app()
"""
RUNS = 5


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        book, large, source = (folder / name for name in ("样例.xlsx", "40.xlsx", "40.json"))
        actions.new(sample.submission(), book)
        actions.new(submission(40), large)
        source.write_text(json.dumps(exchange.to_json(submission(40)), ensure_ascii=False), encoding="utf-8")
        (folder / "empty.py").write_text(EMPTY, encoding="utf-8")
        ours, outputs = [sys.executable, "-m", "xl_perfeval"], _Outputs(folder)
        empty = f"import sys; sys.path.insert(0, {name!r}); import empty"  # a module, to have bytecode too
        commands: dict[str, list[str]] = {
            "bare Python": [sys.executable, "-c", ""],
            EMPTY_PROGRAM: [sys.executable, "-c", empty, "validate", str(book)],
            "perfeval --help": [*ours, "--help"],
            "perfeval validate": [*ours, "validate", str(book)],
            "perfeval validate --write": [*ours, "validate", str(outputs.book), "--write"],
            "perfeval new, 40 projects, .xlsx": [*ours, "new", str(outputs.plain), "--from", str(source)],
            "perfeval new, 40 projects, .xlsm": [*ours, "new", str(outputs.macros), "--from", str(source)],
            "perfeval report": [*ours, "report", str(outputs.book), "--docx", str(outputs.report)],
            "perfeval report, 40 projects": [
                *ours, "report", str(outputs.large), "--docx", str(outputs.report),
            ],
        }  # fmt: skip
        times: dict[str, list[float]] = {label: [] for label in commands}
        for run in range(RUNS + 1):  # interleaved; the first is not counted
            for label, command in commands.items():
                outputs.renew(book, large)
                spent = command_cpu(command)
                if run:
                    times[label].append(spent)
        bare, empty_cpu = median(times["bare Python"]), median(times[EMPTY_PROGRAM])
        for label, spent in times.items():
            middle = median(spent)
            print(
                f"{label}: {middle:.3f} s CPU, {middle / bare:.1f} × bare Python, {middle - empty_cpu:+.3f} s to the"
                f" empty program{f' (bound {BOUNDS[label]})' if label in BOUNDS else ''} (median of {RUNS})"
            )


EMPTY_PROGRAM = "empty Typer program with the same commands"
BOUNDS = {
    "perfeval validate": "+0.15 s",
    "perfeval new, 40 projects, .xlsx": "0.5 s",
    "perfeval new, 40 projects, .xlsm": "1 s",
    "perfeval report": "0.5 s",
}


class _Outputs:
    """Files that commands make or change, as they are before each."""

    def __init__(self, folder: Path) -> None:
        self.book, self.large = folder / "改.xlsx", folder / "改40.xlsx"
        self.plain, self.macros, self.report = folder / "新.xlsx", folder / "新.xlsm", folder / "报告.docx"

    def renew(self, book: Path, large: Path) -> None:
        """Put the workbooks back and take away what was made."""
        shutil.copy(book, self.book)
        shutil.copy(large, self.large)
        for made in (self.plain, self.macros, self.report):
            made.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
