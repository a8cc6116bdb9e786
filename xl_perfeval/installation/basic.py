"""The Basic module through which LibreOffice knows the worksheet functions, written from the table in `functions`.

Basic only hands on what it gets: `bridge` answers. What fails is an array of three dimensions, which LibreOffice shows
as #VALUE!; any text, `CVErr` too, would stand in the cell as text.
"""

from __future__ import annotations

from xml.sax.saxutils import escape

from xl_perfeval.functions import FUNCTIONS, WorksheetFunction

MODULE = "PerfEvalFunctions"
"""Name of the Basic module."""
SCRIPT = "perfeval_functions.py"
"""Name of the copy of `bridge` in the profile."""
MARK = "Written by perfeval install --libreoffice"
"""Stands in both, so that nobody else's file is ever taken for ours."""

_HEAD = f"""\
REM {MARK} from its table of worksheet functions; removed by perfeval uninstall --libreoffice.
Option Compatible
Option Explicit

Private bridge As Object
"""

_FOOT = f"""\
Private Function Asked(name As String, arguments)
    Dim answer, place, row, column(), nothing3(0, 0, 0)
    Asked = nothing3
    On Error GoTo failed
    If IsNull(bridge) Then
        place = CreateUnoService("com.sun.star.util.PathSubstitution").substituteVariables("$(user)/Scripts/python/{SCRIPT}", True)
        bridge = CreateUnoService("com.sun.star.loader.Python").activate("perfeval", "", place, Nothing)
    End If
    answer = bridge.invoke(Array(name, arguments), Array(), Array())
    If Not answer(0) Then Exit Function
    If IsArray(answer(1)) Then
        ReDim column(1 To UBound(answer(1)) + 1, 1 To 1)
        For row = 0 To UBound(answer(1))
            column(row + 1, 1) = answer(1)(row)(0)
        Next row
        Asked = column
    Else
        Asked = answer(1)
    End If
    Exit Function
failed:
    Asked = nothing3
End Function
"""

_FILE = """\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="{module}" script:language="StarBasic">{source}</script:module>
"""


def file() -> str:
    """The module as a file of a Basic library (.xba)."""
    return _FILE.format(module=MODULE, source=escape(source()))


def source() -> str:
    """The module in Basic."""
    return "\n".join([_HEAD, *map(_function, FUNCTIONS), _FOOT])


def _function(function: WorksheetFunction) -> str:
    name = function.name
    if function.arguments[-1].several:
        many = function.arguments[-1].name
        return f'Function {name}(ParamArray {many}())\n    {name} = Asked("{name}", {many})\nEnd Function\n'
    declared = ", ".join(
        f"Optional {each.name}" if each.optional else each.name for each in function.arguments
    )
    given = "".join(
        f'    If IsMissing({each.name}) Then {each.name} = ""\n'
        for each in function.arguments
        if each.optional
    )
    passed = ", ".join(each.name for each in function.arguments)
    return (
        f'Function {name}({declared})\n{given}    {name} = Asked("{name}", Array({passed}))\nEnd Function\n'
    )
