"""How each route is: paused by somebody, down since when, last heard of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, undefer

from services.submission.domain.routing import RouteTerms, Routing
from services.submission.store import Base, InterchangeRow, TransmissionRow
from shared.db import ReadSession, UtcDateTime, WriteSession


class RouteStateRow(Base):
    """A route as it was found; one without a row works and was never used."""

    __tablename__ = "route_state"

    route: Mapped[str] = mapped_column(String(40), primary_key=True)
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paused_by: Mapped[str | None]
    down_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when no delivery went through."""
    last_error: Mapped[str | None] = mapped_column(String(200))
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


async def route_states(session: AsyncSession) -> Mapping[str, RouteStateRow]:
    return {row.route: row for row in await session.scalars(select(RouteStateRow))}


async def change_route(session: WriteSession, route: str, **values: Any) -> None:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(RouteStateRow).values(route=route, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=["route"], set_=values))


async def note_down(session: WriteSession, route: str, error: str, at: datetime) -> None:
    """A delivery did not go through; the first that did not is remembered until one does."""
    await change_route(session, route, last_error=error[:200])
    change = update(RouteStateRow).where(RouteStateRow.route == route, RouteStateRow.down_since.is_(None))
    await session.execute(change.values(down_since=at))


async def note_delivered(session: WriteSession, route: str, at: datetime) -> None:
    await change_route(session, route, down_since=None, delivered_at=at)


async def routing(
    session: AsyncSession, terms: Sequence[RouteTerms], at: datetime, *, failover_after: timedelta, on_schedule: bool
) -> Routing:
    """The routes as they are now. Windows count only for what is done on schedule."""
    states = await route_states(session)
    return Routing(
        terms,
        paused=frozenset(name for name, row in states.items() if row.paused_at is not None),
        down=frozenset(
            name for name, row in states.items() if row.down_since and row.down_since <= at - failover_after
        ),
        closed=frozenset(route.name for route in terms if on_schedule and not route.is_open(at)),
    )


async def never_sent(session: ReadSession, routes: frozenset[str]) -> Sequence[InterchangeRow]:
    """Interchanges of the routes whose delivery was never begun, oldest first."""
    query = select(InterchangeRow).where(
        InterchangeRow.state == "prepared", InterchangeRow.delivery_attempts == 0, InterchangeRow.route.in_(routes)
    )
    return (await session.scalars(query.order_by(InterchangeRow.id))).all()


async def withdraw(session: WriteSession, interchange_id: str) -> bool:
    """Take an interchange back whose delivery was never begun; False where it was by now."""
    change = update(InterchangeRow).where(
        InterchangeRow.id == interchange_id, InterchangeRow.state == "prepared", InterchangeRow.delivery_attempts == 0
    )
    taken = await session.execute(change.values(state="withdrawn").returning(InterchangeRow.id))
    return taken.first() is not None


async def forget_transmissions(session: WriteSession, interchange_id: str) -> None:
    """They never left: the claims go out in another interchange as the same attempt."""
    await session.execute(delete(TransmissionRow).where(TransmissionRow.interchange_id == interchange_id))


async def begin_delivery(session: WriteSession, interchange_id: str) -> bool:
    """Count an attempt before it is made. From here on only the route knows whether it has the interchange.

    False where it is no longer waiting.
    """
    change = update(InterchangeRow).where(InterchangeRow.id == interchange_id, InterchangeRow.state == "prepared")
    attempts = InterchangeRow.delivery_attempts + 1
    begun = await session.execute(change.values(delivery_attempts=attempts).returning(InterchangeRow.id))
    return begun.first() is not None


async def waiting_interchanges(session: ReadSession, route: str, limit: int = 20) -> Sequence[InterchangeRow]:
    """Interchanges of a route that wait to be delivered, oldest first, with their content."""
    query = select(InterchangeRow).where(InterchangeRow.state == "prepared", InterchangeRow.route == route)
    query = query.order_by(InterchangeRow.id).limit(limit)
    return (await session.scalars(query.options(undefer(InterchangeRow.content)))).all()
