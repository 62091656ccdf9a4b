"""A clearinghouse behind an adapter that others write: interchanges go onto the bus, answers come by events.

The contract is `InterchangePrepared` and `ResponseReceived`, described in `docs/events/asyncapi.json`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime

from services.submission.routes import Collected, Outbound, RouteDown, RouteRefused
from shared.events import Bus, BusUnavailable, Record, Topic
from shared.events.contracts import InterchangePrepared
from shared.events.envelope import SOURCE, to_record


class BusRoute:
    """Publishes an interchange under its own id: delivered twice, it is one event twice."""

    def __init__(self, name: str, bus: Bus, clock: Callable[[], datetime]) -> None:
        self.name = name
        self._bus = bus
        self._clock = clock
        self._has_topic = False

    async def deliver(self, interchange: Outbound) -> None:
        event = InterchangePrepared(
            interchange_id=interchange.id,
            route=self.name,
            control_number=interchange.control_number,
            sha256=hashlib.sha256(interchange.content).hexdigest(),
            content=interchange.content.decode("ascii"),
        )
        try:
            record = to_record(
                event, event_id=interchange.id, tenant=interchange.tenant, at=self._clock(), traceparent=None
            )
        except ValueError:
            raise RouteRefused("the interchange is larger than a record of the bus") from None
        sourced = Record(record.topic, record.key, record.value, {**record.headers, SOURCE: "/submission"})
        try:
            if not self._has_topic:
                await self._bus.ensure_topics([Topic(event.topic)])
                self._has_topic = True
            await self._bus.publish([sourced])
        except BusUnavailable as error:
            raise RouteDown("the bus does not answer") from error

    async def collect(self, cursor: str | None, *, limit: int) -> Collected:
        """Answers are events: `consumers` takes them."""
        return Collected([], cursor="")

    async def taken(self, collected: Collected) -> None:
        """There is nothing to put away."""
