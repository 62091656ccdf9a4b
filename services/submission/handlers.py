"""Submission's use cases: load, one decision of the domain, save, tell."""

from __future__ import annotations

from collections.abc import AsyncIterator

from pydantic import JsonValue

from services.submission import store, views
from services.submission.domain.acknowledgements import NotAnAcknowledgement, read_answers
from services.submission.domain.changes import changes
from services.submission.domain.lifecycle import after
from services.submission.domain.resubmission import resubmission, resubmitted
from services.submission.errors import (
    ClaimNotFound,
    ClaimNotRejected,
    ClaimOwned,
    IdentityChanged,
    ResponseTooLarge,
    UnreadableResponse,
)
from services.submission.records import ClaimSummary, ResponseFile
from services.submission.store import ClaimRow, ResponseRow
from shared import audit
from shared.claims import InstitutionalClaim, ProfessionalClaim
from shared.db import UnitOfWork, new_id
from shared.errors import StaleVersion
from shared.events import InvalidEvent, emit
from shared.events.contracts import ClaimCleared, ClaimCorrected
from shared.x12 import X12Error

AnyClaim = ProfessionalClaim | InstitutionalClaim

_IDENTITY = ("id", "encounter_id", "kind")


async def take_cleared(uow: UnitOfWork, event: ClaimCleared) -> None:
    """A claim that passed every edit waits for the next batch. A revision that is known already changes nothing."""
    row = await store.claim_for_change(uow.session, uow.context.tenant, event.claim.id)
    if row is None:
        uow.session.add(_arrived(uow, event))
    elif row.revision < event.revision:
        if row.state != "ready" and after(row.state, "clear") is None:
            raise InvalidEvent(f"a claim that is {row.state} cannot be cleared again")
        _take(row, event.claim, uow)
        row.revision, row.state = event.revision, "ready"
        row.touched = row.touched or not event.touchless
    else:
        return
    audit.record(uow, "claim.taken", "claim", event.claim.id, {"revision": event.revision})


def _arrived(uow: UnitOfWork, event: ClaimCleared) -> ClaimRow:
    row = ClaimRow(
        tenant=uow.context.tenant,
        id=event.claim.id,
        revision=event.revision,
        state="ready",
        kind=event.claim.kind,
        attempt=1,
        touched=not event.touchless,
        created_at=uow.context.at,
    )
    _take(row, event.claim, uow)
    return row


def _take(row: ClaimRow, claim: AnyClaim, uow: UnitOfWork) -> None:
    payer = claim.billed_coverage.payer
    row.payer_id = payer.payer_id or payer.name
    row.payer_name = payer.name
    row.billing_npi = claim.billing.npi
    row.patient_control_number = claim.patient_control_number
    row.total_charge = claim.total_charge
    row.document = store.document_of(claim)
    row.changed_at = uow.context.at


async def correct(uow: UnitOfWork, claim_id: str, version: int, claim: AnyClaim) -> ClaimSummary:
    """Send a rejected claim back to the scrubber, to go out anew under its next control number.

    Raises ClaimNotFound, StaleVersion, ClaimNotRejected, ClaimOwned, IdentityChanged.
    """
    row = await _claim(uow, claim_id)
    if row.version != version:
        raise StaleVersion("the claim has changed since it was read")
    _check_owner(row, uow.context.actor)
    state = after(row.state, "correct")
    if state is None:
        raise ClaimNotRejected(f"the claim is {row.state}")
    before = store.claim_of(row)
    _check_identity(before, claim)
    terms = resubmission(before, "rejected", attempt=row.attempt + 1)
    corrected = resubmitted(claim, terms)
    made = changes(before, corrected)
    row.state, row.attempt, row.revision = state, row.attempt + 1, row.revision + 1
    row.rejection, row.owner, row.touched = None, None, True
    _take(row, corrected, uow)
    emit(uow, ClaimCorrected(claim=corrected, revision=row.revision, corrected_by=uow.context.actor, changes=made))
    details: dict[str, JsonValue] = {"attempt": row.attempt, "fields": [*sorted({change.pointer for change in made})]}
    audit.record(uow, "claim.corrected", "claim", claim_id, details)
    return await _saved(uow, row)


def _check_identity(before: AnyClaim, claim: AnyClaim) -> None:
    for field in _IDENTITY:
        if getattr(before, field) != getattr(claim, field):
            raise IdentityChanged(f"{field} is not that of the rejected claim", pointer=f"/{field}")


async def assign(uow: UnitOfWork, claim_id: str, owner: str) -> ClaimSummary:
    """Raises ClaimNotFound, ClaimNotRejected, ClaimOwned."""
    row = await _rejected(uow, claim_id)
    _check_owner(row, owner)
    if row.owner != owner:
        row.owner = owner
        audit.record(uow, "rejection.taken", "claim", claim_id)
    return await _saved(uow, row)


async def unassign(uow: UnitOfWork, claim_id: str, owner: str) -> ClaimSummary:
    """Raises ClaimNotFound, ClaimNotRejected, ClaimOwned."""
    row = await _rejected(uow, claim_id)
    _check_owner(row, owner)
    if row.owner is not None:
        row.owner = None
        audit.record(uow, "rejection.given_back", "claim", claim_id)
    return await _saved(uow, row)


async def take_response(uow: UnitOfWork, route: str, external_id: str, content: bytes) -> ResponseFile:
    """Keep a file that came in, to be read by the worker. One that is known already is not kept twice.

    Raises UnreadableResponse where it is no acknowledgement at all.
    """
    known = await store.response_taken(uow.session, route, external_id)
    if known is not None:
        return views.response_file(known)
    try:
        for _ in read_answers(content, uow.context.at.date()):
            break
    except (X12Error, NotAnAcknowledgement) as error:
        raise UnreadableResponse(str(error), extra=_place_of(error)) from None
    row = kept_response(uow, route, external_id, content)
    await uow.session.flush()
    return views.response_file(row)


def kept_response(uow: UnitOfWork, route: str, external_id: str, content: bytes) -> ResponseRow:
    """A new file on its way in, content and all."""
    row = ResponseRow(
        id=new_id(),
        route=route,
        external_id=external_id,
        content=content,
        state="received",
        problem=None,
        received_at=uow.context.at,
    )
    uow.session.add(row)
    return row


async def read_response(chunks: AsyncIterator[bytes], most: int) -> bytes:
    """The body of an upload. Raises ResponseTooLarge beyond `most` bytes."""
    content = bytearray()
    async for chunk in chunks:
        content += chunk
        if len(content) > most:
            raise ResponseTooLarge(f"a file of acknowledgements has at most {most} bytes")
    return bytes(content)


def _place_of(error: X12Error | NotAnAcknowledgement) -> dict[str, object]:
    position = getattr(error, "position", None)
    return {} if position is None else {"position": position._asdict()}


async def _claim(uow: UnitOfWork, claim_id: str) -> ClaimRow:
    row = await store.claim_for_change(uow.session, uow.context.tenant, claim_id)
    if row is None:
        raise ClaimNotFound("no claim with this id is in flight")
    return row


async def _rejected(uow: UnitOfWork, claim_id: str) -> ClaimRow:
    row = await _claim(uow, claim_id)
    if row.state != "rejected":
        raise ClaimNotRejected(f"the claim is {row.state}")
    return row


def _check_owner(row: ClaimRow, actor: str) -> None:
    if row.owner not in (None, actor):
        raise ClaimOwned("somebody else works on this rejection")


async def _saved(uow: UnitOfWork, row: ClaimRow) -> ClaimSummary:
    await uow.session.flush()
    return views.summary(row)
