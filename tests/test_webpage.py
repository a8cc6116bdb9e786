"""The page of findings: complete, self-contained, safe whatever people typed."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from xl_perfeval import __version__, exchange, webpage
from xl_perfeval.checked import Checked
from xl_perfeval.findings import Finding, Severity
from xl_perfeval.model import Ref

SUBMISSION = exchange.from_json(
    {
        "schema": "perfeval-submission/1",
        "unit": {"name": "示例区科学技术局"},
        "year": 2020,
        "projects": [],
    }
)


def finding(code: str = "R101", severity: Severity = Severity.ERROR, **parts: Any) -> Finding:
    complete: dict[str, Any] = {
        "at": Ref("项目2_科普", "G12"),
        "label": "社会效益及满意度",
        "row_name": "学习、交流及其他",
        "problem": "第5项“学习、交流及其他”的“社会效益及满意度”没有填。",
        "remedy": "请写带来的好处或满意情况，例如“参加人员满意度90%以上”。",
        "key": f"{code}|P2|5",
    }
    return Finding(rule=code, severity=severity, **(complete | parts))


def checked(*findings: Finding, file: str = "绩效自评.xlsx") -> Checked:
    return Checked(file=file, submission=SUBMISSION, findings=findings)


class Page(HTMLParser):
    """Text, tags, ids and links of a page; fails on tags that do not match."""

    VOID = frozenset({"meta", "br", "col"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in self.VOID:
            self._open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name in {"href", "src"}:
                self.links.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open[-1:] != ["style"]:
            self.text += data


def test_says_everything_about_each_finding() -> None:
    money = finding(
        "M104",
        Severity.WARNING,
        at=Ref("资金概况", "G9"),
        value=Decimal("58.5"),
        expected=Decimal(60),
        problem="各项成本目标合计58.5万元。",
        waived="确有预留",
    )
    page = Page(webpage.page([checked(finding(), money)]))
    for part in (
        "示例区科学技术局",
        "2020年",
        "绩效自评.xlsx",
        __version__,
        "项目2_科普",
        "G12",
        "社会效益及满意度　学习、交流及其他",
        "没有填。",
        "例如“参加人员满意度90%以上”。",
        "R101",
        "资金概况",
        "58.5",
        "应为 60",
        "情况说明：确有预留",
        "✗ 必须改",
        "！ 请核对",
        "必须改 1 条",
        "请核对 1 条",
        "提示 0 条",
    ):
        assert part in page.text


def test_groups_by_severity_then_sheet_and_numbers_through() -> None:
    found = [
        finding(at=Ref("资金概况", "C6")),
        finding(at=Ref("项目1", "G12")),
        finding(at=Ref("项目1", "G13")),
        finding("F006", Severity.NOTICE, at=None),
    ]
    text = Page(webpage.page([checked(*found)])).text
    places = [text.index(part) for part in ("C6", "项目1", "G12", "G13", "整个文件", "F006")]
    assert places == sorted(places)
    assert text.count("项目1") == 1
    assert [f"f-1-{number}" for number in (1, 2, 3, 4)] == [
        each for each in Page(webpage.page([checked(*found)])).ids if each.startswith("f-")
    ]


def test_nothing_found_is_said() -> None:
    assert "没有发现问题。" in Page(webpage.page([checked()])).text


def test_several_files_have_a_table_of_contents() -> None:
    unread = Checked(
        file="坏.xlsx", submission=None, findings=(finding("F001", at=None, problem="打不开。"),)
    )
    page = Page(webpage.page([checked(finding()), unread, checked(file="好.xlsx")]))
    assert page.links.count("#file-2") == 1
    assert {"file-1", "file-2", "file-3"} <= set(page.ids)
    assert "没有读出" in page.text


def test_filter_links_lead_to_anchors() -> None:
    page = Page(webpage.page([checked(finding())]))
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    html = webpage.page([checked(finding())])
    for severity in Severity:
        assert f"#only-{severity.value}:target" in html


def test_needs_nothing_from_outside() -> None:
    html = webpage.page([checked(finding(), finding("T201", Severity.WARNING))])
    page = Page(html)
    assert not {"script", "link", "img", "iframe", "object"} & set(page.tags)
    assert all(link.startswith("#") for link in page.links)
    assert not re.search(r"https?:|url\(|@import", html)
    assert "default-src 'none'" in html


def test_prints_header_rows_on_every_page() -> None:
    html = webpage.page([checked(finding())])
    assert "display: table-header-group" in html
    assert "size: A4 landscape" in html


def test_is_known_again_as_our_own() -> None:
    assert webpage.MARK in webpage.page([checked()])[:2000]


@given(st.text(), st.text(min_size=1))
def test_whatever_people_typed_stays_text(text: str, file: str) -> None:
    hostile = f"<script>alert(1)</script>{text}\"'&"
    found = finding(
        at=Ref(hostile, "G12"),
        label=hostile,
        row_name=hostile,
        problem=hostile,
        remedy=hostile,
        value=hostile,
    )
    unit = replace(SUBMISSION.unit, name=hostile)
    one = Checked(
        file=file, submission=replace(SUBMISSION, unit=unit), findings=(replace(found, waived=hostile),)
    )
    page = Page(webpage.page([one, one]))
    assert "script" not in page.tags
    assert "<script>alert(1)</script>" in page.text


def test_long_values_are_cut() -> None:
    page = Page(webpage.page([checked(finding(value="字" * 500))]))
    assert "字" * 119 + "…" in page.text
    assert "字" * 120 not in page.text
