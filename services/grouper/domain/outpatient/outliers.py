"""Outlier payments: for services whose cost is far above what they are paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from services.grouper.domain.estimates import LeftOut, Step
from services.grouper.domain.outpatient.lines import Assigned, Lines
from services.grouper.domain.outpatient.payments import Payment, cents
from services.grouper.domain.outpatient.rules import OppsRules, known_on
from services.grouper.domain.outpatient.visits import OutpatientVisit

_SOURCE = "42 CFR 419.43(d); CMS Pub 100-04 ch. 4 §10.7.1"
_RATE_PLACES = Decimal("0.00000001")
_ZERO = Decimal(0)
_MOST_CHARGED = Decimal(100_000_000)
"""More than any visit is charged; with it the outlier payment stays within what `Money` holds."""


def outliers_of(
    visit: OutpatientVisit, lines: Lines, payments: Sequence[Payment], rules: OppsRules
) -> tuple[list[Step], list[LeftOut]]:
    """The outlier payment of each line that has one, or why none can be said.

    The cost of a line is its charge, with its part of the charges of packaged lines in proportion to payments, times
    the cost-to-charge ratio (Pub 100-04 ch. 4 §10.7.1).
    """
    paid = [payment for payment in payments if payment.amount is not None and _may_have(payment.line, rules)]
    missing = _missing(visit, lines, paid, rules)
    ratio = visit.hospital.cost_to_charge_ratio
    if missing or ratio is None:
        return [], [LeftOut(what="outlier", reason=missing)] if missing else []
    charges = _charges(lines, paid)
    if sum(charges.values(), _ZERO) > _MOST_CHARGED:
        return [], [LeftOut(what="outlier", reason=f"the charges are above {_MOST_CHARGED:,}: they cannot be right")]
    found = [_outlier(payment, charges[payment.line.index], ratio, rules) for payment in paid]
    return [step for step in found if step is not None], []


def _may_have(line: Assigned, rules: OppsRules) -> bool:
    return line.day is not None and rules.status_indicators.on(line.day)[line.status or ""].outlier


def _missing(visit: OutpatientVisit, lines: Lines, paid: Sequence[Payment], rules: OppsRules) -> str:
    """What keeps the outlier payment from being said; empty where nothing does."""
    if not paid:
        return ""
    if visit.hospital.cost_to_charge_ratio is None:
        return "the hospital's cost-to-charge ratio is not given"
    if any(line.line.charge is None for line in lines):
        return "a line has no charge"
    days = {payment.line.day for payment in paid if payment.line.day}
    unknown = sorted(day.year for day in days if known_on(rules.outlier_threshold, day) is None)
    if unknown:
        return f"the fixed-dollar threshold of {unknown[0]} is not known here"
    if any(line.outcome == "not-supported" for line in lines):
        return "packaged charges are spread over all paid services, and one of them is not supported"
    return ""


def _charges(lines: Lines, paid: Sequence[Payment]) -> Mapping[int, Decimal]:
    """The charge of each paid line with its part of what is packaged, by the index of the line."""
    packaged = [line for line in lines if line.outcome == "packaged"]
    spread = sum((_charge(line) for line in packaged if line.composite_of is None), _ZERO)
    total = sum((payment.amount or _ZERO for payment in paid), _ZERO)
    charges: dict[int, Decimal] = {}
    for payment in paid:
        index, amount = payment.line.index, payment.amount or _ZERO
        part = (amount / total).quantize(_RATE_PLACES, ROUND_HALF_UP) if total else _ZERO
        composite = sum((_charge(line) for line in packaged if line.composite_of == index), _ZERO)
        charges[index] = _charge(payment.line) + cents(part * spread) + composite
    return charges


def _charge(line: Assigned) -> Decimal:
    return line.line.charge or _ZERO


def _outlier(payment: Payment, charge: Decimal, ratio: Decimal, rules: OppsRules) -> Step | None:
    line, amount = payment.line, payment.amount
    if line.day is None or amount is None:
        return None
    multiple, threshold = rules.outlier_multiple.on(line.day), rules.outlier_threshold.on(line.day)
    share = rules.outlier_share.on(line.day)
    cost, times = cents(charge * ratio), cents(multiple * amount)
    if cost <= times or cost <= amount + threshold:
        return None
    arithmetic = (
        f"line {line.line.number}: cost {charge:,.2f} × {ratio} = {cost:,.2f}, above {multiple} × {amount:,.2f} "
        f"= {times:,.2f} and {amount:,.2f} + {threshold:,.2f}; ({cost:,.2f} - {times:,.2f}) × {share}"
    )
    return Step(name="outlier", amount=cents((cost - times) * share), arithmetic=arithmetic, source=_SOURCE)
