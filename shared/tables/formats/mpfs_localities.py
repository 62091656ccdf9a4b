"""Loaders of the files by locality that come with the relative value file: GPCI, ANES and LOCCO, as CSV or Excel.

- `GPCI2026.csv`, Addendum E of the final rule: a title, a header whose columns name their year, a line a locality, then
  notes. January 2026 has the work index twice, without and with the floor of 1.0; other files have the floored alone.
- `ANES2026.csv`: one header, whose last columns name the national factor ("National Anes CF of 20.3178").
- `26LOCCO.csv`, laid out for readers: the state stands at its first locality only, blank lines part the states.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.tables.documents import Document
from shared.tables.errors import RefusedFile
from shared.tables.formats.format import Asked, Format, Reading
from shared.tables.formats.published import published_once, refuse_lines_after_notes, whole_rows
from shared.tables.mpfs import ANESTHESIA, GPCI, LOCALITIES, AnesthesiaRow, GpciRow, LocalityRow
from shared.tables.sheets import Line, lines_under, normal
from shared.tables.spans import calendar_year
from shared.tables.table import Row, Table

_YEAR = re.compile(r"\b(20\d\d)\b")
_NAMED_YEAR = re.compile(r"(?:GPCI|ANES)(?:20)?(\d\d)|(?<!\d)(\d\d)LOCCO", re.IGNORECASE)

Columns = Callable[[str], str]
"""Our name for a column by its title without differences of case and blanks; empty where it is none of the file's."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One file with its header found: our names of its columns in their order, and the year that it is for."""

    document: Document
    effective: date
    columns: tuple[str, ...]
    rows: list[list[str]]
    is_header: Callable[[Sequence[str]], bool]

    def lines(self) -> Iterator[Line]:
        """The lines under the header, up to the notes, which fill the first cell alone."""
        return lines_under(self.document, iter(self.rows), self.columns, is_header=self.is_header, is_end=_is_note)


def _is_note(row: Sequence[str]) -> bool:
    return bool(row) and bool(row[0].strip()) and not row[0].strip().isdigit() and not any(map(str.strip, row[1:]))


def _is_line(row: Sequence[str]) -> bool:
    return bool(row) and row[0].strip().isdigit()


def _opened(document: Document, asked: Asked, column: Columns, wanted: Sequence[str]) -> _Sheet:
    """Raises RefusedFile where a column is missing, is there twice, or is not one of such a file."""
    rows = whole_rows(document)

    def is_header(row: Sequence[str]) -> bool:
        return bool(row) and column(normal(row[0])) == "contractor"

    header = next((number for number, row in enumerate(rows) if is_header(row)), None)
    if header is None:
        raise RefusedFile(document.name, "the header row is missing")
    columns = []
    for title in map(normal, rows[header]):
        name = column(title)
        if title and (not name or name in columns):
            raise RefusedFile(document.name, f"{title!r} is not a column of it", line=header + 1, column=title)
        columns.append(name)
    for name in wanted:
        if name not in columns:
            raise RefusedFile(document.name, f"the column with the {name} is missing", line=header + 1)
    refuse_lines_after_notes(document, rows, header + 1, _is_note, _is_line)
    effective = asked.effective_or(_year(document, rows[: header + 1]), document)
    return _Sheet(document, effective, tuple(columns), rows, is_header)


def _year(document: Document, rows: Iterable[Sequence[str]]) -> date | None:
    """1 January of the year in the titles, or else in the name of the file."""
    found = _YEAR.search(" ".join(" ".join(row) for row in rows))
    named = _NAMED_YEAR.search(document.name)
    year = int(found[1]) if found else 2000 + int(named[1] or named[2]) if named else None
    return date(year, 1, 1) if year else None


def _readings(
    table: Table[Row],
    documents: Sequence[Document],
    asked: Asked,
    opened: Callable[[Document, Asked], _Sheet],
    rows: Callable[[_Sheet], Iterator[tuple[str, Row]]],
) -> Iterator[Reading[Row]]:
    by_day: dict[date, str] = {}
    for document in published_once(documents):
        sheet = opened(document, asked)
        if sheet.effective in by_day:
            raise RefusedFile(document.name, f"it is for the same year as {by_day[sheet.effective]}")
        by_day[sheet.effective] = document.name
        yield Reading(table, asked.span(calendar_year(sheet.effective)), rows(sheet), [document.source])


def _locality(line: Line) -> str:
    """Contractor and locality, seven digits; spreadsheets lose zeros at the front."""
    contractor, number = line.whole("contractor"), line.whole("locality")
    if contractor > 99_999 or number > 99:
        raise line.refused("locality", f"{contractor} {number} is not a contractor and a locality")
    return f"{contractor:05}{number:02}"


def _once(sheet: _Sheet, row: Callable[[Line], Row]) -> Iterator[tuple[str, Row]]:
    seen: set[str] = set()
    for line in sheet.lines():
        key = _locality(line)
        if key in seen:
            raise line.refused("locality", f"{key} is there twice")
        seen.add(key)
        yield key, row(line)


def _name(line: Line) -> str:
    return line.required("name").rstrip("*").strip()


class GeographicIndices(Format):
    """GPCI, the geographic practice cost indices."""

    name = "Geographic practice cost indices (CMS GPCI, Addendum E)"
    tables = (GPCI,)

    def recognises(self, document: Document) -> bool:
        head = document.head.lower()
        return "locality number" in head and "pw gpci" in head and "pe gpci" in head

    def read(self, documents: Sequence[Document], asked: Asked) -> Iterator[Reading[Any]]:
        return _readings(GPCI, documents, asked, _opened_indices, lambda sheet: _once(sheet, _indices))


def _opened_indices(document: Document, asked: Asked) -> _Sheet:
    wanted = ("contractor", "state", "locality", "name", "work", "practice_expense", "malpractice")
    return _opened(document, asked, _index_column, wanted)


def _index_column(title: str) -> str:
    if "pw gpci" in title:
        return "work_without_floor" if "without" in title else "work"
    for words, name in (
        ("administrative contractor", "contractor"),
        ("locality number", "locality"),
        ("locality name", "name"),
        ("pe gpci", "practice_expense"),
        ("mp gpci", "malpractice"),
    ):
        if words in title:
            return name
    return "state" if title == "state" else ""


def _indices(line: Line) -> GpciRow:
    return GpciRow(
        state=line.required("state").upper(),
        name=_name(line),
        work=line.decimal("work"),
        practice_expense=line.decimal("practice_expense"),
        malpractice=line.decimal("malpractice"),
        work_without_floor=line.decimal("work_without_floor") if "work_without_floor" in line.cells else None,
    )


class AnesthesiaFactors(Format):
    """ANES, the anaesthesia conversion factors by locality."""

    name = "Anaesthesia conversion factors (CMS ANES)"
    tables = (ANESTHESIA,)

    def recognises(self, document: Document) -> bool:
        head = document.head.lower()
        return "contractor" in head and "locality name" in head and "anes cf" in head

    def read(self, documents: Sequence[Document], asked: Asked) -> Iterator[Reading[Any]]:
        return _readings(ANESTHESIA, documents, asked, _opened_factors, lambda sheet: _once(sheet, _factors))


def _opened_factors(document: Document, asked: Asked) -> _Sheet:
    return _opened(document, asked, _factor_column, ("contractor", "locality", "name", "conversion_factor"))


def _factor_column(title: str) -> str:
    if "anes" in title:
        is_apm = "qualifying" in title.replace("non-", "non").replace("nonqualifying", "")
        return "apm_conversion_factor" if is_apm else "conversion_factor"
    return {"contractor": "contractor", "locality": "locality", "locality name": "name"}.get(title, "")


def _factors(line: Line) -> AnesthesiaRow:
    apm = line.decimal("apm_conversion_factor") if "apm_conversion_factor" in line.cells else None
    return AnesthesiaRow(_name(line), line.decimal("conversion_factor"), apm)


class LocalityCounties(Format):
    """LOCCO, the counties of each locality."""

    name = "Counties of the fee schedule's localities (CMS LOCCO)"
    tables = (LOCALITIES,)

    def recognises(self, document: Document) -> bool:
        head = document.head.lower()
        return "locality number" in head and "fee schedule area" in head and "counties" in head

    def read(self, documents: Sequence[Document], asked: Asked) -> Iterator[Reading[Any]]:
        return _readings(LOCALITIES, documents, asked, _opened_counties, _counties)


def _opened_counties(document: Document, asked: Asked) -> _Sheet:
    return _opened(document, asked, _county_column, ("contractor", "locality", "state", "area", "counties"))


def _county_column(title: str) -> str:
    names = {"locality number": "locality", "state": "state", "fee schedule area": "area", "counties": "counties"}
    # CMS writes "Medicare Adminstrative Contractor" here.
    return "contractor" if title.startswith("medicare admin") else names.get(title, "")


def _counties(sheet: _Sheet) -> Iterator[tuple[str, LocalityRow]]:
    """A locality that two contractors serve stands twice, alike; it is kept once."""
    seen: set[tuple[str, LocalityRow]] = set()
    state = ""
    for line in sheet.lines():
        state = line.text("state").upper() or state
        if not state:
            raise line.refused("state", "is empty, and no line before it names one")
        entry = _locality(line), LocalityRow(state, line.required("area"), line.required("counties"))
        if entry not in seen:
            seen.add(entry)
            yield entry
