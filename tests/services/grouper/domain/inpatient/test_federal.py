"""The federal payments: 42 CFR 412.64, 412.308-412.316, Tables 1A, 1B and 1D of the final rules."""

from __future__ import annotations

import pytest

from shared.tables import Tables
from tests.services.grouper.domain.inpatient.discharges import amount, left_out, priced


def test_a_discharge_pays_the_rate_by_the_weight(embedded_tables: Tables) -> None:
    estimate = priced(embedded_tables)
    # (4,186.62 × 1 + 2,565.99 × 1) × 1.9425 = 13,116.944925; 524.15 × 1 × 1.9425 = 1,018.161375.
    assert amount(estimate, "operating-federal-rate") == "6752.61"
    assert amount(estimate, "operating-federal-payment") == "13116.94"
    assert amount(estimate, "capital-federal-payment") == "1018.16"
    assert str(estimate.total) == "14135.10"
    assert estimate.label == "estimate"


def test_a_wage_index_above_1_has_the_greater_labor_share(embedded_tables: Tables) -> None:
    estimate = priced(embedded_tables, {"wage_index": "1.2"})
    # Table 1A: 4,456.72 × 1.2 + 2,295.89 = 7,643.954; × 1.9425 = 14,848.380645.
    assert amount(estimate, "operating-federal-payment") == "14848.38"
    # GAF 1.2^0.6848 = e^(0.6848 × 0.182321557) = 1.1330; 524.15 × 1.1330 = 593.86195; × 1.9425 = 1,153.576838.
    assert amount(estimate, "capital-federal-payment") == "1153.58"


def test_a_wage_index_of_1_itself_has_the_share_of_62_per_cent(embedded_tables: Tables) -> None:
    [rate, *_] = priced(embedded_tables, {"wage_index": "1.0000"}).steps
    assert rate.arithmetic.startswith("4,186.62 × 1 + 2,565.99")
    [rate, *_] = priced(embedded_tables, {"wage_index": "1.0001"}).steps
    assert rate.arithmetic.startswith("4,456.72 × 1.0001 + 2,295.89")


def test_cost_of_living_raises_the_nonlabor_part_and_a_share_of_capital(embedded_tables: Tables) -> None:
    estimate = priced(embedded_tables, {"cost_of_living": "1.28"})
    # (4,186.62 + 2,565.99 × 1.28) × 1.9425 = 7,471.0872 × 1.9425 = 14,512.586886.
    assert amount(estimate, "operating-federal-payment") == "14512.59"
    # 1 + 0.3152 × 0.28 = 1.088256, published as 1.088; 524.15 × 1.088 × 1.9425 = 1,107.759576.
    assert amount(estimate, "capital-federal-payment") == "1107.76"


def test_a_hospital_of_alaska_without_its_cost_of_living_is_told(embedded_tables: Tables) -> None:
    assert "cost-of-living" in left_out(priced(embedded_tables, ccn="020001"))
    assert "cost-of-living" not in left_out(priced(embedded_tables, {"cost_of_living": "1.28"}, ccn="020001"))
    assert "cost-of-living" not in left_out(priced(embedded_tables, ccn="010001"))


def test_who_did_not_say_is_taken_to_have_earned_the_full_update(embedded_tables: Tables) -> None:
    estimate = priced(embedded_tables, {"submits_quality": None, "is_ehr_user": None})
    assert amount(estimate, "operating-federal-payment") == "13116.94"
    assert "submitted quality data and is a meaningful EHR user" in left_out(estimate)["update"]


@pytest.mark.parametrize("fact", ["submits_quality", "is_ehr_user"])
def test_a_reduced_amount_that_is_not_known_is_never_guessed(embedded_tables: Tables, fact: str) -> None:
    estimate = priced(embedded_tables, {fact: False})
    assert estimate.total is None
    assert "Tables 1A-1E" in left_out(estimate)["payment"]


def test_every_step_shows_its_figures_and_its_rule(embedded_tables: Tables) -> None:
    for step in priced(embedded_tables).steps:
        assert step.arithmetic
        assert "CFR" in step.source
    [rate, *_] = priced(embedded_tables).steps
    assert rate.arithmetic == "4,186.62 × 1 + 2,565.99 × 1; wage index: given"
    assert "CMS-1833-F" in rate.source
