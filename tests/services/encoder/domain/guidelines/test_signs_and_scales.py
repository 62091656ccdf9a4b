"""Coma scale, unknown death, body mass index and pain (ICD-10-CM Official Guidelines I.C.18, I.B.14, I.C.6.b)."""

from __future__ import annotations

import pytest

from shared.tables import Tables
from tests.services.encoder.domain.guidelines.cases import Case, assert_case, fires, silent

CASES = [
    fires("coma_scale.incomplete", "S06.5X1A R40.2110 R40.2210", "R40.2110"),
    silent("coma_scale.incomplete", "S06.5X1A R40.2111 R40.2211 R40.2311"),
    fires("coma_scale.times_differ", "S06.5X1A R40.2111 R40.2211 R40.2312", "R40.2111"),
    silent("coma_scale.times_differ", "S06.5X1A R40.2111 R40.2211 R40.2311"),
    fires(
        "coma_scale.total_with_parts",
        "S06.5X1A R40.2111 R40.2211 R40.2311 R40.2431",
        "R40.2431",
        "S06.5X1A R40.2111 R40.2211 R40.2311",
    ),
    silent("coma_scale.total_with_parts", "S06.5X1A R40.2431"),
    fires("body_mass_index.alone", "I10 Z68.41", "Z68.41", "I10"),
    silent("body_mass_index.alone", "E66.813 Z68.41"),
    fires("body_mass_index.in_pregnancy", "O99.213 E66.9 Z68.41", "Z68.41", "O99.213 E66.9"),
    silent("body_mass_index.in_pregnancy", "E66.9 Z68.41"),
    fires("body_mass_index.age", "E66.9 Z68.54", "Z68.54", age=20),
    silent("body_mass_index.age", "E66.9 Z68.54", age=19),
    fires("body_mass_index.age", "E66.9 Z68.41", "Z68.41", age=19),
    silent("body_mass_index.age", "E66.9 Z68.41"),
    fires("pain.beside_its_cause", "M48.061 G89.29", "G89.29"),
    # An encounter for pain control has G89 first.
    silent("pain.beside_its_cause", "G89.29 M48.061"),
    fires("death.unknown_in_stay", "I10 R99", "R99", "I10"),
    silent("death.unknown_in_stay", "R99", setting="emergency"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_signs_and_scales(case: Case, embedded_tables: Tables) -> None:
    assert_case(case, embedded_tables)
