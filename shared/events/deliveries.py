"""Events that failed and are to be tried again: how often, why, and when next. For people to look at."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, String, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from shared.db import InfrastructureBase, UnitOfWork, UtcDateTime
from shared.events.inbox import Arrival


class DeliveryRow(InfrastructureBase):
    """Lives from the first failed attempt until the event is settled. `last_error` is a class, never a message."""

    __tablename__ = "delivery"

    group: Mapped[str] = mapped_column(String(100), primary_key=True)
    event_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    tenant: Mapped[str] = mapped_column(String(100))
    event_type: Mapped[str] = mapped_column(String(100))
    topic: Mapped[str] = mapped_column(String(100))
    partition: Mapped[int]
    offset: Mapped[int] = mapped_column(BigInteger)
    attempts: Mapped[int]
    last_error: Mapped[str] = mapped_column(String(200))
    first_failed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class StuckDelivery:
    group: str
    event_id: str
    event_type: str
    topic: str
    partition: int
    offset: int
    attempts: int
    last_error: str
    first_failed_at: datetime
    next_attempt_at: datetime


async def stuck_deliveries(session: AsyncSession, *, tenant: str | None = None) -> Sequence[StuckDelivery]:
    """What waits for its next attempt, oldest first; of one tenant or of all."""
    query = select(DeliveryRow).order_by(DeliveryRow.first_failed_at)
    if tenant is not None:
        query = query.where(DeliveryRow.tenant == tenant)
    names = StuckDelivery.__dataclass_fields__
    return [StuckDelivery(**{name: getattr(row, name) for name in names}) for row in await session.scalars(query)]


async def attempts_so_far(session: AsyncSession, group: str, event_id: str) -> int:
    row = await session.get(DeliveryRow, (group, event_id))
    return row.attempts if row else 0


async def record_failure(
    uow: UnitOfWork, group: str, arrival: Arrival, *, attempts: int, error: BaseException, next_attempt_at: datetime
) -> None:
    row = await uow.session.get(DeliveryRow, (group, arrival.envelope.id))
    if row is None:
        received = arrival.received
        row = DeliveryRow(
            group=group,
            event_id=arrival.envelope.id,
            tenant=arrival.envelope.tenant,
            event_type=arrival.envelope.type,
            topic=received.partition.topic,
            partition=received.partition.number,
            offset=received.offset,
            first_failed_at=uow.context.at,
        )
        uow.session.add(row)
    row.attempts, row.last_error, row.next_attempt_at = attempts, type(error).__name__, next_attempt_at


async def forget_failures(session: AsyncSession, group: str, event_ids: Collection[str]) -> None:
    """They are settled."""
    await session.execute(
        delete(DeliveryRow)
        .where(DeliveryRow.group == group, DeliveryRow.event_id.in_(event_ids))
        .execution_options(synchronize_session=False)
    )
