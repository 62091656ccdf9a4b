"""Chapter 4: diabetes, its complications and its drugs (ICD-10-CM Official Guidelines I.C.4.a)."""

from __future__ import annotations

from datetime import date

from services.encoder.domain.guidelines.code_lists import CodeLists, before
from services.encoder.domain.guidelines.rules import CodedChart, Finding, Findings, Fix, guideline
from services.encoder.domain.guidelines.tabular_list import dotted
from shared.tables import Tables

DIABETES = CodeLists("diabetes")

_CATEGORY = 3
_FY2017 = date(2016, 10, 1)
_FY2026 = date(2025, 10, 1)


@guideline(
    "diabetes.complication_denied",
    "Diabetes without complications beside diabetes of the same type with one",
    citation="I.C.4.a",
)
def complication_denied(chart: CodedChart, tables: Tables) -> Findings:
    complicated = {coded.code[:_CATEGORY]: coded for coded in DIABETES.coded(chart, "with_complication")}
    for coded in DIABETES.coded(chart, "without_complication"):
        if other := complicated.get(coded.code[:_CATEGORY]):
            message = f"{dotted(coded.code)} says that there is no complication, {dotted(other.code)} names one"
            yield Finding(message, coded.pointer, (coded.code, other.code), fix=Fix.removing(coded))


@guideline(
    "diabetes.linked_condition",
    "Diabetes without complications beside a condition that the index links to it",
    citation="I.A.15, I.C.4.a",
    severity="warning",
    effective=_FY2017,
)
def linked_condition(chart: CodedChart, tables: Tables) -> Findings:
    """The link is presumed unless the documents say that another cause is behind the condition."""
    rows = DIABETES.rows("linked", chart.day)
    for diabetes in DIABETES.coded(chart, "without_complication"):
        for row in rows:
            linked = next((coded for coded in chart.diagnoses if coded.code in row["condition"]), None)
            if linked is not None:
                combined = diabetes.code[:_CATEGORY] + row.words
                message = (
                    f"{dotted(linked.code)} with diabetes is presumed to be due to it: "
                    f"{dotted(combined)}, unless another cause is documented"
                )
                codes = (diabetes.code, linked.code)
                yield Finding(message, diabetes.pointer, codes, fix=Fix.replacing(diabetes, combined))
                break


@guideline(
    "diabetes.insulin_without_diabetes",
    "Long-term insulin without diabetes",
    citation="I.C.4.a.3, I.C.21.c.3",
    severity="warning",
)
def insulin_without_diabetes(chart: CodedChart, tables: Tables) -> Findings:
    if not DIABETES.holds(chart, "takes_insulin"):
        for insulin in DIABETES.coded(chart, "insulin"):
            message = "insulin is taken for diabetes: code its type, E11 where the documents name none"
            yield Finding(message, insulin.pointer, (insulin.code,))


@guideline(
    "diabetes.insulin_and_oral_drug",
    "Insulin and an oral drug both told",
    citation="I.C.4.a.3",
    severity="warning",
    effective=_FY2017,
    through=date(2021, 9, 30),
)
def insulin_and_oral_drug(chart: CodedChart, tables: Tables) -> Findings:
    """Until FY 2021 insulin alone was told; since FY 2022 both are."""
    if DIABETES.holds(chart, "insulin") and not DIABETES.holds(chart, "gestational"):
        for oral in DIABETES.coded(chart, "oral_drug"):
            message = "a patient on insulin and an oral drug has Z79.4 alone"
            yield Finding(message, oral.pointer, (oral.code, "Z794"), fix=Fix.removing(oral))


@guideline(
    "diabetes.remission_with_drug",
    "Type 2 diabetes in remission beside a drug that controls it",
    citation="I.C.4.a",
    severity="warning",
    effective=_FY2026,
)
def remission_with_drug(chart: CodedChart, tables: Tables) -> Findings:
    for remission in DIABETES.coded(chart, "in_remission"):
        for drug in DIABETES.coded(chart, "drug"):
            message = f"diabetes in remission needs no drug; {dotted(drug.code)} says that one is taken for it"
            yield Finding(message, remission.pointer, (remission.code, drug.code))
            break


@guideline(
    "diabetes.gestational_with_drug_status",
    "Long-term drug beside gestational diabetes, whose code tells the drug",
    citation="I.C.15.i",
)
def gestational_with_drug_status(chart: CodedChart, tables: Tables) -> Findings:
    gestational = DIABETES.coded(chart, "gestational")
    if gestational and not DIABETES.holds(chart, "diabetes"):
        for drug in DIABETES.coded(chart, "drug"):
            message = (
                f"{dotted(gestational[0].code)} tells how the diabetes is controlled; {dotted(drug.code)} is not added"
            )
            yield Finding(message, drug.pointer, (drug.code, gestational[0].code), fix=Fix.removing(drug))


@guideline(
    "diabetes.gestational_control_twice",
    "Gestational diabetes controlled by diet beside its control by a drug",
    citation="I.C.15.i",
)
def gestational_control_twice(chart: CodedChart, tables: Tables) -> Findings:
    for drug in DIABETES.coded(chart, "gestational_by_drug"):
        for diet in DIABETES.coded(chart, "gestational_by_diet"):
            message = f"diet and drug together are told by the drug's code alone, {dotted(drug.code)}"
            yield Finding(message, diet.pointer, (diet.code, drug.code), fix=Fix.removing(diet))


@guideline(
    "diabetes.gestational_beside_other",
    "Gestational diabetes beside another diabetes in pregnancy",
    citation="I.C.15.i",
)
def gestational_beside_other(chart: CodedChart, tables: Tables) -> Findings:
    gestational = DIABETES.on("gestational", chart.day)
    found = DIABETES.coded(chart, "in_pregnancy")
    named = [coded for coded in found if coded.code in gestational]
    for other in found:
        if named and other.code not in gestational:
            message = f"no other code of O24 stands with gestational diabetes, {dotted(named[0].code)}"
            yield Finding(message, other.pointer, (other.code, named[0].code))


@guideline(
    "diabetes.after_pancreatectomy",
    "Diabetes after removal of the pancreas is told by three codes, E89.1 first",
    citation="I.C.4.a.6.b.i",
    severity="warning",
)
def diabetes_after_pancreatectomy(chart: CodedChart, tables: Tables) -> Findings:
    """Only where the absent pancreas says that it is this: E89.1 alone is any insulin lack after a procedure."""
    absent = DIABETES.coded(chart, "pancreas_absent")
    kinds = DIABETES.coded(chart, "other_specified")
    for postprocedural in DIABETES.coded(chart, "after_pancreatectomy"):
        if absent and not kinds:
            message = "diabetes after removal of the pancreas has E89.1, a code of E13 and Z90.41-"
            yield Finding(message, postprocedural.pointer, (postprocedural.code, absent[0].code))
        elif absent and before(kinds[0], postprocedural):
            message = f"E89.1 goes before {dotted(kinds[0].code)}"
            fix = Fix.moving(postprocedural, kinds[0].index)
            yield Finding(message, kinds[0].pointer, (kinds[0].code, postprocedural.code), fix=fix)


@guideline(
    "diabetes.pump_failure_order",
    "Too much or too little insulin goes before the pump failure that caused it",
    citation="I.C.4.a.5",
)
def pump_failure_order(chart: CodedChart, tables: Tables) -> Findings:
    for failure in DIABETES.coded(chart, "pump_failure"):
        for dose in DIABETES.coded(chart, "insulin_dose"):
            if before(dose, failure):
                message = f"the pump's failure, {dotted(failure.code)}, goes before {dotted(dose.code)}"
                fix = Fix.moving(failure, dose.index)
                yield Finding(message, dose.pointer, (dose.code, failure.code), fix=fix)
