"""The inbox rule under the worst interleavings, and a database that goes away, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared import audit
from shared.db import Database, UnitOfWork, new_id
from shared.events import (
    BackOff,
    Bus,
    ClaimEvent,
    InvalidEvent,
    Partition,
    Received,
    Relay,
    RetryPolicy,
    SqlLogBus,
    forget_settled,
    inbox,
    stuck_deliveries,
)
from shared.events.consumer import Consumer
from shared.events.envelope import to_record
from shared.events.handling import Again, DatabaseUnavailable, Done, Handling
from shared.events.inbox import REPLAY_GROUP, REPLAY_ID, Arrival
from shared.events.outbox import depth
from tests.fixtures.postgres import PostgresServer
from tests.shared.events.line import (
    SOON,
    a_context,
    all_once,
    an_effect,
    an_event,
    an_event_type,
    effects,
    emit_events,
    make_tables,
    running,
    until_effects,
)

GROUP = "grouper"
HAPPENED = an_event_type("handling")


def an_arrival(
    claim_id: str, revision: int = 1, *, event_id: str | None = None, tenant: str = "north", **headers: str
) -> Arrival:
    return an_arrival_of(HAPPENED, claim_id, revision, event_id=event_id, tenant=tenant, **headers)


def an_arrival_of(
    model: type[ClaimEvent],
    claim_id: str,
    revision: int,
    *,
    event_id: str | None = None,
    tenant: str = "north",
    **headers: str,
) -> Arrival:
    event = an_event(model, claim_id, revision)
    record = to_record(event, event_id=event_id or new_id(), tenant=tenant, at=datetime.now(UTC), traceparent=None)
    record = type(record)(record.topic, record.key, record.value, {**record.headers, **headers})
    return Arrival.read(Received(Partition(record.topic, 0), 0, record))


def a_replay(of: Arrival, replay_id: str) -> Arrival:
    return an_arrival("claim-0", event_id=of.envelope.id, **{REPLAY_GROUP: GROUP, REPLAY_ID: replay_id})


def handling(database: Database, handler: object = None, attempts: int = 3) -> Handling:
    policy = RetryPolicy(attempts, BackOff(first=0.01, longest=0.02))
    return Handling(database, GROUP, {HAPPENED: handler or an_effect(GROUP)}, policy, lambda: datetime.now(UTC))  # type: ignore[dict-item]


@pytest.fixture
async def tables(database: Database) -> Database:
    await make_tables(database)
    return database


async def test_an_event_that_comes_twice_in_a_batch_or_again_later_takes_effect_once(tables: Database):
    arrivals = [an_arrival(f"claim-{number}") for number in range(3)]
    group = handling(tables)
    assert await group.together([*arrivals, *arrivals]) == 3
    assert await group.together(arrivals) == 0
    assert await effects(tables, GROUP) == all_once(3, 1)


async def test_events_of_a_claim_keep_their_order_when_one_of_them_comes_twice(tables: Database):
    first, second = an_arrival("claim-0", 1), an_arrival("claim-0", 2)
    await handling(tables).together([first, second, first])
    assert await effects(tables, GROUP) == all_once(1, 2)


async def test_two_members_with_the_same_batch_at_the_same_time_have_one_effect(tables: Database, database_url: str):
    """As after a rebalance that one of them has not noticed yet."""
    both_read = asyncio.Barrier(2)

    async def together_if_possible(uow: UnitOfWork, event: ClaimEvent) -> None:
        try:
            async with asyncio.timeout(0.2):
                await both_read.wait()
        except (TimeoutError, asyncio.BrokenBarrierError):
            pass  # the database lets only one of them this far
        await an_effect(GROUP)(uow, event)

    arrivals = [an_arrival(f"claim-{number}") for number in range(2)]
    other = Database.open(database_url)
    try:
        outcomes = await asyncio.gather(
            *(handling(one, together_if_possible).together(arrivals) for one in (tables, other)), return_exceptions=True
        )
    finally:
        await other.close()
    assert 2 in outcomes
    assert await effects(tables, GROUP) == all_once(2, 1)


async def test_two_members_that_revive_the_same_dead_letter_have_one_effect(tables: Database, database_url: str):
    async def refuse(uow: UnitOfWork, event: ClaimEvent) -> None:
        raise InvalidEvent("no")

    arrival = an_arrival("claim-0")
    assert await handling(tables, refuse).alone(arrival) == Done(dead=True)
    replay = a_replay(arrival, "r1")
    other = Database.open(database_url)
    try:
        await asyncio.gather(*(handling(one).together([replay]) for one in (tables, other)), return_exceptions=True)
    finally:
        await other.close()
    assert await effects(tables, GROUP) == all_once(1, 1)


async def test_a_dead_event_stays_dead_until_it_is_replayed_and_each_replay_is_tried_once(tables: Database):
    async def refuse(uow: UnitOfWork, event: ClaimEvent) -> None:
        raise InvalidEvent("no")

    arrival = an_arrival("claim-0")
    refusing, willing = handling(tables, refuse), handling(tables)
    for again in (arrival, arrival, a_replay(arrival, "r1"), a_replay(arrival, "r1")):
        await refusing.alone(again)
    async with tables.read() as session:
        assert (await depth(session))[0] == 2, "one dead letter for the event, one for its replay"
    assert await willing.together([arrival]) == 0
    assert await willing.together([a_replay(arrival, "r1")]) == 0
    assert await willing.together([a_replay(arrival, "r2")]) == 1
    assert await willing.together([a_replay(arrival, "r3")]) == 0
    assert await effects(tables, GROUP) == all_once(1, 1)


async def test_another_groups_replay_does_not_concern_us(tables: Database):
    arrival = an_arrival("claim-0", **{REPLAY_GROUP: "somebody", REPLAY_ID: "r1"})
    assert not handling(tables).concerns(arrival)


async def test_attempts_are_counted_across_restarts(tables: Database):
    async def fail(uow: UnitOfWork, event: ClaimEvent) -> None:
        raise KeyError("ABERNATHY")

    arrival = an_arrival("claim-0")
    for _ in range(2):
        assert isinstance(await handling(tables, fail).alone(arrival), Again)
    async with tables.read() as session:
        (stuck,) = await stuck_deliveries(session)
    assert (stuck.attempts, stuck.last_error, stuck.event_id) == (2, "KeyError", arrival.envelope.id)
    assert await handling(tables, fail).alone(arrival) == Done(dead=True)


async def test_each_event_of_a_batch_is_audited_in_its_own_name(tables: Database):
    async def note(uow: UnitOfWork, event: ClaimEvent) -> None:
        audit.record(uow, "claim.noted", "claim", event.claim.id)

    arrivals = [
        an_arrival(f"claim-{number}", tenant=tenant) for number, tenant in enumerate(("north", "south", "north"))
    ]
    await handling(tables, note).together(arrivals)
    async with tables.read() as session:
        for number, arrival in enumerate(arrivals):
            tenant = arrival.envelope.tenant
            (entry,) = await audit.trail(session, tenant, "claim", f"claim-{number}")
            assert (entry.actor, entry.request_id) == (f"system:{GROUP}", arrival.envelope.id)
            assert await audit.verify(session, tenant) == []


async def test_marks_are_forgotten_when_they_are_old_but_the_dead_stay(tables: Database):
    async def refuse(uow: UnitOfWork, event: ClaimEvent) -> None:
        raise InvalidEvent("no")

    settled, dead = an_arrival("claim-0"), an_arrival("claim-1")
    await handling(tables).together([settled])
    await handling(tables, refuse).alone(dead)
    async with tables.unit_of_work(a_context()) as uow:
        await forget_settled(uow, before=datetime.now(UTC) + timedelta(seconds=1))
    async with tables.read() as session:
        left = await inbox.settled(session, GROUP, [settled.envelope.id, dead.envelope.id])
    assert set(left) == {dead.envelope.id}


@pytest.fixture
async def log_bus(tmp_path: Path) -> AsyncIterator[Bus]:
    opened = SqlLogBus(f"sqlite+aiosqlite:///{tmp_path / 'bus.sqlite'}")
    yield opened
    await opened.close()


@pytest.mark.postgres
async def test_a_database_that_goes_away_is_waited_for_and_no_event_is_blamed(
    postgres_server: PostgresServer, postgres_url: str, log_bus: Bus
):
    """PostgreSQL is killed in mid-stream: no attempt is counted, nothing dies, and every effect is there once."""
    database = Database.open(postgres_url)
    await make_tables(database)
    await emit_events(database, HAPPENED, claims=10, revisions=20)
    relay = Relay(database=database, bus=log_bus, source="/tests", back_off=SOON, limit=20)
    once = RetryPolicy(attempts=1)
    consumer = Consumer(
        database=database, bus=log_bus, group=GROUP, handlers={HAPPENED: an_effect(GROUP)}, limit=10, retry=once,
        back_off=SOON,
    )  # fmt: skip
    try:
        async with running(relay, consumer):
            await until_effects(database, GROUP, 30)
            await asyncio.to_thread(postgres_server.stop)
            await asyncio.sleep(1.0)  # how long the outage lasts
            postgres_server.start()  # by the main thread, with which the server ends
            await until_effects(database, GROUP, 200)
        assert await effects(database, GROUP) == all_once(10, 20)
        async with database.read() as session:
            assert not await stuck_deliveries(session)
    finally:
        await database.close()


@pytest.mark.postgres
async def test_a_handler_that_meets_a_dead_database_is_told_apart_from_one_that_fails(
    postgres_server: PostgresServer, postgres_url: str
):
    database = Database.open(postgres_url)
    await make_tables(database)
    try:
        group = handling(database)
        assert await group.alone(an_arrival("claim-0")) == Done()
        await asyncio.to_thread(postgres_server.stop)
        try:
            with pytest.raises(DatabaseUnavailable):
                await group.alone(an_arrival("claim-1"))
        finally:
            postgres_server.start()  # by the main thread, with which the server ends
    finally:
        await database.close()
