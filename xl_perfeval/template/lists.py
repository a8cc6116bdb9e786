"""_清单: the drop-down lists of the edition, one named column each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xl_perfeval.model import FieldKind, FormField
from xl_perfeval.template import tabs
from xl_perfeval.template.context import Context
from xl_perfeval.template.grid import Grid
from xl_perfeval.template.sheet import Sheet, cell

_TITLE, _MESSAGE = 32, 255


def name(key: str) -> str:
    """Workbook name of a list: `LIST_STAGES`."""
    return f"LIST_{key.upper()}"


def write(context: Context) -> None:
    """One column per list, its key above it."""
    sheet = context.book.sheet(tabs.LISTS)
    for column, (key, words) in enumerate(context.edition.lists.items(), start=1):
        sheet.text(1, column, key)
        for row, word in enumerate(words, start=2):
            sheet.text(row, column, word)
        cells = f"{cell(2, column)}:{cell(1 + max(1, len(words)), column)}"
        context.book.define(name(key), sheet.ref(cells))


def validate_all(sheet: Sheet, grid: Grid) -> None:
    """Drop-downs, checks and messages of all columns of a table that are filled by hand."""
    for field in grid.table.fields:
        if field.kind is not FieldKind.COMPUTED:
            validate(sheet, grid.block(grid.letter(field.key)), field)


def validate(sheet: Sheet, cells: str, field: FormField) -> None:
    """The drop-down, the check and the input message of a field, for a whole block."""
    options: dict[str, Any] = {**_check(field), **_message(field)}
    if options:
        sheet.validate(cells, {"validate": "any", **options})


def _check(field: FormField) -> Mapping[str, Any]:
    if field.kind is FieldKind.AMOUNT:
        return {
            "validate": "decimal",
            "criteria": "between",
            "minimum": -1e12,
            "maximum": 1e12,
            "error_type": "warning",
            "error_title": "这里要填数字",
            "error_message": "金额只填数字，单位万元。写成文字也可以保留，校验时会提醒。",
        }
    if not field.choices:
        return {}
    source = {"validate": "list", "source": f"={name(field.choices)}"}
    if field.closed:
        return {
            **source,
            "error_type": "stop",
            "error_title": "请从下拉中选",
            "error_message": f"“{field.label}”只能从下拉中选。",
        }
    if field.kind is FieldKind.PERIOD:
        return {**source, "show_error": False}
    return {
        **source,
        "error_type": "warning",
        "error_title": "下拉里没有这一项",
        "error_message": "下拉里没有的内容也可以写，确定要写吗？",
    }


def _message(field: FormField) -> Mapping[str, Any]:
    if not field.prompt:
        return {}
    return {"input_title": field.label[:_TITLE], "input_message": field.prompt[:_MESSAGE]}
