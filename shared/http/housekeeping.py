"""What every service's worker does beside its own jobs: forget what is kept for a time only."""

from __future__ import annotations

from datetime import timedelta

from shared.db import Context, new_id
from shared.events import Job, forget_settled
from shared.http.idempotency import purge
from shared.runtime import Runtime

INBOX_KEPT = timedelta(days=30)
"""Longer than any topic keeps its records: an event older than this cannot be delivered again."""


def housekeeping(runtime: Runtime) -> list[Job]:
    """Jobs that delete answers of idempotency keys whose day is over, and marks of events handled long ago."""

    async def forget_answers() -> None:
        await purge(runtime.database, runtime.clock())

    async def forget_events() -> None:
        now = runtime.clock()
        context = Context(tenant="", actor=f"system:{runtime.name}", request_id=new_id(), at=now)
        async with runtime.database.unit_of_work(context) as uow:
            await forget_settled(uow, now - INBOX_KEPT)

    return [
        Job("forget-answers", timedelta(hours=1), forget_answers),
        Job("forget-events", timedelta(days=1), forget_events),
    ]
