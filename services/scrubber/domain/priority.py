"""How urgent a held claim is: a sum of named factors, each with its points and how they came about.

The worklist is sorted by the sum as it was on a day; a job counts it anew each day, because claims age and their time
for filing runs out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from services.scrubber.domain.scrubbed_claim import ScrubbedClaim
from services.scrubber.errors import ClaimNotHeld
from shared.claims import ClaimId, Date, Many, Model

_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class PriorityWeights:
    """How much each part of the priority counts."""

    per_day: int
    """Points for each day that the claim is held."""
    dollars_per_point: int
    value_most: int
    """The most that charges can add."""
    deadline_days: int
    """A deadline counts from so many days before it on."""
    deadline_most: int
    """What it adds on its last day; before, less by the same for each day that is left."""


class Factor(Model):
    """A part of the priority."""

    name: Literal["value", "age", "deadline"]
    points: Decimal
    because: str
    """The arithmetic in words; holds nothing of the patient."""


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
        _value(claim.claim.total_charge, weights),
        _age(claim.held_since, weights, day),
        *_deadline(left, weights),
    )
    return Priority(
        claim_id=claim.id,
        day=day,
        total=sum((factor.points for factor in factors), start=Decimal(0)),
        factors=factors,
        filing_deadline=claim.filing_deadline,
        days_left=left,
    )


def days_left(deadline: date | None, day: date) -> int | None:
    """0 on the deadline itself, negative after it; None without one."""
    return None if deadline is None else (deadline - day).days


def _value(charge: Decimal, weights: PriorityWeights) -> Factor:
    points = min(max(charge, Decimal(0)) / weights.dollars_per_point, Decimal(weights.value_most))
    because = f"{charge:.2f} dollars at a point for each {weights.dollars_per_point}, at most {weights.value_most}"
    return Factor(name="value", points=points.quantize(_HUNDREDTH, ROUND_HALF_UP), because=because)


def _age(held_since: datetime, weights: PriorityWeights, day: date) -> Factor:
    days = max((day - held_since.date()).days, 0)
    because = f"held for {days} days at {weights.per_day} points a day"
    return Factor(name="age", points=Decimal(days * weights.per_day), because=because)


def _deadline(left: int | None, weights: PriorityWeights) -> Iterator[Factor]:
    """What is too late is not made urgent by it: those that can still be in time come first."""
    if left is None or left >= weights.deadline_days:
        return
    if left < 0:
        because = f"the payer's time for filing ended {-left} days ago: nothing is gained by haste"
        yield Factor(name="deadline", points=Decimal(0), because=because)
        return
    share = Decimal(weights.deadline_days - left) / weights.deadline_days
    points = (share * weights.deadline_most).quantize(_HUNDREDTH, ROUND_HALF_UP)
    because = f"{left} days are left to file, of {weights.deadline_days} that count, at most {weights.deadline_most}"
    yield Factor(name="deadline", points=points, because=because)
