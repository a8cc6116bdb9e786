"""Does a test notice when a rule stops working? For developers; not part of the test run.

python tests/mutation.py [--source N] [--seed N]

First every rule's check is emptied inside this process and its own examples are tried: at least one must turn red.
Then N rules drawn at random are emptied in the source of a copy of the project, and its tests of the rules run
there. Prints the rules for which nothing turned red; the exit status counts them.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import os
import random
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests import test_rules  # noqa: E402
from xl_perfeval import rules  # noqa: E402
from xl_perfeval.rules import engine  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xl_perfeval.rules.engine import Rule


def main() -> int:
    """Say which emptied rules nobody misses."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--source", metavar="N", type=int, default=10, help="rules emptied in the source")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    checked = [rule for rule in rules.catalogue().values() if rule.check]
    unmissed = [rule.code for rule in checked if not is_missed(rule)]
    _say(f"emptied in this process: {len(checked)} rules, unnoticed: {' '.join(unmissed) or 'none'}")
    drawn = random.Random(arguments.seed).sample(checked, min(arguments.source, len(checked)))
    survived = [rule.code for rule in drawn if not is_missed_in_source(rule)]
    _say(
        f"emptied in the source: {' '.join(rule.code for rule in drawn)}, unnoticed: {' '.join(survived) or 'none'}"
    )
    return len(unmissed) + len(survived)


def is_missed(rule: Rule) -> bool:
    """Whether at least one of the rule's failing examples turns red without it, and all are green with it."""
    for example in rule.fails:
        test_rules.test_failing_example(rule, example)
    with emptied(rule):
        return any(_is_red(rule, example) for example in rule.fails)


def _is_red(rule: Rule, example: engine.Example) -> bool:
    try:
        test_rules.test_failing_example(rule, example)
    except AssertionError:
        return True
    return False


@contextmanager
def emptied(rule: Rule) -> Iterator[None]:
    """The catalogue with a rule that finds nothing."""

    def nothing(*_: Any) -> Iterator[engine.Problem]:
        return iter(())

    engine._RULES[rule.code] = replace(rule, check=nothing)
    try:
        yield
    finally:
        engine._RULES[rule.code] = rule


def is_missed_in_source(rule: Rule) -> bool:
    """Whether the tests of the rules turn red in a copy of the project in which the rule's body is empty."""
    with tempfile.TemporaryDirectory(prefix="perfeval-mutation-") as name:
        copy = Path(name)
        for folder in ("xl_perfeval", "tests"):
            shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copyfile(ROOT / "pyproject.toml", copy / "pyproject.toml")
        assert rule.check is not None
        source = Path(inspect.getsourcefile(rule.check) or "").relative_to(ROOT)
        _empty(copy / source, rule.check.__name__)
        green, red = (_tests_pass(copy, each) for each in (None, rule.code))
        if not green:
            raise RuntimeError(f"{rule.code}: the passing examples fail too")
        return not red


def _empty(path: Path, function: str) -> None:
    """Leave a function its docstring and nothing else."""
    text = path.read_text(encoding="utf-8")
    (found,) = (
        node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef) and node.name == function
    )
    lines = text.splitlines(keepends=True)
    start, end = found.body[0].end_lineno, found.end_lineno
    assert start is not None
    assert end is not None
    lines[start:end] = ["    return\n", "    yield\n"]
    path.write_text("".join(lines), encoding="utf-8")


def _tests_pass(copy: Path, code: str | None) -> bool:
    """Run the examples of one rule in a copy; without a code, the passing examples of all, to see that they run."""
    program = (
        "import sys, pytest, xl_perfeval\n"
        f"assert xl_perfeval.__file__.startswith({str(copy)!r}), xl_perfeval.__file__\n"
        "sys.exit(pytest.main(sys.argv[1:]))"
    )
    chosen = ["-k", f"{code}-"] if code else ["-k", "passing_example"]
    command = [sys.executable, "-c", program, "-x", "-q", "tests/test_rules.py", *chosen]
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    run = subprocess.run(
        command, cwd=copy, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    if run.returncode not in {0, 1}:
        raise RuntimeError(run.stdout + run.stderr)
    return run.returncode == 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
