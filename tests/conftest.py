"""Fixtures of the whole test session."""

from __future__ import annotations

import gc
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


@pytest.fixture(autouse=True)
def _collecting() -> Iterator[None]:
    """A command turns garbage collection off, since its process ends soon; this one goes on."""
    yield
    gc.enable()
