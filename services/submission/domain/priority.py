"""How urgent a rejected or denied claim is, and why."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from services.submission.parameters import parameter
from shared.claims import Date, Many, Model
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
    """A claim's priority on a day with its arithmetic: `total` is the sum of the factors' points."""

    day: Date
    total: Decimal
    factors: Many[Factor]


def weights_on(day: date) -> PriorityWeights:
    """How much each part counts on a day. Raises NoEdition."""
    return PriorityWeights(**parameter("rejection_priority").on(day))


def priority(
    charge: Decimal, rejected_on: date, deadline: date | None, weights: PriorityWeights, day: date
) -> Priority:
    """`deadline` is the last day on which the payer takes the claim, None where none is known."""
    factors = (
        value_factor(charge, weights),
        age_factor(rejected_on, "came back {days} days ago", weights, day),
        *deadline_factors(days_left(deadline, day), weights),
    )
    return Priority(day=day, total=total_points(factors), factors=factors)
