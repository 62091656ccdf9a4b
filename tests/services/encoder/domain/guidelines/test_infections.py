"""Chapter 1 (ICD-10-CM Official Guidelines I.C.1): what each rule speaks of, and what it leaves alone."""

from __future__ import annotations

from datetime import date

import pytest

from shared.tables import Tables
from tests.services.encoder.domain.guidelines.cases import Case, assert_case, fires, silent

CASES = [
    # I.C.1.f.1, I.C.1.g.1.a, I.C.10.c: Zika, COVID-19 and influenza are exceptions to II.H.
    fires("infections.only_confirmed", "U07.1 J12.82", "U07.1", "J12.82", uncertain=("U07.1",)),
    silent("infections.only_confirmed", "J18.9", uncertain=("J18.9",)),
    # I.C.1.a.2.b: pneumocystosis in HIV disease.
    fires("hiv.related_condition_first", "B59 B20", "B59", "B20 B59"),
    silent("hiv.related_condition_first", "B20 B59"),
    # I.C.1.a.2.c: an unrelated reason for admission goes first.
    silent("hiv.related_condition_first", "S72.001A B20"),
    fires("hiv.asymptomatic_with_illness", "B59 Z21", "Z21", "B59 B20"),
    silent("hiv.asymptomatic_with_illness", "J18.9 Z21"),
    fires("hiv.prophylaxis_with_infection", "Z21 Z29.81", "Z29.81", "Z21", setting="professional"),
    silent("hiv.prophylaxis_with_infection", "Z29.81 Z20.6", setting="professional"),
    fires("sepsis.severe_without_infection", "J18.9 R65.20 J96.01", "R65.20", "J18.9 A41.9 R65.20 J96.01"),
    silent("sepsis.severe_without_infection", "A41.51 R65.20 N17.9"),
    silent("sepsis.severe_without_infection", "O85 R65.21"),
    fires("sepsis.severe_without_dysfunction", "A41.9 N39.0 R65.20", "R65.20"),
    silent("sepsis.severe_without_dysfunction", "A41.9 N39.0 R65.20 N17.9"),
    silent("sepsis.severe_without_dysfunction", "A41.9 N39.0 R65.21"),
    fires("sepsis.localized_infection_first", "J18.9:Y A41.9:Y", "J18.9", "A41.9:Y J18.9:Y"),
    # I.C.1.d.4: sepsis that develops after admission stays behind.
    silent("sepsis.localized_infection_first", "J18.9:Y A41.9:N"),
    silent("sepsis.localized_infection_first", "A41.9:Y J18.9:Y"),
    silent("sepsis.localized_infection_first", "N39.0 A41.9", setting="professional"),
    fires("sepsis.after_care_order", "A41.9 T81.44XA", "A41.9", "T81.44XA A41.9"),
    silent("sepsis.after_care_order", "T81.41XA T81.44XA A41.9"),
    fires("sepsis.organism_apart", "A41.9 N39.0 B96.20", "A41.9"),
    silent("sepsis.organism_apart", "A41.51 N39.0 B96.20"),
    # I.C.1.e.1.a: the combination code names organism and resistance.
    fires("infections.resistance_named_twice", "A41.02 Z16.11", "Z16.11", "A41.02"),
    fires("infections.resistance_named_twice", "A41.02 B95.62", "B95.62", "A41.02"),
    silent("infections.resistance_named_twice", "A41.02 L03.115 B95.62"),
    silent("infections.resistance_named_twice", "L03.115 B95.62 Z16.24"),
    fires("covid19.manifestation_first", "J12.82 U07.1", "J12.82", "U07.1 J12.82"),
    silent("covid19.manifestation_first", "U07.1 J12.82 J96.01"),
    silent("covid19.manifestation_first", "J96.01:Y U07.1:N"),
    fires("covid19.pneumonia", "U07.1 J12.89", "J12.89", "U07.1 J12.82", day=date(2021, 1, 1)),
    # J12.82 came on 2021-01-01; until then J12.89 was right.
    silent("covid19.pneumonia", "U07.1 J12.89", day=date(2020, 12, 31)),
    silent("covid19.pneumonia", "J12.89 J44.0"),
    fires("covid19.exposure_with_disease", "U07.1 Z20.822", "Z20.822", "U07.1"),
    silent("covid19.exposure_with_disease", "R05.1 Z20.822", setting="professional"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_chapter_1(case: Case, embedded_tables: Tables) -> None:
    assert_case(case, embedded_tables)
