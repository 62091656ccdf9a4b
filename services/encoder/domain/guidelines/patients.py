"""Diagnoses that a patient of this age or sex cannot have (Medicare Code Editor edits 4 and 5, I/OCE edit 2)."""

from __future__ import annotations

from typing import get_args

from services.encoder.domain.guidelines.rules import Authority, CodedChart, Finding, Findings, guideline
from services.encoder.domain.guidelines.tabular_list import dotted, nearest
from shared.tables import Tables, mce
from shared.tables.mce import AgeCategory

_EDITOR: Authority = "CMS Definitions of Medicare Code Edits"
_CATEGORIES: tuple[AgeCategory, ...] = get_args(AgeCategory)
_SEXES = {"female": "F", "male": "M"}


@guideline(
    "patient.age",
    "A diagnosis for another age",
    citation="edit 4",
    authority=_EDITOR,
    reads=(mce.DIAGNOSES, mce.AGE_RANGES),
)
def age_conflict(chart: CodedChart, tables: Tables) -> Findings:
    if chart.age is None:
        return
    day = nearest(tables, mce.DIAGNOSES, chart.day)
    for coded in chart.everywhere:
        marks = mce.diagnosis_marks(tables, coded.code, day)
        for category in _CATEGORIES:
            ages = mce.age_range(tables, category, day) if category in marks else None
            if ages is not None and not ages.lowest <= chart.age <= ages.highest:
                yield Finding(
                    f"{dotted(coded.code)} is a diagnosis of ages {ages.lowest} to {ages.highest}",
                    coded.pointer,
                    (coded.code,),
                    None if chart.inpatient else "warning",
                )


@guideline(
    "patient.sex",
    "A diagnosis for the other sex",
    citation="edit 5",
    authority=_EDITOR,
    reads=(mce.DIAGNOSES,),
)
def sex_conflict(chart: CodedChart, tables: Tables) -> Findings:
    """CMS ended the edit with discharges of 2024-09-30: the editor has no such marks after that."""
    day = nearest(tables, mce.DIAGNOSES, chart.day)
    for coded in chart.everywhere:
        for mark in mce.diagnosis_marks(tables, coded.code, day):
            if mark in _SEXES and chart.sex in ("F", "M") and chart.sex != _SEXES[mark]:
                yield Finding(
                    f"{dotted(coded.code)} is a diagnosis of {mark} patients",
                    coded.pointer,
                    (coded.code,),
                    None if chart.inpatient else "warning",
                )
