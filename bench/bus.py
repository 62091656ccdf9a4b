"""Events per second through each bus, one process: `python -m bench.bus [--events N]`.

`publish` and `read` are the bus alone; `handle` adds the inbox and one effect row in the service's own SQLite, `line`
the outbox and its relay as well. `latency` is from the commit of a state to the commit of its effect, one event at a
time. The event is a claim with three lines, about 5 kB. Kafka is measured where a JDK and Maven are.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from shared.db import Database, UnitOfWork, new_id
from shared.events import Bus, ClaimEvent, Consumer, KafkaBus, Record, Relay, SqlLogBus, Topic, emit
from shared.events.envelope import to_record
from tests.fixtures.kafka import KafkaBroker, KafkaMissing
from tests.shared.events.line import (
    a_context,
    an_effect,
    an_event,
    an_event_type,
    count_effects,
    make_tables,
    running,
)

BATCH = 200
CLAIMS = 500
SINGLE_EVENTS = 200


class Bench:
    """One bus under measurement, with a service's database beside it."""

    def __init__(self, bus: Bus, database: Database, events: int) -> None:
        self._bus = bus
        self._database = database
        self._events = events
        self.happened = an_event_type()
        self.group = f"bench-{new_id()}"
        self._batches = self._make_batches()

    async def publish(self) -> None:
        for batch in self._batches:
            await self._bus.publish(batch)

    async def read(self) -> None:
        seen = 0
        async with self._bus.subscribe(f"{self.group}-read", [self.happened.topic]) as subscription:
            while seen < self._events:
                batch = await subscription.poll(BATCH, 1.0)
                ends = {partition: received[-1].offset + 1 for partition, received in batch.received.items()}
                await subscription.commit(batch.generation, ends)
                seen += len(batch)

    async def handle(self) -> None:
        async with running(self._consumer(self.group)):
            await self._until_effects(self.group, self._events)

    async def line(self) -> None:
        """Emit in units of work of one batch each, relay, handle, all at once."""
        self.happened, group = an_event_type(), f"{self.group}-line"
        async with running(self._relay(), self._consumer(group)):
            for start in range(0, self._events, BATCH):
                async with self._database.unit_of_work(a_context()) as uow:
                    for number in range(start, min(start + BATCH, self._events)):
                        emit(uow, self._event(number))
            await self._until_effects(group, self._events)

    async def latencies(self) -> list[float]:
        """Seconds of each of some events that come alone."""
        self.happened, group = an_event_type(), f"{self.group}-single"
        arrived = asyncio.Event()

        async def handler(uow: UnitOfWork, event: ClaimEvent) -> None:
            await an_effect(group)(uow, event)
            uow.after_commit(arrived.set)

        taken = []
        async with running(self._relay(), self._consumer(group, handler)):
            for number in range(SINGLE_EVENTS + 20):
                arrived.clear()
                async with self._database.unit_of_work(a_context()) as uow:
                    emit(uow, self._event(number))
                begun = time.perf_counter()
                async with asyncio.timeout(60.0):
                    await arrived.wait()
                taken.append(time.perf_counter() - begun)
        return taken[20:]

    def _event(self, number: int) -> ClaimEvent:
        return an_event(self.happened, f"claim-{number % CLAIMS}", number // CLAIMS + 1)

    def _make_batches(self) -> list[list[Record]]:
        at = datetime.now(UTC)
        records = [
            to_record(self._event(number), event_id=new_id(), tenant="bench", at=at, traceparent=None)
            for number in range(self._events)
        ]
        return [records[start : start + BATCH] for start in range(0, self._events, BATCH)]

    def _relay(self) -> Relay:
        return Relay(database=self._database, bus=self._bus, source="/bench", limit=BATCH)

    def _consumer(self, group: str, handler: Callable[..., Awaitable[None]] | None = None) -> Consumer:
        handlers = {self.happened: handler or an_effect(group)}
        return Consumer(database=self._database, bus=self._bus, group=group, handlers=handlers, limit=BATCH)

    async def _until_effects(self, group: str, count: int) -> None:
        while True:
            async with self._database.read() as session:
                if await count_effects(session, group) >= count:
                    return
            await asyncio.sleep(0.05)


async def seconds(work: Callable[[], Awaitable[None]]) -> tuple[float, float]:
    """By the clock, and of this process's CPU: on a machine that others use too, the second tells more."""
    begun, cpu = time.perf_counter(), time.process_time()
    async with asyncio.timeout(600.0):
        await work()
    return time.perf_counter() - begun, time.process_time() - cpu


async def measure(name: str, bus: Bus, events: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = Database.open(f"sqlite+aiosqlite:///{Path(folder) / 'service.sqlite'}")
        await make_tables(database)
        bench = Bench(bus, database, events)
        await bus.ensure_topics([Topic(bench.happened.topic)])
        for step in (bench.publish, bench.read, bench.handle, bench.line):
            taken, cpu = await seconds(step)
            rate, each, work = events / taken, taken / events * 1e6, cpu / events * 1e6
            print(f"{name:8} {step.__name__:8} {rate:9,.0f} events/s {each:8.0f} µs each, {work:6.0f} µs of CPU")
        alone = await bench.latencies()
        p50, p99 = statistics.median(alone) * 1e3, statistics.quantiles(alone, n=100)[98] * 1e3
        print(f"{name:8} latency  p50 {p50:.1f} ms, p99 {p99:.1f} ms")
        await database.close()


@asynccontextmanager
async def sql_log() -> AsyncIterator[Bus]:
    with tempfile.TemporaryDirectory() as folder:
        bus = SqlLogBus(f"sqlite+aiosqlite:///{Path(folder) / 'bus.sqlite'}")
        yield bus
        await bus.close()


@asynccontextmanager
async def kafka() -> AsyncIterator[Bus]:
    with tempfile.TemporaryDirectory() as folder:
        broker = KafkaBroker(Path(folder))
        broker.start()
        bus = KafkaBus(broker.bootstrap)
        try:
            yield bus
        finally:
            await bus.close()
            broker.stop()


async def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.bus", description=__doc__)
    parser.add_argument("--events", type=int, default=10_000)
    chosen = parser.parse_args(arguments)
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {chosen.events:,} events in batches of {BATCH}")
    async with sql_log() as bus:
        await measure("SQL log", bus, chosen.events)
    try:
        async with kafka() as bus:
            await measure("Kafka", bus, chosen.events)
    except KafkaMissing as missing:
        print(f"Kafka    not measured: {missing}")


if __name__ == "__main__":
    asyncio.run(main())
