"""Book → Submission, through sheets written as Markdown tables."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from xl_perfeval import forms, reading, rules, template
from xl_perfeval.books import BookFacts, NotReadable
from xl_perfeval.books.file import FileBook
from xl_perfeval.books.memory import MemoryBook
from xl_perfeval.model import CellError, Funding, Project, Ref, Stage, Submission, Unit

HOME = """
## 首页
| 单位名称 | 年度 | 阶段 | 报告日期 | 填报人 |
| 示例区科学技术局 | 2020 | 年度自评 | 2021-03-08 | 办公室 |
"""
FUNDS = """
## 资金概况
| 项目名称 | 项目类型 | 资金用途、使用方向 | 预算金额指标总额 | 支出金额支出总额 | 未支出原因 | 牵头科室 |
|---|---|---|---|---|---|---|
| 科普经费 | 经常性 | 科普宣传、培训 | 60 | 59.99 |  | 创新发展科 |
| 科技工作经费 | 经常性 | 业务培训 | 73 | 73 |  | 产业发展科 |
"""
MATRIX = """
## {tab}
| 项目细化内容 | 成本目标 | 时效目标 | 数量目标 | 质量目标 | 社会效益及满意度 | 实际完成情况 |
| {name} | {cost} | 全年 | 举办培训3场以上 | 合格率95%以上 | 满意度90%以上 | 培训3场，合格率96%，满意度92% |
"""
TEXTS = """
## 报告文字
| 章节 | 正文 | 来源 |
| 一、（三）使用管理 | 资金专账核算。 | 人工撰写 |
| 二、评价工作 | 自评由财务科牵头。 | 人工撰写 |
| 三、主要绩效 | 科普经费和科技工作经费全年举办培训3场。 | 已人工修改 |
| 四、存在的问题 | 部分培训安排在年末。 | 人工撰写 |
| 五、有关建议 | 无 | 人工撰写 |
| 六、其他说明 | 无 | 人工撰写 |
"""


def book(*extra: str, funds: str = FUNDS, home: str = HOME) -> MemoryBook:
    sheets = extra or (
        MATRIX.format(tab="项目1_科普", name="科普培训", cost=60),
        MATRIX.format(tab="项目2_科技", name="业务培训", cost=73),
    )
    return MemoryBook.from_markdown(home + funds + "".join(sheets) + TEXTS)


def test_header_projects_items_and_paragraphs() -> None:
    read = reading.read(book())
    assert (read.unit.name, read.year, read.stage) == ("示例区科学技术局", 2020, Stage.YEAR_END)
    assert read.report_date == date(2021, 3, 8)
    assert [p.name for p in read.projects] == ["科普经费", "科技工作经费"]
    assert [p.funding.spent for p in read.projects] == [59.99, 73]
    assert [item.name for p in read.projects for item in p.items] == ["科普培训", "业务培训"]
    assert [p.text for p in read.text_of("results")] == ["科普经费和科技工作经费全年举办培训3场。"]
    assert rules.check(read) == []


def test_addresses_are_those_of_the_sheet() -> None:
    read = reading.read(book())
    place = read.projects[1].funding.at("spent")
    assert (place.sheet, place.cell, place.label) == ("资金概况", "E4", "支出总额")
    assert read.projects[0].items[0].at("benefit").cell == "F3"


@pytest.mark.parametrize("edition", forms.editions())
def test_findings_about_a_blank_form_name_their_cells_in_chinese(edition: str, tmp_path: Path) -> None:
    blank = Submission(
        edition=forms.load(edition),
        unit=Unit(name="示例区科学技术局"),
        year=2020,
        projects=(Project(id="P1", name="科普经费", funding=Funding(initial_budget=50, budget=60)),),
    )
    template.build(blank, tmp_path / "blank.xlsx")
    found = rules.check(reading.read(FileBook.open(tmp_path / "blank.xlsx")))
    labels = {finding.rule: finding.label for finding in found}
    assert labels["R102"] in {"项目细化内容", "三级指标"}
    assert not [label for label in labels.values() if label and label.isascii()]


def test_a_deleted_sheet_is_one_finding() -> None:
    whole = MATRIX.format(tab="项目1_科普", name="科普培训", cost=60) + MATRIX.format(
        tab="项目2_科技", name="业务培训", cost=73
    )
    read = reading.read(MemoryBook.from_markdown(HOME + FUNDS + whole))
    assert read.intake.missing == ("工作表“报告文字”",)
    assert [finding.rule for finding in rules.check(read)] == ["F003"]


def test_a_renamed_tab_is_the_same_sheet() -> None:
    renamed = reading.read(
        book(
            MATRIX.format(tab="随便改的名字", name="科普培训", cost=60),
            MATRIX.format(tab="项目2_科技", name="业务培训", cost=73),
        )
    )
    assert renamed == reading.read(book())


def test_blank_rows_are_skipped_and_blank_text_is_nothing() -> None:
    funds = FUNDS.replace("| 科技工作经费 |", "|  |  |  |  |  |  |  |\n| 科技工作经费 |")
    read = reading.read(book(funds=funds))
    assert [p.id for p in read.projects] == ["P1", "P3"]


@pytest.mark.parametrize(
    ("name", "code"),
    [("PE_EDITION", "F002"), ("PE_SCHEMA", "F002"), ("FUND_NAME", "F003"), ("FUND_ID", "F003")],
)
def test_without_its_marks_it_is_not_this_form(name: str, code: str) -> None:
    damaged = book()
    del damaged._names[name]
    with pytest.raises(NotReadable) as raised:
        reading.read(damaged)
    assert raised.value.code == code


def test_unknown_edition_and_newer_schema() -> None:
    for name, value in (("PE_EDITION", "mars-2050"), ("PE_SCHEMA", 99)):
        damaged = book()
        damaged.write(damaged.names()[name], [[value]])
        with pytest.raises(NotReadable) as raised:
            reading.read(damaged)
        assert raised.value.code == "F002"


def test_broken_name_is_noticed_and_the_rest_is_read() -> None:
    damaged = book()
    damaged._names["项目1_科普!MX_BENEFIT"] = Ref("", "#REF!")
    read = reading.read(damaged)
    assert read.intake.missing == ("工作表“项目1_科普”的“社会效益及满意度”列",)
    assert [f.rule for f in rules.check(read) if f.rule == "F003"] == ["F003"]
    assert read.projects[0].items[0].quantity == "举办培训3场以上"


def test_missing_project_sheet() -> None:
    read = reading.read(book(MATRIX.format(tab="项目1_科普", name="科普培训", cost=60)))
    assert [(f.rule, f.at.cell if f.at else "") for f in rules.check(read)] == [("C501", "A4")]


def test_filled_sheet_without_a_row_is_an_orphan() -> None:
    funds = FUNDS.rsplit("| 科技工作经费", 1)[0]
    read = reading.read(book(funds=funds))
    assert [sheet.sheet for sheet in read.intake.orphans] == ["项目2_科技"]
    assert [(f.rule, f.at.sheet if f.at else "") for f in rules.check(read)] == [("C501", "项目2_科技")]


def test_error_values_are_values() -> None:
    read = reading.read(book(funds=FUNDS.replace("| 59.99 |", "| #DIV/0! |")))
    assert read.projects[0].funding.spent == CellError("#DIV/0!")
    assert [f.rule for f in rules.check(read)] == ["F010"]


def test_overwritten_total_is_kept_and_reported() -> None:
    damaged = book()
    damaged.write(damaged.names()["FUND_TOTAL_BUDGET"], [[143]])
    read = reading.read(damaged)
    assert (read.totals.budget, read.totals.spent) == (143, None)
    assert "M101" in [f.rule for f in rules.check(read)]


def test_content_below_the_form_is_noticed() -> None:
    damaged = book()
    damaged.write(Ref("项目1_科普", "B30"), [["遗漏的一项"]])
    found = [f for f in rules.check(reading.read(damaged)) if f.rule == "F012"]
    assert [f.at.cell for f in found if f.at] == ["B30"]


def test_file_without_results_is_one_finding() -> None:
    read = reading.read(MemoryBook(book()._sheets, book().names(), BookFacts(no_results=True)))
    assert [f.rule for f in rules.check(read) if f.rule.startswith("F")] == ["F005"]
