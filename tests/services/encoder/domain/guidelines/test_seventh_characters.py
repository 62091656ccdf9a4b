"""Seventh characters (I.A.4, I.A.5, I.B.10, I.C.19.a, I.C.20.a)."""

from __future__ import annotations

import pytest

from shared.tables import Tables
from tests.services.encoder.domain.guidelines.cases import Case, assert_case, fires, silent

CASES = [
    fires("seventh.required", "S72.001", "S72.001"),
    fires("seventh.required", "O31.23X", "O31.23X"),
    silent("seventh.required", "S72.001A"),
    silent("seventh.required", "J18.9"),
    # S00.03 has five characters: the sixth is a placeholder.
    fires("seventh.placeholder", "S00.03A", "S00.03A", "S00.03XA"),
    silent("seventh.placeholder", "S00.03XA"),
    fires("seventh.invalid", "S72.001Z", "S72.001Z"),
    fires("seventh.invalid", "J18.9XXA", "J18.9XXA", "J18.9"),
    silent("seventh.invalid", "S72.001A"),
    fires("seventh.encounters_differ", "S72.001A S52.501D", "S52.501D"),
    # B is the initial encounter for an open fracture.
    silent("seventh.encounters_differ", "S72.001A S52.501B"),
    silent("seventh.encounters_differ", "S72.001A S52.501S"),
    fires("seventh.external_cause_differs", "S72.001A | W01.0XXD", "W01.0XXD", "S72.001A | W01.0XXA"),
    silent("seventh.external_cause_differs", "S72.001B | W01.0XXA Y92.010"),
    fires("sequela.first", "T23.201S L90.5", "T23.201S", "L90.5 T23.201S"),
    fires("sequela.first", "T23.201S", "T23.201S"),
    silent("sequela.first", "L90.5 T23.201S"),
    fires("sequela.with_acute", "L90.5 T23.201S T23.201A", "T23.201S"),
    silent("sequela.with_acute", "L90.5 T23.201S T23.202A"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_seventh_characters(case: Case, rule_tables: Tables) -> None:
    assert_case(case, rule_tables)
