"""Whose macros a workbook carries: told by the names of the modules, without running or unpacking any."""

from __future__ import annotations

import struct

from xl_perfeval.expressions import expression

_ENTRY = 128
"""Bytes of an entry of an OLE directory, and what its beginning is a multiple of."""
_STORAGE, _STREAM = 1, 2
_HEART = "PerfEval"
"""The module that only this program's projects have."""
_OWN = expression(
    r"PerfEval\w*|xlwings|Dictionary"  # the modules of macros/ and the two of xlwings
    r"|ThisWorkbook|(?:Sheet|Chart|工作表)\d+"  # behind the workbook and its sheets; those added by hand are named so too
    r"|VBA|dir|_VBA_PROJECT|PROJECT|PROJECTwm|PROJECTlk|__SRP_\w+"  # what every project has
)


def ours(project: bytes) -> bool:
    """Whether a VBA project (`vbaProject.bin`) is the program's own, with no module that somebody added.

    Module names stand uncompressed, as names of streams. Code that somebody wrote behind a sheet, or a foreign
    module under one of our names, passes: that costs a notice and nothing else, since nothing is ever executed here.
    """
    names = _entries(project)
    return _HEART in names and all(_OWN.fullmatch(name) for name in names)


def _entries(container: bytes) -> set[str]:
    """Names of all storages and streams of an OLE container, found without following its chains."""
    found: set[str] = set()
    for at in range(0, len(container) - _ENTRY + 1, _ENTRY):
        length, kind, colour = struct.unpack_from("<HBB", container, at + 64)
        if kind not in (_STORAGE, _STREAM) or colour > 1 or length % 2 or not 4 <= length <= 64:
            continue
        field = container[at : at + 64]
        if any(field[length - 2 :]):
            continue
        name = field[: length - 2].decode("utf-16-le", "replace")
        if "\0" not in name:
            found.add(name)
    return found
