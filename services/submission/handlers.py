"""Submission's use cases: load, one decision of the domain, save, tell."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from services.submission import arrivals, store, views
from services.submission.domain.acknowledgements import NotAnAcknowledgement, read_answers
from services.submission.domain.remittances.matching import member_key
from services.submission.domain.x12.reading import holds_remittances
from services.submission.errors import (
    ClaimNotFound,
    ResponseTooLarge,
    UnreadableResponse,
)
from services.submission.records import ResponseFile
from services.submission.store import ClaimRow
from shared.claims import InstitutionalClaim, ProfessionalClaim
from shared.db import UnitOfWork
from shared.x12 import X12Error

AnyClaim = ProfessionalClaim | InstitutionalClaim


def take_document(row: ClaimRow, claim: AnyClaim, uow: UnitOfWork) -> None:
    """Let the row be of this claim as it stands now."""
    for name, value in columns_of(claim, uow.context.at).items():
        setattr(row, name, value)


def columns_of(claim: AnyClaim, at: datetime) -> dict[str, Any]:
    """What a row says of the claim itself, as it stands since `at`."""
    coverage = claim.billed_coverage
    return {
        "payer_id": coverage.payer.payer_id or coverage.payer.name,
        "payer_name": coverage.payer.name,
        "billing_npi": claim.billing.npi,
        "member_id": member_key(coverage.subscriber.member_id),
        "patient_control_number": claim.patient_control_number,
        "total_charge": claim.total_charge,
        "document": store.document_of(claim),
        "changed_at": at,
    }


async def take_response(uow: UnitOfWork, route: str, external_id: str, content: bytes) -> ResponseFile:
    """Keep a file that came in, to be read by the worker. One that is known already is not kept twice.

    Raises UnreadableResponse where it is neither an acknowledgement nor a remittance.
    """
    try:
        if not holds_remittances(content):
            next(read_answers(content, uow.context.at.date()), None)
    except (X12Error, NotAnAcknowledgement) as error:
        raise UnreadableResponse(str(error), extra=place_of(error)) from None
    kept = await arrivals.keep_file(uow, route, external_id, content, brought_by=uow.context.tenant)
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
