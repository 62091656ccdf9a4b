"""The ways out and back: how an interchange reaches a clearinghouse and how its answers come in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

import structlog

from shared.events.metrics import FAULTS

log = structlog.get_logger("revcycle.submission")


@dataclass(frozen=True)
class Outbound:
    """An interchange to deliver. The same `id` and bytes may be delivered twice; the receiver must take them once."""

    id: str
    control_number: int
    content: bytes
    tenant: str = ""


@dataclass(frozen=True)
class Inbound:
    """A file that came back. `external_id` is the sender's id of it, unique within the route."""

    external_id: str
    content: bytes


@dataclass(frozen=True)
class Collected:
    """Files in the order in which the other side made them; `cursor`, opaque, says where to go on."""

    files: Sequence[Inbound]
    cursor: str


class RouteDown(Exception):
    """The other side cannot be reached or answered with its own fault; try again later. Holds no content.

    `retry_after` says how long it wants to, or should, be left alone; `nothing_sent`, that it cannot have the
    interchange: it may go by another route then.
    """

    def __init__(self, reason: str, *, retry_after: timedelta | None = None, nothing_sent: bool = False) -> None:
        super().__init__(reason)
        self.retry_after = retry_after
        self.nothing_sent = nothing_sent


class RouteRefused(Exception):
    """The other side will not take this interchange at all; trying again would not help. `reason` holds no content."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@asynccontextmanager
async def fault_of_route(name: str) -> AsyncIterator[None]:
    """Whatever a connection fails on, it alone is down, and for all to see: the other routes go on.

    Raises RouteDown for what is neither that nor RouteRefused.
    """
    try:
        yield
    except (RouteDown, RouteRefused):
        raise
    except Exception as error:
        log.error("route failed", route=name, exc_info=True)
        FAULTS.labels("route").inc()
        raise RouteDown(f"it failed on our side: {type(error).__name__}") from error


class Route(Protocol):
    """One clearinghouse or payer connection. Methods raise RouteDown when it cannot be reached."""

    @property
    def name(self) -> str: ...

    async def deliver(self, interchange: Outbound) -> None:
        """Returns when the other side has the interchange for good; until then it must be delivered again.

        Raises RouteDown, or RouteRefused when the other side will never take it.
        """

    async def collect(self, cursor: str | None, *, limit: int) -> Collected:
        """Files after `cursor` (None: from the start), at most `limit`. Reading again gives the same files again."""

    async def taken(self, collected: Collected) -> None:
        """The files are safe on our side: the route may put them away."""
