"""Tables whose columns are told by their titles, in any order, and releases that keep their history."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TypeVar

from shared.tables.documents import Document
from shared.tables.errors import RefusedFile
from shared.tables.formats.format import Asked, Reading
from shared.tables.history import DatedRow
from shared.tables.sheets import Line, lines_under, normal, rows_of
from shared.tables.spans import FOREVER, Span
from shared.tables.table import Table

Dated = TypeVar("Dated", bound=DatedRow)
Titles = Mapping[str, Sequence[str]]
"""Our name of a column and the titles that it goes by, written as `normal` gives them."""

_ONE_DAY = timedelta(days=1)
_FIRST_ROWS, _FIRST_CELLS = 20, 200


def titled_lines(
    document: Document, required: Titles, optional: Titles, rows: Sequence[list[str]] | None = None
) -> Iterator[Line]:
    """The lines under the row that has all required titles; a column that the file does not have is empty.

    `rows` are given where the document is neither a workbook nor delimited text. Raises RefusedFile where no row has
    the titles, or has one twice, and as `lines_under` does.
    """
    rows = list(rows_of(document)) if rows is None else rows
    header = next((row for row in rows if has_titles(row, required)), None)
    if header is None:
        wanted = ", ".join(titles[0] for titles in required.values())
        raise RefusedFile(document.name, f"no row has the titles {wanted}")
    names = {title: name for name, titles in {**required, **optional}.items() for title in titles}
    columns = [names.get(normal(cell), "") for cell in header]
    given = [name for name in columns if name]
    if len(set(given)) < len(given):
        raise RefusedFile(document.name, "a column stands twice", line=rows.index(header) + 1)
    absent = dict.fromkeys([*required, *optional], "")
    for line in lines_under(document, iter(rows), columns, is_header=lambda row: row is header):
        yield Line(line.file, line.number, {**absent, **line.cells})


def has_titles(row: Sequence[str], required: Titles) -> bool:
    """Whether a row of cells is the header of a table with these columns."""
    cells = {normal(cell) for cell in row}
    return all(not cells.isdisjoint(titles) for titles in required.values())


def head_has_titles(document: Document, required: Titles) -> bool:
    """Whether one of the first rows of a document is a header with these columns. Cheap, for `recognises`."""
    lines = document.head.splitlines()
    if document.is_workbook:
        return has_titles(lines[:_FIRST_CELLS], required)
    rows = (re.split(r"[,\t]", line.replace('"', "")) for line in lines[:_FIRST_ROWS])
    return any(has_titles(row, required) for row in rows)


def last_day(line: Line, stop: str) -> date | None:
    """The last day of a code whose line names the day on which it ceases to be valid."""
    ceases = line.day_or_none(stop)
    return None if ceases is None else ceases - _ONE_DAY


def history(
    table: Table[Dated],
    found: Iterable[tuple[Line, str, Dated]],
    document: Document,
    asked: Asked,
    changed: Callable[[Dated], date] = lambda row: row.first,
) -> Reading[Dated]:
    """A release of a table that keeps its history: it is named for the day of its latest change.

    `found` are rows with the line and the key they stand on, `changed` says when a row last changed. Raises RefusedFile
    for two rows of one key and day.
    """
    rows: dict[str, list[Dated]] = {}
    for line, key, row in found:
        if row.last is not None and row.last < row.first:
            raise RefusedFile(line.file, f"{key} ends before it begins", line=line.number)
        if any(row.covers(other.first) or other.covers(row.first) for other in rows.get(key, ())):
            raise RefusedFile(line.file, f"{key} stands twice for one day", line=line.number)
        rows.setdefault(key, []).append(row)
    every = [row for of_key in rows.values() for row in of_key]
    effective = asked.effective_or(max(map(changed, every)), document)
    return Reading(
        table=table,
        span=asked.span(Span(effective.isoformat(), effective, FOREVER)),
        rows=[(key, row) for key, of_key in rows.items() for row in of_key],
        sources=[document.source],
        history_from=min(row.first for row in every),
    )
