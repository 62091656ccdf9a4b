"""One consumer's place in its group: its lease, and the partitions that it holds at the moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db import Database, new_id
from shared.events.bus import Partition, PartitionsLost
from shared.events.sql_log import group as groups
from shared.events.sql_log import log
from shared.events.sql_log.group import GroupState, share_of


@dataclass(slots=True)
class Holding:
    """A partition in our hands. `position` is the offset that we read next."""

    generation: int
    position: int
    paused: bool = False


class Membership:
    def __init__(
        self, database: Database, group: str, topics: Sequence[str], *, lease: float, clock: Callable[[], float]
    ) -> None:
        self.database = database
        self.topics = tuple(topics)
        self.lease = lease
        self.holdings: dict[Partition, Holding] = {}
        self.generation = 0
        """Rises whenever a partition comes or goes."""
        self._group = group
        self._member = new_id()
        self._clock = clock

    async def join(self) -> None:
        async with self.database.unit_of_work(log.system_context()) as uow:
            await groups.join(uow.session, self._group, self._member, self.topics, self._clock() + self.lease)

    async def renew(self) -> None:
        """Say that we are alive; after the others gave us up, begin anew."""
        async with self.database.unit_of_work(log.system_context()) as uow:
            until = self._clock() + self.lease
            if not await groups.renew(uow.session, self._group, self._member, until):
                await groups.join(uow.session, self._group, self._member, self.topics, until)

    async def leave(self) -> None:
        async with self.database.unit_of_work(log.system_context()) as uow:
            await groups.leave(uow.session, self._group, self._member)

    async def balance(self) -> None:
        """Give up what is not due to us, take what is and is free. Only between two batches."""
        async with self.database.read() as session:
            partitions = list(await log.ends(session, self.topics))
            state = await groups.read_group(session, self._group, self._clock())
        if self._member not in state.members:
            # The process stood still for longer than its lease.
            await self.renew()
            return await self.balance()
        share = share_of(self._member, state.members, partitions)
        if state.silent or state.to_release(self._member, share) or state.to_take(share):
            state = await self._change(state, share)
        return self._hold(state)

    async def _change(self, seen: GroupState, share: frozenset[Partition]) -> GroupState:
        try:
            async with self.database.unit_of_work(log.system_context()) as uow:
                await self._write_change(uow.session, seen, share)
        except IntegrityError:
            # Two members made the first claim of a partition; the next balance sees who was faster.
            pass
        async with self.database.read() as session:
            return await groups.read_group(session, self._group, self._clock())

    async def _write_change(self, session: AsyncSession, seen: GroupState, share: frozenset[Partition]) -> None:
        await groups.strike_off(session, self._group, seen.silent, self._clock())
        for partition in seen.to_release(self._member, share):
            await groups.release(session, self._group, self._member, partition)
        for partition in seen.to_take(share):
            await groups.take(session, self._group, self._member, partition, seen.claims.get(partition))

    def _hold(self, state: GroupState) -> None:
        """Keep what is still ours as it is; begin what is new at the group's offset."""
        before = {partition: holding.generation for partition, holding in self.holdings.items()}
        ours = state.held_by(self._member)
        self.holdings = {
            partition: self.holdings[partition]
            if before.get(partition) == claim.generation
            else Holding(claim.generation, claim.committed)
            for partition, claim in ours.items()
        }
        if before != {partition: claim.generation for partition, claim in ours.items()}:
            self.generation += 1

    async def commit(self, positions: Mapping[Partition, int]) -> None:
        """Raises PartitionsLost after it has committed what is ours."""
        lost = [partition for partition in positions if partition not in self.holdings]
        async with self.database.unit_of_work(log.system_context()) as uow:
            for partition in sorted(positions.keys() & self.holdings.keys()):
                held, offset = self.holdings[partition].generation, positions[partition]
                if not await groups.commit(uow.session, self._group, self._member, partition, held, offset):
                    lost.append(partition)
        if lost:
            for partition in lost:
                self.holdings.pop(partition, None)
            raise PartitionsLost(f"{len(lost)} partitions have another owner")
