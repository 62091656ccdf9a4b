"""What is kept of remittances: payments, their claims, entries on claims' accounts, adjustments of providers'."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import ColumnElement, Date, ForeignKeyConstraint, Index, String, UniqueConstraint, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from services.submission.domain.lifecycle import ClaimState
from services.submission.domain.remittances.posting import Effect, Entry, EntryKind, Former
from services.submission.store import Base, ClaimRow, TransmissionRow
from shared.db import JsonDocument, MoneyColumn, ReadSession, UtcDateTime, WriteSession

RemittanceState = Literal["posted", "repeated", "differs", "replaced", "set_aside"]
"""repeated: the same payment was posted from another file before, and nothing is posted again. differs: the same
payment, but it says something else; nothing is posted until a person has looked. replaced: that person has put one that
differs in its place. set_aside: nothing of it is to be posted."""

_CONTROL_NUMBER = 20
"""Characters of our control numbers, the two of the attempt among them."""
_MOST_ALIKE = 100

AdjustmentState = Literal["open", "settled"]
"""open: nobody has said yet what it is for."""

NOBODYS = ""
"""The tenant of a payment that no claim and no provider of ours is named in."""


class RemittanceRow(Base):
    """One payment (ST to SE) of one file."""

    __tablename__ = "remittance"
    __table_args__ = (
        ForeignKeyConstraint(["response_id"], ["response.id"]),
        UniqueConstraint("response_id", "ordinal", "tenant"),
        Index("remittance_by_tenant", "tenant", "id"),
        Index("remittance_by_identity", "tenant", "identity"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    tenant: Mapped[str]
    response_id: Mapped[str] = mapped_column(String(36))
    ordinal: Mapped[int]
    """Its place among the payments of the file, from 0."""
    identity: Mapped[str] = mapped_column(String(64))
    """Which payment it is, whatever file it came in."""
    digest: Mapped[str] = mapped_column(String(64))
    """What it says."""
    state: Mapped[RemittanceState] = mapped_column(String(10))
    repeats: Mapped[str | None] = mapped_column(String(36))
    """The remittance that posted the same payment."""
    version: Mapped[int] = mapped_column(default=1)
    """Counts what people decide on it (its ETag)."""
    payer_id: Mapped[str] = mapped_column(String(80))
    payer_name: Mapped[str] = mapped_column(String(60))
    payee_id: Mapped[str] = mapped_column(String(80))
    trace_number: Mapped[str] = mapped_column(String(50))
    method: Mapped[str] = mapped_column(String(3))
    amount: Mapped[Decimal] = mapped_column(MoneyColumn)
    """Negative where the payer takes (BPR03 D)."""
    paid_on: Mapped[date | None] = mapped_column(Date)
    produced_on: Mapped[date | None] = mapped_column(Date)
    claims: Mapped[int]
    claims_paid: Mapped[Decimal] = mapped_column(MoneyColumn)
    provider_adjusted: Mapped[Decimal] = mapped_column(MoneyColumn)
    is_balanced: Mapped[bool]
    is_whole: Mapped[bool]
    faults: Mapped[list[dict[str, Any]]] = mapped_column(JsonDocument)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def notice_on(self) -> date:
        """The day of the payer's notice."""
        return self.produced_on or self.paid_on or self.received_at.date()


class RemittedClaimRow(Base):
    """One CLP of a payment, with what it did to the claim that it was matched to."""

    __tablename__ = "remitted_claim"
    __table_args__ = (
        ForeignKeyConstraint(["remittance_id"], ["remittance.id"]),
        UniqueConstraint("remittance_id", "position"),
        Index("remitted_by_claim", "tenant", "claim_id"),
        Index("remitted_by_effect", "tenant", "effect", "id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    tenant: Mapped[str]
    remittance_id: Mapped[str] = mapped_column(String(36))
    position: Mapped[int]
    """Its place among the claims of the payment, from 0: a file read twice gives the same claims once."""
    claim_id: Mapped[str | None] = mapped_column(String(36))
    attempt: Mapped[int | None]
    patient_control_number: Mapped[str] = mapped_column(String(50))
    payer_claim_control_number: Mapped[str] = mapped_column(String(50))
    status: Mapped[str] = mapped_column(String(2))
    charged: Mapped[Decimal] = mapped_column(MoneyColumn)
    paid: Mapped[Decimal] = mapped_column(MoneyColumn)
    effect: Mapped[Effect] = mapped_column(String(10))
    version: Mapped[int] = mapped_column(default=1)
    """Counts what people decide on it (its ETag)."""
    undone_by: Mapped[str | None] = mapped_column(String(36))
    """The reversal that took this posting back, or the remittance that took the place of its own."""
    state_before: Mapped[ClaimState | None] = mapped_column(String(20))
    """Where the claim stood before it; None where it moved nothing."""
    flags: Mapped[list[str]] = mapped_column(JsonDocument)
    faults: Mapped[list[dict[str, Any]]] = mapped_column(JsonDocument)
    document: Mapped[dict[str, Any]] = mapped_column(JsonDocument)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class EntryRow(Base):
    """One amount on a claim's account."""

    __tablename__ = "account_entry"
    __table_args__ = (
        ForeignKeyConstraint(["remitted_claim_id"], ["remitted_claim.id"]),
        Index("entry_by_claim", "tenant", "claim_id"),
    )

    remitted_claim_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    tenant: Mapped[str]
    claim_id: Mapped[str] = mapped_column(String(36))
    kind: Mapped[EntryKind] = mapped_column(String(15))
    adjustment_group: Mapped[str] = mapped_column(String(2))
    reason: Mapped[str] = mapped_column(String(5))
    line: Mapped[int | None]
    amount: Mapped[Decimal] = mapped_column(MoneyColumn)

    @property
    def entry(self) -> Entry:
        return Entry(self.kind, self.adjustment_group, self.reason, self.line, self.amount)


class ProviderAdjustmentRow(Base):
    """One pair of a PLB: on the provider's account, not on any claim's."""

    __tablename__ = "provider_adjustment"
    __table_args__ = (
        ForeignKeyConstraint(["remittance_id"], ["remittance.id"]),
        Index("adjustment_by_provider", "tenant", "provider_id"),
        Index("adjustment_by_state", "tenant", "state", "remittance_id", "position"),
    )

    remittance_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    tenant: Mapped[str]
    provider_id: Mapped[str] = mapped_column(String(80))
    period_end: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(2))
    reference: Mapped[str] = mapped_column(String(50))
    amount: Mapped[Decimal] = mapped_column(MoneyColumn)
    version: Mapped[int] = mapped_column(default=1)
    state: Mapped[AdjustmentState] = mapped_column(String(10), default="open")
    claim_id: Mapped[str | None] = mapped_column(String(36))
    """The claim that it is about, as its reference or a person says. Nothing is posted to it."""


async def remittance_of(session: AsyncSession, response_id: str, ordinal: int, tenant: str) -> RemittanceRow | None:
    """The payment as it was kept when its file was read before."""
    query = select(RemittanceRow).filter_by(response_id=response_id, ordinal=ordinal, tenant=tenant)
    return (await session.scalars(query)).one_or_none()


async def posted_payment(session: AsyncSession, tenant: str, identity: str) -> RemittanceRow | None:
    """The remittance from which the payment was posted."""
    query = select(RemittanceRow).filter_by(tenant=tenant, identity=identity, state="posted")
    return (await session.scalars(query.order_by(RemittanceRow.id).limit(1))).one_or_none()


async def tenant_of_provider(session: AsyncSession, npis: Iterable[str]) -> str | None:
    """Whose claims name one of these as billing provider; None where nobody's or several tenants' do."""
    query = select(ClaimRow.tenant).where(ClaimRow.billing_npi.in_(sorted(set(npis)))).distinct().limit(2)
    found = (await session.scalars(query)).all()
    return found[0] if len(found) == 1 else None


async def kept_positions(session: AsyncSession, remittance_id: str) -> set[int]:
    """Places of the payment's claims that are kept already."""
    query = select(RemittedClaimRow.position).where(RemittedClaimRow.remittance_id == remittance_id)
    return set(await session.scalars(query))


async def kept_adjustments(session: AsyncSession, remittance_id: str) -> set[int]:
    """Places of its provider adjustments that are kept already."""
    query = select(ProviderAdjustmentRow.position).where(ProviderAdjustmentRow.remittance_id == remittance_id)
    return set(await session.scalars(query))


async def standing_postings(session: AsyncSession, tenant: str, claim_ids: Iterable[str]) -> Mapping[str, list[Former]]:
    """By claim, the postings that no reversal has taken back, oldest first."""
    ids = sorted(set(claim_ids))
    query = (
        select(RemittedClaimRow, RemittanceRow.payer_id)
        .join(RemittanceRow, RemittanceRow.id == RemittedClaimRow.remittance_id)
        .where(
            RemittedClaimRow.tenant == tenant,
            RemittedClaimRow.claim_id.in_(ids),
            RemittedClaimRow.effect == "posted",
            RemittedClaimRow.undone_by.is_(None),
        )
        .order_by(RemittedClaimRow.id)
    )
    rows = (await session.execute(query)).all()
    entries = await entries_by_posting(session, tenant, ids)
    found: dict[str, list[Former]] = {claim_id: [] for claim_id in ids}
    for row, payer_id in rows:
        made = tuple(entries.get(row.id, ()))
        former = Former(row.id, row.payer_claim_control_number, row.charged, row.paid, made, payer_id)
        found[row.claim_id or ""].append(former)
    return found


async def entries_made(session: AsyncSession, remitted_claim_id: str) -> int:
    """How many entries a remitted claim has made, also on the account of a claim that it was matched to before."""
    query = select(func.count()).select_from(EntryRow).where(EntryRow.remitted_claim_id == remitted_claim_id)
    return await session.scalar(query) or 0


async def undone_by(session: WriteSession, remitted_claim_id: str) -> Sequence[RemittedClaimRow]:
    """Postings that this reversal has taken back."""
    query = select(RemittedClaimRow).where(RemittedClaimRow.undone_by == remitted_claim_id)
    return (await session.scalars(query)).all()


async def entries_by_posting(session: AsyncSession, tenant: str, claim_ids: Sequence[str]) -> Mapping[str, list[Entry]]:
    """Entries on the accounts of these claims, by the remitted claim that made them."""
    query = select(EntryRow).where(EntryRow.tenant == tenant, EntryRow.claim_id.in_(claim_ids))
    found: dict[str, list[Entry]] = {}
    for row in await session.scalars(query.order_by(EntryRow.remitted_claim_id, EntryRow.number)):
        found.setdefault(row.remitted_claim_id, []).append(row.entry)
    return found


async def remitted_claims(session: ReadSession, tenant: str, claim_id: str) -> Sequence[RemittedClaimRow]:
    """Everything that remittances said of the claim, oldest first."""
    query = select(RemittedClaimRow).where(RemittedClaimRow.tenant == tenant, RemittedClaimRow.claim_id == claim_id)
    return (await session.scalars(query.order_by(RemittedClaimRow.id))).all()


async def remitted_for_change(session: WriteSession, tenant: str, remitted_claim_id: str) -> RemittedClaimRow | None:
    """The remitted claim's row, locked until the unit of work ends."""
    query = select(RemittedClaimRow).where(RemittedClaimRow.tenant == tenant, RemittedClaimRow.id == remitted_claim_id)
    return (await session.scalars(query.with_for_update())).one_or_none()


async def remittance_for_change(session: WriteSession, tenant: str, remittance_id: str) -> RemittanceRow | None:
    """The payment's row, locked until the unit of work ends."""
    query = select(RemittanceRow).where(RemittanceRow.tenant == tenant, RemittanceRow.id == remittance_id)
    return (await session.scalars(query.with_for_update())).one_or_none()


async def claims_of_payment(session: WriteSession, remittance_id: str) -> Sequence[RemittedClaimRow]:
    """The claims of a payment in its order, locked."""
    query = select(RemittedClaimRow).where(RemittedClaimRow.remittance_id == remittance_id)
    return (await session.scalars(query.order_by(RemittedClaimRow.position).with_for_update())).all()


async def claim_referred_to(session: AsyncSession, tenant: str, reference: str) -> str | None:
    """The claim that PLB03-2 names: by our control number, which other numbers may follow, or by the payer's.

    None where it names none, or where the payer's number stands on several.
    """
    if not reference:
        return None
    sent = select(TransmissionRow.claim_id).where(
        TransmissionRow.tenant == tenant,
        TransmissionRow.patient_control_number.in_({reference, reference[:_CONTROL_NUMBER]}),
    )
    if found := (await session.scalars(sent.limit(1))).one_or_none():
        return found
    numbered = select(ClaimRow.id).where(ClaimRow.tenant == tenant, ClaimRow.payer_claim_control_number == reference)
    named = (await session.scalars(numbered.limit(2))).all()
    return named[0] if len(named) == 1 else None


async def claims_like(
    session: ReadSession, tenant: str, control_number: str, payer_number: str, member_id: str | None, charge: Decimal
) -> Sequence[ClaimRow]:
    """Claims that went out and have one of these: the first half of the control number, a number, the charge."""
    half = control_number[: _CONTROL_NUMBER // 2].ljust(_CONTROL_NUMBER // 2, "0")
    rest = _CONTROL_NUMBER - len(half)
    alike: list[ColumnElement[bool]] = [
        ClaimRow.patient_control_number.between(half + "0" * rest, half + "Z" * rest),
        ClaimRow.total_charge == charge,
    ]
    alike += [ClaimRow.payer_claim_control_number == payer_number] if payer_number else []
    alike += [ClaimRow.member_id == member_id] if member_id else []
    found: dict[str, ClaimRow] = {}
    for condition in alike:
        query = select(ClaimRow).where(ClaimRow.tenant == tenant, condition, _has_gone_out())
        found |= {row.id: row for row in await session.scalars(query.order_by(ClaimRow.id.desc()).limit(_MOST_ALIKE))}
    return list(found.values())


def _has_gone_out() -> ColumnElement[bool]:
    sent = select(TransmissionRow.claim_id).where(
        TransmissionRow.tenant == ClaimRow.tenant, TransmissionRow.claim_id == ClaimRow.id
    )
    return sent.exists()


async def transmission_of(
    session: WriteSession, tenant: str, claim_id: str, attempt: int | None
) -> TransmissionRow | None:
    """How the claim went out for the `attempt`-th time, or the last time where none is named."""
    query = select(TransmissionRow).where(TransmissionRow.tenant == tenant, TransmissionRow.claim_id == claim_id)
    if attempt is not None:
        query = query.where(TransmissionRow.attempt == attempt)
    return (await session.scalars(query.order_by(TransmissionRow.attempt.desc()).limit(1))).one_or_none()
