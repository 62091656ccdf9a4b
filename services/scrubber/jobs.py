"""What the scrubber's worker does by the clock: claims whose owner's lease has ended go back onto the worklist."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from services.scrubber import handlers, store
from services.scrubber.settings import ScrubberSettings
from shared.db import Context, new_id
from shared.events import Job
from shared.runtime import Runtime

_ACTOR = "system:scrubber"


@dataclass(frozen=True)
class Upkeep:
    """The worklist as time passes, over all tenants; each in a unit of work of its own."""

    runtime: Runtime
    batch: int

    async def return_lapsed(self) -> None:
        """Claims whose owner's lease has ended go back; those beyond the batch at the next turn."""
        async with self.runtime.database.read() as session:
            keys = await store.lapsed_claims(session, self.runtime.clock(), self.batch)
        for tenant, claim_ids in _by_tenant(keys):
            async with self.runtime.database.unit_of_work(self._context(tenant)) as uow:
                await handlers.return_lapsed(uow, claim_ids)

    def _context(self, tenant: str) -> Context:
        return Context(tenant=tenant, actor=_ACTOR, request_id=new_id(), at=self.runtime.clock())


def create_jobs(runtime: Runtime) -> list[Job]:
    settings = ScrubberSettings()
    upkeep = Upkeep(runtime, settings.worklist_batch)
    return [Job("return-lapsed-claims", settings.worklist_upkeep_every, upkeep.return_lapsed)]


def _by_tenant(keys: Iterable[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    grouped: defaultdict[str, list[str]] = defaultdict(list)
    for tenant, key in keys:
        grouped[tenant].append(key)
    return list(grouped.items())
