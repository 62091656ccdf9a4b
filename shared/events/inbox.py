"""The inbox: which events a group has settled, written in the transaction of the effect. So an effect happens once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Index, String, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from shared.db import InfrastructureBase, UnitOfWork, UtcDateTime
from shared.events.bus import Received
from shared.events.envelope import TENANT, Envelope, InvalidEvent, read_envelope

REPLAY_GROUP, REPLAY_ID = "replay_group", "replay_id"
"""Headers of a dead letter that is tried again: for which group, and which try it is."""

Outcome = Literal["handled", "dead"]


class SettledElsewhere(Exception):
    """Another consumer settled this event while we did. Our transaction must roll back."""


class InboxRow(InfrastructureBase):
    __tablename__ = "inbox"
    __table_args__ = (Index("ix_inbox_settled_at", "settled_at"),)

    group: Mapped[str] = mapped_column(String(100), primary_key=True)
    event_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    tenant: Mapped[str] = mapped_column(String(100))
    outcome: Mapped[str] = mapped_column(String(10))
    replay: Mapped[str | None] = mapped_column(String(36))
    """The replay that was settled last, a UUIDv7; None for the event as first published."""
    settled_at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event on its way to a handler: where it came from, and what its envelope says or what is wrong with that."""

    received: Received
    envelope: Envelope
    replay: str | None
    fault: InvalidEvent | None = None

    @classmethod
    def read(cls, received: Received) -> Arrival:
        headers = received.record.headers
        try:
            return cls(received, read_envelope(headers), headers.get(REPLAY_ID))
        except InvalidEvent as fault:
            topic, number = received.partition
            stand_in = Envelope(
                f"{topic}/{number}/{received.offset}", "unknown", headers.get(TENANT) or "unknown", None
            )
            return cls(received, stand_in, headers.get(REPLAY_ID), fault)


@dataclass(frozen=True, slots=True)
class Settled:
    outcome: str
    replay: str | None

    def settles(self, arrival: Arrival) -> bool:
        """A handled event is never handled again; a dead one is tried once by each replay newer than its last."""
        if self.outcome == "handled" or arrival.replay is None:
            return True
        return self.replay is not None and arrival.replay <= self.replay


async def settled(session: AsyncSession, group: str, event_ids: Collection[str]) -> dict[str, Settled]:
    rows = await session.execute(
        select(InboxRow.event_id, InboxRow.outcome, InboxRow.replay).where(
            InboxRow.group == group, InboxRow.event_id.in_(event_ids)
        )
    )
    return {event_id: Settled(outcome, replay) for event_id, outcome, replay in rows}


def unsettled(arrivals: Sequence[Arrival], marks: Mapping[str, Settled]) -> list[Arrival]:
    """Those still to be handled, in their order; one that arrives twice in a batch is taken once."""
    new: dict[tuple[str, str | None], Arrival] = {}
    for arrival in arrivals:
        mark = marks.get(arrival.envelope.id)
        if mark is None or not mark.settles(arrival):
            new.setdefault((arrival.envelope.id, arrival.replay), arrival)
    return list(new.values())


async def settle(
    uow: UnitOfWork, group: str, arrivals: Sequence[Arrival], outcome: Outcome, *, revived: Collection[str] = ()
) -> None:
    """Mark events as settled; with the same event settled elsewhere at the same time, one of the two rolls back.

    `revived` are ids of dead events that a replay brings back. Raises SettledElsewhere, or the database's
    IntegrityError.
    """
    for event_id in revived:
        removed = await uow.session.execute(
            delete(InboxRow)
            .where(InboxRow.group == group, InboxRow.event_id == event_id, InboxRow.outcome == "dead")
            .returning(InboxRow.event_id)
        )
        if removed.first() is None:
            raise SettledElsewhere(event_id)
    at = uow.context.at
    rows = [
        {
            "group": group,
            "event_id": arrival.envelope.id,
            "tenant": arrival.envelope.tenant,
            "outcome": outcome,
            "replay": arrival.replay,
            "settled_at": at,
        }
        for arrival in arrivals
    ]
    await uow.session.execute(insert(InfrastructureBase.metadata.tables[InboxRow.__tablename__]), rows)


async def forget_settled(uow: UnitOfWork, before: datetime) -> None:
    """Delete marks older than any record that the bus may still hold. To be run now and then as a job."""
    await uow.session.execute(delete(InboxRow).where(InboxRow.settled_at < before, InboxRow.outcome == "handled"))
