"""Regular expressions that are compiled when they are first used.

The package has more than two hundred; compiling all of them would take longer than checking a workbook.
"""

from __future__ import annotations

import re
from typing import Any, cast


def expression(text: str, flags: int = 0) -> re.Pattern[str]:
    """Like `re.compile`, but the work is done at the first use. A mistake in `text` shows then, as `re.error`."""
    return cast("re.Pattern[str]", _Late(text, flags))


class _Late:
    """Stands in for a pattern; each method is looked up once and then kept on the instance."""

    def __init__(self, text: str, flags: int) -> None:
        self._source = (text, flags)

    def __getattr__(self, name: str) -> Any:
        method = getattr(re.compile(*self._source), name)
        setattr(self, name, method)
        return method
