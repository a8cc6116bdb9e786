"""The VBA module with the worksheet functions PE_*, written from the table in `functions`.

Each wrapper hands its arguments to Python as the wrappers do that xlwings writes itself, with one difference: whatever
goes wrong is an error value, never a text. The source is ASCII, for VBA reads it in the code page of the machine.

LibreOffice runs VBA too, but has no xlwings: there every function gives an error value at once, so that the formulas
around it show their native result. It leaves out lines that begin with #, which tells it from Excel, and shows
CVErr as text but an array of three dimensions as an error.
"""

from __future__ import annotations

from importlib.metadata import version

from xl_perfeval.functions import FUNCTIONS, WorksheetFunction

MODULE = "PerfEvalFunctions"
"""Name of the VBA module."""
SERVED = "xl_perfeval.udfs"
"""The Python module that xlwings is asked for."""

_HEAD = """\
Attribute VB_Name = "{module}"
#Const App = "Microsoft Excel"
' Written by perfeval from the table in xl_perfeval/functions.py for xlwings {xlwings}. Change the table, not this.
"""

_FOOT = """\
Private Function NoPython() As Boolean
    Dim host
    host = "Excel"
#If False Then
    host = "LibreOffice"
#End If
#If Mac Then
    host = "Mac"
#End If
    NoPython = (host <> "Excel") Or (Val(Application.Version) < 14)
End Function

Private Function NoValue()
    Dim host, nothing3(0, 0, 0)
    NoValue = CVErr(2042)
    host = "Excel"
#If False Then
    host = "LibreOffice"
#End If
    If host = "LibreOffice" Then NoValue = nothing3
End Function
"""


def vba_module() -> str:
    """The source of the module, lines ended by LF."""
    head = _HEAD.format(module=MODULE, xlwings=version("xlwings"))
    return "\n".join([head, *map(_wrapper, FUNCTIONS), _FOOT])


def _wrapper(function: WorksheetFunction) -> str:
    name = function.name
    return f"""\
Function {name}({", ".join(_declared(function))})
    If NoPython() Then
        {name} = NoValue()
        Exit Function
    End If
    On Error GoTo failed
{_arguments(function)}    {name} = XLPy.CallUDF("{SERVED}", "{name}", {_passed(function)}, ThisWorkbook, Application.Caller)
    Exit Function
failed:
    {name} = NoValue()
End Function
"""


def _declared(function: WorksheetFunction) -> list[str]:
    """The arguments as the wrapper declares them."""
    return [
        f"ParamArray {each.name}()"
        if each.several
        else f"Optional {each.name}"
        if each.optional
        else each.name
        for each in function.arguments
    ]


def _several(function: WorksheetFunction) -> bool:
    return function.arguments[-1].several


def _arguments(function: WorksheetFunction) -> str:
    """Lines that put any number of arguments into one array."""
    if not _several(function):
        return ""
    many = function.arguments[-1].name
    return f"""\
    Dim passed() As Variant, place As Long
    ReDim passed(0 To UBound({many}) - LBound({many}))
    For place = LBound({many}) To UBound({many})
        If IsObject({many}(place)) Then
            Set passed(place - LBound({many})) = {many}(place)
        Else
            passed(place - LBound({many})) = {many}(place)
        End If
    Next place
"""


def _passed(function: WorksheetFunction) -> str:
    """What is handed on."""
    if _several(function):
        return "passed"
    return f"Array({', '.join(each.name for each in function.arguments)})"
