"""Laterality (I.B.13): what the codes of a chart say of sides together."""

from __future__ import annotations

from collections.abc import Iterator

from services.encoder.domain.guidelines.rules import (
    INPATIENT,
    Coded,
    CodedChart,
    Finding,
    Findings,
    Fix,
    guideline,
)
from services.encoder.domain.guidelines.sides import Side, family, side_of
from services.encoder.domain.guidelines.tabular_list import dotted, nearest
from shared.tables import Tables, mce
from shared.tables.icd10 import CODES

_CODES = CODES["icd10cm"]


@guideline(
    "laterality.both_sides", "Right and left coded where one code is for both", citation="I.B.13", reads=(_CODES,)
)
def both_sides(chart: CodedChart, tables: Tables) -> Findings:
    for right, left in _beside(chart, tables, "right", "left"):
        both = family(tables, right.code, chart.day).get("bilateral")
        if both is None:
            continue
        first, second = sorted((right, left), key=lambda coded: coded.index)
        operations = (*Fix.replacing(first, both).operations, *Fix.removing(second).operations)
        yield Finding(
            f"{dotted(right.code)} and {dotted(left.code)} are the sides of {dotted(both)}: code that instead",
            second.pointer,
            (first.code, second.code),
            fix=Fix(title=f"Replace both by {both}", operations=operations),
        )


@guideline(
    "laterality.bilateral_and_side", "A bilateral code with one of its sides", citation="I.B.13", reads=(_CODES,)
)
def bilateral_and_side(chart: CodedChart, tables: Tables) -> Findings:
    sides: tuple[Side, ...] = ("right", "left")
    for side in sides:
        for one, both in _beside(chart, tables, side, "bilateral"):
            yield Finding(
                f"{dotted(both.code)} is for both sides and {dotted(one.code)} for one of them",
                one.pointer,
                (both.code, one.code),
                fix=Fix.removing(one),
            )


@guideline(
    "laterality.unspecified_side",
    "A code for an unspecified side where the side is coded or documented",
    citation="I.B.13",
    severity="warning",
    reads=(_CODES,),
)
def unspecified_side(chart: CodedChart, tables: Tables) -> Findings:
    """Where a side is coded beside it, the code for no side says nothing more."""
    for coded in chart.coded:
        if side_of(tables, coded.code, chart.day) != "unspecified":
            continue
        sides = [code for side, code in family(tables, coded.code, chart.day).items() if side != "unspecified"]
        beside = [code for code in sides if code in chart.all_codes]
        documented = [code for code in sides if code in chart.documented]
        if beside:
            message = f"{dotted(beside[0])} says the side already"
            yield Finding(message, coded.pointer, (coded.code, *beside), "error", fix=Fix.removing(coded))
        elif documented:
            message = f"the documents name the side: {', '.join(map(dotted, documented))}"
            fix = Fix.replacing(coded, documented[0]) if len(documented) == 1 else None
            yield Finding(message, coded.pointer, (coded.code, *documented), fix=fix)


@guideline(
    "laterality.edit_20",
    "A code for an unspecified side that the Medicare Code Editor asks about",
    citation="edit 20",
    authority="CMS Definitions of Medicare Code Edits",
    severity="warning",
    settings=INPATIENT,
    reads=(mce.DIAGNOSES,),
)
def unspecified_for_the_editor(chart: CodedChart, tables: Tables) -> Findings:
    """The claim needs the side, or a remark that the record does not have it."""
    day = nearest(tables, mce.DIAGNOSES, chart.day)
    for coded in chart.diagnoses:
        if "unspecified" in mce.diagnosis_marks(tables, coded.code, day):
            message = f"{dotted(coded.code)} has codes for the side: find it, or remark that it is not recorded"
            yield Finding(message, coded.pointer, (coded.code,))


def _beside(chart: CodedChart, tables: Tables, one: Side, other: Side) -> Iterator[tuple[Coded, Coded]]:
    """Pairs of a family in one list, one of a side and one of another."""
    for coded in chart.coded:
        if side_of(tables, coded.code, chart.day) == one:
            wanted = family(tables, coded.code, chart.day).get(other)
            for sibling in chart.coded:
                if sibling.code == wanted and sibling.place == coded.place:
                    yield coded, sibling
