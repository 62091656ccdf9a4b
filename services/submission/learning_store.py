"""What payers reject again and again. Every query is bound to one tenant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Date, Index, String, and_, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from services.submission import store
from services.submission.domain.learning import Fingerprint
from services.submission.domain.resubmission import AnyClaim
from services.submission.store import Base, ClaimRow
from shared.claims import ClaimKind
from shared.db import JsonDocument, ReadSession, WriteSession

_TAKEN = ("accepted", "paid", "denied")
"""States of claims that got into adjudication."""


class PatternRow(Base):
    """A fingerprint with how many claims came back with it. `suggested_on`: when a rule was suggested for it."""

    __tablename__ = "rejection_pattern"
    __table_args__ = (Index("rejection_pattern_by_claims", "tenant", "claims"),)

    tenant: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(24), primary_key=True)
    payer_id: Mapped[str] = mapped_column(String(80))
    fingerprint: Mapped[dict[str, Any]] = mapped_column(JsonDocument)
    claims: Mapped[int]
    first_seen: Mapped[date] = mapped_column(Date)
    last_seen: Mapped[date] = mapped_column(Date)
    suggested_on: Mapped[date | None] = mapped_column(Date)


class PatternClaimRow(Base):
    """That a claim came back with the fingerprint: it counts once, however often it does."""

    __tablename__ = "rejection_pattern_claim"

    tenant: Mapped[str] = mapped_column(primary_key=True)
    pattern_id: Mapped[str] = mapped_column(String(24), primary_key=True)
    claim_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    rejected_on: Mapped[date] = mapped_column(Date)


async def count(
    session: WriteSession, tenant: str, fingerprint: Fingerprint, claim_id: str, on: date
) -> tuple[PatternRow, bool]:
    """The fingerprint with this claim counted, locked until the unit of work ends; and whether it was not before."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    key = {"tenant": tenant, "id": fingerprint.id}
    new = {"payer_id": fingerprint.payer_id, "fingerprint": fingerprint.model_dump(mode="json"), "claims": 0}
    seen = {"first_seen": on, "last_seen": on}
    await session.execute(insert(PatternRow).values(**key, **new, **seen).on_conflict_do_nothing())
    row = await session.get_one(PatternRow, (tenant, fingerprint.id), with_for_update=True)
    once = {"tenant": tenant, "pattern_id": fingerprint.id, "claim_id": claim_id, "rejected_on": on}
    counted = insert(PatternClaimRow).values(**once).on_conflict_do_nothing().returning(PatternClaimRow.claim_id)
    is_new = (await session.scalars(counted)).one_or_none() is not None
    row.claims += is_new
    row.first_seen, row.last_seen = min(row.first_seen, on), max(row.last_seen, on)
    return row, is_new


async def accepted_claims(
    session: AsyncSession, tenant: str, payer_id: str, kind: ClaimKind, limit: int
) -> Sequence[AnyClaim]:
    """Claims that this payer took into adjudication, the newest first."""
    query = (
        select(ClaimRow)
        .where(ClaimRow.tenant == tenant, ClaimRow.state.in_(_TAKEN), ClaimRow.payer_id == payer_id)
        .where(ClaimRow.kind == kind)
        .order_by(ClaimRow.id.desc())
        .limit(limit)
    )
    return [store.claim_of(row) for row in await session.scalars(query)]


async def patterns(
    session: ReadSession, tenant: str, *, payer: str | None, after: tuple[int, str] | None, limit: int
) -> Sequence[PatternRow]:
    """Fingerprints, the commonest first."""
    query = select(PatternRow).where(PatternRow.tenant == tenant)
    if payer is not None:
        query = query.where(PatternRow.payer_id == payer)
    if after is not None:
        claims, pattern_id = after
        same = and_(PatternRow.claims == claims, PatternRow.id > pattern_id)
        query = query.where(or_(PatternRow.claims < claims, same))
    return (await session.scalars(query.order_by(PatternRow.claims.desc(), PatternRow.id).limit(limit))).all()


async def claims_of(session: ReadSession, tenant: str, pattern_id: str, limit: int) -> Sequence[str]:
    """Ids of claims that came back with it, the latest first."""
    mine = PatternClaimRow.tenant == tenant, PatternClaimRow.pattern_id == pattern_id
    query = select(PatternClaimRow.claim_id).where(*mine)
    return (
        await session.scalars(
            query.order_by(PatternClaimRow.rejected_on.desc(), PatternClaimRow.claim_id.desc()).limit(limit)
        )
    ).all()


def fingerprint_of(row: PatternRow) -> Fingerprint:
    return Fingerprint.model_validate(row.fingerprint)
