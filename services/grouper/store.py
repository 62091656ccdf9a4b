"""The grouper's table: every decision on every revision of a claim. Every query is bound to one tenant."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from services.grouper.domain.grouping import Decision, Returned
from services.grouper.domain.history import ClaimDecision, GroupedClaim, Status
from services.grouper.errors import ClaimNotGrouped
from shared.claims import ClaimId
from shared.db import UtcDateTime
from shared.events.contracts import ChartCoded


class Base(DeclarativeBase):
    """Tables of the grouper."""


class DecisionRow(Base):
    """A decision is written once and never changed; a claim that is coded anew has one more."""

    __tablename__ = "decisions"

    tenant: Mapped[str] = mapped_column(primary_key=True)
    claim_id: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    status: Mapped[str]
    drg: Mapped[str | None]
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decision: Mapped[str] = mapped_column(Text)
    """`ClaimDecision` in JSON; the columns beside it are what is searched by."""


async def latest_revision(session: AsyncSession, tenant: str, claim_id: ClaimId) -> int:
    """The latest revision of a claim that was decided on; 0 where there is none."""
    query = select(func.max(DecisionRow.revision))
    return (await session.scalar(query.where(DecisionRow.tenant == tenant, DecisionRow.claim_id == claim_id))) or 0


async def add_decision(
    session: AsyncSession, tenant: str, event: ChartCoded, decision: Decision, *, at: datetime
) -> None:
    """Keep what was decided on the claim of `event` at its revision."""
    kept = _kept(event.revision, decision, at)
    session.add(
        DecisionRow(
            tenant=tenant,
            claim_id=str(event.claim.id),
            revision=event.revision,
            status=kept.status,
            drg=kept.grouping.drg.drg if kept.grouping and kept.grouping.drg else None,
            decided_at=at,
            decision=kept.model_dump_json(),
        )
    )


async def get_claim(session: AsyncSession, tenant: str, claim_id: str) -> GroupedClaim:
    """Raises ClaimNotGrouped."""
    query = select(DecisionRow).where(DecisionRow.tenant == tenant, DecisionRow.claim_id == claim_id)
    rows = (await session.scalars(query.order_by(DecisionRow.revision.desc()))).all()
    if not rows:
        raise ClaimNotGrouped("there is no claim with this id")
    history = tuple(ClaimDecision.model_validate_json(row.decision) for row in rows)
    latest = history[0]
    return GroupedClaim(
        claim_id=ClaimId.parse(rows[0].claim_id),
        version=latest.revision,
        status=latest.status,
        drg=rows[0].drg,
        history=history,
    )


def _kept(revision: int, decision: Decision, at: datetime) -> ClaimDecision:
    if isinstance(decision, Returned):
        return ClaimDecision(revision=revision, status="returned", decided_at=at, reasons=decision.reasons)
    status: Status = "not_applicable" if decision.drg is None else "grouped"
    return ClaimDecision(revision=revision, status=status, decided_at=at, grouping=decision)
