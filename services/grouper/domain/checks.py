"""What must be right before the engine is asked: it takes an age of -1 and an unknown code without a word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from services.grouper.domain.rules import Rules
from services.grouper.domain.stays import Stay
from shared.claims import Diagnosis, Procedure, ReturnReason
from shared.tables import CodeSets, CodeSystem, Tables, mce

_CODE_EDIT = "Definitions of Medicare Code Edits, edit 1 (invalid diagnosis or procedure code)"
_AGE_EDIT = "Definitions of Medicare Code Edits, edit 14 (invalid age)"
_SEX_EDIT = "Definitions of Medicare Code Edits, edit 15 (invalid sex)"
_STATUS_EDIT = "Definitions of Medicare Code Edits, edit 16 (invalid discharge status)"
_VERSIONS = "CMS, MS-DRG Classifications and Software"
_PRINCIPAL = "ICD-10-CM Official Guidelines, section II; UB-04 form locator 67"
_ADMISSION = "005010X223A2 2300 DTP*435 (admission date, required on inpatient claims)"

Pointers = Mapping[str, str]
"""Field of a stay to its JSON pointer in the document that the stay was read from; absent: the field's own name."""


def faults_of(stay: Stay, rules: Rules, tables: Tables, pointers: Pointers) -> tuple[ReturnReason, ...]:
    """Everything about a stay that keeps it from being grouped; empty when the engine may be asked."""
    if rules.version_on(stay.discharge_date) is None:
        message = f"no MS-DRG version is carried for a discharge on {stay.discharge_date}"
        return (_reason("version-unknown", message, pointers.get("discharge_date", "/discharge_date"), _VERSIONS),)
    found = (*_facts(stay, rules, tables), *_codes(stay, CodeSets(tables)))
    return tuple(
        _reason(code, message, pointers.get(field, f"/{field}"), source) for code, message, field, source in found
    )


_Fault = tuple[str, str, str, str]  # code, message, field or the rest of its pointer, source


def _facts(stay: Stay, rules: Rules, tables: Tables) -> Iterator[_Fault]:
    day = stay.discharge_date
    yield from _age(stay, rules.highest_age.on(day))
    if stay.sex is None:
        yield "sex-missing", "the patient's sex is not known; U says that it is unknown", "sex", _SEX_EDIT
    if stay.discharge_status is None:
        yield "discharge-status-missing", "the discharge status is not known", "discharge_status", _STATUS_EDIT
    elif not mce.is_discharge_status(tables, stay.discharge_status, day):
        yield "discharge-status-invalid", "there is no such discharge status", "discharge_status", _STATUS_EDIT
    if not stay.diagnoses:
        yield "principal-diagnosis-missing", "there is no principal diagnosis", "diagnoses", _PRINCIPAL


def _age(stay: Stay, highest: int) -> Iterator[_Fault]:
    if stay.admission_date is not None and stay.admission_date > stay.discharge_date:
        yield "admission-after-discharge", "the admission is later than the discharge", "admission_date", _ADMISSION
    age = stay.age_at_admission
    if age is None:
        if stay.birth_date is None:
            yield "age-unknown", "the age is not known: there is no birth date", "birth_date", _AGE_EDIT
        if stay.admission_date is None:
            yield (
                "admission-date-missing",
                "the age is not known: there is no admission date",
                "admission_date",
                _ADMISSION,
            )
    elif age < 0:
        yield "birth-after-admission", "the birth is later than the admission", "birth_date", _AGE_EDIT
    elif age > highest:
        yield "age-impossible", f"an age is at most {highest} years", "age", _AGE_EDIT


def _codes(stay: Stay, code_sets: CodeSets) -> Iterator[_Fault]:
    coded: tuple[tuple[CodeSystem, str, str, tuple[Diagnosis | Procedure, ...]], ...] = (
        ("icd10cm", "diagnoses", "ICD-10-CM", stay.diagnoses),
        ("icd10pcs", "procedures", "ICD-10-PCS", stay.procedures),
    )
    for system, field, label, items in coded:
        for index in code_sets.invalid(system, [item.code for item in items], stay.discharge_date):
            message = f"not a complete {label} code valid on {stay.discharge_date}"
            yield "code-invalid", message, f"{field}/{index}/code", _CODE_EDIT


def _reason(code: str, message: str, pointer: str, source: str) -> ReturnReason:
    return ReturnReason(code=f"grouper-{code}", message=message, pointer=pointer, source=source)
