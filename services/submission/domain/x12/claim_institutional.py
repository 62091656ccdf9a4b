"""Loop 2300 of the 837I: CLM to HCP, and the providers of the claim (2310)."""

from __future__ import annotations

from functools import lru_cache
from operator import itemgetter

from services.submission.domain.references import trace_number
from services.submission.domain.x12.elements import (
    Fields,
    Segments,
    amount,
    date_of,
    day,
    money,
    payer_references,
    period,
    reference,
    trace_and_record,
)
from services.submission.domain.x12.health_codes import institutional_codes
from services.submission.domain.x12.line_institutional import institutional_lines
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
from shared.claims import Coverage, InstitutionalClaim
from shared.x12 import composite, form, segment

_clm = form("CLM*{}*{}***{}:A:{}**{}*{}*{}~")
_dtp_discharge = form("DTP*096*TM*{}~")
_dtp_admission = form("DTP*435*DT*{}{}~")
_claim_fields: Fields = itemgetter(
    "patient_control_number", "total_charge", "facility_type", "frequency", "accept_assignment"
)
_consent_fields: Fields = itemgetter("assignment_of_benefits", "release_of_information")
_date_fields: Fields = itemgetter("admission", "statement_from", "statement_through", "repricer_received")
_admission_fields: Fields = itemgetter("date", "hour", "minute", "discharge_hour", "discharge_minute")
_provider_fields: Fields = itemgetter(
    "attending", "operating", "other_operating", "rendering", "service_facility", "referring"
)
_PLAIN = frozenset(InstitutionalClaim.model_fields) - {
    "supporting_documents", "contract", "estimated_patient_due", "references", "fixed_format", "claim_notes",
    "billing_note", "epsdt", "repricing",
}  # fmt: skip
"""A claim that sets none of these is spared the asking for each of their segments."""


def institutional_claim(claim: InstitutionalClaim, coverage: Coverage) -> Segments:
    """2300 and all below it; `coverage` is the one that is billed."""
    plain = claim.model_fields_set <= _PLAIN
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
            institutional_lines(claim),
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
        number, charge, facility, frequency, assignment = _claim_fields(claim.__dict__)
        benefits, release = _consent_fields(coverage.__dict__)
        return _clm(number, money(charge), facility, frequency, assignment, benefits, release)
    return segment(
        "CLM", claim.patient_control_number, money(claim.total_charge), "", "",
        composite(claim.facility_type, "A", claim.frequency), "", claim.accept_assignment,
        coverage.assignment_of_benefits, coverage.release_of_information,
        *[""] * 10, claim.delay_reason,
    )  # fmt: skip


def _dates(claim: InstitutionalClaim) -> Segments:
    """Discharge hour, statement dates, admission (its hour where it is known), repricer."""
    admission, begin, end, repricer = _date_fields(claim.__dict__)
    admitted, hour, minute, discharge_hour, discharge_minute = _admission_fields(admission.__dict__)
    dates = period("434", begin, end)
    if discharge_hour is not None:
        dates = _dtp_discharge(_clock(discharge_hour, discharge_minute)) + dates
    if admitted is not None:
        known = _dtp_admission(day(admitted), _clock(hour, minute)) if hour is not None else None
        dates += known or date_of("435", admitted)
    return dates + date_of("050", repricer.date()) if repricer else dates


@lru_cache(maxsize=1440)
def _clock(hour: int, minute: int) -> str:
    """HHMM."""
    return f"{hour:02d}{minute:02d}"


def _claim_codes(claim: InstitutionalClaim) -> Segments:
    admission, status = claim.admission, claim.patient_status
    kind, source = admission.type, admission.source
    return segment("CL1", kind or "", source or "", status or "") if kind or source or status else ""


def _references(claim: InstitutionalClaim, coverage: Coverage, *, plain: bool) -> Segments:
    of_payer = payer_references(coverage)
    if plain:
        return of_payer + trace_and_record(claim)
    numbers = claim.references
    return "".join(
        (
            reference("4N", numbers.service_authorization_exception),
            of_payer,
            reference("9A", numbers.repriced_claim_number),
            reference("9C", numbers.adjusted_repriced_claim_number),
            "".join([reference("LX", exemption) for exemption in numbers.investigational_device_exemption]),
            reference("D9", trace_number(claim.id)),
            reference("LU", numbers.auto_accident_state),
            reference("EA", claim.patient.medical_record_number),
            reference("P4", numbers.demonstration_project),
            reference("G4", numbers.peer_review_authorization),
        )
    )


def _providers(claim: InstitutionalClaim) -> Segments:
    attending, *others = _provider_fields(claim.__dict__)
    attended = provider("71", attending, specialty="AT")
    if not any(others):
        return attended
    operating, other_operating, rendering, facility, referring = others
    return "".join(
        (
            attended,
            provider("72", operating),
            provider("ZZ", other_operating),
            provider("82", rendering),
            service_facility(facility),
            provider("DN", referring, ids="0B 1G G2", most_ids=3),
        )
    )
