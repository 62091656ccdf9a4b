"""The payment of an outpatient visit under the Outpatient Prospective Payment System."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from services.grouper.domain.estimates import Estimate, LeftOut, PricedLine, Step, UsedRelease
from services.grouper.domain.outpatient.claim_logic import AskedTables, decided_lines
from services.grouper.domain.outpatient.discounting import discounts_of
from services.grouper.domain.outpatient.lines import Assigned, Lines
from services.grouper.domain.outpatient.outliers import outliers_of
from services.grouper.domain.outpatient.payments import Payer, Payment
from services.grouper.domain.outpatient.rules import OppsRules, known_on
from services.grouper.domain.outpatient.visits import OutpatientVisit
from shared.tables import Tables
from shared.tables.catalogue import Release

_ZERO = Decimal("0.00")
_ALWAYS_OUT = (
    LeftOut(
        what="edits", reason="every line is taken to pass the edits (NCCI, MUE, coverage), which the scrubber makes"
    ),
    LeftOut(what="deductible", reason="the Part B deductible is not taken off: what the patient has met is not known"),
    LeftOut(what="sequestration", reason="amounts are those allowed, before the sequestration of Medicare's part"),
    LeftOut(
        what="special-hospitals",
        reason="what cancer, children's and rural emergency hospitals and those of Maryland are paid is not supported",
    ),
    LeftOut(what="quality-reporting", reason="the hospital is taken to have met the quality reporting rules"),
)
_SHOWN = 24
"""Amounts that stand in the arithmetic of the sum, which has room for as many."""
_LINES = "CMS Pub 100-04 ch. 4 §10.1"


def price(visit: OutpatientVisit, rules: OppsRules, tables: Tables) -> Estimate:
    """What Medicare would pay for each line and in all, with the arithmetic of each amount and its source."""
    refusal = _refusal(visit, rules)
    if refusal is not None:
        return _not_supported(visit, refusal)
    asked = AskedTables(tables)
    lines = decided_lines(visit, rules, asked)
    paid = [line for line in lines if line.outcome == "paid"]
    payer = Payer(visit, rules, tables, discounts_of(paid, rules))
    payments = [payer.pay(line) for line in paid]
    outliers, no_outlier = outliers_of(visit, lines, payments, rules)
    priced = _priced_lines(lines, payments)
    steps = [*_of_lines(priced), *outliers]
    left_out = [*_left_out(visit, priced, payments, rules), *no_outlier, *_ALWAYS_OUT]
    return Estimate(
        method="opps",
        as_of=visit.last_day,
        total=sum((step.amount for step in steps), _ZERO) if steps else None,
        steps=tuple(steps),
        lines=tuple(priced),
        left_out=tuple(left_out),
        releases=_used(lines, asked.releases),
    )


def _refusal(visit: OutpatientVisit, rules: OppsRules) -> LeftOut | None:
    """Why nothing of the visit can be priced."""
    day, bill = visit.service_date, visit.facility_type
    if day < rules.begins:
        return LeftOut(what="payment", reason=f"the rules of the OPPS are carried from {rules.begins}")
    if bill not in rules.bill_types.on(day):
        reason = rules.other_bill_types.on(day).get(bill, "the OPPS does not pay it")
        return LeftOut(what="payment", reason=f"type of bill 0{bill}x: {reason}", pointer="/facility_type")
    known = rules.condition_codes.on(day)
    for index, code in enumerate(visit.condition_codes):
        if code in known:
            reason = f"condition code {code}: {known[code]}"
            return LeftOut(what="payment", reason=reason, pointer=f"/condition_codes/{index}")
    return None


def _not_supported(visit: OutpatientVisit, refusal: LeftOut) -> Estimate:
    lines = tuple(
        PricedLine.model_construct(
            number=line.number,
            code=line.procedure,
            modifiers=line.modifiers,
            units=line.units,
            outcome="not-supported",
            reason=refusal.reason,
        )
        for line in visit.lines
    )
    return Estimate(method="opps", as_of=visit.last_day, total=None, lines=lines, left_out=(refusal,))


def _priced_lines(lines: Lines, payments: Sequence[Payment]) -> list[PricedLine]:
    payment_of = {payment.line.index: payment for payment in payments}
    return [_priced(line, payment_of.get(line.index)) for line in lines]


def _priced(line: Assigned, payment: Payment | None) -> PricedLine:
    """Not validated again: a claim is read as it was received, with codes that may not be well formed."""
    outcome = line.outcome or "not-supported"
    amount, share = (payment.amount, payment.patient_share) if payment else (None, None)
    if payment and amount is None:
        outcome = "not-supported"
    if outcome in ("packaged", "not-paid"):
        amount = _ZERO
        share = _ZERO if outcome == "packaged" else None
    return PricedLine.model_construct(
        number=line.line.number,
        code=line.line.procedure,
        modifiers=line.line.modifiers,
        units=line.line.units,
        status=line.status,
        apc=line.group.apc if line.group and outcome == "paid" else None,
        outcome=outcome,
        amount=amount,
        patient_share=share,
        reason=payment.reason if payment else line.reason,
        steps=payment.steps if payment and amount is not None else (),
    )


def _of_lines(priced: Sequence[PricedLine]) -> list[Step]:
    """The sum of the lines; none where no line has an amount, as one that is not supported has not."""
    amounts = [line.amount for line in priced if line.amount is not None]
    if not amounts or (any(line.outcome == "not-supported" for line in priced) and not any(amounts)):
        return []
    paid = [amount for amount in amounts if amount]
    arithmetic = " + ".join(f"{amount:,.2f}" for amount in paid[:_SHOWN]) or "no line is paid on its own"
    if len(paid) > _SHOWN:
        arithmetic += f" + those of {len(paid) - _SHOWN} more lines"
    return [Step(name="lines", amount=sum(amounts, _ZERO), arithmetic=arithmetic, source=_LINES)]


def _left_out(
    visit: OutpatientVisit, priced: Sequence[PricedLine], payments: Sequence[Payment], rules: OppsRules
) -> Iterable[LeftOut]:
    for index, line in enumerate(priced):
        if line.outcome == "not-supported":
            yield LeftOut(what="line", reason=line.reason or "the line is not supported", pointer=f"/lines/{index}")
    if payments and visit.hospital.wage_index is None:
        yield LeftOut(
            what="wage-index",
            reason="the hospital's wage index is not given: amounts are national and unadjusted",
        )
    for payment in payments:
        yield from payment.left_out
    if any(_is_over_limit(payments, day, rules) for day in {payment.line.day for payment in payments}):
        yield LeftOut(
            what="copayment-limit",
            reason="copayments of a day with drugs are above the inpatient deductible, which may limit them",
        )


def _is_over_limit(payments: Sequence[Payment], day: date | None, rules: OppsRules) -> bool:
    """Whether drugs bring a day's copayments above the inpatient deductible (Pub 100-04 ch. 4 §30)."""
    shares = {payment.line.status: _ZERO for payment in payments if payment.line.day == day}
    for payment in payments:
        if payment.line.day == day:
            shares[payment.line.status] += payment.patient_share or _ZERO
    deductible = known_on(rules.inpatient_deductible, day) if day else None
    has_drugs = any(shares.get(status) for status in ("G", "K"))
    return has_drugs and deductible is not None and sum(shares.values(), _ZERO) > deductible


def _used(lines: Lines, others: Iterable[Release]) -> tuple[UsedRelease, ...]:
    releases = [release for line in lines if line.listed for release in line.listed.releases]
    names = dict.fromkeys((release.table, release.name) for release in [*releases, *others])
    return tuple(UsedRelease(table=table, release=name) for table, name in sorted(names))
