"""Evaluation and management visits: their level by decision making or the day's time, and two on one day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import combinations
from typing import NamedTuple, get_args

from services.encoder.domain.guidelines.rules import (
    PROFESSIONAL,
    CodedChart,
    Complexity,
    Finding,
    Findings,
    VisitElements,
    guideline,
)
from services.encoder.parameters import parameter
from shared.tables import Tables

_LEVELS_BEGIN = date(2021, 1, 1)
_COMPLEXITIES: tuple[Complexity, ...] = get_args(Complexity)
_APART = "25"


class Level(NamedTuple):
    """A code and the least that supports it."""

    code: str
    decision_making: Complexity
    minutes: int | None

    def supported_by(self, visit: VisitElements) -> bool:
        """By either: whichever of the two supports more is taken."""
        decided = visit.decision_making is not None and _rank(visit.decision_making) >= _rank(self.decision_making)
        timed = self.minutes is not None and visit.minutes is not None and visit.minutes >= self.minutes
        return decided or timed


@guideline(
    "visit.level",
    "A visit at another level than its elements support",
    citation="levels of evaluation and management visits",
    authority="CMS Physician Fee Schedule",
    settings=PROFESSIONAL,
    effective=_LEVELS_BEGIN,
)
def level(chart: CodedChart, tables: Tables) -> Findings:
    """Silent where nothing is given that the level is chosen by. Hospitals have levels of their own (72 FR 66805)."""
    visit = chart.visit
    for billed in chart.procedures_billed:
        levels = _family(billed.code, chart.day)
        if visit.decision_making is None and (visit.minutes is None or all(one.minutes is None for one in levels)):
            continue
        supported = [one.code for one in levels if one.supported_by(visit)]
        if not levels or (supported and supported[-1] == billed.code):
            continue
        if not supported:
            message = f"what is documented supports no level of this kind of visit, {levels[0].code} to {billed.code}"
            yield Finding(message, billed.pointer, (billed.code,))
        else:
            higher = supported[-1] > billed.code
            message = f"what is documented supports {supported[-1]}, {'more' if higher else 'less'} than {billed.code}"
            yield Finding(message, billed.pointer, (billed.code, supported[-1]), "info" if higher else None)


@guideline(
    "visit.twice",
    "Two visits on one day",
    citation="ch. 12 §30.6.5, §30.6.7",
    authority="CMS Pub 100-04",
    severity="warning",
    settings=PROFESSIONAL,
    effective=_LEVELS_BEGIN,
)
def twice(chart: CodedChart, tables: Tables) -> Findings:
    """Of the same physician and specialty they are one visit, unless for unrelated problems at different times."""
    visits = [billed for billed in chart.procedures_billed if _family(billed.code, chart.day)]
    for first, second in combinations(visits, 2):
        if first.day == second.day and _APART not in (*first.modifiers, *second.modifiers):
            yield Finding(
                f"{first.code} and {second.code} on one day are one visit, unless they were unrelated",
                second.pointer,
                (first.code, second.code),
            )


def _family(code: str, day: date) -> tuple[Level, ...]:
    """The levels of the kind of visit that a code is of, the lowest first; none where it is of none."""
    for levels in _families(day):
        if any(one.code == code for one in levels):
            return levels
    return ()


def _families(day: date) -> Iterator[tuple[Level, ...]]:
    for rows in parameter("guidelines/visits").on(day).values():
        yield tuple(Level(*row) for row in rows)


def _rank(complexity: Complexity) -> int:
    return _COMPLEXITIES.index(complexity)
