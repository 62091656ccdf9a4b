"""The ICD-10-PCS tables, out of whose rows procedure codes are built.

A table is found by the first three characters of a code (section, body system, operation). Each of its rows lists the
values for characters four to seven; every combination of one row is a code and no combination across rows is
(ICD-10-PCS Official Guidelines, A6 to A10).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import msgspec

from shared.tables.catalogue import Release
from shared.tables.store import Store
from shared.tables.table import Table, TableRow
from shared.tables.tables import Tables

CODE_LENGTH = 7
TABLE_LENGTH = 3

INCOMPLETE = "incomplete"
"""Ends the name of a release that lacks tables or rows: what it does not have proves nothing."""


class Value(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One value of a character."""

    character: str
    label: str


class Axis(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A character of a code with the values it may have."""

    title: str
    """What the character says: Section, Body Part, Approach …"""
    values: tuple[Value, ...]
    characters: str
    """The characters of the values, to test one quickly."""


class BuildRow(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A row of a table: the values for characters four to seven."""

    axes: tuple[Axis, Axis, Axis, Axis]


class PcsTableRow(TableRow, frozen=True):
    """A table."""

    head: tuple[Axis, Axis, Axis]
    """Characters one to three, with one value each."""
    definition: str
    """What the operation is; empty where the table does not say."""
    rows: tuple[BuildRow, ...]


TABLE = Table(
    name="icd10pcs.tables",
    title="ICD-10-PCS tables",
    row=PcsTableRow,
    key="the first three characters of a code",
    authority="CMS",
    licence="United States government work, public domain",
    coded=False,
)
TABLES = (TABLE,)


class Meaning(NamedTuple):
    """What one character of a code says."""

    title: str
    character: str
    label: str


@dataclass(frozen=True, slots=True)
class PcsTable:
    """A table and the release that has it."""

    key: str
    row: PcsTableRow
    release: Release


def pcs_table(tables: Tables, beginning: str, day: date) -> PcsTable | None:
    """The table of the first three characters of a code; None where there is none."""
    edition = tables.on(TABLE, day)
    key = beginning[:TABLE_LENGTH].upper()
    rows = edition.store.rows(key)
    return PcsTable(key, rows[0], edition.release) if rows else None


def is_complete(release: Release) -> bool:
    """Whether a release has every table and row, so that what it lacks cannot be built."""
    return not release.name.endswith(INCOMPLETE)


def is_built(tables: Tables, code: str, day: date) -> bool | None:
    """Whether a code in capitals is made from one row of its table. None: not found, but the release is incomplete."""
    edition = tables.on(TABLE, day)
    if len(code) != CODE_LENGTH:
        return False
    for table in edition.store.rows(code[:TABLE_LENGTH]):
        for row in table.rows:
            body, approach, device, qualifier = row.axes
            if (
                code[3] in body.characters
                and code[4] in approach.characters
                and code[5] in device.characters
                and code[6] in qualifier.characters
            ):
                return True
    return False if is_complete(edition.release) else None


def next_characters(tables: Tables, beginning: str, day: date) -> Axis | None:
    """The values that the next character of a partial code may have, in the order of the characters.

    None where no code of the release begins so, or it is whole already. A beginning of up to two characters looks
    through all tables under it, which takes about a millisecond.
    """
    store, beginning = tables.on(TABLE, day).store, beginning.upper()
    if len(beginning) < TABLE_LENGTH:
        offered = [rows[0].head[len(beginning)] for _key, rows in store.items(beginning)]
    else:
        at = len(beginning) - TABLE_LENGTH
        offered = [row.axes[at] for row in _fitting(store, beginning)] if len(beginning) < CODE_LENGTH else []
    if not offered:
        return None
    values = {value.character: value for axis in offered for value in axis.values}
    return axis_of(offered[0].title, (values[character] for character in sorted(values)))


def meaning(tables: Tables, code: str, day: date) -> tuple[Meaning, ...]:
    """What each character of a code, or of its beginning, says; empty where no code of the release begins so."""
    store, code = tables.on(TABLE, day).store, code.upper()
    if not TABLE_LENGTH <= len(code) <= CODE_LENGTH:
        return ()
    fitting = next(iter(_fitting(store, code)), None)
    if fitting is None:
        return ()
    axes = (*store.rows(code[:TABLE_LENGTH])[0].head, *fitting.axes)
    return tuple(_meaning(axis, character) for axis, character in zip(axes, code, strict=False))


def axis_of(title: str, values: Iterator[Value] | tuple[Value, ...]) -> Axis:
    """An axis of these values, in their order."""
    kept = tuple(values)
    return Axis(title, kept, "".join(value.character for value in kept))


def _fitting(store: Store[PcsTableRow], beginning: str) -> Iterator[BuildRow]:
    """The rows that allow every character after the third."""
    for table in store.rows(beginning[:TABLE_LENGTH]):
        for row in table.rows:
            chosen = zip(row.axes, beginning[TABLE_LENGTH:], strict=False)
            if all(character in axis.characters for axis, character in chosen):
                yield row


def _meaning(axis: Axis, character: str) -> Meaning:
    label = next(value.label for value in axis.values if value.character == character)
    return Meaning(axis.title, character, label)
