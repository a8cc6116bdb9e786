"""VBA sources → the VBA project of a workbook (`xl/vbaProject.bin`), written by pyOpenVBA.

Every sheet, hidden ones too, has a document module of its own: Excel “repairs” a workbook whose code names and
document modules differ. The project holds sources only, no compiled code, and equal input gives equal bytes: its
id and the rest of its settings are those of pyOpenVBA's own empty workbook.
"""

# pyOpenVBA has types but does not say so.
# pyright: reportMissingTypeStubs=false

from __future__ import annotations

import struct
import zipfile
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

WORKBOOK = "ThisWorkbook"
"""Code name of the workbook itself."""
PROJECT_PART = "xl/vbaProject.bin"
NO_CACHE = bytes.fromhex("CC61FFFF000000")
"""The stream `_VBA_PROJECT` of a project that was never compiled: every version of Excel compiles it anew."""
_END_OF_DIR = bytes.fromhex("2B0000000000 100000000000")
"""How the stream `dir` ends: terminator of the last module, terminator of the stream."""


class Kind(Enum):
    """What a module is in the VBA editor."""

    STANDARD = "standard"
    CLASS = "class"
    DOCUMENT = "document"
    """Code behind the workbook or a sheet."""


@dataclass(frozen=True, slots=True)
class Module:
    """One VBA module: ASCII, with the header lines (`Attribute VB_Name = …`) that the VBA editor exports."""

    name: str
    kind: Kind
    source: str


def code_name(place: int) -> str:
    """The code name of the sheet at this place of the workbook, from 1; Chinese goes on the tab only."""
    return f"Sheet{place}"


def project(sheets: int, modules: Sequence[Module]) -> bytes:
    """The VBA project of a workbook with so many sheets, named by `code_name`, with these modules in this order."""
    from pyopenvba import ExcelFile
    from pyopenvba.cfb import CFB
    from pyopenvba.vba import VBAModuleKind, compress, decompress

    with TemporaryDirectory(prefix="perfeval-") as folder:
        bare, done = Path(folder) / "bare.xlsm", Path(folder) / "done.xlsm"
        _write_bare(bare, sheets)
        with ExcelFile(bare) as book:
            made = book.add_vba_project()
            for given in made.modules:
                given.body = given.body  # stored anew, without the compiled code of pyOpenVBA's template
            for module in modules:
                source = _lines_as_stored(module.source)
                if module.kind is Kind.DOCUMENT:
                    made.get_module(module.name).body = _body(source)
                else:
                    standard = module.kind is Kind.STANDARD
                    kind = VBAModuleKind.standard if standard else VBAModuleKind.other
                    made.add_module(module.name, source, kind=kind)
            book.save(done)
        with zipfile.ZipFile(done) as package:
            container = CFB.from_bytes(package.read(PROJECT_PART))
    container.write_stream_in_storage("VBA", "_VBA_PROJECT", NO_CACHE)
    listed = decompress(container.get_stream_in_storage("VBA", "dir"))
    end = listed.rindex(_END_OF_DIR) + len(_END_OF_DIR)  # pyOpenVBA writes the last four bytes twice
    container.write_stream_in_storage("VBA", "dir", compress(listed[:end]))
    return as_specified(container.to_bytes())


def as_specified(container: bytes) -> bytes:
    """A container as pyOpenVBA writes it, with its directory as [MS-CFB] 2.6 has it.

    pyOpenVBA writes a balanced tree but marks nearly all its entries red, and gives storages and unused entries a
    first sector. Readers need not mind; whether Excel does, nobody has tried.
    """
    mended = bytearray(container)
    first, after = (struct.unpack_from("<I", container, at)[0] for at in (48, 60))  # the mini FAT follows
    for at in range(512 * (first + 1), 512 * (after + 1), 128):
        kind = mended[at + 66]
        if kind:
            mended[at + 67] = 1  # black; a tree all black obeys the rules
        if kind in (0, 1):
            mended[at + 116 : at + 120] = bytes(4)
    return bytes(mended)


def _lines_as_stored(source: str) -> str:
    """With the line ends of Windows, whatever a checkout made of them."""
    return "\r\n".join(source.splitlines()) + "\r\n"


def _body(source: str) -> str:
    """Code without header: document modules keep the one that pyOpenVBA gives them."""
    from pyopenvba.vba import split_attribute_header

    return split_attribute_header(source)[1]


# --- the workbook pyOpenVBA makes the project for ------------------------------------------------------

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def _write_bare(path: Path, sheets: int) -> None:
    """A workbook of blank sheets with code names: all that pyOpenVBA looks at."""
    places = range(1, sheets + 1)
    listed = "".join(f'<sheet name="{place}" sheetId="{place}" r:id="rId{place}"/>' for place in places)
    links = "".join(
        f'<Relationship Id="rId{place}" Type="{_LINKS}/worksheet" Target="worksheets/sheet{place}.xml"/>'
        for place in places
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"></Types>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><workbookPr codeName="{WORKBOOK}"/>'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>',
    }
    for place in places:
        sheet = f'<worksheet xmlns="{_MAIN}"><sheetPr codeName="{code_name(place)}"/></worksheet>'
        parts[f"xl/worksheets/sheet{place}.xml"] = sheet
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(zipfile.ZipInfo(name), content)
