"""The office process behind an app: a private one with a profile of its own, or one that already runs.

Always over a named pipe, never TCP. A private office ends with the Python process that started it, however
that ends, and leaves neither profile nor socket behind.
"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from hashlib import md5
from pathlib import Path
from threading import Timer
from typing import Any
from zlib import crc32

from .bridge import uno
from .errors import Gone, NotInstalled, NotReachable, is_uno, kind_of

START = 60.0
"""Seconds a new office may take until it answers."""

END = 10.0
"""Seconds an office may take to end before it is killed."""


class Connection:
    """A line to one office.

    `pid` is the process to look at, or, for an office of somebody else whose process cannot be found, a number
    that stays the same for the same pipe.
    """

    def __init__(self, pipe: str, process: subprocess.Popen[bytes] | None, folder: Path | None) -> None:
        self.pipe = pipe
        self.process = process
        self._folder = folder
        self.pid = process.pid if process else _process_behind(pipe)
        self.context: Any = None
        self.desktop: Any = None

    @property
    def private(self) -> bool:
        """Whether the office was started here, and so ends here."""
        return self._folder is not None

    @property
    def alive(self) -> bool:
        """Whether the office still answers, as far as can be told without asking it."""
        return self.desktop is not None and (self.process is None or self.process.poll() is None)

    def service(self, name: str) -> Any:
        """A service of the office, e.g. `com.sun.star.frame.DispatchHelper`."""
        if not self.alive:
            raise Gone("LibreOffice 已经退出。请重新启动后再试。")
        return self.context.ServiceManager.createInstanceWithContext(name, self.context)

    def answers(self) -> bool:
        """Whether the office still answers: asks it."""
        try:
            return self.alive and bool(self.desktop.getImplementationName())
        except Exception as error:
            if not is_uno(error):
                raise
            return False

    def close(self) -> None:
        """End a private office and remove its profile; let go of one that is not ours. May be called twice."""
        if self.process is not None and self.process.poll() is None:
            # An office that shows a dialog does not answer, and one that dies breaks the line first.
            watch = Timer(END, self._end)
            watch.daemon = True
            watch.start()
            try:
                self.desktop.terminate()
            except Exception as error:
                if not is_uno(error):
                    raise
            self.process.wait()
            watch.cancel()
        self.kill()

    def kill(self) -> None:
        """End a private office at once, without asking it."""
        self.desktop = self.context = None
        if self.process is None or self._folder is None:
            return
        self._end()
        self.process.wait()
        if self.process.stdin:
            self.process.stdin.close()
        _remove(self._folder)
        atexit.unregister(self.close)

    def _end(self) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def answer(self) -> None:
        """Wait until the office answers.

        Raises `NotReachable` when it ends instead, or does not answer in time.
        """
        local = uno().getComponentContext()
        resolver = local.ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
        deadline = time.monotonic() + (START if self.private else 2)
        while True:
            try:
                self.context = resolver.resolve(f"uno:pipe,name={self.pipe};urp;StarOffice.ComponentContext")
                break
            except Exception as error:
                if not is_uno(error) or kind_of(error) != "NoConnectException":
                    raise
            if time.monotonic() > deadline or (self.process and self.process.poll() is not None):
                raise NotReachable(self._why_not())
            time.sleep(0.05)
        services = self.context.ServiceManager
        self.desktop = services.createInstanceWithContext("com.sun.star.frame.Desktop", self.context)

    def _why_not(self) -> str:
        if self._folder is None:
            return (
                f"没有 LibreOffice 在管道 {self.pipe} 上等待连接。请先这样启动它："
                f'soffice --accept="pipe,name={self.pipe};urp;"'
            )
        log = (self._folder / "log").read_text(errors="replace").strip()
        return f"LibreOffice 没有启动起来：{log or '没有留下说明'}。请先在终端里运行 soffice，看它能否打开。"


def connect(pipe: str) -> Connection:
    """A line to a running office that was started with `--accept="pipe,name=PIPE;urp;"`.

    Raises `NotReachable` when none answers within two seconds.
    """
    connection = Connection(pipe, None, None)
    connection.answer()
    return connection


def start(program: str | None = None, *, window: bool = False) -> Connection:
    """A new office with a profile of its own; with `window`, one that can be seen, where there is a display.

    Raises `NotInstalled` when `program` (else `soffice` on the PATH) is missing, `NotReachable` when it does not start.
    """
    uno()  # says what is missing before anything is started
    office = shutil.which(program or "soffice")
    if office is None:
        raise NotInstalled(
            f"没有找到 LibreOffice 的程序 {program or 'soffice'}。请先安装，例如：sudo apt install libreoffice-calc python3-uno"
        )
    folder = Path(tempfile.mkdtemp(prefix="xlwings-office-"))
    seen = window and bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    command = [
        office,
        "--norestore",
        "--nologo",
        "--nodefault",
        *([] if seen else ["--headless"]),
        f"-env:UserInstallation={_profile(folder)}",
        f"--accept=pipe,name={folder.name};urp;",
    ]
    # Headless needs no display; its lock and scratch files go where they are removed with it.
    settings = {"TMPDIR": str(folder), "PATH": path_without_environment()} | (
        {} if seen else {"SAL_USE_VCLPLUGIN": "svp"}
    )
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            ["sh", "-c", _KEEPER, str(folder), *map(str, _sockets(folder)), *command],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env=os.environ | settings,
        )
    connection = Connection(folder.name, process, folder)
    atexit.register(connection.close)
    try:
        connection.answer()
    except BaseException:
        connection.kill()
        raise
    return connection


_KEEPER = """
folder=$0 pipe=$1 single=$2
shift 2
("$@"; kill -TERM 0) <&- &
cat >/dev/null
rm -rf "$folder" "$pipe" "$single"
kill -KILL 0
"""
"""Runs the office until it ends or until the pipe from Python breaks: so none outlives a killed program."""


def path_without_environment() -> str:
    """PATH without this Python's virtual environment: LibreOffice's own Python would take it for its home."""
    own = Path(sys.prefix) / "bin" if sys.prefix != sys.base_prefix else None
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join(folder for folder in folders if Path(folder) != own)


def _profile(folder: Path) -> str:
    return (folder / "profile").as_uri()


def _sockets(folder: Path) -> tuple[Path, Path]:
    """Ours and the one by which LibreOffice knows a running profile; both in /tmp, whatever TMPDIR says."""
    digest = md5(_profile(folder).encode("utf-16-le"), usedforsecurity=False).digest()
    single = "SingleOfficeIPC_" + "".join(f"{byte:x}" for byte in digest)
    pipe, running = (Path("/tmp") / f"OSL_PIPE_{os.getuid()}_{name}" for name in (folder.name, single))
    return pipe, running


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for socket in _sockets(folder):
        socket.unlink(missing_ok=True)


def _process_behind(pipe: str) -> int:
    """The office that listens at a pipe, found by its command line."""
    wanted = f"name={pipe};".encode()
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            arguments = entry.read_bytes()
            if wanted in arguments and b"soffice.bin" in arguments:
                return int(entry.parent.name)
    return crc32(pipe.encode())
