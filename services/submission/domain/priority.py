"""How urgent a rejected claim is: a sum of named factors, each with its points and how they came about.

The worklist is sorted by the sum as it was on a day; a job counts it anew each day, because claims age and their time
for filing runs out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, Self

from services.submission.parameters import parameter
from shared.claims import Date, Many, Model

_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class PriorityWeights:
    """How much each part of the priority counts."""

    per_day: int
    """Points for each day since the claim came back."""
    dollars_per_point: int
    value_most: int
    """The most that charges can add."""
    deadline_days: int
    """The end of timely filing counts from so many days before it on."""
    deadline_most: int
    """What it adds on its last day; before, less by the same for each day that is left."""

    @classmethod
    def on(cls, day: date) -> Self:
        """Raises NoEdition."""
        return cls(**parameter("rejection_priority").on(day))


class Factor(Model):
    """A part of the priority."""

    name: Literal["value", "age", "deadline"]
    points: Decimal
    because: str
    """The arithmetic in words; holds nothing of the patient."""


class Priority(Model):
    """A rejected claim's priority on a day with its arithmetic: `total` is the sum of the factors' points."""

    day: Date
    total: Decimal
    factors: Many[Factor]


def priority(
    charge: Decimal, rejected_on: date, deadline: date | None, weights: PriorityWeights, day: date
) -> Priority:
    """`deadline` is the last day on which the payer takes the claim, None where none is known."""
    factors = (_value(charge, weights), _age(rejected_on, weights, day), *_deadline(days_left(deadline, day), weights))
    return Priority(day=day, total=sum((factor.points for factor in factors), start=Decimal(0)), factors=factors)


def days_left(deadline: date | None, day: date) -> int | None:
    """0 on the deadline itself, negative after it; None without one."""
    return None if deadline is None else (deadline - day).days


def _value(charge: Decimal, weights: PriorityWeights) -> Factor:
    points = min(charge / weights.dollars_per_point, Decimal(weights.value_most))
    because = f"{charge:.2f} dollars at a point for each {weights.dollars_per_point}, at most {weights.value_most}"
    return Factor(name="value", points=points.quantize(_HUNDREDTH, ROUND_HALF_UP), because=because)


def _age(rejected_on: date, weights: PriorityWeights, day: date) -> Factor:
    days = max((day - rejected_on).days, 0)
    because = f"came back {days} days ago at {weights.per_day} points a day"
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
