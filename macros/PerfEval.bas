Attribute VB_Name = "PerfEval"
Option Explicit
' The buttons and the one bridge to the program. What a button does is written in Python (xl_perfeval.ribbon).
' VBA sources are ASCII; what people read stands in customUI.xml and strings.toml.

' --- tab of the ribbon: one callback for each button of customUI.xml ---

Public Sub PE_OnValidate(control As Object)
    Run "validate"
End Sub

Public Sub PE_OnPrevious(control As Object)
    Run "previous-finding"
End Sub

Public Sub PE_OnNext(control As Object)
    Run "next-finding"
End Sub

Public Sub PE_OnFix(control As Object)
    Run "fix"
End Sub

Public Sub PE_OnReport(control As Object)
    Run "generate-report"
End Sub

Public Sub PE_OnAddProject(control As Object)
    Run "add-project"
End Sub

Public Sub PE_OnDeleteProject(control As Object)
    Run "delete-project"
End Sub

Public Sub PE_OnAddRow(control As Object)
    Run "add-row"
End Sub

Public Sub PE_OnDeleteRow(control As Object)
    Run "delete-row"
End Sub

Public Sub PE_OnMoveUp(control As Object)
    Run "move-up"
End Sub

Public Sub PE_OnMoveDown(control As Object)
    Run "move-down"
End Sub

' Needs no program: whoever has none is the one who needs help.
Public Sub PE_OnHelp(control As Object)
    If Not Named("PE_GO_GUIDE") Is Nothing Then Named("PE_GO_GUIDE").Worksheet.Activate
End Sub

' --- buttons on the first sheet, for applications that ignore the ribbon ---

Public Sub PE_Validate()
    Run "validate"
End Sub

Public Sub PE_GenerateReport()
    Run "generate-report"
End Sub

' --- the bridge ---

' Has the program do something, or says why it could not, what was done instead, and one next step.
Public Sub Run(ByVal action As String)
    Dim code As String
    code = Obstacle()
    If code = "" Then code = Start(action)
    If code <> "" Then Say T(code), action
End Sub

' Why the program cannot be used here, as a code and key of a text; "" when it can. Starts nothing, writes nothing.
Public Function Obstacle() As String
    On Error GoTo refused
    If Not HostIsExcel() Then
        Obstacle = "PE-06"
    ElseIf Not IsLocal(ThisWorkbook.Path) Then
        Obstacle = "PE-05"
    ElseIf HostLauncher() = "" Then
        Obstacle = "PE-01"
    ElseIf Not HostHasVersion(T("version")) Then
        Obstacle = "PE-02"
    End If
    Exit Function
refused:
    Obstacle = "PE-04"
End Function

' Starts the program and, but on a Mac, waits for it; a code when that failed.
Private Function Start(ByVal action As String) As String
    ShowStatus T("running")
    On Error GoTo refused
    If HostIsMac() Then
        HostRunPython "import xl_perfeval.ribbon; xl_perfeval.ribbon." & Replace(action, "-", "_") & "()"
    Else
        HostRunLauncher HostLauncher(), action & " --wb=""" & ThisWorkbook.FullName & """"
        ' The program leaves its own words in the status cell; silence means that it broke down.
        If Status() = T("running") Then Start = "PE-03"
    End If
    Exit Function
refused:
    Start = "PE-04"
End Function

' A folder on a drive of this computer: not "" (never saved), no web address, no \\server.
Private Function IsLocal(ByVal folder As String) As Boolean
    IsLocal = folder <> "" And InStr(folder, "://") = 0 And Left$(folder, 2) <> "\\"
End Function
