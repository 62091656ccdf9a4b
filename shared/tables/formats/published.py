"""What files of the authorities' web sites have in common: several notations of one table, and lines with an end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePath

from shared.tables.documents import Document
from shared.tables.errors import RefusedFile
from shared.tables.sheets import rows_of

_PREFERRED = (".csv", ".txt", ".xlsx", ".xls")


def published_once(documents: Sequence[Document]) -> list[Document]:
    """One document for each that was given as `X.csv`, `X.txt` and `X.xlsx` with the same content: the plainest."""
    chosen: dict[str, Document] = {}
    for document in documents:
        stem = str(PurePath(document.name).with_suffix("")).lower()
        if stem not in chosen or _rank(document) < _rank(chosen[stem]):
            chosen[stem] = document
    return list(chosen.values())


def whole_rows(document: Document) -> list[list[str]]:
    """The rows of a workbook or of a text that ends as it should, each at the number of the line that it begins on.

    A quoted cell of several lines, as titles are, has empty rows after it for its other lines. Raises RefusedFile.
    """
    refuse_cut_off(document)
    rows: list[list[str]] = []
    for row in rows_of(document):
        rows.append(row)
        if not document.is_workbook:
            rows.extend([] for _ in range(sum(cell.count("\n") for cell in row)))
    return rows


def refuse_lines_after_notes(
    document: Document,
    rows: Sequence[Sequence[str]],
    begin: int,
    is_note: Callable[[Sequence[str]], bool],
    is_line: Callable[[Sequence[str]], bool],
) -> None:
    """Raises RefusedFile where a line of the table stands below its first note; `begin` is the first row of the table.

    A table is read up to its notes: what looks like one in the middle would end it there.
    """
    has_notes = False
    for number, row in enumerate(rows[begin:], start=begin + 1):
        has_notes = has_notes or is_note(row)
        if has_notes and is_line(row):
            raise RefusedFile(document.name, "a line of the table stands below its notes", line=number)


def refuse_cut_off(document: Document) -> None:
    """Raises RefusedFile for a text whose last line has no end: what a transfer that broke off leaves."""
    if not document.is_workbook and not document.content.rstrip(b"\x1a\0").endswith((b"\n", b"\r")):
        last = document.content.count(b"\n") + 1
        raise RefusedFile(document.name, "the last line has no end: the file is cut off", line=last)


def _rank(document: Document) -> int:
    return _PREFERRED.index(document.suffix) if document.suffix in _PREFERRED else len(_PREFERRED)
