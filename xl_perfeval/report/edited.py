"""A report that people edited in Word, WPS or LibreOffice: its paragraphs, and what the program remembers in it.

What programs do to a report, measured: LibreOffice 7.4 that opens it and saves it as .docx again keeps all bookmarks,
the title and our part (rewritten, to the letter the same texts); by way of .odt the bookmarks and the title are left,
our part is gone. So bookmarks tell the paragraphs; the part tells how each read when it was printed.

Nothing of the file is trusted: sizes are bounded before anything is unpacked, no entity is resolved, macros are not
looked at.
"""

from __future__ import annotations

import posixpath
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

from xl_perfeval.report import flow
from xl_perfeval.report.marks import RECORD
from xl_perfeval.saving import NotSaved

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

MOST_BYTES = 200 * 2**20
"""Of the file; pictures that people put in are a few megabytes each."""
MOST_MEMBERS = 5_000
MOST_TEXT = 64 * 2**20
"""Unpacked bytes of the text; a report on 200 projects has 12 MB."""
MOST_SMALL = 4 * 2**20
"""Unpacked bytes of any other part that is read."""


class NotTaken(NotSaved):
    """A document that cannot be taken back; nothing was changed. The text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A paragraph of the report as it was printed."""

    bookmark: str
    id: str
    section: str
    text: str


@dataclass(frozen=True, slots=True)
class Record:
    """What the program remembers in a report: its title, what stood where (`marks`), and every paragraph."""

    title: str
    layout: tuple[str, ...]
    paragraphs: tuple[Printed, ...]


@dataclass(frozen=True, slots=True)
class Edited:
    """A report as people left it. `record` is `None` when the program that saved it last dropped our part."""

    name: str
    flow: flow.Flow
    title: str = ""
    record: Record | None = None


def read(path: Path) -> Edited:
    """The report saved at `path`. Raises `NotTaken`."""
    suffix = path.suffix.lower()
    if suffix in _OTHERS:
        raise refusal(path.name, f"是{_OTHERS[suffix]}。{_SAVE_AS_DOCX}")
    try:
        with path.open("rb") as file:
            return _read(path.name, file)
    except FileNotFoundError as error:
        raise NotTaken(f"没有找到“{path}”，请核对文件名和文件夹。") from error
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL character
        raise refusal(
            path.name, "没有打开。请先在 Word 或 WPS 里关闭它，或复制到有权限的文件夹里。"
        ) from error


def refusal(name: str, why: str) -> NotTaken:
    """What is said of a document that cannot be taken back."""
    return NotTaken(f"“{name}”{why}")


def _read(name: str, file: BinaryIO) -> Edited:
    _check(name, file)
    try:
        with ZipFile(file) as package:
            members = {member.filename.replace("\\", "/").lower(): member for member in package.infolist()}
            if "mimetype" in members and "word/document.xml" not in members:
                raise refusal(name, f"是 LibreOffice 格式的文档。{_SAVE_AS_DOCX}")
            parts = _Parts(name, package, {key: member.filename for key, member in members.items()})
            return parts.edited()
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error, struct.error) as error:
        # RuntimeError: a member with a password of its own; NotImplementedError: an unknown way of packing.
        raise _damaged(name) from error


def _check(name: str, file: BinaryIO) -> None:
    """Refuse what is not a zip of reasonable size, before anything lists its members."""
    size = file.seek(0, 2)
    file.seek(0)
    start = file.read(8)
    if size > MOST_BYTES:
        raise refusal(
            name,
            f"有 {size / 2**20:.0f} MB，超过能处理的 {MOST_BYTES // 2**20} MB。请删去大图片，另存后再用。",
        )
    if not start:
        raise refusal(name, "是空文件。请换用备份，或在 Word 里重新保存后再用。")
    if start.startswith(_OLD_FORMAT):
        if "EncryptedPackage".encode("utf-16-le") in start + file.read(4 * 2**20):
            raise refusal(name, "加了打开密码，读不出来。请在 Word 或 WPS 里去掉打开密码，另存后再用。")
        raise refusal(name, f"是旧格式的文档。{_SAVE_AS_DOCX}")
    if not start.startswith(b"PK"):
        raise refusal(name, f"不是 Word 文档，或已经损坏。{_SAVE_AS_DOCX}")
    file.seek(max(0, size - 65_557))
    tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) < end + 22:
        raise _damaged(name)
    count, directory = struct.unpack_from("<HL", tail, end + 10)
    if count > MOST_MEMBERS or directory > MOST_SMALL:
        raise _too_large(name)


class _Parts:
    """The parts of a document that are asked for."""

    def __init__(self, name: str, package: ZipFile, members: dict[str, str]) -> None:
        self._name = name
        self._package = package
        self._members = members

    def edited(self) -> Edited:
        """The document as a whole."""
        targets = self._targets()
        main = targets.get("officeDocument", "word/document.xml")
        if main.lower() not in self._members:
            raise refusal(self._name, f"不是 Word 文档。{_SAVE_AS_DOCX}")
        root = self._parsed(main, MOST_TEXT)
        body = next((child for child in root if str(child.tag).endswith("}body")), None)
        if body is None or not str(root.tag).endswith("}document"):
            raise refusal(self._name, f"不是 Word 文档。{_SAVE_AS_DOCX}")
        running = flow.of(body)
        return Edited(self._name, running, self._title(targets), self._record())

    def _targets(self) -> dict[str, str]:
        """The parts of the package by the last word of their kind."""
        if "_rels/.rels" not in self._members:
            return {}
        return {
            each.get("Type", "").rpartition("/")[2]: posixpath.normpath(each.get("Target", "").lstrip("/"))
            for each in self._parsed("_rels/.rels", MOST_SMALL)
            if isinstance(each.tag, str)
        }

    def _title(self, targets: dict[str, str]) -> str:
        part = targets.get("core-properties", "docProps/core.xml")
        if part.lower() not in self._members:
            return ""
        found = self._parsed(part, MOST_SMALL).find(f"{_DUBLIN_CORE}title")
        return "" if found is None else found.text or ""

    def _record(self) -> Record | None:
        found = [key for key in self._members if key.startswith("customxml/item") and key.endswith(".xml")]
        for key in sorted(found)[:_MOST_RECORDS]:
            content = self._content(key, MOST_SMALL)
            if RECORD.encode() in content and b"layout" in content:
                return _recorded(self._tree(content))
        return None

    def _parsed(self, part: str, most: int) -> Any:
        return self._tree(self._content(part, most))

    def _content(self, part: str, most: int) -> bytes:
        member = self._package.getinfo(self._members[part.lower()])
        if member.file_size > most:
            raise _too_large(self._name)
        with self._package.open(member) as stream:
            content = stream.read(most + 1)
        if len(content) != member.file_size:
            raise _damaged(self._name)
        return content

    def _tree(self, content: bytes) -> Any:
        from lxml import etree

        parser: Any = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        try:
            root: Any = etree.fromstring(content, parser)
        except etree.XMLSyntaxError as error:
            raise _damaged(self._name) from error
        if root.getroottree().docinfo.internalDTD is not None:
            raise refusal(
                self._name,
                "里面的结构不正常，可能被做过手脚，没有继续读取。请在 Word 或 WPS 里重新保存后再用。",
            )
        return root


def _recorded(root: Any) -> Record:
    return Record(
        title=root.get("title", ""),
        layout=tuple(root.get("layout", "").split()),
        paragraphs=tuple(
            Printed(row.get("bookmark", ""), row.get("id", ""), row.get("section", ""), row.text or "")
            for row in root.iterfind(f"{{{RECORD}}}paragraph")
            if row.text
        ),
    )


def _damaged(name: str) -> NotTaken:
    return refusal(name, "已经损坏，读不出来。请换用备份，或在 Word 里用“打开并修复”打开后另存。")


def _too_large(name: str) -> NotTaken:
    return refusal(name, "展开后内容太多，不像一份自评报告，没有继续读取。请删去无关的内容，另存后再用。")


_SAVE_AS_DOCX = "请在 Word 或 WPS 里另存为“Word 文档（.docx）”后再用。"
_OTHERS = {
    **dict.fromkeys((".doc", ".dot", ".wps", ".wpt"), "旧格式的文档"),
    **dict.fromkeys((".odt", ".ott", ".fodt"), "LibreOffice 格式的文档"),
    **dict.fromkeys((".xlsx", ".xlsm", ".xls", ".et"), "表格，不是 Word 文档"),
    ".pdf": "PDF 文件，不是 Word 文档",
    ".rtf": "RTF 文档",
}
_OLD_FORMAT = b"\xd0\xcf\x11\xe0"
_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
_MOST_RECORDS = 50
