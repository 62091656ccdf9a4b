"""The event door: the relay of the encoder's outbox and the consumer of what is returned to it. Wiring only."""

from __future__ import annotations

from services.encoder.consumers import HANDLERS
from shared.events import Consumer, Relay, Worker
from shared.http import housekeeping
from shared.runtime import Runtime


def create_worker(runtime: Runtime) -> Worker:
    consumer = Consumer(database=runtime.database, bus=runtime.bus, group="encoder", handlers=HANDLERS)
    relay = Relay(database=runtime.database, bus=runtime.bus, source="/encoder")
    return Worker(database=runtime.database, relay=relay, consumers=[consumer], jobs=housekeeping(runtime))
