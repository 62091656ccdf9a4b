"""The payment of an outpatient visit under the OPPS."""

from __future__ import annotations

from services.grouper.domain.estimates import Estimate, LeftOut
from services.grouper.domain.outpatient.rules import OppsRules
from services.grouper.domain.outpatient.visits import OutpatientVisit
from shared.tables import Tables


def price(visit: OutpatientVisit, rules: OppsRules, tables: Tables) -> Estimate:
    """What Medicare would pay for each line and in all, with the arithmetic of each amount and its source."""
    left_out = LeftOut(what="payment", reason=f"type of bill 0{visit.facility_type}x is not supported")
    return Estimate(method="opps", as_of=visit.last_day, total=None, left_out=(left_out,))
