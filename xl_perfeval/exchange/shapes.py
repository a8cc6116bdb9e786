"""What each kind of JSON object holds and how every key is read: one table per kind of record."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from difflib import get_close_matches
from itertools import zip_longest
from typing import Any, cast

from xl_perfeval import forms
from xl_perfeval.model import (
    Base,
    CellValue,
    Edition,
    Execution,
    Funding,
    Goal,
    Indicator,
    Paragraph,
    ParagraphState,
    Project,
    Source,
    Stage,
    Unit,
    WorkItem,
)

SCHEMA = "perfeval-submission/1"
SECTIONS = (
    "overview",
    "targets",
    "management",
    "evaluation",
    "results",
    "decision",
    "outputs",
    "effects",
    "problems",
    "suggestions",
    "other",
)
"""Section ids of the format, those of all outlines; sections are written in this order."""

_LARGEST = 10**15  # a spreadsheet keeps 15 significant digits
_FINDINGS = "perfeval-findings/"


class NotASubmission(Exception):
    """The JSON is not a submission; the text is one Chinese sentence naming the place and the cure."""


Reader = Callable[[object, str], Any]
"""Makes a value of parsed JSON found at a path; raises `NotASubmission`."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of JSON object: its keys and how each is read."""

    keys: Mapping[str, Reader]
    required: tuple[str, ...] = ()
    make: Callable[..., Any] | None = None


def values(value: object, path: str, shape: Shape) -> dict[str, Any]:
    """The values of one JSON object by key; keys without content are left out."""
    place = f"{path} " if path else "最外层"
    if not isinstance(value, dict):
        raise NotASubmission(f"{place}应当是大括号里的一组内容，现在是{_kind(value)}。")
    found = cast("dict[str, object]", value)
    for key in found:
        if key not in shape.keys:
            raise NotASubmission(f"{place}里有不认识的键“{key}”，请{_suggestion(key, shape.keys)}删去。")
    for key in shape.required:
        if key not in found:
            raise NotASubmission(f"{place}里缺少“{key}”，请补上。")
    prefix = f"{path}." if path else ""
    read = {key: shape.keys[key](item, f"{prefix}{key}") for key, item in found.items()}
    return {key: item for key, item in read.items() if item is not None}


def _suggestion(key: str, known: Iterable[str]) -> str:
    close = get_close_matches(key.casefold(), list(known), n=1, cutoff=0.6)
    return f"改成 {close[0]} 或" if close else ""


def _one(shape: Shape) -> Reader:
    assert shape.make is not None
    make = shape.make

    def read(value: object, path: str) -> Any:
        return make(**values(value, path, shape))

    return read


def _many(shape: Shape) -> Reader:
    one = _one(shape)

    def read(value: object, path: str) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise NotASubmission(f"{path} 应当是方括号里的列表，现在是{_kind(value)}。")
        items = cast("list[object]", value)
        return tuple(one(item, f"{path}[{place}]") for place, item in enumerate(items))

    return read


def cell(value: object, path: str) -> CellValue:
    if isinstance(value, str):
        return _string(value, path)
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(value, path)
    raise NotASubmission(f"{path} 应当是数字或文字，现在是{_kind(value)}。")


def _optional_text(value: object, path: str) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        return _string(value, path)
    raise NotASubmission(f"{path} 应当是加引号的文字，现在是{_kind(value)}。")


def _required_text(value: object, path: str) -> str | None:
    if value is None:
        raise NotASubmission(f"{path} 没有填，请写成加引号的文字。")
    return _optional_text(value, path)


def _string(value: str, path: str) -> str | None:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise NotASubmission(f"{path} 里有损坏的字符，请改正后再试。") from None
    if not value.isprintable():
        value = value.replace("\r\n", "\n").replace("\r", "\n").translate(_IN_NO_CELL)
    return value or None


_IN_NO_CELL = dict.fromkeys([*(code for code in range(32) if code not in {9, 10}), 0x7F, 0xFFFE, 0xFFFF])


def _number(value: float, path: str) -> float:
    if not abs(value) < _LARGEST:  # NaN too
        raise NotASubmission(f"{path} 的数字太大，请写成不超过15位的数字，编号请加引号。")
    if isinstance(value, int):
        return value
    rounded = float(f"{value:.15g}")
    return int(rounded) if rounded.is_integer() else rounded


def _year(value: object, path: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value or value % 1:
        raise NotASubmission(f"{path} 应当是不加引号的四位年份，例如 2020，现在是{_kind(value)}。")
    if not 2000 <= value <= 2100:
        shown = value if abs(value) < _LARGEST else "一个很大的数字"
        raise NotASubmission(f"{path} 写的是 {shown}，应当是 2000 到 2100 之间的年份。")
    return int(value)


def _date(value: object, path: str) -> date | None:
    text = _optional_text(value, path)
    if text is None:
        return None
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise NotASubmission(f"{path} 写的是“{text}”，应当写成真实的日期，例如 2021-03-08。") from None


def _stage(value: object, path: str) -> Stage | None:
    if value is None:
        return None
    return Stage(_word(value, path, [stage.value for stage in Stage]))


def _edition(value: object, path: str) -> Edition | None:
    if value is None:
        return None
    known = forms.editions()
    if value in known:
        return forms.load(cast("str", value))
    text = _optional_text(value, path) or ""
    close = get_close_matches(text.casefold(), known, n=1, cutoff=0.6)
    ours = "、".join(known)
    hint = f"是不是 {close[0]}？现有表样：{ours}。" if close else f"请从这些里选一个：{ours}。"
    raise NotASubmission(f"{path} 写的“{text}”不是现有的表样，{hint}")


def _section_id(value: object, path: str) -> str:
    return _word(value, path, SECTIONS)


def _word(value: object, path: str, known: Iterable[str]) -> str:
    words = list(known)
    if value in words:
        return cast("str", value)
    shown = f"“{value}”" if isinstance(value, str) else _kind(value)
    raise NotASubmission(f"{path} 现在是{shown}，请从这些里选一个：{'、'.join(words)}。")


def _texts(value: object, path: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise NotASubmission(f"{path} 应当是方括号里的列表，现在是{_kind(value)}。")
    read = (
        _required_text(item, f"{path}[{place}]") for place, item in enumerate(cast("list[object]", value))
    )
    return tuple(text or "" for text in read)


def _paragraphs(
    id: str,  # noqa: A002 - the JSON key
    paragraphs: tuple[str, ...],
    origins: tuple[dict[str, Any], ...] = (),
) -> tuple[Paragraph, ...]:
    told = zip_longest(paragraphs, origins[: len(paragraphs)], fillvalue=_NO_ORIGIN)
    return tuple(_paragraph(id, str(text), **dict(origin)) for text, origin in told if text)


_NO_ORIGIN: Mapping[str, Any] = {}


def _paragraph(
    section: str,
    text: str,
    *,
    id: str = "",  # noqa: A002 - the JSON key
    state: ParagraphState = ParagraphState.WRITTEN,
    generated: str = "",
    generated_in: str = "",
    offered: str = "",
    draft: str = "",
    take: str = "",
) -> Paragraph:
    paragraph = Paragraph(section=section, text=text, id=id, state=state, draft=draft, take=take.strip())
    drafted = state is ParagraphState.DRAFTED
    if not id or paragraph.is_own or not (generated or offered or drafted):
        return paragraph
    last = generated or (text if drafted else "")
    if drafted and last != text:
        paragraph = replace(paragraph, state=ParagraphState.EDITED)
    return replace(paragraph, base=Base(section=generated_in or section, text=last, offered=offered))


def _state(value: object, path: str) -> ParagraphState | None:
    if value is None:
        return None
    return ParagraphState(_word(value, path, [state.value for state in ParagraphState]))


def _optional_section_id(value: object, path: str) -> str | None:
    return None if value is None else _section_id(value, path)


def _origins(value: object, path: str) -> tuple[dict[str, Any], ...]:
    if not isinstance(value, list):
        raise NotASubmission(f"{path} 应当是方括号里的列表，现在是{_kind(value)}。")
    items = enumerate(cast("list[object]", value))
    return tuple({} if item is None else values(item, f"{path}[{place}]", ORIGIN) for place, item in items)


def _source(name: str = "", **amounts: Any) -> Source:
    return Source(
        name=re.sub(r"^\s*其中\s*[：:]", "", name).strip(), **amounts
    )  # the form prints 其中： itself


def _kind(value: object) -> str:
    match value:
        case None:
            return "空的"
        case bool():
            return "true" if value else "false"
        case str():
            return f"文字“{value[:20]}{'…' if len(value) > 20 else ''}”"
        case int() | float():
            return "数字"
        case list():
            return "方括号里的列表"
        case _:
            return "大括号里的一组内容"


UNIT = Shape(
    keys={"name": _required_text, "code": _optional_text, "department": _optional_text},
    required=("name",),
    make=Unit,
)
SOURCE = Shape(
    keys={"name": _required_text, "initial_budget": cell, "budget": cell, "spent": cell},
    required=("name",),
    make=_source,
)
FUNDING = Shape(
    keys={
        "initial_budget": cell,
        "budget": cell,
        "budget_local": cell,
        "spent": cell,
        "spent_local": cell,
        "reason": _optional_text,
        "sources": _many(SOURCE),
    },
    make=Funding,
)
GOAL = Shape(keys={"expected": _optional_text, "achieved": _optional_text}, make=Goal)
ITEM = Shape(
    keys={f.name: cell for f in fields(WorkItem) if f.name not in {"locator", "row", "number"}},
    make=WorkItem,
)
INDICATOR = Shape(
    keys={f.name: cell for f in fields(Indicator) if f.name not in {"locator", "row", "number"}},
    make=Indicator,
)
EXECUTION = Shape(keys={"weight": cell, "rate": cell, "score": cell, "reason": cell}, make=Execution)
PROJECT = Shape(
    keys={
        "id": _optional_text,
        "name": _optional_text,
        "kind": _optional_text,
        "purpose": _optional_text,
        "section": _optional_text,
        "note": _optional_text,
        "funding": _one(FUNDING),
        "goal": _one(GOAL),
        "items": _many(ITEM),
        "indicators": _many(INDICATOR),
        "execution": _one(EXECUTION),
        "total_score": cell,
        "grade": _optional_text,
    },
    required=("name",),
    make=Project,
)
ORIGIN = Shape(
    keys={
        "id": _optional_text,
        "state": _state,
        "generated": _optional_text,
        "generated_in": _optional_section_id,
        "offered": _optional_text,
        "draft": _optional_text,
        "take": _optional_text,
    }
)
"""What the program knows of a paragraph that it drafted or that people locked."""
SECTION = Shape(
    keys={"id": _section_id, "paragraphs": _texts, "origins": _origins},
    required=("id", "paragraphs"),
    make=_paragraphs,
)


def _version(value: object, path: str) -> object:  # noqa: ARG001 - checked before anything else
    return value


SUBMISSION = Shape(
    keys={
        "schema": _version,
        "edition": _edition,
        "unit": _one(UNIT),
        "year": _year,
        "stage": _stage,
        "report_date": _date,
        "prepared_by": _optional_text,
        "projects": _many(PROJECT),
        "totals": _one(FUNDING),
        "sections": _many(SECTION),
    },
    required=("schema", "unit", "year", "projects"),
)


def check_version(data: object) -> None:
    if not isinstance(data, dict):
        return
    version = cast("dict[str, object]", data).get("schema")
    if version == SCHEMA:
        return
    if "schema" not in data:
        raise NotASubmission(f'最外层里缺少“schema”，请写上 "schema": "{SCHEMA}"。')
    if isinstance(version, str) and version.startswith(_FINDINGS):
        raise NotASubmission("这是校验结果，不是自评材料，请换成 perfeval export 写出的文件。")
    shown = f"“{version}”" if isinstance(version, str) else _kind(version)
    raise NotASubmission(f"schema 写的是{shown}，本程序只认识“{SCHEMA}”，请改用这种格式。")
