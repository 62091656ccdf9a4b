"""The scrubber's small dated values: code lists and payer rules, read from the YAML files in this folder."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import yaml

from services.scrubber.domain.code_lists import CodeList, CodeLists, Period
from services.scrubber.domain.payer_rules import AuthorizationRule, PayerRule, PayerRules, Profile, TimelyFiling

_RANGE = re.compile(r"([A-Z]?)(\d+)-([A-Z]?)(\d+)")


class InvalidParameters(ValueError):
    """A file of this folder contradicts itself: an overlap or an empty period. Found at the start, never later."""


@cache
def code_lists() -> CodeLists:
    """Every list in `code_lists/`, by its file's name. Raises InvalidParameters."""
    folder = files(__package__).joinpath("code_lists")
    names = sorted(file.name.removesuffix(".yaml") for file in folder.iterdir() if file.name.endswith(".yaml"))
    return MappingProxyType({name: read_code_list(name, _read(f"code_lists/{name}.yaml")) for name in names})


@cache
def payer_rules() -> PayerRules:
    """The payers' rules of `payers.yaml`. Raises InvalidParameters."""
    profiles = [_profile(entry) for entry in _read("payers.yaml")]
    default = next(profile for profile in profiles if profile.id == "default")
    return PayerRules(tuple(profile for profile in profiles if profile is not default), default)


def _read(path: str) -> Any:
    return yaml.safe_load(files(__package__).joinpath(path).read_text(encoding="utf-8"))


def _period(entry: Mapping[str, Any]) -> Period:
    period = Period(entry["effective"], entry.get("through"))
    if period.through is not None and period.through < period.effective:
        raise InvalidParameters(f"the period from {period.effective} ends before it begins")
    return period


def read_code_list(name: str, content: Mapping[str, Any]) -> CodeList:
    """The list that a file's content says. Raises InvalidParameters where one code has two entries for one day."""
    periods: dict[str, list[Period]] = {}
    patterns: list[tuple[re.Pattern[str], Period]] = []
    for edition in content["editions"]:
        period = _period(edition)
        patterns += [(re.compile(pattern), period) for pattern in edition.get("patterns", ())]
        for code in _codes(edition.get("values", "")):
            periods.setdefault(code, []).append(period)
    for code, of_code in periods.items():
        _refuse_overlap(f"{name}: {code}", of_code)
    return CodeList(
        name=name,
        title=content["title"],
        source=content["source"],
        periods=MappingProxyType({code: tuple(of_code) for code, of_code in periods.items()}),
        patterns=tuple(patterns),
    )


def _codes(values: str) -> Iterator[str]:
    """Codes and ranges of codes between blanks: `01 04-06 A1-A9`."""
    for value in values.split():
        if (bounds := _RANGE.fullmatch(value)) is None:
            yield value
            continue
        prefix, first, _, last = bounds.groups()
        for number in range(int(first), int(last) + 1):
            yield f"{prefix}{number:0{len(first)}d}"


def _refuse_overlap(what: str, periods: list[Period]) -> None:
    ordered = sorted(periods, key=lambda period: period.effective)
    for earlier, later in pairwise(ordered):
        if earlier.through is None or later.effective <= earlier.through:
            raise InvalidParameters(f"{what} has two entries for {later.effective}")


def _profile(entry: Mapping[str, Any]) -> Profile:
    editions = tuple((_period(edition), _rule(entry["id"], edition)) for edition in entry["editions"])
    _refuse_overlap(f"payer {entry['id']}", [period for period, _ in editions])
    return Profile(
        id=entry["id"],
        payer_ids=frozenset(entry.get("payer_ids", ())),
        filing_indicators=frozenset(entry.get("filing_indicators", ())),
        editions=editions,
    )


def _rule(profile: str, edition: Mapping[str, Any]) -> PayerRule:
    filing = edition.get("timely_filing")
    return PayerRule(
        profile=profile,
        timely_filing=TimelyFiling(**filing) if filing else None,
        frequencies={kind: frozenset(str(codes).split()) for kind, codes in edition["frequencies"].items()},
        taxonomy_required=edition["taxonomy_required"],
        source=edition["source"],
        authorizations=tuple(_authorization(rule) for rule in edition.get("prior_authorization", ())),
    )


def _authorization(rule: Mapping[str, Any]) -> AuthorizationRule:
    return AuthorizationRule(
        procedures=frozenset(_codes(rule["procedures"])),
        facility_types=frozenset(str(rule.get("facility_types", "")).split()),
        period=Period(rule.get("effective", date.min), rule.get("through")),
        source=rule["source"],
        exempt_npis=frozenset(rule.get("exempt_npis", ())),
    )
