"""Small dated values of the encoder: one YAML file each, a list of editions with effective, value, unit and source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml


class NoEdition(LookupError):
    """A parameter was asked for a day before its first edition: the question or the file is wrong."""


@dataclass(frozen=True)
class Edition:
    """What a parameter was from `effective` on, and who says so."""

    effective: date
    value: Any
    unit: str
    source: str


@dataclass(frozen=True)
class Parameter:
    """A value with its history, newest edition first."""

    name: str
    editions: tuple[Edition, ...]

    def on(self, day: date) -> Any:
        """The value in force on `day`. Raises NoEdition where none was."""
        for edition in self.editions:
            if edition.effective <= day:
                return edition.value
        raise NoEdition(f"{self.name} has no edition in force on {day}")


@cache
def parameter(name: str) -> Parameter:
    """The parameter kept in `<name>.yaml`; two editions of one day are a fault of the file (ValueError)."""
    text = files(__package__).joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    editions = [Edition(**{**edition, "value": _frozen(edition["value"])}) for edition in yaml.safe_load(text)]
    if len({edition.effective for edition in editions}) != len(editions):
        raise ValueError(f"{name} has two editions of one day")
    return Parameter(name, tuple(sorted(editions, key=lambda edition: edition.effective, reverse=True)))


def _frozen(value: Any) -> Any:
    if isinstance(value, Mapping):
        return MappingProxyType(dict(value))
    return tuple(value) if isinstance(value, list) else value
