"""The scrubber's tables and what is asked of them. Every query is bound to one tenant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, NamedTuple, TypeVar

from sqlalchemy import Date, Index, Select, String, and_, delete, insert, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from services.scrubber.domain.priority import explain
from services.scrubber.domain.scrubbed_claim import Hold, ReportEntry, ScrubbedClaim
from services.scrubber.errors import ClaimNotFound, ClaimNotHeld
from services.scrubber.parameters import priority_weights
from shared.claims import AS_RECEIVED, ReturnReason
from shared.db import Context, JsonDocument, MoneyColumn, ReadSession, UtcDateTime, WriteSession, in_parts
from shared.worklists import days_left

T = TypeVar("T")


class Base(DeclarativeBase):
    """Tables of the scrubber."""


_OWNED = text("owner IS NOT NULL")


class ClaimRow(Base):
    """A claim as it stands. What is searched by has columns; `record` is the `ScrubbedClaim` itself."""

    __tablename__ = "claims"
    __table_args__ = (
        Index("claims_worklist", "tenant", "status", "total_charge", "held_since", "id"),
        Index("claims_by_priority", "tenant", "status", "priority", "held_since", "id"),
        Index("claims_changed", "tenant", "changed_at"),
        Index("claims_owned", "lease_expires_at", sqlite_where=_OWNED, postgresql_where=_OWNED),
    )

    tenant: Mapped[str] = mapped_column(String(100), primary_key=True)
    id: Mapped[str] = mapped_column(String(50), primary_key=True)
    version: Mapped[int]
    revision: Mapped[int]
    status: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(20))
    payer_id: Mapped[str | None] = mapped_column(String(80))
    payer_name: Mapped[str] = mapped_column(String(60))
    total_charge: Mapped[Decimal] = mapped_column(MoneyColumn)
    held_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    owner: Mapped[str | None] = mapped_column(String(255))
    lease_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    queue: Mapped[str | None] = mapped_column(String(50))
    priority: Mapped[int] = mapped_column(server_default="0")
    """Hundredths of a point, as counted on `ranked_on`; 0 for what is not held."""
    ranked_on: Mapped[date | None] = mapped_column(Date)
    filing_deadline: Mapped[date | None] = mapped_column(Date)
    edits: Mapped[list[str]] = mapped_column(JsonDocument)
    record: Mapped[Any] = mapped_column(JsonDocument)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class HoldRow(Base):
    """One edit that holds one claim: by it a hold is found."""

    __tablename__ = "holds"
    __table_args__ = (Index("holds_by_edit", "tenant", "edit_id", "claim_id"),)

    tenant: Mapped[str] = mapped_column(String(100), primary_key=True)
    claim_id: Mapped[str] = mapped_column(String(50), primary_key=True)
    edit_id: Mapped[str] = mapped_column(String(100), primary_key=True)


class ReportRow(Base):
    """The report of one run. Written once, never changed."""

    __tablename__ = "reports"

    tenant: Mapped[str] = mapped_column(String(100), primary_key=True)
    claim_id: Mapped[str] = mapped_column(String(50), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry: Mapped[Any] = mapped_column(JsonDocument)


@dataclass(frozen=True)
class HoldFilter:
    """Which holds are asked for; None takes any."""

    edit: str | None = None
    payer: str | None = None
    owner: str | None = None
    queue: str | None = None


HoldOrder = Literal["priority", "value"]


class Position(NamedTuple):
    """Where a hold stands in the worklist: its points or charge, the highest first; the oldest; the id."""

    order: HoldOrder
    hundredths: int
    """Of a point or a dollar."""
    since: datetime
    claim_id: str

    @classmethod
    def of(cls, hold: Hold, order: HoldOrder) -> Position:
        key = hold.priority if order == "priority" else Decimal(hold.total_charge)
        return cls(order, int(key * 100), hold.held_since, str(hold.id))


async def find_claim(session: WriteSession, tenant: str, claim_id: str) -> ScrubbedClaim | None:
    """The claim, its row locked until the unit of work ends."""
    row = await session.get(ClaimRow, (tenant, claim_id), with_for_update=True, populate_existing=True)
    return None if row is None else claim_of(row)


async def claim_for_change(session: WriteSession, tenant: str, claim_id: str) -> ScrubbedClaim:
    """As `find_claim`. Raises ClaimNotFound."""
    if (found := await find_claim(session, tenant, claim_id)) is None:
        raise ClaimNotFound("there is no claim with this id")
    return found


async def get_claim(session: ReadSession, tenant: str, claim_id: str) -> ScrubbedClaim:
    """Raises ClaimNotFound."""
    row = await session.get(ClaimRow, (tenant, claim_id))
    if row is None:
        raise ClaimNotFound("there is no claim with this id")
    return claim_of(row)


async def known_ids(session: WriteSession, tenant: str, claim_ids: Sequence[str]) -> set[str]:
    """Those of the ids under which there is a claim."""
    found: set[str] = set()
    for part in in_parts(claim_ids):
        query = select(ClaimRow.id).where(ClaimRow.tenant == tenant, ClaimRow.id.in_(part))
        found |= set(await session.scalars(query))
    return found


async def add_claims(session: WriteSession, tenant: str, claims: Sequence[ScrubbedClaim], at: datetime) -> set[str]:
    """Keep claims that are new, and which edits hold them; the ids of those that are. The others are left alone."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    table = Base.metadata.tables[ClaimRow.__tablename__]
    entering = dialect.insert(table).on_conflict_do_nothing().returning(table.c.id)
    # Always in the order of the ids: of two that enter the same claims, one waits for the other.
    rows = [_columns_of(tenant, claim, at) for claim in sorted(claims, key=lambda claim: str(claim.id))]
    entered = set(await session.scalars(entering, rows))
    if holds := [row for claim in claims if str(claim.id) in entered for row in _holds_of(tenant, claim)]:
        await session.execute(insert(HoldRow), holds)
    return entered


async def save_claim(session: WriteSession, tenant: str, claim: ScrubbedClaim, at: datetime) -> None:
    """Keep the claim as it stands now, and which edits hold it."""
    await session.merge(ClaimRow(**_columns_of(tenant, claim, at)))
    await session.flush()
    await session.execute(delete(HoldRow).where(HoldRow.tenant == tenant, HoldRow.claim_id == str(claim.id)))
    if holds := _holds_of(tenant, claim):
        await session.execute(insert(HoldRow), holds)


def _columns_of(tenant: str, claim: ScrubbedClaim, at: datetime) -> dict[str, Any]:
    coverage = claim.claim.billed_coverage
    return {
        "tenant": tenant,
        "id": str(claim.id),
        "version": claim.version,
        "revision": claim.revision,
        "status": claim.status,
        "kind": claim.claim.kind,
        "payer_id": coverage.payer.payer_id,
        "payer_name": coverage.payer.name,
        "total_charge": claim.claim.total_charge,
        "held_since": claim.held_since,
        "owner": claim.owner,
        "lease_expires_at": claim.lease_expires_at,
        "queue": claim.queue,
        **_ranked(claim, at.date()),
        "edits": _holding(claim),
        "record": claim.model_dump(mode="json"),
        "changed_at": at,
    }


def _holds_of(tenant: str, claim: ScrubbedClaim) -> list[dict[str, str]]:
    return [{"tenant": tenant, "claim_id": str(claim.id), "edit_id": edit} for edit in _holding(claim)]


async def save_lease(session: WriteSession, tenant: str, claim: ScrubbedClaim) -> None:
    """Keep how long the claim is its owner's: version and moment of change stay, for nothing else has changed."""
    values: dict[str, Any] = {
        "lease_expires_at": claim.lease_expires_at,
        "record": claim.model_dump(mode="json"),
    }
    mine = (ClaimRow.tenant == tenant, ClaimRow.id == str(claim.id))
    await session.execute(update(ClaimRow).where(*mine).values(values))


async def save_rank(session: WriteSession, tenant: str, claim: ScrubbedClaim, day: date) -> None:
    """Keep how urgent the claim is on a day: version and moment of change stay, for nothing on it has changed."""
    values = {**_ranked(claim, day), "record": claim.model_dump(mode="json")}
    mine = (ClaimRow.tenant == tenant, ClaimRow.id == str(claim.id))
    await session.execute(update(ClaimRow).where(*mine).values(values))


def _ranked(claim: ScrubbedClaim, day: date) -> dict[str, Any]:
    held = claim.status == "held"
    priority = int(explain(claim, priority_weights().on(day), day).total * 100) if held else 0
    return {"priority": priority, "ranked_on": day, "filing_deadline": claim.filing_deadline}


def add_report(
    session: WriteSession, context: Context, claim: ScrubbedClaim, cause: str, asked: Sequence[ReturnReason] = ()
) -> None:
    """Keep the report of a run in the claim's history, with what the coder was asked where it went back to them."""
    entry = ReportEntry(
        version=claim.version,
        revision=claim.revision,
        at=context.at,
        actor=context.actor,
        cause=cause,
        report=claim.report,
        asked=tuple(asked),
    )
    session.add(
        ReportRow(
            tenant=context.tenant,
            claim_id=str(claim.id),
            version=claim.version,
            entry=entry.model_dump(mode="json"),
        )
    )


async def reports(session: ReadSession, tenant: str, claim_id: str) -> tuple[ReportEntry, ...]:
    """Every report of the claim, newest first."""
    query = select(ReportRow.entry).where(ReportRow.tenant == tenant, ReportRow.claim_id == claim_id)
    entries = await session.scalars(query.order_by(ReportRow.version.desc()))
    return tuple(ReportEntry.model_validate(entry, context=AS_RECEIVED, strict=False) for entry in entries)


async def list_holds(
    session: ReadSession,
    tenant: str,
    wanted: HoldFilter,
    day: date,
    *,
    order: HoldOrder,
    after: Position | None,
    limit: int,
) -> Sequence[Hold]:
    """Held claims, the most urgent or the most valuable first, among equals the oldest. `day` counts the days left."""
    query = _in_order(_held(tenant, wanted), order, after).limit(limit)
    return [_hold_of(row, day) for row in await session.scalars(query)]


async def next_held(session: WriteSession, tenant: str, wanted: HoldFilter, at: datetime) -> ScrubbedClaim | None:
    """The first held claim that nobody has, or only by a lease that has ended; None where none waits.

    Its row is locked until the unit of work ends; one that somebody is just taking is passed over.
    """
    free = or_(ClaimRow.owner.is_(None), ClaimRow.lease_expires_at.is_(None), ClaimRow.lease_expires_at <= at)
    query = _in_order(_held(tenant, wanted).where(free), "priority", None).limit(1)
    row = (await session.scalars(query.with_for_update(skip_locked=True, of=ClaimRow))).one_or_none()
    return None if row is None else claim_of(row)


async def lapsed_claims(session: ReadSession, at: datetime, limit: int) -> Sequence[tuple[str, str]]:
    """Tenants and ids of claims whose owner's lease has ended. For the job."""
    ended = or_(ClaimRow.lease_expires_at.is_(None), ClaimRow.lease_expires_at <= at)
    query = select(ClaimRow.tenant, ClaimRow.id).where(ClaimRow.owner.is_not(None), ended)
    return [(tenant, claim_id) for tenant, claim_id in await session.execute(query.limit(limit))]


async def tenants_ranked_before(session: ReadSession, day: date) -> Sequence[str]:
    """Those with held claims whose priority was counted on an earlier day. For the job."""
    return (await session.scalars(_ranked_before(select(ClaimRow.tenant), day).distinct())).all()


async def claims_ranked_before(session: WriteSession, tenant: str, day: date, limit: int) -> Sequence[ScrubbedClaim]:
    """Held claims whose priority was counted on an earlier day; locked.

    Those that somebody is just changing are passed over: the change counts it, or the job's next turn.
    """
    query = _ranked_before(select(ClaimRow), day).where(ClaimRow.tenant == tenant).limit(limit)
    return [claim_of(row) for row in await session.scalars(query.with_for_update(skip_locked=True))]


def _ranked_before(query: Select[T], day: date) -> Select[T]:
    return query.where(ClaimRow.status == "held", or_(ClaimRow.ranked_on.is_(None), ClaimRow.ranked_on < day))


async def list_held(
    session: ReadSession, tenant: str, *, after: Position | None, limit: int
) -> Sequence[ScrubbedClaim]:
    """The held claims themselves, the most valuable first."""
    query = _in_order(_held(tenant, HoldFilter()), "value", after).limit(limit)
    return [claim_of(row) for row in await session.scalars(query)]


def position_of(claim: ScrubbedClaim) -> Position:
    """Where a held claim stands among the most valuable. Raises ClaimNotHeld."""
    if claim.held_since is None:
        raise ClaimNotHeld(f"the claim is {claim.status}")
    return Position("value", int(claim.claim.total_charge * 100), claim.held_since, str(claim.id))


async def held_ids(session: AsyncSession, tenant: str, edit: str, after: str, limit: int) -> Sequence[str]:
    """Ids of claims that the edit holds, in their order, from `after` on."""
    query = select(HoldRow.claim_id).where(HoldRow.tenant == tenant, HoldRow.edit_id == edit, HoldRow.claim_id > after)
    return (await session.scalars(query.order_by(HoldRow.claim_id).limit(limit))).all()


async def ids_of_held(
    session: ReadSession, tenant: str, wanted: HoldFilter, *, after: str, limit: int
) -> Sequence[str]:
    """Ids of held claims, in their order, from `after` on."""
    query = _held(tenant, wanted).where(ClaimRow.id > after).with_only_columns(ClaimRow.id)
    return (await session.scalars(query.order_by(ClaimRow.id).limit(limit))).all()


def _held(tenant: str, wanted: HoldFilter) -> Select[ClaimRow]:
    query = select(ClaimRow).where(ClaimRow.tenant == tenant, ClaimRow.status == "held")
    if wanted.edit is not None:
        by_edit = select(HoldRow.claim_id).where(HoldRow.tenant == tenant, HoldRow.edit_id == wanted.edit)
        query = query.where(ClaimRow.id.in_(by_edit))
    if wanted.payer is not None:
        query = query.where(ClaimRow.payer_id == wanted.payer)
    if wanted.owner is not None:
        query = query.where(ClaimRow.owner == wanted.owner)
    if wanted.queue is not None:
        query = query.where(ClaimRow.queue == wanted.queue)
    return query


def _in_order(query: Select[ClaimRow], order: HoldOrder, after: Position | None) -> Select[ClaimRow]:
    column: Any = ClaimRow.priority if order == "priority" else ClaimRow.total_charge
    if after is not None:
        key = after.hundredths if order == "priority" else Decimal(after.hundredths) / 100
        same_moment = and_(ClaimRow.held_since == after.since, ClaimRow.id > after.claim_id)
        later = or_(ClaimRow.held_since > after.since, same_moment)
        query = query.where(or_(column < key, and_(column == key, later)))
    return query.order_by(column.desc(), ClaimRow.held_since, ClaimRow.id)


def _holding(claim: ScrubbedClaim) -> list[str]:
    """The edits that hold the claim now, without those that were let pass."""
    if claim.status != "held":
        return []
    passed = {override.edit_id for override in claim.report.overrides}
    return sorted({f.edit_id for f in claim.report.findings if f.severity == "error"} - passed)


def claim_of(row: ClaimRow) -> ScrubbedClaim:
    """The claim that a row keeps."""
    return ScrubbedClaim.model_validate(row.record, context=AS_RECEIVED, strict=False)


def _hold_of(row: ClaimRow, day: date) -> Hold:
    titles = {finding["edit_id"]: finding["title"] for finding in row.record["report"]["findings"]}
    return Hold.model_validate(
        {
            "id": row.id,
            "version": row.version,
            "kind": row.kind,
            "payer_id": row.payer_id,
            "payer_name": row.payer_name,
            "total_charge": f"{row.total_charge:.2f}",
            "held_since": row.held_since,
            "owner": row.owner,
            "lease_expires_at": row.lease_expires_at,
            "queue": row.queue,
            "edits": tuple(row.edits),
            "why": tuple({"edit_id": edit, "title": titles[edit]} for edit in row.edits),
            "priority": Decimal(row.priority) / 100,
            "filing_deadline": row.filing_deadline,
            "days_left": days_left(row.filing_deadline, day),
        }
    )
