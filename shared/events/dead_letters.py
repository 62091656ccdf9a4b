"""Dead letters: events that a group gives up, kept with the reason on its own topic until somebody replays them."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from datetime import timedelta

from shared.db import new_id
from shared.events.bus import Bus, Received, Record, Topic
from shared.events.envelope import ID, TENANT, InvalidEvent
from shared.events.inbox import REPLAY_GROUP, REPLAY_ID

ERROR_CODE, ERROR, ATTEMPTS = "dl_error_code", "dl_error", "dl_attempts"
TOPIC, PARTITION, OFFSET = "dl_topic", "dl_partition", "dl_offset"

_SUFFIX = ".dead-letters.v1"
_KEPT_FOR = timedelta(days=90)
_NO_TENANT = "unknown"


class DeadLetterFlood(Exception):
    """So many events are given up that the fault is ours, not theirs. Stops the consumer, loudly."""


def dead_letter_topic(service: str) -> Topic:
    return topic_named(service + _SUFFIX)


def topic_named(name: str) -> Topic:
    """The topic with its retention: people need longer to look at a dead letter than consumers to read an event."""
    return Topic(name, _KEPT_FOR) if name.endswith(_SUFFIX) else Topic(name)


def to_dead_letter(received: Received, service: str, error: Exception, *, attempts: int) -> Record:
    """The record as it came, with what was wrong. `dl_error` never repeats the payload: only our own words get in."""
    record = received.record
    message = f": {error}" if isinstance(error, InvalidEvent) else ""
    headers = {
        **{name: value for name, value in record.headers.items() if name not in (REPLAY_GROUP, REPLAY_ID)},
        TENANT: record.headers.get(TENANT) or _NO_TENANT,
        ERROR_CODE: getattr(error, "code", "unexpected"),
        ERROR: f"{type(error).__name__}{message}"[:500],
        TOPIC: received.partition.topic,
        PARTITION: str(received.partition.number),
        OFFSET: str(received.offset),
        ATTEMPTS: str(attempts),
    }
    return Record(dead_letter_topic(service).name, record.key, record.value, headers)


async def dead_letters(bus: Bus, service: str) -> AsyncIterator[Received]:
    """Every dead letter of the service that the bus still holds, replayed ones too. Raises BusUnavailable."""
    async for received in bus.scan(dead_letter_topic(service).name):
        yield received


async def replay(bus: Bus, service: str, ids: Collection[str] | None = None) -> int:
    """Put dead letters back on their topics for `service` alone; how many. `ids` are event ids, None means all.

    An event that was handled meanwhile stays handled once; one that fails again becomes a dead letter again. An event
    that died several times goes back once. Raises BusUnavailable; then some may be on their way, and a second call is
    harmless.
    """
    latest: dict[str, Received] = {}
    async for received in dead_letters(bus, service):
        event_id = received.record.headers.get(ID, "")
        if ids is None or event_id in ids:
            latest[event_id or f"{received.partition}/{received.offset}"] = received
    await bus.publish([_revived(received.record, service) for received in latest.values()])
    return len(latest)


def _revived(letter: Record, service: str) -> Record:
    headers = {name: value for name, value in letter.headers.items() if not name.startswith("dl_")}
    headers |= {REPLAY_GROUP: service, REPLAY_ID: new_id()}
    return Record(letter.headers[TOPIC], letter.key, letter.value, headers)


@dataclass(frozen=True)
class FloodLimit:
    """At most this `share` of the last `window` events may be dead letters, judged from `least` events on."""

    share: float = 0.2
    window: int = 500
    least: int = 50


class FloodGauge:
    def __init__(self, limit: FloodLimit) -> None:
        self._limit = limit
        self._recent: deque[bool] = deque(maxlen=limit.window)

    def count(self, *, handled: int = 0, dead: int = 0) -> None:
        """Raises DeadLetterFlood."""
        self._recent.extend([False] * handled + [True] * dead)
        given_up, seen = sum(self._recent), len(self._recent)
        if dead and seen >= self._limit.least and given_up > self._limit.share * seen:
            raise DeadLetterFlood(f"{given_up} of the last {seen} events were given up")
