"""What submission keeps: claims in flight, their transmissions, interchanges, and every answer that came back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary, String, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.db import JsonDocument, MoneyColumn, ReadSession, UtcDateTime, WriteSession


class Base(DeclarativeBase):
    """Tables of the submission service."""


class ClaimRow(Base):
    """A claim in flight. `revision` is the line's, `version` counts the changes of this row (its ETag)."""

    __tablename__ = "claim"
    __table_args__ = (Index("claim_by_state", "tenant", "state", "payer_id", "id"),)

    tenant: Mapped[str] = mapped_column(String(64), primary_key=True)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    revision: Mapped[int]
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(13))
    payer_id: Mapped[str] = mapped_column(String(80))
    payer_name: Mapped[str] = mapped_column(String(60))
    attempt: Mapped[int]
    patient_control_number: Mapped[str] = mapped_column(String(38))
    total_charge: Mapped[Decimal] = mapped_column(MoneyColumn)
    document: Mapped[dict[str, Any]] = mapped_column(JsonDocument)
    rejection: Mapped[dict[str, Any] | None] = mapped_column(JsonDocument)
    payer_claim_control_number: Mapped[str | None] = mapped_column(String(50))
    owner: Mapped[str | None] = mapped_column(String(128))
    touched: Mapped[bool]
    """A person changed the claim after its first submission."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class InterchangeRow(Base):
    """One ISA…IEA, kept byte for byte as it went out. State: prepared, delivered, acknowledged, refused."""

    __tablename__ = "interchange"
    __table_args__ = (
        UniqueConstraint("route", "control_number"),
        Index("interchange_by_state", "state", "created_at"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    tenant: Mapped[str] = mapped_column(String(64), index=True)
    route: Mapped[str] = mapped_column(String(40))
    control_number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(13))
    payer_id: Mapped[str] = mapped_column(String(80))
    payer_name: Mapped[str] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(20))
    claims: Mapped[int]
    total_charge: Mapped[Decimal] = mapped_column(MoneyColumn)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))
    delivery_attempts: Mapped[int]
    last_error: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TransmissionRow(Base):
    """One attempt of one claim: the control number by which its answers find it, and the one interchange it went in."""

    __tablename__ = "transmission"
    __table_args__ = (
        UniqueConstraint("patient_control_number"),
        ForeignKeyConstraint(["tenant", "claim_id"], ["claim.tenant", "claim.id"]),
        ForeignKeyConstraint(["interchange_id"], ["interchange.id"]),
        Index("transmission_by_interchange", "interchange_id"),
    )

    tenant: Mapped[str] = mapped_column(String(64), primary_key=True)
    claim_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    patient_control_number: Mapped[str] = mapped_column(String(38))
    interchange_id: Mapped[str] = mapped_column(String(36))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ControlNumberRow(Base):
    """The next ISA13 of a route. Taken under its row's lock, never given twice."""

    __tablename__ = "control_number"

    route: Mapped[str] = mapped_column(String(40), primary_key=True)
    next: Mapped[int]


class ResponseRow(Base):
    """A file that came back, kept as it came. State: read, or unreadable with its problem."""

    __tablename__ = "response"
    __table_args__ = (UniqueConstraint("route", "external_id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    route: Mapped[str] = mapped_column(String(40))
    external_id: Mapped[str] = mapped_column(String(128))
    """The sender's id of the file, or its sha256 where it has none: a file taken twice is one file."""
    kind: Mapped[str | None] = mapped_column(String(10))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    state: Mapped[str] = mapped_column(String(20))
    problem: Mapped[str | None] = mapped_column(String(200))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AnswerRow(Base):
    """One answer about one claim or interchange. `tenant` and `claim_id` are None where nothing of ours matches."""

    __tablename__ = "answer"
    __table_args__ = (
        ForeignKeyConstraint(["response_id"], ["response.id"]),
        Index("answer_by_claim", "tenant", "claim_id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    response_id: Mapped[str] = mapped_column(String(36))
    tenant: Mapped[str | None] = mapped_column(String(64))
    claim_id: Mapped[str | None] = mapped_column(String(36))
    interchange_id: Mapped[str | None] = mapped_column(String(36))
    attempt: Mapped[int | None]
    source: Mapped[str] = mapped_column(String(5))
    reference: Mapped[str] = mapped_column(String(50))
    """What it answers: a patient control number (277CA) or an interchange or group control number (TA1, 999)."""
    statuses: Mapped[list[dict[str, Any]]] = mapped_column(JsonDocument)
    segments: Mapped[list[str]] = mapped_column(JsonDocument)
    effect: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class RouteCursorRow(Base):
    """How far a route's answers have been read."""

    __tablename__ = "route_cursor"

    route: Mapped[str] = mapped_column(String(40), primary_key=True)
    cursor: Mapped[str] = mapped_column(String(200))


async def claim_for_change(session: WriteSession, tenant: str, claim_id: str) -> ClaimRow | None:
    """The claim's row, locked until the unit of work ends."""
    return await session.get(ClaimRow, (tenant, claim_id), with_for_update=True)


async def ready_claims(session: WriteSession, *, tenant: str | None, limit: int) -> Sequence[ClaimRow]:
    """Claims that wait for a batch, oldest first, locked; those another batch run holds are passed over."""
    query = select(ClaimRow).where(ClaimRow.state == "ready").order_by(ClaimRow.tenant, ClaimRow.id).limit(limit)
    if tenant is not None:
        query = query.where(ClaimRow.tenant == tenant)
    return (await session.scalars(query.with_for_update(skip_locked=True))).all()


async def take_control_number(session: WriteSession, route: str) -> int:
    """The next control number of the route, from 1."""
    row = await session.get(ControlNumberRow, route, with_for_update=True)
    if row is None:
        row = ControlNumberRow(route=route, next=1)
        session.add(row)
    number = row.next
    row.next = number + 1
    return number


async def prepared_interchanges(session: ReadSession, limit: int = 50) -> Sequence[InterchangeRow]:
    query = select(InterchangeRow).where(InterchangeRow.state == "prepared").order_by(InterchangeRow.created_at)
    return (await session.scalars(query.limit(limit))).all()


async def claims_of_interchange(session: WriteSession, interchange_id: str) -> Sequence[ClaimRow]:
    """The claims that went in the interchange and have not been sent again since, locked in the order of their ids."""
    query = (
        select(ClaimRow)
        .join(
            TransmissionRow,
            (TransmissionRow.tenant == ClaimRow.tenant)
            & (TransmissionRow.claim_id == ClaimRow.id)
            & (TransmissionRow.attempt == ClaimRow.attempt),
        )
        .where(TransmissionRow.interchange_id == interchange_id)
        .order_by(ClaimRow.id)
        .with_for_update(of=ClaimRow)
    )
    return (await session.scalars(query)).all()


async def transmission_of(session: AsyncSession, patient_control_number: str) -> TransmissionRow | None:
    query = select(TransmissionRow).where(TransmissionRow.patient_control_number == patient_control_number)
    return (await session.scalars(query)).one_or_none()


async def interchange_of(session: AsyncSession, route: str, control_number: int) -> InterchangeRow | None:
    query = select(InterchangeRow).where(
        InterchangeRow.route == route, InterchangeRow.control_number == control_number
    )
    return (await session.scalars(query)).one_or_none()


async def response_taken(session: AsyncSession, route: str, external_id: str) -> ResponseRow | None:
    query = select(ResponseRow).where(ResponseRow.route == route, ResponseRow.external_id == external_id)
    return (await session.scalars(query)).one_or_none()


async def transmissions(session: AsyncSession, tenant: str, claim_id: str) -> Sequence[TransmissionRow]:
    query = (
        select(TransmissionRow)
        .where(TransmissionRow.tenant == tenant, TransmissionRow.claim_id == claim_id)
        .order_by(TransmissionRow.attempt)
    )
    return (await session.scalars(query)).all()


async def answers(session: AsyncSession, tenant: str, claim_id: str) -> Sequence[AnswerRow]:
    query = (
        select(AnswerRow)
        .where(AnswerRow.tenant == tenant, AnswerRow.claim_id == claim_id)
        .order_by(AnswerRow.at, AnswerRow.id)
    )
    return (await session.scalars(query)).all()
