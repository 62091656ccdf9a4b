"""The event door of a service: its relay, its consumers and its scheduled jobs, run and stopped together."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from sqlalchemy.exc import SQLAlchemyError

from shared.db import Database, ExclusiveLost
from shared.events.back_off import rest
from shared.events.bus import BusUnavailable
from shared.events.consumer import Consumer
from shared.events.metrics import FAULTS

log = logging.getLogger(__name__)

_STOP_SECONDS = 60.0


@dataclass(frozen=True)
class Job:
    """`work` runs at the start and then `every` so often, in one replica at a time.

    A database or bus that is away only costs the turn. Whatever else it raises stops the worker: work on many things
    that come from outside takes each `apart`.
    """

    name: str
    every: timedelta
    work: Callable[[], Awaitable[None]]


@asynccontextmanager
async def apart(database: Database, of: str, name: str) -> AsyncIterator[None]:
    """One of the many that a job is about: what it fails on is logged and counted, and the next one has its turn.

    `of` is its kind, `name` no person's. Raises what comes of a database or bus that is away.
    """
    try:
        yield
    except BusUnavailable:
        raise
    except Exception as error:
        if await database.is_away(error):
            raise
        log.error("%s %s failed", of, name, exc_info=True)
        FAULTS.labels(of).inc()


class Part(Protocol):
    async def run(self, stop: asyncio.Event) -> None: ...


class Worker:
    def __init__(
        self,
        database: Database,
        relay: Part | None = None,
        consumers: Sequence[Consumer] = (),
        jobs: Sequence[Job] = (),
        parts: Sequence[Part] = (),
    ) -> None:
        """`parts` are doors of the service's own that run beside the bus, such as a listener of another protocol."""
        self._database = database
        self._parts: list[Part] = [*([relay] if relay else []), *consumers, *parts]
        self._jobs = jobs

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`; then every part finishes what it has in hand, for a minute at most.

        A part that ends by itself stops the others, and what it raised is raised here, loudly.
        """
        stopping = asyncio.Event()
        parts = [_started(part.run(stopping)) for part in self._parts]
        parts += [_started(self._repeat(job, stopping)) for job in self._jobs]
        waiting = _started(stop.wait())
        try:
            await asyncio.wait([waiting, *parts], return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.set()
            waiting.cancel()
            await _ended(parts)
        for part in parts:
            if part.cancelled():
                raise RuntimeError("a part of the worker was cut off")
            part.result()

    async def _repeat(self, job: Job, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                async with self._database.exclusive(f"job:{job.name}") as ours:
                    if ours:
                        await job.work()
            except (BusUnavailable, ExclusiveLost, SQLAlchemyError, OSError) as error:
                log.warning("job %s lost a turn: %s", job.name, type(error).__name__)
            await rest(stop, job.every.total_seconds())


def _started(work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    return asyncio.create_task(work)


async def _ended(parts: Sequence[asyncio.Task[Any]]) -> None:
    if not parts:
        return
    _, late = await asyncio.wait(parts, timeout=_STOP_SECONDS)
    for part in late:
        log.error("a part of the worker did not stop in %s s", _STOP_SECONDS)
        part.cancel()
    if late:
        await asyncio.wait(late, timeout=_STOP_SECONDS)
