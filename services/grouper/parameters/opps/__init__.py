"""Small dated values of outpatient payment: one YAML file each, as `shared.tables.dated` reads them."""

from __future__ import annotations

from functools import cache

from services.grouper.domain.outpatient.rules import OppsRules
from shared.tables.dated import read_parameter


@cache
def load_opps_rules() -> OppsRules:
    """All parameters of the OPPS, read once. Raises InvalidParameter or ValueError where a file makes no sense."""
    return OppsRules(bill_types=read_parameter(__package__, "bill_types", frozenset))
