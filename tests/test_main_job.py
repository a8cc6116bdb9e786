"""The main job as a user does it: `perfeval demo`, then workbook, findings, marks and report looked at from outside.

The list of the sample's findings is a golden file, renewed with `PERFEVAL_WRITE_GOLDEN=1 pytest tests/test_main_job.py`.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import openpyxl
import pytest

from tests.docx_reading import Document
from xl_perfeval import forms, fulfilment, reading, rules
from xl_perfeval.books.file import FileBook
from xl_perfeval.findings import Severity
from xl_perfeval.model import Paragraph

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from tests.office import Office
    from xl_perfeval.model import Submission

GOLDEN = Path(__file__).parent / "golden" / "findings-sample.txt"
PERFEVAL = Path(sys.executable).with_name("perfeval")
FILES = {"绩效自评.xlsx", "findings.json", "findings.html", "绩效自评_报告.docx"}
PROMISED = {
    "F007": ("资金概况!E9", "420"),
    "N601": ("报告文字!C14", "405"),
    "T208": ("项目3_老科协!E9", "6次"),
    "T213": ("项目3_老科协!E8", "70周年"),
    "T201": ("项目2_科普!E12", "根据实际工作安排"),
    "R101": ("项目2_科普!G12", "社会效益及满意度"),
}
MARKS = {"error": "PE_MARK_E", "warning": "PE_MARK_W", "notice": "PE_MARK_N"}
OUTLINE = forms.load(forms.DEFAULT).outline


def perfeval(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """One run of the installed command; fails unless it succeeds in silence on stderr."""
    run = subprocess.run(
        [PERFEVAL, *arguments], capture_output=True, encoding="utf-8", cwd=cwd, check=False, timeout=120
    )
    assert run.returncode in {0, 1}, run.stderr
    assert run.stderr == ""
    return run


@dataclass(frozen=True)
class Demo:
    """What one run of `perfeval demo` printed and left in a folder."""

    folder: Path
    printed: str

    @property
    def workbook(self) -> Path:
        return self.folder / "绩效自评.xlsx"

    @cached_property
    def found(self) -> dict[str, Any]:
        """The findings as a program reads them."""
        return json.loads((self.folder / "findings.json").read_bytes())

    @cached_property
    def values(self) -> Workbook:
        """The workbook as openpyxl sees its cached values, without our reader."""
        return openpyxl.load_workbook(self.workbook, data_only=True)

    @cached_property
    def report(self) -> Document:
        return Document(self.folder / "绩效自评_报告.docx")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The demonstration, made once in a folder with blanks and Chinese in its name."""
    folder = tmp_path_factory.mktemp("示范 文件夹")
    return Demo(folder / "demo", perfeval("demo", cwd=folder).stdout)


def place(finding: dict[str, Any]) -> str:
    """`sheet!cell` of a finding; of one about the whole file, nothing."""
    return f"{finding['sheet']}!{finding['cell']}" if finding["sheet"] else ""


# --- findings -----------------------------------------------------------------------------------------


def test_it_prints_where_everything_is(demo: Demo) -> None:
    assert {path.name for path in demo.folder.iterdir()} == FILES
    named = {token for line in demo.printed.splitlines()[:4] for token in line.split()[-1:]}
    assert named == {os.path.join("demo", name) for name in FILES}  # noqa: PTH118 - as printed
    assert Path(demo.workbook.parent / "绩效自评_报告.docx").stat().st_size > 5000


@pytest.mark.parametrize("rule", PROMISED)
def test_the_slips_of_the_original_are_found_at_their_cells(demo: Demo, rule: str) -> None:
    where, word = PROMISED[rule]
    found = [each for each in demo.found["findings"] if each["rule"] == rule and place(each) == where]
    assert len(found) == 1
    assert word in found[0]["problem"]
    assert f"{where}　" in demo.printed


def test_the_wrong_amount_is_named_with_both_figures(demo: Demo) -> None:
    (found,) = [each for each in demo.found["findings"] if each["rule"] == "N601"]
    assert (found["value"], found["expected"], found["difference"]) == (420, 405, 15)
    (found,) = [each for each in demo.found["findings"] if each["rule"] == "F007" and each["cell"] == "E9"]
    assert str(found["value"]).startswith("420（")


def test_nothing_is_wrong_with_the_sums_of_the_original(demo: Demo) -> None:
    assert not {each["rule"] for each in demo.found["findings"]} & {f"M{n}" for n in range(101, 107)}


def test_the_exact_findings_are_those_of_the_golden_list(demo: Demo) -> None:
    lines = [
        f"{each['rule']} {each['severity']} {place(each)} {each['problem']}\n"
        for each in demo.found["findings"]
    ]
    if os.environ.get("PERFEVAL_WRITE_GOLDEN"):
        GOLDEN.write_text("".join(lines), encoding="utf-8")
    assert lines == GOLDEN.read_text(encoding="utf-8").splitlines(keepends=True)


def test_the_findings_keep_their_schema(demo: Demo) -> None:
    schema = json.loads(resources.files("xl_perfeval").joinpath("schemas/findings.schema.json").read_bytes())
    jsonschema.validate(demo.found, schema)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert demo.found["summary"] == {
        severity.value: sum(each["severity"] == severity for each in demo.found["findings"])
        for severity in Severity
    }
    assert len({each["key"] for each in demo.found["findings"]}) == len(demo.found["findings"])


def test_every_finding_names_a_cell_that_holds_what_it_says(demo: Demo) -> None:
    for each in demo.found["findings"]:
        shown = demo.values[each["sheet"]][each["cell"]].value
        if isinstance(each["value"], str) and each["rule"][0] in "FT":
            assert each["value"] in shown, each
        if each["rule"] == "R101":
            assert shown is None, each


def test_checking_the_demo_again_finds_the_same(demo: Demo) -> None:
    again = json.loads(perfeval("validate", demo.workbook, "--format", "json", cwd=demo.folder).stdout)
    assert again["findings"] == demo.found["findings"]
    assert again["summary"] == demo.found["summary"]


# --- the findings inside the workbook -----------------------------------------------------------------


def block(book: Workbook, name: str) -> list[list[Any]]:
    """The values of a name of the whole workbook, row by row."""
    return [
        [cell.value for cell in row]
        for sheet, cells in book.defined_names[name].destinations
        for row in rows_of(book[sheet][cells.replace("$", "")])
    ]


def rows_of(cells: Any) -> Any:
    return cells if isinstance(cells, tuple) else ((cells,),)


def column(book: Workbook, name: str) -> list[Any]:
    """The filled cells of a one-column name."""
    return [row[0] for row in block(book, name) if row[0] is not None]


def test_the_workbook_lists_its_findings(demo: Demo) -> None:
    found = demo.found["findings"]
    assert column(demo.values, "FIND_RULE") == [each["rule"] for each in found]
    assert column(demo.values, "FIND_PROBLEM") == [each["problem"] for each in found]
    assert column(demo.values, "FIND_REMEDY") == [each["remedy"] for each in found]
    assert column(demo.values, "FIND_KEY") == [each["key"] for each in found]
    assert column(demo.values, "FIND_PLACE") == [place(each).replace("!", "！") for each in found]
    assert [text[0] for text in column(demo.values, "FIND_LEVEL")] == [
        Severity(each["severity"]).sign for each in found
    ]


def test_the_workbook_keeps_a_mark_for_every_cell_found(demo: Demo) -> None:
    for severity, name in MARKS.items():
        for sheet in demo.values.worksheets:
            wanted = {
                each["cell"]
                for each in demo.found["findings"]
                if each["severity"] == severity and each["sheet"] == sheet.title
            }
            assert marked(demo.values, sheet, name) == wanted, (sheet.title, severity)


def marked(book: Workbook, sheet: Worksheet, name: str) -> set[Any]:
    """Addresses that a sheet's block of marks shows."""
    if name not in sheet.defined_names:
        return set()
    return {
        row[0].value
        for other, cells in sheet.defined_names[name].destinations
        for row in rows_of(book[other][cells.replace("$", "")])
        if row[0].value
    }


def test_the_marks_show_on_the_cells(demo: Demo, office: Office) -> None:
    with office.open(demo.workbook) as book:
        for each in demo.found["findings"]:
            conditions = [mark.condition for mark in book.conditional_marks(each["sheet"], each["cell"])]
            name = MARKS[each["severity"]]
            assert any(condition.startswith(f"COUNTIF({name},") for condition in conditions), each
        assert book.conditional_marks("项目2_科普", "B10") == ()
        assert book.conditional_marks("资金概况", "E7") == ()


# --- the report ---------------------------------------------------------------------------------------


def test_the_report_has_its_six_headings_and_five_tables(demo: Demo) -> None:
    headings = [text[:2] for text in demo.report.texts("Heading1")]
    assert headings == [f"{number}、" for number in "一二三四五六"]
    assert len(demo.report.tables) == 5


def test_the_funds_in_the_report_are_those_of_the_workbook(demo: Demo) -> None:
    table = demo.report.tables[0]
    sheet = demo.values["资金概况"]
    inputs = [rows for name in _FUNDS for rows in [block(demo.values, name)[1:]]]
    filled = [row for row in zip(*inputs, strict=True) if row[0][0]]
    printed = [row for row in table if row[0] not in {"合计", "项目名称"}]
    assert len(printed) == len(filled) == 4
    for row, cells in zip(printed, filled, strict=True):
        name, kind, purpose, *amounts = [cell[0] for cell in cells]
        assert row == [name, kind, purpose, *(f"{_figure(amount):.2f}" for amount in amounts)]
    totals = [block(demo.values, name)[0][0] for name in _TOTALS]
    assert table[-1] == ["合计"] * 3 + [f"{total:.2f}" for total in totals]
    assert totals == [563, 563, 547.99, 547.99]
    assert sheet["E9"].value.startswith("420（")


_FUNDS = ("FUND_NAME", "FUND_KIND", "FUND_PURPOSE", "FUND_BUDGET", "FUND_BUDGET_LOCAL", "FUND_SPENT", "FUND_SPENT_LOCAL")  # fmt: skip
_TOTALS = ("FUND_TOTAL_BUDGET", "FUND_TOTAL_BUDGET_LOCAL", "FUND_TOTAL_SPENT", "FUND_TOTAL_SPENT_LOCAL")


def _figure(value: Any) -> float:
    """An amount as a person reads it, without our grammar: a number, or the number a text begins with."""
    return float(re.match(r"[0-9.]+", str(value))[0])  # type: ignore[index]


def test_the_matrices_in_the_report_are_those_of_the_workbook(demo: Demo) -> None:
    names = ("MX_NAME", "MX_COST", "MX_SCHEDULE", "MX_QUANTITY", "MX_QUALITY", "MX_BENEFIT", "MX_ACTUAL")
    sheets = [sheet for sheet in demo.values.worksheets if "MX_COST" in sheet.defined_names]
    filled = [each for each in (_records(demo.values, sheet, names) for sheet in sheets) if each]
    assert [len(rows) for rows in filled] == [5, 5, 3, 1]
    for table, rows in zip(demo.report.tables[1:], filled, strict=True):
        assert len(table[0]) == len(names)
        assert table[1:] == [[str(cell) if cell is not None else "" for cell in row] for row in rows]


def _records(book: Workbook, sheet: Worksheet, names: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """The filled rows of a project sheet's named columns."""
    columns = [
        [row[0].value for row in book[tab][cells.replace("$", "")]]
        for name in names
        for tab, cells in sheet.defined_names[name if name != "MX_NAME" else "MX_ITEM"].destinations
    ]
    return [row for row in list(zip(*columns, strict=True))[1:-1] if any(row)]


def back(document: Document) -> tuple[Paragraph, ...]:
    """The report's own paragraphs as narrative, found by their headings."""
    by_heading = {heading.heading: heading.id for heading in OUTLINE}
    section, found = "", []
    for one in document.paragraphs:
        section = by_heading.get(one.text, section)
        if one.style == "NormalIndent":
            found.append(Paragraph(section=section, text=one.text, id=f"{section}/{len(found)}"))
    return tuple(found)


def of_the_text(submission: Submission, paragraphs: tuple[Paragraph, ...]) -> list[tuple[str, Any, Any]]:
    """What N601 and N602 find when these paragraphs are the narrative."""
    located = tuple(replace(each, locator=submission.paragraphs[0].locator) for each in paragraphs)
    found = rules.check(replace(submission, paragraphs=located))
    return [(each.rule, each.value, each.expected) for each in found if each.rule in {"N601", "N602"}]


def test_what_people_wrote_comes_into_the_report_as_it_is(demo: Demo) -> None:
    """So the slip in their words is found in the report too, and nothing else is."""
    submission = reading.read(FileBook.open(demo.workbook))
    texts = [one.text for one in back(demo.report)]
    assert [text for text in texts if text in {p.text for p in submission.paragraphs}] == [
        p.text for p in submission.paragraphs
    ]
    assert of_the_text(submission, back(demo.report)) == [("N601", 420, 405)]


@pytest.fixture(scope="module")
def drafted(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Document:
    """The report of the same figures when nobody has written a word: through `export`, `new` and `report`."""
    folder = tmp_path_factory.mktemp("drafted")
    exported = json.loads(perfeval("export", demo.workbook, cwd=folder).stdout)
    del exported["sections"]
    (folder / "材料.json").write_text(json.dumps(exported, ensure_ascii=False), encoding="utf-8")
    perfeval("new", "自评.xlsx", "--from", "材料.json", cwd=folder)
    perfeval("report", "自评.xlsx", "--docx", "报告.docx", cwd=folder)
    return Document(folder / "报告.docx")


def test_a_drafted_report_contradicts_no_table(demo: Demo, drafted: Document) -> None:
    submission = reading.read(FileBook.open(demo.workbook))
    paragraphs = back(drafted)
    assert {each.section for each in paragraphs} == {heading.id for heading in OUTLINE}
    assert of_the_text(submission, paragraphs) == []
    assert drafted.tables == demo.report.tables


def test_every_figure_of_a_drafted_report_stands_in_the_workbook(demo: Demo, drafted: Document) -> None:
    said = "".join(each.text for each in back(drafted))
    book = demo.values
    amounts: set[float] = {_figure(row[0]) for name in _FUNDS[3:] for row in block(book, name)[1:] if row[0]}
    for name in (*_TOTALS, "FUND_TOTAL_BALANCE", "FUND_BALANCE"):
        amounts |= {row[0] for row in block(book, name) if isinstance(row[0], int | float)}
    rates = {
        round(row[0] * 100, 2)
        for name in ("FUND_RATE", "FUND_TOTAL_RATE")
        for row in block(book, name)
        if isinstance(row[0], int | float)
    }
    stated = [float(figure) for figure in re.findall(r"([0-9.]+)万元", said)]
    shares = [float(figure) for figure in re.findall(r"([0-9.]+)%", said)]
    assert len(stated) > 10
    assert len(shares) > 5
    items = [
        item for project in reading.read(FileBook.open(demo.workbook)).projects for item in project.items
    ]
    spent = {float(item.spent) for item in items if isinstance(item.spent, int | float)}
    completions = {
        round(float(found.completion) * 100, 2)
        for item in items
        for found in fulfilment.of_item(item)
        if found.completion is not None
    }
    assert set(stated) <= amounts | spent
    assert set(shares) <= rates | completions
