"""Which codes stand on a claim on given days: what a change of a reference table may touch."""

from __future__ import annotations

from services.scrubber.domain.claim_parts import AnyClaim, AnyLine, diagnoses
from shared.claims import InstitutionalClaim, InstitutionalLine
from shared.tables.touched import CodeKind, Held, Period


def held_codes(claim: AnyClaim, period: Period) -> Held:
    """By kind, those whose day lies in `period`: ICD-10 codes by the last day of the claim, lines by their own days.

    A claim or line without a day is taken to lie in it: better one claim too many on the list than one too few.
    """
    held: dict[CodeKind, set[str]] = {"service": set(), "modifier": set(), "revenue": set()}
    if claim.last_day is None or period.meets(claim.last_day, claim.last_day):
        held["diagnosis"] = {str(diagnosis.code) for _pointer, diagnosis in diagnoses(claim)}
        if isinstance(claim, InstitutionalClaim):
            held["procedure"] = {str(procedure.code) for procedure in claim.procedures}
            held["discharge"] = {str(claim.patient_status)} if claim.patient_status else set()
            held["drg"] = {claim.drg} if claim.drg else set()
    for line in claim.lines:
        if _meets(claim, line, period):
            held["service"] |= {str(line.procedure)} if line.procedure else set()
            held["modifier"] |= set(map(str, line.modifiers))
            held["revenue"] |= {str(line.revenue_code)} if isinstance(line, InstitutionalLine) else set()
    return held


def _meets(claim: AnyClaim, line: AnyLine, period: Period) -> bool:
    first, last = line.service_from or claim.first_day, line.last_day or claim.last_day
    return first is None or last is None or period.meets(first, last)
