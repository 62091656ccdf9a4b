"""The event door: the consumer of grouped and corrected claims, the relay of what became of them, the jobs."""

from __future__ import annotations

from services.scrubber.bootstrap import create_scrubber
from services.scrubber.consumers import handler_table
from services.scrubber.jobs import create_jobs
from shared.events import Consumer, Relay, Worker
from shared.http import housekeeping
from shared.runtime import Runtime


def create_worker(runtime: Runtime) -> Worker:
    scrubber = create_scrubber(tables=runtime.tables)
    handlers = handler_table(scrubber)
    consumer = Consumer(database=runtime.database, bus=runtime.bus, group="scrubber", handlers=handlers)
    relay = Relay(database=runtime.database, bus=runtime.bus, source="/scrubber")
    return Worker(
        database=runtime.database,
        relay=relay,
        consumers=[consumer],
        jobs=[*create_jobs(runtime, scrubber), *housekeeping(runtime)],
    )
