"""Each project with its name and money as the sums count it, and the whole of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from xl_perfeval import fulfilment, rollup, wording
from xl_perfeval.model import Indicator, Project, Record, Stage, Submission, WorkItem


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One project for prose: its key, its name, budget and spending in 万元 (`None`: blank or unread)."""

    key: str
    name: str
    project: Project
    budget: Decimal | None
    spent: Decimal | None

    @property
    def rate(self) -> str | None:
        """Execution rate in words; `None` without a budget or spending."""
        return wording.percent(rollup.rate(self.spent, self.budget))

    @property
    def balance(self) -> Decimal | None:
        """Budget less spending, in 万元; `None` when either is missing."""
        return rollup.balance(self.spent, self.budget)

    @property
    def settled(self) -> bool:
        """Whether spending equals the budget, to the 分."""
        return self.balance is not None and abs(self.balance) < _FEN

    @property
    def items(self) -> tuple[tuple[str, WorkItem], ...]:
        """Filled rows of the matrix, each with its name."""
        return tuple(
            (wording.item_name(item, place), item)
            for place, item in enumerate(self.project.items, start=1)
            if _filled(item, WorkItem())
        )

    @property
    def indicators(self) -> tuple[tuple[str, Indicator], ...]:
        """Named rows of the scoring form, each with its name."""
        named = ((wording.typed(row.level3), row) for row in self.project.indicators)
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

    def filled(self, column: str) -> bool:
        """Whether any project has a readable amount in this column."""
        return any(rollup.read(getattr(account.project.funding, column)) is not None for account in self.each)

    def names(self, lacking: Callable[[Account], bool]) -> tuple[str, ...]:
        """Names of the projects that lack something."""
        return tuple(account.name for account in self.each if lacking(account))

    @property
    def complete(self) -> bool:
        """Whether budget and spending of every project are known, so that a total rate means something."""
        return bool(self.each) and all(a.budget is not None and a.spent is not None for a in self.each)

    @property
    def spending_asked(self) -> bool:
        """Whether the stage asks for spending and results at all."""
        return self.stage is not Stage.TARGETS

    @property
    def rate(self) -> str | None:
        """Execution rate of all projects together, in words; `None` while an amount is missing."""
        if not self.complete:
            return None
        return wording.percent(rollup.rate(self.total("spent"), self.total("budget")))

    @property
    def item_count(self) -> int:
        """Number of work items."""
        return sum(len(account.items) for account in self.each)

    @property
    def indicator_count(self) -> int:
        """Number of indicators."""
        return sum(len(account.indicators) for account in self.each)


def of(submission: Submission) -> Accounts:
    """The accounts of a submission; blank rows of 资金概况 are left out."""
    filled = (
        (place, project)
        for place, project in enumerate(submission.projects, start=1)
        if _says_anything(project)
    )
    taken: set[str] = set()
    accounts: list[Account] = []
    for place, project in filled:
        key = _key(project, place)
        while key in taken:
            key += "~"
        taken.add(key)
        accounts.append(
            Account(
                key=key,
                name=wording.project_name(project, place),
                project=project,
                budget=rollup.read(project.funding.budget),
                spent=rollup.read(project.funding.spent),
            )
        )
    return Accounts(each=tuple(accounts), stage=submission.stage)


def left_over(left: Decimal, stage: Stage) -> str:
    """Budget less spending in words: 结余, or 未支出 while the year still runs; an overrun is called one."""
    if left < 0:
        return f"超支{wording.money(-left)}"
    return f"{'结余' if stage is Stage.YEAR_END else '未支出'}{wording.money(left)}"


def briefly(names: tuple[str, ...], counted: str = "个项目") -> str:
    """Names in a row, the first eight of them when there are more than ten: 甲、乙…等12个项目."""
    return (
        wording.listed(names) if len(names) <= 10 else f"{wording.listed(names[:8])}等{len(names)}{counted}"
    )


def _key(project: Project, place: int) -> str:
    """The project's id, kept apart from topic numbers and from the marks in paragraph ids."""
    key = wording.typed(project.id).translate({ord("/"): "_", ord("#"): "_"})
    if not key:
        return f"row-{place}"
    return f"project-{key}" if key[0].isdecimal() or key == "remark" else key


_FEN = Decimal("0.000001")
"""0.01元 in 万元."""

_PROJECT_TEXTS = ("name", "purpose", "note")
_AMOUNTS = ("initial_budget", "budget", "budget_local", "spent", "spent_local")


def _says_anything(project: Project) -> bool:
    return (
        any(wording.typed(getattr(project, key)) for key in _PROJECT_TEXTS)
        or any(getattr(project.funding, key) not in (None, "") for key in _AMOUNTS)
        or any(_filled(item, WorkItem()) for item in project.items)
        or any(_filled(row, Indicator()) for row in project.indicators)
    )


def _filled(record: Record, blank: Record) -> bool:
    return record != blank


def compared(account: Account) -> Iterator[fulfilment.Comparison]:
    """All comparisons of a project: of its scored rows where any has an actual, otherwise of its matrix."""
    return (found for _, found, _ in with_reasons(account))


def with_reasons(account: Account) -> list[tuple[str, fulfilment.Comparison, str]]:
    """The comparisons of a project with what they belong to and the reason typed in the row."""
    if any(wording.typed(row.actual) for _, row in account.indicators):
        rows = (
            (f"绩效指标“{name}”", fulfilment.of_indicator(row), wording.typed(row.reason))
            for name, row in account.indicators
        )
        return [(called, found, reason) for called, found, reason in rows if found]
    return [
        (f"“{name}”", found, wording.typed(item.reason))
        for name, item in account.items
        for found in fulfilment.of_item(item)
    ]
