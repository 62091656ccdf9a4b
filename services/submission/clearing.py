"""Claims that passed every edit, taken in as many as come together: each waits for the next batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.submission import batch_store, handlers, store
from services.submission.domain.lifecycle import after
from services.submission.handlers import AnyClaim
from services.submission.store import ClaimRow
from shared import audit
from shared.claims.control_numbers import control_number
from shared.db import UnitOfWork
from shared.events import InvalidEvent, Occurrence
from shared.events.contracts import ClaimCleared

Cleared = Occurrence[ClaimCleared]


async def take_one(uow: UnitOfWork, event: ClaimCleared) -> None:
    """As `take_many`."""
    await take_many([Occurrence(uow, event)])


async def take_many(cleared: Sequence[Cleared]) -> None:
    """Claims of one tenant wait for the next batch. A revision that is known already changes nothing.

    Raises InvalidEvent for one that is on its way, and cannot be cleared again.
    """
    waiting = list(cleared)
    while waiting:
        uow = waiting[0].uow
        known = await store.locked_claims(uow.session, uow.context.tenant, [event.claim.id for _, event in waiting])
        new = []
        for one in waiting:
            row = known.get(one.event.claim.id)
            if row is None:
                new.append(one)
            else:
                _clear_again(one, row)
        waiting = await _enter(new)


async def _enter(new: Sequence[Cleared]) -> list[Cleared]:
    """Enter the first of each claim. Those that are left find their claim there: by it, or by somebody else."""
    first = {one.event.claim.id: one for one in reversed(new)}
    entered = await batch_store.enter(new[0].uow.session, list(map(_new_row, first.values()))) if new else set()
    left = []
    for one in new:
        claim_id = one.event.claim.id
        if claim_id in entered and one is first[claim_id]:
            _record(one)
        else:
            left.append(one)
    return left


def _clear_again(one: Cleared, row: ClaimRow) -> None:
    event = one.event
    if row.revision >= event.revision:
        return
    if row.state != "ready" and after(row.state, "clear") is None:
        raise InvalidEvent(f"a claim that is {row.state} cannot be cleared again")
    handlers.take_document(row, _numbered(event.claim, row.attempt), one.uow)
    row.revision, row.state = event.revision, "ready"
    row.touched = row.touched or not event.touchless
    row.filing_deadline, row.expected = event.filing_deadline, _expected(event)
    _record(one)


def _new_row(one: Cleared) -> Mapping[str, Any]:
    uow, event = one
    return {
        "tenant": uow.context.tenant,
        "id": event.claim.id,
        "revision": event.revision,
        "version": 1,
        "state": "ready",
        "kind": event.claim.kind,
        "attempt": 1,
        "filing_deadline": event.filing_deadline,
        "expected": _expected(event),
        "touched": not event.touchless,
        "created_at": uow.context.at,
        **handlers.columns_of(_numbered(event.claim, 1), uow.context.at),
    }


def _expected(event: ClaimCleared) -> dict[str, Any] | None:
    return None if event.expected is None else event.expected.model_dump(mode="json")


def _numbered(claim: AnyClaim, attempt: int) -> AnyClaim:
    """Under the number of this attempt, whatever hands have made of it: by it alone the answers find the claim."""
    return claim.model_copy(update={"patient_control_number": control_number(claim.id, attempt)})


def _record(one: Cleared) -> None:
    audit.record(one.uow, "claim.taken", "claim", one.event.claim.id, {"revision": one.event.revision})
