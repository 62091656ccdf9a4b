"""Own rates, low volume and the quality programs: 42 CFR 412.92, 412.101, 412.108, 412.154, 412.162, 412.172."""

from __future__ import annotations

import pytest

from shared.tables import Tables
from tests.services.grouper.domain.inpatient.discharges import amount, amounts, left_out, priced


def test_the_factors_count_on_the_base_operating_payment_alone(embedded_tables: Tables) -> None:
    facts = {"value_based_factor": "1.0034517282", "readmission_factor": "0.9971", "operating_dsh": "0.1"}
    estimate = priced(embedded_tables, facts)
    # 13,116.944925 × 0.0034517282 = 45.276129; 13,116.944925 × -0.0029 = -38.039140. DSH does not count.
    assert amount(estimate, "value-based-purchasing") == "45.28"
    assert amount(estimate, "readmission-reduction") == "-38.04"


def test_hospital_acquired_conditions_cost_one_per_cent_of_everything(embedded_tables: Tables) -> None:
    # 13,116.94 + 1,018.16 + 1,333.86 = 15,468.96; × 0.01 = 154.6896.
    facts = {"has_hac_reduction": True, "uncompensated_care_per_claim": "1333.86"}
    estimate = priced(embedded_tables, facts)
    assert amount(estimate, "hac-reduction") == "-154.69"
    assert str(estimate.total) == "15314.27"


def test_low_volume_is_added_to_all_payments(embedded_tables: Tables) -> None:
    # (13,116.94 + 1,018.16) × 0.25 = 3,533.775, half a cent up.
    estimate = priced(embedded_tables, {"low_volume_factor": "0.25"})
    assert amount(estimate, "low-volume") == "3533.78"


def test_a_sole_community_hospital_has_the_whole_difference(embedded_tables: Tables) -> None:
    # 9,000 × 1.9425 = 17,482.50 - 13,116.944925 = 4,365.555075.
    facts = {"dependent": "sole-community", "hospital_specific_rate": "9000.00"}
    assert amount(priced(embedded_tables, facts), "hospital-specific") == "4365.56"


def test_a_medicare_dependent_hospital_has_three_quarters_of_it(embedded_tables: Tables) -> None:
    # 0.75 × 4,365.555075 = 3,274.166306.
    facts = {"dependent": "medicare-dependent", "hospital_specific_rate": "9000.00"}
    assert amount(priced(embedded_tables, facts), "hospital-specific") == "3274.17"


def test_a_lower_rate_of_its_own_changes_nothing(embedded_tables: Tables) -> None:
    facts = {"dependent": "sole-community", "hospital_specific_rate": "6000.00"}
    assert amount(priced(embedded_tables, facts), "hospital-specific") == "0.00"


def test_uncompensated_care_and_outliers_are_on_the_federal_side(embedded_tables: Tables) -> None:
    # 17,482.50 - (13,116.944925 + 1,333.86) = 3,031.695075.
    facts = {
        "dependent": "sole-community",
        "hospital_specific_rate": "9000.00",
        "uncompensated_care_per_claim": "1333.86",
    }
    assert amount(priced(embedded_tables, facts), "hospital-specific") == "3031.70"


def test_a_rate_that_was_not_given_is_said(embedded_tables: Tables) -> None:
    estimate = priced(embedded_tables, {"dependent": "sole-community"})
    assert "hospital-specific rate" in left_out(estimate)["hospital-specific"]
    assert "hospital-specific" not in amounts(estimate)


@pytest.mark.parametrize("facts", [{"value_based_factor": "1"}, {"readmission_factor": "1"}])
def test_who_takes_no_part_is_paid_as_before(embedded_tables: Tables, facts: dict[str, str]) -> None:
    assert str(priced(embedded_tables, facts).total) == "14135.10"
