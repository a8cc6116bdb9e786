"""Paragraphs → 报告文字, `_底稿` and a line of `_日志`, as blocks of values through the port `Book`.

What is written is what `narrative.redrafting` makes of the rows and of fresh drafts. A cell that it leaves alone keeps
what stands in it, formulas of people included, also when its row moves. `recount` adds what only a saved file needs,
since nothing recalculates there: row heights and the stored results of formulas.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from xl_perfeval import narrative
from xl_perfeval.books import BROKEN, Book, Formula, ReadableBook
from xl_perfeval.forms import names, ownsheets, reporttext
from xl_perfeval.model import (
    CellValue,
    Edition,
    Paragraph,
    ParagraphState,
    Ref,
    Submission,
    column_letters,
    row_and_column,
)
from xl_perfeval.narrative import passages, sources
from xl_perfeval.narrative.redrafting import Narrative, Redrafted, redraft
from xl_perfeval.reading import narrative as reading
from xl_perfeval.reading.cells import clean, corner, rows_of, state, text
from xl_perfeval.saving import NotSaved
from xl_perfeval.writing import findings, log
from xl_perfeval.writing.columns import side_by_side
from xl_perfeval.writing.findings import SavedBook

Cells = dict[str, CellValue | Formula]
"""A row of 报告文字 by column."""

_COLUMNS = ("section", "text", "state", "draft", "take", "key")
"""Columns that a generation fills; 段号 and 字数 are formulas."""
_OPTIONAL = ("origin",)
"""Columns that workbooks of version 1 do not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a generation left in the workbook."""

    redrafted: Redrafted
    same: bool
    """Nothing is different from before."""
    rows: Mapping[int, Cells]
    """All rows of 报告文字 by sheet row, as they are now; empty where one is blank now."""
    moved: frozenset[int]
    """Sheet rows that hold something else than before."""


def expect(book: ReadableBook) -> None:
    """Tell the book, before it is read, that the sheets of the last drafts, of the findings and of the log will be
    asked for too."""
    listed = {ref.sheet for name, ref in book.names().items() if name in names.FINDINGS.values()}
    book.expect(({reading.BASES, log.TAB} | listed) & set(book.sheets()))


def write(
    book: Book, submission: Submission, now: datetime, *, formulas: Mapping[str, str] | None = None
) -> Written:
    """Draft the report of a submission anew into the workbook it was read from.

    `formulas` are those of 报告文字 by address, where the book can tell: a paragraph that a person wrote as a formula
    is that person's. Raises `NotSaved`, before anything is written, when the sheet lost a column or has too few rows.
    """
    outline = [heading.id for heading in submission.edition.outline]
    before = current(book, submission.edition, formulas=formulas)
    drafted = tuple(passages.of(submission))
    made = redraft(before, narrative.as_paragraphs(drafted), outline)
    known = sources.by_passage(drafted, made.narrative.rows)
    origins = {key: sources.summary(found) for key, found in known.items()}
    return put(book, submission.edition, made, now, formulas=formulas, origins=origins)


def current(book: ReadableBook, edition: Edition, *, formulas: Mapping[str, str] | None = None) -> Narrative:
    """报告文字 and `_底稿` as they stand. Raises `NotSaved` when the sheet lost a column."""
    table = _Table.of(book, edition, formulas or {})
    return Narrative(rows=table.paragraphs(), bases=reading.bases_of(book))


def put(
    book: Book,
    edition: Edition,
    made: Redrafted,
    now: datetime,
    *,
    formulas: Mapping[str, str] | None = None,
    action: str = "生成报告",
    outcome: str = "",
    origins: Mapping[str, str] | None = None,
) -> Written:
    """Put what was made of the `current` narrative back; the log calls it `action`, with `outcome` or the counts.

    `origins` tells by paragraph id where its figures come from (数字出处); without it that column stays as it is.
    Raises `NotSaved`.
    """
    table = _Table.of(book, edition, formulas or {})
    memory = reading.base_block(book)
    if memory is None:
        raise NotSaved(
            "这个工作簿少了隐藏的“_底稿”表，系统记不得上次起草的文字，没有写入。请从备份里找回，或用 perfeval new 另建一份。"
        )
    placed = table.placed(made.narrative.rows)
    rows = table.arranged(placed, origins)
    bases = _base_rows(made.narrative, memory)
    moved = table.write(book, rows)
    if moved:
        findings.follow(book, table.sheet, table.went(placed))
    same = not _write_bases(book, memory, bases) and not moved
    if not same:
        log.add(book, f"{now:%Y-%m-%d %H:%M}", action, outcome or made.counts)
    return Written(redrafted=made, same=same, rows=rows, moved=moved)


def recount(book: SavedBook, written: Written, edition: Edition) -> None:
    """In a saved file, also let 段号, 字数, marks and the progress on 首页 show what a recalculation gives."""
    table = _Table.of(book, edition, {})
    sheet = table.sheet
    book.fit(sheet, _heights(table, written, edition))
    formulas = book.formulas(sheet)
    sections = edition.sections
    filled: set[str] = set()
    shown = [_shown(cells.get("section")) for cells in written.rows.values()]
    for (row, cells), number in zip(written.rows.items(), reporttext.numbers(shown), strict=True):
        paragraph = _shown(cells.get("text"))
        if paragraph:
            filled.add(_shown(cells.get("section")))
        for key, formula, value in (
            ("number", reporttext.number_formula(table.letters["section"], row, table.top), number),
            ("length", reporttext.length_formula(table.letters["text"], row), reporttext.length(paragraph)),
        ):
            ref = Ref(sheet, f"{table.letters.get(key)}{row}")
            if key not in table.letters:
                continue
            if ref.cell in formulas:
                book.show(ref, value)
            elif cells and book.read(ref)[0][0] is None:  # a row that people inserted
                book.write(ref, [[Formula(formula, value)]])
    share = reporttext.filled_share(edition, {sections[each] for each in filled if each in sections})
    _show_progress(book, sheet, share)
    _show_marks(book, table, written.rows)


# --- 报告文字 -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Table:
    """The table of 报告文字 as it stands in a workbook: rows `top` + 1 to `bottom` − 1 may hold paragraphs."""

    edition: Edition
    sheet: str
    top: int
    bottom: int
    letters: Mapping[str, str]
    """Letters of the columns there are."""
    old: Mapping[int, Cells]
    """What stands in the rows, as far as anything does."""
    read: Mapping[int, Paragraph]
    """The same as read."""

    @classmethod
    def of(cls, book: ReadableBook, edition: Edition, formulas: Mapping[str, str]) -> _Table:
        """The table. Raises `NotSaved` when the sheet or a column is gone."""
        known, form = book.names(), edition.table("narrative")
        wanted = {each.key: names.column(form, each) for each in form.fields} | {"key": names.NARRATIVE_KEY}
        found = {key: known[name] for key, name in wanted.items() if _there(known.get(name), book)}
        lost = [key for key in _COLUMNS if key not in found]
        if len(lost) == len(_COLUMNS):
            raise NotSaved("这个工作簿里没有“报告文字”表，没有写入。请从备份里找回这张表，再试一次。")
        if lost:
            raise NotSaved(
                "“报告文字”表里有列被删除了，没有写入。请撤消删除，或从备份里找回这张表，再试一次。"
            )
        top, bottom = rows_of(found["text"])
        return cls(
            edition=edition,
            sheet=found["text"].sheet,
            top=top,
            bottom=bottom,
            letters={key: column_letters(row_and_column(ref.cell)[1]) for key, ref in found.items()},
            old=_old_cells(
                book, {key: found[key] for key in (*_COLUMNS, *_OPTIONAL) if key in found}, formulas
            ),
            read={row.row: row for row in reading.rows_of(book, edition)},
        )

    def paragraphs(self) -> tuple[Paragraph, ...]:
        """The rows as read; a paragraph that is a formula is a person's, whatever 来源 says."""
        return tuple(
            replace(row, state=ParagraphState.WRITTEN)
            if isinstance(self.old[row.row]["text"], Formula) and row.state is not ParagraphState.LOCKED
            else row
            for row in self.read.values()
        )

    def placed(self, rows: Sequence[Paragraph]) -> dict[int, Paragraph]:
        """The rows by the sheet row each is to have. Raises `NotSaved` when there are too few."""
        placed = list(rows)
        capacity = self.bottom - self.top - 1
        if len(placed) > capacity:  # rows that people left blank between others are room too
            placed = [
                row for row in rows if any(_plain(value) is not None for value in self._cells(row).values())
            ]
        if len(placed) > capacity:
            raise NotSaved(
                f"“报告文字”表只有 {capacity} 行，报告要 {len(placed)} 行，没有写入。"
                f"请在“▲ 在此行以上插入”那一行上面插入 {len(placed) - capacity} 行，保存后再试一次。"
            )
        return dict(enumerate(placed, start=self.top + 1))

    def arranged(
        self, placed: Mapping[int, Paragraph], origins: Mapping[str, str] | None = None
    ) -> dict[int, Cells]:
        """What each sheet row is to hold, blank ones as far as the old rows reach."""
        blank = range(self.top + 1 + len(placed), max(self.old, default=0) + 1)
        filled = {place: self._cells(row) | self._origin(row, origins) for place, row in placed.items()}
        return filled | {place: Cells() for place in blank}

    def went(self, placed: Mapping[int, Paragraph]) -> dict[int, int | None]:
        """Where the old rows stand now; `None` for one that is gone."""
        places = {row.row: place for place, row in placed.items() if row.row in self.old}
        return {old: places.get(old) for old in self.old}

    def write(self, book: Book, rows: Mapping[int, Cells]) -> frozenset[int]:
        """Put the rows into the workbook; returns those that hold something else than before."""
        changed = frozenset(row for row, cells in rows.items() if not _same(cells, self.old.get(row, {})))
        if changed:
            first, last = min(changed), max(changed)
            columns = {key: self.letters[key] for key in (*_COLUMNS, *_OPTIONAL) if key in self.letters}
            for keys in side_by_side({key: f"{letters}1" for key, letters in columns.items()}):
                block = [[rows[row].get(key) for key in keys] for row in range(first, last + 1)]
                book.write(Ref(self.sheet, f"{self.letters[keys[0]]}{first}"), block)
        return changed

    def _cells(self, row: Paragraph) -> Cells:
        """The cells of a row: what stood there as it was typed, but for what is different now."""
        if row.row not in self.read:
            return self._new(row)
        old, before = self.old[row.row], self.read[row.row]
        if not row.id:
            return {**old, "key": None}
        return self._new(row) | {
            key: old[key]
            for key, stays in (
                ("section", before.section == row.section),
                ("text", before.text == row.text),
                ("state", old["state"] is not None and state(_value(old["state"])) is row.state),
                ("draft", before.draft == row.draft),
                ("take", before.take == row.take),
            )
            if stays
        }

    def _origin(self, row: Paragraph, origins: Mapping[str, str] | None) -> Cells:
        """Where the figures of a row come from: as told, otherwise as it stood beside the row."""
        if "origin" not in self.letters:
            return {}
        known = self.old.get(row.row, {}).get("origin") if origins is None else origins.get(row.id)
        return {"origin": known or None}

    def _new(self, row: Paragraph) -> Cells:
        short = {heading.id: heading.short for heading in self.edition.outline}
        return {
            "section": short.get(row.section, row.section),
            "text": row.text or None,
            "state": row.state.value,
            "draft": row.draft or None,
            "take": row.take or None,
            "key": row.id,
        }


def _old_cells(
    book: ReadableBook, columns: Mapping[str, Ref], formulas: Mapping[str, str]
) -> dict[int, Cells]:
    """The rows of a table down to the last that holds anything, formulas as such."""
    sheet = columns["text"].sheet
    top, bottom = rows_of(columns["text"])
    places = {key: row_and_column(ref.cell)[1] for key, ref in columns.items()}
    left, right = min(places.values()), max(places.values())
    last = min(bottom - 1, corner(book.used(sheet))[0])
    if last <= top:
        return {}
    block = book.read(Ref(sheet, f"{column_letters(left)}{top + 1}:{column_letters(right)}{last}"))
    rows: dict[int, Cells] = {}
    for row, values in enumerate(block, start=top + 1):
        rows[row] = {}
        for key, place in places.items():
            value = values[place - left]
            formula = formulas.get(f"{column_letters(place)}{row}")
            rows[row][key] = Formula(formula, value) if formula else value
    while rows and all(_plain(value) is None for value in rows[max(rows)].values()):
        del rows[max(rows)]
    return rows


def _heights(table: _Table, written: Written, edition: Edition) -> dict[int, float]:
    """Heights of the rows that hold something else now, and of the spare rows below them."""
    form = edition.table("narrative")
    last = max((row for row, cells in written.rows.items() if cells), default=table.top)
    spare = range(last + 1, min(last + reporttext.VISIBLE_SPARE + 1, table.bottom)) if written.moved else ()
    heights: dict[int, float] = {}
    for row in {*written.moved, *spare}:
        cells = written.rows.get(row, {})
        if cells:
            heights[row] = reporttext.row_height(_shown(cells.get("text")), _shown(cells.get("draft")), form)
        else:
            heights[row] = reporttext.blank_height(row - last)
    return heights


# --- _底稿 --------------------------------------------------------------------------------------------


def _base_rows(made: Narrative, block: Ref) -> list[list[CellValue]]:
    """The rows of `_底稿`. Raises `NotSaved` when there are too few."""
    rows: list[list[CellValue]] = [
        [key, base.section, base.text or None, base.offered or None] for key, base in made.bases.items()
    ]
    top, bottom = rows_of(block)
    if len(rows) > bottom - top + 1:
        raise NotSaved(
            f"报告要分成 {len(rows)} 段，“_底稿”表只记得下 {bottom - top + 1} 段，没有写入。请把项目分到几个工作簿里填。"
        )
    return rows


def _write_bases(book: Book, block: Ref, rows: Sequence[Sequence[CellValue]]) -> bool:
    """Write what was last generated, with blanks over old rows; whether any of it is different from before."""
    top, bottom = rows_of(block)
    last = min(bottom, corner(book.used(block.sheet))[0])
    old = book.read(Ref(block.sheet, f"A{top}:D{last}")) if last >= top else []
    while old and all(_plain(value) is None for value in old[-1]):
        old.pop()
    if [[_plain(value) for value in row] for row in old] == [list(row) for row in rows]:
        return False
    blank: list[CellValue] = [None] * 4
    over = [*rows, *[blank for _ in range(len(old) - len(rows))]]
    book.write(Ref(block.sheet, f"A{top}:D{top + len(over) - 1}"), over)
    return True


# --- formulas of other sheets -------------------------------------------------------------------------


def _show_marks(book: SavedBook, table: _Table, rows: Mapping[int, Cells]) -> None:
    """Put out the marks of cells that do not hold any more what was checked."""
    columns = {letters: key for key, letters in table.letters.items() if key in _COLUMNS}
    for name in names.MARKS.values():
        block = book.names().get(f"{table.sheet}!{name}")
        if block is None or not _there(block, book):
            continue
        top, column = row_and_column(block.cell)
        last = min(rows_of(block)[1], corner(book.used(block.sheet))[0])
        mark, checked = column_letters(column), column_letters(column + 1)
        formulas = book.formulas(block.sheet)
        for row in range(top, last + 1):
            target = _MARKED.search(formulas.get(f"{mark}{row}", ""))
            if target is None or target[1] not in columns or int(target[2]) not in rows:
                continue
            now = _plain(rows[int(target[2])].get(columns[target[1]]))
            was = book.read(Ref(block.sheet, f"{checked}{row}"))[0][0]
            same = ownsheets.shown_text(now) == ownsheets.shown_text(was)
            book.show(Ref(block.sheet, f"{mark}{row}"), f"{target[1]}{target[2]}" if same else "")


_MARKED = re.compile(r"EXACT\([^&]*!\$?([A-Z]{1,3})\$?([0-9]{1,7})&")


def _show_progress(book: SavedBook, sheet: str, share: float | str) -> None:
    """Show the filled share of 报告文字 beside its formula, and on 首页 the share, its bar and the state."""
    known = book.names()
    cell, home = known.get(f"{sheet}!{names.PROGRESS}"), known[names.EDITION].sheet
    if cell is None or not _there(cell, book):
        return
    if cell.cell in book.formulas(sheet):
        book.show(cell, share)
    formulas = book.formulas(home)
    row, column = row_and_column(cell.cell)
    target = f"={sheet}!${column_letters(column)}${row}"
    for address, formula in formulas.items():
        if formula.replace("'", "").replace('"', "") == target and isinstance(share, float):
            book.show(Ref(home, address), share)
            _show_state(book, home, address, share)


def _show_state(book: SavedBook, home: str, helper: str, share: float) -> None:
    """The bar and the state in the row of 首页 that has its share in the cell `helper`."""
    row, column = row_and_column(helper)
    letters = column_letters(column)
    errors, warnings = (
        book.read(Ref(home, f"{column_letters(column + step)}{row}"))[0][0] for step in (1, 2)
    )
    for address, formula in book.formulas(home).items():
        if not re.search(rf"\$?{letters}\$?{row}\b", formula) or address == helper:
            continue
        if "REPT(" in formula:
            book.show(Ref(home, address), reporttext.bar(share))
        elif "需修改" in formula:
            word = "需修改" if errors else "填写中" if share < 1 else "请核对" if warnings else "已完成"
            book.show(Ref(home, address), word)


# --- small pieces -------------------------------------------------------------------------------------


def _there(ref: Ref | None, book: ReadableBook) -> bool:
    return ref is not None and ref.cell != BROKEN and ref.sheet in book.sheets()


def _same(cells: Cells, old: Cells) -> bool:
    """Whether a row holds the same values and the same formulas."""
    return all(
        _plain(_value(cells.get(key))) == _plain(_value(old.get(key)))
        and _formula(cells.get(key)) == _formula(old.get(key))
        for key in (*_COLUMNS, *_OPTIONAL)
    )


def _formula(value: CellValue | Formula) -> str:
    return value.text if isinstance(value, Formula) else ""


def _value(value: CellValue | Formula) -> CellValue:
    return value.cached if isinstance(value, Formula) else value


def _plain(value: CellValue | Formula) -> CellValue:
    """A value as two of them are compared; blank text is nothing."""
    value = _value(value)
    return None if value == "" else value


def _shown(value: CellValue | Formula) -> str:
    value = clean(_value(value))
    return "" if value is None else text(value)
