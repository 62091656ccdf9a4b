"""Subscriber, payer and patient: loops 2000B, 2010BA, 2010BB, 2000C and 2010CA. HL is written by `interchange`."""

from __future__ import annotations

from services.submission.domain.x12.elements import (
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

_SUBSCRIBER = form("SBR*%s*%s*%s*%s*%s****%s~")
_DEMOGRAPHICS = form("DMG*D8*%s*%s~")
_PATIENT_FACTS = frozenset({"death_date", "weight_pounds", "pregnant"})
_RELATIONSHIPS = frozenset({"01", "18", "19", "20", "21", "39", "40", "53", "G8"})


def relationship_code(relationship: str) -> str:
    """SBR02 and PAT01 of the 5010 guides know nine relationships; every other one is G8, other."""
    return relationship if relationship in _RELATIONSHIPS else "G8"


def subscriber_level(claim: ProfessionalClaim | InstitutionalClaim) -> Segments:
    """2000B without its HL."""
    coverage = claim.billed_coverage
    is_professional = claim.kind == "professional"
    header = subscriber_segment(
        coverage, "18" if coverage.patient_is_subscriber else "", is_professional=is_professional
    )
    facts = _patient_facts("", claim.patient) if is_professional and coverage.patient_is_subscriber else ""
    subscriber = _subscriber(coverage, claim.patient, with_contact=is_professional)
    return header + facts + subscriber + _payer(coverage.payer, claim)


def subscriber_segment(coverage: Coverage, relationship: str, *, is_professional: bool) -> str:
    """SBR of 2000B and 2320."""
    number = coverage.group_number or ""
    name = "" if number else coverage.group_name or ""
    kind = (coverage.insurance_type or "") if is_professional else ""
    if coverage.filing_indicator:
        return _SUBSCRIBER % (coverage.sequence, relationship, number, name, kind, coverage.filing_indicator)
    return segment("SBR", coverage.sequence, relationship, number, name, kind)


def _patient_facts(relationship: str, patient: Patient) -> Segments:
    """PAT. In the 837P it also tells of death, a newborn's weight and pregnancy."""
    if not relationship and patient.model_fields_set.isdisjoint(_PATIENT_FACTS):
        return ""
    death = ("D8", day(patient.death_date)) if patient.death_date else ("", "")
    weight = ("01", quantity(patient.weight_pounds)) if patient.weight_pounds is not None else ("", "")
    facts = (*death, *weight, yes(patient.pregnant))
    return segment("PAT", relationship, "", "", "", *facts) if relationship or any(facts) else ""


def _subscriber(coverage: Coverage, patient: Patient, *, with_contact: bool) -> Segments:
    """2010BA. Address, demographics and accident claim only where the subscriber is the patient (situational rules)."""
    who = coverage.subscriber
    of_patient = coverage.patient_is_subscriber
    named = subscriber_name(who)
    if of_patient:
        named += place(who.address or patient.address)
        named += _demographics(who.birth_date or patient.birth_date, who.sex or patient.sex)
    named += reference("SY", who.ssn)
    if of_patient:
        named += reference("Y4", who.property_casualty_claim_number)
    has_contact = with_contact and who.contact is not None and who.contact.telephone
    return named + contact(who.contact, kinds="TE EX") if has_contact else named


def subscriber_name(who: Subscriber) -> str:
    """NM1*IL of 2010BA and 2330A."""
    if who.person is not None:
        return person("IL", who.person, "MI", who.member_id)
    return entity("IL", who.organization or "", "MI", who.member_id)


def _demographics(birth_date: Date | None, sex: Sex | None) -> Segments:
    return _DEMOGRAPHICS % (day(birth_date), sex or "U") if birth_date is not None else ""


def _payer(payer: Payer, claim: ProfessionalClaim | InstitutionalClaim) -> Segments:
    """2010BB, with the numbers under which this payer knows the billing provider."""
    named = entity("PR", payer.name, payer.payer_id_kind, payer.payer_id) + place(payer.address)
    if payer.secondary_ids:
        named += secondary_ids(payer.secondary_ids, "2U EI FY NF", 3)
    if claim.billing.secondary_ids:
        named += secondary_ids(claim.billing.secondary_ids, "G2 LU", 2 if claim.kind == "professional" else 1)
    return named


def patient_level(claim: ProfessionalClaim | InstitutionalClaim) -> Segments:
    """2000C and 2010CA without their HL; nothing where the patient is the subscriber."""
    coverage = claim.billed_coverage
    if coverage.patient_is_subscriber:
        return ""
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
