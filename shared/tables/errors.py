"""What can be wrong with a reference table.

TableError
├── NoRelease        the table is not carried on that day: the caller's to show
└── UnreadableTable  the file is not what it should be: stops the start
"""

from __future__ import annotations

from datetime import date

from shared.errors import ServiceError


class TableError(ServiceError):
    code, title, status = "table_error", "A reference table cannot answer", 500


class NoRelease(TableError):
    """`day` lies outside the days that the table is carried for, `first` to `last`."""

    code, title, status = "no_release", "No release of the table covers this day", 422

    def __init__(self, table: str, day: date, first: date, last: date) -> None:
        super().__init__(
            f"no release of {table} covers {day}; it is carried from {first} to {last}",
            extra={"table": table, "day": day.isoformat()},
        )
        self.table = table
        self.day = day


class UnreadableTable(TableError):
    code, title = "table_unreadable", "The file of a reference table is not in its format"
