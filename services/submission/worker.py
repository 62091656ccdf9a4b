"""The event door of submission: cleared claims in, the relay, and the jobs that send and collect. Wiring only."""

from __future__ import annotations

from services.submission.bootstrap import create_transmitter
from services.submission.consumers import HANDLERS
from services.submission.jobs import worklist_jobs
from services.submission.routes import Route
from services.submission.settings import SubmissionSettings
from shared.events import Consumer, Job, Relay, Worker
from shared.http import housekeeping
from shared.runtime import Runtime

EVENTS_AT_ONCE = 500
"""Cleared claims come by the thousand; each lot of them is one transaction, at the same cost whatever its size."""


def create_worker(runtime: Runtime, route: Route | None = None) -> Worker:
    settings = SubmissionSettings()
    transmitter = create_transmitter(runtime, route)
    consumer = Consumer(
        database=runtime.database, bus=runtime.bus, group="submission", handlers=HANDLERS, limit=EVENTS_AT_ONCE
    )
    return Worker(
        database=runtime.database,
        relay=Relay(database=runtime.database, bus=runtime.bus, source="/submission"),
        consumers=[consumer],
        jobs=[
            Job("batch", settings.batch_every, transmitter.batch_all),
            Job("deliver", settings.deliver_every, transmitter.deliver),
            *housekeeping(runtime),
            Job("collect", settings.collect_every, transmitter.collect_if_up),
            *worklist_jobs(runtime, settings),
        ],
    )
