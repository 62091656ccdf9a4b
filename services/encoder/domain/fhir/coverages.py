"""Coverage: who pays, in which turn."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from services.encoder.domain.facilities import FacilityProfile, PayerAlias
from services.encoder.domain.fhir import elements
from services.encoder.domain.fhir.bundle import Bundle, Placed
from services.encoder.domain.fhir.issues import Notes
from services.encoder.domain.fhir.people import Members
from services.encoder.parameters import parameter

_SEQUENCES = "PSTABCDEFGH"
_PAYMENT_SOURCES = ("https://nahdo.org/sopt", "urn:oid:2.16.840.1.113883.3.221.5")


def coverages(
    patient: Placed, day: date, bundle: Bundle, profile: FacilityProfile | None, notes: Notes, *, professional: bool
) -> list[Members]:
    """The patient's coverages in force on `day`, in their order; self-pay makes none."""
    active = [
        placed for placed in bundle.referring("Coverage", "beneficiary", patient)
        if placed.resource.status == "active" and _in_force(placed.resource.period, day)
    ]  # fmt: skip
    ordered = sorted(active, key=lambda placed: placed.resource.order or len(_SEQUENCES))
    read = [_coverage(placed, patient, day, bundle, profile, notes, professional=professional) for placed in ordered]
    payers = [coverage for coverage in read if coverage is not None]
    for placed in ordered[len(_SEQUENCES) :]:
        notes.warning("coverage_beyond_eleven", placed.path, "a claim tells of at most eleven payers")
    return [{**coverage, "sequence": turn} for turn, coverage in zip(_SEQUENCES, payers, strict=False)]


def _in_force(period: Any, day: date) -> bool:
    if period is None:
        return True
    start, end = _day(period.start), _day(period.end)
    return (start is None or start <= day) and (end is None or day <= end)


def _day(value: Any) -> date | None:
    return value.date() if isinstance(value, datetime) else elements.full_date(value)


def _coverage(
    placed: Placed,
    patient: Placed,
    day: date,
    bundle: Bundle,
    profile: FacilityProfile | None,
    notes: Notes,
    *,
    professional: bool,
) -> Members | None:
    resource = placed.resource
    payer, alias = _payer(placed, bundle, profile, notes)
    indicator = (alias.filing_indicator if alias else None) or _filing_indicator(resource.type, day, professional)
    if payer is None or indicator == "SELF_PAY":
        notes.information("self_pay", placed.path, "the patient pays: no coverage is made of this")
        return None
    group = next(
        (c for c in resource.class_fhir or () if any(x.code == "group" for x in elements.codings(c.type))), None
    )
    relationship = _relationship(placed, day, notes)
    subscriber = _subscriber(placed, patient, relationship, bundle, notes)
    if subscriber is None:
        return None
    return {
        "payer": payer,
        "filing_indicator": indicator,
        "relationship": relationship,
        "subscriber": subscriber,
        "group_number": group.value if group else None,
        "group_name": group.name if group else None,
    }


def _payer(
    placed: Placed, bundle: Bundle, profile: FacilityProfile | None, notes: Notes
) -> tuple[Any, PayerAlias | None]:
    """The payer and the profile's word on it; no payer where the patient or another person pays."""
    reference = placed.resource.payor[0]
    found = bundle.resolve(reference, within=placed)
    names = elements.names_of(found.resource) if found else [(reference.reference or "").rpartition("/")[2]]
    for alias in profile.payers if profile else ():
        if alias.received in names:
            return alias.payer, alias
    if found is None and not reference.display:
        notes.error("reference_not_found", placed.at("payor", 0), "the Bundle does not hold the payer")
        return None, None
    if found is not None and found.resource.get_resource_type() != "Organization":
        return None, None
    identifiers = (found.resource.identifier or []) if found else []
    return {
        "name": found.resource.name if found else reference.display,
        "payer_id": next((i.value for i in identifiers if i.value), None),
        "address": elements.address(found.resource.address) if found else None,
    }, None


def _filing_indicator(concept: Any, day: date, professional: bool) -> str | None:
    code = elements.code_in(concept, _PAYMENT_SOURCES) or ""
    known = parameter("fhir_payment_sources").on(day)
    found = next((known[code[:n]] for n in range(len(code), 0, -1) if code[:n] in known), None)
    if found == "MEDICARE":
        return "MB" if professional else "MA"
    return found


def _relationship(placed: Placed, day: date, notes: Notes) -> str:
    known = parameter("fhir_relationships").on(day)
    code = next((coding.code for coding in elements.codings(placed.resource.relationship)), "self")
    if code not in known:
        notes.warning("relationship_unknown", placed.at("relationship"), "unknown relationship: taken as other")
    return str(known.get(code, known["other"]))


def _subscriber(placed: Placed, patient: Placed, relationship: str, bundle: Bundle, notes: Notes) -> Members | None:
    resource = placed.resource
    holder = bundle.resolve(resource.subscriber or resource.policyHolder, within=placed)
    if relationship == "18" and holder is None:
        holder = patient
    if holder is None:
        place = placed.at("subscriber")
        notes.error("reference_not_found", place, "the Bundle does not hold the subscriber, who is not the patient")
        return None
    member_id = resource.subscriberId or next((i.value for i in resource.identifier or () if i.value), None)
    if holder.resource.get_resource_type() == "Organization":
        return {"organization": holder.resource.name, "member_id": member_id}
    return {
        "person": elements.person_name(holder.resource.name),
        "member_id": member_id,
        "birth_date": elements.full_date(holder.resource.birthDate),
        "sex": elements.sex(holder.resource.gender),
        "address": elements.address(holder.resource.address),
    }
