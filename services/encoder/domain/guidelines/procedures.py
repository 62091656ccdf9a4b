"""Procedures of an inpatient stay (ICD-10-PCS Official Guidelines; Medicare Code Editor edit 11)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from services.encoder.domain.guidelines.rules import (
    INPATIENT,
    Authority,
    CodedChart,
    Finding,
    Findings,
    Fix,
    guideline,
)
from services.encoder.domain.guidelines.tabular_list import dotted, nearest
from services.encoder.domain.problems import pointer
from services.encoder.parameters import parameter
from shared.tables import Tables, icd10, mce
from shared.tables import icd10pcs_tables as pcs

_PCS: Authority = "ICD-10-PCS Official Guidelines"
_EDITOR: Authority = "CMS Definitions of Medicare Code Edits"
_CODES = icd10.CODES["icd10pcs"]
_MEDICAL_AND_SURGICAL = "0"
_HEAD = 3


@dataclass(frozen=True, slots=True)
class Done:
    """A procedure at its place. The characters are those of section 0: system, operation, part, approach."""

    code: str
    day: date | None
    index: int

    @property
    def pointer(self) -> str:
        return pointer("procedures", self.index)

    @property
    def surgical(self) -> bool:
        return self.code[0] == _MEDICAL_AND_SURGICAL

    @property
    def system(self) -> str:
        return self.code[:2]

    @property
    def operation(self) -> str:
        return self.code[2]

    @property
    def part(self) -> str:
        return self.code[:2] + self.code[3]

    @property
    def approach(self) -> str:
        return self.code[4]


@guideline(
    "procedure.not_built",
    "A procedure code that its table does not allow",
    citation="A9",
    authority=_PCS,
    settings=INPATIENT,
    reads=(_CODES, pcs.TABLE),
)
def not_built(chart: CodedChart, tables: Tables) -> Findings:
    """Which character stops it, by the rows of its table; the code set of the day says that it does not stand."""
    if not tables.carries(_CODES, chart.day):
        return
    for done in _done(chart):
        if icd10.is_billable(tables, "icd10pcs", done.code, chart.day):
            continue
        day = nearest(tables, pcs.TABLE, chart.day)
        for length in range(_HEAD, len(done.code)):
            axis = pcs.next_characters(tables, done.code[:length], day)
            if axis is None:
                break
            if done.code[length] not in axis.characters:
                allowed = ", ".join(axis.characters)
                message = f"{axis.title} {done.code[length]} does not follow {done.code[:length]}; it has {allowed}"
                yield Finding(message, done.pointer, (done.code,), note=_table_release(tables, day))
                break


@guideline(
    "procedure.repeated",
    "The same procedure twice on one day",
    citation="B3.2.b",
    authority=_PCS,
    severity="warning",
    settings=INPATIENT,
)
def repeated(chart: CodedChart, tables: Tables) -> Findings:
    """Right where the operation was done at several sites that one body part value stands for."""
    for first, second in _same_day(chart):
        if first.code == second.code:
            yield Finding(
                f"{second.code} twice on one day: only for different sites of the same body part value",
                second.pointer,
                (second.code,),
            )


@guideline(
    "procedure.inspection_included",
    "An inspection beside the procedure that it was done for",
    citation="B3.11.a, B3.11.c",
    authority=_PCS,
    severity="warning",
    settings=INPATIENT,
)
def inspection_included(chart: CodedChart, tables: Tables) -> Findings:
    """Through another approach it is coded by itself. Of two inspections the farther reaching one stands (B3.11.b)."""
    inspection = _characters(chart)["inspection"]
    for first, second in _same_day(chart):
        same_site = first.surgical and first.system == second.system and first.approach == second.approach
        inspections = [done for done in (first, second) if done.operation == inspection]
        if not same_site or not inspections or first.code == second.code:
            continue
        if len(inspections) == 1:
            other = second if inspections[0] is first else first
            message = f"{inspections[0].code} inspects what {other.code} was done on by the same approach"
            fix = Fix.removing(inspections[0])
        else:
            message = "of two inspections by one approach the most distal part, or the whole region, is coded"
            fix = None
        yield Finding(message, inspections[-1].pointer, (first.code, second.code), fix=fix)


@guideline(
    "procedure.excision_in_resection",
    "An excision of a body part that was resected",
    citation="B3.8",
    authority=_PCS,
    severity="warning",
    settings=INPATIENT,
)
def excision_in_resection(chart: CodedChart, tables: Tables) -> Findings:
    """A diagnostic excision before it is coded as well (B3.4.b)."""
    known = _characters(chart)
    for first, second in _same_day(chart):
        pair = {first.operation: first, second.operation: second}
        if not first.surgical or first.part != second.part or set(pair) != {known["excision"], known["resection"]}:
            continue
        excised, resected = pair[known["excision"]], pair[known["resection"]]
        if excised.code[-1] != known["diagnostic_qualifier"]:
            yield Finding(
                f"{resected.code} takes out all of the body part that {excised.code} takes a portion of",
                excised.pointer,
                (excised.code, resected.code),
                fix=Fix.removing(excised),
            )


@guideline(
    "procedure.approaches_differ",
    "One operation on one body part through two approaches",
    citation="B3.2.d",
    authority=_PCS,
    severity="warning",
    settings=INPATIENT,
)
def approaches_differ(chart: CodedChart, tables: Tables) -> Findings:
    """What was begun endoscopically and converted to open is an endoscopic inspection and the open procedure."""
    known = _characters(chart)
    for first, second in _same_day(chart):
        same = first.surgical and first.code[:4] == second.code[:4]
        if same and {first.approach, second.approach} == {known["open"], known["endoscopic"]}:
            begun = first if first.approach == known["endoscopic"] else second
            yield Finding(
                f"{begun.code}: converted to open, the approach that was begun with is coded as an inspection",
                begun.pointer,
                (first.code, second.code),
            )


@guideline(
    "procedure.discontinued",
    "A procedure that was not carried out or converted",
    citation="B3.3, B3.2.d",
    authority=_PCS,
    severity="info",
    settings=INPATIENT,
)
def discontinued(chart: CodedChart, tables: Tables) -> Findings:
    known = _characters(chart)
    for coded in chart.starting_with(*_plain(known["not_carried_out"])):
        if coded.code.startswith(_plain(known["converted_to_open"])):
            told = "the open procedure is coded, and what was begun with as an inspection"
        elif chart.codes.procedures:
            told = "a procedure is coded as far as it went, as an inspection where nothing else was done"
        else:
            continue
        yield Finding(f"{dotted(coded.code)}: {told}", coded.pointer, (coded.code,))


@guideline(
    "procedure.principal",
    "A diagnostic procedure before a therapeutic one",
    citation="Selection of Principal Procedure",
    authority=_PCS,
    severity="info",
    settings=INPATIENT,
)
def principal_procedure(chart: CodedChart, tables: Tables) -> Findings:
    """What was done for definitive treatment is principal; the record says which is nearest to the diagnosis."""
    done = _done(chart)
    if done and _diagnostic(chart, done[0]):
        treatment = next((one for one in done[1:] if not _diagnostic(chart, one)), None)
        if treatment is not None:
            yield Finding(
                f"{done[0].code} is diagnostic: the procedure for treatment, {treatment.code}, is principal",
                done[0].pointer,
                (done[0].code, treatment.code),
                fix=Fix.moving(treatment, 0),
            )


@guideline(
    "procedure.not_covered",
    "A procedure that Medicare does not cover",
    citation="edit 11",
    authority=_EDITOR,
    severity="warning",
    settings=INPATIENT,
    reads=(mce.PROCEDURES,),
)
def not_covered(chart: CodedChart, tables: Tables) -> Findings:
    """Always; those that depend on the diagnosis or the age are the grouper's to tell."""
    day = nearest(tables, mce.PROCEDURES, chart.day)
    for done in _done(chart):
        if "noncovered" in mce.procedure_marks(tables, done.code, day):
            yield Finding(f"Medicare does not cover {done.code}", done.pointer, (done.code,))


def _done(chart: CodedChart) -> tuple[Done, ...]:
    return tuple(Done(one.code, one.date, index) for index, one in enumerate(chart.codes.procedures))


def _same_day(chart: CodedChart) -> Iterator[tuple[Done, Done]]:
    """Pairs of one day; a procedure without one may have been on any."""
    return ((a, b) for a, b in combinations(_done(chart), 2) if a.day is None or b.day is None or a.day == b.day)


def _diagnostic(chart: CodedChart, done: Done) -> bool:
    known = _characters(chart)
    if not done.surgical:
        return done.code.startswith(tuple(known["diagnostic_sections"]))
    sampled = done.operation in known["diagnostic_operations"] and done.code[-1] == known["diagnostic_qualifier"]
    return sampled or done.operation == known["inspection"]


def _characters(chart: CodedChart) -> dict[str, str]:
    known: dict[str, str] = parameter("guidelines/procedures").on(chart.day)
    return known


def _plain(codes: str | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(code.replace(".", "") for code in codes)


def _table_release(tables: Tables, day: date) -> str:
    return f"ICD-10-PCS tables {tables.release(pcs.TABLE, day).name}"
