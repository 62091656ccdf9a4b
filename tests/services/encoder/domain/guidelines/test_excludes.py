"""Excludes notes (I.A.12); each expected pair is a note of the tabular list."""

from __future__ import annotations

import pytest

from shared.tables import Tables
from tests.services.encoder.domain.guidelines.cases import Case, assert_case, fires, silent

CASES = [
    # E11: Excludes1 type 1 diabetes mellitus (E10.-).
    fires("excludes1.pair", "E11.9 E10.9", "E10.9"),
    silent("excludes1.pair", "E11.9 I10"),
    # J18: Excludes2 aspiration pneumonia NOS (J69.0).
    fires("excludes2.together", "J18.9 J69.0", "J69.0"),
    silent("excludes2.together", "J18.9 I10"),
    # Chapter 9 as a whole has an Excludes2 note on chapter 4: it tells nothing of a chart.
    silent("excludes2.together", "I10 E66.9"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_excludes(case: Case, rule_tables: Tables) -> None:
    assert_case(case, rule_tables)
