"""Fixtures of the whole test session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import office as headless

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def office() -> Iterator[headless.Office]:
    """The session's LibreOffice, started by the first test that opens a file."""
    running = headless.office()
    yield running
    running.stop()
