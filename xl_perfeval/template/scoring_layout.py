"""自评N_…: where things stand on a scoring form, and its formulas.

Native functions only, which Excel 2016, WPS and LibreOffice 7.4 know. A formula computes what the function of
`scoring` named with it computes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xl_perfeval import quantity, scoring
from xl_perfeval.forms import names
from xl_perfeval.forms.ownsheets import literal
from xl_perfeval.model import Stage, column_letters
from xl_perfeval.template import live
from xl_perfeval.template.sheet import cell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from xl_perfeval.model import Edition, Ladder, Satisfaction

REACHED, MISSED, FILLED = "达标", "未达标", "已填"
"""What the hidden column `state` says of a row with a score, or of a filled row where there are no scores;
otherwise “待填”."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a form: those of the edition's table, then the hidden ones."""

    printed: Mapping[str, int]
    """Column number by key, from 1."""

    def __getitem__(self, key: str) -> int:
        return self.printed[key]

    def __contains__(self, key: str) -> bool:
        return key in self.printed

    @property
    def last(self) -> int:
        """The last printed column, 偏差原因."""
        return len(self.printed)

    @property
    def left_end(self) -> int:
        """Where the left half of the upper part ends; the right half begins with the actual."""
        return self["actual"] - 1

    @property
    def label_end(self) -> int:
        """Where labels that begin under the actual end."""
        return max(self["actual"], self.get("method"))

    @property
    def summary_end(self) -> int:
        """Where 总分 ends: before 分值."""
        return self["weight"] - 1

    @property
    def target_read(self) -> int:
        """The target as a number."""
        return self.last + 1

    @property
    def actual_read(self) -> int:
        """The actual as a number."""
        return self.last + 2

    @property
    def weight_text(self) -> int:
        """A weight that was pasted as text."""
        return self.last + 3

    @property
    def score_read(self) -> int:
        """A score that was pasted as text."""
        return self.last + 4

    @property
    def group(self) -> int:
        """The 一级指标 of the row."""
        return self.last + 5

    @property
    def state(self) -> int:
        """达标, 未达标, 待填."""
        return self.last + 6

    @property
    def identity(self) -> int:
        """The project's id."""
        return self.last + 7

    def get(self, key: str) -> int:
        """The column, or 0 where the edition does not print it."""
        return self.printed.get(key, 0)


def columns(edition: Edition) -> Columns:
    """The columns of the edition's scoring form."""
    fields = edition.table("scoring").fields
    return Columns({field.key: place for place, field in enumerate(fields, start=1)})


@dataclass(frozen=True, slots=True)
class Layout:
    """Rows of a form with so many fund rows, texts above and below the table, and table rows.

    A block has a thin locked line at either end. `money` holds the columns of the fund rows by key.
    """

    columns: Columns
    money: Mapping[str, int]
    sources: int
    rows: int
    above: int
    below: int
    scored: bool

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
    def texts_above(self) -> int:
        """The first row of free text above the table."""
        return self.goal_header + 2

    @property
    def header(self) -> int:
        """Headings of the table."""
        return self.texts_above + self.above

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
        """总分; only on a form with scores."""
        return self.end + 1

    @property
    def grade(self) -> int:
        """自评等级; only on a form with scores."""
        return self.end + 2

    @property
    def texts_below(self) -> int:
        """The first row of free text below the table."""
        return self.end + (3 if self.scored else 1)

    @property
    def foot(self) -> int:
        """Names, stamp and date."""
        return self.texts_below + self.below

    def block(self, column: int) -> str:
        """A column of the table, both lines included."""
        return f"{cell(self.top, column)}:{cell(self.end, column)}"

    def source_block(self, column: int) -> str:
        """A column of the fund rows, both lines included."""
        return f"{cell(self.source_top, column)}:{cell(self.source_end, column)}"


def live_score_formula(edition: Edition, at: Columns, row: int) -> str:
    """得分 by PE_SCORE while Python is there, by `score_formula` otherwise."""
    sign, target, actual, weight, unit = (
        cell(row, at[key]) for key in ("sign", "target", "actual", "weight", "unit")
    )
    if "method" in at:
        method = cell(row, at["method"])
        sign = f"IF({method}={literal(scoring.QUALITATIVE)},{method},{sign})"
    arguments = (sign, target, actual, weight, names.EDITION, unit, cell(row, at.group))
    return live.number(f"PE_SCORE({','.join(arguments)})", score_formula(edition, at, row))


def score_formula(edition: Edition, at: Columns, row: int) -> str:
    """The edition's formula (scoring.indicator_score) in functions every spreadsheet program knows."""
    weight = f"{cell(row, at['weight'])},{cell(row, at.weight_text)}"
    sign = cell(row, at["sign"])
    target, actual = cell(row, at.target_read), cell(row, at.actual_read)
    blank = ",".join(f'{cell(row, at[key])}=""' for key in ("sign", "target", "actual"))
    pending = literal(scoring.PENDING)
    readable = f'COUNT({target},{actual})=2,ISNUMBER(FIND({sign},"≥＞＝＜≤"))'
    return (
        f'=IF(COUNT({weight})=0,"",IF(OR({_qualitative(at, row)},{blank}),{pending},'
        f"IF(AND({readable}),ROUND(SUM({weight})*MAX(0,MIN(1,{_share(edition, at, row)})),2),"
        f"{literal(scoring.UNREADABLE)})))"
    )


def qualitative_formula(at: Columns, row: int) -> str:
    """Whether a row is qualitative (scoring.is_qualitative); its columns do not move."""
    return f"=OR({_qualitative(at, row, '$')})"


def _qualitative(at: Columns, row: int, mark: str = "") -> str:
    cells = (f"{mark}{cell(row, at[key])}" for key in ("sign", "method") if key in at)
    return ",".join(f"{each}={literal(scoring.QUALITATIVE)}" for each in cells)


def _share(edition: Edition, at: Columns, row: int) -> str:
    assert edition.scoring is not None
    sign, target, actual = cell(row, at["sign"]), cell(row, at.target_read), cell(row, at.actual_read)
    excess = f"1-({actual}-{target})/{target}"
    worse = f"{target}/{actual}" if edition.scoring.reverse == "ratio" else excess
    reverse = f"IF({actual}<={target},1,IF({target}<=0,0,{worse}))"
    full = "1"
    if edition.scoring.ladder and edition.scoring.ladder.applies:
        full = _laddered(edition.scoring.ladder, sign, target, actual)
    reached = f"IF({actual}>={target},{full},{actual}/{target})"
    met = f'IF(AND({target}=0,EXACT({sign},"＝")),IF({actual}=0,1,0),{reached})'
    if edition.scoring.satisfaction:
        met = _of_interval(edition.scoring.satisfaction, at, row, met)
    return f'IF({actual}<0,0,IF(ISNUMBER(FIND({sign},"＜≤")),{reverse},{met}))'


def _of_interval(satisfaction: Satisfaction, at: Columns, row: int, otherwise: str) -> str:
    """Satisfaction by interval (scoring.is_satisfaction)."""
    group = satisfaction.group
    cells = "&".join(cell(row, at[key]) for key in ("unit", "target", "actual"))
    marks = ",".join(f"ISNUMBER(FIND({literal(mark)},{cells}))" for mark in scoring.PERCENT)
    share = _stairs(cell(row, at.actual_read), satisfaction.intervals, "0")
    test = f"LEFT({cell(row, at.group)},{len(group)})={literal(group)},OR({marks})"
    return f"IF(AND({test}),{share},{otherwise})"


def _laddered(ladder: Ladder, sign: str, target: str, actual: str) -> str:
    """What is left of full marks far above the target; never asked for where the target is 0."""
    steps = [(lowest, 1 - off) for lowest, off in reversed(ladder.steps)]
    share = _stairs(f"ROUND({actual}/{target},9)", steps, "1")
    return f'IF(ISNUMBER(FIND({sign},"≥＞")),IF({target}>0,{share},1),1)'


def _stairs(value: str, steps: Sequence[tuple[Decimal, Decimal]], otherwise: str) -> str:
    """The share of the first step, from the highest, that a value reaches."""
    for lowest, share in reversed(steps):
        otherwise = f"IF({value}>={quantity.plain(lowest)},{quantity.plain(share)},{otherwise})"
    return otherwise


def state_formula(edition: Edition, at: Columns, row: int) -> str:
    """Whether a row is reached, missed or still waits for a score; without scores, whether it has an actual."""
    unnamed = f'LEN({cell(row, at.printed["level3"])})=0,""'
    if edition.scoring is None:
        waits = f"LEN({cell(row, at['actual'])})=0,{literal(scoring.PENDING)},{literal(FILLED)}"
        return f"=IF({unnamed},IF({waits}))"
    scores = f"{cell(row, at['score'])},{cell(row, at.score_read)}"
    weights = f"{cell(row, at['weight'])},{cell(row, at.weight_text)}"
    return (
        f"=IF({unnamed},IF(COUNT({scores})=0,{literal(scoring.PENDING)},"
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
    first = layout.columns["level1"]
    column = f"{column_letters(first)}${layout.top}:{cell(row, first)}"
    return f'=IFERROR(LOOKUP(2,1/({column}<>""),{column})&"","")'


def band_formula(edition: Edition, at: Columns, row: int) -> str:
    """True for a qualitative row whose score lies in the band of its result (scoring.band_of).

    Excel allows a limit 255 characters: results that begin with a synonym of a band are not limited here.
    """
    assert edition.scoring is not None
    score, weight, actual = (cell(row, at[key]) for key in ("score", "weight", "actual"))
    low, high = "0", "1"
    for word, lowest, highest in reversed(edition.scoring.bands):
        test = f"LEFT({actual},{len(word)})={literal(word)}"
        low = f"IF({test},{quantity.plain(lowest)},{low})"
        high = f"IF({test},{quantity.plain(highest)},{high})"
    return f"=AND(OR({_qualitative(at, row)}),{score}>={weight}*{low},{score}<={weight}*{high})"


def rate_formula(layout: Layout) -> str:
    """执行率 of the fund rows (rollup.rate)."""
    budget, spent = (cell(layout.fund_total, layout.money[key]) for key in ("budget", "spent"))
    return f'=IF(COUNT({budget},{spent})<2,"",IF({budget}=0,"",{spent}/{budget}))'


def execution_formula(layout: Layout) -> str:
    """Score of the execution row (scoring.execution_of)."""
    row = layout.fund_total
    weight = f"{cell(row, layout.money['weight'])},{cell(row, layout.columns.weight_text)}"
    budget, spent = (cell(row, layout.money[key]) for key in ("budget", "spent"))
    score = f"ROUND(SUM({weight})*MAX(0,MIN(1,{spent}/{budget})),2)"
    return (
        f'=IF(COUNT({weight})=0,"",IF(COUNT({budget},{spent})<2,{literal(scoring.PENDING)},'
        f"IF({budget}=0,{literal(scoring.PENDING)},{score})))"
    )


def total_weight_formula(layout: Layout) -> str:
    """Sum of all 分值 (scoring.total_weight)."""
    cells = _scored(layout, "weight", layout.columns.weight_text)
    return f"=ROUND(SUM({cells}),2)"


def total_formula(layout: Layout) -> str:
    """总分 (scoring.total)."""
    cells = _scored(layout, "score", layout.columns.score_read)
    return f'=IF(COUNT({cells})=0,"",ROUND(SUM({cells}),2))'


def _scored(layout: Layout, key: str, text_column: int) -> str:
    """Execution cell and block, each with the column that reads text."""
    total, block = layout.fund_total, layout.block
    execution, column = layout.money[key], layout.columns[key]
    return f"{cell(total, execution)},{cell(total, text_column)},{block(column)},{block(text_column)}"


def missing_formula(layout: Layout) -> str:
    """How many rows have a weight and no score, the execution row included."""
    block, total, at = layout.block, layout.fund_total, layout.columns
    weighted = f"(ISNUMBER({block(at['weight'])})+ISNUMBER({block(at.weight_text)})>0)"
    waiting = f"(ISNUMBER({block(at['score'])})+ISNUMBER({block(at.score_read)})=0)"
    execution = f"(COUNT({cell(total, layout.money['score'])},{cell(total, at.score_read)})=0)"
    return f"=SUMPRODUCT({weighted}*{waiting})+{execution}"


def note_formula(layout: Layout) -> str:
    """What is still to do, beside the total."""
    at = layout.columns
    weights = f"COUNT({layout.block(at['weight'])},{layout.block(at.weight_text)})"
    missing, total = cell(layout.total, at.group), cell(layout.total, at["weight"])
    return (
        f'=IF({weights}=0,"○ 待填",IF(PE_STAGE="{Stage.TARGETS}","",IF({missing}>0,"○ 还有 "&{missing}&" 项未评分",'
        f'IF({total}<>100,"✗ 分值合计应为 100","✓ 已全部评分"))))'
    )


def grade_formula(edition: Edition, layout: Layout) -> str:
    """自评等级 (scoring.grade_of): none while a row waits for its score."""
    assert edition.scoring is not None
    row, at = layout.total, layout.columns
    total = f"{cell(row, at['score'])},{cell(row, at.score_read)}"
    words = '""'
    for word, bound in reversed(edition.scoring.grades):
        words = f"IF(SUM({total})>={quantity.plain(bound)},{literal(word)},{words})"
    return f'=IF(OR(COUNT({total})=0,{cell(row, at.group)}>0),"",{words})'
