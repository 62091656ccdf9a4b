"""Appending to the log, reading it, and letting go of what is too old."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import orjson
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db import Context, new_id
from shared.events.bus import BusUnavailable, Partition, Received, Record, Topic, partition_of
from shared.events.sql_log.tables import LogBase, PartitionRow, RecordRow, TopicRow

_TRIMMED_AT_ONCE = 5_000


@contextmanager
def unavailable() -> Iterator[None]:
    """What the database says when it cannot be reached, in the port's words."""
    try:
        yield
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        raise BusUnavailable(type(error).__name__) from error


def system_context() -> Context:
    """In whose name the log is written: its rows belong to no tenant."""
    return Context(tenant="system", actor="system:bus", request_id=new_id(), at=datetime.now(UTC))


async def partition_counts(session: AsyncSession) -> dict[str, int]:
    """How many partitions each topic has."""
    rows = await session.execute(select(TopicRow.name, TopicRow.partitions))
    return dict(rows.all())


async def create_topic(session: AsyncSession, topic: Topic, partitions: int) -> None:
    kept_seconds = topic.kept_for.total_seconds()
    await session.execute(insert(TopicRow).values(name=topic.name, partitions=partitions, kept_seconds=kept_seconds))
    numbered = [{"topic": topic.name, "number": number, "next_offset": 0} for number in range(partitions)]
    await session.execute(insert(PartitionRow), numbered)


async def append(session: AsyncSession, records: Sequence[Record], counts: Mapping[str, int], now: float) -> None:
    """Give each record the next offset of its partition. `counts` is partitions per topic; `now` seconds."""
    lanes: dict[Partition, list[Record]] = defaultdict(list)
    for record in records:
        lanes[Partition(record.topic, partition_of(record.key, counts[record.topic]))].append(record)
    rows = []
    # In one order for everybody, so that two who append never wait for each other in a circle.
    for partition in sorted(lanes):
        lane = lanes[partition]
        after = await _reserve(session, partition, len(lane))
        rows += [_row(partition, offset, record, now) for offset, record in enumerate(lane, after - len(lane))]
    await session.execute(insert(LogBase.metadata.tables[RecordRow.__tablename__]), rows)


async def _reserve(session: AsyncSession, partition: Partition, count: int) -> int:
    statement = (
        update(PartitionRow)
        .where(PartitionRow.topic == partition.topic, PartitionRow.number == partition.number)
        .values(next_offset=PartitionRow.next_offset + count)
        .returning(PartitionRow.next_offset)
        .execution_options(synchronize_session=False)
    )
    return (await session.execute(statement)).scalar_one()


def _row(partition: Partition, offset: int, record: Record, now: float) -> dict[str, object]:
    return {
        "topic": partition.topic,
        "number": partition.number,
        "offset": offset,
        "key": record.key,
        "headers": orjson.dumps(dict(record.headers)),
        "value": record.value,
        "appended_at": now,
    }


async def ends(session: AsyncSession, topics: Sequence[str]) -> dict[Partition, int]:
    """The offset that the next record of each partition will have."""
    rows = await session.execute(
        select(PartitionRow.topic, PartitionRow.number, PartitionRow.next_offset).where(PartitionRow.topic.in_(topics))
    )
    return {Partition(topic, number): end for topic, number, end in rows}


async def read(session: AsyncSession, partition: Partition, start: int, limit: int) -> list[Received]:
    """Records from offset `start` on, at most `limit`."""
    rows = await session.execute(
        select(RecordRow.offset, RecordRow.key, RecordRow.headers, RecordRow.value)
        .where(
            RecordRow.topic == partition.topic,
            RecordRow.number == partition.number,
            RecordRow.offset >= start,
        )
        .order_by(RecordRow.offset)
        .limit(limit)
    )
    topic = partition.topic
    return [
        Received(partition, offset, Record(topic, key, value, orjson.loads(headers)))
        for offset, key, headers, value in rows
    ]


async def trim(session: AsyncSession, now: float) -> int:
    """Delete records older than their topic keeps them, some thousands at a time; how many went."""
    removed = 0
    for name, kept_seconds in (await session.execute(select(TopicRow.name, TopicRow.kept_seconds))).all():
        old = (
            select(RecordRow.number, RecordRow.offset)
            .where(RecordRow.topic == name, RecordRow.appended_at < now - kept_seconds)
            .limit(_TRIMMED_AT_ONCE)
        )
        found = (await session.execute(old)).all()
        for number in {row.number for row in found}:
            last = max(row.offset for row in found if row.number == number)
            await session.execute(
                delete(RecordRow).where(RecordRow.topic == name, RecordRow.number == number, RecordRow.offset <= last)
            )
        removed += len(found)
    return removed
