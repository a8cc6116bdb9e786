"""Files appear whole or not at all: a temporary file beside the target, flushed, then renamed over it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


class NotSaved(Exception):
    """A file could not be written; the text is one plain Chinese sentence with what to do."""


@contextmanager
def whole(path: Path, *, content: bytes | None = None, overwrite: bool = False) -> Generator[Path]:
    """Yield a temporary path in the folder of `path`; on success it is flushed and becomes `path`.

    With `content` the file holds that already, flushed, and is not to be written any more. Without `overwrite` an
    existing file is never touched. Raises `NotSaved` when the folder is missing, there is no permission, the disk
    is full, or the file exists; in each case nothing is left behind.
    """
    temporary: Path | None = None
    try:
        _check_place(path, overwrite)
        handle, name = tempfile.mkstemp(prefix=".~", suffix=path.suffix, dir=path.parent)
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            if content is not None:
                file.write(content)
                _flush(file)
        yield temporary
        if content is None:
            with temporary.open("rb+") as file:
                _flush(file)
        temporary.chmod(0o666 & ~_umask())
        if overwrite:
            temporary.replace(path)
            temporary = None
        else:
            _publish(temporary, path)
    except OSError as error:
        raise NotSaved(_reason(path, error)) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def _flush(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _check_place(path: Path, overwrite: bool) -> None:
    if path.is_dir():
        raise NotSaved(f"“{path}”是一个文件夹，请写上文件名。")
    if not overwrite and path.exists():
        raise NotSaved(f"“{path}”已经存在，没有覆盖。请换一个文件名，或先移走原文件。")
    if not path.parent.is_dir():
        raise NotSaved(f"文件夹“{path.parent}”不存在，请先建好文件夹。")


def _publish(temporary: Path, path: Path) -> None:
    """Rename without ever replacing a file that appeared meanwhile."""
    try:
        os.link(temporary, path)
    except FileExistsError as error:
        raise NotSaved(f"“{path}”已经存在，没有覆盖。请换一个文件名。") from error
    except OSError:  # file systems without hard links
        temporary.replace(path)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _reason(path: Path, error: OSError) -> str:
    if isinstance(error, PermissionError):
        return f"没有权限写“{path}”。请换一个文件夹，或关闭正在使用它的程序后再试。"
    if error.errno in {28, 122, 27}:  # ENOSPC, EDQUOT, EFBIG
        return f"磁盘空间不够，“{path}”没有写成。请腾出空间后再试。"
    return f"“{path}”没有写成（{error.strerror or error}）。请换一个文件夹再试。"
