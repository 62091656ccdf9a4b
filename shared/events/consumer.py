"""The consumer: polls a group's topics, hands events to their handlers, commits what is settled."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import chain

from sqlalchemy.exc import SQLAlchemyError

from shared.db import Database
from shared.events import metrics
from shared.events.back_off import BackOff, rest
from shared.events.bus import Batch, Bus, BusUnavailable, Partition, PartitionsLost, Received, Subscription, Topic
from shared.events.dead_letters import FloodGauge, FloodLimit, dead_letter_topic
from shared.events.handling import Again, DatabaseUnavailable, HandlerTable, Handling, RetryPolicy
from shared.events.inbox import Arrival

log = logging.getLogger(__name__)

_POLL_SECONDS = 1.0
_MEASURE_EVERY = 5.0


class Consumer:
    """One member of the group named after its service.

    A batch is settled in one transaction. If that fails, its events are settled one by one, so that only the culprit
    waits: its partition rests until the next attempt, the other partitions go on. A bus or database that is away is
    nobody's fault and waited for without limit.
    """

    def __init__(
        self,
        *,
        database: Database,
        bus: Bus,
        group: str,
        handlers: HandlerTable,
        limit: int = 200,
        retry: RetryPolicy | None = None,
        flood: FloodLimit | None = None,
        back_off: BackOff | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._bus = bus
        self._group = group
        self._topics = sorted({model.topic for model in handlers})
        self._limit = limit
        self._handling = Handling(database, group, handlers, retry or RetryPolicy(), clock)
        self._flood = FloodGauge(flood or FloodLimit())
        self._back_off = back_off or BackOff()
        self._resting: dict[Partition, float] = {}
        self._measured_at = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`; the batch in hand is finished first. Raises DeadLetterFlood, and whatever is a bug of ours."""
        failures = 0
        while not stop.is_set():
            try:
                await self._database.ping()
                await self._bus.ensure_topics([*map(Topic, self._topics), dead_letter_topic(self._group)])
                async with self._bus.subscribe(self._group, self._topics) as subscription:
                    failures = 0
                    await self._consume(subscription, stop)
            except (BusUnavailable, DatabaseUnavailable, SQLAlchemyError, OSError) as error:
                failures += 1
                log.warning("%s waits: %s", self._group, type(error).__name__)
                await rest(stop, self._back_off.after(failures))

    async def _consume(self, subscription: Subscription, stop: asyncio.Event) -> None:
        self._resting.clear()
        while not stop.is_set():
            self._wake_rested(subscription)
            batch = await subscription.poll(self._limit, self._wait())
            if batch:
                await self._handle(subscription, batch)
            self._measure(subscription)

    async def _handle(self, subscription: Subscription, batch: Batch) -> None:
        with metrics.BATCH_SECONDS.labels(self._group).time():
            arrivals = self._arrivals(chain.from_iterable(batch.received.values()))
            try:
                if arrivals:
                    await self._handling.together(arrivals)
            except Exception:  # noqa: BLE001 - settled one by one, each failure is recorded with its event
                positions = await self._one_by_one(subscription, batch)
            else:
                positions = {partition: received[-1].offset + 1 for partition, received in batch.received.items()}
                self._count(arrivals, "handled")
                self._flood.count(handled=len(arrivals))
            try:
                await subscription.commit(batch.generation, positions)
            except PartitionsLost as lost:
                log.info("%s: %s; what was not committed is delivered there and passed over", self._group, lost)

    async def _one_by_one(self, subscription: Subscription, batch: Batch) -> dict[Partition, int]:
        """The next offset of each partition in which something was settled."""
        positions = {}
        for partition, received in batch.received.items():
            for one in received:
                wait = await self._settle(one)
                if wait is not None:
                    subscription.pause(partition, one.offset)
                    self._resting[partition] = time.monotonic() + wait
                    break
                positions[partition] = one.offset + 1
        return positions

    async def _settle(self, received: Received) -> float | None:
        """None when the next event may come, else the seconds until this one is tried again."""
        arrivals = self._arrivals([received])
        for arrival in arrivals:
            verdict = await self._handling.alone(arrival)
            if isinstance(verdict, Again):
                return verdict.after
            self._count(arrivals, "dead" if verdict.dead else "handled")
            self._flood.count(handled=not verdict.dead, dead=verdict.dead)
        return None

    def _arrivals(self, received: Sequence[Received] | chain[Received]) -> list[Arrival]:
        arrivals = [Arrival.read(one) for one in received]
        ignored = [arrival for arrival in arrivals if not self._handling.concerns(arrival)]
        self._count(ignored, "ignored")
        return [arrival for arrival in arrivals if arrival not in ignored] if ignored else arrivals

    def _count(self, arrivals: Sequence[Arrival], outcome: str) -> None:
        for arrival in arrivals:
            metrics.CONSUMED.labels(self._group, arrival.envelope.type, outcome).inc()

    def _wake_rested(self, subscription: Subscription) -> None:
        now = time.monotonic()
        for partition in [partition for partition, until in self._resting.items() if until <= now]:
            subscription.resume(partition)
            del self._resting[partition]

    def _wait(self) -> float:
        """Seconds to poll: until a partition has rested, a second at most."""
        soonest = min(self._resting.values(), default=float("inf"))
        return min(_POLL_SECONDS, max(0.0, soonest - time.monotonic()))

    def _measure(self, subscription: Subscription) -> None:
        if time.monotonic() - self._measured_at < _MEASURE_EVERY:
            return
        self._measured_at = time.monotonic()
        for (topic, number), behind in subscription.lag().items():
            metrics.LAG.labels(self._group, topic, str(number)).set(behind)
