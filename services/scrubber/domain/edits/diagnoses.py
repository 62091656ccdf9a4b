"""Diagnoses: there, valid on the day, not twice, and pointed at rightly (2300 HI, SV107)."""

from __future__ import annotations

from collections.abc import Iterator

from services.scrubber.domain.claim_parts import AnyClaim, diagnoses
from services.scrubber.domain.edits.payer import MEDICARE
from services.scrubber.domain.engine import INSTITUTIONAL, PROFESSIONAL, Circumstances, Defect, edit
from shared.claims import InstitutionalClaim, ProfessionalClaim, Repair
from shared.tables import poa

_EXTERNAL_CAUSES = tuple("VWXY")
"""ICD-10-CM chapter 20 is V00 to Y99."""


@edit(
    "diagnosis-principal-missing",
    title="There is no principal diagnosis",
    predicted="A6:254",
    source="005010X222A1 2300 HI*ABK, X223A2 2300 HI*ABK (required)",
    row=45,
)
def diagnosis_principal_missing(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    if not claim.diagnoses:
        yield Defect("/diagnoses", "Send the chart back to the coder: the claim has no diagnosis.")


@edit(
    "diagnosis-not-valid",
    title="A diagnosis code is not billable on the day of service",
    predicted="A7:255",
    source="45 CFR 162.1002(c)(2): ICD-10-CM as of the date of service or discharge; Official Guidelines I.B.2",
    row=46,
)
def diagnosis_not_valid(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    for pointer, diagnosis in diagnoses(claim):
        if not on.in_code_set("icd10cm", diagnosis.code):
            yield Defect(
                f"{pointer}/code",
                "Choose a code of full length that is in ICD-10-CM on the day of service.",
                {"code": diagnosis.code.dotted, "day": on.day.isoformat()},
                predicted="A7:254" if pointer == "/diagnoses/0" else None,
            )


@edit(
    "diagnosis-twice",
    title="A diagnosis stands twice on the claim",
    predicted="A7:255",
    source="ICD-10-CM Official Guidelines I.B.12: once per encounter; Medicare Code Editor, edit 3; 2300 HI",
    row=47,
)
def diagnosis_twice(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    first_at: dict[str, int] = {}
    for position, diagnosis in enumerate(claim.diagnoses):
        if diagnosis.code in first_at:
            yield Defect(
                f"/diagnoses/{position}/code",
                f"Take this diagnosis out: it is the same as diagnosis {first_at[diagnosis.code] + 1}.",
                {"code": diagnosis.code.dotted},
            )
        first_at.setdefault(diagnosis.code, position)


@edit(
    "diagnosis-external-cause-principal",
    title="An external cause cannot be the principal diagnosis",
    predicted="A7:509",
    source="ICD-10-CM Official Guidelines I.C.20.a.6; CMS Medicare Code Editor, E-code as principal diagnosis",
    row=48,
)
def diagnosis_external_cause_principal(claim: AnyClaim, on: Circumstances) -> Iterator[Defect]:
    if claim.diagnoses and claim.diagnoses[0].code.startswith(_EXTERNAL_CAUSES):
        yield Defect(
            "/diagnoses/0/code",
            "Put the injury or condition first; the cause of it comes after.",
            {"code": claim.diagnoses[0].code.dotted},
        )


@edit(
    "diagnosis-poa-missing",
    title="A diagnosis does not say whether it was present on admission",
    version="2",
    predicted="A6:688",
    source="CMS Pub 100-04 ch. 23 §10.3 and CMS list of POA-exempt codes; Deficit Reduction Act of 2005 §5001(c)",
    kinds=INSTITUTIONAL,
    row=48,
)
def diagnosis_poa_missing(claim: InstitutionalClaim, on: Circumstances) -> Iterator[Defect]:
    # A DRG marks a stay paid by IPPS; hospitals outside it (critical access, rehabilitation …) need not report.
    if claim.facility_type != "11" or claim.drg is None or on.billed.filing_indicator not in MEDICARE:
        return
    for position, diagnosis in enumerate(claim.diagnoses):
        if diagnosis.poa is None and not _is_exempt(diagnosis.code, on):
            yield Defect(
                f"/diagnoses/{position}/poa",
                f"Ask the coder for the present-on-admission indicator of diagnosis {position + 1}.",
                {"code": diagnosis.code.dotted, "list": "poa_exempt"},
            )


def _is_exempt(code: str, on: Circumstances) -> bool:
    """By CMS's list where one of the day is loaded, else by the prefixes that are kept here."""
    exempt = poa.is_exempt(on.tables, code, on.day)
    return on.listed("poa_exempt", code) if exempt is None else exempt


@edit(
    "diagnosis-pointer-absent",
    title="A line points to a diagnosis that is not there",
    predicted="A8:477",
    source="005010X222A1, SV107: the number of a diagnosis in 2300 HI",
    kinds=PROFESSIONAL,
    row=49,
)
def diagnosis_pointer_absent(claim: ProfessionalClaim, on: Circumstances) -> Iterator[Defect]:
    present = len(claim.diagnoses)
    for number, line in enumerate(claim.lines) if present else ():
        for position, pointer in enumerate(line.pointers) if max(line.pointers, default=0) > present else ():
            if pointer > present:
                yield Defect(
                    f"/lines/{number}/pointers/{position}",
                    f"Point line {number + 1} to one of the {present} diagnoses of the claim: there is no {pointer}.",
                    {"pointer": str(pointer), "diagnoses": str(present)},
                )


@edit(
    "diagnosis-pointer-missing",
    title="A line points to no diagnosis",
    predicted="A6:477",
    source="005010X222A1, SV107-1 (required)",
    kinds=PROFESSIONAL,
    row=49,
)
def diagnosis_pointer_missing(claim: ProfessionalClaim, on: Circumstances) -> Iterator[Defect]:
    for number, line in enumerate(claim.lines):
        if not line.pointers:
            yield Defect(
                f"/lines/{number}/pointers", f"Say which diagnosis is the reason for the service on line {number + 1}."
            )


@edit(
    "diagnosis-pointer-twice",
    title="A line points to one diagnosis twice",
    predicted="A7:477",
    source="005010X222A1, SV107-1 to SV107-4: each diagnosis once",
    kinds=PROFESSIONAL,
    row=49,
    suggests_repair=True,
)
def diagnosis_pointer_twice(claim: ProfessionalClaim, on: Circumstances) -> Iterator[Defect]:
    for number, line in enumerate(claim.lines):
        if len(set(line.pointers)) != len(line.pointers):
            once = list(dict.fromkeys(line.pointers))
            place = f"/lines/{number}/pointers"
            yield Defect(
                place,
                f"Name each diagnosis of line {number + 1} once.",
                {"pointers": " ".join(map(str, line.pointers))},
                repair=Repair(
                    title="Keep the first mention of each diagnosis",
                    patch=({"op": "replace", "path": place, "value": once},),
                ),
            )
