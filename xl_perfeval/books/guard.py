"""Is this a file that may be opened as a workbook? Decided on its bytes, before any parser sees them.

Whatever is not a workbook raises `NotReadable` with F001 and one plain sentence: which file, what it is,
what to do. Nothing is unpacked here; that is `package`.
"""

from __future__ import annotations

import os
import re
import stat
import struct
from typing import TYPE_CHECKING

from xl_perfeval.books import NotReadable

if TYPE_CHECKING:
    from pathlib import Path

MAX_FILE = 48 * 2**20
"""Bytes of the largest file that is read: ten times the size of a workbook with 200 projects."""

SAVE_AGAIN = "请用 Excel 或 WPS 打开它，另存为“Excel 工作簿（*.xlsx）”后再用。"
ASK_AGAIN = "请换用备份，或请对方重新发送这个文件。"
CHOOSE = "请选择填好的绩效自评工作簿（.xlsx 或 .xlsm）。"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_KINDS = (
    ("EncryptedPackage", "设了打开密码，不能读取", "请在 Excel 或 WPS 里打开它，取消打开密码，保存后再用。"),
    ("Workbook", "是旧格式的表格（.xls），不能读取", SAVE_AGAIN),
    ("Book", "是旧格式的表格（.xls），不能读取", SAVE_AGAIN),
    ("WordDocument", "是 Word 文档，不是表格", CHOOSE),
    ("PowerPoint Document", "是演示文稿，不是表格", CHOOSE),
)
_MAGIC = (
    (b"%PDF", "是 PDF 文件，不是表格"),
    (b"{\\rtf", "是 RTF 文档，不是表格"),
    (b"\xff\xd8\xff", "是图片，不是表格"),
    (b"\x89PNG", "是图片，不是表格"),
    (b"Rar!", "是压缩包，不是表格"),
    (b"7z\xbc\xaf", "是压缩包，不是表格"),
    (b"\x1f\x8b", "是压缩包，不是表格"),
)


def file_bytes(path: Path) -> bytes:
    """The whole file, known to begin as a zip; raises `NotReadable` (F001) in every other case."""
    name = path.name or str(path)
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise refusal(name, "是一个文件夹，不是表格文件", CHOOSE)
        if not stat.S_ISREG(found.st_mode):
            raise refusal(name, "不是普通文件，不能读取", CHOOSE)
        if found.st_size > MAX_FILE:
            raise refusal(
                name,
                f"有{found.st_size / 2**20:.0f}MB，超过能处理的{MAX_FILE // 2**20}MB",
                "请删去里面的图片和多余的工作表，另存后再用。",
            )
        with path.open("rb") as file:
            data = file.read(MAX_FILE + 1)
            after = os.fstat(file.fileno())
    except FileNotFoundError as error:
        raise refusal(name, "没有找到", "请检查文件名和所在的文件夹；文件可能已被移走或改名。") from error
    except PermissionError as error:
        raise refusal(
            name, "没有打开的权限", "请向文件的所有者要读取权限；如果别的程序正开着它，请先关闭。"
        ) from error
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL character
        raise refusal(name, "读不出来", "请检查磁盘或网络连接，把它复制到本机后再用。") from error
    if (after.st_size, after.st_mtime_ns) != (found.st_size, found.st_mtime_ns) or len(data) != found.st_size:
        raise refusal(name, "在读取时被别的程序改动了", "请等它保存完，再试一次。")
    _check_kind(name, data)
    return data


def open_elsewhere(path: Path) -> bool:
    """Whether another program has the workbook open, by the owner file beside it; no obstacle for reading.

    Excel and WPS on Windows leave `~$NAME`, WPS on Linux `.~NAME`, LibreOffice `.~lock.NAME#`.
    """
    owners = (f"~${path.name}", f".~{path.name}", f".~lock.{path.name}#")
    return any(path.with_name(owner).exists() for owner in owners)


def refusal(name: str, problem: str, remedy: str) -> NotReadable:
    """The F001 of a file: which one, what is wrong with it, what to do."""
    return NotReadable("F001", f"“{name}”{problem}。", remedy)


def damaged(name: str) -> NotReadable:
    """The F001 of a workbook whose inside is broken."""
    return refusal(name, "已损坏或不完整，读不出来", ASK_AGAIN)


def _check_kind(name: str, data: bytes) -> None:
    if not data:
        raise refusal(name, "是空文件，里面没有内容", ASK_AGAIN)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return
    if data.startswith(_OLE):
        for stream, problem, remedy in _OLE_KINDS:
            if _has_stream(data, stream):
                raise refusal(name, problem, remedy)
        raise refusal(name, "不是表格文件", CHOOSE)
    for magic, problem in _MAGIC:
        if data.startswith(magic):
            raise refusal(name, problem, CHOOSE)
    if data.count(0) == len(data):
        raise damaged(name)
    text = _text(data[:8192])
    if text is None:
        raise refusal(name, "不是表格文件，或已经损坏", CHOOSE)
    raise refusal(name, _kind_of_text(text), SAVE_AGAIN)


def _has_stream(data: bytes, stream: str) -> bool:
    """Whether an OLE directory has this entry: 128 aligned bytes, the name in UTF-16, its length at 64."""
    entry = stream.encode("utf-16-le") + b"\0\0"
    length = struct.pack("<H", len(entry))
    at = data.find(entry)
    while at >= 0:
        if at % 128 == 0 and data[at + 64 : at + 66] == length:
            return True
        at = data.find(entry, at + 1)
    return False


def _text(head: bytes) -> str | None:
    """The beginning of a text file; `None` when it is none."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace")
    if b"\0" in head:
        return None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return head.decode(encoding)
        except UnicodeDecodeError as error:
            if error.start > len(head) - 4:  # a character cut in two at the end of the sample
                return head[: error.start].decode(encoding)
    return None


def _kind_of_text(text: str) -> str:
    start = text.lstrip("\ufeff \t\r\n").lower()
    if re.search(r"<(html|table|body|!doctype html)\b", start) or start.startswith("mime-version"):
        return "是网页，只是改名成了表格"
    if start.startswith("<"):
        return "是 XML 格式的文本，不是 Excel 工作簿"
    return "是文本文件（例如 CSV），不是工作簿"
