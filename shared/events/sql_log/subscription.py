"""A member of a group at work: polls what it holds, renews its lease beside, commits what is done."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

from shared.events.bus import Batch, BusUnavailable, Partition, PartitionsLost, Received
from shared.events.sql_log import log
from shared.events.sql_log.membership import Membership

_LONGEST_BATCH = 300.0
"""Seconds without a poll after which a member no longer renews its lease: its handler hangs."""


class SqlLogSubscription:
    """Give one to one task. `appended` is set when this process has written to the log."""

    def __init__(self, membership: Membership, *, appended: asyncio.Event, look_every: float) -> None:
        self._membership = membership
        self._appended = appended
        self._look_every = look_every
        self._balance_due = 0.0
        self._polled_at = time.monotonic()
        self._lag: dict[Partition, int] = {}

    @asynccontextmanager
    async def joined(self) -> AsyncIterator[None]:
        with log.unavailable():
            await self._membership.join()
        renewing = asyncio.create_task(self._keep_lease(), name="sql-log-lease")
        try:
            yield
        finally:
            renewing.cancel()
            with suppress(asyncio.CancelledError):
                await renewing
            with suppress(BusUnavailable), log.unavailable():
                await self._membership.leave()

    async def poll(self, limit: int, wait: float) -> Batch:
        deadline = time.monotonic() + wait
        while True:
            self._polled_at = time.monotonic()
            self._appended.clear()
            with log.unavailable():
                await self._balance_if_due()
                received = await self._read(limit)
            remaining = deadline - time.monotonic()
            if received or remaining <= 0:
                return Batch(received, self._membership.generation)
            with suppress(TimeoutError):
                async with asyncio.timeout(min(remaining, self._look_every)):
                    await self._appended.wait()

    async def commit(self, generation: int, positions: Mapping[Partition, int]) -> None:
        if generation != self._membership.generation:
            raise PartitionsLost("the group has been rebalanced")
        if not positions:
            return
        with log.unavailable():
            await self._membership.commit(positions)

    def pause(self, partition: Partition, at: int) -> None:
        holding = self._membership.holdings.get(partition)
        if holding is not None:
            holding.paused, holding.position = True, at

    def resume(self, partition: Partition) -> None:
        holding = self._membership.holdings.get(partition)
        if holding is not None:
            holding.paused = False

    def lag(self) -> Mapping[Partition, int]:
        return self._lag

    async def _balance_if_due(self) -> None:
        if time.monotonic() < self._balance_due:
            return
        await self._membership.balance()
        # Without a partition there is nothing else to do than to look for one.
        quiet = self._membership.lease / 4 if self._membership.holdings else self._look_every
        self._balance_due = time.monotonic() + quiet

    async def _read(self, limit: int) -> dict[Partition, list[Received]]:
        holdings = self._membership.holdings
        received: dict[Partition, list[Received]] = {}
        async with self._membership.database.read() as session:
            ends = await log.ends(session, self._membership.topics)
            # The partition that is most behind first, so that none starves when all are long.
            behind = sorted(holdings, key=lambda one: holdings[one].position - ends[one])
            for partition in behind:
                holding = holdings[partition]
                if holding.paused or holding.position >= ends[partition] or limit <= 0:
                    continue
                found = await log.read(session, partition, holding.position, limit)
                # Nothing there although the log is longer: it has been trimmed.
                holding.position = found[-1].offset + 1 if found else ends[partition]
                limit -= len(found)
                if found:
                    received[partition] = found
        self._lag = {one: max(0, ends[one] - holding.position) for one, holding in holdings.items()}
        return received

    async def _keep_lease(self) -> None:
        while True:
            await asyncio.sleep(self._membership.lease / 4)
            if time.monotonic() - self._polled_at < _LONGEST_BATCH:
                with suppress(BusUnavailable), log.unavailable():
                    await self._membership.renew()
