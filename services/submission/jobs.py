"""What the worker does by the clock for the worklists: ended leases, and how urgent rejections and denials are now."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from services.submission import denial_handlers, denial_store, rejection_handlers, rejection_store
from services.submission.settings import SubmissionSettings
from shared.db import Context, new_id
from shared.events import Job
from shared.runtime import Runtime

_ACTOR = "system:submission"


@dataclass(frozen=True)
class Upkeep:
    """The worklist as time passes, over all tenants; each in a unit of work of its own."""

    runtime: Runtime
    batch: int

    async def return_lapsed(self) -> None:
        """Rejections whose owner's lease has ended go back; those beyond the batch at the next turn."""
        async with self.runtime.database.read() as session:
            lapsed = await rejection_store.lapsed_rejections(session, self.runtime.clock(), self.batch)
        for tenant, keys in groupby(sorted(lapsed), key=itemgetter(0)):
            async with self.runtime.database.unit_of_work(self._context(tenant)) as uow:
                await rejection_handlers.return_lapsed(uow, [claim_id for _, claim_id in keys])

    async def rank_anew(self) -> None:
        """Rejections whose priority was counted on an earlier day, until none is left."""
        async with self.runtime.database.read() as session:
            tenants = await rejection_store.tenants_ranked_before(session, self.runtime.clock().date())
        for tenant in tenants:
            ranked = self.batch
            while ranked == self.batch:
                async with self.runtime.database.unit_of_work(self._context(tenant)) as uow:
                    ranked = await rejection_handlers.rank_anew(uow, self.batch)

    async def return_lapsed_denials(self) -> None:
        """Denials whose owner's lease has ended go back."""
        async with self.runtime.database.read() as session:
            lapsed = await denial_store.lapsed(session, self.runtime.clock(), self.batch)
        for tenant, keys in groupby(sorted(lapsed), key=itemgetter(0)):
            async with self.runtime.database.unit_of_work(self._context(tenant)) as uow:
                await denial_handlers.return_lapsed(uow, [denial_id for _, denial_id in keys])

    async def rank_denials_anew(self) -> None:
        """Denials whose priority was counted on an earlier day, until none is left."""
        async with self.runtime.database.read() as session:
            tenants = await denial_store.tenants_ranked_before(session, self.runtime.clock().date())
        for tenant in tenants:
            ranked = self.batch
            while ranked == self.batch:
                async with self.runtime.database.unit_of_work(self._context(tenant)) as uow:
                    ranked = await denial_handlers.rank_anew(uow, self.batch)

    def _context(self, tenant: str) -> Context:
        return Context(tenant=tenant, actor=_ACTOR, request_id=new_id(), at=self.runtime.clock())


def worklist_jobs(runtime: Runtime, settings: SubmissionSettings) -> list[Job]:
    """The upkeep of the worklists."""
    upkeep = Upkeep(runtime, settings.worklist_batch)
    return [
        Job("return-lapsed-rejections", settings.worklist_upkeep_every, upkeep.return_lapsed),
        Job("rank-rejections-anew", settings.worklist_upkeep_every, upkeep.rank_anew),
        Job("return-lapsed-denials", settings.worklist_upkeep_every, upkeep.return_lapsed_denials),
        Job("rank-denials-anew", settings.worklist_upkeep_every, upkeep.rank_denials_anew),
    ]
