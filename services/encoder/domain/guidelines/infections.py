"""Chapter 1: HIV, sepsis, resistant organisms and COVID-19 (ICD-10-CM Official Guidelines I.C.1)."""

from __future__ import annotations

from datetime import date

from services.encoder.domain.guidelines.code_lists import CodeLists, before
from services.encoder.domain.guidelines.rules import INPATIENT, CodedChart, Finding, Findings, Fix, Severity, guideline
from services.encoder.domain.guidelines.tabular_list import dotted
from shared.tables import Tables

INFECTIONS = CodeLists("infections")
COVID19 = CodeLists("covid19")

_PROPHYLAXIS_CODED = date(2023, 10, 1)
_COVID19_CODED = date(2020, 4, 1)
_COVID19_PNEUMONIA_CODED = date(2021, 1, 1)


@guideline(
    "infections.only_confirmed",
    "An infection that is coded only when confirmed is documented as uncertain",
    citation="I.C.1.a.1, I.C.1.f.1, I.C.1.g.1.a, I.C.10.c",
)
def uncertain_infection(chart: CodedChart, tables: Tables) -> Findings:
    """These are the exceptions to the rule that inpatient coding takes the uncertain as present (II.H)."""
    for coded in INFECTIONS.coded(chart, "confirmed_only"):
        if coded.code in chart.uncertain:
            message = f"{dotted(coded.code)} needs a confirmed diagnosis; the documents name it as uncertain only"
            yield Finding(message, coded.pointer, (coded.code,), fix=Fix.removing(coded))


@guideline(
    "hiv.related_condition_first",
    "A condition related to HIV goes before HIV disease",
    citation="I.C.1.a.2.b",
    severity="warning",
)
def hiv_related_condition_first(chart: CodedChart, tables: Tables) -> Findings:
    related = INFECTIONS.on("hiv_related", chart.day)
    for hiv in INFECTIONS.coded(chart, "hiv_disease"):
        if (first := chart.first) is not None and first.code in related:
            message = f"an encounter for a condition related to HIV has B20 first, then {dotted(first.code)}"
            yield Finding(message, first.pointer, (first.code, hiv.code), fix=Fix.moving(hiv, 0))


@guideline(
    "hiv.asymptomatic_with_illness",
    "Asymptomatic HIV beside an illness that HIV brings",
    citation="I.C.1.a.2",
    severity="warning",
)
def hiv_asymptomatic_with_illness(chart: CodedChart, tables: Tables) -> Findings:
    illness = INFECTIONS.coded(chart, "hiv_related")
    for status in INFECTIONS.coded(chart, "hiv_asymptomatic") if illness else ():
        message = f"a patient with {dotted(illness[0].code)} due to HIV has B20, now and ever after, not Z21"
        fix = Fix.replacing(status, "B20")
        yield Finding(message, status.pointer, (status.code, illness[0].code), fix=fix)


@guideline(
    "hiv.prophylaxis_with_infection",
    "Prophylaxis before exposure to HIV beside HIV",
    citation="I.C.1.a.2",
    effective=_PROPHYLAXIS_CODED,
)
def hiv_prophylaxis_with_infection(chart: CodedChart, tables: Tables) -> Findings:
    infected = INFECTIONS.coded(chart, "hiv_any")
    for prophylaxis in INFECTIONS.coded(chart, "hiv_prophylaxis") if infected else ():
        message = f"prophylaxis is for a patient without HIV; {dotted(infected[0].code)} says that it is there"
        codes = (prophylaxis.code, infected[0].code)
        yield Finding(message, prophylaxis.pointer, codes, fix=Fix.removing(prophylaxis))


@guideline(
    "sepsis.severe_without_infection",
    "Severe sepsis without the systemic infection behind it",
    citation="I.C.1.d.1.b",
)
def severe_sepsis_without_infection(chart: CodedChart, tables: Tables) -> Findings:
    if not INFECTIONS.holds(chart, "systemic_infection"):
        for severe in INFECTIONS.coded(chart, "severe_sepsis"):
            message = f"{dotted(severe.code)} needs the systemic infection before it; A41.9 where no organism is known"
            yield Finding(message, severe.pointer, (severe.code,), fix=Fix.adding("A419", at=severe.index))


@guideline(
    "sepsis.severe_without_dysfunction",
    "Severe sepsis without an acute organ dysfunction",
    citation="I.C.1.d.1.a.iii",
    severity="warning",
)
def severe_sepsis_without_dysfunction(chart: CodedChart, tables: Tables) -> Findings:
    """With shock, R65.21, the failing circulation is the dysfunction."""
    if not INFECTIONS.holds(chart, "acute_organ_dysfunction"):
        for severe in INFECTIONS.coded(chart, "severe_sepsis_without_shock"):
            message = (
                "severe sepsis is told with the organ that fails; without one documented, query or code sepsis alone"
            )
            yield Finding(message, severe.pointer, (severe.code,))


@guideline(
    "sepsis.localized_infection_first",
    "A localized infection goes before the sepsis that was there on admission",
    citation="I.C.1.d.4",
    settings=INPATIENT,
)
def localized_infection_first(chart: CodedChart, tables: Tables) -> Findings:
    """Sepsis that developed during the stay stays behind the infection; where the POA is open, a coder must look."""
    first = chart.first
    if first is None or first.code not in INFECTIONS.on("localized_infection", chart.day):
        return
    for sepsis in INFECTIONS.coded(chart, "sepsis"):
        if sepsis.poa in ("Y", "W", "U", None):
            message = f"sepsis present on admission, {dotted(sepsis.code)}, is principal before {dotted(first.code)}"
            severity: Severity = "error" if sepsis.poa == "Y" else "warning"
            codes = (first.code, sepsis.code)
            yield Finding(message, first.pointer, codes, severity=severity, fix=Fix.moving(sepsis, 0))
            return


@guideline(
    "sepsis.after_care_order",
    "Sepsis that follows a procedure, infusion or delivery goes behind the code that says so",
    citation="I.C.1.d.5",
)
def sepsis_after_care_order(chart: CodedChart, tables: Tables) -> Findings:
    for cause in INFECTIONS.coded(chart, "sepsis_after_care"):
        for sepsis in INFECTIONS.coded(chart, "sepsis"):
            if before(sepsis, cause):
                message = f"{dotted(cause.code)} goes before {dotted(sepsis.code)}, which tells the kind of sepsis"
                fix = Fix.moving(cause, sepsis.index)
                yield Finding(message, sepsis.pointer, (sepsis.code, cause.code), fix=fix)
                return


@guideline(
    "sepsis.organism_apart",
    "Unspecified sepsis beside an organism",
    citation="I.C.1.d.1.a, I.C.1.b",
    severity="info",
)
def sepsis_organism_apart(chart: CodedChart, tables: Tables) -> Findings:
    organisms = INFECTIONS.coded(chart, "organism_cause")
    for sepsis in INFECTIONS.coded(chart, "unspecified_sepsis"):
        if organisms:
            message = f"if {dotted(organisms[0].code)} caused the sepsis, A40 or A41 has a code that names both"
            yield Finding(message, sepsis.pointer, (sepsis.code, organisms[0].code))


@guideline(
    "infections.resistance_named_twice",
    "Methicillin-resistant staphylococcus told again beside the code that names it",
    citation="I.C.1.e.1.a",
)
def resistance_named_twice(chart: CodedChart, tables: Tables) -> Findings:
    named = INFECTIONS.coded(chart, "resistant_staphylococcus_named")
    if not named:
        return
    for coded in INFECTIONS.coded(chart, "penicillin_resistance"):
        message = f"{dotted(named[0].code)} names the resistance; Z16.11 is not added"
        yield Finding(message, coded.pointer, (coded.code, named[0].code), fix=Fix.removing(coded))
    if not INFECTIONS.holds(chart, "localized_infection"):
        for coded in INFECTIONS.coded(chart, "resistant_staphylococcus_cause"):
            message = f"{dotted(named[0].code)} names the organism; B95.62 is added only for another infection"
            fix = Fix.removing(coded)
            yield Finding(message, coded.pointer, (coded.code, named[0].code), severity="warning", fix=fix)


@guideline(
    "covid19.manifestation_first",
    "A respiratory manifestation goes before COVID-19",
    citation="I.C.1.g.1.b",
    severity="warning",
    effective=_COVID19_CODED,
)
def covid19_manifestation_first(chart: CodedChart, tables: Tables) -> Findings:
    first = chart.first
    for covid in COVID19.coded(chart, "confirmed"):
        if first is not None and first.code in COVID19.on("respiratory_manifestation", chart.day) and covid.poa != "N":
            message = f"COVID-19 that brought the patient in goes before its manifestation, {dotted(first.code)}"
            yield Finding(message, first.pointer, (first.code, covid.code), fix=Fix.moving(covid, 0))


@guideline(
    "covid19.pneumonia",
    "Pneumonia due to COVID-19 under other viral pneumonia",
    citation="I.C.1.g.1.c.i",
    severity="warning",
    effective=_COVID19_PNEUMONIA_CODED,
)
def covid19_pneumonia(chart: CodedChart, tables: Tables) -> Findings:
    if COVID19.holds(chart, "confirmed"):
        for pneumonia in COVID19.coded(chart, "other_viral_pneumonia"):
            message = "pneumonia due to COVID-19 is J12.82; J12.89 is for that of another virus"
            yield Finding(message, pneumonia.pointer, (pneumonia.code,), fix=Fix.replacing(pneumonia, "J1282"))


@guideline(
    "covid19.exposure_with_disease",
    "Contact with or screening for COVID-19 beside the confirmed disease",
    citation="I.C.1.g.1.e",
    severity="warning",
    effective=_COVID19_CODED,
)
def covid19_exposure_with_disease(chart: CodedChart, tables: Tables) -> Findings:
    if COVID19.holds(chart, "confirmed"):
        for contact in COVID19.coded(chart, "exposure_or_screening"):
            message = f"{dotted(contact.code)} is for a patient in whom COVID-19 was not found; U07.1 says that it was"
            yield Finding(message, contact.pointer, (contact.code,), fix=Fix.removing(contact))
