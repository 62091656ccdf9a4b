"""The claim's other payers and what they decided: loops 2320 and 2330 of the claim, 2430 of a line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.submission.domain.x12.elements import (
    Segments,
    amount,
    date_of,
    entity,
    money,
    place,
    quantity,
    reference,
    secondary_ids,
)
from services.submission.domain.x12.subscribers import relationship_code, subscriber_name
from shared.claims import (
    Adjudication,
    Adjustment,
    Coverage,
    InstitutionalClaim,
    InstitutionalLine,
    OtherPayerProvider,
    ProfessionalClaim,
    ProfessionalLine,
)
from shared.x12 import composite, segment

_MOST_REASONS = 6
_PROFESSIONAL_ROLES = {"DN": "0B 1G G2", "P3": "0B 1G G2", "82": "0B 1G G2 LU", "77": "0B G2 LU", "DQ": "0B 1G G2 LU",
                       "85": "G2 LU"}  # fmt: skip
_INSTITUTIONAL_ROLES = {"71": "0B 1G G2 LU", "72": "0B 1G G2 LU", "ZZ": "0B 1G G2 LU", "77": "0B G2 LU",
                        "82": "0B 1G G2 LU", "DN": "0B 1G G2", "85": "G2 LU"}  # fmt: skip
"""Loops 2330C to 2330G of the 837P and 2330C to 2330I of the 837I in their order, with the REF that each allows."""


def other_payer(claim: ProfessionalClaim | InstitutionalClaim, coverage: Coverage) -> Segments:
    """2320 with its 2330 loops for one coverage that is not billed."""
    is_professional = claim.kind == "professional"
    yield segment(
        "SBR", coverage.sequence, relationship_code(coverage.relationship), coverage.group_number or "",
        "" if coverage.group_number else coverage.group_name or "",
        (coverage.insurance_type or "") if is_professional else "", "", "", "", coverage.filing_indicator or "",
    )  # fmt: skip
    if coverage.adjudication is not None:
        yield from adjustments(coverage.adjudication.adjustments)
        yield from _amounts(coverage.adjudication, is_professional=is_professional)
    signed = "P" if is_professional and coverage.signature_by_provider else ""
    yield segment("OI", "", "", coverage.assignment_of_benefits, signed, "", coverage.release_of_information)
    if coverage.adjudication is not None:
        if claim.kind == "institutional" and claim.is_inpatient:
            yield from _inpatient_adjudication(coverage.adjudication)
        else:
            yield from _outpatient_adjudication(coverage.adjudication)
    yield from _other_subscriber(coverage)
    yield from _other_payer_name(coverage)
    roles = _PROFESSIONAL_ROLES if is_professional else _INSTITUTIONAL_ROLES
    for role, allowed in roles.items():
        for provider in coverage.other_payer_providers:
            if provider.role == role:
                yield from _other_payer_provider(provider, allowed)


def adjustments(reasons: Iterable[Adjustment]) -> Segments:
    """CAS: reasons of one group together, six to a segment; at most five segments are allowed (2320, 2430)."""
    groups: dict[str, list[Adjustment]] = {}
    for reason in reasons:
        groups.setdefault(reason.group, []).append(reason)
    for group, members in groups.items():
        for begin in range(0, len(members), _MOST_REASONS):
            yield _adjustment_segment(group, members[begin : begin + _MOST_REASONS])


def _adjustment_segment(group: str, members: Sequence[Adjustment]) -> str:
    parts = [part for m in members for part in (m.reason, money(m.amount), quantity(m.quantity))]
    return segment("CAS", group, *parts)


def _amounts(adjudication: Adjudication, *, is_professional: bool) -> Segments:
    """The two guides order the last two differently."""
    yield from amount("D", adjudication.paid)
    if is_professional:
        yield from amount("A8", adjudication.non_covered)
        yield from amount("EAF", adjudication.remaining_patient_liability)
    else:
        yield from amount("EAF", adjudication.remaining_patient_liability)
        yield from amount("A8", adjudication.non_covered)


def _outpatient_adjudication(adjudication: Adjudication) -> Segments:
    rate, payable, remarks = adjudication.reimbursement_rate, adjudication.hcpcs_payable, adjudication.remark_codes
    if rate is not None or payable is not None or remarks:
        yield segment("MOA", quantity(rate), money(payable), *remarks)


def _inpatient_adjudication(adjudication: Adjudication) -> Segments:
    """MIA: covered days in 01, the first remark in 05, the others from 20 on."""
    if adjudication.covered_days is None and not adjudication.remark_codes:
        return
    first, others = adjudication.remark_codes[:1], adjudication.remark_codes[1:]
    days = quantity(adjudication.covered_days) or "0"
    yield segment("MIA", days, "", "", "", *(first or ("",)), *[""] * 14, *others)


def _other_subscriber(coverage: Coverage) -> Segments:
    who = coverage.subscriber
    return "".join(
        (
            subscriber_name(who),
            place(who.address),
            reference("SY", who.ssn),
        )
    )


def _other_payer_name(coverage: Coverage) -> Segments:
    payer = coverage.payer
    yield entity("PR", payer.name, payer.payer_id_kind, payer.payer_id)
    yield from place(payer.address)
    if coverage.adjudication is not None:
        yield from date_of("573", coverage.adjudication.date)
    yield from secondary_ids(payer.secondary_ids, "2U EI FY NF", 2)
    yield from reference("G1", coverage.prior_authorization)
    yield from reference("9F", coverage.referral_number)
    yield from reference("F8", coverage.payer_claim_control_number)


def _other_payer_provider(provider: OtherPayerProvider, allowed: str) -> Segments:
    ids = list(secondary_ids(provider.secondary_ids, allowed, 2 if provider.role == "85" else 3))
    if ids:
        yield segment("NM1", provider.role, "1" if provider.is_person and provider.role != "77" else "2")
        yield from ids


def line_adjudications(line: ProfessionalLine | InstitutionalLine) -> Segments:
    """2430: SVD, CAS, DTP*573, AMT*EAF for each payer that decided on the line.

    What the payer paid for is the line's own code unless it says otherwise: the procedure in SVD03, which the 837P
    requires, and the revenue code in SVD04, which the 837I requires and the 837P has not.
    """
    for decision in line.adjudications:
        procedure = decision.procedure or line.procedure
        revenue_code = "" if isinstance(line, ProfessionalLine) else decision.revenue_code or line.revenue_code
        bundled = str(decision.bundled_into_line) if decision.bundled_into_line else ""
        yield segment(
            "SVD", decision.payer_id, money(decision.paid),
            composite("HC", procedure, *decision.modifiers) if procedure else "", revenue_code,
            quantity(decision.units), bundled,
        )  # fmt: skip
        yield from adjustments(decision.adjustments)
        yield from date_of("573", decision.date)
        yield from amount("EAF", decision.remaining_patient_liability)
