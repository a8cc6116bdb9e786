"""The domain as plain records: a submission, its projects, funds, work items, indicators and paragraphs.

Cells are kept exactly as staff typed them (`CellValue`); `quantity` understands them, `rollup` adds them
up. A record knows its row and the form knows the column, so an address is computed (`record.at("spent")`)
and never stored beside the value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class CellError:
    """A spreadsheet error value such as `#DIV/0!`: a value like any other, never an exception."""

    code: str

    def __str__(self) -> str:
        return self.code


CellValue: TypeAlias = str | int | float | bool | date | CellError | None
"""What one cell holds. `None` is a blank cell; a `datetime` counts as its `date`."""


@dataclass(frozen=True, slots=True)
class Ref:
    """A cell or block: tab text and A1 address without dollar signs, e.g. `Ref("资金概况", "E6:E14")`."""

    sheet: str
    cell: str


@dataclass(frozen=True, slots=True)
class Place(Ref):
    """A cell with its meaning: heading as printed, sheet identity, which row, which field."""

    label: str
    sheet_id: str
    meaning: str
    row_name: str | None


@lru_cache(maxsize=4096)
def column_letters(number: int) -> str:
    """Column letters of a column number from 1: 1 → A, 27 → AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


_NUMBERING = re.compile(
    r"\s*(?:[0-9０-９]{1,2}\s*[.．、)）](?![0-9])|[(（][0-9０-９一二三四五六七八九十]{1,3}[)）]|[①-⑳]|[一二三四五六七八九十]{1,3}、)\s*"
)


def without_numbering(text: str) -> str:
    """A row name without the “1.”, “5、”, “（3）” or “①” that staff type in front."""
    match = _NUMBERING.match(text)
    return text[match.end() :] if match and match.end() < len(text) else text


@lru_cache(maxsize=16384)
def row_and_column(cell: str) -> tuple[int, int]:
    """Row and column number, from 1, of an A1 address; of a block, those of its first cell."""
    first = cell.partition(":")[0]
    letters = first.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(first[len(letters) :] or 0), column


class NoSuchCell(KeyError):
    """The form has no cell for this field, or the file lost it."""


@dataclass(frozen=True, slots=True)
class Locator:
    """Where the fields of one kind of record stand on one sheet.

    `columns` maps a field to its column letters (records that repeat by row) or, for fields that exist
    once on a sheet, `cells` maps it to a whole address. `labels` holds the headings as printed.
    `sheet_id` is the sheet's identity (`PE_PROJECT_ID`, or a fixed word such as `FUNDS`), which renaming
    the tab does not change.
    """

    sheet: str
    sheet_id: str
    columns: Mapping[str, str] = field(default_factory=dict[str, str])
    cells: Mapping[str, str] = field(default_factory=dict[str, str])
    labels: Mapping[str, str] = field(default_factory=dict[str, str])

    def at(self, name: str, row: int) -> Ref:
        """Address of a field in a row; raises `NoSuchCell`."""
        cell = self.cells.get(name)
        if cell is not None:
            return Ref(self.sheet, cell)
        column = self.columns.get(name)
        if column is None:
            raise NoSuchCell(name)
        return Ref(self.sheet, f"{column}{row}")

    def has(self, name: str) -> bool:
        """Whether the form has a cell for this field."""
        return name in self.cells or name in self.columns


NOWHERE = Locator(sheet="", sheet_id="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Something read from cells. `row` is its sheet row; 0 when all its fields have cells of their own."""

    locator: Locator = field(default=NOWHERE, compare=False, repr=False)
    row: int = field(default=0, compare=False, repr=False)

    def at(self, name: str) -> Place:
        """The cell of a field. Raises `NoSuchCell` when the form has none for it."""
        ref = self.locator.at(name, self.row)
        meaning = "|".join(part for part in (self.identity, name) if part)
        return Place(ref.sheet, ref.cell, self.label(name), self.locator.sheet_id, meaning, self.called)

    def has(self, name: str) -> bool:
        """Whether the form has a cell for this field of this record."""
        return self.locator.has(name)

    @property
    def called(self) -> str | None:
        """What the user called the row, for messages; `None` for a record that is not a row."""
        return None

    @property
    def identity(self) -> str:
        """What tells this row from its neighbours when rows move: its name, or its place while unnamed."""
        return ""

    def label(self, name: str) -> str:
        """The heading of a field as printed, e.g. “社会效益及满意度”."""
        return self.locator.labels.get(name, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source(Record):
    """One source of a project's money (当年财政拨款, 上年结转资金, …), amounts in 万元 as typed."""

    name: str
    initial_budget: CellValue = None
    budget: CellValue = None
    spent: CellValue = None

    @property
    def called(self) -> str | None:
        return self.name

    @property
    def identity(self) -> str:
        return f"source|{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Funding(Record):
    """A project's money as typed, in 万元: 年初预算数, 指标总额, 支出总额, each 其中：区级."""

    initial_budget: CellValue = None
    budget: CellValue = None
    budget_local: CellValue = None
    spent: CellValue = None
    spent_local: CellValue = None
    reason: CellValue = None
    sources: tuple[Source, ...] = ()
    project: str = ""
    """Id of the project; empty for the 合计 row."""
    project_name: str | None = field(default=None, compare=False, repr=False)

    @property
    def called(self) -> str | None:
        return self.project_name

    @property
    def identity(self) -> str:
        return self.project or "total"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItem(Record):
    """One row of a target matrix (项目细化内容) as typed. `number` is its place, from 1."""

    number: int = field(default=0, compare=False)
    name: CellValue = None
    cost: CellValue = None
    schedule: CellValue = None
    quantity: CellValue = None
    quality: CellValue = None
    benefit: CellValue = None
    actual: CellValue = None
    spent: CellValue = None
    reason: CellValue = None

    @property
    def called(self) -> str | None:
        return row_name(self.name)

    @property
    def identity(self) -> str:
        return self.called or f"#{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator(Record):
    """One scored row of 项目支出绩效自评表 as typed: sign, target and unit in three cells."""

    number: int = field(default=0, compare=False)
    level1: CellValue = None
    level2: CellValue = None
    level3: CellValue = None
    sign: CellValue = None
    target: CellValue = None
    unit: CellValue = None
    actual: CellValue = None
    method: CellValue = None
    weight: CellValue = None
    score: CellValue = None
    reason: CellValue = None
    description: CellValue = None
    evidence: CellValue = None

    @property
    def called(self) -> str | None:
        return row_name(self.level3)

    @property
    def identity(self) -> str:
        return self.called or f"#{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal(Record):
    """年度总体目标: what was expected and what was achieved."""

    expected: CellValue = None
    achieved: CellValue = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution(Record):
    """The 预算执行率 row of the scoring form; a value only where it was typed over the formula."""

    weight: CellValue = None
    rate: CellValue = None
    score: CellValue = None
    reason: CellValue = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement(Record):
    """A row of free text on the scoring form (评价结论, 改进措施, …); `key` is that of the edition's `TextRow`."""

    key: str
    text: CellValue = None

    @property
    def identity(self) -> str:
        return f"statement|{self.key}"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a computed cell of the workbook shows.

    `key` says what it should show: `rate` and `balance` of 资金概况; `budget`, `spent` and `matrix rate` repeated
    on the matrix; `total cost` … for the 合计 row of the matrix; `funds budget` … for that of 资金概况.
    """

    key: str
    at: Ref
    label: str
    value: CellValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Project(Record):
    """A project (项目): its row in 资金概况, its matrix, its scoring form.

    `locator` and `row` are those of 资金概况; `matrix` and `scoring` locate its own sheets and are `None`
    when the sheet is missing or the edition has none.
    """

    id: str = ""
    number: int = field(default=0, compare=False)
    name: CellValue = None
    kind: CellValue = None
    purpose: CellValue = None
    section: CellValue = None
    note: CellValue = None
    funding: Funding = Funding()
    goal: Goal = Goal()
    items: tuple[WorkItem, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    execution: Execution = Execution()
    statements: tuple[Statement, ...] = ()
    """The free texts of the scoring form that are filled; no part of the exchange format."""
    total_score: CellValue = None
    grade: CellValue = None
    matrix: Locator | None = field(default=None, compare=False, repr=False)
    scoring: Locator | None = field(default=None, compare=False, repr=False)
    shown: tuple[Shown, ...] = field(default=(), compare=False, repr=False)

    @property
    def called(self) -> str | None:
        return row_name(self.name)

    @property
    def identity(self) -> str:
        return self.id

    def on_sheet(self, sheet: Locator, name: str) -> Place:
        """A single cell of the project's own sheet, `matrix` or `scoring`."""
        ref = sheet.at(name, 0)
        return Place(ref.sheet, ref.cell, sheet.labels.get(name, name), sheet.sheet_id, name, self.called)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit(Record):
    """The reporting unit (单位) and its 主管部门."""

    name: CellValue = None
    code: CellValue = None
    department: CellValue = None


def row_name(value: CellValue) -> str | None:
    """What a row is called in messages: its name cell without typed numbering; `None` while blank."""
    text = without_numbering(str(value)).strip() if value is not None else ""
    return text or None


class ParagraphState(StrEnum):
    """Who wrote a paragraph of the report; the texts are those of the 来源 column."""

    DRAFTED = "系统起草"
    EDITED = "已人工修改"
    WRITTEN = "人工撰写"
    LOCKED = "锁定"


class Take(StrEnum):
    """What stands in the 采用 column: what people choose, and what the program asks them to do."""

    NEW = "采用新稿"
    MINE = "保留我的"
    CHOOSE = "请选择"
    """The new text could not be brought into the person's wording: one of the two is to be chosen."""
    CHECK = "请核对"
    """New figures were brought into the person's wording: someone should look at it."""
    ENDED = "不再起草"
    """The program does not write this paragraph any more; a person touched it, so it stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What the program last generated for a paragraph (`_底稿`).

    `text` is what people's wording is compared with; `offered` what was put into 系统新稿, if anything.
    """

    section: str
    text: str
    offered: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph(Record):
    """One paragraph of the report (报告文字). `section` is a section id such as `results`.

    `draft` is the text in 系统新稿, `take` what stands in 采用 (a `Take`, or whatever was typed there).
    """

    section: str
    text: str
    id: str = ""
    state: ParagraphState = ParagraphState.WRITTEN
    draft: str = ""
    take: str = ""
    base: Base | None = field(default=None, compare=False, repr=False)
    """What the program last generated for it; `None` when it never did."""

    @property
    def identity(self) -> str:
        return self.id or f"{self.section}|{self.text[:12]}"

    @property
    def is_own(self) -> bool:
        """Whether its id is one of those that are given to paragraphs of people."""
        return "/#" in self.id


class OwnIds:
    """Ids for paragraphs that people added: `results/#1`, `results/#2`, …, none of those that are taken."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)
        self._last: dict[str, int] = {}

    def new(self, section: str) -> str:
        """The next free id of a section."""
        while True:
            number = self._last[section] = self._last.get(section, 0) + 1
            found = f"{section}/#{number}"
            if found not in self._taken:
                return found


class Stage(StrEnum):
    """Where in the year a submission stands; at 目标申报 actuals, spending and scores are not asked for."""

    TARGETS = "目标申报"
    MONITORING = "绩效监控"
    YEAR_END = "年度自评"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stray:
    """Content outside the blocks of the form, or an error value in an input cell."""

    at: Ref
    value: CellValue
    sheet_id: str
    label: str | None = None
    row_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSheet:
    """A project sheet as found: its tab, its identity and the project name shown on it."""

    sheet: str
    project_id: str
    kind: str
    """`matrix` or `scoring`."""
    name: CellValue = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What reading noticed beyond the values; the rules of group F speak of it."""

    no_results: bool = False
    foreign: tuple[str, ...] = ()
    """Foreign macros, external links, embedded objects, in words staff know."""
    missing: tuple[str, ...] = ()
    """Sheets or names of the form that are gone or point nowhere, in words staff know."""
    errors: tuple[Stray, ...] = ()
    outside: tuple[Stray, ...] = ()
    far: tuple[Ref, ...] = ()
    merged: tuple[Ref, ...] = ()
    hidden: tuple[Ref, ...] = ()
    copied: tuple[OwnSheet, ...] = ()
    orphans: tuple[OwnSheet, ...] = ()
    renamed: tuple[OwnSheet, ...] = ()
    """Project sheets that show another name than 资金概况."""
    truncated: tuple[Stray, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission(Record):
    """One unit's self-evaluation material (自评材料) for one year."""

    edition: Edition
    unit: Unit
    year: int
    stage: Stage = Stage.YEAR_END
    report_date: date | None = None
    prepared_by: CellValue = None
    projects: tuple[Project, ...] = ()
    totals: Funding = Funding()
    """The 合计 row of 资金概况 as shown: filled only where it was typed over and differs from the sum."""
    remark: CellValue = None
    """The 备注 row of 资金概况."""
    paragraphs: tuple[Paragraph, ...] = ()
    narrative: Locator | None = field(default=None, compare=False, repr=False)
    approved: Submission | None = field(default=None, compare=False, repr=False)
    """What was approved with the budget, when it was given for comparison."""
    shown: tuple[Shown, ...] = field(default=(), compare=False, repr=False)
    """Cells of the 合计 row that lost their formula and show nothing."""
    intake: Intake = field(default=Intake(), compare=False, repr=False)

    def beside(self, sheet: Locator, name: str, meaning: str, label: str) -> Place:
        """A single cell of a sheet of the whole submission, with what it means."""
        ref = sheet.at(name, 0)
        return Place(ref.sheet, ref.cell, label, sheet.sheet_id, meaning, None)

    def text_of(self, section: str) -> tuple[Paragraph, ...]:
        """The paragraphs of one section, in order."""
        return tuple(p for p in self.paragraphs if p.section == section)


# --- form editions (表样版本) -------------------------------------------------------------------------
# Without `repr`: each saves a tenth of a millisecond at every start, and nobody prints a form.


class FieldKind(StrEnum):
    """How a column behaves: what may be typed, how it is shown, who fills it."""

    TEXT = "text"
    AMOUNT = "amount"
    PERIOD = "period"
    CHOICE = "choice"
    NUMBER = "number"
    COMPUTED = "computed"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FormField:
    """One column (or single cell) of a form.

    `key` is the attribute of the record; `name` the end of its workbook name (`COST` → `MX_COST`);
    `label` the heading, `hint` the small line below it, `group` the heading above it; `width` is in
    characters; `choices` names a drop-down list; `closed` makes that list the only legal content;
    `prompt` is the input message; `example` completes the remedy “例如…” of a blank cell; `official` is the
    heading as the printed form words it, where the sheet's is shorter.
    """

    key: str
    name: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    hint: str = ""
    group: str = ""
    width: float = 12.0
    required: bool = False
    choices: str = ""
    closed: bool = False
    prompt: str = ""
    example: str = ""
    official: str = ""
    actual: bool = False
    """Asked for only from 绩效监控 on (actuals, spending, scores)."""
    printed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FormTable:
    """One table of a form: `prefix` is that of its workbook names (`FUND`, `MX`, `SE`, `NARR`, `FIND`)."""

    key: str
    prefix: str
    title: str
    hint: str = ""
    fields: tuple[FormField, ...]
    spare_rows: int = 2

    def field(self, key: str) -> FormField:
        """The field with this key; raises `KeyError`."""
        for candidate in self.fields:
            if candidate.key == key:
                return candidate
        raise KeyError(key)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Heading:
    """One section of the narrative: id, printed heading and, for a part of a section, its parent's heading."""

    id: str
    heading: str
    short: str
    """As shown in the 章节 column of 报告文字, e.g. “三、主要绩效”."""
    parent: str = ""
    required: bool = True
    formerly: tuple[str, ...] = ()
    """Further texts of the 章节 column that mean this section: those of older workbooks and of other outlines."""
    also: tuple[str, ...] = ()
    """Ids of sections of other outlines whose paragraphs belong here."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class LevelOne:
    """A group of 一级指标 with its weight and its 二级指标; `weight` is `None` where the form states none."""

    name: str
    weight: Decimal | None = None
    required: bool = True
    expected: bool = True
    """Whether a form without this group is worth a question, where the group is not required."""
    second: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Thresholds:
    """Numbers that checks compare with; shares are fractions of 1."""

    execution_floor: Decimal
    unspent_share: Decimal
    over_fulfilment: Decimal


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Satisfaction:
    """满意度赋分 by interval: rows of `group` whose values are percentages."""

    group: str
    intervals: tuple[tuple[Decimal, Decimal], ...]
    """Lowest percentage of an interval and the share of the weight it earns, the highest interval first."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Ladder:
    """Marks taken off a result far above its target (≥ and ＞ only); without effect unless it `applies`."""

    applies: bool
    steps: tuple[tuple[Decimal, Decimal], ...]
    """Lowest ratio of actual to target and the share of the weight taken off, rising."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Scoring:
    """How an edition scores: weights, grade bounds, qualitative bands, formulas of indicators."""

    execution_weight: Decimal
    groups: tuple[LevelOne, ...]
    grades: tuple[tuple[str, Decimal], ...]
    bands: tuple[tuple[str, Decimal, Decimal], ...]
    """Word of a qualitative result, lowest and highest share of the weight."""
    reverse: str
    """`excess` (1 − excess share) or `ratio` (A ÷ B)."""
    synonyms: Mapping[str, str] = field(default_factory=dict[str, str])
    """Other beginnings of a qualitative result and the band they stand for."""
    splits: tuple[Mapping[str, Decimal], ...] = ()
    """Every distribution of the weights over the 一级指标 that is allowed; empty where the form states none."""
    satisfaction: Satisfaction | None = None
    ladder: Ladder | None = None

    @property
    def indicators_weight(self) -> Decimal:
        """What all indicators together weigh: 100 without the execution row."""
        return 100 - self.execution_weight


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MoneyCell:
    """One column of the fund rows on the scoring form, over the columns `first` to `last` of its table.

    `key` is `initial_budget`, `budget`, `spent`, `rate`, `weight`, `score` or `reason`.
    """

    key: str
    label: str
    first: str
    last: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TextRow:
    """A row of free text on the scoring form, below its table or `above` it."""

    key: str
    label: str
    above: bool = False
    prompt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Frame:
    """What the scoring form prints around its table of indicators."""

    money_label: str
    """Beside the fund rows, e.g. “项目资金（万元）”."""
    fund_total: str
    """The first fund row, e.g. “年度资金总额”."""
    sources: tuple[str, ...]
    """The fund rows 其中：…"""
    money: tuple[MoneyCell, ...]
    goal: str
    expected: str
    achieved: str
    total: str = "总分"
    texts: tuple[TextRow, ...] = ()
    signs: tuple[str, str] = ("项目负责人", "单位负责人（盖章）")
    """Who signs between 填报人 and 填报日期."""

    def prints(self, key: str) -> bool:
        """Whether the fund rows have this column."""
        return any(cell.key == key for cell in self.money)


class Confirmation(StrEnum):
    """How sure a number of an edition is."""

    CONFIRMED = "confirmed"
    """Printed on a public form or in a document of this edition."""
    CORROBORATED = "corroborated"
    """Not printed, but real forms or the budget platform work like this."""
    UNCONFIRMED = "unconfirmed"
    """Taken over from elsewhere, or only hearsay."""

    @property
    def label(self) -> str:
        """In Chinese."""
        return {"confirmed": "已证实", "corroborated": "有旁证", "unconfirmed": "未证实"}[self.value]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Evidence:
    """Where a group of an edition's numbers comes from."""

    about: str
    """Which numbers: `weights`, `splits`, `bands`, `reverse`, …"""
    label: str
    status: Confirmation
    by: str
    """The documents, in full names."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Edition:
    """A form edition (表样版本): layout, thresholds and severities as data, read from `forms/*.toml`."""

    id: str
    title: str
    version: str
    basis: str
    platform: bool
    tables: Mapping[str, FormTable]
    lists: Mapping[str, tuple[str, ...]]
    outline: tuple[Heading, ...]
    thresholds: Thresholds
    scoring: Scoring | None
    severities: Mapping[str, str]
    """Changes of a rule's default severity, by code."""
    local_label: str = "其中：区级"
    frame: Frame | None = None
    """The rest of the scoring form; `None` where the edition prints none."""
    unscored_groups: tuple[LevelOne, ...] = ()
    """一级指标 of an edition that prints indicators and gives no marks."""
    limits: Mapping[str, int] = field(default_factory=dict[str, int])
    """Most characters of a text, by field: `reason`, `execution_reason`, or the key of a `TextRow`."""
    evidence: tuple[Evidence, ...] = ()

    @property
    def groups(self) -> tuple[LevelOne, ...]:
        """The 一级指标 that the form prints, scored or not."""
        return self.scoring.groups if self.scoring else self.unscored_groups

    @property
    def sections(self) -> dict[str, str]:
        """Ids of the sections by what the 章节 column says, former names included."""
        former = {name: heading.id for heading in self.outline for name in heading.formerly}
        return former | {heading.short: heading.id for heading in self.outline}

    def section_for(self, section_id: str) -> str:
        """The section of this outline that takes the paragraphs of a section; itself when there is none."""
        known = {heading.id for heading in self.outline}
        stands_in = (heading.id for heading in self.outline if section_id in heading.also)
        return section_id if section_id in known else next(stands_in, section_id)

    def table(self, key: str) -> FormTable:
        """The table `funds`, `matrix`, `scoring` or `narrative`; raises `KeyError` when the edition has none."""
        return self.tables[key]

    def has(self, key: str) -> bool:
        """Whether the edition prints this table."""
        return key in self.tables
