"""The simulator's payers, and the ways in which they can behave: small files beside this one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class PayerProfile:
    """A payer that the clearinghouse knows. `authorized_procedures` need a prior authorization (REF*G1)."""

    payer_id: str
    name: str
    medicare: bool = False
    authorized_procedures: tuple[str, ...] = ()


@cache
def code_list(name: str) -> frozenset[str]:
    """The codes of a list of `code_lists.yaml`. Raises KeyError where there is none of that name."""
    lists = yaml.safe_load(files(__package__).joinpath("code_lists.yaml").read_text(encoding="utf-8"))
    return frozenset(lists[name]["codes"].split())


@cache
def payers() -> Mapping[str, PayerProfile]:
    """The payers by their id."""
    listed = yaml.safe_load(files(__package__).joinpath("payers.yaml").read_text(encoding="utf-8"))
    profiles = [
        PayerProfile(
            payer_id=payer["payer_id"],
            name=payer["name"],
            medicare=payer.get("medicare", False),
            authorized_procedures=tuple(payer.get("authorized_procedures", ())),
        )
        for payer in listed
    ]
    return MappingProxyType({profile.payer_id: profile for profile in profiles})


@cache
def profiles() -> tuple[Mapping[str, Any], ...]:
    """Each with `name`, `description` and `behaviour`: what of it differs from the everyday one."""
    listed = yaml.safe_load(files(__package__).joinpath("profiles.yaml").read_text(encoding="utf-8"))
    return tuple(map(MappingProxyType, listed))
