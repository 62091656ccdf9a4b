"""The queries' table and what is asked of it, bound to one tenant but for the job. No query is ever deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from services.encoder.domain.queries.lifecycle import OPEN, Query
from services.encoder.errors import QueryNotFound
from services.encoder.rows import Base
from shared.db import UtcDateTime
from shared.errors import StaleVersion


class QueryRow(Base):
    """A query to a physician. Kept for ever."""

    __tablename__ = "queries"
    __table_args__ = (
        Index("queries_chart", "tenant", "chart_id"),
        Index("queries_physician", "tenant", "physician", "status", "id"),
        Index("queries_due", "status", "due_at"),
    )

    tenant: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    """Sorts by the time of its making."""
    chart_id: Mapped[str]
    status: Mapped[str]
    version: Mapped[int]
    physician: Mapped[str]
    author: Mapped[str]
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(Text)
    """The query itself in JSON."""


@dataclass(frozen=True)
class QueriesWanted:
    """Which queries to list; None or empty asks for all."""

    statuses: tuple[str, ...] = ()
    chart_id: str | None = None
    physician: str | None = None
    author: str | None = None


async def add_query(session: AsyncSession, tenant: str, query: Query) -> None:
    session.add(QueryRow(**_values(tenant, query)))


async def get_query(session: AsyncSession, tenant: str, query_id: str, *, to_change: bool = False) -> Query:
    """Raises QueryNotFound. With `to_change` nobody else can change it until the transaction ends."""
    found = select(QueryRow.state).where(QueryRow.tenant == tenant, QueryRow.id == query_id)
    state = (await session.execute(found.with_for_update() if to_change else found)).scalar_one_or_none()
    if state is None:
        raise QueryNotFound("there is no query with this id")
    return Query.model_validate_json(state)


async def save_query(session: AsyncSession, tenant: str, query: Query) -> None:
    """Write a query over the version before it. Raises StaleVersion where that is not what stands there."""
    before = (QueryRow.tenant == tenant, QueryRow.id == query.id, QueryRow.version == query.version - 1)
    result: Any = await session.execute(update(QueryRow).where(*before).values(_values(tenant, query)))
    if result.rowcount != 1:
        raise StaleVersion("the query has changed since it was read")


async def list_queries(
    session: AsyncSession, tenant: str, wanted: QueriesWanted, *, after: str | None, limit: int
) -> list[Query]:
    """In the order in which they were made."""
    found = select(QueryRow.state).where(QueryRow.tenant == tenant)
    if wanted.statuses:
        found = found.where(QueryRow.status.in_(wanted.statuses))
    for column, value in (
        (QueryRow.chart_id, wanted.chart_id),
        (QueryRow.physician, wanted.physician),
        (QueryRow.author, wanted.author),
    ):
        if value is not None:
            found = found.where(column == value)
    if after is not None:
        found = found.where(QueryRow.id > after)
    states = (await session.execute(found.order_by(QueryRow.id).limit(limit))).scalars()
    return [Query.model_validate_json(state) for state in states]


async def open_queries(session: AsyncSession, tenant: str, chart_id: str) -> int:
    """How many queries hold the chart."""
    mine = (QueryRow.tenant == tenant, QueryRow.chart_id == chart_id, QueryRow.status.in_(OPEN))
    return (await session.execute(select(func.count()).select_from(QueryRow).where(*mine))).scalar_one()


async def late_queries(session: AsyncSession, at: datetime, limit: int) -> Sequence[tuple[str, str]]:
    """Tenants and ids of those that nobody has answered in time, the longest late first. For the job."""
    late = select(QueryRow.tenant, QueryRow.id).where(QueryRow.status.in_(OPEN), QueryRow.due_at <= at)
    rows = await session.execute(late.order_by(QueryRow.due_at, QueryRow.id).limit(limit))
    return [(tenant, query_id) for tenant, query_id in rows]


def _values(tenant: str, query: Query) -> dict[str, Any]:
    searched = query.model_dump(
        include={"id", "chart_id", "status", "version", "physician", "author", "due_at", "created_at"}
    )
    return searched | {"tenant": tenant, "state": query.model_dump_json(exclude_defaults=True)}
