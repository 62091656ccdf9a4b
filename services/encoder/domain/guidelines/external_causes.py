"""Chapter 20: external causes, place, activity and status (ICD-10-CM Official Guidelines I.C.20)."""

from __future__ import annotations

from itertools import pairwise

from services.encoder.domain.guidelines.code_lists import CodeLists
from services.encoder.domain.guidelines.injuries import seventh
from services.encoder.domain.guidelines.rules import (
    Coded,
    CodedChart,
    Finding,
    Findings,
    Fix,
    guideline,
)
from services.encoder.domain.guidelines.tabular_list import dotted
from shared.tables import Tables

CAUSES = CodeLists("external_causes")

_INITIAL = "ABC"


def _repeated(chart: CodedChart, name: str, message: str) -> Findings:
    found = CAUSES.coded(chart, name)
    for coded in found[1:]:
        yield Finding(message, coded.pointer, (coded.code, found[0].code), fix=Fix.removing(coded))


@guideline("external_causes.place_twice", "Two places of occurrence", citation="I.C.20.b", severity="warning")
def place_twice(chart: CodedChart, tables: Tables) -> Findings:
    yield from _repeated(chart, "place", "one place is told, unless a new injury happened during the stay")


@guideline("external_causes.activity_twice", "Two activities", citation="I.C.20.c")
def activity_twice(chart: CodedChart, tables: Tables) -> Findings:
    yield from _repeated(chart, "activity", "one activity is told, once")


@guideline("external_causes.status_twice", "Two external cause statuses", citation="I.C.20.k")
def status_twice(chart: CodedChart, tables: Tables) -> Findings:
    yield from _repeated(chart, "status", "one status is told, once")


@guideline(
    "external_causes.circumstances_later",
    "Place, activity or status after the initial encounter",
    citation="I.C.20.b, I.C.20.c, I.C.20.k",
)
def circumstances_later(chart: CodedChart, tables: Tables) -> Findings:
    """Where every injury is under subsequent care or a sequela; a code without a seventh character tells nothing."""
    injuries = CAUSES.coded(chart, "injury")
    if not injuries or any(seventh(coded.code) in ("", *_INITIAL) for coded in injuries):
        return
    for coded in CAUSES.coded(chart, "circumstances"):
        message = f"{dotted(coded.code)} is told at the initial encounter only"
        yield Finding(message, coded.pointer, (coded.code, injuries[0].code), fix=Fix.removing(coded))


@guideline(
    "external_causes.circumstances_without_accident",
    "Activity or status beside a poisoning, adverse effect or complication of care",
    citation="I.C.20.c, I.C.20.k",
    severity="warning",
)
def circumstances_without_accident(chart: CodedChart, tables: Tables) -> Findings:
    others = CAUSES.coded(chart, "not_an_accident")
    if not others or CAUSES.holds(chart, "injury"):
        return
    for coded in (*CAUSES.coded(chart, "activity"), *CAUSES.coded(chart, "status")):
        message = f"{dotted(coded.code)} is for injuries, not for {dotted(others[0].code)}"
        yield Finding(message, coded.pointer, (coded.code, others[0].code), fix=Fix.removing(coded))


@guideline(
    "external_causes.circumstances_unspecified",
    "An unspecified place, activity or status",
    citation="I.C.20.b, I.C.20.c, I.C.20.k",
    severity="warning",
)
def circumstances_unspecified(chart: CodedChart, tables: Tables) -> Findings:
    for coded in CAUSES.coded(chart, "unspecified_circumstances"):
        message = f"{dotted(coded.code)} is left out where the documents do not say"
        yield Finding(message, coded.pointer, (coded.code,), fix=Fix.removing(coded))


@guideline(
    "external_causes.order",
    "External causes out of their order",
    citation="I.C.20.f",
    severity="warning",
)
def causes_out_of_order(chart: CodedChart, tables: Tables) -> Findings:
    """Abuse, terrorism, cataclysms, transport, then the others, where several caused the same injury."""
    rows = CAUSES.rows("order", chart.day)
    circumstances = CAUSES.on("circumstances", chart.day)
    causes = [coded for coded in CAUSES.coded(chart, "external_cause") if coded.code not in circumstances]

    def rank(coded: Coded) -> int:
        return next((place for place, row in enumerate(rows) if coded.code in row["cause"]), len(rows))

    for earlier, later in pairwise(causes):
        if earlier.place == later.place and rank(later) < rank(earlier):
            message = f"{rows[rank(later)].words}, {dotted(later.code)}, goes before {dotted(earlier.code)}"
            title = f"Move {later.code} before {earlier.code}"
            move: dict[str, object] = {"op": "move", "from": later.pointer, "path": earlier.pointer}
            fix = Fix(title=title, operations=(move,))
            yield Finding(message, later.pointer, (later.code, earlier.code), fix=fix)
            return


@guideline(
    "external_causes.missing",
    "An injury without its external cause",
    citation="I.C.20.a.1",
    severity="info",
)
def cause_missing(chart: CodedChart, tables: Tables) -> Findings:
    """Told voluntarily where no payer or state asks for it; a chart of a facility's initial care seldom lacks it."""
    if chart.setting == "professional" or CAUSES.holds(chart, "external_cause"):
        return
    for injury in CAUSES.coded(chart, "injury")[:1]:
        if seventh(injury.code) in tuple(_INITIAL):
            yield Finding("how the injury came about is told where it is known", injury.pointer, (injury.code,))
