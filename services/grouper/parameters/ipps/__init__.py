"""Rates and rules of inpatient payment: one YAML file each, as `shared.tables.dated` reads them."""

from __future__ import annotations

from functools import cache

from services.grouper.domain.inpatient.rates import IppsRules


@cache
def load_ipps_rules() -> IppsRules:
    """All parameters, read once. Raises InvalidParameter or ValueError where a file does not make sense."""
    return IppsRules()
