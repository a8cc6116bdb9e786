"""What the program does: check, make a workbook, write the report, show itself. Every door calls these.

Nothing here prints or exits. A file appears whole or not at all (`saving.whole`) and none is overwritten.
"""

from __future__ import annotations

import re
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from xl_perfeval import saving
from xl_perfeval.books import Book, NotReadable
from xl_perfeval.checked import Checked
from xl_perfeval.findings import Finding, Severity

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from xl_perfeval.books import ReadableBook
    from xl_perfeval.books.file import FileBook
    from xl_perfeval.model import Edition, Paragraph, Submission
    from xl_perfeval.narrative.redrafting import Narrative, Redrafted
    from xl_perfeval.repairs import Repair
    from xl_perfeval.report.edited import Record
    from xl_perfeval.report.takeback import TakenBack
    from xl_perfeval.template.macros import Macros
    from xl_perfeval.writing import Written

PLACEHOLDER = "【待补充"
"""Begins what people must still write in a draft; blocks sending until it is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report that was written: where, how many places still wait for people, in the layout of which template."""

    path: Path
    waiting: int
    template: Path | None = None
    """`None`: the program's own."""
    notes: tuple[str, ...] = ()
    """What the template lacks, one sentence each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftedReport:
    """A report drafted into its workbook and written. The workbook was right already when there is no `backup`."""

    report: Report
    redrafted: Redrafted
    backup: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenReport:
    """A report taken back from Word. Nothing was written when there is no `backup`."""

    taken: TakenBack
    backup: Path | None
    has_notes: bool = False
    """The document has comments or footnotes, which are not taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """One file after a check that may change it. Nothing was written when there is no `backup`."""

    checked: Checked
    repairs: tuple[Repair, ...] = ()
    written: Written | None = None
    backup: Path | None = None
    failure: saving.NotSaved | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """The files of the demonstration and what its check found."""

    workbook: Path
    findings: Path
    page: Path
    report: Report
    checked: Checked


def open_book(path: Path) -> ReadableBook:
    """The workbook saved at `path`. Raises `NotReadable`."""
    from xl_perfeval.books.file import FileBook

    return FileBook.open(path)


def read(path: Path) -> Submission:
    """The submission in a saved workbook. Raises `NotReadable`."""
    from xl_perfeval import reading

    return reading.read(open_book(path))


def workbooks(paths: Iterable[Path]) -> list[Path]:
    """The files named and, by name, the workbooks in the folders named, without lock, hidden and backup files."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            from xl_perfeval.books.patching import BACKUPS

            inside = (each for each in path.rglob("*") if each.suffix.lower() in {".xlsx", ".xlsm"})
            inside = (each for each in inside if BACKUPS not in each.relative_to(path).parts[:-1])
            found += sorted(each for each in inside if each.name[0] not in "~." and each.is_file())
        else:
            found.append(path)
    return found


def validate(book: ReadableBook, file: str = "") -> Checked:
    """All findings of a workbook at once, those that people keep with their reason. Raises `NotReadable`."""
    from xl_perfeval import reading, rules, waivers

    waivers.expect(book)
    submission = reading.read(book)
    return Checked(
        file=file,
        submission=submission,
        findings=tuple(waivers.waive(book, rules.check(submission))),
        sheets=tuple(book.sheets()),
    )


def validate_file(path: Path, file: str | None = None) -> Checked:
    """All findings of a saved workbook; one that cannot be read has that as its only finding."""
    name = str(path) if file is None else file
    try:
        return validate(open_book(path), name)
    except NotReadable as unread:
        return unreadable(name, unread)


def validate_and_write(
    path: Path, now: datetime, *, fix: bool = False, write: bool = False, file: str | None = None
) -> Touched:
    """All findings of a saved workbook, after the safe repairs (`fix`), put into the workbook itself (`write`).

    Both are saved at once, with one backup. What keeps the file from being written is `failure`; the findings are
    those of the file as it then is.
    """
    name = str(path) if file is None else file
    try:
        return _touched(path, name, now, fix=fix, write=write)
    except NotReadable as unread:
        return Touched(checked=unreadable(name, unread))
    except saving.NotSaved as failure:
        return Touched(checked=validate_file(path, file), failure=failure)


def _touched(path: Path, name: str, now: datetime, *, fix: bool, write: bool) -> Touched:
    from xl_perfeval import repairs, writing
    from xl_perfeval.books.file import FileBook
    from xl_perfeval.books.patching import check_free

    check_free(path)
    book = FileBook.open(path, writable=True)
    writing.expect(book)
    checked = validate(book, name)
    made: list[Repair] = []
    if fix and checked.submission is not None:
        book, made = repairs.repaired(book, checked.submission)
        checked = validate(book, name) if made else checked
    written: Written | None = None
    if write:
        written = writing.write(book, checked.findings, now)
        writing.recount(book, written)
        checked = replace(checked, findings=written.findings)
    return Touched(checked=checked, repairs=tuple(made), written=written, backup=book.save(now))


def unreadable(file: str, why: NotReadable) -> Checked:
    """The result of a file that could not be read."""
    finding = Finding(
        rule=why.code,
        severity=Severity.ERROR,
        at=None,
        label=None,
        problem=why.problem,
        remedy=why.remedy,
        key=f"{why.code}|FILE|",
    )
    return Checked(file=file, submission=None, findings=(finding,), unread_status=why.exit_status)


def new(submission: Submission, path: Path, findings: Sequence[Finding] = ()) -> list[str]:
    """Write a workbook filled with `submission`; returns what it could not hold, one sentence each.

    It has macros when `path` ends in .xlsm. Raises `saving.NotSaved`, also when `path` exists.
    """
    from xl_perfeval import template

    with saving.whole(path) as temporary, _plain_os_errors():
        return template.build(submission, temporary, findings=findings, macros=_macros(path))


def _macros(path: Path) -> Macros | None:
    """The macros for a workbook of this name. Raises `saving.NotSaved` when they are not installed."""
    if path.suffix.lower() != ".xlsm":
        return None
    from xl_perfeval.template import macros

    return macros.load()


@contextmanager
def _plain_os_errors() -> Generator[None]:
    """Let the `OSError` through that a library wrapped in an exception of its own."""
    try:
        yield
    except Exception as error:
        if isinstance(error.__context__, OSError):
            raise error.__context__ from error
        raise


def template_path() -> Path:
    """Where the blank macro workbook of this checkout is kept. Raises `saving.NotSaved` outside a checkout."""
    from pathlib import Path

    checkout = Path(__file__).parents[1]
    if not (checkout / "pyproject.toml").is_file() or not (checkout / "macros").is_dir():
        raise saving.NotSaved(
            "这里不是 xl_perfeval 的源代码目录，没有 workbook/PerfEval.xlsm 可以重做。要一份空白工作簿，请用 perfeval new。"
        )
    return checkout / "workbook" / "PerfEval.xlsm"


def build_template(path: Path) -> None:
    """Write the blank macro workbook of the default edition over `path`. Raises `saving.NotSaved`."""
    from xl_perfeval import forms, template

    path.parent.mkdir(exist_ok=True)
    empty = template.blank(forms.load(forms.DEFAULT))
    with saving.whole(path, overwrite=True) as temporary, _plain_os_errors():
        template.build(empty, temporary, macros=_macros(path))


def template_differences(path: Path) -> list[str]:
    """Where the workbook at `path` differs from what `build_template` writes, one line each, the parts unpacked.

    Raises `saving.NotSaved` when there is none or it cannot be read.
    """
    import tempfile
    import zipfile
    from pathlib import Path

    with tempfile.TemporaryDirectory(prefix="perfeval-") as folder:
        fresh = Path(folder) / path.name
        build_template(fresh)
        try:
            with zipfile.ZipFile(path) as old, zipfile.ZipFile(fresh) as new:
                return _differences(old, new)
        except (OSError, zipfile.BadZipFile) as error:
            raise saving.NotSaved(f"“{path}”读不出来，请运行 perfeval template 重做。") from error


def _differences(old: zipfile.ZipFile, new: zipfile.ZipFile) -> list[str]:
    here, wanted = old.namelist(), new.namelist()
    lines = [f"多了 {part}" for part in here if part not in wanted]
    lines += [f"少了 {part}" for part in wanted if part not in here]
    if not lines and here != wanted:
        lines.append("各部分的顺序不同")
    return lines + [
        f"内容不同 {part}" for part in wanted if part in here and old.read(part) != new.read(part)
    ]


def blank(
    edition: Edition, *, unit: str | None = None, year: int = 0, projects: Sequence[str] = ()
) -> Submission:
    """A submission to start from: nothing but projects, named or blank."""
    from xl_perfeval import template

    empty = template.blank(edition, unit, year, projects=len(projects) or template.BLANK_PROJECTS)
    named = zip(empty.projects, projects or [None] * len(empty.projects), strict=True)
    return replace(empty, projects=tuple(replace(project, name=name) for project, name in named))


def draft_report(path: Path, document: Path, now: datetime, template: Path | None = None) -> DraftedReport:
    """Draft the report of a saved workbook anew, into its 报告文字 and as the Word document.

    What people wrote stays theirs (`narrative.redrafting`). Both files are written or neither; the workbook with a
    backup, the document, when it exists, beside it with `now` in its name. `template` is that of `report.write`.
    Raises `NotReadable`, `saving.NotSaved`.
    """
    from xl_perfeval import reading, report
    from xl_perfeval.books.file import FileBook
    from xl_perfeval.books.patching import check_free
    from xl_perfeval.writing import paragraphs

    check_free(path)
    book = FileBook.open(path, writable=True)
    paragraphs.expect(book)
    submission = reading.read(book)
    edition = submission.edition
    written = paragraphs.write(book, submission, now, formulas=_narrative_formulas(book, submission))
    paragraphs.recount(book, written, edition)
    redrafted = written.redrafted
    printed = redrafted.narrative.printed(heading.id for heading in edition.outline)
    free = _free(document, now)
    with saving.whole(free) as temporary:
        notes = report.write(submission, printed, temporary, template)
        backup = book.save(now)
    return DraftedReport(report=_report(free, printed, template, notes), redrafted=redrafted, backup=backup)


def draft_open_report(
    book: OpenBook, document: Path, now: datetime, save: Callable[[], Path], template: Path | None = None
) -> DraftedReport:
    """The same in a workbook that is open: `save` puts there what was written and returns its backup.

    Raises `NotReadable`, `saving.NotSaved`; then neither workbook nor document was written.
    """
    from xl_perfeval import reading, report
    from xl_perfeval.writing import paragraphs

    submission = reading.read(book)
    written = paragraphs.write(book, submission, now, formulas=_narrative_formulas(book, submission))
    redrafted = written.redrafted
    printed = redrafted.narrative.printed(heading.id for heading in submission.edition.outline)
    free = _free(document, now)
    with saving.whole(free) as temporary:
        notes = report.write(submission, printed, temporary, template)
        backup = None if written.same else save()
    return DraftedReport(report=_report(free, printed, template, notes), redrafted=redrafted, backup=backup)


class OpenBook(Book, Protocol):
    """A book that is open in an application: `books.live.LiveBook`."""

    def formulas(self, sheet: str) -> Mapping[str, str]:
        """The formulas of a sheet by address."""
        ...


def take_back(path: Path, document: Path, now: datetime, template: Path | None = None) -> TakenReport:
    """Bring what people changed in a report in Word back into the 报告文字 of its workbook.

    Each paragraph by the merge of `report.takeback`; the workbook is saved once, with a backup, the document is only
    read. `template` is what the report was printed with; it matters only when the document's own record is gone.
    Raises `NotReadable`, `saving.NotSaved`.
    """
    from xl_perfeval import reading
    from xl_perfeval.books.file import FileBook
    from xl_perfeval.books.patching import check_free
    from xl_perfeval.report import edited, takeback
    from xl_perfeval.writing import paragraphs

    check_free(path)
    returned = edited.read(document)
    book = FileBook.open(path, writable=True)
    paragraphs.expect(book)
    submission = reading.read(book)
    edition = submission.edition
    formulas = _narrative_formulas(book, submission)
    before = paragraphs.current(book, edition, formulas=formulas)
    takeback.check(returned, submission, before)
    printed = returned.record or _printed_now(submission, before, template)
    computed = {row.id for row in before.rows if (at := row.at("text")) and at.cell in formulas}
    taken = takeback.take_back(before, returned, printed, edition.outline, computed)
    written = paragraphs.put(book, edition, taken, now, formulas=formulas, action="取回Word修改")
    paragraphs.recount(book, written, edition)
    return TakenReport(taken=taken, backup=book.save(now), has_notes=returned.flow.has_notes)


def _printed_now(submission: Submission, narrative: Narrative, template: Path | None) -> Record:
    """What the document of this narrative would remember of itself."""
    import tempfile
    from pathlib import Path

    from xl_perfeval import report
    from xl_perfeval.report import edited

    with tempfile.TemporaryDirectory(prefix="perfeval-") as folder:
        fresh = Path(folder) / "report.docx"
        printed = narrative.printed(heading.id for heading in submission.edition.outline)
        report.write(submission, printed, fresh, template)
        record = edited.read(fresh).record
    assert record is not None
    return record


def _narrative_formulas(book: FileBook | OpenBook, submission: Submission) -> Mapping[str, str]:
    return book.formulas(submission.narrative.sheet) if submission.narrative else {}


def write_report(submission: Submission, path: Path, now: datetime, template: Path | None = None) -> Report:
    """Draft the report and write the Word document; when `path` exists, beside it with `now` in its name.

    `template` is that of `report.write`. Raises `saving.NotSaved`.
    """
    from xl_perfeval import narrative, report

    paragraphs = narrative.compose(submission)
    free = _free(path, now)
    with saving.whole(free) as temporary:
        notes = report.write(submission, paragraphs, temporary, template)
    return _report(free, paragraphs, template, notes)


def _report(
    path: Path, paragraphs: Iterable[Paragraph], template: Path | None, notes: Iterable[str]
) -> Report:
    waiting = sum(paragraph.text.count(PLACEHOLDER) for paragraph in paragraphs)
    return Report(path=path, waiting=waiting, template=template, notes=tuple(notes))


def report_template(workbook: Path) -> Path | None:
    """The template that staff put beside a workbook, by its name; `None` without one."""
    from xl_perfeval import report

    beside = workbook.with_name(report.TEMPLATE_NAME)
    return beside if beside.is_file() else None


def save_report_template(path: Path, workbook: Path | None = None) -> list[tuple[str, str]]:
    """Write the program's own report template to `path`, for the edition of a workbook or the usual one.

    Returns its placeholders, each with its meaning. Raises `NotReadable`, `saving.NotSaved`, also when `path` exists.
    """
    from xl_perfeval import forms, report

    edition = read(workbook).edition if workbook else forms.load(forms.DEFAULT)
    with saving.whole(path) as temporary:
        temporary.write_bytes(report.own_template(edition))
    return [(str(each), each.meaning) for each in report.placeholders(edition).values()]


def print_report(document: Path, pdf: Path, now: datetime) -> Path:
    """Print a report to PDF through LibreOffice; when `pdf` exists, beside it with `now` in its name.

    Raises `saving.NotSaved`, also when LibreOffice is not there or does not print it.
    """
    from xl_perfeval.report import pdf as printing

    free = _free(pdf, now)
    printing.write(document, free)
    return free


def _free(path: Path, now: datetime) -> Path:
    """`path`, or the first name beside it, made with the time, that no file has."""
    if not path.exists():
        return path
    dated = path.with_stem(f"{path.stem}_{now:%Y%m%d-%H%M%S}")
    number = 2
    free = dated
    while free.exists():
        free = dated.with_stem(f"{dated.stem}-{number}")
        number += 1
    return free


def write_text(text: str, path: Path, *, overwrite: bool = False) -> None:
    """Write a text file in UTF-8. Raises `saving.NotSaved`."""
    with saving.whole(path, overwrite=overwrite) as temporary:
        temporary.write_text(text, encoding="utf-8", errors="replace", newline="\n")


def sources_of_report(submission: Submission) -> str:
    """Where each figure of the report as it would be printed now comes from, as JSON text."""
    from xl_perfeval import narrative
    from xl_perfeval.exchange import sources

    return sources.to_text(submission, narrative.compose(submission))


def is_own_output(path: Path) -> bool:
    """Whether a file is findings that this program wrote before, as JSON, web page or text."""
    from xl_perfeval import webpage
    from xl_perfeval.findings import SCHEMA

    try:
        with path.open("rb") as file:
            start = file.read(2000).decode("utf-8", "ignore")
            file.seek(max(0, path.stat().st_size - 300))
            last = file.read().decode("utf-8", "ignore")
    except OSError:
        return False
    return (
        (start.startswith("{") and SCHEMA in start)
        or webpage.MARK in start
        or re.search(r"必须改 \d+ 条，请核对 \d+ 条，提示 \d+ 条\n?$", last) is not None
    )


def left_out(submission: Submission) -> list[str]:
    """What the JSON format has no place for in this submission, one sentence each."""
    sentences: list[str] = []
    if submission.remark is not None:
        sentences.append("资金概况的“备注”没有写进 JSON：这种格式里没有它的位置。")
    for project in submission.projects:
        labels = "”“".join(statement.label("text") for statement in project.statements)
        if labels:
            sentences.append(
                f"“{project.called or project.id}”自评表的“{labels}”没有写进 JSON：这种格式里没有它的位置。"
            )
    if not submission.year:
        sentences.append("首页没有填年度；补填以后，写出的 JSON 才能再用来新建工作簿。")
    return sentences


def demo(folder: Path, now: datetime, done: Callable[[], None] = lambda: None) -> Demo:
    """Do the main job on the built-in sample in `folder`, which must be new or empty: fill a workbook, check
    it, show the findings in it, beside it as JSON and as a web page, and write the report.

    `done` is called after each of the four steps. Raises `saving.NotSaved`; then nothing is left behind.
    """
    made = _made(folder)
    try:
        return _demonstrated(folder, now, done)
    except BaseException:
        for name in DEMO_FILES:
            (folder / name).unlink(missing_ok=True)
        with suppress(OSError):  # someone else put a file there
            for each in made:
                each.rmdir()
        raise


DEMO_FILES = ("draft.xlsx", "绩效自评.xlsx", "findings.json", "findings.html", "绩效自评_报告.docx")


def _demonstrated(folder: Path, now: datetime, done: Callable[[], None]) -> Demo:
    import json

    from xl_perfeval import sample, webpage

    draft, workbook, findings, page, report = (folder / name for name in DEMO_FILES)
    submission = sample.submission()
    new(submission, draft)  # findings know their cells only once there are cells
    done()
    checked = validate(open_book(draft), workbook.name)
    draft.unlink()
    done()
    new(submission, workbook, checked.findings)
    write_text(json.dumps(checked.document(), ensure_ascii=False, indent=1) + "\n", findings)
    write_text(webpage.page([checked]), page)
    done()
    assert checked.submission is not None
    written = write_report(checked.submission, report, now)
    done()
    return Demo(workbook=workbook, findings=findings, page=page, report=written, checked=checked)


def fresh_folder(folder: Path) -> Path:
    """`folder`, or the first of `folder-2`, `folder-3`, … that holds nothing yet."""
    candidate, number = folder, 2
    while candidate.exists() and not (candidate.is_dir() and not any(candidate.iterdir())):
        candidate = folder.with_name(f"{folder.name}-{number}")
        number += 1
    return candidate


def _made(folder: Path) -> list[Path]:
    """Make the folder and those above it; returns the new ones, the innermost first."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = "没有权限" if isinstance(error, PermissionError) else error.strerror or error
        raise saving.NotSaved(f"文件夹“{folder}”没有建成（{why}）。请换一个有权限、有空间的地方。") from error
    return missing
