"""What is paid of the units of a line, where several services of a day are paid less together than apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from services.grouper.domain.professional.calculation import cents, dollars, plain


@dataclass(frozen=True, slots=True)
class Portion:
    """What is paid of so many units of a line, each alike."""

    amount: Decimal
    """Of one."""
    arithmetic: str
    units: int = 1


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a rule on multiple procedures makes of the lines that fall under it, by the position of the line."""

    source: str
    portions: Mapping[int, Sequence[Portion]] = field(default_factory=dict)
    packaged: Mapping[int, str] = field(default_factory=dict)
    unsupported: Mapping[int, str] = field(default_factory=dict)


def shared(amount: Decimal, arithmetic: str, share: Decimal) -> Portion:
    """A share of the amount of one procedure, to the cent."""
    if share == 1:
        return Portion(amount, arithmetic)
    return Portion(cents(amount * share), f"{arithmetic} × {plain(share)}")


def total_of(portions: Sequence[Portion]) -> tuple[Decimal, str]:
    """The amount of all portions and its arithmetic; alike ones are written once."""
    counted: dict[tuple[Decimal, str], int] = {}
    for portion in portions:
        key = portion.amount, portion.arithmetic
        counted[key] = counted.get(key, 0) + portion.units
    total = sum((amount * units for (amount, _), units in counted.items()), Decimal(0))
    written = [text if units == 1 else f"{units} × {text}" for (_, text), units in counted.items()]
    return total, " + ".join(written) or dollars(total)
