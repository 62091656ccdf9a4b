"""Present on admission indicators of inpatient stays (ICD-10-CM Official Guidelines, appendix I)."""

from __future__ import annotations

from services.encoder.domain.guidelines.code_lists import CodeLists
from services.encoder.domain.guidelines.rules import (
    INPATIENT,
    OUTPATIENT,
    CodedChart,
    Finding,
    Findings,
    Fix,
    guideline,
)
from services.encoder.domain.guidelines.tabular_list import covered, dotted, instructions, nearest, noted
from shared.tables import Tables, poa
from shared.tables.icd10cm_tabular import PLACES, NoteKind

PRESENT = CodeLists("present_on_admission")

_CITATION = "appendix I"
_READS = (poa.EXEMPT,)
_NOT_PRESENT = ("N", "U")
_EXEMPT_BEFORE_5010 = "1"


@guideline(
    "poa.missing", "A diagnosis without its indicator", citation=_CITATION, settings=INPATIENT, reads=(poa.EXEMPT,)
)
def indicator_missing(chart: CodedChart, tables: Tables) -> Findings:
    """Without a list of the exempt codes nobody knows which diagnoses need one, and the rule does not run."""
    day = nearest(tables, poa.EXEMPT, chart.day)
    for coded in chart.coded:
        if coded.poa is None and poa.is_exempt(tables, coded.code, day) is False:
            message = f"{dotted(coded.code)} needs its indicator: present on admission Y, N, U or W"
            yield Finding(message, coded.pointer, (coded.code,))


@guideline(
    "poa.exempt", "An exempt code with an indicator", citation=_CITATION, settings=INPATIENT, reads=(poa.EXEMPT,)
)
def exempt_with_indicator(chart: CodedChart, tables: Tables) -> Findings:
    day = nearest(tables, poa.EXEMPT, chart.day)
    for coded in chart.coded:
        if coded.poa not in (None, _EXEMPT_BEFORE_5010) and poa.is_exempt(tables, coded.code, day):
            message = f"{dotted(coded.code)} is exempt and carries no indicator"
            yield Finding(message, coded.pointer, (coded.code,), fix=Fix.reporting(coded, None))


@guideline("poa.one", "The indicator 1 of the older claim format", citation=_CITATION, settings=INPATIENT)
def indicator_one(chart: CodedChart, tables: Tables) -> Findings:
    """The 837I of version 5010 has N, U, W and Y; an exempt code has none."""
    for coded in chart.coded:
        if coded.poa == _EXEMPT_BEFORE_5010:
            message = f"{dotted(coded.code)}: an exempt code is left without an indicator"
            yield Finding(message, coded.pointer, (coded.code,), fix=Fix.reporting(coded, None))


@guideline(
    "poa.outpatient",
    "An indicator outside an inpatient stay",
    citation=_CITATION,
    severity="warning",
    settings=OUTPATIENT,
)
def indicator_of_outpatient(chart: CodedChart, tables: Tables) -> Findings:
    for coded in chart.coded:
        if coded.poa is not None:
            message = "the indicator is for admissions to hospital"
            yield Finding(message, coded.pointer, (coded.code,), fix=Fix.reporting(coded, None))


@guideline(
    "poa.principal_not_present",
    "A principal diagnosis that was not present on admission",
    citation="II, appendix I",
    severity="warning",
    settings=INPATIENT,
)
def principal_not_present(chart: CodedChart, tables: Tables) -> Findings:
    """It occasioned the admission, so it was there; a delivery or a birth may turn out otherwise."""
    first = chart.first
    if first is None or first.poa not in _NOT_PRESENT:
        return
    if first.code not in PRESENT.on("principal_may_arise_later", chart.day):
        message = f"{dotted(first.code)} occasioned the admission and was not present then: one of the two is wrong"
        yield Finding(message, first.pointer, (first.code,))


@guideline(
    "poa.always_present",
    "A chronic or congenital condition that was not present on admission",
    citation=_CITATION,
    severity="warning",
    settings=INPATIENT,
)
def chronic_not_present(chart: CodedChart, tables: Tables) -> Findings:
    """Present, whenever it was diagnosed."""
    lasting = PRESENT.on("chronic_or_congenital", chart.day)
    for coded in chart.diagnoses:
        if coded.poa == "N" and coded.code in lasting:
            message = f"{dotted(coded.code)} is there before it is diagnosed: Y"
            yield Finding(message, coded.pointer, (coded.code,), fix=Fix.reporting(coded, "Y"))


@guideline(
    "poa.combination",
    "A consequence present on admission, its cause not",
    citation=_CITATION,
    severity="warning",
    settings=INPATIENT,
    reads=(PLACES,),
)
def cause_after_consequence(chart: CodedChart, tables: Tables) -> Findings:
    """By the code first notes: what goes first was there first."""
    for coded in chart.diagnoses:
        if coded.poa != "Y":
            continue
        for instruction in instructions(tables, coded.code, NoteKind.CODE_FIRST, chart.day):
            causes = [other for other in covered(chart, instruction.ranges) if other.place == "diagnoses"]
            if causes and all(cause.poa == "N" for cause in causes):
                yield Finding(
                    f"{dotted(coded.code)} was present on admission, {dotted(causes[0].code)} before it was not",
                    causes[0].pointer,
                    (causes[0].code, coded.code),
                    note=noted(tables, instruction, chart.day),
                )
