"""What one of several practitioners is paid for a surgery: assistants, co-surgeons, shares of the global package."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from services.grouper.domain.professional.calculation import Calculation, cents, dollars, plain
from services.grouper.domain.professional.lines import Payable
from services.grouper.domain.professional.rules import MpfsRules
from services.grouper.domain.professional.services import ProfessionalServices

_SPLIT = "Pub 100-04 ch. 12 §40.4: shares of the global package by fields 17 to 19 of the MPFSDB"
_RETURN = "Pub 100-04 ch. 12 §40.4: a return to the operating room is paid the intraoperative share"


class DaysOfCareUnclear(ValueError):
    """The days of postoperative care that were given are not within the global period."""


def by_role(
    calculation: Calculation, payable: Payable, rules: MpfsRules, services: ProfessionalServices
) -> Calculation:
    """The share of the amount that the practitioner's part in the surgery is paid. Raises DaysOfCareUnclear."""
    row, day = payable.row, payable.day
    if payable.role == "assistant":
        return calculation.share("assistant-at-surgery", rules.assistant_at_surgery.edition_on(day))
    if payable.role == "co-surgeon":
        return calculation.share("co-surgeon", rules.co_surgeon.edition_on(day))
    if payable.role == "surgical-care":
        return calculation.times("surgical-care", row.preoperative + row.intraoperative, _SPLIT)
    if payable.role == "postoperative-care":
        return _postoperative(calculation, payable, rules, services)
    if payable.role == "return-to-operating-room" and row.intraoperative:
        return calculation.times("return-to-operating-room", row.intraoperative, _RETURN)
    return calculation


def _postoperative(
    calculation: Calculation, payable: Payable, rules: MpfsRules, services: ProfessionalServices
) -> Calculation:
    shared = calculation.times("postoperative-care", payable.row.postoperative, _SPLIT)
    period = rules.global_days.on(payable.day).get(payable.row.global_days)
    if services.assumed_care is None and services.relinquished_care is None:
        return shared
    if period is None:
        raise DaysOfCareUnclear(f"global indicator {payable.row.global_days} has no number of days")
    days = _days_of_care(payable.day, period, services.assumed_care, services.relinquished_care)
    arithmetic = f"{dollars(shared.amount)} × {days} / {period}"
    amount = cents(shared.amount * days / Decimal(period))
    return shared.then("days-of-postoperative-care", amount, arithmetic, _SPLIT)


def _days_of_care(surgery: date, period: int, assumed: date | None, relinquished: date | None) -> int:
    """Both days included; the day of surgery is the first of the period, as in the manual's example."""
    first = 1 if assumed is None else (assumed - surgery).days + 1
    last = period if relinquished is None else (relinquished - surgery).days + 1
    if not 1 <= first <= last <= period:
        raise DaysOfCareUnclear(f"the days of care are not within the {plain(Decimal(period))} days after the surgery")
    return last - first + 1
