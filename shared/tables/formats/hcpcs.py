"""HCPCS Level II, the quarterly file of CMS, in either of its two layouts.

Source: CMS, "HCPCS Quarterly Update", zip file `july-2026-alpha-numeric-hcpcs-file.zip`: `HCPC2026_JUL_ANWEB` as text
and as a workbook, with the same content. The quarter is in the names alone. CPT codes and the ADA's D-codes are not in
it. Codes stay in it for years after they were terminated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, ClassVar

from shared.tables.documents import Document
from shared.tables.errors import RefusedFile
from shared.tables.formats.format import Asked, Format, Reading
from shared.tables.formats.hcpcs_anweb import anweb_records, is_anweb
from shared.tables.formats.hcpcs_workbook import is_workbook, workbook_records
from shared.tables.formats.named_quarter import named_quarter
from shared.tables.formats.published import published_once
from shared.tables.hcpcs import CODES, MODIFIERS, HcpcsRow, is_level_two
from shared.tables.sheets import Line
from shared.tables.spans import Span, quarter
from shared.tables.table import Table

_CONTINUES = {"3": "4", "7": "8"}
_ACTIONS = frozenset("ABCDFNPRST")
_COVERAGE = frozenset("CDIMS")
_LONG = "LONG DESCRIPTION"
_TEXT_WIDTH = 80
_Entries = list[tuple[str, HcpcsRow]]


class HcpcsQuarterly(Format):
    name: ClassVar[str] = "HCPCS Level II quarterly file (CMS)"
    tables: ClassVar[tuple[Table[Any], ...]] = (CODES, MODIFIERS)

    def recognises(self, document: Document) -> bool:
        return is_workbook(document) if document.is_workbook else is_anweb(document)

    def read(self, documents: Sequence[Document], asked: Asked) -> Iterator[Reading[HcpcsRow]]:
        """The text goes before the workbook of the same quarter, which is passed over."""
        read: dict[str, Document] = {}
        for document in sorted(published_once(documents), key=lambda document: document.is_workbook):
            span = asked.span(quarter(asked.effective_or(named_quarter(document.name), document)))
            known = read.setdefault(span.name, document)
            if known is document:
                yield from _readings(document, span)
            elif not document.is_workbook or known.is_workbook:
                raise RefusedFile(document.name, f"the quarter is given twice: {known.name}")


def _readings(document: Document, span: Span) -> Iterator[Reading[HcpcsRow]]:
    entries = _entries(document)
    terminated = [row.terminated for rows in entries.values() for _code, row in rows if row.terminated]
    answers_from = min([span.first, *terminated])
    for table, rows in ((CODES, entries["3"]), (MODIFIERS, entries["7"])):
        if rows:
            yield Reading(table, span, rows, [document.source], history_from=answers_from)


def _entries(document: Document) -> dict[str, _Entries]:
    """Codes and modifiers with their rows, by the record identification code of their first record."""
    records = workbook_records(document) if document.is_workbook else anweb_records(document)
    groups = list(_groups(records))
    blank = _wraps_at_words(groups)
    entries: dict[str, _Entries] = {"3": [], "7": []}
    seen: set[str] = set()
    for group in groups:
        code = _code(group[0])
        if code in seen:
            raise group[0].refused("HCPC", f"{code} is listed twice")
        seen.add(code)
        entries[group[0].text("RECID")].append((code, _row(group, blank)))
    return entries


def _groups(records: Iterable[Line]) -> Iterator[list[Line]]:
    """The records of each code: the first and those that continue its long description."""
    group: list[Line] = []
    for record in records:
        kind = record.required("RECID")
        if kind in _CONTINUES:
            if group:
                yield group
            group = [record]
        elif not group or kind != _CONTINUES[group[0].text("RECID")] or record.text("HCPC") != group[0].text("HCPC"):
            raise record.refused("RECID", f"{kind!r} does not continue the record before")
        elif record.whole("SEQNUM") <= group[-1].whole("SEQNUM"):
            raise record.refused("SEQNUM", "does not follow the record before")
        else:
            group.append(record)
    if group:
        yield group


def _wraps_at_words(groups: Iterable[Sequence[Line]]) -> bool:
    """Whether long descriptions are parted between words, or cut wherever 80 characters end; no layout says it."""
    pieces = [record.cells[_LONG] for group in groups for record in group[:-1]]
    return any(len(piece.rstrip()) < _TEXT_WIDTH - 1 for piece in pieces)


def _code(record: Line) -> str:
    if record.text("RECID") == "7":
        return record.code("HCPC", 2)
    code = record.code("HCPC", 5)
    if not is_level_two(code):
        raise record.refused("HCPC", f"{code} is not a code of HCPCS Level II that CMS maintains")
    return code


def _row(group: Sequence[Line], parted_at_words: bool) -> HcpcsRow:
    first = group[0]
    long = (" " if parted_at_words else "").join(record.cells[_LONG] for record in group)
    return HcpcsRow(
        short=" ".join(first.required("SHORT DESCRIPTION").split()),
        long=" ".join(long.split()),
        added=first.day("ADD DT"),
        action_from=first.day_or_none("ACT EFF DT"),
        terminated=_terminated(first),
        action=_one_of(first, "ACTION CD", _ACTIONS),
        coverage=_one_of(first, "COV", _COVERAGE),
        pricing=_filled(first, "PRICE", 4, digits=2),
        multiple_pricing=first.text("MULT PI"),
        statute=first.text("STATUTE"),
        coverage_references=_filled(first, "CIM", 3),
        manual_references=_filled(first, "MCM", 3),
        laboratory_certifications=_filled(first, "LABCERT", 8, digits=3),
        cross_references=_filled(first, "XREF", 5),
        asc_group=first.text("ASC GRP"),
        asc_from=first.day_or_none("ASC DT"),
        processing_note=_digits(first.text("PROCNOTE"), 4),
        betos=first.text("BETOS"),
        types_of_service=_filled(first, "TOS", 5),
        anaesthesia_base_units=first.whole("ANEST BU") if first.text("ANEST BU") else 0,
    )


def _terminated(record: Line) -> date | None:
    terminated = record.day_or_none("TERM DT")
    if terminated and terminated < record.day("ADD DT"):
        raise record.refused("TERM DT", "it was terminated before it was added")
    return terminated


def _one_of(record: Line, column: str, values: frozenset[str]) -> str:
    value = record.text(column)
    if value and value not in values:
        raise record.refused(column, f"{value!r} is not in the record layout")
    return value


def _filled(record: Line, column: str, count: int, digits: int = 0) -> tuple[str, ...]:
    """The cells of a field that occurs several times, without the empty ones."""
    cells = (_digits(record.text(f"{column}{number}"), digits) for number in range(1, count + 1))
    return tuple(cell for cell in cells if cell)


def _digits(cell: str, count: int) -> str:
    """With the leading zeros that a spreadsheet takes for a number's."""
    return cell.zfill(count) if re.fullmatch(r"\d+", cell) else cell
