"""From the amount of the schedule to what is allowed for one line, step by step."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from services.grouper.domain.estimates import PricedLine, Step
from services.grouper.domain.professional.bilateral import BILATERAL
from services.grouper.domain.professional.calculation import Calculation, cents, dollars, fee_steps
from services.grouper.domain.professional.equipment import by_equipment
from services.grouper.domain.professional.lines import Anesthesia, Payable, Refused
from services.grouper.domain.professional.portions import total_of
from services.grouper.domain.professional.practitioners import (
    by_participation,
    by_profession,
    kind_of,
    limiting_charge,
)
from services.grouper.domain.professional.rules import MpfsRules
from services.grouper.domain.professional.rulings import Share
from services.grouper.domain.professional.services import ProfessionalServices, ServiceLine
from services.grouper.domain.professional.surgeons import DaysOfCareUnclear, by_role
from shared.claims import AS_RECEIVED
from shared.tables import Tables

_CHARGE = "Social Security Act §1848(a)(1): the lower of the actual charge and the fee schedule amount"
_UNITS = "Pub 100-04 ch. 26 §10.4, item 24G"


def allowed(share: Share, services: ProfessionalServices, rules: MpfsRules, tables: Tables) -> PricedLine:
    """A line that the schedule prices, with what is allowed for it."""
    payable = share.payable
    refusal = _profession(payable, services, rules)
    if refusal:
        return refused_line(refusal)
    equipped = by_equipment(_of_share(share), share, rules, tables)
    if isinstance(equipped, Refused):
        return refused_line(equipped)
    try:
        calculation = by_role(equipped, payable, rules, services)
    except DaysOfCareUnclear as unclear:
        return refused_line(payable.refused("not-supported", str(unclear)))
    line, day = payable.line, payable.day
    calculation = by_profession(calculation, services, line, rules, day)
    reason = rules.statuses.on(day)[payable.row.status].reason or None
    return _line(calculation, payable, services, rules, reason)


def anesthesia_line(
    service: Anesthesia, amount: Calculation, services: ProfessionalServices, rules: MpfsRules
) -> PricedLine:
    """A line for anaesthesia. Its modifier says what who gave it is paid, so the profession does not."""
    return _line(amount, service, services, rules, None)


def refused_line(refused: Refused) -> PricedLine:
    """A line without an amount of its own: none at all where it is not supported, else nothing."""
    return _priced_line(
        refused.line,
        status=refused.status,
        outcome=refused.outcome,
        amount=None if refused.outcome == "not-supported" else Decimal(0),
        patient_share=Decimal(0) if refused.outcome == "packaged" else None,
        reason=refused.reason,
    )


def _priced_line(line: ServiceLine, **found: Any) -> PricedLine:
    """A line as it was billed, with what was found of it. Codes stand as they were received, faults included."""
    billed = {"number": line.number, "code": line.procedure, "modifiers": line.modifiers, "units": line.units}
    return PricedLine.model_validate(billed | found, context=AS_RECEIVED)


def _profession(payable: Payable, services: ProfessionalServices, rules: MpfsRules) -> Refused | None:
    kind = kind_of(services, payable.line, rules, payable.day)
    if rules.practitioner_shares[kind].begins <= payable.day:
        return None
    return payable.refused("not-supported", f"what a {kind} was paid on {payable.day} is not carried")


def _of_share(share: Share) -> Calculation:
    calculation = Calculation(tuple(fee_steps(share.payable.fee)))
    total, arithmetic = total_of(share.portions)
    if total == calculation.amount:
        return calculation
    sources = [BILATERAL] if share.is_bilateral else []
    sources += [share.source] if share.source else []
    name = "multiple-procedures" if share.source else "bilateral-procedure" if share.is_bilateral else "units"
    return calculation.then(name, total, arithmetic, "; ".join(sources) or _UNITS)


def _line(
    calculation: Calculation,
    service: Payable | Anesthesia,
    services: ProfessionalServices,
    rules: MpfsRules,
    reason: str | None,
) -> PricedLine:
    line, day = service.line, service.day
    calculation = by_participation(calculation, services, line, rules, day)
    most_charged: tuple[Step, ...] = ()
    if not services.accepts_assignment and calculation.steps[-1].name == "nonparticipating":
        most_charged = (limiting_charge(calculation, rules, day),)
    if line.charge is not None and line.charge < calculation.amount:
        arithmetic = f"the lower of {dollars(calculation.amount)} and {dollars(line.charge)}"
        calculation = calculation.then("actual-charge", line.charge, arithmetic, _CHARGE)
    return _priced_line(
        line,
        status=service.status,
        outcome="paid",
        amount=calculation.amount,
        patient_share=_patient_share(calculation.amount, line, rules, day),
        reason=reason,
        steps=(*calculation.closed(), *most_charged),
    )


def _patient_share(amount: Decimal, line: ServiceLine, rules: MpfsRules, day: date) -> Decimal | None:
    """Coinsurance. None where modifier 33 says that a service was preventive which is not always."""
    if line.procedure in rules.waived_coinsurance.on(day):
        return Decimal(0)
    if "33" in line.modifiers:
        return None
    share = rules.colorectal_coinsurance if "PT" in line.modifiers else rules.coinsurance
    return cents(amount * share.on(day))
