"""The checks find nothing in what the program itself drafted, whatever the submission looks like."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests import varied
from xl_perfeval import forms, narrative
from xl_perfeval.model import Locator, Submission
from xl_perfeval.rules import engine

SEEDS = range(60)
SHEET = "报告文字"
PLACE = Locator(SHEET, "NARRATIVE", columns={"section": "B", "text": "C"}, cells={"next": "C9999"})


def drafted(given: Submission) -> Submission:
    """The submission with the program's drafts as its report."""
    paragraphs = tuple(
        replace(paragraph, locator=PLACE, row=row)
        for row, paragraph in enumerate(narrative.draft(given), start=6)
    )
    return replace(given, paragraphs=paragraphs, narrative=PLACE)


def in_drafts(given: Submission) -> list[str]:
    """What the rules about texts, and C504 about amounts in texts, say of the report."""
    about_text = [each for code, each in engine.registered().items() if code[0] == "N" or code == "C504"]
    found = engine.run(drafted(given), rules=about_text)
    return [f"{each.rule} {each.problem}" for each in found if each.at and each.at.sheet == SHEET]


@pytest.mark.parametrize("edition", forms.editions())
def test_the_rules_find_nothing_in_drafts(edition: str) -> None:
    found = {seed: told for seed in SEEDS if (told := in_drafts(varied.submission(seed, edition)))}
    assert not found


def test_the_rules_would_find_a_draft_that_is_wrong() -> None:
    """Drafts of other figures are found, so that finding nothing says something."""
    given = varied.submission(7)
    wrong = replace(
        given,
        projects=tuple(
            replace(each, funding=replace(each.funding, budget=91.5, spent=90.25)) for each in given.projects
        ),
    )
    mixed = replace(drafted(wrong), projects=given.projects)
    told = engine.run(mixed, rules=[engine.registered()[code] for code in ("N601", "N602")])
    assert {each.rule for each in told} == {"N601", "N602"}


def test_the_shapes_are_varied() -> None:
    """One project and forty, no money and too much, nothing achieved and everything: all occur."""
    seen = [varied.submission(seed, edition) for seed in SEEDS for edition in forms.editions()]
    numbers = {len(each.projects) for each in seen}
    texts = "".join(paragraph.text for each in seen[:120] for paragraph in narrative.draft(each))
    assert {1, 2, 12, 40} <= numbers
    assert {each.stage for each in seen} == set(type(seen[0].stage))
    for words in (
        "超支",
        "没有支出",
        "资金已全部支出",
        "未达到",
        "均已达到",
        "第1个项目（未填名称）",
        "个项目。",
    ):
        assert words in texts, words
