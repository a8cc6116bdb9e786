"""Fixtures of the whole test session."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests import office as headless

if TYPE_CHECKING:
    from collections.abc import Iterator

settings.register_profile("steady", deadline=None)  # a busy machine is no fault of the program
settings.load_profile("steady")


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
