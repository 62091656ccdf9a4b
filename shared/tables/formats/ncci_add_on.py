"""The file of NCCI add-on codes for Medicare, as CMS publishes it each quarter.

Source: CMS, "Medicare NCCI Add-on Code Edits": `AOC_V2026Q3-MCR`, as text of fixed width and as a workbook. The
workbook has a notice of the AMA and then titles; the text has neither. Both hold, in this order, the same fields:

    AOC_Edit_Type              1      1, 2 or 3
    Add-On_Code                2-6
    AOC_DelDT                  7-13   YYYYDDD, the last day of the add-on code; empty while it is valid
    Primary_Code               14-18  CCCCC where the contractor defines the primary procedures
    Primary_Code_DelDT         19-25
    AOC_Edit_EffDT             26-32
    AOC_Edit_DelDT             33-39
    Special_Instruction_Notes  40-

Spans that are over are listed too, so a release answers for all days up to its end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, ClassVar, cast

from shared.tables.documents import Document
from shared.tables.errors import RefusedFile
from shared.tables.formats.format import Asked, Format, Reading
from shared.tables.ncci import ADD_ON, AddOnSpan, AddOnType
from shared.tables.sheets import Line, lines_under, workbook_rows
from shared.tables.spans import quarter
from shared.tables.table import Table

_WIDTHS: Mapping[str, int] = {
    "AOC_Edit_Type": 1,
    "Add-On_Code": 5,
    "AOC_DelDT": 7,
    "Primary_Code": 5,
    "Primary_Code_DelDT": 7,
    "AOC_Edit_EffDT": 7,
    "AOC_Edit_DelDT": 7,
}
_NOTES = "Special_Instruction_Notes"
_COLUMNS = (*_WIDTHS, _NOTES)
_BY_CONTRACTOR = "CCCCC"
_TEXT_ROW = re.compile(r"[123][0-9A-Z]{5}[ 0-9]{7}[0-9A-Z]{5}[ 0-9]{7}\d{7}")
_QUARTER = re.compile(r"AOC_V(\d{4})Q([1-4])", re.IGNORECASE)
_EFFECTIVE = re.compile(r"add-?on?-code-edits-medicare-effective-(\d\d)-?(\d\d)-?(\d{4})", re.IGNORECASE)


class NcciAddOn(Format):
    name: ClassVar[str] = "NCCI add-on code edits (CMS)"
    tables: ClassVar[tuple[Table[Any], ...]] = (ADD_ON,)

    def recognises(self, document: Document) -> bool:
        if document.is_workbook:
            head = _plain(document.head)
            return "aocedittype" in head and "primarycode" in head
        return _TEXT_ROW.match(document.head) is not None

    def read(self, documents: Sequence[Document], asked: Asked) -> Iterator[Reading[AddOnSpan]]:
        text, *others = sorted(documents, key=lambda document: document.is_workbook)
        for other in others:
            if not other.is_workbook or _effective(other) != _effective(text):
                raise RefusedFile(other.name, f"the table is given twice: {text.name}")
        effective = asked.effective_or(_effective(text), text)
        spans = list(_spans(text))
        yield Reading(
            table=ADD_ON,
            span=asked.span(quarter(effective)),
            rows=spans,
            sources=[text.source],
            history_from=min(span.first for _code, span in spans),
        )


def _effective(document: Document) -> date | None:
    if quarters := _QUARTER.findall(document.name):
        year, number = quarters[-1]
        return date(int(year), int(number) * 3 - 2, 1)
    if days := _EFFECTIVE.findall(document.name):
        month, day, year = days[-1]
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            return None
    return None


def _spans(document: Document) -> Iterator[tuple[str, AddOnSpan]]:
    seen: set[tuple[str, AddOnSpan]] = set()
    for line in _sheet_lines(document) if document.is_workbook else _text_lines(document):
        span = (line.code("Add-On_Code", 5), _span(line))
        if span in seen:
            raise line.refused("Add-On_Code", f"{span[0]} is listed twice with the same primary code and days")
        seen.add(span)
        yield span


def _sheet_lines(document: Document) -> Iterator[Line]:
    rows = workbook_rows(document)
    for number, row in enumerate(rows, start=1):
        if _is_header(row):
            for wanted, cell in zip(_COLUMNS, row, strict=False):
                if not _plain(cell).startswith(_plain(wanted)):
                    raise RefusedFile(document.name, f"the column is called {cell!r}", line=number, column=wanted)
    return lines_under(document, iter(rows), _COLUMNS, is_header=_is_header)


def _is_header(row: Sequence[str]) -> bool:
    return len(row) >= len(_COLUMNS) and _plain(row[0]) == "aocedittype"


def _plain(title: str) -> str:
    """A title by its letters alone: CMS writes `AOC_DelDT` and `AOC_Del_Dt (Julian)`."""
    return re.sub(r"[^a-z]", "", title.lower())


def _text_lines(document: Document) -> Iterator[Line]:
    known_notes = {""}
    for number, text in enumerate(document.text.splitlines(keepends=True), start=1):
        row = text.rstrip("\r\n")
        if not row.strip():
            continue
        if not _TEXT_ROW.match(row):
            raise RefusedFile(document.name, "the fields are not in their places, or it is cut off", line=number)
        notes = row[sum(_WIDTHS.values()) :].strip()
        if text == row and notes not in known_notes:
            raise RefusedFile(document.name, "the file ends within a line: it is cut off", line=number)
        known_notes.add(notes)
        yield Line(document.name, number, {**_fields(row), _NOTES: notes})


def _fields(row: str) -> dict[str, str]:
    fields, begin = {}, 0
    for column, width in _WIDTHS.items():
        fields[column] = row[begin : begin + width]
        begin += width
    return fields


def _span(line: Line) -> AddOnSpan:
    primary = line.code("Primary_Code", 5)
    kind = line.whole("AOC_Edit_Type")
    if kind not in (1, 2, 3):
        raise line.refused("AOC_Edit_Type", f"{kind} is none of 1, 2 and 3")
    first = _day(line, "AOC_Edit_EffDT")
    if first is None:
        raise line.refused("AOC_Edit_EffDT", "is empty")
    ends = [_day(line, column) for column in ("AOC_DelDT", "Primary_Code_DelDT", "AOC_Edit_DelDT")]
    return AddOnSpan(
        primary=None if primary == _BY_CONTRACTOR else primary,
        type=cast(AddOnType, kind),
        first=first,
        last=min((end for end in ends if end is not None), default=None),
        notes=line.text(_NOTES).strip('"') or None,
    )


def _day(line: Line, column: str) -> date | None:
    """A day written as its year and its number in the year: 2013091 is the first of April."""
    value = line.text(column)
    if not value.strip("0"):
        return None
    year, number = value[:4], value[4:]
    if len(value) != 7 or not value.isdecimal() or not 1 <= int(number) <= 366 or int(year) < 1:
        raise line.refused(column, f"{value!r} is not a year and a day of it")
    return date(int(year), 1, 1) + timedelta(days=int(number) - 1)
