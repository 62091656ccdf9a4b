"""What is the SQL log's own: shares, leases, fencing, and letting go of old records."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events import Partition, PartitionsLost, SqlLogBus, Topic
from shared.events.sql_log.group import share_of
from tests.shared.events.line import a_record, until

MEMBERS = st.dictionaries(st.text("abcdef", min_size=1), st.sets(st.sampled_from(["charts", "claims"]), min_size=1))
PARTITIONS = [Partition(topic, number) for topic in ("charts", "claims") for number in range(5)]


@given(MEMBERS)
def test_every_partition_with_a_reader_is_due_to_exactly_one_of_its_readers(members: dict[str, set[str]]):
    shares = {
        member: share_of(member, {name: list(t) for name, t in members.items()}, PARTITIONS) for member in members
    }
    read = {topic for topics in members.values() for topic in topics}
    due = sorted(partition for share in shares.values() for partition in share)
    assert due == [partition for partition in PARTITIONS if partition.topic in read]
    assert all(partition.topic in members[member] for member, share in shares.items() for partition in share)


@given(st.integers(1, 8))
def test_shares_differ_by_one_partition_at_most(count: int):
    members = {f"member-{number}": ["charts", "claims"] for number in range(count)}
    sizes = [len(share_of(member, members, PARTITIONS)) for member in members]
    assert max(sizes) - min(sizes) <= 1


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def buses(tmp_path: Path, clock: Clock) -> AsyncIterator[list[SqlLogBus]]:
    """Two processes on one log. Leases last ten minutes of the clock, so that only the clock ends them."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'bus.sqlite'}"
    opened = [SqlLogBus(url, session=timedelta(minutes=10), clock=clock) for _ in range(2)]
    yield opened
    for bus in opened:
        await bus.close()


async def test_a_silent_members_partitions_are_taken_over_and_its_commit_is_refused(
    buses: list[SqlLogBus], clock: Clock
):
    await buses[0].ensure_topics([Topic("claims")])
    await buses[0].publish([a_record("claims", f"key-{number}", "1") for number in range(20)])
    async with buses[0].subscribe("grouper", ["claims"]) as silent:
        batch = await silent.poll(100, 1.0)
        assert len(batch) == 20
        clock.now += 601.0
        async with buses[1].subscribe("grouper", ["claims"]) as heir:

            async def all_again() -> bool:
                return len(await heir.poll(100, 0.1)) == 20

            await until(all_again)
            with pytest.raises(PartitionsLost):
                await silent.commit(batch.generation, dict.fromkeys(batch.received, 99))
            # It comes back with the next poll, as a new member would.
            clock.now += 1.0
            assert isinstance(len(await silent.poll(100, 0.0)), int)


async def test_records_older_than_their_topic_keeps_them_are_let_go_and_reading_goes_on_behind_them(
    buses: list[SqlLogBus], clock: Clock
):
    bus = buses[0]
    await bus.ensure_topics([Topic("claims", kept_for=timedelta(days=7))])
    await bus.publish([a_record("claims", "key", str(number)) for number in range(10)])
    clock.now += timedelta(days=8).total_seconds()
    await bus.publish([a_record("claims", "key", "new")])
    assert [one.record.value for one in [found async for found in bus.scan("claims")]] == [b"new"]
    async with bus.subscribe("grouper", ["claims"]) as subscription:
        batch = await subscription.poll(100, 5.0)
    (received,) = batch.received.values()
    assert [(one.offset, one.record.value) for one in received] == [(10, b"new")]


async def test_lag_is_what_stands_behind_the_last_poll(buses: list[SqlLogBus]):
    bus = buses[0]
    await bus.ensure_topics([Topic("claims")])
    await bus.publish([a_record("claims", "key", str(number)) for number in range(10)])
    async with bus.subscribe("grouper", ["claims"]) as subscription:
        await subscription.poll(4, 1.0)
        assert sum(subscription.lag().values()) == 6
