"""Subscriber, payer and patient: loops 2000B, 2010BA, 2010BB, 2000C and 2010CA. HL is written by `interchange`."""

from __future__ import annotations

from operator import itemgetter

from services.submission.domain.x12.elements import (
    Fields,
    Segments,
    contact,
    day,
    entity,
    person,
    place,
    quantity,
    reference,
    secondary_ids,
    yes,
)
from shared.claims import (
    Coverage,
    InstitutionalClaim,
    Patient,
    Payer,
    ProfessionalClaim,
    Sex,
    Subscriber,
)
from shared.claims.base import Date
from shared.x12 import form, segment

_sbr = form("SBR*{}*{}*{}*{}*{}****{}~")
_dmg = form("DMG*D8*{}*{}~")
_coverage_fields: Fields = itemgetter("sequence", "group_number", "group_name", "insurance_type", "filing_indicator")
_subscriber_fields: Fields = itemgetter(
    "address", "birth_date", "sex", "ssn", "property_casualty_claim_number", "contact"
)
_payer_fields: Fields = itemgetter("name", "payer_id_kind", "payer_id", "address", "secondary_ids")
_PATIENT_FACTS = frozenset({"death_date", "weight_pounds", "pregnant"})
_RELATIONSHIPS = frozenset({"01", "18", "19", "20", "21", "39", "40", "53", "G8"})


def relationship_code(relationship: str) -> str:
    """SBR02 and PAT01 of the 5010 guides know nine relationships; every other one is G8, other."""
    return relationship if relationship in _RELATIONSHIPS else "G8"


def subscriber_level(claim: ProfessionalClaim | InstitutionalClaim, coverage: Coverage) -> Segments:
    """2000B without its HL; `coverage` is the one that is billed."""
    patient, of_patient = claim.patient, coverage.patient_is_subscriber
    is_professional = claim.kind == "professional"
    header = subscriber_segment(coverage, "18" if of_patient else "", is_professional=is_professional)
    facts = _patient_facts("", patient) if is_professional and of_patient else ""
    subscriber = _subscriber(coverage.subscriber, patient if of_patient else None, with_contact=is_professional)
    return header + facts + subscriber + _payer(coverage.payer, claim)


def subscriber_segment(coverage: Coverage, relationship: str, *, is_professional: bool) -> str:
    """SBR of 2000B and 2320."""
    sequence, number, name, insurance, filing_indicator = _coverage_fields(coverage.__dict__)
    name = "" if number else name or ""
    kind = (insurance or "") if is_professional else ""
    if filing_indicator:
        return _sbr(sequence, relationship, number or "", name, kind, filing_indicator)
    return segment("SBR", sequence, relationship, number or "", name, kind)


def _patient_facts(relationship: str, patient: Patient) -> Segments:
    """PAT. In the 837P it also tells of death, a newborn's weight and pregnancy."""
    if not relationship and patient.model_fields_set.isdisjoint(_PATIENT_FACTS):
        return ""
    death = ("D8", day(patient.death_date)) if patient.death_date else ("", "")
    weight = ("01", quantity(patient.weight_pounds)) if patient.weight_pounds is not None else ("", "")
    facts = (*death, *weight, yes(patient.pregnant))
    return segment("PAT", relationship, "", "", "", *facts) if relationship or any(facts) else ""


def _subscriber(who: Subscriber, patient: Patient | None, *, with_contact: bool) -> Segments:
    """2010BA. Address, demographics and accident claim only where the subscriber is the `patient` (situational)."""
    named = subscriber_name(who)
    address, birth_date, sex, ssn, accident_claim, who_to_ask = _subscriber_fields(who.__dict__)
    if patient is not None:
        named += place(address or patient.address)
        named += _demographics(birth_date or patient.birth_date, sex or patient.sex)
    if ssn:
        named += reference("SY", ssn)
    if patient is not None and accident_claim:
        named += reference("Y4", accident_claim)
    has_contact = with_contact and who_to_ask is not None and who_to_ask.telephone
    return named + contact(who_to_ask, kinds="TE EX") if has_contact else named


def subscriber_name(who: Subscriber) -> str:
    """NM1*IL of 2010BA and 2330A."""
    if (name := who.person) is not None:
        return person("IL", name, "MI", who.member_id)
    return entity("IL", who.organization or "", "MI", who.member_id)


def _demographics(birth_date: Date | None, sex: Sex | None) -> Segments:
    return _dmg(day(birth_date), sex or "U") if birth_date is not None else ""


def _payer(payer: Payer, claim: ProfessionalClaim | InstitutionalClaim) -> Segments:
    """2010BB, with the numbers under which this payer knows the billing provider."""
    name, kind, identifier, address, ids = _payer_fields(payer.__dict__)
    named = entity("PR", name, kind, identifier)
    if address is not None:
        named += place(address)
    if ids:
        named += secondary_ids(ids, "2U EI FY NF", 3)
    if billing_ids := claim.billing.secondary_ids:
        named += secondary_ids(billing_ids, "G2 LU", 2 if claim.kind == "professional" else 1)
    return named


def patient_level(claim: ProfessionalClaim | InstitutionalClaim, coverage: Coverage) -> Segments:
    """2000C and 2010CA without their HL, of a patient who is not the subscriber."""
    patient = claim.patient
    relationship = relationship_code(coverage.relationship)
    is_professional = claim.kind == "professional"
    return "".join(
        (
            _patient_facts(relationship, patient) if is_professional else segment("PAT", relationship),
            person("QC", patient.name),
            place(patient.address),
            _demographics(patient.birth_date, patient.sex),
            reference("Y4", coverage.subscriber.property_casualty_claim_number),
        )
    )
