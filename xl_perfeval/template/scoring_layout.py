"""自评N_…: where things stand on a scoring form, and its formulas.

Native functions only, which Excel 2016, WPS and LibreOffice 7.4 know. A formula computes what the function of
`scoring` named with it computes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xl_perfeval import quantity, scoring
from xl_perfeval.model import Stage, column_letters
from xl_perfeval.template.sheet import cell, literal

if TYPE_CHECKING:
    from xl_perfeval.model import Edition

LAST = 11
"""Last printed column; the fields of the table take columns 1 to 11."""
LEVEL1, LEVEL2, LEVEL3, SIGN, TARGET, UNIT, ACTUAL, METHOD, WEIGHT, SCORE, REASON = range(1, LAST + 1)
TARGET_READ, ACTUAL_READ, WEIGHT_TEXT, SCORE_READ, GROUP_COLUMN, STATE, IDENTITY = range(LAST + 1, LAST + 8)

REACHED, MISSED = "达标", "未达标"
"""What the hidden column STATE says of a row with a score; otherwise “待填”."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Rows of a form with so many fund rows and table rows. A block has a thin locked line at either end."""

    sources: int
    rows: int

    title, year, links, project, unit, fund_header, fund_total, source_top = range(1, 9)

    @property
    def source_end(self) -> int:
        """The thin line below the fund rows."""
        return self.source_top + self.sources + 1

    @property
    def goal_header(self) -> int:
        """预期目标 and 实际完成情况."""
        return self.source_end + 1

    @property
    def header(self) -> int:
        """Headings of the table."""
        return self.goal_header + 2

    @property
    def top(self) -> int:
        """The thin line above the table."""
        return self.header + 1

    @property
    def end(self) -> int:
        """The thin line below the table."""
        return self.top + self.rows + 1

    @property
    def total(self) -> int:
        """总分."""
        return self.end + 1

    @property
    def grade(self) -> int:
        """自评等级."""
        return self.end + 2

    @property
    def foot(self) -> int:
        """Names, stamp and date."""
        return self.end + 3

    def block(self, column: int) -> str:
        """A column of the table, both lines included."""
        return f"{cell(self.top, column)}:{cell(self.end, column)}"

    def source_block(self, column: int) -> str:
        """A column of the fund rows, both lines included."""
        return f"{cell(self.source_top, column)}:{cell(self.source_end, column)}"


def score_formula(edition: Edition, row: int) -> str:
    """The edition's formula (scoring.indicator_score) in functions every spreadsheet program knows."""
    weight = f"{cell(row, WEIGHT)},{cell(row, WEIGHT_TEXT)}"
    sign, method = cell(row, SIGN), cell(row, METHOD)
    target, actual = cell(row, TARGET_READ), cell(row, ACTUAL_READ)
    blank = ",".join(f'{cell(row, column)}=""' for column in (SIGN, TARGET, ACTUAL))
    qualitative, pending = literal(scoring.QUALITATIVE), literal(scoring.PENDING)
    readable = f'COUNT({target},{actual})=2,ISNUMBER(FIND({sign},"≥＞＝＜≤"))'
    return (
        f'=IF(COUNT({weight})=0,"",IF(OR({sign}={qualitative},{method}={qualitative},{blank}),{pending},'
        f"IF(AND({readable}),ROUND(SUM({weight})*MAX(0,MIN(1,{_share(edition, sign, target, actual)})),2),"
        f"{literal(scoring.UNREADABLE)})))"
    )


def _share(edition: Edition, sign: str, target: str, actual: str) -> str:
    assert edition.scoring is not None
    excess = f"1-({actual}-{target})/{target}"
    worse = f"{target}/{actual}" if edition.scoring.reverse == "ratio" else excess
    reverse = f"IF({actual}<={target},1,IF({target}<=0,0,{worse}))"
    reached = f"IF({actual}>={target},1,{actual}/{target})"
    zero = f'IF(AND({target}=0,EXACT({sign},"＝")),IF({actual}=0,1,0),{reached})'
    return f'IF({actual}<0,0,IF(ISNUMBER(FIND({sign},"＜≤")),{reverse},{zero}))'


def state_formula(row: int) -> str:
    """Whether a row is reached, missed or still waits for a score."""
    scores, weights = f"{cell(row, SCORE)},{cell(row, SCORE_READ)}", f"{cell(row, WEIGHT)},{cell(row, WEIGHT_TEXT)}"
    return (
        f'=IF(LEN({cell(row, LEVEL3)})=0,"",IF(COUNT({scores})=0,{literal(scoring.PENDING)},'
        f"IF(SUM({scores})>=SUM({weights}),{literal(REACHED)},{literal(MISSED)})))"
    )


def number_formula(at: str, *repeated: str) -> str:
    """The number in a cell (scoring.number)."""
    return f"=IF(ISNUMBER({at}),{at},{_value(at, *repeated)})"


def text_formula(at: str) -> str:
    """The number in a cell that holds it as text; blank for a real number, which sums count anyway."""
    return f'=IF(ISTEXT({at}),{_value(at)},"")'


def _value(at: str, *repeated: str) -> str:
    """`scoring.number` as a formula: “E0” behind the text keeps 6-9 and 1/2 from reading as dates."""
    bare = f'SUBSTITUTE({at},",","，")'
    for part in ('" "', '"　"', '"%"', '"％"', *repeated):
        bare = f'SUBSTITUTE({bare},{part},"")'
    return f'IFERROR(VALUE({bare}&"E0"),"")'


def group_formula(layout: Layout, row: int) -> str:
    """The 一级指标 of a row: the last one at or above it."""
    column = f"{column_letters(LEVEL1)}${layout.top}:{cell(row, LEVEL1)}"
    return f'=IFERROR(LOOKUP(2,1/({column}<>""),{column})&"","")'


def band_formula(edition: Edition, row: int) -> str:
    """True for a qualitative row whose score lies in the band of its result (scoring.band_of)."""
    score, weight, actual = cell(row, SCORE), cell(row, WEIGHT), cell(row, ACTUAL)
    assert edition.scoring is not None
    low, high = "0", "1"
    for word, lowest, highest in reversed(edition.scoring.bands):
        test = f"LEFT({actual},{len(word)})={literal(word)}"
        low = f"IF({test},{quantity.plain(lowest)},{low})"
        high = f"IF({test},{quantity.plain(highest)},{high})"
    qualitative = f"OR({cell(row, SIGN)}={literal('定性')},{cell(row, METHOD)}={literal('定性')})"
    return f"=AND({qualitative},{score}>={weight}*{low},{score}<={weight}*{high})"


def execution_formula(row: int) -> str:
    """Score of the execution row (scoring.execution_of)."""
    weight = f"{cell(row, WEIGHT)},{cell(row, WEIGHT_TEXT)}"
    budget, spent = cell(row, UNIT), cell(row, METHOD)
    score = f"ROUND(SUM({weight})*MAX(0,MIN(1,{spent}/{budget})),2)"
    return (
        f'=IF(COUNT({weight})=0,"",IF(COUNT({budget},{spent})<2,{literal(scoring.PENDING)},'
        f"IF({budget}=0,{literal(scoring.PENDING)},{score})))"
    )


def total_weight_formula(layout: Layout) -> str:
    """Sum of all 分值 (scoring.total_weight)."""
    return f"=ROUND(SUM({_scored(layout, WEIGHT, WEIGHT_TEXT, WEIGHT)}),2)"


def total_formula(layout: Layout) -> str:
    """总分 (scoring.total)."""
    cells = _scored(layout, SCORE, SCORE_READ, REASON)
    return f'=IF(COUNT({cells})=0,"",ROUND(SUM({cells}),2))'


def _scored(layout: Layout, column: int, text_column: int, execution: int) -> str:
    """Execution cell and block, each with the column that reads text."""
    total, block = layout.fund_total, layout.block
    return f"{cell(total, execution)},{cell(total, text_column)},{block(column)},{block(text_column)}"


def missing_formula(layout: Layout) -> str:
    """How many rows have a weight and no score, the execution row included."""
    block, total = layout.block, layout.fund_total
    weighted = f"(ISNUMBER({block(WEIGHT)})+ISNUMBER({block(WEIGHT_TEXT)})>0)"
    waiting = f"(ISNUMBER({block(SCORE)})+ISNUMBER({block(SCORE_READ)})=0)"
    execution = f"(COUNT({cell(total, REASON)},{cell(total, SCORE_READ)})=0)"
    return f"=SUMPRODUCT({weighted}*{waiting})+{execution}"


def note_formula(layout: Layout) -> str:
    """What is still to do, beside the total."""
    weights = f"COUNT({layout.block(WEIGHT)},{layout.block(WEIGHT_TEXT)})"
    missing, total = cell(layout.total, GROUP_COLUMN), cell(layout.total, WEIGHT)
    return (
        f'=IF({weights}=0,"○ 待填",IF(PE_STAGE="{Stage.TARGETS}","",IF({missing}>0,"○ 还有 "&{missing}&" 项未评分",'
        f'IF({total}<>100,"✗ 分值合计应为 100","✓ 已全部评分"))))'
    )


def grade_formula(edition: Edition, layout: Layout) -> str:
    """自评等级 (scoring.grade_of): none while a row waits for its score."""
    assert edition.scoring is not None
    row = layout.total
    total = f"{cell(row, SCORE)},{cell(row, SCORE_READ)}"
    words = '""'
    for word, bound in reversed(edition.scoring.grades):
        words = f"IF(SUM({total})>={quantity.plain(bound)},{literal(word)},{words})"
    return f'=IF(OR(COUNT({total})=0,{cell(row, GROUP_COLUMN)}>0),"",{words})'
