"""The tables in the report's text: funds, one target matrix per project, scores.

Figures are those of `rollup` and `scoring`, the same that the workbook shows; text is printed as typed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xl_perfeval import rollup, scoring
from xl_perfeval.model import FieldKind
from xl_perfeval.report import figures, layout
from xl_perfeval.report.cells import (
    amount_cell,
    amount_text,
    fitted_table,
    heading_cell,
    heading_row,
    money_text,
    possible,
    score_cell,
    text_cell,
)
from xl_perfeval.report.markup import Cell, Row, as_typed, lines, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from xl_perfeval.model import CellValue, FormField, Project, Submission, WorkItem
    from xl_perfeval.report.layout import Page

_AMOUNTS = ("budget", "budget_local", "spent", "spent_local")

_READABLE = 5.0
"""Characters a line that columns of sentences need on average; with fewer the page is turned sideways."""
_LEAST = 4.2
"""Characters a line that each of them gets, however little stands in it."""
_WIDEST_AMOUNT = 6.0
"""Characters an amount column may take from the others."""
_LONG = 300
"""Longer cells do not make their column wider still."""


def funds(submission: Submission, page: Page) -> str:
    """项目支出资金概况: two header rows, a row per project, 合计; amounts in 万元, two decimals."""
    form = submission.edition.table("funds")
    name, kind, purpose = (form.field(key) for key in ("name", "kind", "purpose"))
    amounts = [form.field(key) for key in _AMOUNTS]
    rows = [
        [amount_text(getattr(project.funding, key)) for key in _AMOUNTS] for project in submission.projects
    ]
    totals = [money_text(rollup.total_of(submission.projects, key)) for key in _AMOUNTS]
    upper = [heading_cell(field, merge="restart") for field in (name, kind, purpose)]
    below = [Cell((), layout.TABLE_HEAD, merge="continue") for _ in upper]
    body = [
        Row([
            text_cell(project.name, centred=True),
            text_cell(project.kind, centred=True),
            text_cell(project.purpose),
            *map(amount_cell, row),
        ])
        for project, row in zip(submission.projects, rows, strict=True)
    ]  # fmt: skip
    longest = max(len(text) for row in (*rows, totals) for text in row)
    width = min(max(4.2, longest / 2 + 0.2), _WIDEST_AMOUNT)
    return fitted_table(
        page,
        page.columns([(4.2, 2), (4.2, 0), (5, 5), *((width, 0) for _ in _AMOUNTS)]),
        [
            Row([*upper, *_groups(amounts)], header=True),
            Row([*below, *map(heading_cell, amounts)], header=True),
        ],
        [*body, Row([Cell(("合计",), layout.TABLE_CENTRED, span=3), *map(amount_cell, totals)])],
        form.title,
    )


def scores(submission: Submission, page: Page) -> str:
    """得分汇总: a row per project with the parts of its score, 总分 and 等级; needs an edition that scores."""
    edition = submission.edition
    parts = figures.parts(edition)
    total = edition.frame.total if edition.frame else "总分"
    labels = ["项目名称", *(part.label for part in parts), total, "等级"]
    return fitted_table(
        page,
        page.columns([(6, 5), *((4.4, 1) for _ in parts), (4.2, 1), (3.2, 0)]),
        [Row([Cell(label.split("\n"), layout.TABLE_HEAD) for label in labels], header=True)],
        [
            Row([
                text_cell(project.name, centred=True),
                *(score_cell(lambda p=project, part=part: part.score(p), "—") for part in parts),
                score_cell(lambda p=project: figures.total_score(p, edition), project.total_score),
                text_cell(possible(lambda p=project: scoring.grade_of(p, edition)), centred=True),
            ])
            for project in submission.projects
        ],
        "各项目自评得分",
    )  # fmt: skip


def matrices(submission: Submission, page: Page) -> Matrices:
    """The matrices of a submission: which columns they have, and how wide, the same for all projects."""
    items = [item for project in submission.projects for item in project.items]
    reported = any(lines(item.actual) for item in items)
    fields = [
        field
        for field in submission.edition.table("matrix").fields
        if field.printed and field.kind is not FieldKind.COMPUTED
        if not field.actual or (field.key == "actual" and reported)
    ]
    if not page.holds([_least(field, _READABLE) for field in fields]) and page.height > page.width:
        page = page.turned()
    # Columns grow with what stands in them, so that rows become as low as they can.
    shares = [0.0 if _is_short(field) else 1.0 + _length(items, field) for field in fields]
    wanted = [(_least(field, _LEAST), share) for field, share in zip(fields, shares, strict=True)]
    return Matrices(tuple(fields), tuple(page.columns(wanted)), page)


@dataclass(frozen=True, slots=True)
class Matrices:
    """Columns of the matrices and their widths; `page` is turned sideways when an upright one is too narrow."""

    fields: tuple[FormField, ...]
    widths: tuple[int, ...]
    page: Page

    def of(self, project: Project) -> str:
        """项目绩效目标 of one project exactly as filled; a number among the costs reads “30万元”."""
        return fitted_table(
            self.page,
            self.widths,
            [heading_row(self.fields, self.page, self.widths)],
            [
                Row([_typed(getattr(item, field.key, None), field) for field in self.fields])
                for item in project.items
            ],
            one_line(project.name) + "绩效目标",
        )


def _length(items: Sequence[WorkItem], field: FormField) -> float:
    """How much stands in a column; long cells count more, because they make their rows high."""
    lengths = [min(_LONG, len(as_typed(getattr(item, field.key, None)))) for item in items]
    return (sum(length**2 for length in lengths) / max(1, len(lengths))) ** 0.5


def _groups(fields: Iterable[FormField]) -> Iterator[Cell]:
    """The upper headings, each over its fields."""
    spans: dict[str, int] = {}
    for field in fields:
        spans[field.group] = spans.get(field.group, 0) + 1
    for group, span in spans.items():
        yield Cell((group,), layout.TABLE_HEAD, span=span)


def _is_short(field: FormField) -> bool:
    return field.kind in (FieldKind.AMOUNT, FieldKind.NUMBER, FieldKind.PERIOD)


def _least(field: FormField, text: float) -> float:
    """Least characters of a column on a line, `text` in one that holds sentences."""
    if _is_short(field):
        return 5.2 if field.official else 4.2  # a bracketed note has six small characters
    return text


def _typed(value: CellValue, field: FormField) -> Cell:
    if field.kind is FieldKind.AMOUNT and isinstance(value, (int, float)) and not isinstance(value, bool):
        return text_cell(f"{as_typed(value)}万元", centred=True)
    return text_cell(value, centred=_is_short(field))
