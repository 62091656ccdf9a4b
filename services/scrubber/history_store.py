"""What is billed for each patient, so that a later claim can be held against it. Every query is bound to one tenant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Date, Index, Select, String, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from services.scrubber.domain.claim_parts import AnyClaim
from services.scrubber.domain.history import (
    CLAIMS_AT_MOST,
    GLOBAL_PERIOD_DAYS,
    EarlierClaim,
    EarlierService,
    Histories,
    History,
    patient_key,
)
from services.scrubber.domain.scrubbed_claim import ScrubbedClaim
from services.scrubber.domain.services import billed_services
from services.scrubber.rules_store import PayerAnswerRow
from services.scrubber.store import Base
from shared.db import JsonDocument, WriteSession, in_parts


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
    if (row := _row_of(tenant, claim)) is not None:
        await session.merge(row)
    else:
        mine = PatientClaimRow.tenant == tenant, PatientClaimRow.claim_id == str(claim.id)
        await session.execute(delete(PatientClaimRow).where(*mine))


def remember_new(session: WriteSession, tenant: str, claims: Iterable[ScrubbedClaim]) -> None:
    """As `remember`, of claims that come for the first time."""
    rows = [_row_of(tenant, claim) for claim in claims]
    session.add_all([row for row in rows if row is not None])


def _row_of(tenant: str, claim: ScrubbedClaim) -> PatientClaimRow | None:
    key, services = patient_key(claim.claim), billed_services(claim.claim)
    if key is None or not services or claim.status != "cleared":
        return None
    return PatientClaimRow(
        tenant=tenant,
        claim_id=str(claim.id),
        patient_key=key,
        last_day=max(service.last for service in services),
        services=[service.model_dump(mode="json") for service in services],
    )


async def earlier_services(session: AsyncSession, tenant: str, claim: AnyClaim) -> History:
    """What other claims bill for the patient of this one, from a global period before its first day on.

    Without claims that the payer rejected and never took. One query, by the digest of the patient.
    """
    return (await histories(session, tenant, [claim])).of(claim)


async def histories(session: AsyncSession, tenant: str, claims: Sequence[AnyClaim]) -> Histories:
    """What other claims bill for the patients of these, as `earlier_services` finds it for each."""
    days = [claim.first_day for claim in claims if claim.first_day is not None]
    keys = {key for claim in claims if (key := patient_key(claim)) is not None}
    if not days or not keys:
        return Histories(())
    found: list[tuple[str, EarlierClaim]] = []
    for part in in_parts(sorted(keys)):
        query = _newest_of_each(tenant, part, min(days) - timedelta(days=GLOBAL_PERIOD_DAYS))
        found += [
            (key, EarlierClaim(last_day, claim_id, _services_of(kept)))
            for key, last_day, claim_id, kept in await session.execute(query)
        ]
    return Histories(found)


def _newest_of_each(tenant: str, keys: Sequence[str], since: date) -> Select[str, date, str, Any]:
    """Of each patient as many claims as may count, and one more: one of them may be the claim that is examined."""
    row, answer = PatientClaimRow, PayerAnswerRow
    place = func.row_number().over(partition_by=row.patient_key, order_by=(row.last_day.desc(), row.claim_id))
    ranked = (
        select(row.patient_key, row.last_day, row.claim_id, row.services, place.label("place"))
        .outerjoin(answer, (answer.tenant == row.tenant) & (answer.claim_id == row.claim_id))
        .where(row.tenant == tenant, row.patient_key.in_(keys), row.last_day >= since)
        .where(answer.rejected_on.is_(None) | answer.accepted_on.is_not(None))
        .subquery()
    )
    wanted = ranked.c.place <= CLAIMS_AT_MOST + 1
    return select(ranked.c.patient_key, ranked.c.last_day, ranked.c.claim_id, ranked.c.services).where(wanted)


def _services_of(kept: Any) -> History:
    return tuple(EarlierService.model_validate(service, strict=False) for service in kept)
