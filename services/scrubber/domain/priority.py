"""How urgent a held claim is, and why."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from services.scrubber.domain.scrubbed_claim import ScrubbedClaim
from services.scrubber.errors import ClaimNotHeld
from shared.claims import ClaimId, Date, Many, Model
from shared.worklists import (
    Factor,
    PriorityWeights,
    age_factor,
    days_left,
    deadline_factors,
    total_points,
    value_factor,
)


class Priority(Model):
    """A held claim's priority on a day with its arithmetic: `total` is the sum of the factors' points."""

    claim_id: ClaimId
    day: Date
    total: Decimal
    factors: Many[Factor]
    filing_deadline: Date | None
    days_left: int | None
    """Until the deadline, on which the claim is still in time; negative once it has passed."""


def explain(claim: ScrubbedClaim, weights: PriorityWeights, day: date) -> Priority:
    """Raises ClaimNotHeld."""
    if claim.held_since is None:
        raise ClaimNotHeld(f"the claim is {claim.status}")
    left = days_left(claim.filing_deadline, day)
    factors = (
        value_factor(claim.claim.total_charge, weights),
        age_factor(claim.held_since.date(), "held for {days} days", weights, day),
        *deadline_factors(left, weights),
    )
    return Priority(
        claim_id=claim.id,
        day=day,
        total=total_points(factors),
        factors=factors,
        filing_deadline=claim.filing_deadline,
        days_left=left,
    )
