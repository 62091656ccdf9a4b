"""Shares and rules of the physician fee schedule: YAML files, as `shared.tables.dated` reads them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from services.grouper.domain.professional.rules import ModifierRules, MpfsRules, StatusRule
from shared.tables.dated import InvalidParameter, Parameter, frozen, parameter_from, read_parameter, read_yaml


@cache
def load_mpfs_rules() -> MpfsRules:
    """All parameters, read once. Raises InvalidParameter or ValueError where a file does not make sense."""
    return MpfsRules(
        statuses=read_parameter(__package__, "statuses", _statuses),
        modifiers=read_parameter(__package__, "modifiers", _modifiers),
        technical_settings=read_parameter(__package__, "technical_settings", frozenset),
        therapy_settings=read_parameter(__package__, "therapy_settings", frozenset),
        ranked_procedures=read_parameter(__package__, "ranked_procedures", _decimals),
        global_days=read_parameter(__package__, "global_days", frozen),
        technical_tests=read_parameter(__package__, "technical_tests", frozen),
        equipment=_by_name("equipment"),
        practitioner_shares=_by_name("practitioners"),
        practitioner_taxonomies=read_parameter(__package__, "practitioner_taxonomies", frozen),
        mandatory_assignment=read_parameter(__package__, "mandatory_assignment", frozenset),
        waived_coinsurance=read_parameter(__package__, "waived_coinsurance", frozenset),
        **_by_name("shares"),
    )


def _by_name(file: str) -> Mapping[str, Parameter[Decimal]]:
    """The parameters that one file has by their names."""
    return {
        name: parameter_from(name, editions, _decimal)
        for name, editions in read_yaml(__package__, f"{file}.yaml").items()
    }


def _decimal(value: Any) -> Decimal:
    if not isinstance(value, str):
        raise InvalidParameter(f"a share is written as text, such as '0.16', not {value!r}")
    return Decimal(value)


def _decimals(values: list[str]) -> tuple[Decimal, ...]:
    return tuple(map(_decimal, values))


def _statuses(value: Mapping[str, Any]) -> Mapping[str, StatusRule]:
    return frozen({status: StatusRule(**rule) for status, rule in value.items()})  # type: ignore[no-any-return]  # a mapping stays one


def _modifiers(value: Mapping[str, Any]) -> ModifierRules:
    return ModifierRules(
        without_effect=frozenset(value["without_effect"]),
        not_paid=frozen(value["not_paid"]),
        not_supported=frozen(value["not_supported"]),
    )
