"""What the buttons do to the workbook that is open in Excel or LibreOffice, through the xlwings API only.

One module for each kind of button. Each of their functions takes a `Workbook`, changes it as a person would, backup
first, and returns the one Chinese sentence that tells the user what became of it.
"""

from xl_perfeval.live.workbook import Workbook

__all__ = ["Workbook"]
