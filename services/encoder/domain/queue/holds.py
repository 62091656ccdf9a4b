"""Why a chart must wait though nobody works on it: reasons from a dated list, each with the moment when it lapses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from services.encoder.errors import InvalidHold, UnknownHoldReason
from services.encoder.parameters import parameter
from shared.claims import Instant, Model, Text

QUERY_OPEN = "query_open"
"""Placed and lifted with the queries of a chart, never by hand."""

LONGEST = timedelta(days=366)
"""After that the account has other troubles: payers take no claim that late."""


class Hold(Model):
    """One reason for which a chart waits; a chart has each reason once."""

    reason: str
    placed_by: str
    placed_at: Instant
    until: Instant | None = None
    """The moment when it lapses by itself; None holds until it is lifted."""
    note: Text | None = None
    """For the next coder. Say nothing of the patient: what belongs to the record stands in the record."""

    def stands_at(self, moment: Instant) -> bool:
        return self.until is None or moment < self.until


def hold_reasons(day: date) -> Mapping[str, str]:
    """The titles of the day's reasons by their codes."""
    titles: Mapping[str, str] = parameter("queue/hold_reasons").on_or(day, {})
    return titles


def check_hold(reason: str, until: Instant | None, at: Instant) -> None:
    """Raises UnknownHoldReason where the list of the day does not have it or only a query places it; InvalidHold."""
    known = hold_reasons(at.date())
    if reason not in known or reason == QUERY_OPEN:
        by_hand = sorted(code for code in known if code != QUERY_OPEN)
        raise UnknownHoldReason(f"the reasons are {', '.join(by_hand)}", pointer="/reason")
    if until is not None and not timedelta(0) < until - at <= LONGEST:
        raise InvalidHold(f"a hold ends within {LONGEST.days} days", pointer="/until")
