"""Chapter 21: examinations, follow-up and encounters for a procedure (ICD-10-CM Official Guidelines I.C.21, IV)."""

from __future__ import annotations

from services.encoder.domain.guidelines.code_lists import CodeLists
from services.encoder.domain.guidelines.rules import OUTPATIENT, CodedChart, Finding, Findings, guideline
from services.encoder.domain.guidelines.tabular_list import dotted
from shared.tables import Tables

FACTORS = CodeLists("factors")


@guideline(
    "factors.findings_denied",
    "An examination without abnormal findings beside one",
    citation="I.C.21.c.13, IV.P",
    severity="warning",
    settings=OUTPATIENT,
)
def findings_denied(chart: CodedChart, tables: Tables) -> Findings:
    found = FACTORS.coded(chart, "finding")
    for examination in FACTORS.coded(chart, "without_findings") if found else ():
        message = (
            f"{dotted(examination.code)} says that nothing abnormal was found; "
            f"{dotted(found[0].code)} does, if it came up in this examination"
        )
        yield Finding(message, examination.pointer, (examination.code, found[0].code))


@guideline(
    "factors.findings_missing",
    "An examination with abnormal findings, none of them coded",
    citation="I.C.21.c.13, IV.P",
    settings=OUTPATIENT,
)
def findings_missing(chart: CodedChart, tables: Tables) -> Findings:
    other = FACTORS.on("beside_findings", chart.day)
    if all(coded.code in other for coded in chart.diagnoses):
        for examination in FACTORS.coded(chart, "with_findings"):
            message = f"{dotted(examination.code)} has the abnormal finding behind it"
            yield Finding(message, examination.pointer, (examination.code,))


@guideline(
    "factors.reason_for_surgery_missing",
    "A preoperative examination without the reason for the surgery",
    citation="IV.M",
    severity="warning",
    settings=OUTPATIENT,
)
def reason_for_surgery_missing(chart: CodedChart, tables: Tables) -> Findings:
    if not FACTORS.holds(chart, "reason_for_surgery"):
        for examination in FACTORS.coded(chart, "preoperative"):
            message = f"{dotted(examination.code)} has the condition behind it that the surgery is for"
            yield Finding(message, examination.pointer, (examination.code,))


@guideline(
    "factors.dialysis_without_failure",
    "Care for dialysis without the kidney failure",
    citation="I.C.21.c.7, note at Z49",
    severity="warning",
)
def dialysis_without_failure(chart: CodedChart, tables: Tables) -> Findings:
    if not FACTORS.holds(chart, "kidney_failure"):
        for encounter in FACTORS.coded(chart, "dialysis_encounter"):
            message = f"{dotted(encounter.code)} has the kidney disease behind it, N18.6 where it is end-stage"
            yield Finding(message, encounter.pointer, (encounter.code,))
