"""One person in one payment year, with all that scoring them asks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from services.grouper.domain.risk_adjustment.engine import DiseaseRules
from services.grouper.domain.risk_adjustment.rules import RiskRules
from services.grouper.domain.risk_adjustment.segments import Beneficiary
from shared.tables import Tables, hcc


@dataclass(frozen=True)
class Case:
    payment_year: int
    person: Beneficiary
    rules: RiskRules
    diseases: DiseaseRules
    tables: Tables

    @cached_property
    def first_day(self) -> date:
        """Of the payment year: its rules are asked for by this day."""
        return date(self.payment_year, 1, 1)

    @cached_property
    def service_from(self) -> date:
        return date(self.payment_year - 1, 1, 1)

    @cached_property
    def service_through(self) -> date:
        """The last day of the year of service: the payment year's tables are asked for by this day."""
        return date(self.payment_year - 1, 12, 31)

    @property
    def year_before(self) -> Case:
        """The same person in the payment year before, a year younger."""
        return replace(self, payment_year=self.payment_year - 1, person=replace(self.person, age=self.person.age - 1))

    def label(self, model: str, category: str) -> str | None:
        """The name of a category; None where no labels of the year are loaded."""
        return hcc.label(self.tables, model, category, self.service_through) if self._is_labelled else None

    @cached_property
    def _is_labelled(self) -> bool:
        return self.tables.carries(hcc.LABELS, self.service_through)

    def drops(self, model: str, category: str) -> frozenset[str]:
        """The categories that this one drops. Raises NoRelease."""
        return frozenset(hcc.dropped(self.tables, model, category, self.service_through))
