"""From the levels above a claim and the claim's own loops to one claim document."""

from __future__ import annotations

from uuid import NAMESPACE_OID, uuid5

from services.submission.domain.x12.reading.envelope import ClaimEnvelope
from services.submission.domain.x12.reading.faults import Fault, Placed, fault_at
from services.submission.domain.x12.reading.loops import Levels
from services.submission.domain.x12.reading.parts import Part

_TURNS = "PSTABCDEFGHU"
_NOT_OF_THE_MODEL = ("billed", "others", "trace_number")
_SELF = "18"
_OF_SUBSCRIBER = ("birth_date", "sex", "address")
"""What the subscriber's loop says of the patient where the two are one."""


def begin_claim(levels: Levels, clm: Placed) -> Part:
    """A claim with what stands above it, which its own loops add to. Levels are shared by claims: copies are made."""
    claim = Part(clm)
    provider, subscriber = levels.provider, levels.subscriber
    if provider is not None:
        for field in ("billing", "pay_to_address", "pay_to_plan"):
            if field in provider:
                claim[field] = provider[field]
    if subscriber is not None and "billing_ids" in subscriber:
        billing = claim.child("billing", clm).copy()
        billing["secondary_ids"] = [*billing.get("secondary_ids", ()), *subscriber["billing_ids"]]
        claim["billing"] = billing
    claim["billed"] = _billed(levels, clm)
    claim["patient"] = _patient(levels, claim["billed"])
    return claim


def _billed(levels: Levels, clm: Placed) -> Part:
    coverage: Part | None = levels.subscriber.get("coverage") if levels.subscriber is not None else None
    billed = coverage.copy() if coverage is not None else Part(clm)
    patient = levels.patient
    if patient is None:
        billed.setdefault("relationship", _SELF)
        return billed
    billed.pop("relationship", None)
    if "relationship" in patient:
        billed.put("relationship", patient["relationship"], *patient.origins["relationship"])
    if "property_casualty_claim_number" in patient:
        subscriber = billed.child("subscriber", clm).copy()
        number, origin = patient["property_casualty_claim_number"], patient.origins["property_casualty_claim_number"]
        subscriber.put("property_casualty_claim_number", number, *origin)
        billed["subscriber"] = subscriber
    return billed


def _patient(levels: Levels, billed: Part) -> Part:
    if levels.patient is not None:
        return levels.patient.child("patient", levels.patient.begin).copy()
    facts: Part | None = levels.subscriber.get("patient") if levels.subscriber is not None else None
    subscriber: Part | None = billed.get("subscriber")
    patient = facts.copy() if facts is not None else Part(subscriber.begin if subscriber is not None else billed.begin)
    if subscriber is None:
        return patient
    for field in _OF_SUBSCRIBER:
        if field in subscriber:
            patient[field] = subscriber[field]
            if field in subscriber.origins:
                patient.origins[field] = subscriber.origins[field]
    if "person" in subscriber:
        patient["name"] = subscriber["person"]
    elif "organization" in subscriber:
        name = Part(subscriber.begin)
        name.put("last", subscriber["organization"], *subscriber.origins["organization"])
        patient["name"] = name
    return patient


def relationship_faults(levels: Levels) -> list[Fault]:
    """SBR02 is 18 where the patient is the subscriber, and absent where a patient's level (2000C) follows."""
    coverage: Part | None = levels.subscriber.get("coverage") if levels.subscriber is not None else None
    if coverage is None:
        return []
    sbr, is_self = coverage.begin, coverage.get("relationship") == _SELF
    if is_self == (levels.patient is None):
        return []
    message = (
        "SBR02 is 18 although a patient's level follows" if is_self else "no patient's level follows, and no SBR02"
    )
    return [fault_at(sbr, "relationship", message, "A8:156", element="SBR02")]


def finish_claim(claim: Part, envelope: ClaimEnvelope) -> Part:
    """The document as the model has it: coverages in their turn, and what an 837 has no element for.

    The id follows from where the claim stands, so that a file that is read twice gives the same claims. An 837 names
    no encounter, and need not name a medical record: the patient control number, which the provider chose, stands in.
    """
    billed: Part = claim["billed"]
    coverages: list[Part] = [billed, *claim.get("others", ())]
    document = claim.copy()
    for field in _NOT_OF_THE_MODEL:
        document.pop(field, None)
    document["coverages"] = sorted(coverages, key=_turn)
    if "sequence" in billed:
        document.put("billed_sequence", billed["sequence"], *billed.origins["sequence"])
    number = claim.get("patient_control_number", "")
    document["id"] = _claim_id(envelope, claim.begin, number)
    if number:
        document["encounter_id"] = number
        document["patient"].setdefault("medical_record_number", number)
    document.setdefault("diagnoses", [])
    document.setdefault("lines", [])
    for line in document["lines"]:
        if line.get("control_number") == str(line.get("number")):
            # REF*6R with the line's own number is what the writer gives a line that has none.
            del line["control_number"]
    return document


def _turn(coverage: Part) -> int:
    sequence = coverage.get("sequence", "")
    return _TURNS.find(sequence) if sequence and sequence in _TURNS else len(_TURNS)


def _claim_id(envelope: ClaimEnvelope, clm: Placed, number: str) -> str:
    place = (
        envelope.sender, envelope.interchange_control_number, envelope.group_control_number,
        envelope.set_control_number, str(clm.position.segment), number,
    )  # fmt: skip
    return str(uuid5(NAMESPACE_OID, "\x1f".join(place)))
