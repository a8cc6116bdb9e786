"""How cells look: one palette, one table of styles. Sheets ask for a style by name and vary it by keyword.

White is a label, pale yellow is to be filled, grey is computed and locked, blue is a header. Colours of
marks never stand alone: a sign and a word go with them.
"""

from __future__ import annotations

from typing import Any

FONT = "微软雅黑"
SIZE = 10

NAVY = "#1F3864"
BLUE = "#2F5597"
MIST = "#E9EFF9"
INK = "#262626"
MUTED = "#7A8190"
LINE = "#BFC6D1"
YELLOW = "#FFF8E1"
GREY = "#F2F2F2"
RED, RED_FILL = "#B3261E", "#FBE3E1"
AMBER, AMBER_FILL = "#8A5A00", "#FFEFC6"
GREEN, GREEN_FILL = "#1E6B34", "#E6F2E9"
SKY, SKY_FILL = "#1F4E96", "#E3EDF8"

TAB = {
    "home": NAVY,
    "funds": "#E8B84A",
    "matrix": "#E8B84A",
    "scoring": "#E8B84A",
    "narrative": "#E8B84A",
    "findings": RED,
    "charts": GREEN,
}
"""Colours of tabs by kind of sheet: yellow ones are filled in."""

TEXT = "@"
LABEL = '@"  "'
MONEY = "0.00_ "
"""With room for a blank behind: an indent of right-aligned numbers is not drawn by every program."""
PERCENT = "0.00%_ "

_CELL = {"border": 1, "border_color": LINE, "font_color": INK}
_INPUT = {**_CELL, "bg_color": YELLOW, "locked": False}
_COMPUTED = {**_CELL, "bg_color": GREY}
_HEADER = {"bg_color": BLUE, "font_color": "#FFFFFF", "align": "center"}
_ONE_LINE = {"bold": True, "shrink": True}

STYLES: dict[str, dict[str, Any]] = {
    # the frame of every sheet
    "plain": {},
    "banner": {"bg_color": NAVY, "font_color": "#FFFFFF", "bold": True, "font_size": 14, "indent": 1},
    "banner.small": {"bg_color": NAVY, "font_color": "#C9D4EA", "font_size": 9, "indent": 1},
    "banner.link": {
        "bg_color": NAVY,
        "font_color": "#FFFFFF",
        "font_size": 9,
        "underline": 1,
        "align": "right",
        "indent": 1,
    },
    "hint": {"bg_color": MIST, "font_color": MUTED, "font_size": 9, "indent": 1},
    "hint.strong": {"bg_color": MIST, "font_color": NAVY, "font_size": 9, "bold": True, "indent": 1},
    "hint.link": {"bg_color": MIST, "font_color": SKY, "font_size": 9, "underline": 1},
    "note": {"font_color": MUTED, "font_size": 9},
    "line": {"font_color": LINE, "font_size": 1, "bg_color": MIST},
    "heading": {"font_color": NAVY, "font_size": 11, "bold": True, "bottom": 2, "bottom_color": BLUE},
    # table headers: one-tier, and the upper and lower half of two tiers
    "header": {**_HEADER, "bold": True, "text_wrap": True, "border": 1, "border_color": LINE},
    "header.top": {
        **_HEADER,
        **_ONE_LINE,
        "left": 1,
        "right": 1,
        "top": 1,
        "border_color": LINE,
        "left_color": LINE,
        "right_color": LINE,
        "top_color": LINE,
    },
    "header.bottom": {
        **_HEADER,
        **_ONE_LINE,
        "left": 1,
        "right": 1,
        "bottom": 1,
        "left_color": LINE,
        "right_color": LINE,
        "bottom_color": LINE,
    },
    "header.hint": {
        **_HEADER,
        "text_wrap": True,
        "font_size": 8,
        "font_color": "#DCE5F5",
        "left": 1,
        "right": 1,
        "bottom": 1,
        "left_color": LINE,
        "right_color": LINE,
        "bottom_color": LINE,
    },
    # cells to fill
    "input": {**_INPUT, "num_format": TEXT, "text_wrap": True, "indent": 1},
    "input.center": {**_INPUT, "num_format": TEXT, "text_wrap": True, "align": "center"},
    "input.amount": {**_INPUT, "num_format": MONEY, "align": "right", "text_wrap": True},
    "input.number": {**_INPUT, "num_format": "General", "align": "center"},
    "input.date": {**_INPUT, "num_format": "yyyy-mm-dd", "align": "center"},
    # computed, locked cells
    "computed": {**_COMPUTED, "text_wrap": True, "indent": 1},
    "computed.center": {**_COMPUTED, "align": "center", "text_wrap": True},
    "computed.amount": {**_COMPUTED, "num_format": MONEY, "align": "right", "shrink": True},
    "computed.percent": {**_COMPUTED, "num_format": PERCENT, "align": "right", "shrink": True},
    "computed.link": {**_COMPUTED, "font_color": SKY, "underline": 1, "align": "center"},
    "total": {
        **_COMPUTED,
        "bold": True,
        "align": "center",
        "top": 2,
        "bottom": 2,
        "top_color": BLUE,
        "bottom_color": BLUE,
    },
    "total.amount": {
        **_COMPUTED,
        "bold": True,
        "num_format": MONEY,
        "align": "right",
        "shrink": True,
        "top": 2,
        "bottom": 2,
        "top_color": BLUE,
        "bottom_color": BLUE,
    },
    "total.percent": {
        **_COMPUTED,
        "bold": True,
        "num_format": PERCENT,
        "align": "right",
        "shrink": True,
        "top": 2,
        "bottom": 2,
        "top_color": BLUE,
        "bottom_color": BLUE,
    },
    # labels
    "label": {
        **_CELL,
        "bg_color": MIST,
        "font_color": NAVY,
        "bold": True,
        "font_size": 9,
        "align": "right",
        "num_format": LABEL,
    },
    "label.plain": {"font_color": NAVY, "bold": True, "align": "center"},
    "cell": {**_CELL, "text_wrap": True, "indent": 1},
    "cell.center": {**_CELL, "align": "center", "text_wrap": True},
    "cell.muted": {**_CELL, "font_color": MUTED, "align": "center", "font_size": 9, "text_wrap": True},
    "cell.link": {**_CELL, "font_color": SKY, "underline": 1, "bold": True, "indent": 1},
    # legend and marks, also as conditional formats
    "error": {**_CELL, "bg_color": RED_FILL, "font_color": RED, "align": "center"},
    "warning": {**_CELL, "bg_color": AMBER_FILL, "font_color": AMBER, "align": "center"},
    "notice": {**_CELL, "bg_color": SKY_FILL, "font_color": SKY, "align": "center"},
    "passed": {**_CELL, "bg_color": GREEN_FILL, "font_color": GREEN, "align": "center"},
    # hidden helpers
    "hidden": {"font_color": MUTED, "font_size": 9, "hidden": False},
}

MARKS: dict[str, dict[str, Any]] = {
    "error": {"bg_color": RED_FILL, "font_color": RED, "border": 1, "border_color": RED},
    "warning": {"bg_color": AMBER_FILL, "font_color": AMBER, "border": 1, "border_color": "#D9A441"},
    "notice": {"bg_color": SKY_FILL, "font_color": SKY, "border": 1, "border_color": "#7FA3D6"},
    "passed": {"bg_color": GREEN_FILL, "font_color": GREEN},
    "error.word": {"bg_color": RED_FILL, "font_color": RED, "bold": True},
    "warning.word": {"bg_color": AMBER_FILL, "font_color": AMBER, "bold": True},
    "notice.word": {"bg_color": SKY_FILL, "font_color": SKY, "bold": True},
    "error.word.line": {
        "bg_color": RED_FILL,
        "font_color": RED,
        "bold": True,
        "border": 1,
        "border_color": LINE,
    },
    "warning.word.line": {
        "bg_color": AMBER_FILL,
        "font_color": AMBER,
        "bold": True,
        "border": 1,
        "border_color": LINE,
    },
    "notice.word.line": {
        "bg_color": SKY_FILL,
        "font_color": SKY,
        "bold": True,
        "border": 1,
        "border_color": LINE,
    },
    "passed.word": {"bg_color": GREEN_FILL, "font_color": GREEN, "bold": True},
    "pending": {"bg_color": AMBER_FILL},
    "pending.word": {"bg_color": AMBER_FILL, "font_color": AMBER},
    "muted": {"font_color": "#A6ACB8"},
    "unread": {"bg_color": RED_FILL, "font_color": RED, "num_format": '@" ✗ 不是金额"'},
    "row": {"border": 1, "border_color": LINE},
    "row.input": {"border": 1, "border_color": LINE, "bg_color": YELLOW},
    "row.computed": {"border": 1, "border_color": LINE, "bg_color": GREY},
    "row.ended": {"border": 1, "border_color": LINE, "bg_color": GREY, "font_color": MUTED},
}
"""Formats of conditional formats (no font name or size: Excel refuses those there)."""


def properties(name: str, changes: dict[str, Any]) -> dict[str, Any]:
    """All XlsxWriter properties of a style: the sheet's font, the named style, the caller's changes."""
    return {"font_name": FONT, "font_size": SIZE, "valign": "vcenter", **STYLES[name], **changes}
