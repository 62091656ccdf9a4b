"""The event door: the relay of the outbox, the consumer of what is returned, the MLLP door, the jobs. Wiring only."""

from __future__ import annotations

from services.encoder.consumers import HANDLERS
from services.encoder.jobs import create_jobs
from services.encoder.mllp import mllp_door
from services.encoder.settings import EncoderSettings
from shared.events import Consumer, Relay, Worker
from shared.http import housekeeping
from shared.runtime import Runtime


def create_worker(runtime: Runtime) -> Worker:
    consumer = Consumer(database=runtime.database, bus=runtime.bus, group="encoder", handlers=HANDLERS)
    relay = Relay(database=runtime.database, bus=runtime.bus, source="/encoder")
    door = mllp_door(runtime, EncoderSettings())
    return Worker(
        database=runtime.database,
        relay=relay,
        consumers=[consumer],
        parts=[] if door is None else [door],
        jobs=[*create_jobs(runtime), *housekeeping(runtime)],
    )
