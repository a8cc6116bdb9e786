"""Ribbon and buttons inside the package: XlsxWriter has no call for the one and no font for the others."""

# XlsxWriter's inner parts carry no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportPrivateUsage=false, reportMissingTypeStubs=false

from __future__ import annotations

from io import BytesIO, StringIO
from typing import Any

from xlsxwriter.packager import Packager
from xlsxwriter.relationships import Relationships

from xl_perfeval.template import styles

RIBBON_PART = "customUI/customUI.xml"
"""The part of 2006: it survives openpyxl and serves Excel 2007 and later; the one of 2010 does neither."""


_THEIR_FONT = 'face="Calibri" size="220"'
_OUR_FONT = f'face="{styles.FONT}" size="{styles.SIZE * 20}"'
"""Of what stands on a button: Calibri has no Chinese. Sizes are in twentieths of a point."""


class MacroPackager(Packager):
    """Packs a workbook together with its ribbon, with buttons that look like the sheet."""

    def __init__(self, ribbon: bytes) -> None:
        super().__init__()
        self._ribbon = ribbon

    def _create_package(self) -> list[Any]:
        parts: list[Any] = []
        for file, part, is_binary in super()._create_package():
            is_drawing = part.startswith("xl/drawings/vmlDrawing")
            text = StringIO(file.getvalue().replace(_THEIR_FONT, _OUR_FONT)) if is_drawing else file
            parts.append((text, part, is_binary))
        return [*parts, (BytesIO(self._ribbon), RIBBON_PART, True)]

    def _write_root_rels_file(self) -> None:
        links = Relationships()
        links._add_document_relationship("/officeDocument", "xl/workbook.xml")
        links._add_package_relationship("/metadata/core-properties", "docProps/core.xml")
        links._add_document_relationship("/extended-properties", "docProps/app.xml")
        links._add_ms_package_relationship("/ui/extensibility", RIBBON_PART)
        links._set_xml_writer(self._filename("_rels/.rels"))
        links._assemble_xml_file()
