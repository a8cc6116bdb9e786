"""What every sheet module gets: the workbook, the submission, the sheets, and what other sheets show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from xl_perfeval.findings import Finding, Severity
from xl_perfeval.model import Edition, Submission, row_and_column
from xl_perfeval.template import tabs
from xl_perfeval.template.sheet import Book, Sheet, Shown
from xl_perfeval.template.tabs import Tab


@dataclass(slots=True)
class Context:
    """State of one build. Sheet modules read it and leave what others need in `progress` and `scores`."""

    book: Book
    submission: Submission
    tabs: list[Tab]
    findings: Sequence[Finding]
    spare: int | None
    """Blank rows asked for below the projects in 资金概况; `None`: as the edition says."""
    marks: dict[str, dict[Severity, list[str]]]
    """Marked cells by tab text and severity, each cell once, in the order of the findings."""
    macro_texts: Mapping[str, str] | None = None
    """Texts that VBA shows, by key; `None` in a workbook without macros."""
    progress: dict[str, Shown] = field(default_factory=dict[str, Shown])
    """By sheet id: the cell that shows the filled share of a sheet, 0 to 1, or "" for a sheet left blank."""
    scores: dict[str, Shown] = field(default_factory=dict[str, Shown])
    """By sheet id of a scoring form: the cell with its total score, or ""."""

    @property
    def has_macros(self) -> bool:
        """Whether there are buttons: then texts name them, otherwise the commands of `perfeval`."""
        return self.macro_texts is not None

    @property
    def projects_hint(self) -> str:
        """How a project is added, and how not."""
        return "新增项目请点“增加项目”，不要复制工作表。" if self.has_macros else "不要复制工作表。"

    @property
    def edition(self) -> Edition:
        """The form edition of the submission."""
        return self.submission.edition

    def sheet(self, tab: Tab) -> Sheet:
        """The sheet of a tab."""
        return self.book.sheet(tab.text)

    def tab(self, kind: str) -> Tab:
        """The only sheet of a kind, e.g. `tab("funds")`."""
        return tabs.of_kind(self.tabs, kind)[0]

    def content(self, ref: str) -> str | float | bool | None:
        """What a cell written before shows; `ref` as in `Shown.ref`."""
        tab, _, cell = ref.rpartition("!")
        sheet = self.book.sheet(tab[1:-1].replace("''", "'"))
        return sheet.content(*row_and_column(cell.replace("$", "")))

    def marked(self, tab: Tab, severity: Severity, row: int) -> int:
        """How many cells of a sheet's row carry a mark: what `COUNTIF(PE_MARK_E,"?"&ROW())` shows."""
        cells = self.marks.get(tab.text, {}).get(severity, ())
        return sum(len(cell) == len(str(row)) + 1 and cell.endswith(str(row)) for cell in cells)

    def is_marked(self, tab: Tab, severity: Severity, cell: str) -> bool:
        """Whether a cell of a sheet carries a mark."""
        return cell in self.marks.get(tab.text, {}).get(severity, ())
