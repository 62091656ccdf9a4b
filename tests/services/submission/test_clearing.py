"""Cleared claims that come together: each is taken once, in its latest revision, whatever comes beside it."""

from __future__ import annotations

import asyncio

import pytest

from services.submission import clearing, store
from services.submission.consumers import HANDLERS
from services.submission.store import ClaimRow
from services.submission.transmission import Transmitter
from shared import audit
from shared.claims.control_numbers import control_number
from shared.db import Context, Database, new_id
from shared.events import InvalidEvent, Partition, Received, RetryPolicy
from shared.events.contracts import ClaimCleared
from shared.events.envelope import to_record
from shared.events.handling import Done, Handling
from shared.events.inbox import Arrival
from tests.fixtures.tokens import Clock
from tests.services.submission.conftest import cleared, take


@pytest.fixture
def consumer(in_flight: Database, clock: Clock) -> Handling:
    return Handling(in_flight, "submission", HANDLERS, RetryPolicy(), clock)


def arrived(clock: Clock, event: ClaimCleared, tenant: str = "mercy") -> Arrival:
    record = to_record(event, event_id=new_id(), tenant=tenant, at=clock(), traceparent=None)
    return Arrival.read(Received(Partition(record.topic, 0), 0, record))


def as_corrected(event: ClaimCleared, last: str) -> ClaimCleared:
    """The claim's next revision, by a person: the patient has another name."""
    patient = event.claim.patient
    renamed = patient.model_copy(update={"name": patient.name.model_copy(update={"last": last})})
    claim = event.claim.model_copy(update={"patient": renamed})
    return event.model_copy(update={"claim": claim, "revision": event.revision + 1, "touchless": False})


async def kept(database: Database, event: ClaimCleared, tenant: str = "mercy") -> ClaimRow:
    async with database.read() as session:
        row = await session.get(ClaimRow, (tenant, event.claim.id))
    assert row is not None
    return row


async def revisions_taken(database: Database, event: ClaimCleared) -> list[object]:
    async with database.read() as session:
        entries = await audit.trail(session, "mercy", "claim", event.claim.id)
    return [entry.details["revision"] for entry in entries if entry.action == "claim.taken"]


@pytest.mark.parametrize(("order", "taken"), [((0, 1), [3, 4]), ((1, 0), [4])])
async def test_of_two_revisions_the_later_holds_in_whatever_order_they_come(
    in_flight: Database, clock: Clock, consumer: Handling, order: tuple[int, int], taken: list[int]
):
    new, known, other = cleared(), cleared(), cleared()
    await take(in_flight, clock, known.model_copy(update={"revision": 2}))
    pairs = [(event, as_corrected(event, "HOLLOWAY")) for event in (new, known)]
    await consumer.together([arrived(clock, event) for event in (other, *(pair[i] for i in order for pair in pairs))])
    for event in (new, known):
        row = await kept(in_flight, event)
        assert (row.revision, row.state, row.touched) == (4, "ready", True)
        assert store.claim_of(row).patient.name.last == "HOLLOWAY"
    assert await revisions_taken(in_flight, new) == taken
    assert await revisions_taken(in_flight, known) == [2, *taken]
    assert (await kept(in_flight, other)).touched is False


async def test_one_that_cannot_be_cleared_keeps_no_other_from_its_batch(
    in_flight: Database, clock: Clock, consumer: Handling, transmitter: Transmitter
):
    on_its_way, new = cleared(), cleared()
    await take(in_flight, clock, on_its_way)
    await transmitter.batch_all()
    arrivals = [arrived(clock, as_corrected(on_its_way, "HOLLOWAY")), arrived(clock, new)]
    with pytest.raises(InvalidEvent):
        await consumer.together(arrivals)
    assert [await consumer.alone(arrival) for arrival in arrivals] == [Done(dead=True), Done()]
    assert ((await kept(in_flight, on_its_way)).state, (await kept(in_flight, new)).state) == ("batched", "ready")


async def test_claims_of_several_tenants_in_a_batch_stay_with_their_own(
    in_flight: Database, clock: Clock, consumer: Handling
):
    events = [cleared() for _ in range(4)]
    tenants = ("mercy", "grace", "mercy", "grace")
    await consumer.together([arrived(clock, *pair) for pair in zip(events, tenants, strict=True)])
    for event, tenant in zip(events, tenants, strict=True):
        assert (await kept(in_flight, event, tenant)).patient_control_number == control_number(event.claim.id, 1)
    async with in_flight.read() as session:
        assert await session.get(ClaimRow, ("grace", events[0].claim.id)) is None


async def test_a_claim_that_comes_by_both_doors_at_once_is_taken_once(
    in_flight: Database, clock: Clock, consumer: Handling
):
    """By the synchronous door, whose unit of work is still open when the scrubber's event of it arrives."""
    both, event_only = cleared(), cleared()
    context = Context(tenant="mercy", actor="bea", request_id="r-1", at=clock())
    async with in_flight.unit_of_work(context) as uow:
        await clearing.take_one(uow, both)
        consuming = asyncio.create_task(consumer.together([arrived(clock, event_only), arrived(clock, both)]))
        await asyncio.sleep(0.1)  # until the other waits for this one
    assert await consuming == 2
    assert await revisions_taken(in_flight, both) == [3]
    assert await revisions_taken(in_flight, event_only) == [3]
