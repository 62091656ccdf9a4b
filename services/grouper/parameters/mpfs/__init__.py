"""Shares and rules of the physician fee schedule: YAML files, as `shared.tables.dated` reads them."""

from __future__ import annotations

from functools import cache

from services.grouper.domain.professional.rules import MpfsRules


@cache
def load_mpfs_rules() -> MpfsRules:
    """All parameters, read once. Raises InvalidParameter or ValueError where a file does not make sense."""
    return MpfsRules()
