"""The coverages: who is asked to pay, in which turn, and what that payer wants (loops 2000B, 2010BA, 2010BB, 2320)."""

from __future__ import annotations

from collections.abc import Iterator

from services.scrubber.domain.claim_parts import AnyClaim, lines
from services.scrubber.domain.engine import PROFESSIONAL, Circumstances, Defect, edit
from services.scrubber.domain.payer_rules import AuthorizationRule
from shared.claims import InstitutionalClaim, Mbi, MemberId, ProfessionalClaim, ProfessionalLine, Repair

MEDICARE = {"MA", "MB"}
_MEDICARE_OF_KIND = {"professional": "MB", "institutional": "MA"}


def _billed(claim: AnyClaim, on: Circumstances) -> str:
    """Pointer to the coverage that the claim is sent to."""
    return next(f"/coverages/{at}" for at, coverage in enumerate(claim.coverages) if coverage is on.billed)


@edit(
    "payer-one-primary",
    title="Not exactly one payer is the first",
    predicted="A7:742",
    source="005010X222A1 and X223A2, 2000B and 2320 SBR01: one P, no value twice (U may repeat)",
    row=23,
)
def payer_one_primary(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    turns = [coverage.sequence for coverage in claim.coverages]
    if turns == ["P"]:
        return
    if "P" not in turns:
        yield Defect("/coverages", "Say which payer is the primary one.")
    seen: set[str] = set()
    for position, coverage in enumerate(claim.coverages):
        if coverage.sequence in seen and coverage.sequence != "U":
            yield Defect(
                f"/coverages/{position}/sequence",
                "Give each payer its own turn: two coverages have the same one.",
                {"sequence": coverage.sequence},
            )
        seen.add(coverage.sequence)


@edit(
    "payer-filing-indicator-invalid",
    title="The claim filing indicator is missing or is not one",
    predicted="A7:480",
    source="005010X222A1 and X223A2, SBR09 (X12 element 1032 as the guides allow it)",
    row=25,
)
def payer_filing_indicator_invalid(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    for position, coverage in enumerate(claim.coverages):
        if coverage.filing_indicator is None:
            yield Defect(
                f"/coverages/{position}/filing_indicator", "Say what kind of payer this is.", predicted="A6:480"
            )
        elif not on.listed("claim_filing_indicator", coverage.filing_indicator):
            yield Defect(
                f"/coverages/{position}/filing_indicator",
                "Choose a claim filing indicator of the list.",
                {"list": "claim_filing_indicator"},
            )


@edit(
    "payer-medicare-part",
    title="The claim kind does not fit the part of Medicare",
    predicted="A7:480",
    source="CMS 837 companion guides: SBR09 is MB on the professional, MA on the institutional claim",
    row=25,
    suggests_repair=True,
)
def payer_medicare_part(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    wanted = _MEDICARE_OF_KIND[claim.kind]
    if on.billed.filing_indicator != wanted and on.billed.filing_indicator in MEDICARE:
        place = f"{_billed(claim, on)}/filing_indicator"
        yield Defect(
            place,
            f"Send a {claim.kind} claim to Medicare as {wanted}.",
            repair=Repair(
                title=f"Set the claim filing indicator to {wanted}",
                patch=({"op": "replace", "path": place, "value": wanted},),
            ),
        )


@edit(
    "payer-medicare-twice",
    title="Two payers are the same part of Medicare",
    predicted="A7:480",
    source="CMS 837 companion guides: SBR09 of 2000B and 2320 cannot both be MB, nor both MA",
    row=25,
)
def payer_medicare_twice(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    if len(claim.coverages) == 1:
        return
    seen: set[str] = set()
    for position, coverage in enumerate(claim.coverages):
        indicator = coverage.filing_indicator
        if indicator in MEDICARE and indicator in seen:
            yield Defect(
                f"/coverages/{position}/filing_indicator", "Drop one of the two: Medicare cannot pay after itself."
            )
        seen.add(indicator or "")


@edit(
    "payer-medicare-secondary-reason",
    title="Medicare is not told why it pays second",
    predicted="A6:578",
    source="005010X222A1, 2000B SBR05: required where Medicare is not primary; CMS Pub 100-05 ch. 3 §20",
    kinds=PROFESSIONAL,
    row=26,
)
def payer_medicare_secondary_reason(claim: ProfessionalClaim, on: Circumstances) -> Iterator[Defect]:
    coverage = on.billed
    if coverage.sequence != "P" and coverage.filing_indicator == "MB" and coverage.insurance_type is None:
        yield Defect(
            f"{_billed(claim, on)}/insurance_type", "Give the insurance type: why Medicare is secondary (12, 13, 43 …)."
        )


@edit(
    "payer-id-missing",
    title="The payer has no id",
    predicted="A6:153:PR",
    source="005010X222A1 and X223A2, 2010BB and 2330B NM109",
    row=33,
)
def payer_id_missing(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    for position, coverage in enumerate(claim.coverages):
        if coverage.payer.payer_id is None:
            yield Defect(f"/coverages/{position}/payer/payer_id", "Give the payer's id for electronic claims.")


@edit(
    "subscriber-id-missing",
    title="The subscriber has no member id",
    predicted="A6:164:IL",
    source="005010X222A1 and X223A2, 2010BA and 2330A NM109",
    row=27,
)
def subscriber_id_missing(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    for position, coverage in enumerate(claim.coverages):
        if coverage.subscriber.member_id is None:
            yield Defect(f"/coverages/{position}/subscriber/member_id", "Give the member id as on the card.")


@edit(
    "subscriber-mbi-format",
    title="The Medicare beneficiary identifier is not one",
    predicted="A7:164:IL",
    source="CMS, Understanding the Medicare Beneficiary Identifier (MBI) format",
    row=28,
)
def subscriber_mbi_format(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    for position, coverage in enumerate(claim.coverages):
        member_id = coverage.subscriber.member_id
        if coverage.filing_indicator in MEDICARE and member_id is not None and (problem := Mbi.problem_of(member_id)):
            yield Defect(
                f"/coverages/{position}/subscriber/member_id",
                "Correct the MBI: eleven characters as on the card, without the letters S, L, O, I, B and Z.",
                {"check": problem.code},
            )


@edit(
    "subscriber-id-invalid",
    title="The member id holds characters that no member id has",
    predicted="A7:164:IL",
    source="005010X222A1 and X223A2, 2010BA NM109 (basic character set)",
    row=27,
)
def subscriber_id_invalid(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    for position, coverage in enumerate(claim.coverages):
        member_id = coverage.subscriber.member_id
        if coverage.filing_indicator not in MEDICARE and member_id is not None and (problem := _id_problem(member_id)):
            yield Defect(
                f"/coverages/{position}/subscriber/member_id", "Write the member id as on the card.", {"check": problem}
            )


def _id_problem(member_id: MemberId) -> str | None:
    return member_id.problem.code if member_id.problem else None


@edit(
    "subscriber-first-name-missing",
    title="The subscriber has no first name",
    predicted="A6:505:IL",
    source="005010X222A1 and X223A2, 2010BA NM104",
    severity="warning",
    row=29,
)
def subscriber_first_name_missing(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    for position, coverage in enumerate(claim.coverages):
        person = coverage.subscriber.person
        if person is not None and person.first is None:
            yield Defect(
                f"/coverages/{position}/subscriber/person/first", "Give the first name, if the member has one."
            )


@edit(
    "subscriber-is-patient",
    title="The subscriber is said to be the patient but was born on another day",
    predicted="A8:156",
    source="005010X222A1 and X223A2, SBR02 = 18 against 2010BA DMG02",
    row=24,
)
def subscriber_is_patient(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    for position, coverage in enumerate(claim.coverages):
        born, patient_born = coverage.subscriber.birth_date, claim.patient.birth_date
        differ = born is not None and patient_born is not None and born != patient_born
        if coverage.patient_is_subscriber and differ:
            yield Defect(
                f"/coverages/{position}/relationship",
                "Correct the relationship or one of the two birth dates: they are of one person and differ.",
            )


@edit(
    "payer-authorization-required",
    title="The payer wants a prior authorisation for this service",
    predicted="A6:252",
    source="Payer rules (see evidence); 005010X222A1 and X223A2, 2300 and 2400 REF*G1",
    row=60,
)
def payer_authorization_required(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    rules = on.payer_rule.authorizations
    if not rules or on.billed.prior_authorization is not None:
        return
    pointer = _billed(claim, on)
    for rule in rules:
        if not _rule_applies(rule, claim):
            continue
        for position, line in lines(claim):
            authorized = isinstance(line, ProfessionalLine) and line.prior_authorization is not None
            if line.procedure in rule.procedures and not authorized and rule.period.covers(line.last_day or on.day):
                yield Defect(
                    f"{pointer}/prior_authorization",
                    f"Give the payer's authorisation number for the service on line {position + 1}.",
                    {"procedure": str(line.procedure), "rule": rule.source},
                )


def _rule_applies(rule: AuthorizationRule, claim: AnyClaim) -> bool:
    facility = claim.facility_type if isinstance(claim, InstitutionalClaim) else claim.place_of_service
    return (not rule.facility_types or facility in rule.facility_types) and claim.billing.npi not in rule.exempt_npis
