"""What is asked of the rejection worklist. Every query but the upkeep's is bound to one tenant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, NamedTuple, TypeVar

from sqlalchemy import Select, and_, delete, or_, select

from services.submission.leasing import has_lapsed, is_free
from services.submission.store import ClaimRow, RejectionStatusRow
from shared.claims import PayerStatus
from shared.db import ReadSession, UnitOfWork, WriteSession

T = TypeVar("T")

RejectionOrder = Literal["priority", "value", "waiting"]


@dataclass(frozen=True)
class RejectionFilter:
    """Which rejections are asked for; None takes any."""

    owner: str | None = None
    payer: str | None = None
    category: str | None = None
    status: str | None = None
    entity: str | None = None


class Position(NamedTuple):
    """Where a rejection stands: its points or charge, the highest first; since when it waits; the id."""

    order: RejectionOrder
    hundredths: int
    """Of a point or a dollar; 0 where only the time of waiting counts."""
    since: datetime
    claim_id: str

    @classmethod
    def of(cls, row: ClaimRow, order: RejectionOrder) -> Position:
        keys = {"priority": row.priority, "value": int(row.total_charge * 100), "waiting": 0}
        return cls(order, keys[order], row.rejected_at or row.changed_at, row.id)


async def rejected_claims(
    session: ReadSession,
    tenant: str,
    wanted: RejectionFilter,
    *,
    order: RejectionOrder,
    after: Position | None,
    limit: int,
) -> Sequence[ClaimRow]:
    """Rejected claims, the most urgent, most valuable or longest waiting first."""
    return (await session.scalars(_in_order(_rejected(tenant, wanted), order, after).limit(limit))).all()


async def next_rejected(session: WriteSession, tenant: str, wanted: RejectionFilter, at: datetime) -> ClaimRow | None:
    """The most urgent one that nobody has, locked; one that somebody is just taking is passed over."""
    query = _in_order(_rejected(tenant, wanted).where(is_free(ClaimRow, at)), "priority", None).limit(1)
    return (await session.scalars(query.with_for_update(skip_locked=True, of=ClaimRow))).one_or_none()


async def rejected_ids(session: ReadSession, tenant: str, wanted: RejectionFilter, limit: int) -> Sequence[str]:
    """Ids of rejected claims, the most urgent first."""
    rows = await session.scalars(_in_order(_rejected(tenant, wanted), "priority", None).limit(limit))
    return [row.id for row in rows]


def add_statuses(uow: UnitOfWork, row: ClaimRow, statuses: Iterable[PayerStatus]) -> None:
    """Let the claim be found by these statuses, none of which it has been found by before."""
    keys = {(status.category, status.status, status.entity or "") for status in statuses}
    for category, status, entity in sorted(keys):
        found_by = {"category": category, "status": status, "entity": entity}
        uow.session.add(RejectionStatusRow(tenant=row.tenant, claim_id=row.id, **found_by))


async def remove_statuses(session: WriteSession, row: ClaimRow) -> None:
    """The claim is off the worklist."""
    mine = RejectionStatusRow.tenant == row.tenant, RejectionStatusRow.claim_id == row.id
    await session.execute(delete(RejectionStatusRow).where(*mine))


# -- upkeep -----------------------------------------------------------------------------------------------------------


async def lapsed_rejections(session: ReadSession, at: datetime, limit: int) -> Sequence[tuple[str, str]]:
    """Tenants and ids of rejected claims whose owner's lease has ended."""
    query = select(ClaimRow.tenant, ClaimRow.id).where(ClaimRow.state == "rejected", has_lapsed(ClaimRow, at))
    return [(tenant, claim_id) for tenant, claim_id in await session.execute(query.limit(limit))]


async def tenants_ranked_before(session: ReadSession, day: date) -> Sequence[str]:
    """Those with rejected claims whose priority was counted on an earlier day."""
    return (await session.scalars(_ranked_before(select(ClaimRow.tenant), day).distinct())).all()


async def ranked_before(session: WriteSession, tenant: str, day: date, limit: int) -> Sequence[ClaimRow]:
    """Rejected claims whose priority was counted on an earlier day, locked; those being changed are passed over."""
    query = _ranked_before(select(ClaimRow), day).where(ClaimRow.tenant == tenant).limit(limit)
    return (await session.scalars(query.with_for_update(skip_locked=True))).all()


def _ranked_before(query: Select[T], day: date) -> Select[T]:
    return query.where(ClaimRow.state == "rejected", or_(ClaimRow.ranked_on.is_(None), ClaimRow.ranked_on < day))


# -- shared steps -----------------------------------------------------------------------------------------------------


def _rejected(tenant: str, wanted: RejectionFilter) -> Select[ClaimRow]:
    query = select(ClaimRow).where(ClaimRow.tenant == tenant, ClaimRow.state == "rejected")
    if wanted.owner is not None:
        query = query.where(ClaimRow.owner == wanted.owner)
    if wanted.payer is not None:
        query = query.where(ClaimRow.payer_id == wanted.payer)
    said = {"category": wanted.category, "status": wanted.status, "entity": wanted.entity}
    if chosen := {name: code for name, code in said.items() if code is not None}:
        with_status = select(RejectionStatusRow.claim_id).filter_by(tenant=tenant, **chosen)
        query = query.where(ClaimRow.id.in_(with_status))
    return query


def _in_order(query: Select[ClaimRow], order: RejectionOrder, after: Position | None) -> Select[ClaimRow]:
    columns: dict[RejectionOrder, Any] = {"priority": ClaimRow.priority, "value": ClaimRow.total_charge}
    column = columns.get(order)
    if after is not None:
        same_moment = and_(ClaimRow.rejected_at == after.since, ClaimRow.id > after.claim_id)
        later = or_(ClaimRow.rejected_at > after.since, same_moment)
        if column is not None:
            key = after.hundredths if order == "priority" else Decimal(after.hundredths) / 100
            later = or_(column < key, and_(column == key, later))
        query = query.where(later)
    first = () if column is None else (column.desc(),)
    return query.order_by(*first, ClaimRow.rejected_at, ClaimRow.id)
