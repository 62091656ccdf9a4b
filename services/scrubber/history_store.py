"""What is billed for each patient, so that a later claim can be held against it. Every query is bound to one tenant."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Date, Index, String, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from services.scrubber.domain.claim_parts import AnyClaim
from services.scrubber.domain.history import GLOBAL_PERIOD_DAYS, EarlierService, History, patient_key
from services.scrubber.domain.scrubbed_claim import ScrubbedClaim
from services.scrubber.domain.services import billed_services
from services.scrubber.rules_store import PayerAnswerRow
from services.scrubber.store import Base
from shared.db import JsonDocument, WriteSession

_CLAIMS_AT_MOST = 200
"""Of one patient within a global period; dialysis and infusions come to some dozens."""


class PatientClaimRow(Base):
    """What a claim that was cleared to go out bills for a patient, who is named by a digest only."""

    __tablename__ = "patient_claims"
    __table_args__ = (Index("patient_claims_by_day", "tenant", "patient_key", "last_day"),)

    tenant: Mapped[str] = mapped_column(String(100), primary_key=True)
    claim_id: Mapped[str] = mapped_column(String(50), primary_key=True)
    patient_key: Mapped[str] = mapped_column(String(32))
    last_day: Mapped[date] = mapped_column(Date)
    services: Mapped[Any] = mapped_column(JsonDocument)


async def remember(session: WriteSession, tenant: str, claim: ScrubbedClaim) -> None:
    """Keep what the claim bills once it is cleared to go out; nothing of a void.

    A claim that is held needs no keeping: it is examined again before it goes, and then finds those that went before.
    """
    key, services = patient_key(claim.claim), billed_services(claim.claim)
    if key is None or not services or claim.status != "cleared":
        mine = PatientClaimRow.tenant == tenant, PatientClaimRow.claim_id == str(claim.id)
        await session.execute(delete(PatientClaimRow).where(*mine))
        return
    await session.merge(
        PatientClaimRow(
            tenant=tenant,
            claim_id=str(claim.id),
            patient_key=key,
            last_day=max(service.last for service in services),
            services=[service.model_dump(mode="json") for service in services],
        )
    )


async def earlier_services(session: AsyncSession, tenant: str, claim: AnyClaim) -> History:
    """What other claims bill for the patient of this one, from a global period before its first day on.

    Without claims that the payer rejected and never took. One query, by the digest of the patient.
    """
    key, first = patient_key(claim), claim.first_day
    if key is None or first is None:
        return ()
    row, answer = PatientClaimRow, PayerAnswerRow
    query = (
        select(row.services)
        .outerjoin(answer, (answer.tenant == row.tenant) & (answer.claim_id == row.claim_id))
        .where(row.tenant == tenant, row.patient_key == key, row.claim_id != str(claim.id))
        .where(row.last_day >= first - timedelta(days=GLOBAL_PERIOD_DAYS))
        .where(answer.rejected_on.is_(None) | answer.accepted_on.is_not(None))
        .order_by(row.last_day.desc(), row.claim_id)
        .limit(_CLAIMS_AT_MOST)
    )
    kept = await session.scalars(query)
    return tuple(EarlierService.model_validate(service, strict=False) for services in kept for service in services)
