Attribute VB_Name = "PerfEvalText"
Option Explicit
' What people read, and where: texts of the sheet behind the name PE_TEXTS, one box, and the cell PE_STATUS.

' The text of a key; the key itself where the sheet or the key is missing, so that a code still shows.
Public Function T(ByVal key As String) As String
    Dim texts As Object, row As Long
    T = key
    Set texts = Named("PE_TEXTS")
    If texts Is Nothing Then Exit Function
    For row = 1 To texts.Rows.Count
        If texts.Cells(row, 1).Value = key Then
            T = texts.Cells(row, 2).Value
            Exit Function
        End If
    Next
End Function

' Shows why an action was not done and what was done instead, in one box and in the cell that stays.
Public Sub Say(ByVal text As String, ByVal action As String)
    text = Replace(text, "{action}", T("action-" & action))
    text = Replace(text, "{instead}", Instead(action))
    text = Replace(text, "{version}", T("version"))
    ShowStatus Replace(text, vbLf, " ")
    HostShow text, T("title")
End Sub

' What VBA does alone: it counts, and never says that all is well.
Private Function Instead(ByVal action As String) As String
    Select Case action
        Case "validate": Instead = Counted()
        Case "generate-report": Instead = T("no-report")
        Case Else: Instead = T("no-change")
    End Select
End Function

Public Function Status() As String
    If Not Named("PE_STATUS") Is Nothing Then Status = Named("PE_STATUS").Value
End Function

' A cell that cannot be written must not keep the box from being shown.
Public Sub ShowStatus(ByVal text As String)
    On Error Resume Next
    Named("PE_STATUS").Value = text
End Sub

' The cells behind a name of this workbook; Nothing when it is gone.
Public Function Named(ByVal name As String) As Object
    On Error Resume Next
    Set Named = ThisWorkbook.Names(name).RefersToRange
End Function
