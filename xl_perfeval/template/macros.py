"""What a macro workbook carries besides its cells: VBA modules, the ribbon, and the texts VBA shows.

All VBA of our own lies in the folder `macros/` of the project, as text; an installed package carries a copy beside
its modules. Only the worksheet functions are written from their table. The two modules of xlwings are taken from the installed package at build time, headers kept, because
the name of its DLL carries the version.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from xl_perfeval import __version__
from xl_perfeval.saving import NotSaved
from xl_perfeval.template import vba
from xl_perfeval.template.vba import Kind, Module

if TYPE_CHECKING:
    from collections.abc import Mapping

RIBBON = "customUI.xml"
TEXTS = "strings.toml"
_PACKAGE = Path(__file__).parents[1]
_FOLDERS = (_PACKAGE / "macros", _PACKAGE.parent / "macros")
"""Where the sources are: beside an installed package, or in a checkout."""
_XLWINGS = ("xlwings.bas", "addin/Dictionary.cls")
_KINDS = {".bas": Kind.STANDARD, ".cls": Kind.CLASS}
_NAME = re.compile(r'^Attribute VB_Name = "(.*)"\r?$', re.MULTILINE)
_VERSION = re.compile(r'^Public Const XLWINGS_VERSION As String = "(.*)"\r?$', re.MULTILINE)


class NoMacros(NotSaved):
    """The sources of the macros are missing or unfit; the text is one plain Chinese sentence with what to do."""


@dataclass(frozen=True, slots=True)
class Macros:
    """What goes into a macro workbook."""

    modules: tuple[Module, ...]
    ribbon: bytes
    """`customUI.xml` as it stands."""
    texts: Mapping[str, str]
    """Texts that VBA shows, by key, for the very hidden sheet `_文字`."""

    def project(self, sheets: int) -> bytes:
        """The VBA project of a workbook with so many sheets."""
        return vba.project(sheets, self.modules)


def load(folder: Path | None = None) -> Macros:
    """The macros of this program, from `folder` or from where they are installed. Raises `NoMacros`."""
    folder = folder or next((each for each in _FOLDERS if (each / RIBBON).is_file()), None)
    if folder is None:
        raise NoMacros(
            "没有找到宏的源文件，安装不完整。请重新安装 perfeval，或用 --macro-free 做不带宏的工作簿。"
        )
    own = [module(path) for path in sorted(folder.iterdir()) if path.suffix in _KINDS]
    return Macros(
        modules=(*own, _functions(), *_of_xlwings()),
        ribbon=(folder / RIBBON).read_bytes().replace(b"\r\n", b"\n"),
        texts=_texts(folder / TEXTS),
    )


def module(path: Path) -> Module:
    """A VBA source file as a module. Raises `NoMacros` when it is not ASCII or names itself otherwise.

    VBA reads its sources in the code page of the machine, so that anything but ASCII turns into rubbish elsewhere.
    """
    try:
        source = path.read_bytes().decode("ascii")
    except UnicodeDecodeError as error:
        raise NoMacros(
            f"宏的源文件“{path.name}”第 {error.start + 1} 个字节不是英文字符，请改成英文，中文写到 {TEXTS}。"
        ) from error
    named = _NAME.findall(source)
    if named != [path.stem]:
        raise NoMacros(
            f"宏的源文件“{path.name}”里的模块名应当只有一个“{path.stem}”，请改正 Attribute VB_Name。"
        )
    kind = Kind.DOCUMENT if path.stem == vba.WORKBOOK else _KINDS[path.suffix]
    return Module(path.stem, kind, source)


def _functions() -> Module:
    """The worksheet functions PE_*, written from their table."""
    from xl_perfeval.template import wrappers

    return Module(wrappers.MODULE, Kind.STANDARD, wrappers.vba_module())


def _of_xlwings() -> list[Module]:
    """xlwings' own VBA, of exactly the version that is installed."""
    from importlib.metadata import version
    from importlib.util import find_spec

    found = find_spec("xlwings")  # not imported: that takes longer than everything else here
    if found is None or found.origin is None:
        raise NoMacros("没有安装 xlwings，不能做带宏的工作簿。请重新安装 perfeval，或用 --macro-free。")
    modules = [module(Path(found.origin).parent / name) for name in _XLWINGS]
    installed, written = version("xlwings"), _VERSION.findall(modules[0].source)
    if written != [installed]:
        raise NoMacros(
            f"xlwings 的宏是 {'、'.join(written) or '不明'} 版，安装的却是 {installed} 版，按钮会用不了。请重新安装 xlwings。"
        )
    return modules


def _texts(path: Path) -> dict[str, str]:
    """The texts by key, and the version of this program, which VBA compares with the one that is installed."""
    texts: dict[str, str] = {"version": __version__}
    for key, value in tomllib.loads(path.read_text(encoding="utf-8")).items():
        if not isinstance(value, str):
            raise NoMacros(f"{path.name} 里的“{key}”不是文字，请加上引号。")
        texts[key] = value
    return texts
