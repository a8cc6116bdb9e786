"""The buttons: the launcher in a process of its own, as the bridge of the workbook starts it, on a workbook that is open."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw
from docx import Document

from tests import clean
from tests.live import opened
from tests.office import OfficeBook, office
from xl_perfeval import actions, forms, reading, sample, template
from xl_perfeval.books import libreoffice
from xl_perfeval.books.file import FileBook
from xl_perfeval.books.live import LiveBook
from xl_perfeval.forms import names

HERE = Path(__file__).parents[1]
UNDONE = "E1"


class Desk:
    """A workbook that is open in the session's LibreOffice, and somebody who presses buttons."""

    def __init__(self, path: Path, book: xw.Book, pipe: str, state: Path) -> None:
        self.path = path
        self.book = book
        self.pipe = pipe
        self.environment = os.environ | {"XDG_STATE_HOME": str(state), "LOCALAPPDATA": ""}

    def command(self, button: str, *more: str, wb: str | None = None) -> list[str]:
        wanted = f'--wb="{self.path}"' if wb is None else f"--wb={wb}"
        # What xlwings appends to every call.
        appended = [
            f"--wb={self.path.name}",
            "--from_xl=1",
            "--app=C:\\Office\\Microsoft Excel",
            "--hwnd=66666",
        ]
        return [button, wanted, *appended, f"--pipe={self.pipe}", *more]

    def press(self, button: str, *more: str, wb: str | None = None) -> str:
        """The message; nothing else may come out."""
        return self.run([sys.executable, "-m", "xl_perfeval.ribbon", *self.command(button, *more, wb=wb)])

    def run(self, command: list[str]) -> str:
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=HERE, env=self.environment, timeout=120
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.count("\n") == 1
        return done.stdout.strip()

    def run_with(self, code: str, button: str, after: str = "") -> subprocess.CompletedProcess[str]:
        """The launcher with some code of the test before and after it."""
        script = f"import sys\n{code}\nimport os\nfrom xl_perfeval import ribbon\nribbon.main()\n{after}\nsys.stdout.flush()\nos._exit(0)"
        return subprocess.run(
            [sys.executable, "-c", script, *self.command(button)],
            capture_output=True, text=True, cwd=HERE, env=self.environment, timeout=120,
        )  # fmt: skip

    def at(self, tab: str, cell: str) -> None:
        """Click on a cell."""
        self.book.sheets[tab].activate()
        self.book.sheets[tab].range(cell).select()

    def where(self) -> tuple[str, str]:
        """Which cell is selected."""
        chosen = self.book.app.selection
        assert chosen is not None
        return str(self.book.sheets.active.name), str(chosen.address).replace("$", "")

    def fill(self, tab: str, cells: dict[str, Any]) -> None:
        for cell, value in cells.items():
            self.book.sheets[tab].range(cell).value = value

    def status(self) -> str:
        """What the status cell of a macro workbook says."""
        return str(self.book.names[names.STATUS].refers_to_range[0, 0].value or "")

    def findings(self) -> list[list[Any]]:
        """The filled rows of 校验结果."""
        rows = self.book.sheets["校验结果"].used_range.options(ndim=2).value
        return [row for row in rows[4:] if any(cell is not None for cell in row)]

    def rules(self) -> list[str]:
        known = LiveBook(self.book)
        return [row[0] for row in known.read(known.names()[names.FINDINGS["rule"]]) if row[0]]

    def is_calm(self) -> bool:
        """Nothing is left undone: it calculates, every sheet of the form is protected, nothing is noted."""
        tabs = [sheet for sheet in self.book.sheets if not sheet.name.startswith(("_", "xlwings"))]
        return (
            self.book.app.calculation == "automatic"
            and self.book.sheets["_日志"][UNDONE].value is None
            and all(sheet.api.isProtected() for sheet in tabs)
        )


@contextmanager
def desk_with(path: Path, state: Path) -> Iterator[Desk]:
    with opened(path) as book:
        yield Desk(path, book, office().pipe, state)


@pytest.fixture
def sample_desk(tmp_path: Path) -> Iterator[Desk]:
    path = tmp_path / "自评 2020=终稿.xlsx"
    template.build(sample.submission(), path)
    with desk_with(path, tmp_path / "state") as desk:
        yield desk


def lit(book: xw.Book, tab: str, cell: str) -> bool:
    """Whether the conditional format of a mark is true for a cell."""
    marks = OfficeBook(office(), book.api).conditional_marks(tab, cell)
    book.sheets[tab].api.protect("")
    return any("PE_MARK" in mark.condition for mark in marks)


# --- works like a user --------------------------------------------------------------------------------

ITEM = (
    "1",
    "30",
    "全年",
    "举办培训6场以上",
    "培训合格率95%以上",
    "学员满意度90%以上",
    "举办培训7场，合格率96%",
    "30",
)


def test_from_a_blank_workbook_to_the_report(tmp_path: Path) -> None:
    path = tmp_path / "自评.xlsm"
    actions.new(template.blank(forms.load(forms.DEFAULT), "示例区科学技术局", 2020), path)
    with desk_with(path, tmp_path / "state") as desk:
        for row, (name, budget) in enumerate((("科普经费", 30), ("信息化建设资金", 60)), start=6):
            desk.fill(
                "资金概况",
                {f"B{row}": name, f"C{row}": "经常性", f"D{row}": "科普宣传和培训", f"L{row}": "科普科"},
            )
            desk.fill("资金概况", {f"{column}{row}": budget for column in "EFGH"})
        for tab, item, cost in (("项目1", "科普活动", 30), ("项目2", "系统建设", 50)):
            desk.fill(tab, {"B8": item, "C8": cost, "D8": "全年", "I8": cost})
            desk.fill(tab, {f"{column}8": text for column, text in zip("EFGH", ITEM[3:7], strict=True)})
        desk.book.sheets["项目1"]["E8"].color = (200, 230, 255)
        desk.book.sheets["项目1"]["F8"].add_note("问过财务科")

        told = desk.press("validate")
        assert "必须改" in told
        assert "第一次校验" in told
        assert desk.status() == told
        assert "M104" in desk.rules()
        first = desk.where()
        assert first[0] in ("首页", "资金概况", "项目1", "项目2")
        assert lit(desk.book, *first)

        count = len(desk.rules())
        desk.fill("项目2", {"C8": 60, "I8": 60})
        told = desk.press("validate")
        assert f"上次 {count} 条，已改好 " in told
        assert "已改好 0 条" not in told
        assert "M104" not in desk.rules()

        desk.at("项目1", "B8")
        assert desk.press("add-row") == "加了一行：“项目1”第 9 行。"
        desk.fill("项目1", {"B9": "科普展览"})
        assert "漏填" in desk.book.sheets["项目1"]["K9"].value
        assert "项目3" in desk.press("add-project")
        assert desk.where() == ("资金概况", "B8")

        told = desk.press("generate-report")
        document = path.with_name("自评_报告.docx")
        assert str(document) in told
        assert any("科普经费" in paragraph.text for paragraph in Document(str(document)).paragraphs)
        assert any(
            "科普" in str(row[2]) for row in desk.book.sheets["报告文字"].used_range.value[4:] if row[2]
        )
        desk.press("generate-report")
        assert len(list(tmp_path.glob("*.docx"))) == 2

        assert desk.book.sheets["项目1"]["E8"].color == (200, 230, 255)
        assert desk.book.sheets["项目1"]["F8"].note.text == "问过财务科"
        assert desk.is_calm()
        assert 3 <= len(list((tmp_path / "备份").iterdir())) <= 10


def test_the_second_check_finds_the_same_and_writes_nothing(sample_desk: Desk) -> None:
    first = sample_desk.press("validate")
    before = sample_desk.findings(), list((sample_desk.path.parent / "备份").iterdir())
    again = sample_desk.press("validate")
    assert again.partition("；")[0] == first.partition("；")[0]
    assert "结果一样" in again
    assert (sample_desk.findings(), list((sample_desk.path.parent / "备份").iterdir())) == before


def test_findings_are_those_of_the_saved_file(sample_desk: Desk) -> None:
    from_file = actions.validate(FileBook.open(sample_desk.path), "x").document()
    live = actions.validate(LiveBook(sample_desk.book), "x").document()
    assert json.dumps(live) == json.dumps(from_file)


def test_a_backup_is_the_file_as_it_was_saved(sample_desk: Desk) -> None:
    saved = sample_desk.path.read_bytes()
    sample_desk.press("validate")
    assert [each.read_bytes() for each in (sample_desk.path.parent / "备份").iterdir()] == [saved]


# --- from finding to finding --------------------------------------------------------------------------


def test_all_findings_are_visited_forth_and_back(sample_desk: Desk) -> None:
    sample_desk.press("validate")
    seen = [sample_desk.where()]
    while (told := sample_desk.press("next-finding")).startswith("第 ") and len(seen) < 40:
        seen.append(sample_desk.where())
    assert "最后一处" in told
    book = LiveBook(sample_desk.book)
    shown = [
        row[0] for row in book.read(book.names()[names.FINDINGS["place"]]) if row[0] and "！" in str(row[0])
    ]
    cells = [tuple(str(each).split("！")) for each in shown]
    assert seen == list(dict.fromkeys(cells))
    back = [sample_desk.where()]
    while sample_desk.press("previous-finding").startswith("第 ") and len(back) < 40:
        back.append(sample_desk.where())
    assert back == seen[::-1]


def test_the_way_to_a_finding_follows_rows_and_tabs(sample_desk: Desk) -> None:
    sample_desk.press("validate")
    sample_desk.press("next-finding")
    tab, cell = sample_desk.where()
    sheet = sample_desk.book.sheets[tab]
    sheet.api.unprotect("")
    sheet.range("8:9").insert("down")
    sheet.name = "改了名字"
    sample_desk.at("校验结果", "D6")
    sample_desk.press("next-finding")
    assert sample_desk.where() == ("改了名字", f"{cell[0]}{int(cell[1:]) + 2}")


def test_before_any_check_there_is_nothing_to_visit(sample_desk: Desk) -> None:
    assert "请先按“校验”" in sample_desk.press("next-finding")


# --- rows ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("tab", "cell"), [("项目1_科技工作", "B9"), ("资金概况", "D7"), ("报告文字", "C6")])
def test_a_new_row_is_like_its_neighbours(sample_desk: Desk, tab: str, cell: str) -> None:
    row = int(cell[1:])
    sheet = sample_desk.book.sheets[tab]
    before = rows_of(sheet)
    sample_desk.at(tab, cell)
    sample_desk.press("add-row")
    after = rows_of(sheet)
    assert [line for number, line in enumerate(after) if number != row] == before
    new, above = sheet.range(f"{row + 1}:{row + 1}"), sheet.range(f"{row}:{row}")
    formulas = [bool(text) for text in LiveBook(sample_desk.book).formulas_in(ref_of(tab, row))[0]]
    mine = [bool(text) for text in LiveBook(sample_desk.book).formulas_in(ref_of(tab, row + 1))[0]]
    links = 13 if tab == "资金概况" else 0
    assert [each for place, each in enumerate(mine, 1) if place != links] == [
        each for place, each in enumerate(formulas, 1) if place != links
    ]
    for column in range(12):
        assert new[0, column].color == above[0, column].color
        assert new[0, column].api.CellProtection.IsLocked == above[0, column].api.CellProtection.IsLocked
        assert new[0, column].api.Validation.Type == above[0, column].api.Validation.Type
    assert sample_desk.is_calm()


def ref_of(tab: str, row: int) -> Any:
    from xl_perfeval.model import Ref

    return Ref(tab, f"A{row}:AB{row}")


def rows_of(sheet: xw.Sheet) -> list[list[Any]]:
    """What the rows of a sheet show, without its map and most hidden columns."""
    rows = sheet.used_range.options(ndim=2, err_to_str=True).value
    return [[None if str(cell).startswith(names.MAP) else cell for cell in row[:13]] for row in rows]


def test_rows_move_with_their_colours_and_notes(sample_desk: Desk) -> None:
    tab = "项目1_科技工作"
    sheet = sample_desk.book.sheets[tab]
    sheet["C9"].color, before = (255, 0, 0), rows_of(sheet)
    sheet["E9"].add_note("核对过")
    total = sheet["C16"].value
    assert total == 73
    sample_desk.at(tab, "B9")
    assert sample_desk.press("move-down") == f"第 9 行移到了第 10 行（“{tab}”）。"
    assert sample_desk.where() == (tab, "B10")
    after = rows_of(sheet)
    assert after[9][1:10] == before[8][1:10]
    assert after[8][1:10] == before[9][1:10]
    assert [row[0] for row in after] == [row[0] for row in before]
    assert sheet["C10"].color == (255, 0, 0) != sheet["C9"].color
    assert sheet["E10"].note.text == "核对过"
    assert sheet["E9"].note is None
    assert sheet["C16"].value == total
    sample_desk.press("move-up")
    assert rows_of(sheet) == before
    assert sample_desk.is_calm()


def test_a_project_keeps_its_sheet_when_its_row_moves(sample_desk: Desk) -> None:
    sample_desk.at("资金概况", "B7")
    before = reading.read(LiveBook(sample_desk.book))
    sample_desk.press("move-up")
    after = reading.read(LiveBook(sample_desk.book))
    assert [each.id for each in after.projects[:2]] == [each.id for each in before.projects[1::-1]]
    for project in after.projects:
        same = next(each for each in before.projects if each.id == project.id)
        assert [item.name for item in project.items] == [item.name for item in same.items]
        assert project.name == same.name
    assert sample_desk.book.sheets["资金概况"]["M6"].value.startswith("项目2")


def test_rows_that_carry_more_are_not_deleted(sample_desk: Desk) -> None:
    sample_desk.at("资金概况", "B7")
    assert "请按“删除项目”" in sample_desk.press("delete-row")
    sample_desk.at("首页", "D7")
    assert "不在可以增减行的表里" in sample_desk.press("add-row")
    sample_desk.at("项目1_科技工作", "C15")
    assert "请先选中表里的一行" in sample_desk.press("move-up")
    sample_desk.at("项目1_科技工作", "B8")
    assert "最上面" in sample_desk.press("move-up")
    assert not (sample_desk.path.parent / "备份").exists()


def test_a_deleted_row_takes_its_money_out_of_the_sums(sample_desk: Desk) -> None:
    tab = "项目1_科技工作"
    sheet = sample_desk.book.sheets[tab]
    total, cost = sheet["C16"].value, 20
    sample_desk.at(tab, "B10")
    assert "可以从" in sample_desk.press("delete-row")
    assert sheet["C15"].value == total - cost
    assert sample_desk.is_calm()


def test_rows_of_a_scoring_form_stay_in_their_group(tmp_path: Path) -> None:
    path = tmp_path / "自评.xlsx"
    template.build(template.blank(forms.load("ministry-2020"), projects=2), path)
    with desk_with(path, tmp_path / "state") as desk:
        sheet = desk.book.sheets["自评1"]
        assert sheet["A17"].merge_area.address == "$A$17:$A$20"
        desk.at("自评1", "C20")
        assert "第 20 行" in desk.press("add-row")
        assert sheet["A17"].merge_area.address == "$A$17:$A$21"
        assert sheet["B21"].value == "成本指标"
        assert sheet["J20"].formula.replace("20", "#") == sheet["J19"].formula.replace("19", "#")
        desk.at("自评1", "C17")
        assert "一组指标的第一行" in desk.press("delete-row")
        desk.at("自评1", "C21")
        assert "不在同一组" in desk.press("move-down")
        desk.fill("自评1", {"C18": "甲", "C19": "乙"})
        desk.at("自评1", "C18")
        desk.press("move-down")
        assert sheet["C18:C19"].value == ["乙", "甲"]
        assert sheet["A17"].value.startswith("产出指标")


# --- projects -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("edition", ["county-matrix", "ministry-2020"])
def test_a_project_is_added_filled_and_deleted(edition: str, tmp_path: Path) -> None:
    path = tmp_path / "自评.xlsx"
    template.build(clean.submission(11, edition), path)
    with desk_with(path, tmp_path / "state") as desk:
        desk.press("validate")
        before = reading.read(LiveBook(desk.book))
        shown = desk.book.sheets["首页"].used_range.value
        count = len(before.projects)
        tabs = [sheet.name for sheet in desk.book.sheets]
        assert f"项目{count + 1}" in desk.press("add-project")
        assert "还空着" in desk.press("add-project")
        assert names_agree(desk.book)
        assert reading.read(LiveBook(desk.book)) == before_without_places(
            before, reading.read(LiveBook(desk.book))
        )
        assert "一样" in desk.press("validate")

        row = int(desk.where()[1][1:]) if desk.where()[0] == "资金概况" else 6 + count
        desk.fill("资金概况", {f"B{row}": "乡镇科普补助", f"E{row}": 12, f"G{row}": 12})
        new = f"项目{count + 1}"
        desk.fill(new, {"B8": "科普活动", "C8": 12})
        assert desk.book.sheets[new]["C3"].value == 12
        told = desk.press("validate")
        assert "新增" in told
        found = reading.read(LiveBook(desk.book)).projects[-1]
        assert (found.name, [item.cost for item in found.items]) == ("乡镇科普补助", [12])
        assert any("乡镇科普补助" in str(row) for row in desk.book.sheets["图表"]["A5:A20"].value)
        tab, cell = next(place for place in places(desk.book) if place[0] == new)
        assert lit(desk.book, tab, cell)

        desk.at(new, "B8")
        assert "请再按一次" in desk.press("delete-project")
        assert "删除了项目“乡镇科普补助”" in desk.press("delete-project")
        assert [sheet.name for sheet in desk.book.sheets] == tabs
        assert names_agree(desk.book)
        desk.press("validate")
        assert desk.book.sheets["首页"].used_range.value[14:] == shown[14:]
        assert reading.read(LiveBook(desk.book)).projects == before.projects
        assert errors_in(desk.book) == []
        assert desk.is_calm()


def names_agree(book: xw.Book) -> bool:
    """The maps tell the names that the application tells."""
    return LiveBook(book)._mapped() == LiveBook(book)._asked()


def before_without_places(before: Any, after: Any) -> Any:
    """The submission with the blank project that was added."""
    from dataclasses import replace

    return replace(before, projects=(*before.projects, *after.projects[len(before.projects) :]))


def places(book: xw.Book) -> list[tuple[str, str]]:
    known = LiveBook(book)
    cells = [row[0] for row in known.read(known.names()[names.FINDINGS["place"]])]
    return [
        (str(cell).split("！")[0], str(cell).split("！")[1]) for cell in cells if cell and "！" in str(cell)
    ]


def errors_in(book: xw.Book) -> list[tuple[str, Any]]:
    return [
        (sheet.name, cell)
        for sheet in book.sheets
        for row in sheet.used_range.options(ndim=2, err_to_str=True).value
        for cell in row
        if isinstance(cell, str) and cell.startswith("#") and cell.endswith(("!", "?", "A"))
    ]


def test_a_row_filled_without_a_sheet_gets_one(sample_desk: Desk) -> None:
    sample_desk.fill("资金概况", {"B10": "2021年科普专项资金", "E10": 5})
    assert "“项目5_科普”" in sample_desk.press("add-project")
    assert reading.read(LiveBook(sample_desk.book)).projects[-1].matrix is not None
    assert sample_desk.book.sheets["项目5_科普"]["C3"].value == 5


def test_more_projects_than_the_form_has_rows_for(sample_desk: Desk) -> None:
    sheet = sample_desk.book.sheets["资金概况"]
    total = sheet["E15"].value
    for number in range(5, 11):
        sample_desk.press("add-project")
        row = int(sample_desk.where()[1][1:])
        sample_desk.fill("资金概况", {f"B{row}": f"第{number}个项目", f"E{row}": 1})
    assert len(reading.read(LiveBook(sample_desk.book)).projects) == 10
    total_row = next(
        number for number, line in enumerate(sheet.used_range.value, 1) if line[1] and "合计" in str(line[1])
    )
    assert sheet[f"E{total_row}"].value == total + 6
    assert names_agree(sample_desk.book)
    assert errors_in(sample_desk.book) == []


def test_deleting_asks_and_only_for_the_next_press(sample_desk: Desk) -> None:
    sample_desk.at("项目3_老科协", "B8")
    sample_desk.press("delete-project")
    sample_desk.press("validate")
    assert "请再按一次" in sample_desk.press("delete-project")
    assert "项目3_老科协" in [sheet.name for sheet in sample_desk.book.sheets]
    sample_desk.at("首页", "D7")
    assert "请先打开要删除的项目表" in sample_desk.press("delete-project")


# --- mending ------------------------------------------------------------------------------------------


def test_safe_repairs_are_made_and_told(sample_desk: Desk) -> None:
    sample_desk.press("validate")
    told = sample_desk.press("fix")
    assert "资金概况！E9“420（在公共预算中安排，未计入部门专项）”→“420”" in told
    assert sample_desk.book.sheets["资金概况"]["E9"].value == 420
    assert "F007" in sample_desk.rules()
    sample_desk.press("validate")
    assert not {"F007", "F011"} & set(sample_desk.rules())
    assert "没有可以放心自动改的" in sample_desk.press("fix")


# --- what can go wrong --------------------------------------------------------------------------------


def test_the_right_one_of_two_workbooks_with_one_name(tmp_path: Path) -> None:
    paths = [tmp_path / folder / "自评.xlsx" for folder in ("甲", "乙")]
    for path in paths:
        path.parent.mkdir()
        template.build(sample.submission(), path)
    with desk_with(paths[0], tmp_path / "state") as first, desk_with(paths[1], tmp_path / "state") as second:
        first.press("validate")
        assert first.rules()
        assert not second.rules()
        assert "2 个同名" in first.press("validate", wb="自评.xlsx")
        assert "没有打开" in first.press("validate", wb="别的.xlsx")
        second.press("validate")
        assert second.rules() == first.rules()


def test_a_workbook_that_is_not_ours_stays_as_it_is(tmp_path: Path) -> None:
    book = libreoffice.connect(office().pipe).books.add()
    path = tmp_path / "别的.xlsx"
    book.sheets[0]["A1"].value = "预算"
    book.save(str(path))
    book.close()
    with desk_with(path, tmp_path / "state") as desk:
        assert "不是绩效自评工作簿" in desk.press("validate")
        for button in ("generate-report", "fix"):
            assert "不是绩效自评工作簿" in desk.press(button)
        for button in ("next-finding", "add-row", "move-up", "add-project", "delete-project", "help"):
            assert "（PE-03）" not in desk.press(button)
        assert desk.book.sheets[0].used_range.value == "预算"
        assert not (tmp_path / "备份").exists()


def test_an_unsaved_workbook_is_refused(tmp_path: Path) -> None:
    app = libreoffice.connect(office().pipe)
    book = app.books.add()
    try:
        desk = Desk(tmp_path / "x.xlsx", book, office().pipe, tmp_path / "state")
        assert "还没有保存" in desk.press("validate", wb=str(book.name))
    finally:
        book.close()


def test_an_unknown_button_and_no_office(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "x.xlsx", None, "no-such-pipe", tmp_path / "state")  # type: ignore[arg-type]
    assert "没有“format-disk”这个命令" in desk.press("format-disk")
    assert "没有 LibreOffice 在管道 no-such-pipe 上等待" in desk.press("validate")


def test_a_password_stops_a_button_before_it_writes(sample_desk: Desk) -> None:
    sheet = sample_desk.book.sheets["项目1_科技工作"]
    sheet.api.unprotect("")
    sheet.api.protect("secret")
    before = rows_of(sheet)
    sample_desk.at(sheet.name, "B9")
    assert "加了密码保护" in sample_desk.press("add-row")
    assert rows_of(sheet) == before
    assert sheet.api.isProtected()
    sample_desk.press("validate")  # the program's own sheets are open


def test_results_that_cannot_be_written_are_told(sample_desk: Desk) -> None:
    sheet = sample_desk.book.sheets["校验结果"]
    sheet.api.unprotect("")
    place = LiveBook(sample_desk.book).names()[names.FINDINGS["problem"]]
    cells = sheet.range(place.cell).api
    protection = cells.CellProtection
    protection.IsLocked = True
    cells.CellProtection = protection
    sheet.api.protect("secret")
    told = sample_desk.press("validate")
    assert "受保护" in told
    assert "PE-03" not in told
    assert sample_desk.book.app.calculation == "automatic"


def test_an_error_leaves_a_log_and_no_traceback(sample_desk: Desk) -> None:
    code = "from xl_perfeval import actions\nactions.validate = lambda *_: 1 / 0"
    done = sample_desk.run_with(code, "validate")
    assert (done.returncode, done.stderr) == (0, "")
    log = sample_desk.path.parent / "state" / "perfeval" / "ribbon.log"
    assert "（PE-03）" in done.stdout
    assert str(log) in done.stdout
    assert "ZeroDivisionError" in log.read_text(encoding="utf-8")
    assert "第一次校验" in sample_desk.press("validate")


KILL_AT = """
import os, signal
from xl_perfeval.books import live
step = 0
def reach():
    global step
    step += 1
    if step == {moment}:
        {end}
old = live.LiveBook._put
def put(self, block):
    reach()
    old(self, block)
    reach()
live.LiveBook._put = put
"""


@pytest.mark.parametrize("moment", [1, 2, 4, 6, 8, 10, 12])
def test_after_a_killed_check_the_next_one_heals(sample_desk: Desk, moment: int) -> None:
    code = KILL_AT.format(moment=moment, end="os.kill(os.getpid(), signal.SIGKILL)")
    killed = sample_desk.run_with(code, "validate")
    assert killed.returncode == -9
    sample_desk.fill("项目1_科技工作", {"J8": "可以继续填"})
    sample_desk.press("validate")
    assert sample_desk.is_calm()
    found = actions.validate(LiveBook(sample_desk.book)).findings
    assert sample_desk.rules() == [finding.rule for finding in found]
    shown = {cell for row in sample_desk.book.sheets["_标记"].used_range.value[4:] for cell in row if cell}
    assert {finding.at.cell.partition(":")[0] for finding in found if finding.at} <= shown
    assert "结果一样" in sample_desk.press("validate")


@pytest.mark.parametrize("button", ["add-row", "move-up"])
def test_after_a_killed_change_of_rows_sheets_are_protected_again(sample_desk: Desk, button: str) -> None:
    sample_desk.at("项目1_科技工作", "B9")
    code = KILL_AT.format(moment=1, end="os.kill(os.getpid(), signal.SIGKILL)")
    assert sample_desk.run_with(code, button).returncode == -9
    assert not sample_desk.is_calm()
    sample_desk.press("validate")
    assert sample_desk.is_calm()


@pytest.mark.parametrize("part", ["office", "workbook"])
def test_what_is_closed_in_the_middle_is_told_once(part: str, tmp_path: Path) -> None:
    path = tmp_path / "自评.xlsx"
    template.build(sample.submission(), path)
    with libreoffice.start() as app:
        line = app.impl.connection
        desk = Desk(path, app.books.open(str(path)), line.pipe, tmp_path / "state")
        end = "self_.close()" if part == "workbook" else f"os.killpg({line.process.pid}, signal.SIGKILL)"
        code = KILL_AT.format(moment=3, end=end).replace(
            "def put(self, block):", "def put(self, block):\n    global self_; self_ = self._book"
        )
        done = desk.run_with(code, "validate")
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.count("\n") == 1
        assert "中途关闭了" in done.stdout
        assert "PE-03" not in done.stdout


# --- fast ---------------------------------------------------------------------------------------------


def test_the_launcher_imports_nothing_heavy(sample_desk: Desk) -> None:
    heavy = ("pandas", "numpy", "pydantic", "typer", "rich", "docx", "lxml", "openpyxl", "xlsxwriter")
    after = f"print([name for name in {heavy} if name in sys.modules])"
    assert sample_desk.run_with("", "validate", after).stdout.splitlines()[1:] == ["[]"]


def test_the_first_cell_is_read_soon(sample_desk: Desk) -> None:
    code = """
import time
from xl_perfeval.books.live import LiveBook
old = LiveBook._rows
def rows(self, tab):
    found = old(self, tab)
    if not hasattr(LiveBook, "seen"):
        LiveBook.seen = time.process_time()
        print(LiveBook.seen)
    return found
LiveBook._rows = rows
"""
    spent = sorted(float(sample_desk.run_with(code, "validate").stdout.split()[0]) for _ in range(3))
    assert spent[1] < 0.3
