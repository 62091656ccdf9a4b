"""The code sets that this process answers from: opened once, shared by all."""

from __future__ import annotations

from functools import cache

from shared.tables import CodeSets, MsdrgCodeSets


@cache
def embedded_code_sets() -> CodeSets:
    """The code sets that ship with the product. Raises UnreadableTable where their package is not installed."""
    return MsdrgCodeSets()
