"""Amounts typed as text: the workbook's formulas read them exactly as `quantity.amount` does."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.amount_strings import AMOUNT_STRINGS
from tests.office import Office, assert_cached_values_right
from xl_perfeval import forms, quantity, rollup, template
from xl_perfeval.model import CellValue, Project, Submission, Unit, WorkItem
from xl_perfeval.template import amounts

READ = {
    "20": "20", "20万": "20", "30万元": "30", "28.8萬元": "28.8", "1亿": "10000", "1.2亿元": "12000", "405000元": "40.5",
    "420（列入财政公共预算，不体现在部门专项中）": "420", "420(注)": "420", "5万（含税）": "5", "1亿元（省级）": "10000",
    "22,614.51万元": "22614.51", "22，614.51": "22614.51", "１２００": "1200", "１．５万": "1.5", " 20 万元 ": "20",
    "　20万": "20", "1 000": "1000", "+5": "5", "-5": "-5", "－5": "-5", ".5": "0.5", "5.": "5", "0": "0",
    "123456789012345": "123456789012345",
}  # fmt: skip
UNREAD = (
    "三十万元", "约5万", "5左右", "20万左右", "6-9", "6月9日", "2020年1月1日", "2020/1/1", "1:30", "95%", "9５％", "1E5",
    "1e3", "1e", "5～6", "5~6", "5—6", "1.2.3", "20万元元", "20万人", "5元（注）", "20【注】", "1234567890123456", "无", "-",
    ".", "+", "万元", "（5）", "$5", "￥5", "TRUE", "#N/A", "=1+1", "3月", "5 个",
)  # fmt: skip


def submission(values: list[CellValue]) -> Submission:
    items = tuple(WorkItem(name=f"第{n}项", cost=value) for n, value in enumerate(values))
    project = Project(id="P1", name="甲", items=items)
    return Submission(
        edition=forms.load("county-matrix"), unit=Unit(name="示例局"), year=2020, projects=(project,)
    )


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("amounts") / "金额.xlsx"
    template.build(submission([*READ, *UNREAD]), written)
    return written


def test_a_spreadsheet_reads_what_the_program_reads(path: Path) -> None:
    assert_cached_values_right(path)


def test_the_total_counts_what_can_be_read(path: Path, office: Office) -> None:
    total = 8 + len(READ) + len(UNREAD) + 2 + 1
    expected = sum(Decimal(value) for value in READ.values())
    with office.open(path) as book:
        assert book.value("项目1_甲", f"C{total}") == pytest.approx(float(expected), rel=1e-12)
        assert book.value("项目1_甲", f"B{total}") == f"合计（{len(UNREAD)} 格未计入）"


def test_the_shared_table(tmp_path: Path, office: Office) -> None:
    written = tmp_path / "金额.xlsx"
    template.build(submission([text for text, _, _ in AMOUNT_STRINGS]), written)
    assert_cached_values_right(written)
    with office.open(written) as book:
        for row, (text, amount, native) in enumerate(AMOUNT_STRINGS, start=8):
            shown = book.value("项目1_甲", f"P{row}")
            expected = "" if not native or amount is None else pytest.approx(float(amount), rel=1e-12)
            assert shown == expected, text


@pytest.mark.parametrize(("text", "expected"), READ.items())
def test_read(text: str, expected: str) -> None:
    assert rollup.read(text) == Decimal(expected)
    assert amounts.shown(text) == float(expected)


@pytest.mark.parametrize("text", UNREAD)
def test_unread(text: str) -> None:
    assert rollup.read(text) is None
    assert amounts.shown(text) == ""


@given(st.floats(-1e9, 1e9) | st.integers(-(10**9), 10**9) | st.none() | st.booleans())
def test_numbers_are_themselves(value: CellValue) -> None:
    shown = amounts.shown(value)
    read = quantity.amount(value)
    assert shown == (float(read.amount) if read.amount is not None else "")
