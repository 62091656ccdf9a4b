"""Chapter 20 (ICD-10-CM Official Guidelines I.C.20)."""

from __future__ import annotations

import pytest

from shared.tables import Tables
from tests.services.encoder.domain.guidelines.cases import Case, assert_case, fires, silent

CASES = [
    fires(
        "external_causes.place_twice", "S72.001A | W01.0XXA Y92.009 Y92.410", "Y92.410", "S72.001A | W01.0XXA Y92.009"
    ),
    silent("external_causes.place_twice", "S72.001A | W01.0XXA Y92.009"),
    fires("external_causes.activity_twice", "S93.401A | Y93.01 Y93.02", "Y93.02", "S93.401A | Y93.01"),
    silent("external_causes.activity_twice", "S93.401A | Y93.01 Y92.009"),
    fires("external_causes.status_twice", "S93.401A | Y99.0 Y99.8", "Y99.8", "S93.401A | Y99.0"),
    silent("external_causes.status_twice", "S93.401A | Y99.8"),
    fires("external_causes.circumstances_later", "S72.001D | W01.0XXD Y92.009", "Y92.009", "S72.001D | W01.0XXD"),
    silent("external_causes.circumstances_later", "S72.001A | W01.0XXA Y92.009"),
    fires("external_causes.circumstances_without_accident", "K25.4 T39.395A Y93.89", "Y93.89", "K25.4 T39.395A"),
    silent("external_causes.circumstances_without_accident", "S93.401A | W01.0XXA Y93.01"),
    fires("external_causes.circumstances_unspecified", "S93.401A | Y92.9", "Y92.9", "S93.401A"),
    silent("external_causes.circumstances_unspecified", "S93.401A | Y92.009"),
    # I.C.20.f: transport before other causes.
    fires("external_causes.order", "S72.001A | W01.0XXA V43.52XA", "V43.52XA", "S72.001A | V43.52XA W01.0XXA"),
    silent("external_causes.order", "S72.001A | V43.52XA W01.0XXA Y92.410"),
    fires("external_causes.missing", "S72.001A", "S72.001A"),
    silent("external_causes.missing", "S72.001A | W01.0XXA"),
    silent("external_causes.missing", "S72.001D"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_chapter_20(case: Case, embedded_tables: Tables) -> None:
    assert_case(case, embedded_tables)
