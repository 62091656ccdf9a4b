"""The payment of one line: its rate, wage adjustment, rural adjustment, discount, and the patient's share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from services.grouper.domain.estimates import LeftOut, Step
from services.grouper.domain.outpatient.discounting import NO_DISCOUNT, Discount
from services.grouper.domain.outpatient.lines import Assigned, Group
from services.grouper.domain.outpatient.rules import OppsRules, StatusRule, known_on
from services.grouper.domain.outpatient.visits import OutpatientVisit
from shared.tables import NoRelease, Tables, ioce

_CENT = Decimal("0.01")
_MOST = Decimal(9_000_000)
"""More than any service costs: units are then wrong. A claim of 999 lines stays within what `Money` holds."""
_STOPPED_BEFORE_ANAESTHESIA = "73"
_WITH_DEVICE = "terminated_device_procedure"
_PREVENTIVE = "deductible_coins_na"
_WAIVING = ("33", "CS", "PT")
_WAGE = "42 CFR 419.43(c); CMS Pub 100-04 ch. 4 §20.4"
_RURAL = "42 CFR 419.43(g); CMS Pub 100-04 ch. 4 §10.6.1"
_DISCOUNT = "42 CFR 419.44; CMS Pub 100-04 ch. 4 §10.5; Integrated OCE Specifications, Appendix D"
_COPAYMENT = "42 CFR 419.41; CMS Pub 100-04 ch. 4 §30"
_DEVICE = "42 CFR 419.44(b); CMS Pub 100-04 ch. 4 §20.6.4"


@dataclass(frozen=True, slots=True)
class Payment:
    """What one line is paid, and how it came about."""

    line: Assigned
    amount: Decimal | None
    """None where it cannot be said: then `reason` says why."""
    patient_share: Decimal | None = None
    steps: tuple[Step, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    reason: str | None = None


@dataclass(frozen=True)
class Payer:
    """Pays lines by the hospital's facts, the rules and the tables of one visit."""

    visit: OutpatientVisit
    rules: OppsRules
    tables: Tables
    discounts: Mapping[int, Discount]

    def pay(self, line: Assigned) -> Payment:
        """The payment of a line whose outcome is `paid`."""
        if line.group is None or line.group.rate is None or line.day is None:
            return Payment(line, None, reason="the loaded releases have no rate for the line")
        return self._paid(line, line.group, line.group.rate, line.day)

    def _paid(self, line: Assigned, group: Group, national: Decimal, day: date) -> Payment:
        steps = [_national(group, national, day)]
        rate = self._without_device(line, national, day, steps)
        if rate is None:
            return Payment(line, None, reason="the device's part of the payment (modifier 73) is in no loaded release")
        rule = self.rules.status_indicators.on(day)[line.status or ""]
        rate = self._rural(rule, rate, day, steps)
        discount = self.discounts.get(line.index, NO_DISCOUNT)
        amount, arithmetic = self._line(line, rule, rate, discount, day)
        if amount > _MOST:
            return Payment(line, None, reason=f"the payment would be above {_money(_MOST)}: its units cannot be right")
        source = f"{_WAGE}; {_DISCOUNT}" if discount.words else _WAGE
        steps.append(Step(name="payment", amount=amount, arithmetic=arithmetic, source=source))
        share, left_out = self._share(line, group, national, amount, discount, day, steps)
        return Payment(line, amount, share, tuple(steps), left_out, line.reason)

    def _without_device(self, line: Assigned, rate: Decimal, day: date, steps: list[Step]) -> Decimal | None:
        """A procedure with a device that was stopped before anaesthesia is not paid for the device."""
        if not (line.has(_STOPPED_BEFORE_ANAESTHESIA) and line.on(_WITH_DEVICE)):
            return rate
        try:
            row = ioce.device_offset(self.tables, line.code, day).row
        except NoRelease:
            row = None
        if row is None:
            return None
        rest = max(rate - row.amount, Decimal(0))
        steps.append(_between("device-offset", rest, f"{_money(rate)} - {_money(row.amount)}", _DEVICE))
        return rest

    def _rural(self, rule: StatusRule, rate: Decimal, day: date, steps: list[Step]) -> Decimal:
        factor = known_on(self.rules.rural_adjustment, day)
        whole = self.visit.facility_type in self.rules.whole_logic_bill_types.on(day)
        if not (self.visit.hospital.rural_sole_community and rule.rural_adjusted and factor and whole):
            return rate
        raised = cents(rate * factor)
        steps.append(_between("rural-adjustment", raised, f"{_money(rate)} × {factor}", _RURAL))
        return raised

    def _line(
        self, line: Assigned, rule: StatusRule, rate: Decimal, discount: Discount, day: date
    ) -> tuple[Decimal, str]:
        """The amount, and its arithmetic."""
        index, share = self.visit.hospital.wage_index, self.rules.labour_share.on(day)
        adjusted, words = rate, _money(rate)
        if rule.wage_adjusted and index is not None:
            adjusted = rate * share * index + rate * (1 - share)
            words = f"({words} × {share} × {index} + {words} × {1 - share})"
        if line.units != 1:
            words += f" × {line.units.normalize():f}"
        if discount.words:
            words += f" × {discount.words}"
        return cents(adjusted * line.units * discount.factor), words

    def _share(
        self,
        line: Assigned,
        group: Group,
        national: Decimal,
        amount: Decimal,
        discount: Discount,
        day: date,
        steps: list[Step],
    ) -> tuple[Decimal | None, tuple[LeftOut, ...]]:
        """The patient's part: the APC's share of the payment, and of a service not above the inpatient deductible."""
        pointer = f"/lines/{line.index}"
        if line.on(_PREVENTIVE) or line.has(*_WAIVING):
            reason = "coinsurance may be waived for a preventive service, which is not worked out"
            return None, (LeftOut(what="copayment", reason=reason, pointer=pointer),)
        if group.copayment is None or not national:
            reason = "the loaded release has no copayment: Addendum A or B of the quarter has it"
            return None, (LeftOut(what="copayment", reason=reason, pointer=pointer),)
        deductible = known_on(self.rules.inpatient_deductible, day)
        if deductible is None:
            reason = f"the inpatient deductible of {day.year}, which limits the copayment, is not known here"
            return None, (LeftOut(what="copayment", reason=reason, pointer=pointer),)
        limit = cents(deductible * line.units * discount.factor)
        full = cents(amount * group.copayment / national)
        share = min(full, limit) if self.rules.status_indicators.on(day)[line.status or ""].outlier else full
        arithmetic = f"{_money(amount)} × {_money(group.copayment)} / {_money(national)}"
        if full > share:
            arithmetic += f" = {_money(full)}, not above the inpatient deductible {_money(limit)}"
        steps.append(_between("copayment", share, arithmetic, _COPAYMENT))
        return share, ()


def cents(amount: Decimal) -> Decimal:
    """Rounded half up to cents, as the CMS Pricer rounds."""
    return amount.quantize(_CENT, ROUND_HALF_UP)


def _national(group: Group, rate: Decimal, day: date) -> Step:
    source = f"{group.release.table} {group.release.name}"
    return _between("national-rate", cents(rate), f"APC {group.apc} on {day}: {_money(rate)}", source)


def _between(name: str, amount: Decimal, arithmetic: str, source: str) -> Step:
    return Step(name=name, amount=cents(amount), arithmetic=arithmetic, source=source, in_total=False)


def _money(amount: Decimal) -> str:
    places = max(2, -int(amount.normalize().as_tuple().exponent))
    return f"{amount:,.{places}f}"
