"""An amount on its way through the rules, with the arithmetic and the source of every step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from services.grouper.domain.estimates import Step
from shared.tables.dated import Edition
from shared.tables.mpfs import Fee, RvuRow

FEE_FORMULA = "Pub 100-04 ch. 12 §20; 42 CFR 414.20"
_CAP = "Social Security Act §1848(b)(4); Pub 100-04 ch. 12 §20; OPPS payment amounts of the relative value file"
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Calculation:
    """The steps so far; the amount is the last one's."""

    steps: tuple[Step, ...]

    @property
    def amount(self) -> Decimal:
        return self.steps[-1].amount

    def then(self, name: str, amount: Decimal, arithmetic: str, source: str) -> Calculation:
        """With one more step."""
        return Calculation((*self.steps, step(name, amount, arithmetic, source)))

    def share(self, name: str, edition: Edition[Decimal]) -> Calculation:
        """A share of the amount, to the cent."""
        return self.times(name, edition.value, edition.source)

    def times(self, name: str, share: Decimal, source: str) -> Calculation:
        """The amount times a factor, to the cent."""
        return self.then(name, cents(self.amount * share), f"{dollars(self.amount)} × {plain(share)}", source)

    def closed(self) -> tuple[Step, ...]:
        """The steps, of which the last is part of the total."""
        return (*self.steps[:-1], self.steps[-1].model_copy(update={"in_total": True}))


def step(name: str, amount: Decimal, arithmetic: str, source: str) -> Step:
    """A step that leads to a later one."""
    return Step(name=name, amount=amount, arithmetic=arithmetic, source=source, in_total=False)


def fee_steps(fee: Fee) -> Iterator[Step]:
    """How the schedule comes to the amount of one unit. The fee is one that the schedule prices."""
    if fee.schedule_amount is None:
        return
    parts = (
        f"{plain(fee.work)} × {fee.work_gpci} + {plain(fee.practice_expense)} × {fee.practice_expense_gpci}"
        f" + {plain(fee.malpractice)} × {fee.malpractice_gpci}"
    )
    yield step("schedule-amount", fee.schedule_amount, f"({parts}) × {fee.conversion_factor}", FEE_FORMULA)
    if fee.opps_cap is not None and fee.opps_cap < fee.schedule_amount:
        arithmetic = f"the lower of {dollars(fee.schedule_amount)} and {dollars(fee.opps_cap)}"
        yield step("opps-cap", fee.opps_cap, arithmetic, _CAP)


def practice_expense_of(fee: Fee) -> Decimal:
    """What of the amount of a unit is for practice expense, to the cent."""
    return cents(fee.practice_expense * fee.practice_expense_gpci * fee.conversion_factor)


def has_amount(row: RvuRow, fee: Fee) -> bool:
    """Whether the schedule has an amount for it: some services are valued at zero until a contractor prices them."""
    return fee.amount is not None and bool(fee.amount) and row.used_for_medicare


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, ROUND_HALF_UP)


def dollars(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def plain(number: Decimal) -> str:
    """A number without zeros at its end."""
    return f"{number.normalize():f}"
