"""The Medicare Code Editor: each edit by hand, and every count against `msdrg`'s port of CMS's editor."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any, get_args

import msdrg
import pytest

from services.grouper.domain.code_editor import edit_stay
from services.grouper.domain.code_edits import EDITS, EditedStay, EditName
from services.grouper.domain.stays import Stay
from services.grouper.parameters import load_rules
from shared.claims import Diagnosis, IcdCode, PcsCode, Procedure
from shared.tables import Tables, icd10, mce

DAY = date(2025, 11, 20)
STAYS = 3000
RULES = load_rules()

THEIR_NAMES: dict[str, EditName] = {
    "INVALID_CODE": "invalid-code",
    "E_CODE_AS_PDX": "external-cause-as-principal",
    "DUPLICATE_OF_PDX": "duplicate-of-principal",
    "AGE_CONFLICT": "age-conflict",
    "SEX_CONFLICT": "sex-conflict",
    "MANIFESTATION_AS_PDX": "manifestation-as-principal",
    "QUESTIONABLE_ADMISSION": "questionable-admission",
    "QUESTIONABLE_OBSTETRIC_ADMISSION": "questionable-obstetric-admission",
    "UNACCEPTABLE_PDX": "unacceptable-principal",
    "REQUIRES_SDX": "requires-secondary-diagnosis",
    "NON_COVERED": "non-covered-procedure",
    "INVALID_AGE": "invalid-age",
    "INVALID_SEX": "invalid-sex",
    "INVALID_DISCHARGE_STATUS": "invalid-discharge-status",
    "LIMITED_COVERAGE": "limited-coverage",
    "WRONG_PROCEDURE_PERFORMED": "wrong-procedure-performed",
    "UNSPECIFIED": "unspecified-code",
}
THEIR_EDIT_19 = "INCONSISTENT_WITH_LENGTH_OF_STAY"


def a_stay(
    *diagnoses: str,
    procedures: tuple[str, ...] = (),
    age: int = 70,
    sex: str = "F",
    status: str = "01",
    day: date = DAY,
    admitted: date | None = None,
    admitting: str | None = None,
) -> Stay:
    return Stay.model_construct(
        discharge_date=day,
        admission_date=admitted,
        admitting_diagnosis=Diagnosis.model_construct(code=IcdCode(admitting)) if admitting else None,
        age=age,
        sex=sex,
        discharge_status=status,
        diagnoses=tuple(Diagnosis.model_construct(code=IcdCode(code), poa="Y") for code in diagnoses),
        procedures=tuple(Procedure.model_construct(code=PcsCode(code), date=None) for code in procedures),
    )


def edited(tables: Tables, stay: Stay) -> EditedStay:
    return edit_stay(stay, RULES, tables, {})


@pytest.mark.parametrize(
    ("stay", "met"),
    [
        (a_stay("I5023", "I10"), []),
        (a_stay("I502"), [("invalid-code", 1, "/diagnoses/0/code")]),
        (a_stay("V0001XA"), [("external-cause-as-principal", 2, "/diagnoses/0/code")]),
        (a_stay("J189", "I10", "J189"), [("duplicate-of-principal", 3, "/diagnoses/2/code")]),
        (a_stay("J189", "A33"), [("age-conflict", 4, "/diagnoses/1/code")]),
        (a_stay("J189", "A1815", day=date(2024, 9, 30)), [("sex-conflict", 5, "/diagnoses/1/code")]),
        (a_stay("J189", "A1815", day=date(2024, 10, 1)), []),  # v42: the edit was deactivated
        (a_stay("D630"), [("manifestation-as-principal", 6, "/diagnoses/0/code")]),
        (a_stay("J189", "D630"), []),
        (a_stay("I10"), [("questionable-admission", 8, "/diagnoses/0/code")]),
        (
            a_stay("O80", procedures=("10D00Z0",), age=30),
            [("questionable-obstetric-admission", 8, "/procedures/0/code")],
        ),
        (a_stay("O80", "Z370", procedures=("10D00Z0",), age=30), []),
        (a_stay("B950"), [("unacceptable-principal", 9, "/diagnoses/0/code")]),
        (a_stay("Z5189"), [("requires-secondary-diagnosis", 9, "/diagnoses/0/code")]),
        (a_stay("Z5189", "I10"), []),
        (a_stay("J189", procedures=("00F3XZZ",)), [("non-covered-procedure", 11, "/procedures/0/code")]),
        (a_stay("J189", "Z302", procedures=("0U570ZZ",)), [("non-covered-procedure", 11, "/procedures/0/code")]),
        (a_stay("J189", procedures=("0U570ZZ",)), []),
        (a_stay("J189", age=125), [("invalid-age", 14, "/age")]),
        (a_stay("J189", status="99"), [("invalid-discharge-status", 16, "/discharge_status")]),
        (a_stay("J189", procedures=("02WA3QZ",)), [("limited-coverage", 17, "/procedures/0/code")]),
        (a_stay("J189", "Y6551"), [("wrong-procedure-performed", 18, "/diagnoses/1/code")]),
        (a_stay("G8100"), [("unspecified-code", 20, "/diagnoses/0/code")]),
    ],
)
def test_an_edit_names_the_code_that_caused_it(
    embedded_tables: Tables, stay: Stay, met: list[tuple[str, int, str]]
) -> None:
    assert [(one.edit, one.number, one.pointer) for one in edited(embedded_tables, stay).edits] == met


def test_an_edit_says_in_words_what_it_is_about_and_where_it_is_written(embedded_tables: Tables) -> None:
    [met] = edited(embedded_tables, a_stay("V0001XA")).edits
    assert met.title == "External cause of morbidity as principal diagnosis"
    assert met.source == "CMS, Definitions of Medicare Code Edits, edit 2"
    assert set(get_args(EditName)) == set(EDITS)


@pytest.mark.parametrize(
    ("admitted", "numbers"),
    [
        (date(2025, 11, 15), []),  # five days: more than 96 hours of ventilation fit
        (date(2025, 11, 16), [19]),
        (date(2025, 11, 20), [19]),
    ],
)
def test_ventilation_of_more_than_96_hours_needs_a_stay_of_more_than_four_days(
    embedded_tables: Tables, admitted: date, numbers: list[int]
) -> None:
    # Definitions of Medicare Code Edits, edit 19: 5A1955Z is its one code.
    found = edited(embedded_tables, a_stay("J9601", procedures=("0BH17EZ", "5A1955Z"), admitted=admitted))
    assert [one.number for one in found.edits] == numbers
    assert {one.pointer for one in found.edits} <= {"/procedures/1/code"}
    assert found.not_checked == ()


def test_an_edit_that_needs_the_day_of_admission_is_said_to_be_unchecked_without_it(embedded_tables: Tables) -> None:
    found = edited(embedded_tables, a_stay("J9601", procedures=("5A1955Z",)))
    assert found.edits == ()
    assert [(one.number, one.pointer, one.reason) for one in found.not_checked] == [
        (19, "/procedures/0/code", "no admission date given")
    ]
    shorter = a_stay("J9601", procedures=("5A1945Z",), admitted=DAY)  # 24 to 96 hours: not on the list
    assert edited(embedded_tables, shorter).not_checked == edited(embedded_tables, shorter).edits == ()


@pytest.mark.parametrize(
    ("admitting", "met"),
    [
        ("R0602", []),
        ("I502", [("invalid-code", "/admitting_diagnosis/code")]),
        ("A33", [("age-conflict", "/admitting_diagnosis/code")]),
        ("V0001XA", []),  # it need not be fit for a principal diagnosis
    ],
)
def test_the_admitting_diagnosis_is_looked_at_as_a_code(
    embedded_tables: Tables, admitting: str, met: list[tuple[str, str]]
) -> None:
    found = edited(embedded_tables, a_stay("J189", admitting=admitting))
    assert [(one.edit, one.pointer) for one in found.edits] == met


@pytest.mark.parametrize(
    ("status", "is_valid"),
    [
        ("01", True),
        ("20", True),  # died
        ("30", True),  # still a patient: an interim bill
        ("69", True),  # to a designated disaster alternative care site, since 2013-10-01
        ("81", True),  # home, with a planned readmission, since 2013-10-01
        ("95", True),
        ("09", False),  # admitted as an inpatient: of outpatient bills only
        ("40", False),  # died at home, 41 and 42: of hospice bills only
        ("41", False),
        ("42", False),
        ("71", False),  # ended in 2003
        ("1", False),
        (None, False),
    ],
)
def test_a_discharge_status_is_one_of_an_inpatient_stay(
    embedded_tables: Tables, status: str | None, is_valid: bool
) -> None:
    found = edited(embedded_tables, a_stay("J189").model_copy(update={"discharge_status": status}))
    assert [(one.number, one.pointer) for one in found.edits] == ([] if is_valid else [(16, "/discharge_status")])


def some_stays(tables: Tables) -> Iterator[Stay]:
    """Most codes are ones that the editor marks, those of its shortest lists among them."""
    chance = random.Random(19)
    diagnoses = [entry.code for entry in icd10.starting_with(tables, "icd10cm", "", DAY, limit=100_000)]
    operations = [entry.code for entry in icd10.starting_with(tables, "icd10pcs", "", DAY, limit=100_000)]
    marked = [code for code, _rows in tables.on(mce.DIAGNOSES, DAY).store.items()]
    marked_operations = [code for code, _rows in tables.on(mce.PROCEDURES, DAY).store.items()]
    seldom = ["Z5189", "Y6551", "I10", "E119", "Z302", "Z370", "E1010", "C9100"]
    for _ in range(STAYS):
        codes = [chance.choice(chance.choice((diagnoses, marked, seldom))) for _ in range(chance.randint(1, 9))]
        procedures = [
            chance.choice(chance.choice((operations, marked_operations))) for _ in range(chance.randint(0, 4))
        ]
        yield a_stay(
            *codes,
            *codes[: chance.choice((0, 0, 1))],
            procedures=tuple(procedures),
            age=chance.choice((0, 1, 5, 12, 17, 18, 30, 56, 60, 61, 64, 65, 80, 124, 125)),
            sex=chance.choice("FMU"),
            status=chance.choice(("01", "03", "20", "99")),
            day=chance.choice((DAY, date(2023, 2, 1), date(2024, 9, 30), date(2026, 10, 1))),
        )


def their_claim(stay: Stay) -> dict[str, Any]:
    principal, *secondary = ({"code": str(one.code), "poa": "Y"} for one in stay.diagnoses)
    return {
        "discharge_date": int(stay.discharge_date.strftime("%Y%m%d")),
        "icd_version": 10,
        "age": stay.age,
        "sex": {"M": 0, "F": 1, "U": 2}[stay.sex or "U"],
        "discharge_status": int(stay.discharge_status or 0),
        "pdx": principal,
        "sdx": secondary,
        "procedures": [{"code": str(one.code)} for one in stay.procedures],
    }


def test_every_count_is_that_of_the_ported_editor(embedded_tables: Tables) -> None:
    seen: Counter[str] = Counter()
    with msdrg.MceEditor() as editor:
        for stay in some_stays(embedded_tables):
            found = editor.edit(their_claim(stay))["edits"]
            # Their edit 19 takes the patient's age for the length of the stay, which it is not given.
            theirs = {THEIR_NAMES[one["name"]]: one["count"] for one in found if one["name"] != THEIR_EDIT_19}
            ours = Counter(one.edit for one in edited(embedded_tables, stay).edits)
            assert ours == theirs, their_claim(stay)
            seen.update(ours)
    assert seen.keys() == set(THEIR_NAMES.values())
