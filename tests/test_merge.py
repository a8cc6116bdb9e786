"""Generating again never loses what people wrote: examples, then laws over 20,000 generated paragraphs."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xl_perfeval.narrative.merge import Merged, Outcome, merge

BASE = "支出总额547.99万元，预算执行率97.33%，结余15.01万元。"
NEW = "支出总额550万元，预算执行率97.69%，结余13万元。"
FOLLOWED = (("547.99万元", "550万元"), ("97.33%", "97.69%"), ("15.01万元", "13万元"))


def conflict(mine: str) -> Merged:
    return Merged(mine, Outcome.CONFLICT)


# --- who changed what ---------------------------------------------------------------------------------


def test_nobody_touched_it() -> None:
    assert merge(BASE, BASE, NEW) == Merged(NEW, Outcome.REFRESHED)
    assert merge("", "", NEW) == Merged(NEW, Outcome.REFRESHED)
    assert merge(BASE, BASE, "") == Merged("", Outcome.REFRESHED)


@pytest.mark.parametrize("mine", [BASE, NEW, "无", "", BASE[:9]])
def test_nothing_new(mine: str) -> None:
    assert merge(BASE, mine, BASE) == Merged(mine, Outcome.KEPT)
    assert merge(BASE, NEW, NEW) == Merged(NEW, Outcome.KEPT)


@pytest.mark.parametrize("mine", ["", " ", "\n　\n"])
def test_a_paragraph_that_was_emptied_stays_empty(mine: str) -> None:
    assert merge(BASE, mine, NEW) == Merged(mine, Outcome.KEPT)


def test_a_touched_paragraph_that_is_no_longer_generated_is_a_conflict() -> None:
    mine = BASE.replace("结余", "年末结余")
    assert merge(BASE, mine, "") == conflict(mine)


def test_both_wrote_where_nothing_stood() -> None:
    assert merge("", "我局高度重视。", NEW) == conflict("我局高度重视。")


# --- figures flow into the person's wording -----------------------------------------------------------


@pytest.mark.parametrize(
    ("mine", "merged"),
    [
        (
            "在区委区政府领导下，支出总额547.99万元，预算执行率达到97.33%，结余15.01万元。",
            "在区委区政府领导下，支出总额550万元，预算执行率达到97.69%，结余13万元。",
        ),
        (
            "预算执行率97.33%，支出总额547.99万元，结余15.01万元。",
            "预算执行率97.69%，支出总额550万元，结余13万元。",
        ),
        (
            "结余15.01万元。全年支出进度97.33%，共花费547.99万元。",
            "结余13万元。全年支出进度97.69%，共花费550万元。",
        ),
        (
            "支出总额547.99万元,预算执行率97.33%;\n结余15.01万元",
            "支出总额550万元,预算执行率97.69%;\n结余13万元",
        ),
        (
            BASE + "原因是2个课题尚未验收，尾款未拨。",
            NEW + "原因是2个课题尚未验收，尾款未拨。",
        ),
        (
            "　　" + BASE.replace("，", "，\n"),
            "　　" + NEW.replace("，", "，\n"),
        ),
    ],
)
def test_new_figures_follow_words_moves_and_marks(mine: str, merged: str) -> None:
    found = merge(BASE, mine, NEW)
    assert (found.text, found.outcome) == (merged, Outcome.MERGED)
    assert sorted(found.followed) == sorted(FOLLOWED)


def test_a_figure_stands_for_itself_wherever_it_is() -> None:
    found = merge(BASE, "目前97.33%的预算已经执行，账上还有15.01万元，花掉了547.99万元。", NEW)
    assert found.text == "目前97.69%的预算已经执行，账上还有13万元，花掉了550万元。"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("547.99万元", "1.2亿元"),
        ("97.33%", "100%"),
        ("97.33％", "９８.5％"),
        ("１２期", "10期"),
        ("2020年", "2021年"),
        ("1,234.5元", "99元"),
        ("1-2家", "3家"),
        ("3—5%", "6%"),
        ("1.2万人次", "9800人次"),
        ("3.5km", "4km"),
        ("60元/人·月", "80元/人·月"),
        ("7", "8"),
    ],
)
def test_a_figure_with_its_unit_is_one_token(old: str, new: str) -> None:
    found = merge(f"全年共{old}，良好。", f"我局全年共{old}，总体良好。", f"全年共{new}，良好。")
    assert found == Merged(f"我局全年共{new}，总体良好。", Outcome.MERGED, ((old, new),))


def test_equal_figures_are_told_apart_by_their_places() -> None:
    base, new = "预算60万元，支出60万元，结余0万元。", "预算60万元，支出58万元，结余2万元。"
    assert merge(base, "区级" + base, new).text == "区级" + new
    assert merge(base, "支出60万元，结余0万元。", new).text == "支出58万元，结余2万元。"
    assert merge(base, base.replace("支出", "花费"), new).text == new.replace("支出", "花费")
    moved = merge(base, "支出60万元，预算60万元，结余0万元。", new)
    assert moved.text == "支出58万元，预算60万元，结余2万元。"


def test_a_figure_is_the_one_beside_its_name() -> None:
    base, new = "甲1份。预算执行率8.5%。", "甲2份。预算执行率9%。"
    mine = "甲1份。预算执行率约8.5%，较上年增长8.5%。"
    assert merge(base, mine, new).text == "甲2份。预算执行率约9%，较上年增长8.5%。"
    mine = "甲1份。较上年增长8.5%，预算执行率8.5%。"
    assert merge(base, mine, new).text == "甲2份。较上年增长8.5%，预算执行率9%。"


def test_equal_figures_that_cannot_be_told_apart_are_a_conflict() -> None:
    base, new = "预算60万元，支出60万元，都到位。", "预算60万元，支出58万元，都到位。"
    mine = "一年来花的钱是60万元，都到位。"
    assert merge(base, mine, new) == conflict(mine)
    mine = "都到位，总数为60万元。"
    assert merge(base, mine, new) == conflict(mine)


def test_figures_that_trade_places() -> None:
    base, new = "甲、乙、丙分别支出15万元、20万元、25万元。", "甲、乙、丙分别支出20万元、25万元、15万元。"
    assert merge(base, "全年" + base, new).text == "全年" + new
    assert merge(base, "全年" + new, new).text == "全年" + new


# --- figures that people took out, changed, repeated --------------------------------------------------


def test_a_deleted_figure_stays_deleted() -> None:
    found = merge(BASE, "支出总额547.99万元，结余15.01万元。", NEW)
    assert found == Merged("支出总额550万元，结余13万元。", Outcome.MERGED, (FOLLOWED[0], FOLLOWED[2]))
    mine = "支出总额547.99万元。"
    assert merge(BASE, mine, BASE.replace("15.01", "14.8")) == Merged(mine, Outcome.KEPT)


def test_words_instead_of_a_figure_stay() -> None:
    found = merge(BASE, BASE.replace("15.01万元", "资金主要是质保金"), NEW)
    assert found.text == NEW.replace("13万元", "资金主要是质保金")


def test_words_instead_of_all_figures_are_a_conflict() -> None:
    assert merge(BASE, "全年支出进度良好。", NEW) == conflict("全年支出进度良好。")


@pytest.mark.parametrize("typed", ["548万元", "547.9万元", "约五百万元", "547.99 万元", "五成"])
def test_a_figure_that_both_changed_is_a_conflict(typed: str) -> None:
    mine = BASE.replace("547.99万元", typed)
    assert merge(BASE, mine, NEW) == conflict(mine)


def test_a_figure_that_only_the_person_changed_stays() -> None:
    mine = BASE.replace("547.99", "548")
    new = BASE.replace("97.33", "97.69")
    assert merge(BASE, mine, new).text == mine.replace("97.33", "97.69")


def test_a_figure_that_both_changed_alike() -> None:
    mine = BASE.replace("547.99", "550")
    assert merge(BASE, mine, NEW).text == NEW


def test_a_repeated_figure_is_a_conflict() -> None:
    mine = BASE + "547.99万元全部用于科普。"
    assert merge(BASE, mine, NEW) == conflict(mine)
    mine = "4个方面推进，" + "项目共4个。"
    assert merge("项目共4个。", mine, "项目共5个。").text == "4个方面推进，项目共5个。"


# --- clauses that come and go -------------------------------------------------------------------------


def test_a_new_clause_finds_its_place() -> None:
    new = "支出总额550万元（其中区级资金550万元），预算执行率97.69%。【待补充：结余原因】"
    mine = "在区委区政府领导下，支出总额547.99万元，预算执行率达到97.33%，结余15.01万元。"
    assert merge(BASE, mine, new).text == (
        "在区委区政府领导下，支出总额550万元（其中区级资金550万元），预算执行率达到97.69%。【待补充：结余原因】"
    )


def test_whole_sentences_of_both_at_one_place_are_kept() -> None:
    found = merge(BASE, BASE + "我局高度重视。", NEW + "另有2个项目结转。")
    assert found.text == NEW + "我局高度重视。另有2个项目结转。"


def test_a_whole_sentence_goes_before_an_opening_that_people_wrote() -> None:
    found = merge(BASE, "截至年底，" + BASE, "另有2个项目结转。" + NEW)
    assert found.text == "另有2个项目结转。截至年底，" + NEW


def test_parts_of_a_sentence_of_both_at_one_place_are_a_conflict() -> None:
    mine = BASE.replace("97.33%", "97.33%（按国库口径）")
    assert merge(BASE, mine, BASE.replace("97.33%", "97.33%（含结转）")) == conflict(mine)


def test_a_clause_that_the_program_drops_goes_unless_the_person_wrote_in_it() -> None:
    new = "支出总额550万元，结余13万元。"
    assert merge(BASE, "截至年底" + BASE, new).text == "截至年底" + new
    mine = BASE.replace("97.33%", "97.33%（按国库口径）")
    assert merge(BASE, mine, new) == conflict(mine)


def test_a_clause_that_goes_leaves_no_comma_behind() -> None:
    base = "结余12万元。其中区级资金指标563万元，支出547.99万元。"
    new = "结余8.5万元。"
    mine = "结余12万元。均为区级资金，其中区级资金指标563万元，支出547.99万元。"
    assert merge(base, mine, new) == conflict(mine)
    assert merge(base, base.replace("其中", "均为区级资金。其中"), new).text == "结余8.5万元。均为区级资金。"
    # A line that ends with a comma is a person's way of writing.
    assert merge(base, base.replace("指标563万元，", "指标563万元，\n"), base.replace("12", "9")).text == (
        "结余9万元。其中区级资金指标563万元，\n支出547.99万元。"
    )


def test_a_sentence_that_was_deleted_does_not_come_back() -> None:
    base = "科普经费支出58万元。老科协经费支出9.5万元。"
    new = "科普经费支出59万元。老科协经费支出9.8万元。"
    assert merge(base, "科普经费支出58万元。", new).text == "科普经费支出59万元。"


def test_a_filled_gap_stays_filled() -> None:
    base = "结余15万元，执行率96.43%。【待补充：结余原因】"
    mine = "结余15万元，执行率96.43%。原因是尾款未拨。"
    new = "结余12万元，执行率97.14%。【待补充：结余原因】"
    assert merge(base, mine, new).text == "结余12万元，执行率97.14%。原因是尾款未拨。"
    assert merge(base, mine, "结余12万元，执行率97.14%。原因：质保金未到期。") == conflict(mine)


# --- laws ---------------------------------------------------------------------------------------------

PROJECTS = ("科普经费", "老科协经费", "科技培训宣传经费", "区级科技计划项目立项扶持资金", "学习交流经费")
MONEY = ("预算{}", "支出{}", "指标总额{}", "结余{}", "其中区级资金{}")
DEEDS = (
    "举办培训{}",
    "培训学员{}",
    "发放资料{}",
    "走访企业{}",
    "预算执行率{}",
    "群众满意度{}",
    "形成课题报告{}",
)
OPENINGS = ("在区委区政府领导下，", "受疫情影响，", "截至年底，", "经我局核实，")
ADVERBS = ("约", "累计", "仅", "实际达到", "（不含结转）")
REASONS = ("，主要是尾款未拨", "，较上年增长8.5%", "，原因是2021年3月才验收", "（详见附件）")
SENTENCES = ("我局高度重视，专题研究。", "下一步将加快进度。", "该项工作获市级表彰1次。")
ADDED = ("本年度各项目资金均已支出。", "另有结转项目3项。", "【待补充：存在的问题】")
FEW = ("1", "3", "60", "60", "100", "520", "547.99", "97.33", "15.01", "8.7")
UNITS = {
    "培训{}": "场",
    "学员{}": "人",
    "资料{}": "份",
    "企业{}": "家",
    "率{}": "%",
    "度{}": "%",
    "报告{}": "篇",
}


@dataclass(frozen=True)
class Clause:
    """Generated words around one figure; what the program and what the person make of it."""

    words: str
    old: str
    new: str
    renamed: str = ""
    opening: str = ""
    adverb: str = ""
    reason: str = ""

    def generated(self) -> str:
        return self.words.format(self.old)

    def regenerated(self) -> str:
        return (self.renamed or self.words).format(self.new)

    def edited(self, figure: str) -> str:
        return self.opening + self.words.format(self.adverb + figure) + self.reason

    def inserted(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.opening, self.adverb, self.reason)))


@dataclass(frozen=True)
class Case:
    """A paragraph with everything that happened to it. `expected` is known when only figures changed."""

    base: str
    mine: str
    new: str
    inserted: tuple[str, ...]
    expected: str | None = None


def unit_of(words: str) -> str:
    return next((unit for end, unit in UNITS.items() if words.endswith(end)), "万元")


def clauses(chance: Random, *, gentle: bool) -> list[Clause]:
    """Clauses of a paragraph; the figures of `gentle` ones all differ."""
    wordings = [project + words for project in PROJECTS for words in MONEY + DEEDS]
    made: list[Clause] = []
    values = chance.sample(range(100, 9_999), 14)
    quiet = 2 if gentle else 12
    for words in chance.sample(wordings, chance.randint(1, 5)):
        old, other = (
            (f"{values.pop()}.{chance.randint(1, 9)}7" if gentle else chance.choice(FEW)) + unit_of(words)
            for _ in range(2)
        )
        made.append(
            Clause(
                words,
                old,
                new=chance.choice((old, other, other)),
                renamed=""
                if gentle
                else chance.choice(("",) * 14 + (f"全年{words}", f"{words[:4]}超支{{}}")),
                opening=chance.choice(("",) * quiet + OPENINGS),
                adverb=chance.choice(("",) * quiet + ADVERBS),
                reason=chance.choice(("",) * quiet + REASONS),
            )
        )
    return made


def paragraph(parts: list[str]) -> str:
    """Two clauses a sentence."""
    ends = ["，" if place % 2 == 0 and place + 1 < len(parts) else "。" for place in range(len(parts))]
    return "".join(part + end for part, end in zip(parts, ends, strict=True))


def gentle_case(seed: int) -> Case:
    """The program changes figures; the person moves clauses, adds words and sentences."""
    chance = Random(seed)
    made = clauses(chance, gentle=True)
    ordered = chance.sample(made, len(made)) if chance.random() < 0.5 else made
    sentence = chance.choice(("", *SENTENCES))
    return Case(
        paragraph([clause.generated() for clause in made]),
        paragraph([clause.edited(clause.old) for clause in ordered]) + sentence,
        paragraph([clause.regenerated() for clause in made]),
        (*(run for clause in ordered for run in clause.inserted()), sentence),
        paragraph([clause.edited(clause.new) for clause in ordered]) + sentence,
    )


def rough_case(seed: int) -> Case:
    """Both add, drop, move and reword; figures repeat."""
    chance = Random(seed)
    mine: list[str] = []
    new: list[str] = []
    inserted: list[str] = []
    made = clauses(chance, gentle=False)
    for clause in made:
        fate = chance.choice(("left",) * 16 + ("dropped", "deleted", "reworded", "changed"))
        if fate != "dropped":
            new.append(clause.regenerated())
        if fate == "reworded":
            mine.append("工作完成情况良好")
        elif fate == "changed":
            mine.append(clause.edited("7777" + unit_of(clause.words)))
        elif fate != "deleted":
            mine.append(clause.edited(clause.old))
        inserted += () if fate in ("reworded", "deleted") else clause.inserted()
    if len(mine) > 1 and chance.random() < 0.2:
        mine.insert(0, mine.pop(chance.randint(1, len(mine) - 1)))
    sentence, added = chance.choice(("", *SENTENCES)), chance.choice(("", "", *ADDED))
    place = chance.randint(0, 3)
    return Case(
        paragraph([clause.generated() for clause in made]),
        paragraph(mine[:place]) + sentence + paragraph(mine[place:]),
        paragraph(new[:place]) + added + paragraph(new[place:]),
        (*inserted, sentence),
    )


def check_laws(base: str, mine: str, new: str) -> Merged:
    """What holds for any three texts."""
    assert merge(base, mine, base).text == mine
    assert merge(base, base, new).text == new
    assert merge(base, mine, mine).text == mine
    found = merge(base, mine, new)
    if found.outcome in (Outcome.CONFLICT, Outcome.KEPT):
        assert found.text == mine
    if found.outcome is not Outcome.CONFLICT:
        assert merge(base, found.text, new).text == found.text
    assert merge(new, found.text, new).text == found.text
    assert bool(found.followed) <= (found.outcome is Outcome.MERGED)
    return found


seeds = st.integers(0, 2**60)  # drawing each piece would cost more than merging
many = settings(max_examples=10_000, deadline=None, database=None, suppress_health_check=list(HealthCheck))


@many
@given(seeds.map(gentle_case))
def test_figures_that_people_left_alone_are_the_new_ones(case: Case) -> None:
    found = check_laws(case.base, case.mine, case.new)
    assert found.text == case.expected
    assert found.outcome is not Outcome.CONFLICT


@many
@given(seeds.map(rough_case))
def test_what_people_inserted_survives(case: Case) -> None:
    found = check_laws(case.base, case.mine, case.new)
    for run in case.inserted:
        assert found.outcome is Outcome.CONFLICT or run in found.text


@settings(max_examples=3_000, deadline=None, database=None)
@given(*[st.text("甲乙，。1.5%万元 a\n", max_size=14)] * 3)
def test_any_texts_keep_the_laws(base: str, mine: str, new: str) -> None:
    check_laws(base, mine, new)


@settings(max_examples=1_000, deadline=None, database=None)
@given(*[st.text(max_size=30)] * 3)
def test_nothing_raises(base: str, mine: str, new: str) -> None:
    check_laws(base, mine, new)
