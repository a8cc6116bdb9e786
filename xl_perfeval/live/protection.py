"""Sheets are protected without a password, against typing over formulas. Here one is opened and closed again.

The xlwings API knows no protection, so this is the thin place where applications differ. docs/decisions/0011 says why
a button opens a sheet at all.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

from xl_perfeval.saving import NotSaved

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xlwings import Sheet

_ALLOWED = {
    "AllowFormattingCells": False,
    "AllowFormattingColumns": True,
    "AllowFormattingRows": True,
    "AllowInsertingColumns": False,
    "AllowInsertingRows": True,
    "AllowInsertingHyperlinks": False,
    "AllowDeletingColumns": False,
    "AllowDeletingRows": False,
    "AllowSorting": False,
    "AllowFiltering": True,
    "AllowUsingPivotTables": False,
}
"""What the form allows on a protected sheet (`template.sheet.Sheet.lock`), in Excel's words."""


class Protection(Protocol):
    """How one application protects a sheet."""

    def closed(self, sheet: Sheet) -> bool:
        """Whether locked cells cannot be changed."""
        ...

    def open(self, sheet: Sheet) -> Mapping[str, bool]:
        """Lift the protection; what it allowed. Raises `NotSaved` when there is a password."""
        ...

    def close(self, sheet: Sheet, allowed: Mapping[str, bool]) -> None:
        """Protect it again without a password."""
        ...


def of(sheet: Sheet) -> Protection:
    """How the application of a sheet protects."""
    if str(sheet.book.app.engine.name) == "libreoffice":
        return _LibreOffice()
    return _ExcelOnMac() if sys.platform == "darwin" else _Excel()


def form() -> dict[str, bool]:
    """What a sheet of the form allows, for a sheet that was left open."""
    return dict(_ALLOWED)


class _Excel:
    @staticmethod
    def closed(sheet: Sheet) -> bool:
        return bool(_api(sheet).ProtectContents)

    @staticmethod
    def open(sheet: Sheet) -> dict[str, bool]:
        api = _api(sheet)
        allowed = {name: bool(getattr(api.Protection, name)) for name in _ALLOWED}
        allowed |= {"DrawingObjects": bool(api.ProtectDrawingObjects)}
        try:
            api.Unprotect("")  # without an argument Excel would ask for a password
        except Exception as error:
            raise _closed(sheet) from error
        if api.ProtectContents:
            raise _closed(sheet)
        return allowed

    @staticmethod
    def close(sheet: Sheet, allowed: Mapping[str, bool]) -> None:
        _api(sheet).Protect(**{"DrawingObjects": False, "Contents": True, "Scenarios": True, **allowed})


class _ExcelOnMac:
    """The same through AppleScript, which tells less: the form's own allowances are put back."""

    @staticmethod
    def closed(sheet: Sheet) -> bool:
        return bool(_api(sheet).protect_contents.get())

    @staticmethod
    def open(sheet: Sheet) -> dict[str, bool]:
        try:
            _api(sheet).unprotect(password="")
        except Exception as error:
            raise _closed(sheet) from error
        return form()

    @staticmethod
    def close(sheet: Sheet, allowed: Mapping[str, bool]) -> None:
        words = {
            "".join(f"_{c.lower()}" if c.isupper() else c for c in name)[1:]: value
            for name, value in allowed.items()
        }
        _api(sheet).protect_worksheet(worksheet_contents=True, scenarios=True, **words)


class _LibreOffice:
    """It keeps what a protection allows while the sheet is open."""

    @staticmethod
    def closed(sheet: Sheet) -> bool:
        return bool(_api(sheet).isProtected())

    @staticmethod
    def open(sheet: Sheet) -> dict[str, bool]:
        api = _api(sheet)
        with suppress(Exception):  # raised where there is a password; one of UNO's cannot be a cause
            api.unprotect("")
        if api.isProtected():
            raise _closed(sheet)
        return {}

    @staticmethod
    def close(sheet: Sheet, allowed: Mapping[str, bool]) -> None:
        _ = allowed
        _api(sheet).protect("")


def _api(sheet: Sheet) -> Any:
    return sheet.api


def _closed(sheet: Sheet) -> NotSaved:
    return NotSaved(f"工作表“{sheet.name}”加了密码保护，没有改动。请先用密码撤消这张表的保护，再按一次。")
