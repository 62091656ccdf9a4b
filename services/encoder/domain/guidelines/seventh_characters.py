"""Seventh characters and placeholders (I.A.4, I.A.5), and whether those of one chart agree (I.B.10, I.C.19, I.C.20)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from services.encoder.domain.guidelines.rules import Coded, CodedChart, Finding, Findings, Fix, guideline
from services.encoder.domain.guidelines.tabular_list import dotted, nearest
from shared.tables import Tables
from shared.tables import icd10cm_tabular as tabular
from shared.tables.icd10cm_tabular import PLACES, PlaceKind

_BEFORE_SEVENTH = 6
_WHOLE = 7
_CATEGORY = 3
_INITIAL = frozenset("ABC")
_SEQUELA = "S"
_INJURIES = ("S", "T")
_EXTERNAL_CAUSES = ("V", "W", "X", "Y")
_OF_CAUSES = {"initial": "A", "subsequent": "D", "sequela": "S"}
_NOT_BY_ENCOUNTER = ("T07", "T14", "Y90", "Y92", "Y93", "Y95", "Y99")
"""Beginnings in these chapters whose codes have no seventh character for the encounter."""


@guideline("seventh.required", "A code that lacks its seventh character", citation="I.A.5", reads=(PLACES,))
def seventh_required(chart: CodedChart, tables: Tables) -> Findings:
    for coded in chart.everywhere:
        if len(coded.code) > _BEFORE_SEVENTH or not _is_lowest(tables, coded.code, chart.day):
            continue
        if allowed := _allowed(tables, coded.code.rstrip("X"), chart.day):
            filled = coded.code.ljust(_BEFORE_SEVENTH, "X")
            yield Finding(
                f"{dotted(coded.code)} takes a seventh character after {dotted(filled)}: one of {', '.join(allowed)}",
                coded.pointer,
                (coded.code,),
                fix=Fix.replacing(coded, filled + allowed) if len(allowed) == 1 else None,
            )


@guideline("seventh.placeholder", "A seventh character without its placeholders X", citation="I.A.4", reads=(PLACES,))
def placeholder_missing(chart: CodedChart, tables: Tables) -> Findings:
    """`S00.03A` has its seventh character at the sixth place."""
    for coded in chart.everywhere:
        stem, last = coded.code[:-1], coded.code[-1]
        if len(coded.code) > _BEFORE_SEVENTH or len(stem) < _CATEGORY or _place(tables, coded.code, chart.day):
            continue
        if last in _allowed(tables, stem, chart.day):
            right = stem.ljust(_BEFORE_SEVENTH, "X") + last
            yield Finding(
                f"{last} is the seventh character: write {dotted(right)}",
                coded.pointer,
                (coded.code,),
                fix=Fix.replacing(coded, right),
            )


@guideline("seventh.invalid", "A seventh character that the code does not take", citation="I.A.5", reads=(PLACES,))
def seventh_invalid(chart: CodedChart, tables: Tables) -> Findings:
    for coded in chart.everywhere:
        if len(coded.code) != _WHOLE or _place(tables, coded.code, chart.day):
            continue
        stem = _stem(tables, coded.code, chart.day)
        if stem is None:
            continue
        allowed = _allowed(tables, stem, chart.day)
        if allowed:
            message = f"{dotted(stem)} takes as its seventh character one of {', '.join(allowed)}, not {coded.code[-1]}"
            yield Finding(message, coded.pointer, (coded.code,))
        else:
            message = f"{dotted(stem)} takes no seventh character"
            yield Finding(message, coded.pointer, (coded.code,), fix=Fix.replacing(coded, stem))


@guideline(
    "seventh.encounters_differ",
    "Injuries coded for different encounters",
    citation="I.C.19.a",
    severity="warning",
    reads=(PLACES,),
)
def encounters_differ(chart: CodedChart, tables: Tables) -> Findings:
    """Active treatment of one injury and aftercare of another may meet in one encounter, but seldom do."""
    first: Coded | None = None
    for coded in chart.diagnoses:
        phase = _phase(coded.code, _INJURIES)
        if phase is None or phase == "sequela":
            continue
        first = first or coded
        if phase != _phase(first.code, _INJURIES):
            yield Finding(
                f"{dotted(first.code)} is coded for {_spoken(first)}, {dotted(coded.code)} for {_spoken(coded)}",
                coded.pointer,
                (first.code, coded.code),
            )


@guideline(
    "seventh.external_cause_differs",
    "An external cause coded for another encounter than its injury",
    citation="I.C.20.a.2",
    severity="warning",
    reads=(PLACES,),
)
def external_cause_differs(chart: CodedChart, tables: Tables) -> Findings:
    phases = {phase for coded in chart.diagnoses if (phase := _phase(coded.code, _INJURIES))}
    for cause in chart.starting_with(*_EXTERNAL_CAUSES):
        phase = _phase(cause.code, _EXTERNAL_CAUSES)
        if phase is None or not phases or phase in phases:
            continue
        wanted = _OF_CAUSES[next(iter(phases))] if len(phases) == 1 else None
        yield Finding(
            f"{dotted(cause.code)} is for {_spoken(cause)}; the injury is coded for another encounter",
            cause.pointer,
            (cause.code,),
            fix=Fix.replacing(cause, cause.code[:-1] + wanted) if wanted else None,
        )


@guideline(
    "sequela.first",
    "The injury that left a sequela before the sequela",
    citation="I.B.10",
    severity="warning",
    reads=(PLACES,),
)
def sequela_first(chart: CodedChart, tables: Tables) -> Findings:
    """The condition that remains goes first, then the injury with its seventh character S."""
    first = chart.first
    if first is None or _phase(first.code, _INJURIES) != "sequela":
        return
    remains = next((coded for coded in chart.secondary if _is_condition(coded)), None)
    told = "the condition that it left" if remains is None else dotted(remains.code)
    yield Finding(
        f"{dotted(first.code)} says what left a sequela: {told} goes first",
        first.pointer,
        (first.code,) if remains is None else (first.code, remains.code),
        fix=None if remains is None else Fix.moving(remains, 0),
    )


@guideline("sequela.with_acute", "An injury coded as current and as the cause of a sequela", citation="I.B.10")
def sequela_with_acute(chart: CodedChart, tables: Tables) -> Findings:
    """The acute phase is over where its sequela is treated."""
    current = {coded.code[:_BEFORE_SEVENTH] for coded in chart.diagnoses if coded.code[-1] != _SEQUELA}
    for coded in chart.diagnoses:
        if _phase(coded.code, _INJURIES) == "sequela" and coded.code[:_BEFORE_SEVENTH] in current:
            yield Finding(
                f"{dotted(coded.code)} says that the injury is past, another code that it is treated now",
                coded.pointer,
                (coded.code,),
            )


def _is_condition(coded: Coded) -> bool:
    return coded.code[0] not in (*_INJURIES, *_EXTERNAL_CAUSES, "Z")


def _phase(code: str, chapters: tuple[str, ...]) -> str | None:
    """Which encounter a code of these chapters is for; None for other codes and those without a seventh character."""
    if len(code) != _WHOLE or not code.startswith(chapters) or code.startswith(_NOT_BY_ENCOUNTER):
        return None
    if code[-1] in _INITIAL:
        return "initial"
    return "sequela" if code[-1] == _SEQUELA else "subsequent"


def _spoken(coded: Coded) -> str:
    phase = _phase(coded.code, (*_INJURIES, *_EXTERNAL_CAUSES))
    return {"initial": "active treatment", "subsequent": "a subsequent encounter"}.get(phase or "", "a sequela")


@lru_cache(maxsize=8192)
def _place(tables: Tables, code: str, day: date) -> tabular.Place | None:
    return tabular.place(tables, code, nearest(tables, PLACES, day))


@lru_cache(maxsize=8192)
def _allowed(tables: Tables, code: str, day: date) -> str:
    """The seventh characters that a code takes; none where the list does not have it."""
    found = tabular.seventh_characters(tables, code, nearest(tables, PLACES, day))
    return "".join(seventh.character for seventh in found)


def _is_lowest(tables: Tables, code: str, day: date) -> bool:
    """Whether nothing but the seventh character can be added; placeholders may be there already."""
    place = _place(tables, code, day) or _place(tables, code.rstrip("X"), day)
    return (
        place is not None
        and not place.row.children
        and place.row.kind
        in (
            PlaceKind.CATEGORY,
            PlaceKind.SUBCATEGORY,
        )
    )


def _stem(tables: Tables, code: str, day: date) -> str | None:
    """The place that a seventh character and its placeholders were added to; None where there is none."""
    return next((shorter for shorter in _shorter(code) if _place(tables, shorter, day)), None)


def _shorter(code: str) -> Iterator[str]:
    shorter = code[:_BEFORE_SEVENTH]
    yield shorter
    while shorter.endswith("X") and len(shorter) > _CATEGORY:
        shorter = shorter[:-1]
        yield shorter
