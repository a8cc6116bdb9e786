"""Formulas that ask Python while it is there, and otherwise show what plain functions of a spreadsheet compute.

`PE_LIVE` is FALSE as shipped, so nobody without Python waits for it. A call that fails gives an error value in Excel,
but text in LibreOffice with macros on, and an empty text there when any module of the workbook does not compile:
therefore a result counts only where it is what belongs into the cell.
"""

from __future__ import annotations

from xl_perfeval.forms import names


def number(call: str, native: str) -> str:
    """A formula that shows the number of a call, such as `PE_TOTAL(E5:E14)`, or the result of a native formula.

    Text times 1 is an error, so that one call is enough to tell.
    """
    native = native.removeprefix("=")
    return f"=IF({names.LIVE},IFERROR(1*{call},{native}),{native})"


def text(call: str, native: str) -> str:
    """A formula that shows the text of a call, or the result of a native formula (`""` for none).

    Whoever reads the cell has to look at how the text begins.
    """
    native = native.removeprefix("=")
    return f"=IF({names.LIVE},IFERROR({call},{native}),{native})"
