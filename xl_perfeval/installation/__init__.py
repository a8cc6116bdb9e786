"""Sets this program up on a desk, for one user, and takes it away again without a trace.

LibreOffice: the worksheet functions become known in every workbook through one Basic module in the user's library
`Standard` and one Python file in the same profile. Other modules of that library are never touched.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import wraps
from pathlib import Path

from xl_perfeval.installation import basic
from xl_perfeval.saving import NotSaved, whole

_HERE = Path(__file__).parent
_RECORD = "perfeval-installed.json"
"""In the profile: what the list of modules was before, and which folders were made."""

_COPIES = "pack"
"""Folder of a profile where LibreOffice backs up the others."""


class NotInstalled(NotSaved):
    """Nothing was changed; the text is one plain Chinese sentence with what to do."""


@dataclass(frozen=True, slots=True)
class Done:
    """What was done in which profile; `changed` is false when everything was so already."""

    profile: Path
    changed: bool


@dataclass(frozen=True, slots=True)
class _Record:
    """What the installation changed: the list of modules before and after, the folders it made."""

    before: str
    after: str
    folders: list[str]


def _told(change: Callable[[Path | None], Done]) -> Callable[[Path | None], Done]:
    """Let the system's refusal become one sentence."""

    @wraps(change)
    def told(profile: Path | None = None) -> Done:
        try:
            return change(profile)
        except (OSError, UnicodeDecodeError) as error:
            raise NotInstalled(
                f"LibreOffice 的用户配置读写不了（{error}）。请核对文件夹的权限，再试一次。"
            ) from error

    return told


@_told
def install(profile: Path | None = None) -> Done:
    """Make the worksheet functions known to LibreOffice.

    `profile` is the user's profile, by default where LibreOffice keeps it. Doing it twice changes nothing. Raises
    `NotInstalled` when LibreOffice is open or not found, or when its files are not what they should be.
    """
    places = _Places.of(profile)
    listed = places.listed()
    module, script = basic.file(), _script()
    for path in (places.module, places.script):
        if path.exists() and basic.MARK not in path.read_text(encoding="utf-8", errors="replace"):
            raise NotInstalled(f"“{path}”不是本程序装的，没有覆盖。请先把它改名或移走，再装一次。")
    wanted = _with_module(listed, places.list)
    changed = listed != wanted or not (_holds(places.module, module) and _holds(places.script, script))
    if changed:
        old = places.recorded()
        made = [*(old.folders if old else ()), *places.make_folders()]
        before = old.before if old and listed == old.after else _without_module(listed)
        _write(places.record, json.dumps(asdict(_Record(before, wanted, made)), ensure_ascii=False, indent=1))
        _write(places.script, script)
        _write(places.module, module)
        _write(places.list, wanted)
    return Done(places.profile, changed)


@_told
def uninstall(profile: Path | None = None) -> Done:
    """Take away exactly what `install` put there. Raises `NotInstalled` as `install` does."""
    places = _Places.of(profile)
    listed, record = places.listed(), places.recorded()
    restored = record.before if record and listed == record.after else _without_module(listed)
    changed = listed != restored
    if changed:
        _write(places.list, restored)
    for path in (places.module, places.script):
        if path.exists() and basic.MARK in path.read_text(encoding="utf-8", errors="replace"):
            path.unlink()
            changed = True
    for path in places.copies():
        path.unlink(missing_ok=True)
    folders = [each for made in (record.folders if record else ()) for each in (made, f"{_COPIES}/{made}")]
    for folder in sorted((places.profile / each for each in folders), reverse=True):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    places.record.unlink(missing_ok=True)
    return Done(places.profile, changed)


# --- the profile --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Places:
    """The files concerned in a profile; `profile` is its folder `user`."""

    profile: Path

    @classmethod
    def of(cls, given: Path | None) -> _Places:
        """The files in the profile given, or in the one that is found. Raises `NotInstalled` when it is in use."""
        places = cls(_user_folder(given))
        lock = places.profile.parent / ".lock"
        if lock.exists():
            raise NotInstalled(
                "LibreOffice 正开着，没有改动。请关闭它的全部窗口和快速启动，再运行一次；"
                f"确实已经关闭的，请删去“{lock}”。"
            )
        if not places.list.is_file():
            raise NotInstalled(
                f"“{places.profile}”里还没有 LibreOffice 的宏库。请打开一次 LibreOffice 再关闭，然后重新运行。"
            )
        return places

    @property
    def list(self) -> Path:
        """The list of modules of the library `Standard`."""
        return self.profile / "basic" / "Standard" / "script.xlb"

    @property
    def module(self) -> Path:
        """Our Basic module."""
        return self.list.parent / f"{basic.MODULE}.xba"

    @property
    def script(self) -> Path:
        """Our Python file."""
        return self.profile / "Scripts" / "python" / basic.SCRIPT

    @property
    def record(self) -> Path:
        """What the installation changed."""
        return self.profile / _RECORD

    def copies(self) -> Iterator[Path]:
        """What LibreOffice's own backup keeps of our files."""
        for path in (self.module, self.script):
            yield (self.profile / _COPIES / path.relative_to(self.profile)).with_suffix(".pack")

    def listed(self) -> str:
        """The list of modules as it stands."""
        return _text(self.list)

    def recorded(self) -> _Record | None:
        """What the last installation changed; `None` when there is no record that can be read."""
        try:
            return _Record(**json.loads(_text(self.record)))
        except (OSError, ValueError, TypeError):
            return None

    def make_folders(self) -> list[str]:
        """Make the folders that are missing; returns them, outermost first, relative to the profile."""
        made: list[str] = []
        for folder in (self.script.parent.parent, self.script.parent):
            if not folder.is_dir():
                folder.mkdir()
                made.append(folder.relative_to(self.profile).as_posix())
        return made


def _user_folder(given: Path | None) -> Path:
    looked = [given] if given else _usual_profiles()
    for place in looked:
        for folder in (place / "user", place):
            if (folder / "basic").is_dir():
                return folder
    where = "、".join(f"“{each}”" for each in looked)
    raise NotInstalled(
        f"没有找到 LibreOffice 的用户配置（看过 {where}）。请打开一次 LibreOffice 再关闭，或用 --profile 写明文件夹。"
    )


def _usual_profiles() -> list[Path]:
    """Where LibreOffice keeps the user's profile."""
    home = Path.home()
    if sys.platform == "win32":
        return [Path(os.environ.get("APPDATA", home / "AppData" / "Roaming")) / "LibreOffice" / "4"]
    if sys.platform == "darwin":
        return [home / "Library" / "Application Support" / "LibreOffice" / "4"]
    return [Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "libreoffice" / "4"]


# --- files --------------------------------------------------------------------------------------------

_ELEMENT = f'<library:element library:name="{basic.MODULE}"/>'
_LINE = re.compile(rf'[ \t]*<library:element\s+library:name="{basic.MODULE}"\s*/>[ \t]*(?:\r?\n)?')
_END = re.compile(r"</library:library>\s*\Z")
_EMPTY = re.compile(r"(<library:library\b[^>]*)/>\s*\Z")


def _has_module(listed: str) -> bool:
    return _LINE.search(listed) is not None


def _with_module(listed: str, path: Path) -> str:
    """The list of modules with ours at its end."""
    if _has_module(listed):
        return listed
    if end := _END.search(listed):
        return f"{listed[: end.start()]} {_ELEMENT}\n{listed[end.start() :]}"
    if empty := _EMPTY.search(listed):
        return f"{listed[: empty.start()]}{empty[1]}>\n {_ELEMENT}\n</library:library>\n"
    raise NotInstalled(
        f"“{path}”不是 LibreOffice 的宏库目录，没有改动。请用 LibreOffice 打开一次宏管理器，再试。"
    )


def _without_module(listed: str) -> str:
    return _LINE.sub("", listed)


def _script() -> str:
    """`bridge` with the places of this installation in it."""
    text = _text(_HERE / "bridge.py")
    known = {"PACKAGE": _HERE.parent.as_posix(), "PYTHON": sys.executable}
    for name, place in known.items():
        text = text.replace(f'{name} = ""\n', f"{name} = {place!r}\n", 1)
    return f"# -*- coding: utf-8 -*-\n# {basic.MARK}; removed by perfeval uninstall --libreoffice.\n{text}"


def _text(path: Path) -> str:
    """A file with its line ends as they are."""
    return path.read_bytes().decode("utf-8")


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_bytes() == text.encode("utf-8")


def _write(path: Path, text: str) -> None:
    with whole(path, overwrite=True) as temporary:
        temporary.write_bytes(text.encode("utf-8"))
