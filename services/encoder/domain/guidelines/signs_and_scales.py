"""Coma scale and unknown death (I.C.18), body mass index (I.B.14, I.C.21.c.3), pain (I.C.6.b)."""

from __future__ import annotations

from datetime import date

from services.encoder.domain.guidelines.code_lists import CodeLists
from services.encoder.domain.guidelines.rules import INPATIENT, CodedChart, Finding, Findings, Fix, guideline
from services.encoder.domain.guidelines.tabular_list import dotted
from shared.tables import Tables

SIGNS = CodeLists("signs_and_scales")

_FY2017, _FY2019 = date(2016, 10, 1), date(2018, 10, 1)
_COMA_PARTS = {
    "coma_part_eyes": "eyes (R40.21)",
    "coma_part_verbal": "speech (R40.22)",
    "coma_part_motor": "movement (R40.23)",
}
_SEVENTH = 6
_ADULT = 20
"""In years: the age from which the adult codes of Z68 are for (note at Z68)."""


@guideline(
    "coma_scale.incomplete",
    "A coma scale without all three of its parts",
    citation="I.C.18.e, note at R40.2",
    severity="warning",
)
def coma_scale_incomplete(chart: CodedChart, tables: Tables) -> Findings:
    parts = SIGNS.coded(chart, "coma_parts")
    missing = [words for name, words in _COMA_PARTS.items() if not SIGNS.holds(chart, name)]
    if parts and missing:
        message = f"the scale has one code each for eyes, speech and movement; missing: {', '.join(missing)}"
        yield Finding(message, parts[0].pointer, tuple(coded.code for coded in parts))


@guideline(
    "coma_scale.times_differ",
    "The parts of a coma scale taken at different times",
    citation="I.C.18.e",
)
def coma_scale_times_differ(chart: CodedChart, tables: Tables) -> Findings:
    """The seventh character tells when; each time that is told has all three parts."""
    taken = [{coded.code[_SEVENTH:] for coded in SIGNS.coded(chart, name)} for name in _COMA_PARTS]
    if all(taken) and not taken[0] == taken[1] == taken[2]:
        parts = SIGNS.coded(chart, "coma_parts")
        message = "the three parts of a scale have the same seventh character"
        yield Finding(message, parts[0].pointer, tuple(coded.code for coded in parts))


@guideline(
    "coma_scale.total_with_parts",
    "The total of a coma scale beside its parts",
    citation="I.C.18.e",
    severity="warning",
    effective=_FY2017,
)
def coma_total_with_parts(chart: CodedChart, tables: Tables) -> Findings:
    parts = SIGNS.coded(chart, "coma_parts")
    for total in SIGNS.coded(chart, "coma_total") if parts else ():
        message = f"{dotted(total.code)} is for a record that has the total alone"
        yield Finding(message, total.pointer, (total.code, parts[0].code), fix=Fix.removing(total))


@guideline(
    "body_mass_index.alone",
    "Body mass index without a weight diagnosis",
    citation="I.B.14, I.C.21.c.3",
    severity="warning",
)
def body_mass_index_alone(chart: CodedChart, tables: Tables) -> Findings:
    if not SIGNS.holds(chart, "weight_condition"):
        for index in SIGNS.coded(chart, "body_mass_index"):
            message = "the index is told beside a diagnosis that the provider ties to it, such as obesity"
            yield Finding(message, index.pointer, (index.code,), fix=Fix.removing(index))


@guideline(
    "body_mass_index.in_pregnancy",
    "Body mass index in pregnancy",
    citation="I.C.21.c.3",
    effective=_FY2019,
)
def body_mass_index_in_pregnancy(chart: CodedChart, tables: Tables) -> Findings:
    if SIGNS.holds(chart, "obstetric"):
        for index in SIGNS.coded(chart, "body_mass_index"):
            yield Finding("the index is not told in pregnancy", index.pointer, (index.code,), fix=Fix.removing(index))


@guideline(
    "body_mass_index.age",
    "Body mass index by the scale for another age",
    citation="I.C.21.c.3, note at Z68",
)
def body_mass_index_age(chart: CodedChart, tables: Tables) -> Findings:
    if chart.age is None:
        return
    other_scale = "body_mass_index_child" if chart.age >= _ADULT else "body_mass_index_adult"
    for index in SIGNS.coded(chart, other_scale):
        message = "percentiles (Z68.5-) are for ages 2 to 19, the other codes of Z68 from 20 on"
        yield Finding(message, index.pointer, (index.code,))


@guideline(
    "pain.beside_its_cause",
    "Acute or chronic pain beside the diagnosis that explains it",
    citation="I.C.6.b.1.a",
    severity="info",
)
def pain_beside_cause(chart: CodedChart, tables: Tables) -> Findings:
    """G89 is for an encounter for pain control, or where it adds what the code of the site does not tell."""
    for pain in SIGNS.coded(chart, "pain"):
        if pain.index > 0:
            message = f"{dotted(pain.code)} is added only where it tells more of the pain than the other codes do"
            yield Finding(message, pain.pointer, (pain.code,))


@guideline(
    "death.unknown_in_stay",
    "Unknown cause of death in a stay",
    citation="I.C.18.j",
    settings=INPATIENT,
)
def unknown_death_in_stay(chart: CodedChart, tables: Tables) -> Findings:
    """R99 is for a patient who arrived dead; one who was admitted has what was treated."""
    for death in SIGNS.coded(chart, "unknown_death"):
        yield Finding("R99 is for a patient brought in dead", death.pointer, (death.code,), fix=Fix.removing(death))
