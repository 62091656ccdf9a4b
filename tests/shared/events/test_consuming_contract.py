"""The whole line, outbox to effect, on both buses: nothing is lost, and every effect happens once and in order."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from shared.db import Database, UnitOfWork, new_id
from shared.events import (
    BackOff,
    Bus,
    ClaimEvent,
    DeadLetterFlood,
    FloodLimit,
    InvalidEvent,
    Record,
    RetryPolicy,
    dead_letters,
    outbox,
    read_event,
    replay,
    stuck_deliveries,
)
from shared.events.bus import partition_of
from tests.shared.events.conftest import SESSION
from tests.shared.events.line import (
    DEADLINE,
    Line,
    a_context,
    all_once,
    an_effect,
    an_event,
    an_event_type,
    effects,
    emit,
    emit_events,
    running,
    until,
    until_effects,
)

ROOT = Path(__file__).parents[3]


@pytest.fixture
def happened() -> type[ClaimEvent]:
    return an_event_type()


@pytest.fixture
def group() -> str:
    return f"group-{new_id()}"


async def test_every_event_takes_effect_once_and_in_the_order_of_its_claim(
    line: Line, happened: type[ClaimEvent], group: str
):
    await emit_events(line.database, happened, claims=20, revisions=10)
    async with running(line.relay(), line.consumer(group, {happened: an_effect(group)})):
        await emit_events(line.database, happened, claims=20, revisions=10, first=11)
        await until_effects(line.database, group, 400)
    assert await effects(line.database, group) == all_once(20, 20)


async def test_a_rebalance_while_consuming_neither_loses_nor_repeats(
    line: Line, open_another: Callable[[], Bus], happened: type[ClaimEvent], group: str
):
    """A second and a third member come, the first goes, and events keep flowing."""
    handlers = {happened: an_effect(group)}
    first, second, third = (line.consumer(group, handlers, bus=open_another(), limit=10) for _ in range(3))
    async with running(line.relay()):
        async with running(first):
            await emit_events(line.database, happened, claims=20, revisions=10)
            await until_effects(line.database, group, 50)
            async with running(second):
                await emit_events(line.database, happened, claims=20, revisions=10, first=11)
                await until_effects(line.database, group, 250)
        async with running(third):
            await emit_events(line.database, happened, claims=20, revisions=10, first=21)
            await until_effects(line.database, group, 600)
    assert await effects(line.database, group) == all_once(20, 30)


async def test_a_consumer_killed_between_effect_and_commit_repeats_no_effect(
    line: Line, happened: type[ClaimEvent], group: str, bus_kind: str, bus_address: str, service_url: str
):
    """SIGKILL after the database's commit and before the bus's: the next consumer gets all events again."""
    await emit_events(line.database, happened, claims=5, revisions=4)
    async with running(line.relay()):
        await until(lambda: outbox_is_empty(line.database))
    victim = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.shared.events.victim", bus_kind, bus_address,
        service_url, happened.topic, group, cwd=ROOT,
    )  # fmt: skip
    async with asyncio.timeout(DEADLINE):
        assert await victim.wait() == -signal.SIGKILL
    before = sum(map(len, (await effects(line.database, group)).values()))
    assert before > 0
    async with running(line.relay(), line.consumer(group, {happened: an_effect(group)})):
        await emit_events(line.database, happened, claims=5, revisions=4, first=5)
        await until_effects(line.database, group, 40)
    assert await effects(line.database, group) == all_once(5, 8)


async def outbox_is_empty(database: Database) -> bool:
    async with database.read() as session:
        return (await outbox.depth(session))[0] == 0


async def test_a_poison_event_is_a_dead_letter_and_its_partition_goes_on(
    line: Line, happened: type[ClaimEvent], group: str
):
    async def refuse_one(uow: UnitOfWork, event: ClaimEvent) -> None:
        await an_effect(group)(uow, event)
        if (event.claim.id, event.revision) == ("claim-3", 2):
            raise InvalidEvent("the claim has no line", code="no_lines")

    await emit_events(line.database, happened, claims=6, revisions=4)
    async with running(line.relay(), line.consumer(group, {happened: refuse_one})):
        await until_effects(line.database, group, 23)
        letter = (await until(lambda: letters(line.bus, group)))[0]
    assert consumed(group, "dead") == 1
    assert consumed(group, "handled") == 23
    expected = all_once(6, 4)
    expected["claim-3"].remove(2)
    assert await effects(line.database, group) == expected
    headers = letter.headers
    assert headers["dl_error_code"] == "no_lines"
    assert headers["dl_error"] == "InvalidEvent: the claim has no line"
    assert headers["dl_topic"] == happened.topic
    assert headers["dl_partition"] == str(partition_of("claim-3", 4))
    assert int(headers["dl_offset"]) >= 0
    assert headers["dl_attempts"] == "1"
    assert headers["ce_type"] == "thing.happened.v1"
    assert read_event(happened, letter.value).revision == 2


def consumed(group: str, outcome: str) -> float | None:
    labels = {"group": group, "type": "thing.happened.v1", "outcome": outcome}
    return REGISTRY.get_sample_value("revcycle_events_consumed_total", labels)


async def letters(bus: Bus, group: str) -> list[Record]:
    return [one.record async for one in dead_letters(bus, group)]


async def test_what_is_not_an_event_at_all_is_a_dead_letter_and_stops_nothing(
    line: Line, happened: type[ClaimEvent], group: str
):
    async with running(line.relay(), line.consumer(group, {happened: an_effect(group)})):
        await emit_events(line.database, happened, claims=1, revisions=1)
        await until_effects(line.database, group, 1)
        envelope = {"ce_id": new_id(), "ce_type": happened.event_type, "ce_tenant": "hospital"}
        await line.bus.publish(
            [
                Record(happened.topic, "claim-0", b"\xff\xfe", envelope),
                Record(happened.topic, "claim-0", b"{}", {}),
                Record(happened.topic, "claim-0", b'{"patient": "JOAN"}', envelope | {"ce_id": new_id()}),
            ]
        )
        await emit_events(line.database, happened, claims=1, revisions=1, first=2)
        await until_effects(line.database, group, 2)

        async def all_three() -> list[Record] | None:
            found = await letters(line.bus, group)
            return found if len(found) == 3 else None

        found = await until(all_three)
    assert sorted(one.headers["dl_error_code"] for one in found) == [
        "invalid_envelope", "invalid_payload", "invalid_payload",
    ]  # fmt: skip
    assert not any("JOAN" in one.headers["dl_error"] for one in found)


async def test_a_replayed_dead_letter_takes_effect_once_and_only_for_its_own_group(
    line: Line, happened: type[ClaimEvent], group: str
):
    repaired = False

    async def refuse_until_repaired(uow: UnitOfWork, event: ClaimEvent) -> None:
        if not repaired and event.claim.id == "claim-1":
            raise InvalidEvent("not yet")
        await an_effect(group)(uow, event)

    other = f"{group}-other"
    consumers = (
        line.consumer(group, {happened: refuse_until_repaired}),
        line.consumer(other, {happened: an_effect(other)}),
    )
    async with running(line.relay(), *consumers):
        await emit_events(line.database, happened, claims=3, revisions=1)
        await until_effects(line.database, other, 3)
        letter = (await until(lambda: letters(line.bus, group)))[0]

        assert await replay(line.bus, group) == 1
        await until(lambda: there_are(line.bus, group, 2))  # it died again

        repaired = True
        assert await replay(line.bus, group, ["somebody else's"]) == 0
        assert await replay(line.bus, group, [letter.headers["ce_id"]]) == 1
        await until_effects(line.database, group, 3)
        assert await replay(line.bus, group) == 1
        await emit_events(line.database, happened, claims=3, revisions=1, first=2)
        await until_effects(line.database, group, 6)
        await until_effects(line.database, other, 6)
    assert await effects(line.database, group) == all_once(3, 2)
    assert await effects(line.database, other) == all_once(3, 2)


async def there_are(bus: Bus, group: str, count: int) -> bool:
    return len(await letters(bus, group)) == count


async def test_a_failing_event_is_tried_again_in_sight_while_other_partitions_go_on(
    line: Line, happened: type[ClaimEvent], group: str
):
    healed = asyncio.Event()
    mine = partition_of("claim-0", 4)
    elsewhere = [f"claim-{number}" for number in range(20) if partition_of(f"claim-{number}", 4) != mine]

    async def fail_at_first(uow: UnitOfWork, event: ClaimEvent) -> None:
        await an_effect(group)(uow, event)
        if (event.claim.id, event.revision) == ("claim-0", 1) and not healed.is_set():
            raise RuntimeError("the patient JOAN ABERNATHY is in this message")

    patient = RetryPolicy(attempts=1000, back_off=BackOff(first=0.1, longest=0.2))
    async with running(line.relay(), line.consumer(group, {happened: fail_at_first}, retry=patient)):
        await emit_events(line.database, happened, claims=20, revisions=3)
        await until_effects(line.database, group, 3 * len(elsewhere))

        async def seen_failing() -> bool:
            async with line.database.read() as session:
                stuck = await stuck_deliveries(session)
            return bool(stuck) and stuck[0].attempts >= 2

        await until(seen_failing)
        async with line.database.read() as session:
            (stuck,) = await stuck_deliveries(session, tenant="hospital")
            assert not await stuck_deliveries(session, tenant="another")
        assert (stuck.topic, stuck.partition, stuck.last_error) == (happened.topic, mine, "RuntimeError")
        done = await effects(line.database, group)
        assert {claim: done[claim] for claim in elsewhere} == {claim: [1, 2, 3] for claim in elsewhere}
        assert "claim-0" not in done
        healed.set()
        await until_effects(line.database, group, 60)
    assert await effects(line.database, group) == all_once(20, 3)
    async with line.database.read() as session:
        assert not await stuck_deliveries(session)


async def test_an_event_that_never_succeeds_is_a_dead_letter_after_its_attempts(
    line: Line, happened: type[ClaimEvent], group: str
):
    attempts = 0

    async def fail(uow: UnitOfWork, event: ClaimEvent) -> None:
        nonlocal attempts
        if event.claim.id == "claim-1":
            attempts += 1
            raise KeyError("1950-04-12")
        await an_effect(group)(uow, event)

    async with running(line.relay(), line.consumer(group, {happened: fail})):
        await emit_events(line.database, happened, claims=2, revisions=1)
        (letter,) = await until(lambda: letters(line.bus, group))
        await until_effects(line.database, group, 1)
    assert (letter.headers["dl_attempts"], letter.headers["dl_error_code"]) == ("4", "unexpected")
    assert letter.headers["dl_error"] == "KeyError"
    async with line.database.read() as session:
        assert not await stuck_deliveries(session)


async def test_a_slow_consumer_keeps_its_partitions_and_repeats_nothing(
    line: Line, open_another: Callable[[], Bus], happened: type[ClaimEvent], group: str
):
    """A batch takes longer than a silent member keeps its partitions, and another member joins meanwhile."""
    runs: list[tuple[str, int]] = []
    slow = asyncio.Event()

    async def take_long(uow: UnitOfWork, event: ClaimEvent) -> None:
        runs.append((event.claim.id, event.revision))
        if event.revision == 1 and not slow.is_set():
            slow.set()
            await asyncio.sleep(SESSION.total_seconds() * 1.5)
        await an_effect(group)(uow, event)

    handlers = {happened: take_long}
    async with running(line.relay(), line.consumer(group, handlers)):
        await emit_events(line.database, happened, claims=8, revisions=2)
        async with asyncio.timeout(DEADLINE):
            await slow.wait()
        async with running(line.consumer(group, handlers, bus=open_another())):
            await emit_events(line.database, happened, claims=8, revisions=2, first=3)
            await until_effects(line.database, group, 32)
    assert await effects(line.database, group) == all_once(8, 4)
    assert len(runs) == len(set(runs))


async def test_the_line_resumes_after_everything_was_restarted(
    line: Line, open_another: Callable[[], Bus], happened: type[ClaimEvent], group: str
):
    handlers = {happened: an_effect(group)}
    async with running(line.relay(), line.consumer(group, handlers)):
        await emit_events(line.database, happened, claims=10, revisions=5)
        await until_effects(line.database, group, 20)
    await line.bus.close()
    await emit_events(line.database, happened, claims=10, revisions=5, first=6)
    line.bus = open_another()
    async with running(line.relay(), line.consumer(group, handlers)):
        await until_effects(line.database, group, 100)
    assert await effects(line.database, group) == all_once(10, 10)


async def test_a_bus_that_dies_under_load_and_comes_back_has_lost_nothing(
    line: Line, happened: type[ClaimEvent], group: str
):
    async with running(line.relay(limit=20), line.consumer(group, {happened: an_effect(group)}, limit=20)):
        await emit_events(line.database, happened, claims=20, revisions=10)
        await until_effects(line.database, group, 40)
        async with line.outage():
            await emit_events(line.database, happened, claims=20, revisions=10, first=11)
            await asyncio.sleep(1.0)  # how long the outage lasts
        await emit_events(line.database, happened, claims=20, revisions=10, first=21)
        await until_effects(line.database, group, 600, seconds=2 * DEADLINE)
    assert await effects(line.database, group) == all_once(20, 30)


async def test_a_flood_of_dead_letters_stops_the_consumer(line: Line, happened: type[ClaimEvent], group: str):
    async def refuse(uow: UnitOfWork, event: ClaimEvent) -> None:
        raise InvalidEvent("nothing is good enough")

    consumer = line.consumer(group, {happened: refuse}, flood=FloodLimit(share=0.2, window=100, least=10))
    await emit_events(line.database, happened, claims=20, revisions=1)
    async with running(line.relay()):
        with pytest.raises(DeadLetterFlood):
            async with asyncio.timeout(DEADLINE):
                await consumer.run(asyncio.Event())
        # Where it stopped is where the next one goes on, and what was given up is a dead letter once.
        await emit_events(line.database, happened, claims=1, revisions=1, first=2)
        async with running(line.consumer(group, {happened: an_effect(group)})):
            await until_effects(line.database, group, 11)
    assert len(await letters(line.bus, group)) == 10


async def test_types_without_a_handler_are_passed_over(line: Line, happened: type[ClaimEvent], group: str):
    other = type(
        "OtherThing", (ClaimEvent,), {"__module__": __name__, "event_type": "other.v1", "topic": happened.topic}
    )
    async with line.database.unit_of_work(a_context()) as uow:
        emit(uow, an_event(other, "claim-0", 1))
        emit(uow, an_event(happened, "claim-0", 1))
    async with running(line.relay(), line.consumer(group, {happened: an_effect(group)})):
        await until_effects(line.database, group, 1)
    assert await letters(line.bus, group) == []


async def test_a_handler_works_in_the_name_of_its_events_tenant_and_passes_the_trace_on(
    line: Line, happened: type[ClaimEvent], group: str
):
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    answered = an_event_type()
    contexts = []

    async def answer(uow: UnitOfWork, event: ClaimEvent) -> None:
        contexts.append(uow.context)
        emit(uow, an_event(answered, event.claim.id, event.revision + 1))

    for tenant in ("north", "south"):
        async with line.database.unit_of_work(a_context(tenant, traceparent=trace)) as uow:
            emit(uow, an_event(happened, f"claim-{tenant}", 1))
    async with running(line.relay(), line.consumer(group, {happened: answer})):

        async def both() -> list[Record] | None:
            found = [one.record async for one in line.bus.scan(answered.topic)]
            return found if len(found) == 2 else None

        answers = await until(both)
    assert {(one.tenant, one.actor, one.traceparent) for one in contexts} == {
        ("north", f"system:{group}", trace),
        ("south", f"system:{group}", trace),
    }
    assert {(one.headers["ce_tenant"], one.key, one.headers["traceparent"]) for one in answers} == {
        ("north", "claim-north", trace),
        ("south", "claim-south", trace),
    }
    assert all(one.headers["ce_source"] == "/tests" for one in answers)
