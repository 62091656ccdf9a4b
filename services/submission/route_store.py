"""How each route is: paused by somebody, down since when, last heard of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, delete, func, select, update
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
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the last did not, or was given up for another route."""
    last_error: Mapped[str | None] = mapped_column(String(200))
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answers_down_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when no answers can be fetched."""
    answers_error: Mapped[str | None] = mapped_column(String(200))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the last file came."""


async def route_states(session: AsyncSession) -> Mapping[str, RouteStateRow]:
    return {row.route: row for row in await session.scalars(select(RouteStateRow))}


async def change_route(session: WriteSession, route: str, **values: Any) -> None:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(RouteStateRow).values(route=route, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=["route"], set_=values))


async def note_down(session: WriteSession, route: str, error: str, at: datetime) -> None:
    """A delivery did not go through; the first that did not is remembered until one does."""
    await change_route(session, route, last_error=error[:200], failed_at=at)
    change = update(RouteStateRow).where(RouteStateRow.route == route, RouteStateRow.down_since.is_(None))
    await session.execute(change.values(down_since=at))


async def note_given_up(session: WriteSession, route: str, at: datetime) -> None:
    """An interchange goes by another route: a trial that failed, where this one was down."""
    change = update(RouteStateRow).where(RouteStateRow.route == route, RouteStateRow.down_since.is_not(None))
    await session.execute(change.values(failed_at=at))


async def note_delivered(session: WriteSession, route: str, at: datetime) -> None:
    await change_route(session, route, down_since=None, delivered_at=at)


async def note_up(session: WriteSession, route: str) -> None:
    """The other side spoke to us, though it took nothing."""
    await change_route(session, route, down_since=None)


async def note_answers_down(session: WriteSession, route: str, error: str, at: datetime) -> None:
    """Answers cannot be fetched; since when is remembered until they can."""
    await change_route(session, route, answers_error=error[:200])
    change = update(RouteStateRow).where(RouteStateRow.route == route, RouteStateRow.answers_down_since.is_(None))
    await session.execute(change.values(answers_down_since=at))


async def note_answers_up(session: WriteSession, route: str) -> None:
    await change_route(session, route, answers_down_since=None, answers_error=None)


async def routing(
    session: AsyncSession, terms: Sequence[RouteTerms], at: datetime, *, failover_after: timedelta, on_schedule: bool
) -> Routing:
    """The routes as they are now. Windows count only for what is done on schedule.

    A route that has failed for so long is down while an interchange waits there, and for as long again after its last
    failure. Then nothing but a next batch can find out whether it is back.
    """
    states = await route_states(session)
    long_ago = at - failover_after
    failing = {name: row for name, row in states.items() if row.down_since and row.down_since <= long_ago}
    lately = frozenset(name for name, row in failing.items() if row.failed_at and row.failed_at > long_ago)
    return Routing(
        terms,
        paused=frozenset(name for name, row in states.items() if row.paused_at is not None),
        down=lately | await _with_waiting(session, frozenset(failing)),
        closed=frozenset(route.name for route in terms if on_schedule and not route.is_open(at)),
    )


async def _with_waiting(session: AsyncSession, routes: frozenset[str]) -> frozenset[str]:
    """Those of the routes that have not taken an interchange yet."""
    if not routes:
        return frozenset()
    query = select(InterchangeRow.route).where(InterchangeRow.state == "prepared", InterchangeRow.route.in_(routes))
    return frozenset(await session.scalars(query.distinct()))


async def never_sent(session: ReadSession, working: frozenset[str]) -> Sequence[InterchangeRow]:
    """Interchanges whose delivery was never begun, on other routes than those that work, oldest first."""
    query = select(InterchangeRow).where(
        InterchangeRow.state == "prepared", InterchangeRow.delivery_attempts == 0, InterchangeRow.route.not_in(working)
    )
    return (await session.scalars(query.order_by(InterchangeRow.id))).all()


async def waiting_of(session: AsyncSession, tenant: str) -> Mapping[str, tuple[int, datetime]]:
    """How many interchanges of the tenant each route has not taken yet, and when the oldest of them was made."""
    query = (
        select(InterchangeRow.route, func.count(), func.min(InterchangeRow.created_at, type_=UtcDateTime()))
        .where(InterchangeRow.state == "prepared", InterchangeRow.tenant == tenant)
        .group_by(InterchangeRow.route)
    )
    return {route: (count, oldest) for route, count, oldest in await session.execute(query)}


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


async def not_begun(session: WriteSession, interchange_id: str) -> None:
    """Take back an attempt that sent nothing."""
    change = update(InterchangeRow).where(InterchangeRow.id == interchange_id, InterchangeRow.delivery_attempts > 0)
    await session.execute(change.values(delivery_attempts=InterchangeRow.delivery_attempts - 1))


async def waiting_interchanges(session: ReadSession, route: str, limit: int = 20) -> Sequence[InterchangeRow]:
    """Interchanges of a route that wait to be delivered, oldest first, with their content."""
    query = select(InterchangeRow).where(InterchangeRow.state == "prepared", InterchangeRow.route == route)
    query = query.order_by(InterchangeRow.id).limit(limit)
    return (await session.scalars(query.options(undefer(InterchangeRow.content)))).all()
