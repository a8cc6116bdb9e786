"""What [MS-CFB] demands of a compound file (the container of a VBA project), checked without pyOpenVBA, which writes it.

Only what a program that reads strictly could object to: header, chains of sectors, directory. Version 3, as Excel writes.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_UNUSED, _STORAGE, _STREAM, _ROOT = 0, 1, 2, 5
_RED, _BLACK = 0, 1
_SECTOR, _MINI_SECTOR, _CUTOFF = 512, 64, 4096


@dataclass(frozen=True)
class _Entry:
    """A directory entry."""

    raw: bytes
    name: str
    kind: int
    color: int
    left: int
    right: int
    child: int
    start: int
    size: int

    @property
    def key(self) -> tuple[int, str]:
        """Names are ordered by length, then as capitals."""
        return len(self.name), self.name.upper()


def problems(data: bytes) -> Iterator[str]:
    """What is wrong with a compound file, one line each. A file that cannot be followed at all raises."""
    header = struct.unpack_from("<8s16sHHHHH6s9I", data)
    if header[0] != bytes.fromhex("D0CF11E0A1B11AE1"):
        yield "signature"
    if any(header[1]) or header[2:7] != (0x3E, 3, 0xFFFE, 9, 6) or any(header[7]):
        yield f"header {header[1:8]}"
    _, fats, directory, _, cutoff, mini_fat, mini_fats, more, _ = header[8:]
    if cutoff != _CUTOFF or more != _END or len(data) % _SECTOR:
        yield "cutoff, further FAT sectors, or length"
    file = _File(data, fats)
    yield from file.wrong
    entries = [_entry(raw) for raw in _cut(file.content(directory, "directory"), 128)]
    yield from _entries(entries)
    yield from _tree(entries, 0)
    yield from _streams(file, entries, file.table(mini_fat, mini_fats))
    yield from (f"sector {number} belongs to nothing" for number in file.lost())


# --- sectors ------------------------------------------------------------------------------------------


class _File:
    """Sectors, and to which chain each belongs."""

    def __init__(self, data: bytes, fats: int) -> None:
        self._sectors = _cut(data[_SECTOR:], _SECTOR)
        places = [place for place in struct.unpack_from("<109I", data, 76) if place != _FREE]
        self.fat = [each for place in places for each in struct.unpack("<128I", self._sectors[place])]
        self._owner = dict.fromkeys(places, "FAT")
        self.wrong = ["number of FAT sectors"] if len(places) != fats else []
        self.wrong += [f"FAT sector {place} is not marked" for place in places if self.fat[place] != _FAT]

    def chain(self, start: int, owner: str) -> list[int]:
        """The sectors of a chain. Raises `ValueError` where two chains meet."""
        found: list[int] = []
        while start != _END:
            if start in self._owner:
                raise ValueError(f"sector {start} of {owner} belongs to {self._owner[start]}")
            self._owner[start] = owner
            found.append(start)
            start = self.fat[start]
        return found

    def content(self, start: int, owner: str) -> bytes:
        """The bytes of a chain."""
        return b"".join(self._sectors[place] for place in self.chain(start, owner))

    def table(self, start: int, length: int) -> list[int]:
        """The mini FAT."""
        content = self.content(start, "mini FAT")
        if len(content) != length * _SECTOR:
            raise ValueError("length of the mini FAT")
        return [each for (each,) in struct.iter_unpack("<I", content)]

    def lost(self) -> Iterator[int]:
        """Sectors that are taken but in no chain."""
        for number, following in enumerate(self.fat):
            if following != _FREE and number not in self._owner:
                yield number


def _cut(data: bytes, length: int) -> list[bytes]:
    return [data[at : at + length] for at in range(0, len(data), length)]


def _streams(file: _File, entries: list[_Entry], mini_fat: list[int]) -> Iterator[str]:
    root = entries[0]
    room = len(file.chain(root.start, "mini stream")) * _SECTOR
    if root.size % _MINI_SECTOR or not 0 <= room - root.size < _SECTOR:
        yield f"mini stream of {root.size} in {room}"
    taken: set[int] = set()
    for entry in entries:
        if entry.kind != _STREAM:
            continue
        if entry.size >= _CUTOFF:
            length, unit = len(file.chain(entry.start, entry.name)), _SECTOR
        else:
            own = list(_mini_chain(entry.start, mini_fat))
            if taken & set(own) or any(place * _MINI_SECTOR >= root.size for place in own):
                yield f"mini sectors of {entry.name}"
            taken |= set(own)
            length, unit = len(own), _MINI_SECTOR
        if length != -(-entry.size // unit):
            yield f"{entry.name}: {entry.size} bytes in {length} sectors"
    if [each for place, each in enumerate(mini_fat) if place not in taken and each != _FREE]:
        yield "mini sectors that belong to nothing"


def _mini_chain(place: int, mini_fat: list[int]) -> Iterator[int]:
    while place != _END:
        yield place
        place = mini_fat[place]


# --- directory ----------------------------------------------------------------------------------------


def _entry(raw: bytes) -> _Entry:
    length, kind, color, left, right, child = struct.unpack_from("<HBBIII", raw, 64)
    start, size = struct.unpack_from("<IQ", raw, 116)
    name = raw[: max(0, length - 2)].decode("utf-16-le")
    return _Entry(raw, name, kind, color, left, right, child, start, size)


def _entries(entries: list[_Entry]) -> Iterator[str]:
    """What each kind of entry has to hold."""
    if entries[0].kind != _ROOT or entries[0].name != "Root Entry":
        yield "root"
    for place, entry in enumerate(entries):
        if entry.kind == _UNUSED:
            if entry.raw != bytes(68) + b"\xff" * 12 + bytes(48):
                yield f"unused entry {place} is not blank"
            continue
        if entry.color not in (_RED, _BLACK) or any(entry.raw[2 * len(entry.name) : 64]):
            yield f"colour or name of {entry.name}"
        if entry.kind == _STORAGE and (entry.start, entry.size) != (0, 0):
            yield f"storage {entry.name} has sectors"
        if entry.kind == _STREAM and (entry.child != _FREE or any(entry.raw[80:116])):
            yield f"stream {entry.name} has what only storages have"


def _tree(entries: list[_Entry], storage: int) -> Iterator[str]:
    """Ordered by name, no red entry below a red one, the topmost black."""
    top = entries[storage].child
    if top == _FREE:
        return
    if entries[top].color == _RED:
        yield f"topmost entry {entries[top].name} is red"
    waiting: list[tuple[int, tuple[int, str], tuple[int, str]]] = [(top, (0, ""), (99, ""))]
    while waiting:
        place, low, high = waiting.pop()
        entry = entries[place]
        if not low < entry.key < high:
            yield f"{entry.name} stands in the wrong place"
        for below, bounds in ((entry.left, (low, entry.key)), (entry.right, (entry.key, high))):
            if below != _FREE:
                waiting.append((below, *bounds))
                if entry.color == entries[below].color == _RED:
                    yield f"{entries[below].name} is red below a red entry"
        if entry.kind == _STORAGE:
            yield from _tree(entries, place)
