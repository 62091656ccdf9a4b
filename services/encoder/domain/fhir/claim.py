"""The claim as a FHIR R4 Claim."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from services.encoder.domain.fhir import elements
from services.encoder.domain.fhir.coded_people import FACILITY, PATIENT, Resource, concept, reference
from shared.claims import (
    Diagnosis,
    Instant,
    InstitutionalClaim,
    InstitutionalLine,
    ProfessionalClaim,
    ProfessionalLine,
)

_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
_POA = "https://www.cms.gov/Medicare/Medicare-Fee-for-Service-Payment/HospitalAcqCond/Coding"
_DIAGNOSIS_TYPES = f"{_TERMINOLOGY}/ex-diagnosistype"
_POS = "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"
_HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"


def claim_resource(claim: ProfessionalClaim | InstitutionalClaim, *, at: Instant) -> Resource:
    """Use `claim`, with diagnoses in their sequence, procedures and one item a line."""
    resource: Resource = {
        "resourceType": "Claim",
        "id": str(claim.id),
        "identifier": [{"value": str(claim.patient_control_number)}],
        "status": "active",
        "type": concept(f"{_TERMINOLOGY}/claim-type", claim.kind),
        "use": "claim",
        "patient": reference("Patient", PATIENT),
        "created": at.isoformat(timespec="seconds"),
        "provider": reference("Organization", FACILITY),
        "priority": concept(f"{_TERMINOLOGY}/processpriority", "normal"),
        "diagnosis": list(_diagnoses(claim)),
        "insurance": [
            {
                "sequence": number,
                "focal": coverage.sequence == claim.billed_sequence,
                "coverage": reference("Coverage", f"coverage-{coverage.sequence.lower()}"),
            }
            for number, coverage in enumerate(claim.coverages, 1)
        ],
        "item": [_item(line, claim) for line in claim.lines],
        "total": _money(claim.total_charge),
    }
    if isinstance(claim, InstitutionalClaim):
        resource["billablePeriod"] = {
            "start": claim.statement_from.isoformat(),
            "end": claim.statement_through.isoformat(),
        }
        if claim.procedures:
            resource["procedure"] = list(_procedures(claim))
    return resource


def _diagnoses(claim: ProfessionalClaim | InstitutionalClaim) -> Iterator[dict[str, Any]]:
    """The principal one first; the pointers of a professional line count in this sequence."""
    for number, diagnosis in enumerate(claim.diagnoses, 1):
        yield _diagnosis(number, diagnosis, "principal" if number == 1 else None)
    if isinstance(claim, ProfessionalClaim):
        return
    after = len(claim.diagnoses) + 1
    if claim.admitting_diagnosis is not None:
        yield _diagnosis(after, claim.admitting_diagnosis, "admitting")
        after += 1
    for number, diagnosis in enumerate(claim.external_causes, after):
        yield _diagnosis(number, diagnosis, None)


def _diagnosis(number: int, diagnosis: Diagnosis, kind: str | None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "sequence": number,
        "diagnosisCodeableConcept": concept(elements.ICD10CM, diagnosis.code.dotted),
    }
    if kind is not None:
        told["type"] = [concept(_DIAGNOSIS_TYPES, kind)]
    if diagnosis.poa is not None:
        told["onAdmission"] = concept(_POA, diagnosis.poa)
    return told


def _procedures(claim: InstitutionalClaim) -> Iterator[dict[str, Any]]:
    for number, procedure in enumerate(claim.procedures, 1):
        told: dict[str, Any] = {
            "sequence": number,
            "procedureCodeableConcept": concept(elements.ICD10PCS[0], procedure.code),
        }
        yield told | ({"date": procedure.date.isoformat()} if procedure.date else {})


def _item(line: ProfessionalLine | InstitutionalLine, claim: ProfessionalClaim | InstitutionalClaim) -> Resource:
    item: Resource = {
        "sequence": line.number,
        "quantity": {"value": line.units},
        "net": _money(line.charge),
    }
    if line.modifiers:
        item["modifier"] = [concept(f"{_TERMINOLOGY}/modifiers", modifier) for modifier in line.modifiers]
    if isinstance(line, InstitutionalLine):
        revenue = concept(elements.REVENUE_CODES, line.revenue_code)
        item |= {"revenue": revenue, "productOrService": concept(_HCPCS, line.procedure) if line.procedure else revenue}
    elif isinstance(claim, ProfessionalClaim):
        item |= {
            "productOrService": concept(_HCPCS, line.procedure),
            "diagnosisSequence": list(line.pointers),
            "locationCodeableConcept": concept(_POS, line.place_of_service or claim.place_of_service),
        }
    return item | _served(line)


def _served(line: ProfessionalLine | InstitutionalLine) -> dict[str, Any]:
    if line.service_from is None:
        return {}
    if line.service_through is None or line.service_through == line.service_from:
        return {"servicedDate": line.service_from.isoformat()}
    return {"servicedPeriod": {"start": line.service_from.isoformat(), "end": line.service_through.isoformat()}}


def _money(amount: Decimal) -> dict[str, Any]:
    return {"value": amount, "currency": "USD"}
