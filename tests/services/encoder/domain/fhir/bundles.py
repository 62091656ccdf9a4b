"""Bundles in the shape in which the `clinosim` EHR simulator writes R4, every person and place invented."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
ICD10PCS = "http://www.cms.gov/Medicare/Coding/ICD10"
NPI = "http://hl7.org/fhir/sid/us-npi"


def concept(system: str, code: str, **more: Any) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}], **more}


def reference(to: str) -> dict[str, Any]:
    return {"reference": to}


def a_bundle(*resources: dict[str, Any], kind: str = "collection") -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": kind, "entry": [{"resource": resource} for resource in resources]}


def patient(**fields: Any) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "id": "pt-1",
        "identifier": [{"type": concept("http://terminology.hl7.org/CodeSystem/v2-0203", "MR"), "value": "MRN-77"}],
        "name": [{"use": "official", "family": "West", "given": ["Diane", "Ruth"]}],
        "gender": "female",
        "birthDate": "1961-09-13",
        "address": [{"line": ["151 Franklin St"], "city": "Medford", "state": "MA", "postalCode": "02155"}],
    } | fields


def hospital(**fields: Any) -> dict[str, Any]:
    return {
        "resourceType": "Organization",
        "id": "hospital-main",
        "name": "Community Hospital",
        "identifier": [
            {"system": NPI, "value": "1234567893"},
            {"system": "urn:oid:2.16.840.1.113883.4.4", "value": "04-3334444"},
        ],
    } | fields


def department() -> dict[str, Any]:
    return {
        "resourceType": "Organization",
        "id": "dept-medicine",
        "name": "Medicine",
        "partOf": reference("Organization/hospital-main"),
    }


def physician(**fields: Any) -> dict[str, Any]:
    return {
        "resourceType": "Practitioner",
        "id": "DR-1",
        "identifier": [{"system": NPI, "value": "1987654328"}],
        "name": [{"family": "Kent", "given": ["Earl"], "prefix": ["Dr."]}],
    } | fields


def encounter(**fields: Any) -> dict[str, Any]:
    return {
        "resourceType": "Encounter",
        "id": "enc-1",
        "identifier": [{"system": "urn:example:visit", "value": "V-1001"}],
        "status": "finished",
        "class": {"system": ACT, "code": "IMP"},
        "subject": reference("Patient/pt-1"),
        "period": {"start": "2026-11-16T14:10:00-05:00", "end": "2026-11-20T11:05:00-05:00"},
        "participant": [
            {"type": [concept(PARTICIPATION, "ATND")], "individual": reference("Practitioner/DR-1")},
        ],
        "serviceProvider": reference("Organization/dept-medicine"),
    } | fields


def condition(code: str = "J18.9", *, id: str = "c-1", system: str = ICD10CM, **fields: Any) -> dict[str, Any]:  # noqa: A002
    return {
        "resourceType": "Condition",
        "id": id,
        "code": concept(system, code),
        "subject": reference("Patient/pt-1"),
        "encounter": reference("Encounter/enc-1"),
    } | fields


def procedure(code: str = "0FT44ZZ", *, system: str = ICD10PCS, **fields: Any) -> dict[str, Any]:
    return {
        "resourceType": "Procedure",
        "id": "p-1",
        "status": "completed",
        "code": concept(system, code),
        "subject": reference("Patient/pt-1"),
        "encounter": reference("Encounter/enc-1"),
        "performedDateTime": "2026-11-17T09:00:00-05:00",
        "performer": [{"actor": reference("Practitioner/DR-1")}],
    } | fields


def payer(**fields: Any) -> dict[str, Any]:
    return {
        "resourceType": "Organization",
        "id": "payer-1",
        "identifier": [{"value": "MHP01"}],
        "name": "Meridian Health Plan",
    } | fields


def coverage(**fields: Any) -> dict[str, Any]:
    return {
        "resourceType": "Coverage",
        "id": "cov-1",
        "status": "active",
        "subscriberId": "W123",
        "beneficiary": reference("Patient/pt-1"),
        "payor": [reference("Organization/payer-1")],
        "relationship": concept("http://terminology.hl7.org/CodeSystem/subscriber-relationship", "self"),
        "type": concept("https://nahdo.org/sopt", "512"),
        "period": {"start": "2026-01-01", "end": "2026-12-31"},
        "class": [
            {
                "type": concept("http://terminology.hl7.org/CodeSystem/coverage-class", "group"),
                "value": "G-7",
                "name": "Mill",
            }
        ],
    } | fields


def note(text: bytes = b"Community-acquired pneumonia.", kind: str = "text/plain", **fields: Any) -> dict[str, Any]:
    return {
        "resourceType": "DocumentReference",
        "id": "doc-1",
        "status": "current",
        "type": concept("http://loinc.org", "18842-5", text="Discharge summary"),
        "date": "2026-11-20T11:00:00-05:00",
        "content": [{"attachment": {"contentType": kind, "data": b64encode(text).decode()}}],
        "context": {"encounter": [reference("Encounter/enc-1")]},
        "author": [{"reference": "Practitioner/DR-1", "display": "Earl Kent"}],
    } | fields


def charge_item(**fields: Any) -> dict[str, Any]:
    return {
        "resourceType": "ChargeItem",
        "id": "chg-1",
        "status": "billable",
        "code": {
            "coding": [
                {"system": "https://www.nubc.org/CodeSystem/RevenueCodes", "code": "0320"},
                {"system": "http://www.ama-assn.org/go/cpt", "code": "71046"},
            ]
        },
        "subject": reference("Patient/pt-1"),
        "context": reference("Encounter/enc-1"),
        "occurrenceDateTime": "2026-11-17T08:00:00-05:00",
        "quantity": {"value": 2},
        "priceOverride": {"value": 410.50, "currency": "USD"},
    } | fields


def a_stay(*more: dict[str, Any], **encounter_fields: Any) -> dict[str, Any]:
    """A Bundle with a complete stay and whatever else is given."""
    return a_bundle(hospital(), department(), physician(), patient(), encounter(**encounter_fields), *more)
