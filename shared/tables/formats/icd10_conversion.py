"""The conversion tables: for each code that came in since 2016 the codes that stood for the same before.

Source, ICD-10-CM: NCHS, `ICD-10-CM-CONVERSION-TABLE-FY2027.xlsx` (also as csv and tab-delimited txt in CMS's
`2027-conversion-table.zip`). A title line, then "Current code assignment", "Effective", "Previous Code(s) Assignment".
Codes have dots. "Effective" is a day, or the calendar year of an October 1. Previous codes are parted by commas,
semicolons or "and", in places given as a range, or "None"; "None" for a current code is one that ended without another.

Source, ICD-10-PCS: CMS, `icd10pcs_conversion_table_2027.txt` (tab-delimited) and xlsx in `2027-icd-10-pcs-conversion-
table.zip`. A header line: "Current code(s) assignment", "Code title", "Effective year", "Previous code(s) assignment",
"Predecessor code title", "Change type", "Comment", "Effective month/day [MM.DD]"; NOPCS stands for no code.

Every year's table repeats those of the years before and a conversion does not lapse, so the newest answers for all.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar

from shared.tables.documents import Document
from shared.tables.errors import RefusedFile
from shared.tables.formats.format import Asked, Format, Reading
from shared.tables.formats.published import refuse_cut_off
from shared.tables.icd10 import CONVERSIONS, FIRST_DAY, CodeSystem, ConversionRow
from shared.tables.sheets import Line, lines_under, normal, rows_of
from shared.tables.spans import FOREVER, Span, fiscal_year
from shared.tables.table import Table

_CM_CODE = re.compile(r"[A-Z][0-9A-Z]{2}(?:\.?[0-9A-Z]{1,4})?")
_PCS_CODE = re.compile(r"[0-9A-HJ-NP-Z]{7}")
_RANGE = re.compile(r"([0-9A-Z.]+)\s*[-\N{EN DASH}]\s*([0-9A-Z.]+)")
_PARTED = re.compile(r"[,;\n]|\band\b")
_REMARK = re.compile(r"[^\W\d_][^\d]*(?:\s.*)?")
_SERIAL_DAYS_BEGIN = date(1899, 12, 30)
"""Day 0 of a workbook's calendar."""
_NONE = ("", "NONE", "NOPCS")
_OCTOBER = (10, 1)


@dataclass(frozen=True, slots=True)
class _Layout:
    columns: tuple[str, ...]
    header: tuple[str, ...]
    effective: Callable[[Line], date]
    code: re.Pattern[str]


class Icd10ConversionTable(Format):
    name: ClassVar[str] = "ICD-10-CM and ICD-10-PCS conversion tables (NCHS, CMS)"
    tables: ClassVar[tuple[Table[Any], ...]] = tuple(CONVERSIONS.values())

    def recognises(self, document: Document) -> bool:
        head = normal(document.head)
        return "previous code(s) assignment" in head and re.search(r"current code(\(s\))? assignment", head) is not None

    def read(self, documents: Sequence[Document], asked: Asked) -> Iterator[Reading[ConversionRow]]:
        read: dict[tuple[CodeSystem, str], Document] = {}
        for document in sorted(documents, key=lambda document: document.is_workbook):
            system = _system(document)
            rows = _conversions(document, _LAYOUTS[system])
            effective = asked.effective_or(rows[-1].effective, document)
            span = asked.span(Span(fiscal_year(effective).name, effective, FOREVER))
            known = read.setdefault((system, span.name), document)
            if known is document:
                keyed = [(code, row) for row in rows for code in (row.current, *row.previous)]
                yield Reading(CONVERSIONS[system], span, keyed, [document.source], history_from=FIRST_DAY)
            elif not document.is_workbook:
                raise RefusedFile(document.name, f"the table is given twice, also by {known.name}")


def _system(document: Document) -> CodeSystem:
    return "icd10pcs" if "effective month/day" in normal(document.head) else "icd10cm"


def _conversions(document: Document, layout: _Layout) -> list[ConversionRow]:
    """Every conversion by day and code. Raises RefusedFile."""
    refuse_cut_off(document)
    previous: dict[tuple[date, str], set[str]] = defaultdict(set)
    for line in lines_under(document, rows_of(document), layout.columns, is_header=lambda row: _is(row, layout.header)):
        if not (line.text("effective") or line.text("previous")):
            continue  # a heading between the years
        if line.text("current").upper() not in _NONE:
            current = _plain(line, "current", line.text("current").upper(), layout.code)
            previous[layout.effective(line), current] |= _previous(line, layout.code) - {current}
    rows = [
        ConversionRow(effective, current, tuple(sorted(codes)))
        for (effective, current), codes in sorted(previous.items())
        if codes
    ]
    if not rows:
        raise RefusedFile(document.name, "no line names a previous code")
    return rows


def _is(row: Sequence[str], header: Sequence[str]) -> bool:
    return [normal(cell) for cell in row[: len(header)]] == list(header)


def _previous(line: Line, code: re.Pattern[str]) -> set[str]:
    """The codes in the cell; remarks in words ("a code from category O35") name none."""
    found: set[str] = set()
    for part in _PARTED.split(line.text("previous").replace('"', "")):
        text = part.strip()
        if text.upper() in _NONE:
            continue
        if given := _RANGE.fullmatch(text):
            found.update(_plain(line, "previous", one, code) for one in _from_to(given[1], given[2]))
        elif code.fullmatch(text) or not _REMARK.fullmatch(text):
            found.add(_plain(line, "previous", text, code))
    return found


def _from_to(first: str, last: str) -> list[str]:
    """The codes of a range whose ends differ in digits at their end, else both ends; `last` may leave out the rest."""
    last = first[: max(0, len(first) - len(last))] + last
    alike = next((place for place, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    begin, end = first[alike:], last[alike:]
    if not (begin.isdecimal() and end.isdecimal() and len(begin) == len(end)):
        return [first, last]
    return [f"{first[:alike]}{number:0{len(begin)}d}" for number in range(int(begin), int(end) + 1)]


def _plain(line: Line, column: str, text: str, code: re.Pattern[str]) -> str:
    if not code.fullmatch(text):
        raise line.refused(column, f"{text!r} is not a code")
    return text.replace(".", "")


def _day_of_diagnoses(line: Line) -> date:
    text = line.text("effective")
    if re.fullmatch(r"20\d\d", text):
        return date(int(text), *_OCTOBER)
    if re.fullmatch(r"4\d{4}", text):
        return _SERIAL_DAYS_BEGIN + timedelta(days=int(text))
    if short := re.fullmatch(r"(\d{1,2}/\d{1,2})/(\d\d)", text):
        cells = {"effective": f"{short[1]}/20{short[2]}"}
        return Line(line.file, line.number, cells).day("effective")
    return line.day("effective")


def _day_of_procedures(line: Line) -> date:
    year, month_day = line.whole("effective"), line.required("month_day")
    found = re.fullmatch(r"(\d{1,2})\.(\d{1,2})", month_day)
    try:
        if found is None:
            raise ValueError
        return date(year, int(found[1]), int(found[2]))
    except ValueError:
        raise line.refused("month_day", f"{month_day!r} of {year} is not a day") from None


_LAYOUTS: Mapping[CodeSystem, _Layout] = {
    "icd10cm": _Layout(
        columns=("current", "effective", "previous"),
        header=("current code assignment", "effective", "previous code(s) assignment"),
        effective=_day_of_diagnoses,
        code=_CM_CODE,
    ),
    "icd10pcs": _Layout(
        columns=("current", "", "effective", "previous", "", "", "", "month_day"),
        header=(
            "current code(s) assignment",
            "code title",
            "effective year",
            "previous code(s) assignment",
            "predecessor code title",
            "change type",
            "comment",
            "effective month/day [mm.dd]",
        ),
        effective=_day_of_procedures,
        code=_PCS_CODE,
    ),
}
