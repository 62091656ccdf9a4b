"""How a claim goes out again. Rejected is not denied: what was never adjudicated is sent anew, what was is replaced.

005010X222A1 and 005010X223A2 2300 CLM05-3 (NUBC claim frequency code) and REF*F8 (payer claim control number).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shared.claims import Coverage, InstitutionalClaim, PatientControlNumber, ProfessionalClaim
from shared.claims.control_numbers import control_number

ORIGINAL, REPLACEMENT, VOID = "1", "7", "8"

Outcome = Literal["rejected", "denied", "paid"]
"""What became of the attempt before: refused before adjudication (277CA), denied, or paid in part or in full (835)."""

Intent = Literal["correct", "void"]

AnyClaim = ProfessionalClaim | InstitutionalClaim


class PayerNumberMissing(Exception):
    """A replacement or void must name the payer's own number of the claim, and none is known."""


class NothingToVoid(Exception):
    """The payer never took the claim: there is nothing to void."""


@dataclass(frozen=True, slots=True)
class Resubmission:
    """What is different on the claim that goes out next."""

    frequency: str
    patient_control_number: PatientControlNumber
    payer_claim_control_number: str | None
    """REF*F8, on a replacement or void only."""


def resubmission(
    claim: AnyClaim,
    outcome: Outcome,
    *,
    attempt: int,
    intent: Intent = "correct",
    payer_claim_control_number: str | None = None,
) -> Resubmission:
    """How `claim` goes out for the `attempt`-th time (the first is 1) after `outcome`.

    A rejected claim keeps its frequency, so that a rejected original is a new original (1) and a rejected replacement
    still replaces what the payer has. After adjudication the claim replaces (7) or voids (8) it. Raises
    PayerNumberMissing, NothingToVoid, or ValueError for an attempt outside 1 to 99.
    """
    frequency = _frequency(claim, outcome, intent)
    original = payer_claim_control_number or claim.billed_coverage.payer_claim_control_number
    refers = frequency in (REPLACEMENT, VOID)
    if refers and not original:
        raise PayerNumberMissing("the payer's claim control number is not known")
    return Resubmission(frequency, control_number(claim.id, attempt), original if refers else None)


def _frequency(claim: AnyClaim, outcome: Outcome, intent: Intent) -> str:
    if outcome == "rejected":
        if intent == "void":
            raise NothingToVoid("the claim was rejected before adjudication")
        return claim.frequency
    return VOID if intent == "void" else REPLACEMENT


def resubmitted(claim: AnyClaim, terms: Resubmission) -> AnyClaim:
    """The claim as it goes out again."""
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
