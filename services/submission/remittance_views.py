"""What submission shows of remittances, read in one snapshot. Every query is bound to one tenant."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic_core import to_json
from sqlalchemy import select

from services.submission import remittance_store
from services.submission.domain.remittances.documents import AdjudicatedClaim, RemittanceFault
from services.submission.domain.remittances.posting import account
from services.submission.errors import ClaimNotFound, RemittanceNotFound
from services.submission.remittance_records import (
    AccountEntry,
    AccountSums,
    ClaimAccount,
    ProviderAdjustmentShown,
    Remittance,
    RemittanceSummary,
    RemittedClaim,
)
from services.submission.remittance_store import (
    NOBODYS,
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
_ADJUSTMENT = ProviderAdjustmentShown.model_fields.keys()
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
        provider_adjustments=tuple(
            ProviderAdjustmentShown.model_validate({name: getattr(one, name) for name in _ADJUSTMENT})
            for one in adjustments
        ),
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


async def unmatched(session: ReadSession, tenant: str, *, after: str | None, limit: int) -> list[RemittedClaim]:
    """Claims of payments that are of no claim that is known, or that the file broke off in; oldest first."""
    query = select(RemittedClaimRow).where(
        RemittedClaimRow.tenant == tenant, RemittedClaimRow.effect.in_(("unmatched", "held"))
    )
    if after is not None:
        query = query.where(RemittedClaimRow.id > after)
    rows = await session.scalars(query.order_by(RemittedClaimRow.id).limit(limit))
    return [remitted_claim(row) for row in rows]


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
    sums = account(claim.total_charge, (row.entry for row in rows), standing, is_first_payer=is_first_payer)
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
