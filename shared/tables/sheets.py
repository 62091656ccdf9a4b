"""Tables as rows of cells, from delimited text and from Excel workbooks, with the line that each row stands on."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from python_calamine import CalamineError, CalamineWorkbook

from shared.tables.documents import Document
from shared.tables.errors import RefusedFile

_DAYS = (
    (re.compile(r"\d{8}"), "%Y%m%d"),
    (re.compile(r"\d{4}-\d\d-\d\d"), "%Y-%m-%d"),
    (re.compile(r"\d{1,2}/\d{1,2}/\d{4}"), "%m/%d/%Y"),
)
"""How days are written. The patterns alone would take the 3rd of December from `2023123`, which is cut off."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row by the names of its columns. Reading a cell says which line and column is wrong."""

    file: str
    number: int
    cells: Mapping[str, str]

    def text(self, column: str) -> str:
        """The cell without blanks around it; empty where it is."""
        return self.cells[column].strip()

    def required(self, column: str) -> str:
        """Raises RefusedFile for an empty cell."""
        value = self.text(column)
        if not value:
            raise self.refused(column, "is empty")
        return value

    def code(self, column: str, *lengths: int) -> str:
        """A code in capitals, without a dot, of one of the lengths. Raises RefusedFile."""
        value = self.required(column).replace(".", "").upper()
        if not (value.isascii() and value.isalnum()) or (lengths and len(value) not in lengths):
            raise self.refused(column, f"{value!r} is not a code")
        return value

    def whole(self, column: str) -> int:
        """A whole number. Raises RefusedFile."""
        value = self.required(column).replace(",", "")
        if not value.isdecimal():
            raise self.refused(column, f"{value!r} is not a whole number")
        return int(value)

    def decimal(self, column: str, *, empty: Decimal | None = None) -> Decimal:
        """A number, with or without dollar sign, per cent sign and thousands separators. Raises RefusedFile.

        `empty` is the answer for an empty cell, where the table allows one.
        """
        value = self.text(column).replace(",", "").removeprefix("$").removesuffix("%").strip()
        if not value and empty is not None:
            return empty
        try:
            number = Decimal(value)
        except InvalidOperation:
            raise self.refused(column, f"{value!r} is not a number") from None
        if not number.is_finite():
            raise self.refused(column, f"{value!r} is not a number")
        return number

    def day(self, column: str) -> date:
        """A day as YYYYMMDD, YYYY-MM-DD or M/D/YYYY. Raises RefusedFile."""
        value = self.required(column)
        for written, pattern in _DAYS:
            if written.fullmatch(value):
                with suppress(ValueError):
                    return datetime.strptime(value, pattern).date()  # noqa: DTZ007  # a day of a publication has no zone
        raise self.refused(column, f"{value!r} is not a day")

    def day_or_none(self, column: str, *none: str) -> date | None:
        """As `day`; None for an empty cell or one of the words in `none`."""
        return None if self.text(column) in ("", *none) else self.day(column)

    def refused(self, column: str, reason: str) -> RefusedFile:
        """The error to raise about one cell."""
        return RefusedFile(self.file, reason, line=self.number, column=column)


def sheets_of(document: Document) -> list[list[list[str]]]:
    """The rows of every sheet of a workbook, or of a delimited text as its only sheet. Raises RefusedFile."""
    if not document.is_workbook:
        return [list(rows_of(document))]
    try:
        count = len(CalamineWorkbook.from_filelike(io.BytesIO(document.content)).sheet_names)
    except CalamineError as error:
        raise RefusedFile(document.name, "the workbook is broken or cut off") from error
    return [workbook_rows(document, sheet) for sheet in range(count)]


def workbook_rows(document: Document, sheet: int = 0) -> list[list[str]]:
    """Every row of a sheet of an Excel workbook, as text; days as YYYY-MM-DD. Raises RefusedFile."""
    try:
        cells = CalamineWorkbook.from_filelike(io.BytesIO(document.content)).get_sheet_by_index(sheet)
        return [[_cell(value) for value in row] for row in cells.to_python(skip_empty_area=False)]
    except (CalamineError, IndexError) as error:
        raise RefusedFile(document.name, "the workbook is broken or cut off") from error


def delimited_rows(document: Document, delimiter: str) -> Iterator[list[str]]:
    """Every row of a text file with this delimiter, quoted as spreadsheets do. Raises RefusedFile."""
    reader = csv.reader(io.StringIO(document.text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise RefusedFile(document.name, str(error), line=reader.line_num) from error


def rows_of(document: Document) -> Iterator[list[str]]:
    """Every row of a workbook, or of a text delimited by tabs or else commas. Raises RefusedFile."""
    if document.content.startswith(b"PK"):
        return iter(workbook_rows(document))
    first = document.head[:4096]
    return delimited_rows(document, "\t" if "\t" in first else ",")


def lines_under(
    document: Document,
    rows: Iterator[list[str]],
    columns: Sequence[str],
    *,
    is_header: Callable[[Sequence[str]], bool],
    is_end: Callable[[Sequence[str]], bool] = lambda row: False,
) -> Iterator[Line]:
    """The lines under the header row, by our names for the columns; blank lines are left out.

    `columns` are the names in the order of the file; an empty name passes a column over. The header is the first row
    that `is_header` accepts; lines before it are titles. `is_end` tells the notes that some files have at their end.
    Raises RefusedFile where there is no header, no line under it, or a line has too few cells, as a cut-off one has.
    """
    found, count = False, 0
    for number, row in enumerate(rows, start=1):
        if not found:
            found = is_header(row)
        elif is_end(row):
            break
        elif any(cell.strip() for cell in row):
            if len(row) < len(columns):
                raise RefusedFile(document.name, f"{len(row)} cells where {len(columns)} belong", line=number)
            count += 1
            yield Line(document.name, number, {name: cell for name, cell in zip(columns, row, strict=False) if name})
    if not found:
        raise RefusedFile(document.name, "the header row is missing")
    if not count:
        raise RefusedFile(document.name, "no line follows the header")


def normal(cell: str) -> str:
    """A column title without differences of case, blanks and line breaks, to compare it by."""
    return " ".join(cell.lower().split())


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)
