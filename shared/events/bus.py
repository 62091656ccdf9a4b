"""The bus as a port: topics with keyed partitions, consumer groups with offsets. Two adapters: `KafkaBus`, `SqlLogBus`.

What both promise, and `tests/shared/events/test_bus_contract.py` holds them to:

- records of one key come out in the order in which they went in (one key, one partition);
- a record is delivered at least once to every group, and again whenever its offset was not committed;
- at any time one member of a group has a partition; a member that falls silent loses its partitions to the others;
- what `publish` has returned for survives the death of the process and of the broker.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple, Protocol

from aiokafka.partitioner import murmur2

MAX_RECORD_BYTES = 4_000_000
"""The largest value of a record. A claim of 999 lines has about 700,000 bytes."""

KEPT_FOR = timedelta(days=7)


class BusUnavailable(Exception):
    """The bus does not answer. Nobody's record is at fault; try again later."""


class PartitionsLost(Exception):
    """The partitions of the batch belong to another member by now; what was not committed is delivered there."""


@dataclass(frozen=True, slots=True)
class Record:
    """One message. `key` decides the partition and never identifies a patient; headers are text without PHI."""

    topic: str
    key: str
    value: bytes
    headers: Mapping[str, str]


class Partition(NamedTuple):
    topic: str
    number: int


@dataclass(frozen=True, slots=True)
class Received:
    """A record and where it stands."""

    partition: Partition
    offset: int
    record: Record


@dataclass(frozen=True, slots=True)
class Batch:
    """What one poll brought: per partition in the order of offsets, without holes."""

    received: Mapping[Partition, Sequence[Received]]
    generation: int
    """Which assignment of partitions the batch belongs to; goes back with the commit."""

    def __len__(self) -> int:
        return sum(map(len, self.received.values()))


@dataclass(frozen=True, slots=True)
class Topic:
    name: str
    kept_for: timedelta = KEPT_FOR


class Subscription(Protocol):
    """One member of a consumer group. Not for use by two tasks at once."""

    async def poll(self, limit: int, wait: float) -> Batch:
        """At most `limit` records of this member's partitions, after at most about `wait` seconds; may be empty.

        Calling it says that the batch before is done with: only now may its partitions move to another member.
        Raises BusUnavailable.
        """

    async def commit(self, generation: int, positions: Mapping[Partition, int]) -> None:
        """Remember for the group the next offset to read of each partition. Durable on return.

        `generation` is that of the batch. Raises PartitionsLost (nothing of a lost partition is committed) and
        BusUnavailable; after either, the records may be delivered again.
        """

    def pause(self, partition: Partition, at: int) -> None:
        """Deliver nothing of this partition until `resume`, then begin again at offset `at`. The others go on.

        A pause ends by itself when the partition changes hands. Of no effect on a partition that is not ours.
        """

    def resume(self, partition: Partition) -> None:
        """End a pause. Of no effect on a partition that is not paused or not ours."""

    def lag(self) -> Mapping[Partition, int]:
        """Records that stand behind the last poll, as far as known without asking the bus."""


class Bus(Protocol):
    async def ensure_topics(self, topics: Sequence[Topic]) -> None:
        """Create those that do not exist; those that do stay as they are. Raises BusUnavailable."""

    async def publish(self, records: Sequence[Record]) -> None:
        """Returns when every record is durably on the bus, those of one key in the order given.

        Waits while the bus is briefly away. On BusUnavailable none, some or all are on the bus: publish all of them
        again, in the same order, before any later record of their keys. To be called by one task at a time if the order
        between two calls matters.
        """

    def subscribe(self, group: str, topics: Sequence[str]) -> AbstractAsyncContextManager[Subscription]:
        """Join the group, at the beginning of the topics if it has no offsets yet; leave it at the end of the context.

        Entering raises BusUnavailable. Leaving commits nothing and gives the partitions to the other members.
        """

    def scan(self, topic: str) -> AsyncIterator[Received]:
        """Every record that the topic holds now, without a group and without effect on any. Raises BusUnavailable."""

    async def ping(self) -> None:
        """Returns if the bus answers. Raises BusUnavailable."""

    async def close(self) -> None:
        """Close connections. Subscriptions must have been left. Bounded in time even if the bus is away."""


@lru_cache(maxsize=10_000)
def partition_of(key: str, partitions: int) -> int:
    """The partition of a key, as Apache Kafka's own clients choose it (murmur2 of the key's bytes)."""
    return int((murmur2(key.encode()) & 0x7FFFFFFF) % partitions)
