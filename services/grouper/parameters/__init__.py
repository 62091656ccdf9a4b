"""Small dated values of the grouper: one YAML file each, a list of editions with effective, value, unit and source."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

import yaml

from services.grouper.domain.rules import Dated, Edition, Rules

T = TypeVar("T")


@cache
def load_rules() -> Rules:
    """All parameters, read once. Raises ValueError where a file does not make sense."""
    return Rules(
        versions=_dated("drg_versions", _version),
        discharge_statuses=_dated("discharge_statuses", frozenset),
        drg_facility_types=_dated("drg_facility_types", frozenset),
        poa_exempt_taxonomies=_dated("poa_exempt_taxonomies", frozenset),
        highest_age=_dated("highest_age", int),
    )


def _dated(name: str, read: Callable[[Any], T]) -> Dated[T]:
    text = files(__package__).joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    editions = [Edition(**{**edition, "value": read(edition["value"])}) for edition in yaml.safe_load(text)]
    if len({edition.effective for edition in editions}) != len(editions):
        raise ValueError(f"{name} has two editions of one day")
    return Dated(name, tuple(sorted(editions, key=lambda edition: edition.effective, reverse=True)))


def _version(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise ValueError("a version is written as text, such as '44.0'")
