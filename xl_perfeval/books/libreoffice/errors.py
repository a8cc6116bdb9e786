"""What goes wrong, in words: exceptions of UNO become exceptions of Python at the engine's border.

UNO exceptions refuse a traceback, which breaks `with` blocks and hides where things happened; none of them
may leave a method of the engine.
"""

from __future__ import annotations

from functools import wraps
from types import FunctionType
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable


class LibreOfficeError(RuntimeError):
    """LibreOffice is missing, refused a step, or is gone. The message is Chinese and says how to mend it."""


class NotInstalled(LibreOfficeError):
    """LibreOffice or its Python bridge is not on this computer, or does not fit this Python."""


class NotReachable(LibreOfficeError):
    """No office answers at the pipe, or a new one does not start."""


class Gone(LibreOfficeError):
    """The office ended, or the workbook was closed, while it was being used."""


class Refused(LibreOfficeError):
    """LibreOffice does not accept a step: a locked cell, a formula that cannot be read, a bad name."""


class NotOpened(LibreOfficeError, OSError):
    """A file is not a workbook, needs a password, or is damaged."""


class NotSaved(LibreOfficeError, OSError):
    """A workbook could not be written to its place."""


class MacroFailed(LibreOfficeError):
    """A macro does not exist, may not run, or ended with an error."""


Class = TypeVar("Class", bound=type)


def at_the_border(cls: Class) -> Class:
    """A class whose methods and properties let no UNO exception out.

    Those it does not define but xlwings knows say that they are not implemented.
    """
    for name in dir(cls):
        owner = next(one for one in cls.__mro__ if name in vars(one))
        if owner is not cls and owner.__module__ != _XLWINGS:
            continue
        member = vars(owner)[name]
        if isinstance(member, FunctionType):
            setattr(cls, name, _translated(member))
        elif isinstance(member, property):
            fget, fset = (_translated(one) if one else None for one in (member.fget, member.fset))
            setattr(cls, name, property(fget, fset))
    return cls


def translated(error: Any, step: str) -> LibreOfficeError:
    """The exception of Python that says what a UNO exception means; `step` names what was being done."""
    if ended(error):
        return Gone(_GONE)
    kind, said = kind_of(error), message_of(error)
    told = f"：{said}" if said else ""
    return Refused(
        f"LibreOffice 没有完成“{step}”（{kind}{told}）。请检查单元格是否被锁定、名称和公式是否正确。"
    )


def ended(error: BaseException) -> bool:
    """Whether a UNO exception says that the office or the workbook is no more."""
    said = message_of(error)
    return kind_of(error) in _ENDED or any(sign in said for sign in _SIGNS_OF_THE_END)


def kind_of(error: BaseException) -> str:
    """Short name of a UNO exception, e.g. `NoConnectException`."""
    return type(error).__name__.rpartition(".")[2]


def message_of(error: BaseException) -> str:
    """What a UNO exception says, in one line."""
    return " ".join(str(getattr(error, "Message", "")).split())


def is_uno(error: BaseException) -> bool:
    """Whether an exception came through the bridge."""
    return type(error).__module__.startswith("uno") or type(error).__name__.startswith("com.sun.star.")


_XLWINGS = "xlwings.base_classes"
_GONE = "LibreOffice 已经退出，或者这个工作簿已被关闭。请重新打开工作簿后再试。"
_ENDED = {"DisposedException", "NoConnectException"}
_SIGNS_OF_THE_END = ("disposed", "cannot get value", "illegal object given")
"""The bridge of a dead office knows its properties still, but not their values."""


def _translated(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            if type(error) is NotImplementedError and not error.args:
                raise NotImplementedError(f"LibreOffice 引擎没有 {function.__qualname__}。") from None
            # A closed workbook answers with nothing where an object is asked for.
            if isinstance(error, AttributeError) and error.obj is None:
                raise Gone(_GONE) from None
            if not is_uno(error):
                raise
            meaning = translated(error, function.__qualname__)
        # Outside the handler, so that the exception of UNO is not kept as context.
        raise meaning

    return call
