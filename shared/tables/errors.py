"""What can be wrong with a reference table.

TableError
├── NoRelease        the table is not carried on that day: the caller's to show
├── UnknownRelease   no such table, or no such release of it
├── RefusedFile      a file is not what its authority publishes: nothing of it was taken
├── UnknownFormat    a file is of no format that is known here
└── UnreadableTable  a compiled file or the catalogue is damaged: stops the start
"""

from __future__ import annotations

from datetime import date

from shared.errors import ServiceError


class TableError(ServiceError):
    code, title, status = "table_error", "A reference table cannot answer", 500


class NoRelease(TableError):
    """`day` is not covered by any active release of the table. `first` and `last` are the days carried, if any."""

    code, title, status = "no_release", "No release of the table covers this day", 422

    def __init__(self, table: str, day: date, first: date | None = None, last: date | None = None) -> None:
        carried = f"it is carried from {first} to {last}" if first else "no release of it is loaded"
        super().__init__(
            f"no release of {table} covers {day}; {carried}", extra={"table": table, "day": day.isoformat()}
        )
        self.table = table
        self.day = day


class UnknownRelease(TableError):
    code, title, status = "unknown_release", "There is no such release of a table", 404


class RefusedFile(TableError):
    """A file with a wrong column, a bad row or a truncated end. `line` counts from 1, None where none is to blame."""

    code, title, status = "file_refused", "The file is not as its authority publishes it", 422

    def __init__(self, file: str, reason: str, *, line: int | None = None, column: str | None = None) -> None:
        place = f"{file} line {line}" if line is not None else file
        where = f"{place}, column {column}" if column is not None else place
        super().__init__(f"{where}: {reason}", extra={"file": file, "line": line, "column": column})
        self.file, self.reason, self.line, self.column = file, reason, line, column


class UnknownFormat(TableError):
    code, title, status = "unknown_format", "No known table has this format", 422


class UnreadableTable(TableError):
    code, title = "table_unreadable", "The file of a reference table is not in its format"
