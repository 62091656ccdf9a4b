"""The event door: the relay of the outbox, the consumer of what is returned, and the jobs. Wiring only."""

from __future__ import annotations

from services.encoder.consumers import HANDLERS
from services.encoder.jobs import create_jobs
from shared.events import Consumer, Relay, Worker
from shared.http import housekeeping
from shared.runtime import Runtime

_ENCOUNTERS_AT_ONCE = 200


def create_worker(runtime: Runtime) -> Worker:
    consumer = Consumer(database=runtime.database, bus=runtime.bus, group="encoder", handlers=HANDLERS)
    relay = Relay(database=runtime.database, bus=runtime.bus, source="/encoder")
    return Worker(
        database=runtime.database,
        relay=relay,
        consumers=[consumer],
        jobs=[*create_jobs(runtime), *housekeeping(runtime)],
    )
