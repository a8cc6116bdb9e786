"""Builders of files: ordinary workbooks of any size, and files that are broken, hostile or something else.

Each builder writes one file. Nothing binary is stored in the repository.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

import xlsxwriter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

FIELDS = ("ITEM", "COST", "SCHEDULE", "QUANTITY", "QUALITY", "BENEFIT", "ACTUAL", "SPENT", "REASON")


# --- ordinary workbooks --------------------------------------------------------------------------------


def ordinary(path: Path, projects: int = 4, items: int = 10, prepared: int = 500) -> None:
    """A filled workbook shaped like the template: 700 cells with 4 projects of 10 items, 15,000 with 40 of 28.

    Names, formats, drop-downs, conditional formats and blank formatted rows (`prepared` on 校验结果) are there
    because real files have them and a reader pays for them.
    """
    book = xlsxwriter.Workbook(path)
    text = book.add_format({"num_format": "@", "text_wrap": True, "border": 1, "bg_color": "#FFF9DB"})
    money = book.add_format({"num_format": 'General"万元"', "border": 1, "bg_color": "#FFF9DB"})
    share = book.add_format({"num_format": "0.00%", "border": 1})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    red = book.add_format({"font_color": "#C00000"})
    home = book.add_worksheet("首页")
    home.write_row("A1", ["单位", "某某县科学技术局"])
    home.write("A2", "年度")
    home.write("B2", 2025)
    home.write("A3", "报告日期")
    home.write_datetime("B3", date(2026, 1, 20), day)
    for name, cell in (("PE_UNIT", "$B$1"), ("PE_YEAR", "$B$2"), ("PE_REPORT_DATE", "$B$3")):
        book.define_name(name, f"='首页'!{cell}")
    guide = book.add_worksheet("填报说明")
    for row in range(25):
        guide.write(row, 0, f"第{row + 1}条：只填淡黄格，灰格自动计算，保存后再校验。")
    funds = book.add_worksheet("资金概况")
    funds.write_row(
        "A4",
        [
            "序号",
            "项目名称",
            "类型",
            "用途",
            "总额",
            "区级",
            "支出",
            "区级",
            "执行率",
            "结余",
            "原因",
            "科室",
        ],
    )
    for index in range(projects):
        row = 4 + index
        funds.write(row, 0, index + 1)
        funds.write_row(
            row, 1, [f"第{index + 1}号科技工作经费", "科技", f"第{index + 1}项科技创新支出"], text
        )
        funds.write_row(row, 4, [100.5 + index, 60, 95 + index / 4, 60], money)
        funds.write_formula(row, 8, f'=IF(E{row + 1}=0,"",G{row + 1}/E{row + 1})', share, 0.93)
        funds.write_formula(row, 9, f"=E{row + 1}-G{row + 1}", money, 5.5)
        funds.write_row(row, 10, ["按进度支付", "科技科"], text)
    for column, name in zip(
        "BCDEFGH", ("NAME", "TYPE", "USE", "BUDGET", "LOCAL", "SPENT", "SPENT_LOCAL"), strict=True
    ):
        book.define_name(f"FUND_{name}", f"='资金概况'!${column}$5:${column}${5 + projects}")
    for project in range(projects):
        tab = f"项目{project + 1}_科技工作"
        sheet = book.add_worksheet(tab)
        sheet.set_column(0, 11, 14)
        sheet.write("A1", f"P{project + 1}")
        sheet.write_row(
            "A5", ["序号", "细化内容", "成本", "时效", "数量", "质量", "效益", "实际", "支出", "原因", "检查"]
        )
        last = 5 + items + 6
        for item in range(items):
            row = 5 + item
            sheet.write(row, 0, item + 1)
            sheet.write(row, 1, f"第{item + 1}项学习交流培训（{project + 1}）", text)
            sheet.write(row, 2, 12.5 + item, money)
            sheet.write_row(row, 3, ["6-9月", f"≥{item + 3}场次，{project * 7 + item}人", "合格率≥95%"], text)
            sheet.write_row(
                row, 6, [f"满意度{80 + item % 19}%以上", f"完成{item + 3}场，{project * 7 + item}人"], text
            )
            sheet.write(row, 8, 11 + item / 8, money)
            sheet.write(row, 9, "无", text)
            sheet.write_formula(
                row, 10, f'=IF(C{row + 1}="","○",IF(I{row + 1}>C{row + 1},"✗","✓"))', None, "✓"
            )
        for row in range(5 + items, last):
            for column in range(11):
                sheet.write_blank(row, column, None, text)
        sheet.write_formula(last, 2, f"=SUM(C6:C{last})", money, 50)
        book.define_name(f"'{tab}'!PE_PROJECT_ID", f"='{tab}'!$A$1")
        for column, name in zip("BCDEFGHIJ", FIELDS, strict=True):
            book.define_name(f"'{tab}'!MX_{name}", f"='{tab}'!${column}$6:${column}${last}")
        for column in range(2, 10):
            sheet.data_validation(
                5,
                column,
                last,
                column,
                {"validate": "length", "criteria": "<=", "value": 500, "input_message": "怎么填"},
            )
        for word in ("PE_MARK_E", "PE_MARK_W", "PE_MARK_N"):
            rule = f"=COUNTIF({word},ADDRESS(ROW(),COLUMN(),4))>0"
            sheet.conditional_format(5, 0, last, 10, {"type": "formula", "criteria": rule, "format": red})
    story = book.add_worksheet("报告文字")
    for row in range(20):
        story.write_row(
            row + 3, 0, [f"{row + 1}", "三、主要绩效", f"全年完成培训{row}场，支出{row * 13}万元，" * 4], text
        )
    results = book.add_worksheet("校验结果")
    results.write_row(
        "A6", ["序号", "级别", "位置", "问题", "怎么改", "现在的内容", "处理", "情况说明", "规则号"]
    )
    for row in range(prepared):
        for column in range(9):
            results.write_blank(6 + row, column, None, text)
    lists = book.add_worksheet("_清单")
    lists.very_hidden()
    lists.write_column("A1", [f"选项{number}" for number in range(12)])
    book.close()


def workbook(
    cells: str = '<row r="1"><c r="A1"><v>1</v></c></row>',
    *,
    sheets: int = 1,
    strings: str = "<sst/>",
    workbook: str | None = None,
    extra: Mapping[str, str | bytes] | None = None,
    without: tuple[str, ...] = (),
    names: str = "",
) -> dict[str, str | bytes]:
    """The parts of a small workbook; `cells` is the content of `<sheetData>` on every sheet."""
    numbers = range(1, sheets + 1)
    tabs = "".join(f'<sheet name="表{n}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{LINKS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'{XML}<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": f'{XML}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": workbook
        or f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>{tabs}</sheets>'
        f"<definedNames>{names}</definedNames></workbook>",
        "xl/_rels/workbook.xml.rels": f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>',
        "xl/sharedStrings.xml": strings,
    }
    sheet = (
        cells
        if cells.startswith("<?xml")
        else f'{XML}<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>'
    )
    parts.update({f"xl/worksheets/sheet{n}.xml": sheet for n in numbers})
    parts.update(extra or {})
    return {name: content for name, content in parts.items() if name not in without}


def packed(parts: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The bytes of a zip with these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def changed(path: Path, target: Path, change: Callable[[str, bytes], bytes]) -> None:
    """A copy of a workbook in which `change` gives the content of each part."""
    with zipfile.ZipFile(path) as source:
        parts = {name: change(name, source.read(name)) for name in source.namelist()}
    target.write_bytes(packed(parts))


# --- the same workbook as other programs write it --------------------------------------------------------


def prefixed(name: str, part: bytes) -> bytes:
    """All elements with a namespace prefix, as ClosedXML writes them."""
    if not name.startswith("xl/w"):
        return part
    part = re.sub(rb"<(/?)([A-Za-z])", rb"<\1x:\2", part)
    return part.replace(b"xmlns=", b"xmlns:x=")


def without_addresses(name: str, part: bytes) -> bytes:
    """Rows and cells without numbers; only for sheets that have no gaps."""
    return (
        re.sub(rb'<(row|c) r="[A-Z]*\d+"', rb"<\1", part) if name.startswith("xl/worksheets/sheet") else part
    )


def in_single_quotes(name: str, part: bytes) -> bytes:
    """Attributes of cells in single quotes."""
    if not name.startswith("xl/worksheets/sheet"):
        return part
    return re.sub(rb"<c [^<>]*>", lambda match: match[0].replace(b'"', b"'"), part)


def on_lines(name: str, part: bytes) -> bytes:
    """Each attribute of a cell on a line of its own, and a comment in front."""
    if not name.startswith("xl/worksheets/sheet"):
        return part
    part = re.sub(rb"<c [^<>]*>", lambda match: match[0].replace(b" ", b"\n  "), part)
    return part.replace(b"<sheetData>", b"<!-- <sheetData> --><sheetData>")


# --- files that are no workbook ---------------------------------------------------------------------------


def ole(*streams: str) -> bytes:
    """The beginning of an OLE container whose directory names these streams."""
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHH", 0x3E, 3, 0xFFFE, 9)
    directory = b""
    for kind, name in [(5, "Root Entry"), *((2, stream) for stream in streams)]:
        written = name.encode("utf-16-le") + b"\0\0"
        directory += written.ljust(64, b"\0") + struct.pack("<HB", len(written), kind) + bytes(61)
    return header.ljust(512, b"\0") + directory.ljust(1024, b"\0") + bytes(2048)


def encrypted(path: Path) -> None:
    """A workbook with a password to open it."""
    import msoffcrypto.format.ooxml

    plain = io.BytesIO()
    xlsxwriter.Workbook(plain, {"in_memory": True}).close()
    plain.seek(0)
    with path.open("wb") as file:
        msoffcrypto.format.ooxml.OOXMLFile(plain).encrypt("密码", file)


def word(path: Path) -> None:
    """A Word document under another name."""
    from docx import Document

    with path.open("wb") as file:
        Document().save(file)


# --- bombs ---------------------------------------------------------------------------------------------


@cache
def spaces(megabytes: int) -> bytes:
    """So many megabytes of blanks, deflated."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = b" " * 2**20
    return b"".join([*(packer.compress(block) for _ in range(megabytes)), packer.flush()])


def bomb(declared: int, megabytes: int = 400) -> bytes:
    """A workbook whose sheet unpacks to blanks; its headers say it has `declared` bytes."""
    data = packed(workbook(extra={"xl/worksheets/sheet1.xml": b"@"}), zipfile.ZIP_STORED)
    return with_member(data, "xl/worksheets/sheet1.xml", spaces(megabytes), declared)


def with_member(data: bytes, name: str, deflated: bytes, declared: int) -> bytes:
    """The zip with one member replaced by deflated bytes that claim `declared` bytes unpacked."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(buffer, "w") as target:
        for member in source.infolist():
            if member.filename != name:
                target.writestr(member.filename, source.read(member))
        target.writestr(name, deflated)  # stored; the headers are changed below
    out = bytearray(buffer.getvalue())
    for signature, at_method, at_size, at_name in ((b"PK\x03\x04", 8, 22, 30), (b"PK\x01\x02", 10, 24, 46)):
        at = out.find(signature)
        while at >= 0:
            if out[at + at_name : at + at_name + len(name)] == name.encode():
                out[at + at_method : at + at_method + 2] = struct.pack("<H", 8)
                out[at + at_size : at + at_size + 4] = struct.pack("<L", declared)
            at = out.find(signature, at + 1)
    return bytes(out)


def laughs(element: str) -> str:
    """The beginning of a part with entities that grow without bound."""
    entities = '<!ENTITY a0 "哈哈哈哈哈哈哈哈哈哈">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)
    )
    return f"{XML}<!DOCTYPE {element} [{entities}]>"


def duplicate_member() -> bytes:
    """Two members of one name: programs disagree which counts."""
    data = packed(workbook(extra={"xl/worksheets/sheet9.xml": "<worksheet/>"}))
    return data.replace(b"xl/worksheets/sheet9.xml", b"xl/worksheets/sheet1.xml")


def renamed_member(name: str) -> bytes:
    """A workbook with one more member of this name, as is (`zipfile` would tidy it)."""
    stand_in = "@" * len(name.encode())
    return packed(workbook(extra={stand_in: "x"})).replace(stand_in.encode(), name.encode())
