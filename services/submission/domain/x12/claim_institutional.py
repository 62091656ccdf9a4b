"""Loop 2300 of the 837I: CLM to HCP, and the providers of the claim (2310)."""

from __future__ import annotations

from services.submission.domain.references import trace_number
from services.submission.domain.x12.elements import (
    Segments,
    amount,
    date_of,
    day,
    money,
    payer_references,
    period,
    reference,
)
from services.submission.domain.x12.health_codes import institutional_codes
from services.submission.domain.x12.line_institutional import institutional_line
from services.submission.domain.x12.other_payers import other_payers
from services.submission.domain.x12.parties import provider, service_facility
from services.submission.domain.x12.supplements import (
    conditions,
    contract_terms,
    fixed_format,
    note,
    repricing,
    supporting_documents,
)
from shared.claims import Admission, Coverage, InstitutionalClaim
from shared.x12 import composite, form, segment

_CLAIM = form("CLM*%s*%s***%s:A:%s**%s*%s*%s~")
_PLAIN = frozenset(InstitutionalClaim.model_fields) - {
    "supporting_documents", "contract", "estimated_patient_due", "references", "fixed_format", "claim_notes",
    "billing_note", "epsdt", "repricing",
}  # fmt: skip
"""A claim that sets none of these is spared the asking for each of their segments."""


def institutional_claim(claim: InstitutionalClaim) -> Segments:
    """2300 and all below it."""
    coverage, plain = claim.billed_coverage, claim.model_fields_set <= _PLAIN
    return "".join(
        (
            _claim_segment(claim, coverage),
            _dates(claim),
            _claim_codes(claim),
            "" if plain else _from_documents_to_amount(claim),
            _references(claim, coverage, plain=plain),
            "" if plain else _from_fixed_format_to_conditions(claim),
            institutional_codes(claim),
            "" if plain else repricing(claim.repricing, services="RU"),
            _providers(claim),
            other_payers(claim),
            *[institutional_line(line, claim) for line in claim.lines],
        )
    )


def _from_documents_to_amount(claim: InstitutionalClaim) -> Segments:
    return "".join(
        (
            supporting_documents(claim.supporting_documents),
            contract_terms(claim.contract),
            amount("F3", claim.estimated_patient_due),
        )
    )


def _from_fixed_format_to_conditions(claim: InstitutionalClaim) -> Segments:
    return "".join(
        (
            fixed_format(claim.fixed_format),
            "".join(map(note, claim.claim_notes)),
            segment("NTE", "ADD", claim.billing_note) if claim.billing_note else "",
            conditions((claim.epsdt,), "ZZ") if claim.epsdt is not None else "",
        )
    )


def _claim_segment(claim: InstitutionalClaim, coverage: Coverage) -> str:
    if not claim.delay_reason:
        return _CLAIM % (
            claim.patient_control_number, money(claim.total_charge), claim.facility_type, claim.frequency,
            claim.accept_assignment, coverage.assignment_of_benefits, coverage.release_of_information,
        )  # fmt: skip
    return segment(
        "CLM", claim.patient_control_number, money(claim.total_charge), "", "",
        composite(claim.facility_type, "A", claim.frequency), "", claim.accept_assignment,
        coverage.assignment_of_benefits, coverage.release_of_information,
        *[""] * 10, claim.delay_reason,
    )  # fmt: skip


def _dates(claim: InstitutionalClaim) -> Segments:
    """Discharge hour, statement dates, admission, repricer."""
    admission, repricer = claim.admission, claim.repricer_received
    discharge = ""
    if admission.discharge_hour is not None:
        discharge = segment("DTP", "096", "TM", f"{admission.discharge_hour:02d}{admission.discharge_minute:02d}")
    statement = period("434", claim.statement_from, claim.statement_through)
    return discharge + statement + _admission_date(admission) + date_of("050", repricer.date() if repricer else None)


def _admission_date(admission: Admission) -> Segments:
    """DTP*435 with the hour where it is known (DT), else the day (D8)."""
    if admission.date is not None and admission.hour is not None:
        return segment("DTP", "435", "DT", f"{day(admission.date)}{admission.hour:02d}{admission.minute:02d}")
    return date_of("435", admission.date)


def _claim_codes(claim: InstitutionalClaim) -> Segments:
    codes = (claim.admission.type or "", claim.admission.source or "", claim.patient_status or "")
    return segment("CL1", *codes) if any(codes) else ""


def _references(claim: InstitutionalClaim, coverage: Coverage, *, plain: bool) -> Segments:
    of_payer = payer_references(coverage)
    trace, record = reference("D9", trace_number(claim.id)), reference("EA", claim.patient.medical_record_number)
    if plain:
        return of_payer + trace + record
    numbers = claim.references
    return "".join(
        (
            reference("4N", numbers.service_authorization_exception),
            of_payer,
            reference("9A", numbers.repriced_claim_number),
            reference("9C", numbers.adjusted_repriced_claim_number),
            "".join([reference("LX", exemption) for exemption in numbers.investigational_device_exemption]),
            trace,
            reference("LU", numbers.auto_accident_state),
            record,
            reference("P4", numbers.demonstration_project),
            reference("G4", numbers.peer_review_authorization),
        )
    )


def _providers(claim: InstitutionalClaim) -> Segments:
    return "".join(
        (
            provider("71", claim.attending, specialty="AT"),
            provider("72", claim.operating),
            provider("ZZ", claim.other_operating),
            provider("82", claim.rendering),
            service_facility(claim.service_facility),
            provider("DN", claim.referring, ids="0B 1G G2", most_ids=3),
        )
    )
