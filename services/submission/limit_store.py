"""What a customer keeps of its contracts with payers: how long to appeal and to replace. Bound to one tenant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic_core import to_json
from sqlalchemy import String, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from services.submission.domain.denials.limits import LimitEditions, PayerLimit
from services.submission.store import Base
from shared.db import JsonDocument, ReadSession, UtcDateTime, WriteSession


class PayerLimitsRow(Base):
    """All editions of one payer's times, as they were last written."""

    __tablename__ = "payer_limits"

    tenant: Mapped[str] = mapped_column(primary_key=True)
    payer_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    version: Mapped[int] = mapped_column()
    editions: Mapped[list[dict[str, Any]]] = mapped_column(JsonDocument)
    changed_by: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy reads it

    @property
    def limits(self) -> tuple[PayerLimit, ...]:
        return LimitEditions.model_validate_json(to_json({"editions": self.editions})).editions


async def limits_of(session: AsyncSession, tenant: str, payer_ids: Iterable[str]) -> Mapping[str, Sequence[PayerLimit]]:
    """Of each of these payers that the customer keeps any of."""
    query = select(PayerLimitsRow).where(
        PayerLimitsRow.tenant == tenant, PayerLimitsRow.payer_id.in_(sorted(set(payer_ids)))
    )
    return {row.payer_id: row.limits for row in await session.scalars(query)}


async def kept(session: ReadSession, tenant: str, *, after: str | None, limit: int) -> Sequence[PayerLimitsRow]:
    """Every payer that the customer keeps times of, by id."""
    query = select(PayerLimitsRow).where(PayerLimitsRow.tenant == tenant).order_by(PayerLimitsRow.payer_id)
    if after is not None:
        query = query.where(PayerLimitsRow.payer_id > after)
    return (await session.scalars(query.limit(limit))).all()


async def limits_for_change(session: WriteSession, tenant: str, payer_id: str) -> PayerLimitsRow | None:
    """The payer's row, locked until the unit of work ends."""
    return await session.get(PayerLimitsRow, (tenant, payer_id), with_for_update=True)
