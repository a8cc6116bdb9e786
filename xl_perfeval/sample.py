"""The built-in sample: an invented bureau's submission of 2020, with the slips a real one contains.

Figures follow a published county report; unit, wording and names are invented. `perfeval demo`, the docs
and the tests use it. What is wrong with it is meant: see `docs/rules.md` for the checks it sets off.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources

from xl_perfeval import exchange
from xl_perfeval.model import Submission


@cache
def submission() -> Submission:
    """The sample as it was filled in: four projects, fourteen work items, narrative written by people."""
    text = resources.files("xl_perfeval").joinpath("sample.json").read_text(encoding="utf-8")
    return exchange.from_json(json.loads(text))
