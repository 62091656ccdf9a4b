"""Small dated values of outpatient payment: one YAML file each, as `shared.tables.dated` reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

from services.grouper.domain.outpatient.rules import (
    DiscountFormulas,
    DiscountFractions,
    InpatientDeathRule,
    MentalHealthRule,
    ObservationRule,
    OffCampusRule,
    OppsRules,
    ScheduleRange,
    StatusRule,
)
from shared.tables.dated import Parameter, frozen, read_parameter

T = TypeVar("T")


@cache
def load_opps_rules() -> OppsRules:
    """All parameters of the OPPS, read once. Raises InvalidParameter, ValueError or TypeError for a faulty file."""
    return OppsRules(
        bill_types=_read("bill_types", frozenset),
        whole_logic_bill_types=_read("whole_logic_bill_types", frozenset),
        other_bill_types=_read("other_bill_types", _words),
        condition_codes=_read("condition_codes", _words),
        denied_modifiers=_read("denied_modifiers", _words),
        modifiers=_read("modifiers", _words),
        off_campus=_read("off_campus", _off_campus),
        status_indicators=_read("status_indicators", _status_rules),
        other_schedules=_read("other_schedules", _ranges),
        distinct_modifiers=_read("distinct_modifiers", frozenset),
        imaging_families=_read("imaging_families", frozen),
        mental_health_composite=_read("mental_health_composite", lambda value: MentalHealthRule(**value)),
        observation=_read("observation", lambda value: ObservationRule(**value)),
        comprehensive_exclusions=_read("comprehensive_exclusions", frozenset),
        inpatient_death=_read("inpatient_death", _inpatient_death),
        radiosurgery_apcs=_read("radiosurgery_apcs", frozenset),
        discount_formulas=_read("discount_formulas", lambda value: DiscountFormulas(**frozen(value))),
        discount_fractions=_read("discount_fractions", _fractions),
        undiscounted_modifiers=_read("undiscounted_modifiers", frozenset),
        labour_share=_read("labour_share", Decimal),
        rural_adjustment=_read("rural_adjustment", Decimal),
        outlier_multiple=_read("outlier_multiple", Decimal),
        outlier_share=_read("outlier_share", Decimal),
        outlier_threshold=_read("outlier_threshold", Decimal),
        inpatient_deductible=_read("inpatient_deductible", Decimal),
    )


def _read(name: str, value: Callable[[Any], T]) -> Parameter[T]:
    return read_parameter(__package__, name, value)


def _words(value: Any) -> Mapping[str, str]:
    words: Mapping[str, str] = frozen(value)
    if not all(isinstance(code, str) and isinstance(why, str) for code, why in words.items()):
        raise ValueError("codes and what they mean are written as text")
    return words


def _off_campus(value: Any) -> OffCampusRule:
    return OffCampusRule(frozenset(value["codes"]), frozenset(value["apcs"]))


def _inpatient_death(value: Any) -> InpatientDeathRule:
    return InpatientDeathRule(value["modifier"], value["apc"], frozenset(value["statuses"]))


def _status_rules(value: Any) -> Mapping[str, StatusRule]:
    rules: Mapping[str, StatusRule] = frozen({indicator: StatusRule(**rule) for indicator, rule in value.items()})
    return rules


def _ranges(value: Any) -> tuple[ScheduleRange, ...]:
    return tuple(ScheduleRange(str(first), str(last), schedule) for first, last, schedule in value)


def _fractions(value: Any) -> DiscountFractions:
    return DiscountFractions(Decimal(value["multiple"]), Decimal(value["terminated"]))
