"""The story of one claim in flight: our acts, the interchanges it went in, and every answer, in one line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from pydantic import JsonValue

from services.submission.domain.answers import Source
from shared.claims import Instant, Many, Model
from shared.worklists import Act

EVENTS = MappingProxyType(
    {
        "claim.taken": "claim.cleared.v1",
        "claim.entered": "claim.cleared.v1",
        "interchange.delivered": "claim.submitted.v1",
        "claim.accepted": "claim.accepted.v1",
        "claim.rejected": "claim.rejected.v1",
        "claim.rejected_further": "claim.rejected.v1",
        "claim.corrected": "claim.corrected.v1",
        "claim.voided": "claim.corrected.v1",
        "claim.paid": "claim.remitted.v1",
        "claim.denied": "claim.remitted.v1",
        "claim.void_confirmed": "claim.remitted.v1",
        "claim.remittance_kept": "claim.remitted.v1",
        "claim.posting_undone": "claim.remitted.v1",
    }
)
"""The event of the line that an act took in or told."""

_NEXT_ATTEMPT = frozenset({"claim.corrected", "claim.voided", "claim.returned"})


class TimelineEntry(Model):
    """One thing that happened: an act of a person or of the line, or an answer of the other side."""

    at: Instant
    actor: str
    """Who did it; of an answer the route that it came by."""
    action: str
    """Such as claim.taken, interchange.prepared, claim.corrected; of an answer `answer.277CA`."""
    attempt: int
    """How often the claim had been sent, this time included."""
    event: str | None = None
    """The event of the line that it took in or told."""
    effect: str | None = None
    """What an answer changed: advanced, confirmed, late, superseded or noted."""
    segments: Many[str] = ()
    """An answer as it came."""
    details: dict[str, JsonValue]


class Said(Protocol):
    """An answer as it is kept. Without an attempt it is about the interchange of `interchange_id`."""

    @property
    def at(self) -> datetime: ...
    @property
    def source(self) -> Source: ...
    @property
    def effect(self) -> str: ...
    @property
    def attempt(self) -> int | None: ...
    @property
    def interchange_id(self) -> str | None: ...
    @property
    def response_id(self) -> str: ...
    @property
    def reference(self) -> str: ...
    @property
    def segments(self) -> list[str]: ...


def entries(
    acts: Iterable[Act], answers: Iterable[tuple[str, Said]], attempts: Mapping[str, int]
) -> tuple[TimelineEntry, ...]:
    """Acts and answers by their moments; of one moment an answer stands before the act that follows from it.

    `answers` come each with its route; `attempts` says of each interchange for the how-manieth time the claim went.
    """
    told = [*_acts(acts), *(_answer(route, said, attempts) for route, said in answers)]
    return tuple(sorted(told, key=lambda entry: (entry.at, not entry.segments)))


def _acts(acts: Iterable[Act]) -> Iterable[TimelineEntry]:
    """In the order of the trail. A correction or return begins the next attempt; money may be for one before it."""
    attempt = 1
    for act in sorted(acts, key=lambda act: act.seq):
        if act.action in _NEXT_ATTEMPT:
            attempt += 1
        yield TimelineEntry(
            at=act.at,
            actor=act.actor,
            action=act.action,
            attempt=_attempt_of(act, attempt),
            event=EVENTS.get(act.action),
            details=dict(act.details),
        )


def _attempt_of(act: Act, latest: int) -> int:
    named = act.details.get("attempt")
    return named if isinstance(named, int) else latest


def _answer(route: str, said: Said, attempts: Mapping[str, int]) -> TimelineEntry:
    return TimelineEntry(
        at=said.at,
        actor=route,
        action=f"answer.{said.source}",
        attempt=said.attempt or attempts.get(said.interchange_id or "", 1),
        effect=said.effect,
        segments=tuple(said.segments),
        details={"reference": said.reference, "response_id": said.response_id},
    )
