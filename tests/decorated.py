"""The sample's workbook as people make it their own: colours, notes, pictures, charts, buttons, parts of other programs."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any
from unittest.mock import patch

from xl_perfeval import actions, sample
from xl_perfeval.template.sheet import Book

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
ITEM = f"""<?xml version="1.0"?><ds:datastoreItem ds:itemID="{{8C1F5E3A-0000-4000-8000-000000000001}}"
 xmlns:ds="{OFFICE}/customXml"><ds:schemaRefs/></ds:datastoreItem>"""
LOOSE = {
    "xl/slicers/slicer1.xml": b"<slicers><slicer name='x' cache='y' rowHeight='1'/></slicers>",
    "xl/slicerCaches/slicerCache1.xml": b"<slicerCacheDefinition name='y' sourceName='z'/>",
    "xl/printerSettings/printerSettings1.bin": bytes(range(256)),
    "xl/persons/person.xml": b"<personList/>",
}
"""Parts of features that no library writes; what is in them does not matter, only that they stay."""


def workbook(path: Path) -> Path:
    """Write it, with a calculation chain as Excel leaves it, and return its path."""
    build = Book.close

    def close(book: Book) -> None:
        _decorate(book)
        build(book)

    with patch.object(Book, "close", close):
        actions.new(sample.submission(), path)
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    _add_custom_xml(parts)
    _add_chain(parts)
    _paint(parts)
    parts |= LOOSE
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for number, (name, content) in enumerate(parts.items()):
            entry = zipfile.ZipInfo(name, (2021, 3, 8, 9, number % 60, 0))
            entry.compress_type = zipfile.ZIP_STORED if name.endswith(".bin") else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o640 << 16
            package.writestr(entry, content)
    return path


def _decorate(book: Any) -> None:
    """What XlsxWriter can add: an extra sheet with chart, picture, table; notes, buttons and boxes on ours."""
    mine = book.add_sheet("我的分析")
    for row in range(1, 6):
        mine.text(row, 1, f"第{row}季度")
        mine.number(row, 2, row * 10)
    mine.insert_image(8, 0, "点.png", {"image_data": io.BytesIO(_png()), "description": "点"})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "='我的分析'!$B$1:$B$5", "categories": "='我的分析'!$A$1:$A$5"})
    mine.insert_chart(8, 3, chart)
    mine.add_sparkline(0, 3, {"range": "'我的分析'!B1:B5"})
    mine.add_table("F1:G4", {"columns": [{"header": "甲"}, {"header": "乙"}]})
    mine.conditional_format("B1:B5", {"type": "icon_set", "icon_style": "3_arrows"})
    mine.insert_button("J2", {"caption": "我的按钮", "macro": "Mine"})
    funds = book.sheet("资金概况")
    funds.write_comment("E9", "问过财务了", {"author": "小王", "visible": True})
    project = next(sheet for sheet in book.worksheets() if str(sheet.name).startswith("项目2"))
    project.insert_textbox("M2", "记得补照片")
    project.write_comment("B9", "这一项要改")
    results = book.sheet("校验结果")
    results.write_comment("D5", "看这里")
    results.insert_textbox("N3", "本表由程序填写")


def _png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))

    header = struct.pack(">LLBBBBB", 2, 2, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + b"\xff\0\0" * 2 for _ in range(2)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def _add_custom_xml(parts: dict[str, bytes]) -> None:
    parts["customXml/item1.xml"] = b'<?xml version="1.0"?><mine xmlns="urn:mine">1</mine>'
    parts["customXml/itemProps1.xml"] = ITEM.encode()
    parts["customXml/_rels/item1.xml.rels"] = _relations(
        f'<Relationship Id="rId1" Type="{OFFICE}/relationships/customXmlProps" Target="itemProps1.xml"/>'
    )
    _add(
        parts,
        "xl/_rels/workbook.xml.rels",
        f'<Relationship Id="rId901" Type="{OFFICE}/relationships/customXml" Target="../customXml/item1.xml"/>',
        "</Relationships>",
    )
    kind = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
    override = f'<Override PartName="/customXml/itemProps1.xml" ContentType="{kind}"/>'
    default = '<Default Extension="bin" ContentType="application/octet-stream"/>'
    _add(parts, "[Content_Types].xml", override, "</Types>")
    _add(parts, "[Content_Types].xml", default, "<Override")


def _add_chain(parts: dict[str, bytes]) -> None:
    cells = "".join(
        f'<c r="{cell}" i="{number}"/>'
        for number in range(1, 12)
        for cell in re.findall(
            r'<c r="([A-Z]+\d+)"[^>]*><f>', parts[f"xl/worksheets/sheet{number}.xml"].decode()
        )
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"
    parts["xl/calcChain.xml"] = f'<calcChain xmlns="{main}">{cells}</calcChain>'.encode()
    _add(
        parts,
        "[Content_Types].xml",
        f'<Override PartName="/xl/calcChain.xml" ContentType="{kind}"/>',
        "</Types>",
    )
    relation = f'<Relationship Id="rId902" Type="{OFFICE}/relationships/calcChain" Target="calcChain.xml"/>'
    _add(parts, "xl/_rels/workbook.xml.rels", relation, "</Relationships>")


def _paint(parts: dict[str, bytes]) -> None:
    """A colour of the user's own on a cell of a project sheet."""
    styles = parts["xl/styles.xml"].decode()
    fills = int(re.search(r'<fills count="(\d+)"', styles)[1])  # type: ignore[index]
    looks = int(re.search(r'<cellXfs count="(\d+)"', styles)[1])  # type: ignore[index]
    fill = '<fill><patternFill patternType="solid"><fgColor rgb="FF00B0F0"/></patternFill></fill>'
    look = f'<xf numFmtId="0" fontId="0" fillId="{fills}" borderId="0" xfId="0" applyFill="1"/>'
    styles = styles.replace(f'<fills count="{fills}"', f'<fills count="{fills + 1}"')
    styles = styles.replace("</fills>", f"{fill}</fills>")
    styles = styles.replace(f'<cellXfs count="{looks}"', f'<cellXfs count="{looks + 1}"')
    parts["xl/styles.xml"] = styles.replace("</cellXfs>", f"{look}</cellXfs>").encode()
    part = "xl/worksheets/sheet5.xml"
    painted, times = re.subn(r'<c r="B9" s="\d+"', f'<c r="B9" s="{looks}"', parts[part].decode())
    assert times == 1
    parts[part] = painted.encode()


def _relations(inside: str) -> bytes:
    kind = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<?xml version="1.0"?><Relationships xmlns="{kind}">{inside}</Relationships>'.encode()


def _add(parts: dict[str, bytes], name: str, text: str, before: str) -> None:
    parts[name] = parts[name].replace(before.encode(), text.encode() + before.encode(), 1)
