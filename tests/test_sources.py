"""Every figure that the program drafts says where it comes from, and the cells it names give that figure again."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests import clean, varied
from xl_perfeval import forms, narrative, reading, rollup, sample, template, wording
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
        (place,) = term
        return {Decimal(each) for each in re.findall(r"[0-9]+(?:\.[0-9]+)?", str(self.value(place)))}

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
