"""Codes that stand first or never do: Z codes (I.C.21.c.16) and what else is only told beside a diagnosis (I.B.14)."""

from __future__ import annotations

from datetime import date

from services.encoder.domain.guidelines.code_lists import CodeLists
from services.encoder.domain.guidelines.principal import refused_by_editor
from services.encoder.domain.guidelines.rules import Coded, CodedChart, Finding, Findings, Fix, guideline
from services.encoder.domain.guidelines.tabular_list import dotted
from shared.tables import Tables, mce

SEQUENCING = CodeLists("sequencing")


@guideline(
    "sequencing.only_first",
    "A code that stands first or not at all, among the secondary diagnoses",
    citation="I.C.21.c.16",
    severity="warning",
)
def only_first(chart: CodedChart, tables: Tables) -> Findings:
    """Two encounters of one day in one record are the exception. Two such codes cannot both be first."""
    only = SEQUENCING.on("only_first", chart.day)
    first = chart.first
    for coded in chart.secondary:
        if coded.code in only:
            taken = first is not None and first.code in only
            yield Finding(
                f"{dotted(coded.code)} stands first or not at all, unless two encounters of one day are in one record",
                coded.pointer,
                (coded.code,),
                fix=None if taken else Fix.moving(coded, 0),
            )


@guideline(
    "sequencing.never_first",
    "A code that is told beside a diagnosis, as the first",
    citation="I.B.7, I.B.14, I.C.21.c",
    reads=(mce.DIAGNOSES,),
)
def never_first(chart: CodedChart, tables: Tables) -> Findings:
    first = chart.first
    if first is None or refused_by_editor(chart, tables, first):
        return
    for row in SEQUENCING.rows("never_first", chart.day):
        if first.code in row["codes"]:
            yield _after_another(chart, first, row.words)
            return


@guideline(
    "sequencing.social_determinants",
    "A social determinant of health as the first diagnosis",
    citation="I.B.14",
    reads=(mce.DIAGNOSES,),
    effective=date(2021, 10, 1),
)
def social_determinant_first(chart: CodedChart, tables: Tables) -> Findings:
    first = chart.first
    if first is None or refused_by_editor(chart, tables, first):
        return
    if first.code in SEQUENCING.on("social_determinants", chart.day):
        yield _after_another(chart, first, "social determinants of health are secondary diagnoses")


def _after_another(chart: CodedChart, first: Coded, why: str) -> Finding:
    never = [row["codes"] for row in SEQUENCING.rows("never_first", chart.day)]
    others = (coded for coded in chart.secondary if coded.code[0] not in "RVWXYZ")
    following = next((coded for coded in others if not any(coded.code in codes for codes in never)), None)
    return Finding(
        f"{dotted(first.code)} is never first: {why}",
        first.pointer,
        (first.code,),
        fix=None if following is None else Fix.moving(following, 0),
    )
