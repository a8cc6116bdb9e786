"""The macros run: pressed from the ribbon's callback to the status cell, in LibreOffice and in pyOpenVBA's Excel."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

import pytest

from tests import vba
from tests.vba import DONE, LAUNCHER, Desk, InOffice, Interpreted, Running, shown, started
from xl_perfeval.template import tabs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.office import Office

COMMANDS = {
    "PE_OnValidate": "validate",
    "PE_OnPrevious": "previous-finding",
    "PE_OnNext": "next-finding",
    "PE_OnFix": "fix",
    "PE_OnReport": "generate-report",
    "PE_OnAddProject": "add-project",
    "PE_OnDeleteProject": "delete-project",
    "PE_OnAddRow": "add-row",
    "PE_OnDeleteRow": "delete-row",
    "PE_OnMoveUp": "move-up",
    "PE_OnMoveDown": "move-down",
}
OBSTACLES = {
    "PE-01": Desk(launcher=""),
    "PE-02": Desk(version="9.9.9"),
    "PE-04": Desk(refused=True),
    "PE-06": Desk(excel=False),
}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return vba.workbook(tmp_path_factory.mktemp("vba") / "自评.xlsm", vba.HOST)


@pytest.fixture(scope="module")
def over_xlwings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our own host module, over a stand-in for xlwings."""
    return vba.workbook(tmp_path_factory.mktemp("vba") / "自评.xlsm", vba.XLWINGS)


@pytest.fixture(params=["LibreOffice", "pyOpenVBA"])
def running(request: pytest.FixtureRequest, path: Path) -> Iterator[Running]:
    if request.param == "pyOpenVBA":
        with Interpreted(path) as interpreted:
            yield interpreted
    else:
        with InOffice(cast("Office", request.getfixturevalue("office")), path) as opened:
            yield opened


def only(texts: list[str]) -> str:
    assert len(texts) == 1
    return texts[0]


# --- with Python --------------------------------------------------------------------------------------


@pytest.mark.parametrize("callback", COMMANDS)
def test_a_button_starts_the_program_with_its_command_and_the_workbook(
    running: Running, callback: str
) -> None:
    running.arrange(Desk())
    running.press(callback)
    assert started(running) == [f'{LAUNCHER} {COMMANDS[callback]} --wb="{running.full_name()}"']
    assert shown(running) == []
    assert running.cell("PE_STATUS") == DONE


@pytest.mark.parametrize(
    ("macro", "command"), [("PE_Validate", "validate"), ("PE_GenerateReport", "generate-report")]
)
def test_the_buttons_on_the_sheet_do_the_same(running: Running, macro: str, command: str) -> None:
    running.arrange(Desk())
    running.run(f"PerfEval.{macro}")
    assert only(started(running)).startswith(f"{LAUNCHER} {command} --wb=")
    assert running.cell("PE_STATUS") == DONE


def test_on_a_mac_python_is_run_without_waiting(running: Running) -> None:
    running.arrange(Desk(mac=True, launcher="/usr/local/bin/python3"))
    running.press("PE_OnAddProject")
    assert started(running) == ["import xl_perfeval.ribbon; xl_perfeval.ribbon.add_project()"]
    assert shown(running) == []
    assert running.cell("PE_STATUS") == "程序正在运行……"


def test_a_program_that_breaks_down_is_told(running: Running) -> None:
    running.arrange(Desk(answer=""))
    running.press("PE_OnReport")
    assert len(started(running)) == 1
    message = only(shown(running))
    assert message.startswith("“生成报告”没有做完")
    assert message.endswith("（PE-03）")
    assert running.cell("PE_STATUS") == message.replace("\n", " ")


def test_pressing_twice_works_after_the_obstacle_is_gone(running: Running) -> None:
    running.arrange(Desk(launcher=""))
    running.press("PE_OnValidate")
    running.arrange(Desk())
    running.press("PE_OnValidate")
    assert len(started(running)) == len(shown(running)) == 1
    assert running.cell("PE_STATUS") == DONE


# --- without ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", OBSTACLES)
@pytest.mark.parametrize("callback", ["PE_OnValidate", "PE_OnReport", "PE_OnAddRow"])
def test_without_the_program_one_box_and_the_status_cell_say_why(
    running: Running, code: str, callback: str
) -> None:
    running.arrange(OBSTACLES[code])
    running.press(callback)
    assert started(running) == []
    message = only(shown(running))
    assert re.findall(r"PE-\d\d", message) == [code]
    assert message.count("下一步：") == 1
    assert re.match(r"“(校验|生成报告|增加行)”没有运行：", message)
    assert not re.search(r"[{}]|通过", message)
    assert ("只清点了一遍" in message) == (callback == "PE_OnValidate")
    assert running.cell("PE_STATUS") == message.replace("\n", " ")


def test_the_message_names_the_version_wanted(running: Running) -> None:
    running.arrange(OBSTACLES["PE-02"])
    running.press("PE_OnFix")
    assert f"程序换成 {Desk().version} 版" in only(shown(running))


def test_a_workbook_that_was_never_saved(office: Office, path: Path) -> None:
    with InOffice(office, path, untitled=True) as running:
        running.arrange(Desk())
        running.press("PE_OnValidate")
        assert started(running) == []
        assert "另存到" in only(shown(running))
        assert str(running.cell("PE_STATUS")).endswith("（PE-05）")


@pytest.mark.parametrize(
    ("folder", "code"),
    [
        ("", "PE-05"),
        ("https://d.docs.live.net/1234/文档", "PE-05"),
        (r"\\server\共享", "PE-05"),
        (r"C:\文档", ""),
        ("/Users/name/Documents", ""),
    ],
)
def test_only_a_folder_of_this_computer_will_do(path: Path, folder: str, code: str) -> None:
    with Interpreted(path) as running:
        running.arrange(Desk())
        running.move(folder)
        assert running.run("PerfEval.Obstacle") == code


def test_help_needs_nothing(running: Running) -> None:
    running.arrange(OBSTACLES["PE-01"])
    running.press("PE_OnHelp")
    assert running.active_sheet() == tabs.GUIDE
    assert started(running) == shown(running) == []


# --- what VBA counts alone ----------------------------------------------------------------------------


def test_what_is_there_is_counted(running: Running) -> None:
    counted = running.run("PerfEvalCount.Counted")
    assert re.findall(r"\d+", counted) == ["0", "0", "3", "3", "0"]


def test_blank_entries_are_counted(running: Running) -> None:
    running.set_cell("PE_UNIT", " ")
    assert "未填 1 个" in running.run("PerfEvalCount.Counted")
    running.set_cell("PE_YEAR", None)
    assert "未填 2 个" in running.run("PerfEvalCount.Counted")


def test_a_lost_name_is_counted(office: Office, path: Path) -> None:
    with InOffice(office, path) as running:
        running.book.document.NamedRanges.removeByName("FUND_ID")
        counted = running.run("PerfEvalCount.Counted")
        assert re.findall(r"\d+", counted) == ["1", "0", "0", "3", "0"]


@pytest.mark.parametrize(("sheet", "total"), [("资金概况", "FUND_TOTAL_SPENT"), ("项目2", "MX_TOTAL_COST")])
def test_errors_in_totals_are_counted(path: Path, sheet: str, total: str) -> None:
    # Not in LibreOffice: its VBA tells neither errors in cells nor the names of single sheets.
    with Interpreted(path) as running:
        running.set_formula(sheet, total, "=1/0")
        assert "错误值 1 个" in running.run("PerfEvalCount.Counted")


def test_without_texts_the_code_still_shows(office: Office, path: Path) -> None:
    with InOffice(office, path) as running:
        running.book.document.NamedRanges.removeByName("PE_TEXTS")
        running.arrange(OBSTACLES["PE-01"])
        running.press("PE_OnValidate")
        assert shown(running) == ["PE-01"]


# --- opening and saving -------------------------------------------------------------------------------


def test_functions_are_live_only_when_the_program_is_there(running: Running) -> None:
    for desk, live in [
        (Desk(), True),
        (Desk(mac=True), False),
        *((desk, False) for desk in OBSTACLES.values() if not desk.refused),
    ]:
        running.arrange(desk)
        running.run("ThisWorkbook.Workbook_Open")
        assert running.cell("PE_LIVE") == live, desk


def test_the_saved_file_never_says_that_python_is_there(running: Running) -> None:
    running.arrange(Desk())
    running.run("ThisWorkbook.Workbook_Open")
    running.run("ThisWorkbook.Workbook_BeforeSave", False, False)
    assert running.cell("PE_LIVE") == False  # noqa: E712 - LibreOffice has no truth values
    running.run("ThisWorkbook.Workbook_AfterSave", True)
    assert running.cell("PE_LIVE") == True  # noqa: E712


def test_opening_and_saving_leave_no_question_behind(path: Path) -> None:
    with Interpreted(path) as running:
        running.arrange(Desk())
        running.saved = True
        running.run("ThisWorkbook.Workbook_Open")
        assert running.cell("PE_LIVE") is True
        assert running.saved
        running.run("ThisWorkbook.Workbook_BeforeSave", False, False)
        running.run("ThisWorkbook.Workbook_AfterSave", True)
        assert running.saved


def test_opening_the_workbook_calls_its_event(office: Office, tmp_path: Path) -> None:
    ready = (
        vba.HOST.replace("= IsExcel", "= True")
        .replace("= Place", '= "x"')
        .replace("= Installed = wanted", "= True")
    )
    with InOffice(office, vba.workbook(tmp_path / "自评.xlsm", ready)) as running:
        assert running.cell("PE_LIVE") == 1


# --- the module that reaches out ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("interpreter", "existing", "launcher"),
    [
        (r"C:\p\python.exe", r"C:\p\Scripts\perfeval-ribbon.exe", r"C:\p\Scripts\perfeval-ribbon.exe"),
        (
            r"C:\v\Scripts\python.exe",
            r"C:\v\Scripts\perfeval-ribbon.exe",
            r"C:\v\Scripts\perfeval-ribbon.exe",
        ),
        (r"C:\p\python.exe", r"C:\elsewhere\perfeval-ribbon.exe", ""),
        ("python", "perfeval-ribbon.exe", ""),
        ("", "", ""),
    ],
)
def test_the_launcher_lies_beside_the_interpreter(
    over_xlwings: Path, interpreter: str, existing: str, launcher: str
) -> None:
    with Interpreted(over_xlwings) as running:
        running.run("xlwings.Lay", interpreter, existing)
        assert running.run("PerfEvalHost.HostLauncher") == launcher


@pytest.mark.parametrize(
    ("installed", "wanted", "fits"),
    [
        ("0.1.0", "0.1.0", True),
        ("0.1.12", "0.1.0", True),
        ("0.2.0", "0.1.0", False),
        ("0.10.0", "0.1.0", False),
        ("1.1.0", "0.1.0", False),
        ("0.1.0", "version", False),
    ],
)
@pytest.mark.parametrize("interpreter", [r"C:\p\python.exe", r"C:\p\Scripts\python.exe"])
def test_the_installed_version_is_read_from_what_pip_left(
    over_xlwings: Path, interpreter: str, installed: str, wanted: str, fits: bool
) -> None:
    folder = rf"C:\p\Lib\site-packages\xl_perfeval-{installed}.dist-info"
    with Interpreted(over_xlwings) as running:
        running.run("xlwings.Lay", interpreter, folder)
        assert running.run("PerfEvalHost.HostHasVersion", wanted) is fits


def test_the_launcher_is_started_by_xlwings(over_xlwings: Path) -> None:
    with Interpreted(over_xlwings) as running:
        running.run("PerfEvalHost.HostRunLauncher", LAUNCHER, 'validate --wb="C:\\自评.xlsm"')
        assert running.run("xlwings.AllCalls") == f'frozen {LAUNCHER} validate --wb="C:\\自评.xlsm"'
        running.run("PerfEvalHost.HostRunPython", "import a; a.b()")
        assert running.run("xlwings.AllCalls") == "python import a; a.b()"


@pytest.mark.parametrize(
    ("folder", "excel"),
    [
        (r"C:\Program Files\Microsoft Office\root\Office16", True),
        ("/Applications/Microsoft Excel.app/Contents/MacOS", True),
        (r"C:\Users\name\AppData\Local\Kingsoft\WPS Office\12.1.0.17147\office6", False),
        (r"D:\WPS Office\11.8.2.12085\Office6", False),
    ],
)
def test_wps_is_told_from_excel_by_its_folder(over_xlwings: Path, folder: str, excel: bool) -> None:
    with Interpreted(over_xlwings, folder=folder) as running:
        assert running.run("PerfEvalHost.HostIsExcel") is excel


def test_libreoffice_is_not_taken_for_excel_although_it_says_so(office: Office, over_xlwings: Path) -> None:
    with InOffice(office, over_xlwings) as running:
        running.press("PE_OnValidate")
        assert str(running.cell("PE_STATUS")).endswith("（PE-06）")
        running.run("ThisWorkbook.Workbook_Open")
        assert running.cell("PE_LIVE") == 0


def test_the_box_is_shown_once_with_a_title(over_xlwings: Path) -> None:
    with Interpreted(over_xlwings, folder=r"C:\WPS Office\office6") as running:
        running.press("PE_OnFix")
        [(title, text)] = running.boxes
        assert title == "绩效自评"
        assert text.endswith("（PE-06）")


# --- as it ships --------------------------------------------------------------------------------------


def test_pyopenvba_understands_every_module_of_ours_as_it_ships(tmp_path: Path) -> None:
    shipped = vba.workbook(tmp_path / "自评.xlsm")
    with Interpreted(shipped) as running:
        assert {path.stem.lower() for path in vba.MACROS.glob("*.[bc][al]s")} <= running.modules
        assert {f"sheet{number}" for number in range(1, 4)} <= running.modules
        assert running.run("PerfEvalText.T", "title") == "绩效自评"


def test_with_macros_on_every_cell_is_computed_as_without(office: Office, tmp_path: Path) -> None:
    # xlwings' module does not compile there, which makes every VBA function return nothing.
    shipped = vba.workbook(tmp_path / "自评.xlsm")
    with office.open(shipped) as without:
        without.calculate()
        expected = without.formula_values()
    with office.open(shipped, macros=True) as macros_on:
        macros_on.calculate()
        assert macros_on.formula_values() == expected
    assert len(expected) > 300
