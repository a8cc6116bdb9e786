"""An edition from its TOML file and those it extends.

A child names its parent in `extends` and writes only what differs. Tables are merged key by key. A list of
tables (`LISTS`) is merged by the name of its entries: an entry of the same name changes single keys of the
parent's, another one is added at the end, and the list of names beside it, where there is one, says which
entries there are and in which order. Any other value replaces the parent's; `false` for a table leaves it out.

A key that is unknown, missing or of the wrong kind raises `ValueError` with the edition and the path to it.
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, TypeVar, cast

from xl_perfeval.model import (
    Confirmation,
    Edition,
    Evidence,
    FieldKind,
    FormField,
    FormTable,
    Frame,
    Heading,
    Ladder,
    LevelOne,
    MoneyCell,
    Satisfaction,
    Scoring,
    TextRow,
    Thresholds,
)

LISTS = {
    "fields": ("key", "columns"),
    "groups": ("name", "order"),
    "outline": ("id", "chapters"),
    "money": ("key", "cells"),
    "texts": ("key", "rows"),
    "evidence": ("about", ""),
}
"""Lists of tables: the key that names an entry, and the list beside it that picks and orders the entries."""

_Record = TypeVar("_Record")
_TABLES = ("funds", "matrix", "scoring", "narrative")
_NEEDED = ("level1", "level2", "level3", "sign", "target", "unit", "actual", "reason")


def edition(edition_id: str, text_of: Callable[[str], str]) -> Edition:
    """The edition of this id; `text_of` gives the text of an edition's file. Raises `ValueError`."""
    data = _merged(edition_id, text_of, ())
    try:
        return _edition(data)
    except _Mistake as mistake:
        raise ValueError(f"edition {edition_id}: {mistake}") from None


class _Mistake(ValueError):
    """Something wrong below a path of keys, the path growing on the way up."""

    def __init__(self, what: str, *path: str) -> None:
        super().__init__(what)
        self.what, self.path = what, path

    def below(self, key: str) -> _Mistake:
        return _Mistake(self.what, key, *self.path)

    def __str__(self) -> str:
        return f"{'.'.join(self.path)}: {self.what}" if self.path else self.what


# --- inheritance --------------------------------------------------------------------------------------


def _merged(edition_id: str, text_of: Callable[[str], str], below: tuple[str, ...]) -> dict[str, Any]:
    if edition_id in below:
        raise ValueError(f"edition {below[0]}: extends itself by way of {edition_id}")
    try:
        data = tomllib.loads(text_of(edition_id))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"edition {edition_id}: {error}") from error
    except (OSError, KeyError) as error:
        raise ValueError(f"edition {below[-1]}: extends {edition_id!r}, which is not there") from error
    parent = data.pop("extends", None)
    base = _merged(parent, text_of, (*below, edition_id)) if parent else {}
    try:
        return _overlaid(base, data)
    except _Mistake as mistake:
        raise ValueError(f"edition {edition_id}: {mistake}") from None


def _overlaid(parent: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(parent)
    for key, value in change.items():
        old = result.get(key)
        try:
            if key in LISTS and isinstance(value, list):
                result[key] = _joined(
                    cast("list[dict[str, Any]]", old or []),
                    cast("list[dict[str, Any]]", value),
                    LISTS[key][0],
                )
            elif isinstance(old, dict) and isinstance(value, dict):
                result[key] = _overlaid(cast("dict[str, Any]", old), cast("dict[str, Any]", value))
            else:
                result[key] = (
                    _overlaid({}, cast("dict[str, Any]", value)) if isinstance(value, dict) else value
                )
        except _Mistake as mistake:
            raise mistake.below(key) from None
    return result


def _joined(old: Sequence[dict[str, Any]], new: Sequence[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    entries = {entry[name]: entry for entry in old}
    seen: set[str] = set()
    for entry in new:
        if not isinstance(entry.get(name), str):
            raise _Mistake(f"an entry without “{name}”")
        if entry[name] in seen:
            raise _Mistake(f"“{entry[name]}” is there twice")
        seen.add(entry[name])
        entries[entry[name]] = _overlaid(entries.get(entry[name], {}), entry)
    return list(entries.values())


def _listed(data: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """A list of tables, picked and ordered by the list beside it; both are taken out of `data`."""
    name, order = LISTS[key]
    found = cast("list[dict[str, Any]]", data.pop(key, []))
    wanted = data.pop(order, None) if order else None
    if wanted is None:
        return found
    entries = {entry[name]: entry for entry in found}
    for each in wanted:
        if each not in entries:
            raise _Mistake(f"names “{each}”, which “{key}” does not have{_nearest(each, entries)}", order)
    return [entries[each] for each in wanted]


# --- records ------------------------------------------------------------------------------------------


def _edition(data: dict[str, Any]) -> Edition:
    outline = tuple(_all(Heading, _listed(data, "outline"), "outline", "id"))
    lists = {key: tuple(words) for key, words in _table_of(data, "lists").items()}
    lists["sections"] = tuple(heading.short for heading in outline)
    tables = {
        key: _at(f"tables.{key}", _form_table, key, value)
        for key, value in _table_of(data, "tables").items()
        if value is not False
    }
    scoring, frame = data.pop("scoring", False), data.pop("form", False)
    unscored = _at("", _groups, data)
    found = _at(
        "",
        _made,
        Edition,
        data
        | {
            "tables": tables,
            "outline": outline,
            "lists": lists,
            "scoring": _at("scoring", _scoring, dict(scoring)) if scoring else None,
            "frame": _at("form", _frame, dict(frame)) if frame else None,
            "unscored_groups": () if scoring else unscored,
            "thresholds": _at("thresholds", _made, Thresholds, _table_of(data, "thresholds")),
            "severities": data.get("severities", {}),
            "evidence": tuple(_all(Evidence, _listed(data, "evidence"), "evidence", "about")),
        },
    )
    _fits(found)
    return found


def _table_of(data: dict[str, Any], key: str) -> dict[str, Any]:
    found = data.pop(key, {})
    if not isinstance(found, dict):
        raise _Mistake("should be a table", key)
    return cast("dict[str, Any]", found)


def _form_table(key: str, data: dict[str, Any]) -> FormTable:
    data = dict(data)
    if key not in _TABLES:
        raise _Mistake(f"unknown table{_nearest(key, _TABLES)}")
    fields = _listed(data, "fields")
    return _made(FormTable, data | {"key": key, "fields": tuple(_all(FormField, fields, "fields", "key"))})


def _groups(data: dict[str, Any]) -> tuple[LevelOne, ...]:
    return tuple(_all(LevelOne, _listed(data, "groups"), "groups", "name"))


def _scoring(data: dict[str, Any]) -> Scoring:
    if data.get("reverse") not in ("excess", "ratio"):
        raise _Mistake("should be “excess” or “ratio”", "reverse")
    changed = {
        "groups": _groups(data),
        "grades": tuple(_at("grades", _stated, row, 1) for row in data.pop("grades", ())),
        "bands": tuple(_at("bands", _stated, row, 2) for row in data.pop("bands", ())),
        "splits": tuple(
            {group: _at("splits", _decimal, weight) for group, weight in split.items()}
            for split in data.pop("splits", ())
        ),
        "satisfaction": _at("satisfaction", _satisfaction, data.pop("satisfaction", False)),
        "ladder": _at("ladder", _ladder, data.pop("ladder", False)),
    }
    return _made(Scoring, data | changed)


def _satisfaction(data: dict[str, Any] | bool) -> Satisfaction | None:
    if not isinstance(data, dict):
        return None
    rows = tuple(_at("intervals", _pair, row) for row in data.get("intervals", ()))
    return _made(Satisfaction, data | {"intervals": rows})


def _ladder(data: dict[str, Any] | bool) -> Ladder | None:
    if not isinstance(data, dict):
        return None
    rows = tuple(_at("steps", _pair, row) for row in data.get("steps", ()))
    return _made(Ladder, data | {"steps": rows})


def _frame(data: dict[str, Any]) -> Frame:
    changed = {
        "money": tuple(_all(MoneyCell, _listed(data, "money"), "money", "key")),
        "texts": tuple(_all(TextRow, _listed(data, "texts"), "texts", "key")),
    }
    return _made(Frame, data | changed)


def _fits(found: Edition) -> None:
    """Whether the parts of an edition fit each other."""
    if not found.has("scoring"):
        return
    keys = [field.key for field in found.table("scoring").fields]
    scored = ("weight", "score") if found.scoring else ()
    for key in (*_NEEDED, *scored):
        if key not in keys:
            raise _Mistake(f"a scoring form needs the column “{key}”", "tables.scoring")
    if keys[-1] != "reason":
        raise _Mistake("the last column has to be “reason”", "tables.scoring")
    if found.frame is None:
        raise _Mistake("a scoring form needs this table", "form")
    for cell in found.frame.money:
        for end in (cell.first, cell.last or cell.first):
            if end not in keys:
                raise _Mistake(f"no column “{end}”{_nearest(end, keys)}", "form", "money", cell.key)


def _all(record: type[_Record], rows: Sequence[dict[str, Any]], where: str, name: str) -> list[_Record]:
    return [_at(f"{where}.{row.get(name)}", _made, record, row) for row in rows]


def _made(record: type[_Record], data: Mapping[str, Any]) -> _Record:
    """A record from a table, every key checked; texts become numbers where the record wants them."""
    known, needed = _fields(record)
    values: dict[str, Any] = {}
    for key, value in data.items():
        kind = known.get(key)
        if kind is None:
            raise _Mistake(f"unknown key{_nearest(key, known)}", key)
        try:
            values[key] = value if kind == "str" and type(value) is str else _as(kind, value)
        except _Mistake as mistake:
            raise mistake.below(key) from None
    for key in needed:
        if key not in data:
            raise _Mistake("missing", key)
    return record(**values)


@cache
def _fields(record: type[Any]) -> tuple[dict[str, str], tuple[str, ...]]:
    """The fields of a record with the kinds they are declared with, and those that have no default."""
    fields = dataclasses.fields(record)
    needed = (
        each.name
        for each in fields
        if each.default is dataclasses.MISSING and each.default_factory is dataclasses.MISSING
    )
    return {each.name: str(each.type) for each in fields}, tuple(needed)


def _as(kind: str, value: Any) -> Any:
    """A value of the kind that a record's field is declared with."""
    if kind == "Decimal | None" and value == "":  # what the parent states is not stated here
        return None
    if kind.startswith("Decimal"):
        return _decimal(value)
    if kind in _ENUMS:
        try:
            return _ENUMS[kind](value)
        except ValueError:
            words = [str(each.value) for each in _ENUMS[kind]]
            raise _Mistake(f"“{value}” is none of {', '.join(words)}") from None
    wanted = _KINDS.get(kind)
    if wanted is not None and (not isinstance(value, wanted) or (isinstance(value, bool) and kind != "bool")):
        raise _Mistake(f"should be {_WORDS[kind]}, is {value!r}")
    if kind.startswith("tuple["):
        if not isinstance(value, (list, tuple)):
            raise _Mistake(f"should be a list, is {value!r}")
        return tuple(cast("Sequence[Any]", value))
    return float(value) if kind == "float" else value


_ENUMS: dict[str, Any] = {"FieldKind": FieldKind, "Confirmation": Confirmation}
_KINDS: dict[str, Any] = {"str": str, "bool": bool, "int": int, "float": (int, float)}
_WORDS = {"str": "text", "bool": "true or false", "int": "a whole number", "float": "a number"}


def _decimal(value: Any) -> Decimal:
    if not isinstance(value, str):
        raise _Mistake(f"write the number in quotes, so that it stays exact: {value!r}")
    try:
        return Decimal(value)
    except InvalidOperation:
        raise _Mistake(f"“{value}” is not a number") from None


def _pair(row: Sequence[Any]) -> tuple[Decimal, Decimal]:
    if len(row) != 2:
        raise _Mistake(f"two numbers are wanted, not {row!r}")
    return _decimal(row[0]), _decimal(row[1])


def _stated(row: Sequence[Any], numbers: int) -> Any:
    """A word and its numbers."""
    if len(row) != numbers + 1:
        raise _Mistake(f"a word and {numbers} number(s) are wanted, not {row!r}")
    return (str(row[0]), *(_decimal(value) for value in row[1:]))


def _at(where: str, make: Callable[..., _Record], *arguments: Any) -> _Record:
    """What `make` gives; its mistakes carry the path."""
    try:
        return make(*arguments)
    except _Mistake as mistake:
        raise (mistake.below(where) if where else mistake) from None


def _nearest(key: str, known: Any) -> str:
    from difflib import get_close_matches  # only for mistakes: every start would pay for it

    close = get_close_matches(key, [str(each) for each in known], 1)
    return f", perhaps “{close[0]}”" if close else ""
