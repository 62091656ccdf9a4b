"""The edits, one file a family. Importing this package registers every one of them."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from services.scrubber.domain.engine import REGISTRY
from services.scrubber.domain.plan import EditSet


@cache
def all_edits() -> EditSet:
    """Every edit of every family file in this folder."""
    for module in iter_modules(__path__, f"{__name__}."):
        import_module(module.name)
    return REGISTRY.edit_set()
