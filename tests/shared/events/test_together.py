"""Events that a handler gets together: what holds for each alone holds among others, on SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import audit
from shared.db import Database, new_id
from shared.events import (
    ClaimEvent,
    HandlerTable,
    InvalidEvent,
    Occurrence,
    Partition,
    Received,
    Record,
    RetryPolicy,
    Together,
)
from shared.events.envelope import ID, TENANT, TYPE
from shared.events.handling import Done, Handling
from shared.events.inbox import Arrival
from shared.events.lots import in_lots, route_of
from shared.events.outbox import depth
from tests.shared.events.line import Effect, all_once, an_effect, an_event_type, effects, make_tables
from tests.shared.events.test_handling import an_arrival_of

GROUP = "takers"
HAPPENED, OTHER = an_event_type("together"), an_event_type("together-other")
TENANTS = ("north", "south")


class Takers:
    """A handler of many that writes an effect and an act for each, and remembers what it was called with."""

    def __init__(self) -> None:
        self.lots: list[list[tuple[str, str]]] = []

    async def take(self, occurrences: Sequence[Occurrence[ClaimEvent]]) -> None:
        self.lots.append([(uow.context.tenant, event.claim.id) for uow, event in occurrences])
        for uow, event in occurrences:
            if event.claim.id == "poison":
                raise InvalidEvent("no")
            uow.session.add(Effect(group=GROUP, claim_id=event.claim.id, revision=event.revision))
            audit.record(uow, "claim.taken", "claim", event.claim.id, {"revision": event.revision})


def an_arrival(claim_id: str, revision: int = 1, *, of: type[ClaimEvent] = HAPPENED, tenant: str = "north") -> Arrival:
    return an_arrival_of(of, claim_id, revision, tenant=tenant)


def handling(database: Database, handlers: HandlerTable) -> Handling:
    return Handling(database, GROUP, handlers, RetryPolicy(), lambda: datetime.now(UTC))


@pytest.fixture
async def tables(database: Database) -> Database:
    await make_tables(database)
    return database


@pytest.fixture
def takers() -> Takers:
    return Takers()


@pytest.fixture
def group(tables: Database, takers: Takers) -> Handling:
    return handling(tables, {HAPPENED: Together(takers.take), OTHER: an_effect(GROUP)})


async def test_events_of_a_type_and_tenant_come_in_one_call_each_in_its_own_name(
    tables: Database, takers: Takers, group: Handling
):
    arrivals = [an_arrival(f"claim-{number}", tenant=TENANTS[number % 2]) for number in range(4)]
    assert await group.together(arrivals) == 4
    assert takers.lots == [[("north", "claim-0"), ("north", "claim-2")], [("south", "claim-1"), ("south", "claim-3")]]
    async with tables.read() as session:
        for arrival in arrivals:
            tenant, claim_id = arrival.envelope.tenant, arrival.received.record.key
            (entry,) = await audit.trail(session, tenant, "claim", claim_id)
            assert (entry.actor, entry.request_id) == (f"system:{GROUP}", arrival.envelope.id)
        assert [await audit.verify(session, tenant) for tenant in TENANTS] == [[], []]


async def test_an_event_that_comes_twice_in_a_batch_or_again_later_takes_effect_once(
    tables: Database, takers: Takers, group: Handling
):
    arrivals = [an_arrival(f"claim-{number}") for number in range(3)]
    assert await group.together([*arrivals, *arrivals]) == 3
    assert await group.together(arrivals) == 0
    assert await effects(tables, GROUP) == all_once(3, 1)
    assert len(takers.lots) == 1


async def test_a_poisonous_event_goes_alone_and_the_others_take_effect_once(tables: Database, group: Handling):
    arrivals = [an_arrival("claim-0"), an_arrival("poison"), an_arrival("claim-1")]
    with pytest.raises(InvalidEvent):
        await group.together(arrivals)
    assert await effects(tables, GROUP) == {}, "none of them is settled before it is settled alone"
    assert [await group.alone(arrival) for arrival in arrivals] == [Done(), Done(dead=True), Done()]
    assert await group.together(arrivals) == 0
    assert await effects(tables, GROUP) == all_once(2, 1)
    async with tables.read() as session:
        assert (await depth(session))[0] == 1, "one dead letter"


async def test_an_event_that_cannot_be_read_lets_none_be_handled_and_is_buried_alone(
    tables: Database, takers: Takers, group: Handling
):
    whole, torn = an_arrival("claim-0"), an_arrival("claim-1")
    object.__setattr__(torn.received.record, "value", b'{"claim": {}')
    with pytest.raises(InvalidEvent):
        await group.together([whole, torn])
    assert takers.lots == []
    assert [await group.alone(arrival) for arrival in (whole, torn)] == [Done(), Done(dead=True)]
    assert await effects(tables, GROUP) == all_once(1, 1)


async def test_a_crash_before_the_commit_leaves_nothing_and_the_redelivery_takes_effect_once(
    tables: Database, takers: Takers
):
    class Crash(BaseException):
        """The process ends here."""

    async def crashing(occurrences: Sequence[Occurrence[ClaimEvent]]) -> None:
        await takers.take(occurrences)

        async def crash() -> None:
            raise Crash

        occurrences[-1].uow.before_commit(crash, last=True)  # after the effects, the acts and the inbox are written

    arrivals = [an_arrival(f"claim-{number}", tenant=TENANTS[number % 2]) for number in range(4)]
    with pytest.raises(Crash):
        await handling(tables, {HAPPENED: Together(crashing)}).together(arrivals)
    assert await effects(tables, GROUP) == {}
    assert await handling(tables, {HAPPENED: Together(takers.take)}).together(arrivals) == 4
    assert await effects(tables, GROUP) == all_once(4, 1)
    async with tables.read() as session:
        assert [entry.details for entry in await audit.trail(session, "north", "claim", "claim-0")] == [{"revision": 1}]


async def test_units_with_several_tenants_in_common_do_not_wait_for_each_other(
    tables: Database, takers: Takers, database_url: str
):
    await handling(tables, {HAPPENED: Together(takers.take)}).together(
        [an_arrival(f"first-{tenant}", tenant=tenant) for tenant in TENANTS]
    )
    both_taken = asyncio.Barrier(2)

    async def take_beside(occurrences: Sequence[Occurrence[ClaimEvent]]) -> None:
        await takers.take(occurrences)
        try:
            async with asyncio.timeout(0.2):
                await both_taken.wait()
        except (TimeoutError, asyncio.BrokenBarrierError):
            pass  # the database lets only one of them this far

    orders = (TENANTS, TENANTS[::-1])
    lots = [[an_arrival(f"{number}-{one}", tenant=one) for one in order] for number, order in enumerate(orders)]
    other = Database.open(database_url)
    try:
        async with asyncio.timeout(30):
            groups = [handling(one, {HAPPENED: Together(take_beside)}) for one in (tables, other)]
            assert await asyncio.gather(*(group.together(lot) for group, lot in zip(groups, lots, strict=True))) == [
                2,
                2,
            ]
    finally:
        await other.close()
    async with tables.read() as session:
        assert [await audit.verify(session, tenant) for tenant in TENANTS] == [[], []]


def a_bare_arrival(claim_id: str, model: type[ClaimEvent], tenant: str) -> Arrival:
    """Of which nobody reads more than where it goes."""
    headers = {ID: new_id(), TYPE: model.event_type, TENANT: tenant}
    return Arrival.read(Received(Partition(model.topic, 0), 0, Record(model.topic, claim_id, b"", headers)))


models, tenants = st.sampled_from([HAPPENED, OTHER]), st.sampled_from(TENANTS)
claims = st.sampled_from(["claim-0", "claim-1", "claim-2"])


@given(st.lists(st.builds(a_bare_arrival, claims, models, tenants), max_size=12))
def test_lots_keep_each_claims_order_and_hold_every_event_once(arrivals: list[Arrival]):
    joined = {(HAPPENED.topic, HAPPENED.event_type)}
    lots = in_lots(arrivals, joined)
    for lot in lots:
        assert len({(route_of(arrival), arrival.envelope.tenant) for arrival in lot}) == 1
        assert len(lot) == 1 or route_of(lot[0]) in joined
    in_order = list(chain.from_iterable(lots))
    assert len(in_order) == len(arrivals)
    assert _ids_by_key(in_order) == _ids_by_key(arrivals)


def _ids_by_key(arrivals: Sequence[Arrival]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for arrival in arrivals:
        found[arrival.received.record.key].append(arrival.envelope.id)
    return found


@given(st.lists(st.tuples(claims, tenants)))
def test_events_of_one_type_make_one_lot_for_each_tenant(drawn: list[tuple[str, str]]):
    arrivals = [a_bare_arrival(f"{tenant}-{claim}", HAPPENED, tenant) for claim, tenant in drawn]
    assert len(in_lots(arrivals, {route_of(arrival) for arrival in arrivals})) == len({tenant for _, tenant in drawn})
