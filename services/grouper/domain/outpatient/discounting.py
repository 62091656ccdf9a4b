"""The multiple procedure discount, and what bilateral and terminated procedures are paid."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import NamedTuple

from services.grouper.domain.outpatient.lines import Assigned, Lines, by_day
from services.grouper.domain.outpatient.rules import DiscountFractions, Modification, OppsRules

_TERMINATED = ("52", "73")
_BILATERAL = ("conditional", "independent")
_EIGHT_PLACES = Decimal("0.00000001")
_ONE, _TWO = Decimal(1), Decimal(2)


class Discount(NamedTuple):
    """The factor on a line's payment, and how it came about."""

    formula: int
    factor: Decimal
    words: str


NO_DISCOUNT = Discount(1, _ONE, "")


def discounts_of(lines: Lines, rules: OppsRules) -> Mapping[int, Discount]:
    """The discount of each line, by its index. Only lines that are left to be paid are looked at.

    Source: 42 CFR 419.44; CMS Pub 100-04 ch. 4 §10.5; Integrated OCE Specifications, Appendix D.
    """
    found: dict[int, Discount] = {}
    for day in by_day(lines):
        highest = _highest(day, rules)
        for line in day:
            found[line.index] = _discount(line, rules, is_highest=line.index == highest)
    return found


def _highest(day: Lines, rules: OppsRules) -> int | None:
    """The index of the procedure with T that pays most, a terminated one by half of its rate."""
    candidates = [line for line in day if line.status == "T" and line.day and _is_discountable(line, rules, line.day)]
    best = max(candidates, key=lambda line: (_full(line), -line.index), default=None)
    return best.index if best else None


def _full(line: Assigned) -> Decimal:
    return line.rate / 2 if line.has(*_TERMINATED) else line.rate


def _is_discountable(line: Assigned, rules: OppsRules, day: date) -> bool:
    return line.has(*_TERMINATED) or not line.has(*rules.undiscounted_modifiers.on(day))


def _discount(line: Assigned, rules: OppsRules, *, is_highest: bool) -> Discount:
    if line.day is None or not _is_discountable(line, rules, line.day):
        return NO_DISCOUNT
    is_bilateral_code = line.listed is not None and line.listed.bilateral in _BILATERAL
    if line.status != "T" and not is_bilateral_code and not line.has(*_TERMINATED, "50"):
        return NO_DISCOUNT
    formulas = rules.discount_formulas.on(line.day)
    rows = formulas.highest if is_highest else formulas.other
    formula = rows[_modification(line, is_bilateral_code)][_column(line, is_bilateral_code)]
    return _computed(formula, line.units, rules.discount_fractions.on(line.day))


def _modification(line: Assigned, is_bilateral_code: bool) -> Modification:
    if line.has(*_TERMINATED):
        return "terminated"
    paid_as_one = line.is_primary or line.is_composite or line.was_conditional
    return "bilateral" if line.has("50") and not (is_bilateral_code and paid_as_one) else "plain"


def _column(line: Assigned, is_bilateral_code: bool) -> int:
    if line.status == "T":
        return 0 if is_bilateral_code else 1
    kind = line.listed.bilateral if line.listed else ""
    return {"independent": 2, "conditional": 3}.get(kind, 4)


def _computed(formula: int, units: Decimal, of: DiscountFractions) -> Discount:
    """The factor of a formula, cut to eight places as the CMS Pricer does."""
    d, t, n = of.multiple, of.terminated, f"{units.normalize():f}"
    factor, words = {
        1: (_ONE, ""),
        2: ((_ONE + d * (units - 1)) / units, f"(1 + {d} × ({n} - 1)) / {n}"),
        3: (t / units, f"{t} / {n}"),
        4: ((_ONE + d) / units, f"(1 + {d}) / {n}"),
        5: (d, f"{d}"),
        6: (t * d / units, f"{t} × {d} / {n}"),
        7: (d * (_ONE + d) / units, f"{d} × (1 + {d}) / {n}"),
        8: (_TWO, "2"),
        9: (_TWO * d / units, f"2 × {d} / {n}"),
    }[formula]
    return Discount(formula, factor.quantize(_EIGHT_PLACES, ROUND_DOWN), words if factor != 1 else "")
