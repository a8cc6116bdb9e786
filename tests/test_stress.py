"""A minute of random work on open workbooks; `python tests/stress.py` does it for longer."""

from __future__ import annotations

from tests import stress

SECONDS = 60


def test_a_minute_of_random_work() -> None:
    figures = stress.run(SECONDS, seed=20210308)
    assert sum(figures.steps.values()) > 30  # on a slow machine too
    assert figures.steps["check"] > 1
