"""The one module that knows the `uno` package; everything that comes through it is `Any`.

`python3-uno` belongs to the distribution's Python and has no wheel. A virtual environment of the same minor
version can use it all the same, so it is looked for where distributions put it.
"""

from __future__ import annotations

import shutil
import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import NotInstalled

if TYPE_CHECKING:
    from collections.abc import Iterator


@cache
def uno() -> Any:
    """The `uno` package.

    Raises `NotInstalled` when it is missing or belongs to another version of Python.
    """
    try:
        return import_module("uno")
    except ImportError:
        pass
    refusals: list[str] = []
    for folder in _homes_of_uno():
        sys.path.append(str(folder))
        try:
            return import_module("uno")
        except ImportError as error:
            refusals.append(f"{folder}（{error}）")
        finally:
            sys.path.remove(str(folder))
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    if refusals:
        raise NotInstalled(
            f"找到了 LibreOffice 的 Python 组件，但与正在使用的 Python {version} 不匹配：{'；'.join(refusals)}。"
            "请改用系统自带的同一版本 Python 建立虚拟环境。"
        )
    raise NotInstalled(
        "没有找到 LibreOffice 的 Python 组件（uno）。请先安装，例如在 Debian 或 Ubuntu 上执行："
        "sudo apt install libreoffice-calc python3-uno"
    )


def properties(**values: object) -> tuple[Any, ...]:
    """Arguments in the form LibreOffice takes them."""
    return tuple(
        struct("com.sun.star.beans.PropertyValue", name, 0, value, 0) for name, value in values.items()
    )


def struct(name: str, *members: object) -> Any:
    """A UNO structure, its members in the order of the IDL."""
    return uno().createUnoStruct(name, *members)


def constant(name: str) -> Any:
    """A value of a UNO enumeration, e.g. `com.sun.star.table.CellHoriJustify.CENTER`."""
    kind, _, member = name.rpartition(".")
    return uno().Enum(kind, member)


def typed(kind: str, value: object) -> Any:
    """A value whose UNO type cannot be guessed from Python."""
    return uno().Any(kind, value)


def _homes_of_uno() -> Iterator[Path]:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    candidates = [
        Path("/usr/lib/python3/dist-packages"),  # Debian, Ubuntu
        Path(f"/usr/lib64/{version}/site-packages"),  # Fedora, openSUSE
        Path(f"/usr/lib/{version}/site-packages"),  # Arch
    ]
    office = shutil.which("soffice")
    if office:
        candidates.append(Path(office).resolve().parent)  # LibreOffice's own packages
    return (folder for folder in candidates if (folder / "uno.py").is_file())
