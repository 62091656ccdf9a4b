"""FT1: what was charged, and what was taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from pydantic import ValidationError

from services.encoder.domain.hl7 import people
from services.encoder.domain.hl7.messages import Segment
from services.encoder.domain.hl7.reading import Members, Reading
from services.encoder.domain.hl7.visits import note_invalid
from shared.claims import AS_RECEIVED, Charge

_CHARGE = ("CG", "")
_CREDIT = "CD"
"""HL7 table 0017, transaction type. Payments, adjustments and contractual entries are not coded: passed over."""

_LONGEST_ID = 50


@dataclass(frozen=True)
class Transactions:
    """The charges of a message, and what it takes back."""

    charges: tuple[Charge, ...]
    reversals: tuple[Charge, ...]
    passed_over: int


def read_transactions(reading: Reading) -> Transactions:
    """Every FT1 of the message. Faults go to the reading's."""
    charges: list[Charge] = []
    reversals: list[Charge] = []
    passed_over = 0
    for segment in reading.message.all("FT1"):
        kind = segment.text(6).upper()
        if kind not in (*_CHARGE, _CREDIT):
            passed_over += 1
            continue
        charge = _charge(segment, reading)
        if charge is not None:
            taken_back = kind == _CREDIT or segment.text(11).startswith("-") or segment.text(10).startswith("-")
            (reversals if taken_back else charges).append(charge)
    if not (charges or reversals or passed_over or reading.faults.errors):
        reading.faults.error("100", ("FT1", 1, None), "the message has no FT1")
    return Transactions(tuple(charges), tuple(reversals), passed_over)


def _charge(segment: Segment, reading: Reading) -> Charge | None:
    amount, units = _amount(segment, reading), _number(segment, 10, reading) or Decimal(1)
    began = reading.date(segment, 4)
    if began is None:
        reading.faults.error("101", segment.at(4), "a charge needs its day")
    if amount is None:
        reading.faults.error("101", segment.at(11), "a charge needs its amount")
    if began is None or amount is None:
        return None
    try:
        return Charge.model_validate(_members(segment, reading, amount, units), context=AS_RECEIVED)
    except ValidationError as error:
        note_invalid(error, reading.faults, segment)
        return None


def _members(segment: Segment, reading: Reading, amount: Decimal, units: Decimal) -> Members:
    began, ended = reading.date(segment, 4), reading.date(segment, 4, 2)
    professional = reading.profile.ambulatory_visits == "professional"
    return {
        "id": _id(segment, reading),
        "service_date": began,
        "through_date": ended if ended != began else None,
        "procedure": _procedure(segment, reading),
        "revenue_code": _revenue_code(segment, reading),
        "modifiers": [code for r in segment.repetitions(26) if (code := segment.text(26, repetition=r))],
        "description": (segment.text(7, 2) or segment.text(8))[:80] or None,
        "units": units,
        "amount": amount,
        "rendering": people.provider(segment, 20, reading) if professional else None,
    }


def _id(segment: Segment, reading: Reading) -> str:
    """FT1-2, the transaction's own number; else the message's and the segment's together."""
    own = segment.text(2) or f"{reading.message.control_id}-{segment.text(1) or segment.sequence}"
    return own[:_LONGEST_ID]


def _procedure(segment: Segment, reading: Reading) -> str | None:
    """FT1-25, the procedure code; else FT1-7 where it says that it is HCPCS or CPT and not the hospital's own item."""
    return reading.code_in(segment, 25, "hcpcs", unnamed=True) or reading.code_in(segment, 7, "hcpcs")


def _revenue_code(segment: Segment, reading: Reading) -> str | None:
    """FT1-7 or FT1-13 where they say that it is NUBC's; FT1-13 also where it is just four digits."""
    named = reading.code_in(segment, 7, "revenue") or reading.code_in(segment, 13, "revenue")
    department = segment.text(13)
    plain = department if len(department) == 4 and department.isascii() and department.isdigit() else None
    return named or plain


def _amount(segment: Segment, reading: Reading) -> Decimal | None:
    """FT1-11, the extended amount, else FT1-12 for each unit; without its sign, which says charge or credit."""
    extended = _number(segment, 11, reading)
    if extended is not None:
        return extended
    each, units = _number(segment, 12, reading), _number(segment, 10, reading) or Decimal(1)
    return None if each is None else (each * units).quantize(Decimal("0.01"))


def _number(segment: Segment, field: int, reading: Reading) -> Decimal | None:
    text = segment.text(field)
    if not text:
        return None
    try:
        number = abs(Decimal(text))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number.adjusted() > 12:
        reading.faults.error("102", segment.at(field), "this is not a number")
        return None
    return number


def with_transactions(known: Sequence[Charge], transactions: Transactions) -> tuple[tuple[Charge, ...], bool]:
    """The charges after the transactions, and whether every credit found the charge that it takes back.

    A charge whose id is known takes the place of the old. A credit takes back the charge of its own id, else the last
    one like it: same day, procedure, revenue code and amount.
    """
    standing = {charge.id: charge for charge in (*known, *transactions.charges)}
    found_all = True
    for reversal in transactions.reversals:
        taken = reversal.id if reversal.id in standing else _alike(reversal, list(standing.values()))
        if taken is None:
            found_all = False
        else:
            del standing[taken]
    return tuple(standing.values()), found_all


def _alike(reversal: Charge, charges: Sequence[Charge]) -> str | None:
    what = (reversal.service_date, reversal.procedure, reversal.revenue_code, reversal.amount)
    same = [c.id for c in charges if (c.service_date, c.procedure, c.revenue_code, c.amount) == what]
    return same[-1] if same else None
