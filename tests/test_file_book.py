"""`FileBook`: what it reads equals what calamine reads; what is no workbook is refused in one plain sentence."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from python_calamine import load_workbook

from tests import hostile
from tests.hostile import packed, workbook
from xl_perfeval.books import NotReadable
from xl_perfeval.books.file import FileBook, open_elsewhere
from xl_perfeval.model import CellError, CellValue, Ref

SECONDS = 2.0
"""Of CPU: other programs may run beside the tests."""
MEGABYTES = 300

CHILD = """
import json, sys, time
from pathlib import Path
from xl_perfeval.books import NotReadable
from xl_perfeval.books.file import FileBook
start = time.process_time()
told = {}
try:
    book = FileBook.open(Path(sys.argv[1]))
    book.names()
    told["cells"] = {tab: [[str(v) for v in row if v is not None] for row in book.read(book.used(tab))][:9] for tab in book.sheets()[:3]}
    for tab in book.sheets():
        book.read(book.used(tab))
    told["far"] = [f"{ref.sheet}!{ref.cell}" for ref in book.facts().far]
except NotReadable as error:
    told.update(code=error.code, problem=error.problem, remedy=error.remedy)
told["seconds"] = time.process_time() - start
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
told["megabytes"] = int(peak.split()[1]) / 1024
print(json.dumps(told))
"""


def examined(path: Path) -> dict:
    """What a process of its own says of a file; it must be quick and small whatever the file is."""
    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert child.returncode == 0, child.stderr[-2000:]
    told = json.loads(child.stdout)
    assert told["seconds"] < SECONDS, told["seconds"]
    assert told["megabytes"] < MEGABYTES, told["megabytes"]
    return told


def plain_values(rows: list[list[CellValue]]) -> list[list[CellValue]]:
    return [[value if value != "" else None for value in row] for row in rows] or [[None]]


def all_values(book: FileBook) -> dict[str, list[list[CellValue]]]:
    return {tab: book.read(book.used(tab)) for tab in book.sheets()}


def bare(path: Path) -> dict[str, list[list[CellValue]]]:
    """What calamine gives for each sheet, blank cells as `None`."""
    source = load_workbook(path)
    return {
        tab: plain_values(source.get_sheet_by_name(tab).to_python(skip_empty_area=False))
        for tab in source.sheet_names
    }


@pytest.fixture(scope="module")
def ordinary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ordinary") / "某某县 科技局 自评（2025）.xlsx"
    hostile.ordinary(path, projects=3, items=4, prepared=20)
    return path


@pytest.fixture(scope="module")
def varied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every kind of value, without gaps, and with what stands around cells."""
    path = tmp_path_factory.mktemp("varied") / "各种值.xlsx"
    with xlsxwriter.Workbook(path) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        hour = book.add_format({"num_format": "hh:mm"})
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet("甲's 表")
        sheet.write_row("A1", ["文字 & <符号>", 1.5, 3, True, False, "多行\n文字"])
        sheet.write_datetime("A2", date(2025, 12, 31), day)
        sheet.write_datetime("B2", datetime(2025, 12, 31, 9, 30), moment)  # noqa: DTZ001 - cells know no zone
        sheet.write_number("C2", 0.25, hour)
        sheet.write_rich_string("D2", "全年", bold, "完成")
        sheet.write_formula("E2", "=1/0", None, "#DIV/0!")
        sheet.write_formula("F2", '="〇"&"一"', None, "〇一")
        sheet.write_row("A3", [" 前后有空格 ", -2.5e-7, 123456789.12, "≥95%", "😀", "x" * 200])
        sheet.merge_range("A5:B6", "合并")
        sheet.set_row(7, None, None, {"hidden": True})
        book.add_worksheet("乙").hide()
        book.add_worksheet("丙").very_hidden()
    return path


# --- reading ---------------------------------------------------------------------------------------------


def test_reads_what_calamine_reads(ordinary: Path) -> None:
    assert all_values(FileBook.open(ordinary)) == bare(ordinary)


def test_values_of_every_kind(varied: Path) -> None:
    book = FileBook.open(varied)
    assert book.read(Ref("甲's 表", "A1:F3")) == [
        ["文字 & <符号>", 1.5, 3.0, True, False, "多行\n文字"],
        [date(2025, 12, 31), datetime(2025, 12, 31, 9, 30), 0.25, "全年完成", CellError("#DIV/0!"), "〇一"],  # noqa: DTZ001
        [" 前后有空格 ", -2.5e-7, 123456789.12, "≥95%", "😀", "x" * 200],
    ]
    assert book.used("甲's 表") == Ref("甲's 表", "A1:F5")
    assert book.sheets() == ("甲's 表", "乙", "丙")
    assert book.hidden_sheets() == {"乙", "丙"}


def test_facts_of_what_was_read(varied: Path) -> None:
    book = FileBook.open(varied)
    assert book.facts().merged == {}
    book.read(Ref("甲's 表", "A1"))
    facts = book.facts()
    assert facts.merged == {"甲's 表": (Ref("甲's 表", "A5:B6"),)}
    assert facts.hidden_rows == {"甲's 表": frozenset({8})}
    assert not any((facts.no_results, facts.macros, facts.embedded, facts.external_links, facts.far))


def test_each_sheet_is_read_once_and_a_block_as_asked_for(ordinary: Path) -> None:
    book = FileBook.open(ordinary)
    ordinary.rename(ordinary.with_suffix(".gone"))
    try:
        assert book.read(Ref("首页", "A1:C2"))[0] == ["单位", "某某县科学技术局", None]
        assert book.read(Ref("首页", "B1")) == [["某某县科学技术局"]]
        assert book.read(Ref("首页", "Z90:AA91")) == [[None, None], [None, None]]
    finally:
        ordinary.with_suffix(".gone").rename(ordinary)
    with pytest.raises(KeyError):
        book.read(Ref("没有这张表", "A1"))


@pytest.mark.parametrize(
    "change", [hostile.prefixed, hostile.without_addresses, hostile.in_single_quotes, hostile.on_lines]
)
def test_a_sheet_without_gaps_written_in_unusual_ways(
    change: Callable[[str, bytes], bytes], tmp_path: Path
) -> None:
    source = tmp_path / "满.xlsx"
    with xlsxwriter.Workbook(source) as book:
        sheet = book.add_worksheet("表")
        for row in range(30):
            sheet.write_row(row, 0, [f"第{row}行", row / 7, "同一文字"])
    assert_reads_the_same(source, change, tmp_path)


@pytest.mark.parametrize("change", [hostile.prefixed, hostile.in_single_quotes, hostile.on_lines])
def test_a_sheet_with_gaps_written_in_unusual_ways(
    change: Callable[[str, bytes], bytes], varied: Path, tmp_path: Path
) -> None:
    assert_reads_the_same(varied, change, tmp_path)


def assert_reads_the_same(source: Path, change: Callable[[str, bytes], bytes], tmp_path: Path) -> None:
    path = tmp_path / "另一种写法.xlsx"
    hostile.changed(source, path, change)
    book, same = FileBook.open(path), FileBook.open(source)
    assert all_values(book) == all_values(same)
    assert book.facts() == same.facts()


def test_error_values_inline_text_and_iso_dates(tmp_path: Path) -> None:
    path = tmp_path / "值.xlsx"
    cells = (
        '<row r="1"><c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="B1" t="e"><v>#SPILL!</v></c>'
        '<c r="C1" t="inlineStr"><is><t># 号</t></is></c><c r="D1" t="d"><v>2025-06-09</v></c>'
        '<c r="E1" t="str"><f>A2</f><v></v></c><c r="F1"><f>A2</f></c><c r="G1" t="b"><v>1</v></c></row>'
        '<row r="3"><c r="B3" t="e"><f t="shared" si="0"/><v>#N/A</v></c></row>'
    )
    path.write_bytes(packed(workbook(cells)))
    assert FileBook.open(path).read(Ref("表1", "A1:G3")) == [
        [CellError("#DIV/0!"), CellError("#SPILL!"), "# 号", date(2025, 6, 9), None, None, True],
        [None] * 7,
        [None, CellError("#N/A"), *[None] * 5],
    ]


def test_formulas_without_any_result(tmp_path: Path) -> None:
    def no_results(cells: str) -> bool:
        path = tmp_path / "公式.xlsx"
        path.write_bytes(packed(workbook(cells)))
        book = FileBook.open(path)
        book.read(Ref("表1", "A1"))
        return book.facts().no_results

    assert no_results('<row r="1"><c r="A1"><f>B1</f></c><c r="B1"><v>1</v></c></row>')
    assert no_results('<row r="1"><c r="A1"><f>B1</f><v></v></c><c r="C1"><f>B1</f><v/></c></row>')
    assert not no_results('<row r="1"><c r="A1"><v>1</v></c></row>')
    assert not no_results('<row r="1"><c r="A1"><f>B1</f></c><c r="C1"><f>B1</f><v>0</v></c></row>')
    assert not no_results('<row r="1"><c r="A1"><f t="shared" si="0"/><v>0</v></c></row>')
    assert not no_results('<row r="1"><c r="A1" t="str"><f>B1&amp;""</f><v></v></c></row>')


def test_openpyxl_writes_no_results(tmp_path: Path) -> None:
    path = tmp_path / "openpyxl.xlsx"
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["合计", "=1+1", 5, date(2025, 3, 1)])
    book.save(path)
    read = FileBook.open(path)
    assert read.read(Ref("Sheet", "A1:D1")) == [["合计", None, 5.0, date(2025, 3, 1)]]
    assert read.facts().no_results


def test_saved_by_openpyxl(ordinary: Path, tmp_path: Path) -> None:
    path = tmp_path / "openpyxl 另存.xlsx"
    openpyxl.load_workbook(ordinary, data_only=True).save(path)
    assert all_values(FileBook.open(path)) == all_values(FileBook.open(ordinary))


@pytest.fixture(scope="module")
def saved_by_libreoffice(ordinary: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The ordinary workbook as LibreOffice saves it in other formats."""
    soffice = shutil.which("soffice")
    assert soffice, "tests/setup.sh installs LibreOffice"
    folder = tmp_path_factory.mktemp("libreoffice")
    out = ["--outdir", str(folder), str(ordinary)]
    for kind in ("xlsx", "xls", "ods"):
        subprocess.run(
            [
                soffice,
                f"-env:UserInstallation=file://{folder}/profile",
                "--headless",
                "--convert-to",
                kind,
                *out,
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )
    return {path.suffix[1:]: path for path in folder.iterdir() if path.is_file()}


def test_saved_by_libreoffice(ordinary: Path, saved_by_libreoffice: dict[str, Path]) -> None:
    saved, source = FileBook.open(saved_by_libreoffice["xlsx"]), FileBook.open(ordinary)
    for tab in source.sheets():
        if tab.startswith("项目"):
            inputs = Ref(tab, "A5:J9")
            assert saved.read(inputs) == source.read(inputs)
        else:
            assert saved.read(source.used(tab))[:3] == source.read(source.used(tab))[:3]
    assert saved.names()["PE_UNIT"] == Ref("首页", "B1")
    assert saved.names()["项目1_科技工作!MX_COST"] == source.names()["项目1_科技工作!MX_COST"]


@pytest.mark.parametrize(("kind", "words"), [("xls", "旧格式"), ("ods", "ODS")])
def test_other_formats_of_libreoffice(kind: str, words: str, saved_by_libreoffice: dict[str, Path]) -> None:
    told = examined(saved_by_libreoffice[kind])
    assert words in told["problem"]


# --- names and attachments ---------------------------------------------------------------------------------


def test_sheets_expected_or_not_are_read_alike(ordinary: Path) -> None:
    book = FileBook.open(ordinary)
    book.expect({"资金概况", "项目2_科技工作"})
    assert book.read(Ref("项目2_科技工作", "A1")) == [["P2"]]
    assert all_values(book) == bare(ordinary)
    book = FileBook.open(ordinary)
    book.expect({"资金概况"})
    assert book.read(Ref("首页", "B1")) == [["某某县科学技术局"]]
    assert all_values(book) == bare(ordinary)


def test_names(tmp_path: Path) -> None:
    tabs = ["首页", "甲's 表", "A & B!", "$"]
    sheets = "".join(
        f'<sheet name="{tab.replace("&", "&amp;")}" sheetId="{n}" r:id="rId{n}"/>'
        for n, tab in enumerate(tabs, 1)
    )
    names = (
        '<definedName name="PE_UNIT">首页!$B$1</definedName>'
        '<definedName name="MX_COST" localSheetId="1">\'甲&apos;&apos;s 表\'!$C$6:$C$16</definedName>'
        '<definedName function="false" hidden="false" localSheetId="2" name="MX_COST">&#39;A &amp; B!\'!$C$6</definedName>'
        "<definedName name=\"DOLLAR\" >'$'!C6:$D7</definedName>"
        '<definedName name="GONE">#REF!</definedName>'
        '<definedName name="GONE_TOO">首页!#REF!</definedName>'
        '<definedName name="GONE_AS_WELL">#REF!$A$1</definedName>'
        '<definedName name="WHOLE">首页!$C$6:$C$1048576</definedName>'
        '<definedName name="TWO">首页!$A$1,首页!$C$1</definedName>'
        '<definedName name="SUMME">SUM(首页!$A$1:$A$2)</definedName>'
        '<definedName name="COLUMN">首页!$A:$A</definedName>'
        '<definedName name="OTHER">[1]首页!$A$1</definedName>'
        '<definedName name="NUMBER">0.5</definedName>'
        '<definedName name="_xlnm.Print_Titles" localSheetId="0">首页!$1:$3</definedName>'
        '<definedName name="_xlnm.Print_Area" localSheetId="0">#REF!</definedName>'
        '<definedName name="NOWHERE" localSheetId="77">首页!$A$1</definedName>'
    )
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="{hostile.MAIN}" xmlns:r="{hostile.LINKS}">'
        f"<!-- <sheet/> --><sheets>{sheets}</sheets><definedNames>{names}</definedNames></workbook>"
    )
    path = tmp_path / "名称.xlsx"
    path.write_bytes(packed(workbook(sheets=4, workbook=text)))
    book = FileBook.open(path)
    assert list(book.sheets()) == tabs
    assert book.names() == {
        "PE_UNIT": Ref("首页", "B1"),
        "甲's 表!MX_COST": Ref("甲's 表", "C6:C16"),
        "A & B!!MX_COST": Ref("A & B!", "C6"),
        "DOLLAR": Ref("$", "C6:D7"),
        "GONE": Ref("", "#REF!"),
        "GONE_TOO": Ref("", "#REF!"),
        "GONE_AS_WELL": Ref("", "#REF!"),
        "WHOLE": Ref("首页", "C6:C9999"),
    }


@pytest.mark.parametrize(
    ("extra", "fact"),
    [
        ("xl/vbaProject.bin", "macros"),
        ("xl/externalLinks/externalLink1.xml", "external_links"),
        ("xl/embeddings/oleObject1.bin", "embedded"),
        ("xl/activeX/activeX1.xml", "embedded"),
    ],
)
def test_attachments(extra: str, fact: str, tmp_path: Path) -> None:
    path = tmp_path / "附件.xlsm"
    path.write_bytes(packed(workbook(extra={extra: b"Attribute VB_Name"})))
    facts = FileBook.open(path).facts()
    assert [name for name in ("macros", "external_links", "embedded") if getattr(facts, name)] == [fact]


def test_own_macros_and_form_buttons_are_no_finding(tmp_path: Path) -> None:
    path = tmp_path / "自己的.xlsm"
    own = hostile.ole("PROJECT", "PerfEval")
    path.write_bytes(
        packed(workbook(extra={"xl/vbaProject.bin": own, "xl/ctrlProps/ctrlProp1.xml": "<formControlPr/>"}))
    )
    facts = FileBook.open(path).facts()
    assert (facts.macros, facts.embedded) == (False, False)


def test_1904_dates(tmp_path: Path) -> None:
    path = tmp_path / "1904.xlsx"
    with xlsxwriter.Workbook(path, {"date_1904": True}) as book:
        book.add_worksheet("表").write_datetime(
            "A1", date(2025, 3, 1), book.add_format({"num_format": "yyyy-mm-dd"})
        )
    assert FileBook.open(path).read(Ref("表", "A1")) == [[date(2025, 3, 1)]]


def test_chart_sheets_are_blank(tmp_path: Path) -> None:
    path = tmp_path / "图.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("表").write("A1", 1)
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=表!$A$1"})
        book.add_chartsheet("图").set_chart(chart)
    book = FileBook.open(path)
    assert list(book.sheets()) == ["表", "图"]
    assert book.read(book.used("图")) == [[None]]


# --- what must not be opened ---------------------------------------------------------------------------------

SHEET = "xl/worksheets/sheet1.xml"
HTML = "<html><head><title>导出</title></head><body><table><tr><td>金额</td></tr></table></body></html>"
SPREADSHEET_2003 = '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook></Workbook>'
MAIN_PART = f'<workbook xmlns="{hostile.MAIN}" xmlns:r="{hostile.LINKS}"><sheets><sheet name="表" sheetId="1" r:id="rId1"/>'


def ordinary_bytes() -> bytes:
    return packed(
        workbook("".join(f'<row r="{n}"><c r="A{n}"><v>{n * 7919}</v></c></row>' for n in range(1, 900)))
    )


REFUSED: dict[str, tuple[Callable[[], bytes] | bytes, str]] = {
    "空文件": (b"", "空文件"),
    "旧表格": (hostile.ole("Workbook"), "旧格式"),
    "更旧的表格": (hostile.ole("Book"), "旧格式"),
    "旧Word": (hostile.ole("WordDocument"), "Word"),
    "旧演示": (hostile.ole("PowerPoint Document"), "演示文稿"),
    "其他OLE": (hostile.ole("Contents"), "不是表格"),
    "网页": (HTML.encode(), "网页"),
    "网页GBK": (f"<table>{'金额' * 5000}</table>".encode("gb18030"), "网页"),
    "单个网页": (b"MIME-Version: 1.0\nContent-Type: multipart/related", "网页"),
    "XML表格": (SPREADSHEET_2003.encode(), "XML"),
    "CSV": ("序号,金额\n1,20\n".encode("utf-8-sig"), "CSV"),
    "CSV_GBK": (("序号,金额\n1,20\n" * 2000).encode("gb18030"), "CSV"),
    "CSV_UTF16": ("序号\t金额\n1\t20\n".encode("utf-16"), "CSV"),
    "PDF": (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
    "图片": (b"\x89PNG\r\n\x1a\n" + bytes(99), "图片"),
    "压缩包rar": (b"Rar!\x1a\x07\x00" + bytes(99), "压缩包"),
    "乱码": (bytes(range(256)) * 40, "不是表格"),
    "全是零": (bytes(4096), "损坏"),
    "压缩包": (lambda: packed({"说明.txt": "你好", "数据/表.csv": "1,2"}), "压缩包"),
    "空压缩包": (lambda: packed({}), "压缩包"),
    "ODS": (
        lambda: packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}, zipfile.ZIP_STORED),
        "ODS",
    ),
    "ODT": (
        lambda: packed({"mimetype": "application/vnd.oasis.opendocument.text"}, zipfile.ZIP_STORED),
        "办公软件",
    ),
    "PPT": (lambda: packed({"[Content_Types].xml": "", "ppt/presentation.xml": ""}), "演示文稿"),
    "XLSB": (lambda: packed({"[Content_Types].xml": "", "xl/workbook.bin": "x"}), "xlsb"),
    "截断一半": (lambda: ordinary_bytes()[: len(ordinary_bytes()) // 2], "损坏"),
    "少一字节": (lambda: ordinary_bytes()[:-1], "损坏"),
    "只有开头": (b"PK\x03\x04", "损坏"),
    "没有主体": (lambda: packed(workbook(without=("xl/workbook.xml",))), "缺少"),
    "没有关系": (lambda: packed(workbook(without=("xl/_rels/workbook.xml.rels",))), "缺少"),
    "没有工作表": (lambda: packed(workbook(without=(SHEET,))), "表1"),
    "主体破损": (lambda: packed(workbook(workbook=MAIN_PART)), "损坏"),
    "表破损": (lambda: packed(workbook("<?xml version='1.0'?><worksheet><sheetData><row r='1'>")), "损坏"),
    "表里乱码": (lambda: packed(workbook('<row r="1"><c r="A1" t="str"><v>&nope;</v></c></row>')), "损坏"),
    "不是UTF8": (
        lambda: packed(
            workbook(
                extra={SHEET: b'<worksheet><sheetData><c r="A1" t="str"><v>\xff\xfe</v></c></sheetData>'}
            )
        ),
        "损坏",
    ),
    "零行": (lambda: packed(workbook('<row r="0"><c r="A0"><v>1</v></c></row>')), "损坏"),
    "没有的文字": (lambda: packed(workbook('<row r="1"><c r="A1" t="s"><v>7</v></c></row>')), "损坏"),
    "校验和": (
        lambda: ordinary_bytes().replace(b"PK\x01\x02", b"PK\x01\x02", 1).replace(*wrong_checksum()),
        "损坏",
    ),
    "主体实体": (
        lambda: packed(workbook(workbook=f"{hostile.laughs('workbook')}{MAIN_PART}</sheets></workbook>")),
        "不正常",
    ),
    "表实体": (
        lambda: packed(
            workbook(
                f'{hostile.laughs("worksheet")}<worksheet><sheetData><row r="1"><c r="A1" t="str"><v>&amp;a9;</v></c>'
                "</row></sheetData></worksheet>"
            )
        ),
        "不正常",
    ),
    "文字实体": (
        lambda: packed(workbook(strings=f"{hostile.laughs('sst')}<sst><si><t>&a9;</t></si></sst>")),
        "不正常",
    ),
    "UTF16实体": (
        lambda: packed(
            workbook(
                extra={
                    SHEET: f"{hostile.laughs('worksheet')}<worksheet><sheetData/></worksheet>".encode(
                        "utf-16"
                    )
                }
            )
        ),
        "不正常",
    ),
    "炸弹": (lambda: hostile.bomb(400 * 2**20), "太多"),
    "说谎的炸弹": (lambda: hostile.bomb(5000), "损坏"),
    "图片炸弹": (
        lambda: hostile.with_member(
            packed(workbook(extra={"xl/media/a.png": "@"}), zipfile.ZIP_STORED),
            "xl/media/a.png",
            hostile.spaces(400),
            600 * 2**20,
        ),
        "不正常",
    ),
    "许多大表": (
        lambda: packed(workbook(f'<row r="1"><c r="A1"><v>1{"0" * 9_000_000}</v></c></row>', sheets=10)),
        "太多",
    ),
    "许多成员": (lambda: packed(workbook(extra={f"xl/media/{n}": "" for n in range(10_001)})), "不正常"),
    "极多成员": (lambda: packed(workbook(extra={f"m{n}": "" for n in range(70_000)})), "不正常"),
    "重名": (hostile.duplicate_member, "不正常"),
    "大小写重名": (lambda: packed(workbook(extra={"xl/Worksheets/SHEET1.xml": "<worksheet/>"})), "不正常"),
    "斜杠重名": (lambda: packed(workbook(extra={"xl\\workbook.xml": "<workbook/>"})), "不正常"),
    "上级目录": (lambda: packed(workbook(extra={"xl/../../etc/passwd": "x"})), "不正常"),
    "绝对路径": (lambda: hostile.renamed_member("/etc/passwd"), "不正常"),
    "盘符": (lambda: hostile.renamed_member("C:/x.dll"), "不正常"),
    "零字节名": (lambda: hostile.renamed_member("xl/a\0b.xml"), "不正常"),
    "别的压缩": (lambda: packed(workbook(), zipfile.ZIP_LZMA), "损坏"),
    "文字计数": (
        lambda: packed(
            workbook(strings='<sst uniqueCount="99999999999"><si><t>好</t>', cells='<row r="1"/>')
        ),
        "损坏",
    ),
    "文字放大带前缀": (
        lambda: packed(
            workbook(
                f'<row r="1">{"<c r=§A1§ t=§s§><v>0</v></c>".replace("§", chr(34)) * 100_000}</row>',
                strings=f"<sst><y:si><t>{'长' * 32_000}</t></y:si></sst>",
            )
        ),
        "太多",
    ),
    "文字放大": (
        lambda: packed(
            workbook(
                "".join(
                    f'<row r="{n}">{"".join(f"<c r={chr(34)}{c}{n}{chr(34)} t={chr(34)}s{chr(34)}><v>0</v></c>" for c in "ABCDEFGHIJ")}</row>'
                    for n in range(1, 9999)
                ),
                strings=f"<sst><si><t>{'长' * 32_000}</t></si></sst>",
            )
        ),
        "太多",
    ),
    "许多满表": (
        lambda: packed(
            workbook('<row r="1"><c r="A1"><v>1</v></c><c r="GR9999"><v>1</v></c></row>', sheets=100)
        ),
        "太多",
    ),
    "没有地址的表": (lambda: packed(workbook(f"<row>{'<c><v>1</v></c>' * 600_000}</row>")), "损坏"),
    "两张表一个部件": (
        lambda: packed(
            workbook(workbook=f'{MAIN_PART}<sheet name="乙" sheetId="2" r:id="rId1"/></sheets></workbook>')
        ),
        "损坏",
    ),
    "假的文件尾": (lambda: ordinary_bytes() + b"PK\x05\x06" + bytes(18), "压缩包"),
}


def wrong_checksum() -> tuple[bytes, bytes]:
    """The checksum of the sheet in the directory of `ordinary_bytes`, and another one."""
    import io

    with zipfile.ZipFile(io.BytesIO(ordinary_bytes())) as archive:
        right = archive.getinfo(SHEET).CRC.to_bytes(4, "little")
    return right, bytes(4)


def assert_plain(problem: str, remedy: str) -> None:
    """One clear sentence each, in Chinese, without words of programmers."""
    assert problem.endswith("。")
    assert remedy.endswith("。")
    assert problem.count("。") == 1
    assert len(problem) < 90
    assert len(remedy) < 60
    assert re.search(r"[\u4e00-\u9fff]{4}", problem)
    assert not re.search(r"非法|无效|错误代码|null|字段|Error|Traceback|XML 部件", problem + remedy)


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str, tmp_path: Path) -> None:
    content, words = REFUSED[case]
    path = tmp_path / f"{case} 自评.xlsx"
    path.write_bytes(content if isinstance(content, bytes) else content())
    told = examined(path)
    assert told.get("code") == "F001", told
    assert words in told["problem"]
    assert path.name in told["problem"]
    assert_plain(told["problem"], told["remedy"])


@pytest.mark.parametrize(("build", "words"), [(hostile.encrypted, "打开密码"), (hostile.word, "Word")])
def test_refused_as_written_by_libraries(build: Callable[[Path], None], words: str, tmp_path: Path) -> None:
    path = tmp_path / "文件.xlsx"
    build(path)
    told = examined(path)
    assert words in told["problem"]
    assert_plain(told["problem"], told["remedy"])


def test_no_file_folder_and_other_things(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "管道.xlsx")
    (tmp_path / "文件夹.xlsx").mkdir()
    with (tmp_path / "很大.xlsx").open("wb") as file:
        file.truncate(2**31)
    for name, words in {
        "没有.xlsx": "没有找到",
        "文件夹.xlsx": "文件夹",
        "管道.xlsx": "普通文件",
        "很大.xlsx": "2048MB",
    }.items():
        told = examined(tmp_path / name)
        assert told["code"] == "F001"
        assert words in told["problem"]
        assert_plain(told["problem"], told["remedy"])


def test_no_permission(ordinary: Path, tmp_path: Path) -> None:
    path = tmp_path / "别人的.xlsx"
    shutil.copy(ordinary, path)
    path.chmod(0)
    folder = tmp_path
    while folder != folder.parent:  # pytest's folders are for their owner only
        folder.chmod(folder.stat().st_mode | 0o011)
        folder = folder.parent
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.getuid() == 0:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            FileBook.open(path)
            os.write(writer, b"opened")
        except NotReadable as error:
            os.write(writer, f"{error.code} {error.problem}".encode())
        except BaseException as error:
            os.write(writer, repr(error).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    told = os.read(reader, 4096).decode()
    os.close(reader)
    os.close(writer)
    assert told == f"F001 “{path.name}”没有打开的权限。"


@pytest.mark.parametrize("what", ["grows", "vanishes"])
def test_a_file_that_changes_while_it_is_read(
    what: str, ordinary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "在变.xlsx"
    shutil.copy(ordinary, path)
    opened = Path.open

    def meddled(self: Path, mode: str = "r", **options: object) -> object:
        if self == path and mode == "rb":
            if what == "vanishes":
                path.unlink()
            else:
                with opened(path, "ab") as file:
                    file.write(b"more")
        return opened(self, mode, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "open", meddled)
    with pytest.raises(NotReadable) as caught:
        FileBook.open(path)
    assert ("没有找到" if what == "vanishes" else "改动") in caught.value.problem
    assert_plain(caught.value.problem, caught.value.remedy)


def test_open_elsewhere(ordinary: Path, tmp_path: Path) -> None:
    path = tmp_path / "自评 表.xlsm"
    shutil.copy(ordinary, path)
    assert not open_elsewhere(path)
    for owner in (f"~${path.name}", f".~lock.{path.name}#", f".~{path.name}"):
        path.with_name(owner).write_bytes(b"")
        assert open_elsewhere(path)
        assert FileBook.open(path).sheets()
        path.with_name(owner).unlink()


# --- what is odd but read -------------------------------------------------------------------------------------

NEAR = '<c r="A1"><v>1</v></c><c r="B1" t="s"><v>0</v></c>'
STRINGS = "<sst><si><t>好</t></si></sst>"
LIE = f'{hostile.XML}<worksheet xmlns="{hostile.MAIN}"><dimension ref="A1:XFD1048576"/><sheetData>'
READ: dict[str, tuple[Callable[[], bytes], list[str]]] = {
    "远处一格": (lambda: packed(workbook(f'<row r="1">{NEAR}</row><row r="1048576"><c r="XFD1048576"><v>9</v></c></row>', strings=STRINGS)), ["表1!XFD1048576"]),
    "远处在前": (lambda: packed(workbook(f'<row r="20000"><c r="B20000" t="str"><v>x</v></c></row><row r="1">{NEAR}</row>', strings=STRINGS)), ["表1!B20000"]),
    "远处空格": (lambda: packed(workbook(f'<row r="1">{NEAR}<c r="XFD1" s="0"/></row><row r="99999"><c r="A99999"/></row>', strings=STRINGS)), []),
    "远处单引号": (lambda: packed(workbook(f"<row r='1'>{NEAR}<c  r='xfd7'><v>9</v></c></row>", strings=STRINGS)), ["表1!XFD7"]),
    "远处带前缀": (lambda: packed(workbook(f'<row r="1">{NEAR}</row><row r="9"><z:c r="XFD9"  xmlns:z="{hostile.MAIN}"><v>9</v></z:c></row>', strings=STRINGS)), ["表1!XFD9"]),
    "远处无地址": (lambda: packed(workbook(f'<row r="1">{NEAR}</row><row r="300000"><c><v>9</v></c></row>', strings=STRINGS)), ["表1!A300000"]),
    "两个地址": (lambda: packed(workbook(f'<row r="1">{NEAR}<c r="C1" z="1"><v/></c></row>', strings=STRINGS)), []),
    "范围说谎": (lambda: packed(workbook(f'{LIE}<row r="1">{NEAR}</row></sheetData></worksheet>', strings=STRINGS)), []),
    "文字计数": (lambda: packed(workbook(f'<row r="1">{NEAR}</row>', strings=STRINGS.replace("<sst>", '<sst uniqueCount="99999999999">'))), []),
    "UTF16": (lambda: packed(workbook(extra={SHEET: f'<?xml version="1.0" encoding="UTF-16"?><worksheet><sheetData><row r="1">{NEAR}</row></sheetData></worksheet>'.encode("utf-16")}, strings=STRINGS)), []),
    "前面有字": (lambda: b"PK\x03\x04" + bytes(200) + packed(workbook(f'<row r="1">{NEAR}</row>', strings=STRINGS)), []),
    "不压缩": (lambda: packed(workbook(f'<row r="1">{NEAR}</row>', strings=STRINGS), zipfile.ZIP_STORED), []),
    "反斜杠": (lambda: packed({name.replace("/", "\\") if name.startswith("xl/") else name: part for name, part in workbook(f'<row r="1">{NEAR}</row>', strings=STRINGS).items()}), []),
}  # fmt: skip


@pytest.mark.parametrize("case", READ)
def test_odd_but_read(case: str, tmp_path: Path) -> None:
    build, far = READ[case]
    path = tmp_path / f"{case}.xlsx"
    path.write_bytes(build())
    told = examined(path)
    assert told.get("code") is None, told
    assert told["cells"]["表1"][0] == ["1.0", "好"]
    assert told["far"] == far


def test_many_stray_cells_are_listed_in_part(tmp_path: Path) -> None:
    path = tmp_path / "很多远处.xlsx"
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(9_990, 200_000))
    path.write_bytes(packed(workbook(rows)))
    told = examined(path)
    assert len(told["far"]) == 20
    assert told["far"][0] == "表1!A10000"


@pytest.mark.parametrize(
    "cells",
    [
        '<c r="A1" ' * 1_500_000,
        '<c r="XFD1">' * 1_500_000,
        '<c r="A1" t="e"><f ' * 900_000 + "#",
        "<row hidden= " * 1_200_000,
        "</f> " * 2_000_000,
        "<x:c " * 1_000_000,
        "&lt;" * 3_000_000,
    ],
    ids=["open cells", "far cells", "errors", "rows", "formulas", "prefixes", "text"],
)
def test_no_pattern_takes_long(cells: str, tmp_path: Path) -> None:
    path = tmp_path / "慢.xlsx"
    path.write_bytes(packed(workbook(cells)))
    examined(path)


SI = "<si><t>好</t></si>"
FULL: dict[str, Callable[[], dict[str, str | bytes]]] = {
    "cells": lambda: workbook("".join(f'<row r="{n}">{"".join(f"<c r=§{c}{n}§><v>1</v></c>" for c in "ABCDEFGH")}</row>' for n in range(1, 9999)).replace("§", '"'), sheets=22),
    "short texts": lambda: workbook("".join(f'<row r="{n}">{"".join(f"<c r=§{c}{n}§ t=§str§><v>好</v></c>" for c in "ABCDEFGH")}</row>' for n in range(1, 9999)).replace("§", '"'), sheets=18),
    "strings": lambda: workbook('<row r="1"><c r="A1" t="s"><v>9</v></c></row>' * 5000, strings=f"<sst>{'<si/>' * 4_000_000}</sst>"),
    "longer strings": lambda: workbook('<row r="1"><c r="A1" t="s"><v>9</v></c></row>' * 5000, strings=f"<sst>{SI * 950_000}</sst>"),
    "errors": lambda: workbook("".join(f'<row r="{n}">{"".join(f"<c r=§{c}{n}§ t=§e§><v>#N/A</v></c>" for c in "ABCDEFGH")}</row>' for n in range(1, 9999)).replace("§", '"'), sheets=9),
    "merged": lambda: workbook(f'<?xml version="1.0"?><worksheet><sheetData/><mergeCells>{"<mergeCell ref=§A1:B2§/>" * 700_000}</mergeCells></worksheet>'.replace("§", '"')),
    "hidden rows": lambda: workbook('<row r="77" hidden="1"/>' * 800_000),
    "names": lambda: workbook(names="".join(f'<definedName name="N{n}">表1!$A$1:$XFD$1048576</definedName>' for n in range(60_000))),
    "styles": lambda: workbook(extra={"xl/styles.xml": f"<styleSheet><cellXfs>{'<xf/>' * 4_000_000}</cellXfs></styleSheet>"}),
    "rich text": lambda: workbook(f'<row r="1"><c r="A1" t="inlineStr"><is>{"<r><t>好</t></r>" * 1_000_000}</is></c></row>'),
    "depth": lambda: workbook(f'<row r="1"><c r="A1"><v>{"<x>" * 4_000_000}'),
    "slow cells": lambda: workbook(f"<row>{'<c><v>1</v></c>' * 390_000}</row>"),
}  # fmt: skip


@pytest.mark.parametrize("case", FULL)
def test_as_much_as_is_allowed(case: str, tmp_path: Path) -> None:
    path = tmp_path / "满.xlsx"
    path.write_bytes(packed(FULL[case]()))
    examined(path)


@pytest.mark.parametrize("text", ["<sheet " * 900_000, "<definedName " * 900_000, '<sheet "' * 900_000])
def test_no_pattern_over_the_workbook_takes_long(text: str, tmp_path: Path) -> None:
    path = tmp_path / "慢.xlsx"
    content = f"{MAIN_PART}</sheets><definedNames><definedName name='A'><![CDATA[{text}]]></definedName></definedNames></workbook>"
    path.write_bytes(packed(workbook(workbook=content)))
    examined(path)


def test_a_large_real_workbook_is_read(tmp_path: Path) -> None:
    """400 sheets with 150,000 filled cells and 4,400 names."""
    path = tmp_path / "全县.xlsx"
    hostile.ordinary(path, projects=400, items=45)
    told = examined_large(path)
    assert told["far"] == []
    assert told["megabytes"] < MEGABYTES


def examined_large(path: Path) -> dict:
    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(path)], capture_output=True, text=True, check=True, timeout=60
    )
    return json.loads(child.stdout)
