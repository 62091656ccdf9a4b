"""The relay: moves outbox rows to the bus, one active relay per database.

It takes the rows that are there, oldest first, and deletes them once the bus has them. It never asks for "ids greater
than the last": on PostgreSQL a transaction may commit after another with a higher id, and its row would be skipped.
Rows of one claim keep their order, because their transactions follow one another under the claim's row lock and take
their ids while they hold it (see `outbox.send`).

A relay that dies between publishing and deleting publishes the same rows again; so do two relays, should the database
lose the lock of one of them. Either way a repeated record comes after its first appearance, and the inbox of each
consumer passes over it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError

from shared.db import Context, Database, ExclusiveLost, new_id
from shared.events import metrics, outbox
from shared.events.back_off import BackOff, rest
from shared.events.bus import Bus, BusUnavailable
from shared.events.dead_letters import topic_named
from shared.events.envelope import SOURCE
from shared.events.wake_up import listening, woken

log = logging.getLogger(__name__)

_STAND_BY = 1.0
_MEASURE_EVERY = 5.0


class Relay:
    """`source` is the CloudEvents source of everything this database emits: `/encoder`.

    `limit` is how many rows go in one batch; `look_every` seconds how soon a row is found that nobody told us of.
    """

    def __init__(
        self,
        *,
        database: Database,
        bus: Bus,
        source: str,
        limit: int = 200,
        look_every: float = 0.5,
        back_off: BackOff | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._bus = bus
        self._source = source
        self._limit = limit
        self._look_every = look_every
        self._back_off = back_off or BackOff()
        self._clock = clock
        self._known_topics: set[str] = set()
        self._measured_at = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`. Waits out a bus or database that is away; stands by while another process relays."""
        failures = 0
        while not stop.is_set():
            try:
                async with self._database.exclusive("relay") as active:
                    if active:
                        await self._relay(stop)
                failures = 0
            except (BusUnavailable, ExclusiveLost, SQLAlchemyError, OSError) as error:
                failures += 1
                log.warning("relay of %s waits: %s", self._source, type(error).__name__)
                await rest(stop, self._back_off.after(failures))
            else:
                await rest(stop, _STAND_BY)

    async def _relay(self, stop: asyncio.Event) -> None:
        with woken(self._database) as wake:
            async with listening(self._database, wake):
                while not stop.is_set():
                    wake.clear()
                    moved = await self.move()
                    await self._measure()
                    if moved < self._limit:
                        await self._wait(stop, wake)

    async def move(self) -> int:
        """One batch of rows to the bus; how many. Raises BusUnavailable, and then the rows stay."""
        async with self._database.read() as session:
            waiting = await outbox.oldest(session, self._limit)
        if not waiting:
            return 0
        records = [replace(one, headers={SOURCE: self._source, **one.headers}) for one in waiting.values()]
        await self._ensure_topics({record.topic for record in records})
        await self._bus.publish(records)
        async with self._database.unit_of_work(self._context()) as uow:
            await outbox.forget(uow.session, waiting)
        metrics.PUBLISHED.labels(self._source).inc(len(records))
        return len(records)

    async def _ensure_topics(self, names: set[str]) -> None:
        if new := sorted(names - self._known_topics):
            await self._bus.ensure_topics([topic_named(name) for name in new])
            self._known_topics |= names

    async def _wait(self, stop: asyncio.Event, wake: asyncio.Event) -> None:
        waiting = [asyncio.create_task(stop.wait()), asyncio.create_task(wake.wait())]
        try:
            await asyncio.wait(waiting, timeout=self._look_every, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waiting:
                one.cancel()
                with suppress(asyncio.CancelledError):
                    await one

    async def _measure(self) -> None:
        if time.monotonic() - self._measured_at < _MEASURE_EVERY:
            return
        self._measured_at = time.monotonic()
        async with self._database.read() as session:
            depth, oldest = await outbox.depth(session)
        metrics.OUTBOX_DEPTH.labels(self._source).set(depth)
        age = (self._clock() - oldest).total_seconds() if oldest else 0.0
        metrics.OUTBOX_AGE.labels(self._source).set(age)

    def _context(self) -> Context:
        return Context(tenant="system", actor="system:relay", request_id=new_id(), at=self._clock())
