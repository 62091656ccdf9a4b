"""Hints on which diagnosis is principal (ICD-10-CM Official Guidelines II): the record decides, a coder must know."""

from __future__ import annotations

from services.encoder.domain.guidelines.code_lists import CodeLists
from services.encoder.domain.guidelines.injuries import seventh
from services.encoder.domain.guidelines.rules import INPATIENT, CodedChart, Finding, Findings, Fix, guideline
from services.encoder.domain.guidelines.tabular_list import dotted
from shared.tables import Tables

HINTS = CodeLists("principal_hints")


@guideline(
    "principal.equally_meeting",
    "Two acute conditions that may both be principal",
    citation="II.B, II.C",
    severity="info",
    settings=INPATIENT,
)
def equally_meeting(chart: CodedChart, tables: Tables) -> Findings:
    """Respiratory failure has its own rule (`respiratory_failure.equally_meeting`)."""
    first = chart.first
    if first is None:
        return
    for row in HINTS.rows("equally_meeting", chart.day):
        other_side = row["other"] if first.code in row["one"] else row["one"] if first.code in row["other"] else None
        other = next((coded for coded in chart.secondary if other_side and coded.code in other_side), None)
        if other is not None and first.poa == other.poa == "Y":
            message = (
                f"{row.words} were both there on admission: the one chiefly responsible, or that was mainly treated, "
                "is principal; where both were equally, either may be"
            )
            yield Finding(message, first.pointer, (first.code, other.code))
            return


@guideline(
    "principal.complication_of_care",
    "A complication of care present on admission, not principal",
    citation="II.G, I.B.16",
    severity="info",
    settings=INPATIENT,
)
def complication_of_care(chart: CodedChart, tables: Tables) -> Findings:
    """Principal where it occasioned the admission, before the condition that tells what it is."""
    first = chart.first
    complications = HINTS.on("complication_of_care", chart.day)
    by_chapter = HINTS.on("sequenced_by_chapter", chart.day)
    if first is None or first.code in complications or first.code in by_chapter:
        return
    for coded in chart.secondary:
        if coded.code in complications and coded.poa == "Y" and seventh(coded.code) in ("", "A"):
            message = f"{dotted(coded.code)} was there on admission: principal if the patient came for it"
            yield Finding(message, coded.pointer, (coded.code, first.code))
            return


@guideline(
    "principal.not_carried_out",
    "A procedure not carried out as principal or first-listed diagnosis",
    citation="II.F",
    severity="warning",
)
def not_carried_out_first(chart: CodedChart, tables: Tables) -> Findings:
    """What the patient came for stays first, whatever became of the plan."""
    first = chart.first
    if first is not None and first.code in HINTS.on("not_carried_out", chart.day) and chart.secondary:
        message = f"the condition that was to be treated stays first; {dotted(first.code)} goes behind it"
        yield Finding(message, first.pointer, (first.code,), fix=Fix.moving(first, 1))
