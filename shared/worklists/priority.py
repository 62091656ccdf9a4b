"""How urgent a claim on a worklist is: a sum of named factors, each with its points and how they came about.

A worklist is sorted by the sum as it was on a day; a job counts it anew each day, because claims age and their time for
filing runs out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from shared.claims import Model

_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class PriorityWeights:
    """How much each part of the priority counts."""

    per_day: int
    """Points for each day on the list."""
    dollars_per_point: int
    value_most: int
    """The most that charges can add."""
    deadline_days: int
    """The end of timely filing counts from so many days before it on."""
    deadline_most: int
    """What it adds on its last day; before, less by the same for each day that is left."""


class Factor(Model):
    """A part of the priority."""

    name: Literal["value", "age", "deadline"]
    points: Decimal
    because: str
    """The arithmetic in words; holds nothing of the patient."""


def total_points(factors: Iterable[Factor]) -> Decimal:
    """The priority itself."""
    return sum((factor.points for factor in factors), start=Decimal(0))


def days_left(deadline: date | None, day: date) -> int | None:
    """0 on the deadline itself, negative after it; None without one."""
    return None if deadline is None else (deadline - day).days


def value_factor(dollars: Decimal, weights: PriorityWeights) -> Factor:
    """What is at stake."""
    points = min(max(dollars, Decimal(0)) / weights.dollars_per_point, Decimal(weights.value_most))
    because = f"{dollars:.2f} dollars at a point for each {weights.dollars_per_point}, at most {weights.value_most}"
    return Factor(name="value", points=points.quantize(_HUNDREDTH, ROUND_HALF_UP), because=because)


def age_factor(since: date, told: str, weights: PriorityWeights, day: date) -> Factor:
    """For the days since it came onto the list; `told` says so in words, with `{days}`."""
    days = max((day - since).days, 0)
    because = f"{told.format(days=days)} at {weights.per_day} points a day"
    return Factor(name="age", points=Decimal(days * weights.per_day), because=because)


def deadline_factors(left: int | None, weights: PriorityWeights) -> Iterator[Factor]:
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
