"""Repairs on request: what can be mended without a doubt, and nothing else.

Amounts typed as text become the number they are counted as, a remark beside one moves to 备注, numbering typed in
front of a name goes. What is understood stays the same: the sums before and after are equal, and `repaired` checks it
on the new file before anything is saved. A count is never touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from xl_perfeval import quantity, reading, rollup, rules
from xl_perfeval.books import BROKEN, ReadableBook
from xl_perfeval.forms import names, ownsheets
from xl_perfeval.model import (
    CellValue,
    FieldKind,
    Project,
    Record,
    Ref,
    Submission,
    WorkItem,
    without_numbering,
)
from xl_perfeval.saving import NotSaved

if TYPE_CHECKING:
    from xl_perfeval.books.file import FileBook

REPAIRED = ("F007", "F011")
"""Codes of the rules whose findings may be repaired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """One cell that was changed."""

    at: Ref
    before: CellValue
    after: CellValue


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """A repair that may be made when neither its cell nor that of its remark stands in the way."""

    repair: Repair
    remark: str = ""
    remark_to: Ref | None = None


class BookWithFormulas(ReadableBook, Protocol):
    """A book that tells formulas from values: a file, or an open workbook."""

    def formulas(self, sheet: str) -> Mapping[str, str]:
        """The formulas of a sheet by address."""
        ...


def planned(book: BookWithFormulas, submission: Submission) -> list[Repair]:
    """The safe repairs of the submission in a book; nothing is written."""
    return _without_obstacles(book, _candidates(book, submission))


def repaired(book: FileBook, submission: Submission) -> tuple[FileBook, list[Repair]]:
    """The workbook with all safe repairs made, in memory, and what they are. Raises `NotSaved`."""
    repairs = planned(book, submission)
    if not repairs:
        return book, []
    for repair in repairs:
        book.write(repair.at, [[repair.after]])
    _show_again(book, repairs)
    mended = book.patched()
    confirm(submission, reading.read(mended), mended, repairs)
    return mended, repairs


# --- what is repaired ---------------------------------------------------------------------------------


def _candidates(book: ReadableBook, submission: Submission) -> Iterator[_Candidate]:
    known = book.names()
    for project in submission.projects:
        yield from _numbering([project])
        yield from _amounts(submission, "funds", project, [project.funding], known.get(names.FUND_REMARK))
    for project in submission.projects:
        if project.matrix is not None:
            note = known.get(f"{project.matrix.sheet}!{names.MATRIX_NOTE}")
            yield from _numbering(project.items)
            yield from _amounts(submission, "matrix", project, project.items, note)


def _numbering(records: Iterable[Project | WorkItem]) -> Iterator[_Candidate]:
    """F011: “1.业务培训” → “业务培训”."""
    for record in records:
        name = record.name
        if isinstance(name, str) and without_numbering(name) != name:
            yield _Candidate(
                repair=Repair(at=_ref(record, "name"), before=name, after=without_numbering(name))
            )


def _amounts(
    submission: Submission, table: str, project: Project, records: Iterable[Record], remark_to: Ref | None
) -> Iterator[_Candidate]:
    """F007: “30万元” → 30, “４２０（列入预算）” → 420 with the remark in 备注."""
    for field in submission.edition.table(table).fields:
        for record in records if field.kind is FieldKind.AMOUNT else ():
            value = getattr(record, field.key)
            number = _certain_number(value)
            if number is None or not record.has(field.key):
                continue
            repair = Repair(at=_ref(record, field.key), before=value, after=number)
            note = quantity.amount(value).note
            owner = record.called or project.called or ""
            remark = f"{owner}的{record.label(field.key)}：{note}" if note else ""
            yield _Candidate(repair=repair, remark=remark, remark_to=remark_to)


def _certain_number(value: CellValue) -> int | float | None:
    """The number a text stands for, when it can be read in one way only and the sums count just that."""
    if not isinstance(value, str):
        return None
    read = quantity.amount(value)
    if not (read.summable and read.certain) or read.amount is None or read.amount != rollup.read(value):
        return None
    number = int(read.amount) if read.amount == read.amount.to_integral_value() else float(read.amount)
    return number if Decimal(repr(number)) == read.amount else None


def _without_obstacles(book: BookWithFormulas, candidates: Iterable[_Candidate]) -> list[Repair]:
    """The repairs, less those of formula cells and those whose remark has nowhere to go; then the remarks."""
    formulas: dict[str, Mapping[str, str]] = {}

    def free(ref: Ref | None) -> bool:
        if ref is None or ref.cell == BROKEN:
            return False
        if ref.sheet not in formulas:
            formulas[ref.sheet] = book.formulas(ref.sheet)
        return ref.cell not in formulas[ref.sheet]

    repairs: list[Repair] = []
    remarks: dict[Ref, list[str]] = {}
    for each in candidates:
        if not free(each.repair.at):
            continue
        if each.remark:
            to = each.remark_to
            if to is None or not free(to) or not isinstance(book.read(to)[0][0], str | None):
                continue
            remarks.setdefault(to, []).append(each.remark)
        repairs.append(each.repair)
    for to, texts in remarks.items():
        old = book.read(to)[0][0]
        repairs.append(Repair(at=to, before=old, after="；".join([*([str(old)] if old else []), *texts])))
    return repairs


def _ref(record: Record, name: str) -> Ref:
    place = record.at(name)
    return Ref(place.sheet, place.cell)


# --- what formulas show afterwards --------------------------------------------------------------------


def _show_again(book: FileBook, repairs: Sequence[Repair]) -> None:
    """Let the formulas that repeat a repaired text show the new one; sums and rates do not change."""
    renamed = [(str(each.before), str(each.after)) for each in repairs if _is_name(each)]
    ours = {ref.sheet for ref in book.names().values()}
    for sheet in ours & set(book.sheets()):
        formulas = book.formulas(sheet)
        for address in formulas:
            shown = book.read(Ref(sheet, address))[0][0] if renamed else None
            for before, after in renamed:
                if isinstance(shown, str) and before in shown:
                    book.show(Ref(sheet, address), shown.replace(before, after))
        for repair in repairs:
            if repair.at.sheet == sheet:
                for address, value in _helpers(formulas, repair):
                    book.show(Ref(sheet, address), value)
            for address in _marks(formulas, repair):
                book.show(Ref(sheet, address), "")


def _is_name(repair: Repair) -> bool:
    before, after = repair.before, repair.after
    return isinstance(before, str) and isinstance(after, str) and before.endswith(after)


def _helpers(formulas: Mapping[str, str], repair: Repair) -> Iterator[tuple[str, CellValue]]:
    """The hidden columns that take a typed amount apart: of a number they show nothing."""
    if isinstance(repair.after, str):
        return
    beginnings: list[tuple[str, CellValue]] = [
        (f"=IF(ISTEXT({repair.at.cell}),", ""),
        ('=IF({0}="",0,', 0),
        ('=IF({0}=0,"",LEFT(', ""),
    ]
    last = ""
    for beginning, value in beginnings:
        start = beginning.format(last) if last else beginning
        last = next((address for address, formula in formulas.items() if formula.startswith(start)), "")
        if not last:
            return
        yield last, value


def _marks(formulas: Mapping[str, str], repair: Repair) -> Iterator[str]:
    """The marks of a repaired cell, which go out."""
    start = ownsheets.mark_formula(repair.at.sheet, repair.at.cell, "").partition(",")[0].replace("'", "")
    for address, formula in formulas.items():
        if formula.startswith("=IF(EXACT(") and formula.replace("'", "").startswith(start):
            yield address


# --- is it still the same? ----------------------------------------------------------------------------


def confirm(before: Submission, after: Submission, mended: ReadableBook, repairs: Sequence[Repair]) -> None:
    """Raise `NotSaved` unless the mended book says the same as before, and without what was to be repaired."""
    held = all(mended.read(each.at) == [[each.after]] for each in repairs)
    left = {
        (ref.sheet, ref.cell)
        for finding in rules.check(after)
        if finding.rule in REPAIRED and finding.at
        for ref in (finding.at, *finding.related)
    }
    gone = not any((each.at.sheet, each.at.cell) in left for each in repairs)
    if not (held and gone and _sums(before) == _sums(after)):
        raise NotSaved("自动修正以后核对不上，没有写入，文件没有改动。请把这个文件和这句话发给维护人员。")


def _sums(submission: Submission) -> list[Decimal]:
    """All sums of the form."""
    funds = [
        rollup.total_of(submission.projects, field.key)
        for field in submission.edition.table("funds").fields
        if field.kind is FieldKind.AMOUNT
    ]
    items = [
        rollup.total(getattr(item, key) for item in project.items)
        for project in submission.projects
        for key in ("cost", "spent")
    ]
    return funds + items
