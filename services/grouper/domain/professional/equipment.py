"""Technical components that are paid less for the equipment they were made with: modifiers CT, FX and FY."""

from __future__ import annotations

from decimal import Decimal

from services.grouper.domain.professional.calculation import Calculation, cents, dollars, plain
from services.grouper.domain.professional.lines import EQUIPMENT_MODIFIERS, Refused
from services.grouper.domain.professional.rules import MpfsRules
from services.grouper.domain.professional.rulings import Share
from shared.tables import Tables

_NOT_DIVISIBLE = "what of the amount is for the technical component, which the equipment reduces, cannot be told"


def by_equipment(calculation: Calculation, share: Share, rules: MpfsRules, tables: Tables) -> Calculation | Refused:
    """The amount with its technical part reduced; of a test with its interpretation the rest stays.

    Refused where other services of the day have reduced the same component: how the two go together is not published.
    """
    payable = share.payable
    used = sorted(payable.modifiers & EQUIPMENT_MODIFIERS)
    if not used or payable.row.modifier == "26":
        return calculation
    is_whole = calculation.amount == payable.amount * payable.units
    if len(used) > 1 or payable.row.pc_tc not in ("1", "3") or not is_whole:
        return payable.refused("not-supported", _NOT_DIVISIBLE)
    edition = rules.equipment[used[0]].edition_on(payable.day)
    if payable.row.modifier == "TC" or payable.row.pc_tc == "3":
        return calculation.share("equipment", edition)
    technical = payable.fee_of(tables, payable.line.procedure, "TC")
    if technical is None or technical.amount is None:
        return payable.refused("not-supported", _NOT_DIVISIBLE)
    reduced = cents(technical.amount * (Decimal(1) - edition.value)) * payable.units
    arithmetic = (
        f"{dollars(calculation.amount)} - {dollars(technical.amount)} × {plain(1 - edition.value)} × {payable.units}"
    )
    return calculation.then("equipment", calculation.amount - reduced, arithmetic, edition.source)
