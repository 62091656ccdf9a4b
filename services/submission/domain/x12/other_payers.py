"""The claim's other payers and what they decided: loops 2320 and 2330 of the claim, 2430 of a line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from services.submission.domain.x12.elements import (
    Segments,
    amount,
    date_of,
    entity,
    money,
    place,
    product_qualifier,
    quantity,
    reference,
    secondary_ids,
)
from services.submission.domain.x12.subscribers import relationship_code, subscriber_name, subscriber_segment
from shared.claims import (
    Adjudication,
    Adjustment,
    Coverage,
    InstitutionalClaim,
    InstitutionalLine,
    LineAdjudication,
    OtherPayerProvider,
    ProfessionalClaim,
    ProfessionalLine,
)
from shared.x12 import X12Error, composite, segment

_MOST_REASONS = 6
MOST_CAS = 5
"""In a loop 2320 or 2430."""
_PROFESSIONAL_ROLES = {"DN": "0B 1G G2", "P3": "0B 1G G2", "82": "0B 1G G2 LU", "77": "0B G2 LU", "DQ": "0B 1G G2 LU",
                       "85": "G2 LU"}  # fmt: skip
_INSTITUTIONAL_ROLES = {"71": "0B 1G G2 LU", "72": "0B 1G G2 LU", "ZZ": "0B 1G G2 LU", "77": "0B G2 LU",
                        "82": "0B 1G G2 LU", "DN": "0B 1G G2", "85": "G2 LU"}  # fmt: skip
"""Loops 2330C to 2330G of the 837P and 2330C to 2330I of the 837I in their order, with the REF that each allows."""


def other_payers(claim: ProfessionalClaim | InstitutionalClaim) -> Segments:
    """2320 for each coverage that is not billed."""
    if len(claim.coverages) == 1:
        return ""
    return "".join([_other_payer(claim, coverage) for coverage in claim.other_coverages])


def _other_payer(claim: ProfessionalClaim | InstitutionalClaim, coverage: Coverage) -> Segments:
    """2320 with its 2330 loops."""
    is_professional = claim.kind == "professional"
    decided = coverage.adjudication
    signed = "P" if is_professional and coverage.signature_by_provider else ""
    is_inpatient = claim.kind == "institutional" and claim.is_inpatient
    return "".join(
        (
            subscriber_segment(coverage, relationship_code(coverage.relationship), is_professional=is_professional),
            adjustments(decided.adjustments) if decided else "",
            _amounts(decided, is_professional=is_professional) if decided else "",
            segment("OI", "", "", coverage.assignment_of_benefits, signed, "", coverage.release_of_information),
            _inpatient_adjudication(decided) if decided and is_inpatient else "",
            _outpatient_adjudication(decided) if decided and not is_inpatient else "",
            _other_subscriber(coverage),
            _other_payer_name(coverage),
            _other_payer_providers(coverage, _PROFESSIONAL_ROLES if is_professional else _INSTITUTIONAL_ROLES),
        )
    )


def adjustments(reasons: Iterable[Adjustment]) -> Segments:
    """CAS: reasons of one group together, six to a segment.

    Raises X12Error, `segment_repeated`, where they take more than the five segments that are allowed (2320, 2430).
    """
    groups: dict[str, list[Adjustment]] = {}
    for reason in reasons:
        groups.setdefault(reason.group, []).append(reason)
    segments = [
        _adjustment_segment(group, members[begin : begin + _MOST_REASONS])
        for group, members in groups.items()
        for begin in range(0, len(members), _MOST_REASONS)
    ]
    if len(segments) > MOST_CAS:
        raise X12Error("segment_repeated", f"its adjustments take {len(segments)} CAS where {MOST_CAS} are allowed")
    return "".join(segments)


def _adjustment_segment(group: str, members: Sequence[Adjustment]) -> str:
    parts = [part for m in members for part in (m.reason, money(m.amount), quantity(m.quantity))]
    return segment("CAS", group, *parts)


def _amounts(adjudication: Adjudication, *, is_professional: bool) -> Segments:
    """The two guides order the last two differently."""
    non_covered = amount("A8", adjudication.non_covered)
    liability = amount("EAF", adjudication.remaining_patient_liability)
    last = non_covered + liability if is_professional else liability + non_covered
    return amount("D", adjudication.paid) + last


def _outpatient_adjudication(adjudication: Adjudication) -> Segments:
    rate, payable, remarks = adjudication.reimbursement_rate, adjudication.hcpcs_payable, adjudication.remark_codes
    is_told = rate is not None or payable is not None or remarks
    return segment("MOA", quantity(rate), money(payable), *remarks) if is_told else ""


def _inpatient_adjudication(adjudication: Adjudication) -> Segments:
    """MIA: covered days in 01, the first remark in 05, the others from 20 on."""
    if adjudication.covered_days is None and not adjudication.remark_codes:
        return ""
    first, others = adjudication.remark_codes[:1], adjudication.remark_codes[1:]
    days = quantity(adjudication.covered_days) or "0"
    return segment("MIA", days, "", "", "", *(first or ("",)), *[""] * 14, *others)


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
    return "".join(
        (
            entity("PR", payer.name, payer.payer_id_kind, payer.payer_id),
            place(payer.address),
            date_of("573", coverage.adjudication.date) if coverage.adjudication else "",
            secondary_ids(payer.secondary_ids, "2U EI FY NF", 2),
            reference("G1", coverage.prior_authorization),
            reference("9F", coverage.referral_number),
            reference("F8", coverage.payer_claim_control_number),
        )
    )


def _other_payer_providers(coverage: Coverage, roles: Mapping[str, str]) -> Segments:
    return "".join(
        _other_payer_provider(provider, allowed)
        for role, allowed in roles.items()
        for provider in coverage.other_payer_providers
        if provider.role == role
    )


def _other_payer_provider(provider: OtherPayerProvider, allowed: str) -> Segments:
    ids = secondary_ids(provider.secondary_ids, allowed, 2 if provider.role == "85" else 3)
    is_person = provider.is_person and provider.role != "77"
    return segment("NM1", provider.role, "1" if is_person else "2") + ids if ids else ""


def line_adjudications(line: ProfessionalLine | InstitutionalLine) -> Segments:
    """2430: SVD, CAS, DTP*573, AMT*EAF for each payer that decided on the line."""
    return "".join([_line_adjudication(decision, line) for decision in line.adjudications])


def _line_adjudication(decision: LineAdjudication, line: ProfessionalLine | InstitutionalLine) -> Segments:
    """What the payer paid for is the line's own code unless it says otherwise.

    The procedure stands in SVD03, which the 837P requires; the revenue code in SVD04, which only the 837I has.
    """
    procedure = decision.procedure or line.procedure
    revenue_code = "" if isinstance(line, ProfessionalLine) else decision.revenue_code or line.revenue_code
    decided = segment(
        "SVD", decision.payer_id, money(decision.paid),
        composite(product_qualifier(revenue_code), procedure, *decision.modifiers) if procedure else "", revenue_code,
        quantity(decision.units), str(decision.bundled_into_line or ""),
    )  # fmt: skip
    return "".join(
        (
            decided,
            adjustments(decision.adjustments),
            date_of("573", decision.date),
            amount("EAF", decision.remaining_patient_liability),
        )
    )
