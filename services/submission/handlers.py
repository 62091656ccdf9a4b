"""Submission's use cases: load, one decision of the domain, save, tell."""

from __future__ import annotations

from collections.abc import AsyncIterator

from services.submission import arrivals, store, views
from services.submission.domain.acknowledgements import NotAnAcknowledgement, read_answers
from services.submission.domain.lifecycle import after
from services.submission.domain.remittances.matching import member_key
from services.submission.domain.x12.reading import holds_remittances
from services.submission.errors import (
    ClaimNotFound,
    ResponseTooLarge,
    UnreadableResponse,
)
from services.submission.records import ResponseFile
from services.submission.store import ClaimRow
from shared import audit
from shared.claims import InstitutionalClaim, ProfessionalClaim
from shared.claims.control_numbers import control_number
from shared.db import UnitOfWork
from shared.events import InvalidEvent
from shared.events.contracts import ClaimCleared
from shared.x12 import X12Error

AnyClaim = ProfessionalClaim | InstitutionalClaim


async def take_cleared(uow: UnitOfWork, event: ClaimCleared) -> None:
    """A claim that passed every edit waits for the next batch. A revision that is known already changes nothing."""
    # New claims of one unit are written together at its end. Two revisions of one, both new, fail there and are then
    # taken one by one.
    with uow.session.no_autoflush:
        row = await store.claim_for_change(uow.session, uow.context.tenant, event.claim.id)
    if row is None:
        row = _arrived(uow, event)
        uow.session.add(row)
    elif row.revision < event.revision:
        if row.state != "ready" and after(row.state, "clear") is None:
            raise InvalidEvent(f"a claim that is {row.state} cannot be cleared again")
        take_document(row, _numbered(event.claim, row.attempt), uow)
        row.revision, row.state = event.revision, "ready"
        row.touched = row.touched or not event.touchless
    else:
        return
    row.filing_deadline = event.filing_deadline
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
    take_document(row, _numbered(event.claim, row.attempt), uow)
    return row


def _numbered(claim: AnyClaim, attempt: int) -> AnyClaim:
    """Under the number of this attempt, whatever hands have made of it: by it alone the answers find the claim."""
    return claim.model_copy(update={"patient_control_number": control_number(claim.id, attempt)})


def take_document(row: ClaimRow, claim: AnyClaim, uow: UnitOfWork) -> None:
    """Let the row be of this claim as it stands now."""
    payer = claim.billed_coverage.payer
    row.payer_id = payer.payer_id or payer.name
    row.payer_name = payer.name
    row.billing_npi = claim.billing.npi
    row.member_id = member_key(claim.billed_coverage.subscriber.member_id)
    row.patient_control_number = claim.patient_control_number
    row.total_charge = claim.total_charge
    row.document = store.document_of(claim)
    row.changed_at = uow.context.at


async def take_response(uow: UnitOfWork, route: str, external_id: str, content: bytes) -> ResponseFile:
    """Keep a file that came in, to be read by the worker. One that is known already is not kept twice.

    Raises UnreadableResponse where it is neither an acknowledgement nor a remittance.
    """
    try:
        if not holds_remittances(content):
            next(read_answers(content, uow.context.at.date()), None)
    except (X12Error, NotAnAcknowledgement) as error:
        raise UnreadableResponse(str(error), extra=place_of(error)) from None
    kept = await arrivals.keep_file(uow, route, external_id, content)
    await uow.session.flush()
    return views.response_file(kept.row)


async def read_response(chunks: AsyncIterator[bytes], most: int) -> bytes:
    """The body of an upload. Raises ResponseTooLarge beyond `most` bytes."""
    content = bytearray()
    async for chunk in chunks:
        content += chunk
        if len(content) > most:
            raise ResponseTooLarge(f"a file of acknowledgements has at most {most} bytes")
    return bytes(content)


def place_of(error: Exception) -> dict[str, object]:
    """Where a file could not be read, as a member of a problem document."""
    position = getattr(error, "position", None)
    return {} if position is None else {"position": position._asdict()}


async def claim_for_change(uow: UnitOfWork, claim_id: str) -> ClaimRow:
    """The claim's row, locked until the unit of work ends. Raises ClaimNotFound."""
    row = await store.claim_for_change(uow.session, uow.context.tenant, claim_id)
    if row is None:
        raise ClaimNotFound("no claim with this id is in flight")
    return row
