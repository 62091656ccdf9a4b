"""Chapter 9: hypertension with heart and kidney, infarction, heart failure (ICD-10-CM Official Guidelines I.C.9)."""

from __future__ import annotations

from datetime import date

from services.encoder.domain.guidelines.code_lists import CodeLists, one_instead
from services.encoder.domain.guidelines.rules import Coded, CodedChart, Finding, Findings, Fix, guideline
from services.encoder.domain.guidelines.tabular_list import dotted
from shared.tables import Tables

CIRCULATORY = CodeLists("circulatory")

_FY2017, _FY2018 = date(2016, 10, 1), date(2017, 10, 1)
_ACUTE_ON_CHRONIC = "3"
"""The fifth character of I50.2-, I50.3- and I50.4-; 1 is acute, 2 chronic, 0 unspecified."""
_KIND = len("I502")


def _combined(chart: CodedChart, *, heart: bool, kidney: bool) -> str:
    """The hypertension code that says what a chart has, by the tabular list at I11, I12 and I13."""
    failing = CIRCULATORY.holds(chart, "heart_failure")
    late = CIRCULATORY.holds(chart, "kidney_failure")
    if heart and kidney:
        return {(True, False): "I130", (False, False): "I1310", (False, True): "I1311", (True, True): "I132"}[
            failing, late
        ]
    if heart:
        return "I110" if failing else "I119"
    return "I120" if late else "I129"


def _presumed(chart: CodedChart, hypertension: Coded, because: Coded, code: str) -> Finding:
    message = (
        f"hypertension with {dotted(because.code)} is presumed to have caused it: {dotted(code)}, "
        "unless the documents say that it did not"
    )
    codes = (hypertension.code, because.code)
    return Finding(message, hypertension.pointer, codes, fix=Fix.replacing(hypertension, code))


@guideline(
    "hypertension.with_heart_disease",
    "Hypertension and heart disease told apart",
    citation="I.C.9.a.1",
    severity="warning",
    effective=_FY2017,
)
def with_heart_disease(chart: CodedChart, tables: Tables) -> Findings:
    """I10 or I12 with heart failure or another condition of I51; presumed linked since FY 2017."""
    hearts = CIRCULATORY.coded(chart, "heart_disease")
    kidney = CIRCULATORY.holds(chart, "kidney_disease")
    if not hearts or CIRCULATORY.holds(chart, "hypertensive_heart_and_kidney"):
        return
    for hypertension in CIRCULATORY.coded(chart, "essential_hypertension"):
        if not CIRCULATORY.holds(chart, "hypertensive_disease"):
            yield _presumed(chart, hypertension, hearts[0], _combined(chart, heart=True, kidney=kidney))
    for hypertension in CIRCULATORY.coded(chart, "hypertensive_kidney"):
        yield _presumed(chart, hypertension, hearts[0], _combined(chart, heart=True, kidney=True))


@guideline(
    "hypertension.with_kidney_disease",
    "Hypertension and chronic kidney disease told apart",
    citation="I.C.9.a.2, I.C.9.a.3",
    severity="warning",
)
def with_kidney_disease(chart: CodedChart, tables: Tables) -> Findings:
    """I10 or I11 with N18; where the heart is concerned too, `hypertension.with_heart_disease` says so of I10."""
    kidneys = CIRCULATORY.coded(chart, "kidney_disease")
    if not kidneys or CIRCULATORY.holds(chart, "with_kidney_disease"):
        return
    for hypertension in CIRCULATORY.coded(chart, "hypertensive_heart"):
        yield _presumed(chart, hypertension, kidneys[0], _combined(chart, heart=True, kidney=True))
    if CIRCULATORY.holds(chart, "hypertensive_heart") or _heart_speaks(chart):
        return
    for hypertension in CIRCULATORY.coded(chart, "essential_hypertension"):
        yield _presumed(chart, hypertension, kidneys[0], _combined(chart, heart=False, kidney=True))


def _heart_speaks(chart: CodedChart) -> bool:
    return chart.day >= _FY2017 and CIRCULATORY.holds(chart, "heart_disease")


@guideline(
    "hypertension.essential_beside_combination",
    "Essential hypertension beside hypertensive heart or kidney disease",
    citation="I.C.9.a",
)
def essential_beside_combination(chart: CodedChart, tables: Tables) -> Findings:
    combined = CIRCULATORY.coded(chart, "hypertensive_disease")
    for hypertension in CIRCULATORY.coded(chart, "essential_hypertension") if combined else ():
        message = f"{dotted(combined[0].code)} tells the hypertension already"
        codes = (hypertension.code, combined[0].code)
        yield Finding(message, hypertension.pointer, codes, fix=Fix.removing(hypertension))


@guideline(
    "hypertension.combination_disagrees",
    "The hypertension code says another stage or heart failure than the codes beside it",
    citation="I.C.9.a.1-3",
)
def combination_disagrees(chart: CodedChart, tables: Tables) -> Findings:
    """The fourth and fifth character tell heart failure and the kidney's stage; N18 and I50 tell them again."""
    for hypertension in CIRCULATORY.coded(chart, "hypertensive_disease"):
        heart = not hypertension.code.startswith("I12")
        kidney = not hypertension.code.startswith("I11")
        failure_told = CIRCULATORY.holds(chart, "heart_failure") or not heart
        stage_told = CIRCULATORY.holds(chart, "kidney_disease") or not kidney
        right = _combined(chart, heart=heart, kidney=kidney)
        if stage_told and (failure_told or not _says_failure(chart, hypertension)) and hypertension.code != right:
            message = f"beside these stages {dotted(hypertension.code)} is {dotted(right)}"
            yield Finding(message, hypertension.pointer, (hypertension.code,), fix=Fix.replacing(hypertension, right))


def _says_failure(chart: CodedChart, hypertension: Coded) -> bool:
    return hypertension.code in CIRCULATORY.on("with_heart_failure", chart.day)


@guideline(
    "hypertension.crisis_alone",
    "Hypertensive crisis without the hypertension",
    citation="I.C.9.a.10",
    severity="warning",
    effective=_FY2017,
)
def crisis_alone(chart: CodedChart, tables: Tables) -> Findings:
    if not CIRCULATORY.holds(chart, "any_hypertension"):
        for crisis in CIRCULATORY.coded(chart, "crisis"):
            message = "the hypertensive disease behind a crisis is coded too, in the order that the encounter asks for"
            yield Finding(message, crisis.pointer, (crisis.code,))


@guideline(
    "infarction.subsequent_alone",
    "A subsequent infarction without the initial one",
    citation="I.C.9.e.4",
)
def subsequent_alone(chart: CodedChart, tables: Tables) -> Findings:
    """I22 follows within four weeks an infarction of type 1 or unspecified; those of other types are I21 each time."""
    if not CIRCULATORY.holds(chart, "type_1_infarction"):
        for subsequent in CIRCULATORY.coded(chart, "subsequent_infarction"):
            message = (
                f"{dotted(subsequent.code)} stands only with the infarction of the four weeks before, of type 1 or "
                "unspecified; after another type, both are I21"
            )
            yield Finding(message, subsequent.pointer, (subsequent.code,))


@guideline(
    "infarction.st_elevation_twice",
    "An infarction told both with and without ST elevation",
    citation="I.C.9.e.1",
    severity="warning",
)
def st_elevation_twice(chart: CodedChart, tables: Tables) -> Findings:
    elevated = CIRCULATORY.coded(chart, "st_elevation")
    for other in CIRCULATORY.coded(chart, "non_st_elevation") if elevated else ():
        message = f"one infarction that changed its course keeps the ST elevation, {dotted(elevated[0].code)}"
        yield Finding(message, other.pointer, (other.code, elevated[0].code), fix=Fix.removing(other))


@guideline(
    "infarction.type_2_by_elevation",
    "A type 2 infarction told again by its ST segment",
    citation="I.C.9.e.5",
    severity="warning",
    effective=_FY2018,
)
def type_2_by_elevation(chart: CodedChart, tables: Tables) -> Findings:
    type_2 = CIRCULATORY.coded(chart, "type_2_infarction")
    for other in (*CIRCULATORY.coded(chart, "st_elevation"), *CIRCULATORY.coded(chart, "non_st_elevation")):
        if type_2:
            message = (
                f"type 2 is I21.A1 alone, with or without ST elevation; {dotted(other.code)} is a second, of type 1"
            )
            yield Finding(message, other.pointer, (other.code, type_2[0].code), fix=Fix.removing(other))


@guideline(
    "heart_failure.kinds_apart",
    "Heart failure told by two codes where one says both",
    citation="I.B.9",
    severity="warning",
)
def heart_failure_kinds_apart(chart: CodedChart, tables: Tables) -> Findings:
    """Acute and chronic of one kind are acute on chronic; systolic and diastolic are combined."""
    typed = CIRCULATORY.coded(chart, "typed_heart_failure")
    for coded in typed[1:]:
        both = _both(typed[0].code, coded.code)
        message = f"{dotted(typed[0].code)} and {dotted(coded.code)} together are {dotted(both)}"
        fix = one_instead(typed[0], coded, both)
        yield Finding(message, coded.pointer, (typed[0].code, coded.code), fix=fix)


def _both(one: str, other: str) -> str:
    """The code that says what two of I50.2-, I50.3- and I50.4- say."""
    kind = one[:_KIND] if one[:_KIND] == other[:_KIND] else "I504"
    courses = {one[_KIND:], other[_KIND:]} - {"0"}
    course = next(iter(courses)) if len(courses) == 1 else _ACUTE_ON_CHRONIC if courses else "0"
    return kind + course


@guideline(
    "heart_failure.unspecified_beside_type",
    "Unspecified heart failure beside its type",
    citation="I.B.18",
    severity="warning",
)
def unspecified_beside_type(chart: CodedChart, tables: Tables) -> Findings:
    typed = CIRCULATORY.coded(chart, "specified_heart_failure")
    for coded in CIRCULATORY.coded(chart, "unspecified_heart_failure") if typed else ():
        message = f"{dotted(typed[0].code)} tells the type; I50.9 adds nothing"
        yield Finding(message, coded.pointer, (coded.code, typed[0].code), fix=Fix.removing(coded))


@guideline(
    "stroke.scale_without_infarction",
    "The stroke scale without a cerebral infarction",
    citation="I.C.18.i, I.B.14",
    effective=_FY2017,
)
def scale_without_infarction(chart: CodedChart, tables: Tables) -> Findings:
    if not CIRCULATORY.holds(chart, "infarction_of_brain"):
        for scale in CIRCULATORY.coded(chart, "stroke_scale"):
            message = f"{dotted(scale.code)} is told with an acute cerebral infarction, I63, alone"
            yield Finding(message, scale.pointer, (scale.code,), fix=Fix.removing(scale))
