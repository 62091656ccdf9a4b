"""A coded chart as a FHIR R4 Bundle: what the coder decided, for the EHR to take.

Conditions by US Core's encounter-diagnosis profile, Procedures, the Encounter that lists the conditions by rank, and
the Claim with its diagnoses, procedures and lines. `domain.fhir.bundle` reads the same codes out of it again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from services.encoder.domain.charts import OpenedChart
from services.encoder.domain.claims import build_claim
from services.encoder.domain.fhir import coded_people as people
from services.encoder.domain.fhir import elements
from services.encoder.domain.fhir.claim import claim_resource
from services.encoder.domain.fhir.coded_people import Resource, concept, reference
from shared.claims import Diagnosis, Instant, InstitutionalClaim, Procedure, ProfessionalClaim

_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
_US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition"
_ROLES = f"{_TERMINOLOGY}/diagnosis-role"
_CLASSES = {
    "inpatient": "IMP",
    "emergency": "EMER",
    "observation": "OBSENC",
    "same_day_surgery": "SS",
    "outpatient": "AMB",
    "professional": "AMB",
}


def coded_chart_bundle(opened: OpenedChart, *, at: Instant) -> Resource:
    """The Bundle, type collection. The Claim is in it once the chart was finalized."""
    diagnoses = list(_conditions(opened, at))
    procedures = [_procedure(opened, number, procedure) for number, procedure in enumerate(opened.codes.procedures, 1)]
    resources = [
        people.patient(opened.encounter.patient),
        people.facility(opened.encounter.facility),
        _encounter(opened, diagnoses),
        *diagnoses,
        *procedures,
        *_billing(opened, at),
    ]
    return {
        "resourceType": "Bundle",
        "id": opened.chart.id,
        "type": "collection",
        "timestamp": at.isoformat(timespec="seconds"),
        "entry": [{"fullUrl": _url(resource), "resource": resource} for resource in resources],
    }


def _url(resource: Resource) -> str:
    return f"urn:revcycle:{resource['resourceType']}:{resource['id']}"


def claim_of(opened: OpenedChart) -> ProfessionalClaim | InstitutionalClaim | None:
    """The claim as it left the encoder last; None before the chart was finalized."""
    chart = opened.chart
    if chart.control_number is None or chart.status != "finalized":
        return None
    return build_claim(
        opened.encounter,
        opened.codes,
        claim_id=chart.claim_id,
        control_number=chart.control_number,
        frequency=chart.frequency,
    )


def _billing(opened: OpenedChart, at: Instant) -> Iterator[Resource]:
    claim = claim_of(opened)
    if claim is None:
        return
    for coverage in claim.coverages:
        yield from people.coverage(coverage)
    yield claim_resource(claim, at=at)


def _conditions(opened: OpenedChart, at: Instant) -> Iterator[Resource]:
    codes = opened.codes
    for number, diagnosis in enumerate((*codes.diagnoses, *codes.external_causes), 1):
        yield _condition(opened, f"diagnosis-{number}", diagnosis, at)
    for number, diagnosis in enumerate(codes.reasons_for_visit, 1):
        yield _condition(opened, f"reason-{number}", diagnosis, at)
    if codes.admitting_diagnosis is not None:
        yield _condition(opened, "admitting", codes.admitting_diagnosis, at)


def _condition(opened: OpenedChart, name: str, diagnosis: Diagnosis, at: Instant) -> Resource:
    return {
        "resourceType": "Condition",
        "id": name,
        "meta": {"profile": [f"{_US_CORE}/us-core-condition-encounter-diagnosis"]},
        "clinicalStatus": concept(f"{_TERMINOLOGY}/condition-clinical", "active"),
        "verificationStatus": concept(f"{_TERMINOLOGY}/condition-ver-status", "confirmed"),
        "category": [concept(f"{_TERMINOLOGY}/condition-category", "encounter-diagnosis")],
        "code": concept(elements.ICD10CM, diagnosis.code.dotted),
        "subject": reference("Patient", people.PATIENT),
        "encounter": reference("Encounter", opened.chart.id),
        "recordedDate": at.isoformat(timespec="seconds"),
    }


def _procedure(opened: OpenedChart, number: int, procedure: Procedure) -> Resource:
    resource: Resource = {
        "resourceType": "Procedure",
        "id": f"procedure-{number}",
        "meta": {"profile": [f"{_US_CORE}/us-core-procedure"]},
        "status": "completed",
        "code": concept(elements.ICD10PCS[0], procedure.code),
        "subject": reference("Patient", people.PATIENT),
        "encounter": reference("Encounter", opened.chart.id),
    }
    if procedure.date is not None:
        resource["performedDateTime"] = procedure.date.isoformat()
    return resource


def _encounter(opened: OpenedChart, conditions: Sequence[Resource]) -> Resource:
    encounter = opened.encounter
    period = {"start": encounter.started_at.isoformat(timespec="seconds")}
    if encounter.ended_at is not None:
        period["end"] = encounter.ended_at.isoformat(timespec="seconds")
    resource: Resource = {
        "resourceType": "Encounter",
        "id": opened.chart.id,
        "identifier": [{"type": concept(f"{_TERMINOLOGY}/v2-0203", "VN"), "value": encounter.id}],
        "status": "finished" if encounter.ended_at else "in-progress",
        "class": {"system": f"{_TERMINOLOGY}/v3-ActCode", "code": _CLASSES[encounter.encounter_class]},
        "subject": reference("Patient", people.PATIENT),
        "period": period,
        "serviceProvider": reference("Organization", people.FACILITY),
    }
    if conditions:
        resource["diagnosis"] = list(_listed(conditions))
    if encounter.discharge_status is not None:
        status = concept("https://www.nubc.org/CodeSystem/PatDischargeStatus", encounter.discharge_status)
        resource["hospitalization"] = {"dischargeDisposition": status}
    return resource


def _listed(conditions: Sequence[Resource]) -> Iterator[dict[str, Any]]:
    """Discharge diagnoses by rank, the first the principal one; the reason for the visit and the admitting diagnosis
    by their own roles."""
    roles = {"diagnosis": "DD", "reason": "CC", "admitting": "AD"}
    for condition in conditions:
        kind, _, rank = condition["id"].partition("-")
        listed = {"condition": reference("Condition", condition["id"]), "use": concept(_ROLES, roles[kind])}
        yield listed | ({"rank": int(rank)} if rank else {})
