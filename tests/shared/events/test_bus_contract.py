"""The contract of the bus port (`shared/events/bus.py`), on the SQL log and on a real Apache Kafka."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

import pytest

from shared.db import new_id
from shared.events import Batch, Bus, Partition, PartitionsLost, Received, Record, Subscription, Topic
from shared.events.bus import partition_of
from tests.shared.events.line import DEADLINE, a_record, until


@pytest.fixture
async def topic(bus: Bus) -> str:
    name = f"test-{new_id()}.v1"
    await bus.ensure_topics([Topic(name)])
    return name


@pytest.fixture
def group() -> str:
    return f"group-{new_id()}"


def records_of(topic: str, keys: int, each: int, first: int = 0) -> list[Record]:
    """`each` records for every key, the keys taking turns."""
    return [a_record(topic, f"key-{key}", str(number)) for number in range(first, first + each) for key in range(keys)]


def by_key(received: Sequence[Received]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for one in received:
        found[one.record.key].append(int(one.record.value))
    return dict(found)


def everything(keys: int, each: int) -> dict[str, list[int]]:
    return {f"key-{key}": list(range(each)) for key in range(keys)}


def ends(batch: Batch) -> Mapping[Partition, int]:
    return {partition: received[-1].offset + 1 for partition, received in batch.received.items()}


async def take(subscription: Subscription, count: int, *, commit: bool = True, limit: int = 500) -> list[Received]:
    taken: list[Received] = []

    async def enough() -> bool:
        batch = await subscription.poll(limit, 0.5)
        for received in batch.received.values():
            taken.extend(received)
        if commit and batch:
            await subscription.commit(batch.generation, ends(batch))
        return len(taken) >= count

    await until(enough)
    return taken


async def test_records_of_a_key_come_out_in_the_order_in_which_they_went_in(bus: Bus, topic: str, group: str):
    for first in (0, 20, 40):
        await bus.publish(records_of(topic, keys=10, each=20, first=first))
    async with bus.subscribe(group, [topic]) as subscription:
        taken = await take(subscription, 600, limit=37)
    assert by_key(taken) == everything(10, 60)


async def test_a_record_keeps_its_key_value_and_headers(bus: Bus, topic: str, group: str):
    sent = Record(topic, "claim-1", "ä€ {}".encode(), {"ce_id": "1", "ce_subject": "claim-1", "note": "é"})
    await bus.publish([sent])
    async with bus.subscribe(group, [topic]) as subscription:
        assert [one.record for one in await take(subscription, 1)] == [sent]


async def test_what_was_not_committed_is_delivered_again_and_what_was_is_not(bus: Bus, topic: str, group: str):
    await bus.publish(records_of(topic, keys=5, each=10))
    async with bus.subscribe(group, [topic]) as subscription:
        await take(subscription, 50)
    await bus.publish(records_of(topic, keys=5, each=10, first=10))
    async with bus.subscribe(group, [topic]) as subscription:
        uncommitted = await take(subscription, 50, commit=False)
    async with bus.subscribe(group, [topic]) as subscription:
        again = await take(subscription, 50)
    expected = {f"key-{key}": list(range(10, 20)) for key in range(5)}
    assert by_key(uncommitted) == by_key(again) == expected


async def test_every_group_gets_every_record(bus: Bus, topic: str, group: str):
    await bus.publish(records_of(topic, keys=4, each=5))
    for name in (group, f"{group}-other"):
        async with bus.subscribe(name, [topic]) as subscription:
            assert by_key(await take(subscription, 20)) == everything(4, 5)


async def test_a_paused_partition_rests_while_the_others_go_on_and_begins_again_where_told(
    bus: Bus, topic: str, group: str
):
    await bus.publish(records_of(topic, keys=8, each=10))
    async with bus.subscribe(group, [topic]) as subscription:
        await take(subscription, 80)
        resting = Partition(topic, partition_of("key-0", 4))
        subscription.pause(resting, at=0)
        await bus.publish(records_of(topic, keys=8, each=10, first=10))
        others = [key for key in range(8) if partition_of(f"key-{key}", 4) != resting.number]
        meanwhile = await take(subscription, 10 * len(others))
        assert by_key(meanwhile) == {f"key-{key}": list(range(10, 20)) for key in others}
        subscription.resume(resting)
        rested = await take(subscription, 20 * (8 - len(others)))
    assert by_key(rested)["key-0"] == list(range(20))


async def test_members_share_the_partitions_and_one_that_leaves_hands_its_own_over(
    bus: Bus, open_another: Callable[[], Bus], topic: str, group: str
):
    """The second member joins in mid-stream: nothing is lost, and what is read twice was not committed before."""
    committed: list[Received] = []
    seen_by: dict[str, set[Partition]] = defaultdict(set)
    stop = asyncio.Event()

    async def member(name: str, its_bus: Bus) -> None:
        async with its_bus.subscribe(group, [topic]) as subscription:
            while not stop.is_set():
                batch = await subscription.poll(5, 0.2)
                try:
                    await subscription.commit(batch.generation, ends(batch))
                except PartitionsLost:
                    continue
                seen_by[name] |= batch.received.keys()
                committed.extend(one for some in batch.received.values() for one in some)

    async def count(number: int) -> bool:
        return len(committed) >= number

    async def all_partitions_moved() -> bool:
        await bus.publish(records_of(topic, keys=20, each=1, first=1000))
        return len(seen_by["second"]) == 2

    first = asyncio.create_task(member("first", bus))
    await bus.publish(records_of(topic, keys=20, each=20))
    await until(lambda: count(50))
    second = asyncio.create_task(member("second", open_another()))
    await until(all_partitions_moved)
    await bus.publish(records_of(topic, keys=20, each=20, first=20))

    async def complete() -> bool:
        return all(set(range(40)) <= set(by_key(committed)[f"key-{key}"]) for key in range(20))

    await until(complete)
    stop.set()
    async with asyncio.timeout(DEADLINE):
        await asyncio.gather(first, second)
    for numbers in by_key(committed).values():
        once = [number for number in numbers if number < 1000]
        assert once == list(range(40))


async def test_a_batch_from_before_a_rebalance_cannot_be_committed(
    bus: Bus, open_another: Callable[[], Bus], topic: str, group: str
):
    await bus.publish(records_of(topic, keys=20, each=5))
    async with bus.subscribe(group, [topic]) as old:

        async def first_batch() -> Batch:
            return await old.poll(100, 0.5)

        before = await until(first_batch)

        async def let_go() -> None:
            # A poll says that the batch before is done with, and lets the partitions go.
            while True:
                await old.poll(1, 0.1)

        polling = asyncio.create_task(let_go())
        async with open_another().subscribe(group, [topic]) as new:
            await take(new, 1, commit=False)
            polling.cancel()
            with pytest.raises(PartitionsLost):
                await old.commit(before.generation, ends(before))


async def test_scanning_reads_a_topic_to_its_end_and_moves_no_group(bus: Bus, topic: str, group: str):
    await bus.publish(records_of(topic, keys=7, each=30))
    assert by_key([one async for one in bus.scan(topic)]) == everything(7, 30)
    async with bus.subscribe(group, [topic]) as subscription:
        assert len(await take(subscription, 210)) == 210


async def test_scanning_an_empty_topic_finds_nothing(bus: Bus, topic: str):
    assert [one async for one in bus.scan(topic)] == []


async def test_a_record_waits_for_nobodys_next_look(bus: Bus, topic: str, group: str):
    """A member that waits in `poll` gets a record that is published meanwhile, well before its wait is over."""
    async with bus.subscribe(group, [topic]) as subscription:
        await bus.publish([a_record(topic, "warm", "0")])
        await take(subscription, 1)
        waiting = asyncio.create_task(subscription.poll(10, 30.0))
        await bus.publish([a_record(topic, "key", "1")])
        async with asyncio.timeout(10.0):
            assert len(await waiting) == 1


async def test_a_group_resumes_after_the_process_was_restarted(
    bus: Bus, open_another: Callable[[], Bus], topic: str, group: str
):
    await bus.publish(records_of(topic, keys=3, each=10))
    async with bus.subscribe(group, [topic]) as subscription:
        await take(subscription, 30)
    await bus.close()
    restarted = open_another()
    await restarted.publish(records_of(topic, keys=3, each=10, first=10))
    async with restarted.subscribe(group, [topic]) as subscription:
        taken = await take(subscription, 30)
    assert by_key(taken) == {f"key-{key}": list(range(10, 20)) for key in range(3)}


async def test_topics_that_exist_stay_as_they_are(bus: Bus, topic: str, group: str):
    await bus.publish(records_of(topic, keys=3, each=3))
    await bus.ensure_topics([Topic(topic)])
    async with bus.subscribe(group, [topic]) as subscription:
        assert by_key(await take(subscription, 9)) == everything(3, 3)


async def test_a_large_record_passes(bus: Bus, topic: str, group: str):
    large = Record(topic, "claim", b"x" * 3_900_000, {})
    await bus.publish([large, large])
    async with bus.subscribe(group, [topic]) as subscription:
        assert [len(one.record.value) for one in await take(subscription, 2)] == [3_900_000] * 2


def test_a_key_has_the_partition_that_kafkas_own_clients_give_it():
    # murmur2 of "foobar" is -790332482 in Apache Kafka's UtilsTest; its sign bit is dropped before the modulus.
    assert partition_of("foobar", 100) == (-790332482 & 0x7FFFFFFF) % 100 == 66
