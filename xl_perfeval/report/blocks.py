"""What takes the place of a placeholder: words, the text of a section, a table, charts, the annex."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from xl_perfeval.report import annex, charts, layout, outline, tables
from xl_perfeval.report.marks import bookmarks
from xl_perfeval.report.markup import chinese_date, lines, one_line, paragraph

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from xl_perfeval.model import Heading, Paragraph, Project, Submission
    from xl_perfeval.report.charts import Gallery
    from xl_perfeval.report.layout import Page

UNIT_OF_AMOUNTS = "金额单位：万元"
TITLE_LENGTH = 20
"""Characters of 22 pt on a line."""
_TABLES = {"overview": outline.FUNDS, "targets": outline.MATRICES}
"""Sections whose table may stand without text."""


def fields(submission: Submission) -> dict[str, str]:
    """The words that fields stand for; where there are none, a mark that asks for them."""
    day = submission.report_date
    said = {
        outline.UNIT: one_line(submission.unit.name),
        outline.DEPARTMENT: one_line(submission.unit.department),
        outline.YEAR: str(submission.year or ""),
        outline.DATE: chinese_date(day) if day else "",
        outline.PREPARED_BY: one_line(submission.prepared_by),
        outline.COUNT: str(len(submission.projects)),
    }
    return {name: words or f"【待补充：{name}】" for name, words in said.items()}


def title(submission: Submission) -> str:
    """The title of the report among the properties of its document: by it people and the program tell whose it is."""
    unit = fields(submission)[outline.UNIT]
    return f"{unit}{submission.year}年度{outline.TITLE}"[:255]


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph of a section's text, with what encloses it."""

    text: str
    before: str = ""
    after: str = ""


def texts(submission: Submission, paragraphs: Sequence[Paragraph], first: int) -> dict[str, list[Line]]:
    """The lines of each section, bookmarked with numbers from `first`.

    Those of a section that the edition lacks go to the last one.
    """
    headings = submission.edition.outline
    found: dict[str, list[Line]] = {heading.id: [] for heading in headings}
    for number, (item, name) in enumerate(zip(paragraphs, bookmarks(paragraphs), strict=True), start=first):
        shown = [Line(line) for line in lines(item.text)]
        if shown:
            shown[0] = replace(shown[0], before=f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>')
            shown[-1] = replace(shown[-1], after=f'<w:bookmarkEnd w:id="{number}"/>')
        found[item.section if item.section in found else headings[-1].id] += shown
    return found


def section(
    submission: Submission, section_id: str, text: Sequence[Line], there: Collection[str]
) -> Iterator[str]:
    """The text of a section; where people must still write it, a mark that says so.

    `there` names the placeholders of the template.
    """
    heading = next(each for each in submission.edition.outline if each.id == section_id)
    if not text and (heading.required or not _has_table(submission, heading, there)):
        text = [Line(f"【待补充：请填写“{heading.heading}”】")]
    for line in text:
        yield paragraph(line.text, layout.BODY, before=line.before, after=line.after)


def block(submission: Submission, name: str, page: Page, gallery: Gallery) -> tuple[Iterator[str], Page]:
    """What stands for a table, a chart or the annex, and the pages it needs; nothing where there is nothing."""
    if not prints(submission, name):
        return iter(()), page
    match name:
        case outline.FUNDS:
            return _funds(submission, page), page
        case outline.MATRICES:
            return _matrices(submission, page)
        case outline.SCORES:
            return _scores(submission, page), page
        case outline.ATTACHMENTS:
            title = submission.edition.table("scoring").title
            return iter([paragraph(f"附件：1.{title}", layout.ATTACHMENTS)]), page
        case outline.ANNEX:
            return _annex(submission, page), page
        case _:
            return gallery.hang(_CHARTS[name](submission), page), page


def prints(submission: Submission, name: str) -> bool:
    """Whether the submission has anything for a table or annex; charts find out themselves."""
    edition, projects = submission.edition, submission.projects
    match name:
        case outline.FUNDS:
            return edition.has("funds") and bool(projects)
        case outline.MATRICES:
            return edition.has("matrix") and bool(_with_matrix(submission))
        case outline.SCORES:
            return edition.scoring is not None and bool(projects)
        case outline.ATTACHMENTS | outline.ANNEX:
            return edition.has("scoring")
        case _:
            return True


_CHARTS = {
    outline.SPENDING: charts.spending,
    outline.RATES: charts.rates,
    outline.TARGETS: charts.targets,
    outline.SCORE_PARTS: charts.scores,
}


def _has_table(submission: Submission, heading: Heading, there: Collection[str]) -> bool:
    table = _TABLES.get(heading.id)
    return table is not None and table in there and prints(submission, table)


def _funds(submission: Submission, page: Page) -> Iterator[str]:
    yield paragraph(UNIT_OF_AMOUNTS, layout.TABLE_UNIT)
    yield tables.funds(submission, page)


def _scores(submission: Submission, page: Page) -> Iterator[str]:
    yield paragraph("各项目自评得分", layout.TABLE_TITLE)
    yield tables.scores(submission, page)


def _with_matrix(submission: Submission) -> list[Project]:
    """The projects whose targets stand in a matrix; where there are scoring forms they may be there alone."""
    scored = submission.edition.has("scoring")
    return [project for project in submission.projects if project.items or not scored]


def _matrices(submission: Submission, page: Page) -> tuple[Iterator[str], Page]:
    matrices = tables.matrices(submission, page)

    def blocks() -> Iterator[str]:
        for number, project in enumerate(_with_matrix(submission), start=1):
            yield _project_heading(project, number)
            if project.items:
                yield matrices.of(project)
            else:
                name = one_line(project.name)
                yield paragraph(f"【待补充：请填写“{name}”的绩效目标】", layout.BODY)

    return blocks(), matrices.page


def _annex(submission: Submission, page: Page) -> Iterator[str]:
    """The scoring forms on pages of their own; mark and title as GB/T 9704 7.3.7 places them."""
    yield paragraph("附件1", layout.ANNEX_MARK)
    yield paragraph(submission.edition.table("scoring").title, layout.ANNEX_TITLE)
    for number, project in enumerate(submission.projects, start=1):
        yield _project_heading(project, number, "" if number == 1 else layout.NEW_PAGE)
        yield from annex.form(submission, project, page)


def _project_heading(project: Project, number: int, *properties: str) -> str:
    name = one_line(project.name) or "【待补充：项目名称】"
    return paragraph(f"{number}.{name}", layout.HEADINGS[2], *properties)
