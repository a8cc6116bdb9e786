"""The report as PDF, by way of LibreOffice, and what is said where there is none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import call
from tests.docx_reading import Document
from tests.test_report import SAMPLE
from xl_perfeval import report, saving, template
from xl_perfeval.report import pdf


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """The sample as a workbook in a folder of its own."""
    path = tmp_path / "自评.xlsx"
    template.build(SAMPLE, path)
    return path


def program(folder: Path, script: str) -> Path:
    """A `soffice` that does this."""
    folder.mkdir()
    path = folder / "soffice"
    path.write_text(f"#!{sys.executable}\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return folder


def test_the_report_is_printed(workbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = workbook.with_name("报告.pdf")
    assert call("report", workbook, "--pdf", out) == 0
    assert f"已写出 PDF“{out}”。" in capsys.readouterr().out
    said = subprocess.run(["pdftotext", "-raw", out, "-"], check=True, capture_output=True).stdout.decode()
    assert "547.99" in said
    assert Document(workbook.with_name("自评_报告.docx")).charts


def test_an_existing_pdf_is_left_alone(workbook: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = workbook.with_name("报告.pdf")
    out.write_bytes(b"mine")
    assert call("report", workbook, "--pdf", out) == 0
    assert out.read_bytes() == b"mine"
    assert "报告_" in capsys.readouterr().out
    assert len(list(workbook.parent.glob("报告_*.pdf"))) == 1


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (None, "没有找到 LibreOffice"),
        ("raise SystemExit(1)", "LibreOffice 没有做成 PDF"),
        ("import sys; open(sys.argv[-1].replace('.docx', '.pdf'), 'w').write('oops')", "LibreOffice 没有做成 PDF"),
    ],
)  # fmt: skip
def test_the_word_report_is_there_when_libreoffice_is_not(
    workbook: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    script: str | None,
    said: str,
) -> None:
    folder = workbook.parent / "bin"
    monkeypatch.setenv("PATH", str(program(folder, script) if script else folder))
    assert call("report", workbook, "--pdf", workbook.with_name("报告.pdf")) == 2
    printed = capsys.readouterr()
    assert said in printed.err
    assert "另存为 PDF" in printed.err
    assert len(printed.err.splitlines()) == 1
    assert "已写出报告" in printed.out
    assert workbook.with_name("自评_报告.docx").exists()
    assert not list(workbook.parent.glob("*.pdf"))


def test_a_libreoffice_that_hangs_is_stopped_with_all_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = tmp_path / "child"
    script = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(note)!r}, 'w').write(str(child.pid))\n"
        "time.sleep(60)"
    )
    monkeypatch.setenv("PATH", f"{program(tmp_path / 'bin', script)}:{os.environ['PATH']}")
    report.write(SAMPLE, (), tmp_path / "a.docx")
    with pytest.raises(pdf.NotPrinted, match="没有做完"):
        pdf.write(tmp_path / "a.docx", tmp_path / "a.pdf", seconds=2)
    assert not (tmp_path / "a.pdf").exists()
    assert not runs(note.read_text())


def runs(pid: str) -> bool:
    """Whether a process is there, and not only waiting to be forgotten."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_wrong_names_are_said_before_anything_is_done(
    workbook: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("report", workbook, "--pdf", workbook.with_name("报告.doc")) == 2
    assert "“报告.pdf”" in capsys.readouterr().err
    assert not workbook.with_name("自评_报告.docx").exists()
    with pytest.raises(saving.NotSaved, match="不存在"):
        pdf.write(workbook, workbook.parent / "没有" / "a.pdf")
