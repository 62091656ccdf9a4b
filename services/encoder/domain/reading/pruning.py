"""Pruning: codes that say nothing beside the others of the chart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from services.encoder.domain.reading.encounters import INITIAL
from services.encoder.domain.reading.resolving import title_of
from services.encoder.domain.reading.supports import Support, Supports
from services.encoder.domain.reading.traits import Section
from services.encoder.parameters import parameter
from shared.tables import Tables, icd10

_LATER = tuple("DGKPS")
_VAGUE = ("unspecified", "without complication", "uncomplicated", "not intractable", " nos")
_WITHOUT = re.compile(r"without (\w+)")
ASSESSMENTS = frozenset({Section.ASSESSMENT, Section.DIAGNOSES, Section.PLAN})
"""Where a provider says what the patient has."""
_LATERAL = ("right", "left", "bilateral")


def less_specific(supports: Supports, tables: Tables, day: date) -> Iterator[tuple[Support, str]]:
    """Codes that another code of the chart says more exactly, each with that (I.B.2, I.B.18)."""
    titles = {code: title_of(icd10.entry(tables, "icd10cm", code, day)) for code in supports}
    words = {code: support.words for code, support in supports.items()}
    for code, support in supports.items():
        for other_code in supports:
            if code == other_code:
                continue
            if _vaguer(code, other_code, titles) or _part_of(code, other_code, words):
                yield support, other_code
                break


def unassessed_symptoms(supports: Supports, day: date) -> Iterator[Support]:
    """Symptoms that no assessment names, of a chart that has one which names something (I.B.4, IV.D)."""
    listed = parameter("reading/symptoms").on(day)
    symptoms, diagnoses = tuple(listed["symptoms"]), tuple(listed["diagnoses"])
    if not any(map(_assessed, supports.values())):
        return
    for code, support in supports.items():
        if code.startswith(symptoms) and not code.startswith(diagnoses) and not _assessed(support):
            yield support


def _assessed(support: Support) -> bool:
    return any(evidence.section in ASSESSMENTS for evidence in support.evidence)


def integral_symptoms(supports: Supports, day: date) -> Iterator[tuple[Support, str]]:
    """Symptoms that go with a diagnosis of the chart as a rule, each with that (I.B.5)."""
    for rule in parameter("reading/integral_symptoms").on(day):
        diagnoses, symptoms = tuple(rule["diagnoses"]), tuple(rule["symptoms"])
        explained = next((code for code in supports if code.startswith(diagnoses)), None)
        if explained is None or not symptoms:
            continue
        for code, support in supports.items():
            if code.startswith(symptoms) and code != explained and not code.startswith(diagnoses):
                yield support, explained


def _vaguer(code: str, other: str, titles: dict[str, str]) -> bool:
    """Of one category, one of them leaving open what the other says."""
    if code[:6] == other[:6] and code[6:] == INITIAL and other[6:] in _LATER:
        return True  # an encounter is for what heals as soon as one place of the record says so
    here, there = titles[code], titles[other]
    injuries = code[0] in "ST" and not ("unspecified fracture" in here and " fracture" in there)
    alike = 4 if injuries else 3  # injuries of one category may be several
    if code[:alike] != other[:alike]:
        return False
    vaguer = _vagueness(here) > _vagueness(there) or _denies(here, there)
    return vaguer and not _other_side(here, there)


def _denies(title: str, other: str) -> bool:
    """`without esophagitis` beside `with esophagitis`."""
    return any(f"with {word}" in other for word in _WITHOUT.findall(title))


def _vagueness(title: str) -> int:
    return sum(title.count(word) for word in _VAGUE)


def _other_side(title: str, other: str) -> bool:
    here, there = ({side for side in _LATERAL if side in each} for each in (title, other))
    return bool(here and there and here != there)


def _part_of(code: str, other: str, words: dict[str, frozenset[int]]) -> bool:
    """Named with some of the words that name the other, which has more: pneumonia beside aspiration pneumonia."""
    return bool(words[code]) and words[code] < words[other] and code[0] in ("R", other[0])
