"""The denial worklist: a remittance opens and supersedes denials, billers work on them, each day ranks them anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import JsonValue
from pydantic_core import to_json

from services.submission import denial_store
from services.submission.denial_records import Closing
from services.submission.denial_store import DenialFilter, DenialOutcome, DenialRow
from services.submission.domain.denials import Denial, denial_of
from services.submission.domain.denials.limits import (
    Deadline,
    PayerLimit,
    appeal_deadline,
    filing_deadline,
    tolerance,
)
from services.submission.domain.leases import FREE
from services.submission.domain.priority import priority, weights_on
from services.submission.domain.remittances.underpayment import is_asked_to_pay_first, reasons_of, underpayment_of
from services.submission.domain.replacements import instead_of_replacement
from services.submission.domain.x12.reading.advice import RemittedClaim
from services.submission.errors import ClosingReasonMissing, DenialClosed, DenialNotFound
from services.submission.leasing import keep_lease
from services.submission.store import ClaimRow
from shared import audit
from shared.claims import ExpectedPayment
from shared.db import UnitOfWork, new_id
from shared.errors import StaleVersion
from shared.worklists import Leases

_LET_GO: tuple[DenialOutcome, ...] = ("accepted", "written_off")
_TOLD = ("rule", "expected", "allowed", "difference", "tolerance")


def close_superseded(uow: UnitOfWork, rows: Iterable[DenialRow]) -> None:
    """Open denials of a decision that stands no longer."""
    for row in rows:
        _close(uow, row, "superseded")


def denied(
    uow: UnitOfWork,
    claim: ClaimRow,
    said: RemittedClaim,
    numbers: Sequence[int],
    limits: Sequence[PayerLimit],
    *,
    remitted_claim_id: str,
    notice_on: date,
) -> DenialRow | None:
    """Open what a posting refuses of a claim; None where it refuses nothing.

    `numbers` are the claim's lines that its services are, `limits` the customer's own times with its payer.
    """
    if (denial := denial_of(said, notice_on, numbers)) is None:
        return None
    row = _opened(uow, claim, denial, said, remitted_claim_id, notice_on)
    _enter(uow, row, claim, limits, {"carc": row.carc})
    return row


def underpaid(
    uow: UnitOfWork,
    claim: ClaimRow,
    said: RemittedClaim,
    numbers: Sequence[int],
    limits: Sequence[PayerLimit],
    *,
    remitted_claim_id: str,
    notice_on: date,
) -> DenialRow | None:
    """Open what a posting allows less of a claim than was expected; None where it does not. As `denied`."""
    if claim.expected is None or not is_asked_to_pay_first(claim.document):
        return None
    found = underpayment_of(
        said,
        ExpectedPayment.model_validate_json(to_json(claim.expected)),
        notice_on,
        numbers,
        total_charge=claim.total_charge,
        own=tolerance(limits, notice_on),
    )
    if found is None:
        return None
    row = _opened(uow, claim, Denial(reasons_of(found)), said, remitted_claim_id, notice_on)
    row.amount, row.underpayment = found.difference, found.model_dump(mode="json")
    _enter(uow, row, claim, limits, {"category": row.category})
    told: dict[str, JsonValue] = {name: str(getattr(found, name)) for name in _TOLD}
    audit.record(uow, "claim.underpaid", "claim", claim.id, {"remitted_claim": remitted_claim_id, **told})
    return row


def _enter(
    uow: UnitOfWork, row: DenialRow, claim: ClaimRow, limits: Sequence[PayerLimit], told: Mapping[str, str]
) -> None:
    """Onto the worklist, with its deadlines and how urgent it is today."""
    count_deadlines(row, claim, limits)
    row.priority = _points(row, uow.context.at.date())
    uow.session.add(row)
    audit.record(uow, "denial.opened", "denial", row.id, {"claim": claim.id, **told})


async def count_anew(uow: UnitOfWork, payer_id: str, limits: Sequence[PayerLimit]) -> int:
    """Give the payer's open denials the deadlines that follow from new `limits`; answers how many there were."""
    found = await denial_store.open_of_payer(uow.session, uow.context.tenant, payer_id)
    today = uow.context.at.date()
    for row, claim in found:
        count_deadlines(row, claim, limits)
        row.priority, row.ranked_on = _points(row, today), today
    return len(found)


def count_deadlines(row: DenialRow, claim: ClaimRow, limits: Sequence[PayerLimit]) -> None:
    """Until when it can be appealed and replaced, and by what that is counted."""
    appeal = appeal_deadline(limits, row.filing_indicator, row.denied_on, row.remarks or ())
    row.appeal_deadline, row.appeal_basis, row.appeal_source = appeal
    row.filing_deadline, row.filing_basis, row.filing_source = _filing(row, claim, limits)


def _filing(row: DenialRow, claim: ClaimRow, limits: Sequence[PayerLimit]) -> Deadline:
    """Until when another claim may mend it; none where the payer takes none once it has decided."""
    instead = instead_of_replacement(row.filing_indicator, claim.kind, row.denied_on)
    if instead is not None and not row.is_unprocessable:
        return Deadline(None, "none", instead.source)
    return filing_deadline(limits, row.denied_on, last_service_day(claim.document), claim.filing_deadline)


def last_service_day(claim: Mapping[str, Any]) -> date | None:
    """Of a claim as it is kept: the end of its statement, else the last day of its lines."""
    lines = [line.get("service_through") or line.get("service_from") for line in claim["lines"]]
    days = [claim["statement_through"]] if claim.get("statement_through") else list(filter(None, lines))
    return max(map(date.fromisoformat, days), default=None)


def _opened(
    uow: UnitOfWork, claim: ClaimRow, denial: Denial, said: RemittedClaim, remitted_claim_id: str, notice_on: date
) -> DenialRow:
    return DenialRow(
        id=new_id(),
        tenant=claim.tenant,
        claim_id=claim.id,
        remitted_claim_id=remitted_claim_id,
        state="open",
        payer_id=claim.payer_id,
        payer_name=claim.payer_name,
        category=denial.main.category,
        carc=denial.main.carc[:5],
        amount=denial.amount,
        reasons=[reason.model_dump(mode="json") for reason in denial.reasons],
        denied_on=notice_on,
        filing_indicator=said.filing_indicator[:2],
        remarks=list(said.remarks),
        ranked_on=uow.context.at.date(),
        created_at=uow.context.at,
    )


async def pull_next(uow: UnitOfWork, wanted: DenialFilter, leases: Leases) -> DenialRow | None:
    """Give the caller the most urgent denial that is free; None where none waits. Never the same one to two."""
    row = await denial_store.next_denial(uow.session, uow.context.tenant, wanted, uow.context.at)
    if row is not None:
        await _assign(uow, row, uow.context.actor, leases)
        await uow.session.flush()
    return row


async def assign(uow: UnitOfWork, denial_id: str, biller: str, leases: Leases) -> DenialRow:
    """Give a denial to one biller for a lease. Raises DenialNotFound, DenialClosed, ClaimOwned."""
    row = await _open(uow, denial_id)
    await _assign(uow, row, biller, leases)
    await uow.session.flush()
    return row


async def renew_lease(uow: UnitOfWork, denial_id: str, leases: Leases) -> DenialRow:
    """Keep the caller's for another lease. Raises DenialNotFound, DenialClosed, ClaimOwned, ClaimNotOwned."""
    row = await _open(uow, denial_id)
    ends = leases.end_for(uow.context.actor, by=uow.context.actor, at=uow.context.at)
    lease = row.lease.renewed_by(uow.context.actor, ends, uow.context.at)
    if lease != row.lease:
        await keep_lease(uow.session, row, lease)
        audit.record(uow, "denial.lease_renewed", "denial", row.id)
    return row


async def give_back(uow: UnitOfWork, denial_id: str) -> DenialRow:
    """Raises DenialNotFound, DenialClosed, ClaimOwned."""
    row = await _open(uow, denial_id)
    if row.lease.checked(uow.context.actor, uow.context.at) is not FREE:
        row.lease = FREE
        audit.record(uow, "denial.given_back", "denial", row.id)
        await uow.session.flush()
    return row


async def close(uow: UnitOfWork, denial_id: str, version: int, closing: Closing) -> DenialRow:
    """Say what came of it. Raises DenialNotFound, DenialClosed, StaleVersion, ClaimOwned, ClosingReasonMissing."""
    row = await _open(uow, denial_id)
    if row.version != version:
        raise StaleVersion("the denial has changed since it was read")
    row.lease.checked(uow.context.actor, uow.context.at)
    if row.underpayment is not None and closing.outcome in _LET_GO and closing.reason is None:
        raise ClosingReasonMissing("say why less than was expected is enough", pointer="/reason")
    row.closing_reason = closing.reason
    _close(uow, row, closing.outcome)
    await uow.session.flush()
    return row


async def return_lapsed(uow: UnitOfWork, denial_ids: Sequence[str]) -> None:
    """Put denials back on the worklist whose owner's lease has ended."""
    for denial_id in denial_ids:
        row = await denial_store.denial_for_change(uow.session, uow.context.tenant, denial_id)
        if row is not None and row.owner is not None and row.lease.standing(uow.context.at) is FREE:
            audit.record(uow, "denial.lapsed", "denial", row.id, {"lapsed_from": row.owner})
            row.lease = FREE


async def rank_anew(uow: UnitOfWork, limit: int) -> int:
    """Count how urgent open denials are today, at most `limit`; answers how many there were."""
    today = uow.context.at.date()
    rows = await denial_store.ranked_before(uow.session, uow.context.tenant, today, limit)
    for row in rows:
        await denial_store.keep_rank(uow.session, row, _points(row, today), today)
    return len(rows)


def _points(row: DenialRow, day: date) -> int:
    """By amount, age and the time that is left: for an appeal, or for a replacement where that ends first."""
    to_come = [end for end in (row.appeal_deadline, row.filing_deadline) if end is not None and end >= day]
    deadline = min(to_come, default=row.appeal_deadline or row.filing_deadline)
    return int(priority(row.amount, row.denied_on, deadline, weights_on(day), day).total * 100)


async def _assign(uow: UnitOfWork, row: DenialRow, biller: str, leases: Leases) -> None:
    at, before = uow.context.at, row.lease
    row.lease = before.taken_by(biller, leases.end_for(biller, by=uow.context.actor, at=at), at)
    if row.lease != before:
        audit.record(uow, "denial.taken", "denial", row.id, {"owner": biller})


def _close(uow: UnitOfWork, row: DenialRow, outcome: DenialOutcome) -> None:
    row.state, row.outcome, row.closed_at, row.lease = "closed", outcome, uow.context.at, FREE
    audit.record(uow, "denial.closed", "denial", row.id, {"outcome": outcome})


async def _open(uow: UnitOfWork, denial_id: str) -> DenialRow:
    row = await denial_store.denial_for_change(uow.session, uow.context.tenant, denial_id)
    if row is None:
        raise DenialNotFound("no denial has this id")
    if row.state != "open":
        raise DenialClosed("the denial is closed")
    return row
