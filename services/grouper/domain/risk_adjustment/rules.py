"""The dated rules of risk adjustment. A payment year is asked for by its first day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from shared.tables.dated import Parameter

Benefit = Literal["none", "partial", "full"]
BillKind = Literal["inpatient", "outpatient"]


@dataclass(frozen=True)
class RiskRules:
    """Everything dated that risk adjustment needs beside the reference tables."""

    models: Parameter[tuple[str, ...]]
    shares: Parameter[Mapping[str, int]]
    esrd_model: Parameter[str]
    factor_years: Parameter[Mapping[str, int]]
    normalization: Parameter[Mapping[str, Mapping[str, Decimal]]]
    coding_adjustment: Parameter[Mapping[str, Decimal]]
    dual_status: Parameter[Mapping[Benefit, tuple[str, ...]]]
    bill_types: Parameter[Mapping[BillKind, tuple[str, ...]]]
    highest_age: Parameter[int]

    def models_of(self, payment_year: int) -> tuple[str, ...]:
        """The models that score a payment year; none where the year is before those that are carried."""
        return self.models.on_or(date(payment_year, 1, 1), ())

    def benefit_of(self, dual_status: str, payment_year: int) -> Benefit | None:
        """The Medicaid benefits that a dual status code stands for; None where it is none that the models know."""
        kinds = self.dual_status.on(date(payment_year, 1, 1))
        return next((benefit for benefit, codes in kinds.items() if dual_status in codes), None)

    def bill_kind(self, facility_type: str, day: date) -> BillKind | None:
        """What a bill of a day counts as; None where its diagnoses do not count."""
        kinds = self.bill_types.on(day)
        return next((kind for kind, types in kinds.items() if facility_type in types), None)
