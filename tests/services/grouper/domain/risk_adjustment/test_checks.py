"""What is refused before anything is scored, each with its pointer."""

from __future__ import annotations

from typing import Any

import pytest

from shared.tables import NoRelease
from tests.services.grouper.domain.risk_adjustment.people import ESRD_V24, V24, V28, faults_of, score_of, scores_of


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"age": None}, [("risk-age-unknown", "/person/birth_date")]),
        ({"age": 125}, [("risk-age-impossible", "/person/age")]),
        ({"age": None, "birth_date": "2026-02-02"}, [("risk-birth-after-payment", "/person/birth_date")]),
        ({"age": 68, "birth_date": "1958-05-14"}, [("risk-age-contradicts", "/person/age")]),
        ({"age": 60}, [("risk-entitlement-contradicts-age", "/person/orec")]),
        ({"age": 64}, [("risk-entitlement-contradicts-age", "/person/orec")]),
        ({"sex": "U"}, [("risk-sex-unknown", "/person/sex")]),
        ({"dual_status": "09"}, [("risk-dual-status-unknown", "/person/dual_status")]),
        ({"payment_year": 2024}, [("risk-payment-year-unknown", "/payment_year")]),
        ({"payment_year": 2028}, [("risk-payment-year-unknown", "/payment_year")]),
        ({"models": ["V28"]}, [("risk-model-unknown", "/models/0")]),
        ({"models": [V28, V24], "payment_year": 2027}, [("risk-model-unknown", "/models/1")]),
        ({"models": [V28, V28]}, [("risk-model-twice", "/models/1")]),
        ({"models": [V28, ESRD_V24]}, [("risk-esrd-missing", "/models/1")]),
        ({"models": [V28], "esrd": {}}, [("risk-esrd-given", "/models/0")]),
        ({"last_year": {"hccs": [{"model": V24, "hcc": "18"}]}}, [("risk-model-not-asked", "/last_year/hccs/0/model")]),
        ({"last_year": {"hccs": [{"model": V28, "hcc": "999"}]}}, [("risk-hcc-unknown", "/last_year/hccs/0/hcc")]),
        ({"sex": "U", "age": 130}, [("risk-age-impossible", "/person/age"), ("risk-sex-unknown", "/person/sex")]),
    ],
)
def test_a_fact_that_would_make_a_wrong_score(fields: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert faults_of("E11.22", **fields) == expected


def test_the_age_is_that_of_1_february_of_the_payment_year() -> None:
    # CMS model software: DATE_ASOF is 1 February. One born on 1961-02-01 is 65 then, one born a day later 64.
    assert scores_of(age=None, birth_date="1961-02-01").age == 65
    assert scores_of(age=None, birth_date="1961-02-02", new_enrollee=True).age == 64
    assert score_of(V28, age=None, birth_date="1956-02-02").segment.code == "CNA"


def test_a_year_whose_mapping_is_not_carried_is_said() -> None:
    with pytest.raises(NoRelease):
        scores_of(payment_year=2025, last_year={"diagnoses": [{"code": "E11.22", "service_date": "2023-05-05"}]})
