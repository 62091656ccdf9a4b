"""Patient, facility and coverages of a chart as FHIR R4 resources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from services.encoder.domain.fhir import elements
from shared.claims import Address, Coverage, Facility, Patient, PersonName

Resource = dict[str, Any]

PATIENT, FACILITY = "patient", "facility"
_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
_GENDERS = {"F": "female", "M": "male", "U": "unknown"}
_RELATIONSHIPS = {"18": "self", "01": "spouse", "19": "child", "53": "common", "41": "injured"}
"""X12 element 1069 as FHIR's subscriber-relationship; the rest is `other`."""


def concept(system: str, code: str, text: str | None = None) -> dict[str, Any]:
    """A CodeableConcept of one coding."""
    coded: dict[str, Any] = {"coding": [{"system": system, "code": str(code)}]}
    return coded | ({"text": text} if text else {})


def reference(kind: str, name: str) -> dict[str, str]:
    return {"reference": f"{kind}/{name}"}


def patient(person: Patient) -> Resource:
    medical_record = concept(f"{_TERMINOLOGY}/v2-0203", "MR")
    resource: Resource = {
        "resourceType": "Patient",
        "id": PATIENT,
        "identifier": [{"type": medical_record, "value": person.medical_record_number}],
        "name": [human_name(person.name)],
        "gender": _GENDERS.get(person.sex or "U", "unknown"),
    }
    if person.birth_date is not None:
        resource["birthDate"] = person.birth_date.isoformat()
    if person.address is not None:
        resource["address"] = [address(person.address)]
    return resource


def facility(place: Facility) -> Resource:
    billing = place.billing
    identifiers = [{"system": elements.US_NPI, "value": str(billing.npi)}] if billing.npi else []
    name = billing.organization or (billing.person.last if billing.person else place.id)
    return {
        "resourceType": "Organization",
        "id": FACILITY,
        "identifier": [{"value": place.id}, *identifiers],
        "active": True,
        "name": name,
    }


def human_name(name: PersonName) -> dict[str, Any]:
    given = [part for part in (name.first, name.middle) if part]
    told: dict[str, Any] = {"use": "official", "family": name.last}
    return told | ({"given": given} if given else {}) | ({"suffix": [name.suffix]} if name.suffix else {})


def address(place: Address) -> dict[str, Any]:
    told = {
        "city": place.city,
        "state": place.state,
        "postalCode": str(place.zip_code) if place.zip_code else None,
        "country": place.country,
    }
    lines = [line for line in (place.line1, place.line2) if line]
    return {"line": lines} | {member: value for member, value in told.items() if value}


def coverage(covered: Coverage) -> Iterator[Resource]:
    """The payer, whoever holds the policy if that is not the patient, and the coverage."""
    turn = covered.sequence.lower()
    payer_number = [{"value": covered.payer.payer_id}] if covered.payer.payer_id else []
    payer: Resource = {
        "resourceType": "Organization",
        "id": f"payer-{turn}",
        "active": True,
        "name": covered.payer.name,
    }
    yield payer | ({"identifier": payer_number} if payer_number else {})
    holder = reference("Patient", PATIENT)
    if covered.subscriber.person is not None and not covered.patient_is_subscriber:
        holder = reference("RelatedPerson", f"subscriber-{turn}")
        yield _holder(covered, f"subscriber-{turn}")
    resource: Resource = {
        "resourceType": "Coverage",
        "id": f"coverage-{turn}",
        "status": "active",
        "order": "PSTABCDEFGH".find(covered.sequence) + 1 or 11,
        "subscriber": holder,
        "beneficiary": reference("Patient", PATIENT),
        "relationship": concept(
            f"{_TERMINOLOGY}/subscriber-relationship", _RELATIONSHIPS.get(covered.relationship, "other")
        ),
        "payor": [reference("Organization", f"payer-{turn}")],
    }
    if covered.subscriber.member_id is not None:
        resource["subscriberId"] = str(covered.subscriber.member_id)
    if covered.group_number is not None:
        resource["class"] = [
            {"type": concept(f"{_TERMINOLOGY}/coverage-class", "group"), "value": covered.group_number}
        ]
    yield resource


def _holder(covered: Coverage, name: str) -> Resource:
    subscriber = covered.subscriber
    resource: Resource = {"resourceType": "RelatedPerson", "id": name, "patient": reference("Patient", PATIENT)}
    if subscriber.person is not None:
        resource["name"] = [human_name(subscriber.person)]
    if subscriber.birth_date is not None:
        resource["birthDate"] = subscriber.birth_date.isoformat()
    return resource
