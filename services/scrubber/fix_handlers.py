"""One correction for many held claims: what it would do, and doing it to one of them."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence

from services.scrubber import handlers, store
from services.scrubber.domain.claim_parts import AnyClaim
from services.scrubber.domain.claim_patch import patched_document
from services.scrubber.domain.examination import Scrubber
from services.scrubber.domain.fixes import Fix, FixedClaim, FixPreview, SeenClaim, fixed_claim, previewed
from services.scrubber.domain.history import History, patient_key
from services.scrubber.domain.scrubbed_claim import ScrubbedClaim
from services.scrubber.domain.services import billed_services
from services.scrubber.store import HoldFilter
from shared.db import Context, ReadSession, UnitOfWork
from shared.errors import ServiceError
from shared.worklists import Leases

ReadClaim = Callable[[bytes], AnyClaim]
"""The door that a whole claim comes in by: it refuses what is none."""


async def chosen_ids(session: ReadSession, tenant: str, wanted: FixPreview) -> tuple[list[str], str | None]:
    """The ids of the claims that a preview asks for, and the one to go on after, where more are left."""
    if wanted.where is None:
        return list(dict.fromkeys(wanted.claims or ())), None
    where = HoldFilter(wanted.where.edit, wanted.where.payer, wanted.where.owner, wanted.where.queue)
    ids = await store.ids_of_held(session, tenant, where, after=wanted.after or "", limit=wanted.limit + 1)
    shown = list(ids[: wanted.limit])
    return shown, shown[-1] if len(ids) > wanted.limit else None


async def preview(
    scrubber: Scrubber, session: ReadSession, context: Context, ids: Sequence[str], fix: Fix, read: ReadClaim
) -> AsyncIterator[tuple[str, FixedClaim | ServiceError]]:
    """What the fix would do to each claim, or why the actor cannot do it, in the order of the ids. Nothing is kept.

    A claim that would be cleared counts as cleared for those after it, as it will when the fix is done: of two that
    bill the same service the second is seen to be held as a duplicate.
    """
    would_be_billed: defaultdict[str | None, History] = defaultdict(tuple)
    for claim_id in ids:
        try:
            current = (await store.get_claim(session, context.tenant, claim_id)).without_lapsed(context.at)
            current.check_workable(context.actor)
            operations = fix.operations_on(current)
            claim = read(patched_document(current.claim, operations))
            patient, day = patient_key(claim), context.at.date()
            beside = would_be_billed[patient] if patient else ()
            examination = await handlers.examine(scrubber, session, context.tenant, claim, day, beside=beside)
            shown = previewed(current, examination, operations)
            if shown.outcome == "cleared":
                would_be_billed[patient] += billed_services(examination.claim)
            yield claim_id, shown
        except ServiceError as error:
            yield claim_id, error
        await asyncio.sleep(0)  # many claims leave room for the requests beside them


async def fix_claim(
    scrubber: Scrubber, uow: UnitOfWork, seen: SeenClaim, fix: Fix, leases: Leases, read: ReadClaim
) -> FixedClaim:
    """Do the fix to a claim, if it is still as it was seen, and examine it at once.

    Raises what `handlers.patch` raises, and NoRepair.
    """
    before = await store.claim_for_change(uow.session, uow.context.tenant, seen.id)
    after: ScrubbedClaim = await handlers.patch(scrubber, uow, seen.id, seen.version, fix, leases, read)
    return fixed_claim(before, after, after.version, fix.operations_on(before))
