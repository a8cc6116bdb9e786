Attribute VB_Name = "PerfEvalCount"
Option Explicit
' What can be counted without the program. It finds a damaged or half empty workbook; it does not check one.

Private Const NEEDED As String = "PE_UNIT PE_YEAR PE_STAGE PE_EDITION PE_SCHEMA FUND_ID FIND_LEVEL NARR_KEY"

Public Function Counted() As String
    Counted = Replace(T("counted"), "{names}", MissingNames())
    Counted = Replace(Counted, "{blank}", Blank("PE_UNIT") + Blank("PE_YEAR"))
    Counted = Replace(Counted, "{projects}", Projects())
    Counted = Replace(Counted, "{sheets}", ProjectSheets())
    Counted = Replace(Counted, "{errors}", ErrorsInTotals())
End Function

Private Function MissingNames() As Long
    Dim name As Variant
    For Each name In Split(NEEDED, " ")
        If Named(name) Is Nothing Then MissingNames = MissingNames + 1
    Next
End Function

Private Function Blank(ByVal name As String) As Long
    If Named(name) Is Nothing Then
        Blank = 1
    ElseIf Trim$(Named(name).Text) = "" Then
        Blank = 1
    End If
End Function

' Rows of the table of funds that have an identity.
Private Function Projects() As Long
    Dim cell As Object
    If Named("FUND_ID") Is Nothing Then Exit Function
    For Each cell In Named("FUND_ID").Cells
        If cell.Text <> "" Then Projects = Projects + 1
    Next
End Function

' Sheets with a table of targets. By their names, not by their tabs: people rename tabs.
Private Function ProjectSheets() As Long
    Dim sheet As Object, item As Object
    For Each sheet In ThisWorkbook.Worksheets
        For Each item In sheet.Names
            If Right$("!" & item.Name, 8) = "!MX_ITEM" Then ProjectSheets = ProjectSheets + 1
        Next
    Next
End Function

Private Function ErrorsInTotals() As Long
    Dim item As Object
    For Each item In ThisWorkbook.Names
        If InStr(item.Name, "_TOTAL_") > 0 Then
            If IsBroken(item) Then ErrorsInTotals = ErrorsInTotals + 1
        End If
    Next
End Function

' Its cell shows an error, or is gone.
Private Function IsBroken(item As Object) As Boolean
    IsBroken = True
    On Error Resume Next
    IsBroken = IsError(item.RefersToRange.Value)
End Function
