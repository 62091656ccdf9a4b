"""Small dated values of the grouper: one YAML file each, as `shared.tables.dated` reads them."""

from __future__ import annotations

from functools import cache
from typing import Any

from services.grouper.domain.rules import Rules
from shared.tables.dated import read_parameter


@cache
def load_rules() -> Rules:
    """All parameters, read once. Raises InvalidParameter or ValueError where a file does not make sense."""
    return Rules(
        versions=read_parameter(__package__, "drg_versions", _version),
        drg_facility_types=read_parameter(__package__, "drg_facility_types", frozenset),
        poa_exempt_taxonomies=read_parameter(__package__, "poa_exempt_taxonomies", frozenset),
        highest_age=read_parameter(__package__, "highest_age", int),
        sex_edits=read_parameter(__package__, "sex_edits", bool),
        shortest_ventilated_stay=read_parameter(__package__, "shortest_ventilated_stay", int),
    )


def _version(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise ValueError("a version is written as text, such as '44.0'")
