"""Conditions that Medicare calls hospital-acquired, by their POA indicator (MS-DRG Definitions Manual, appendix I)."""

from __future__ import annotations

import re

from services.encoder.domain.guidelines.rules import INPATIENT, CodedChart, Finding, Findings, guideline
from services.encoder.domain.guidelines.tabular_list import dotted, nearest
from shared.tables import Tables, msdrg

_LIST = re.compile(r"HAC(\d\d)")
_NOT_PRESENT = ("N", "U")


@guideline(
    "hospital_acquired.condition",
    "A condition that Medicare calls hospital-acquired, not present on admission",
    citation="appendix I",
    authority="CMS MS-DRG Definitions Manual",
    severity="info",
    settings=INPATIENT,
    reads=(msdrg.DIAGNOSES, msdrg.HOSPITAL_ACQUIRED),
)
def hospital_acquired(chart: CodedChart, tables: Tables) -> Findings:
    """With N or U the code may not count as CC or MCC; some of the conditions ask for a procedure of the stay too."""
    day = nearest(tables, msdrg.DIAGNOSES, chart.day)
    for coded in chart.secondary:
        grouped = msdrg.grouped_diagnosis(tables, coded.code, day) if coded.poa in _NOT_PRESENT else None
        for name in grouped.hac_lists if grouped is not None else ():
            if number := _LIST.fullmatch(name):
                message = (
                    f"{dotted(coded.code)} with POA {coded.poa} is of hospital-acquired condition {number[1]}, "
                    f"{_title(tables, number[1], chart)}: the record must bear out that it arose in the stay"
                )
                yield Finding(message, coded.pointer, (coded.code,))


def _title(tables: Tables, number: str, chart: CodedChart) -> str:
    rows = tables.on(msdrg.HOSPITAL_ACQUIRED, nearest(tables, msdrg.HOSPITAL_ACQUIRED, chart.day)).store.rows(number)
    return next((row.title for row in rows if row.first <= chart.day <= row.last), rows[-1].title if rows else "")
