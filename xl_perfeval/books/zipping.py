"""A zip with a few members replaced or left out; every other member is copied as the bytes it is stored in.

The order of members, local headers, extra fields, flags, dates and comments stay as they were. A member that is
replaced keeps its name, date, attributes and way of packing.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import zlib as deflate
    from collections.abc import Collection, Mapping
else:
    try:
        from isal import isal_zlib as deflate  # zlib's functions; packs as small in a third of the time
    except ImportError:  # no wheel for this processor, as for Windows on ARM
        import zlib as deflate

_END = b"PK\x05\x06"
_END_64_LOCATOR = b"PK\x06\x07"
_END_64 = b"PK\x06\x06"
_ENTRY = b"PK\x01\x02"
_LOCAL = b"PK\x03\x04"
_DEFLATED = 8
_LEVEL = 1
"""A fifth of the time of level 9; the program's own sheets, a small part of the file, grow by a third."""
_MEMORY = 7
"""More of it takes longer to prepare than many a sheet to pack, for the same size."""
_DESCRIPTOR_FOLLOWS = 0x08
_LARGE = 0xFFFFFFFF
_ZIP64 = 1


class NotCopied(Exception):
    """The zip is put together in a way that cannot be copied member by member."""


@dataclass(slots=True)
class _Member:
    """An entry of the directory; `fields` are its 20 values between signature and name."""

    fields: list[int]
    name: bytes
    extra: bytes
    comment: bytes
    offset: int
    path: str
    """The name as text."""


_FORMAT = "<HHHHHHLLLHHHHHLL"
_FLAGS, _METHOD, _CRC, _PACKED, _SIZE, _NAME, _EXTRA, _COMMENT, _OFFSET = 2, 3, 6, 7, 8, 9, 10, 11, 15


def rewritten(data: bytes, replaced: Mapping[str, bytes], removed: Collection[str] = ()) -> bytes:
    """The zip with some members replaced by new content and some left out; raises `NotCopied`."""
    members, directory = _members(data)
    missing = {*replaced, *removed} - {member.path for member in members}
    if missing:
        raise NotCopied(", ".join(sorted(missing)))
    stored = sorted(members, key=lambda member: member.offset)
    ends = {member.offset: later.offset for member, later in pairwise(stored)}
    if len(ends) < len(stored) - 1:
        raise NotCopied("two members in one place")
    pieces = [data[: stored[0].offset]] if stored else []
    at = len(pieces[0]) if pieces else 0
    moved: dict[int, int] = {}
    for member in stored:
        if member.path in removed:
            continue
        new = replaced.get(member.path)
        end = ends.get(member.offset, directory)
        piece = _packed(member, data, new) if new is not None else _copied(member, data, end)
        moved[id(member)] = at
        pieces.append(piece)
        at += len(piece)
    kept = [member for member in members if id(member) in moved]
    entries = b"".join(_entry(member, moved[id(member)]) for member in kept)
    return b"".join((*pieces, entries, _end(data, len(kept), len(entries), at)))


def _members(data: bytes) -> tuple[list[_Member], int]:
    """The directory's entries and where the directory begins."""
    end = data.rfind(_END, max(0, len(data) - 65_557))
    if end < 0 or len(data) < end + 22:
        raise NotCopied("no directory")
    count, size, start = struct.unpack_from("<HLL", data, end + 10)
    if data[max(0, end - 20) : end].startswith(_END_64_LOCATOR):
        (at,) = struct.unpack_from("<Q", data, end - 12)
        if data[at : at + 4] != _END_64:
            raise NotCopied("no directory")
        count, size, start = struct.unpack_from("<QQQ", data, at + 32)
    if start + size > end:
        raise NotCopied("directory outside the file")
    members: list[_Member] = []
    at = start
    for _ in range(count):
        if data[at : at + 4] != _ENTRY:
            raise NotCopied("directory broken")
        fields = list(struct.unpack_from(_FORMAT, data, at + 4))
        name_end = at + 46 + fields[_NAME]
        extra_end = name_end + fields[_EXTRA]
        next_at = extra_end + fields[_COMMENT]
        name, extra = data[at + 46 : name_end], data[name_end:extra_end]
        offset = fields[_OFFSET] if fields[_OFFSET] != _LARGE else _far_offset(fields, extra)
        if data[offset : offset + 4] != _LOCAL:
            raise NotCopied("member missing")
        members.append(_Member(fields, name, extra, data[extra_end:next_at], offset, _path(name, fields)))
        at = next_at
    return members, start


def _path(name: bytes, fields: list[int]) -> str:
    """The name as text; only the low half of the code pages is the same in all of them."""
    in_utf_8 = name.isascii() or fields[_FLAGS] & 0x800
    return name.decode("utf-8" if in_utf_8 else "cp437").replace("\\", "/")


def _far_offset(fields: list[int], extra: bytes) -> int:
    return int(struct.unpack_from("<Q", extra, _place_in_zip64(fields, extra))[0])


def _place_in_zip64(fields: list[int], extra: bytes) -> int:
    """Where the 8-byte offset stands in the extra field of an entry that has it there."""
    for kind, start, size in _extras(extra):
        if kind == _ZIP64:
            place = start + 8 * (fields[_SIZE] == _LARGE) + 8 * (fields[_PACKED] == _LARGE)
            if place + 8 <= start + size:
                return place
    raise NotCopied("offset missing")


def _extras(extra: bytes) -> list[tuple[int, int, int]]:
    """Kind, start and size of each part of an extra field."""
    found: list[tuple[int, int, int]] = []
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        found.append((kind, at + 4, size))
        at += 4 + size
    return found


def _without_zip64(extra: bytes) -> bytes:
    return b"".join(extra[start - 4 : start + size] for kind, start, size in _extras(extra) if kind != _ZIP64)


def _copied(member: _Member, data: bytes, end: int) -> bytes:
    """A member with its header, up to where the next one begins: a descriptor behind the data comes with it."""
    name, extra = struct.unpack_from("<HH", data, member.offset + 26)
    packed = member.fields[_PACKED]
    if packed != _LARGE and member.offset + 30 + name + extra + packed > end:
        raise NotCopied("members overlap")
    return data[member.offset : end]


def _packed(member: _Member, data: bytes, content: bytes) -> bytes:
    """New content under the member's old header; its entry in the directory is changed to match."""
    (name_length, extra_length) = struct.unpack_from("<HH", data, member.offset + 26)
    start = member.offset + 30
    name = data[start : start + name_length]
    extra = _without_zip64(data[start + name_length : start + name_length + extra_length])
    fields = member.fields
    if fields[_METHOD] == _DEFLATED:
        packing = deflate.compressobj(_LEVEL, deflate.DEFLATED, -15, _MEMORY)
        packed = packing.compress(content) + packing.flush()
    else:
        packed = content
        fields[_METHOD] = 0
    fields[_FLAGS] &= ~_DESCRIPTOR_FOLLOWS
    fields[_CRC], fields[_PACKED], fields[_SIZE] = deflate.crc32(content), len(packed), len(content)
    member.extra = _without_zip64(member.extra)
    fields[_OFFSET] = 0
    header = struct.pack("<HHHHHLLLHH", *fields[1:9], len(name), len(extra))
    return b"".join((_LOCAL, header, name, extra, packed))


def _entry(member: _Member, offset: int) -> bytes:
    fields, extra = member.fields, member.extra
    if fields[_OFFSET] == _LARGE:
        place = _place_in_zip64(fields, extra)
        extra = extra[:place] + struct.pack("<Q", offset) + extra[place + 8 :]
    else:
        fields[_OFFSET] = offset
    fields[_EXTRA] = len(extra)
    return b"".join((_ENTRY, struct.pack(_FORMAT, *fields), member.name, extra, member.comment))


def _end(data: bytes, count: int, size: int, start: int) -> bytes:
    """The end record with its comment; the large form is not needed for files of this size."""
    end = data.rfind(_END, max(0, len(data) - 65_557))
    (comment_length,) = struct.unpack_from("<H", data, end + 20)
    comment = data[end + 22 : end + 22 + comment_length]
    return _END + struct.pack("<HHHHLLH", 0, 0, count, count, size, start, len(comment)) + comment
