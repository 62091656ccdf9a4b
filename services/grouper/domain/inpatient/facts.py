"""What is known of the hospital, fact by fact with where each came from.

Facts given with the case go before those of the provider specific file, by which claims are paid, and those before the
impact file of the final rule. Who says what a factor follows from has said the factor too: a wage index that is given
leaves the capital factor of a file out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from services.grouper.domain.estimates import UsedRelease
from services.grouper.domain.inpatient.cases import HospitalFacts, InpatientCase
from services.grouper.domain.inpatient.rates import PaidHospitals, ProviderTypes, RulesOfDay
from shared.tables import Tables
from shared.tables.ipps_providers import IMPACT, PROVIDERS, ImpactRow, ProviderRow, ccns_of, impact, provider

GIVEN = "given"
_FOLLOWS = {
    "wage_index": ("geographic_adjustment_factor",),
    "cost_of_living": ("capital_cost_of_living",),
    "disproportionate_patient_share": ("operating_dsh", "capital_dsh"),
}


@dataclass(frozen=True)
class Facts:
    """The hospital as far as it is known."""

    hospital: HospitalFacts
    origins: Mapping[str, str]
    ccn: str | None
    releases: tuple[UsedRelease, ...]
    unpaid: str | None
    """Why IPPS does not pay this hospital; None where it does, as far as is known."""
    unknown: str | None
    """Why the tables have nothing on the hospital; None where they have, or were not asked."""
    _said: dict[tuple[str, ...], str] = field(default_factory=dict, repr=False, compare=False)
    """What `origin` answered: it is asked the same for every DRG of a what-if."""

    def origin(self, *names: str) -> str:
        """For the end of an arithmetic: `wage index: ipps.impact FY2027`."""
        said = self._said.get(names)
        if said is None:
            known = [f"{name.replace('_', ' ')}: {self.origins[name]}" for name in names if name in self.origins]
            said = self._said[names] = "; ".join(known)
        return said


@dataclass(frozen=True)
class _Source:
    origin: str
    facts: Mapping[str, Any]


def facts_of(case: InpatientCase, rules: RulesOfDay, tables: Tables) -> Facts:
    """Everything that the case and the loaded tables say of the hospital on the day of discharge."""
    day = case.discharge_date
    types = rules.provider_types
    ccn, unknown = _ccn(case, tables)
    record = provider(tables, ccn, day) if ccn else None
    line = impact(tables, ccn, day) if ccn else None
    releases = []
    sources = [_Source(GIVEN, dict(case.provider) if case.provider else {})]
    for table, facts in (
        (PROVIDERS, _of_record(record, types) if record else None),
        (IMPACT, _of_line(line, types) if line else None),
    ):
        if facts is not None:
            name = tables.release(table, day).name
            releases.append(UsedRelease(table=table.name, release=name))
            sources.append(_Source(f"{table.name} {name}", facts))
    if ccn and not releases:
        unknown = f"no loaded table has the hospital {ccn} on {day}"
    known, origins = _merged(sources)
    return Facts(
        hospital=HospitalFacts.model_construct(**known),
        origins=origins,
        ccn=ccn,
        releases=tuple(releases),
        unpaid=_unpaid(ccn, rules.paid_hospitals, record),
        unknown=unknown,
    )


def _ccn(case: InpatientCase, tables: Tables) -> tuple[str | None, str | None]:
    """The certification number, and why there is none to look the hospital up by."""
    if case.ccn or not case.npi:
        return case.ccn, None
    found = ccns_of(tables, case.npi, case.discharge_date)
    if len(found) == 1:
        return found[0], None
    several = f"the NPI has several certification numbers: {', '.join(found)}"
    return None, several if found else "no loaded provider specific file has the NPI on the day"


def _unpaid(ccn: str | None, paid: PaidHospitals, record: ProviderRow | None) -> str | None:
    if record is not None and record.is_waived:
        return "the provider specific file says that another system than IPPS pays the hospital"
    if ccn and not paid.includes(ccn):
        return "by its certification number it is not an acute care hospital that IPPS pays"
    return None


def _merged(sources: list[_Source]) -> tuple[dict[str, Any], dict[str, str]]:
    known: dict[str, Any] = {}
    origins: dict[str, str] = {}
    settled: set[str] = set()
    for source in sources:
        taken = {name: value for name, value in source.facts.items() if value is not None and name not in settled}
        known |= taken
        origins |= dict.fromkeys(taken, source.origin)
        settled |= taken.keys() | {name for given in taken for name in _FOLLOWS.get(given, ())}
    return known, origins


def _of_record(row: ProviderRow, types: ProviderTypes) -> dict[str, Any]:
    shares = [share for share in (row.ssi_ratio, row.medicaid_ratio) if share is not None]
    return dict(
        wage_index=row.special_wage_index,
        cost_of_living=row.cost_of_living,
        is_urban=row.is_urban,
        is_paid_as_urban=row.is_paid_as_urban,
        beds=row.beds,
        operating_ccr=row.operating_ccr,
        capital_ccr=row.capital_ccr,
        resident_to_bed_ratio=row.resident_to_bed_ratio,
        resident_to_census_ratio=row.resident_to_census_ratio,
        disproportionate_patient_share=sum(shares, Decimal(0)) if len(shares) == 2 else None,
        uncompensated_care_per_claim=row.uncompensated_care_per_claim,
        submits_quality=row.submits_quality,
        is_ehr_user=not row.has_ehr_reduction,
        value_based_factor=row.value_based_factor,
        readmission_factor=row.readmission_factor,
        has_hac_reduction=row.has_hac_reduction,
        is_new=row.is_new,
        low_volume_factor=row.low_volume_factor,
        **dict(_of_type(row.provider_type, types)),
    )


def _of_line(row: ImpactRow, types: ProviderTypes) -> dict[str, Any]:
    return dict(
        wage_index=row.wage_index,
        cost_of_living=row.cost_of_living,
        capital_cost_of_living=row.capital_cost_of_living,
        is_urban=row.is_urban,
        is_paid_as_urban=row.is_paid_as_urban,
        beds=row.beds,
        operating_ccr=row.operating_ccr,
        capital_ccr=row.capital_ccr,
        resident_to_bed_ratio=row.resident_to_bed_ratio,
        resident_to_census_ratio=row.resident_to_census_ratio,
        disproportionate_patient_share=row.disproportionate_patient_share,
        operating_dsh=row.operating_dsh,
        capital_dsh=row.capital_dsh,
        uncompensated_care_per_claim=row.uncompensated_care_per_claim,
        submits_quality=None if row.has_quality_reduction is None else not row.has_quality_reduction,
        is_ehr_user=None if row.has_ehr_reduction is None else not row.has_ehr_reduction,
        value_based_factor=row.value_based_factor,
        readmission_factor=row.readmission_factor,
        low_volume_factor=row.low_volume_factor,
        hospital_specific_rate=row.hospital_specific_rate,
        **dict(_of_type(row.provider_type, types)),
    )


def _of_type(provider_type: str | None, types: ProviderTypes) -> Iterator[tuple[str, Any]]:
    if provider_type is None:
        return
    yield "is_rural_referral_center", provider_type in types.referral_centers
    if provider_type in types.sole_community:
        yield "dependent", "sole-community"
    elif provider_type in types.medicare_dependent:
        yield "dependent", "medicare-dependent"
