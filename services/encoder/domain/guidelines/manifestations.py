"""Etiology and manifestation: the underlying disease goes first, and a manifestation never stands alone (I.A.13)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from services.encoder.domain.guidelines.rules import Coded, CodedChart, Finding, Findings, Fix, guideline
from services.encoder.domain.guidelines.tabular_list import (
    Instruction,
    covered,
    dotted,
    instructions,
    nearest,
    noted,
    spoken,
    title,
)
from shared.tables import Tables, mce
from shared.tables.icd10 import CODES
from shared.tables.icd10cm_tabular import PLACES, NoteKind

_READS = (PLACES, mce.DIAGNOSES, CODES["icd10cm"])
_WORDING = "classified elsewhere"


def is_manifestation(tables: Tables, code: str, day: date) -> bool:
    """By the Medicare Code Editor's list, or by the words that the convention gives such a title.

    An organism as the cause of diseases classified elsewhere (B95-B97) is worded so too, but has no code first note.
    """
    marked = mce.diagnosis_marks(tables, code, nearest(tables, mce.DIAGNOSES, day))
    wording = title(tables, code, day)
    worded = _WORDING in wording and "not elsewhere" not in wording
    return "manifestation" in marked or (worded and bool(_code_first(tables, code, day)))


@guideline("manifestation.principal", "A manifestation as the first diagnosis", citation="I.A.13", reads=_READS)
def manifestation_first(chart: CodedChart, tables: Tables) -> Findings:
    first = chart.first
    if first is None or not is_manifestation(tables, first.code, chart.day):
        return
    etiology = next(iter(_etiologies(chart, tables, first)), None)
    goes = "its underlying disease" if etiology is None else dotted(etiology.code)
    yield Finding(
        f"{dotted(first.code)} is a manifestation: {goes} goes first",
        first.pointer,
        (first.code,) if etiology is None else (first.code, etiology.code),
        fix=None if etiology is None else Fix.moving(etiology, 0),
    )


@guideline("manifestation.etiology_missing", "A manifestation without its etiology", citation="I.A.13", reads=_READS)
def etiology_missing(chart: CodedChart, tables: Tables) -> Findings:
    """Where the note names examples only, another code before the manifestation may be the etiology."""
    for coded in chart.diagnoses:
        if not is_manifestation(tables, coded.code, chart.day) or any(_etiologies(chart, tables, coded)):
            continue
        first = _code_first(tables, coded.code, chart.day)
        is_open = not first or any(instruction.is_open for instruction in first)
        named = tuple(span for instruction in first for span in instruction.ranges)
        examples = f", such as {spoken(named[:6])}" if named and is_open else f" ({spoken(named[:6])})" if named else ""
        yield Finding(
            f"{dotted(coded.code)} is a manifestation: code the underlying disease{examples} before it",
            coded.pointer,
            (coded.code,),
            "warning" if is_open and coded.index > 0 else "error",
            noted(tables, first[0], chart.day) if first else None,
        )


def _etiologies(chart: CodedChart, tables: Tables, manifestation: Coded) -> Iterator[Coded]:
    """The diagnoses that the code first notes of a manifestation name."""
    for instruction in _code_first(tables, manifestation.code, chart.day):
        yield from (
            coded
            for coded in covered(chart, instruction.ranges)
            if coded.place == "diagnoses" and coded.code != manifestation.code
        )


def _code_first(tables: Tables, code: str, day: date) -> tuple[Instruction, ...]:
    return instructions(tables, code, NoteKind.CODE_FIRST, day)
