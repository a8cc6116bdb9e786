"""Runs of the program."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

from xl_perfeval import cli


def perfeval(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """One run of the program as a process of its own."""
    options.setdefault("input", "")
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **options.pop("env", {})}
    command = [sys.executable, "-m", "xl_perfeval", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, encoding="utf-8", env=environment, check=False, timeout=120, **options
    )


def call(*arguments: object) -> int:
    """The exit status of a run inside this process; what it prints is captured by pytest."""
    with pytest.raises(SystemExit) as exit_:
        cli.main([str(each) for each in arguments])
    assert isinstance(exit_.value.code, int)
    return exit_.value.code
