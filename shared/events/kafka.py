"""The bus on Apache Kafka: an idempotent producer with `acks=all`, consumer groups with commits by hand.

No Kafka transactions: what makes an effect happen once is the inbox in the consumer's own database.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import timedelta
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import (
    CommitFailedError,
    IllegalStateError,
    KafkaError,
    ProducerClosed,
    TopicAlreadyExistsError,
    for_code,
)

from shared.events.bus import (
    MAX_RECORD_BYTES,
    Batch,
    BusUnavailable,
    Partition,
    PartitionsLost,
    Received,
    Record,
    Subscription,
    Topic,
    partition_of,
)

log = logging.getLogger(__name__)

_REQUEST_BYTES = MAX_RECORD_BYTES + 100_000
_PATIENCE = 30.0
"""Seconds that a call waits for a broker that is away before it raises."""

_STOP_PATIENCE = 10.0

_REVOKE_PATIENCE, _REBALANCE_PATIENCE = 30.0, 60.0
"""Seconds that a member may still work on its batch when others join, and that the group waits for it in all."""


class KafkaBus:
    """`bootstrap` is `host:port[,host:port]`. `security` goes to every client as it is: `security_protocol`, `sasl_…`.

    `partitions` and `replication` are those of topics that are created here. `session` is how long a silent consumer
    keeps its partitions; a consumer that is handling a batch is not silent.
    """

    def __init__(
        self,
        bootstrap: str,
        *,
        partitions: int = 12,
        replication: int = 1,
        session: timedelta = timedelta(seconds=10),
        security: Mapping[str, Any] | None = None,
    ) -> None:
        self._client_options = {"bootstrap_servers": bootstrap, **(security or {})}
        self._partitions = partitions
        self._replication = replication
        self._session = session
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()

    async def ensure_topics(self, topics: Sequence[Topic]) -> None:
        wanted = [
            NewTopic(topic.name, self._partitions, self._replication, topic_configs=_topic_settings(topic))
            for topic in topics
        ]
        with _unavailable():
            async with asyncio.timeout(_PATIENCE):
                answer = await self._with_admin(wanted)
        for name, code, *_ in answer.topic_errors:
            error = for_code(code)
            if code and error is not TopicAlreadyExistsError:
                raise BusUnavailable(f"topic {name} cannot be created: {error.__name__}")

    async def _with_admin(self, wanted: list[NewTopic]) -> Any:
        admin = AIOKafkaAdminClient(**self._client_options)
        try:
            await admin.start()
            return await admin.create_topics(wanted)
        finally:
            await admin.close()

    async def publish(self, records: Sequence[Record]) -> None:
        producer = await self._started_producer()
        try:
            with _unavailable():
                async with asyncio.timeout(_PATIENCE):
                    await _send(producer, records)
        except BusUnavailable as failure:
            if isinstance(failure.__cause__, KafkaError):
                # A producer whose sender has died never recovers; the next call begins with a fresh one. One that is
                # merely waiting for its broker is kept, so that what it holds goes out before what comes later.
                await self._discard_producer()
            raise

    async def _started_producer(self) -> AIOKafkaProducer:
        async with self._starting:
            if self._producer is None:
                producer = AIOKafkaProducer(
                    enable_idempotence=True,
                    acks="all",
                    max_batch_size=_REQUEST_BYTES,
                    max_request_size=_REQUEST_BYTES,
                    **self._client_options,
                )
                try:
                    with _unavailable():
                        async with asyncio.timeout(_PATIENCE):
                            await producer.start()
                except BaseException:
                    await _stop(producer)
                    raise
                self._producer = producer
            return self._producer

    async def _discard_producer(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            await _stop(producer)

    @asynccontextmanager
    async def subscribe(self, group: str, topics: Sequence[str]) -> AsyncIterator[Subscription]:
        silence = int(self._session.total_seconds() * 1000)
        consumer = AIOKafkaConsumer(
            group_id=group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            session_timeout_ms=silence,
            heartbeat_interval_ms=silence // 4,
            rebalance_timeout_ms=int(_REBALANCE_PATIENCE * 1000),
            max_partition_fetch_bytes=_REQUEST_BYTES,
            fetch_max_wait_ms=250,
            # Soon enough to see topics and partitions that are created later.
            metadata_max_age_ms=30_000,
            **self._client_options,
        )
        member = _KafkaSubscription(consumer)
        consumer.subscribe(topics, listener=member)
        try:
            with _unavailable():
                async with asyncio.timeout(_PATIENCE + _REBALANCE_PATIENCE):
                    await consumer.start()
            yield member
        finally:
            member.leave()
            await _stop(consumer)

    async def scan(self, topic: str) -> AsyncIterator[Received]:
        consumer = AIOKafkaConsumer(topic, group_id=None, auto_offset_reset="earliest", **self._client_options)
        try:
            with _unavailable():
                async with asyncio.timeout(_PATIENCE):
                    await consumer.start()
                    partitions = list(consumer.assignment())
                    starts = await consumer.beginning_offsets(partitions)
                    ends = await consumer.end_offsets(partitions)
            async for received in _read_until(consumer, {key: ends[key] for key in ends if starts[key] < ends[key]}):
                yield received
        finally:
            await _stop(consumer)

    async def ping(self) -> None:
        producer = await self._started_producer()
        with _unavailable():
            async with asyncio.timeout(5.0):
                await producer.client.fetch_all_metadata()

    async def close(self) -> None:
        async with self._starting:
            await self._discard_producer()


class _KafkaSubscription(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is not typed
    """Holds a rebalance back until the batch in hand is done with, and refuses commits of batches from before it."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer
        self._generation = 0
        self._positions: dict[TopicPartition, int] = {}
        self._idle = asyncio.Event()
        self._idle.set()

    async def poll(self, limit: int, wait: float) -> Batch:
        self._idle.set()
        records: Mapping[TopicPartition, Sequence[Any]] = {}
        with _unavailable(), suppress(TimeoutError):
            # Without a partition aiokafka waits for an assignment, however long that takes.
            async with asyncio.timeout(wait + 0.5):
                records = await self._consumer.getmany(timeout_ms=int(wait * 1000), max_records=limit)
        if records:
            self._idle.clear()
        for partition, some in records.items():
            self._positions[partition] = some[-1].offset + 1
        return Batch(
            {Partition(*key): [_received(one) for one in some] for key, some in records.items()}, self._generation
        )

    async def commit(self, generation: int, positions: Mapping[Partition, int]) -> None:
        if generation != self._generation:
            raise PartitionsLost("the group has been rebalanced")
        if not positions:
            return
        offsets = {TopicPartition(*partition): offset for partition, offset in positions.items()}
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._consumer.commit(offsets)
        except (CommitFailedError, IllegalStateError) as error:
            raise PartitionsLost("the group has been rebalanced") from error
        except (KafkaError, TimeoutError) as error:
            raise BusUnavailable(type(error).__name__) from error

    def pause(self, partition: Partition, at: int) -> None:
        with suppress(IllegalStateError):
            self._consumer.pause(TopicPartition(*partition))
            self._consumer.seek(TopicPartition(*partition), at)

    def resume(self, partition: Partition) -> None:
        with suppress(IllegalStateError):
            self._consumer.resume(TopicPartition(*partition))

    def lag(self) -> Mapping[Partition, int]:
        behind = {}
        for assigned in self._consumer.assignment() & self._positions.keys():
            end = self._consumer.highwater(assigned)
            behind[Partition(*assigned)] = max(0, (end or 0) - self._positions[assigned])
        return behind

    def leave(self) -> None:
        """Let no rebalance wait for us any more."""
        self._idle.set()

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        # The batch in hand may still be committed; if it takes too long, it is delivered to its next owner instead.
        with suppress(TimeoutError):
            async with asyncio.timeout(_REVOKE_PATIENCE):
                await self._idle.wait()
        self._generation += 1

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Nothing to prepare: offsets are Kafka's."""


def _topic_settings(topic: Topic) -> dict[str, str]:
    return {
        "retention.ms": str(int(topic.kept_for.total_seconds() * 1000)),
        "max.message.bytes": str(_REQUEST_BYTES),
    }


async def _send(producer: AIOKafkaProducer, records: Sequence[Record]) -> None:
    """All partitions at once, but in each only one batch in flight: a batch that fails is not overtaken by the next."""
    lanes: dict[Partition, list[Record]] = defaultdict(list)
    for record in records:
        partitions = await producer.partitions_for(record.topic)
        lanes[Partition(record.topic, partition_of(record.key, len(partitions)))].append(record)
    outcomes = await asyncio.gather(*(_send_lane(producer, *lane) for lane in lanes.items()), return_exceptions=True)
    for failure in filter(None, outcomes):
        raise failure


async def _send_lane(producer: AIOKafkaProducer, partition: Partition, records: Sequence[Record]) -> None:
    remaining = list(reversed(records))
    while remaining:
        batch = producer.create_batch()
        while remaining and _appended(batch, remaining[-1]):
            remaining.pop()
        delivered = await producer.send_batch(batch, partition.topic, partition=partition.number)
        await delivered


def _appended(batch: Any, record: Record) -> bool:
    headers = [(name, value.encode()) for name, value in record.headers.items()]
    return batch.append(key=record.key.encode(), value=record.value, timestamp=None, headers=headers) is not None


def _received(message: Any) -> Received:
    headers = {name: value.decode(errors="replace") for name, value in message.headers}
    key = (message.key or b"").decode(errors="replace")
    record = Record(message.topic, key, message.value or b"", headers)
    return Received(Partition(message.topic, message.partition), message.offset, record)


async def _read_until(consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> AsyncIterator[Received]:
    while ends:
        with _unavailable():
            found = await consumer.getmany(*ends, timeout_ms=int(_PATIENCE * 1000))
        if not found:
            raise BusUnavailable("the topic cannot be read to its end")
        for partition, messages in found.items():
            for message in messages:
                if message.offset < ends[partition]:
                    yield _received(message)
            if messages[-1].offset + 1 >= ends[partition]:
                del ends[partition]


@contextmanager
def _unavailable() -> Iterator[None]:
    """What the client library says about a broker that is away, in the port's words."""
    try:
        yield
    except (KafkaError, TimeoutError, OSError) as error:
        raise BusUnavailable(type(error).__name__) from error


async def _stop(client: AIOKafkaProducer | AIOKafkaConsumer) -> None:
    """Stop a client, within bounds: one that waits for a broker that is away is cut off."""
    # In a task of its own, for aiokafka cancels its own tasks and lets their CancelledError out, as if it were ours.
    stopping = asyncio.create_task(client.stop())
    await asyncio.wait({stopping}, timeout=_STOP_PATIENCE)
    if not stopping.done():
        if isinstance(client, AIOKafkaProducer):
            # It would hold on to its records for ever. They are in the outbox still.
            client._message_accumulator.fail_all(ProducerClosed())
            client._sender.sender_task.cancel()
        stopping.cancel()
        await asyncio.wait({stopping}, timeout=_STOP_PATIENCE)
    failure = None if stopping.cancelled() or not stopping.done() else stopping.exception()
    if failure is not None:
        log.info("a Kafka client did not stop in order: %s", type(failure).__name__)
    connections = client.client if isinstance(client, AIOKafkaProducer) else client._client
    with suppress(KafkaError, OSError):
        await connections.close()
