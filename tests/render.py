"""Look at what people will see: print workbooks and text documents, one PNG per page.

python tests/render.py workbook/PerfEval.xlsm report.docx --to DIR
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.office import office


def main() -> None:
    """Render the files named on the command line and say which pictures were written."""
    parser = argparse.ArgumentParser(description="Print .xlsx, .xlsm and .docx files to PNG, one per page.")
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path)
    parser.add_argument("--to", metavar="DIR", type=Path, required=True)
    parser.add_argument("--dpi", type=int, default=110)
    arguments = parser.parse_args()
    for path in arguments.files:
        for page in office().render(path, arguments.to, arguments.dpi):
            sys.stdout.write(f"{page}\n")


if __name__ == "__main__":
    main()
