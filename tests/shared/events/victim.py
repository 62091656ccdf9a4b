"""A consumer in a process of its own that is killed after the effect is durable and before the bus hears of it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from shared.db import Database
from shared.events import Bus, Consumer, Partition, Subscription
from tests.shared.events.conftest import open_bus
from tests.shared.events.line import an_effect, an_event_type


class DyingBus:
    """The bus as it is, but for the commit."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def __getattr__(self, name: str) -> Any:
        return getattr(self._bus, name)

    @asynccontextmanager
    async def subscribe(self, group: str, topics: Sequence[str]) -> AsyncIterator[Subscription]:
        async with self._bus.subscribe(group, topics) as subscription:
            subscription.commit = die  # type: ignore[method-assign]
            yield subscription


async def die(generation: int, positions: Mapping[Partition, int]) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def main(kind: str, address: str, database_url: str, topic: str, group: str) -> None:
    happened = an_event_type()
    happened.topic = topic
    consumer = Consumer(
        database=Database.open(database_url),
        bus=DyingBus(open_bus(kind, address)),  # type: ignore[arg-type]
        group=group,
        handlers={happened: an_effect(group)},
    )
    await consumer.run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
