"""The log of HL7 messages and the other names of encounters. Every query is bound to one tenant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Index, LargeBinary, Text, UniqueConstraint, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from services.encoder import store
from services.encoder.domain.charts import OPEN, Chart
from services.encoder.domain.hl7.receipts import MessageStatus, ReceivedMessage
from services.encoder.domain.hl7.visits import VisitKey
from services.encoder.errors import MessageNotFound
from services.encoder.rows import Base
from services.encoder.store import ChartRow, ContentRow
from shared.db import UtcDateTime


class MessageRow(Base):
    """A message that came. Its content is kept only while it waits."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("tenant", "sender", "control_id", name="messages_control_id"),
        Index("messages_status", "tenant", "status", "id"),
        Index("messages_encounter", "tenant", "facility_id", "encounter_id", "status"),
    )

    tenant: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    sender: Mapped[str]
    control_id: Mapped[str]
    digest: Mapped[str]
    kind: Mapped[str]
    status: Mapped[str]
    facility_id: Mapped[str | None]
    encounter_id: Mapped[str | None]
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    acknowledgement: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(Text)
    """The receipt in JSON; the columns beside it are what is searched by."""


class AliasRow(Base):
    """A number that an encounter had before, and the chart that has it now."""

    __tablename__ = "encounter_aliases"

    tenant: Mapped[str] = mapped_column(primary_key=True)
    facility_id: Mapped[str] = mapped_column(primary_key=True)
    encounter_id: Mapped[str] = mapped_column(primary_key=True)
    chart_id: Mapped[str]


@dataclass(frozen=True)
class StoredMessage:
    receipt: ReceivedMessage
    digest: str
    acknowledgement: bytes
    content: bytes | None = None


@dataclass(frozen=True)
class FoundChart:
    chart: Chart
    survivor: bool
    """The number asked for is that of a chart which was merged into this one."""


async def message_sent_before(session: AsyncSession, tenant: str, sender: str, control_id: str) -> StoredMessage | None:
    query = select(MessageRow).where(
        MessageRow.tenant == tenant, MessageRow.sender == sender, MessageRow.control_id == control_id
    )
    row = (await session.execute(query)).scalar_one_or_none()
    return _stored(row) if row else None


async def save_message(session: AsyncSession, tenant: str, stored: StoredMessage) -> None:
    """Write the message into the log, over what stands there under its id."""
    receipt = stored.receipt
    await session.merge(
        MessageRow(
            tenant=tenant,
            id=receipt.id,
            sender=receipt.sender,
            control_id=receipt.control_id,
            digest=stored.digest,
            kind=receipt.kind,
            status=receipt.status,
            facility_id=receipt.facility_id,
            encounter_id=receipt.encounter_id,
            sent_at=receipt.sent_at,
            received_at=receipt.received_at,
            content=stored.content,
            acknowledgement=stored.acknowledgement,
            state=receipt.model_dump_json(exclude_defaults=True),
        )
    )


async def get_message(session: AsyncSession, tenant: str, message_id: str) -> StoredMessage:
    """Raises MessageNotFound."""
    row = await session.get(MessageRow, (tenant, message_id))
    if row is None:
        raise MessageNotFound("there is no message with this id")
    return _stored(row)


async def list_messages(
    session: AsyncSession, tenant: str, statuses: Sequence[MessageStatus], *, before: str | None, limit: int
) -> list[ReceivedMessage]:
    """The log, newest first."""
    query = select(MessageRow.state).where(MessageRow.tenant == tenant)
    if statuses:
        query = query.where(MessageRow.status.in_(statuses))
    if before is not None:
        query = query.where(MessageRow.id < before)
    states = (await session.execute(query.order_by(MessageRow.id.desc()).limit(limit))).scalars()
    return [ReceivedMessage.model_validate_json(state) for state in states]


async def pending_of(session: AsyncSession, tenant: str, key: VisitKey) -> list[StoredMessage]:
    """What waits for this encounter, in the order in which it was sent."""
    query = select(MessageRow).where(
        MessageRow.tenant == tenant,
        MessageRow.facility_id == key.facility_id,
        MessageRow.encounter_id == key.encounter_id,
        MessageRow.status == "pending",
    )
    rows = (await session.execute(query.order_by(MessageRow.sent_at, MessageRow.id))).scalars()
    return [_stored(row) for row in rows]


async def keys_to_retry(session: AsyncSession, *, limit: int) -> list[tuple[str, VisitKey]]:
    """Tenants and encounters for which something waits though an open chart of them is there now."""
    chart = and_(
        ChartRow.tenant == MessageRow.tenant,
        ChartRow.facility_id == MessageRow.facility_id,
        ChartRow.encounter_id == MessageRow.encounter_id,
        ChartRow.status.in_(OPEN),
    )
    query = select(MessageRow.tenant, MessageRow.facility_id, MessageRow.encounter_id).join(ChartRow, chart)
    rows = await session.execute(query.where(MessageRow.status == "pending").distinct().limit(limit))
    return [(tenant, VisitKey(facility or "", encounter or "")) for tenant, facility, encounter in rows]


async def find_chart(session: AsyncSession, tenant: str, key: VisitKey) -> FoundChart | None:
    """The chart of an encounter by its number or one that it had before, locked; for a merged one the survivor's."""
    alias = select(AliasRow.chart_id).where(
        AliasRow.tenant == tenant, AliasRow.facility_id == key.facility_id, AliasRow.encounter_id == key.encounter_id
    )
    by_number = and_(ChartRow.facility_id == key.facility_id, ChartRow.encounter_id == key.encounter_id)
    query = select(ChartRow.state, ChartRow.encounter_id).where(
        ChartRow.tenant == tenant, or_(by_number, ChartRow.id.in_(alias))
    )
    rows = (await session.execute(query.with_for_update())).all()
    if not rows:
        return None
    row = next((row for row in rows if row.encounter_id == key.encounter_id), rows[0])
    chart = Chart.model_validate_json(row.state)
    merged = False
    while chart.merged_into is not None:
        chart, merged = await store.get_chart(session, tenant, chart.merged_into, to_change=True), True
    return FoundChart(chart, merged)


async def charts_of_patient(session: AsyncSession, tenant: str, facility_id: str, number: str) -> list[Chart]:
    """The charts under a medical record number at a facility, locked."""
    of_patient = select(ContentRow.chart_id).where(
        ContentRow.tenant == tenant, ContentRow.medical_record_number == number
    )
    query = select(ChartRow.state).where(
        ChartRow.tenant == tenant, ChartRow.facility_id == facility_id, ChartRow.id.in_(of_patient)
    )
    states = (await session.execute(query.order_by(ChartRow.id).with_for_update())).scalars()
    return [Chart.model_validate_json(state) for state in states]


async def name_also(session: AsyncSession, tenant: str, key: VisitKey, chart_id: str) -> None:
    """From now on this number leads to the chart too."""
    await session.merge(
        AliasRow(tenant=tenant, facility_id=key.facility_id, encounter_id=key.encounter_id, chart_id=chart_id)
    )


def _stored(row: MessageRow) -> StoredMessage:
    return StoredMessage(ReceivedMessage.model_validate_json(row.state), row.digest, row.acknowledgement, row.content)
