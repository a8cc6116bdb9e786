"""The buttons: find the workbook, do what the button says, tell the user in one Chinese message.

`perfeval-ribbon COMMAND --wb=PATH [--pipe=NAME]` is started for every press and waited for, so it must start fast:
nothing is imported that the button does not need, and pandas and numpy are kept out, which xlwings would import.
It always ends with status 0 and an empty stderr; whatever goes wrong becomes a sentence and, if need be, a log file.
"""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import contextmanager, suppress
from datetime import datetime
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from xl_perfeval.live.finding_books import Arguments
    from xl_perfeval.live.workbook import Workbook

_BUTTONS = {
    "validate": "校验",
    "previous-finding": "上一条",
    "next-finding": "下一条",
    "fix": "自动修正",
    "generate-report": "生成报告",
    "add-project": "增加项目",
    "delete-project": "删除项目",
    "add-row": "增加行",
    "delete-row": "删除行",
    "move-up": "上移",
    "move-down": "下移",
    "help": "帮助",
}
"""What is written on a button, by command."""
_NEEDED = {
    "validate": ("live.checking", "reading", "rules", "writing", "waivers"),
    "fix": ("live.mending",),
    "generate-report": ("live.drafting", "reading", "writing.paragraphs", "report"),
}
"""Modules that are imported while the application is being asked, by command."""
_LONGEST_LOG = 1_000_000
"""Bytes of the log; a longer one begins anew."""


def launch() -> NoReturn:
    """The program `perfeval-ribbon`: `main`, and then the end.

    The process is ended without tidying up: LibreOffice's bridge has threads of its own that may crash then, and
    xlwings would show an English box for any status but 0.
    """
    with suppress(BaseException):
        main()
    os._exit(0)


def main(argv: Sequence[str] | None = None) -> int:
    """One press, as the command line says it; always 0."""
    _press(list(sys.argv[1:] if argv is None else argv))
    return 0


def validate() -> None:
    """校验."""
    _pressed("validate")


def previous_finding() -> None:
    """上一条."""
    _pressed("previous-finding")


def next_finding() -> None:
    """下一条."""
    _pressed("next-finding")


def fix() -> None:
    """自动修正."""
    _pressed("fix")


def generate_report() -> None:
    """生成报告."""
    _pressed("generate-report")


def add_project() -> None:
    """增加项目."""
    _pressed("add-project")


def delete_project() -> None:
    """删除项目."""
    _pressed("delete-project")


def add_row() -> None:
    """增加行."""
    _pressed("add-row")


def delete_row() -> None:
    """删除行."""
    _pressed("delete-row")


def move_up() -> None:
    """上移."""
    _pressed("move-up")


def move_down() -> None:
    """下移."""
    _pressed("move-down")


def help() -> None:  # noqa: A001 - the button's name
    """帮助."""
    _pressed("help")


def _pressed(command: str) -> None:
    """A button on a Mac, where xlwings calls a function and gives the workbook as an argument of the process."""
    _press([command, *(each for each in sys.argv[1:] if each.startswith("--"))])


# --- one press ----------------------------------------------------------------------------------------


def _press(given: Sequence[str]) -> None:
    from xl_perfeval.live.finding_books import Arguments

    arguments = Arguments.of(given)
    button = _BUTTONS.get(arguments.command)
    if button is None:
        _print(f"没有“{arguments.command}”这个命令。可以用的有：{'、'.join(_BUTTONS)}。")
        return
    workbook: Workbook | None = None
    Thread(target=_import, args=[_NEEDED.get(arguments.command, ())], daemon=True).start()
    try:
        workbook = _find(arguments)
        text = _doing(workbook, arguments)()
    except Exception as error:
        text = _explained(error, button, workbook)
    _tell(workbook, text)


def _import(modules: Sequence[str]) -> None:
    """Import ahead what will be needed; what is wrong with it shows where it is used."""
    for name in modules:
        with suppress(Exception):
            import_module(f"xl_perfeval.{name}")


def _find(arguments: Arguments) -> Workbook:
    with _without("pandas", "numpy"):
        import_module("xlwings")
    from xl_perfeval.live.finding_books import find
    from xl_perfeval.live.workbook import Workbook

    return Workbook(find(arguments))


@contextmanager
def _without(*modules: str) -> Generator[None]:
    """Let imports of these modules fail, as if they were not installed."""
    absent = [name for name in modules if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]


def _doing(workbook: Workbook, arguments: Arguments) -> Callable[[], str]:
    """What a button does, as a function that gives the message."""
    now = datetime.now()  # noqa: DTZ005 - people's own time, as they read it on the wall
    live = "xl_perfeval.live"
    if arguments.command not in ("next-finding", "previous-finding", "help"):
        from xl_perfeval.live.workbook import need_file

        need_file(workbook.book)

    def of(module: str, function: str, *more: Any, **options: Any) -> Callable[[], str]:
        def do() -> str:
            result: str = getattr(import_module(f"{live}.{module}"), function)(workbook, *more, **options)
            return result

        return do

    return {
        "validate": of("checking", "validate", now),
        "previous-finding": of("walking", "previous_finding"),
        "next-finding": of("walking", "next_finding"),
        "fix": of("mending", "fix", now),
        "generate-report": of("drafting", "generate_report", now),
        "add-project": of("projects", "add_project", now),
        "delete-project": of("projects", "delete_project", now, yes=arguments.yes),
        "add-row": of("rows", "add_row", now),
        "delete-row": of("rows", "delete_row", now),
        "move-up": of("rows", "move_up", now),
        "move-down": of("rows", "move_down", now),
        "help": of("walking", "show_guide"),
    }[arguments.command]


# --- what the user is told -------------------------------------------------------------------------------


def _tell(workbook: Workbook | None, text: str) -> None:
    if workbook is not None:
        with suppress(Exception):  # the office may be gone: then nobody is there to read it
            workbook.tell(text)
    _print(text)


def _print(text: str) -> None:
    """For whoever started the launcher by hand; without a window there is no output at all."""
    output: Any = sys.stdout
    if output is not None:
        with suppress(OSError, UnicodeError, ValueError):
            print(text, flush=True)  # noqa: T201


def _explained(error: Exception, button: str, workbook: Workbook | None) -> str:
    """One sentence for a failure; those that nobody expected leave a log."""
    if type(error).__name__ in ("NotFound", "NotReachable", "NotInstalled"):
        return str(error)
    from xl_perfeval.books import NotReadable
    from xl_perfeval.saving import NotSaved

    if isinstance(error, NotReadable | NotSaved):
        return f"“{button}”没有做完：{error}"
    kept = (
        f"动手前的状态在“{workbook.backup}”。"
        if workbook is not None and workbook.backup
        else "表里的内容没有改动。"
    )
    if workbook is not None and not _answers(workbook):
        return f"“{button}”没有做完：办公软件或这个工作簿中途关闭了。{kept}请重新打开工作簿，再按一次“{button}”。"
    if type(error).__name__ == "Refused":
        return f"“{button}”没有做完：{error}{kept}"
    log = _logged(error, button)
    return f"“{button}”没有做完：程序中途出错。{kept}原因写在“{log}”，请把它发给维护人员；急用时请保存并关闭本文件，用 perfeval 程序处理。（PE-03）"


def _answers(workbook: Workbook) -> bool:
    try:
        return bool(workbook.book.sheets.active.name)
    except Exception:
        return False


def _logged(error: Exception, button: str) -> Path:
    """Add the traceback to the log; where it is."""
    import traceback

    log = _log_folder() / "ribbon.log"
    text = f"{datetime.now():%Y-%m-%d %H:%M:%S} {button}\n{''.join(traceback.format_exception(error))}\n"  # noqa: DTZ005
    with suppress(OSError):
        mode = "a" if log.is_file() and log.stat().st_size < _LONGEST_LOG else "w"
        with log.open(mode, encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    return log


def _log_folder() -> Path:
    """A folder of the user for logs."""
    local, state = os.environ.get("LOCALAPPDATA"), os.environ.get("XDG_STATE_HOME")
    try:
        base = Path(local) if local else Path(state) if state else Path.home() / ".local" / "state"
        folder = base / "perfeval"
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):
        return Path(tempfile.gettempdir())
    return folder


if __name__ == "__main__":
    launch()
