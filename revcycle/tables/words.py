"""Rows and releases for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from shared.tables.diff import Change
from shared.tables.table import TableRow

_NONE = "none"
_WIDTH = 160


def row_in_words(row: TableRow) -> str:
    """`units: 2, indicator: 3 date of service edit`; fields that say nothing are left out."""
    said = ((name.replace("_", " "), _in_words(value)) for name, value in _fields(row))
    return ", ".join(f"{name}: {value}" for name, value in said if value != _NONE) or "listed"


def row_in_lines(key: str, row: TableRow) -> Iterator[str]:
    """The key and its row on one line; a long row has a line for each field, and for each part of a field."""
    line = f"{key}  {row_in_words(row)}"
    if len(line) <= _WIDTH:
        yield line
        return
    yield key
    for name, value in _fields(row):
        parts = value if isinstance(value, tuple) and value and isinstance(value[0], msgspec.Struct) else (value,)
        for part in parts:
            if (said := _in_words(part)) != _NONE:
                yield f"    {name.replace('_', ' ')}: {said}"


def row_in_members(row: TableRow) -> dict[str, Any]:
    """Member names and plain JSON values."""
    return {name: _plain(value) for name, value in _fields(row)}


def change_in_words(change: Change[Any]) -> str:
    """One line: `+` new, `-` deleted, `~` revised with what it was and what it is."""
    if change.kind == "new":
        return f"+ {change.key}  {_rows(change.after)}"
    if change.kind == "deleted":
        return f"- {change.key}  {_rows(change.before)}"
    if len(change.before) == len(change.after) == 1:
        return f"~ {change.key}  {'; '.join(_revised(change.before[0], change.after[0]))}"
    gone = [f"- {row_in_words(row)}" for row in change.before if row not in change.after]
    come = [f"+ {row_in_words(row)}" for row in change.after if row not in change.before]
    return f"~ {change.key}  {' | '.join((*gone, *come)) or 'the order of its rows'}"


def change_in_members(change: Change[Any]) -> dict[str, Any]:
    return {
        "change": change.kind,
        "key": change.key,
        "before": [row_in_members(row) for row in change.before],
        "after": [row_in_members(row) for row in change.after],
    }


def columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows of text as lines whose columns stand below each other; the last column is not filled."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _rows(rows: Sequence[TableRow]) -> str:
    return " | ".join(map(row_in_words, rows))


def _revised(before: TableRow, after: TableRow) -> Iterator[str]:
    for (name, old), (_name, new) in zip(_fields(before), _fields(after), strict=True):
        if old != new:
            yield f"{name.replace('_', ' ')}: {_in_words(old)} → {_in_words(new)}"


def _fields(row: msgspec.Struct) -> Iterator[tuple[str, Any]]:
    for field in msgspec.structs.fields(row):
        yield field.name, getattr(row, field.name)


def _in_words(value: Any) -> str:
    if value is None or value in ((), ""):
        return _NONE
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, msgspec.Struct):
        said = ((name.replace("_", " "), _in_words(part)) for name, part in _fields(value))
        return "(" + ", ".join(f"{name} {part}" for name, part in said if part != _NONE) + ")"
    if isinstance(value, tuple):
        return " ".join(map(_in_words, value))
    return str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        return {name: _plain(part) for name, part in _fields(value)}
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return msgspec.to_builtins(value)
