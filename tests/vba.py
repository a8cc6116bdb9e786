"""The workbook's VBA without Excel: built with stand-ins, run by LibreOffice or by pyOpenVBA's interpreter.

The stand-in for `PerfEvalHost` answers as a test arranges it and keeps what it was asked to start and to show.
Everything else is the VBA that ships. Both ways to run it offer `Running`.
"""

from __future__ import annotations

import re
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self, cast

from pyopenvba.apps.excel import ExcelApplication
from pyopenvba.interpreter import EMPTY, NOTHING

from xl_perfeval import __version__, forms, template
from xl_perfeval.model import row_and_column
from xl_perfeval.template import macros
from xl_perfeval.template.vba import Kind, Module

if TYPE_CHECKING:
    from tests.office import Office, OfficeBook

MACROS = Path(__file__).parents[1] / "macros"
LAUNCHER = r"C:\Program Files\PerfEval\python\Scripts\perfeval-ribbon.exe"
WINDOWS = r"C:\Program Files\Microsoft Office\root\Office16"
"""Where Excel lies."""
DONE = "校验完成：必须改 3 条。"


@dataclass(frozen=True, slots=True)
class Desk:
    """What the macros find around the workbook. As it stands: Excel on Windows with the right program."""

    excel: bool = True
    mac: bool = False
    refused: bool = False
    """Whether the system forbids Excel to start programs."""
    launcher: str = LAUNCHER
    version: str = __version__
    answer: str = DONE
    """What the program leaves in the status cell; `""` when it breaks down."""


class Running(Protocol):
    """A workbook whose macros can be run.

    `press` presses a button of the ribbon by its callback; `run` runs `Module.Procedure`, private ones too, and
    returns what a function returns. Cells go by names of the workbook; `full_name` is `ThisWorkbook.FullName`.
    """

    def arrange(self, desk: Desk) -> None: ...
    def press(self, callback: str) -> None: ...
    def run(self, procedure: str, *arguments: object) -> Any: ...
    def cell(self, name: str) -> object: ...
    def set_cell(self, name: str, value: str | None) -> None: ...
    def active_sheet(self) -> str: ...
    def full_name(self) -> str: ...


def started(running: Running) -> list[str]:
    """What the macros had the system start, command and arguments in one line each."""
    return cast("str", running.run("PerfEvalHost.AllStarted")).split(_END)[:-1]


def shown(running: Running) -> list[str]:
    """The boxes shown so far."""
    return cast("str", running.run("PerfEvalHost.AllShown")).split(_END)[:-1]


def workbook(path: Path, *stand_ins: str) -> Path:
    """A blank macro workbook with a unit, a year and three projects.

    A stand-in takes the place of the module of its name. xlwings' own modules, which only Excel understands, go
    where there is any.
    """
    stood_in = [_module(source) for source in stand_ins]
    gone = {module.name for module in stood_in} | ({"xlwings", "Dictionary"} if stood_in else set())
    shipped = macros.load()
    kept = [module for module in shipped.modules if module.name not in gone]
    blank = template.blank(forms.load(forms.DEFAULT), "示例区科学技术局", 2026, projects=3)
    template.build(blank, path, macros=replace(shipped, modules=(*kept, *stood_in)))
    return path


def sheet_and_cell(refers_to: str) -> tuple[str, str]:
    """Tab and address of what a name of one cell refers to, in the manner of Excel or LibreOffice."""
    sheet, _, cell = refers_to.lstrip("=").replace("$", "").rpartition("!" if "!" in refers_to else ".")
    row_and_column(cell)
    return sheet.strip("'"), cell


class Interpreted:
    """pyOpenVBA's model of Excel. It tells real names and scopes as Excel does, and computes formulas."""

    def __init__(self, path: Path, *, folder: str = WINDOWS) -> None:
        """`folder` is where the application itself claims to lie."""
        self._excel = ExcelApplication.open(path)
        _claim(self._excel.application, Path=folder, PathSeparator="\\" if "\\" in folder else "/")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def arrange(self, desk: Desk) -> None:
        self._excel.run("PerfEvalHost.Arrange", *astuple(desk))

    def press(self, callback: str) -> None:
        self.run(f"PerfEval.{callback}", NOTHING)

    def run(self, procedure: str, *arguments: object) -> Any:
        return self._excel.interpreter.run(procedure, list(arguments))

    def cell(self, name: str) -> object:
        sheet, address = self.place(name)
        value = self._excel.sheet(sheet).value(address)
        return None if value == "" else value

    def set_cell(self, name: str, value: str | None) -> None:
        sheet, address = self.place(name)
        self._excel.sheet(sheet).set_value(address, EMPTY if value is None else value)

    def active_sheet(self) -> str:
        return str(self._excel.evaluate("ActiveSheet.Name"))

    def full_name(self) -> str:
        return str(self._excel.evaluate("ThisWorkbook.FullName"))

    def move(self, folder: str) -> None:
        """Let the workbook lie elsewhere: `""` for one that was never saved."""
        self._excel.workbook.path = folder

    def set_formula(self, sheet: str, name: str, formula: str) -> None:
        """Write a formula into the cell behind a name, of this sheet or of the workbook, locked or not."""
        view = self._excel.sheet(sheet)
        local = [each for each in view.named_ranges() if each.name.endswith(name)]
        refers_to = (local or [self._excel.named_range(name)])[0].refers_to
        view.sheet.Unprotect()
        view.set_value(sheet_and_cell(str(refers_to))[1], formula)

    @property
    def boxes(self) -> list[tuple[str, str]]:
        """Title and text of each box that was really shown."""
        return [(title, text) for kind, text, title, _ in self._excel.dialogs if kind == "MsgBox"]

    @property
    def modules(self) -> set[str]:
        """Lower case names of the modules that were understood."""
        return set(self._excel.interpreter.modules)

    @property
    def saved(self) -> bool:
        """Whether closing would ask nothing."""
        return bool(self._excel.evaluate("ThisWorkbook.Saved"))

    @saved.setter
    def saved(self, saved: bool) -> None:
        self._excel.workbook.vba_set("Saved", saved)

    def place(self, name: str) -> tuple[str, str]:
        refers_to = str(self._excel.named_range(name).refers_to)
        return sheet_and_cell(refers_to)


class InOffice:
    """LibreOffice with macros on. A macro that fails raises `AssertionError` with what Basic says."""

    def __init__(self, office: Office, path: Path, *, untitled: bool = False) -> None:
        self._book = office.open(path, macros=True, untitled=untitled)
        self._names = self._book.document.NamedRanges
        self._book.add_basic("Bridge", _bridge(self._sources()))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._book.close()

    @property
    def book(self) -> OfficeBook:
        return self._book

    def arrange(self, desk: Desk) -> None:
        self.run("PerfEvalHost.Arrange", *astuple(desk))

    def press(self, callback: str) -> None:
        self.run(f"PerfEval.{callback}", None)

    def run(self, procedure: str, *arguments: object) -> Any:
        said = self._book.call_basic("Bridge.Through", procedure, arguments)
        # A module that does not compile makes every VBA function return nothing, without any error.
        assert str(said).startswith("ok "), f"{procedure}: {said or 'nothing ran'}"
        return str(said).removeprefix("ok ")

    def cell(self, name: str) -> object:
        return self._book.value(*self.place(name))

    def set_cell(self, name: str, value: str | None) -> None:
        self._book.set(*self.place(name), value)

    def active_sheet(self) -> str:
        return str(self._book.document.CurrentController.ActiveSheet.Name)

    def full_name(self) -> str:
        return Path(self._book.document.Title).name

    def place(self, name: str) -> tuple[str, str]:
        """Tab and address of the cell behind a name."""
        return sheet_and_cell(self._names.getByName(name).Content)

    def _sources(self) -> dict[str, str]:
        library = self._book.document.BasicLibraries.getByName("VBAProject")
        return {name: library.getByName(name) for name in library.ElementNames}


_END = "\x1e"

HOST = """Attribute VB_Name = "PerfEvalHost"
Option Explicit
Public IsExcel As Boolean, IsMac As Boolean, Refused As Boolean, Place As String, Installed As String, Answer As String
Public Started As String, Shown As String

Public Sub Arrange(ByVal a As Boolean, ByVal b As Boolean, ByVal c As Boolean, ByVal d As String, ByVal e As String, ByVal f As String)
    IsExcel = a: IsMac = b: Refused = c: Place = d: Installed = e: Answer = f
End Sub
Public Function HostIsExcel() As Boolean
    HostIsExcel = IsExcel
End Function
Public Function HostIsMac() As Boolean
    HostIsMac = IsMac
End Function
Public Function HostLauncher() As String
    HostLauncher = Place
End Function
Public Function HostHasVersion(ByVal wanted As String) As Boolean
    HostHasVersion = Installed = wanted
End Function
Public Sub HostRunLauncher(ByVal launcher As String, ByVal arguments As String)
    If Refused Then Err.Raise 70
    Started = Started & launcher & " " & arguments & Chr$(30)
    If Answer <> "" Then ShowStatus Answer
End Sub
Public Sub HostRunPython(ByVal python As String)
    If Refused Then Err.Raise 70
    Started = Started & python & Chr$(30)
End Sub
Public Sub HostShow(ByVal text As String, ByVal title As String)
    Shown = Shown & text & Chr$(30)
End Sub
Public Function AllStarted() As String
    AllStarted = Started
End Function
Public Function AllShown() As String
    AllShown = Shown
End Function
"""

XLWINGS = r"""Attribute VB_Name = "xlwings"
Option Explicit
Public Files As String, Interpreter As String, Calls As String

Public Sub Lay(ByVal pythonPath As String, ByVal existing As String)
    Interpreter = pythonPath: Files = existing
End Sub
Public Function GetConfig(key As String, Optional default As String = "", Optional source As String = "") As Variant
    GetConfig = default
    If key = "INTERPRETER_WIN" And source = "user" And Interpreter <> "" Then GetConfig = Interpreter
End Function
Public Function FileExists(ByVal path As String) As Boolean
    FileExists = InStr("|" & Files & "|", "|" & path & "|") > 0
End Function
Public Function Dir(ByVal pattern As String, ByVal attributes As Long) As String
    If Files Like Replace(pattern, "\Scripts\..", "") Then Dir = Files
End Function
Public Function ParentFolder(ByVal path)
    ParentFolder = Left$(path, InStrRev(path, "\") - 1)
End Function
Public Function RunFrozenPython(executable As String, Optional arguments As String)
    Calls = "frozen " & executable & " " & arguments
End Function
Public Function RunPython(command As String)
    Calls = "python " & command
End Function
Public Function AllCalls() As String
    AllCalls = Calls
End Function
"""

_PROCEDURE = re.compile(r"^\s*(?:Public |Private )?(Sub|Function) (\w+)\(([^)]*)\)", re.MULTILINE)


def procedures(source: str) -> list[tuple[str, str, list[str]]]:
    """Kind (`Sub`, `Function`), name and parameters of every procedure of a VBA module."""
    found = _PROCEDURE.findall(source)
    return [
        (kind, name, [p.strip() for p in parameters.split(",") if p.strip()])
        for kind, name, parameters in found
    ]


def _claim(application: Any, **members: str) -> None:
    """Let pyOpenVBA's Excel have members that it does not know or cannot know."""
    known = {name.lower(): value for name, value in members.items()}
    others = application.vba_get
    application.vba_get = lambda name, *more, **named: known.get(name.lower()) or others(name, *more, **named)


def _bridge(sources: dict[str, str]) -> str:
    """Basic code that calls a VBA procedure by its name; late binding into a VBA project is not to be had."""
    cases: list[str] = []
    for module, source in sources.items():
        for kind, name, parameters in procedures(source):
            given = ", ".join(
                "ThisComponent" if parameter.endswith("As Object") else f"a({place})"
                for place, parameter in enumerate(parameters)
            )
            call = f"VBAProject.{module}.{name}({given})"
            does = f'Through = "ok " & {call}' if kind == "Function" else f'{call} : Through = "ok "'
            cases.append(f'  Case "{module}.{name}": {does}')
    body = "\n".join(cases)
    return f"""Function Through(what, a)
  On Error GoTo failed
  Select Case what
{body}
  End Select
  Exit Function
failed:
  Through = "error " & Err & " " & Error$ & " line " & Erl
End Function
"""


def _module(source: str) -> Module:
    named = re.match(r'Attribute VB_Name = "(\w+)"', source)
    assert named is not None
    return Module(named[1], Kind.STANDARD, source)
