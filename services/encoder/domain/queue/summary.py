"""What is discharged and not final billed: how many charts, of which charges, how old, and what holds them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TypedDict

from services.encoder.parameters import parameter
from shared.claims import Amount, Date, Many, Model, Reference


class Share(Model):
    """Some charts and their charges together."""

    charts: int
    value: Amount


class AgeBucket(Share):
    """Charts discharged `from_days` to `through_days` ago; the last bucket has no end."""

    from_days: int
    through_days: int | None


class QueueShare(Share):
    """One queue: its charts by age, oldest last, and how many nobody works on."""

    queue: Reference
    waiting: int
    """Without an owner and without a hold: what can be pulled."""
    ages: Many[AgeBucket]


class HoldShare(Share):
    """Charts that are held for a reason; one with two reasons is counted under both."""

    reason: Reference


class Dnfb(Model):
    """Discharged and not final billed, as far as coding is concerned. Patients in the house are counted apart."""

    day: Date
    total: Share
    in_house: Share
    queues: Many[QueueShare]
    holds: Many[HoldShare]


class _Sums(TypedDict):
    charts: int
    value: Decimal


@dataclass(frozen=True, slots=True)
class Tally:
    """Charts that are alike, as the store counts them."""

    queue: str
    bucket: int
    """Place in `age_bounds`; -1 for patients in the house."""
    hold_reasons: str
    """Joined by commas."""
    owned: bool
    charts: int
    cents: int


def age_bounds(day: date) -> tuple[int, ...]:
    """The first day of each bucket of age, ascending from 0."""
    return tuple(parameter("queue/dnfb_ages").on(day))


def bucket_days(day: date) -> tuple[date, ...]:
    """The latest service day of each bucket: whoever was discharged on it or before is at least so old."""
    return tuple(day - timedelta(days=bound) for bound in age_bounds(day))


def summarize(tallies: Iterable[Tally], day: date) -> Dnfb:
    """The figures of the day from counts of charts that are alike."""
    counted = list(tallies)
    discharged = [tally for tally in counted if tally.bucket >= 0]
    reasons = sorted({reason for tally in counted for reason in tally.hold_reasons.split(",") if reason})
    return Dnfb(
        day=day,
        total=_share(discharged),
        in_house=_share(tally for tally in counted if tally.bucket < 0),
        queues=tuple(_queue(name, discharged, day) for name in sorted({tally.queue for tally in discharged})),
        holds=tuple(
            HoldShare(reason=reason, **_sums(t for t in counted if reason in t.hold_reasons.split(",")))
            for reason in reasons
        ),
    )


def _queue(name: str, tallies: Iterable[Tally], day: date) -> QueueShare:
    ours = [tally for tally in tallies if tally.queue == name]
    waiting = sum(tally.charts for tally in ours if not tally.owned and not tally.hold_reasons)
    bounds: list[int | None] = [*age_bounds(day), None]
    ages = tuple(
        AgeBucket(
            from_days=first or 0,
            through_days=None if after is None else after - 1,
            **_sums(tally for tally in ours if tally.bucket == place),
        )
        for place, (first, after) in enumerate(pairwise(bounds))
    )
    return QueueShare(queue=name, waiting=waiting, ages=ages, **_sums(ours))


def _share(tallies: Iterable[Tally]) -> Share:
    return Share(**_sums(tallies))


def _sums(tallies: Iterable[Tally]) -> _Sums:
    ours = list(tallies)
    cents = sum(tally.cents for tally in ours)
    return {"charts": sum(tally.charts for tally in ours), "value": Decimal(cents) / 100}
