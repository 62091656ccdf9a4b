"""How a claim goes out again. Rejected is not denied: what was never adjudicated is sent anew, what was is replaced.

005010X222A1 and 005010X223A2 2300 CLM05-3 (NUBC claim frequency code) and REF*F8 (payer claim control number).
"""

from __future__ import annotations

from typing import Literal

from services.submission.errors import AttemptsExhausted, NothingToVoid, PayerNumberMissing
from shared.claims import Coverage, InstitutionalClaim, Many, Model, PatientControlNumber, ProfessionalClaim
from shared.claims.control_numbers import control_number

ORIGINAL, REPLACEMENT, VOID = "1", "7", "8"

Outcome = Literal["rejected", "unprocessable", "accepted", "denied", "paid", "voided"]
"""What became of the attempt before: refused before adjudication (277CA), taken into it, denied, or paid in part or in
full (835). unprocessable: on a remittance, yet with no decision on it, as Medicare says with MA130.
voided: taken back, as we asked."""

NOT_ADJUDICATED: tuple[Outcome, ...] = ("rejected", "unprocessable")
"""There is no decision, and so nothing to replace or void but what the payer had before."""

Intent = Literal["correct", "void"]

AnyClaim = ProfessionalClaim | InstitutionalClaim


class FoundChange(Model):
    """Fields that have changed, and the claim change reason that they alone would have."""

    code: str
    pointers: Many[str]


class ClaimChange(Model):
    """The claim change reason of an institutional replacement or void: why it is sent, as a condition code."""

    code: str
    """D0 to D9 or E0 (HI*BG)."""
    because: str
    """How it was chosen, in words."""
    found: Many[FoundChange] = ()
    """What has changed; none where the reason was given or kept."""
    remarks: str | None = None
    """NTE*ADD, which D9 needs; a note of the biller's own stands in its place."""


class Resubmission(Model):
    """What is different on the claim that goes out next, and why."""

    decision: Literal["new", "replacement", "void"]
    """new: as if for the first time. replacement and void: of what the payer has."""
    frequency: str
    """CLM05-3; of an institutional claim the last digit of its type of bill."""
    patient_control_number: PatientControlNumber
    payer_claim_control_number: str | None
    """REF*F8, on a replacement or void only."""
    because: str
    """The reason in words."""
    claim_change: ClaimChange | None = None
    """What the claim tells the payer of it; None where it tells nothing."""


def resubmission(
    claim: AnyClaim,
    outcome: Outcome,
    *,
    attempt: int,
    intent: Intent = "correct",
    payer_claim_control_number: str | None = None,
) -> Resubmission:
    """How `claim`, as it went out last, goes out for the `attempt`-th time (the first is 1) after `outcome`.

    A claim that was not adjudicated keeps its frequency, so that a rejected original is a new original (1), or a new
    interim bill, and a rejected replacement still replaces what the payer has. After adjudication the claim replaces
    (7) or voids (8) it by `payer_claim_control_number`, the number that the payer gave last. What was voided is no
    more: it goes out as a new original. Raises PayerNumberMissing, NothingToVoid, AttemptsExhausted.
    """
    frequency, because = _frequency(claim, outcome, intent)
    refers = frequency in (REPLACEMENT, VOID)
    own = claim.billed_coverage.payer_claim_control_number
    original = own if outcome in NOT_ADJUDICATED else payer_claim_control_number or own
    if refers and not original:
        raise PayerNumberMissing("a replacement or void names the payer's number of the claim, and none is known")
    return Resubmission(
        decision="void" if frequency == VOID else "replacement" if frequency == REPLACEMENT else "new",
        frequency=frequency,
        patient_control_number=_number(claim, attempt),
        payer_claim_control_number=original if refers else None,
        because=because,
    )


def _number(claim: AnyClaim, attempt: int) -> PatientControlNumber:
    try:
        return control_number(claim.id, attempt)
    except ValueError as error:
        raise AttemptsExhausted("no control number is left for another attempt") from error


def _frequency(claim: AnyClaim, outcome: Outcome, intent: Intent) -> tuple[str, str]:
    if outcome in NOT_ADJUDICATED:
        if intent == "void":
            raise NothingToVoid(f"the claim was {outcome}: the payer has decided nothing")
        if outcome == "unprocessable" and claim.frequency not in (REPLACEMENT, VOID):
            return claim.frequency, _UNPROCESSABLE
        return claim.frequency, _REJECTED.get(claim.frequency, _REJECTED[ORIGINAL])
    if claim.frequency == VOID:
        if intent == "void":
            raise NothingToVoid("the payer has taken the void of the claim already")
        return ORIGINAL, "The payer has taken the void: nothing is left to replace, so it goes out as a new claim."
    if intent == "void":
        return VOID, "The payer has the claim: it is taken back by the payer's own number of it."
    return REPLACEMENT, _ADJUDICATED[outcome]


_REJECTED = {
    ORIGINAL: "Rejected before adjudication: the payer has no claim to replace, so it goes out as a new one.",
    REPLACEMENT: "The replacement was rejected: the payer still has the claim before it, which this one replaces.",
    VOID: "The void was rejected: the payer still has the claim, which this one takes back.",
}
_UNPROCESSABLE = "Unprocessable is no decision: the payer has nothing to replace, so it goes out as a new claim."
_ADJUDICATED: dict[Outcome, str] = {
    "accepted": "The payer has taken the claim into adjudication: it is replaced by the payer's own number of it.",
    "denied": "Denied after adjudication: it is replaced by the payer's own number of it, not sent anew.",
    "paid": "Paid other than it should be: it is replaced by the payer's own number of it, not sent anew.",
}


def resubmitted(claim: AnyClaim, terms: Resubmission) -> AnyClaim:
    """The claim as it goes out again, whatever a correction says of frequency and numbers."""
    billed = claim.billed_coverage
    coverages = tuple(_with_payer_number(c, terms) if c is billed else c for c in claim.coverages)
    return claim.model_copy(
        update={
            "frequency": terms.frequency,
            "patient_control_number": terms.patient_control_number,
            "coverages": coverages,
        }
    )


def _with_payer_number(coverage: Coverage, terms: Resubmission) -> Coverage:
    return coverage.model_copy(update={"payer_claim_control_number": terms.payer_claim_control_number})
