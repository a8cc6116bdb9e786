"""What the program writes into a workbook: only its own sheets, as blocks of values through the port `Book`.

`writing.findings` fills 校验结果 and `_标记`, `writing.paragraphs` 报告文字 and `_底稿`, both `_日志`; one code path serves
open workbooks and saved files.
"""

from xl_perfeval.writing.findings import SavedBook, Written, expect, identities, recount, write

__all__ = ["SavedBook", "Written", "expect", "identities", "recount", "write"]
