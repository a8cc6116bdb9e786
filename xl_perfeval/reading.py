"""Book → Submission, and what reading itself notices (`model.Intake`).

The reader finds everything by defined names (`forms.names`), never by tab text or fixed addresses, so that
renamed tabs, inserted rows and moved columns do not matter. The first and the last row of a block are the thin
locked lines of the form; data stands between them. Computed cells are never trusted: they are compared with what the
inputs give.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from xl_perfeval import forms, rollup, scoring
from xl_perfeval.books import BROKEN, BookFacts, NotReadable, ReadableBook
from xl_perfeval.forms import names
from xl_perfeval.model import (
    CellError,
    CellValue,
    Computed,
    Edition,
    Execution,
    FieldKind,
    FormField,
    FormTable,
    Funding,
    Goal,
    Indicator,
    Intake,
    Locator,
    OwnSheet,
    Paragraph,
    ParagraphState,
    Project,
    Ref,
    Source,
    Stage,
    Stray,
    Submission,
    Unit,
    WorkItem,
    column_letters,
    row_and_column,
)

LONGEST_TEXT = 32767
"""Characters that one cell can hold."""

HOME_LABELS = {
    "name": "单位名称",
    "code": "单位编码",
    "department": "主管部门",
    "year": "年度",
    "stage": "阶段",
    "report_date": "报告日期",
    "prepared_by": "填报人",
}
_HOME = {
    "name": names.UNIT,
    "code": names.UNIT_CODE,
    "department": names.DEPARTMENT,
    "year": names.YEAR,
    "stage": names.STAGE,
    "report_date": names.REPORT_DATE,
    "prepared_by": names.PREPARED_BY,
}
_FUNDING = ("initial_budget", "budget", "budget_local", "spent", "spent_local", "reason")
_OF_PROJECT = ("name", "kind", "purpose", "section")


def read(book: ReadableBook) -> Submission:
    """The submission in a workbook. Raises `NotReadable` (F002, F003) when it is no workbook of this form."""
    return _Reader(book).submission()


@dataclass(slots=True)
class _Noticed:
    missing: list[str] = field(default_factory=list[str])
    errors: list[Stray] = field(default_factory=list[Stray])
    outside: list[Stray] = field(default_factory=list[Stray])
    merged: list[Ref] = field(default_factory=list[Ref])
    hidden: list[Ref] = field(default_factory=list[Ref])
    copied: list[OwnSheet] = field(default_factory=list[OwnSheet])
    orphans: list[OwnSheet] = field(default_factory=list[OwnSheet])
    renamed: list[OwnSheet] = field(default_factory=list[OwnSheet])
    computed: list[Computed] = field(default_factory=list[Computed])
    truncated: list[Stray] = field(default_factory=list[Stray])

    def intake(self, facts: BookFacts) -> Intake:
        foreign = (
            ("宏", facts.macros),
            ("外部链接", facts.external_links),
            ("嵌入对象", facts.embedded),
        )
        return Intake(
            no_results=facts.no_results,
            foreign=tuple(word for word, there in foreign if there),
            far=tuple(facts.far),
            **{slot: tuple(getattr(self, slot)) for slot in self.__slots__},
        )


@dataclass(frozen=True, slots=True)
class _Row:
    """One filled row of a table: its sheet row and the values of its fields."""

    row: int
    values: dict[str, Any]
    """`CellValue` by field; `Any` because they are handed on as keywords."""


class _Reader:
    """One pass over a workbook; holds its names and what was noticed on the way."""

    def __init__(self, book: ReadableBook) -> None:
        self.book = book
        self.by_sheet, self.workbook = _split(book.names())
        self.noticed = _Noticed()
        self.edition = self._edition()

    # --- the whole ----------------------------------------------------------------------------------

    def submission(self) -> Submission:
        home = self._home()
        header = {key: self._one(ref) for key, ref in home.items()}
        sheet = next(iter(home.values()), Ref("", "")).sheet
        locator = Locator(
            sheet, "HOME", cells={key: ref.cell for key, ref in home.items()}, labels=HOME_LABELS
        )
        projects, totals = self._projects()
        paragraphs, narrative = self._narrative()
        facts = self.book.facts()
        if facts.no_results:
            self.noticed.computed.clear()
        remark = self.workbook.get(names.FUND_REMARK)
        return Submission(
            edition=self.edition,
            unit=Unit(
                name=header.get("name"),
                code=header.get("code"),
                department=header.get("department"),
                locator=locator,
            ),
            year=_year(header.get("year")),
            stage=_stage(header.get("stage")),
            report_date=_date(header.get("report_date")),
            prepared_by=header.get("prepared_by"),
            projects=projects,
            totals=totals,
            remark=self._one(remark) if remark else None,
            paragraphs=paragraphs,
            narrative=narrative,
            intake=self.noticed.intake(facts),
            locator=locator,
        )

    def _edition(self) -> Edition:
        where = self.workbook.get(names.EDITION)
        schema = self.workbook.get(names.SCHEMA)
        if where is None or schema is None:
            raise NotReadable(
                "F002",
                "这不是绩效自评工作簿，里面没有本表的标记。",
                "请用 perfeval new 生成的工作簿填报后再试。",
            )
        if where.cell == BROKEN or schema.cell == BROKEN:
            raise NotReadable(
                "F003", "首页的表样标记被删除了，读不出这是哪种表。", "请撤消删除，或从备份里找回首页。"
            )
        version, edition = str(_plain(self._one(schema))), self._one(where)
        if version != forms.SCHEMA:
            raise NotReadable(
                "F002",
                f"这个工作簿的格式版本是“{version}”，本程序只认识“{forms.SCHEMA}”。",
                "请升级 perfeval 后再试。",
            )
        try:
            return forms.load(str(edition))
        except forms.UnknownEdition:
            known = "、".join(forms.editions())
            raise NotReadable(
                "F002",
                f"不认识表样“{edition or ''}”，本程序带有：{known}。",
                "请在首页恢复原来的表样代号，或升级 perfeval。",
            ) from None

    def _home(self) -> dict[str, Ref]:
        found: dict[str, Ref] = {}
        for key, name in _HOME.items():
            ref = self.workbook.get(name)
            if ref is None or ref.cell == BROKEN:
                self.noticed.missing.append(f"首页的“{HOME_LABELS[key]}”")
            else:
                found[key] = ref
        return found

    # --- projects -----------------------------------------------------------------------------------

    def _projects(self) -> tuple[tuple[Project, ...], Funding]:
        table = self.edition.table("funds")
        block = self._block(table, self.workbook, "资金概况", also={"id": names.FUND_ID})
        if block is None or "name" not in block.columns or "id" not in block.columns:
            raise NotReadable(
                "F003", "表样缺少资金概况的项目名称列或项目标记列。", "请撤消删除，或从备份里找回“资金概况”。"
            )
        locator = block.locator("FUNDS")
        matrices, forms_ = self._own_sheets("matrix", "MX_ITEM"), self._own_sheets("scoring", "SE_LEVEL3")
        projects: list[Project] = []
        for row in self._rows(block):
            number = len(projects) + 1
            identity = str(row.values.pop("id") or "").strip()
            project = Project(
                id=identity,
                number=number,
                locator=locator,
                row=row.row,
                **_picked(row, _OF_PROJECT),
            )
            funding = Funding(
                project=identity,
                project_name=project.called,
                locator=locator,
                row=row.row,
                **_picked(row, _FUNDING),
            )
            self._computed_of_funds(block, row, project, funding)
            project = replace(project, funding=funding)
            if identity in matrices:
                project = self._with_matrix(project, matrices.pop(identity))
            if identity in forms_:
                project = self._with_scoring(project, forms_.pop(identity))
            projects.append(project)
        self._orphans(matrices, forms_)
        totals = self._totals(table, projects, locator)
        self._surroundings(block, "FUNDS")
        return tuple(projects), totals

    def _computed_of_funds(self, block: _Block, row: _Row, project: Project, funding: Funding) -> None:
        budget, spent = rollup.read(funding.budget), rollup.read(funding.spent)
        balance = rollup.balance(spent, budget)
        for key, expected in (
            ("rate", rollup.rate(spent, budget)),
            ("balance", None if balance is None else rollup.excel_round(balance, 6)),
        ):
            if key in block.columns:
                self._compare(block, key, row, expected, project.called, f"{project.id}|{key}")

    def _compare(
        self, block: _Block, key: str, row: _Row, expected: Decimal | None, called: str | None, meaning: str
    ) -> None:
        stored = row.values.get(key)
        if stored is None or not _differs(stored, expected):
            return
        self.noticed.computed.append(
            Computed(
                at=Ref(block.sheet, f"{block.columns[key]}{row.row}"),
                label=block.labels.get(key, key),
                row_name=called,
                sheet_id=block.sheet,
                key=meaning,
                stored=stored,
                expected=expected,
            )
        )

    def _totals(self, table: FormTable, projects: Sequence[Project], locator: Locator) -> Funding:
        typed: dict[str, Any] = {}
        cells: dict[str, str] = {}
        for each in table.fields:
            if each.kind is not FieldKind.AMOUNT:
                continue
            ref = self.workbook.get(names.total(table, each))
            if ref is None or ref.cell == BROKEN:
                self.noticed.missing.append(f"资金概况“{each.label}”的合计")
                continue
            cells[each.key] = ref.cell
            stored, total = self._one(ref), rollup.total_of(projects, each.key)
            if stored is None:
                if total:
                    self._notice_cell(
                        ref, each.label + "合计", None, "FUNDS", f"total|{each.key}", stored, total
                    )
            elif _differs(stored, rollup.excel_round(total, 6)):
                typed[each.key] = stored
        return Funding(locator=replace(locator, cells=cells), **typed)

    def _notice_cell(
        self,
        ref: Ref,
        label: str,
        called: str | None,
        sheet_id: str,
        key: str,
        stored: CellValue,
        expected: Decimal | None,
    ) -> None:
        self.noticed.computed.append(
            Computed(
                at=ref,
                label=label,
                row_name=called,
                sheet_id=sheet_id,
                key=key,
                stored=stored,
                expected=expected,
            )
        )

    # --- sheets of projects -------------------------------------------------------------------------

    def _own_sheets(self, kind: str, mark: str) -> dict[str, str]:
        """Tabs of one kind by project id; a second sheet with the same id is a copy made by hand."""
        found: dict[str, str] = {}
        if not self.edition.has(kind):
            return found
        for tab, scoped in self.by_sheet.items():
            ref = scoped.get(names.PROJECT_ID)
            if ref is None or mark not in scoped:
                continue
            identity = "" if ref.cell == BROKEN else str(self._one(ref) or "").strip()
            if not identity:
                self.noticed.missing.append(f"工作表“{tab}”的项目标记")
            elif identity in found:
                self.noticed.copied.append(OwnSheet(sheet=tab, project_id=identity, kind=kind))
            else:
                found[identity] = tab
        return found

    def _orphans(self, *left: Mapping[str, str]) -> None:
        for kind, tabs in zip(("matrix", "scoring"), left, strict=True):
            table = self.edition.table(kind) if tabs else None
            for identity, tab in tabs.items():
                block = self._block(table, self.by_sheet[tab], tab) if table else None
                if block and any(True for _ in self._rows(block)):
                    self.noticed.orphans.append(OwnSheet(sheet=tab, project_id=identity, kind=kind))

    def _with_matrix(self, project: Project, tab: str) -> Project:
        table, scoped = self.edition.table("matrix"), self.by_sheet[tab]
        block = self._block(table, scoped, f"工作表“{tab}”")
        cells = _cells(scoped, {"name": names.MATRIX_NAME, "note": names.MATRIX_NOTE})
        sheet = _own_sheet(tab, project, cells, block, "name")
        if block is None:
            return replace(project, matrix=sheet)
        locator = block.locator(project.id)
        items = tuple(
            WorkItem(number=number, locator=locator, row=row.row, **_picked(row, _ITEM))
            for number, row in enumerate(self._rows(block), start=1)
        )
        project = replace(project, note=self._cell(tab, cells, "note"), items=items, matrix=sheet)
        self._check_name(project, tab, "matrix", cells)
        self._computed_of_matrix(project, scoped, table)
        self._surroundings(block, project.id)
        return project

    def _check_name(self, project: Project, tab: str, kind: str, cells: Mapping[str, str]) -> None:
        shown = self._one(Ref(tab, cells["name"])) if "name" in cells else None
        if shown is not None and project.called and str(shown).strip() != str(project.name).strip():
            self.noticed.renamed.append(OwnSheet(sheet=tab, project_id=project.id, kind=kind, name=shown))

    def _computed_of_matrix(self, project: Project, scoped: Mapping[str, Ref], table: FormTable) -> None:
        budget, spent = rollup.read(project.funding.budget), rollup.read(project.funding.spent)
        expected: list[tuple[str, str, Decimal | None]] = [
            (names.MATRIX_BUDGET, "预算", budget),
            (names.MATRIX_PROJECT_SPENT, "支出", spent),
            (names.MATRIX_RATE, "执行率", rollup.rate(spent, budget)),
        ]
        for each in table.fields:
            if each.kind is FieldKind.AMOUNT:
                total = rollup.total(getattr(item, each.key) for item in project.items)
                expected.append((names.total(table, each), f"{each.label}合计", rollup.excel_round(total, 6)))
        for name, label, value in expected:
            ref = scoped.get(name)
            if ref is None or ref.cell == BROKEN:
                continue
            stored = self._one(ref)
            if stored is not None and _differs(stored, value):
                self._notice_cell(ref, label, None, project.id, name, stored, value)

    def _with_scoring(self, project: Project, tab: str) -> Project:
        table, scoped = self.edition.table("scoring"), self.by_sheet[tab]
        block = self._block(table, scoped, f"工作表“{tab}”")
        cells = _cells(scoped, names.SCORING_CELLS)
        sheet = _own_sheet(tab, project, cells, block, "level3")
        if block is None:
            return replace(project, scoring=sheet)
        funding = replace(
            project.funding,
            initial_budget=self._cell(tab, cells, "initial_budget"),
            sources=tuple(self._sources(tab, scoped)),
        )
        goal = Goal(
            expected=self._cell(tab, cells, "expected"),
            achieved=self._cell(tab, cells, "achieved"),
            locator=sheet,
        )
        indicators = self._indicators(block, block.locator(project.id))
        project = replace(project, funding=funding, goal=goal, scoring=sheet, indicators=indicators)
        self._check_name(project, tab, "scoring", cells)
        return self._with_typed_results(project, tab, cells)

    def _indicators(self, block: _Block, locator: Locator) -> tuple[Indicator, ...]:
        assert self.edition.scoring is not None
        groups = [group.name for group in self.edition.scoring.groups]
        level1: CellValue = None
        found: list[Indicator] = []
        for row in self._rows(block, blank_without=("level1", "level2", "method"), every=True):
            level1 = _group(row.values.get("level1"), groups) or level1
            if all(
                row.values.get(key) is None for key in _INDICATOR if key not in {"level1", "level2", "method"}
            ):
                continue
            indicator = Indicator(
                number=len(found) + 1,
                locator=locator,
                row=row.row,
                **{**_picked(row, _INDICATOR), "level1": level1},
            )
            if _is_computed(indicator.score, scoring.indicator_score(indicator, self.edition)):
                indicator = replace(indicator, score=None)
            found.append(indicator)
        return tuple(found)

    def _sources(self, tab: str, scoped: Mapping[str, Ref]) -> Iterator[Source]:
        columns = {key: scoped[name] for key, name in names.SOURCE_COLUMNS.items() if name in scoped}
        if "name" not in columns or any(ref.cell == BROKEN for ref in columns.values()):
            return
        read = {key: [cells[0] for cells in self.book.read(ref)] for key, ref in columns.items()}
        top, _ = row_and_column(columns["name"].cell)
        locator = Locator(
            tab,
            "",
            columns={key: column_letters(row_and_column(ref.cell)[1]) for key, ref in columns.items()},
            labels={"initial_budget": "年初预算数", "budget": "全年预算数", "spent": "全年执行数"},
        )
        for place, name in enumerate(read["name"]):
            values: dict[str, Any] = {
                key: read[key][place] for key in ("initial_budget", "budget", "spent") if key in read
            }
            if name is not None and any(value is not None for value in values.values()):
                cleaned = re.sub(r"^\s*其中\s*[：:]\s*", "", str(name)).strip()
                yield Source(name=cleaned, locator=locator, row=top + place, **values)

    def _with_typed_results(self, project: Project, tab: str, cells: Mapping[str, str]) -> Project:
        """Keep what was typed over the formulas of the scoring form; what they compute is not kept."""
        edition, funding = self.edition, project.funding
        assert edition.scoring is not None
        budget, spent = rollup.read(funding.budget), rollup.read(funding.spent)
        computed: dict[str, Decimal | None] = {
            "weight": edition.scoring.execution_weight,
            "rate": rollup.rate(spent, budget),
            "score": scoring.execution_score(spent, budget, edition),
        }
        typed: dict[str, Any] = {
            key: value
            for key, expected in computed.items()
            if not _is_computed(value := self._cell(tab, cells, f"execution_{key}"), expected)
        }
        row = Locator(
            tab,
            project.id,
            cells={key: cells[f"execution_{key}"] for key in computed if f"execution_{key}" in cells},
        )
        project = replace(project, execution=Execution(locator=row, **typed))
        total = scoring.total(project, edition)
        stated = self._cell(tab, cells, "total_score")
        grade = self._cell(tab, cells, "grade")
        expected_grade = None if total is None else scoring.grade(total, edition)
        return replace(
            project,
            total_score=None if _is_computed(stated, total) else stated,
            grade=None if grade is None or grade == expected_grade else grade,
        )

    # --- narrative ----------------------------------------------------------------------------------

    def _narrative(self) -> tuple[tuple[Paragraph, ...], Locator | None]:
        table = self.edition.table("narrative")
        block = self._block(table, self.workbook, "报告文字", also={"key": names.NARRATIVE_KEY})
        if block is None or "text" not in block.columns:
            return (), None
        sections = {heading.short: heading.id for heading in self.edition.outline}
        rows = list(self._rows(block, blank_without=("section", "state", "take", "key")))
        after = max((row.row for row in rows), default=block.first - 1) + 1
        locator = block.locator("NARRATIVE", {"next": f"{block.columns['text']}{after}"})
        counted: dict[str, int] = {}
        paragraphs: list[Paragraph] = []
        for row in rows:
            section = sections.get(str(row.values.get("section") or "").strip(), "other")
            counted[section] = counted.get(section, 0) + 1
            key = row.values.get("key")
            paragraphs.append(
                Paragraph(
                    section=section,
                    text=_text(row.values["text"]),
                    id=str(key) if key else f"{section}/{counted[section]}",
                    state=_state(row.values.get("state")),
                    locator=locator,
                    row=row.row,
                )
            )
        self._surroundings(block, "NARRATIVE")
        return tuple(paragraphs), locator

    # --- cells --------------------------------------------------------------------------------------

    def _one(self, ref: Ref) -> CellValue:
        return _clean(self.book.read(ref)[0][0])

    def _cell(self, tab: str, cells: Mapping[str, str], key: str) -> CellValue:
        return self._one(Ref(tab, cells[key])) if key in cells else None

    def _block(
        self, table: FormTable, scope: Mapping[str, Ref], where: str, also: Mapping[str, str] | None = None
    ) -> _Block | None:
        """Where the columns of a table stand; what is gone is noticed."""
        found: dict[str, Ref] = {}
        for each in table.fields:
            ref = scope.get(names.column(table, each))
            if ref is None or ref.cell == BROKEN:
                if each.kind is not FieldKind.COMPUTED:
                    self.noticed.missing.append(f"{where}的“{each.label}”列")
            else:
                found[each.key] = ref
        found |= {
            key: scope[name]
            for key, name in (also or {}).items()
            if name in scope and scope[name].cell != BROKEN
        }
        if not found:
            return None
        anchor = next(iter(found.values()))
        top, bottom = _rows_of(anchor)
        return _Block(
            table=table,
            sheet=anchor.sheet,
            first=top + 1,
            last=bottom - 1,
            columns={key: column_letters(row_and_column(ref.cell)[1]) for key, ref in found.items()},
            labels={each.key: each.label for each in table.fields},
        )

    def _rows(
        self, block: _Block, blank_without: Sequence[str] = (), *, every: bool = False
    ) -> Iterator[_Row]:
        """Filled rows of a block. A row counts as blank when only computed cells or `blank_without` are filled."""
        if block.last < block.first:
            return
        numbers = {key: row_and_column(f"{letters}1")[1] for key, letters in block.columns.items()}
        low, high = min(numbers.values()), max(numbers.values())
        ref = Ref(block.sheet, f"{column_letters(low)}{block.first}:{column_letters(high)}{block.last}")
        typed = [
            (each, numbers[each.key] - low)
            for each in block.table.fields
            if each.kind is not FieldKind.COMPUTED and each.key in numbers
        ]
        deciding = [place for each, place in typed if each.key not in blank_without]
        offsets = [(key, number - low) for key, number in numbers.items()]
        for row, cells in enumerate(self.book.read(ref), start=block.first):
            if not every and all(_is_blank(cells[place]) for place in deciding):
                continue
            for each, place in typed:
                value = cells[place]
                if isinstance(value, CellError) or (isinstance(value, str) and len(value) >= LONGEST_TEXT):
                    self._odd_cell(block, each, row, value)
            yield _Row(row, {key: _clean(cells[place]) for key, place in offsets})

    def _odd_cell(self, block: _Block, each: FormField, row: int, value: CellValue) -> None:
        stray = Stray(
            at=Ref(block.sheet, f"{block.columns[each.key]}{row}"),
            value=value if isinstance(value, CellError) else None,
            sheet_id=block.sheet,
            label=each.label,
        )
        (self.noticed.errors if isinstance(value, CellError) else self.noticed.truncated).append(stray)

    def _surroundings(self, block: _Block, sheet_id: str) -> None:
        """Content below or beside the form, merged cells and hidden rows inside the block."""
        facts = self.book.facts()
        for ref in facts.merged.get(block.sheet, ()):
            top, bottom = _rows_of(ref)
            if top <= block.last and bottom >= block.first:
                self.noticed.merged.append(ref)
        hidden = facts.hidden_rows.get(block.sheet, frozenset[int]())
        self._outside(block, sheet_id)
        if hidden:
            for row in self._rows(block):
                if row.row in hidden:
                    self.noticed.hidden.append(Ref(block.sheet, f"{min(block.columns.values())}{row.row}"))

    def _outside(self, block: _Block, sheet_id: str) -> None:
        used_rows, used_columns = _corner(self.book.used(block.sheet))
        known = [ref for ref in self._names_on(block.sheet) if ref.cell != BROKEN]
        rows = max(_rows_of(ref)[1] for ref in known)
        columns = max(_corner(ref)[1] for ref in known)
        beyond: list[tuple[int, int, CellValue]] = []
        if used_rows > rows:
            below = self.book.read(Ref(block.sheet, f"A{rows + 1}:{column_letters(used_columns)}{used_rows}"))
            beyond += [(r, c, v) for r, cells in enumerate(below, rows + 1) for c, v in enumerate(cells, 1)]
        if used_columns > columns:
            letters = column_letters(columns + 1)
            beside = self.book.read(Ref(block.sheet, f"{letters}1:{column_letters(used_columns)}{rows}"))
            beyond += [
                (r, c, v) for r, cells in enumerate(beside, 1) for c, v in enumerate(cells, columns + 1)
            ]
        for row, column, value in beyond:
            if not _is_blank(value):
                at = Ref(block.sheet, f"{column_letters(column)}{row}")
                self.noticed.outside.append(Stray(at=at, value=value, sheet_id=sheet_id))

    def _names_on(self, sheet: str) -> Iterable[Ref]:
        yield from self.by_sheet.get(sheet, {}).values()
        yield from (ref for ref in self.workbook.values() if ref.sheet == sheet)


@dataclass(frozen=True, slots=True)
class _Block:
    """A table on a sheet: its data rows `first` to `last` and the column letters of its fields."""

    table: FormTable
    sheet: str
    first: int
    last: int
    columns: Mapping[str, str]
    labels: Mapping[str, str]

    def locator(self, sheet_id: str, cells: Mapping[str, str] | None = None) -> Locator:
        return Locator(self.sheet, sheet_id, columns=self.columns, cells=cells or {}, labels=self.labels)


_ITEM = ("name", "cost", "schedule", "quantity", "quality", "benefit", "actual", "spent", "reason")
_INDICATOR = (
    "level1", "level2", "level3", "sign", "target", "unit", "actual", "method", "weight", "score", "reason",
    "description", "evidence",
)  # fmt: skip


def _own_sheet(
    tab: str, project: Project, cells: Mapping[str, str], block: _Block | None, first: str
) -> Locator:
    """Where the single cells of a project's own sheet stand; `first` is the column of its first data cell."""
    corner = f"{block.columns.get(first, 'A')}{block.first}" if block else "A1"
    return Locator(tab, project.id, cells={**cells, "first": corner})


def _picked(row: _Row, keys: Iterable[str]) -> dict[str, Any]:
    return {key: row.values.get(key) for key in keys}


def _split(all_names: Mapping[str, Ref]) -> tuple[dict[str, dict[str, Ref]], dict[str, Ref]]:
    """Names by tab, and names of the whole workbook; only ours."""
    by_sheet: dict[str, dict[str, Ref]] = {}
    workbook: dict[str, Ref] = {}
    for name, ref in all_names.items():
        tab, mark, own = name.rpartition("!")
        if not own.startswith(("PE_", "FUND_", "MX_", "SE_", "NARR_", "FIND_")):
            continue
        if mark:
            by_sheet.setdefault(tab, {})[own] = ref
        else:
            workbook[own] = ref
    return by_sheet, workbook


def _cells(scoped: Mapping[str, Ref], wanted: Mapping[str, str]) -> dict[str, str]:
    return {
        key: scoped[name].cell
        for key, name in wanted.items()
        if name in scoped and scoped[name].cell != BROKEN
    }


def _rows_of(ref: Ref) -> tuple[int, int]:
    first, _, last = ref.cell.partition(":")
    return row_and_column(first)[0], row_and_column(last or first)[0]


def _corner(ref: Ref) -> tuple[int, int]:
    first, _, last = ref.cell.partition(":")
    return row_and_column(last or first)


def _is_blank(value: CellValue) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _clean(value: CellValue) -> CellValue:
    """Whole numbers as `int`, midnight as a date, blank text as nothing."""
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    if isinstance(value, str):
        return value if value.strip() else None
    return value.date() if isinstance(value, datetime) else value


def _plain(value: CellValue) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _text(value: CellValue) -> str:
    return value if isinstance(value, str) else str(_plain(value))


def _differs(stored: CellValue, expected: Decimal | None) -> bool:
    """Whether a computed cell shows another figure than the inputs give, beyond floating-point dust."""
    if isinstance(stored, bool) or not isinstance(stored, int | float):
        return not (expected is None and _is_blank(stored))
    if expected is None:
        return True
    return abs(Decimal(repr(stored)) - expected) > Decimal("0.000001")


def _is_computed(stored: CellValue, expected: Decimal | None) -> bool:
    """Whether a cell of the scoring form shows just what its formula gives (or the word for “not yet”)."""
    if _is_blank(stored) or stored == "待填" or stored == "—":
        return True
    return expected is not None and isinstance(stored, int | float) and not _differs(stored, expected)


def _group(value: CellValue, groups: Sequence[str]) -> CellValue:
    """“产出指标（50分）” as the group it names; other text as typed."""
    if not isinstance(value, str) or not value.strip():
        return None
    bare = re.sub(r"\s*[（(]\s*\d+(?:\.\d+)?\s*分\s*[）)]\s*$", "", value).strip()
    return bare if bare in groups else value


def _year(value: CellValue) -> int:
    match = re.search(r"20\d\d", str(value)) if value is not None else None
    return int(match.group()) if match else 0


def _stage(value: CellValue) -> Stage:
    try:
        return Stage(str(value).strip())
    except ValueError:
        return Stage.YEAR_END


def _state(value: CellValue) -> ParagraphState:
    try:
        return ParagraphState(str(value).strip())
    except ValueError:
        return ParagraphState.WRITTEN


def _date(value: CellValue) -> date | None:
    if isinstance(value, date):
        return value
    match = re.fullmatch(r"\s*(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?\s*", str(value or ""))
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None
