"""Values for the IN lists of statements, in pieces that either database takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

V = TypeVar("V")

_MOST = 500


def in_parts(values: Sequence[V]) -> Iterator[Sequence[V]]:
    """The values in their order, in pieces small enough for one IN list."""
    for begin in range(0, len(values), _MOST):
        yield values[begin : begin + _MOST]
