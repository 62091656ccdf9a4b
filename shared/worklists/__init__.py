"""What the worklists of claims have in common: how urgent a claim is, whose it is until when, and who touched it.

Values in, values out. What waits on a list, and why, is each service's own.
"""

from shared.worklists.acts import Act
from shared.worklists.leases import Leases
from shared.worklists.priority import (
    Factor,
    PriorityWeights,
    age_factor,
    days_left,
    deadline_factors,
    total_points,
    value_factor,
)

__all__ = [
    "Act",
    "Factor",
    "Leases",
    "PriorityWeights",
    "age_factor",
    "days_left",
    "deadline_factors",
    "total_points",
    "value_factor",
]
