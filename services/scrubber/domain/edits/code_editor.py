"""The Medicare Code Editor on hospital stays: what its lists say of the codes, the patient and the stay.

Source: CMS, Definitions of Medicare Code Edits; what a contractor does with each edit: CMS Pub 100-04 ch. 3 §20.2.1.
The lists are those of the day of discharge (`shared.tables.mce`). Edits 1 to 3 are those of every claim: a code that is
not valid, an external cause in the first place, a code twice (`diagnoses`, `institutional`). The edits that CMS has
switched off are not here: 7 and 10 (unspecific codes), 12 (open biopsy), 13 (bilateral procedure).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from services.scrubber.domain.claim_parts import age_on
from services.scrubber.domain.engine import INSTITUTIONAL, Circumstances, Defect
from services.scrubber.domain.rule_books import RETURNED, rule_book
from shared.claims import Diagnosis, InstitutionalClaim
from shared.tables import mce
from shared.tables.codes import DISCHARGE_STATUS
from shared.tables.history import in_force

_HOSPITAL_STAY = "11"
_NO_PAYMENT = "0"
"""Claim frequency of a bill on which nothing is to be paid: services that are not covered belong there."""
_EDITS = "CMS, Definitions of Medicare Code Edits, edit {}; CMS Pub 100-04 ch. 3 §20.2.1"
_VOID = "8"
_INTERIM = {"2", "3"}
_SEX_EDITS_END = date(2024, 9, 30)
"""The last discharges to which edits 5 and 15 apply."""
_NOT_COVERED_WITH = ("ncov_z302", "ncov6", "ncov7")
"""A procedure with one of these marks is not covered where a diagnosis has the same."""
_ARTIFICIAL_HEART = ("lcov_artheartxpa", "lcov_artheartxpb")
_LIMITED = ("lcov", "kidneyxp", "ncov45")
_AGE_CATEGORIES: tuple[mce.AgeCategory, ...] = ("newborn", "pediatric", "maternity", "adult")
_OVER_96_HOURS = timedelta(days=4)
_RESURFACING_AGE = 60
"""Years: above it a resurfacing device of the hip is not covered (mark `ncov12agele60`)."""
_SIDE_UNKNOWN = "UNABLE TO DET LAT"
"""What the billing note begins with where no record tells the side (CMS CR 12471)."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A code of the stay with the editor's marks on it."""

    pointer: str
    code: str
    """As people write it."""
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stay:
    """A hospital stay as the editor sees it, with those of its codes that are marked: nearly all have no mark."""

    claim: InstitutionalClaim
    on: Circumstances
    release: str
    age: int | None
    """In completed years at admission; None where no birth date is given, or one after it."""
    principal: Marked | None
    secondary: tuple[Marked, ...]
    admitting: Marked | None
    procedures: tuple[Marked, ...]

    @property
    def diagnoses(self) -> tuple[Marked, ...]:
        """The principal and the secondary ones."""
        return self.secondary if self.principal is None else (self.principal, *self.secondary)

    @property
    def every_diagnosis(self) -> tuple[Marked, ...]:
        """With the admitting one, which the edits of single codes look at too."""
        return self.diagnoses if self.admitting is None else (*self.diagnoses, self.admitting)

    def has_diagnosis(self, mark: str) -> bool:
        return any(mark in diagnosis.marks for diagnosis in self.diagnoses)

    def has_procedure(self, mark: str) -> bool:
        return any(mark in procedure.marks for procedure in self.procedures)

    def defect(self, found: Marked, message: str, **evidence: str) -> Defect:
        return Defect(found.pointer, message, {"code": found.code, "table": self.release, **evidence})


def stay_of(claim: InstitutionalClaim, on: Circumstances) -> Stay | None:
    """A hospital stay with what the editor marks on it; None for a void, and on a day without its lists."""
    if claim.frequency == _VOID or not on.tables.carries(mce.DIAGNOSES, on.day):
        return None
    edition = on.tables.on(mce.DIAGNOSES, on.day)
    rows_of, day, admitting = edition.store.rows, on.day, claim.admitting_diagnosis

    def marked(diagnosis: Diagnosis, pointer: str) -> Marked | None:
        rows = rows_of(diagnosis.code)
        row = in_force(rows, day) if rows else None
        return None if row is None else Marked(pointer, diagnosis.code.dotted, row.marks)

    diagnoses = [marked(one, f"/diagnoses/{place}/code") for place, one in enumerate(claim.diagnoses)]
    return Stay(
        claim=claim,
        on=on,
        release=edition.release.name,
        age=age_on(claim.patient.birth_date, claim.admission.date or claim.statement_from),
        principal=diagnoses[0] if diagnoses else None,
        secondary=tuple(found for found in diagnoses[1:] if found is not None),
        admitting=None if admitting is None else marked(admitting, "/admitting_diagnosis/code"),
        procedures=tuple(
            Marked(f"/procedures/{place}/code", str(one.code), marks)
            for place, one in enumerate(claim.procedures)
            if (marks := mce.procedure_marks(on.tables, one.code, day))
        ),
    )


mce_edit = rule_book("mce", stay_of, bills=[_HOSPITAL_STAY])
mce_coverage_edit = rule_book("mce_coverage", stay_of, bills=[_HOSPITAL_STAY])
"""For what is true of Medicare alone; the other edits are of codes, and many payers make them too."""


@mce_edit(
    "mce-age-conflict",
    title="A diagnosis of a hospital stay contradicts the patient's age",
    predicted=RETURNED,
    source=_EDITS.format(4),
    kinds=INSTITUTIONAL,
)
def mce_age_conflict(stay: Stay) -> Iterator[Defect]:
    if stay.age is None:
        return
    for diagnosis in stay.every_diagnosis:
        for category in _AGE_CATEGORIES:
            if category not in diagnosis.marks:
                continue
            ages = mce.age_range(stay.on.tables, category, stay.on.day)
            if ages is not None and not ages.lowest <= stay.age <= ages.highest:
                yield stay.defect(
                    diagnosis,
                    f"Correct the diagnosis or the birth date: it is given from {ages.lowest} to {ages.highest} years.",
                    category=category,
                    ages=f"{ages.lowest}-{ages.highest}",
                )


@mce_edit(
    "mce-sex-conflict",
    title="A diagnosis or procedure of a hospital stay contradicts the patient's sex",
    predicted=RETURNED,
    source=_EDITS.format(5),
    kinds=INSTITUTIONAL,
    through=_SEX_EDITS_END,
)
def mce_sex_conflict(stay: Stay) -> Iterator[Defect]:
    for found in (*stay.every_diagnosis, *stay.procedures):
        for mark, sex in (("female", "F"), ("male", "M")):
            if mark in found.marks and stay.claim.patient.sex not in (sex, None):
                yield stay.defect(found, f"Correct the code or the patient's sex: it is given to {mark}s.", sex=sex)


@mce_edit(
    "mce-manifestation-principal",
    title="A manifestation is the principal diagnosis of a hospital stay",
    predicted=RETURNED,
    source=_EDITS.format(6),
    kinds=INSTITUTIONAL,
)
def mce_manifestation_principal(stay: Stay) -> Iterator[Defect]:
    if stay.principal is not None and "manifestation" in stay.principal.marks:
        yield stay.defect(stay.principal, "Put the disease first that this is a manifestation of.")


@mce_edit(
    "mce-questionable-admission",
    title="The principal diagnosis seldom justifies a hospital stay",
    source=_EDITS.format(8),
    kinds=INSTITUTIONAL,
    severity="warning",
)
def mce_questionable_admission(stay: Stay) -> Iterator[Defect]:
    if stay.principal is not None and "qadm" in stay.principal.marks:
        yield stay.defect(stay.principal, "Look whether another diagnosis was the reason for the admission.")


@mce_edit(
    "mce-questionable-obstetric-admission",
    title="A delivery is coded without its outcome",
    source=_EDITS.format(8),
    kinds=INSTITUTIONAL,
    severity="warning",
    effective=date(2018, 10, 1),
)
def mce_questionable_obstetric_admission(stay: Stay) -> Iterator[Defect]:
    if stay.has_diagnosis("delout"):
        return
    for procedure in stay.procedures:
        if "csect" in procedure.marks or "vagdel" in procedure.marks:
            yield stay.defect(procedure, "Give the outcome of the delivery (Z37) among the diagnoses.")


@mce_edit(
    "mce-unacceptable-principal",
    title="This diagnosis cannot be the principal one of a hospital stay",
    predicted=RETURNED,
    source=_EDITS.format(9),
    kinds=INSTITUTIONAL,
)
def mce_unacceptable_principal(stay: Stay) -> Iterator[Defect]:
    principal = stay.principal
    if principal is None or "unacceptable" not in principal.marks:
        return
    if "reqsdx" not in principal.marks:
        yield stay.defect(principal, "Put the condition first that was the reason for the stay: this only adds to one.")
    elif len(stay.claim.diagnoses) == 1:
        yield stay.defect(principal, "Give a second diagnosis: this one is acceptable only beside another.")


@mce_coverage_edit(
    "mce-non-covered-procedure",
    title="Medicare does not cover a procedure of the stay",
    predicted="CARC 96",
    source=_EDITS.format(11),
    kinds=INSTITUTIONAL,
)
def mce_non_covered_procedure(stay: Stay) -> Iterator[Defect]:
    if stay.claim.frequency == _NO_PAYMENT:
        return
    for procedure in stay.procedures:
        if _is_not_covered(stay, procedure.marks):
            yield stay.defect(
                procedure, "Bill the services that are not covered apart, on a bill without payment (110)."
            )


def _is_not_covered(stay: Stay, marks: tuple[str, ...]) -> bool:
    return (
        "noncovered" in marks
        or any(mark in marks and stay.has_diagnosis(mark) for mark in _NOT_COVERED_WITH)
        or ("ncov12agele60" in marks and stay.age is not None and stay.age > _RESURFACING_AGE)
        or ("ncov45" in marks and not (stay.has_diagnosis("diabtypeI") or stay.has_procedure("kidneyxp")))
        or (_replaces_heart(stay, marks) and not stay.has_diagnosis("clintrial"))
    )


def _replaces_heart(stay: Stay, marks: tuple[str, ...]) -> bool:
    """One of the two procedures that only together replace the heart."""
    return any(mark in marks for mark in _ARTIFICIAL_HEART) and all(map(stay.has_procedure, _ARTIFICIAL_HEART))


@mce_edit(
    "mce-age-invalid",
    title="The patient of a hospital stay is older than the editor takes",
    predicted=RETURNED,
    source=_EDITS.format(14),
    kinds=INSTITUTIONAL,
)
def mce_age_invalid(stay: Stay) -> Iterator[Defect]:
    # The category of adults ends at the highest age that the editor knows.
    adults = mce.age_range(stay.on.tables, "adult", stay.on.day)
    if stay.age is not None and adults is not None and stay.age > adults.highest:
        yield Defect("/patient/birth_date", f"Correct the birth date: it makes the patient over {adults.highest}.")


@mce_edit(
    "mce-sex-invalid",
    title="The sex of the patient of a hospital stay is unknown",
    predicted=RETURNED,
    source=_EDITS.format(15),
    kinds=INSTITUTIONAL,
    through=_SEX_EDITS_END,
)
def mce_sex_invalid(stay: Stay) -> Iterator[Defect]:
    if stay.claim.patient.sex not in ("F", "M", None):
        yield Defect("/patient/sex", "Give the patient's sex as F or M: the editor took no other before October 2024.")


@mce_edit(
    "mce-discharge-status-invalid",
    title="The discharge status is none of a hospital stay",
    predicted=RETURNED,
    source=_EDITS.format(16),
    kinds=INSTITUTIONAL,
)
def mce_discharge_status_invalid(stay: Stay) -> Iterator[Defect]:
    status = stay.claim.patient_status
    # A code that is none at all is the finding of `patient-status-invalid`.
    if status is None or not stay.on.is_code(DISCHARGE_STATUS, status):
        return
    if not mce.is_discharge_status(stay.on.tables, status, stay.on.day):
        yield Defect(
            "/patient_status",
            "Choose how the patient left the hospital: this status is for other kinds of bill.",
            {"code": status, "table": stay.release},
        )


@mce_coverage_edit(
    "mce-limited-coverage",
    title="Medicare covers a procedure of the stay only under conditions",
    source=_EDITS.format(17),
    kinds=INSTITUTIONAL,
    severity="warning",
)
def mce_limited_coverage(stay: Stay) -> Iterator[Defect]:
    if stay.claim.frequency == _NO_PAYMENT:
        return
    for procedure in stay.procedures:
        marks = procedure.marks
        limited = any(mark in marks for mark in _LIMITED) or _replaces_heart(stay, marks)
        if limited and not _is_not_covered(stay, marks):
            yield stay.defect(procedure, "Look whether hospital and patient meet the conditions of coverage.")


@mce_edit(
    "mce-wrong-procedure",
    title="A wrong procedure, patient or side stands on a bill for payment",
    predicted="CARC 233",
    source=f"{_EDITS.format(18)}; CMS Pub 100-04 ch. 32 §230",
    kinds=INSTITUTIONAL,
)
def mce_wrong_procedure(stay: Stay) -> Iterator[Defect]:
    if stay.claim.frequency == _NO_PAYMENT:
        return
    for diagnosis in stay.diagnoses:
        if "wrngproc" in diagnosis.marks:
            yield stay.defect(diagnosis, "Bill the surgical error apart, on a bill without payment (110).")


@mce_edit(
    "mce-length-of-stay",
    title="A stay is too short for the ventilation that is coded",
    predicted=RETURNED,
    source=_EDITS.format(19),
    kinds=INSTITUTIONAL,
)
def mce_length_of_stay(stay: Stay) -> Iterator[Defect]:
    admitted = stay.claim.admission.date
    if admitted is None or stay.claim.frequency in _INTERIM:
        return
    nights = stay.claim.statement_through - admitted
    for procedure in stay.procedures:
        if "los" in procedure.marks and timedelta() <= nights <= _OVER_96_HOURS:
            # On the fifth day of the stay 96 hours may just be over; the editor counts more than four days.
            found = stay.defect(
                procedure,
                "Correct the procedure or the dates: ventilation of more than 96 hours does not fit into the stay.",
                days=str(nights.days),
            )
            yield replace(found, severity="warning") if nights == _OVER_96_HOURS else found


@mce_edit(
    "mce-unspecified-code",
    title="A diagnosis of a hospital stay leaves the side unspecified",
    predicted=RETURNED,
    source=f"{_EDITS.format(20)}; 86 FR 44774 (FY 2022 IPPS final rule); CMS CR 12471",
    kinds=INSTITUTIONAL,
    effective=date(2022, 4, 1),
)
def mce_unspecified_code(stay: Stay) -> Iterator[Defect]:
    if _says_side_is_unknown(stay.claim):
        return
    for diagnosis in stay.diagnoses:
        if "unspecified" in diagnosis.marks:
            yield stay.defect(
                diagnosis,
                f"Code the side. Where no record tells it, say so in the billing note: {_SIDE_UNKNOWN} 1, or 2 where "
                "the physician cannot tell.",
            )


def _says_side_is_unknown(claim: InstitutionalClaim) -> bool:
    notes = (claim.billing_note or "", *(note.text for note in claim.claim_notes))
    return any(_SIDE_UNKNOWN in note.upper() for note in notes)
