"""A small event line of the tests' own: one event on a topic of its own, and a table that counts its effects."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import String, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.db import Context, Database, InfrastructureBase, UnitOfWork, new_id
from shared.events import (
    BackOff,
    Bus,
    ClaimEvent,
    Consumer,
    Handler,
    Record,
    Relay,
    RetryPolicy,
    emit,
)
from tests.builders import a_professional_claim

DEADLINE = 60.0
SOON = BackOff(first=0.05, longest=0.5)
CLAIM = a_professional_claim().build()


class Base(DeclarativeBase):
    pass


class Effect(Base):
    """One row each time that an event took effect, in the order in which it did."""

    __tablename__ = "effect"

    id: Mapped[int] = mapped_column(primary_key=True)
    group: Mapped[str] = mapped_column(String(100))
    claim_id: Mapped[str] = mapped_column(String(100))
    revision: Mapped[int]


def an_event_type(name: str = "") -> type[ClaimEvent]:
    """An event on a topic that no other test uses."""
    fields = {"__module__": __name__, "event_type": "thing.happened.v1", "topic": f"test-{name or new_id()}.v1"}
    return type("ThingHappened", (ClaimEvent,), fields)


def an_event(model: type[ClaimEvent], claim_id: str, revision: int) -> ClaimEvent:
    return model(claim=CLAIM.model_copy(update={"id": claim_id}), revision=revision)


def a_context(tenant: str = "hospital", **fields: Any) -> Context:
    return Context(tenant=tenant, actor="tester", request_id=new_id(), at=datetime.now(UTC), **fields)


def a_record(topic: str, key: str, text: str) -> Record:
    return Record(topic, key, text.encode(), {"ce_id": new_id()})


async def make_tables(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.run_sync(InfrastructureBase.metadata.create_all)
        await connection.run_sync(Base.metadata.create_all)


async def emit_events(database: Database, model: type[ClaimEvent], claims: int, revisions: int, first: int = 1) -> None:
    """`claims` x `revisions` events, the revisions of one claim in transactions one after another."""
    for revision in range(first, first + revisions):
        async with database.unit_of_work(a_context()) as uow:
            for number in range(claims):
                emit(uow, an_event(model, f"claim-{number}", revision))


def an_effect(group: str) -> Handler:
    async def apply(uow: UnitOfWork, event: ClaimEvent) -> None:
        uow.session.add(Effect(group=group, claim_id=event.claim.id, revision=event.revision))

    return apply


async def effects(database: Database, group: str) -> dict[str, list[int]]:
    """The revisions that took effect for each claim, in order."""
    async with database.read() as session:
        rows = await session.scalars(select(Effect).where(Effect.group == group).order_by(Effect.id))
        found: dict[str, list[int]] = {}
        for row in rows:
            found.setdefault(row.claim_id, []).append(row.revision)
        return found


async def count_effects(session: AsyncSession, group: str) -> int:
    return (await session.execute(select(func.count()).where(Effect.group == group))).scalar_one()


def all_once(claims: int, revisions: int) -> dict[str, list[int]]:
    """Every event took effect once and in order: what each test of the line ends with."""
    return {f"claim-{number}": list(range(1, revisions + 1)) for number in range(claims)}


async def until(condition: Callable[[], Awaitable[Any]], *, seconds: float = DEADLINE) -> Any:
    """The condition's first true answer. Raises TimeoutError after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (answer := await condition()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds} s: {condition}")
        await asyncio.sleep(0.02)
    return answer


async def until_effects(database: Database, group: str, count: int, *, seconds: float = DEADLINE) -> None:
    async def enough() -> bool:
        async with database.read() as session:
            return await count_effects(session, group) >= count

    await until(enough, seconds=seconds)


@asynccontextmanager
async def running(*parts: Any) -> AsyncIterator[None]:
    """Relays and consumers at work; stopped in order at the end. What one of them raised is raised."""
    stop = asyncio.Event()
    tasks = [asyncio.create_task(part.run(stop)) for part in parts]
    try:
        yield
    finally:
        stop.set()
        async with asyncio.timeout(DEADLINE):
            await asyncio.gather(*tasks)


@dataclass
class Line:
    """A database and a bus, and what is usually wanted of them."""

    database: Database
    bus: Bus
    open_bus: Callable[[], Bus]
    """A bus of another process: its own connections to the same topics."""
    outage: Callable[[], AbstractAsyncContextManager[None]]
    """An async context in which the bus goes down hard and comes back, at its end at the latest."""

    def relay(self, **options: Any) -> Relay:
        return Relay(database=self.database, bus=self.bus, source="/tests", back_off=SOON, **options)

    def consumer(self, group: str, handlers: Any, *, bus: Bus | None = None, **options: Any) -> Consumer:
        options.setdefault("retry", RetryPolicy(attempts=4, back_off=SOON))
        return Consumer(
            database=self.database, bus=bus or self.bus, group=group, handlers=handlers, back_off=SOON, **options
        )
