"""Tables of the tests: rows of units by code, and by pair of codes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal

from shared.tables.catalogue import Catalogue, Release, SourceFile
from shared.tables.formats import Reading
from shared.tables.loading import compiled_release
from shared.tables.spans import Span
from shared.tables.table import Table, TableRow

AT = datetime(2026, 7, 1, 8, tzinfo=UTC)


class UnitsRow(TableRow, frozen=True):
    units: int
    day: date | None = None
    rate: Decimal | None = None
    notes: tuple[str, ...] = ()


UNITS = Table("test.units", "Units", UnitsRow, "a code", "CMS", "public")
PAIRED_UNITS = Table("test.pairs", "Units of pairs", UnitsRow, "two codes", "CMS", "public", pairs=True)


def a_release(
    catalogue: Catalogue,
    span: Span,
    *rows: tuple[str, UnitsRow],
    table: Table[UnitsRow] = UNITS,
    embedded: bool = False,
    at: datetime = AT,
    history_from: date | None = None,
) -> Release:
    """Compiled into the catalogue's folder, and not yet entered into it."""
    reading = Reading(table, span, rows, [SourceFile("by hand", "0" * 64, 0)], history_from)
    return compiled_release(catalogue, reading, "by hand", at, embedded=embedded)


def units(values: Iterable[int]) -> tuple[UnitsRow, ...]:
    return tuple(UnitsRow(value) for value in values)
