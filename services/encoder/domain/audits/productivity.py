"""Charts per hour against the standard: what coders finished, in how much time, weighted by the kind of work.

Time is taken from what a coder did: between two acts of the same coder the time belongs to the chart of the second act.
A pause longer than the idle limit is idle time, and time that ends in a query being sent is query time; neither counts
against the standard.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Literal

from services.encoder.domain.audits.comparing import share
from services.encoder.parameters import parameter
from shared.claims import EncounterClass, Instant, Many, Model, Reference

By = Literal["coder", "work_type", "facility", "day", "week", "month", "all"]
_TWO_PLACES = Decimal("0.01")
_HOUR = Decimal(3600)


class ActKind(StrEnum):
    """What a coder did with a chart."""

    TAKEN = "taken"
    CODED = "coded"
    QUERIED = "queried"
    RELEASED = "released"
    FINALIZED = "finalized"


class Act(Model):
    """One thing that a coder did, and when."""

    coder: Reference
    chart_id: Reference
    work_type: EncounterClass
    facility_id: Reference
    kind: ActKind
    at: Instant


class Standard(Model):
    """What is expected of a kind of work."""

    per_hour: Decimal
    """Charts in an hour of coding."""
    weight: Decimal
    """What a chart counts for beside others."""


def standards_on(day: date) -> dict[EncounterClass, Standard]:
    """What is expected of each kind of work on a day."""
    return {
        work_type: Standard(per_hour=Decimal(given["per_hour"]), weight=Decimal(given["weight"]))
        for work_type, given in parameter("productivity_standards").on(day).items()
    }


class ProductivityFigure(Model):
    """What was finished in how much time. Hours to two places."""

    of: str
    charts: int
    weighted: Decimal
    """Charts by their weights."""
    coding_hours: Decimal
    query_hours: Decimal
    idle_hours: Decimal
    charts_per_hour: Decimal | None
    """Of coding time; None where none was spent."""
    expected_hours: Decimal
    """The time that the standard gives these charts."""
    productivity: Decimal | None
    """Expected time over time spent, four places: 1 is as the standard says, more is faster."""
    finished: Many[str]
    """The charts behind the figure."""


@dataclass(slots=True)
class _Tally:
    coding: timedelta = timedelta()
    query: timedelta = timedelta()
    idle: timedelta = timedelta()
    expected: Decimal = Decimal(0)
    weighted: Decimal = Decimal(0)
    finished: list[str] = field(default_factory=list)


def productivity(
    acts: Iterable[Act],
    by: By,
    *,
    standards: Mapping[EncounterClass, Standard],
    idle_after: timedelta,
) -> tuple[ProductivityFigure, ...]:
    """Figures by name. A chart that was finalized twice in the time counts once, with all time spent on it."""
    tallies: defaultdict[str, _Tally] = defaultdict(_Tally)
    ordered = sorted(acts, key=lambda act: (act.coder, act.at))
    for spent, act in _spans(ordered):
        tally = tallies[_group(act, by)]
        if spent > idle_after:
            tally.idle += spent
        elif act.kind is ActKind.QUERIED:
            tally.query += spent
        else:
            tally.coding += spent
    for act in _finished(ordered):
        _count(tallies[_group(act, by)], act, standards)
    return tuple(_figure(name, tallies[name]) for name in sorted(tallies))


def _spans(ordered: Iterable[Act]) -> Iterator[tuple[timedelta, Act]]:
    """The time before each act since the coder's act before it on the same day; a night belongs to nobody."""
    for before, act in pairwise(ordered):
        if before.coder == act.coder and before.at.date() == act.at.date():
            yield act.at - before.at, act


def _finished(ordered: Iterable[Act]) -> Iterator[Act]:
    """The last finalization of each chart."""
    last = {act.chart_id: act for act in ordered if act.kind is ActKind.FINALIZED}
    yield from last.values()


def _count(tally: _Tally, act: Act, standards: Mapping[EncounterClass, Standard]) -> None:
    standard = standards[act.work_type]
    tally.finished.append(act.chart_id)
    tally.weighted += standard.weight
    tally.expected += 1 / standard.per_hour


def _group(act: Act, by: By) -> str:
    year, week, _ = act.at.isocalendar()
    return {
        "coder": act.coder,
        "work_type": act.work_type,
        "facility": act.facility_id,
        "day": f"{act.at:%Y-%m-%d}",
        "week": f"{year}-W{week:02d}",
        "month": f"{act.at:%Y-%m}",
        "all": "all",
    }[by]


def _figure(name: str, tally: _Tally) -> ProductivityFigure:
    coding = _hours(tally.coding)
    expected_seconds = int((tally.expected * _HOUR).to_integral_value(ROUND_HALF_UP))
    seconds = int(tally.coding.total_seconds())
    return ProductivityFigure(
        of=name,
        charts=len(tally.finished),
        weighted=tally.weighted,
        coding_hours=coding,
        query_hours=_hours(tally.query),
        idle_hours=_hours(tally.idle),
        charts_per_hour=_rounded(len(tally.finished) * _HOUR / seconds) if seconds else None,
        expected_hours=_rounded(tally.expected),
        productivity=share(expected_seconds, seconds),
        finished=tuple(tally.finished),
    )


def _hours(spent: timedelta) -> Decimal:
    return _rounded(Decimal(int(spent.total_seconds())) / _HOUR)


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(_TWO_PLACES, ROUND_HALF_UP)
