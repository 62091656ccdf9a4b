"""Ages and sexes as the Definitions of Medicare Code Edits list them."""

from __future__ import annotations

from datetime import date

import pytest

from services.encoder.domain.code_filters import CodeFilter
from services.encoder.domain.terms.point import NamedSystem
from shared.tables import Tables

DAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("narrowed", "system", "code", "fits"),
    [
        (CodeFilter(), "icd10cm", "C61", True),
        (CodeFilter(sex="F"), "icd10cm", "C61", False),  # malignant neoplasm of prostate
        (CodeFilter(sex="M"), "icd10cm", "C61", True),
        (CodeFilter(sex="M"), "icd10cm", "O80", False),
        (CodeFilter(sex="M"), "icd10pcs", "0UT90ZZ", False),  # resection of uterus
        (CodeFilter(age=70), "icd10cm", "O80", False),  # maternity: 9 to 64
        (CodeFilter(age=64), "icd10cm", "O80", True),
        (CodeFilter(age=9), "icd10cm", "O80", True),
        (CodeFilter(age=8), "icd10cm", "O80", False),
        (CodeFilter(age=8, sex="F"), "icd10cm", "J189", True),
        (CodeFilter(age=8, sex="M"), "hcpcs", "J0120", True),
    ],
)
def test_codes_fit_patients(
    embedded_tables: Tables, narrowed: CodeFilter, system: NamedSystem, code: str, fits: bool
) -> None:
    assert narrowed.admits(embedded_tables, system, code, DAY) is fits


def test_a_day_before_any_table_is_answered_by_the_nearest(embedded_tables: Tables) -> None:
    assert not CodeFilter(age=70, sex="M").admits(embedded_tables, "icd10cm", "O80", date(2010, 1, 1))
