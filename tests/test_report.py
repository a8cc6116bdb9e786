"""The Word report: what it says, how it is set, and that nothing people type can break it.

The golden text is renewed with `PERFEVAL_WRITE_GOLDEN=1 pytest tests/test_report.py`.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings

from tests.docx_reading import Block, Document, attribute, find, style_of
from tests.strategies import submissions
from tests.validator import problems
from xl_perfeval import forms, narrative, report, rollup, sample
from xl_perfeval.model import (
    CellError,
    FormField,
    Funding,
    Goal,
    Indicator,
    Paragraph,
    Project,
    Source,
    Statement,
    Unit,
    WorkItem,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.office import Office
    from xl_perfeval.model import CellValue, Edition, Submission

GOLDEN = Path(__file__).parent / "golden"
SAMPLE = sample.submission()
COUNTY, MINISTRY = forms.load("county-matrix"), forms.load("ministry-2020")
GAP = re.compile("【待补充：[^】]+】")


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Document:
    """The report of the sample."""
    return written(tmp_path_factory.mktemp("report"), SAMPLE)


def written(
    folder: Path,
    submission: Submission,
    paragraphs: Sequence[Paragraph] | None = None,
    name: str = "report.docx",
) -> Document:
    """The report of a submission, by default with the paragraphs typed in it."""
    path = folder / name
    report.write(submission, submission.paragraphs if paragraphs is None else paragraphs, path)
    return Document(path)


def filled(value: CellValue, number: int = 1) -> Project:
    """A project with the same value in every cell."""
    indicator = dict.fromkeys(
        ("level1", "level2", "level3", "sign", "target", "unit", "actual", "weight"), value
    )
    texts = dict.fromkeys(("name", "cost", "schedule", "quantity", "quality", "benefit", "actual"), value)
    return Project(
        id=f"P{number}",
        name=value,
        kind=value,
        purpose=value,
        funding=Funding(budget=value, budget_local=value, spent=value, spent_local=value),
        items=(WorkItem(**texts), WorkItem()),
        indicators=(Indicator(**indicator, score=value, reason=value), Indicator()),
        total_score=value,
    )


# --- what it says -----------------------------------------------------------------------------------------


def alike(submission: Submission, count: int) -> Submission:
    """The sample with as many projects, all of other names."""
    projects = tuple(
        replace(project, id=f"P{number}", number=number, name=f"{project.name}（{number}）")
        for number in range(1, count + 1)
        for project in [submission.projects[(number - 1) % len(submission.projects)]]
    )
    return replace(submission, projects=projects)


@pytest.mark.parametrize("name", ["sample", "one", "forty", "scored"])
def test_reports_read_as_in_the_golden_texts(tmp_path: Path, name: str) -> None:
    submission = GOLDENS[name]
    said = written(tmp_path, submission, narrative.compose(submission)).plain()
    golden = GOLDEN / f"report-{name}.txt"
    if os.environ.get("PERFEVAL_WRITE_GOLDEN"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(said, encoding="utf-8")
    assert said == golden.read_text(encoding="utf-8")


def test_the_six_headings_stand_in_order(document: Document) -> None:
    assert [heading[:2] for heading in document.texts("Heading1")] == [
        "一、",
        "二、",
        "三、",
        "四、",
        "五、",
        "六、",
    ]
    assert [heading[:3] for heading in document.texts("Heading2")] == ["（一）", "（二）", "（三）"]
    assert document.texts("Heading3") == [
        f"{number}.{project.name}" for number, project in enumerate(SAMPLE.projects, start=1)
    ]


def test_each_paragraph_stands_under_its_heading(document: Document) -> None:
    headings = {heading.heading: heading.id for heading in COUNTY.outline}
    section, found = "", []
    for block in document.paragraphs:
        section = headings.get(block.text, section)
        if block.style == "NormalIndent" and not GAP.fullmatch(block.text):
            found.append((section, block.text))
    assert found == [(one.section, one.text) for one in SAMPLE.paragraphs]


def test_the_title_has_two_lines_of_whole_words(document: Document) -> None:
    assert document.texts("Title") == ["示例区科学技术局\n2020年度项目支出绩效自评报告"]


def test_a_name_too_long_for_a_line_breaks_at_its_bracket(tmp_path: Path) -> None:
    unit = Unit(name="示例市示例自治区农业农村和水务局（乡村振兴局）办公室")
    (title,) = written(tmp_path, replace(SAMPLE, unit=unit)).texts("Title")
    assert title.split("\n")[:2] == ["示例市示例自治区农业农村和水务局", "（乡村振兴局）办公室"]


def test_four_projects_make_five_tables(document: Document) -> None:
    assert len(document.tables) == 5
    assert [len(table) for table in document.tables] == [
        2 + 4 + 1,
        *(1 + len(p.items) for p in SAMPLE.projects),
    ]


def test_the_funds_table_has_the_official_heads_and_a_unit_above(document: Document) -> None:
    upper, lower = document.tables[0][:2]
    assert upper == ["项目名称", "项目类型", "资金用途、使用方向", *["预算金额"] * 2, *["支出金额"] * 2]
    assert lower == [*upper[:3], "指标总额", "其中：区级资金", "支出总额", "其中：区级资金"]
    place = document.blocks.index(document.tables[0])
    assert document.blocks[place - 1] == Block("PETableUnit", "金额单位：万元")


def test_every_amount_is_that_of_the_rollup(document: Document) -> None:
    columns = ("budget", "budget_local", "spent", "spent_local")
    *rows, totals = document.tables[0][2:]
    for project, row in zip(SAMPLE.projects, rows, strict=True):
        assert row[0] == project.name
        assert row[3:] == [
            rollup.money(rollup.read(getattr(project.funding, key)) or Decimal(0)) for key in columns
        ]
    assert totals == [
        *["合计"] * 3,
        *(rollup.money(rollup.total_of(SAMPLE.projects, key)) for key in columns),
    ]
    assert totals[3:] == ["563.00", "563.00", "547.99", "547.99"]
    assert rows[3][3] == "420.00"  # typed with a remark


def test_matrices_are_printed_as_filled(document: Document) -> None:
    keys = ("name", "cost", "schedule", "quantity", "quality", "benefit", "actual")
    for project, (head, *rows) in zip(SAMPLE.projects, document.tables[1:], strict=True):
        assert head[1:4] == ["成本目标（资金安排）", "时效目标（完成时间）", "数量目标（产出成果）"]
        assert rows == [[str(getattr(item, key) or "") for key in keys] for item in project.items]


def test_a_cost_typed_as_a_number_gets_its_unit(tmp_path: Path) -> None:
    project = replace(SAMPLE.projects[0], items=(WorkItem(name="培训", cost=30.0, quantity=6),))
    table = written(tmp_path, replace(SAMPLE, projects=(project,))).tables[1]
    assert table[1] == ["培训", "30万元", "", "6", "", ""]
    assert table[0][-1] == "社会效益及满意度"  # no column of actuals where nobody typed one


def test_what_nobody_typed_is_asked_for(tmp_path: Path) -> None:
    found = written(tmp_path, replace(SAMPLE, unit=Unit(), report_date=None, projects=()), [])
    asked = [gap for block in found.paragraphs for gap in GAP.findall(block.text)]
    sections = [f"【待补充：请填写“{heading.heading}”】" for heading in COUNTY.outline]
    assert asked == ["【待补充：单位名称】", *sections, "【待补充：单位名称】", "【待补充：报告日期】"]
    assert found.tables == []
    assert "无" not in found.texts("NormalIndent")


def test_the_date_is_the_one_of_the_home_sheet_never_today(tmp_path: Path) -> None:
    found = written(tmp_path, replace(SAMPLE, report_date=date(2019, 11, 30)))
    assert found.texts("PESignature", "PEDate") == ["示例区科学技术局", "2019年11月30日"]
    core = "".join(map(str, found.part("docProps/core.xml").itertext()))
    today = date.today()  # noqa: DTZ011 - what must not appear
    assert today.isoformat() not in core
    assert str(today.year) not in found.plain() + core


def test_paragraphs_of_an_unknown_section_are_kept(tmp_path: Path) -> None:
    found = written(tmp_path, SAMPLE, [Paragraph(section="conclusion", text="结论。", id="c")])
    assert found.texts("NormalIndent")[-1] == "结论。"


def test_lines_of_a_paragraph_become_paragraphs_under_one_bookmark(tmp_path: Path) -> None:
    found = written(
        tmp_path, SAMPLE, [Paragraph(section="results", text="　　一。\r\n\n二。\x0b三。", id="r")]
    )
    assert found.bookmarks == {"PE_r": "一。\n二。\n三。"}
    assert found.texts("NormalIndent")[-6:-3] == ["一。", "二。", "三。"]


# --- scored editions --------------------------------------------------------------------------------------

ROWS = (
    Indicator(level1="产出指标", level2="数量指标", level3="印发资料", sign="≥", target="10000", unit="份",
              actual="8600", weight="25", reason="招标晚于计划"),
    Indicator(level1="产出指标", level2="数量指标", level3="举办培训", sign="≥", target="6", unit="场",
              actual="10", weight="25"),
    Indicator(level1="效益指标", level2="社会效益指标", level3="创新意识", sign="定性", target="明显提升",
              actual="达成", weight="40", score="38"),
)  # fmt: skip
GOAL = Goal(expected="培训企业，印发政策资料。", achieved="培训10场，印发资料8600份。")


def scored(edition: Edition) -> Submission:
    """The sample with indicators, a yearly goal and one source of money each."""

    def with_form(project: Project) -> Project:
        money = project.funding
        first = edition.frame.sources[0] if edition.frame else ""
        source = Source(name=first, initial_budget="50", budget=money.budget, spent=money.spent)
        return replace(
            project,
            funding=replace(money, initial_budget="50", sources=(source,)),
            goal=GOAL,
            indicators=ROWS,
        )

    projects = tuple(map(with_form, SAMPLE.projects))
    unit = replace(SAMPLE.unit, department="示例区科学技术局")
    return replace(SAMPLE, edition=edition, projects=projects, unit=unit)


SCORED = scored(MINISTRY)
GOLDENS = {
    "sample": SAMPLE,
    "one": replace(SAMPLE, projects=SAMPLE.projects[3:], paragraphs=()),
    "forty": replace(alike(SAMPLE, 40), paragraphs=()),
    "scored": replace(SCORED, paragraphs=()),
}


def test_scored_editions_append_their_forms(tmp_path: Path) -> None:
    found = written(tmp_path, SCORED)
    assert found.texts("PEAttachments") == ["附件：1.项目支出绩效自评表"]
    assert found.texts("PEAnnexMark", "PEAnnexTitle") == ["附件1", "项目支出绩效自评表"]
    assert len(found.tables) == 1 + 4 + 1 + 2 * 4
    assert found.tables[-1] == [
        [
            "一级指标",
            "二级指标",
            "三级指标",
            "指标值",
            "实际完成值",
            "分值",
            "得分",
            "偏差原因分析及改进措施",
        ],
        ["产出指标", "数量指标", "印发资料", "≥10000份", "8600", "25", "21.5", "招标晚于计划"],
        ["产出指标", "数量指标", "举办培训", "≥6场", "10", "25", "25", ""],
        ["效益指标", "社会效益指标", "创新意识", "明显提升", "达成", "40", "38", ""],
        [*["总分"] * 5, "100", "94.14", "优"],
    ]


def test_the_form_prints_money_by_source_and_the_yearly_goal(tmp_path: Path) -> None:
    form = written(tmp_path, SCORED).tables[-2]
    money, goal = "项目资金（万元）", "年度总体目标"
    assert form == [
        ["项目名称", *["2020年区级科技计划项目立项扶持资金"] * 7],
        ["主管部门", *["示例区科学技术局"] * 3, "实施单位", *["示例区科学技术局"] * 3],
        [money, "", "年初预算数（A）", "全年预算数（B）", "全年执行数（C）", "分值", "执行率", "得分"],
        [money, "年度资金总额", "50.00", "420.00", "405.00", "10", "96.43%", "9.64"],
        [money, "其中：当年财政拨款", "50.00", "420.00", "405.00", "—", "96.43%", "—"],
        [money, "　　　上年结转资金", "", "", "", "—", "", "—"],
        [money, "　　　其他资金", "", "", "", "—", "", "—"],
        [goal, *["预期目标"] * 3, *["实际完成情况"] * 4],
        [goal, *["培训企业，印发政策资料。"] * 3, *["培训10场，印发资料8600份。"] * 4],
    ]


def test_scores_stand_in_one_table(tmp_path: Path) -> None:
    table = written(tmp_path, SCORED).tables[5]
    heads = ["项目名称", "预算执行（10分）", "产出（50分）", "效益（30分）", "满意度（10分）", "总分", "等级"]
    assert table[0] == heads
    assert table[1] == ["科技工作经费", "10", "46.5", "38", "—", "94.5", "优"]
    assert [row[-2] for row in table[1:]] == ["94.5", "94.5", "94.5", "94.14"]


@pytest.mark.parametrize("edition", [each for each in forms.editions() if forms.load(each).has("scoring")])
def test_every_form_is_printed_as_its_edition_words_it(tmp_path: Path, edition: str) -> None:
    submission = scored(forms.load(edition))
    frame = submission.edition.frame
    assert frame is not None
    text = Statement(key=frame.texts[0].key, text="过程规范。") if frame.texts else None
    projects = tuple(replace(p, statements=(text,) if text else ()) for p in submission.projects)
    found = written(tmp_path, replace(submission, projects=projects))
    said = {cell for table in found.tables for row in table for cell in row}
    assert {label.label for label in frame.money} <= said
    assert {frame.fund_total, f"其中：{frame.sources[0]}", frame.expected, frame.achieved} <= said
    assert (text is None) or {frame.texts[0].label.replace("\n", ""), "过程规范。"} <= said
    assert {field.label for field in submission.edition.table("scoring").fields} - said <= {
        "符号", "单位", "评价方式", "指标性质", "度量单位",
    }  # fmt: skip
    for sign in frame.signs:
        assert f"{sign}：" in found.plain()
    assert problems(tmp_path / "report.docx") == []


def test_unscored_editions_name_no_annex(document: Document) -> None:
    assert "附件" not in document.plain()


# --- how it is set: GB/T 9704-2012 ------------------------------------------------------------------------


def test_page_and_margins(document: Document) -> None:
    (size,) = find(document.body, ".//w:pgSz")
    (margins,) = find(document.body, ".//w:pgMar")
    assert (attribute(size, "w"), attribute(size, "h")) == ("11906", "16838")  # A4
    millimetres = {
        side: int(attribute(margins, side)) / 1440 * 25.4 for side in ("top", "bottom", "left", "right")
    }
    assert millimetres == pytest.approx({"top": 37, "bottom": 35, "left": 28, "right": 26}, abs=0.02)
    assert not find(document.body, ".//w:docGrid")


def test_body_text_makes_22_lines_of_28_characters(document: Document) -> None:
    normal, body = document.style("Normal"), document.style("NormalIndent")
    (line,) = find(normal, "w:pPr/w:spacing")
    (tighter,) = find(normal, "w:rPr/w:spacing")
    (indent,) = find(body, "w:pPr/w:ind")
    assert (attribute(line, "line"), attribute(line, "lineRule")) == ("560", "exact")
    assert attribute(tighter, "val") == "-5"
    assert attribute(indent, "firstLineChars") == "200"
    assert find(normal, "w:pPr/w:widowControl")
    assert find(normal, "w:pPr/w:jc/@w:val") == ["both"]


@pytest.mark.parametrize(
    ("style", "font", "half_points"),
    [
        ("Title", "方正小标宋简体", "44"),
        ("Heading1", "黑体", None),
        ("Heading2", "楷体_GB2312", None),
        ("Heading3", None, None),
        ("PETableHead", "黑体", "21"),
        ("PETableText", None, "21"),
        ("Footer", "宋体", "28"),
    ],
)
def test_fonts_stand_in_the_styles(
    document: Document, style: str, font: str | None, half_points: str | None
) -> None:
    found = document.style(style)
    assert find(found, "w:rPr/w:rFonts/@w:eastAsia") == ([font] if font else [])
    assert find(found, "w:rPr/w:sz/@w:val") == ([half_points] if half_points else [])


def test_everything_else_is_set_in_fangsong_16(document: Document) -> None:
    (defaults,) = find(document.part("word/styles.xml"), "w:docDefaults/w:rPrDefault/w:rPr")
    (fonts,) = find(defaults, "w:rFonts")
    assert (attribute(fonts, "eastAsia"), attribute(fonts, "ascii")) == ("仿宋_GB2312", "Times New Roman")
    assert find(defaults, "w:sz/@w:val") == ["32"]
    assert find(defaults, "w:lang/@w:eastAsia") == ["zh-CN"]
    assert find(document.style("Heading3"), "w:rPr/w:b")
    assert not find(document.body, ".//w:rFonts[@w:eastAsia or @w:ascii]")


def test_every_chinese_font_names_others_to_fall_back_on(document: Document) -> None:
    used = set(find(document.part("word/styles.xml"), "//w:rFonts/@w:eastAsia"))
    fonts = {attribute(font, "name"): font for font in document.part("word/fontTable.xml")}
    assert all(find(fonts[name], "w:altName/@w:val") for name in used)


def test_built_in_names_are_kept_so_that_word_and_wps_translate_them(document: Document) -> None:
    names = {
        style: find(document.style(style), "w:name/@w:val")[0] for style in ("Heading1", "Title", "Footer")
    }
    assert names == {"Heading1": "heading 1", "Title": "Title", "Footer": "footer"}
    assert find(document.style("PEDate"), "w:name/@w:val") == ["成文日期"]


def test_page_numbers_stand_outside(document: Document) -> None:
    links = {link.get("Id"): link.get("Target") for link in document.part("word/_rels/document.xml.rels")}
    sides = {}
    for reference in find(document.body, ".//w:footerReference"):
        (target,) = find(reference, "@r:id")
        footer = document.part(f"word/{links[target]}")
        (paragraph,) = find(footer, "w:p")
        sides[attribute(reference, "type")] = document.style(style_of(paragraph))
        assert "".join(find(footer, ".//w:t/text() | .//w:instrText/text()")) == "—  PAGE 1 —"
    assert {side: find(style, "w:pPr/w:jc/@w:val") for side, style in sides.items()} == {
        "default": ["right"],
        "even": ["left"],
    }
    assert find(sides["default"], "w:pPr/w:ind/@w:rightChars") == find(
        sides["even"], "w:pPr/w:ind/@w:leftChars"
    )
    assert find(document.part("word/settings.xml"), "w:evenAndOddHeaders")


def test_headings_and_table_captions_stay_with_what_follows(document: Document) -> None:
    for style in ("Heading1", "Heading2", "Heading3", "Title", "PETableUnit", "PETableHead", "PESignature"):
        assert find(document.style(style), "w:pPr/w:keepNext"), style


def test_the_signature_is_never_alone_on_a_page(document: Document) -> None:
    *_, last_text, unit, day = find(document.body, "w:p")
    assert [style_of(each) for each in (last_text, unit, day)] == ["NormalIndent", "PESignature", "PEDate"]
    assert find(last_text, "w:pPr/w:keepNext")


@pytest.mark.parametrize("name", ["局", "示例区科学技术局", "示例市示例自治区经济和信息化委员会办公室"])
def test_the_unit_is_centred_over_the_date(tmp_path: Path, name: str) -> None:
    found = written(tmp_path, replace(SAMPLE, unit=Unit(name=name)))
    *_, unit, day = find(found.body, "w:p")
    ((left,), (right,)) = find(unit, "w:pPr/w:ind/@w:left"), find(day, "w:pPr/w:ind/@w:right")
    half = (3 * 16 + 6 * 8 - 9 / 4 + 5 * 3.5) / 2 * 20  # 2021年3月8日
    assert int(left) >= 0
    assert (11906 - 1587 - 1474 - int(left)) / 2 == pytest.approx(int(right) + half, abs=20)
    if len(name) < 14:
        assert int(right) == pytest.approx(4 * 320, abs=1)


def test_tables_are_as_wide_as_the_text_and_rows_stay_whole(document: Document) -> None:
    tables = find(document.body, "w:tbl")
    for table in tables:
        widths = [int(width) for width in find(table, "w:tblGrid/w:gridCol/@w:w")]
        assert sum(widths) == int(find(table, "w:tblPr/w:tblW/@w:w")[0]) == 11906 - 1587 - 1474
        assert find(table, "w:tblPr/w:tblLayout/@w:type") == ["fixed"]
        rows = find(table, "w:tr")
        assert len(find(table, "w:tr/w:trPr/w:cantSplit")) == len(rows)
        heads = 2 if table is tables[0] else 1
        assert [bool(find(row, "w:trPr/w:tblHeader")) for row in rows] == [
            number < heads for number in range(len(rows))
        ]
        for row in rows:
            assert sum(int(width) for width in find(row, "w:tc/w:tcPr/w:tcW/@w:w")) == sum(widths)


def test_cells_lie_off_the_grid_and_amounts_at_the_right(document: Document) -> None:
    for style in ("PETableHead", "PETableText", "PETableCentred", "PETableAmount"):
        assert find(document.style(style), "w:pPr/w:snapToGrid/@w:val") == ["0"]
    assert find(document.style("PETableAmount"), "w:pPr/w:jc/@w:val") == ["right"]
    amounts = [cell for row in find(document.body, "w:tbl[1]/w:tr")[2:] for cell in find(row, "w:tc")[-4:]]
    assert {style_of(find(cell, "w:p")[0]) for cell in amounts} == {"PETableAmount"}
    assert find(document.style("PETable"), "w:tblPr/w:tblBorders/*/@w:sz") == ["4"] * 6


def test_four_characters_fit_the_columns_that_must_not_break(document: Document) -> None:
    widths = [int(width) for width in find(document.body, "w:tbl[1]/w:tblGrid/w:gridCol/@w:w")]
    margins = sum(int(width) for width in find(document.style("PETable"), ".//w:left/@w:w | .//w:right/@w:w"))
    assert all(widths[column] - margins >= 4 * 210 for column in (1, 3, 4, 5, 6))


def test_wide_matrices_lie_on_pages_turned_sideways(tmp_path: Path) -> None:
    matrix = COUNTY.table("matrix")
    more = tuple(FormField(key=f"more{n}", name=f"M{n}", label="可持续影响") for n in range(3))
    edition = replace(
        COUNTY, tables={**COUNTY.tables, "matrix": replace(matrix, fields=matrix.fields + more)}
    )
    found = written(tmp_path, replace(SAMPLE, edition=edition))
    orientations = [attribute(size, "orient") for size in find(found.body, ".//w:pgSz")]
    assert orientations == ["", "landscape", ""]
    ends = [find(each, "w:pPr/w:sectPr") != [] for each in found.body]
    first, second = (place for place, ends_here in enumerate(ends) if ends_here)
    between = list(found.body)[first + 1 : second]
    assert style_of(between[0]) == "Heading2"
    assert sum(each.tag.endswith("}tbl") for each in between) == 4
    assert problems(tmp_path / "report.docx") == []


# --- bookmarks and memory ---------------------------------------------------------------------------------


def test_every_paragraph_carries_its_bookmark(document: Document) -> None:
    names = report.bookmarks(SAMPLE.paragraphs)
    assert document.bookmarks == {name: one.text for name, one in zip(names, SAMPLE.paragraphs, strict=True)}


def test_bookmarks_are_names_that_word_accepts() -> None:
    ids = ["results.1", "results-1", "results_1", "Results_1", "成效", "", "", "x" * 90, "x" * 91, "a\ud800"]
    names = report.bookmarks([Paragraph(section="results", text="无", id=one) for one in ids])
    assert all(re.fullmatch("PE_[A-Za-z0-9_]{1,37}", name) for name in names)
    assert len({name.lower() for name in names}) == len(ids)
    assert names[2] == "PE_results_1"


def test_a_bookmark_depends_on_its_id_alone() -> None:
    one, other = (Paragraph(section="results", text="无", id=name) for name in ("results.1", "results-1"))
    assert report.bookmarks([one, other]) == report.bookmarks([other, one])[::-1]


def test_the_document_remembers_ids_and_hashes(document: Document) -> None:
    names = report.bookmarks(SAMPLE.paragraphs)
    assert document.record == {
        name: {"bookmark": name, "id": one.id, "section": one.section, "hash": report.fingerprint(one.text)}
        for name, one in zip(names, SAMPLE.paragraphs, strict=True)
    }
    assert {name: report.fingerprint(text) for name, text in document.bookmarks.items()} == {
        name: row["hash"] for name, row in document.record.items()
    }


# --- anything goes in -------------------------------------------------------------------------------------

HOSTILE: tuple[CellValue, ...] = (
    None, "", "   ", 0, -5, 0.1 + 0.2, 1e300, 10**400, float("nan"), float("-inf"), True, date(2021, 3, 8),
    CellError("#DIV/0!"), "<w:p>&amp;\"'</w:p>", "]]>", "\x00\x07行1\r\n行2\t\x0b\ud800\u202e\ufffe", "=1+1", "字" * 10_000,
    "a" * 10_000, "线\n" * 500, "420（列入公共预算）", "１２００", "9" * 400,
)  # fmt: skip


@pytest.mark.parametrize("edition", [COUNTY, MINISTRY], ids=["matrix", "scored"])
def test_nothing_in_a_cell_breaks_it(tmp_path: Path, edition: Edition) -> None:
    projects = tuple(filled(value, number) for number, value in enumerate(HOSTILE, start=1))
    texts = [str(value) for value in HOSTILE if not isinstance(value, int) or abs(value) < 10**9]
    paragraphs = [Paragraph(section="results", text=text, id=text[:50]) for text in texts]
    submission = replace(SAMPLE, edition=edition, unit=Unit(name=HOSTILE[15]), projects=projects)
    found = written(tmp_path, submission, paragraphs)
    text = found.plain()
    assert "<w:p>&amp;\"'</w:p>" in text
    assert "行1行2" in text
    assert "字" * 10_000 in text
    assert problems(tmp_path / "report.docx") == []


def test_a_row_taller_than_a_page_may_split(tmp_path: Path) -> None:
    found = written(tmp_path, replace(SAMPLE, projects=(filled("字" * 10_000),)))
    assert not find(found.body, "w:tbl[2]/w:tr[2]/w:trPr/w:cantSplit")
    assert find(found.body, "w:tbl[2]/w:tr[3]/w:trPr/w:cantSplit")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(submission=submissions("ministry-2020"))
def test_any_submission_makes_a_report(tmp_path: Path, submission: Submission) -> None:
    found = written(tmp_path, submission)
    assert len(found.texts("PEDate")) == 1


def test_the_same_data_give_the_same_bytes(tmp_path: Path, document: Document) -> None:
    report.write(SAMPLE, SAMPLE.paragraphs, tmp_path / "one.docx")
    report.write(SAMPLE, SAMPLE.paragraphs, tmp_path / "two.docx")
    assert (tmp_path / "one.docx").read_bytes() == (tmp_path / "two.docx").read_bytes()
    assert {member.date_time[:3] for member in document.members} == {(1980, 1, 1)}


def test_importing_the_report_does_not_import_docx() -> None:
    check = "import sys, xl_perfeval.report; sys.exit('docx' in sys.modules)"
    subprocess.run([sys.executable, "-c", check], check=True)


# --- other programs open it -------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["Microsoft365", "Office2016"])
@pytest.mark.parametrize("submission", [SAMPLE, SCORED], ids=["matrix", "scored"])
def test_microsofts_validator_accepts_it(tmp_path: Path, submission: Submission, version: str) -> None:
    written(tmp_path, submission)
    assert problems(tmp_path / "report.docx", version) == []


def printed(office: Office, path: Path) -> list[list[str]]:
    """The lines of each page as LibreOffice prints them, page numbers left out."""
    pdf = path.with_suffix(".pdf")
    office.to_pdf(path, pdf)
    text = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True).stdout.decode()
    pages = text.rstrip("\f").split("\f")
    return [[line.strip() for line in page.splitlines() if line.strip()][:-1] for page in pages]


def test_libreoffice_prints_the_sample(tmp_path: Path, office: Office) -> None:
    written(tmp_path, SAMPLE)
    pages = printed(office, tmp_path / "report.docx")
    assert 4 <= len(pages) <= 9
    text = "".join(line for page in pages for line in page)
    assert all(amount in text for amount in ("563.00", "547.99", "420.00", "59.99"))
    headings = {heading.heading for heading in COUNTY.outline}
    assert not [page[-1] for page in pages if page[-1] in headings], "a heading alone at the foot of a page"


BOX = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>')
MM = 72 / 25.4


def boxes(pdf: Path) -> list[list[tuple[float, float, float, float, str]]]:
    """The words of each page with their edges in points: left, top, right, bottom."""
    found = subprocess.run(["pdftotext", "-bbox", pdf, "-"], check=True, capture_output=True).stdout.decode()
    return [
        [(*(float(edge) for edge in match.groups()[:4]), match[5]) for match in BOX.finditer(page)]  # type: ignore[misc]
        for page in found.split("<page ")[1:]
    ]


def test_the_printed_page_measures_as_the_standard_says(tmp_path: Path, office: Office) -> None:
    text = "一二三四五六七八九十" * 200
    written(tmp_path, replace(SAMPLE, projects=()), [Paragraph(section="overview", text=text)])
    office.to_pdf(tmp_path / "report.docx", tmp_path / "report.pdf")
    pages = boxes(tmp_path / "report.pdf")
    *body, dash, number, _ = pages[1]
    lefts, tops, rights = ([box[edge] for box in body] for edge in (0, 1, 2))
    assert min(lefts) == pytest.approx(28 * MM, abs=1)
    assert max(rights) == pytest.approx((210 - 26) * MM, abs=2)
    pitches = [below - above for above, below in zip(sorted(set(tops)), sorted(set(tops))[1:], strict=False)]
    assert pitches == [pytest.approx(28, abs=0.05)] * 21
    # The first of 22 lines begins below 37 mm, the last ends above 35 mm.
    assert min(tops) >= 37 * MM - 1
    assert max(box[3] for box in body) <= (297 - 35) * MM + 1
    # “— 2 —” stands at the left, one character from the edge, its line 7 mm below the text.
    assert (dash[4], number[4]) == ("—", "2")
    assert dash[0] == pytest.approx(28 * MM + 14, abs=2)
    assert (dash[1] + dash[3]) / 2 == pytest.approx((297 - 35 + 7) * MM, abs=6)
    *_, dash, number, last = pages[2]
    assert number[4] == "3"
    assert last[2] == pytest.approx((210 - 26) * MM - 14, abs=2)


@pytest.mark.parametrize(
    ("name", "pages"),
    [("sample", (7, 9)), ("one", (3, 5)), ("forty", (45, 60)), ("scored", (12, 16))],
)
def test_libreoffice_prints_as_many_pages_as_it_takes(
    tmp_path: Path, office: Office, name: str, pages: tuple[int, int]
) -> None:
    submission = GOLDENS[name]
    written(tmp_path, submission, narrative.compose(submission))
    found = printed(office, tmp_path / "report.docx")
    assert pages[0] <= len(found) <= pages[1]
    headings = {heading.heading for heading in submission.edition.outline}
    assert not [page[-1] for page in found if page and page[-1] in headings]
    assert all(found), "a page without text"


@pytest.mark.parametrize("name", ["sample", "forty", "scored"])
def test_libreoffice_prints_every_character(tmp_path: Path, office: Office, name: str) -> None:
    """A full stop that hangs over the end of a line must not get lost."""
    submission = GOLDENS[name]
    document = written(tmp_path, submission, narrative.compose(submission))
    said = "".join(line for page in printed(office, tmp_path / "report.docx") for line in page)
    bare = re.sub(r"\s", "", said)
    texts = [re.sub(r"\s", "", block.text) for block in document.paragraphs if block.style == "NormalIndent"]
    # A paragraph that goes over a page end may have the running heads of a table in between, but never less.
    lost = [text for text in texts if text not in bare and not all(part in bare for part in _pieces(text))]
    assert lost == []


def _pieces(text: str) -> list[str]:
    """A text in pieces shorter than a line, each with its end."""
    return [text[start : start + 12] for start in range(0, len(text), 12)] + [text[-4:]]


def test_libreoffice_prints_22_lines_of_28_characters(tmp_path: Path, office: Office) -> None:
    text = "一二三四五六七八九十" * 200
    written(tmp_path, replace(SAMPLE, projects=()), [Paragraph(section="overview", text=text)])
    full = printed(office, tmp_path / "report.docx")[1]
    assert [len(line) for line in full] == [28] * 22
