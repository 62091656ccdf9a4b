"""Claims of payments that found no claim by themselves: a poster says whose they are, or that they are none of ours."""

from __future__ import annotations

import asyncio

from pydantic import JsonValue
from pydantic_core import to_json
from sqlalchemy.orm import undefer

from services.submission import remittance_store, store
from services.submission.claim_posting import post_kept, unpost
from services.submission.domain.remittances.documents import AdjudicatedClaim
from services.submission.domain.remittances.matching import Candidate, Known, Remitted, candidates, member_key, misfits
from services.submission.domain.x12.reading.advice import RemittedClaim
from services.submission.errors import (
    ClaimNeverSent,
    ClaimNotFound,
    DoubtfulMatch,
    RemittanceSettled,
    RemittedClaimNotFound,
)
from services.submission.posting import claim_of_payment
from services.submission.remittance_records import Matching
from services.submission.remittance_store import RemittanceRow, RemittedClaimRow
from services.submission.store import ClaimRow, ResponseRow
from shared import audit
from shared.db import ReadSession, UnitOfWork
from shared.errors import StaleVersion

_MOST_SHOWN = 20


async def likely_claims(session: ReadSession, row: RemittedClaimRow) -> tuple[Candidate, ...]:
    """The claims of ours that it may be of, the likeliest first."""
    said = _said(row)
    patient = said.adjudicated.patient
    number = "".join(filter(str.isalnum, said.patient_control_number)).upper()
    alike = await remittance_store.claims_like(
        session, row.tenant, number, said.payer_claim_control_number, member_key(patient.id if patient else None),
        abs(said.charged),
    )  # fmt: skip
    return candidates(said, map(_known, alike), row.at.date(), _MOST_SHOWN)


async def as_it_came(session: ReadSession, tenant: str, remitted_claim_id: str) -> RemittedClaim:
    """The claim read anew from its file, for what is kept of it is less than it says. Raises RemittedClaimNotFound."""
    row = await session.get(RemittedClaimRow, remitted_claim_id)
    if row is None or row.tenant != tenant:
        raise RemittedClaimNotFound("no claim of a payment has this id")
    remittance = await session.get_one(RemittanceRow, row.remittance_id)
    file = await session.get_one(ResponseRow, remittance.response_id, options=[undefer(ResponseRow.content)])
    said = await asyncio.to_thread(claim_of_payment, file.content, remittance.ordinal, row.position)
    if said is None:
        raise RemittedClaimNotFound("the file has no such claim")
    return said


async def match(
    uow: UnitOfWork, remitted_claim_id: str, version: int, wanted: Matching, said: RemittedClaim
) -> RemittedClaimRow:
    """Post it to the claim that a person names, just as if its number had said so. `said` is it as it came.

    Raises RemittedClaimNotFound, StaleVersion, RemittanceSettled, ClaimNotFound, ClaimNeverSent, DoubtfulMatch.
    """
    row = await _waiting(uow, remitted_claim_id, version)
    if not said.is_whole:
        raise RemittanceSettled("the file ends within this claim: it can be set aside, and the payer asked again")
    claim = await store.claim_for_change(uow.session, row.tenant, wanted.claim_id)
    if claim is None:
        raise ClaimNotFound("no claim with this id is in flight", pointer="/claim_id")
    sent = await remittance_store.transmission_of(uow.session, row.tenant, claim.id, wanted.attempt)
    if sent is None:
        raise ClaimNeverSent("the claim has not gone out, or not so often", pointer="/claim_id")
    doubts = tuple(misfits(_said(row), _known(claim)))
    if doubts and not wanted.confirm:
        raise DoubtfulMatch("`misfits` says what does not go together; `confirm` posts it", extra={"misfits": doubts})
    remittance = await uow.session.get_one(RemittanceRow, row.remittance_id)
    await post_kept(uow, remittance, row, said, sent)
    row.version += 1
    details: dict[str, JsonValue] = {"claim": claim.id, "attempt": sent.attempt, "misfits": [*doubts]}
    audit.record(uow, "remittance.matched", "remitted_claim", row.id, details | {"reason": wanted.reason})
    await uow.session.flush()
    return row


async def unmatch(uow: UnitOfWork, remitted_claim_id: str, version: int, reason: str) -> RemittedClaimRow:
    """Take back a match that a person has made: its entries are undone, and it waits on the list again.

    Raises RemittedClaimNotFound, StaleVersion, RemittanceSettled.
    """
    row = await _named(uow, remitted_claim_id, version)
    if "matched_by_hand" not in row.flags or row.undone_by is not None:
        raise RemittanceSettled("it was not matched by hand, or a payment has taken it back since")
    claim_id = row.claim_id
    remittance = await uow.session.get_one(RemittanceRow, row.remittance_id)
    await unpost(uow, remittance, row)
    row.version += 1
    audit.record(uow, "remittance.unmatched", "remitted_claim", row.id, {"claim": claim_id, "reason": reason})
    await uow.session.flush()
    return row


async def dismiss(uow: UnitOfWork, remitted_claim_id: str, version: int, reason: str) -> RemittedClaimRow:
    """Say that it is none of ours: it leaves the list, and stays. Raises as `match`."""
    row = await _waiting(uow, remitted_claim_id, version)
    if row.effect == "dismissed":
        raise RemittanceSettled("it was dismissed before")
    row.effect, row.version = "dismissed", row.version + 1
    audit.record(uow, "remittance.dismissed", "remitted_claim", row.id, {"reason": reason})
    await uow.session.flush()
    return row


async def _waiting(uow: UnitOfWork, remitted_claim_id: str, version: int) -> RemittedClaimRow:
    """What was dismissed can still be matched: people change their minds."""
    row = await _named(uow, remitted_claim_id, version)
    if row.effect not in ("unmatched", "held", "dismissed"):
        raise RemittanceSettled(f"the claim of the payment is {row.effect}")
    return row


async def _named(uow: UnitOfWork, remitted_claim_id: str, version: int) -> RemittedClaimRow:
    row = await remittance_store.remitted_for_change(uow.session, uow.context.tenant, remitted_claim_id)
    if row is None:
        raise RemittedClaimNotFound("no claim of a payment has this id")
    if row.version != version:
        raise StaleVersion("it has changed since it was read")
    return row


def _said(row: RemittedClaimRow) -> Remitted:
    return Remitted(
        row.patient_control_number,
        row.payer_claim_control_number,
        row.charged,
        AdjudicatedClaim.model_validate_json(to_json(row.document)),
    )


def _known(row: ClaimRow) -> Known:
    return Known(store.claim_of(row), row.state, row.payer_claim_control_number)
