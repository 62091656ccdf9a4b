"""Chapter 14: stages of chronic kidney disease and dialysis (ICD-10-CM Official Guidelines I.C.14.a)."""

from __future__ import annotations

from services.encoder.domain.guidelines.code_lists import CodeLists
from services.encoder.domain.guidelines.rules import CodedChart, Finding, Findings, Fix, guideline
from services.encoder.domain.guidelines.tabular_list import dotted
from shared.tables import Tables

KIDNEY = CodeLists("kidney")

_UNSPECIFIED = "N189"
_STAGE = len("N183")


@guideline("kidney.stage_twice", "Chronic kidney disease in two stages", citation="I.C.14.a.1")
def stage_twice(chart: CodedChart, tables: Tables) -> Findings:
    """End stage stands alone, and so does the later of two stages; the parts of stage 3 are one stage."""
    stages = KIDNEY.coded(chart, "stage")
    if len({coded.code for coded in stages}) < 2:
        return
    latest = max(stages, key=lambda coded: (coded.code != _UNSPECIFIED, coded.code[:_STAGE], coded.code))
    for coded in stages:
        if coded.code != latest.code:
            message = f"one stage stands: {dotted(latest.code)}, not {dotted(coded.code)} with it"
            yield Finding(message, coded.pointer, (coded.code, latest.code), fix=Fix.removing(coded))


@guideline(
    "kidney.dialysis_before_end_stage",
    "Dialysis status with chronic kidney disease before its end stage",
    citation="I.C.14.a.1, inclusion term at N18.6",
    severity="warning",
)
def dialysis_before_end_stage(chart: CodedChart, tables: Tables) -> Findings:
    """By the tabular list chronic disease on chronic dialysis is end-stage; dialysis of an acute failure is not."""
    if KIDNEY.holds(chart, "end_stage") or KIDNEY.holds(chart, "acute_failure"):
        return
    if dialysis := KIDNEY.coded(chart, "on_dialysis"):
        for coded in KIDNEY.coded(chart, "before_end_stage"):
            message = f"chronic kidney disease on dialysis is N18.6, not {dotted(coded.code)}"
            fix = Fix.replacing(coded, "N186")
            yield Finding(message, coded.pointer, (coded.code, dialysis[0].code), fix=fix)
