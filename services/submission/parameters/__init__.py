"""Small dated values of submission: one YAML file each, as `shared.tables.dated` reads them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from shared.tables.dated import Parameter, frozen, read_parameter


@cache
def parameter(name: str) -> Parameter[Mapping[str, Any]]:
    """The parameter kept in `<name>.yaml`. Raises InvalidParameter."""
    return read_parameter(__package__, name, frozen)
