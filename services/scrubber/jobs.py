"""What the scrubber's worker does by the clock: ended leases of held claims, and how urgent these are today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from services.scrubber import handlers, store
from services.scrubber.domain.examination import Scrubber
from services.scrubber.settings import ScrubberSettings
from shared.db import Context, new_id
from shared.events import Job
from shared.runtime import Runtime

_ACTOR = "system:scrubber"


@dataclass(frozen=True)
class Upkeep:
    """The worklist as time passes, over all tenants; each in a unit of work of its own."""

    runtime: Runtime
    scrubber: Scrubber
    batch: int

    async def return_lapsed(self) -> None:
        """Claims whose owner's lease has ended go back; those beyond the batch at the next turn."""
        async with self.runtime.database.read() as session:
            keys = await store.lapsed_claims(session, self.runtime.clock(), self.batch)
        for tenant, claim_ids in _by_tenant(keys):
            async with self.runtime.database.unit_of_work(self._context(tenant)) as uow:
                await handlers.return_lapsed(uow, claim_ids)

    async def rank_anew(self) -> None:
        """Held claims whose priority was counted on an earlier day, until none is left."""
        async with self.runtime.database.read() as session:
            tenants = await store.tenants_ranked_before(session, self.runtime.clock().date())
        for tenant in tenants:
            ranked = self.batch
            while ranked == self.batch:
                async with self.runtime.database.unit_of_work(self._context(tenant)) as uow:
                    ranked = await handlers.rank_anew(self.scrubber, uow, self.batch)

    def _context(self, tenant: str) -> Context:
        return Context(tenant=tenant, actor=_ACTOR, request_id=new_id(), at=self.runtime.clock())


def create_jobs(runtime: Runtime, scrubber: Scrubber) -> list[Job]:
    settings = ScrubberSettings()
    upkeep = Upkeep(runtime, scrubber, settings.worklist_batch)
    return [
        Job("return-lapsed-claims", settings.worklist_upkeep_every, upkeep.return_lapsed),
        Job("rank-claims-anew", settings.worklist_upkeep_every, upkeep.rank_anew),
    ]


def _by_tenant(keys: Iterable[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    grouped: defaultdict[str, list[str]] = defaultdict(list)
    for tenant, key in keys:
        grouped[tenant].append(key)
    return list(grouped.items())
