"""Which claims go out together, and under which number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from shared.x12 import LARGEST_CONTROL_NUMBER

MOST_CLAIMS = 5_000
"""Claims in one transaction set (005010X222A1 and 005010X223A2 §1.4.1)."""


class Waiting(Protocol):
    """What batching must know of a claim that waits."""

    @property
    def tenant(self) -> str: ...
    @property
    def payer_id(self) -> str: ...
    @property
    def kind(self) -> str: ...


class TakesBatches(Protocol):
    """What batching must know of a route."""

    @property
    def name(self) -> str: ...
    @property
    def claims_in_batch(self) -> int: ...


W = TypeVar("W", bound=Waiting)


@dataclass(frozen=True, slots=True)
class Batch(Generic[W]):
    """Claims of one interchange: one tenant, one route, one payer, one kind."""

    tenant: str
    route: str
    payer_id: str
    kind: str
    claims: tuple[W, ...]


def plan_batches(waiting: Iterable[W], route_of: Callable[[W], TakesBatches | None]) -> list[Batch[W]]:
    """Every waiting claim that has a route in exactly one batch of at most as many as its route takes.

    Claims keep their order in a batch, and batches stand in the order of their first claims: the same input gives the
    same batches.
    """
    groups: dict[tuple[str, str, str, str], list[W]] = {}
    sizes: dict[str, int] = {}
    for claim in waiting:
        route = route_of(claim)
        if route is not None:
            sizes[route.name] = route.claims_in_batch
            groups.setdefault((claim.tenant, route.name, claim.payer_id, claim.kind), []).append(claim)
    return [Batch(*key, part) for key, claims in groups.items() for part in _parts(claims, sizes[key[1]])]


def _parts(claims: list[W], size: int) -> Iterator[tuple[W, ...]]:
    if not 1 <= size <= MOST_CLAIMS:
        raise ValueError(f"a batch holds 1 to {MOST_CLAIMS} claims")
    for begin in range(0, len(claims), size):
        yield tuple(claims[begin : begin + size])


class ControlNumbersExhausted(Exception):
    """A route has used all 999,999,999 interchange control numbers: it needs a new sender id before it can go on."""


def following_control_number(last: int | None) -> int:
    """The ISA13 after `last`, the first one where None. Raises ControlNumbersExhausted rather than begin again.

    A receiver refuses a number that it has seen from the same sender (TA1 025), so none is ever used twice.
    """
    number = (last or 0) + 1
    if number > LARGEST_CONTROL_NUMBER:
        raise ControlNumbersExhausted(f"the interchange control number after {last} has more than nine digits")
    return number
