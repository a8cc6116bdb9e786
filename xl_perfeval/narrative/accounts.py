"""Each project with its name and money as the sums count it, and the whole of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from xl_perfeval import fulfilment, rollup, wording
from xl_perfeval.model import Indicator, Project, Record, Stage, Submission, WorkItem
from xl_perfeval.narrative.prose import NOTHING, Cell, How, Prose, count, joined, listed, quoted, traced
from xl_perfeval.wording import typed

MOST_NAMED = 10
"""So many projects or rows are named one by one; of more only the first few, with their number."""
_NAMED_OF_MORE = 8
_FEN = Decimal("0.000001")
"""0.01元 in 万元."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One project for prose: its key, its name, budget and spending in 万元 (`None`: blank or unread)."""

    key: str
    name: Prose
    project: Project
    budget: Decimal | None
    spent: Decimal | None

    def money(self, column: str) -> Prose:
        """An amount of the project in words; nothing when it is blank or unread."""
        value = rollup.read(getattr(self.project.funding, column))
        return NOTHING if value is None else traced(wording.money(value), How.SUM, [money_cell(self, column)])

    @property
    def rate(self) -> Prose:
        """Execution rate in words; nothing without a budget or spending."""
        return rate_of([self]) if self.budget is not None and self.spent is not None else NOTHING

    @property
    def balance(self) -> Decimal | None:
        """Budget less spending, in 万元; `None` when either is missing."""
        return rollup.balance(self.spent, self.budget)

    @property
    def settled(self) -> bool:
        """Whether spending equals the budget, to the 分."""
        return self.balance is not None and abs(self.balance) < _FEN

    @property
    def items(self) -> tuple[tuple[Prose, WorkItem], ...]:
        """Filled rows of the matrix, each with its name."""
        return tuple(
            (_item_name(item, place), item)
            for place, item in enumerate(self.project.items, start=1)
            if item != WorkItem()
        )

    @property
    def indicators(self) -> tuple[tuple[Prose, Indicator], ...]:
        """Named rows of the scoring form, each with its name."""
        named = ((quoted(row, "level3"), row) for row in self.project.indicators)
        return tuple((name, row) for name, row in named if name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """All projects that hold anything, in the order of 资金概况."""

    each: tuple[Account, ...]
    stage: Stage

    def __iter__(self) -> Iterator[Account]:
        return iter(self.each)

    def __len__(self) -> int:
        return len(self.each)

    def total(self, column: str) -> Decimal:
        """Sum of an amount column as 资金概况 shows it, in 万元."""
        return rollup.total_of((account.project for account in self.each), column)

    def money(self, column: str) -> Prose:
        """That sum in words; nothing when no project has a readable amount in this column."""
        cells = _amounts(column, self.each)
        return traced(wording.money(self.total(column)), How.SUM, cells) if cells else NOTHING

    def names(self, lacking: Callable[[Account], bool]) -> tuple[Prose, ...]:
        """Names of the projects that lack something."""
        return tuple(account.name for account in self.each if lacking(account))

    @property
    def complete(self) -> bool:
        """Whether budget and spending of every project are known, so that a total rate means something."""
        return bool(self.each) and all(a.budget is not None and a.spent is not None for a in self.each)

    @property
    def settled(self) -> bool:
        """Whether every project spent exactly its budget, and there was any."""
        return self.complete and self.total("budget") > 0 and all(account.settled for account in self.each)

    @property
    def spending_asked(self) -> bool:
        """Whether the stage asks for spending and results at all."""
        return self.stage is not Stage.TARGETS

    @property
    def rate(self) -> Prose:
        """Execution rate of all projects together, in words; nothing while an amount is missing."""
        return rate_of(self.each) if self.complete else NOTHING

    @property
    def running(self) -> bool:
        """Whether the year is not over yet, so that a target may still be reached."""
        return self.stage is Stage.MONITORING

    def counted(self) -> Prose:
        """How many projects: 4个项目."""
        return number_of(self.each) + "项目"

    @property
    def items(self) -> list[WorkItem]:
        """Filled rows of all matrices."""
        return [item for account in self.each for _, item in account.items]

    @property
    def indicators(self) -> list[Indicator]:
        """Named rows of all scoring forms."""
        return [row for account in self.each for _, row in account.indicators]


def of(submission: Submission) -> Accounts:
    """The accounts of a submission; blank rows of 资金概况 are left out."""
    taken: set[str] = set()
    accounts: list[Account] = []
    for place, project in enumerate(submission.projects, start=1):
        if not _says_anything(project):
            continue
        key = _key(project, place)
        while key in taken:
            key += "~"
        taken.add(key)
        accounts.append(
            Account(
                key=key,
                name=_project_name(project, place),
                project=project,
                budget=rollup.read(project.funding.budget),
                spent=rollup.read(project.funding.spent),
            )
        )
    return Accounts(each=tuple(accounts), stage=submission.stage)


def number_of(accounts: Iterable[Account]) -> Prose:
    """How many of them: 4个."""
    return count((Cell(account.project, "name") for account in accounts), "个")


def adjusted(accounts: Accounts) -> bool:
    """Whether every project states both its year-start budget and its budget, and the year changed their sum."""
    stated = all(
        a.budget is not None and rollup.read(a.project.funding.initial_budget) is not None for a in accounts
    )
    return stated and accounts.total("initial_budget") != accounts.total("budget")


def rate_of(accounts: Sequence[Account]) -> Prose:
    """Execution rate of these projects together, in words; nothing without a budget."""
    spent, budget = (
        sum((value for value in values if value is not None), Decimal(0))
        for values in ((account.spent for account in accounts), (account.budget for account in accounts))
    )
    said = wording.percent(rollup.rate(spent, budget))
    return traced(said or "", How.RATE, *_both(("spent", "budget"), accounts))


def left_over(accounts: Sequence[Account], stage: Stage) -> Prose:
    """Budget less spending in words: 结余, or 未支出 while the year still runs; an overrun is called one."""
    left = sum((account.balance for account in accounts if account.balance is not None), Decimal(0))
    amount = traced(wording.money(abs(left)), How.BALANCE, *_both(("budget", "spent"), accounts))
    if left < 0:
        return "超支" + amount
    return ("结余" if stage is Stage.YEAR_END else "未支出") + amount


def briefly(names: Sequence[Prose], counted: str = "个项目") -> Prose:
    """Names in a row, the first eight of them when there are more than ten: 甲、乙…等12个项目."""
    if len(names) <= MOST_NAMED:
        return listed(names)
    cells = (
        cell for name in names for piece in name.pieces if piece.origin for cell in piece.origin.terms[0]
    )
    return listed(names[:_NAMED_OF_MORE]) + "等" + count(cells, counted)


def money_cell(account: Account, column: str) -> Cell:
    """The cell of an amount: in 资金概况, or where only the scoring form prints it (年初预算数), there."""
    funding, form = account.project.funding, account.project.scoring
    if form is not None and not funding.has(column) and form.has(column):
        return Cell(account.project, column, form)
    return Cell(funding, column)


def whose(names: Sequence[Prose], accounts: Accounts) -> Prose:
    """These projects by name, or 各项目 when it is all of several."""
    return joined(["各项目"]) if len(names) == len(accounts) > 1 else briefly(names)


def _amounts(column: str, accounts: Iterable[Account]) -> list[Cell]:
    """The cells of a column that the sum counts."""
    return [
        money_cell(account, column)
        for account in accounts
        if rollup.read(getattr(account.project.funding, column)) is not None
    ]


def _both(columns: tuple[str, str], accounts: Sequence[Account]) -> tuple[list[Cell], list[Cell]]:
    return _amounts(columns[0], accounts), _amounts(columns[1], accounts)


def _project_name(project: Project, place: int) -> Prose:
    named = How.TYPED if typed(project.name) else How.PLACE
    return traced(wording.project_name(project, place), named, [Cell(project, "name")])


def _item_name(item: WorkItem, place: int) -> Prose:
    named = How.TYPED if typed(item.name) else How.PLACE
    return traced(wording.item_name(item, place), named, [Cell(item, "name")])


def _key(project: Project, place: int) -> str:
    """The project's id, kept apart from topic numbers and from the marks in paragraph ids."""
    key = typed(project.id).translate({ord("/"): "_", ord("#"): "_"})
    if not key:
        return f"row-{place}"
    return f"project-{key}" if key[0].isdecimal() or key == "remark" else key


_PROJECT_TEXTS = ("name", "purpose", "note")
_AMOUNTS = ("initial_budget", "budget", "budget_local", "spent", "spent_local")


def _says_anything(project: Project) -> bool:
    return (
        any(typed(getattr(project, key)) for key in _PROJECT_TEXTS)
        or any(getattr(project.funding, key) not in (None, "") for key in _AMOUNTS)
        or any(_filled(item, WorkItem()) for item in project.items)
        or any(_filled(row, Indicator()) for row in project.indicators)
    )


def _filled(record: Record, blank: Record) -> bool:
    return record != blank


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A target that was compared with its result: in which row, under which name, with the reason typed there."""

    record: WorkItem | Indicator
    called: Prose
    found: fulfilment.Comparison

    @property
    def reason(self) -> Prose:
        """The reason typed in the row; nothing when there is none."""
        return quoted(self.record, "reason")

    @property
    def target_cells(self) -> list[Cell]:
        """Where the target stands: in a scored row its sign, value and unit."""
        return [Cell(self.record, column) for column in _target_columns(self.record, self.found.column)]

    @property
    def target(self) -> Prose:
        """The target as typed."""
        return traced(self.found.target, How.TYPED, self.target_cells)

    @property
    def actual(self) -> Prose:
        """The result as typed."""
        unit = [Cell(self.record, "unit")] if isinstance(self.record, Indicator) else []
        return traced(self.found.actual, How.TYPED, [Cell(self.record, "actual"), *unit])

    @property
    def deviation(self) -> Prose:
        """How far the result is from the target: 完成率66.67%, 低1.5个百分点; nothing where it cannot be computed."""
        found, target, actual = self.found, [self.target_cells[0]], [Cell(self.record, "actual")]
        if found.completion is None or found.planned is None or found.done is None:
            return NOTHING
        if "%" in found.target:
            points = f"{wording.figure(abs(found.done - found.planned))}个百分点"
            return ("高" if found.done > found.planned else "低") + traced(
                points, How.BALANCE, actual, target
            )
        said = wording.percent(found.completion)
        return "完成率" + traced(said, How.RATE, actual, target) if said else NOTHING


def judged(account: Account) -> list[Judged]:
    """All comparisons of a project: of its scored rows where any has an actual, otherwise of its matrix."""
    if has_scored_results(account):
        rows = ((name, row, fulfilment.of_indicator(row)) for name, row in account.indicators)
        return [Judged(record=row, called=name, found=found) for name, row, found in rows if found]
    return [
        Judged(record=item, called=name, found=found)
        for name, item in account.items
        for found in fulfilment.of_item(item)
    ]


def has_scored_results(account: Account) -> bool:
    """Whether any scored row says what was achieved."""
    return any(typed(row.actual) for _, row in account.indicators)


def _target_columns(record: WorkItem | Indicator, column: str) -> tuple[str, ...]:
    return ("target", "sign", "unit") if isinstance(record, Indicator) else (column,)
