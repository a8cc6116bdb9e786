Attribute VB_Name = "PerfEvalHost"
Option Explicit
' The only module that touches anything outside the workbook: the application, files, xlwings. Tests swap it.
' FileExists, GetConfig, ParentFolder, RunFrozenPython and RunPython are xlwings'.

' True in Excel. WPS and LibreOffice call themselves Microsoft Excel as well: WPS lies in ...\WPS Office\...\office6,
' LibreOffice has no Application.Path.
Public Function HostIsExcel() As Boolean
    Dim folder As String
    On Error Resume Next
    folder = LCase$(Application.Path)
    HostIsExcel = Application.Name = "Microsoft Excel" And folder <> "" And InStr(folder, "office6") = 0
End Function

' Asked at run time: LibreOffice passes over #If and would run both branches.
Public Function HostIsMac() As Boolean
    On Error Resume Next
    HostIsMac = Application.PathSeparator <> "\"
End Function

' The program's launcher beside the interpreter named in the user's xlwings.conf; on a Mac that interpreter.
' "" when there is none. A file xlwings.conf beside the workbook is not asked: it may have come by mail.
Public Function HostLauncher() As String
    Dim folder As String
    If HostIsMac() Then
        HostLauncher = GetConfig("INTERPRETER_MAC", "", "user")
        Exit Function
    End If
    folder = InterpreterFolder()
    If folder = "" Then Exit Function
    If FileExists(folder & "\perfeval-ribbon.exe") Then
        HostLauncher = folder & "\perfeval-ribbon.exe"
    ElseIf FileExists(folder & "\Scripts\perfeval-ribbon.exe") Then
        HostLauncher = folder & "\Scripts\perfeval-ribbon.exe"
    End If
End Function

' Whether the installed program is of the workbook's version up to the second number: 0.1.4 fits 0.1.0.
' pip keeps a folder named after each package and its version, so nothing has to be started. Not told on a Mac.
Public Function HostHasVersion(ByVal wanted As String) As Boolean
    Dim parts As Variant, site As String
    HostHasVersion = HostIsMac()
    If HostHasVersion Then Exit Function
    parts = Split(wanted & ".", ".")
    site = "\Lib\site-packages\xl_perfeval-" & parts(0) & "." & parts(1) & ".*.dist-info"
    HostHasVersion = Dir(InterpreterFolder() & site, vbDirectory) <> ""
    If Not HostHasVersion Then HostHasVersion = Dir(InterpreterFolder() & "\.." & site, vbDirectory) <> ""
End Function

' Runs the launcher and waits. An error where the system refuses to start it.
Public Sub HostRunLauncher(ByVal launcher As String, ByVal arguments As String)
    RunFrozenPython launcher, arguments
End Sub

' Runs Python on a Mac, without waiting.
Public Sub HostRunPython(ByVal python As String)
    RunPython python
End Sub

Public Sub HostShow(ByVal text As String, ByVal title As String)
    MsgBox text, vbInformation, title
End Sub

Private Function InterpreterFolder() As String
    Dim interpreter As String
    interpreter = GetConfig("INTERPRETER_WIN", "", "user")
    If InStr(interpreter, "\") > 0 Then InterpreterFolder = ParentFolder(interpreter)
End Function
