"""The rejection worklist: claims come onto it, have one owner at a time, and are ranked anew each day."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import JsonValue
from pydantic_core import to_json
from sqlalchemy import update

from services.submission import rejection_store, store, views
from services.submission.domain.answers import Answer
from services.submission.domain.leases import FREE, Lease
from services.submission.domain.priority import priority, weights_on
from services.submission.domain.same_day import SameDayClock
from services.submission.errors import ClaimNotRejected
from services.submission.handlers import claim_for_change
from services.submission.leasing import keep_lease
from services.submission.records import ClaimSummary, RejectedClaim
from services.submission.rejection_store import RejectionFilter
from services.submission.store import ClaimRow
from shared import audit
from shared.claims import Rejection
from shared.db import UnitOfWork
from shared.events import emit
from shared.events.contracts import ClaimRejected
from shared.tables import Tables
from shared.worklists import Leases


def reject(uow: UnitOfWork, row: ClaimRow, rejection: Rejection) -> None:
    """The claim's attempt comes back before adjudication: onto the worklist, and the line is told."""
    row.state, row.changed_at, row.rejected_at = "rejected", uow.context.at, uow.context.at
    row.rejection, row.lease, row.revision = rejection.model_dump(mode="json"), FREE, row.revision + 1
    _rank(uow, row)
    rejection_store.add_statuses(uow, row, rejection.statuses)
    emit(uow, ClaimRejected(claim=store.claim_of(row), revision=row.revision, rejection=rejection))
    audit.record(uow, "claim.rejected", "claim", row.id, {"source": rejection.source, "attempt": row.attempt})


def reject_further(uow: UnitOfWork, row: ClaimRow, answer: Answer) -> None:
    """Another answer that refuses the same attempt: what it says beyond the first is to be cured and learned too."""
    before = Rejection.model_validate_json(to_json(row.rejection))
    both = before.model_copy(update={"statuses": tuple(dict.fromkeys((*before.statuses, *answer.statuses)))})
    if both != before:
        found_by = {(status.category, status.status, status.entity) for status in before.statuses}
        new = (s for s in answer.statuses if (s.category, s.status, s.entity) not in found_by)
        rejection_store.add_statuses(uow, row, new)
        row.rejection, row.revision = both.model_dump(mode="json"), row.revision + 1
        emit(uow, ClaimRejected(claim=store.claim_of(row), revision=row.revision, rejection=both))
        details: dict[str, JsonValue] = {"source": answer.source, "attempt": row.attempt}
        audit.record(uow, "claim.rejected_further", "claim", row.id, details)


async def pull_next(
    uow: UnitOfWork, wanted: RejectionFilter, leases: Leases, clock: SameDayClock, tables: Tables
) -> RejectedClaim | None:
    """Give the caller the most urgent rejection that is free; None where none waits. Never the same one to two."""
    row = await rejection_store.next_rejected(uow.session, uow.context.tenant, wanted, uow.context.at)
    if row is None:
        return None
    await _assigned(uow, row, uow.context.actor, leases)
    await uow.session.flush()
    return views.rejected(row, uow.context.at, clock, tables)


async def assign(uow: UnitOfWork, claim_id: str, biller: str, leases: Leases) -> ClaimSummary:
    """Give a rejection to one biller for a lease. Raises ClaimNotFound, ClaimNotRejected, ClaimOwned."""
    row = await _rejected(uow, claim_id)
    await _assigned(uow, row, biller, leases)
    return await _saved(uow, row)


async def renew_lease(uow: UnitOfWork, claim_id: str, leases: Leases) -> ClaimSummary:
    """Keep the caller's for another lease. Raises ClaimNotFound, ClaimNotRejected, ClaimOwned, ClaimNotOwned."""
    row = await _rejected(uow, claim_id)
    ends = leases.end_for(uow.context.actor, by=uow.context.actor, at=uow.context.at)
    await _renewed(uow, row, row.lease.renewed_by(uow.context.actor, ends, uow.context.at))
    return await _saved(uow, row)


async def give_back(uow: UnitOfWork, claim_id: str) -> ClaimSummary:
    """Raises ClaimNotFound, ClaimNotRejected, ClaimOwned."""
    row = await _rejected(uow, claim_id)
    if row.lease.checked(uow.context.actor, uow.context.at) is not FREE:
        row.lease = FREE
        audit.record(uow, "rejection.given_back", "claim", claim_id)
    return await _saved(uow, row)


async def return_lapsed(uow: UnitOfWork, claim_ids: Sequence[str]) -> None:
    """Put rejections back on the worklist whose owner's lease has ended."""
    for claim_id in claim_ids:
        row = await claim_for_change(uow, claim_id)
        if row.owner is not None and row.lease.standing(uow.context.at) is FREE:
            audit.record(uow, "rejection.lapsed", "claim", claim_id, {"lapsed_from": row.owner})
            row.lease = FREE


async def rank_anew(uow: UnitOfWork, limit: int) -> int:
    """Count how urgent rejected claims are today, at most `limit`; answers how many there were.

    No audit entry and no version: it follows from the day, and nothing on the claim has changed.
    """
    rows = await rejection_store.ranked_before(uow.session, uow.context.tenant, uow.context.at.date(), limit)
    for row in rows:
        mine = update(ClaimRow).where(ClaimRow.tenant == row.tenant, ClaimRow.id == row.id)
        values = {"priority": _points(uow, row), "ranked_on": uow.context.at.date()}
        await uow.session.execute(mine.values(values).execution_options(synchronize_session=False))
    return len(rows)


def _rank(uow: UnitOfWork, row: ClaimRow) -> None:
    row.priority, row.ranked_on = _points(uow, row), uow.context.at.date()


def _points(uow: UnitOfWork, row: ClaimRow) -> int:
    day = uow.context.at.date()
    rejected_on = (row.rejected_at or row.changed_at).date()
    found = priority(row.total_charge, rejected_on, row.filing_deadline, weights_on(day), day)
    return int(found.total * 100)


async def _assigned(uow: UnitOfWork, row: ClaimRow, biller: str, leases: Leases) -> None:
    before, at = row.lease, uow.context.at
    after = before.taken_by(biller, leases.end_for(biller, by=uow.context.actor, at=at), at)
    if after.owner == before.owner and before.standing(at) is not FREE:
        await _renewed(uow, row, after)
        return
    lapsed_from = {"lapsed_from": before.owner} if before.owner is not None else {}
    row.lease = after
    audit.record(uow, "rejection.taken", "claim", row.id, {"owner": biller, **lapsed_from})


async def _renewed(uow: UnitOfWork, row: ClaimRow, lease: Lease) -> None:
    if lease != row.lease:
        await keep_lease(uow.session, row, lease)
        audit.record(uow, "rejection.lease_renewed", "claim", row.id, {"owner": lease.owner})


async def _rejected(uow: UnitOfWork, claim_id: str) -> ClaimRow:
    row = await claim_for_change(uow, claim_id)
    if row.state != "rejected":
        raise ClaimNotRejected(f"the claim is {row.state}")
    return row


async def _saved(uow: UnitOfWork, row: ClaimRow) -> ClaimSummary:
    await uow.session.flush()
    return views.summary(row)
