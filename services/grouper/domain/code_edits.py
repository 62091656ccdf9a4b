"""The edits of the Medicare Code Editor by name, and the form of what was found on a stay.

Source: CMS, Definitions of Medicare Code Edits.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from shared.claims import Date, Many, Model

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
    "length-of-stay",
    "unspecified-code",
]


class Edit(NamedTuple):
    """Its number in CMS's Definitions of Medicare Code Edits, and what it is about, in words."""

    number: int
    title: str


EDITS: dict[EditName, Edit] = {
    "invalid-code": Edit(1, "Invalid diagnosis or procedure code"),
    "external-cause-as-principal": Edit(2, "External cause of morbidity as principal diagnosis"),
    "duplicate-of-principal": Edit(3, "Secondary diagnosis is the same as the principal diagnosis"),
    "age-conflict": Edit(4, "Diagnosis conflicts with the patient's age"),
    "sex-conflict": Edit(5, "Diagnosis or procedure conflicts with the patient's sex"),
    "manifestation-as-principal": Edit(6, "Manifestation code as principal diagnosis"),
    "questionable-admission": Edit(8, "Principal diagnosis seldom justifies an admission"),
    "questionable-obstetric-admission": Edit(8, "Delivery by procedure without an outcome of delivery"),
    "unacceptable-principal": Edit(9, "Unacceptable principal diagnosis"),
    "requires-secondary-diagnosis": Edit(9, "Principal diagnosis that requires a secondary diagnosis"),
    "non-covered-procedure": Edit(11, "Procedure that Medicare does not cover"),
    "invalid-age": Edit(14, "Age is missing or impossible"),
    "invalid-sex": Edit(15, "Sex is missing or not one that the editor knows"),
    "invalid-discharge-status": Edit(16, "Discharge status is missing or none of an inpatient stay"),
    "limited-coverage": Edit(17, "Procedure that Medicare covers only under conditions"),
    "wrong-procedure-performed": Edit(18, "Wrong procedure, wrong patient or wrong side"),
    "length-of-stay": Edit(19, "Procedure inconsistent with the length of stay"),
    "unspecified-code": Edit(20, "Unspecified code where the side can be said"),
}


class MetEdit(Model):
    """An edit that a stay met."""

    edit: EditName
    number: int
    """Of the edit in CMS's Definitions of Medicare Code Edits."""
    title: str
    """What the edit is about, in words."""
    pointer: str
    """To the code or field that caused it."""
    code: str | None = None
    source: str


class UncheckedEdit(Model):
    """An edit that a code may meet, and that the stay has not enough for."""

    edit: EditName
    number: int
    pointer: str
    """To the code that the edit is about."""
    reason: str


class EditedStay(Model):
    """What the editor found; nothing where a stay passes."""

    as_of: Date
    edits: Many[MetEdit]
    not_checked: Many[UncheckedEdit] = ()
    release: str
    """Of the editor's tables."""
