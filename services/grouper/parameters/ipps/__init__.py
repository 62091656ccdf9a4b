"""Rates and rules of inpatient payment: one YAML file each, as `shared.tables.dated` reads them."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any

from services.grouper.domain.inpatient.rates import (
    AmountTable,
    DshRule,
    GeographyRule,
    IppsRules,
    NationalRates,
    NewTechnologyRule,
    NotSupported,
    OutlierRule,
    PaidHospitals,
    ProviderTypes,
    StandardizedAmount,
    TeachingRule,
    TransferRule,
)
from shared.tables.dated import read_parameter


@cache
def load_ipps_rules() -> IppsRules:
    """All parameters, read once. Raises InvalidParameter, or what a value that makes no sense raises."""
    package = __package__
    return IppsRules(
        national=read_parameter(package, "national_rates", _national),
        fixed_loss=read_parameter(package, "fixed_loss", lambda value: None if value is None else Decimal(value)),
        outlier=read_parameter(package, "outlier", _outlier),
        transfers=read_parameter(package, "transfers", lambda value: TransferRule(**_sets(value))),
        teaching=read_parameter(package, "teaching", lambda value: TeachingRule(**_decimals(value))),
        disproportionate_share=read_parameter(package, "disproportionate_share", _disproportionate_share),
        geography=read_parameter(package, "geography", _geography),
        new_technology=read_parameter(package, "new_technology", lambda value: NewTechnologyRule(**_decimals(value))),
        hospital_acquired_conditions=read_parameter(package, "hospital_acquired_conditions", Decimal),
        dependent_hospitals=read_parameter(package, "dependent_hospitals", _shares),
        paid_hospitals=read_parameter(package, "paid_hospitals", _paid_hospitals),
        provider_types=read_parameter(package, "provider_types", lambda value: ProviderTypes(**_sets(value))),
        not_supported=read_parameter(package, "not_supported", _not_supported),
    )


def _national(value: Any) -> NationalRates | None:
    if value is None:
        return None
    return NationalRates(
        _amount_table(value["above_one"]), _amount_table(value["up_to_one"]), Decimal(value["capital"])
    )


def _amount_table(value: Any) -> AmountTable:
    def pair(name: str) -> StandardizedAmount | None:
        return None if value[name] is None else StandardizedAmount(*map(Decimal, value[name]))

    return AmountTable(Decimal(value["labor_share"]), pair("full"), pair("no_ehr"), pair("no_quality"), pair("neither"))


def _geography(value: Any) -> GeographyRule:
    states = frozenset(value["cost_of_living_states"])
    return GeographyRule(Decimal(value["exponent"]), Decimal(value["cost_of_living_share"]), states)


def _outlier(value: Any) -> OutlierRule:
    return OutlierRule(Decimal(value["share"]), Decimal(value["burn_share"]), frozenset(value["burn_drgs"]))


def _disproportionate_share(value: Any) -> DshRule:
    given: dict[str, Any] = {name: item if isinstance(item, int) else Decimal(item) for name, item in value.items()}
    return DshRule(begins=given.pop("from"), **given)


def _shares(value: Any) -> dict[str, Decimal | None]:
    return {name: None if share is None else Decimal(share) for name, share in value.items()}


def _paid_hospitals(value: Any) -> PaidHospitals:
    return PaidHospitals(value["from"], value["through"], frozenset(value["other_states"]))


def _not_supported(value: Any) -> tuple[NotSupported, ...]:
    return tuple(
        NotSupported(one["what"], None if one["drgs"] is None else frozenset(one["drgs"]), one["reason"])
        for one in value
    )


def _decimals(value: Any) -> dict[str, Decimal]:
    return {name: Decimal(number) for name, number in value.items()}


def _sets(value: Any) -> dict[str, frozenset[str]]:
    return {name: frozenset(codes) for name, codes in value.items()}
