"""One day of encounters from a seed. The same seed, size and day give the same bytes on every machine."""

from __future__ import annotations

from collections import deque
from datetime import date
from random import Random

from samples.defects import KINDS, DefectKind
from samples.encounters import Draft, draft
from samples.models import Fate, SampleDay
from samples.scenarios import Scenario, scenarios

SAMPLE_DAY = date(2026, 11, 24)
"""Fiscal year 2027 of ICD-10-CM and -PCS, MS-DRG version 44: the day for which the scenarios were coded."""

MIX = {"inpatient": 0.20, "outpatient": 0.35, "professional": 0.45}
"""Share of each kind of encounter; the emergency department, observation and surgery of the day are outpatient."""

DEFECT_SHARE: dict[Fate, float] = {"held": 0.11, "returned": 0.02, "rejected": 0.02, "cleared": 0.02}
"""Share of the encounters with a defect, by its fate; `cleared` are faults of format that are repaired on the way."""


def make_day(seed: int, encounters: int = 300, day: date = SAMPLE_DAY) -> SampleDay:
    """The encounters that ended in the four days before `day`, coded or not, defects included.

    Raises ValueError if `encounters` is negative or above 9,999, which is what an encounter's number can say.
    """
    if not 0 <= encounters <= 9_999:
        raise ValueError("a sample day has 0 to 9,999 encounters")
    drafts = [
        draft(scenario, number=number, day=day, random=Random(f"{seed}:{number}"))
        for number, scenario in enumerate(_programme(seed, encounters), 1)
    ]
    _spoil(drafts, Random(f"{seed}:defects"))
    return SampleDay.model_construct(seed=seed, day=day, encounters=tuple(draft.freeze() for draft in drafts))


def _programme(seed: int, encounters: int) -> list[Scenario]:
    """Which scenario each encounter plays: every one of a kind has its turn before any has a second."""
    random = Random(f"{seed}:programme")
    programme: list[Scenario] = []
    for kind, share in MIX.items():
        wanted = encounters - len(programme) if kind == "professional" else round(encounters * share)
        deck = [scenario for scenario in scenarios() if _kind(scenario) == kind]
        random.shuffle(deck)
        programme += [deck[index % len(deck)] for index in range(wanted)]
    random.shuffle(programme)
    return programme


def _kind(scenario: Scenario) -> str:
    return scenario.encounter_class if scenario.encounter_class in MIX else "outpatient"


def _spoil(drafts: list[Draft], random: Random) -> None:
    """Put defects into the wanted share, the kinds in turn, none twice in one encounter."""
    order = list(drafts)
    random.shuffle(order)
    for fate, share in DEFECT_SHARE.items():
        kinds = deque(kind for kind in KINDS if kind.fate == fate)
        for _ in range(round(len(drafts) * share)):
            _spoil_one(order, kinds, random)


def _spoil_one(drafts: list[Draft], kinds: deque[DefectKind], random: Random) -> None:
    """The next kind that still fits anybody takes the first whom it fits, and goes to the end of the line."""
    for _ in range(len(kinds)):
        kind = kinds[0]
        kinds.rotate(-1)
        if any(kind.spoil(draft, random) for draft in drafts if draft.defect is None):
            return
