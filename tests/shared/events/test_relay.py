"""The outbox and its relay, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from shared.db import Database, UnitOfWork
from shared.events import Bus, ClaimEvent, Record, Relay, SqlLogBus, emit, outbox
from shared.events.bus import BusUnavailable
from tests.shared.events.line import (
    DEADLINE,
    SOON,
    Base,
    a_context,
    an_event,
    an_event_type,
    emit_events,
    make_tables,
    running,
    until,
)


class ClaimState(Base):
    """A state of the kind that every service has: one row per claim, locked by whoever changes it."""

    __tablename__ = "claim_state"

    claim_id: Mapped[str] = mapped_column(String(50), primary_key=True)
    revision: Mapped[int]


@pytest.fixture
async def bus(tmp_path: Path) -> AsyncIterator[Bus]:
    opened = SqlLogBus(f"sqlite+aiosqlite:///{tmp_path / 'bus.sqlite'}")
    yield opened
    await opened.close()


@pytest.fixture
async def tables(database: Database) -> Database:
    await make_tables(database)
    return database


@pytest.fixture
def happened() -> type[ClaimEvent]:
    return an_event_type()


def a_relay(database: Database, bus: Bus, **options: object) -> Relay:
    return Relay(database=database, bus=bus, source="/tests", back_off=SOON, **options)  # type: ignore[arg-type]


async def published(bus: Bus, topic: str) -> dict[str, list[int]]:
    """Revisions per claim, in the order of the bus."""
    found: dict[str, list[int]] = {}
    async for one in bus.scan(topic):
        _, _, revision = one.record.value.rpartition(b'"revision":')
        found.setdefault(one.record.key, []).append(int(revision.rstrip(b"}")))
    return found


async def depth(database: Database) -> int:
    async with database.read() as session:
        return (await outbox.depth(session))[0]


async def test_a_rolled_back_change_tells_nobody(tables: Database, bus: Bus, happened: type[ClaimEvent]):
    async def change_and_fail() -> None:
        async with tables.unit_of_work(a_context()) as uow:
            emit(uow, an_event(happened, "claim-1", 1))
            raise LookupError

    with pytest.raises(LookupError):
        await change_and_fail()
    assert await depth(tables) == 0


async def test_a_committed_change_is_on_the_bus_and_no_longer_in_the_outbox(
    tables: Database, bus: Bus, happened: type[ClaimEvent]
):
    await emit_events(tables, happened, claims=3, revisions=3)
    assert await depth(tables) == 9
    async with running(a_relay(tables, bus, limit=2)):
        await until(lambda: is_empty(tables))
    assert await published(bus, happened.topic) == {f"claim-{number}": [1, 2, 3] for number in range(3)}


async def is_empty(database: Database) -> bool:
    return await depth(database) == 0


async def test_the_relay_is_woken_by_the_commit(tables: Database, bus: Bus, happened: type[ClaimEvent]):
    """With a look of its own only once in ten minutes, nothing but the wake-up moves the row."""
    async with running(a_relay(tables, bus, look_every=600.0)):
        await emit_events(tables, happened, claims=1, revisions=1)
        await until(lambda: is_empty(tables))
        await emit_events(tables, happened, claims=1, revisions=1, first=2)
        await until(lambda: is_empty(tables))


async def test_one_relay_is_active_and_another_takes_over(
    tables: Database, database_url: str, bus: Bus, happened: type[ClaimEvent]
):
    other = Database.open(database_url)
    try:
        async with running(a_relay(other, bus)):
            async with running(a_relay(tables, bus)):
                await emit_events(tables, happened, claims=5, revisions=5)
                await until(lambda: is_empty(tables))
            await emit_events(tables, happened, claims=5, revisions=5, first=6)
            await until(lambda: is_empty(tables))
        assert await published(bus, happened.topic) == {f"claim-{n}": list(range(1, 11)) for n in range(5)}
    finally:
        await other.close()


class FaultyBus:
    """Publishes, and then dies before the relay hears of it."""

    def __init__(self, bus: Bus, faults: int) -> None:
        self._bus = bus
        self.faults = faults

    def __getattr__(self, name: str) -> object:
        return getattr(self._bus, name)

    async def publish(self, records: list[Record]) -> None:
        await self._bus.publish(records)
        if self.faults:
            self.faults -= 1
            raise BusUnavailable("the answer was lost")


async def test_a_batch_whose_publication_is_in_doubt_is_published_again_in_its_order(
    tables: Database, bus: Bus, happened: type[ClaimEvent]
):
    await emit_events(tables, happened, claims=1, revisions=3)
    async with running(a_relay(tables, FaultyBus(bus, faults=1))):  # type: ignore[arg-type]
        await until(lambda: is_empty(tables))
    assert await published(bus, happened.topic) == {"claim-0": [1, 2, 3, 1, 2, 3]}


@pytest.mark.postgres
class TestOnPostgres:
    """Where transactions overlap, ids are not in the order of commits."""

    @pytest.fixture
    async def tables(self, postgres_url: str) -> AsyncIterator[Database]:
        database = Database.open(postgres_url)
        await make_tables(database)
        yield database
        await database.close()

    async def test_a_row_whose_transaction_commits_late_is_not_skipped(
        self, tables: Database, bus: Bus, happened: type[ClaimEvent]
    ):
        relay = a_relay(tables, bus)
        async with late_transaction(tables) as (slow, finish):
            emit(slow, an_event(happened, "claim-slow", 1))
            await slow.complete()  # the row has its id, and nobody sees it yet
            await emit_events(tables, happened, claims=3, revisions=1)
            assert await relay.move() == 3
            await finish()
        assert await relay.move() == 1
        assert set(await published(bus, happened.topic)) == {"claim-0", "claim-1", "claim-2", "claim-slow"}

    async def test_events_of_one_claim_keep_the_order_of_its_changes_however_transactions_interleave(
        self, tables: Database, bus: Bus, happened: type[ClaimEvent]
    ):
        """Many writers change few claims at once, each under its claim's row lock."""
        async with tables.unit_of_work(a_context()) as uow:
            uow.session.add_all(ClaimState(claim_id=f"claim-{number}", revision=0) for number in range(3))

        async def change(claim_id: str) -> None:
            async with tables.unit_of_work(a_context()) as uow:
                state = await uow.session.get_one(ClaimState, claim_id, with_for_update=True)
                state.revision += 1
                emit(uow, an_event(happened, claim_id, state.revision))
                await asyncio.sleep(0)

        async with running(a_relay(tables, bus, limit=7)):
            await asyncio.gather(*(change(f"claim-{number % 3}") for number in range(90)))
            await until(lambda: is_empty(tables))
        assert await published(bus, happened.topic) == {f"claim-{n}": list(range(1, 31)) for n in range(3)}

    async def test_the_relay_hears_of_commits_of_other_processes(
        self, tables: Database, postgres_url: str, bus: Bus, happened: type[ClaimEvent], monkeypatch: pytest.MonkeyPatch
    ):
        """LISTEN/NOTIFY alone: the wake-up inside the process is switched off, and its own look comes too late."""
        monkeypatch.setattr(outbox, "wake_relay", lambda uow: lambda: None)
        async with running(a_relay(tables, bus, look_every=600.0)):
            await emit_events(tables, happened, claims=1, revisions=1)
            await until(lambda: is_empty(tables))
            await emit_events(tables, happened, claims=1, revisions=1, first=2)
            await until(lambda: is_empty(tables))


@asynccontextmanager
async def late_transaction(database: Database) -> AsyncIterator[tuple[UnitOfWork, Callable]]:
    """A unit of work in a task of its own that commits when told."""
    opened: asyncio.Future[UnitOfWork] = asyncio.get_running_loop().create_future()
    commit = asyncio.Event()

    async def work() -> None:
        async with database.unit_of_work(a_context()) as uow:
            opened.set_result(uow)
            await commit.wait()

    task = asyncio.create_task(work())

    async def finish() -> None:
        commit.set()
        await task

    async with asyncio.timeout(DEADLINE):
        try:
            yield await opened, finish
        finally:
            await finish()


async def test_depth_and_age_of_the_outbox_can_be_watched(tables: Database, bus: Bus, happened: type[ClaimEvent]):
    await emit_events(tables, happened, claims=3, revisions=2)
    async with tables.read() as session:
        waiting, since = await outbox.depth(session)
    assert waiting == 6
    assert since is not None
    async with running(a_relay(tables, bus)):
        await until(lambda: is_empty(tables))
    assert REGISTRY.get_sample_value("revcycle_outbox_depth", {"source": "/tests"}) is not None
    assert REGISTRY.get_sample_value("revcycle_outbox_oldest_seconds", {"source": "/tests"}) is not None
    assert REGISTRY.get_sample_value("revcycle_events_published_total", {"source": "/tests"}) >= 6
