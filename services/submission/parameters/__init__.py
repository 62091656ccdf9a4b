"""Small dated values of submission: one YAML file each, a list of editions with effective, value, unit and source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


class NoEdition(LookupError):
    """A parameter was asked for a day before its first edition: the question or the file is wrong."""


@dataclass(frozen=True)
class Edition:
    """What a parameter was from `effective` on, and who says so."""

    effective: date
    value: Mapping[str, Any]
    unit: str
    source: str


@cache
def editions(name: str) -> tuple[Edition, ...]:
    """All editions of `<name>.yaml`, newest first; two of one day are a fault of the file (ValueError)."""
    text = files(__package__).joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    found = [Edition(**edition) for edition in yaml.safe_load(text)]
    if len({edition.effective for edition in found}) != len(found):
        raise ValueError(f"{name} has two editions of one day")
    return tuple(sorted(found, key=lambda edition: edition.effective, reverse=True))


def edition_on(name: str, day: date) -> Edition:
    """The edition in force on `day`. Raises NoEdition where none was."""
    for edition in editions(name):
        if edition.effective <= day:
            return edition
    raise NoEdition(f"{name} has no edition in force on {day}")
