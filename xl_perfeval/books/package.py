"""The zip container of a workbook and its few parts that say what is inside: sheets, names, attachments.

Sizes are bounded before anything is unpacked and while it is: a header that lies gains nothing. Only the
parts that are asked for are unpacked, each with its checksum.
"""

from __future__ import annotations

import html
import io
import posixpath
import re
import struct
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xl_perfeval.books import BROKEN, NotReadable
from xl_perfeval.books.cells import MAX_COLUMN, MAX_ROW
from xl_perfeval.books.guard import CHOOSE, SAVE_AGAIN, damaged, refusal
from xl_perfeval.model import Ref, column_letters, row_and_column

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_MEMBERS = 10_000
"""A workbook with 400 sheets, each with drawing, comments and buttons, has about 3,000 members."""
MAX_DIRECTORY = 4 * 2**20
MAX_DECLARED = 512 * 2**20
"""Unpacked bytes a file may declare in all, pictures included; beyond it is a zip bomb."""
MAX_PART = 20 * 2**20
"""Unpacked bytes of one part that is read; a sheet of 5,000 rows and 40 columns has 12 MB at most."""
MAX_READ = 64 * 2**20
"""Unpacked bytes of all parts that are read; 300,000 filled cells on 400 sheets are about 45 MB."""
MAX_SMALL = 4 * 2**20
"""Unpacked bytes of a part that lists sheets, names or relations; 200 KB for 400 sheets with 25 names each."""
MAX_KEPT = 8 * 2**20
"""Unpacked bytes that a package keeps which is read and then changed."""
MAX_SHEETS = 2_000

ASK = "请换用备份，或请对方用 Excel 或 WPS 重新保存后发来。"

_END = b"PK\x05\x06"
_END_64_LOCATOR = b"PK\x06\x07"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A tab: its text, the part that holds its cells (empty for charts and dialogs), and its state."""

    name: str
    part: str
    state: str = "visible"
    """`visible`, `hidden` or `veryHidden`."""


class Package:
    """The parts of one workbook file. Raises `NotReadable` (F001) for anything that is not one.

    `sheets` are in tab order; `date1904` is the workbook's date system; `strings` and `styles` are the
    names of these parts, empty where there is none. One that `keeps` unpacks a part only once, which pays when sheets are
    read and then changed.
    """

    def __init__(self, name: str, data: bytes, *, keeps: bool = False) -> None:
        self.name = name
        self._room = MAX_KEPT if keeps else 0
        self._kept: dict[str, bytes] = {}
        self.members = _directory(name, data)
        _check_kind(name, self.members, data)
        workbook = self._main_part(data)
        folder = posixpath.dirname(workbook)
        links = _relations(self._part(_rels_of(workbook), data), folder)
        self._workbook = self._part(workbook, data)
        self.date1904 = b"date1904" in self._workbook and bool(_DATE_1904.search(self._workbook))
        by_kind = dict(links.values())
        self.strings = self._existing(by_kind.get("sharedStrings", f"{folder}/sharedStrings.xml"))
        self.styles = self._existing(by_kind.get("styles", f"{folder}/styles.xml"))
        self.vba = self._existing(by_kind.get("vbaProject", f"{folder}/vbaProject.bin"))
        self.sheets = self._sheets(links)
        wanted = dict.fromkeys([self.strings, self.styles, *(sheet.part for sheet in self.sheets)])
        self._packed = {part: self._slice(part, data) for part in wanted if part}
        if sum(self.members[part.lower()].file_size for part in self._packed) > MAX_READ:
            raise self.too_large()
        self._vba_packed = self._slice(self.vba, data) if self.vba else b""

    def part(self, part: str) -> bytes:
        """Unpacked bytes of `strings`, `styles` or a sheet's part, as UTF-8 without document type."""
        content = self._kept.get(part)
        if content is None:
            content = self._unpack(part, self._packed[part])
            if len(content) <= self._room:
                self._room -= len(content)
                self._kept[part] = content
        return content

    def macros(self) -> bytes:
        """The VBA project as it is stored, unpacked; empty where there is none or it cannot be unpacked."""
        with suppress(NotReadable):
            return self._inflate(self.members[self.vba.lower()], self._vba_packed) if self.vba else b""
        return b""

    def has(self, *folders: str) -> bool:
        """Whether there is any member below one of these folders (lower case, with a slash at the end)."""
        return any(member.startswith(folders) for member in self.members)

    def defined_names(self) -> dict[str, Ref]:
        """The names that stand for one cell or block; a sheet-scoped one as `tab!NAME`.

        Names of formulas and of several areas, and Excel's own (`_xlnm.…`), are left out; one whose text
        has `#REF!` in it keeps a `Ref` to `BROKEN`.
        """
        found: dict[str, Ref] = {}
        tabs = [sheet.name for sheet in self.sheets]
        text = self._workbook.decode("utf-8", "replace")
        usual = _USUAL_NAME.findall(text)
        if len(usual) < text.count("definedName "):
            usual = [_parts_of_name(start, target) for start, target in _DEFINED_NAME.findall(text)]
        for name, scope, quoted, bare, area, other in usual:
            if area:
                ref = Ref(quoted or bare, area.replace("$", "") if len(area) < FAR_AREA else _clipped(area))
            elif other:
                ref = _target(html.unescape(other))
                if ref is None:
                    continue
            else:
                continue
            if not scope:
                found[name] = ref
            elif int(scope) < len(tabs):
                found[f"{tabs[int(scope)]}!{name}"] = ref
        return {name: ref for name, ref in found.items() if "_xlnm." not in name}

    def damaged(self) -> NotReadable:
        """The F001 of a broken inside."""
        return damaged(self.name)

    def too_large(self) -> NotReadable:
        """The F001 of a workbook that unpacks to more than is read."""
        return refusal(
            self.name,
            "展开后内容太多，不像一份自评工作簿，没有继续读取",
            "请删去多余的工作表和表格下方、右侧用不到的行列，另存后再用。",
        )

    def _main_part(self, data: bytes) -> str:
        usual = self._existing("xl/workbook.xml")
        if usual:
            return usual
        if self._existing("_rels/.rels"):
            for kind, target in _relations(self._part("_rels/.rels", data), "").values():
                if kind == "officeDocument" and self._existing(target):
                    return target
        raise refusal(self.name, "缺少工作簿的主体部分，读不出来", ASK)

    def _sheets(self, links: Mapping[str, tuple[str, str]]) -> tuple[Sheet, ...]:
        sheets: list[Sheet] = []
        before_names = self._workbook.partition(b"definedNames")[0]
        for start in _SHEET.findall(before_names.decode("utf-8", "replace")):
            attributes = _attributes(start)
            kind, part = links.get(attributes.get("id", ""), ("", ""))
            tab = attributes.get("name", "")
            if kind in ("worksheet", "") and not self._existing(part):
                raise refusal(self.name, f"缺少工作表“{tab}”的内容，读不出来", ASK)
            sheets.append(Sheet(tab, part if kind == "worksheet" else "", attributes.get("state", "visible")))
        if not sheets:
            raise refusal(self.name, "里面没有工作表", CHOOSE)
        if len(sheets) > MAX_SHEETS:
            raise self.too_large()
        parts = [sheet.part for sheet in sheets if sheet.part]
        if len({sheet.name for sheet in sheets}) < len(sheets) or len(set(parts)) < len(parts):
            raise self.damaged()
        return tuple(sheets)

    def _existing(self, part: str) -> str:
        """The member's own spelling of a part's name; empty when there is none."""
        member = self.members.get(part.lower())
        return _plain(member.filename) if member else ""

    def _part(self, part: str, data: bytes) -> bytes:
        """A small part that is parsed here, so it must be well-formed XML."""
        if not self._existing(part):
            raise refusal(self.name, "缺少工作簿的主体部分，读不出来", ASK)
        if self.members[part.lower()].file_size > MAX_SMALL:
            raise self.too_large()
        content = self._unpack(part, self._slice(part, data))
        _check_xml(self.name, content)
        return _COMMENT.sub(b"", content)

    def _slice(self, part: str, data: bytes) -> bytes:
        """Packed bytes of a member."""
        member = self.members[part.lower()]
        at = member.header_offset
        if data[at : at + 4] != b"PK\x03\x04" or len(data) < at + 30:
            raise self.damaged()
        lengths: tuple[int, int] = struct.unpack_from("<HH", data, at + 26)
        start = at + 30 + sum(lengths)
        packed = data[start : start + member.compress_size]
        if len(packed) < member.compress_size:
            raise self.damaged()
        return packed

    def _unpack(self, part: str, packed: bytes) -> bytes:
        content = self._inflate(self.members[part.lower()], packed)
        if content.startswith(_UTF_16):
            content = content.decode("utf-16", "replace").encode()
        declared = _ENCODING.match(content)
        if declared and declared[1].lower() not in (b"utf-8", b"utf8", b"us-ascii", b"utf-16"):
            raise refusal(self.name, "不是用 Excel 或 WPS 保存的，里面的文字读不出来", SAVE_AGAIN)
        # The document type stands before the root element: nothing in a workbook needs one.
        root = _ROOT.search(content)
        if b"<!DOCTYPE" in (content[: root.start()] if root else content):
            raise _suspicious(self.name)
        return content

    def _inflate(self, member: zipfile.ZipInfo, packed: bytes) -> bytes:
        size = member.file_size
        if size > MAX_PART:
            raise self.too_large()
        try:
            if member.compress_type == zipfile.ZIP_STORED:
                content = packed
            elif member.compress_type == zipfile.ZIP_DEFLATED:
                content = zlib.decompressobj(-15).decompress(packed, size + 1)
            else:
                raise self.damaged()
        except zlib.error as error:
            raise self.damaged() from error
        if len(content) != size or zlib.crc32(content) != member.CRC:
            raise self.damaged()
        return content


class Storing:
    """Writes a zip of unpacked parts. (`zipfile` takes 50 µs a member, more than a small sheet takes to read.)"""

    def __init__(self, file: io.BytesIO) -> None:
        self._file = file
        self._directory: list[bytes] = []

    def add(self, name: str, content: bytes) -> None:
        """Append a member."""
        path = name.encode()
        size = len(content)
        # version 2.0, no flags, stored, 1 January 1980
        fields = struct.pack("<HHHHHLLLH", 20, 0, 0, 0, 33, zlib.crc32(content), size, size, len(path))
        entry = struct.pack("<HHHHLL", 0, 0, 0, 0, 0, self._file.tell())
        self._directory.append(b"PK\x01\x02\x14\x00" + fields + entry + path)
        self._file.write(b"PK\x03\x04" + fields + b"\0\0" + path)
        self._file.write(content)

    def close(self) -> None:
        """Append the directory."""
        at = self._file.tell()
        directory = b"".join(self._directory)
        count = len(self._directory)
        self._file.write(directory)
        self._file.write(_END + struct.pack("<HHHHLLH", 0, 0, count, count, len(directory), at, 0))


_ATTRIBUTE = re.compile(r"""([^\s=<>"']+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
# No way back, so that time grows with the text only.
_START = r"""((?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+)>"""
_SHEET = re.compile(rf"<(?:[\w.-]+:)?sheet(?=[\s/>]){_START}")
_RELATION = re.compile(rf"<(?:[\w.-]+:)?Relationship(?=[\s/>]){_START}")
_DEFINED_NAME = re.compile(rf"<(?:[\w.-]+:)?definedName(?=\s){_START}([^<]*)<")
_DATE_1904 = re.compile(rb"""<(?:[\w.-]+:)?workbookPr\s[^<>]*\bdate1904\s*=\s*["'](?:1|true)["']""")
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_ENCODING = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["']""")
_ROOT = re.compile(rb"<[A-Za-z_]")
FAR_AREA = len("$A$1:$A$10000")
"""Characters of the shortest block that may reach out of the frame."""
_AREA = r"\$?[A-Z]{1,3}\$?[1-9]\d{0,6}(?::\$?[A-Z]{1,3}\$?[1-9]\d{0,6})?"
_BARE = r"""[^\s'"#\[\](),;!:+*/&<>=^-]+"""
_TARGET = re.compile(rf"(?:'((?:[^'\[\]]|'')+)'|({_BARE}))!({_AREA})")
# A name as usual programs write it, with its target in parts, or in one piece when it needs a closer look.
_USUAL_NAME = re.compile(
    r'<definedName name="([^"&<]*)"(?: localSheetId="(\d{1,4})")?(?: hidden="1")?>'
    rf"(?:(?:'([^'\[\]&<]+)'|({_BARE}))!({_AREA})|([^<]*))</definedName>"
)


def _directory(name: str, data: bytes) -> dict[str, zipfile.ZipInfo]:
    """The members of a zip by name in lower case; raises `NotReadable` for a broken or hostile list."""
    end = data.rfind(_END, max(0, len(data) - 65_557))
    if end < 0 or len(data) < end + 22:
        raise damaged(name)
    count, size = struct.unpack_from("<HL", data, end + 10)
    if data[max(0, end - 20) : end].startswith(_END_64_LOCATOR):
        (at,) = struct.unpack_from("<Q", data, end - 12)
        if data[at : at + 4] != b"PK\x06\x06" or at + 56 > end:
            raise damaged(name)
        count, size = struct.unpack_from("<QQ", data, at + 32)
    if count > MAX_MEMBERS or size > MAX_DIRECTORY:
        raise _suspicious(name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            listed = archive.infolist()
    except (zipfile.BadZipFile, ValueError, struct.error, OverflowError, NotImplementedError) as error:
        raise damaged(name) from error
    members: dict[str, zipfile.ZipInfo] = {}
    for member in listed:
        path = _plain(member.filename)
        if path.startswith("/") or ".." in path.split("/") or ":" in path:
            raise _suspicious(name)
        if path.lower() in members or member.filename != _cut(member.orig_filename):
            raise _suspicious(name)
        if member.flag_bits & 1:
            raise refusal(name, "加了压缩包密码，不能读取", "请取消密码，用 Excel 或 WPS 重新保存后再用。")
        members[path.lower()] = member
    if len(listed) > MAX_MEMBERS or sum(member.file_size for member in listed) > MAX_DECLARED:
        raise _suspicious(name)
    return members


def _plain(path: str) -> str:
    """A member's name with forward slashes (some programs write the other ones)."""
    return path.replace("\\", "/")


def _cut(path: str) -> str:
    return path if "\0" not in path else ""


def _suspicious(name: str) -> NotReadable:
    return refusal(
        name,
        "里面的结构不正常，可能被做过手脚，没有继续读取",
        "请不要使用它，请对方用 Excel 或 WPS 重新保存后发来。",
    )


def _check_kind(name: str, members: Mapping[str, zipfile.ZipInfo], data: bytes) -> None:
    """Other documents that are zips too."""
    if "xl/workbook.bin" in members:
        raise refusal(name, "是二进制工作簿（.xlsb），不能读取", SAVE_AGAIN)
    if "word/document.xml" in members:
        raise refusal(name, "是 Word 文档，不是表格", CHOOSE)
    if "ppt/presentation.xml" in members:
        raise refusal(name, "是演示文稿，不是表格", CHOOSE)
    if "mimetype" in members:
        head = data[:200]
        if b"opendocument.spreadsheet" in head:
            raise refusal(name, "是 ODS 表格，不能读取", SAVE_AGAIN)
        if b"opendocument" in head:
            raise refusal(name, "是别的办公软件的文档，不是 Excel 工作簿", CHOOSE)
    if not any(member.startswith(("xl/", "[content_types]", "_rels/")) for member in members):
        raise refusal(name, "是压缩包，不是表格", CHOOSE)


def _check_xml(name: str, content: bytes) -> None:
    """Raise `NotReadable` unless the part is well-formed; its document type was refused before."""
    from pyexpat import ExpatError, ParserCreate

    try:
        ParserCreate("utf-8").Parse(content, True)
    except ExpatError as error:
        raise damaged(name) from error


def _rels_of(part: str) -> str:
    folder, _, file = part.rpartition("/")
    return f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels"


def _relations(content: bytes, folder: str) -> dict[str, tuple[str, str]]:
    """Relations by id: the last word of their type, and the part meant."""
    found: dict[str, tuple[str, str]] = {}
    for start in _RELATION.findall(content.decode("utf-8", "replace")):
        attributes = _attributes(start)
        if attributes.get("TargetMode") == "External":
            continue
        target = attributes.get("Target", "").replace("\\", "/")
        path = target[1:] if target.startswith("/") else posixpath.join(folder, target)
        found[attributes.get("Id", "")] = (
            attributes.get("Type", "").rpartition("/")[2],
            posixpath.normpath(path),
        )
    return found


def _attributes(start: str) -> dict[str, str]:
    """Attributes of a start tag by local name."""
    found = {name[name.find(":") + 1 :]: one or other for name, one, other in _ATTRIBUTE.findall(start)}
    return {name: html.unescape(value) for name, value in found.items()} if "&" in start else found


def _parts_of_name(start: str, target: str) -> tuple[str, str, str, str, str, str]:
    """A defined name from any start tag, as `_USUAL_NAME` gives it: name, its tab's number, target in one piece."""
    attributes = _attributes(start)
    scope = attributes.get("localSheetId", "")
    known = not scope or (scope.isdecimal() and len(scope) < 5)
    return attributes.get("name", ""), scope if known else str(MAX_SHEETS), "", "", "", target


def _target(text: str) -> Ref | None:
    """What a defined name stands for: one block, something broken, or (`None`) anything else."""
    if "#REF!" in text:
        return Ref("", BROKEN)
    match = _TARGET.fullmatch(text)
    if match is None:
        return None
    quoted, bare, area = match.groups()
    return Ref(quoted.replace("''", "'") if quoted else bare, _clipped(area))


def _clipped(area: str) -> str:
    """A block of a name, inside the frame that is read: `$A$1:$A$1048576` would be read cell by cell."""
    first, _, last = area.replace("$", "").partition(":")
    (top, left), (bottom, right) = row_and_column(first), row_and_column(last or first)
    if top > MAX_ROW or left > MAX_COLUMN:
        return BROKEN
    return f"{first}:{column_letters(min(right, MAX_COLUMN))}{min(bottom, MAX_ROW)}" if last else first
