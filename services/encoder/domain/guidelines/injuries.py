"""Chapter 19: injuries, burns, poisoning, maltreatment and complications of care (I.C.19; fractures I.C.13.d)."""

from __future__ import annotations

import re
from itertools import groupby

from services.encoder.domain.guidelines.code_lists import CodeLists, before
from services.encoder.domain.guidelines.rules import Coded, CodedChart, Finding, Findings, Fix, guideline
from services.encoder.domain.guidelines.tabular_list import dotted, title
from shared.tables import Tables
from shared.tables.icd10 import CODES

INJURIES = CodeLists("injuries")
_CODES = CODES["icd10cm"]

_SEVENTH = 6
_INITIAL, _SEQUELA = "ABC", "S"
_BLOCK = 2
"""S4 is shoulder and upper arm: the first two characters name the part of the body."""
_LIMBS = ("S4", "S5", "S7", "S8")
"""Parts small enough that two injuries of one side are at the same place, for a coder to look at."""
_SITE = re.compile(
    r"\b(scalp|eyelid|ear|nose|lip|cheek|neck|throat|breast|thorax|back|abdominal|buttock|shoulder|arm|elbow|forearm"
    r"|wrist|hand|thumb|finger|hip|thigh|knee|leg|ankle|foot|toe|head)\b"
)
_SIDE = re.compile(r"\b(right|left)\b")


def seventh(code: str) -> str:
    """The seventh character; empty where the code has none."""
    return code[_SEVENTH:]


@guideline(
    "injuries.superficial_with_severe",
    "A superficial injury beside a more severe one of the same site",
    citation="I.C.19.b",
    severity="warning",
    reads=(_CODES,),
)
def superficial_with_severe(chart: CodedChart, tables: Tables) -> Findings:
    superficial = INJURIES.on("superficial", chart.day)
    injuries = [coded for coded in INJURIES.coded(chart, "injury") if seventh(coded.code) != _SEQUELA]
    severe = [coded for coded in injuries if coded.code not in superficial]
    for coded in injuries if severe else ():
        if coded.code in superficial:
            over = next((other for other in severe if _same_site(coded, other, chart, tables)), None)
            if over is not None:
                message = (
                    f"{dotted(coded.code)} is not told beside the more severe {dotted(over.code)} of the same site"
                )
                yield Finding(message, coded.pointer, (coded.code, over.code), fix=Fix.removing(coded))


def _same_site(one: Coded, other: Coded, chart: CodedChart, tables: Tables) -> bool:
    """The same part of the body, not on the other side; of the trunk, head, hand and foot also the same word."""
    if one.code[:_BLOCK] != other.code[:_BLOCK]:
        return False
    names = [title(tables, coded.code, chart.day).lower() for coded in (one, other)]
    sides = [set(_SIDE.findall(name)) for name in names]
    if sides[0] and sides[1] and not sides[0] & sides[1]:
        return False
    return one.code.startswith(_LIMBS) or bool(set(_SITE.findall(names[0])) & set(_SITE.findall(names[1])))


@guideline(
    "injuries.superficial_first",
    "A superficial injury before a more serious one",
    citation="I.C.19.b",
    severity="warning",
)
def superficial_first(chart: CodedChart, tables: Tables) -> Findings:
    """The most serious injury, as the provider and the treatment tell it, goes first."""
    first = chart.first
    superficial = INJURIES.on("superficial", chart.day)
    if first is None or first.code not in superficial:
        return
    for coded in INJURIES.coded(chart, "injury"):
        if coded.code not in superficial and seventh(coded.code) == seventh(first.code) and before(first, coded):
            message = f"the most serious injury goes first: {dotted(coded.code)} before {dotted(first.code)}"
            yield Finding(message, first.pointer, (first.code, coded.code), fix=Fix.moving(coded, 0))
            return


@guideline(
    "injuries.nerve_or_vessel_first",
    "An injury of nerves or vessels before the injury that it came with",
    citation="I.C.19.b.1, I.C.19.b.2",
    severity="info",
)
def nerve_or_vessel_first(chart: CodedChart, tables: Tables) -> Findings:
    """First where it is the primary injury; minor damage goes behind the injury that did it."""
    first = chart.first
    nerves = INJURIES.on("nerve_or_vessel", chart.day)
    if first is None or first.code not in nerves:
        return
    for coded in INJURIES.coded(chart, "injury"):
        if coded.code not in nerves and coded.code[:_BLOCK] == first.code[:_BLOCK]:
            message = f"{dotted(first.code)} is first only where it is the primary injury, not {dotted(coded.code)}"
            yield Finding(message, first.pointer, (first.code, coded.code))
            return


@guideline(
    "injuries.fracture_in_osteoporosis",
    "A traumatic fracture in a patient with osteoporosis",
    citation="I.C.13.d.2",
    severity="warning",
)
def fracture_in_osteoporosis(chart: CodedChart, tables: Tables) -> Findings:
    osteoporosis = INJURIES.coded(chart, "osteoporosis")
    for fracture in INJURIES.coded(chart, "fracture") if osteoporosis else ():
        if seventh(fracture.code) != _SEQUELA:
            message = (
                f"{dotted(fracture.code)} in known osteoporosis is M80 "
                "unless the force would have broken a healthy bone"
            )
            yield Finding(message, fracture.pointer, (fracture.code, osteoporosis[0].code))


@guideline(
    "injuries.aftercare_for_injury",
    "An aftercare Z code beside an injury under subsequent care",
    citation="I.C.21.c.7, I.C.19.a",
    severity="warning",
)
def aftercare_for_injury(chart: CodedChart, tables: Tables) -> Findings:
    injuries = [coded for coded in INJURIES.coded(chart, "injury") if seventh(coded.code) not in ("", *_INITIAL, "S")]
    for aftercare in INJURIES.coded(chart, "aftercare") if injuries else ():
        message = f"the seventh character of {dotted(injuries[0].code)} tells it; {dotted(aftercare.code)} is not added"
        yield Finding(message, aftercare.pointer, (aftercare.code, injuries[0].code), fix=Fix.removing(aftercare))


def _degree(coded: Coded) -> int:
    """Of a burn or corrosion, by its fourth character: 0 unspecified, 1 to 3; corrosions count from 4."""
    return int(coded.code[3]) % 4 if coded.code[3:4].isdecimal() else 0


@guideline(
    "burns.highest_degree_not_first",
    "A burn of lower degree before one of higher degree",
    citation="I.C.19.d.1",
    severity="warning",
)
def highest_degree_not_first(chart: CodedChart, tables: Tables) -> Findings:
    """The first burn of the chart; where its degree is told for no other, nothing is known."""
    burns = [coded for coded in INJURIES.coded(chart, "burn") if seventh(coded.code) != _SEQUELA]
    if burns:
        worst = max(burns, key=_degree)
        if _degree(worst) > _degree(burns[0]):
            message = f"the burn of the highest degree, {dotted(worst.code)}, goes before {dotted(burns[0].code)}"
            fix = Fix.moving(worst, burns[0].index)
            yield Finding(message, burns[0].pointer, (burns[0].code, worst.code), fix=fix)


@guideline("burns.same_site_twice", "One site with burns of two degrees", citation="I.C.19.d.2")
def burn_same_site_twice(chart: CodedChart, tables: Tables) -> Findings:
    """The same category, site and side; thermal burns and corrosions apart."""
    burns = [coded for coded in INJURIES.coded(chart, "burn") if seventh(coded.code) != _SEQUELA]
    for _, group in groupby(sorted(burns, key=_burnt_site), key=_burnt_site):
        same_site = list(group)
        worst = max(same_site, key=_degree)
        for coded in same_site:
            if _degree(coded) < _degree(worst):
                message = f"one site has its highest degree alone, {dotted(worst.code)}"
                yield Finding(message, coded.pointer, (coded.code, worst.code), fix=Fix.removing(coded))


def _burnt_site(coded: Coded) -> tuple[str, bool, str]:
    return coded.code[:3], coded.code[3:4] >= "4", coded.code[4:_SEVENTH]


@guideline("burns.extent_first", "The extent of burns before their sites", citation="I.C.19.d.6, note at T31")
def burn_extent_first(chart: CodedChart, tables: Tables) -> Findings:
    for extent in INJURIES.coded(chart, "burn_extent"):
        for burn in INJURIES.coded(chart, "burn"):
            if before(extent, burn):
                message = f"{dotted(extent.code)} is first only where no site is known; {dotted(burn.code)} names one"
                fix = Fix.moving(burn, extent.index)
                yield Finding(message, extent.pointer, (extent.code, burn.code), fix=fix)
                return


@guideline(
    "burns.extent_missing",
    "A burn of the third degree without its extent",
    citation="I.C.19.d.6",
    severity="info",
)
def burn_extent_missing(chart: CodedChart, tables: Tables) -> Findings:
    if not INJURIES.holds(chart, "burn_extent"):
        for burn in INJURIES.coded(chart, "third_degree_burn")[:1]:
            if seventh(burn.code) == "A":
                message = "the share of the body surface, T31 or T32, is told beside burns of the third degree"
                yield Finding(message, burn.pointer, (burn.code,))


@guideline(
    "poisoning.manifestation_first",
    "What a poisoning did goes before the poisoning",
    citation="I.C.19.e.5.b, I.C.19.e.5.d",
    severity="warning",
)
def poisoning_manifestation_first(chart: CodedChart, tables: Tables) -> Findings:
    """Only for active treatment of a poisoning that brought the patient in."""
    first = chart.first
    if first is None or first.code not in INJURIES.on("manifestation", chart.day):
        return
    for poisoning in INJURIES.coded(chart, "poisoning"):
        if seventh(poisoning.code) == "A" and poisoning.poa != "N":
            message = f"the poisoning, {dotted(poisoning.code)}, goes before what it did, {dotted(first.code)}"
            yield Finding(message, first.pointer, (first.code, poisoning.code), fix=Fix.moving(poisoning, 0))
            return


@guideline("adverse_effect.first", "A drug before the adverse effect that it had", citation="I.C.19.e.5.a")
def adverse_effect_first(chart: CodedChart, tables: Tables) -> Findings:
    first = chart.first
    if first is None or first.code not in INJURIES.on("adverse_effect", chart.day):
        return
    fix = Fix.moving(first, 1) if len(chart.diagnoses) > 1 else None
    message = f"the nature of the adverse effect goes before the drug, {dotted(first.code)}"
    yield Finding(message, first.pointer, (first.code,), fix=fix)


@guideline("underdosing.first", "Underdosing as principal or first-listed diagnosis", citation="I.C.19.e.5.c")
def underdosing_first(chart: CodedChart, tables: Tables) -> Findings:
    first = chart.first
    if first is None or first.code not in INJURIES.on("underdosing", chart.day):
        return
    fix = Fix.moving(first, 1) if len(chart.diagnoses) > 1 else None
    message = f"the condition that the underdosing made worse goes before it, {dotted(first.code)}"
    yield Finding(message, first.pointer, (first.code,), fix=fix)


@guideline(
    "underdosing.reason_missing",
    "Underdosing without its reason",
    citation="I.C.19.e.5.c, note at T36-T50",
    severity="info",
)
def underdosing_reason_missing(chart: CodedChart, tables: Tables) -> Findings:
    if not INJURIES.holds(chart, "reason_for_underdosing"):
        for coded in INJURIES.coded(chart, "underdosing")[:1]:
            message = "where the documents say why less was taken, Z91.1- or Y63 tells it"
            yield Finding(message, coded.pointer, (coded.code,))


@guideline(
    "maltreatment.behind_its_consequence",
    "An injury or mental disorder goes before the maltreatment behind it",
    citation="I.C.19.f",
    severity="warning",
)
def maltreatment_behind(chart: CodedChart, tables: Tables) -> Findings:
    first = chart.first
    if first is None or first.code not in INJURIES.on("behind_maltreatment", chart.day):
        return
    for maltreatment in INJURIES.coded(chart, "maltreatment")[:1]:
        if seventh(maltreatment.code) == "A":
            message = f"{dotted(maltreatment.code)} goes before the injuries and disorders with it"
            codes = (first.code, maltreatment.code)
            yield Finding(message, first.pointer, codes, fix=Fix.moving(maltreatment, 0))


@guideline(
    "maltreatment.suspected_with_perpetrator",
    "Suspected maltreatment with a perpetrator or assault",
    citation="I.C.19.f, I.C.20.g",
)
def suspected_with_perpetrator(chart: CodedChart, tables: Tables) -> Findings:
    suspected = INJURIES.coded(chart, "maltreatment_suspected")
    if suspected and not INJURIES.holds(chart, "maltreatment_confirmed"):
        for coded in INJURIES.coded(chart, "perpetrator_or_assault"):
            message = (
                f"{dotted(coded.code)} is told when maltreatment is confirmed, not with {dotted(suspected[0].code)}"
            )
            yield Finding(message, coded.pointer, (coded.code, suspected[0].code), fix=Fix.removing(coded))


@guideline(
    "maltreatment.perpetrator_missing",
    "Confirmed maltreatment without perpetrator or assault",
    citation="I.C.19.f, I.C.20.g",
    severity="info",
)
def perpetrator_missing(chart: CodedChart, tables: Tables) -> Findings:
    if not INJURIES.holds(chart, "perpetrator_or_assault"):
        for coded in INJURIES.coded(chart, "maltreatment_confirmed")[:1]:
            message = "confirmed maltreatment has its cause (X92-Y09) and, where known, its perpetrator (Y07)"
            yield Finding(message, coded.pointer, (coded.code,))


@guideline(
    "complications.infection_first",
    "An infection goes before the device or procedure that it came from",
    citation="II.G, I.B.16",
    severity="warning",
)
def infection_before_complication(chart: CodedChart, tables: Tables) -> Findings:
    first = chart.first
    if first is None or first.code not in INJURIES.on("infection", chart.day):
        return
    for complication in INJURIES.coded(chart, "device_infection"):
        if seventh(complication.code) == "A" and complication.poa != "N":
            message = f"the complication, {dotted(complication.code)}, goes before the infection, {dotted(first.code)}"
            codes = (first.code, complication.code)
            yield Finding(message, first.pointer, codes, fix=Fix.moving(complication, 0))
            return
