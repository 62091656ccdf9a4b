"""Symptoms beside the diseases that they belong to (I.B.4 to I.B.6)."""

from __future__ import annotations

from services.encoder.domain.guidelines.code_lists import CodeLists
from services.encoder.domain.guidelines.rules import Coded, CodedChart, Finding, Findings, Fix, guideline
from services.encoder.domain.guidelines.tabular_list import dotted
from shared.tables import Tables

SYMPTOMS = CodeLists("symptoms")


@guideline("symptom.integral", "A symptom beside the disease that it belongs to", citation="I.B.5", severity="warning")
def integral(chart: CodedChart, tables: Tables) -> Findings:
    """The chief complaint and the admitting diagnosis have their own places and may well be symptoms."""
    for coded in chart.diagnoses:
        for row in SYMPTOMS.rows("integral", chart.day) if _may_be_symptom(coded) else ():
            if coded.code not in row["symptom"]:
                continue
            disease = next((one for one in chart.diagnoses if one.code in row["disease"]), None)
            if disease is not None:
                yield Finding(
                    f"{dotted(coded.code)} belongs to {dotted(disease.code)}: told only where something else caused it",
                    coded.pointer,
                    (coded.code, disease.code),
                    note=f"symptom by {row.words}",
                    fix=Fix.removing(coded),
                )
                break


def _may_be_symptom(coded: Coded) -> bool:
    """Chapter 18, and pain that other chapters have."""
    return coded.code[0] == "R" or coded.code.startswith("N23")
