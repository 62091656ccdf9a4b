"""Loop 2300 of the 837P: CLM to HCP, and the providers of the claim (2310)."""

from __future__ import annotations

from operator import itemgetter

from services.submission.domain.x12.elements import (
    Fields,
    Segments,
    amount,
    date_of,
    money,
    payer_references,
    period,
    reference,
    trace_and_record,
    yes,
)
from services.submission.domain.x12.health_codes import professional_codes
from services.submission.domain.x12.line_professional import professional_lines
from services.submission.domain.x12.other_payers import other_payers
from services.submission.domain.x12.parties import ambulance_stop, provider, service_facility, unless_same
from services.submission.domain.x12.supplements import (
    conditions,
    contract_terms,
    fixed_format,
    note,
    repricing,
    supporting_documents,
    transport,
)
from shared.claims import Coverage, ProfessionalClaim, ProfessionalDates, RelatedCauses, SpinalManipulation
from shared.x12 import composite, form, segment

_clm = form("CLM*{}*{}***{}:B:{}*{}*{}*{}*{}~")
_claim_fields: Fields = itemgetter(
    "patient_control_number", "total_charge", "place_of_service", "frequency", "provider_signature_on_file",
    "accept_assignment",
)  # fmt: skip
_consent_fields: Fields = itemgetter("assignment_of_benefits", "release_of_information")
_PLAIN = frozenset(
    {
        "id", "kind", "encounter_id", "patient_control_number", "total_charge", "frequency", "patient", "coverages",
        "billed_sequence", "billing", "rendering", "accept_assignment", "place_of_service", "diagnoses", "lines",
        "provider_signature_on_file",
    }
)  # fmt: skip
"""What most claims are made of. One that sets nothing else is spared the asking for each situational segment."""


def professional_claim(claim: ProfessionalClaim, coverage: Coverage) -> Segments:
    """2300 and all below it; `coverage` is the one that is billed."""
    plain = claim.model_fields_set <= _PLAIN
    return "".join(
        (
            _claim_segment(claim, coverage, plain=plain),
            "" if plain else _from_dates_to_amount(claim),
            _references(claim, coverage, plain=plain),
            "" if plain else _from_fixed_format_to_conditions(claim),
            professional_codes(claim),
            "" if plain else repricing(claim.repricing, services=""),
            _providers(claim, plain=plain),
            other_payers(claim),
            professional_lines(claim),
        )
    )


def _from_dates_to_amount(claim: ProfessionalClaim) -> Segments:
    return "".join(
        (
            _dates(claim.dates),
            supporting_documents(claim.supporting_documents),
            contract_terms(claim.contract),
            amount("F5", claim.patient_paid),
        )
    )


def _from_fixed_format_to_conditions(claim: ProfessionalClaim) -> Segments:
    return "".join(
        (
            fixed_format(claim.fixed_format),
            note(claim.note),
            transport(claim.ambulance),
            _spinal_manipulation(claim.spinal_manipulation),
            conditions(claim.conditions, "07", "E1", "E2", "E3", "75"),
            conditions((claim.epsdt,), "ZZ") if claim.epsdt is not None else "",
        )
    )


def _claim_segment(claim: ProfessionalClaim, coverage: Coverage, *, plain: bool) -> str:
    if plain and not coverage.signature_by_provider:
        number, charge, place, frequency, signed, assignment = _claim_fields(claim.__dict__)
        benefits, release = _consent_fields(coverage.__dict__)
        return _clm(number, money(charge), place, frequency, "Y" if signed else "N", assignment, benefits, release)
    return segment(
        "CLM", claim.patient_control_number, money(claim.total_charge), "", "",
        composite(claim.place_of_service, "B", claim.frequency), "Y" if claim.provider_signature_on_file else "N",
        claim.accept_assignment, coverage.assignment_of_benefits, coverage.release_of_information,
        "P" if coverage.signature_by_provider else "", _related_causes(claim.related_causes),
        claim.special_program or "", "", "", "", "", "", "", "", claim.delay_reason or "",
    )  # fmt: skip


def _related_causes(related: RelatedCauses | None) -> str:
    if related is None:
        return ""
    first, second = (*related.causes, "")[:2]
    return composite(first, second, "", related.state or "", related.country or "")


def _dates(dates: ProfessionalDates) -> Segments:
    return "".join(
        (
            date_of("431", dates.onset),
            date_of("454", dates.initial_treatment),
            date_of("304", dates.last_seen),
            date_of("453", dates.acute_manifestation),
            date_of("439", dates.accident),
            date_of("484", dates.last_menstrual_period),
            date_of("455", dates.last_xray),
            date_of("471", dates.prescription),
            _disability(dates),
            date_of("297", dates.last_worked),
            date_of("296", dates.return_to_work),
            date_of("435", dates.admission),
            date_of("096", dates.discharge),
            date_of("090", dates.assumed_care),
            date_of("091", dates.relinquished_care),
            date_of("444", dates.first_contact),
            date_of("050", dates.repricer_received),
        )
    )


def _disability(dates: ProfessionalDates) -> Segments:
    """314 where both ends are known, else 360 (began) or 361 (ended)."""
    begin, end = dates.disability_from, dates.disability_through
    if begin is not None and end is not None:
        return period("314", begin, end)
    return date_of("360", begin) + date_of("361", end)


def _references(claim: ProfessionalClaim, coverage: Coverage, *, plain: bool) -> Segments:
    of_payer = payer_references(coverage)
    own = trace_and_record(claim)
    if plain:
        return of_payer + own
    numbers = claim.references
    return "".join(
        (
            reference("4N", numbers.service_authorization_exception),
            reference("F5", yes(numbers.mandatory_medicare_crossover)),
            reference("EW", numbers.mammography_certificate),
            of_payer,
            reference("X4", numbers.clia_number),
            reference("9A", numbers.repriced_claim_number),
            reference("9C", numbers.adjusted_repriced_claim_number),
            "".join([reference("LX", exemption) for exemption in numbers.investigational_device_exemption[:1]]),
            own,
            reference("P4", numbers.demonstration_project),
            reference("1J", numbers.care_plan_oversight_npi),
        )
    )


def _spinal_manipulation(treatment: SpinalManipulation | None) -> Segments:
    if treatment is None:
        return ""
    return segment("CR2", *[""] * 7, treatment.condition, "", treatment.description or "")


def _providers(claim: ProfessionalClaim, *, plain: bool) -> Segments:
    rendering = claim.rendering
    rendered = provider("82", unless_same(rendering, claim.billing), specialty="PE") if rendering is not None else ""
    if plain:
        return rendered
    return "".join(
        (
            provider("DN", claim.referring, ids="0B 1G G2", most_ids=3),
            provider("P3", claim.primary_care, ids="0B 1G G2", most_ids=3),
            rendered,
            service_facility(claim.service_facility, with_contact=True),
            provider("DQ", claim.supervising),
            ambulance_stop("PW", claim.pickup),
            ambulance_stop("45", claim.drop_off, claim.drop_off_name),
        )
    )
