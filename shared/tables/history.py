"""Rows of tables that keep their history: each holds over one span of days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol, TypeVar

from shared.tables.table import TableRow


class DatedRow(TableRow, frozen=True):
    """A row over one span of days. A table keeps several under one key where what they say has changed."""

    first: date
    """The first day. Where the authority gives none, the first day that the table answers for."""
    last: date | None = None
    """The last day; None where no end is known."""

    def covers(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


class Spanned(Protocol):
    """Any row with the days that it holds for."""

    @property
    def first(self) -> date: ...
    @property
    def last(self) -> date | None: ...


SpannedRow = TypeVar("SpannedRow", bound=Spanned)


def in_force(rows: Iterable[SpannedRow], day: date) -> SpannedRow | None:
    """The first of the rows that holds on a day; None where none does."""
    for row in rows:
        if row.first <= day and (row.last is None or day <= row.last):
            return row
    return None
