"""The marks of the Medicare Code Editor, against CMS, Definitions of Medicare Code Edits, v42 and v43."""

from __future__ import annotations

from datetime import date

import pytest

from shared.tables import Tables, mce

FY2024, FY2026 = date(2024, 9, 30), date(2025, 10, 1)


@pytest.mark.parametrize(
    ("code", "mark"),
    [
        ("D630", "manifestation"),  # anemia in neoplastic disease: code first neoplasm
        ("V0001XA", "ecodepdx"),  # external cause
        ("B950", "unacceptable"),  # streptococcus as the cause of diseases classified elsewhere
        ("A33", "newborn"),  # tetanus neonatorum
        ("G8100", "unspecified"),  # flaccid hemiplegia affecting unspecified side
        ("Z5189", "reqsdx"),  # encounter for other specified aftercare: needs a secondary diagnosis
    ],
)
def test_a_diagnosis_has_the_marks_of_its_lists(embedded_tables: Tables, code: str, mark: str) -> None:
    assert mark in mce.diagnosis_marks(embedded_tables, code, FY2026)


def test_a_code_of_no_list_has_no_mark(embedded_tables: Tables) -> None:
    assert mce.diagnosis_marks(embedded_tables, "J189", FY2026) == ()


def test_the_sex_conflict_edit_ended_with_discharges_of_september_2024(embedded_tables: Tables) -> None:
    # v42: the sex conflict edit was deactivated with effect from 2024-10-01.
    assert "female" in mce.diagnosis_marks(embedded_tables, "A34", FY2024)
    assert "female" not in mce.diagnosis_marks(embedded_tables, "A34", date(2024, 10, 1))
    assert mce.diagnosis_marks(embedded_tables, "A34", date(2024, 10, 1)) == ("maternity",)


def test_a_procedure_that_medicare_does_not_cover_is_marked(embedded_tables: Tables) -> None:
    # Hippocampus and other closed destruction by percutaneous X approach: non-covered procedure list.
    assert mce.procedure_marks(embedded_tables, "00F3XZZ", FY2026) == ("noncovered",)


@pytest.mark.parametrize(
    ("category", "day", "ages"),
    [
        ("newborn", FY2026, (0, 0)),
        ("pediatric", FY2026, (0, 17)),
        ("maternity", FY2026, (9, 64)),  # widened in v37
        ("maternity", date(2019, 9, 30), (12, 55)),
        ("adult", FY2026, (15, 124)),
    ],
)
def test_the_ages_of_the_age_conflict_edit(
    embedded_tables: Tables, category: mce.AgeCategory, day: date, ages: tuple[int, int]
) -> None:
    found = mce.age_range(embedded_tables, category, day)
    assert found is not None
    assert (found.lowest, found.highest) == ages


def test_discharge_statuses(embedded_tables: Tables) -> None:
    assert mce.is_discharge_status(embedded_tables, "01", FY2026)
    assert mce.is_discharge_status(embedded_tables, "95", FY2026)
    assert not mce.is_discharge_status(embedded_tables, "99", FY2026)
    assert not mce.is_discharge_status(embedded_tables, "08", FY2026)  # deleted in 2005
