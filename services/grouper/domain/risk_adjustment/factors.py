"""The relative factors that a model is paid by in a payment year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.grouper.domain.risk_adjustment.case import Case
from services.grouper.domain.risk_adjustment.segments import Cells
from shared.tables import Tables, hcc


@dataclass(frozen=True)
class Factors:
    """The factors of one model. `note` says whose they are, where they are not of the payment year's own release."""

    tables: Tables
    model: str
    day: date
    note: str | None = None

    @property
    def release(self) -> str:
        return self.tables.release(hcc.COEFFICIENTS, self.day).name

    def of(self, variable: str) -> Decimal | None:
        """What a variable adds, as the model software names it; None where the model has no factor for it."""
        return hcc.coefficient(self.tables, self.model, variable, self.day)


def factors_of(case: Case, model: str, cells: Cells) -> Factors | None:
    """The year's own factors where they are loaded for the segment, else the earlier ones that CMS pays it by.

    None where neither are: CMS's proposals for a year pay nothing, and are not used.
    """
    needed = (*cells.variables, *filter(None, [cells.divisor]))
    return next(
        (one for one in _candidates(case, model) if all(one.of(variable) is not None for variable in needed)), None
    )


def _candidates(case: Case, model: str) -> Iterator[Factors]:
    if case.tables.carries(hcc.COEFFICIENTS, case.service_through):
        yield Factors(case.tables, model, case.service_through)
    edition = case.rules.factor_years.edition_on(case.first_day)
    year = edition.value.get(model)
    if year is not None and case.tables.carries(hcc.COEFFICIENTS, date(year - 1, 12, 31)):
        note = f"payment year {case.payment_year} is paid by the factors of {year}: {edition.source}"
        yield Factors(case.tables, model, date(year - 1, 12, 31), note)
