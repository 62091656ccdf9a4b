"""The estimate of one discharge, step by step."""

from __future__ import annotations

from services.grouper.domain.estimates import Estimate, LeftOut
from services.grouper.domain.inpatient.cases import InpatientCase
from services.grouper.domain.inpatient.rates import IppsRules
from shared.tables import Tables


def price(case: InpatientCase, rules: IppsRules, tables: Tables) -> Estimate:
    """What Medicare would pay for the discharge. Where it cannot be said, the total is None and `left_out` says why."""
    reason = "no rates are loaded for the day of discharge"
    return Estimate(
        method="ipps", as_of=case.discharge_date, total=None, left_out=(LeftOut(what="payment", reason=reason),)
    )
