"""Answers calls of worksheet functions over standard input and output, one JSON text per line.

For a LibreOffice whose own Python is too old for this package; `bridge` starts it and asks. It ends with its input.
"""

from __future__ import annotations

import json
import sys

from xl_perfeval.installation import bridge


def main() -> None:
    """Read `[name, arguments]`, write `[true, result]` or `[false, reason]`, until the input ends."""
    for line in sys.stdin:
        name, arguments = json.loads(line)
        print(json.dumps(bridge.call(name, arguments)), flush=True)  # noqa: T201 - the answer


if __name__ == "__main__":
    main()
