"""Loop 2300 of the 837I: CLM to HCP, and the providers of the claim (2310)."""

from __future__ import annotations

from services.submission.domain.references import trace_number
from services.submission.domain.x12.elements import Segments, amount, date_of, day, money, period, reference
from services.submission.domain.x12.health_codes import institutional_codes
from services.submission.domain.x12.line_institutional import institutional_line
from services.submission.domain.x12.other_payers import other_payer
from services.submission.domain.x12.parties import provider, service_facility
from services.submission.domain.x12.supplements import (
    conditions,
    contract_terms,
    fixed_format,
    note,
    repricing,
    supporting_documents,
)
from shared.claims import Admission, InstitutionalClaim
from shared.x12 import composite, segment


def institutional_claim(claim: InstitutionalClaim) -> Segments:
    """2300 and all below it."""
    yield _claim_segment(claim)
    yield from _dates(claim)
    yield from _claim_codes(claim)
    yield from supporting_documents(claim.supporting_documents)
    yield from contract_terms(claim.contract)
    yield from amount("F3", claim.estimated_patient_due)
    yield from _references(claim)
    yield from fixed_format(claim.fixed_format)
    for claim_note in claim.claim_notes:
        yield from note(claim_note)
    if claim.billing_note:
        yield segment("NTE", "ADD", claim.billing_note)
    if claim.epsdt is not None:
        yield from conditions((claim.epsdt,), "ZZ")
    yield from institutional_codes(claim)
    yield from repricing(claim.repricing, services="RU")
    yield from _providers(claim)
    for coverage in claim.other_coverages:
        yield from other_payer(claim, coverage)
    for line in claim.lines:
        yield from institutional_line(line, claim)


def _claim_segment(claim: InstitutionalClaim) -> str:
    coverage = claim.billed_coverage
    return segment(
        "CLM", claim.patient_control_number, money(claim.total_charge), "", "",
        composite(claim.facility_type, "A", claim.frequency), "", claim.accept_assignment,
        coverage.assignment_of_benefits, coverage.release_of_information,
        "", "", "", "", "", "", "", "", "", "", claim.delay_reason or "",
    )  # fmt: skip


def _dates(claim: InstitutionalClaim) -> Segments:
    """Discharge hour, statement dates, admission, repricer."""
    admission = claim.admission
    if admission.discharge_hour is not None:
        yield segment("DTP", "096", "TM", f"{admission.discharge_hour:02d}{admission.discharge_minute:02d}")
    yield from period("434", claim.statement_from, claim.statement_through)
    yield from _admission_date(admission)
    if claim.repricer_received is not None:
        yield from date_of("050", claim.repricer_received.date())


def _admission_date(admission: Admission) -> Segments:
    """DTP*435 with the hour where it is known (DT), else the day (D8)."""
    if admission.date is not None and admission.hour is not None:
        yield segment("DTP", "435", "DT", f"{day(admission.date)}{admission.hour:02d}{admission.minute:02d}")
    else:
        yield from date_of("435", admission.date)


def _claim_codes(claim: InstitutionalClaim) -> Segments:
    admission = claim.admission
    if admission.type or admission.source or claim.patient_status:
        yield segment("CL1", admission.type or "", admission.source or "", claim.patient_status or "")


def _references(claim: InstitutionalClaim) -> Segments:
    numbers, coverage = claim.references, claim.billed_coverage
    yield from reference("4N", numbers.service_authorization_exception)
    yield from reference("9F", coverage.referral_number)
    yield from reference("G1", coverage.prior_authorization)
    yield from reference("F8", coverage.payer_claim_control_number)
    yield from reference("9A", numbers.repriced_claim_number)
    yield from reference("9C", numbers.adjusted_repriced_claim_number)
    for exemption in numbers.investigational_device_exemption:
        yield from reference("LX", exemption)
    yield from reference("D9", trace_number(claim.id))
    yield from reference("LU", numbers.auto_accident_state)
    yield from reference("EA", claim.patient.medical_record_number)
    yield from reference("P4", numbers.demonstration_project)
    yield from reference("G4", numbers.peer_review_authorization)


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
