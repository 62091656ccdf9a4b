"""Procedures done on both sides, by the bilateral indicators of the fee schedule (Pub 100-04 ch. 12 §40.7).

| indicator | both sides are paid |
|---|---|
| 0 | the amount of one, where modifier 50 or LT and RT say so |
| 1 | one and a half times the amount |
| 2 | the amount of one: it is valued for both |
| 3 | twice the amount |
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.grouper.domain.professional.calculation import cents, dollars, plain
from services.grouper.domain.professional.lines import Payable
from services.grouper.domain.professional.rules import MpfsRules

BILATERAL = "Pub 100-04 ch. 12 §40.7"
_SIDES = frozenset({"LT", "RT"})


@dataclass(frozen=True, slots=True)
class Part:
    """What a line has of a procedure."""

    payable: Payable
    amount: Decimal
    arithmetic: str


@dataclass(frozen=True, slots=True)
class Procedure:
    """What is ranked and paid as one procedure: one line's, or both sides on two lines."""

    parts: tuple[Part, ...]
    units: int = 1
    """How many such procedures; each is ranked by itself."""

    @property
    def amount(self) -> Decimal:
        """Of one such procedure."""
        return sum((part.amount for part in self.parts), Decimal(0))

    @property
    def lead(self) -> Payable:
        return self.parts[0].payable


def procedures_of(payables: Sequence[Payable], rules: MpfsRules) -> Iterator[Procedure]:
    """The procedures that lines bill. A left and a right side on two lines of a day are one procedure."""
    partners = _partners(payables)
    second_sides = {partner.position for partner in partners.values()}
    for payable in payables:
        if payable.position not in second_sides:
            yield _procedure(payable, partners.get(payable.position), rules)


def _procedure(payable: Payable, partner: Payable | None, rules: MpfsRules) -> Procedure:
    amount = payable.amount
    one = Part(payable, amount, dollars(amount))
    indicator = payable.row.bilateral
    if partner is None and not _is_both_sides(payable):
        return Procedure((one,), payable.units)
    if indicator == "3":
        return Procedure((one,), 2)
    factor = rules.bilateral.on(payable.day) if indicator == "1" else Decimal(1)
    both = cents(amount * factor)
    arithmetic = f"{dollars(amount)} × {plain(factor)}"
    if partner is None:
        return Procedure((Part(payable, both, arithmetic if indicator == "1" else dollars(both)),))
    return Procedure((one, Part(partner, both - amount, f"({arithmetic} - {dollars(amount)})")))


def _is_both_sides(payable: Payable) -> bool:
    """By modifier 50, by LT and RT on the line, or for indicators 1 and 2 by two units."""
    if "50" in payable.modifiers or payable.modifiers >= _SIDES:
        return True
    return payable.row.bilateral in ("1", "2") and payable.units == 2 and not payable.modifiers & _SIDES


def _partners(payables: Sequence[Payable]) -> dict[int, Payable]:
    """By the position of a line for one side, the line for the other."""
    waiting: dict[tuple[object, ...], Payable] = {}
    found: dict[int, Payable] = {}
    for payable in payables:
        side = payable.modifiers & _SIDES
        if len(side) != 1 or payable.units != 1 or payable.row.bilateral not in ("0", "1", "2"):
            continue
        alike = payable.day, payable.line.procedure, payable.row.modifier, payable.role, payable.amount
        opposite = waiting.pop((*alike, _SIDES - side), None)
        if opposite is None:
            waiting[(*alike, side)] = payable
        else:
            found[opposite.position] = payable
    return found
