"""Chapter 10 (ICD-10-CM Official Guidelines I.C.10)."""

from __future__ import annotations

import pytest

from shared.tables import Tables
from tests.services.encoder.domain.guidelines.cases import Case, assert_case, fires, silent

CASES = [
    fires("copd.unspecified_beside_specified", "J44.1 J44.9", "J44.9", "J44.1"),
    silent("copd.unspecified_beside_specified", "J44.0 J44.1 J18.9"),
    fires("copd.infection_untold", "J18.9 J44.9", "J44.9", "J18.9 J44.0"),
    fires("copd.infection_untold", "J44.1 J20.9", "J44.1", "J44.0 J44.1 J20.9"),
    # Influenza and aspiration are no infections of J44.0's note.
    silent("copd.infection_untold", "J69.0 J44.9"),
    silent("copd.infection_untold", "J44.0 J18.9"),
    fires("respiratory_failure.acute_and_chronic_apart", "J96.01 J96.11", "J96.11", "J96.21"),
    silent("respiratory_failure.acute_and_chronic_apart", "J96.21 J44.1"),
    # I.C.10.b.1: obstetrics, poisoning, HIV and newborns are sequenced by their chapters.
    fires("respiratory_failure.first_over_chapter", "J96.01 T40.2X1A", "J96.01", "T40.2X1A J96.01"),
    silent("respiratory_failure.first_over_chapter", "J96.01 T40.2X5A"),
    silent("respiratory_failure.first_over_chapter", "J96.01 J18.9"),
    fires("respiratory_failure.equally_meeting", "J18.9:Y J96.01:Y", "J18.9"),
    silent("respiratory_failure.equally_meeting", "J18.9:Y J96.01:N"),
    silent("respiratory_failure.equally_meeting", "J18.9 J96.01", setting="emergency"),
    fires("ventilator_pneumonia.type_added", "J95.851 J15.1", "J15.1", "J95.851"),
    # I.C.10.d.2: admitted with one pneumonia, then ventilator-associated pneumonia.
    silent("ventilator_pneumonia.type_added", "J13:Y J95.851:N B96.5"),
    silent("ventilator_pneumonia.type_added", "J95.851 B96.5"),
    fires("vaping.manifestation_first", "J68.0 U07.0", "J68.0", "U07.0 J68.0"),
    silent("vaping.manifestation_first", "U07.0 J68.0"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_chapter_10(case: Case, embedded_tables: Tables) -> None:
    assert_case(case, embedded_tables)
