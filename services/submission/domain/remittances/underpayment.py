"""Whether a payer allowed less for a claim than was expected.

What a payer allows is what it pays and what it leaves to the patient, and what it keeps of that afterwards. What it
refuses is a denial, and no part of the comparison: neither the line nor what was expected for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from services.submission.domain.denials import DenialReason, category_of
from services.submission.domain.denials.limits import Tolerance
from services.submission.domain.remittances.lines import line_numbers
from services.submission.domain.resubmission import VOID
from services.submission.domain.x12.reading.advice import DENIED, NOTHING, Adjudicated, RemittedClaim
from services.submission.parameters import parameter
from shared.claims import Date, ExpectedPayment, Many, Model, Money
from shared.tables.dated import Edition

RULE = "allowed-below-expected"
UNDERPAID = "underpaid"
"""The category under which the denial worklist has it."""

_AS_FIRST_PAYER = frozenset({"1", "19"})
"""CLP02: processed as primary, and the same forwarded to another payer."""


class ComparedLine(Model):
    """A service line of ours, the figures in dollars; `difference` is what was expected less what was allowed."""

    number: int
    expected: Money
    allowed: Money
    difference: Money


class Underpayment(Model):
    """That a payer allowed less than was expected, with what says so. Amounts are dollars."""

    rule: str
    rule_effective: Date
    """Of the edition of the rule's values."""
    expected: Money
    """Of what is compared: denied lines, and those without an expected amount, are left out."""
    allowed: Money
    difference: Money
    tolerance: Money
    lines: Many[ComparedLine]
    """None where the payment system pays by claim."""
    expectation: ExpectedPayment
    """By which method it was expected, of what day, from which releases."""


def underpayment_of(
    claim: RemittedClaim,
    expected: ExpectedPayment | None,
    day: date,
    numbers: Sequence[int] | None = None,
    *,
    total_charge: Decimal,
    own: Tolerance | None = None,
) -> Underpayment | None:
    """What `claim` falls short of `expected` by more than is tolerated; None where it does not, or nothing can be said.

    `day` is that of the payer's notice, `numbers` are the lines of our claim that its services are, `total_charge` is
    that of our claim, `own` the customer's tolerance with the payer. Nothing is said of reversals, of what is denied as
    a whole, of what was not decided on by the first payer, and of what does not balance.
    """
    if expected is None or not _is_decided(claim) or not is_a_measure(expected, day):
        return None
    if expected.lines:
        lines = tuple(_compared_lines(claim, expected, day, numbers or line_numbers(claim.lines)))
        sums = _sum(line.expected for line in lines), _sum(line.allowed for line in lines)
    elif expected.amount is not None and claim.charged == total_charge and not _refuses(claim, day):
        lines, sums = (), (expected.amount, _allowed_in_all(claim, day))
    else:
        return None
    due, allowed = sums
    tolerance = (own or _tolerance(day)).of(due)
    if due - allowed <= tolerance:
        return None
    return Underpayment(
        rule=RULE,
        rule_effective=_edition(day).effective,
        expected=due,
        allowed=allowed,
        difference=due - allowed,
        tolerance=tolerance,
        lines=lines,
        expectation=expected,
    )


def is_asked_to_pay_first(claim: Mapping[str, Any]) -> bool:
    """Of a claim as it is kept: whether it bills the payer who is first in turn, and takes nothing back."""
    return claim.get("billed_sequence", "P") == "P" and claim.get("frequency") != VOID


def reasons_of(underpayment: Underpayment) -> tuple[DenialReason, ...]:
    """The lines that fall short, in the form of the worklist; one of the claim where it is paid as one."""
    short: list[tuple[int | None, Decimal]] = [(one.number, one.difference) for one in underpayment.lines]
    return tuple(
        DenialReason(line=line, group="", carc="", rarcs=(), amount=amount, category=UNDERPAID)
        for line, amount in short or [(None, underpayment.difference)]
        if amount > 0
    )


def is_a_measure(expected: ExpectedPayment, day: date) -> bool:
    """Whether an expectation leaves nothing out by which the payer could rightly have allowed less."""
    return expected.amount is not None and set(expected.left_out) <= set(_rules(day)["bearable"][expected.method])


def _is_decided(claim: RemittedClaim) -> bool:
    return claim.is_whole and claim.is_balanced and claim.status in _AS_FIRST_PAYER


def _refuses(claim: RemittedClaim, day: date) -> bool:
    return claim.status == DENIED or any(category_of(one.reason, day).is_denial for one in claim.every_adjustment)


def _compared_lines(
    claim: RemittedClaim, expected: ExpectedPayment, day: date, numbers: Sequence[int]
) -> Iterator[ComparedLine]:
    """Lines that the payer decided on and has not refused, in our order; services that it split are one line.

    Where it adjusts the claim as such nobody can say which lines that is of, so that it is asked of none.
    """
    if any(True for _ in claim.adjustments):
        return
    amounts = {line.number: line.amount for line in expected.lines}
    allowed: dict[int, Decimal] = {}
    refused = set()
    for number, line in zip(numbers, claim.lines, strict=True):
        allowed[number] = allowed.get(number, NOTHING) + allowed_for(line, day)
        if any(category_of(one.reason, day).is_denial for one in line.adjustments):
            refused.add(number)
    for number in sorted(allowed.keys() & amounts.keys() - refused):
        due, found = amounts[number], allowed[number]
        yield ComparedLine(number=number, expected=due, allowed=found, difference=due - found)


def _allowed_in_all(claim: RemittedClaim, day: date) -> Decimal:
    """Of a claim that is paid as one: CLP04 holds what the lines were paid, so that of them only adjustments count."""
    return claim.paid + _patients_and_kept(claim.every_adjustment, day)


def _patients_and_kept(adjustments: Iterable[Any], day: date) -> Decimal:
    after_allowed = _rules(day)["after_allowed"]
    return _sum(one.amount for one in adjustments if one.group == "PR" or one.reason in after_allowed)


def allowed_for(line: Adjudicated, day: date) -> Decimal:
    """What a payer allows for a service: AMT*B6 where it says so (005010X221A1 2110), else what its parts make.

    They are what it pays, what the patient owes (CAS PR), and what it keeps of the payment, such as sequestration.
    AMT*AU of the claim is no allowed amount: it holds the covered charges, before any fee schedule (2100 AMT).
    """
    stated = line.amount("B6")
    return stated if stated is not None else line.paid + _patients_and_kept(line.adjustments, day)


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, NOTHING)


def _tolerance(day: date) -> Tolerance:
    given = _rules(day)["tolerance"]
    return Tolerance(amount=Decimal(given["amount"]), percent=Decimal(given["percent"]))


def _rules(day: date) -> Mapping[str, Any]:
    return _edition(day).value


def _edition(day: date) -> Edition[Mapping[str, Any]]:
    editions = parameter("underpayment")
    # A payer's notice may bear any date: one before the first edition is read by the first.
    return editions.edition_on(max(day, editions.begins))
