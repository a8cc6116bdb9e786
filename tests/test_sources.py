"""Every figure that the program drafts says where it comes from, and the cells it names give that figure again."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from importlib import resources
from typing import TYPE_CHECKING

import jsonschema
import pytest

from tests import clean, varied
from tests.commands import call
from xl_perfeval import actions, forms, narrative, reading, rollup, sample, template, wording
from xl_perfeval.books.file import FileBook
from xl_perfeval.narrative import sources
from xl_perfeval.narrative.sources import How, Source

if TYPE_CHECKING:
    from pathlib import Path

    from xl_perfeval.model import CellValue, Place, Submission

DIGIT = re.compile(r"[0-9０-９]")


def workbook(given: Submission, folder: Path) -> FileBook:
    path = folder / "自评.xlsx"
    path.unlink(missing_ok=True)
    template.build(replace(given, paragraphs=()), path)
    return FileBook.open(path)


class Recomputed:
    """Figures computed again from the cells of a workbook, by nothing but their addresses."""

    def __init__(self, book: FileBook) -> None:
        self.book = book

    def value(self, place: Place) -> CellValue:
        return self.book.read(place)[0][0]

    def amounts(self, term: tuple[Place, ...]) -> Decimal:
        return rollup.total(self.value(place) for place in term)

    def figures(self, term: tuple[Place, ...]) -> set[Decimal]:
        said = " ".join(str(self.value(place)) for place in term)
        return {Decimal(each) for each in re.findall(r"[0-9]+(?:\.[0-9]+)?", said)}

    def is_borne_out(self, source: Source) -> bool:
        match source.how:
            case How.COUNT:
                return source.text.startswith(str(len(source.terms[0]))) and all(source.terms)
            case How.SUM:
                total = rollup.excel_round(self.amounts(source.terms[0]), 6 if "万元" in source.text else 2)
                return source.text in (wording.money(total), f"{wording.figure(total)}分")
            case How.RATE | How.BALANCE if source.text[-1] in "%元":
                first, second = (self.amounts(term) for term in source.terms)
                if source.how is How.BALANCE:
                    return source.text == wording.money(abs(first - second))
                if second and source.text == rollup.percent(first / second):
                    return True
                done, planned = (self.figures(term) for term in source.terms)
                return source.text in {rollup.percent(a / b) for a in done for b in planned if b}
            case How.BALANCE:
                done, planned = (self.figures(term) for term in source.terms)
                return Decimal(source.text.removesuffix("个百分点")) in {
                    abs(a - b) for a in done for b in planned
                }
            case How.TYPED:
                cells = "；".join(wording.typed(self.value(place)) for place in source.terms[0])
                return set(re.findall(r"[0-9.]+", source.text)) <= set(re.findall(r"[0-9.]+", cells))
            case How.PLACE:
                return not wording.typed(self.value(source.terms[0][0]))
            case _:
                return source.how is How.FORM and not source.terms


def unexplained(text: str, found: tuple[Source, ...]) -> str:
    """The text without everything that has a source."""
    left = list(text)
    for source in found:
        assert text.startswith(source.text, source.start)
        left[source.start : source.end] = "□" * len(source.text)
    return "".join(left)


def check(given: Submission, folder: Path) -> int:
    """How many sources were recomputed; fails at the first figure without one, or with a wrong one."""
    book = workbook(given, folder)
    read = reading.read(book)
    recomputed, found = Recomputed(book), sources.of(read)
    drafts = narrative.draft(read)
    assert list(found) == [paragraph.id for paragraph in drafts]
    for paragraph in drafts:
        assert not DIGIT.search(unexplained(paragraph.text, found[paragraph.id])), paragraph.text
        for source in found[paragraph.id]:
            assert recomputed.is_borne_out(source), (paragraph.text, source)
    return sum(map(len, found.values()))


def test_the_sample_can_be_traced_and_recomputed(tmp_path: Path) -> None:
    assert check(sample.submission(), tmp_path) > 100


@pytest.mark.parametrize("edition", forms.editions())
@pytest.mark.parametrize("seed", range(3))
def test_complete_submissions_can_be_traced_and_recomputed(seed: int, edition: str, tmp_path: Path) -> None:
    assert check(clean.submission(seed, edition), tmp_path) > 20


@pytest.mark.parametrize("edition", forms.editions())
@pytest.mark.parametrize("seed", range(6))
def test_submissions_of_every_shape_can_be_traced_and_recomputed(
    seed: int, edition: str, tmp_path: Path
) -> None:
    assert check(varied.submission(seed, edition), tmp_path)


def test_what_is_not_what_the_cells_say_is_noticed(tmp_path: Path) -> None:
    """Every figure of the sample, changed by one digit, is no longer borne out by its cells."""
    book = workbook(sample.submission(), tmp_path)
    recomputed = Recomputed(book)
    for found in sources.of(reading.read(book)).values():
        for source in found:
            digit = DIGIT.search(source.text)
            if digit:
                other = str((int(digit[0]) + 7) % 10)
                changed = source.text[: digit.start()] + other + source.text[digit.end() :]
                assert not recomputed.is_borne_out(replace(source, text=changed)), changed


def test_totals_of_the_report_are_those_of_the_workbook(tmp_path: Path) -> None:
    book = workbook(sample.submission(), tmp_path)
    names = book.names()
    shown = {
        name: book.read(names[f"FUND_TOTAL_{name}"])[0][0]
        for name in ("BUDGET", "SPENT", "BUDGET_LOCAL", "SPENT_LOCAL", "RATE", "BALANCE")
    }
    read = reading.read(book)
    texts = {paragraph.id: paragraph.text for paragraph in narrative.draft(read)}
    money = {key: wording.money(Decimal(repr(value))) for key, value in shown.items()}
    rate = wording.percent(Decimal(repr(shown["RATE"])))
    assert texts["overview/1"] == (
        f"我单位2020年度纳入绩效自评的项目共4个，指标总额{money['BUDGET']}，支出总额{money['SPENT']}，预算执行率{rate}，"
        f"结余{money['BALANCE']}。其中区级资金指标{money['BUDGET_LOCAL']}，支出{money['SPENT_LOCAL']}。"
    )
    assert {key.partition("/")[0] for key in texts} == {heading.id for heading in read.edition.outline}


def test_cells_are_told_in_short_lines(tmp_path: Path) -> None:
    read = reading.read(workbook(sample.submission(), tmp_path))
    found = sources.of(read)
    assert [source.explained for source in found["problems/P4"] if source.how is not How.TYPED] == [
        "资金概况!E9", "资金概况!G9", "资金概况!G9 ÷ 资金概况!E9", "资金概况!E9 － 资金概况!G9",
    ]  # fmt: skip
    assert found["overview/1"][2].explained == "资金概况!E6:E9 合计"
    assert sources.summary(found["problems/P4"]) == "资金概况!E9、G9 等3处"
    assert sources.summary(found["overview/1"]) == "资金概况!E6:E9、G6:G9 等21处"
    assert sources.summary(found["suggestions/1"]) == ""


def test_figures_in_a_text_that_people_changed(tmp_path: Path) -> None:
    read = reading.read(workbook(sample.submission(), tmp_path))
    drafted = sources.of(read)["problems/P4"]
    found = sources.in_text("立项资金结余15万元，执行率96.43%，计划2021年6月前支付12万元。", drafted)
    assert [(source.text, source.how) for source in found] == [
        ("15万元", How.BALANCE), ("96.43%", How.RATE), ("2021年", None), ("6月", None), ("12万元", None),
    ]  # fmt: skip
    assert found[-1].explained == "人工填写"
    assert sources.summary(found[-1:]) == "人工填写"


def test_a_submission_from_json_has_sources_without_addresses() -> None:
    found = sources.of(sample.submission())
    assert {source.how for source in found["overview/1"]} >= {How.SUM, How.RATE, How.BALANCE}
    assert not any(source.cells for every in found.values() for source in every)


def test_export_writes_the_sources_as_json(tmp_path: Path) -> None:
    book = tmp_path / "自评.xlsx"
    template.build(sample.submission(), book)
    out = tmp_path / "来源.json"
    assert call("export", book, "--sources", "--to", out) == 0
    written = json.loads(out.read_text(encoding="utf-8"))
    schema = resources.files("xl_perfeval").joinpath("schemas/sources.schema.json").read_bytes()
    jsonschema.validate(written, json.loads(schema))
    overview = next(each for each in written["paragraphs"] if each["id"] == "overview/1")
    (rate,) = (each for each in overview["sources"] if each["how"] == "rate")
    assert rate["text"] == overview["text"][rate["start"] :][: len(rate["text"])] == "97.33%"
    assert [[cell["cell"] for cell in term] for term in rate["cells"]] == [
        ["G6", "G7", "G8", "G9"], ["E6", "E7", "E8", "E9"],
    ]  # fmt: skip
    assert rate["cells"][0][0] == {"sheet": "资金概况", "cell": "G6", "label": "支出总额"}
    assert any(each["how"] == "written" for one in written["paragraphs"] for each in one["sources"])


def test_the_sheet_says_where_the_figures_of_a_paragraph_come_from(tmp_path: Path) -> None:
    path = tmp_path / "自评.xlsx"
    template.build(sample.submission(), path)
    actions.draft_report(path, tmp_path / "报告.docx", datetime(2021, 3, 8, tzinfo=UTC))
    book = FileBook.open(path)
    known = book.names()
    ids, origins = ([row[0] for row in book.read(known[name])] for name in ("NARR_KEY", "NARR_ORIGIN"))
    told = dict(zip(ids, origins, strict=True))
    assert str(told["overview/1"]).startswith("资金概况!E6:E9、G6:G9")
    assert "人工填写" in told.values()
    submission = actions.read(path)
    expected = sources.by_paragraph(submission, submission.paragraphs)
    assert {key: text or "" for key, text in told.items() if key} == {
        key: sources.summary(found) for key, found in expected.items()
    }
