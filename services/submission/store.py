"""What submission keeps: claims in flight, their transmissions, interchanges, and every answer that came back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, TypeVarTuple

from sqlalchemy import (
    Date,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Select,
    String,
    UniqueConstraint,
    and_,
    or_,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, undefer

from services.submission.domain.answers import Source
from services.submission.domain.batching import following_control_number
from services.submission.domain.lifecycle import ClaimState
from services.submission.leasing import Leased
from shared.claims import AS_RECEIVED, CLAIM, ClaimKind, InstitutionalClaim, ProfessionalClaim
from shared.db import JsonDocument, MoneyColumn, ReadSession, UtcDateTime, WriteSession, in_parts

Rows = TypeVarTuple("Rows")

InterchangeState = Literal["prepared", "delivered", "acknowledged", "refused", "withdrawn"]
ResponseState = Literal["received", "read", "unreadable", "failed"]


class Base(DeclarativeBase):
    """Tables of the submission service."""


class ClaimRow(Leased, Base):
    """A claim in flight. `revision` is the line's, `version` counts the changes of this row (its ETag)."""

    __tablename__ = "claim"
    __table_args__ = (
        Index("claim_by_state", "tenant", "state", "payer_id", "id"),
        Index("claim_by_priority", "tenant", "state", "priority"),
        Index("claim_by_payer_number", "payer_claim_control_number"),
        Index("claim_by_member", "tenant", "member_id"),
        Index("claim_by_charge", "tenant", "total_charge"),
        Index("claim_by_control_number", "patient_control_number", unique=True),
    )

    tenant: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    revision: Mapped[int]
    version: Mapped[int] = mapped_column()
    state: Mapped[ClaimState] = mapped_column(String(20))
    kind: Mapped[ClaimKind] = mapped_column(String(13))
    payer_id: Mapped[str] = mapped_column(String(80))
    payer_name: Mapped[str] = mapped_column(String(60))
    attempt: Mapped[int]
    patient_control_number: Mapped[str] = mapped_column(String(38))
    billing_npi: Mapped[str | None] = mapped_column(String(50))
    member_id: Mapped[str | None] = mapped_column(String(80))
    """The subscriber's with the payer that is billed, as `member_key` writes it."""
    total_charge: Mapped[Decimal] = mapped_column(MoneyColumn)
    document: Mapped[dict[str, Any]] = mapped_column(JsonDocument)
    rejection: Mapped[dict[str, Any] | None] = mapped_column(JsonDocument)
    payer_claim_control_number: Mapped[str | None] = mapped_column(String(50))
    filing_deadline: Mapped[date | None] = mapped_column(Date)
    """The last day on which the payer takes the claim; None where it sets no time, or none is known."""
    expected: Mapped[dict[str, Any] | None] = mapped_column(JsonDocument)
    """`ExpectedPayment` of the claim as it stands; None where there is none."""
    rejected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when it waits on the rejection worklist."""
    priority: Mapped[int] = mapped_column(default=0)
    """Hundredths of a point, as they were on the day `ranked_on`."""
    ranked_on: Mapped[date | None] = mapped_column(Date)
    touched: Mapped[bool]
    """A person changed the claim after its first submission."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # as SQLAlchemy reads it


class RejectionStatusRow(Base):
    """A status that a rejected claim came back with, to find claims by. Without an entity it is ""."""

    __tablename__ = "rejection_status"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "claim_id"], ["claim.tenant", "claim.id"]),
        Index("rejection_by_status", "tenant", "status", "category"),
    )

    tenant: Mapped[str] = mapped_column(primary_key=True)
    claim_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    category: Mapped[str] = mapped_column(String(10), primary_key=True)
    status: Mapped[str] = mapped_column(String(10), primary_key=True)
    entity: Mapped[str] = mapped_column(String(10), primary_key=True)


class InterchangeRow(Base):
    """One ISA…IEA, kept byte for byte as it went out. State: prepared, then delivered and acknowledged, or refused.

    `withdrawn` before its delivery was begun, its claims went out by another route.
    """

    __tablename__ = "interchange"
    __table_args__ = (
        UniqueConstraint("route", "control_number"),
        Index("interchange_by_state", "state", "id"),
        Index("interchange_by_route", "state", "route", "id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    tenant: Mapped[str] = mapped_column(index=True)
    route: Mapped[str] = mapped_column(String(40))
    control_number: Mapped[int]
    kind: Mapped[ClaimKind] = mapped_column(String(13))
    payer_id: Mapped[str] = mapped_column(String(80))
    payer_name: Mapped[str] = mapped_column(String(60))
    state: Mapped[InterchangeState] = mapped_column(String(20))
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

    tenant: Mapped[str] = mapped_column(primary_key=True)
    claim_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    patient_control_number: Mapped[str] = mapped_column(String(38))
    interchange_id: Mapped[str] = mapped_column(String(36))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ControlNumberRow(Base):
    """The last ISA13 of a route. Taken under its row's lock, never given twice."""

    __tablename__ = "control_number"

    route: Mapped[str] = mapped_column(String(40), primary_key=True)
    last: Mapped[int]


class ResponseRow(Base):
    """A file that came back, kept as it came.

    State: received, then read; unreadable, with its problem, where it is no whole answer; failed where our own reading
    was at fault.
    """

    __tablename__ = "response"
    __table_args__ = (UniqueConstraint("route", "external_id"), Index("response_by_state", "state", "id"))

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    route: Mapped[str] = mapped_column(String(40))
    external_id: Mapped[str] = mapped_column(String(128))
    """The sender's id of the file: a file taken twice is one file."""
    tenant: Mapped[str | None]
    """Who brought it by the HTTP door: it speaks of their claims alone. None of a file that came by a route."""
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    state: Mapped[str] = mapped_column(String(20))
    problem: Mapped[str | None] = mapped_column(String(200))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AnswerRow(Base):
    """One answer about a claim or, without a claim's id, an interchange; without a tenant about nothing of ours."""

    __tablename__ = "answer"
    __table_args__ = (
        ForeignKeyConstraint(["response_id"], ["response.id"]),
        Index("answer_by_claim", "tenant", "claim_id"),
        Index("answer_by_interchange", "interchange_id"),
    )

    response_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    """The answer's place in its file, from 0: a file read twice gives the same answers once."""
    tenant: Mapped[str | None]
    claim_id: Mapped[str | None] = mapped_column(String(36))
    interchange_id: Mapped[str | None] = mapped_column(String(36))
    attempt: Mapped[int | None]
    source: Mapped[Source] = mapped_column(String(5))
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


def claim_of(row: ClaimRow) -> ProfessionalClaim | InstitutionalClaim:
    """The claim itself, faults of its identifiers kept."""
    return CLAIM.validate_python(row.document, context=AS_RECEIVED)


def document_of(claim: ProfessionalClaim | InstitutionalClaim) -> dict[str, Any]:
    """The claim as it is kept."""
    return claim.model_dump(mode="json", exclude_defaults=True) | {"kind": claim.kind}


async def claim_for_change(session: WriteSession, tenant: str, claim_id: str) -> ClaimRow | None:
    """The claim's row, locked until the unit of work ends."""
    return await session.get(ClaimRow, (tenant, claim_id), with_for_update=True)


async def take_control_number(session: WriteSession, route: str) -> int:
    """The route's next interchange control number. Raises ControlNumbersExhausted."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    # Two replicas may batch for the first time at once: whoever is second finds the row of the first.
    await session.execute(insert(ControlNumberRow).values(route=route, last=0).on_conflict_do_nothing())
    query = select(ControlNumberRow).where(ControlNumberRow.route == route).with_for_update()
    row = (await session.scalars(query)).one()
    row.last = following_control_number(row.last or None)
    await session.flush()
    return row.last


async def tenants_with_ready_claims(session: ReadSession) -> Sequence[str]:
    query = select(ClaimRow.tenant).where(ClaimRow.state == "ready").distinct().order_by(ClaimRow.tenant)
    return (await session.scalars(query)).all()


async def claims_of_interchange(session: WriteSession, interchange_id: str) -> Sequence[ClaimRow]:
    """The claims whose newest transmission went in the interchange, locked in the order of their ids."""
    return (await session.scalars(newest_in_interchange(select(ClaimRow), interchange_id))).all()


def newest_in_interchange(query: Select[*Rows], interchange_id: str) -> Select[*Rows]:
    """Of a query on claims those whose newest transmission went in it, locked in the order of their ids."""
    return (
        query.join(
            TransmissionRow,
            (TransmissionRow.tenant == ClaimRow.tenant)
            & (TransmissionRow.claim_id == ClaimRow.id)
            & (TransmissionRow.attempt == ClaimRow.attempt),
        )
        .where(TransmissionRow.interchange_id == interchange_id)
        .order_by(ClaimRow.id)
        .with_for_update(of=ClaimRow)
    )


async def locked_claims(session: WriteSession, tenant: str, claim_ids: Iterable[str]) -> Mapping[str, ClaimRow]:
    """These claims by id, locked in the order of their ids."""
    found: dict[str, ClaimRow] = {}
    for part in in_parts(sorted(set(claim_ids))):
        query = select(ClaimRow).where(ClaimRow.tenant == tenant, ClaimRow.id.in_(part)).order_by(ClaimRow.id)
        found |= {row.id: row for row in await session.scalars(query.with_for_update())}
    return found


# A file that a route brings finds the claims of every tenant; one that somebody brings, those of their `tenant` alone.


async def transmissions_by_number(
    session: AsyncSession, numbers: Iterable[str], *, tenant: str | None
) -> Mapping[str, TransmissionRow]:
    """Transmissions by their patient control numbers."""
    found: dict[str, TransmissionRow] = {}
    for part in in_parts(sorted(set(numbers))):
        query = _of_tenant(select(TransmissionRow), tenant).where(TransmissionRow.patient_control_number.in_(part))
        found |= {row.patient_control_number: row for row in await session.scalars(query)}
    return found


async def transmission_by_trace(
    session: AsyncSession, trace: str, *, tenant: str | None, sent_in: str | None = None
) -> TransmissionRow | None:
    """Of the claim that REF*D9 names the transmission in an interchange, where it went in that, else its last one.

    Its control numbers begin with the trace number.
    """
    number = TransmissionRow.patient_control_number
    query = _of_tenant(select(TransmissionRow), tenant).where(number.between(f"{trace}00", f"{trace}99"))
    found = (await session.scalars(query.order_by(number.desc()))).all()
    return next((sent for sent in found if sent.interchange_id == sent_in), found[0] if found else None)


async def transmission_by_payer_number(
    session: AsyncSession, payer_number: str, billing_npi: str, *, tenant: str | None
) -> TransmissionRow | None:
    """The last transmission of the one claim of this provider that the payer has numbered so; None where two are."""
    query = (
        select(TransmissionRow)
        .join(
            ClaimRow,
            (ClaimRow.tenant == TransmissionRow.tenant)
            & (ClaimRow.id == TransmissionRow.claim_id)
            & (ClaimRow.attempt == TransmissionRow.attempt),
        )
        .where(ClaimRow.payer_claim_control_number == payer_number, ClaimRow.billing_npi == billing_npi)
        .limit(2)
    )
    found = (await session.scalars(_of_tenant(query, tenant))).all()
    return found[0] if len(found) == 1 else None


def _of_tenant(query: Select[TransmissionRow], tenant: str | None) -> Select[TransmissionRow]:
    return query if tenant is None else query.where(TransmissionRow.tenant == tenant)


async def interchanges_by_number(
    session: AsyncSession, route: str, numbers: Iterable[int], *, tenant: str | None
) -> Mapping[int, InterchangeRow]:
    """Interchanges of a route by their control numbers."""
    found: dict[int, InterchangeRow] = {}
    for part in in_parts(sorted(set(numbers))):
        query = select(InterchangeRow).where(InterchangeRow.route == route, InterchangeRow.control_number.in_(part))
        query = query if tenant is None else query.where(InterchangeRow.tenant == tenant)
        found |= {row.control_number: row for row in await session.scalars(query)}
    return found


async def content_of(session: AsyncSession, interchange_id: str) -> bytes:
    """An interchange as it went out."""
    return (await session.scalars(select(InterchangeRow.content).where(InterchangeRow.id == interchange_id))).one()


async def next_unread_response(session: ReadSession) -> ResponseRow | None:
    """The oldest file that is not read yet, with its content."""
    query = select(ResponseRow).where(ResponseRow.state == "received").order_by(ResponseRow.id).limit(1)
    return (await session.scalars(query.options(undefer(ResponseRow.content)))).one_or_none()


async def answers_kept(session: AsyncSession, response_id: str) -> set[int]:
    """The positions of the file's answers that are kept already."""
    query = select(AnswerRow.position).where(AnswerRow.response_id == response_id)
    return set(await session.scalars(query))


async def answers(session: AsyncSession, tenant: str, claim_id: str) -> Sequence[AnswerRow]:
    """What was said about the claim itself and about the interchanges that it went in, oldest first."""
    sent_in = select(TransmissionRow.interchange_id).where(
        TransmissionRow.tenant == tenant, TransmissionRow.claim_id == claim_id
    )
    about = or_(
        AnswerRow.claim_id == claim_id, and_(AnswerRow.claim_id.is_(None), AnswerRow.interchange_id.in_(sent_in))
    )
    query = select(AnswerRow).where(AnswerRow.tenant == tenant, about)
    return (await session.scalars(query.order_by(AnswerRow.at, AnswerRow.response_id, AnswerRow.position))).all()


async def routes_of_responses(session: AsyncSession, response_ids: Iterable[str]) -> Mapping[str, str]:
    """The route that each file came by."""
    found: dict[str, str] = {}
    for part in in_parts(sorted(set(response_ids))):
        query = select(ResponseRow.id, ResponseRow.route).where(ResponseRow.id.in_(part))
        found |= {row.id: row.route for row in await session.execute(query)}
    return found
