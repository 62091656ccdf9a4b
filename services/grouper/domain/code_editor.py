"""The Medicare Code Editor on a stay: each edit with the code and field that caused it.

Source: CMS, Definitions of Medicare Code Edits. The lists of codes and their days come from `shared.tables.mce`. The
edits that CMS has deactivated (7, 10, 12, 13) are not here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import get_args

from services.grouper.domain.checks import Pointers
from services.grouper.domain.code_edits import EDITS, EditedStay, EditName, MetEdit, UncheckedEdit
from services.grouper.domain.rules import Rules
from services.grouper.domain.stays import Stay
from shared.claims import IcdCode
from shared.tables import CodeSets, CodeSystem, Tables, mce

_DEFINITIONS = "CMS, Definitions of Medicare Code Edits"
_HIP_AGE = 60
"""Edit 11: a resurfacing device of the hip is not covered above this age."""


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

    admitting: _Marked | None

    @property
    def all_diagnoses(self) -> tuple[_Marked, ...]:
        """With the admitting one, which the edits of single codes look at too."""
        return self.diagnoses if self.admitting is None else (*self.diagnoses, self.admitting)

    @property
    def marked(self) -> tuple[_Marked, ...]:
        return (*self.all_diagnoses, *self.procedures)

    def any_diagnosis(self, mark: str) -> bool:
        return any(mark in diagnosis.marks for diagnosis in self.diagnoses)

    def any_procedure(self, mark: str) -> bool:
        return any(mark in procedure.marks for procedure in self.procedures)


def edit_stay(stay: Stay, rules: Rules, tables: Tables, pointers: Pointers) -> EditedStay:
    """Every edit that the stay meets, in the order of their numbers. Raises NoRelease.

    The codes are edited as they are reported, by the day of discharge: `coded_on` excuses none.
    """
    day, admitting = stay.discharge_date, stay.admitting_diagnosis
    examined = _Examined(
        stay,
        tables,
        tuple(_diagnosis(tables, one.code, f"/diagnoses/{i}/code", day) for i, one in enumerate(stay.diagnoses)),
        tuple(
            _Marked(str(one.code), f"/procedures/{i}/code", mce.procedure_marks(tables, str(one.code), day))
            for i, one in enumerate(stay.procedures)
        ),
        _diagnosis(tables, admitting.code, "/admitting_diagnosis/code", day) if admitting is not None else None,
    )
    met = [*_facts(examined, rules, pointers), *(edit for rule in _RULES for edit in rule(examined))]
    too_short, not_checked = _length_of_stay(examined, rules)
    return EditedStay(
        as_of=day,
        edits=tuple(sorted((*met, *too_short), key=lambda edit: edit.number)),
        not_checked=not_checked,
        release=tables.release(mce.DIAGNOSES, day).name,
    )


def _diagnosis(tables: Tables, code: IcdCode, pointer: str, day: date) -> _Marked:
    return _Marked(str(code), pointer, mce.diagnosis_marks(tables, str(code), day))


def _met(edit: EditName, code: _Marked) -> MetEdit:
    return _met_at(edit, code.pointer, code.code)


def _met_at(edit: EditName, pointer: str, code: str | None = None) -> MetEdit:
    number, title = EDITS[edit]
    source = f"{_DEFINITIONS}, edit {number}"
    return MetEdit(edit=edit, number=number, title=title, pointer=pointer, code=code, source=source)


def _facts(examined: _Examined, rules: Rules, pointers: Pointers) -> Iterator[MetEdit]:
    stay, day = examined.stay, examined.stay.discharge_date
    age, status = stay.age_at_admission, stay.discharge_status
    if age is None or not 0 <= age <= rules.highest_age.on(day):
        yield _met_at("invalid-age", pointers.get("age", "/age"))
    if status is None or not mce.is_discharge_status(examined.tables, status, day):
        yield _met_at("invalid-discharge-status", pointers.get("discharge_status", "/discharge_status"))
    if stay.sex not in ("F", "M") and rules.sex_edits.on(day):
        yield _met_at("invalid-sex", pointers.get("sex", "/sex"))


def _length_of_stay(examined: _Examined, rules: Rules) -> tuple[list[MetEdit], tuple[UncheckedEdit, ...]]:
    """Ventilation of more than 96 hours on a stay that is too short for it; not checked without a day of admission."""
    marked = [code for code in examined.procedures if "los" in code.marks]
    admitted, discharged = examined.stay.admission_date, examined.stay.discharge_date
    if admitted is None:
        number = EDITS["length-of-stay"].number
        return [], tuple(
            UncheckedEdit(edit="length-of-stay", number=number, pointer=code.pointer, reason="no admission date given")
            for code in marked
        )
    is_short = (discharged - admitted).days < rules.shortest_ventilated_stay.on(discharged)
    return [_met("length-of-stay", code) for code in marked if is_short], ()


def _invalid_codes(examined: _Examined) -> Iterator[MetEdit]:
    code_sets, day = CodeSets(examined.tables), examined.stay.discharge_date
    coded: tuple[tuple[CodeSystem, tuple[_Marked, ...]], ...] = (
        ("icd10cm", examined.all_diagnoses),
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
    for code in examined.all_diagnoses:
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
