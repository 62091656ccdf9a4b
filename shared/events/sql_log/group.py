"""Consumer groups of the log: members with leases share out the partitions; commits are fenced by generation.

Nobody leads. Every member computes the same shares from the same rows, gives up what is not its own between two
batches, and takes what is its own once nobody alive holds it. So a partition has one reader at a time, and a member
that has fallen silent loses its partitions when its lease ends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Update, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.bus import Partition
from shared.events.sql_log.tables import ClaimRow, MemberRow


@dataclass(frozen=True, slots=True)
class Claim:
    owner: str | None
    generation: int
    committed: int


@dataclass(frozen=True, slots=True)
class GroupState:
    """The group as one read found it: `members` alive, with their topics, and those whose lease is over: `silent`."""

    members: Mapping[str, Sequence[str]]
    silent: frozenset[str]
    claims: Mapping[Partition, Claim]

    def held_by(self, member: str) -> dict[Partition, Claim]:
        return {partition: claim for partition, claim in self.claims.items() if claim.owner == member}

    def to_release(self, member: str, share: frozenset[Partition]) -> list[Partition]:
        return [partition for partition in self.held_by(member) if partition not in share]

    def to_take(self, share: frozenset[Partition]) -> list[Partition]:
        """Of `share`, what nobody alive holds."""
        free = Claim(None, 0, 0)
        return sorted(one for one in share if self.claims.get(one, free).owner not in self.members)


def share_of(
    member: str, members: Mapping[str, Sequence[str]], partitions: Sequence[Partition]
) -> frozenset[Partition]:
    """The partitions due to `member`: each goes in turn to the members that read its topic."""
    mine = []
    for turn, partition in enumerate(sorted(partitions)):
        readers = sorted(name for name, topics in members.items() if partition.topic in topics)
        if readers and readers[turn % len(readers)] == member:
            mine.append(partition)
    return frozenset(mine)


async def read_group(session: AsyncSession, group: str, now: float) -> GroupState:
    members = (await session.execute(select(MemberRow).where(MemberRow.group == group))).scalars().all()
    claims = (await session.execute(select(ClaimRow).where(ClaimRow.group == group))).scalars().all()
    return GroupState(
        {row.member: row.topics for row in members if row.lease_until > now},
        frozenset(row.member for row in members if row.lease_until <= now),
        {Partition(row.topic, row.number): Claim(row.owner, row.generation, row.committed) for row in claims},
    )


async def join(session: AsyncSession, group: str, member: str, topics: Sequence[str], lease_until: float) -> None:
    await session.execute(
        insert(MemberRow).values(group=group, member=member, topics=list(topics), lease_until=lease_until)
    )


async def renew(session: AsyncSession, group: str, member: str, lease_until: float) -> bool:
    """False if the others have struck the member off."""
    renewed = await session.execute(
        update(MemberRow)
        .where(MemberRow.group == group, MemberRow.member == member)
        .values(lease_until=lease_until)
        .returning(MemberRow.member)
        .execution_options(synchronize_session=False)
    )
    return renewed.first() is not None


async def strike_off(session: AsyncSession, group: str, members: frozenset[str], now: float) -> None:
    """Forget members whose lease is over; one that renewed it meanwhile stays."""
    await session.execute(
        delete(MemberRow).where(MemberRow.group == group, MemberRow.member.in_(members), MemberRow.lease_until <= now)
    )


async def leave(session: AsyncSession, group: str, member: str) -> None:
    await session.execute(delete(MemberRow).where(MemberRow.group == group, MemberRow.member == member))
    await session.execute(update(ClaimRow).where(ClaimRow.group == group, ClaimRow.owner == member).values(owner=None))


async def release(session: AsyncSession, group: str, member: str, partition: Partition) -> None:
    await session.execute(_claim(group, partition).where(ClaimRow.owner == member).values(owner=None))


async def take(session: AsyncSession, group: str, member: str, partition: Partition, seen: Claim | None) -> bool:
    """Become the owner, unless somebody was faster than what we have `seen`."""
    if seen is None:
        row = {"group": group, "topic": partition.topic, "number": partition.number}
        await session.execute(insert(ClaimRow).values(**row, committed=0, owner=member, generation=1))
        return True
    taken = await session.execute(
        _claim(group, partition)
        .where(ClaimRow.generation == seen.generation)
        .values(owner=member, generation=seen.generation + 1)
        .returning(ClaimRow.generation)
    )
    return taken.first() is not None


async def commit(
    session: AsyncSession, group: str, member: str, partition: Partition, generation: int, offset: int
) -> bool:
    """False, and nothing written, if the partition has another owner or has had one since."""
    written = await session.execute(
        _claim(group, partition)
        .where(ClaimRow.owner == member, ClaimRow.generation == generation)
        .values(committed=offset)
        .returning(ClaimRow.committed)
    )
    return written.first() is not None


def _claim(group: str, partition: Partition) -> Update:
    return (
        update(ClaimRow)
        .where(ClaimRow.group == group, ClaimRow.topic == partition.topic, ClaimRow.number == partition.number)
        .execution_options(synchronize_session=False)
    )
