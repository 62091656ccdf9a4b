"""Modifiers of the services billed, and pairs of services that NCCI bundles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from services.encoder.domain.guidelines.rules import (
    EVERYWHERE,
    OUTPATIENT,
    PROFESSIONAL,
    Authority,
    BilledProcedure,
    CodedChart,
    Finding,
    Findings,
    guideline,
)
from services.encoder.domain.guidelines.tabular_list import nearest
from services.encoder.parameters import parameter
from shared.tables import Tables, codes, hcpcs, ioce, ncci

_NCCI: Authority = "CMS NCCI Policy Manual"
_PUB: Authority = "CMS Pub 100-04"
_HOSPITALS = tuple(setting for setting in OUTPATIENT if setting not in PROFESSIONAL)
_LISTS = (hcpcs.MODIFIERS, hcpcs.CPT_MODIFIERS, ioce.MODIFIERS)
_ASSOCIATED = codes.code_set("ncci_modifiers")


@guideline(
    "modifier.unknown",
    "A modifier that is not valid on the day",
    citation="ch. 23 §20",
    authority=_PUB,
    reads=(ioce.MODIFIERS,),
)
def unknown(chart: CodedChart, tables: Tables) -> Findings:
    """Where no list of the day is loaded, the nearest tells, and a coder has to look."""
    day = chart.day if any(tables.carries(one, chart.day) for one in _LISTS) else nearest(tables, _LISTS[-1], chart.day)
    for billed in chart.procedures_billed:
        for name in billed.modifiers:
            found = hcpcs.modifier(tables, name, day)
            if not found.valid:
                yield Finding(
                    f"{name} is no modifier of {day}",
                    billed.pointer,
                    (billed.code,),
                    None if day == chart.day else "warning",
                    f"{found.release.table} {found.release.name}",
                )


@guideline("modifier.repeated", "A modifier twice on one line", citation="ch. 23 §20", authority=_PUB)
def repeated(chart: CodedChart, tables: Tables) -> Findings:
    for billed in chart.procedures_billed:
        for name in sorted({name for name in billed.modifiers if billed.modifiers.count(name) > 1}):
            yield Finding(f"{billed.code} has {name} twice", billed.pointer, (billed.code,))


@guideline(
    "modifier.visits_only",
    "A modifier for visits on another service",
    citation="ch. 12 §30.6.6, §40.2",
    authority=_PUB,
)
def visits_only(chart: CodedChart, tables: Tables) -> Findings:
    known = _known(chart)
    for billed in chart.procedures_billed:
        for row in known["visits_only"]:
            if row["modifier"] in billed.modifiers and not is_visit(chart, billed.code):
                message = f"{row['modifier']} is for visits, which {billed.code} is not ({row['source']})"
                yield Finding(message, billed.pointer, (billed.code,))


@guideline("modifier.never_on_visits", "A modifier for procedures on a visit", citation="ch. I §E", authority=_NCCI)
def never_on_visits(chart: CodedChart, tables: Tables) -> Findings:
    known = _known(chart)
    for billed in chart.procedures_billed:
        for name in billed.modifiers:
            if name in known["never_on_visits"] and is_visit(chart, billed.code):
                yield Finding(f"{name} is not for visits such as {billed.code}", billed.pointer, (billed.code,))


@guideline("modifier.apart", "Two modifiers that exclude each other", citation="ch. I §E", authority=_NCCI)
def apart(chart: CodedChart, tables: Tables) -> Findings:
    for billed in chart.procedures_billed:
        for row in _known(chart)["apart"]:
            one = [name for name in billed.modifiers if name in row["one"]]
            other = [name for name in billed.modifiers if name in row["other"]]
            if one and other:
                message = f"{billed.code} has {one[0]} and {other[0]}: {row['words']}"
                yield Finding(message, billed.pointer, (billed.code,))


@guideline(
    "modifier.both_sides",
    "Right and left on one line",
    citation="ch. 12 §40.7",
    authority=_PUB,
    severity="warning",
)
def both_sides(chart: CodedChart, tables: Tables) -> Findings:
    """Both sides of one session are a line with 50, or where it does not take 50, a line for each side."""
    for billed in chart.procedures_billed:
        if set(_known(chart)["sides"]) <= set(billed.modifiers):
            yield Finding(f"{billed.code}: both sides are 50, or a line for each", billed.pointer, (billed.code,))


@guideline(
    "modifier.setting",
    "A modifier of another kind of claim",
    citation="ch. 4 §20.6, ch. 12 §30",
    authority=_PUB,
    severity="warning",
    settings=EVERYWHERE,
)
def of_other_claims(chart: CodedChart, tables: Tables) -> Findings:
    professional = chart.setting in PROFESSIONAL
    barred = _known(chart)["hospitals_only" if professional else "professionals_only"]
    whose = "facilities" if professional else "professionals"
    for billed in chart.procedures_billed:
        for name in billed.modifiers:
            if name in barred:
                yield Finding(f"{name} is for claims of {whose}", billed.pointer, (billed.code,))


@guideline(
    "ncci.hospital",
    "Two services that NCCI bundles, on a hospital's claim",
    citation="ch. I §A, §E",
    authority=_NCCI,
    severity="warning",
    settings=_HOSPITALS,
    reads=(ncci.HOSPITAL,),
)
def bundled_in_hospital(chart: CodedChart, tables: Tables) -> Findings:
    yield from _bundled(chart, tables, "hospital")


@guideline(
    "ncci.practitioner",
    "Two services that NCCI bundles, on a professional claim",
    citation="ch. I §A, §E",
    authority=_NCCI,
    severity="warning",
    settings=PROFESSIONAL,
    reads=(ncci.PRACTITIONER,),
)
def bundled_for_practitioner(chart: CodedChart, tables: Tables) -> Findings:
    yield from _bundled(chart, tables, "practitioner")


def is_visit(chart: CodedChart, code: str) -> bool:
    """Whether a HCPCS code is an evaluation and management service."""
    return any(first <= code <= last for first, last in _known(chart)["visits"])


def _bundled(chart: CodedChart, tables: Tables, setting: ncci.Setting) -> Iterator[Finding]:
    day = nearest(tables, ncci.PTP[setting], chart.day)
    for first, second in combinations(chart.procedures_billed, 2):
        if first.day != second.day or first.code == second.code:
            continue
        for edit in ncci.edits_between(tables, setting, first.code, second.code, day):
            paid, bundled = (first, second) if edit.column_1 == first.code else (second, first)
            if edit.span.modifier == "0" or not _told_apart(tables, first, second, chart):
                yield _pair(paid, bundled, edit)


def _pair(paid: BilledProcedure, bundled: BilledProcedure, edit: ncci.Edit) -> Finding:
    never = edit.span.modifier == "0"
    advice = "no modifier separates them" if never else "a modifier only where the record shows that they are separate"
    return Finding(
        f"{bundled.code} is bundled into {paid.code}: {advice}",
        bundled.pointer,
        (paid.code, bundled.code),
        "error" if never else None,
        f"NCCI {edit.release}",
    )


def _told_apart(tables: Tables, first: BilledProcedure, second: BilledProcedure, chart: CodedChart) -> bool:
    """Whether either line has a modifier that NCCI takes for that."""
    names = (*first.modifiers, *second.modifiers)
    return any(codes.is_valid(tables, _ASSOCIATED, name, chart.day) for name in names)


def _known(chart: CodedChart) -> Mapping[str, Any]:
    known: Mapping[str, Any] = parameter("guidelines/modifiers").on(chart.day)
    return known
