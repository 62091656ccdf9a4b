"""Which route a claim takes out, and what that route asks of its interchanges."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from services.submission.domain.batching import MOST_CLAIMS
from services.submission.domain.x12 import EnvelopeSettings
from shared.claims import Contact
from shared.x12 import CharacterSet, TradingPartner

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """When a route works, by the clock and calendar of its zone. It may run over midnight: the day is that it opens."""

    opens: time
    closes: time
    zone: ZoneInfo
    days: frozenset[int] = frozenset(range(7))
    """Days of the week, Monday 0."""

    def is_open(self, at: datetime) -> bool:
        local = at.astimezone(self.zone)
        now, today, yesterday = local.timetz().replace(tzinfo=None), local.weekday(), (local - _DAY).weekday()
        if self.opens < self.closes:
            return today in self.days and self.opens <= now < self.closes
        return (today in self.days and now >= self.opens) or (yesterday in self.days and now < self.closes)


@dataclass(frozen=True)
class RouteTerms:
    """What a clearinghouse, or a payer that is sent to directly, asks of whoever sends to it."""

    name: str
    sender: TradingPartner
    sender_name: str
    submitter_id: str
    contact: Contact
    receiver: TradingPartner
    receiver_name: str
    receiver_id: str
    usage: Literal["P", "T"] = "T"
    character_set: CharacterSet = "extended"
    payers: frozenset[str] = frozenset()
    """The payers that it serves by their ids; none: every payer."""
    claims_in_batch: int = MOST_CLAIMS
    most_bytes: int = sys.maxsize
    """What an interchange of more than one claim may have."""
    window: Window | None = None
    """When it is batched for on schedule and delivered to; None: always."""

    def is_open(self, at: datetime) -> bool:
        return self.window is None or self.window.is_open(at)

    def envelope(self, control_number: int, created_at: datetime) -> EnvelopeSettings:
        return EnvelopeSettings(
            sender=self.sender,
            sender_name=self.sender_name,
            submitter_id=self.submitter_id,
            contact=self.contact,
            receiver=self.receiver,
            receiver_name=self.receiver_name,
            receiver_id=self.receiver_id,
            control_number=control_number,
            created_at=created_at,
            usage=self.usage,
            character_set=self.character_set,
        )


@dataclass(frozen=True)
class Payers:
    """Whose claims can go out now: all but some, or none but some."""

    named: frozenset[str]
    all_but: bool


@dataclass(frozen=True)
class Routing:
    """The routes in the order in which they are preferred, and how each is now.

    A payer's own routes come before those of every payer. A paused route is passed over; one that is down is used only
    where no other serves the payer; one whose window is closed is waited for, since it will open.
    """

    routes: Sequence[RouteTerms]
    paused: frozenset[str] = frozenset()
    down: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()

    @property
    def working(self) -> frozenset[str]:
        """Those by which claims go out, now or when they open."""
        return frozenset(route.name for route in self.routes) - self.paused - self.down

    def route_of(self, payer_id: str) -> RouteTerms | None:
        """The route of a payer's claims; None where they wait."""
        own = [route for route in self.routes if payer_id in route.payers]
        serving = [*own, *(route for route in self.routes if not route.payers)]
        going = [route for route in serving if route.name not in self.paused]
        chosen = next((route for route in going if route.name not in self.down), going[0] if going else None)
        return None if chosen is None or chosen.name in self.closed else chosen

    def stand_in(self, route: str, payer_id: str) -> RouteTerms | None:
        """Another route that takes the payer's claims now, where this one is paused, down, or not there any more."""
        if route in self.working:
            return None
        chosen = self.route_of(payer_id)
        return chosen if chosen is not None and chosen.name != route else None

    def payers(self) -> Payers:
        """Those that have a route now."""
        named = frozenset[str]().union(*(route.payers for route in self.routes))
        going = frozenset(payer for payer in named if self.route_of(payer) is not None)
        has_general = self.route_of("") is not None
        return Payers(named - going, all_but=True) if has_general else Payers(going, all_but=False)
