"""What may be the principal or first-listed diagnosis (section II, I.C.20.a.6; Medicare Code Editor edits 8 and 9)."""

from __future__ import annotations

from services.encoder.domain.guidelines.rules import (
    INPATIENT,
    OUTPATIENT,
    Authority,
    Coded,
    CodedChart,
    Finding,
    Findings,
    Fix,
    guideline,
)
from services.encoder.domain.guidelines.tabular_list import dotted, nearest
from shared.tables import Tables, mce

_EDITOR: Authority = "CMS Definitions of Medicare Code Edits"
_EXTERNAL_CAUSES = ("V", "W", "X", "Y")
_NEEDS_SECONDARY = "reqsdx"
_READS = (mce.DIAGNOSES,)


@guideline("principal.external_cause", "An external cause as the first diagnosis", citation="I.C.20.a.6")
def external_cause_first(chart: CodedChart, tables: Tables) -> Findings:
    first = chart.first
    if first is None or not first.code.startswith(_EXTERNAL_CAUSES):
        return
    condition = next((coded for coded in chart.secondary if not coded.code.startswith(_EXTERNAL_CAUSES)), None)
    told = "the condition that it led to" if condition is None else dotted(condition.code)
    fix = None if condition is None else Fix.moving(condition, 0)
    yield Finding(f"{dotted(first.code)} is a cause: {told} goes first", first.pointer, (first.code,), fix=fix)


@guideline(
    "principal.unacceptable",
    "A principal diagnosis that the Medicare Code Editor does not take",
    citation="edit 9",
    authority=_EDITOR,
    settings=INPATIENT,
    reads=_READS,
)
def unacceptable(chart: CodedChart, tables: Tables) -> Findings:
    """A circumstance that influences health but is no current illness; some are taken with a secondary diagnosis."""
    first = chart.first
    if first is not None and refused_by_editor(chart, tables, first):
        needs = _NEEDS_SECONDARY in _marks(tables, first, chart)
        taken = "only with a secondary diagnosis" if needs else "never: look for the condition that was treated"
        message = f"as principal diagnosis {dotted(first.code)} is taken {taken}"
        yield Finding(message, first.pointer, (first.code,))


@guideline(
    "principal.questionable",
    "A principal diagnosis that seldom needs an admission",
    citation="edit 8",
    authority=_EDITOR,
    severity="warning",
    settings=INPATIENT,
    reads=_READS,
)
def questionable(chart: CodedChart, tables: Tables) -> Findings:
    first = chart.first
    if first is not None and "qadm" in _marks(tables, first, chart):
        message = f"{dotted(first.code)} alone seldom needs an admission: look for what occasioned it"
        yield Finding(message, first.pointer, (first.code,))


@guideline(
    "principal.symptom",
    "A symptom as principal diagnosis beside established diagnoses",
    citation="II.A",
    severity="info",
    settings=INPATIENT,
)
def symptom_first(chart: CodedChart, tables: Tables) -> Findings:
    """Right where none of the diagnoses explains it, which only the record tells."""
    first = chart.first
    if first is None or not first.code.startswith("R"):
        return
    established = [coded for coded in chart.secondary if coded.code[0] not in ("R", "Z", *_EXTERNAL_CAUSES)]
    if established:
        message = f"{dotted(first.code)} is a symptom: principal only where none of the diagnoses explains it"
        yield Finding(message, first.pointer, (first.code, *(coded.code for coded in established[:3])))


@guideline(
    "uncertain.outpatient",
    "A condition that an outpatient's record names as uncertain only",
    citation="IV.H",
    settings=OUTPATIENT,
)
def uncertain_outpatient(chart: CodedChart, tables: Tables) -> Findings:
    for coded in chart.coded:
        if coded.code in chart.uncertain:
            yield Finding(
                f"{dotted(coded.code)} is documented as uncertain only: code the sign, symptom or reason for the visit",
                coded.pointer,
                (coded.code,),
                fix=Fix.removing(coded),
            )


@guideline(
    "uncertain.inpatient",
    "A condition that is uncertain at discharge, not coded",
    citation="II.H, III.C",
    severity="info",
    settings=INPATIENT,
)
def uncertain_inpatient(chart: CodedChart, tables: Tables) -> Findings:
    """Inpatient coding takes it as if it existed, where it is still uncertain at discharge."""
    for code in sorted(chart.uncertain - chart.all_codes):
        message = f"{dotted(code)} is documented as uncertain: coded as present if it still is at discharge"
        yield Finding(message, "/diagnoses", (code,))


def refused_by_editor(chart: CodedChart, tables: Tables, first: Coded) -> bool:
    """Whether the Medicare Code Editor gives edit 9 to an inpatient's principal diagnosis."""
    marks = _marks(tables, first, chart) if chart.inpatient else ()
    if _NEEDS_SECONDARY in marks:
        return len(chart.diagnoses) == 1
    return "unacceptable" in marks


def _marks(tables: Tables, coded: Coded, chart: CodedChart) -> tuple[str, ...]:
    return mce.diagnosis_marks(tables, coded.code, nearest(tables, mce.DIAGNOSES, chart.day))
