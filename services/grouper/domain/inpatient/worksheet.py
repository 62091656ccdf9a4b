"""The steps of one estimate as they come about, and the words for figures in their arithmetic."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from services.grouper.domain.estimates import LeftOut, Step

_CENT = Decimal("0.01")
_FOUR = Decimal("0.0001")


class Worksheet:
    """Collects steps and what is left out. Each amount is rounded to cents, as CMS's Pricer does; sums are of those."""

    def __init__(self, *, keeps_steps: bool = True) -> None:
        """Without `keeps_steps` the total alone is worked out: for a stay with dozens of DRGs to compare."""
        self._keeps_steps = keeps_steps
        self.total = Decimal(0)
        """Of the steps that are part of it, so far."""
        self.steps: list[Step] = []
        self.left_out: list[LeftOut] = []

    def pay(self, name: str, amount: Decimal, arithmetic: str, source: str) -> None:
        """An amount that is part of the total."""
        self._step(name, amount, arithmetic, source, in_total=True)

    def show(self, name: str, amount: Decimal, arithmetic: str, source: str) -> None:
        """An amount on the way."""
        self._step(name, amount, arithmetic, source, in_total=False)

    def leave_out(self, what: str, reason: str, pointer: str | None = None) -> None:
        if self._keeps_steps:
            self.left_out.append(LeftOut(what=what, reason=reason, pointer=pointer))

    def _step(self, name: str, amount: Decimal, arithmetic: str, source: str, *, in_total: bool) -> None:
        rounded = cents(amount)
        if in_total:
            self.total += rounded
        if self._keeps_steps:
            step = Step(name=name, amount=rounded, arithmetic=arithmetic, source=source, in_total=in_total)
            self.steps.append(step)


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, ROUND_HALF_UP)


def four_places(factor: Decimal) -> Decimal:
    """Factors that CMS's Pricer keeps to four places: GAF, DSH, the part of a transfer."""
    return factor.quantize(_FOUR, ROUND_HALF_UP)


@lru_cache(maxsize=4_096)  # a hospital's few ratios come again and again, and powers are slow
def power(base: Decimal, exponent: Decimal) -> Decimal:
    return base**exponent


@lru_cache(maxsize=4_096)
def exponential(exponent: Decimal) -> Decimal:
    """e to the power of it."""
    return exponent.exp()


def dollars(amount: Decimal) -> str:
    """`12,345.67`."""
    return f"{cents(amount):,}"


@lru_cache(maxsize=4_096)
def plain(factor: Decimal) -> str:
    """`0.8702`, without zeros at its end."""
    return f"{factor.normalize():f}"
