"""Claims of one payment onto the accounts of ours: entries, where each stands now, the line told, denials opened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from services.submission import denial_handlers, rejection_store, remittance_store, store
from services.submission.domain.lifecycle import adjudicate
from services.submission.domain.remittances.documents import fault_document, remitted_document
from services.submission.domain.remittances.posting import Former, Posting, outcome, post
from services.submission.domain.x12.reading.advice import NOTHING, RemittedClaim
from services.submission.remittance_store import EntryRow, RemittanceRow, RemittedClaimRow
from services.submission.store import ClaimRow, TransmissionRow
from shared import audit
from shared.db import UnitOfWork, new_id
from shared.events import emit
from shared.events.contracts import ClaimRemitted


class KeptClaim(NamedTuple):
    """A claim of the payment, its place among them, and the transmission of ours that it answers."""

    position: int
    said: RemittedClaim
    sent: TransmissionRow | None


async def post_claims(uow: UnitOfWork, remittance: RemittanceRow, claims: Sequence[KeptClaim]) -> None:
    """Post claims of the unit's tenant that are not kept yet, in the order of the payment."""
    ids = {one.sent.claim_id for one in claims if one.sent is not None}
    rows = await store.locked_claims(uow.session, uow.context.tenant, ids)
    standing = await remittance_store.standing_postings(uow.session, uow.context.tenant, ids)
    for one in claims:
        row = _kept(uow, remittance, one)
        uow.session.add(row)
        await uow.session.flush()
        if one.sent is not None:
            former = standing[one.sent.claim_id]
            posting = post(one.said, former, remittance.notice_on)
            await _apply(uow, rows[one.sent.claim_id], row, one, posting, former, remittance)


def _kept(uow: UnitOfWork, remittance: RemittanceRow, one: KeptClaim) -> RemittedClaimRow:
    said, sent = one.said, one.sent
    return RemittedClaimRow(
        id=new_id(),
        tenant=uow.context.tenant,
        remittance_id=remittance.id,
        position=one.position,
        claim_id=sent.claim_id if sent else None,
        attempt=sent.attempt if sent else None,
        patient_control_number=said.patient_control_number[:50],
        payer_claim_control_number=said.payer_claim_control_number[:50],
        status=said.status[:2],
        charged=said.charged,
        paid=said.paid,
        effect="unmatched",
        undone_by=None,
        flags=[],
        faults=[fault_document(fault) for fault in said.faults],
        document=remitted_document(said),
        at=uow.context.at,
    )


async def _apply(
    uow: UnitOfWork,
    claim: ClaimRow,
    row: RemittedClaimRow,
    one: KeptClaim,
    posting: Posting,
    former: list[Former],
    remittance: RemittanceRow,
) -> None:
    row.effect, row.flags = posting.effect, list(posting.flags)
    _add_entries(uow, row, posting)
    if posting.undoes is not None:
        await _undo(uow, former, posting.undoes, row.id)
    elif posting.effect == "posted":
        said = one.said
        former.append(Former(row.id, said.payer_claim_control_number, said.charged, said.paid, posting.entries))
    if posting.effect in ("posted", "reversed"):
        await _settle(uow, claim, row, one, former, remittance)


def _add_entries(uow: UnitOfWork, row: RemittedClaimRow, posting: Posting) -> None:
    for number, entry in enumerate(posting.entries):
        uow.session.add(
            EntryRow(
                remitted_claim_id=row.id,
                number=number,
                tenant=row.tenant,
                claim_id=row.claim_id,
                kind=entry.kind,
                adjustment_group=entry.group[:2],
                reason=entry.reason[:5],
                line=entry.line,
                amount=entry.amount,
            )
        )


async def _undo(uow: UnitOfWork, former: list[Former], undone: str, by: str) -> None:
    former[:] = [one for one in former if one.id != undone]
    if (row := await uow.session.get(RemittedClaimRow, undone)) is not None:
        row.undone_by = by


async def _settle(
    uow: UnitOfWork,
    claim: ClaimRow,
    row: RemittedClaimRow,
    one: KeptClaim,
    former: Sequence[Former],
    remittance: RemittanceRow,
) -> None:
    """Where the claim stands now. Of an attempt that another has followed nothing moves, and nobody is told."""
    became = outcome(one.said, sum((other.paid for other in former), NOTHING))
    decision = adjudicate(claim.state, became, of_this_attempt=row.attempt == claim.attempt)
    details: dict[str, Any] = {
        "remittance": remittance.id, "remitted_claim": row.id, "trace_number": remittance.trace_number,
        "paid": str(row.paid), "status": row.status, "effect": row.effect, "flags": list(row.flags),
    }  # fmt: skip
    if decision.effect == "superseded":
        row.flags = [*row.flags, "superseded_attempt"]
        audit.record(uow, "claim.remittance_kept", "claim", claim.id, details)
        return
    if claim.state == "rejected":
        await rejection_store.remove_statuses(uow.session, claim)
    claim.state, claim.changed_at, claim.revision = decision.state, uow.context.at, claim.revision + 1
    claim.payer_claim_control_number = row.payer_claim_control_number or claim.payer_claim_control_number
    emit(
        uow,
        ClaimRemitted(
            claim=store.claim_of(claim),
            revision=claim.revision,
            paid=str(row.paid),
            payment_reference=remittance.trace_number,
        ),
    )
    audit.record(uow, f"claim.{became}", "claim", claim.id, details)
    await denial_handlers.decided_anew(uow, claim, one.said, remitted_claim_id=row.id, notice_on=remittance.notice_on)
