"""How urgent a rejected claim is. Points by hand from rejection_priority.yaml."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from services.submission.domain.priority import priority, weights_on
from shared.worklists import PriorityWeights

DAY = date(2026, 11, 24)
WEIGHTS = PriorityWeights(per_day=10, dollars_per_point=100, value_most=100, deadline_days=30, deadline_most=100)


def test_the_weights_are_those_of_the_day():
    assert weights_on(DAY) == WEIGHTS


@pytest.mark.parametrize(
    ("charge", "days", "left", "points"),
    [
        ("250.00", 0, None, {"value": "2.50", "age": "0"}),
        ("99999.00", 2, None, {"value": "100.00", "age": "20"}),
        ("100.00", 0, 30, {"value": "1.00", "age": "0"}),
        ("100.00", 0, 15, {"value": "1.00", "age": "0", "deadline": "50.00"}),
        ("100.00", 0, 0, {"value": "1.00", "age": "0", "deadline": "100.00"}),
        ("100.00", 0, -1, {"value": "1.00", "age": "0", "deadline": "0"}),
    ],
)
def test_every_factor_has_its_points(charge: str, days: int, left: int | None, points: dict[str, str]):
    deadline = None if left is None else DAY + timedelta(days=left)
    found = priority(Decimal(charge), DAY - timedelta(days=days), deadline, WEIGHTS, DAY)
    assert {factor.name: factor.points for factor in found.factors} == {n: Decimal(p) for n, p in points.items()}
    assert found.total == sum(map(Decimal, points.values()))
    assert all(factor.because for factor in found.factors)
