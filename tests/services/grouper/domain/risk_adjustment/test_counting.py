"""Which diagnoses count, and what is said of the others."""

from __future__ import annotations

from typing import Any

import pytest

from tests.services.grouper.domain.risk_adjustment.people import ESRD_V24, RX, V24, V28, score_of, scores_of


@pytest.mark.parametrize(
    ("diagnosis", "reason"),
    [
        ({"code": "E11.22", "service_date": "2024-12-31"}, "service-outside-year"),
        ({"code": "E11.22", "service_date": "2026-01-01"}, "service-outside-year"),
        # A heading, and a code that took effect on 2025-10-01 (FY2026 addenda: E11.A).
        ({"code": "E11.2"}, "code-invalid"),
        ({"code": "E11.A", "service_date": "2023-06-01"}, "service-outside-year"),
        ({"code": "E11.22", "claim": {"procedures": ["80048"]}}, "procedure-not-eligible"),
        ({"code": "E11.22", "claim": {}}, "procedure-not-eligible"),
        ({"code": "E11.22", "claim": {"facility_type": "13", "procedures": ["80048"]}}, "procedure-not-eligible"),
        ({"code": "E11.22", "claim": {"facility_type": "21"}}, "bill-type-not-eligible"),
    ],
)
def test_a_diagnosis_that_no_model_counts(diagnosis: dict[str, Any], reason: str) -> None:
    scores = scores_of("I10", diagnosis)
    [not_counted] = scores.not_counted
    assert (not_counted.reason, not_counted.pointer) == (reason, "/diagnoses/1/code")
    assert scores.models[0].hccs == ()


@pytest.mark.parametrize(
    "claim",
    [
        {"procedures": ["80048", "99213"]},
        {"facility_type": "11"},
        {"facility_type": "13", "procedures": ["99213"]},
        None,
    ],
)
def test_a_claim_that_counts(claim: dict[str, Any] | None) -> None:
    # CMS, risk adjustment eligible CPT/HCPCS codes: an office visit is one, a laboratory panel is none.
    scores = scores_of({"code": "E11.22", "claim": claim})
    assert (scores.not_counted, [one.hcc for one in scores.models[0].hccs]) == ((), ["37"])


def test_a_diagnosis_that_is_not_in_the_model() -> None:
    scored = score_of(V28, "I10")
    assert [(one.code, one.reason) for one in scored.not_counted] == [("I10", "not-in-model")]


@pytest.mark.parametrize(
    ("model", "diagnosis", "person", "categories"),
    [
        # Macros V28I0ED and V24I0ED: haemophilia of a woman is another bleeding disorder.
        (V28, "D66", {}, ["112"]),
        (V28, "D66", {"sex": "M"}, ["111"]),
        (V24, "D66", {}, ["48"]),
        # Breast cancer under 50.
        (V28, "C50.911", {"age": 49, "orec": "1"}, ["22"]),
        (V28, "C50.911", {"age": 50, "orec": "1"}, ["23"]),
        # Chronic bronchitis under 18: not in V28, another category in V24.
        (V28, "J44.9", {"age": 17, "orec": "1"}, []),
        (V24, "J44.9", {"age": 17, "orec": "1"}, ["112"]),
        (V28, "J44.9", {"age": 18, "orec": "1"}, ["280"]),
        (ESRD_V24, "F34.81", {"age": 19, "orec": "2", "esrd": {}}, []),
        (RX, "D66", {}, []),
        # Definitions of Medicare Code Edits: an adult's code (15 to 124). Both of its categories go.
        (V28, "I70.231", {"age": 14, "orec": "1"}, []),
        (V28, "I70.231", {}, ["263", "383"]),
    ],
)
def test_the_models_edits_of_age_and_sex(
    model: str, diagnosis: str, person: dict[str, Any], categories: list[str]
) -> None:
    scored = score_of(model, diagnosis, **person)
    found = sorted(one.hcc for one in (*scored.hccs, *scored.dropped))
    assert found == categories
    assert [one.reason for one in scored.not_counted] == (
        [] if categories else ["not-in-model" if model == RX else "age-sex-edit"]
    )


def test_a_code_is_checked_on_its_day_and_mapped_by_its_payment_year() -> None:
    # E66.813 (obesity, class 3) took effect on 2024-10-01 (FY2025 addenda).
    early = scores_of({"code": "E66.813", "service_date": "2024-09-30"}, payment_year=2025)
    assert [one.reason for one in early.not_counted] == ["code-invalid"]
    later = scores_of({"code": "E66.813", "service_date": "2025-09-30"})
    assert (later.not_counted, [one.hcc for one in later.models[0].hccs]) == ((), ["48"])
