"""The categories that codes count for in one model on one day, and which of them counts beside which."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from services.encoder.domain.hcc_gaps.answers import Category, Factor
from shared.tables import Tables, hcc

_A_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class CategoriesOfDay:
    """A model's categories as the tables of a day of service have them."""

    tables: Tables
    model: str
    day: date
    segment: str

    def of(self, code: str) -> tuple[str, ...]:
        """Those of a diagnosis. Raises NoRelease."""
        return hcc.hccs(self.tables, code, self.model, self.day)

    def of_last_year(self, code: str) -> tuple[str, ...]:
        """Those of a diagnosis of last year in this year's model; by last year's mapping where the code is gone."""
        found = self.of(code)
        before = self.day - _A_YEAR
        if found or not self.tables.carries(hcc.DIAGNOSES, before):
            return found
        return hcc.hccs(self.tables, code, self.model, before)

    def covered(self, codes: Iterable[str]) -> frozenset[str]:
        """Those that codes count for, with the milder ones that these drop: there is nothing to gain by them."""
        counted = {category for code in codes for category in self.of(code)}
        return frozenset(counted).union(*(self.dropped(category) for category in counted))

    def dropped(self, category: str) -> tuple[str, ...]:
        if not self.tables.carries(hcc.HIERARCHIES, self.day):
            return ()
        return hcc.dropped(self.tables, self.model, category, self.day)

    def described(self, category: str) -> Category:
        named = self.tables.carries(hcc.LABELS, self.day)
        label = hcc.label(self.tables, self.model, category, self.day) if named else None
        return Category(hcc=category, label=label, factor=self._factor(category))

    def _factor(self, category: str) -> Factor | None:
        day = self.tables.nearest_day(hcc.COEFFICIENTS, self.day)
        if day is None:
            return None
        kind = "RXHCC" if self.model.startswith("RxHCC") else "HCC"
        variable = f"{self.segment}_{kind}{category}"
        value = hcc.coefficient(self.tables, self.model, variable, day)
        release = self.tables.release(hcc.COEFFICIENTS, day).name
        return None if value is None else Factor(variable=variable, value=value, release=release)
