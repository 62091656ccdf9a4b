"""What the demo knows of its day: every encounter with its answer key, and what the line made of it so far."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from revcycle.demo.api import Json
from samples.fhir import FhirVisit
from samples.models import SampleEncounter

Stage = str
"""A heading of the board: charts, coded, returned, held, corrected …"""


@dataclass
class Case:
    """One encounter on its way. Exactly one of `sample` and `visit` is set: our own, or one of the EHR simulator."""

    encounter_id: str
    sample: SampleEncounter | None = None
    visit: FhirVisit | None = None
    claim_id: str | None = None
    chart_id: str | None = None
    registered: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when charges and coverages are in; only then can the chart be finished."""
    times_coded: int = 0
    return_reasons: list[str] = field(default_factory=list)
    held_by: list[str] = field(default_factory=list)
    """The edits of the first hold."""
    cured: bool = False
    """The correction of its answer key is made."""
    rejected_for: list[str] = field(default_factory=list)
    """`category:status` of every rejection."""
    unexpected: str | None = None
    """What happened to the case that its answer key does not know; nobody works on it any more."""


class Book:
    """All cases of the day by encounter and by claim, and the tallies of the board."""

    def __init__(self, samples: tuple[SampleEncounter, ...]) -> None:
        self._by_encounter = {str(one.encounter.id): Case(str(one.encounter.id), sample=one) for one in samples}
        self._by_claim: dict[str, Case] = {}
        self.tally: Counter[Stage] = Counter()

    def __len__(self) -> int:
        return len(self._by_encounter)

    def __iter__(self) -> Iterator[Case]:
        return iter(self._by_encounter.values())

    def add_visit(self, encounter_id: str, visit: FhirVisit) -> Case:
        case = Case(encounter_id, visit=visit)
        self._by_encounter[encounter_id] = case
        return case

    def received(self, encounter_id: str, chart_id: str) -> Case:
        """The encoder has opened a chart for the EHR's encounter."""
        case = self._by_encounter[encounter_id]
        case.chart_id = chart_id
        self.tally["charts"] += 1
        return case

    def pulled(self, chart: Json) -> Case:
        """A coder has the chart, and with it the number that its claim will have."""
        case = self._by_encounter[chart["encounter_id"]]
        case.chart_id, case.claim_id = chart["id"], chart["claim_id"]
        self._by_claim[chart["claim_id"]] = case
        return case

    def of_claim(self, claim_id: str) -> Case:
        return self._by_claim[claim_id]

    @property
    def coded(self) -> int:
        """Charts finished at least once."""
        return sum(case.times_coded > 0 for case in self)

    @property
    def strays(self) -> list[Case]:
        """Cases to which something happened that their answer key does not know."""
        return [case for case in self if case.unexpected]
