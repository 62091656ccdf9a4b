"""Loader of the inpatient provider specific file as CMS's provider data service exports it: CSV with a header.

Each line is a record of a provider with its day of effect (Pub 100-04 ch. 3, Addendum A, names the fields); all
providers of inpatient systems are in it, of which acute care hospitals are kept, by their certification numbers. Days
are written YYYYMMDD; 0 and 19000101 are none. Of two records of a hospital with one day the later line counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import msgspec

from shared.tables.documents import Document
from shared.tables.errors import RefusedFile
from shared.tables.formats.format import Asked, Format, Reading
from shared.tables.formats.published import refuse_cut_off
from shared.tables.ipps_providers import PROVIDER_NPIS, PROVIDERS, NpiRow, ProviderRow
from shared.tables.sheets import Line, lines_under, rows_of
from shared.tables.spans import Span, fiscal_year

_LETTERS = re.compile(r"[^a-z0-9]")
_NO_DAYS = frozenset({"", "0", "00000000", "19000101", "99991231"})
_ACUTE_FIRST, _ACUTE_LAST = "0001", "0879"
"""The last four characters of the numbers of acute care hospitals: State Operations Manual ch. 2 §2779A1."""
_SPECIAL_WAGE_INDEX = frozenset({"1", "2"})
_MOST_LOW_VOLUME = Decimal("0.25")
_ONE, _NONE = Decimal(1), Decimal(0)
_COLUMNS = {
    name.lower(): name
    for name in (
        "providerCcn",
        "effectiveDate",
        "terminationDate",
        "waiverIndicator",
        "providerType",
        "temporaryReliefIndicator",
        "costOfLivingAdjustment",
        "internsToBedsRatio",
        "bedSize",
        "operatingCostToChargeRatio",
        "supplementalSecurityIncomeRatio",
        "medicaidRatio",
        "specialPaymentIndicator",
        "hospitalQualityIndicator",
        "cbsaActualGeographicLocation",
        "cbsaStandardizedAmountLocation",
        "specialWageIndex",
        "capitalCostToChargeRatio",
        "newHospital",
        "capitalIndirectMedicalEducationRatio",
        "vbpParticipantIndicator",
        "vbpAdjustment",
        "hrrParticipantIndicator",
        "hrrAdjustment",
        "hacReductionParticipantIndicator",
        "uncompensatedCareAmount",
        "ehrReductionIndicator",
        "lowVolumeAdjustmentFactor",
        "nationalProviderIdentifier",
    )
}


@dataclass(frozen=True, slots=True)
class _Record:
    ccn: str
    npi: str
    row: ProviderRow


class InpatientProviders(Format):
    """The export of the inpatient provider specific file."""

    name = "Inpatient provider specific file, CSV export (CMS)"
    tables = (PROVIDERS, PROVIDER_NPIS)

    def recognises(self, document: Document) -> bool:
        head = _LETTERS.sub("", document.head[:8192].lower())
        return head.startswith("providerccn") and "internstobedsratio" in head and "capitalcosttochargeratio" in head

    def read(self, documents: Sequence[Document], asked: Asked) -> Iterator[Reading[ProviderRow] | Reading[NpiRow]]:
        for document in documents:
            records = list(_records(document))
            if not records:
                raise RefusedFile(document.name, "no acute care hospital is in it")
            days = [record.row.first for record in records]
            effective = asked.effective or max(days)
            span = asked.span(Span(f"PSF-{effective}", effective, fiscal_year(effective).last))
            sources = [document.source]
            yield Reading(PROVIDERS, span, _histories(records), sources, history_from=min(days))
            yield Reading(PROVIDER_NPIS, span, _npis(records), sources, history_from=min(days))


def _is_header(row: Sequence[str]) -> bool:
    return bool(row) and _LETTERS.sub("", row[0].lower()) == "providerccn"


def _records(document: Document) -> Iterator[_Record]:
    refuse_cut_off(document)
    rows = list(rows_of(document))
    header = next((row for row in rows if _is_header(row)), [])
    columns = [_COLUMNS.get(_LETTERS.sub("", title.lower()), "") for title in header]
    for name in _COLUMNS.values():
        if name not in columns:
            raise RefusedFile(document.name, "the column is missing", line=1, column=name)
    for line in lines_under(document, iter(rows), columns, is_header=_is_header):
        ccn = line.code("providerCcn").zfill(6)
        if len(ccn) == 6 and _ACUTE_FIRST <= ccn[2:] <= _ACUTE_LAST:
            yield _Record(ccn, line.text("nationalProviderIdentifier"), _row(line))


def _row(line: Line) -> ProviderRow:
    ends = _day(line, "terminationDate")
    special = line.text("specialPaymentIndicator") in _SPECIAL_WAGE_INDEX
    geographic = _is_urban(line, "cbsaActualGeographicLocation")
    paid_as = _is_urban(line, "cbsaStandardizedAmountLocation")
    return ProviderRow(
        first=line.day("effectiveDate"),
        last=None if ends is None else ends - timedelta(days=1),
        provider_type=line.required("providerType").zfill(2),
        is_waived=line.text("waiverIndicator").upper() == "Y",
        is_urban=geographic,
        is_paid_as_urban=geographic if paid_as is None else paid_as,
        special_wage_index=(_value(line, "specialWageIndex") or None) if special else None,
        cost_of_living=_value(line, "costOfLivingAdjustment") or None,
        resident_to_bed_ratio=_value(line, "internsToBedsRatio"),
        resident_to_census_ratio=_value(line, "capitalIndirectMedicalEducationRatio"),
        beds=None if not line.text("bedSize") else int(line.decimal("bedSize")),
        ssi_ratio=_value(line, "supplementalSecurityIncomeRatio"),
        medicaid_ratio=_value(line, "medicaidRatio"),
        operating_ccr=_value(line, "operatingCostToChargeRatio"),
        capital_ccr=_value(line, "capitalCostToChargeRatio"),
        value_based_factor=_factor(line, "vbpParticipantIndicator", ("Y", "N"), "vbpAdjustment"),
        readmission_factor=_factor(line, "hrrParticipantIndicator", ("1", "0"), "hrrAdjustment"),
        has_hac_reduction=line.text("hacReductionParticipantIndicator").upper() == "Y",
        is_new=line.text("newHospital").upper() == "Y",
        submits_quality=line.text("hospitalQualityIndicator") == "1",
        has_ehr_reduction=line.text("ehrReductionIndicator").upper() == "Y",
        uncompensated_care_per_claim=_value(line, "uncompensatedCareAmount"),
        low_volume_factor=_low_volume(line),
    )


def _value(line: Line, column: str) -> Decimal | None:
    return line.decimal(column) if line.text(column) else None


def _day(line: Line, column: str) -> date | None:
    value = line.text(column)
    with suppress(ValueError):
        return None if value in _NO_DAYS else datetime.strptime(value, "%Y%m%d").date()  # noqa: DTZ007  # no zone
    return line.day(column)


def _is_urban(line: Line, column: str) -> bool | None:
    """A core based statistical area has five digits, the rural part of a state the two of the state."""
    area = line.text(column)
    return len(area) == 5 if len(area) in (2, 5) else None


def _factor(line: Line, indicator: str, words: tuple[str, str], column: str) -> Decimal | None:
    """The factor of who takes part in a program, 1 for who does not, None where the record does not say."""
    takes_part, stays_out = words
    said = line.text(indicator).upper()
    if said == stays_out:
        return _ONE
    return (_value(line, column) or None) if said == takes_part else None


def _low_volume(line: Line) -> Decimal | None:
    """CMS's Pricer adds it where the indicator is Y and the factor at most 0.25."""
    factor = _value(line, "lowVolumeAdjustmentFactor") or _NONE
    pays = line.text("temporaryReliefIndicator").upper() == "Y" and _NONE < factor <= _MOST_LOW_VOLUME
    return factor if pays else _NONE


def _histories(records: Sequence[_Record]) -> Iterator[tuple[str, ProviderRow]]:
    """Each hospital's records, newest first, each up to the day before the next."""
    by_hospital: dict[str, dict[date, ProviderRow]] = {}
    for record in records:
        by_hospital.setdefault(record.ccn, {})[record.row.first] = record.row
    for ccn, by_day in by_hospital.items():
        next_begins: date | None = None
        for first in sorted(by_day, reverse=True):
            row = by_day[first]
            ends = [day for day in (row.last, next_begins and next_begins - timedelta(days=1)) if day is not None]
            next_begins = first
            last = min(ends, default=None)
            if last is None or last >= first:
                yield ccn, msgspec.structs.replace(row, last=last)


def _npis(records: Sequence[_Record]) -> Iterator[tuple[str, NpiRow]]:
    for npi, ccn in sorted({(record.npi, record.ccn) for record in records if record.npi.strip("0")}):
        yield npi, NpiRow(ccn)
