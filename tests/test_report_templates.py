"""Report templates that staff edit: what they may change, and how a broken one is refused."""

from __future__ import annotations

import io
import random
import re
import subprocess
import zipfile
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import docx
import msoffcrypto
import pytest
from docx.enum.section import WD_SECTION
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from tests.commands import call
from tests.docx_reading import Document, attribute, find, style_of
from tests.test_report import MINISTRY, SAMPLE, SCORED
from tests.validator import problems
from xl_perfeval import actions, forms, report, saving, template
from xl_perfeval.model import FormField, Paragraph

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from docx.document import Document as Editable

    from xl_perfeval.model import Edition, Submission

NOW = datetime(2021, 3, 8, 9, 30, tzinfo=UTC)
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a4944415478da6368000000"
    "820081da45083b0000000049454e44ae426082"
)


def edited(
    folder: Path,
    change: Callable[[Editable], object],
    name: str = "报告模板.docx",
    edition: Edition = SAMPLE.edition,
) -> Path:
    """The program's own template as someone changed and saved it."""
    document = docx.Document(io.BytesIO(report.own_template(edition)))
    change(document)
    path = folder / name
    document.save(str(path))
    return path


def written(
    folder: Path, template: Path, submission: Submission = SAMPLE, notes: Sequence[str] = ()
) -> Document:
    """The report in this template, which must be a valid document and lack nothing but `notes`."""
    path = folder / "out.docx"
    assert report.write(submission, submission.paragraphs, path, template) == list(notes)
    assert problems(path) == []
    return Document(path)


def refused(folder: Path, template: Path, submission: Submission = SAMPLE) -> str:
    """Why a template is refused; nothing may have been written."""
    before = sorted(folder.rglob("*"))
    with pytest.raises(report.BrokenTemplate) as refusal:
        actions.write_report(submission, folder / "报告.docx", NOW, template)
    assert sorted(folder.rglob("*")) == before
    assert f"“{template.name}”" in str(refusal.value)
    return str(refusal.value)


def placed(document: Editable, placeholder: str) -> Any:
    """The paragraph that holds a placeholder."""
    return next(each for each in document.paragraphs if f"{{{{{placeholder}}}}}" in each.text)


# --- what staff may change ----------------------------------------------------------------------------


def test_the_own_template_goes_the_same_way(tmp_path: Path) -> None:
    path = tmp_path / "模板.docx"
    path.write_bytes(report.own_template(SAMPLE.edition))
    report.write(SAMPLE, SAMPLE.paragraphs, tmp_path / "own.docx")
    report.write(SAMPLE, SAMPLE.paragraphs, tmp_path / "saved.docx", path)
    assert (tmp_path / "own.docx").read_bytes() == (tmp_path / "saved.docx").read_bytes()
    assert problems(path) == []


def test_every_placeholder_of_the_own_template_is_known_and_explained() -> None:
    for edition in map(forms.load, forms.editions()):
        known = report.placeholders(edition)
        said = zipfile.ZipFile(io.BytesIO(report.own_template(edition))).read("word/document.xml").decode()
        used = set(re.findall(r"\{\{([^{}]+)\}\}", said))
        assert used <= set(known)
        assert {name for name, each in known.items() if not each.meaning.startswith("首页")} - used <= {
            "项目个数"
        }
        assert all(each.meaning for each in known.values())


def test_order_and_fixed_text_are_those_of_the_template(tmp_path: Path) -> None:
    def change(document: Editable) -> None:
        body = document.element.body
        results = placed(document, "项目支出主要绩效")._p
        heading = results.getprevious()
        first = document.paragraphs[1]._p
        first.addprevious(heading)
        first.addprevious(results)
        document.paragraphs[1].runs[0].text = "一、主要成效"
        body.insert(0, deepcopy(placed(document, "报告日期")._p))
        document.add_paragraph("（此件公开发布，{{年度}}年共{{项目个数}}个项目）")

    found = written(tmp_path, edited(tmp_path, change))
    assert found.paragraphs[0].text == "2021年3月8日"
    assert found.texts("Heading1")[0] == "一、主要成效"
    assert found.blocks[-1].text == "（此件公开发布，2020年共4个项目）"  # type: ignore[union-attr]
    assert found.paragraphs[3].text.startswith("高企培育")


def test_cover_header_table_and_logo_stay(tmp_path: Path) -> None:
    def change(document: Editable) -> None:
        title = document.paragraphs[0]
        title.insert_paragraph_before("").add_run().add_picture(io.BytesIO(PIXEL), width=Mm(20))
        table = document.add_table(2, 2)
        title._p.addprevious(table._tbl)
        for row, (label, field) in zip(
            table.rows, (("单位", "单位名称"), ("主管部门", "主管部门")), strict=True
        ):
            row.cells[0].text, row.cells[1].text = label, f"{{{{{field}}}}}"
        document.sections[0].header.paragraphs[0].text = "{{单位名称}}·{{年度}}年"

    found = written(tmp_path, edited(tmp_path, change), replace(SCORED, edition=SAMPLE.edition))
    assert found.tables[0] == [["单位", "示例区科学技术局"], ["主管部门", "示例区科学技术局"]]
    headers = [name for name in (each.filename for each in found.members) if "header" in name]
    assert ["".join(found.part(name).itertext()) for name in headers] == ["示例区科学技术局·2020年"]
    assert any("media" in each.filename for each in found.members)
    drawings = find(found.body, ".//wp:docPr/@id")
    assert len(drawings) == len(set(drawings)) > 1


def test_a_placeholder_may_be_split_over_runs_and_typed_wide(tmp_path: Path) -> None:
    def change(document: Editable) -> None:
        for name, pieces in (
            ("报告日期", ["{", "{报", "告 日", "期}", "}"]),
            ("存在的问题", ["｛｛存在", "的问题 ｝", "｝"]),
        ):
            paragraph = placed(document, name)
            paragraph.clear()
            for number, piece in enumerate(pieces):
                paragraph.add_run(piece).bold = number % 2 == 1

    found = written(tmp_path, edited(tmp_path, change))
    assert found.texts("PEDate") == ["2021年3月8日"]
    assert "个别工作推进偏慢" in found.plain()
    assert "{" not in found.plain()


def test_text_takes_the_looks_of_its_placeholder(tmp_path: Path) -> None:
    def change(document: Editable) -> None:
        paragraph = placed(document, "项目支出主要绩效")
        paragraph.paragraph_format.left_indent = Mm(10)
        paragraph.paragraph_format.page_break_before = True
        paragraph.runs[0].font.size = Pt(14)

    found = written(tmp_path, edited(tmp_path, change))
    texts = [each.text for each in SAMPLE.paragraphs if each.section == "results"]
    own = [each for each in find(found.body, "w:p") if "".join(each.itertext()) in texts]
    assert len(own) == len(texts) > 1
    assert [bool(find(each, "w:pPr/w:pageBreakBefore")) for each in own] == [True] + [False] * (
        len(texts) - 1
    )
    for each in own:
        assert attribute(find(each, "w:pPr/w:ind")[0], "left") == "567"
        assert {attribute(size, "val") for size in find(each, ".//w:rPr/w:sz")} == {"28"}


def test_tables_and_charts_fit_the_margins_of_the_template(tmp_path: Path) -> None:
    def change(document: Editable) -> None:
        document.sections[0].left_margin = document.sections[0].right_margin = Mm(20)

    found = written(tmp_path, edited(tmp_path, change))
    room = 11906 - 2 * 1134
    for table in find(found.body, "w:tbl"):
        assert int(find(table, "w:tblPr/w:tblW/@w:w")[0]) == pytest.approx(room, abs=2)
    assert {chart.size[0] // 635 for chart in found.charts} == {found.charts[0].size[0] // 635}
    assert found.charts[0].size[0] / 635 == pytest.approx(room, abs=2)


def test_text_set_in_tables_may_be_larger(tmp_path: Path) -> None:
    def change(document: Editable) -> None:
        document.styles["表格文字"].font.size = Pt(14)

    widths = find(written(tmp_path, edited(tmp_path, change)).body, "w:tbl[1]/w:tblGrid/w:gridCol/@w:w")
    assert int(widths[1]) >= 4 * 280  # 经常性, 项目类型 still on one line


def test_styles_are_found_by_name(tmp_path: Path) -> None:
    """Word and WPS in Chinese give styles ids of their own: a3, 1, 16."""
    own = zipfile.ZipFile(io.BytesIO(report.own_template(SAMPLE.edition)))
    ids = {name: f"a{number}" for number, name in enumerate(
        re.findall(r'w:styleId="(\w+)"', own.read("word/styles.xml").decode())
    )}  # fmt: skip
    path = tmp_path / "模板.docx"
    with zipfile.ZipFile(path, "w") as changed:
        for name in own.namelist():
            content = own.read(name).decode()
            content = re.sub(
                r'((?:w:styleId|(?:w:pStyle|w:basedOn|w:next|w:tblStyle) w:val)=")(\w+)(?=")',
                lambda found: found[1] + ids[found[2]], content,
            )  # fmt: skip
            changed.writestr(name, content)
    found = written(tmp_path, path)
    report.write(SAMPLE, SAMPLE.paragraphs, tmp_path / "own.docx")
    assert found.plain() == Document(tmp_path / "own.docx").plain()
    assert {style_of(each) for each in find(found.body, ".//w:p")} <= set(ids.values())


def test_a_template_saved_by_another_program_works(tmp_path: Path) -> None:
    """LibreOffice splits every placeholder into three runs and renames the styles."""
    plain = tmp_path / "报告模板.docx"
    plain.write_bytes(report.own_template(MINISTRY))
    command = ["soffice", "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
               "--convert-to", "docx:MS Word 2007 XML", "--outdir", tmp_path / "saved", plain]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    saved = tmp_path / "saved" / plain.name
    assert b"<w:t>{{</w:t>" in zipfile.ZipFile(saved).read("word/document.xml")
    out = tmp_path / "out.docx"
    assert report.write(SCORED, SAMPLE.paragraphs, out, saved) == []
    report.write(SCORED, SAMPLE.paragraphs, tmp_path / "own.docx")
    assert Document(out).plain().casefold() == Document(tmp_path / "own.docx").plain().casefold()


def test_missing_styles_are_supplied_and_named(tmp_path: Path) -> None:
    def change(document: Editable) -> None:
        for style in list(document.styles.element.style_lst):
            if style.name_val in {"表格文字", "绩效表格", "heading 3"}:
                document.styles.element.remove(style)

    note = "模板里没有样式“表格文字”“绩效表格”“标题 3”，用了自带的样式。"
    found = written(tmp_path, edited(tmp_path, change), notes=[note])
    assert find(found.style("PETableText"), "w:rPr/w:sz/@w:val") == ["21"]
    assert len(found.texts("Heading3")) == 4


def test_what_a_template_leaves_out_is_said(tmp_path: Path) -> None:
    def change(document: Editable) -> None:
        for name in ("资金概况表", "预算支出图"):
            paragraph = placed(document, name)._p
            paragraph.getparent().remove(paragraph)

    found = written(tmp_path, edited(tmp_path, change), notes=["模板里没有“{{资金概况表}}”，报告里就没有资金概况表，上面带“金额单位：万元”。"])  # fmt: skip
    assert len(found.tables) == 4
    assert len(found.charts) == 2


def wide(submission: Submission) -> Submission:
    """The sample with a matrix too wide for an upright page."""
    matrix = submission.edition.table("matrix")
    more = tuple(FormField(key=f"more{n}", name=f"M{n}", label="可持续影响") for n in range(3))
    tables = {**submission.edition.tables, "matrix": replace(matrix, fields=matrix.fields + more)}
    return replace(submission, edition=replace(submission.edition, tables=tables))


def test_wide_tables_keep_the_cover_and_its_numbering(tmp_path: Path) -> None:
    def change(document: Editable) -> None:
        section = document.sections[0]
        section.different_first_page_header_footer = True
        section.header.paragraphs[0].text = "内部资料"
        numbers = section._sectPr.makeelement(qn("w:pgNumType"), {qn("w:start"): "0"})
        section._sectPr.find(qn("w:pgMar")).addnext(numbers)

    found = written(tmp_path, edited(tmp_path, change), wide(SAMPLE))
    sections = find(found.body, ".//w:sectPr")
    assert [attribute(find(each, "w:pgSz")[0], "orient") for each in sections] == ["", "landscape", ""]
    assert [bool(find(each, "w:titlePg")) for each in sections] == [True, False, False]
    assert [find(each, "w:pgNumType/@w:start") for each in sections] == [["0"], [], []]
    assert all(find(each, "w:headerReference") for each in sections)


def test_sections_of_the_template_stay(tmp_path: Path) -> None:
    """Staff put the annex on pages turned sideways by themselves, with a section break behind a placeholder."""

    def change(document: Editable) -> None:
        section = document.add_section(WD_SECTION.NEW_PAGE)
        section.page_width, section.page_height = section.page_height, section.page_width
        ending = document.sections[0]._sectPr
        last = placed(document, "报告日期")._p
        holder = ending.getparent().getparent()
        last.get_or_add_pPr().append(ending)
        holder.getparent().remove(holder)

    found = written(tmp_path, edited(tmp_path, change, edition=MINISTRY), SCORED)
    sections = find(found.body, ".//w:sectPr")
    assert [attribute(find(each, "w:pgSz")[0], "w") for each in sections] == ["11906", "16838"]
    widths = [int(find(table, "w:tblPr/w:tblW/@w:w")[0]) for table in find(found.body, "w:tbl")]
    assert widths[-8:] == [16838 - 1587 - 1474] * 8


def test_a_report_may_become_a_template(tmp_path: Path) -> None:
    report.write(SAMPLE, SAMPLE.paragraphs, tmp_path / "去年.docx")
    document = docx.Document(str(tmp_path / "去年.docx"))
    own = docx.Document(io.BytesIO(report.own_template(SAMPLE.edition)))
    section = document.element.body[-1]
    for each in list(own.element.body)[:-1]:
        section.addprevious(deepcopy(each))
    document.save(str(tmp_path / "模板.docx"))
    fresh = Paragraph(section="results", text="新的成效。", id="results/1")
    out = tmp_path / "out.docx"
    report.write(SAMPLE, [fresh], out, tmp_path / "模板.docx")
    found = Document(out)
    assert problems(out) == []
    assert found.bookmarks == {report.bookmarks([fresh])[0]: "新的成效。"}
    records = [m.filename for m in found.members if re.fullmatch(r"customXml/item\d+\.xml", m.filename)]
    assert len(records) == 1
    assert found.part(records[0])[0].get("hash") == report.fingerprint("新的成效。")


def test_a_word_template_is_taken_too(tmp_path: Path) -> None:
    own = zipfile.ZipFile(io.BytesIO(report.own_template(SAMPLE.edition)))
    path = tmp_path / "模板.dotx"
    with zipfile.ZipFile(path, "w") as changed:
        for name in own.namelist():
            changed.writestr(name, own.read(name).replace(b"document.main+xml", b"template.main+xml"))
    assert written(tmp_path, path).texts("Title")


def test_a_document_never_ends_with_a_table(tmp_path: Path) -> None:
    def change(document: Editable) -> None:
        document.element.body[-1].addprevious(placed(document, "资金概况表")._p)

    *_, table, last, section = written(tmp_path, edited(tmp_path, change)).body
    assert [each.tag.rpartition("}")[2] for each in (table, last, section)] == ["tbl", "p", "sectPr"]


def test_a_table_of_contents_is_to_be_updated(tmp_path: Path) -> None:
    def change(document: Editable) -> None:
        run = document.paragraphs[0].insert_paragraph_before("").add_run()
        for kind in ("begin", "separate", "end"):
            run._r.append(docx.oxml.OxmlElement("w:fldChar", {qn("w:fldCharType"): kind}))
            if kind == "begin":
                code = docx.oxml.OxmlElement("w:instrText")
                code.text = r' TOC \o "1-3" '
                run._r.append(code)

    note = "模板里有目录；请在 Word 里点右键“更新域”，目录里的页码才是对的。"
    written(tmp_path, edited(tmp_path, change), notes=[note])


def linked(kind: str, target: str) -> Callable[[Editable], None]:
    """Someone linked to something outside of the document."""

    def change(document: Editable) -> None:
        relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        settings = document.part.part_related_by(f"{relations}/settings")
        part = settings if kind == "attachedTemplate" else document.part
        key = part.relate_to(target, f"{relations}/{kind}", is_external=True)
        if kind == "attachedTemplate":
            element = docx.oxml.OxmlElement("w:attachedTemplate", {qn("r:id"): key})
            document.settings.element.find(qn("w:zoom")).addnext(element)

    return change


def test_the_template_behind_the_template_is_forgotten(tmp_path: Path) -> None:
    path = edited(tmp_path, linked("attachedTemplate", "file:///C:/Normal.dotm"))
    found = written(tmp_path, path)
    assert not find(found.part("word/settings.xml"), "w:attachedTemplate")
    assert not [each for each in found.members if each.filename == "word/_rels/settings.xml.rels"]


def test_links_that_people_click_may_stay(tmp_path: Path) -> None:
    written(tmp_path, edited(tmp_path, linked("hyperlink", "https://example.gov.cn")))


def test_what_would_be_fetched_is_refused(tmp_path: Path) -> None:
    text = refused(tmp_path, edited(tmp_path, linked("image", "https://example.com/logo.png")))
    assert "链接到别处的图片" in text


# --- what is refused ----------------------------------------------------------------------------------


def typed(old: str, new: str) -> Callable[[Editable], None]:
    """Someone wrote `new` for a placeholder."""

    def change(document: Editable) -> None:
        placed(document, old).runs[0].text = new

    return change


def moved(name: str, to: str) -> Callable[[Editable], None]:
    """Someone moved a placeholder into a table cell, the header or a sentence."""

    def change(document: Editable) -> None:
        paragraph = placed(document, name)
        paragraph._p.getparent().remove(paragraph._p)
        if to == "表格":
            document.add_table(1, 1).cell(0, 0).text = paragraph.text
        elif to == "页眉":
            document.sections[0].header.paragraphs[0].text = paragraph.text
        else:
            document.paragraphs[3].add_run(f"{paragraph.text}见上。")

    return change


def doubled(document: Editable) -> None:
    """Someone copied a placeholder."""
    paragraph = placed(document, "绩效目标表")._p
    paragraph.addnext(deepcopy(paragraph))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (typed("单位名称", "{{单位名}}\n{{年度}}"), "没有“{{单位名}}”这个占位符，是不是“{{单位名称}}”？"),
        (typed("有关建议", "{{建议}}"), "缺少“{{有关建议}}”"),
        (typed("资金概况表", "{{甲乙丙}}"), "可以用的有：单位名称、"),
        (typed("存在的问题", ""), "缺少“{{存在的问题}}”，“四、存在的问题”的文字就没有地方放"),
        (typed("绩效目标表", "{{绩效目标表"), "大括号不成对"),
        (typed("绩效目标表", "{绩效目标表}"), "“{绩效目标表}”的大括号要写两个：“{{绩效目标表}}”"),
        (doubled, "“{{绩效目标表}}”出现了 2 次，只能有一次"),
        (moved("资金概况表", "表格"), "“{{资金概况表}}”放在了表格里；请移到正文中，单独占一段"),
        (moved("有关建议", "页眉"), "“{{有关建议}}”放在了页眉里"),
        (moved("执行率图", "句子"), "“{{执行率图}}”要单独占一段"),
    ],
)  # fmt: skip
def test_misplaced_placeholders_are_named(
    tmp_path: Path, change: Callable[[Editable], None], said: str
) -> None:
    assert said in refused(tmp_path, edited(tmp_path, change))


def test_all_faults_are_listed_at_once(tmp_path: Path) -> None:
    def change(document: Editable) -> None:
        typed("有关建议", "{{有关建义}}")(document)
        doubled(document)

    text = refused(tmp_path, edited(tmp_path, change))
    assert text.startswith("模板“报告模板.docx”有 3 处要改，报告没有写出：\n  1. ")
    assert text.count("\n  ") == 3


def test_a_template_for_another_form_is_recognised(tmp_path: Path) -> None:
    text = refused(tmp_path, edited(tmp_path, lambda _: None), SCORED)
    assert text.endswith("另存一份，再把改动搬过去。")
    assert "照另一种表样做的" in text


def test_a_text_box_is_no_place_for_a_table(tmp_path: Path) -> None:
    def change(document: Editable) -> None:
        paragraph = placed(document, "资金概况表")
        box = "<w:p {0}><w:r><w:pict><v:shape xmlns:v='urn:schemas-microsoft-com:vml'><v:textbox><w:txbxContent>{1}</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>"
        word = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
        inside = (
            "<w:p><w:r><w:t>{{资金概况表}}</w:t></w:r></w:p><w:p><w:r><w:t>{{单位名称}}</w:t></w:r></w:p>"
        )
        element = docx.oxml.parse_xml(box.format(word, inside))
        paragraph._p.getparent().replace(paragraph._p, element)

    text = refused(tmp_path, edited(tmp_path, change))
    assert "“{{资金概况表}}”放在了文本框里" in text
    assert "单位名称" not in text


def own_parts() -> dict[str, bytes]:
    """The members of the program's own template."""
    own = zipfile.ZipFile(io.BytesIO(report.own_template(SAMPLE.edition)))
    return {name: own.read(name) for name in own.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    """A zip of these members."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return written.getvalue()


def encrypted() -> bytes:
    """The template with a password."""
    written = io.BytesIO()
    msoffcrypto.OfficeFile(io.BytesIO(report.own_template(SAMPLE.edition))).encrypt("密码", written)
    return written.getvalue()


def with_macros() -> bytes:
    """A document with macros that was renamed to .docx."""
    parts = own_parts()
    types = parts["[Content_Types].xml"].replace(
        b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        b"application/vnd.ms-word.document.macroEnabled.main+xml",
    )
    return packed({**parts, "[Content_Types].xml": types, "word/vbaProject.bin": b"x"})


def a_workbook(folder: Path) -> bytes:
    """A workbook that was renamed to .docx."""
    template.build(SAMPLE, folder / "表.xlsx")
    return (folder / "表.xlsx").read_bytes()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("模板.docx", b"", "是空文件"),
        ("模板.docx", b"hello", "不是 Word 文档，或已经损坏"),
        ("模板.docx", b"\xd0\xcf\x11\xe0" + bytes(600), "是旧格式的文档"),
        ("模板.doc", b"\xd0\xcf\x11\xe0", "另存为“Word 文档（.docx）”"),
        ("模板.wps", b"", "是旧格式的文档"),
        ("模板.docm", b"", "带宏"),
        ("模板.pdf", b"%PDF", "不是 Word 文档"),
        ("模板.docx", encrypted, "加了打开密码"),
        ("模板.docx", with_macros, "里面有宏"),
        ("模板.docx", lambda: packed({"a.txt": b"x"}), "不是 Word 文档"),
        ("模板.docx", lambda: packed({**own_parts(), "word/document.xml": b"<w:document"}), "已经损坏"),
        ("模板.docx", lambda: packed({**own_parts(), "word/media/x.bin": bytes(210 * 2**20)}), "内容太多"),
        ("模板.docx", lambda: packed({n: c for n, c in own_parts().items() if "styles" not in n}), "已经损坏"),
    ],
)  # fmt: skip
def test_what_is_no_template_is_refused(
    tmp_path: Path, name: str, content: bytes | Callable[[], bytes], said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content())
    text = refused(tmp_path, path)
    assert said in text
    assert "\n" not in text


def test_a_workbook_is_no_template(tmp_path: Path) -> None:
    path = tmp_path / "模板.docx"
    path.write_bytes(a_workbook(tmp_path))
    assert "不是 Word 文档" in refused(tmp_path, path)


def test_a_folder_and_a_missing_file_are_named(tmp_path: Path) -> None:
    (tmp_path / "夹.docx").mkdir()
    assert "没有打开" in refused(tmp_path, tmp_path / "夹.docx")
    with pytest.raises(saving.NotSaved, match="没有找到模板"):
        report.write(SAMPLE, (), tmp_path / "out.docx", tmp_path / "没有.docx")


def test_damage_anywhere_is_refused_or_harmless(tmp_path: Path) -> None:
    own = report.own_template(SAMPLE.edition)
    chance = random.Random(9704)
    path, out = tmp_path / "模板.docx", tmp_path / "out.docx"
    refusals = 0
    for _ in range(150):
        broken = bytearray(own)
        for _ in range(chance.choice((1, 3, 20))):
            broken[chance.randrange(len(own))] = chance.randrange(256)
        path.write_bytes(broken if chance.random() < 0.8 else own[: chance.randrange(len(own))])
        try:
            report.write(SAMPLE, SAMPLE.paragraphs, out, path)
        except report.BrokenTemplate:
            refusals += 1
            assert not out.exists()
        else:
            out.unlink()
    assert refusals > 100


# --- the command --------------------------------------------------------------------------------------


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """The sample as a workbook in a folder of its own."""
    path = tmp_path / "自评.xlsx"
    template.build(SAMPLE, path)
    return path


Printed = pytest.CaptureFixture[str]


def test_a_template_beside_the_workbook_is_taken_and_said(workbook: Path, capsys: Printed) -> None:
    beside = edited(workbook.parent, lambda document: document.add_paragraph("按模板"))
    assert call("report", workbook) == 0
    assert f"版式按模板“{beside}”。" in capsys.readouterr().out
    assert Document(workbook.with_name("自评_报告.docx")).texts("Normal", "") == ["按模板"]


def test_the_template_named_in_the_call_wins(workbook: Path, capsys: Printed) -> None:
    edited(workbook.parent, lambda document: document.add_paragraph("旁边的"))
    other = edited(workbook.parent, lambda document: document.add_paragraph("指定的"), "别的.docx")
    assert call("report", workbook, "--template", other) == 0
    assert str(other) in capsys.readouterr().out
    assert "指定的" in Document(workbook.with_name("自评_报告.docx")).plain()


def test_a_broken_template_leaves_workbook_and_folder_alone(workbook: Path, capsys: Printed) -> None:
    edited(workbook.parent, doubled)
    before = {path: path.read_bytes() for path in workbook.parent.iterdir()}
    assert call("report", workbook) == 2
    assert "出现了 2 次" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in workbook.parent.iterdir()} == before


def test_the_own_template_can_be_saved_and_is_explained(tmp_path: Path, capsys: Printed) -> None:
    path = tmp_path / "我的模板.docx"
    assert call("report", "--save-template", path) == 0
    said = capsys.readouterr().out
    assert all(str(each) in said for each in report.placeholders(forms.load(forms.DEFAULT)).values())
    assert path.read_bytes() == report.own_template(forms.load(forms.DEFAULT))
    assert call("report", "--save-template", path) == 2
    assert "已经存在" in capsys.readouterr().err
    assert call("report", "--save-template", tmp_path / "模板.doc") == 2
    assert "模板.docx" in capsys.readouterr().err


def test_the_template_of_a_workbook_follows_its_edition(tmp_path: Path) -> None:
    book, path = tmp_path / "评分.xlsx", tmp_path / "模板.docx"
    template.build(replace(SCORED, paragraphs=()), book)
    assert call("report", book, "--save-template", path) == 0
    assert path.read_bytes() == report.own_template(MINISTRY)
    assert call("report", tmp_path / "没有.xlsx", "--save-template", tmp_path / "b.docx") == 2


def test_a_report_wants_a_workbook(capsys: Printed) -> None:
    assert call("report") == 2
    assert "还缺少 FILE" in capsys.readouterr().err
