"""Chapter 16: the newborn (ICD-10-CM Official Guidelines I.C.16)."""

from __future__ import annotations

from services.encoder.domain.guidelines.code_lists import CodeLists, before
from services.encoder.domain.guidelines.rules import CodedChart, Finding, Findings, Fix, guideline
from services.encoder.domain.guidelines.tabular_list import dotted
from shared.tables import Tables

PERINATAL = CodeLists("perinatal")


@guideline(
    "perinatal.weight_behind_age",
    "The gestational age goes before the birth weight",
    citation="I.C.16.d, note at P07",
)
def weight_behind_age(chart: CodedChart, tables: Tables) -> Findings:
    for weight in PERINATAL.coded(chart, "birth_weight"):
        for age in PERINATAL.coded(chart, "gestational_age"):
            if before(age, weight):
                message = f"birth weight, {dotted(weight.code)}, goes before gestational age, {dotted(age.code)}"
                fix = Fix.moving(weight, age.index)
                yield Finding(message, age.pointer, (age.code, weight.code), fix=fix)


@guideline(
    "perinatal.sepsis_organism_twice",
    "The organism told again beside the newborn's sepsis that names it",
    citation="I.C.16.f",
)
def sepsis_organism_twice(chart: CodedChart, tables: Tables) -> Findings:
    named = PERINATAL.coded(chart, "sepsis_with_organism")
    for organism in PERINATAL.coded(chart, "organism_cause") if named else ():
        message = f"{dotted(named[0].code)} names the organism; {dotted(organism.code)} is not added"
        yield Finding(message, organism.pointer, (organism.code, named[0].code), fix=Fix.removing(organism))


@guideline("perinatal.stillbirth_with_others", "Stillbirth beside another diagnosis", citation="I.C.16.g")
def stillbirth_with_others(chart: CodedChart, tables: Tables) -> Findings:
    for stillbirth in PERINATAL.coded(chart, "stillbirth"):
        for other in chart.coded:
            if other.code != stillbirth.code:
                message = f"P95 stands alone; {dotted(other.code)} is not added"
                yield Finding(message, other.pointer, (other.code, stillbirth.code), fix=Fix.removing(other))
