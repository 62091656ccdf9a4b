"""Rows of tables that keep their history: each holds over one span of days."""

from __future__ import annotations

from datetime import date

from shared.tables.table import TableRow


class DatedRow(TableRow, frozen=True):
    """A row over one span of days. A table keeps several under one key where what they say has changed."""

    first: date
    """The first day. Where the authority gives none, the first day that the table answers for."""
    last: date | None = None
    """The last day; None where no end is known."""

    def covers(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)
