"""The event door: the consumer of coded charts and the relay of what was decided. Wiring only."""

from __future__ import annotations

import asyncio

from services.grouper.bootstrap import create_grouper
from services.grouper.consumers import handler_table
from services.grouper.domain.engine import DrgEngine
from services.grouper.parameters.payment import load_payment_rules
from shared.events import Consumer, Relay, Worker
from shared.http import housekeeping
from shared.runtime import Runtime


class GrouperWorker(Worker):
    """A worker whose engine is ready before the first event and closed after the last."""

    engine: DrgEngine

    async def run(self, stop: asyncio.Event) -> None:
        await self.engine.start()
        try:
            await super().run(stop)
        finally:
            await self.engine.close()


def create_worker(runtime: Runtime) -> Worker:
    grouper = create_grouper(runtime)
    handlers = handler_table(grouper, load_payment_rules())
    consumer = Consumer(database=runtime.database, bus=runtime.bus, group="grouper", handlers=handlers)
    relay = Relay(database=runtime.database, bus=runtime.bus, source="/grouper")
    worker = GrouperWorker(database=runtime.database, relay=relay, consumers=[consumer], jobs=housekeeping(runtime))
    worker.engine = grouper.engine
    return worker
