"""Claims of one payment onto the accounts of ours: entries, where each stands now, the line told, denials opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple, get_args

from pydantic import JsonValue
from pydantic_core import to_json

from services.submission import (
    denial_handlers,
    denial_store,
    limit_store,
    rejection_store,
    remittance_store,
    store,
)
from services.submission.denial_store import DenialRow
from services.submission.domain.denials.limits import PayerLimit
from services.submission.domain.lifecycle import Adjudicated, adjudicate
from services.submission.domain.remittances.documents import fault_document, remitted_document
from services.submission.domain.remittances.lines import billed_lines, line_numbers
from services.submission.domain.remittances.posting import Flag, Former, Posting, decisions, outcome, post
from services.submission.domain.resubmission import VOID
from services.submission.domain.x12.reading.advice import NOTHING, REVERSAL, RemittedClaim
from services.submission.remittance_store import EntryRow, RemittanceRow, RemittedClaimRow
from services.submission.store import ClaimRow, TransmissionRow
from shared import audit
from shared.claims import Rejection
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
    posts = await _posts(uow, remittance, {one.sent.claim_id for one in claims if one.sent is not None})
    rows = [_kept(uow, remittance, one, posts.numbers(one)) for one in claims]
    uow.session.add_all(rows)
    await uow.session.flush()  # what follows refers to them
    for one, row in zip(claims, rows, strict=True):
        if one.sent is not None:
            await posts.post(one.said, row, one.sent)


async def post_kept(
    uow: UnitOfWork, remittance: RemittanceRow, row: RemittedClaimRow, said: RemittedClaim, sent: TransmissionRow
) -> None:
    """Post a claim that is kept already to the claim that a person has found it to be of."""
    posts = await _posts(uow, remittance, {sent.claim_id})
    row.document = remitted_document(said, posts.numbers(KeptClaim(row.position, said, sent)))
    await posts.post(said, row, sent, "matched_by_hand")


async def unpost(uow: UnitOfWork, remittance: RemittanceRow, row: RemittedClaimRow) -> None:
    """Take back what a person's match has posted: it is nobody's again."""
    posts = await _posts(uow, remittance, {row.claim_id} if row.claim_id is not None else set())
    await posts.take_back(row, remittance.id)
    row.claim_id, row.attempt, row.undone_by = None, None, None
    row.effect, row.flags, row.state_before = "unmatched", [], None


async def take_back(uow: UnitOfWork, remittance: RemittanceRow, rows: Sequence[RemittedClaimRow], by: str) -> None:
    """Undo what is left of a payment's postings, the last first, as if each had been reversed; `by` says by what.

    A reversal among them is undone too: what it took back stands again.
    """
    posts = await _posts(uow, remittance, {row.claim_id for row in rows if row.claim_id is not None})
    for row in reversed(rows):
        await posts.take_back(row, by)


async def _posts(uow: UnitOfWork, remittance: RemittanceRow, claim_ids: Set[str]) -> _Posts:
    tenant = uow.context.tenant
    claims = await store.locked_claims(uow.session, tenant, claim_ids)
    return _Posts(
        uow,
        remittance,
        claims,
        await remittance_store.standing_postings(uow.session, tenant, claim_ids),
        await denial_store.open_by_claim(uow.session, tenant, claim_ids),
        await limit_store.limits_of(uow.session, tenant, {claim.payer_id for claim in claims.values()}),
    )


def _kept(uow: UnitOfWork, remittance: RemittanceRow, one: KeptClaim, numbers: Sequence[int]) -> RemittedClaimRow:
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
        document=remitted_document(said, numbers),
        at=uow.context.at,
    )


@dataclass(frozen=True)
class _Posts:
    """Claims of one payment on their way to accounts. `standing` and `denials` grow as they are posted.

    `limits` are the customer's own times for appeals, by payer.
    """

    uow: UnitOfWork
    remittance: RemittanceRow
    claims: Mapping[str, ClaimRow]
    standing: Mapping[str, list[Former]]
    denials: Mapping[str, list[DenialRow]]
    limits: Mapping[str, Sequence[PayerLimit]]

    def numbers(self, one: KeptClaim) -> tuple[int, ...]:
        """The lines of our claim that its services are."""
        billed = billed_lines(self.claims[one.sent.claim_id].document) if one.sent is not None else ()
        return line_numbers(one.said.lines, billed)

    async def post(self, said: RemittedClaim, row: RemittedClaimRow, sent: TransmissionRow, *flags: Flag) -> None:
        claim, former = self.claims[sent.claim_id], self.standing[sent.claim_id]
        numbers = self.numbers(KeptClaim(row.position, said, sent))
        posting = post(said, former, self.remittance.notice_on, numbers)
        row.claim_id, row.attempt = claim.id, sent.attempt
        row.effect, row.flags = posting.effect, [*posting.flags, *flags]
        made = await remittance_store.entries_made(self.uow.session, row.id) if flags else 0
        self.uow.session.add_all(_entries(row, claim.id, posting, after=made))
        if posting.undoes is not None:
            await self._undo(former, posting.undoes, row.id)
        elif posting.effect == "posted":
            number = said.payer_claim_control_number
            former.append(Former(row.id, number, said.charged, said.paid, posting.entries, self.remittance.payer_id))
        if posting.effect in ("posted", "reversed"):
            await self._settle(claim, row, said, numbers)
        else:
            self._record(claim, row, "claim.remittance_noted", row.paid)

    async def take_back(self, row: RemittedClaimRow, by: str) -> None:
        """Off the account; one that is off it already, or never was on it, stays as it is."""
        if row.undone_by is not None or row.effect not in ("posted", "reversed") or row.claim_id is None:
            return
        claim, former = self.claims[row.claim_id], self.standing[row.claim_id]
        entries = await remittance_store.entries_by_posting(self.uow.session, claim.tenant, [claim.id])
        opposite = Posting(row.effect, tuple(entry.opposite for entry in entries.get(row.id, ())))
        made = await remittance_store.entries_made(self.uow.session, row.id)
        self.uow.session.add_all(_entries(row, claim.id, opposite, after=made))
        row.undone_by = by
        former[:] = [one for one in former if one.id != row.id]
        for other in await remittance_store.undone_by(self.uow.session, row.id):
            other.undone_by = None
        await self.uow.session.flush()
        former[:] = (await remittance_store.standing_postings(self.uow.session, claim.tenant, [claim.id]))[claim.id]
        self._settle_anew(claim, row)

    async def _undo(self, former: list[Former], undone: str, by: str) -> None:
        former[:] = [one for one in former if one.id != undone]
        if (row := await self.uow.session.get(RemittedClaimRow, undone)) is not None:
            row.undone_by = by

    async def _settle(
        self, claim: ClaimRow, row: RemittedClaimRow, said: RemittedClaim, numbers: Sequence[int]
    ) -> None:
        """Where the claim stands now. Of an attempt that another has followed nothing moves, but all are told."""
        uow, notice_on, former = self.uow, self.remittance.notice_on, self.standing[claim.id]
        decided = decisions(claim.total_charge, former)
        parts = [one for one in decided[-1] if one.id != row.id] if decided and row.effect == "posted" else []
        still_paid = sum((one.paid for one in former), NOTHING)
        became = outcome(said, still_paid, notice_on, parts, is_void=claim.document.get("frequency") == VOID)
        decision = adjudicate(claim.state, became, of_this_attempt=row.attempt == claim.attempt)
        if parts:
            row.flags = [*row.flags, "part_of_claim"]
        if decision.effect == "superseded":
            row.flags = [*row.flags, "superseded_attempt"]
            self._tell(claim, row, "claim.remittance_kept")
            return
        if claim.state == "rejected":
            await rejection_store.remove_statuses(uow.session, claim)
        row.state_before = claim.state
        claim.state, claim.changed_at, claim.revision = decision.state, uow.context.at, claim.revision + 1
        claim.payer_claim_control_number = row.payer_claim_control_number or claim.payer_claim_control_number
        self._tell(claim, row, "claim.void_confirmed" if became == "voided" else f"claim.{became}")
        before = self.denials[claim.id]
        still = [one for one in before if one.remitted_claim_id in {part.id for part in parts}]
        denial_handlers.close_superseded(uow, [one for one in before if one not in still])
        opened = denial_handlers.denied(
            uow, claim, said, numbers, self.limits.get(claim.payer_id, ()), remitted_claim_id=row.id,
            notice_on=notice_on,
        )  # fmt: skip
        short = denial_handlers.underpaid(
            uow, claim, said, numbers, self.limits.get(claim.payer_id, ()), remitted_claim_id=row.id,
            notice_on=notice_on,
        )  # fmt: skip
        before[:] = [*still, *(one for one in (opened, short) if one is not None)]

    def _settle_anew(self, claim: ClaimRow, row: RemittedClaimRow) -> None:
        """Where the claim stands once a posting is off its account: the denials of it are no longer.

        Where nothing else was decided, it stands where it stood before.
        """
        gone = [one for one in self.denials[claim.id] if one.remitted_claim_id == row.id]
        denial_handlers.close_superseded(self.uow, gone)
        standing, before = self.standing[claim.id], row.state_before
        is_paid = any(one.paid > 0 or one.sum_of("patient") > 0 for one in standing)
        decision = adjudicate(
            claim.state, "paid" if is_paid else "denied", of_this_attempt=row.attempt == claim.attempt
        )
        void_is_undone = claim.state == "voided" and row.status == REVERSAL and before is not None
        if void_is_undone or decision.effect != "superseded":
            undecided = None if standing or before in get_args(Adjudicated) else before
            claim.state = before if void_is_undone and before else undecided or decision.state
            claim.changed_at, claim.revision = self.uow.context.at, claim.revision + 1
            if claim.state == "rejected":
                rejected = Rejection.model_validate_json(to_json(claim.rejection))
                rejection_store.add_statuses(self.uow, claim, rejected.statuses)
        self._tell(claim, row, "claim.posting_undone", paid=-row.paid)

    def _tell(self, claim: ClaimRow, row: RemittedClaimRow, act: str, paid: Decimal | None = None) -> None:
        """The line hears of every amount that stands or no longer stands, and for which attempt it was paid.

        The revision is the claim's, which money for an earlier attempt does not raise: it changes no claim.
        """
        amount = row.paid if paid is None else paid
        told = ClaimRemitted(
            claim=store.claim_of(claim),
            revision=claim.revision,
            paid=str(amount),
            payment_reference=self.remittance.trace_number,
            attempt=row.attempt,
        )
        emit(self.uow, told)
        self._record(claim, row, act, amount)

    def _record(self, claim: ClaimRow, row: RemittedClaimRow, act: str, paid: Decimal) -> None:
        """Into the claim's story."""
        details: dict[str, JsonValue] = {
            "remittance": self.remittance.id, "remitted_claim": row.id,
            "trace_number": self.remittance.trace_number, "paid": str(paid), "status": row.status,
            "effect": row.effect, "flags": [*row.flags], "attempt": row.attempt,
        }  # fmt: skip
        audit.record(self.uow, act, "claim", claim.id, details)


def _entries(row: RemittedClaimRow, claim_id: str, posting: Posting, *, after: int = 0) -> list[EntryRow]:
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
        for number, entry in enumerate(posting.entries, after)
    ]
