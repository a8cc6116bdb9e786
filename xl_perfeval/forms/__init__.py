"""Form editions (表样版本): one TOML file each, written as a change from its parent (`extends`)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

from xl_perfeval.model import (
    Edition,
    FieldKind,
    FormField,
    FormTable,
    Heading,
    LevelOne,
    Scoring,
    Thresholds,
)

DEFAULT = "county-matrix"
SCHEMA = "1"
"""Version of the workbook's structure, kept in the named cell `PE_SCHEMA`."""


class UnknownEdition(LookupError):
    """No edition of this id ships with the program."""


def editions() -> tuple[str, ...]:
    """Ids of the editions that ship, the default first."""
    found = sorted(
        entry.name.removesuffix(".toml")
        for entry in resources.files(__package__).iterdir()
        if entry.name.endswith(".toml")
    )
    return (DEFAULT, *(name for name in found if name != DEFAULT))


@cache
def load(edition_id: str) -> Edition:
    """The edition of this id. Raises `UnknownEdition`; a mistake in its file raises `ValueError` naming the key."""
    return _edition(_merged(edition_id))


def _merged(edition_id: str) -> dict[str, Any]:
    if edition_id not in editions():
        raise UnknownEdition(edition_id)
    text = resources.files(__package__).joinpath(f"{edition_id}.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    parent = data.pop("extends", None)
    return _overlaid(_merged(parent), data) if parent else data


def _overlaid(parent: dict[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(parent)
    for key, value in change.items():
        below = result.get(key)
        result[key] = (
            _overlaid(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
        )  # pyright: ignore[reportUnknownArgumentType]
    return result


def _edition(data: dict[str, Any]) -> Edition:
    tables = {key: _table(key, table) for key, table in data.pop("tables").items()}
    outline = tuple(Heading(**heading) for heading in data.pop("outline"))
    lists = {key: tuple(values) for key, values in data.pop("lists").items()}
    lists["sections"] = tuple(heading.short for heading in outline)
    scoring = data.pop("scoring", None)
    thresholds = {key: Decimal(value) for key, value in data.pop("thresholds").items()}
    try:
        return Edition(
            tables=tables,
            outline=outline,
            lists=lists,
            scoring=_scoring(scoring) if scoring else None,
            thresholds=Thresholds(**thresholds),
            severities=data.pop("severities", {}),
            **data,
        )
    except TypeError as error:
        raise ValueError(f"edition {data.get('id')}: {error}") from error


def _table(key: str, data: dict[str, Any]) -> FormTable:
    fields = tuple(
        FormField(**{**field, "kind": FieldKind(field.get("kind", "text"))}) for field in data.pop("fields")
    )
    return FormTable(key=key, fields=fields, **data)


def _scoring(data: dict[str, Any]) -> Scoring:
    return Scoring(
        execution_weight=Decimal(data["execution_weight"]),
        reverse=data["reverse"],
        groups=tuple(
            LevelOne(
                name=group["name"],
                weight=Decimal(group["weight"]),
                required=group.get("required", True),
                second=tuple(group["second"]),
            )
            for group in data["groups"]
        ),
        grades=tuple((word, Decimal(bound)) for word, bound in data["grades"]),
        bands=tuple((word, Decimal(low), Decimal(high)) for word, low, high in data["bands"]),
        splits=tuple(
            {name: Decimal(weight) for name, weight in split.items()} for split in data.get("splits", ())
        ),
    )
