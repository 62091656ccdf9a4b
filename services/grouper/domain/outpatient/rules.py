"""The rules that outpatient payment follows, each with its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Literal, TypeVar

from shared.tables.dated import NoEdition, Parameter

Outcome = Literal["paid", "packaged", "not-paid", "not-supported"]
Modification = Literal["plain", "bilateral", "terminated"]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StatusRule:
    """What becomes of a line with a status indicator, after claim logic."""

    outcome: Outcome
    reason: str = ""
    """In words; empty for a line that is paid."""
    wage_adjusted: bool = False
    rural_adjusted: bool = False
    outlier: bool = False


@dataclass(frozen=True, slots=True)
class DiscountFormulas:
    """The numbers of the discounting formulas: T of a bilateral code, T of another, then not T: independent,
    conditional, any other."""

    highest: Mapping[Modification, Sequence[int]]
    other: Mapping[Modification, Sequence[int]]


@dataclass(frozen=True, slots=True)
class DiscountFractions:
    multiple: Decimal
    terminated: Decimal


@dataclass(frozen=True, slots=True)
class ObservationRule:
    """What makes observation a comprehensive service."""

    apc: str
    hourly: str
    units: int
    direct: str


@dataclass(frozen=True, slots=True)
class InpatientDeathRule:
    """What an inpatient-only procedure on a patient who died or was sent on is paid by."""

    modifier: str
    apc: str
    statuses: frozenset[str]


@dataclass(frozen=True, slots=True)
class MentalHealthRule:
    """The composite APC of a day of mental health services, and the APC whose rate is the limit of the day."""

    apc: str
    limit: str


@dataclass(frozen=True, slots=True)
class OffCampusRule:
    """What an excepted off-campus department is paid less for."""

    codes: frozenset[str]
    apcs: frozenset[str]


@dataclass(frozen=True, slots=True)
class ScheduleRange:
    """Codes, both ends included, that another schedule pays where their status indicator is A."""

    first: str
    last: str
    schedule: str


@dataclass(frozen=True)
class OppsRules:
    """Everything dated that the OPPS needs beside the tables of codes and rates."""

    bill_types: Parameter[frozenset[str]]
    """The digits of the types of bill of hospitals that the OPPS pays."""
    whole_logic_bill_types: Parameter[frozenset[str]]
    """Of these, those with comprehensive and composite APCs and packaged laboratory tests."""
    other_bill_types: Parameter[Mapping[str, str]]
    condition_codes: Parameter[Mapping[str, str]]
    """Why a bill with one is not supported."""
    denied_modifiers: Parameter[Mapping[str, str]]
    """Why a line with one is denied."""
    modifiers: Parameter[Mapping[str, str]]
    """Why a line with one is not priced."""
    off_campus: Parameter[OffCampusRule]
    status_indicators: Parameter[Mapping[str, StatusRule]]
    other_schedules: Parameter[tuple[ScheduleRange, ...]]
    distinct_modifiers: Parameter[frozenset[str]]
    imaging_families: Parameter[tuple[tuple[str, ...], ...]]
    mental_health_composite: Parameter[MentalHealthRule]
    observation: Parameter[ObservationRule]
    comprehensive_exclusions: Parameter[frozenset[str]]
    inpatient_death: Parameter[InpatientDeathRule]
    radiosurgery_apcs: Parameter[frozenset[str]]
    discount_formulas: Parameter[DiscountFormulas]
    discount_fractions: Parameter[DiscountFractions]
    undiscounted_modifiers: Parameter[frozenset[str]]
    labour_share: Parameter[Decimal]
    rural_adjustment: Parameter[Decimal]
    outlier_multiple: Parameter[Decimal]
    outlier_share: Parameter[Decimal]
    outlier_threshold: Parameter[Decimal]
    inpatient_deductible: Parameter[Decimal]
    """The most that a patient pays for one service."""

    @property
    def begins(self) -> date:
        """The first day whose claim logic is carried: figures of single years may be missing then and later."""
        yearly = (self.outlier_threshold, self.inpatient_deductible)
        parameters: list[Parameter[object]] = [getattr(self, field.name) for field in fields(self)]
        return max(parameter.begins for parameter in parameters if parameter not in yearly)


def known_on(parameter: Parameter[T], day: date) -> T | None:
    """The value on a day, or None where no edition covers it: a figure that has not been established."""
    try:
        return parameter.on(day)
    except NoEdition:
        return None
