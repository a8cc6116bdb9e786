"""Open a template that staff bring, or say in plain Chinese why it cannot be used."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from xl_perfeval.report.markup import RELATIONS, WORD
from xl_perfeval.saving import NotSaved

if TYPE_CHECKING:
    from pathlib import Path

    from docx.document import Document

MOST_BYTES = 200 * 2**20
"""Unpacked; a cover page with photographs has some tens of megabytes."""
MOST_MEMBERS = 5_000


class BrokenTemplate(NotSaved):
    """A template that cannot be used; nothing was written. The text says what is wrong with it and how to mend it."""


def read(path: Path) -> bytes:
    """The bytes of a template. Raises `BrokenTemplate`."""
    suffix = path.suffix.lower()
    if suffix in {".docm", ".dotm"}:
        raise refusal(path.name, f"是带宏的文档，没有使用。{_SAVE_AS_DOCX}")
    if suffix in {".doc", ".dot", ".wps", ".wpt"}:
        raise refusal(path.name, f"是旧格式的文档。{_SAVE_AS_DOCX}")
    if suffix not in {".docx", ".dotx"}:
        raise refusal(path.name, "不是 Word 文档。模板要用 .docx 文件，请重新选择。")
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise BrokenTemplate(f"没有找到模板“{path}”，请核对文件名和文件夹。") from error
    except OSError as error:
        raise refusal(path.name, "没有打开。请先在 Word 或 WPS 里关闭它，或换一个有权限的文件夹。") from error


def opened(data: bytes, name: str) -> Document:
    """The document in these bytes, a Word template too. Raises `BrokenTemplate`."""
    from docx import Document

    if data.startswith(_OLD_FORMAT):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise refusal(name, "加了打开密码，读不出来。请在 Word 或 WPS 里去掉打开密码，另存后再用。")
        raise refusal(name, f"是旧格式的文档。{_SAVE_AS_DOCX}")
    try:
        document = Document(BytesIO(_checked(data, name)))
        _detach(document)
        return document
    except BrokenTemplate:
        raise
    except Exception as error:  # whatever a damaged document makes of zip, XML and python-docx
        raise refusal(
            name, "已经损坏，读不出来。请换用备份，或在 Word 里用“打开并修复”打开后另存。"
        ) from error


def refusal(name: str, why: str) -> BrokenTemplate:
    """What is said of a template that cannot be used."""
    return BrokenTemplate(f"模板“{name}”{why}")


def _checked(data: bytes, name: str) -> bytes:
    """The package, when it is a Word document without macros; a Word template becomes a document."""
    try:
        package = ZipFile(BytesIO(data))
    except BadZipFile as error:
        what = "是空文件" if not data else "不是 Word 文档，或已经损坏"
        raise refusal(name, f"{what}。请换用备份，或在 Word 里重新保存后再用。") from error
    with package:
        members = package.infolist()
        if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_BYTES:
            raise refusal(name, "展开后内容太多，不像一份模板，没有继续读取。请删去大图片，另存后再用。")
        names = {member.filename.lower() for member in members}
        types = package.read("[Content_Types].xml") if "[content_types].xml" in names else b""
        if b"macroEnabled" in types or any(each.endswith("vbaproject.bin") for each in names):
            raise refusal(name, f"里面有宏，没有使用。{_SAVE_AS_DOCX}")
        if _DOCUMENT not in types and _TEMPLATE not in types:
            raise refusal(name, f"不是 Word 文档。{_SAVE_AS_DOCX}")
        if "_rels/.rels" in names and b"purl.oclc.org/ooxml" in package.read("_rels/.rels"):
            raise refusal(name, "存成了“严格”格式。请另存为普通的“Word 文档（.docx）”后再用。")
        if any(_LINKED.search(package.read(each.filename)) for each in members if _is_links(each)):
            raise refusal(
                name, "里面有链接到别处的图片或文件。请把它们改为直接插入（不要选“链接到文件”），保存后再用。"
            )
        return data if _DOCUMENT in types else _as_document(package, types)


def _is_links(member: ZipInfo) -> bool:
    return member.filename.endswith(".rels")


def _as_document(package: ZipFile, types: bytes) -> bytes:
    """A Word template (.dotx) as the document it holds."""
    written = BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as document:
        for member in package.namelist():
            known = member == "[Content_Types].xml"
            document.writestr(member, types.replace(_TEMPLATE, _DOCUMENT) if known else package.read(member))
    return written.getvalue()


def _detach(document: Document) -> None:
    """Forget which template the document was made from: Word would look for it at every opening."""
    for relation in document.part.rels.values():
        if relation.reltype == f"{RELATIONS}/settings":
            settings: Any = relation.target_part
            for each in settings.element.findall(f"{{{WORD}}}attachedTemplate"):
                settings.rels.pop(each.get(f"{{{RELATIONS}}}id"), None)
                settings.element.remove(each)


_LINKED = re.compile(
    rb'<Relationship\b(?=[^>]*\bTargetMode="External")(?![^>]*/relationships/(?:hyperlink|attachedTemplate)")[^>]*>'
)
"""A link that is opened with the document; those that people click, and the template it was made from, may be there."""
_SAVE_AS_DOCX = "请在 Word 或 WPS 里另存为“Word 文档（.docx）”后再用。"
_OLD_FORMAT = b"\xd0\xcf\x11\xe0"
_DOCUMENT = b"wordprocessingml.document.main+xml"
_TEMPLATE = b"wordprocessingml.template.main+xml"
