"""`revcycle tables list`, `show` and `verify`: what is loaded, what stands in it, and whether it is whole."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from itertools import islice
from textwrap import shorten
from typing import Any

import msgspec

from revcycle.tables.catalogues import both_catalogues, kept_releases, tables_now
from revcycle.tables.words import columns, row_in_lines, row_in_members
from shared.runtime import Settings
from shared.tables import Release, Table
from shared.tables.registry import table_named
from shared.tables.spans import FOREVER

_HEADINGS = ("TABLE", "RELEASE", "FROM", "THROUGH", "ROWS", "STATE", "SHA-256", "SOURCE")
_SHOWN_OF_SHA256 = 12
_SHOWN_OF_SOURCE = 60


@dataclass(frozen=True)
class Found:
    """The rows under the keys that were asked for, and the release that answered."""

    lines: tuple[str, ...]
    any: bool


def listed(settings: Settings, table: str | None) -> list[str]:
    """A line for each release of all tables, or of one table or family. Raises UnreadableTable."""
    releases = [kept.release for kept in kept_releases(settings, table)]
    if not releases:
        return ["no release is loaded"]
    return list(columns([_HEADINGS, *map(_cells, releases)]))


def listed_json(settings: Settings, table: str | None) -> str:
    """The same as one JSON array, with everything that the catalogue keeps."""
    releases = [kept.release for kept in kept_releases(settings, table)]
    return msgspec.json.format(msgspec.json.encode(releases)).decode()


def described(settings: Settings, name: str) -> list[str]:
    """What a table is and which releases of it there are. Raises UnknownRelease."""
    table = table_named(name)
    lines = [
        f"{table.name}: {table.title}",
        f"key: {table.key}",
        f"authority: {table.authority}",
        f"licence: {table.licence}",
    ]
    return [*lines, "", *listed(settings, name)]


def shown(settings: Settings, name: str, key: str, day: date, *, prefix: bool, limit: int) -> Found:
    """The rows under a key on a day in words; with `prefix`, of every key that begins so, at most `limit` keys.

    Raises UnknownRelease, NoRelease, UnreadableTable.
    """
    release, items = _found(settings, name, key, day, prefix=prefix, limit=limit)
    lines = [f"{name} {release.name}, {release.effective} through {_day(release.covers_through)}"]
    for found, rows in items:
        for row in rows:
            lines += row_in_lines(found, row)
    return Found(tuple(lines) if items else (f"{key} is not in {name} {release.name}",), bool(items))


def shown_json(settings: Settings, name: str, key: str, day: date, *, prefix: bool, limit: int) -> Found:
    """The same as a JSON object for each key."""
    release, items = _found(settings, name, key, day, prefix=prefix, limit=limit)
    lines = (
        json.dumps({"table": name, "release": release.name, "key": found, "rows": [row_in_members(r) for r in rows]})
        for found, rows in items
    )
    return Found(tuple(lines), bool(items))


def faults(settings: Settings) -> list[str]:
    """A line for each compiled file that is gone or not as it was written. Reads every byte."""
    return [
        f"{fault.table} {fault.release}: {fault.reason}"
        for catalogue in both_catalogues(settings)
        for fault in catalogue.verify()
    ]


def counted(settings: Settings) -> int:
    """How many releases there are."""
    return len(list(kept_releases(settings)))


def _found(
    settings: Settings, name: str, key: str, day: date, *, prefix: bool, limit: int
) -> tuple[Release, list[tuple[str, tuple[Any, ...]]]]:
    table: Table[Any] = table_named(name)
    tables = tables_now(settings)
    edition: Any = tables.pairs_on(table, day) if table.pairs else tables.on(table, day)
    key = _as_kept(table, key)
    if prefix:
        return edition.release, list(islice(edition.store.items(key), limit))
    rows = _rows(edition.store, table, key)
    return edition.release, [(key, rows)] if rows else []


def _as_kept(table: Table[Any], key: str) -> str:
    """As the table writes it: `j18.9` is J189. Keys that are not made of codes stay as they are given."""
    return key.upper().replace(".", "") if table.coded else key


def _rows(store: Any, table: Table[Any], key: str) -> tuple[Any, ...]:
    if not table.pairs:
        return tuple(store.rows(key))
    first, _space, second = key.partition(" ")
    return tuple(store.rows(first, second))


def _cells(release: Release) -> tuple[str, ...]:
    first, *others = release.sources
    more = f" and {len(others)} more" if others else ""
    return (
        release.table,
        release.name,
        str(release.covers_from),
        _day(release.covers_through),
        f"{release.rows:,}",
        _state(release),
        first.sha256[:_SHOWN_OF_SHA256],
        shorten(first.name, _SHOWN_OF_SOURCE, placeholder=" …") + more,
    )


def _state(release: Release) -> str:
    return ("active" if release.active else "retired") + (", embedded" if release.embedded else "")


def _day(day: date) -> str:
    return "open end" if day == FOREVER else str(day)
