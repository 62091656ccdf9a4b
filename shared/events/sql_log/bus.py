"""`SqlLogBus`: the bus port on the log, with a wake-up inside the process so that nobody waits for the next look."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from sqlalchemy.exc import DBAPIError

from shared.db import Database, UnitOfWork
from shared.events.bus import BusUnavailable, Received, Record, Subscription, Topic
from shared.events.sql_log import log
from shared.events.sql_log.membership import Membership
from shared.events.sql_log.subscription import SqlLogSubscription
from shared.events.sql_log.tables import LogBase

_SCANNED_AT_ONCE = 500
_TRIM_EVERY = 60.0


class SqlLogBus:
    """`url` is the SQLAlchemy address of the log's own database; its tables are made at the first use.

    `partitions` is that of topics that are created here. `session` is how long a silent consumer keeps its partitions;
    one that is handling a batch is not silent. `look_every` is how soon records of another process are seen.
    """

    def __init__(
        self,
        url: str,
        *,
        partitions: int = 4,
        session: timedelta = timedelta(seconds=10),
        look_every: timedelta = timedelta(milliseconds=100),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._url = url
        self._partitions = partitions
        self._lease = session.total_seconds()
        self._look_every = look_every.total_seconds()
        self._clock = clock
        self._database: Database | None = None
        self._opening = asyncio.Lock()
        self._counts: dict[str, int] = {}
        self._watchers: set[asyncio.Event] = set()
        self._trimmed_at = clock()

    async def ensure_topics(self, topics: Sequence[Topic]) -> None:
        for topic in topics:
            if topic.name in await self._known_topics(topic.name):
                continue
            try:
                async with self._write() as uow:
                    await log.create_topic(uow.session, topic, self._partitions)
            except BusUnavailable:
                # Another process may have been faster.
                if topic.name not in await self._known_topics(topic.name):
                    raise

    async def publish(self, records: Sequence[Record]) -> None:
        if not records:
            return
        names = {record.topic for record in records}
        counts = await self._known_topics(*names)
        if missing := sorted(names - counts.keys()):
            raise BusUnavailable(f"there is no topic {missing[0]}")
        async with self._write() as uow:
            await log.append(uow.session, records, counts, self._clock())
        self._wake_watchers()
        await self._trim_now_and_then()

    @asynccontextmanager
    async def subscribe(self, group: str, topics: Sequence[str]) -> AsyncIterator[Subscription]:
        appended = asyncio.Event()
        with log.unavailable():
            database = await self._opened()
        member = SqlLogSubscription(
            Membership(database, group, topics, lease=self._lease, clock=self._clock),
            appended=appended,
            look_every=self._look_every,
        )
        self._watchers.add(appended)
        try:
            async with member.joined():
                self._wake_watchers()
                yield member
        finally:
            self._watchers.discard(appended)
            self._wake_watchers()

    async def scan(self, topic: str) -> AsyncIterator[Received]:
        with log.unavailable():
            database = await self._opened()
            async with database.read() as session:
                ends = await log.ends(session, [topic])
        for partition, end in sorted(ends.items()):
            position = 0
            while position < end:
                with log.unavailable():
                    async with database.read() as session:
                        found = await log.read(session, partition, position, _SCANNED_AT_ONCE)
                for received in found:
                    if received.offset < end:
                        yield received
                position = found[-1].offset + 1 if found else end

    async def ping(self) -> None:
        with log.unavailable():
            await (await self._opened()).ping()

    async def close(self) -> None:
        async with self._opening:
            database, self._database = self._database, None
            if database is not None:
                await database.close()

    async def _opened(self) -> Database:
        async with self._opening:
            if self._database is None:
                database = Database.open(self._url)
                try:
                    await _create_tables(database)
                except BaseException:
                    await database.close()
                    raise
                self._database = database
            return self._database

    async def _known_topics(self, *names: str) -> Mapping[str, int]:
        """Partitions per topic, looked up again if one of `names` is not known yet."""
        if not self._counts.keys() >= set(names):
            with log.unavailable():
                async with (await self._opened()).read() as session:
                    self._counts = await log.partition_counts(session)
        return self._counts

    @asynccontextmanager
    async def _write(self) -> AsyncIterator[UnitOfWork]:
        with log.unavailable():
            database = await self._opened()
            async with database.unit_of_work(log.system_context()) as uow:
                yield uow

    def _wake_watchers(self) -> None:
        for watcher in self._watchers:
            watcher.set()

    async def _trim_now_and_then(self) -> None:
        if self._clock() - self._trimmed_at < _TRIM_EVERY:
            return
        self._trimmed_at = self._clock()
        async with self._write() as uow:
            await log.trim(uow.session, self._clock())


async def _create_tables(database: Database) -> None:
    try:
        async with database.engine.begin() as connection:
            await connection.run_sync(LogBase.metadata.create_all)
    except DBAPIError:
        # Two processes at their first start; the second look finds the other's tables.
        async with database.engine.begin() as connection:
            await connection.run_sync(LogBase.metadata.create_all)
