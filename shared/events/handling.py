"""From an event to its effect: inbox mark, handler and outgoing events in one transaction, or none of them."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from shared.db import Context, Database, UnitOfWork, new_id
from shared.events import deliveries, inbox, metrics
from shared.events.back_off import BackOff
from shared.events.contracts import LineEvent
from shared.events.dead_letters import to_dead_letter
from shared.events.envelope import InvalidEvent, read_event
from shared.events.event_unit import EventUnit
from shared.events.inbox import Arrival, SettledElsewhere
from shared.events.lots import in_lots, route_of
from shared.events.outbox import send

log = logging.getLogger(__name__)

Event = TypeVar("Event", bound=LineEvent)

Handler = Callable[[UnitOfWork, Any], Awaitable[None]]
"""Gets a unit of work in the event's tenant and the event. What it raises undoes everything that it did."""


class Occurrence(NamedTuple, Generic[Event]):
    """An event, and its own part of the unit of work that it is handled in."""

    uow: UnitOfWork
    event: Event


@dataclass(frozen=True)
class Together(Generic[Event]):
    """A handler of many events of one type and one tenant: for what is done at once at far less than each alone.

    `many` gets at least one event, those of one claim in their order; several of one claim may be among them. Their
    units are of one transaction, each in its event's name. What it raises undoes everything that was done for any of
    them, and then it gets them one by one: an event must come to the same alone as among others.
    """

    many: Callable[[Sequence[Occurrence[Event]]], Awaitable[None]]

    async def __call__(self, uow: UnitOfWork, event: Event) -> None:
        """As a `Handler`: the one event."""
        await self.many([Occurrence(uow, event)])


HandlerTable = Mapping[type[LineEvent], Handler]
"""Which event goes to which handler: one per service, in its `consumers.py`."""


class DatabaseUnavailable(Exception):
    """The group's database does not answer. No event is at fault."""


@dataclass(frozen=True)
class RetryPolicy:
    """An event whose handler fails is tried `attempts` times, then it is a dead letter."""

    attempts: int = 10
    back_off: BackOff = field(default_factory=lambda: BackOff(first=0.2, longest=60.0))


@dataclass(frozen=True)
class Done:
    """The event is settled, and the next one of its partition may come."""

    dead: bool = False


@dataclass(frozen=True)
class Again:
    """The event failed and is tried again in so many seconds."""

    after: float


class Handling:
    """What one group does with its events, whichever bus they come from."""

    def __init__(
        self, database: Database, group: str, handlers: HandlerTable, policy: RetryPolicy, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._group = group
        self._policy = policy
        self._clock = clock
        self._routes = {(model.topic, model.event_type): (model, handler) for model, handler in handlers.items()}
        self._joined = {route for route, (_, handler) in self._routes.items() if isinstance(handler, Together)}

    def concerns(self, arrival: Arrival) -> bool:
        """False for a type that this group has no handler for, and for another group's replay."""
        replayed_for = arrival.received.record.headers.get(inbox.REPLAY_GROUP)
        if replayed_for not in (None, self._group):
            return False
        return arrival.fault is not None or route_of(arrival) in self._routes

    async def together(self, arrivals: Sequence[Arrival]) -> int:
        """Settle all of them in one transaction; how many were new. On any exception none is settled."""
        ids = {arrival.envelope.id for arrival in arrivals}
        async with self._database.unit_of_work(self._context()) as uow:
            marks = await inbox.settled(uow.session, self._group, ids)
            new = inbox.unsettled(arrivals, marks)
            if new:
                revived = [arrival.envelope.id for arrival in new if arrival.envelope.id in marks]
                await inbox.settle(uow, self._group, new, "handled", revived=revived)
            for lot in in_lots(new, self._joined):
                await self._apply(uow, lot)
            await deliveries.forget_failures(uow.session, self._group, ids)
        return len(new)

    async def alone(self, arrival: Arrival) -> Done | Again:
        """Settle one event, or put it off, or give it up. Raises DatabaseUnavailable."""
        try:
            await self.together([arrival])
        except InvalidEvent as error:
            return await self._guarded(self._bury(arrival, error))
        except SettledElsewhere:
            return Again(0.0)
        except Exception as error:  # noqa: BLE001 - whatever a handler raises is recorded, repeated and at last given up
            await self._check_database(error)
            return await self._guarded(self._put_off(arrival, error))
        return Done()

    async def _apply(self, uow: UnitOfWork, lot: Sequence[Arrival]) -> None:
        for arrival in lot:
            if arrival.fault is not None:
                raise arrival.fault
        model, handler = self._routes[route_of(lot[0])]
        occurrences = [self._occurrence(uow, model, arrival) for arrival in lot]
        if isinstance(handler, Together):
            await handler.many(occurrences)
        else:
            for occurrence in occurrences:
                await handler(*occurrence)

    def _occurrence(self, uow: UnitOfWork, model: type[LineEvent], arrival: Arrival) -> Occurrence[LineEvent]:
        event = read_event(model, arrival.received.record.value)
        return Occurrence(EventUnit(uow, self._context(arrival)), event)

    async def _put_off(self, arrival: Arrival, error: Exception) -> Done | Again:
        async with self._database.read() as session:
            attempts = 1 + await deliveries.attempts_so_far(session, self._group, arrival.envelope.id)
        if attempts >= self._policy.attempts:
            return await self._bury(arrival, error, attempts=attempts)
        wait = self._policy.back_off.after(attempts)
        async with self._database.unit_of_work(self._context(arrival)) as uow:
            again_at = self._clock() + timedelta(seconds=wait)
            await deliveries.record_failure(
                uow, self._group, arrival, attempts=attempts, error=error, next_attempt_at=again_at
            )
        metrics.RETRIES.labels(self._group).inc()
        log.warning("%s: attempt %d at %s failed", self._group, attempts, arrival.envelope.id, exc_info=_quiet(error))
        return Again(wait)

    async def _bury(self, arrival: Arrival, error: Exception, *, attempts: int = 1) -> Done:
        """Mark as dead and send the dead letter, in one transaction: a crash leaves both or neither."""
        event_id = arrival.envelope.id
        async with self._database.unit_of_work(self._context(arrival)) as uow:
            marks = await inbox.settled(uow.session, self._group, [event_id])
            if event_id not in marks or not marks[event_id].settles(arrival):
                await inbox.settle(uow, self._group, [arrival], "dead", revived=marks)
                send(uow, to_dead_letter(arrival.received, self._group, error, attempts=attempts))
            await deliveries.forget_failures(uow.session, self._group, [event_id])
        code = getattr(error, "code", "unexpected")
        metrics.DEAD_LETTERS.labels(self._group, code).inc()
        log.error("%s: %s is a dead letter: %s", self._group, event_id, code, exc_info=_quiet(error))
        return Done(dead=True)

    async def _guarded(self, step: Awaitable[Done | Again]) -> Done | Again:
        try:
            return await step
        except SettledElsewhere:
            return Again(0.0)
        except (SQLAlchemyError, OSError) as error:
            raise DatabaseUnavailable(type(error).__name__) from error

    async def _check_database(self, error: Exception) -> None:
        """Raises DatabaseUnavailable if `error` came from there and not from the event."""
        if await self._database.is_away(error):
            raise DatabaseUnavailable(type(error).__name__) from error

    def _context(self, arrival: Arrival | None = None) -> Context:
        actor = f"system:{self._group}"
        if arrival is None:
            return Context(tenant="system", actor=actor, request_id=new_id(), at=self._clock())
        envelope = arrival.envelope
        return Context(envelope.tenant, actor, envelope.id, self._clock(), envelope.traceparent)


def _quiet(error: Exception) -> Exception | None:
    """The trace for the log, unless the message may repeat a row or a payload."""
    return None if isinstance(error, SQLAlchemyError | InvalidEvent) else error
