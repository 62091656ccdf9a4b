"""The transactional outbox: an event is written in the transaction of the state change that it tells of."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import BigInteger, Integer, LargeBinary, String, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from shared.db import InfrastructureBase, JsonDocument, UnitOfWork, UtcDateTime, WriteSession, new_id
from shared.events.bus import Record
from shared.events.contracts import LineEvent
from shared.events.envelope import TENANT, to_record
from shared.events.wake_up import notify_relay, wake_relay

_pending: WeakKeyDictionary[WriteSession, list[dict[str, Any]]] = WeakKeyDictionary()
"""Rows of transactions that are still open. By session: the events of one batch share one."""


class OutboxRow(InfrastructureBase):
    """A record that is not on the bus yet. The relay deletes it when it is."""

    __tablename__ = "outbox"
    # Never a number twice, though rows are deleted all the time.
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    tenant: Mapped[str] = mapped_column(String(100))
    topic: Mapped[str] = mapped_column(String(100))
    key: Mapped[str] = mapped_column(String(200))
    headers: Mapped[Any] = mapped_column(JsonDocument)
    value: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


def emit(uow: UnitOfWork, event: LineEvent) -> None:
    """Tell the others, if and only if the unit of work commits. Raises ValueError for an event of more than 4 MB."""
    context = uow.context
    record = to_record(event, event_id=new_id(), tenant=context.tenant, at=context.at, traceparent=context.traceparent)
    send(uow, record)


def send(uow: UnitOfWork, record: Record) -> None:
    """Put a record into the outbox. It must carry the tenant's header.

    The rows of a transaction are written together just before its commit, after the state: by then it holds its claims'
    row locks, and so rows of one claim get their ids in the order in which their transactions commit.
    """
    pending = _pending.setdefault(uow.session, [])
    if not pending:
        uow.before_commit(partial(_write, uow))
        uow.after_commit(wake_relay(uow))
    pending.append(
        {
            "tenant": record.headers[TENANT],
            "topic": record.topic,
            "key": record.key,
            "headers": dict(record.headers),
            "value": record.value,
            "created_at": uow.context.at,
        }
    )


async def _write(uow: UnitOfWork) -> None:
    await uow.session.flush()
    rows = _pending.pop(uow.session)
    await uow.session.execute(insert(InfrastructureBase.metadata.tables[OutboxRow.__tablename__]), rows)
    await notify_relay(uow)


async def oldest(session: AsyncSession, limit: int) -> dict[int, Record]:
    """The records to publish next, by their rows' ids, in the order to publish them."""
    columns = (OutboxRow.id, OutboxRow.topic, OutboxRow.key, OutboxRow.value, OutboxRow.headers)
    rows = await session.execute(select(*columns).order_by(OutboxRow.id).limit(limit))
    return {row_id: Record(topic, key, value, headers) for row_id, topic, key, value, headers in rows}


async def forget(session: AsyncSession, ids: Collection[int]) -> None:
    """They are on the bus."""
    await session.execute(delete(OutboxRow).where(OutboxRow.id.in_(ids)).execution_options(synchronize_session=False))


async def depth(session: AsyncSession) -> tuple[int, datetime | None]:
    """How many records wait, and since when the oldest does."""
    row = (await session.execute(select(func.count(), func.min(OutboxRow.created_at)).select_from(OutboxRow))).one()
    return row[0], row[1]
