"""Excludes notes: what the tabular list keeps apart, and what it says may stand together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from services.encoder.domain.guidelines.rules import Coded, CodedChart, Finding, Findings, Severity, guideline
from services.encoder.domain.guidelines.sides import on_opposite_sides
from services.encoder.domain.guidelines.tabular_list import Instruction, covered, dotted, instructions, noted
from shared.tables import Tables
from shared.tables.icd10cm_tabular import PLACES, NoteKind

_CATEGORY = 3


@guideline(
    "excludes1.pair",
    "Two codes that an Excludes1 note keeps apart",
    citation="I.A.12.a",
    severity="warning",
    reads=(PLACES,),
)
def excludes1_pair(chart: CodedChart, tables: Tables) -> Findings:
    """Both stand only where the conditions have nothing to do with each other, which within a category they have."""
    for coded, other, instruction in _pairs(chart, tables, NoteKind.EXCLUDES1):
        first, second = sorted((coded, other), key=lambda one: (one.place, one.index))
        severity, advice = _weighed(coded.code, other.code, chart, tables)
        yield Finding(
            f"{dotted(coded.code)} excludes {dotted(other.code)}: {advice}",
            second.pointer,
            (first.code, second.code),
            severity,
            noted(tables, instruction, chart.day),
        )


def _weighed(code: str, other: str, chart: CodedChart, tables: Tables) -> tuple[Severity, str]:
    if on_opposite_sides(tables, code, other, chart.day):
        return "info", "they are on opposite sides and may be two conditions"
    if code[:_CATEGORY] == other[:_CATEGORY]:
        return "error", "one category holds both; keep the one that the documentation supports"
    return "warning", "keep one, unless the two conditions have nothing to do with each other"


@guideline(
    "excludes2.together",
    "Two codes that an Excludes2 note lets stand together",
    citation="I.A.12.b",
    severity="info",
    reads=(PLACES,),
)
def excludes2_together(chart: CodedChart, tables: Tables) -> Findings:
    """Not part of each other, so both are right where the patient has both."""
    for coded, other, instruction in _pairs(chart, tables, NoteKind.EXCLUDES2):
        yield Finding(
            f"{dotted(other.code)} is not part of {dotted(coded.code)}; code both only if both are documented",
            other.pointer,
            (coded.code, other.code),
            note=noted(tables, instruction, chart.day),
        )


def _pairs(chart: CodedChart, tables: Tables, kind: NoteKind) -> Iterator[tuple[Coded, Coded, Instruction]]:
    """Each pair once, with the first note that names one of them from the other."""
    seen: set[frozenset[str]] = set()
    for coded in chart.coded:
        for instruction in _pointing(tables, coded.code, kind, chart.day):
            for other in covered(chart, instruction.ranges):
                pair = frozenset((coded.code, other.code))
                if len(pair) > 1 and pair not in seen and not _names(instruction, coded.code):
                    seen.add(pair)
                    yield coded, other, instruction


@lru_cache(maxsize=8192)
def _pointing(tables: Tables, code: str, kind: NoteKind, day: date) -> tuple[Instruction, ...]:
    """The notes at a code that name others; Excludes2 notes of chapters name whole chapters and say too little."""
    return tuple(
        instruction
        for instruction in instructions(tables, code, kind, day)
        if kind is NoteKind.EXCLUDES1 or instruction.of_category
    )


def _names(instruction: Instruction, code: str) -> bool:
    """Whether a note names the code that it is in force at, as one of a range that takes in its own category."""
    return any(named.covers(code) for named in instruction.ranges)
