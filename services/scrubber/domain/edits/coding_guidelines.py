"""Conventions of ICD-10-CM that show on a claim: what stands together, in which order, on which side, at which age.

The tabular list of the nearest day answers where that of the day of service is not carried: for what warns, an older
edition does better than none.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from services.scrubber.domain.claim_parts import AnyClaim, age_on
from services.scrubber.domain.engine import INSTITUTIONAL, PROFESSIONAL, Circumstances, Defect, edit
from services.scrubber.domain.rule_books import rule_book
from services.scrubber.domain.sides import Side, codes_with_side, side_of
from shared.claims import Diagnosis, InstitutionalClaim, ProfessionalClaim
from shared.tables import NoRelease, Tables, icd10cm_tabular, mce, poa
from shared.tables.codes import POA
from shared.tables.history import in_force
from shared.tables.icd10cm_tabular import INSTRUCTIONS, Conflict

_KEPT_PAIRS = 32_768
_GUIDELINES = "ICD-10-CM Official Guidelines"
_MANIFESTATION = "manifestation"
_AGE_CATEGORIES: tuple[mce.AgeCategory, ...] = ("newborn", "pediatric", "maternity", "adult")


@edit(
    "diagnosis-excludes1",
    title="Two diagnoses stand together that an Excludes1 note keeps apart",
    source=f"{_GUIDELINES} I.A.12.a: not together, unless the conditions have nothing to do with each other",
    severity="warning",
)
def diagnosis_excludes1(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    if len(claim.diagnoses) < 2 or (day := _tabular_day(on.tables, on.day)) is None:
        return
    codes = [diagnosis.code for diagnosis in claim.diagnoses]
    for place, code in enumerate(codes):
        for before in codes[:place]:
            conflict = _conflict(on.tables, before, code, day)
            if conflict is not None and not _on_opposite_sides(on, before, code):
                yield Defect(
                    f"/diagnoses/{place}/code",
                    "Keep the one that the record supports, or both if they have nothing to do with each other.",
                    {
                        "codes": f"{before.dotted} {code.dotted}",
                        "note_at": conflict.at,
                        "table": f"ICD-10-CM {on.tables.release(INSTRUCTIONS, day).name}",
                    },
                )


@lru_cache(maxsize=_KEPT_PAIRS)
def _conflict(tables: Tables, first: str, second: str, day: date) -> Conflict | None:
    return icd10cm_tabular.excludes1_between(tables, first, second, day) if first != second else None


def _on_opposite_sides(on: Circumstances, first: str, second: str) -> bool:
    return {side_of(on.tables, first, on.day), side_of(on.tables, second, on.day)} == {"right", "left"}


def _marked(claim: AnyClaim, on: Circumstances) -> list[tuple[int, Diagnosis, tuple[str, ...]]]:
    """Place, diagnosis and marks of each diagnosis that the Medicare Code Editor marks; nearly all have none."""
    try:
        rows_of = on.tables.on(mce.DIAGNOSES, on.day).store.rows
    except NoRelease:
        return []
    marked = []
    for place, diagnosis in enumerate(claim.diagnoses):
        rows = rows_of(diagnosis.code)
        if rows and (row := in_force(rows, on.day)) is not None:
            marked.append((place, diagnosis, row.marks))
    return marked


@lru_cache
def _tabular_day(tables: Tables, day: date) -> date | None:
    return tables.nearest_day(INSTRUCTIONS, day)


@edit(
    "diagnosis-manifestation-first",
    title="A manifestation is the first diagnosis",
    source=f"{_GUIDELINES} I.A.13: the underlying condition is sequenced first",
    kinds=PROFESSIONAL,
    severity="warning",
)
def diagnosis_manifestation_first(claim: ProfessionalClaim, on: Circumstances) -> Iterator[Defect]:
    for place, diagnosis, marks in on.once(_marked, claim):
        if place == 0 and _MANIFESTATION in marks:
            yield Defect(
                "/diagnoses/0/code",
                "Put the disease first that this is a manifestation of.",
                {"code": diagnosis.code.dotted},
            )


@edit(
    "diagnosis-etiology-not-before",
    title="A manifestation does not follow the disease that it comes from",
    source=f"{_GUIDELINES} I.A.13 and I.A.17: code first the underlying disease",
    severity="warning",
)
def diagnosis_etiology_not_before(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    for place, diagnosis, marks in on.once(_marked, claim):
        if place == 0 or _MANIFESTATION not in marks:
            continue  # the first place has its own edits
        if (day := _tabular_day(on.tables, on.day)) is None:
            return
        ranges = [r for row in icd10cm_tabular.code_first(on.tables, diagnosis.code, day) for r in row.ranges]
        before = [other.code for other in claim.diagnoses[:place]]
        if ranges and not any(named.covers(code) for named in ranges for code in before):
            yield Defect(
                f"/diagnoses/{place}/code",
                "Code the underlying disease before this manifestation of it.",
                {"code": diagnosis.code.dotted, "table": f"ICD-10-CM {on.tables.release(INSTRUCTIONS, day).name}"},
            )


@edit(
    "diagnosis-side-contradicts-modifier",
    title="The modifier of a line says one side, its diagnoses say the other",
    predicted="CARC 11",
    source=f"{_GUIDELINES} I.B.13; NCCI Policy Manual ch. I §E (anatomic modifiers)",
    kinds=PROFESSIONAL,
    severity="warning",
)
def diagnosis_side_contradicts_modifier(claim: ProfessionalClaim, on: Circumstances) -> Iterator[Defect]:
    side_said = _sides_of_modifiers(claim, on)
    for position, line in enumerate(claim.lines) if side_said else ():
        sides = {side_said[modifier] for modifier in line.modifiers if modifier in side_said}
        if len(sides) != 1:
            continue  # of no side, or of both
        (side,) = sides
        pointed = [claim.diagnoses[at - 1].code for at in line.pointers if at <= len(claim.diagnoses)]
        said = {side_of(on.tables, code, on.day) for code in pointed} - {None}
        if said and side not in said:
            yield Defect(
                f"/lines/{position}/modifiers",
                f"Correct the modifier or the diagnoses of line {position + 1}: they are of different sides.",
                {"side": side, "diagnoses": " ".join(code.dotted for code in pointed)},
            )


def _sides_of_modifiers(claim: AnyClaim, on: Circumstances) -> dict[str, Side]:
    """Those modifiers of the claim that say a side."""
    used: set[str] = {modifier for line in claim.lines for modifier in line.modifiers}
    lists: tuple[tuple[Side, str], ...] = (("left", "modifiers_left"), ("right", "modifiers_right"))
    return {modifier: side for side, name in (lists if used else ()) for modifier in used & on.lists[name].codes}


def _whole(claim: AnyClaim, on: Circumstances) -> tuple[AnyClaim, Circumstances]:
    return claim, on


@rule_book("specific_diagnoses", _whole)(
    "diagnosis-side-unspecified",
    title="A diagnosis leaves the side open for a payer that refuses such codes",
    source=f"{_GUIDELINES} I.B.13 and I.B.18; the payer's rules",
)
def diagnosis_side_unspecified(seen: tuple[AnyClaim, Circumstances]) -> Iterator[Defect]:
    claim, on = seen
    for place, diagnosis in enumerate(claim.diagnoses):
        if codes := codes_with_side(on.tables, diagnosis.code, on.day):
            yield Defect(
                f"/diagnoses/{place}/code",
                "Code the side: this payer refuses a code that leaves it open where others name it.",
                {"code": diagnosis.code.dotted, "with_side": " ".join(codes)},
            )


@edit(
    "diagnosis-poa-not-one",
    title="A present-on-admission indicator is not one of the day",
    predicted="A7:688",
    source="005010X223A2, 2300 HI01-9: N, U, W or Y, nothing for an exempt code; CMS Pub 100-04 ch. 23 §10.3",
    kinds=INSTITUTIONAL,
)
def diagnosis_poa_not_one(claim: InstitutionalClaim, on: Circumstances) -> Iterator[Defect]:
    for place, diagnosis in enumerate(claim.diagnoses):
        if diagnosis.poa is not None and not on.is_code(POA, diagnosis.poa):
            yield Defect(
                f"/diagnoses/{place}/poa",
                "Say Y, N, U or W, or nothing where the code is exempt.",
                {"indicator": diagnosis.poa, "day": on.day.isoformat(), "list": POA.name},
            )


@edit(
    "diagnosis-poa-on-exempt",
    title="A diagnosis that is exempt says whether it was present on admission",
    source=f"{_GUIDELINES}, appendix I; CMS list of codes exempt from POA reporting",
    kinds=INSTITUTIONAL,
    severity="warning",
)
def diagnosis_poa_on_exempt(claim: InstitutionalClaim, on: Circumstances) -> Iterator[Defect]:
    for place, diagnosis in enumerate(claim.diagnoses):
        if diagnosis.poa is not None and poa.is_exempt(on.tables, diagnosis.code, on.day):
            yield Defect(
                f"/diagnoses/{place}/poa",
                "Leave the indicator out: the code is exempt from it.",
                {"code": diagnosis.code.dotted, "table": poa.EXEMPT.name},
            )


@edit(
    "diagnosis-age-conflict",
    title="A diagnosis contradicts the patient's age",
    predicted="CARC 9",
    source="CMS, Definitions of Medicare Code Edits, edit 4 (the ages of the categories); X12 CARC 9",
    kinds=PROFESSIONAL,
    severity="warning",
)
def diagnosis_age_conflict(claim: ProfessionalClaim, on: Circumstances) -> Iterator[Defect]:
    marked = on.once(_marked, claim)
    age = age_on(claim.patient.birth_date, on.first_day or on.day) if marked else None
    for place, diagnosis, marks in marked if age is not None else ():
        for category in _AGE_CATEGORIES:
            ages = mce.age_range(on.tables, category, on.day) if category in marks else None
            if age is not None and ages is not None and not ages.lowest <= age <= ages.highest:
                yield Defect(
                    f"/diagnoses/{place}/code",
                    f"Correct the diagnosis or the birth date: it is given from {ages.lowest} to {ages.highest} years.",
                    {"code": diagnosis.code.dotted, "category": category, "ages": f"{ages.lowest}-{ages.highest}"},
                )
