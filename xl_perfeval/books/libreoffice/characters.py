"""Some characters of the text in a cell or shape."""

from __future__ import annotations

from typing import Any

from xlwings import base_classes

from .errors import at_the_border
from .formats import Font


@at_the_border
class Characters(base_classes.Characters):
    """The characters from `start` up to `stop`, from 0; `stop` is left out."""

    def __init__(self, owner: Any, start: int, stop: int) -> None:
        self._owner = owner
        self._start = start
        self._stop = stop

    @classmethod
    def all_of(cls, owner: Any) -> Characters:
        """All characters of a cell or shape, `com.sun.star.text.XText`."""
        return cls(owner, 0, len(owner.String))

    @property
    def api(self) -> Any:
        """`com.sun.star.text.TextCursor` over them."""
        cursor = self._owner.createTextCursor()
        cursor.gotoStart(False)
        cursor.goRight(self._start, False)
        cursor.goRight(self._stop - self._start, True)
        return cursor

    @property
    def text(self) -> str:
        """What they say."""
        return str(self._owner.String)[self._start : self._stop]

    @property
    def font(self) -> Font:
        """Their font."""
        return Font(self.api)

    def __getitem__(self, item: int | slice) -> Characters:
        if isinstance(item, int):
            at = self._stop + item if item < 0 else self._start + item
            return Characters(self._owner, at, at + 1)
        start, stop, _ = item.start or 0, item.stop, item.step
        if start < 0 or (stop is not None and stop < 0):
            raise ValueError("字符的切片不能用负数。")
        end = self._stop if stop is None else min(self._start + stop, self._stop)
        return Characters(self._owner, self._start + start, end)
