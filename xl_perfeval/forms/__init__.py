"""Form editions (表样版本): one TOML file each, written as a change from its parent (`extends`)."""

from __future__ import annotations

from functools import cache
from importlib import resources

from xl_perfeval.forms import loading
from xl_perfeval.model import Edition

DEFAULT = "county-matrix"
SCHEMA = "2"
"""Version of the workbook's structure, kept in the named cell `PE_SCHEMA`."""
READABLE = {
    "1": "without buttons, Python functions, maps of names and drafts to choose from",
    "2": "as it is built today",
}
"""Versions that are read, checked and reported on; `perfeval new --from` builds today's version from any."""


class UnknownEdition(LookupError):
    """No edition of this id ships with the program."""


@cache
def editions() -> tuple[str, ...]:
    """Ids of the editions that ship, the default first."""
    found = sorted(
        entry.name.removesuffix(".toml")
        for entry in resources.files(__name__).iterdir()
        if entry.name.endswith(".toml")
    )
    return (DEFAULT, *(name for name in found if name != DEFAULT))


@cache
def load(edition_id: str) -> Edition:
    """The edition of this id. Raises `UnknownEdition`; a mistake in its file raises `ValueError` naming the key."""
    if edition_id not in editions():
        raise UnknownEdition(edition_id)
    return loading.edition(edition_id, _text)


def _text(edition_id: str) -> str:
    return resources.files(__name__).joinpath(f"{edition_id}.toml").read_text(encoding="utf-8")
