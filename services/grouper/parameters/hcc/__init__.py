"""Small dated values of risk adjustment. A payment year is asked for by its first day."""

from __future__ import annotations

from decimal import Decimal
from functools import cache, partial
from typing import Any

from services.grouper.domain.risk_adjustment.rules import RiskRules
from services.grouper.parameters import load_rules
from shared.tables.dated import frozen, read_parameter


@cache
def load_risk_rules() -> RiskRules:
    """All parameters, read once. Raises InvalidParameter or ValueError where a file does not make sense."""
    read = partial(read_parameter, __package__)
    return RiskRules(
        models=read("models", frozen),
        shares=read("shares", frozen),
        esrd_model=read("esrd_model", str),
        factor_years=read("factor_years", frozen),
        normalization=read("normalization", _factors),
        coding_adjustment=read("coding_adjustment", _shares),
        dual_status=read("dual_status", frozen),
        bill_types=read("bill_types", frozen),
        highest_age=load_rules().highest_age,
    )


def _factors(value: Any) -> Any:
    return frozen(
        {model: {group: Decimal(factor) for group, factor in groups.items()} for model, groups in value.items()}
    )


def _shares(value: Any) -> Any:
    """By model, exact."""
    return frozen({model: Decimal(share) for model, share in value.items()})
