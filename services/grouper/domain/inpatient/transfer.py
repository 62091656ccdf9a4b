"""Whether a discharge is paid as a transfer, and what part of the payment it then is (42 CFR 412.4).

A graduated per diem: what a day is worth is the payment over the geometric mean stay; the first day counts twice, and
the sum is never more than the payment. The special DRGs have half of the payment at once and half by the day.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from services.grouper.domain.inpatient.cases import InpatientCase
from services.grouper.domain.inpatient.rates import ONE, TransferRule
from services.grouper.domain.inpatient.worksheet import four_places, plain
from shared.tables.ipps import Drg

SOURCE = "42 CFR 412.4(f); Pub 100-04 ch. 3 §§20.2.3, 40.2.4"
_HALF = Decimal("0.5")
_FEWEST_DAYS = 1
_FIRST_DAY_AGAIN = 1

Kind = Literal["none", "unknown", "acute", "post-acute", "special"]


@dataclass(frozen=True)
class Transfer:
    """What part of the full payment the discharge has."""

    fraction: Decimal
    """1 where it is no transfer, or the stay was long enough."""
    arithmetic: str
    """How the fraction came about; empty where the payment is full."""

    @property
    def is_reduced(self) -> bool:
        return self.fraction < ONE


FULL = Transfer(ONE, "")


def kind_of(case: InpatientCase, drg: Drg, rule: TransferRule) -> Kind:
    """What the discharge status and the DRG make of a discharge."""
    if drg.drg in rule.drgs_paid_in_full:
        return "none"
    if case.discharge_status is None:
        return "unknown"
    status = case.discharge_status.zfill(2)
    if status in rule.acute:
        return "acute"
    if status not in rule.post_acute or not drg.post_acute:
        return "none"
    if status in rule.home_health and rule.home_health_excepted_by & set(case.condition_codes):
        return "none"
    return "special" if drg.special_pay else "post-acute"


def transfer_of(case: InpatientCase, drg: Drg, rule: TransferRule) -> Transfer | None:
    """The part that is paid; None where it depends on a length of stay or a discharge status that nobody gave."""
    kind, mean = kind_of(case, drg, rule), drg.geometric_mean_stay
    if kind == "none" or not mean:
        return FULL
    if case.days is None:
        return None
    days = max(case.days, _FEWEST_DAYS)
    if days + _FIRST_DAY_AGAIN >= mean:
        return FULL
    if kind == "unknown":
        return None
    by_day = Decimal(days + _FIRST_DAY_AGAIN) / mean
    told = f"({days} days + {_FIRST_DAY_AGAIN}) / {plain(mean)}"
    if kind == "special":
        return Transfer(four_places(_HALF + _HALF * by_day), f"0.5 + 0.5 × {told}")
    return Transfer(four_places(by_day), told)
