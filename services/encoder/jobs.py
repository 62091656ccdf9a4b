"""What the encoder's worker does by the clock: ended leases and holds, new rules, late queries, messages that wait."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from services.encoder import message_store, query_handlers, query_store, queue_handlers, queue_store
from services.encoder.intake_handlers import retry_pending
from services.encoder.settings import EncoderSettings
from services.encoder.touchless import Touchless
from shared.db import Context, new_id
from shared.events import Job, apart
from shared.runtime import Runtime

_ACTOR = "system:encoder"


@dataclass(frozen=True)
class Upkeep:
    """The queue and what waits beside it as time passes, over all tenants; each in units of work of its own."""

    runtime: Runtime
    settings: EncoderSettings

    async def return_lapsed(self) -> None:
        """Charts whose lease has ended go back; holds whose time is over are lifted."""
        async with self.runtime.database.read() as session:
            keys = await queue_store.lapsed_charts(session, self.runtime.clock(), self.settings.queue_batch)
        for tenant, chart_ids in _by_tenant(keys):
            async with self.runtime.database.unit_of_work(self._context(tenant)) as uow:
                await queue_handlers.return_lapsed(uow, chart_ids)

    async def place_anew(self) -> None:
        """Charts placed by other rules than those of the day, until none is left."""
        async with self.runtime.database.read() as session:
            tenants = await queue_store.tenants(session)
        for tenant in tenants:
            looked_at = self.settings.queue_batch
            while looked_at == self.settings.queue_batch:
                async with self.runtime.database.unit_of_work(self._context(tenant)) as uow:
                    looked_at = await queue_handlers.place_anew(uow, self.settings.queue_batch)

    async def escalate_late(self) -> None:
        """Queries that nobody has answered in time."""
        async with self.runtime.database.read() as session:
            keys = await query_store.late_queries(session, self.runtime.clock(), self.settings.queue_batch)
        for tenant, query_ids in _by_tenant(keys):
            async with self.runtime.database.unit_of_work(self._context(tenant)) as uow:
                await query_handlers.escalate_late(uow, query_ids, self.settings.lease)

    async def retry_messages(self) -> None:
        """HL7 messages that waited for an encounter which has come another way, or for a chart which has come back."""
        async with self.runtime.database.read() as session:
            waiting = await message_store.keys_to_retry(session, limit=self.settings.queue_batch)
        for tenant, key in waiting:
            async with apart(self.runtime.database, "message", f"of {tenant}"):
                await retry_pending(self.runtime.database, self._context(tenant), key)

    def _context(self, tenant: str) -> Context:
        return Context(tenant=tenant, actor=_ACTOR, request_id=new_id(), at=self.runtime.clock())


def create_jobs(runtime: Runtime) -> list[Job]:
    settings = EncoderSettings()
    upkeep = Upkeep(runtime, settings)
    touchless = Touchless(runtime, settings.queue_batch)
    return [
        Job("return-lapsed", settings.queue_upkeep_every, upkeep.return_lapsed),
        Job("place-anew", settings.queue_upkeep_every, upkeep.place_anew),
        Job("escalate-late", settings.queue_upkeep_every, upkeep.escalate_late),
        Job("retry-messages", settings.message_retry_every, upkeep.retry_messages),
        Job("touchless", settings.touchless_every, touchless.run),
    ]


def _by_tenant(keys: Iterable[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    grouped: defaultdict[str, list[str]] = defaultdict(list)
    for tenant, key in keys:
        grouped[tenant].append(key)
    return list(grouped.items())
