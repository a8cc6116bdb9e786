"""Workbooks of earlier versions: read, checked, written to and built anew, with nothing lost.

`data/version-<n>.xlsx` is the built-in sample as that version built it, after a check with `--write`.
"""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from tests.office import assert_cached_values_right
from xl_perfeval import actions, exchange, forms, sample
from xl_perfeval.books.file import FileBook
from xl_perfeval.checked import Checked
from xl_perfeval.forms import names

NOW = datetime(2026, 11, 23, 9, 30)  # noqa: DTZ001
DATA = Path(__file__).parent / "data"
OLD = [version for version in forms.READABLE if version != forms.SCHEMA]


@pytest.fixture(params=OLD)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return Path(shutil.copy(DATA / f"version-{request.param}.xlsx", tmp_path / "去年的自评.xlsx"))


def codes(checked: Checked) -> list[tuple[str, str]]:
    return [(finding.rule, finding.key) for finding in checked.findings]


@pytest.fixture
def today(tmp_path: Path) -> Path:
    path = tmp_path / "今年的样例.xlsx"
    actions.new(sample.submission(), path)
    return path


def test_every_old_version_is_kept() -> None:
    assert OLD
    assert all((DATA / f"version-{version}.xlsx").is_file() for version in OLD)


def test_it_is_read_as_todays(old: Path, today: Path) -> None:
    assert exchange.to_json(actions.read(old)) == exchange.to_json(actions.read(today))
    assert codes(actions.validate_file(old)) == codes(actions.validate_file(today))


def test_findings_are_written_into_it(old: Path) -> None:
    first = actions.validate_and_write(old, NOW, write=True)
    assert first.failure is None
    assert first.written is not None
    assert first.written.status.startswith("上次 32 条")
    assert_cached_values_right(old)
    assert actions.validate_and_write(old, NOW, write=True).backup is None


def test_it_is_built_anew_as_todays(old: Path, tmp_path: Path) -> None:
    new = tmp_path / "新版.xlsx"
    assert actions.new(actions.read(old), new) == []
    book = FileBook.open(new)
    assert book.read(book.names()[names.SCHEMA]) == [[forms.SCHEMA]]
    assert exchange.to_json(actions.read(new)) == exchange.to_json(actions.read(old))
    assert codes(actions.validate_file(new)) == codes(actions.validate_file(old))


def test_a_version_of_the_future_is_refused_with_a_way_out(today: Path) -> None:
    book = FileBook.open(today, writable=True)
    book.write(book.names()[names.SCHEMA], [["99"]])
    book.save(NOW)
    (finding,) = actions.validate_file(today).findings
    assert finding.rule == "F002"
    assert "“99”" in finding.problem
    assert "升级" in (finding.remedy or "")
