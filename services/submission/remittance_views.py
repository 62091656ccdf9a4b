"""What submission shows of remittances, read in one snapshot. Every query is bound to one tenant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pydantic_core import to_json
from sqlalchemy import select, tuple_

from services.submission import remittance_store, unmatched_handlers
from services.submission.domain.remittances.documents import AdjudicatedClaim, RemittanceFault
from services.submission.domain.remittances.posting import account
from services.submission.domain.remittances.provider_adjustments import reason_in_words
from services.submission.errors import ClaimNotFound, RemittanceNotFound, RemittedClaimNotFound
from services.submission.remittance_records import (
    AccountEntry,
    AccountSums,
    ClaimAccount,
    ProviderAdjustmentShown,
    Remittance,
    RemittanceSummary,
    RemittedClaim,
    UnmatchedClaim,
)
from services.submission.remittance_store import (
    NOBODYS,
    AdjustmentState,
    EntryRow,
    ProviderAdjustmentRow,
    RemittanceRow,
    RemittanceState,
    RemittedClaimRow,
)
from services.submission.store import ClaimRow
from shared.db import ReadSession

_FIRST = "P"
"""SBR01 of the payer who is billed first, which a claim as it is kept leaves out."""
_SUMMARY = RemittanceSummary.model_fields.keys()
_ADJUSTMENT = ProviderAdjustmentShown.model_fields.keys() - {"words"}
_REMITTED = RemittedClaim.model_fields.keys() - {"faults", "flags", "adjudicated"}


def summary(row: RemittanceRow) -> RemittanceSummary:
    return RemittanceSummary.model_validate({name: getattr(row, name) for name in _SUMMARY})


def remitted_claim(row: RemittedClaimRow) -> RemittedClaim:
    return RemittedClaim(
        **{name: getattr(row, name) for name in _REMITTED},
        flags=tuple(row.flags),
        faults=tuple(RemittanceFault.model_validate(fault) for fault in row.faults),
        adjudicated=AdjudicatedClaim.model_validate_json(to_json(row.document)),
    )


async def remittances(
    session: ReadSession,
    tenant: str,
    *,
    states: Sequence[RemittanceState],
    payer: str | None,
    trace_number: str | None,
    after: str | None,
    limit: int,
    nobodys: bool,
) -> list[RemittanceSummary]:
    """Payments, oldest first; `nobodys` are those in which no claim and no provider of any tenant is named."""
    owner = NOBODYS if nobodys else tenant
    query = select(RemittanceRow).where(RemittanceRow.tenant == owner).order_by(RemittanceRow.id).limit(limit)
    if states:
        query = query.where(RemittanceRow.state.in_(states))
    if payer is not None:
        query = query.where(RemittanceRow.payer_id == payer)
    if trace_number is not None:
        query = query.where(RemittanceRow.trace_number == trace_number)
    if after is not None:
        query = query.where(RemittanceRow.id > after)
    return [summary(row) for row in await session.scalars(query)]


async def remittance(session: ReadSession, tenant: str, remittance_id: str) -> Remittance:
    """Raises RemittanceNotFound."""
    row = await _remittance(session, tenant, remittance_id)
    query = select(ProviderAdjustmentRow).where(ProviderAdjustmentRow.remittance_id == row.id)
    adjustments = await session.scalars(query.order_by(ProviderAdjustmentRow.position))
    return Remittance(
        version=row.version,
        summary=summary(row),
        provider_adjustments=tuple(map(provider_adjustment, adjustments)),
        faults=tuple(RemittanceFault.model_validate(fault) for fault in row.faults),
    )


async def claims_of(
    session: ReadSession, tenant: str, remittance_id: str, *, after: int | None, limit: int
) -> list[tuple[int, RemittedClaim]]:
    """Claims of a payment with their places in it. Raises RemittanceNotFound."""
    row = await _remittance(session, tenant, remittance_id)
    query = select(RemittedClaimRow).where(RemittedClaimRow.remittance_id == row.id)
    if after is not None:
        query = query.where(RemittedClaimRow.position > after)
    rows = await session.scalars(query.order_by(RemittedClaimRow.position).limit(limit))
    return [(one.position, remitted_claim(one)) for one in rows]


async def unmatched(
    session: ReadSession, tenant: str, *, dismissed: bool, after: str | None, limit: int
) -> list[RemittedClaim]:
    """Claims of payments that are of no claim that is known, or that the file broke off in; oldest first.

    `dismissed`: those instead of which somebody has said that they are none of ours.
    """
    wanted = ("dismissed",) if dismissed else ("unmatched", "held")
    query = select(RemittedClaimRow).where(RemittedClaimRow.tenant == tenant, RemittedClaimRow.effect.in_(wanted))
    if after is not None:
        query = query.where(RemittedClaimRow.id > after)
    rows = await session.scalars(query.order_by(RemittedClaimRow.id).limit(limit))
    return [remitted_claim(row) for row in rows]


async def unmatched_claim(session: ReadSession, tenant: str, remitted_claim_id: str) -> UnmatchedClaim:
    """One of them with the claims that it may be of. Raises RemittedClaimNotFound."""
    row = await session.get(RemittedClaimRow, remitted_claim_id)
    if row is None or row.tenant != tenant:
        raise RemittedClaimNotFound("no claim of a payment has this id")
    remittance = await session.get_one(RemittanceRow, row.remittance_id)
    return UnmatchedClaim(
        version=row.version,
        remitted=remitted_claim(row),
        trace_number=remittance.trace_number,
        payer_id=remittance.payer_id,
        payer_name=remittance.payer_name,
        candidates=await unmatched_handlers.likely_claims(session, row),
    )


async def provider_adjustments(
    session: ReadSession, tenant: str, *, state: AdjustmentState, after: tuple[str, int] | None, limit: int
) -> list[ProviderAdjustmentShown]:
    """What moves on providers' accounts by payments that stand, oldest first."""
    place = tuple_(ProviderAdjustmentRow.remittance_id, ProviderAdjustmentRow.position)
    query = (
        select(ProviderAdjustmentRow)
        .join(RemittanceRow, RemittanceRow.id == ProviderAdjustmentRow.remittance_id)
        .where(ProviderAdjustmentRow.tenant == tenant, ProviderAdjustmentRow.state == state)
        .where(RemittanceRow.state == "posted")
        .order_by(ProviderAdjustmentRow.remittance_id, ProviderAdjustmentRow.position)
    )
    if after is not None:
        query = query.where(place > after)
    return [provider_adjustment(row) for row in await session.scalars(query.limit(limit))]


def provider_adjustment(row: ProviderAdjustmentRow) -> ProviderAdjustmentShown:
    words = reason_in_words(row.reason, row.period_end or date.max)
    return ProviderAdjustmentShown.model_validate({name: getattr(row, name) for name in _ADJUSTMENT} | {"words": words})


async def claim_account(session: ReadSession, tenant: str, claim_id: str) -> ClaimAccount:
    """Raises ClaimNotFound."""
    claim = await session.get(ClaimRow, (tenant, claim_id))
    if claim is None:
        raise ClaimNotFound("no claim with this id is in flight")
    query = select(EntryRow).where(EntryRow.tenant == tenant, EntryRow.claim_id == claim_id)
    rows = (await session.scalars(query.order_by(EntryRow.remitted_claim_id, EntryRow.number))).all()
    postings = await remittance_store.remitted_claims(session, tenant, claim_id)
    standing = (await remittance_store.standing_postings(session, tenant, [claim_id]))[claim_id]
    is_first_payer = claim.document.get("billed_sequence", _FIRST) == _FIRST
    sums = account(
        claim.total_charge,
        (row.entry for row in rows),
        standing,
        is_first_payer=is_first_payer,
        is_voided=claim.state == "voided",
    )
    return ClaimAccount(
        account=AccountSums.model_validate({name: getattr(sums, name) for name in AccountSums.model_fields}),
        entries=tuple(_entry(row) for row in rows),
        postings=tuple(map(remitted_claim, postings)),
    )


def _entry(row: EntryRow) -> AccountEntry:
    kind, group, reason, line, amount = row.entry
    return AccountEntry(
        kind=kind, group=group, reason=reason, line=line, amount=amount, remitted_claim_id=row.remitted_claim_id
    )


async def _remittance(session: ReadSession, tenant: str, remittance_id: str) -> RemittanceRow:
    row = await session.get(RemittanceRow, remittance_id)
    if row is None or row.tenant != tenant:
        raise RemittanceNotFound("no remittance has this id")
    return row
