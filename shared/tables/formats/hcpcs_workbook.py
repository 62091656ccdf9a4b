"""The HCPCS quarterly file as a workbook: `HCPC2026_JUL_ANWEB.xlsx`, a row for each code and modifier.

Source: CMS, as published since 2010: titles in one row, which are the names of the record layout's fields with blanks
or underscores in them; in some quarters nine or ten rows of notices go before. Long descriptions are in one cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shared.tables.documents import Document
from shared.tables.errors import RefusedFile
from shared.tables.formats.hcpcs_anweb import COLUMNS
from shared.tables.sheets import Line, lines_under, normal, workbook_rows


def is_workbook(document: Document) -> bool:
    """Whether it is a workbook with the titles of the quarterly file."""
    if not document.is_workbook:
        return False
    titles = {_title(text) for text in document.head.split("\n")[:400]}
    return {"HCPC", "SEQNUM", "RECID", "ACTION CD"} <= titles


def workbook_records(document: Document) -> Iterator[Line]:
    """Each row by the names of the record layout's fields. Raises RefusedFile."""
    rows = workbook_rows(document)
    number, header = next(((n, row) for n, row in enumerate(rows, start=1) if _is_header(row)), (0, []))
    titles = [_title(cell) for cell in header]
    for title in COLUMNS:
        if header and titles.count(title) != 1:
            raise RefusedFile(document.name, "the column is not there once", line=number, column=title)
    for title in titles:
        if title and title not in COLUMNS:
            raise RefusedFile(document.name, "the record layout has no such field", line=number, column=title)
    return lines_under(document, iter(rows), titles, is_header=_is_header)


def _is_header(row: Sequence[str]) -> bool:
    titles = {_title(cell) for cell in row}
    return {"SEQNUM", "RECID"} <= titles


def _title(cell: str) -> str:
    title = normal(cell).upper().replace("_", " ")
    return "HCPC" if title == "HCPCS" else title
