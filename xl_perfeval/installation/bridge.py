"""Runs the worksheet functions inside LibreOffice, in LibreOffice's own Python, which may be as old as 3.8.

`perfeval install --libreoffice` copies this file into the user's profile and writes into it where the package is.
Nothing but the standard library and the core of the package is imported. A LibreOffice whose Python is too old for
the package has the calls answered by the Python that installed it, in a process that ends with LibreOffice.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from typing import Any

PACKAGE = ""
"""The folder of the package xl_perfeval."""
PYTHON = ""
"""The Python that the package was installed for."""
OLDEST = (3, 11)
"""The oldest Python that the package runs in."""

_functions: dict[str, Any] = {}
_process: list[Any] = []
_failed: list[str] = []
"""Why the other Python gave no answer; after a few times it is not started again for every cell."""


def call(name: str, arguments: Any) -> tuple[bool, Any]:
    """Call a function with what the sheet passed: `(True, result)`, or `(False, reason)` when there is no result."""
    try:
        passed = [_passed(each) for each in arguments]
        if sys.version_info < OLDEST:
            return _asked(name, passed)
        if not _functions:
            _load()
        return True, _functions[name](*passed)
    except Exception as error:  # the sheet shows an error value, whatever went wrong
        return False, f"{type(error).__name__}: {error}"


def _passed(argument: Any) -> Any:
    """A cell, or the rows of a range; a blank cell arrives as nothing or as an empty text."""
    if type(argument) in (tuple, list):
        return [_passed(each) for each in argument]
    return None if argument == "" else argument


def _load() -> None:
    """Import this package alone, not the folder it lies in: what lies beside it may be for another Python."""
    if PACKAGE and "xl_perfeval" not in sys.modules:
        where: Any = spec_from_file_location(
            "xl_perfeval", f"{PACKAGE}/__init__.py", submodule_search_locations=[PACKAGE]
        )
        package = module_from_spec(where)
        where.loader.exec_module(package)
        sys.modules["xl_perfeval"] = package
    from xl_perfeval import functions

    _functions.update((each.name, each.call) for each in functions.FUNCTIONS)


def _asked(name: str, passed: list[Any]) -> tuple[bool, Any]:
    """The answer of the other Python; it is started at the first call and again when it has gone."""
    if not _process or _process[0].poll() is not None:
        if len(_failed) > 2:
            raise OSError(_failed[-1])
        _process[:] = [_started()]
    question = json.dumps([name, passed]) + "\n"
    _process[0].stdin.write(question.encode("ascii"))
    _process[0].stdin.flush()
    answer = _process[0].stdout.readline()
    if not answer:
        _process[0].wait()
        _failed.append(f"{PYTHON} ended without an answer")
        raise OSError(_failed[-1])
    done, result = json.loads(answer)
    return done, result


def _started() -> Any:
    # LibreOffice points these at its own Python.
    surroundings = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    return subprocess.Popen(
        [PYTHON, "-m", "xl_perfeval.installation.server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=surroundings,
        cwd=os.path.dirname(PACKAGE) or None,  # noqa: PTH120 - never the folder of some workbook
        creationflags=0x08000000 if os.name == "nt" else 0,  # no window on Windows
    )


def getComponentFactory(*_: object) -> object:  # noqa: N802 - the name that LibreOffice's loader of Python calls
    """The object that Basic talks to: a script in the sense of UNO, so that it takes any arguments."""
    import unohelper  # pyright: ignore
    from com.sun.star.script.provider import XScript  # pyright: ignore

    class Functions(unohelper.Base, XScript):  # pyright: ignore
        """Answers calls by name."""

        def invoke(self, parameters: Any, *_: object) -> tuple[Any, tuple[()], tuple[()]]:
            """Name and arguments → what `call` answers; nothing comes back through the arguments."""
            return call(*parameters), (), ()

    return Functions()  # pyright: ignore


g_exportedScripts = ()  # noqa: N816 - no macro to offer in LibreOffice's list
