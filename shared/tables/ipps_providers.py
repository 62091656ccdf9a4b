"""The hospitals that IPPS pays: CMS's impact file of a fiscal year, and the provider specific file of the contractors.

The impact file comes with the final rule and has each hospital's wage index; its factors of quality programs are
proxies. The provider specific file is what claims are paid by: records with a day of effect each, a new one whenever
a contractor changes something; it has ratios and factors, and a wage index only where CMS gave a special one.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from shared.tables.history import DatedRow, in_force
from shared.tables.table import Table, TableRow
from shared.tables.tables import Tables

_PUBLIC = "work of the United States government, public domain"


class ImpactRow(TableRow, frozen=True, kw_only=True):
    """A hospital in the impact file. None where the file says nothing (a blank or a dot)."""

    name: str
    wage_index: Decimal
    is_urban: bool
    """By where it lies (URGEO), which counts for capital DSH."""
    is_paid_as_urban: bool | None
    """After reclassification (URSPA), which counts for operating DSH."""
    provider_type: str | None
    """Two digits, as in the provider specific file: 00, 07, 14-17, 21, 22."""
    cost_of_living: Decimal | None
    capital_cost_of_living: Decimal | None
    resident_to_bed_ratio: Decimal | None
    resident_to_census_ratio: Decimal | None
    beds: int | None
    disproportionate_patient_share: Decimal | None
    operating_dsh: Decimal | None
    """As paid: a quarter of the adjustment (DSHOPP)."""
    capital_dsh: Decimal | None
    uncompensated_care_per_claim: Decimal | None
    operating_ccr: Decimal | None
    capital_ccr: Decimal | None
    hospital_specific_rate: Decimal | None
    """Updated to the fiscal year."""
    value_based_factor: Decimal | None
    """A proxy: the actual factors are published later."""
    readmission_factor: Decimal | None
    """A proxy too."""
    has_quality_reduction: bool | None
    has_ehr_reduction: bool | None
    low_volume_factor: Decimal | None
    """The share that is added: 0.25 where the file has 1.25."""


class ProviderRow(DatedRow, frozen=True, kw_only=True):
    """A record of the provider specific file. None where a field is empty."""

    provider_type: str
    is_waived: bool
    """A hospital of a state that another system pays."""
    is_urban: bool | None
    """By the area where it lies."""
    is_paid_as_urban: bool | None
    """By the area of its standardized amount."""
    special_wage_index: Decimal | None
    """Where CMS gave one; else the wage index is that of an area, which the record only names."""
    cost_of_living: Decimal | None
    resident_to_bed_ratio: Decimal | None
    resident_to_census_ratio: Decimal | None
    beds: int | None
    ssi_ratio: Decimal | None
    medicaid_ratio: Decimal | None
    operating_ccr: Decimal | None
    capital_ccr: Decimal | None
    value_based_factor: Decimal | None
    readmission_factor: Decimal | None
    has_hac_reduction: bool
    is_new: bool
    """Its capital costs are paid as such, not by the federal rate."""
    submits_quality: bool
    has_ehr_reduction: bool
    uncompensated_care_per_claim: Decimal | None
    low_volume_factor: Decimal | None
    """The share that is added: 0.25."""


class NpiRow(TableRow, frozen=True):
    ccn: str


IMPACT = Table(
    "ipps.impact",
    "Hospitals in the impact file of the IPPS final rule",
    ImpactRow,
    key="CMS certification number, six characters",
    authority="CMS",
    licence=_PUBLIC,
    coded=False,
)
PROVIDERS = Table(
    "ipps.providers",
    "Hospitals in the inpatient provider specific file",
    ProviderRow,
    key="CMS certification number, six characters",
    authority="CMS",
    licence=_PUBLIC,
    coded=False,
)
PROVIDER_NPIS = Table(
    "ipps.provider_npis",
    "Hospitals in the inpatient provider specific file by NPI",
    NpiRow,
    key="NPI, ten digits",
    authority="CMS",
    licence=_PUBLIC,
    coded=False,
)
TABLES = (IMPACT, PROVIDERS, PROVIDER_NPIS)


def impact(tables: Tables, ccn: str, day: date) -> ImpactRow | None:
    """The hospital in the impact file of the day's fiscal year; None where none is loaded or it is not in it."""
    if not tables.carries(IMPACT, day):
        return None
    return next(iter(tables.on(IMPACT, day).store.rows(ccn)), None)


def provider(tables: Tables, ccn: str, day: date) -> ProviderRow | None:
    """The record in force on the day; None where no file is loaded for it or the hospital has no record then."""
    if not tables.carries(PROVIDERS, day):
        return None
    return in_force(tables.on(PROVIDERS, day).store.rows(ccn), day)


def ccns_of(tables: Tables, npi: str, day: date) -> tuple[str, ...]:
    """The certification numbers that the provider specific file has for an NPI: none, one, or several."""
    if not tables.carries(PROVIDER_NPIS, day):
        return ()
    return tuple(row.ccn for row in tables.on(PROVIDER_NPIS, day).store.rows(npi))
