"""Print a Word document to PDF through LibreOffice, when it is installed; nothing leaves the computer."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from xl_perfeval import saving

SECONDS = 180.0
"""After which LibreOffice is stopped; a report of 40 projects takes some ten seconds on a slow computer."""


class NotPrinted(saving.NotSaved):
    """The PDF was not made; the text says why and what to do, in plain Chinese."""


def write(document: Path, pdf: Path, *, seconds: float = SECONDS) -> None:
    """Print `document` to `pdf`, whole or not at all. Raises `saving.NotSaved`, also when `pdf` exists."""
    program = _program()
    if program is None:
        raise NotPrinted(f"这台电脑上没有找到 LibreOffice，没有做成 PDF。{_BY_HAND}")
    with (
        saving.whole(pdf) as temporary,
        tempfile.TemporaryDirectory(prefix="perfeval-", ignore_cleanup_errors=True) as name,
    ):
        folder = Path(name)
        copy = folder / "report.docx"  # a lock file beside the original would be in the way
        shutil.copyfile(document, copy)
        _run(program, copy, folder, seconds)
        made = copy.with_suffix(".pdf")
        if not made.is_file() or not made.read_bytes().startswith(b"%PDF"):
            raise NotPrinted(f"LibreOffice 没有做成 PDF。{_BY_HAND}")
        shutil.copyfile(made, temporary)


_BY_HAND = "Word 报告已经写好，请用 Word 或 WPS 打开它，另存为 PDF。"


def _program() -> str | None:
    """LibreOffice's program; `None` when it is not installed in a usual place."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found:
        return found
    folders = [os.environ.get(name, "") for name in ("ProgramFiles", "ProgramW6432", "ProgramFiles(x86)")]
    places = [Path(folder, "LibreOffice", "program", "soffice.com") for folder in folders if folder]
    places.append(Path("/Applications/LibreOffice.app/Contents/MacOS/soffice"))
    return next((str(place) for place in places if place.is_file()), None)


def _run(program: str, document: Path, folder: Path, seconds: float) -> None:
    # With a profile of its own it neither meets a LibreOffice that is open nor changes its settings.
    command = [
        program, "--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck",
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--convert-to", "pdf:writer_pdf_Export", "--outdir", str(folder), str(document),
    ]  # fmt: skip
    silent = subprocess.DEVNULL
    try:
        process = subprocess.Popen(
            command, stdin=silent, stdout=silent, stderr=silent, start_new_session=True
        )
    except OSError as error:
        raise NotPrinted(f"LibreOffice 没有启动，没有做成 PDF。{_BY_HAND}") from error
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired as error:
        raise NotPrinted(f"LibreOffice 超过 {seconds:g} 秒没有做完，没有做成 PDF。{_BY_HAND}") from error
    finally:
        if process.poll() is None:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End LibreOffice and what it started: its own program only starts another."""
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], check=False, capture_output=True)
    else:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
