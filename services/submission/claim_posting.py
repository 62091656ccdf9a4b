"""Claims of one payment onto the accounts of ours: entries, where each stands now, the line told, denials opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pydantic import JsonValue

from services.submission import denial_handlers, denial_store, rejection_store, remittance_store, store
from services.submission.denial_store import DenialRow
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
    tenant, ids = uow.context.tenant, {one.sent.claim_id for one in claims if one.sent is not None}
    posts = _Posts(
        uow,
        remittance,
        await store.locked_claims(uow.session, tenant, ids),
        await remittance_store.standing_postings(uow.session, tenant, ids),
        await denial_store.open_by_claim(uow.session, tenant, ids),
    )
    rows = [_kept(uow, remittance, one) for one in claims]
    uow.session.add_all(rows)
    await uow.session.flush()  # what follows refers to them
    for one, row in zip(claims, rows, strict=True):
        if one.sent is not None:
            await posts.post(one.said, row, one.sent.claim_id)


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


@dataclass(frozen=True)
class _Posts:
    """Claims of one payment on their way to accounts. `standing` and `denials` grow as they are posted."""

    uow: UnitOfWork
    remittance: RemittanceRow
    claims: Mapping[str, ClaimRow]
    standing: Mapping[str, list[Former]]
    denials: Mapping[str, list[DenialRow]]

    async def post(self, said: RemittedClaim, row: RemittedClaimRow, claim_id: str) -> None:
        former = self.standing[claim_id]
        posting = post(said, former, self.remittance.notice_on)
        row.effect, row.flags = posting.effect, list(posting.flags)
        self.uow.session.add_all(_entries(row, claim_id, posting))
        if posting.undoes is not None:
            await self._undo(former, posting.undoes, row.id)
        elif posting.effect == "posted":
            former.append(Former(row.id, said.payer_claim_control_number, said.charged, said.paid, posting.entries))
        if posting.effect in ("posted", "reversed"):
            await self._settle(self.claims[claim_id], row, said, former)

    async def _undo(self, former: list[Former], undone: str, by: str) -> None:
        former[:] = [one for one in former if one.id != undone]
        if (row := await self.uow.session.get(RemittedClaimRow, undone)) is not None:
            row.undone_by = by

    async def _settle(
        self, claim: ClaimRow, row: RemittedClaimRow, said: RemittedClaim, former: Sequence[Former]
    ) -> None:
        """Where the claim stands now. Of an attempt that another has followed nothing moves, and nobody is told."""
        uow, remittance = self.uow, self.remittance
        became = outcome(said, sum((one.paid for one in former), NOTHING))
        decision = adjudicate(claim.state, became, of_this_attempt=row.attempt == claim.attempt)
        details: dict[str, JsonValue] = {
            "remittance": remittance.id, "remitted_claim": row.id, "trace_number": remittance.trace_number,
            "paid": str(row.paid), "status": row.status, "effect": row.effect, "flags": [*row.flags],
        }  # fmt: skip
        if decision.effect == "superseded":
            row.flags = [*row.flags, "superseded_attempt"]
            audit.record(uow, "claim.remittance_kept", "claim", claim.id, details)
            return
        if claim.state == "rejected":
            await rejection_store.remove_statuses(uow.session, claim)
        claim.state, claim.changed_at, claim.revision = decision.state, uow.context.at, claim.revision + 1
        claim.payer_claim_control_number = row.payer_claim_control_number or claim.payer_claim_control_number
        told = ClaimRemitted(
            claim=store.claim_of(claim),
            revision=claim.revision,
            paid=str(row.paid),
            payment_reference=remittance.trace_number,
        )
        emit(uow, told)
        audit.record(uow, f"claim.{became}", "claim", claim.id, details)
        denial_handlers.decided_anew(
            uow, claim, said, self.denials[claim.id], remitted_claim_id=row.id, notice_on=remittance.notice_on
        )


def _entries(row: RemittedClaimRow, claim_id: str, posting: Posting) -> list[EntryRow]:
    return [
        EntryRow(
            remitted_claim_id=row.id,
            number=number,
            tenant=row.tenant,
            claim_id=claim_id,
            kind=entry.kind,
            adjustment_group=entry.group[:2],
            reason=entry.reason[:5],
            line=entry.line,
            amount=entry.amount,
        )
        for number, entry in enumerate(posting.entries)
    ]
