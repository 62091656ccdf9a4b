"""Chapter 10: COPD, respiratory failure, ventilator pneumonia, vaping (ICD-10-CM Official Guidelines I.C.10)."""

from __future__ import annotations

from datetime import date

from services.encoder.domain.guidelines.code_lists import CodeLists, before, one_instead
from services.encoder.domain.guidelines.rules import INPATIENT, CodedChart, Finding, Findings, Fix, guideline
from services.encoder.domain.guidelines.tabular_list import dotted
from shared.tables import Tables

RESPIRATORY = CodeLists("respiratory")

_VAPING_CODED = date(2020, 4, 1)


@guideline(
    "copd.unspecified_beside_specified",
    "Unspecified COPD beside COPD with infection or exacerbation",
    citation="I.C.10.a.1",
)
def unspecified_beside_specified(chart: CodedChart, tables: Tables) -> Findings:
    specified = RESPIRATORY.coded(chart, "specified_obstruction")
    for coded in RESPIRATORY.coded(chart, "unspecified_obstruction") if specified else ():
        message = f"{dotted(specified[0].code)} tells the disease; J44.9 adds nothing"
        yield Finding(message, coded.pointer, (coded.code, specified[0].code), fix=Fix.removing(coded))


@guideline(
    "copd.infection_untold",
    "COPD with an acute lower respiratory infection told as COPD without one",
    citation="I.C.10.a.1, note at J44.0",
    severity="warning",
)
def infection_untold(chart: CodedChart, tables: Tables) -> Findings:
    infections = RESPIRATORY.coded(chart, "lower_infection")
    if not infections or RESPIRATORY.holds(chart, "with_infection"):
        return
    for coded in RESPIRATORY.coded(chart, "obstructive_disease")[:1]:
        unspecified = coded.code == "J449"
        fix = Fix.replacing(coded, "J440") if unspecified else Fix.adding("J440", at=coded.index)
        message = (
            f"COPD with {dotted(infections[0].code)} is J44.0, {'not J44.9' if unspecified else 'added to the other'}"
        )
        yield Finding(message, coded.pointer, (coded.code, infections[0].code), fix=fix)


@guideline(
    "respiratory_failure.acute_and_chronic_apart",
    "Acute and chronic respiratory failure told by two codes",
    citation="I.B.8, I.B.9",
    severity="warning",
)
def acute_and_chronic_apart(chart: CodedChart, tables: Tables) -> Findings:
    for acute in RESPIRATORY.coded(chart, "acute_failure"):
        for chronic in RESPIRATORY.coded(chart, "chronic_failure"):
            kind = acute.code[-1] if acute.code[-1] != "0" else chronic.code[-1]
            both = f"J962{kind}"
            message = f"{dotted(acute.code)} and {dotted(chronic.code)} together are {dotted(both)}"
            fix = one_instead(acute, chronic, both)
            yield Finding(message, chronic.pointer, (acute.code, chronic.code), fix=fix)


@guideline(
    "respiratory_failure.first_over_chapter",
    "Acute respiratory failure before a code whose chapter asks to be first",
    citation="I.C.10.b.1",
)
def failure_first_over_chapter(chart: CodedChart, tables: Tables) -> Findings:
    first = chart.first
    if first is None or first.code not in RESPIRATORY.on("acute_failure_any", chart.day):
        return
    for other in RESPIRATORY.coded(chart, "sequenced_before_failure")[:1]:
        message = f"{dotted(other.code)} goes before respiratory failure: its chapter says so"
        yield Finding(message, first.pointer, (first.code, other.code), fix=Fix.moving(other, 0))


@guideline(
    "respiratory_failure.equally_meeting",
    "Acute respiratory failure on admission with another acute condition",
    citation="I.C.10.b.3, II.C",
    severity="info",
    settings=INPATIENT,
)
def failure_equally_meeting(chart: CodedChart, tables: Tables) -> Findings:
    first = chart.first
    if first is None or first.code not in RESPIRATORY.on("equal_to_failure", chart.day):
        return
    for failure in RESPIRATORY.coded(chart, "acute_failure_any")[:1]:
        if failure.poa == "Y":
            message = (
                f"{dotted(first.code)} and {dotted(failure.code)} were both there on admission: the one chiefly "
                "responsible is principal; where both were equally, either may be"
            )
            yield Finding(message, first.pointer, (first.code, failure.code))


@guideline(
    "ventilator_pneumonia.type_added",
    "The type of pneumonia beside ventilator-associated pneumonia",
    citation="I.C.10.d.1, I.C.10.d.2",
    severity="warning",
)
def ventilator_pneumonia_type(chart: CodedChart, tables: Tables) -> Findings:
    """Both stand where the patient came with one pneumonia and got the other: the first is then principal."""
    for ventilator in RESPIRATORY.coded(chart, "ventilator_pneumonia"):
        for pneumonia in RESPIRATORY.coded(chart, "pneumonia"):
            if pneumonia.poa == "N" or before(ventilator, pneumonia):
                message = (
                    f"J95.851 has the organism added (B95-B97), not the type of pneumonia, {dotted(pneumonia.code)}"
                )
                fix = Fix.removing(pneumonia)
                yield Finding(message, pneumonia.pointer, (pneumonia.code, ventilator.code), fix=fix)


@guideline(
    "vaping.manifestation_first",
    "A lung injury goes before the vaping disorder that caused it",
    citation="I.C.10.e",
    severity="warning",
    effective=_VAPING_CODED,
)
def vaping_manifestation_first(chart: CodedChart, tables: Tables) -> Findings:
    first = chart.first
    if first is None or first.code not in RESPIRATORY.on("vaping_manifestation", chart.day):
        return
    for vaping in RESPIRATORY.coded(chart, "vaping"):
        message = f"lung disease due to vaping has U07.0 first, then {dotted(first.code)}"
        yield Finding(message, first.pointer, (first.code, vaping.code), fix=Fix.moving(vaping, 0))
