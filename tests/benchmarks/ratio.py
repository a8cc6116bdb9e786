"""Compare the CPU time of two ways of doing the same work: interleaved runs, medians, one printed line."""

from __future__ import annotations

import os
import resource
import subprocess
import time
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def ratio(name: str, a: Callable[[], object], b: Callable[[], object], *, n: int = 7) -> float:
    """CPU of `a` divided by CPU of `b`, in this process; each is called once before, unmeasured."""
    a()
    b()
    return _compare(name, lambda: call_cpu(a), lambda: call_cpu(b), n)


def command_ratio(name: str, a: Sequence[str], b: Sequence[str], *, n: int = 7) -> float:
    """CPU of command `a` divided by CPU of command `b`, whole processes, start and end included."""
    command_cpu(a)
    command_cpu(b)
    return _compare(name, lambda: command_cpu(a), lambda: command_cpu(b), n)


def call_cpu(work: Callable[[], object]) -> float:
    """Seconds of CPU, user and system, of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def command_cpu(command: Sequence[str]) -> float:
    """Seconds of CPU, user and system, of one run of a command with its children.

    Raises when it fails or complains. As where the package is installed, its bytecode is kept: the first run makes it.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = _children()
    run = subprocess.run(command, capture_output=True, encoding="utf-8", env=kept, check=False)
    if run.returncode not in {0, 1} or run.stderr:  # 1: findings
        raise RuntimeError(run.stderr or f"exit status {run.returncode}")
    return _children() - start


def _compare(name: str, a: Callable[[], float], b: Callable[[], float], n: int) -> float:
    # Interleaved, so that a machine that slows down slows both.
    pairs = [(a(), b()) for _ in range(n)]
    result = median(first for first, _ in pairs) / max(median(second for _, second in pairs), 1e-9)
    print(f"{name}: {result:.2f} (median of {n})")
    return result


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
