"""The payment of a practitioner's services under the physician fee schedule."""

from __future__ import annotations

from services.grouper.domain.estimates import Estimate, LeftOut
from services.grouper.domain.professional.rules import MpfsRules
from services.grouper.domain.professional.services import ProfessionalServices
from shared.tables import Tables


def price(services: ProfessionalServices, rules: MpfsRules, tables: Tables) -> Estimate:
    """What Medicare would allow for each line and in all, with the arithmetic of each amount and its source."""
    left_out = LeftOut(what="payment", reason="no fee schedule is loaded for the day of service")
    return Estimate(method="mpfs", as_of=services.last_day, total=None, left_out=(left_out,))
