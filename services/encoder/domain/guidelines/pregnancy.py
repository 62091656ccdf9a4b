"""Chapter 15: pregnancy, childbirth and the puerperium (ICD-10-CM Official Guidelines I.C.15)."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal

from services.encoder.domain.guidelines.code_lists import CodeLists
from services.encoder.domain.guidelines.injuries import seventh
from services.encoder.domain.guidelines.rules import (
    OUTPATIENT,
    Coded,
    CodedChart,
    Finding,
    Findings,
    Fix,
    Severity,
    guideline,
)
from services.encoder.domain.guidelines.tabular_list import dotted, title
from services.encoder.parameters import parameter
from shared.tables import Tables
from shared.tables.icd10 import CODES

PREGNANCY = CodeLists("pregnancy")
_CODES = CODES["icd10cm"]

Trimester = Literal["first", "second", "third"]

_FY2017 = date(2016, 10, 1)
_TRIMESTER = re.compile(r"\b(first|second|third) trimester\b")
_SECOND_BEGINS, _THIRD_BEGINS = 14, 28
"""Completed weeks (note at chapter 15)."""
_NEWBORN_UNTIL = 1
"""In years: no mother is younger."""


@guideline(
    "pregnancy.chapter_first",
    "A condition of another chapter goes before the pregnancy that it complicates",
    citation="I.C.15.a.1",
)
def chapter_first(chart: CodedChart, tables: Tables) -> Findings:
    """A Z code may be the reason for the encounter; an incidental pregnancy is Z33.1 instead of chapter 15."""
    obstetric = PREGNANCY.coded(chart, "obstetric")
    first = chart.first
    if not obstetric or first is None or first.code[0] == "O" or first.code in PREGNANCY.on("may_precede", chart.day):
        return
    if chart.age is not None and chart.age < _NEWBORN_UNTIL:
        return
    message = f"codes of chapter 15 go first: {dotted(obstetric[0].code)} before {dotted(first.code)}"
    yield Finding(message, first.pointer, (first.code, obstetric[0].code), fix=Fix.moving(obstetric[0], 0))


@guideline(
    "pregnancy.condition_outside_chapter",
    "A condition in a pregnant patient without the chapter 15 code that it complicates the pregnancy",
    citation="I.C.15.a.1",
    severity="warning",
)
def condition_outside_chapter(chart: CodedChart, tables: Tables) -> Findings:
    """Presumed to complicate the pregnancy unless the provider says that the pregnancy is incidental (Z33.1)."""
    if not PREGNANCY.holds(chart, "obstetric"):
        return
    for row in PREGNANCY.rows("complicated_by", chart.day):
        condition = next((coded for coded in chart.diagnoses if coded.code in row["condition"]), None)
        if condition is not None and not any(coded.code in row["obstetric"] for coded in chart.diagnoses):
            said = ", ".join(dotted(named.first) for named in row["obstetric"].ranges)
            message = f"{row.words} in pregnancy has a code of chapter 15 first ({said}), then {dotted(condition.code)}"
            yield Finding(message, condition.pointer, (condition.code,))


@guideline(
    "pregnancy.on_newborn_record",
    "Codes of the mother and of the newborn on one record",
    citation="I.C.15.a.2, I.C.16.a.1",
)
def on_newborn_record(chart: CodedChart, tables: Tables) -> Findings:
    """The age says whose record it is; without it, that of the first diagnosis."""
    mothers = (*PREGNANCY.coded(chart, "obstetric"), *PREGNANCY.coded(chart, "outcome"))
    newborns = PREGNANCY.coded(chart, "newborn")
    if chart.age is not None:
        strangers, whose = (mothers, "the mother's") if chart.age < _NEWBORN_UNTIL else (newborns, "a newborn's")
        if chart.age >= _NEWBORN_UNTIL and not mothers:
            return
    elif not (mothers and newborns):
        return
    else:
        mother_first = min(mothers[0].index, newborns[0].index) == mothers[0].index
        strangers, whose = (newborns, "a newborn's") if mother_first else (mothers, "the mother's")
    for coded in strangers:
        message = f"{dotted(coded.code)} is for {whose} record only"
        yield Finding(message, coded.pointer, (coded.code,), fix=Fix.removing(coded))


def _trimester_of(weeks: Coded) -> Trimester | None:
    """By Z3A; None for weeks not specified (Z3A.00) and for the category alone."""
    number = int(weeks.code[3:]) if weeks.code[3:].isdecimal() else 0
    if number == 0:
        return None
    return "first" if number < _SECOND_BEGINS else "second" if number < _THIRD_BEGINS else "third"


@guideline(
    "pregnancy.trimester_disagrees",
    "The trimester of a code and the week of gestation disagree",
    citation="I.C.15.a.3, I.C.15.a.4, I.C.21.c.11",
    reads=(_CODES,),
)
def trimester_disagrees(chart: CodedChart, tables: Tables) -> Findings:
    """A stay may pass from one trimester into the next: a coder must look. The week is that of admission."""
    for weeks in PREGNANCY.coded(chart, "weeks")[:1]:
        trimester = _trimester_of(weeks)
        for coded in PREGNANCY.coded(chart, "obstetric") if trimester else ():
            named = _TRIMESTER.search(title(tables, coded.code, chart.day))
            if named is not None and named[1] != trimester:
                message = (
                    f"{dotted(weeks.code)} is in the {trimester} trimester, {dotted(coded.code)} says the {named[1]}"
                )
                severity: Severity = "warning" if chart.inpatient else "error"
                yield Finding(message, coded.pointer, (coded.code, weeks.code), severity=severity)


@guideline(
    "pregnancy.weeks_missing",
    "Pregnancy without its week",
    citation="I.C.21.c.11, note at chapter 15",
    severity="info",
)
def weeks_missing(chart: CodedChart, tables: Tables) -> Findings:
    if (
        PREGNANCY.holds(chart, "weeks")
        or PREGNANCY.holds(chart, "abortive")
        or PREGNANCY.holds(chart, "after_delivery")
    ):
        return
    for coded in PREGNANCY.coded(chart, "with_weeks")[:1]:
        yield Finding("the week of gestation, Z3A, is added where it is known", coded.pointer, (coded.code,))


@guideline(
    "pregnancy.weeks_after_its_end",
    "A week of gestation where the pregnancy ended early",
    citation="I.C.21.c.11",
    effective=_FY2017,
)
def weeks_after_its_end(chart: CodedChart, tables: Tables) -> Findings:
    abortive = PREGNANCY.coded(chart, "abortive")
    if not abortive or PREGNANCY.holds(chart, "with_weeks"):
        return
    for weeks in PREGNANCY.coded(chart, "weeks"):
        message = f"a week is not told with {dotted(abortive[0].code)}: the pregnancy ended early"
        yield Finding(message, weeks.pointer, (weeks.code, abortive[0].code), fix=Fix.removing(weeks))


def _delivered(chart: CodedChart) -> bool:
    beginnings = tuple(parameter("guidelines/delivery_procedures").on(chart.day))
    return any(procedure.code.startswith(beginnings) for procedure in chart.codes.procedures)


def _in_childbirth(name: str) -> bool:
    """`complicating childbirth`, `in childbirth`; not where a code is for the whole of pregnancy too."""
    before_it, childbirth, _ = name.replace("pregnancy-induced", "").partition("childbirth")
    return bool(childbirth) and "pregnancy" not in before_it


@guideline(
    "pregnancy.outcome_missing",
    "A delivery without its outcome",
    citation="I.C.15.b.5, I.C.21.c.11",
    reads=(_CODES,),
)
def outcome_missing(chart: CodedChart, tables: Tables) -> Findings:
    """O80 and O82 have a note of their own that asks for it (`use_additional.missing`)."""
    if PREGNANCY.holds(chart, "outcome") or PREGNANCY.holds(chart, "delivery_encounter"):
        return
    delivered = _delivered(chart)
    for coded in PREGNANCY.coded(chart, "obstetric"):
        if delivered or _in_childbirth(title(tables, coded.code, chart.day)):
            severity: Severity = "error" if delivered else "warning"
            yield Finding(
                "a record of delivery tells its outcome, Z37", coded.pointer, (coded.code,), severity=severity
            )
            return


@guideline(
    "pregnancy.uncomplicated_with_complication",
    "Uncomplicated delivery beside another code of chapter 15",
    citation="I.C.15.n.1",
)
def uncomplicated_with_complication(chart: CodedChart, tables: Tables) -> Findings:
    others = PREGNANCY.coded(chart, "complication")
    for coded in PREGNANCY.coded(chart, "uncomplicated") if others else ():
        message = f"O80 is for a delivery without any complication; {dotted(others[0].code)} tells one"
        yield Finding(message, coded.pointer, (coded.code, others[0].code), fix=Fix.removing(coded))


@guideline(
    "pregnancy.uncomplicated_outcome",
    "Uncomplicated delivery with an outcome other than one live birth",
    citation="I.C.15.n.3",
)
def uncomplicated_outcome(chart: CodedChart, tables: Tables) -> Findings:
    single = PREGNANCY.on("single_liveborn", chart.day)
    for coded in PREGNANCY.coded(chart, "outcome"):
        if PREGNANCY.holds(chart, "uncomplicated") and coded.code not in single:
            message = f"with O80 the outcome is Z37.0; {dotted(coded.code)} asks for a code of the complication instead"
            yield Finding(message, coded.pointer, (coded.code, "O80"))


@guideline(
    "pregnancy.incidental_first",
    "Incidental pregnancy as first-listed diagnosis",
    citation="I.C.21.c.11",
    settings=OUTPATIENT,
)
def incidental_first(chart: CodedChart, tables: Tables) -> Findings:
    """Of a stay the Medicare Code Editor says so (`principal.unacceptable`)."""
    first = chart.first
    if first is not None and first.code in PREGNANCY.on("incidental", chart.day):
        fix = Fix.moving(first, 1) if chart.secondary else None
        yield Finding("Z33.1 goes behind what the patient came for", first.pointer, (first.code,), fix=fix)


@guideline(
    "pregnancy.fetus_without_multiple",
    "One fetus of several named in a pregnancy not told to be multiple",
    citation="I.C.15.a.6",
)
def fetus_without_multiple(chart: CodedChart, tables: Tables) -> Findings:
    """Seventh character 0 is for a single gestation, 1 to 9 say which fetus of several."""
    if not PREGNANCY.holds(chart, "multiple_gestation"):
        for coded in PREGNANCY.coded(chart, "of_one_fetus"):
            if seventh(coded.code) in ("1", "2", "3", "4", "5", "9"):
                message = f"{dotted(coded.code)} names one fetus of several: a code of O30 says that there are"
                yield Finding(message, coded.pointer, (coded.code,))


@guideline(
    "pregnancy.cesarean_with_indication",
    "Cesarean delivery without indication beside an indication",
    citation="I.C.15.b.4, title of O82",
    severity="warning",
)
def cesarean_with_indication(chart: CodedChart, tables: Tables) -> Findings:
    for plain in PREGNANCY.coded(chart, "cesarean_without_indication"):
        for indication in PREGNANCY.coded(chart, "cesarean_indication")[:1]:
            message = f"O82 is for a cesarean without indication; {dotted(indication.code)} is one"
            yield Finding(message, plain.pointer, (plain.code, indication.code), fix=Fix.removing(plain))


@guideline(
    "pregnancy.supervision_at_delivery",
    "Supervision of a high-risk pregnancy told at its delivery",
    citation="I.C.15.b.2",
    effective=_FY2017,
)
def supervision_at_delivery(chart: CodedChart, tables: Tables) -> Findings:
    if PREGNANCY.holds(chart, "outcome"):
        for coded in PREGNANCY.coded(chart, "high_risk_supervision"):
            message = f"{dotted(coded.code)} is for prenatal encounters; at delivery the complication is coded, or O80"
            yield Finding(message, coded.pointer, (coded.code,), fix=Fix.removing(coded))
