"""The Medicare Code Editor on a stay: each edit with the code and field that caused it.

Source: CMS, Definitions of Medicare Code Edits. The lists of codes and their days come from `shared.tables.mce`. Edit
19 (procedure inconsistent with the length of stay) is not here: it needs the days of procedures. Nor are the edits that
CMS has deactivated (7, 10, 12, 13).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from services.grouper.domain.rules import Rules
from services.grouper.domain.stays import Stay
from shared.claims import Date, Many, Model
from shared.tables import CodeSets, CodeSystem, Tables, mce

EditName = Literal[
    "invalid-code",
    "external-cause-as-principal",
    "duplicate-of-principal",
    "age-conflict",
    "sex-conflict",
    "manifestation-as-principal",
    "questionable-admission",
    "questionable-obstetric-admission",
    "unacceptable-principal",
    "requires-secondary-diagnosis",
    "non-covered-procedure",
    "invalid-age",
    "invalid-sex",
    "invalid-discharge-status",
    "limited-coverage",
    "wrong-procedure-performed",
    "unspecified-code",
]

_NUMBERS: dict[EditName, int] = {
    "invalid-code": 1,
    "external-cause-as-principal": 2,
    "duplicate-of-principal": 3,
    "age-conflict": 4,
    "sex-conflict": 5,
    "manifestation-as-principal": 6,
    "questionable-admission": 8,
    "questionable-obstetric-admission": 8,
    "unacceptable-principal": 9,
    "requires-secondary-diagnosis": 9,
    "non-covered-procedure": 11,
    "invalid-age": 14,
    "invalid-sex": 15,
    "invalid-discharge-status": 16,
    "limited-coverage": 17,
    "wrong-procedure-performed": 18,
    "unspecified-code": 20,
}
_HIP_AGE = 60
"""Edit 11: a resurfacing device of the hip is not covered above this age."""


class MetEdit(Model):
    """An edit that a stay met."""

    edit: EditName
    number: int
    """Of the edit in CMS's Definitions of Medicare Code Edits."""
    pointer: str
    """To the code or field that caused it."""
    code: str | None = None


class EditedStay(Model):
    """What the editor found; nothing where a stay passes."""

    as_of: Date
    edits: Many[MetEdit]
    release: str
    """Of the editor's tables."""


@dataclass(frozen=True, slots=True)
class _Marked:
    """A code of the stay with the editor's marks."""

    code: str
    pointer: str
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Examined:
    """A stay as the rules see it."""

    stay: Stay
    tables: Tables
    diagnoses: tuple[_Marked, ...]
    procedures: tuple[_Marked, ...]

    @property
    def marked(self) -> tuple[_Marked, ...]:
        return (*self.diagnoses, *self.procedures)

    def any_diagnosis(self, mark: str) -> bool:
        return any(mark in diagnosis.marks for diagnosis in self.diagnoses)

    def any_procedure(self, mark: str) -> bool:
        return any(mark in procedure.marks for procedure in self.procedures)


def edit_stay(stay: Stay, rules: Rules, tables: Tables) -> EditedStay:
    """Every edit that the stay meets, in the order of their numbers. Raises NoRelease."""
    day = stay.discharge_date
    examined = _Examined(
        stay,
        tables,
        tuple(
            _Marked(str(one.code), f"/diagnoses/{i}/code", mce.diagnosis_marks(tables, str(one.code), day))
            for i, one in enumerate(stay.diagnoses)
        ),
        tuple(
            _Marked(str(one.code), f"/procedures/{i}/code", mce.procedure_marks(tables, str(one.code), day))
            for i, one in enumerate(stay.procedures)
        ),
    )
    met = [*_facts(examined, rules), *(edit for rule in _RULES for edit in rule(examined))]
    return EditedStay(
        as_of=day,
        edits=tuple(sorted(met, key=lambda edit: edit.number)),
        release=tables.release(mce.DIAGNOSES, day).name,
    )


def _met(edit: EditName, code: _Marked) -> MetEdit:
    return MetEdit(edit=edit, number=_NUMBERS[edit], pointer=code.pointer, code=code.code)


def _facts(examined: _Examined, rules: Rules) -> Iterator[MetEdit]:
    stay, day = examined.stay, examined.stay.discharge_date
    age, status = stay.age_at_admission, stay.discharge_status
    if age is None or not 0 <= age <= rules.highest_age.on(day):
        yield MetEdit(edit="invalid-age", number=_NUMBERS["invalid-age"], pointer="/age")
    if status is None or not mce.is_discharge_status(examined.tables, status, day):
        number = _NUMBERS["invalid-discharge-status"]
        yield MetEdit(edit="invalid-discharge-status", number=number, pointer="/discharge_status")
    if stay.sex not in ("F", "M") and rules.sex_edits.on(day):
        yield MetEdit(edit="invalid-sex", number=_NUMBERS["invalid-sex"], pointer="/sex")


def _invalid_codes(examined: _Examined) -> Iterator[MetEdit]:
    code_sets, day = CodeSets(examined.tables), examined.stay.discharge_date
    coded: tuple[tuple[CodeSystem, tuple[_Marked, ...]], ...] = (
        ("icd10cm", examined.diagnoses),
        ("icd10pcs", examined.procedures),
    )
    for system, codes in coded:
        yield from (_met("invalid-code", code) for code in codes if not code_sets.is_valid(system, code.code, day))


def _principal(examined: _Examined) -> Iterator[MetEdit]:
    if not examined.diagnoses:
        return
    principal, *secondary = examined.diagnoses
    by_mark: tuple[tuple[str, EditName], ...] = (
        ("ecodepdx", "external-cause-as-principal"),
        ("manifestation", "manifestation-as-principal"),
        ("qadm", "questionable-admission"),
    )
    yield from (_met(edit, principal) for mark, edit in by_mark if mark in principal.marks)
    if "reqsdx" in principal.marks:
        # Such a code is on both lists: with a secondary diagnosis it is acceptable.
        yield from () if secondary else (_met("requires-secondary-diagnosis", principal),)
    elif "unacceptable" in principal.marks:
        yield _met("unacceptable-principal", principal)
    yield from (_met("duplicate-of-principal", code) for code in secondary if code.code == principal.code)


def _age_conflicts(examined: _Examined) -> Iterator[MetEdit]:
    age, day = examined.stay.age_at_admission, examined.stay.discharge_date
    if age is None:
        return
    allowed = {category: mce.age_range(examined.tables, category, day) for category in get_args(mce.AgeCategory)}
    for code in examined.diagnoses:
        ranges = [found for category, found in allowed.items() if category in code.marks and found is not None]
        if any(not found.lowest <= age <= found.highest for found in ranges):
            yield _met("age-conflict", code)


def _sex_conflicts(examined: _Examined) -> Iterator[MetEdit]:
    sex = examined.stay.sex
    for code in examined.marked:
        if ("female" in code.marks and sex != "F") or ("male" in code.marks and sex != "M"):
            yield _met("sex-conflict", code)


def _obstetric_admission(examined: _Examined) -> Iterator[MetEdit]:
    """A delivery by procedure without an outcome of delivery among the diagnoses."""
    if not examined.any_diagnosis("delout"):
        for code in examined.procedures:
            if {"csect", "vagdel"} & set(code.marks):
                yield _met("questionable-obstetric-admission", code)


def _coverage(examined: _Examined) -> Iterator[MetEdit]:
    for code in examined.procedures:
        if _is_not_covered(examined, code.marks):
            yield _met("non-covered-procedure", code)
        elif _is_covered_with_limits(examined, code.marks):
            yield _met("limited-coverage", code)


def _is_not_covered(examined: _Examined, marks: tuple[str, ...]) -> bool:
    with_diagnosis = ("ncov_z302", "ncov6", "ncov7")
    age = examined.stay.age_at_admission
    return (
        "noncovered" in marks
        or any(mark in marks and examined.any_diagnosis(mark) for mark in with_diagnosis)
        or ("ncov12agele60" in marks and age is not None and age > _HIP_AGE)
        or ("ncov45" in marks and not (examined.any_diagnosis("diabtypeI") or examined.any_procedure("kidneyxp")))
        or (_is_artificial_heart(examined, marks) and not examined.any_diagnosis("clintrial"))
    )


def _is_covered_with_limits(examined: _Examined, marks: tuple[str, ...]) -> bool:
    always = {"lcov", "kidneyxp", "ncov45"}
    return bool(always & set(marks)) or _is_artificial_heart(examined, marks)


def _is_artificial_heart(examined: _Examined, marks: tuple[str, ...]) -> bool:
    """One of the two procedures that only together replace the heart."""
    both = ("lcov_artheartxpa", "lcov_artheartxpb")
    return any(mark in marks for mark in both) and all(examined.any_procedure(mark) for mark in both)


def _marked_diagnoses(examined: _Examined) -> Iterator[MetEdit]:
    for code in examined.diagnoses:
        if "wrngproc" in code.marks:
            yield _met("wrong-procedure-performed", code)
        if "unspecified" in code.marks:
            yield _met("unspecified-code", code)


_RULES: tuple[Callable[[_Examined], Iterator[MetEdit]], ...] = (
    _invalid_codes,
    _principal,
    _age_conflicts,
    _sex_conflicts,
    _obstetric_admission,
    _coverage,
    _marked_diagnoses,
)
