"""The scrubber's small dated values: code lists and payer rules, read from the YAML files in this folder."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, get_args

from services.scrubber.domain.code_lists import CodeList, CodeLists
from services.scrubber.domain.payer_rules import (
    RULE_BOOKS,
    AuthorizationRule,
    PayerRule,
    PayerRules,
    Period,
    Profile,
    TimelyFiling,
)
from shared.claims import Severity
from shared.tables.code_ranges import expanded
from shared.tables.dated import Edition, InvalidParameter, Parameter, parameter_from, read_parameter, read_yaml
from shared.worklists import PriorityWeights


@cache
def code_lists() -> CodeLists:
    """Every list in `code_lists/`, by its file's name. Raises InvalidParameter."""
    folder = files(__package__).joinpath("code_lists")
    names = sorted(file.name.removesuffix(".yaml") for file in folder.iterdir() if file.name.endswith(".yaml"))
    return CodeLists(
        {name: parameter_from(name, read_yaml(__package__, f"code_lists/{name}.yaml"), _code_list) for name in names}
    )


@cache
def payer_rules() -> PayerRules:
    """The payers' rules of `payers.yaml`. Raises InvalidParameter."""
    profiles = [read_profile(entry) for entry in read_yaml(__package__, "payers.yaml")]
    default = next(profile for profile in profiles if profile.id == "default")
    return PayerRules(tuple(profile for profile in profiles if profile is not default), default)


@cache
def priority_weights() -> Parameter[PriorityWeights]:
    """What the parts of a held claim's priority count. Raises InvalidParameter."""
    return read_parameter(__package__, "worklist_priority", lambda value: PriorityWeights(**value))


def _code_list(value: Mapping[str, Any]) -> CodeList:
    return CodeList(
        codes=frozenset(expanded(value.get("codes", ""))),
        patterns=tuple(re.compile(pattern) for pattern in value.get("patterns", ())),
    )


def read_profile(entry: Mapping[str, Any]) -> Profile:
    """One payer of `payers.yaml`. Raises InvalidParameter for a gap or an overlap."""
    said: Parameter[Mapping[str, Any]] = parameter_from(f"payer {entry['id']}", entry["editions"], dict)
    return Profile(
        id=entry["id"],
        payer_ids=frozenset(entry.get("payer_ids", ())),
        filing_indicators=frozenset(entry.get("filing_indicators", ())),
        rules=Parameter.of(said.name, [_dated_rule(entry["id"], edition) for edition in said.editions]),
    )


def _dated_rule(profile: str, edition: Edition[Mapping[str, Any]]) -> Edition[PayerRule]:
    said = edition.value
    filing = said["timely_filing"]
    rule = PayerRule(
        profile=profile,
        timely_filing=TimelyFiling(**filing) if filing else None,
        frequencies={kind: frozenset(str(codes).split()) for kind, codes in said["frequencies"].items()},
        taxonomy_required=said["taxonomy_required"],
        source=edition.source,
        authorizations=tuple(_authorization(rule) for rule in said.get("prior_authorization", ())),
        applies=_rule_books(said.get("applies", {})),
    )
    return Edition(edition.effective, rule, edition.source, edition.unit, edition.through)


def _rule_books(applies: Mapping[str, Severity]) -> Mapping[str, Severity]:
    for book, severity in applies.items():
        if book not in RULE_BOOKS or severity not in get_args(Severity):
            raise InvalidParameter(f"no payer can apply {book!r} as {severity!r}")
    return MappingProxyType(dict(applies))


def _authorization(rule: Mapping[str, Any]) -> AuthorizationRule:
    return AuthorizationRule(
        procedures=frozenset(expanded(rule["procedures"])),
        facility_types=frozenset(str(rule.get("facility_types", "")).split()),
        period=_period(rule),
        source=rule["source"],
        exempt_npis=frozenset(rule.get("exempt_npis", ())),
    )


def _period(rule: Mapping[str, Any]) -> Period:
    period = Period(rule.get("effective", date.min), rule.get("through"))
    if period.through is not None and period.through < period.effective:
        raise InvalidParameter(f"the period from {period.effective} ends before it begins")
    return period
