"""Instructions of the tabular list: code first, use additional code, code also (I.A.17, I.B.7)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.encoder.domain.guidelines.manifestations import is_manifestation
from services.encoder.domain.guidelines.rules import Coded, CodedChart, Finding, Findings, Fix, guideline
from services.encoder.domain.guidelines.tabular_list import (
    Instruction,
    any_covers,
    covered,
    dotted,
    instructions,
    noted,
    spoken,
)
from shared.tables import Tables, mce
from shared.tables.icd10cm_tabular import PLACES, NoteKind

_UNDERLYING = re.compile(r"^(?:the )?underlying\b|^\(")
_OFTEN_UNKNOWN = re.compile(r"infectious agent|external cause|organism|source of")
_SHOWN = 6


@guideline(
    "code_first.order",
    "A code before the one that its code first note names",
    citation="I.B.7",
    reads=(PLACES, mce.DIAGNOSES),
)
def code_first_order(chart: CodedChart, tables: Tables) -> Findings:
    for coded in chart.diagnoses:
        if coded.index == 0 and is_manifestation(tables, coded.code, chart.day):
            continue  # manifestation.principal says so
        for instruction in instructions(tables, coded.code, NoteKind.CODE_FIRST, chart.day):
            named = _others(chart, coded, instruction)
            if named and all(other.index > coded.index for other in named):
                yield Finding(
                    f"{dotted(named[0].code)} goes before {dotted(coded.code)}",
                    coded.pointer,
                    (coded.code, named[0].code),
                    "warning" if instruction.conditional else None,
                    noted(tables, instruction, chart.day),
                    Fix.moving(named[0], coded.index),
                )
                break


@guideline(
    "code_first.missing",
    "A code without the underlying condition that it asks for",
    citation="I.B.7",
    severity="warning",
    reads=(PLACES, mce.DIAGNOSES),
)
def code_first_missing(chart: CodedChart, tables: Tables) -> Findings:
    for coded in chart.diagnoses:
        if is_manifestation(tables, coded.code, chart.day):
            continue  # manifestation.etiology_missing says so
        notes = instructions(tables, coded.code, NoteKind.CODE_FIRST, chart.day)
        if any(_others(chart, coded, instruction) for instruction in notes):
            continue
        for instruction in notes:
            asked = _UNDERLYING.match(instruction.text) and not instruction.conditional
            if asked and (coded.index == 0 or not instruction.is_open):
                what = spoken(instruction.ranges[:_SHOWN]) or "the underlying condition"
                yield Finding(
                    f"{dotted(coded.code)} comes after another code: look for {what}",
                    coded.pointer,
                    (coded.code,),
                    note=noted(tables, instruction, chart.day),
                )


@guideline(
    "use_additional.missing",
    "No additional code where a note asks for one",
    citation="I.B.7",
    severity="warning",
    reads=(PLACES,),
)
def use_additional_missing(chart: CodedChart, tables: Tables) -> Findings:
    """A list of what may be added, or a note of a chapter, is told only where the documents name one of the codes."""
    yield from _missing(chart, tables, NoteKind.USE_ADDITIONAL_CODE, "add")


@guideline(
    "code_also.missing",
    "No second code where a code also note asks for one",
    citation="I.A.17",
    severity="info",
    reads=(PLACES,),
)
def code_also_missing(chart: CodedChart, tables: Tables) -> Findings:
    """The order of the two depends on why the patient came."""
    yield from _missing(chart, tables, NoteKind.CODE_ALSO, "code also")


@guideline(
    "use_additional.first",
    "An additional code as the first diagnosis",
    citation="I.B.7",
    severity="warning",
    reads=(PLACES, mce.DIAGNOSES),
)
def additional_code_first(chart: CodedChart, tables: Tables) -> Findings:
    first = chart.first
    if first is None or is_manifestation(tables, first.code, chart.day) or _asks_for_first(chart, tables, first):
        return
    for coded in chart.secondary:
        for instruction in instructions(tables, coded.code, NoteKind.USE_ADDITIONAL_CODE, chart.day):
            if instruction.of_category and any_covers(instruction.ranges, first.code):
                yield Finding(
                    f"{dotted(first.code)} is an additional code to {dotted(coded.code)}, which goes before it",
                    first.pointer,
                    (first.code, coded.code),
                    note=noted(tables, instruction, chart.day),
                    fix=Fix.moving(coded, 0),
                )
                return


def _asks_for_first(chart: CodedChart, tables: Tables, first: Coded) -> bool:
    """Whether a code first note says the same already, or both notes point both ways, which leaves the order open."""
    notes = instructions(tables, first.code, NoteKind.CODE_FIRST, chart.day)
    return any(_others(chart, first, instruction) for instruction in notes)


def _missing(chart: CodedChart, tables: Tables, kind: NoteKind, verb: str) -> Findings:
    seen: set[tuple[str, str]] = set()
    for coded in chart.diagnoses:
        for instruction in instructions(tables, coded.code, kind, chart.day):
            place = instruction.at, instruction.text
            if instruction.ranges and place not in seen and not any(covered(chart, instruction.ranges)):
                seen.add(place)
                yield from _lacking(chart, tables, coded, instruction, verb)


def _lacking(chart: CodedChart, tables: Tables, coded: Coded, instruction: Instruction, verb: str) -> Iterator[Finding]:
    candidates = sorted(code for code in chart.documented if any_covers(instruction.ranges, code))
    note = noted(tables, instruction, chart.day)
    if candidates:
        yield Finding(
            f"{verb} {' or '.join(map(dotted, candidates))} to {dotted(coded.code)}: the documents name it",
            coded.pointer,
            (coded.code, *candidates),
            "warning",
            note,
            Fix.adding(candidates[0]) if len(candidates) == 1 else None,
        )
    elif instruction.of_category and not instruction.listed and not instruction.conditional:
        wanted = spoken(instruction.ranges[:_SHOWN])
        yield Finding(
            f"{dotted(coded.code)} asks for a second code: {wanted}",
            coded.pointer,
            (coded.code,),
            "info" if _OFTEN_UNKNOWN.search(instruction.text) else None,
            note,
        )


def _others(chart: CodedChart, coded: Coded, instruction: Instruction) -> list[Coded]:
    """The other diagnoses that an instruction names, in their order."""
    named = (other for other in covered(chart, instruction.ranges) if other.place == "diagnoses")
    return sorted((other for other in named if other.code != coded.code), key=lambda other: other.index)
