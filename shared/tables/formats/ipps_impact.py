"""Loader of the impact file of the IPPS final rule: tab-delimited text or Excel, one line a hospital.

A title names the fiscal year, the header says of each column what it is, a line follows for each hospital. CMS adds and
renames columns from year to year (those of the grouper's version carry its number), so columns are found by their
titles; those that payment cannot do without must be there. The column GAF is passed over: it is the wage index to the
power of 42 CFR 412.316(a), and in Alaska and Hawaii has the capital cost of living in it already. A dot or a blank
stands where a hospital has no value. A correction notice's file goes before that of the rule; a proposed rule's pays
nothing and is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shared.tables.documents import Document
from shared.tables.errors import RefusedFile
from shared.tables.formats.format import Asked, Format, Reading
from shared.tables.formats.published import published_once, whole_rows
from shared.tables.ipps_providers import IMPACT, ImpactRow
from shared.tables.sheets import Line, lines_under, normal
from shared.tables.spans import fiscal_year

_YEAR = re.compile(r"\bFY\s*(20\d\d)\b", re.IGNORECASE)
_WAGE_INDEX = re.compile(r"fy (20\d\d) wage index")
_CORRECTION = re.compile(r"correction", re.IGNORECASE)
_CCN_LENGTH = 6
_NO_VALUE = frozenset({"", "."})
_RURAL = "RURAL"
_REQUIRED = (
    "ccn",
    "name",
    "urgeo",
    "wage_index",
    "resident_to_bed_ratio",
    "operating_dsh",
    "operating_ccr",
    "capital_ccr",
)
_COLUMNS = {
    "provider number": "ccn",
    "name": "name",
    "urgeo": "urgeo",
    "urspa": "urspa",
    "provider type": "provider_type",
    "cost of living adjustment": "cost_of_living",
    "capital cost of living adjustment": "capital_cost_of_living",
    "resident to bed ratio": "resident_to_bed_ratio",
    "rday": "resident_to_census_ratio",
    "beds": "beds",
    "dshpct": "disproportionate_patient_share",
    "dshopp": "operating_dsh",
    "dshcpp": "capital_dsh",
    "ucp per claim amount": "uncompensated_care_per_claim",
    "operating ccr": "operating_ccr",
    "capital ccr": "capital_ccr",
    "hsp rate": "hospital_specific_rate",
    "proxy value based purchasing adjustment factor": "value_based_factor",
    "proxy readmission adjustment factor": "readmission_factor",
    "proxy quality reduction": "has_quality_reduction",
    "proxy ehr reduction": "has_ehr_reduction",
    "low volume hospital adjustment": "low_volume_factor",
}


@dataclass(frozen=True, slots=True)
class _ImpactFile:
    document: Document
    effective: date
    columns: tuple[str, ...]
    rows: list[list[str]]
    is_correction: bool


class IppsImpact(Format):
    """The impact file of one or several fiscal years."""

    name = "IPPS final rule impact file (CMS)"
    tables = (IMPACT,)

    def recognises(self, document: Document) -> bool:
        head = " ".join(document.head.lower().split())
        return "provider number" in head and "urgeo" in head and "wage index" in head and "dshpct" in head

    def read(self, documents: Sequence[Document], asked: Asked) -> Iterator[Reading[ImpactRow]]:
        by_year: dict[date, _ImpactFile] = {}
        for document in published_once(documents):
            file = _opened(document, asked)
            before = by_year.get(file.effective)
            if before is not None and before.is_correction == file.is_correction:
                raise RefusedFile(document.name, f"it is for the same year as {before.document.name}")
            if before is None or file.is_correction:
                by_year[file.effective] = file
        for file in by_year.values():
            yield Reading(IMPACT, asked.span(fiscal_year(file.effective)), _rows(file), [file.document.source])


def _is_header(row: Sequence[str]) -> bool:
    return bool(row) and normal(row[0]) == "provider number"


def _opened(document: Document, asked: Asked) -> _ImpactFile:
    rows = whole_rows(document)
    header = next((number for number, row in enumerate(rows) if _is_header(row)), None)
    if header is None:
        raise RefusedFile(document.name, "the header row is missing")
    titles = f"{document.name} {' '.join(' '.join(row) for row in rows[:header])}"
    if "proposed" in titles.lower():
        raise RefusedFile(document.name, "it is the file of a proposed rule, by which nothing is paid", line=1)
    columns = _columns(document, rows[header], header + 1)
    year = _YEAR.search(" ".join(rows[header])) or _YEAR.search(titles)
    effective = asked.effective_or(date(int(year[1]) - 1, 10, 1) if year else None, document)
    return _ImpactFile(document, effective, columns, rows, bool(_CORRECTION.search(titles)))


def _columns(document: Document, header: Sequence[str], line: int) -> tuple[str, ...]:
    titles = [normal(title) for title in header]
    while titles and not titles[-1]:
        titles.pop()
    found = tuple("wage_index" if _WAGE_INDEX.search(title) else _COLUMNS.get(title, "") for title in titles)
    for name in filter(None, found):
        if found.count(name) > 1:
            raise RefusedFile(document.name, f"two columns are the {name.replace('_', ' ')}", line=line)
    for name in _REQUIRED:
        if name not in found:
            raise RefusedFile(document.name, f"the column of the {name.replace('_', ' ')} is missing", line=line)
    return found


def _is_note(row: Sequence[str]) -> bool:
    """A text in the first cell alone, as in a last line of totals."""
    return bool(row) and bool(row[0].strip()) and not any(map(str.strip, row[1:]))


def _rows(file: _ImpactFile) -> Iterator[tuple[str, ImpactRow]]:
    seen: set[str] = set()
    lines = lines_under(file.document, iter(file.rows), file.columns, is_header=_is_header, is_end=_is_note)
    for line in lines:
        ccn = line.code("ccn").zfill(_CCN_LENGTH)
        if len(ccn) != _CCN_LENGTH:
            raise line.refused("Provider Number", f"{ccn!r} is not a CMS certification number")
        if ccn in seen:
            raise line.refused("Provider Number", f"{ccn} is there twice")
        seen.add(ccn)
        yield ccn, _row(line)


def _row(line: Line) -> ImpactRow:
    wage_index, kind = _value(line, "wage_index"), _text(line, "provider_type")
    if wage_index is None or not 0 < wage_index < 10:
        raise line.refused("Wage Index", f"{line.text('wage_index')!r} is not a wage index")
    beds, paid_as, low_volume = _value(line, "beds"), _text(line, "urspa"), _value(line, "low_volume_factor")
    return ImpactRow(
        name=line.required("name"),
        wage_index=wage_index,
        is_urban=line.required("urgeo").upper() != _RURAL,
        is_paid_as_urban=None if paid_as is None else paid_as.upper() != _RURAL,
        provider_type=None if kind is None else kind.zfill(2),
        cost_of_living=_value(line, "cost_of_living"),
        capital_cost_of_living=_value(line, "capital_cost_of_living"),
        resident_to_bed_ratio=_value(line, "resident_to_bed_ratio"),
        resident_to_census_ratio=_value(line, "resident_to_census_ratio"),
        beds=None if beds is None else int(beds),
        disproportionate_patient_share=_value(line, "disproportionate_patient_share"),
        operating_dsh=_value(line, "operating_dsh"),
        capital_dsh=_value(line, "capital_dsh"),
        uncompensated_care_per_claim=_value(line, "uncompensated_care_per_claim"),
        operating_ccr=_value(line, "operating_ccr"),
        capital_ccr=_value(line, "capital_ccr"),
        hospital_specific_rate=_value(line, "hospital_specific_rate") or None,
        value_based_factor=_value(line, "value_based_factor"),
        readmission_factor=_value(line, "readmission_factor"),
        has_quality_reduction=_flag(line, "has_quality_reduction"),
        has_ehr_reduction=_flag(line, "has_ehr_reduction"),
        low_volume_factor=None if low_volume is None else _above_one(line, low_volume),
    )


def _text(line: Line, column: str) -> str | None:
    """None where the file has no such column, or nothing in it."""
    value = line.text(column) if column in line.cells else ""
    return None if value in _NO_VALUE else value


def _value(line: Line, column: str) -> Decimal | None:
    return None if _text(line, column) is None else line.decimal(column)


def _flag(line: Line, column: str) -> bool | None:
    value = _text(line, column)
    if value not in (None, "0", "1"):
        raise line.refused(column, f"{value!r} is neither 0 nor 1")
    return None if value is None else value == "1"


def _above_one(line: Line, factor: Decimal) -> Decimal:
    """The share that is added, of a factor such as 1.25."""
    if factor < 1:
        raise line.refused("Low Volume Hospital Adjustment", f"{factor} is less than 1")
    return factor - 1
