"""A saved workbook is changed cell by cell: every other byte stays, and the file is whole at every moment."""

from __future__ import annotations

import io
import os
import resource
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import openpyxl
import pytest
import xlsxwriter

from tests import validator
from tests.office import Office
from xl_perfeval import saving
from xl_perfeval.books import Formula
from xl_perfeval.books.file import FileBook
from xl_perfeval.books.patching import BACKUPS, KEPT, InUse
from xl_perfeval.books.sheetxml import Changes, NotPatched, SheetXml
from xl_perfeval.books.zipping import NotCopied, rewritten
from xl_perfeval.model import CellError, CellValue, Ref

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xl_perfeval.books.sheetxml import Place

NOW = datetime(2021, 3, 8, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A small workbook as XlsxWriter saves it."""
    path = tmp_path / "表 一.xlsx"
    with xlsxwriter.Workbook(path) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet("结果")
        sheet.set_column(1, 1, 20, book.add_format({"text_wrap": True}))
        sheet.write_string(0, 0, "标题", bold)
        sheet.write_string(1, 0, "旧", bold)
        sheet.write_formula(2, 0, "=1+1", None, 2)
        sheet.data_validation("B2:B9", {"validate": "list", "source": ["是", "否"]})
        sheet.write_url(4, 3, "https://example.org", string="链接")
        book.add_worksheet("别人的").write_string(0, 0, "不动")
    return path


def change(path: Path, cell: str, rows: list[list[CellValue | Formula]], sheet: str = "结果") -> Path | None:
    book = FileBook.open(path, writable=True)
    book.write(Ref(sheet, cell), rows)
    return book.save(NOW)


def value(path: Path, cell: str, sheet: str = "结果") -> CellValue:
    return FileBook.open(path).read(Ref(sheet, cell))[0][0]


def members(data: bytes) -> dict[str, bytes]:
    """Each member as it lies in the file, header and packed bytes."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        listed = sorted(package.infolist(), key=lambda member: member.header_offset)
        ends = [member.header_offset for member in listed[1:]] + [package.start_dir]
        return {
            member.filename: data[member.header_offset : end]
            for member, end in zip(listed, ends, strict=True)
        }


# --- values -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        "=1+1",
        "<a> & “b” ' \"",
        "  前后有空格  ",
        "两\n行",
        "_x0041_",
        "+-@#",
        420,
        0.1,
        1e300,
        -3,
        True,
        CellError("#DIV/0!"),
        "长" * 16_000,
        "😀",
    ],
)
def test_a_value_comes_back_as_it_went_in(saved: Path, content: CellValue) -> None:
    change(saved, "B2", [[content]])
    assert value(saved, "B2") == content
    assert change(saved, "B2", [[content]]) is None


def test_characters_no_cell_can_hold_are_dropped(saved: Path) -> None:
    change(saved, "B2", [["a\x00\x0b\ud800b\r\nc\ufffe" + "字" * 40_000]])
    read = value(saved, "B2")
    assert isinstance(read, str)
    assert read.startswith("ab\nc字")
    assert len(read.encode("utf-16-le")) // 2 <= 32_767


def test_text_is_never_a_formula(saved: Path, office: Office) -> None:
    change(saved, "B2", [["=1+1"], ["=HYPERLINK(1)"]])
    with office.open(saved) as book:
        assert not {("结果", "B2"), ("结果", "B3")} & book.formulas("结果").keys()
        assert book.value("结果", "B2") == "=1+1"


def test_a_formula_shows_its_stored_result_until_recalculated(saved: Path, office: Office) -> None:
    change(saved, "B2", [[Formula('=A3&" & <"', "2 & <")], [Formula("=A3*2", 4)], [Formula('=""', "")]])
    assert [value(saved, cell) for cell in ("B2", "B3", "B4")] == ["2 & <", 4, None]
    with office.open(saved) as book:
        book.calculate()
        assert (book.value("结果", "B2"), book.value("结果", "B3")) == ("2 & <", 4)


def test_a_blank_takes_content_away_and_leaves_the_look(saved: Path) -> None:
    change(saved, "A2", [[None], [None]])
    assert (value(saved, "A2"), value(saved, "A3")) == (None, None)
    sheet = openpyxl.load_workbook(saved)["结果"]
    assert sheet["A2"].font.b


def test_a_new_cell_takes_the_look_of_its_column_or_of_its_blocks_first_row(saved: Path) -> None:
    change(saved, "A2", [["一", "甲"], ["二", "乙"], ["三", "丙"], *[["更多", "丁"]] * 30])
    sheet = openpyxl.load_workbook(saved)["结果"]
    assert sheet["B20"].alignment.wrapText
    assert sheet["A20"].font.b
    assert sheet.dimensions == "A1:D34"


def test_heights_are_estimated_unless_somebody_fixed_them(tmp_path: Path) -> None:
    path = tmp_path / "高.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("结果")
        sheet.write_string(0, 0, "x")
        sheet.set_row(1, 48)
        sheet.write_string(1, 0, "x")
    book = FileBook.open(path, writable=True)
    book.write(Ref("结果", "A1"), [["a"], ["b"], ["c"], ["d"]])
    book.fit("结果", {1: 33, 2: 44, 3: 55})
    book.save(NOW)
    rows = openpyxl.load_workbook(path)["结果"].row_dimensions
    assert [rows[row].height for row in (1, 2, 3, 4)] == [33, 48, 55, None]


# --- every other byte ---------------------------------------------------------------------------------


def test_other_members_are_copied_as_stored_bytes(saved: Path) -> None:
    before = saved.read_bytes()
    change(saved, "A2", [["新"]])
    old, new = members(before), members(saved.read_bytes())
    assert list(old) == list(new)
    assert [name for name in old if old[name] != new[name]] == ["xl/worksheets/sheet1.xml"]
    assert validator.problems(saved) == []


def test_what_stands_around_the_cells_stays(saved: Path) -> None:
    part = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(saved) as package:
        before = package.read(part).decode()
    change(saved, "A9", [["新"]])
    with zipfile.ZipFile(saved) as package:
        after = package.read(part).decode()
    assert after.partition("</sheetData>")[2] == before.partition("</sheetData>")[2]
    assert after.partition("<sheetData>")[0] == before.partition("<sheetData>")[0].replace("A1:D5", "A1:D9")


def test_the_same_again_changes_nothing(saved: Path) -> None:
    assert change(saved, "A2", [["新", Formula("=A3", 2)], [1, None]]) is not None
    before = saved.read_bytes()
    assert change(saved, "A2", [["新", Formula("=A3", 2)], [1, None]]) is None
    assert saved.read_bytes() == before
    assert len(list((saved.parent / BACKUPS).iterdir())) == 1


def test_odd_zips_are_copied_too(saved: Path) -> None:
    """Data descriptors, extra fields, comments, large-file fields, stored members."""
    odd = io.BytesIO()
    with zipfile.ZipFile(saved) as package, zipfile.ZipFile(odd, "w") as target:
        target.comment = b"ours"
        for number, name in enumerate(package.namelist()):
            entry = zipfile.ZipInfo(name, (2001, 2, 3, 4, 5, 6))
            entry.extra = struct.pack("<HH4s", 0xA220, 4, b"\0\0\0\0")
            entry.comment = b"c"
            entry.compress_type = zipfile.ZIP_STORED if number % 2 else zipfile.ZIP_DEFLATED
            with target.open(entry, "w", force_zip64=number % 3 == 0) as member:
                member.write(package.read(name))
    streamed = _Unseekable(odd.getvalue())
    for data in (odd.getvalue(), streamed.rewritten()):
        assert rewritten(data, {}) == data
        new = rewritten(data, {"xl/worksheets/sheet1.xml": b"<new/>"}, ["docProps/app.xml"])
        with zipfile.ZipFile(io.BytesIO(new)) as package:
            assert package.testzip() is None
            assert package.read("xl/worksheets/sheet1.xml") == b"<new/>"
            assert package.comment == b"ours"
        old, kept = members(data), members(new)
        assert {n for n in old if kept.get(n) != old[n]} == {"docProps/app.xml", "xl/worksheets/sheet1.xml"}
        assert list(kept) == [n for n in old if n != "docProps/app.xml"]


class _Unseekable(io.RawIOBase):
    """Writing into it leaves sizes behind the data, as programs do that write to a pipe."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.written += data
        return len(data)

    def rewritten(self) -> bytes:
        with zipfile.ZipFile(io.BytesIO(self.source)) as package, zipfile.ZipFile(self, "w") as target:
            target.comment = package.comment
            for member in package.infolist():
                entry = zipfile.ZipInfo(member.filename, member.date_time)
                entry.compress_type = member.compress_type
                with target.open(entry, "w") as writer:
                    writer.write(package.read(member))
        return bytes(self.written)


def test_members_in_one_place_are_refused(saved: Path) -> None:
    data = bytearray(saved.read_bytes())
    at = data.rfind(b"PK\x01\x02")
    data[at + 42 : at + 46] = struct.pack("<L", 0)
    with pytest.raises(NotCopied):
        rewritten(bytes(data), {})


def with_chain(path: Path) -> None:
    """Add a calculation chain as Excel does."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        b"</Types>", f'<Override PartName="/xl/calcChain.xml" ContentType="{kind}"/></Types>'.encode()
    )
    rels = "xl/_rels/workbook.xml.rels"
    parts[rels] = parts[rels].replace(
        b"</Relationships>",
        f'<Relationship Id="rId99" Type="{relation}" Target="calcChain.xml"/></Relationships>'.encode(),
    )
    parts["xl/calcChain.xml"] = f'<calcChain xmlns="{MAIN}"><c r="A3" i="1"/></calcChain>'.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)


def test_the_calculation_chain_goes_when_a_formula_goes(saved: Path) -> None:
    with_chain(saved)
    assert validator.problems(saved) == []
    change(saved, "B2", [["text"]])
    with zipfile.ZipFile(saved) as package:
        assert "xl/calcChain.xml" in package.namelist()
    change(saved, "A3", [["text"]])
    with zipfile.ZipFile(saved) as package:
        assert "xl/calcChain.xml" not in package.namelist()
        assert b"calcChain" not in package.read("[Content_Types].xml")
        assert b"calcChain" not in package.read("xl/_rels/workbook.xml.rels")
    assert validator.problems(saved) == []


# --- sheets as other programs write them --------------------------------------------------------------


def changes(cells: Mapping[Place, CellValue | Formula]) -> Changes:
    wanted = Changes()
    for place, value in cells.items():
        wanted.put(place, value)
    return wanted


def patched(xml: str, cells: Mapping[Place, CellValue | Formula], prefix: str = "") -> str:
    start = f"<{prefix}worksheet><{prefix}sheetData>"
    part = f"{start}{xml}</{prefix}sheetData></{prefix}worksheet>"
    new = SheetXml(part.encode()).patched(changes(cells), lambda _: None).decode()
    return new.removeprefix(start).removesuffix(f"</{prefix}sheetData></{prefix}worksheet>")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # other order of attributes, other quotes, attributes of other namespaces, spans too narrow
        (
            "<row spans='1:1' r='2' x:dy='0.25'><c t='s' s='4' r='A2'><v>0</v></c></row>",
            "<row r='2' x:dy='0.25'><c t='s' s='4' r='A2'><v>0</v></c>NEW</row>",
        ),
        # rows and cells without address
        ("<row/><row><c><v>1</v></c></row>", '<row/><row r="2"><c r="A2"><v>1</v></c>NEW</row>'),
        # a row that closes itself, one that is missing, cells behind the new one
        ('<row r="2" ht="9"/>', '<row r="2" ht="9">NEW</row>'),
        ('<row r="1"/><row r="3"/>', '<row r="1"/><row r="2">NEW</row><row r="3"/>'),
        ("", '<row r="2">NEW</row>'),
        ('<row r="2"><c r="C2"/></row>', '<row r="2">NEW<c r="C2"/></row>'),
        # what is written over keeps its look and nothing else
        ('<row r="2"><c r="B2" s="7" t="e" cm="1"><f>A1</f><v>#N/A</v></c></row>', '<row r="2">NEW7</row>'),
        ('<row r="2"><c r="B2" s="7"/></row>', '<row r="2">NEW7</row>'),
    ],
)
def test_rows_however_written(before: str, after: str) -> None:
    for name in ("NEW7", "NEW"):
        look = ' s="7"' if name == "NEW7" else ""
        after = after.replace(
            name, f'<c r="B2"{look} t="inlineStr"><is><t xml:space="preserve">新</t></is></c>'
        )
    assert patched(before, {(2, 2): "新"}) == after


def test_a_prefix_of_the_elements_is_kept() -> None:
    new = patched('<x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row>', {(2, 1): 5}, prefix="x:")
    assert new.endswith('<x:row r="2"><x:c r="A2"><x:v>5</x:v></x:c></x:row>')


def test_sheet_without_cells() -> None:
    part = b'<worksheet><dimension ref="A1"/><sheetData/><pageMargins/></worksheet>'
    new = SheetXml(part).patched(changes({(2, 2): 1}), lambda _: None)
    assert new == (
        b'<worksheet><dimension ref="A1:B2"/><sheetData><row r="2"><c r="B2"><v>1</v></c></row></sheetData>'
        b"<pageMargins/></worksheet>"
    )


SHARED = (
    '<row r="1"><c r="B1"><f t="shared" ref="B1:B3" si="0">$A1*2+\'a1\'!C$4&amp;"A1"</f><v>1</v></c></row>'
    '<row r="2"><c r="B2"><f t="shared" si="0"/><v>2</v></c></row>'
    '<row r="3"><c r="B3"><f si="0" t="shared"/><v>3</v></c></row>'
)


def test_formulas_that_share_a_text_are_read_in_their_own_words() -> None:
    xml = SheetXml(f"<worksheet><sheetData>{SHARED}</sheetData></worksheet>".encode())
    assert xml.formulas() == {
        (1, 2): "=$A1*2+'a1'!C$4&\"A1\"",
        (2, 2): "=$A2*2+'a1'!C$4&\"A1\"",
        (3, 2): "=$A3*2+'a1'!C$4&\"A1\"",
    }


def test_one_formula_is_read_as_among_all() -> None:
    cells = (
        '<row r="1"><c r="A1" s="1"/><c r="B1" t="str"><f>"&amp;lt;"&amp;A1&lt;&gt;"年"&#33;</f><v>年</v></c></row>'
        '<row r="2"><c s="2" r="A2"><f>1+1</f><v>2</v></c><c r="B2"><f a="1">2</f></c><c r="C2"><v>3</v></c></row>'
    )
    part = f"<worksheet><sheetData>{cells}</sheetData></worksheet>".encode()
    everything = SheetXml(part).formulas()
    for places in ([(2, 3), (1, 2), (2, 1), (2, 2), (1, 1), (9, 9)], [(1, 1)], [(2, 1)]):
        xml = SheetXml(part)
        assert [xml.formula_at(place) for place in places] == [everything.get(place, "") for place in places]
    assert everything[1, 2] == '="&lt;"&A1<>"年"!'
    shared = SheetXml(f"<worksheet><sheetData>{SHARED}</sheetData></worksheet>".encode())
    assert shared.formula_at((3, 2)) == "=$A3*2+'a1'!C$4&\"A1\""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '<c r="B2" s="7" t="str"><f>A1</f><v>旧</v></c>',
            '<c r="B2" s="7" t="str"><f>A1</f><v>新&amp;</v></c>',
        ),
        ('<c r="B2"><f>A1</f><v>1</v></c>', '<c r="B2" t="str"><f>A1</f><v>新&amp;</v></c>'),
        ('<c r="B2" t="str"><f>A1</f></c>', '<c r="B2" t="str"><f>A1</f><v>新&amp;</v></c>'),
        ('<c t="b" r="B2" cm="1"><f>A1</f><v/></c>', '<c r="B2" cm="1" t="str"><f>A1</f><v>新&amp;</v></c>'),
        (
            '<c r="B2" t="str"><f ca="1">"年"</f><v>旧</v></c>',
            '<c r="B2" t="str"><f ca="1">"年"</f><v>新&amp;</v></c>',
        ),
        ('<c r="B2" t="str"><f>A1</f><v>新&amp;</v></c>', '<c r="B2" t="str"><f>A1</f><v>新&amp;</v></c>'),
        ('<c r="B2" t="s"><v>4</v></c>', '<c r="B2" t="s"><v>4</v></c>'),
    ],
)
@pytest.mark.parametrize("asked", [True, False])
def test_a_formula_shows_another_result_and_nothing_else_changes(
    before: str, after: str, asked: bool
) -> None:
    frame = '<worksheet><sheetData><row r="1"><c r="A1" t="str"><f>"前"</f><v>前</v></c></row><row r="2">{}</row><row r="3"><c r="A3" t="inlineStr"><is><t>后</t></is></c></row></sheetData><x t="尾"/></worksheet>'
    xml = SheetXml(frame.format(before).encode())
    if asked:
        xml.formula_at((2, 2))
    wanted = Changes()
    wanted.show((2, 2), "新&")
    held = "新&" if before == after and "<f>" in before else "旧"
    assert xml.patched(wanted, lambda _: held).decode() == frame.format(after)


def test_no_formula_is_left_without_the_text_it_shared() -> None:
    new = patched(SHARED, {(1, 2): "weg"})
    assert "shared" not in new
    assert "<f>$A3*2+'a1'!C$4&amp;\"A1\"</f>" in new


@pytest.mark.parametrize(
    "part",
    [
        b"<worksheet/>",
        b"<worksheet><sheetData>",
        b"<worksheet><sheetData><!-- <row> --></sheetData></worksheet>",
        b"<worksheet><!-- <sheetData> --><sheetData></sheetData></worksheet>",
        b'<worksheet><sheetData><row r="2"/><row r="1"/></sheetData></worksheet>',
        b"\xff\xfe<worksheet/>",
    ],
)
def test_what_cannot_be_patched_is_refused(part: bytes) -> None:
    with pytest.raises(NotPatched):
        SheetXml(part).patched(changes({(2, 2): 1}), lambda _: None)


def saved_by(program: str, source: Path, office: Office) -> Path:
    target = source.with_name(f"{program}.xlsx")
    if program == "openpyxl":
        openpyxl.load_workbook(source).save(target)
    else:
        with office.open(source) as book:
            book.save_as_xlsx(target)
    return target


@pytest.mark.parametrize("program", ["openpyxl", "libreoffice"])
def test_files_of_other_programs(program: str, saved: Path, office: Office) -> None:
    path = saved_by(program, saved, office)
    change(path, "A2", [["新", 1.5], [Formula("=B2*2", 3), "=x"], *[["行", None]] * 40])
    with office.open(path) as book:
        book.calculate()
        assert book.value("结果", "A3") == 3
        assert book.value("结果", "B3") == "=x"
        assert book.value("结果", "A43") == "行"
    assert change(path, "A2", [["新", 1.5], [Formula("=B2*2", 3), "=x"], *[["行", None]] * 40]) is None


# --- the file on disk ---------------------------------------------------------------------------------


def unchanged(path: Path, before: bytes) -> None:
    assert path.read_bytes() == before
    assert [
        each.name for each in path.parent.iterdir() if each.suffix in (".xlsx", "") and each != path
    ] == []


@pytest.mark.parametrize("owner", ["~${}", ".~{}", ".~lock.{}#"])
def test_a_file_open_elsewhere_is_left_alone(saved: Path, owner: str) -> None:
    before = saved.read_bytes()
    lock = saved.with_name(owner.format(saved.name))
    lock.touch()
    with pytest.raises(InUse, match="正在别的程序里打开，请先保存并关闭") as refused:
        change(saved, "A2", [["新"]])
    assert refused.value.exit_status == 3
    lock.unlink()
    unchanged(saved, before)


def test_a_file_changed_since_it_was_read_is_left_alone(saved: Path) -> None:
    book = FileBook.open(saved, writable=True)
    book.write(Ref("结果", "A2"), [["新"]])
    change(saved, "A2", [["别人的"]])
    before = saved.read_bytes()
    with pytest.raises(InUse, match="被别的程序改动了"):
        book.save(NOW)
    assert saved.read_bytes() == before
    saved.unlink()
    with pytest.raises(InUse):
        book.save(NOW)
    assert not saved.exists()


def test_a_file_changed_while_it_is_written_is_left_alone(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xl_perfeval.books import patching

    keep = patching._keep  # pyright: ignore[reportPrivateUsage]

    def keep_and_touch(path: Path, data: bytes, backup: Path) -> None:
        keep(path, data, backup)
        with path.open("ab") as file:
            file.write(b" ")

    monkeypatch.setattr(patching, "_keep", keep_and_touch)
    before = saved.read_bytes()
    with pytest.raises(InUse):
        change(saved, "A2", [["新"]])
    unchanged(saved, before + b" ")


def test_the_state_before_is_kept(saved: Path) -> None:
    before = saved.read_bytes()
    saved.chmod(0o640)
    backup = change(saved, "A2", [["新"]])
    assert backup == saved.parent / BACKUPS / "表 一_20210308-093000.xlsx"
    assert backup.read_bytes() == before
    assert saved.stat().st_mode & 0o777 == 0o640
    saved.write_bytes(saved.read_bytes())
    assert backup.read_bytes() == before


def test_where_files_have_no_second_name_the_state_before_is_copied(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", refuse)
    before = saved.read_bytes()
    backup = change(saved, "A2", [["新"]])
    assert backup is not None
    assert backup.read_bytes() == before
    assert value(saved, "A2") == "新"


def test_the_last_ten_states_are_kept_and_nothing_else_is_touched(saved: Path) -> None:
    folder = saved.parent / BACKUPS
    folder.mkdir()
    others = [folder / "表 一.xlsx", folder / "别的_20210308-093000.xlsx", folder / "表 一_20210308.xlsx"]
    for other in others:
        other.touch()
    for number in range(KEPT + 5):
        book = FileBook.open(saved, writable=True)
        book.write(Ref("结果", "A2"), [[f"第{number}次"]])
        book.save(NOW + timedelta(seconds=number // 2))
    ours = [each for each in folder.iterdir() if each not in others]
    assert len(ours) == KEPT
    assert all(other.exists() for other in others)
    newest = max(ours, key=lambda each: (each.stem.split("-")[1], each.stem))
    assert value(newest, "A2") == f"第{KEPT + 3}次"


def test_a_read_only_file_is_left_alone(saved: Path) -> None:
    before = saved.read_bytes()
    saved.chmod(0o444)
    with pytest.raises(saving.NotSaved, match="是只读的"):
        change(saved, "A2", [["新"]])
    unchanged(saved, before)


def test_a_signed_file_is_left_alone(saved: Path) -> None:
    with zipfile.ZipFile(saved, "a") as package:
        package.writestr("_xmlsignatures/sig1.xml", "<Signature/>")
    before = saved.read_bytes()
    with pytest.raises(saving.NotSaved, match="数字签名"):
        change(saved, "A2", [["新"]])
    unchanged(saved, before)


def test_a_link_to_a_file_stays_a_link(saved: Path, tmp_path: Path) -> None:
    link = tmp_path / "快捷.xlsx"
    link.symlink_to(saved)
    change(link, "A2", [["新"]])
    assert link.is_symlink()
    assert value(saved, "A2") == "新"


CHILD = """
import resource, sys
from datetime import datetime
from pathlib import Path
from xl_perfeval import saving
from xl_perfeval.books.file import FileBook
from xl_perfeval.model import Ref
import os
path, limit, user = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
book = FileBook.open(path, writable=True)
book.write(Ref("结果", "A2"), [["新"]])
if user:
    os.setuid(user)
if limit:
    import signal
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    book.save(datetime(2021, 3, 8))
except saving.NotSaved as error:
    sys.stdout.buffer.write(str(error).encode())
"""


def child(path: Path, *, limit: int = 0, user: int = 0) -> str:
    command = [sys.executable, "-c", CHILD, str(path), str(limit), str(user)]
    done = subprocess.run(command, check=True, capture_output=True, cwd=Path(__file__).parents[1])
    return done.stdout.decode()


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_full_disk_leaves_the_file_as_it_was(saved: Path, share: float) -> None:
    before = saved.read_bytes()
    assert "磁盘空间不够" in child(saved, limit=max(1, int(len(before) * share)))
    unchanged(saved, before)
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


def test_a_folder_one_may_not_write_to(saved: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(shutil.copy(saved, folder))
        path.chmod(0o666)
        Path(folder).chmod(0o555)
        before = path.read_bytes()
        nobody = 65534 if os.getuid() == 0 else 0  # root may write everywhere
        assert "没有权限" in child(path, user=nobody)
        unchanged(path, before)
        Path(folder).chmod(0o755)
