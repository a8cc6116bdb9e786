"""The command line as people and programs meet it: what it prints, how it exits, what it leaves behind."""

from __future__ import annotations

import io
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from importlib import resources
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from tests.commands import call, perfeval
from xl_perfeval import __version__, actions, cli, exchange, forms, printing, progress, sample, webpage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FINDINGS = json.loads(resources.files("xl_perfeval").joinpath("schemas/findings.schema.json").read_bytes())
COMMANDS = (
    "demo",
    "new",
    "template",
    "validate",
    "report",
    "export",
    "parse",
    "rules",
    "forms",
    "install",
    "uninstall",
)
NOBODY = 65534


def fails(run: subprocess.CompletedProcess[str], status: int = 2) -> str:
    """The one sentence on stderr of a run that failed."""
    assert run.returncode == status, run.stderr
    [sentence] = run.stderr.splitlines()
    assert re.search("[一-鿿]", sentence)
    for word in ("Traceback", "Error", "None", "null", "非法", "无效", "错误代码", "字段"):
        assert word not in sentence
    return sentence


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook that holds the sample."""
    path = tmp_path_factory.mktemp("填好的 工作簿") / "绩效 自评.xlsx"
    actions.new(sample.submission(), path)
    return path


@pytest.fixture
def submission_file(tmp_path: Path) -> Path:
    path = tmp_path / "材料.json"
    path.write_text(exchange.to_text(sample.submission()), encoding="utf-8")
    return path


def files_in(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


# --- help and wrong calls -----------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_chinese_and_fits(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(*filter(None, [command]), "--help") == 0
    text = capsys.readouterr().out
    assert text.startswith("用法：perfeval")
    assert not re.search("Usage|Options|Arguments|Commands|Show|default|required", text)
    assert all(printing.width(line) <= 80 for line in text.splitlines())


def test_help_names_what_exists(capsys: pytest.CaptureFixture[str]) -> None:
    call("--help")
    named = set(re.findall(r"^  ([a-z]+) ", capsys.readouterr().out, re.MULTILINE))
    assert named == set(COMMANDS)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["validat", "x"], "没有“validat”这个命令，是不是 validate？"),
        (["删除"], f"没有“删除”这个命令，可以用的有：{'、'.join(COMMANDS)}。"),
        (["validate"], "还缺少 FILE…。用法见 perfeval validate --help。"),
        (
            ["validate", "--outptu", "x"],
            "没有 --outptu 这个选项，是不是 --output。用法见 perfeval validate --help。",
        ),
        (["validate", "--zzz", "x"], "没有 --zzz 这个选项。用法见 perfeval validate --help。"),
        (["validate", "x", "--output"], "--output 后面还要写上内容。用法见 perfeval validate --help。"),
        (
            ["validate", "x", "--format", "xml"],
            "--format 后面写的是“xml”，只能写 text、json、html 中的一个。",
        ),
        (["export", "a", "b"], "多写了“b”。用法见 perfeval export --help。"),
        (
            ["new", "表.xlsm", "--macro-free"],
            "不带宏的工作簿要以 .xlsx 结尾，请把“表.xlsm”改成“表.xlsx”。",
        ),
        (
            ["new", "表"],
            "工作簿的文件名要以 .xlsm（带按钮和宏）或 .xlsx（不带宏）结尾，请把“表”改成“表.xlsm”。",
        ),
        (
            ["new", "表.xlsx", "--year", "20"],
            "--year 后面写的是“20”，请写 2000 到 2100 之间的年份，例如 2020。",
        ),
        (["new", "表.xlsx", "--edition", "ministry"], "没有“ministry”这个表样，是不是 ministry-2020？"),
        (["new", "表.xlsx", "--from", "没有.json"], "没有找到“没有.json”，请核对文件名和文件夹。"),
        (
            ["new", "表.xlsx", "--next-year"],
            "--next-year 要和 --from 一起用，请写上去年的工作簿，例如 --from 去年.xlsx。",
        ),
        (
            ["new", "表.xlsx", "--project", "科普经费", "--project", " "],
            "--project 后面要写项目名称；还没有定下来的项目先不写，以后在表里添加。",
        ),
        (["rules", "M1040"], "没有“M1040”这条规则，是不是 M104？"),
        (["parse", "--kind", "x"], "--kind 后面写的是“x”，只能写 target、actual、amount、period 中的一个。"),
        (
            ["report", "x.xlsx", "--docx", "报告.doc"],
            "报告的文件名要以 .docx 结尾，请把“报告.doc”改成“报告.docx”。",
        ),
    ],
)
def test_a_wrong_call_is_one_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    assert call(*arguments) == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", f"{sentence}\n")
    assert files_in(tmp_path) == []


def test_no_command_shows_help_and_counts_as_wrong() -> None:
    run = perfeval()
    assert run.returncode == 2
    assert run.stderr.startswith("用法：perfeval")


def test_next_year_starts_from_last_years_workbook(filled: Path, tmp_path: Path) -> None:
    for arguments in (
        ["new", "明年.xlsx", "--from", filled, "--next-year"],
        ["export", "明年.xlsx", "--to", "明年.json"],
    ):
        run = perfeval(*arguments, cwd=tmp_path)
        assert (run.returncode, run.stderr) == (0, "")
    new = json.loads((tmp_path / "明年.json").read_text(encoding="utf-8"))
    last = sample.submission()
    assert new["year"] == last.year + 1
    assert [project["name"] for project in new["projects"]] == [project.name for project in last.projects]
    assert all("funding" not in project for project in new["projects"])
    assert all("cost" not in item and "actual" not in item for p in new["projects"] for item in p["items"])


def test_next_year_comes_after_the_year_of_the_workbook(filled: Path, tmp_path: Path) -> None:
    renewed = ("new", tmp_path / "明年.xlsx", "--from", filled, "--next-year")
    assert "--year 请写 2021，或者不写" in fails(perfeval(*renewed, "--year", "2020"))
    assert list(tmp_path.iterdir()) == []
    assert perfeval(*renewed, "--year", "2022").returncode == 0
    assert actions.read(tmp_path / "明年.xlsx").year == 2022


# --- validate -----------------------------------------------------------------------------------------


def test_validate_for_people(filled: Path) -> None:
    run = perfeval("validate", filled)
    assert run.returncode == 1
    assert run.stderr == ""
    assert "\x1b" not in run.stdout
    assert all(printing.width(line) <= 80 for line in run.stdout.splitlines()[1:])
    assert re.search(r"^必须改 \d+ 条，请核对 \d+ 条，提示 \d+ 条$", run.stdout, re.MULTILINE)
    for finding in actions.validate_file(filled).findings:
        assert finding.rule in run.stdout


def test_validate_one_file_for_programs(filled: Path) -> None:
    run = perfeval("validate", filled, "--format", "json")
    found = json.loads(run.stdout)
    jsonschema.validate(found, FINDINGS)
    assert (found["file"], found["edition"], found["program"]) == (str(filled), forms.DEFAULT, __version__)
    assert run.returncode == (1 if found["summary"]["error"] else 0)


def test_validate_several_files_in_the_order_given(filled: Path, tmp_path: Path) -> None:
    broken = tmp_path / "坏 的.xlsx"
    broken.write_bytes(b"not a workbook")
    missing = tmp_path / "没有.xlsx"
    run = perfeval("validate", filled, broken, filled, missing, "--format", "json")
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    assert [each["file"] for each in lines] == [str(filled), str(broken), str(filled), str(missing)]
    for each in (lines[1], lines[3]):
        jsonschema.validate(each, FINDINGS)
        [finding] = each["findings"]
        assert (finding["rule"], finding["sheet"], finding["cell"]) == ("F001", None, None)
        assert each["edition"] is None
    assert run.returncode == 2
    assert [("坏 的.xlsx" in line, "没有.xlsx" in line) for line in run.stderr.splitlines()] == [
        (True, False),
        (False, True),
    ]


def test_validate_a_folder(filled: Path, tmp_path: Path) -> None:
    deep = tmp_path / "乙 科" / "更深"
    deep.mkdir(parents=True)
    content = filled.read_bytes()
    for path in (tmp_path / "b.xlsx", tmp_path / "a.XLSX", deep / "c.xlsm", tmp_path / "~$b.xlsx"):
        path.write_bytes(content)
    (tmp_path / "说明.txt").write_text("x")
    run = perfeval("validate", tmp_path, "--format", "json")
    names = [json.loads(line)["file"] for line in run.stdout.splitlines()]
    assert names == [str(path) for path in (tmp_path / "a.XLSX", tmp_path / "b.xlsx", deep / "c.xlsm")]


def test_validate_an_empty_folder(tmp_path: Path) -> None:
    assert "里没有 .xlsx 或 .xlsm 工作簿" in fails(perfeval("validate", tmp_path))


def test_text_of_several_files_ends_with_all_counts(filled: Path, tmp_path: Path) -> None:
    run = perfeval("validate", filled, filled)
    one = actions.validate_file(filled)
    total = json.loads(perfeval("validate", filled, "--format", "json").stdout)["summary"]
    assert run.stdout.count(one.counts) == 2
    assert run.stdout.splitlines()[-1] == (
        f"全部文件：必须改 {2 * total['error']} 条，请核对 {2 * total['warning']} 条，提示 {2 * total['notice']} 条"
    )
    assert files_in(tmp_path) == []


@pytest.mark.parametrize("format_", ["text", "json", "html"])
def test_output_replaces_only_its_own_earlier_output(filled: Path, tmp_path: Path, format_: str) -> None:
    target = tmp_path / "结果"
    for _ in range(2):
        run = perfeval("validate", filled, "--format", format_, "--output", target)
        assert run.returncode == 1
        assert run.stdout.startswith(f"已写出“{target}”：必须改")
    assert files_in(tmp_path) == ["结果"]
    for other in (filled.read_bytes(), b'{"schema": "perfeval-submission/1"}', "我的笔记".encode()):
        target.write_bytes(other)
        assert "没有覆盖" in fails(perfeval("validate", filled, "--format", format_, "--output", target))
        assert target.read_bytes() == other


def test_html_is_one_page(filled: Path) -> None:
    run = perfeval("validate", filled, filled, "--format", "html")
    assert run.stdout.count("<html") == 1
    assert webpage.MARK in run.stdout
    assert run.stdout.endswith("</html>\n")


def test_the_workbook_is_not_touched(filled: Path) -> None:
    before = filled.read_bytes()
    perfeval("validate", filled)
    perfeval("export", filled)
    assert filled.read_bytes() == before
    assert files_in(filled.parent) == [filled.name]


def test_an_older_sort_of_file_is_explained(tmp_path: Path) -> None:
    old = tmp_path / "老表.xls"
    old.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600))
    run = perfeval("validate", old, "--format", "json")
    assert "老表.xls" in fails(run)
    assert json.loads(run.stdout)["findings"][0]["rule"] == "F001"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("stream", "shown"), [(Terminal(), True), (io.StringIO(), False)])
def test_a_bar_appears_on_a_terminal_when_it_takes_long(
    stream: io.StringIO, shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0.01)
    monkeypatch.setattr(sys, "stderr", stream)
    with progress.Bar("校验", 2) as bar:
        bar.step()
        time.sleep(1)
        bar.step()
    assert ("校验" in stream.getvalue()) is shown


def test_no_bar_for_what_is_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress.Bar("校验", 1) as bar:
        bar.step()
    assert terminal.getvalue() == ""


def test_a_terminal_gets_colour_unless_it_is_unwanted(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for unwanted, coloured in (("", True), ("1", False)):
        terminal = Terminal()
        monkeypatch.setenv("NO_COLOR", unwanted)
        monkeypatch.setattr(sys, "stdout", terminal)
        call("validate", filled)
        assert ("\x1b[31m" in terminal.getvalue()) is coloured
        assert "必须改" in terminal.getvalue()


# --- new and export -----------------------------------------------------------------------------------


def test_new_then_export_gives_what_went_in(submission_file: Path, tmp_path: Path) -> None:
    book = tmp_path / "新 表.xlsx"
    run = perfeval("new", book, "--from", submission_file)
    assert (run.returncode, run.stdout, run.stderr) == (0, f"已新建“{book}”。\n", "")
    out = tmp_path / "出.json"
    assert perfeval("export", book, "--to", out).stdout == f"已写出“{out}”。\n"
    assert json.loads(out.read_bytes()) == exchange.normalised(json.loads(submission_file.read_bytes()))
    assert json.loads(perfeval("export", book).stdout) == json.loads(out.read_bytes())


def test_new_reads_a_file_with_bom_and_changes_what_is_asked(submission_file: Path, tmp_path: Path) -> None:
    submission_file.write_bytes(b"\xef\xbb\xbf" + submission_file.read_bytes())
    book = tmp_path / "表.xlsx"
    options = ("--unit", "另一局", "--year", "2021", "--edition", "ministry-2020", "--macro-free")
    assert perfeval("new", book, "--from", submission_file, *options).returncode == 0
    exported = json.loads(perfeval("export", book).stdout)
    assert (exported["unit"]["name"], exported["year"], exported["edition"]) == (
        "另一局",
        2021,
        "ministry-2020",
    )


@pytest.mark.parametrize("edition", forms.editions())
def test_new_without_content(tmp_path: Path, edition: str) -> None:
    book = tmp_path / "空白.xlsx"
    run = perfeval("new", book, "--unit", "示例局", "--year", "2020", "--edition", edition)
    assert run.returncode == 0
    exported = json.loads(perfeval("export", book).stdout)
    assert exported == {
        "schema": "perfeval-submission/1",
        "edition": edition,
        "unit": {"name": "示例局"},
        "year": 2020,
        "stage": "年度自评",
        "projects": [],
    }


def test_new_with_project_names(tmp_path: Path) -> None:
    book = tmp_path / "表.xlsx"
    assert perfeval("new", book, "--project", "科普经费", "--project", "=1+1").returncode == 0
    run = perfeval("export", book)
    assert [project["name"] for project in json.loads(run.stdout)["projects"]] == ["科普经费", "=1+1"]
    assert "没有填年度" in run.stderr


def test_nothing_is_overwritten(filled: Path, tmp_path: Path) -> None:
    for name, arguments in {
        "有.xlsx": ["new", "有.xlsx"],
        "有.json": ["export", str(filled), "--to", "有.json"],
    }.items():
        (tmp_path / name).write_bytes(b"mine")
        assert "已经存在，没有覆盖" in fails(perfeval(*arguments, cwd=tmp_path))
        assert (tmp_path / name).read_bytes() == b"mine"


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "文件是空的"),
        (b'{\n "schema": "perfeval-submission/1",\n}', "第3行"),
        ("单位".encode("gbk"), "UTF-8"),
        (b"[]", "最外层"),
        (b'{"schema": "perfeval-findings/1"}', "这是校验结果"),
    ],
)
def test_a_bad_submission_is_explained(content: bytes, part: str, tmp_path: Path) -> None:
    source = tmp_path / "坏.json"
    source.write_bytes(content)
    sentence = fails(perfeval("new", tmp_path / "表.xlsx", "--from", source))
    assert "坏.json" in sentence
    assert part in sentence
    assert files_in(tmp_path) == ["坏.json"]


# --- report -------------------------------------------------------------------------------------------


def test_report_beside_the_workbook_and_never_over_another(filled: Path, tmp_path: Path) -> None:
    book = tmp_path / "自评.xlsx"
    book.write_bytes(filled.read_bytes())
    first = perfeval("report", book)
    assert first.returncode == 0
    assert first.stdout.startswith(f"已写出报告“{tmp_path / '自评_报告.docx'}”。")
    written = (tmp_path / "自评_报告.docx").read_bytes()
    second = perfeval("report", book)
    assert second.returncode == 0
    assert "已经存在，没有覆盖" in second.stdout
    assert (tmp_path / "自评_报告.docx").read_bytes() == written
    assert "“报告文字”和上次一样，工作簿没有改动。" in second.stdout
    shutil.rmtree(tmp_path / "备份")
    [other] = set(files_in(tmp_path)) - {"自评.xlsx", "自评_报告.docx"}
    assert re.fullmatch(r"自评_报告_\d{8}-\d{6}\.docx", other)
    assert (tmp_path / other).read_bytes() == written


def test_report_of_what_cannot_be_read(tmp_path: Path) -> None:
    assert "没有.xlsx" in fails(perfeval("report", tmp_path / "没有.xlsx"))
    assert "没有.xlsx" in fails(perfeval("export", tmp_path / "没有.xlsx"))
    assert files_in(tmp_path) == []


# --- demo ---------------------------------------------------------------------------------------------


def test_demo_makes_everything_and_never_overwrites(tmp_path: Path) -> None:
    run = perfeval("demo", cwd=tmp_path)
    assert (run.returncode, run.stderr) == (0, "")
    folder = tmp_path / "demo"
    assert files_in(folder) == ["findings.html", "findings.json", "绩效自评.xlsx", "绩效自评_报告.docx"]
    found = json.loads((folder / "findings.json").read_bytes())
    jsonschema.validate(found, FINDINGS)
    for name in files_in(folder):
        assert os.path.join("demo", name) in run.stdout  # noqa: PTH118 - as printed
    for finding in found["findings"]:
        assert finding["problem"][:12] in run.stdout.replace("\n    ", "")
    again = actions.validate_file(folder / "绩效自评.xlsx")
    assert [each.key for each in again.findings] == [each["key"] for each in found["findings"]]
    assert perfeval("demo", cwd=tmp_path).returncode == 0
    assert files_in(tmp_path) == ["demo", "demo-2"]


def test_demo_where_asked(tmp_path: Path) -> None:
    (tmp_path / "空").mkdir()
    assert perfeval("demo", tmp_path / "空").returncode == 0
    assert perfeval("demo", tmp_path / "新" / "里面").returncode == 0
    assert files_in(tmp_path / "空") == files_in(tmp_path / "新" / "里面")


# --- rules, forms, parse ------------------------------------------------------------------------------


def test_rules_lists_and_explains(capsys: pytest.CaptureFixture[str]) -> None:
    from xl_perfeval.rules import catalogue

    assert call("rules") == 0
    listed = capsys.readouterr().out
    assert all(code in listed for code in catalogue())
    assert all(printing.width(line) <= 80 for line in listed.splitlines())
    for code, rule in catalogue().items():
        assert call("rules", code.lower()) == 0
        page = capsys.readouterr().out
        assert rule.title[:20] in page.replace("\n      ", "")
        assert all(printing.width(line) <= 80 for line in page.splitlines())


def test_rules_as_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    from xl_perfeval.rules import catalogue

    assert call("rules", "--markdown") == 0
    text = capsys.readouterr().out
    assert text.startswith("# 校验规则\n")
    assert re.findall(r"^### (\w+)", text, re.MULTILINE) == list(catalogue())
    assert call("rules", "M104", "--markdown") == 0
    assert capsys.readouterr().out.startswith("# M104 ")


def test_forms_lists_every_edition(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("forms") == 0
    text = capsys.readouterr().out
    assert all(edition in text for edition in forms.editions())
    assert "county-matrix（默认）" in text
    assert "预算执行率 10，产出指标 50，效益指标 30，满意度指标 10" in text


@pytest.mark.parametrize(
    ("kind", "line", "expected"),
    [
        ("target", "6场以上", {"raw": "6场以上", "kind": "quantity", "sign": "≥", "unit": "场"}),
        ("actual", "7场", {"raw": "7场", "kind": "quantity"}),
        ("amount", "30万元", {"raw": "30万元", "certain": True}),
        ("period", "6-9月", {"raw": "6-9月", "certain": True}),
    ],
)
def test_parse_one_object_per_line(kind: str, line: str, expected: dict[str, Any]) -> None:
    run = perfeval("parse", "--kind", kind, "--year", "2020", input=f"\ufeff{line}\n\n无\n")
    first, *others = [json.loads(each) for each in run.stdout.splitlines()]
    assert run.returncode == 0
    assert len(others) == 2
    assert {key: first.get(key) for key in expected} == expected


# --- when things go wrong -----------------------------------------------------------------------------


def _full_disk() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))


@pytest.mark.parametrize(
    "arguments",
    [
        ["new", "表.xlsx"],
        ["report", "BOOK", "--docx", "报告.docx"],
        ["export", "BOOK", "--to", "出.json"],
        ["validate", "BOOK", "--output", "出.html", "--format", "html"],
        ["demo"],
        ["demo", "新/里面"],
    ],
)
def test_a_full_disk_leaves_nothing(arguments: Sequence[str], filled: Path, tmp_path: Path) -> None:
    named = [str(filled) if each == "BOOK" else each for each in arguments]
    sentence = fails(perfeval(*named, cwd=tmp_path, preexec_fn=_full_disk))
    assert "磁盘空间不够" in sentence
    assert files_in(tmp_path) == []


def test_no_permission_to_write_or_read(filled: Path, tmp_path: Path) -> None:
    book = tmp_path / "自评.xlsx"
    book.write_bytes(filled.read_bytes())
    # Import everything first: nobody may not be allowed to read this Python's library.
    warm = tmp_path.parent / f"{tmp_path.name}-热身"
    warm.mkdir()
    for arguments in (("new", warm / "表.xlsx"), ("export", book), ("demo", warm / "demo")):
        assert call(*arguments) == 0
    for arguments in (["new", "热身.xlsx"], ["export", "自评.xlsx"], ["demo", "热身"]):
        assert as_somebody(arguments, tmp_path)[0] == 0
    locked = tmp_path / "上锁"
    locked.mkdir()
    locked.chmod(0o555)
    for arguments, part in (
        (["new", "上锁/表.xlsx"], "没有权限写"),
        (["export", "自评.xlsx", "--to", "上锁/出.json"], "没有权限写"),
        (["demo", "上锁/demo"], "没有建成（没有权限）"),
    ):
        assert_sentence(*as_somebody(arguments, tmp_path), part)
    assert files_in(locked) == []
    book.chmod(0)
    assert_sentence(*as_somebody(["export", "自评.xlsx"], tmp_path), "自评.xlsx")
    locked.chmod(0)
    assert_sentence(*as_somebody(["new", "上锁/表.xlsx"], tmp_path), "没有权限写")
    locked.chmod(0o755)


def assert_sentence(status: int, told: str, part: str) -> None:
    assert status == 2
    assert part in told
    assert told.count("\n") == 1


def as_somebody(arguments: list[str], folder: Path) -> tuple[int, str]:
    """Exit status and stderr of a run by a user whom permissions stop: root becomes nobody first.

    In a fork of this process, because nobody may not be allowed to start this Python.
    """
    told = folder.parent / f"{folder.name}-told"
    child = os.fork()
    if not child:  # pragma: no cover - another process
        try:
            sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115
            sys.stderr = told.open("w")
            if os.geteuid() == 0:
                _for_all(folder)
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            os.chdir(folder)
            cli.main(arguments)
        except SystemExit as exit_:
            sys.stderr.flush()
            os._exit(int(str(exit_.code)))
        finally:
            os._exit(99)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), told.read_text(encoding="utf-8")


def _for_all(folder: Path) -> None:
    os.chown(folder, NOBODY, NOBODY)
    for path in folder.rglob("*"):
        os.chown(path, NOBODY, NOBODY)
    for above in folder.parents:
        if above.name.startswith(("pytest-", "popen-")):
            above.chmod(0o755)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    assert "文件夹" in fails(perfeval("new", tmp_path / "没有" / "表.xlsx"))


def test_a_fault_of_the_program_is_a_sentence(
    filled: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("x")

    monkeypatch.setattr(actions, "validate", broken)
    monkeypatch.setattr(actions, "draft_report", broken)
    assert call("validate", filled) == 2
    printed = capsys.readouterr()
    assert "ZeroDivisionError" in printed.err
    assert len(printed.err.splitlines()) == 1
    assert call("report", filled) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    monkeypatch.setenv("PERFEVAL_DEBUG", "1")
    for command in ("validate", "report"):
        with pytest.raises(ZeroDivisionError):
            cli.main([command, str(filled)])


def test_interrupted_says_so() -> None:
    command = [sys.executable, "-m", "xl_perfeval", "parse"]
    pipe = subprocess.PIPE
    # A shell lets its background jobs, and whatever they start, ignore interrupts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        run = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, encoding="utf-8")
    finally:
        signal.signal(signal.SIGINT, before)
    with run:
        assert run.stdin
        assert run.stdout
        time.sleep(1.5)
        run.send_signal(signal.SIGINT)
        _, told = run.communicate(timeout=30)
    assert run.returncode == 130
    assert told == "已经停下，没有写完的文件都已撤掉。\n"


def test_a_reader_that_goes_away_is_no_fault() -> None:
    command = f"{sys.executable} -m xl_perfeval rules --markdown | head -n 1"
    run = subprocess.run(command, shell=True, capture_output=True, encoding="utf-8", check=True)
    assert (run.stdout, run.stderr) == ("# 校验规则\n", "")


def test_chinese_comes_through_any_locale(filled: Path) -> None:
    environment = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}
    run = perfeval("validate", filled, env=environment)
    assert run.stdout == perfeval("validate", filled).stdout
    assert fails(perfeval("删除", env=environment)).startswith("没有“删除”这个命令")


# --- what is loaded -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        (
            ["--help"],
            {"rich", "docx", "xlsxwriter", "python_calamine", "lxml", "tomllib", "xl_perfeval.rules"},
        ),
        (["validate", "BOOK"], {"rich", "docx", "xlsxwriter", "lxml", "openpyxl", "xl_perfeval.template"}),
        (["report", "BOOK", "--docx", "报告.docx"], {"rich", "xlsxwriter", "openpyxl", "xl_perfeval.rules"}),
        (["forms"], {"rich", "docx", "xlsxwriter", "python_calamine", "xl_perfeval.rules"}),
    ],
)
def test_heavy_things_are_loaded_only_where_used(
    arguments: Sequence[str], heavy: set[str], filled: Path, tmp_path: Path
) -> None:
    named = [str(shutil.copy(filled, tmp_path)) if each == "BOOK" else each for each in arguments]
    program = (
        "import sys, xl_perfeval.cli as c\n"
        "try: c.main(sys.argv[1:])\n"
        "finally: print(*sorted(sys.modules), file=sys.stderr)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, *named],
        capture_output=True,
        encoding="utf-8",
        cwd=tmp_path,
        check=False,
    )
    loaded = set(run.stderr.splitlines()[-1].split())
    assert not loaded & (heavy | {"pandas", "numpy", "xlwings", "pydantic"})
