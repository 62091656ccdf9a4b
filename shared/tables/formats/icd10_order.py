"""The order files: every code and heading of ICD-10-CM or ICD-10-PCS with its titles, in the order of the code set.

Source: NCHS and CMS, "ICD-10-CM/PCS Order Files" (`icd10OrderFiles.pdf`, in the same zip files): one line for each code
and heading, fixed width, in columns counted from 1

    1-5   order number, right justified, filled with zeros
    6     blank
    7-13  code without dot, left justified
    14    blank
    15    1: may be submitted in a HIPAA transaction, 0: heading
    16    blank
    17-76 short description
    77    blank
    78-   long description

The files are called `icd10cm-order-2027.txt`, or `icd10pcs_order_2027.txt`, after their fiscal year, and
`icd10cm-order-April-1-2026.txt` after the day of an update within one. They do not say their day themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from shared.tables.documents import Document
from shared.tables.errors import RefusedFile
from shared.tables.formats.format import Asked, Format, Reading
from shared.tables.formats.published import refuse_cut_off
from shared.tables.icd10 import CODES, LABELS, CodeRow, CodeSystem
from shared.tables.spans import fiscal_year
from shared.tables.table import Table

_LOOKS_LIKE = re.compile(r"^ ?\d{4,5}\s{1,2}[0-9A-Z]{3,7}\s+[01]\s+\S", re.MULTILINE)
_LINES_TO_LOOK_AT = 5
_LEAST_WIDTH = 78
_BLANK = (6, 14, 16, 77)
_CODE: dict[CodeSystem, re.Pattern[str]] = {
    "icd10cm": re.compile(r"[A-Z][0-9A-Z]{2,6}"),
    "icd10pcs": re.compile(r"[0-9A-HJ-NP-Z]{3}|[0-9A-HJ-NP-Z]{7}"),
}
"""ICD-10-CM begins with a letter, since QA0 not always with a letter and a digit; ICD-10-PCS has neither I nor O."""
_FIRST: dict[CodeSystem, str] = {"icd10cm": "A00", "icd10pcs": "001"}
_LAST: dict[CodeSystem, tuple[str, ...]] = {"icd10cm": ("Z99", "U"), "icd10pcs": ("X",)}
"""What the last code begins with: the last category or the codes for special purposes; the section New Technology."""
_FISCAL_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_UPDATE = re.compile(r"(?<![a-z])(jan|apr)[a-z]*(?:[-_ ]0?1)?[-_ ,]+(20\d\d)(?!\d)", re.IGNORECASE)
_MONTHS = {"jan": 1, "apr": 4}


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    order: int
    code: str
    row: CodeRow


class Icd10OrderFile(Format):
    name: ClassVar[str] = "ICD-10-CM and ICD-10-PCS order files (NCHS, CMS)"
    tables: ClassVar[tuple[Table[Any], ...]] = tuple(CODES.values())

    def recognises(self, document: Document) -> bool:
        beginning = "\n".join(document.head.splitlines()[:_LINES_TO_LOOK_AT])
        return _LOOKS_LIKE.search(beginning) is not None

    def read(self, documents: Sequence[Document], asked: Asked) -> Iterator[Reading[CodeRow]]:
        read: dict[tuple[CodeSystem, str], Document] = {}
        for document in documents:
            system = _system(document, asked)
            span = asked.span(fiscal_year(asked.effective_or(_published(document.name), document)))
            if other := read.get((system, span.name)):
                raise RefusedFile(document.name, f"the release {span.name} is given twice, also by {other.name}")
            read[system, span.name] = document
            yield Reading(CODES[system], span, _rows(document, system), [document.source])


def _system(document: Document, asked: Asked) -> CodeSystem:
    """Which code set the file lists, by its first code. Raises RefusedFile where it is not the one asked for."""
    first = next(filter(str.strip, document.head.splitlines()), "")[6:13].strip()
    system: CodeSystem = "icd10pcs" if first == _FIRST["icd10pcs"] else "icd10cm"
    if asked.table is not None and asked.table != CODES[system].name:
        raise RefusedFile(
            document.name, f"the file lists {LABELS[system]} and not {asked.table}", line=1, column="code"
        )
    return system


def _published(name: str) -> date | None:
    """The day of effect by what the file, or else the zip file around it, is called.

    CMS names the update of April on the zip file alone in some years; the file in it has the same year then.
    """
    parts = name.split("/")[::-1]
    year = next((found[1] for part in parts if (found := _FISCAL_YEAR.search(part))), None)
    for part in parts:
        if (update := _UPDATE.search(part)) and update[2] == year:
            return date(int(update[2]), _MONTHS[update[1].lower()], 1)
    return None if year is None else date(int(year) - 1, 10, 1)


def _rows(document: Document, system: CodeSystem) -> Iterator[tuple[str, CodeRow]]:
    refuse_cut_off(document)
    before: _Line | None = None
    seen: set[str] = set()
    for line in _lines(document, system):
        if line.code in seen:
            raise RefusedFile(document.name, f"{line.code} is listed twice", line=line.number, column="code")
        seen.add(line.code)
        _refuse_out_of_order(document, system, before, line)
        yield line.code, line.row
        before = line
    if before is None or not before.row.billable or not before.code.startswith(_LAST[system]):
        reason = f"the list ends before the last codes of {LABELS[system]}: the file is cut off"
        raise RefusedFile(document.name, reason, line=before.number if before else None)


def _refuse_out_of_order(document: Document, system: CodeSystem, before: _Line | None, line: _Line) -> None:
    if before is None:
        if line.code != _FIRST[system]:
            reason = f"the list begins with {line.code} and not with {_FIRST[system]}"
            raise RefusedFile(document.name, reason, line=line.number, column="code")
        return
    if line.order <= before.order:
        reason = f"order number {line.order} follows {before.order}"
        raise RefusedFile(document.name, reason, line=line.number, column="order number")
    if line.code.startswith(before.code) == before.row.billable:
        what = (
            "is marked as a code and has codes below it" if before.row.billable else "is a heading with nothing below"
        )
        raise RefusedFile(document.name, f"{before.code} {what}", line=before.number, column="billable")


def _lines(document: Document, system: CodeSystem) -> Iterable[_Line]:
    for number, text in enumerate(document.text.splitlines(), start=1):
        if text.strip("\x1a\0 "):
            yield _line(document.name, number, text, system)


def _line(file: str, number: int, text: str, system: CodeSystem) -> _Line:
    def refused(reason: str, column: str) -> RefusedFile:
        return RefusedFile(file, reason, line=number, column=column)

    if len(text) < _LEAST_WIDTH:
        raise refused(f"{len(text)} characters where at least {_LEAST_WIDTH} belong", "long description")
    for position in _BLANK:
        if text[position - 1] != " ":
            raise refused(f"{text[position - 1]!r} where a blank belongs", str(position))
    order, code, flag = text[:5], text[6:13].rstrip(), text[14]
    if not (order.isascii() and order.isdecimal()):
        raise refused(f"{order!r} is not an order number", "order number")
    if not _CODE[system].fullmatch(code):
        raise refused(f"{code!r} is not a code or heading of {LABELS[system]}", "code")
    if flag not in "01":
        raise refused(f"{flag!r} is neither 1, for a code, nor 0, for a heading", "billable")
    short, long = text[16:76].strip(), text[77:].strip()
    if not short or not long or "\N{REPLACEMENT CHARACTER}" in long:
        raise refused("the description is empty or in an unknown encoding", "description")
    return _Line(number, int(order), code, CodeRow(flag == "1", short, long))
